/*
 * Firewall: what the manager means, in the order in which it is evaluated, and which network cards
 * have a filter that enforces it. Enter leads from a rule to its lines on hosts; those lead back.
 */
#include "views/views.h"

#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "model/tables.h"
#include "views/firewall_parts.h"
#include "views/jump.h"
#include "views/look.h"

/* ---- rules --------------------------------------------------------------------------------------
 */

static bool is_off(const struct row *r)
{
    bool on = true;

    return row_bool(r, RULES_ENABLED, &on) && !on;
}

static enum style plain(const struct view_input *in, const struct rows_item *row, const char *arg)
{
    (void)in;
    (void)arg;
    return is_off(row->row) ? STYLE_DIM : STYLE_NORMAL;
}

static enum style action_style(const struct view_input *in, const struct rows_item *row,
                               const char *arg)
{
    return is_off(row->row) ? plain(in, row, arg)
                            : firewall_action_style(look_text(row->row, RULES_ACTION));
}

static void format_action(struct strbuf *out, const struct view_input *in,
                          const struct rows_item *row, const char *arg)
{
    (void)in;
    (void)arg;
    strbuf_addf(out, "%s%s", look_text(row->row, RULES_ACTION), is_off(row->row) ? " off" : "");
}

static void format_list(struct strbuf *out, const struct row *r, unsigned col, unsigned negated)
{
    const struct cell_list *l = row_list(r, col);
    bool not = false;

    if (!l) {
        strbuf_addch(out, '-');
        return;
    }
    if (negated && row_bool(r, negated, &not ) && not )
        strbuf_addstr(out, "not ");
    for (size_t i = 0; i < l->n; i++)
        strbuf_addf(out, "%s%s", i ? ", " : "", l->items[i]);
}

static void format_sources(struct strbuf *out, const struct view_input *in,
                           const struct rows_item *row, const char *arg)
{
    (void)in;
    (void)arg;
    format_list(out, row->row, RULES_SOURCES, RULES_NEGATE_SOURCES);
}

static void format_destinations(struct strbuf *out, const struct view_input *in,
                                const struct rows_item *row, const char *arg)
{
    (void)in;
    (void)arg;
    format_list(out, row->row, RULES_DESTINATIONS, RULES_NEGATE_DESTINATIONS);
}

/* What is written into the rule itself is a service, too; a profile narrows it to an application.
 */
static void format_services(struct strbuf *out, const struct view_input *in,
                            const struct rows_item *row, const char *arg)
{
    const struct cell_list *own = row_list(row->row, RULES_SERVICE_ENTRIES);
    const struct cell_list *profiles = row_list(row->row, RULES_PROFILES);

    (void)in;
    (void)arg;
    format_list(out, row->row, RULES_SERVICES, 0);
    for (size_t i = 0; own && i < own->n; i++)
        strbuf_addf(out, ", %s", own->items[i]);
    for (size_t i = 0; profiles && i < profiles->n; i++)
        strbuf_addf(out, "%s%s", i ? ", " : " + ", profiles->items[i]);
}

static void format_rate(struct strbuf *out, const struct view_input *in,
                        const struct rows_item *row, const char *arg)
{
    double rate;

    (void)arg;
    if (firewall_rate(in, row, RULES_HITS, &rate))
        firewall_add_rate(out, rate);
    else
        strbuf_addch(out, '-');
}

/* Layers one after the other, each in the order of evaluation: the first match wins, so the order
 * is the meaning. Where the manager's place is known it decides alone. */
static const struct rows_level as_evaluated[] = {
    {.column = RULES_SITE},   {.column = RULES_LAYER},    {.column = RULES_EVALUATION},
    {.column = RULES_POLICY}, {.column = RULES_SEQUENCE},
};

static bool enter(const struct view_input *in, const struct rows_item *row, struct view_target *out)
{
    return firewall_jump_host_rules(in, out, snapshot_site(row->snapshot), row->row,
                                    RULES_RULE_ID) > 0;
}

static size_t jump_groups(const struct view_input *in, const struct rows_item *row, unsigned col,
                          struct view_target *out, size_t n)
{
    const struct cell_list *l = row_list(row->row, col);

    for (size_t i = 0; l && i < l->n && n < VIEW_TARGETS_MAX; i++)
        n += jump_find(in, &out[n], "groups", &table_groups, snapshot_site(row->snapshot),
                       GROUPS_GROUP, l->items[i], view_printf(in, _("group %s"), l->items[i]));
    return n;
}

static size_t related(const struct view_input *in, const struct rows_item *row,
                      struct view_target *out)
{
    const char *site = snapshot_site(row->snapshot);
    const char *policy = row_str(row->row, RULES_POLICY);
    size_t n = firewall_jump_host_rules(in, out, site, row->row, RULES_RULE_ID);
    int64_t id;

    n += jump_key(in, &out[n], "policies", &table_policies, site, snapshot_endpoint(row->snapshot),
                  row_str(row->row, RULES_POLICY_PATH),
                  view_printf(in, _("policy %s"), policy ? policy : ""));
    if (policy)
        jump_rows(in, &out[n++], "firewall", &table_rules, RULES_POLICY, policy,
                  view_printf(in, _("all rules of %s"), policy));
    if (row_int(row->row, RULES_RULE_ID, &id) && look_offered(in, &table_flows)) {
        out[n] = (struct view_target){.view = "flows", .table = table_flows.name};
        out[n].filter = view_printf(in, "rule_id = %lld", (long long)id);
        out[n++].label = _("flows that it let pass");
    }
    n = jump_groups(in, row, RULES_SOURCES, out, n);
    return jump_groups(in, row, RULES_DESTINATIONS, out, n);
}

/* How many lines on how many filters: what is meant and what is enforced, side by side. */
static void details(struct strbuf *out, const struct view_input *in, const struct rows_item *row)
{
    const char *site = snapshot_site(row->snapshot);
    struct look_source lines = look_source(in, &table_host_rules, site);
    struct rows_item line;
    int64_t id, other = 0;
    size_t i = 0, n = 0;

    if (lines.worst == FRESH_UNSUPPORTED) {
        strbuf_addstr(out, _("host rules are not readable here (on VMC hosts cannot be logged in "
                             "to)\n"));
        return;
    }
    if (lines.worst == FRESH_NEVER) {
        strbuf_addstr(out, _("host rules were not read yet: Enter or :host_rules reads them\n"));
        return;
    }
    if (!row_int(row->row, RULES_RULE_ID, &id))
        return;
    while (look_next(in, &table_host_rules, site, &i, &line))
        n += row_int(line.row, HOST_RULES_RULE_ID, &other) && other == id;
    strbuf_addf(out,
                Q_(n, "%zu line on hosts (joined by rule id %lld), read ",
                   "%zu lines on hosts (joined by rule id %lld), read "),
                n, (long long)id);
    view_ago(out, in, lines.taken_at);
    strbuf_addch(out, '\n');
}

static const struct view_column columns[] = {
    {.column = RULES_SITE, .min = 5, .max = 12, .weight = 45, .style = plain},
    {.column = RULES_LAYER, .min = 5, .max = 5, .weight = 88, .style = plain},
    {.column = RULES_POLICY, .min = 10, .max = 28, .weight = 85, .style = plain},
    {.column = RULES_RULE_ID, .title = "id", .min = 5, .max = 12, .weight = 80, .style = plain},
    {.column = RULES_RULE, .min = 12, .max = 32, .weight = 100, .style = plain},
    {.column = RULES_SOURCES,
     .title = "from",
     .min = 8,
     .max = 36,
     .weight = 92,
     .format = format_sources,
     .style = plain},
    {.column = RULES_DESTINATIONS,
     .title = "to",
     .min = 8,
     .max = 36,
     .weight = 91,
     .format = format_destinations,
     .style = plain},
    {.column = RULES_SERVICES,
     .min = 8,
     .max = 32,
     .weight = 70,
     .format = format_services,
     .style = plain},
    {.column = RULES_ACTION,
     .min = 9,
     .max = 12,
     .weight = 98,
     .format = format_action,
     .style = action_style},
    {.column = RULES_HITS, .min = 6, .max = 14, .weight = 82, .style = plain},
    {.column = RULES_HITS,
     .title = "rate",
     .min = 6,
     .max = 10,
     .weight = 65,
     .flags = VIEW_RIGHT,
     .format = format_rate,
     .style = plain},
    {.column = RULES_APPLIED_TO, .min = 10, .max = 30, .weight = 50, .style = plain},
    {.column = RULES_CATEGORY, .max = 16, .flags = VIEW_WIDE},
    {.column = RULES_DIRECTION, .max = 8, .flags = VIEW_WIDE},
    {.column = RULES_LOGGED, .max = 6, .flags = VIEW_WIDE},
    {.column = RULES_HITS_AT, .title = "counted", .max = 10, .flags = VIEW_WIDE | VIEW_AGE},
    {.column = RULES_MODIFIED_BY, .max = 24, .flags = VIEW_WIDE},
    {.column = RULES_MODIFIED_AT, .max = 24, .flags = VIEW_WIDE},
};

static const struct view_table rules = {
    .schema = &table_rules,
    .title = N_("Rules, in the order of evaluation"),
    .columns = columns,
    .ncolumns = ARRAY_SIZE(columns),
    .sort = -1,
    .levels = as_evaluated,
    .nlevels = ARRAY_SIZE(as_evaluated),
    .enter = enter,
    .related = related,
    .details = details,
    .empty = N_("The manager has no firewall rule."),
    .share = 3,
};

static bool exists(const struct view_input *in)
{
    return look_offered(in, &table_rules) || look_offered(in, &table_filters);
}

static const struct view_table *const tables[] = {&rules, &view_table_filters, NULL};
static const struct schema *const focus[] = {&table_rules, &table_filters, NULL};
static const char *const aliases[] = {"fw", "rules", NULL};

const struct view view_firewall = {
    .name = "firewall",
    .aliases = aliases,
    .title = N_("Firewall"),
    .digit = '5',
    .about = N_("rules as the manager means them, their hits, and the filters that enforce them; "
                "e says why a packet passes"),
    .exists = exists,
    .focus = focus,
    .tables = tables,
};
