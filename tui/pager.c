/*
 * A pager holds logical lines; what is on the screen are parts of them, folded to the width. The
 * reader's place is a logical line, so that a resize or a refilled text does not lose it.
 */
#include "tui/pager.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/pattern.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "tui/app.h"
#include "tui/copy.h"
#include "tui/prompt.h"

#define NAME_CELLS 24
#define STEP_X     8
#define FRAME      6 /* lines of the screen that are not the pager's */

struct line {
    size_t at;                   /* offset in text; ends with NUL there */
    uint8_t style, indent, name; /* @name: bytes drawn as a name */
};

struct part {
    size_t line, from;
};

struct pager {
    char *title;
    struct strbuf text;
    struct line *lines;
    size_t nlines, lines_cap;
    struct part *parts;
    size_t nparts, parts_cap;
    int folded_w; /* the parts are for this width; 0: make them */
    size_t top;   /* a part */
    int x, page;
    bool unfolded;
    struct pattern *pattern;
    size_t match; /* logical line + 1; 0: none */
    void (*fill)(struct pager *p, struct app *a, void *arg);
    void (*release)(void *arg);
    void *arg;
    bool filled;
    uint64_t seen; /* generation of the estate it was filled from */
};

/* ---- text --------------------------------------------------------------------------------------
 */

struct pager *pager_new(const char *title)
{
    struct pager *p = mem_alloc(sizeof(*p));

    p->title = mem_strdup(title);
    strbuf_init(&p->text, 0);
    return p;
}

static void pager_free(void *self)
{
    struct pager *p = self;

    if (p->release)
        p->release(p->arg);
    free(p->title);
    free(p->lines);
    free(p->parts);
    pattern_free(p->pattern);
    strbuf_release(&p->text);
    free(p);
}

static struct line *new_line(struct pager *p, enum style style)
{
    struct line *l;

    p->lines = mem_grow(p->lines, p->nlines, &p->lines_cap, sizeof(*p->lines));
    l = &p->lines[p->nlines++];
    *l = (struct line){.at = p->text.len, .style = (uint8_t)style};
    p->folded_w = 0;
    return l;
}

void pager_add(struct pager *p, enum style style, const char *text)
{
    for (;;) {
        size_t n = strcspn(text, "\n");
        (void)new_line(p, style);
        text_sanitize(&p->text, text, n, 0);
        strbuf_addch(&p->text, '\0');
        if (!text[n] || !text[n + 1])
            return;
        text += n + 1;
    }
}

void pager_addf(struct pager *p, enum style style, const char *fmt, ...)
{
    struct strbuf text = STRBUF_INIT;
    va_list ap;

    va_start(ap, fmt);
    strbuf_vaddf(&text, fmt, ap);
    va_end(ap);
    pager_add(p, style, text.buf);
    strbuf_release(&text);
}

void pager_pair(struct pager *p, const char *name, enum style style, const char *value)
{
    struct line *l = new_line(p, style);
    size_t cells = text_width(name);

    l->indent = NAME_CELLS;
    text_sanitize(&p->text, name, strlen(name), 0);
    strbuf_addchars(&p->text, ' ', cells < NAME_CELLS ? NAME_CELLS - cells : 1);
    l->name = (uint8_t)(p->text.len - l->at < 255 ? p->text.len - l->at : 255);
    text_sanitize(&p->text, value, strlen(value), 0);
    strbuf_addch(&p->text, '\0');
}

void pager_on_refresh(struct pager *p, void (*fill)(struct pager *p, struct app *a, void *arg),
                      void (*release)(void *arg), void *arg)
{
    p->fill = fill;
    p->release = release;
    p->arg = arg;
}

/* ---- folding -----------------------------------------------------------------------------------
 */

static void add_part(struct pager *p, size_t line, size_t from)
{
    p->parts = mem_grow(p->parts, p->nparts, &p->parts_cap, sizeof(*p->parts));
    p->parts[p->nparts++] = (struct part){line, from};
}

static void fold(struct pager *p, int w)
{
    size_t line = p->nparts ? p->parts[p->top].line : 0;

    p->nparts = 0;
    for (size_t i = 0; i < p->nlines; i++) {
        const char *s = p->text.buf + p->lines[i].at;
        int indent = p->lines[i].indent < w / 2 ? p->lines[i].indent : 0;
        size_t at = 0, used;
        if (i == line)
            p->top = p->nparts;
        add_part(p, i, 0);
        if (p->unfolded)
            continue;
        at += text_cut(s, (size_t)w, &used);
        while (s[at]) {
            size_t n = text_cut(s + at, (size_t)(w - indent), &used);
            if (!n)
                break; /* narrower than one character */
            add_part(p, i, at);
            at += n;
        }
    }
    p->folded_w = w;
}

static void clamp(struct pager *p)
{
    size_t page = p->page > 0 ? (size_t)p->page : 1;

    if (p->nparts <= page)
        p->top = 0;
    else if (p->top > p->nparts - page)
        p->top = p->nparts - page;
}

static void refill(struct pager *p, struct app *a)
{
    uint64_t generation = a->estate ? estate_generation(a->estate) : 0;

    if (!p->fill || (p->filled && p->seen == generation))
        return;
    p->seen = generation;
    p->filled = true;
    strbuf_reset(&p->text);
    p->nlines = 0;
    p->folded_w = 0;
    p->fill(p, a, p->arg);
}

/* ---- drawing -----------------------------------------------------------------------------------
 */

static void draw_part(const struct pager *p, const struct part *part, struct canvas *c, int x,
                      int y, int w)
{
    const struct line *l = &p->lines[part->line];
    const char *s = p->text.buf + l->at;
    int indent = part->from && l->indent < w / 2 ? l->indent : 0;
    uint8_t style = l->style;
    size_t skip = 0, used;

    if (p->match == part->line + 1)
        style |= STYLE_SELECTED;
    if (p->unfolded && p->x)
        skip = text_cut(s, (size_t)p->x, &used);
    canvas_text(c, x + indent, y, w - indent, style, s + part->from + skip);
    if (l->name && !part->from && !p->x && !(style & STYLE_SELECTED)) {
        char *name = mem_strndup(s, l->name);
        canvas_text(c, x, y, w, STYLE_KEY, name);
        free(name);
    }
}

static void draw_title(const struct pager *p, struct canvas *c, struct rect r)
{
    size_t last = p->top + (size_t)(p->page > 0 ? p->page : 0);
    char where[64];

    last = last < p->nparts ? last : p->nparts;
    canvas_hline(c, r.x, r.y, r.w, STYLE_LINE);
    canvas_textf(c, r.x, r.y, r.w, STYLE_TITLE, " %s ", p->title);
    (void)snprintf(where, sizeof(where), " %zu-%zu/%zu ", p->nparts ? p->top + 1 : 0, last,
                   p->nparts);
    canvas_text(c, r.x + r.w - (int)strlen(where), r.y, (int)strlen(where), STYLE_DIM, where);
}

static void pager_draw(void *self, struct app *a, struct canvas *c, struct rect r)
{
    struct pager *p = self;

    refill(p, a);
    p->page = r.h - 1;
    if (p->folded_w != r.w)
        fold(p, r.w);
    clamp(p);
    canvas_fill(c, r, ' ', STYLE_NORMAL);
    draw_title(p, c, r);
    for (int y = 0; y < p->page && p->top + (size_t)y < p->nparts; y++)
        draw_part(p, &p->parts[p->top + (size_t)y], c, r.x, r.y + 1 + y, r.w);
}

/* ---- keys --------------------------------------------------------------------------------------
 */

static void move(struct pager *p, long by)
{
    long to = (long)p->top + by;

    p->top = to < 0 ? 0 : (size_t)to;
    clamp(p);
}

static bool move_key(struct pager *p, enum command cmd)
{
    long page = p->page > 1 ? p->page - 1 : 1;

    switch (cmd) {
    case CMD_UP:
        move(p, -1);
        return true;
    case CMD_DOWN:
        move(p, 1);
        return true;
    case CMD_PAGE_UP:
        move(p, -page);
        return true;
    case CMD_PAGE_DOWN:
        move(p, page);
        return true;
    case CMD_HALF_UP:
        move(p, -(page / 2 + 1));
        return true;
    case CMD_HALF_DOWN:
        move(p, page / 2 + 1);
        return true;
    case CMD_TOP:
        p->top = 0;
        return true;
    case CMD_BOTTOM:
        move(p, (long)p->nparts);
        return true;
    default:
        return false;
    }
}

static void show_line(struct pager *p, size_t line)
{
    for (size_t i = 0; i < p->nparts; i++)
        if (p->parts[i].line == line) {
            if (i < p->top || i >= p->top + (size_t)(p->page > 0 ? p->page : 1))
                p->top = i > 2 ? i - 2 : 0;
            break;
        }
    clamp(p);
}

static bool find(struct pager *p, int step)
{
    size_t n = p->nlines, from = p->match ? p->match - 1 : p->nparts ? p->parts[p->top].line : 0;

    if (!p->match && step > 0 && n)
        from = (from + n - 1) % n; /* the first line on the screen counts, too */
    for (size_t i = 1; p->pattern && i <= n; i++) {
        size_t at = step > 0 ? (from + i) % n : (from + n - i) % n;
        if (pattern_match(p->pattern, p->text.buf + p->lines[at].at)) {
            p->match = at + 1;
            show_line(p, at);
            return true;
        }
    }
    return false;
}

int pager_search(struct app *a, struct pager *p, const char *text, const char **why)
{
    static struct err err; /* the sentence outlives this call: the prompt shows it */
    struct pattern *next = NULL;

    (void)a;
    err_clear(&err);
    if (*text && !(next = pattern_new(text, &err))) {
        *why = err.msg;
        return -1;
    }
    pattern_free(p->pattern);
    p->pattern = next;
    p->match = 0;
    if (next && !find(p, 1)) {
        *why = _("no match");
        return -1;
    }
    return 0;
}

static void step_match(struct pager *p, struct app *a, int step)
{
    if (!p->pattern)
        app_say(a, STYLE_NORMAL, _("Nothing was searched yet: '/' searches."));
    else if (!find(p, step))
        app_say(a, STYLE_WARNING, _("no match"));
}

static void copy_all(struct pager *p, struct app *a)
{
    struct strbuf out = STRBUF_INIT;

    for (size_t i = 0; i < p->nlines; i++) {
        strbuf_addstr(&out, p->text.buf + p->lines[i].at);
        strbuf_addch(&out, '\n');
    }
    copy_text(a, out.buf, p->title);
    strbuf_release(&out);
}

static bool pager_key(void *self, struct app *a, uint32_t key, enum command cmd)
{
    struct pager *p = self;

    (void)key;
    /* A key may come before the first painting. */
    refill(p, a);
    if (!p->folded_w)
        fold(p, a->w);
    if (!p->page)
        p->page = a->h > FRAME ? a->h - FRAME : 1;
    if (move_key(p, cmd))
        return true;
    switch (cmd) {
    case CMD_LEFT:
        p->x = p->x > STEP_X ? p->x - STEP_X : 0;
        return true;
    case CMD_RIGHT:
        p->x += p->unfolded ? STEP_X : 0;
        return true;
    case CMD_WIDE:
        p->unfolded = !p->unfolded;
        p->x = 0;
        p->folded_w = 0;
        return true;
    case CMD_FILTER:
        prompt_open_search(a, p);
        return true;
    case CMD_MATCH_NEXT:
        step_match(p, a, 1);
        return true;
    case CMD_MATCH_PREV:
        step_match(p, a, -1);
        return true;
    case CMD_COPY:
        copy_all(p, a);
        return true;
    case CMD_PALETTE:
        prompt_open_palette(a, "");
        return true;
    default:
        return false;
    }
}

static const struct pane_ops pager_ops = {
    .context = CONTEXT_PAGER,
    .covers = true,
    .draw = pager_draw,
    .key = pager_key,
    .free = pager_free,
};

void pager_open(struct app *a, struct pager *p)
{
    app_push(a, &pager_ops, p);
}
