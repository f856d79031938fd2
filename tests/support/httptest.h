/* httptest: a client on a loop and an HTTPS server (libmicrohttpd) on loopback, for tests of what
 * rides on core/http. One client at a time; the server notes what it was asked last. */
#ifndef HYCON_TESTS_SUPPORT_HTTPTEST_H
#define HYCON_TESTS_SUPPORT_HTTPTEST_H

#include "core/http.h"
#include "tests/support/testca.h"

#include <microhttpd.h>

/* Paths: /ok and all others "hello" with headers; /moved 302; /big 300,000 bytes; /gzip 200,000
 * bytes that travel in a few hundred. */
struct httptest_server {
    struct MHD_Daemon *daemon; /* MHD_stop_daemon() ends it */
    int port;
};

struct httptest_seen {
    char method[16], content_type[64], agent[128], expect[16], body[64];
    unsigned requests, connections;
};

/* A copy of a reply that outlives it: r.headers is NULL, X-Test and both Set-Cookie are kept. */
struct httptest_got {
    struct http_reply r;
    char *header, *cookies[2];
    unsigned calls;
};

struct httptest_client {
    struct loop *loop;
    struct http *http;
    unsigned waiting; /* the loop stops when this comes down to 0 */
    bool sending, early;
};

extern struct httptest_seen httptest_seen; /* reset by httptest_server_start() */
extern struct httptest_client httptest;
extern struct testca *httptest_ca, *httptest_other_ca;
extern char *httptest_ca_file, *httptest_other_ca_file;

/* cmocka's group and test fixtures. */
int httptest_group_start(void **state);
int httptest_group_stop(void **state);
int httptest_start(void **state);
int httptest_stop(void **state);

struct httptest_server httptest_server_start(const struct testca_leaf *leaf);
/* Sends; @g is filled once the loop has run. */
uint64_t httptest_send(const struct http_request *req, struct httptest_got *g);
/* Sends @req (method GET and 20 s when not said) to the URL of these parts, runs the loop, returns
 * what came. */
struct httptest_got httptest_get(const char *scheme, const char *host, int port, const char *path,
                                 struct http_request req);
void httptest_got_release(struct httptest_got *g);
/* Asserts that @g failed with exactly this. */
void httptest_says(const struct httptest_got *g, enum err_kind kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
