/*
 * Sorting. Comparing a hundred thousand rows takes a million and a half compares, and each would
 * miss the cache several times. So each row gets a key of eight bytes, made in one walk: the number
 * itself, the address, or eight bytes of the text behind what all texts have in common at their
 * beginning. A radix sort orders the keys without touching a row again; runs of one key are ordered
 * by the next eight bytes in the same way, and at the end of the cell by the next level. All of it
 * is stable, so equal rows keep the order they came in. A few rows are simply compared.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/radix.h"
#include "core/rows_priv.h"

#define FEW   16  /* rows: insertion by comparing cells */
#define ITEMS 16  /* of a list: what agrees in all of them is compared, too */
#define AHEAD 12  /* rows that are fetched before they are needed */
#define MERGE 600 /* rows: fewer are merged, more go through the radix sort */

struct key {
    uint64_t prefix;
    union {
        const struct cell *cell; /* of the present level; NULL: a number was asked for */
        const char *text;        /* CELL_STR: of it, or of one of its items */
    } u;
    uint32_t at;
    uint8_t type;
    bool ended; /* equal prefixes mean equal cells, or items */
};
_Static_assert(offsetof(struct key, prefix) == 0, "radix_sort() reads it there");

/* What is compared: a level, and of lists an item. */
struct place {
    size_t level, item;
    bool list;
};

struct sorter {
    const struct rows_item *items;
    const struct rows_level *levels;
    size_t nlevels;
    struct key *spare;
};

/* ---- eight bytes of a cell ---------------------------------------------------------------------
 */

static uint64_t real_chunk(double d)
{
    uint64_t bits;

    d += 0.0; /* -0 becomes 0 */
    memcpy(&bits, &d, sizeof(bits));
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

/* Family, address, length of the block. */
static uint64_t ip_chunk(const struct ip *ip, size_t from, bool *ended)
{
    size_t bytes = ip->family == 6 ? 16 : 4;
    uint64_t v = 0;

    for (size_t i = from; i < from + 8; i++)
        v = v << 8 | (i == 0           ? ip->family
                      : i <= bytes     ? ip->bytes[i - 1]
                      : i == bytes + 1 ? ip->prefix
                                       : 0);
    *ended = from + 8 >= bytes + 2;
    return v;
}

static void set_chunk(struct key *k, size_t from)
{
    const struct cell *c = k->u.cell;

    k->ended = true;
    switch (k->type) {
    case CELL_STR:
        k->prefix = radix_text(k->u.text + from);
        k->ended = (k->prefix & 0xff) == 0;
        break;
    case CELL_INT:
    case CELL_BYTES:
    case CELL_DURATION:
    case CELL_TIME:
        k->prefix = (uint64_t)c->u.i ^ UINT64_C(1) << 63;
        break;
    case CELL_REAL:
        k->prefix = real_chunk(c->u.d);
        break;
    case CELL_BOOL:
        k->prefix = c->u.b;
        break;
    case CELL_IP:
    case CELL_CIDR:
        k->prefix = ip_chunk(c->u.ip, from, &k->ended);
        break;
    default:
        break;
    }
}

/* How many bytes from @from on all of these texts have in common. */
static size_t common_bytes(const struct key *k, size_t n, size_t from)
{
    const char *first = k[0].u.text + from, *last = NULL;
    size_t common = strlen(first);

    for (size_t i = 1; i < n && common; i++) {
        const char *s = k[i].u.text + from;
        size_t same = 0;

        if (i + AHEAD < n)
            __builtin_prefetch(k[i + AHEAD].u.text + from);
        if (k[i].u.text == last)
            continue;
        last = k[i].u.text;
        while (same < common && s[same] == first[same])
            same++;
        common = same;
    }
    return common;
}

/* ---- by prefix ---------------------------------------------------------------------------------
 */

static void merge(const struct key *k, size_t middle, size_t n, struct key *out)
{
    size_t a = 0, b = middle;

    for (size_t i = 0; i < n; i++)
        out[i] = b == n || (a < middle && k[a].prefix <= k[b].prefix) ? k[a++] : k[b++];
}

static void merge_sort(struct key *k, struct key *spare, size_t n)
{
    struct key *from = k, *to = spare;

    for (size_t width = 1; width < n; width *= 2) {
        struct key *t = from;

        for (size_t i = 0; i < n; i += 2 * width) {
            size_t left = n - i < width ? n - i : width;
            size_t both = n - i < 2 * width ? n - i : 2 * width;

            merge(from + i, left, both, to + i);
        }
        from = to;
        to = t;
    }
    if (from != k)
        memcpy(k, from, n * sizeof(*k));
}

static void sort_by_prefix(struct key *k, struct key *spare, size_t n)
{
    uint64_t differ = 0;
    bool sorted = true;

    for (size_t i = 1; i < n; i++) {
        differ |= k[i].prefix ^ k[0].prefix;
        sorted = sorted && k[i - 1].prefix <= k[i].prefix;
    }
    if (sorted)
        return;
    if (n < MERGE)
        merge_sort(k, spare, n);
    else
        radix_sort(k, spare, n, sizeof(*k), differ);
}

/* ---- a few rows --------------------------------------------------------------------------------
 */

static const struct cell *cell_of(const struct sorter *s, const struct key *k, size_t level)
{
    return &s->items[k->at].row->cells[s->levels[level].column];
}

static int compare_level(const struct sorter *s, const struct key *a, const struct key *b,
                         size_t level)
{
    const struct rows_level *l = &s->levels[level];
    int c;

    if (l->number) {
        double x = l->number(&s->items[a->at]), y = l->number(&s->items[b->at]);

        c = (x > y) - (x < y);
    } else {
        const struct cell *x = cell_of(s, a, level), *y = cell_of(s, b, level);

        c = cell_compare(x, y);
        if (x->type == CELL_ABSENT || y->type == CELL_ABSENT)
            return c; /* last in both directions */
    }
    return l->reverse ? -c : c;
}

/* Lists that agree in the items before @from. */
static int compare_items(const struct cell_list *a, const struct cell_list *b, size_t from)
{
    size_t n = a->n < b->n ? a->n : b->n;

    for (size_t i = from; i < n; i++) {
        int c = strcmp(a->items[i], b->items[i]);

        if (c)
            return c;
    }
    return (a->n > b->n) - (a->n < b->n);
}

/* What agrees in what is before @at. */
static bool is_before(const struct sorter *s, const struct key *a, const struct key *b,
                      struct place at)
{
    size_t level = at.level;
    int c = 0;

    if (at.list) {
        c = compare_items(cell_of(s, a, level)->u.list, cell_of(s, b, level)->u.list, at.item);
        c = s->levels[level++].reverse ? -c : c;
    }
    for (; level < s->nlevels && !c; level++)
        c = compare_level(s, a, b, level);
    return c < 0;
}

static void insert_sort(const struct sorter *s, struct key *k, size_t n, struct place at)
{
    for (size_t i = 1; i < n; i++) {
        struct key x = k[i];
        size_t to = i;

        for (; to && is_before(s, &x, &k[to - 1], at); to--)
            k[to] = k[to - 1];
        k[to] = x;
    }
}

/* The same for many: @k in two halves that are in order, merged, and so on. */
static void compare_sort(const struct sorter *s, struct key *k, size_t n, struct place at)
{
    size_t middle = n / 2, a = 0, b = middle;

    if (n <= FEW) {
        insert_sort(s, k, n, at);
        return;
    }
    compare_sort(s, k, middle, at);
    compare_sort(s, k + middle, n - middle, at);
    for (size_t i = 0; i < n; i++) {
        bool first = b == n || (a < middle && !is_before(s, &k[b], &k[a], at));

        s->spare[i] = first ? k[a++] : k[b++];
    }
    memcpy(k, s->spare, n * sizeof(*k));
}

/* ---- level by level ----------------------------------------------------------------------------
 */

static void sort_level(struct sorter *s, struct key *k, size_t n, size_t level);
static void sort_items(struct sorter *s, struct key *k, size_t n, struct place at);

/* Eight bytes from @from on, turned round where the level is. */
static void set_chunks(const struct sorter *s, struct key *k, size_t n, size_t level, size_t from)
{
    bool text = k->type == CELL_STR;

    for (size_t i = 0; i < n; i++) {
        if (text && i + AHEAD < n)
            __builtin_prefetch(k[i + AHEAD].u.text + from);
        if (k[i].u.cell)
            set_chunk(&k[i], from);
        if (s->levels[level].reverse)
            k[i].prefix = ~k[i].prefix;
    }
}

/* What is equal in @at. */
static void sort_equal(struct sorter *s, struct key *k, size_t n, struct place at)
{
    if (at.list)
        sort_items(s, k, n, (struct place){at.level, at.item + 1, true});
    else
        sort_level(s, k, n, at.level + 1);
}

/* Items of rows that come soon: they are far from the rows, which are far from one another. */
static void fetch_items(const struct sorter *s, const struct key *k, size_t n, struct place at)
{
    const struct cell_list *list;

    if (n <= 3 * AHEAD)
        return;
    __builtin_prefetch(cell_of(s, &k[3 * AHEAD], at.level));
    __builtin_prefetch(cell_of(s, &k[2 * AHEAD], at.level)->u.list);
    list = cell_of(s, &k[AHEAD], at.level)->u.list;
    if (at.item + 1 < list->n)
        __builtin_prefetch(list->items[at.item + 1]);
}

/* Cells or items of one type that agree up to @from. */
static void sort_cells(struct sorter *s, struct key *k, size_t n, struct place at, size_t from)
{
    if (n <= FEW) {
        insert_sort(s, k, n, at);
        return;
    }
    if (k->type == CELL_STR)
        from += common_bytes(k, n, from);
    set_chunks(s, k, n, at.level, from);
    sort_by_prefix(k, s->spare, n);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && k[end].prefix == k[i].prefix; end++)
            ;
        if (at.list)
            fetch_items(s, k + i, n - i, at);
        if (end - i < 2)
            continue;
        if (k[i].ended)
            sort_equal(s, k + i, end - i, at);
        else
            sort_cells(s, k + i, end - i, at, from + 8);
    }
}

/* A list that ends comes before one that goes on. Returns how many of @k come first. */
static size_t take_items(struct sorter *s, struct key *k, size_t n, struct place at)
{
    bool reverse = s->levels[at.level].reverse;
    size_t ends = 0;

    for (size_t i = 0; i < n; i++) {
        const struct cell_list *list = cell_of(s, &k[i], at.level)->u.list;
        bool more = at.item < list->n;

        if (i + AHEAD < n)
            __builtin_prefetch(cell_of(s, &k[i + AHEAD], at.level)->u.list);
        k[i].type = CELL_STR;
        k[i].u.text = more ? list->items[at.item] : NULL;
        k[i].prefix = more != reverse;
        ends += !more;
    }
    if (ends && ends < n)
        sort_by_prefix(k, s->spare, n);
    return reverse ? n - ends : ends;
}

/* Lists that agree in what is before @at. */
static void sort_items(struct sorter *s, struct key *k, size_t n, struct place at)
{
    size_t first;

    if (n <= FEW || at.item >= ITEMS) {
        compare_sort(s, k, n, at);
        return;
    }
    first = take_items(s, k, n, at);
    if (s->levels[at.level].reverse) {
        sort_cells(s, k, first, at, 0);
        sort_level(s, k + first, n - first, at.level + 1);
    } else {
        sort_level(s, k, first, at.level + 1);
        sort_cells(s, k + first, n - first, at, 0);
    }
}

static void set_numbers(const struct sorter *s, struct key *k, size_t n,
                        const struct rows_level *level)
{
    for (size_t i = 0; i < n; i++) {
        k[i].u.cell = NULL;
        k[i].type = CELL_REAL;
        k[i].prefix = real_chunk(level->number(&s->items[k[i].at]));
        k[i].ended = true;
    }
}

/* Cells of one type after the other, ABSENT last. Returns whether there is more than one type. */
static bool group_types(struct sorter *s, struct key *k, size_t n, size_t level)
{
    bool mixed = false;

    for (size_t i = 0; i < n; i++) {
        if (i + AHEAD < n)
            __builtin_prefetch(cell_of(s, &k[i + AHEAD], level));
        k[i].u.cell = cell_of(s, &k[i], level);
        k[i].type = (uint8_t)k[i].u.cell->type;
        /* One byte, so that the order of types is reversed by what reverses keys. */
        k[i].prefix = s->levels[level].reverse ? 0xfeu - k[i].type : k[i].type;
        if (k[i].type == CELL_ABSENT)
            k[i].prefix = 0xff;
        mixed = mixed || k[i].type != k[0].type;
    }
    if (mixed)
        sort_by_prefix(k, s->spare, n);
    return mixed;
}

static void take_texts(struct key *k, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        k[i].u.text = k[i].u.cell->u.s;
        k[i].type = CELL_STR;
    }
}

static void sort_type(struct sorter *s, struct key *k, size_t n, size_t level)
{
    const struct place at = {level, 0, k->type == CELL_LIST};

    if (n < 2)
        return;
    if (k->type == CELL_ABSENT) {
        sort_level(s, k, n, level + 1);
    } else if (at.list) {
        sort_items(s, k, n, at);
    } else {
        if (k->type == CELL_STR || k->type == CELL_STATE)
            take_texts(k, n);
        sort_cells(s, k, n, at, 0);
    }
}

static void sort_level(struct sorter *s, struct key *k, size_t n, size_t level)
{
    if (level == s->nlevels || n < 2)
        return;
    if (n <= FEW) {
        insert_sort(s, k, n, (struct place){level, 0, false});
        return;
    }
    if (s->levels[level].number) {
        set_numbers(s, k, n, &s->levels[level]);
        sort_cells(s, k, n, (struct place){level, 0, false}, 0);
        return;
    }
    if (!group_types(s, k, n, level)) {
        sort_type(s, k, n, level);
        return;
    }
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && k[end].type == k[i].type; end++)
            ;
        sort_type(s, k + i, end - i, level);
    }
}

void rows_sort_items(struct rows_item *items, size_t n, const struct rows_level *levels,
                     size_t nlevels)
{
    struct sorter s = {.items = items, .levels = levels, .nlevels = nlevels};
    struct rows_item *sorted;
    struct key *keys;

    if (n < 2)
        return;
    keys = mem_array(n, sizeof(*keys));
    s.spare = mem_array(n, sizeof(*s.spare));
    for (size_t i = 0; i < n; i++)
        keys[i].at = (uint32_t)i;
    sort_level(&s, keys, n, 0);
    sorted = mem_array(n, sizeof(*sorted));
    for (size_t i = 0; i < n; i++)
        sorted[i] = items[keys[i].at];
    memcpy(items, sorted, n * sizeof(*items));
    free(sorted);
    free(keys);
    free(s.spare);
}
