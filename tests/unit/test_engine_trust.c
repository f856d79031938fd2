/* Certificates that are not trusted, and replies as they came. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/mem.h"
#include "core/strbuf.h"
#include "model/tables.h"
#include "tests/support/fakeapi.h"

static struct fakeapi server;
static struct testca *ca;
static struct testca_leaf leaf, other;

static int start_all(void **state)
{
    (void)state;
    ca = testca_new("Test CA");
    leaf = testca_issue(ca, "IP:127.0.0.1", -60, 86400);
    other = testca_issue(ca, "IP:127.0.0.1", -60, 86400);
    return 0;
}

static int stop_all(void **state)
{
    (void)state;
    testca_leaf_release(&leaf);
    testca_leaf_release(&other);
    testca_free(ca);
    return 0;
}

static int start(void **state)
{
    (void)state;
    setenv("FAKE_PASSWORD", "correct-horse", 1);
    fakeapi_start(&server, &leaf);
    server.password = "correct-horse";
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
    char *text = fakeapi_config("https", server.port, more);

    fakeapi_run_init(r, text);
    free(text);
}

static void authority_is_trusted(void **state)
{
    char *file = testca_write(testca_pem(ca)), *more = mem_printf(", tls: {ca_file: %s}", file);
    struct fakeapi_run r;
    struct snapshot *owner;
    const struct row *row;

    (void)state;
    open_run(&r, more);
    fakeapi_run_start(&r);
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK));
    row = fakeapi_wait_endpoint(&r, "a", FRESH_OK, &owner);
    assert_string_equal(row_str(row, ENDPOINTS_CERT_SHA256), leaf.sha256);
    assert_true(row_present(row, ENDPOINTS_CERT_EXPIRES_AT));
    assert_string_equal(row_str(row, ENDPOINTS_TRANSPORT), "https");
    snapshot_unref(owner);
    fakeapi_run_stop(&r);
    unlink(file);
    free(file);
    free(more);
}

/* The pin is another one: denied, with both fingerprints, and not asked again. */
static void changed_certificate_is_denied(void **state)
{
    char *more = mem_printf(", tls: {sha256: %s}", other.sha256);
    struct fakeapi_run r;
    struct snapshot *s, *owner;
    const struct row *row;

    (void)state;
    open_run(&r, more);
    free(more);
    fakeapi_run_start(&r);
    s = fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_DENIED);
    assert_int_equal(snapshot_err(s)->kind, ERR_TLS);
    assert_non_null(strstr(snapshot_err(s)->msg, leaf.sha256));
    assert_non_null(strstr(snapshot_err(s)->msg, other.sha256));
    snapshot_unref(s);
    row = fakeapi_wait_endpoint(&r, "a", FRESH_DENIED, &owner);
    assert_string_equal(row_str(row, ENDPOINTS_ERROR_KIND), "tls");
    assert_true(row_present(row, ENDPOINTS_NEXT_RETRY_AT));
    snapshot_unref(owner);
    fakeapi_run_stop(&r);
    assert_int_equal(fakeapi_count(&server.logins), 0);
}

/* A person accepts what was shown: it is written down, and the endpoint is read. */
static void accepted_fingerprint_is_kept(void **state)
{
    char *path = mem_printf("/tmp/hycon-test-trust-%d", (int)getpid());
    struct fakeapi_run r;

    (void)state;
    unlink(path);
    open_run(&r, "");
    r.o.trust_file = path;
    fakeapi_run_start(&r);
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_DENIED));
    engine_trust(r.engine, "a", leaf.sha256);
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK));
    fakeapi_run_stop(&r);
    /* And the next console knows it. */
    open_run(&r, "");
    r.o.trust_file = path;
    r.o.once = true;
    fakeapi_run_start(&r);
    assert_true(engine_wait(r.engine, -1));
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK));
    fakeapi_run_stop(&r);
    unlink(path);
    free(path);
}

/* Our secrets and what is behind sensitive names never leave. */
static void raw_reply_is_masked(void **state)
{
    char *more = mem_printf(", tls: {sha256: %s}", leaf.sha256), *request, *body;
    struct fakeapi_run r;
    int64_t at = 0;

    (void)state;
    server.body =
        "{\"name\": \"web\", \"secret_key\":\"abc\\\"def\", \"n\":{\"apiToken\": \"t0\"}}\n"
        "Cookie: JSESSIONID=zzz; a=b\n<a:SessionToken x=\"1\">FQoG</a:SessionToken>\n"
        "mirror correct-horse end\x1b[31m\n";
    open_run(&r, more);
    free(more);
    fakeapi_run_start(&r);
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK));
    assert_false(engine_raw_reply(r.engine, "a", "gateways", &request, &body, &at));
    assert_false(engine_raw_reply(r.engine, "b", "segments", &request, &body, &at));
    assert_true(engine_raw_reply(r.engine, "s/a", "segments", &request, &body, &at));
    assert_string_equal(request, "GET /one -> 200");
    assert_string_equal(body, "{\"name\": \"web\", \"secret_key\":\"***\", "
                              "\"n\":{\"apiToken\": \"***\"}}\n"
                              "Cookie: ***\n<a:SessionToken x=\"1\">***</a:SessionToken>\n"
                              "mirror *** end\\x1b[31m\n");
    assert_true(at > 0);
    free(request);
    free(body);
    fakeapi_run_stop(&r);
}

static void raw_reply_is_bounded(void **state)
{
    char *more = mem_printf(", tls: {sha256: %s}", leaf.sha256), *request, *body;
    struct strbuf big = STRBUF_INIT;
    struct fakeapi_run r;
    int64_t at;

    (void)state;
    for (int i = 0; i < 50000; i++)
        strbuf_addf(&big, "row-%05d\n", i);
    server.body = big.buf;
    open_run(&r, more);
    free(more);
    fakeapi_run_start(&r);
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK));
    assert_true(engine_raw_reply(r.engine, "a", "segments", &request, &body, &at));
    assert_true(strlen(body) <= 256 * 1024 + 64);
    assert_non_null(strstr(body, "first 262144 of 500000 bytes"));
    free(request);
    free(body);
    fakeapi_run_stop(&r);
    strbuf_release(&big);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(authority_is_trusted),         TEST(changed_certificate_is_denied),
        TEST(accepted_fingerprint_is_kept), TEST(raw_reply_is_masked),
        TEST(raw_reply_is_bounded),
    };

    return cmocka_run_group_tests(tests, start_all, stop_all);
}
