/* Pages of NSX decoded in this process, against json-c's bare parse of the same pages; and the same
 * pages again, which must cost almost nothing. No transport. */
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <json-c/json.h>

#include "collectors/registry.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "tests/support/collector_run.h"

#define PAGES    100
#define PER_PAGE 1000
#define OTHERS   2

static void add_segment(struct strbuf *out, unsigned i)
{
    strbuf_addf(out,
                "%s{\"type\":\"ROUTED\",\"subnets\":[{\"gateway_address\":\"10.%u.%u.1/24\","
                "\"network\":\"10.%u.%u.0/24\"}],\"connectivity_path\":\"/infra/tier-1s/t1-%u\","
                "\"transport_zone_path\":\"/infra/sites/default/enforcement-points/default/"
                "transport-zones/55b0ff73-cf31-50a7-a51d-480b0a7fad4c\",\"overlay_id\":%u,",
                i % PER_PAGE ? "," : "", i >> 8 & 255, i & 255, i >> 8 & 255, i & 255, i % 40,
                69632 + i);
    strbuf_addf(out,
                "\"advanced_config\":{\"address_pool_paths\":[],\"hybrid\":false,"
                "\"inter_router\":false,\"local_egress\":false,\"urpf_mode\":\"STRICT\","
                "\"connectivity\":\"ON\"},\"admin_state\":\"UP\",\"replication_mode\":\"MTEP\","
                "\"resource_type\":\"Segment\",\"id\":\"seg-%06u\",\"display_name\":\"%s-%06u\","
                "\"path\":\"/infra/segments/seg-%06u\",\"relative_path\":\"seg-%06u\","
                "\"parent_path\":\"/infra\",",
                i, i % 10 ? "app" : "\xe6\xa5\xad\xe5\x8b\x99", i, i, i);
    strbuf_addf(out,
                "\"unique_id\":\"0886d494-4295-517e-b0c9-%012u\",\"marked_for_delete\":false,"
                "\"overridden\":false,\"_create_time\":1700000000000,\"_create_user\":\"admin\","
                "\"_last_modified_time\":%llu,\"_last_modified_user\":\"ops@example\","
                "\"_system_owned\":false,\"_protection\":\"NOT_PROTECTED\",\"_revision\":3}",
                i, 1700000000000ULL + i);
}

static char *make_page(unsigned page, size_t *len)
{
    struct strbuf out = STRBUF_INIT;

    strbuf_addstr(&out, "{\"results\":[");
    for (unsigned i = 0; i < PER_PAGE; i++)
        add_segment(&out, page * PER_PAGE + i);
    strbuf_addf(&out, "],\"result_count\":%u,\"sort_ascending\":true", PAGES * PER_PAGE);
    if (page + 1 < PAGES)
        strbuf_addf(&out, ",\"cursor\":\"p%04u\"", page + 1);
    strbuf_addstr(&out, "}");
    *len = out.len;
    return strbuf_detach(&out);
}

/* CPU seconds of json-c alone: parse and free, one page in memory at a time. */
static double bare_parse(const struct canned_reply *pages)
{
    double start = bench_cpu_self();

    for (unsigned i = 0; i < PAGES; i++) {
        struct json_tokener *t = json_tokener_new();
        struct json_object *o = json_tokener_parse_ex(t, pages[i].body, (int)pages[i].len);

        if (!o)
            bench_failed("nsx: json-c did not parse page %u", i);
        json_object_put(o);
        json_tokener_free(t);
    }
    return bench_cpu_self() - start;
}

static double one_run(struct collector_run *r)
{
    double start = bench_cpu_self();

    collector_run(r);
    if (r->last != STEP_DONE || snapshot_count(r->tables[0]) != PAGES * PER_PAGE)
        bench_failed("nsx: the run did not read every segment: %s", r->err.msg);
    return bench_cpu_self() - start;
}

static const struct collector *find_segments(void)
{
    size_t i = 0;

    return registry_next(KIND_NSX, &table_segments, &i);
}

static long peak_kb(void)
{
    struct rusage u;

    (void)getrusage(RUSAGE_SELF, &u);
    return u.ru_maxrss;
}

static void measure(struct collector_run *r, const struct canned_reply *pages, size_t bytes)
{
    double bare[BENCH_ROUNDS_MAX], first[BENCH_ROUNDS_MAX], again[BENCH_ROUNDS_MAX];
    double ratio[BENCH_ROUNDS_MAX], kept[BENCH_ROUNDS_MAX];
    long before = peak_kb();

    for (unsigned i = 0; i < bench_rounds; i++) {
        bare[i] = bare_parse(pages);
        collector_run_reset(r);
        first[i] = one_run(r);
        again[i] = one_run(r);
        ratio[i] = first[i] / bare[i];
        kept[i] = again[i] / first[i];
    }
    printf(
        "\n%u segments in %u pages, %.1f MB: json-c %.3f s (%.0f MB/s), decoded into rows %.3f s, "
        "unchanged %.4f s; the rows hold %.1f MB, the process grew by %.1f MB\n",
        PAGES * PER_PAGE, PAGES, (double)bytes / 1e6, bench_median(bare, bench_rounds),
        (double)bytes / 1e6 / bench_median(bare, bench_rounds), bench_median(first, bench_rounds),
        bench_median(again, bench_rounds), (double)snapshot_memory(r->tables[0]) / 1e6,
        (double)(peak_kb() - before) / 1e3);
    bench_goal(bench_median(ratio, bench_rounds), 1.2,
               "NSX pages decoded and published / json-c's bare parse: CPU");
    bench_goal(bench_median(kept, bench_rounds), 0.1,
               "an unchanged table of 100,000 rows / the first time: CPU");
}

static void run(void)
{
    static struct canned_reply replies[PAGES + OTHERS];
    static const char text[] =
        "sites:\n  - name: bench\n    endpoints:\n      - {name: nsx, kind: nsx, url: "
        "\"https://nsx.example/\", user: admin, password: {env: NSX_PASSWORD}}\n";
    static const char none[] = "{\"results\":[],\"result_count\":0}";
    struct err err = {0};
    struct config *config = config_parse(text, sizeof(text) - 1, "bench.yaml", &err, NULL);
    struct collector_run r = {.collector = find_segments(),
                              .replies = replies,
                              .nreplies = PAGES + OTHERS,
                              .repeat = true};
    size_t bytes = 0;

    if (!config || !r.collector) {
        bench_failed("nsx: %s", config ? "there is no collector of segments" : err.msg);
        return;
    }
    r.endpoint = config_endpoint(config, 0);
    for (unsigned i = 0; i < PAGES; i++) {
        size_t len;

        /* The first page is asked for without a cursor: what matches last. */
        replies[i].body = make_page((i + 1) % PAGES, &len);
        replies[i].len = len;
        replies[i].match =
            i + 1 < PAGES ? mem_printf("cursor=p%04u", i + 1) : mem_strdup("/infra/segments?");
        bytes += len;
    }
    replies[PAGES] = (struct canned_reply){
        .match = "/infra/segments/state", .body = none, .len = sizeof(none) - 1};
    replies[PAGES + 1] =
        (struct canned_reply){.match = "/infra/tier-1s", .body = none, .len = sizeof(none) - 1};
    measure(&r, replies, bytes);
    collector_run_release(&r);
    for (unsigned i = 0; i < PAGES; i++) {
        free((char *)replies[i].body);
        free((char *)replies[i].match);
    }
    config_free(config);
}

const struct bench_section bench_nsx = {"nsx", "pages of NSX, decoded and unchanged", run};
