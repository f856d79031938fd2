/* jsonq: what is refused, and that getters shrug at everything. */
#include "core/jsonq.h"

#include "core/mem.h"
#include "core/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct json_object *parsed(const char *text)
{
    struct err err = {0};
    struct json_object *o = jsonq_parse(text, strlen(text), &err);

    if (!o)
        fail_msg("%s: %s", text, err.msg);
    return o;
}

static void refused(const char *text, size_t len, const char *why)
{
    struct err err = {0};
    struct json_object *o = jsonq_parse(text, len, &err);

    if (o) {
        json_object_put(o);
        fail_msg("accepted: %s", text);
    }
    assert_int_equal(err.kind, ERR_PROTO);
    if (!strstr(err.msg, why))
        fail_msg("'%s' should say '%s'", err.msg, why);
}

static void test_refuses_what_is_not_json(void **state)
{
    static const struct {
        const char *text, *why;
    } cases[] = {
        {"", "empty"},
        {"   ", "ends early"},
        {"null", "null"},
        {"{\"a\":1", "ends early"},
        {"[1,2", "ends early"},
        {"{\"a\":1}x", "not JSON at byte 7"},
        {"{\"a\":1}{\"b\":2}", "not JSON at byte 7"},
        {"{\"a\":1,}", "not JSON"},
        {"[1,]", "not JSON"},
        {"/* c */{}", "not JSON"},
        {"{'a':1}", "single quotes"},
        {"{\"a\\\"\":\"it's\",'b':1}", "single quotes"},
        {"['a']", "not JSON"},
        {"{\"a\":NaN}", "NaN"},
        {"[{\"a\":[1,Infinity]}]", "NaN"},
        {"[-Infinity]", "NaN"},
        {"{\"a\":nan}", "not JSON"},
        {"<html>", "not JSON at byte 0"},
        {"{\"a\":\"\xff\"}", "not UTF-8 at byte 6"},
        {"{\"abcdefgh\":\"abcdefgh\xe3\x81\"}", "not UTF-8"},
        {"{\"a\":\"\xed\xa0\x80\"}", "not UTF-8"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        refused(cases[i].text, strlen(cases[i].text), cases[i].why);
    refused("{}\0{}", 5, "at byte 2");
}

static void test_depth_is_bounded(void **state)
{
    struct strbuf sb = STRBUF_INIT;

    (void)state;
    strbuf_addchars(&sb, '[', JSONQ_DEPTH_MAX - 1);
    strbuf_addchars(&sb, ']', JSONQ_DEPTH_MAX - 1);
    json_object_put(parsed(sb.buf));
    strbuf_reset(&sb);
    strbuf_addchars(&sb, '[', JSONQ_DEPTH_MAX + 1);
    strbuf_addchars(&sb, ']', JSONQ_DEPTH_MAX + 1);
    refused(sb.buf, sb.len, "deeper than 32");
    strbuf_reset(&sb);
    strbuf_addchars(&sb, '[', 1000000);
    refused(sb.buf, sb.len, "deeper than 32");
    strbuf_release(&sb);
}

static void test_accepts_json(void **state)
{
    struct json_object *o;

    (void)state;
    o = parsed(
        " {\"name\":\"\xe3\x82\xbb\xe3\x82\xb0\xe3\x83\xa1\xe3\x83\xb3\xe3\x83\x88 NaN\"}\r\n\t ");
    assert_string_equal(jsonq_str(o, "name"),
                        "\xe3\x82\xbb\xe3\x82\xb0\xe3\x83\xa1\xe3\x83\xb3\xe3\x83\x88 NaN");
    json_object_put(o);
    o = parsed("{\"it's\":\"a \\\" quoted 'word' \\\\\",\"x\":1}");
    assert_string_equal(jsonq_str(o, "it's"), "a \" quoted 'word' \\");
    json_object_put(o);
    o = parsed("17");
    assert_int_equal(json_object_get_int64(o), 17);
    json_object_put(o);
}

static void test_text_need_not_end_with_nul(void **state)
{
    char text[] = {'{', '"', 'a', '"', ':', '1', '}'};
    struct json_object *o = jsonq_parse(text, sizeof(text), NULL);
    int64_t n = 0;

    (void)state;
    assert_true(jsonq_int(o, "a", &n));
    assert_int_equal(n, 1);
    json_object_put(o);
}

static void test_integers(void **state)
{
    struct json_object *o = parsed(
        "{\"max\":9223372036854775807,\"min\":-9223372036854775808,\"over\":9223372036854775808,"
        "\"huge\":99999999999999999999999,\"digits\":\"42\",\"neg\":\"-7\",\"mixed\":\"42 "
        "ms\",\"five\":5.0,"
        "\"half\":5.5,\"big\":1e30,\"inf\":1e999,\"null\":null,\"true\":true,\"arr\":[1]}");
    static const char *const absent[] = {"over", "huge", "mixed", "half", "big",
                                         "inf",  "null", "true",  "arr",  "missing"};
    int64_t n;

    (void)state;
    assert_true(jsonq_int(o, "max", &n) && n == INT64_MAX);
    assert_true(jsonq_int(o, "min", &n) && n == INT64_MIN);
    assert_true(jsonq_int(o, "digits", &n) && n == 42);
    assert_true(jsonq_int(o, "neg", &n) && n == -7);
    assert_true(jsonq_int(o, "five", &n) && n == 5);
    n = 77;
    for (size_t i = 0; i < ARRAY_SIZE(absent); i++) {
        assert_false(jsonq_int(o, absent[i], &n));
        assert_int_equal(n, 77);
    }
    json_object_put(o);
}

static void test_doubles_and_booleans(void **state)
{
    struct json_object *o =
        parsed("{\"i\":3,\"d\":-2.5,\"s\":\"0.25\",\"bad\":\"x\",\"inf\":1e999,"
               "\"t\":true,\"f\":false,\"T\":\"TRUE\",\"no\":\"no\",\"one\":1}");
    double d = 9;
    bool b;

    (void)state;
    assert_true(jsonq_double(o, "i", &d) && d == 3);
    assert_true(jsonq_double(o, "d", &d) && d == -2.5);
    assert_true(jsonq_double(o, "s", &d) && d == 0.25);
    assert_false(jsonq_double(o, "bad", &d));
    assert_false(jsonq_double(o, "inf", &d));
    assert_false(jsonq_double(o, "t", &d));
    assert_true(jsonq_bool(o, "t", &b) && b);
    assert_true(jsonq_bool(o, "f", &b) && !b);
    assert_true(jsonq_bool(o, "T", &b) && b);
    assert_false(jsonq_bool(o, "no", &b));
    assert_false(jsonq_bool(o, "one", &b));
    assert_null(jsonq_str(o, "inf"));
    json_object_put(o);
}

static void test_strings_and_paths(void **state)
{
    struct json_object *o =
        parsed("{\"s\":\"x\",\"i\":12,\"d\":1.50,\"b\":true,\"n\":null,\"o\":{\"p\":{"
               "\"q\":\"deep\"}},\"a\":[\"x\",null,{\"k\":1}],\"a.b\":1}");
    char longname[300];

    (void)state;
    assert_string_equal(jsonq_str(o, "s"), "x");
    assert_string_equal(jsonq_str(o, "i"), "12");
    assert_string_equal(jsonq_str(o, "d"), "1.50");
    assert_null(jsonq_str(o, "b"));
    assert_null(jsonq_str(o, "n"));
    assert_null(jsonq_str(o, "o"));
    assert_null(jsonq_get(o, "n"));
    assert_string_equal(jsonq_str(jsonq_path(o, "o.p"), "q"), "deep");
    assert_string_equal(json_object_get_string(jsonq_path(o, "o.p.q")), "deep");
    assert_null(jsonq_path(o, "o.x.q"));
    assert_null(jsonq_path(o, "s.q"));
    assert_null(jsonq_path(NULL, "o"));
    memset(longname, 'a', sizeof(longname));
    longname[sizeof(longname) - 1] = '\0';
    assert_null(jsonq_path(o, longname));
    json_object_put(o);
}

static void add_name(void *arg, struct json_object *item)
{
    strbuf_addf(arg, "%s;", jsonq_str(item, "name"));
}

/* What stands behind a NUL is not lost, and the NUL is seen. */
static void test_nul_in_a_string(void **state)
{
    static const char text[] = "{\"r\":[{\"name\":\"web\\u0000-prod\"},{\"name\":\"\\\\u0000\"}],"
                               "\"l\":[[\"\\u0000\"]],\"ok\":\"\\u00001\"}";
    struct strbuf names = STRBUF_INIT;
    struct json_object *o = parsed(text);
    int64_t n = 7;

    (void)state;
    assert_string_equal(jsonq_str(jsonq_at(o, "r", 0), "name"), "web\\x00-prod");
    assert_string_equal(jsonq_str(jsonq_at(o, "r", 1), "name"), "\\u0000");
    assert_string_equal(jsonq_text(jsonq_item(jsonq_at(o, "l", 0), 0)), "\\x00");
    assert_false(jsonq_int(o, "ok", &n));
    json_object_put(o);
    o = jsonq_parse_list(text, strlen(text), "r", add_name, &names, NULL);
    assert_string_equal(names.buf, "web\\x00-prod;\\u0000;");
    assert_string_equal(jsonq_text(jsonq_item(jsonq_at(o, "l", 0), 0)), "\\x00");
    json_object_put(o);
    strbuf_release(&names);
}

static void test_arrays(void **state)
{
    struct json_object *o = parsed("{\"a\":[\"x\",null,{\"k\":1}],\"o\":{},\"s\":\"abc\"}");
    int64_t n = 0;

    (void)state;
    assert_int_equal(jsonq_len(o, "a"), 3);
    assert_int_equal(jsonq_len(o, "o"), 0);
    assert_int_equal(jsonq_len(o, "s"), 0);
    assert_int_equal(jsonq_len(o, "zz"), 0);
    assert_int_equal(jsonq_len(NULL, "a"), 0);
    assert_null(jsonq_at(o, "a", 1));
    assert_null(jsonq_at(o, "a", 3));
    assert_true(jsonq_int(jsonq_at(o, "a", 2), "k", &n) && n == 1);
    assert_null(jsonq_get(jsonq_get(o, "a"), "x"));
    assert_int_equal(jsonq_count(NULL), 0);
    assert_null(jsonq_item(NULL, 0));
    json_object_put(o);
}

static void test_pick(void **state)
{
    static const char *const names[] = {"a", "b", "none", "n", "ab"};
    static const char text[] = "{\"ab\":\"x\",\"zz\":1,\"a\":7,\"n\":null,\"b\":\"12\"}";
    struct json_object *o = jsonq_parse(text, strlen(text), NULL), *m[5];
    int64_t n = 0;

    (void)state;
    jsonq_pick(o, names, 5, m);
    assert_true(jsonq_number(m[0], &n) && n == 7);
    assert_true(jsonq_number(m[1], &n) && n == 12);
    assert_null(m[2]);
    assert_null(m[3]);
    assert_string_equal(jsonq_text(m[4]), "x");
    assert_string_equal(jsonq_text(m[0]), "7");
    assert_null(jsonq_text(m[2]));
    jsonq_pick(m[4], names, 5, m);
    assert_null(m[0]);
    jsonq_pick(NULL, names, 5, m);
    assert_null(m[0]);
    json_object_put(o);
}

static void join(void *arg, struct json_object *item)
{
    strbuf_addf(arg, "%s;", json_object_to_json_string_ext(item, JSON_C_TO_STRING_PLAIN));
}

/* text; the elements; the rest, or the sentence. */
static const struct {
    const char *text, *elements, *rest;
} lists[] = {
    {"{\"r\":[{\"a\":[1]},null,\"x]\\\"\",1.5 , true,[]],\"c\":\"d\"}",
     "{\"a\":[1]};null;\"x]\\\"\";1.5;true;[];", "{\"r\":[],\"c\":\"d\"}"},
    {" {\"x\":{\"r\":[1]},\"r\" : [ ] }", "", "{\"x\":{\"r\":[1]},\"r\":[]}"},
    {"{\"\\u0072\":[1,null,2]}", "1;null;2;", "{\"r\":[]}"},
    {"{\"r\":7}", "", "{\"r\":7}"},
    {"{}", "", "{}"},
    {"[1]", "", "[1]"},
    {"{\"r\":[1],\"r\":[2]}", "1;", "JSON has two members of the name r"},
    {"{\"r\":[1],\"\\u0072\":[]}", "1;", "JSON has two members of the name r"},
    {"{\"r\":[1 2]}", "1;", "not JSON at byte 8: neither a comma nor the end of a list"},
    {"{\"r\":[1,]}", "1;", "not JSON at byte 8: neither a comma nor the end of a list"},
    {"{\"r\":[1,{\"a\":2", "1;", "JSON ends early, after 14 bytes"},
    {"{\"r\":[1,\"\\", "1;", "JSON ends early, after 10 bytes"},
    {"{\"r\":[{\"a\"]}]}", "", "in the element at byte 6: not JSON at byte 4 of 5: "},
    {"{\"r\":[1]", "1;", "JSON ends early"},
    {"{\"r\":[1]}x", "1;", "around the list r: not JSON at byte 14"},
    {"{\"r\":[NaN]}", "", "in the element at byte 6: "},
    {"{\"r\":[{\"a\":\"x\"},{\"a\":[1,-Infinity]}]}", "{\"a\":\"x\"};", "NaN"},
    {"{\"r\":[{\"a\":NaN}]}", "", "NaN"},
    {"{\"r\":[{\"a\":\"NaN I'm\"},{'a':1}]}", "{\"a\":\"NaN I'm\"};", "single quotes"},
    {"{\"r\":[1],", "1;", "JSON ends early"},
    {"", "", "empty text is not JSON"},
};

static void test_list(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        struct strbuf got = STRBUF_INIT;
        struct err err = {0};
        struct json_object *o =
            jsonq_parse_list(lists[i].text, strlen(lists[i].text), "r", join, &got, &err);
        const char *rest = o ? json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN) : err.msg;

        assert_string_equal(got.buf, lists[i].elements);
        if (o ? strcmp(rest, lists[i].rest) != 0 : !strstr(rest, lists[i].rest))
            fail_msg("%s: %s", lists[i].text, rest);
        json_object_put(o);
        strbuf_release(&got);
    }
}

/* The limit of depth counts from the outside, as for the whole. */
static void test_list_depth(void **state)
{
    struct strbuf got = STRBUF_INIT;
    char text[256];

    (void)state;
    for (int deep = JSONQ_DEPTH_MAX - 3; deep <= JSONQ_DEPTH_MAX + 1; deep++) {
        struct json_object *whole, *list;
        size_t n = (size_t)snprintf(text, sizeof(text), "{\"r\":[");

        for (int i = 2; i < deep; i++)
            text[n++] = '[';
        for (int i = 2; i < deep; i++)
            text[n++] = ']';
        n += (size_t)snprintf(text + n, sizeof(text) - n, "]}");
        whole = jsonq_parse(text, n, NULL);
        list = jsonq_parse_list(text, n, "r", join, &got, NULL);
        assert_int_equal(whole == NULL, list == NULL);
        json_object_put(whole);
        json_object_put(list);
    }
    strbuf_release(&got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refuses_what_is_not_json),
        cmocka_unit_test(test_depth_is_bounded),
        cmocka_unit_test(test_accepts_json),
        cmocka_unit_test(test_text_need_not_end_with_nul),
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_doubles_and_booleans),
        cmocka_unit_test(test_strings_and_paths),
        cmocka_unit_test(test_nul_in_a_string),
        cmocka_unit_test(test_arrays),
        cmocka_unit_test(test_pick),
        cmocka_unit_test(test_list),
        cmocka_unit_test(test_list_depth),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
