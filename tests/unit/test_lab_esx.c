/* The shell of the lab's hosts: what it prints is what the policy says, until an action makes it
 * differ. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/err.h"
#include "core/mem.h"
#include "tests/lab/actions.h"
#include "tests/lab/esx.h"
#include "tests/lab/nsx.h"

static struct lab lab;
static struct lab_vc *vc;
static struct strbuf out, err_out;

static int begin(void **state)
{
    (void)state;
    lab_init(&lab, 1);
    lab.params.vcenter = lab.params.firewall = 1;
    lab.params.flows = 20;
    lab.estate = lab_estate_new(&lab.params, 1, lab_wall_ms());
    vc = lab_find_vcenter(lab.estate, "dc1");
    strbuf_init(&out, 0);
    strbuf_init(&err_out, 0);
    return 0;
}

static int end(void **state)
{
    (void)state;
    strbuf_release(&out);
    strbuf_release(&err_out);
    lab_release(&lab);
    return 0;
}

static int run(const char *host, const char *line)
{
    struct lab_vhost *h = lab_vc_host(vc, lab_find_host(lab.estate, "dc1", host));
    int rc;

    strbuf_reset(&out);
    strbuf_reset(&err_out);
    rc = lab_esx_run(&lab, vc, h, line, &out, &err_out);
    lab_esx_spoil(h, &out);
    return rc;
}

static int on_filter(const char *host, const char *vm, const char *command, const char *more)
{
    return run(host, arena_printf(lab.arena, "vsipioctl %s -f '%s'%s", command,
                                  lab_fw_filter(lab.arena, lab_vc_vm(vc, vm)), more));
}

static unsigned count(const char *what)
{
    unsigned n = 0;

    for (const char *at = out.buf; (at = strstr(at, what)) != NULL; at += strlen(what))
        n++;
    return n;
}

static void act(struct lab_pair *words, size_t n)
{
    struct lab_pairs action = {words, n};
    struct err err;

    assert_int_equal(lab_action_run(&lab, &action, &err), 0);
}

static void test_every_policy_rule_is_realised(void **state)
{
    (void)state;
    assert_int_equal(on_filter("esx01", "vm-00001", "getrules", ""), 0);
    for (size_t i = 0; i < vc->nsx->fw->rules.n; i++) {
        const struct fw_rule *r = vc->nsx->fw->rules.at[i];
        unsigned lines = r->services.n ? (unsigned)r->services.n : 1;

        if (!lab_fw_applies(r, lab_vc_vm(vc, "vm-00001")))
            lines = 0;
        assert_int_equal(count(arena_printf(lab.arena, "  rule %d at ", r->number)), lines);
    }
    assert_int_equal(on_filter("esx01", "vm-00001", "getrules", " -s"), 0);
    assert_true(count(" evals, in ") > 8);
}

static void test_a_filter_is_on_its_host_alone(void **state)
{
    (void)state;
    assert_int_equal(on_filter("esx02", "vm-00001", "getrules", ""), 1);
    assert_int_equal(out.len, 0);
    assert_non_null(strstr(err_out.buf, "failed to find filter"));
}

static void test_a_rule_that_is_missing(void **state)
{
    struct lab_pair words[] = {{"do", "drop-rule"},
                               {"site", "dc1"},
                               {"host", "esx01"},
                               {"rule", "1018"},
                               {"restore", "0"}};

    (void)state;
    act(words, ARRAY_SIZE(words));
    on_filter("esx01", "vm-00001", "getrules", "");
    assert_int_equal(count("rule 1018 "), 0);
    on_filter("esx02", "vm-00002", "getrules", "");
    assert_int_equal(count("rule 1018 "), 1);
    words[4].value = "1";
    act(words, ARRAY_SIZE(words));
    on_filter("esx01", "vm-00001", "getrules", "");
    assert_int_equal(count("rule 1018 "), 1);
}

static void test_address_sets(void **state)
{
    struct lab_pair words[] = {
        {"do", "empty-addrset"}, {"site", "dc1"}, {"host", "esx01"}, {"group", "grp-app"}};
    const char *set = lab_fw_group(vc->nsx->fw, "grp-app")->uuid;
    const char *only = arena_printf(lab.arena, " -a %s", set);

    (void)state;
    assert_int_equal(on_filter("esx01", "vm-00001", "getaddrsets", only), 0);
    assert_int_equal(count("addrset "), 1);
    assert_int_equal(count("ip "), 4); /* a third of twelve VMs */
    act(words, ARRAY_SIZE(words));
    on_filter("esx01", "vm-00001", "getaddrsets", only);
    assert_string_equal(out.buf, arena_printf(lab.arena, "addrset %s {\n}\n", set));
}

static void test_filters_follow_a_vmotion(void **state)
{
    struct lab_pair words[] = {
        {"do", "vmotion"}, {"site", "dc1"}, {"vm", "vm-00002"}, {"host", "esx04"}};
    struct lab_pair lost[] = {
        {"do", "set-filter"}, {"site", "dc1"}, {"vm", "vm-00002"}, {"lost_flows", "7"}};
    const char *before = lab_fw_filter(lab.arena, lab_vc_vm(vc, "vm-00002"));

    (void)state;
    on_filter("esx02", "vm-00002", "getflows", "");
    assert_int_equal(count(" Active "), 20);
    act(words, ARRAY_SIZE(words));
    words[0].value = "end-move";
    act(words, ARRAY_SIZE(words));
    act(lost, ARRAY_SIZE(lost));
    assert_string_not_equal(before, lab_fw_filter(lab.arena, lab_vc_vm(vc, "vm-00002")));
    assert_int_equal(on_filter("esx02", "vm-00002", "getflows", ""), 1);
    assert_int_equal(on_filter("esx04", "vm-00002", "getflows", ""), 0);
    assert_int_equal(count(" Active "), 13);
}

/* What NSX answers at @path below /policy/api/v1, or NULL. */
static struct json_object *nsx(const char *path, const char *query)
{
    struct lab_pair pair = {"query", query ? query : ""};
    struct lab_request req = {.method = "GET", .path = path, .query = {&pair, query ? 1 : 0}};
    struct lab_reply reply = {.status = 200, .body = STRBUF_INIT};
    struct json_object *o = NULL;

    req.arena = lab.arena;
    if (nsx_policy_answer(&lab, vc->nsx, NULL, &req, path, &reply) && reply.status == 200)
        o = json_tokener_parse(reply.body.buf);
    strbuf_release(&reply.body);
    return o;
}

static void test_policy_and_hosts_agree(void **state)
{
    struct json_object *rules = nsx("/search/query", "resource_type:Rule");
    struct json_object *ips =
        nsx("/infra/domains/default/groups/grp-web/members/ip-addresses", NULL);
    const char *only =
        arena_printf(lab.arena, " -a %s", lab_fw_group(vc->nsx->fw, "grp-web")->uuid);
    struct json_object *list = json_object_object_get(ips, "results");

    (void)state;
    assert_int_equal(json_object_array_length(json_object_object_get(rules, "results")),
                     vc->nsx->fw->rules.n);
    on_filter("esx01", "vm-00001", "getaddrsets", only);
    assert_int_equal(json_object_array_length(list), count("ip "));
    for (size_t i = 0; i < json_object_array_length(list); i++)
        assert_int_equal(
            count(arena_printf(lab.arena, "ip %s,\n",
                               json_object_get_string(json_object_array_get_idx(list, i)))),
            1);
    assert_null(nsx("/infra/domains/default/groups/nobody", NULL));
    assert_null(nsx("/infra/domains/default/security-policies/nobody/rules", NULL));
    json_object_put(rules);
    json_object_put(ips);
}

static void test_fail_open_and_no_filter(void **state)
{
    struct lab_pair words[] = {
        {"do", "set-filter"}, {"site", "dc1"}, {"vm", "vm-00001"}, {"fail_open", "1"}};

    (void)state;
    run("esx01", "summarize-dvfilter");
    assert_int_equal(count("failOpen"), 1); /* vmk0 */
    act(words, ARRAY_SIZE(words));
    run("esx01", "summarize-dvfilter");
    assert_int_equal(count("failOpen"), 2);
    assert_int_equal(count("-vmware-sfw.2"), 3);
    words[3] = (struct lab_pair){"removed", "1"};
    act(words, ARRAY_SIZE(words));
    run("esx01", "summarize-dvfilter");
    assert_int_equal(count("-vmware-sfw.2"), 2);
}

static void test_odd_shells(void **state)
{
    struct lab_pair words[] = {{"do", "set-shell"},  {"site", "dc1"}, {"host", "esx01"},
                               {"no_timeout", "0"},  {"crlf", "1"},   {"banner", "Welcome"},
                               {"control_down", "1"}};

    (void)state;
    assert_int_equal(run("esx01", "timeout 5 esxcli network ip connection list"), 0);
    assert_int_equal(count("SYN_SENT"), 0);
    act(words, ARRAY_SIZE(words));
    assert_int_equal(run("esx01", "timeout -t 5 esxcli network ip connection list"), 0);
    assert_int_equal(strncmp(out.buf, "Welcome\n", 8), 0);
    assert_int_equal(count("SYN_SENT"), 2);
    assert_true(count("\r\n") > 5);
    words[3].value = "1";
    act(words, ARRAY_SIZE(words));
    assert_int_equal(run("esx01", "timeout 5 esxcli network ip connection list"), 127);
}

static void test_nothing_else_is_run(void **state)
{
    static const char *const lines[] = {"rm -rf /", "esxcli system shutdown",
                                        "sh -c ls", "vsipioctl getrules -f 'x'; reboot",
                                        "vim-cmd",  "",
                                        "'"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        assert_int_not_equal(run("esx01", lines[i]), 0);
        assert_true(err_out.len > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_policy_rule_is_realised, begin, end),
        cmocka_unit_test_setup_teardown(test_a_filter_is_on_its_host_alone, begin, end),
        cmocka_unit_test_setup_teardown(test_a_rule_that_is_missing, begin, end),
        cmocka_unit_test_setup_teardown(test_address_sets, begin, end),
        cmocka_unit_test_setup_teardown(test_filters_follow_a_vmotion, begin, end),
        cmocka_unit_test_setup_teardown(test_policy_and_hosts_agree, begin, end),
        cmocka_unit_test_setup_teardown(test_fail_open_and_no_filter, begin, end),
        cmocka_unit_test_setup_teardown(test_odd_shells, begin, end),
        cmocka_unit_test_setup_teardown(test_nothing_else_is_run, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
