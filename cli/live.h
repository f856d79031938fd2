/*
 * live: what runs behind the console: the engine and its store, and a thread of its own on which
 * the model makes estates of what arrives. The terminal's thread takes finished estates and hands
 * over requests; neither ever waits here (struct tui_host).
 */
#ifndef HYCON_CLI_LIVE_H
#define HYCON_CLI_LIVE_H

#include "core/err.h"
#include "model/config.h"
#include "tui/tui.h"

struct lab_child;
struct live;

struct live_options {
    const struct config *config;
    const char *history, *trust; /* paths */
    const char *runtime;         /* shared request counts; NULL: none */
    struct lab_child *lab;       /* demo: where captions come from; NULL: none */
};

struct live *live_new(const struct live_options *o); /* copies the paths */
/* Log out, join, free; NULL is fine. */
void live_free(struct live *l);
/* What the console works with; begins with the engine not started (tui_host.started does). */
const struct tui_host *live_host(struct live *l);

#endif
