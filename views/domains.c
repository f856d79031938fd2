#include "views/domains.h"

#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "model/checks/check.h"
#include "model/tables.h"
#include "views/bar.h"
#include "views/route_tables.h"

#define NAMES_MAX 2 /* names of bad things in one sentence */

/* ---- counting by word ---------------------------------------------------------------------------
 */

#define WORDS_MAX 12

struct tally {
    const char *words[WORDS_MAX];
    size_t counts[WORDS_MAX];
    size_t n, rows;
};

static void tally_add(struct tally *t, const char *word)
{
    size_t i = 0;

    t->rows++;
    while (i < t->n && strcmp(t->words[i], word) != 0)
        i++;
    if (i == WORDS_MAX)
        return;
    if (i == t->n)
        t->words[t->n++] = word;
    t->counts[i]++;
}

static void tally_say(struct strbuf *out, const struct tally *t)
{
    const char *between = "";

    for (size_t i = 0; i < t->n; i++) {
        if (!t->counts[i])
            continue;
        strbuf_addf(out, "%s%zu %s", between, t->counts[i], t->words[i]);
        between = ", ";
    }
}

/* "name state" of things that are not well, NAMES_MAX at most; then how many more. */
struct bad {
    struct strbuf names;
    size_t n;
    enum severity worst;
};

static void bad_add(struct bad *b, const char *name, const char *word, enum severity s)
{
    if (s > b->worst)
        b->worst = s;
    if (b->n++ < NAMES_MAX)
        strbuf_addf(&b->names, "%s%s %s", b->n > 1 ? ", " : "", name, word);
}

static void bad_say(struct strbuf *out, struct bad *b)
{
    if (b->n)
        strbuf_addstr(out, b->names.buf);
    if (b->n > NAMES_MAX)
        strbuf_addf(out, _(" and %zu more"), b->n - NAMES_MAX);
    if (b->n)
        strbuf_addstr(out, "; ");
    strbuf_release(&b->names);
}

static enum severity severity_of(const struct schema *s, const struct row *r, unsigned col)
{
    return cell_severity(&s->columns[col], &r->cells[col]);
}

/* ---- endpoints, hosts, edges --------------------------------------------------------------------
 */

static enum severity say_endpoints(struct strbuf *out, const struct view_input *in,
                                   const char *site)
{
    struct tally t = {0};
    struct bad bad = {STRBUF_INIT, 0, SEV_OK};
    struct rows_item row;
    size_t i = 0;

    while (look_next(in, &table_endpoints, site, &i, &row)) {
        const char *word = look_text(row.row, ENDPOINTS_FRESHNESS);
        tally_add(&t, *word ? word : "never");
        enum severity s = severity_of(&table_endpoints, row.row, ENDPOINTS_FRESHNESS);
        if (s > SEV_OK)
            bad_add(&bad, look_text(row.row, ENDPOINTS_ENDPOINT), word, s);
    }
    bad_say(out, &bad);
    tally_say(out, &t);
    return SEV_OK; /* what is not well there is said by the age of the data */
}

static enum severity say_hosts(struct strbuf *out, const struct view_input *in, const char *site)
{
    struct tally t = {0};
    struct bad bad = {STRBUF_INIT, 0, SEV_OK};
    struct rows_item row;
    size_t i = 0;

    while (look_next(in, &table_hosts, site, &i, &row)) {
        unsigned col = look_host_state(row.row);
        const char *word = look_text(row.row, col);
        tally_add(&t, *word ? word : "-");
        enum severity s = severity_of(&table_hosts, row.row, col);
        if (s > SEV_OK)
            bad_add(&bad, look_text(row.row, HOSTS_HOST), word, s);
    }
    bad_say(out, &bad);
    tally_say(out, &t);
    return bad.worst;
}

/* The best first. */
static const char *const edge_roles[] = {"active", "standby", "sync", "down"};

/* Its status; where NSX tells none (VMC), what it is for the gateways, the best of it. */
static const char *edge_word(const struct row *r, enum severity *s)
{
    const struct cell_list *l = row_list(r, EDGES_ROLES);

    *s = cell_severity(&table_edges.columns[EDGES_STATUS], &r->cells[EDGES_STATUS]);
    if (row_present(r, EDGES_STATUS))
        return look_text(r, EDGES_STATUS);
    for (size_t w = 0; l && w < ARRAY_SIZE(edge_roles); w++)
        for (size_t i = 0; i < l->n; i++)
            if (text_has_suffix(l->items[i], edge_roles[w]) &&
                l->items[i][strlen(l->items[i]) - strlen(edge_roles[w]) - 1] == '=') {
                *s = w < 2 ? SEV_OK : w == 2 ? SEV_WARNING : SEV_CRITICAL;
                return edge_roles[w];
            }
    return _("of unknown state");
}

/* Which edge serves the gateways: what the ENI has to follow. */
static void say_active_edges(struct strbuf *out, const struct view_input *in, const char *site)
{
    struct rows_item row;
    size_t i = 0, n = 0, named = 0;
    int64_t wanted = look_edge_tier(in, site), tier;

    while (look_next(in, &table_gateways, site, &i, &row)) {
        if (!row_int(row.row, GATEWAYS_TIER, &tier) || tier != wanted ||
            !row_present(row.row, GATEWAYS_HA_STATUS))
            continue;
        n++;
        if (!look_is(row.row, GATEWAYS_HA_STATUS, "active"))
            continue;
        if (named++ < NAMES_MAX)
            strbuf_addf(out, _("%s ACTIVE for %s; "), look_gateway_edge(row.row),
                        look_text(row.row, GATEWAYS_GATEWAY));
    }
    if (named > NAMES_MAX)
        strbuf_addf(out, _("%zu more active; "), named - NAMES_MAX);
    else if (n && !named)
        strbuf_addstr(out, _("NO active edge; "));
}

static enum severity say_edges(struct strbuf *out, const struct view_input *in, const char *site)
{
    struct tally t = {0};
    struct bad bad = {STRBUF_INIT, 0, SEV_OK};
    struct rows_item row;
    size_t i = 0;

    /* Alike sites read alike, in whatever order their rows are. */
    while (t.n < ARRAY_SIZE(edge_roles)) {
        t.words[t.n] = edge_roles[t.n];
        t.n++;
    }
    while (look_next(in, &table_edges, site, &i, &row)) {
        enum severity s;
        const char *word = edge_word(row.row, &s);
        tally_add(&t, word);
        if (s > SEV_OK)
            bad_add(&bad, look_text(row.row, EDGES_EDGE), word, s);
    }
    bad_say(out, &bad);
    say_active_edges(out, in, site);
    tally_say(out, &t);
    return bad.worst;
}

/* ---- ENIs, routes, segments ---------------------------------------------------------------------
 */

static enum severity say_enis(struct strbuf *out, const struct view_input *in, const char *site)
{
    struct tally t = {0};
    struct rows_item row;
    size_t i = 0, active = 0;
    bool changing = false;

    while (look_next(in, &table_enis, site, &i, &row)) {
        const char *role = look_text(row.row, ENIS_ROLE), *host = look_text(row.row, ENIS_HOST);
        tally_add(&t, *role ? role : "-");
        changing = changing || strcmp(role, "changing") == 0;
        if (strcmp(role, "active") == 0 && active++ < NAMES_MAX)
            strbuf_addf(out, *host ? _("%s ACTIVE on %s; ") : _("%s ACTIVE; "),
                        look_text(row.row, ENIS_ENI), host);
    }
    if (t.rows && !active)
        strbuf_addstr(out, _("NO active ENI; "));
    tally_say(out, &t);
    if (!t.rows || active)
        return SEV_OK;
    /* In the middle of a failover none is: the checks say when that lasts too long. */
    return changing ? SEV_WARNING : SEV_CRITICAL;
}

static void say_table(struct strbuf *out, const struct route_table *t)
{
    strbuf_addf(out, "%s ", route_table_label(t));
    route_table_say(out, t);
}

struct route_sum {
    struct route_table main; /* id NULL: it has no line of its own */
    size_t bad, good;
    enum severity worst;
};

/* Say the tables that have not followed, NAMES_MAX of them, and count the rest. */
static void say_bad_tables(struct strbuf *out, const struct view_input *in, const char *site,
                           struct route_sum *sum)
{
    struct route_tables_walk w = {0, 0};
    struct route_table t;

    while (route_tables_next(in, site, &w, &t)) {
        if (!t.judged)
            continue;
        if (t.worst == ROUTE_OK) {
            sum->good++;
            if (t.main)
                sum->main = t;
            continue;
        }
        if (t.worst != ROUTE_CONVERGING)
            sum->worst = SEV_CRITICAL;
        else if (sum->worst < SEV_WARNING)
            sum->worst = SEV_WARNING;
        if (sum->bad++ >= NAMES_MAX)
            continue;
        strbuf_addstr(out, sum->bad > 1 ? ", " : "");
        say_table(out, &t);
    }
    if (sum->bad > NAMES_MAX)
        strbuf_addf(out, _(" and %zu more"), sum->bad - NAMES_MAX);
}

/* Those that have not followed, then main, then how many follow. */
static enum severity say_routes(struct strbuf *out, const struct view_input *in, const char *site)
{
    struct route_sum sum = {.worst = SEV_OK};
    struct look_source why;

    say_bad_tables(out, in, site, &sum);
    if (sum.main.id) {
        strbuf_addstr(out, sum.bad ? "; " : "");
        say_table(out, &sum.main);
        sum.good--;
    }
    if (sum.good)
        strbuf_addf(out, _("%s%zu more ok"), sum.bad || sum.main.id ? "; " : "", sum.good);
    if (sum.bad || sum.main.id || sum.good)
        return sum.worst;
    if (route_tables_unjudged(in, site, &why))
        strbuf_addf(out, _("not judged: %s is %s"), why.endpoint, view_freshness_word(why.worst));
    else
        strbuf_addstr(out, _("no route table holds a network of the SDDC"));
    return SEV_OK;
}

static enum severity say_segments(struct strbuf *out, const struct view_input *in, const char *site)
{
    struct tally t = {0};
    struct bad bad = {STRBUF_INIT, 0, SEV_OK};
    struct rows_item row;
    size_t i = 0;
    bool there;

    while (look_next(in, &table_segments, site, &i, &row)) {
        const char *type = look_text(row.row, SEGMENTS_TYPE);
        tally_add(&t, *type ? type : "-");
        enum severity s = severity_of(&table_segments, row.row, SEGMENTS_REALIZED);
        if (s > SEV_OK)
            bad_add(&bad, look_text(row.row, SEGMENTS_SEGMENT),
                    look_text(row.row, SEGMENTS_REALIZED), s);
        else if (strcmp(type, "routed") == 0 && row_bool(row.row, SEGMENTS_IN_MAIN_TABLE, &there) &&
                 !there)
            bad_add(&bad, look_text(row.row, SEGMENTS_SEGMENT), _("NOT in the main table"),
                    SEV_WARNING);
    }
    bad_say(out, &bad);
    tally_say(out, &t);
    return bad.worst;
}

/* ---- VMs, vSAN, replication ---------------------------------------------------------------------
 */

static enum severity say_vms(struct strbuf *out, const struct view_input *in, const char *site)
{
    struct tally t = {0};
    struct bad bad = {STRBUF_INIT, 0, SEV_OK};
    struct rows_item row;
    size_t i = 0;

    while (look_next(in, &table_vms, site, &i, &row)) {
        const char *vm = look_text(row.row, VMS_VM), *word = look_text(row.row, VMS_POWER_STATE);
        enum severity s = severity_of(&table_vms, row.row, VMS_CONNECTION_STATE);
        tally_add(&t, *word ? word : "-");
        if (s > SEV_OK)
            bad_add(&bad, vm, look_text(row.row, VMS_CONNECTION_STATE), s);
        else if (row_present(row.row, VMS_QUESTION_PENDING))
            bad_add(&bad, vm, _("waits for an answer"), SEV_WARNING);
    }
    bad_say(out, &bad);
    tally_say(out, &t);
    return bad.worst;
}

static enum severity say_vsan(struct strbuf *out, const struct view_input *in, const char *site)
{
    enum severity worst = SEV_OK;
    struct rows_item row;
    size_t i = 0, n = 0;

    while (look_next(in, &table_vsan, site, &i, &row)) {
        enum severity s = severity_of(&table_vsan, row.row, VSAN_HEALTH);
        worst = s > worst ? s : worst;
        if (n++ >= NAMES_MAX)
            continue;
        strbuf_addf(out, "%s%s ", n > 1 ? "; " : "", look_text(row.row, VSAN_CLUSTER));
        bar_percent(out, row.row, VSAN_USED_PERCENT);
        strbuf_addf(out, _(" used, health %s"), look_cell(in, &table_vsan, row.row, VSAN_HEALTH));
        if (row_present(row.row, VSAN_TREND))
            strbuf_addf(out, ", %s", look_text(row.row, VSAN_TREND));
    }
    if (n > NAMES_MAX)
        strbuf_addf(out, _(" and %zu more"), n - NAMES_MAX);
    return worst;
}

/* How many hold their RPO, and the one that is latest. */
static enum severity say_replication(struct strbuf *out, const struct view_input *in,
                                     const char *site)
{
    const struct column *col = &table_replications.columns[REPLICATIONS_VERDICT];
    struct tally t = {0};
    struct rows_item row, latest = {NULL, NULL};
    enum severity worst = SEV_OK;
    int64_t most = 0, late;
    size_t i = 0;

    while (look_next(in, &table_replications, site, &i, &row)) {
        enum severity s = cell_severity(col, &row.row->cells[REPLICATIONS_VERDICT]);
        if (look_is(row.row, REPLICATIONS_KIND, "hcx"))
            continue;
        worst = s > worst ? s : worst;
        tally_add(&t, look_cell(in, &table_replications, row.row, REPLICATIONS_VERDICT));
        if (s >= SEV_WARNING && !look_is(row.row, REPLICATIONS_VERDICT, "paused") &&
            row_int(row.row, REPLICATIONS_LATE_S, &late) && late > most) {
            most = late;
            latest = row;
        }
    }
    if (latest.row)
        strbuf_addf(out, _("%s is late by %s; "), look_text(latest.row, REPLICATIONS_VM),
                    look_cell(in, &table_replications, latest.row, REPLICATIONS_LATE_S));
    tally_say(out, &t);
    return worst;
}

/* ---- firewall -----------------------------------------------------------------------------------
 */

/* What is meant and what enforces it, counted; which of it is wrong, checks say. */
static enum severity say_firewall(struct strbuf *out, const struct view_input *in, const char *site)
{
    size_t rules = 0, off = 0, filters = 0, open = 0, i = 0;
    struct rows_item row;
    bool on;

    while (look_next(in, &table_rules, site, &i, &row)) {
        rules++;
        off += row_bool(row.row, RULES_ENABLED, &on) && !on;
    }
    i = 0;
    while (look_next(in, &table_filters, site, &i, &row)) {
        filters++;
        open += look_is(row.row, FILTERS_FAIL_POLICY, "failOpen");
    }
    strbuf_addf(out, Q_(rules, "%zu rule", "%zu rules"), rules);
    if (off)
        strbuf_addf(out, _(", %zu off"), off);
    if (filters)
        strbuf_addf(out, Q_(filters, "; %zu filter on hosts", "; %zu filters on hosts"), filters);
    if (open)
        strbuf_addf(out, _(", %zu fail open"), open);
    return SEV_OK;
}

/* ---- the list -----------------------------------------------------------------------------------
 */

static const struct schema *const of_routes[] = {&table_routes, &table_prefix_lists, NULL};
static const struct schema *const of_enis[] = {&table_enis, &table_linked_vpcs,   &table_subnets,
                                               &table_vpcs, &table_vpc_endpoints, &table_sddcs,
                                               NULL};
static const struct schema *const of_edges[] = {&table_edges, &table_gateways, NULL};
static const struct schema *const of_hosts[] = {&table_hosts, NULL};
static const struct schema *const of_segments[] = {&table_segments, NULL};
static const struct schema *const of_vms[] = {&table_vms, &table_datastores, NULL};
static const struct schema *const of_vsan[] = {&table_vsan, NULL};
static const struct schema *const of_replication[] = {&table_replications, NULL};
static const struct schema *const of_firewall[] = {&table_rules, &table_policies, &table_filters,
                                                   NULL};
static const struct schema *const of_endpoints[] = {&table_endpoints, NULL};

const struct domain domains_all[] = {
    {"routes", N_("Routes"), of_routes, "eni", "route_tables", say_routes},
    {"eni", N_("ENI"), of_enis, "eni", NULL, say_enis},
    {"edges", N_("Edges"), of_edges, "edges", NULL, say_edges},
    {"hosts", N_("Hosts"), of_hosts, "hosts", NULL, say_hosts},
    {"replication", N_("Replication"), of_replication, "replication", "replications",
     say_replication},
    {"vsan", N_("vSAN"), of_vsan, "vsan", NULL, say_vsan},
    {"vms", N_("VMs"), of_vms, "vms", NULL, say_vms},
    {"firewall", N_("Firewall"), of_firewall, "firewall", "rules", say_firewall},
    {"segments", N_("Segments"), of_segments, "segments", NULL, say_segments},
    {"endpoints", N_("Endpoints"), of_endpoints, "endpoints", NULL, say_endpoints},
    {0},
};

/* What is read only once somebody asks says nothing of how a domain is, but its findings do. */
static const struct schema *asked_for(const struct schema *s)
{
    static const struct schema *const of_rules[] = {&table_host_rules, &table_addrsets,
                                                    &table_flows, &table_groups, &table_services};

    for (size_t i = 0; i < ARRAY_SIZE(of_rules); i++)
        if (of_rules[i] == s)
            return &table_rules;
    return s;
}

static const struct domain *domain_of_table(const struct schema *s)
{
    s = asked_for(s);
    for (const struct domain *d = domains_all; d->name; d++)
        for (size_t i = 0; d->tables[i]; i++)
            if (d->tables[i] == s)
                return d;
    return NULL;
}

static const struct domain *domain_of(const struct check *c)
{
    const struct schema *first = c->tables     ? c->tables[0]
                                 : c->optional ? c->optional[0]
                                               : &table_endpoints; /* it judges the endpoints */

    return domain_of_table(first);
}

const struct domain *domains_of_check(const char *check)
{
    for (size_t i = 0; check && checks_all[i]; i++)
        if (strcmp(checks_all[i]->name, check) == 0)
            return domain_of(checks_all[i]);
    return NULL;
}

static enum freshness freshness_of(const char *word)
{
    for (int f = FRESH_NEVER; f <= FRESH_UNSUPPORTED; f++)
        if (look_same(word, freshness_name((enum freshness)f)))
            return (enum freshness)f;
    return FRESH_NEVER;
}

/* The table of endpoints is always new; what counts is what it says of them. */
static struct look_source endpoints_source(const struct view_input *in, const char *site)
{
    struct look_source all = {FRESH_UNSUPPORTED, 0, ""};
    struct rows_item row;
    size_t i = 0;

    while (look_next(in, &table_endpoints, site, &i, &row)) {
        struct look_source one = {freshness_of(row_str(row.row, ENDPOINTS_FRESHNESS)), 0,
                                  look_text(row.row, ENDPOINTS_ENDPOINT)};
        (void)row_int(row.row, ENDPOINTS_TAKEN_AT, &one.taken_at);
        all = look_worse(all, one);
    }
    return all;
}

struct look_source domains_source(const struct view_input *in, const struct domain *d,
                                  const char *site)
{
    struct look_source all;

    if (d->tables[0] == &table_endpoints)
        return endpoints_source(in, site);
    all = look_source(in, d->tables[0], site);
    /* The age is that of its own table: others are read less often, and that is all right. */
    for (size_t i = 1; all.worst != FRESH_UNSUPPORTED && d->tables[i]; i++) {
        struct look_source other = look_source(in, d->tables[i], site);
        if (other.worst != FRESH_OK && look_worse(all, other).worst != all.worst)
            all = other;
    }
    return all;
}
