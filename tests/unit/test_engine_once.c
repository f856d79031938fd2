/* The engine for the headless verbs: everything once, within a time, and then it is over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "core/file.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "model/tables.h"
#include "tests/support/fakeapi.h"
#include "tests/support/rawserver.h"

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
    fakeapi_stop(&server);
    return 0;
}

static void open_run(struct fakeapi_run *r, const char *more)
{
    fakeapi_run_init_at(r, server.port, more);
    r->o.once = true;
}

static enum freshness freshness_of(const struct fakeapi_run *r, const struct schema *schema,
                                   const char *endpoint, struct err *err)
{
    struct snapshot *s = store_get(r->store, schema, "s", endpoint);
    enum freshness f;

    assert_non_null(s);
    f = snapshot_freshness(s);
    *err = *snapshot_err(s);
    snapshot_unref(s);
    return f;
}

static void everything_once(void **state)
{
    struct fakeapi_run r;
    unsigned done, total;
    struct err err;

    (void)state;
    open_run(&r, "");
    r.o.collectors = fakeapi_all;
    fakeapi_run_start(&r);
    assert_true(engine_wait(r.engine, -1));
    engine_progress(r.engine, &done, &total);
    assert_int_equal(done, 3);
    assert_int_equal(total, 3);
    assert_int_equal(freshness_of(&r, &table_segments, "a", &err), FRESH_OK);
    assert_int_equal(freshness_of(&r, &table_gateways, "a", &err), FRESH_OK);
    assert_int_equal(freshness_of(&r, &table_endpoints, "a", &err), FRESH_OK);
    assert_int_equal(fakeapi_count(&server.requests), 4);
    assert_int_equal(fakeapi_count(&server.logins), 1);
    assert_true(engine_wait(r.engine, -1)); /* and it stays over */
    fakeapi_run_stop(&r);
    assert_int_equal(fakeapi_count(&server.logouts), 1);
}

/* Half of it was decoded already, so the run begins anew; not for ever. */
static void a_cut_reply_is_asked_for_again(void **state)
{
    static const struct {
        unsigned cuts;
        enum freshness f;
        enum err_kind kind;
    } cases[] = {{2, FRESH_OK, ERR_NONE}, {3, FRESH_FAILED, ERR_NET}};
    struct fakeapi_run r;
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        open_run(&r, "");
        r.o.collectors = fakeapi_only_live;
        fakeapi_lock();
        server.cut = cases[i].cuts;
        fakeapi_unlock();
        fakeapi_run_start(&r);
        assert_true(engine_wait(r.engine, -1));
        assert_int_equal(freshness_of(&r, &table_segments, "a", &err), cases[i].f);
        assert_int_equal(err.kind, cases[i].kind);
        fakeapi_lock();
        assert_int_equal(server.cut, 0);
        fakeapi_unlock();
        fakeapi_run_stop(&r);
    }
}

static void only_what_is_wanted(void **state)
{
    const struct schema *tables[] = {&table_gateways, NULL};
    struct fakeapi_run r;
    struct err err;

    (void)state;
    open_run(&r, "");
    r.o.collectors = fakeapi_all;
    r.o.tables = tables;
    fakeapi_run_start(&r);
    tables[0] = NULL; /* it has a copy */
    assert_true(engine_wait(r.engine, -1));
    assert_int_equal(freshness_of(&r, &table_gateways, "a", &err), FRESH_OK);
    assert_null(store_get(r.store, &table_segments, "s", "a"));
    assert_int_equal(fakeapi_count(&server.requests), 2);
    fakeapi_run_stop(&r);
}

static void disabled_tables_are_not_read(void **state)
{
    struct fakeapi_run r;

    (void)state;
    open_run(&r, ", disable: [segments, sddcs]");
    r.o.collectors = fakeapi_all;
    fakeapi_run_start(&r);
    assert_true(engine_wait(r.engine, -1));
    assert_null(store_get(r.store, &table_segments, "s", "a"));
    assert_int_equal(fakeapi_count(&server.requests), 2);
    fakeapi_run_stop(&r);
}

static void nothing_to_do_is_over_at_once(void **state)
{
    struct fakeapi_run r;

    (void)state;
    open_run(&r, "");
    r.o.endpoint = "other";
    fakeapi_run_start(&r);
    assert_true(engine_wait(r.engine, -1));
    assert_int_equal(fakeapi_count(&server.logins), 0);
    fakeapi_run_stop(&r);
}

static void unfinished_is_never_with_limit(void **state)
{
    struct fakeapi_run r;
    struct err err;

    (void)state;
    server.hold = true;
    open_run(&r, "");
    r.o.timeout_ms = 300;
    fakeapi_run_start(&r);
    assert_true(engine_wait(r.engine, -1));
    assert_int_equal(freshness_of(&r, &table_segments, "a", &err), FRESH_NEVER);
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_string_equal(err.msg, "not read within 300ms");
    assert_int_equal(freshness_of(&r, &table_endpoints, "a", &err), FRESH_NEVER);
    fakeapi_run_stop(&r);
}

/* ... and says what kept it waiting, when its manager said so. */
static void throttled_says_why(void **state)
{
    struct fakeapi_run r;
    struct err err;

    (void)state;
    server.throttle = 100;
    server.retry_after = "30";
    open_run(&r, "");
    r.o.timeout_ms = 300;
    fakeapi_run_start(&r);
    assert_true(engine_wait(r.engine, -1));
    assert_int_equal(freshness_of(&r, &table_segments, "a", &err), FRESH_NEVER);
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_string_equal(err.msg,
                        "not read within 300ms: throttled, Retry-After 30s: one got status 429");
    fakeapi_run_stop(&r);
}

/* So does a login that is throttled, and it is not repeated before its manager said. */
static void throttled_login_says_why(void **state)
{
    struct fakeapi_run r;
    struct err err;

    (void)state;
    server.login_status = 429;
    server.retry_after = "30";
    open_run(&r, "");
    r.o.timeout_ms = 900;
    fakeapi_run_start(&r);
    assert_true(engine_wait(r.engine, -1));
    assert_int_equal(freshness_of(&r, &table_segments, "a", &err), FRESH_NEVER);
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_string_equal(
        err.msg, "not read within 900ms: throttled, Retry-After 30s: the login got status 429");
    assert_int_equal(fakeapi_count(&server.logins), 1);
    fakeapi_run_stop(&r);
}

/* A login throttled without 429 is one that passes, too. */
static void throttled_login_is_tried_again(void **state)
{
    struct fakeapi_run r;
    struct err err;

    (void)state;
    server.login_status = 400;
    open_run(&r, "");
    fakeapi_run_start(&r);
    assert_true(engine_wait(r.engine, -1));
    assert_int_equal(freshness_of(&r, &table_segments, "a", &err), FRESH_FAILED);
    assert_int_equal(fakeapi_count(&server.logins), 3);
    fakeapi_run_stop(&r);
}

/* Who we are is asked beside the tables: no answer makes the run no longer. */
static void hanging_identity_is_within_the_limit(void **state)
{
    int64_t began = clock_mono_ms();
    struct fakeapi_run r;

    (void)state;
    server.hold_identity = true;
    open_run(&r, "");
    r.o.sessions = fakeapi_identity_sessions;
    r.o.tables = NULL;
    r.o.timeout_ms = 300;
    fakeapi_run_start(&r);
    assert_true(engine_wait(r.engine, -1));
    assert_true(clock_mono_ms() - began >= 200); /* and the wait ends */
    fakeapi_run_stop(&r);
}

static unsigned questions_of(const struct schema *const *tables)
{
    struct fakeapi_run r;
    unsigned before = fakeapi_count(&server.whoami);

    open_run(&r, "");
    r.o.sessions = fakeapi_curious_sessions;
    r.o.tables = tables;
    fakeapi_run_start(&r);
    assert_true(engine_wait(r.engine, -1));
    fakeapi_run_stop(&r);
    return fakeapi_count(&server.whoami) - before;
}

/* Who we are stands in the endpoints table only: who reads another one once does not wait for it,
 * nor ask. */
static void identity_is_asked_for_its_table(void **state)
{
    static const struct schema *const segments[] = {&table_segments, NULL};
    static const struct schema *const both[] = {&table_segments, &table_endpoints, NULL};

    (void)state;
    assert_int_equal(questions_of(segments), 0);
    assert_int_equal(questions_of(both), 1);
    assert_int_equal(questions_of(NULL), 1);
}

/* A login that hangs takes the same time. */
static void hanging_login_is_never_with_limit(void **state)
{
    struct rawserver *silent = rawserver_start("", 0, true);
    struct fakeapi_run r;
    struct err err;

    (void)state;
    fakeapi_run_init_at(&r, rawserver_port(silent), "");
    r.o.once = true;
    r.o.timeout_ms = 300;
    fakeapi_run_start(&r);
    assert_true(engine_wait(r.engine, -1));
    assert_int_equal(freshness_of(&r, &table_segments, "a", &err), FRESH_NEVER);
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_string_equal(err.msg, "not read within 300ms: the login did not finish");
    fakeapi_run_stop(&r);
    free(rawserver_stop(silent));
}

/* ... and so does a command that is to give the password. */
static void hanging_command_is_never_with_limit(void **state)
{
    struct fakeapi_run r;
    struct err err;

    (void)state;
    fakeapi_run_init(&r, "sites:\n  - name: s\n    endpoints:\n"
                         "      - {name: a, kind: nsx, url: \"https://127.0.0.1:1/\", user: u, "
                         "password: {command: exec sleep 60}}\n");
    r.o.once = true;
    r.o.timeout_ms = 300;
    fakeapi_run_start(&r);
    assert_true(engine_wait(r.engine, -1));
    assert_int_equal(freshness_of(&r, &table_segments, "a", &err), FRESH_NEVER);
    assert_string_equal(err.msg, "not read within 300ms: its secret was not given in time");
    fakeapi_run_stop(&r);
}

static void refused_connection_is_tried_a_few_times(void **state)
{
    struct fakeapi_run r;
    struct err err;

    (void)state;
    fakeapi_run_init_at(&r, rawserver_unused_port(), "");
    r.o.once = true;
    fakeapi_run_start(&r);
    assert_true(engine_wait(r.engine, -1));
    assert_int_equal(freshness_of(&r, &table_segments, "a", &err), FRESH_FAILED);
    assert_int_equal(err.kind, ERR_NET);
    assert_non_null(strstr(err.msg, "connection refused")); /* and not that time is up */
    fakeapi_run_stop(&r);
}

static void more_rounds_are_read(void **state)
{
    struct fakeapi_run r;
    unsigned done, total;

    (void)state;
    open_run(&r, ", intervals: {segments: 100ms}");
    r.o.samples = 2;
    fakeapi_run_start(&r);
    assert_true(engine_wait(r.engine, -1));
    assert_int_equal(fakeapi_count(&server.requests), 3);
    engine_progress(r.engine, &done, &total);
    assert_int_equal(done, 3);
    assert_int_equal(total, 3);
    fakeapi_run_stop(&r);
}

static void interrupt_ends_the_wait(void **state)
{
    struct fakeapi_run r;
    int fds[2];

    (void)state;
    server.hold = true;
    assert_int_equal(pipe(fds), 0);
    open_run(&r, "");
    fakeapi_run_start(&r);
    fakeapi_wait_count(&server.held, 1);
    assert_int_equal(write(fds[1], "x", 1), 1);
    assert_false(engine_wait(r.engine, fds[0]));
    fakeapi_run_stop(&r);
    close(fds[0]);
    close(fds[1]);
}

static bool has_requests(void *arg)
{
    (void)arg;
    return fakeapi_count(&server.requests) == 4 && fakeapi_count(&server.held) == 0;
}

/* Rows are read beside the question who we are, but shown only after its answer. */
static void rows_wait_for_the_identity(void **state)
{
    struct fakeapi_run r;
    struct err err;

    (void)state;
    server.hold_identity = true;
    open_run(&r, "");
    r.o.collectors = fakeapi_all;
    r.o.sessions = fakeapi_identity_sessions;
    fakeapi_run_start(&r);
    fakeapi_wait(has_requests, NULL);
    assert_int_equal(freshness_of(&r, &table_segments, "a", &err), FRESH_NEVER);
    fakeapi_lock();
    server.hold_identity = false;
    fakeapi_unlock();
    assert_true(engine_wait(r.engine, -1));
    assert_int_equal(freshness_of(&r, &table_segments, "a", &err), FRESH_OK);
    fakeapi_run_stop(&r);
}

static void rows_of_somebody_else_are_not_shown(void **state)
{
    struct fakeapi_run r;
    struct snapshot *s;

    (void)state;
    server.identity = "nobody";
    open_run(&r, "");
    r.o.sessions = fakeapi_identity_sessions;
    fakeapi_run_start(&r);
    assert_true(engine_wait(r.engine, -1));
    s = store_get(r.store, &table_segments, "s", "a");
    assert_int_equal(snapshot_freshness(s), FRESH_FAILED);
    assert_int_equal(snapshot_count(s), 0);
    assert_string_equal(snapshot_err(s)->msg, "this is nobody");
    snapshot_unref(s);
    fakeapi_run_stop(&r);
}

/* ---- what the SDDCs of a site are linked to ---------------------------------------------------
 */

static enum session_step logged_in(struct session *s, const struct reply *reply)
{
    (void)s;
    (void)reply;
    return SESSION_READY;
}

static int init_nothing(struct session *s)
{
    (void)s;
    return 0;
}

static void release_nothing(struct session *s)
{
    (void)s;
}

/* The subnet is named like the endpoint; "late" takes its time, and "silent" all of it. */
static enum step tell_link(struct run *run, const struct reply *reply)
{
    struct table_builder *b = run->builders[0];
    bool first = !run->scratch;
    const char *name = run->endpoint->name;

    (void)reply;
    run->scratch = run;
    run->wait_ms = 100;
    if ((first && strcmp(name, "late") == 0) || strcmp(name, "silent") == 0)
        return STEP_WAIT;
    builder_row(b);
    builder_str(b, LINKED_VPCS_VPC, "vpc-1");
    builder_list_add(b, LINKED_VPCS_SUBNETS, run->endpoint->name);
    return STEP_DONE;
}

/* Without a hint it reads what nobody named. */
static enum step show_hints(struct run *run, const struct reply *reply)
{
    (void)reply;
    if (!run->hints->nsubnets) {
        builder_row(run->builders[0]);
        builder_str(run->builders[0], ENIS_ENI, "all");
    }
    for (size_t i = 0; i < run->hints->nsubnets; i++) {
        builder_row(run->builders[0]);
        builder_str(run->builders[0], ENIS_ENI, run->hints->subnets[i]);
    }
    return STEP_DONE;
}

static const struct schema *const links_tables[] = {&table_linked_vpcs, NULL};
static const struct schema *const hints_tables[] = {&table_enis, NULL};
static const struct collector links = {.name = "linked_vpcs",
                                       .kinds = KIND_NSX,
                                       .tables = links_tables,
                                       .interval_ms = 10000,
                                       .timeout_ms = 5000,
                                       .step = tell_link};
static const struct collector hints = {.name = "enis",
                                       .kinds = KIND_AWS,
                                       .tables = hints_tables,
                                       .interval_ms = 10000,
                                       .timeout_ms = 5000,
                                       .step = show_hints};

static struct snapshot *read_enis(const char *one, const char *other)
{
    static const struct session_ops nsx = {
        .kind = KIND_NSX, .init = init_nothing, .release = release_nothing, .login = logged_in};
    static const struct session_ops aws = {
        .kind = KIND_AWS, .init = init_nothing, .release = release_nothing, .login = logged_in};
    static const struct session_ops *const sessions[] = {&nsx, &aws, NULL};
    static const struct collector *const collectors[] = {&links, &hints, NULL};
    static const char nsx_yaml[] =
        ", kind: nsx, url: \"https://127.0.0.1:1/\", user: u, password: {env: FAKE_PASSWORD}}\n";
    char *text = mem_printf("sites:\n  - name: s\n    endpoints:\n"
                            "      - {name: aws, kind: aws, region: r}\n"
                            "      - {name: %s%s      - {name: %s%s",
                            one, nsx_yaml, other, nsx_yaml);
    struct fakeapi_run r;
    struct snapshot *s;

    fakeapi_run_init(&r, text);
    free(text);
    r.o.once = true;
    r.o.timeout_ms = 3000;
    r.o.sessions = sessions;
    r.o.collectors = collectors;
    fakeapi_run_start(&r);
    assert_true(engine_wait(r.engine, -1));
    s = store_get(r.store, &table_enis, "s", "aws");
    fakeapi_run_stop(&r);
    return s;
}

/* Two SDDCs of one site: AWS is asked when both have told their subnets, in whatever order. */
static void all_links_are_waited_for(void **state)
{
    struct snapshot *s = read_enis("late", "soon");

    (void)state;
    assert_int_equal(snapshot_count(s), 2);
    snapshot_unref(s);
    s = read_enis("soon", "late");
    assert_int_equal(snapshot_count(s), 2);
    snapshot_unref(s);
}

/* One that hangs hides AWS from nobody: everything is read then, not what the other one named. */
static void links_are_not_waited_for_forever(void **state)
{
    struct snapshot *s = read_enis("silent", "soon");

    (void)state;
    assert_int_equal(snapshot_freshness(s), FRESH_OK);
    assert_int_equal(snapshot_count(s), 1);
    assert_string_equal(row_str(snapshot_row(s, 0), ENIS_ENI), "all");
    snapshot_unref(s);
}

/* A kind that this version cannot read is said to be so, and stops nothing. */
static void kind_without_a_session(void **state)
{
    struct fakeapi_run r;
    struct err err;

    (void)state;
    fakeapi_run_init(&r, "sites:\n  - name: s\n    endpoints:\n"
                         "      - {name: vc, kind: vcenter, url: \"https://127.0.0.1:1/\", "
                         "user: u, password: {env: FAKE_PASSWORD}}\n");
    r.o.once = true;
    fakeapi_run_start(&r);
    assert_true(engine_wait(r.engine, -1));
    assert_int_equal(freshness_of(&r, &table_endpoints, "vc", &err), FRESH_UNSUPPORTED);
    assert_string_equal(err.msg, "this version of hycon does not read endpoints of kind vcenter");
    fakeapi_run_stop(&r);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(everything_once),
        TEST(a_cut_reply_is_asked_for_again),
        TEST(only_what_is_wanted),
        TEST(disabled_tables_are_not_read),
        TEST(nothing_to_do_is_over_at_once),
        TEST(unfinished_is_never_with_limit),
        TEST(throttled_says_why),
        TEST(throttled_login_says_why),
        TEST(throttled_login_is_tried_again),
        TEST(hanging_identity_is_within_the_limit),
        TEST(identity_is_asked_for_its_table),
        TEST(hanging_login_is_never_with_limit),
        TEST(hanging_command_is_never_with_limit),
        TEST(refused_connection_is_tried_a_few_times),
        TEST(more_rounds_are_read),
        TEST(interrupt_ends_the_wait),
        TEST(rows_wait_for_the_identity),
        TEST(rows_of_somebody_else_are_not_shown),
        TEST(all_links_are_waited_for),
        TEST(links_are_not_waited_for_forever),
        TEST(kind_without_a_session),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
