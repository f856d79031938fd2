/* Changes: what happened, newest first, with who did it where a manager says so. */
#include "views/views.h"

#include "core/i18n.h"
#include "model/tables.h"

static const struct view_column columns[] = {
    {.column = TIMELINE_AT, .min = 8, .max = 24, .weight = 100},
    {.column = TIMELINE_SITE, .min = 5, .max = 16, .weight = 50},
    {.column = TIMELINE_KIND, .min = 11, .max = 24, .weight = 90},
    {.column = TIMELINE_SUBJECT, .min = 14, .max = 44, .weight = 95},
    {.column = TIMELINE_FROM, .min = 10, .max = 28, .weight = 96, .flags = VIEW_ID},
    {.column = TIMELINE_TO, .min = 10, .max = 28, .weight = 97, .flags = VIEW_ID},
    {.column = TIMELINE_DELAY_MS, .title = "after", .min = 5, .max = 8, .weight = 60},
    {.column = TIMELINE_ERROR_BAR_MS, .title = "+-", .min = 4, .max = 7, .weight = 40},
    {.column = TIMELINE_USER, .min = 6, .max = 24, .weight = 70},
    {.column = TIMELINE_ORIGIN, .min = 8, .max = 8, .weight = 45},
    {.column = TIMELINE_DETAIL, .max = 80, .flags = VIEW_WIDE},
    {.column = TIMELINE_CAUSE, .max = 40, .flags = VIEW_WIDE},
};

static const struct view_table table = {
    .schema = &table_timeline,
    .columns = columns,
    .ncolumns = sizeof(columns) / sizeof(columns[0]),
    .sort = TIMELINE_AT,
    .reverse = true,
    .empty = N_("Nothing has changed since hycon watches."),
};

static const struct view_table *const tables[] = {&table, NULL};
static const char *const aliases[] = {"timeline", NULL};

const struct view view_changes = {
    .name = "changes",
    .aliases = aliases,
    .title = N_("Changes"),
    .hidden = true,
    .about = N_("what changed, newest first, with who"),
    .tables = tables,
};
