/* explain_acl: the network ACL of a subnet, for the packet and for what comes back. */
#include "model/explain_cloud.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/strbuf.h"

struct entry {
    int64_t number;
    struct explain_at at;
};

struct acl {
    const char *id;
    struct entry *in, *out;
    size_t nin, nout, in_cap, out_cap;
};

/* What an ACL does with one packet. */
struct answer {
    enum explain_verdict verdict;
    const struct entry *entry; /* that decides, or makes it uncertain; NULL: none matches */
    bool certain;
};

static bool is_text(const struct row *r, unsigned col, const char *text)
{
    const char *s = row_str(r, col);

    return s && strcmp(s, text) == 0;
}

static int64_t number(const struct row *r, unsigned col)
{
    int64_t n;

    return row_int(r, col, &n) ? n : -1;
}

/* ---- the entries -------------------------------------------------------------------------------
 */

static bool is_for(const struct row *r, const char *subnet)
{
    const struct cell_list *l = row_list(r, NETWORK_ACLS_SUBNETS);

    for (size_t i = 0; l && i < l->n; i++) {
        if (strcmp(l->items[i], subnet) == 0)
            return true;
    }
    return false;
}

static int by_number(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;

    return x->number < y->number ? -1 : x->number > y->number;
}

static void add(struct acl *l, struct explain_at at)
{
    struct entry e = {number(at.row, NETWORK_ACLS_RULE_NUMBER), at};

    /* One whose direction is not known may be of either. */
    if (!is_text(at.row, NETWORK_ACLS_DIRECTION, "in")) {
        l->out = mem_grow(l->out, l->nout, &l->out_cap, sizeof(e));
        l->out[l->nout++] = e;
    }
    if (!is_text(at.row, NETWORK_ACLS_DIRECTION, "out")) {
        l->in = mem_grow(l->in, l->nin, &l->in_cap, sizeof(e));
        l->in[l->nin++] = e;
    }
}

static void find(const struct explain_ask *a, const char *subnet, struct acl *l)
{
    struct explain_cursor at = {0};

    while (explain_next(a->x, &table_network_acls, NULL, &at)) {
        if (!is_for(at.found.row, subnet))
            continue;
        l->id = row_str(at.found.row, NETWORK_ACLS_ACL);
        add(l, at.found);
    }
    if (l->nin)
        qsort(l->in, l->nin, sizeof(*l->in), by_number);
    if (l->nout)
        qsort(l->out, l->nout, sizeof(*l->out), by_number);
}

/* ---- the walk ----------------------------------------------------------------------------------
 */

static enum explain_match match(const struct row *r, const struct explain_cloud_packet *p,
                                const struct ip *other)
{
    const char *protocol = row_str(r, NETWORK_ACLS_PROTOCOL);
    const struct ip *net = row_ip(r, NETWORK_ACLS_CIDR);
    enum explain_match m = explain_cloud_protocol(protocol, p);

    /* Without its number it is not known when its turn is. */
    if (!row_present(r, NETWORK_ACLS_DIRECTION) || number(r, NETWORK_ACLS_RULE_NUMBER) < 0)
        m = explain_cloud_worse(m, EXPLAIN_UNKNOWN);
    if (!net || !other)
        m = explain_cloud_worse(m, EXPLAIN_UNKNOWN);
    else if (!ip_contains(net, other))
        return EXPLAIN_NO;
    if (explain_cloud_is_icmp(protocol))
        return explain_cloud_worse(m, explain_cloud_icmp(number(r, NETWORK_ACLS_ICMP_TYPE),
                                                         number(r, NETWORK_ACLS_ICMP_CODE), p));
    return explain_cloud_worse(m, explain_cloud_ports(number(r, NETWORK_ACLS_FROM_PORT),
                                                      number(r, NETWORK_ACLS_TO_PORT), p));
}

static enum explain_verdict action_of(const struct row *r)
{
    if (is_text(r, NETWORK_ACLS_ACTION, "allow"))
        return EXPLAIN_ALLOW;
    return is_text(r, NETWORK_ACLS_ACTION, "deny") ? EXPLAIN_DROPPED : EXPLAIN_NOT_KNOWN;
}

/* On to the first certain match; what may match before it counts when it would do something else.
 */
static struct answer ask(const struct entry *at, size_t n, const struct explain_cloud_packet *p,
                         const struct ip *other)
{
    const struct entry *maybe[2] = {NULL, NULL}; /* the first that may match, by what it does */
    enum explain_match why[2] = {EXPLAIN_NO, EXPLAIN_NO};
    struct answer a = {.verdict = EXPLAIN_DROPPED, .certain = true};

    for (size_t i = 0; i < n && !a.entry; i++) {
        enum explain_match m = match(at[i].at.row, p, other);
        bool deny = action_of(at[i].at.row) != EXPLAIN_ALLOW;

        if (m == EXPLAIN_YES) {
            a.entry = &at[i];
            a.verdict = action_of(at[i].at.row);
        } else if (m != EXPLAIN_NO) {
            maybe[deny] = maybe[deny] ? maybe[deny] : &at[i];
            why[deny] = why[deny] == EXPLAIN_UNKNOWN ? why[deny] : m;
        }
    }
    bool other_way = a.verdict == EXPLAIN_ALLOW;
    if (maybe[other_way]) {
        a.entry = maybe[other_way];
        a.certain = false;
        a.verdict = why[other_way] == EXPLAIN_UNKNOWN ? EXPLAIN_NOT_KNOWN : EXPLAIN_DEPENDING;
    }
    return a;
}

/* ---- words -------------------------------------------------------------------------------------
 */

static void add_range(struct strbuf *sb, const struct row *r)
{
    bool icmp = explain_cloud_is_icmp(row_str(r, NETWORK_ACLS_PROTOCOL));
    int64_t from = number(r, icmp ? NETWORK_ACLS_ICMP_TYPE : NETWORK_ACLS_FROM_PORT);
    int64_t to = number(r, icmp ? NETWORK_ACLS_ICMP_CODE : NETWORK_ACLS_TO_PORT);

    if (from >= 0)
        strbuf_addf(sb, " %s %" PRId64, icmp ? "type" : "port", from);
    if (from >= 0 && to >= 0 && to != from && !icmp)
        strbuf_addf(sb, "-%" PRId64, to);
}

/* "100 in allow tcp port 443 from 10.0.0.0/8" */
static const char *entry_text(struct explain_ask *a, const struct entry *e)
{
    const struct row *r = e->at.row;
    const char *word = row_str(r, NETWORK_ACLS_PROTOCOL);
    int protocol = word ? explain_protocol(word) : EXPLAIN_PROTOCOL_ODD;
    bool out = is_text(r, NETWORK_ACLS_DIRECTION, "out");
    struct strbuf sb = STRBUF_INIT;
    const char *text;

    strbuf_addf(&sb, "%" PRId64 " %s %s ", e->number, out ? "out" : "in",
                row_str(r, NETWORK_ACLS_ACTION) ? row_str(r, NETWORK_ACLS_ACTION) : "?");
    if (protocol >= 0)
        explain_protocol_name(&sb, protocol);
    else
        strbuf_addstr(&sb, word ? word : "?");
    add_range(&sb, r);
    strbuf_addf(&sb, " %s ", out ? "to" : "from");
    cell_format(&sb, &table_network_acls.columns[NETWORK_ACLS_CIDR], &r->cells[NETWORK_ACLS_CIDR]);
    text = explain_text(a, &sb);
    strbuf_release(&sb);
    return text;
}

static const char *answer_text(struct explain_ask *a, const struct answer *w)
{
    if (!w->entry)
        return "no entry matches: denied";
    if (w->certain)
        return arena_printf(a->arena, "entry %" PRId64 " is the first that matches: %s",
                            w->entry->number, w->verdict == EXPLAIN_ALLOW ? "allow" : "deny");
    return arena_printf(a->arena, "entry %" PRId64 " (%s) may match, it is %s", w->entry->number,
                        entry_text(a, w->entry),
                        w->verdict == EXPLAIN_NOT_KNOWN ? "not known"
                                                        : "a matter of protocol and port");
}

/* ---- the hop -----------------------------------------------------------------------------------
 */

/* Only TCP cannot do without replies. */
static void judge_reply(struct explain_ask *a, struct explain_hop *h, const struct answer *there,
                        const struct answer *back)
{
    if (there->verdict != EXPLAIN_ALLOW) {
        h->reason = answer_text(a, there);
        return;
    }
    h->reason =
        arena_printf(a->arena, "%s; for replies %s", answer_text(a, there), answer_text(a, back));
    if (back->verdict == EXPLAIN_ALLOW)
        return;
    h->verdict = a->packet.protocol == 6 ? back->verdict : EXPLAIN_DEPENDING;
    if (back->entry) {
        h->rule = entry_text(a, back->entry);
        h->rule_id = back->entry->number;
    }
}

static void walk(struct explain_ask *a, struct explain_hop *h, const struct acl *l, bool out)
{
    const struct explain_packet *p = &a->packet;
    const struct explain_cloud_packet first = explain_cloud_packet(p, false);
    const struct explain_cloud_packet reply = explain_cloud_packet(p, true);
    const struct ip *other = out ? p->destination : p->source;
    struct answer there = ask(out ? l->out : l->in, out ? l->nout : l->nin, &first, other);
    struct answer back = ask(out ? l->in : l->out, out ? l->nin : l->nout, &reply, other);

    h->verdict = there.verdict;
    if (there.entry) {
        h->rule = entry_text(a, there.entry);
        h->rule_id = there.entry->number;
        h->endpoint = explain_endpoint(a, there.entry->at.source);
    }
    judge_reply(a, h, &there, &back);
}

void explain_acl_hop(struct explain_ask *a, const char *subnet, bool out)
{
    struct explain_hop *h = explain_add_hop(a, "network-acl");
    const char *unread = explain_cloud_unread(a, &table_network_acls);
    struct acl l = {0};

    if (unread || !subnet) {
        h->reason = unread ? unread : "the subnet is not known";
        return;
    }
    find(a, subnet, &l);
    h->filter = l.id;
    if (l.id)
        walk(a, h, &l, out);
    else
        h->reason = arena_printf(a->arena, "no network ACL of subnet %s was read", subnet);
    free(l.in);
    free(l.out);
}
