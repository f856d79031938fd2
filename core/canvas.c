/*
 * Every write of a character goes through put_glyph(), which keeps the one invariant of the grid: a
 * cell with ch == 0 is the right half of the wide character on its left. Whoever overwrites one
 * half blanks the other, so the terminal never gets half a kanji.
 */
#include "core/canvas.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"

#define FLAGS (STYLE_SELECTED | STYLE_MARKED)

static const struct canvas_cell blank = {.ch = ' ', .style = STYLE_NORMAL};

/* ---- the grid ----------------------------------------------------------------------------------
 */

void canvas_init(struct canvas *c, int w, int h)
{
    *c = (struct canvas){0};
    canvas_resize(c, w, h);
}

void canvas_release(struct canvas *c)
{
    free(c->cells);
    *c = (struct canvas){0};
}

void canvas_resize(struct canvas *c, int w, int h)
{
    free(c->cells);
    c->w = w < 1 ? 1 : w;
    c->h = h < 1 ? 1 : h;
    c->cells = mem_array((size_t)c->w * (size_t)c->h, sizeof(*c->cells));
    canvas_clear(c);
}

void canvas_clear(struct canvas *c)
{
    size_t n = (size_t)c->w * (size_t)c->h;

    for (size_t i = 0; i < n; i++)
        c->cells[i] = blank;
}

static struct canvas_cell *cell_at(const struct canvas *c, int x, int y)
{
    if (x < 0 || y < 0 || x >= c->w || y >= c->h)
        return NULL;
    return &c->cells[(size_t)y * (size_t)c->w + (size_t)x];
}

const struct canvas_cell *canvas_at(const struct canvas *c, int x, int y)
{
    const struct canvas_cell *cell = cell_at(c, x, y);

    return cell ? cell : &blank;
}

static void blank_glyph(struct canvas_cell *cell)
{
    uint8_t style = cell->style;

    *cell = blank;
    cell->style = style;
}

/* (x, y) is about to be overwritten: its other half, if any, becomes a blank. */
static void break_wide(struct canvas *c, int x, int y)
{
    struct canvas_cell *cell = cell_at(c, x, y), *next = cell_at(c, x + 1, y);

    if (cell->ch == 0)
        blank_glyph(cell_at(c, x - 1, y));
    else if (next && next->ch == 0)
        blank_glyph(next);
}

static void put_cell(struct canvas *c, int x, int y, uint32_t ch, uint8_t style)
{
    break_wide(c, x, y);
    *cell_at(c, x, y) = (struct canvas_cell){.ch = ch, .style = style};
}

/* A character of @width cells; what does not lie wholly on the canvas becomes blanks. */
static void put_glyph(struct canvas *c, int x, int y, uint32_t ch, int width, uint8_t style)
{
    bool whole = cell_at(c, x, y) && cell_at(c, x + width - 1, y);

    for (int i = 0; i < width; i++) {
        if (cell_at(c, x + i, y))
            put_cell(c, x + i, y, whole && i == 0 ? ch : ' ', style);
    }
    if (whole && width == 2)
        cell_at(c, x + 1, y)->ch = 0;
}

/* A combining mark on the character that was drawn last; a third one is not kept. */
static void put_mark(struct canvas *c, int x, int y, uint32_t mark)
{
    struct canvas_cell *cell = cell_at(c, x, y);

    if (!cell || cell->ch == ' ')
        return;
    if (!cell->mark[0])
        cell->mark[0] = mark;
    else if (!cell->mark[1])
        cell->mark[1] = mark;
}

/* ---- text --------------------------------------------------------------------------------------
 */

/* Sanitised @s, at most @cells wide. Returns the cells used. */
static int draw_text(struct canvas *c, int x, int y, int cells, uint8_t style, const char *s)
{
    size_t len = strlen(s);
    int used = 0, last = -1; /* column of the last character, for marks */

    while (len) {
        uint32_t ch;
        size_t n = text_decode(s, len, &ch);
        int width = text_char_width(ch);
        s += n;
        len -= n;
        if (width == 0) {
            if (last >= 0)
                put_mark(c, x + last, y, ch);
            continue;
        }
        if (used + width > cells)
            break;
        put_glyph(c, x + used, y, ch, width, style);
        last = used;
        used += width;
    }
    return used;
}

int canvas_text(struct canvas *c, int x, int y, int cells, uint8_t style, const char *s)
{
    struct strbuf clean = STRBUF_INIT;
    int used;

    if (!s || cells <= 0)
        return 0;
    if (text_is_clean(s))
        return draw_text(c, x, y, cells, style, s);
    text_sanitize(&clean, s, strlen(s), 0);
    used = draw_text(c, x, y, cells, style, clean.buf);
    strbuf_release(&clean);
    return used;
}

int canvas_fit(struct canvas *c, int x, int y, int cells, uint8_t style, const char *s, bool right)
{
    struct strbuf clean = STRBUF_INIT, cut = STRBUF_INIT;
    int width, left;

    if (cells <= 0)
        return 0;
    s = s ? s : "";
    text_sanitize(&clean, s, strlen(s), 0);
    text_fit(&cut, clean.buf, (size_t)cells, false, c->ascii);
    width = (int)text_width(cut.buf);
    left = right ? cells - width : 0;
    canvas_fill(c, (struct rect){x, y, cells, 1}, ' ', style);
    draw_text(c, x + left, y, cells - left, style, cut.buf);
    strbuf_release(&clean);
    strbuf_release(&cut);
    return cells;
}

int canvas_textf(struct canvas *c, int x, int y, int cells, uint8_t style, const char *fmt, ...)
{
    struct strbuf text = STRBUF_INIT;
    va_list ap;
    int used;

    va_start(ap, fmt);
    strbuf_vaddf(&text, fmt, ap);
    va_end(ap);
    used = canvas_text(c, x, y, cells, style, text.buf);
    strbuf_release(&text);
    return used;
}

/* ---- areas and lines ---------------------------------------------------------------------------
 */

/* The part of @r on the canvas; sizes too large for an int are cut, too. */
static struct rect clip(const struct canvas *c, struct rect r)
{
    int64_t right = (int64_t)r.x + r.w, bottom = (int64_t)r.y + r.h;

    r.x = r.x < 0 ? 0 : r.x;
    r.y = r.y < 0 ? 0 : r.y;
    right = right > c->w ? c->w : right;
    bottom = bottom > c->h ? c->h : bottom;
    r.w = right > r.x ? (int)(right - r.x) : 0;
    r.h = bottom > r.y ? (int)(bottom - r.y) : 0;
    return r;
}

void canvas_fill(struct canvas *c, struct rect r, uint32_t ch, uint8_t style)
{
    r = clip(c, r);
    for (int y = r.y; y < r.y + r.h; y++) {
        for (int x = r.x; x < r.x + r.w; x++)
            put_cell(c, x, y, ch, style);
    }
}

void canvas_style(struct canvas *c, struct rect r, uint8_t style, bool keep)
{
    r = clip(c, r);
    for (int y = r.y; y < r.y + r.h; y++) {
        for (int x = r.x; x < r.x + r.w; x++) {
            struct canvas_cell *cell = cell_at(c, x, y);
            cell->style = keep ? (uint8_t)(cell->style | (style & FLAGS)) : style;
        }
    }
}

void canvas_hline(struct canvas *c, int x, int y, int w, uint8_t style)
{
    canvas_fill(c, (struct rect){x, y, w, 1}, c->ascii ? '-' : 0x2500, style);
}

static void vline(struct canvas *c, int x, int y, int h, uint8_t style)
{
    canvas_fill(c, (struct rect){x, y, 1, h}, c->ascii ? '|' : 0x2502, style);
}

void canvas_box(struct canvas *c, struct rect r, uint8_t style, const char *title)
{
    static const uint32_t corners[] = {0x250c, 0x2510, 0x2514, 0x2518};

    if (r.w < 2 || r.h < 2)
        return;
    canvas_hline(c, r.x + 1, r.y, r.w - 2, style);
    canvas_hline(c, r.x + 1, r.y + r.h - 1, r.w - 2, style);
    vline(c, r.x, r.y + 1, r.h - 2, style);
    vline(c, r.x + r.w - 1, r.y + 1, r.h - 2, style);
    for (int i = 0; i < 4; i++) {
        int x = i % 2 ? r.x + r.w - 1 : r.x, y = i / 2 ? r.y + r.h - 1 : r.y;
        put_glyph(c, x, y, c->ascii ? '+' : corners[i], 1, style);
    }
    if (title && *title && r.w > 6) {
        struct strbuf text = STRBUF_INIT, cut = STRBUF_INIT;
        text_sanitize(&text, title, strlen(title), 0);
        text_fit(&cut, text.buf, (size_t)r.w - 6, false, c->ascii);
        canvas_textf(c, r.x + 2, r.y, r.w - 4, style, " %s ", cut.buf);
        strbuf_release(&text);
        strbuf_release(&cut);
    }
}

/* ---- reading back ------------------------------------------------------------------------------
 */

static void add_cell(struct strbuf *out, const struct canvas_cell *cell)
{
    if (!cell->ch)
        return;
    text_encode(out, cell->ch);
    for (int i = 0; i < 2 && cell->mark[i]; i++)
        text_encode(out, cell->mark[i]);
}

/* One letter per style; selected is a capital, marked '*', both '@'. */
static char style_letter(uint8_t style)
{
    static const char letters[STYLE_COUNT + 1] = ".dsthowcuxkblpi";
    unsigned role = style & ~(unsigned)FLAGS;
    char letter = role < STYLE_COUNT ? letters[role] : '?';

    if (style & STYLE_MARKED)
        return style & STYLE_SELECTED ? '@' : '*';
    if (!(style & STYLE_SELECTED))
        return letter;
    return letter >= 'a' && letter <= 'z' ? (char)(letter - 32) : 'N';
}

static void end_line(struct strbuf *out, size_t begin, char trim)
{
    while (out->len > begin && out->buf[out->len - 1] == trim)
        strbuf_setlen(out, out->len - 1);
    strbuf_addch(out, '\n');
}

void canvas_dump(const struct canvas *c, struct strbuf *out, bool styles)
{
    for (int y = 0; y < c->h; y++) {
        size_t begin = out->len;
        for (int x = 0; x < c->w; x++)
            add_cell(out, canvas_at(c, x, y));
        end_line(out, begin, ' ');
    }
    for (int y = 0; styles && y < c->h; y++) {
        size_t begin = out->len;
        for (int x = 0; x < c->w; x++)
            strbuf_addch(out, style_letter(canvas_at(c, x, y)->style));
        end_line(out, begin, '.');
    }
}
