/* Pages of NSX decoded in this process, against json-c's bare parse of the same pages; and the same
 * pages again, which must cost almost nothing. No transport. */
#include "tests/bench/bench.h"

#include "collectors/registry.h"
#include "core/strbuf.h"
#include "tests/bench/nsx_pages.h"

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

static const struct collector *find_segments(void)
{
    size_t i = 0;

    return registry_next(KIND_NSX, &table_segments, &i);
}

static void run(void)
{
    static struct canned_reply replies[PAGES + OTHERS];
    static const char none[] = "{\"results\":[],\"result_count\":0}";
    struct bench_nsx n = {.section = "nsx",
                          .what = "segments",
                          .collector = find_segments(),
                          .make_page = make_page,
                          .first = "/infra/segments?",
                          .replies = replies,
                          .nreplies = PAGES + OTHERS,
                          .pages = PAGES,
                          .rows = PAGES * PER_PAGE,
                          .goal = 1.2};

    if (!n.collector) {
        bench_failed("nsx: there is no collector of segments");
        return;
    }
    replies[PAGES] = (struct canned_reply){
        .match = "/infra/segments/state", .body = none, .len = sizeof(none) - 1};
    replies[PAGES + 1] =
        (struct canned_reply){.match = "/infra/tier-1s", .body = none, .len = sizeof(none) - 1};
    bench_nsx_run(&n);
}

const struct bench_section bench_nsx = {"nsx", "pages of NSX, decoded and unchanged", run};
