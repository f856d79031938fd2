#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/err.h"

static void test_set(void **state)
{
    (void)state;
    struct err e = {0};

    assert_int_equal(err_set(&e, ERR_HTTP, 403, "unable to read %s of '%s'", "segments", "nsx"),
                     -1);
    assert_int_equal(e.kind, ERR_HTTP);
    assert_int_equal(e.code, 403);
    assert_string_equal(e.msg, "unable to read segments of 'nsx'");
    assert_int_equal(err_set(NULL, ERR_IO, 0, "nobody listens"), -1);
}

static void test_prefix(void **state)
{
    (void)state;
    struct err e = {0};

    err_set(&e, ERR_TLS, 7, "certificate of '%s' changed", "vc");
    assert_int_equal(err_prefix(&e, "endpoint '%s'", "tokyo"), -1);
    assert_string_equal(e.msg, "endpoint 'tokyo': certificate of 'vc' changed");
    assert_int_equal(e.kind, ERR_TLS);
    assert_int_equal(e.code, 7);
    assert_int_equal(err_prefix(NULL, "x"), -1);
}

static void test_sanitised(void **state)
{
    (void)state;
    struct err e = {0};

    err_set(&e, ERR_PROTO, 0, "bad '%s'", "\033]0;owned\007\n\xe2\x80\xae");
    assert_string_equal(e.msg, "bad '\\x1b]0;owned\\x07\\x0a\\u{202e}'");
}

static void test_long_message_is_cut_between_characters(void **state)
{
    (void)state;
    struct err e = {0};
    char kanji[901];

    for (size_t i = 0; i < 900; i += 3)
        memcpy(kanji + i, "漢", 3);
    kanji[900] = '\0';
    err_set(&e, ERR_PROTO, 0, "%s", kanji);
    assert_int_equal(strlen(e.msg), 510); /* 170 whole characters; 511 would split one */
    assert_memory_equal(e.msg, kanji, 510);
    err_prefix(&e, "xy");
    assert_int_equal(strlen(e.msg), 4 + 507);
}

static void test_clear(void **state)
{
    (void)state;
    struct err e = {0};

    err_set(&e, ERR_IO, 2, "gone");
    err_clear(&e);
    assert_int_equal(e.kind, ERR_NONE);
    assert_int_equal(e.code, 0);
    assert_string_equal(e.msg, "");
    err_clear(NULL);
}

static void test_kind_names(void **state)
{
    (void)state;
    static const char *const names[] = {"net",   "tls",    "auth",        "denied", "http", "proto",
                                        "limit", "config", "unsupported", "cancel", "io"};

    assert_null(err_kind_name(ERR_NONE));
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        assert_string_equal(err_kind_name((enum err_kind)(ERR_NET + i)), names[i]);
    assert_null(err_kind_name((enum err_kind)99));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set),
        cmocka_unit_test(test_prefix),
        cmocka_unit_test(test_sanitised),
        cmocka_unit_test(test_long_message_is_cut_between_characters),
        cmocka_unit_test(test_clear),
        cmocka_unit_test(test_kind_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
