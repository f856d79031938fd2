/*
 * wire: the text of a request as core/http wants it. A wire owns one request at a time and wipes it
 * before the next, because headers and forms carry passwords, cookies and session tokens.
 */
#ifndef HYCON_COLLECTORS_WIRE_H
#define HYCON_COLLECTORS_WIRE_H

#include "core/http.h"
#include "core/secret.h"
#include "core/strbuf.h"

#define WIRE_HEADERS_MAX 8

struct wire {
    struct strbuf lines[WIRE_HEADERS_MAX]; /* "Name: value" */
    const char *headers[WIRE_HEADERS_MAX];
    size_t n;
    struct strbuf url, body;
};

void wire_init(struct wire *w);
void wire_release(struct wire *w);
/* Forget (and wipe) the last request. */
void wire_reset(struct wire *w);
/* Add a header; the value is copied, once: it may be a secret. */
void wire_header(struct wire *w, const char *name, const char *value);
/* Authorization: @scheme ("Basic") and the base64 of "user:password"; nothing else keeps a copy.
 * @user NULL is "". */
void wire_authorization(struct wire *w, const char *scheme, const char *user,
                        const struct secret *password);
/* Whether what a server gave may go back in a header: visible ASCII alone, and not empty. */
bool wire_is_plain(const char *s, size_t len);
/* The address: @base (session_url()), with or without a slash at its end, and @path. */
void wire_url(struct wire *w, const char *base, const char *path);
/* The request of @w: @http->url, headers and body point into it. */
void wire_fill(struct wire *w, const char *method, struct http_request *http);

#endif
