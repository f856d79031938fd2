/*
 * site: the tables of one site from update to update. It keeps the raw snapshots that the last
 * update read and the final ones it made of them. A table whose inputs are the same snapshots is
 * not touched; one whose inputs were read again but say the same (the same blocks) takes its rows
 * over whole, so an idle console costs next to nothing.
 */
#ifndef HYCON_MODEL_SITE_H
#define HYCON_MODEL_SITE_H

#include "model/derive/derive.h"

struct site;

struct site *site_new(const struct config *c, const struct config_site *s);
void site_free(struct site *s); /* NULL is fine */

/* One update in three steps. Begin: take @raw (its sets hold this site's snapshots, borrowed) and
 * learn who is who. Between begin and derive the caller looks at what changed (site_join() walks
 * the raw rows) and keeps since up to date. Derive: make the final tables. End: drop what only this
 * update needed. */
void site_begin(struct site *s, const struct view *raw, const struct since *since,
                const struct samples *samples, int64_t now);
void site_derive(struct site *s);
void site_end(struct site *s);

/* Of the update that is under way. */
struct derive *site_join(struct site *s);
/* Final snapshots of the table at @place, in the order of the configuration. */
struct snapshot *const *site_table(const struct site *s, unsigned place, size_t *n);
/* What the last update had in place of final snapshot @i of @place; NULL: nothing. Until end. */
const struct snapshot *site_before(const struct site *s, unsigned place, size_t i);
/* Are the rows of final snapshot @i other ones than before? Rows that were taken over whole are the
 * same ones; rows made anew count as changed even when they say the same. */
bool site_rows_changed(const struct site *s, unsigned place, size_t i);
/* Between begin and derive: was any raw snapshot of the table read since the last update? */
bool site_read_anew(const struct site *s, const struct schema *schema);
const struct config_site *site_config(const struct site *s);

#endif
