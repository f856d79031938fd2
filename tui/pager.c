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

#define STEP_X 8
#define FRAME  6 /* lines of the screen that are not the pager's */

struct line {
    size_t at;                   /* offset in text; ends with NUL there */
    uint8_t style, indent, name; /* @name: bytes drawn as a name */
    unsigned item;               /* it belongs to, from 1; 0: none */
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
    const struct pager_item_ops *items; /* NULL: it has none */
    unsigned nitems, item, begun;       /* the cursor, and what lines belong to; from 1 */
    bool filled, to_item;               /* to_item: see pager_show_item() */
    uint64_t seen;                      /* generation of the estate it was filled from */
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
    *l = (struct line){.at = p->text.len, .style = (uint8_t)style, .item = p->begun};
    p->folded_w = 0;
    return l;
}

static void add_line(struct pager *p, enum style style, size_t indent, const char *s, size_t len)
{
    struct line *l = new_line(p, style);

    l->indent = (uint8_t)(indent < UINT8_MAX ? indent : UINT8_MAX);
    text_sanitize(&p->text, s, len, 0);
    strbuf_addch(&p->text, '\0');
}

void pager_add(struct pager *p, enum style style, const char *text)
{
    for (;;) {
        size_t n = strcspn(text, "\n");
        add_line(p, style, strspn(text, " "), text, n);
        if (!text[n] || !text[n + 1])
            return;
        text += n + 1;
    }
}

void pager_add_words(struct pager *p, enum style style, int indent, const char *text)
{
    add_line(p, style, (size_t)indent, text, strlen(text));
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

    l->indent = PAGER_NAME_CELLS;
    text_sanitize(&p->text, name, strlen(name), 0);
    strbuf_addchars(&p->text, ' ', cells < PAGER_NAME_CELLS ? PAGER_NAME_CELLS - cells : 1);
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

/* ---- items -------------------------------------------------------------------------------------
 */

void pager_begin_item(struct pager *p)
{
    p->begun = ++p->nitems;
    if (!p->item)
        p->item = 1;
}

void pager_end_items(struct pager *p)
{
    p->begun = 0;
}

void pager_again(struct pager *p)
{
    p->filled = false;
}

void pager_show_item(struct pager *p)
{
    p->to_item = true;
}

static size_t page_of(const struct pager *p)
{
    return p->page > 0 ? (size_t)p->page : 1;
}

/* Is the first line of the item on the screen? */
static bool is_seen(const struct pager *p, unsigned item)
{
    for (size_t i = 0; i < page_of(p) && p->top + i < p->nparts; i++) {
        const struct part *part = &p->parts[p->top + i];
        if (!part->from && p->lines[part->line].item == item &&
            (!part->line || p->lines[part->line - 1].item != item))
            return true;
    }
    return false;
}

/* To the next item when it can be seen; else the text moves. */
static bool step_item(struct pager *p, int by)
{
    unsigned to = p->item + (unsigned)by;

    if (!to || to > p->nitems || !is_seen(p, to))
        return false;
    p->item = to;
    return true;
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
        size_t at = 0;
        if (i == line)
            p->top = p->nparts;
        add_part(p, i, 0);
        if (p->unfolded)
            continue;
        at += text_cut_line(s, (size_t)w);
        while (s[at]) {
            size_t n = text_cut_line(s + at, (size_t)(w - indent));
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
    p->nlines = p->nitems = p->begun = 0;
    p->folded_w = 0;
    p->fill(p, a, p->arg);
    if (p->item > p->nitems)
        p->item = p->nitems;
}

/* ---- drawing -----------------------------------------------------------------------------------
 */

static uint8_t style_of(const struct pager *p, const struct part *part)
{
    const struct line *l = &p->lines[part->line];
    bool first = !part->from && (!part->line || p->lines[part->line - 1].item != l->item);

    if (p->match == part->line + 1 || (l->item && l->item == p->item && first))
        return l->style | STYLE_SELECTED;
    return l->style;
}

static void draw_part(const struct pager *p, const struct part *part, struct canvas *c, int x,
                      int y, int w)
{
    const struct line *l = &p->lines[part->line];
    const char *s = p->text.buf + l->at;
    int indent = part->from && l->indent < w / 2 ? l->indent : 0;
    uint8_t style = style_of(p, part);
    size_t skip = 0, used;

    if (p->unfolded && p->x)
        skip = text_cut(s, (size_t)p->x, &used);
    s += part->from + skip;
    if (!p->unfolded)
        canvas_textf(c, x + indent, y, w - indent, style, "%.*s",
                     (int)text_cut_line(s, (size_t)(w - indent)), s);
    else
        canvas_text(c, x + indent, y, w - indent, style, s);
    if (l->name && !part->from && !p->x && !(style & STYLE_SELECTED)) {
        char *name = mem_strndup(p->text.buf + l->at, l->name);
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
    for (size_t i = 0; p->to_item && i < p->nparts; i++)
        if (p->lines[p->parts[i].line].item == p->item) {
            p->top = i;
            break;
        }
    p->to_item = false;
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
        if (!step_item(p, -1))
            move(p, -1);
        return true;
    case CMD_DOWN:
        if (!step_item(p, 1))
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

static bool side_key(struct pager *p, enum command cmd)
{
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
    default:
        return false;
    }
}

/* A key may come before the first painting. */
static void be_ready(struct pager *p, struct app *a)
{
    refill(p, a);
    if (!p->folded_w)
        fold(p, a->w);
    if (!p->page)
        p->page = a->h > FRAME ? a->h - FRAME : 1;
}

static bool pager_key(void *self, struct app *a, uint32_t key, enum command cmd)
{
    struct pager *p = self;

    (void)key;
    be_ready(p, a);
    if (move_key(p, cmd) || side_key(p, cmd))
        return true;
    if (p->items && p->items->key(p->arg, a, cmd, p->item ? p->item - 1 : 0, p->nitems))
        return true;
    switch (cmd) {
    case CMD_FILTER:
        prompt_open_search(a, p);
        return true;
    case CMD_MATCH_NEXT:
    case CMD_MATCH_PREV:
        step_match(p, a, cmd == CMD_MATCH_NEXT ? 1 : -1);
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

static void items_look(void *self, struct app *a, struct looking *out)
{
    const struct pager *p = self;

    p->items->look(p->arg, a, out);
}

static const struct pane_ops items_ops = {
    .context = CONTEXT_PAGER | CONTEXT_ITEMS,
    .covers = true,
    .draw = pager_draw,
    .key = pager_key,
    .free = pager_free,
    .look = items_look,
};

void pager_open_items(struct app *a, struct pager *p, const struct pager_item_ops *ops, void *arg)
{
    p->items = ops;
    pager_on_refresh(p, ops->fill, ops->release, arg);
    app_push(a, &items_ops, p);
}

bool pager_is_of(const struct app *a, const struct pager_item_ops *ops)
{
    return a->top && a->top->ops == &items_ops &&
           ((const struct pager *)a->top->self)->items == ops;
}
