/* pager: lines of text in a pane that covers the body: details, help, the log. Lines are folded to
 * the width (or scrolled, after `w`); `/` searches, n and N go from match to match, y copies. */
#ifndef HYCON_TUI_PAGER_H
#define HYCON_TUI_PAGER_H

#include "core/canvas.h"
#include "tui/keys.h"

#include <stdbool.h>
#include <stddef.h>

struct app;
struct looking;
struct pager;

struct pager *pager_new(const char *title);
/* Append a line (or several, separated by newlines). Text is sanitised; it is folded at blanks, and
 * what is folded is indented as its line is. */
void pager_add(struct pager *p, enum style style, const char *text);
void pager_addf(struct pager *p, enum style style, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* One line with an indent of its own for what is folded. */
void pager_add_words(struct pager *p, enum style style, int indent, const char *text);
/* "name   value" with the names aligned; a folded value is indented. A name of PAGER_NAME_CELLS or
 * more moves its value to the right. */
#define PAGER_NAME_CELLS 24
void pager_pair(struct pager *p, const char *name, enum style style, const char *value);
/* Make the lines anew when there is a new estate: @fill is called on a pager emptied before. */
void pager_on_refresh(struct pager *p, void (*fill)(struct pager *p, struct app *a, void *arg),
                      void (*release)(void *arg), void *arg);
/* Lines from here on belong to the next item: the cursor goes from item to item, in the order in
 * which they are begun. pager_end_items(): lines from here on belong to none. */
void pager_begin_item(struct pager *p);
void pager_end_items(struct pager *p);
struct pager_item_ops {
    void (*fill)(struct pager *p, struct app *a, void *arg);
    /* A key on item @i of @n (n 0: there is none). True: taken; it may have closed the pager. */
    bool (*key)(void *arg, struct app *a, enum command cmd, size_t i, size_t n);
    void (*look)(void *arg, struct app *a, struct looking *out); /* see pane_ops */
    void (*release)(void *arg);
};
void pager_open_items(struct app *a, struct pager *p, const struct pager_item_ops *ops, void *arg);
/* The item with the cursor to the top of the screen. */
void pager_show_item(struct pager *p);
/* Is the topmost pane a pager with these? */
bool pager_is_of(const struct app *a, const struct pager_item_ops *ops);
/* Fill it anew, though the estate is the same. */
void pager_again(struct pager *p);
/* Show it; the console owns it from here on. */
void pager_open(struct app *a, struct pager *p);
/* For the search prompt. */
int pager_search(struct app *a, struct pager *p, const char *text, const char **why);

#endif
