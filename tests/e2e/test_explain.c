/* hycon explain against the lab's hosts over SSH: what it says is what the hosts print. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <json-c/json.h>

#include "core/file.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "tests/support/e2e.h"

static struct e2e e;

/* Hosts by key, not by password. */
static void use_key(void)
{
    static const char from[] = "password: {file: password-esxi-dc1.txt}";
    struct strbuf text = STRBUF_INIT, out = STRBUF_INIT;
    struct err err = {0};
    const char *at;

    if (file_read(e.config, 1 << 20, &text, &err))
        fail_msg("%s", err.msg);
    at = strstr(text.buf, from);
    assert_non_null(at);
    strbuf_add(&out, text.buf, (size_t)(at - text.buf));
    strbuf_addstr(&out, "key_file: id_ecdsa");
    strbuf_addstr(&out, at + strlen(from));
    if (file_write_atomic(e.config, out.buf, out.len, 0600, &err))
        fail_msg("%s", err.msg);
    strbuf_release(&text);
    strbuf_release(&out);
}

static int set_up(void **state)
{
    (void)state;
    e2e_start(&e, "steady", "esxi=2,vms=8");
    use_key();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    e2e_stop(&e);
    return 0;
}

static const char *member(struct json_object *o, const char *name)
{
    const char *s = jsonq_str(o, name);

    return s ? s : "";
}

/* The line that decided is on the host, at that place of that filter. */
static void assert_on_host(struct json_object *hop)
{
    char *filter = mem_printf("filter = \"%s\" and position = %s", member(hop, "filter"),
                              member(hop, "position"));
    struct child_result r;
    struct json_object *doc, *rows;

    e2e_expect(&e, &r, 0, "get", "host_rules", "--site", "dc1", "--filter", filter, "-o", "json",
               NULL);
    doc = e2e_json(&r);
    rows = e2e_rows(doc, "host_rules");
    assert_non_null(e2e_row(rows, "raw", member(hop, "rule")));
    json_object_put(doc);
    child_release(&r);
    free(filter);
}

static void test_between_machines(void **state)
{
    struct child_result r;
    struct json_object *doc, *hops;

    (void)state;
    e2e_expect(&e, &r, 0, "explain", "--site", "dc1", "vm-00001", "vm-00002:443", "-o", "json",
               NULL);
    doc = e2e_json(&r);
    hops = jsonq_get(doc, "hops");
    assert_true(jsonq_count(hops) >= 2);
    for (size_t i = 0; i < jsonq_count(hops); i++) {
        struct json_object *hop = jsonq_item(hops, i);
        if (!strstr(member(hop, "where"), "-filter"))
            continue;
        assert_string_not_equal(member(hop, "verdict"), "unknown");
        assert_on_host(hop);
    }
    assert_string_not_equal(member(doc, "verdict"), "unknown");
    json_object_put(doc);
    child_release(&r);
}

static void test_as_text(void **state)
{
    struct child_result r;

    (void)state;
    e2e_expect(&e, &r, 0, "explain", "--site", "dc1", "--skipped", "vm-00001", "vm-00002:22", NULL);
    assert_non_null(strstr(r.out.buf, "vm-00001 (172.16."));
    assert_non_null(strstr(r.out.buf, "\n1. source-filter nic-"));
    assert_non_null(strstr(r.out.buf, "  passed:   rule "));
    child_release(&r);
}

static void test_on_vmc(void **state)
{
    struct child_result r;

    (void)state;
    e2e_expect(&e, &r, 0, "explain", "--site", "tokyo", "vm-00001", "203.0.113.9:443", NULL);
    assert_non_null(strstr(r.out.buf, "host rules not readable on VMC"));
    child_release(&r);
}

/* The address of web-01, an instance in another subnet than the SDDC's interfaces. */
static char *instance(void)
{
    struct child_result r;
    struct json_object *doc, *row;
    char *address;

    e2e_expect(&e, &r, 0, "get", "interfaces", "--site", "tokyo", "-o", "json", NULL);
    doc = e2e_json(&r);
    row = e2e_row(e2e_rows(doc, "interfaces"), "description", "web-01");
    assert_non_null(row);
    address = mem_strdup(member(row, "private_ip"));
    json_object_put(doc);
    child_release(&r);
    return address;
}

/* The last hop of this kind is @verdict and says @reason. */
static void assert_hop(int status, const char *to, const char *where, const char *verdict,
                       const char *reason)
{
    struct json_object *doc, *hops, *hop = NULL;
    struct child_result r;

    e2e_expect(&e, &r, status, "explain", "--site", "tokyo", "vm-00001", to, "-o", "json", NULL);
    doc = e2e_json(&r);
    hops = jsonq_get(doc, "hops");
    for (size_t i = 0; i < jsonq_count(hops); i++) {
        if (strcmp(member(jsonq_item(hops, i), "where"), where) == 0)
            hop = jsonq_item(hops, i);
    }
    assert_non_null(hop);
    if (strcmp(member(hop, "verdict"), verdict) != 0 || !strstr(member(hop, "reason"), reason))
        fail_msg("%s is %s: %s", where, member(hop, "verdict"), member(hop, "reason"));
    json_object_put(doc);
    child_release(&r);
}

static void act(const char *body)
{
    json_object_put(e2e_control(&e, "POST", "/action", body));
}

/* A machine of the SDDC and an instance: groups, ACLs in both directions, and what is not readable.
 */
static void test_to_an_instance(void **state)
{
    char *address = instance(), *web = mem_printf("%s:80", address);

    (void)state;
    assert_hop(0, web, "security-group", "allow", "counts as one instance with the groups");
    assert_hop(0, web, "network-acl", "allow", "entry 100 is the first that matches: allow");
    act("{\"do\":\"acl-entry\",\"site\":\"tokyo\",\"acl\":\"app\",\"action\":\"deny\","
        "\"number\":80,\"direction\":\"out\",\"protocol\":\"6\",\"from\":1024,\"to\":65535}");
    assert_hop(0, web, "network-acl", "drop",
               "for replies entry 80 is the first that matches: deny");
    e2e_fault(&e, "\"endpoint\":\"aws-tokyo\",\"fault\":\"status\",\"status\":403,"
                  "\"code\":\"UnauthorizedOperation\",\"action\":\"DescribeSecurityGroups\"");
    assert_hop(0, web, "security-group", "unknown", "security groups may not be read");
    json_object_put(e2e_control(&e, "DELETE", "/faults", NULL));
    free(web);
    free(address);
}

static void test_usage(void **state)
{
    static const char *const bad[][3] = {
        {"a", "b:99999", "is no port"},
        {"a", "b/what", "is no protocol"},
        {"a", ":22", "is empty"},
    };
    struct child_result r;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        e2e_expect(&e, &r, 64, "explain", bad[i][0], bad[i][1], NULL);
        assert_non_null(strstr(r.err.buf, bad[i][2]));
        child_release(&r);
    }
    e2e_expect(&e, &r, 64, "explain", "--site", "nowhere", "a", "b", NULL);
    child_release(&r);
}

/* Last: the hosts are not readable any more. */
static void test_not_read(void **state)
{
    struct err err = {0};
    struct strbuf text = STRBUF_INIT;
    struct child_result r;

    (void)state;
    if (file_read(e.config, 1 << 20, &text, &err))
        fail_msg("%s", err.msg);
    char *at = strstr(text.buf, "known_hosts: known_hosts");
    assert_non_null(at);
    memcpy(at, "known_hosts: /dev/null  ", strlen("known_hosts: known_hosts"));
    if (file_write_atomic(e.config, text.buf, text.len, 0600, &err))
        fail_msg("%s", err.msg);
    e2e_expect(&e, &r, 3, "explain", "--site", "dc1", "vm-00001", "vm-00002:443", NULL);
    assert_non_null(strstr(r.out.buf, "unknown: Cannot be said"));
    assert_non_null(strstr(r.err.buf, "is denied"));
    child_release(&r);
    strbuf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_between_machines),
        cmocka_unit_test(test_as_text),
        cmocka_unit_test(test_on_vmc),
        cmocka_unit_test(test_to_an_instance),
        cmocka_unit_test(test_usage),
        cmocka_unit_test(test_not_read),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
