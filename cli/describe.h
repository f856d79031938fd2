/* describe: a column's type and unit in words, for `hycon tables` and the manual page. */
#ifndef HYCON_CLI_DESCRIBE_H
#define HYCON_CLI_DESCRIBE_H

#include "core/table.h"

const char *describe_type(enum cell_type t);
/* How the value is written in JSON and CSV ("ms", "ISO 8601 UTC"); NULL: nothing to say. */
const char *describe_unit(const struct column *c);

#endif
