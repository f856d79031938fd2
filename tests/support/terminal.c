#include "tests/support/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <utmp.h>
#include <vterm.h>

#include "core/clock.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"

#define LIMIT_MS 60000

struct terminal {
    int fd, w, h, status;
    pid_t child, program;
    bool ended, alternate, cursor;
    struct termios modes;
    VTerm *vt;
    VTermScreen *screen;
    struct strbuf text, raw, taken;
};

static int on_property(VTermProp prop, VTermValue *value, void *user)
{
    struct terminal *t = user;

    if (prop == VTERM_PROP_ALTSCREEN)
        t->alternate = value->boolean;
    if (prop == VTERM_PROP_CURSORVISIBLE)
        t->cursor = value->boolean;
    return 1;
}

static const VTermScreenCallbacks callbacks = {.settermprop = on_property};

/* ---- the child ---------------------------------------------------------------------------------
 */

/* As a shell with job control: the program is in a group of its own; when it stops, that is said
 * and it is continued; its end is ours. */
static int be_shell(const struct terminal_options *o, int report)
{
    struct termios modes; /* as a shell has them for itself */
    pid_t pid = fork();
    int status = 0;

    if (pid == 0) {
        (void)setpgid(0, 0);
        (void)signal(SIGTTOU, SIG_IGN);
        (void)tcsetpgrp(STDIN_FILENO, getpgrp());
        (void)signal(SIGTTOU, SIG_DFL);
        _exit(o->run(o->arg));
    }
    (void)setpgid(pid, pid);
    (void)tcgetattr(STDIN_FILENO, &modes);
    (void)!write(report, &pid, sizeof(pid));
    (void)signal(SIGTTOU, SIG_IGN);
    while (waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status)) {
        (void)tcsetpgrp(STDIN_FILENO, getpgrp());
        (void)tcsetattr(STDIN_FILENO, TCSADRAIN, &modes);
        (void)!write(STDOUT_FILENO, "[stopped]", 9);
        (void)tcsetpgrp(STDIN_FILENO, pid);
        (void)kill(-pid, SIGCONT);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void be_child(const struct terminal_options *o, int report)
{
    pid_t pid = getpid();

    (void)setenv("TERM", o->term ? o->term : "xterm-256color", 1);
    (void)unsetenv("LINES");
    (void)unsetenv("COLUMNS");
    (void)unsetenv("TMUX");
    (void)unsetenv("STY");
    if (o->shell)
        _exit(be_shell(o, report));
    (void)!write(report, &pid, sizeof(pid));
    _exit(o->run(o->arg));
}

struct terminal *terminal_start(const struct terminal_options *o)
{
    struct terminal *t = mem_alloc(sizeof(*t));
    struct winsize size = {.ws_col = (unsigned short)o->w, .ws_row = (unsigned short)o->h};
    int report[2], slave;

    t->w = o->w;
    t->h = o->h;
    t->cursor = true;
    strbuf_init(&t->text, 0);
    strbuf_init(&t->raw, 0);
    strbuf_init(&t->taken, 0);
    t->vt = vterm_new(o->h, o->w);
    vterm_set_utf8(t->vt, 1);
    t->screen = vterm_obtain_screen(t->vt);
    vterm_screen_enable_altscreen(t->screen, 1);
    vterm_screen_set_callbacks(t->screen, &callbacks, t);
    vterm_screen_reset(t->screen, 1);
    assert_int_equal(pipe2(report, O_CLOEXEC), 0);
    assert_int_equal(openpty(&t->fd, &slave, NULL, NULL, &size), 0);
    assert_int_equal(tcgetattr(slave, &t->modes), 0);
    (void)fflush(NULL);
    t->child = fork();
    if (t->child == 0) {
        close(t->fd);
        (void)login_tty(slave);
        be_child(o, report[1]);
    }
    close(slave);
    assert_int_equal(read(report[0], &t->program, sizeof(t->program)), sizeof(t->program));
    close(report[0]);
    close(report[1]);
    return t;
}

void terminal_free(struct terminal *t)
{
    if (!t->ended) {
        (void)kill(t->program, SIGKILL);
        (void)waitpid(t->child, NULL, 0);
    }
    if (t->fd >= 0)
        close(t->fd);
    vterm_free(t->vt);
    strbuf_release(&t->text);
    strbuf_release(&t->raw);
    strbuf_release(&t->taken);
    free(t);
}

/* ---- in and out --------------------------------------------------------------------------------
 */

/* False: nothing came within @ms, or the other side is gone. */
static bool take(struct terminal *t, int ms)
{
    struct pollfd fd = {.fd = t->fd, .events = POLLIN};
    char buf[4096];
    ssize_t n;

    if (poll(&fd, 1, ms) <= 0)
        return false;
    n = read(t->fd, buf, sizeof(buf));
    if (n <= 0)
        return false;
    strbuf_add(&t->raw, buf, (size_t)n);
    vterm_input_write(t->vt, buf, (size_t)n);
    return true;
}

void terminal_type(struct terminal *t, const char *bytes, size_t len)
{
    while (len) {
        ssize_t n = write(t->fd, bytes, len > 256 ? 256 : len);
        assert_true(n > 0);
        bytes += n;
        len -= (size_t)n;
        while (take(t, 0)) /* what is written to a screen that nobody reads blocks */
            ;
    }
}

void terminal_keys(struct terminal *t, const char *keys)
{
    terminal_type(t, keys, strlen(keys));
}

void terminal_resize(struct terminal *t, int w, int h)
{
    struct winsize size = {.ws_col = (unsigned short)w, .ws_row = (unsigned short)h};

    t->w = w;
    t->h = h;
    vterm_set_size(t->vt, h, w);
    assert_int_equal(ioctl(t->fd, TIOCSWINSZ, &size), 0);
}

pid_t terminal_pid(const struct terminal *t)
{
    return t->program;
}

void terminal_hang_up(struct terminal *t)
{
    close(t->fd);
    t->fd = -1;
}

/* ---- looking -----------------------------------------------------------------------------------
 */

const char *terminal_text(struct terminal *t)
{
    strbuf_reset(&t->text);
    for (int y = 0; y < t->h; y++) {
        size_t end = t->text.len;
        for (int x = 0; x < t->w; x++) {
            VTermScreenCell cell;
            if (!vterm_screen_get_cell(t->screen, (VTermPos){y, x}, &cell))
                continue;
            if (cell.chars[0] == (uint32_t)-1)
                continue; /* the right half of a wide character */
            if (!cell.chars[0])
                strbuf_addch(&t->text, ' ');
            for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i]; i++)
                text_encode(&t->text, cell.chars[i]);
            if (cell.chars[0] && cell.chars[0] != ' ')
                end = t->text.len;
        }
        strbuf_setlen(&t->text, end);
        strbuf_addch(&t->text, '\n');
    }
    return t->text.buf;
}

bool terminal_has(struct terminal *t, const char *text)
{
    return strstr(terminal_text(t), text) != NULL;
}

void terminal_wait(struct terminal *t, const char *text)
{
    int64_t begin = clock_mono_ms();

    while (!terminal_has(t, text)) {
        if (clock_mono_ms() - begin > LIMIT_MS) {
            (void)fprintf(stderr, "the terminal lacks '%s':\n%s\n", text, terminal_text(t));
            fail();
        }
        if (!take(t, 1000) && clock_mono_ms() - begin > LIMIT_MS)
            continue;
    }
}

size_t terminal_listen(struct terminal *t, int ms)
{
    size_t before = t->raw.len;
    int64_t end = clock_mono_ms() + ms;

    for (int64_t left = ms; left > 0; left = end - clock_mono_ms())
        (void)take(t, (int)left);
    return t->raw.len - before;
}

const char *terminal_raw(struct terminal *t, size_t *len)
{
    strbuf_reset(&t->taken);
    strbuf_add(&t->taken, t->raw.buf, t->raw.len);
    strbuf_reset(&t->raw);
    *len = t->taken.len;
    return t->taken.buf;
}

bool terminal_in_alternate(const struct terminal *t)
{
    return t->alternate;
}

bool terminal_cursor_visible(const struct terminal *t)
{
    return t->cursor;
}

bool terminal_any_colour(struct terminal *t)
{
    for (int y = 0; y < t->h; y++)
        for (int x = 0; x < t->w; x++) {
            VTermScreenCell cell;
            if (!vterm_screen_get_cell(t->screen, (VTermPos){y, x}, &cell))
                continue;
            if (!VTERM_COLOR_IS_DEFAULT_FG(&cell.fg) || !VTERM_COLOR_IS_DEFAULT_BG(&cell.bg))
                return true;
        }
    return false;
}

bool terminal_modes_restored(const struct terminal *t)
{
    struct termios now;

    if (tcgetattr(t->fd, &now))
        return false;
    return now.c_lflag == t->modes.c_lflag && now.c_iflag == t->modes.c_iflag &&
           now.c_oflag == t->modes.c_oflag;
}

int terminal_end(struct terminal *t)
{
    int64_t begin = clock_mono_ms();

    while (waitpid(t->child, &t->status, WNOHANG) != t->child) {
        if (clock_mono_ms() - begin > LIMIT_MS) {
            (void)fprintf(stderr, "it does not end:\n%s\n", terminal_text(t));
            fail();
        }
        if (t->fd >= 0)
            (void)take(t, 20);
        else
            (void)poll(NULL, 0, 20);
    }
    t->ended = true;
    while (t->fd >= 0 && take(t, 0))
        ;
    return t->status;
}
