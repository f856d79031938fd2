#include "core/trust.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"

#define FILE_MAX (1u << 20)

struct line {
    const char *text;               /* as read */
    bool ssh;                       /* pin is "SHA256:..." of a host key */
    const char *name, *pin, *where; /* where "": the whole endpoint; name NULL: not understood */
};

struct trust {
    struct arena *arena;
    struct line *lines;
    size_t n, cap;
};

static const char *next_word(struct arena *arena, const char **s)
{
    size_t n;

    *s += strspn(*s, " \t");
    n = strcspn(*s, " \t");
    const char *word = arena_strndup(arena, *s, n);
    *s += n;
    return word;
}

static bool is_sha256(const char *s)
{
    return text_has_prefix(s, "sha256:") && strlen(s + 7) == SHA256_HEX - 1 &&
           strspn(s + 7, "0123456789abcdef") == SHA256_HEX - 1;
}

/* "ssh:SHA256:" and 43 digits of base64. */
static bool is_ssh_key(const char *s)
{
    return text_has_prefix(s, "ssh:SHA256:") && strlen(s + 11) == 43 &&
           strspn(s + 11, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") == 43;
}

static void add_line(struct trust *t, const char *text, size_t len)
{
    struct line *l;
    const char *rest;

    t->lines = mem_grow(t->lines, t->n, &t->cap, sizeof(*t->lines));
    l = &t->lines[t->n++];
    l->text = rest = arena_strndup(t->arena, text, len);
    const char *name = next_word(t->arena, &rest), *pin = next_word(t->arena, &rest);
    l->ssh = is_ssh_key(pin);
    if (*name == '#' || (!l->ssh && !is_sha256(pin)))
        return;
    l->name = name;
    l->pin = l->ssh ? pin + 4 : pin + 7;
    l->where = next_word(t->arena, &rest);
}

static void add_text(struct trust *t, const char *text)
{
    while (*text) {
        size_t n = strcspn(text, "\n");
        if (n)
            add_line(t, text, n);
        text += n + (text[n] == '\n');
    }
}

struct trust *trust_load(const char *path, struct err *err)
{
    struct strbuf text = STRBUF_INIT;
    struct err why = {0};
    struct trust *t = NULL;
    struct stat st;

    if (stat(path, &st) == 0 && (st.st_mode & (S_IWGRP | S_IWOTH))) {
        err_set(err, ERR_IO, EPERM, "'%s' can be written by others: run chmod 600 on it", path);
        return NULL;
    }
    if (file_read(path, FILE_MAX, &text, &why) == 0 || why.code == ENOENT) {
        t = mem_alloc(sizeof(*t));
        t->arena = arena_new(0);
        add_text(t, text.buf);
    } else if (err) {
        *err = why;
    }
    strbuf_release(&text);
    return t;
}

void trust_free(struct trust *t)
{
    if (!t)
        return;
    free(t->lines);
    arena_free(t->arena);
    free(t);
}

static const char *find(const struct trust *t, bool ssh, const char *name, const char *where)
{
    const char *general = NULL;

    for (size_t i = 0; i < t->n; i++) {
        const struct line *l = &t->lines[i];
        if (!l->name || l->ssh != ssh || strcmp(l->name, name) != 0)
            continue;
        if (!*l->where || !where)
            general = l->pin;
        else if (text_equal_nocase(l->where, where))
            return l->pin;
    }
    return general;
}

const char *trust_sha256(const struct trust *t, const char *name, const char *where)
{
    return find(t, false, name, where);
}

const char *trust_ssh_key(const struct trust *t, const char *name, const char *where)
{
    return find(t, true, name, where);
}

static const char *find_exactly(const struct trust *t, const char *name, const char *where)
{
    for (size_t i = 0; i < t->n; i++) {
        const struct line *l = &t->lines[i];

        if (l->name && l->ssh && strcmp(l->name, name) == 0 && text_equal_nocase(l->where, where))
            return l->pin;
    }
    return NULL;
}

const char *trust_jump_key(const struct trust *t, const char *name, const char *group,
                           const char *where)
{
    const char *pin = find_exactly(t, name, where);

    return pin ? pin : find_exactly(t, group, where);
}

static int rewrite(const char *path, const char *name, const char *where, const char *sha256,
                   struct err *err)
{
    struct trust *t = trust_load(path, err);
    struct strbuf out = STRBUF_INIT;
    bool ssh = text_has_prefix(sha256, "SHA256:");
    int rc;

    if (!t)
        return -1;
    for (size_t i = 0; i < t->n; i++) {
        const struct line *l = &t->lines[i];
        if (!l->name || l->ssh != ssh || strcmp(l->name, name) != 0 || strcmp(l->where, where) != 0)
            strbuf_addf(&out, "%s\n", l->text);
    }
    strbuf_addf(&out, "%s %s:%s%s%s\n", name, ssh ? "ssh" : "sha256", sha256, *where ? " " : "",
                where);
    rc = file_write_atomic(path, out.buf, out.len, 0600, err);
    strbuf_release(&out);
    trust_free(t);
    return rc;
}

int trust_accept(const char *path, const char *name, const char *where, const char *sha256,
                 struct err *err)
{
    bool ssh = text_has_prefix(sha256, "SHA256:");
    char *pin = mem_printf("%s:%s", ssh ? "ssh" : "sha256", sha256);
    char *lock = mem_printf("%s.lock", path);
    int fd = -1, rc = -1;

    if (!(ssh ? is_ssh_key(pin) : is_sha256(pin)) || strpbrk(name, " \t\n"))
        err_set(err, ERR_CONFIG, 0,
                ssh ? "'%s' is not the fingerprint of a host key" : "'%s' is not a SHA-256 in hex",
                sha256);
    else if (file_make_parents(path, 0700, err) == 0) {
        fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (fd < 0 || flock(fd, LOCK_EX))
            err_set(err, ERR_IO, errno, "unable to lock '%s'", lock);
        else
            rc = rewrite(path, name, where ? where : "", sha256, err);
    }
    if (fd >= 0)
        close(fd);
    free(pin);
    free(lock);
    return rc;
}
