/* A vCenter that goes away or falls silent while it is watched, and comes back: nothing is started
 * anew, what it told stays and says how old it is, everything else goes on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "tests/support/e2e_watch.h"

#define VCENTER "vcenter-dc1"

static struct e2e e;
static struct e2e_watch w;

static const char *text(struct json_object *of, const char *name)
{
    const char *value = of ? jsonq_str(of, name) : NULL;

    return value ? value : "-";
}

static bool is(struct json_object *of, const char *name, const char *value)
{
    return strcmp(text(of, name), value) == 0;
}

static bool source_is(struct json_object *doc, const char *table, const char *endpoint,
                      const char *freshness)
{
    return is(e2e_source(doc, table, endpoint), "freshness", freshness);
}

static void listener(const char *endpoint, const char *state)
{
    char *body = mem_printf("{\"endpoint\":\"%s\",\"state\":\"%s\"}", endpoint, state);

    json_object_put(e2e_control(&e, "POST", "/listener", body));
    free(body);
}

/* ---- esxcli vsan while vCenter is away ---------------------------------------------------------
 */

static struct json_object *only_row(struct json_object *doc)
{
    struct json_object *rows = e2e_rows(doc, "vsan");

    if (jsonq_count(rows) > 1)
        fail_msg("one cluster, but %s", json_object_to_json_string(rows));
    return jsonq_item(rows, 0);
}

static bool by_vcenter(struct json_object *doc, void *arg)
{
    struct json_object *row = only_row(doc);

    (void)arg;
    return row && source_is(doc, "vsan", VCENTER, "ok") && is(row, "endpoint", VCENTER);
}

static bool is_back(struct json_object *doc, void *arg)
{
    return by_vcenter(doc, arg) && source_is(doc, "vsan", "esxi-dc1", "unsupported");
}

/* vCenter is failed, and both hosts have answered. */
static bool by_hosts(struct json_object *doc, void *arg)
{
    struct json_object *row = only_row(doc), *via = jsonq_get(row, "via");

    (void)arg;
    return row && source_is(doc, "vsan", VCENTER, "failed") &&
           strncmp(text(row, "endpoint"), "esxi-dc1/", 9) == 0 && jsonq_count(via) == 3;
}

static int64_t commands(struct json_object *counters)
{
    int64_t sum = 0;

    json_object_object_foreach(counters, name, of)
    {
        int64_t n = 0;

        if (strncmp(name, "esxi-dc1-", 9) == 0 && jsonq_int(of, "requests", &n))
            sum += n;
    }
    return sum;
}

static int64_t count_commands(void)
{
    struct json_object *all = e2e_control(&e, "GET", "/counters", NULL);
    int64_t n = commands(all);

    json_object_put(all);
    return n;
}

static bool has_used(struct json_object *doc, void *arg)
{
    double used;

    return by_vcenter(doc, NULL) && jsonq_double(only_row(doc), "used_percent", &used) &&
           used == *(const double *)arg;
}

/* One more reading of vCenter, told by what it says. */
static void next_reading(double percent)
{
    char *body = mem_printf("{\"do\":\"set-vsan\",\"site\":\"dc1\",\"used_tenths\":%d}",
                            (int)(percent * 10));

    assert_true(e2e_action(&e, body));
    e2e_watch_until(&w, 60, "vCenter is read on", has_used, &percent);
    free(body);
}

static void test_vsan_of_the_hosts(void **state)
{
    static const char *const args[] = {"vsan", "--site", "dc1", NULL};
    struct json_object *row;
    int64_t asked;

    (void)state;
    e2e_start(&e, "steady", "vcenter=1,esxi=2");
    e2e_configure(&e, "intervals: {vsan: 4s}\n");
    e2e_watch_start(&w, &e, args);
    e2e_watch_until(&w, 40, "vCenter is read", by_vcenter, NULL);
    assert_int_equal(count_commands(), 0);
    listener(VCENTER, "down");
    row = only_row(e2e_watch_until(&w, 60, "the hosts are asked", by_hosts, NULL));
    assert_string_equal(text(row, "cluster"), "CL-01");
    assert_string_equal(text(row, "health"), "green");
    assert_true(strlen(text(row, "space_at")) > 10);
    assert_string_equal(text(row, "resync_bytes"), "-");
    assert_true(count_commands() >= 6);
    listener(VCENTER, "up");
    e2e_watch_until(&w, 60, "vCenter is read again", is_back, NULL);
    asked = count_commands();
    next_reading(41);
    next_reading(42);
    assert_int_equal(count_commands(), asked);
    assert_string_equal(text(only_row(w.last), "space_at"), "-");
    e2e_watch_stop(&w);
    e2e_stop(&e);
}

/* The same for those that read once. */
static void test_vsan_once(void **state)
{
    struct child_result r;
    struct json_object *doc, *row;

    (void)state;
    e2e_start(&e, "steady", "vcenter=1,esxi=2");
    e2e_expect(&e, &r, 0, "get", "vsan", "--site", "dc1", "-o", "json", NULL);
    doc = e2e_json(&r);
    assert_null(e2e_source(doc, "vsan", "esxi-dc1"));
    assert_int_equal(count_commands(), 0);
    json_object_put(doc);
    child_release(&r);
    listener(VCENTER, "down");
    e2e_expect(&e, &r, 3, "get", "vsan", "--site", "dc1", "-o", "json", NULL);
    doc = e2e_json(&r);
    row = only_row(doc);
    assert_true(source_is(doc, "vsan", "esxi-dc1", "ok"));
    assert_true(source_is(doc, "vsan", VCENTER, "failed"));
    assert_string_equal(text(row, "health"), "green");
    json_object_put(doc);
    child_release(&r);
    e2e_stop(&e);
}

/* ---- silence -----------------------------------------------------------------------------------
 */

struct phase {
    const char *freshness; /* of the VMs of both vCenters */
    const char *segment;   /* NSX has told of it; NULL: of any */
    bool renamed;          /* each vCenter has told that a VM has a new name */
};

static const char *const vcenters[] = {VCENTER, "vcenter-tokyo"};

static bool is_phase(struct json_object *doc, void *arg)
{
    const struct phase *p = arg;
    struct json_object *rows = e2e_rows(doc, "vms"), *segments = e2e_rows(doc, "segments");

    for (size_t i = 0; i < ARRAY_SIZE(vcenters); i++) {
        const char *seen = text(e2e_source(doc, "vms", vcenters[i]), "freshness");

        if (strcmp(seen, p->freshness) != 0 || !e2e_row(rows, "endpoint", vcenters[i]))
            return false;
    }
    if (p->renamed && (!e2e_row(rows, "vm", "new-dc1") || !e2e_row(rows, "vm", "new-tokyo")))
        return false;
    return source_is(doc, "segments", "nsx-dc1", "ok") &&
           (!p->segment || e2e_row(segments, "segment", p->segment));
}

static void fault_once(const char *endpoint, const char *fault, const char *method)
{
    char *members = mem_printf("\"endpoint\":\"%s\",\"fault\":\"%s\",\"action\":\"%s\",\"count\":1",
                               endpoint, fault, method);

    e2e_fault(&e, members);
    free(members);
}

/* One vCenter never answers a wait, long after the time that it was given; the other stops in the
 * middle of a reply, and keeps the connection. */
static void test_silence_in_the_middle(void **state)
{
    static const char *const args[] = {"vms,segments", NULL};
    struct phase p = {.freshness = "ok"};
    int64_t logins[ARRAY_SIZE(vcenters)];

    (void)state;
    e2e_start(&e, "steady", "vcenter=1");
    e2e_configure(&e, "intervals: {vms: 5s, segments: 5s}\n");
    e2e_watch_start(&w, &e, args);
    e2e_watch_until(&w, 40, "everything is read", is_phase, &p);
    fault_once(VCENTER, "hang", "WaitForUpdatesEx");
    fault_once(vcenters[1], "half", "RetrievePropertiesEx");
    p.freshness = "stale";
    e2e_watch_until(&w, 60, "both are stale", is_phase, &p);
    assert_true(e2e_action(&e, "{\"do\":\"add-segment\",\"site\":\"dc1\",\"id\":\"meanwhile\"}"));
    p.segment = "meanwhile";
    e2e_watch_until(&w, 25, "NSX is read on", is_phase, &p);
    for (size_t i = 0; i < ARRAY_SIZE(vcenters); i++)
        logins[i] = e2e_counter(&e, vcenters[i], "logins");
    assert_true(e2e_action(&e, "{\"do\":\"set-vm\",\"site\":\"dc1\",\"vm\":\"vm-00001\","
                               "\"name\":\"new-dc1\"}"));
    assert_true(e2e_action(&e, "{\"do\":\"set-vm\",\"site\":\"tokyo\",\"vm\":\"vm-00001\","
                               "\"name\":\"new-tokyo\"}"));
    p.freshness = "ok";
    p.renamed = true;
    e2e_watch_until(&w, 120, "both are read again", is_phase, &p);
    for (size_t i = 0; i < ARRAY_SIZE(vcenters); i++)
        assert_in_range(e2e_counter(&e, vcenters[i], "logins") - logins[i], 0, 1);
    e2e_watch_stop(&w);
    e2e_stop(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vsan_of_the_hosts),
        cmocka_unit_test(test_vsan_once),
        cmocka_unit_test(test_silence_in_the_middle),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
