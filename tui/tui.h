/*
 * tui: the console on the terminal. It owns the terminal's thread and never blocks on it: estates
 * arrive finished (made on a thread of the caller), keys change what is shown, and what flows back
 * are typed requests to the caller, which must not block either. The engine is not known here.
 */
#ifndef HYCON_TUI_TUI_H
#define HYCON_TUI_TUI_H

#include "core/err.h"
#include "core/table.h"
#include "model/estate.h"

#include <stdbool.h>
#include <stdint.h>

struct secret;
struct strbuf;

enum tui_request_kind {
    TUI_REFRESH,       /* table; NULL: everything */
    TUI_FOCUS,         /* tables, ntables: what is visible polls faster; endpoints, filters: what of
                          the heavy ones is looked at (none: all) */
    TUI_LOGIN,         /* credential; NULL: all that were rejected */
    TUI_ANSWER,        /* credential, answer (NULL: cancelled); the reference is taken over */
    TUI_TRUST,         /* site, endpoint, text (the SHA-256 that a person accepted) */
    TUI_ACKNOWLEDGE,   /* finding, text (note) */
    TUI_UNACKNOWLEDGE, /* finding */
    TUI_SNOOZE,        /* finding, until, text (note) */
};

struct tui_request {
    enum tui_request_kind kind;
    const char *site, *endpoint, *table, *credential, *finding, *text;
    int64_t until;
    struct secret *answer;
    const char *const *tables, *const *endpoints, *const *filters;
    size_t ntables, nendpoints, nfilters;
};

/* A question that only a person can answer; the strings are the receiver's. */
struct tui_prompt {
    char *credential, *question;
};

/* What the console needs from the program. Every function is called on the terminal's thread and
 * returns at once. Those marked optional may be NULL. */
struct tui_host {
    void *arg;
    int wake_fd; /* becomes readable when there is something new; drained by tui. -1: none */
    /* optional: before the first painting: what can be shown at once. It must not take long. -1
     * and @err end the console, here and below. */
    int (*prepare)(void *arg, struct err *err);
    /* optional: after the first painting: whatever takes time to start. */
    int (*started)(void *arg, struct err *err);
    /* A reference to the newest estate, or NULL when there is none newer than the last one given.
     */
    struct estate *(*estate)(void *arg);
    void (*request)(void *arg, const struct tui_request *r);
    bool (*prompt)(void *arg, struct tui_prompt *out); /* optional: the next waiting question */
    bool (*caption)(void *arg, struct strbuf *out);    /* optional: a new caption line (demo) */
    /* optional: the last raw reply behind a table, masked. The receiver frees both. */
    bool (*raw_reply)(void *arg, const char *site, const char *endpoint, const char *table,
                      char **request, char **body, int64_t *at);
    /* optional: the fingerprint accepted before, into @sha256; false: none */
    bool (*accepted)(void *arg, const char *site, const char *endpoint, char sha256[65]);
    /* optional: first polls done and all, before there is an estate */
    void (*progress)(void *arg, unsigned *done, unsigned *total);
    /* optional: the program crashes and the terminal is put back. From a signal handler: no locks,
     * no memory. */
    void (*crashed)(void *arg);
    /* optional: jobs that quitting would end */
    unsigned (*jobs)(void *arg);
};

struct tui_options {
    const struct tui_host *host;
    const struct config *config;
    const char *view; /* first view; NULL: the first of the tab bar */
    bool demo;        /* a caption line, and the header says so */
};

enum tui_end { TUI_END_QUIT, TUI_END_SIGNAL, TUI_END_FAILED };

/* Runs until the reader quits or a signal ends it. The terminal is restored in every case.
 * TUI_END_FAILED and @err: this terminal cannot show a console. */
enum tui_end tui_run(const struct tui_options *o, struct err *err);

#endif
