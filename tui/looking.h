/*
 * looking: what is on the screen is what is read: the tables of the tab (or of the pane above it)
 * poll faster, and of the heavy ones only what the reader's filter lets through is asked for. Said
 * to the engine when it changes, never for every key.
 */
#ifndef HYCON_TUI_LOOKING_H
#define HYCON_TUI_LOOKING_H

#include "core/table.h"
#include "views/view.h"

#include <stdbool.h>
#include <stdint.h>

struct app;
struct strbuf;

#define LOOKING_TABLES_MAX 64

/* Memory is the app's arena. */
struct looking {
    const struct schema *tables[LOOKING_TABLES_MAX];
    size_t ntables;
    struct view_look look; /* of the heavy ones among them */
};

/* What was said last. */
struct looked {
    char *seen;       /* where the reader was then */
    char *said;       /* the request, as text */
    int64_t asked_at; /* when */
    char **endpoints; /* "SITE/ENDPOINT"; none: all */
    size_t nendpoints, nfilters;
    bool heavy, nothing;
};

void looking_add(struct looking *l, const struct schema *s);
/* @again: also when nothing has changed (the engine has just begun, a pane was closed). */
void looking_update(struct app *a, bool again);
void looking_release(struct app *a);
/* Is @s one of the sources that are looked at? And is it yet to be read since then? */
bool looking_covers(const struct app *a, const struct snapshot *s);
bool looking_waits(const struct app *a, const struct snapshot *s);
/* For the title of a heavy table: "2 filters: read 4s ago", "2 filters: reading ...". False: there
 * is nothing to say. */
bool looking_tell(struct app *a, const struct schema *s, struct strbuf *out);

#endif
