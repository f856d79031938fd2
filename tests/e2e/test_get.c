/* get against a lab where all is well: every format, every way to choose rows, every exit status.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/stat.h>

#include "core/mem.h"
#include "tests/support/e2e.h"

#define ACTIVE_ENI "eni-0f38bb6ddacab0002"

static struct e2e e;

static int start(void **state)
{
    (void)state;
    e2e_start(&e, "steady", NULL);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    e2e_stop(&e);
    return 0;
}

static size_t count_lines(const struct strbuf *text)
{
    size_t n = 0;

    for (const char *p = text->buf; (p = strchr(p, '\n')); p++)
        n++;
    return n;
}

static void test_json(void **state)
{
    struct child_result r;
    (void)state;

    e2e_expect(&e, &r, 0, "get", "enis", "-o", "json", NULL);
    assert_int_equal(r.err.len, 0);
    assert_int_equal(count_lines(&r.out), 1);
    struct json_object *doc = e2e_json(&r), *rows = e2e_rows(doc, "enis");
    int64_t version = 0;
    assert_true(jsonq_int(doc, "schema_version", &version) && version == 1);
    assert_int_equal(jsonq_count(rows), 17);
    struct json_object *eni = e2e_row(rows, "eni", ACTIVE_ENI);
    assert_string_equal(jsonq_str(eni, "role"), "active");
    assert_string_equal(jsonq_str(eni, "site"), "tokyo");
    assert_int_equal(jsonq_len(doc, "sources"), 1);
    struct json_object *source = jsonq_at(doc, "sources", 0);
    assert_string_equal(jsonq_str(source, "endpoint"), "aws-tokyo");
    assert_string_equal(jsonq_str(source, "freshness"), "ok");
    assert_non_null(strstr(jsonq_str(source, "taken_at"), "Z"));
    /* Keys are always there, in the order of the schema; what is not known is null. */
    assert_true(json_object_object_get_ex(source, "error_kind", NULL));
    assert_null(jsonq_get(source, "error_kind"));
    assert_ptr_equal(strstr(r.out.buf, "{\"schema_version\":1,\"table\":\"enis\",\"sources\":["),
                     r.out.buf);
    child_says(&r.out, "\"rows\":[{\"site\":\"tokyo\",\"endpoint\":\"aws-tokyo\",\"eni\":");
    json_object_put(doc);
    child_release(&r);
}

/* A name that two sites may have is told apart by its site. */
static void test_endpoint_of_a_site(void **state)
{
    struct child_result r;

    (void)state;
    e2e_expect(&e, &r, 0, "get", "vpcs", "--endpoint", "tokyo/aws-tokyo", "-o", "json", NULL);
    struct json_object *doc = e2e_json(&r);
    assert_int_equal(jsonq_len(doc, "sources"), 1);
    assert_true(jsonq_count(e2e_rows(doc, "vpcs")) > 0);
    json_object_put(doc);
    child_release(&r);
    e2e_expect(&e, &r, 64, "get", "vpcs", "--endpoint", "osaka/aws-tokyo", NULL);
    child_release(&r);
}

static void test_several_tables(void **state)
{
    struct child_result r;
    (void)state;

    e2e_expect(&e, &r, 0, "get", "enis,routes,edges", "-o", "json", NULL);
    struct json_object *doc = e2e_json(&r);
    assert_int_equal(jsonq_len(doc, "tables"), 3);
    assert_int_equal(jsonq_count(e2e_rows(doc, "enis")), 17);
    assert_true(jsonq_count(e2e_rows(doc, "routes")) > 5);
    assert_true(jsonq_count(e2e_rows(doc, "edges")) >= 6);
    json_object_put(doc);
    child_release(&r);
    e2e_expect(&e, &r, 0, "get", "vpcs,subnets", "-o", "jsonl", NULL);
    child_says(&r.out, "{\"table\":\"vpcs\",\"site\":\"tokyo\"");
    child_says(&r.out, "\n{\"table\":\"subnets\",\"site\":\"tokyo\"");
    child_release(&r);
}

static void test_rows_and_columns(void **state)
{
    struct child_result r;
    (void)state;

    e2e_expect(&e, &r, 0, "get", "enis", "--filter", "role=active", "--fields", "eni,role", "-o",
               "csv", NULL);
    assert_string_equal(r.out.buf, "eni,role\r\n" ACTIVE_ENI ",active\r\n");
    child_release(&r);
    e2e_expect(&e, &r, 0, "get", "enis", "--sort", "-private_ip", "--fields", "private_ip", "-o",
               "jsonl", NULL);
    assert_int_equal(count_lines(&r.out), 17);
    child_release(&r);
    e2e_expect(&e, &r, 0, "get", "enis", "--filter", "eni=none", NULL);
    assert_int_equal(count_lines(&r.out), 1); /* titles */
    child_release(&r);
    e2e_expect(&e, &r, 0, "get", "edges", "--site", "dc1", "-o", "json", NULL);
    struct json_object *doc = e2e_json(&r);
    assert_int_equal(jsonq_len(doc, "sources"), 1);
    assert_null(e2e_row(e2e_rows(doc, "edges"), "site", "tokyo"));
    assert_non_null(e2e_row(e2e_rows(doc, "edges"), "edge", "edge-bm-01"));
    json_object_put(doc);
    child_release(&r);
}

static void test_table_for_people(void **state)
{
    struct child_result r;
    (void)state;

    e2e_expect(&e, &r, 0, "get", "segments", NULL);
    assert_null(strchr(r.out.buf, '\033')); /* no terminal, no colours */
    assert_ptr_equal(strstr(r.out.buf, "SITE"), r.out.buf);
    child_says(&r.out, "192.168.161.0/24");
    child_release(&r);
    e2e_expect(&e, &r, 0, "get", "segments", "-o", "wide", NULL);
    child_says(&r.out, "VIA");
    child_release(&r);
}

/* The source that fails is named, what the others gave is printed, and the status is 3. */
static void test_partial_failure(void **state)
{
    struct child_result r;
    (void)state;

    e2e_fault(&e, "\"endpoint\":\"nsx-dc1\",\"fault\":\"status\",\"status\":500");
    e2e_expect(&e, &r, 3, "get", "edges", "-o", "json", "--timeout", "20", NULL);
    struct json_object *doc = e2e_json(&r), *sources = jsonq_get(doc, "sources");
    struct json_object *bad = e2e_row(sources, "endpoint", "nsx-dc1");
    assert_non_null(bad);
    assert_string_not_equal(jsonq_str(bad, "freshness"), "ok");
    assert_non_null(jsonq_str(bad, "error_kind"));
    assert_non_null(jsonq_str(bad, "message"));
    assert_string_equal(jsonq_str(e2e_row(sources, "site", "tokyo"), "freshness"), "ok");
    assert_non_null(e2e_row(e2e_rows(doc, "edges"), "site", "tokyo"));
    child_says(&r.err, "edges of 'dc1/nsx-dc1'");
    json_object_put(doc);
    child_release(&r);
    /* The other site is not asked: nothing is wrong with it. */
    e2e_expect(&e, &r, 0, "get", "edges", "--site", "tokyo", "-o", "json", NULL);
    child_release(&r);
}

static void test_timeout(void **state)
{
    struct child_result r;
    (void)state;

    e2e_fault(&e, "\"endpoint\":\"aws-tokyo\",\"fault\":\"hang\"");
    e2e_expect(&e, &r, 3, "get", "enis", "--timeout", "2", "-o", "json", NULL);
    struct json_object *doc = e2e_json(&r), *source = jsonq_at(doc, "sources", 0);
    assert_string_equal(jsonq_str(source, "freshness"), "never");
    assert_string_equal(jsonq_str(source, "error_kind"), "limit");
    assert_int_equal(jsonq_count(e2e_rows(doc, "enis")), 0);
    assert_true(r.ms >= 1500);
    json_object_put(doc);
    child_release(&r);
}

static void test_denied(void **state)
{
    struct child_result r;
    (void)state;

    json_object_put(e2e_control(&e, "POST", "/certificate",
                                "{\"endpoint\":\"nsx-dc1\",\"kind\":\"self-signed\"}"));
    e2e_expect(&e, &r, 3, "get", "edges", "--site", "dc1", "-o", "json", NULL);
    struct json_object *doc = e2e_json(&r), *source = jsonq_at(doc, "sources", 0);
    assert_string_equal(jsonq_str(source, "freshness"), "denied");
    assert_string_equal(jsonq_str(source, "error_kind"), "tls");
    json_object_put(doc);
    child_release(&r);
}

/* A wrong password is tried once: the lab's account is not locked, and nothing is left open. */
static void test_wrong_password(void **state)
{
    struct child_result r;
    char *dir = mem_strdup(e.config), *slash = strrchr(dir, '/');
    (void)state;

    *slash = '\0';
    char *command = mem_printf("echo wrong >'%s/password-dc1.txt'", dir);
    const char *argv[] = {"sh", "-c", command, NULL};
    child_run(&r, &(struct child_options){.argv = argv, .timeout_ms = E2E_TIMEOUT_MS});
    assert_int_equal(r.status, 0);
    child_release(&r);
    e2e_expect(&e, &r, 3, "get", "edges,segments,gateways", "--site", "dc1", "-o", "json", NULL);
    child_says(&r.out, "\"error_kind\":\"auth\"");
    child_release(&r);
    assert_int_equal(e2e_counter(&e, "nsx-dc1", "failed_logins"), 1);
    assert_int_equal(e2e_counter(&e, "nsx-dc1", "lockouts"), 0);
    free(command);
    free(dir);
}

static void test_sessions_are_closed(void **state)
{
    struct child_result r;
    (void)state;

    e2e_expect(&e, &r, 0, "get", "edges", "--site", "dc1", NULL);
    child_release(&r);
    assert_int_equal(e2e_counter(&e, "nsx-dc1", "logins"), 1);
    assert_int_equal(e2e_counter(&e, "nsx-dc1", "logouts"), 1);
    assert_int_equal(e2e_counter(&e, "nsx-dc1", "open_sessions"), 0);
}

static void test_watch(void **state)
{
    char *program = mem_printf("%s/hycon", e.bin), *home = mem_printf("HOME=%s", e.home);
    char *config = mem_printf("HYCON_CONFIG=%s", e.config);
    const char *argv[] = {program, "get", "edges", "--site", "dc1", "--watch", "-o", "jsonl", NULL};
    const char *env[] = {home, config, NULL};
    struct child_result r;
    (void)state;

    child_run(&r, &(struct child_options){.argv = argv,
                                          .env = env,
                                          .timeout_ms = E2E_TIMEOUT_MS,
                                          .signal_after = "edge-bm-01",
                                          .signal = SIGTERM});
    if (r.status != 130)
        fail_msg("exit status %d: %s", r.status, r.err.buf);
    assert_int_equal(e2e_counter(&e, "nsx-dc1", "open_sessions"), 0);
    child_release(&r);
    free(program);
    free(home);
    free(config);
}

/* `hycon get --watch | head`: it ends with its reader, not with the next change, which may not
 * come.
 */
static void test_watch_ends_with_its_reader(void **state)
{
    char *program = mem_printf("%s/hycon", e.bin), *home = mem_printf("HOME=%s", e.home);
    char *config = mem_printf("HYCON_CONFIG=%s", e.config);
    const char *argv[] = {
        "/bin/sh", "-c",
        "{ \"$0\" get segments --site dc1 --watch -o jsonl; echo status=$? >&2; } | head -n 1",
        program, NULL};
    const char *env[] = {home, config, "PATH=/usr/bin:/bin", NULL};
    struct child_result r;
    (void)state;

    child_run(&r, &(struct child_options){.argv = argv, .env = env, .timeout_ms = E2E_TIMEOUT_MS});
    child_says(&r.err, "status=73");
    assert_int_equal(e2e_counter(&e, "nsx-dc1", "open_sessions"), 0);
    child_release(&r);
    free(program);
    free(home);
    free(config);
}

static void test_endpoints(void **state)
{
    struct child_result r;
    (void)state;

    e2e_expect(&e, &r, 0, "get", "endpoints", "-o", "json", NULL);
    struct json_object *doc = e2e_json(&r), *rows = e2e_rows(doc, "endpoints");
    assert_int_equal(jsonq_count(rows), 3);
    for (size_t i = 0; i < jsonq_count(rows); i++)
        assert_string_equal(jsonq_str(jsonq_item(rows, i), "freshness"), "ok");
    assert_string_equal(jsonq_str(e2e_row(rows, "endpoint", "nsx-dc1"), "kind"), "nsx");
    json_object_put(doc);
    child_release(&r);
    e2e_expect(&e, &r, 0, "config", "check", "--connect", NULL);
    child_says(&r.out, "dc1/nsx-dc1");
    child_release(&r);
}

/* An empty table does not stand for what nobody could offer. */
static void test_why_it_is_empty(void **state)
{
    struct child_result r;

    (void)state;
    e2e_fault(&e, "\"endpoint\":\"proxy-tokyo\",\"fault\":\"status\",\"status\":404,"
                  "\"path\":\"*linked-vpcs*\"");
    e2e_expect(&e, &r, 0, "get", "linked_vpcs", NULL);
    child_says(&r.err, "linked_vpcs of 'tokyo/vmc-tokyo' is not available: ");
    child_release(&r);
    e2e_expect(&e, &r, 0, "check", NULL);
    child_says(&r.err, "linked_vpcs of 'tokyo/vmc-tokyo' is not available: ");
    child_release(&r);
    e2e_expect(&e, &r, 0, "config", "check", "--connect", "--endpoint", "vmc-tokyo", NULL);
    child_says(&r.out, "    not available: linked_vpcs: ");
    child_release(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_json, start, stop),
        cmocka_unit_test_setup_teardown(test_endpoint_of_a_site, start, stop),
        cmocka_unit_test_setup_teardown(test_several_tables, start, stop),
        cmocka_unit_test_setup_teardown(test_why_it_is_empty, start, stop),
        cmocka_unit_test_setup_teardown(test_rows_and_columns, start, stop),
        cmocka_unit_test_setup_teardown(test_table_for_people, start, stop),
        cmocka_unit_test_setup_teardown(test_partial_failure, start, stop),
        cmocka_unit_test_setup_teardown(test_timeout, start, stop),
        cmocka_unit_test_setup_teardown(test_denied, start, stop),
        cmocka_unit_test_setup_teardown(test_wrong_password, start, stop),
        cmocka_unit_test_setup_teardown(test_sessions_are_closed, start, stop),
        cmocka_unit_test_setup_teardown(test_watch, start, stop),
        cmocka_unit_test_setup_teardown(test_watch_ends_with_its_reader, start, stop),
        cmocka_unit_test_setup_teardown(test_endpoints, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
