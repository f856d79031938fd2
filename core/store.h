/*
 * store: the current snapshot of every (schema, site, endpoint). Publishing swaps a pointer,
 * reading takes a reference; a short mutex guards the pointers and nothing else. It is the only
 * thing that the engine and the rest of the program both touch.
 */
#ifndef HYCON_CORE_STORE_H
#define HYCON_CORE_STORE_H

#include "core/snapshot.h"

struct store;

struct store *store_new(void);
void store_free(struct store *st);

/* Replaces the snapshot with the same schema, site and endpoint; takes over the caller's reference.
 * Sets the generation (one counter for the store), then calls the wake function, outside the lock.
 */
void store_publish(struct store *st, struct snapshot *s);
/* Called after each publish, on the publisher's thread; must only set a flag or wake a loop. */
void store_on_publish(struct store *st, void (*fn)(void *arg), void *arg);
uint64_t store_generation(const struct store *st);

/* A new reference or NULL. */
struct snapshot *store_get(const struct store *st, const struct schema *schema, const char *site,
                           const char *endpoint);
/* All current snapshots, each with a new reference, in first-published order. *n gets the number.
 * The caller unrefs each and frees the array. */
struct snapshot **store_all(const struct store *st, size_t *n);

#endif
