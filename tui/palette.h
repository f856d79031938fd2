/* palette: the commands behind ':', declared once in a table; completion, help and the manual page
 * follow from it. Names of tabs are commands, too. */
#ifndef HYCON_TUI_PALETTE_H
#define HYCON_TUI_PALETTE_H

#include <stddef.h>

struct app;

struct palette_command {
    const char *name;
    const char *arguments; /* "[MINUTES]", or "" */
    const char *meaning;   /* N_() */
    /* @words: the rest of the line, split at blanks. */
    void (*run)(struct app *a, char **words, size_t n);
    /* What the argument may be: the @i-th candidate or NULL; NULL: no completion. */
    const char *(*complete)(const struct app *a, size_t i);
};

extern const struct palette_command palette_commands[]; /* ends with name NULL */

void palette_run(struct app *a, const char *line);
/* Candidates for the last word of @line, at most @max; each begins with it. Returns their number.
 * *from gets the offset of that word. */
size_t palette_complete(const struct app *a, const char *line, const char **out, size_t max,
                        size_t *from);

#endif
