/* Endpoints: the console's own state: which managers answer, how fast, and what is wrong. */
#include "views/views.h"

#include <string.h>

#include "core/i18n.h"
#include "model/tables.h"

/* Worst first: what a person must act on, then what is failing, then the rest. */
static int badness(const struct rows_item *row)
{
    static const char *const order[] = {"denied", "failed", "partial", "stale", "never", "ok"};
    const char *word = row_str(row->row, ENDPOINTS_FRESHNESS);

    for (size_t i = 0; word && i < sizeof(order) / sizeof(order[0]); i++)
        if (strcmp(word, order[i]) == 0)
            return (int)i;
    return 99;
}

static int worst_first(const struct rows_item *a, const struct rows_item *b)
{
    return badness(a) - badness(b);
}

static enum severity judge(const struct view_input *in, const struct rows_item *row)
{
    const struct column *col = &table_endpoints.columns[ENDPOINTS_FRESHNESS];

    (void)in;
    return cell_severity(col, &row->row->cells[ENDPOINTS_FRESHNESS]);
}

static const struct view_column columns[] = {
    {.column = ENDPOINTS_SITE, .min = 5, .max = 20, .weight = 70},
    {.column = ENDPOINTS_ENDPOINT, .min = 8, .max = 32, .weight = 100},
    {.column = ENDPOINTS_KIND, .min = 5, .max = 8, .weight = 80},
    {.column = ENDPOINTS_FRESHNESS, .title = "state", .min = 7, .max = 11, .weight = 100},
    {.column = ENDPOINTS_TAKEN_AT,
     .title = "age",
     .min = 4,
     .max = 7,
     .weight = 90,
     .flags = VIEW_AGE | VIEW_RIGHT},
    {.column = ENDPOINTS_LATENCY_MS, .title = "latency", .min = 7, .max = 9, .weight = 50},
    {.column = ENDPOINTS_REQUESTS_PER_MIN, .title = "req/min", .min = 7, .max = 8, .weight = 40},
    {.column = ENDPOINTS_THROTTLED, .min = 9, .max = 9, .weight = 30},
    {.column = ENDPOINTS_VERSION, .min = 7, .max = 16, .weight = 20},
    {.column = ENDPOINTS_ERROR_KIND, .title = "error", .min = 6, .max = 11, .weight = 60},
    {.column = ENDPOINTS_MESSAGE, .min = 12, .max = 0, .weight = 95},
    {.column = ENDPOINTS_URL, .max = 60, .flags = VIEW_WIDE},
    {.column = ENDPOINTS_CREDENTIAL, .max = 30, .flags = VIEW_WIDE},
    {.column = ENDPOINTS_NEXT_RETRY_AT, .max = 24, .flags = VIEW_WIDE},
    {.column = ENDPOINTS_CERT_EXPIRES_AT, .max = 24, .flags = VIEW_WIDE},
};

static const struct view_table table = {
    .schema = &table_endpoints,
    .columns = columns,
    .ncolumns = sizeof(columns) / sizeof(columns[0]),
    .sort = -1,
    .order = worst_first,
    .judge = judge,
    .empty = N_("No endpoint is configured."),
};

static const struct view_table *const tables[] = {&table, NULL};
static const struct schema *const focus[] = {&table_endpoints, NULL};
static const char *const aliases[] = {"ep", "sources", NULL};

const struct view view_endpoints = {
    .name = "endpoints",
    .aliases = aliases,
    .title = N_("Endpoints"),
    .about = N_("which managers answer, how fast, and what is wrong with the others"),
    .focus = focus,
    .tables = tables,
};
