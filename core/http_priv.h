/* What the files of http share: one request under way, and who does what with it.
 *   http.c        the multi handle on the loop: sockets, timers, sending, cancelling, the end
 *   http_easy.c   one transfer: libcurl's options, and the callbacks that take headers and body
 *   http_url.c    what URL may be asked
 *   http_tls.c    who may be trusted (OpenSSL; knows no curl)
 *   http_error.c  what went wrong, in a sentence */
#ifndef HYCON_CORE_HTTP_PRIV_H
#define HYCON_CORE_HTTP_PRIV_H

#include "core/http.h"

#include "core/http_curl.h"
#include "core/openssl.h"

#define HTTP_HEADER_BYTES_MAX (256u << 10)
#define HTTP_STALL_SECONDS    30

struct http_target {
    char host[256];  /* as in the URL, without brackets, in lower case */
    char where[280]; /* host:port, for messages */
    bool tls, loopback, link_local;
};

struct http_transfer {
    struct http_transfer *prev, *next;
    struct http *http;
    uint64_t id;
    CURL *easy;
    bool added; /* to the multi handle */
    http_done_fn done;
    int (*on_body)(void *arg, const char *data, size_t len);
    void *arg;
    struct http_target target;
    char pin[SHA256_HEX]; /* "": chain and name are checked */
    char ca_file[300];    /* for messages; "": the system's store */
    char via[300];        /* " through proxy 'p:3128'" or "" */
    bool proxy_login;     /* the proxy is given a user name */
    struct curl_slist *sent_headers;
    char *sent_body;
    size_t sent_body_len;
    int64_t connect_timeout_ms, timeout_ms;
    size_t max_body, body_alloc, header_bytes, headers_alloc;
    size_t taken;     /* bytes of the body so far, kept or handed on */
    bool handshaking; /* TCP is there */
    bool connected;   /* and trusted: from here on the request is sent */
    struct http_reply reply;
    char errbuf[CURL_ERROR_SIZE];
};

/* http_easy.c. The easy handle with all options set, or -1 and t->reply.err. */
int http_easy_open(struct http_transfer *t, const struct http_request *req);
/* Close the handle; wipe what was sent; fill times and sizes of the reply. */
void http_easy_close(struct http_transfer *t);

/* http_url.c. Also refuses what http_url_check() refuses. */
int http_url_parse(const char *url, struct http_target *out, struct err *err);

/* http_tls.c. From CURLOPT_SSL_CTX_FUNCTION: verification of the leaf by us. */
void http_tls_setup(SSL_CTX *ctx, struct http_transfer *t);
/* On every request, also on a kept connection, before anything of it is sent: fills the certificate
 * fields of the reply. -1 and t->reply.err when the leaf is not the pinned one. */
int http_tls_connected(struct http_transfer *t, SSL *ssl);

/* http_error.c. Fills t->reply.err for @code unless a callback already said what is wrong. */
void http_error_set(struct http_transfer *t, CURLcode code);

#endif
