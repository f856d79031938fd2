/*
 * http: requests over libcurl's multi interface on a loop. libcurl is loaded at the first of
 * them, and core/http*.c alone know it.
 *
 * TLS is verified always: system store, a CA file, or the pinned SHA-256 of the leaf certificate,
 * which then replaces chain and name checks. There is no switch that turns verification off. A
 * certificate that is not trusted or has changed fails with ERR_TLS and both fingerprints in the
 * message; redirects are not followed; bodies beyond max_body fail with ERR_LIMIT; plain http:// is
 * refused but for loopback addresses. Connections are kept and shared by (host, TLS settings,
 * proxy) within one struct http.
 */
#ifndef HYCON_CORE_HTTP_H
#define HYCON_CORE_HTTP_H

#include "core/err.h"
#include "core/hash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http;
struct loop;

struct http_tls {
    const char *ca_file;                  /* NULL: system store */
    const char *sha256;                   /* pin, 64 lower-case hex digits; NULL: none */
    const char *client_cert, *client_key; /* PEM files; NULL: none */
};

struct http_request {
    const char *method; /* "GET", "POST", ... */
    const char *url;
    const char *const *headers; /* "Name: value"; copied; wiped after the transfer. There is no
                                 * Content-Type but the one given here */
    size_t nheaders;
    const char *body; /* copied (and wiped); NULL: none */
    size_t body_len;
    int64_t connect_timeout_ms; /* 0: 10 s */
    int64_t timeout_ms;         /* whole request; 0: 60 s */
    size_t max_body;            /* after content decoding; 0: HTTP_BODY_MAX */
    struct http_tls tls;
    /* NULL: the usual variables and NO_PROXY, none for loopback; "": none; else http:// or
     * socks5h://, whatever NO_PROXY says. */
    const char *proxy;
    /* A Unix socket that leads to the server of the URL, whose name and certificate are checked as
     * ever; no proxy then. */
    const char *unix_socket;
    const char *via; /* with @unix_socket or @held, for messages: "jump host 'ops@bastion'" */
    bool held;       /* wait for http_go() or http_fail() */
    /* NULL: the body is collected into the reply. Else the body of a 2xx reply is handed on in
     * pieces as it arrives, decoded, and the reply's own stays empty; @done still comes last.
     * Other replies are collected, because their bodies are error documents. Anything but 0 ends
     * the transfer with ERR_CANCEL. It may neither send nor cancel; it runs on the loop's thread
     * with the @arg of http_send(). */
    int (*on_body)(void *arg, const char *data, size_t len);
    /* Plain http:// to 169.254.0.0/16 too (instance metadata services), never through a proxy. */
    bool allow_link_local;
};

#define HTTP_BODY_MAX    (64u << 20)
#define HTTP_HEADERS_MAX 256

struct http_reply {
    struct err err; /* transport errors only; an HTTP status is not an error here */
    int status;     /* 0 when err.kind is set before a status came */
    char *body;     /* NUL-terminated, owned by the reply; never NULL; empty when err.kind is set */
    size_t len;
    size_t wire_bytes;
    int64_t elapsed_ms, connect_ms;
    bool connected;  /* the server was reached and trusted: the request was sent, or begun */
    int64_t date_ms; /* Date header; 0: none */
    /* Leaf certificate, also on kept connections and when it was refused; "" for plain http. */
    char cert_sha256[SHA256_HEX];
    char cert_subject[256], cert_issuer[256];
    int64_t cert_expires_at, cert_starts_at; /* ms; 0: unknown */
    struct http_header *headers;
    size_t nheaders;
};

struct http_header {
    char *name, *value;
};

/* First header of that name (case ignored) or NULL. */
const char *http_reply_header(const struct http_reply *r, const char *name);
/* All of a name: *i from 0; NULL at the end (Set-Cookie). */
const char *http_reply_next(const struct http_reply *r, const char *name, size_t *i);

/* In @done: move all of @r to @to, to keep it longer. Then http_reply_release(@to). */
void http_reply_take(struct http_reply *to, struct http_reply *r);
void http_reply_release(struct http_reply *r);

typedef void (*http_done_fn)(void *arg, struct http_reply *reply);

struct http *http_new(struct loop *l);
/* Cancels what is under way (callbacks get ERR_CANCEL, and may not send). NULL is fine. Before
 * loop_free(), whether or not the loop has stopped, and not from inside @done. */
void http_free(struct http *h);
/* Starts the request; @done runs once, on the loop's thread, never from inside http_send(). The
 * reply is freed after @done. Returns an id. */
uint64_t http_send(struct http *h, const struct http_request *req, http_done_fn done, void *arg);
/* @done gets ERR_CANCEL before this returns; unknown ids are ignored. */
void http_cancel(struct http *h, uint64_t id);

/* What was sent with @held starts now, by way of a Unix socket; its time starts, too. Unknown ids
 * are ignored. */
void http_go(struct http *h, uint64_t id, const char *unix_socket);
/* @done gets @err before this returns; unknown ids are ignored. */
void http_fail(struct http *h, uint64_t id, const struct err *err);
/* "host:port" of a URL as messages name it: false for what http_url_check() refuses. */
bool http_url_where(const char *url, char *out, size_t size);

/* Refuse early: 0, or -1 and ERR_CONFIG for a URL that is not https:// nor loopback http://. */
int http_url_check(const char *url, struct err *err);

/* Load libcurl on a thread of its own, for those who will need it soon; once is enough.
 * http_preload_end() before the program ends, also without http_preload(). */
void http_preload(void);
void http_preload_end(void);

/* "libcurl/7.88.1 OpenSSL/3.0.11 ...", for --version. */
const char *http_library_version(void);

#endif
