/*
 * Random rules, sets and packets: the compiled matcher against one that is slow and obvious. The
 * reference knows rules as they were thought up, never their text, and compares every packet with
 * every rule, member by member. A packet that leaves something open is answered for certain only if
 * every way to fill it in has that answer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "core/mem.h"
#include "core/strbuf.h"
#include "model/explain_filter.h"
#include "tests/support/firewall_text.h"

#define ESTATES 400
#define PACKETS 60
#define RULES   12
#define SETS    4
#define MEMBERS 6

/* ---- what is thought up -------------------------------------------------------------------------
 */

struct member {
    int family, from, to; /* addresses are 10.0.0.N and 2001:db8::N */
};

struct set {
    struct member at[MEMBERS];
    int n;
};

struct end {
    int kind; /* 0 any, 1 set, 2 one address or prefix */
    bool negated;
    int set;
    struct member one;
    int nports, ports[3][2];
};

struct rule {
    int direction; /* 1 in, 2 out, 3 both */
    int family;    /* 0, 4, 6 */
    int protocol, icmp_type, action;
    struct end from, to;
};

struct world {
    struct set sets[SETS];
    struct rule rules[RULES];
    int nrules;
};

struct packet {
    int family, from, to, protocol, source_port, port, icmp_type;
    bool out;
};

static uint64_t seed;

static int dice(int n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (int)(seed % (uint64_t)n);
}

static const int protocols[] = {-1, 6, 17, 1, 58, 47};
static const char *const names[] = {"any", "tcp", "udp", "icmp", "ipv6-icmp", "gre"};

static int port_number(void)
{
    return 20 + dice(8);
}

static struct member think_member(void)
{
    struct member m = {.family = dice(4) ? 4 : 6, .from = dice(16)};

    m.to = m.from;
    if (dice(3) == 0) /* a prefix of 4 addresses */
        m.to = (m.from &= ~3) + 3;
    else if (dice(3) == 0 && m.from < 15)
        m.to = m.from + 1 + dice(15 - m.from);
    return m;
}

static void think_ports(struct end *e)
{
    e->nports = 1 + dice(3);
    for (int i = 0; i < e->nports; i++) {
        e->ports[i][0] = port_number();
        e->ports[i][1] = dice(2) ? e->ports[i][0] : e->ports[i][0] + dice(4);
    }
}

static struct end think_end(bool ports)
{
    struct end e = {.kind = dice(3), .set = dice(SETS)};

    e.negated = e.kind && dice(4) == 0;
    do
        e.one = think_member();
    while (e.one.to != e.one.from && e.one.to != (e.one.from | 3));
    if (e.one.to != e.one.from && (e.one.from & 3))
        e.one.to = e.one.from;
    if (ports)
        think_ports(&e);
    return e;
}

static struct rule think_rule(void)
{
    int p = dice(6);
    bool l4 = protocols[p] == 6 || protocols[p] == 17;
    struct rule r = {.direction = 1 + dice(3),
                     .family = dice(3)   ? 0
                               : dice(2) ? 4
                                         : 6,
                     .protocol = protocols[p],
                     .icmp_type = -1,
                     .action = dice(3)};

    if ((p == 3 || p == 4) && dice(2))
        r.icmp_type = dice(4);
    r.from = think_end(l4 && dice(4) == 0);
    r.to = think_end(l4 && dice(3));
    return r;
}

static void think_world(struct world *w)
{
    memset(w, 0, sizeof(*w));
    for (int i = 0; i < SETS; i++) {
        w->sets[i].n = dice(MEMBERS + 1);
        for (int k = 0; k < w->sets[i].n; k++)
            w->sets[i].at[k] = think_member();
    }
    w->nrules = 1 + dice(RULES);
    for (int i = 0; i < w->nrules; i++)
        w->rules[i] = think_rule();
    w->rules[w->nrules - 1] = (struct rule){.direction = 3, .protocol = -1, .icmp_type = -1};
    w->rules[w->nrules - 1].action = dice(3);
}

static struct packet think_packet(void)
{
    int p = 1 + dice(5);
    struct packet k = {.family = dice(4) ? 4 : 6,
                       .from = dice(16),
                       .to = dice(16),
                       .protocol = protocols[p],
                       .source_port = -1,
                       .port = -1,
                       .icmp_type = -1,
                       .out = dice(2)};

    if (p <= 2) {
        k.source_port = port_number();
        k.port = port_number();
    } else if (p <= 4) {
        k.icmp_type = dice(4);
    }
    return k;
}

/* ---- as text ------------------------------------------------------------------------------------
 */

static void print_address(struct strbuf *out, int family, int n)
{
    if (family == 4)
        strbuf_addf(out, "10.0.0.%d", n);
    else
        strbuf_addf(out, "2001:db8::%x", (unsigned)n);
}

static void print_member(struct strbuf *out, const struct member *m)
{
    print_address(out, m->family, m->from);
    if (m->to == m->from)
        return;
    if (m->to == (m->from | 3) && !(m->from & 3)) {
        strbuf_addf(out, "/%d", m->family == 4 ? 30 : 126);
        return;
    }
    strbuf_addch(out, '-');
    print_address(out, m->family, m->to);
}

static void print_end(struct strbuf *out, const struct end *e)
{
    if (e->kind == 0)
        strbuf_addstr(out, "any");
    else
        strbuf_addf(out, "%s%s ", e->negated ? "not " : "", e->kind == 1 ? "addrset" : "ip");
    if (e->kind == 1)
        strbuf_addf(out, "set-%d", e->set);
    if (e->kind == 2)
        print_member(out, &e->one);
    if (!e->nports)
        return;
    strbuf_addstr(out, e->nports > 1 ? " port {" : " port ");
    for (int i = 0; i < e->nports; i++) {
        strbuf_addf(out, "%s%d", i ? ", " : "", e->ports[i][0]);
        if (e->ports[i][1] != e->ports[i][0])
            strbuf_addf(out, "-%d", e->ports[i][1]);
    }
    if (e->nports > 1)
        strbuf_addch(out, '}');
}

static void print_rule(struct strbuf *out, const struct rule *r, int n)
{
    static const char *const directions[] = {"", "in", "out", "inout"};
    static const char *const actions[] = {"accept", "drop", "reject"};
    int p = 0;

    while (protocols[p] != r->protocol)
        p++;
    strbuf_addf(out, "  rule %d at %d %s %sprotocol %s", 1000 + n, n, directions[r->direction],
                r->family == 4   ? "inet "
                : r->family == 6 ? "inet6 "
                                 : "",
                names[p]);
    if (r->icmp_type >= 0)
        strbuf_addf(out, " icmptype %d", r->icmp_type);
    strbuf_addstr(out, " from ");
    print_end(out, &r->from);
    strbuf_addstr(out, " to ");
    print_end(out, &r->to);
    strbuf_addf(out, " %s;\n", actions[r->action]);
}

static void print_world(struct strbuf *rules, struct strbuf *sets, const struct world *w)
{
    strbuf_addstr(rules, "ruleset d {\n");
    for (int i = 0; i < w->nrules; i++)
        print_rule(rules, &w->rules[i], i + 1);
    strbuf_addstr(rules, "}\n");
    for (int i = 0; i < SETS; i++) {
        strbuf_addf(sets, "addrset set-%d {\n", i);
        for (int k = 0; k < w->sets[i].n; k++) {
            strbuf_addstr(sets, "ip ");
            print_member(sets, &w->sets[i].at[k]);
            strbuf_addstr(sets, ",\n");
        }
        strbuf_addstr(sets, w->sets[i].n ? "}\n" : "}\n}\n");
    }
}

/* ---- slow and obvious ---------------------------------------------------------------------------
 */

static bool in_member(const struct member *m, int family, int n)
{
    return m->family == family && n >= m->from && n <= m->to;
}

static bool is_end(const struct world *w, const struct end *e, int family, int n, int port)
{
    bool in = false, port_fits = e->nports == 0;

    if (e->kind == 1) {
        for (int i = 0; i < w->sets[e->set].n; i++)
            in = in || in_member(&w->sets[e->set].at[i], family, n);
    } else if (e->kind == 2) {
        in = in_member(&e->one, family, n);
    }
    for (int i = 0; i < e->nports; i++)
        port_fits = port_fits || (port >= e->ports[i][0] && port <= e->ports[i][1]);
    return port_fits && (e->kind == 0 || in != e->negated);
}

static bool is_match(const struct world *w, const struct rule *r, const struct packet *p)
{
    return (r->direction & (p->out ? 2 : 1)) && (!r->family || r->family == p->family) &&
           (r->protocol < 0 || r->protocol == p->protocol) &&
           (r->icmp_type < 0 || r->icmp_type == p->icmp_type) &&
           is_end(w, &r->from, p->family, p->from, p->source_port) &&
           is_end(w, &r->to, p->family, p->to, p->port);
}

/* The place of the first match; its action in *action. */
static int first_match(const struct world *w, const struct packet *p, int *action)
{
    for (int i = 0; i < w->nrules; i++) {
        if (is_match(w, &w->rules[i], p)) {
            *action = w->rules[i].action;
            return i + 1;
        }
    }
    return 0;
}

/* ---- both ---------------------------------------------------------------------------------------
 */

static const enum explain_verdict verdicts[] = {EXPLAIN_ALLOW, EXPLAIN_DROPPED, EXPLAIN_REJECTED};

static void walk(struct explain_filter *f, const struct packet *p, struct explain_walk *out)
{
    struct strbuf a = STRBUF_INIT, b = STRBUF_INIT;
    struct ip from, to;

    print_address(&a, p->family, p->from);
    print_address(&b, p->family, p->to);
    assert_int_equal(ip_parse(a.buf, &from), 0);
    assert_int_equal(ip_parse(b.buf, &to), 0);
    struct explain_packet q = {.source = &from,
                               .destination = &to,
                               .family = (uint8_t)p->family,
                               .protocol = p->protocol,
                               .source_port = p->source_port,
                               .port = p->port,
                               .icmp_type = p->icmp_type,
                               .icmp_code = -1,
                               .out = p->out};
    explain_filter_walk(f, &q, out, NULL, NULL);
    strbuf_release(&a);
    strbuf_release(&b);
}

static void compare(const struct world *w, struct explain_filter *f, const struct packet *p,
                    const char *text)
{
    struct explain_walk got;
    int action = 0, place = first_match(w, p, &action);

    walk(f, p, &got);
    if (!got.rule || got.rule->position != place || got.verdict != verdicts[action])
        fail_msg("%s\nIPv%d %d -> %d protocol %d ports %d %d type %d %s: %s at %d instead of %d",
                 text, p->family, p->from, p->to, p->protocol, p->source_port, p->port,
                 p->icmp_type, p->out ? "out" : "in", explain_verdict_name(got.verdict),
                 got.rule ? (int)got.rule->position : 0, place);
}

/* The source port is left open: whatever it is, a certain answer must hold. */
static bool compare_open(const struct world *w, struct explain_filter *f, const struct packet *p)
{
    struct packet open = *p, whole = *p;
    struct explain_walk got;
    int action;

    open.source_port = -1;
    walk(f, &open, &got);
    assert_int_not_equal(got.verdict, EXPLAIN_NOT_KNOWN);
    for (int port = 0; port < 40 && got.verdict != EXPLAIN_DEPENDING; port++) {
        whole.source_port = port;
        (void)first_match(w, &whole, &action);
        assert_int_equal(got.verdict, verdicts[action]);
    }
    return got.verdict == EXPLAIN_DEPENDING;
}

static void judge_world(const struct world *w, unsigned *depends)
{
    struct strbuf rules = STRBUF_INIT, sets = STRBUF_INIT;
    struct snapshot *r, *s;
    struct explain_filter *f;

    print_world(&rules, &sets, w);
    r = firewall_rules(rules.buf, FRESH_OK);
    s = firewall_sets(sets.buf, FRESH_OK);
    assert_int_equal(snapshot_count(r), w->nrules);
    f = explain_filter_new(FIREWALL_HOST, FIREWALL_FILTER, r, s);
    for (int i = 0; i < PACKETS; i++) {
        struct packet p = think_packet();
        compare(w, f, &p, rules.buf);
        if (p.port >= 0)
            *depends += compare_open(w, f, &p);
    }
    explain_filter_free(f);
    snapshot_unref(r);
    snapshot_unref(s);
    strbuf_release(&rules);
    strbuf_release(&sets);
}

static void test_same_as_reference(void **state)
{
    unsigned depends = 0;
    struct world w;

    (void)state;
    seed = 0x9e3779b97f4a7c15;
    for (int i = 0; i < ESTATES; i++) {
        think_world(&w);
        judge_world(&w, &depends);
    }
    assert_true(depends > 100); /* else the open questions were none */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_as_reference),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
