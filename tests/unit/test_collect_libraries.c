#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/vcenter/facts.h"
#include "collectors/vcenter/vcenter.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "tests/support/collector_harness.h"

#define VC       "{name: vc, kind: vcenter, url: 'https://vc.example/', user: u, password: {env: P}}"
#define LIST     "GET /api/content/library"
#define LOCAL    "GET /api/content/library/5d0e9a5c"
#define REMOTE   "GET /api/content/library/a1f6c7d2"
#define ITEMS_OF "item?library_id="
#define LIBRARIES                          \
    {                                      \
        .match = LIST, .file = "list.json" \
    }

static const struct vsphere_facts vcenter = {.root_folder = "group-d1", .login = 1};
static const struct vsphere_facts host = {.root_folder = "ha-folder-root", .is_host = true};
static const struct session_facts of_vcenter = {.vsphere = &vcenter};
static const struct session_facts of_host = {.vsphere = &host};

static const struct harness_reply sample[] = {
    LIBRARIES,
    {.match = LOCAL, .file = "local.json"},
    {.match = ITEMS_OF "5d0e9a5c", .file = "items.json", .optional = true},
    {.match = REMOTE, .file = "subscribed.json"},
    {.match = ITEMS_OF "a1f6c7d2", .file = "empty.json", .optional = true},
    {0}};
static const struct harness_reply empty[] = {{.match = LIST, .file = "empty.json"}, {0}};
static const struct harness_reply uncounted[] = {
    LIBRARIES,
    {.match = LOCAL, .file = "local.json"},
    {.match = ITEMS_OF "5d0e9a5c", .status = 403, .optional = true},
    {.match = REMOTE, .status = 404},
    {0}};
static const struct harness_reply half[] = {
    LIBRARIES,
    {.match = LOCAL, .status = 403},
    {.match = REMOTE, .file = "subscribed.json"},
    {.match = ITEMS_OF "a1f6c7d2", .body = "{\"value\":[]}", .optional = true},
    {0}};
static const struct harness_reply hostile[] = {
    {.match = LIST, .file = "hostile-list.json"},
    {.match = "/library/..%2F..%2Fsession%3Fx%3D1%23", .file = "hostile-library.json"},
    {.match = ITEMS_OF "..%2F..%2Fsession%3Fx%3D1%23", .file = "items.json", .optional = true},
    {.match = "/library/%1B%5B31mred", .body = "{\"name\":{}}"},
    {.match = "/library/dup", .file = "hostile-library.json"},
    {.match = ITEMS_OF "dup", .body = "17", .optional = true},
    {.match = "/library/dup", .file = "hostile-library.json"},
    {.match = ITEMS_OF "dup", .body = "[[[[]]]]", .optional = true},
    {.match = "/library/gone", .status = 404},
    {.match = "/library/denied", .status = 403},
    {0}};
static const struct harness_reply before_7[] = {{.match = LIST, .status = 404}, {0}};
static const struct harness_reply nothing[] = {{0}};

#define CASE(name_, facts_, replies_)                                                              \
    {                                                                                              \
        .name = name_, .collector = &collector_vcenter_libraries, .endpoint = VC, .facts = facts_, \
        .replies = replies_                                                                        \
    }

static const struct harness_case cases[] = {
    CASE("sample", &of_vcenter, sample),       CASE("empty", &of_vcenter, empty),
    CASE("uncounted", &of_vcenter, uncounted), CASE("half", &of_vcenter, half),
    CASE("hostile", &of_vcenter, hostile),     CASE("before-7", &of_vcenter, before_7),
    CASE("host", &of_host, nothing),
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

/* Absent, not failed: what is not there is not a fault of the vCenter. */
static void test_not_offered(void **state)
{
    (void)state;
    for (size_t i = 5; i < ARRAY_SIZE(cases); i++) {
        struct harness *h = harness_new(&cases[i]);

        collector_run(harness_run(h));
        assert_int_equal(harness_run(h)->last, STEP_FAIL);
        assert_int_equal(harness_run(h)->err.kind, ERR_UNSUPPORTED);
        harness_free(h);
    }
}

/* No more than the limit are asked for, and the table says how many are not in it. */
static void test_limit(void **state)
{
    struct strbuf list = STRBUF_INIT;
    struct harness_reply replies[] = {{.match = LIST}, {0}};
    struct harness_case many = CASE("many", &of_vcenter, replies);
    struct harness *h;

    (void)state;
    for (unsigned i = 0; i < 503; i++)
        strbuf_addf(&list, "%s\"lib-%u\"", i ? "," : "[", i);
    strbuf_addstr(&list, "]");
    replies[0].body = list.buf;
    h = harness_new(&many);
    collector_run(harness_run(h));
    assert_int_equal(harness_run(h)->last, STEP_DONE);
    assert_int_equal(harness_run(h)->nrequests, 501);
    assert_int_equal(snapshot_freshness(harness_run(h)->tables[0]), FRESH_PARTIAL);
    assert_string_equal(harness_run(h)->err.msg, "3 content libraries beyond 500 are missing");
    harness_free(h);
    strbuf_release(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_twins),
        cmocka_unit_test(test_not_offered),
        cmocka_unit_test(test_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
