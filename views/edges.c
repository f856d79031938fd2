/* Edges: which edge serves which gateway, and are the edges well. */
#include "views/views.h"

#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "model/tables.h"
#include "views/jump.h"
#include "views/look.h"

/* ---- edges --------------------------------------------------------------------------------------
 */

/* Where NSX tells no status (VMC), what the edge is for the gateways says how it is. */
static enum severity judge_roles(const struct row *r)
{
    const struct cell_list *l = row_list(r, EDGES_ROLES);
    enum severity worst = SEV_NONE;

    for (size_t i = 0; l && i < l->n; i++) {
        const char *eq = strrchr(l->items[i], '=');
        const struct state_word *w =
            eq ? column_state(&table_gateways.columns[GATEWAYS_HA_STATUS], eq + 1) : NULL;
        if (w && w->severity > worst)
            worst = w->severity;
    }
    return worst;
}

static enum severity judge_edge(const struct view_input *in, const struct rows_item *row)
{
    static const unsigned cols[] = {EDGES_STATUS, EDGES_MGMT_CONNECTION, EDGES_CONTROL_CONNECTION,
                                    EDGES_MAINTENANCE_MODE};
    enum severity worst = SEV_NONE;
    int64_t down = 0;

    (void)in;
    for (size_t i = 0; i < ARRAY_SIZE(cols); i++) {
        enum severity s = cell_severity(&table_edges.columns[cols[i]], &row->row->cells[cols[i]]);
        worst = s > worst ? s : worst;
    }
    if (!row_present(row->row, EDGES_STATUS) && judge_roles(row->row) > worst)
        worst = judge_roles(row->row);
    if (row_int(row->row, EDGES_TUNNELS_DOWN, &down) && down > 0 && worst < SEV_WARNING)
        worst = SEV_WARNING;
    return worst;
}

static bool is_active(const struct row *r)
{
    const struct cell_list *l = row_list(r, EDGES_ROLES);

    for (size_t i = 0; l && i < l->n; i++)
        if (strstr(l->items[i], "=active"))
            return true;
    return false;
}

/* "ACTIVE vmc cgw", "standby vmc": the state first, then for which gateways. */
static void format_roles(struct strbuf *out, const struct view_input *in,
                         const struct rows_item *row, const char *arg)
{
    static const char *const words[] = {"active", "standby",    "sync",
                                        "down",   "admin_down", "unknown"};
    const struct cell_list *l = row_list(row->row, EDGES_ROLES);
    bool any = false;

    (void)in;
    (void)arg;
    for (size_t w = 0; l && w < ARRAY_SIZE(words); w++) {
        bool said = false;
        for (size_t i = 0; i < l->n; i++) {
            const char *eq = strrchr(l->items[i], '=');
            if (!eq || strcmp(eq + 1, words[w]) != 0)
                continue;
            if (!said)
                strbuf_addf(out, "%s%s", any ? ", " : "", w ? words[w] : "ACTIVE");
            said = any = true;
            strbuf_addf(out, " %.*s", (int)(eq - l->items[i]), l->items[i]);
        }
    }
    if (!any)
        strbuf_addch(out, '-');
}

static enum style roles_style(const struct view_input *in, const struct rows_item *row,
                              const char *arg)
{
    (void)in;
    (void)arg;
    return is_active(row->row) ? STYLE_STRONG : STYLE_NORMAL;
}

static void format_tunnels(struct strbuf *out, const struct view_input *in,
                           const struct rows_item *row, const char *arg)
{
    (void)arg;
    strbuf_addf(out, "%s/%s", look_cell(in, &table_edges, row->row, EDGES_TUNNELS_UP),
                look_cell(in, &table_edges, row->row, EDGES_TUNNELS_DOWN));
}

static enum style tunnels_style(const struct view_input *in, const struct rows_item *row,
                                const char *arg)
{
    int64_t down = 0;

    (void)in;
    (void)arg;
    return row_int(row->row, EDGES_TUNNELS_DOWN, &down) && down > 0 ? STYLE_WARNING : STYLE_NORMAL;
}

/* Nobody wants "42.371428": whole percents are what is compared. */
static void format_percent(struct strbuf *out, const struct view_input *in,
                           const struct rows_item *row, const char *arg)
{
    unsigned col = strcmp(arg, "memory") == 0 ? EDGES_MEMORY_PERCENT : EDGES_DATAPATH_CPU_PERCENT;
    const struct cell *c = &row->row->cells[col];

    (void)in;
    if (c->type == CELL_REAL)
        strbuf_addf(out, "%.0f%%", c->u.d);
    else if (c->type == CELL_INT)
        strbuf_addf(out, "%lld%%", (long long)c->u.i);
    else
        strbuf_addch(out, '-');
}

/* What the edge itself says, where it is asked: more columns, and an age of its own. */
static bool says_otherwise(const struct view_input *in, const struct rows_item *row,
                           const struct schema *said, unsigned id, unsigned verdict)
{
    const char *site = snapshot_site(row->snapshot);
    bool edge = said == &table_edge_status;
    const char *want =
        row_str(row->row, edge ? (unsigned)EDGES_EDGE : (unsigned)GATEWAYS_SERVICE_ROUTER);
    struct rows_item item;

    return look_find(in, said, site, id, want, &item) && look_is(item.row, verdict, "differs");
}

static bool edge_differs(const struct view_input *in, const struct rows_item *row)
{
    return row_present(row->row, EDGES_EDGE_SAYS) &&
           says_otherwise(in, row, &table_edge_status, EDGE_STATUS_EDGE, EDGE_STATUS_VERDICT);
}

static enum style edge_says_style(const struct view_input *in, const struct rows_item *row,
                                  const char *arg)
{
    (void)arg;
    return edge_differs(in, row) ? STYLE_WARNING : STYLE_NORMAL;
}

static int worst_first(const struct rows_item *a, const struct rows_item *b)
{
    int c = (int)judge_edge(NULL, b) - (int)judge_edge(NULL, a);

    return c ? c : (int)is_active(b->row) - (int)is_active(a->row);
}

static bool enter_edge(const struct view_input *in, const struct rows_item *row,
                       struct view_target *out)
{
    struct rows_item host;

    if (!look_find(in, &table_hosts, snapshot_site(row->snapshot), HOSTS_HOST,
                   row_str(row->row, EDGES_HOST), &host))
        return false;
    jump_row(out, "hosts", &host, view_printf(in, _("host %s"), look_text(host.row, HOSTS_HOST)));
    return true;
}

static size_t related_to_edge(const struct view_input *in, const struct rows_item *row,
                              struct view_target *out)
{
    const char *site = snapshot_site(row->snapshot);
    struct rows_item item;
    size_t n = 0, i = 0;

    n += enter_edge(in, row, &out[n]);
    if (look_find(in, &table_enis, site, ENIS_EDGE, row_str(row->row, EDGES_EDGE), &item)) {
        out[n] = (struct view_target){.view = "eni", .table = table_enis.name};
        out[n].label = view_printf(in, _("ENI %s"), look_text(item.row, ENIS_ENI));
        out[n].site = snapshot_site(item.snapshot);
        out[n].endpoint = snapshot_endpoint(item.snapshot);
        out[n++].key = item.row->key;
    }
    while (n < VIEW_TARGETS_MAX && look_next(in, &table_gateways, site, &i, &item)) {
        if (!look_same(row_str(item.row, GATEWAYS_EDGE_ID), row_str(row->row, EDGES_EDGE_ID)))
            continue;
        out[n] = (struct view_target){.view = "edges", .table = table_gateways.name};
        out[n].label = view_printf(in, _("gateway %s: %s"), look_text(item.row, GATEWAYS_GATEWAY),
                                   look_text(item.row, GATEWAYS_HA_STATUS));
        out[n].site = snapshot_site(item.snapshot);
        out[n].endpoint = snapshot_endpoint(item.snapshot);
        out[n++].key = item.row->key;
    }
    return n;
}

static const struct view_column edge_columns[] = {
    {.column = EDGES_SITE, .min = 5, .max = 12, .weight = 60},
    {.column = EDGES_EDGE, .min = 10, .max = 30, .weight = 100},
    {.column = EDGES_STATUS, .min = 8, .max = 9, .weight = 99},
    {.column = EDGES_SINCE_AT,
     .title = "since",
     .min = 5,
     .max = 6,
     .weight = 55,
     .flags = VIEW_AGE | VIEW_RIGHT},
    {.column = EDGES_ROLES,
     .min = 14,
     .max = 40,
     .weight = 95,
     .format = format_roles,
     .style = roles_style},
    {.column = EDGES_HOST, .min = 8, .max = 28, .weight = 90},
    {.column = EDGES_TUNNELS_UP,
     .title = "tunnels",
     .min = 7,
     .max = 9,
     .weight = 70,
     .flags = VIEW_RIGHT,
     .format = format_tunnels,
     .style = tunnels_style},
    {.column = EDGES_DATAPATH_CPU_PERCENT,
     .title = "cpu",
     .min = 4,
     .max = 5,
     .weight = 65,
     .flags = VIEW_RIGHT,
     .format = format_percent,
     .arg = "cpu"},
    {.column = EDGES_MEMORY_PERCENT,
     .title = "mem",
     .min = 4,
     .max = 5,
     .weight = 45,
     .flags = VIEW_RIGHT,
     .format = format_percent,
     .arg = "memory"},
    {.column = EDGES_MGMT_CONNECTION, .title = "manager", .min = 7, .max = 8, .weight = 50},
    {.column = EDGES_CONTROL_CONNECTION, .title = "control", .min = 7, .max = 8, .weight = 50},
    {.column = EDGES_EDGE_CLUSTER, .min = 12, .max = 24, .weight = 30},
    {.column = EDGES_NODE_KIND, .min = 9, .max = 10, .weight = 25},
    {.column = EDGES_MAINTENANCE_MODE, .max = 18, .flags = VIEW_WIDE},
    {.column = EDGES_PNICS_DOWN, .max = 10, .flags = VIEW_WIDE},
    {.column = EDGES_MANAGEMENT_IP, .max = 16, .flags = VIEW_WIDE},
    {.column = EDGES_VERSION, .max = 20, .flags = VIEW_WIDE},
    {.column = EDGES_UPTIME_S, .max = 10, .flags = VIEW_WIDE},
    {.column = EDGES_HOST_JOIN, .max = 40, .flags = VIEW_WIDE},
};

static const struct view_column edge_says_column = {.column = EDGES_EDGE_SAYS,
                                                    .title = "edge says",
                                                    .min = 9,
                                                    .max = 11,
                                                    .weight = 92,
                                                    .style = edge_says_style};

static size_t more_edge_columns(const struct view_input *in, struct view_column *out, size_t max)
{
    if (!max || !look_offered(in, &table_edge_status))
        return 0;
    *out = edge_says_column;
    return 1;
}

/* The two words with their ages. */
static void add_words(struct strbuf *out, const struct view_input *in, const char *what,
                      const char *edge, const struct snapshot *said, const char *nsx,
                      const struct snapshot *manager)
{
    struct strbuf then = STRBUF_INIT, now = STRBUF_INIT;

    view_ago(&then, in, snapshot_taken_at(said));
    view_ago(&now, in, snapshot_taken_at(manager));
    strbuf_addf(out, _("%s: the edge says %s (%s), NSX Manager says %s (%s)"), what, edge, then.buf,
                nsx, now.buf);
    strbuf_addch(out, '\n');
    strbuf_release(&then);
    strbuf_release(&now);
}

static void edge_details(struct strbuf *out, const struct view_input *in,
                         const struct rows_item *row)
{
    const char *site = snapshot_site(row->snapshot), *name = row_str(row->row, EDGES_EDGE);
    struct rows_item item, gateway;
    size_t i = 0;

    if (!row_present(row->row, EDGES_EDGE_SAYS))
        return;
    if (look_find(in, &table_edge_status, site, EDGE_STATUS_EDGE, name, &item))
        add_words(out, in, _("status"), look_text(item.row, EDGE_STATUS_STATUS_TEXT), item.snapshot,
                  look_cell(in, &table_edges, row->row, EDGES_STATUS), row->snapshot);
    while (look_next(in, &table_edge_gateways, site, &i, &item)) {
        if (look_same(row_str(item.row, EDGE_GATEWAYS_EDGE), name) &&
            look_find(in, &table_gateways, site, GATEWAYS_SERVICE_ROUTER,
                      row_str(item.row, EDGE_GATEWAYS_SERVICE_ROUTER), &gateway))
            add_words(out, in, look_text(gateway.row, GATEWAYS_GATEWAY),
                      look_cell(in, &table_edge_gateways, item.row, EDGE_GATEWAYS_HA_STATE),
                      item.snapshot,
                      look_cell(in, &table_gateways, gateway.row, GATEWAYS_HA_STATUS),
                      gateway.snapshot);
    }
}

static const struct view_table edges = {
    .schema = &table_edges,
    .title = N_("Edges"),
    .columns = edge_columns,
    .ncolumns = ARRAY_SIZE(edge_columns),
    .more_columns = more_edge_columns,
    .sort = -1,
    .order = worst_first,
    .judge = judge_edge,
    .enter = enter_edge,
    .related = related_to_edge,
    .details = edge_details,
    .empty = N_("NSX has no edge nodes."),
    .share = 1,
};

/* ---- gateways -----------------------------------------------------------------------------------
 */

static bool gateway_differs(const struct view_input *in, const struct rows_item *row)
{
    return row_present(row->row, GATEWAYS_EDGE_SAYS) &&
           says_otherwise(in, row, &table_edge_gateways, EDGE_GATEWAYS_SERVICE_ROUTER,
                          EDGE_GATEWAYS_VERDICT);
}

static enum severity judge_gateway(const struct view_input *in, const struct rows_item *row)
{
    enum severity s = cell_severity(&table_gateways.columns[GATEWAYS_HA_STATUS],
                                    &row->row->cells[GATEWAYS_HA_STATUS]);

    return s < SEV_WARNING && gateway_differs(in, row) ? SEV_WARNING : s;
}

static enum style gateway_says_style(const struct view_input *in, const struct rows_item *row,
                                     const char *arg)
{
    (void)arg;
    return gateway_differs(in, row) ? STYLE_WARNING : STYLE_NORMAL;
}

static const struct view_column gateway_says_column = {.column = GATEWAYS_EDGE_SAYS,
                                                       .title = "edge says",
                                                       .min = 9,
                                                       .max = 10,
                                                       .weight = 97,
                                                       .style = gateway_says_style};

static size_t more_gateway_columns(const struct view_input *in, struct view_column *out, size_t max)
{
    if (!max || !look_offered(in, &table_edge_gateways))
        return 0;
    *out = gateway_says_column;
    return 1;
}

static void gateway_details(struct strbuf *out, const struct view_input *in,
                            const struct rows_item *row)
{
    const char *site = snapshot_site(row->snapshot);
    struct rows_item item;

    if (row_present(row->row, GATEWAYS_EDGE_SAYS) &&
        look_find(in, &table_edge_gateways, site, EDGE_GATEWAYS_SERVICE_ROUTER,
                  row_str(row->row, GATEWAYS_SERVICE_ROUTER), &item))
        add_words(out, in, look_text(row->row, GATEWAYS_GATEWAY),
                  look_cell(in, &table_edge_gateways, item.row, EDGE_GATEWAYS_HA_STATE),
                  item.snapshot, look_cell(in, &table_gateways, row->row, GATEWAYS_HA_STATUS),
                  row->snapshot);
}

static void format_edge(struct strbuf *out, const struct view_input *in,
                        const struct rows_item *row, const char *arg)
{
    const char *edge = look_gateway_edge(row->row);

    (void)in;
    (void)arg;
    strbuf_addstr(out, *edge ? edge : "-");
}

static void format_status(struct strbuf *out, const struct view_input *in,
                          const struct rows_item *row, const char *arg)
{
    (void)in;
    (void)arg;
    if (look_is(row->row, GATEWAYS_HA_STATUS, "active"))
        strbuf_addstr(out, "ACTIVE");
    else if (row_present(row->row, GATEWAYS_HA_STATUS))
        strbuf_addstr(out, look_text(row->row, GATEWAYS_HA_STATUS));
    else
        strbuf_addch(out, '-');
}

static void format_group(struct strbuf *out, const struct view_input *in,
                         const struct rows_item *row, const char *arg)
{
    const char *id = row_str(row->row, GATEWAYS_TRAFFIC_GROUP);

    (void)arg;
    strbuf_addstr(out, id ? look_group(in, snapshot_site(row->snapshot), id) : "-");
}

/* Tier-0 first, and the edges of one gateway together, the active one on top. */
static int by_gateway(const struct rows_item *a, const struct rows_item *b)
{
    int64_t x = 9, y = 9;
    int c = strcmp(snapshot_site(a->snapshot), snapshot_site(b->snapshot));

    (void)row_int(a->row, GATEWAYS_TIER, &x);
    (void)row_int(b->row, GATEWAYS_TIER, &y);
    if (!c)
        c = x < y ? -1 : x > y;
    if (!c)
        c = strcmp(look_text(a->row, GATEWAYS_GATEWAY), look_text(b->row, GATEWAYS_GATEWAY));
    if (!c)
        c = strcmp(look_text(a->row, GATEWAYS_TRAFFIC_GROUP),
                   look_text(b->row, GATEWAYS_TRAFFIC_GROUP));
    if (!c)
        c = (int)look_is(b->row, GATEWAYS_HA_STATUS, "active") -
            (int)look_is(a->row, GATEWAYS_HA_STATUS, "active");
    return c;
}

static bool enter_gateway(const struct view_input *in, const struct rows_item *row,
                          struct view_target *out)
{
    struct rows_item edge;

    if (!look_find(in, &table_edges, snapshot_site(row->snapshot), EDGES_EDGE_ID,
                   row_str(row->row, GATEWAYS_EDGE_ID), &edge))
        return false;
    jump_row(out, "edges", &edge, view_printf(in, _("edge %s"), look_text(edge.row, EDGES_EDGE)));
    return true;
}

static const struct view_column gateway_columns[] = {
    {.column = GATEWAYS_SITE, .min = 5, .max = 12, .weight = 60},
    {.column = GATEWAYS_GATEWAY, .min = 8, .max = 30, .weight = 100},
    {.column = GATEWAYS_TIER, .min = 4, .max = 4, .weight = 85},
    {.column = GATEWAYS_EDGE, .min = 10, .max = 30, .weight = 98, .format = format_edge},
    {.column = GATEWAYS_HA_STATUS,
     .title = "is",
     .min = 8,
     .max = 10,
     .weight = 99,
     .format = format_status},
    {.column = GATEWAYS_SINCE_AT,
     .title = "since",
     .min = 5,
     .max = 6,
     .weight = 80,
     .flags = VIEW_AGE | VIEW_RIGHT},
    {.column = GATEWAYS_TRAFFIC_GROUP, .min = 13, .max = 20, .weight = 40, .format = format_group},
    {.column = GATEWAYS_HA_MODE, .min = 14, .max = 14, .weight = 30},
    {.column = GATEWAYS_FAILOVER_MODE, .min = 14, .max = 14, .weight = 25},
    {.column = GATEWAYS_REPORTED_AT,
     .title = "NSX knew",
     .min = 8,
     .max = 8,
     .weight = 45,
     .flags = VIEW_AGE | VIEW_RIGHT},
    {.column = GATEWAYS_TIER0, .max = 20, .flags = VIEW_WIDE},
};

static const struct view_table gateways = {
    .schema = &table_gateways,
    .title = N_("Gateways"),
    .columns = gateway_columns,
    .ncolumns = ARRAY_SIZE(gateway_columns),
    .more_columns = more_gateway_columns,
    .details = gateway_details,
    .sort = -1,
    .order = by_gateway,
    .judge = judge_gateway,
    .enter = enter_gateway,
    .empty = N_("No gateway has an instance on an edge."),
    .share = 1,
};

static bool exists(const struct view_input *in)
{
    return look_offered(in, &table_edges) || look_offered(in, &table_gateways);
}

static const struct view_table *const tables[] = {&edges, &gateways, NULL};
static const struct schema *const focus[] = {&table_edges, &table_gateways, &table_edge_status,
                                             &table_edge_gateways, NULL};
static const char *const aliases[] = {"edge", "gateways", NULL};

const struct view view_edges = {
    .name = "edges",
    .aliases = aliases,
    .title = N_("Edges"),
    .digit = '3',
    .always = true,
    .about = N_("which edge serves which gateway, and whether the edges are well"),
    .exists = exists,
    .focus = focus,
    .tables = tables,
};
