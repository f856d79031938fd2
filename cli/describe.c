#include "cli/describe.h"

#include <stddef.h>

const char *describe_type(enum cell_type t)
{
    static const char *const names[] = {
        [CELL_ABSENT] = "absent", [CELL_STR] = "string",        [CELL_INT] = "integer",
        [CELL_REAL] = "real",     [CELL_BOOL] = "bool",         [CELL_BYTES] = "bytes",
        [CELL_TIME] = "time",     [CELL_DURATION] = "duration", [CELL_STATE] = "state",
        [CELL_IP] = "ip",         [CELL_CIDR] = "cidr",         [CELL_LIST] = "list",
    };

    return names[t];
}

const char *describe_unit(const struct column *c)
{
    static const char *const names[] = {
        [UNIT_NONE] = NULL,         [UNIT_MS] = "ms",       [UNIT_S] = "s",
        [UNIT_PERCENT] = "percent", [UNIT_BYTES] = "bytes", [UNIT_PER_MIN] = "per minute",
        [UNIT_COUNT] = NULL,
    };

    if (c->type == CELL_TIME)
        return "ISO 8601 UTC";
    return c->type == CELL_BYTES ? "bytes" : names[c->unit];
}
