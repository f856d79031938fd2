/* The loop that connects the app to a terminal: keys in, cells out, nothing in between waits. */
#include "tui/tui.h"

#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/mem.h"
#include "tui/app.h"
#include "tui/term.h"

#define KEYS_PER_TURN 256 /* then the screen is painted: pasted garbage must not freeze it */
#define WAIT_MAX_MS   1000

enum { FD_KEYS, FD_SIGNALS, FD_WAKE, FD_ROWS, FD_COUNT };

struct loop_state {
    struct app app;
    struct terminal *term;
    struct resolver *resolver;
    struct canvas canvas;
    bool paint, mouse, ended;
};

static void emit(void *arg, const char *bytes, size_t len)
{
    struct loop_state *l = arg;

    term_emit(l->term, bytes, len);
}

static void take_keys(struct loop_state *l)
{
    int x = 0, y = 0;
    uint32_t key;

    for (int i = 0; i < KEYS_PER_TURN && !l->app.quit; i++) {
        key = term_key(l->term, &x, &y);
        if (!key)
            return;
        if (key == KEYCODE_CLICK)
            app_click(&l->app, x, y);
        else
            app_key(&l->app, key);
        l->paint = true;
        /* What follows ^Z belongs to the shell. */
        if (l->app.suspend)
            return;
    }
}

static void take_signals(struct loop_state *l)
{
    enum term_signal s;

    while ((s = term_signal(l->term)) != TERM_SIGNAL_NONE) {
        l->paint = true;
        if (s == TERM_SIGNAL_RESIZE)
            (void)term_resize(l->term);
        else if (s == TERM_SIGNAL_SUSPEND)
            l->app.suspend = true;
        else if (s == TERM_SIGNAL_CONTINUE)
            term_continue(l->term);
        else
            l->ended = true;
    }
}

static void drain(int fd)
{
    char buf[256];

    while (read(fd, buf, sizeof(buf)) == (ssize_t)sizeof(buf))
        ;
}

static void paint(struct loop_state *l)
{
    int w, h;

    term_size(l->term, &w, &h);
    if (l->canvas.w != w || l->canvas.h != h)
        canvas_resize(&l->canvas, w, h);
    app_paint(&l->app, &l->canvas);
    if (l->app.redraw)
        term_redraw(l->term);
    l->app.redraw = false;
    term_show(l->term, &l->canvas, l->app.cursor_x, l->app.cursor_y);
    l->paint = false;
}

static void act(struct loop_state *l)
{
    if (l->app.suspend) {
        l->app.suspend = false;
        term_suspend(l->term);
        l->paint = true;
    }
    if (l->mouse != l->app.mouse) {
        l->mouse = l->app.mouse;
        term_mouse(l->term, l->mouse);
    }
}

static int wait_ms(const struct loop_state *l)
{
    int64_t left = app_next_change(&l->app) - clock_now_ms();

    return left < 0 ? 0 : left > WAIT_MAX_MS ? WAIT_MAX_MS : (int)left;
}

static void turn(struct loop_state *l)
{
    int wake = l->app.o->host->wake_fd;
    struct pollfd fds[FD_COUNT] = {
        [FD_KEYS] = {.fd = STDIN_FILENO, .events = POLLIN},
        [FD_SIGNALS] = {.fd = term_signal_fd(l->term), .events = POLLIN},
        [FD_WAKE] = {.fd = wake, .events = POLLIN},
        [FD_ROWS] = {.fd = resolver_fd(l->resolver), .events = POLLIN},
    };
    int n = poll(fds, FD_COUNT, wait_ms(l));

    if (n == 0)
        l->paint = true; /* the clock has moved */
    if (fds[FD_SIGNALS].revents)
        take_signals(l);
    if (fds[FD_KEYS].revents & (POLLHUP | POLLERR | POLLNVAL))
        l->ended = true; /* the terminal is gone, also when it can still be read: that is its end */
    else if (fds[FD_KEYS].revents & POLLIN)
        take_keys(l);
    if (fds[FD_WAKE].revents)
        drain(wake);
    if (fds[FD_ROWS].revents) {
        drain(resolver_fd(l->resolver));
        l->paint = true;
    }
    if (app_poll(&l->app))
        l->paint = true;
    act(l);
    if (l->paint && !l->ended && !l->app.quit)
        paint(l);
}

/* The engine starts behind a screen that is there already and needs no second painting. */
static enum tui_end begin(struct loop_state *l, struct err *err)
{
    const struct tui_host *h = l->app.o->host;

    if (h->prepare && h->prepare(h->arg, err))
        return TUI_END_FAILED;
    (void)app_poll(&l->app);
    paint(l);
    if (h->started && h->started(h->arg, err))
        return TUI_END_FAILED;
    app_switch(&l->app, l->app.current); /* now there is an engine to be told what is visible */
    if (app_poll(&l->app))
        paint(l);
    return TUI_END_QUIT;
}

enum tui_end tui_run(const struct tui_options *o, struct err *err)
{
    struct loop_state *l = mem_alloc(sizeof(*l));
    enum tui_end end;

    term_on_crash(o->host->crashed, o->host->arg);
    l->term = term_open(err);
    if (!l->term) {
        free(l);
        return TUI_END_FAILED;
    }
    app_init(&l->app, o);
    l->resolver = resolver_new();
    app_set_resolver(&l->app, l->resolver);
    l->app.emit = emit;
    l->app.emit_arg = l;
    l->app.in_tmux = getenv("TMUX") && *getenv("TMUX");
    l->app.in_screen = !l->app.in_tmux && getenv("STY") && *getenv("STY");
    canvas_init(&l->canvas, 1, 1);
    end = begin(l, err);
    while (end != TUI_END_FAILED && !l->ended && !l->app.quit)
        turn(l);
    if (end != TUI_END_FAILED)
        end = l->app.quit ? TUI_END_QUIT : TUI_END_SIGNAL;
    app_release(&l->app);
    resolver_free(l->resolver);
    canvas_release(&l->canvas);
    term_close(l->term);
    free(l);
    return end;
}
