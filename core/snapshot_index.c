/*
 * The index of a body: its rows sorted by key.
 *
 * Most polls change little, so the index of the previous body is the best start: rows of blocks
 * that are still there keep their order and are only filtered out of it, rows of new blocks are
 * sorted on their own, and one merge joins the two. A poll that changed nothing does not come here
 * at all (body_new() hands out the old body). Replies are often sorted already, and then sorting is
 * one pass of comparisons that moves nothing. Few runs are merged. Many rows in many runs
 * (positions are text in a key: 10 comes before 2) are sorted by eight bytes of the key at a time,
 * behind what all keys begin with: comparing keys that begin alike for sixty bytes misses the cache
 * each time. Best of all is what the builder noted when it made the keys (snapshot_hints.c). All of
 * it is stable, because rows with the same key must stand in the order in which they came, however
 * the index was made.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/mem.h"
#include "core/radix.h"
#include "core/snapshot_priv.h"

#define FEW         24   /* rows: insertion */
#define SOME        96   /* rows: by the numbers of their bytes, but by insertion */
#define AHEAD       12   /* rows whose keys are fetched before they are needed */
#define RUNS_MERGED 8    /* that are merged, however short */
#define RUN_LONG    5000 /* rows: runs this long are merged, however many */

static int compare(const struct entry *a, const struct entry *b)
{
    int d = strcmp(a->row->key, b->row->key);

    return d ? d : (a->owner > b->owner) - (a->owner < b->owner);
}

/* The key of a row that comes soon, and the row of one that comes later. */
static void fetch(const struct entry *e, size_t n, size_t i)
{
    if (i < n)
        __builtin_prefetch(e[i].row->key);
    if (i + AHEAD < n)
        __builtin_prefetch(e[i + AHEAD].row);
}

/* ---- natural merge sort ------------------------------------------------------------------- */

static void merge(struct entry *to, const struct entry *a, size_t na, const struct entry *b,
                  size_t nb)
{
    while (na && nb) {
        if (compare(a, b) <= 0) {
            *to++ = *a++;
            na--;
        } else {
            *to++ = *b++;
            nb--;
        }
    }
    if (na)
        memcpy(to, a, na * sizeof(*a));
    if (nb)
        memcpy(to, b, nb * sizeof(*b));
}

/* Ends of the ascending runs of @e, as an array of *n positions. */
static size_t *find_runs(const struct entry *e, size_t count, size_t *n)
{
    size_t *ends = NULL, alloc = 0;

    *n = 0;
    for (size_t i = 1; i <= count; i++) {
        fetch(e, count, i + AHEAD);
        if (i < count && compare(&e[i - 1], &e[i]) <= 0)
            continue;
        ends = mem_grow(ends, *n, &alloc, sizeof(*ends));
        ends[(*n)++] = i;
    }
    return ends;
}

/* Merge neighbouring runs of @from into @to; their ends shrink in place. */
static size_t merge_pass(struct entry *to, const struct entry *from, size_t *ends, size_t runs)
{
    size_t start = 0, out = 0;

    for (size_t i = 0; i < runs; i += 2) {
        size_t middle = ends[i], end = i + 1 < runs ? ends[i + 1] : middle;

        merge(to + start, from + start, middle - start, from + middle, end - middle);
        ends[out++] = start = end;
    }
    return out;
}

static void merge_sort(struct entry *e, size_t count, size_t *ends, size_t runs)
{
    struct entry *other, *from = e;

    other = mem_array(count, sizeof(*other));
    while (runs > 1) {
        struct entry *to = from == e ? other : e;

        runs = merge_pass(to, from, ends, runs);
        from = to;
    }
    if (from != e)
        memcpy(e, from, count * sizeof(*e));
    free(other);
}

/* ---- by eight bytes at a time ------------------------------------------------------------- */

struct sorted {
    uint64_t chunk;
    struct entry entry;
};
_Static_assert(offsetof(struct sorted, chunk) == 0, "radix_sort() reads it there");

/* How many bytes from @from on all keys have in common. */
static size_t common_bytes(const struct sorted *k, size_t n, size_t from)
{
    const char *first = k[0].entry.row->key + from;
    size_t common = strlen(first);

    for (size_t i = 1; i < n && common; i++) {
        const char *s = k[i].entry.row->key + from;
        size_t same = 0;

        if (i + AHEAD < n)
            __builtin_prefetch(k[i + AHEAD].entry.row->key + from);
        while (same < common && s[same] == first[same])
            same++;
        common = same;
    }
    return common;
}

static void sort_chunks(struct sorted *k, struct sorted *spare, size_t n)
{
    uint64_t differ = 0;

    for (size_t i = 1; i < n; i++)
        differ |= k[i].chunk ^ k[0].chunk;
    radix_sort(k, spare, n, sizeof(*k), differ);
}

/* A few, which agree up to @from. Equal ones are in the order they came in. */
static void insert_sort(struct sorted *k, size_t n, size_t from)
{
    for (size_t i = 1; i < n; i++) {
        struct sorted x = k[i];
        size_t at = i;

        for (; at && strcmp(k[at - 1].entry.row->key + from, x.entry.row->key + from) > 0; at--)
            k[at] = k[at - 1];
        k[at] = x;
    }
}

static void insert_chunks(struct sorted *k, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct sorted x = k[i];
        size_t at = i;

        for (; at && k[at - 1].chunk > x.chunk; at--)
            k[at] = k[at - 1];
        k[at] = x;
    }
}

/* Keys that agree up to @from. */
static void sort_from(struct sorted *k, struct sorted *spare, size_t n, size_t from)
{
    if (n <= FEW) {
        insert_sort(k, n, from);
        return;
    }
    from += common_bytes(k, n, from);
    for (size_t i = 0; i < n; i++)
        k[i].chunk = radix_text(k[i].entry.row->key + from);
    if (n <= SOME)
        insert_chunks(k, n);
    else
        sort_chunks(k, spare, n);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && k[end].chunk == k[i].chunk; end++)
            ;
        /* A chunk that ends in NUL has all of the key. */
        if (end - i > 1 && k[i].chunk & 0xff)
            sort_from(k + i, spare, end - i, from + 8);
    }
}

static void chunk_sort(struct entry *e, size_t count)
{
    struct sorted *k = mem_array(count, sizeof(*k)), *spare = mem_array(count, sizeof(*spare));

    for (size_t i = 0; i < count; i++)
        k[i].entry = e[i];
    sort_from(k, spare, count, 0);
    for (size_t i = 0; i < count; i++)
        e[i] = k[i].entry;
    free(k);
    free(spare);
}

/* Of rows with one key the block decides, in which the order they came in is kept: blocks come one
 * after the other, but for kept ones that changed places. */
static bool is_by_owner(const struct entry *e, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (e[i - 1].owner > e[i].owner)
            return false;
    }
    return true;
}

static void sort_entries(struct entry *e, size_t count)
{
    size_t runs, *ends = find_runs(e, count, &runs);

    if (runs > RUNS_MERGED && count / runs < RUN_LONG && is_by_owner(e, count))
        chunk_sort(e, count);
    else if (runs > 1)
        merge_sort(e, count, ends, runs);
    free(ends);
}

/* ---- what is kept ------------------------------------------------------------------------- */

/* For each block of @prev its place among the new ones, or NOT_KEPT; marks in @kept the new ones
 * that are found there. A block that is used twice is found once: the second time its rows count as
 * new. *in_order: the kept ones stand in the same order as before. */
static uint32_t *match_blocks(const uint32_t *sources, size_t n, const struct body *prev,
                              bool *kept, bool *in_order)
{
    uint32_t *place = mem_array(prev->nblocks ? prev->nblocks : 1, sizeof(*place));
    uint32_t next = 0;

    *in_order = true;
    memset(place, 0xff, prev->nblocks * sizeof(*place));
    for (size_t j = 0; j < n; j++) {
        if (sources[j] == NOT_KEPT || place[sources[j]] != NOT_KEPT)
            continue;
        place[sources[j]] = (uint32_t)j;
        kept[j] = true;
        *in_order = *in_order && sources[j] >= next;
        next = sources[j] + 1;
    }
    return place;
}

static size_t take_kept(struct entry *to, const struct body *prev, const uint32_t *place)
{
    size_t n = 0;

    for (size_t i = 0; i < prev->n; i++) {
        uint32_t owner = place[prev->entries[i].owner];

        if (owner != NOT_KEPT)
            to[n++] = (struct entry){prev->entries[i].row, owner};
    }
    return n;
}

static size_t take_new(struct entry *to, const struct body *b, const bool *kept)
{
    size_t n = 0;

    for (size_t j = 0; j < b->nblocks; j++) {
        const struct block *block = b->blocks[j];

        for (size_t i = 0; i < block->n && !kept[j]; i++)
            to[n++] = (struct entry){&block->rows[i], (uint32_t)j};
    }
    return n;
}

static unsigned count_duplicates(const struct body *b)
{
    unsigned n = 0;

    for (size_t i = 1; i < b->n; i++) {
        fetch(b->entries, b->n, i + AHEAD);
        n += strcmp(b->entries[i - 1].row->key, b->entries[i].row->key) == 0;
    }
    return n;
}

static void build_index(struct body *b, const uint32_t *sources, const struct body *prev,
                        const struct hints *hints)
{
    bool *kept = mem_array(b->nblocks ? b->nblocks : 1, sizeof(*kept)), in_order;
    struct entry *parts = mem_array(b->n ? b->n : 1, sizeof(*parts));
    size_t nkept = 0, nnew;
    bool counted;

    if (prev) {
        uint32_t *place = match_blocks(sources, b->nblocks, prev, kept, &in_order);

        nkept = take_kept(parts, prev, place);
        if (!in_order)
            sort_entries(parts, nkept);
        free(place);
    }
    nnew = b->n - nkept;
    counted = hints_sort(hints, b, kept, parts + nkept, nnew, &b->duplicates);
    if (!counted) {
        (void)take_new(parts + nkept, b, kept);
        sort_entries(parts + nkept, nnew);
    }
    if (nkept && nnew) {
        b->entries = mem_array(b->n, sizeof(*b->entries));
        merge(b->entries, parts, nkept, parts + nkept, nnew);
        free(parts);
    } else {
        b->entries = parts;
    }
    if (nkept || !counted)
        b->duplicates = count_duplicates(b);
    free(kept);
}

/* ---- bodies ------------------------------------------------------------------------------- */

static size_t block_memory(const struct block *b)
{
    return sizeof(*b) + b->alloc * sizeof(*b->rows) + arena_bytes(b->arena);
}

static bool same_blocks(struct block *const *blocks, size_t n, const struct body *prev)
{
    return prev && prev->nblocks == n &&
           (n == 0 || memcmp(blocks, prev->blocks, n * sizeof(struct block *)) == 0);
}

static void free_blocks(struct block **blocks, size_t n)
{
    for (size_t i = 0; i < n; i++)
        block_unref(blocks[i]);
    free(blocks);
}

struct body *body_new(struct block **blocks, const uint32_t *sources, size_t nblocks,
                      const struct body *prev, const struct hints *hints)
{
    struct body *b;

    if (same_blocks(blocks, nblocks, prev)) {
        free_blocks(blocks, nblocks);
        return body_ref((struct body *)prev);
    }
    b = mem_alloc(sizeof(*b));
    atomic_init(&b->refs, 1);
    b->blocks = blocks;
    b->nblocks = nblocks;
    for (size_t i = 0; i < nblocks; i++) {
        b->n += blocks[i]->n;
        b->memory += block_memory(blocks[i]);
    }
    build_index(b, sources, prev, hints);
    b->memory += sizeof(*b) + nblocks * sizeof(*blocks) + b->n * sizeof(*b->entries);
    return b;
}

struct body *body_ref(struct body *b)
{
    atomic_fetch_add_explicit(&b->refs, 1, memory_order_relaxed);
    return b;
}

void body_unref(struct body *b)
{
    if (!b || atomic_fetch_sub_explicit(&b->refs, 1, memory_order_acq_rel) != 1)
        return;
    free_blocks(b->blocks, b->nblocks);
    free(b->entries);
    free(b);
}

struct block *block_new(uint64_t hash, size_t first)
{
    struct block *b = mem_alloc(sizeof(*b));

    atomic_init(&b->refs, 1);
    b->hash = hash;
    b->arena = first ? arena_new(first) : arena_new_pieced();
    return b;
}

struct block *block_ref(struct block *b)
{
    atomic_fetch_add_explicit(&b->refs, 1, memory_order_relaxed);
    return b;
}

void block_unref(struct block *b)
{
    if (!b || atomic_fetch_sub_explicit(&b->refs, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < b->nlenders; i++)
        body_unref(b->lenders[i]);
    free(b->lenders);
    arena_free(b->arena);
    free(b->rows);
    free(b);
}
