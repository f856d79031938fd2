/*
 * Merging is cheap because snapshots are sorted by key already: sources in the order of site and
 * endpoint, one after the other, are the default order. For another order each row gets a sort key
 * of eight bytes that decides most compares without touching the row (100,000 rows are a million
 * and a half compares, and each would miss the cache three times); only equal keys look at the
 * cells. The position in the default order comes last, which makes every order stable and total.
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
    uint64_t prefix; /* orders cells of one type, but for ties */
    const struct cell *cell;
    uint32_t at; /* in the default order */
    uint8_t type;
};

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

static uint64_t ip_prefix(const struct ip *ip)
{
    unsigned n = ip->family == 6 ? 7 : 4;
    uint64_t v = ip->family == 6;

    for (unsigned i = 0; i < 7; i++)
        v = v << 8 | (i < n ? ip->bytes[i] : 0);
    return v;
}

static uint64_t cell_prefix(const struct cell *c)
{
    switch (c->type) {
    case CELL_STR:
    case CELL_STATE:
        return text_prefix(c->u.s);
    case CELL_INT:
    case CELL_BYTES:
    case CELL_DURATION:
    case CELL_TIME:
        return (uint64_t)c->u.i ^ UINT64_C(1) << 63;
    case CELL_REAL:
        return real_prefix(c->u.d);
    case CELL_BOOL:
        return c->u.b;
    case CELL_IP:
    case CELL_CIDR:
        return ip_prefix(c->u.ip);
    case CELL_LIST:
        return c->u.list->n ? text_prefix(c->u.list->items[0]) : 0;
    default:
        return 0;
    }
}

static int compare_keys(const struct sort_key *x, const struct sort_key *y)
{
    if (x->type == y->type && x->prefix != y->prefix)
        return x->prefix < y->prefix ? -1 : 1;
    return cell_compare(x->cell, y->cell);
}

static int compare_order(const struct sort_key *x, const struct sort_key *y, int sign)
{
    bool no_x = x->type == CELL_ABSENT, no_y = y->type == CELL_ABSENT;
    int c;

    if (no_x || no_y)
        c = no_x - no_y;
    else
        c = sign * compare_keys(x, y);
    return c ? c : (x->at > y->at) - (x->at < y->at);
}

static int compare_up(const void *a, const void *b)
{
    return compare_order(a, b, 1);
}

static int compare_down(const void *a, const void *b)
{
    return compare_order(a, b, -1);
}

static void sort_rows(struct rows *r, unsigned col, bool reverse)
{
    struct sort_key *keys = mem_array(r->n ? r->n : 1, sizeof(*keys));
    struct rows_item *sorted = mem_array(r->n ? r->n : 1, sizeof(*sorted));

    for (size_t i = 0; i < r->n; i++) {
        const struct cell *c = &r->items[i].row->cells[col];
        keys[i] = (struct sort_key){cell_prefix(c), c, (uint32_t)i, (uint8_t)c->type};
    }
    qsort(keys, r->n, sizeof(*keys), reverse ? compare_down : compare_up);
    for (size_t i = 0; i < r->n; i++)
        sorted[i] = r->items[keys[i].at];
    free(keys);
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

/* ---- the list ----------------------------------------------------------------------------------
 */

void rows_init(struct rows *r, const struct schema *schema, struct snapshot *const *snapshots,
               size_t n, struct filter *filter, int sort_col, bool reverse)
{
    *r = (struct rows){.schema = schema};
    take_sources(r, snapshots, n);
    take_rows(r, filter);
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
