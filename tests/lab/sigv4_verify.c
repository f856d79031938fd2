#include "tests/lab/sigv4_verify.h"

#include "core/fmt.h"
#include "core/text.h"

#include <stdlib.h>
#include <string.h>

#define ALGORITHM   "AWS4-HMAC-SHA256"
#define SKEW_MAX_MS (15 * 60 * 1000)

/* The value of "Name=value" in a comma-separated list. */
static const char *part(struct arena *a, const char *list, const char *name)
{
    size_t len = strlen(name);

    while (*list) {
        list += strspn(list, ", ");
        if (strncmp(list, name, len) == 0 && list[len] == '=')
            return arena_strndup(a, list + len + 1, strcspn(list + len + 1, ", "));
        list += strcspn(list, ",");
    }
    return NULL;
}

int sigv4_parse(struct arena *a, const char *header, struct sigv4_auth *out)
{
    const char *credential, *field[5];
    size_t n = 0;

    if (!text_has_prefix(header, ALGORITHM " "))
        return -1;
    header += strlen(ALGORITHM);
    credential = part(a, header, "Credential");
    out->signed_headers = part(a, header, "SignedHeaders");
    out->signature = part(a, header, "Signature");
    if (!credential || !out->signed_headers || !out->signature)
        return -1;
    while (n < 5) {
        size_t len = strcspn(credential, "/");

        field[n++] = arena_strndup(a, credential, len);
        credential += len;
        if (!*credential)
            break;
        credential++;
    }
    if (n != 5 || *credential || strcmp(field[4], "aws4_request") != 0)
        return -1;
    out->access_key = field[0];
    out->date = field[1];
    out->region = field[2];
    out->service = field[3];
    return 0;
}

static void canonical_uri(struct strbuf *out, const char *target)
{
    size_t len = strcspn(target, "?");

    if (len == 0)
        strbuf_addch(out, '/');
    else
        text_percent_encode(out, target, len, "/");
}

static int compare_pairs(const void *x, const void *y)
{
    const struct lab_pair *a = x, *b = y;
    int order = strcmp(a->name, b->name);

    return order ? order : strcmp(a->value, b->value);
}

/* Decode what was sent once, encode it strictly. In a query of AWS a plus sign is a plus sign. */
static const char *recode(struct arena *a, const char *s, size_t len)
{
    struct strbuf raw = STRBUF_INIT, out = STRBUF_INIT;
    const char *text;

    if (text_percent_decode(&raw, s, len) < 0) {
        strbuf_reset(&raw);
        strbuf_add(&raw, s, len);
    }
    text_percent_encode(&out, raw.buf, raw.len, NULL);
    text = arena_strdup(a, out.buf);
    strbuf_release(&raw);
    strbuf_release(&out);
    return text;
}

static void canonical_query(struct arena *a, struct strbuf *out, const char *target)
{
    const char *at = strchr(target, '?');
    struct lab_pair *pairs = arena_alloc(a, LAB_PAIRS_MAX * sizeof(*pairs));
    size_t n = 0;

    for (at = at ? at + 1 : ""; *at && n < LAB_PAIRS_MAX; at += *at == '&') {
        size_t len = strcspn(at, "&"), name = strcspn(at, "=&");

        if (len) {
            pairs[n].name = recode(a, at, name);
            pairs[n].value = name < len ? recode(a, at + name + 1, len - name - 1) : "";
            n++;
        }
        at += len;
    }
    if (n)
        qsort(pairs, n, sizeof(*pairs), compare_pairs);
    for (size_t i = 0; i < n; i++)
        strbuf_addf(out, "%s%s=%s", i ? "&" : "", pairs[i].name, pairs[i].value);
}

/* Trimmed, with runs of blanks as one. */
static void add_value(struct strbuf *out, const char *value)
{
    size_t from = out->len;

    for (value += strspn(value, " \t"); *value; value++) {
        bool blank = *value == ' ' || *value == '\t';

        if (!blank)
            strbuf_addch(out, *value);
        else if (out->len > from && out->buf[out->len - 1] != ' ')
            strbuf_addch(out, ' ');
    }
    if (out->len > from && out->buf[out->len - 1] == ' ')
        strbuf_setlen(out, out->len - 1);
}

static bool add_header(struct strbuf *out, const struct lab_request *req, const char *name)
{
    bool found = false;

    strbuf_addf(out, "%s:", name);
    for (size_t i = 0; i < req->headers.n; i++) {
        if (!text_equal_nocase(req->headers.at[i].name, name))
            continue;
        if (found)
            strbuf_addch(out, ',');
        add_value(out, req->headers.at[i].value);
        found = true;
    }
    strbuf_addch(out, '\n');
    return found;
}

const char *sigv4_canonical(struct arena *a, const struct lab_request *req,
                            const char *signed_headers, const char **missing)
{
    struct strbuf out = STRBUF_INIT;
    uint8_t digest[SHA256_BYTES];
    char hex[SHA256_HEX];
    const char *text;

    *missing = NULL;
    strbuf_addf(&out, "%s\n", req->method);
    canonical_uri(&out, req->target);
    strbuf_addch(&out, '\n');
    canonical_query(a, &out, req->target);
    strbuf_addch(&out, '\n');
    for (const char *at = signed_headers; *at; at += *at == ';') {
        const char *name = arena_strndup(a, at, strcspn(at, ";"));

        if (!add_header(&out, req, name))
            *missing = name;
        at += strlen(name);
    }
    hash_sha256(req->body, req->body_len, digest);
    hash_hex(digest, sizeof(digest), hex);
    strbuf_addf(&out, "\n%s\n%s", signed_headers, hex);
    text = arena_strdup(a, out.buf);
    strbuf_release(&out);
    return text;
}

static void chain(uint8_t key[SHA256_BYTES], const char *text)
{
    uint8_t next[SHA256_BYTES];

    hash_hmac_sha256(key, SHA256_BYTES, text, strlen(text), next);
    memcpy(key, next, SHA256_BYTES);
}

/* The signature this request must carry, as hex. */
static void expect(const struct sigv4_auth *auth, const char *secret, const char *amz_date,
                   const char *canonical, char out[SHA256_HEX])
{
    struct strbuf text = STRBUF_INIT;
    uint8_t digest[SHA256_BYTES], key[SHA256_BYTES];

    strbuf_addf(&text, "AWS4%s", secret);
    hash_hmac_sha256(text.buf, text.len, auth->date, strlen(auth->date), key);
    chain(key, auth->region);
    chain(key, auth->service);
    chain(key, "aws4_request");
    hash_sha256(canonical, strlen(canonical), digest);
    hash_hex(digest, sizeof(digest), out);
    strbuf_reset(&text);
    strbuf_addf(&text, ALGORITHM "\n%s\n%s/%s/%s/aws4_request\n%s", amz_date, auth->date,
                auth->region, auth->service, out);
    chain(key, text.buf);
    hash_hex(key, sizeof(key), out);
    strbuf_release(&text);
}

static bool is_signed(const char *list, const char *name)
{
    size_t len = strlen(name);

    for (; *list; list += *list == ';') {
        size_t n = strcspn(list, ";");

        if (n == len && text_has_prefix_nocase(list, name))
            return true;
        list += n;
    }
    return false;
}

static const char *unsigned_header(const struct lab_request *req, const char *list)
{
    if (!is_signed(list, "host"))
        return "host";
    for (size_t i = 0; i < req->headers.n; i++)
        if (text_has_prefix_nocase(req->headers.at[i].name, "x-amz-") &&
            !is_signed(list, req->headers.at[i].name))
            return req->headers.at[i].name;
    return NULL;
}

/* "20261120T090000Z" to ms; -1: not such a time. */
static int64_t parse_amz_date(struct arena *a, const char *s)
{
    int64_t ms;

    if (!s || strlen(s) != 16)
        return -1;
    return fmt_parse_time(arena_printf(a, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", s, s + 4, s + 6, s + 9,
                                       s + 11, s + 13),
                          &ms) < 0
               ? -1
               : ms;
}

enum sigv4_verdict sigv4_verify(const struct lab_request *req, const struct sigv4_auth *auth,
                                const char *secret, int64_t now, const char **why)
{
    const char *amz_date = lab_header(req, "x-amz-date");
    int64_t at = parse_amz_date(req->arena, amz_date);
    const char *header = unsigned_header(req, auth->signed_headers);
    const char *canonical, *missing;
    char expected[SHA256_HEX];

    *why = amz_date;
    if (at < 0 || strncmp(amz_date, auth->date, 8) != 0)
        return SIGV4_NO_DATE;
    *why = header;
    if (header)
        return SIGV4_UNSIGNED;
    canonical = sigv4_canonical(req->arena, req, auth->signed_headers, &missing);
    *why = missing;
    expect(auth, secret, amz_date, canonical, expected);
    if (missing || strcmp(expected, auth->signature) != 0)
        return SIGV4_MISMATCH;
    *why = amz_date;
    if (at < now - SKEW_MAX_MS)
        return SIGV4_TOO_OLD;
    return at > now + SKEW_MAX_MS ? SIGV4_TOO_EARLY : SIGV4_OK;
}
