/* The inventory of a vCenter, from replies in memory: what is asked, in which order, and what the
 * rows are; every reply cut into pieces of several sizes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "core/strbuf.h"
#include "tests/support/fixture.h"
#include "tests/support/vcenter_case.h"

#define SET(version, objects)                                                                  \
    OPEN "<returnval><version>" version "</version><filterSet><filter type='PropertyFilter'>f" \
         "</filter>" objects "</filterSet></returnval>" CLOSE
#define PART(version, objects)                                                                 \
    OPEN "<returnval><version>" version "</version><filterSet><filter type='PropertyFilter'>f" \
         "</filter>" objects "</filterSet><truncated>true</truncated></returnval>" CLOSE
#define CHANGE(name, value) \
    "<changeSet><name>" name "</name><op>assign</op><val xsi:type='x'>" value "</val></changeSet>"
#define UNSET(name)     "<changeSet><name>" name "</name><op>assign</op></changeSet>"
#define ENTER(id, name) OBJECT("enter", "VirtualMachine", id, CHANGE("name", name))
#define FAULT(type, fields)                                                                  \
    "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/' "                       \
    "xmlns:q='http://www.w3.org/2001/XMLSchema-instance'><e:Body><e:Fault>"                  \
    "<faultcode>ServerFaultCode</faultcode><faultstring>said so</faultstring><detail><" type \
    "Fault q:type='vim25:" type "'>" fields "</" type                                        \
    "Fault></detail></e:Fault></e:Body></e:Envelope>"

#define REFUSED(match_, body_)                                                  \
    {                                                                           \
        .match = match_, .status = 500, .body = body_, .len = sizeof(body_) - 1 \
    }
#define SETUP VIEW, PC, FILTER
#define USAGE REPLY("<RetrievePropertiesEx ", NOTHING)
#define WAIT  "<WaitForUpdatesEx "
#define AT(v) "<version>" v "</version>"

static struct vcenter_case vc;

static int start(void **state)
{
    (void)state;
    vcenter_case_init(&vc);
    vc.vsphere.instance_uuid = "uuid-of-vc";
    return 0;
}

static int stop(void **state)
{
    (void)state;
    vcenter_case_release(&vc);
    return 0;
}

static void answer(const struct canned_reply *replies, size_t n, bool live, enum step last)
{
    vc.run.replies = replies;
    vc.run.nreplies = n;
    vc.run.live = live;
    collector_run(&vc.run);
    if (vc.run.last != last)
        fail_msg("ended with %d: %s\n%s", vc.run.last, vc.run.err.msg, vc.run.requests.buf);
}

#define RUN(live, last, ...)                                                                    \
    do {                                                                                        \
        const struct canned_reply replies_[] = {__VA_ARGS__};                                   \
        answer(replies_, sizeof(replies_) / sizeof(replies_[0]), live, last);                   \
        if (vc.run.unused)                                                                      \
            fail_msg("%zu replies were not asked for\n%s", vc.run.unused, vc.run.requests.buf); \
    } while (0)

static const struct snapshot *table(const struct schema *schema)
{
    return vcenter_case_table(&vc, schema);
}

/* A cell as plain text; "-": absent; NULL: no such row. */
static const char *cell(const struct schema *schema, const char *key, unsigned col)
{
    static char text[512];
    const struct row *r = snapshot_find(table(schema), key);
    struct strbuf plain = STRBUF_INIT;

    if (!r)
        return NULL;
    cell_plain(&plain, &schema->columns[col], &r->cells[col]);
    (void)snprintf(text, sizeof(text), "%s", row_present(r, col) ? plain.buf : "-");
    strbuf_release(&plain);
    return text;
}

#define VM(key, col) cell(&table_vms, key, col)

static void check_vms(const char *want)
{
    const struct snapshot *s = table(&table_vms);
    struct strbuf have = STRBUF_INIT;

    for (size_t i = 0; i < snapshot_count(s); i++)
        strbuf_addf(&have, "%s=%s ", row_str(snapshot_row(s, i), VMS_VM_ID),
                    row_str(snapshot_row(s, i), VMS_VM));
    assert_string_equal(have.buf, want);
    strbuf_release(&have);
}

/* ---- the whole --------------------------------------------------------------------------------
 */

static void read_full(size_t piece)
{
    size_t a, b, c;
    char *full = fixture_text("vcenter_inventory", "full.xml", &a),
         *usage = fixture_text("vcenter_inventory", "usage.xml", &b);
    char *rest = fixture_text("vcenter_inventory", "usage-rest.xml", &c);

    vc.run.piece = piece;
    RUN(false, STEP_DONE, SETUP, {.match = WAIT, .body = full, .len = a},
        {.match = "<RetrievePropertiesEx ", .body = usage, .len = b},
        {.match = "<token>t1</token>", .body = rest, .len = c});
    free(full);
    free(usage);
    free(rest);
}

static const char full_rows[] =
    "# vms: ok, 1 rows, note: storage policies of VMs were not read: 404 the manager said no\n"
    "vm_id\tvm\tuuid\tinstance_uuid\tconnection_state\tquestion_pending\tsnapshot_age_s\t"
    "power_state\thost\tcluster\tguest_os\ttools\tips\tdatastores\tnetworks\tsnapshots\t"
    "consolidation_needed\thost_id\tquiesce\tmacs\n"
    "vm-7\t業務/web %01\t4210aaaa-0000-0000-0000-000000000007\t"
    "5010bbbb-0000-0000-0000-000000000007\tconnected\tDid you move it, or did you copy it?\t"
    "86399\tpoweredOn\tesx-2.example.jp\tCluster-1\tDebian GNU/Linux 12 (64-bit)\t"
    "guestToolsRunning\t192.168.10.7 fe80::250:56ff:fe84:1\tvsanDatastore\tweb-seg network-404\t2\t"
    "true\thost-2\ttrue\t00:50:56:84:00:01\n"
    "# hosts: ok, 1 rows\n"
    "host_id\thost\tcluster\tconnection_state\tpower_state\tmaintenance\tha_state\tversion\tbuild\t"
    "model\tuptime_s\tmanagement_ip\tcpu_percent\tmemory_percent\tvm_count\tfqdn\tvcenter_uuid\n"
    "host-2\tesx-2.example.jp\tCluster-1\tconnected\tpoweredOn\tfalse\tconnectedToMaster\t8.0.2\t"
    "22380479\tExpress5800\t86400\t10.9.1.2\t25\t50\t1\tesx-2.example.jp\tuuid-of-vc\n"
    "# clusters: ok, 1 rows\n"
    "cluster_id\tcluster\thost_count\tdrs\tha\tvsan_enabled\n"
    "domain-c8\tCluster-1\t1\tfalse\ttrue\ttrue\n"
    "# datastores: ok, 1 rows\n"
    "datastore_id\tdatastore\ttype\tcapacity_bytes\tfree_bytes\tused_percent\taccessible\n"
    "datastore-5\tvsanDatastore\tvsan\t2000000000000\t500000000000\t75\ttrue\n"
    "# tasks: never, 0 rows\n";

static void test_full(void **state)
{
    static const size_t pieces[] = {1, 2, 7, 100, 4096, 1u << 20};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
        struct strbuf dump = STRBUF_INIT;

        collector_run_reset(&vc.run);
        read_full(pieces[i]);
        collector_run_dump(&vc.run, &dump);
        assert_string_equal(dump.buf, full_rows);
        strbuf_release(&dump);
    }
}

/* Cut off anywhere, a first reading gives no rows and says why. */
static void test_cut_off(void **state)
{
    size_t len;
    char *full = fixture_text("vcenter_inventory", "full.xml", &len);

    (void)state;
    for (size_t n = 0; n < len - 2; n += 199) {
        collector_run_reset(&vc.run);
        RUN(false, STEP_FAIL, SETUP, {.match = WAIT, .body = full, .len = n});
        assert_int_equal(vc.run.err.kind, ERR_PROTO);
        assert_int_equal(snapshot_count(table(&table_vms)), 0);
    }
    free(full);
}

static void test_hostile(void **state)
{
    static const char bomb[] = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]>"
                               "<x>&b;</x>";
    static const char html[] = "<html><body>Service Unavailable";

    (void)state;
    RUN(false, STEP_FAIL, SETUP, REPLY(WAIT, bomb));
    assert_non_null(strstr(vc.run.err.msg, "DOCTYPE"));
    RUN(false, STEP_FAIL, REPLY(WAIT, html));
    RUN(false, STEP_FAIL, REPLY(WAIT, ""));
    assert_non_null(strstr(vc.run.err.msg, "empty document"));
}

/* ---- updates ----------------------------------------------------------------------------------
 */

static void test_pages(void **state)
{
    (void)state;
    RUN(false, STEP_DONE, SETUP, REPLY(AT(""), PART("1", ENTER("vm-1", "a"))),
        REPLY(AT("1"), PART("2", ENTER("vm-2", "b"))), REPLY(AT("2"), SET("3", ENTER("vm-3", "c"))),
        USAGE);
    check_vms("vm-1=a vm-2=b vm-3=c ");
}

/* The same object several times in one set: in order. Unset is not "". */
static void test_changes(void **state)
{
    (void)state;
    RUN(true, STEP_SEND, SETUP, REPLY(WAIT, SET("1", ENTER("vm-1", "a") ENTER("vm-2", "b"))), USAGE,
        REPLY(AT("1"),
              SET("2", OBJECT("modify", "VirtualMachine", "vm-1",
                              CHANGE("runtime.powerState", "poweredOn")
                                  CHANGE("guest.ipAddress", "10.0.0.1"))
                           OBJECT("leave", "VirtualMachine", "vm-2", "") OBJECT(
                               "modify", "VirtualMachine", "vm-1",
                               CHANGE("runtime.powerState", "weird") UNSET("guest.ipAddress"))
                               ENTER("vm-3", "c") OBJECT("leave", "VirtualMachine", "vm-3", "")
                                   ENTER("vm-3", "d") OBJECT("enter", "Folder", "group-v9", ""))));
    check_vms("vm-1=a vm-3=d ");
    assert_string_equal(VM("vm-1", VMS_POWER_STATE), "weird");
    assert_string_equal(VM("vm-1", VMS_IPS), "-");
    assert_int_equal(vc.run.publishes, 3); /* the second says that there are no storage policies */
}

/* Entering again tells all: what is not told is unset. */
static void test_enter_again(void **state)
{
    (void)state;
    RUN(true, STEP_SEND, SETUP,
        REPLY(WAIT, SET("1", OBJECT("enter", "VirtualMachine", "vm-1",
                                    CHANGE("name", "a") CHANGE("runtime.host", "host-1")))),
        USAGE, REPLY(AT("1"), SET("2", ENTER("vm-1", "b"))));
    check_vms("vm-1=b ");
    assert_string_equal(VM("vm-1", VMS_HOST_ID), "-");
}

/* A time-out is an empty answer; the version stays, and what is shown is of now. */
static void test_nothing_happened(void **state)
{
    (void)state;
    RUN(true, STEP_SEND, SETUP, REPLY(WAIT, SET("1", ENTER("vm-1", "a"))), USAGE,
        REPLY(AT("1"), NOTHING), REPLY(AT("1"), SET("2", ENTER("vm-2", "b"))));
    check_vms("vm-1=a vm-2=b ");
    assert_int_equal(vc.run.publishes, 4);
}

static char *many(unsigned n)
{
    struct strbuf out = STRBUF_INIT;

    strbuf_addstr(&out, OPEN "<returnval><version>1</version><filterSet>");
    for (unsigned i = 0; i < n; i++)
        strbuf_addf(&out,
                    "<objectSet><kind>enter</kind><obj type='VirtualMachine'>vm-%u</obj>"
                    "<changeSet><name>name</name><op>assign</op><val>n%u</val></changeSet>"
                    "</objectSet>",
                    i, i);
    strbuf_addstr(&out, "</filterSet></returnval>" CLOSE);
    return strbuf_detach(&out);
}

/* One changed VM costs one block, and so does one that leaves. */
static void test_one_block(void **state)
{
    char *first = many(640);
    struct snapshot *before;
    size_t changed = 0;

    (void)state;
    RUN(true, STEP_SEND, SETUP, {.match = WAIT, .body = first, .len = strlen(first)}, USAGE);
    before = snapshot_ref(table(&table_vms));
    assert_int_equal(snapshot_blocks(before), 10);
    RUN(true, STEP_SEND, USAGE,
        REPLY(AT("1"), SET("2", OBJECT("modify", "VirtualMachine", "vm-100",
                                       CHANGE("runtime.powerState", "poweredOff"))
                                    OBJECT("leave", "VirtualMachine", "vm-600", ""))));
    for (size_t i = 0; i < 10; i++)
        changed += snapshot_block_hash(before, i) != snapshot_block_hash(table(&table_vms), i);
    assert_int_equal(changed, 2);
    assert_int_equal(snapshot_count(table(&table_vms)), 639);
    snapshot_unref(before);
    free(first);
}

/* A host's new name is in the rows of its VMs. */
static void test_names_of_others(void **state)
{
    (void)state;
    RUN(true, STEP_SEND, SETUP,
        REPLY(WAIT, SET("1", OBJECT("enter", "VirtualMachine", "vm-1", CHANGE("runtime.host", "h1"))
                                 OBJECT("enter", "HostSystem", "h1", CHANGE("name", "old")))),
        USAGE,
        REPLY(AT("1"), SET("2", OBJECT("modify", "HostSystem", "h1", CHANGE("name", "new")))));
    assert_string_equal(VM("vm-1", VMS_HOST), "new");
    assert_string_equal(cell(&table_hosts, "h1", HOSTS_VM_COUNT), "1");
}

/* ---- what breaks ------------------------------------------------------------------------------
 */

static void first_reading(void)
{
    RUN(true, STEP_SEND, SETUP, REPLY(WAIT, SET("1", ENTER("vm-1", "a") ENTER("vm-2", "b"))),
        USAGE);
    check_vms("vm-1=a vm-2=b ");
}

/* The wait that was given up is cancelled, and the last version that was applied is asked again. */
static void test_after_a_failure(void **state)
{
    static const struct err down = {.kind = ERR_NET, .msg = "no answer"};

    (void)state;
    first_reading();
    RUN(true, STEP_FAIL, USAGE, {.match = WAIT, .body = "", .err = &down, .status = -1});
    assert_int_equal(snapshot_count(table(&table_vms)), 2);
    RUN(true, STEP_SEND, REPLY("<CancelWaitForUpdates ", NOTHING), USAGE,
        REPLY(AT("1"), SET("2", ENTER("vm-3", "c"))));
    check_vms("vm-1=a vm-2=b vm-3=c ");
}

static void test_old_version(void **state)
{
    (void)state;
    first_reading();
    RUN(true, STEP_SEND, USAGE, REFUSED(AT("1"), FAULT("InvalidCollectorVersion", "")), SETUP,
        REPLY(AT(""), SET("9", ENTER("vm-2", "b") ENTER("vm-4", "d"))));
    check_vms("vm-2=b vm-4=d ");
}

/* Everything of the old session is gone: anew, and the rows of before are replaced, not emptied. */
static void test_gone(void **state)
{
    (void)state;
    first_reading();
    RUN(true, STEP_SEND, USAGE, REFUSED(AT("1"), FAULT("ManagedObjectNotFound", "")), SETUP,
        REPLY(AT(""), SET("9", ENTER("vm-2", "b"))));
    check_vms("vm-2=b ");
    vc.vsphere.login = 2;
    RUN(true, STEP_SEND, SETUP, REPLY(AT(""), SET("9", ENTER("vm-5", "e"))), USAGE);
    check_vms("vm-5=e ");
}

static void test_gone_again_and_again(void **state)
{
    static const char gone[] = FAULT("ManagedObjectNotFound", "");

    (void)state;
    vc.run.repeat = true;
    answer((const struct canned_reply[]){VIEW, PC, REFUSED("<CreateFilter ", gone)}, 3, true,
           STEP_FAIL);
    assert_true(vc.run.nrequests < 20);
}

static void test_canceled(void **state)
{
    (void)state;
    first_reading();
    RUN(true, STEP_SEND, USAGE, REFUSED(AT("1"), FAULT("RequestCanceled", "")),
        REPLY(AT("1"), SET("2", ENTER("vm-3", "c"))));
    check_vms("vm-1=a vm-2=b vm-3=c ");
}

static void test_unknown_property(void **state)
{
    (void)state;
    RUN(false, STEP_DONE, VIEW, PC,
        REFUSED("config.repConfig</pathSet>",
                FAULT("InvalidProperty", "<name>config.repConfig</name>")),
        FILTER, REPLY(WAIT, SET("1", ENTER("vm-1", "a"))), USAGE);
    check_vms("vm-1=a ");
    assert_non_null(strstr(snapshot_note(table(&table_hosts)), "config.repConfig"));
    RUN(false, STEP_FAIL, REFUSED(WAIT, FAULT("InvalidProperty", "<name>never.asked</name>")));
}

/* What may not be read is said, what nobody knows is kept as it came, and neither harms the rest.
 */
static void test_missing_and_unknown(void **state)
{
    static const char first[] = OPEN "<returnval><version>1</version><filterSet>" OBJECT(
        "enter", "VirtualMachine", "vm-1",
        CHANGE("name", "a") CHANGE("runtime.powerState", "hibernated")
            CHANGE("runtime.ofTheYear2031",
                   "x") "<missingSet><path>guest.ipAddress</path><fault><fault "
                        "xsi:type='NoPermission'/></fault></missingSet>") "</filterSet>"
                                                                          "</returnval>" CLOSE;

    (void)state;
    RUN(false, STEP_DONE, SETUP, REPLY(WAIT, first), USAGE);
    assert_string_equal(VM("vm-1", VMS_VM), "a");
    assert_string_equal(VM("vm-1", VMS_POWER_STATE), "hibernated");
    assert_string_equal(VM("vm-1", VMS_IPS), "-");
    assert_int_equal(
        cell_severity(&table_vms.columns[VMS_POWER_STATE],
                      &snapshot_find(table(&table_vms), "vm-1")->cells[VMS_POWER_STATE]),
        SEV_UNKNOWN);
    assert_non_null(
        strstr(snapshot_note(table(&table_hosts)), "not readable: guest.ipAddress: NoPermission"));
}

/* The other form of a session that is over: status 200. */
static void test_session_over_within(void **state)
{
    static const char over[] =
        OPEN "<returnval><version>1</version><filterSet><objectSet><kind>enter</kind>"
             "<obj type='HostSystem'>h</obj><missingSet><path>name</path><fault><fault "
             "xsi:type='NotAuthenticated'/></fault></missingSet></objectSet></filterSet>"
             "</returnval>" CLOSE;

    (void)state;
    RUN(true, STEP_SEND, SETUP, REPLY(AT(""), over), REPLY(AT(""), SET("1", ENTER("vm-1", "a"))),
        REPLY("<CancelWaitForUpdates ", NOTHING), USAGE);
    assert_int_equal(vc.run.logins, 1);
    check_vms("vm-1=a ");
}

static void test_usage_is_an_enrichment(void **state)
{
    (void)state;
    RUN(false, STEP_DONE, SETUP, REPLY(WAIT, SET("1", ENTER("vm-1", "a"))),
        REFUSED("<RetrievePropertiesEx ", FAULT("NoPermission", "")));
    assert_int_equal(snapshot_freshness(table(&table_vms)), FRESH_OK);
    assert_non_null(strstr(snapshot_note(table(&table_hosts)), "usage is not known"));
}

/* A host that is asked alone has no clusters. */
static void test_single_host(void **state)
{
    (void)state;
    vc.vsphere.is_host = true;
    RUN(false, STEP_DONE, SETUP, REPLY(WAIT, SET("1", ENTER("1", "a"))), USAGE);
    check_vms("1=a ");
    assert_null(strstr(vc.run.requests.buf, "ClusterComputeResource"));
}

static void test_no_facts(void **state)
{
    (void)state;
    vc.facts.vsphere = NULL;
    answer(NULL, 0, false, STEP_FAIL);
}

#define T(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_full),
        T(test_cut_off),
        T(test_hostile),
        T(test_pages),
        T(test_changes),
        T(test_enter_again),
        T(test_nothing_happened),
        T(test_one_block),
        T(test_names_of_others),
        T(test_after_a_failure),
        T(test_old_version),
        T(test_gone),
        T(test_gone_again_and_again),
        T(test_canceled),
        T(test_unknown_property),
        T(test_missing_and_unknown),
        T(test_session_over_within),
        T(test_usage_is_an_enrichment),
        T(test_single_host),
        T(test_no_facts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
