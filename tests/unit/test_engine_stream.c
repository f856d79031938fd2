/* Large replies are decoded beside the loop: every byte, in order, and whatever ends them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "collectors/engine_priv.h"

#define PIECE 16384
#define LARGE (5u << 20)

struct seen {
    uint64_t hash;
    size_t bytes, most; /* most: it fails there; 0: never */
};

/* Its hash depends on the order and not on the pieces. */
static enum step take(struct run *run, const struct reply *reply)
{
    struct seen *seen = run->state;

    assert_true(reply->more);
    assert_int_equal(reply->status, 200);
    for (size_t i = 0; i < reply->len; i++)
        seen->hash = seen->hash * 31 + (unsigned char)reply->body[i];
    seen->bytes += reply->len;
    return seen->most && seen->bytes >= seen->most ? STEP_FAIL : STEP_MORE;
}

static const struct collector collector = {.name = "seen", .step = take};

static char byte_at(size_t i)
{
    return (char)(i * 2654435761u >> 13);
}

/* Feeds up to @len bytes; returns how many were taken before the transfer was to end. */
static size_t feed(struct job *job, size_t len, uint64_t *hash)
{
    char piece[PIECE];
    size_t at = 0;

    *hash = 0;
    for (; at < len && job->result == STEP_MORE; at += PIECE) {
        for (size_t i = 0; i < PIECE; i++) {
            piece[i] = byte_at(at + i);
            *hash = *hash * 31 + (unsigned char)piece[i];
        }
        job->result = engine_stream_piece(job, piece, PIECE);
    }
    return at;
}

static void run_with(struct job *job, struct seen *seen)
{
    *job = (struct job){.collector = &collector, .result = STEP_MORE};
    job->run.state = seen;
}

static void test_all_in_order(void **state)
{
    struct seen seen = {0};
    struct job job;
    uint64_t hash;

    (void)state;
    run_with(&job, &seen);
    assert_int_equal(feed(&job, LARGE, &hash), LARGE);
    assert_non_null(job.stream);
    engine_stream_end(&job, true);
    assert_null(job.stream);
    assert_int_equal(job.result, STEP_MORE);
    assert_int_equal(seen.bytes, LARGE);
    assert_true(seen.hash == hash);
    engine_stream_end(&job, true); /* twice is once */
}

static void test_small_stays_here(void **state)
{
    struct seen seen = {0};
    struct job job;
    uint64_t hash;

    (void)state;
    run_with(&job, &seen);
    feed(&job, 8 * PIECE, &hash);
    assert_null(job.stream);
    assert_int_equal(seen.bytes, 8 * PIECE);
    engine_stream_end(&job, true);
    assert_int_equal(job.result, STEP_MORE);
}

/* The output of a command ends differently: its pieces are never handed over. */
static void test_commands_stay_here(void **state)
{
    struct seen seen = {0};
    struct job job;
    uint64_t hash;

    (void)state;
    run_with(&job, &seen);
    job.run.request.command = "cat";
    feed(&job, LARGE, &hash);
    assert_null(job.stream);
    assert_int_equal(seen.bytes, LARGE);
}

static void test_failure_ends_it(void **state)
{
    struct seen seen = {.most = 2u << 20};
    struct job job;
    uint64_t hash;

    (void)state;
    run_with(&job, &seen);
    /* A few pieces may come before the loop hears of it. */
    assert_true(feed(&job, LARGE, &hash) < LARGE);
    assert_int_equal(job.result, STEP_FAIL);
    engine_stream_end(&job, true);
    assert_int_equal(job.result, STEP_FAIL);
    assert_true(seen.bytes < (2u << 20) + 10 * PIECE);
}

/* What fails in the last bytes fails at the end. */
static void test_failure_of_the_rest(void **state)
{
    struct seen seen = {.most = LARGE};
    struct job job;
    uint64_t hash;

    (void)state;
    run_with(&job, &seen);
    assert_int_equal(feed(&job, LARGE, &hash), LARGE);
    engine_stream_end(&job, true);
    assert_int_equal(job.result, STEP_FAIL);
}

struct finishing {
    struct job job; /* first */
    struct engine engine;
    struct endpoint ep;
    size_t bytes; /* when it was finished */
    enum step result;
};

static void finish(void *arg)
{
    struct finishing *f = arg;

    f->bytes = ((struct seen *)f->job.run.state)->bytes;
    f->result = f->job.result;
    f->job.result = STEP_DONE;
}

static void finished(void *arg)
{
    struct finishing *f = arg;

    engine_stream_end(&f->job, false);
    loop_stop(f->engine.loop);
}

/* What is to be done at the end is done when everything was read, and its result stays. */
static void test_finished_behind_the_rest(void **state)
{
    struct seen seen[] = {{0}, {.most = LARGE}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct finishing f = {.engine = {.loop = loop_new()}};
        uint64_t hash;

        run_with(&f.job, &seen[i]);
        f.job.ep = &f.ep;
        f.ep.engine = &f.engine;
        assert_int_equal(feed(&f.job, LARGE, &hash), LARGE);
        engine_stream_close(&f.job);
        assert_non_null(f.job.stream);
        engine_stream_finish(&f.job, finish, finished);
        loop_run(f.engine.loop);
        assert_null(f.job.stream);
        assert_int_equal(f.bytes, LARGE);
        assert_true(seen[i].hash == hash);
        assert_int_equal(f.result, i ? STEP_FAIL : STEP_MORE);
        assert_int_equal(f.job.result, STEP_DONE);
        loop_free(f.engine.loop);
    }
}

static void test_cancelled(void **state)
{
    struct seen seen = {0};
    struct job job;
    uint64_t hash;

    (void)state;
    for (size_t len = 1u << 20; len < 2u << 20; len += 3 * PIECE) {
        run_with(&job, &seen);
        feed(&job, len, &hash);
        engine_stream_end(&job, false);
        assert_null(job.stream);
        assert_int_equal(job.result, STEP_MORE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_in_order),        cmocka_unit_test(test_small_stays_here),
        cmocka_unit_test(test_commands_stay_here),  cmocka_unit_test(test_failure_ends_it),
        cmocka_unit_test(test_failure_of_the_rest), cmocka_unit_test(test_finished_behind_the_rest),
        cmocka_unit_test(test_cancelled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
