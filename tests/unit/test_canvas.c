#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <limits.h>
#include <math.h>

#include "core/canvas.h"
#include "core/mem.h"
#include "core/strbuf.h"

static void expect_dump(const struct canvas *c, const char *want)
{
    struct strbuf out = STRBUF_INIT;

    canvas_dump(c, &out, false);
    assert_string_equal(out.buf, want);
    strbuf_release(&out);
}

static void test_sizes(void **state)
{
    (void)state;
    struct canvas c;

    canvas_init(&c, 0, -5);
    assert_int_equal(c.w, 1);
    assert_int_equal(c.h, 1);
    canvas_resize(&c, 4, 2);
    expect_dump(&c, "\n\n");
    assert_int_equal(canvas_at(&c, -1, 0)->ch, ' ');
    assert_int_equal(canvas_at(&c, 4, 9)->ch, ' ');
    canvas_release(&c);
}

static void test_text_is_cut(void **state)
{
    (void)state;
    struct canvas c;

    canvas_init(&c, 8, 3);
    assert_int_equal(canvas_text(&c, 0, 0, 99, STYLE_NORMAL, "0123456789"), 10);
    assert_int_equal(canvas_text(&c, -2, 1, 99, STYLE_NORMAL, "0123"), 4);
    assert_int_equal(canvas_text(&c, 1, 2, 3, STYLE_NORMAL, "0123"), 3);
    assert_int_equal(canvas_text(&c, 0, 7, 9, STYLE_NORMAL, "below"), 5);
    assert_int_equal(canvas_text(&c, 0, 0, 0, STYLE_NORMAL, "x"), 0);
    assert_int_equal(canvas_text(&c, 0, 0, 5, STYLE_NORMAL, NULL), 0);
    expect_dump(&c, "01234567\n23\n 012\n");
    canvas_release(&c);
}

static void test_controls_are_visible(void **state)
{
    (void)state;
    struct canvas c;

    canvas_init(&c, 20, 1);
    canvas_text(&c, 0, 0, 20, STYLE_NORMAL, "a\033[31m\n");
    expect_dump(&c, "a\\x1b[31m\\x0a\n");
    canvas_fit(&c, 0, 0, 20, STYLE_NORMAL, "\xff\a", false);
    expect_dump(&c, "\xef\xbf\xbd\\x07\n");
    canvas_release(&c);
}

static void test_wide(void **state)
{
    (void)state;
    struct canvas c;

    canvas_init(&c, 6, 1);
    assert_int_equal(canvas_text(&c, 0, 0, 6, STYLE_NORMAL, "東京tky"), 6);
    expect_dump(&c, "東京tk\n");
    assert_int_equal(canvas_at(&c, 1, 0)->ch, 0);
    /* A character that does not fit is not drawn. */
    assert_int_equal(canvas_text(&c, 0, 0, 3, STYLE_NORMAL, "大阪"), 2);
    expect_dump(&c, "大京tk\n");
    canvas_release(&c);
}

static void test_halves_of_wide(void **state)
{
    (void)state;
    struct canvas c;

    canvas_init(&c, 6, 1);
    canvas_text(&c, 0, 0, 6, STYLE_NORMAL, "東京都");
    canvas_text(&c, 1, 0, 1, STYLE_NORMAL, "x"); /* right half */
    expect_dump(&c, " x京都\n");
    canvas_text(&c, 2, 0, 1, STYLE_NORMAL, "y"); /* left half */
    expect_dump(&c, " xy 都\n");
    canvas_text(&c, 3, 0, 2, STYLE_NORMAL, "府"); /* over a blank and a left half */
    expect_dump(&c, " xy府\n");
    canvas_text(&c, 5, 0, 2, STYLE_NORMAL, "道"); /* sticks out */
    canvas_text(&c, -1, 0, 2, STYLE_NORMAL, "道");
    expect_dump(&c, " xy府\n");
    canvas_release(&c);
}

static void test_marks(void **state)
{
    (void)state;
    struct canvas c;

    canvas_init(&c, 4, 1);
    assert_int_equal(canvas_text(&c, 0, 0, 4, STYLE_NORMAL, "e\u0301\u0302\u0303か\u3099"), 3);
    assert_int_equal(canvas_at(&c, 0, 0)->mark[0], 0x301);
    assert_int_equal(canvas_at(&c, 0, 0)->mark[1], 0x302);
    assert_int_equal(canvas_at(&c, 1, 0)->mark[0], 0x3099);
    expect_dump(&c, "e\u0301\u0302か\u3099\n");
    assert_int_equal(canvas_text(&c, 0, 0, 4, STYLE_NORMAL, "\u0301a"), 1);
    assert_int_equal(canvas_at(&c, 0, 0)->mark[0], 0);
    canvas_release(&c);
}

static void test_fit(void **state)
{
    (void)state;
    struct canvas c;

    canvas_init(&c, 8, 1);
    canvas_fill(&c, (struct rect){0, 0, 8, 1}, '.', STYLE_NORMAL);
    assert_int_equal(canvas_fit(&c, 1, 0, 4, STYLE_NORMAL, "ab", false), 4);
    expect_dump(&c, ".ab  ...\n");
    canvas_fit(&c, 1, 0, 4, STYLE_NORMAL, "ab", true);
    expect_dump(&c, ".  ab...\n");
    canvas_fit(&c, 1, 0, 4, STYLE_NORMAL, "abcdef", true);
    expect_dump(&c, ".abc…...\n");
    c.ascii = true;
    canvas_fit(&c, 1, 0, 4, STYLE_NORMAL, "東京都", false);
    expect_dump(&c, ".東~ ...\n");
    canvas_fit(&c, 0, 0, 8, STYLE_NORMAL, NULL, false);
    assert_int_equal(canvas_fit(&c, 0, 0, -1, STYLE_NORMAL, "x", false), 0);
    expect_dump(&c, "\n");
    assert_int_equal(canvas_textf(&c, 0, 0, 8, STYLE_NORMAL, "%s-%d", "n", 7), 3);
    expect_dump(&c, "n-7\n");
    canvas_release(&c);
}

static void test_box(void **state)
{
    (void)state;
    struct canvas c;

    canvas_init(&c, 12, 3);
    canvas_box(&c, (struct rect){0, 0, 12, 3}, STYLE_LINE, "edges and more");
    expect_dump(&c, "┌─ edges… ─┐\n│          │\n└──────────┘\n");
    c.ascii = true;
    canvas_box(&c, (struct rect){0, 0, 12, 3}, STYLE_LINE, "");
    expect_dump(&c, "+----------+\n|          |\n+----------+\n");
    canvas_clear(&c);
    canvas_box(&c, (struct rect){0, 0, 1, 1}, STYLE_LINE, "x");
    canvas_box(&c, (struct rect){10, -1, 40, 3}, STYLE_LINE, "x");
    expect_dump(&c, "          |\n          +-\n\n");
    canvas_release(&c);
}

static void test_far_away(void **state)
{
    (void)state;
    struct canvas c;

    canvas_init(&c, 3, 2);
    canvas_fill(&c, (struct rect){-5, -5, INT_MAX, INT_MAX}, '#', STYLE_BAR);
    canvas_fill(&c, (struct rect){INT_MAX - 1, 0, INT_MAX, 1}, 'x', STYLE_BAR);
    canvas_fill(&c, (struct rect){0, 0, -1, -1}, 'x', STYLE_BAR);
    expect_dump(&c, "###\n###\n");
    canvas_release(&c);
}

static void test_styles(void **state)
{
    (void)state;
    struct canvas c;
    struct strbuf out = STRBUF_INIT;

    canvas_init(&c, 8, 2);
    canvas_text(&c, 0, 0, 8, STYLE_CRITICAL, "東x");
    canvas_text(&c, 4, 0, 8, STYLE_OK, "ok");
    canvas_style(&c, (struct rect){2, 0, 3, 1}, STYLE_SELECTED, true);
    canvas_style(&c, (struct rect){0, 1, 2, 9}, STYLE_DIM, false);
    canvas_style(&c, (struct rect){5, 0, 1, 1}, STYLE_MARKED, true);
    canvas_style(&c, (struct rect){4, 0, 1, 1}, STYLE_MARKED, true);
    canvas_dump(&c, &out, true);
    assert_string_equal(out.buf, "東x ok\n\nccCN@*\ndd\n");
    strbuf_release(&out);
    canvas_release(&c);
}

/* The invariant of the grid: a continuation always has a wide character on its left. */
static void check_halves(const struct canvas *c)
{
    for (int y = 0; y < c->h; y++) {
        for (int x = 0; x < c->w; x++) {
            bool wide = canvas_at(c, x, y)->ch > 0x2fff;
            assert_int_equal(x + 1 < c->w && !canvas_at(c, x + 1, y)->ch, wide);
        }
        assert_true(canvas_at(c, 0, y)->ch != 0);
    }
}

static void test_random_drawing(void **state)
{
    (void)state;
    static const char *const texts[] = {"東京", "a東", "xyz", "か\u3099漢", "-", "京a京a京"};
    struct canvas c;
    unsigned seed = 7;

    canvas_init(&c, 9, 3);
    for (int i = 0; i < 5000; i++) {
        int x = rand_r(&seed) % 14 - 3, y = rand_r(&seed) % 5 - 1, n = rand_r(&seed) % 8;
        const char *text = texts[(size_t)rand_r(&seed) % ARRAY_SIZE(texts)];
        if (i % 3 == 0)
            canvas_fit(&c, x, y, n, STYLE_NORMAL, text, i % 2);
        else if (i % 7 == 0)
            canvas_fill(&c, (struct rect){x, y, n, 1}, '=', STYLE_LINE);
        else
            canvas_text(&c, x, y, n, STYLE_NORMAL, text);
        check_halves(&c);
    }
    canvas_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_text_is_cut),
        cmocka_unit_test(test_controls_are_visible),
        cmocka_unit_test(test_wide),
        cmocka_unit_test(test_halves_of_wide),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_fit),
        cmocka_unit_test(test_box),
        cmocka_unit_test(test_far_away),
        cmocka_unit_test(test_styles),
        cmocka_unit_test(test_random_drawing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
