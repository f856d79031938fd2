#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "tui/app.h"
#include "tui/dialog.h"

#define FRAME 2

struct item {
    char *label;
    int on; /* -1 no box, else drawn as [ ] or [x] */
};

struct list {
    char *title;
    struct item *items;
    size_t n, cap, cursor, top;
    void (*choose)(struct app *a, void *arg, size_t i);
    void (*toggle)(struct app *a, struct list *l, void *arg, size_t i);
    void (*release)(void *arg);
    void *arg;
    int page;
};

static struct list *list_new(const char *title)
{
    struct list *l = mem_alloc(sizeof(*l));

    l->title = mem_strdup(title);
    return l;
}

static void list_add(struct list *l, const char *label, int on)
{
    l->items = mem_grow(l->items, l->n, &l->cap, sizeof(*l->items));
    l->items[l->n++] = (struct item){mem_strdup(label), on};
}

static void list_set(struct list *l, size_t i, int on)
{
    l->items[i].on = on;
}

static void list_free(void *self)
{
    struct list *l = self;

    for (size_t i = 0; i < l->n; i++)
        free(l->items[i].label);
    free(l->items);
    free(l->title);
    if (l->release)
        l->release(l->arg);
    free(l);
}

static void draw_item(const struct list *l, size_t i, struct canvas *c, struct rect r)
{
    const struct item *it = &l->items[i];
    uint8_t style = STYLE_NORMAL | (i == l->cursor ? STYLE_SELECTED : 0);
    int x = r.x + 1;

    canvas_fill(c, (struct rect){r.x, r.y, r.w, 1}, ' ', style);
    canvas_text(c, r.x, r.y, 1, style, i == l->cursor ? ">" : " ");
    if (it->on >= 0)
        x += canvas_text(c, x, r.y, 4, style, it->on ? "[x] " : "[ ] ");
    canvas_fit(c, x, r.y, r.x + r.w - x, style, it->label, false);
}

static void list_draw(void *self, struct app *a, struct canvas *c, struct rect screen)
{
    struct list *l = self;
    int w = (int)text_width(l->title) + 4, h = (int)l->n;
    struct rect r;

    (void)a;
    for (size_t i = 0; i < l->n; i++) {
        int cells = (int)text_width(l->items[i].label) + 6;
        w = cells > w ? cells : w;
    }
    w = w + FRAME < screen.w ? w + FRAME : screen.w;
    h = h + FRAME < screen.h - 4 ? h + FRAME : screen.h - 4;
    r = (struct rect){(screen.w - w) / 2, (screen.h - h) / 2, w, h};
    l->page = h - FRAME;
    if (l->page < 1)
        return;
    if (l->cursor < l->top)
        l->top = l->cursor;
    if (l->cursor >= l->top + (size_t)l->page)
        l->top = l->cursor - (size_t)l->page + 1;
    canvas_fill(c, r, ' ', STYLE_NORMAL);
    canvas_box(c, r, STYLE_LINE, l->title);
    for (int y = 0; y < l->page && l->top + (size_t)y < l->n; y++)
        draw_item(l, l->top + (size_t)y, c, (struct rect){r.x + 1, r.y + 1 + y, w - FRAME, 1});
}

static void list_move(struct list *l, long by)
{
    long to = (long)l->cursor + by;

    to = to < 0 ? 0 : to >= (long)l->n ? (long)l->n - 1 : to;
    l->cursor = (size_t)to;
}

static bool list_key(void *self, struct app *a, uint32_t key, enum command cmd)
{
    struct list *l = self;

    (void)key;
    switch (cmd) {
    case CMD_UP:
        list_move(l, -1);
        return true;
    case CMD_DOWN:
        list_move(l, 1);
        return true;
    case CMD_PAGE_UP:
        list_move(l, -l->page);
        return true;
    case CMD_PAGE_DOWN:
        list_move(l, l->page);
        return true;
    case CMD_TOP:
        list_move(l, -(long)l->n);
        return true;
    case CMD_BOTTOM:
        list_move(l, (long)l->n);
        return true;
    case CMD_MARK:
        if (l->toggle)
            l->toggle(a, l, l->arg, l->cursor);
        return true;
    default:
        break;
    }
    if (cmd != CMD_OPEN)
        return false;
    if (l->choose) {
        l->choose(a, l->arg, l->cursor); /* takes the list off the screen itself */
        return true;
    }
    app_pop(a);
    return true;
}

static const struct pane_ops list_ops = {
    .context = CONTEXT_LIST,
    .draw = list_draw,
    .key = list_key,
    .free = list_free,
};

/* @choose: Enter (the list closes first); @toggle: Space. Either may be NULL. @arg is freed by
 * @release. */
static void list_open(struct app *a, struct list *l,
                      void (*choose)(struct app *a, void *arg, size_t i),
                      void (*toggle)(struct app *a, struct list *l, void *arg, size_t i),
                      void (*release)(void *arg), void *arg)
{
    l->choose = choose;
    l->toggle = toggle;
    l->release = release;
    l->arg = arg;
    app_push(a, &list_ops, l);
}

/* ---- columns -----------------------------------------------------------------------------------
 */

static void toggle_column(struct app *a, struct list *l, void *arg, size_t i)
{
    struct grid *g = arg;
    struct grid_column *c = &g->cols[i];
    bool on = !grid_column_on(g, c, a->wide);

    grid_choose_column(g, grid_column_title(g, c), on);
    list_set(l, i, on);
}

void dialog_open_columns(struct app *a)
{
    struct grid *g = app_grid(a);
    struct list *l;

    if (!g || !g->ncols) {
        app_say(a, STYLE_NORMAL, _("There is no table here."));
        return;
    }
    l = list_new(_("Columns: Space shows or hides, Esc closes"));
    for (size_t i = 0; i < g->ncols; i++) {
        const struct grid_column *c = &g->cols[i];
        const char *meaning =
            c->view.column >= 0 ? g->table->schema->columns[c->view.column].meaning : "";
        char *label = mem_printf("%-18s %s", grid_column_title(g, c), meaning ? meaning : "");
        list_add(l, label, grid_column_on(g, c, a->wide));
        free(label);
    }
    /* The grid lives as long as the console. */
    list_open(a, l, NULL, toggle_column, NULL, g);
}

/* ---- related objects ---------------------------------------------------------------------------
 */

struct related {
    struct view_target targets[VIEW_TARGETS_MAX];
    struct arena *arena; /* their strings */
};

static void release_related(void *arg)
{
    struct related *r = arg;

    arena_free(r->arena);
    free(r);
}

static void keep_target(struct related *r, struct view_target *t)
{
    t->label = arena_strdup(r->arena, t->label);
    t->view = arena_strdup(r->arena, t->view);
    t->table = arena_strdup(r->arena, t->table);
    t->filter = arena_strdup(r->arena, t->filter);
    t->site = arena_strdup(r->arena, t->site);
    t->endpoint = arena_strdup(r->arena, t->endpoint);
    t->key = arena_strdup(r->arena, t->key);
}

static void choose_related(struct app *a, void *arg, size_t i)
{
    struct related *r = arg;
    struct related copy = *r;

    r->arena = arena_new(0); /* the strings must outlive the list that is closed now */
    app_pop(a);
    app_follow(a, &copy.targets[i]);
    arena_free(copy.arena);
}

void dialog_open_related(struct app *a)
{
    struct grid *g = app_grid(a);
    const struct rows_item *row = g ? grid_current(g) : NULL;
    struct view_input in = app_input(a);
    struct related *r;
    struct list *l;
    size_t n;

    if (!row || !g->table->related) {
        app_say(a, STYLE_NORMAL, _("Nothing is related to this row."));
        return;
    }
    grid_touch(g);
    in.estate = g->estate;
    r = mem_alloc(sizeof(*r));
    r->arena = arena_new(0);
    n = g->table->related(&in, row, r->targets);
    if (!n) {
        app_say(a, STYLE_NORMAL, _("Nothing is related to this row."));
        release_related(r);
        return;
    }
    l = list_new(_("Related: Enter goes there, Esc closes"));
    for (size_t i = 0; i < n; i++) {
        keep_target(r, &r->targets[i]);
        list_add(l, r->targets[i].label ? r->targets[i].label : r->targets[i].view, -1);
    }
    list_open(a, l, choose_related, NULL, release_related, r);
}
