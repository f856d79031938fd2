/* The store: publishing replaces, reading takes references, threads may do both at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "core/mem.h"
#include "core/store.h"

enum { C_SITE, C_ENDPOINT, C_ID, C_VALUE, C_N };

static const struct column columns[] = {
    {.name = "site", .type = CELL_STR},
    {.name = "endpoint", .type = CELL_STR},
    {.name = "id", .type = CELL_STR, .flags = COL_KEY},
    {.name = "value", .type = CELL_INT},
};
static const struct schema things = {"things", "things", columns, C_N};
static const struct schema others = {"others", "others", columns, C_N};

/* @rows rows that all have the value @value. */
static struct snapshot *make(const struct schema *schema, const char *endpoint, unsigned rows,
                             int64_t value, const struct snapshot *prev)
{
    struct table_builder *b = builder_new(schema, "tokyo", endpoint, prev);
    char id[16];

    for (unsigned i = 0; i < rows; i++) {
        snprintf(id, sizeof(id), "id-%04u", i);
        builder_row(b);
        builder_str(b, C_ID, id);
        builder_int(b, C_VALUE, value);
    }
    return builder_finish(b, 1000 + value, FRESH_OK, NULL);
}

static void test_publish_and_get(void **state)
{
    struct store *st = store_new();
    struct snapshot *s;

    (void)state;
    assert_null(store_get(st, &things, "tokyo", "nsx"));
    assert_int_equal(store_generation(st), 0);
    store_publish(st, make(&things, "nsx", 3, 7, NULL));
    s = store_get(st, &things, "tokyo", "nsx");
    assert_non_null(s);
    assert_int_equal(snapshot_count(s), 3);
    assert_int_equal(snapshot_generation(s), 1);
    /* Other places are other snapshots. */
    assert_null(store_get(st, &others, "tokyo", "nsx"));
    assert_null(store_get(st, &things, "osaka", "nsx"));
    assert_null(store_get(st, &things, "tokyo", "vc"));
    snapshot_unref(s);
    store_free(st);
}

static void test_reader_keeps_the_old_one(void **state)
{
    struct store *st = store_new();
    struct snapshot *old, *new;

    (void)state;
    store_publish(st, make(&things, "nsx", 3, 1, NULL));
    old = store_get(st, &things, "tokyo", "nsx");
    store_publish(st, make(&things, "nsx", 5, 2, NULL));
    new = store_get(st, &things, "tokyo", "nsx");
    assert_int_equal(snapshot_count(old), 3);
    assert_int_equal(snapshot_count(new), 5);
    assert_int_equal(snapshot_generation(new), 2);
    store_free(st);
    /* A reference outlives the store. */
    assert_string_equal(row_str(snapshot_row(old, 2), C_ID), "id-0002");
    snapshot_unref(old);
    snapshot_unref(new);
}

static void test_all_in_first_published_order(void **state)
{
    struct store *st = store_new();
    struct snapshot **all;
    size_t n;

    (void)state;
    all = store_all(st, &n);
    assert_int_equal(n, 0);
    free(all);
    store_publish(st, make(&things, "b", 1, 1, NULL));
    store_publish(st, make(&things, "a", 1, 1, NULL));
    store_publish(st, make(&others, "b", 1, 1, NULL));
    store_publish(st, make(&things, "b", 2, 2, NULL));
    all = store_all(st, &n);
    assert_int_equal(n, 3);
    assert_string_equal(snapshot_endpoint(all[0]), "b");
    assert_int_equal(snapshot_count(all[0]), 2);
    assert_string_equal(snapshot_endpoint(all[1]), "a");
    assert_ptr_equal(snapshot_schema(all[2]), &others);
    for (size_t i = 0; i < n; i++)
        snapshot_unref(all[i]);
    free(all);
    store_free(st);
}

struct wake {
    struct store *st;
    unsigned calls;
    uint64_t generation;
};

/* Asking the store here would hang if the lock were held. */
static void on_wake(void *arg)
{
    struct wake *w = arg;

    w->calls++;
    w->generation = store_generation(w->st);
}

static void test_wake_is_outside_the_lock(void **state)
{
    struct wake w = {.st = store_new()};

    (void)state;
    store_on_publish(w.st, on_wake, &w);
    store_publish(w.st, make(&things, "a", 1, 1, NULL));
    store_publish(w.st, make(&things, "a", 1, 1, NULL));
    assert_int_equal(w.calls, 2);
    assert_int_equal(w.generation, 2);
    store_free(w.st);
}

/* ---- threads ------------------------------------------------------------------------------ */

#define PUBLISHERS 3
#define READERS    3
#define ROUNDS     200

struct race {
    struct store *st;
    atomic_uint publishing, wakes, wrong, seen;
    atomic_uint next;
};

static void count_wake(void *arg)
{
    atomic_fetch_add(&((struct race *)arg)->wakes, 1);
}

/* Odd rounds keep the rows of the round before: old and new snapshots share blocks across threads.
 */
static void *publish(void *arg)
{
    struct race *r = arg;
    struct snapshot *prev, *next;
    char endpoint[16];

    snprintf(endpoint, sizeof(endpoint), "ep-%u", atomic_fetch_add(&r->next, 1));
    for (int64_t round = 0; round < ROUNDS; round++) {
        prev = store_get(r->st, &things, "tokyo", endpoint);
        next = round % 2 && prev
                   ? snapshot_with_freshness(prev, &things, "tokyo", endpoint, FRESH_FAILED, NULL)
                   : make(&things, endpoint, 40, round, prev);
        store_publish(r->st, next);
        snapshot_unref(prev);
    }
    atomic_fetch_sub(&r->publishing, 1);
    return NULL;
}

/* Every row of a snapshot has the same value, or somebody saw it half made. */
static bool is_whole(const struct snapshot *s)
{
    int64_t first, v;

    if (snapshot_count(s) != 40 || !row_int(snapshot_row(s, 0), C_VALUE, &first))
        return false;
    for (size_t i = 1; i < snapshot_count(s); i++) {
        if (!row_int(snapshot_row(s, i), C_VALUE, &v) || v != first)
            return false;
    }
    return snapshot_taken_at(s) == 1000 + first;
}

static void *read_all(void *arg)
{
    struct race *r = arg;
    uint64_t before = 0;
    unsigned left;

    do {
        size_t n;
        uint64_t newest = 0;

        left = atomic_load(&r->publishing);
        struct snapshot **all = store_all(r->st, &n);
        for (size_t i = 0; i < n; i++) {
            if (!is_whole(all[i]))
                atomic_fetch_add(&r->wrong, 1);
            if (snapshot_generation(all[i]) > newest)
                newest = snapshot_generation(all[i]);
            snapshot_unref(all[i]);
        }
        free(all);
        if (newest < before)
            atomic_fetch_add(&r->wrong, 1);
        before = newest;
        atomic_fetch_add(&r->seen, (unsigned)n);
    } while (left);
    return NULL;
}

static void test_threads(void **state)
{
    struct race r = {.st = store_new()};
    pthread_t threads[PUBLISHERS + READERS];

    (void)state;
    atomic_store(&r.publishing, PUBLISHERS);
    store_on_publish(r.st, count_wake, &r);
    for (size_t i = 0; i < ARRAY_SIZE(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, i < PUBLISHERS ? publish : read_all, &r),
                         0);
    for (size_t i = 0; i < ARRAY_SIZE(threads); i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&r.wrong), 0);
    assert_int_equal(atomic_load(&r.wakes), PUBLISHERS * ROUNDS);
    assert_int_equal(store_generation(r.st), PUBLISHERS * ROUNDS);
    /* The last round of each reader ran after the last publish. */
    assert_true(atomic_load(&r.seen) >= READERS * PUBLISHERS);
    store_free(r.st);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_publish_and_get),
        cmocka_unit_test(test_reader_keeps_the_old_one),
        cmocka_unit_test(test_all_in_first_published_order),
        cmocka_unit_test(test_wake_is_outside_the_lock),
        cmocka_unit_test(test_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
