/* Every way a manager can fail, on the endpoint that fails: its verdict, its kind of error and a
 * sentence that says what happened; the rows of others are whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "tests/support/e2e.h"
#include "tests/support/e2e_watch.h"

static struct e2e e;

static int start(void **state)
{
    (void)state;
    e2e_start(&e, "steady", NULL);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    e2e_stop(&e);
    return 0;
}

struct expectation {
    const char *fault;            /* members of POST /faults, behind the endpoint */
    const char *freshness, *kind; /* kind NULL: none */
    const char *says;             /* a part of the message */
};

struct place {
    const char *lab_endpoint, *table, *endpoint, *site;
    unsigned rows; /* when all is well */
};

static const struct place nsx = {"nsx-dc1", "segments", "nsx-dc1", "dc1", 10};
static const struct place aws = {"aws-tokyo", "enis", "aws-tokyo", "tokyo", 17};
static const struct place proxy = {"proxy-tokyo", "segments", "vmc-tokyo", "tokyo", 10};

static void judge(const struct place *p, const struct expectation *x, const struct child_result *r)
{
    struct json_object *doc = e2e_json(r);
    struct json_object *source = e2e_row(jsonq_get(doc, "sources"), "endpoint", p->endpoint);
    const char *freshness = jsonq_str(source, "freshness"), *kind = jsonq_str(source, "error_kind");
    const char *message = jsonq_str(source, "message");
    bool ok = strcmp(x->freshness, "ok") == 0;

    if (!freshness || strcmp(freshness, x->freshness) != 0 || !kind != !x->kind ||
        (kind && strcmp(kind, x->kind) != 0) ||
        (x->says && (!message || !strstr(message, x->says))))
        fail_msg("%s with {%s}: %s, %s: %s", p->lab_endpoint, x->fault, freshness ? freshness : "-",
                 kind ? kind : "-", message ? message : "-");
    assert_int_equal(jsonq_count(e2e_rows(doc, p->table)), ok ? p->rows : 0);
    assert_int_equal(r->status, ok ? 0 : 3);
    json_object_put(doc);
}

static void expect_all(const struct place *p, const struct expectation *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char *members = mem_printf("\"endpoint\":\"%s\",%s", p->lab_endpoint, x[i].fault);
        struct child_result r;
        json_object_put(e2e_control(&e, "DELETE", "/faults", NULL));
        e2e_fault(&e, members);
        e2e_hycon(&e, &r, "get", p->table, "--site", p->site, "-o", "json", "--timeout",
                  strstr(x[i].fault, "hang") ? "2" : "30", NULL);
        judge(p, &x[i], &r);
        child_release(&r);
        free(members);
    }
}

static void test_nsx(void **state)
{
    static const struct expectation x[] = {
        {"\"fault\":\"status\",\"status\":401", "denied", "auth", "refused credential"},
        {"\"fault\":\"status\",\"status\":500", "failed", "http", "500"},
        {"\"fault\":\"status\",\"status\":503", "failed", "limit", "503"},
        {"\"fault\":\"status\",\"status\":429", "failed", "limit", "429"},
        {"\"fault\":\"status\",\"status\":429,\"retry_after\":1,\"count\":1", "ok", NULL, NULL},
        {"\"fault\":\"status\",\"status\":404,\"path\":\"/policy\"", "failed", "http", "404"},
        {"\"fault\":\"slow\",\"delay_ms\":50", "ok", NULL, NULL},
        {"\"fault\":\"truncated\"", "failed", "net", "ended early"},
        {"\"fault\":\"malformed\"", "failed", "proto", "JSON"},
        {"\"fault\":\"close\"", "failed", "net", "broke the connection"},
        {"\"fault\":\"oversized\",\"bytes\":200000000", "failed", "limit", "larger than"},
        {"\"fault\":\"hang\"", "never", "limit", "2s"},
    };
    (void)state;

    expect_all(&nsx, x, ARRAY_SIZE(x));
}

static void test_aws(void **state)
{
    static const struct expectation x[] = {
        {"\"fault\":\"status\",\"status\":401", "denied", "auth", "refused credential"},
        {"\"fault\":\"status\",\"status\":403", "denied", "denied", "UnauthorizedOperation"},
        {"\"fault\":\"status\",\"status\":500", "failed", "http", "InternalError"},
        {"\"fault\":\"status\",\"status\":503,\"count\":2", "ok", NULL, NULL},
        {"\"fault\":\"slow\",\"delay_ms\":100", "ok", NULL, NULL},
        {"\"fault\":\"truncated\"", "failed", "net", "ended early"},
        {"\"fault\":\"malformed\"", "failed", "proto", "XML"},
        {"\"fault\":\"oversized\",\"bytes\":200000000", "failed", "limit", "larger than"},
        {"\"fault\":\"hang\"", "never", "limit", "2s"},
    };
    (void)state;

    expect_all(&aws, x, ARRAY_SIZE(x));
}

static void test_proxy_of_vmc(void **state)
{
    static const struct expectation x[] = {
        {"\"fault\":\"status\",\"status\":401", "denied", "auth", "401"},
        {"\"fault\":\"status\",\"status\":403", "denied", "denied", "403"},
        {"\"fault\":\"status\",\"status\":404", "failed", "http", "404"},
        {"\"fault\":\"status\",\"status\":429,\"retry_after\":1,\"count\":1", "ok", NULL, NULL},
        {"\"fault\":\"truncated\"", "failed", "net", "ended early"},
        {"\"fault\":\"malformed\"", "failed", "proto", "JSON"},
        {"\"fault\":\"hang\"", "never", "limit", "2s"},
    };
    (void)state;

    expect_all(&proxy, x, ARRAY_SIZE(x));
}

/* A single 401 in the middle is an expired token: one new login, and the answer is whole. */
static void test_one_new_login(void **state)
{
    static const struct expectation x[] = {
        {"\"fault\":\"status\",\"status\":401,\"count\":1", "ok", NULL, NULL}};
    (void)state;

    expect_all(&proxy, x, 1);
}

static void certificate(const char *kind)
{
    char *body = mem_printf("{\"endpoint\":\"nsx-dc1\",\"kind\":\"%s\"}", kind);

    json_object_put(e2e_control(&e, "POST", "/certificate", body));
    free(body);
}

/* Each is refused with a reason; no password is sent to such a server. */
static void test_certificates(void **state)
{
    static const char *const kinds[] = {"expired", "wrong-name", "self-signed"};
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        struct child_result r;
        json_object_put(e2e_control(&e, "DELETE", "/faults", NULL));
        json_object_put(e2e_control(&e, "POST", "/counters", NULL));
        certificate(kinds[i]);
        e2e_hycon(&e, &r, "get", "segments", "--site", "dc1", "-o", "json", NULL);
        judge(&nsx, &(struct expectation){kinds[i], "denied", "tls", "certificate"}, &r);
        assert_int_equal(e2e_counter(&e, "nsx-dc1", "logins"), 0);
        assert_int_equal(e2e_counter(&e, "nsx-dc1", "failed_logins"), 0);
        child_release(&r);
    }
    certificate("new"); /* signed by the same authority */
    struct child_result r;
    e2e_expect(&e, &r, 0, "get", "segments", "--site", "dc1", NULL);
    child_release(&r);
}

static char *fingerprint(void)
{
    struct json_object *lab = e2e_control(&e, "GET", "/state", NULL);
    char *sha =
        mem_strdup(jsonq_str(jsonq_get(jsonq_get(lab, "endpoints"), "nsx-dc1"), "cert_sha256"));

    json_object_put(lab);
    return sha;
}

static bool source_is(struct json_object *doc, void *arg)
{
    const char *freshness = jsonq_str(e2e_source(doc, "segments", "nsx-dc1"), "freshness");

    return freshness && strcmp(freshness, arg) == 0;
}

/* It changes under a running console, with an authority configured: both are named. */
static void test_certificate_changes(void **state)
{
    const char *args[] = {"segments", "--site", "dc1", NULL};
    char *before, *after;
    struct e2e_watch w;
    struct json_object *doc;
    const char *message;

    (void)state;
    json_object_put(e2e_control(&e, "DELETE", "/faults", NULL));
    before = fingerprint();
    e2e_watch_start(&w, &e, args);
    e2e_watch_until(&w, 40, "the segments are read", source_is, (void *)"ok");
    certificate("self-signed");
    doc = e2e_watch_until(&w, 60, "the certificate is refused", source_is, (void *)"denied");
    after = fingerprint();
    message = jsonq_str(e2e_source(doc, "segments", "nsx-dc1"), "message");
    if (!message || !strstr(message, before) || !strstr(message, after))
        fail_msg("neither %s nor %s: %s", before, after, message);
    e2e_watch_stop(&w);
    certificate("new");
    free(before);
    free(after);
}

/* Only a person trusts: without a terminal it takes the very fingerprint, and a certificate that
 * changes later is refused with both. */
static void test_trust(void **state)
{
    struct child_result r;
    (void)state;

    certificate("self-signed");
    char *old = fingerprint(), *other = mem_strdup(old);
    other[0] = other[0] == '0' ? '1' : '0';
    e2e_expect(&e, &r, 3, "trust", "nsx-dc1", NULL);
    child_says(&r.out, old);
    child_says(&r.err, "not accepted");
    child_release(&r);
    /* What is no fingerprint is a mistake of the command line, not a refusal. */
    e2e_expect(&e, &r, 64, "trust", "nsx-dc1", "--sha256", "00", NULL);
    child_release(&r);
    e2e_expect(&e, &r, 3, "trust", "nsx-dc1", "--sha256", other, NULL);
    child_says(&r.err, "not the one given");
    child_release(&r);
    e2e_expect(&e, &r, 3, "get", "segments", "--site", "dc1", NULL);
    child_release(&r);
    e2e_expect(&e, &r, 0, "trust", "nsx-dc1", "--sha256", old, NULL);
    child_release(&r);
    e2e_expect(&e, &r, 0, "get", "segments", "--site", "dc1", NULL);
    child_release(&r);
    certificate("self-signed");
    char *new = fingerprint();
    e2e_expect(&e, &r, 3, "get", "segments", "--site", "dc1", NULL);
    child_says(&r.err, old);
    child_says(&r.err, new);
    child_release(&r);
    free(old);
    free(other);
    free(new);
}

/* Nobody listens: said at once, and the other site is whole. */
static void test_refused_connection(void **state)
{
    struct child_result r;
    (void)state;

    json_object_put(
        e2e_control(&e, "POST", "/listener", "{\"endpoint\":\"nsx-dc1\",\"state\":\"down\"}"));
    e2e_hycon(&e, &r, "get", "segments", "-o", "json", NULL);
    assert_int_equal(r.status, 3);
    struct json_object *doc = e2e_json(&r), *sources = jsonq_get(doc, "sources");
    assert_string_equal(jsonq_str(e2e_row(sources, "endpoint", "nsx-dc1"), "error_kind"), "net");
    assert_string_equal(jsonq_str(e2e_row(sources, "endpoint", "vmc-tokyo"), "freshness"), "ok");
    assert_int_equal(jsonq_count(e2e_rows(doc, "segments")), 10);
    json_object_put(doc);
    child_release(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_nsx, start, stop),
        cmocka_unit_test_setup_teardown(test_aws, start, stop),
        cmocka_unit_test_setup_teardown(test_proxy_of_vmc, start, stop),
        cmocka_unit_test_setup_teardown(test_one_new_login, start, stop),
        cmocka_unit_test_setup_teardown(test_certificates, start, stop),
        cmocka_unit_test_setup_teardown(test_certificate_changes, start, stop),
        cmocka_unit_test_setup_teardown(test_trust, start, stop),
        cmocka_unit_test_setup_teardown(test_refused_connection, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
