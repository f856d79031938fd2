/* What edge nodes say of themselves over SSH, beside NSX Manager's word, and their bridges. */
#include "views/views.h"

#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "model/tables.h"
#include "views/jump.h"
#include "views/look.h"

static int severity_of(const struct rows_item *row, const struct schema *s, unsigned col)
{
    return (int)cell_severity(&s->columns[col], &row->row->cells[col]);
}

static enum severity worse(int a, int b)
{
    return (enum severity)(a > b ? a : b);
}

/* ---- nodes --------------------------------------------------------------------------------------
 */

static enum severity judge_node(const struct view_input *in, const struct rows_item *row)
{
    const struct schema *s = &table_edge_status;
    enum severity own =
        worse(severity_of(row, s, EDGE_STATUS_STATUS), severity_of(row, s, EDGE_STATUS_HA_STATE));

    (void)in;
    return worse(own, look_is(row->row, EDGE_STATUS_VERDICT, "differs") ? SEV_WARNING : SEV_NONE);
}

static int worst_node(const struct rows_item *a, const struct rows_item *b)
{
    return (int)judge_node(NULL, b) - (int)judge_node(NULL, a);
}

/* The edge that @col names, as NSX Manager has it. */
static bool to_edge(const struct view_input *in, const struct rows_item *row, unsigned col,
                    struct view_target *out)
{
    struct rows_item edge;

    if (!look_find(in, &table_edges, snapshot_site(row->snapshot), EDGES_EDGE,
                   row_str(row->row, col), &edge))
        return false;
    jump_row(out, "edges", &edge, view_printf(in, _("edge %s"), look_text(edge.row, EDGES_EDGE)));
    return true;
}

static bool enter_node(const struct view_input *in, const struct rows_item *row,
                       struct view_target *out)
{
    return to_edge(in, row, EDGE_STATUS_EDGE, out);
}

static const struct view_column node_columns[] = {
    {.column = EDGE_STATUS_SITE, .min = 5, .max = 12, .weight = 60},
    {.column = EDGE_STATUS_EDGE, .min = 10, .max = 30, .weight = 100},
    {.column = EDGE_STATUS_HOST, .min = 12, .max = 30, .weight = 90},
    {.column = EDGE_STATUS_STATUS_TEXT, .title = "edge says", .min = 10, .max = 24, .weight = 99},
    {.column = EDGE_STATUS_NSX_STATUS, .title = "NSX says", .min = 8, .max = 9, .weight = 98},
    {.column = EDGE_STATUS_VERDICT, .min = 7, .max = 8, .weight = 95},
    {.column = EDGE_STATUS_HA_STATE, .title = "HA", .min = 8, .max = 10, .weight = 80},
    {.column = EDGE_STATUS_VTEP_STATE, .title = "tunnel", .min = 6, .max = 6, .weight = 50},
    {.column = EDGE_STATUS_ROUTING_STATUS, .title = "routing", .min = 7, .max = 7, .weight = 55},
    {.column = EDGE_STATUS_SINCE, .title = "since (its clock)", .max = 24, .flags = VIEW_WIDE},
    {.column = EDGE_STATUS_PEERS, .max = 60, .flags = VIEW_WIDE},
    {.column = EDGE_STATUS_JOIN, .max = 40, .flags = VIEW_WIDE},
};

static const struct view_table nodes = {
    .schema = &table_edge_status,
    .title = N_("Edge nodes as they see themselves"),
    .columns = node_columns,
    .ncolumns = ARRAY_SIZE(node_columns),
    .sort = -1,
    .order = worst_node,
    .judge = judge_node,
    .enter = enter_node,
    .empty = N_("No edge node is reached over SSH."),
};

/* ---- gateways -----------------------------------------------------------------------------------
 */

static enum severity judge_gateway(const struct view_input *in, const struct rows_item *row)
{
    (void)in;
    return worse(severity_of(row, &table_edge_gateways, EDGE_GATEWAYS_HA_STATE),
                 look_is(row->row, EDGE_GATEWAYS_VERDICT, "differs") ? SEV_WARNING : SEV_NONE);
}

static int worst_gateway(const struct rows_item *a, const struct rows_item *b)
{
    int c = (int)judge_gateway(NULL, b) - (int)judge_gateway(NULL, a);

    return c ? c
             : strcmp(look_text(a->row, EDGE_GATEWAYS_GATEWAY),
                      look_text(b->row, EDGE_GATEWAYS_GATEWAY));
}

static bool enter_gateway(const struct view_input *in, const struct rows_item *row,
                          struct view_target *out)
{
    return to_edge(in, row, EDGE_GATEWAYS_EDGE, out);
}

static const struct view_column gateway_columns[] = {
    {.column = EDGE_GATEWAYS_SITE, .min = 5, .max = 12, .weight = 60},
    {.column = EDGE_GATEWAYS_GATEWAY, .min = 8, .max = 30, .weight = 100},
    {.column = EDGE_GATEWAYS_TIER, .min = 4, .max = 4, .weight = 50},
    {.column = EDGE_GATEWAYS_EDGE, .min = 10, .max = 30, .weight = 99},
    {.column = EDGE_GATEWAYS_HA_STATE, .title = "edge says", .min = 9, .max = 10, .weight = 98},
    {.column = EDGE_GATEWAYS_NSX_STATE, .title = "NSX says", .min = 8, .max = 10, .weight = 97},
    {.column = EDGE_GATEWAYS_VERDICT, .min = 7, .max = 8, .weight = 95},
    {.column = EDGE_GATEWAYS_MODE, .min = 4, .max = 14, .weight = 45},
    {.column = EDGE_GATEWAYS_ROUTER, .min = 8, .max = 30, .weight = 40},
    {.column = EDGE_GATEWAYS_PEERS, .max = 60, .flags = VIEW_WIDE},
    {.column = EDGE_GATEWAYS_JOIN, .max = 40, .flags = VIEW_WIDE},
};

static const struct view_table gateways = {
    .schema = &table_edge_gateways,
    .title = N_("What they say they are for gateways"),
    .columns = gateway_columns,
    .ncolumns = ARRAY_SIZE(gateway_columns),
    .sort = -1,
    .order = worst_gateway,
    .judge = judge_gateway,
    .enter = enter_gateway,
    .empty = N_("No edge node has an instance of a gateway."),
};

/* ---- bridges ------------------------------------------------------------------------------------
 */

static bool enter_bridge(const struct view_input *in, const struct rows_item *row,
                         struct view_target *out)
{
    struct rows_item segment;

    if (!look_find(in, &table_segments, snapshot_site(row->snapshot), SEGMENTS_SWITCH_ID,
                   row_str(row->row, BRIDGES_SWITCH_ID), &segment))
        return false;
    jump_row(out, "segments", &segment,
             view_printf(in, _("segment %s"), look_text(segment.row, SEGMENTS_SEGMENT)));
    return true;
}

static const struct view_column bridge_columns[] = {
    {.column = BRIDGES_SITE, .min = 5, .max = 12, .weight = 60},
    {.column = BRIDGES_SWITCH, .min = 8, .max = 30, .weight = 90},
    {.column = BRIDGES_VLAN, .min = 5, .max = 10, .weight = 95},
    {.column = BRIDGES_EDGE, .min = 10, .max = 30, .weight = 100},
    {.column = BRIDGES_STATE, .min = 10, .max = 10, .weight = 99},
    {.column = BRIDGES_HA_STATE, .title = "HA", .min = 7, .max = 10, .weight = 98},
    {.column = BRIDGES_PEER, .min = 8, .max = 30, .weight = 70},
    {.column = BRIDGES_PEER_STATE, .title = "peer is", .min = 7, .max = 10, .weight = 75},
    {.column = BRIDGES_SEGMENT, .max = 30, .flags = VIEW_WIDE},
    {.column = BRIDGES_DEVICE, .max = 12, .flags = VIEW_WIDE},
    {.column = BRIDGES_EVENT, .max = 30, .flags = VIEW_WIDE},
    {.column = BRIDGES_EVENT_TIME, .title = "event (its clock)", .max = 26, .flags = VIEW_WIDE},
    {.column = BRIDGES_JOIN, .max = 60, .flags = VIEW_WIDE},
};

static const struct view_table bridges = {
    .schema = &table_bridges,
    .title = N_("Bridges to VLANs"),
    .columns = bridge_columns,
    .ncolumns = ARRAY_SIZE(bridge_columns),
    .sort = BRIDGES_SWITCH,
    .enter = enter_bridge,
    .empty = N_("No edge node bridges a switch to a VLAN."),
};

static bool exists(const struct view_input *in)
{
    return look_offered(in, &table_edge_status);
}

static const struct view_table *const tables[] = {&nodes, &gateways, &bridges, NULL};
static const struct schema *const focus[] = {&table_edge_status, &table_edge_gateways,
                                             &table_bridges, NULL};
static const char *const aliases[] = {"bridges", "bridge", NULL};

const struct view view_edge_cli = {
    .name = "edge-cli",
    .aliases = aliases,
    .title = N_("Edge CLI"),
    .about = N_("what edge nodes say of themselves over SSH, and their layer 2 bridges"),
    .exists = exists,
    .focus = focus,
    .tables = tables,
};
