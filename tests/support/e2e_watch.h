/*
 * e2e_watch: `hycon get ... --watch -o json` as a child that goes on while the test does things to
 * the lab. Each change is one line; the test says what it waits for.
 */
#ifndef HYCON_TESTS_SUPPORT_E2E_WATCH_H
#define HYCON_TESTS_SUPPORT_E2E_WATCH_H

#include "tests/support/e2e.h"

#include <sys/types.h>

struct e2e_watch {
    const struct e2e *e;
    pid_t pid;
    int out;
    struct strbuf text; /* what came and was not looked at yet */
    struct json_object *last;
    char *said; /* path of what it said on its standard error */
};

/* @args: behind `get`, before `--watch -o json`; NULL-terminated. */
void e2e_watch_start(struct e2e_watch *w, const struct e2e *e, const char *const *args);
/* Each document as it comes, until @is holds for one (its result, which the watch owns until the
 * next call). After @seconds the test fails, with @what and the last document. */
struct json_object *e2e_watch_until(struct e2e_watch *w, int seconds, const char *what,
                                    bool (*is)(struct json_object *doc, void *arg), void *arg);
/* Ends it as a user does; asserts that it went well. */
void e2e_watch_stop(struct e2e_watch *w);

/* The source of @table that is @endpoint (or begins with it and a slash) in a document, of one
 * table or of several; NULL: none. */
struct json_object *e2e_source(struct json_object *doc, const char *table, const char *endpoint);

#endif
