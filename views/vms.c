/* VMs: which run where, and what each depends on. */
#include "views/views.h"

#include <string.h>

#include "core/fmt.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "model/tables.h"
#include "views/bar.h"
#include "views/firewall_parts.h"
#include "views/jump.h"
#include "views/look.h"

/* ---- rows ---------------------------------------------------------------------------------------
 */

#define RESTARTED_MS (24LL * 60 * 60 * 1000)

static enum severity judge(const struct view_input *in, const struct rows_item *row)
{
    enum severity worst = cell_severity(&table_vms.columns[VMS_CONNECTION_STATE],
                                        &row->row->cells[VMS_CONNECTION_STATE]);
    enum severity power =
        cell_severity(&table_vms.columns[VMS_POWER_STATE], &row->row->cells[VMS_POWER_STATE]);
    bool waits = false;

    (void)in;
    (void)row_bool(row->row, VMS_CONSOLIDATION_NEEDED, &waits);
    if ((waits || row_present(row->row, VMS_QUESTION_PENDING)) && worst < SEV_WARNING)
        return SEV_WARNING;
    if (worst <= SEV_OK)
        return power; /* a VM that is off is neither well nor ill */
    return worst;
}

static int worst_first(const struct rows_item *a, const struct rows_item *b)
{
    int c = (int)judge(NULL, b) - (int)judge(NULL, a);

    if (!c)
        c = strcmp(snapshot_site(a->snapshot), snapshot_site(b->snapshot));
    return c ? c : strcmp(look_text(a->row, VMS_VM), look_text(b->row, VMS_VM));
}

static enum style plain(const struct view_input *in, const struct rows_item *row, const char *arg)
{
    (void)in;
    (void)arg;
    return look_is(row->row, VMS_POWER_STATE, "poweredOff") ? STYLE_DIM : STYLE_NORMAL;
}

/* "running" for "guestToolsRunning": the API's word is in the details. */
static void format_tools(struct strbuf *out, const struct view_input *in,
                         const struct rows_item *row, const char *arg)
{
    static const char prefix[] = "guestTools";
    const char *word = look_text(row->row, VMS_TOOLS);

    (void)in;
    (void)arg;
    if (strcmp(word, "guestToolsNotRunning") == 0)
        strbuf_addstr(out, "off");
    else if (text_has_prefix(word, prefix))
        strbuf_addstr(out, word + sizeof(prefix) - 1);
    else
        strbuf_addstr(out, *word ? word : "-");
}

/* By vSphere HA, within the past day: what ran in it began anew. */
static bool restarted(struct strbuf *out, const struct view_input *in, const struct row *r)
{
    struct strbuf age = STRBUF_INIT;
    int64_t at;

    if (!row_int(r, VMS_HA_RESTARTED_AT, &at) || in->now - at > RESTARTED_MS || at > in->now)
        return false;
    fmt_duration(&age, (in->now - at) / 1000 * 1000);
    strbuf_addf(out, _("restarted by HA %s ago"), age.buf);
    strbuf_release(&age);
    return true;
}

/* A task that runs on it now: a move says where to. */
static bool is_worked_on(struct strbuf *out, const struct view_input *in,
                         const struct rows_item *row)
{
    const char *site = snapshot_site(row->snapshot), *id = look_text(row->row, VMS_VM_ID);
    struct rows_item t;
    double percent;
    size_t i = 0;

    while (look_next(in, &table_tasks, site, &i, &t)) {
        if (!look_is(t.row, TASKS_STATE, "running") || !look_is(t.row, TASKS_ENTITY_ID, id) ||
            strcmp(snapshot_endpoint(t.snapshot), snapshot_endpoint(row->snapshot)) != 0 ||
            !row_present(t.row, TASKS_KIND))
            continue;
        strbuf_addstr(out, look_text(t.row, TASKS_KIND));
        if (bar_number(t.row, TASKS_PROGRESS_PERCENT, &percent))
            strbuf_addf(out, " %.0f%%", percent);
        look_move_to(out, in, t.row);
        return true;
    }
    return false;
}

/* What holds it up or will: the worst of it, in a few words. */
static void format_note(struct strbuf *out, const struct view_input *in,
                        const struct rows_item *row, const char *arg)
{
    const char *connection = look_text(row->row, VMS_CONNECTION_STATE);
    int64_t n = 0;
    bool waits = false;

    (void)arg;
    if (*connection && strcmp(connection, "connected") != 0)
        strbuf_addstr(out, connection);
    else if (row_present(row->row, VMS_QUESTION_PENDING))
        strbuf_addstr(out, _("waits for an answer"));
    else if (is_worked_on(out, in, row) || restarted(out, in, row->row))
        return;
    else if (row_bool(row->row, VMS_CONSOLIDATION_NEEDED, &waits) && waits)
        strbuf_addstr(out, _("disks to consolidate"));
    else if (row_int(row->row, VMS_SNAPSHOTS, &n) && n > 0 &&
             row_present(row->row, VMS_SNAPSHOT_AGE_S))
        strbuf_addf(out, Q_(n, "%lld snapshot, %s", "%lld snapshots, %s"), (long long)n,
                    look_cell(in, &table_vms, row->row, VMS_SNAPSHOT_AGE_S));
    else if (n > 0)
        strbuf_addf(out, Q_(n, "%lld snapshot", "%lld snapshots"), (long long)n);
}

static enum style note_style(const struct view_input *in, const struct rows_item *row,
                             const char *arg)
{
    enum severity s = judge(in, row);

    (void)arg;
    return s > SEV_OK ? view_severity_style(s) : plain(in, row, NULL);
}

/* ---- where it leads -----------------------------------------------------------------------------
 */

static size_t jump_host(const struct view_input *in, const struct rows_item *row,
                        struct view_target *out)
{
    const char *site = snapshot_site(row->snapshot), *host = look_text(row->row, VMS_HOST);
    const char *label = view_printf(in, _("host %s"), host);
    size_t n = jump_key(in, out, "hosts", &table_hosts, site, snapshot_endpoint(row->snapshot),
                        row_str(row->row, VMS_HOST_ID), label);

    return n ? n : jump_find(in, out, "hosts", &table_hosts, site, HOSTS_HOST, host, label);
}

static bool enter(const struct view_input *in, const struct rows_item *row, struct view_target *out)
{
    return jump_host(in, row, out) > 0;
}

/* One target for each name of a list that is a row of @schema. */
static size_t jump_list(const struct view_input *in, const struct rows_item *row, unsigned list,
                        const struct schema *schema, unsigned col, const char *view,
                        const char *label, struct view_target *out, size_t n)
{
    const struct cell_list *l = row_list(row->row, list);

    for (size_t i = 0; l && i < l->n && n < VIEW_TARGETS_MAX; i++)
        n += jump_find(in, &out[n], view, schema, snapshot_site(row->snapshot), col, l->items[i],
                       view_printf(in, "%s %s", label, l->items[i]));
    return n;
}

/* Its way out: the ENI that is active now, whichever host the VM is on. */
static size_t jump_path(const struct view_input *in, const char *site, struct view_target *out)
{
    return jump_find(in, out, "eni", &table_enis, site, ENIS_ROLE, "active",
                     view_printf(in, _("path to AWS: the active ENI of %s"), site));
}

static size_t related(const struct view_input *in, const struct rows_item *row,
                      struct view_target *out)
{
    const char *site = snapshot_site(row->snapshot);
    const char *uuid = row_str(row->row, VMS_INSTANCE_UUID);
    size_t n = 0;

    n += jump_host(in, row, &out[n]);
    n += jump_find(in, &out[n], "replication", &table_replications, site, REPLICATIONS_VM_UUID,
                   uuid, _("its replication"));
    if (uuid && jump_any(in, &table_filters, site, FILTERS_VM_UUID, uuid))
        jump_rows(in, &out[n++], "filters", &table_filters, FILTERS_VM_UUID, uuid,
                  _("its packet filters on the host"));
    n += firewall_jump_vm(in, &out[n], site, uuid);
    n = jump_list(in, row, VMS_DATASTORES, &table_datastores, DATASTORES_DATASTORE, "datastores",
                  _("datastore"), out, n);
    n = jump_list(in, row, VMS_NETWORKS, &table_segments, SEGMENTS_SEGMENT, "segments",
                  _("segment"), out, n);
    if (n < VIEW_TARGETS_MAX)
        n += jump_path(in, site, &out[n]);
    return n;
}

static void ends(const struct view_input *in, const struct rows_item *row, const char **source,
                 const char **destination)
{
    (void)in;
    *source = row_str(row->row, VMS_VM);
    *destination = NULL;
}

static void details(struct strbuf *out, const struct view_input *in, const struct rows_item *row)
{
    struct rows_item found;
    const char *site = snapshot_site(row->snapshot);

    if (row_present(row->row, VMS_QUESTION_PENDING))
        strbuf_addf(out, "%s: %s\n", _("waits for an answer"),
                    look_text(row->row, VMS_QUESTION_PENDING));
    if (look_find(in, &table_replications, site, REPLICATIONS_VM_UUID,
                  row_str(row->row, VMS_INSTANCE_UUID), &found))
        strbuf_addf(out, _("replication: %s, %s behind, RPO %s (joined by instance UUID)\n"),
                    look_cell(in, &table_replications, found.row, REPLICATIONS_VERDICT),
                    look_cell(in, &table_replications, found.row, REPLICATIONS_LAG_S),
                    look_cell(in, &table_replications, found.row, REPLICATIONS_RPO_S));
}

static const struct view_column columns[] = {
    {.column = VMS_SITE, .min = 5, .max = 12, .weight = 60, .style = plain},
    {.column = VMS_VM, .min = 14, .max = 40, .weight = 100, .style = plain},
    {.column = VMS_POWER_STATE, .title = "power", .min = 10, .max = 10, .weight = 95},
    {.column = VMS_HOST, .min = 10, .max = 32, .weight = 90, .style = plain},
    {.column = VMS_IPS, .min = 15, .max = 40, .weight = 80, .style = plain},
    {.column = -1,
     .title = "note",
     .min = 20,
     .max = 28,
     .weight = 85,
     .format = format_note,
     .style = note_style},
    {.column = VMS_TOOLS,
     .min = 7,
     .max = 12,
     .weight = 55,
     .format = format_tools,
     .style = plain},
    {.column = VMS_CLUSTER, .min = 9, .max = 24, .weight = 40, .style = plain},
    {.column = VMS_DATASTORES, .min = 10, .max = 32, .weight = 35, .style = plain},
    {.column = VMS_GUEST_OS, .min = 10, .max = 36, .weight = 30, .style = plain},
    {.column = VMS_NETWORKS, .max = 40, .flags = VIEW_WIDE},
    {.column = VMS_STORAGE_POLICY, .max = 32, .flags = VIEW_WIDE},
    {.column = VMS_HA_RESTARTED_AT, .max = 24, .flags = VIEW_WIDE},
    {.column = VMS_VM_ID, .max = 16, .flags = VIEW_WIDE},
    {.column = VMS_INSTANCE_UUID, .max = 38, .flags = VIEW_WIDE},
};

static const struct view_table table = {
    .schema = &table_vms,
    .columns = columns,
    .ncolumns = ARRAY_SIZE(columns),
    .sort = -1,
    .order = worst_first,
    .judge = judge,
    .enter = enter,
    .related = related,
    .details = details,
    .ends = ends,
    .empty = N_("vCenter has no virtual machine."),
};

static bool exists(const struct view_input *in)
{
    return look_offered(in, &table_vms);
}

static const struct view_table *const tables[] = {&table, NULL};
static const struct schema *const focus[] = {&table_vms, &table_tasks, NULL};
static const char *const aliases[] = {"vm", NULL};

const struct view view_vms = {
    .name = "vms",
    .aliases = aliases,
    .title = N_("VMs"),
    .digit = '8',
    .about = N_("virtual machines: where they run, and what holds them up"),
    .exists = exists,
    .focus = focus,
    .tables = tables,
};
