/* A collector that stands by until what knows its table better does not answer. */
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

#define NOW 1795165200000

static struct fakeapi manager, second, host;
static struct session_ops host_session;
static const struct session_ops *const sessions[] = {&fakeapi_session_ops, &host_session, NULL};

static struct collector fallback;
static const struct collector *const collectors[] = {&fakeapi_one, &fallback, NULL};

static int start(void **state)
{
    (void)state;
    setenv("FAKE_PASSWORD", "correct", 1);
    clock_freeze(NOW);
    host_session = fakeapi_session_ops;
    host_session.kind = KIND_NSXV;
    fallback = fakeapi_one;
    fallback.name = "fallback";
    fallback.kinds = KIND_NSXV;
    fallback.fallback_for = KIND_NSX;
    fakeapi_start(&manager, NULL);
    fakeapi_start(&second, NULL);
    fakeapi_start(&host, NULL);
    manager.password = second.password = host.password = "correct";
    host.body = "h\n";
    return 0;
}

static int stop(void **state)
{
    (void)state;
    clock_freeze(-1);
    fakeapi_stop(&manager);
    fakeapi_stop(&second);
    fakeapi_stop(&host);
    return 0;
}

/* Managers "a" and, with @two, "b"; the host "h". */
static void open_run(struct fakeapi_run *r, bool two)
{
    char *b = two ? mem_printf("      - {name: b, kind: nsx, url: \"http://127.0.0.1:%d/\", user: "
                               "v, password: {env: FAKE_PASSWORD}}\n",
                               second.port)
                  : mem_strdup("");
    char *text = mem_printf("sites:\n  - name: s\n    endpoints:\n"
                            "      - {name: h, kind: nsxv, url: \"http://127.0.0.1:%d/\", user: w, "
                            "password: {env: FAKE_PASSWORD}}\n"
                            "      - {name: a, kind: nsx, url: \"http://127.0.0.1:%d/\", user: u, "
                            "password: {env: FAKE_PASSWORD}}\n%s",
                            host.port, manager.port, b);

    fakeapi_run_init(r, text);
    free(text);
    free(b);
    r->o.sessions = sessions;
    r->o.collectors = collectors;
}

static size_t rows_at(struct fakeapi_run *r, const char *endpoint)
{
    struct snapshot *s = store_get(r->store, &table_segments, "s", endpoint);
    size_t n = s ? snapshot_count(s) : 0;

    snapshot_unref(s);
    return n;
}

static bool is_source(struct fakeapi_run *r, const char *endpoint)
{
    struct snapshot *s = store_get(r->store, &table_segments, "s", endpoint);
    bool is = s != NULL;

    snapshot_unref(s);
    return is;
}

struct moment {
    struct fakeapi_run *r;
    const char *endpoint;
    int64_t at;
};

static bool is_taken(void *arg)
{
    const struct moment *m = arg;
    struct snapshot *s = store_get(m->r->store, &table_segments, "s", m->endpoint);
    bool is = s && snapshot_taken_at(s) == m->at;

    snapshot_unref(s);
    return is;
}

static void wait_taken(struct fakeapi_run *r, const char *endpoint, int64_t at)
{
    struct moment m = {r, endpoint, at};

    fakeapi_wait(is_taken, &m);
}

/* Asked neither at its interval nor by a refresh, and no source of anything. */
static void stands_by_while_the_other_answers(void **state)
{
    struct fakeapi_run r;

    (void)state;
    open_run(&r, false);
    fakeapi_run_start(&r);
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK));
    for (int64_t at = NOW + 40000; at <= NOW + 120000; at += 40000) {
        clock_freeze(at);
        engine_refresh(r.engine, "segments");
        wait_taken(&r, "a", at);
    }
    assert_int_equal(fakeapi_count(&host.requests), 0);
    assert_int_equal(fakeapi_count(&host.logins), 0);
    assert_false(is_source(&r, "h"));
    fakeapi_run_stop(&r);
}

static void stands_in_and_steps_back(void **state)
{
    struct fakeapi_run r;
    struct snapshot *s;
    unsigned asked;

    (void)state;
    clock_freeze(-1);
    open_run(&r, false);
    fakeapi_run_start(&r);
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK));
    fakeapi_stop(&manager);
    engine_refresh(r.engine, NULL);
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "h", FRESH_OK));
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_FAILED));
    assert_int_equal(rows_at(&r, "a"), 2); /* kept */
    assert_int_equal(rows_at(&r, "h"), 1);
    fakeapi_restart(&manager);
    s = fakeapi_wait_fresh(&r, &table_segments, "h", FRESH_UNSUPPORTED);
    assert_non_null(strstr(snapshot_err(s)->msg, "'a'"));
    assert_int_equal(snapshot_count(s), 0);
    snapshot_unref(s);
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK));
    asked = fakeapi_count(&host.requests);
    engine_refresh(r.engine, NULL);
    fakeapi_wait_count(&manager.requests, 3);
    assert_int_equal(fakeapi_count(&host.requests), asked);
    fakeapi_run_stop(&r);
}

/* It hangs: its rows become stale, or the request ends; the host is asked then. */
static void stands_in_for_a_table_that_is_stale(void **state)
{
    struct fakeapi_run r;

    (void)state;
    open_run(&r, false);
    fakeapi_run_start(&r);
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK));
    fakeapi_lock();
    manager.hold = true;
    fakeapi_unlock();
    clock_freeze(NOW + 9000);
    engine_refresh(r.engine, "segments");
    fakeapi_wait_count(&manager.held, 1);
    for (int64_t at = NOW + 18000; at <= NOW + 99000; at += 9000) {
        clock_freeze(at);
        engine_wake(r.engine);
    }
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "h", FRESH_OK));
    fakeapi_run_stop(&r);
}

/* A heavy one is needed, but nobody looks: that is no gap in what was read. */
static void a_heavy_one_waits_for_somebody_to_look(void **state)
{
    static const char *const seen[] = {"segments"};
    struct fakeapi_run r;

    (void)state;
    fallback.on_demand = true;
    manager.password = "another";
    open_run(&r, false);
    fakeapi_run_start(&r);
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_DENIED));
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "h", FRESH_UNSUPPORTED));
    assert_int_equal(fakeapi_count(&host.requests), 0);
    engine_focus(r.engine, seen, 1);
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "h", FRESH_OK));
    fakeapi_run_stop(&r);
}

/* Each of two tells its own part of the table. */
static void one_of_two_is_enough_to_stand_in(void **state)
{
    struct fakeapi_run r;

    (void)state;
    second.password = "another";
    open_run(&r, true);
    fakeapi_run_start(&r);
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK));
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "b", FRESH_DENIED));
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "h", FRESH_OK));
    fakeapi_run_stop(&r);
}

static void expect_once(struct fakeapi_run *r, unsigned total)
{
    unsigned done, all;

    r->o.once = true;
    fakeapi_run_start(r);
    assert_true(engine_wait(r->engine, -1));
    engine_progress(r->engine, &done, &all);
    assert_int_equal(done, total);
    assert_int_equal(all, total);
}

static void once_and_not_needed(void **state)
{
    struct fakeapi_run r;

    (void)state;
    open_run(&r, false);
    r.o.samples = 2;
    clock_freeze(-1);
    fallback.interval_ms = 10;
    expect_once(&r, 6);
    assert_false(is_source(&r, "h"));
    assert_int_equal(fakeapi_count(&host.requests), 0);
    fakeapi_run_stop(&r);
}

static void once_and_needed(void **state)
{
    struct fakeapi_run r;

    (void)state;
    manager.password = "another";
    open_run(&r, false);
    clock_freeze(-1);
    expect_once(&r, 2);
    assert_int_equal(rows_at(&r, "h"), 1);
    fakeapi_run_stop(&r);
}

/* Neither answers: what is said of the host is why the host does not. */
static void once_and_nobody_answers(void **state)
{
    struct fakeapi_run r;
    struct snapshot *s;

    (void)state;
    manager.password = host.password = "another";
    open_run(&r, false);
    clock_freeze(-1);
    expect_once(&r, 2);
    s = fakeapi_wait_fresh(&r, &table_segments, "h", FRESH_DENIED);
    assert_non_null(strstr(snapshot_err(s)->msg, "401"));
    snapshot_unref(s);
    fakeapi_run_stop(&r);
}

/* One that hangs must not use up the time that the other needs. */
static void once_and_the_other_hangs(void **state)
{
    struct fakeapi_run r;

    (void)state;
    manager.hold = true;
    open_run(&r, false);
    r.o.timeout_ms = 3000;
    clock_freeze(-1);
    expect_once(&r, 2);
    assert_int_equal(rows_at(&r, "h"), 1);
    fakeapi_run_stop(&r);
}

/* Only the host is asked, by a person. */
static void nobody_else_is_asked(void **state)
{
    struct fakeapi_run r;

    (void)state;
    open_run(&r, false);
    r.o.endpoint = "h";
    clock_freeze(-1);
    expect_once(&r, 1);
    assert_int_equal(rows_at(&r, "h"), 1);
    assert_int_equal(fakeapi_count(&manager.requests), 0);
    fakeapi_run_stop(&r);
}

#define T(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(stands_by_while_the_other_answers),
        T(stands_in_and_steps_back),
        T(stands_in_for_a_table_that_is_stale),
        T(a_heavy_one_waits_for_somebody_to_look),
        T(one_of_two_is_enough_to_stand_in),
        T(once_and_not_needed),
        T(once_and_needed),
        T(once_and_nobody_answers),
        T(once_and_the_other_hangs),
        T(nobody_else_is_asked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
