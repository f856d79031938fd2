/* child: run a program to its end with a time limit, and keep all that it said. */
#ifndef HYCON_TESTS_SUPPORT_CHILD_H
#define HYCON_TESTS_SUPPORT_CHILD_H

#include "core/strbuf.h"

#include <stdint.h>

#define CHILD_TIMED_OUT (-1)

struct child_result {
    int status; /* exit status; 128 + N: ended by signal N; CHILD_TIMED_OUT: killed by us */
    struct strbuf out, err;
    int64_t ms;
};

struct child_options {
    const char *const *argv; /* NULL-terminated; argv[0] is looked up in PATH */
    const char *const *env;  /* "NAME=value" added to the environment, "NAME" removed; or NULL */
    const char *input;       /* its standard input; NULL: at its end at once */
    int64_t timeout_ms;
    /* When its output has @signal_after, it is sent @signal; NULL: never. */
    const char *signal_after;
    int signal;
};

/* @r is overwritten; asserts (cmocka) when the program cannot be started. */
void child_run(struct child_result *r, const struct child_options *o);
void child_release(struct child_result *r);

/* Asserts that @where has @what; that it has not. */
void child_says(const struct strbuf *where, const char *what);
void child_lacks(const struct strbuf *where, const char *what);

#endif
