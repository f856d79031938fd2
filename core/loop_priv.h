/*
 * What loop.c and loop_process.c share. Everything with a life of its own on the loop (a timer,
 * work in the pool, a child) embeds a struct loop_owned, so that loop_free() can end whatever is
 * still under way without knowing what it is.
 */
#ifndef HYCON_CORE_LOOP_PRIV_H
#define HYCON_CORE_LOOP_PRIV_H

#include "core/loop.h"

#include <uv.h>

struct loop_owned {
    struct loop_owned *prev, *next;
    /* Called by loop_free() while it is still linked: start closing, call nobody back. */
    void (*abandon)(struct loop_owned *o);
};

void loop_own(struct loop *l, struct loop_owned *o, void (*abandon)(struct loop_owned *o));
void loop_disown(struct loop_owned *o); /* twice is fine */

#endif
