#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/nsx/nsx.h"
#include "core/mem.h"
#include "tests/support/collector_harness.h"

#define NSX      "{name: nsx, kind: nsx, url: 'https://nsx.example/', user: audit, password: {env: P}}"
#define VMC      "{name: vmc, kind: vmc, org: O, sddc: S, token: {env: T}}"
#define EMPTY    "{\"results\":[],\"result_count\":0}"
#define TIER0S   "GET /policy/api/v1/infra/tier-0s?"
#define TIER1S   "GET /policy/api/v1/infra/tier-1s?"
#define CLUSTERS "/edge-clusters?"
#define NODES    "/edge-nodes?"

/* More tier-1 gateways than are asked one by one. */
#define MANY 201
static char many_tier1s[MANY * 100];

static void make_many(void)
{
    size_t len = 0;

    for (unsigned i = 0; i < MANY; i++)
        len += (size_t)snprintf(
            many_tier1s + len, sizeof(many_tier1s) - len,
            "%s{\"path\":\"/infra/tier-1s/"
            "t1-%03u\",\"display_name\":\"t1-%03u\",\"ha_mode\":\"ACTIVE_STANDBY\"}",
            i ? "," : "{\"results\":[", i, i);
    snprintf(many_tier1s + len, sizeof(many_tier1s) - len, "]}");
}

static const struct session_facts vmc_facts = {.on_vmc = true};

#define ONPREM(t)                                                                           \
    {                                                                                       \
        {.match = TIER0S, .file = "onprem-tier-0s.json"},                                   \
            {.match = TIER1S, .file = "onprem-tier-1s.json"},                               \
            {.match = CLUSTERS, .file = "onprem-edge-clusters.json", .optional = true},     \
            {.match = NODES, .file = "onprem-edge-nodes.json", .optional = true},           \
            {.match = "/tier-0s/t0-dc/state", .file = "onprem-tier-0-state." t},            \
            {.match = "/tier-1s/t1-tenant-a/state", .file = "onprem-tier-1-state." t}, {0}, \
    }

static const struct harness_reply healthy[] = ONPREM("t0.json");
static const struct harness_reply failed_over[] = ONPREM("t1.json");
static const struct harness_reply both_down[] = ONPREM("t2-both-down.json");
static const struct harness_reply empty[] = {{.match = TIER0S, .body = EMPTY},
                                             {.match = TIER1S, .body = EMPTY},
                                             {.match = CLUSTERS, .body = EMPTY, .optional = true},
                                             {0}};
static const struct harness_reply vmc[] = {
    {.match = TIER0S,
     .body = "{\"results\":[{\"path\":\"/infra/tier-0s/vmc\"}]}",
     .optional = true},
    {.match = TIER1S, .status = 403},
    {.match = CLUSTERS, .status = 404, .optional = true},
    {.match = "/tier-0s/vmc/state", .status = 403},
    {.match = "/tier-1s/cgw/state", .file = "vmc-tier-1-cgw-state.t1.json"},
    {.match = "/tier-1s/mgw/state", .file = "vmc-tier-1-cgw-state.t0.json"},
    {0}};
/* No list at all: an SDDC has its three gateways nevertheless. */
static const struct harness_reply vmc_known[] = {
    {.match = TIER0S, .status = 404, .optional = true},
    {.match = TIER1S, .status = 404},
    {.match = CLUSTERS, .status = 404, .optional = true},
    {.match = "/tier-0s/vmc/state", .status = 404},
    {.match = "/tier-1s/cgw/state", .file = "vmc-tier-1-cgw-state.t1.json"},
    {.match = "/tier-1s/mgw/state", .status = 404},
    {0}};
static const struct harness_reply hostile[] = {
    {.match = TIER0S, .file = "hostile-tier-0s.json"},
    {.match = TIER1S, .body = EMPTY},
    {.match = CLUSTERS, .file = "onprem-edge-clusters.json", .optional = true},
    {.match = NODES, .file = "onprem-edge-nodes.json", .optional = true},
    {.match = "/tier-0s/a%1B%5B31mb%3Fx%3D1%26y/state", .file = "hostile-state.json"},
    {.match = "/tier-0s/same/state", .body = "{\"tier0_status\":[]}"},
    {0}};
static const struct harness_reply distributed[] = {
    {.match = TIER0S, .body = EMPTY},
    {.match = TIER1S, .file = "onprem-tier-1s.json"},
    {.match = CLUSTERS, .body = EMPTY, .optional = true},
    {.match = "/tier-1s/t1-tenant-a/state", .file = "distributed.json"},
    {0}};
static const struct harness_reply two_pages[] = {
    {.match = TIER0S, .body = "{\"results\":[],\"result_count\":1,\"cursor\":\"0036 1/=\"}"},
    {.match = "tier-0s?page_size=1000&cursor=0036%201%2F%3D", .file = "onprem-tier-0s.json"},
    {.match = TIER1S, .status = 500},
    {.match = CLUSTERS, .body = EMPTY, .optional = true},
    {.match = "/tier-0s/t0-dc/state", .status = 500},
    {0}};
static const struct harness_reply many[] = {
    {.match = TIER0S, .file = "onprem-tier-0s.json"},
    {.match = TIER1S, .body = many_tier1s},
    {.match = CLUSTERS, .file = "onprem-edge-clusters.json", .optional = true},
    {.match = NODES, .file = "onprem-edge-nodes.json", .optional = true},
    {.match = "/tier-0s/t0-dc/state", .file = "onprem-tier-0-state.t0.json"},
    {.match = "/state", .file = "onprem-tier-1-state.t0.json"},
    {0}};

#define CASE(n, r)                                                                     \
    {                                                                                  \
        .name = n, .collector = &collector_nsx_gateways, .endpoint = NSX, .replies = r \
    }

static const struct harness_case cases[] = {
    CASE("healthy", healthy),
    CASE("failed-over", failed_over),
    CASE("both-down", both_down),
    CASE("empty", empty),
    {.name = "vmc",
     .collector = &collector_nsx_gateways,
     .endpoint = VMC,
     .facts = &vmc_facts,
     .replies = vmc},
    {.name = "vmc-known",
     .collector = &collector_nsx_gateways,
     .endpoint = VMC,
     .facts = &vmc_facts,
     .replies = vmc_known},
    CASE("hostile", hostile),
    CASE("distributed", distributed),
    CASE("two-pages", two_pages),
};

static void test_tables(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        harness_check(&cases[i]);
}

static void test_twins(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        harness_check_twins(&cases[i]);
}

/* More gateways than are asked in one poll: the rest comes with the next one, and nobody loses
 * the rows of an earlier reading. */
static void test_more_than_one_poll_reads(void **state)
{
    static const struct harness_case c = CASE("many", many);
    struct harness *h = harness_new(&c);
    struct collector_run *r = harness_run(h);
    unsigned unknown = 0;

    (void)state;
    r->repeat = true;
    collector_run(r);
    assert_int_equal(r->nrequests, 2 + 2 + 200);
    assert_int_equal(snapshot_freshness(r->tables[0]), FRESH_OK);
    assert_int_equal(snapshot_count(r->tables[0]), 2 * 200 + 2);
    assert_string_equal(snapshot_note(r->tables[0]),
                        "200 gateways are read at a time; 2 more show an earlier reading");
    collector_run(r);
    assert_int_equal(snapshot_count(r->tables[0]), 2 * 202);
    for (size_t i = 0; i < snapshot_count(r->tables[0]); i++)
        unknown +=
            strcmp(row_str(snapshot_row(r->tables[0], i), GATEWAYS_HA_STATUS), "unknown") == 0;
    assert_int_equal(unknown, 0);
    harness_free(h);
}

/* What a run that failed half-way had read is not in any snapshot, so it must not be taken over. */
static void test_failed_run_between(void **state)
{
    struct harness *h = harness_new(&cases[0]);
    struct collector_run *r = harness_run(h);
    struct canned_reply *replies = (struct canned_reply *)r->replies, good;

    (void)state;
    collector_run(r);
    good = replies[0];
    replies[0].status = 500;
    collector_run(r);
    assert_int_equal(r->last, STEP_FAIL);
    assert_int_equal(snapshot_count(r->tables[0]), 4);
    replies[0] = good;
    collector_run(r);
    assert_int_equal(snapshot_freshness(r->tables[0]), FRESH_OK);
    assert_int_equal(snapshot_count(r->tables[0]), 4);
    harness_free(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_twins),
        cmocka_unit_test(test_more_than_one_poll_reads),
        cmocka_unit_test(test_failed_run_between),
    };

    make_many();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
