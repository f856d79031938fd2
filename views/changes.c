/*
 * Changes: what happened, newest first. Entries of one failover follow from its first one: "after"
 * is the time since that. A poll sees a change later than it was: "+-" is by how much at most.
 */
#include "views/timeline_table.h"
#include "views/views.h"

#include <string.h>

#include "core/fmt.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "model/tables.h"
#include "views/look.h"
#include "views/route_tables.h"

/* ---- words --------------------------------------------------------------------------------------
 */

static const struct {
    const char *kind, *words;
    bool failover; /* shown on the ENI tab */
    bool bad;
} kinds[] = {
    /* In the order in which one follows from the other. */
    {"host_state", N_("host state"), true, false},
    {"edge_status", N_("edge status"), true, false},
    {"edge_moved", N_("edge moved"), true, false},
    {"active_edge", N_("active edge"), true, false},
    {"active_eni", N_("active ENI"), true, false},
    {"route_table", N_("table followed"), true, false},
    {"route_table_partial", N_("table begins"), true, false},
    {"route_table_late", N_("table LATE"), true, true},
    {"segment_added", N_("segment added"), false, false},
    {"segment_removed", N_("segment removed"), false, false},
    {"segment_changed", N_("segment changed"), false, false},
};

static int kind_of(const struct row *r)
{
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
        if (look_is(r, TIMELINE_KIND, kinds[i].kind))
            return (int)i;
    return -1;
}

static void format_kind(struct strbuf *out, const struct view_input *in,
                        const struct rows_item *row, const char *arg)
{
    int k = kind_of(row->row);

    (void)in;
    (void)arg;
    strbuf_addstr(out, k >= 0 ? _(kinds[k].words) : look_text(row->row, TIMELINE_KIND));
}

static enum style kind_style(const struct view_input *in, const struct rows_item *row,
                             const char *arg)
{
    int k = kind_of(row->row);

    (void)in;
    (void)arg;
    return k >= 0 && kinds[k].bad ? STYLE_CRITICAL : STYLE_NORMAL;
}

static void format_change(struct strbuf *out, const struct view_input *in,
                          const struct rows_item *row, const char *arg)
{
    const char *from = row_str(row->row, TIMELINE_FROM), *to = row_str(row->row, TIMELINE_TO);
    const char *detail = row_str(row->row, TIMELINE_DETAIL);

    (void)arg;
    if (from)
        look_short_ids(out, in, from);
    if (from || to)
        strbuf_addstr(out, from ? " -> " : "-> ");
    if (to || from)
        look_short_ids(out, in, to ? to : "-");
    if (detail)
        strbuf_addf(out, from || to ? " (%s)" : "%s", detail);
}

static void format_subject(struct strbuf *out, const struct view_input *in,
                           const struct rows_item *row, const char *arg)
{
    (void)arg;
    look_short_ids(out, in, look_text(row->row, TIMELINE_SUBJECT));
}

static void format_delay(struct strbuf *out, const struct view_input *in,
                         const struct rows_item *row, const char *arg)
{
    int64_t ms;

    (void)in;
    (void)arg;
    if (!row_int(row->row, TIMELINE_DELAY_MS, &ms))
        return;
    strbuf_addstr(out, "+");
    if (ms < 1000)
        strbuf_addf(out, "%llds", (long long)((ms + 500) / 1000));
    else
        fmt_duration(out, (ms + 500) / 1000 * 1000);
}

static void format_error(struct strbuf *out, const struct view_input *in,
                         const struct rows_item *row, const char *arg)
{
    static const struct {
        const char *name;
        int64_t ms, limit_ms;
    } units[] = {
        {"d", 86400000, 99 * 3600000LL},
        {"h", 3600000, 99 * 60000},
        {"m", 60000, 99000},
        {"s", 1000, 0},
    };
    int64_t ms;

    (void)in;
    (void)arg;
    if (!row_int(row->row, TIMELINE_ERROR_BAR_MS, &ms))
        return;
    /* One unit, rounded up: it was at most by so much. */
    for (size_t i = 0; i < ARRAY_SIZE(units); i++)
        if (ms > units[i].limit_ms || i + 1 == ARRAY_SIZE(units)) {
            strbuf_addf(out, "+-%lld%s", (long long)((ms + units[i].ms - 1) / units[i].ms),
                        units[i].name);
            return;
        }
}

/* ---- where it leads -----------------------------------------------------------------------------
 */

static bool point(const struct view_input *in, const struct schema *s, unsigned col,
                  const char *view, const char *site, const char *text, struct view_target *out)
{
    struct rows_item row;

    if (!look_find(in, s, site, col, text, &row))
        return false;
    *out = (struct view_target){.view = view, .table = s->name, .label = text};
    out->site = snapshot_site(row.snapshot);
    out->endpoint = snapshot_endpoint(row.snapshot);
    out->key = row.row->key;
    return true;
}

static bool enter(const struct view_input *in, const struct rows_item *row, struct view_target *out)
{
    const char *site = snapshot_site(row->snapshot);
    const char *subject = look_text(row->row, TIMELINE_SUBJECT);
    const char *to = row_str(row->row, TIMELINE_TO);
    size_t id = strcspn(subject, " ");
    char *bare = view_printf(in, "%.*s", (int)id, subject);

    if (strncmp(look_text(row->row, TIMELINE_KIND), "route_table", 11) == 0) {
        route_tables_target(in, site, bare, out);
        return true;
    }
    return point(in, &table_enis, ENIS_ENI, "eni", site, to, out) ||
           point(in, &table_edges, EDGES_EDGE, "edges", site, to, out) ||
           point(in, &table_edges, EDGES_EDGE, "edges", site, subject, out) ||
           point(in, &table_hosts, HOSTS_HOST, "hosts", site, subject, out) ||
           point(in, &table_segments, SEGMENTS_SEGMENT, "segments", site, subject, out);
}

static bool is_failover(const struct view_input *in, const struct rows_item *row)
{
    int k = kind_of(row->row);

    (void)in;
    return k >= 0 && kinds[k].failover;
}

/* What happened in the same moment: the cause below what followed from it. */
static int newest_first(const struct rows_item *a, const struct rows_item *b)
{
    int64_t x = 0, y = 0, after_x = -1, after_y = -1;

    (void)row_int(a->row, TIMELINE_AT, &x);
    (void)row_int(b->row, TIMELINE_AT, &y);
    if (x != y)
        return x > y ? -1 : 1;
    (void)row_int(a->row, TIMELINE_DELAY_MS, &after_x);
    (void)row_int(b->row, TIMELINE_DELAY_MS, &after_y);
    if (after_x != after_y)
        return after_x > after_y ? -1 : 1;
    return kind_of(b->row) - kind_of(a->row);
}

/* ---- tables -------------------------------------------------------------------------------------
 */

#define COLUMN_AT                                                                  \
    {                                                                              \
        .column = TIMELINE_AT, .title = "time", .min = 8, .max = 23, .weight = 100 \
    }
#define COLUMN_SITE                                                \
    {                                                              \
        .column = TIMELINE_SITE, .min = 5, .max = 12, .weight = 50 \
    }
#define COLUMN_DELAY(heavy)                                                                 \
    {                                                                                       \
        .column = TIMELINE_DELAY_MS, .title = "after", .min = 7, .max = 8, .weight = heavy, \
        .flags = VIEW_RIGHT, .format = format_delay                                         \
    }
#define COLUMN_ERROR                                                                      \
    {                                                                                     \
        .column = TIMELINE_ERROR_BAR_MS, .title = "+-", .min = 6, .max = 6, .weight = 60, \
        .flags = VIEW_RIGHT, .format = format_error                                       \
    }
#define COLUMN_KIND                                                                   \
    {                                                                                 \
        .column = TIMELINE_KIND, .title = "what", .min = 14, .max = 22, .weight = 95, \
        .format = format_kind, .style = kind_style                                    \
    }
#define COLUMN_SUBJECT                                                                           \
    {                                                                                            \
        .column = TIMELINE_SUBJECT, .min = 11, .max = 44, .weight = 85, .format = format_subject \
    }
#define COLUMN_CHANGE(cells)                                                            \
    {                                                                                   \
        .column = TIMELINE_TO, .title = "change", .min = cells, .max = 0, .weight = 92, \
        .format = format_change                                                         \
    }

static const struct view_column failover_columns[] = {
    COLUMN_AT,   COLUMN_SITE,    COLUMN_DELAY(90),  COLUMN_ERROR,
    COLUMN_KIND, COLUMN_SUBJECT, COLUMN_CHANGE(16),
};

const struct view_table view_table_failover = {
    .schema = &table_timeline,
    .title = N_("Failover timeline"),
    .columns = failover_columns,
    .ncolumns = ARRAY_SIZE(failover_columns),
    .sort = -1,
    .order = newest_first,
    .keep = is_failover,
    .enter = enter,
    .empty = N_("No failover was seen."),
    .share = 2,
};

static const struct view_column change_columns[] = {
    COLUMN_AT,
    COLUMN_SITE,
    COLUMN_DELAY(45), /* the timeline of the ENI tab has it at every width */
    COLUMN_KIND,
    COLUMN_SUBJECT,
    COLUMN_CHANGE(27), /* "eni-…ab0002 -> eni-…ab0004": both ends */
    {.column = TIMELINE_USER, .title = "who", .min = 5, .max = 24, .weight = 91},
    {.column = TIMELINE_ORIGIN, .min = 8, .max = 8, .weight = 40},
    COLUMN_ERROR,
};

static const struct view_table everything = {
    .schema = &table_timeline,
    .title = N_("Changes"),
    .columns = change_columns,
    .ncolumns = ARRAY_SIZE(change_columns),
    .sort = -1,
    .order = newest_first,
    .enter = enter,
    .empty = N_("Nothing has changed since hycon has watched, and no manager reports anything."),
};

static const struct view_table *const tables[] = {&everything, NULL};
static const char *const aliases[] = {"timeline", NULL};

const struct view view_changes = {
    .name = "changes",
    .aliases = aliases,
    .title = N_("Changes"),
    .hidden = true,
    .about = N_("what changed, newest first, and who did it where a manager says so"),
    .tables = tables,
};
