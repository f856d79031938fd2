#include "core/store.h"

#include <pthread.h>
#include <stdlib.h>

#include "core/map.h"
#include "core/mem.h"
#include "core/snapshot_priv.h"
#include "core/strbuf.h"

struct store {
    pthread_mutex_t lock; /* guards all that follows */
    struct map *current;  /* place() -> struct snapshot, in first-published order */
    uint64_t generation;
    void (*wake)(void *arg);
    void *arg;
};

struct store *store_new(void)
{
    struct store *st = mem_alloc(sizeof(*st));

    pthread_mutex_init(&st->lock, NULL);
    st->current = map_new();
    return st;
}

static void free_snapshot(void *s)
{
    snapshot_unref(s);
}

void store_free(struct store *st)
{
    if (!st)
        return;
    map_free(st->current, free_snapshot);
    pthread_mutex_destroy(&st->lock);
    free(st);
}

/* A mutex is not part of what a reader sees as the store's value. */
static void lock(const struct store *st)
{
    pthread_mutex_lock(&((struct store *)st)->lock);
}

static void unlock(const struct store *st)
{
    pthread_mutex_unlock(&((struct store *)st)->lock);
}

static void add_place(struct strbuf *out, const struct schema *schema, const char *site,
                      const char *endpoint)
{
    strbuf_addf(out, "%s%c%s%c%s", schema->name, ROW_KEY_SEPARATOR, site, ROW_KEY_SEPARATOR,
                endpoint);
}

void store_publish(struct store *st, struct snapshot *s)
{
    struct strbuf place = STRBUF_INIT;
    struct snapshot *old;
    void (*wake)(void *arg);
    void *arg;

    add_place(&place, s->schema, s->site, s->endpoint);
    lock(st);
    snapshot_set_generation(s, ++st->generation);
    old = map_put(st->current, place.buf, s);
    wake = st->wake;
    arg = st->arg;
    unlock(st);
    /* Freeing a large table takes time, so not under the lock. */
    snapshot_unref(old);
    strbuf_release(&place);
    if (wake)
        wake(arg);
}

void store_on_publish(struct store *st, void (*fn)(void *arg), void *arg)
{
    lock(st);
    st->wake = fn;
    st->arg = arg;
    unlock(st);
}

uint64_t store_generation(const struct store *st)
{
    uint64_t generation;

    lock(st);
    generation = st->generation;
    unlock(st);
    return generation;
}

struct snapshot *store_get(const struct store *st, const struct schema *schema, const char *site,
                           const char *endpoint)
{
    struct strbuf place = STRBUF_INIT;
    struct snapshot *s;

    add_place(&place, schema, site, endpoint);
    lock(st);
    s = snapshot_ref(map_get(st->current, place.buf));
    unlock(st);
    strbuf_release(&place);
    return s;
}

struct snapshot **store_all(const struct store *st, size_t *n)
{
    struct snapshot **all;
    const char *key;
    void *value;
    size_t i = 0;

    *n = 0;
    lock(st);
    all = mem_array(map_count(st->current) + 1, sizeof(struct snapshot *));
    while (map_at(st->current, &i, &key, &value))
        all[(*n)++] = snapshot_ref(value);
    unlock(st);
    return all;
}
