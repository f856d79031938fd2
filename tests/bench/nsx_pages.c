/* What the sections nsx and rules share. */
#include "tests/bench/nsx_pages.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <json-c/json.h>

#include "core/mem.h"
#include "tests/bench/bench.h"

/* CPU seconds of json-c alone: parse and free, one page in memory at a time. */
static double bare_parse(const struct bench_nsx *n)
{
    double start = bench_cpu_self();

    for (unsigned i = 0; i < n->pages; i++) {
        struct json_tokener *t = json_tokener_new();
        struct json_object *o =
            json_tokener_parse_ex(t, n->replies[i].body, (int)n->replies[i].len);

        if (!o)
            bench_failed("%s: json-c did not parse page %u", n->section, i);
        json_object_put(o);
        json_tokener_free(t);
    }
    return bench_cpu_self() - start;
}

static double one_run(const struct bench_nsx *n, struct collector_run *r)
{
    double start = bench_cpu_self();

    collector_run(r);
    if (r->last != STEP_DONE || snapshot_count(r->tables[0]) != n->rows)
        bench_failed("%s: the run did not read every row: %s", n->section, r->err.msg);
    return bench_cpu_self() - start;
}

static long peak_kb(void)
{
    struct rusage u;

    (void)getrusage(RUSAGE_SELF, &u);
    return u.ru_maxrss;
}

static void measure(const struct bench_nsx *n, struct collector_run *r)
{
    double bare[BENCH_ROUNDS_MAX], first[BENCH_ROUNDS_MAX], again[BENCH_ROUNDS_MAX];
    double ratio[BENCH_ROUNDS_MAX], kept[BENCH_ROUNDS_MAX];
    long before = peak_kb();

    for (unsigned i = 0; i < bench_rounds; i++) {
        bare[i] = bare_parse(n);
        collector_run_reset(r);
        first[i] = one_run(n, r);
        again[i] = one_run(n, r);
        ratio[i] = first[i] / bare[i];
        kept[i] = again[i] / first[i];
    }
    printf("\n%zu %s in %u pages, %.1f MB: json-c %.3f s (%.0f MB/s), decoded into rows %.3f s, "
           "unchanged %.4f s; the rows hold %.1f MB, the process grew by %.1f MB\n",
           n->rows, n->what, n->pages, (double)n->bytes / 1e6, bench_median(bare, bench_rounds),
           (double)n->bytes / 1e6 / bench_median(bare, bench_rounds),
           bench_median(first, bench_rounds), bench_median(again, bench_rounds),
           (double)snapshot_memory(r->tables[0]) / 1e6, (double)(peak_kb() - before) / 1e3);
    bench_goal(bench_median(ratio, bench_rounds), n->goal,
               "pages of %s decoded and published / json-c's bare parse: CPU", n->what);
    bench_goal(bench_median(kept, bench_rounds), 0.1,
               "an unchanged table of 100,000 %s / the first time: CPU", n->what);
}

/* Page @i of the list; the first is asked for without a cursor, so it is what matches last. */
static void fill(struct bench_nsx *n)
{
    for (unsigned i = 0; i < n->pages; i++) {
        struct canned_reply *r = &n->replies[i];

        r->body = n->make_page((i + 1) % n->pages, &r->len);
        r->match = i + 1 < n->pages ? mem_printf("cursor=p%04u", i + 1) : mem_strdup(n->first);
        n->bytes += r->len;
    }
}

void bench_nsx_run(struct bench_nsx *n)
{
    static const char text[] =
        "sites:\n  - name: bench\n    endpoints:\n      - {name: nsx, kind: nsx, url: "
        "\"https://nsx.example/\", user: admin, password: {env: NSX_PASSWORD}}\n";
    struct err err = {0};
    struct config *config = config_parse(text, sizeof(text) - 1, "bench.yaml", &err, NULL);
    struct collector_run r = {
        .collector = n->collector, .replies = n->replies, .nreplies = n->nreplies, .repeat = true};

    if (!config) {
        bench_failed("%s: %s", n->section, err.msg);
        return;
    }
    r.endpoint = config_endpoint(config, 0);
    fill(n);
    measure(n, &r);
    collector_run_release(&r);
    for (unsigned i = 0; i < n->pages; i++) {
        free((char *)n->replies[i].body);
        free((char *)n->replies[i].match);
    }
    config_free(config);
}
