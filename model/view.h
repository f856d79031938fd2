/*
 * view: the tables of one site as the joins read them: per schema the snapshots of all its
 * endpoints, in the order of the configuration. Before a table is derived its place holds the raw
 * snapshots, afterwards the derived ones, so a join that runs later reads each row once.
 *
 * Joins judge only what was read: a snapshot is good when it is ok or partial. Rows of any other
 * one are old; they are shown, but nothing new is concluded from them.
 */
#ifndef HYCON_MODEL_VIEW_H
#define HYCON_MODEL_VIEW_H

#include "core/snapshot.h"
#include "model/config.h"
#include "model/tables.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VIEW_TABLES_MAX 64

struct view_set {
    const struct snapshot **at; /* borrowed */
    size_t n, cap;
};

struct view {
    const struct config_site *site;
    int64_t now;
    struct view_set sets[VIEW_TABLES_MAX]; /* by the schema's place in tables_all */
};

/* What may be concluded from a table: */
enum view_state {
    VIEW_NONE, /* nobody here offers it */
    VIEW_GOOD, /* everything was read: a row that is not there does not exist */
    VIEW_PART, /* some of it was read */
    VIEW_BAD,  /* none of it was read */
};

/* The schema's place in tables_all; VIEW_TABLES_MAX: not one of them. */
unsigned view_place(const struct schema *schema);
const struct view_set *view_table(const struct view *v, const struct schema *schema);
void view_set_add(struct view_set *set, const struct snapshot *s);
void view_release(struct view *v);

/* Was it read, whole or in part? */
bool view_is_good(const struct snapshot *s);
enum view_state view_state(const struct view *v, const struct schema *schema);
/* Was any of it read (VIEW_GOOD, VIEW_PART)? */
bool view_was_read(const struct view *v, const struct schema *schema);
/* Walk the rows of @schema's good snapshots: *at from {0}; NULL at the end. */
struct view_cursor {
    size_t source, row;
    const struct snapshot *snapshot; /* of the row returned */
    const struct view_set *set;      /* of the schema, found once */
    size_t count;                    /* rows of the snapshot */
};
const struct row *view_next(const struct view *v, const struct schema *schema,
                            struct view_cursor *at);
/* The first good row with this key, or NULL. */
const struct row *view_find(const struct view *v, const struct schema *schema, const char *key);

/* NULL is no text, and no text equals nothing. */
bool view_same_text(const char *a, const char *b);
bool view_list_has(const struct cell_list *list, const char *item);

#endif
