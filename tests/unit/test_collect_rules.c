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
#define SEARCH   "GET /policy/api/v1/search/query?query=resource_type%3A"
#define RULES    SEARCH "Rule&"
#define SECURITY SEARCH "SecurityPolicy&"
#define GATEWAY  SEARCH "GatewayPolicy&"
#define GROUPS   SEARCH "Group&included_fields=path%2Cdisplay_name&"
#define SERVICES SEARCH "Service&included_fields=path%2Cdisplay_name&"
#define DOMAIN   "GET /policy/api/v1/infra/domains/default/"
#define CGW      "GET /policy/api/v1/infra/domains/cgw/"
#define MGW      "GET /policy/api/v1/infra/domains/mgw/"

static const struct session_facts vmc_facts = {.on_vmc = true};

#define NAMES                                                                \
    {.match = GROUPS, .file = "onprem-groups.json", .optional = true},       \
    {                                                                        \
        .match = SERVICES, .file = "onprem-services.json", .optional = true, \
    }
#define STATS(policy)                                                                 \
    {                                                                                 \
        .match = DOMAIN "security-policies/" policy "/statistics",                    \
        .file = "onprem-security-policy-statistics." policy ".json", .optional = true \
    }
#define RULES_OF(policy)                                       \
    {                                                          \
        .match = DOMAIN "security-policies/" policy "/rules?", \
        .file = "onprem-security-policy-rules." policy ".json" \
    }
#define NO_INDEX(what)                                                       \
    {                                                                        \
        .match = what, .status = 400, .kind = ERR_HTTP,                      \
        .sentence = "the search index of NSX is not ready", .optional = true \
    }

static const struct harness_reply onprem[] = {
    {.match = SECURITY, .file = "onprem-security-policies.json"},
    {.match = GATEWAY, .file = "onprem-gateway-policies.json"},
    NAMES,
    STATS("quarantine"),
    STATS("shared-services"),
    STATS("three-tier"),
    STATS("default-layer3-section"),
    {.match = DOMAIN "gateway-policies/gw-t1-tenant-a/statistics",
     .file = "onprem-gateway-policy-statistics.json",
     .optional = true},
    {.match = RULES, .file = "search.page1.json"},
    {.match = "cursor=x70000000", .file = "search.page2.json"},
    {0}};
static const struct harness_reply empty[] = {{.match = SECURITY, .body = EMPTY},
                                             {.match = GATEWAY, .body = EMPTY},
                                             {.match = GROUPS, .body = EMPTY, .optional = true},
                                             {.match = SERVICES, .body = EMPTY, .optional = true},
                                             {.match = RULES, .body = "{\"result_count\":0}"},
                                             {0}};
static const struct harness_reply lists[] = {
    NO_INDEX(SECURITY),
    NO_INDEX(GATEWAY),
    NO_INDEX(GROUPS),
    NO_INDEX(SERVICES),
    NO_INDEX(RULES),
    {.match = DOMAIN "security-policies?", .file = "onprem-security-policies.json"},
    {.match = DOMAIN "gateway-policies?", .body = EMPTY},
    {.match = DOMAIN "groups?", .file = "onprem-groups.json", .optional = true},
    {.match = "/infra/services?", .file = "onprem-services.json", .optional = true},
    RULES_OF("quarantine"),
    RULES_OF("shared-services"),
    RULES_OF("three-tier"),
    {.match = DOMAIN "security-policies/default-layer3-section/rules?", .status = 500},
    {0}};
static const struct harness_reply vmc[] = {
    {.match = SEARCH, .status = 404, .optional = true},
    {.match = SEARCH, .status = 404, .optional = true},
    {.match = SEARCH, .status = 404, .optional = true},
    {.match = SEARCH, .status = 404, .optional = true},
    {.match = CGW "security-policies?", .body = EMPTY},
    {.match = MGW "gateway-policies?",
     .body = "{\"results\":[{\"path\":\"/infra/domains/mgw/gateway-policies/default\","
             "\"category\":\"LocalGatewayRules\",\"sequence_number\":0}]}"},
    {.match = CGW "gateway-policies?",
     .body = "{\"results\":[{\"path\":\"/infra/domains/cgw/gateway-policies/default\","
             "\"category\":\"LocalGatewayRules\",\"sequence_number\":0}]}"},
    {.match = MGW "groups?", .body = EMPTY, .optional = true},
    {.match = CGW "groups?", .file = "vmc-groups-cgw.json", .optional = true},
    {.match = "/infra/services?", .file = "onprem-services.json", .optional = true},
    {.match = SEARCH, .status = 404, .optional = true},
    {.match = MGW "gateway-policies/default/rules?", .file = "vmc-mgw-rules.json"},
    {.match = CGW "gateway-policies/default/rules?", .file = "vmc-cgw-rules.json"},
    {0}};
/* The rules of the gateways are there, the lists of their policies are not. */
static const struct harness_reply vmc_known[] = {
    {.match = SEARCH, .status = 404, .optional = true},
    {.match = CGW "security-policies?", .body = EMPTY},
    {.match = MGW "gateway-policies/default/rules?", .file = "vmc-mgw-rules.json"},
    {.match = CGW "gateway-policies/default/rules?", .file = "vmc-cgw-rules.json"},
    {.match = MGW "gateway-policies?", .status = 404},
    {.match = CGW "gateway-policies?", .status = 404},
    {0}};
static const struct harness_reply vmc_nothing[] = {
    {.match = "GET ", .status = 404, .optional = true}, {0}};
/* A search that answers with more than was asked for. */
static const struct harness_reply mixed[] = {
    {.match = SECURITY, .file = "mixed.json"}, {.match = GATEWAY, .file = "mixed.json"},
    {.match = GROUPS, .file = "mixed.json"},   {.match = SERVICES, .file = "mixed.json"},
    {.match = RULES, .file = "mixed.json"},    {0}};
static const struct harness_reply hostile[] = {
    {.match = SECURITY,
     .body = "{\"results\":[{\"path\":\"/infra/domains/default/security-policies/p\","
             "\"category\":\"\\u001b[2JNew\",\"sequence_number\":\"x\",\"scope\":[7,null]},"
             "{\"path\":5},{}]}"},
    {.match = GATEWAY, .body = EMPTY},
    {.match = GROUPS, .body = "{\"results\":[{\"path\":\"/infra/x\",\"display_name\":\"\"}]}"},
    {.match = SERVICES, .body = EMPTY},
    {.match = "security-policies/p/statistics",
     .body = "{\"results\":[{\"statistics\":{\"results\":[{\"rule\":\"/infra/domains/default/"
             "security-policies/p/rules/esc\",\"hit_count\":9223372036854775807},{\"rule\":\"/"
             "infra/domains/default/security-policies/p/rules/esc\",\"hit_count\":5},{},7]}}]}"},
    {.match = RULES, .file = "hostile.json"},
    {0}};
static const struct harness_reply denied[] = {
    {.match = SECURITY, .status = 403}, {.match = GATEWAY, .status = 403},
    {.match = GROUPS, .status = 403},   {.match = SERVICES, .status = 403},
    {.match = RULES, .status = 403},    {0}};

#define CASE(n, e, r, ...)                                                                     \
    {                                                                                          \
        .name = n, .collector = &collector_nsx_rules, .endpoint = e, .replies = r, __VA_ARGS__ \
    }
static const struct harness_case cases[] = {
    CASE("onprem", NSX, onprem, .facts = NULL),
    CASE("empty", NSX, empty, .facts = NULL),
    CASE("lists", NSX, lists, .facts = NULL),
    CASE("vmc", VMC, vmc, .facts = &vmc_facts),
    CASE("vmc-known", VMC, vmc_known, .facts = &vmc_facts),
    CASE("vmc-nothing", VMC, vmc_nothing, .facts = &vmc_facts),
    CASE("mixed", NSX, mixed, .facts = NULL),
    CASE("hostile", NSX, hostile, .facts = NULL),
    CASE("denied", NSX, denied, .facts = NULL),
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
    harness_check_twins(&cases[0]);
    harness_check_twins(&cases[1]);
}

static void answer(struct collector_run *r, size_t i, const char *body)
{
    struct canned_reply *replies = (struct canned_reply *)r->replies;

    replies[i].body = body;
    replies[i].len = strlen(body);
}

static int64_t hits_of(const struct collector_run *r, const char *path)
{
    const struct row *row = snapshot_find(r->tables[0], path);
    int64_t hits = -1;

    assert_non_null(row);
    row_int(row, RULES_HITS, &hits);
    return hits;
}

/* Counters change the page with their rules, and no other; names change all of them. */
static void test_unchanged_pages(void **state)
{
    static const char counters[] =
        "{\"results\":[{\"statistics\":{\"results\":[{\"rule\":\"/infra/domains/default/"
        "security-policies/quarantine/rules/q-out\",\"hit_count\":77}]}}]}";
    struct harness *h = harness_new(&cases[0]);
    struct collector_run *r = harness_run(h);
    const char *q_out = "/infra/domains/default/security-policies/quarantine/rules/q-out";
    uint64_t first, second;

    (void)state;
    collector_run(r);
    collector_run(r);
    assert_int_equal(snapshot_blocks(r->tables[0]), 2);
    first = snapshot_block_hash(r->tables[0], 0);
    second = snapshot_block_hash(r->tables[0], 1);
    collector_run(r);
    assert_int_equal(snapshot_block_hash(r->tables[0], 0), first);
    answer(r, 4, counters);
    collector_run(r);
    assert_int_not_equal(snapshot_block_hash(r->tables[0], 0), first);
    assert_int_equal(snapshot_block_hash(r->tables[0], 1), second);
    assert_int_equal(hits_of(r, q_out), 77);
    answer(r, 2, EMPTY);
    collector_run(r);
    assert_int_not_equal(snapshot_block_hash(r->tables[0], 1), second);
    harness_free(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_twins),
        cmocka_unit_test(test_unchanged_pages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
