#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/vcenter/facts.h"
#include "collectors/vcenter/session.h"
#include "core/arena.h"
#include "core/mem.h"
#include "core/soap.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "tests/support/fixture.h"
#include "tests/support/session_case.h"

#define ENDPOINT                                                                              \
    "{name: vc, kind: vcenter, url: 'https://vc.example/sdk/', user: 'EX\\ops&1', password: " \
    "{env: P}}"
#define VERSIONS                                                                          \
    "<?xml version='1.0'?><namespaces version='1.0'><namespace><name>urn:vsan</name>"     \
    "<version>9.9</version></namespace><namespace><name>urn:vim25</name><version>8.0.2.0" \
    "</version><priorVersions><version>6.7</version></priorVersions></namespace></namespaces>"

struct fixture {
    struct config *config;
    struct session s;
    const char *cookies[3];
};

static struct fixture f;

static int start(void **state)
{
    static const char yaml[] = "sites: [{name: dc1, endpoints: [" ENDPOINT "]}]\n";

    (void)state;
    f.config = config_parse(yaml, sizeof(yaml) - 1, "t.yaml", NULL, NULL);
    assert_non_null(f.config);
    f.s = (struct session){.ops = &session_vcenter_ops,
                           .endpoint = config_endpoint(f.config, 0),
                           .arena = arena_new(0),
                           .facts_arena = arena_new(0),
                           .secret = secret_new_str("p<w>&1"),
                           .user = "EX\\ops&1",
                           .tls = {.sha256 = "00"},
                           .proxy = "http://proxy:3128"};
    memset(f.cookies, 0, sizeof(f.cookies));
    assert_int_equal(f.s.ops->init(&f.s), 0);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    f.s.ops->release(&f.s);
    secret_unref(f.s.secret);
    arena_free(f.s.arena);
    arena_free(f.s.facts_arena);
    config_free(f.config);
    return 0;
}

static const char *next_header(const struct reply *r, const char *name, size_t *i)
{
    (void)r;
    return strcmp(name, "Set-Cookie") == 0 && *i < 2 ? f.cookies[(*i)++] : NULL;
}

static enum session_step answer(int status, const char *body)
{
    struct reply r = {
        .status = status, .body = body, .len = strlen(body), .next_header = next_header};

    return f.s.ops->login(&f.s, &r);
}

static enum session_step answer_file(int status, const char *name)
{
    char *text = fixture_text("vcenter_inventory", name, NULL);
    enum session_step step = answer(status, text);

    free(text);
    return step;
}

static void log_in(void)
{
    assert_int_equal(f.s.ops->login(&f.s, NULL), SESSION_SEND);
    assert_int_equal(answer(200, VERSIONS), SESSION_SEND);
    assert_int_equal(answer_file(200, "content.xml"), SESSION_SEND);
    f.cookies[0] = "other=1; Path=/";
    f.cookies[1] = "vmware_soap_session=\"abc-1\"; Path=/; HttpOnly; Secure";
    assert_int_equal(answer_file(200, "login.xml"), SESSION_READY);
}

static void test_login(void **state)
{
    (void)state;
    assert_int_equal(f.s.ops->login(&f.s, NULL), SESSION_SEND);
    assert_string_equal(f.s.call.http.method, "GET");
    assert_string_equal(f.s.call.http.url, "https://vc.example/sdk/vimServiceVersions.xml");
    assert_string_equal(f.s.call.http.tls.sha256, "00");
    assert_string_equal(f.s.call.http.proxy, "http://proxy:3128");
    assert_int_equal(answer(200, VERSIONS), SESSION_SEND);
    assert_string_equal(f.s.call.http.url, "https://vc.example/sdk");
    assert_string_equal(session_header(&f.s, "SOAPAction"), "urn:vim25/8.0.2.0");
    assert_null(strstr(f.s.call.http.body, "p&lt;w"));
    assert_int_equal(answer_file(200, "content.xml"), SESSION_SEND);
    assert_non_null(strstr(f.s.call.http.body, "<userName>EX\\ops&amp;1</userName>"
                                               "<password>p&lt;w&gt;&amp;1</password>"));
    assert_null(session_header(&f.s, "Cookie"));
    f.cookies[0] = "vmware_soap_session=\"abc-1\"; Path=/; HttpOnly; Secure";
    assert_int_equal(answer_file(200, "login.xml"), SESSION_READY);
}

static void test_facts(void **state)
{
    const struct vsphere_facts *v;

    (void)state;
    log_in();
    v = f.s.facts.vsphere;
    assert_string_equal(f.s.facts.product, "VMware vCenter Server");
    assert_string_equal(f.s.facts.version, "6.5.0");
    assert_string_equal(f.s.facts.role, "vCenter Server");
    assert_string_equal(v->api_version, "6.5");
    assert_string_equal(v->instance_uuid, "dbed6e0c-bd88-4ef6-b594-21283e1c677f");
    assert_string_equal(v->root_folder, "group-d1");
    assert_string_equal(v->view_manager, "ViewManager");
    assert_string_equal(v->event_manager, "EventManager");
    assert_false(v->is_host);
    assert_int_equal(v->login, 1);
}

static void test_requests(void **state)
{
    struct request req = {
        .method = "POST", .path = "/sdk", .body = "<x/>", .body_len = 4, .label = "inventory"};

    (void)state;
    assert_int_equal(f.s.ops->authorize(&f.s, &req), -1);
    assert_int_equal(f.s.err.kind, ERR_AUTH);
    log_in();
    assert_int_equal(f.s.ops->authorize(&f.s, &req), 0);
    assert_string_equal(f.s.call.http.url, "https://vc.example/sdk");
    assert_string_equal(session_header(&f.s, "Cookie"), "vmware_soap_session=\"abc-1\"");
    assert_string_equal(session_header(&f.s, "Content-Type"), "text/xml; charset=utf-8");
    assert_string_equal(f.s.call.http.body, "<x/>");
}

/* A new login begins without the old cookie, or it would be refused as a second one. */
static void test_login_again(void **state)
{
    (void)state;
    log_in();
    assert_int_equal(f.s.ops->login(&f.s, NULL), SESSION_SEND);
    assert_null(session_header(&f.s, "Cookie"));
    assert_non_null(strstr(f.s.call.http.body, "RetrieveServiceContent"));
    f.cookies[1] = NULL;
    assert_int_equal(answer_file(200, "content.xml"), SESSION_SEND);
    assert_int_equal(f.s.facts.vsphere->login, 2);
    f.cookies[0] = NULL;
    assert_int_equal(answer_file(200, "login.xml"), SESSION_FAIL); /* no cookie */
}

static void test_logout(void **state)
{
    struct reply r = {.status = 200, .body = ""};

    (void)state;
    assert_int_equal(f.s.ops->logout(&f.s, NULL), SESSION_READY);
    log_in();
    assert_int_equal(f.s.ops->logout(&f.s, NULL), SESSION_SEND);
    assert_non_null(strstr(f.s.call.http.body, "<Logout "));
    assert_non_null(session_header(&f.s, "Cookie"));
    assert_int_equal(f.s.ops->logout(&f.s, &r), SESSION_READY);
}

static void begin(const char *versions, int status)
{
    assert_int_equal(f.s.ops->login(&f.s, NULL), SESSION_SEND);
    assert_int_equal(answer(status, versions), SESSION_SEND);
}

static void test_no_versions(void **state)
{
    (void)state;
    begin("<html/>", 404);
    assert_string_equal(session_header(&f.s, "SOAPAction"), "urn:vim25/" VCENTER_API_FALLBACK);
}

static void test_invalid_login(void **state)
{
    (void)state;
    begin(VERSIONS, 200);
    assert_int_equal(answer_file(200, "content.xml"), SESSION_SEND);
    assert_int_equal(answer_file(500, "invalid-login.xml"), SESSION_REJECTED);
    assert_int_equal(f.s.err.kind, ERR_AUTH);
    assert_string_equal(f.s.err.msg,
                        "user 'EX\\ops&1' was not accepted (InvalidLogin: Login failure)");
}

/* A federated vCenter 9 refuses passwords whatever they are: say so. */
static void test_federation(void **state)
{
    static const char content[] =
        "<E><B><RetrieveServiceContentResponse><returnval><propertyCollector>pc"
        "</propertyCollector><about><apiVersion>9.0.0.0</apiVersion><apiType>HostAgent</apiType>"
        "</about><sessionManager>sm</sessionManager></returnval></RetrieveServiceContentResponse>"
        "</B></E>";

    (void)state;
    begin(VERSIONS, 200);
    assert_int_equal(answer(200, content), SESSION_SEND);
    assert_true(f.s.facts.vsphere->is_host);
    assert_string_equal(f.s.facts.role, "ESXi host");
    assert_int_equal(answer_file(500, "invalid-login.xml"), SESSION_REJECTED);
    assert_non_null(strstr(f.s.err.msg, "federated"));
}

static void test_not_vsphere(void **state)
{
    (void)state;
    begin(VERSIONS, 200);
    assert_int_equal(answer(404, "<html>nginx</html>"), SESSION_FAIL);
    assert_int_equal(f.s.err.kind, ERR_CONFIG);
    assert_int_equal(f.s.ops->login(&f.s, NULL), SESSION_SEND);
    assert_int_equal(answer(200, "{}"), SESSION_FAIL);
    assert_int_equal(answer(503, "<html>starting</html>"), SESSION_FAIL);
    assert_int_equal(f.s.err.kind, ERR_HTTP);
}

static enum session_verdict judge(int status, const char *body, struct err *err)
{
    struct request req = {.label = "inventory"};
    struct reply r = {.status = status, .body = body, .len = strlen(body)};

    err_clear(err);
    return f.s.ops->judge(&f.s, &req, &r, err);
}

static void test_judge(void **state)
{
    char *over = fixture_text("vcenter_inventory", "not-authenticated.xml", NULL),
         *gone = fixture_text("vcenter_inventory", "gone.xml", NULL);
    struct err err = {0};

    (void)state;
    assert_int_equal(judge(200, "", &err), VERDICT_OK);
    assert_int_equal(judge(500, over, &err), VERDICT_EXPIRED);
    assert_int_equal(judge(500, gone, &err), VERDICT_ERROR);
    assert_true(text_has_prefix(err.msg, "inventory: the object is not there any more (500, "
                                         "ManagedObjectNotFound: managed object not found"));
    assert_int_equal(judge(503, "<html>", &err), VERDICT_RETRY);
    assert_int_equal(judge(429, "", &err), VERDICT_THROTTLED);
    assert_int_equal(judge(500, "", &err), VERDICT_ERROR);
    free(over);
    free(gone);
}

/* Storage policies want the cookie in the envelope, too, and what they refuse is no word about the
 * session. */
static void test_policy_service(void **state)
{
    struct strbuf body = STRBUF_INIT;
    struct request req = {.service = SERVICE_POLICY,
                          .method = "POST",
                          .path = "/pbm/sdk",
                          .action = "urn:pbm/2.0",
                          .label = "storage policies"};
    char *over = fixture_text("vcenter_inventory", "not-authenticated.xml", NULL);
    struct reply r = {.status = 500, .body = over, .len = strlen(over)};
    struct err err = {0};

    (void)state;
    soap_begin(&body, "PbmQueryProfile", "urn:pbm");
    soap_end(&body, "PbmQueryProfile");
    req.body = body.buf;
    req.body_len = body.len;
    log_in();
    assert_int_equal(f.s.ops->authorize(&f.s, &req), 0);
    assert_string_equal(f.s.call.http.url, "https://vc.example/pbm/sdk");
    assert_string_equal(session_header(&f.s, "SOAPAction"), "urn:pbm/2.0");
    assert_string_equal(session_header(&f.s, "Cookie"), "vmware_soap_session=\"abc-1\"");
    assert_non_null(strstr(f.s.call.http.body,
                           "<soapenv:Header><vcSessionCookie>abc-1</vcSessionCookie>"
                           "</soapenv:Header><soapenv:Body><PbmQueryProfile xmlns=\"urn:pbm\">"));
    assert_int_equal(f.s.ops->judge(&f.s, &req, &r, &err), VERDICT_ERROR);
    r.status = 503;
    assert_int_equal(f.s.ops->judge(&f.s, &req, &r, &err), VERDICT_ERROR);
    strbuf_release(&body);
    free(over);
}

/* ---- the REST API ------------------------------------------------------------------------------
 */

static const struct request libraries = {.service = SERVICE_REST,
                                         .method = "GET",
                                         .path = "/api/content/library",
                                         .label = "content libraries"};

static enum session_verdict judge_rest(int status, const char *body, struct err *err)
{
    struct reply r = {.status = status, .body = body, .len = strlen(body)};

    err_clear(err);
    return f.s.ops->judge(&f.s, &libraries, &r, err);
}

static void get_token(const char *reply)
{
    struct err err = {0};

    assert_int_equal(f.s.ops->authorize(&f.s, &libraries), 0);
    assert_string_equal(f.s.call.http.method, "POST");
    assert_string_equal(f.s.call.http.url, "https://vc.example/api/session");
    assert_string_equal(session_header(&f.s, "Authorization"), "Basic RVhcb3BzJjE6cDx3PiYx");
    assert_null(session_header(&f.s, "Cookie"));
    assert_int_equal(judge_rest(201, reply, &err), VERDICT_AGAIN);
}

static void asks_with(const char *token)
{
    assert_int_equal(f.s.ops->authorize(&f.s, &libraries), 0);
    assert_string_equal(f.s.call.http.method, "GET");
    assert_string_equal(f.s.call.http.url, "https://vc.example/api/content/library");
    assert_string_equal(session_header(&f.s, "vmware-api-session-id"), token);
    assert_null(session_header(&f.s, "Authorization"));
    assert_null(session_header(&f.s, "Cookie"));
}

/* The token is asked for on first use, replaced once, and never costs the SOAP session. */
static void test_rest_token(void **state)
{
    struct request soap = {.method = "POST", .path = "/sdk", .body = "<x/>", .body_len = 4};
    struct err err = {0};

    (void)state;
    log_in();
    get_token("\"tok-1\"\n");
    asks_with("tok-1");
    assert_int_equal(judge_rest(200, "[]", &err), VERDICT_OK);
    asks_with("tok-1");
    assert_int_equal(judge_rest(401, "{}", &err), VERDICT_AGAIN);
    get_token("\"tok-2\"");
    asks_with("tok-2");
    assert_int_equal(judge_rest(401, "{}", &err), VERDICT_ERROR);
    assert_int_equal(err.kind, ERR_DENIED);
    get_token("\"tok-3\"");
    asks_with("tok-3");
    assert_int_equal(judge_rest(404, "<html>", &err), VERDICT_ERROR);
    assert_int_equal(judge_rest(503, "<html>", &err), VERDICT_RETRY);
    assert_int_equal(judge_rest(429, "", &err), VERDICT_THROTTLED);
    assert_int_equal(f.s.ops->authorize(&f.s, &soap), 0);
    assert_string_equal(session_header(&f.s, "Cookie"), "vmware_soap_session=\"abc-1\"");
    assert_null(session_header(&f.s, "vmware-api-session-id"));
}

/* A password that was refused is not sent again before it is another. */
static void test_rest_refused(void **state)
{
    static const char body[] = "{\"error_type\":\"UNAUTHENTICATED\",\"messages\":[{"
                               "\"default_message\":\"Unable to authenticate user\"}]}";
    struct err err = {0};

    (void)state;
    log_in();
    assert_int_equal(f.s.ops->authorize(&f.s, &libraries), 0);
    assert_int_equal(judge_rest(401, body, &err), VERDICT_ERROR);
    assert_string_equal(err.msg, "REST login: Unable to authenticate user (401)");
    assert_int_equal(f.s.ops->authorize(&f.s, &libraries), -1);
    assert_int_equal(f.s.err.kind, ERR_DENIED);
    assert_string_equal(f.s.err.msg, "the REST API does not accept user 'EX\\ops&1'");
    secret_unref(f.s.secret);
    f.s.secret = secret_new_str("new");
    assert_int_equal(f.s.ops->authorize(&f.s, &libraries), 0);
    assert_string_equal(session_header(&f.s, "Authorization"), "Basic RVhcb3BzJjE6bmV3");
}

/* No reply to the login becomes a header unless it is a token, or reaches the collector. */
static void test_rest_no_token(void **state)
{
    static const char *const bodies[] = {
        "",    "null",          "\"\"",        "\"a\\r\\nX: y\"",
        "\"a", "\"a\r\nX: y\"", "\"a\" \"b\"", "{\"value\":\"t\"}"};
    struct err err = {0};

    (void)state;
    log_in();
    for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
        assert_int_equal(f.s.ops->authorize(&f.s, &libraries), 0);
        assert_int_equal(judge_rest(201, bodies[i], &err), VERDICT_ERROR);
        assert_string_equal(err.msg, "the reply to the REST login is no token");
    }
}

/* The SOAP session may end meanwhile: what comes is a token all the same, not the collector's. */
static void test_rest_in_flight(void **state)
{
    struct err err = {0};

    (void)state;
    log_in();
    assert_int_equal(f.s.ops->authorize(&f.s, &libraries), 0);
    assert_int_equal(f.s.ops->login(&f.s, NULL), SESSION_SEND);
    assert_int_equal(judge_rest(201, "\"tok-1\"", &err), VERDICT_AGAIN);
}

static void test_rest_logout(void **state)
{
    struct reply r = {.status = 204, .body = ""};

    (void)state;
    log_in();
    get_token("\"tok-1\"");
    assert_int_equal(f.s.ops->logout(&f.s, NULL), SESSION_SEND);
    assert_string_equal(f.s.call.http.method, "DELETE");
    assert_string_equal(f.s.call.http.url, "https://vc.example/api/session");
    assert_string_equal(session_header(&f.s, "vmware-api-session-id"), "tok-1");
    assert_int_equal(f.s.ops->logout(&f.s, &r), SESSION_SEND);
    assert_non_null(strstr(f.s.call.http.body, "<Logout "));
    assert_int_equal(f.s.ops->logout(&f.s, &r), SESSION_READY);
}

#define T(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_login),        T(test_facts),         T(test_requests),       T(test_login_again),
        T(test_logout),       T(test_no_versions),   T(test_invalid_login),  T(test_federation),
        T(test_not_vsphere),  T(test_judge),         T(test_policy_service), T(test_rest_token),
        T(test_rest_refused), T(test_rest_no_token), T(test_rest_in_flight), T(test_rest_logout),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
