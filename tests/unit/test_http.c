/* http: what is sent, what is limited, and what is said when it goes wrong. */
#include "core/loop.h"
#include "core/mem.h"
#include "tests/support/httptest.h"
#include "tests/support/rawserver.h"

#include <dlfcn.h>
#include <netdb.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define HOUR_S 3600
#define DAY_S  86400

static const struct http_request plain;

static struct http_request with_ca(const char *file)
{
    struct http_request req = plain;

    req.tls.ca_file = file;
    return req;
}

/* ---- requests
 * ------------------------------------------------------------------------------------ */

static void test_methods_and_headers(void **state)
{
    static const char *const json[] = {"Content-Type: application/json", "X-Empty:"};
    struct testca_leaf leaf = testca_issue(httptest_ca, "IP:127.0.0.1", -HOUR_S, DAY_S);
    struct httptest_server s = httptest_server_start(&leaf);
    static const struct {
        const char *method, *body;
        size_t nheaders;
        const char *type;
    } cases[] = {
        {"GET", NULL, 0, ""},  {"POST", "{\"a\":1}", 2, "application/json"},
        {"POST", NULL, 0, ""}, {"PUT", "x=1", 0, ""},
        {"PATCH", "", 0, ""},  {"DELETE", NULL, 0, ""},
        {"HEAD", NULL, 0, ""}, {"POST", "second", 0, ""},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct http_request req = with_ca(httptest_ca_file);
        struct httptest_got g;

        req.method = cases[i].method;
        req.body = cases[i].body;
        req.body_len = cases[i].body ? strlen(cases[i].body) : 0;
        req.headers = json;
        req.nheaders = cases[i].nheaders;
        g = httptest_get("https", "127.0.0.1", s.port, "/ok", req);
        assert_string_equal(g.r.err.msg, "");
        assert_int_equal(g.r.status, 200);
        assert_string_equal(httptest_seen.method, cases[i].method);
        assert_string_equal(httptest_seen.body, cases[i].body ? cases[i].body : "");
        assert_string_equal(httptest_seen.content_type, cases[i].type);
        assert_memory_equal(httptest_seen.agent, "hycon/", 6);
        assert_string_equal(httptest_seen.expect, "");
        httptest_got_release(&g);
    }
    assert_int_equal(httptest_seen.connections, 1);
    MHD_stop_daemon(s.daemon);
    testca_leaf_release(&leaf);
}

static void test_headers_cannot_be_smuggled(void **state)
{
    static const char *const bad[] = {"X-A: b\r\nX-Injected: 1"};
    struct http_request req = with_ca(httptest_ca_file);
    struct httptest_got g;

    (void)state;
    req.headers = bad;
    req.nheaders = 1;
    g = httptest_get("https", "127.0.0.1", 1, "/", req);
    httptest_says(&g, ERR_CONFIG, "header 'X-A' of a request is malformed");
    httptest_got_release(&g);
}

static void test_redirects_are_not_followed(void **state)
{
    struct testca_leaf leaf = testca_issue(httptest_ca, "IP:127.0.0.1", -HOUR_S, DAY_S);
    struct httptest_server s = httptest_server_start(&leaf);
    struct httptest_got g =
        httptest_get("https", "127.0.0.1", s.port, "/moved", with_ca(httptest_ca_file));

    (void)state;
    assert_int_equal(g.r.status, 302);
    assert_int_equal(httptest_seen.requests, 1);
    httptest_got_release(&g);
    MHD_stop_daemon(s.daemon);
    testca_leaf_release(&leaf);
}

static void test_bodies_are_bounded_after_decoding(void **state)
{
    struct testca_leaf leaf = testca_issue(httptest_ca, "IP:127.0.0.1", -HOUR_S, DAY_S);
    struct httptest_server s = httptest_server_start(&leaf);
    struct http_request req = with_ca(httptest_ca_file);
    struct httptest_got g;

    (void)state;
    req.max_body = 300000;
    g = httptest_get("https", "127.0.0.1", s.port, "/big", req);
    assert_string_equal(g.r.err.msg, "");
    assert_int_equal(g.r.len, 300000);
    httptest_got_release(&g);
    req.max_body = 299999;
    g = httptest_get("https", "127.0.0.1", s.port, "/big", req);
    assert_int_equal(g.r.err.kind, ERR_LIMIT);
    assert_int_equal(g.r.len, 0);
    assert_int_equal(g.r.status, 200);
    httptest_got_release(&g);
    req.max_body = 200000;
    g = httptest_get("https", "127.0.0.1", s.port, "/gzip", req);
    assert_string_equal(g.r.err.msg, "");
    assert_int_equal(g.r.len, 200000);
    assert_true(g.r.wire_bytes < 2000);
    httptest_got_release(&g);
    req.max_body = 64 << 10;
    g = httptest_get("https", "127.0.0.1", s.port, "/gzip", req);
    httptest_says(&g, ERR_LIMIT, "the reply of '127.0.0.1:%d' is larger than 64.0 KiB", s.port);
    httptest_got_release(&g);
    MHD_stop_daemon(s.daemon);
    testca_leaf_release(&leaf);
}

#define MANY 200

static void test_many_at_once(void **state)
{
    struct testca_leaf leaf = testca_issue(httptest_ca, "IP:127.0.0.1", -HOUR_S, DAY_S);
    struct httptest_server s = httptest_server_start(&leaf);
    char *url = mem_printf("https://127.0.0.1:%d/ok", s.port);
    struct http_request req = with_ca(httptest_ca_file);
    static struct httptest_got got[MANY];

    (void)state;
    req.method = "GET";
    req.url = url;
    for (size_t i = 0; i < MANY; i++)
        httptest_send(&req, &got[i]);
    loop_run(httptest.loop);
    for (size_t i = 0; i < MANY; i++) {
        assert_int_equal(got[i].calls, 1);
        assert_string_equal(got[i].r.err.msg, "");
        assert_string_equal(got[i].r.body, "hello");
        assert_string_equal(got[i].r.cert_sha256, leaf.sha256);
        httptest_got_release(&got[i]);
    }
    assert_int_equal(httptest_seen.requests, MANY);
    free(url);
    MHD_stop_daemon(s.daemon);
    testca_leaf_release(&leaf);
}

/* ---- what goes wrong
 * ------------------------------------------------------------------------------ */

static struct httptest_got ask_raw(const char *reply, size_t len, bool hang,
                                   struct http_request req, int *port, char **request)
{
    struct rawserver *s = rawserver_start(reply, len, hang);
    struct httptest_got g;
    char *asked;

    *port = rawserver_port(s);
    g = httptest_get("http", "127.0.0.1", *port, "/x/../y?a=%2F", req);
    asked = rawserver_stop(s);
    if (request)
        *request = asked;
    else
        free(asked);
    return g;
}

static void stop_loop(void *arg)
{
    loop_stop(arg);
}

#define RAW(text) text, sizeof(text) - 1

static void test_truncated_replies(void **state)
{
    struct httptest_got g;
    int port;

    (void)state;
    g = ask_raw(RAW("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"half"), false, plain, &port,
                NULL);
    httptest_says(&g, ERR_NET,
                  "the reply ended early: '127.0.0.1:%d' sent less than it had announced", port);
    assert_int_equal(g.r.status, 200);
    httptest_got_release(&g);
    g = ask_raw(RAW("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n{\"half"), false,
                plain, &port, NULL);
    httptest_says(&g, ERR_NET,
                  "the reply ended early: '127.0.0.1:%d' sent less than it had announced", port);
    httptest_got_release(&g);
    g = ask_raw(RAW(""), false, plain, &port, NULL);
    httptest_says(&g, ERR_NET, "'127.0.0.1:%d' broke the connection before it replied", port);
    assert_int_equal(g.r.status, 0);
    httptest_got_release(&g);
}

static void test_interim_replies_and_the_path_as_it_is(void **state)
{
    char *request = NULL;
    struct httptest_got g;
    int port;

    (void)state;
    g = ask_raw(
        RAW("HTTP/1.1 100 Continue\r\nX-Test: no\r\n\r\nHTTP/1.1 418 Short\r\nX-Test: yes\r\n"
            "Content-Length: 2\r\n\r\nok"),
        false, plain, &port, &request);
    assert_string_equal(g.r.err.msg, "");
    assert_int_equal(g.r.status, 418);
    assert_string_equal(g.header, "yes");
    assert_string_equal(g.r.cert_sha256, "");
    assert_non_null(strstr(request, "GET /x/../y?a=%2F HTTP/1.1\r\n"));
    free(request);
    httptest_got_release(&g);
}

static void test_what_is_not_http(void **state)
{
    struct httptest_got g;
    int port;

    (void)state;
    g = ask_raw(RAW("SSH-2.0-OpenSSH_9.2p1\r\n"), false, plain, &port, NULL);
    assert_true(g.r.err.kind == ERR_PROTO || g.r.err.kind == ERR_NET);
    assert_int_equal(g.r.status, 0);
    httptest_got_release(&g);
}

static void test_too_many_headers(void **state)
{
    size_t size = 64 + 300 * 8;
    char *reply = mem_alloc(size);
    size_t n = (size_t)snprintf(reply, size, "HTTP/1.1 200 OK\r\n");
    struct httptest_got g;
    int port;

    (void)state;
    for (int i = 0; i < 300; i++)
        n += (size_t)snprintf(reply + n, size - n, "A: bb\r\n");
    g = ask_raw(reply, n, false, plain, &port, NULL);
    httptest_says(&g, ERR_LIMIT,
                  "the reply of '127.0.0.1:%d' has more than 256 headers or 256 KiB of them", port);
    httptest_got_release(&g);
    free(reply);
}

static void test_timeouts_name_phase_and_limit(void **state)
{
    struct http_request req = plain;
    struct rawserver *s;
    struct httptest_got g;
    int port;

    (void)state;
    req.timeout_ms = 150;
    g = ask_raw(RAW(""), true, req, &port, NULL);
    httptest_says(&g, ERR_NET, "no reply from '127.0.0.1:%d' within 150ms", port);
    httptest_got_release(&g);
    g = ask_raw(RAW("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"half"), true, req, &port,
                NULL);
    httptest_says(&g, ERR_NET, "the reply of '127.0.0.1:%d' was not complete within 150ms", port);
    httptest_got_release(&g);
    s = rawserver_start("", 0, true);
    port = rawserver_port(s);
    req.connect_timeout_ms = 120;
    req.timeout_ms = 20000;
    g = httptest_get("https", "127.0.0.1", port, "/", req);
    httptest_says(&g, ERR_NET, "TLS handshake with '127.0.0.1:%d' did not finish within 120ms",
                  port);
    httptest_got_release(&g);
    free(rawserver_stop(s));
}

static void test_refused_and_not_tls(void **state)
{
    int port = rawserver_unused_port();
    struct rawserver *s;
    struct httptest_got g;

    (void)state;
    g = httptest_get("https", "127.0.0.1", port, "/", with_ca(httptest_ca_file));
    httptest_says(&g, ERR_NET, "unable to connect to '127.0.0.1:%d': connection refused", port);
    httptest_got_release(&g);
    s = rawserver_start(RAW("HTTP/1.1 400 Bad Request\r\n\r\n"), false);
    port = rawserver_port(s);
    g = httptest_get("https", "127.0.0.1", port, "/", with_ca(httptest_ca_file));
    httptest_says(&g, ERR_TLS, "TLS handshake with '127.0.0.1:%d' failed: wrong version number",
                  port);
    httptest_got_release(&g);
    free(rawserver_stop(s));
}

/* ---- a name server that does not answer
 * ----------------------------------------------------------- */

static sem_t hung_name, resolved_name;

/* Stands in front of the C library's: libcurl's threads get stuck here for a name that ends in
 * ".hung". */
int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **result)
{
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    size_t n = name ? strlen(name) : 0;

    if (n > 5 && strcmp(name + n - 5, ".hung") == 0) {
        sem_wait(&hung_name);
        sem_post(&resolved_name);
        return EAI_AGAIN;
    }
    if (n > 8 && strcmp(name + n - 8, ".invalid") == 0)
        return EAI_NONAME;
    *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    return real(name, service, hints, result);
}

static void test_hung_name_server_delays_nobody(void **state)
{
    struct http_request req = {.method = "GET", .url = "https://a.hung:8443/", .proxy = ""};
    struct httptest_got slow, cancelled, g;
    uint64_t id;
    int port;

    (void)state;
    sem_init(&hung_name, 0, 0);
    sem_init(&resolved_name, 0, 0);
    req.timeout_ms = 100;
    httptest_send(&req, &slow);
    req.timeout_ms = 0;
    req.url = "https://b.hung/";
    id = httptest_send(&req, &cancelled);
    loop_timer(httptest.loop, 200, stop_loop, httptest.loop);
    loop_run(httptest.loop);
    httptest_says(&slow, ERR_NET, "no address found for 'a.hung:8443' within 100ms");
    http_cancel(httptest.http, id);
    httptest_says(&cancelled, ERR_CANCEL, "cancelled");
    loop_run(httptest.loop);
    g = ask_raw(RAW("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), false, plain, &port, NULL);
    assert_string_equal(g.r.body, "ok");
    httptest_got_release(&g);
    httptest_got_release(&slow);
    httptest_got_release(&cancelled);
    /* All of that happened while both look-ups were stuck. */
    sem_post(&hung_name);
    sem_post(&hung_name);
    sem_wait(&resolved_name);
    sem_wait(&resolved_name);
}

static void test_name_that_does_not_exist(void **state)
{
    struct http_request req = plain;
    struct httptest_got g;

    (void)state;
    req.proxy = "";
    req.timeout_ms = 20000;
    g = httptest_get("https", "no-such-host.invalid", 443, "/", req);
    assert_int_equal(g.r.err.kind, ERR_NET);
    assert_string_equal(g.r.err.msg, "no address found for 'no-such-host.invalid:443'");
    httptest_got_release(&g);
}

/* ---- proxies
 * --------------------------------------------------------------------------------------- */

static int proxied(void **state)
{
    setenv("https_proxy", "", 1);
    setenv("http_proxy", "", 1);
    setenv("no_proxy", "", 1);
    return httptest_start(state);
}

static int unproxied(void **state)
{
    unsetenv("https_proxy");
    unsetenv("http_proxy");
    unsetenv("no_proxy");
    return httptest_stop(state);
}

static void use_proxy(int port)
{
    char url[64];

    snprintf(url, sizeof(url), "http://127.0.0.1:%d", port);
    setenv("https_proxy", url, 1);
    setenv("http_proxy", url, 1);
}

static const char refusal[] =
    "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";

static void test_proxy_of_the_environment(void **state)
{
    struct rawserver *s = rawserver_start(refusal, sizeof(refusal) - 1, false);
    char *asked;
    struct httptest_got g;

    (void)state;
    use_proxy(rawserver_port(s));
    g = httptest_get("https", "nsx.example", 8443, "/", plain);
    httptest_says(
        &g, ERR_NET,
        "the proxy refused to connect to 'nsx.example:8443' (proxy variables are set): 407 it "
        "wants a "
        "user name and password");
    assert_int_equal(g.r.nheaders, 0);
    httptest_got_release(&g);
    asked = rawserver_stop(s);
    assert_memory_equal(asked, "CONNECT nsx.example:8443 HTTP/1.1\r\n", 35);
    free(asked);
}

static void test_given_proxy(void **state)
{
    struct rawserver *s = rawserver_start(refusal, sizeof(refusal) - 1, false);
    char *proxy = mem_printf("http://user:hush@127.0.0.1:%d", rawserver_port(s)), *asked;
    struct http_request req = plain;
    struct httptest_got g;

    (void)state;
    setenv("no_proxy", "*", 1);
    req.proxy = proxy;
    g = httptest_get("https", "127.0.0.1", 8443, "/", req);
    httptest_says(
        &g, ERR_AUTH,
        "the proxy refused to connect to '127.0.0.1:8443' through proxy '127.0.0.1:%d': 407 it did "
        "not accept the user name and password of its URL",
        rawserver_port(s));
    httptest_got_release(&g);
    asked = rawserver_stop(s);
    assert_memory_equal(asked, "CONNECT 127.0.0.1:8443 HTTP/1.1\r\n", 33);
    free(asked);
    free(proxy);
    req.proxy = "https://user:hush@proxy.example";
    g = httptest_get("https", "nsx.example", 8443, "/", req);
    httptest_says(
        &g, ERR_CONFIG,
        "the proxy of 'nsx.example:8443' must be http://host:port or socks5h://host:port");
    httptest_got_release(&g);
}

static void test_loopback_and_no_proxy_go_direct(void **state)
{
    struct testca_leaf leaf = testca_issue(httptest_ca, "IP:127.0.0.1", -HOUR_S, DAY_S);
    struct httptest_server s = httptest_server_start(&leaf);
    struct rawserver *proxy = rawserver_start(refusal, sizeof(refusal) - 1, false);
    struct http_request req = plain;
    char *asked;
    struct httptest_got g;

    (void)state;
    use_proxy(rawserver_port(proxy));
    g = httptest_get("https", "127.0.0.1", s.port, "/ok", with_ca(httptest_ca_file));
    assert_string_equal(g.r.err.msg, "");
    httptest_got_release(&g);
    /* 0.0.0.0 reaches this machine too, but is not a loopback address. */
    setenv("no_proxy", "example.com,0.0.0.0", 1);
    req.tls.sha256 = leaf.sha256;
    g = httptest_get("https", "0.0.0.0", s.port, "/ok", req);
    assert_string_equal(g.r.err.msg, "");
    httptest_got_release(&g);
    asked = rawserver_stop(proxy);
    assert_string_equal(asked, "");
    free(asked);
    MHD_stop_daemon(s.daemon);
    testca_leaf_release(&leaf);
}

/* ---- URLs
 * ------------------------------------------------------------------------------------------- */

static void test_url_check(void **state)
{
    static const char *const good[] = {
        "https://vc.example/",        "https://192.0.2.1:9443/api", "http://127.0.0.1:4566",
        "http://127.200.1.2/",        "http://localhost:8080/x",    "http://[::1]:1/",
        "HTTPS://NSX.example/policy", "https://[2001:db8::1]/",
    };
    static const char *const bad[] = {
        "http://vc.example/",
        "http://192.0.2.1/",
        "http://localhost.example/",
        "http://127.0.0.1.example",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "vc.example",
        "",
        "https://",
        "https://u:p@vc.example/",
        "http://[::ffff:10.0.0.1]",
        "http://169.254.169.254/latest",
        "https://vc.example/\n",
        "http://0.0.0.0/",
        "http://128.0.0.1/",
    };
    struct err err = {0};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(good); i++)
        if (http_url_check(good[i], &err))
            fail_msg("%s: %s", good[i], err.msg);
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        err_clear(&err);
        if (!http_url_check(bad[i], &err))
            fail_msg("accepted: %s", bad[i]);
        assert_int_equal(err.kind, ERR_CONFIG);
        assert_null(strstr(err.msg, "u:p"));
    }
    assert_int_equal(http_url_check(NULL, &err), -1);
}

static void test_plain_http_is_refused(void **state)
{
    struct http_request req = plain;
    struct httptest_got g;

    (void)state;
    g = httptest_get("http", "vc.example", 80, "/", req);
    httptest_says(
        &g, ERR_CONFIG,
        "the URL of 'vc.example:80' must begin with https:// (http:// is for loopback addresses)");
    httptest_got_release(&g);
    req.allow_link_local = true;
    g = httptest_get("http", "vc.example", 80, "/", req);
    assert_int_equal(g.r.err.kind, ERR_CONFIG);
    httptest_got_release(&g);
}

/* ---- cancelling
 * -------------------------------------------------------------------------------------- */

static void test_cancel(void **state)
{
    struct rawserver *s = rawserver_start("", 0, true);
    char *url = mem_printf("http://127.0.0.1:%d/", rawserver_port(s));
    struct http_request req = {.method = "GET", .url = url};
    struct http_request bad = {.method = "GET", .url = "nonsense"};
    struct httptest_got first, second, failed;
    uint64_t id, id_failed;

    (void)state;
    id = httptest_send(&req, &first);
    httptest_send(&req, &second);
    id_failed = httptest_send(&bad, &failed);
    http_cancel(httptest.http, 12345);
    assert_int_equal(first.calls, 0);
    http_cancel(httptest.http, id);
    assert_int_equal(first.calls, 1);
    httptest_says(&first, ERR_CANCEL, "cancelled");
    http_cancel(httptest.http, id);
    assert_int_equal(first.calls, 1);
    assert_int_equal(second.calls, 0);
    http_cancel(httptest.http, id_failed);
    assert_int_equal(failed.calls, 1);
    httptest_got_release(&first);
    httptest_got_release(&failed);
    /* The second is still under way when the client goes. */
    http_free(httptest.http);
    httptest.http = NULL;
    assert_int_equal(second.calls, 1);
    httptest_says(&second, ERR_CANCEL, "cancelled");
    httptest_got_release(&second);
    free(rawserver_stop(s));
    free(url);
}

struct chain {
    struct httptest_got *slots;
    size_t left;
    char *url;
};

static void send_next(void *arg, struct http_reply *r)
{
    struct chain *c = arg;
    struct http_request req = {.method = "GET", .url = c->url};

    assert_string_equal(r->body, "ok");
    if (--c->left)
        http_send(httptest.http, &req, send_next, c);
    else
        loop_stop(httptest.loop);
}

static void test_sending_from_a_callback(void **state)
{
    static const char reply[] =
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
    struct rawserver *s = rawserver_start(reply, sizeof(reply) - 1, false);
    struct chain c = {.left = 20, .url = mem_printf("http://127.0.0.1:%d/", rawserver_port(s))};
    struct http_request req = {.method = "GET", .url = c.url};

    (void)state;
    http_send(httptest.http, &req, send_next, &c);
    loop_run(httptest.loop);
    assert_int_equal(c.left, 0);
    free(rawserver_stop(s));
    free(c.url);
}

#define T(name) cmocka_unit_test_setup_teardown(name, httptest_start, httptest_stop)
#define P(name) cmocka_unit_test_setup_teardown(name, proxied, unproxied)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_methods_and_headers),
        T(test_headers_cannot_be_smuggled),
        T(test_redirects_are_not_followed),
        T(test_bodies_are_bounded_after_decoding),
        T(test_many_at_once),
        T(test_truncated_replies),
        T(test_interim_replies_and_the_path_as_it_is),
        T(test_what_is_not_http),
        T(test_too_many_headers),
        T(test_timeouts_name_phase_and_limit),
        T(test_refused_and_not_tls),
        T(test_hung_name_server_delays_nobody),
        T(test_name_that_does_not_exist),
        P(test_proxy_of_the_environment),
        P(test_given_proxy),
        P(test_loopback_and_no_proxy_go_direct),
        T(test_url_check),
        T(test_plain_http_is_refused),
        T(test_cancel),
        T(test_sending_from_a_callback),
    };

    return cmocka_run_group_tests(tests, httptest_group_start, httptest_group_stop);
}
