#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "tui/app.h"
#include "tui/dialog.h"

#define FORM_W 76

struct form *form_new(const char *title)
{
    struct form *f = mem_alloc(sizeof(*f));

    f->title = mem_strdup(title);
    f->words = arena_new(0);
    strbuf_init(&f->text, 0);
    return f;
}

void form_text(struct form *f, const char *fmt, ...)
{
    struct strbuf raw = STRBUF_INIT;
    va_list ap;

    va_start(ap, fmt);
    strbuf_vaddf(&raw, fmt, ap);
    va_end(ap);
    text_sanitize(&f->text, raw.buf, raw.len, 0);
    strbuf_addch(&f->text, '\n');
    strbuf_release(&raw);
}

void form_field(struct form *f, const char *label, const char *value, bool secret)
{
    lineedit_init(&f->fields[f->nfields], secret);
    if (value)
        lineedit_set(&f->fields[f->nfields], value);
    f->labels[f->nfields++] = label;
}

static void form_free(void *self)
{
    struct form *f = self;

    for (size_t i = 0; i < f->nfields; i++)
        lineedit_release(&f->fields[i]);
    arena_free(f->words);
    free(f->title);
    free(f->subject);
    free(f->more);
    strbuf_release(&f->text);
    free(f);
}

/* ---- drawing: lines folded to the box ----------------------------------------------------------
 */

/* Where the next line of @s ends. */
static size_t fold(const char *s, size_t w)
{
    size_t len = strcspn(s, "\n"), n = text_cut_line(s, w);

    return n && n < len ? n : len;
}

static int draw_text(const struct form *f, struct canvas *c, struct rect r, bool measure)
{
    int y = 0;

    for (const char *s = f->text.buf; *s;) {
        size_t n = fold(s, (size_t)r.w);
        if (!measure && y < r.h) {
            char *line = mem_strndup(s, n);
            canvas_text(c, r.x, r.y + y, r.w, STYLE_NORMAL, line);
            free(line);
        }
        y++;
        s += n;
        if (*s == '\n' || *s == ' ')
            s++;
    }
    return y;
}

static void draw_fields(struct form *f, struct app *a, struct canvas *c, struct rect r)
{
    int label = 0;

    for (size_t i = 0; i < f->nfields; i++) {
        int w = (int)text_width(f->labels[i]);
        label = w > label ? w : label;
    }
    for (size_t i = 0; i < f->nfields; i++) {
        int y = r.y + (int)i, x = r.x + label + 1;
        canvas_text(c, r.x, y, label, STYLE_STRONG, f->labels[i]);
        x = lineedit_draw(&f->fields[i], c, x, y, r.w - label - 1);
        if (i == f->focus) {
            a->cursor_x = x;
            a->cursor_y = y;
        }
    }
}

static const char *hint(const struct form *f, struct strbuf *out)
{
    if (f->why[0])
        return f->why;
    if (f->key_answer)
        return _("y: yes   any other key: no");
    if (!f->ncandidates)
        return f->complete ? _("Enter: ok   Tab: complete   Down: next field   Esc: cancel")
                           : _("Enter: ok   Tab: next field   Esc: cancel");
    strbuf_addstr(out, "Tab:");
    for (size_t i = f->chosen ? f->chosen - 1 : 0; i < f->ncandidates; i++)
        strbuf_addf(out, "  %s", f->candidates[i]);
    return out->buf;
}

static void form_draw(void *self, struct app *a, struct canvas *c, struct rect screen)
{
    struct form *f = self;
    int w = screen.w < FORM_W ? screen.w : FORM_W;
    int text = draw_text(f, c, (struct rect){0, 0, w - 4, 0}, true);
    int h = text + (int)f->nfields + 3;
    struct strbuf text_of_hint = STRBUF_INIT;
    struct rect r;

    h = h < screen.h ? h : screen.h;
    r = (struct rect){(screen.w - w) / 2, (screen.h - h) / 2, w, h};
    canvas_fill(c, r, ' ', STYLE_NORMAL);
    canvas_box(c, r, STYLE_LINE, f->title);
    (void)draw_text(f, c, (struct rect){r.x + 2, r.y + 1, w - 4, h - 2}, false);
    draw_fields(f, a, c, (struct rect){r.x + 2, r.y + 1 + text, w - 4, (int)f->nfields});
    canvas_fit(c, r.x + 2, r.y + h - 2, w - 4, f->why[0] ? STYLE_WARNING : STYLE_DIM,
               hint(f, &text_of_hint), false);
    strbuf_release(&text_of_hint);
}

/* ---- completion --------------------------------------------------------------------------------
 */

/* An estate may go while the form is open: the words are copied. */
static void list_candidates(struct app *a, struct form *f)
{
    const char *text = f->fields[f->focus].text.buf;

    f->ncandidates = f->chosen = 0;
    arena_reset(f->words);
    if (!f->complete || !*text)
        return;
    f->ncandidates = f->complete(a, f, f->candidates, FORM_CANDIDATES_MAX);
    for (size_t i = 0; i < f->ncandidates; i++)
        f->candidates[i] = arena_strdup(f->words, f->candidates[i]);
    /* What stands there already is no news. */
    if (f->ncandidates == 1 && strcmp(f->candidates[0], text) == 0)
        f->ncandidates = 0;
}

static void choose(struct form *f, int step)
{
    size_t n = f->ncandidates;

    f->chosen = step > 0 ? f->chosen % n + 1 : (f->chosen + n - 2) % n + 1;
    lineedit_set(&f->fields[f->focus], f->candidates[f->chosen - 1]);
}

static void step_field(struct form *f, int step)
{
    f->focus = (f->focus + (step > 0 ? 1 : f->nfields - 1)) % f->nfields;
    f->ncandidates = f->chosen = 0;
}

/* The one candidate was taken: Tab has nothing more to offer here. */
static void tab(struct form *f, int step)
{
    if (f->ncandidates && !(f->ncandidates == 1 && f->chosen))
        choose(f, step);
    else
        step_field(f, step);
}

/* ---- keys --------------------------------------------------------------------------------------
 */

static void close_form(struct app *a, struct form *f)
{
    if (f->cancel)
        f->cancel(a, f);
    app_pop(a);
}

static void finish(struct app *a, struct form *f)
{
    struct pane *p = a->top;

    if (!f->after) {
        app_pop(a);
        return;
    }
    a->top = p->below;
    f->after(a, f);
    form_free(f);
    free(p);
}

static bool form_key(void *self, struct app *a, uint32_t key, enum command cmd)
{
    struct form *f = self;
    bool changed;

    if (f->key_answer) {
        if (text_fold_fullwidth(key) != 'y')
            close_form(a, f);
        else if (f->submit(a, f))
            finish(a, f);
        return true;
    }
    switch (cmd) {
    case CMD_TEXT_CANCEL:
        close_form(a, f);
        return true;
    case CMD_TEXT_NEXT:
    case CMD_TEXT_PREV:
        tab(f, cmd == CMD_TEXT_NEXT ? 1 : -1);
        return true;
    case CMD_TEXT_NEWER:
    case CMD_TEXT_OLDER:
        step_field(f, cmd == CMD_TEXT_NEWER ? 1 : -1);
        return true;
    case CMD_TEXT_ACCEPT:
        if (f->submit(a, f))
            finish(a, f);
        return true;
    default:
        (void)lineedit_key(&f->fields[f->focus], key, &changed);
        if (changed) {
            f->why[0] = '\0';
            list_candidates(a, f);
        }
        return true;
    }
}

static void form_paste(void *self, struct app *a, const char *text)
{
    struct form *f = self;
    bool changed;
    uint32_t cp;

    if (f->key_answer)
        return;
    for (size_t i = 0, len = strlen(text); i < len;) {
        i += text_decode(text + i, len - i, &cp);
        (void)(cp >= ' ' && cp != 0x7f && lineedit_key(&f->fields[f->focus], cp, &changed));
    }
    list_candidates(a, f);
}

static const struct pane_ops form_ops = {
    .context = CONTEXT_TEXT,
    .draw = form_draw,
    .key = form_key,
    .paste = form_paste,
    .free = form_free,
};

void form_open(struct app *a, struct form *f)
{
    app_push(a, &form_ops, f);
}
