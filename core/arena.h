/*
 * arena: allocation without single frees. Memory comes in chunks; everything is freed at once by
 * arena_free(). A block of rows, a run of a collector, an estate: each owns one arena, so the
 * leaves (strings, lists, addresses) never have an owner of their own.
 */
#ifndef HYCON_CORE_ARENA_H
#define HYCON_CORE_ARENA_H

#include <stddef.h>

struct arena;

struct arena *arena_new(size_t first_chunk);     /* 0: a default; or what it will hold */
struct arena *arena_new_pieced(void);            /* grows in small steps: one of thousands */
void arena_free(struct arena *a);                /* NULL is fine */
void arena_reset(struct arena *a);               /* forget contents, keep one chunk */
void *arena_alloc(struct arena *a, size_t size); /* zeroed, aligned for any type */
void *arena_memdup(struct arena *a, const void *data, size_t len); /* aligned like those */
char *arena_strdup(struct arena *a, const char *s);                /* NULL stays NULL */
char *arena_strndup(struct arena *a, const char *s, size_t len);
char *arena_text(struct arena *a, const char *s, size_t len); /* without NUL in it, all of it */
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
size_t arena_bytes(const struct arena *a); /* memory held */

#endif
