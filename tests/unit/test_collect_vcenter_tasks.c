/* Tasks as the long poll of the inventory tells them: the list view, its filters, what is polled
 * beside them, and what becomes of the table when one of them fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "core/strbuf.h"
#include "tests/support/vcenter_case.h"

#define SET(version, objects)                                                                  \
    OPEN "<returnval><version>" version "</version><filterSet><filter type='PropertyFilter'>f" \
         "</filter>" objects "</filterSet></returnval>" CLOSE
#define CHANGE(name, type, value)                                                             \
    "<changeSet><name>" name "</name><op>assign</op><val xsi:type='" type "'>" value "</val>" \
    "</changeSet>"
#define REF(id) "<ManagedObjectReference type='Task'>" id "</ManagedObjectReference>"
#define RECENT(refs)                               \
    OBJECT("modify", "TaskManager", "TaskManager", \
           CHANGE("recentTask", "ArrayOfManagedObjectReference", refs))
#define INFO(id, state, more)                                                                 \
    "<key>" id "</key><task type='Task'>" id "</task><name>MigrateVM_Task</name>"             \
    "<descriptionId>VirtualMachine.migrate</descriptionId><entity type='VirtualMachine'>vm-1" \
    "</entity><entityName>db%2f</entityName><state>" state "</state>" more                    \
    "<queueTime>2026-11-20T08:58:00Z</queueTime><startTime>2026-11-20T08:58:01Z</startTime>"
#define PERSON "<reason xsi:type='TaskReasonUser'><userName>EX\\ops</userName></reason>"
#define SYSTEM "<reason xsi:type='vim25:TaskReasonSystem'/>"
#define AT(n)  "<progress>" n "</progress>"
#define ENDED  "<completeTime>2026-11-20T08:59:00Z</completeTime>"
#define TASK(kind, id, state, more) \
    OBJECT(kind, "Task", id, CHANGE("info", "TaskInfo", INFO(id, state, more)))
#define FAULT(type)                                                                          \
    "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/' "                       \
    "xmlns:q='http://www.w3.org/2001/XMLSchema-instance'><e:Body><e:Fault>"                  \
    "<faultcode>ServerFaultCode</faultcode><faultstring>said so</faultstring><detail><" type \
    "Fault q:type='" type "'/></detail></e:Fault></e:Body></e:Envelope>"
#define GOT(objects) OPEN "<returnval>" objects "</returnval>" CLOSE
#define LISTED(refs)                                                                         \
    GOT("<objects><obj type='TaskManager'>TaskManager</obj><propSet><name>recentTask</name>" \
        "<val xsi:type='ArrayOfManagedObjectReference'>" refs "</val></propSet></objects>")
#define FOUND(id, state, more)                                              \
    "<objects><obj type='Task'>" id "</obj><propSet><name>info</name><val " \
    "xsi:type='TaskInfo'>" INFO(id, state, more) "</val></propSet></objects>"

#define REFUSED(match_, body_, err_)                                                         \
    {                                                                                        \
        .match = match_, .status = 500, .body = body_, .len = sizeof(body_) - 1, .err = err_ \
    }
#define VERSION(v) "<version>" v "</version>"
#define POLL_LIST  "<specSet><propSet><type>TaskManager</type><pathSet>recentTask<"
#define POLL_ALL   "<specSet><propSet><type>Task</type><pathSet>info<"
#define RESET      "<ResetListView "
#define VM         OBJECT("enter", "VirtualMachine", "vm-1", CHANGE("name", "xsd:string", "a"))

/* What comes before the tasks: the inventory, and its usage. */
#define INVENTORY VIEW, PC, FILTER, REPLY(VERSION(""), SET("1", VM)), USAGE
#define USAGE     REPLY("<specSet><propSet><type>HostSystem<", NOTHING)
#define WATCH                                                  \
    REPLY("<CreateListView ", ID("list[1]")),                  \
        REPLY("<spec><propSet><type>Task</type>", ID("f[2]")), \
        REPLY("<spec><propSet><type>TaskManager</type>", ID("f[3]"))

static struct vcenter_case vc;

static int start(void **state)
{
    (void)state;
    vcenter_case_init(&vc);
    vc.vsphere.task_manager = "TaskManager";
    vc.run.live = true;
    return 0;
}

static int stop(void **state)
{
    (void)state;
    vcenter_case_release(&vc);
    return 0;
}

/* Until nothing answers the wait. */
static void answer(const struct canned_reply *replies, size_t n)
{
    vc.run.replies = replies;
    vc.run.nreplies = n;
    collector_run(&vc.run);
    if (vc.run.last != STEP_SEND || vc.run.unused)
        fail_msg("ended with %d, %zu replies were not asked for: %s\n%s", vc.run.last,
                 vc.run.unused, vc.run.err.msg, vc.run.requests.buf);
}

#define RUN(...)                                                  \
    do {                                                          \
        const struct canned_reply replies_[] = {__VA_ARGS__};     \
        answer(replies_, sizeof(replies_) / sizeof(replies_[0])); \
    } while (0)

static const struct snapshot *table(const struct schema *schema)
{
    return vcenter_case_table(&vc, schema);
}

/* "ID=STATE/PROGRESS/USER " of every task. */
static void check_tasks(enum freshness f, const char *want)
{
    const struct snapshot *s = table(&table_tasks);
    struct strbuf have = STRBUF_INIT;

    for (size_t i = 0; i < snapshot_count(s); i++) {
        const struct row *r = snapshot_row(s, i);
        const char *user = row_str(r, TASKS_USER), *now = row_str(r, TASKS_STATE);
        const struct cell *cell = &r->cells[TASKS_PROGRESS_PERCENT];
        double percent = cell->type == CELL_REAL ? cell->u.d : -1;

        strbuf_addf(&have, "%s=%s/%g/%s ", row_str(r, TASKS_TASK_ID), now ? now : "-", percent,
                    user ? user : "-");
    }
    assert_string_equal(have.buf ? have.buf : "", want);
    assert_int_equal(snapshot_freshness(s), f);
    assert_int_equal(snapshot_freshness(table(&table_vms)), FRESH_OK);
    assert_int_equal(snapshot_count(table(&table_vms)), 1);
    strbuf_release(&have);
}

static unsigned asked(const char *what)
{
    unsigned n = 0;

    for (const char *at = vc.run.requests.buf; (at = strstr(at, what)); at++)
        n++;
    return n;
}

/* ---- told --------------------------------------------------------------------------------------
 */

static void watch_two(void)
{
    RUN(INVENTORY, WATCH, REPLY(POLL_LIST, LISTED(REF("task-1") REF("task-2"))),
        REPLY(RESET, NOTHING),
        REPLY(VERSION("1"), SET("2", TASK("enter", "task-1", "running", AT("21") PERSON)
                                         TASK("enter", "task-2", "success", ENDED SYSTEM))));
    check_tasks(FRESH_OK, "task-1=running/21/EX\\ops task-2=success/-1/TaskReasonSystem ");
}

/* Progress comes as it changes; nothing is read twice. */
static void test_progress_is_told(void **state)
{
    const struct row *r;

    (void)state;
    RUN(INVENTORY, WATCH, REPLY(POLL_LIST, LISTED(REF("task-1"))), REPLY(RESET, NOTHING),
        REPLY(VERSION("1"), SET("2", TASK("enter", "task-1", "running", AT("21") PERSON))),
        REPLY(VERSION("2"), SET("3", TASK("modify", "task-1", "running", AT("68") PERSON))),
        REPLY(VERSION("3"), SET("4", TASK("modify", "task-1", "success", ENDED PERSON))));
    check_tasks(FRESH_OK, "task-1=success/-1/EX\\ops ");
    r = snapshot_row(table(&table_tasks), 0);
    assert_string_equal(row_str(r, TASKS_KIND), "vmotion");
    assert_string_equal(row_str(r, TASKS_ENTITY), "db%2f");
    assert_string_equal(row_str(r, TASKS_ENTITY_ID), "vm-1");
    assert_int_equal(asked(POLL_LIST), 1);
    assert_int_equal(asked(POLL_ALL), 0);
    assert_int_equal(asked(RESET), 1);
    assert_int_equal(asked("<obj type=\"ListView\">list[1]</obj>"), 1);
    assert_int_equal(asked("<type>ListView</type><path>view</path>"), 1);
    assert_int_equal(asked("<obj type=\"Task\">task-1</obj>"), 1);
}

/* Not read yet is not empty; empty is. */
static void test_none(void **state)
{
    (void)state;
    RUN(INVENTORY);
    check_tasks(FRESH_FAILED, "");
    collector_run_reset(&vc.run);
    RUN(INVENTORY, WATCH, REPLY(POLL_LIST, LISTED("")), REPLY(RESET, NOTHING));
    check_tasks(FRESH_OK, "");
}

/* The list itself is told: the view is reset. One that is no longer named stays when it ended. */
static void test_list_is_told(void **state)
{
    (void)state;
    watch_two();
    RUN(USAGE, REPLY(POLL_LIST, LISTED(REF("task-1") REF("task-2"))),
        REPLY(VERSION("2"), SET("3", RECENT(REF("task-3")))), REPLY(RESET, NOTHING),
        REPLY(VERSION("3"),
              SET("4", OBJECT("leave", "Task", "task-1", "") OBJECT("leave", "Task", "task-2", "")
                           TASK("enter", "task-3", "queued", ""))));
    check_tasks(FRESH_OK, "task-2=success/-1/TaskReasonSystem task-3=queued/-1/- ");
    assert_int_equal(asked(RESET), 1);
    assert_int_equal(asked("<obj type=\"Task\">task-1</obj>"), 0);
}

/* A server that does not tell it is asked. */
static void test_list_is_polled(void **state)
{
    (void)state;
    watch_two();
    vc.run.later_ms = 60000;
    RUN(USAGE, REPLY(POLL_LIST, LISTED(REF("task-1") REF("task-2") REF("task-3"))),
        REPLY(RESET, NOTHING),
        REPLY(VERSION("2"), SET("3", TASK("enter", "task-3", "error", ENDED))));
    check_tasks(FRESH_OK, "task-1=running/21/EX\\ops task-2=success/-1/TaskReasonSystem "
                          "task-3=error/-1/- ");
}

/* One that may not be read, one that nobody knows, and whatever else a server may say of others. */
static void test_hostile(void **state)
{
    static const char odd[] = OPEN "<returnval><version>2</version><filterSet>" OBJECT(
        "enter", "Task", "task-1",
        "<missingSet><path>info</path><fault><fault xsi:type='NoPermission'/></fault>"
        "</missingSet>") TASK("enter", "task-2", "brandNew", AT("half"))
        TASK("enter", "", "running", "") OBJECT("enter", "Task", "task-3", "")
            TASK("enter", "task-4", "running", AT("1e999")) "</filterSet></returnval>" CLOSE;

    (void)state;
    RUN(INVENTORY, WATCH,
        REPLY(POLL_LIST, LISTED(REF("task-1") REF("task-2") REF("") REF("&lt;x>"))),
        REPLY(RESET, NOTHING), REPLY(VERSION("1"), odd));
    check_tasks(FRESH_OK, "task-2=brandNew/-1/- task-4=running/-1/- ");
    assert_int_equal(asked("<obj type=\"Task\">&lt;x"), 1);
    assert_non_null(strstr(snapshot_note(table(&table_hosts)), "not readable: info: NoPermission"));
}

/* ---- refused -----------------------------------------------------------------------------------
 */

/* Without list views everything is polled, page by page. */
static void test_no_list_views(void **state)
{
    (void)state;
    RUN(INVENTORY, REFUSED("<CreateListView ", FAULT("NotSupported"), NULL),
        REPLY(POLL_ALL, GOT("<token>t1</token>" FOUND("task-1", "running", AT("5") SYSTEM))),
        REPLY("<token>t1</token>", GOT(FOUND("task-2", "success", ENDED PERSON))));
    check_tasks(FRESH_OK, "task-1=running/5/TaskReasonSystem task-2=success/-1/EX\\ops ");
    vc.run.later_ms = 60000;
    RUN(USAGE, REPLY(POLL_ALL, GOT(FOUND("task-3", "queued", ""))));
    check_tasks(FRESH_OK, "task-2=success/-1/EX\\ops task-3=queued/-1/- ");
    assert_int_equal(asked("<CreateListView "), 0);
}

/* What is refused is the verdict on the table alone, and its rows stay. */
static void test_denied(void **state)
{
    static const struct err denied = {.kind = ERR_DENIED, .msg = "the role does not allow it"};

    (void)state;
    watch_two();
    vc.run.later_ms = 60000;
    RUN(USAGE, REFUSED(POLL_LIST, FAULT("NoPermission"), &denied));
    check_tasks(FRESH_DENIED, "task-1=running/21/EX\\ops task-2=success/-1/TaskReasonSystem ");
    assert_string_equal(snapshot_err(table(&table_tasks))->msg, denied.msg);
    vc.run.later_ms = 120000;
    RUN(USAGE, REPLY(POLL_LIST, LISTED(REF("task-1") REF("task-2"))));
    check_tasks(FRESH_OK, "task-1=running/21/EX\\ops task-2=success/-1/TaskReasonSystem ");
}

/* A task vanished between the list and the view: some servers refuse the whole call. */
static void test_view_is_gone(void **state)
{
    (void)state;
    watch_two();
    vc.run.later_ms = 60000;
    RUN(USAGE, REPLY(POLL_LIST, LISTED(REF("task-1") REF("task-9"))),
        REFUSED(RESET, FAULT("ManagedObjectNotFound"), NULL));
    check_tasks(FRESH_FAILED, "task-1=running/21/EX\\ops task-2=success/-1/TaskReasonSystem ");
    vc.run.later_ms = 120000;
    RUN(USAGE, REPLY("<CreateListView ", ID("list[2]")),
        REPLY("<spec><propSet><type>Task</type>", ID("f[4]")),
        REPLY(POLL_LIST, LISTED(REF("task-1"))), REPLY(RESET, NOTHING));
    check_tasks(FRESH_OK, "task-1=running/21/EX\\ops task-2=success/-1/TaskReasonSystem ");
}

/* Replies that are cut off or something else. */
static void test_bad_replies(void **state)
{
    static const char bomb[] = "<!DOCTYPE x [<!ENTITY a \"aaaa\">]><x>&a;</x>";
    static const char whole[] = LISTED(REF("task-1"));

    (void)state;
    RUN(INVENTORY, REPLY("<CreateListView ", "<html>"));
    check_tasks(FRESH_FAILED, "");
    collector_run_reset(&vc.run);
    RUN(INVENTORY, WATCH, REPLY(POLL_LIST, bomb));
    check_tasks(FRESH_FAILED, "");
    assert_non_null(strstr(snapshot_err(table(&table_tasks))->msg, "DOCTYPE"));
    for (size_t n = 0; n < sizeof(whole) - 2; n += 37) {
        collector_run_reset(&vc.run);
        RUN(INVENTORY, WATCH, {.match = POLL_LIST, .body = whole, .len = n});
        check_tasks(FRESH_FAILED, "");
    }
}

/* ---- sessions ----------------------------------------------------------------------------------
 */

/* Views and filters anew; until the tasks came again the rows of before stay. */
static void test_new_session(void **state)
{
    (void)state;
    watch_two();
    vc.vsphere.login = 2;
    RUN(INVENTORY, WATCH, REPLY(POLL_LIST, LISTED(REF("task-1"))), REPLY(RESET, NOTHING));
    check_tasks(FRESH_OK, "task-1=running/21/EX\\ops task-2=success/-1/TaskReasonSystem ");
    RUN(USAGE, REPLY(POLL_LIST, LISTED(REF("task-1"))),
        REPLY(VERSION("1"), SET("2", TASK("enter", "task-1", "running", AT("80") PERSON))));
    check_tasks(FRESH_OK, "task-1=running/80/EX\\ops task-2=success/-1/TaskReasonSystem ");
}

static void test_session_over_within(void **state)
{
    static const char over[] =
        GOT("<objects><obj type='TaskManager'>TaskManager</obj><missingSet><path>recentTask</path>"
            "<fault><fault xsi:type='NotAuthenticated'/></fault></missingSet></objects>");

    (void)state;
    RUN(INVENTORY, WATCH, REPLY(POLL_LIST, over), USAGE, REPLY(POLL_LIST, LISTED(REF("task-1"))),
        REPLY(RESET, NOTHING));
    assert_int_equal(vc.run.logins, 1);
}

/* They are read by a collector of their own then. */
static void test_once(void **state)
{
    (void)state;
    vc.run.live = false;
    vc.run.replies = (const struct canned_reply[]){INVENTORY};
    vc.run.nreplies = 5;
    collector_run(&vc.run);
    assert_int_equal(vc.run.last, STEP_DONE);
    assert_int_equal(vc.run.unused, 0);
    assert_int_equal(snapshot_freshness(table(&table_tasks)), FRESH_NEVER);
    assert_ptr_equal(collector_vcenter_inventory.told, &table_tasks);
    assert_true(collector_vcenter_tasks.once_only);
}

#define T(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_progress_is_told),
        T(test_none),
        T(test_list_is_told),
        T(test_list_is_polled),
        T(test_hostile),
        T(test_no_list_views),
        T(test_denied),
        T(test_view_is_gone),
        T(test_bad_replies),
        T(test_new_session),
        T(test_session_over_within),
        T(test_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
