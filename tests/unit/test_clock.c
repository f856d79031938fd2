#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <time.h>

#include "core/clock.h"

static void test_wall(void **state)
{
    (void)state;
    int64_t before = (int64_t)time(NULL), now = clock_now_ms();

    assert_in_range(now / 1000, before - 1, before + 5);
}

static void test_mono_does_not_go_back(void **state)
{
    (void)state;
    int64_t last = clock_mono_ms();

    assert_true(last > 0);
    for (int i = 0; i < 1000; i++) {
        int64_t now = clock_mono_ms();
        assert_true(now >= last);
        last = now;
    }
}

static void test_freeze(void **state)
{
    (void)state;

    clock_freeze(1234);
    assert_int_equal(clock_now_ms(), 1234);
    assert_int_equal(clock_mono_ms(), 1234);
    clock_freeze(0);
    assert_int_equal(clock_now_ms(), 0);
    clock_freeze(-5);
    assert_true(clock_now_ms() > 1600000000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wall),
        cmocka_unit_test(test_mono_does_not_go_back),
        cmocka_unit_test(test_freeze),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
