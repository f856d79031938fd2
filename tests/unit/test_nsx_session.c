#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/nsx/session.h"
#include "core/arena.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "tests/support/fixture.h"
#include "tests/support/session_case.h"

#define NOW 1795165200000 /* 2026-11-20T09:00:00Z */

struct fixture {
    struct config *config;
    struct session s;
};

static void open_session(struct fixture *f, const char *more, const char *password)
{
    char *text =
        mem_printf("sites: [{name: dc1, endpoints: [{name: nsx, kind: nsx, %s}]}]\n", more);
    struct err err = {0};

    memset(f, 0, sizeof(*f));
    f->config = config_parse(text, strlen(text), "t.yaml", &err, NULL);
    if (!f->config)
        fail_msg("%s", err.msg);
    free(text);
    f->s = (struct session){.ops = &session_nsx_ops,
                            .endpoint = config_endpoint(f->config, 0),
                            .arena = arena_new(0),
                            .facts_arena = arena_new(0),
                            .secret = password ? secret_new_str(password) : NULL,
                            .user = config_str(config_endpoint(f->config, 0), "user"),
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

/* ---- replies -----------------------------------------------------------------------------------
 */

static const char *next_header(const struct reply *r, const char *name, size_t *i)
{
    const char *const *lines = r->impl;
    size_t len = strlen(name);

    for (; lines && lines[*i]; (*i)++) {
        if (strncasecmp(lines[*i], name, len) == 0 && lines[*i][len] == ':')
            return lines[(*i)++] + len + 2;
    }
    return NULL;
}

static const char *first_header(const struct reply *r, const char *name)
{
    size_t i = 0;

    return next_header(r, name, &i);
}

static struct reply reply_of(int status, const char *body, const char *const *headers)
{
    return (struct reply){.status = status,
                          .body = body,
                          .len = strlen(body),
                          .header = first_header,
                          .next_header = next_header,
                          .impl = headers};
}

static enum session_step answer(struct fixture *f, int status, const char *body,
                                const char *const *headers)
{
    struct reply r = reply_of(status, body, headers);

    return f->s.ops->login(&f->s, &r);
}

#define LOCAL                                                                                     \
    "urls: ['https://nsx1.example/', 'https://nsx2.example/'], user: 'au dit&', password: {env: " \
    "P}"

static const char *const session_headers[] = {
    "Set-Cookie: LB=node-1; Path=/", "set-cookie: JSESSIONID=ABC123; Path=/; Secure; HttpOnly",
    "x-xsrf-token: 7f2-x", NULL};
static const struct request segments = {.service = SERVICE_NSX,
                                        .method = "GET",
                                        .path = "/policy/api/v1/infra/segments?page_size=1000",
                                        .label = "segments"};

/* Log in and refuse every fact. */
static void log_in(struct fixture *f)
{
    assert_int_equal(f->s.ops->login(&f->s, NULL), SESSION_SEND);
    assert_int_equal(answer(f, 200, "", session_headers), SESSION_SEND);
    while (answer(f, 403, "", NULL) == SESSION_SEND)
        ;
}

/* ---- login -------------------------------------------------------------------------------------
 */

static void test_form_login(void **state)
{
    char *version = fixture_text("nsx", "onprem-mp-node-version.json", NULL);
    struct fixture f;

    (void)state;
    open_session(&f, LOCAL, "p=w+d&%\xc3\xa9");
    assert_int_equal(f.s.ops->login(&f.s, NULL), SESSION_SEND);
    assert_string_equal(f.s.call.http.method, "POST");
    assert_string_equal(f.s.call.http.url, "https://nsx1.example/api/session/create");
    assert_string_equal(f.s.call.http.body,
                        "j_username=au%20dit%26&j_password=p%3Dw%2Bd%26%25%C3%A9");
    assert_string_equal(session_header(&f.s, "Content-Type"), "application/x-www-form-urlencoded");
    assert_null(session_header(&f.s, "Cookie"));
    assert_int_equal(answer(&f, 200, "", session_headers), SESSION_SEND);
    assert_string_equal(f.s.call.http.url, "https://nsx1.example/api/v1/node/version");
    assert_string_equal(session_header(&f.s, "Cookie"), "LB=node-1; JSESSIONID=ABC123");
    assert_string_equal(session_header(&f.s, "X-XSRF-TOKEN"), "7f2-x");
    assert_null(f.s.call.http.body);
    assert_int_equal(answer(&f, 200, version, NULL), SESSION_SEND);
    assert_string_equal(f.s.facts.version, "4.2.1.0.0.24304122");
    assert_string_equal(f.s.call.http.url, "https://nsx1.example/policy/api/v1/aaa/user-info");
    assert_int_equal(
        answer(&f, 200,
               "{\"roles\":[{\"role\":\"auditor\"},{\"role\":\"auditor\"}],"
               "\"roles_for_paths\":[{\"path\":\"/\",\"roles\":[{\"role\":\"aud\"}]}]}",
               NULL),
        SESSION_SEND);
    assert_string_equal(f.s.facts.role, "auditor aud");
    assert_string_equal(
        f.s.call.http.url,
        "https://nsx1.example/policy/api/v1/infra/sites/default/enforcement-points");
    assert_int_equal(
        answer(
            &f, 200,
            "{\"results\":[{\"id\":\"x\",\"path\":\"/infra/sites/default/enforcement-points/x\"},"
            "{\"id\":\"default\",\"path\":\"/infra/sites/default/enforcement-points/default\"}]}",
            NULL),
        SESSION_READY);
    assert_string_equal(f.s.facts.enforcement_point,
                        "/infra/sites/default/enforcement-points/default");
    assert_string_equal(f.s.facts.site_path, "/infra/sites/default");
    /* The session that is replaced is given back; facts are read once. */
    assert_int_equal(f.s.ops->login(&f.s, NULL), SESSION_SEND);
    assert_string_equal(f.s.call.http.url, "https://nsx1.example/api/session/destroy");
    assert_string_equal(session_header(&f.s, "X-XSRF-TOKEN"), "7f2-x");
    assert_int_equal(answer(&f, 403, "", NULL), SESSION_SEND);
    assert_string_equal(f.s.call.http.url, "https://nsx1.example/api/session/create");
    assert_null(session_header(&f.s, "Cookie"));
    assert_int_equal(answer(&f, 200, "", session_headers), SESSION_READY);
    close_session(&f);
    free(version);
}

/* A site that is not called "default". */
static void test_other_site(void **state)
{
    struct fixture f;

    (void)state;
    open_session(&f, LOCAL, "p");
    f.s.ops->login(&f.s, NULL);
    answer(&f, 200, "", session_headers);
    answer(&f, 403, "", NULL);
    assert_int_equal(answer(&f, 404, "", NULL), SESSION_SEND); /* role */
    assert_int_equal(answer(&f, 404, "", NULL), SESSION_SEND); /* enforcement points */
    assert_string_equal(f.s.call.http.url, "https://nsx1.example/policy/api/v1/infra/sites");
    assert_int_equal(answer(&f, 200, "{\"results\":[{\"path\":\"/infra/sites/to kyo\"}]}", NULL),
                     SESSION_SEND);
    assert_string_equal(
        f.s.call.http.url,
        "https://nsx1.example/policy/api/v1/infra/sites/to%20kyo/enforcement-points");
    assert_int_equal(
        answer(&f, 200, "{\"results\":[{\"path\":\"/infra/sites/to kyo/enforcement-points/e\"}]}",
               NULL),
        SESSION_READY);
    assert_string_equal(f.s.facts.enforcement_point, "/infra/sites/to kyo/enforcement-points/e");
    assert_string_equal(f.s.facts.site_path, "/infra/sites/to kyo");
    assert_null(f.s.facts.version);
    close_session(&f);
}

static void test_login_refusals(void **state)
{
    static const struct {
        int status;
        const char *file, *body, *want;
        enum session_step step;
        enum err_kind kind;
    } cases[] = {
        {403, "onprem-error.403-credentials.json", NULL,
         "NSX did not accept the login of user 'au dit&': The credentials were incorrect or the "
         "account specified has been locked (403)",
         SESSION_REJECTED, ERR_AUTH},
        {401, NULL, "", "NSX did not accept the login of user 'au dit&' (401)", SESSION_REJECTED,
         ERR_AUTH},
        {403, NULL, "", "did not accept", SESSION_REJECTED, ERR_AUTH},
        {403, NULL, "{\"error_code\":401,\"error_message\":\"Disabled.\"}", "Disabled",
         SESSION_REJECTED, ERR_AUTH},
        {429, "onprem-error.429.json", NULL, "exceeded request rate", SESSION_FAIL, ERR_LIMIT},
        {503, "onprem-error.503.json", NULL, "The API service is busy", SESSION_FAIL, ERR_LIMIT},
        {500, "onprem-error.500-607.json", NULL, "passing fault", SESSION_FAIL, ERR_HTTP},
        {404, NULL, "<html/>", "no such object or call: the login", SESSION_FAIL, ERR_HTTP},
        {307, NULL, "", "refers to another address", SESSION_FAIL, ERR_HTTP},
        {0, NULL, "", "no answer", SESSION_FAIL, ERR_NET},
        {200, NULL, "<html>some other product</html>", "no session cookie", SESSION_FAIL,
         ERR_PROTO},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char *body =
            cases[i].file ? fixture_text("nsx", cases[i].file, NULL) : mem_strdup(cases[i].body);
        struct fixture f;

        open_session(&f, LOCAL, "p");
        assert_int_equal(f.s.ops->login(&f.s, NULL), SESSION_SEND);
        assert_int_equal(answer(&f, cases[i].status, body, NULL), cases[i].step);
        if (!strstr(f.s.err.msg, cases[i].want) || f.s.err.kind != cases[i].kind)
            fail_msg("case %zu: kind %d: %s", i, f.s.err.kind, f.s.err.msg);
        assert_int_equal(f.s.ops->authorize(&f.s, &segments), -1);
        close_session(&f);
        free(body);
    }
}

/* What the configuration could not know: a prompt that was cancelled. */
static void test_no_password(void **state)
{
    struct fixture f;

    (void)state;
    open_session(&f, LOCAL, NULL);
    assert_int_equal(f.s.ops->login(&f.s, NULL), SESSION_FAIL);
    assert_int_equal(f.s.err.kind, ERR_CONFIG);
    assert_string_equal(f.s.err.msg, "no password for user 'au dit&'");
    f.s.user = NULL;
    assert_int_equal(f.s.ops->login(&f.s, NULL), SESSION_FAIL);
    assert_string_equal(f.s.err.msg, "auth local needs 'user'");
    close_session(&f);
}

/* ---- other ways in -----------------------------------------------------------------------------
 */

#define VIDM "url: 'https://n.example', auth: vidm, user: ops@corp, password: {env: P}"

static void test_vidm(void **state)
{
    char *version = fixture_text("nsx", "onprem-mp-node-version.json", NULL);
    struct fixture f;

    (void)state;
    open_session(&f, VIDM, "pw");
    assert_int_equal(f.s.ops->login(&f.s, NULL), SESSION_SEND);
    assert_string_equal(f.s.call.http.url, "https://n.example/api/v1/node/version");
    assert_string_equal(session_header(&f.s, "Authorization"), "Remote b3BzQGNvcnA6cHc=");
    assert_int_equal(answer(&f, 200, version, session_headers), SESSION_SEND);
    assert_string_equal(f.s.facts.version, "4.2.1.0.0.24304122");
    assert_null(session_header(&f.s, "Authorization"));
    assert_string_equal(session_header(&f.s, "X-XSRF-TOKEN"), "7f2-x");
    close_session(&f);
    /* Without a token the cookie is no use, so each request is authorised by itself. */
    open_session(&f, VIDM, "pw");
    f.s.ops->login(&f.s, NULL);
    answer(&f, 200, version, (const char *const[]){"Set-Cookie: JSESSIONID=A", NULL});
    while (answer(&f, 404, "", NULL) == SESSION_SEND)
        ;
    assert_int_equal(f.s.ops->authorize(&f.s, &segments), 0);
    assert_string_equal(session_header(&f.s, "Authorization"), "Remote b3BzQGNvcnA6cHc=");
    assert_null(session_header(&f.s, "Cookie"));
    close_session(&f);
    free(version);
}

static void test_vidm_refused(void **state)
{
    static const char denied[] = "{\"error_code\":289,\"error_message\":\"Not permitted.\"}";
    char *credentials = fixture_text("nsx", "onprem-error.403-credentials.json", NULL);
    struct fixture f;

    (void)state;
    open_session(&f, VIDM, "pw");
    f.s.ops->login(&f.s, NULL);
    assert_int_equal(answer(&f, 403, credentials, NULL), SESSION_REJECTED);
    f.s.ops->login(&f.s, NULL);
    assert_int_equal(answer(&f, 403, "", NULL), SESSION_REJECTED);
    /* A role that may not read the version is logged in. */
    f.s.ops->login(&f.s, NULL);
    assert_int_equal(answer(&f, 403, denied, session_headers), SESSION_SEND);
    assert_string_equal(f.s.call.http.url, "https://n.example/policy/api/v1/aaa/user-info");
    close_session(&f);
    free(credentials);
}

static void test_certificate(void **state)
{
    struct reply untrusted = reply_of(500, "{\"error_code\":99}", NULL);
    struct err err = {0};
    struct fixture f;

    (void)state;
    open_session(&f,
                 "url: 'https://n.example', auth: certificate, client_cert: /etc/pi.pem, "
                 "client_key: /etc/pi.key",
                 NULL);
    assert_int_equal(f.s.ops->login(&f.s, NULL), SESSION_SEND);
    assert_string_equal(f.s.call.http.tls.client_cert, "/etc/pi.pem");
    assert_string_equal(f.s.call.http.tls.client_key, "/etc/pi.key");
    assert_null(session_header(&f.s, "Authorization"));
    assert_int_equal(answer(&f, 200, "{}", NULL), SESSION_SEND);
    while (answer(&f, 404, "", NULL) == SESSION_SEND)
        ;
    assert_int_equal(f.s.ops->authorize(&f.s, &segments), 0);
    assert_string_equal(f.s.call.http.tls.client_cert, "/etc/pi.pem");
    assert_int_equal(f.s.ops->judge(&f.s, &segments, &untrusted, &err), VERDICT_REJECTED);
    assert_non_null(strstr(err.msg, "certificate '/etc/pi.pem'"));
    assert_int_equal(f.s.ops->logout(&f.s, NULL), SESSION_READY);
    close_session(&f);
}

/* ---- requests, nodes, logout -------------------------------------------------------------------
 */

static void test_authorize(void **state)
{
    struct request other = segments;
    struct fixture f;

    (void)state;
    open_session(&f, LOCAL, "p");
    log_in(&f);
    assert_int_equal(f.s.ops->authorize(&f.s, &segments), 0);
    assert_string_equal(f.s.call.http.url,
                        "https://nsx1.example/policy/api/v1/infra/segments?page_size=1000");
    assert_string_equal(session_header(&f.s, "Accept"), "application/json");
    assert_string_equal(session_header(&f.s, "Cookie"), "LB=node-1; JSESSIONID=ABC123");
    assert_string_equal(session_header(&f.s, "X-XSRF-TOKEN"), "7f2-x");
    assert_int_equal(f.s.call.http.max_body, COLLECTOR_BODY_MAX);
    other.service = SERVICE_VMC;
    assert_int_equal(f.s.ops->authorize(&f.s, &other), -1);
    /* The cookie is no good at the other node. */
    f.s.node = 1;
    assert_int_equal(f.s.ops->authorize(&f.s, &segments), -1);
    assert_int_equal(f.s.ops->login(&f.s, NULL), SESSION_SEND);
    assert_string_equal(f.s.call.http.url, "https://nsx2.example/api/session/create");
    assert_null(session_header(&f.s, "Cookie"));
    assert_int_equal(answer(&f, 200, "", session_headers), SESSION_READY);
    assert_int_equal(f.s.ops->authorize(&f.s, &segments), 0);
    assert_string_equal(f.s.call.http.url,
                        "https://nsx2.example/policy/api/v1/infra/segments?page_size=1000");
    close_session(&f);
}

static void test_logout(void **state)
{
    struct reply gone = reply_of(403, "", NULL);
    struct fixture f;

    (void)state;
    open_session(&f, LOCAL, "p");
    assert_int_equal(f.s.ops->logout(&f.s, NULL), SESSION_READY); /* never logged in */
    log_in(&f);
    assert_int_equal(f.s.ops->logout(&f.s, NULL), SESSION_SEND);
    assert_string_equal(f.s.call.http.method, "POST");
    assert_string_equal(f.s.call.http.url, "https://nsx1.example/api/session/destroy");
    assert_string_equal(session_header(&f.s, "Cookie"), "LB=node-1; JSESSIONID=ABC123");
    assert_string_equal(session_header(&f.s, "X-XSRF-TOKEN"), "7f2-x");
    assert_int_equal(f.s.ops->logout(&f.s, &gone), SESSION_READY);
    assert_int_equal(f.s.ops->authorize(&f.s, &segments), -1);
    close_session(&f);
}

/* What a hostile server sets must not break out of the header it goes back in. */
static void test_hostile_cookies(void **state)
{
    static const char *const bad[] = {"Set-Cookie: JSESSIONID=A\r\nX-Evil: 1; Path=/",
                                      "Set-Cookie: JSESSIONID", "X-XSRF-TOKEN: t", NULL};
    char *long_one = mem_alloc(NSX_COOKIE_BYTES_MAX + 64);
    const char *headers[NSX_COOKIES_MAX + 4] = {long_one, "Set-Cookie: JSESSIONID=ok",
                                                "X-XSRF-TOKEN: a\nb"};
    struct fixture f;

    (void)state;
    memset(long_one, 'x', NSX_COOKIE_BYTES_MAX + 32);
    memcpy(long_one, "Set-Cookie: L=", 14);
    open_session(&f, LOCAL, "p");
    f.s.ops->login(&f.s, NULL);
    assert_int_equal(answer(&f, 200, "", bad), SESSION_FAIL);
    f.s.ops->login(&f.s, NULL);
    assert_int_equal(answer(&f, 200, "", headers), SESSION_SEND);
    assert_string_equal(session_header(&f.s, "Cookie"), "JSESSIONID=ok");
    assert_null(session_header(&f.s, "X-XSRF-TOKEN"));
    close_session(&f);
    free(long_one);
}

/* A balancer takes its old cookie back, and a manager gives a new session for an old one. */
static void test_later_cookies_count(void **state)
{
    static const char *const headers[] = {"Set-Cookie: JSESSIONID=old; Path=/",
                                          "Set-Cookie: LB=; Max-Age=0",
                                          "Set-Cookie: A=1",
                                          "Set-Cookie: JSESSIONID=new; Path=/",
                                          "X-XSRF-TOKEN: t",
                                          NULL};
    static const char *const taken_back[] = {"Set-Cookie: JSESSIONID=old",
                                             "Set-Cookie: JSESSIONID=; Max-Age=0", NULL};
    struct fixture f;

    (void)state;
    open_session(&f, LOCAL, "p");
    f.s.ops->login(&f.s, NULL);
    assert_int_equal(answer(&f, 200, "", headers), SESSION_SEND);
    assert_string_equal(session_header(&f.s, "Cookie"), "JSESSIONID=new; A=1");
    close_session(&f);
    open_session(&f, LOCAL, "p");
    f.s.ops->login(&f.s, NULL);
    assert_int_equal(answer(&f, 200, "", taken_back), SESSION_FAIL);
    close_session(&f);
}

/* ---- judging -----------------------------------------------------------------------------------
 */

static const struct {
    int status;
    const char *file, *body;
    enum session_verdict verdict;
    enum err_kind kind;
    const char *want;
} judged[] = {
    {200, NULL, "{}", VERDICT_OK, ERR_NONE, ""},
    {401, NULL, "", VERDICT_EXPIRED, ERR_AUTH, "NSX ended the session of user 'au dit&' (401)"},
    {403, NULL, "", VERDICT_EXPIRED, ERR_AUTH, "NSX ended the session of user 'au dit&' (403)"},
    {403, NULL, "<html>Forbidden</html>", VERDICT_EXPIRED, ERR_AUTH, "NSX ended the session"},
    {403, "onprem-error.403-xsrf.json", NULL, VERDICT_EXPIRED, ERR_AUTH,
     "NSX ended the session of user 'au dit&': Bad XSRF token (403, code 98 of common-services)"},
    {403, "onprem-error.403-credentials.json", NULL, VERDICT_EXPIRED, ERR_AUTH,
     "NSX ended the session"},
    {403, NULL, "{\"error_code\":\"289\",\"module_name\":\"common-services\"}", VERDICT_ERROR,
     ERR_DENIED,
     "the role of the login does not allow to read segments (403, code 289 of common-services)"},
    {403, NULL, "{\"error_message\":\"No permission.\"}", VERDICT_ERROR, ERR_DENIED,
     "the role of the login does not allow to read segments: No permission (403)"},
    {400, "onprem-error.400-related.json", NULL, VERDICT_ERROR, ERR_HTTP,
     "NSX refused to give segments: Validation failed: Field level validation errors (400, code "
     "8327 of NsxSwitching)"},
    {400, "onprem-error.code-as-string.json", NULL, VERDICT_ERROR, ERR_HTTP, "code 269 of policy"},
    {400, NULL, "{\"error_code\":60508}", VERDICT_ERROR, ERR_HTTP, "search index"},
    {404, "onprem-error.404.json", NULL, VERDICT_ERROR, ERR_HTTP,
     "NSX has no such object or call: segments: The path=[/infra/segments/nope] is invalid"},
    {405, NULL, "", VERDICT_ERROR, ERR_UNSUPPORTED, "not offered by this NSX: segments (405)"},
    {409, "onprem-error.409-revision.json", NULL, VERDICT_ERROR, ERR_HTTP, "code 604"},
    {412, "onprem-error.412-revision.json", NULL, VERDICT_ERROR, ERR_HTTP, "code 604"},
    {429, "onprem-error.429.json", NULL, VERDICT_THROTTLED, ERR_LIMIT,
     "Client 'admin' exceeded request rate of 100 per second (429, code 102"},
    {500, "onprem-error.500-607.json", NULL, VERDICT_RETRY, ERR_HTTP, "code 607"},
    {500, NULL, "{\"error_code\":1}", VERDICT_ERROR, ERR_HTTP, "(500, code 1)"},
    {500, NULL, "{\"error_code\":99,\"error_message\":\"Untrusted.\"}", VERDICT_REJECTED, ERR_AUTH,
     "did not accept the login of user 'au dit&': Untrusted (500, code 99)"},
    {503, "onprem-error.503.json", NULL, VERDICT_THROTTLED, ERR_LIMIT, "busy"},
    {502, NULL, "<html>", VERDICT_RETRY, ERR_HTTP, "(502)"},
    {301, NULL, "", VERDICT_ERROR, ERR_HTTP, "check 'urls': segments https://vip.example/ (301)"},
    {400, NULL, "{\"error_message\":\"\\u001b[2J\\u202e. . .\",\"related_errors\":[7,null]}",
     VERDICT_ERROR, ERR_HTTP, "\\x1b[2J"},
    {400, NULL, "{\"error_code\":[],\"related_errors\":{}}", VERDICT_ERROR, ERR_HTTP, "(400)"},
    {0, NULL, "", VERDICT_RETRY, ERR_NET, "no answer"},
};

static void test_judge(void **state)
{
    static const char *const headers[] = {"Location: https://vip.example/", NULL};
    struct fixture f;

    (void)state;
    open_session(&f, LOCAL, "p");
    log_in(&f);
    for (size_t i = 0; i < ARRAY_SIZE(judged); i++) {
        char *body =
            judged[i].file ? fixture_text("nsx", judged[i].file, NULL) : mem_strdup(judged[i].body);
        struct reply r = reply_of(judged[i].status, body, headers);
        struct err err = {0};

        if (f.s.ops->judge(&f.s, &segments, &r, &err) != judged[i].verdict ||
            err.kind != judged[i].kind || !strstr(err.msg, judged[i].want))
            fail_msg("case %zu: kind %d: %s", i, err.kind, err.msg);
        assert_true(text_is_clean(err.msg));
        assert_true(err.msg[0] == '\0' || err.msg[strlen(err.msg) - 1] != '.');
        free(body);
    }
    close_session(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_form_login),
        cmocka_unit_test(test_other_site),
        cmocka_unit_test(test_login_refusals),
        cmocka_unit_test(test_no_password),
        cmocka_unit_test(test_vidm),
        cmocka_unit_test(test_vidm_refused),
        cmocka_unit_test(test_certificate),
        cmocka_unit_test(test_authorize),
        cmocka_unit_test(test_logout),
        cmocka_unit_test(test_hostile_cookies),
        cmocka_unit_test(test_later_cookies_count),
        cmocka_unit_test(test_judge),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
