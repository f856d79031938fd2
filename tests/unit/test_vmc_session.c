#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/vmc/session.h"
#include "core/arena.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "tests/support/fixture.h"
#include "tests/support/session_case.h"

#define NOW  1795165200000 /* 2026-11-20T09:00:00Z */
#define ORG  "9596c99b-d247-5360-afe6-ea72334d00da"
#define SDDC "a6858aae-c8fd-5bfa-bb71-d0c4190f2d61"
#define PROXY \
    "https://nsx-10-2-192-100.rp.vmwarevmc.com/vmc/reverse-proxy/api/orgs/" ORG "/sddcs/" SDDC
#define ONE   "{name: vmc, kind: vmc, org: " ORG ", sddc: " SDDC ", token: {env: T}}"
#define ALL   "{name: vmc, kind: vmc, org: 'o/1', token: {env: T}}"
#define TOKEN "{\"access_token\": \"AT.1\", \"expires_in\": 1799}"

struct fixture {
    struct config *config;
    struct session s;
};

static void open_session(struct fixture *f, const char *yaml)
{
    char *text = mem_printf("sites: [{name: tokyo, endpoints: [%s]}]\n", yaml);
    struct err err = {0};

    memset(f, 0, sizeof(*f));
    f->config = config_parse(text, strlen(text), "t.yaml", &err, NULL);
    if (!f->config)
        fail_msg("%s", err.msg);
    free(text);
    f->s = (struct session){.ops = &session_vmc_ops,
                            .endpoint = config_endpoint(f->config, 0),
                            .arena = arena_new(0),
                            .facts_arena = arena_new(0),
                            .secret = secret_new_str("api+token/1=="),
                            .tls = {.ca_file = "/ca.pem", .sha256 = "00"},
                            .proxy = "http://proxy:3128",
                            .now = NOW};
    assert_int_equal(f->s.ops->init(&f->s), 0);
}

static void close_session(struct fixture *f)
{
    f->s.ops->release(&f->s);
    secret_unref(f->s.secret);
    arena_free(f->s.arena);
    arena_free(f->s.facts_arena);
    config_free(f->config);
}

static struct reply make_reply(int status, const char *body)
{
    return (struct reply){.status = status, .body = body, .len = strlen(body)};
}

static enum session_step answer(struct fixture *f, int status, const char *body)
{
    struct reply r = make_reply(status, body);

    return f->s.ops->login(&f->s, &r);
}

static void log_in(struct fixture *f, const char *yaml)
{
    char *token = fixture_text("vmc", "csp-token.json", NULL),
         *sddc = fixture_text("vmc", "sddc.json", NULL);

    open_session(f, yaml);
    assert_int_equal(f->s.ops->login(&f->s, NULL), SESSION_SEND);
    assert_int_equal(answer(f, 200, token), SESSION_SEND);
    assert_int_equal(answer(f, 200, sddc), SESSION_READY);
    free(token);
    free(sddc);
}

/* ---- login -------------------------------------------------------------------------------- */

static void the_token_is_exchanged_and_the_sddc_read(void **state)
{
    char *token = fixture_text("vmc", "csp-token.json", NULL),
         *sddc = fixture_text("vmc", "sddc.json", NULL);
    struct fixture f;

    (void)state;
    open_session(&f, ONE);
    assert_int_equal(f.s.ops->login(&f.s, NULL), SESSION_SEND);
    assert_string_equal(f.s.call.http.method, "POST");
    assert_string_equal(f.s.call.http.url, "https://console.cloud.vmware.com/csp/gateway/am/api/"
                                           "auth/api-tokens/authorize");
    assert_string_equal(f.s.call.http.body, "api_token=api%2Btoken%2F1%3D%3D");
    assert_null(f.s.call.http.tls.sha256);
    assert_string_equal(f.s.call.http.tls.ca_file, "/ca.pem");
    assert_int_equal(answer(&f, 200, token), SESSION_SEND);
    assert_string_equal(f.s.call.http.url,
                        "https://vmc.vmware.com/vmc/api/orgs/" ORG "/sddcs/" SDDC);
    assert_non_null(strstr(session_header(&f.s, "csp-auth-token"), "eyJhbGciOiJSUzI1NiJ9."));
    assert_string_equal(f.s.call.http.tls.sha256, "00");
    assert_string_equal(f.s.call.http.proxy, "http://proxy:3128");
    assert_int_equal(f.s.expires_at, NOW + 1799000 - VMC_RENEW_AHEAD_MS);
    assert_int_equal(answer(&f, 200, sddc), SESSION_READY);
    assert_string_equal(f.s.facts.sddc_name, "sddc-tokyo");
    assert_string_equal(f.s.facts.version, "1.24v5");
    assert_string_equal(f.s.facts.sddc, SDDC);
    assert_true(f.s.facts.on_vmc);
    close_session(&f);
    free(token);
    free(sddc);
}

static void renewing_asks_for_the_token_alone(void **state)
{
    const struct request get = {
        .service = SERVICE_VMC, .method = "GET", .path = "/vmc/api/orgs", .label = "tasks"};
    struct fixture f;

    (void)state;
    log_in(&f, ONE);
    assert_int_equal(f.s.ops->login(&f.s, NULL), SESSION_SEND);
    /* Meanwhile the old token is good. */
    assert_int_equal(f.s.ops->authorize(&f.s, &get), 0);
    assert_int_equal(f.s.ops->login(&f.s, NULL), SESSION_SEND);
    assert_int_equal(answer(&f, 200, "{\"access_token\": \"AT.2\", \"expires_in\": 60}"),
                     SESSION_READY);
    assert_int_equal(f.s.expires_at, NOW + 30000);
    assert_int_equal(f.s.ops->authorize(&f.s, &get), 0);
    assert_string_equal(session_header(&f.s, "csp-auth-token"), "AT.2");
    assert_int_equal(f.s.ops->logout(&f.s, NULL), SESSION_READY);
    assert_int_equal(f.s.ops->authorize(&f.s, &get), -1);
    assert_int_equal(f.s.err.kind, ERR_AUTH);
    close_session(&f);
}

/* A refused token is never tried again, and no sentence repeats it. */
static void refusals_of_the_token(void **state)
{
    static const struct {
        int status;
        const char *body, *want;
        enum session_step step;
        enum err_kind kind;
    } cases[] = {
        {400,
         "{\"statusCode\": 400, \"message\": \"invalid_grant: Invalid refresh token: "
         "api+token/1==\", \"cspErrorCode\": \"csp.common.invalid_grant\", \"requestId\": \"r1\"}",
         "the Cloud Services Platform did not accept the API token (400, csp.common.invalid_grant, "
         "request r1)",
         SESSION_REJECTED, ERR_AUTH},
        {400, "{\"error\": \"invalid_grant\"}",
         "the Cloud Services Platform did not accept the API token (400, invalid_grant)",
         SESSION_REJECTED, ERR_AUTH},
        {401, "", "the Cloud Services Platform did not accept the API token (401, no code)",
         SESSION_REJECTED, ERR_AUTH},
        {400, "<html>Bad request</html>", "no Cloud Services Platform answers at 'csp_url' (400)",
         SESSION_FAIL, ERR_CONFIG},
        {404, "", "no Cloud Services Platform answers at 'csp_url' (404)", SESSION_FAIL,
         ERR_CONFIG},
        {302, "", "no Cloud Services Platform answers at 'csp_url' (302)", SESSION_FAIL,
         ERR_CONFIG},
        {429, "{\"message\": \"slow down\"}",
         "the Cloud Services Platform is too busy to log in (429, no code)", SESSION_FAIL,
         ERR_LIMIT},
        {500, "<html>",
         "the Cloud Services Platform had a fault of its own in the login (500, no code)",
         SESSION_FAIL, ERR_HTTP},
        {503, "", "the Cloud Services Platform is too busy to log in (503, no code)", SESSION_FAIL,
         ERR_LIMIT},
        {200, "{}", "the reply to the login has no access token: is 'csp_url' right?", SESSION_FAIL,
         ERR_PROTO},
        {200, "<html>", "the reply to the login has no access token: is 'csp_url' right?",
         SESSION_FAIL, ERR_PROTO},
        {200, "{\"access_token\": \"a\\r\\nX-Evil: 1\"}",
         "the reply to the login has no access token: is 'csp_url' right?", SESSION_FAIL,
         ERR_PROTO},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct fixture f;

        open_session(&f, ONE);
        assert_int_equal(f.s.ops->login(&f.s, NULL), SESSION_SEND);
        assert_int_equal(answer(&f, cases[i].status, cases[i].body), cases[i].step);
        assert_string_equal(f.s.err.msg, cases[i].want);
        assert_int_equal(f.s.err.kind, cases[i].kind);
        close_session(&f);
    }
}

static void an_sddc_that_is_not_there(void **state)
{
    char *missing = fixture_text("vmc", "error.404.json", NULL);
    struct fixture f;

    (void)state;
    open_session(&f, ONE);
    f.s.ops->login(&f.s, NULL);
    assert_int_equal(answer(&f, 200, TOKEN), SESSION_SEND);
    assert_int_equal(answer(&f, 404, missing), SESSION_FAIL);
    assert_int_equal(f.s.err.kind, ERR_CONFIG);
    assert_string_equal(f.s.err.msg,
                        "organisation '" ORG "' has no SDDC '" SDDC "' (404, SDDC not found)");
    f.s.ops->login(&f.s, NULL);
    assert_int_equal(answer(&f, 200, TOKEN), SESSION_SEND);
    assert_int_equal(answer(&f, 200, "[["), SESSION_FAIL);
    assert_int_equal(f.s.err.kind, ERR_PROTO);
    close_session(&f);
    free(missing);
}

/* ---- which SDDC --------------------------------------------------------------------------- */

#define NSX_CALL                                                                                 \
    &(struct request)                                                                            \
    {                                                                                            \
        .service = SERVICE_NSX, .method = "GET", .path = "/policy/api/v1/x", .label = "segments" \
    }

static void login_of_org(struct fixture *f, const char *sddcs)
{
    open_session(f, ALL);
    f->s.ops->login(&f->s, NULL);
    assert_int_equal(answer(f, 200, TOKEN), SESSION_SEND);
    assert_string_equal(f->s.call.http.url, "https://vmc.vmware.com/vmc/api/orgs/o%2F1/sddcs");
    assert_int_equal(answer(f, 200, sddcs), SESSION_READY);
}

static void without_sddc_the_only_one_is_meant(void **state)
{
    struct fixture f;

    (void)state;
    login_of_org(&f, "[{\"id\": \"s1\", \"name\": \"n1\", \"resource_config\": "
                     "{\"nsx_api_public_endpoint_url\": \"https://nsx.example/base/\"}}]");
    assert_string_equal(f.s.facts.sddc, "s1");
    assert_int_equal(f.s.ops->authorize(&f.s, NSX_CALL), 0);
    assert_string_equal(f.s.call.http.url, "https://nsx.example/base/policy/api/v1/x");
    close_session(&f);
    login_of_org(&f, "[{\"id\": \"s1\"}, {\"id\": \"s2\"}]");
    assert_null(f.s.facts.sddc);
    assert_int_equal(f.s.ops->authorize(&f.s, NSX_CALL), -1);
    assert_int_equal(f.s.err.kind, ERR_UNSUPPORTED);
    assert_string_equal(f.s.err.msg, "the organisation has 2 SDDCs: 'sddc' must name the one whose "
                                     "NSX is read");
    close_session(&f);
    login_of_org(&f,
                 "[{\"id\": \"s0\", \"sddc_state\": \"DELETED\"}, {\"id\": \"s1\", \"sddc_state\": "
                 "\"READY\", \"resource_config\": {\"nsx_api_public_endpoint_url\": "
                 "\"https://nsx.example/\"}}]");
    assert_string_equal(f.s.facts.sddc, "s1");
    assert_int_equal(f.s.ops->authorize(&f.s, NSX_CALL), 0);
    close_session(&f);
    login_of_org(&f, "[]");
    assert_int_equal(f.s.ops->authorize(&f.s, NSX_CALL), -1);
    assert_string_equal(f.s.err.msg, "the organisation has no SDDC");
    close_session(&f);
}

/* Which organisation was asked for, when it is not that of the token. */
static void a_wrong_organisation_is_named(void **state)
{
    struct fixture f;

    (void)state;
    open_session(&f, ALL);
    f.s.ops->login(&f.s, NULL);
    assert_int_equal(answer(&f, 200, TOKEN), SESSION_SEND);
    assert_int_equal(answer(&f, 403, "{\"error_messages\":[\"No access.\"]}"), SESSION_FAIL);
    assert_int_equal(f.s.err.kind, ERR_DENIED);
    assert_string_equal(f.s.err.msg, "the roles of the API token do not allow to read the SDDCs of "
                                     "organisation 'o/1': No access (403)");
    close_session(&f);
}

/* None is what an SDDC that is being built has; one that is not asked is a fault that must show.
 * Either way it is read again with the next token. */
static void an_sddc_without_an_address_of_nsx(void **state)
{
    static const struct {
        const char *member, *says;
        enum err_kind kind;
    } cases[] = {
        {"", "no address of NSX (yet)", ERR_UNSUPPORTED},
        {"\"nsx_api_public_endpoint_url\": \"\"", "no address of NSX (yet)", ERR_UNSUPPORTED},
        {"\"nsx_api_public_endpoint_url\": 7", "'7' is not a URL", ERR_PROTO},
        {"\"nsx_api_public_endpoint_url\": \"ftp://nsx.example/\"", "https://", ERR_PROTO},
        {"\"nsx_api_public_endpoint_url\": \"http://nsx.example/\"", "https://", ERR_PROTO},
    };
    struct fixture f;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char *body = mem_printf("{\"id\": \"s1\", \"resource_config\": {%s}}", cases[i].member);

        open_session(&f, ONE);
        f.s.ops->login(&f.s, NULL);
        answer(&f, 200, TOKEN);
        assert_int_equal(answer(&f, 200, body), SESSION_READY);
        assert_int_equal(f.s.ops->authorize(&f.s, NSX_CALL), -1);
        assert_int_equal(f.s.err.kind, cases[i].kind);
        assert_non_null(strstr(f.s.err.msg, cases[i].says));
        f.s.ops->login(&f.s, NULL);
        assert_int_equal(answer(&f, 200, TOKEN), SESSION_SEND);
        close_session(&f);
        free(body);
    }
}

/* ---- requests ----------------------------------------------------------------------------- */

static void every_service_has_its_address(void **state)
{
    static const struct {
        enum service service;
        const char *path, *url;
    } cases[] = {
        {SERVICE_MAIN, "/vmc/api/orgs", "https://vmc.vmware.com/vmc/api/orgs"},
        {SERVICE_VMC, "/vmc/api/orgs", "https://vmc.vmware.com/vmc/api/orgs"},
        {SERVICE_NSX, "/policy/api/v1/infra", PROXY "/sks-nsxt-manager/policy/api/v1/infra"},
        {SERVICE_CLOUD, "/api/v1/infra/linked-vpcs",
         PROXY "/sks-nsxt-manager/cloud-service/api/v1/infra/linked-vpcs"},
        {SERVICE_CLOUD_SHORT, "/api/v1/infra/linked-vpcs",
         PROXY "/cloud-service/api/v1/infra/linked-vpcs"},
    };
    struct fixture f;

    (void)state;
    log_in(&f, ONE);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const struct request req = {
            .service = cases[i].service, .method = "GET", .path = cases[i].path};

        assert_int_equal(f.s.ops->authorize(&f.s, &req), 0);
        assert_string_equal(f.s.call.http.url, cases[i].url);
        assert_non_null(session_header(&f.s, "csp-auth-token"));
    }
    assert_int_equal(f.s.ops->authorize(&f.s, &(struct request){.service = SERVICE_EC2}), -1);
    close_session(&f);
}

static void verdicts(void **state)
{
    static const struct {
        enum service service;
        int status;
        const char *body;
        int64_t later;
        enum session_verdict verdict;
        enum err_kind kind;
    } cases[] = {
        {SERVICE_VMC, 200, "", 0, VERDICT_OK, ERR_NONE},
        {SERVICE_VMC, 401, "{\"error_code\": \"UnauthenticatedException\"}", 0, VERDICT_EXPIRED,
         ERR_AUTH},
        {SERVICE_VMC, 403, "{\"error_messages\": [\"not a member\"]}", 0, VERDICT_ERROR,
         ERR_DENIED},
        {SERVICE_VMC, 403, "", 1800000, VERDICT_EXPIRED, ERR_AUTH},
        {SERVICE_VMC, 404, "", 0, VERDICT_ERROR, ERR_HTTP},
        {SERVICE_VMC, 429, "", 0, VERDICT_THROTTLED, ERR_LIMIT},
        {SERVICE_VMC, 503, "<html>", 0, VERDICT_THROTTLED, ERR_LIMIT},
        {SERVICE_VMC, 500, "", 0, VERDICT_RETRY, ERR_HTTP},
        {SERVICE_VMC, 400, "{\"retryable\": true}", 0, VERDICT_RETRY, ERR_HTTP},
        {SERVICE_VMC, 400, "{\"retryable\": false}", 0, VERDICT_ERROR, ERR_HTTP},
        {SERVICE_NSX, 401, "", 0, VERDICT_EXPIRED, ERR_AUTH},
        {SERVICE_NSX, 403, "", 0, VERDICT_ERROR, ERR_DENIED},
        {SERVICE_NSX, 403, "{\"error_code\": 403}", 0, VERDICT_ERROR, ERR_DENIED},
        {SERVICE_NSX, 403, "{\"error_code\": 403}", 1800000, VERDICT_EXPIRED, ERR_AUTH},
        {SERVICE_NSX, 404, "{\"error_code\": 500012}", 0, VERDICT_ERROR, ERR_HTTP},
        {SERVICE_NSX, 405, "", 0, VERDICT_ERROR, ERR_UNSUPPORTED},
        {SERVICE_CLOUD, 429, "{\"error_code\": 102}", 0, VERDICT_THROTTLED, ERR_LIMIT},
        {SERVICE_CLOUD, 500, "{\"error_code\": 607}", 0, VERDICT_RETRY, ERR_HTTP},
        {SERVICE_CLOUD_SHORT, 503, "", 0, VERDICT_THROTTLED, ERR_LIMIT},
        {SERVICE_NSX, 0, "", 0, VERDICT_RETRY, ERR_NET},
    };
    struct fixture f;

    (void)state;
    log_in(&f, ONE);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const struct request req = {
            .service = cases[i].service, .method = "GET", .path = "/", .label = "things"};
        struct reply reply = make_reply(cases[i].status, cases[i].body);
        struct err err = {0};

        f.s.now = NOW + cases[i].later;
        assert_int_equal(f.s.ops->judge(&f.s, &req, &reply, &err), cases[i].verdict);
        assert_int_equal(err.kind, cases[i].kind);
        assert_true(cases[i].verdict == VERDICT_OK || err.msg[0]);
        assert_false(text_has_prefix(err.msg, "HTTP"));
    }
    close_session(&f);
}

static void sentences_carry_the_services_words(void **state)
{
    const struct request req = {
        .service = SERVICE_VMC, .method = "GET", .path = "/", .label = "tasks"};
    char *body = fixture_text("vmc", "error.404.json", NULL);
    struct reply reply = make_reply(404, body);
    struct err err = {0};
    struct fixture f;

    (void)state;
    log_in(&f, ONE);
    reply.request_id = "req-7\x1b[31m";
    f.s.ops->judge(&f.s, &req, &reply, &err);
    assert_string_equal(err.msg, "VMC has no such object or call: tasks: SDDC not found (404, "
                                 "NotFoundException, request req-7\\x1b[31m)");
    close_session(&f);
    free(body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_token_is_exchanged_and_the_sddc_read),
        cmocka_unit_test(renewing_asks_for_the_token_alone),
        cmocka_unit_test(refusals_of_the_token),
        cmocka_unit_test(an_sddc_that_is_not_there),
        cmocka_unit_test(without_sddc_the_only_one_is_meant),
        cmocka_unit_test(a_wrong_organisation_is_named),
        cmocka_unit_test(an_sddc_without_an_address_of_nsx),
        cmocka_unit_test(every_service_has_its_address),
        cmocka_unit_test(verdicts),
        cmocka_unit_test(sentences_carry_the_services_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
