/*
 * The copy of the text is cut into strings where it stands: a key, a value and a section name are
 * pointers into it, so there is one place to wipe.
 */
#include "collectors/aws/ini.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/secret.h"
#include "core/text.h"

struct entry {
    const char *kind, *name; /* of its section */
    const char *parent;      /* NULL: not nested */
    const char *key;         /* NULL: the section itself */
    char *value, *value_end;
};

struct ini {
    char *text;
    size_t len;
    struct entry *entries;
    size_t n, cap;
};

struct reader {
    struct ini *ini;
    unsigned line;
    const char *kind, *name; /* of the present section; NULL before the first */
    const char *parent;      /* key without a value that nested lines belong to */
    struct entry *last;      /* entry that an indented line continues */
    struct err *err;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Cut blanks at both ends of [s, end); *end is overwritten with NUL. */
static char *trim(char *s, char *end)
{
    while (end > s && is_blank(end[-1]))
        end--;
    while (s < end && is_blank(*s))
        s++;
    *end = '\0';
    return s;
}

static int refuse(struct reader *r, const char *what)
{
    return err_set(r->err, ERR_CONFIG, 0, "line %u: %s", r->line, what);
}

static struct entry *add(struct reader *r, const char *key, char *value)
{
    struct ini *ini = r->ini;

    ini->entries = mem_grow(ini->entries, ini->n, &ini->cap, sizeof(*ini->entries));
    ini->entries[ini->n] = (struct entry){.kind = r->kind,
                                          .name = r->name,
                                          .key = key,
                                          .value = value,
                                          .value_end = value ? value + strlen(value) : NULL};
    return &ini->entries[ini->n++];
}

static char *unquote(char *s)
{
    size_t len = strlen(s);

    if (len >= 2 && (*s == '"' || *s == '\'') && s[len - 1] == *s) {
        s[len - 1] = '\0';
        return s + 1;
    }
    return s;
}

static int read_section(struct reader *r, char *s, char *end)
{
    char *close = memchr(s, ']', (size_t)(end - s));
    char *space;

    if (!close)
        return refuse(r, "a section without ']'");
    s = trim(s + 1, close);
    space = s + strcspn(s, " \t");
    r->kind = "";
    r->name = s;
    if (*space) {
        *space = '\0';
        r->kind = s;
        r->name = unquote(trim(space + 1, space + 1 + strlen(space + 1)));
    }
    r->parent = NULL;
    r->last = NULL;
    add(r, NULL, NULL);
    return 0;
}

static void lower(char *s)
{
    for (; *s; s++) {
        if (*s >= 'A' && *s <= 'Z')
            *s = (char)(*s - 'A' + 'a');
    }
}

static int read_pair(struct reader *r, char *s, char *end, bool nested)
{
    char *equals = memchr(s, '=', (size_t)(end - s));
    char *key, *value;
    struct entry *e;

    if (!equals)
        return refuse(r, "neither a section nor 'key = value'");
    if (!r->name)
        return refuse(r, "a key before the first section");
    value = trim(equals + 1, end);
    key = trim(s, equals);
    lower(key);
    e = add(r, key, value);
    if (nested) {
        e->parent = r->parent;
    } else {
        r->parent = *value ? NULL : key;
        r->last = e;
    }
    return 0;
}

/* An indented line below a value: the bytes between become part of the value again. */
static void continue_value(struct reader *r, char *s, char *end)
{
    struct entry *e = &r->ini->entries[r->ini->n - 1];

    s = trim(s, end);
    memset(e->value_end, ' ', (size_t)(s - e->value_end));
    *e->value_end = '\n';
    e->value_end = s + strlen(s);
}

static int read_line(struct reader *r, char *s, char *end)
{
    bool indented = s < end && is_blank(*s) && *s != '\r';
    char *first = s;

    while (first < end && is_blank(*first))
        first++;
    if (first == end || *first == '#' || *first == ';')
        return 0;
    if (*first == '[' && !indented)
        return read_section(r, first, end);
    if (indented && r->parent)
        return read_pair(r, first, end, true);
    if (indented && r->last) {
        continue_value(r, first, end);
        return 0;
    }
    return read_pair(r, first, end, false);
}

static int read_lines(struct reader *r)
{
    char *s = r->ini->text, *end = s + r->ini->len;

    if (r->ini->len >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0)
        s += 3;
    while (s < end) {
        char *newline = memchr(s, '\n', (size_t)(end - s));
        char *next = newline ? newline : end;

        r->line++;
        if (r->ini->n >= INI_ENTRIES_MAX)
            return refuse(r, "more entries than the limit of 20000");
        if (read_line(r, s, next) < 0)
            return -1;
        s = next + 1;
    }
    return 0;
}

struct ini *ini_parse(const char *text, size_t len, struct err *err)
{
    struct reader r = {.err = err};

    if (len > INI_BYTES_MAX) {
        err_set(err, ERR_CONFIG, 0, "more than the limit of %u bytes", INI_BYTES_MAX);
        return NULL;
    }
    if (len > 0 && memchr(text, '\0', len)) {
        err_set(err, ERR_CONFIG, 0, "not a text file");
        return NULL;
    }
    r.ini = mem_alloc(sizeof(*r.ini));
    r.ini->text = mem_alloc(len + 1);
    r.ini->len = len;
    if (len > 0)
        memcpy(r.ini->text, text, len);
    if (read_lines(&r) < 0) {
        ini_free(r.ini);
        return NULL;
    }
    return r.ini;
}

void ini_free(struct ini *ini)
{
    if (!ini)
        return;
    secret_wipe(ini->text, ini->len);
    free(ini->text);
    free(ini->entries);
    free(ini);
}

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* The credentials file knows no kinds: there [two words] is the profile of that name. */
static bool in_section(const struct entry *e, const char *kind, const char *name)
{
    size_t len = strlen(e->kind);

    if (strcmp(e->kind, kind) == 0)
        return strcmp(e->name, name) == 0;
    return !*kind && strncmp(name, e->kind, len) == 0 && name[len] == ' ' &&
           strcmp(name + len + 1, e->name) == 0;
}

bool ini_has(const struct ini *ini, const char *kind, const char *name)
{
    for (size_t i = 0; ini && i < ini->n; i++) {
        if (in_section(&ini->entries[i], kind, name))
            return true;
    }
    return false;
}

static const char *find(const struct ini *ini, const char *kind, const char *name,
                        const char *parent, const char *key)
{
    for (size_t i = ini ? ini->n : 0; i-- > 0;) {
        const struct entry *e = &ini->entries[i];

        if (e->key && in_section(e, kind, name) && same(e->parent, parent) &&
            strcmp(e->key, key) == 0)
            return *e->value ? e->value : NULL;
    }
    return NULL;
}

const char *ini_get(const struct ini *ini, const char *kind, const char *name, const char *key)
{
    return find(ini, kind, name, NULL, key);
}

const char *ini_get_nested(const struct ini *ini, const char *kind, const char *name,
                           const char *parent, const char *key)
{
    return find(ini, kind, name, parent, key);
}
