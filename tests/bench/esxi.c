/*
 * What hosts print, into rows: megabytes of text decoded per second on one core. The text comes in
 * pieces of 32 KB, as SSH hands it on. Two figures: every row with all its cells and its key in the
 * builder, and the whole of what a collector does before it publishes, sorting and the index of a
 * snapshot included. The goal ("decoded into rows") is asked of both. A realised ruleset of a large
 * estate has 17,000 lines on each network card; the texts are of many cards, each different from
 * the others, in the variety of the outputs that are public (tests/bench/host_text.h). Address
 * sets: memory of one card with 250,000 members, and of a second one with the same.
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
#include "tests/bench/host_text.h"

#define PIECE      32768
#define CARDS      8
#define RULES      17000
#define FLOWS      20000
#define MEMBERS    250000
#define RATE_GOAL  300.0 /* MB/s */
#define ROUNDS_MAX 15

/* ---- text --------------------------------------------------------------------------------------
 */

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

struct kind {
    const char *what;
    const struct schema *schema;
    size_t rows; /* of a card */
    void (*write)(struct strbuf *out, unsigned lines, uint64_t seed);
    unsigned lines;
    void (*decode)(struct table_builder *b, const char *filter, const struct strbuf *text);
};

/* Seconds to the rows, and to the snapshot. */
static void once(const struct kind *k, const struct strbuf *texts, double *rows, double *all)
{
    double start = bench_cpu_self();
    struct table_builder *b = builder_new(k->schema, "site", "esx/esx-01.example", NULL);
    struct snapshot *s;
    char filter[64];

    builder_block(b, 0);
    for (unsigned card = 0; card < CARDS; card++) {
        (void)snprintf(filter, sizeof(filter), "nic-%u-eth0-vmware-sfw.2", 1000000 + card);
        k->decode(b, filter, &texts[card]);
    }
    *rows = bench_cpu_self() - start;
    s = builder_finish(b, 1, FRESH_OK, NULL);
    *all = bench_cpu_self() - start;
    if (snapshot_count(s) != k->rows * CARDS)
        bench_failed("%s: %zu rows, want %zu", k->what, snapshot_count(s), k->rows * CARDS);
    snapshot_unref(s);
}

static void measure(const struct kind *k)
{
    double rate[ROUNDS_MAX], whole[ROUNDS_MAX], mb = 0;
    unsigned n = bench_rounds < ROUNDS_MAX ? bench_rounds : ROUNDS_MAX;
    struct strbuf texts[CARDS];

    for (unsigned card = 0; card < CARDS; card++) {
        strbuf_init(&texts[card], 0);
        k->write(&texts[card], k->lines, card);
        mb += (double)texts[card].len / 1e6;
    }
    for (unsigned i = 0; i < n; i++) {
        double rows, all;

        once(k, texts, &rows, &all);
        rate[i] = mb / rows;
        whole[i] = mb / all;
    }
    printf("%-28s %8.0f MB/s into rows (%.0f..%.0f), %.0f MB/s with sorting (%.0f..%.0f); %.1f MB "
           "of text, %zu rows\n",
           k->what, bench_median(rate, n), bench_percentile(rate, n, 0),
           bench_percentile(rate, n, 1), bench_median(whole, n), bench_percentile(whole, n, 0),
           bench_percentile(whole, n, 1), mb, k->rows * CARDS);
    bench_goal(RATE_GOAL / bench_median(rate, n), 1.0, "%s into rows: 300 MB/s against ours",
               k->what);
    bench_goal(RATE_GOAL / bench_median(whole, n), 1.0,
               "%s into a snapshot, sorted: 300 MB/s against ours", k->what);
    for (unsigned card = 0; card < CARDS; card++)
        strbuf_release(&texts[card]);
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
    static const struct kind kinds[] = {
        {"getrules", &table_host_rules, RULES + 1, host_text_rules, RULES, decode_rules},
        {"getflows", &table_flows, FLOWS, host_text_flows, FLOWS, decode_flows},
    };

    measure_sets();
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
        measure(&kinds[i]);
}

const struct bench_section bench_esxi = {"esxi", "command output of hosts into rows", run};
