/* curses as term.c calls it: loaded when a terminal is opened (core/library.h says why: most runs
 * print rows and need none of it), through pointers of the library's own types. Its names are
 * macros here, so that the caller reads like any that uses curses. */
#ifndef HYCON_TUI_CURSES_LIBRARY_H
#define HYCON_TUI_CURSES_LIBRARY_H

#include "core/library.h"

#include <curses.h>
#include <term.h>

#define CURSES_FUNCTIONS(X) \
    X(clearok)              \
    X(curs_set)             \
    X(define_key)           \
    X(del_curterm)          \
    X(delscreen)            \
    X(endwin)               \
    X(getmouse)             \
    X(has_colors)           \
    X(init_pair)            \
    X(keypad)               \
    X(leaveok)              \
    X(meta)                 \
    X(mouseinterval)        \
    X(mousemask)            \
    X(newterm)              \
    X(nodelay)              \
    X(noecho)               \
    X(nonl)                 \
    X(raw)                  \
    X(resizeterm)           \
    X(set_escdelay)         \
    X(setcchar)             \
    X(setupterm)            \
    X(start_color)          \
    X(tigetstr)             \
    X(typeahead)            \
    X(use_default_colors)   \
    X(use_env)              \
    X(use_tioctl)           \
    X(wadd_wch)             \
    X(waddch)               \
    X(wclear)               \
    X(wget_wch)             \
    X(wmove)                \
    X(wrefresh)

/* Its variables, by their addresses. */
#define CURSES_VARIABLES(X) \
    X(COLORS)               \
    X(cur_term)             \
    X(stdscr)

struct curses_library {
    CURSES_FUNCTIONS(LIBRARY_POINTER)
    CURSES_VARIABLES(LIBRARY_POINTER)
};

/* Set by curses_library_load(). */
extern struct curses_library curses_library;

/* Load curses, once. Called before any of the names below. */
void curses_library_load(void);

#define clearok            curses_library.clearok_
#define curs_set           curses_library.curs_set_
#define define_key         curses_library.define_key_
#define del_curterm        curses_library.del_curterm_
#define delscreen          curses_library.delscreen_
#define endwin             curses_library.endwin_
#define getmouse           curses_library.getmouse_
#define has_colors         curses_library.has_colors_
#define init_pair          curses_library.init_pair_
#define keypad             curses_library.keypad_
#define leaveok            curses_library.leaveok_
#define meta               curses_library.meta_
#define mouseinterval      curses_library.mouseinterval_
#define mousemask          curses_library.mousemask_
#define newterm            curses_library.newterm_
#define nodelay            curses_library.nodelay_
#define noecho             curses_library.noecho_
#define nonl               curses_library.nonl_
#define raw                curses_library.raw_
#define resizeterm         curses_library.resizeterm_
#define set_escdelay       curses_library.set_escdelay_
#define setcchar           curses_library.setcchar_
#define setupterm          curses_library.setupterm_
#define start_color        curses_library.start_color_
#define tigetstr           curses_library.tigetstr_
#define typeahead          curses_library.typeahead_
#define use_default_colors curses_library.use_default_colors_
#define use_env            curses_library.use_env_
#define use_tioctl         curses_library.use_tioctl_
#define wadd_wch           curses_library.wadd_wch_
#define waddch             curses_library.waddch_
#define wclear             curses_library.wclear_
#define wget_wch           curses_library.wget_wch_
#define wmove              curses_library.wmove_
#define wrefresh           curses_library.wrefresh_
#define COLORS             (*curses_library.COLORS_)
#define cur_term           (*curses_library.cur_term_)
#define stdscr             (*curses_library.stdscr_)

#endif
