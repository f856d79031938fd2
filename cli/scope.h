/*
 * scope: what --site and --endpoint leave of a table.
 *
 * A row that several endpoints report is shown once, with the first of them (model/derive/merge.h):
 * --endpoint finds it by any that its column `via` names. Tables that hycon makes itself (findings,
 * timeline) have no endpoint of their own; what they stand on is the endpoints, so these are their
 * sources too.
 */
#ifndef HYCON_CLI_SCOPE_H
#define HYCON_CLI_SCOPE_H

#include "cli/cli.h"
#include "core/rows.h"
#include "model/estate.h"

/* Is @s made by hycon from whatever it reads, findings or timeline? */
bool scope_is_made(const struct schema *s);
/* Is the source of @s left? What hycon makes itself is left unless --endpoint is given. */
bool scope_has(const struct snapshot *s, const struct config *c, const struct cli_options *o);
/* rows_init() for the part of the table that is left. Valid as long as @e is. */
void scope_rows(struct rows *rows, const struct estate *e, const struct schema *s,
                const struct cli_options *o, struct filter *filter, int sort_col, bool reverse);
/* Say one line on standard error per source of @s that is left and not ok (unsupported ones are not
 * counted). Returns their number. */
unsigned scope_report(const struct estate *e, const struct schema *s, const struct cli_options *o);
/* An empty table stands for "nothing there": where nobody could offer it, say on standard error why
 * it is empty. */
void scope_explain_empty(const struct estate *e, const struct schema *s,
                         const struct cli_options *o);

#endif
