/*
 * The four steps of the algorithm, each a function: canonical request, string to sign, signing key,
 * header. The canonical forms are those of the AWS documentation as botocore applies them:
 * the path is encoded once more as it was sent, the query is decoded and encoded strictly, blanks
 * in header values collapse.
 */
#include "collectors/aws/sigv4.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/hash.h"
#include "core/mem.h"
#include "core/secret.h"
#include "core/strbuf.h"
#include "core/text.h"

#define ALGORITHM "AWS4-HMAC-SHA256"
#define DAY_LEN   8

/* What a proxy or the client library may change; botocore's list. */
static const char *const unsigned_headers[] = {"authorization",
                                               "connection",
                                               "expect",
                                               "keep-alive",
                                               "proxy-authenticate",
                                               "te",
                                               "proxy-connection",
                                               "trailer",
                                               "upgrade",
                                               "proxy-authorization",
                                               "user-agent",
                                               "transfer-encoding"};

void sigv4_date(int64_t ms, char out[SIGV4_DATE_MAX])
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm tm;

    if (!gmtime_r(&seconds, &tm) || !strftime(out, SIGV4_DATE_MAX, "%Y%m%dT%H%M%SZ", &tm))
        out[0] = '\0';
}

/* ---- query -------------------------------------------------------------------------------------
 */

struct pair {
    char *name, *value;
};

/* One side of a pair: decoded, then encoded strictly. A '+' is no blank here: it becomes %2B. */
static char *normalise(const char *s, size_t len)
{
    struct strbuf plain = STRBUF_INIT, strict = STRBUF_INIT;

    if (text_percent_decode(&plain, s, len) < 0) {
        strbuf_reset(&plain);
        strbuf_add(&plain, s, len);
    }
    text_percent_encode(&strict, plain.buf, plain.len, NULL);
    strbuf_release(&plain);
    return strbuf_detach(&strict);
}

static int compare_pairs(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    int by_name = strcmp(x->name, y->name);

    return by_name ? by_name : strcmp(x->value, y->value);
}

static struct pair *split_query(const char *query, size_t *n)
{
    struct pair *pairs = NULL;
    size_t cap = 0;

    for (*n = 0; *query;) {
        size_t len = strcspn(query, "&");
        const char *equals = memchr(query, '=', len);
        size_t name = equals ? (size_t)(equals - query) : len;

        if (len > 0) {
            pairs = mem_grow(pairs, *n, &cap, sizeof(*pairs));
            pairs[*n].name = normalise(query, name);
            pairs[*n].value = equals ? normalise(equals + 1, len - name - 1) : mem_strdup("");
            ++*n;
        }
        query += len + (query[len] == '&');
    }
    return pairs;
}

static void add_query(struct strbuf *out, const char *query)
{
    size_t n = 0;
    struct pair *pairs = query ? split_query(query, &n) : NULL;

    if (n > 0)
        qsort(pairs, n, sizeof(*pairs), compare_pairs);
    for (size_t i = 0; i < n; i++) {
        strbuf_addf(out, "%s%s=%s", i ? "&" : "", pairs[i].name, pairs[i].value);
        free(pairs[i].name);
        free(pairs[i].value);
    }
    free(pairs);
}

/* ---- headers -----------------------------------------------------------------------------------
 */

static bool is_signed(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(unsigned_headers); i++) {
        if (text_equal_nocase(name, unsigned_headers[i]))
            return false;
    }
    return true;
}

static int compare_headers(const void *a, const void *b)
{
    const struct sigv4_header *const *x = a, *const *y = b;
    int by_name = strcasecmp((*x)->name, (*y)->name);

    /* The same name twice keeps its order on the wire: both point into one array. */
    return by_name ? by_name : (*x > *y) - (*x < *y);
}

/* The signed headers of @req by name; returns how many. */
static size_t sorted_headers(const struct sigv4_request *req,
                             const struct sigv4_header *out[SIGV4_HEADERS_MAX])
{
    size_t n = 0;

    assert(req->nheaders <= SIGV4_HEADERS_MAX);
    for (size_t i = 0; i < req->nheaders && n < SIGV4_HEADERS_MAX; i++) {
        if (is_signed(req->headers[i].name))
            out[n++] = &req->headers[i];
    }
    qsort(out, n, sizeof(out[0]), compare_headers);
    return n;
}

static void add_lower(struct strbuf *out, const char *s)
{
    for (; *s; s++)
        strbuf_addch(out, (char)tolower((unsigned char)*s));
}

/* Trimmed, runs of blanks as one. */
static void add_value(struct strbuf *out, const char *s)
{
    bool blank = false, any = false;

    for (; *s; s++) {
        if (*s == ' ' || *s == '\t') {
            blank = any;
            continue;
        }
        if (blank)
            strbuf_addch(out, ' ');
        strbuf_addch(out, *s);
        blank = false;
        any = true;
    }
}

static void add_headers(struct strbuf *out, const struct sigv4_header *const *headers, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && text_equal_nocase(headers[i]->name, headers[i - 1]->name)) {
            strbuf_setlen(out, out->len - 1);
            strbuf_addch(out, ',');
        } else {
            add_lower(out, headers[i]->name);
            strbuf_addch(out, ':');
        }
        add_value(out, headers[i]->value);
        strbuf_addch(out, '\n');
    }
}

static void add_signed_names(struct strbuf *out, const struct sigv4_header *const *headers,
                             size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && text_equal_nocase(headers[i]->name, headers[i - 1]->name))
            continue;
        if (i > 0)
            strbuf_addch(out, ';');
        add_lower(out, headers[i]->name);
    }
}

/* ---- the steps ---------------------------------------------------------------------------------
 */

static void add_sha256(struct strbuf *out, const char *data, size_t len)
{
    uint8_t digest[SHA256_BYTES];
    char hex[SHA256_HEX];

    hash_sha256(data ? data : "", data ? len : 0, digest);
    hash_hex(digest, sizeof(digest), hex);
    strbuf_addstr(out, hex);
}

void sigv4_canonical(struct strbuf *out, const struct sigv4_request *req)
{
    const struct sigv4_header *headers[SIGV4_HEADERS_MAX];
    size_t n = sorted_headers(req, headers);
    const char *path = req->path && *req->path ? req->path : "/";

    strbuf_addf(out, "%s\n", req->method);
    text_percent_encode(out, path, strlen(path), "/");
    strbuf_addch(out, '\n');
    add_query(out, req->query);
    strbuf_addch(out, '\n');
    add_headers(out, headers, n);
    strbuf_addch(out, '\n');
    add_signed_names(out, headers, n);
    strbuf_addch(out, '\n');
    add_sha256(out, req->body, req->body_len);
}

static void add_scope(struct strbuf *out, const struct sigv4_scope *s)
{
    strbuf_addf(out, "%.*s/%s/%s/aws4_request", DAY_LEN, s->date, s->region, s->service);
}

void sigv4_string_to_sign(struct strbuf *out, const struct sigv4_scope *scope,
                          const char *canonical)
{
    strbuf_addf(out, ALGORITHM "\n%s\n", scope->date);
    add_scope(out, scope);
    strbuf_addch(out, '\n');
    add_sha256(out, canonical, strlen(canonical));
}

static void hmac(uint8_t key[SHA256_BYTES], const char *text)
{
    uint8_t next[SHA256_BYTES];

    hash_hmac_sha256(key, SHA256_BYTES, text, strlen(text), next);
    memcpy(key, next, SHA256_BYTES);
    secret_wipe(next, sizeof(next));
}

static void signing_key(const struct sigv4_scope *s, uint8_t key[SHA256_BYTES])
{
    struct strbuf start = STRBUF_INIT;
    size_t len = strlen(s->secret);

    strbuf_grow(&start, len + 5); /* once, so that no copy of the secret is left behind */
    strbuf_addstr(&start, "AWS4");
    strbuf_add(&start, s->secret, len);
    hash_hmac_sha256(start.buf, start.len, s->date, strnlen(s->date, DAY_LEN), key);
    secret_wipe(start.buf, start.len);
    strbuf_release(&start);
    hmac(key, s->region);
    hmac(key, s->service);
    hmac(key, "aws4_request");
}

static void add_signature(struct strbuf *out, const struct sigv4_scope *scope,
                          const struct sigv4_request *req)
{
    struct strbuf canonical = STRBUF_INIT, text = STRBUF_INIT;
    uint8_t key[SHA256_BYTES];
    char hex[SHA256_HEX];

    sigv4_canonical(&canonical, req);
    sigv4_string_to_sign(&text, scope, canonical.buf);
    signing_key(scope, key);
    hmac(key, text.buf);
    hash_hex(key, sizeof(key), hex);
    strbuf_addstr(out, hex);
    secret_wipe(key, sizeof(key));
    secret_wipe(canonical.buf, canonical.len); /* holds the session token */
    strbuf_release(&canonical);
    strbuf_release(&text);
}

void sigv4_authorization(struct strbuf *out, const struct sigv4_scope *scope,
                         const struct sigv4_request *req)
{
    const struct sigv4_header *headers[SIGV4_HEADERS_MAX];
    size_t n = sorted_headers(req, headers);

    strbuf_addf(out, ALGORITHM " Credential=%s/", scope->access_key);
    add_scope(out, scope);
    strbuf_addstr(out, ", SignedHeaders=");
    add_signed_names(out, headers, n);
    strbuf_addstr(out, ", Signature=");
    add_signature(out, scope, req);
}
