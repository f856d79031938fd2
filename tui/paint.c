/* The screen from top to bottom: header, tab bar, body, message or prompt, caption, key bar. */
#include <string.h>

#include "core/arena.h"
#include "core/clock.h"
#include "core/i18n.h"
#include "tui/app.h"

#define HEADER_LINES 2
#define TOP_LINES    (HEADER_LINES + 1)
#define GRID_LEAST   (GRID_FRAME_LINES + 1)
#define GRID_USEFUL  (GRID_FRAME_LINES + 3) /* fewer rows are a keyhole */

/* ---- a tab -------------------------------------------------------------------------------------
 */

static int wanted(const struct grid *g, int h)
{
    size_t n = g->has_rows && g->rows.n ? g->rows.n : 2; /* two lines to say why it is empty */

    return n + GRID_FRAME_LINES < (size_t)h ? (int)n + GRID_FRAME_LINES : h;
}

static int share_of(const struct tab *t, size_t i)
{
    return t->view->tables[i]->share ? t->view->tables[i]->share : 1;
}

/* The least heights were more than some shares: take back from those that have more. */
static void take_back(const struct tab *t, int *heights, int missing)
{
    for (size_t i = 0; missing > 0; i = (i + 1) % t->ngrids)
        if (heights[i] > GRID_LEAST) {
            heights[i]--;
            missing--;
        }
}

static int hand_out(const struct tab *t, int h, int *heights, int left)
{
    for (size_t i = 0; i < t->ngrids && left > 0; i++) {
        int more = wanted(t->grids[i], h) - heights[i];
        more = more < left ? more : left;
        heights[i] += more > 0 ? more : 0;
        left -= more > 0 ? more : 0;
    }
    return left;
}

/* Every table gets its share of @h, but no more than it can use; what is left goes to those that
 * want more. On a screen too low for all of them the table with the cursor has the room, and the
 * others are their titles. */
static void divide(const struct tab *t, int h, int *heights)
{
    int total = 0, left = h;

    for (size_t i = 0; i < t->ngrids; i++)
        total += share_of(t, i);
    if (h < GRID_USEFUL * (int)t->ngrids) {
        bool titles = h - (int)t->ngrids + 1 >= GRID_LEAST;
        for (size_t i = 0; titles && i < t->ngrids; i++)
            heights[i] = 1;
        heights[t->focus] = titles ? h - (int)t->ngrids + 1 : h;
        return;
    }
    for (size_t i = 0; i < t->ngrids; i++) {
        int fair = h * share_of(t, i) / total;
        fair = fair < GRID_LEAST ? GRID_LEAST : fair;
        heights[i] = wanted(t->grids[i], h) < fair ? wanted(t->grids[i], h) : fair;
        left -= heights[i];
    }
    take_back(t, heights, -left);
    left = hand_out(t, h, heights, left);
    heights[t->ngrids - 1] += left > 0 ? left : 0;
}

static void draw_tab(struct app *a, struct tab *t, struct canvas *c, struct rect r)
{
    struct view_input in = app_input(a);
    int heights[APP_TABLES_MAX] = {0}, head = 0, y = r.y;

    head = head_refresh(a, t, r.w, r.h);
    head_draw(t, c, (struct rect){r.x, y, r.w, head});
    y += head;
    if (!t->ngrids)
        return;
    divide(t, r.y + r.h - y, heights);
    for (size_t i = 0; i < t->ngrids; i++) {
        t->rects[i] = (struct rect){r.x, y, r.w, heights[i]};
        strbuf_reset(&t->grids[i]->note);
        if (t->grids[i]->table->look)
            (void)looking_tell(a, t->grids[i]->table->schema, &t->grids[i]->note);
        grid_draw(t->grids[i], &in, c, t->rects[i], _(t->view->title), i == t->focus);
        y += heights[i];
    }
}

/* ---- the screen --------------------------------------------------------------------------------
 */

static void draw_too_small(struct canvas *c)
{
    canvas_textf(c, 0, 0, c->w, STYLE_WARNING, _("too small: %dx%d"), c->w, c->h);
    if (c->h > 1)
        canvas_textf(c, 0, 1, c->w, STYLE_NORMAL, _("needs %dx%d"), APP_MIN_W, APP_MIN_H);
}

static void draw_message(struct app *a, struct canvas *c, struct rect r)
{
    if (a->message.len && clock_now_ms() < a->message_until)
        canvas_fit(c, r.x + 1, r.y, r.w - 1, a->message_style, a->message.buf, false);
}

/* Panes from the lowest that is seen to the top. */
static void draw_panes(struct app *a, struct pane *p, struct canvas *c, struct rect body,
                       struct rect screen)
{
    if (!p)
        return;
    if (!p->ops->covers)
        draw_panes(a, p->below, c, body, screen);
    a->cursor_x = a->cursor_y = -1;
    p->ops->draw(p->self, a, c, p->ops->covers ? body : screen);
}

static bool is_covered(const struct app *a)
{
    for (const struct pane *p = a->top; p; p = p->below)
        if (p->ops->covers)
            return true;
    return false;
}

void app_paint(struct app *a, struct canvas *c)
{
    bool caption = a->o->demo;
    struct rect screen = {0, 0, c->w, c->h};
    struct rect body = {0, TOP_LINES, c->w, c->h - TOP_LINES - 2 - caption};

    arena_reset(a->arena);
    a->w = c->w;
    a->h = c->h;
    a->cursor_x = a->cursor_y = -1;
    a->message_y = c->h - 2 - caption;
    c->ascii = a->ascii;
    canvas_clear(c);
    if (c->w < APP_MIN_W || c->h < APP_MIN_H || !a->ntabs) {
        draw_too_small(c);
        return;
    }
    app_refresh_tab(a);
    header_draw(a, c, (struct rect){0, 0, c->w, HEADER_LINES});
    tabbar_draw(a, c, (struct rect){0, HEADER_LINES, c->w, 1});
    if (!is_covered(a))
        draw_tab(a, app_tab(a), c, body);
    draw_message(a, c, (struct rect){0, a->message_y, c->w, 1});
    if (caption)
        canvas_fit(c, 0, c->h - 2, c->w, STYLE_TITLE, a->caption.buf, false);
    keybar_draw(a, c, (struct rect){0, c->h - 1, c->w, 1},
                a->top ? a->top->ops->context : CONTEXT_TABLE);
    draw_panes(a, a->top, c, body, screen);
}
