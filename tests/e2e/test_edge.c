/* The program against NSX edge nodes of the lab, over SSH: what they say, how it stands beside NSX
 * Manager's word, what odd command lines and hostile answers do to it, and who is denied. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <limits.h>
#include <unistd.h>

#include "core/file.h"
#include "core/mem.h"
#include "tests/support/e2e.h"
#include "tests/support/sshd.h"

static struct e2e e;

static int start(void **state)
{
    (void)state;
    e2e_start(&e, "steady", "edges_ssh=3");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    e2e_stop(&e);
    return 0;
}

static void act(const char *body)
{
    json_object_put(e2e_control(&e, "POST", "/action", body));
}

static void assert_text(struct json_object *row, const char *column, const char *want)
{
    const char *got = jsonq_str(row, column);

    assert_non_null(row);
    assert_string_equal(got ? got : "(nothing)", want);
}

static struct json_object *get(const char *table, int status)
{
    struct child_result r;
    struct json_object *doc;

    e2e_expect(&e, &r, status, "get", table, "-o", "json", "--site", "dc1", NULL);
    doc = e2e_json(&r);
    child_release(&r);
    return doc;
}

static struct json_object *rows_of(struct json_object *doc)
{
    return jsonq_get(doc, "rows");
}

/* The row of @gateway on @edge in edge_gateways or gateways. */
static struct json_object *find(struct json_object *doc, const char *gateway, const char *edge)
{
    struct json_object *rows = rows_of(doc);

    for (size_t i = 0; i < jsonq_count(rows); i++) {
        struct json_object *row = jsonq_item(rows, i);
        const char *g = jsonq_str(row, "gateway"), *n = jsonq_str(row, "edge");

        if (g && n && strcmp(g, gateway) == 0 && strcmp(n, edge) == 0)
            return row;
    }
    return NULL;
}

static void assert_role(const char *edge, const char *says, const char *nsx, const char *verdict)
{
    struct json_object *doc = get("edge_gateways", 0), *row = find(doc, "t0-dc", edge);

    assert_text(row, "ha_state", says);
    assert_text(row, "nsx_state", nsx);
    assert_text(row, "verdict", verdict);
    json_object_put(doc);
}

/* ---- what is read ------------------------------------------------------------------------------
 */

static void test_tables(void **state)
{
    struct json_object *doc, *row;

    (void)state;
    doc = get("edge_status", 0);
    assert_int_equal(jsonq_count(rows_of(doc)), 3);
    row = e2e_row(rows_of(doc), "edge", "edge-01");
    assert_text(row, "status", "up");
    assert_text(row, "verdict", "agrees");
    assert_text(row, "join", "edge_id");
    json_object_put(doc);
    assert_role("edge-01", "active", "active", "agrees");
    assert_role("edge-02", "standby", "standby", "agrees");
    doc = get("bridges", 0);
    row = e2e_row(rows_of(doc), "edge", "edge-01");
    assert_text(row, "segment", "seg-dc-l2");
    assert_text(row, "state", "forwarding");
    assert_text(row, "peer", "edge-02");
    json_object_put(doc);
    doc = get("segments", 0);
    row = e2e_row(rows_of(doc), "segment", "seg-dc-l2");
    assert_int_equal(jsonq_len(row, "bridge_edges"), 2);
    json_object_put(doc);
}

/* The states move with the model, and the edges' word stands beside NSX Manager's. */
static void test_failover(void **state)
{
    struct json_object *doc;

    (void)state;
    act("{\"do\":\"edge-says\",\"site\":\"dc1\",\"edge\":\"edge-02\",\"state\":\"Active\"}");
    act("{\"do\":\"edge-says\",\"site\":\"dc1\",\"edge\":\"edge-01\",\"state\":\"Standby\"}");
    assert_role("edge-02", "active", "standby", "differs");
    doc = get("gateways", 0);
    assert_text(find(doc, "t0-dc", "edge-01"), "ha_status", "active");
    assert_text(find(doc, "t0-dc", "edge-01"), "edge_says", "standby");
    json_object_put(doc);
    act("{\"do\":\"move-edge\",\"site\":\"dc1\"}");
    act("{\"do\":\"edge-says\",\"site\":\"dc1\",\"edge\":\"edge-01\",\"state\":\"model\"}");
    act("{\"do\":\"edge-says\",\"site\":\"dc1\",\"edge\":\"edge-02\",\"state\":\"model\"}");
    assert_role("edge-02", "active", "active", "agrees");
    assert_role("edge-01", "standby", "standby", "agrees");
    doc = get("bridges", 0);
    assert_text(e2e_row(rows_of(doc), "edge", "edge-02"), "state", "forwarding");
    json_object_put(doc);
    act("{\"do\":\"move-edge\",\"site\":\"dc1\"}");
    assert_role("edge-01", "active", "active", "agrees");
}

static void assert_finding(struct json_object *doc, const char *check, const char *subject,
                           const char *says)
{
    struct json_object *rows = e2e_rows(doc, "findings"), *row = NULL;

    for (size_t i = 0; i < jsonq_count(rows) && !row; i++) {
        struct json_object *f = jsonq_item(rows, i);

        if (strcmp(jsonq_str(f, "check"), check) == 0 &&
            strcmp(jsonq_str(f, "subject"), subject) == 0)
            row = f;
    }
    if (!row || !strstr(jsonq_str(row, "summary"), says))
        fail_msg("no '%s' of %s [%s]", says, check, subject);
}

static void test_split_brain(void **state)
{
    struct child_result r;
    struct json_object *doc;

    (void)state;
    act("{\"do\":\"edge-says\",\"site\":\"dc1\",\"edge\":\"edge-02\",\"gateway\":\"t0-dc\","
        "\"state\":\"Active\"}");
    act("{\"do\":\"edge-says\",\"site\":\"dc1\",\"edge\":\"edge-02\",\"bridges\":1,"
        "\"state\":\"Active\"}");
    e2e_expect(&e, &r, 1, "check", "-o", "json", "--site", "dc1", NULL);
    doc = e2e_json(&r);
    assert_finding(doc, "edge-says", "t0-dc", "Split brain: 2 edges");
    assert_finding(doc, "edge-says", "t0-dc on edge-02", "says it is active for gateway t0-dc");
    assert_finding(doc, "bridge-active", "seg-dc-l2, vlan 2100", "2 edges forward");
    json_object_put(doc);
    child_release(&r);
    act("{\"do\":\"edge-says\",\"site\":\"dc1\",\"edge\":\"edge-02\",\"state\":\"model\"}");
    act("{\"do\":\"edge-says\",\"site\":\"dc1\",\"edge\":\"edge-02\",\"bridges\":1,"
        "\"state\":\"model\"}");
    e2e_expect(&e, &r, 0, "check", "--site", "dc1", NULL);
    child_release(&r);
}

/* ---- odd command lines -------------------------------------------------------------------------
 */

static void test_odd_shell(void **state)
{
    struct json_object *doc;

    (void)state;
    act("{\"do\":\"edge-shell\",\"site\":\"dc1\",\"edge\":\"edge-01\",\"crlf\":1,\"pager\":1,"
        "\"banner\":\"NSX CLI (Edge). Press ? for command list or enter: help\"}");
    assert_role("edge-01", "active", "active", "agrees");
    doc = get("edge_status", 0);
    assert_text(e2e_row(rows_of(doc), "edge", "edge-01"), "routing_status", "up");
    json_object_put(doc);
    doc = get("bridges", 0);
    assert_text(e2e_row(rows_of(doc), "edge", "edge-01"), "peer_state", "standby");
    json_object_put(doc);
    act("{\"do\":\"edge-shell\",\"site\":\"dc1\",\"edge\":\"edge-01\",\"crlf\":0,\"pager\":0,"
        "\"banner\":\"\"}");
}

/* An edge before 3.2 answers for one router; that is what is shown. */
static void test_old_edge(void **state)
{
    struct json_object *doc;

    (void)state;
    act("{\"do\":\"edge-shell\",\"site\":\"dc1\",\"edge\":\"edge-01\",\"old\":1}");
    doc = get("edge_gateways", 0);
    assert_text(find(doc, "t0-dc", "edge-01"), "ha_state", "active");
    assert_null(find(doc, "t1-tenant-a", "edge-01"));
    assert_non_null(find(doc, "t1-tenant-a", "edge-02"));
    json_object_put(doc);
    act("{\"do\":\"edge-shell\",\"site\":\"dc1\",\"edge\":\"edge-01\",\"old\":0}");
}

/* ---- what goes wrong ---------------------------------------------------------------------------
 */

static void fault(const char *members)
{
    char *body = mem_printf("{\"endpoint\":\"edge-dc1-edge-01\",%s}", members);

    json_object_put(e2e_control(&e, "POST", "/faults", body));
    free(body);
}

static void clear(void)
{
    json_object_put(e2e_control(&e, "DELETE", "/faults", NULL));
}

/* One edge that is broken: its source says so, and the others are shown. */
static void assert_broken(int status, const char *members, const char *says)
{
    struct child_result r;

    fault(members);
    e2e_expect(&e, &r, status, "get", "edge_status", "-o", "json", "--site", "dc1", "--timeout",
               "20", NULL);
    if (!strstr(r.out.buf, says))
        fail_msg("%s: '%s' is not in:\n%s", members, says, r.out.buf);
    assert_non_null(strstr(r.out.buf, "edge-02"));
    child_release(&r);
    clear();
}

static void test_broken(void **state)
{
    (void)state;
    assert_broken(3, "\"fault\":\"truncated\",\"action\":\"get edge*\"", "was ended from outside");
    assert_broken(3, "\"fault\":\"close\",\"action\":\"get edge*\"", "\"freshness\":\"failed\"");
    assert_broken(3, "\"fault\":\"oversized\",\"bytes\":100000000,\"action\":\"get edge*\"",
                  "\"error_kind\":\"limit\"");
}

static void test_changed_key(void **state)
{
    struct child_result r;

    (void)state;
    act("{\"do\":\"host-key\",\"endpoint\":\"edge-dc1-edge-02\"}");
    e2e_expect(&e, &r, 3, "get", "edge_status", "-o", "json", "--site", "dc1", NULL);
    assert_non_null(strstr(r.out.buf, "\"freshness\":\"denied\""));
    child_release(&r);
    /* What NSX Manager says needs no edge. */
    e2e_expect(&e, &r, 0, "get", "gateways", "--site", "dc1", NULL);
    child_release(&r);
}

/* ---- an independent server ---------------------------------------------------------------------
 */

/* OpenSSH's sshd and samples of real edges; hosts by either implementation of SSH. */
static void check_samples(struct sshd *sshd, const char *transport)
{
    char *text = mem_printf(
        "sites: [{name: dc1, endpoints: [{name: edge, kind: edge, hosts: [\"127.0.0.1:%d\"], user: "
        "root, transport: %s, known_hosts: %s, key_file: %s}]}]\n",
        sshd_port(sshd), transport, sshd_known_hosts(sshd), sshd_user_key(sshd, "ed25519"));
    char *config = e.config, *path = mem_printf("%s/sshd-%s.yaml", e.home, transport);
    struct json_object *doc;
    struct err err = {0};

    if (file_write_atomic(path, text, strlen(text), 0600, &err))
        fail_msg("%s", err.msg);
    e.config = path;
    doc = get("edge_status", 0);
    assert_text(jsonq_item(rows_of(doc), 0), "edge_id", "f9933e11-96a5-48fa-9f64-9c3b789d530c");
    assert_text(jsonq_item(rows_of(doc), 0), "routing_status", "down");
    json_object_put(doc);
    doc = get("edge_gateways", 0);
    assert_int_equal(jsonq_count(rows_of(doc)), 2);
    assert_text(e2e_row(rows_of(doc), "router", "SR-Tier-0-Site-A"), "ha_state", "active");
    assert_text(e2e_row(rows_of(doc), "router", "SR-Tier-1-Site-A"), "ha_state", "standby");
    json_object_put(doc);
    doc = get("bridges", 0);
    assert_text(e2e_row(rows_of(doc), "switch", "22-switch-1216"), "ha_state", "active");
    json_object_put(doc);
    doc = get("endpoints", 0);
    assert_text(jsonq_item(rows_of(doc), 0), "version", "3.2.3.0.0.21703605");
    json_object_put(doc);
    e.config = config;
    free(path);
    free(text);
}

static void test_samples(void **state)
{
    char cwd[PATH_MAX], *config;
    struct sshd *sshd;

    (void)state;
    if (!sshd_is_there())
        skip();
    assert_non_null(getcwd(cwd, sizeof(cwd)));
    config = mem_printf("ForceCommand /bin/sh %s/tests/support/edge_shell.sh %s/tests/fixtures",
                        cwd, cwd);
    sshd = sshd_start(&(struct sshd_options){.config = config});
    check_samples(sshd, "libssh2");
    check_samples(sshd, "openssh");
    sshd_stop(sshd);
    free(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables),      cmocka_unit_test(test_failover),
        cmocka_unit_test(test_split_brain), cmocka_unit_test(test_odd_shell),
        cmocka_unit_test(test_old_edge),    cmocka_unit_test(test_broken),
        cmocka_unit_test(test_changed_key), cmocka_unit_test(test_samples),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
