/* loop: timers, posts from threads, work in the pool, children, and clean ends of all of them. */
#include "core/loop.h"

#include "core/mem.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static void stop(void *arg)
{
    loop_stop(arg);
}

/* ---- timers and posts ------------------------------------------------------------------------ */

struct order {
    struct loop *loop;
    char seen[16];
    size_t n;
    struct loop_timer *victim;
};

static void see(struct order *o, char c)
{
    if (o->n < sizeof(o->seen) - 1)
        o->seen[o->n++] = c;
}

static void see_a(void *arg)
{
    see(arg, 'a');
}

static void see_b(void *arg)
{
    struct order *o = arg;

    see(o, 'b');
    loop_timer_cancel(o->victim);
}

static void see_c(void *arg)
{
    see(arg, 'c');
    loop_stop(((struct order *)arg)->loop);
}

static void test_timers_fire_in_order_and_cancel(void **state)
{
    struct order o = {.loop = loop_new()};

    (void)state;
    loop_timer(o.loop, 30, see_c, &o);
    o.victim = loop_timer(o.loop, 20, see_a, &o);
    loop_timer(o.loop, 10, see_b, &o);
    loop_timer(o.loop, -5, see_a, &o);
    loop_timer_cancel(NULL);
    loop_run(o.loop);
    assert_string_equal(o.seen, "abc");
    loop_free(o.loop);
}

static void test_stop_keeps_the_order_of_posts(void **state)
{
    struct order o = {.loop = loop_new()};

    (void)state;
    loop_post(o.loop, see_a, &o);
    loop_stop(o.loop);
    loop_post(o.loop, see_b, &o);
    loop_run(o.loop);
    assert_string_equal(o.seen, "a");
    loop_post(o.loop, see_c, &o);
    loop_run(o.loop);
    assert_string_equal(o.seen, "abc");
    loop_free(o.loop);
}

#define THREADS 4
#define POSTS   2000

struct poster {
    struct loop *loop;
    pthread_t thread;
    int next, received;
    bool in_order;
    int *total;
};

struct parcel {
    struct poster *from;
    int number;
};

static void receive(void *arg)
{
    struct parcel *p = arg;
    struct poster *from = p->from;

    from->in_order &= p->number == from->received++;
    if (++*from->total == THREADS * POSTS)
        loop_stop(from->loop);
    free(p);
}

static void *post_many(void *arg)
{
    struct poster *from = arg;

    for (int i = 0; i < POSTS; i++) {
        struct parcel *p = mem_alloc(sizeof(*p));

        p->from = from;
        p->number = i;
        loop_post(from->loop, receive, p);
    }
    return NULL;
}

static void test_posts_from_threads(void **state)
{
    struct loop *l = loop_new();
    struct poster posters[THREADS];
    int total = 0;

    (void)state;
    for (int i = 0; i < THREADS; i++) {
        posters[i] = (struct poster){.loop = l, .in_order = true, .total = &total};
        pthread_create(&posters[i].thread, NULL, post_many, &posters[i]);
    }
    loop_run(l);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(posters[i].thread, NULL);
        assert_int_equal(posters[i].received, POSTS);
        assert_true(posters[i].in_order);
    }
    loop_free(l);
}

/* ---- work ------------------------------------------------------------------------------------ */

struct sum {
    struct loop *loop;
    pthread_t home;
    long value;
    bool elsewhere, back_home;
};

static void add_up(void *arg)
{
    struct sum *s = arg;

    s->elsewhere = !pthread_equal(s->home, pthread_self());
    for (long i = 1; i <= 1000; i++)
        s->value += i;
}

static void added_up(void *arg)
{
    struct sum *s = arg;

    s->back_home = pthread_equal(s->home, pthread_self());
    loop_stop(s->loop);
}

static void test_work_runs_in_the_pool(void **state)
{
    struct sum s = {.loop = loop_new(), .home = pthread_self()};

    (void)state;
    loop_work(s.loop, add_up, added_up, &s);
    loop_run(s.loop);
    assert_int_equal(s.value, 500500);
    assert_true(s.elsewhere);
    assert_true(s.back_home);
    loop_free(s.loop);
}

static void must_not_run(void *arg)
{
    (void)arg;
    fail_msg("a callback ran after the loop had stopped");
}

static void do_nothing(void *arg)
{
    (void)arg;
}

static void process_must_not_finish(void *arg, struct loop_process_result *r)
{
    (void)r;
    must_not_run(arg);
}

static void test_free_drops_what_is_under_way(void **state)
{
    static const char *const sleeper[] = {"sleep", "600", NULL};
    struct loop *l = loop_new();

    (void)state;
    loop_stop(l);
    loop_run(l);
    loop_timer(l, 0, must_not_run, NULL);
    loop_timer(l, 600000, must_not_run, NULL);
    for (int i = 0; i < 20; i++)
        loop_work(l, do_nothing, must_not_run, NULL);
    loop_process(l, sleeper, NULL, 600000, process_must_not_finish, NULL);
    loop_post(l, must_not_run, NULL);
    loop_free(l);
    loop_free(NULL);
}

/* ---- children -------------------------------------------------------------------------------- */

struct outcome {
    struct loop *loop;
    struct err err;
    int exit_status;
    char *out, *errout;
    size_t out_len;
    bool returned, early;
};

static void process_over(void *arg, struct loop_process_result *r)
{
    struct outcome *o = arg;

    o->early = !o->returned;
    o->err = r->err;
    o->exit_status = r->exit_status;
    o->out = mem_strdup(r->out);
    o->out_len = r->out_len;
    o->errout = mem_strdup(r->errout);
    loop_stop(o->loop);
}

static struct outcome run(const char *const *argv, const char *const *env, int64_t timeout_ms)
{
    struct outcome o = {.loop = loop_new()};
    struct loop *l = o.loop;

    loop_process(l, argv, env, timeout_ms, process_over, &o);
    o.returned = true;
    loop_run(l);
    assert_false(o.early);
    loop_free(l);
    return o;
}

static void outcome_release(struct outcome *o)
{
    free(o->out);
    free(o->errout);
}

static struct outcome shell(const char *script, int64_t timeout_ms)
{
    const char *argv[] = {"sh", "-c", script, NULL};

    return run(argv, NULL, timeout_ms);
}

static void test_process_output_and_status(void **state)
{
    struct outcome o = shell("printf 'to\\033out'; printf 'one\\033[31m\\ntwo' >&2; exit 3", 10000);

    (void)state;
    assert_int_equal(o.err.kind, ERR_NONE);
    assert_int_equal(o.exit_status, 3);
    assert_int_equal(o.out_len, 6);
    assert_memory_equal(o.out, "to\033out", 7);
    assert_string_equal(o.errout, "one\\x1b[31m\ntwo");
    outcome_release(&o);
}

static void test_process_environment_and_stdin(void **state)
{
    static const char *const argv[] = {"sh", "-c", "cat; echo $HYCON_TEST $HOME", NULL};
    static const char *const env[] = {"HYCON_TEST=yes", "HOME=/nowhere", NULL};
    struct outcome o = run(argv, env, 10000);

    (void)state;
    assert_string_equal(o.out, "yes /nowhere\n");
    outcome_release(&o);
}

static void test_process_that_does_not_exist(void **state)
{
    static const char *const argv[] = {"hycon-no-such-program", "secret-argument", NULL};
    struct outcome o = run(argv, NULL, 10000);

    (void)state;
    assert_int_equal(o.err.kind, ERR_IO);
    assert_string_equal(o.err.msg,
                        "unable to run 'hycon-no-such-program': No such file or directory");
    assert_string_equal(o.out, "");
    outcome_release(&o);
}

static double seconds_since(const struct timespec *start)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

/* Is any process of group @pgid left? Zombies of a foreign parent count as gone after a moment. */
static bool group_is_gone(long pgid)
{
    for (int i = 0; i < 200; i++) {
        if (kill((pid_t)-pgid, 0))
            return true;
        usleep(10000);
    }
    return false;
}

static void test_process_timeout_ends_the_group(void **state)
{
    struct outcome o = shell("echo $$; sleep 300 & sleep 300", 200);
    long pgid = strtol(o.out, NULL, 10);

    (void)state;
    assert_int_equal(o.err.kind, ERR_LIMIT);
    assert_string_equal(o.err.msg, "'sh' did not finish within 0.2 s");
    assert_true(pgid > 1);
    assert_true(group_is_gone(pgid));
    outcome_release(&o);
}

static void test_process_that_ignores_sigterm(void **state)
{
    struct timespec start;
    struct outcome o;

    (void)state;
    clock_gettime(CLOCK_MONOTONIC, &start);
    o = shell("trap '' TERM; while :; do sleep 0.1; done", 100);
    assert_int_equal(o.err.kind, ERR_LIMIT);
    assert_true(seconds_since(&start) < 10);
    outcome_release(&o);
}

static void test_process_that_prints_too_much(void **state)
{
    struct outcome o =
        shell("while :; do echo 0123456789012345678901234567890123456789; done", 60000);

    (void)state;
    assert_int_equal(o.err.kind, ERR_LIMIT);
    assert_string_equal(o.err.msg, "'sh' printed more than 1048576 bytes");
    assert_int_equal(o.out_len, LOOP_PROCESS_OUTPUT_MAX);
    outcome_release(&o);
}

static void test_process_stderr_is_cut_not_an_error(void **state)
{
    struct outcome o = shell("head -c 100000 /dev/zero | tr '\\000' x >&2; echo fine", 60000);

    (void)state;
    assert_int_equal(o.err.kind, ERR_NONE);
    assert_string_equal(o.out, "fine\n");
    assert_int_equal(strlen(o.errout), 4096);
    outcome_release(&o);
}

static void test_process_killed_by_a_signal(void **state)
{
    struct outcome o = shell("kill -SEGV $$", 10000);

    (void)state;
    assert_int_equal(o.err.kind, ERR_IO);
    assert_string_equal(o.err.msg, "'sh' was ended by signal 11 (Segmentation fault)");
    outcome_release(&o);
}

static void test_process_leaves_a_daemon_with_the_pipe(void **state)
{
    struct timespec start;
    struct outcome o;

    (void)state;
    clock_gettime(CLOCK_MONOTONIC, &start);
    o = shell("sleep 20 & echo $$; exit 0", 60000);
    assert_int_equal(o.err.kind, ERR_NONE);
    assert_int_equal(o.exit_status, 0);
    assert_true(seconds_since(&start) < 10);
    kill((pid_t)-strtol(o.out, NULL, 10), SIGKILL);
    outcome_release(&o);
}

static void stop_later(void *arg, struct loop_process_result *r)
{
    (void)r;
    stop(arg);
}

static void test_many_children_at_once(void **state)
{
    static const char *const argv[] = {"true", NULL};
    struct loop *l = loop_new();

    (void)state;
    for (int i = 0; i < 20; i++)
        loop_process(l, argv, NULL, 10000, stop_later, l);
    loop_run(l);
    loop_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_timers_fire_in_order_and_cancel),
        cmocka_unit_test(test_stop_keeps_the_order_of_posts),
        cmocka_unit_test(test_posts_from_threads),
        cmocka_unit_test(test_work_runs_in_the_pool),
        cmocka_unit_test(test_free_drops_what_is_under_way),
        cmocka_unit_test(test_process_output_and_status),
        cmocka_unit_test(test_process_environment_and_stdin),
        cmocka_unit_test(test_process_that_does_not_exist),
        cmocka_unit_test(test_process_timeout_ends_the_group),
        cmocka_unit_test(test_process_that_ignores_sigterm),
        cmocka_unit_test(test_process_that_prints_too_much),
        cmocka_unit_test(test_process_stderr_is_cut_not_an_error),
        cmocka_unit_test(test_process_killed_by_a_signal),
        cmocka_unit_test(test_process_leaves_a_daemon_with_the_pipe),
        cmocka_unit_test(test_many_children_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
