/* pager: lines of text in a pane that covers the body: details, help, the log. Lines are folded to
 * the width (or scrolled, after `w`); `/` searches, n and N go from match to match, y copies. */
#ifndef HYCON_TUI_PAGER_H
#define HYCON_TUI_PAGER_H

#include "core/canvas.h"

#include <stddef.h>

struct app;
struct pager;

struct pager *pager_new(const char *title);
/* Append a line (or several, separated by newlines). Text is sanitised. */
void pager_add(struct pager *p, enum style style, const char *text);
void pager_addf(struct pager *p, enum style style, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* "name   value" with the names aligned; a folded value is indented. */
void pager_pair(struct pager *p, const char *name, enum style style, const char *value);
/* Make the lines anew when there is a new estate: @fill is called on a pager emptied before. */
void pager_on_refresh(struct pager *p, void (*fill)(struct pager *p, struct app *a, void *arg),
                      void (*release)(void *arg), void *arg);
/* Show it; the console owns it from here on. */
void pager_open(struct app *a, struct pager *p);
/* For the search prompt. */
int pager_search(struct app *a, struct pager *p, const char *text, const char **why);

#endif
