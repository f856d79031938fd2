/* vCenter, vSAN and replication end to end: what the lab's scenarios do to them, and what happens
 * when a vCenter refuses, forgets its sessions, sends too much or does not answer. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "tests/support/e2e_watch.h"

#define VCENTER  "vcenter-dc1"
#define WITH_ALL "vcenter=1,replication=4"

static struct e2e e;

static int start(void **state)
{
    (void)state;
    e2e_start(&e, "steady", WITH_ALL);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    e2e_stop(&e);
    return 0;
}

static const char *text(struct json_object *row, const char *name)
{
    const char *value = row ? jsonq_str(row, name) : NULL;

    return value ? value : "-";
}

/* @what (of columns or of sources) must contain @part. */
static void contains(const char *what, const char *have, const char *part)
{
    if (!strstr(have, part))
        fail_msg("%s is '%s', without '%s'", what, have, part);
}

static struct json_object *ask(struct child_result *r, int status, const char *table)
{
    e2e_hycon(&e, r, "get", table, "--site", "dc1", "-o", "json", NULL);
    if (r->status != status)
        fail_msg("get %s: exit status %d\n%s\n%s", table, r->status, r->out.buf, r->err.buf);
    return e2e_json(r);
}

/* ---- what is read ------------------------------------------------------------------------------
 */

static void test_libraries(void **state)
{
    struct child_result r;
    struct json_object *doc = ask(&r, 0, "libraries"), *rows = e2e_rows(doc, "libraries");
    struct json_object *local = e2e_row(rows, "library", "templates");
    struct json_object *synced = e2e_row(rows, "kind", "subscribed");

    (void)state;
    assert_string_equal(text(local, "kind"), "local");
    assert_string_equal(text(local, "last_sync_at"), "-");
    contains("publisher", text(synced, "publisher"), "https://vcenter.sddc-tokyo.");
    contains("last_sync_at", text(synced, "last_sync_at"), "T");
    json_object_put(doc);
    child_release(&r);
}

static void test_storage_policies(void **state)
{
    struct child_result r;
    struct json_object *doc = ask(&r, 0, "vms"), *rows = e2e_rows(doc, "vms");
    struct json_object *vsan;

    (void)state;
    assert_string_equal(text(e2e_row(rows, "vm", "edge-01"), "storage_policy"),
                        "Management Storage Policy - Regular");
    assert_string_equal(text(e2e_row(rows, "vm", "vm-00001"), "storage_policy"),
                        "vSAN Default Storage Policy");
    json_object_put(doc);
    child_release(&r);
    doc = ask(&r, 0, "vsan");
    vsan = jsonq_item(e2e_rows(doc, "vsan"), 0);
    contains("policies", json_object_to_json_string(jsonq_get(vsan, "policies")),
             "Management Storage Policy - Regular=");
    json_object_put(doc);
    child_release(&r);
}

/* A vCenter that does not tell them: empty cells and a message, nothing more. */
static void test_no_storage_policies(void **state)
{
    static const char *const faults[] = {
        "\"fault\":\"status\",\"status\":404",
        "\"fault\":\"status\",\"status\":500,\"code\":\"NoPermission\"",
        "\"fault\":\"status\",\"status\":500,\"code\":\"NotAuthenticated\"",
        "\"fault\":\"status\",\"status\":503", "\"fault\":\"malformed\""};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
        char *members = mem_printf("\"endpoint\":\"" VCENTER "\",\"path\":\"/pbm*\",%s", faults[i]);
        struct json_object *doc, *source, *row;
        struct child_result r;

        json_object_put(e2e_control(&e, "DELETE", "/faults", NULL));
        e2e_fault(&e, members);
        doc = ask(&r, 0, "vms");
        source = e2e_row(jsonq_get(doc, "sources"), "endpoint", VCENTER);
        row = e2e_row(e2e_rows(doc, "vms"), "vm", "vm-00001");
        assert_string_equal(text(source, "freshness"), "ok");
        assert_string_equal(text(source, "error_kind"), "-");
        contains(faults[i], text(source, "message"), "storage policies of VMs were not read");
        assert_string_equal(text(row, "storage_policy"), "-");
        assert_string_equal(text(row, "power_state"), "poweredOn");
        json_object_put(doc);
        child_release(&r);
        free(members);
    }
}

/* vCenter says where the VM of an edge runs, although NSX lists it, too. */
static void test_host_of_edge(void **state)
{
    struct child_result r;
    struct json_object *doc = ask(&r, 0, "edges"), *row;

    (void)state;
    row = e2e_row(e2e_rows(doc, "edges"), "edge", "edge-01");
    contains("host", text(row, "host"), "esx");
    assert_string_equal(text(row, "host_join"), "vm_uuid, vms.instance_uuid, vms.host_id");
    json_object_put(doc);
    child_release(&r);
}

/* ---- scenarios ---------------------------------------------------------------------------------
 */

static void scene(const char *scenario, int seconds)
{
    e2e_stop(&e);
    e2e_start(&e, scenario, NULL);
    e2e_advance(&e, seconds);
}

/* State, cause, verdict, finding and event of one full synchronisation. */
static void test_full_sync(void **state)
{
    struct json_object *doc, *row;
    struct child_result r;

    (void)state;
    scene("full-sync", 6);
    doc = ask(&r, 0, "replications");
    row = e2e_row(e2e_rows(doc, "replications"), "vm", "vm-00002");
    assert_string_equal(text(row, "state"), "FULL_SYNC");
    assert_string_equal(text(row, "verdict"), "full_sync");
    contains("sync_cause", text(row, "sync_cause"),
             "the connection to the replication server broke (");
    json_object_put(doc);
    child_release(&r);
    doc = ask(&r, 0, "events");
    row = e2e_row(e2e_rows(doc, "events"), "type", "com.vmware.vcHms.hbrDisconnectedEvent");
    assert_string_equal(text(row, "entity"), "vm-00002");
    json_object_put(doc);
    child_release(&r);
    e2e_expect(&e, &r, 1, "check", "--site", "dc1", "-o", "json", NULL);
    doc = e2e_json(&r);
    row = e2e_row(e2e_rows(doc, "findings"), "check", "replication-state");
    assert_string_equal(text(row, "severity"), "warning");
    contains("summary", text(row, "summary"), "vm-00002 is compared whole again");
    contains("evidence", json_object_to_json_string(row), "before it: the connection to");
    json_object_put(doc);
    child_release(&r);
}

/* How far a move is, from where to where, and where the VM is when it has ended. */
static void test_vmotion(void **state)
{
    struct json_object *doc, *row;
    struct child_result r;
    double percent = 0;

    (void)state;
    scene("vmotion", 10);
    doc = ask(&r, 0, "tasks");
    row = e2e_row(e2e_rows(doc, "tasks"), "kind", "vmotion");
    assert_string_equal(text(row, "entity"), "vm-00001");
    assert_string_equal(text(row, "state"), "running");
    assert_true(jsonq_double(row, "progress_percent", &percent) && percent == 72);
    contains("moved_from", text(row, "moved_from"), "esx01");
    contains("moved_to", text(row, "moved_to"), "esx03");
    json_object_put(doc);
    child_release(&r);
    e2e_advance(&e, 3);
    doc = ask(&r, 0, "vms");
    contains("host", text(e2e_row(e2e_rows(doc, "vms"), "vm", "vm-00001"), "host"), "esx03");
    json_object_put(doc);
    child_release(&r);
}

struct moving {
    const char *state;
    double percent; /* -1: none */
};

static bool has_moved(struct json_object *doc, void *arg)
{
    const struct moving *m = arg;
    struct json_object *row = e2e_row(e2e_rows(doc, "tasks"), "kind", "vmotion");
    double percent = -1;

    (void)jsonq_double(row, "progress_percent", &percent);
    return row && strcmp(text(row, "state"), m->state) == 0 && percent == m->percent &&
           strcmp(text(e2e_source(doc, "tasks", VCENTER), "freshness"), "ok") == 0;
}

/* Its progress is told as it changes: nothing is polled before a minute and a half have passed, and
 * no reading of tasks would be answered. */
static void test_vmotion_is_told(void **state)
{
    static const char *const args[] = {"tasks", "--site", "dc1", NULL};
    static struct moving steps[] = {{"running", 35}, {"running", 72}, {"success", -1}};
    struct moving begun = {"running", 0};
    struct e2e_watch w;

    (void)state;
    scene("vmotion", 4);
    e2e_configure(&e, "intervals: {vms: 10m}\n");
    e2e_watch_start(&w, &e, args);
    e2e_watch_until(&w, 60, "the vMotion began", has_moved, &begun);
    e2e_fault(&e, "\"endpoint\":\"" VCENTER "\",\"fault\":\"status\",\"status\":500,"
                  "\"code\":\"NoPermission\",\"action\":\"RetrievePropertiesEx\"");
    for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
        e2e_advance(&e, 3);
        e2e_watch_until(&w, 30, "its progress is told", has_moved, &steps[i]);
    }
    e2e_watch_stop(&w);
}

/* One red line for a host that died; what else is red hangs below it. The edge moved to another
 * host, whose ENI is active, and HA's restarts are dated. */
static void test_host_lost(void **state)
{
    struct json_object *doc, *rows, *row;
    struct child_result r;
    size_t red = 0, below = 0;

    (void)state;
    scene("host-lost", 13);
    e2e_expect(&e, &r, 2, "check", "--site", "tokyo", "-o", "json", NULL);
    doc = e2e_json(&r);
    rows = e2e_rows(doc, "findings");
    for (size_t i = 0; i < jsonq_count(rows); i++) {
        row = jsonq_item(rows, i);
        if (strcmp(text(row, "severity"), "critical") != 0)
            continue;
        red += jsonq_str(row, "caused_by") == NULL;
        below += strcmp(text(row, "caused_by"), "tokyo/host-health/Cluster-1") == 0;
    }
    if (red != 1 || below < 1)
        fail_msg("%zu red causes, %zu below the host:\n%s", red, below, r.out.buf);
    json_object_put(doc);
    child_release(&r);
    e2e_expect(&e, &r, 0, "get", "edges,vms,enis", "--site", "tokyo", "-o", "json", NULL);
    doc = e2e_json(&r);
    row = e2e_row(e2e_rows(doc, "vms"), "vm", "NSX-Edge-0");
    contains("ha_restarted_at", text(row, "ha_restarted_at"), "T");
    row = e2e_row(e2e_rows(doc, "edges"), "edge", "NSX-Edge-1");
    contains("host of the edge", text(row, "host"), "esx-3");
    contains("roles", json_object_to_json_string(jsonq_get(row, "roles")), "=active");
    json_object_put(doc);
    child_release(&r);
}

/* ---- a vCenter that does not do as it should ---------------------------------------------------
 */

struct expectation {
    const char *fault, *freshness, *kind, *says; /* of the source of vms */
};

static void expect(const struct expectation *x)
{
    char *members = mem_printf("\"endpoint\":\"" VCENTER "\",%s", x->fault);
    bool ok = strcmp(x->freshness, "ok") == 0;
    struct json_object *doc, *source;
    struct child_result r;

    json_object_put(e2e_control(&e, "DELETE", "/faults", NULL));
    e2e_fault(&e, members);
    e2e_hycon(&e, &r, "get", "vms,segments", "--site", "dc1", "-o", "json", "--timeout",
              strstr(x->fault, "hang") ? "4" : "30", NULL);
    doc = e2e_json(&r);
    source = e2e_row(jsonq_get(jsonq_at(doc, "tables", 0), "sources"), "endpoint", VCENTER);
    if (strcmp(text(source, "freshness"), x->freshness) != 0 ||
        strcmp(text(source, "error_kind"), x->kind) != 0 ||
        !strstr(text(source, "message"), x->says))
        fail_msg("{%s}: %s, %s: %s", x->fault, text(source, "freshness"),
                 text(source, "error_kind"), text(source, "message"));
    assert_int_equal(r.status, ok ? 0 : 3);
    assert_true(jsonq_count(e2e_rows(doc, "segments")) > 0); /* NSX's, which goes on */
    json_object_put(doc);
    child_release(&r);
    free(members);
}

static void test_faults(void **state)
{
    static const struct expectation x[] = {
        {"\"fault\":\"status\",\"status\":500,\"code\":\"NotAuthenticated\",\"action\":"
         "\"WaitForUpdatesEx\",\"count\":1",
         "ok", "-", "-"},
        {"\"fault\":\"status\",\"status\":500,\"code\":\"NotAuthenticated\",\"action\":"
         "\"WaitForUpdatesEx\"",
         "denied", "auth", "refused again after a new login"},
        {"\"fault\":\"status\",\"status\":500,\"code\":\"InvalidLogin\",\"action\":\"Login\"",
         "denied", "auth", "InvalidLogin"},
        {"\"fault\":\"oversized\",\"bytes\":210000000,\"action\":\"WaitForUpdatesEx\"", "failed",
         "limit", "larger than"},
        {"\"fault\":\"truncated\",\"action\":\"WaitForUpdatesEx\"", "failed", "net", "ended early"},
        {"\"fault\":\"malformed\",\"action\":\"WaitForUpdatesEx\"", "failed", "proto", "XML"},
        {"\"fault\":\"hang\",\"action\":\"WaitForUpdatesEx\"", "never", "limit", "4s"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(x); i++)
        expect(&x[i]);
}

/* A session that is forgotten in the middle: one login more, views and filters anew. */
static void test_one_new_login(void **state)
{
    static const struct expectation once = {
        "\"fault\":\"status\",\"status\":500,\"code\":\"NotAuthenticated\",\"action\":"
        "\"WaitForUpdatesEx\",\"count\":1",
        "ok", "-", "-"};

    (void)state;
    expect(&once);
    assert_int_equal(e2e_counter(&e, VCENTER, "logins"), 2);
}

/* A password that is refused is sent once. */
static void test_invalid_login(void **state)
{
    static const struct expectation refused = {
        "\"fault\":\"status\",\"status\":500,\"code\":\"InvalidLogin\",\"action\":\"Login\"",
        "denied", "auth", "InvalidLogin"};

    (void)state;
    expect(&refused);
    assert_true(e2e_counter(&e, VCENTER, "requests") <= 3); /* versions, content, login */
}

/* It stops answering after the first reading: its rows stay and say so, those of NSX are live. */
static void test_gone_in_the_middle(void **state)
{
    char *program = mem_printf("%s/hycon", e.bin), *home = mem_printf("HOME=%s", e.home);
    char *config = mem_printf("HYCON_CONFIG=%s", e.config);
    const char *argv[] = {program,   "get", "vms,segments", "--site", "dc1",
                          "--watch", "-o",  "json",         NULL};
    const char *env[] = {home, config, NULL};
    struct child_result r;
    const char *failed;

    (void)state;
    e2e_fault(&e, "\"endpoint\":\"" VCENTER "\",\"fault\":\"close\",\"action\":"
                  "\"WaitForUpdatesEx\",\"skip\":1");
    child_run(&r, &(struct child_options){.argv = argv,
                                          .env = env,
                                          .timeout_ms = E2E_TIMEOUT_MS,
                                          .signal_after = "\"freshness\":\"failed\"",
                                          .signal = SIGTERM});
    failed = strstr(r.out.buf, "\"freshness\":\"failed\"");
    if (!failed || !strstr(failed, "\"vm\":\"edge-01\"") ||
        !strstr(failed, "\"segment\":\"seg-db\"") ||
        !strstr(failed, "\"endpoint\":\"nsx-dc1\",\"freshness\":\"ok\""))
        fail_msg("exit status %d: %s\n%s", r.status, r.out.buf, r.err.buf);
    child_release(&r);
    free(program);
    free(home);
    free(config);
}

#define T(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_libraries),     T(test_storage_policies), T(test_no_storage_policies),
        T(test_full_sync),     T(test_vmotion),          T(test_vmotion_is_told),
        T(test_host_lost),     T(test_faults),           T(test_one_new_login),
        T(test_invalid_login), T(test_host_of_edge),     T(test_gone_in_the_middle),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
