/* prompt: the line at the bottom for '/' (filter or search) and ':' (commands). It takes effect
 * while it is typed, says what is wrong while it is typed, and Esc puts back what was before. */
#ifndef HYCON_TUI_PROMPT_H
#define HYCON_TUI_PROMPT_H

struct app;
struct pager;

void prompt_open_filter(struct app *a);
void prompt_open_search(struct app *a, struct pager *p);
void prompt_open_palette(struct app *a, const char *text);

#endif
