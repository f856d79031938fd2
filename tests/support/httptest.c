#include "tests/support/httptest.h"

#include "core/loop.h"
#include "core/mem.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

/* 200,000 times 'a', compressed. */
static const unsigned char bomb[] = {
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xed, 0xc1, 0x31, 0x01, 0x00, 0x00,
    0x00, 0xc2, 0xa0, 0xac, 0xeb, 0x5f, 0xc2, 0x0c, 0xfe, 0x40, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xaf, 0x01, 0x9b, 0x53,
    0x69, 0xe0, 0x40, 0x0d, 0x03, 0x00};

/* ---- a proper HTTPS server ------------------------------------------------------------------- */

struct httptest_seen httptest_seen;

static void remember(char *dst, size_t size, const char *value)
{
    snprintf(dst, size, "%s", value ? value : "");
}

static struct MHD_Response *response_for(const char *url)
{
    static char big[300000];
    struct MHD_Response *r;

    if (strcmp(url, "/big") == 0) {
        memset(big, 'b', sizeof(big));
        return MHD_create_response_from_buffer(sizeof(big), big, MHD_RESPMEM_PERSISTENT);
    }
    if (strcmp(url, "/gzip") == 0) {
        r = MHD_create_response_from_buffer(sizeof(bomb), (void *)(uintptr_t)bomb,
                                            MHD_RESPMEM_PERSISTENT);
        MHD_add_response_header(r, "Content-Encoding", "gzip");
        return r;
    }
    r = MHD_create_response_from_buffer(5, (void *)(uintptr_t) "hello", MHD_RESPMEM_PERSISTENT);
    MHD_add_response_header(r, "Set-Cookie", "a=1");
    MHD_add_response_header(r, "Set-Cookie", "b=2");
    MHD_add_response_header(r, "X-Test", " padded ");
    if (strcmp(url, "/moved") == 0)
        MHD_add_response_header(r, "Location", "/ok");
    return r;
}

static enum MHD_Result answer(void *arg, struct MHD_Connection *c, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *len, void **state)
{
    static int started;
    struct MHD_Response *r;
    enum MHD_Result rc;

    (void)arg;
    (void)version;
    if (!*state) {
        *state = &started;
        httptest_seen.body[0] = '\0';
        return MHD_YES;
    }
    if (*len) {
        snprintf(httptest_seen.body, sizeof(httptest_seen.body), "%.*s", (int)*len, data);
        *len = 0;
        return MHD_YES;
    }
    httptest_seen.requests++;
    remember(httptest_seen.method, sizeof(httptest_seen.method), method);
    remember(httptest_seen.content_type, sizeof(httptest_seen.content_type),
             MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Content-Type"));
    remember(httptest_seen.agent, sizeof(httptest_seen.agent),
             MHD_lookup_connection_value(c, MHD_HEADER_KIND, "User-Agent"));
    remember(httptest_seen.expect, sizeof(httptest_seen.expect),
             MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Expect"));
    r = response_for(url);
    rc = MHD_queue_response(c, strcmp(url, "/moved") == 0 ? 302 : 200, r);
    MHD_destroy_response(r);
    return rc;
}

static void on_connection(void *arg, struct MHD_Connection *c, void **state,
                          enum MHD_ConnectionNotificationCode code)
{
    (void)arg;
    (void)c;
    (void)state;
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        httptest_seen.connections++;
}

struct httptest_server httptest_server_start(const struct testca_leaf *leaf)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct httptest_server s;

    memset(&httptest_seen, 0, sizeof(httptest_seen));
    s.daemon =
        MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_TLS, 0, NULL, NULL, answer, NULL,
                         MHD_OPTION_SOCK_ADDR, &a, MHD_OPTION_HTTPS_MEM_CERT, leaf->cert,
                         MHD_OPTION_HTTPS_MEM_KEY, leaf->key, MHD_OPTION_NOTIFY_CONNECTION,
                         on_connection, NULL, MHD_OPTION_CONNECTION_LIMIT, 400u, MHD_OPTION_END);
    assert_non_null(s.daemon);
    s.port = MHD_get_daemon_info(s.daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
    return s;
}

/* ---- a client ----------------------------------------------------------------------------------
 */

struct testca *httptest_ca, *httptest_other_ca;
char *httptest_ca_file, *httptest_other_ca_file;
struct httptest_client httptest;

struct ask {
    struct httptest_client *client;
    struct httptest_got *got;
};

static void keep(struct httptest_got *g, const struct http_reply *r)
{
    size_t i = 0;

    g->calls++;
    g->r = *r;
    g->r.body = mem_strndup(r->body, r->len);
    g->r.headers = NULL;
    g->header = mem_strdup(http_reply_header(r, "x-test"));
    g->cookies[0] = mem_strdup(http_reply_next(r, "set-cookie", &i));
    g->cookies[1] = mem_strdup(http_reply_next(r, "set-cookie", &i));
    assert_null(http_reply_next(r, "set-cookie", &i));
}

static void on_done(void *arg, struct http_reply *r)
{
    struct ask *a = arg;
    struct httptest_client *c = a->client;

    c->early |= c->sending;
    assert_non_null(r->body);
    assert_int_equal(r->body[r->len], '\0');
    keep(a->got, r);
    free(a);
    if (--c->waiting == 0)
        loop_stop(c->loop);
}

uint64_t httptest_send(const struct http_request *req, struct httptest_got *g)
{
    struct ask *a = mem_alloc(sizeof(*a));
    uint64_t id;

    memset(g, 0, sizeof(*g));
    a->client = &httptest;
    a->got = g;
    httptest.waiting++;
    httptest.sending = true;
    id = http_send(httptest.http, req, on_done, a);
    httptest.sending = false;
    assert_false(httptest.early);
    return id;
}

static struct httptest_got httptest_fetch(const struct http_request *req)
{
    struct httptest_got g;

    httptest_send(req, &g);
    loop_run(httptest.loop);
    assert_int_equal(g.calls, 1);
    return g;
}

void httptest_got_release(struct httptest_got *g)
{
    free(g->r.body);
    free(g->header);
    free(g->cookies[0]);
    free(g->cookies[1]);
}

struct httptest_got httptest_get(const char *scheme, const char *host, int port, const char *path,
                                 struct http_request req)
{
    char *url = mem_printf("%s://%s:%d%s", scheme, host, port, path);
    struct httptest_got g;

    req.url = url;
    if (!req.method)
        req.method = "GET";
    if (!req.timeout_ms)
        req.timeout_ms = 20000;
    g = httptest_fetch(&req);
    free(url);
    return g;
}

void httptest_says(const struct httptest_got *g, enum err_kind kind, const char *fmt, ...)
{
    char want[512];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(want, sizeof(want), fmt, ap);
    va_end(ap);
    assert_string_equal(g->r.err.msg, want);
    assert_int_equal(g->r.err.kind, kind);
    assert_int_equal(g->r.len, 0);
}

int httptest_start(void **state)
{
    (void)state;
    memset(&httptest, 0, sizeof(httptest));
    httptest.loop = loop_new();
    httptest.http = http_new(httptest.loop);
    return 0;
}

int httptest_stop(void **state)
{
    (void)state;
    http_free(httptest.http);
    loop_free(httptest.loop);
    return 0;
}

int httptest_group_start(void **state)
{
    (void)state;
    httptest_ca = testca_new("Test CA \xe8\xaa\x8d\xe8\xa8\xbc\xe5\xb1\x80");
    httptest_other_ca = testca_new("Other CA");
    httptest_ca_file = testca_write(testca_pem(httptest_ca));
    httptest_other_ca_file = testca_write(testca_pem(httptest_other_ca));
    return 0;
}

int httptest_group_stop(void **state)
{
    (void)state;
    unlink(httptest_ca_file);
    unlink(httptest_other_ca_file);
    free(httptest_ca_file);
    free(httptest_other_ca_file);
    testca_free(httptest_ca);
    testca_free(httptest_other_ca);
    return 0;
}
