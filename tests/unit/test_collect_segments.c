#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/nsx/nsx.h"
#include "core/mem.h"
#include "core/text.h"
#include "tests/support/collector_harness.h"

#define NSX    "{name: nsx, kind: nsx, url: 'https://nsx.example/', user: audit, password: {env: P}}"
#define VMC    "{name: vmc, kind: vmc, org: O, sddc: S, token: {env: T}}"
#define EMPTY  "{\"results\":[],\"result_count\":0}"
#define INFRA  "GET /policy/api/v1/infra/segments?"
#define STATES "GET /policy/api/v1/infra/segments/state?"
#define TIER1S "GET /policy/api/v1/infra/tier-1s?"
#define BELOW  "/segments?"
#define SEARCH "GET /policy/api/v1/search/query?query=resource_type%3ASegment"

/* More tier-1 gateways than are asked one by one. */
#define MANY 65
static char many_tier1s[MANY * 100];

static void make_many(void)
{
    size_t len = 0;

    for (unsigned i = 0; i < MANY; i++)
        len += (size_t)snprintf(many_tier1s + len, sizeof(many_tier1s) - len,
                                "%s{\"path\":\"/infra/tier-1s/t1-%02u\"}",
                                i ? "," : "{\"results\":[", i);
    snprintf(many_tier1s + len, sizeof(many_tier1s) - len, "]}");
}

static const struct session_facts vmc_facts = {.on_vmc = true};

static const struct harness_reply onprem[] = {
    {.match = INFRA, .file = "onprem-segments.page1.json"},
    {.match = "page_size=1000&cursor=00366162", .file = "onprem-segments.page2.json"},
    {.match = STATES, .file = "onprem-segments-state.json", .optional = true},
    {.match = TIER1S, .file = "onprem-tier-1s.json"},
    {.match = "/infra/tier-1s/t1-tenant-a/segments?", .body = EMPTY},
    {0}};
static const struct harness_reply empty[] = {{.match = INFRA, .body = EMPTY},
                                             {.match = STATES, .body = EMPTY, .optional = true},
                                             {.match = TIER1S, .body = "{\"result_count\":0}"},
                                             {0}};
static const struct harness_reply vmc[] = {
    {.match = INFRA, .body = EMPTY, .optional = true},
    {.match = "/infra/tier-1s/cgw/segments?", .file = "vmc-segments.json"},
    {.match = "/infra/tier-1s/mgw/segments?", .body = EMPTY},
    {.match = STATES, .status = 404, .optional = true},
    {.match = TIER1S, .status = 404},
    {0}};
/* The reverse proxy of an SDDC need not offer the list of /infra; nothing at all is a failure. */
static const struct harness_reply vmc_below[] = {
    {.match = INFRA, .status = 404, .optional = true},
    {.match = "/infra/tier-1s/cgw/segments?", .file = "vmc-segments.json"},
    {.match = "/infra/tier-1s/mgw/segments?", .status = 404},
    {.match = STATES, .status = 404, .optional = true},
    {.match = TIER1S, .status = 404},
    {0}};
static const struct harness_reply vmc_nothing[] = {
    {.match = INFRA, .status = 404},
    {.match = BELOW, .status = 404},
    {.match = STATES, .status = 404, .optional = true},
    {.match = TIER1S, .status = 404},
    {0}};
static const struct harness_reply hostile[] = {
    {.match = INFRA, .file = "hostile.json"}, {.match = TIER1S, .body = EMPTY}, {0}};
/* A subnet without its network still has it: in the address of the gateway. */
static const struct harness_reply no_network[] = {
    {.match = INFRA,
     .body = "{\"results\":[{\"path\":\"/infra/segments/a\",\"subnets\":["
             "{\"gateway_address\":\"192.168.160.1/24\",\"network\":null},"
             "{\"gateway_address\":\"2001:db8::1/64\"},{\"gateway_address\":\"10.9.9.9\"},"
             "{\"gateway_address\":\"none\"},{}]}]}"},
    {.match = STATES, .body = EMPTY, .optional = true},
    {.match = TIER1S, .body = EMPTY},
    {0}};
static const struct harness_reply searched[] = {
    {.match = INFRA, .file = "onprem-segments.page2.json"},
    {.match = STATES, .file = "onprem-segments-state.json", .optional = true},
    {.match = TIER1S, .body = many_tier1s},
    {.match = SEARCH, .file = "search.json"},
    {0}};
static const struct harness_reply not_indexed[] = {
    {.match = INFRA, .body = EMPTY},
    {.match = STATES, .body = EMPTY, .optional = true},
    {.match = TIER1S, .body = many_tier1s},
    {.match = SEARCH,
     .status = 400,
     .kind = ERR_HTTP,
     .sentence = "the search index of NSX is not ready for segments (search)"},
    {.match = "/infra/tier-1s/t1-07/segments?",
     .body = "{\"results\":[{\"path\":\"/infra/tier-1s/t1-07/segments/fixed\"}]}"},
    {0}};
static const struct harness_reply denied[] = {{.match = INFRA, .body = EMPTY},
                                              {.match = STATES, .status = 403, .optional = true},
                                              {.match = TIER1S, .status = 403},
                                              {0}};
static const struct harness_reply one_fails[] = {{.match = INFRA, .body = EMPTY},
                                                 {.match = STATES, .body = EMPTY, .optional = true},
                                                 {.match = TIER1S, .file = "onprem-tier-1s.json"},
                                                 {.match = BELOW, .status = 500},
                                                 {0}};

static const struct harness_case cases[] = {
    {.name = "onprem", .collector = &collector_nsx_segments, .endpoint = NSX, .replies = onprem},
    {.name = "empty", .collector = &collector_nsx_segments, .endpoint = NSX, .replies = empty},
    {.name = "vmc",
     .collector = &collector_nsx_segments,
     .endpoint = VMC,
     .facts = &vmc_facts,
     .replies = vmc},
    {.name = "vmc-below",
     .collector = &collector_nsx_segments,
     .endpoint = VMC,
     .facts = &vmc_facts,
     .replies = vmc_below},
    {.name = "vmc-nothing",
     .collector = &collector_nsx_segments,
     .endpoint = VMC,
     .facts = &vmc_facts,
     .replies = vmc_nothing},
    {.name = "hostile", .collector = &collector_nsx_segments, .endpoint = NSX, .replies = hostile},
    {.name = "no-network",
     .collector = &collector_nsx_segments,
     .endpoint = NSX,
     .replies = no_network},
    {.name = "search", .collector = &collector_nsx_segments, .endpoint = NSX, .replies = searched},
    {.name = "not-indexed",
     .collector = &collector_nsx_segments,
     .endpoint = NSX,
     .replies = not_indexed},
    {.name = "denied", .collector = &collector_nsx_segments, .endpoint = NSX, .replies = denied},
    {.name = "one-fails",
     .collector = &collector_nsx_segments,
     .endpoint = NSX,
     .replies = one_fails},
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
    for (size_t i = 0; i < 5; i++)
        harness_check_twins(&cases[i]);
}

/* A state that changes changes the rows of pages that did not, and nothing else is decoded. */
static void test_unchanged_pages(void **state)
{
    struct harness *h = harness_new(&cases[0]);
    struct collector_run *r = harness_run(h);
    struct canned_reply *replies = (struct canned_reply *)r->replies;
    const struct row *row;
    size_t last;
    uint64_t before;

    (void)state;
    collector_run(r);
    last = snapshot_blocks(r->tables[0]) - 1;
    before = snapshot_block_hash(r->tables[0], last);
    collector_run(r);
    assert_int_equal(snapshot_block_hash(r->tables[0], last), before);
    replies[2].body = "{\"results\":[{\"segment_path\":\"/infra/segments/seg-old\",\"state\":"
                      "\"orphaned\"}]}";
    replies[2].len = strlen(replies[2].body);
    collector_run(r);
    assert_int_not_equal(snapshot_block_hash(r->tables[0], last), before);
    row = snapshot_find(r->tables[0], "/infra/segments/seg-old");
    assert_string_equal(row_str(row, SEGMENTS_REALIZED), "orphaned");
    row = snapshot_find(r->tables[0], "/infra/segments/seg-web");
    assert_false(row_present(row, SEGMENTS_REALIZED));
    harness_free(h);
}

#define PAGE(segment, cursor) \
    "{\"results\":[{\"path\":\"/infra/segments/" segment "\"}],\"cursor\":\"" cursor "\"}"

/* A list that goes round in a circle of two pages ends, and what it had is shown. */
static void test_circle(void **state)
{
    static const struct harness_reply replies[] = {
        {.match = STATES, .body = EMPTY, .optional = true},
        {.match = "page_size=1000&cursor=x", .body = PAGE("b", "y")},
        {.match = "page_size=1000&cursor=y", .body = PAGE("c", "x")},
        {.match = INFRA, .body = PAGE("a", "x")},
        {0}};
    struct harness *h = harness_new(&(struct harness_case){.name = "circle",
                                                           .collector = &collector_nsx_segments,
                                                           .endpoint = NSX,
                                                           .replies = replies});
    struct collector_run *r = harness_run(h);

    (void)state;
    r->repeat = true;
    collector_run(r);
    assert_false(r->endless);
    assert_int_equal(r->last, STEP_DONE);
    assert_int_equal(snapshot_freshness(r->tables[0]), FRESH_PARTIAL);
    assert_non_null(snapshot_find(r->tables[0], "/infra/segments/c"));
    assert_non_null(strstr(snapshot_err(r->tables[0])->msg, "repeats a cursor after 4 pages"));
    harness_free(h);
}

/* Rows that are missing are told as such, with where they would be. */
static void test_later_page_fails(void **state)
{
    static const struct harness_reply replies[] = {
        {.match = STATES, .body = EMPTY, .optional = true},
        {.match = "page_size=1000&cursor=x", .body = "{\"results\":[{\"id\":\"b"},
        {.match = INFRA, .body = PAGE("a", "x")},
        {0}};
    struct harness *h = harness_new(&(struct harness_case){.name = "later page",
                                                           .collector = &collector_nsx_segments,
                                                           .endpoint = NSX,
                                                           .replies = replies});
    struct collector_run *r = harness_run(h);

    (void)state;
    collector_run(r);
    assert_int_equal(r->last, STEP_DONE);
    assert_int_equal(snapshot_freshness(r->tables[0]), FRESH_PARTIAL);
    assert_true(text_has_prefix(snapshot_err(r->tables[0])->msg,
                                "what follows page 1 of segments is missing: "));
    harness_free(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables),           cmocka_unit_test(test_twins),
        cmocka_unit_test(test_unchanged_pages),  cmocka_unit_test(test_circle),
        cmocka_unit_test(test_later_page_fails),
    };

    make_many();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
