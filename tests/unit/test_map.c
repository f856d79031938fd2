#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include "core/map.h"
#include "core/mem.h"

static int one = 1, two = 2, three = 3;

static void test_put_get(void **state)
{
    (void)state;
    struct map *m = map_new();
    char key[] = "eni-1";

    assert_null(map_get(m, "eni-1"));
    assert_null(map_remove(m, "eni-1"));
    assert_null(map_put(m, key, &one));
    key[4] = '2'; /* the map has its own copy */
    assert_ptr_equal(map_get(m, "eni-1"), &one);
    assert_null(map_get(m, "eni-2"));
    assert_ptr_equal(map_put(m, "eni-1", &two), &one);
    assert_ptr_equal(map_get(m, "eni-1"), &two);
    assert_int_equal(map_count(m), 1);
    assert_null(map_put(m, "", &three));
    assert_ptr_equal(map_get(m, ""), &three);
    map_free(m, NULL);
    map_free(NULL, NULL);
}

static void test_null_values_are_members(void **state)
{
    (void)state;
    struct map *m = map_new();

    map_put(m, "a", NULL);
    assert_true(map_has(m, "a"));
    assert_null(map_get(m, "a"));
    assert_false(map_has(m, "b"));
    map_free(m, NULL);
}

static void expect_order(const struct map *m, const char *want)
{
    char got[64] = "";
    const char *key;
    size_t i = 0, len = 0;

    while (map_at(m, &i, &key, NULL))
        len += (size_t)snprintf(got + len, sizeof(got) - len, "%s", key);
    assert_string_equal(got, want);
}

static void test_order(void **state)
{
    (void)state;
    struct map *m = map_new();

    map_put(m, "z", &one);
    map_put(m, "a", &two);
    map_put(m, "m", &three);
    map_put(m, "z", &three); /* replacing keeps the place */
    expect_order(m, "zam");
    assert_ptr_equal(map_remove(m, "a"), &two);
    expect_order(m, "zm");
    map_put(m, "a", &one);
    expect_order(m, "zma");
    assert_int_equal(map_count(m), 3);
    map_free(m, NULL);
}

static void test_remove_while_walking(void **state)
{
    (void)state;
    struct map *m = map_new();
    char name[16];
    const char *key;
    void *value;
    size_t i = 0, seen = 0;

    for (int k = 0; k < 100; k++) {
        snprintf(name, sizeof(name), "k%d", k);
        map_put(m, name, &one);
    }
    while (map_at(m, &i, &key, &value)) {
        assert_ptr_equal(value, &one);
        snprintf(name, sizeof(name), "%s", key);
        if (seen++ % 2)
            map_remove(m, name);
    }
    assert_int_equal(seen, 100);
    assert_int_equal(map_count(m), 50);
    map_free(m, NULL);
}

static void test_growth_to_100k(void **state)
{
    (void)state;
    struct map *m = map_new();
    int *values = mem_array(100000, sizeof(*values));
    char name[32];
    const char *key;
    void *value;
    size_t i = 0, n = 0;

    for (int k = 0; k < 100000; k++) {
        snprintf(name, sizeof(name), "/infra/segments/%d", k);
        assert_null(map_put(m, name, &values[k]));
    }
    assert_int_equal(map_count(m), 100000);
    for (int k = 0; k < 100000; k++) {
        snprintf(name, sizeof(name), "/infra/segments/%d", k);
        assert_ptr_equal(map_get(m, name), &values[k]);
    }
    while (map_at(m, &i, &key, &value))
        assert_ptr_equal(value, &values[n++]);
    assert_int_equal(n, 100000);
    map_free(m, NULL);
    free(values);
}

/* Tombstones must neither fill the index (a search would never end) nor make it grow for ever. */
static void test_churn(void **state)
{
    (void)state;
    struct map *m = map_new();
    char name[32];

    map_put(m, "stays", &three);
    for (int k = 0; k < 200000; k++) {
        snprintf(name, sizeof(name), "t%d", k);
        map_put(m, name, &one);
        assert_ptr_equal(map_remove(m, name), &one);
        assert_false(map_has(m, name));
    }
    assert_int_equal(map_count(m), 1);
    assert_ptr_equal(map_get(m, "stays"), &three);
    map_free(m, NULL);
}

static void test_free_value(void **state)
{
    (void)state;
    struct map *m = map_new();

    map_put(m, "a", mem_strdup("1"));
    map_put(m, "b", mem_strdup("2"));
    free(map_put(m, "a", mem_strdup("3")));
    free(map_remove(m, "b"));
    map_free(m, free); /* the leak checker and double-free detection are the assertions */
}

static void test_borrowed_keys(void **state)
{
    static char names[300][16];
    struct map *m = map_new_borrowed(100);
    const char *key;
    size_t i = 0;

    (void)state;
    for (int n = 0; n < 300; n++) { /* three times what was said */
        (void)snprintf(names[n], sizeof(names[n]), "set-%d", n);
        assert_null(map_put(m, names[n], &one));
    }
    assert_int_equal(map_count(m), 300);
    assert_true(map_at(m, &i, &key, NULL));
    assert_ptr_equal(key, names[0]);
    assert_ptr_equal(map_put(m, "set-299", &two), &one);
    assert_ptr_equal(map_get(m, "set-299"), &two);
    assert_ptr_equal(map_remove(m, "set-7"), &one);
    assert_null(map_get(m, "set-7"));
    map_free(m, NULL);
    map_free(map_new_borrowed(0), NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_put_get),        cmocka_unit_test(test_null_values_are_members),
        cmocka_unit_test(test_order),          cmocka_unit_test(test_remove_while_walking),
        cmocka_unit_test(test_growth_to_100k), cmocka_unit_test(test_churn),
        cmocka_unit_test(test_free_value),     cmocka_unit_test(test_borrowed_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
