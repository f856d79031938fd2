/* explain_ask: the dialog that asks from where to where (`e`), filled in from the selected row. */
#ifndef HYCON_TUI_EXPLAIN_ASK_H
#define HYCON_TUI_EXPLAIN_ASK_H

struct app;

void explain_ask_row(struct app *a);
/* Any may be NULL: not known; @site: all. */
void explain_ask_open(struct app *a, const char *source, const char *destination, const char *site);

#endif
