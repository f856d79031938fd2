/* Live collectors: replies in pieces, long polls, and what ends them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "model/tables.h"
#include "tests/support/fakeapi.h"

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
    fakeapi_stop(&server);
    return 0;
}

static void open_run(struct fakeapi_run *r, const char *more)
{
    fakeapi_run_init_at(r, server.port, more);
    r->o.collectors = fakeapi_only_live;
}

struct awaited {
    struct fakeapi_run *r;
    const char *key;
};

static bool has_key(void *arg)
{
    struct awaited *a = arg;
    struct snapshot *s = store_get(a->r->store, &table_segments, "s", "a");
    bool found = s && snapshot_freshness(s) == FRESH_OK && snapshot_find(s, a->key) &&
                 snapshot_count(s) == 1;

    snapshot_unref(s);
    return found;
}

static void wait_key(struct fakeapi_run *r, const char *key)
{
    struct awaited a = {.r = r, .key = key};

    fakeapi_wait(has_key, &a);
}

static void raise_news(void)
{
    fakeapi_lock();
    server.news++;
    fakeapi_unlock();
}

/* The last reply as it came, although nobody held it whole. */
static void check_raw(struct fakeapi_run *r, const char *want)
{
    char *request, *body;
    int64_t at;

    assert_true(engine_raw_reply(r->engine, "a", "segments", &request, &body, &at));
    assert_string_equal(body, want);
    assert_string_equal(request, "GET /wait -> 200");
    free(request);
    free(body);
}

static void news_is_published(void **state)
{
    struct fakeapi_run r;

    (void)state;
    open_run(&r, "");
    fakeapi_run_start(&r);
    wait_key(&r, "news 0");
    fakeapi_wait_count(&server.waiting, 1);
    raise_news();
    wait_key(&r, "news 1");
    fakeapi_wait_count(&server.polls, 2);
    raise_news();
    wait_key(&r, "news 2");
    check_raw(&r, "news\n");
    assert_int_equal(fakeapi_count(&server.requests), 1);
    assert_int_equal(fakeapi_count(&server.logins), 1);
    fakeapi_run_stop(&r); /* although one waits */
    assert_int_equal(fakeapi_count(&server.logouts), 1);
}

/* One request a minute is all it may ask: waiting costs nothing of it. */
static void polls_are_not_of_the_budget(void **state)
{
    struct fakeapi_run r;

    (void)state;
    open_run(&r, ", requests_per_min: 1");
    fakeapi_run_start(&r);
    for (unsigned i = 1; i <= 5; i++) {
        fakeapi_wait_count(&server.polls, i);
        raise_news();
    }
    wait_key(&r, "news 5");
    fakeapi_run_stop(&r);
}

/* A manager that leaves a wait unanswered: nothing else is due, so the age alone must wake it. */
static void unanswered_wait_is_stale(void **state)
{
    struct fakeapi_run r;
    struct snapshot *s;

    (void)state;
    open_run(&r, ", intervals: {segments: 1s}");
    fakeapi_run_start(&r);
    fakeapi_wait_count(&server.waiting, 1);
    s = fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_STALE);
    assert_int_equal(snapshot_count(s), 1);
    snapshot_unref(s);
    raise_news();
    wait_key(&r, "news 1");
    fakeapi_run_stop(&r);
}

static void refresh_starts_anew(void **state)
{
    struct fakeapi_run r;

    (void)state;
    open_run(&r, "");
    fakeapi_run_start(&r);
    fakeapi_wait_count(&server.polls, 1);
    engine_refresh(r.engine, "segments");
    fakeapi_wait_count(&server.requests, 2);
    fakeapi_wait_count(&server.polls, 2);
    fakeapi_run_stop(&r);
}

/* Half a reply was decoded: it counts for nothing, the rows stay, and the next run is whole. */
static void cut_reply_is_dropped(void **state)
{
    struct fakeapi_run r;
    struct snapshot *s;

    (void)state;
    open_run(&r, "");
    fakeapi_run_start(&r);
    fakeapi_wait_count(&server.polls, 1);
    fakeapi_lock();
    server.cut = 1;
    server.news++;
    fakeapi_unlock();
    s = fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_FAILED);
    assert_int_equal(snapshot_count(s), 1);
    assert_int_equal(snapshot_err(s)->kind, ERR_NET);
    assert_non_null(snapshot_find(s, "news 0"));
    snapshot_unref(s);
    fakeapi_wait_count(&server.polls, 2);
    wait_key(&r, "news 0");
    fakeapi_run_stop(&r);
}

static void bad_piece_fails(void **state)
{
    struct fakeapi_run r;
    struct snapshot *s;

    (void)state;
    server.body = "bad\n";
    open_run(&r, "");
    fakeapi_run_start(&r);
    s = fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_FAILED);
    assert_string_equal(snapshot_err(s)->msg, "bad news");
    snapshot_unref(s);
    fakeapi_run_stop(&r);
}

static void old_session_is_renewed(void **state)
{
    struct fakeapi_run r;

    (void)state;
    open_run(&r, "");
    fakeapi_run_start(&r);
    fakeapi_wait_count(&server.polls, 1);
    fakeapi_lock();
    server.void_to = 1;
    server.news++;
    fakeapi_unlock();
    fakeapi_wait_count(&server.logins, 2);
    fakeapi_wait_count(&server.polls, 2);
    raise_news();
    wait_key(&r, "news 1");
    fakeapi_run_stop(&r);
}

/* The session's own judgement saw nothing: the collector says that the session is over. */
static void expired_by_the_collector(void **state)
{
    struct fakeapi_run r;
    struct snapshot *s;

    (void)state;
    server.body = "expired\n";
    open_run(&r, "");
    fakeapi_run_start(&r);
    s = fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_DENIED);
    assert_int_equal(snapshot_err(s)->kind, ERR_AUTH);
    snapshot_unref(s);
    assert_int_equal(fakeapi_count(&server.logins), 2);
    assert_int_equal(fakeapi_count(&server.requests), 2);
    fakeapi_run_stop(&r);
}

static void once_ends(void **state)
{
    struct fakeapi_run r;
    int never[2];

    (void)state;
    assert_int_equal(pipe(never), 0);
    open_run(&r, "");
    r.o.once = true;
    fakeapi_run_start(&r);
    assert_true(engine_wait(r.engine, never[0]));
    wait_key(&r, "news 0");
    assert_int_equal(fakeapi_count(&server.polls), 0);
    fakeapi_run_stop(&r);
    close(never[0]);
    close(never[1]);
}

#define T(name) cmocka_unit_test_setup_teardown(name, start, stop)

/* A table that the live one tells as it goes on, and another collector reads once. */
static void told_or_read_once(void **state)
{
    static const struct schema *const tables[] = {&table_segments, &table_gateways, NULL};
    struct collector telling = fakeapi_live, reading = fakeapi_two;
    const struct collector *const both[] = {&telling, &reading, NULL};
    static const bool once[] = {false, true};

    (void)state;
    telling.tables = tables;
    telling.told = &table_gateways;
    reading.once_only = true;
    for (size_t i = 0; i < 2; i++) {
        struct fakeapi_run r;
        struct snapshot *s;

        open_run(&r, "");
        r.o.collectors = both;
        r.o.once = once[i];
        fakeapi_run_start(&r);
        s = fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK);
        snapshot_unref(s);
        s = fakeapi_wait_fresh(&r, &table_gateways, "a", FRESH_OK);
        assert_int_equal(snapshot_count(s) > 0, once[i]);
        snapshot_unref(s);
        fakeapi_run_stop(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(cut_reply_is_dropped),        T(bad_piece_fails),     T(news_is_published),
        T(polls_are_not_of_the_budget), T(refresh_starts_anew), T(old_session_is_renewed),
        T(expired_by_the_collector),    T(once_ends),           T(unanswered_wait_is_stale),
        T(told_or_read_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
