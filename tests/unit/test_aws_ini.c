#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/aws/ini.h"
#include "core/mem.h"
#include "core/strbuf.h"

static struct ini *parse(const char *text)
{
    struct err err = {0};
    struct ini *ini = ini_parse(text, strlen(text), &err);

    if (!ini)
        fail_msg("%s", err.msg);
    return ini;
}

static const char config[] = "\xef\xbb\xbf# comment\r\n"
                             "[default]\r\n"
                             "Region = ap-northeast-1\r\n"
                             "output=json\n"
                             "\n"
                             "[profile ops]\n"
                             "region = eu-west-1  # not a comment\n"
                             "credential_process = \"/opt/my tool\" --a=b\n"
                             "s3 =\n"
                             "    max_concurrent_requests = 20\n"
                             "  ; comment inside\n"
                             "\taddressing_style = path\n"
                             "role_arn =\n"
                             "[profile \"two words\"]\n"
                             "aws_secret_access_key = a/b+c==\n"
                             "[services local]\n"
                             "ec2 =\n"
                             "  endpoint_url = http://127.0.0.1:4566\n"
                             "[profile ops]\n"
                             "region = eu-west-2\n";

static void test_values(void **state)
{
    struct ini *ini = parse(config);

    (void)state;
    assert_string_equal(ini_get(ini, "", "default", "region"), "ap-northeast-1");
    assert_string_equal(ini_get(ini, "", "default", "output"), "json");
    assert_string_equal(ini_get(ini, "profile", "ops", "region"), "eu-west-2");
    assert_string_equal(ini_get(ini, "profile", "ops", "credential_process"),
                        "\"/opt/my tool\" --a=b");
    assert_null(ini_get(ini, "profile", "ops", "s3"));
    assert_null(ini_get(ini, "profile", "ops", "role_arn"));
    assert_null(ini_get(ini, "profile", "ops", "addressing_style"));
    assert_string_equal(ini_get_nested(ini, "profile", "ops", "s3", "addressing_style"), "path");
    assert_string_equal(ini_get_nested(ini, "profile", "ops", "s3", "max_concurrent_requests"),
                        "20");
    assert_string_equal(ini_get(ini, "profile", "two words", "aws_secret_access_key"), "a/b+c==");
    assert_string_equal(ini_get_nested(ini, "services", "local", "ec2", "endpoint_url"),
                        "http://127.0.0.1:4566");
    assert_true(ini_has(ini, "profile", "ops"));
    assert_false(ini_has(ini, "", "ops"));
    assert_false(ini_has(ini, "profile", "none"));
    assert_null(ini_get(ini, "profile", "none", "region"));
    ini_free(ini);
}

static void test_comment_stays(void **state)
{
    struct ini *ini = parse("[a]\nregion = x  # y\n");

    (void)state;
    assert_string_equal(ini_get(ini, "", "a", "region"), "x  # y");
    ini_free(ini);
}

/* A value that runs over lines keeps its break, so that it is not taken for another value. */
static void test_continued(void **state)
{
    struct ini *ini = parse("[a]\nkey = one\n  two = 2\n   three\nlast = x\n");

    (void)state;
    assert_true(strncmp(ini_get(ini, "", "a", "key"), "one\n", 4) == 0);
    assert_non_null(strstr(ini_get(ini, "", "a", "key"), "two = 2"));
    assert_non_null(strstr(ini_get(ini, "", "a", "key"), "three"));
    assert_null(ini_get(ini, "", "a", "two"));
    assert_string_equal(ini_get(ini, "", "a", "last"), "x");
    ini_free(ini);
    ini = parse("[a]\n  indented = but first\n");
    assert_string_equal(ini_get(ini, "", "a", "indented"), "but first");
    ini_free(ini);
}

static void test_empty(void **state)
{
    struct ini *ini = parse("");

    (void)state;
    assert_false(ini_has(ini, "", "default"));
    ini_free(ini);
    ini = parse("[]\n[ ]\nx=1\n[profile]\n=\n[profile ]\ny=2");
    assert_string_equal(ini_get(ini, "", "profile", "y"), "2");
    ini_free(ini);
    ini_free(NULL);
    assert_null(ini_get(NULL, "", "default", "x"));
    assert_false(ini_has(NULL, "", "default"));
}

static void test_refused(void **state)
{
    static const struct {
        const char *text;
        size_t len;
        const char *want;
    } cases[] = {
        {"[a]\nkey\n", 8, "line 2"},
        {"[a\nkey=1\n", 9, "line 1"},
        {"key=1\n", 6, "line 1: a key before the first section"},
        {"[a]\nk\0=1\n", 9, "not a text file"},
        {"\x80\x81\x82", 3, "line 1"},
    };
    struct err err;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        err_clear(&err);
        assert_null(ini_parse(cases[i].text, cases[i].len, &err));
        assert_int_equal(err.kind, ERR_CONFIG);
        assert_non_null(strstr(err.msg, cases[i].want));
    }
}

static void test_limits(void **state)
{
    struct strbuf text = STRBUF_INIT;
    struct err err = {0};

    (void)state;
    strbuf_addchars(&text, '#', INI_BYTES_MAX + 1);
    assert_null(ini_parse(text.buf, text.len, &err));
    assert_non_null(strstr(err.msg, "limit"));
    strbuf_reset(&text);
    for (int i = 0; i <= INI_ENTRIES_MAX; i++)
        strbuf_addstr(&text, "[a]\n");
    assert_null(ini_parse(text.buf, text.len, &err));
    assert_non_null(strstr(err.msg, "limit"));
    strbuf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),    cmocka_unit_test(test_comment_stays),
        cmocka_unit_test(test_continued), cmocka_unit_test(test_empty),
        cmocka_unit_test(test_refused),   cmocka_unit_test(test_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
