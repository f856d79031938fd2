#include "model/explain.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "model/explain_priv.h"

const struct schema *const explain_tables[] = {
    &table_vms,
    &table_filters,
    &table_host_rules,
    &table_addrsets,
    &table_flows,
    &table_rules,
    &table_groups,
    &table_segments,
    &table_enis,
    &table_routes,
    &table_gateways,
    &table_vpcs,
    &table_subnets,
    &table_sddcs,
    &table_linked_vpcs,
    &table_nsx_vms,
    &table_services,
    &table_policies,
    &table_prefix_lists,
    &table_interfaces,
    &table_security_groups,
    &table_network_acls,
    NULL,
};

/* ---- the question -------------------------------------------------------------------------------
 */

/* Cut ":PORT" off @text, unless it is an address or the rest of one. */
static int take_port(char *text, int *port, struct err *err)
{
    char *colon = strrchr(text, ':'), *close = strrchr(text, ']');
    struct ip ip;
    int64_t n;

    *port = -1;
    if (text[0] == '[' && close) {
        if (close[1] == ':' && text_to_i64(close + 2, 0, 65535, &n))
            return err_set(err, ERR_CONFIG, 0, "'%s' is no port", close + 2);
        if (close[1] && close[1] != ':')
            return err_set(err, ERR_CONFIG, 0, "'%s' stands behind the address", close + 1);
        if (close[1])
            *port = (int)n;
        *close = '\0';
        memmove(text, text + 1, strlen(text));
        return 0;
    }
    if (!colon || ip_parse(text, &ip) == 0)
        return 0;
    if (text_to_i64(colon + 1, 0, 65535, &n))
        return err_set(err, ERR_CONFIG, 0, "'%s' is no port", colon + 1);
    *port = (int)n;
    *colon = '\0';
    return 0;
}

static int take_protocol(struct explain_query *q, char *text, struct err *err)
{
    char *slash = strrchr(text, '/');

    if (!slash)
        return 0;
    if (text_equal_nocase(slash + 1, "ping")) {
        q->protocol = 1;
        q->icmp_type = 8;
    } else {
        q->protocol = explain_protocol(slash + 1);
    }
    if (q->protocol == EXPLAIN_PROTOCOL_ODD)
        return err_set(err, ERR_CONFIG, 0, "'%s' is no protocol", slash + 1);
    *slash = '\0';
    return 0;
}

int explain_parse(struct explain_query *q, struct arena *arena, const char *source,
                  const char *destination, struct err *err)
{
    char *from = arena_strdup(arena, source), *to = arena_strdup(arena, destination);

    q->protocol = EXPLAIN_PROTOCOL_ANY;
    q->port = q->source_port = q->icmp_type = -1;
    if (take_protocol(q, to, err) || take_port(to, &q->port, err) ||
        take_port(from, &q->source_port, err))
        return -1;
    if (!*from || !*to)
        return err_set(err, ERR_CONFIG, 0, "an end of the flow is empty");
    if (q->protocol == EXPLAIN_PROTOCOL_ANY && q->port >= 0)
        q->protocol = 6;
    if (explain_protocol_is_icmp(q->protocol) && q->port >= 0) {
        if (q->port > 255)
            return err_set(err, ERR_CONFIG, 0, "'%d' is no ICMP type", q->port);
        q->icmp_type = q->port;
        q->port = -1;
    }
    if (q->port >= 0 && !explain_protocol_has_ports(q->protocol))
        return err_set(err, ERR_CONFIG, 0, "this protocol has no ports");
    q->source = from;
    q->destination = to;
    return 0;
}

/* ---- parts --------------------------------------------------------------------------------------
 */

struct explain *explain_new(const struct estate *e)
{
    struct explain *x = mem_alloc(sizeof(*x));

    x->e = estate_ref(e);
    x->filters = map_new();
    return x;
}

static void free_filter(void *f)
{
    explain_filter_free(f);
}

void explain_free(struct explain *x)
{
    if (!x)
        return;
    map_free(x->filters, free_filter);
    estate_unref(x->e);
    free(x);
}

void explain_result_release(struct explain_result *r)
{
    arena_free(r->arena);
    free(r->hops);
    free(r->notes);
    memset(r, 0, sizeof(*r));
}

bool explain_is_read(const struct snapshot *s)
{
    return s && (snapshot_freshness(s) == FRESH_OK || snapshot_freshness(s) == FRESH_PARTIAL);
}

bool explain_next(const struct explain *x, const struct schema *schema, const char *site,
                  struct explain_cursor *at)
{
    size_t n;
    struct snapshot *const *all = estate_table(x->e, schema, &n);

    for (; at->source < n; at->source++, at->row = 0) {
        const struct snapshot *s = all[at->source];
        if (!explain_is_read(s) || (site && strcmp(snapshot_site(s), site) != 0))
            continue;
        if (at->row < snapshot_count(s)) {
            at->found = (struct explain_at){snapshot_row(s, at->row++), s};
            return true;
        }
    }
    return false;
}

const char *explain_endpoint(struct explain_ask *a, const struct snapshot *s)
{
    return s ? arena_printf(a->arena, "%s/%s", snapshot_site(s), snapshot_endpoint(s)) : NULL;
}

void explain_decided_by(struct explain_ask *a, struct explain_hop *h, const struct snapshot *s,
                        const struct row *r)
{
    h->table = snapshot_schema(s);
    h->row_site = arena_strdup(a->arena, snapshot_site(s));
    h->row_endpoint = arena_strdup(a->arena, snapshot_endpoint(s));
    h->row_key = arena_strdup(a->arena, r->key);
}

const char *explain_unread(struct explain_ask *a, const struct schema *schema, const char *site)
{
    size_t n, served = 0;
    struct snapshot *const *all = estate_table(a->x->e, schema, &n);

    for (size_t i = 0; i < n; i++) {
        enum freshness f = snapshot_freshness(all[i]);
        if ((site && strcmp(snapshot_site(all[i]), site) != 0) || f == FRESH_UNSUPPORTED)
            continue;
        served++;
        if (f == FRESH_OK)
            continue;
        a->out->incomplete = true;
        return arena_printf(a->arena, "%s of %s is %s%s%s", schema->name,
                            explain_endpoint(a, all[i]), freshness_name(f),
                            snapshot_err(all[i])->msg[0] ? ": " : "", snapshot_err(all[i])->msg);
    }
    return served ? NULL : arena_printf(a->arena, "no endpoint reads %s", schema->name);
}

const char *explain_text(struct explain_ask *a, struct strbuf *sb)
{
    const char *text = arena_strndup(a->arena, sb->buf, sb->len);

    strbuf_reset(sb);
    return text;
}

void explain_note(struct explain_ask *a, const char *fmt, ...)
{
    struct explain_result *r = a->out;
    struct strbuf sb = STRBUF_INIT;
    va_list ap;

    va_start(ap, fmt);
    strbuf_vaddf(&sb, fmt, ap);
    va_end(ap);
    for (size_t i = 0; i < r->nnotes; i++) {
        if (strcmp(r->notes[i], sb.buf) == 0) {
            strbuf_release(&sb);
            return;
        }
    }
    r->notes = mem_grow(r->notes, r->nnotes, &r->notes_cap, sizeof(*r->notes));
    r->notes[r->nnotes++] = explain_text(a, &sb);
    strbuf_release(&sb);
}

/* ---- hops ---------------------------------------------------------------------------------------
 */

struct explain_hop *explain_add_hop(struct explain_ask *a, const char *where)
{
    struct explain_result *r = a->out;
    struct explain_hop *h;

    r->hops = mem_grow(r->hops, r->nhops, &r->cap, sizeof(*r->hops));
    h = &r->hops[r->nhops++];
    *h = (struct explain_hop){
        .where = where, .verdict = EXPLAIN_NOT_KNOWN, .rule_id = -1, .position = -1, .hits = -1};
    return h;
}

/* Of two ways that a packet may take, and nobody knows which. */
static enum explain_verdict combine(enum explain_verdict a, enum explain_verdict b)
{
    if (a == b)
        return a;
    return a == EXPLAIN_NOT_KNOWN || b == EXPLAIN_NOT_KNOWN ? EXPLAIN_NOT_KNOWN : EXPLAIN_DEPENDING;
}

void explain_join_hops(struct explain_ask *a, size_t first)
{
    const struct explain_result *r = a->out;
    enum explain_verdict v;
    size_t worst = first;

    if (first >= r->nhops)
        return;
    v = r->hops[first].verdict;
    for (size_t i = first + 1; i < r->nhops; i++) {
        v = combine(v, r->hops[i].verdict);
        if (r->hops[i].verdict > r->hops[worst].verdict)
            worst = i;
    }
    if (a->decided || (v < EXPLAIN_DROPPED && v <= a->verdict))
        return;
    a->verdict = v;
    a->worst = worst;
    a->decided = v >= EXPLAIN_DROPPED;
}

/* ---- one pair of addresses ----------------------------------------------------------------------
 */

static void set_packet(struct explain_ask *a)
{
    const struct ip *from = a->source.address, *to = a->destination.address;
    struct explain_packet *p = &a->packet;

    *p = (struct explain_packet){.source = from,
                                 .destination = to,
                                 .source_mac = a->source.mac,
                                 .destination_mac = a->destination.mac,
                                 .family = from ? from->family
                                           : to ? to->family
                                                : 0,
                                 .protocol = a->q->protocol,
                                 .source_port = a->q->source_port,
                                 .port = a->q->port,
                                 .icmp_type = a->q->icmp_type,
                                 .icmp_code = -1};
    /* "icmp" means that of the family; an echo request has another number there. */
    if (p->protocol == 1 && p->family == 6) {
        p->protocol = 58;
        p->icmp_type = p->icmp_type == 8 ? 128 : p->icmp_type;
    }
}

static void judge_pair(struct explain_ask *a)
{
    a->verdict = EXPLAIN_ALLOW;
    a->decided = false;
    a->worst = a->out->nhops;
    set_packet(a);
    explain_filter_hops(a, &a->source, true);
    if (a->source.eni.row || a->source.subnet.row) { /* from AWS the gateway comes last */
        explain_aws_hops(a);
        explain_gateway_hops(a);
    } else {
        explain_gateway_hops(a);
        explain_aws_hops(a);
    }
    explain_filter_hops(a, &a->destination, false);
}

static void add_end(struct strbuf *out, const struct explain_party *p, int port)
{
    char buf[IP_TEXT_MAX];
    bool named = p->name && strcmp(p->name, p->text) != 0;

    strbuf_addstr(out, p->text);
    if (named)
        strbuf_addf(out, " (%s)", p->name);
    else if (p->name)
        strbuf_addf(out, " (%s)", p->address ? ip_format_address(p->address, buf) : "no address");
    if (port >= 0)
        strbuf_addf(out, " port %d", port);
}

static const char *question_of(struct explain_ask *a)
{
    struct strbuf sb = STRBUF_INIT;
    const char *text;

    add_end(&sb, &a->source, a->q->source_port);
    strbuf_addstr(&sb, " -> ");
    add_end(&sb, &a->destination, -1);
    strbuf_addstr(&sb, ", ");
    explain_protocol_name(&sb, a->packet.protocol);
    if (a->packet.port >= 0)
        strbuf_addf(&sb, " port %d", a->packet.port);
    if (a->packet.icmp_type >= 0)
        strbuf_addf(&sb, " type %d", a->packet.icmp_type);
    text = explain_text(a, &sb);
    strbuf_release(&sb);
    return text;
}

static const char *summary_of(struct explain_ask *a)
{
    static const char *const words[] = {
        "Passes: every hop lets it through.", "Depends", "Cannot be said", "Dropped", "Rejected",
    };
    const struct explain_hop *h = a->worst < a->out->nhops ? &a->out->hops[a->worst] : NULL;

    if (!a->out->nhops)
        return "Cannot be said: no firewall on this way is known.";
    if (a->verdict == EXPLAIN_ALLOW || !h)
        return words[a->verdict];
    return arena_printf(a->arena, "%s at %s%s%s: %s", words[a->verdict], h->where,
                        h->filter ? " " : "", h->filter ? h->filter : "", h->reason);
}

/* What else is asked with the machine's other addresses. */
static void judge_others(struct explain_ask *a, const struct ip *from, const struct ip *to)
{
    struct explain_result *shown = a->out, other = {.arena = a->arena};
    enum explain_verdict first = a->verdict;
    char x[IP_TEXT_MAX], y[IP_TEXT_MAX];

    a->source.address = from;
    a->destination.address = to;
    a->out = &other;
    judge_pair(a);
    a->out = shown;
    shown->incomplete = shown->incomplete || other.incomplete;
    free(other.hops);
    free(other.notes);
    if (a->verdict != first)
        explain_note(a, "from %s to %s the answer is %s", ip_format_address(from, x),
                     ip_format_address(to, y), explain_verdict_name(a->verdict));
    shown->verdict = combine(shown->verdict, a->verdict);
    if (shown->verdict != first)
        shown->summary = "Depends on the addresses: see the notes.";
    a->verdict = first;
}

static bool fits(const struct ip *from, const struct ip *to)
{
    return from->family == to->family;
}

/* The first pair of one family; NULL where an end has no address. */
static void choose_pair(struct explain_party *s, struct explain_party *d)
{
    s->address = s->naddresses ? s->addresses : NULL;
    d->address = d->naddresses ? d->addresses : NULL;
    for (size_t i = 0; i < s->naddresses; i++) {
        for (size_t k = 0; k < d->naddresses; k++) {
            if (fits(&s->addresses[i], &d->addresses[k])) {
                s->address = &s->addresses[i];
                d->address = &d->addresses[k];
                return;
            }
        }
    }
}

static void judge_all(struct explain_ask *a)
{
    struct explain_party *s = &a->source, *d = &a->destination;
    const struct ip *from, *to;

    choose_pair(s, d);
    from = s->address;
    to = d->address;
    judge_pair(a);
    a->out->question = question_of(a);
    a->out->summary = summary_of(a);
    a->out->verdict = a->out->nhops ? a->verdict : EXPLAIN_NOT_KNOWN;
    for (size_t i = 0; i < s->naddresses && from && to; i++) {
        for (size_t k = 0; k < d->naddresses; k++) {
            if ((&s->addresses[i] != from || &d->addresses[k] != to) &&
                fits(&s->addresses[i], &d->addresses[k]))
                judge_others(a, &s->addresses[i], &d->addresses[k]);
        }
    }
}

/* Nobody knows who this is: nothing further can be said. */
static void judge_lost(struct explain_ask *a, const struct explain_party *p)
{
    struct explain_hop *h =
        explain_add_hop(a, p == &a->source ? "source-filter" : "destination-filter");

    h->reason = p->lost;
    set_packet(a);
    a->out->verdict = EXPLAIN_NOT_KNOWN;
    a->out->question = question_of(a);
    a->out->summary = arena_printf(a->arena, "Cannot be said: %s", p->lost);
}

void explain_run(struct explain *x, const struct explain_query *q, struct explain_result *out)
{
    struct explain_ask a = {.x = x, .q = q, .out = out};

    memset(out, 0, sizeof(*out));
    out->arena = a.arena = arena_new(0);
    explain_find_party(&a, &a.source, q->source);
    explain_find_party(&a, &a.destination, q->destination);
    if (a.source.lost)
        judge_lost(&a, &a.source);
    else if (a.destination.lost)
        judge_lost(&a, &a.destination);
    else if (a.source.naddresses && a.destination.naddresses &&
             (choose_pair(&a.source, &a.destination),
              !fits(a.source.address, a.destination.address))) {
        a.destination.lost = "the ends have no addresses of one family";
        judge_lost(&a, &a.destination);
    } else {
        judge_all(&a);
    }
}
