/* NSX-V: rules, groups, the state of hosts, and the session. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/nsxv/nsxv.h"
#include "core/mem.h"
#include "core/secret.h"
#include "tests/support/collector_harness.h"

#define NSXV \
    "{name: old, kind: nsxv, url: 'https://nsxv.example/', user: audit, password: {env: P}}"
#define CONFIG "GET /api/4.0/firewall/globalroot-0/config"
#define STATUS "GET /api/4.0/firewall/globalroot-0/status"

#define CONNECTIONS "GET /api/2.0/vdn/inventory/hosts/connection/status"

static const struct harness_reply good[] = {
    {.match = CONFIG, .file = "../nsxv/nsxv-firewall-config.xml"}, {0}};
static const struct harness_reply odd[] = {{.match = CONFIG, .file = "../nsxv/odd.xml"}, {0}};
static const struct harness_reply empty[] = {
    {.match = CONFIG, .body = "<firewallConfiguration><layer3Sections/></firewallConfiguration>"},
    {0}};
static const struct harness_reply denied[] = {{.match = CONFIG, .status = 403}, {0}};
static const struct harness_reply other[] = {{.match = CONFIG, .body = "<html>login</html>"}, {0}};
static const struct harness_reply status[] = {
    {.match = STATUS, .file = "../nsxv/nsxv-firewall-status.xml"},
    {.match = CONNECTIONS "?hostId=host-22&hostId=host-23",
     .optional = true,
     .body = "<hostConnStatusList><hostConnStatuses>"
             "<hostConnStatus><hostId>host-22</hostId>"
             "<nsxMgrToFirewallAgentConn>UP</nsxMgrToFirewallAgentConn>"
             "<nsxMgrToControlPlaneAgentConn>UP</nsxMgrToControlPlaneAgentConn>"
             "<hostToControllerConn>NOT_AVAILABLE</hostToControllerConn></hostConnStatus>"
             "<hostConnStatus><hostId>host-23</hostId>"
             "<nsxMgrToFirewallAgentConn>DOWN</nsxMgrToFirewallAgentConn>"
             "<hostToControllerConn>odd</hostToControllerConn></hostConnStatus>"
             "<hostConnStatus><hostId>host-99</hostId>"
             "<nsxMgrToFirewallAgentConn>UP</nsxMgrToFirewallAgentConn></hostConnStatus>"
             "</hostConnStatuses></hostConnStatusList>"},
    {0}};
/* What is no id of a host is put into no address; a call that is refused costs its cells alone. */
static const struct harness_reply no_connections[] = {
    {.match = STATUS,
     .body = "<firewallStatus><status>published</status><generationNumber>5</generationNumber>"
             "<clusterList><clusterStatus><hostStatusList><hostStatus>"
             "<hostId>host-1&amp;x=../y</hostId><generationNumber>5</generationNumber></hostStatus>"
             "<hostStatus><hostId>host-2</hostId><generationNumber>5</generationNumber>"
             "</hostStatus></hostStatusList></clusterStatus></clusterList></firewallStatus>"},
    {.match = CONNECTIONS "?hostId=host-2", .status = 403},
    {0}};
static const struct harness_reply no_hosts[] = {
    {.match = STATUS,
     .body = "<firewallStatus><status>published</status><generationNumber>x</generationNumber>"
             "<clusterList><clusterStatus><hostStatusList><hostStatus><hostId>host-1</hostId>"
             "<status>NEW</status><generationNumber>-3</generationNumber></hostStatus><hostStatus/>"
             "</hostStatusList></clusterStatus></clusterList></firewallStatus>"},
    {.match = CONNECTIONS "?hostId=host-1", .body = "<html>busy</html>"},
    {0}};

#define SETS   "GET /api/2.0/services/ipset/scope/globalroot-0"
#define GROUPS "GET /api/2.0/services/securitygroup/scope/globalroot-0"
#define OF     "GET /api/2.0/services/securitygroup/"

static const struct harness_reply groups[] = {
    {.match = SETS, .file = "../nsxv/ipsets.xml"},
    {.match = GROUPS, .file = "../nsxv/securitygroups.xml"},
    {.match = OF "securitygroup-10/translation/ipaddresses",
     .file = "../nsxv/translation-ipaddresses.xml",
     .optional = true},
    {.match = OF "securitygroup-10/translation/virtualmachines",
     .file = "../nsxv/translation-virtualmachines.xml",
     .optional = true},
    {.match = OF "securitygroup-11/translation/ipaddresses",
     .body = "<ipNodes/>",
     .optional = true},
    {.match = OF "securitygroup-11/translation/virtualmachines",
     .body = "<vmnodes/>",
     .optional = true},
    {0}};
static const struct harness_reply no_groups[] = {
    {.match = SETS, .body = "<list/>"}, {.match = GROUPS, .body = "<list/>"}, {0}};
/* What is no id is put into no address; other words than those that are known are passed over. */
static const struct harness_reply odd_groups[] = {
    {.match = SETS,
     .body = "<list><ipset><objectId>ipset-1</objectId><name>&lt;b&gt; $(reboot)</name><value>"
             "10.0.0.1,,not an address, 10.0.0.300 </value></ipset><ipset><name>no id</name>"
             "</ipset><macset><objectId>macset-1</objectId></macset></list>"},
    {.match = GROUPS,
     .body = "<list><securitygroup><objectId>../../x?y=z</objectId><name>a</name></securitygroup>"
             "<securitygroup><objectId>securitygroup-1</objectId><member><objectId>vm-3</objectId>"
             "<name>not the group's</name></member><name>b</name></securitygroup>"
             "<securitygroup><objectId>securitygroup-2</objectId></securitygroup></list>"},
    {.match = OF "securitygroup-1/translation/ipaddresses", .body = "<html>busy</html>"},
    {.match = OF "securitygroup-2/translation/ipaddresses",
     .body = "<ipNodes><ipNode><ipAddresses>10.0.0.1</ipAddresses></ipNode></ipNodes>"},
    {.match = OF "securitygroup-2/translation/virtualmachines", .status = 403},
    {0}};
static const struct harness_reply no_lists[] = {
    {.match = SETS, .body = "<list/>"}, {.match = GROUPS, .body = "<html/>"}, {0}};

static const struct harness_case cases[] = {
    {.name = "nsxv", .collector = &collector_nsxv_rules, .endpoint = NSXV, .replies = good},
    {.name = "nsxv-odd", .collector = &collector_nsxv_rules, .endpoint = NSXV, .replies = odd},
    {.name = "nsxv-empty", .collector = &collector_nsxv_rules, .endpoint = NSXV, .replies = empty},
    {.name = "nsxv-denied",
     .collector = &collector_nsxv_rules,
     .endpoint = NSXV,
     .replies = denied},
    {.name = "nsxv-other", .collector = &collector_nsxv_rules, .endpoint = NSXV, .replies = other},
    {.name = "status", .collector = &collector_nsxv_hosts, .endpoint = NSXV, .replies = status},
    {.name = "no-hosts", .collector = &collector_nsxv_hosts, .endpoint = NSXV, .replies = no_hosts},
    {.name = "no-connections",
     .collector = &collector_nsxv_hosts,
     .endpoint = NSXV,
     .replies = no_connections},
    {.name = "groups", .collector = &collector_nsxv_groups, .endpoint = NSXV, .replies = groups},
    {.name = "no-groups",
     .collector = &collector_nsxv_groups,
     .endpoint = NSXV,
     .replies = no_groups},
    {.name = "odd-groups",
     .collector = &collector_nsxv_groups,
     .endpoint = NSXV,
     .replies = odd_groups},
    {.name = "no-lists",
     .collector = &collector_nsxv_groups,
     .endpoint = NSXV,
     .replies = no_lists},
};

static void test_tables(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        harness_check(&cases[i]);
}

static void test_twins(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++)
        harness_check_twins(&cases[i]);
    harness_check_twins(&cases[5]);
    harness_check_twins(&cases[8]);
}

/* ---- the session -------------------------------------------------------------------------------
 */

static struct session *new_session(struct config **config)
{
    static const char text[] = "sites:\n  - name: a\n    endpoints:\n      - " NSXV "\n";
    struct err err = {0};
    struct session *s;

    *config = config_parse(text, sizeof(text) - 1, "hycon.yaml", &err, NULL);
    assert_non_null(*config);
    s = session_new_with(config_endpoint(*config, 0), &session_nsxv_ops, &err);
    assert_non_null(s);
    s->user = "audit";
    s->secret = secret_new_str("p:ss");
    return s;
}

static void free_session(struct session *s, struct config *config)
{
    secret_unref(s->secret);
    s->secret = NULL;
    session_free(s);
    config_free(config);
}

static enum session_step login_with(struct session *s, int code)
{
    struct reply reply = {.status = code, .body = "", .len = 0};

    assert_int_equal(s->ops->login(s, NULL), SESSION_SEND);
    return s->ops->login(s, &reply);
}

static void test_login(void **state)
{
    struct config *config;
    struct session *s = new_session(&config);
    bool found = false;

    (void)state;
    assert_int_equal(s->ops->login(s, NULL), SESSION_SEND);
    assert_string_equal(s->call.http.url,
                        "https://nsxv.example/api/4.0/firewall/globalroot-0/status");
    for (size_t i = 0; s->call.http.headers[i]; i++)
        found |= strcmp(s->call.http.headers[i], "Authorization: Basic YXVkaXQ6cDpzcw==") == 0;
    assert_true(found);
    assert_int_equal(login_with(s, 200), SESSION_READY);
    assert_int_equal(login_with(s, 403), SESSION_READY);
    assert_int_equal(login_with(s, 503), SESSION_FAIL);
    assert_int_equal(login_with(s, 401), SESSION_REJECTED);
    assert_non_null(strstr(s->err.msg, "refused user 'audit'"));
    assert_null(strstr(s->err.msg, "p:ss"));
    free_session(s, config);
}

static void test_requests(void **state)
{
    static const struct {
        int code;
        enum session_verdict want;
    } verdicts[] = {{200, VERDICT_OK},        {401, VERDICT_REJECTED},  {404, VERDICT_ERROR},
                    {429, VERDICT_THROTTLED}, {503, VERDICT_THROTTLED}, {502, VERDICT_RETRY}};
    static const char body[] =
        "<error><details>The requested object is not there.</details><errorCode>202</errorCode>"
        "</error>";
    struct request get = {.service = SERVICE_MAIN, .method = "GET", .path = "/api/x", .label = "x"};
    struct request post = {.service = SERVICE_MAIN, .method = "POST", .path = "/api/x"};
    struct config *config;
    struct session *s = new_session(&config);
    struct err err = {0};

    (void)state;
    assert_int_equal(s->ops->authorize(s, &get), 0);
    assert_string_equal(s->call.http.url, "https://nsxv.example/api/x");
    assert_int_equal(s->ops->authorize(s, &post), -1);
    for (size_t i = 0; i < ARRAY_SIZE(verdicts); i++) {
        struct reply reply = {.status = verdicts[i].code, .body = body, .len = sizeof(body) - 1};

        err_clear(&err);
        assert_int_equal(s->ops->judge(s, &get, &reply, &err), verdicts[i].want);
        if (verdicts[i].code == 404)
            assert_string_equal(err.msg,
                                "NSX-V answered 404 to x: The requested object is not there.");
    }
    free_session(s, config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_twins),
        cmocka_unit_test(test_login),
        cmocka_unit_test(test_requests),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
