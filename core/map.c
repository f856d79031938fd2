/*
 * A map is an array of entries in the order of insertion, and an index over it: an open-addressed
 * table of entry numbers with linear probing, never more than two thirds full. The array makes
 * iteration ordered and cheap; the index holds four bytes per slot, so a look-up touches one or two
 * cache lines before it compares a key, and compares the stored hash first.
 *
 * Removing leaves a hole in the array and a tombstone in the index; both go away when the map grows
 * next. map_remove() itself moves nothing, so it may be called during a walk; map_put() may not.
 *
 * Keys come from servers, therefore the hash is seeded per process: nobody outside can choose keys
 * that collide.
 */
#include "core/map.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "core/clock.h"
#include "core/hash.h"
#include "core/mem.h"

#define SLOT_FREE    UINT32_MAX
#define SLOT_REMOVED (UINT32_MAX - 1)
#define SLOTS_FIRST  16

struct entry {
    const char *key; /* NULL: removed */
    void *value;
    uint64_t hash;
};

struct map {
    struct entry *entries;
    size_t used, cap; /* entries in the array, holes included */
    size_t live;
    uint32_t *slots;
    size_t nslots;     /* a power of two, or 0 */
    size_t slots_used; /* taken or tombstone */
    bool borrowed;     /* keys are the caller's */
};

static uint64_t seed;
static pthread_once_t seed_once = PTHREAD_ONCE_INIT;

static void make_seed(void)
{
    if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != (ssize_t)sizeof(seed))
        seed = (uint64_t)clock_mono_ms() ^ (uintptr_t)&seed;
}

struct map *map_new(void)
{
    pthread_once(&seed_once, make_seed);
    return mem_alloc(sizeof(struct map));
}

static void free_key(const struct map *m, struct entry *e)
{
    if (!m->borrowed)
        free((char *)e->key);
}

void map_free(struct map *m, void (*free_value)(void *))
{
    if (!m)
        return;
    for (size_t i = 0; i < m->used; i++) {
        if (m->entries[i].key && free_value)
            free_value(m->entries[i].value);
        free_key(m, &m->entries[i]);
    }
    free(m->entries);
    free(m->slots);
    free(m);
}

/* The slot of @key, or NULL. */
static uint32_t *find(const struct map *m, const char *key, uint64_t hash)
{
    if (!m->nslots)
        return NULL;
    for (size_t i = hash & (m->nslots - 1);; i = (i + 1) & (m->nslots - 1)) {
        uint32_t at = m->slots[i];

        if (at == SLOT_FREE)
            return NULL;
        if (at != SLOT_REMOVED && m->entries[at].hash == hash && !strcmp(m->entries[at].key, key))
            return &m->slots[i];
    }
}

static struct entry *lookup(const struct map *m, const char *key)
{
    uint32_t *slot = m->live ? find(m, key, hash_fast(key, strlen(key), seed)) : NULL;

    return slot ? &m->entries[*slot] : NULL;
}

static void index_entry(struct map *m, uint32_t at)
{
    size_t i = m->entries[at].hash & (m->nslots - 1);

    while (m->slots[i] != SLOT_FREE)
        i = (i + 1) & (m->nslots - 1);
    m->slots[i] = at;
    m->slots_used++;
}

/* Close the holes and build the index anew, large enough for twice the live entries or @room. */
static void rebuild(struct map *m, size_t room)
{
    size_t n = 0, want = SLOTS_FIRST;

    for (size_t i = 0; i < m->used; i++) {
        if (m->entries[i].key)
            m->entries[n++] = m->entries[i];
    }
    m->used = n;
    while (want * 2 < (n + 1) * 6 || want * 2 < room * 3)
        want *= 2;
    if (want >= SLOT_REMOVED)
        mem_die("out of memory: map too large");
    if (want != m->nslots)
        m->slots = mem_realloc(m->slots, want * sizeof(*m->slots));
    m->nslots = want;
    m->slots_used = 0;
    memset(m->slots, 0xff, want * sizeof(*m->slots));
    for (size_t i = 0; i < n; i++)
        index_entry(m, (uint32_t)i);
}

struct map *map_new_borrowed(size_t n)
{
    struct map *m = map_new();

    m->borrowed = true;
    m->cap = n;
    m->entries = mem_array(n ? n : 1, sizeof(*m->entries));
    rebuild(m, n + 1);
    return m;
}

void *map_put(struct map *m, const char *key, void *value)
{
    uint64_t hash = hash_fast(key, strlen(key), seed);
    uint32_t *slot = find(m, key, hash);

    if (slot) {
        void *old = m->entries[*slot].value;
        m->entries[*slot].value = value;
        return old;
    }
    if ((m->slots_used + 1) * 3 > m->nslots * 2)
        rebuild(m, 0);
    m->entries = mem_grow(m->entries, m->used, &m->cap, sizeof(*m->entries));
    m->entries[m->used] = (struct entry){m->borrowed ? key : mem_strdup(key), value, hash};
    index_entry(m, (uint32_t)m->used++);
    m->live++;
    return NULL;
}

void *map_get(const struct map *m, const char *key)
{
    const struct entry *e = lookup(m, key);

    return e ? e->value : NULL;
}

bool map_has(const struct map *m, const char *key)
{
    return lookup(m, key) != NULL;
}

void *map_remove(struct map *m, const char *key)
{
    uint32_t *slot = find(m, key, hash_fast(key, strlen(key), seed));
    struct entry *e;

    if (!slot)
        return NULL;
    e = &m->entries[*slot];
    void *value = e->value;
    free_key(m, e);
    *e = (struct entry){0};
    *slot = SLOT_REMOVED;
    m->live--;
    return value;
}

size_t map_count(const struct map *m)
{
    return m->live;
}

bool map_at(const struct map *m, size_t *i, const char **key, void **value)
{
    for (; *i < m->used; (*i)++) {
        const struct entry *e = &m->entries[*i];

        if (!e->key)
            continue;
        if (key)
            *key = e->key;
        if (value)
            *value = e->value;
        (*i)++;
        return true;
    }
    return false;
}
