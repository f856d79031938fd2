#include "tests/support/e2e_watch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/file.h"
#include "core/mem.h"

#define ARGS_MAX    24
#define CHUNK       65536
#define GRACE_S     20
#define SAID_MAX    (1u << 20)
#define SHOWN_BYTES 4000

static void become(const struct e2e_watch *w, const char *const *args, int out)
{
    char *program = mem_printf("%s/hycon", w->e->bin);
    const char *argv[ARGS_MAX + 6] = {program, "get"};
    int err = open(w->said, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    size_t n = 2;

    while (*args && n < ARGS_MAX)
        argv[n++] = *args++;
    argv[n++] = "--watch";
    argv[n++] = "-o";
    argv[n] = "json";
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    e2e_enter(w->e);
    execv(program, (char *const *)(uintptr_t)argv);
    _exit(127);
}

void e2e_watch_start(struct e2e_watch *w, const struct e2e *e, const char *const *args)
{
    int out[2];

    *w = (struct e2e_watch){.e = e, .text = STRBUF_INIT};
    w->said = mem_printf("%s/watch.err", e->home);
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    w->pid = fork();
    assert_true(w->pid >= 0);
    if (w->pid == 0)
        become(w, args, out[1]);
    close(out[1]);
    w->out = out[0];
}

/* The next line as a document in w->last; false: there is none yet. */
static bool take_line(struct e2e_watch *w)
{
    const char *end = memchr(w->text.buf, '\n', w->text.len);
    size_t n = end ? (size_t)(end - w->text.buf) + 1 : 0;
    struct err err = {0};

    if (!end)
        return false;
    json_object_put(w->last);
    w->last = jsonq_parse(w->text.buf, n, &err);
    if (!w->last)
        fail_msg("%s in:\n%.*s", err.msg, SHOWN_BYTES, w->text.buf);
    memmove(w->text.buf, w->text.buf + n, w->text.len - n);
    strbuf_setlen(&w->text, w->text.len - n);
    return true;
}

static void read_more(struct e2e_watch *w, int64_t until, const char *what)
{
    struct pollfd p = {.fd = w->out, .events = POLLIN};
    int64_t left = until - clock_mono_ms();
    char chunk[CHUNK];
    bool in_time = left > 0 && poll(&p, 1, (int)left) > 0;
    ssize_t n = in_time ? read(w->out, chunk, sizeof(chunk)) : 0;

    if (n <= 0)
        fail_msg("%s: %s; the last was:\n%.*s", what, in_time ? "it ended" : "not in time",
                 SHOWN_BYTES, w->last ? json_object_to_json_string(w->last) : "nothing");
    strbuf_add(&w->text, chunk, (size_t)n);
}

struct json_object *e2e_watch_until(struct e2e_watch *w, int seconds, const char *what,
                                    bool (*is)(struct json_object *doc, void *arg), void *arg)
{
    int64_t until = clock_mono_ms() + (int64_t)seconds * 1000;

    for (;;) {
        while (take_line(w)) {
            if (is(w->last, arg))
                return w->last;
        }
        read_more(w, until, what);
    }
}

/* Reads on, so that it does not wait for us. */
static void drain(struct e2e_watch *w)
{
    struct pollfd p = {.fd = w->out, .events = POLLIN};
    char chunk[CHUNK];

    while (poll(&p, 1, GRACE_S * 1000) > 0 && read(w->out, chunk, sizeof(chunk)) > 0) {
    }
}

void e2e_watch_stop(struct e2e_watch *w)
{
    struct strbuf said = STRBUF_INIT;
    int status = 0;

    kill(w->pid, SIGTERM);
    drain(w);
    assert_int_equal(waitpid(w->pid, &status, 0), w->pid);
    close(w->out);
    (void)file_read(w->said, SAID_MAX, &said, NULL);
    if (strstr(said.buf, "Sanitizer") || strstr(said.buf, "runtime error:") || WIFSIGNALED(status))
        fail_msg("status %d: %.*s", status, SHOWN_BYTES, said.buf);
    strbuf_release(&said);
    strbuf_release(&w->text);
    json_object_put(w->last);
    free(w->said);
}

static struct json_object *table_of(struct json_object *doc, const char *table)
{
    for (size_t i = 0; i < jsonq_len(doc, "tables"); i++) {
        struct json_object *t = jsonq_at(doc, "tables", i);
        const char *name = jsonq_str(t, "table");

        if (name && strcmp(name, table) == 0)
            return t;
    }
    return doc;
}

struct json_object *e2e_source(struct json_object *doc, const char *table, const char *endpoint)
{
    struct json_object *all = jsonq_get(table_of(doc, table), "sources");
    size_t n = strlen(endpoint);

    for (size_t i = 0; i < jsonq_count(all); i++) {
        const char *name = jsonq_str(jsonq_item(all, i), "endpoint");

        if (name && strncmp(name, endpoint, n) == 0 && (!name[n] || name[n] == '/'))
            return jsonq_item(all, i);
    }
    return NULL;
}
