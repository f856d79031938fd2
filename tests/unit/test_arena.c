#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <stdalign.h>
#include <stdio.h>

#include "core/arena.h"
#include "core/chunks.h"

static void test_alloc_is_zeroed_and_aligned(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);

    for (size_t i = 1; i < 3000; i++) {
        arena_strdup(a, "x"); /* leaves the mark unaligned */
        unsigned char *p = arena_alloc(a, i % 97 + 1);
        assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
        for (size_t j = 0; j <= i % 97; j++)
            assert_int_equal(p[j], 0);
        memset(p, 0xaa, i % 97 + 1);
    }
    arena_free(a);
}

static void test_strings(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    char big[1000];

    assert_string_equal(arena_strdup(a, "seg"), "seg");
    assert_string_equal(arena_strndup(a, "segment", 3), "seg");
    assert_string_equal(arena_strndup(a, "ab", 9), "ab");
    assert_null(arena_strdup(a, NULL));
    assert_null(arena_strndup(a, NULL, 3));
    assert_string_equal(arena_printf(a, "%d/%s", 1, "x"), "1/x");
    memset(big, 'q', sizeof(big) - 1);
    big[sizeof(big) - 1] = '\0';
    char *s = arena_printf(a, "%s!", big);
    assert_int_equal(strlen(s), 1000);
    assert_int_equal(s[999], '!');
    arena_free(a);
}

static void test_memdup_is_aligned(void **state)
{
    static const double values[] = {1.5, -2, 0};
    struct arena *a = arena_new(0);
    double *copy;

    (void)state;
    assert_string_equal(arena_strdup(a, "odd"), "odd");
    copy = arena_memdup(a, values, sizeof(values));
    assert_int_equal((uintptr_t)copy % alignof(max_align_t), 0);
    assert_memory_equal(copy, values, sizeof(values));
    assert_non_null(arena_memdup(a, values, 0));
    arena_free(a);
}

static void test_contents_survive_growth(void **state)
{
    (void)state;
    struct arena *a = arena_new(64);
    char **all = calloc(20000, sizeof(*all)), want[32];

    for (int i = 0; i < 20000; i++)
        all[i] = arena_printf(a, "row-%d", i);
    for (int i = 0; i < 20000; i++) {
        snprintf(want, sizeof(want), "row-%d", i);
        assert_string_equal(all[i], want);
    }
    free(all);
    arena_free(a);
}

static void test_large_objects_do_not_waste_the_chunk(void **state)
{
    (void)state;
    struct arena *a = arena_new(1024);

    arena_alloc(a, 16);
    char *big = arena_alloc(a, 1000000);
    memset(big, 1, 1000000);
    size_t bytes = arena_bytes(a);
    assert_in_range(bytes, 1000000, 1003000);
    for (int i = 0; i < 20; i++)
        arena_alloc(a, 16);
    assert_int_equal(arena_bytes(a), bytes);
    arena_free(a);
}

static void test_small_arenas_are_small(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);

    arena_strdup(a, "one");
    assert_true(arena_bytes(a) <= 2048);
    arena_free(a);
}

static void test_announced_size(void **state)
{
    (void)state;
    struct arena *a = arena_new(3000000);
    char *first = arena_alloc(a, 1), *last = NULL;

    for (int i = 0; i < 3; i++)
        last = arena_alloc(a, 900000);
    last[899999] = 1;
    assert_true(arena_bytes(a) < (4u << 20) + 100); /* one chunk */
    assert_true(last > first && last < first + 3000000);
    arena_alloc(a, 2000000); /* and then as ever */
    arena_alloc(a, 100);
    assert_true(arena_bytes(a) <= (6u << 20) + (1u << 19));
    arena_free(a);
}

/* In small steps until it is as large as any; whatever the sizes, nothing meets. */
static void test_pieced(void **state)
{
    struct arena *a = arena_new_pieced();
    unsigned char *parts[600];

    (void)state;
    arena_alloc(a, 1);
    assert_true(arena_bytes(a) <= CHUNKS_SMALL + 256);
    arena_alloc(a, CHUNKS_SMALL - 200);
    assert_true(arena_bytes(a) <= 2 * CHUNKS_SMALL + 256);
    for (size_t i = 0; i < 600; i++) {
        parts[i] = arena_alloc(a, i * 7 + (i % 100 == 0 ? CHUNKS_SMALL : 1));
        memset(parts[i], (int)i, i * 7 + 1);
        if (i == 40)
            assert_true(arena_bytes(a) < 6 * (size_t)CHUNKS_SMALL);
    }
    for (size_t i = 0; i < 600; i++) {
        for (size_t j = 0; j <= i * 7; j++)
            assert_int_equal(parts[i][j], (unsigned char)i);
    }
    arena_free(a);
}

static void test_reset_keeps_one_chunk(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);

    arena_reset(a);
    for (int i = 0; i < 100000; i++)
        arena_alloc(a, 16);
    size_t full = arena_bytes(a);
    arena_reset(a);
    size_t kept = arena_bytes(a);
    assert_true(kept < full);
    assert_true(kept <= 256 * 1024 + 256);
    for (int i = 0; i < 1000; i++) {
        char *p = arena_alloc(a, 16);
        assert_int_equal(p[0], 0); /* zeroed again, though the memory was used */
        p[0] = 1;
    }
    assert_int_equal(arena_bytes(a), kept);
    arena_free(a);
    arena_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alloc_is_zeroed_and_aligned),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_memdup_is_aligned),
        cmocka_unit_test(test_contents_survive_growth),
        cmocka_unit_test(test_large_objects_do_not_waste_the_chunk),
        cmocka_unit_test(test_small_arenas_are_small),
        cmocka_unit_test(test_reset_keeps_one_chunk),
        cmocka_unit_test(test_announced_size),
        cmocka_unit_test(test_pieced),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
