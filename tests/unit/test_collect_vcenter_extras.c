/* What other services know of a vCenter's VMs, from replies in memory: storage policies and
 * restarts by vSphere HA. None of it changes the freshness of the inventory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "core/strbuf.h"
#include "tests/support/vcenter_case.h"

#define VM(id) "<objectSet><kind>enter</kind><obj type='VirtualMachine'>" id "</obj></objectSet>"
#define SET                                                                                   \
    OPEN "<returnval><version>1</version><filterSet><filter>f</filter>" VM("vm-1") VM("vm-2") \
        VM("vm-3") "</filterSet></returnval>" CLOSE
#define INVENTORY VIEW, PC, FILTER, REPLY("<WaitForUpdatesEx ", SET)
#define USAGE                                                                                 \
    REPLY("<RetrievePropertiesEx ",                                                           \
          OPEN "<returnval><objects><obj type='VirtualMachine'>vm-1</obj><propSet><name>"     \
               "summary.storage.committed</name><val>1099511627776</val></propSet></objects>" \
               "</returnval>" CLOSE)

static struct vcenter_case vc;
static struct strbuf files[8];
static size_t nfiles;

static int start(void **state)
{
    (void)state;
    vcenter_case_init(&vc);
    vc.vsphere.instance_uuid = "uuid-of-vc";
    vc.vsphere.event_manager = "EventManager";
    nfiles = 0;
    return 0;
}

static int stop(void **state)
{
    (void)state;
    vcenter_case_release(&vc);
    for (size_t i = 0; i < nfiles; i++)
        strbuf_release(&files[i]);
    return 0;
}

/* The fixture that answers the call @method. */
static struct canned_reply fixture(const char *method, const char *match)
{
    char *path = mem_printf("tests/fixtures/vcenter_policies/%s.xml", method);
    FILE *f = fopen(path, "rb");
    struct strbuf *text = &files[nfiles++];
    char buf[4096];
    size_t n;

    if (!f)
        fail_msg("unable to read '%s'", path);
    strbuf_init(text, 0);
    while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
        strbuf_add(text, buf, n);
    (void)fclose(f);
    free(path);
    return (struct canned_reply){.match = match, .body = text->buf, .len = text->len};
}

static void answer(const struct canned_reply *replies, size_t n, bool live)
{
    vc.run.replies = replies;
    vc.run.nreplies = n;
    vc.run.live = live;
    collector_run(&vc.run);
    if (vc.run.last != (live ? STEP_SEND : STEP_DONE) || vc.run.unused)
        fail_msg("ended with %d, %zu replies were not asked for: %s\n%s", vc.run.last,
                 vc.run.unused, vc.run.err.msg, vc.run.requests.buf);
}

#define RUN(live, ...)                                                  \
    do {                                                                \
        const struct canned_reply replies_[] = {__VA_ARGS__};           \
        answer(replies_, sizeof(replies_) / sizeof(replies_[0]), live); \
    } while (0)
#define EVENTS   fixture("QueryEvents", "<QueryEvents ")
#define SERVICE  fixture("PbmRetrieveServiceContent", "/pbm/sdk ")
#define IDS      fixture("PbmQueryProfile", "<PbmQueryProfile ")
#define NAMES    fixture("PbmRetrieveContent", "<PbmRetrieveContent ")
#define PROFILES fixture("PbmQueryAssociatedProfiles", "<PbmQueryAssociatedProfiles ")

static const char *cell(const char *key, unsigned col)
{
    static char text[512];
    const struct row *r = snapshot_find(vc.run.tables[0], key);
    struct strbuf plain = STRBUF_INIT;

    assert_non_null(r);
    cell_plain(&plain, &table_vms.columns[col], &r->cells[col]);
    (void)snprintf(text, sizeof(text), "%s", row_present(r, col) ? plain.buf : "-");
    strbuf_release(&plain);
    return text;
}

static void check_note(const char *want)
{
    const char *note = snapshot_note(vc.run.tables[0]);

    assert_int_equal(snapshot_freshness(vc.run.tables[0]), FRESH_OK);
    if (*want ? !strstr(note, want) : *note != '\0')
        fail_msg("note: '%s', not '%s'", note, want);
}

/* A policy without a name is shown by its id; what is asked of a disk is no policy of the home. */
static void check_policies(void)
{
    assert_string_equal(cell("vm-1", VMS_STORAGE_POLICY), "vSAN Default Storage Policy");
    assert_string_equal(cell("vm-2", VMS_STORAGE_POLICY), "-");
    assert_string_equal(cell("vm-3", VMS_STORAGE_POLICY), "4d5f673c-536f-11e6-beb8-9e71128cae77");
}

static void test_all(void **state)
{
    (void)state;
    RUN(false, INVENTORY, USAGE, EVENTS, SERVICE, IDS, NAMES, PROFILES);
    check_note("");
    check_policies();
    assert_string_equal(cell("vm-1", VMS_STORAGE_BYTES), "1099511627776");
    assert_string_equal(cell("vm-2", VMS_STORAGE_BYTES), "-");
    assert_string_equal(cell("vm-1", VMS_HA_RESTARTED_AT), "2026-11-20T08:30:00Z");
    assert_string_equal(cell("vm-2", VMS_HA_RESTARTED_AT), "2026-11-01T00:00:00Z");
    assert_string_equal(cell("vm-3", VMS_HA_RESTARTED_AT), "-");
    assert_non_null(strstr(vc.run.requests.buf, "<beginTime>2026-10-21T"));
}

/* Rows do not wait for it, and the slow poll is not in the first reading. */
static void test_live(void **state)
{
    (void)state;
    RUN(true, INVENTORY, REPLY("<RetrievePropertiesEx ", OPEN CLOSE), EVENTS, SERVICE, IDS, NAMES,
        PROFILES);
    check_policies();
    assert_true(vc.run.publishes >= 2);
    assert_null(strstr(vc.run.requests.buf, "summary.storage.committed"));
}

/* The other path; a service that a vCenter does not have; one that does not do this. */
static void test_other_path(void **state)
{
    struct canned_reply service = SERVICE;

    (void)state;
    service.match = "/pbm ";
    RUN(false, INVENTORY, USAGE, EVENTS, {.match = "/pbm/sdk ", .status = 404, .body = ""}, service,
        IDS, NAMES, PROFILES);
    check_note("");
    check_policies();
}

static void test_none(void **state)
{
    (void)state;
    RUN(false, INVENTORY, USAGE, EVENTS);
    check_note("storage policies of VMs were not read");
    assert_string_equal(cell("vm-1", VMS_STORAGE_POLICY), "-");
    assert_string_equal(cell("vm-1", VMS_HA_RESTARTED_AT), "2026-11-20T08:30:00Z");
}

static void test_refused(void **state)
{
    static const struct err denied = {.kind = ERR_DENIED, .msg = "the role does not allow it"};

    (void)state;
    RUN(false, INVENTORY, USAGE, {.match = "<QueryEvents ", .status = 500, .err = &denied}, SERVICE,
        {.match = "<PbmQueryProfile ", .status = 500, .err = &denied});
    check_note("storage policies of VMs were not read: the role does not allow it");
    check_note("restarts by vSphere HA were not all read: the role does not allow it");
}

static void test_silent(void **state)
{
    (void)state;
    RUN(false, INVENTORY, USAGE, {.match = "<QueryEvents ", .status = -1},
        {.match = "/pbm/sdk ", .status = -1});
    check_note("storage policies of VMs were not read");
}

/* What is no answer, an entity bomb and a cut answer: each is a note, and nothing else. */
static void test_hostile(void **state)
{
    static const char bomb[] = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]>"
                               "<x>&b;</x>";
    struct canned_reply cut = PROFILES;

    (void)state;
    RUN(false, INVENTORY, USAGE, REPLY("<QueryEvents ", bomb), REPLY("/pbm/sdk ", bomb));
    check_note("DOCTYPE");
    for (size_t n = 1; n < cut.len - 40; n += 83) {
        struct canned_reply part = cut;

        part.len = n;
        part.body = mem_strndup(cut.body, n);
        nfiles = 1;
        collector_run_reset(&vc.run);
        RUN(false, INVENTORY, USAGE, EVENTS, SERVICE, IDS, NAMES, part);
        check_note("reply about the storage policies of VMs");
        free((char *)part.body);
        for (size_t i = 1; i < nfiles; i++)
            strbuf_release(&files[i]);
        nfiles = 1;
    }
}

/* Every ten minutes policies are asked for, and all restarts; in between the newer restarts. */
static void test_again(void **state)
{
    (void)state;
    RUN(false, INVENTORY, USAGE, EVENTS, SERVICE, IDS, NAMES, PROFILES);
    vc.run.later_ms = 60000;
    RUN(false, REPLY("<WaitForUpdatesEx ", OPEN CLOSE), REPLY("<RetrievePropertiesEx ", OPEN CLOSE),
        fixture("QueryEvents", "<beginTime>2026-11-20T08:30:00Z<"));
    check_policies();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_all, start, stop),
        cmocka_unit_test_setup_teardown(test_live, start, stop),
        cmocka_unit_test_setup_teardown(test_other_path, start, stop),
        cmocka_unit_test_setup_teardown(test_none, start, stop),
        cmocka_unit_test_setup_teardown(test_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_silent, start, stop),
        cmocka_unit_test_setup_teardown(test_hostile, start, stop),
        cmocka_unit_test_setup_teardown(test_again, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
