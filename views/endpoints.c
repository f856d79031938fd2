/* Endpoints: the console's own state: which managers answer, how fast, and what is wrong. */
#include "views/views.h"

#include <string.h>

#include "core/fmt.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "model/tables.h"
#include "views/look.h"

/* Worst first: what a person must act on, then what is failing, then the rest. */
static int badness(const struct rows_item *row)
{
    static const char *const order[] = {"denied", "failed", "partial", "stale", "never", "ok"};
    const char *word = row_str(row->row, ENDPOINTS_FRESHNESS);

    for (size_t i = 0; word && i < ARRAY_SIZE(order); i++)
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

/* ---- cells --------------------------------------------------------------------------------------
 */

/* Time until something: "in 12s", "31d"; "now" when it has come. */
static void add_until(struct strbuf *out, const struct view_input *in, int64_t at)
{
    if (at <= in->now)
        strbuf_addstr(out, _("now"));
    else
        fmt_age(out, in->now, at);
}

static void format_retry(struct strbuf *out, const struct view_input *in,
                         const struct rows_item *row, const char *arg)
{
    int64_t at;

    (void)arg;
    if (row_int(row->row, ENDPOINTS_NEXT_RETRY_AT, &at))
        add_until(out, in, at);
    else if (look_is(row->row, ENDPOINTS_FRESHNESS, "denied"))
        strbuf_addstr(out, "L"); /* the key: nothing is tried before a person acts */
    else
        strbuf_addch(out, '-');
}

static void format_cert(struct strbuf *out, const struct view_input *in,
                        const struct rows_item *row, const char *arg)
{
    int64_t at;

    (void)arg;
    if (!row_int(row->row, ENDPOINTS_CERT_EXPIRES_AT, &at))
        strbuf_addch(out, '-');
    else if (at <= in->now)
        strbuf_addstr(out, "EXPIRED");
    else
        add_until(out, in, at);
}

static enum style cert_style(const struct view_input *in, const struct rows_item *row,
                             const char *arg)
{
    int64_t at;

    (void)arg;
    return row_int(row->row, ENDPOINTS_CERT_EXPIRES_AT, &at) && at <= in->now ? STYLE_CRITICAL
                                                                              : STYLE_NORMAL;
}

static enum style throttled_style(const struct view_input *in, const struct rows_item *row,
                                  const char *arg)
{
    int64_t n;

    (void)in;
    (void)arg;
    return row_int(row->row, ENDPOINTS_THROTTLED, &n) && n > 0 ? STYLE_WARNING : STYLE_NORMAL;
}

/* ---- details ------------------------------------------------------------------------------------
 */

/* Every table of the endpoint with its age: what is missing behind one word. */
static void add_tables(struct strbuf *out, const struct view_input *in, const struct rows_item *row)
{
    const char *endpoint = look_text(row->row, ENDPOINTS_ENDPOINT);

    for (unsigned i = 0; i < tables_count; i++) {
        const struct snapshot *s = estate_snapshot(in->estate, tables_all[i],
                                                   look_text(row->row, ENDPOINTS_SITE), endpoint);
        if (!s || tables_all[i] == &table_endpoints)
            continue;
        strbuf_addf(out, "  %-16s %-8s ", tables_all[i]->name,
                    view_freshness_word(snapshot_freshness(s)));
        view_ago(out, in, snapshot_taken_at(s));
        strbuf_addf(out, Q_(snapshot_count(s), ", %zu row", ", %zu rows"), snapshot_count(s));
        if (snapshot_err(s)->msg[0])
            strbuf_addf(out, "  %s", snapshot_err(s)->msg);
        if (*snapshot_note(s))
            strbuf_addf(out, "  %s", snapshot_note(s));
        strbuf_addch(out, '\n');
    }
}

static void details(struct strbuf *out, const struct view_input *in, const struct rows_item *row)
{
    int64_t at;

    strbuf_addf(out, "%s: %s", look_text(row->row, ENDPOINTS_ENDPOINT),
                look_cell(in, &table_endpoints, row->row, ENDPOINTS_FRESHNESS));
    if (row_present(row->row, ENDPOINTS_MESSAGE))
        strbuf_addf(out, "  %s", look_text(row->row, ENDPOINTS_MESSAGE));
    strbuf_addch(out, '\n');
    if (row_int(row->row, ENDPOINTS_NEXT_RETRY_AT, &at) && at > in->now) {
        strbuf_addstr(out, _("tried again in "));
        add_until(out, in, at);
        strbuf_addch(out, '\n');
    } else if (look_is(row->row, ENDPOINTS_ERROR_KIND, "auth")) {
        strbuf_addstr(out, _("not tried again until a person acts: L logs in again\n"));
    } else if (look_is(row->row, ENDPOINTS_ERROR_KIND, "tls")) {
        strbuf_addstr(out, _("not tried again until a person acts: compare the fingerprints, "
                             "then T accepts\n"));
    }
    strbuf_addf(out, "\n%s\n", _("tables"));
    add_tables(out, in, row);
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
    {.column = ENDPOINTS_LATENCY_MS, .title = "latency", .min = 7, .max = 9, .weight = 82},
    {.column = ENDPOINTS_REQUESTS_PER_MIN, .title = "req/min", .min = 7, .max = 8, .weight = 40},
    {.column = ENDPOINTS_NEXT_RETRY_AT,
     .title = "retry",
     .min = 5,
     .max = 6,
     .weight = 75,
     .flags = VIEW_RIGHT,
     .format = format_retry},
    {.column = ENDPOINTS_THROTTLED, .min = 9, .max = 9, .weight = 30, .style = throttled_style},
    {.column = ENDPOINTS_ERROR_KIND, .title = "error", .min = 6, .max = 11, .weight = 45},
    {.column = ENDPOINTS_CERT_EXPIRES_AT,
     .title = "cert",
     .min = 4,
     .max = 8,
     .weight = 25,
     .flags = VIEW_RIGHT,
     .format = format_cert,
     .style = cert_style},
    {.column = ENDPOINTS_MESSAGE, .min = 24, .max = 0, .weight = 95},
    {.column = ENDPOINTS_VERSION, .min = 7, .max = 16, .weight = 20},
    {.column = ENDPOINTS_CREDENTIAL, .max = 24, .flags = VIEW_WIDE},
    {.column = ENDPOINTS_VIA, .max = 32, .flags = VIEW_WIDE},
    {.column = ENDPOINTS_URL, .max = 60, .flags = VIEW_WIDE},
    {.column = ENDPOINTS_TRANSPORT, .max = 40, .flags = VIEW_WIDE},
    {.column = ENDPOINTS_CLOCK_OFFSET_MS, .title = "clock", .max = 10, .flags = VIEW_WIDE},
    {.column = ENDPOINTS_LAST_OK_AT, .title = "last ok", .max = 24, .flags = VIEW_WIDE},
    {.column = ENDPOINTS_ROLE, .max = 24, .flags = VIEW_WIDE},
};

static const struct view_table table = {
    .schema = &table_endpoints,
    .columns = columns,
    .ncolumns = ARRAY_SIZE(columns),
    .sort = -1,
    .order = worst_first,
    .judge = judge,
    .details = details,
    .empty = N_("No endpoint is configured."),
};

static const struct view_table *const tables[] = {&table, NULL};
static const struct schema *const focus[] = {&table_endpoints, NULL};
static const char *const aliases[] = {"ep", "sources", NULL};

const struct view view_endpoints = {
    .name = "endpoints",
    .aliases = aliases,
    .title = N_("Endpoints"),
    .about = N_("which managers answer, how fast, what is wrong; age: of the oldest table of each"),
    .focus = focus,
    .tables = tables,
};
