#include "views/firewall_parts.h"

#include <string.h>

#include "core/fmt.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "model/tables.h"
#include "views/bar.h"
#include "views/jump.h"
#include "views/look.h"

#define SECOND_MS 1000.0
#define AGENT     "vmware-sfw" /* the distributed firewall */

/* The time between two readings is that of the counters themselves where the manager says it. */
static int64_t counted_at(const struct snapshot *s, const struct row *r)
{
    int64_t at;

    if (snapshot_schema(s) == &table_rules && row_int(r, RULES_HITS_AT, &at))
        return at;
    if (snapshot_schema(s) == &table_policies && row_int(r, POLICIES_HITS_AT, &at))
        return at;
    return snapshot_taken_at(s);
}

bool firewall_rate(const struct view_input *in, const struct rows_item *row, unsigned col,
                   double *out)
{
    const struct snapshot *before = estate_previous_snapshot(in->estate, row->snapshot);
    const struct row *old = before ? snapshot_find(before, row->row->key) : NULL;
    double is, was;
    int64_t ms;

    if (!old || !bar_number(row->row, col, &is) || !bar_number(old, col, &was) || is < was)
        return false;
    ms = counted_at(row->snapshot, row->row) - counted_at(before, old);
    if (ms <= 0)
        return false;
    *out = (is - was) * SECOND_MS / (double)ms;
    return true;
}

void firewall_add_rate(struct strbuf *out, double per_second)
{
    if (per_second > 0 && per_second < 10)
        strbuf_addf(out, "%.1f/s", per_second);
    else {
        fmt_count(out, (int64_t)(per_second + 0.5));
        strbuf_addstr(out, "/s");
    }
}

enum style firewall_action_style(const char *action)
{
    if (strcasecmp(action, "drop") == 0 || strcasecmp(action, "reject") == 0)
        return STYLE_CRITICAL;
    return strcasecmp(action, "allow") == 0 || strcasecmp(action, "accept") == 0 ? STYLE_OK
                                                                                 : STYLE_NORMAL;
}

static bool has_number(const struct view_input *in, const struct schema *s, const char *site,
                       unsigned col, int64_t id)
{
    struct rows_item row;
    int64_t other;
    size_t i = 0;

    while (look_next(in, s, site, &i, &row))
        if (row_int(row.row, col, &other) && other == id)
            return true;
    return false;
}

static size_t jump_number(const struct view_input *in, struct view_target *out, const char *site,
                          const struct row *row, unsigned col, const struct schema *to,
                          unsigned to_col, const char *view, const char *label)
{
    int64_t id;

    if (!row_int(row, col, &id) || !has_number(in, to, site, to_col, id))
        return 0;
    *out = (struct view_target){.view = view, .table = to->name};
    out->filter = view_printf(in, "rule_id = %lld", (long long)id);
    out->label = view_printf(in, "%s %lld", label, (long long)id);
    return 1;
}

size_t firewall_jump_rule(const struct view_input *in, struct view_target *out, const char *site,
                          const struct row *row, unsigned col)
{
    return jump_number(in, out, site, row, col, &table_rules, RULES_RULE_ID, "firewall",
                       _("rule as the manager means it:"));
}

size_t firewall_jump_host_rules(const struct view_input *in, struct view_target *out,
                                const char *site, const struct row *row, unsigned col)
{
    return jump_number(in, out, site, row, col, &table_host_rules, HOST_RULES_RULE_ID, "host_rules",
                       _("as hosts enforce it:"));
}

/* ---- filters ------------------------------------------------------------------------------------
 */

/* Open is worth a word, not an alarm: it was chosen. What was chosen wrongly, checks know. */
static enum style fail_style(const struct view_input *in, const struct rows_item *row,
                             const char *arg)
{
    (void)in;
    (void)arg;
    return look_is(row->row, FILTERS_FAIL_POLICY, "failOpen") ? STYLE_WARNING : STYLE_NORMAL;
}

static size_t jump_host_rules(const struct view_input *in, const struct rows_item *row,
                              struct view_target *out)
{
    const char *filter = look_text(row->row, FILTERS_FILTER);

    if (!look_offered(in, &table_host_rules) || !*filter)
        return 0;
    jump_rows(in, out, "host_rules", &table_host_rules, HOST_RULES_FILTER, filter,
              view_printf(in, _("realised rules of %s"), filter));
    return 1;
}

static bool enter_filter(const struct view_input *in, const struct rows_item *row,
                         struct view_target *out)
{
    return jump_host_rules(in, row, out) > 0;
}

static size_t related_to_filter(const struct view_input *in, const struct rows_item *row,
                                struct view_target *out)
{
    const char *site = snapshot_site(row->snapshot), *host = row_str(row->row, FILTERS_HOST);
    const char *filter = look_text(row->row, FILTERS_FILTER);
    size_t n = jump_host_rules(in, row, out);

    if (look_offered(in, &table_addrsets))
        jump_rows(in, &out[n++], "addrsets", &table_addrsets, ADDRSETS_FILTER, filter,
                  _("its address sets"));
    if (look_offered(in, &table_flows))
        jump_rows(in, &out[n++], "flows", &table_flows, FLOWS_FILTER, filter, _("its flows"));
    n += jump_find(in, &out[n], "vms", &table_vms, site, VMS_INSTANCE_UUID,
                   row_str(row->row, FILTERS_VM_UUID),
                   view_printf(in, _("VM %s"), look_text(row->row, FILTERS_VM)));
    n += jump_find(in, &out[n], "hosts", &table_hosts, site, HOSTS_HOST, host,
                   view_printf(in, _("host %s"), host ? host : ""));
    return n;
}

/* The cards of a machine have names that begin alike: nic-1234-eth0-..., nic-1234-eth1-... */
static const char *filters_of_vm(const struct view_input *in, const struct column *col,
                                 const char *site, const char *uuid)
{
    struct rows_item row;
    const char *first = NULL, *card;
    size_t i = 0, n = 0;

    while (look_next(in, &table_filters, site, &i, &row)) {
        const char *agent = row_str(row.row, FILTERS_AGENT);
        if (!look_is(row.row, FILTERS_VM_UUID, uuid) || (agent && strcmp(agent, AGENT) != 0))
            continue;
        n++;
        first = first ? first : row_str(row.row, FILTERS_FILTER);
    }
    if (!first || n == 1)
        return first ? jump_filter(in, col, first) : NULL;
    card = strstr(first, "-eth");
    return view_printf(in, "%s ~ \"^%.*s\"", col->name,
                       (int)(card ? card - first + 1 : (long)strlen(first)), first);
}

size_t firewall_jump_vm(const struct view_input *in, struct view_target *out, const char *site,
                        const char *uuid)
{
    static const struct {
        const struct schema *schema;
        unsigned col;
        const char *label;
    } all[] = {
        {&table_host_rules, HOST_RULES_FILTER, N_("its rules as its host enforces them")},
        {&table_addrsets, ADDRSETS_FILTER, N_("its address sets")},
        {&table_flows, FLOWS_FILTER, N_("its flows")},
    };
    size_t n = 0;

    for (size_t i = 0; uuid && i < ARRAY_SIZE(all); i++) {
        const char *filter = filters_of_vm(in, &all[i].schema->columns[all[i].col], site, uuid);
        if (!filter || !*filter || !look_offered(in, all[i].schema))
            continue;
        out[n] = (struct view_target){.view = all[i].schema->name, .table = all[i].schema->name};
        out[n].filter = filter;
        out[n++].label = _(all[i].label);
    }
    return n;
}

static void ends_of_filter(const struct view_input *in, const struct rows_item *row,
                           const char **source, const char **destination)
{
    (void)in;
    *source = row_str(row->row, FILTERS_VM);
    *destination = NULL;
}

static const struct view_column filter_columns[] = {
    {.column = FILTERS_SITE, .min = 5, .max = 12, .weight = 50},
    {.column = FILTERS_VM, .min = 12, .max = 36, .weight = 100},
    {.column = FILTERS_VNIC, .min = 5, .max = 8, .weight = 80},
    {.column = FILTERS_HOST, .min = 10, .max = 32, .weight = 90},
    {.column = FILTERS_STATE, .min = 10, .max = 22, .weight = 85},
    {.column = FILTERS_FAIL_POLICY,
     .title = "on failure",
     .min = 10,
     .max = 12,
     .weight = 75,
     .style = fail_style},
    {.column = FILTERS_AGENT, .min = 10, .max = 22, .weight = 60},
    {.column = FILTERS_FILTER, .min = 20, .max = 52, .weight = 70},
    {.column = FILTERS_SLOT, .max = 5, .flags = VIEW_WIDE},
    {.column = FILTERS_GENERATION, .max = 12, .flags = VIEW_WIDE},
    {.column = FILTERS_VM_UUID, .max = 38, .flags = VIEW_WIDE},
};

const struct view_table view_table_filters = {
    .schema = &table_filters,
    .title = N_("Filters on hosts"),
    .columns = filter_columns,
    .ncolumns = ARRAY_SIZE(filter_columns),
    .sort = FILTERS_VM,
    .enter = enter_filter,
    .related = related_to_filter,
    .ends = ends_of_filter,
    .empty = N_("No network card on these hosts has a filter."),
    .share = 1,
};
