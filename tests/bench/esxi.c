/*
 * What hosts print, into rows: megabytes of text decoded per second on one core. The text comes in
 * pieces of 32 KB, as SSH hands it on, and every row with all its cells and its key is in the
 * builder at the end; sorting them into a snapshot is timed beside it. A realised ruleset of a
 * large estate has 17,000 lines on each network card; the text here repeats such rulesets on many
 * cards. Address sets: memory of one card with 250,000 members, and of a second one with the same.
 */
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collectors/esxi/addrsets.h"
#include "collectors/esxi/flows.h"
#include "collectors/esxi/rules.h"
#include "core/mem.h"
#include "core/snapshot.h"
#include "core/strbuf.h"
#include "model/tables.h"

#define PIECE      32768
#define CARDS      8
#define RULES      17000
#define FLOWS      20000
#define MEMBERS    250000
#define RATE_GOAL  300.0 /* MB/s */
#define ROUNDS_MAX 15

static uint64_t seed;

static unsigned random_below(unsigned n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % n;
}

/* ---- text --------------------------------------------------------------------------------------
 */

/* About three lines come from one rule of the manager, which differ in service alone. */
static void write_rule(struct strbuf *out, unsigned position)
{
    static const char *const services[] = {"tcp", "udp", "tcp", "any", "icmp icmptype 8"};
    static const char *const ports[] = {"22",   "80",  "443",         "445",          "53",
                                        "3268", "389", "49152-65535", "{8887, 8888}", "1433"};
    unsigned id = 1000 + position / 3, kind = random_below(5);

    strbuf_addf(out, "  rule %u at %u inout protocol %s from addrset ip-securitygroup-%u to ", id,
                position, services[kind], id * 7919 % 2000);
    strbuf_addf(out, id % 3 ? "addrset dst%u " : "addrset ip-ipset-%u ", id);
    if (kind < 3)
        strbuf_addf(out, "port %s ", ports[random_below(10)]);
    strbuf_addstr(out, id % 2 ? "accept with log;\n" : "accept;\n");
}

static void write_rules(struct strbuf *out)
{
    seed = 1;
    strbuf_addstr(out, "ruleset domain-c26 {\n  # generation number: 1594621799418\n");
    for (unsigned i = 1; i <= RULES; i++)
        write_rule(out, i);
    strbuf_addstr(out,
                  "}\n\nruleset domain-c26_L2 {\n  rule 1001 at 1 inout ethertype any from any "
                  "to any accept;\n}\n");
}

static void write_flows(struct strbuf *out)
{
    seed = 2;
    strbuf_addf(out,
                "Count retrieved from kernel active(L3,L4)=%d, active(L2)+inactive(L3,L4)=0, "
                "drop(L2,L3,L4)=0\n",
                FLOWS);
    for (unsigned i = 0; i < FLOWS; i++)
        strbuf_addf(out,
                    "558a796d%08x Active tcp 0800 1 %u 0 0  172.16.%u.%u:Unknown(%u) "
                    "172.16.10.%u:https(443) 2413 EST %u %u %u %u\n",
                    i, 1000 + random_below(500), random_below(16), random_below(254) + 1,
                    1024 + random_below(60000), random_below(254) + 1, random_below(100000000),
                    random_below(100000000), random_below(100000), random_below(100000));
}

static void write_set(struct strbuf *out, unsigned members)
{
    strbuf_addstr(out, "addrset ip-securitygroup-1 {\n");
    for (unsigned i = 0; i < members; i++)
        strbuf_addf(out, "ip 10.%u.%u.%u,\n", i >> 16 & 255, i >> 8 & 255, i & 255);
    strbuf_addstr(out, "}\n");
}

/* ---- speed -------------------------------------------------------------------------------------
 */

static void decode_rules(struct table_builder *b, const char *filter, const struct strbuf *text)
{
    struct rules r;

    rules_init(&r, b, "esx-01.example", filter, NULL);
    for (size_t i = 0; i < text->len; i += PIECE)
        rules_feed(&r, text->buf + i, text->len - i < PIECE ? text->len - i : PIECE);
    rules_end(&r, true);
    rules_release(&r);
}

static void decode_flows(struct table_builder *b, const char *filter, const struct strbuf *text)
{
    struct flows f;

    flows_init(&f, b, "esx-01.example", filter, "web-sv-01a");
    for (size_t i = 0; i < text->len; i += PIECE)
        flows_feed(&f, text->buf + i, text->len - i < PIECE ? text->len - i : PIECE);
    flows_end(&f, true);
    flows_release(&f);
}

static void
measure(const char *what, const struct schema *schema, const struct strbuf *text, size_t rows,
        void (*decode)(struct table_builder *b, const char *filter, const struct strbuf *text))
{
    double rate[ROUNDS_MAX], whole[ROUNDS_MAX], mb = (double)text->len * CARDS / 1e6;
    unsigned n = bench_rounds < ROUNDS_MAX ? bench_rounds : ROUNDS_MAX;

    for (unsigned i = 0; i < n; i++) {
        double start = bench_cpu_self(), middle;
        struct table_builder *b = builder_new(schema, "site", "esx/esx-01.example", NULL);
        struct snapshot *s;
        char filter[64];

        builder_block(b, 0);
        for (unsigned card = 0; card < CARDS; card++) {
            (void)snprintf(filter, sizeof(filter), "nic-%u-eth0-vmware-sfw.2", 1000000 + card);
            decode(b, filter, text);
        }
        middle = bench_cpu_self();
        s = builder_finish(b, 1, FRESH_OK, NULL);
        whole[i] = mb / (bench_cpu_self() - start);
        rate[i] = mb / (middle - start);
        if (snapshot_count(s) != rows * CARDS)
            bench_failed("%s: %zu rows, want %zu", what, snapshot_count(s), rows * CARDS);
        snapshot_unref(s);
    }
    printf("%-28s %8.0f MB/s into rows (%.0f..%.0f), %.0f MB/s with sorting; %.1f MB of text, "
           "%zu rows\n",
           what, bench_median(rate, n), rate[0], rate[n - 1], bench_median(whole, n), mb,
           rows * CARDS);
    bench_goal(RATE_GOAL / bench_median(rate, n), 1.0, "%s into rows: 300 MB/s against ours", what);
}

/* ---- memory ------------------------------------------------------------------------------------
 */

static void measure_sets(void)
{
    struct strbuf text = STRBUF_INIT;
    struct table_builder *b = builder_new(&table_addrsets, "site", "esx/esx-01.example", NULL);
    struct addrsets a;
    struct snapshot *s;
    double one, two;

    write_set(&text, MEMBERS);
    addrsets_init(&a, b, "esx-01.example");
    for (unsigned card = 0; card < 2; card++) {
        addrsets_begin(&a, card ? "nic-2-eth0-vmware-sfw.2" : "nic-1-eth0-vmware-sfw.2");
        for (size_t i = 0; i < text.len; i += PIECE)
            addrsets_feed(&a, text.buf + i, text.len - i < PIECE ? text.len - i : PIECE);
        addrsets_end(&a, true);
    }
    addrsets_release(&a);
    s = builder_finish(b, 1, FRESH_OK, NULL);
    two = (double)snapshot_memory(s) / 1e6;
    one = (double)bench_rss_kb(getpid()) / 1000;
    printf(
        "%-28s %8.1f MB in rows for 2 cards with %d members each; %.0f MB is the whole process\n",
        "getaddrsets", two, MEMBERS, one);
    bench_goal(two, 64, "getaddrsets: MB for %d address-set entries", MEMBERS);
    snapshot_unref(s);
    strbuf_release(&text);
}

static void run(void)
{
    struct strbuf rules = STRBUF_INIT, flows = STRBUF_INIT;

    measure_sets();
    write_rules(&rules);
    measure("getrules", &table_host_rules, &rules, RULES + 1, decode_rules);
    write_flows(&flows);
    measure("getflows", &table_flows, &flows, FLOWS, decode_flows);
    strbuf_release(&rules);
    strbuf_release(&flows);
}

const struct bench_section bench_esxi = {"esxi", "command output of hosts into rows", run};
