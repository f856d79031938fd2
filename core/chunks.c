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
#define ALL         0xffu
#define PAGE        4096 /* at least: madvise() takes whole pages only */

_Static_assert(REGION_SIZE == 8 * (size_t)CHUNKS_SIZE, "a bit for each chunk");

/* At the beginning of its memory. Regions with a free chunk are in a ring. */
struct region {
    struct region *next, *prev;
    unsigned warm, cold; /* free chunks, a bit each: with pages, without */
};

_Static_assert(sizeof(struct region) <= HEADER, "it has room");

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct region ring = {&ring, &ring, 0, 0};
static size_t regions, warm;
static bool hurry;

static void ring_add(struct region *r)
{
    r->next = ring.next;
    r->prev = &ring;
    r->next->prev = r;
    ring.next = r;
}

static void ring_remove(struct region *r)
{
    r->next->prev = r->prev;
    r->prev->next = r->next;
}

static struct region *region_new(void)
{
    struct region *r = aligned_alloc(REGION_SIZE, REGION_SIZE);

    if (!r)
        mem_die("out of memory");
    if (hurry || regions)
        (void)madvise(r, REGION_SIZE, MADV_HUGEPAGE);
    *r = (struct region){.cold = ALL};
    regions++;
    ring_add(r);
    return r;
}

static void region_free(struct region *r)
{
    ring_remove(r);
    warm -= (size_t)__builtin_popcount(r->warm);
    regions--;
    free(r);
}

/* Where chunk @i of @r begins, and how large it is. */
static char *place(struct region *r, unsigned i, size_t *size)
{
    size_t header = i == 0 ? HEADER : 0;

    *size = CHUNKS_SIZE - header;
    return (char *)r + i * (size_t)CHUNKS_SIZE + header;
}

void *chunks_take(size_t *size)
{
    struct region *r;
    unsigned bits, i;
    void *chunk;

    pthread_mutex_lock(&lock);
    r = ring.next == &ring ? region_new() : ring.next;
    bits = r->warm ? r->warm : r->cold;
    i = (unsigned)__builtin_ctz(bits);
    if (bits == r->warm)
        warm--;
    r->warm &= ~(1u << i);
    r->cold &= ~(1u << i);
    if (!(r->warm | r->cold))
        ring_remove(r);
    chunk = place(r, i, size);
    pthread_mutex_unlock(&lock);
    return chunk;
}

/* The header shares the first page of the first chunk, which stays. */
static void drop_pages(struct region *r, unsigned i)
{
    size_t kept = i == 0 ? PAGE : 0;

    (void)madvise((char *)r + i * (size_t)CHUNKS_SIZE + kept, CHUNKS_SIZE - kept, MADV_DONTNEED);
}

void chunks_give(void *chunk)
{
    struct region *r = (struct region *)((uintptr_t)chunk & ~(uintptr_t)(REGION_SIZE - 1));
    unsigned i = (unsigned)(((uintptr_t)chunk - (uintptr_t)r) / CHUNKS_SIZE);

    pthread_mutex_lock(&lock);
    if (r->warm | r->cold)
        ring_remove(r);
    ring_add(r); /* to the front: what was used last is used first */
    if (warm < CHUNKS_WARM) {
        r->warm |= 1u << i;
        warm++;
    } else {
        drop_pages(r, i);
        r->cold |= 1u << i;
    }
    if ((r->warm | r->cold) == ALL && regions > 1)
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
