#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "collectors/nsx/nsx.h"
#include "core/mem.h"
#include "tests/support/collector_harness.h"

#define NSX "{name: nsx, kind: nsx, url: 'https://nsx.example/', user: audit, password: {env: P}}"

static const struct harness_reply good[] = {
    {.match = "GET /policy/api/v1/infra/services?", .file = "onprem-services.json"}, {0}};
static const struct harness_reply empty[] = {{.body = "{\"results\":[],\"result_count\":0}"}, {0}};
static const struct harness_reply pages[] = {
    {.match = "services?page_size=1000", .file = "page1.json"},
    {.match = "cursor=n%2F1", .body = "{\"results\":[{\"path\":\"/infra/services/last\"}]}"},
    {0}};

static const struct harness_case cases[] = {
    {.name = "onprem", .collector = &collector_nsx_services, .endpoint = NSX, .replies = good},
    {.name = "empty", .collector = &collector_nsx_services, .endpoint = NSX, .replies = empty},
    {.name = "pages", .collector = &collector_nsx_services, .endpoint = NSX, .replies = pages},
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_twins),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
