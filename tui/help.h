/* help: made from the key table, the tabs and the palette, so it is never out of date. */
#ifndef HYCON_TUI_HELP_H
#define HYCON_TUI_HELP_H

struct app;
struct strbuf;

void help_open(struct app *a);
/* The keys as a manual page section (roff), English. */
void help_man_keys(struct strbuf *out);
/* The palette's commands likewise. */
void help_man_commands(struct strbuf *out);

#endif
