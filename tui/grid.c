#include "tui/grid.h"

#include <stdlib.h>
#include <string.h>

#include "core/map.h"
#include "core/mem.h"
#include "core/strbuf.h"

/* ---- identity ----------------------------------------------------------------------------------
 */

void row_id_release(struct row_id *id)
{
    free(id->site);
    free(id->endpoint);
    free(id->key);
    *id = (struct row_id){0};
}

void row_id_set(struct row_id *id, const char *site, const char *endpoint, const char *key)
{
    struct row_id next = {mem_strdup(site), mem_strdup(endpoint), mem_strdup(key)};

    row_id_release(id);
    *id = next;
}

static char *mark_key(const struct rows_item *row)
{
    return mem_printf("%s%c%s%c%s", snapshot_site(row->snapshot), ROW_KEY_SEPARATOR,
                      snapshot_endpoint(row->snapshot), ROW_KEY_SEPARATOR, row->row->key);
}

/* ---- life --------------------------------------------------------------------------------------
 */

struct grid *grid_new(const struct view_table *t)
{
    struct grid *g = mem_alloc(sizeof(*g));

    g->table = t;
    g->sort = -1;
    g->reverse = t->reverse;
    g->filter_text = mem_strdup("");
    g->find_text = mem_strdup("");
    g->marks = map_new();
    g->choices = map_new();
    g->dirty = true;
    return g;
}

static void drop_rows(struct grid *g)
{
    if (g->has_rows)
        rows_release(&g->rows);
    snapshot_unref(g->built);
    g->built = NULL;
    g->has_rows = false;
}

void grid_free(struct grid *g)
{
    if (!g)
        return;
    drop_rows(g);
    estate_unref(g->estate);
    filter_free(g->filter);
    free(g->filter_text);
    free(g->find_text);
    free(g->columns_text);
    row_id_release(&g->selected);
    map_free(g->marks, NULL);
    map_free(g->choices, NULL);
    free(g);
}

/* ---- rows --------------------------------------------------------------------------------------
 */

/* qsort() promises no stable order, so ties end by identity. */
static int by_identity(const struct rows_item *a, const struct rows_item *b)
{
    int c = strcmp(snapshot_site(a->snapshot), snapshot_site(b->snapshot));

    if (!c)
        c = strcmp(snapshot_endpoint(a->snapshot), snapshot_endpoint(b->snapshot));
    return c ? c : strcmp(a->row->key, b->row->key);
}

static int by_order(const void *a, const void *b, void *arg)
{
    const struct view_table *t = arg;
    int c = t->order(a, b);

    return c ? c : by_identity(a, b);
}

static void keep_rows(struct grid *g, const struct view_input *in)
{
    const struct view_table *t = g->table;
    struct rows *r = &g->rows;
    size_t n = 0;

    for (size_t i = 0; i < r->n; i++)
        if (view_in_scope(in, &r->items[i]) && (!t->keep || t->keep(in, &r->items[i])))
            r->items[n++] = r->items[i];
    r->n = r->total = n;
    if (!g->filter)
        return;
    n = 0;
    for (size_t i = 0; i < r->n; i++)
        if (filter_match(g->filter, r->items[i].row))
            r->items[n++] = r->items[i];
    r->n = n;
}

static void make_rows(struct grid *g, const struct view_input *in)
{
    const struct view_table *t = g->table;
    bool own_order = g->sort < 0 && t->order;
    int sort = g->sort >= 0 ? g->sort : own_order ? -1 : t->sort;
    struct snapshot *built = t->build ? t->build(in) : NULL;
    struct snapshot *const *all = &built;
    size_t n = built ? 1 : 0;

    drop_rows(g);
    g->built = built;
    if (!t->build)
        all = estate_table(in->estate, t->schema, &n);
    rows_init(&g->rows, t->schema, all, n, NULL, sort, !own_order && g->reverse);
    g->has_rows = true;
    keep_rows(g, in);
    if (own_order)
        qsort_r(g->rows.items, g->rows.n, sizeof(*g->rows.items), by_order, (void *)(uintptr_t)t);
}

/* Where is the selection now? Its line on the screen stays, unless the top of the list is shown
 * and it still fits: then new rows above it may be seen. */
static void follow_selection(struct grid *g)
{
    size_t n = g->rows.n, line = g->cursor - g->top;
    long found = g->selected.key
                     ? rows_find(&g->rows, g->selected.site, g->selected.endpoint, g->selected.key)
                     : -1;

    if (found >= 0) {
        g->cursor = (size_t)found;
        if (g->top || (g->page && g->cursor >= (size_t)g->page))
            g->top = g->cursor > line ? g->cursor - line : 0;
    }
    if (g->cursor >= n)
        g->cursor = n ? n - 1 : 0;
    if (g->top > g->cursor)
        g->top = g->cursor;
}

static void remember(struct grid *g)
{
    const struct rows_item *row = grid_current(g);

    if (row)
        row_id_set(&g->selected, snapshot_site(row->snapshot), snapshot_endpoint(row->snapshot),
                   row->row->key);
}

void grid_refresh(struct grid *g, const struct view_input *in)
{
    bool missing;

    if (!in->estate || (!g->dirty && g->estate == in->estate))
        return;
    if (g->estate != in->estate) {
        estate_unref(g->estate);
        g->estate = estate_ref(in->estate);
    }
    make_rows(g, in);
    follow_selection(g);
    /* A filter may hide the selected row for a while: its key is kept until the reader moves. */
    missing = !g->selected.key || !g->filter;
    if (missing)
        remember(g);
    grid_collect_columns(g, in);
    g->dirty = false;
}

const struct rows_item *grid_current(const struct grid *g)
{
    return g->has_rows && g->cursor < g->rows.n ? &g->rows.items[g->cursor] : NULL;
}

/* ---- what the reader does ----------------------------------------------------------------------
 */

int grid_set_filter(struct grid *g, const char *text, struct err *err)
{
    struct filter *f = NULL;

    if (*text) {
        f = filter_new(g->table->schema, text, err);
        if (!f)
            return -1;
    }
    filter_free(g->filter);
    g->filter = f;
    free(g->filter_text);
    g->filter_text = mem_strdup(text);
    if (*text) {
        free(g->find_text);
        g->find_text = mem_strdup(text);
    }
    g->dirty = true;
    return 0;
}

void grid_set_sort(struct grid *g, int column, bool reverse)
{
    g->sort = column;
    g->reverse = reverse;
    g->dirty = true;
}

void grid_sort_reverse(struct grid *g)
{
    int sort = g->sort >= 0 ? g->sort : g->table->sort;

    /* An order of the tab's own (worst first) has no reverse: the first shown column gets one. */
    if (g->sort < 0 && g->table->order) {
        grid_sort_step(g, 1);
        g->reverse = true;
        return;
    }
    grid_set_sort(g, sort, !g->reverse);
}

void grid_sort_step(struct grid *g, int step)
{
    long at = -1, n = 0;
    int shown[GRID_COLUMNS_MAX];
    int now = grid_sort_column(g);

    for (size_t i = 0; i < g->ncols; i++) {
        if (!g->cols[i].shown || g->cols[i].view.column < 0)
            continue;
        if (g->cols[i].view.column == now)
            at = n;
        shown[n++] = g->cols[i].view.column;
    }
    if (!n)
        return;
    at = at < 0 ? (step > 0 ? 0 : n - 1) : (at + step + n) % n;
    grid_set_sort(g, shown[at], false);
}

bool grid_select(struct grid *g, const char *site, const char *endpoint, const char *key)
{
    long i;

    row_id_set(&g->selected, site, endpoint, key);
    g->touched = true;
    if (!g->has_rows)
        return false;
    i = rows_find(&g->rows, site, endpoint, key);
    if (i < 0)
        return false;
    g->cursor = (size_t)i;
    return true;
}

void grid_move_to(struct grid *g, size_t index)
{
    if (!g->has_rows || !g->rows.n)
        return;
    g->cursor = index < g->rows.n ? index : g->rows.n - 1;
    g->touched = true;
    remember(g);
}

void grid_settle(struct grid *g)
{
    if (g->touched || !g->has_rows || !g->rows.n)
        return;
    g->cursor = g->top = 0;
    remember(g);
}

bool grid_move(struct grid *g, long rows)
{
    long last = g->has_rows ? (long)g->rows.n - 1 : -1;
    long to = (long)g->cursor + rows;

    to = to < 0 ? 0 : to > last ? last : to;
    if (to < 0 || to == (long)g->cursor)
        return false;
    grid_move_to(g, (size_t)to);
    return true;
}

bool grid_find(struct grid *g, int step)
{
    struct filter *f = *g->find_text ? filter_new(g->table->schema, g->find_text, NULL) : NULL;
    size_t n = g->has_rows ? g->rows.n : 0;
    bool found = false;

    for (size_t i = 1; f && i <= n && !found; i++) {
        size_t at = step > 0 ? (g->cursor + i) % n : (g->cursor + n - i) % n;
        found = filter_match(f, g->rows.items[at].row);
        if (found)
            grid_move_to(g, at);
    }
    filter_free(f);
    return found;
}

void grid_scroll_columns(struct grid *g, int step)
{
    int last = 0;

    for (size_t i = 0; i < g->ncols; i++)
        last += !g->cols[i].pinned;
    g->hscroll += step;
    if (g->hscroll >= last)
        g->hscroll = last - 1;
    if (g->hscroll < 0)
        g->hscroll = 0;
}

bool grid_is_marked(const struct grid *g, const struct rows_item *row)
{
    char *key;
    bool marked;

    if (!map_count(g->marks))
        return false;
    key = mark_key(row);
    marked = map_has(g->marks, key);
    free(key);
    return marked;
}

void grid_toggle_mark(struct grid *g)
{
    const struct rows_item *row = grid_current(g);
    char *key;

    if (!row)
        return;
    key = mark_key(row);
    if (!map_remove(g->marks, key))
        map_put(g->marks, key, g);
    free(key);
}
