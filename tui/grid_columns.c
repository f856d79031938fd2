/*
 * Which columns are on the screen, and how wide. Every column has a least width and a weight; when
 * the least widths do not fit, the column of the lowest weight goes first (it is not lost: Right
 * scrolls to it, `w` and `x` show it, details have it). What room is left goes to the columns of
 * the highest weight that can use it. Widths grow with the widest text seen and never shrink while
 * the tab is looked at.
 */
#include "tui/grid.h"

#include <stdlib.h>
#include <string.h>

#include "core/map.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "model/config.h"

#define NARROW      100 /* cells: below, one blank between columns instead of two */
#define WEIGHT_KEEP 100
#define CUT_DOMAIN  4   /* cells of the domain that stay, and the ellipsis */
#define CELL_MAX    400 /* cells of one value on the screen; details have all of it */

const char *grid_column_title(const struct grid *g, const struct grid_column *c)
{
    if (c->view.title)
        return c->view.title;
    return c->view.column >= 0 ? g->table->schema->columns[c->view.column].name : "";
}

static bool has_column(const struct grid *g, int column)
{
    for (size_t i = 0; i < g->ncols; i++)
        if (g->cols[i].view.column == column)
            return true;
    return false;
}

static void add_column(struct grid *g, const struct view_column *vc)
{
    struct grid_column *c;

    if (g->ncols == GRID_COLUMNS_MAX)
        return;
    c = &g->cols[g->ncols++];
    *c = (struct grid_column){.view = *vc};
    c->want = (int)text_width(grid_column_title(g, c));
    if (!c->view.min)
        c->view.min = (uint8_t)(c->want < 255 ? c->want : 255);
}

/* Titles and args of columns made at run time live in the arena of this painting: keep copies. */
static void add_more(struct grid *g, const struct view_input *in)
{
    struct view_column more[GRID_COLUMNS_MAX];
    size_t n = g->table->more_columns(in, more, GRID_COLUMNS_MAX), bytes = 1;
    char *p;

    for (size_t i = 0; i < n; i++)
        bytes += (more[i].title ? strlen(more[i].title) + 1 : 0) +
                 (more[i].arg ? strlen(more[i].arg) + 1 : 0);
    free(g->columns_text);
    p = g->columns_text = mem_alloc(bytes);
    for (size_t i = 0; i < n; i++) {
        if (more[i].title) {
            memcpy(p, more[i].title, strlen(more[i].title) + 1);
            more[i].title = p;
            p += strlen(p) + 1;
        }
        if (more[i].arg) {
            memcpy(p, more[i].arg, strlen(more[i].arg) + 1);
            more[i].arg = p;
            p += strlen(p) + 1;
        }
        add_column(g, &more[i]);
    }
}

static void pin_first(struct grid *g)
{
    for (size_t i = 0; i < g->ncols; i++)
        if (g->cols[i].view.weight >= WEIGHT_KEEP) {
            g->cols[i].pinned = true;
            return;
        }
    if (g->ncols)
        g->cols[0].pinned = true;
}

static bool same_columns(const struct grid_column *a, size_t na, const struct grid *g)
{
    if (na != g->ncols)
        return false;
    for (size_t i = 0; i < na; i++)
        if (a[i].view.column != g->cols[i].view.column)
            return false;
    return true;
}

void grid_collect_columns(struct grid *g, const struct view_input *in)
{
    const struct view_table *t = g->table;
    size_t nbefore = g->ncols;
    struct grid_column *before = mem_array(GRID_COLUMNS_MAX, sizeof(*before));
    bool same;

    memcpy(before, g->cols, nbefore * sizeof(*before));
    g->ncols = 0;
    for (size_t i = 0; i < t->ncolumns; i++)
        add_column(g, &t->columns[i]);
    if (t->more_columns)
        add_more(g, in);
    /* The rest of the schema can be chosen with `x`. */
    for (unsigned i = 0; i < schema_public(t->schema); i++) {
        const struct view_column vc = {.column = (int)i, .flags = VIEW_WIDE, .max = 60};
        if (!has_column(g, (int)i) && !(t->schema->columns[i].flags & COL_SECRET))
            add_column(g, &vc);
    }
    pin_first(g);
    same = same_columns(before, nbefore, g);
    for (size_t i = 0; same && i < g->ncols; i++) {
        g->cols[i].name = before[i].name;
        if (g->cols[i].want < before[i].want)
            g->cols[i].want = before[i].want;
    }
    free(before);
}

/* A column of one and the same site says nothing. */
static bool says_nothing(const struct grid *g, const struct view_input *in,
                         const struct grid_column *c)
{
    if (c->view.column != SCHEMA_SITE || !g->estate)
        return false;
    return in->site || config_site_count(estate_config(g->estate)) < 2;
}

static bool in_views_columns(const struct grid *g, const struct grid_column *c)
{
    return (size_t)(c - g->cols) < g->table->ncolumns || c->view.arg ||
           !(c->view.flags & VIEW_WIDE);
}

bool grid_column_on(const struct grid *g, const struct grid_column *c, bool wide)
{
    const char *choice = map_get(g->choices, grid_column_title(g, c));

    if (choice)
        return strcmp(choice, "on") == 0;
    return !(c->view.flags & VIEW_WIDE) || (wide && in_views_columns(g, c));
}

void grid_choose_column(struct grid *g, const char *name, bool on)
{
    map_put(g->choices, name, (void *)(uintptr_t)(on ? "on" : "off"));
}

void grid_cell(const struct grid *g, const struct view_input *in, const struct grid_column *c,
               const struct rows_item *row, struct strbuf *out)
{
    if (c->view.format)
        c->view.format(out, in, row, c->view.arg);
    else if (c->view.column >= 0)
        view_cell(out, in, &g->table->schema->columns[c->view.column],
                  row_shown(g->table->schema, row->row, (unsigned)c->view.column), c->view.flags);
}

int grid_sort_column(const struct grid *g)
{
    return g->sort >= 0 || view_is_ordered(g->table) ? g->sort : g->table->sort;
}

/* The mark of the order stands before the title. */
static void measure_titles(struct grid *g)
{
    int sort = grid_sort_column(g);

    for (size_t i = 0; sort >= 0 && i < g->ncols; i++) {
        struct grid_column *c = &g->cols[i];
        int w = (int)text_width(grid_column_title(g, c)) + 1;
        if (c->view.column != sort)
            continue;
        c->want = w > c->want ? w : c->want;
        c->view.min = w > c->view.min ? (uint8_t)(w < 255 ? w : 255) : c->view.min;
    }
}

/* Of a name with a domain what tells it from others, and the mark that it was cut; an address is
 * not cut. */
static int name_width(const struct grid_column *c, const char *text)
{
    size_t n = strcspn(text, ".");
    char *name;
    int w;

    if (!(c->view.flags & VIEW_DOMAIN) || !text[n] || strspn(text, "0123456789.") == strlen(text))
        return (int)text_width(text);
    name = mem_strndup(text, n);
    w = (int)text_width(name) + CUT_DOMAIN;
    free(name);
    return w;
}

static void measure(struct grid *g, const struct view_input *in)
{
    struct strbuf text = STRBUF_INIT;
    size_t end = g->top + (g->page > 0 ? (size_t)g->page : 0);

    for (size_t i = 0; i < g->ncols; i++) {
        struct grid_column *c = &g->cols[i];
        for (size_t r = g->top; c->shown && r < end && r < g->rows.n; r++) {
            int w;
            strbuf_reset(&text);
            grid_cell(g, in, c, &g->rows.items[r], &text);
            w = (int)text_width(text.buf);
            if (w > c->want)
                c->want = w < CELL_MAX ? w : CELL_MAX;
            w = name_width(c, text.buf);
            c->name = w > c->name ? w : c->name;
        }
    }
    strbuf_release(&text);
}

/* What a row is called must be readable before anything else gets room. */
static int least(const struct grid_column *c, int w)
{
    int full = c->view.flags & VIEW_DOMAIN ? c->name : c->want;
    int want = full < w / 2 ? full : w / 2;

    if (c->view.weight < WEIGHT_KEEP || want <= c->view.min)
        return c->view.min;
    return c->view.max && want > c->view.max ? c->view.max : want;
}

static int most(const struct grid_column *c, bool wide)
{
    int max = wide || !c->view.max ? CELL_MAX : c->view.max;
    int want = c->want < max ? c->want : max;

    return want > c->view.min ? want : c->view.min;
}

/* Drop by weight until the least widths fit. Returns the cells left over. */
static int drop(struct grid *g, int w, int gap)
{
    for (;;) {
        struct grid_column *last = NULL;
        int need = 0;
        for (size_t i = 0; i < g->ncols; i++) {
            struct grid_column *c = &g->cols[i];
            if (!c->shown)
                continue;
            need += least(c, w) + gap;
            if (c->view.weight < WEIGHT_KEEP && !c->pinned &&
                (!last || c->view.weight <= last->view.weight))
                last = c;
        }
        if (need - gap <= w || !last)
            return w - (need - gap);
        last->shown = false;
        g->dropped++;
    }
}

static void give_room(struct grid *g, int w, int left, bool wide)
{
    for (size_t i = 0; i < g->ncols; i++)
        g->cols[i].w = least(&g->cols[i], w);
    /* Not even the columns that are always shown fit: the last of them give way. */
    for (size_t i = g->ncols; i-- > 0 && left < 0;) {
        struct grid_column *c = &g->cols[i];
        int less = c->shown && c->w > 1 ? c->w - 1 : 0;
        less = less < -left ? less : -left;
        c->w -= less;
        left += less;
    }
    for (int weight = 255; weight >= 0 && left > 0; weight--)
        for (size_t i = 0; i < g->ncols && left > 0; i++) {
            struct grid_column *c = &g->cols[i];
            int more = most(c, wide) - c->w;
            if (!c->shown || c->view.weight != weight || more <= 0)
                continue;
            more = more < left ? more : left;
            c->w += more;
            left -= more;
        }
}

/* The pinned column, then from the hscroll-th of the others as far as the screen goes. */
static void scroll(struct grid *g, int w, int gap, bool wide)
{
    int used = 0, skip = g->hscroll;

    for (size_t i = 0; i < g->ncols; i++)
        if (g->cols[i].pinned)
            used = most(&g->cols[i], false) + gap;
    for (size_t i = 0; i < g->ncols; i++) {
        struct grid_column *c = &g->cols[i];
        if (!c->shown || c->pinned)
            continue;
        int width = most(c, wide);
        if (skip-- > 0 || used >= w) {
            c->shown = false;
            g->dropped++;
            continue;
        }
        c->w = width < w - used ? width : w - used;
        used += c->w + gap;
    }
    for (size_t i = 0; i < g->ncols; i++)
        if (g->cols[i].pinned)
            g->cols[i].w = most(&g->cols[i], false) < w ? most(&g->cols[i], false) : w;
}

static void place(struct grid *g, int gap)
{
    int x = 0;

    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < g->ncols; i++) {
            struct grid_column *c = &g->cols[i];
            /* Scrolled, the pinned column stands first; otherwise all keep their order. */
            if (!c->shown || (g->hscroll && c->pinned != (pass == 0)) || (!g->hscroll && pass))
                continue;
            c->x = x;
            x += c->w + gap;
        }
}

void grid_layout(struct grid *g, const struct view_input *in, int w)
{
    int gap = w < NARROW ? 1 : 2, left;

    g->dropped = 0;
    for (size_t i = 0; i < g->ncols; i++)
        g->cols[i].shown =
            grid_column_on(g, &g->cols[i], in->wide) && !says_nothing(g, in, &g->cols[i]);
    measure_titles(g);
    measure(g, in);
    if (g->hscroll || in->wide) {
        scroll(g, w, gap, in->wide);
    } else {
        left = drop(g, w, gap);
        give_room(g, w, left, false);
    }
    place(g, gap);
}
