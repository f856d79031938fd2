#include "tui/prompt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "tui/app.h"
#include "tui/lineedit.h"
#include "tui/pager.h"
#include "tui/palette.h"

#define CANDIDATES_MAX 200
#define SHOWN_MAX      8

enum prompt_kind { PROMPT_FILTER, PROMPT_SEARCH, PROMPT_PALETTE };

struct prompt {
    enum prompt_kind kind;
    struct lineedit edit;
    char *before;        /* the filter to put back */
    struct pager *pager; /* below this pane, so it lives longer */
    char why[512];       /* what is wrong with the text so far */
    size_t history_at;   /* lines back from the end; 0: the line being typed */
    const char *candidates[CANDIDATES_MAX];
    size_t ncandidates, chosen, word; /* chosen 0: none */
    struct arena *words;              /* of the candidates: those of an estate go with it */
};

static void prompt_free(void *self)
{
    struct prompt *p = self;

    lineedit_release(&p->edit);
    arena_free(p->words);
    free(p->before);
    free(p);
}

/* ---- history -----------------------------------------------------------------------------------
 */

static char **history_of(struct app *a, const struct prompt *p, size_t **n)
{
    *n = p->kind == PROMPT_PALETTE ? &a->npalette_history : &a->nfilter_history;
    return p->kind == PROMPT_PALETTE ? a->palette_history : a->filter_history;
}

static void add_history(struct app *a, const struct prompt *p)
{
    size_t *n;
    char **lines = history_of(a, p, &n);

    if (!p->edit.text.len || (*n && strcmp(lines[*n - 1], p->edit.text.buf) == 0))
        return;
    if (*n == APP_HISTORY_MAX) {
        free(lines[0]);
        memmove(lines, lines + 1, (APP_HISTORY_MAX - 1) * sizeof(*lines));
        (*n)--;
    }
    lines[(*n)++] = mem_strdup(p->edit.text.buf);
}

static void walk_history(struct app *a, struct prompt *p, int step)
{
    size_t *n;
    char **lines = history_of(a, p, &n);

    if (step < 0 ? p->history_at >= *n : !p->history_at)
        return;
    p->history_at = step < 0 ? p->history_at + 1 : p->history_at - 1;
    lineedit_set(&p->edit, p->history_at ? lines[*n - p->history_at] : "");
}

/* ---- effect while typing -----------------------------------------------------------------------
 */

static void try_filter(struct app *a, struct prompt *p)
{
    struct err err = {0};
    struct grid *g = app_grid(a);

    p->why[0] = '\0';
    if (grid_set_filter(g, p->edit.text.buf, &err)) {
        (void)snprintf(p->why, sizeof(p->why), "%s", err.msg);
        (void)grid_set_filter(g, p->before, NULL);
    }
    app_refresh_tab(a);
}

static void try_search(struct app *a, struct prompt *p)
{
    const char *why = "";

    p->why[0] = '\0';
    if (pager_search(a, p->pager, p->edit.text.buf, &why))
        (void)snprintf(p->why, sizeof(p->why), "%s", why);
}

static void list_candidates(struct app *a, struct prompt *p)
{
    arena_reset(p->words);
    p->ncandidates = palette_complete(a, p->edit.text.buf, p->candidates, CANDIDATES_MAX, &p->word);
    for (size_t i = 0; i < p->ncandidates; i++)
        p->candidates[i] = arena_strdup(p->words, p->candidates[i]);
    p->chosen = 0;
}

static void changed(struct app *a, struct prompt *p)
{
    if (p->kind == PROMPT_FILTER)
        try_filter(a, p);
    else if (p->kind == PROMPT_SEARCH)
        try_search(a, p);
    else
        list_candidates(a, p);
}

/* Tab takes the candidates one after the other. */
static void complete(struct prompt *p, int step)
{
    struct strbuf line = STRBUF_INIT;
    size_t n = p->ncandidates;

    if (!n)
        return;
    p->chosen = step > 0 ? p->chosen % n + 1 : (p->chosen + n - 2) % n + 1;
    strbuf_add(&line, p->edit.text.buf, p->word);
    strbuf_addstr(&line, p->candidates[p->chosen - 1]);
    lineedit_set(&p->edit, line.buf);
    strbuf_release(&line);
}

/* ---- keys --------------------------------------------------------------------------------------
 */

static void cancel(struct app *a, struct prompt *p)
{
    if (p->kind == PROMPT_FILTER) {
        (void)grid_set_filter(app_grid(a), p->before, NULL);
        app_refresh_tab(a);
    }
    app_pop(a);
}

static void accept(struct app *a, struct prompt *p)
{
    char *line;

    if (p->kind != PROMPT_PALETTE && p->why[0]) {
        app_say(a, STYLE_WARNING, "%s", p->why);
        return; /* stays open: what was typed is not lost */
    }
    add_history(a, p);
    line = mem_strdup(p->edit.text.buf);
    /* The command may open panes of its own: this one goes first. */
    bool palette = p->kind == PROMPT_PALETTE;
    app_pop(a);
    if (palette)
        palette_run(a, line);
    free(line);
}

static bool prompt_command(struct app *a, struct prompt *p, enum command cmd)
{
    switch (cmd) {
    case CMD_TEXT_CANCEL:
        cancel(a, p);
        return true;
    case CMD_TEXT_ACCEPT:
        accept(a, p);
        return true;
    case CMD_TEXT_NEXT:
        complete(p, 1);
        return true;
    case CMD_TEXT_PREV:
        complete(p, -1);
        return true;
    case CMD_TEXT_OLDER:
    case CMD_TEXT_NEWER:
        walk_history(a, p, cmd == CMD_TEXT_OLDER ? -1 : 1);
        changed(a, p);
        return true;
    default:
        return false;
    }
}

static bool prompt_key(void *self, struct app *a, uint32_t key, enum command cmd)
{
    struct prompt *p = self;
    bool is_changed;

    if (prompt_command(a, p, cmd))
        return true;
    if (key == KEYCODE_BACKSPACE && !p->edit.text.len) { /* as in vi: erasing the ':' closes it */
        cancel(a, p);
        return true;
    }
    (void)lineedit_key(&p->edit, key, &is_changed);
    if (is_changed)
        changed(a, p);
    return true;
}

static void prompt_paste(void *self, struct app *a, const char *text)
{
    struct prompt *p = self;
    bool is_changed;
    uint32_t cp;

    for (size_t i = 0, len = strlen(text); i < len;) {
        i += text_decode(text + i, len - i, &cp);
        if (cp == '\n' || cp == '\r' || cp == '\t')
            cp = ' ';
        (void)(cp >= ' ' && cp != 0x7f && lineedit_key(&p->edit, cp, &is_changed));
    }
    changed(a, p);
}

/* ---- drawing -----------------------------------------------------------------------------------
 */

static void draw_candidates(const struct prompt *p, struct canvas *c, struct rect r, int y)
{
    size_t n = p->ncandidates < SHOWN_MAX ? p->ncandidates : SHOWN_MAX, from = 0;
    int w = 0;

    if (p->chosen > n)
        from = p->chosen - n;
    for (size_t i = 0; i < p->ncandidates; i++) {
        int cells = (int)text_width(p->candidates[i]);
        w = cells > w ? cells : w;
    }
    w = w + 2 < r.w ? w + 2 : r.w;
    for (size_t i = 0; i < n && y - (int)(n - i) >= 0; i++) {
        int line = y - (int)(n - i);
        bool is = from + i + 1 == p->chosen;
        canvas_fill(c, (struct rect){r.x, line, w, 1}, ' ', STYLE_BAR);
        canvas_text(c, r.x + 1, line, w - 1, (uint8_t)(STYLE_BAR | (is ? STYLE_SELECTED : 0)),
                    p->candidates[from + i]);
    }
}

static void prompt_draw(void *self, struct app *a, struct canvas *c, struct rect r)
{
    struct prompt *p = self;
    int y = a->message_y, why = (int)text_width(p->why);
    int room = r.w - 1 - (why ? why + 2 : 0);

    if (room < r.w / 2) {
        room = r.w / 2;
        why = r.w - 1 - room - 2;
    }
    canvas_text(c, r.x, y, 1, STYLE_KEY, p->kind == PROMPT_PALETTE ? ":" : "/");
    a->cursor_x = lineedit_draw(&p->edit, c, r.x + 1, y, room);
    a->cursor_y = y;
    if (p->why[0])
        canvas_fit(c, r.x + 1 + room + 1, y, why, STYLE_WARNING, p->why, false);
    if (p->kind == PROMPT_PALETTE)
        draw_candidates(p, c, r, y);
}

static const struct pane_ops prompt_ops = {
    .context = CONTEXT_TEXT,
    .draw = prompt_draw,
    .key = prompt_key,
    .paste = prompt_paste,
    .free = prompt_free,
};

static struct prompt *open_prompt(struct app *a, enum prompt_kind kind, const char *text)
{
    struct prompt *p = mem_alloc(sizeof(*p));

    p->kind = kind;
    p->words = arena_new(0);
    lineedit_init(&p->edit, false);
    lineedit_set(&p->edit, text);
    app_push(a, &prompt_ops, p);
    return p;
}

void prompt_open_filter(struct app *a)
{
    struct grid *g = app_grid(a);

    if (!g) {
        app_say(a, STYLE_NORMAL, _("There is no table here to filter."));
        return;
    }
    /* Empty, with the present filter in force until something is typed; Up brings its text. */
    open_prompt(a, PROMPT_FILTER, "")->before = mem_strdup(g->filter_text);
}

void prompt_open_search(struct app *a, struct pager *pager)
{
    open_prompt(a, PROMPT_SEARCH, "")->pager = pager;
}

void prompt_open_palette(struct app *a, const char *text)
{
    list_candidates(a, open_prompt(a, PROMPT_PALETTE, text));
}
