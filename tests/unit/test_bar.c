/* Bars and little curves: their ends mean something. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/strbuf.h"
#include "views/bar.h"

static void expect_bar(double fraction, bool ascii, const char *want)
{
    struct view_input in = {.ascii = ascii};
    struct strbuf out = STRBUF_INIT;

    bar_add(&out, &in, fraction, 4);
    assert_string_equal(out.buf, want);
    strbuf_release(&out);
}

static void test_bar(void **state)
{
    (void)state;
    expect_bar(0, false, "░░░░");
    expect_bar(NAN, false, "░░░░");
    expect_bar(-1, false, "░░░░");
    expect_bar(0.0001, false, "▏░░░");
    expect_bar(0.5, false, "██░░");
    expect_bar(0.40, false, "█▋░░");
    expect_bar(0.99999, false, "███▉");
    expect_bar(1, false, "████");
    expect_bar(7, false, "████");
    expect_bar(INFINITY, false, "████");
    expect_bar(0.0001, true, "#...");
    expect_bar(0.99, true, "###.");
    expect_bar(1, true, "####");
}

static void expect_spark(const char *const *items, size_t n, unsigned cells, const char *want)
{
    struct cell_list list = {.items = (const char **)(uintptr_t)items, .n = n};
    struct view_input in = {.ascii = true};
    struct strbuf out = STRBUF_INIT;

    bar_spark(&out, &in, &list, cells);
    assert_string_equal(out.buf ? out.buf : "", want);
    strbuf_release(&out);
}

static void test_spark(void **state)
{
    static const char *const rising[] = {"1", "2", "3", "4", "5", "6", "7", "8"};
    static const char *const level[] = {"3", "3", "3"}, *const odd[] = {"x", "", "7"};

    (void)state;
    expect_spark(rising, 0, 8, "");
    expect_spark(rising, 1, 8, ""); /* one figure has no direction */
    expect_spark(rising, 8, 8, "_.-~=+*#");
    expect_spark(rising, 8, 2, "_#"); /* the newest */
    expect_spark(level, 3, 8, "___");
    expect_spark(odd, 3, 8, "__#");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bar),
        cmocka_unit_test(test_spark),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
