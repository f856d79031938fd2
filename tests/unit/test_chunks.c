/* Chunks are apart from each other, hold what was put into them, and come again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>

#include "core/chunks.h"

#define N 40 /* five regions */

struct taken {
    unsigned char *at;
    size_t size;
};

static void take(struct taken *t, unsigned char mark)
{
    t->at = chunks_take(&t->size);
    assert_in_range(t->size, CHUNKS_SIZE - 128, CHUNKS_SIZE);
    assert_int_equal((uintptr_t)t->at % 16, 0);
    memset(t->at, mark, t->size);
}

static void check(const struct taken *t, unsigned char mark)
{
    for (size_t i = 0; i < t->size; i += 509)
        assert_int_equal(t->at[i], mark);
    assert_int_equal(t->at[t->size - 1], mark);
}

static void test_apart(void **state)
{
    struct taken all[N];

    (void)state;
    for (unsigned i = 0; i < N; i++)
        take(&all[i], (unsigned char)(i + 1));
    for (unsigned i = 0; i < N; i++)
        check(&all[i], (unsigned char)(i + 1));
    /* Given back in any order, taken again: the others stay as they are. */
    for (unsigned i = 0; i < N; i += 3)
        chunks_give(all[i].at);
    for (unsigned i = 0; i < N; i += 3)
        take(&all[i], (unsigned char)(i + 101));
    for (unsigned i = 0; i < N; i++)
        check(&all[i], (unsigned char)(i % 3 ? i + 1 : i + 101));
    for (unsigned i = N; i > 0; i--)
        chunks_give(all[i - 1].at);
}

static void test_hurry(void **state)
{
    struct taken t;

    (void)state;
    chunks_hurry();
    for (int i = 0; i < 100; i++) {
        take(&t, (unsigned char)i);
        check(&t, (unsigned char)i);
        chunks_give(t.at);
    }
}

/* Small ones and usual ones never meet; more than a region of each. */
static void test_small(void **state)
{
    struct taken all[200], usual[20];

    (void)state;
    for (int round = 0; round < 3; round++) {
        for (unsigned i = 0; i < 200; i++) {
            all[i].at = chunks_take_small(&all[i].size);
            assert_in_range(all[i].size, CHUNKS_SMALL - 128, CHUNKS_SMALL);
            assert_int_equal((uintptr_t)all[i].at % 16, 0);
            memset(all[i].at, (int)i, all[i].size);
            if (i % 10 == 0)
                take(&usual[i / 10], (unsigned char)(i + 1));
        }
        for (unsigned i = 0; i < 200; i++) {
            check(&all[i], (unsigned char)i);
            if (i % 10 == 0)
                check(&usual[i / 10], (unsigned char)(i + 1));
        }
        /* Every other one first. */
        for (unsigned i = 0; i < 200; i++)
            chunks_give(all[i * 2 % 200 + i / 100].at);
        for (unsigned i = 0; i < 20; i++)
            chunks_give(usual[i].at);
    }
}

static void *churn(void *arg)
{
    unsigned seed = (unsigned)(uintptr_t)arg;
    struct taken held[12] = {{0}};
    unsigned marks[12] = {0};

    for (int round = 0; round < 300; round++) {
        unsigned i = (unsigned)rand_r(&seed) % 12;

        if (held[i].at) {
            check(&held[i], (unsigned char)marks[i]);
            chunks_give(held[i].at);
        }
        marks[i] = (unsigned)rand_r(&seed);
        take(&held[i], (unsigned char)marks[i]);
    }
    for (unsigned i = 0; i < 12; i++) {
        if (held[i].at)
            chunks_give(held[i].at);
    }
    return NULL;
}

static void test_threads(void **state)
{
    pthread_t threads[4];

    (void)state;
    for (uintptr_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, churn, (void *)(i + 1)), 0);
    for (unsigned i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_apart),
        cmocka_unit_test(test_small),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_hurry),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
