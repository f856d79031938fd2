/*
 * since: the state of every gateway instance, edge, link, host and route table as it was last seen,
 * and since when. A change of state is a record with a new time and an entry of the timeline; the
 * records survive a restart through the history, so "since" does not begin with every start.
 *
 * A record that was only ever seen in one state has no time (0): nobody saw it begin.
 */
#ifndef HYCON_MODEL_SINCE_H
#define HYCON_MODEL_SINCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct since;

/* Records kept. Beyond it new ones are not made (their since stays unknown) and counted. */
#define SINCE_MAX 50000

struct since_record {
    const char *site, *kind, *key; /* kind: "gateway", "edge", "link" ... */
    const char *state;
    int64_t at;    /* when it was first seen in that state; 0: before hycon watched */
    int64_t seen;  /* when it was last seen in it */
    bool restored; /* from the history and not seen since */
    /* When it was last seen in the state before: it changed between then and at. 0: not known,
     * the history does not keep it. */
    int64_t before_seen;
};

struct since *since_new(void);
void since_free(struct since *s); /* NULL is fine */
/* False: never seen. The texts are valid until the next since_see() of the same record. */
bool since_find(const struct since *s, const char *site, const char *kind, const char *key,
                struct since_record *out);
/* It is in @state at @now. True when that is a change; *before (may be NULL) then gets the record
 * as it was, valid until the next call. The first sighting is no change. */
bool since_see(struct since *s, const char *site, const char *kind, const char *key,
               const char *state, int64_t now, struct since_record *before);
unsigned since_overflow(const struct since *s);
/* Put a record back, as the history has it. */
void since_restore(struct since *s, const struct since_record *r);
/* hycon was still watching at @at: records that were put back were seen until then. */
void since_restore_seen(struct since *s, int64_t at);
/* Every record is new for since_next_dirty(): the history is written anew. */
void since_renew(struct since *s);
/* Records that are new or changed since the last call, one by one; false at the end. */
bool since_next_dirty(struct since *s, struct since_record *out);

#endif
