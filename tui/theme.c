#include "tui/theme.h"

enum { BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE, OWN = -1 };

struct entry {
    struct theme_look mono, few, many;
};

static const struct entry looks[STYLE_COUNT] = {
    [STYLE_NORMAL] = {{OWN, OWN, 0}, {OWN, OWN, 0}, {OWN, OWN, 0}},
    [STYLE_DIM] = {{OWN, OWN, THEME_DIM}, {OWN, OWN, THEME_DIM}, {245, OWN, 0}},
    [STYLE_STRONG] = {{OWN, OWN, THEME_BOLD}, {OWN, OWN, THEME_BOLD}, {OWN, OWN, THEME_BOLD}},
    [STYLE_TITLE] = {{OWN, OWN, THEME_BOLD}, {CYAN, OWN, THEME_BOLD}, {CYAN, OWN, THEME_BOLD}},
    [STYLE_HEADER] = {{OWN, OWN, THEME_UNDERLINE},
                      {CYAN, OWN, THEME_UNDERLINE},
                      {110, OWN, THEME_UNDERLINE}},
    [STYLE_OK] = {{OWN, OWN, 0}, {GREEN, OWN, 0}, {GREEN, OWN, 0}},
    [STYLE_WARNING] = {{OWN, OWN, THEME_BOLD}, {YELLOW, OWN, THEME_BOLD}, {214, OWN, 0}},
    [STYLE_CRITICAL] = {{OWN, OWN, THEME_BOLD | THEME_UNDERLINE},
                        {RED, OWN, THEME_BOLD},
                        {203, OWN, THEME_BOLD}},
    [STYLE_UNKNOWN] = {{OWN, OWN, 0}, {MAGENTA, OWN, 0}, {176, OWN, 0}},
    [STYLE_CHANGED] = {{OWN, OWN, THEME_BOLD | THEME_UNDERLINE},
                       {CYAN, OWN, THEME_BOLD | THEME_UNDERLINE},
                       {51, OWN, THEME_BOLD | THEME_UNDERLINE}},
    [STYLE_KEY] = {{OWN, OWN, THEME_BOLD}, {CYAN, OWN, 0}, {CYAN, OWN, 0}},
    [STYLE_BAR] = {{OWN, OWN, 0}, {OWN, OWN, 0}, {250, OWN, 0}},
    [STYLE_LINE] = {{OWN, OWN, 0}, {BLUE, OWN, 0}, {240, OWN, 0}},
    [STYLE_PRODUCTION] = {{OWN, OWN, THEME_REVERSE | THEME_BOLD},
                          {WHITE, RED, THEME_BOLD},
                          {231, 124, THEME_BOLD}},
    [STYLE_INPUT] = {{OWN, OWN, THEME_UNDERLINE},
                     {OWN, OWN, THEME_UNDERLINE},
                     {OWN, OWN, THEME_UNDERLINE}},
};

struct theme_look theme_look(enum style style, int colours)
{
    const struct entry *e = &looks[style < STYLE_COUNT ? style : STYLE_NORMAL];

    return colours >= 256 ? e->many : colours >= 8 ? e->few : e->mono;
}

unsigned theme_flags(uint8_t style, unsigned attributes)
{
    /* Dim and reversed together cannot be read on many terminals. */
    if (style & STYLE_SELECTED)
        attributes = (attributes & ~(unsigned)THEME_DIM) ^ THEME_REVERSE;
    if (style & STYLE_MARKED)
        attributes |= THEME_BOLD;
    return attributes;
}
