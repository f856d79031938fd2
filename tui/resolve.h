/*
 * resolve: from an estate to the rows of one table: merged, kept, filtered, ordered. A small table
 * is resolved on the spot. A large one (100,000 rules) takes tens of milliseconds, which no key may
 * wait for: it goes to a thread, the old rows stay on the screen, and the new ones are taken when
 * they are there.
 */
#ifndef HYCON_TUI_RESOLVE_H
#define HYCON_TUI_RESOLVE_H

#include "core/filter.h"
#include "core/rows.h"
#include "views/view.h"

#include <stdbool.h>

#define RESOLVE_AT_ONCE_MAX 5000 /* rows; about 2 ms with a filter */

struct resolver;

/* What is wanted, and then the rows. Owns its references and strings. */
struct resolve {
    const struct view_table *table;
    struct view_input in; /* in.estate is a reference, in.site a copy, in.arena not used */
    char *filter;         /* "": none */
    int sort;
    bool reverse;
    struct rows rows; /* the result; has_rows once it is there */
    bool has_rows;
};

struct resolve *resolve_new(const struct view_table *t, const struct view_input *in,
                            const char *filter, int sort, bool reverse);
void resolve_free(struct resolve *job); /* NULL is fine; releases rows that were not taken */
/* The rows of @t now. @built: rows of the table's own (view_table.build); NULL: of the estate. */
void resolve_rows(struct rows *out, const struct view_table *t, const struct view_input *in,
                  struct snapshot *built, struct filter *filter, int sort, bool reverse);
/* How many rows there are to look at. */
size_t resolve_size(const struct view_table *t, const struct view_input *in);

struct resolver *resolver_new(void);
void resolver_free(struct resolver *r);    /* NULL is fine */
int resolver_fd(const struct resolver *r); /* readable: something was finished; read it empty */
/* @owner names whose job it is: a job of the same owner that has not begun is replaced. Takes over
 * @job. */
void resolver_post(struct resolver *r, const void *owner, struct resolve *job);
/* A finished job of @owner, now the caller's; NULL: none. */
struct resolve *resolver_take(struct resolver *r, const void *owner);
/* The owner goes: its jobs are dropped. */
void resolver_forget(struct resolver *r, const void *owner);

#endif
