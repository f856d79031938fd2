/* theme: what roles look like with 256, 16, 8 or no colours. Nothing here carries meaning that a
 * word or a sign beside it does not carry as well. */
#ifndef HYCON_TUI_THEME_H
#define HYCON_TUI_THEME_H

#include "core/canvas.h"

enum theme_attributes { THEME_BOLD = 1, THEME_DIM = 2, THEME_UNDERLINE = 4, THEME_REVERSE = 8 };

struct theme_look {
    short fg, bg; /* -1: the terminal's own */
    unsigned attributes;
};

/* @colours: what the terminal has (0, 8, 16, 256 or more). @style without the flags. */
struct theme_look theme_look(enum style style, int colours);
/* The flags of @style (selected, marked) added to a look. */
unsigned theme_flags(uint8_t style, unsigned attributes);

#endif
