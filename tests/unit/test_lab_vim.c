/* The vCenter of the lab: sessions, readings in pages, and updates that are waited for. */
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
#include "tests/lab/lab.h"
#include "tests/lab/vim.h"

static struct lab lab;
static struct lab_server server;
static struct nsx_user user = {.name = "hycon@vsphere.local", .password = "right"};
static const char *cookie;

static int begin(void **state)
{
    (void)state;
    lab_init(&lab, 1);
    lab.params.vcenter = 1;
    lab.params.vms = 150;
    lab.estate = lab_estate_new(&lab.params, 1, lab_wall_ms());
    server = (struct lab_server){.lab = &lab, .name = "vcenter-dc1", .family = FAMILY_VCENTER};
    server.data = lab_vim_new(lab_find_vcenter(lab.estate, "dc1"), &user);
    user.failures = 0;
    user.locked_until = 0;
    cookie = NULL;
    return 0;
}

static int end(void **state)
{
    (void)state;
    lab_vim_free(server.data);
    lab_release(&lab);
    return 0;
}

/* The reply to @call, which stands below the Body; in the lab's arena. */
static const char *ask(int *status, const char *call)
{
    struct lab_pair header = {"Cookie", cookie ? cookie : ""};
    struct lab_request req = {.method = "POST", .path = "/sdk", .arena = arena_new(0)};
    struct lab_reply reply = {.status = 200, .body = STRBUF_INIT};
    const char *text;

    req.headers = (struct lab_pairs){&header, 1};
    req.body = arena_printf(req.arena,
                            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" "
                            "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">"
                            "<s:Body>%s</s:Body></s:Envelope>",
                            call);
    req.body_len = strlen(req.body);
    pthread_mutex_lock(&lab.lock);
    lab_vim_handle(&lab, &server, &req, &reply);
    *status = reply.status;
    text = arena_strdup(lab.arena, reply.body.buf);
    for (size_t i = 0; i < reply.nheaders; i++)
        if (strcmp(reply.headers[i].name, "Set-Cookie") == 0)
            cookie = arena_strdup(lab.arena, reply.headers[i].value);
    pthread_mutex_unlock(&lab.lock);
    strbuf_release(&reply.body);
    arena_free(req.arena);
    return text;
}

static const char *good(const char *call)
{
    int status;
    const char *text = ask(&status, call);

    if (status != 200)
        print_error("%s\n", text);
    assert_int_equal(status, 200);
    return text;
}

static void fails(const char *call, const char *fault)
{
    int status;
    const char *text = ask(&status, call);

    assert_int_equal(status, 500);
    assert_non_null(strstr(text, arena_printf(lab.arena, "xsi:type=\"%s\"", fault)));
}

static const char *between(const char *text, const char *before)
{
    const char *at = strstr(text, before);

    assert_non_null(at);
    at += strlen(before);
    return arena_strndup(lab.arena, at, strcspn(at, "<"));
}

static unsigned count(const char *text, const char *what)
{
    unsigned n = 0;

    while ((text = strstr(text, what)) != NULL) {
        text += strlen(what);
        n++;
    }
    return n;
}

static void login(const char *password, const char *fault)
{
    const char *call =
        arena_printf(lab.arena,
                     "<Login xmlns=\"urn:vim25\"><_this type=\"SessionManager\">SessionManager"
                     "</_this><userName>hycon@vsphere.local</userName><password>%s</password>"
                     "</Login>",
                     password);

    if (fault)
        fails(call, fault);
    else
        good(call);
}

#define PC(name, inside)                                                                \
    "<" name " xmlns=\"urn:vim25\"><_this type=\"PropertyCollector\">propertyCollector" \
    "</_this>" inside "</" name ">"
#define CURRENT PC("CreatePropertyCollector", "")

static void test_sessions(void **state)
{
    (void)state;
    fails(CURRENT, "NotAuthenticated");
    login("wrong", "InvalidLogin");
    login("right", NULL);
    assert_int_equal(lab_vim_open_sessions(&lab, server.data), 1);
    good(CURRENT);
    lab.clock.advanced = lab.params.session_timeout * 1000 + 1;
    fails(CURRENT, "NotAuthenticated");
    assert_int_equal(lab_vim_open_sessions(&lab, server.data), 0);
    login("right", NULL);
    good("<Logout xmlns=\"urn:vim25\"><_this type=\"SessionManager\">SessionManager</_this>"
         "</Logout>");
    fails(CURRENT, "NotAuthenticated");
    assert_int_equal(server.counts.logins, 2);
    assert_int_equal(server.counts.logouts, 1);
}

static void test_lockout(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++)
        login("wrong", "InvalidLogin");
    login("right", "InvalidLogin");
    assert_int_equal(server.counts.lockouts, 1);
    lab.clock.advanced = 16 * 60 * 1000;
    login("right", NULL);
}

/* A specification of @paths of @type below a new container view of them. */
static const char *spec_of(const char *type, const char *paths)
{
    const char *view = between(
        good(arena_printf(lab.arena,
                          "<CreateContainerView xmlns=\"urn:vim25\"><_this type=\"ViewManager\">"
                          "ViewManager</_this><container type=\"Folder\">group-d1</container>"
                          "<type>%s</type><recursive>true</recursive></CreateContainerView>",
                          type)),
        "type=\"ContainerView\">");

    return arena_printf(lab.arena,
                        "<propSet><type>%s</type>%s</propSet><objectSet><obj "
                        "type=\"ContainerView\">%s</obj><skip>true</skip><selectSet "
                        "xsi:type=\"TraversalSpec\"><name>v</name><type>ContainerView</type>"
                        "<path>view</path><skip>false</skip></selectSet></objectSet>",
                        type, paths, view);
}

static void test_pages_have_tokens(void **state)
{
    const char *call, *text, *token;

    (void)state;
    login("right", NULL);
    call = arena_printf(lab.arena,
                        PC("RetrievePropertiesEx", "<specSet>%s</specSet><options><maxObjects>100"
                                                   "</maxObjects></options>"),
                        spec_of("VirtualMachine", "<pathSet>name</pathSet>"));
    text = good(call);
    assert_int_equal(count(text, "<objects>"), 100);
    token = between(text, "<token>");
    call = arena_printf(lab.arena, PC("ContinueRetrievePropertiesEx", "<token>%s</token>"), token);
    text = good(call);
    assert_int_equal(count(text, "<objects>"), 52); /* 150 and two edges, less the first page */
    assert_int_equal(count(text, "<token>"), 0);
    fails(call, "InvalidArgument"); /* a token is good once */
}

static void test_unknown_property(void **state)
{
    (void)state;
    login("right", NULL);
    fails(arena_printf(lab.arena, PC("RetrievePropertiesEx", "<specSet>%s</specSet>"),
                       spec_of("HostSystem", "<pathSet>summary.nonsense</pathSet>")),
          "InvalidProperty");
    fails(PC("RetrievePropertiesEx", "<specSet><propSet><type>Folder</type><pathSet>name"
                                     "</pathSet></propSet><objectSet><obj type=\"Folder\">"
                                     "group-d9</obj></objectSet></specSet>"),
          "ManagedObjectNotFound");
}

static void test_reading_without_a_session(void **state)
{
    const char *call = PC("RetrievePropertiesEx",
                          "<specSet><propSet><type>Folder</type><pathSet>name</pathSet></propSet>"
                          "<objectSet><obj type=\"Folder\">group-d1</obj></objectSet></specSet>");
    const char *text;

    (void)state;
    fails(call, "NotAuthenticated");
    lab.params.soft_auth = 1;
    text = good(call);
    assert_non_null(strstr(text, "<missingSet><path>name</path>"));
    assert_null(strstr(text, "<propSet>"));
    login("right", NULL);
    assert_null(strstr(good(call), "missingSet"));
}

static void watch(const char *type, const char *paths)
{
    good(arena_printf(lab.arena,
                      PC("CreateFilter", "<spec>%s</spec><partialUpdates>false"
                                         "</partialUpdates>"),
                      spec_of(type, paths)));
}

static const char *wait_call(const char *version, int seconds)
{
    return arena_printf(lab.arena,
                        PC("WaitForUpdatesEx", "<version>%s</version><options><maxWaitSeconds>%d"
                                               "</maxWaitSeconds></options>"),
                        version, seconds);
}

/* Everything there is, page by page; the version to go on from. */
static const char *drain(const char *version, unsigned *objects)
{
    const char *text;

    *objects = 0;
    for (;;) {
        text = good(wait_call(version, 0));
        if (!strstr(text, "<returnval>"))
            return version;
        *objects += count(text, "<objectSet>");
        version = between(text, "<version>");
        if (!strstr(text, "<truncated>"))
            return version;
        assert_int_equal(count(text, "<objectSet>"), 100);
    }
}

static void rename_vm(const char *from, const char *to)
{
    struct lab_pair words[] = {{"do", "set-vm"}, {"site", "dc1"}, {"vm", from}, {"name", to}};
    struct lab_pairs action = {words, ARRAY_SIZE(words)};
    struct err err;

    assert_int_equal(lab_action_run(&lab, &action, &err), 0);
}

static void test_one_change_costs_one_object(void **state)
{
    const char *version, *text;
    unsigned n;

    (void)state;
    login("right", NULL);
    watch("VirtualMachine", "<pathSet>name</pathSet><pathSet>runtime.host</pathSet>");
    version = drain("", &n);
    assert_int_equal(n, 152);
    rename_vm("vm-00007", "a/b");
    text = good(wait_call(version, 0));
    assert_int_equal(count(text, "<objectSet>"), 1);
    assert_int_equal(count(text, "<changeSet>"), 1);
    assert_non_null(strstr(text, ">a%2fb<"));
    assert_string_equal(good(wait_call(version, 0)), text); /* the reply got lost: once more */
    fails(wait_call("77", 0), "InvalidCollectorVersion");
    drain("", &n);
    assert_int_equal(n, 152);
}

static void *wait_in_thread(void *version)
{
    return (void *)(uintptr_t)good(wait_call(version, 60));
}

static void test_waiting_ends_with_news(void **state)
{
    struct lab_pair words[] = {{"do", "remove-vm"}, {"site", "dc1"}, {"vm", "vm-00003"}};
    struct lab_pairs action = {words, ARRAY_SIZE(words)};
    const char *version;
    pthread_t thread;
    struct err err;
    void *text;
    unsigned n;

    (void)state;
    login("right", NULL);
    watch("VirtualMachine", "<pathSet>name</pathSet>");
    version = drain("", &n);
    assert_int_equal(pthread_create(&thread, NULL, wait_in_thread, (void *)(uintptr_t)version), 0);
    assert_int_equal(lab_action_run(&lab, &action, &err), 0);
    pthread_join(thread, &text);
    assert_int_equal(count(text, "<kind>leave</kind>"), 1);
}

static void test_a_lost_host(void **state)
{
    struct lab_pair words[] = {{"do", "fail-host"}, {"site", "dc1"}, {"host", "esx02"}};
    struct lab_pairs action = {words, ARRAY_SIZE(words)};
    const struct lab_vc *vc = lab_find_vcenter(lab.estate, "dc1");
    const struct lab_vhost *dead = lab_vc_host(vc, lab_find_host(lab.estate, "dc1", "esx02"));
    const char *version, *text;
    struct err err;
    unsigned n;

    (void)state;
    login("right", NULL);
    watch("HostSystem", "<pathSet>runtime.connectionState</pathSet>");
    version = drain("", &n);
    assert_int_equal(lab_action_run(&lab, &action, &err), 0);
    text = good(wait_call(version, 0));
    assert_int_equal(count(text, ">notResponding<"), 1);
    assert_int_equal(count(text, "<objectSet>"), 1);
    words[0].value = "ha-restart";
    assert_int_equal(lab_action_run(&lab, &action, &err), 0);
    for (size_t i = 0; i < vc->vms.n; i++)
        assert_ptr_not_equal(lab_vm_host(vc, vc->vms.at[i]), dead);
}

static void test_all_events_are_read(void **state)
{
    const struct lab_vc *vc = lab_find_vcenter(lab.estate, "dc1");
    const char *id, *call, *text;
    unsigned n = 0;

    (void)state;
    login("right", NULL);
    id = between(good("<CreateCollectorForEvents xmlns=\"urn:vim25\"><_this "
                      "type=\"EventManager\">EventManager</_this><filter/>"
                      "</CreateCollectorForEvents>"),
                 "type=\"EventHistoryCollector\">");
    call = arena_printf(lab.arena,
                        "<ReadNextEvents xmlns=\"urn:vim25\"><_this type=\"EventHistoryCollector\">"
                        "%s</_this><maxCount>7</maxCount></ReadNextEvents>",
                        id);
    for (unsigned page = 7; page == 7; n += page) {
        text = good(call);
        page = count(text, "<returnval ");
    }
    assert_int_equal(n, vc->events.n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_sessions, begin, end),
        cmocka_unit_test_setup_teardown(test_lockout, begin, end),
        cmocka_unit_test_setup_teardown(test_pages_have_tokens, begin, end),
        cmocka_unit_test_setup_teardown(test_unknown_property, begin, end),
        cmocka_unit_test_setup_teardown(test_reading_without_a_session, begin, end),
        cmocka_unit_test_setup_teardown(test_one_change_costs_one_object, begin, end),
        cmocka_unit_test_setup_teardown(test_waiting_ends_with_news, begin, end),
        cmocka_unit_test_setup_teardown(test_a_lost_host, begin, end),
        cmocka_unit_test_setup_teardown(test_all_events_are_read, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
