/* Allocation that cannot fail: running out of memory restores the terminal and aborts. */
#ifndef HYCON_CORE_MEM_H
#define HYCON_CORE_MEM_H

#include <stddef.h>

void *mem_alloc(size_t size); /* zeroed; size 0 is a bug and asserts */
void *mem_realloc(void *p, size_t size);
void *mem_array(size_t n, size_t size); /* zeroed; overflow aborts */
char *mem_strdup(const char *s);        /* NULL stays NULL */
char *mem_strndup(const char *s, size_t len);
char *mem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Grow array @p of @n elements so that element n fits; *cap is kept by the caller. New elements are
 * zeroed. */
void *mem_grow(void *p, size_t n, size_t *cap, size_t size);

/* Register what must happen before an abort (restoring the terminal). Async-signal-safe code only.
 */
void mem_on_abort(void (*fn)(void));
void mem_die(const char *why) __attribute__((noreturn));

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
