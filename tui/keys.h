/*
 * keys: the one table of keys. The dispatcher, the help, the key bar and the manual page follow
 * from it, so that they cannot disagree.
 */
#ifndef HYCON_TUI_KEYS_H
#define HYCON_TUI_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct strbuf;

/* A key: a Unicode character (control characters as themselves: 0x12 is ctrl-r), or one of these.
 */
enum key_code {
    KEYCODE_FIRST = 0x200000,
    KEYCODE_UP = KEYCODE_FIRST,
    KEYCODE_DOWN,
    KEYCODE_LEFT,
    KEYCODE_RIGHT,
    KEYCODE_PAGE_UP,
    KEYCODE_PAGE_DOWN,
    KEYCODE_HOME,
    KEYCODE_END,
    KEYCODE_DELETE,
    KEYCODE_BACKSPACE,
    KEYCODE_BACKTAB,
    KEYCODE_F1,
    KEYCODE_F2,
    KEYCODE_F3,
    KEYCODE_F4,
    KEYCODE_F5,
    KEYCODE_F6,
    KEYCODE_F7,
    KEYCODE_F8,
    KEYCODE_F9,
    KEYCODE_F10,
    KEYCODE_PASTE_BEGIN,
    KEYCODE_PASTE_END,
    KEYCODE_WHEEL_UP,
    KEYCODE_WHEEL_DOWN,
    KEYCODE_CLICK, /* see app_click() */
};
#define KEYCODE_ESC   0x1b
#define KEYCODE_ENTER 0x0d
#define KEYCODE_TAB   0x09

enum command {
    CMD_NONE,
    CMD_UP,
    CMD_DOWN,
    CMD_LEFT,
    CMD_RIGHT,
    CMD_PAGE_UP,
    CMD_PAGE_DOWN,
    CMD_HALF_UP,
    CMD_HALF_DOWN,
    CMD_TOP,
    CMD_BOTTOM,
    CMD_TABLE_NEXT,
    CMD_TABLE_PREV,
    CMD_OPEN,
    CMD_BACK,
    CMD_TAB_NEXT,
    CMD_TAB_PREV,
    CMD_TAB_DIGIT,
    CMD_LAST_VIEW,
    CMD_FILTER,
    CMD_MATCH_NEXT,
    CMD_MATCH_PREV,
    CMD_PALETTE,
    CMD_RELATED,
    CMD_DETAILS,
    CMD_SORT_PREV,
    CMD_SORT_NEXT,
    CMD_SORT_REVERSE,
    CMD_MARK,
    CMD_WIDE,
    CMD_COLUMNS,
    CMD_HOLD,
    CMD_REFRESH,
    CMD_ACKNOWLEDGE,
    CMD_ZONE,
    CMD_COPY,
    CMD_LOGIN,
    CMD_TRUST,
    CMD_EXPLAIN,
    CMD_SKIPPED,
    CMD_HELP,
    CMD_REDRAW,
    CMD_SUSPEND,
    CMD_INTERRUPT,
    CMD_QUIT,
    CMD_TEXT_ACCEPT,
    CMD_TEXT_CANCEL,
    CMD_TEXT_NEXT,
    CMD_TEXT_PREV,
    CMD_TEXT_OLDER,
    CMD_TEXT_NEWER,
    CMD_TEXT_LEFT,
    CMD_TEXT_RIGHT,
    CMD_TEXT_HOME,
    CMD_TEXT_END,
    CMD_TEXT_ERASE,
    CMD_TEXT_DELETE,
    CMD_TEXT_ERASE_WORD,
    CMD_TEXT_ERASE_ALL,
    CMD_TEXT_CUT,
    CMD_COUNT,
};

/* Where a key means something. */
enum key_context {
    CONTEXT_TABLE = 1,
    CONTEXT_PAGER = 2,
    CONTEXT_LIST = 4,   /* a dialog with lines to choose from */
    CONTEXT_TEXT = 8,   /* a text field: everything printable is text */
    CONTEXT_ITEMS = 16, /* an explanation: text with a cursor that goes from hop to hop */
};

struct key_binding {
    enum command command;
    const char *name;     /* English, for the manual page and tests: "sort-next" */
    const char *keys;     /* separated by blanks: "j <Down>" */
    unsigned contexts;    /* mask */
    const char *bar;      /* N_(): label on the key bar; NULL: not on it */
    unsigned char weight; /* key bar: the highest stay when it is narrow */
    const char *meaning;  /* N_(): one line of help */
};

extern const struct key_binding keys_all[]; /* ends with name NULL */

/* The command of a key in a context. Full-width characters act as their ASCII twins, except in text
 * fields. @digit (may be NULL) gets the digit of CMD_TAB_DIGIT. */
enum command keys_lookup(unsigned context, uint32_t key, char *digit);
/* "<Down>", "j", "^R" to a key; 0: not a key. */
uint32_t keys_parse(const char *name, size_t len);
/* The first key of a command as it is written on the key bar ("Enter", "/"), appended. */
void keys_show(struct strbuf *out, const struct key_binding *b, bool all);

#endif
