/* details: everything about one row: every value with its unit, age and source, the joins behind
 * it, and the last raw reply of its endpoint (secrets masked). */
#ifndef HYCON_TUI_DETAILS_H
#define HYCON_TUI_DETAILS_H

struct app;
struct strbuf;

void details_open(struct app *a);
/* Append @body with line breaks and indents when it is JSON or XML without them; text is kept. */
void details_pretty(struct strbuf *out, const char *body);

#endif
