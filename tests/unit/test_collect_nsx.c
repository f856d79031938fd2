/* The small tables of NSX: hosts, virtual machines, alarms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/nsx/nsx.h"
#include "core/mem.h"
#include "tests/support/collector_harness.h"

#define NSX    "{name: nsx, kind: nsx, url: 'https://nsx.example/', user: audit, password: {env: P}}"
#define EMPTY  "{\"results\":[],\"result_count\":0}"
#define HOSTS  "GET /api/v1/transport-nodes?node_types=HostNode"
#define STATUS "GET /api/v1/transport-zones/transport-node-status?"
#define ALARMS "GET /api/v1/alarms?"
#define VMS    "GET /policy/api/v1/infra/realized-state/virtual-machines?"

static const struct harness_reply nodes[] = {
    {.match = HOSTS, .file = "onprem-mp-transport-nodes.json"},
    {.match = STATUS, .file = "onprem-mp-transport-node-status-all.t1.json", .optional = true},
    {0}};
static const struct harness_reply hostile_nodes[] = {
    {.match = HOSTS, .file = "hostile.json"},
    {.match = STATUS,
     .body = "{\"results\":[{\"node_uuid\":\"n2\",\"status\":\"DEGRADED\"},null,{\"status\":[]}]}",
     .optional = true},
    {0}};
static const struct harness_reply no_nodes[] = {
    {.match = HOSTS, .body = EMPTY}, {.match = STATUS, .status = 503, .optional = true}, {0}};
static const struct harness_reply not_offered[] = {
    {.match = HOSTS, .status = 404}, {.match = STATUS, .status = 404}, {0}};
static const struct harness_reply vms[] = {{.file = "onprem-virtual-machines.t0.json"}, {0}};
static const struct harness_reply two_pages[] = {
    {.match = VMS, .file = "page1.json"},
    {.match = "cursor=0036abc%2B%2F%3D", .file = "page2.json"},
    {0}};
static const struct harness_reply hostile_vms[] = {{.file = "hostile.json"}, {0}};
static const struct harness_reply no_vms[] = {{.body = EMPTY}, {0}};
static const struct harness_reply alarms[] = {{.match = ALARMS, .file = "onprem-mp-alarms.json"},
                                              {0}};
static const struct harness_reply hostile_alarms[] = {{.file = "hostile.json"}, {0}};
static const struct harness_reply alarm_pages[] = {
    {.match = ALARMS,
     .body = "{\"results\":[{\"id\":\"1\",\"status\":\"OPEN\"}],\"cursor\":\"2\"}"},
    {.match = "cursor=2",
     .body = "{\"results\":[{\"id\":\"2\",\"status\":\"OPEN\"}],\"cursor\":\"0000\"}"},
    {0}};
static const struct harness_reply alarm_page_missing[] = {
    {.match = ALARMS,
     .body = "{\"results\":[{\"id\":\"1\",\"status\":\"OPEN\"}],\"cursor\":\"2\"}"},
    {.match = "cursor=2", .status = 500},
    {0}};
static const struct harness_reply no_alarms[] = {{.body = EMPTY}, {0}};

#define CASE(n, c, r)                                             \
    {                                                             \
        .name = n, .collector = &c, .endpoint = NSX, .replies = r \
    }

static const struct harness_case cases[] = {
    CASE("nodes", collector_nsx_nodes, nodes),
    CASE("hostile", collector_nsx_nodes, hostile_nodes),
    CASE("empty", collector_nsx_nodes, no_nodes),
    CASE("not-offered", collector_nsx_nodes, not_offered),
    CASE("vms", collector_nsx_vms, vms),
    CASE("two-pages", collector_nsx_vms, two_pages),
    CASE("hostile", collector_nsx_vms, hostile_vms),
    CASE("empty", collector_nsx_vms, no_vms),
    CASE("alarms", collector_nsx_alarms, alarms),
    CASE("hostile", collector_nsx_alarms, hostile_alarms),
    CASE("two-pages", collector_nsx_alarms, alarm_pages),
    CASE("page-missing", collector_nsx_alarms, alarm_page_missing),
    CASE("empty", collector_nsx_alarms, no_alarms),
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

/* One page of two changed: the other keeps its rows without being decoded. */
static void test_unchanged_page(void **state)
{
    struct harness *h = harness_new(&cases[5]);
    struct collector_run *r = harness_run(h);
    struct canned_reply *second = (struct canned_reply *)&r->replies[1];
    uint64_t first;

    (void)state;
    collector_run(r);
    assert_int_equal(snapshot_blocks(r->tables[0]), 2);
    first = snapshot_block_hash(r->tables[0], 0);
    second->body = "{\"results\":[{\"external_id\":\"new\"}]}";
    second->len = strlen(second->body);
    collector_run(r);
    assert_int_equal(snapshot_block_hash(r->tables[0], 0), first);
    assert_non_null(snapshot_find(r->tables[0], "new"));
    assert_int_equal(snapshot_count(r->tables[0]), 4);
    harness_free(h);
}

/* What is no object is no row, but it is said, also of a page that was not decoded again. */
static void test_items_that_are_no_objects(void **state)
{
    static const struct harness_reply replies[] = {
        {.match = VMS,
         .body = "{\"results\":[null,{\"external_id\":\"a\"},\"b\"],\"cursor\":\"2\"}"},
        {.match = "cursor=2", .body = "{\"results\":[7,[],{\"external_id\":\"c\"}]}"},
        {0}};
    const struct harness_case c = CASE("odd", collector_nsx_vms, replies);
    struct harness *h = harness_new(&c);
    struct collector_run *r = harness_run(h);

    (void)state;
    for (int i = 0; i < 2; i++) {
        collector_run(r);
        assert_int_equal(snapshot_freshness(r->tables[0]), FRESH_OK);
        assert_int_equal(snapshot_count(r->tables[0]), 2);
        assert_string_equal(snapshot_note(r->tables[0]), "4 items of the reply are not readable");
    }
    harness_free(h);
}

static void test_odd_alarms(void **state)
{
    static const struct harness_reply replies[] = {
        {.body = "{\"results\":[null,{\"id\":\"1\",\"status\":\"OPEN\"}]}"}, {0}};
    const struct harness_case c = CASE("odd", collector_nsx_alarms, replies);
    struct harness *h = harness_new(&c);
    struct collector_run *r = harness_run(h);

    (void)state;
    collector_run(r);
    assert_int_equal(snapshot_count(r->tables[0]), 1);
    assert_string_equal(snapshot_note(r->tables[0]), "1 item of the reply is not readable");
    harness_free(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables),         cmocka_unit_test(test_twins),
        cmocka_unit_test(test_unchanged_page), cmocka_unit_test(test_items_that_are_no_objects),
        cmocka_unit_test(test_odd_alarms),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
