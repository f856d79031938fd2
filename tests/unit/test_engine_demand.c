/* Tables that are read while somebody looks at them: whose, and which part of them. */
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

/* Its one row is what was asked for. */
static enum step step_heavy(struct run *run, const struct reply *reply)
{
    if (!reply)
        return run_get(run, SERVICE_MAIN, "heavy", "/big?%s", run->scope ? run->scope : "all");
    if (reply->err)
        return run_fail(run, reply->err);
    builder_row(run->builders[0]);
    builder_str(run->builders[0], SCHEMA_ENDPOINT + 1, run->scope ? run->scope : "all");
    return STEP_DONE;
}

static const struct schema *const heavy_tables[] = {&table_sddcs, NULL};
static const struct collector heavy = {.name = "heavy",
                                       .kinds = KIND_NSX,
                                       .tables = heavy_tables,
                                       .interval_ms = 30000,
                                       .timeout_ms = 60000,
                                       .on_demand = true,
                                       .step = step_heavy};
static const struct collector *const collectors[] = {&fakeapi_one, &heavy, NULL};
static const char *const seen[] = {"sddcs"};

static int start(void **state)
{
    (void)state;
    clock_freeze(NOW);
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

/* Endpoints "a" and "b", whose small tables are read. */
static void open_two(struct fakeapi_run *r)
{
    char *text = mem_printf("sites:\n  - name: s\n    endpoints:\n"
                            "      - {name: a, kind: nsx, url: \"http://127.0.0.1:%d/\", user: u, "
                            "password: {env: FAKE_PASSWORD}}\n"
                            "      - {name: b, kind: nsx, url: \"http://127.0.0.1:%d/\", user: u, "
                            "password: {env: FAKE_PASSWORD}}\n",
                            server.port, server.port);

    fakeapi_run_init(r, text);
    free(text);
    r->o.collectors = collectors;
    fakeapi_run_start(r);
    snapshot_unref(fakeapi_wait_fresh(r, &table_segments, "a", FRESH_OK));
    snapshot_unref(fakeapi_wait_fresh(r, &table_segments, "b", FRESH_OK));
}

struct moment {
    struct fakeapi_run *r;
    const struct schema *schema;
    const char *endpoint;
    int64_t at;
};

static bool is_taken(void *arg)
{
    const struct moment *m = arg;
    struct snapshot *s = store_get(m->r->store, m->schema, "s", m->endpoint);
    bool is = s && snapshot_taken_at(s) == m->at;

    snapshot_unref(s);
    return is;
}

static void wait_taken(struct fakeapi_run *r, const struct schema *schema, const char *endpoint,
                       int64_t at)
{
    struct moment m = {r, schema, endpoint, at};

    fakeapi_wait(is_taken, &m);
}

/* Whatever the engine was told before is done, and what it started has come back: both endpoints
 * read their small tables at a time of their own, one request after the other on one connection. */
static void settle(struct fakeapi_run *r, int64_t at)
{
    clock_freeze(at);
    engine_refresh(r->engine, "segments");
    wait_taken(r, &table_segments, "a", at);
    wait_taken(r, &table_segments, "b", at);
}

static enum freshness freshness_of(const struct fakeapi_run *r, const struct schema *schema,
                                   const char *endpoint)
{
    struct snapshot *s = store_get(r->store, schema, "s", endpoint);
    enum freshness f = snapshot_freshness(s);

    snapshot_unref(s);
    return f;
}

static void look(struct fakeapi_run *r, const char *endpoint, const char *filter)
{
    engine_look(r->engine, &(struct engine_look){&endpoint, &filter, 1, filter ? 1 : 0});
}

static void the_other_endpoint_sleeps(void **state)
{
    struct fakeapi_run r;

    (void)state;
    open_two(&r);
    look(&r, "s/a", NULL);
    engine_focus(r.engine, seen, 1);
    snapshot_unref(fakeapi_wait_fresh(&r, &table_sddcs, "a", FRESH_OK));
    settle(&r, NOW + 1000);
    assert_int_equal(fakeapi_count(&server.requests), 5); /* twice two small ones, one heavy */
    assert_int_equal(freshness_of(&r, &table_sddcs, "b"), FRESH_NEVER);
    /* It is looked at now: it is read, and the first is not again. */
    clock_freeze(NOW + 2000);
    look(&r, "b", NULL);
    wait_taken(&r, &table_sddcs, "b", NOW + 2000);
    clock_freeze(NOW + 60000);
    engine_wake(r.engine);
    wait_taken(&r, &table_sddcs, "b", NOW + 60000);
    settle(&r, NOW + 61000);
    wait_taken(&r, &table_sddcs, "a", NOW);
    fakeapi_run_stop(&r);
}

static void everything_is_not_what_nobody_looks_at(void **state)
{
    struct fakeapi_run r;

    (void)state;
    open_two(&r);
    clock_freeze(NOW + 1000);
    engine_refresh(r.engine, NULL);
    wait_taken(&r, &table_segments, "a", NOW + 1000);
    settle(&r, NOW + 2000);
    assert_int_equal(freshness_of(&r, &table_sddcs, "a"), FRESH_NEVER);
    /* By its name it is. */
    engine_refresh(r.engine, "sddcs");
    wait_taken(&r, &table_sddcs, "a", NOW + 2000);
    wait_taken(&r, &table_sddcs, "b", NOW + 2000);
    fakeapi_run_stop(&r);
}

struct finding {
    struct fakeapi_run *r;
    const char *key;
};

static bool is_there(void *arg)
{
    const struct finding *f = arg;
    struct snapshot *s = store_get(f->r->store, &table_sddcs, "s", "a");
    bool is = s && snapshot_find(s, f->key);

    snapshot_unref(s);
    return is;
}

/* A read is under way when somebody turns to another part: that part follows at once. */
static void another_part_follows_at_once(void **state)
{
    struct fakeapi_run r;

    (void)state;
    open_two(&r);
    fakeapi_lock();
    server.hold = true;
    fakeapi_unlock();
    look(&r, "a", "first");
    engine_focus(r.engine, seen, 1);
    fakeapi_wait_count(&server.held, 1);
    look(&r, "a", "second");
    engine_refresh(r.engine, "segments");
    fakeapi_wait_count(&server.held, 3); /* so it has heard of the second */
    fakeapi_lock();
    server.hold = false;
    fakeapi_unlock();
    fakeapi_wait(is_there, &(struct finding){&r, "second"});
    fakeapi_run_stop(&r);
}

/* What was looked at grows old afterwards, which is no trouble of its endpoint. */
static void what_nobody_looks_at_any_more_troubles_nobody(void **state)
{
    struct fakeapi_run r;

    (void)state;
    open_two(&r);
    engine_focus(r.engine, seen, 1);
    wait_taken(&r, &table_sddcs, "a", NOW);
    engine_focus(r.engine, NULL, 0);
    settle(&r, NOW + 1);
    clock_freeze(NOW + 300000);
    engine_wake(r.engine);
    snapshot_unref(fakeapi_wait_fresh(&r, &table_sddcs, "a", FRESH_STALE));
    settle(&r, NOW + 303000); /* the small one was old, too */
    settle(&r, NOW + 305000);
    wait_taken(&r, &table_endpoints, "a", NOW + 305000);
    assert_int_equal(freshness_of(&r, &table_endpoints, "a"), FRESH_OK);
    fakeapi_run_stop(&r);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(the_other_endpoint_sleeps),
        TEST(everything_is_not_what_nobody_looks_at),
        TEST(another_part_follows_at_once),
        TEST(what_nobody_looks_at_any_more_troubles_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
