#include "model/changes.h"

#include "core/arena.h"
#include "core/mem.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct change {
    const char *key;
    int64_t last; /* the newest of at */
    int64_t *at;  /* by column */
};

struct changes {
    atomic_uint refs;
    struct arena *arena;
    struct change *list; /* by key */
    size_t n, cap;
    unsigned ncolumns;
};

struct changes *changes_ref(const struct changes *c)
{
    struct changes *mine = (struct changes *)c;

    if (mine)
        atomic_fetch_add_explicit(&mine->refs, 1, memory_order_relaxed);
    return mine;
}

void changes_unref(const struct changes *c)
{
    struct changes *mine = (struct changes *)c;

    if (!mine || atomic_fetch_sub_explicit(&mine->refs, 1, memory_order_acq_rel) != 1)
        return;
    arena_free(mine->arena);
    free(mine->list);
    free(mine);
}

static struct change *add(struct changes *c, const char *key, const struct change *before)
{
    struct change *e;

    c->list = mem_grow(c->list, c->n, &c->cap, sizeof(*c->list));
    e = &c->list[c->n++];
    e->key = arena_strdup(c->arena, key);
    e->at = arena_alloc(c->arena, c->ncolumns * sizeof(*e->at));
    e->last = before ? before->last : 0;
    if (before)
        memcpy(e->at, before->at, c->ncolumns * sizeof(*e->at));
    return e;
}

/* Walks the marks that were there, beside the rows. */
struct walk {
    const struct changes *old;
    size_t i;
    int64_t oldest; /* marks older than this are dropped */
};

static const struct change *take(struct walk *w, struct changes *to, const char *key)
{
    for (; w->old && w->i < w->old->n; w->i++) {
        const struct change *e = &w->old->list[w->i];
        int order = strcmp(e->key, key);
        if (order > 0)
            return NULL;
        if (order == 0) {
            w->i++;
            return e->last >= w->oldest ? e : NULL;
        }
    }
    (void)to;
    return NULL;
}

static bool cell_changed(const struct row *a, const struct row *b, unsigned col)
{
    return a->cells != b->cells && !cell_equal(&a->cells[col], &b->cells[col]);
}

static void compare(struct changes *c, struct walk *w, const struct row *old,
                    const struct row *now_row, int64_t now)
{
    const struct change *before = take(w, c, now_row->key);
    struct change *e = before ? add(c, now_row->key, before) : NULL;

    if (old && old->cells == now_row->cells)
        return;
    for (unsigned i = 0; i < c->ncolumns; i++) {
        if (old && !cell_changed(old, now_row, i))
            continue;
        if (!e)
            e = add(c, now_row->key, NULL);
        e->at[i] = e->last = now;
    }
}

static int newest_first(const void *a, const void *b)
{
    const struct change *x = a, *y = b;

    return (x->last < y->last) - (x->last > y->last);
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct change *)a)->key, ((const struct change *)b)->key);
}

static void keep_newest(struct changes *c)
{
    if (c->n <= CHANGES_MAX)
        return;
    qsort(c->list, c->n, sizeof(*c->list), newest_first);
    c->n = CHANGES_MAX;
    qsort(c->list, c->n, sizeof(*c->list), by_key);
}

static bool same_rows(const struct snapshot *a, const struct snapshot *b)
{
    size_t n = snapshot_count(a);

    if (n != snapshot_count(b))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (snapshot_row(a, i)->cells != snapshot_row(b, i)->cells)
            return false;
    }
    return true;
}

static void walk_rows(struct changes *c, struct walk *w, const struct snapshot *old,
                      const struct snapshot *rows, int64_t now)
{
    size_t n = snapshot_count(rows), nold = snapshot_count(old);

    for (size_t i = 0, k = 0; i < n; i++) {
        const struct row *r = snapshot_row(rows, i), *was = NULL;
        int order = -1;
        while (k < nold && (order = strcmp(snapshot_row(old, k)->key, r->key)) < 0)
            k++;
        if (k < nold && order == 0)
            was = snapshot_row(old, k++);
        compare(c, w, was, r, now);
    }
}

struct changes *changes_next(const struct changes *before, const struct snapshot *old,
                             const struct snapshot *rows, int64_t now)
{
    struct walk w = {before, 0, now - CHANGES_KEEP_MS};
    struct changes *c;

    if (!old || !rows || old == rows || same_rows(old, rows))
        return changes_ref(before);
    c = mem_alloc(sizeof(*c));
    atomic_init(&c->refs, 1);
    c->arena = arena_new(0);
    c->ncolumns = snapshot_schema(rows)->ncolumns;
    walk_rows(c, &w, old, rows, now);
    keep_newest(c);
    return c;
}

int64_t changes_at(const struct changes *c, const char *key, unsigned col)
{
    const struct change probe = {.key = key};
    const struct change *e =
        c && c->n ? bsearch(&probe, c->list, c->n, sizeof(*c->list), by_key) : NULL;

    return e && col < c->ncolumns ? e->at[col] : 0;
}
