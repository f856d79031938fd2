#include "tui/app.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/clock.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/secret.h"
#include "core/text.h"
#include "tui/dialog.h"

#define SECOND_MS  1000
#define PASTE_MAX  (64u << 10)
#define WHEEL_ROWS 3
#define CTRL(c)    ((c) - '@')

/* ---- life --------------------------------------------------------------------------------------
 */

static void add_tab(struct app *a, const struct view *v)
{
    struct tab *t;

    if (a->ntabs == APP_VIEWS_MAX)
        return;
    t = &a->tabs[a->ntabs++];
    t->view = v;
    for (size_t i = 0; v->tables && v->tables[i] && t->ngrids < APP_TABLES_MAX; i++)
        t->grids[t->ngrids++] = grid_new(v->tables[i]);
    t->exists = !v->exists && !v->hidden;
}

static size_t first_tab(const struct app *a)
{
    const struct view *v = a->o->view ? views_find(a->o->view) : NULL;

    for (size_t i = 0; v && i < a->ntabs; i++)
        if (a->tabs[i].view == v)
            return i;
    return 0;
}

void app_init(struct app *a, const struct tui_options *o)
{
    *a = (struct app){.o = o, .w = 80, .h = 24, .cursor_x = -1, .cursor_y = -1};
    a->arena = arena_new(0);
    strbuf_init(&a->message, 0);
    strbuf_init(&a->caption, 0);
    strbuf_init(&a->pasted, PASTE_MAX);
    a->ascii = !i18n_is_utf8();
    for (size_t i = 0; views_all[i]; i++)
        add_tab(a, views_all[i]);
    if (a->ntabs)
        app_switch(a, first_tab(a));
}

static void release_place(struct place *p)
{
    row_id_release(&p->row);
    free(p->filter);
    free(p->jumped);
    *p = (struct place){0};
}

static void free_history(char **lines, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(lines[i]);
}

void app_release(struct app *a)
{
    while (a->top)
        app_pop(a);
    for (size_t i = 0; i < a->ntabs; i++) {
        for (size_t g = 0; g < a->tabs[i].ngrids; g++)
            grid_free(a->tabs[i].grids[g]);
        head_release(a, &a->tabs[i]);
    }
    for (size_t i = 0; i < a->nplaces; i++)
        release_place(&a->places[i]);
    looking_release(a);
    for (size_t i = 0; i < a->nwaiting; i++) {
        free(a->waiting[i].credential);
        free(a->waiting[i].question);
    }
    free_history(a->filter_history, a->nfilter_history);
    free_history(a->palette_history, a->npalette_history);
    free(a->site);
    estate_unref(a->estate);
    estate_unref(a->newer);
    arena_free(a->arena);
    strbuf_release(&a->message);
    strbuf_release(&a->caption);
    strbuf_release(&a->pasted);
}

void app_set_resolver(struct app *a, struct resolver *r)
{
    a->resolver = r;
    for (size_t i = 0; i < a->ntabs; i++)
        for (size_t g = 0; g < a->tabs[i].ngrids; g++)
            a->tabs[i].grids[g]->resolver = r;
}

/* ---- what arrives ------------------------------------------------------------------------------
 */

static void set_estate(struct app *a, struct estate *e)
{
    struct view_input in;

    if (a->resolver && a->estate)
        resolver_bury(a->resolver, resolve_new_buried(a->estate, NULL, NULL));
    else
        estate_unref(a->estate);
    a->estate = e;
    a->large = resolve_is_large(e);
    in = app_input(a);
    for (size_t i = 0; i < a->ntabs; i++)
        a->tabs[i].exists = !a->tabs[i].view->hidden && view_exists(a->tabs[i].view, &in);
    app_refresh_tab(a);
    looking_update(a, false);
}

static bool take_estate(struct app *a)
{
    const struct tui_host *h = a->o->host;
    struct estate *e = h->estate ? h->estate(h->arg) : NULL;

    if (!e)
        return false;
    if (!a->held_at) {
        set_estate(a, e);
        return true;
    }
    estate_unref(a->newer);
    a->newer = e;
    return true; /* the header counts what waits */
}

static bool take_prompts(struct app *a)
{
    const struct tui_host *h = a->o->host;
    size_t before = a->nwaiting;

    while (h->prompt && a->nwaiting < APP_PROMPTS_MAX &&
           h->prompt(h->arg, &a->waiting[a->nwaiting]))
        a->nwaiting++;
    if (a->nwaiting == before)
        return false;
    dialog_prompt_arrived(a);
    return true;
}

bool app_poll(struct app *a)
{
    const struct tui_host *h = a->o->host;
    bool any = take_estate(a);

    any = take_prompts(a) || any;
    if (h->caption) {
        struct strbuf line = STRBUF_INIT;
        if (h->caption(h->arg, &line)) {
            strbuf_reset(&a->caption);
            text_sanitize(&a->caption, line.buf, line.len, 0);
            any = true;
        }
        strbuf_release(&line);
    }
    return any;
}

void app_set_held(struct app *a, bool held)
{
    if (held == (a->held_at != 0))
        return;
    a->held_at = held ? clock_now_ms() : 0;
    if (!held && a->newer) {
        struct estate *e = a->newer;
        a->newer = NULL;
        set_estate(a, e);
    }
}

int64_t app_next_change(const struct app *a)
{
    int64_t now = clock_now_ms();
    int64_t next = (now / SECOND_MS + 1) * SECOND_MS; /* the clock in the header */

    return a->message.len && a->message_until > now && a->message_until < next ? a->message_until
                                                                               : next;
}

/* ---- small things for the parts ----------------------------------------------------------------
 */

struct view_input app_input(struct app *a)
{
    return (struct view_input){
        .estate = a->estate,
        .site = a->site,
        .now = a->held_at ? a->held_at : clock_now_ms(),
        .local = a->local,
        .wide = a->wide,
        .ascii = a->ascii,
        .arena = a->arena,
    };
}

struct tab *app_tab(struct app *a)
{
    return &a->tabs[a->current];
}

struct grid *app_grid(struct app *a)
{
    struct tab *t = app_tab(a);

    return t->ngrids ? t->grids[t->focus] : NULL;
}

void app_say(struct app *a, enum style style, const char *fmt, ...)
{
    struct strbuf raw = STRBUF_INIT;
    va_list ap;

    va_start(ap, fmt);
    strbuf_vaddf(&raw, fmt, ap);
    va_end(ap);
    strbuf_reset(&a->message);
    text_sanitize(&a->message, raw.buf, raw.len, 0);
    strbuf_release(&raw);
    a->message_style = style;
    a->message_of_tab = false;
    a->message_until = clock_now_ms() + APP_MESSAGE_MS;
}

void app_request_with(struct app *a, const struct tui_request *r)
{
    const struct tui_host *h = a->o->host;

    if (h->request)
        h->request(h->arg, r);
}

void app_request(struct app *a, enum tui_request_kind kind)
{
    const struct tui_request r = {.kind = kind};

    app_request_with(a, &r);
}

void app_push(struct app *a, const struct pane_ops *ops, void *self)
{
    struct pane *p = mem_alloc(sizeof(*p));

    *p = (struct pane){ops, self, a->top};
    a->top = p;
    /* Its address may be that of one before it. */
    free(a->looked.seen);
    a->looked.seen = NULL;
}

void app_pop(struct app *a)
{
    struct pane *p = a->top;

    if (!p)
        return;
    a->top = p->below;
    p->ops->free(p->self);
    free(p);
}

/* ---- where the reader is -----------------------------------------------------------------------
 */

void app_refresh_tab(struct app *a)
{
    struct view_input in = app_input(a);
    struct tab *t;

    if (!a->ntabs)
        return;
    t = app_tab(a);
    for (size_t i = 0; i < t->ngrids; i++) {
        t->grids[i]->large = a->large;
        grid_refresh(t->grids[i], &in);
    }
}

void app_switch(struct app *a, size_t tab)
{
    if (tab != a->current)
        a->last = a->current;
    if (tab != a->current && a->message_of_tab)
        strbuf_reset(&a->message);
    a->current = tab;
    app_refresh_tab(a);
    looking_update(a, true);
}

static void remember_place(struct app *a)
{
    struct grid *g = app_grid(a);
    struct place *p;

    if (a->nplaces == APP_PLACES_MAX) {
        release_place(&a->places[0]);
        memmove(a->places, a->places + 1, (APP_PLACES_MAX - 1) * sizeof(a->places[0]));
        a->nplaces--;
    }
    p = &a->places[a->nplaces++];
    *p = (struct place){.tab = a->current, .focus = app_tab(a)->focus};
    if (!g)
        return;
    p->filter = mem_strdup(g->filter_text);
    if (g->selected.key)
        row_id_set(&p->row, g->selected.site, g->selected.endpoint, g->selected.key);
}

bool app_is_jumped(struct app *a)
{
    const struct grid *g = app_grid(a);
    const char *jumped = a->nplaces ? a->places[a->nplaces - 1].jumped : NULL;

    return g && jumped && strcmp(g->filter_text, jumped) == 0;
}

bool app_go_back(struct app *a)
{
    struct place p;
    struct grid *g;

    if (!a->nplaces)
        return false;
    if (app_is_jumped(a))
        (void)grid_set_filter(app_grid(a), "", NULL);
    p = a->places[--a->nplaces];
    a->places[a->nplaces] = (struct place){0};
    a->tabs[p.tab].focus = p.focus;
    g = a->tabs[p.tab].ngrids ? a->tabs[p.tab].grids[p.focus] : NULL;
    if (g && p.filter)
        (void)grid_set_filter(g, p.filter, NULL);
    app_switch(a, p.tab);
    if (g && p.row.key)
        (void)grid_select(g, p.row.site, p.row.endpoint, p.row.key);
    release_place(&p);
    return true;
}

static long find_tab(const struct app *a, const struct view *v)
{
    for (size_t i = 0; v && i < a->ntabs; i++)
        if (a->tabs[i].view == v)
            return (long)i;
    return -1;
}

bool app_open_view(struct app *a, const char *name)
{
    long i = find_tab(a, views_find(name));

    if (i < 0)
        return false;
    remember_place(a);
    app_switch(a, (size_t)i);
    return true;
}

static void focus_table(struct tab *t, const char *name)
{
    for (size_t i = 0; name && i < t->ngrids; i++)
        if (strcmp(t->view->tables[i]->schema->name, name) == 0)
            t->focus = i;
}

void app_follow(struct app *a, const struct view_target *target)
{
    struct err err = {0};
    struct grid *g;

    if (!app_open_view(a, target->view)) {
        app_say(a, STYLE_WARNING, _("There is no tab '%s'."), target->view);
        return;
    }
    focus_table(app_tab(a), target->table);
    g = app_grid(a);
    if (!g)
        return;
    if (target->filter && grid_set_filter(g, target->filter, &err))
        app_say(a, STYLE_WARNING, "%s", err.msg);
    else if (target->filter && a->nplaces)
        a->places[a->nplaces - 1].jumped = mem_strdup(target->filter);
    app_refresh_tab(a);
    if (target->key && !grid_select(g, target->site, target->endpoint, target->key)) {
        /* A filter of before must not hide what was asked for. */
        (void)grid_set_filter(g, "", NULL);
        app_refresh_tab(a);
        if (!grid_select(g, target->site, target->endpoint, target->key))
            app_say(a, STYLE_WARNING, _("That row is not there any more."));
    }
}

void app_set_site(struct app *a, const char *site)
{
    struct view_input in;

    free(a->site);
    a->site = mem_strdup(site);
    in = app_input(a);
    for (size_t i = 0; i < a->ntabs; i++) {
        a->tabs[i].head.estate = NULL;
        for (size_t g = 0; g < a->tabs[i].ngrids; g++)
            a->tabs[i].grids[g]->dirty = true;
        a->tabs[i].exists =
            !a->tabs[i].view->hidden && (view_exists(a->tabs[i].view, &in) || i == a->current);
    }
    app_refresh_tab(a);
}

/* ---- keys --------------------------------------------------------------------------------------
 */

static void end_paste(struct app *a)
{
    a->pasting = false;
    if (!a->top || !a->top->ops->paste)
        app_say(a, STYLE_WARNING,
                _("Pasted text was not used: open '/' or ':' first, then paste."));
    else if (!strbuf_ok(&a->pasted))
        app_say(a, STYLE_WARNING, _("Pasted text was not used: it is longer than %u KiB."),
                PASTE_MAX >> 10);
    else
        a->top->ops->paste(a->top->self, a, a->pasted.buf);
    secret_wipe(a->pasted.buf, a->pasted.len); /* it may have been a password */
    strbuf_release(&a->pasted);
    strbuf_init(&a->pasted, PASTE_MAX);
}

/* Text between the terminal's paste marks is text, never commands. */
static bool paste_key(struct app *a, uint32_t key)
{
    if (key == KEYCODE_PASTE_BEGIN) {
        a->pasting = true;
        return true;
    }
    if (!a->pasting)
        return false;
    if (key == KEYCODE_PASTE_END)
        end_paste(a);
    else if (key < KEYCODE_FIRST)
        text_encode(&a->pasted, key);
    return true;
}

static bool common_key(struct app *a, uint32_t key)
{
    switch (key) {
    case CTRL('L'):
        a->redraw = true;
        return true;
    case CTRL('Z'):
        a->suspend = true;
        return true;
    default:
        return false;
    }
}

static void take_key(struct app *a, uint32_t key)
{
    unsigned context = a->top ? a->top->ops->context : CONTEXT_TABLE;
    enum command cmd;
    char digit = 0;

    a->last_key_at = clock_now_ms();
    if (paste_key(a, key) || common_key(a, key))
        return;
    cmd = keys_lookup(context, key, &digit);
    if (a->top) {
        if (!a->top->ops->key(a->top->self, a, key, cmd) &&
            (cmd == CMD_BACK || cmd == CMD_QUIT || cmd == CMD_INTERRUPT))
            app_pop(a);
        return;
    }
    app_command(a, cmd, digit);
}

void app_key(struct app *a, uint32_t key)
{
    if (key == KEYCODE_WHEEL_UP || key == KEYCODE_WHEEL_DOWN) {
        for (int i = 0; i < WHEEL_ROWS; i++)
            take_key(a, key == KEYCODE_WHEEL_UP ? KEYCODE_UP : KEYCODE_DOWN);
        return;
    }
    take_key(a, key);
    if (!a->quit)
        looking_update(a, false);
}
