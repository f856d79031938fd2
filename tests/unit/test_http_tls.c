/* http: who is trusted, and that nothing is sent to anybody else. */
#include "tests/support/httptest.h"

#include "core/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define HOUR_S 3600
#define DAY_S  86400

/* ---- trust --------------------------------------------------------------------------------------
 */

static const struct http_request plain;

static struct http_request with_ca(const char *file)
{
    struct http_request req = plain;

    req.tls.ca_file = file;
    return req;
}

static struct http_request with_pin(const char *pin)
{
    struct http_request req = plain;

    req.tls.sha256 = pin;
    return req;
}

static void check_certificate(const struct httptest_got *g, const struct testca_leaf *leaf)
{
    assert_string_equal(g->r.cert_sha256, leaf->sha256);
    assert_string_equal(g->r.cert_subject, "CN=leaf,O=Example K.K.");
    assert_string_equal(g->r.cert_issuer,
                        "CN=Test CA \xe8\xaa\x8d\xe8\xa8\xbc\xe5\xb1\x80,O=Example K.K.");
    assert_in_range(g->r.cert_expires_at / 1000, (uintmax_t)leaf->ends_s - 60,
                    (uintmax_t)leaf->ends_s + 60);
    assert_in_range(g->r.cert_starts_at / 1000, (uintmax_t)leaf->starts_s - 60,
                    (uintmax_t)leaf->starts_s + 60);
}

static void test_good_ca(void **state)
{
    struct testca_leaf leaf =
        testca_issue(httptest_ca, "DNS:localhost,IP:127.0.0.1", -HOUR_S, DAY_S);
    struct httptest_server s = httptest_server_start(&leaf);

    (void)state;
    for (int i = 0; i < 3; i++) {
        struct httptest_got g = httptest_get("https", i == 1 ? "localhost" : "127.0.0.1", s.port,
                                             "/ok", with_ca(httptest_ca_file));

        assert_string_equal(g.r.err.msg, "");
        assert_int_equal(g.r.status, 200);
        assert_string_equal(g.r.body, "hello");
        assert_int_equal(g.r.len, 5);
        assert_string_equal(g.header, "padded");
        assert_string_equal(g.cookies[0], "a=1");
        assert_string_equal(g.cookies[1], "b=2");
        assert_true(g.r.wire_bytes > 5);
        assert_in_range(g.r.date_ms / 1000, (uintmax_t)time(NULL) - 60, (uintmax_t)time(NULL) + 60);
        /* The third request goes over the kept connection of the first. */
        check_certificate(&g, &leaf);
        httptest_got_release(&g);
    }
    assert_int_equal(httptest_seen.requests, 3);
    assert_int_equal(httptest_seen.connections, 2);
    MHD_stop_daemon(s.daemon);
    testca_leaf_release(&leaf);
}

static void test_unknown_ca(void **state)
{
    struct testca_leaf leaf = testca_issue(httptest_ca, "IP:127.0.0.1", -HOUR_S, DAY_S);
    struct httptest_server s = httptest_server_start(&leaf);
    const char *files[] = {httptest_other_ca_file, NULL};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
        struct httptest_got g =
            httptest_get("https", "127.0.0.1", s.port, "/ok", with_ca(files[i]));

        httptest_says(
            &g, ERR_TLS,
            "certificate of '127.0.0.1:%d' is not trusted: issuer "
            "'CN=Test CA \xe8\xaa\x8d\xe8\xa8\xbc\xe5\xb1\x80,O=Example K.K.' is unknown (sha256 "
            "%s)",
            s.port, leaf.sha256);
        check_certificate(&g, &leaf);
        assert_int_equal(g.r.status, 0);
        httptest_got_release(&g);
    }
    assert_int_equal(httptest_seen.requests, 0);
    MHD_stop_daemon(s.daemon);
    testca_leaf_release(&leaf);
}

static void test_pin(void **state)
{
    /* Neither the issuer nor the name nor the dates would do. */
    struct testca_leaf leaf =
        testca_issue(httptest_other_ca, "DNS:elsewhere.example", -2 * DAY_S, -DAY_S);
    struct httptest_server s = httptest_server_start(&leaf);
    char wrong[SHA256_HEX], upper[SHA256_HEX];
    struct httptest_got g;

    (void)state;
    g = httptest_get("https", "127.0.0.1", s.port, "/ok", with_pin(leaf.sha256));
    assert_string_equal(g.r.err.msg, "");
    assert_string_equal(g.r.body, "hello");
    assert_string_equal(g.r.cert_sha256, leaf.sha256);
    httptest_got_release(&g);
    memcpy(wrong, leaf.sha256, sizeof(wrong));
    wrong[0] = wrong[0] == '0' ? '1' : '0';
    /* A connection that another pin accepted is there to be reused: it must not be. */
    g = httptest_get("https", "127.0.0.1", s.port, "/ok", with_pin(wrong));
    httptest_says(&g, ERR_TLS, "certificate of '127.0.0.1:%d' changed: expected sha256 %s, got %s",
                  s.port, wrong, leaf.sha256);
    httptest_got_release(&g);
    g = httptest_get("https", "127.0.0.1", s.port, "/ok", with_ca(httptest_other_ca_file));
    assert_int_equal(g.r.err.kind, ERR_TLS);
    httptest_got_release(&g);
    assert_int_equal(httptest_seen.requests, 1);
    for (size_t i = 0; i < sizeof(upper); i++)
        upper[i] = (char)(leaf.sha256[i] >= 'a' ? leaf.sha256[i] - 'a' + 'A' : leaf.sha256[i]);
    g = httptest_get("https", "127.0.0.1", s.port, "/ok", with_pin(upper));
    assert_string_equal(g.r.body, "hello");
    httptest_got_release(&g);
    g = httptest_get("https", "127.0.0.1", s.port, "/ok", with_pin("abc"));
    httptest_says(&g, ERR_CONFIG, "the sha256 of '127.0.0.1:%d' must be 64 hexadecimal digits",
                  s.port);
    httptest_got_release(&g);
    MHD_stop_daemon(s.daemon);
    testca_leaf_release(&leaf);
}

static void test_wrong_name(void **state)
{
    struct testca_leaf leaf =
        testca_issue(httptest_ca, "DNS:a.example,DNS:*.b.example,IP:192.0.2.7", -HOUR_S, DAY_S);
    struct httptest_server s = httptest_server_start(&leaf);
    const char *hosts[] = {"127.0.0.1", "localhost"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
        struct httptest_got g =
            httptest_get("https", hosts[i], s.port, "/ok", with_ca(httptest_ca_file));

        httptest_says(
            &g, ERR_TLS,
            "certificate of '%s:%d' is for another name: valid for a.example, *.b.example, "
            "192.0.2.7 "
            "(sha256 %s)",
            hosts[i], s.port, leaf.sha256);
        httptest_got_release(&g);
    }
    assert_int_equal(httptest_seen.requests, 0);
    MHD_stop_daemon(s.daemon);
    testca_leaf_release(&leaf);
}

static void iso_date(int64_t s, char out[32])
{
    time_t t = (time_t)s;
    struct tm tm;

    gmtime_r(&t, &tm);
    strftime(out, 32, "%Y-%m-%dT%H:%M", &tm);
}

static void expect_date(int64_t from_s, int64_t until_s, const char *words, int64_t shown)
{
    struct testca_leaf leaf = testca_issue(httptest_ca, "IP:127.0.0.1", from_s, until_s);
    struct httptest_server s = httptest_server_start(&leaf);
    struct httptest_got g =
        httptest_get("https", "127.0.0.1", s.port, "/ok", with_ca(httptest_ca_file));
    char date[32], want[128];

    iso_date(shown == from_s ? leaf.starts_s : leaf.ends_s, date);
    snprintf(want, sizeof(want), "certificate of '127.0.0.1:%d' %s %.10s", s.port, words, date);
    assert_int_equal(g.r.err.kind, ERR_TLS);
    assert_memory_equal(g.r.err.msg, want, strlen(want));
    assert_non_null(strstr(g.r.err.msg, leaf.sha256));
    assert_int_equal(httptest_seen.requests, 0);
    httptest_got_release(&g);
    MHD_stop_daemon(s.daemon);
    testca_leaf_release(&leaf);
}

static void test_expired_and_early(void **state)
{
    (void)state;
    expect_date(-20 * DAY_S, -10 * DAY_S, "expired on", -10 * DAY_S);
    expect_date(10 * DAY_S, 20 * DAY_S, "is not valid before", 10 * DAY_S);
}

static void test_ca_file_that_is_not_there(void **state)
{
    struct httptest_got g =
        httptest_get("https", "127.0.0.1", 1, "/", with_ca("/nonexistent/ca.pem"));

    (void)state;
    httptest_says(&g, ERR_CONFIG,
                  "unable to read the CA file '/nonexistent/ca.pem': No such file or directory");
    httptest_got_release(&g);
}

static void test_ca_file_without_a_certificate(void **state)
{
    struct testca_leaf leaf = testca_issue(httptest_ca, "IP:127.0.0.1", -HOUR_S, DAY_S);
    struct httptest_server s = httptest_server_start(&leaf);
    struct httptest_got g = httptest_get("https", "127.0.0.1", s.port, "/ok", with_ca("/dev/null"));

    (void)state;
    httptest_says(&g, ERR_CONFIG,
                  "the CA file '/dev/null' for '127.0.0.1:%d' has no certificate that can be read "
                  "(PEM)",
                  s.port);
    httptest_got_release(&g);
    MHD_stop_daemon(s.daemon);
    testca_leaf_release(&leaf);
}

#define T(name) cmocka_unit_test_setup_teardown(name, httptest_start, httptest_stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_good_ca),
        T(test_unknown_ca),
        T(test_pin),
        T(test_wrong_name),
        T(test_expired_and_early),
        T(test_ca_file_that_is_not_there),
        T(test_ca_file_without_a_certificate),
    };

    return cmocka_run_group_tests(tests, httptest_group_start, httptest_group_stop);
}
