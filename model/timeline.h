/*
 * timeline: what happened in a site, one entry per change: seen by comparing polls (observed) or
 * told by a manager (reported). Entries of one failover are tied together: the first one (a host
 * that failed, an edge that took over) is the cause of what follows within EPISODE_MS, and delay_ms
 * is the time since it. The time between two polls is the error bar: it may have happened that much
 * earlier.
 *
 * Ids are stable: an entry that comes back from the history, or a report that is read again, is the
 * same entry. At most TIMELINE_MAX are kept per site; the oldest go first, they are in the history.
 */
#ifndef HYCON_MODEL_TIMELINE_H
#define HYCON_MODEL_TIMELINE_H

#include "core/snapshot.h"

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#define TIMELINE_MAX 2000
#define EPISODE_MS   (15 * 60 * 1000)

struct strbuf;
struct timeline;

struct timeline_entry {
    const char *id; /* NULL: made from the rest */
    int64_t at;
    const char *kind;                                        /* what changed: see observe.c */
    const char *subject, *from, *to, *cause, *user, *detail; /* NULL: nothing to say */
    int64_t delay_ms, error_bar_ms;                          /* -1: not known */
    bool reported, opens; /* opens: may be the first of an episode */
};

struct timeline *timeline_new(const char *site);
void timeline_free(struct timeline *t); /* NULL is fine */

/* Add an observed entry: its id is made, cause and delay come from the episode it belongs to. */
void timeline_observe(struct timeline *t, const struct timeline_entry *e);
/* Add or bring up to date what a manager reports; @e->id is the manager's. */
void timeline_report(struct timeline *t, const struct timeline_entry *e);

/* The entries as table_timeline (endpoint ESTATE_OWN_ENDPOINT). A new reference; the same snapshot
 * as last time when nothing came. @missing (NULL: nothing): why entries are missing, which makes it
 * partial. */
struct snapshot *timeline_snapshot(struct timeline *t, int64_t now, const char *missing);

/* New or changed entries since the last call, as JSON lines of this type. */
#define TIMELINE_LINE "timeline"
void timeline_history_take(struct timeline *t, struct strbuf *out);
/* Every entry counts as new for the next call. */
void timeline_history_renew(struct timeline *t);
bool timeline_history_load(struct timeline *t, struct json_object *line);

#endif
