#include "tui/term.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "core/i18n.h"
#include "core/library.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "tui/keys.h"
#include "tui/theme.h"

#define ESCAPE_MS   25
#define CONTINUE_MS 1000
#define RESTORE_MAX 512
#define ALT_STACK   (64u << 10)
#define PASTE_ON    "\033[?2004h"
#define PASTE_OFF   "\033[?2004l"

/* ---- curses ------------------------------------------------------------------------------------
 *
 * Loaded when a terminal is opened (core/library.h says how and why: most runs print rows and need
 * none of it). Its names are macros from here on, so that what follows reads like any that uses
 * curses. */

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

static struct {
    CURSES_FUNCTIONS(LIBRARY_POINTER)
    CURSES_VARIABLES(LIBRARY_POINTER)
} curses;

static void load_curses(void)
{
#define SYMBOL(name) {#name, offsetof(__typeof__(curses), name##_)},
    static const struct library_symbol symbols[] = {CURSES_FUNCTIONS(SYMBOL)
                                                        CURSES_VARIABLES(SYMBOL)};
#undef SYMBOL

    if (!curses.newterm_)
        library_load("libncursesw.so.6", symbols, ARRAY_SIZE(symbols), &curses);
}

#define clearok            curses.clearok_
#define curs_set           curses.curs_set_
#define define_key         curses.define_key_
#define del_curterm        curses.del_curterm_
#define delscreen          curses.delscreen_
#define endwin             curses.endwin_
#define getmouse           curses.getmouse_
#define has_colors         curses.has_colors_
#define init_pair          curses.init_pair_
#define keypad             curses.keypad_
#define leaveok            curses.leaveok_
#define meta               curses.meta_
#define mouseinterval      curses.mouseinterval_
#define mousemask          curses.mousemask_
#define newterm            curses.newterm_
#define nodelay            curses.nodelay_
#define noecho             curses.noecho_
#define nonl               curses.nonl_
#define raw                curses.raw_
#define resizeterm         curses.resizeterm_
#define set_escdelay       curses.set_escdelay_
#define setcchar           curses.setcchar_
#define setupterm          curses.setupterm_
#define start_color        curses.start_color_
#define tigetstr           curses.tigetstr_
#define typeahead          curses.typeahead_
#define use_default_colors curses.use_default_colors_
#define use_env            curses.use_env_
#define use_tioctl         curses.use_tioctl_
#define wadd_wch           curses.wadd_wch_
#define waddch             curses.waddch_
#define wclear             curses.wclear_
#define wget_wch           curses.wget_wch_
#define wmove              curses.wmove_
#define wrefresh           curses.wrefresh_
#define COLORS             (*curses.COLORS_)
#define cur_term           (*curses.cur_term_)
#define stdscr             (*curses.stdscr_)

struct terminal {
    SCREEN *screen;
    struct canvas shown;
    bool all; /* the next painting draws everything */
    int colours;
    int w, h;
    bool utf8;
    void *alt_stack;
};

/* What the handlers use: plain memory, filled before they are installed. */
static struct {
    volatile sig_atomic_t active;
    char bytes[RESTORE_MAX];
    size_t len, cursor; /* cursor: where in bytes the last part begins */
    struct termios modes;
    int pipe[2];
    void (*crashed)(void *arg);
    void *crashed_arg;
} restore = {.pipe = {-1, -1}};

/* ---- putting the terminal back -----------------------------------------------------------------
 */

/* Async-signal-safe. */
static void restore_now(void)
{
    if (!restore.active)
        return;
    restore.active = 0;
    (void)!write(STDOUT_FILENO, restore.bytes, restore.len);
    (void)tcsetattr(STDIN_FILENO, TCSANOW, &restore.modes);
}

static const int crashes[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL};
static struct sigaction crash_before[ARRAY_SIZE(crashes)];

void term_on_crash(void (*fn)(void *arg), void *arg)
{
    restore.crashed = fn;
    restore.crashed_arg = arg;
}

static void on_crash(int number)
{
    void (*crashed)(void *arg) = restore.crashed;

    restore_now();
    restore.crashed = NULL; /* once: who crashes in it has said enough */
    if (crashed)
        crashed(restore.crashed_arg);
    for (size_t i = 0; i < ARRAY_SIZE(crashes); i++)
        if (crashes[i] == number)
            (void)sigaction(number, &crash_before[i], NULL);
    /* Back to the faulting instruction, or this signal again: now with the handler of before. */
    (void)raise(number);
}

static void tell(char what)
{
    int code = errno;

    (void)!write(restore.pipe[1], &what, 1);
    errno = code;
}

static void on_signal(int number)
{
    tell(number == SIGWINCH ? 'w' : number == SIGTSTP ? 'z' : number == SIGCONT ? 'c' : 't');
}

static const int news[] = {SIGWINCH, SIGTSTP, SIGCONT, SIGTERM, SIGHUP, SIGINT, SIGQUIT};
static struct sigaction news_before[ARRAY_SIZE(news)];

static void install_handlers(struct terminal *t)
{
    struct sigaction crash = {.sa_handler = on_crash, .sa_flags = SA_ONSTACK | SA_NODEFER};
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    stack_t stack = {.ss_size = ALT_STACK};

    sigemptyset(&crash.sa_mask);
    sigemptyset(&action.sa_mask);
    /* A stack that has overflowed cannot run a handler. */
    stack.ss_sp = t->alt_stack = mem_alloc(ALT_STACK);
    (void)sigaltstack(&stack, NULL);
    for (size_t i = 0; i < ARRAY_SIZE(crashes); i++)
        (void)sigaction(crashes[i], &crash, &crash_before[i]);
    for (size_t i = 0; i < ARRAY_SIZE(news); i++)
        (void)sigaction(news[i], &action, &news_before[i]);
    mem_on_abort(restore_now);
}

static void remove_handlers(struct terminal *t)
{
    stack_t none = {.ss_flags = SS_DISABLE};

    for (size_t i = 0; i < ARRAY_SIZE(crashes); i++)
        (void)sigaction(crashes[i], &crash_before[i], NULL);
    for (size_t i = 0; i < ARRAY_SIZE(news); i++)
        (void)sigaction(news[i], &news_before[i], NULL);
    (void)sigaltstack(&none, NULL);
    free(t->alt_stack);
}

/* A terminfo string without its padding ("$<5>"): in a crash nobody waits for a line printer. */
static void add_capability(const char *name)
{
    const char *s = tigetstr(name);

    if (!s || s == (char *)-1)
        return;
    while (*s && restore.len < RESTORE_MAX - 1) {
        if (s[0] == '$' && s[1] == '<' && strchr(s, '>'))
            s = strchr(s, '>') + 1;
        else
            restore.bytes[restore.len++] = *s++;
    }
}

static void prepare_restore(void)
{
    restore.len = 0;
    add_capability("sgr0");
    add_capability("op");
    add_capability("rmkx");
    memcpy(restore.bytes + restore.len, PASTE_OFF, strlen(PASTE_OFF));
    restore.len += strlen(PASTE_OFF);
    add_capability("rmcup");
    /* Last, because leaving the alternate screen restores a cursor that may have been hidden. */
    restore.cursor = restore.len;
    add_capability("cnorm");
}

static void leave(struct terminal *t)
{
    term_emit(t, PASTE_OFF, strlen(PASTE_OFF));
    (void)endwin();
    term_emit(t, restore.bytes + restore.cursor, restore.len - restore.cursor);
    restore.active = 0;
}

/* ---- opening -----------------------------------------------------------------------------------
 */

static bool known(const char *name)
{
    int status;

    return name && *name && setupterm(name, STDOUT_FILENO, &status) == OK;
}

/* A jump host often lacks the entry of a newer terminal: nearly all speak one of these. */
static const char *choose_term(void)
{
    static const char *const near[] = {"xterm-256color", "xterm", "screen", "linux", "vt100"};
    const char *name = getenv("TERM");
    bool multiplexer = name && (text_has_prefix(name, "tmux") || text_has_prefix(name, "screen"));

    if (known(name))
        return name;
    if (multiplexer && known("screen-256color"))
        return "screen-256color";
    for (size_t i = multiplexer ? 2 : 0; i < ARRAY_SIZE(near); i++)
        if (known(near[i]))
            return near[i];
    return NULL;
}

static void set_modes(struct terminal *t)
{
    const char *no_color = getenv("NO_COLOR");

    (void)raw(); /* ^C and ^Z are keys; signals of others still arrive */
    (void)noecho();
    (void)nonl();
    (void)keypad(stdscr, TRUE);
    (void)nodelay(stdscr, TRUE);
    (void)meta(stdscr, TRUE);
    (void)curs_set(0);
    (void)leaveok(stdscr, FALSE);
    (void)set_escdelay(ESCAPE_MS);
    (void)typeahead(-1); /* keys are read by the loop: painting need not look for them */
    (void)define_key("\033[200~", KEY_MAX + 1);
    (void)define_key("\033[201~", KEY_MAX + 2);
    t->colours = 0;
    if (has_colors() && !(no_color && *no_color)) {
        (void)start_color();
        (void)use_default_colors();
        t->colours = COLORS;
    }
}

static void make_pairs(const struct terminal *t)
{
    for (int s = 0; t->colours && s < STYLE_COUNT; s++) {
        struct theme_look look = theme_look((enum style)s, t->colours);
        (void)init_pair((short)(s + 1), look.fg, look.bg);
    }
}

static void enter(struct terminal *t)
{
    term_emit(t, PASTE_ON, strlen(PASTE_ON));
    restore.active = 1;
    t->all = true;
}

/* LINES and COLUMNS are those of the terminal that some parent once had; they count where the
 * terminal itself does not say how large it is. */
static void trust_window(void)
{
    struct winsize size;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_row || !size.ws_col)
        return;
    use_env(FALSE);
    use_tioctl(TRUE);
}

struct terminal *term_open(struct err *err)
{
    struct terminal *t;
    const char *name, *cup;

    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        (void)err_set(err, ERR_IO, ENOTTY,
                      "the console needs a terminal; 'hycon check' and 'hycon get' need none");
        return NULL;
    }
    load_curses();
    name = choose_term();
    cup = name ? tigetstr("cup") : NULL;
    if (!cup || cup == (char *)-1) {
        (void)err_set(err, ERR_IO, 0,
                      "the terminal '%s' cannot place text; 'hycon check' and 'hycon get' can be "
                      "used on it",
                      getenv("TERM") ? getenv("TERM") : "");
        return NULL;
    }
    t = mem_alloc(sizeof(*t));
    (void)tcgetattr(STDIN_FILENO, &restore.modes);
    if (pipe2(restore.pipe, O_CLOEXEC | O_NONBLOCK))
        mem_die("unable to make a pipe");
    (void)del_curterm(cur_term); /* newterm() makes its own */
    if (!getenv("TERM") || strcmp(getenv("TERM"), name) != 0)
        log_add(LOG_WARN, "TERM '%s' is not known here: using '%s'",
                getenv("TERM") ? getenv("TERM") : "", name);
    trust_window();
    t->screen = newterm(name, stdout, stdin);
    if (!t->screen) {
        free(t);
        (void)err_set(err, ERR_IO, 0, "unable to use the terminal as '%s'", name);
        return NULL;
    }
    prepare_restore();
    t->utf8 = i18n_is_utf8();
    set_modes(t);
    make_pairs(t);
    canvas_init(&t->shown, 1, 1);
    getmaxyx(stdscr, t->h, t->w);
    install_handlers(t);
    enter(t);
    return t;
}

void term_close(struct terminal *t)
{
    if (!t)
        return;
    term_mouse(t, false);
    leave(t);
    remove_handlers(t);
    delscreen(t->screen);
    canvas_release(&t->shown);
    close(restore.pipe[0]);
    close(restore.pipe[1]);
    restore.pipe[0] = restore.pipe[1] = -1;
    free(t);
}

/* ---- size and signals --------------------------------------------------------------------------
 */

void term_size(const struct terminal *t, int *w, int *h)
{
    *w = t->w;
    *h = t->h;
}

bool term_resize(struct terminal *t)
{
    struct winsize size;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_row || !size.ws_col)
        return false;
    if (size.ws_col == t->w && size.ws_row == t->h)
        return false;
    (void)resizeterm(size.ws_row, size.ws_col);
    t->w = size.ws_col;
    t->h = size.ws_row;
    t->all = true;
    return true;
}

int term_signal_fd(const struct terminal *t)
{
    (void)t;
    return restore.pipe[0];
}

enum term_signal term_signal(struct terminal *t)
{
    char what;

    (void)t;
    if (read(restore.pipe[0], &what, 1) != 1)
        return TERM_SIGNAL_NONE;
    switch (what) {
    case 'w':
        return TERM_SIGNAL_RESIZE;
    case 'z':
        return TERM_SIGNAL_SUSPEND;
    case 'c':
        return TERM_SIGNAL_CONTINUE;
    default:
        return TERM_SIGNAL_END;
    }
}

/* The whole group stops, as the terminal's own ^Z would have it: a "make" or a shell script around
 * us must stop, too. The stop may be served by another thread, so SIGCONT is waited for; in an
 * orphaned group nobody stops, then the wait ends by itself. */
static void stop_group(void)
{
    struct sigaction plain = {.sa_handler = SIG_DFL}, ours;
    struct pollfd fd = {.fd = restore.pipe[0], .events = POLLIN};
    char what = 0;

    sigemptyset(&plain.sa_mask);
    (void)sigaction(SIGTSTP, &plain, &ours);
    (void)kill(0, SIGTSTP);
    while (what != 'c' && what != 't' && poll(&fd, 1, CONTINUE_MS) != 0)
        if (read(restore.pipe[0], &what, 1) != 1)
            what = 0;
    (void)sigaction(SIGTSTP, &ours, NULL);
    if (what == 't')
        tell('t');
}

static void come_back(struct terminal *t)
{
    (void)term_resize(t);
    (void)refresh();
    enter(t);
}

void term_suspend(struct terminal *t)
{
    leave(t);
    stop_group();
    (void)tcgetattr(STDIN_FILENO, &restore.modes); /* the shell may have others now */
    come_back(t);
}

void term_continue(struct terminal *t)
{
    struct termios now;

    if (tcgetattr(STDIN_FILENO, &now) == 0 && now.c_lflag & ICANON)
        restore.modes = now; /* a shell has had the terminal */
    leave(t);
    come_back(t);
}

/* ---- keys --------------------------------------------------------------------------------------
 */

static uint32_t mouse_key(int *x, int *y)
{
    MEVENT e;

    if (getmouse(&e) != OK)
        return 0;
    *x = e.x;
    *y = e.y;
    if (e.bstate & BUTTON4_PRESSED)
        return KEYCODE_WHEEL_UP;
    if (e.bstate & BUTTON5_PRESSED)
        return KEYCODE_WHEEL_DOWN;
    return e.bstate & (BUTTON1_PRESSED | BUTTON1_CLICKED) ? KEYCODE_CLICK : 0;
}

static uint32_t special_key(wint_t code)
{
    static const struct {
        int curses;
        uint32_t key;
    } keys[] = {
        {KEY_UP, KEYCODE_UP},
        {KEY_DOWN, KEYCODE_DOWN},
        {KEY_LEFT, KEYCODE_LEFT},
        {KEY_RIGHT, KEYCODE_RIGHT},
        {KEY_PPAGE, KEYCODE_PAGE_UP},
        {KEY_NPAGE, KEYCODE_PAGE_DOWN},
        {KEY_HOME, KEYCODE_HOME},
        {KEY_END, KEYCODE_END},
        {KEY_DC, KEYCODE_DELETE},
        {KEY_BACKSPACE, KEYCODE_BACKSPACE},
        {KEY_BTAB, KEYCODE_BACKTAB},
        {KEY_ENTER, KEYCODE_ENTER},
        {KEY_MAX + 1, KEYCODE_PASTE_BEGIN},
        {KEY_MAX + 2, KEYCODE_PASTE_END},
    };

    for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
        if (keys[i].curses == (int)code)
            return keys[i].key;
    if ((int)code >= KEY_F(1) && (int)code <= KEY_F(10))
        return KEYCODE_F1 + (uint32_t)((int)code - KEY_F(1));
    return 0;
}

uint32_t term_key(struct terminal *t, int *x, int *y)
{
    (void)t;
    for (;;) {
        wint_t ch = 0;
        int kind = get_wch(&ch);
        uint32_t key;
        if (kind == ERR)
            return 0;
        if (kind != KEY_CODE_YES) {
            if (ch) /* NUL is no key of ours */
                return (uint32_t)ch;
            continue;
        }
        key = ch == KEY_MOUSE ? mouse_key(x, y) : special_key(ch);
        if (key)
            return key;
    }
}

void term_mouse(struct terminal *t, bool on)
{
    (void)t;
    (void)mousemask(on ? BUTTON1_PRESSED | BUTTON1_CLICKED | BUTTON4_PRESSED | BUTTON5_PRESSED : 0,
                    NULL);
    (void)mouseinterval(0);
}

/* ---- painting ----------------------------------------------------------------------------------
 */

static attr_t attributes(const struct terminal *t, uint8_t style)
{
    struct theme_look look =
        theme_look((enum style)(style & ~(STYLE_SELECTED | STYLE_MARKED)), t->colours);
    unsigned a = theme_flags(style, look.attributes);

    return (a & THEME_BOLD ? A_BOLD : 0) | (a & THEME_DIM ? A_DIM : 0) |
           (a & THEME_UNDERLINE ? A_UNDERLINE : 0) | (a & THEME_REVERSE ? A_REVERSE : 0);
}

/* In a locale that is not UTF-8 curses can only take what that locale has. */
static wchar_t local_char(const struct terminal *t, uint32_t ch)
{
    if (t->utf8 || ch < 0x80)
        return (wchar_t)ch;
    if (ch == 0x2026)
        return L'~';
    return wctob((wint_t)ch) != EOF ? (wchar_t)ch : L'?';
}

static void put(const struct terminal *t, int x, int y, const struct canvas_cell *cell)
{
    wchar_t text[4] = {local_char(t, cell->ch), 0, 0, 0};
    short pair =
        t->colours ? (short)((cell->style & ~(STYLE_SELECTED | STYLE_MARKED)) + 1) : (short)0;
    cchar_t out;

    for (int i = 0, n = 1; t->utf8 && i < 2; i++)
        if (cell->mark[i])
            text[n++] = (wchar_t)cell->mark[i];
    if (setcchar(&out, text, attributes(t, cell->style), pair, NULL) == OK)
        (void)mvadd_wch(y, x, &out);
    /* Half a wide character that became one '?' leaves a cell to fill. */
    if (!t->utf8 && text_char_width(cell->ch) == 2)
        (void)mvaddch(y, x + 1, ' ');
}

static bool same(const struct canvas_cell *a, const struct canvas_cell *b)
{
    return a->ch == b->ch && a->style == b->style && a->mark[0] == b->mark[0] &&
           a->mark[1] == b->mark[1];
}

static void copy_cells(struct terminal *t, const struct canvas *c)
{
    if (t->shown.w != c->w || t->shown.h != c->h)
        canvas_resize(&t->shown, c->w, c->h);
    memcpy(t->shown.cells, c->cells, (size_t)c->w * (size_t)c->h * sizeof(*c->cells));
}

void term_show(struct terminal *t, const struct canvas *c, int x, int y)
{
    bool all = t->all || t->shown.w != c->w || t->shown.h != c->h;

    if (all)
        (void)clear();
    for (int row = 0; row < c->h; row++)
        for (int col = 0; col < c->w; col++) {
            const struct canvas_cell *cell = canvas_at(c, col, row);
            if (!all && same(cell, canvas_at(&t->shown, col, row)))
                continue;
            if (cell->ch)
                put(t, col, row, cell);
        }
    copy_cells(t, c);
    t->all = false;
    (void)curs_set(x >= 0);
    if (x >= 0)
        (void)move(y, x);
    (void)refresh();
}

void term_redraw(struct terminal *t)
{
    t->all = true;
    (void)clearok(stdscr, TRUE);
}

void term_emit(struct terminal *t, const char *bytes, size_t len)
{
    (void)t;
    (void)fflush(stdout);
    while (len) {
        ssize_t n = write(STDOUT_FILENO, bytes, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        bytes += n;
        len -= (size_t)n;
    }
}
