/* What edge nodes print over SSH becomes rows, whatever their shell does to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/edge/edge.h"
#include "collectors/esxi/commands.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "tests/support/collector_harness.h"

#define EDGE    "{name: edge, kind: edge, hosts: [edge-01.example], user: admin, password: {env: P}}"
#define UNKNOWN "% Command not found\n"
#define T0      "SSH get gateway f08525af-e5b5-4bce-9d8f-144ffcee1b7a high-availability status"
#define T1      "SSH get gateway 83061617-17e6-4d89-ba5f-9fcf435f3eb4 high-availability status"
#define STATUS  "SSH get edge-cluster status"
#define ROUTERS "SSH get logical-routers"
#define HA      "SSH get high-availability status"
#define BRIDGE  "SSH get bridge"

/* A text that was cut off cannot be told from a whole one, so these are all "optional" for the
 * harness; what must fail is said below. */
#define ONE(name, match_, file_)                 \
    static const struct harness_reply name[] = { \
        {.match = match_, .file = file_, .optional = true}, {0}}
#define SAID(name, match_, body_)                \
    static const struct harness_reply name[] = { \
        {.match = match_, .body = body_, .optional = true}, {0}}

ONE(status_guide, STATUS, "guide.txt");
ONE(status_excerpt, STATUS, "excerpt-9.txt");
ONE(status_odd, STATUS, "odd-shell.txt");
ONE(status_hostile, STATUS, "hostile.txt");
SAID(status_unknown, STATUS, UNKNOWN);
SAID(status_nothing, STATUS, "");
SAID(status_no_node, STATUS, "Edge Node Status : Up\n");
SAID(status_error, STATUS, "Wed Nov 25 2026 UTC 16:00:00.123\nError 100: something went wrong\n");

ONE(bridges_guide, BRIDGE, "guide.txt");
ONE(bridges_two, BRIDGE, "two.txt");
ONE(bridges_cut, BRIDGE, "cut.txt");
ONE(bridges_hostile, BRIDGE, "hostile.txt");
SAID(bridges_none, BRIDGE, "Wed Nov 25 2026 UTC 16:00:00.123\n");
SAID(bridges_unknown, BRIDGE, UNKNOWN);
SAID(bridges_other, BRIDGE, "something: else\n");

static const struct harness_reply gateways_two[] = {
    {.match = ROUTERS, .file = "routers.txt", .optional = true},
    {.match = T0, .file = "tier0.txt", .optional = true},
    {.match = T1, .file = "tier1.txt", .optional = true},
    {0}};
static const struct harness_reply gateways_gone[] = {
    {.match = ROUTERS, .file = "routers.txt", .optional = true},
    {.match = T0, .file = "tier0.txt", .optional = true},
    {.match = T1, .body = "% Invalid value for argument <uuid>\n", .optional = true},
    {0}};
static const struct harness_reply gateways_old_list[] = {
    {.match = ROUTERS, .body = UNKNOWN, .optional = true},
    {.match = HA, .file = "tier0.txt", .optional = true},
    {0}};
static const struct harness_reply gateways_other_router[] = {
    {.match = ROUTERS, .file = "routers.txt", .optional = true},
    {.match = T0, .file = "tier1.txt", .optional = true},
    {.match = T1, .file = "tier1.txt", .optional = true},
    {0}};
static const struct harness_reply gateways_odd_names[] = {
    {.match = ROUTERS, .file = "odd-names.txt", .optional = true},
    {.match = T0, .file = "many-peers.txt", .optional = true},
    {0}};
static const struct harness_reply gateways_hostile[] = {
    {.match = ROUTERS, .file = "hostile-routers.txt", .optional = true},
    {.match = T0, .file = "tier0.txt", .optional = true},
    {0}};
static const struct harness_reply gateways_nothing[] = {
    {.match = ROUTERS, .body = "command: not found\n", .optional = true}, {0}};

#define CASE(n, which, r)                                                               \
    {                                                                                   \
        .name = n, .collector = &collector_edge_##which, .endpoint = EDGE, .replies = r \
    }

static const struct harness_case cases[] = {
    CASE("guide", status, status_guide),
    CASE("excerpt-9", status, status_excerpt),
    CASE("odd-shell", status, status_odd),
    CASE("hostile", status, status_hostile),
    CASE("unknown", status, status_unknown),
    CASE("nothing", status, status_nothing),
    CASE("no-node", status, status_no_node),
    CASE("error", status, status_error),
    CASE("two", gateways, gateways_two),
    CASE("gone", gateways, gateways_gone),
    CASE("old-list", gateways, gateways_old_list),
    CASE("other-router", gateways, gateways_other_router),
    CASE("odd-names", gateways, gateways_odd_names),
    CASE("hostile", gateways, gateways_hostile),
    CASE("nothing", gateways, gateways_nothing),
    CASE("guide", bridges, bridges_guide),
    CASE("two", bridges, bridges_two),
    CASE("cut", bridges, bridges_cut),
    CASE("hostile", bridges, bridges_hostile),
    CASE("none", bridges, bridges_none),
    CASE("unknown", bridges, bridges_unknown),
    CASE("other", bridges, bridges_other),
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

/* A command that failed leaves the old rows. */
static void test_failures(void **state)
{
    static const char *const names[] = {"guide", "two"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct harness *h;
        struct collector_run *r;
        struct canned_reply *first;

        if (strcmp(cases[i].name, names[0]) != 0 && strcmp(cases[i].name, names[1]) != 0)
            continue;
        h = harness_new(&cases[i]);
        r = harness_run(h);
        first = (struct canned_reply *)&r->replies[0];
        collector_run(r);
        assert_int_equal(r->last, STEP_DONE);
        first->status = 503;
        collector_run(r);
        assert_int_equal(r->last, STEP_FAIL);
        assert_true(snapshot_count(r->tables[0]) > 0);
        harness_free(h);
    }
}

/* An edge before 3.2: asked once whether it knows the command, then not again. */
static void test_old_edge(void **state)
{
    static const struct harness_reply replies[] = {{.match = ROUTERS, .file = "routers.txt"},
                                                   {.match = T0, .body = UNKNOWN},
                                                   {.match = HA, .file = "tier0.txt"},
                                                   {0}};
    const struct harness_case c = CASE("old-edge", gateways, replies);
    struct harness *h = harness_new(&c);
    struct collector_run *r = harness_run(h);

    (void)state;
    collector_run(r);
    assert_int_equal(r->last, STEP_DONE);
    assert_int_equal(snapshot_count(r->tables[0]), 1);
    assert_int_equal(r->nrequests, 3);
    collector_run(r);
    assert_int_equal(r->last, STEP_DONE);
    assert_int_equal(r->nrequests, 1);
    assert_string_equal(r->requests.buf, HA "\n");
    harness_free(h);
}

/* Nothing but a UUID becomes part of a command line, which has no quotes. */
static void test_names(void **state)
{
    static const char *const bad[] = {"",
                                      "f08525af-e5b5-4bce-9d8f-144ffcee1b7",
                                      "f08525af-e5b5-4bce-9d8f-144ffcee1b7a ",
                                      "f08525af-e5b5-4bce-9d8f-144ffcee1b7a;reboot",
                                      "f08525af e5b5-4bce-9d8f-144ffcee1b7a",
                                      "g08525af-e5b5-4bce-9d8f-144ffcee1b7a"};

    (void)state;
    assert_true(esxi_command_takes(EDGE_GATEWAY_HA, "f08525af-e5b5-4bce-9d8f-144ffcee1b7a"));
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        assert_false(esxi_command_takes(EDGE_GATEWAY_HA, bad[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables),   cmocka_unit_test(test_twins),
        cmocka_unit_test(test_failures), cmocka_unit_test(test_old_edge),
        cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
