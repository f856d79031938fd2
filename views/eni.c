/*
 * ENI: which ENI and edge are active, and does every route table follow. The path is drawn above;
 * below it are the ENIs, the route tables, and what happened.
 */
#include "views/views.h"

#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "model/tables.h"
#include "views/eni_path.h"
#include "views/look.h"
#include "views/route_tables.h"
#include "views/timeline_table.h"

/* ---- ENIs ---------------------------------------------------------------------------------------
 */

/* Who matters at night: what is moving, the one that carries the traffic, hosts, spares. */
static int rank(const struct rows_item *row)
{
    static const char *const order[] = {"changing", "active", "foreign", "host", "spare"};

    for (size_t i = 0; i < ARRAY_SIZE(order); i++)
        if (look_is(row->row, ENIS_ROLE, order[i]))
            return (int)i;
    return (int)ARRAY_SIZE(order);
}

static int by_role(const struct rows_item *a, const struct rows_item *b)
{
    return rank(a) - rank(b);
}

static void format_role(struct strbuf *out, const struct view_input *in,
                        const struct rows_item *row, const char *arg)
{
    (void)in;
    (void)arg;
    if (look_is(row->row, ENIS_ROLE, "active"))
        strbuf_addstr(out, "ACTIVE");
    else if (row_present(row->row, ENIS_ROLE))
        strbuf_addstr(out, look_text(row->row, ENIS_ROLE));
    else
        strbuf_addch(out, '-');
}

/* Spares are there by design: they are quiet. */
static enum style plain(const struct view_input *in, const struct rows_item *row, const char *arg)
{
    (void)in;
    (void)arg;
    return look_is(row->row, ENIS_ROLE, "spare") ? STYLE_DIM : STYLE_NORMAL;
}

static enum style role_style(const struct view_input *in, const struct rows_item *row,
                             const char *arg)
{
    const struct column *col = &table_enis.columns[ENIS_ROLE];

    if (look_is(row->row, ENIS_ROLE, "spare") || look_is(row->row, ENIS_ROLE, "host"))
        return plain(in, row, arg);
    return view_severity_style(cell_severity(col, &row->row->cells[ENIS_ROLE]));
}

/* "NSX+routes": who names it; an active one that only one side names has not settled. */
static void format_by(struct strbuf *out, const struct view_input *in, const struct rows_item *row,
                      const char *arg)
{
    bool nsx = false, routes = false;

    (void)in;
    (void)arg;
    (void)row_bool(row->row, ENIS_ACTIVE_BY_NSX, &nsx);
    (void)row_bool(row->row, ENIS_ACTIVE_BY_ROUTES, &routes);
    if (nsx || routes)
        strbuf_addf(out, "%s%s%s", nsx ? "NSX" : "", nsx && routes ? "+" : "",
                    routes ? "routes" : "");
    else if (!row_present(row->row, ENIS_ACTIVE_BY_NSX) &&
             !row_present(row->row, ENIS_ACTIVE_BY_ROUTES))
        strbuf_addch(out, '-');
}

static enum style bad_number(const struct view_input *in, const struct rows_item *row,
                             const char *arg)
{
    int64_t n = 0;

    if (row_int(row->row, ENIS_BLACKHOLE_COUNT, &n) && n > 0)
        return STYLE_CRITICAL;
    return plain(in, row, arg);
}

static bool enter(const struct view_input *in, const struct rows_item *row, struct view_target *out)
{
    int64_t n = 0;

    if (!row_int(row->row, ENIS_ROUTE_COUNT, &n) || n == 0)
        return false;
    *out = (struct view_target){.view = "routes"};
    out->filter = view_printf(in, "target = %s", look_text(row->row, ENIS_ENI));
    out->label = view_printf(in, _("routes that lead to %s"), look_text(row->row, ENIS_ENI));
    return true;
}

static size_t add_row(const struct view_input *in, const struct rows_item *eni,
                      const struct schema *s, unsigned col, const char *text, const char *view,
                      struct view_target *out)
{
    struct rows_item row;

    if (!look_find(in, s, snapshot_site(eni->snapshot), col, text, &row))
        return 0;
    *out = (struct view_target){.view = view, .table = s->name};
    out->label = view_printf(in, "%s %s", s->name, text);
    out->site = snapshot_site(row.snapshot);
    out->endpoint = snapshot_endpoint(row.snapshot);
    out->key = row.row->key;
    return 1;
}

static size_t related(const struct view_input *in, const struct rows_item *row,
                      struct view_target *out)
{
    const struct row *r = row->row;
    size_t n = 0;

    n += enter(in, row, &out[n]);
    n += add_row(in, row, &table_hosts, HOSTS_HOST, row_str(r, ENIS_HOST), "hosts", &out[n]);
    n += add_row(in, row, &table_edges, EDGES_EDGE, row_str(r, ENIS_EDGE), "edges", &out[n]);
    n += add_row(in, row, &table_subnets, SUBNETS_SUBNET, row_str(r, ENIS_SUBNET), "subnets",
                 &out[n]);
    n += add_row(in, row, &table_linked_vpcs, LINKED_VPCS_VPC, row_str(r, ENIS_VPC), "links",
                 &out[n]);
    return n;
}

static const struct view_column columns[] = {
    {.column = ENIS_SITE, .min = 5, .max = 12, .weight = 55, .style = plain},
    {.column = ENIS_ROLE,
     .min = 8,
     .max = 8,
     .weight = 100,
     .format = format_role,
     .style = role_style},
    {.column = ENIS_ENI, .min = 21, .max = 22, .weight = 99, .style = plain, .flags = VIEW_ID},
    {.column = ENIS_STATUS, .min = 9, .max = 10, .weight = 70},
    {.column = ENIS_HOST, .min = 6, .max = 28, .weight = 90, .style = plain},
    {.column = ENIS_EDGE, .min = 10, .max = 28, .weight = 80, .style = plain},
    {.column = ENIS_ACTIVE_BY_NSX,
     .title = "active by",
     .min = 10,
     .max = 10,
     .weight = 60,
     .format = format_by,
     .style = plain},
    {.column = ENIS_ROUTE_COUNT,
     .title = "routes",
     .min = 6,
     .max = 6,
     .weight = 75,
     .style = plain},
    {.column = ENIS_BLACKHOLE_COUNT,
     .title = "blackhole",
     .min = 9,
     .max = 9,
     .weight = 50,
     .style = bad_number},
    {.column = ENIS_PRIVATE_IP, .min = 10, .max = 15, .weight = 45, .style = plain},
    {.column = ENIS_SUBNET, .min = 15, .max = 24, .weight = 20, .style = plain, .flags = VIEW_ID},
    {.column = ENIS_AZ_ID, .min = 8, .max = 9, .weight = 25, .style = plain},
    {.column = ENIS_TRAFFIC_GROUP, .min = 13, .max = 20, .weight = 30, .style = plain},
    {.column = ENIS_DESCRIPTION, .max = 40, .flags = VIEW_WIDE, .style = plain},
    {.column = ENIS_SOURCE_DEST_CHECK, .max = 18, .flags = VIEW_WIDE, .style = plain},
    {.column = ENIS_SECURITY_GROUPS, .max = 40, .flags = VIEW_WIDE, .style = plain},
    {.column = ENIS_MAC, .max = 17, .flags = VIEW_WIDE, .style = plain},
};

static const struct view_table enis = {
    .schema = &table_enis,
    .title = N_("ENIs"),
    .columns = columns,
    .ncolumns = ARRAY_SIZE(columns),
    .sort = -1,
    .order = by_role,
    .enter = enter,
    .related = related,
    .empty = N_("AWS lists no network interface of the SDDC."),
    .share = 3,
};

/* ---- the tab ------------------------------------------------------------------------------------
 */

static bool exists(const struct view_input *in)
{
    return look_offered(in, &table_enis) || look_offered(in, &table_linked_vpcs);
}

static const struct view_table *const tables[] = {&enis, &view_table_route_tables,
                                                  &view_table_failover, NULL};
static const struct schema *const focus[] = {
    &table_enis,  &table_routes, &table_linked_vpcs, &table_gateways, &table_edges,
    &table_hosts, NULL};
static const char *const aliases[] = {"enis", "routes-follow", NULL};

const struct view view_eni = {
    .name = "eni",
    .aliases = aliases,
    .title = N_("ENI"),
    .digit = '2',
    .always = true,
    .about = N_("which ENI and edge are active, and whether every route table follows"),
    .exists = exists,
    .focus = focus,
    .head_height = eni_path_height,
    .head = eni_path_draw,
    .tables = tables,
};
