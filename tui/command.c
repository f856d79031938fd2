/* What the keys do at the level of a tab: one function per command, in one table. */
#include <string.h>

#include "core/arena.h"
#include "core/clock.h"
#include "core/i18n.h"
#include "tui/app.h"
#include "tui/copy.h"
#include "tui/details.h"
#include "tui/dialog.h"
#include "tui/explain_ask.h"
#include "tui/help.h"
#include "tui/prompt.h"

/* ---- moving: the cursor walks through the tables of a tab --------------------------------------
 */

static bool next_table(struct app *a, int step)
{
    struct tab *t = app_tab(a);
    size_t i = t->focus;

    for (;;) {
        if (step < 0 ? i == 0 : i + 1 >= t->ngrids)
            return false;
        i = step < 0 ? i - 1 : i + 1;
        if (grid_current(t->grids[i])) {
            t->focus = i;
            return true;
        }
    }
}

static void move(struct app *a, long rows)
{
    struct grid *g = app_grid(a);

    if (!g || grid_move(g, rows))
        return;
    if (!next_table(a, rows < 0 ? -1 : 1))
        return;
    g = app_grid(a);
    grid_move_to(g, rows < 0 ? g->rows.n - 1 : 0);
}

static long page(struct app *a)
{
    struct grid *g = app_grid(a);

    return g && g->page > 1 ? g->page - 1 : 1;
}

static void do_up(struct app *a)
{
    move(a, -1);
}

static void do_down(struct app *a)
{
    move(a, 1);
}

static void do_page_up(struct app *a)
{
    move(a, -page(a));
}

static void do_page_down(struct app *a)
{
    move(a, page(a));
}

static void do_half_up(struct app *a)
{
    move(a, -(page(a) / 2 + 1));
}

static void do_half_down(struct app *a)
{
    move(a, page(a) / 2 + 1);
}

static void do_top(struct app *a)
{
    struct tab *t = app_tab(a);

    for (size_t i = 0; i < t->ngrids; i++)
        if (grid_current(t->grids[i])) {
            t->focus = i;
            grid_move_to(t->grids[i], 0);
            return;
        }
}

static void do_bottom(struct app *a)
{
    struct tab *t = app_tab(a);

    for (size_t i = t->ngrids; i-- > 0;)
        if (grid_current(t->grids[i])) {
            t->focus = i;
            grid_move_to(t->grids[i], t->grids[i]->rows.n - 1);
            return;
        }
}

/* Round and round through the tables of the tab, each where its cursor was. */
static void step_table(struct app *a, size_t step)
{
    struct tab *t = app_tab(a);

    if (t->ngrids)
        t->focus = (t->focus + step) % t->ngrids;
}

static void do_table_next(struct app *a)
{
    step_table(a, 1);
}

static void do_table_prev(struct app *a)
{
    step_table(a, app_tab(a)->ngrids - 1);
}

static void do_left(struct app *a)
{
    if (app_grid(a))
        grid_scroll_columns(app_grid(a), -1);
}

static void do_right(struct app *a)
{
    if (app_grid(a))
        grid_scroll_columns(app_grid(a), 1);
}

/* ---- tabs --------------------------------------------------------------------------------------
 */

static void step_tab(struct app *a, size_t step)
{
    size_t i = a->current;

    do
        i = (i + step) % a->ntabs;
    while (!a->tabs[i].exists && i != a->current);
    app_switch(a, i);
}

static void do_tab_next(struct app *a)
{
    step_tab(a, 1);
}

static void do_tab_prev(struct app *a)
{
    step_tab(a, a->ntabs - 1);
}

static void open_digit(struct app *a, char digit)
{
    for (size_t i = 0; i < a->ntabs; i++) {
        if (a->tabs[i].view->digit != digit)
            continue;
        if (a->tabs[i].exists)
            app_switch(a, i);
        else
            app_say(a, STYLE_NORMAL, _("%s has nothing to show here."), _(a->tabs[i].view->title));
        return;
    }
    app_say(a, STYLE_NORMAL, _("There is no tab %c."), digit);
}

static void do_last_view(struct app *a)
{
    app_switch(a, a->last);
}

/* ---- rows --------------------------------------------------------------------------------------
 */

static void do_open(struct app *a)
{
    struct grid *g = app_grid(a);
    const struct rows_item *row = g ? grid_current(g) : NULL;
    struct view_input in = app_input(a);
    struct view_target t = {0};

    if (!row)
        return;
    grid_touch(g);
    in.estate = g->estate;
    if (g->table->enter && g->table->enter(&in, row, &t) && t.view)
        app_follow(a, &t);
    else
        details_open(a);
}

static void do_back(struct app *a)
{
    struct grid *g = app_grid(a);

    if (g && *g->filter_text && !app_is_jumped(a)) {
        (void)grid_set_filter(g, "", NULL);
        app_refresh_tab(a);
    } else if (!app_go_back(a)) {
        app_say(a, STYLE_NORMAL, _("This is the first view; q quits."));
    }
}

static void find_match(struct app *a, int step)
{
    struct grid *g = app_grid(a);

    if (!g || !*g->find_text)
        app_say(a, STYLE_NORMAL, _("Nothing was searched yet: '/' filters."));
    else if (!grid_find(g, step))
        app_say(a, STYLE_NORMAL, _("No row matches '%s'."), g->find_text);
}

static void do_match_next(struct app *a)
{
    find_match(a, 1);
}

static void do_match_prev(struct app *a)
{
    find_match(a, -1);
}

static void do_sort_next(struct app *a)
{
    if (app_grid(a))
        grid_sort_step(app_grid(a), 1);
    app_refresh_tab(a);
}

static void do_sort_prev(struct app *a)
{
    if (app_grid(a))
        grid_sort_step(app_grid(a), -1);
    app_refresh_tab(a);
}

static void do_sort_reverse(struct app *a)
{
    if (app_grid(a))
        grid_sort_reverse(app_grid(a));
    app_refresh_tab(a);
}

static void do_mark(struct app *a)
{
    if (!app_grid(a))
        return;
    grid_toggle_mark(app_grid(a));
    move(a, 1);
}

static void do_wide(struct app *a)
{
    a->wide = !a->wide;
    if (app_grid(a))
        app_grid(a)->hscroll = 0;
}

static void do_palette(struct app *a)
{
    prompt_open_palette(a, "");
}

/* ---- the screen and what stands behind it ------------------------------------------------------
 */

static void do_hold(struct app *a)
{
    app_set_held(a, !a->held_at);
}

static void do_refresh(struct app *a)
{
    const struct schema *const *focus = app_tab(a)->view->focus;

    for (size_t i = 0; focus && focus[i]; i++) {
        const struct tui_request r = {.kind = TUI_REFRESH, .table = focus[i]->name};
        app_request_with(a, &r);
    }
    if (!focus)
        app_request(a, TUI_REFRESH);
    app_say(a, STYLE_NORMAL, _("Reading %s now."), _(app_tab(a)->view->title));
    a->message_of_tab = true;
}

static void do_zone(struct app *a)
{
    a->local = !a->local;
    app_say(a, STYLE_NORMAL, a->local ? _("Times are local.") : _("Times are in UTC."));
}

static void do_login(struct app *a)
{
    if (a->nwaiting) {
        dialog_open_prompt(a);
        return;
    }
    a->login_at = clock_now_ms();
    app_request(a, TUI_LOGIN);
    app_say(a, STYLE_NORMAL, _("Logging in again where it was refused."));
}

static void do_trust(struct app *a)
{
    dialog_open_trust(a, NULL);
}

void app_ask_quit(struct app *a)
{
    const struct tui_host *h = a->o->host;
    unsigned jobs = h->jobs ? h->jobs(h->arg) : 0;

    if (jobs)
        dialog_open_quit(a, jobs);
    else
        a->quit = true;
}

static void do_quit(struct app *a)
{
    /* A view that is no tab was opened above one. */
    if (app_tab(a)->view->hidden && app_go_back(a))
        return;
    app_ask_quit(a);
}

void app_click(struct app *a, int x, int y)
{
    struct tab *t = app_tab(a);

    (void)x;
    for (size_t i = 0; !a->top && i < t->ngrids; i++) {
        int line = y - t->rects[i].y - GRID_FRAME_LINES;
        struct grid *g = t->grids[i];
        if (line < 0 || line >= t->rects[i].h - GRID_FRAME_LINES || !g->has_rows ||
            g->top + (size_t)line >= g->rows.n)
            continue;
        t->focus = i;
        grid_move_to(g, g->top + (size_t)line);
        return;
    }
}

void app_command(struct app *a, enum command cmd, char digit)
{
    static void (*const table[CMD_COUNT])(struct app *) = {
        [CMD_UP] = do_up,
        [CMD_DOWN] = do_down,
        [CMD_LEFT] = do_left,
        [CMD_RIGHT] = do_right,
        [CMD_PAGE_UP] = do_page_up,
        [CMD_PAGE_DOWN] = do_page_down,
        [CMD_HALF_UP] = do_half_up,
        [CMD_HALF_DOWN] = do_half_down,
        [CMD_TOP] = do_top,
        [CMD_BOTTOM] = do_bottom,
        [CMD_TABLE_NEXT] = do_table_next,
        [CMD_TABLE_PREV] = do_table_prev,
        [CMD_OPEN] = do_open,
        [CMD_BACK] = do_back,
        [CMD_TAB_NEXT] = do_tab_next,
        [CMD_TAB_PREV] = do_tab_prev,
        [CMD_LAST_VIEW] = do_last_view,
        [CMD_FILTER] = prompt_open_filter,
        [CMD_MATCH_NEXT] = do_match_next,
        [CMD_MATCH_PREV] = do_match_prev,
        [CMD_PALETTE] = do_palette,
        [CMD_RELATED] = dialog_open_related,
        [CMD_DETAILS] = details_open,
        [CMD_SORT_PREV] = do_sort_prev,
        [CMD_SORT_NEXT] = do_sort_next,
        [CMD_SORT_REVERSE] = do_sort_reverse,
        [CMD_MARK] = do_mark,
        [CMD_WIDE] = do_wide,
        [CMD_COLUMNS] = dialog_open_columns,
        [CMD_HOLD] = do_hold,
        [CMD_REFRESH] = do_refresh,
        [CMD_ACKNOWLEDGE] = dialog_open_acknowledge,
        [CMD_ZONE] = do_zone,
        [CMD_COPY] = copy_rows,
        [CMD_LOGIN] = do_login,
        [CMD_TRUST] = do_trust,
        [CMD_EXPLAIN] = explain_ask_row,
        [CMD_HELP] = help_open,
        [CMD_INTERRUPT] = do_quit,
        [CMD_QUIT] = do_quit,
    };

    if (cmd == CMD_TAB_DIGIT)
        open_digit(a, digit);
    else if (table[cmd])
        table[cmd](a);
}
