/* Days of logins, logouts and faults: as many descriptors afterwards as before. Memory is counted
 * by the sanitizer. */
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
#include "tests/support/fds.h"
#include "tests/support/rawserver.h"

#define CYCLES   3
#define SESSIONS 20
#define NOW      1795165200000

static struct fakeapi server;

static void start(void)
{
    fakeapi_start_plain(&server);
}

/* One life of an engine against the port; what is told to the server comes before. */
static void live(int port, enum freshness end)
{
    struct fakeapi_run r;

    fakeapi_run_init_at(&r, port, "");
    r.o.collectors = fakeapi_all;
    fakeapi_run_start(&r);
    if (end != FRESH_NEVER)
        snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", end));
    fakeapi_run_stop(&r);
}

static void well(void)
{
    live(server.port, FRESH_OK);
}

static void wrong_password(void)
{
    setenv("FAKE_PASSWORD", "wrong", 1);
    live(server.port, FRESH_DENIED);
    setenv("FAKE_PASSWORD", "correct", 1);
}

/* A request of the last engine may still be on its way to the server. */
static void behave(bool expire_always, int status)
{
    fakeapi_lock();
    server.expire_always = expire_always;
    server.status = status;
    fakeapi_unlock();
}

static void expired_for_ever(void)
{
    behave(true, 0);
    live(server.port, FRESH_DENIED);
    behave(false, 0);
}

static void bad_status(void)
{
    behave(false, 403);
    live(server.port, FRESH_DENIED);
    behave(false, 0);
}

static void nobody_listens(void)
{
    live(rawserver_unused_port(), FRESH_FAILED);
}

static void garbage(void)
{
    static const char reply[] = "\x16\x03\x01nonsense\r\n\r\n";
    struct rawserver *s = rawserver_start(reply, sizeof(reply) - 1, false);

    live(rawserver_port(s), FRESH_NEVER);
    free(rawserver_stop(s));
}

/* Stopped in the middle of a login, and of reading. */
static void stopped_early(void)
{
    struct rawserver *silent = rawserver_start("", 0, true);

    live(rawserver_port(silent), FRESH_NEVER);
    free(rawserver_stop(silent));
    live(server.port, FRESH_NEVER);
}

struct again {
    struct fakeapi_run *r;
    unsigned logins;
    int64_t at;
};

/* A request to read is not heard by a collector that is still reading, so it is repeated. */
static bool has_logged_in(void *arg)
{
    const struct again *a = arg;

    engine_refresh(a->r->engine, NULL);
    return fakeapi_count(&server.logins) >= a->logins;
}

static bool has_read(void *arg)
{
    const struct again *a = arg;
    struct snapshot *s = store_get(a->r->store, &table_segments, "s", "a");
    bool is = snapshot_taken_at(s) == a->at;

    snapshot_unref(s);
    engine_refresh(a->r->engine, NULL);
    return is;
}

/* A session that ends again and again within one life; each is read with before it ends. */
static void many_sessions(void)
{
    struct fakeapi_run r;
    struct again a = {.r = &r, .at = NOW};

    clock_freeze(NOW);
    fakeapi_run_init_at(&r, server.port, "");
    fakeapi_run_start(&r);
    fakeapi_wait(has_read, &a);
    for (unsigned i = 0; i < SESSIONS; i++) {
        fakeapi_lock();
        server.void_to = server.token;
        a.logins = server.logins + 1;
        fakeapi_unlock();
        fakeapi_wait(has_logged_in, &a);
        clock_freeze(a.at += 1000);
        fakeapi_wait(has_read, &a);
    }
    fakeapi_run_stop(&r);
    clock_freeze(-1);
}

/* The server closes its sides of connections at its own end at the latest. */
static unsigned count_after(void (*life)(void), unsigned times)
{
    for (unsigned i = 0; i < times; i++) {
        start();
        life();
        fakeapi_stop(&server);
    }
    return fds_count();
}

static void every_end_closes_what_it_opened(void **state)
{
    static void (*const lives[])(void) = {
        well,           wrong_password, expired_for_ever, bad_status,
        nobody_listens, garbage,        stopped_early,    many_sessions,
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(lives); i++) {
        unsigned before = count_after(lives[i], 1); /* libraries open what they keep */
        unsigned after = count_after(lives[i], CYCLES);

        if (after != before)
            fail_msg("life %zu: %u descriptors, then %u", i, before, after);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_end_closes_what_it_opened),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
