/*
 * term: the terminal; tui/term.c is the only file that knows curses. A canvas is compared with the
 * one shown before and only changed cells are handed on. Whatever ends the program (exit, a crash,
 * a signal), the terminal is put back: by term_close(), or by handlers that use nothing but
 * write() and tcsetattr().
 */
#ifndef HYCON_TUI_TERM_H
#define HYCON_TUI_TERM_H

#include "core/canvas.h"
#include "core/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct terminal;

/* What signals say, read from term_signal_fd() by term_signal(). */
enum term_signal {
    TERM_SIGNAL_NONE,
    TERM_SIGNAL_RESIZE,
    TERM_SIGNAL_SUSPEND,
    TERM_SIGNAL_CONTINUE,
    TERM_SIGNAL_END
};

/* One terminal per process: standard input and output. NULL and @err: not a terminal, or one that
 * cannot place text. A TERM that is not in the terminfo database is replaced by a near one. */
struct terminal *term_open(struct err *err);
/* What a crash calls when the terminal is put back; NULL: nothing. From a signal handler. */
void term_on_crash(void (*fn)(void *arg), void *arg);
void term_close(struct terminal *t); /* NULL is fine */

void term_size(const struct terminal *t, int *w, int *h);
bool term_resize(struct terminal *t); /* ask the kernel; true: another size */
/* The next key, or 0: none. Never blocks (an escape sequence may take 25 ms). *x and *y: of a
 * click. */
uint32_t term_key(struct terminal *t, int *x, int *y);
/* Show @c; the cursor at (@x, @y), or hidden when @x < 0. */
void term_show(struct terminal *t, const struct canvas *c, int x, int y);
void term_redraw(struct terminal *t); /* the next term_show() draws everything */
void term_emit(struct terminal *t, const char *bytes, size_t len);
void term_mouse(struct terminal *t, bool on);
/* Leave the terminal, stop the process group, come back. */
void term_suspend(struct terminal *t);
/* After a stop that nobody could prepare for (SIGSTOP): a shell may have set the terminal for
 * itself meanwhile. In the background this stops the process, as everything there that would write
 * the modes of the terminal. */
void term_continue(struct terminal *t);

int term_signal_fd(const struct terminal *t);
enum term_signal term_signal(struct terminal *t);

#endif
