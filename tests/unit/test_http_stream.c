/* core/http: bodies that are handed on while they arrive. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/loop.h"
#include "core/mem.h"
#include "tests/support/httptest.h"
#include "tests/support/rawserver.h"

struct reader {
    size_t bytes, pieces, stop_after; /* stop_after 0: never */
    char first;
    bool done;
    size_t kept; /* bytes of the reply's own body */
    int status;
    struct err err;
};

static int on_body(void *arg, const char *data, size_t len)
{
    struct reader *r = arg;

    assert_false(r->done);
    assert_true(len > 0);
    if (!r->bytes)
        r->first = data[0];
    r->bytes += len;
    r->pieces++;
    return r->stop_after && r->bytes >= r->stop_after;
}

static void on_done(void *arg, struct http_reply *reply)
{
    struct reader *r = arg;

    r->done = true;
    r->kept = reply->len;
    r->status = reply->status;
    r->err = reply->err;
    assert_non_null(reply->body);
    loop_stop(httptest.loop);
}

static void fetch(const char *scheme, int port, const char *path, size_t max_body, struct reader *r)
{
    char *url = mem_printf("%s://127.0.0.1:%d%s", scheme, port, path);
    struct http_request req = {.method = "GET",
                               .url = url,
                               .timeout_ms = 20000,
                               .max_body = max_body,
                               .tls.ca_file = httptest_ca_file,
                               .on_body = on_body};

    http_send(httptest.http, &req, on_done, r);
    loop_run(httptest.loop);
    assert_true(r->done);
    free(url);
}

static void test_pieces(void **state)
{
    struct testca_leaf leaf = testca_issue(httptest_ca, "IP:127.0.0.1", -3600, 86400);
    struct httptest_server s = httptest_server_start(&leaf);
    struct reader big = {0}, small = {0}, limited = {0}, stopped = {.stop_after = 1};

    (void)state;
    fetch("https", s.port, "/big", 0, &big);
    assert_int_equal(big.err.kind, ERR_NONE);
    assert_int_equal(big.bytes, 300000);
    assert_true(big.pieces > 1);
    assert_int_equal(big.first, 'b');
    assert_int_equal(big.kept, 0);
    fetch("https", s.port, "/gzip", 0, &small); /* decoded before it is handed on */
    assert_int_equal(small.bytes, 200000);
    assert_int_equal(small.first, 'a');
    fetch("https", s.port, "/big", 100000, &limited);
    assert_int_equal(limited.err.kind, ERR_LIMIT);
    assert_true(limited.bytes <= 100000);
    fetch("https", s.port, "/big", 0, &stopped);
    assert_int_equal(stopped.err.kind, ERR_CANCEL);
    assert_int_equal(stopped.pieces, 1);
    MHD_stop_daemon(s.daemon);
    testca_leaf_release(&leaf);
}

static void test_error_documents_are_kept(void **state)
{
    static const char reply[] = "HTTP/1.1 500 No\r\nContent-Length: 5\r\n\r\nfault";
    struct rawserver *s = rawserver_start(reply, sizeof(reply) - 1, false);
    struct reader r = {0};

    (void)state;
    fetch("http", rawserver_port(s), "/", 0, &r);
    assert_int_equal(r.status, 500);
    assert_int_equal(r.bytes, 0);
    assert_int_equal(r.kept, 5);
    free(rawserver_stop(s));
}

static void test_cut_off(void **state)
{
    static const char reply[] = "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf";
    struct rawserver *s = rawserver_start(reply, sizeof(reply) - 1, false);
    struct reader r = {0};

    (void)state;
    fetch("http", rawserver_port(s), "/", 0, &r);
    assert_int_equal(r.bytes, 4);
    assert_int_equal(r.err.kind, ERR_NET); /* so that whoever decoded half of it knows */
    free(rawserver_stop(s));
}

#define T(name) cmocka_unit_test_setup_teardown(name, httptest_start, httptest_stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_pieces),
        T(test_error_documents_are_kept),
        T(test_cut_off),
    };

    return cmocka_run_group_tests(tests, httptest_group_start, httptest_group_stop);
}
