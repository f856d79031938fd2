/* Hosts: which are there, which has failed, and what runs on them that the path depends on. */
#include "views/views.h"

#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "model/tables.h"
#include "views/bar.h"
#include "views/jump.h"
#include "views/look.h"

static enum severity judge(const struct view_input *in, const struct rows_item *row)
{
    static const unsigned cols[] = {HOSTS_STATE, HOSTS_CONNECTION_STATE, HOSTS_HA_STATE,
                                    HOSTS_POWER_STATE};
    enum severity worst = SEV_NONE;
    bool maintenance = false;

    (void)in;
    for (size_t i = 0; i < ARRAY_SIZE(cols); i++) {
        enum severity s = cell_severity(&table_hosts.columns[cols[i]], &row->row->cells[cols[i]]);
        worst = s > worst ? s : worst;
    }
    if (row_bool(row->row, HOSTS_MAINTENANCE, &maintenance) && maintenance && worst < SEV_WARNING)
        worst = SEV_WARNING;
    return worst;
}

static int worst_first(const struct rows_item *a, const struct rows_item *b)
{
    int c = (int)judge(NULL, b) - (int)judge(NULL, a);

    if (!c)
        c = strcmp(snapshot_site(a->snapshot), snapshot_site(b->snapshot));
    return c ? c : strcmp(look_text(a->row, HOSTS_HOST), look_text(b->row, HOSTS_HOST));
}

static void format_state(struct strbuf *out, const struct view_input *in,
                         const struct rows_item *row, const char *arg)
{
    bool maintenance = false;

    (void)arg;
    strbuf_addstr(out, look_cell(in, &table_hosts, row->row, look_host_state(row->row)));
    if (row_bool(row->row, HOSTS_MAINTENANCE, &maintenance) && maintenance)
        strbuf_addstr(out, " maint");
}

static enum style state_style(const struct view_input *in, const struct rows_item *row,
                              const char *arg)
{
    (void)arg;
    return view_severity_style(judge(in, row));
}

/* The edges on this host: a host that carries one is not just any host. */
static void format_edges(struct strbuf *out, const struct view_input *in,
                         const struct rows_item *row, const char *arg)
{
    const char *host = row_str(row->row, HOSTS_HOST);
    struct rows_item edge;
    size_t i = 0, n = 0;

    (void)arg;
    while (look_next(in, &table_edges, snapshot_site(row->snapshot), &i, &edge))
        if (look_same(row_str(edge.row, EDGES_HOST), host))
            strbuf_addf(out, "%s%s", n++ ? " " : "", look_text(edge.row, EDGES_EDGE));
}

static void format_role(struct strbuf *out, const struct view_input *in,
                        const struct rows_item *row, const char *arg)
{
    struct rows_item eni;

    (void)arg;
    if (look_find(in, &table_enis, snapshot_site(row->snapshot), ENIS_ENI,
                  row_str(row->row, HOSTS_ENI), &eni))
        strbuf_addstr(out, look_is(eni.row, ENIS_ROLE, "active") ? "ACTIVE"
                                                                 : look_text(eni.row, ENIS_ROLE));
    else
        strbuf_addch(out, '-');
}

/* Nobody wants "42.371428": whole percents are what is compared. */
static void format_cpu(struct strbuf *out, const struct view_input *in, const struct rows_item *row,
                       const char *arg)
{
    (void)in;
    (void)arg;
    bar_percent(out, row->row, HOSTS_CPU_PERCENT);
}

static void format_memory(struct strbuf *out, const struct view_input *in,
                          const struct rows_item *row, const char *arg)
{
    (void)in;
    (void)arg;
    bar_percent(out, row->row, HOSTS_MEMORY_PERCENT);
}

/* ---- where it leads -----------------------------------------------------------------------------
 */

/* The same host as another manager of the site tells it (the VMC service, vCenter): told by its
 * full name, never by the short one. */
static bool find_twin(const struct view_input *in, const struct rows_item *row,
                      struct rows_item *out)
{
    const char *fqdn = look_text(row->row, HOSTS_FQDN);
    size_t i = 0;

    while (*fqdn && look_next(in, &table_hosts, snapshot_site(row->snapshot), &i, out))
        if (out->snapshot != row->snapshot &&
            text_equal_nocase(look_text(out->row, HOSTS_FQDN), fqdn))
            return true;
    return false;
}

/* Its VMs: by the id in its own vCenter; a host that another manager names, by its name. */
static size_t own_vms(const struct view_input *in, const struct rows_item *row,
                      struct view_target *out)
{
    const char *site = snapshot_site(row->snapshot), *endpoint = snapshot_endpoint(row->snapshot);
    const char *id = look_text(row->row, HOSTS_HOST_ID), *host = look_text(row->row, HOSTS_HOST);
    const struct snapshot *vms = estate_snapshot(in->estate, &table_vms, site, endpoint);
    const char *label = view_printf(in, _("VMs on %s"), host);

    if (vms && *id) {
        jump_rows(in, out, "vms", &table_vms, VMS_HOST_ID, id, label);
        out->filter = view_printf(in, "%s and %s", out->filter,
                                  jump_filter(in, &table_vms.columns[VMS_ENDPOINT], endpoint));
        return 1;
    }
    if (!jump_any(in, &table_vms, site, VMS_HOST, host))
        return 0;
    jump_rows(in, out, "vms", &table_vms, VMS_HOST, host, label);
    return 1;
}

static size_t jump_vms(const struct view_input *in, const struct rows_item *row,
                       struct view_target *out)
{
    struct rows_item twin;

    return own_vms(in, row, out) || (find_twin(in, row, &twin) && own_vms(in, &twin, out));
}

static size_t jump_eni(const struct view_input *in, const struct rows_item *row,
                       struct view_target *out)
{
    const char *eni = row_str(row->row, HOSTS_ENI);
    struct rows_item twin;

    if (!eni && find_twin(in, row, &twin))
        eni = row_str(twin.row, HOSTS_ENI);

    return jump_find(in, out, "eni", &table_enis, snapshot_site(row->snapshot), ENIS_ENI, eni,
                     view_printf(in, _("ENI %s"), eni ? eni : ""));
}

static bool enter(const struct view_input *in, const struct rows_item *row, struct view_target *out)
{
    return jump_vms(in, row, out) || jump_eni(in, row, out);
}

static size_t related(const struct view_input *in, const struct rows_item *row,
                      struct view_target *out)
{
    const char *site = snapshot_site(row->snapshot);
    const char *host = look_text(row->row, HOSTS_HOST);
    const char *cluster = row_str(row->row, HOSTS_CLUSTER);
    struct rows_item edge, twin;
    size_t n = 0, i = 0;

    if (find_twin(in, row, &twin))
        jump_row(&out[n++], "hosts", &twin,
                 view_printf(in, _("the same host at %s (joined by its full name)"),
                             snapshot_endpoint(twin.snapshot)));
    n += jump_vms(in, row, &out[n]);
    n += jump_eni(in, row, &out[n]);
    n += jump_find(in, &out[n], "clusters", &table_clusters, site, CLUSTERS_CLUSTER, cluster,
                   view_printf(in, _("cluster %s"), cluster ? cluster : ""));
    if (jump_any(in, &table_filters, site, FILTERS_HOST, host)) {
        jump_rows(in, &out[n++], "filters", &table_filters, FILTERS_HOST, host,
                  view_printf(in, _("packet filters on %s"), host));
        jump_rows(in, &out[n++], "flows", &table_flows, FLOWS_HOST, host,
                  view_printf(in, _("flows on host %s alone"), host));
    }
    while (n < VIEW_TARGETS_MAX && look_next(in, &table_edges, site, &i, &edge))
        if (look_is(edge.row, EDGES_HOST, host))
            jump_row(&out[n++], "edges", &edge,
                     view_printf(in, _("edge %s"), look_text(edge.row, EDGES_EDGE)));
    return n;
}

static const struct view_column columns[] = {
    {.column = HOSTS_SITE, .min = 5, .max = 12, .weight = 60},
    {.column = HOSTS_HOST, .min = 8, .max = 32, .weight = 100, .flags = VIEW_DOMAIN},
    {.column = HOSTS_STATE,
     .min = 10,
     .max = 22,
     .weight = 100,
     .format = format_state,
     .style = state_style},
    {.column = -1, .title = "edges", .min = 11, .max = 30, .weight = 90, .format = format_edges},
    {.column = HOSTS_CLUSTER, .min = 9, .max = 24, .weight = 50},
    {.column = HOSTS_AZ, .min = 10, .max = 16, .weight = 30},
    {.column = HOSTS_INSTANCE_TYPE, .min = 10, .max = 14, .weight = 25},
    {.column = HOSTS_MANAGEMENT_IP, .title = "address", .min = 11, .max = 15, .weight = 40},
    {.column = HOSTS_HA_STATE, .min = 10, .max = 20, .weight = 42},
    {.column = HOSTS_CPU_PERCENT,
     .title = "cpu",
     .min = 4,
     .max = 5,
     .weight = 45,
     .flags = VIEW_RIGHT,
     .format = format_cpu},
    {.column = HOSTS_MEMORY_PERCENT,
     .title = "mem",
     .min = 4,
     .max = 5,
     .weight = 44,
     .flags = VIEW_RIGHT,
     .format = format_memory},
    {.column = HOSTS_VM_COUNT, .title = "VMs", .min = 4, .max = 6, .weight = 51},
    {.column = HOSTS_VERSION, .max = 16, .flags = VIEW_WIDE},
    {.column = HOSTS_BUILD, .max = 12, .flags = VIEW_WIDE},
    {.column = HOSTS_FQDN, .max = 48, .flags = VIEW_WIDE},
    {.column = HOSTS_UPTIME_S, .max = 10, .flags = VIEW_WIDE},
    {.column = HOSTS_POWER_STATE, .max = 12, .flags = VIEW_WIDE},
    {.column = HOSTS_MODEL, .max = 32, .flags = VIEW_WIDE},
};

static const struct view_column eni_columns[] = {
    {.column = -1, .title = "ENI is", .min = 8, .max = 8, .weight = 80, .format = format_role},
    {.column = HOSTS_ENI, .min = 21, .max = 22, .weight = 41, .flags = VIEW_ID},
};

/* On premises no host has an ENI, and the room is for what it has. */
static size_t more_columns(const struct view_input *in, struct view_column *out, size_t max)
{
    size_t n = look_offered(in, &table_enis) ? ARRAY_SIZE(eni_columns) : 0;

    n = n < max ? n : max;
    memcpy(out, eni_columns, n * sizeof(*out));
    return n;
}

static const struct view_table table = {
    .schema = &table_hosts,
    .columns = columns,
    .ncolumns = ARRAY_SIZE(columns),
    .more_columns = more_columns,
    .sort = -1,
    .order = worst_first,
    .judge = judge,
    .enter = enter,
    .related = related,
    .empty = N_("No host is known."),
};

static bool exists(const struct view_input *in)
{
    return look_offered(in, &table_hosts);
}

static const struct view_table *const tables[] = {&table, NULL};
static const struct schema *const focus[] = {&table_hosts, NULL};

const struct view view_hosts = {
    .name = "hosts",
    .title = N_("Hosts"),
    .digit = '7',
    .about = N_("hosts, what runs on them, and which carry edges and the active ENI"),
    .exists = exists,
    .focus = focus,
    .tables = tables,
};
