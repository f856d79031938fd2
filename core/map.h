/* map: strings to pointers, open hashing. Keys are copied unless they are borrowed; values stay the
 * caller's. Iteration is in insertion order, so output is deterministic. */
#ifndef HYCON_CORE_MAP_H
#define HYCON_CORE_MAP_H

#include <stdbool.h>
#include <stddef.h>

struct map;

struct map *map_new(void);
/* Keys are the caller's too and stay until they are removed; room for @n is there at once. */
struct map *map_new_borrowed(size_t n);
void map_free(struct map *m, void (*free_value)(void *)); /* free_value may be NULL */
/* Returns the value it replaces, or NULL. */
void *map_put(struct map *m, const char *key, void *value);
void *map_get(const struct map *m, const char *key); /* NULL: not there */
bool map_has(const struct map *m, const char *key);
void *map_remove(struct map *m, const char *key);
size_t map_count(const struct map *m);
/* Walk: i from 0 while map_at() returns true; removed entries are skipped by it. */
bool map_at(const struct map *m, size_t *i, const char **key, void **value);

#endif
