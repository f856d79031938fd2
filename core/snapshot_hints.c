/*
 * What the builder knows of the keys that it makes, for the sorting of them.
 *
 * Keys of many rows begin alike: all flows of one card with its host and filter. The builder knows
 * where, because it does not make that part again, and notes it: rows whose keys begin with the
 * same text are a group. No such text is the beginning of another one, since it ends with the last
 * separator of the key; so groups are sorted by these texts, and the rows of a group by what
 * follows: sixteen bytes as two numbers, and the keys themselves only where both are equal. Each
 * key is read once, in the order in which it lies in memory. Duplicates are found on the way.
 *
 * It is a shortcut: when a row has no group, or groups are small, the index is made from the keys
 * (snapshot_index.c), with the same outcome. Equal keys stay in the order in which they came.
 */
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/snapshot_priv.h"

#define GROUP_MIN 16 /* rows of a group, on average */
#define SOME      96 /* rows: by insertion, since counting bytes costs as much for few as for many */
#define MANY      4096
#define AHEAD     12 /* rows whose keys are fetched before they are needed */

struct item {
    uint64_t hi, lo;
    uint32_t at; /* among those of its group */
};

struct group {
    const struct row *rows;
    size_t n, prefix;
    uint32_t owner;
};

/* ---- noting -------------------------------------------------------------------------------- */

void hints_add(struct hints *h, size_t prefix, bool new_group)
{
    if (h->off)
        return;
    if (new_group) {
        h->off = h->ngroups > MANY && h->n / h->ngroups < GROUP_MIN;
        h->groups = mem_grow(h->groups, h->ngroups, &h->alloc, sizeof(*h->groups));
        h->groups[h->ngroups++] = (struct hint_group){h->n, prefix};
    }
    h->n++;
}

void hints_truncate(struct hints *h, size_t n)
{
    h->n = n < h->n ? n : h->n;
    while (h->ngroups && h->groups[h->ngroups - 1].first >= h->n)
        h->ngroups--;
}

void hints_release(struct hints *h)
{
    free(h->groups);
}

/* ---- one group ----------------------------------------------------------------------------- */

static uint64_t eight_bytes(const char *s)
{
    uint64_t v;

    memcpy(&v, s, sizeof(v));
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    return v;
}

static void fill_item(struct item *k, const char *s, size_t at)
{
    char b[16] = {0};
    size_t len = strnlen(s, sizeof(b));

    if (len < sizeof(b)) {
        memcpy(b, s, len);
        s = b;
    }
    *k = (struct item){eight_bytes(s), eight_bytes(s + 8), (uint32_t)at};
}

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

static bool is_before(const struct item *a, const struct item *b)
{
    return a->hi < b->hi || (a->hi == b->hi && a->lo < b->lo);
}

static void insertion_sort(struct item *k, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct item item = k[i];
        size_t j = i;

        for (; j > 0 && is_before(&item, &k[j - 1]); j--)
            k[j] = k[j - 1];
        k[j] = item;
    }
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

/* Keys that agree in all that was taken of them. */
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

static size_t take_rows(const struct group *g, struct item *k, struct entry *e, size_t n)
{
    for (size_t i = 0; i < g->n; i++) {
        if (i + AHEAD < g->n)
            __builtin_prefetch(g->rows[i + AHEAD].key + g->prefix);
        fill_item(&k[n], g->rows[i].key + g->prefix, n);
        e[n++] = (struct entry){&g->rows[i], g->owner};
    }
    return n;
}

struct room {
    struct item *items, *spare;
    struct entry *entries;
};

/* The rows of groups whose keys begin alike, to @e. */
static unsigned sort_groups(struct room *r, const struct group *g, size_t ngroups, struct entry *e)
{
    struct item *k = r->items;
    uint64_t hi = 0, lo = 0;
    bool moved = false;
    size_t n = 0;

    for (size_t i = 0; i < ngroups; i++)
        n = take_rows(&g[i], k, e, n);
    for (size_t i = 1; i < n; i++) {
        hi |= k[i].hi ^ k[0].hi;
        lo |= k[i].lo ^ k[0].lo;
        moved = moved || is_before(&k[i], &k[i - 1]);
    }
    if (moved) {
        if (n <= SOME)
            insertion_sort(k, n);
        else
            k = radix_sort(r->items, r->spare, n, hi, lo);
        memcpy(r->entries, e, n * sizeof(*e));
        for (size_t i = 0; i < n; i++)
            e[i] = r->entries[k[i].at];
    }
    return settle(e, k, n);
}

/* ---- groups among each other --------------------------------------------------------------- */

static int compare_prefixes(const struct group *x, const struct group *y)
{
    size_t n = x->prefix < y->prefix ? x->prefix : y->prefix;

    return memcmp(x->rows->key, y->rows->key, n);
}

static int compare_groups(const void *a, const void *b)
{
    const struct group *x = a, *y = b;
    int d = compare_prefixes(x, y);

    if (!d)
        d = (x->owner > y->owner) - (x->owner < y->owner);
    return d ? d : (x->rows > y->rows) - (x->rows < y->rows);
}

/* No group reaches over the end of a block. */
static struct group *find_groups(const struct hints *h, const struct body *b, const bool *kept)
{
    struct group *g = mem_array(h->ngroups, sizeof(*g));
    size_t before = 0, at = 0;

    for (size_t j = 0; j < b->nblocks; j++) {
        if (kept[j])
            continue;
        for (; at < h->ngroups && h->groups[at].first < before + b->blocks[j]->n; at++) {
            size_t end = at + 1 < h->ngroups ? h->groups[at + 1].first : h->n;

            g[at] = (struct group){b->blocks[j]->rows + (h->groups[at].first - before),
                                   end - h->groups[at].first, h->groups[at].prefix, (uint32_t)j};
        }
        before += b->blocks[j]->n;
    }
    return g;
}

/* The end of those that begin like group @i, and how many rows they have. */
static size_t end_of_run(const struct group *g, size_t ngroups, size_t i, size_t *rows)
{
    size_t end = i;

    for (*rows = 0; end < ngroups && (end == i || !compare_prefixes(&g[i], &g[end])); end++)
        *rows += g[end].n;
    return end;
}

static size_t largest_run(const struct group *g, size_t ngroups)
{
    size_t max = 0, n;

    for (size_t i = 0; i < ngroups;) {
        i = end_of_run(g, ngroups, i, &n);
        max = n > max ? n : max;
    }
    return max;
}

bool hints_sort(const struct hints *h, const struct body *b, const bool *kept, struct entry *e,
                size_t n, unsigned *duplicates)
{
    struct group *g;
    size_t max, rows;

    *duplicates = 0;
    if (!h || h->off || h->n != n || !n || n > UINT32_MAX || n / h->ngroups < GROUP_MIN)
        return false;
    g = find_groups(h, b, kept);
    qsort(g, h->ngroups, sizeof(*g), compare_groups);
    max = largest_run(g, h->ngroups);
    struct room r = {mem_array(max, sizeof(*r.items)), mem_array(max, sizeof(*r.spare)),
                     mem_array(max, sizeof(*r.entries))};
    for (size_t i = 0, end; i < h->ngroups; i = end) {
        end = end_of_run(g, h->ngroups, i, &rows);
        *duplicates += sort_groups(&r, g + i, end - i, e);
        e += rows;
    }
    free(r.items);
    free(r.spare);
    free(r.entries);
    free(g);
    return true;
}
