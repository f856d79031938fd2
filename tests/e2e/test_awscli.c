/* The aws command line reads the lab: an independent client, with its own signer and parsers, must
 * understand what the collectors are tested with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/lab_child.h"
#include "core/mem.h"
#include "tests/support/e2e.h"

#define ARGS_MAX 16

static struct e2e e;
static char *url;

static bool is_installed(void)
{
    const char *const argv[] = {"aws", "--version", NULL};
    struct child_result r;

    child_run(&r, &(struct child_options){.argv = argv, .timeout_ms = E2E_TIMEOUT_MS});
    bool found = r.status == 0;
    child_release(&r);
    return found;
}

static int start(void **state)
{
    (void)state;
    if (!is_installed())
        return 0;
    e2e_start(&e, "steady", NULL);
    struct json_object *lab = e2e_control(&e, "GET", "/state", NULL);
    url = mem_strdup(jsonq_str(jsonq_get(jsonq_get(lab, "endpoints"), "aws-tokyo"), "url"));
    json_object_put(lab);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    if (e.lab)
        e2e_stop(&e);
    free(url);
    return 0;
}

/* aws --profile PROFILE ec2 ARGUMENTS...; its files are the lab's. */
static void aws(struct child_result *r, const char *profile, const char *const *arguments)
{
    const char *dir = lab_child_dir(e.lab);
    char *config = mem_printf("AWS_CONFIG_FILE=%s/config", dir);
    char *credentials = mem_printf("AWS_SHARED_CREDENTIALS_FILE=%s/credentials", dir);
    const char *env[] = {config,        credentials,  "AWS_EC2_METADATA_DISABLED=true",
                         "NO_PROXY=*",  "AWS_PAGER=", "AWS_MAX_ATTEMPTS=1",
                         "AWS_PROFILE", NULL};
    const char *argv[ARGS_MAX + 8] = {"aws", "--profile", profile, "--endpoint-url",
                                      url,   "--output",  "json",  NULL};
    size_t n = 7;

    for (size_t i = 0; arguments[i] && i < ARGS_MAX; i++)
        argv[n++] = arguments[i];
    child_run(r, &(struct child_options){.argv = argv, .env = env, .timeout_ms = E2E_TIMEOUT_MS});
    free(config);
    free(credentials);
}

static struct json_object *ask(const char *const *arguments)
{
    struct child_result r;

    if (!e.lab)
        skip();
    aws(&r, "tokyo", arguments);
    if (r.status)
        fail_msg("aws %s %s: %s", arguments[0], arguments[1], r.err.buf);
    struct json_object *o = e2e_json(&r);
    child_release(&r);
    return o;
}

/* Pages of five: the client follows the tokens, and nothing comes twice. */
static void test_interfaces(void **state)
{
    static const char *const whole[] = {"ec2", "describe-network-interfaces", NULL};
    static const char *const pages[] = {"ec2", "describe-network-interfaces", "--page-size", "5",
                                        NULL};
    (void)state;

    struct json_object *a = ask(whole), *b = ask(pages);
    size_t n = jsonq_len(a, "NetworkInterfaces");
    assert_true(n >= 16);
    assert_int_equal(jsonq_len(b, "NetworkInterfaces"), n);
    for (size_t i = 0; i < n; i++) {
        struct json_object *eni = jsonq_at(a, "NetworkInterfaces", i);
        const char *id = jsonq_str(eni, "NetworkInterfaceId");
        assert_non_null(id);
        assert_non_null(e2e_row(jsonq_get(b, "NetworkInterfaces"), "NetworkInterfaceId", id));
        assert_non_null(jsonq_str(eni, "PrivateIpAddress"));
    }
    json_object_put(a);
    json_object_put(b);
}

static void test_route_tables(void **state)
{
    static const char *const arguments[] = {"ec2", "describe-route-tables", "--filters",
                                            "Name=association.main,Values=true", NULL};
    (void)state;

    struct json_object *o = ask(arguments);
    assert_int_equal(jsonq_len(o, "RouteTables"), 1);
    assert_true(jsonq_len(jsonq_at(o, "RouteTables", 0), "Routes") >= 3);
    json_object_put(o);
}

static void test_the_rest(void **state)
{
    static const char *const calls[][2] = {{"describe-vpcs", "Vpcs"},
                                           {"describe-subnets", "Subnets"},
                                           {"describe-vpc-endpoints", "VpcEndpoints"},
                                           {"describe-managed-prefix-lists", "PrefixLists"}};
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
        const char *const arguments[] = {"ec2", calls[i][0], NULL};
        struct json_object *o = ask(arguments);
        assert_non_null(jsonq_get(o, calls[i][1]));
        json_object_put(o);
    }
}

/* The lab refuses what AWS refuses: its verifier is not a rubber stamp. */
static void test_wrong_region(void **state)
{
    static const char *const arguments[] = {"ec2", "describe-vpcs", "--region", "eu-west-1", NULL};
    struct child_result r;
    (void)state;

    if (!e.lab)
        skip();
    aws(&r, "tokyo", arguments);
    assert_true(r.status > 0);
    assert_non_null(strstr(r.err.buf, "An error occurred"));
    child_release(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_interfaces),
        cmocka_unit_test(test_route_tables),
        cmocka_unit_test(test_the_rest),
        cmocka_unit_test(test_wrong_region),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
