#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <wchar.h>

#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"

static void expect_sanitized(const char *in, size_t len, unsigned flags, const char *want)
{
    struct strbuf out = STRBUF_INIT;

    text_sanitize(&out, in, len, flags);
    assert_string_equal(out.buf, want);
    assert_true(flags || text_is_clean(out.buf));
    strbuf_release(&out);
}

static void test_sanitize(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", ""},
        {"plain text ~ 1", "plain text ~ 1"},
        {"\033[31mred\033[0m", "\\x1b[31mred\\x1b[0m"},
        {"\033]0;title\007", "\\x1b]0;title\\x07"},
        {"a\tb\nc\rd\x7f", "a\\x09b\\x0ac\\x0dd\\x7f"},
        {"\xc2\x9b\x33m csi", "\\x9b3m csi"}, /* C1 CSI in UTF-8 */
        {"\x9b\x33m", "\xef\xbf\xbd\x33m"},   /* and as a raw byte */
        {"a\xe2\x80\xae"
         "b\xe2\x81\xa6",
         "a\\u{202e}b\\u{2066}"},
        {"\xd8\x9c\xe2\x80\x8e", "\\u{061c}\\u{200e}"},
        {"a\xe2\x80\x8b"
         "b\xef\xbb\xbf",
         "a\\u{200b}b\\u{feff}"},
        {"a\xe2\x80\x8d"
         "b",
         "a\\u{200d}b"}, /* a joiner outside emoji hides in names */
        {"x\xe2\x80\xa8y", "x\\u{2028}y"},
        {"\xf3\xa0\x81\x81", "\\u{e0041}"}, /* tag characters spell invisible text */
        {"セグメント 漢字", "セグメント 漢字"},
        {"か\u3099 e\u0301", "か\u3099 e\u0301"},
        {"葛\U000e0100", "葛\U000e0100"}, /* ideographic variation sequence: names of people */
        {"👩‍💻 👍🏽‍🔥 ❤️‍🔥", "👩‍💻 👍🏽‍🔥 ❤️‍🔥"},
        {"👩\xe2\x80\x8d", "👩\\u{200d}"},
        {"\xef\xbf\xbd", "\xef\xbf\xbd"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        expect_sanitized(cases[i][0], strlen(cases[i][0]), 0, cases[i][1]);
        assert_int_equal(text_is_clean(cases[i][0]), !strcmp(cases[i][0], cases[i][1]));
    }
    expect_sanitized("a\0b", 3, 0, "a\\x00b");
    expect_sanitized("a\tb\nc\rd", 7, TEXT_KEEP_LINES, "a\tb\nc\\x0dd");
}

static void test_invalid_utf8(void **state)
{
    (void)state;
#define R "\xef\xbf\xbd"
    static const char *const cases[][2] = {
        {"\xff", R},
        {"a\x80z", "a" R "z"},
        {"\xc0\xaf", R R},       /* overlong '/' */
        {"\xe0\x80\xaf", R R R}, /* overlong '/' */
        {"\xc1\xbf", R R},
        {"\xed\xa0\x80", R R R},       /* surrogate */
        {"\xf4\x90\x80\x80", R R R R}, /* beyond U+10FFFF */
        {"\xe6\xbc", R R},             /* truncated */
        {"\xe6\xbcz", R R "z"},
        {"\xf0\x9f\x98", R R R},
        {"\x83\x5c\x83\x76", R "\\" R "v"}, /* Shift_JIS */
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        expect_sanitized(cases[i][0], strlen(cases[i][0]), 0, cases[i][1]);
        assert_false(text_is_clean(cases[i][0]));
    }
#undef R
}

static void test_every_character_survives_coding(void **state)
{
    (void)state;
    struct strbuf sb = STRBUF_INIT;

    for (uint32_t cp = 0; cp <= 0x10ffff; cp++) {
        uint32_t back;
        bool surrogate = cp >= 0xd800 && cp <= 0xdfff;

        strbuf_reset(&sb);
        text_encode(&sb, cp);
        assert_int_equal(text_decode(sb.buf, sb.len, &back), sb.len);
        assert_int_equal(back, surrogate ? 0xfffd : cp);
    }
    strbuf_reset(&sb);
    text_encode(&sb, 0x110000);
    assert_string_equal(sb.buf, "\xef\xbf\xbd");
    strbuf_release(&sb);
}

static void test_decode_reads_no_further_than_told(void **state)
{
    (void)state;
    char *three = malloc(2); /* the address sanitizer guards the third byte */
    uint32_t cp;

    memcpy(three, "\xe6\xbc", 2);
    assert_int_equal(text_decode(three, 2, &cp), 1);
    assert_int_equal(cp, 0xfffd);
    assert_int_equal(text_decode(three, 0, &cp), 0);
    free(three);
}

static void test_boundary(void **state)
{
    (void)state;
    const char *s = "a漢😀"; /* boundaries 0 1 4 8 */
    static const size_t want[] = {0, 1, 1, 1, 4, 4, 4, 4, 8, 8};

    for (size_t max = 0; max < ARRAY_SIZE(want); max++)
        assert_int_equal(text_boundary(s, 8, max), want[max]);
    assert_int_equal(text_boundary("\x80\x80\x80\x80\x80\x80", 6, 5), 5);
}

static void test_known_widths(void **state)
{
    (void)state;
    static const struct {
        uint32_t cp;
        int width;
    } cases[] = {
        {'a', 1},      {0x3042, 2},  {0x30ab, 2},  {0x6f22, 2},  {0xff21, 2},  {0xff71, 1},
        {0x3000, 2},   {0xac00, 2},  {0x0301, 0},  {0x3099, 0},  {0x200d, 0},  {0xfe0f, 0},
        {0x2500, 1},   {0x2588, 1},  {0x00a7, 1},  {0x00b1, 1},  {0x2026, 1},  {0x25cf, 1},
        {0x2192, 1},   {0x03b1, 1},  {0x1f600, 2}, {0x1f525, 2}, {0x20000, 2}, {0xfffd, 1},
        {0xe0100, 0},  {0x20b9f, 2}, {0xe000, 1},  {0, 0},       {0x1b, 0},    {0x9b, 0},
        {0x110000, 1},
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        if (text_char_width(cases[i].cp) != cases[i].width)
            fail_msg("U+%04X: %d", (unsigned)cases[i].cp, text_char_width(cases[i].cp));
    }
}

/* Curses lays out with wcwidth: for all that it can print, the widths must be the same ones. */
static void test_widths_agree_with_the_c_library(void **state)
{
    (void)state;
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0), before;

    assert_true(utf8 != (locale_t)0);
    for (uint32_t cp = 0; cp <= 0x10ffff; cp++) {
        int mine = text_char_width(cp);

        assert_in_range(mine, 0, 2);
        before = uselocale(utf8);
        int theirs = wcwidth((wchar_t)cp);
        uselocale(before);
        if (theirs >= 0 && mine != theirs)
            fail_msg("U+%04X: %d, not %d", (unsigned)cp, mine, theirs);
    }
    freelocale(utf8);
}

static void *measure(void *arg)
{
    size_t *sum = arg;

    for (uint32_t cp = 0x20000; cp < 0x30000; cp++)
        *sum += (size_t)text_char_width(cp);
    return NULL;
}

static void test_widths_from_two_threads(void **state)
{
    (void)state;
    size_t a = 0, b = 0;
    pthread_t t;

    assert_int_equal(pthread_create(&t, NULL, measure, &a), 0);
    measure(&b);
    pthread_join(t, NULL);
    assert_int_equal(a, b);
    assert_true(a > 0x10000);
}

static void test_width(void **state)
{
    (void)state;

    assert_int_equal(text_width(""), 0);
    assert_int_equal(text_width("abc"), 3);
    assert_int_equal(text_width("セグメント1"), 11);
    assert_int_equal(text_width("か\u3099"), 2);
    assert_int_equal(text_width("e\u0301x"), 2);
    assert_int_equal(text_width("│─┼"), 3);
    assert_int_equal(text_width("😀"), 2);
}

static void test_cut(void **state)
{
    (void)state;
    static const struct {
        const char *s;
        size_t cells, bytes, used;
    } cases[] = {
        {"abc", 0, 0, 0},  {"abc", 2, 2, 2},      {"abc", 3, 3, 3},       {"abc", 9, 3, 3},
        {"漢字", 1, 0, 0}, {"漢字", 2, 3, 2},     {"漢字", 3, 3, 2},      {"漢字", 4, 6, 4},
        {"a漢b", 2, 1, 1}, {"e\u0301x", 1, 3, 1}, {"か\u3099x", 2, 6, 2}, {"か\u3099x", 1, 0, 0},
        {"😀x", 1, 0, 0},   {"😀x", 2, 4, 2},       {"", 5, 0, 0},
    };
    size_t used;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        assert_int_equal(text_cut(cases[i].s, cases[i].cells, &used), cases[i].bytes);
        assert_int_equal(used, cases[i].used);
    }
    assert_int_equal(text_cut("abc", 2, NULL), 2);
}

static void test_cut_line(void **state)
{
    (void)state;
    static const struct {
        const char *s;
        size_t cells;
        const char *line;
    } cases[] = {
        {"abc", 3, "abc"},
        {"abc def ghi", 8, "abc def "},
        {"abc def ghi", 7, "abc def "},
        {"abc def ghi", 6, "abc "},
        {"abcdefghi jk", 6, "abcdef"},
        {"a bcdefghijk", 6, "a bcde"},
        {"見守ります", 5, "見守"},
        {"見る (:changes 60m) とその先", 24, "見る (:changes 60m) とそ"},
        {"見る (:changes 60m) とその先", 17, "見る (:changes "},
        {"終わり。次へ", 6, "終わ"},
        {"これは「引用」", 8, "これは"},
        {"eni-1234 です", 4, "eni-"},
        {"テーブルが", 6, "テーブ"},
        {"ユーザーが", 6, "ユー"},
        {"は (閉)", 5, "は "},
        {"か\u3099か", 2, "か\u3099"},
        {"漢", 1, ""},
        {"abc ", 3, "abc "},
        {"", 5, ""},
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        size_t n = text_cut_line(cases[i].s, cases[i].cells);
        char *line = mem_strndup(cases[i].s, n);
        assert_string_equal(line, cases[i].line);
        free(line);
    }
}

static void expect_fit(const char *s, size_t cells, bool pad, bool ascii, const char *want)
{
    struct strbuf sb = STRBUF_INIT;

    text_fit(&sb, s, cells, pad, ascii);
    assert_string_equal(sb.buf, want);
    assert_true(text_width(sb.buf) <= cells);
    assert_true(!pad || text_width(sb.buf) == cells);
    strbuf_release(&sb);
}

static void test_fit(void **state)
{
    (void)state;

    expect_fit("abc", 3, false, false, "abc");
    expect_fit("abcd", 3, false, false, "ab…");
    expect_fit("abcd", 3, false, true, "ab~");
    expect_fit("ab", 4, true, false, "ab  ");
    expect_fit("漢字名", 6, true, false, "漢字名");
    expect_fit("漢字名", 5, true, false, "漢字…");
    expect_fit("漢字名", 4, true, false, "漢… ");
    expect_fit("漢字名", 2, true, false, "… ");
    expect_fit("漢", 1, true, false, "…");
    expect_fit("abc", 0, true, false, "");
    expect_fit("abe\u0301", 3, true, false, "abe\u0301");
    expect_fit("", 2, true, false, "  ");
}

static void test_fold(void **state)
{
    (void)state;

    assert_int_equal(text_fold_fullwidth(0xff01), '!');
    assert_int_equal(text_fold_fullwidth(0xff41), 'a');
    assert_int_equal(text_fold_fullwidth(0xff5e), '~');
    assert_int_equal(text_fold_fullwidth(0xff5f), 0xff5f);
    assert_int_equal(text_fold_fullwidth(0x3000), ' ');
    assert_int_equal(text_fold_fullwidth(0x6f22), 0x6f22);
}

static void test_comparing(void **state)
{
    (void)state;

    assert_true(text_equal_nocase("Active", "aCTIVE"));
    assert_false(text_equal_nocase("active", "activ"));
    assert_false(text_equal_nocase("activ", "active"));
    assert_true(text_equal_nocase(NULL, NULL));
    assert_false(text_equal_nocase("", NULL));
    assert_true(text_has_prefix("eni-1", "eni-"));
    assert_true(text_has_prefix("eni-1", ""));
    assert_false(text_has_prefix("en", "eni"));
    assert_false(text_has_prefix(NULL, ""));
    assert_true(text_has_suffix("a.json", ".json"));
    assert_false(text_has_suffix("json", ".json"));
    assert_false(text_has_suffix(NULL, ""));
    assert_true(text_has_prefix_nocase("Bearer x", "bearer "));
    assert_false(text_has_prefix_nocase("Bear", "bearer"));
    assert_false(text_has_prefix_nocase(NULL, "x"));
}

static void test_glob(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *s;
        bool match;
    } cases[] = {
        {"", "", true},
        {"", "a", false},
        {"*", "", true},
        {"*", "abc", true},
        {"a*", "abc", true},
        {"*c", "abc", true},
        {"*b", "abc", false},
        {"a*c", "abcbc", true},
        {"a?c", "abc", true},
        {"a?c", "ac", false},
        {"?", "漢", true},
        {"??", "漢", false},
        {"\\*", "*", true},
        {"\\*", "a", false},
        {"\\\\", "\\", true},
        {"a\\", "a\\", true},
        {"\\?x", "?x", true},
        {"**a**", "a", true},
        {"漢*", "漢字", true},
        {"*字", "漢字", true},
        {"a*b*c", "a1b2", false},
        {"a", "", false},
        {"?", "", false},
        {"A", "a", false},
        {"*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        if (text_glob(cases[i].pattern, cases[i].s) != cases[i].match)
            fail_msg("'%s' and '%s'", cases[i].pattern, cases[i].s);
    }
}

static void test_to_i64(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "-",
                                      "+1",
                                      " 1",
                                      "1 ",
                                      "1x",
                                      "0x",
                                      "1.0",
                                      "--1",
                                      "9223372036854775808",
                                      "1e3",
                                      "-9223372036854775809",
                                      "99999999999999999999999"};
    int64_t v = 77;

    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        assert_int_equal(text_to_i64(bad[i], INT64_MIN, INT64_MAX, &v), -1);
    assert_int_equal(text_to_i64(NULL, 0, 1, &v), -1);
    assert_int_equal(text_to_i64("11", 0, 10, &v), -1);
    assert_int_equal(text_to_i64("-1", 0, 10, &v), -1);
    assert_int_equal(v, 77);
    assert_int_equal(text_to_i64("9223372036854775807", 0, INT64_MAX, &v), 0);
    assert_true(v == INT64_MAX);
    assert_int_equal(text_to_i64("-9223372036854775808", INT64_MIN, 0, &v), 0);
    assert_true(v == INT64_MIN);
    assert_int_equal(text_to_i64("010", 0, 10, &v), 0);
    assert_int_equal(v, 10);
}

static void test_to_double(void **state)
{
    (void)state;
    static const char *const bad[] = {"",    "nan",   "inf", "0x1p3", " 1",   "1 ",
                                      ".5",  "5.",    "1e",  "1e+",   "-",    "+1",
                                      "1,5", "1e999", "1_0", "--1",   "1.2.3"};
    double d = 7;

    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        assert_int_equal(text_to_double(bad[i], &d), -1);
    assert_int_equal(text_to_double(NULL, &d), -1);
    assert_true(d == 7);
    assert_int_equal(text_to_double("-12.5e-1", &d), 0);
    assert_true(d == -1.25);
    assert_int_equal(text_to_double("0", &d), 0);
    assert_true(d == 0);
    assert_int_equal(text_to_double("1E3", &d), 0);
    assert_true(d == 1000);
}

static void test_percent(void **state)
{
    (void)state;
    struct strbuf sb = STRBUF_INIT, back = STRBUF_INIT;
    char all[256];

    text_percent_encode(&sb, "a b/c?漢~", 10, NULL);
    assert_string_equal(sb.buf, "a%20b%2Fc%3F%E6%BC%A2~");
    strbuf_reset(&sb);
    text_percent_encode(&sb, "/a b\0", 5, "/");
    assert_string_equal(sb.buf, "/a%20b%00");
    for (int i = 0; i < 256; i++)
        all[i] = (char)i;
    strbuf_reset(&sb);
    text_percent_encode(&sb, all, 256, NULL);
    assert_int_equal(text_percent_decode(&back, sb.buf, sb.len), 0);
    assert_int_equal(back.len, 256);
    assert_memory_equal(back.buf, all, 256);
    strbuf_reset(&back);
    assert_int_equal(text_percent_decode(&back, "%2f+%2F", 7), 0);
    assert_string_equal(back.buf, "/+/");
    assert_int_equal(text_percent_decode(&back, "%", 1), -1);
    assert_int_equal(text_percent_decode(&back, "%4", 2), -1);
    assert_int_equal(text_percent_decode(&back, "%4g", 3), -1);
    assert_int_equal(text_percent_decode(&back, "%414", 2), -1); /* length, not NUL, ends it */
    strbuf_release(&sb);
    strbuf_release(&back);
}

static void test_keep(void **state)
{
    char out[8] = "before";

    (void)state;
    text_keep(out, sizeof(out), "no. . ", 6);
    assert_string_equal(out, "no");
    text_keep(out, sizeof(out), "\x1b[31mred", 8);
    assert_null(strchr(out, '\x1b'));
    text_keep(out, sizeof(out), "東京都庁", 12); /* the third character does not fit whole */
    assert_string_equal(out, "東京");
    text_keep(out, sizeof(out), "...", 3);
    assert_string_equal(out, "");
}

/* What a program says begins, as the AWS CLI's words do, with an empty line. */
static void test_first_line(void **state)
{
    static const char *const cases[][2] = {
        {"", ""},
        {"\n \n", ""},
        {"one", "one"},
        {"one\ntwo\n", "one"},
        {"\r\n\n  one \r\ntwo", "one"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t len;
        const char *line = text_first_line(cases[i][0], &len);

        assert_int_equal(len, strlen(cases[i][1]));
        assert_memory_equal(line, cases[i][1], len);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keep),
        cmocka_unit_test(test_sanitize),
        cmocka_unit_test(test_invalid_utf8),
        cmocka_unit_test(test_every_character_survives_coding),
        cmocka_unit_test(test_decode_reads_no_further_than_told),
        cmocka_unit_test(test_boundary),
        cmocka_unit_test(test_known_widths),
        cmocka_unit_test(test_widths_agree_with_the_c_library),
        cmocka_unit_test(test_widths_from_two_threads),
        cmocka_unit_test(test_width),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_cut_line),
        cmocka_unit_test(test_fit),
        cmocka_unit_test(test_fold),
        cmocka_unit_test(test_comparing),
        cmocka_unit_test(test_first_line),
        cmocka_unit_test(test_glob),
        cmocka_unit_test(test_to_i64),
        cmocka_unit_test(test_to_double),
        cmocka_unit_test(test_percent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
