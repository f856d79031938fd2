/* Tasks, alarms and events of vCenter, from replies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/vcenter/facts.h"
#include "collectors/vcenter/vcenter.h"
#include "core/mem.h"
#include "tests/support/collector_harness.h"

#define ENDPOINT \
    "{name: vc, kind: vcenter, url: 'https://vc.example/', user: u, password: {env: P}}"

static const struct vsphere_facts vcenter = {.root_folder = "group-d1",
                                             .view_manager = "ViewManager",
                                             .property_collector = "propertyCollector",
                                             .event_manager = "EventManager",
                                             .task_manager = "TaskManager",
                                             .login = 1},
                                  host = {.root_folder = "ha-folder-root",
                                          .property_collector = "ha-property-collector",
                                          .is_host = true,
                                          .login = 1};
static const struct session_facts facts = {.vsphere = &vcenter}, on_host = {.vsphere = &host};

static const struct harness_reply task_sample[] = {{.file = "sample.xml"}, {0}};
static const struct harness_reply task_error[] = {{.file = "error.xml"}, {0}};
static const struct harness_reply task_many[] = {{.file = "many.xml"}, {0}};
static const struct harness_reply task_none[] = {{.file = "none.xml"}, {0}};
static const struct harness_reply task_hostile[] = {{.file = "hostile.xml"}, {0}};
static const struct harness_reply task_pages[] = {
    {.file = "more.xml", .match = "<token>t1</token>"}, {.file = "token.xml"}, {0}};

#define STATES(file_)                                 \
    {                                                 \
        .file = file_, .match = "triggeredAlarmState" \
    }
#define NAMES(file_)                                          \
    {                                                         \
        .file = file_, .match = "info.name", .optional = true \
    }
static const struct harness_reply alarm_states[] = {STATES("states.xml"), NAMES("names.xml"), {0}};
static const struct harness_reply alarm_none[] = {STATES("none.xml"), {0}};
static const struct harness_reply alarm_hostile[] = {
    STATES("hostile.xml"), NAMES("names-hostile.xml"), {0}};
static const struct harness_reply alarm_nameless[] = {
    STATES("states.xml"), {.body = "", .match = "info.name", .status = 500, .optional = true}, {0}};

#define CREATE                                                         \
    {                                                                  \
        .file = "collector.xml", .match = "<CreateCollectorForEvents " \
    }
#define READ(file_)                                \
    {                                              \
        .file = file_, .match = "<ReadNextEvents " \
    }
static const struct harness_reply event_kinds[] = {CREATE, READ("kinds.xml"), READ("end.xml"), {0}};
static const struct harness_reply event_sample[] = {
    CREATE, READ("page.xml"), READ("kinds.xml"), READ("end.xml"), {0}};
static const struct harness_reply event_moves[] = {CREATE, READ("moves.xml"), READ("end.xml"), {0}};
static const struct harness_reply event_none[] = {CREATE, READ("end.xml"), {0}};
static const struct harness_reply event_hostile[] = {
    CREATE, READ("hostile.xml"), READ("end.xml"), {0}};

#define VIEW                                                 \
    {                                                        \
        .file = "view.xml", .match = "<CreateContainerView " \
    }
#define VMS(file_)                                       \
    {                                                    \
        .file = file_, .match = "<RetrievePropertiesEx " \
    }
static const struct harness_reply rep_vms[] = {VIEW, VMS("vms.xml"), {0}};
static const struct harness_reply rep_none[] = {VIEW, VMS("none.xml"), {0}};
static const struct harness_reply rep_hostile[] = {VIEW, VMS("hostile.xml"), {0}};
static const struct harness_reply rep_pages[] = {
    VIEW, {.file = "page2.xml", .match = "<token>t9</token>"}, VMS("page1.xml"), {0}};

#define CASE(of, name_, replies_)                                                  \
    {                                                                              \
        .name = name_, .collector = &collector_vcenter_##of, .endpoint = ENDPOINT, \
        .facts = &facts, .replies = replies_                                       \
    }

static const struct harness_case cases[] = {
    CASE(tasks, "sample", task_sample),
    CASE(tasks, "error", task_error),
    CASE(tasks, "many", task_many),
    CASE(tasks, "none", task_none),
    CASE(tasks, "hostile", task_hostile),
    CASE(tasks, "pages", task_pages),
    CASE(alarms, "states", alarm_states),
    CASE(alarms, "none", alarm_none),
    CASE(alarms, "hostile", alarm_hostile),
    CASE(alarms, "nameless", alarm_nameless),
    CASE(replications, "vms", rep_vms),
    CASE(replications, "none", rep_none),
    CASE(replications, "hostile", rep_hostile),
    CASE(replications, "pages", rep_pages),
};

/* Their second poll goes on where the first one ended, so it has replies of its own. */
static const struct harness_case events[] = {
    CASE(events, "kinds", event_kinds), CASE(events, "sample", event_sample),
    CASE(events, "none", event_none), CASE(events, "hostile", event_hostile),
    CASE(events, "moves", event_moves)};

static void tables_are_as_expected(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        harness_check(&cases[i]);
    for (size_t i = 0; i < ARRAY_SIZE(events); i++)
        harness_check(&events[i]);
}

static void bad_twins_never_pass(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        harness_check_twins(&cases[i]);
    for (size_t i = 0; i < ARRAY_SIZE(events); i++)
        harness_check_twins(&events[i]);
}

static void expired(const struct collector *c, const char *file)
{
    const struct harness_reply replies[] = {{.file = file}, {0}};
    const struct harness_case of = {.name = "expired",
                                    .collector = c,
                                    .endpoint = ENDPOINT,
                                    .facts = &facts,
                                    .replies = replies};
    struct harness *h = harness_new(&of);
    struct collector_run *r = harness_run(h);

    collector_run(r);
    assert_true(r->logins > 0);
    assert_int_not_equal(r->last, STEP_DONE);
    harness_free(h);
}

static void sessions_may_be_over(void **state)
{
    (void)state;
    expired(&collector_vcenter_tasks, "expired.xml");
    expired(&collector_vcenter_alarms, "expired.xml");
}

static void a_host_has_no_alarms(void **state)
{
    const struct harness_reply replies[] = {{0}};
    const struct harness_case c = {.name = "host",
                                   .collector = &collector_vcenter_alarms,
                                   .endpoint = ENDPOINT,
                                   .facts = &on_host,
                                   .replies = replies};
    struct harness *h = harness_new(&c);
    struct collector_run *r = harness_run(h);

    (void)state;
    collector_run(r);
    assert_int_equal(r->err.kind, ERR_UNSUPPORTED);
    harness_free(h);
}

static void use(struct collector_run *r, const struct canned_reply *replies, size_t n)
{
    r->replies = replies;
    r->nreplies = n;
}

/* Ended tasks that vCenter no longer names stay for a day. */
static void ended_tasks_are_kept(void **state)
{
    static const char gone[] =
        "<E><B><RetrievePropertiesExResponse></RetrievePropertiesExResponse></B></E>";
    const struct canned_reply later = {.body = gone, .len = sizeof(gone) - 1};
    struct harness *h = harness_new(&cases[2]);
    struct collector_run *r = harness_run(h);

    (void)state;
    collector_run(r);
    assert_int_equal(snapshot_count(r->tables[0]), 3);
    use(r, &later, 1);
    r->later_ms = 60000;
    collector_run(r);
    assert_int_equal(snapshot_count(r->tables[0]), 1); /* the one that ended */
    assert_string_equal(row_str(snapshot_row(r->tables[0], 0), TASKS_TASK_ID), "task-2");
    assert_string_equal(row_str(snapshot_row(r->tables[0], 0), TASKS_KIND), "snapshot");
    r->later_ms = 25LL * 3600 * 1000;
    collector_run(r);
    assert_int_equal(snapshot_count(r->tables[0]), 0);
    harness_free(h);
}

#define EVENT(key) \
    "<returnval><key>" key "</key><createdTime>2026-11-20T08:00:00Z</createdTime></returnval>"
#define PAGE(rows) "<E><B><ReadNextEventsResponse>" rows "</ReadNextEventsResponse></B></E>"
#define CANNED(match_, text)                                   \
    {                                                          \
        .match = match_, .body = text, .len = sizeof(text) - 1 \
    }

/* The second poll asks for what is newer, and keeps what was read. */
static void events_go_on(void **state)
{
    static const char made[] = "<E><B><R><returnval>ehc-1</returnval></R></B></E>";
    static const struct canned_reply first[] = {
        CANNED("<CreateCollectorForEvents ", made),
        CANNED("<ReadNextEvents ", PAGE(EVENT("1") EVENT("2"))),
        CANNED("<ReadNextEvents ", PAGE(""))};
    static const struct canned_reply second[] = {
        CANNED("<ReadNextEvents ", PAGE(EVENT("2") EVENT("3"))),
        CANNED("<ReadNextEvents ", PAGE(""))};
    struct harness *h = harness_new(&events[2]);
    struct collector_run *r = harness_run(h);

    (void)state;
    use(r, first, ARRAY_SIZE(first));
    collector_run(r);
    assert_int_equal(r->last, STEP_DONE);
    assert_int_equal(snapshot_count(r->tables[0]), 2);
    use(r, second, ARRAY_SIZE(second));
    collector_run(r);
    assert_int_equal(r->last, STEP_DONE);
    assert_int_equal(r->nrequests, 2);
    assert_int_equal(snapshot_count(r->tables[0]), 3);
    assert_int_equal(snapshot_duplicates(r->tables[0]), 0);
    harness_free(h);
}

/* A page that did not arrive moved the position: a new collector reads it again. */
static void a_lost_page_is_read_again(void **state)
{
    static const char made[] = "<E><B><R><returnval>ehc-1</returnval></R></B></E>";
    static const struct canned_reply broken[] = {CANNED("<CreateCollectorForEvents ", made),
                                                 CANNED("<ReadNextEvents ", PAGE(EVENT("1"))),
                                                 CANNED("<ReadNextEvents ", "<E><B><ReadNext")};
    static const struct canned_reply whole[] = {
        CANNED("<DestroyCollector ", "<E/>"), CANNED("<CreateCollectorForEvents ", made),
        CANNED("<ReadNextEvents ", PAGE(EVENT("1") EVENT("2"))),
        CANNED("<ReadNextEvents ", PAGE(""))};
    struct harness *h = harness_new(&events[2]);
    struct collector_run *r = harness_run(h);

    (void)state;
    use(r, broken, ARRAY_SIZE(broken));
    collector_run(r);
    assert_int_equal(r->last, STEP_FAIL);
    use(r, whole, ARRAY_SIZE(whole));
    collector_run(r);
    assert_int_equal(r->last, STEP_DONE);
    assert_int_equal(r->nrequests, 4);
    assert_int_equal(snapshot_count(r->tables[0]), 2);
    assert_non_null(strstr(r->requests.buf, "<beginTime>2026-11-20T07:59:00Z</beginTime>"));
    harness_free(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_as_expected),    cmocka_unit_test(bad_twins_never_pass),
        cmocka_unit_test(sessions_may_be_over),      cmocka_unit_test(a_host_has_no_alarms),
        cmocka_unit_test(ended_tasks_are_kept),      cmocka_unit_test(events_go_on),
        cmocka_unit_test(a_lost_page_is_read_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
