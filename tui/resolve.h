/*
 * resolve: from an estate to what a tab shows of it: the rows of a table (made, merged, kept,
 * filtered, ordered) and the head. All of it is pure. A small estate is resolved on the spot. A
 * large one (100,000 rules) takes from tens to hundreds of milliseconds, which no key may wait for:
 * it goes to a thread, what was there stays on the screen, and the new is taken when it is there.
 */
#ifndef HYCON_TUI_RESOLVE_H
#define HYCON_TUI_RESOLVE_H

#include "core/filter.h"
#include "core/rows.h"
#include "views/view.h"

#include <stdbool.h>

#define RESOLVE_AT_ONCE_MAX 5000 /* rows of the whole estate */

struct resolver;

/* What is wanted, and then what came of it. Owns its references, strings and results. */
struct resolve {
    const struct view_table *table; /* rows are wanted; */
    const struct view *view;        /* or the head of this view, for a body of @w x @h cells */
    struct view_input in;           /* in.estate is a reference, in.site a copy */
    char *filter;                   /* "": none */
    int sort, w, h;
    bool reverse;
    bool has_rows, any; /* any: there is a head */
    struct rows rows;
    struct snapshot *built; /* rows of the table's own (view_table.build), set before it is posted
                               when they are made already */
    struct canvas head;
    int64_t took_ms;
    struct resolve *next; /* buried before this one */
};

struct resolve *resolve_new_rows(const struct view_table *t, const struct view_input *in,
                                 const char *filter, int sort, bool reverse);
/* A shell for what is to be buried; takes over the references. @rows may be NULL. */
struct resolve *resolve_new_buried(struct estate *e, struct rows *rows, struct snapshot *built);
struct resolve *resolve_new_head(const struct view *v, const struct view_input *in, int w, int h);
void resolve_free(struct resolve *job); /* NULL is fine */
/* Take the results out of a job that is done: the caller's from here on. */
void resolve_detach(struct resolve *job);
/* On this thread, now. @filter NULL: none. *built: lines of the tab's own that are made already, or
 * NULL; gets a reference to them or NULL. */
void resolve_rows(struct rows *out, struct snapshot **built, const struct view_table *t,
                  const struct view_input *in, struct filter *filter, int sort, bool reverse);
/* The head for a body of @w x @h cells: at most half of it when tables follow. @out becomes as high
 * as the head is; false when there is none. */
bool resolve_head(struct canvas *out, const struct view *v, const struct view_input *in, int w,
                  int h);
/* Is this estate too large for that? */
bool resolve_is_large(const struct estate *e);

struct resolver *resolver_new(void);
void resolver_free(struct resolver *r);    /* NULL is fine */
int resolver_fd(const struct resolver *r); /* readable: something was finished; read it empty */
/* @owner names whose job it is: a job of the same owner that has not begun is replaced. Takes over
 * @job. */
void resolver_post(struct resolver *r, const void *owner, struct resolve *job);
/* A finished job of @owner, now the caller's; NULL: none. */
struct resolve *resolver_take(struct resolver *r, const void *owner);
/* Free what is no longer shown, on the thread: the last reference to 100,000 rows costs tens of
 * milliseconds, too. Takes over @job. */
void resolver_bury(struct resolver *r, struct resolve *job);
/* The owner goes: its jobs are dropped. */
void resolver_forget(struct resolver *r, const void *owner);

#endif
