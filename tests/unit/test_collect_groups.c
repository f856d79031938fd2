#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/nsx/group_members.h"
#include "collectors/nsx/nsx.h"
#include "core/mem.h"
#include "tests/support/collector_harness.h"

#define NSX    "{name: nsx, kind: nsx, url: 'https://nsx.example/', user: audit, password: {env: P}}"
#define VMC    "{name: vmc, kind: vmc, org: O, sddc: S, token: {env: T}}"
#define EMPTY  "{\"results\":[],\"result_count\":0}"
#define SEARCH "GET /policy/api/v1/search/query?query=resource_type%3A"
#define GROUPS SEARCH "Group&included_fields=path%2Cdisplay_name%2Cstate&"
#define USE    SEARCH "Rule&included_fields=source_groups%2Cdestination_groups%2Cscope&"
#define MEMBERS(group, what) \
    "GET /policy/api/v1/infra/domains/default/groups/" group "/members/" what
#define IPS(group)      MEMBERS(group, "ip-addresses?")
#define MACHINES(group) MEMBERS(group, "virtual-machines?")

static const struct session_facts vmc_facts = {.on_vmc = true};

static const struct harness_reply onprem[] = {
    {.match = GROUPS, .file = "onprem-groups.json"},
    {.match = USE, .file = "rules.json", .optional = true},
    {.match = IPS("grp-web"), .file = "onprem-group-ip-members.json", .optional = true},
    {.match = MACHINES("grp-web"), .file = "vms.json", .optional = true},
    {.match = IPS("grp-quarantine"), .body = EMPTY, .optional = true},
    {.match = MACHINES("grp-quarantine"), .body = EMPTY, .optional = true},
    {0}};
static const struct harness_reply empty[] = {
    {.match = GROUPS, .body = EMPTY}, {.match = USE, .body = EMPTY, .optional = true}, {0}};
static const struct harness_reply vmc[] = {
    {.match = GROUPS, .status = 404, .optional = true},
    {.match = "/infra/domains/mgw/groups?", .body = EMPTY},
    {.match = "/infra/domains/cgw/groups?", .file = "vmc-groups-cgw.json"},
    {.match = USE, .status = 404, .optional = true},
    {.match = "/members/ip-addresses?",
     .body = "{\"results\":[\"172.16.1.1\"],\"cursor\":\"next\"}",
     .optional = true},
    {.match = "cursor=next", .body = "{\"results\":[\"172.16.1.2\"]}", .optional = true},
    {0}};
static const struct harness_reply vmc_one_domain[] = {
    {.match = GROUPS, .status = 404, .optional = true},
    {.match = "/infra/domains/mgw/groups?", .status = 404},
    {.match = "/infra/domains/cgw/groups?", .file = "vmc-groups-cgw.json"},
    {.match = USE, .status = 404, .optional = true},
    {0}};
static const struct harness_reply hostile[] = {
    {.match = GROUPS,
     .body = "{\"results\":[{\"path\":\"/infra/domains/default/groups/\\u001b[2J a\","
             "\"display_name\":5,\"state\":\"NEW\"},{\"path\":\"relative\"},{},7]}"},
    {.match = USE, .status = 500, .optional = true},
    {.match = "groups/%1B%5B2J%20a/members/ip-addresses?", .file = "hostile.json"},
    {.match = "/members/virtual-machines?",
     .body = "{\"results\":[\"a\",{},{\"display_name\":\"\\"
             "u202e\"}]}"},
    {0}};
static const struct harness_reply denied[] = {
    {.match = GROUPS, .status = 403}, {.match = "groups?", .status = 403}, {0}};

static const struct harness_case cases[] = {
    {.name = "onprem", .collector = &collector_nsx_groups, .endpoint = NSX, .replies = onprem},
    {.name = "empty", .collector = &collector_nsx_groups, .endpoint = NSX, .replies = empty},
    {.name = "vmc",
     .collector = &collector_nsx_groups,
     .endpoint = VMC,
     .facts = &vmc_facts,
     .replies = vmc},
    {.name = "vmc-one-domain",
     .collector = &collector_nsx_groups,
     .endpoint = VMC,
     .facts = &vmc_facts,
     .replies = vmc_one_domain},
    {.name = "hostile", .collector = &collector_nsx_groups, .endpoint = NSX, .replies = hostile},
    {.name = "denied", .collector = &collector_nsx_groups, .endpoint = NSX, .replies = denied},
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

/* ---- many groups -------------------------------------------------------------------------------
 */

#define MANY 150
static char many[MANY * 80];

static size_t known_members(const struct snapshot *s)
{
    size_t n = 0;

    for (size_t i = 0; i < snapshot_count(s); i++)
        n += row_present(snapshot_row(s, i), GROUPS_MEMBER_COUNT);
    return n;
}

/* A run reads some groups, the next ones others, until all are known. */
static void test_in_turn(void **state)
{
    static const char ips[] = "{\"results\":[\"10.0.0.1\"]}", none[] = "{\"results\":[]}";
    struct canned_reply replies[] = {
        {.match = "resource_type%3AGroup&", .body = many, .len = strlen(many)},
        {.match = "resource_type%3ARule&", .status = 404, .body = "", .len = 0},
        {.match = "/ip-addresses?", .body = ips, .len = sizeof(ips) - 1},
        {.match = "/virtual-machines?", .body = none, .len = sizeof(none) - 1},
    };
    struct harness *h = harness_new(&cases[1]);
    struct collector_run *r = harness_run(h);

    (void)state;
    r->replies = replies;
    r->nreplies = ARRAY_SIZE(replies);
    r->repeat = true;
    collector_run(r);
    assert_int_equal(snapshot_count(r->tables[0]), MANY);
    assert_int_equal(known_members(r->tables[0]), GROUP_MEMBERS_MAX);
    assert_non_null(strstr(snapshot_note(r->tables[0]), "64 of 150 groups in a run"));
    collector_run(r);
    assert_int_equal(known_members(r->tables[0]), 2 * GROUP_MEMBERS_MAX);
    collector_run(r);
    assert_int_equal(known_members(r->tables[0]), MANY);
    harness_free(h);
}

static void make_many(void)
{
    size_t len = 0;

    for (unsigned i = 0; i < MANY; i++)
        len += (size_t)snprintf(many + len, sizeof(many) - len,
                                "%s{\"path\":\"/infra/domains/default/groups/g%03u\"}",
                                i ? "," : "{\"results\":[", i);
    snprintf(many + len, sizeof(many) - len, "]}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_twins),
        cmocka_unit_test(test_in_turn),
    };

    make_many();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
