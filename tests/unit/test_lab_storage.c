/* vSAN and replication in the lab: what the numbers say about each other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/err.h"
#include "core/mem.h"
#include "tests/lab/actions.h"
#include "tests/lab/lab.h"
#include "tests/lab/replication.h"

static struct lab lab;

static int begin(void **state)
{
    (void)state;
    lab_init(&lab, 1);
    lab.params.vcenter = 1;
    lab.params.replication = 6;
    lab.estate = lab_estate_new(&lab.params, 1, lab_wall_ms());
    return 0;
}

static int end(void **state)
{
    (void)state;
    lab_release(&lab);
    return 0;
}

static int act(struct lab_pair *words, size_t n)
{
    struct lab_pairs action = {words, n};
    struct err err;

    return lab_action_run(&lab, &action, &err);
}

static void test_untouched_replications_keep_their_rpo(void **state)
{
    const struct lab_vc *vc = lab_find_vcenter(lab.estate, "dc1");

    (void)state;
    assert_int_equal(vc->replications.n, 6);
    for (size_t i = 0; i < vc->replications.n; i++) {
        const struct lab_replication *r = vc->replications.at[i];

        assert_true(r->transfer_s < r->rpo_min * 60 / 2);
        for (int64_t now = 1795612776243; now < 1795612776243 + 86400000; now += 61000) {
            int64_t age = now - lab_replication_last(r, now);

            assert_true(age >= r->transfer_s * 1000);
            assert_true(age < r->rpo_min * 60000);
        }
    }
}

static void test_a_stopped_one_gets_old(void **state)
{
    struct lab_pair words[] = {
        {"do", "set-replication"}, {"site", "dc1"}, {"vm", "vm-00001"}, {"age_s", "4260"}};
    struct lab_replication *r =
        lab_find_replication(lab_find_vcenter(lab.estate, "dc1"), "vm-00001");
    int64_t now = lab_session_ms(&lab);

    (void)state;
    assert_int_equal(act(words, ARRAY_SIZE(words)), 0);
    assert_in_range(now - lab_replication_last(r, now), 4258000, 4260000);
    words[3] = (struct lab_pair){"age_s", "soon"};
    assert_int_equal(act(words, ARRAY_SIZE(words)), -1);
    words[3] = (struct lab_pair){"stopped", "0"};
    assert_int_equal(act(words, ARRAY_SIZE(words)), 0);
    /* It goes on: at most a cycle and what is on its way, wherever in the cycle the clock is. */
    assert_true(now - lab_replication_last(r, now) <= (r->cycle_s + r->transfer_s) * 1000);
    assert_int_equal(r->stopped_at, 0);
}

static void test_vsan_and_its_datastore_agree(void **state)
{
    struct lab_pair words[] = {{"do", "set-vsan"}, {"site", "dc1"}, {"used_tenths", "915"}};
    const struct lab_vstore *s = lab_find_vcenter(lab.estate, "dc1")->stores.at[0];
    uint64_t before = s->mo.stamp;

    (void)state;
    assert_int_equal(act(words, ARRAY_SIZE(words)), 0);
    assert_int_equal((s->capacity - s->free) / (s->capacity / 1000), 915);
    assert_true(s->mo.stamp > before); /* a collector sees the change */
    words[2].value = "1001";
    assert_int_equal(act(words, ARRAY_SIZE(words)), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_untouched_replications_keep_their_rpo, begin, end),
        cmocka_unit_test_setup_teardown(test_a_stopped_one_gets_old, begin, end),
        cmocka_unit_test_setup_teardown(test_vsan_and_its_datastore_agree, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
