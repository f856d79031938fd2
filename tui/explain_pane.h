/* explain_pane: why a packet passes, or does not, as a pager over the tab (":explain"). It is told
 * anew when the tables behind it change; what is still being read is said first. */
#ifndef HYCON_TUI_EXPLAIN_PANE_H
#define HYCON_TUI_EXPLAIN_PANE_H

#include "core/err.h"

struct app;

/* Ends are names of VMs or addresses: "web-1", "10.0.0.2:443/tcp". -1 and @err when they cannot be
 * read; nothing is opened then. @site NULL or "": all. */
int explain_pane_open(struct app *a, const char *source, const char *destination, const char *site,
                      struct err *err);
/* Close the topmost pane when it is one. */
void explain_pane_close(struct app *a);

#endif
