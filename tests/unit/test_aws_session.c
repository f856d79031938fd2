#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/aws/session.h"
#include "core/arena.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "tests/support/fake_env.h"
#include "tests/support/fixture.h"
#include "tests/support/session_case.h"

#define NOW 1795165200000 /* 2026-11-20T09:00:00Z */

static const char *const keys[] = {"AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE",
                                   "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                                   NULL};
static const char *const session_keys[] = {
    "AWS_ACCESS_KEY_ID=ASIAX",     "AWS_SECRET_ACCESS_KEY=S",
    "AWS_SESSION_TOKEN=TOKEN==",   "AWS_CREDENTIAL_EXPIRATION=2026-11-20T10:00:00Z",
    "AWS_CA_BUNDLE=/etc/corp.pem", NULL};

struct fixture {
    struct config *config;
    struct fake_env files;
    struct aws_env env;
    struct session s;
    bool identifying;
};

static void open_session(struct fixture *f, const char *yaml, const char *const *variables)
{
    char *text = mem_printf("sites: [{name: tokyo, endpoints: [%s]}]\n", yaml);
    struct err err = {0};

    memset(f, 0, sizeof(*f));
    f->config = config_parse(text, strlen(text), "t.yaml", &err, NULL);
    if (!f->config)
        fail_msg("%s", err.msg);
    free(text);
    f->files = (struct fake_env){variables, NULL};
    f->env = fake_env(&f->files);
    f->s = (struct session){.ops = &session_aws_ops,
                            .endpoint = config_endpoint(f->config, 0),
                            .arena = arena_new(0),
                            .facts_arena = arena_new(0),
                            .now = NOW};
    assert_int_equal(f->s.ops->init(&f->s), 0);
    session_aws_use_env(&f->s, &f->env);
}

static void close_session(struct fixture *f)
{
    f->s.ops->release(&f->s);
    arena_free(f->s.arena);
    arena_free(f->s.facts_arena);
    config_free(f->config);
}

static const char *server_date(const struct reply *r, const char *name)
{
    (void)r;
    return strcmp(name, "Date") == 0 ? "Fri, 20 Nov 2026 10:00:00 GMT" : NULL;
}

static const char *our_date(const struct reply *r, const char *name)
{
    (void)r;
    return strcmp(name, "Date") == 0 ? "Fri, 20 Nov 2026 09:00:00 GMT" : NULL;
}

static enum session_step answer_at(struct fixture *f, int status, const char *body,
                                   const char *(*date)(const struct reply *, const char *))
{
    struct reply r = {.status = status, .body = body, .len = strlen(body), .header = date};

    return f->identifying ? f->s.ops->identify(&f->s, &r) : f->s.ops->login(&f->s, &r);
}

static enum session_step answer(struct fixture *f, int status, const char *body)
{
    return answer_at(f, status, body, server_date);
}

/* With static keys the login asks nobody; who they belong to is asked beside the first requests. */
static enum session_step log_in(struct fixture *f)
{
    enum session_step step = f->s.ops->login(&f->s, NULL);

    if (step != SESSION_READY)
        return step;
    f->identifying = true;
    return f->s.ops->identify(&f->s, NULL);
}

#define PLAIN "{name: linked, kind: aws, region: ap-northeast-1, account: '111122223333'}"

/* ---- login -------------------------------------------------------------------------------------
 */

static void test_login(void **state)
{
    char *identity = fixture_text("aws", "sts-GetCallerIdentity.1.xml", NULL);
    struct fixture f;

    (void)state;
    open_session(&f, PLAIN, session_keys);
    assert_int_equal(log_in(&f), SESSION_SEND);
    assert_string_equal(f.s.call.http.url, "https://sts.ap-northeast-1.amazonaws.com/");
    assert_string_equal(f.s.call.http.body, "Action=GetCallerIdentity&Version=2011-06-15");
    assert_string_equal(session_header(&f.s, "X-Amz-Security-Token"), "TOKEN==");
    assert_string_equal(f.s.call.http.tls.ca_file, "/etc/corp.pem");
    assert_int_equal(answer(&f, 200, identity), SESSION_READY);
    assert_string_equal(f.s.facts.account, "111122223333");
    assert_string_equal(f.s.facts.role, "arn:aws:sts::111122223333:assumed-role/hycon-ro/ops");
    assert_string_equal(f.s.facts.region, "ap-northeast-1");
    assert_int_equal(f.s.expires_at, NOW + 45 * 60000);
    assert_int_equal(f.s.ops->logout(&f.s, NULL), SESSION_READY);
    assert_int_equal(f.s.ops->authorize(&f.s, &(struct request){.method = "POST", .path = "/"}),
                     -1);
    close_session(&f);
    free(identity);
}

static void test_login_refusals(void **state)
{
    static const struct {
        int status;
        const char *file, *body, *want;
        enum session_step step;
    } cases[] = {
        {403, "error-sts.403-ExpiredToken.xml", NULL,
         "AWS has ended the session with the credentials of", SESSION_FAIL},
        {403, "error-ec2.403-SignatureDoesNotMatch.xml", NULL, "did not accept", SESSION_REJECTED},
        {401, "error-ec2.401-AuthFailure.xml", NULL, "did not accept", SESSION_REJECTED},
        {403, NULL, "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>", NULL,
         SESSION_READY},
        {403, NULL, "<html>proxy</html>", NULL, SESSION_READY},
        {500, "error-ec2.500-InternalError.xml", NULL, NULL, SESSION_READY},
        {200, NULL, "junk", NULL, SESSION_READY},
        {0, NULL, "", NULL, SESSION_READY},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char *body =
            cases[i].file ? fixture_text("aws", cases[i].file, NULL) : mem_strdup(cases[i].body);
        struct fixture f;

        open_session(&f, PLAIN, keys);
        assert_int_equal(log_in(&f), SESSION_SEND);
        assert_int_equal(answer_at(&f, cases[i].status, body, our_date), cases[i].step);
        if (cases[i].want && !strstr(f.s.err.msg, cases[i].want))
            fail_msg("'%s' is not in '%s'", cases[i].want, f.s.err.msg);
        if (cases[i].step == SESSION_READY)
            assert_null(f.s.facts.account);
        close_session(&f);
        free(body);
    }
}

static void test_wrong_account(void **state)
{
    char *identity = fixture_text("aws", "sts-GetCallerIdentity.1.xml", NULL);
    struct fixture f;

    (void)state;
    open_session(&f, "{name: l, kind: aws, region: r1, account: '999999999999'}", keys);
    log_in(&f);
    assert_int_equal(answer(&f, 200, identity), SESSION_FAIL);
    assert_int_equal(f.s.err.kind, ERR_CONFIG);
    assert_string_equal(f.s.err.msg, "the credentials of the environment belong to account "
                                     "111122223333, but the configuration says 999999999999");
    close_session(&f);
    free(identity);
}

static void test_clock(void **state)
{
    char *expired = fixture_text("aws", "error-ec2.400-RequestExpired.xml", NULL);
    struct fixture f;

    (void)state;
    open_session(&f, PLAIN, keys);
    log_in(&f);
    assert_string_equal(session_header(&f.s, "X-Amz-Date"), "20261120T090000Z");
    assert_int_equal(answer(&f, 400, expired), SESSION_SEND);
    assert_int_equal(f.s.clock_offset_ms, 3600000);
    assert_string_equal(session_header(&f.s, "X-Amz-Date"), "20261120T100000Z");
    assert_int_equal(answer(&f, 400, expired), SESSION_FAIL);
    close_session(&f);
    free(expired);
}

/* ---- addresses ---------------------------------------------------------------------------------
 */

static void test_addresses(void **state)
{
    static const struct {
        const char *yaml;
        const char *variables[5];
        const char *sts, *ec2; /* NULL: refused */
    } cases[] = {
        {"{name: a, kind: aws, region: cn-north-1}",
         {NULL},
         "https://sts.cn-north-1.amazonaws.com.cn/",
         "https://ec2.cn-north-1.amazonaws.com.cn/"},
        {"{name: a, kind: aws, region: r1, endpoint_url: 'http://127.0.0.1:4566'}",
         {"AWS_ENDPOINT_URL=https://env.example"},
         "http://127.0.0.1:4566/",
         "http://127.0.0.1:4566/"},
        {"{name: a, kind: aws, region: r1}",
         {"AWS_ENDPOINT_URL=https://env.example/base/",
          "AWS_ENDPOINT_URL_STS=https://s.example:8443"},
         "https://s.example:8443/",
         "https://env.example/base/"},
        {"{name: a, kind: aws, region: r1, endpoint_url: "
         "'https://vpce-1.ec2.r1.vpce.amazonaws.com'}",
         {NULL},
         "https://sts.r1.amazonaws.com/",
         "https://vpce-1.ec2.r1.vpce.amazonaws.com/"},
        {"{name: a, kind: aws, region: r1}", {"AWS_ENDPOINT_URL=http://env.example"}, NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const char *variables[8] = {keys[0], keys[1]};
        struct request req = {
            .service = SERVICE_EC2, .method = "POST", .path = "/", .body = "A=b", .body_len = 3};
        struct fixture f;

        memcpy(variables + 2, cases[i].variables, sizeof(cases[i].variables));
        open_session(&f, cases[i].yaml, variables);
        if (!cases[i].sts) {
            assert_int_equal(log_in(&f), SESSION_FAIL);
            assert_int_equal(f.s.err.kind, ERR_CONFIG);
        } else {
            assert_int_equal(log_in(&f), SESSION_SEND);
            assert_string_equal(f.s.call.http.url, cases[i].sts);
            assert_int_equal(answer(&f, 0, ""), SESSION_READY);
            assert_int_equal(f.s.ops->authorize(&f.s, &req), 0);
            assert_string_equal(f.s.call.http.url, cases[i].ec2);
        }
        close_session(&f);
    }
}

/* The first signing vector, through the whole session. */
static void test_authorize(void **state)
{
    static const char body[] =
        "Action=DescribeNetworkInterfaces&Version=2016-11-15&MaxResults=1000&"
        "Filter.1.Name=subnet-id&Filter.1.Value.1=subnet-0a1657ea5ddc00001";
    struct request req = {.service = SERVICE_MAIN,
                          .method = "POST",
                          .path = "/",
                          .body = body,
                          .body_len = sizeof(body) - 1,
                          .content_type = "application/x-www-form-urlencoded; charset=utf-8",
                          .label = "interfaces"};
    struct fixture f;

    (void)state;
    open_session(&f, PLAIN, keys);
    log_in(&f);
    assert_int_equal(answer(&f, 0, ""), SESSION_READY);
    assert_int_equal(f.s.ops->authorize(&f.s, &req), 0);
    assert_string_equal(
        session_header(&f.s, "Authorization"),
        "AWS4-HMAC-SHA256 "
        "Credential=AKIAIOSFODNN7EXAMPLE/20261120/ap-northeast-1/ec2/aws4_request, "
        "SignedHeaders=content-type;host;x-amz-date, "
        "Signature=15697871019de46d0eec38c014f42735e59dfd9318bda1405eb9a827c21e7797");
    assert_null(session_header(&f.s, "Host"));
    assert_string_equal(f.s.call.http.body, body);
    req.service = SERVICE_VMC;
    assert_int_equal(f.s.ops->authorize(&f.s, &req), -1);
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
    {200, NULL, "<a/>", VERDICT_OK, ERR_NONE, ""},
    {400, "error-ec2.400-InvalidSubnetID.NotFound.xml", NULL, VERDICT_ERROR, ERR_CONFIG,
     "AWS refused ec2:DescribeRouteTables: The subnet ID 'subnet-0deadbeefdeadbeef' does not "
     "exist (InvalidSubnetID.NotFound, request 5c9d3a10-eeee-4000-8000-000000000001)"},
    {400, "error-ec2.400-RequestExpired.xml", NULL, VERDICT_EXPIRED, ERR_AUTH, "clock"},
    {401, "error-ec2.401-AuthFailure.xml", NULL, VERDICT_REJECTED, ERR_AUTH,
     "AWS did not accept the credentials of the environment: AWS was not able to validate the "
     "provided access credentials (AuthFailure, request "},
    {403, "error-ec2.403-SignatureDoesNotMatch.xml", NULL, VERDICT_REJECTED, ERR_AUTH,
     "did not accept the credentials of the environment"},
    {403, "error-ec2.403-UnauthorizedOperation.xml", NULL, VERDICT_ERROR, ERR_DENIED,
     "not allowed: ec2:DescribeRouteTables because no identity-based policy allows the "
     "ec2:DescribeRouteTables action (UnauthorizedOperation, request "
     "5c9d3a10-eeee-4000-8000-000000000001)"},
    {403, NULL,
     "<r><Error><Code>AccessDenied</Code><Message>No. Encoded authorization failure message: "
     "because A</Message></Error></r>",
     VERDICT_ERROR, ERR_DENIED, "not allowed: ec2:DescribeRouteTables (AccessDenied)"},
    {403, NULL,
     "<r><Error><Code>UnauthorizedOperation</Code><Message>You are not authorized to perform this "
     "operation. User: arn:aws:iam::1:user/u is not authorized to perform: "
     "ec2:DescribeRouteTables with an explicit deny in a service control policy. Encoded "
     "authorization failure message: AbC</Message></Error></r>",
     VERDICT_ERROR, ERR_DENIED,
     "not allowed: ec2:DescribeRouteTables with an explicit deny in a service control policy "
     "(UnauthorizedOperation)"},
    {500, "error-ec2.500-InternalError.xml", NULL, VERDICT_RETRY, ERR_HTTP, "fault of its own"},
    {503, "error-ec2.503-RequestLimitExceeded.xml", NULL, VERDICT_THROTTLED, ERR_LIMIT,
     "AWS throttles ec2:DescribeRouteTables: Request limit exceeded (RequestLimitExceeded"},
    {403, "error-sts.403-ExpiredToken.xml", NULL, VERDICT_EXPIRED, ERR_AUTH,
     "AWS has ended the session with the credentials of the environment"},
    {400, NULL, "<Response><Errors><Error><Code>Throttling</Code></Error></Errors></Response>",
     VERDICT_THROTTLED, ERR_LIMIT, "(Throttling)"},
    {400, NULL, "<Response><Errors><Error><Code>InvalidAction</Code></Error></Errors></Response>",
     VERDICT_ERROR, ERR_UNSUPPORTED, "not offered here"},
    {403, NULL,
     "<r><Error><Code>SignatureDoesNotMatch</Code><Message>Signature expired: 1 is now earlier"
     "</Message></Error></r>",
     VERDICT_EXPIRED, ERR_AUTH, "clock"},
    {429, NULL, "", VERDICT_THROTTLED, ERR_LIMIT, "429 and no AWS error"},
    {502, NULL, "<html><body>Bad gateway</body>", VERDICT_RETRY, ERR_HTTP, "502"},
    {403, NULL, "<html>Forbidden by proxy</html>", VERDICT_ERROR, ERR_HTTP,
     "AWS refused ec2:DescribeRouteTables (403 and no AWS error)"},
    {400, NULL,
     "<r><Error><Code>A\xe2\x80\xae"
     "B</Code><Message>x&#xA;y</Message></Error></r>",
     VERDICT_ERROR, ERR_HTTP, "x"},
    {0, NULL, "", VERDICT_RETRY, ERR_NET, "no answer"},
};

static void test_judge(void **state)
{
    struct request req = {.service = SERVICE_EC2,
                          .method = "POST",
                          .path = "/",
                          .body = "Action=DescribeRouteTables&Version=2016-11-15",
                          .label = "route tables"};
    struct fixture f;

    (void)state;
    open_session(&f, PLAIN, keys);
    log_in(&f);
    answer(&f, 0, "");
    for (size_t i = 0; i < ARRAY_SIZE(judged); i++) {
        char *body =
            judged[i].file ? fixture_text("aws", judged[i].file, NULL) : mem_strdup(judged[i].body);
        struct reply r = {.status = judged[i].status,
                          .body = body,
                          .len = strlen(body),
                          .header = judged[i].verdict == VERDICT_EXPIRED ? server_date : our_date};
        struct err err = {0};

        if (f.s.ops->judge(&f.s, &req, &r, &err) != judged[i].verdict ||
            err.kind != judged[i].kind || !strstr(err.msg, judged[i].want))
            fail_msg("case %zu: kind %d: %s", i, err.kind, err.msg);
        assert_true(text_is_clean(err.msg));
        free(body);
    }
    assert_int_equal(f.s.clock_offset_ms, 3600000); /* learned from the expired requests */
    close_session(&f);
}

/* RequestExpired from a server whose clock is ours: the session token is over, not the clock off.
 */
static void test_expired_and_not_skewed(void **state)
{
    struct request req = {
        .service = SERVICE_EC2, .method = "POST", .path = "/", .body = "Action=X"};
    char *body = fixture_text("aws", "error-ec2.400-RequestExpired.xml", NULL);
    struct reply r = {.status = 400, .body = body, .len = strlen(body), .header = our_date};
    struct err err = {0};
    struct fixture f;

    (void)state;
    open_session(&f, PLAIN, keys);
    log_in(&f);
    assert_int_equal(f.s.ops->judge(&f.s, &req, &r, &err), VERDICT_EXPIRED);
    assert_non_null(strstr(err.msg, "AWS has ended the session"));
    assert_int_equal(f.s.clock_offset_ms, 0);
    close_session(&f);
    free(body);
}

/* EC2 tells a signature of another time as it tells a wrong key: that one is condemned when the
 * request with the corrected time was refused as well. */
static void test_skewed_or_wrong(void **state)
{
    struct request req = {
        .service = SERVICE_EC2, .method = "POST", .path = "/", .body = "Action=X"};
    char *body = fixture_text("aws", "error-ec2.401-AuthFailure.xml", NULL);
    struct reply r = {.status = 401, .body = body, .len = strlen(body), .header = server_date};
    struct err err = {0};
    struct fixture f;

    (void)state;
    open_session(&f, PLAIN, keys);
    log_in(&f);
    assert_int_equal(answer(&f, 401, body), SESSION_SEND);
    assert_string_equal(session_header(&f.s, "X-Amz-Date"), "20261120T100000Z");
    assert_int_equal(answer(&f, 401, body), SESSION_REJECTED);
    f.s.clock_offset_ms = 0;
    assert_int_equal(f.s.ops->judge(&f.s, &req, &r, &err), VERDICT_EXPIRED);
    assert_non_null(strstr(err.msg, "AWS did not accept the credentials"));
    assert_int_equal(f.s.clock_offset_ms, 3600000);
    r.header = our_date;
    assert_int_equal(f.s.ops->judge(&f.s, &req, &r, &err), VERDICT_REJECTED);
    close_session(&f);
    free(body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_login),           cmocka_unit_test(test_login_refusals),
        cmocka_unit_test(test_wrong_account),   cmocka_unit_test(test_clock),
        cmocka_unit_test(test_addresses),       cmocka_unit_test(test_authorize),
        cmocka_unit_test(test_judge),           cmocka_unit_test(test_expired_and_not_skewed),
        cmocka_unit_test(test_skewed_or_wrong),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
