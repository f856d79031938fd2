/* What --site and --endpoint leave of a table, and on what the tables stand that hycon makes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "cli/scope.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "model/tables.h"
#include "tests/support/model_case.h"

static const char yaml[] = "sites:\n"
                           "  - name: tokyo\n"
                           "    endpoints:\n"
                           "      - {name: a, kind: aws, region: ap-northeast-1}\n"
                           "      - {name: b, kind: aws, region: ap-northeast-1}\n"
                           "  - name: osaka\n"
                           "    endpoints:\n"
                           "      - {name: c, kind: aws, region: ap-northeast-3}\n";
static const char estate[] = "table enis tokyo/a\neni vpc status\neni-1 vpc-1 in-use\n"
                             "table enis tokyo/b\neni vpc status\neni-1 vpc-1 in-use\n"
                             "eni-2 vpc-2 in-use\n"
                             "table enis osaka/c\neni vpc status\neni-3 vpc-3 in-use\n"
                             "table endpoints tokyo/a denied 0s \"401\"\nkind\naws\n"
                             "table endpoints tokyo/b\nkind\naws\n"
                             "table endpoints osaka/c\nkind\naws\n";

struct scope_case {
    const char *name;
    struct cli_options o;
    const struct schema *schema;
    const char *rows, *sources;
};

/* Keys of what was left, and "ENDPOINT freshness" of its sources. */
static void expect(const struct model_case *c, const struct scope_case *t)
{
    struct strbuf rows = STRBUF_INIT, sources = STRBUF_INIT;
    struct rows got;

    scope_rows(&got, c->estate, t->schema, &t->o, NULL, -1, false);
    for (size_t i = 0; t->rows && i < got.n; i++)
        strbuf_addf(&rows, "%s ", got.items[i].row->key);
    for (size_t i = 0; i < got.nsources; i++)
        strbuf_addf(&sources, "%s %s, ", snapshot_endpoint(got.sources[i]),
                    freshness_name(snapshot_freshness(got.sources[i])));
    if ((t->rows && strcmp(rows.buf, t->rows) != 0) || strcmp(sources.buf, t->sources) != 0)
        fail_msg("%s: rows '%s', sources '%s'", t->name, rows.buf, sources.buf);
    rows_release(&got);
    strbuf_release(&rows);
    strbuf_release(&sources);
}

static const struct scope_case cases[] = {
    {"all", {0}, &table_enis, "eni-3 eni-1 eni-2 ", "c ok, a ok, b ok, "},
    {"a site", {.site = "tokyo"}, &table_enis, "eni-1 eni-2 ", "a ok, b ok, "},
    {"a row's home", {.endpoint = "a"}, &table_enis, "eni-1 ", "a ok, "},
    {"also the other one that reports it",
     {.endpoint = "b"},
     &table_enis,
     "eni-1 eni-2 ",
     "b ok, "},
    {"with its site", {.endpoint = "tokyo/b"}, &table_enis, "eni-1 eni-2 ", "b ok, "},
    {"none", {.endpoint = "osaka/b"}, &table_enis, "", ""},
    {"findings stand on the endpoints", {0}, &table_findings, NULL, "a denied, b ok, c ok, "},
    {"those of one site", {.site = "osaka"}, &table_timeline, NULL, "hycon ok, c ok, "},
};

static void test_scope(void **state)
{
    struct model_case c;

    (void)state;
    model_case_init(&c, yaml);
    model_case_feed(&c, estate);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        expect(&c, &cases[i]);
    model_case_release(&c);
}

static void test_report(void **state)
{
    struct cli_options all = {0}, osaka = {.site = "osaka"};
    struct model_case c;

    (void)state;
    model_case_init(&c, yaml);
    model_case_feed(&c, estate);
    assert_int_equal(scope_report(c.estate, &table_endpoints, &all), 1);
    assert_int_equal(scope_report(c.estate, &table_endpoints, &osaka), 0);
    assert_int_equal(scope_report(c.estate, &table_enis, &all), 0);
    model_case_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scope),
        cmocka_unit_test(test_report),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
