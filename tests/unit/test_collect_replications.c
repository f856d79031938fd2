/* vSphere Replication: its session and its replications. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/replication/replication.h"
#include "collectors/replication/session.h"
#include "core/arena.h"
#include "core/mem.h"
#include "tests/support/collector_harness.h"

#define ENDPOINT \
    "{name: vr, kind: replication, url: 'https://vr.example/', user: u@sso, password: {env: P}}"
#define IN_SECONDS                                                                            \
    "{name: vr, kind: replication, url: 'https://vr.example/', user: u, password: {env: P}, " \
    "transfer_unit: s}"

#define PAIRINGS(file_)                         \
    {                                           \
        .file = file_, .match = "GET /pairings" \
    }

static const struct harness_reply pages[] = {{.file = "page1.json", .match = "start=0"},
                                             {.file = "page2.json", .match = "start=3"},
                                             PAIRINGS("pairings.json"),
                                             {0}};
static const struct harness_reply v1[] = {
    {.file = "v1.json", .match = "start=0"}, PAIRINGS("pairings.json"), {0}};
static const struct harness_reply seconds[] = {
    {.file = "seconds.json", .match = "start=0"}, PAIRINGS("pairings.json"), {0}};
static const struct harness_reply words[] = {
    {.file = "words.json", .match = "start=0"}, PAIRINGS("pairings.json"), {0}};
static const struct harness_reply hostile[] = {
    {.file = "hostile.json", .match = "start=0"}, PAIRINGS("pairings.json"), {0}};
static const struct harness_reply none[] = {
    {.file = "empty.json", .match = "start=0"}, PAIRINGS("pairings.json"), {0}};
static const struct harness_reply no_pairing[] = {PAIRINGS("empty.json"), {0}};
static const struct harness_reply one_side_down[] = {
    {.file = "v1.json", .match = "pair%2F1"},
    {.file = "refused.json", .match = "pair%2F2", .status = 500, .optional = true},
    PAIRINGS("pairings-two.json"),
    {0}};

#define CASE(name_, endpoint_, replies_)                                            \
    {                                                                               \
        .name = name_, .collector = &collector_replications, .endpoint = endpoint_, \
        .replies = replies_                                                         \
    }

static const struct harness_case cases[] = {
    CASE("pages", ENDPOINT, pages),           CASE("v1", ENDPOINT, v1),
    CASE("seconds", IN_SECONDS, seconds),     CASE("words", ENDPOINT, words),
    CASE("hostile", ENDPOINT, hostile),       CASE("none", ENDPOINT, none),
    CASE("no-pairing", ENDPOINT, no_pairing),
};

static const struct harness_case down = CASE("one-side-down", ENDPOINT, one_side_down);

static void tables_are_as_expected(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        harness_check(&cases[i]);
    harness_check(&down);
}

static void bad_twins_never_pass(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        harness_check_twins(&cases[i]);
}

static void a_page_that_repeats_is_refused(void **state)
{
    static const struct harness_reply replies[] = {{.file = "page1.json", .match = "start=0"},
                                                   {.file = "page1.json", .match = "start=3"},
                                                   PAIRINGS("pairings.json"),
                                                   {0}};
    const struct harness_case c = CASE("repeats", ENDPOINT, replies);
    struct harness *h = harness_new(&c);
    struct collector_run *r = harness_run(h);

    (void)state;
    collector_run(r);
    assert_int_equal(r->last, STEP_FAIL);
    assert_string_equal(r->err.msg, "the list of replications repeats a page");
    harness_free(h);
}

/* ---- the session --------------------------------------------------------------------------------
 */

struct fixture {
    struct config *config;
    struct session s;
};

static void open_session(struct fixture *f)
{
    static const char yaml[] = "sites: [{name: tokyo, endpoints: [" ENDPOINT "]}]\n";
    struct err err = {0};

    memset(f, 0, sizeof(*f));
    f->config = config_parse(yaml, strlen(yaml), "t.yaml", &err, NULL);
    if (!f->config)
        fail_msg("%s", err.msg);
    f->s = (struct session){.ops = &session_replication_ops,
                            .endpoint = config_endpoint(f->config, 0),
                            .arena = arena_new(0),
                            .facts_arena = arena_new(0),
                            .secret = secret_new_str("p:1"),
                            .user = "u@sso"};
    assert_int_equal(f->s.ops->init(&f->s), 0);
}

static void close_session(struct fixture *f)
{
    f->s.ops->release(&f->s);
    secret_unref(f->s.secret);
    arena_free(f->s.arena);
    arena_free(f->s.facts_arena);
    config_free(f->config);
}

static enum session_step answer(struct fixture *f, int status, const char *body)
{
    struct reply r = {.status = status, .body = body, .len = strlen(body)};

    return f->s.ops->login(&f->s, &r);
}

static const char *header(const struct fixture *f, const char *name)
{
    size_t len = strlen(name);

    for (size_t i = 0; i < f->s.call.http.nheaders; i++) {
        const char *h = f->s.call.http.headers[i];

        if (strncmp(h, name, len) == 0 && h[len] == ':')
            return h + len + 2;
    }
    return NULL;
}

static void version_2_then_1(void **state)
{
    struct request req = {.method = "GET", .path = "/pairings", .label = "pairings"};
    struct fixture f;

    (void)state;
    open_session(&f);
    assert_int_equal(f.s.ops->authorize(&f.s, &req), -1);
    assert_int_equal(f.s.ops->login(&f.s, NULL), SESSION_SEND);
    assert_string_equal(f.s.call.http.url, "https://vr.example/api/rest/vr/v2/session");
    assert_string_equal(f.s.call.http.method, "POST");
    assert_string_equal(header(&f, "Authorization"), "Basic dUBzc286cDox");
    assert_int_equal(answer(&f, 404, "<html>"), SESSION_SEND);
    assert_string_equal(f.s.call.http.url, "https://vr.example/api/rest/vr/v1/session");
    assert_string_equal(header(&f, "Authorization"), "Basic dUBzc286cDox");
    assert_int_equal(answer(&f, 200, "{\"session_id\": \"id-1\"}"), SESSION_READY);
    assert_string_equal(f.s.facts.role, "REST API v1");
    assert_int_equal(f.s.ops->authorize(&f.s, &req), 0);
    assert_string_equal(f.s.call.http.url, "https://vr.example/api/rest/vr/v1/pairings");
    assert_string_equal(header(&f, "x-dr-session"), "id-1");
    assert_null(header(&f, "Authorization"));
    assert_int_equal(f.s.ops->logout(&f.s, NULL), SESSION_SEND);
    assert_string_equal(f.s.call.http.method, "DELETE");
    struct reply gone = {.status = 200, .body = "", .len = 0};
    assert_int_equal(f.s.ops->logout(&f.s, &gone), SESSION_READY);
    assert_int_equal(f.s.ops->authorize(&f.s, &req), -1);
    close_session(&f);
}

static const struct {
    int status;
    const char *body;
    enum session_step step;
    enum err_kind kind;
} logins[] = {
    {401, "", SESSION_REJECTED, ERR_AUTH},
    {403, "{\"error_code\": \"X\", \"message\": \"no\"}", SESSION_FAIL, ERR_DENIED},
    {503, "starting", SESSION_FAIL, ERR_HTTP},
    {200, "{}", SESSION_FAIL, ERR_PROTO},
    {200, "not json", SESSION_FAIL, ERR_PROTO},
    {200, "{\"session_id\": \"a\\r\\nX: y\"}", SESSION_FAIL, ERR_PROTO},
    {0, "", SESSION_FAIL, ERR_NET},
};

static void logins_that_fail(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(logins); i++) {
        struct fixture f;

        open_session(&f);
        f.s.ops->login(&f.s, NULL);
        assert_int_equal(answer(&f, logins[i].status, logins[i].body), logins[i].step);
        assert_int_equal(f.s.err.kind, logins[i].kind);
        assert_null(strstr(f.s.err.msg, "p:1"));
        close_session(&f);
    }
}

static void verdicts(void **state)
{
    static const struct {
        int status;
        enum session_verdict verdict;
    } known[] = {{200, VERDICT_OK},        {401, VERDICT_EXPIRED}, {403, VERDICT_ERROR},
                 {429, VERDICT_THROTTLED}, {503, VERDICT_RETRY},   {404, VERDICT_ERROR}};
    struct request req = {.label = "replications"};
    struct fixture f;
    struct err err;

    (void)state;
    open_session(&f);
    for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
        struct reply r = {.status = known[i].status, .body = "", .len = 0};

        err_clear(&err);
        assert_int_equal(f.s.ops->judge(&f.s, &req, &r, &err), known[i].verdict);
        assert_int_equal(err.kind == ERR_NONE, known[i].status == 200);
    }
    close_session(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_as_expected),
        cmocka_unit_test(bad_twins_never_pass),
        cmocka_unit_test(a_page_that_repeats_is_refused),
        cmocka_unit_test(version_2_then_1),
        cmocka_unit_test(logins_that_fail),
        cmocka_unit_test(verdicts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
