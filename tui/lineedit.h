/* lineedit: one line of text under the cursor, with the usual keys. UTF-8; nothing typed is folded
 * or interpreted. */
#ifndef HYCON_TUI_LINEEDIT_H
#define HYCON_TUI_LINEEDIT_H

#include "core/canvas.h"
#include "core/strbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINEEDIT_MAX 1024 /* bytes */

struct lineedit {
    struct strbuf text;
    size_t at;   /* byte offset of the cursor, always between characters */
    bool secret; /* nothing is shown, the buffer is wiped */
};

void lineedit_init(struct lineedit *e, bool secret);
void lineedit_release(struct lineedit *e);
void lineedit_set(struct lineedit *e, const char *text);
/* False: the key means nothing here. *changed: the text is another one. */
bool lineedit_key(struct lineedit *e, uint32_t key, bool *changed);
/* Draw in @cells at (x, y), scrolled so that the cursor is seen; returns the cursor's x. */
int lineedit_draw(const struct lineedit *e, struct canvas *c, int x, int y, int cells);

#endif
