/*
 * An arena is a list of chunks, the newest first; allocation moves a mark through the newest one.
 * Chunks double from a small first one to 64 KiB, so an arena of ten strings costs about a
 * kilobyte; from then on they are of 256 KiB and come from core/chunks.h, where memory that others
 * have touched already is waiting. An allocation that does not fit a chunk of the next size gets a
 * chunk of its own behind the newest one, so the room that is left there stays in use.
 *
 * An arena of more than BIG_FROM (a hundred thousand rows) goes on in chunks of 2 MiB that begin
 * where a huge page does and ask for one: touching memory for the first time is what costs most
 * when rows are made by the million, and one fault then does the work of 512. So does an arena
 * whose maker knows that it will hold more than BIG_FIRST.
 *
 * Objects are aligned for any type; strings are packed without alignment, because most of what
 * rows hold are short strings. Under AddressSanitizer the unused part of each chunk is poisoned, so
 * that reading behind an object or after arena_reset() is caught like it would be with malloc.
 */
#include "core/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "core/chunks.h"
#include "core/mem.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define POISON(p, n)   ASAN_POISON_MEMORY_REGION(p, n)
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
#else
#define POISON(p, n)   ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#endif

#define CHUNK_FIRST 1024
#define CHUNK_OWN   (64u << 10) /* the last one of malloc */
#define CHUNK_MAX   CHUNKS_SIZE
#define CHUNK_SPARE 128 /* of a chunk that others keep for themselves, at most */
#define BIG_FROM    (8u << 20)
#define BIG_FIRST   (1u << 20)
#define BIG_CHUNK   ((size_t)2 << 20)

struct chunk {
    struct chunk *next;
    size_t size, used;
    bool pooled; /* of core/chunks.h */
    alignas(max_align_t) char data[];
};

struct arena {
    struct chunk *head;
    size_t next_size; /* of the next chunk */
    size_t bytes;
    bool pieced; /* of small chunks, as long as it has less than a usual one */
};

/* Memory of huge pages, or NULL: an arena can do without. @size is a multiple of theirs. */
static struct chunk *big_alloc(size_t size)
{
    struct chunk *c = aligned_alloc(BIG_CHUNK, size);

    if (c)
        (void)madvise(c, size, MADV_HUGEPAGE);
    return c;
}

static bool is_big(const struct arena *a, size_t size)
{
    return a->bytes ? a->bytes >= BIG_FROM && size <= CHUNK_MAX
                    : size > BIG_FIRST && size < SIZE_MAX / 4;
}

/* One of core/chunks.h when that is the size that is next and *size bytes fit. */
static struct chunk *pooled_alloc(const struct arena *a, size_t *size)
{
    bool small = a->pieced;
    struct chunk *c;
    size_t bytes;

    if ((a->next_size != CHUNK_MAX && !small) || *size > a->next_size - CHUNK_SPARE)
        return NULL;
    c = small ? chunks_take_small(&bytes) : chunks_take(&bytes);
    *size = bytes - sizeof(*c);
    return c;
}

/* Of the next size, or larger: at least @size bytes. */
static struct chunk *chunk_new(struct arena *a, size_t size)
{
    size_t want = size > a->next_size ? size : a->next_size;
    size_t whole = (want + sizeof(struct chunk) + BIG_CHUNK - 1) & ~(BIG_CHUNK - 1);
    struct chunk *c = is_big(a, want) ? big_alloc(whole) : NULL;
    bool pooled = false;

    if (c)
        size = whole - sizeof(*c);
    else
        pooled = (c = pooled_alloc(a, &size)) != NULL;
    if (!c) {
        size = want;
        c = mem_realloc(NULL, sizeof(*c) + size);
    }

    *c = (struct chunk){.size = size, .pooled = pooled};
    POISON(c->data, size);
    a->bytes += sizeof(*c) + size;
    return c;
}

static void chunk_free(struct chunk *c)
{
    UNPOISON(c->data, c->size);
    if (c->pooled)
        chunks_give(c);
    else
        free(c);
}

struct arena *arena_new(size_t first_chunk)
{
    struct arena *a = mem_alloc(sizeof(*a));

    a->next_size = first_chunk ? first_chunk : CHUNK_FIRST;
    return a;
}

struct arena *arena_new_pieced(void)
{
    struct arena *a = arena_new(CHUNKS_SMALL);

    a->pieced = true;
    return a;
}

void arena_free(struct arena *a)
{
    struct chunk *c, *next;

    if (!a)
        return;
    for (c = a->head; c; c = next) {
        next = c->next;
        chunk_free(c);
    }
    free(a);
}

void arena_reset(struct arena *a)
{
    struct chunk *keep = a->head, *c, *next;

    if (!keep)
        return;
    for (c = keep->next; c; c = next) {
        next = c->next;
        chunk_free(c);
    }
    keep->next = NULL;
    keep->used = 0;
    POISON(keep->data, keep->size);
    a->bytes = sizeof(*keep) + keep->size;
}

/* Room in the newest chunk, or NULL. */
static void *take(struct chunk *c, size_t size, size_t align)
{
    if (!c)
        return NULL;
    size_t at = (c->used + align - 1) & ~(align - 1);
    if (at > c->size || size > c->size - at)
        return NULL;
    c->used = at + size;
    UNPOISON(c->data + at, size);
    return c->data + at;
}

static void *raw_alloc(struct arena *a, size_t size, size_t align)
{
    void *p = take(a->head, size, align);

    if (p)
        return p;
    if (size > SIZE_MAX / 2)
        mem_die("out of memory: arena object too large");
    if (a->head && size > a->next_size) {
        struct chunk *own = chunk_new(a, size);
        own->next = a->head->next;
        a->head->next = own;
        return take(own, size, align);
    }
    struct chunk *c = chunk_new(a, size);
    c->next = a->head;
    a->head = c;
    if (!a->pieced || a->bytes >= CHUNK_MAX)
        a->next_size = a->next_size < CHUNK_OWN ? a->next_size * 2 : CHUNK_MAX;
    a->pieced = a->pieced && a->bytes < CHUNK_MAX;
    return take(c, size, align);
}

void *arena_alloc(struct arena *a, size_t size)
{
    void *p = raw_alloc(a, size ? size : 1, alignof(max_align_t));

    return memset(p, 0, size ? size : 1);
}

void *arena_memdup(struct arena *a, const void *data, size_t len)
{
    return memcpy(raw_alloc(a, len ? len : 1, alignof(max_align_t)), data, len);
}

char *arena_strdup(struct arena *a, const char *s)
{
    return s ? arena_text(a, s, strlen(s)) : NULL;
}

char *arena_text(struct arena *a, const char *s, size_t len)
{
    char *p = raw_alloc(a, len + 1, 1);

    memcpy(p, s, len);
    p[len] = '\0';
    return p;
}

char *arena_strndup(struct arena *a, const char *s, size_t len)
{
    if (!s)
        return NULL;
    return arena_text(a, s, strnlen(s, len));
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    char small[256];
    va_list ap, again;
    char *p;

    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(small, sizeof(small), fmt, ap);
    va_end(ap);
    if (n < 0)
        mem_die("a format string that cannot be printed");
    p = raw_alloc(a, (size_t)n + 1, 1);
    if ((size_t)n < sizeof(small))
        memcpy(p, small, (size_t)n + 1);
    else
        vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    return p;
}

size_t arena_bytes(const struct arena *a)
{
    return sizeof(*a) + a->bytes;
}
