/*
 * app: the state of the console without a terminal. Keys and estates go in, a canvas comes out, so
 * the whole of it is tested in-process: tui/term.c and tui/tui.c only connect it to a terminal.
 *
 * What is on the screen is a tab (head and tables) and a stack of panes above it: details, help,
 * prompts, dialogs. A key goes to the top pane; what it does not take reaches the tab only when no
 * pane covers it. Nothing here blocks and nothing here knows the engine: requests go to the host.
 */
#ifndef HYCON_TUI_APP_H
#define HYCON_TUI_APP_H

#include "core/canvas.h"
#include "core/strbuf.h"
#include "tui/grid.h"
#include "tui/keys.h"
#include "tui/looking.h"
#include "tui/tui.h"
#include "views/view.h"

#include <stdbool.h>
#include <stdint.h>

#define APP_MIN_W       20
#define APP_MIN_H       8
#define APP_TABLES_MAX  4
#define APP_VIEWS_MAX   64
#define APP_PLACES_MAX  32
#define APP_MESSAGE_MS  12000
#define APP_HISTORY_MAX 50
#define APP_PROMPTS_MAX 32
#define APP_COPY_MAX    74994 /* bytes of one OSC 52 sequence that terminals take */

struct app;
struct arena;

/* ---- panes -------------------------------------------------------------------------------------
 */

struct pane_ops {
    unsigned context; /* which keys mean something */
    bool covers;      /* hides the tab's body; else drawn over it */
    /* @r is the body (panes that cover), or the whole screen. */
    void (*draw)(void *pane, struct app *a, struct canvas *c, struct rect r);
    /* The key as typed and its command in this context. True: taken. */
    bool (*key)(void *pane, struct app *a, uint32_t key, enum command cmd);
    void (*paste)(void *pane, struct app *a, const char *text); /* NULL: pasted text is refused */
    /* What has to be read for it, beside what the tab below it needs not to be read then. NULL:
     * what the tab needs. */
    void (*look)(void *pane, struct app *a, struct looking *out);
    void (*free)(void *pane);
};

struct pane {
    const struct pane_ops *ops;
    void *self;
    struct pane *below;
};

/* ---- tabs --------------------------------------------------------------------------------------
 */

/* The head of a tab as it was drawn last. It is drawn anew for another estate or size, and every
 * second for its ages; not for every key. */
struct head {
    struct canvas canvas;
    bool any, pending;
    const struct estate *estate; /* compared, never followed */
    int w, h;
    bool wide, local, ascii;
    int64_t at, took_ms;
};

struct tab {
    const struct view *view;
    struct head head;
    struct grid *grids[APP_TABLES_MAX];
    struct rect rects[APP_TABLES_MAX]; /* where they were drawn, for clicks */
    size_t ngrids, focus;
    bool exists;
};

/* Where the reader was, for Esc and `-`. */
struct place {
    size_t tab, focus;
    struct row_id row;
    char *filter;
    char *jumped; /* the filter that leaving it set where it led; NULL: none */
};

struct app {
    const struct tui_options *o;
    struct estate *estate, *newer; /* shown; arrived while the screen is held */
    struct resolver *resolver;     /* NULL: everything at once */
    bool large;                    /* the estate is too large for that */
    int64_t held_at;               /* 0: not held */
    uint64_t errors_read;          /* lines of the log that were looked at */
    bool local, wide, ascii, mouse;
    char *site; /* scope; NULL: all */
    struct tab tabs[APP_VIEWS_MAX];
    size_t ntabs, current, last;
    struct place places[APP_PLACES_MAX];
    size_t nplaces;
    struct pane *top;
    struct looked looked;
    struct arena *arena;
    struct strbuf message, caption;
    enum style message_style;
    bool message_of_tab; /* it says what the tab does: gone with the tab */
    int64_t message_until, last_key_at;
    int64_t login_at; /* when the reader asked to log in again */
    struct tui_prompt waiting[APP_PROMPTS_MAX];
    size_t nwaiting;
    struct strbuf pasted;
    bool pasting;
    int cursor_x, cursor_y; /* of a text field; -1: hidden */
    int w, h, message_y;
    char *filter_history[APP_HISTORY_MAX], *palette_history[APP_HISTORY_MAX];
    size_t nfilter_history, npalette_history;
    bool quit, redraw, suspend;
    /* How bytes reach the terminal besides cells (OSC 52); NULL: not possible. */
    void (*emit)(void *arg, const char *bytes, size_t len);
    void *emit_arg;
    bool in_tmux, in_screen;
};

void app_init(struct app *a, const struct tui_options *o);
void app_release(struct app *a);

/* Large tables are sorted and filtered on @r, which outlives the app. */
void app_set_resolver(struct app *a, struct resolver *r);
/* Take what the host has: the newest estate, questions, a caption. True: something to paint. */
bool app_poll(struct app *a);
void app_key(struct app *a, uint32_t key);
void app_click(struct app *a, int x, int y);
void app_paint(struct app *a, struct canvas *c);
/* When the screen changes by itself (clocks, ages, a message that goes), wall clock ms. */
int64_t app_next_change(const struct app *a);

/* ---- for the parts of the console --------------------------------------------------------------
 */

struct view_input app_input(struct app *a);
struct tab *app_tab(struct app *a);
struct grid *app_grid(struct app *a); /* the focused table, or NULL */
void app_say(struct app *a, enum style style, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void app_request(struct app *a, enum tui_request_kind kind);
void app_request_with(struct app *a, const struct tui_request *r);
void app_push(struct app *a, const struct pane_ops *ops, void *self);
void app_pop(struct app *a);
void app_switch(struct app *a, size_t tab);
bool app_open_view(struct app *a, const char *name); /* false: no such view */
void app_follow(struct app *a, const struct view_target *t);
bool app_go_back(struct app *a);
/* Is the filter the one with which the reader was led here? Going back takes it off. */
bool app_is_jumped(struct app *a);
void app_refresh_tab(struct app *a);
void app_set_held(struct app *a, bool held); /* held: newer estates wait */
void app_set_site(struct app *a, const char *site);
/* What a command does at the level of the tab (tui/command.c). */
void app_command(struct app *a, enum command cmd, char digit);
void app_ask_quit(struct app *a);

/* Parts of the screen. */
void header_draw(struct app *a, struct canvas *c, struct rect r); /* two lines */
void tabbar_draw(struct app *a, struct canvas *c, struct rect r);
void keybar_draw(struct app *a, struct canvas *c, struct rect r, unsigned context);
/* The head in at most @h lines (tui/head.c): how many it takes, and drawing it. */
int head_refresh(struct app *a, struct tab *t, int w, int h);
void head_draw(const struct tab *t, struct canvas *c, struct rect r);
void head_release(struct app *a, struct tab *t);

#endif
