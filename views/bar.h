/* bar: figures as lengths, in the cells of a table: text, so that they are copied and filtered like
 * any other. The number stands beside it: a length alone is for the eye. */
#ifndef HYCON_VIEWS_BAR_H
#define HYCON_VIEWS_BAR_H

#include "views/view.h"

/* Append a bar of @cells for 0..1; more is full. Eighths of a block, or '#' and '.' in ASCII. */
void bar_add(struct strbuf *out, const struct view_input *in, double fraction, unsigned cells);
/* Append the last @cells figures of a list, the lowest to the highest of them; nothing with fewer
 * than two: one figure has no course. */
void bar_spark(struct strbuf *out, const struct view_input *in, const struct cell_list *figures,
               unsigned cells);
/* The number in a cell of whatever kind; false: ABSENT or text. */
bool bar_number(const struct row *r, unsigned col, double *out);
/* Append "42%", "-" when it is not known. */
void bar_percent(struct strbuf *out, const struct row *r, unsigned col);

#endif
