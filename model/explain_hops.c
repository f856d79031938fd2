/* explain_hops: the filters of a machine's network cards, and what becomes of the packet there. */
#include "model/explain_priv.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"

struct card {
    struct explain_ask *a;
    const struct explain_party *p;
    const char *host, *filter;
    const struct snapshot *source; /* of the filter; its endpoint has the rules, too */
    bool out;
};

static const struct snapshot *table_of(const struct card *c, const struct schema *schema)
{
    return estate_snapshot(c->a->x->e, schema, snapshot_site(c->source),
                           snapshot_endpoint(c->source));
}

/* ---- the live connection ------------------------------------------------------------------------
 */

static bool same_port(const struct row *r, unsigned col, int port)
{
    int64_t v;

    return port < 0 || (row_int(r, col, &v) && v == port);
}

static bool is_flow(const struct row *r, const struct explain_packet *p)
{
    const struct ip *from = row_ip(r, FLOWS_SOURCE_IP), *to = row_ip(r, FLOWS_DESTINATION_IP);
    const char *protocol = row_str(r, FLOWS_PROTOCOL);

    if (!from || !to || !p->source || !p->destination)
        return false;
    if (p->protocol >= 0 && (!protocol || explain_protocol(protocol) != p->protocol))
        return false;
    return ip_equal(from, p->source) && ip_equal(to, p->destination) &&
           same_port(r, FLOWS_DESTINATION_PORT, p->port) &&
           same_port(r, FLOWS_SOURCE_PORT, p->source_port);
}

static const char *flow_text(struct explain_ask *a, const struct row *r, size_t more)
{
    static const unsigned parts[] = {FLOWS_TCP_STATE, FLOWS_RULE_ID, FLOWS_SOURCE_PORT,
                                     FLOWS_BYTES_1,   FLOWS_BYTES_2, FLOWS_FLOW_CLASS};
    struct strbuf sb = STRBUF_INIT;
    const char *text;

    for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
        const struct column *col = &table_flows.columns[parts[i]];
        if (!row_present(r, parts[i]))
            continue;
        strbuf_addf(&sb, "%s%s ", sb.len ? ", " : "", col->name);
        cell_format(&sb, col, &r->cells[parts[i]]);
    }
    if (more)
        strbuf_addf(&sb, "; %zu more", more);
    text = explain_text(a, &sb);
    strbuf_release(&sb);
    return text;
}

/* An established connection says more than one that is closing. */
static bool is_better(const struct row *a, const struct row *b)
{
    const char *x = row_str(a, FLOWS_TCP_STATE), *y = row_str(b, FLOWS_TCP_STATE);

    return x && strcmp(x, "EST") == 0 && (!y || strcmp(y, "EST") != 0);
}

static void add_flow(const struct card *c, struct explain_hop *h)
{
    const struct snapshot *s = table_of(c, &table_flows);
    const struct row *best = NULL;
    size_t first, n, found = 0;

    if (!explain_is_read(s))
        return;
    n = explain_filter_rows(s, c->host, c->filter, &first);
    for (size_t i = 0; i < n; i++) {
        const struct row *r = snapshot_row(s, first + i);
        if (!is_flow(r, &c->a->packet))
            continue;
        found++;
        if (!best || is_better(r, best))
            best = r;
    }
    if (best)
        h->flow = flow_text(c->a, best, found - 1);
}

/* ---- the walk -----------------------------------------------------------------------------------
 */

static struct explain_filter *filter_of(const struct card *c)
{
    const char *key =
        arena_printf(c->a->arena, "%s/%s", explain_endpoint(c->a, c->source), c->filter);
    struct explain_filter *f = map_get(c->a->x->filters, key);

    if (!f) {
        f = explain_filter_new(c->host, c->filter, table_of(c, &table_host_rules),
                               table_of(c, &table_addrsets));
        map_put(c->a->x->filters, key, f);
    }
    return f;
}

static void add_skipped(struct explain_ask *a, struct explain_hop *h,
                        const struct explain_skipped *s, size_t n)
{
    struct strbuf sb = STRBUF_INIT;

    h->skipped = arena_alloc(a->arena, (n + 1) * sizeof(*h->skipped));
    h->nskipped = n;
    for (size_t i = 0; i < n; i++) {
        explain_rule_reason(&sb, s[i].rule, &a->packet, s[i].answer);
        h->skipped[i] = (struct explain_passed_over){explain_rule_id(s[i].rule),
                                                     s[i].rule->position, explain_text(a, &sb)};
    }
    strbuf_release(&sb);
}

static const char *rule_line(struct explain_ask *a, const struct row *r)
{
    const char *raw = row_str(r, HOST_RULES_RAW);
    struct strbuf sb = STRBUF_INIT;
    const char *text;

    if (raw)
        return raw;
    for (unsigned col = HOST_RULES_DIRECTION; col <= HOST_RULES_ACTION; col++) {
        const char *part = row_str(r, col);
        if (part)
            strbuf_addf(&sb, "%s%s%s", sb.len ? " " : "", col == HOST_RULES_PORTS ? "port " : "",
                        part);
    }
    text = explain_text(a, &sb);
    strbuf_release(&sb);
    return text;
}

static const char *action_words(const struct explain_rule *r)
{
    const char *word = row_str(r->row, HOST_RULES_ACTION);

    return word ? word : "does something that is not understood";
}

/* "rule 1006 at 1 of domain-c25 is the first that matches: accept" */
static void add_reason(struct explain_ask *a, const struct explain_walk *w, struct strbuf *out)
{
    if (!w->rule) {
        strbuf_addstr(out, "no rule matches, not even a default one");
        return;
    }
    strbuf_addf(out, "rule %" PRId64 " at %" PRId64 " of %s ", explain_rule_id(w->rule),
                w->rule->position, w->ruleset);
    if (w->answer.match == EXPLAIN_YES) {
        strbuf_addf(out, "is the first that matches: %s", action_words(w->rule));
        if (w->rule->action == EXPLAIN_PUNT)
            strbuf_addstr(out, " (a service decides)");
        return;
    }
    strbuf_addf(out, "(%s) may match: ", action_words(w->rule));
    explain_rule_reason(out, w->rule, &a->packet, w->answer);
    if (w->next)
        strbuf_addf(out, "; else rule %" PRId64 " at %" PRId64 ": %s", explain_rule_id(w->next),
                    w->next->position, action_words(w->next));
    else
        strbuf_addstr(out, "; no other rule matches");
}

static void fill_rule(struct explain_ask *a, struct explain_hop *h, const struct explain_walk *w,
                      const struct snapshot *rules)
{
    struct strbuf sb = STRBUF_INIT;

    add_reason(a, w, &sb);
    h->reason = explain_text(a, &sb);
    if (w->gap)
        h->reason = arena_printf(a->arena, "%s; %s", w->gap, h->reason);
    if (w->rule) {
        h->rule_id = explain_rule_id(w->rule);
        h->position = w->rule->position;
        h->rule = rule_line(a, w->rule->row);
        explain_decided_by(a, h, rules, w->rule->row);
        (void)row_int(w->rule->row, HOST_RULES_PACKETS, &h->hits);
        if (w->answer.match == EXPLAIN_YES) {
            explain_rule_matched(&sb, w->rule, &a->packet);
            h->matched = explain_text(a, &sb);
        }
        explain_policy_of(a, h, snapshot_site(rules), explain_rule_id(w->rule));
    }
    strbuf_release(&sb);
}

/* A stateless rule keeps no state, so replies need a rule of their own. The source port is the
 * reply's destination. */
static void judge_reply(const struct card *c, struct explain_filter *f, struct explain_hop *h)
{
    const struct explain_packet *p = &c->a->packet;
    struct explain_packet reply = {.source = p->destination,
                                   .destination = p->source,
                                   .source_mac = p->destination_mac,
                                   .destination_mac = p->source_mac,
                                   .family = p->family,
                                   .protocol = p->protocol,
                                   .source_port = p->port,
                                   .port = p->source_port,
                                   .icmp_type = p->icmp_type == 8     ? 0
                                                : p->icmp_type == 128 ? 129
                                                                      : -1,
                                   .icmp_code = -1,
                                   .out = !p->out};
    struct explain_walk w;

    explain_filter_walk(f, &reply, &w, NULL, NULL);
    if (w.verdict == EXPLAIN_ALLOW) {
        h->reason = arena_printf(c->a->arena, "%s; it is stateless, replies pass by rule %" PRId64,
                                 h->reason, w.rule ? explain_rule_id(w.rule) : -1);
        return;
    }
    h->reason = arena_printf(
        c->a->arena, "%s; it is stateless, and for replies the answer is %s%s", h->reason,
        explain_verdict_name(w.verdict),
        w.rule ? arena_printf(c->a->arena, " (rule %" PRId64 ")", explain_rule_id(w.rule)) : "");
    /* Only TCP cannot do without replies. */
    h->verdict = p->protocol == 6 ? w.verdict : EXPLAIN_DEPENDING;
}

static void walk_card(const struct card *c, struct explain_hop *h)
{
    struct explain_filter *f = filter_of(c);
    struct explain_skipped *skipped = NULL;
    struct explain_walk w;
    size_t nskipped = 0;

    if (!explain_filter_count(f)) {
        h->reason = arena_printf(c->a->arena, "no rules of this filter were read on %s", c->host);
        return;
    }
    if (c->a->q->skipped)
        skipped = mem_array(explain_filter_count(f), sizeof(*skipped));
    c->a->packet.out = c->out;
    explain_filter_walk(f, &c->a->packet, &w, skipped, &nskipped);
    h->verdict = w.verdict;
    fill_rule(c->a, h, &w, table_of(c, &table_host_rules));
    if (skipped)
        add_skipped(c->a, h, skipped, nskipped);
    if (w.verdict == EXPLAIN_ALLOW && w.rule && w.rule->stateless && !w.rule->l2)
        judge_reply(c, f, h);
    if (w.gap ||
        (w.answer.match == EXPLAIN_UNKNOWN && !explain_is_read(table_of(c, &table_addrsets))))
        c->a->out->incomplete = true;
    free(skipped);
}

/* ---- which cards --------------------------------------------------------------------------------
 */

static const char *source_sentence(struct explain_ask *a, const struct snapshot *s,
                                   const struct schema *schema)
{
    enum freshness f = s ? snapshot_freshness(s) : FRESH_NEVER;
    const char *msg = s ? snapshot_err(s)->msg : "";

    a->out->incomplete = a->out->incomplete || f != FRESH_UNSUPPORTED;
    return arena_printf(a->arena, "%s of %s not read: %s%s%s", schema->name,
                        s ? snapshot_endpoint(s) : "this host", freshness_name(f), *msg ? ": " : "",
                        msg);
}

static bool is_attached(const struct row *r)
{
    const char *state = row_str(r, FILTERS_STATE);

    return !state || text_has_suffix(state, "Attached");
}

static void judge_card(struct explain_ask *a, const struct explain_party *p, struct explain_at at,
                       bool out)
{
    struct card c = {a,         p,  row_str(at.row, FILTERS_HOST), row_str(at.row, FILTERS_FILTER),
                     at.source, out};
    struct explain_hop *h = explain_add_hop(a, out ? "source-filter" : "destination-filter");
    const struct snapshot *rules = table_of(&c, &table_host_rules);

    h->endpoint = explain_endpoint(a, at.source);
    h->filter = c.filter;
    a->packet.out = out;
    if (!c.host || !c.filter)
        h->reason = "the filter has no name";
    else if (!is_attached(at.row))
        h->reason = arena_printf(a->arena, "the filter is '%s': whether it filters is not known",
                                 row_str(at.row, FILTERS_STATE));
    else if (!explain_is_read(rules))
        h->reason = source_sentence(a, rules, &table_host_rules);
    else
        walk_card(&c, h);
    if (c.host && c.filter)
        add_flow(&c, h);
}

/* Names of hosts that machines with this instance UUID are on, by vCenter. */
static const char *host_of_vm(const struct explain_ask *a, const char *site, const char *uuid)
{
    struct explain_cursor at = {0};

    while (uuid && explain_next(a->x, &table_vms, site, &at)) {
        const char *id = row_str(at.found.row, VMS_INSTANCE_UUID);
        if (id && text_equal_nocase(id, uuid))
            return row_str(at.found.row, VMS_HOST);
    }
    return NULL;
}

/* Is @s of the host that vCenter calls @host? By name, or because every machine with a filter there
 * is on @host by vCenter. */
static bool is_of_host(const struct explain_ask *a, const struct snapshot *s, const char *host)
{
    bool same = false;

    for (size_t i = 0; i < snapshot_count(s); i++) {
        const struct row *r = snapshot_row(s, i);
        const char *name = row_str(r, FILTERS_HOST), *theirs;
        if (name && text_equal_nocase(name, host))
            return true;
        theirs = host_of_vm(a, snapshot_site(s), row_str(r, FILTERS_VM_UUID));
        if (theirs && !text_equal_nocase(theirs, host))
            return false;
        same = same || theirs;
    }
    return same;
}

/* Is the machine's host one whose filters were all read? */
static bool host_was_read(struct explain_ask *a, const struct explain_party *p)
{
    size_t n;
    struct snapshot *const *all = estate_table(a->x->e, &table_filters, &n);

    for (size_t i = 0; p->host && i < n; i++) {
        if (snapshot_freshness(all[i]) == FRESH_OK &&
            (!p->site || strcmp(snapshot_site(all[i]), p->site) == 0) &&
            is_of_host(a, all[i], p->host))
            return true;
    }
    return false;
}

static bool site_has(const struct explain_ask *a, const char *site, const struct schema *schema,
                     bool supported)
{
    size_t n;
    struct snapshot *const *all = estate_table(a->x->e, schema, &n);

    for (size_t i = 0; i < n; i++) {
        bool is = snapshot_freshness(all[i]) != FRESH_UNSUPPORTED;
        if ((!site || strcmp(snapshot_site(all[i]), site) == 0) && (is || !supported))
            return true;
    }
    return false;
}

static bool is_vmc(const struct explain_ask *a, const char *site)
{
    return site && site_has(a, site, &table_sddcs, true) &&
           !site_has(a, site, &table_filters, true);
}

/* What hosts enforce is not known (@why); what the manager of the site means is said beside it. */
static void judge_intent(struct explain_ask *a, const char *site, struct explain_hop *h, bool out,
                         const char *why)
{
    struct explain_gateway g = {
        .site = site, .layer = "dfw", .out = out, .applies = explain_on_machine};

    h->reason = why;
    if (!explain_policy_walk(a, &g, h))
        return;
    h->reason = arena_printf(a->arena, "%s; by the rules of NSX Manager the answer is %s: %s", why,
                             explain_verdict_name(h->verdict), h->reason);
    h->verdict = EXPLAIN_NOT_KNOWN;
}

static void judge_vmc(struct explain_ask *a, const struct explain_party *p, struct explain_hop *h,
                      bool out)
{
    judge_intent(a, p->site, h, out, "host rules not readable on VMC");
}

/* Of two managers in a site nobody knows whose rules the machine has. */
static bool has_one_manager(const struct explain_ask *a, const char *site)
{
    const struct snapshot *manager = NULL;
    struct explain_cursor at = {0};

    while (site && explain_next(a->x, &table_rules, site, &at)) {
        const char *layer = row_str(at.found.row, RULES_LAYER);
        if (!layer || strcmp(layer, "dfw") != 0)
            continue;
        if (manager && manager != at.found.source)
            return false;
        manager = at.found.source;
    }
    return manager != NULL;
}

static void judge_unread(struct explain_ask *a, const char *site, struct explain_hop *h, bool out,
                         const char *why)
{
    if (has_one_manager(a, site))
        judge_intent(a, site, h, out, why);
    else
        h->reason = why;
}

/* A machine without a card that has a filter: why that may be. */
static void judge_no_card(struct explain_ask *a, const struct explain_party *p, bool out)
{
    struct explain_hop *h = explain_add_hop(a, out ? "source-filter" : "destination-filter");
    const char *unread;

    if (is_vmc(a, p->site)) {
        judge_vmc(a, p, h, out);
        return;
    }
    if (p->power && text_equal_nocase(p->power, "poweredOff")) {
        h->reason = arena_printf(a->arena, "%s is powered off", p->name);
        return;
    }
    if (host_was_read(a, p)) {
        h->verdict = EXPLAIN_ALLOW;
        h->reason = arena_printf(a->arena,
                                 "%s has no filter of the distributed firewall on host %s: nothing "
                                 "is filtered there",
                                 p->name, p->host);
        return;
    }
    unread = explain_unread(a, &table_filters, p->site);
    if (unread)
        judge_unread(a, p->site, h, out, unread);
    else
        h->reason = arena_printf(a->arena,
                                 "no filter of %s was found, and its host %s is not among "
                                 "those that are read",
                                 p->name, p->host ? p->host : "(not known)");
}

/* An address that no known machine has. */
static void judge_address(struct explain_ask *a, const struct explain_party *p, bool out)
{
    const char *unread = explain_unread(a, &table_vms, p->site ? p->site : a->q->site);
    struct explain_hop *h;

    if (p->eni.row || (p->subnet.row && !unread))
        return;
    if (!unread && !p->segment.row) {
        explain_note(a, "%s is no address of a known machine: no distributed firewall is there",
                     p->text);
        return;
    }
    h = explain_add_hop(a, out ? "source-filter" : "destination-filter");
    if (is_vmc(a, p->site))
        judge_vmc(a, p, h, out);
    else if (unread)
        judge_unread(
            a, p->segment.row ? snapshot_site(p->segment.source) : NULL, h, out,
            arena_printf(a->arena, "which machine has %s is not known: %s", p->text, unread));
    else
        h->reason = arena_printf(a->arena, "%s is in segment %s, but no known machine has it",
                                 p->text, row_str(p->segment.row, SEGMENTS_SEGMENT));
}

void explain_filter_hops(struct explain_ask *a, const struct explain_party *p, bool out)
{
    size_t first = a->out->nhops;

    if (!p->name)
        judge_address(a, p, out);
    else if (!p->ncards)
        judge_no_card(a, p, out);
    for (size_t i = 0; i < p->ncards; i++)
        judge_card(a, p, p->cards[i], out);
    if (p->more_cards)
        explain_note(a, "%s has more than %d network cards: the rest is not looked at", p->name,
                     EXPLAIN_CARDS_MAX);
    explain_join_hops(a, first);
}
