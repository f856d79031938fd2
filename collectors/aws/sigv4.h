/*
 * sigv4: AWS Signature Version 4 (AWS4-HMAC-SHA256). libcurl's own signer is wrong in several
 * releases (unsorted queries, escapes in the path, headers that are not sent), so requests are
 * signed here. Pure: the time comes from the caller. Works for every service but S3, whose paths
 * are not encoded twice.
 */
#ifndef HYCON_COLLECTORS_AWS_SIGV4_H
#define HYCON_COLLECTORS_AWS_SIGV4_H

#include <stddef.h>
#include <stdint.h>

struct strbuf;

#define SIGV4_DATE_MAX    17 /* "20261120T090000Z" and NUL */
#define SIGV4_HEADERS_MAX 32

struct sigv4_header {
    const char *name, *value;
};

/* A request as it goes on the wire. */
struct sigv4_request {
    const char *method;
    const char *path;  /* as sent; NULL or "" means "/" */
    const char *query; /* as sent, without '?'; NULL: none */
    /* With Host and X-Amz-Date; at most SIGV4_HEADERS_MAX. Those that proxies and clients change on
     * the way (User-Agent, Connection, ...) may be among them and are not signed. */
    const struct sigv4_header *headers;
    size_t nheaders;
    const char *body;
    size_t body_len;
};

struct sigv4_scope {
    const char *access_key, *secret;
    const char *region, *service;
    char date[SIGV4_DATE_MAX]; /* of X-Amz-Date */
};

/* @ms since the epoch as X-Amz-Date wants it; "" for a year that does not fit. */
void sigv4_date(int64_t ms, char out[SIGV4_DATE_MAX]);

/* Append the canonical request, for tests and for explaining a mismatch. */
void sigv4_canonical(struct strbuf *out, const struct sigv4_request *req);
/* Append the string to sign of a canonical request. */
void sigv4_string_to_sign(struct strbuf *out, const struct sigv4_scope *scope,
                          const char *canonical);
/* Append the value of the header Authorization. */
void sigv4_authorization(struct strbuf *out, const struct sigv4_scope *scope,
                         const struct sigv4_request *req);

#endif
