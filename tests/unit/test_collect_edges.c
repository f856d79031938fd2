#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/nsx/nsx.h"
#include "core/mem.h"
#include "tests/support/collector_harness.h"

#define NSX      "{name: nsx, kind: nsx, url: 'https://nsx.example/', user: audit, password: {env: P}}"
#define VMC      "{name: vmc, kind: vmc, org: O, sddc: S, token: {env: T}}"
#define EMPTY    "{\"results\":[],\"result_count\":0}"
#define EDGES    "GET /api/v1/transport-nodes?node_types=EdgeNode"
#define STATUS   "GET /api/v1/transport-zones/transport-node-status?"
#define CLUSTERS "/default/edge-clusters?"
#define NODES    "/edge-nodes?"

static const struct session_facts vmc_facts = {
    .on_vmc = true,
    .enforcement_point = "/infra/sites/default/enforcement-points/vmc-enforcementpoint"};

/* Clusters come first here, because a missing list of edges is answered from them. */
#define ONPREM(edges, status)                                                       \
    {                                                                               \
        {.match = CLUSTERS, .file = "onprem-edge-clusters.json", .optional = true}, \
            {.match = EDGES, .file = edges},                                        \
            {.match = NODES, .file = "onprem-edge-nodes.json", .optional = true},   \
            {.match = STATUS, .file = status, .optional = true}, {0},               \
    }

static const struct harness_reply healthy[] =
    ONPREM("onprem-mp-transport-nodes.json", "onprem-mp-transport-node-status-all.t0.json");
static const struct harness_reply failed_over[] =
    ONPREM("onprem-mp-transport-nodes.json", "onprem-mp-transport-node-status-all.t1.json");
static const struct harness_reply bare_metal[] =
    ONPREM("bare-metal.json", "bare-metal-status.json");
static const struct harness_reply hostile[] = {
    {.match = CLUSTERS, .body = EMPTY, .optional = true},
    {.match = EDGES, .file = "hostile.json"},
    {.match = "page_size=1000&cursor=next%2F%2B", .body = "{\"results\":[{\"node_id\":\"c\"}]}"},
    {.match = STATUS, .file = "hostile-status.json", .optional = true},
    {0}};
static const struct harness_reply empty[] = {{.match = CLUSTERS, .body = EMPTY, .optional = true},
                                             {.match = EDGES, .body = EMPTY},
                                             {.match = STATUS, .body = EMPTY, .optional = true},
                                             {0}};
static const struct harness_reply no_health[] = {
    {.match = CLUSTERS, .status = 500, .optional = true},
    {.match = EDGES, .file = "bare-metal.json"},
    {.match = STATUS, .status = 403, .optional = true},
    {0}};
/* More clusters than are read one by one. */
static const char five[] = "{\"results\":[{\"path\":\"/ec/1\"},{\"path\":\"/ec/2\"},{\"path\":\"/"
                           "ec/3\"},{\"path\":\"/ec/4\"},"
                           "{\"path\":\"/ec/5\"}]}";
static const struct harness_reply many_clusters[] = {
    {.match = CLUSTERS, .body = five, .optional = true},
    {.match = EDGES, .file = "onprem-mp-transport-nodes.json"},
    {.match = "GET /api/v1/edge-clusters?",
     .file = "onprem-mp-edge-clusters.json",
     .optional = true},
    {.match = STATUS, .body = EMPTY, .optional = true},
    {0}};
static const struct harness_reply no_members[] = {
    {.match = CLUSTERS, .body = five, .optional = true},
    {.match = EDGES, .file = "bare-metal.json"},
    {.match = "GET /api/v1/edge-clusters?", .status = 404, .optional = true},
    {.match = "/ec/5/edge-nodes?", .file = "onprem-edge-nodes.json", .optional = true},
    {.match = NODES, .body = EMPTY, .optional = true},
    {.match = NODES, .body = EMPTY, .optional = true},
    {.match = NODES, .body = EMPTY, .optional = true},
    {.match = NODES, .status = 500, .optional = true},
    {.match = STATUS, .body = EMPTY, .optional = true},
    {0}};
static const struct harness_reply vmc[] = {
    {.match = "/vmc-enforcementpoint/edge-clusters?", .file = "onprem-edge-clusters.json"},
    {.match = EDGES, .status = 403, .optional = true},
    {.match = NODES, .file = "onprem-edge-nodes.json"},
    {0}};
static const struct harness_reply vmc_nothing[] = {
    {.match = "/vmc-enforcementpoint/edge-clusters?", .status = 404},
    {.match = EDGES, .status = 404, .optional = true},
    {0}};
static const struct harness_reply nothing[] = {
    {.match = CLUSTERS, .status = 404}, {.match = EDGES, .status = 404}, {0}};

#define CASE(n, r)                                                                  \
    {                                                                               \
        .name = n, .collector = &collector_nsx_edges, .endpoint = NSX, .replies = r \
    }

static const struct harness_case cases[] = {
    CASE("healthy", healthy),
    CASE("failed-over", failed_over),
    CASE("bare-metal", bare_metal),
    CASE("hostile", hostile),
    CASE("empty", empty),
    CASE("no-health", no_health),
    CASE("nothing", nothing),
    CASE("many-clusters", many_clusters),
    CASE("no-members", no_members),
    {.name = "vmc",
     .collector = &collector_nsx_edges,
     .endpoint = VMC,
     .facts = &vmc_facts,
     .replies = vmc},
    {.name = "vmc-nothing",
     .collector = &collector_nsx_edges,
     .endpoint = VMC,
     .facts = &vmc_facts,
     .replies = vmc_nothing},
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

/* A list of edges that cannot be read is no reason to show fewer. */
static void test_primary(void **state)
{
    static const int statuses[] = {204, 401, 403, 429, 500, 503};
    struct harness *h = harness_new(&cases[0]);
    struct collector_run *r = harness_run(h);
    struct canned_reply *edges = (struct canned_reply *)&r->replies[1];

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(statuses); i++) {
        edges->status = statuses[i];
        edges->body = "";
        edges->len = 0;
        collector_run_reset(r);
        collector_run(r);
        assert_int_equal(r->last, STEP_FAIL);
    }
    harness_free(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_twins),
        cmocka_unit_test(test_primary),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
