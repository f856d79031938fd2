#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/strbuf.h"

static void test_empty(void **state)
{
    (void)state;
    struct strbuf sb = STRBUF_INIT;

    assert_string_equal(sb.buf, "");
    strbuf_reset(&sb);
    strbuf_setlen(&sb, 0);
    strbuf_addstr(&sb, NULL);
    strbuf_add(&sb, NULL, 0);
    assert_int_equal(sb.len, 0);
    assert_ptr_equal(sb.buf, strbuf_empty);
    strbuf_release(&sb);
    strbuf_release(&sb);
    assert_string_equal(sb.buf, "");
}

static void test_building(void **state)
{
    (void)state;
    struct strbuf sb;

    strbuf_init(&sb, 0);
    strbuf_addstr(&sb, "ab");
    strbuf_addch(&sb, 'c');
    strbuf_addchars(&sb, '-', 3);
    strbuf_addf(&sb, "%d/%s", 42, "x");
    strbuf_add(&sb, "\0z", 2);
    assert_int_equal(sb.len, 12);
    assert_memory_equal(sb.buf, "abc---42/x\0z", 13);
    strbuf_setlen(&sb, 2);
    assert_string_equal(sb.buf, "ab");
    strbuf_reset(&sb);
    assert_string_equal(sb.buf, "");
    assert_true(sb.alloc > 0);
    strbuf_release(&sb);
}

static void test_growth(void **state)
{
    (void)state;
    struct strbuf sb = STRBUF_INIT;

    for (int i = 0; i < 100000; i++)
        strbuf_addch(&sb, (char)('a' + i % 26));
    assert_int_equal(sb.len, 100000);
    for (int i = 0; i < 100000; i++)
        assert_int_equal(sb.buf[i], 'a' + i % 26);
    strbuf_addf(&sb, "%s", "tail");
    assert_string_equal(sb.buf + 100000, "tail");
    strbuf_release(&sb);
}

static void test_long_format(void **state)
{
    (void)state;
    struct strbuf sb = STRBUF_INIT;

    /* 255 is the longest that fits the first try, 256 the shortest that does not */
    for (int n = 254; n <= 258; n++) {
        strbuf_reset(&sb);
        strbuf_addf(&sb, "%0*d", n, 7);
        assert_int_equal(sb.len, n);
        assert_int_equal(sb.buf[n - 1], '7');
    }
    strbuf_release(&sb);
}

static void test_limit(void **state)
{
    (void)state;
    struct strbuf sb;

    strbuf_init(&sb, 5);
    strbuf_addstr(&sb, "abcde");
    assert_true(strbuf_ok(&sb));
    strbuf_addstr(&sb, "f");
    assert_false(strbuf_ok(&sb));
    assert_string_equal(sb.buf, "abcde");
    strbuf_reset(&sb);
    assert_true(strbuf_ok(&sb));
    strbuf_addstr(&sb, "123");
    strbuf_addf(&sb, "%s", "4567");
    assert_false(strbuf_ok(&sb));
    assert_string_equal(sb.buf, "12345");
    strbuf_release(&sb);
    assert_int_equal(sb.limit, 5);
    strbuf_addchars(&sb, 'x', 9);
    assert_string_equal(sb.buf, "xxxxx");
    assert_false(strbuf_ok(&sb));
    strbuf_release(&sb);
}

/* What fits after an overflow must not be glued to what was cut. */
static void test_nothing_follows_an_overflow(void **state)
{
    (void)state;
    struct strbuf sb;

    strbuf_init(&sb, 8);
    strbuf_addstr(&sb, "0123456789");
    strbuf_setlen(&sb, 2);
    strbuf_addstr(&sb, "x");
    assert_string_equal(sb.buf, "01");
    assert_false(strbuf_ok(&sb));
    strbuf_release(&sb);
}

static void test_detach(void **state)
{
    (void)state;
    struct strbuf sb = STRBUF_INIT;

    char *empty = strbuf_detach(&sb);
    assert_string_equal(empty, "");
    free(empty);
    strbuf_addstr(&sb, "mine");
    char *s = strbuf_detach(&sb);
    assert_string_equal(s, "mine");
    assert_string_equal(sb.buf, "");
    assert_int_equal(sb.alloc, 0);
    free(s);
}

static void test_grow_gives_room_to_write(void **state)
{
    (void)state;
    struct strbuf sb = STRBUF_INIT;

    strbuf_addstr(&sb, "x");
    strbuf_grow(&sb, 1000);
    memset(sb.buf + 1, 'y', 1000);
    strbuf_setlen(&sb, 1001);
    assert_int_equal(strlen(sb.buf), 1001);
    strbuf_release(&sb);
}

static void test_integers(void **state)
{
    (void)state;
    static const int64_t values[] = {0, 7, -1, 1000, -987654321, INT64_MAX, INT64_MIN};
    struct strbuf got = STRBUF_INIT, want = STRBUF_INIT;

    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        strbuf_addi(&got, values[i]);
        strbuf_addf(&want, "%lld", (long long)values[i]);
        assert_string_equal(got.buf, want.buf);
    }
    strbuf_release(&got);
    strbuf_release(&want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty),    cmocka_unit_test(test_building),
        cmocka_unit_test(test_growth),   cmocka_unit_test(test_long_format),
        cmocka_unit_test(test_limit),    cmocka_unit_test(test_nothing_follows_an_overflow),
        cmocka_unit_test(test_detach),   cmocka_unit_test(test_grow_gives_room_to_write),
        cmocka_unit_test(test_integers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
