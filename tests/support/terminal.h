/*
 * terminal: a real pseudo-terminal with libvterm behind it, for the few tests that need one. The
 * program under test is a function that runs in a child. Waiting is for what appears on the screen,
 * with a limit that fails the test.
 */
#ifndef HYCON_TESTS_SUPPORT_TERMINAL_H
#define HYCON_TESTS_SUPPORT_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <termios.h>

struct terminal;

struct terminal_options {
    int w, h;
    const char *term;      /* TERM; NULL: xterm-256color */
    bool shell;            /* a process between, as a shell is: stops are seen and answered */
    int (*run)(void *arg); /* in the child; its result is the exit status */
    void *arg;
};

struct terminal *terminal_start(const struct terminal_options *o);
void terminal_free(struct terminal *t); /* ends what is still running */

void terminal_type(struct terminal *t, const char *bytes, size_t len);
void terminal_keys(struct terminal *t, const char *keys);
void terminal_resize(struct terminal *t, int w, int h);
pid_t terminal_pid(const struct terminal *t); /* of the program */
void terminal_hang_up(struct terminal *t);

/* Read until the screen has @text. */
void terminal_wait(struct terminal *t, const char *text);
bool terminal_has(struct terminal *t, const char *text);
/* The screen as text, lines without trailing blanks. Until the next call. */
const char *terminal_text(struct terminal *t);
/* Bytes that arrive within @ms. */
size_t terminal_listen(struct terminal *t, int ms);
/* Everything the program wrote since the last call. */
const char *terminal_raw(struct terminal *t, size_t *len);
bool terminal_in_alternate(const struct terminal *t);
bool terminal_cursor_visible(const struct terminal *t);
bool terminal_any_colour(struct terminal *t);
/* Are the modes of the line those of before the program? */
bool terminal_modes_restored(const struct terminal *t);
/* Wait for the end: the status as of waitpid(). */
int terminal_end(struct terminal *t);

#endif
