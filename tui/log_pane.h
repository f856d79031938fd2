/* log_pane: what hycon did and what went wrong, newest last. */
#ifndef HYCON_TUI_LOG_PANE_H
#define HYCON_TUI_LOG_PANE_H

struct app;

void log_pane_open(struct app *a);

#endif
