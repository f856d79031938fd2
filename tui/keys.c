#include "tui/keys.h"

#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"

#define T CONTEXT_TABLE
#define P CONTEXT_PAGER
#define L CONTEXT_LIST
#define X CONTEXT_TEXT
#define E CONTEXT_ITEMS

const struct key_binding keys_all[] = {
    {CMD_UP, "up", "k <Up>", T | P | L, NULL, 0, N_("one row up")},
    {CMD_DOWN, "down", "j <Down>", T | P | L, NULL, 0, N_("one row down")},
    {CMD_LEFT, "left", "h <Left>", T | P, NULL, 0, N_("columns to the left")},
    {CMD_RIGHT, "right", "l <Right>", T | P, NULL, 0, N_("columns to the right")},
    {CMD_PAGE_UP, "page-up", "<PageUp> ^B", T | P | L, NULL, 0, N_("one page up")},
    {CMD_PAGE_DOWN, "page-down", "<PageDown> ^F", T | P | L, NULL, 0, N_("one page down")},
    {CMD_HALF_UP, "half-up", "^U", T | P, NULL, 0, N_("half a page up")},
    {CMD_HALF_DOWN, "half-down", "^D", T | P, NULL, 0, N_("half a page down")},
    {CMD_TOP, "top", "g <Home>", T | P | L, NULL, 0, N_("first row")},
    {CMD_BOTTOM, "bottom", "G <End>", T | P | L, NULL, 0, N_("last row")},
    {CMD_TABLE_NEXT, "next-table", "J", T, NULL, 0, N_("next table of this tab")},
    {CMD_TABLE_PREV, "previous-table", "K", T, NULL, 0, N_("previous table of this tab")},
    {CMD_OPEN, "open", "<Enter>", T | L | E, N_("open"), 80,
     N_("drill down; on a finding: what is affected; in an explanation: the rule that decides")},
    {CMD_RELATED, "related", "r", T, N_("related"), 60, N_("objects related to this row")},
    {CMD_DETAILS, "details", "d", T, N_("details"), 75,
     N_("every value with unit, age and source, then the raw reply")},
    {CMD_FILTER, "filter", "/ <F3> <F4>", T | P, N_("filter"), 90,
     N_("filter the rows: a regular expression, !inverted, or COLUMN=VALUE; in text: search")},
    {CMD_MATCH_NEXT, "next-match", "n", T | P, NULL, 0, N_("next match of the last filter")},
    {CMD_MATCH_PREV, "previous-match", "N", T | P, NULL, 0, N_("previous match")},
    {CMD_PALETTE, "palette", ":", T | P, N_("command"), 85, N_("command line with completion")},
    {CMD_TAB_NEXT, "next-tab", "<Tab> ]", T, N_("tabs"), 65, N_("next tab")},
    {CMD_TAB_PREV, "previous-tab", "<S-Tab> [", T, NULL, 0, N_("previous tab")},
    {CMD_TAB_DIGIT, "tab", "1 2 3 4 5 6 7 8 9 0", T, NULL, 0, N_("the tab with this digit")},
    {CMD_LAST_VIEW, "last-view", "-", T, NULL, 0, N_("the view before this one")},
    {CMD_BACK, "back", "<Esc>", T | P | L, NULL, 0, N_("back; clears the filter; never quits")},
    {CMD_SORT_PREV, "sort-left", "<", T, NULL, 0, N_("sort by the column to the left")},
    {CMD_SORT_NEXT, "sort-right", "> <F6>", T, N_("sort"), 40,
     N_("sort by the column to the right")},
    {CMD_SORT_REVERSE, "reverse", "I", T, NULL, 0, N_("reverse the order")},
    {CMD_MARK, "mark", "<Space>", T | L, NULL, 0, N_("mark the row")},
    {CMD_WIDE, "wide", "w", T | P, N_("wide"), 30,
     N_("wide: nothing shortened; in text: fold long lines or not")},
    {CMD_COLUMNS, "columns", "x", T, N_("columns"), 25, N_("choose the columns")},
    {CMD_HOLD, "hold", "z", T, N_("hold"), 50, N_("hold the screen still; again: go on")},
    {CMD_REFRESH, "refresh", "R ^R <F5>", T, N_("refresh"), 45, N_("read this tab's tables now")},
    {CMD_ACKNOWLEDGE, "acknowledge", "a", T, N_("ack"), 55,
     N_("acknowledge or snooze the finding, with a note")},
    {CMD_ZONE, "zone", "U", T, N_("UTC/local"), 20, N_("times in UTC or in the local zone")},
    {CMD_COPY, "copy", "y", T | P, N_("copy"), 35,
     N_("copy the full ids of the marked rows, or of this one")},
    {CMD_LOGIN, "login", "L", T, N_("login"), 15,
     N_("answer a waiting question, or log in again after a refusal")},
    {CMD_TRUST, "trust", "T", T, NULL, 0,
     N_("on Endpoints: accept a certificate after comparing fingerprints")},
    {CMD_EXPLAIN, "explain", "e", T | E, N_("explain"), 33,
     N_("ask why a packet passes, or does not: from and to are taken from the row")},
    {CMD_SKIPPED, "passed-over", "s", E, N_("passed over"), 62,
     N_("in an explanation: the rules before the match, and why each was passed over")},
    {CMD_HELP, "help", "? <F1>", T | P, N_("help"), 95, N_("this help")},
    {CMD_REDRAW, "redraw", "^L", T | P | L, NULL, 0, N_("draw the screen anew")},
    {CMD_SUSPEND, "suspend", "^Z", T | P | L, NULL, 0, N_("suspend hycon; 'fg' brings it back")},
    {CMD_INTERRUPT, "interrupt", "^C", T | P | L, NULL, 0, N_("close, or quit")},
    {CMD_QUIT, "quit", "q <F10>", T | P | L, N_("quit"), 70,
     N_("close the top pane; at tab level: quit")},
    {CMD_TEXT_ACCEPT, "accept", "<Enter>", X, N_("ok"), 90, N_("take what was typed")},
    {CMD_TEXT_CANCEL, "cancel", "<Esc> ^C", X, N_("cancel"), 85,
     N_("leave; what was before comes back")},
    {CMD_TEXT_NEXT, "complete", "<Tab>", X, N_("complete, next field"), 80,
     N_("next candidate; in a form: next field")},
    {CMD_TEXT_PREV, "complete-back", "<S-Tab>", X, NULL, 0,
     N_("previous candidate; in a form: previous field")},
    {CMD_TEXT_OLDER, "older", "<Up>", X, N_("history"), 60, N_("what was typed before")},
    {CMD_TEXT_NEWER, "newer", "<Down>", X, NULL, 0, N_("what was typed after that")},
    {CMD_TEXT_LEFT, "char-left", "<Left> ^B", X, NULL, 0, N_("one character to the left")},
    {CMD_TEXT_RIGHT, "char-right", "<Right> ^F", X, NULL, 0, N_("one character to the right")},
    {CMD_TEXT_HOME, "line-begin", "<Home> ^A", X, NULL, 0, N_("to the beginning of the line")},
    {CMD_TEXT_END, "line-end", "<End> ^E", X, NULL, 0, N_("to the end of the line")},
    {CMD_TEXT_ERASE, "erase", "<BS> ^H", X, NULL, 0, N_("erase the character before the cursor")},
    {CMD_TEXT_DELETE, "delete", "<Del> ^D", X, NULL, 0, N_("erase the character at the cursor")},
    {CMD_TEXT_ERASE_WORD, "erase-word", "^W", X, NULL, 0, N_("erase the word before the cursor")},
    {CMD_TEXT_ERASE_ALL, "erase-before", "^U", X, NULL, 0, N_("erase all before the cursor")},
    {CMD_TEXT_CUT, "erase-after", "^K", X, NULL, 0, N_("erase all behind the cursor")},
    {CMD_NONE, NULL, NULL, 0, NULL, 0, NULL},
};

static const struct {
    const char *name;
    uint32_t key;
} names[] = {
    {"<Up>", KEYCODE_UP},
    {"<Down>", KEYCODE_DOWN},
    {"<Left>", KEYCODE_LEFT},
    {"<Right>", KEYCODE_RIGHT},
    {"<PageUp>", KEYCODE_PAGE_UP},
    {"<PageDown>", KEYCODE_PAGE_DOWN},
    {"<Home>", KEYCODE_HOME},
    {"<End>", KEYCODE_END},
    {"<Del>", KEYCODE_DELETE},
    {"<BS>", KEYCODE_BACKSPACE},
    {"<S-Tab>", KEYCODE_BACKTAB},
    {"<Tab>", KEYCODE_TAB},
    {"<Enter>", KEYCODE_ENTER},
    {"<Esc>", KEYCODE_ESC},
    {"<Space>", ' '},
    {"<F1>", KEYCODE_F1},
    {"<F2>", KEYCODE_F2},
    {"<F3>", KEYCODE_F3},
    {"<F4>", KEYCODE_F4},
    {"<F5>", KEYCODE_F5},
    {"<F6>", KEYCODE_F6},
    {"<F7>", KEYCODE_F7},
    {"<F8>", KEYCODE_F8},
    {"<F9>", KEYCODE_F9},
    {"<F10>", KEYCODE_F10},
    {"<Paste>", KEYCODE_PASTE_BEGIN},
    {"<PasteEnd>", KEYCODE_PASTE_END},
};

uint32_t keys_parse(const char *name, size_t len)
{
    uint32_t cp;

    if (len > 2 && name[0] == '<')
        for (size_t i = 0; i < ARRAY_SIZE(names); i++)
            if (strlen(names[i].name) == len && memcmp(names[i].name, name, len) == 0)
                return names[i].key;
    if (len == 2 && name[0] == '^' && name[1] >= 'A' && name[1] <= 'Z')
        return (uint32_t)(name[1] - '@');
    return len && text_decode(name, len, &cp) == len ? cp : 0;
}

static bool binds(const struct key_binding *b, uint32_t key)
{
    for (const char *p = b->keys; *p;) {
        size_t n = strcspn(p, " ");
        if (keys_parse(p, n) == key)
            return true;
        p += n + (p[n] == ' ');
    }
    return false;
}

enum command keys_lookup(unsigned context, uint32_t key, char *digit)
{
    bool printable = key >= ' ' && key != 0x7f && key < KEYCODE_FIRST;

    if (context & CONTEXT_TEXT && printable)
        return CMD_NONE;
    if (key < KEYCODE_FIRST)
        key = text_fold_fullwidth(key);
    if (key == '\n')
        key = KEYCODE_ENTER;
    for (const struct key_binding *b = keys_all; b->name; b++) {
        if (!(b->contexts & context) || !binds(b, key))
            continue;
        if (b->command == CMD_TAB_DIGIT && digit)
            *digit = (char)key;
        return b->command;
    }
    return CMD_NONE;
}

/* "<Enter>" is written Enter; "<" is a key of its own. */
static void show_one(struct strbuf *out, const char *key, size_t len)
{
    if (len > 2 && key[0] == '<')
        strbuf_add(out, key + 1, len - 2);
    else
        strbuf_add(out, key, len);
}

void keys_show(struct strbuf *out, const struct key_binding *b, bool all)
{
    if (b->command == CMD_TAB_DIGIT) {
        strbuf_addstr(out, "1..9 0");
        return;
    }
    for (const char *p = b->keys; *p;) {
        size_t n = strcspn(p, " ");
        show_one(out, p, n);
        p += n + (p[n] == ' ');
        if (!all)
            return;
        if (*p)
            strbuf_addch(out, ' ');
    }
}
