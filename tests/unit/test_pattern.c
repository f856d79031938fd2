#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <locale.h>
#include <regex.h>

#include "core/dfa.h"
#include "core/mem.h"
#include "core/pattern.h"
#include "core/strbuf.h"

static bool matches(const char *pattern, const char *text)
{
    struct err err = {0};
    struct pattern *p = pattern_new(pattern, &err);
    bool hit;

    if (!p)
        fail_msg("'%s': %s", pattern, err.msg);
    hit = pattern_match(p, text);
    pattern_free(p);
    return hit;
}

static void test_match(void **state)
{
    (void)state;

    assert_true(matches("", "anything"));
    assert_true(matches("ENI-0a", "x eni-0A1b"));
    assert_false(matches("eni-0a", "eni-0b eni-"));
    assert_true(matches("aab", "aaab"));
    assert_true(matches("^eni.*active$", "eni-1 is ACTIVE"));
    assert_true(matches("10\\.0\\.0\\.[12]", "10.0.0.2"));
    assert_false(matches("10\\.0\\.0\\.[12]", "10x0.0.2"));
    assert_true(matches("[]a]", "]"));
    assert_true(matches("a{2,3}(b|c)+", "xaabc"));
    assert_true(matches("[[:digit:]]{1,3}(\\.[0-9]{1,3}){3}", "host 192.0.2.10"));
}

static void test_utf8(void **state)
{
    (void)state;
    static const char *const locales[] = {"C", "C.UTF-8"};

    for (size_t i = 0; i < ARRAY_SIZE(locales); i++) {
        assert_non_null(setlocale(LC_ALL, locales[i]));
        assert_true(matches("東京", "サイト東京の"));
        assert_true(matches("^.京$", "東京"));
        assert_true(matches("^a.b$", "a東b"));
        assert_true(matches("ÉTÉ", "été"));
        assert_false(matches("京$", "京都"));
    }
    setlocale(LC_ALL, "C");
}

static void expect_refused(const char *pattern, enum err_kind kind)
{
    struct err err = {0};

    assert_null(pattern_new(pattern, &err));
    assert_int_equal(err.kind, kind);
    assert_true(err.msg[0] != '\0');
}

static void test_wrong(void **state)
{
    (void)state;
    static const char *const wrong[] = {"(", "a[", "[z-a]", "a\\", "[[:nope:]]", "a{3,1}"};

    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
        expect_refused(wrong[i], ERR_CONFIG);
    expect_refused("(a*)\\1", ERR_CONFIG);
}

/* Each of these takes gigabytes or minutes in regcomp() or regexec() when it is let through. */
static void test_hostile(void **state)
{
    (void)state;
    struct strbuf nested = STRBUF_INIT;

    expect_refused("((a{999}){999})", ERR_LIMIT);
    expect_refused("((((((a{20}){20}){20}){20}){20}){20})", ERR_LIMIT);
    expect_refused("a{32767}", ERR_LIMIT);
    expect_refused("(x{0,500}){0,500}", ERR_LIMIT);
    strbuf_addstr(&nested, "a");
    strbuf_addchars(&nested, '+', 60);
    expect_refused(nested.buf, ERR_LIMIT);
    strbuf_reset(&nested);
    strbuf_addchars(&nested, '(', 500);
    strbuf_addchars(&nested, ')', 500);
    expect_refused(nested.buf, ERR_LIMIT);
    strbuf_reset(&nested);
    strbuf_addchars(&nested, '(', 40);
    strbuf_addch(&nested, 'a');
    for (int i = 0; i < 40; i++)
        strbuf_addstr(&nested, "+)");
    expect_refused(nested.buf, ERR_LIMIT);
    strbuf_release(&nested);
}

/* What is let through answers at once, also on a long text. */
static void test_bounded(void **state)
{
    (void)state;
    static const char *const patterns[] = {"(a*)*b", "(a|aa)+$", "(a|b|ab)*c", "(.*)*(.*)*x",
                                           "a?a?a?a?a?a?a?a?a?a?a?aaaaaaaaaaa"};
    struct strbuf text = STRBUF_INIT;

    strbuf_addchars(&text, 'a', 2000);
    for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
        assert_false(matches("b", text.buf));
        (void)matches(patterns[i], text.buf);
    }
    assert_false(matches("(a*)*b", text.buf));
    strbuf_release(&text);
}

/* ---- against regexec ---------------------------------------------------------------------------
 */

static void add_random(struct strbuf *out, const char *const *pieces, size_t n, unsigned *seed)
{
    for (int i = rand_r(seed) % 9; i >= 0; i--)
        strbuf_addstr(out, pieces[(size_t)rand_r(seed) % n]);
}

/* The table with both ways to skip, and regexec. */
static void compare(struct pattern *p, const regex_t *re, const char *pattern, const char *text)
{
    struct dfa *d = pattern_dfa(p);
    bool want = regexec(re, text, 0, NULL, 0) == 0, wide = d && d->skip.wide;

    if (pattern_match(p, text) != want)
        fail_msg("'%s' on '%s' is not %d", pattern, text, want);
    if (!wide)
        return;
    d->skip.wide = false;
    if (pattern_match(p, text) != want)
        fail_msg("'%s' on '%s' is not %d byte by byte", pattern, text, want);
    d->skip.wide = true;
}

static void test_property(void **state)
{
    static const char *const pieces[] = {
        "a",    "b",   "A",      "k",     "s",           "i",   "1",           "-",     " ",
        "京",   "東",  ".",      ".*",    "*",           "+",   "?",           "|",     "(",
        ")",    "^",   "$",      "[a-c]", "[^a]",        "[1]", "[^ -~]",      "{2}",   "{1,3}",
        "{2,}", "\\.", "\\-",    "\\w",   "[[:digit:]]", "ſ",   "[[:alpha:]]", "[]a-]", "[Z-a]",
        "()",   "é",   "(ab|b)", "[京]",  "ab",          "x"};
    static const char *const texts[] = {"a",
                                        "b",
                                        "A",
                                        "B",
                                        "K",
                                        "s",
                                        "ſ",
                                        "ı",
                                        "K",
                                        "i",
                                        "1",
                                        "-",
                                        " ",
                                        "京",
                                        "東",
                                        "é",
                                        "É",
                                        ".",
                                        "ab",
                                        "\x1b",
                                        "x",
                                        "aaa",
                                        "0123456789012345678901234567890"};
    unsigned seed = 17, compared = 0, tables = 0;

    (void)state;
    assert_non_null(setlocale(LC_ALL, "C.UTF-8"));
    for (int i = 0; i < 6000; i++) {
        struct strbuf pattern = STRBUF_INIT, text = STRBUF_INIT;
        struct pattern *p;
        regex_t re;

        add_random(&pattern, pieces, ARRAY_SIZE(pieces), &seed);
        p = pattern_new(pattern.buf, NULL);
        if (p && !pattern_literal(p)) {
            assert_int_equal(regcomp(&re, pattern.buf, REG_EXTENDED | REG_ICASE | REG_NOSUB), 0);
            for (int k = 0; k < 12; k++) {
                strbuf_reset(&text);
                add_random(&text, texts, ARRAY_SIZE(texts), &seed);
                compare(p, &re, pattern.buf, text.buf);
            }
            compared++;
            tables += pattern_dfa(p) != NULL;
            regfree(&re);
        }
        pattern_free(p);
        strbuf_release(&pattern);
        strbuf_release(&text);
    }
    setlocale(LC_ALL, "C");
    assert_true(compared > 1500 && tables > compared / 2);
}

/* Beginnings of matches across the blocks that are read at once, at every place in them. */
static void test_blocks(void **state)
{
    char text[160];

    (void)state;
    for (size_t from = 0; from < 40; from++) {
        for (size_t at = from; at < 110; at++) {
            memset(text, 'w', sizeof(text));
            memcpy(text + at, "web", 3);
            text[at + 3] = '\0';
            assert_true(matches("web", text + from));
            assert_true(matches("[vw]e(b|c)$", text + from));
            assert_false(matches("[vw]e(b|c)d", text + from));
            text[at + 2] = '\0';
            assert_false(matches("web", text + from));
        }
    }
}

static void test_literal(void **state)
{
    (void)state;
    struct pattern *p = pattern_new("Edge-01", NULL);

    assert_string_equal(pattern_literal(p), "edge-01");
    pattern_free(p);
    p = pattern_new("edge.1", NULL);
    assert_null(pattern_literal(p));
    pattern_free(p);
    pattern_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_match),    cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_wrong),    cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_bounded),  cmocka_unit_test(test_literal),
        cmocka_unit_test(test_property), cmocka_unit_test(test_blocks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
