/* The program against OpenSSH's sshd that replays samples of ESXi hosts: what is read, what odd
 * shells do to it, and who is denied. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <json-c/json.h>
#include <limits.h>
#include <unistd.h>

#include "core/file.h"
#include "core/mem.h"
#include "tests/support/e2e.h"
#include "tests/support/sshd.h"

#define FILTER_1 "nic-1744435-eth0-vmware-sfw.2"
#define FILTER_2 "nic-1744441-eth0-vmware-sfw.2"

static struct e2e e;
static struct sshd *sshd;
static char *mode_file;

static void write_text(const char *path, const char *text)
{
    struct err err = {0};

    if (file_write_atomic(path, text, strlen(text), 0600, &err))
        fail_msg("%s", err.msg);
}

/* @more: keys of the endpoint, each followed by ", ". */
static void configure(const char *more)
{
    char *text = mem_printf(
        "sites: [{name: dc1, endpoints: [{name: esx, kind: esxi, hosts: [\"127.0.0.1:%d\"], user: "
        "root, %skey_file: %s}]}]\n",
        sshd_port(sshd), more, sshd_user_key(sshd, "ed25519"));

    write_text(e.config, text);
    free(text);
}

static void configure_known(void)
{
    char *more = mem_printf("known_hosts: %s, ", sshd_known_hosts(sshd));

    configure(more);
    free(more);
}

static void set_mode(const char *mode)
{
    write_text(mode_file, mode);
}

static int start(void **state)
{
    char cwd[PATH_MAX], *config;

    (void)state;
    if (!sshd_is_there())
        return 0;
    assert_non_null(getcwd(cwd, sizeof(cwd)));
    e2e_start(&e, NULL, NULL);
    e.config = mem_printf("%s/hycon.yaml", e.home);
    mode_file = mem_printf("%s/mode", e.home);
    config =
        mem_printf("ForceCommand /bin/sh %s/tests/support/esxi_shell.sh %s/tests/fixtures/esxi "
                   "%s",
                   cwd, cwd, mode_file);
    sshd = sshd_start(&(struct sshd_options){.config = config});
    free(config);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    if (!sshd)
        return 0;
    sshd_stop(sshd);
    free(mode_file);
    e2e_stop(&e);
    return 0;
}

static int before(void **state)
{
    (void)state;
    if (!sshd)
        return 0;
    set_mode("");
    configure_known();
    return 0;
}

#define NEEDS_SSHD() \
    (void)state;     \
    if (!sshd)       \
    skip()

/* ---- what is read ------------------------------------------------------------------------------
 */

static void assert_text(struct json_object *row, const char *column, const char *want)
{
    const char *got = jsonq_str(row, column);

    assert_non_null(row);
    assert_string_equal(got ? got : "(nothing)", want);
}

static void assert_number(struct json_object *row, const char *column, int64_t want)
{
    int64_t got = -1;

    assert_non_null(row);
    assert_true(jsonq_int(row, column, &got));
    assert_int_equal(got, want);
}

static void test_tables(void **state)
{
    struct child_result r;
    struct json_object *doc, *row;

    NEEDS_SSHD();
    e2e_expect(&e, &r, 0, "get", "filters,host_rules,addrsets,flows", "-o", "json", NULL);
    doc = e2e_json(&r);
    assert_int_equal(json_object_array_length(e2e_rows(doc, "filters")), 6);
    row = e2e_row(e2e_rows(doc, "filters"), "filter", FILTER_1);
    assert_text(row, "vm", "Win-02");
    assert_text(row, "vm_uuid", "500141b3-c525-9557-f96b-5943fa5504e1");
    assert_text(row, "vnic", "eth0");
    assert_text(row, "filter_hash", "7295");
    assert_int_equal(json_object_array_length(e2e_rows(doc, "host_rules")), 14);
    row = e2e_row(e2e_rows(doc, "host_rules"), "source", "addrset ip-vm-33");
    assert_text(row, "ports", "22");
    assert_text(row, "filter", FILTER_1);
    assert_int_equal(json_object_array_length(e2e_rows(doc, "addrsets")), 6);
    assert_int_equal(json_object_array_length(e2e_rows(doc, "flows")), 6);
    row = e2e_row(e2e_rows(doc, "flows"), "vm", "Win-02");
    assert_text(row, "destination_ip", "172.16.10.11");
    assert_number(row, "destination_port", 22);
    json_object_put(doc);
    child_release(&r);
}

static void test_counters_are_of_their_rules(void **state)
{
    struct child_result r;

    NEEDS_SSHD();
    e2e_expect(&e, &r, 0, "get", "host_rules", "-o", "csv", "--fields",
               "rule_id,position,evals,bytes", "--filter", "filter = " FILTER_2, "--sort",
               "position", NULL);
    child_says(&r.out, "1002,5,317802,1368132046\r\n");
    child_says(&r.out, "1001,1,8,1376154976\r\n");
    child_release(&r);
    e2e_expect(&e, &r, 0, "get", "host_rules", "-o", "csv", "--fields", "evals", "--filter",
               "filter = " FILTER_1, NULL);
    child_says(&r.out, "evals\r\n\r\n\r\n");
    child_release(&r);
}

static void test_smaller_tables(void **state)
{
    struct child_result r;
    struct json_object *doc, *row;
    double percent = 0;

    NEEDS_SSHD();
    e2e_expect(&e, &r, 0, "get", "connections,vibs,filter_stats,vsan,replications", "-o", "json",
               NULL);
    doc = e2e_json(&r);
    assert_int_equal(json_object_array_length(e2e_rows(doc, "connections")), 5);
    row = e2e_row(e2e_rows(doc, "connections"), "world", "vsfwd");
    assert_text(row, "purpose", "nsx_v_control");
    row = e2e_row(e2e_rows(doc, "vibs"), "vib", "esx-vsip");
    assert_text(row, "version", "6.0.0-0.0.4744062");
    assert_int_equal(json_object_array_length(e2e_rows(doc, "filter_stats")), 22);
    row = e2e_row(e2e_rows(doc, "filter_stats"), "counter", "state-mismatch");
    assert_text(row, "section", "drop reason");
    assert_text(row, "value", "3");
    row = e2e_row(e2e_rows(doc, "vsan"), "health", "yellow");
    assert_text(row, "cluster_id", "52fafd2f-885a-912b-123d-29320735129c");
    row = e2e_row(e2e_rows(doc, "replications"), "vm", "My Awesome VM");
    assert_text(row, "state", "full sync");
    assert_true(jsonq_double(row, "sync_progress_percent", &percent));
    assert_true(percent > 9.9 && percent < 10.1);
    json_object_put(doc);
    child_release(&r);
}

static void test_endpoints_say_how(void **state)
{
    struct child_result r;
    struct json_object *doc, *row;
    char *name = NULL;

    NEEDS_SSHD();
    e2e_expect(&e, &r, 0, "get", "endpoints", "-o", "json", NULL);
    doc = e2e_json(&r);
    name = mem_printf("esx/127.0.0.1:%d", sshd_port(sshd));
    row = e2e_row(e2e_rows(doc, "endpoints"), "endpoint", name);
    assert_text(row, "transport", "libssh2");
    assert_text(row, "product", "VMware ESXi");
    assert_text(row, "version", "8.0.3");
    assert_text(row, "freshness", "ok");
    json_object_put(doc);
    child_release(&r);
    free(name);
}

static void test_openssh_reads_the_same(void **state)
{
    struct child_result a, b;
    char *more;

    NEEDS_SSHD();
    e2e_expect(&e, &a, 0, "get", "filters,flows", "-o", "csv", NULL);
    more = mem_printf("transport: openssh, known_hosts: %s, ", sshd_known_hosts(sshd));
    configure(more);
    free(more);
    e2e_expect(&e, &b, 0, "get", "filters,flows", "-o", "csv", NULL);
    assert_string_equal(a.out.buf, b.out.buf);
    child_release(&a);
    child_release(&b);
}

/* ---- odd shells --------------------------------------------------------------------------------
 */

static void test_line_ends_do_not_matter(void **state)
{
    struct child_result a, b;

    NEEDS_SSHD();
    e2e_expect(&e, &a, 0, "get", "filters,host_rules,addrsets,flows", "-o", "csv", NULL);
    set_mode("crlf");
    e2e_expect(&e, &b, 0, "get", "filters,host_rules,addrsets,flows", "-o", "csv", NULL);
    assert_string_equal(a.out.buf, b.out.buf);
    child_release(&a);
    child_release(&b);
}

static void test_a_banner_is_told_and_does_no_harm(void **state)
{
    struct child_result r;

    NEEDS_SSHD();
    set_mode("banner");
    e2e_expect(&e, &r, 0, "get", "host_rules,endpoints", "-o", "json", NULL);
    child_says(&r.out, "Welcome to this host.");
    child_says(&r.out, "addrset ip-vm-33");
    child_release(&r);
}

static void test_garbage_is_no_table(void **state)
{
    static const char *const modes[] = {"garbage", "binary"};

    NEEDS_SSHD();
    for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
        struct child_result r;

        set_mode(modes[i]);
        e2e_expect(&e, &r, 3, "get", "filters", "-o", "json", NULL);
        child_says(&r.out, "were not understood, the first: ");
        assert_null(strchr(r.out.buf, '\033'));
        assert_null(strchr(r.err.buf, '\033'));
        child_release(&r);
    }
}

static void test_cut_output_is_partial(void **state)
{
    struct child_result r;

    NEEDS_SSHD();
    set_mode("cut");
    e2e_expect(&e, &r, 3, "get", "host_rules", "-o", "json", NULL);
    child_says(&r.out, "\"freshness\":\"partial\"");
    child_says(&r.out, "the output of 2 of 2 filters ends in its middle");
    child_says(&r.out, "\"rule_id\":1006");
    child_release(&r);
}

/* A filter that is not in a list that was cut off is not known to be missing. */
static void test_a_cut_list_is_partial(void **state)
{
    static const char *const of[] = {"filters", "addrsets"};

    NEEDS_SSHD();
    set_mode("cutlist");
    for (size_t i = 0; i < ARRAY_SIZE(of); i++) {
        struct child_result r;

        e2e_expect(&e, &r, 3, "get", of[i], "-o", "json", NULL);
        child_says(&r.out, "\"freshness\":\"partial\"");
        child_says(&r.out, "the output of summarize-dvfilter ends in its middle");
        child_says(&r.out, "nic-1744435-eth0-vmware-sfw.2");
        child_release(&r);
    }
}

/* Neither are flows and sets behind the line that an output ends within. */
static void test_a_cut_line_is_partial(void **state)
{
    static const char *const of[] = {"flows", "addrsets"};

    struct child_result r;

    NEEDS_SSHD();
    set_mode("cutline");
    e2e_expect(&e, &r, 3, "get", "connections", "-o", "json", NULL);
    child_says(&r.out, "\"freshness\":\"partial\"");
    child_says(&r.out, "the list of connections ends in its middle");
    child_release(&r);
    for (size_t i = 0; i < ARRAY_SIZE(of); i++) {
        e2e_expect(&e, &r, 3, "get", of[i], "-o", "json", NULL);
        child_says(&r.out, "\"freshness\":\"partial\"");
        child_says(&r.out, "the output of 2 of 2 filters ends in its middle");
        child_release(&r);
    }
}

/* A host that says nothing has not said that there is nothing. */
static void test_silence_is_no_table(void **state)
{
    static const char *const of[] = {"filters", "host_rules"};
    struct child_result r;

    NEEDS_SSHD();
    set_mode("silent");
    for (size_t i = 0; i < ARRAY_SIZE(of); i++) {
        e2e_expect(&e, &r, 3, "get", of[i], "-o", "json", NULL);
        child_says(&r.out, "\"freshness\":\"failed\"");
        child_says(&r.out, "summarize-dvfilter printed nothing");
        child_release(&r);
    }
    e2e_expect(&e, &r, 3, "get", "connections", "-o", "json", NULL);
    child_says(&r.out, "\"freshness\":\"failed\"");
    child_says(&r.out, "the list of connections is empty");
    child_release(&r);
    set_mode("norules");
    e2e_expect(&e, &r, 3, "get", "host_rules", "-o", "json", NULL);
    child_says(&r.out,
               "1 of 2 filters were not read: nothing was printed about 'nic-1744435-eth0-");
    child_says(&r.out, "nic-1744441-eth0-vmware-sfw.2");
    child_release(&r);
}

/* Words about a filter with status 0 are a refusal, not a filter without rules or sets; no words
 * are what a filter prints whose rules need no sets. */
static void test_a_refusal_is_no_table(void **state)
{
    static const char *const of[] = {"host_rules", "addrsets"};
    struct child_result r;

    NEEDS_SSHD();
    set_mode("foreign");
    for (size_t i = 0; i < ARRAY_SIZE(of); i++) {
        e2e_expect(&e, &r, 3, "get", of[i], "-o", "json", NULL);
        child_says(&r.out, "\"freshness\":\"partial\"");
        child_says(&r.out,
                   "1 of 2 filters were not read: nothing that was printed about 'nic-1744435-");
        child_says(&r.out, "nic-1744441-eth0-vmware-sfw.2");
        child_release(&r);
    }
    set_mode("nosets");
    e2e_expect(&e, &r, 0, "get", "addrsets", "-o", "json", NULL);
    child_says(&r.out, "\"freshness\":\"ok\"");
    child_says(&r.out, "nic-1744441-eth0-vmware-sfw.2");
    child_release(&r);
}

static void test_a_hanging_host_is_left(void **state)
{
    struct child_result r;

    NEEDS_SSHD();
    set_mode("hang");
    e2e_expect(&e, &r, 3, "get", "filters", "-o", "json", "--timeout", "2", NULL);
    child_says(&r.out, "\"error_kind\":\"limit\"");
    assert_true(r.ms < 20000);
    child_release(&r);
}

static void test_a_flood_has_an_end(void **state)
{
    struct child_result r;

    NEEDS_SSHD();
    set_mode("flood");
    e2e_expect(&e, &r, 3, "get", "filters", "-o", "json", NULL);
    child_says(&r.out, "\"error_kind\":\"limit\"");
    child_release(&r);
}

/* ---- trust -------------------------------------------------------------------------------------
 */

static void test_an_unknown_key_is_denied(void **state)
{
    struct child_result r;

    NEEDS_SSHD();
    configure("known_hosts: /nonexistent/known_hosts, ");
    e2e_expect(&e, &r, 3, "get", "filters", "-o", "json", NULL);
    child_says(&r.out, "\"freshness\":\"denied\"");
    child_says(&r.out, sshd_fingerprint(sshd));
    child_release(&r);
}

static void test_a_changed_key_shows_both(void **state)
{
    static const char other[] = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    struct child_result r;
    char *more = mem_printf("host_key: \"%s\", ", other);

    NEEDS_SSHD();
    configure(more);
    free(more);
    e2e_expect(&e, &r, 3, "get", "filters", "-o", "json", NULL);
    child_says(&r.out, "\"freshness\":\"denied\"");
    child_says(&r.out, sshd_fingerprint(sshd));
    child_says(&r.out, other);
    child_release(&r);
}

static void test_a_person_accepts_a_key(void **state)
{
    struct child_result r;
    char *name = NULL;

    NEEDS_SSHD();
    configure("known_hosts: /nonexistent/known_hosts, ");
    name = mem_printf("esx/127.0.0.1:%d", sshd_port(sshd));
    e2e_expect(&e, &r, 3, "trust", name, NULL);
    child_says(&r.out, sshd_fingerprint(sshd));
    child_release(&r);
    e2e_expect(&e, &r, 3, "trust", name, "--sha256",
               "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", NULL);
    child_release(&r);
    e2e_expect(&e, &r, 0, "trust", name, "--sha256", sshd_fingerprint(sshd), NULL);
    child_release(&r);
    e2e_expect(&e, &r, 0, "get", "filters", "-o", "json", NULL);
    child_release(&r);
    free(name);
}

/* First the jump host, for the whole range, then the host behind it; neither key stands for the
 * other. */
static void test_a_person_accepts_a_jump_host(void **state)
{
    struct sshd *bastion;
    struct child_result r;
    char *text, *name;

    NEEDS_SSHD();
    bastion = sshd_start(NULL);
    name = mem_printf("esx/127.0.0.1:%d", sshd_port(sshd));
    text = mem_printf(
        "sites: [{name: dc2, endpoints: [{name: esx, kind: esxi, hosts: "
        "[\"127.0.0.1:%d\"], user: root, known_hosts: /nonexistent/known_hosts, key_file: %s, "
        "jump: \"root@127.0.0.1:%d\", jump_key_file: %s, jump_known_hosts: "
        "/nonexistent/known_hosts}]}]\n",
        sshd_port(sshd), sshd_user_key(sshd, "ed25519"), sshd_port(bastion),
        sshd_user_key(bastion, "ed25519"));
    write_text(e.config, text);
    e2e_expect(&e, &r, 3, "get", "filters", "-o", "json", NULL);
    child_says(&r.out, "the host key of jump host ");
    child_says(&r.out, sshd_fingerprint(bastion));
    child_release(&r);
    e2e_expect(&e, &r, 3, "trust", name, NULL);
    child_says(&r.out, sshd_fingerprint(bastion));
    child_says(&r.err, "not accepted");
    child_release(&r);
    e2e_expect(&e, &r, 3, "trust", name, "--sha256", sshd_fingerprint(sshd), NULL);
    child_release(&r);
    e2e_expect(&e, &r, 0, "trust", name, "--sha256", sshd_fingerprint(bastion), NULL);
    child_says(&r.err, "the host key of 'dc2/esx' at 127.0.0.1:");
    child_release(&r);
    e2e_expect(&e, &r, 3, "get", "filters", "-o", "json", NULL);
    child_says(&r.out, sshd_fingerprint(sshd));
    child_release(&r);
    e2e_expect(&e, &r, 0, "trust", name, "--sha256", sshd_fingerprint(sshd), NULL);
    child_release(&r);
    e2e_expect(&e, &r, 0, "get", "filters", "-o", "json", NULL);
    child_release(&r);
    free(text);
    free(name);
    sshd_stop(bastion);
}

static void test_a_refused_key_is_auth(void **state)
{
    struct child_result r;
    char *text;

    NEEDS_SSHD();
    text = mem_printf("sites: [{name: dc1, endpoints: [{name: esx, kind: esxi, hosts: "
                      "[\"127.0.0.1:%d\"], user: nobody, known_hosts: %s, key_file: %s}]}]\n",
                      sshd_port(sshd), sshd_known_hosts(sshd), sshd_user_key(sshd, "ed25519"));
    write_text(e.config, text);
    free(text);
    e2e_expect(&e, &r, 3, "get", "filters", "-o", "json", NULL);
    child_says(&r.out, "\"error_kind\":\"auth\"");
    child_release(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_tables, before),
        cmocka_unit_test_setup(test_counters_are_of_their_rules, before),
        cmocka_unit_test_setup(test_smaller_tables, before),
        cmocka_unit_test_setup(test_endpoints_say_how, before),
        cmocka_unit_test_setup(test_openssh_reads_the_same, before),
        cmocka_unit_test_setup(test_line_ends_do_not_matter, before),
        cmocka_unit_test_setup(test_a_banner_is_told_and_does_no_harm, before),
        cmocka_unit_test_setup(test_garbage_is_no_table, before),
        cmocka_unit_test_setup(test_cut_output_is_partial, before),
        cmocka_unit_test_setup(test_a_cut_list_is_partial, before),
        cmocka_unit_test_setup(test_a_cut_line_is_partial, before),
        cmocka_unit_test_setup(test_silence_is_no_table, before),
        cmocka_unit_test_setup(test_a_refusal_is_no_table, before),
        cmocka_unit_test_setup(test_a_hanging_host_is_left, before),
        cmocka_unit_test_setup(test_a_flood_has_an_end, before),
        cmocka_unit_test_setup(test_an_unknown_key_is_denied, before),
        cmocka_unit_test_setup(test_a_changed_key_shows_both, before),
        cmocka_unit_test_setup(test_a_person_accepts_a_key, before),
        cmocka_unit_test_setup(test_a_person_accepts_a_jump_host, before),
        cmocka_unit_test_setup(test_a_refused_key_is_auth, before),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
