#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <json-c/json.h>

#include "core/fmt.h"
#include "tests/lab/sigv4_verify.h"

#define VECTORS "tests/fixtures/aws/sigv4-vectors.json"

static struct json_object *vectors;

static const char *text(struct json_object *o, const char *key)
{
    struct json_object *v;

    return json_object_object_get_ex(o, key, &v) && v ? json_object_get_string(v) : NULL;
}

/* The request of a vector as it arrives at a server. */
static struct lab_request arrive(struct arena *a, struct json_object *v)
{
    struct lab_request req = {.arena = a};
    struct json_object *headers;
    const char *url = strstr(text(v, "url"), "://") + 3;

    req.method = text(v, "method");
    req.target = strchr(url, '/');
    req.body = text(v, "body") ? text(v, "body") : "";
    req.body_len = strlen(req.body);
    req.headers.at = arena_alloc(a, 16 * sizeof(struct lab_pair));
    assert_true(json_object_object_get_ex(v, "headers_sent", &headers));
    json_object_object_foreach(headers, name, value)
    {
        req.headers.at[req.headers.n++] = (struct lab_pair){name, json_object_get_string(value)};
    }
    return req;
}

static int64_t time_of(struct arena *a, struct json_object *v)
{
    const char *s = text(v, "amz_date");
    int64_t ms;

    assert_int_equal(fmt_parse_time(arena_printf(a, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", s, s + 4,
                                                 s + 6, s + 9, s + 11, s + 13),
                                    &ms),
                     0);
    return ms;
}

static int load(void **state)
{
    (void)state;
    vectors = json_object_from_file(VECTORS);
    return vectors ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    json_object_put(vectors);
    return 0;
}

static void test_vectors(void **state)
{
    size_t n = json_object_array_length(vectors);

    (void)state;
    assert_true(n >= 11);
    for (size_t i = 0; i < n; i++) {
        struct json_object *v = json_object_array_get_idx(vectors, i);
        struct arena *a = arena_new(0);
        struct lab_request req = arrive(a, v);
        struct sigv4_auth auth;
        const char *missing, *why;

        assert_int_equal(sigv4_parse(a, text(v, "authorization"), &auth), 0);
        assert_string_equal(auth.access_key, text(v, "access_key"));
        assert_string_equal(auth.service, text(v, "service"));
        assert_string_equal(sigv4_canonical(a, &req, auth.signed_headers, &missing),
                            text(v, "canonical_request"));
        assert_null(missing);
        assert_int_equal(sigv4_verify(&req, &auth, text(v, "secret_key"), time_of(a, v), &why),
                         SIGV4_OK);
        arena_free(a);
    }
}

struct first {
    struct arena *a;
    struct lab_request req;
    struct sigv4_auth auth;
    const char *secret;
    int64_t now;
};

/* A good request with a session token, to be spoilt. */
static struct first begin(void)
{
    struct json_object *v = json_object_array_get_idx(vectors, 1);
    struct first f = {.a = arena_new(0)};

    f.req = arrive(f.a, v);
    f.secret = text(v, "secret_key");
    f.now = time_of(f.a, v);
    assert_int_equal(sigv4_parse(f.a, text(v, "authorization"), &f.auth), 0);
    return f;
}

static enum sigv4_verdict verdict(struct first *f, const char **why)
{
    enum sigv4_verdict v = sigv4_verify(&f->req, &f->auth, f->secret, f->now, why);

    return v;
}

static void test_spoilt(void **state)
{
    struct first f;
    const char *why;

    (void)state;
    f = begin();
    f.secret = "another";
    assert_int_equal(verdict(&f, &why), SIGV4_MISMATCH);
    arena_free(f.a);

    f = begin();
    f.req.body = "Action=DescribeVpcs";
    f.req.body_len = strlen(f.req.body);
    assert_int_equal(verdict(&f, &why), SIGV4_MISMATCH);
    arena_free(f.a);

    f = begin();
    f.req.target = "/?a=1";
    assert_int_equal(verdict(&f, &why), SIGV4_MISMATCH);
    arena_free(f.a);

    f = begin();
    f.auth.signature = "00";
    assert_int_equal(verdict(&f, &why), SIGV4_MISMATCH);
    arena_free(f.a);
}

static void test_headers_must_be_signed(void **state)
{
    struct first f = begin();
    const char *why;

    (void)state;
    f.req.headers.at[f.req.headers.n++] = (struct lab_pair){"X-Amz-Target", "x"};
    assert_int_equal(verdict(&f, &why), SIGV4_UNSIGNED);
    assert_string_equal(why, "X-Amz-Target");
    arena_free(f.a);

    f = begin();
    f.auth.signed_headers = "content-type;x-amz-date;x-amz-security-token";
    assert_int_equal(verdict(&f, &why), SIGV4_UNSIGNED);
    assert_string_equal(why, "host");
    arena_free(f.a);

    f = begin();
    f.auth.signed_headers = "content-type;expect;host;x-amz-date;x-amz-security-token";
    assert_int_equal(verdict(&f, &why), SIGV4_MISMATCH);
    assert_string_equal(why, "expect");
    arena_free(f.a);
}

static void test_clock(void **state)
{
    struct first f = begin();
    const char *why;

    (void)state;
    f.now += 15 * 60 * 1000;
    assert_int_equal(verdict(&f, &why), SIGV4_OK);
    f.now += 1;
    assert_int_equal(verdict(&f, &why), SIGV4_TOO_OLD);
    f.now -= 30 * 60 * 1000 + 2;
    assert_int_equal(verdict(&f, &why), SIGV4_TOO_EARLY);
    f.auth.date = "20261121";
    assert_int_equal(verdict(&f, &why), SIGV4_NO_DATE);
    arena_free(f.a);
}

static void test_authorization_forms(void **state)
{
    static const char *const bad[] = {
        "",
        "Basic dXNlcjpwYXNz",
        "AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request, SignedHeaders=host",
        "AWS4-HMAC-SHA256 Credential=a/b/c/aws4_request, SignedHeaders=host, Signature=0",
        "AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request/e, SignedHeaders=host, Signature=0",
        "AWS4-HMAC-SHA256 Credential=a/b/c/d/other, SignedHeaders=host, Signature=0",
    };
    struct arena *a = arena_new(0);
    struct sigv4_auth auth;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(sigv4_parse(a, bad[i], &auth), -1);
    assert_int_equal(sigv4_parse(a,
                                 "AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request,"
                                 "SignedHeaders=host;x-amz-date,Signature=0f",
                                 &auth),
                     0);
    assert_string_equal(auth.region, "c");
    assert_string_equal(auth.signed_headers, "host;x-amz-date");
    assert_string_equal(auth.signature, "0f");
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_spoilt),
        cmocka_unit_test(test_headers_must_be_signed),
        cmocka_unit_test(test_clock),
        cmocka_unit_test(test_authorization_forms),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
