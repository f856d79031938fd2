/* The engine in the life of a console: sessions, expiry, throttling, faults, focus, the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/clock.h"
#include "core/mem.h"
#include "model/tables.h"
#include "tests/support/fakeapi.h"
#include "tests/support/rawserver.h"

#define NOW 1795165200000

static struct fakeapi server;

static int start(void **state)
{
    (void)state;
    fakeapi_start_plain(&server);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    clock_freeze(-1);
    clock_set_wall(0);
    fakeapi_stop(&server);
    return 0;
}

static void open_run(struct fakeapi_run *r, const char *more)
{
    fakeapi_run_init_at(r, server.port, more);
}

static void read_is_published(void **state)
{
    struct fakeapi_run r;
    struct snapshot *s, *owner;
    const struct row *row;

    (void)state;
    open_run(&r, "");
    fakeapi_run_start(&r);
    s = fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK);
    assert_int_equal(snapshot_count(s), 2);
    assert_non_null(snapshot_find(s, "a"));
    snapshot_unref(s);
    row = fakeapi_wait_endpoint(&r, "a", FRESH_OK, &owner);
    assert_string_equal(row_str(row, ENDPOINTS_PRODUCT), "Fake Manager");
    assert_string_equal(row_str(row, ENDPOINTS_KIND), "nsx");
    assert_true(row_present(row, ENDPOINTS_LATENCY_MS));
    assert_true(row_present(row, ENDPOINTS_CLOCK_OFFSET_MS));
    assert_false(row_present(row, ENDPOINTS_ERROR_KIND));
    snapshot_unref(owner);
    assert_int_equal(fakeapi_count(&server.logins), 1);
    fakeapi_run_stop(&r);
    assert_int_equal(fakeapi_count(&server.logouts), 1);
}

static void never_comes_first(void **state)
{
    struct fakeapi_run r;
    struct snapshot *s;

    (void)state;
    server.hold_login = true;
    open_run(&r, "");
    fakeapi_run_start(&r);
    s = store_get(r.store, &table_segments, "s", "a");
    assert_int_equal(snapshot_freshness(s), FRESH_NEVER);
    snapshot_unref(s);
    s = store_get(r.store, &table_endpoints, "s", "a");
    assert_int_equal(snapshot_freshness(s), FRESH_NEVER);
    snapshot_unref(s);
    fakeapi_run_stop(&r); /* cancels the login */
    assert_int_equal(fakeapi_count(&server.logouts), 0);
}

/* Three jobs in flight find the session expired: one login, then all of them go on. */
static void one_login_for_all_requests(void **state)
{
    struct fakeapi_run r;

    (void)state;
    server.hold = true;
    open_run(&r, "");
    r.o.collectors = fakeapi_all;
    fakeapi_run_start(&r);
    fakeapi_wait_count(&server.held, 3);
    fakeapi_lock();
    server.void_to = 1; /* theirs */
    server.hold = false;
    fakeapi_unlock();
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK));
    snapshot_unref(fakeapi_wait_fresh(&r, &table_gateways, "a", FRESH_OK));
    snapshot_unref(fakeapi_wait_fresh(&r, &table_sddcs, "a", FRESH_OK));
    assert_int_equal(fakeapi_count(&server.logins), 2);
    fakeapi_run_stop(&r);
}

static void refused_again_stops(void **state)
{
    struct fakeapi_run r;
    struct snapshot *s;

    (void)state;
    server.expire_always = true;
    open_run(&r, "");
    fakeapi_run_start(&r);
    s = fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_DENIED);
    assert_int_equal(snapshot_err(s)->kind, ERR_AUTH);
    assert_non_null(strstr(snapshot_err(s)->msg, "refused again after a new login"));
    snapshot_unref(s);
    assert_int_equal(fakeapi_count(&server.logins), 2);
    /* A person acts. */
    fakeapi_lock();
    server.expire_always = false;
    fakeapi_unlock();
    engine_refresh(r.engine, NULL); /* that alone does nothing */
    engine_login_again(r.engine, NULL);
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK));
    assert_int_equal(fakeapi_count(&server.logins), 3);
    fakeapi_run_stop(&r);
}

/* A reply to the session's own question is not the collector's: it is asked anew, but not for ever.
 */
static void session_asks_for_itself(void **state)
{
    struct fakeapi_run r;
    struct snapshot *s;

    (void)state;
    server.again = 2;
    open_run(&r, "");
    fakeapi_run_start(&r);
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK));
    assert_int_equal(fakeapi_count(&server.requests), 3);
    assert_int_equal(fakeapi_count(&server.logins), 1);
    fakeapi_lock();
    server.again = 1000;
    fakeapi_unlock();
    engine_refresh(r.engine, NULL);
    s = fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_FAILED);
    assert_string_equal(snapshot_err(s)->msg, "one got status 409");
    assert_int_equal(snapshot_count(s), 2);
    snapshot_unref(s);
    assert_int_equal(fakeapi_count(&server.logins), 1);
    fakeapi_run_stop(&r);
}

static void throttling_is_waited_for(void **state)
{
    struct fakeapi_run r;
    struct snapshot *owner;
    const struct row *row;
    int64_t began = clock_mono_ms(), count = 0;

    (void)state;
    server.throttle = 1;
    server.retry_after = "1";
    open_run(&r, "");
    fakeapi_run_start(&r);
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK));
    assert_true(clock_mono_ms() - began >= 1000);
    assert_int_equal(fakeapi_count(&server.requests), 2);
    row = fakeapi_wait_endpoint(&r, "a", FRESH_OK, &owner);
    assert_true(row_int(row, ENDPOINTS_THROTTLED, &count));
    assert_int_equal(count, 1);
    snapshot_unref(owner);
    fakeapi_run_stop(&r);
}

static void passing_fault_is_repeated_within_bounds(void **state)
{
    struct fakeapi_run r;
    struct snapshot *s;

    (void)state;
    server.fail = 100;
    open_run(&r, "");
    r.o.once = true;
    fakeapi_run_start(&r);
    assert_true(engine_wait(r.engine, -1));
    s = fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_FAILED);
    assert_string_equal(snapshot_err(s)->msg, "one got status 500");
    snapshot_unref(s);
    assert_int_equal(fakeapi_count(&server.requests), 4);
    fakeapi_run_stop(&r);
}

static void denied_call_is_not_a_rejection(void **state)
{
    struct fakeapi_run r;
    struct snapshot *s;

    (void)state;
    server.status = 403;
    open_run(&r, "");
    fakeapi_run_start(&r);
    s = fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_DENIED);
    assert_int_equal(snapshot_err(s)->kind, ERR_DENIED);
    snapshot_unref(s);
    assert_int_equal(fakeapi_count(&server.requests), 1);
    assert_int_equal(fakeapi_count(&server.logins), 1);
    fakeapi_run_stop(&r);
}

/* A failed poll keeps the rows and says why; the next good one clears it. */
static void failed_poll_keeps_rows(void **state)
{
    struct fakeapi_run r;
    struct snapshot *s;
    int64_t taken_at;

    (void)state;
    open_run(&r, "");
    fakeapi_run_start(&r);
    s = fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK);
    taken_at = snapshot_taken_at(s);
    snapshot_unref(s);
    fakeapi_lock();
    server.status = 404;
    fakeapi_unlock();
    engine_refresh(r.engine, "segments");
    s = fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_FAILED);
    assert_int_equal(snapshot_count(s), 2);
    assert_int_equal(snapshot_taken_at(s), taken_at);
    snapshot_unref(s);
    fakeapi_lock();
    server.status = 0;
    fakeapi_unlock();
    engine_refresh(r.engine, "segments");
    s = fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK);
    assert_int_equal(snapshot_err(s)->kind, ERR_NONE);
    snapshot_unref(s);
    fakeapi_run_stop(&r);
}

struct taken {
    struct fakeapi_run *r;
    int64_t at;
};

static bool is_taken(void *arg)
{
    const struct taken *t = arg;
    struct snapshot *s = store_get(t->r->store, &table_segments, "s", "a");
    bool is = snapshot_taken_at(s) == t->at;

    snapshot_unref(s);
    return is;
}

static void wait_taken_at(struct fakeapi_run *r, int64_t at)
{
    struct taken t = {r, at};

    fakeapi_wait(is_taken, &t);
}

static void interval_and_staleness(void **state)
{
    struct fakeapi_run r;
    struct snapshot *s;

    (void)state;
    clock_freeze(NOW);
    open_run(&r, ", intervals: {segments: 3s}");
    fakeapi_run_start(&r);
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK));
    clock_freeze(NOW + 3400);
    engine_wake(r.engine);
    wait_taken_at(&r, NOW + 3400);
    assert_int_equal(fakeapi_count(&server.requests), 2);
    fakeapi_lock();
    server.hold = true;
    fakeapi_unlock();
    clock_freeze(NOW + 6800);
    engine_wake(r.engine);
    fakeapi_wait_count(&server.requests, 3);
    clock_freeze(NOW + 12500);
    engine_wake(r.engine);
    s = fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_STALE);
    assert_int_equal(snapshot_count(s), 2);
    snapshot_unref(s);
    /* It was not asked a second time meanwhile. */
    assert_int_equal(fakeapi_count(&server.requests), 3);
    fakeapi_lock();
    server.hold = false;
    fakeapi_unlock();
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK));
    fakeapi_run_stop(&r);
}

/* Somebody sets the clock, to tomorrow and then to the day before yesterday. Times are those of the
 * wall clock; when to poll and what is stale is none of its business. */
static void wall_clock_is_set(void **state)
{
    const int64_t day = 24 * 3600000LL;
    struct fakeapi_run r;
    struct snapshot *s;

    (void)state;
    clock_freeze(NOW);
    open_run(&r, ", intervals: {segments: 3s}");
    fakeapi_run_start(&r);
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK));
    for (int i = 1; i <= 2; i++) {
        int64_t by = i == 1 ? day : -2 * day;

        clock_set_wall(by);
        engine_wake(r.engine);
        clock_freeze(NOW + i * 3400 - 1000);
        engine_wake(r.engine);
        clock_freeze(NOW + i * 3400);
        engine_wake(r.engine);
        wait_taken_at(&r, NOW + i * 3400 + by);
        /* Neither at once, nor not at all; one login, one session. */
        assert_int_equal(fakeapi_count(&server.requests), i + 1);
        snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK));
    }
    assert_int_equal(fakeapi_count(&server.logins), 1);
    fakeapi_lock();
    server.hold = true;
    fakeapi_unlock();
    clock_freeze(NOW + 10200);
    engine_wake(r.engine);
    fakeapi_wait_count(&server.requests, 4);
    clock_freeze(NOW + 16000);
    engine_wake(r.engine);
    s = fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_STALE);
    assert_true(snapshot_taken_at(s) == NOW + 6800 - 2 * day);
    snapshot_unref(s);
    fakeapi_lock();
    server.hold = false;
    fakeapi_unlock();
    fakeapi_run_stop(&r);
}

/* An hour passes between two ticks: the lid was closed. */
static void resume_reads_at_once(void **state)
{
    struct fakeapi_run r;

    (void)state;
    clock_freeze(NOW);
    open_run(&r, ", intervals: {segments: 10h}");
    fakeapi_run_start(&r);
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK));
    clock_freeze(NOW + 3600000);
    engine_wake(r.engine);
    wait_taken_at(&r, NOW + 3600000);
    assert_int_equal(fakeapi_count(&server.logins), 1);
    fakeapi_run_stop(&r);
}

static void focus_polls_faster(void **state)
{
    static const char *const visible[] = {"segments"};
    struct fakeapi_run r;

    (void)state;
    clock_freeze(NOW);
    open_run(&r, ", intervals: {segments: 30s}");
    fakeapi_run_start(&r);
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK));
    engine_focus(r.engine, visible, 1);
    clock_freeze(NOW + 9900);
    engine_wake(r.engine);
    clock_freeze(NOW + 11000);
    engine_wake(r.engine);
    fakeapi_wait_count(&server.requests, 2);
    fakeapi_run_stop(&r);
}

/* One endpoint never answers; the other is read at once. */
static void dead_endpoint_delays_nobody(void **state)
{
    struct rawserver *silent = rawserver_start("", 0, true);
    struct fakeapi_run r;
    char *text =
        mem_printf("sites:\n  - name: s\n    endpoints:\n"
                   "      - {name: dead, kind: nsx, url: \"http://127.0.0.1:%d/\", user: x, "
                   "password: {env: FAKE_PASSWORD}}\n"
                   "      - {name: a, kind: nsx, url: \"http://127.0.0.1:%d/\", user: u, "
                   "password: {env: FAKE_PASSWORD}}\n",
                   rawserver_port(silent), server.port);

    (void)state;
    fakeapi_run_init(&r, text);
    free(text);
    fakeapi_run_start(&r);
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK));
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "dead", FRESH_NEVER));
    fakeapi_run_stop(&r);
    free(rawserver_stop(silent));
}

static void unreachable_is_retried(void **state)
{
    struct fakeapi_run r;
    struct snapshot *s, *owner;
    const struct row *row;
    int port = rawserver_unused_port();

    (void)state;
    fakeapi_run_init_at(&r, port, "");
    fakeapi_run_start(&r);
    s = fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_FAILED);
    assert_int_equal(snapshot_err(s)->kind, ERR_NET);
    snapshot_unref(s);
    row = fakeapi_wait_endpoint(&r, "a", FRESH_FAILED, &owner);
    assert_string_equal(row_str(row, ENDPOINTS_ERROR_KIND), "net");
    assert_true(row_present(row, ENDPOINTS_NEXT_RETRY_AT));
    snapshot_unref(owner);
    fakeapi_run_stop(&r);
}

/* The session is good all the time: nobody logs in again, and the endpoint is well again. */
static void outage_ends(void **state)
{
    struct fakeapi_run r;
    struct snapshot *owner;
    const struct row *row;

    (void)state;
    open_run(&r, "");
    fakeapi_run_start(&r);
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK));
    fakeapi_stop(&server);
    engine_refresh(r.engine, NULL);
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_FAILED));
    snapshot_unref(fakeapi_wait_fresh(&r, &table_endpoints, "a", FRESH_FAILED));
    fakeapi_restart(&server);
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK));
    row = fakeapi_wait_endpoint(&r, "a", FRESH_OK, &owner);
    assert_false(row_present(row, ENDPOINTS_ERROR_KIND));
    assert_false(row_present(row, ENDPOINTS_NEXT_RETRY_AT));
    snapshot_unref(owner);
    assert_int_equal(fakeapi_count(&server.logins), 1);
    fakeapi_run_stop(&r);
}

/* The first node is dead: the second is asked, within the same poll. */
static void next_node_is_asked(void **state)
{
    struct fakeapi_run r;
    char *text = mem_printf(
        "sites:\n  - name: s\n    endpoints:\n"
        "      - {name: a, kind: nsx, urls: [\"http://127.0.0.1:%d/\", \"http://127.0.0.1:%d/\"], "
        "user: u, password: {env: FAKE_PASSWORD}}\n",
        rawserver_unused_port(), server.port);

    (void)state;
    fakeapi_run_init(&r, text);
    free(text);
    fakeapi_run_start(&r);
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK));
    fakeapi_run_stop(&r);
}

/* The node dies while its session is in use. */
static void session_moves_to_the_next_node(void **state)
{
    struct fakeapi second;
    struct fakeapi_run r;
    char *text;

    (void)state;
    fakeapi_start(&second, NULL);
    text = mem_printf(
        "sites:\n  - name: s\n    endpoints:\n"
        "      - {name: a, kind: nsx, urls: [\"http://127.0.0.1:%d/\", \"http://127.0.0.1:%d/\"], "
        "user: u, password: {env: FAKE_PASSWORD}}\n",
        second.port, server.port);
    fakeapi_run_init(&r, text);
    free(text);
    fakeapi_run_start(&r);
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK));
    assert_int_equal(fakeapi_count(&server.logins), 0);
    fakeapi_stop(&second);
    engine_refresh(r.engine, NULL);
    fakeapi_wait_count(&server.requests, 1);
    assert_int_equal(fakeapi_count(&server.logins), 1);
    fakeapi_run_stop(&r);
}

static void concurrency_is_bounded(void **state)
{
    struct fakeapi_run r;

    (void)state;
    server.hold = true;
    open_run(&r, "");
    r.o.collectors = fakeapi_all;
    fakeapi_run_start(&r);
    fakeapi_wait_count(&server.held, 3);
    assert_int_equal(fakeapi_count(&server.most_at_once), 3);
    fakeapi_lock();
    server.hold = false;
    fakeapi_unlock();
    snapshot_unref(fakeapi_wait_fresh(&r, &table_gateways, "a", FRESH_OK));
    fakeapi_run_stop(&r);
}

/* Larger than what is decoded on the engine's thread. */
static void large_reply_is_decoded_in_the_pool(void **state)
{
    struct fakeapi_run r;
    struct snapshot *s;
    size_t n = 200000;
    char *body = mem_alloc(n * 7 + 1), *p = body;

    (void)state;
    for (size_t i = 0; i < n; i++, p += 7) {
        for (size_t k = 0, v = i; k < 6; k++, v /= 10)
            p[5 - k] = (char)('0' + v % 10);
        p[6] = '\n';
    }
    server.body = body;
    open_run(&r, "");
    fakeapi_run_start(&r);
    s = fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK);
    assert_int_equal(snapshot_count(s), n);
    snapshot_unref(s);
    fakeapi_run_stop(&r);
    free(body);
}

/* Stopping does not wait for what is under way, and logs out. */
static void stop_while_busy(void **state)
{
    struct fakeapi_run r;
    int64_t began;

    (void)state;
    server.hold = true;
    open_run(&r, "");
    fakeapi_run_start(&r);
    fakeapi_wait_count(&server.held, 1);
    began = clock_mono_ms();
    fakeapi_run_stop(&r);
    assert_true(clock_mono_ms() - began < FAKEAPI_GRACE_MS);
    assert_int_equal(fakeapi_count(&server.logouts), 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(read_is_published),
        TEST(never_comes_first),
        TEST(one_login_for_all_requests),
        TEST(refused_again_stops),
        TEST(session_asks_for_itself),
        TEST(throttling_is_waited_for),
        TEST(passing_fault_is_repeated_within_bounds),
        TEST(denied_call_is_not_a_rejection),
        TEST(failed_poll_keeps_rows),
        TEST(interval_and_staleness),
        TEST(wall_clock_is_set),
        TEST(resume_reads_at_once),
        TEST(focus_polls_faster),
        TEST(dead_endpoint_delays_nobody),
        TEST(unreachable_is_retried),
        TEST(outage_ends),
        TEST(next_node_is_asked),
        TEST(session_moves_to_the_next_node),
        TEST(concurrency_is_bounded),
        TEST(large_reply_is_decoded_in_the_pool),
        TEST(stop_while_busy),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
