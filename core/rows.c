/*
 * Merging is cheap because snapshots are sorted by key already: sources in the order of site and
 * endpoint, one after the other, are the default order. rows_sort.c makes others of it.
 */
#include "core/rows_priv.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"

#define AT_ONCE 1024 /* rows given to a filter */

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

static void take_rows(struct rows *r)
{
    r->items = mem_array(r->total ? r->total : 1, sizeof(*r->items));
    for (size_t i = 0; i < r->nsources; i++) {
        const struct snapshot *s = r->sources[i];
        size_t count = snapshot_count(s);
        for (size_t j = 0; j < count; j++)
            r->items[r->n++] = (struct rows_item){snapshot_row(s, j), s};
    }
}

void rows_reverse(struct rows *r)
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

static bool is_ascending(const struct rows_item *items, size_t n, int col)
{
    for (size_t i = 1; i < n; i++) {
        if (cell_compare(&items[i - 1].row->cells[col], &items[i].row->cells[col]) > 0)
            return false;
    }
    return true;
}

static void order_by_number(struct rows *r)
{
    const struct rows_level level = {.column = number_column(r->schema)};
    size_t end;

    for (size_t start = 0; level.column >= 0 && start < r->n; start = end) {
        end = start + 1;
        while (end < r->n && is_same_run(&r->items[start], &r->items[end]))
            end++;
        if (!is_ascending(r->items + start, end - start, level.column))
            rows_sort_items(r->items + start, end - start, &level, 1);
    }
}

/* ---- the list ----------------------------------------------------------------------------------
 */

void rows_merge(struct rows *r, const struct schema *schema, struct snapshot *const *snapshots,
                size_t n)
{
    *r = (struct rows){.schema = schema};
    take_sources(r, snapshots, n);
    take_rows(r);
    order_by_number(r);
}

void rows_filter(struct rows *r, struct filter *filter)
{
    const struct row *rows[AT_ONCE];
    bool hits[AT_ONCE];
    size_t kept = 0;

    for (size_t i = 0; i < r->n; i += AT_ONCE) {
        size_t n = r->n - i < AT_ONCE ? r->n - i : AT_ONCE;

        for (size_t k = 0; k < n; k++)
            rows[k] = r->items[i + k].row;
        filter_match_many(filter, rows, n, hits);
        for (size_t k = 0; k < n; k++) {
            if (hits[k])
                r->items[kept++] = r->items[i + k];
        }
    }
    r->n = kept;
}

void rows_sort(struct rows *r, const struct rows_level *levels, size_t n)
{
    rows_sort_items(r->items, r->n, levels, n);
}

void rows_init(struct rows *r, const struct schema *schema, struct snapshot *const *snapshots,
               size_t n, struct filter *filter, int sort_col, bool reverse)
{
    const struct rows_level level = {.column = sort_col, .reverse = reverse};

    rows_merge(r, schema, snapshots, n);
    if (filter)
        rows_filter(r, filter);
    if (sort_col >= 0)
        rows_sort(r, &level, 1);
    else if (reverse)
        rows_reverse(r);
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
