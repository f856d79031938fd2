/* What hosts enforce, line by line, and what rules are made of: opened by name, by Enter or by `r`
 * on the Firewall tab. */
#include "views/views.h"

#include "core/i18n.h"
#include "core/strbuf.h"
#include "model/tables.h"
#include "views/firewall_parts.h"
#include "views/heavy.h"
#include "views/jump.h"
#include "views/look.h"
#include "views/plain.h"

/* ---- realised rules -----------------------------------------------------------------------------
 */

static enum style action_style(const struct view_input *in, const struct rows_item *row,
                               const char *arg)
{
    (void)in;
    (void)arg;
    return firewall_action_style(look_text(row->row, HOST_RULES_ACTION));
}

static void format_rate(struct strbuf *out, const struct view_input *in,
                        const struct rows_item *row, const char *arg)
{
    double rate;

    (void)arg;
    if (firewall_rate(in, row, HOST_RULES_PACKETS, &rate))
        firewall_add_rate(out, rate);
    else
        strbuf_addch(out, '-');
}

static bool enter_host_rule(const struct view_input *in, const struct rows_item *row,
                            struct view_target *out)
{
    return firewall_jump_rule(in, out, snapshot_site(row->snapshot), row->row, HOST_RULES_RULE_ID) >
           0;
}

/* The line is on the card of a machine, which is one of the ends. */
static void ends_of_filter(const struct view_input *in, const struct rows_item *row,
                           const char **source, const char **destination)
{
    struct rows_item filter;

    *destination = NULL;
    *source = look_find(in, &table_filters, snapshot_site(row->snapshot), FILTERS_FILTER,
                        look_text(row->row, HOST_RULES_FILTER), &filter)
                  ? row_str(filter.row, FILTERS_VM)
                  : NULL;
    if (look_is(row->row, HOST_RULES_DIRECTION, "in")) {
        *destination = *source;
        *source = NULL;
    }
}

static size_t related_to_host_rule(const struct view_input *in, const struct rows_item *row,
                                   struct view_target *out)
{
    const char *site = snapshot_site(row->snapshot);
    const char *filter = look_text(row->row, HOST_RULES_FILTER);
    size_t n = firewall_jump_rule(in, out, site, row->row, HOST_RULES_RULE_ID);

    n += jump_find(in, &out[n], "filters", &table_filters, site, FILTERS_FILTER, filter,
                   view_printf(in, _("filter %s"), filter));
    jump_rows(in, &out[n++], "host_rules", &table_host_rules, HOST_RULES_FILTER, filter,
              _("all lines of this filter"));
    if (jump_any(in, &table_addrsets, site, ADDRSETS_FILTER, filter))
        jump_rows(in, &out[n++], "addrsets", &table_addrsets, ADDRSETS_FILTER, filter,
                  _("its address sets"));
    return n;
}

static const struct view_column host_rules_columns[] = {
    {.column = HOST_RULES_SITE, .min = 5, .max = 12, .weight = 30},
    {.column = HOST_RULES_FILTER, .min = 16, .max = 52, .weight = 60, .flags = VIEW_ID},
    {.column = HOST_RULES_POSITION, .title = "#", .min = 3, .max = 6, .weight = 97},
    {.column = HOST_RULES_RULE_ID, .title = "id", .min = 5, .max = 12, .weight = 96},
    {.column = HOST_RULES_DIRECTION, .title = "dir", .min = 5, .max = 6, .weight = 75},
    {.column = HOST_RULES_PROTOCOL, .title = "proto", .min = 5, .max = 8, .weight = 85},
    {.column = HOST_RULES_SOURCE, .title = "from", .min = 12, .max = 40, .weight = 95},
    {.column = HOST_RULES_DESTINATION, .title = "to", .min = 12, .max = 40, .weight = 94},
    {.column = HOST_RULES_PORTS, .min = 5, .max = 20, .weight = 80},
    {.column = HOST_RULES_ACTION, .min = 6, .max = 8, .weight = 99, .style = action_style},
    {.column = HOST_RULES_PACKETS, .min = 7, .max = 14, .weight = 70},
    {.column = HOST_RULES_PACKETS,
     .title = "rate",
     .min = 6,
     .max = 10,
     .weight = 55,
     .flags = VIEW_RIGHT,
     .format = format_rate},
    {.column = HOST_RULES_HOST, .min = 10, .max = 28, .weight = 50},
    {.column = HOST_RULES_RULESET, .max = 24, .flags = VIEW_WIDE},
    {.column = HOST_RULES_EVALS, .max = 14, .flags = VIEW_WIDE},
    {.column = HOST_RULES_ATTRIBUTE, .max = 30, .flags = VIEW_WIDE},
    {.column = HOST_RULES_RAW, .max = 120, .flags = VIEW_WIDE},
};
PLAIN_VIEW_WITH(host_rules, "host_rules", N_("Host rules"),
                N_("rules as hosts enforce them, filter by filter; the first match wins"),
                table_host_rules, .sort = -1, .enter = enter_host_rule,
                .related = related_to_host_rule, .look = heavy_host_rules, .ends = ends_of_filter,
                .empty = N_("No filter has a rule."));

/* ---- filters, sets ------------------------------------------------------------------------------
 */

static const struct view_table *const filters_tables[] = {&view_table_filters, NULL};
static const struct schema *const filters_focus[] = {&table_filters, NULL};

const struct view view_filters = {
    .name = "filters",
    .title = N_("Filters"),
    .hidden = true,
    .about = N_("packet filters of network cards on hosts"),
    .focus = filters_focus,
    .tables = filters_tables,
};

static const struct view_column addrsets_columns[] = {
    {.column = ADDRSETS_SITE, .min = 5, .max = 12, .weight = 40},
    {.column = ADDRSETS_HOST, .min = 10, .max = 28, .weight = 60},
    {.column = ADDRSETS_FILTER, .min = 16, .max = 52, .weight = 70, .flags = VIEW_ID},
    {.column = ADDRSETS_SET, .min = 20, .max = 40, .weight = 100, .flags = VIEW_ID},
    {.column = ADDRSETS_KIND, .min = 4, .max = 5, .weight = 80},
    {.column = ADDRSETS_MEMBER_COUNT, .title = "members", .min = 7, .max = 9, .weight = 95},
    {.column = ADDRSETS_MEMBERS, .title = "addresses", .min = 20, .max = 0, .weight = 90},
};
PLAIN_VIEW_WITH(addrsets, "addrsets", N_("Address sets"),
                N_("address sets as hosts hold them: what names in realised rules stand for"),
                table_addrsets, .sort = -1, .look = heavy_addrsets);

/* ---- groups, policies ---------------------------------------------------------------------------
 */

static bool enter_group(const struct view_input *in, const struct rows_item *row,
                        struct view_target *out)
{
    const char *group = look_text(row->row, GROUPS_GROUP);
    const char *site = snapshot_site(row->snapshot);
    struct rows_item rule;
    size_t i = 0;

    while (look_next(in, &table_rules, site, &i, &rule)) {
        unsigned col = look_list_has(row_list(rule.row, RULES_SOURCES), group) ? RULES_SOURCES
                       : look_list_has(row_list(rule.row, RULES_DESTINATIONS), group)
                           ? RULES_DESTINATIONS
                           : 0;
        if (!col)
            continue;
        jump_rows(in, out, "firewall", &table_rules, col, group,
                  view_printf(in, _("rules that name %s"), group));
        return true;
    }
    return false;
}

static const struct view_column groups_columns[] = {
    {.column = GROUPS_SITE, .min = 5, .max = 12, .weight = 40},
    {.column = GROUPS_GROUP, .min = 16, .max = 40, .weight = 100},
    {.column = GROUPS_MEMBER_COUNT, .title = "addresses", .min = 9, .max = 9, .weight = 95},
    {.column = GROUPS_VM_COUNT, .title = "VMs", .min = 5, .max = 6, .weight = 90},
    {.column = GROUPS_USED, .title = "in rules", .min = 8, .max = 8, .weight = 80},
    {.column = GROUPS_STATE, .min = 8, .max = 12, .weight = 50},
    {.column = GROUPS_IP_MEMBERS, .title = "members", .min = 20, .max = 0, .weight = 85},
    {.column = GROUPS_MEMBERS_AT, .title = "read", .max = 8, .flags = VIEW_WIDE | VIEW_AGE},
    {.column = GROUPS_PATH, .max = 60, .flags = VIEW_WIDE},
};
PLAIN_VIEW_WITH(groups, "groups", N_("Groups"), N_("groups and their effective members"),
                table_groups, .sort = GROUPS_GROUP, .enter = enter_group);

static bool enter_policy(const struct view_input *in, const struct rows_item *row,
                         struct view_target *out)
{
    const char *policy = look_text(row->row, POLICIES_POLICY);

    jump_rows(in, out, "firewall", &table_rules, RULES_POLICY, policy,
              view_printf(in, _("all rules of %s"), policy));
    return true;
}

static void format_policy_rate(struct strbuf *out, const struct view_input *in,
                               const struct rows_item *row, const char *arg)
{
    double rate;

    (void)arg;
    if (firewall_rate(in, row, POLICIES_HITS, &rate))
        firewall_add_rate(out, rate);
    else
        strbuf_addch(out, '-');
}

static const struct view_column policies_columns[] = {
    {.column = POLICIES_SITE, .min = 5, .max = 12, .weight = 40},
    {.column = POLICIES_LAYER, .min = 5, .max = 5, .weight = 95},
    {.column = POLICIES_CATEGORY, .min = 12, .max = 16, .weight = 80},
    {.column = POLICIES_POLICY, .min = 16, .max = 44, .weight = 100},
    {.column = POLICIES_RULE_COUNT, .title = "rules", .min = 5, .max = 7, .weight = 90},
    {.column = POLICIES_HITS, .min = 7, .max = 14, .weight = 85},
    {.column = POLICIES_HITS,
     .title = "rate",
     .min = 6,
     .max = 10,
     .weight = 70,
     .flags = VIEW_RIGHT,
     .format = format_policy_rate},
    {.column = POLICIES_APPLIED_TO, .min = 10, .max = 36, .weight = 60},
    {.column = POLICIES_STATEFUL, .min = 8, .max = 8, .weight = 30},
    {.column = POLICIES_MODIFIED_BY, .max = 24, .flags = VIEW_WIDE},
    {.column = POLICIES_MODIFIED_AT, .max = 24, .flags = VIEW_WIDE},
};
PLAIN_VIEW_WITH(policies, "policies", N_("Policies"),
                N_("firewall policies, in the order of evaluation"), table_policies,
                .sort = POLICIES_EVALUATION, .enter = enter_policy);

static const struct view_column services_columns[] = {
    {.column = SERVICES_SITE, .min = 5, .max = 12, .weight = 40},
    {.column = SERVICES_SERVICE, .min = 16, .max = 44, .weight = 100},
    {.column = SERVICES_ENTRIES, .min = 24, .max = 0, .weight = 95},
    {.column = SERVICES_IS_DEFAULT, .max = 10, .flags = VIEW_WIDE},
};
PLAIN_VIEW(services, "services", N_("Services"),
           N_("protocols and ports behind the names in rules"), table_services);

/* ---- hosts as NSX-V's manager knows them --------------------------------------------------------
 */

static const struct view_column firewall_hosts_columns[] = {
    {.column = FIREWALL_HOSTS_SITE, .min = 5, .max = 12, .weight = 40},
    {.column = FIREWALL_HOSTS_HOST, .min = 14, .max = 36, .weight = 100},
    {.column = FIREWALL_HOSTS_STATE, .min = 9, .max = 14, .weight = 95},
    {.column = FIREWALL_HOSTS_LAGS, .min = 5, .max = 6, .weight = 90},
    {.column = FIREWALL_HOSTS_FIREWALL_AGENT, .title = "vsfwd", .min = 5, .max = 14, .weight = 92},
    {.column = FIREWALL_HOSTS_CONTROL_AGENT, .title = "netcpa", .min = 6, .max = 14, .weight = 80},
    {.column = FIREWALL_HOSTS_CONTROLLERS, .min = 11, .max = 14, .weight = 75},
    {.column = FIREWALL_HOSTS_ERROR_CODE, .title = "error", .min = 5, .max = 10, .weight = 70},
    {.column = FIREWALL_HOSTS_GENERATION, .max = 16, .flags = VIEW_WIDE},
    {.column = FIREWALL_HOSTS_WANTED, .max = 18, .flags = VIEW_WIDE},
    {.column = FIREWALL_HOSTS_ENDED_AT, .max = 24, .flags = VIEW_WIDE},
};
PLAIN_VIEW(firewall_hosts, "firewall_hosts", N_("Firewall hosts"),
           N_("which rules hosts hold and whether the manager reaches their agents (NSX-V)"),
           table_firewall_hosts);
