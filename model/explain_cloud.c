/* explain_cloud: what security groups and network ACLs have in common, and the groups. */
#include "model/explain_cloud.h"

#include <inttypes.h>
#include <string.h>

#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"

#define PORT_MAX        65535
#define EPHEMERAL_FIRST 1024 /* what a source may have chosen, of whatever system it is */
#define ICMP            1
#define ICMP6           58

struct explain_cloud_packet explain_cloud_packet(const struct explain_packet *p, bool reply)
{
    struct explain_cloud_packet c = {.protocol = p->protocol, .icmp_type = p->icmp_type};
    int port = reply ? p->source_port : p->port;

    c.lo = port >= 0 ? port : reply ? EPHEMERAL_FIRST : 0;
    c.hi = port >= 0 ? port : PORT_MAX;
    if (reply)
        c.icmp_type = p->icmp_type == 8 ? 0 : p->icmp_type == 128 ? 129 : -1;
    return c;
}

static int protocol_of(const char *word)
{
    if (strcmp(word, "any") == 0 || strcmp(word, "-1") == 0)
        return EXPLAIN_PROTOCOL_ANY;
    return text_equal_nocase(word, "icmpv6") ? ICMP6 : explain_protocol(word);
}

enum explain_match explain_cloud_protocol(const char *word, const struct explain_cloud_packet *p)
{
    int protocol = word ? protocol_of(word) : EXPLAIN_PROTOCOL_ODD;

    if (protocol == EXPLAIN_PROTOCOL_ANY)
        return EXPLAIN_YES;
    if (protocol == EXPLAIN_PROTOCOL_ODD)
        return EXPLAIN_UNKNOWN;
    if (p->protocol == EXPLAIN_PROTOCOL_ANY)
        return EXPLAIN_DEPENDS;
    return protocol == p->protocol ? EXPLAIN_YES : EXPLAIN_NO;
}

bool explain_cloud_is_icmp(const char *word)
{
    int protocol = word ? protocol_of(word) : EXPLAIN_PROTOCOL_ODD;

    return protocol == ICMP || protocol == ICMP6;
}

enum explain_match explain_cloud_ports(int64_t from, int64_t to,
                                       const struct explain_cloud_packet *p)
{
    if (from < 0 && to < 0)
        return EXPLAIN_YES;
    if (to < p->lo || from > p->hi)
        return EXPLAIN_NO;
    return from <= p->lo && to >= p->hi ? EXPLAIN_YES : EXPLAIN_DEPENDS;
}

enum explain_match explain_cloud_icmp(int64_t type, int64_t code,
                                      const struct explain_cloud_packet *p)
{
    if (type < 0)
        return EXPLAIN_YES;
    if (p->icmp_type < 0)
        return EXPLAIN_DEPENDS;
    if (type != p->icmp_type)
        return EXPLAIN_NO;
    /* An echo request and its reply have no other code. */
    return code <= 0 ? EXPLAIN_YES : EXPLAIN_DEPENDS;
}

enum explain_match explain_cloud_worse(enum explain_match a, enum explain_match b)
{
    return a > b ? a : b;
}

const char *explain_cloud_unread(struct explain_ask *a, const struct schema *schema)
{
    const char *unread = explain_unread(a, schema, NULL);
    size_t n;
    struct snapshot *const *all = estate_table(a->x->e, schema, &n);

    for (size_t i = 0; unread && i < n; i++) {
        if (snapshot_freshness(all[i]) == FRESH_UNSUPPORTED && snapshot_err(all[i])->msg[0])
            return arena_printf(a->arena, "%s: %s", explain_endpoint(a, all[i]),
                                snapshot_err(all[i])->msg);
    }
    return unread;
}

/* ---- rules of a security group -----------------------------------------------------------------
 */

static bool is_text(const struct row *r, unsigned col, const char *text)
{
    const char *s = row_str(r, col);

    return s && text && strcmp(s, text) == 0;
}

static int64_t number(const struct row *r, unsigned col)
{
    int64_t n;

    return row_int(r, col, &n) ? n : -1;
}

/* UNKNOWN: the entries of the list were not read (those of AWS's own lists are not asked for). */
static enum explain_match in_prefix_list(const struct explain_ask *a, const char *list,
                                         const struct ip *ip)
{
    struct explain_cursor at = {0};
    struct ip net;

    while (explain_next(a->x, &table_prefix_lists, NULL, &at)) {
        const struct cell_list *l = row_list(at.found.row, PREFIX_LISTS_ENTRIES);

        if (!is_text(at.found.row, PREFIX_LISTS_PREFIX_LIST, list))
            continue;
        for (size_t i = 0; l && i < l->n; i++) {
            if (ip_parse(l->items[i], &net) == 0 && ip_contains(&net, ip))
                return EXPLAIN_YES;
        }
        return l ? EXPLAIN_NO : EXPLAIN_UNKNOWN;
    }
    return EXPLAIN_UNKNOWN;
}

static bool carries(struct explain_at eni, const char *group)
{
    const struct cell_list *l = explain_eni_groups(eni);

    for (size_t i = 0; l && group && i < l->n; i++) {
        if (strcmp(l->items[i], group) == 0)
            return true;
    }
    return false;
}

static enum explain_match match_peer(const struct explain_ask *a, const struct explain_interface *i,
                                     const struct row *r)
{
    const char *peer = row_str(r, SECURITY_GROUPS_PEER);
    struct ip net;

    if (!peer)
        return EXPLAIN_UNKNOWN;
    if (is_text(r, SECURITY_GROUPS_PEER_KIND, "group")) {
        if (!explain_eni_groups(i->peer))
            return EXPLAIN_UNKNOWN;
        return carries(i->peer, peer) ? EXPLAIN_YES : EXPLAIN_NO;
    }
    if (!i->other)
        return EXPLAIN_UNKNOWN;
    if (is_text(r, SECURITY_GROUPS_PEER_KIND, "prefix_list"))
        return in_prefix_list(a, peer, i->other);
    if (ip_parse(peer, &net))
        return EXPLAIN_UNKNOWN;
    return ip_contains(&net, i->other) ? EXPLAIN_YES : EXPLAIN_NO;
}

static enum explain_match match_rule(const struct explain_ask *a, const struct explain_interface *i,
                                     const struct row *r)
{
    const struct explain_cloud_packet p = explain_cloud_packet(&a->packet, false);
    const char *protocol = row_str(r, SECURITY_GROUPS_PROTOCOL);
    int64_t from = number(r, SECURITY_GROUPS_FROM_PORT), to = number(r, SECURITY_GROUPS_TO_PORT);
    enum explain_match m = explain_cloud_protocol(protocol, &p);

    if (explain_cloud_is_icmp(protocol))
        m = explain_cloud_worse(m, explain_cloud_icmp(from, to, &p));
    else
        m = explain_cloud_worse(m, explain_cloud_ports(from, to, &p));
    return explain_cloud_worse(m, match_peer(a, i, r));
}

/* "in tcp 443 from 10.0.0.0/8 (backup gateway)" */
static const char *rule_text(struct explain_ask *a, const struct row *r)
{
    int64_t from = number(r, SECURITY_GROUPS_FROM_PORT), to = number(r, SECURITY_GROUPS_TO_PORT);
    const char *about = row_str(r, SECURITY_GROUPS_DESCRIPTION);
    const char *peer = row_str(r, SECURITY_GROUPS_PEER);
    bool out = is_text(r, SECURITY_GROUPS_DIRECTION, "out");
    struct strbuf sb = STRBUF_INIT;
    const char *text;

    strbuf_addf(&sb, "%s %s", out ? "out" : "in",
                row_str(r, SECURITY_GROUPS_PROTOCOL) ? row_str(r, SECURITY_GROUPS_PROTOCOL) : "?");
    if (from >= 0)
        strbuf_addf(&sb, " %" PRId64, from);
    if (to >= 0 && to != from)
        strbuf_addf(&sb, "-%" PRId64, to);
    strbuf_addf(&sb, " %s %s", out ? "to" : "from", peer ? peer : "?");
    if (about && *about)
        strbuf_addf(&sb, " (%s)", about);
    text = explain_text(a, &sb);
    strbuf_release(&sb);
    return text;
}

/* ---- the groups of an interface ----------------------------------------------------------------
 */

struct best {
    enum explain_match match;
    struct explain_at at; /* the rule that is nearest to letting it pass; row NULL: none */
    size_t rules;         /* in this direction */
    const char *missing;  /* a group of the interface that was not read */
};

static bool group_is_read(const struct explain_ask *a, const char *group)
{
    struct explain_cursor at = {0};

    while (explain_next(a->x, &table_security_groups, NULL, &at)) {
        if (is_text(at.found.row, SECURITY_GROUPS_GROUP, group))
            return true;
    }
    return false;
}

static struct best walk(const struct explain_ask *a, const struct explain_interface *i)
{
    const struct cell_list *l = explain_eni_groups(i->eni);
    struct best best = {.match = EXPLAIN_NO};
    struct explain_cursor at = {0};

    while (best.match != EXPLAIN_YES && explain_next(a->x, &table_security_groups, NULL, &at)) {
        const struct row *r = at.found.row;
        enum explain_match m;

        if (!is_text(r, SECURITY_GROUPS_DIRECTION, i->out ? "out" : "in") ||
            !carries(i->eni, row_str(r, SECURITY_GROUPS_GROUP)))
            continue;
        best.rules++;
        m = match_rule(a, i, r);
        /* What depends is nearer than what is not known, but says less of the whole. */
        if (m < best.match)
            best = (struct best){m, at.found, best.rules, NULL};
    }
    for (size_t k = 0; l && k < l->n && !best.missing; k++)
        best.missing = group_is_read(a, l->items[k]) ? NULL : l->items[k];
    return best;
}

static const char *groups_text(struct explain_ask *a, struct explain_at eni)
{
    const struct cell_list *l = explain_eni_groups(eni);
    struct strbuf sb = STRBUF_INIT;
    const char *text;

    for (size_t i = 0; l && i < l->n; i++)
        strbuf_addf(&sb, "%s%s", i ? " " : "", l->items[i]);
    text = sb.len ? explain_text(a, &sb) : NULL;
    strbuf_release(&sb);
    return text;
}

static void fill_rule(struct explain_ask *a, struct explain_hop *h, const struct best *b)
{
    h->endpoint = explain_endpoint(a, b->at.source);
    h->rule = rule_text(a, b->at.row);
    (void)row_int(b->at.row, SECURITY_GROUPS_POSITION, &h->position);
}

/* A group as the other side, where the other side is a machine of the SDDC. */
static const char *doubt(const struct explain_interface *i, const struct best *b)
{
    return i->sddc && is_text(b->at.row, SECURITY_GROUPS_PEER_KIND, "group")
               ? "; the SDDC counts as one instance with the groups of its interface, as VMware "
                 "documents it"
               : "";
}

static void conclude(struct explain_ask *a, const struct explain_interface *i,
                     struct explain_hop *h, const struct best *b)
{
    const char *group = b->at.row ? row_str(b->at.row, SECURITY_GROUPS_GROUP) : NULL;

    if (b->at.row)
        fill_rule(a, h, b);
    if (b->match == EXPLAIN_YES) {
        h->verdict = EXPLAIN_ALLOW;
        h->reason =
            arena_printf(a->arena, "line %" PRId64 " of %s lets it pass (%s), and replies%s",
                         h->position, group, h->rule, doubt(i, b));
    } else if (b->missing) {
        h->reason = arena_printf(
            a->arena, "security group %s was not read, and no other lets it pass", b->missing);
    } else if (b->match == EXPLAIN_UNKNOWN) {
        h->reason = arena_printf(a->arena,
                                 "whether line %" PRId64 " of %s is about this flow is not known "
                                 "(%s); no other line lets it pass",
                                 h->position, group, h->rule);
    } else if (b->match == EXPLAIN_DEPENDS) {
        h->verdict = EXPLAIN_DEPENDING;
        h->reason = arena_printf(a->arena,
                                 "line %" PRId64 " of %s lets some of it pass (%s): it depends on "
                                 "protocol and port",
                                 h->position, group, h->rule);
    } else {
        h->verdict = EXPLAIN_DROPPED;
        h->reason = arena_printf(a->arena,
                                 "none of the %zu %s lines of its security groups lets "
                                 "it pass",
                                 b->rules, i->out ? "outgoing" : "incoming");
    }
}

void explain_group_hop(struct explain_ask *a, const struct explain_interface *i)
{
    struct explain_hop *h = explain_add_hop(a, "security-group");
    const char *unread = explain_cloud_unread(a, &table_security_groups);
    struct best b;

    if (!i->eni.row) {
        h->reason = "which interface it passes is not known";
        return;
    }
    h->endpoint = explain_endpoint(a, i->eni.source);
    h->filter = groups_text(a, i->eni);
    if (unread || !h->filter) {
        h->reason = unread ? unread : "the security groups of the interface are not known";
        return;
    }
    b = walk(a, i);
    conclude(a, i, h, &b);
    if (h->filter && b.at.row)
        h->endpoint = explain_endpoint(a, b.at.source);
}
