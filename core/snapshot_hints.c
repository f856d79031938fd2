/*
 * What the builder knows of the keys that it makes, for the sorting of them.
 *
 * A key is made while its text is at hand; when millions are sorted afterwards, each look at one
 * waits for memory, and most of it is what all keys begin with. So the builder notes of each row
 * the first 16 bytes of the last key column, as two numbers, and where rows begin to have another
 * beginning of their keys: a group. A group is sorted by the numbers alone; keys are looked at
 * where both are equal. Groups are mostly apart (every host, every card has a name of its own), and
 * then they are put one behind the other by their first keys. Duplicates are found on the way.
 *
 * All of it is a shortcut: when a row has no hint, groups are small, or they overlap, the index is
 * made from the keys (snapshot_index.c), with the same outcome. Equal keys stay in the order in
 * which they came.
 */
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/snapshot_priv.h"

#define GROUP_MIN 16 /* rows of a group, on average */

struct item {
    uint64_t hi, lo;
    uint32_t at; /* in its group */
};

struct group {
    size_t first, n;
    const struct entry *head;
};

/* ---- noting -------------------------------------------------------------------------------- */

static uint64_t eight_bytes(const char *s, size_t len)
{
    unsigned char b[8] = {0};
    uint64_t v;

    memcpy(b, s, len < sizeof(b) ? len : sizeof(b));
    memcpy(&v, b, sizeof(v));
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    return v;
}

void hints_add(struct hints *h, const char *tail, size_t len, bool new_group)
{
    if (h->off)
        return;
    if (new_group) {
        h->groups = mem_grow(h->groups, h->ngroups, &h->groups_alloc, sizeof(*h->groups));
        h->groups[h->ngroups++] = h->n;
    }
    h->tails = mem_grow(h->tails, h->n, &h->alloc, sizeof(*h->tails));
    h->tails[h->n++] =
        (struct key_tail){eight_bytes(tail, len), len > 8 ? eight_bytes(tail + 8, len - 8) : 0};
}

void hints_truncate(struct hints *h, size_t n)
{
    h->n = n < h->n ? n : h->n;
    while (h->ngroups && h->groups[h->ngroups - 1] >= h->n)
        h->ngroups--;
}

void hints_release(struct hints *h)
{
    free(h->tails);
    free(h->groups);
}

/* ---- one group ----------------------------------------------------------------------------- */

static void radix_pass(const struct item *from, struct item *to, size_t n, bool hi, unsigned shift)
{
    size_t at[256] = {0}, sum = 0;

    for (size_t i = 0; i < n; i++)
        at[(hi ? from[i].hi : from[i].lo) >> shift & 0xff]++;
    for (unsigned b = 0; b < 256; b++) {
        size_t count = at[b];

        at[b] = sum;
        sum += count;
    }
    for (size_t i = 0; i < n; i++)
        to[at[(hi ? from[i].hi : from[i].lo) >> shift & 0xff]++] = from[i];
}

/* By the bytes that differ. Returns where the outcome is: @k or @spare. */
static struct item *radix_sort(struct item *k, struct item *spare, size_t n, uint64_t hi,
                               uint64_t lo)
{
    for (unsigned shift = 0; shift < 128; shift += 8) {
        struct item *t = k;

        if (!((shift < 64 ? lo : hi) >> shift % 64 & 0xff))
            continue;
        radix_pass(k, spare, n, shift >= 64, shift % 64);
        k = spare;
        spare = t;
    }
    return k;
}

/* Keys that agree in all that was noted of them. */
static int compare_keys(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int d = strcmp(x->row->key, y->row->key);

    /* Rows of one block lie in the order in which they came, blocks are counted in theirs. */
    if (!d)
        d = (x->owner > y->owner) - (x->owner < y->owner);
    return d ? d : (x->row > y->row) - (x->row < y->row);
}

/* Sort what is equal by the keys; returns the number of duplicates. */
static unsigned settle(struct entry *e, const struct item *k, size_t n)
{
    unsigned duplicates = 0;

    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && k[end].hi == k[i].hi && k[end].lo == k[i].lo; end++)
            ;
        if (end - i == 1)
            continue;
        if (k[i].lo & 0xff) /* not all of the key: it goes on */
            qsort(e + i, end - i, sizeof(*e), compare_keys);
        for (size_t j = i + 1; j < end; j++)
            duplicates += strcmp(e[j - 1].row->key, e[j].row->key) == 0;
    }
    return duplicates;
}

struct room {
    struct item *items, *spare;
    struct entry *entries;
};

/* False: it was in order. */
static bool fill_items(struct item *k, const struct key_tail *t, size_t n, uint64_t *hi,
                       uint64_t *lo)
{
    bool moved = false;

    *hi = *lo = 0;
    for (size_t i = 0; i < n; i++) {
        k[i] = (struct item){t[i].hi, t[i].lo, (uint32_t)i};
        *hi |= t[i].hi ^ t[0].hi;
        *lo |= t[i].lo ^ t[0].lo;
        if (i && (t[i].hi < t[i - 1].hi || (t[i].hi == t[i - 1].hi && t[i].lo < t[i - 1].lo)))
            moved = true;
    }
    return moved;
}

static unsigned sort_group(struct room *r, const struct key_tail *t, struct entry *e, size_t n)
{
    uint64_t hi, lo;
    struct item *k = r->items;

    if (fill_items(k, t, n, &hi, &lo)) {
        k = radix_sort(r->items, r->spare, n, hi, lo);
        memcpy(r->entries, e, n * sizeof(*e));
        for (size_t i = 0; i < n; i++)
            e[i] = r->entries[k[i].at];
    }
    return settle(e, k, n);
}

/* ---- groups among each other --------------------------------------------------------------- */

static int compare_groups(const void *a, const void *b)
{
    const struct group *x = a, *y = b;
    int d = strcmp(x->head->row->key, y->head->row->key);

    return d ? d : (x->first > y->first) - (x->first < y->first);
}

/* Is each behind the one before it? */
static bool are_apart(const struct group *g, size_t n, unsigned *duplicates)
{
    for (size_t i = 1; i < n; i++) {
        const struct entry *last = g[i - 1].head + g[i - 1].n - 1;
        int d = strcmp(last->row->key, g[i].head->row->key);

        if (d > 0 || (d == 0 && g[i - 1].first > g[i].first))
            return false;
        *duplicates += d == 0;
    }
    return true;
}

static void put_groups(struct entry *e, size_t n, const struct group *g, size_t ngroups)
{
    struct entry *to = mem_array(n, sizeof(*to));
    size_t at = 0;

    for (size_t i = 0; i < ngroups; i++) {
        memcpy(to + at, g[i].head, g[i].n * sizeof(*to));
        at += g[i].n;
    }
    memcpy(e, to, n * sizeof(*e));
    free(to);
}

static size_t largest(const struct hints *h)
{
    size_t max = 0;

    for (size_t i = 0; i < h->ngroups; i++) {
        size_t end = i + 1 < h->ngroups ? h->groups[i + 1] : h->n, n = end - h->groups[i];
        max = n > max ? n : max;
    }
    return max;
}

static struct group *sort_groups(const struct hints *h, struct entry *e, unsigned *duplicates)
{
    struct group *g = mem_array(h->ngroups, sizeof(*g));
    size_t max = largest(h);
    struct room r = {mem_array(max, sizeof(*r.items)), mem_array(max, sizeof(*r.spare)),
                     mem_array(max, sizeof(*r.entries))};

    for (size_t i = 0; i < h->ngroups; i++) {
        size_t first = h->groups[i], end = i + 1 < h->ngroups ? h->groups[i + 1] : h->n;

        g[i] = (struct group){first, end - first, e + first};
        *duplicates += sort_group(&r, h->tails + first, e + first, g[i].n);
    }
    free(r.items);
    free(r.spare);
    free(r.entries);
    return g;
}

bool hints_sort(const struct hints *h, struct entry *e, size_t n, unsigned *duplicates)
{
    struct group *g;
    bool apart;

    *duplicates = 0;
    if (!h || h->off || h->n != n || !n || n > UINT32_MAX || n / h->ngroups < GROUP_MIN)
        return false;
    g = sort_groups(h, e, duplicates);
    qsort(g, h->ngroups, sizeof(*g), compare_groups);
    apart = are_apart(g, h->ngroups, duplicates);
    for (size_t i = 0, at = 0; apart && i < h->ngroups; at += g[i++].n) {
        if (g[i].first == at)
            continue;
        put_groups(e, n, g, h->ngroups);
        break;
    }
    free(g);
    return apart;
}
