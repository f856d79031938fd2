#include "tui/grid.h"

#include <string.h>

#include "core/i18n.h"
#include "core/map.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "model/estate.h"

#define GUTTER     2 /* the selection, then mark or age */
#define WORD       5 /* "CRIT " */
#define ID_HEAD    5 /* "eni-0" */
#define NOTES_PART 2 /* notes get at most this part of the title line */

static int left_of(const struct grid *g)
{
    return GUTTER + (g->table->judge ? WORD : 0);
}

static bool is_right(const struct grid *g, const struct grid_column *c)
{
    enum cell_type type;

    if (c->view.flags & VIEW_RIGHT)
        return true;
    if (c->view.column < 0 || c->view.format)
        return false;
    type = g->table->schema->columns[c->view.column].type;
    return type == CELL_INT || type == CELL_REAL || type == CELL_BYTES || type == CELL_DURATION;
}

/* ---- the title ---------------------------------------------------------------------------------
 */

static bool is_worth_a_note(const struct grid *g, const struct view_input *in,
                            const struct snapshot *s)
{
    struct rows_item probe = {.snapshot = s};
    enum freshness f = snapshot_freshness(s);

    if (f == FRESH_OK || f == FRESH_UNSUPPORTED || f == FRESH_NEVER || !view_in_scope(in, &probe))
        return false;
    /* Its note says what of it was asked for, and how old it is. */
    return !g->note.len || (f != FRESH_STALE && f != FRESH_PARTIAL) ||
           snapshot_err(s)->kind != ERR_NONE;
}

/* The console is not among the endpoints, where others say why. */
static void add_note(const struct view_input *in, const struct snapshot *s, struct strbuf *out)
{
    if (strcmp(snapshot_endpoint(s), ESTATE_OWN_ENDPOINT) == 0 && snapshot_err(s)->msg[0]) {
        strbuf_addf(out, "~ %s", snapshot_err(s)->msg);
        return;
    }
    strbuf_addf(out, "~ %s/%s %s ", snapshot_site(s), snapshot_endpoint(s),
                view_freshness_word(snapshot_freshness(s)));
    view_ago(out, in, snapshot_taken_at(s));
}

/* What is wrong with the sources: their rows are dimmed, and here is said why. */
static void add_notes(const struct grid *g, const struct view_input *in, struct strbuf *out)
{
    unsigned bad = 0;

    for (size_t i = 0; g->has_rows && !g->table->build && i < g->rows.nsources; i++) {
        if (!is_worth_a_note(g, in, g->rows.sources[i]) || ++bad > 2)
            continue;
        strbuf_addstr(out, bad > 1 ? " " : "");
        add_note(in, g->rows.sources[i], out);
    }
    if (bad > 2)
        strbuf_addf(out, _(" and %u more"), bad - 2);
}

static void add_order(const struct grid *g, struct strbuf *out)
{
    if (g->sort >= 0)
        strbuf_addf(out, _("  sorted by %s%s"), g->table->schema->columns[g->sort].name,
                    g->reverse ? _(" (reversed)") : "");
    if (g->busy)
        strbuf_addstr(out, _("  sorting ..."));
    if (map_count(g->marks))
        strbuf_addf(out, _("  %zu marked"), map_count(g->marks));
    if (g->hscroll)
        strbuf_addf(out, _("  < %d columns"), g->hscroll);
    if (g->dropped)
        strbuf_addf(out, _("  +%zu columns >"), g->dropped);
}

static void add_title(const struct grid *g, struct strbuf *out, const char *title)
{
    strbuf_addstr(out, g->table->title ? _(g->table->title) : title);
    /* What a tab makes itself may be without lines because nothing was read: that is no 0. */
    if (g->has_rows && (g->rows.total || !g->table->build))
        strbuf_addf(out, g->rows.n == g->rows.total ? " %zu" : " %zu/%zu", g->rows.n,
                    g->rows.total);
    if (g->has_rows && g->top > 0) /* there is more above */
        strbuf_addf(out, " (%zu-)", g->top + 1);
}

/* On the right: what is wrong, what is read. */
static enum style add_right(const struct grid *g, const struct view_input *in, struct strbuf *out,
                            bool alone)
{
    enum style style;

    add_notes(g, in, out);
    style = out->len ? STYLE_WARNING : STYLE_STRONG;
    if (g->note.len)
        strbuf_addf(out, "%s%s", out->len ? " " : "", g->note.buf);
    if (alone && !out->len)
        strbuf_addstr(out, _("J: next table"));
    return style;
}

static void draw_title(const struct grid *g, const struct view_input *in, struct canvas *c,
                       struct rect r, const char *title, bool focused)
{
    struct strbuf text = STRBUF_INIT, notes = STRBUF_INIT;
    enum style style = add_right(g, in, &notes, r.h == 1);
    int right, used;

    add_title(g, &text, title);
    right = (int)text_width(notes.buf);
    right = right > r.w / NOTES_PART ? r.w / NOTES_PART : right;
    canvas_hline(c, r.x, r.y, r.w, STYLE_LINE);
    used = canvas_textf(c, r.x, r.y, r.w, focused ? STYLE_TITLE : STYLE_STRONG, " %s ", text.buf);
    if (*g->filter_text)
        used += canvas_textf(c, r.x + used, r.y, r.w - right - used, STYLE_INPUT, "/%s",
                             g->filter_text);
    strbuf_reset(&text);
    add_order(g, &text);
    if (text.len && used + (int)text_width(text.buf) + right + 1 < r.w)
        canvas_textf(c, r.x + used, r.y, r.w - right - used - 1, STYLE_DIM, "%s ", text.buf);
    else if (*g->filter_text)
        canvas_text(c, r.x + used, r.y, r.w - right - used, STYLE_LINE, " ");
    if (notes.len)
        canvas_fit(c, r.x + r.w - right, r.y, right, style, notes.buf, false);
    strbuf_release(&text);
    strbuf_release(&notes);
}

static void draw_column_titles(const struct grid *g, struct canvas *c, struct rect r)
{
    int sort = grid_sort_column(g);
    struct strbuf title = STRBUF_INIT;

    canvas_fill(c, (struct rect){r.x, r.y, r.w, 1}, ' ', STYLE_HEADER);
    for (size_t i = 0; i < g->ncols; i++) {
        const struct grid_column *col = &g->cols[i];
        if (!col->shown)
            continue;
        strbuf_reset(&title);
        if (col->view.column >= 0 && col->view.column == sort)
            strbuf_addch(&title, g->reverse ? 'v' : '^');
        strbuf_addstr(&title, grid_column_title(g, col));
        canvas_fit(c, r.x + left_of(g) + col->x, r.y, col->w, STYLE_HEADER, title.buf,
                   is_right(g, col));
    }
    strbuf_release(&title);
}

/* ---- rows --------------------------------------------------------------------------------------
 */

static uint8_t cell_style(const struct grid *g, const struct view_input *in,
                          const struct grid_column *col, const struct rows_item *row)
{
    enum style style = STYLE_NORMAL;
    int64_t changed = 0;

    if (view_is_dim(snapshot_freshness(row->snapshot)))
        return STYLE_DIM;
    if (col->view.style)
        style = col->view.style(in, row, col->view.arg);
    else if (col->view.column >= 0)
        style = view_severity_style(cell_severity(&g->table->schema->columns[col->view.column],
                                                  &row->row->cells[col->view.column]));
    /* What has just become critical is red before it is new. */
    if (style == STYLE_CRITICAL || col->view.column < 0 || g->table->build)
        return (uint8_t)style;
    changed = estate_changed_at(g->estate, row->snapshot, row->row, (unsigned)col->view.column);
    return changed > 0 && in->now - changed < VIEW_CHANGED_MS ? STYLE_CHANGED : (uint8_t)style;
}

static void draw_gutter(const struct grid *g, const struct view_input *in, struct canvas *c, int x,
                        int y, const struct rows_item *row, bool selected)
{
    bool dim = view_is_dim(snapshot_freshness(row->snapshot));
    enum severity s;

    canvas_text(c, x, y, 1, STYLE_KEY, selected ? ">" : " ");
    canvas_text(c, x + 1, y, 1, dim ? STYLE_WARNING : STYLE_KEY,
                grid_is_marked(g, row) ? "*"
                : dim                  ? "~"
                                       : " ");
    if (!g->table->judge)
        return;
    s = g->table->judge(in, row);
    canvas_fit(c, x + GUTTER, y, WORD - 1, dim ? STYLE_DIM : view_severity_style(s),
               view_severity_word(s), false);
}

/* "eni-0f3a57e0001" to "eni-…0001". Only for ASCII: ids of clouds and managers are. */
static void cut_middle(struct strbuf *text, int w, bool ascii)
{
    size_t head = (size_t)w / 3 > ID_HEAD ? ID_HEAD : (size_t)w / 3;
    size_t tail = w > (int)head + 1 ? (size_t)w - head - 1 : 0;
    struct strbuf out = STRBUF_INIT;

    if (text->len <= (size_t)w || text_width(text->buf) != text->len)
        return;
    strbuf_add(&out, text->buf, head);
    strbuf_addstr(&out, ascii ? "~" : "…");
    strbuf_addstr(&out, text->buf + text->len - tail);
    strbuf_reset(text);
    strbuf_add(text, out.buf, out.len);
    strbuf_release(&out);
}

static void draw_row(const struct grid *g, const struct view_input *in, struct canvas *c,
                     struct rect r, const struct rows_item *row, bool selected)
{
    struct strbuf text = STRBUF_INIT;
    uint8_t flags =
        (uint8_t)((selected ? STYLE_SELECTED : 0) | (grid_is_marked(g, row) ? STYLE_MARKED : 0));

    draw_gutter(g, in, c, r.x, r.y, row, selected);
    for (size_t i = 0; i < g->ncols; i++) {
        const struct grid_column *col = &g->cols[i];
        if (!col->shown)
            continue;
        strbuf_reset(&text);
        grid_cell(g, in, col, row, &text);
        if (col->view.flags & VIEW_ID)
            cut_middle(&text, col->w, in->ascii);
        canvas_fit(c, r.x + left_of(g) + col->x, r.y, col->w, cell_style(g, in, col, row), text.buf,
                   is_right(g, col));
    }
    if (flags)
        canvas_style(c, (struct rect){r.x, r.y, r.w, 1}, flags, true);
    strbuf_release(&text);
}

/* An empty table says why it is empty: "nothing there" and "not read" are different things. */
static int say_sources(const struct grid *g, const struct view_input *in, struct canvas *c,
                       struct rect r)
{
    int y = 0;

    for (size_t i = 0; i < g->rows.nsources && y < r.h; i++) {
        const struct snapshot *s = g->rows.sources[i];
        const struct rows_item probe = {.snapshot = s};
        enum freshness f = snapshot_freshness(s);
        const struct err *err = snapshot_err(s);
        if (f == FRESH_OK || !view_in_scope(in, &probe))
            continue;
        canvas_textf(c, r.x + GUTTER, r.y + y++, r.w - GUTTER, view_freshness_style(f),
                     "%s/%s: %s%s%s", snapshot_site(s), snapshot_endpoint(s),
                     f == FRESH_NEVER ? _("not read yet") : view_freshness_word(f),
                     err->msg[0] ? ": " : "", err->msg);
    }
    return y;
}

static void draw_empty(const struct grid *g, const struct view_input *in, struct canvas *c,
                       struct rect r)
{
    int y = 0;

    if (r.h < 1)
        return;
    if (!g->has_rows && g->busy) {
        canvas_text(c, r.x + GUTTER, r.y, r.w - GUTTER, STYLE_DIM, _("sorting ..."));
        return;
    }
    if (!g->has_rows) {
        canvas_text(c, r.x + GUTTER, r.y, r.w - GUTTER, STYLE_DIM, _("not read yet"));
        return;
    }
    if (*g->filter_text && g->rows.total) {
        canvas_textf(c, r.x + GUTTER, r.y, r.w - GUTTER, STYLE_NORMAL,
                     _("No row matches '%s' (%zu rows). Esc clears the filter."), g->filter_text,
                     g->rows.total);
        return;
    }
    if (!g->table->build)
        y = say_sources(g, in, c, r);
    if (!y && !g->rows.nsources && !g->table->build)
        canvas_text(c, r.x + GUTTER, r.y, r.w - GUTTER, STYLE_DIM,
                    _("No configured endpoint offers this."));
    else if (!y)
        canvas_text(c, r.x + GUTTER, r.y, r.w - GUTTER, STYLE_NORMAL,
                    g->table->empty ? _(g->table->empty) : _("Nothing here."));
}

static void keep_cursor_visible(struct grid *g, int page)
{
    g->page = page;
    if (page < 1)
        return;
    if (g->cursor < g->top)
        g->top = g->cursor;
    if (g->cursor >= g->top + (size_t)page)
        g->top = g->cursor - (size_t)page + 1;
    if (g->rows.n <= (size_t)page)
        g->top = 0;
    else if (g->top > g->rows.n - (size_t)page)
        g->top = g->rows.n - (size_t)page;
}

void grid_draw(struct grid *g, const struct view_input *in, struct canvas *c, struct rect r,
               const char *title, bool focused)
{
    struct view_input mine = *in;
    struct rect body = {r.x, r.y + GRID_FRAME_LINES, r.w, r.h - GRID_FRAME_LINES};

    if (r.h < 1)
        return;
    if (g->estate)
        mine.estate = g->estate;
    if (!focused || g->cursor >= (size_t)(body.h > 0 ? body.h : 0))
        grid_settle(g);
    if (g->has_rows)
        keep_cursor_visible(g, body.h);
    grid_layout(g, &mine, r.w - left_of(g));
    draw_title(g, &mine, c, r, title, focused);
    if (r.h > 1)
        draw_column_titles(g, c, (struct rect){r.x, r.y + 1, r.w, 1});
    if (!g->has_rows || !g->rows.n) {
        draw_empty(g, &mine, c, body);
        return;
    }
    for (int y = 0; y < body.h && g->top + (size_t)y < g->rows.n; y++) {
        size_t i = g->top + (size_t)y;
        draw_row(g, &mine, c, (struct rect){body.x, body.y + y, body.w, 1}, &g->rows.items[i],
                 focused && i == g->cursor);
    }
}
