/*
 * headless: one run of the engine without a screen, shared by get, check and config check. Signals
 * and the engine's news arrive through one pipe, so that engine_wait() can be interrupted by
 * either: SIGINT, SIGTERM and SIGHUP end the run (sessions are logged out), a prompt is asked on
 * the terminal, and a change lets the model see each sample.
 */
#ifndef HYCON_CLI_HEADLESS_H
#define HYCON_CLI_HEADLESS_H

#include "cli/cli.h"
#include "core/table.h"
#include "model/estate.h"

struct headless;

struct headless_options {
    const struct config *config;
    const struct schema *const *tables; /* NULL-terminated; NULL: all, and the timeline */
    const struct schema *const *named;  /* asked for by name: read even if heavy */
    const char *site, *endpoint;        /* restrict what is read; NULL: all */
    int64_t timeout_ms;
    unsigned samples;
    bool watch;  /* poll on until interrupted */
    bool checks; /* make findings */
};

/* NULL after saying why not. */
struct headless *headless_start(const struct headless_options *o);
/* Until everything wanted was read, or the time-out. False: interrupted. */
bool headless_wait(struct headless *h);
/* watch: until something changed (and at most @limit_ms). False: interrupted. */
bool headless_wait_change(struct headless *h, int64_t limit_ms);
bool headless_is_collecting(const struct headless *h); /* first reads not finished */
/* The present estate; valid until the next call and headless_stop(). */
const struct estate *headless_estate(struct headless *h);
/* Log out, join, free. NULL is fine. */
void headless_stop(struct headless *h);

#endif
