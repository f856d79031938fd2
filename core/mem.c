#include "core/mem.h"

#include <assert.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef void (*abort_fn)(void);
static _Atomic(abort_fn) on_abort;

void mem_on_abort(void (*fn)(void))
{
    atomic_store(&on_abort, fn);
}

static void say(const char *s)
{
    /* Nothing is left to do about a failing write: the process ends here. */
    ssize_t ignored = write(STDERR_FILENO, s, strlen(s));
    (void)ignored;
}

void mem_die(const char *why)
{
    abort_fn fn = atomic_exchange(&on_abort, NULL);

    if (fn)
        fn();
    say("fatal: ");
    say(why);
    say("\n");
    abort();
}

void *mem_alloc(size_t size)
{
    assert(size > 0);
    void *p = calloc(1, size);

    if (!p)
        mem_die("out of memory");
    return p;
}

void *mem_realloc(void *p, size_t size)
{
    assert(size > 0);
    void *q = realloc(p, size);

    if (!q)
        mem_die("out of memory");
    return q;
}

void *mem_array(size_t n, size_t size)
{
    size_t bytes;

    assert(size > 0);
    if (__builtin_mul_overflow(n, size, &bytes))
        mem_die("out of memory: array too large");
    return mem_alloc(bytes ? bytes : 1);
}

char *mem_strdup(const char *s)
{
    return s ? mem_strndup(s, strlen(s)) : NULL;
}

char *mem_strndup(const char *s, size_t len)
{
    if (!s)
        return NULL;
    len = strnlen(s, len);
    char *p = mem_realloc(NULL, len + 1);
    memcpy(p, s, len);
    p[len] = '\0';
    return p;
}

char *mem_printf(const char *fmt, ...)
{
    char *p = NULL;
    va_list ap;

    va_start(ap, fmt);
    int n = vasprintf(&p, fmt, ap);
    va_end(ap);
    if (n < 0)
        mem_die("out of memory while formatting");
    return p;
}

void *mem_grow(void *p, size_t n, size_t *cap, size_t size)
{
    size_t want = *cap ? *cap : 8, bytes;

    if (n < *cap)
        return p;
    while (want <= n) {
        if (want > SIZE_MAX / 2)
            mem_die("out of memory: array too large");
        want *= 2;
    }
    if (__builtin_mul_overflow(want, size, &bytes))
        mem_die("out of memory: array too large");
    p = mem_realloc(p, bytes);
    memset((char *)p + *cap * size, 0, bytes - *cap * size);
    *cap = want;
    return p;
}
