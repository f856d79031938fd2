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
    strbuf_init(&g->note, 0);
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
    if (g->resolver)
        resolver_forget(g->resolver, g);
    drop_rows(g);
    estate_unref(g->estate);
    filter_free(g->filter);
    free(g->filter_text);
    free(g->find_text);
    free(g->columns_text);
    strbuf_release(&g->note);
    free(g->scope);
    row_id_release(&g->selected);
    map_free(g->marks, NULL);
    map_free(g->choices, NULL);
    free(g);
}

/* ---- rows --------------------------------------------------------------------------------------
 */

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

static void let_go(struct grid *g)
{
    if (!g->resolver || !g->large) {
        drop_rows(g);
        estate_unref(g->estate);
    } else {
        resolver_bury(g->resolver, resolve_new_buried(g->estate, g->has_rows ? &g->rows : NULL,
                                                      (struct snapshot *)(uintptr_t)g->built));
    }
    g->built = NULL;
    g->has_rows = false;
    g->estate = NULL;
}

/* The rows in @rows are of this estate now: find the reader's place in them. */
static void adopt(struct grid *g, const struct view_input *in, struct rows *rows,
                  struct snapshot *built)
{
    struct estate *e = estate_ref(in->estate);

    let_go(g);
    g->estate = e;
    g->built = built;
    free(g->scope);
    g->scope = mem_strdup(in->site);
    g->rows = *rows;
    g->has_rows = true;
    follow_selection(g);
    /* A filter may hide the selected row for a while: its key is kept until the reader moves. */
    if (!g->selected.key || !g->filter)
        remember(g);
    grid_collect_columns(g, in);
}

/* Lines that the tab made are those of an estate and a scope: another filter or order finds them
 * made. A new reference or NULL. */
static struct snapshot *reusable(const struct grid *g, const struct view_input *in)
{
    const char *a = in->site ? in->site : "", *b = g->scope ? g->scope : "";

    return g->built && g->estate == in->estate && strcmp(a, b) == 0 ? snapshot_ref(g->built) : NULL;
}

static void refresh_now(struct grid *g, const struct view_input *in)
{
    struct snapshot *built;
    struct rows rows;

    built = reusable(g, in);
    resolve_rows(&rows, &built, g->table, in, g->filter, g->sort, g->reverse);
    adopt(g, in, &rows, built);
    g->busy = false;
}

static bool same_wish(const struct grid *g, const struct view_input *in, const struct resolve *job)
{
    const char *a = in->site ? in->site : "", *b = job->in.site ? job->in.site : "";

    return job->sort == g->sort && job->reverse == g->reverse &&
           strcmp(job->filter, g->filter_text) == 0 && strcmp(a, b) == 0;
}

/* Rows that came back. Those of an estate that is not the newest are better than older ones; those
 * of another filter or order are not what the title says. */
static void take_finished(struct grid *g, const struct view_input *in)
{
    struct resolve *job = g->resolver ? resolver_take(g->resolver, g) : NULL;

    if (job && same_wish(g, in, job)) {
        struct view_input then = *in;
        then.estate = job->in.estate;
        struct snapshot *built = job->built;
        resolve_detach(job);
        adopt(g, &then, &job->rows, built);
        g->busy = g->busy && g->posted != job->in.estate;
    }
    resolve_free(job);
}

void grid_refresh(struct grid *g, const struct view_input *in)
{
    struct resolve *job;

    if (!in->estate)
        return;
    take_finished(g, in);
    if (!g->dirty && g->posted == in->estate)
        return;
    g->posted = in->estate; /* kept alive by the console until the next one comes */
    g->dirty = false;
    if (!g->resolver || !g->large) {
        refresh_now(g, in);
        return;
    }
    g->busy = true;
    job = resolve_new_rows(g->table, in, g->filter_text, g->sort, g->reverse);
    job->built = reusable(g, in);
    resolver_post(g->resolver, g, job);
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
    if (g->sort < 0 && view_is_ordered(g->table)) {
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

void grid_touch(struct grid *g)
{
    g->touched = true;
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
