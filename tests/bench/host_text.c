#include "tests/bench/host_text.h"

#include <stdio.h>

#include "core/mem.h"
#include "core/strbuf.h"

#define END_LINES 5 /* what every ruleset ends with */

unsigned host_text_random(uint64_t *seed, unsigned below)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(*seed >> 33) % below;
}

/* ---- rules -------------------------------------------------------------------------------------
 */

struct rule {
    unsigned id, lines;
    char from[48], to[48];
    const char *way, *end;
};

static const unsigned known_ports[] = {
    20,   21,   22,   23,   25,   53,   80,   88,   110,  111,  123,  135,  137,  138,
    139,  143,  161,  162,  179,  389,  443,  445,  464,  465,  514,  515,  587,  636,
    902,  989,  993,  995,  1433, 1434, 1521, 2049, 3128, 3268, 3269, 3306, 3389, 5060,
    5432, 5480, 5985, 5986, 6379, 8000, 8080, 8443, 9000, 9092, 9200, 9443, 27017};

static void choose_set(char out[static 48], const struct rule *r, bool source, uint64_t *seed)
{
    static const struct {
        const char *name;
        unsigned below;
    } kinds[] = {{"ip-securitygroup", 4000},
                 {"ip-ipset", 1200},
                 {"ip-vm", 9000},
                 {"ip-virtualwire", 300},
                 {"ip-securitygroup", 4000}};
    unsigned kind = host_text_random(seed, 8);

    if (kind < ARRAY_SIZE(kinds))
        (void)snprintf(out, 48, "addrset %s-%u", kinds[kind].name,
                       1 + host_text_random(seed, kinds[kind].below));
    else if (kind < 7)
        (void)snprintf(out, 48, "addrset %s%u", source ? "src" : "dst", r->id);
    else
        (void)snprintf(out, 48, "any");
}

static void choose_rule(struct rule *r, uint64_t *seed)
{
    static const char *const ends[] = {
        "accept with log", "accept with log", "accept with log", "accept",
        "accept",          "drop with log",   "reject with log", "drop"};

    r->id += 1 + host_text_random(seed, 4);
    r->lines = 1 + host_text_random(seed, 1 + host_text_random(seed, 24));
    r->way = host_text_random(seed, 6) ? "inout" : host_text_random(seed, 2) ? "in" : "out";
    r->end = ends[host_text_random(seed, ARRAY_SIZE(ends))];
    choose_set(r->from, r, true, seed);
    choose_set(r->to, r, false, seed);
}

static unsigned some_port(uint64_t *seed)
{
    return host_text_random(seed, 3) ? known_ports[host_text_random(seed, ARRAY_SIZE(known_ports))]
                                     : 1 + host_text_random(seed, 65535);
}

static void add_ports(struct strbuf *out, uint64_t *seed)
{
    unsigned kind = host_text_random(seed, 20), low = some_port(seed);

    if (kind == 0) {
        strbuf_addf(out, "port %u-%u ", low, low + host_text_random(seed, 65536 - low));
    } else if (kind == 1) {
        strbuf_addf(out, "port {%u", low);
        for (unsigned n = 1 + host_text_random(seed, 8); n; n--)
            strbuf_addf(out, ", %u", some_port(seed));
        strbuf_addstr(out, "} ");
    } else {
        strbuf_addf(out, "port %u ", low);
    }
}

/* Returns the number of lines. */
static unsigned add_line(struct strbuf *out, const struct rule *r, unsigned at, uint64_t *seed)
{
    unsigned kind = host_text_random(seed, 40);

    if (kind == 0) { /* with an application gateway: twice, the second line is internal */
        strbuf_addf(out, "  rule %u at %u %s protocol tcp from %s to %s port 135 %s as dcerpc;\n",
                    r->id, at, r->way, r->from, r->to, r->end);
        strbuf_addf(out,
                    "  # internal # rule %u at %u %s protocol tcp from %s to %s port 135 %s;\n",
                    r->id, at + 1, r->way, r->from, r->to, r->end);
        return 2;
    }
    strbuf_addf(out, "  rule %u at %u %s protocol ", r->id, at, r->way);
    if (kind < 4)
        strbuf_addstr(out, "any");
    else if (kind < 6)
        strbuf_addf(out, "icmp icmptype %u", host_text_random(seed, 16));
    else
        strbuf_addstr(out, kind < 28 ? "tcp" : "udp");
    strbuf_addf(out, " from %s to %s ", r->from, r->to);
    if (kind >= 6)
        add_ports(out, seed);
    strbuf_addf(out, "%s;\n", r->end);
    return 1;
}

void host_text_rules(struct strbuf *out, unsigned lines, uint64_t seed)
{
    struct rule r = {.id = 1010 + host_text_random(&seed, 100)};
    unsigned at = 1;

    strbuf_addf(out, "ruleset domain-c%u {\n  # generation number: 1594621799418\n",
                25 + host_text_random(&seed, 90));
    while (at + END_LINES <= lines) {
        choose_rule(&r, &seed);
        for (unsigned i = 0; i < r.lines && at + END_LINES <= lines; i++)
            at += add_line(out, &r, at, &seed);
    }
    for (unsigned type = 135; type <= 136 && at <= lines; type++)
        strbuf_addf(out,
                    "  rule 1003 at %u inout protocol ipv6-icmp icmptype %u from any to any "
                    "accept;\n",
                    at++, type);
    for (unsigned port = 67; port <= 68 && at <= lines; port++)
        strbuf_addf(out, "  rule 1002 at %u inout protocol udp from any to any port %u accept;\n",
                    at++, port);
    for (; at <= lines; at++)
        strbuf_addf(out, "  rule 1001 at %u inout protocol any from any to any reject with log;\n",
                    at);
    strbuf_addstr(out,
                  "}\n\nruleset domain-c26_L2 {\n  rule 1001 at 1 inout ethertype any from any "
                  "to any accept;\n}\n");
}

/* ---- flows -------------------------------------------------------------------------------------
 */

static void add_address(struct strbuf *out, uint64_t *seed)
{
    static const char *const nets[] = {"10", "172", "192.168", "10"};
    unsigned net = host_text_random(seed, ARRAY_SIZE(nets));

    strbuf_addstr(out, nets[net]);
    if (net == 1)
        strbuf_addf(out, ".%u", 16 + host_text_random(seed, 16));
    else if (net != 2)
        strbuf_addf(out, ".%u", host_text_random(seed, 256));
    strbuf_addf(out, ".%u.%u", host_text_random(seed, 256), 1 + host_text_random(seed, 254));
}

static void add_service(struct strbuf *out, bool udp, uint64_t *seed)
{
    static const struct {
        const char *name;
        unsigned port;
    } tcp[] = {{"ssh", 22},           {"https", 443},         {"http", 80},    {"ldap", 389},
               {"microsoft-ds", 445}, {"ms-sql-s", 1433},     {"mysql", 3306}, {"postgresql", 5432},
               {"http-alt", 8080},    {"ms-wbt-server", 3389}},
      datagrams[] = {{"domain", 53}, {"ntp", 123}, {"snmp", 161}, {"syslog", 514}};
    unsigned i = host_text_random(seed, 20);

    if (udp && i < 12)
        strbuf_addf(out, "%s(%u)", datagrams[i % 4].name, datagrams[i % 4].port);
    else if (i < ARRAY_SIZE(tcp))
        strbuf_addf(out, "%s(%u)", tcp[i].name, tcp[i].port);
    else
        strbuf_addf(out, "Unknown(%u)", 1 + host_text_random(seed, 65535));
}

/* Small numbers are more frequent than large ones, as with all counters. */
static unsigned some_count(uint64_t *seed, unsigned digits)
{
    unsigned top = 10;

    for (unsigned n = 1 + host_text_random(seed, digits); n > 1; n--)
        top *= 10;
    return host_text_random(seed, top);
}

static void add_flow(struct strbuf *out, uint64_t id, uint64_t *seed)
{
    static const char *const states[] = {"EST", "EST",      "EST",      "EST",
                                         "FIN", "SYN_SENT", "TIME_WAIT"};
    unsigned kind = host_text_random(seed, 40), rule = 1001 + host_text_random(seed, 4000);
    const char *protocol = kind == 0 ? "icmp" : kind <= 5 ? "udp" : "tcp";

    strbuf_addf(out, "%016llx %s %s 0800 %u %u %u 0  ", (unsigned long long)id,
                host_text_random(seed, 12) ? "Active" : "Inactive", protocol,
                1 + host_text_random(seed, 2), rule, kind == 0 ? 8u : 0u);
    add_address(out, seed);
    if (kind)
        strbuf_addf(out, ":Unknown(%u)", 1024 + host_text_random(seed, 64512));
    strbuf_addch(out, ' ');
    add_address(out, seed);
    if (kind) {
        strbuf_addch(out, ':');
        add_service(out, kind <= 5, seed);
    }
    if (kind > 5)
        strbuf_addf(out, " %u %s", 1 + host_text_random(seed, 9999),
                    states[host_text_random(seed, ARRAY_SIZE(states))]);
    strbuf_addf(out, " %u %u %u %u\n", some_count(seed, 9), some_count(seed, 9),
                some_count(seed, 6), some_count(seed, 6));
}

void host_text_flows(struct strbuf *out, unsigned lines, uint64_t seed)
{
    bool shuffled = seed & 1;
    uint64_t id = UINT64_C(0x558a796d00000000) + ((uint64_t)host_text_random(&seed, 65536) << 12);
    uint64_t at = id;

    strbuf_addf(out,
                "Count retrieved from kernel active(L3,L4)=%u, active(L2)+inactive(L3,L4)=0, "
                "drop(L2,L3,L4)=0\n",
                lines);
    for (unsigned i = 0; i < lines; i++) {
        add_flow(out, shuffled ? id ^ ((uint64_t)i * 2654435761u % (1u << 30)) : at, &seed);
        at += 1 + host_text_random(&seed, 40);
    }
}
