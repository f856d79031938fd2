/* "never" of the issue: a console that needs a restart after a VPN drop or a suspended laptop. The
 * server takes connections and requests and is silent, as a network that swallows everything is to
 * connections that were open. */
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

static struct fakeapi server;
static struct collector quick; /* gives up after 200 ms, where others take a minute */
static const struct collector *const only_quick[] = {&quick, NULL};

static int start(void **state)
{
    (void)state;
    quick = fakeapi_one;
    quick.timeout_ms = 200;
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
}

static void be_silent(bool silent)
{
    fakeapi_lock();
    server.hold = silent;
    fakeapi_unlock();
}

/* Request after request is swallowed; the rows stay, and all is well once answers come again. */
static void black_hole_ends(void **state)
{
    struct fakeapi_run r;
    struct snapshot *s, *owner;
    const struct row *row;
    unsigned before;

    (void)state;
    open_run(&r, ", intervals: {segments: 100ms}");
    r.o.collectors = only_quick;
    fakeapi_run_start(&r);
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK));
    be_silent(true);
    s = fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_FAILED);
    assert_int_equal(snapshot_err(s)->kind, ERR_LIMIT);
    assert_int_equal(snapshot_count(s), 2);
    snapshot_unref(s);
    before = fakeapi_count(&server.requests);
    fakeapi_wait_count(&server.requests, before + 3);
    s = store_get(r.store, &table_segments, "s", "a");
    assert_int_equal(snapshot_freshness(s), FRESH_FAILED);
    snapshot_unref(s);
    be_silent(false);
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK));
    row = fakeapi_wait_endpoint(&r, "a", FRESH_OK, &owner);
    assert_false(row_present(row, ENDPOINTS_ERROR_KIND));
    snapshot_unref(owner);
    assert_int_equal(fakeapi_count(&server.logins), 1);
    fakeapi_run_stop(&r);
    assert_int_equal(fakeapi_count(&server.logouts), 1);
}

/* The lid is closed in the middle of a request, whose connection is half open afterwards. */
static void suspend_in_the_middle_of_a_request(void **state)
{
    struct fakeapi_run r;
    unsigned before;

    (void)state;
    clock_freeze(NOW);
    be_silent(true);
    open_run(&r, ", intervals: {segments: 10h}");
    fakeapi_run_start(&r);
    fakeapi_wait_count(&server.held, 1);
    before = fakeapi_count(&server.requests);
    clock_freeze(NOW + 50000); /* within the time of the run */
    engine_wake(r.engine);
    /* The same question, on a connection of its own, while the old one still hangs. */
    fakeapi_wait_count(&server.requests, before + 1);
    be_silent(false);
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK));
    fakeapi_run_stop(&r);
}

/* The session ran out meanwhile: one new login, nobody is asked. */
static void session_ended_while_suspended(void **state)
{
    struct fakeapi_run r;
    struct snapshot *owner;

    (void)state;
    clock_freeze(NOW);
    open_run(&r, ", intervals: {segments: 10h}");
    fakeapi_run_start(&r);
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK));
    fakeapi_lock();
    server.void_to = server.token;
    fakeapi_unlock();
    clock_freeze(NOW + 8 * 3600000LL);
    engine_wake(r.engine);
    fakeapi_wait_count(&server.logins, 2);
    fakeapi_wait_count(&server.requests, 3);
    (void)fakeapi_wait_endpoint(&r, "a", FRESH_OK, &owner);
    snapshot_unref(owner);
    fakeapi_run_stop(&r);
    assert_int_equal(fakeapi_count(&server.logins), 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(black_hole_ends),
        TEST(suspend_in_the_middle_of_a_request),
        TEST(session_ended_while_suspended),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
