/*
 * Explaining a flow over 20,000 realised rules of one network card, 4,000 address sets of 50
 * members each (200,000 in all): the rules are compiled once per filter and snapshot, then
 * questions are asked. The goal holds for the first answer (nothing is there yet: compiled, asked,
 * answered) and for those that follow. The flows asked about match the last rule alone, so that
 * every rule is looked at; for half of them every rule asks two address sets.
 */
#include "tests/bench/bench.h"

#include <stdio.h>

#include "core/mem.h"
#include "core/strbuf.h"
#include "model/explain_filter.h"
#include "tests/support/firewall_text.h"

#define RULES     20000
#define SETS      4000
#define MEMBERS   50
#define QUESTIONS 101

static void print_rules(struct strbuf *out)
{
    strbuf_addstr(out, "ruleset domain-c7 {\n  # Filter rules\n");
    for (int i = 1; i < RULES; i++)
        strbuf_addf(out,
                    "  rule %d at %d inout protocol %s from addrset ip-securitygroup-%d to addrset "
                    "ip-securitygroup-%d port %d accept with log;\n",
                    1000 + i / 4, i, i % 2 ? "tcp" : "udp", i % SETS, (i * 7 + 1) % SETS,
                    i % 4 < 2 ? 443 : 1 + i % 30000);
    strbuf_addf(out, "  rule 1001 at %d inout protocol any from any to any drop;\n}\n", RULES);
}

static void print_sets(struct strbuf *out)
{
    for (int i = 0; i < SETS; i++) {
        strbuf_addf(out, "addrset ip-securitygroup-%d {\n", i);
        for (int k = 0; k < MEMBERS; k++)
            strbuf_addf(out, "ip 10.%d.%d.%d,\n", i / 250, i % 250, k * 5);
        strbuf_addstr(out, "}\n");
    }
}

struct asked {
    const char *what;
    const char *source, *destination;
    int protocol, port;
};

static double ask(struct explain_filter *f, const struct asked *q, int n)
{
    struct explain_walk w;
    struct ip from, to;
    double at;

    if (ip_parse(q->source, &from) || ip_parse(q->destination, &to)) {
        bench_failed("explain: no address");
        return 0;
    }
    /* Another address each time: what was asked last is kept per set, and must not help. */
    from.bytes[3] = (uint8_t)(1 + n % 200);
    struct explain_packet p = {.source = &from,
                               .destination = &to,
                               .family = 4,
                               .protocol = q->protocol,
                               .source_port = 40000,
                               .port = q->port,
                               .icmp_type = -1,
                               .icmp_code = -1,
                               .out = true};
    at = bench_cpu_self();
    explain_filter_walk(f, &p, &w, NULL, NULL);
    at = bench_cpu_self() - at;
    if (w.verdict != EXPLAIN_DROPPED || !w.rule || w.rule->position != RULES)
        bench_failed("explain: the last rule did not decide");
    return at * 1e3;
}

/* Each round begins with nothing. */
static void measure(const struct snapshot *rules, const struct snapshot *sets,
                    const struct asked *q)
{
    double built[BENCH_ROUNDS_MAX], cold[BENCH_ROUNDS_MAX], v[QUESTIONS];

    for (unsigned r = 0; r < bench_rounds; r++) {
        double at = bench_cpu_self();
        struct explain_filter *f = explain_filter_new(FIREWALL_HOST, FIREWALL_FILTER, rules, sets);

        built[r] = (bench_cpu_self() - at) * 1e3;
        cold[r] = built[r] + ask(f, q, QUESTIONS);
        if (explain_filter_count(f) != RULES)
            bench_failed("explain: %zu rules", explain_filter_count(f));
        for (int i = 0; i < QUESTIONS && r + 1 == bench_rounds; i++)
            v[i] = ask(f, q, i);
        explain_filter_free(f);
    }
    printf("%-28s first answer %6.2f ms (%.2f..%.2f; compiled in %.2f)  then median %6.2f ms  p99 "
           "%6.2f ms\n",
           q->what, bench_median(cold, bench_rounds), bench_percentile(cold, bench_rounds, 0),
           bench_percentile(cold, bench_rounds, 1), bench_median(built, bench_rounds),
           bench_median(v, QUESTIONS), bench_percentile(v, QUESTIONS, 0.99));
    bench_goal(bench_median(cold, bench_rounds), 5,
               "explain, %s, 20,000 realised rules: first answer, ms", q->what);
    bench_goal(bench_median(v, QUESTIONS), 5, "explain, %s, 20,000 realised rules: median, ms",
               q->what);
}

static void run(void)
{
    static const struct asked questions[] = {
        {"a port of few rules", "172.16.0.1", "172.16.1.1", 6, 31000},
        {"every rule asks its sets", "172.16.0.1", "172.16.1.1", 6, 443},
    };
    struct strbuf rules = STRBUF_INIT, sets = STRBUF_INIT;
    struct snapshot *r, *s;

    print_rules(&rules);
    print_sets(&sets);
    r = firewall_rules(rules.buf, FRESH_OK);
    s = firewall_sets(sets.buf, FRESH_OK);
    for (size_t i = 0; i < ARRAY_SIZE(questions); i++)
        measure(r, s, &questions[i]);
    snapshot_unref(r);
    snapshot_unref(s);
    strbuf_release(&rules);
    strbuf_release(&sets);
}

const struct bench_section bench_explain = {
    "explain", "which rules a flow meets, over 20,000 realised rules", run};
