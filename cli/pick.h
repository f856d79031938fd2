/* pick: words of the command line to tables and columns, with "did you mean", and which tables a
 * run of the engine must read for them. */
#ifndef HYCON_CLI_PICK_H
#define HYCON_CLI_PICK_H

#include "cli/cli.h"
#include "core/table.h"
#include "model/view.h"

#define PICK_TABLES_MAX VIEW_TABLES_MAX

/* NULL after saying that there is no such table. @verb for the line about help. */
const struct schema *pick_table(const char *verb, const char *name);
/* "a,b": *n tables into @out (PICK_TABLES_MAX). 0 or CLI_USAGE. */
int pick_tables(const char *verb, const char *names, const struct schema **out, size_t *n);
/* Index of one column; -1 after saying that there is none. */
int pick_column(const char *verb, const struct schema *s, const char *name);
/* "a,b" to column indexes of @s into @out (at most s->ncolumns). 0 or CLI_USAGE. */
int pick_columns(const char *verb, const struct schema *s, const char *names, int *out,
                 unsigned *n);

/* Can an endpoint in the scope of @o serve the table? */
bool pick_is_served(const struct cli_options *o, const struct config *c, const struct schema *s);
/* What must be read for @wanted, as inputs_list() (model/inputs.h) says, into @out. False:
 * everything must be read. */
bool pick_inputs(const struct config *c, const struct schema *const *wanted, size_t n,
                 const struct schema **out);

#endif
