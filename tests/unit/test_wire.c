#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/wire.h"

static void test_authorization(void **state)
{
    struct secret *password = secret_new_str("s3cret");
    struct wire w;

    (void)state;
    wire_init(&w);
    wire_authorization(&w, "Basic", "audit", password);
    assert_int_equal(w.n, 1);
    assert_string_equal(w.headers[0], "Authorization: Basic YXVkaXQ6czNjcmV0");
    wire_reset(&w);
    assert_int_equal(w.n, 0);
    wire_authorization(&w, "Remote", NULL, password);
    assert_string_equal(w.headers[0], "Authorization: Remote OnMzY3JldA==");
    wire_release(&w);
    secret_unref(password);
}

static void test_plain(void **state)
{
    static const char *const bad[] = {"", "a b", "a\r\nX: y", "\x7f", "é", "a\t"};

    (void)state;
    assert_true(wire_is_plain("!~aZ0-_=;", 9));
    assert_true(wire_is_plain("ab cd", 2));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(wire_is_plain(bad[i], strlen(bad[i])));
    assert_false(wire_is_plain("a\0b", 3));
}

static void test_url(void **state)
{
    struct http_request http = {0};
    struct wire w;

    (void)state;
    wire_init(&w);
    wire_url(&w, "https://nsx.example//", "/api/v1/node");
    wire_fill(&w, "GET", &http);
    assert_string_equal(http.url, "https://nsx.example/api/v1/node");
    assert_null(http.body);
    assert_int_equal(http.nheaders, 0);
    wire_release(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_authorization),
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_url),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
