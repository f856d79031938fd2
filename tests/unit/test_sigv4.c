#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/aws/sigv4.h"
#include "core/fmt.h"
#include "core/mem.h"
#include "core/strbuf.h"

#include <json-c/json.h>

#define VECTORS "tests/fixtures/aws/sigv4-vectors.json"

struct vector {
    struct sigv4_request req;
    struct sigv4_scope scope;
    struct sigv4_header headers[SIGV4_HEADERS_MAX];
    char path[512];
};

static const char *text(struct json_object *o, const char *key)
{
    struct json_object *v;

    return json_object_object_get_ex(o, key, &v) && v ? json_object_get_string(v) : NULL;
}

static void read_vector(struct json_object *o, struct vector *v)
{
    const char *target = strchr(strstr(text(o, "url"), "://") + 3, '/');
    struct json_object *headers;

    memset(v, 0, sizeof(*v));
    v->req.method = text(o, "method");
    v->req.path = memcpy(v->path, target, strcspn(target, "?"));
    v->req.query = strchr(target, '?') ? strchr(target, '?') + 1 : NULL;
    v->req.body = text(o, "body");
    v->req.body_len = v->req.body ? strlen(v->req.body) : 0;
    assert_true(json_object_object_get_ex(o, "headers_sent", &headers));
    json_object_object_foreach(headers, name, value)
    {
        v->headers[v->req.nheaders++] = (struct sigv4_header){name, json_object_get_string(value)};
    }
    v->req.headers = v->headers;
    v->scope = (struct sigv4_scope){.access_key = text(o, "access_key"),
                                    .secret = text(o, "secret_key"),
                                    .region = text(o, "region"),
                                    .service = text(o, "service")};
    memcpy(v->scope.date, text(o, "amz_date"), SIGV4_DATE_MAX);
}

static void test_vectors(void **state)
{
    struct json_object *all = json_object_from_file(VECTORS);
    struct strbuf out = STRBUF_INIT;
    struct vector v;

    (void)state;
    assert_non_null(all);
    assert_true(json_object_array_length(all) >= 11);
    for (size_t i = 0; i < json_object_array_length(all); i++) {
        struct json_object *o = json_object_array_get_idx(all, i);

        read_vector(o, &v);
        strbuf_reset(&out);
        sigv4_canonical(&out, &v.req);
        assert_string_equal(out.buf, text(o, "canonical_request"));
        strbuf_reset(&out);
        sigv4_string_to_sign(&out, &v.scope, text(o, "canonical_request"));
        assert_string_equal(out.buf, text(o, "string_to_sign"));
        strbuf_reset(&out);
        sigv4_authorization(&out, &v.scope, &v.req);
        assert_string_equal(out.buf, text(o, "authorization"));
    }
    strbuf_release(&out);
    json_object_put(all);
}

static void check_canonical(const struct sigv4_request *req, const char *want)
{
    struct strbuf out = STRBUF_INIT;

    sigv4_canonical(&out, req);
    assert_string_equal(out.buf, want);
    strbuf_release(&out);
}

#define EMPTY_SHA "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void test_query(void **state)
{
    static const struct {
        const char *query, *want;
    } cases[] = {
        {NULL, ""},
        {"", ""},
        {"b=2&a=1", "a=1&b=2"},
        {"a=2&a=1", "a=1&a=2"},
        {"a", "a="},
        {"a=b=c", "a=b%3Dc"},
        {"a=x/y:z", "a=x%2Fy%3Az"},
        {"a=%3a", "a=%3A"},
        {"a=%2B%2f%3D", "a=%2B%2F%3D"},
        {"a=1&&b=2&", "a=1&b=2"},
        {"a=%zz", "a=%25zz"},
        {"a=~-_.", "a=~-_."},
    };
    struct strbuf want = STRBUF_INIT;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        strbuf_reset(&want);
        strbuf_addf(&want, "GET\n/\n%s\n\n\n" EMPTY_SHA, cases[i].want);
        check_canonical(&(struct sigv4_request){.method = "GET", .query = cases[i].query},
                        want.buf);
    }
    strbuf_release(&want);
}

static void test_headers(void **state)
{
    const struct sigv4_header headers[] = {
        {"X-Amz-Date", "20261120T090000Z"},
        {"User-Agent", "hycon"},
        {"B", "  two   words\t "},
        {"a-b", "2"},
        {"A", "1"},
        {"b", "again"},
        {"Expect", "100-continue"},
        {"Empty", ""},
    };

    (void)state;
    check_canonical(
        &(struct sigv4_request){
            .method = "GET", .path = "/a%3Ab c", .headers = headers, .nheaders = 8},
        "GET\n/a%253Ab%20c\n\na:1\na-b:2\nb:two "
        "words,again\nempty:\nx-amz-date:20261120T090000Z\n\n"
        "a;a-b;b;empty;x-amz-date\n" EMPTY_SHA);
}

static void test_date(void **state)
{
    char date[SIGV4_DATE_MAX];

    (void)state;
    sigv4_date(1795165200000 + 999, date);
    assert_string_equal(date, "20261120T090000Z");
    sigv4_date(0, date);
    assert_string_equal(date, "19700101T000000Z");
    sigv4_date(INT64_MAX, date); /* a year that does not fit gives no date, not a cut one */
    assert_true(strlen(date) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_query),
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_date),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
