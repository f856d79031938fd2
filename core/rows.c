/*
 * Merging is cheap because snapshots are sorted by key already: sources in the order of site and
 * endpoint, one after the other, are the default order.
 *
 * For another order each cell gets a sort key of eight bytes, made in one walk over the rows: the
 * number itself, the address, or what follows the bytes that all texts of the column begin with.
 * A radix sort orders these keys without touching a row again (comparing a hundred thousand rows
 * takes a million and a half compares, and each would miss the cache several times) and keeps the
 * default order of equal ones, so every order is stable. Only where long texts share a prefix do
 * the cells themselves decide.
 */
#include "core/rows.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"

/* ---- merging -----------------------------------------------------------------------------------
 */

static int compare_sources(const void *a, const void *b)
{
    const struct snapshot *x = *(const struct snapshot *const *)a;
    const struct snapshot *y = *(const struct snapshot *const *)b;
    int c = strcmp(snapshot_site(x), snapshot_site(y));

    return c ? c : strcmp(snapshot_endpoint(x), snapshot_endpoint(y));
}

static void take_sources(struct rows *r, struct snapshot *const *snapshots, size_t n)
{
    r->sources = mem_array(n ? n : 1, sizeof(*r->sources));
    for (size_t i = 0; i < n; i++) {
        if (snapshot_schema(snapshots[i]) != r->schema)
            continue;
        r->sources[r->nsources++] = snapshot_ref(snapshots[i]);
        r->total += snapshot_count(snapshots[i]);
    }
    if (r->nsources > 1)
        qsort(r->sources, r->nsources, sizeof(*r->sources), compare_sources);
}

static void take_rows(struct rows *r, struct filter *filter)
{
    r->items = mem_array(r->total ? r->total : 1, sizeof(*r->items));
    for (size_t i = 0; i < r->nsources; i++) {
        const struct snapshot *s = r->sources[i];
        size_t count = snapshot_count(s);
        for (size_t j = 0; j < count; j++) {
            const struct row *row = snapshot_row(s, j);
            if (!filter || filter_match(filter, row))
                r->items[r->n++] = (struct rows_item){row, s};
        }
    }
}

/* ---- sorting -----------------------------------------------------------------------------------
 */

struct sort_key {
    uint64_t prefix; /* orders cells of one type, but for ties that are not exact */
    const struct cell *cell;
    uint32_t at; /* in the default order */
    uint8_t type;
    bool exact; /* equal prefixes mean equal cells */
};

struct sort {
    struct sort_key *keys, *spare;
    size_t n; /* cells that are there */
    bool reverse;
};

static bool is_text(enum cell_type t)
{
    return t == CELL_STR || t == CELL_STATE;
}

/* The first eight bytes, so that numbers compare as strcmp() would. */
static uint64_t text_prefix(const char *s)
{
    uint64_t v = 0;

    for (unsigned i = 0; i < 8; i++) {
        v = v << 8 | (unsigned char)*s;
        s += *s != '\0';
    }
    return v;
}

static uint64_t real_prefix(double d)
{
    uint64_t bits;

    d += 0.0; /* -0 becomes 0 */
    memcpy(&bits, &d, sizeof(bits));
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

/* Family and address, and the length of an IPv4 block: then all of it is in the prefix. */
static uint64_t ip_prefix(const struct ip *ip)
{
    bool six = ip->family == 6;
    uint64_t v = six;

    for (unsigned i = 0; i < 7; i++)
        v = v << 8 | (six || i < 4 ? ip->bytes[i] : i == 4 ? ip->prefix : 0);
    return v;
}

/* @skip: bytes that all texts of the column begin with ("/infra/domains/default/..."). */
static void set_prefix(struct sort_key *k, size_t skip)
{
    const struct cell *c = k->cell;

    k->exact = true;
    switch (c->type) {
    case CELL_STR:
    case CELL_STATE:
        k->prefix = text_prefix(c->u.s + skip);
        k->exact = (k->prefix & 0xff) == 0; /* the text ends within it */
        break;
    case CELL_INT:
    case CELL_BYTES:
    case CELL_DURATION:
    case CELL_TIME:
        k->prefix = (uint64_t)c->u.i ^ UINT64_C(1) << 63;
        break;
    case CELL_REAL:
        k->prefix = real_prefix(c->u.d);
        break;
    case CELL_BOOL:
        k->prefix = c->u.b;
        break;
    case CELL_IP:
    case CELL_CIDR:
        k->prefix = ip_prefix(c->u.ip);
        k->exact = c->u.ip->family != 6;
        break;
    case CELL_LIST:
        k->prefix = c->u.list->n ? text_prefix(c->u.list->items[0]) : 0;
        k->exact = false;
        break;
    case CELL_ABSENT:
        k->prefix = 0;
        break;
    }
}

/* How many bytes all texts have in common at their beginning. */
static size_t common_prefix(const struct rows *r, unsigned col)
{
    const char *first = NULL;
    size_t common = 0;

    for (size_t i = 0; i < r->n && (!first || common); i++) {
        const struct cell *c = &r->items[i].row->cells[col];
        size_t n = 0;
        if (!is_text(c->type))
            continue;
        if (!first) {
            first = c->u.s;
            common = strlen(first);
        }
        while (n < common && c->u.s[n] == first[n])
            n++;
        common = n;
    }
    return common;
}

/* Keys of the cells that are there. Returns the number of those that are not. */
static size_t make_keys(struct sort *s, const struct rows *r, unsigned col)
{
    size_t skip = common_prefix(r, col);

    for (size_t i = 0; i < r->n; i++) {
        const struct cell *c = &r->items[i].row->cells[col];
        if (c->type == CELL_ABSENT)
            continue;
        struct sort_key *k = &s->keys[s->n++];
        *k = (struct sort_key){.cell = c, .at = (uint32_t)i, .type = (uint8_t)c->type};
        set_prefix(k, skip);
    }
    return r->n - s->n;
}

static int by_position(const struct sort_key *x, const struct sort_key *y)
{
    return (x->at > y->at) - (x->at < y->at);
}

static int compare_up(const void *a, const void *b)
{
    const struct sort_key *x = a, *y = b;
    int c = cell_compare(x->cell, y->cell);

    return c ? c : by_position(x, y);
}

static int compare_down(const void *a, const void *b)
{
    const struct sort_key *x = a, *y = b;
    int c = cell_compare(y->cell, x->cell);

    return c ? c : by_position(x, y);
}

static void sort_by_cells(struct sort_key *keys, size_t n, bool reverse)
{
    qsort(keys, n, sizeof(*keys), reverse ? compare_down : compare_up);
}

/* One pass of the radix sort, by the byte at @shift; nothing when all are the same. */
static void radix_pass(struct sort *s, unsigned shift, uint8_t flip)
{
    size_t at[256] = {0}, sum = 0;
    struct sort_key *t;

    for (size_t i = 0; i < s->n; i++)
        at[(uint8_t)(s->keys[i].prefix >> shift) ^ flip]++;
    if (at[(uint8_t)(s->keys[0].prefix >> shift) ^ flip] == s->n)
        return;
    for (unsigned b = 0; b < 256; b++) {
        size_t count = at[b];
        at[b] = sum;
        sum += count;
    }
    for (size_t i = 0; i < s->n; i++)
        s->spare[at[(uint8_t)(s->keys[i].prefix >> shift) ^ flip]++] = s->keys[i];
    t = s->keys;
    s->keys = s->spare;
    s->spare = t;
}

/* Runs of one prefix that hide an order behind it. */
static void sort_ties(struct sort *s)
{
    for (size_t i = 0, end; i < s->n; i = end) {
        for (end = i + 1; end < s->n && s->keys[end].prefix == s->keys[i].prefix; end++)
            ;
        if (end - i > 1 && !s->keys[i].exact)
            sort_by_cells(s->keys + i, end - i, s->reverse);
    }
}

static bool is_one_type(const struct sort *s)
{
    for (size_t i = 1; i < s->n; i++) {
        if (s->keys[i].type != s->keys[0].type)
            return false;
    }
    return true;
}

static void sort_keys(struct sort *s)
{
    if (s->n < 2)
        return;
    if (!is_one_type(s)) {
        sort_by_cells(s->keys, s->n, s->reverse);
        return;
    }
    for (unsigned shift = 0; shift < 64; shift += 8)
        radix_pass(s, shift, s->reverse ? 0xff : 0);
    sort_ties(s);
}

static void sort_rows(struct rows *r, unsigned col, bool reverse)
{
    size_t n = r->n ? r->n : 1, absent;
    struct rows_item *sorted = mem_array(n, sizeof(*sorted));
    struct sort s = {.reverse = reverse};

    s.keys = mem_array(n, sizeof(*s.keys));
    s.spare = mem_array(n, sizeof(*s.spare));
    absent = make_keys(&s, r, col);
    sort_keys(&s);
    for (size_t i = 0; i < s.n; i++)
        sorted[i] = r->items[s.keys[i].at];
    for (size_t i = 0, out = s.n; absent && i < r->n; i++) {
        if (r->items[i].row->cells[col].type == CELL_ABSENT)
            sorted[out++] = r->items[i];
    }
    free(s.keys);
    free(s.spare);
    free(r->items);
    r->items = sorted;
}

static void reverse_rows(struct rows *r)
{
    for (size_t i = 0; i < r->n / 2; i++) {
        struct rows_item t = r->items[i];
        r->items[i] = r->items[r->n - 1 - i];
        r->items[r->n - 1 - i] = t;
    }
}

/* Keys are text, so a number at their end would put position 10 before 2. Rows that differ only
 * there stand together: each such run is put into the order of the numbers. */
static int number_column(const struct schema *schema)
{
    for (unsigned i = schema->ncolumns; i-- > 0;) {
        if (schema->columns[i].flags & COL_KEY)
            return schema->columns[i].type == CELL_INT ? (int)i : -1;
    }
    return -1;
}

static size_t key_stem(const char *key)
{
    const char *last = strrchr(key, ROW_KEY_SEPARATOR);

    return last ? (size_t)(last - key) : 0;
}

static bool is_same_run(const struct rows_item *a, const struct rows_item *b)
{
    size_t stem = key_stem(a->row->key);

    return a->snapshot == b->snapshot && key_stem(b->row->key) == stem &&
           memcmp(a->row->key, b->row->key, stem) == 0;
}

static int compare_numbers(const void *a, const void *b, void *column)
{
    const struct rows_item *x = a, *y = b;
    int col = *(const int *)column;
    int c = cell_compare(&x->row->cells[col], &y->row->cells[col]);

    return c ? c : (x->row > y->row) - (x->row < y->row);
}

static void order_by_number(struct rows *r)
{
    int col = number_column(r->schema);
    size_t end;

    for (size_t start = 0; col >= 0 && start < r->n; start = end) {
        end = start + 1;
        while (end < r->n && is_same_run(&r->items[start], &r->items[end]))
            end++;
        qsort_r(r->items + start, end - start, sizeof(*r->items), compare_numbers, &col);
    }
}

/* ---- the list ----------------------------------------------------------------------------------
 */

void rows_init(struct rows *r, const struct schema *schema, struct snapshot *const *snapshots,
               size_t n, struct filter *filter, int sort_col, bool reverse)
{
    *r = (struct rows){.schema = schema};
    take_sources(r, snapshots, n);
    take_rows(r, filter);
    order_by_number(r);
    if (sort_col >= 0)
        sort_rows(r, (unsigned)sort_col, reverse);
    else if (reverse)
        reverse_rows(r);
}

void rows_release(struct rows *r)
{
    for (size_t i = 0; i < r->nsources; i++)
        snapshot_unref(r->sources[i]);
    free(r->sources);
    free(r->items);
    *r = (struct rows){0};
}

static bool has_text(const struct row *r, unsigned col, const char *s)
{
    const char *cell = row_str(r, col);

    return cell && strcmp(cell, s) == 0;
}

static long find_pointer(const struct rows *r, const struct row *row)
{
    for (size_t i = 0; i < r->n; i++) {
        if (r->items[i].row == row)
            return (long)i;
    }
    return -1;
}

long rows_find(const struct rows *r, const char *site, const char *endpoint, const char *key)
{
    /* Nearly always one look-up and a walk over pointers find it, without reading the rows. */
    for (size_t i = 0; i < r->nsources; i++) {
        const struct snapshot *s = r->sources[i];
        if (strcmp(snapshot_site(s), site) != 0 || strcmp(snapshot_endpoint(s), endpoint) != 0)
            continue;
        const struct row *row = snapshot_find(s, key);
        long at = row ? find_pointer(r, row) : -1;
        if (at >= 0)
            return at;
    }
    for (size_t i = 0; i < r->n; i++) {
        const struct row *row = r->items[i].row;
        if (strcmp(row->key, key) == 0 && has_text(row, SCHEMA_SITE, site) &&
            has_text(row, SCHEMA_ENDPOINT, endpoint))
            return (long)i;
    }
    return -1;
}
