/* copy: text to the clipboard of the reader's own terminal by OSC 52, also through tmux and screen.
 * Nothing is cut short: what does not fit is refused, and that is said. */
#ifndef HYCON_TUI_COPY_H
#define HYCON_TUI_COPY_H

#include <stdbool.h>
#include <stddef.h>

struct app;
struct strbuf;

/* Copy @text; @what names it in the message. */
void copy_text(struct app *a, const char *text, const char *what);
/* The full ids of the marked rows of the focused table, or of the selected one. */
void copy_rows(struct app *a);
/* The escape sequence for @text. False: longer than APP_COPY_MAX. */
bool copy_sequence(struct strbuf *out, const char *text, size_t len, bool tmux, bool screen);

#endif
