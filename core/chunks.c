#include "core/chunks.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "core/mem.h"

#if defined(__SANITIZE_ADDRESS__)

void *chunks_take(size_t *size)
{
    *size = CHUNKS_SIZE;
    return mem_realloc(NULL, CHUNKS_SIZE);
}

void *chunks_take_small(size_t *size)
{
    *size = CHUNKS_SMALL;
    return mem_realloc(NULL, CHUNKS_SMALL);
}

void chunks_give(void *chunk)
{
    free(chunk);
}

void chunks_hurry(void)
{
}

#else

#define REGION_SIZE ((size_t)2 << 20) /* of a huge page, and what it is aligned to */
#define HEADER      64                /* its own room at the beginning of the first chunk */
#define PAGE        4096              /* at least: madvise() takes whole pages only */

/* At the beginning of its memory. Regions with a free chunk are in the ring of their pool. */
struct region {
    struct region *next, *prev;
    struct pool *pool;
    uint64_t warm, cold; /* free chunks, a bit each: with pages, without */
};

_Static_assert(sizeof(struct region) <= HEADER, "it has room");

struct pool {
    size_t size;  /* of a chunk */
    uint64_t all; /* its chunks */
    struct region ring;
    size_t regions, warm;
};

#define POOL(pool, size_, all_)                                                           \
    {                                                                                     \
        .size = size_, .all = all_, .ring = {.next = &(pool).ring, .prev = &(pool).ring } \
    }

_Static_assert(REGION_SIZE == 8 * (size_t)CHUNKS_SIZE, "a bit for each chunk");
_Static_assert(REGION_SIZE == 64 * (size_t)CHUNKS_SMALL, "and for each small one");

static struct pool usual = POOL(usual, CHUNKS_SIZE, 0xff);
static struct pool small = POOL(small, CHUNKS_SMALL, UINT64_MAX);
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool hurry;

static void ring_add(struct region *r)
{
    struct region *ring = &r->pool->ring;

    r->next = ring->next;
    r->prev = ring;
    r->next->prev = r;
    ring->next = r;
}

static void ring_remove(struct region *r)
{
    r->next->prev = r->prev;
    r->prev->next = r->next;
}

static struct region *region_new(struct pool *pool)
{
    struct region *r = aligned_alloc(REGION_SIZE, REGION_SIZE);

    if (!r)
        mem_die("out of memory");
    if (hurry || pool->regions)
        (void)madvise(r, REGION_SIZE, MADV_HUGEPAGE);
    *r = (struct region){.pool = pool, .cold = pool->all};
    pool->regions++;
    ring_add(r);
    return r;
}

static void region_free(struct region *r)
{
    ring_remove(r);
    r->pool->warm -= (size_t)__builtin_popcountll(r->warm);
    r->pool->regions--;
    free(r);
}

/* Where chunk @i of @r begins, and how large it is. */
static char *place(struct region *r, unsigned i, size_t *size)
{
    size_t header = i == 0 ? HEADER : 0;

    *size = r->pool->size - header;
    return (char *)r + i * r->pool->size + header;
}

static void *take(struct pool *pool, size_t *size)
{
    struct region *r;
    uint64_t bits;
    unsigned i;
    void *chunk;

    pthread_mutex_lock(&lock);
    r = pool->ring.next == &pool->ring ? region_new(pool) : pool->ring.next;
    bits = r->warm ? r->warm : r->cold;
    i = (unsigned)__builtin_ctzll(bits);
    if (bits == r->warm)
        pool->warm--;
    r->warm &= ~(UINT64_C(1) << i);
    r->cold &= ~(UINT64_C(1) << i);
    if (!(r->warm | r->cold))
        ring_remove(r);
    chunk = place(r, i, size);
    pthread_mutex_unlock(&lock);
    return chunk;
}

void *chunks_take(size_t *size)
{
    return take(&usual, size);
}

void *chunks_take_small(size_t *size)
{
    return take(&small, size);
}

/* The header shares the first page of the first chunk, which stays. */
static void drop_pages(struct region *r, unsigned i)
{
    size_t size = r->pool->size, kept = i == 0 ? PAGE : 0;

    (void)madvise((char *)r + i * size + kept, size - kept, MADV_DONTNEED);
}

/* Nothing of it is in use, and there are warm chunks without it: who takes and gives in turns must
 * not get a new region each time. */
static bool is_superfluous(const struct region *r)
{
    const struct pool *pool = r->pool;
    size_t others = pool->warm - (size_t)__builtin_popcountll(r->warm);

    return (r->warm | r->cold) == pool->all && pool->regions > 1 &&
           others * pool->size >= CHUNKS_WARM / 2;
}

void chunks_give(void *chunk)
{
    struct region *r = (struct region *)((uintptr_t)chunk & ~(uintptr_t)(REGION_SIZE - 1));
    struct pool *pool = r->pool;
    unsigned i = (unsigned)(((uintptr_t)chunk - (uintptr_t)r) / pool->size);

    pthread_mutex_lock(&lock);
    if (r->warm | r->cold)
        ring_remove(r);
    ring_add(r); /* to the front: what was used last is used first */
    if (hurry || pool->warm * pool->size < CHUNKS_WARM) {
        r->warm |= UINT64_C(1) << i;
        pool->warm++;
    } else {
        drop_pages(r, i);
        r->cold |= UINT64_C(1) << i;
    }
    if (!hurry && is_superfluous(r))
        region_free(r);
    pthread_mutex_unlock(&lock);
}

void chunks_hurry(void)
{
    pthread_mutex_lock(&lock);
    hurry = true;
    pthread_mutex_unlock(&lock);
}

#endif
