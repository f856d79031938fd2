/*
 * canvas: a grid of styled cells. Views and widgets draw here; tui/term.c copies changed cells to
 * the terminal; tests read it back as text. A wide character takes its cell and an empty
 * continuation cell. Styles are roles, not colours: the theme decides what they look like, and
 * state is never shown by the role alone. Drawing outside the canvas is cut, never an error.
 */
#ifndef HYCON_CORE_CANVAS_H
#define HYCON_CORE_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct strbuf;

enum style {
    STYLE_NORMAL,
    STYLE_DIM, /* stale or secondary */
    STYLE_STRONG,
    STYLE_TITLE,
    STYLE_HEADER, /* column titles */
    STYLE_OK,
    STYLE_WARNING,
    STYLE_CRITICAL,
    STYLE_UNKNOWN,
    STYLE_CHANGED, /* value differs from the previous generation */
    STYLE_KEY,     /* key hints */
    STYLE_BAR,
    STYLE_LINE, /* rules and frames */
    STYLE_PRODUCTION,
    STYLE_INPUT,
    STYLE_COUNT,
};
#define STYLE_SELECTED 0x40 /* or-ed: the selected row */
#define STYLE_MARKED   0x80 /* or-ed: marked by the user */

struct canvas_cell {
    uint32_t ch;      /* 0: continuation of a wide character */
    uint32_t mark[2]; /* combining characters, 0: none */
    uint8_t style;
};

struct rect {
    int x, y, w, h;
};

struct canvas {
    int w, h;
    struct canvas_cell *cells;
    bool ascii; /* draw lines and bars with ASCII */
};

void canvas_init(struct canvas *c, int w, int h); /* blank; sizes below 1 become 1 */
void canvas_release(struct canvas *c);
void canvas_resize(struct canvas *c, int w, int h); /* contents lost */
void canvas_clear(struct canvas *c);
const struct canvas_cell *canvas_at(const struct canvas *c, int x, int y);

/* Draw text at (x, y), at most @cells wide; returns the cells used, those outside the canvas
 * included. Text with control characters is sanitised on the way. NULL is "". */
int canvas_text(struct canvas *c, int x, int y, int cells, uint8_t style, const char *s);
/* The same padded with blanks to @cells; cut text ends in an ellipsis. @right aligns. */
int canvas_fit(struct canvas *c, int x, int y, int cells, uint8_t style, const char *s, bool right);
int canvas_textf(struct canvas *c, int x, int y, int cells, uint8_t style, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));
void canvas_fill(struct canvas *c, struct rect r, uint32_t ch, uint8_t style);
void canvas_style(struct canvas *c, struct rect r, uint8_t style,
                  bool keep); /* keep: or the flags only */
void canvas_hline(struct canvas *c, int x, int y, int w, uint8_t style);
void canvas_box(struct canvas *c, struct rect r, uint8_t style, const char *title);

/* The whole grid as lines of text without trailing blanks: goldens, screen capture. With @styles, a
 * second block of as many lines follows, one letter per cell, without trailing dots: . normal, d
 * dim, s strong, t title, h header, o ok, w warning, c critical, u unknown, x changed, k key, b
 * bar, l line, p production, i input; selected cells are capitals (N: normal), marked ones *, both
 * @. */
void canvas_dump(const struct canvas *c, struct strbuf *out, bool styles);

#endif
