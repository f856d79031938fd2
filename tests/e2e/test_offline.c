/* What hycon says without any endpoint: help, the vocabulary, mistakes, configurations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <unistd.h>

#include "core/file.h"
#include "core/mem.h"
#include "tests/support/e2e.h"

static struct e2e e;

static int start(void **state)
{
    (void)state;
    e2e_start(&e, NULL, NULL);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    e2e_stop(&e);
    return 0;
}

static void test_help(void **state)
{
    struct child_result r;
    (void)state;

    e2e_expect(&e, &r, 0, "--help", NULL);
    child_says(&r.out, "usage: hycon [VERB]");
    child_says(&r.out, "exit status");
    assert_int_equal(r.err.len, 0);
    child_release(&r);
    e2e_expect(&e, &r, 0, "get", "--help", NULL);
    child_says(&r.out, "--filter EXPR");
    child_release(&r);
    e2e_expect(&e, &r, 0, "--version", NULL);
    child_says(&r.out, "hycon ");
    child_says(&r.out, "libcurl/");
    child_says(&r.out, "libuv/");
    child_release(&r);
}

static void test_tables(void **state)
{
    struct child_result r;
    (void)state;

    e2e_expect(&e, &r, 0, "tables", NULL);
    child_says(&r.out, "\nenis ");
    child_release(&r);
    e2e_expect(&e, &r, 0, "tables", "enis", NULL);
    child_says(&r.out, "active_by_routes");
    child_release(&r);
    e2e_expect(&e, &r, 0, "tables", "-o", "json", NULL);
    struct json_object *doc = e2e_json(&r),
                       *enis = e2e_row(jsonq_get(doc, "tables"), "table", "enis");
    assert_non_null(enis);
    struct json_object *role = e2e_row(jsonq_get(enis, "columns"), "name", "role");
    assert_string_equal(jsonq_str(role, "type"), "state");
    assert_true(jsonq_len(role, "values") >= 5);
    json_object_put(doc);
    child_release(&r);
}

static void test_mistakes(void **state)
{
    static const struct {
        const char *args[6], *says;
        int status;
    } cases[] = {
        {{"gte", "enis"}, "did you mean 'get'", 64},
        {{"get"}, "TABLE", 64},
        {{"get", "enis", "--sorted", "x"}, "--sort", 64},
        {{"get", "enis", "-o", "yaml"}, "json", 64},
        {{"get", "eni"}, "did you mean 'enis'", 64},
        {{"get", "enis", "--fields", "eni,rol"}, "did you mean 'role'", 64},
        {{"get", "enis", "--sort", "rol"}, "did you mean 'role'", 64},
        {{"get", "enis", "--filter", "rol=active"}, "did you mean 'role'", 64},
        {{"get", "enis", "--filter", "("}, "regular expression", 64},
        {{"get", "enis", "--timeout", "soon"}, "timeout", 64},
        {{"get", "enis", "routes"}, "argument", 64},
        {{"tables", "nope"}, "no table", 64},
        {{"brief", "a", "b"}, "", 64},
        {{"get", "enis"}, "/nonexistent/hycon.yaml", 78},
        {{"check"}, "/nonexistent/hycon.yaml", 78},
        {{"--config", "/nonexistent/x", "get", "enis"}, "/nonexistent/x", 78},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const char *const *a = cases[i].args;
        struct child_result r;
        e2e_expect(&e, &r, cases[i].status, a[0], a[1], a[2], a[3], a[4], a[5], NULL);
        child_says(&r.err, cases[i].says);
        child_says(&r.err, "hycon: ");
        assert_int_equal(r.out.len, 0);
        child_release(&r);
    }
}

static void write_config(const char *text)
{
    struct err err = {0};

    free(e.config);
    e.config = mem_printf("%s/hycon.yaml", e.home);
    if (file_write_atomic(e.config, text, strlen(text), 0600, &err))
        fail_msg("%s", err.msg);
}

/* What can be read is printed; the table that cannot is no empty one, and it is still 78. */
static void test_one_of_two(void)
{
    struct child_result r;

    e2e_expect(&e, &r, 78, "get", "edges,endpoints", "-o", "json", NULL);
    child_says(&r.err, "no configured endpoint can serve table 'edges'");
    child_says(&r.out, "{\"schema_version\":1,\"tables\":[{");
    child_says(&r.out, "\"table\":\"endpoints\"");
    child_says(&r.out, "\"kind\":\"aws\"");
    assert_null(strstr(r.out.buf, "\"table\":\"edges\""));
    child_release(&r);
}

static void test_config(void **state)
{
    struct child_result r;
    (void)state;

    write_config("sites:\n  - name: tokyo\n    endpoints:\n"
                 "      - {name: linked, kind: aws, region: ap-northeast-1, reigon: x}\n");
    e2e_expect(&e, &r, 78, "config", "check", NULL);
    child_says(&r.err, "hycon.yaml:4:");
    child_says(&r.err, "reigon");
    child_release(&r);
    write_config("sites:\n  - name: tokyo\n    endpoints:\n"
                 "      - {name: linked, kind: aws, region: ap-northeast-1}\n");
    e2e_expect(&e, &r, 0, "config", "check", NULL);
    child_release(&r);
    e2e_expect(&e, &r, 0, "config", "show", NULL);
    child_says(&r.out, "ap-northeast-1");
    child_says(&r.out, "hycon.yaml:4:");
    child_release(&r);
    /* An AWS endpoint has no edges; nothing may be printed as if there were none. */
    e2e_expect(&e, &r, 78, "get", "edges", NULL);
    child_says(&r.err, "no configured endpoint can serve table 'edges'");
    assert_int_equal(r.out.len, 0);
    child_release(&r);
    test_one_of_two();
    e2e_expect(&e, &r, 64, "get", "enis", "--site", "osaka", NULL);
    child_says(&r.err, "no site 'osaka'");
    child_release(&r);
    e2e_expect(&e, &r, 64, "get", "enis", "--endpoint", "linkd", NULL);
    child_says(&r.err, "no endpoint 'linkd'");
    child_release(&r);
}

static void test_full_disk(void **state)
{
    struct child_result r;
    char *command = mem_printf("'%s/hycon' tables >/dev/full", e.bin);
    const char *argv[] = {"sh", "-c", command, NULL};
    (void)state;

    child_run(&r, &(struct child_options){.argv = argv, .timeout_ms = E2E_TIMEOUT_MS});
    assert_int_equal(r.status, 73);
    child_says(&r.err, "unable to write to standard output");
    child_release(&r);
    free(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_help, start, stop),
        cmocka_unit_test_setup_teardown(test_tables, start, stop),
        cmocka_unit_test_setup_teardown(test_mistakes, start, stop),
        cmocka_unit_test_setup_teardown(test_config, start, stop),
        cmocka_unit_test_setup_teardown(test_full_disk, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
