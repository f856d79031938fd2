/* Realised rules against packets: every element of the grammar, and random rules against a matcher
 * that is slow and obvious. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "model/explain.h"
#include "tests/support/firewall_text.h"

/* ---- a table ------------------------------------------------------------------------------------
 */

static const char sets[] = "addrset web {\nip 10.0.0.1,\nip 10.0.0.2,\n}\n"
                           "addrset net {\nip 10.1.0.0/16,\nip 2001:db8::/32,\n"
                           "ip 198.51.100.10-198.51.100.20,\n}\n"
                           "addrset empty {\n}\n}\n"
                           "addrset odd {\nip 10.9.9.9,\nip something.else,\n}\n"
                           "addrset mac-1 {\nmac 00:50:56:8c:12:a4,\n}\n";

struct rule_case {
    const char *rules; /* without "rule N at N" and ";", divided by '\n' */
    const char *from, *to;
    const char *want; /* VERDICT POSITION */
    const char *says; /* in the reason, or NULL */
    bool in;
};

static const struct rule_case cases[] = {
    /* protocol and ports */
    {"inout protocol any from any to any accept", "10.0.0.1", "10.0.0.9:22", "allow 1", NULL,
     false},
    {"inout protocol tcp from any to any port 22 accept\ninout protocol any from any to any drop",
     "10.0.0.1", "10.0.0.9:22", "allow 1", NULL, false},
    {"inout protocol tcp from any to any port 22 accept\ninout protocol any from any to any drop",
     "10.0.0.1", "10.0.0.9:23", "drop 2", "port 23 is not 22", false},
    {"inout protocol udp from any to any port 22 accept\ninout protocol any from any to any reject",
     "10.0.0.1", "10.0.0.9:22/tcp", "reject 2", "tcp is not udp", false},
    {"inout protocol tcp from any to any port 1024-65535 accept\n"
     "inout protocol any from any to any drop",
     "10.0.0.1", "10.0.0.9:1024", "allow 1", NULL, false},
    {"inout protocol tcp from any to any port 1024-65535 accept\n"
     "inout protocol any from any to any drop",
     "10.0.0.1", "10.0.0.9:1023", "drop 2", NULL, false},
    {"inout protocol tcp from any to any port {22, 135-139, 443} accept\n"
     "inout protocol any from any to any drop",
     "10.0.0.1", "10.0.0.9:137", "allow 1", NULL, false},
    {"inout protocol tcp from any to any port {22, 135-139, 443} accept\n"
     "inout protocol any from any to any drop",
     "10.0.0.1", "10.0.0.9:140", "drop 2", NULL, false},
    {"inout protocol 240 from any to any accept\ninout protocol any from any to any drop",
     "10.0.0.1", "10.0.0.9/240", "allow 1", NULL, false},
    {"inout protocol vrrp from any to any accept\ninout protocol any from any to any drop",
     "10.0.0.1", "10.0.0.9/112", "allow 1", NULL, false},
    {"inout protocol tcp strict from any to any port 22 accept\n"
     "inout protocol any from any to any drop",
     "10.0.0.1", "10.0.0.9:22", "allow 1", NULL, false},
    {"inout protocol ip from any to any drop\ninout protocol any from any to any accept",
     "10.0.0.1", "10.0.0.9:22", "unknown 1", "protocol 'ip' is not understood", false},
    {"inout protocol ip from any to any accept\ninout protocol any from any to any accept",
     "10.0.0.1", "10.0.0.9:22", "allow 2", NULL, false},
    /* what was not asked */
    {"inout protocol tcp from any to any port 22 accept\ninout protocol any from any to any drop",
     "10.0.0.1", "10.0.0.9/tcp", "depends 1", "depends on the port: 22", false},
    {"inout protocol tcp from any to any port 22 accept\ninout protocol any from any to any drop",
     "10.0.0.1", "10.0.0.9", "depends 1", "depends on the protocol", false},
    {"inout protocol tcp from any to any port 22 accept\ninout protocol any from any to any accept",
     "10.0.0.1", "10.0.0.9", "allow 2", NULL, false},
    {"inout protocol tcp from any port 1024-65535 to any port 80 accept\n"
     "inout protocol any from any to any drop",
     "10.0.0.1", "10.0.0.9:80", "depends 1", "depends on the source port", false},
    {"inout protocol tcp from any port 1024-65535 to any port 80 accept\n"
     "inout protocol any from any to any drop",
     "10.0.0.1:2000", "10.0.0.9:80", "allow 1", NULL, false},
    {"inout protocol tcp from ip 10.0.0.1 port 1024-65535 to any port 80 accept\n"
     "inout protocol any from any to any drop",
     "10.0.0.1:80", "10.0.0.9:80", "drop 2", NULL, false},
    /* direction */
    {"in protocol any from any to any drop\nout protocol any from any to any accept", "10.0.0.1",
     "10.0.0.9:22", "allow 2", NULL, false},
    {"in protocol any from any to any drop\nout protocol any from any to any accept", "10.0.0.1",
     "10.0.0.9:22", "drop 1", NULL, true},
    /* family */
    {"inout inet6 protocol any from any to any drop\ninout inet protocol any from any to any "
     "accept",
     "10.0.0.1", "10.0.0.9:22", "allow 2", NULL, false},
    {"inout inet6 protocol any from any to any drop\ninout inet protocol any from any to any "
     "accept",
     "2001:db8::1", "[2001:db8::2]:22", "drop 1", NULL, false},
    /* icmp */
    {"inout protocol icmp icmptype 8 from any to any accept\ninout protocol any from any to any "
     "drop",
     "10.0.0.1", "10.0.0.9/ping", "allow 1", NULL, false},
    {"inout protocol icmp icmptype 8 from any to any accept\ninout protocol any from any to any "
     "drop",
     "10.0.0.1", "10.0.0.9:0/icmp", "drop 2", NULL, false},
    {"inout protocol icmp icmptype 8 from any to any accept\ninout protocol any from any to any "
     "drop",
     "10.0.0.1", "10.0.0.9/icmp", "depends 1", "ICMP type", false},
    {"inout protocol icmp from any to any accept\ninout protocol any from any to any drop",
     "10.0.0.1", "10.0.0.9/icmp", "allow 1", NULL, false},
    {"inout protocol icmp typecode 3:4 from any to any accept\n"
     "inout protocol any from any to any drop",
     "10.0.0.1", "10.0.0.9:3/icmp", "depends 1", "ICMP type", false},
    {"inout protocol icmp typecode 3:4 from any to any accept\n"
     "inout protocol any from any to any drop",
     "10.0.0.1", "10.0.0.9:5/icmp", "drop 2", NULL, false},
    {"inout protocol icmp with {stateless, icmptype 8} from any to any accept\n"
     "inout protocol icmp icmptype 0 from any to any accept\n"
     "inout protocol any from any to any drop",
     "10.0.0.1", "10.0.0.9/ping", "allow 1", NULL, false},
    {"inout inet6 protocol ipv6-icmp icmptype 128 from any to any accept\n"
     "inout protocol any from any to any drop",
     "2001:db8::1", "2001:db8::2/ping", "allow 1", NULL, false},
    /* sets, addresses, not */
    {"inout protocol any from addrset web to any accept\ninout protocol any from any to any drop",
     "10.0.0.2", "10.0.0.9:22", "allow 1", NULL, false},
    {"inout protocol any from addrset web to any accept\ninout protocol any from any to any drop",
     "10.0.0.3", "10.0.0.9:22", "drop 2", NULL, false},
    {"inout protocol any from not addrset web to any accept\ninout protocol any from any to any "
     "drop",
     "10.0.0.3", "10.0.0.9:22", "allow 1", NULL, false},
    {"inout protocol any from not addrset web to any accept\ninout protocol any from any to any "
     "drop",
     "10.0.0.2", "10.0.0.9:22", "drop 2", NULL, false},
    {"inout protocol any from any to addrset net accept\ninout protocol any from any to any drop",
     "10.0.0.2", "10.1.255.255:22", "allow 1", NULL, false},
    {"inout protocol any from any to addrset net accept\ninout protocol any from any to any drop",
     "10.0.0.2", "198.51.100.20:22", "allow 1", NULL, false},
    {"inout protocol any from any to addrset net accept\ninout protocol any from any to any drop",
     "10.0.0.2", "198.51.100.21:22", "drop 2", NULL, false},
    {"inout protocol any from any to addrset net accept\ninout protocol any from any to any drop",
     "2001:db8::1", "[2001:db8:ffff::1]:22", "allow 1", NULL, false},
    {"inout protocol any from ip 10.0.0.0/24 to not ip 10.0.0.9 accept\n"
     "inout protocol any from any to any drop",
     "10.0.0.1", "10.0.0.9:22", "drop 2", NULL, false},
    {"inout protocol any from ip 10.0.0.0/24 to not ip 10.0.0.9 accept\n"
     "inout protocol any from any to any drop",
     "10.0.0.1", "10.0.0.8:22", "allow 1", NULL, false},
    {"inout protocol any from addrset {10.0.0.1, to any accept\ninout protocol any from any to any "
     "drop",
     "10.0.0.7", "10.0.0.8:22", "drop 2", NULL, false},
    {"inout protocol any from any to addrset {10.0.0.8} accept\ninout protocol any from any to any "
     "drop",
     "10.0.0.7", "10.0.0.8:22", "allow 1", NULL, false},
    {"inout protocol any from addrset empty to any accept\ninout protocol any from any to any drop",
     "10.0.0.1", "10.0.0.9:22", "drop 2", "addrset empty is empty", false},
    {"inout protocol any from not addrset empty to any accept\n"
     "inout protocol any from any to any drop",
     "10.0.0.1", "10.0.0.9:22", "allow 1", NULL, false},
    {"inout protocol any from addrset nobody to any accept\ninout protocol any from any to any "
     "drop",
     "10.0.0.1", "10.0.0.9:22", "unknown 1", "nobody is not among those", false},
    {"inout protocol any from addrset odd to any accept\ninout protocol any from any to any drop",
     "10.9.9.9", "10.0.0.9:22", "allow 1", NULL, false},
    {"inout protocol any from addrset odd to any accept\ninout protocol any from any to any drop",
     "10.0.0.1", "10.0.0.9:22", "unknown 1", "cannot be compared", false},
    /* attributes, services, gateways of applications, tags */
    {"inout protocol any from any to any with attribute profile p-1 accept\n"
     "inout protocol any from any to any drop",
     "10.0.0.1", "10.0.0.9:22", "depends 1", "depends on the application (profile p-1)", false},
    {"inout protocol any from any to any with attribute addrset attr_1_APP_ID accept\n"
     "inout protocol any from any to any accept",
     "10.0.0.1", "10.0.0.9:22", "allow 2", NULL, false},
    {"inout protocol tcp from any to any port 22 punt\ninout protocol any from any to any drop",
     "10.0.0.1", "10.0.0.9:22", "depends 1", "a service decides", false},
    {"inout protocol tcp from any to any port 21 accept with log as ftp tag 'a;b'\n"
     "inout protocol any from any to any drop",
     "10.0.0.1", "10.0.0.9:21", "allow 1", NULL, false},
    {"inout protocol tcp from any to any port 22 shrug\ninout protocol any from any to any accept",
     "10.0.0.1", "10.0.0.9:22", "unknown 1", "not understood", false},
    {"inout protocol tcp from any to any port 22 drop with log", "10.0.0.1", "10.0.0.9:23",
     "unknown 0", NULL, false},
};

static struct snapshot *rules_of(const char *text, bool l2)
{
    struct strbuf sb = STRBUF_INIT;
    struct snapshot *s;
    int n = 0;

    strbuf_addf(&sb, "ruleset domain-c7%s {\n  # Filter rules\n", l2 ? "_L2" : "");
    while (*text) {
        size_t len = strcspn(text, "\n");
        n++;
        strbuf_addf(&sb, "  rule %d at %d %.*s;\n", 1000 + n, n, (int)len, text);
        text += len + (text[len] == '\n');
    }
    strbuf_addstr(&sb, "}\n");
    s = firewall_rules(sb.buf, FRESH_OK);
    strbuf_release(&sb);
    return s;
}

/* What is asked, as a packet; names are addresses here. */
static void packet_of(struct explain_packet *p, struct ip ends[2], const char *from, const char *to)
{
    struct arena *arena = arena_new(0);
    struct explain_query q = {0};
    struct err err = {0};

    if (explain_parse(&q, arena, from, to, &err))
        fail_msg("%s", err.msg);
    assert_int_equal(ip_parse(q.source, &ends[0]), 0);
    assert_int_equal(ip_parse(q.destination, &ends[1]), 0);
    *p = (struct explain_packet){.source = &ends[0],
                                 .destination = &ends[1],
                                 .family = ends[0].family,
                                 .protocol = q.protocol,
                                 .source_port = q.source_port,
                                 .port = q.port,
                                 .icmp_type = q.icmp_type,
                                 .icmp_code = -1};
    if (p->protocol == 1 && p->family == 6) {
        p->protocol = 58;
        p->icmp_type = p->icmp_type == 8 ? 128 : p->icmp_type;
    }
    arena_free(arena);
}

/* The reason of every rule that was asked, one after the other. */
static void add_reasons(struct strbuf *out, const struct explain_walk *w,
                        const struct explain_skipped *s, size_t n, const struct explain_packet *p)
{
    for (size_t i = 0; i < n; i++) {
        explain_rule_reason(out, s[i].rule, p, s[i].answer);
        strbuf_addch(out, '\n');
    }
    if (w->rule && w->rule->action == EXPLAIN_PUNT)
        strbuf_addstr(out, "a service decides");
}

static void run_case(const struct rule_case *c)
{
    struct snapshot *rules = rules_of(c->rules, false), *s = firewall_sets(sets, FRESH_OK);
    struct explain_filter *f = explain_filter_new(FIREWALL_HOST, FIREWALL_FILTER, rules, s);
    struct explain_skipped skipped[8];
    struct explain_packet p;
    struct explain_walk w;
    struct strbuf got = STRBUF_INIT, why = STRBUF_INIT;
    struct ip ends[2];
    size_t n;

    packet_of(&p, ends, c->from, c->to);
    p.out = !c->in;
    explain_filter_walk(f, &p, &w, skipped, &n);
    strbuf_addf(&got, "%s %d", explain_verdict_name(w.verdict), w.rule ? (int)w.rule->position : 0);
    add_reasons(&why, &w, skipped, n, &p);
    if (strcmp(got.buf, c->want) != 0 || (c->says && !strstr(why.buf, c->says)))
        fail_msg("%s\n%s -> %s: %s instead of %s\n%s", c->rules, c->from, c->to, got.buf, c->want,
                 why.buf);
    strbuf_release(&got);
    strbuf_release(&why);
    explain_filter_free(f);
    snapshot_unref(rules);
    snapshot_unref(s);
}

static void test_grammar(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        run_case(&cases[i]);
}

/* ---- layer 2, missing data ----------------------------------------------------------------------
 */

struct walk_case {
    const char *name, *rules, *sets;
    enum freshness rules_are, sets_are;
    const char *mac, *want;
};

#define PASS "ruleset d {\n rule 1 at 1 inout protocol any from any to any accept;\n}\n"

static const struct walk_case walks[] = {
    {"L2 lets IPv4 pass",
     PASS "ruleset d_L2 {\n rule 9 at 1 inout ethertype any from any to any "
          "accept;\n}\n",
     sets, FRESH_OK, FRESH_OK, NULL, "allow 1 1"},
    {"L2 drops",
     PASS "ruleset d_L2 {\n rule 9 at 1 inout ethertype ipv4 stateless from any to any "
          "drop;\n}\n",
     sets, FRESH_OK, FRESH_OK, NULL, "drop 9 1"},
    {"L2 drops ARP alone",
     PASS "ruleset d_L2 {\n rule 9 at 1 inout ethertype arp from any to any drop;\n"
          " rule 8 at 2 inout ethertype any from any to any accept;\n}\n",
     sets, FRESH_OK, FRESH_OK, NULL, "allow 1 1"},
    {"L2 by number",
     PASS "ruleset d_L2 {\n rule 9 at 1 inout ethertype 0x0800 from any to any "
          "reject;\n}\n",
     sets, FRESH_OK, FRESH_OK, NULL, "reject 9 1"},
    {"L2 by MAC",
     PASS "ruleset d_L2 {\n rule 9 at 1 inout ethertype any from addrset mac-1 to any drop;\n"
          " rule 8 at 2 inout ethertype any from any to any accept;\n}\n",
     sets, FRESH_OK, FRESH_OK, "00:50:56:8C:12:A4", "drop 9 1"},
    {"L2 by another MAC",
     PASS "ruleset d_L2 {\n rule 9 at 1 inout ethertype any from addrset mac-1 to any drop;\n"
          " rule 8 at 2 inout ethertype any from any to any accept;\n}\n",
     sets, FRESH_OK, FRESH_OK, "00:50:56:00:00:01", "allow 1 1"},
    {"L2 by a MAC that is not known",
     PASS "ruleset d_L2 {\n rule 9 at 1 inout ethertype any from addrset mac-1 to any drop;\n"
          " rule 8 at 2 inout ethertype any from any to any accept;\n}\n",
     sets, FRESH_OK, FRESH_OK, NULL, "unknown 9 1"},
    {"no L3 rules at all",
     "ruleset d_L2 {\n rule 9 at 1 inout ethertype any from any to any "
     "accept;\n}\n",
     sets, FRESH_OK, FRESH_OK, NULL, "unknown 0 0"},
    {"no rules", NULL, sets, FRESH_OK, FRESH_OK, NULL, "unknown 0 0"},
    {"sets were not read",
     "ruleset d {\n rule 1 at 1 inout protocol any from addrset web to any accept;\n"
     " rule 2 at 2 inout protocol any from any to any drop;\n}\n",
     sets, FRESH_OK, FRESH_FAILED, NULL, "unknown 1 1"},
    {"ten rules in the order of numbers, not of text",
     "ruleset d {\n rule 10 at 10 inout protocol any from any to any drop;\n"
     " rule 2 at 2 inout protocol any from any to any accept;\n}\n",
     sets, FRESH_OK, FRESH_OK, NULL, "allow 2 2"},
    {"a rule before the match was not read",
     "ruleset d {\n rule 1 at 1 inout protocol udp from any to any drop;\n"
     " rule 3 at 3 inout protocol any from any to any accept;\n}\n",
     sets, FRESH_PARTIAL, FRESH_OK, NULL, "unknown 3 3"},
    {"partial, but all before the match is there",
     "ruleset d {\n rule 1 at 1 inout protocol udp from any to any drop;\n"
     " rule 2 at 2 inout protocol any from any to any accept;\n"
     " rule 9 at 9 inout protocol any from any to any accept;\n}\n",
     sets, FRESH_PARTIAL, FRESH_OK, NULL, "allow 2 2"},
    {"a place beyond the number of rules that another ruleset has, too",
     "ruleset d {\n rule 3 at 3 inout protocol udp from any to any drop;\n"
     " rule 1 at 1 inout protocol udp from any to any drop;\n}\n"
     "ruleset e {\n rule 7 at 1 inout protocol any from any to any reject;\n}\n"
     "ruleset f {\n rule 8 at 4 inout protocol udp from any to any accept;\n}\n",
     sets, FRESH_OK, FRESH_OK, NULL, "reject 7 1"},
    {"one place twice",
     "ruleset d {\n rule 4 at 2 inout protocol any from any to any drop;\n"
     " rule 3 at 1 inout protocol any from any to any accept;\n"
     " rule 5 at 2 inout protocol any from any to any reject;\n}\n",
     sets, FRESH_OK, FRESH_OK, NULL, "allow 3 1"},
    {"the place zero",
     "ruleset d {\n rule 4 at 1 inout protocol any from any to any drop;\n"
     " rule 3 at 0 inout protocol any from any to any accept;\n}\n",
     sets, FRESH_OK, FRESH_OK, NULL, "allow 3 0"},
    {"no places printed",
     "ruleset d {\n rule 5 inout protocol any from any to any accept;\n"
     " rule 6 inout protocol any from any to any drop;\n}\n",
     sets, FRESH_OK, FRESH_OK, NULL, "allow 5 1"},
};

static void run_walk(const struct walk_case *c)
{
    struct snapshot *rules = firewall_rules(c->rules, c->rules_are);
    struct snapshot *s = firewall_sets(c->sets, c->sets_are);
    struct explain_filter *f = explain_filter_new(FIREWALL_HOST, FIREWALL_FILTER, rules, s);
    struct explain_packet p;
    struct explain_walk w;
    struct ip ends[2];
    char *got;

    packet_of(&p, ends, "10.0.0.1", "10.0.0.9:22");
    p.source_mac = c->mac;
    explain_filter_walk(f, &p, &w, NULL, NULL);
    got = mem_printf("%s %d %d", explain_verdict_name(w.verdict),
                     w.rule ? (int)explain_rule_id(w.rule) : 0, w.rule ? (int)w.rule->position : 0);
    if (strcmp(got, c->want) != 0)
        fail_msg("%s: %s instead of %s", c->name, got, c->want);
    free(got);
    explain_filter_free(f);
    snapshot_unref(rules);
    snapshot_unref(s);
}

static void test_walks(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(walks); i++)
        run_walk(&walks[i]);
}

/* ---- the question -------------------------------------------------------------------------------
 */

static void test_parse(void **state)
{
    static const struct {
        const char *from, *to, *want; /* NULL: refused */
    } asked[] = {
        {"a", "b", "a -1 b -1 -1 -1"},
        {"a", "b:22", "a -1 b 22 6 -1"},
        {"a:1000", "b:53/udp", "a 1000 b 53 17 -1"},
        {"a", "b/tcp", "a -1 b -1 6 -1"},
        {"a", "b/47", "a -1 b -1 47 -1"},
        {"a", "b/ping", "a -1 b -1 1 8"},
        {"a", "b:3/icmp", "a -1 b -1 1 3"},
        {"2001:db8::1", "2001:db8::2", "2001:db8::1 -1 2001:db8::2 -1 -1 -1"},
        {"[2001:db8::1]:5", "[2001:db8::2]:443", "2001:db8::1 5 2001:db8::2 443 6 -1"},
        {"[2001:db8::1]", "2001:db8::2/tcp", "2001:db8::1 -1 2001:db8::2 -1 6 -1"},
        {"a", "b:65536", NULL},
        {"a", "b:x", NULL},
        {"a", "b/what", NULL},
        {"a", "b/256", NULL},
        {"a", "b:22/gre", NULL},
        {"a", "b:256/icmp", NULL},
        {"", "b", NULL},
        {"a", ":22", NULL},
        {"a", "[2001:db8::2]x", NULL},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(asked); i++) {
        struct arena *arena = arena_new(0);
        struct explain_query q = {0};
        struct err err = {0};
        int rc = explain_parse(&q, arena, asked[i].from, asked[i].to, &err);
        if (asked[i].want) {
            assert_int_equal(rc, 0);
            assert_string_equal(arena_printf(arena, "%s %d %s %d %d %d", q.source, q.source_port,
                                             q.destination, q.port, q.protocol, q.icmp_type),
                                asked[i].want);
        } else {
            assert_int_equal(rc, -1);
            assert_true(err.msg[0] != '\0');
        }
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_grammar),
        cmocka_unit_test(test_walks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
