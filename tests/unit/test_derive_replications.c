/* The RPO rule, as a table and through the model: what is remembered, what time alone changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "core/strbuf.h"
#include "model/derive/replication.h"
#include "tests/support/model_case.h"

#define MIN 60000LL
#define NOW MODEL_CASE_NOW

static const char config[] = "sites:\n"
                             "  - name: dc1\n"
                             "    endpoints:\n"
                             "      - {name: vc, kind: vcenter, url: \"https://vc.example/\", "
                             "user: u, password: {env: P}}\n";

struct rule_case {
    const char *name, *state;
    int64_t rpo, age, violation, estimate; /* minutes; age, violation, estimate -1: not known */
    const char *verdict;
    int64_t late; /* minutes; -1 */
};

/* RPO 30 min: seed figures. 15 min are half of it. */
static const struct rule_case rules[] = {
    {"young and quick", "OK", 30, 10, -1, 10, "ok", -1},
    {"exactly half is fine", "OK", 30, 10, -1, 15, "ok", -1},
    {"above half", "OK", 30, 10, -1, 16, "at_risk", -1},
    {"as old as the RPO is not late", "OK", 30, 30, -1, 10, "ok", -1},
    {"a minute older", "OK", 30, 31, -1, 10, "late", 1},
    {"late, whatever the estimate", "SYNC", 30, 75, -1, 20, "late", 45},
    {"the manager says so", "RPO_VIOLATION", 30, 10, -1, 10, "late", -1},
    {"and by how much", "SYNC_RPO_VIOLATION", 30, 10, 7, 10, "late", 7},
    {"the larger of both", "OK", 30, 40, 7, 10, "late", 10},
    {"full sync", "FULL_SYNC", 30, 10, -1, 10, "full_sync", -1},
    {"full sync and late", "FULL_SYNC_RPO_VIOLATION", 30, 90, -1, 10, "full_sync", 60},
    {"the first one", "INITIAL_FULL_SYNC", 30, -1, -1, -1, "full_sync", -1},
    {"paused", "PAUSED", 30, 90, -1, 10, "paused", 60},
    {"failed, not late yet", "ERROR", 30, 10, -1, 5, "at_risk", -1},
    {"failed and late", "ERROR_RPO_VIOLATION", 30, 90, -1, 5, "late", 60},
    {"no RPO", "OK", 0, 10, -1, 5, "unknown", -1},
    {"no instance", "OK", 30, -1, -1, 5, "unknown", -1},
    {"nothing at all", NULL, 30, -1, -1, -1, "unknown", -1},
    {"at risk by its estimate alone", "SYNC", 30, -1, -1, 16, "at_risk", -1},
    {"failed over", "RECOVERED", 30, 90, -1, 5, NULL, 60},
    {"a word nobody knows yet", "SOMETHING_NEW", 30, 10, -1, 5, "ok", -1},
};

static int64_t minutes(int64_t m)
{
    return m < 0 ? -1 : m * MIN;
}

static void test_rule(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
        const struct rule_case *c = &rules[i];
        struct replication_seen s = {.now = NOW,
                                     .rpo_ms = c->rpo * MIN,
                                     .last_instance_at = c->age < 0 ? 0 : NOW - c->age * MIN,
                                     .violation_ms = minutes(c->violation),
                                     .estimate_ms = minutes(c->estimate),
                                     .state = replication_state(c->state)};
        struct replication_verdict v = replication_judge(&s);

        if ((v.verdict == NULL) != (c->verdict == NULL) ||
            (v.verdict && strcmp(v.verdict, c->verdict) != 0))
            fail_msg("%s: %s", c->name, v.verdict ? v.verdict : "none");
        if (v.late_ms != minutes(c->late))
            fail_msg("%s: late %lld ms", c->name, (long long)v.late_ms);
    }
}

static void test_estimate(void **state)
{
    struct sample s[20];
    struct sample_series series = {s, 0};

    (void)state;
    assert_int_equal(replication_estimate(&series), -1);
    for (int i = 0; i < 20; i++)
        s[i] = (struct sample){i + 1, i < 5 ? 1000000000 : 10 * MIN};
    series.n = 20; /* the first five no longer count */
    assert_int_equal(replication_estimate(&series), 12 * MIN);
    series.n = 1;
    s[0].value = 1000;
    assert_int_equal(replication_estimate(&series), 1200);
}

static int64_t smallest(int64_t estimate)
{
    struct replication_seen s = {.now = NOW, .violation_ms = -1, .estimate_ms = estimate};

    return replication_judge(&s).smallest_rpo_ms;
}

static void test_smallest_rpo(void **state)
{
    (void)state;
    assert_int_equal(smallest(-1), -1);
    assert_int_equal(smallest(0), 1 * MIN);
    assert_int_equal(smallest(23 * MIN), 46 * MIN);
    assert_int_equal(smallest(23 * MIN + 1), 47 * MIN);
    assert_int_equal(smallest(720 * MIN), 1440 * MIN);
    assert_int_equal(smallest(900 * MIN), 1440 * MIN);
}

/* ---- through the model --------------------------------------------------------------------------
 */

#define TABLE(freshness, age)                           \
    "table replications dc1/vc " freshness " " age "\n" \
    "replication_id vm state rpo_s last_instance_at last_transfer_s kind vm_uuid\n"
#define COLUMNS "vm lag_s estimate_s samples verdict late_s smallest_rpo_s transfers"

static void test_instances_count_once(void **state)
{
    struct model_case c;

    (void)state;
    model_case_init(&c, config);
    model_case_feed(&c, TABLE("ok", "0s") "r1 db OK 30m -10m 10m vr -\n");
    model_case_expect(c.estate, "one", "replications", COLUMNS, "db 600 720 1 ok - 1440 600\n");
    c.now += 60000; /* the same instance again, a minute older */
    model_case_feed(&c, TABLE("ok", "0s") "r1 db OK 30m -11m 10m vr -\n");
    model_case_expect(c.estate, "same", "replications", COLUMNS, "db 660 720 1 ok - 1440 600\n");
    c.now += 60000;
    model_case_feed(&c, TABLE("ok", "0s") "r1 db OK 30m -1m 20m vr -\n");
    model_case_expect(c.estate, "two", "replications", COLUMNS,
                      "db 60 1080 2 at_risk - 2160 600 1200\n");
    model_case_release(&c);
}

static void test_time_alone_makes_it_late(void **state)
{
    struct model_case c;

    (void)state;
    model_case_init(&c, config);
    model_case_feed(&c, TABLE("ok", "0s") "r1 db OK 30m -29m 1m vr -\n");
    c.now += 2 * MIN;
    model_case_feed(&c, TABLE("ok", "0s") "r1 db OK 30m -31m 1m vr -\n");
    model_case_expect(c.estate, "late", "replications", "verdict late_s", "late 60\n");
    model_case_release(&c);
}

/* A failed poll leaves the verdict as it was, until nothing was heard for longer than the RPO. */
static void test_silence(void **state)
{
    struct model_case c;

    (void)state;
    model_case_init(&c, config);
    model_case_feed(&c, TABLE("ok", "0s") "r1 db OK 30m -5m 1m vr -\n");
    c.now += 10 * MIN;
    model_case_feed(&c, TABLE("failed", "10m") "r1 db OK 30m -15m 1m vr -\n");
    model_case_expect(c.estate, "kept", "replications", "verdict", "ok\n");
    c.now += 21 * MIN;
    model_case_feed(&c, TABLE("failed", "31m") "r1 db OK 30m -36m 1m vr -\n");
    model_case_expect(c.estate, "silent", "replications", "verdict", "unknown\n");
    model_case_release(&c);
}

static void test_hcx_has_no_verdict(void **state)
{
    struct model_case c;

    (void)state;
    model_case_init(&c, config);
    model_case_feed(&c, TABLE("ok", "0s") "r1 db OK 2h -3h 5m hcx -\n");
    model_case_expect(c.estate, "hcx", "replications", "verdict late_s lag_s", "- - 10800\n");
    model_case_feed(&c, "table replications dc1/vc ok 0s\nreplication_id state rpo_s kind link\n"
                        "r1 PAUSED 2h vr \"to 192.0.2.9\"\nr2 PAUSED 2h vr \"to 192.0.2.8\"\n"
                        "table vms dc1/vc ok 0s\nvm_id vm ips\n"
                        "vm-9 mesh-1-IX-I1 10.0.0.1,192.0.2.9\nvm-8 web 192.0.2.8\n");
    model_case_expect(c.estate, "by its appliance", "replications", "kind verdict",
                      "hcx -\nvr paused\n");
    model_case_release(&c);
}

static void test_cause_of_a_full_sync(void **state)
{
    static const char text[] =
        TABLE("ok", "0s") "r1 db FULL_SYNC 30m -20m 1m vr u1\n"
                          "r2 web INITIAL_FULL_SYNC 30m - - vr u2\n"
                          "r3 app FULL_SYNC 30m -20m 1m vr u3\n"
                          "r4 old FULL_SYNC 30m -20m 1m vr u4\n"
                          "table vms dc1/vc ok 0s\nvm_id vm instance_uuid ha_restarted_at\n"
                          "vm-1 db u1 -2h\nvm-3 app u3 -\nvm-4 old u4 -30h\n"
                          "table events dc1/vc ok 0s\nevent_id at type entity_id\n"
                          "1 -3h com.vmware.vcHms.hbrDisconnectedEvent vm-1\n"
                          "2 -1h com.vmware.vcHms.handledVmDiskAddEvent vm-3\n"
                          "3 -30h com.vmware.vcHms.remoteSiteDownEvent -\n";
    struct model_case c;

    (void)state;
    model_case_init(&c, config);
    model_case_feed(&c, text);
    model_case_expect(
        c.estate, "causes", "replications", "vm verdict sync_cause",
        "db full_sync vSphere HA restarted the VM after its host failed (2026-11-20T07:00:00Z)\n"
        "web full_sync first synchronisation\n"
        "app full_sync a disk was added (2026-11-20T08:00:00Z)\n"
        "old full_sync -\n");
    model_case_release(&c);
}

static void test_eta(void **state)
{
    static const char head[] =
        "table replications dc1/vc ok 0s\nreplication_id state sync_remaining_bytes\n";
    struct strbuf text = STRBUF_INIT;
    struct model_case c;

    (void)state;
    model_case_init(&c, config);
    strbuf_addf(&text, "%sr1 FULL_SYNC 1000000\n", head);
    model_case_feed(&c, text.buf);
    model_case_expect(c.estate, "no speed yet", "replications", "sync_eta_s", "-\n");
    c.now += MIN;
    strbuf_reset(&text);
    strbuf_addf(&text, "%sr1 FULL_SYNC 750000\n", head);
    model_case_feed(&c, text.buf);
    model_case_expect(c.estate, "a quarter a minute", "replications", "sync_eta_s", "180\n");
    model_case_release(&c);
    strbuf_release(&text);
}

static void test_samples_survive(void **state)
{
    struct strbuf history = STRBUF_INIT;
    struct model_case a, b;

    (void)state;
    model_case_init(&a, config);
    model_case_feed(&a, TABLE("ok", "0s") "r1 db OK 30m -20m 10m vr -\n");
    a.now += 15 * MIN;
    model_case_feed(&a, TABLE("ok", "0s") "r1 db OK 30m -5m 20m vr -\n");
    model_history_take(a.model, &history);
    model_case_init(&b, config);
    assert_int_equal(model_history_load(b.model, history.buf, history.len, a.now), 0);
    b.now = a.now + MIN;
    model_case_feed(&b, TABLE("ok", "0s") "r1 db OK 30m -6m 20m vr -\n");
    model_case_expect(b.estate, "remembered", "replications", "estimate_s samples transfers",
                      "1080 2 600 1200\n");
    strbuf_reset(&history);
    model_history_renew(b.model);
    model_case_feed(&b, TABLE("ok", "0s") "r1 db OK 30m -6m 20m vr -\n");
    model_history_take(b.model, &history);
    assert_non_null(strstr(history.buf, "\"value\":600000"));
    assert_non_null(strstr(history.buf, "\"value\":1200000"));
    model_case_release(&a);
    model_case_release(&b);
    strbuf_release(&history);
}

/* The file may have been damaged: figures that cannot be are refused, large ones do no harm. */
static void test_damaged_history(void **state)
{
    static const char text[] =
        "{\"v\":1,\"type\":\"sample\",\"site\":\"dc1\",\"kind\":\"transfer\",\"key\":\"vc/r1\","
        "\"at\":1,\"value\":9223372036854775807}\n"
        "{\"v\":1,\"type\":\"sample\",\"site\":\"dc1\",\"kind\":\"transfer\",\"key\":\"vc/r1\","
        "\"at\":9223372036854775807,\"value\":1}\n"
        "{\"v\":1,\"type\":\"sample\",\"site\":\"dc1\",\"kind\":\"transfer\",\"key\":\"vc/r1\","
        "\"at\":5,\"value\":-1}\n"
        "{\"v\":1,\"type\":\"sample\",\"site\":\"dc1\",\"kind\":\"nonsense\",\"key\":\"vc/r1\","
        "\"at\":5,\"value\":1}\n";
    struct model_case c;

    (void)state;
    model_case_init(&c, config);
    assert_int_equal(model_history_load(c.model, text, strlen(text), c.now), 3);
    model_case_feed(&c, TABLE("ok", "0s") "r1 db OK 30m -1m 10m vr -\n");
    model_case_expect(c.estate, "capped", "replications", "samples verdict smallest_rpo_s",
                      "2 at_risk 86400\n");
    model_case_release(&c);
}

/* An appliance tells the id of a VM, which another vCenter may have, too, and its name. */
static void test_uuid_by_id_and_name(void **state)
{
    struct model_case c;

    (void)state;
    model_case_init(&c, config);
    model_case_feed(&c, "table replications dc1/vc ok 0s\nreplication_id vm vm_id\n"
                        "r1 db vm-1\nr2 web vm-2\nr3 app vm-3\n"
                        "table vms dc1/vc ok 0s\nvm_id vm instance_uuid\n"
                        "vm-1 db u1\nvm-2 other u2\nvm-3 app u3\n"
                        "table vms dc1/vc2 ok 0s\nvm_id vm instance_uuid\nvm-3 app u4\n");
    model_case_expect(c.estate, "joined", "replications", "vm vm_uuid", "db u1\nweb -\napp -\n");
    model_case_release(&c);
}

/* Without an appliance vCenter's events say whether the RPO holds. */
static void test_events_say(void **state)
{
    struct model_case c;

    (void)state;
    model_case_init(&c, config);
    model_case_feed(&c, "table replications dc1/vc ok 0s\nreplication_id vm vm_id rpo_s state\n"
                        "r1 db vm-1 30m -\nr2 web vm-2 30m -\nr3 app vm-3 30m -\n"
                        "r4 off vm-4 30m PAUSED\n"
                        "table events dc1/vc ok 0s\nevent_id at type entity_id\n"
                        "1 -20m com.vmware.vcHms.rpoViolatedEvent vm-1\n"
                        "2 -90m com.vmware.vcHms.rpoViolatedEvent vm-2\n"
                        "3 -60m com.vmware.vcHms.rpoRestoredEvent vm-2\n"
                        "4 -60m com.vmware.vcHms.rpoViolatedEvent vm-4\n");
    model_case_expect(c.estate, "events", "replications", "vm verdict late_s",
                      "db late 1200\nweb ok -\napp unknown -\noff paused -\n");
    model_case_release(&c);
}

/* One replication, one row: by whom knows most. */
static void test_told_once(void **state)
{
    static const char three[] =
        "sites:\n"
        "  - name: dc1\n"
        "    endpoints:\n"
        "      - {name: esx, kind: esxi, hosts: [h1], user: root}\n"
        "      - {name: vc, kind: vcenter, url: \"https://vc.example/\", user: u, password: {env: "
        "P}}\n"
        "      - {name: vr, kind: replication, url: \"https://vr.example/\", user: u, password: "
        "{env: P}}\n";
    static const char text[] =
        "table replications dc1/esx/h1 ok 0s\nreplication_id vm state\n"
        "GID-1 db idle\nGID-2 web idle\nGID-9 alone idle\n"
        "table replications dc1/vc ok 0s\nreplication_id vm vm_uuid vm_id rpo_s\n"
        "GID-1 db u1 vm-1 30m\nGID-2 web u2 vm-2 30m\nGID-3 db u3 vm-3 30m\n"
        "table replications dc1/vr ok 0s\nreplication_id vm vm_id rpo_s state\nx1 db vm-1 30m OK\n"
        "table vms dc1/vc ok 0s\nvm_id vm instance_uuid\nvm-1 db u1\nvm-2 web u2\n";
    struct model_case c;

    (void)state;
    model_case_init(&c, three);
    model_case_feed(&c, text);
    model_case_expect(c.estate, "once", "replications", "endpoint replication_id",
                      "esx/h1 GID-9\nvc GID-2\nvc GID-3\nvr x1\n");
    /* The appliance is gone: what it said last is old, and still better than what vCenter knows. */
    model_case_feed(&c, "table replications dc1/esx/h1 ok 0s\nreplication_id vm state\n"
                        "GID-1 db idle\n"
                        "table replications dc1/vc ok 0s\nreplication_id vm vm_uuid vm_id rpo_s\n"
                        "GID-1 db u1 vm-1 30m\nGID-2 web u2 vm-2 30m\n"
                        "table replications dc1/vr failed 5m \"no answer\"\n"
                        "replication_id vm vm_id rpo_s state\nx1 db vm-1 30m OK\n"
                        "table vms dc1/vc ok 0s\nvm_id vm instance_uuid\nvm-1 db u1\n");
    model_case_expect(c.estate, "old", "replications", "endpoint replication_id",
                      "vc GID-2\nvr x1\n");
    /* And the other way round. */
    model_case_feed(&c, "table replications dc1/esx/h1 failed 5m \"no answer\"\n"
                        "replication_id vm state\nGID-1 db idle\n"
                        "table replications dc1/vc failed 5m \"no answer\"\n"
                        "replication_id vm vm_uuid vm_id rpo_s\nGID-1 db u1 vm-1 30m\n"
                        "table replications dc1/vr ok 0s\n"
                        "replication_id vm vm_id rpo_s state\nx1 db vm-1 30m OK\n"
                        "table vms dc1/vc ok 0s\nvm_id vm instance_uuid\nvm-1 db u1\n");
    model_case_expect(c.estate, "old", "replications", "endpoint replication_id", "vr x1\n");
    model_case_release(&c);
}

/* A manager whose clock runs ahead must not close the series. */
static void test_future_instances_do_not_count(void **state)
{
    struct model_case c;

    (void)state;
    model_case_init(&c, config);
    model_case_feed(&c, TABLE("ok", "0s") "r1 db OK 30m +60m 50m vr -\n");
    model_case_feed(&c, TABLE("ok", "0s") "r1 db OK 30m -1m 10m vr -\n");
    model_case_expect(c.estate, "now", "replications", "samples transfers", "1 600\n");
    model_case_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rule),
        cmocka_unit_test(test_estimate),
        cmocka_unit_test(test_smallest_rpo),
        cmocka_unit_test(test_instances_count_once),
        cmocka_unit_test(test_time_alone_makes_it_late),
        cmocka_unit_test(test_silence),
        cmocka_unit_test(test_hcx_has_no_verdict),
        cmocka_unit_test(test_cause_of_a_full_sync),
        cmocka_unit_test(test_eta),
        cmocka_unit_test(test_samples_survive),
        cmocka_unit_test(test_damaged_history),
        cmocka_unit_test(test_events_say),
        cmocka_unit_test(test_told_once),
        cmocka_unit_test(test_uuid_by_id_and_name),
        cmocka_unit_test(test_future_instances_do_not_count),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
