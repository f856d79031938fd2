/*
 * explain_policy: rules as the manager means them: which of a gateway's (or of the distributed
 * firewall's) rules a packet matches first. Answers have the four values of explain_rule.h; groups
 * are asked by their effective members, services by their entries, and what was not read is
 * unknown.
 */
#include "model/explain_priv.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "model/explain_set.h"

/* ---- the rule behind a line of a host -----------------------------------------------------------
 */

static void name_rule(struct explain_ask *a, struct explain_hop *h, const struct row *r)
{
    const char *policy = row_str(r, RULES_POLICY), *rule = row_str(r, RULES_RULE);

    h->policy_rule = row_str(r, RULES_PATH);
    h->policy_name = arena_printf(a->arena, "%s / %s", policy ? policy : "-", rule ? rule : "-");
}

void explain_policy_of(struct explain_ask *a, struct explain_hop *h, const char *site, int64_t id)
{
    struct explain_cursor at = {0};
    const struct row *found = NULL;
    const char *path;
    int64_t v;

    while (id >= 0 && explain_next(a->x, &table_rules, site, &at)) {
        if (!row_int(at.found.row, RULES_RULE_ID, &v) || v != id)
            continue;
        path = row_str(at.found.row, RULES_PATH);
        if (found && path && strcmp(path, row_str(found, RULES_PATH)) != 0) {
            explain_note(a,
                         "two managers have a rule %" PRId64
                         ": which one host rules come from is not known",
                         id);
            return;
        }
        found = at.found.row;
    }
    if (found)
        name_rule(a, h, found);
}

/* ---- groups -------------------------------------------------------------------------------------
 */

static const struct row *find_path(const struct explain_ask *a, const struct schema *schema,
                                   unsigned col, const char *site, const char *path)
{
    struct explain_cursor at = {0};

    while (explain_next(a->x, schema, site, &at)) {
        const char *p = row_str(at.found.row, col);
        if (p && strcmp(p, path) == 0)
            return at.found.row;
    }
    return NULL;
}

static enum explain_match match_members(const struct cell_list *members, const struct ip *ip)
{
    enum explain_match m = EXPLAIN_NO;
    struct explain_set *set;

    if (!ip)
        return members->n ? EXPLAIN_UNKNOWN : EXPLAIN_NO;
    set = explain_set_new(members);
    if (explain_set_ip(set, ip))
        m = EXPLAIN_YES;
    else if (explain_set_odd(set))
        m = EXPLAIN_UNKNOWN;
    explain_set_free(set);
    return m;
}

static enum explain_match match_group(const struct explain_ask *a, const char *path,
                                      const struct explain_party *p, const char *site)
{
    const struct row *g = find_path(a, &table_groups, GROUPS_PATH, site, path);
    const struct cell_list *ips = g ? row_list(g, GROUPS_IP_MEMBERS) : NULL;
    const struct cell_list *vms = g ? row_list(g, GROUPS_VM_MEMBERS) : NULL;

    for (size_t i = 0; vms && p->name && i < vms->n; i++) {
        if (strcmp(vms->items[i], p->name) == 0)
            return EXPLAIN_YES;
    }
    return ips ? match_members(ips, p->address) : EXPLAIN_UNKNOWN;
}

static enum explain_match match_item(const struct explain_ask *a, const char *item,
                                     const struct explain_party *p, const char *site)
{
    const struct cell_list one = {1, &item};

    if (strcmp(item, "ANY") == 0)
        return EXPLAIN_YES;
    /* Groups of NSX-V have ids for paths. */
    if (item[0] == '/' || find_path(a, &table_groups, GROUPS_PATH, site, item))
        return match_group(a, item, p, site);
    return match_members(&one, p->address);
}

static enum explain_match match_party(const struct explain_ask *a, const struct row *r, bool source,
                                      const char *site)
{
    const struct explain_party *p = source ? &a->source : &a->destination;
    const struct cell_list *l = row_list(r, source ? RULES_SOURCE_PATHS : RULES_DESTINATION_PATHS);
    enum explain_match m = EXPLAIN_NO, one;
    bool negated = false;

    (void)row_bool(r, source ? RULES_NEGATE_SOURCES : RULES_NEGATE_DESTINATIONS, &negated);
    if (!l)
        l = row_list(r, source ? RULES_SOURCES : RULES_DESTINATIONS);
    if (!l || !l->n)
        return EXPLAIN_UNKNOWN;
    for (size_t i = 0; i < l->n && m != EXPLAIN_YES; i++) {
        one = match_item(a, l->items[i], p, site);
        m = one < m ? one : m;
    }
    if (!negated || m == EXPLAIN_UNKNOWN)
        return m;
    return m == EXPLAIN_YES ? EXPLAIN_NO : EXPLAIN_YES;
}

static bool is_everywhere(const struct cell_list *applied_to)
{
    return !applied_to || !applied_to->n || strcmp(applied_to->items[0], "DFW") == 0 ||
           strcmp(applied_to->items[0], "ANY") == 0;
}

/* Rules of the distributed firewall apply to the machine: everywhere, or to a group it is in. */
enum explain_match explain_on_machine(struct explain_ask *a, const struct explain_gateway *g,
                                      const struct row *rule)
{
    const struct explain_party *p = g->out ? &a->source : &a->destination;
    const struct cell_list *l = row_list(rule, RULES_APPLIED_TO_PATHS);
    const char *path = row_str(rule, RULES_POLICY_PATH);
    const struct row *policy =
        path ? find_path(a, &table_policies, POLICIES_PATH, g->site, path) : NULL;
    enum explain_match m = EXPLAIN_NO, one;

    if (policy && !is_everywhere(row_list(policy, POLICIES_APPLIED_TO)))
        return EXPLAIN_UNKNOWN;
    if (is_everywhere(row_list(rule, RULES_APPLIED_TO)))
        return EXPLAIN_YES;
    for (size_t i = 0; l && i < l->n; i++) {
        one = match_group(a, l->items[i], p, g->site);
        m = one < m ? one : m;
    }
    return l ? m : EXPLAIN_UNKNOWN;
}

/* ---- services -----------------------------------------------------------------------------------
 */

static enum explain_match weigh(enum explain_match a, enum explain_match b)
{
    return a > b ? a : b;
}

static enum explain_match match_number(const char *text, int have)
{
    int64_t want;

    if (text_to_i64(text, 0, 255, &want))
        return EXPLAIN_UNKNOWN;
    if (have < 0)
        return EXPLAIN_DEPENDS;
    return want == have ? EXPLAIN_YES : EXPLAIN_NO;
}

/* "dst=80,8000-8080" */
static enum explain_match match_word(const struct explain_ask *a, const char *word)
{
    const struct explain_packet *p = &a->packet;
    struct explain_ports ports;

    if (text_has_prefix(word, "type="))
        return match_number(word + 5, p->icmp_type);
    if (text_has_prefix(word, "code="))
        return match_number(word + 5, p->icmp_code);
    if (!text_has_prefix(word, "dst=") && !text_has_prefix(word, "src="))
        return EXPLAIN_UNKNOWN;
    ports = explain_ports_parse(a->arena, word + 4, strlen(word + 4));
    return explain_ports_match(&ports, word[0] == 'd' ? p->port : p->source_port);
}

/* "TCP dst=80 src=1024-65535", "IP 47", "other ALGTypeServiceEntry (FTP)" */
static enum explain_match match_entry(const struct explain_ask *a, const char *entry)
{
    char *copy = arena_strdup(a->arena, entry), *save = NULL;
    const char *word = strtok_r(copy, " ", &save);
    enum explain_match m;
    int protocol;

    if (!word || strcmp(word, "other") == 0)
        return EXPLAIN_UNKNOWN;
    if (strcmp(word, "IP") == 0)
        word = strtok_r(NULL, " ", &save);
    protocol = word ? explain_protocol(word) : EXPLAIN_PROTOCOL_ODD;
    if (protocol < 0)
        return EXPLAIN_UNKNOWN;
    if (a->packet.protocol >= 0 && protocol != a->packet.protocol)
        return EXPLAIN_NO;
    m = a->packet.protocol < 0 ? EXPLAIN_DEPENDS : EXPLAIN_YES;
    while ((word = strtok_r(NULL, " ", &save)) != NULL)
        m = weigh(m, match_word(a, word));
    return m;
}

static enum explain_match match_entries(const struct explain_ask *a, const struct cell_list *l)
{
    enum explain_match m = EXPLAIN_NO, one;

    for (size_t i = 0; l && i < l->n && m != EXPLAIN_YES; i++) {
        one = match_entry(a, l->items[i]);
        m = one < m ? one : m;
    }
    return m;
}

static enum explain_match match_service(const struct explain_ask *a, const char *path,
                                        const char *site)
{
    const struct row *s = find_path(a, &table_services, SERVICES_PATH, site, path);
    const struct cell_list *l = s ? row_list(s, SERVICES_ENTRIES) : NULL;

    return l ? match_entries(a, l) : EXPLAIN_UNKNOWN;
}

/* Entries beside the word ANY: which of them counts is not known, so only both together are. */
static enum explain_match match_services(const struct explain_ask *a, const struct row *r,
                                         const char *site)
{
    const struct cell_list *inner = row_list(r, RULES_SERVICE_ENTRIES);
    const struct cell_list *l = row_list(r, RULES_SERVICE_PATHS);
    enum explain_match m = match_entries(a, inner), one;
    bool any = false;

    if (!l)
        l = row_list(r, RULES_SERVICES);
    for (size_t i = 0; l && i < l->n; i++) {
        any = any || strcmp(l->items[i], "ANY") == 0;
        if (l->items[i][0] != '/')
            continue;
        one = match_service(a, l->items[i], site);
        m = one < m ? one : m;
    }
    if (any && m != EXPLAIN_YES)
        return inner && inner->n ? EXPLAIN_UNKNOWN : EXPLAIN_YES;
    return l || inner ? m : EXPLAIN_UNKNOWN;
}

/* ---- one rule -----------------------------------------------------------------------------------
 */

static enum explain_match match_head(const struct explain_ask *a, const struct row *r, bool out)
{
    const char *direction = row_str(r, RULES_DIRECTION), *family = row_str(r, RULES_IP_PROTOCOL);
    bool enabled = true;

    if (row_bool(r, RULES_ENABLED, &enabled) && !enabled)
        return EXPLAIN_NO;
    if (direction && strcmp(direction, out ? "IN" : "OUT") == 0)
        return EXPLAIN_NO;
    if (!family || strchr(family, '_') || !a->packet.family)
        return EXPLAIN_YES;
    return (strcmp(family, "IPV6") == 0) == (a->packet.family == 6) ? EXPLAIN_YES : EXPLAIN_NO;
}

/* Which criterion decided, in words. */
static enum explain_match match_rule(const struct explain_ask *a, const struct row *r, bool out,
                                     const char *site, const char **part)
{
    const struct cell_list *profiles = row_list(r, RULES_PROFILES);
    const struct {
        const char *name;
        enum explain_match match;
    } parts[] = {
        {"direction", match_head(a, r, out)},
        {"services", match_services(a, r, site)},
        {"sources", match_party(a, r, true, site)},
        {"destinations", match_party(a, r, false, site)},
        {"application", profiles && profiles->n ? EXPLAIN_DEPENDS : EXPLAIN_YES},
    };
    enum explain_match m = EXPLAIN_YES;

    for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
        if (parts[i].match > m)
            *part = parts[i].name;
        m = weigh(m, parts[i].match);
    }
    return m;
}

static enum explain_verdict verdict_of(const struct row *r)
{
    const char *action = row_str(r, RULES_ACTION);

    if (!action)
        return EXPLAIN_NOT_KNOWN;
    return strcmp(action, "ALLOW") == 0    ? EXPLAIN_ALLOW
           : strcmp(action, "DROP") == 0   ? EXPLAIN_DROPPED
           : strcmp(action, "REJECT") == 0 ? EXPLAIN_REJECTED
                                           : EXPLAIN_NOT_KNOWN;
}

/* ---- all rules of a gateway ---------------------------------------------------------------------
 */

static int compare_rules(const void *a, const void *b)
{
    const struct explain_at *x = a, *y = b;
    const char *p = row_str(x->row, RULES_EVALUATION), *q = row_str(y->row, RULES_EVALUATION);

    if (p && q && strcmp(p, q) != 0)
        return strcmp(p, q);
    if (!p != !q)
        return p ? -1 : 1;
    return strcmp(x->row->key, y->row->key);
}

static struct explain_at *read_rules(struct explain_ask *a, const struct explain_gateway *g,
                                     size_t *n)
{
    struct explain_cursor at = {0};
    struct explain_at *rules = NULL;
    size_t cap = 0;

    *n = 0;
    while (explain_next(a->x, &table_rules, g->site, &at)) {
        const char *layer = row_str(at.found.row, RULES_LAYER);
        if (!layer || strcmp(layer, g->layer) != 0 ||
            (g->applies && g->applies(a, g, at.found.row) == EXPLAIN_NO))
            continue;
        rules = mem_grow(rules, *n, &cap, sizeof(*rules));
        rules[(*n)++] = at.found;
    }
    if (rules)
        qsort(rules, *n, sizeof(*rules), compare_rules);
    return rules;
}

static void add_list(struct strbuf *out, const char *what, const struct row *r, unsigned col,
                     unsigned negated)
{
    const struct cell_list *l = row_list(r, col);
    bool is_not = false;

    if (negated)
        (void)row_bool(r, negated, &is_not);
    strbuf_addf(out, "%s%s %s", out->len ? ", " : "", what, is_not ? "not " : "");
    for (size_t i = 0; l && i < l->n; i++)
        strbuf_addf(out, "%s%s", i ? " or " : "", l->items[i]);
}

static void fill_hop(struct explain_ask *a, struct explain_hop *h, const struct explain_at *at)
{
    struct strbuf sb = STRBUF_INIT;
    const struct row *r = at->row;

    name_rule(a, h, r);
    explain_decided_by(a, h, at->source, r);
    h->endpoint = explain_endpoint(a, at->source);
    (void)row_int(r, RULES_RULE_ID, &h->rule_id);
    (void)row_int(r, RULES_HITS, &h->hits);
    h->rule = row_str(r, RULES_RULE);
    add_list(&sb, "source", r, RULES_SOURCES, RULES_NEGATE_SOURCES);
    add_list(&sb, "destination", r, RULES_DESTINATIONS, RULES_NEGATE_DESTINATIONS);
    add_list(&sb, "service", r, RULES_SERVICES, 0);
    h->matched = explain_text(a, &sb);
    strbuf_release(&sb);
}

struct policy_walk {
    const struct explain_at *certain, *open; /* open: the first that may match and differs */
    enum explain_match match;                /* of open */
    const char *part;
};

static void look_at(struct explain_ask *a, const struct explain_gateway *g,
                    const struct explain_at *at, struct policy_walk *w)
{
    const char *part = "applied to";
    enum explain_match scope = g->applies ? g->applies(a, g, at->row) : EXPLAIN_YES;
    enum explain_match m = match_rule(a, at->row, g->out, g->site, &part);

    if (scope > m)
        part = "applied to";
    m = weigh(m, scope);
    if (m == EXPLAIN_YES) {
        w->certain = at;
    } else if (m != EXPLAIN_NO && (!w->open || m > w->match)) {
        w->open = at;
        w->match = m;
        w->part = part;
    }
}

/* What may come before the certain match counts only when it would do something else. */
static void walk(struct explain_ask *a, const struct explain_gateway *g,
                 const struct explain_at *rules, size_t n, struct policy_walk *w)
{
    struct policy_walk all = {0};
    size_t last = 0;

    while (last < n && !all.certain)
        look_at(a, g, &rules[last++], &all);
    w->certain = all.certain;
    for (size_t i = 0; i < last; i++) {
        if (&rules[i] != all.certain &&
            (!all.certain || verdict_of(rules[i].row) != verdict_of(all.certain->row)))
            look_at(a, g, &rules[i], w);
    }
    w->certain = all.certain;
}

static const char *action_of(const struct explain_at *at)
{
    const char *action = row_str(at->row, RULES_ACTION);

    return action ? action : "-";
}

static void judge(struct explain_ask *a, struct explain_hop *h, const struct policy_walk *w)
{
    const struct explain_at *at = w->open ? w->open : w->certain;

    if (!at) {
        h->reason = "no rule of this firewall matches, not even a default one";
        return;
    }
    fill_hop(a, h, at);
    if (!w->open) {
        h->verdict = verdict_of(at->row);
        h->reason = arena_printf(a->arena, "'%s' is the first rule that matches: %s",
                                 h->policy_name, action_of(at));
        return;
    }
    h->matched = NULL;
    h->verdict = w->match == EXPLAIN_DEPENDS && w->certain ? EXPLAIN_DEPENDING : EXPLAIN_NOT_KNOWN;
    h->reason = arena_printf(
        a->arena, "'%s' (%s) may match: %s %s; else %s%s%s", h->policy_name, action_of(at), w->part,
        w->match == EXPLAIN_DEPENDS ? "not asked about" : "not read or not understood",
        w->certain ? "rule '" : "no rule matches",
        w->certain ? row_str(w->certain->row, RULES_RULE) : "",
        w->certain ? arena_printf(a->arena, "': %s", action_of(w->certain)) : "");
}

bool explain_policy_walk(struct explain_ask *a, const struct explain_gateway *g,
                         struct explain_hop *h)
{
    size_t n;
    struct explain_at *rules = read_rules(a, g, &n);
    struct policy_walk w = {0};

    if (n) {
        walk(a, g, rules, n, &w);
        judge(a, h, &w);
    }
    free(rules);
    return n > 0;
}
