/* Routes: every route of the linked VPC's tables, one row each. Opened from the ENI tab. */
#include "views/views.h"

#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "model/tables.h"
#include "views/look.h"
#include "views/route_tables.h"

static enum severity severity_of(const struct row *r)
{
    return cell_severity(&table_routes.columns[ROUTES_VERDICT], &r->cells[ROUTES_VERDICT]);
}

static enum severity judge(const struct view_input *in, const struct rows_item *row)
{
    (void)in;
    return severity_of(row->row);
}

static double badness(const struct rows_item *row)
{
    return severity_of(row->row);
}

static double is_other(const struct rows_item *row)
{
    return look_is(row->row, ROUTES_VERDICT, "other");
}

static const struct rows_level worst_first[] = {
    {.number = badness, .reverse = true},
    {.number = is_other},
};

static enum style plain(const struct view_input *in, const struct rows_item *row, const char *arg)
{
    (void)in;
    (void)arg;
    return look_is(row->row, ROUTES_VERDICT, "other") ? STYLE_DIM : STYLE_NORMAL;
}

/* Where it leads; and where it should, when that is elsewhere. */
static void format_target(struct strbuf *out, const struct view_input *in,
                          const struct rows_item *row, const char *arg)
{
    const char *target = row_str(row->row, ROUTES_TARGET);
    const char *expected = row_str(row->row, ROUTES_EXPECTED_TARGET);

    (void)arg;
    if (!expected || look_same(target, expected)) {
        strbuf_addstr(out, target ? target : "-");
        return;
    }
    look_short_ids(out, in, target ? target : "-");
    strbuf_addstr(out, _(" should be "));
    look_short_ids(out, in, expected);
}

static bool enter(const struct view_input *in, const struct rows_item *row, struct view_target *out)
{
    const char *site = snapshot_site(row->snapshot);
    struct rows_item eni;

    if (!look_find(in, &table_enis, site, ENIS_ENI, row_str(row->row, ROUTES_TARGET), &eni))
        return false;
    *out = (struct view_target){.view = "eni", .table = table_enis.name};
    out->label = view_printf(in, _("ENI %s"), look_text(eni.row, ENIS_ENI));
    out->site = snapshot_site(eni.snapshot);
    out->endpoint = snapshot_endpoint(eni.snapshot);
    out->key = eni.row->key;
    return true;
}

static size_t related(const struct view_input *in, const struct rows_item *row,
                      struct view_target *out)
{
    const char *site = snapshot_site(row->snapshot);
    struct rows_item segment;
    size_t n = 0;

    n += enter(in, row, &out[n]);
    route_tables_target(in, site, look_text(row->row, ROUTES_ROUTE_TABLE), &out[n++]);
    if (look_find(in, &table_segments, site, SEGMENTS_SEGMENT, row_str(row->row, ROUTES_SEGMENT),
                  &segment)) {
        out[n] = (struct view_target){.view = "segments", .table = table_segments.name};
        out[n].label = view_printf(in, _("segment %s"), look_text(segment.row, SEGMENTS_SEGMENT));
        out[n].site = snapshot_site(segment.snapshot);
        out[n].endpoint = snapshot_endpoint(segment.snapshot);
        out[n++].key = segment.row->key;
    }
    return n;
}

static const struct view_column columns[] = {
    {.column = ROUTES_SITE, .min = 5, .max = 12, .weight = 50, .style = plain},
    {.column = ROUTES_VERDICT, .min = 10, .max = 10, .weight = 99},
    {.column = ROUTES_DESTINATION, .min = 15, .max = 22, .weight = 100, .style = plain},
    {.column = ROUTES_SEGMENT, .min = 10, .max = 30, .weight = 85, .style = plain},
    {.column = ROUTES_ROUTE_TABLE_NAME,
     .title = "table",
     .min = 10,
     .max = 24,
     .weight = 90,
     .style = plain},
    {.column = ROUTES_TARGET,
     .title = "leads to",
     .min = 34,
     .max = 56,
     .weight = 95,
     .format = format_target,
     .style = plain},
    {.column = ROUTES_STATE, .min = 9, .max = 9, .weight = 60},
    {.column = ROUTES_ROUTE_TABLE,
     .min = 21,
     .max = 22,
     .weight = 45,
     .style = plain,
     .flags = VIEW_ID},
    {.column = ROUTES_MANAGED, .min = 12, .max = 15, .weight = 30, .style = plain},
    {.column = ROUTES_PREFIX_LIST, .max = 22, .flags = VIEW_ID | VIEW_WIDE},
    {.column = ROUTES_SUBNETS, .max = 48, .flags = VIEW_WIDE},
    {.column = ROUTES_ORIGIN, .max = 28, .flags = VIEW_WIDE},
};

static const struct view_table table = {
    .schema = &table_routes,
    .columns = columns,
    .ncolumns = ARRAY_SIZE(columns),
    .sort = -1,
    .levels = worst_first,
    .nlevels = ARRAY_SIZE(worst_first),
    .judge = judge,
    .enter = enter,
    .related = related,
    .empty = N_("No route was read."),
};

static const struct view_table *const tables[] = {&table, NULL};
static const struct schema *const focus[] = {&table_routes, NULL};

const struct view view_routes = {
    .name = "routes",
    .title = N_("Routes"),
    .hidden = true,
    .about = N_("every route of the linked VPC's tables, and where it should lead"),
    .focus = focus,
    .tables = tables,
};
