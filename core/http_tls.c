/*
 * Who is trusted. OpenSSL calls verify() in the middle of the handshake, with the chain that the
 * server sent; a refusal ends the handshake, so nothing of the request (no header, no credential)
 * was sent yet. The leaf is recorded before it is judged, so that a person can be shown what would
 * have to be trusted.
 *
 * With a pin the SHA-256 of the leaf decides alone: it says more than any chain or name. Without
 * one the usual chain is built from the CA file or the system store, and the name or address must
 * match; libcurl checks the name once more after the handshake.
 */
#include "core/http_priv.h"

#include "core/fmt.h"
#include "core/hash.h"
#include "core/strbuf.h"
#include "core/text.h"

#include <arpa/inet.h>
#include <string.h>
#include <time.h>

#define NAMES_SHOWN 4

/* ---- what a certificate says ------------------------------------------------------------------
 */

static void copy_text(char *dst, size_t size, const char *s, size_t len)
{
    struct strbuf sb = STRBUF_INIT;
    size_t n;

    text_sanitize(&sb, s, len, 0);
    n = sb.len < size ? sb.len : size - 1;
    while (n && n < sb.len && ((unsigned char)sb.buf[n] & 0xc0) == 0x80)
        n--;
    memcpy(dst, sb.buf, n);
    dst[n] = '\0';
    strbuf_release(&sb);
}

static void copy_name(char *dst, size_t size, const X509_NAME *name)
{
    BIO *mem = BIO_new(BIO_s_mem());
    char *text = NULL;
    long len;

    if (!mem)
        return;
    X509_NAME_print_ex(mem, name, 0, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB);
    len = BIO_get_mem_data(mem, &text);
    copy_text(dst, size, text ? text : "", len > 0 ? (size_t)len : 0);
    BIO_free(mem);
}

static int64_t time_ms(const ASN1_TIME *t)
{
    struct tm tm;

    return ASN1_TIME_to_tm(t, &tm) ? (int64_t)timegm(&tm) * 1000 : 0;
}

static void record_leaf(struct http_reply *r, X509 *leaf)
{
    unsigned char *der = NULL;
    int len = i2d_X509(leaf, &der);
    uint8_t digest[SHA256_BYTES];

    if (len <= 0)
        return;
    hash_sha256(der, (size_t)len, digest);
    OPENSSL_free(der);
    hash_hex(digest, sizeof(digest), r->cert_sha256);
    copy_name(r->cert_subject, sizeof(r->cert_subject), X509_get_subject_name(leaf));
    copy_name(r->cert_issuer, sizeof(r->cert_issuer), X509_get_issuer_name(leaf));
    r->cert_starts_at = time_ms(X509_get0_notBefore(leaf));
    r->cert_expires_at = time_ms(X509_get0_notAfter(leaf));
}

static void add_alternative(struct strbuf *out, const GENERAL_NAME *name)
{
    char text[256] = "";

    if (name->type == GEN_DNS) {
        const ASN1_STRING *s = name->d.dNSName;

        copy_text(text, sizeof(text), (const char *)ASN1_STRING_get0_data(s),
                  (size_t)ASN1_STRING_length(s));
    } else if (name->type == GEN_IPADD) {
        const ASN1_STRING *s = name->d.iPAddress;

        inet_ntop(ASN1_STRING_length(s) == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(s), text,
                  sizeof(text));
    }
    if (text[0])
        strbuf_addf(out, "%s%s", out->len ? ", " : "", text);
}

/* "a.example, b.example and 3 more"; the subject when there are no alternative names. */
static void add_names(struct strbuf *out, X509 *leaf)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(leaf, NID_subject_alt_name, NULL, NULL);
    int n = OPENSSL_sk_num((const OPENSSL_STACK *)names);

    for (int i = 0; i < n && i < NAMES_SHOWN; i++)
        add_alternative(out, OPENSSL_sk_value((const OPENSSL_STACK *)names, i));
    if (n > NAMES_SHOWN)
        strbuf_addf(out, " and %d more", n - NAMES_SHOWN);
    if (!out->len) {
        char subject[256] = "";

        copy_name(subject, sizeof(subject), X509_get_subject_name(leaf));
        strbuf_addstr(out, subject);
    }
    GENERAL_NAMES_free(names);
}

/* ---- judging ----------------------------------------------------------------------------------
 */

static int check_pin(struct http_transfer *t)
{
    if (text_equal_nocase(t->pin, t->reply.cert_sha256))
        return 0;
    return err_set(&t->reply.err, ERR_TLS, 0,
                   "certificate of '%s' changed: expected sha256 %s, got %s", t->target.where,
                   t->pin, t->reply.cert_sha256);
}

static void say_expired(struct http_transfer *t, X509 *cert, int depth, int code)
{
    bool early = code == X509_V_ERR_CERT_NOT_YET_VALID;
    struct strbuf when = STRBUF_INIT;

    fmt_time_iso(&when, time_ms(early ? X509_get0_notBefore(cert) : X509_get0_notAfter(cert)));
    err_set(&t->reply.err, ERR_TLS, code, "%s of '%s' %s %s (sha256 %s)",
            depth ? "an issuer of the certificate" : "certificate", t->target.where,
            early ? "is not valid before" : "expired on", when.buf, t->reply.cert_sha256);
    strbuf_release(&when);
}

static void say_mismatch(struct http_transfer *t, X509 *leaf, int code)
{
    struct strbuf names = STRBUF_INIT;

    add_names(&names, leaf);
    err_set(&t->reply.err, ERR_TLS, code,
            "certificate of '%s' is for another name: valid for %.200s (sha256 %s)",
            t->target.where, names.buf, t->reply.cert_sha256);
    strbuf_release(&names);
}

static void say_refused(struct http_transfer *t, X509_STORE_CTX *store)
{
    int code = X509_STORE_CTX_get_error(store);
    int depth = X509_STORE_CTX_get_error_depth(store);
    X509 *cert = X509_STORE_CTX_get_current_cert(store);
    const struct http_reply *r = &t->reply;

    switch (code) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
        say_expired(t, cert, depth, code);
        break;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        say_mismatch(t, X509_STORE_CTX_get0_cert(store), code);
        break;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        err_set(&t->reply.err, ERR_TLS, code,
                "certificate of '%s' is not trusted: it is self-signed (sha256 %s)",
                t->target.where, r->cert_sha256);
        break;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
        err_set(&t->reply.err, ERR_TLS, code,
                "certificate of '%s' is not trusted: issuer '%.160s' is unknown (sha256 %s)",
                t->target.where, r->cert_issuer, r->cert_sha256);
        break;
    default:
        err_set(&t->reply.err, ERR_TLS, code, "certificate of '%s' is not trusted: %s (sha256 %s)",
                t->target.where, X509_verify_cert_error_string(code), r->cert_sha256);
    }
}

static int expect_host(X509_VERIFY_PARAM *param, const char *host)
{
    unsigned char address[sizeof(struct in6_addr)];
    size_t n = strlen(host);

    if (inet_pton(AF_INET, host, address) == 1)
        return X509_VERIFY_PARAM_set1_ip(param, address, 4);
    if (inet_pton(AF_INET6, host, address) == 1)
        return X509_VERIFY_PARAM_set1_ip(param, address, 16);
    if (n && host[n - 1] == '.')
        n--;
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return X509_VERIFY_PARAM_set1_host(param, host, n);
}

/* OpenSSL's whole verification is this function: 1 trusts, 0 ends the handshake. */
static int verify(X509_STORE_CTX *store, void *arg)
{
    struct http_transfer *t = arg;
    X509 *leaf = X509_STORE_CTX_get0_cert(store);

    X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
    if (!leaf)
        return 0;
    record_leaf(&t->reply, leaf);
    if (t->pin[0]) {
        if (check_pin(t))
            return 0;
        X509_STORE_CTX_set_error(store, X509_V_OK);
        return 1;
    }
    if (!expect_host(X509_STORE_CTX_get0_param(store), t->target.host))
        return 0;
    X509_STORE_CTX_set_error(store, X509_V_OK);
    if (X509_verify_cert(store) > 0)
        return 1;
    say_refused(t, store);
    return 0;
}

void http_tls_setup(SSL_CTX *ctx, struct http_transfer *t)
{
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_cert_verify_callback(ctx, verify, t);
    /* The connection outlives the transfer that verify() points to: no second handshake on it. */
    SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION);
}

int http_tls_connected(struct http_transfer *t, SSL *ssl)
{
    X509 *leaf = SSL_get0_peer_certificate(ssl);

    if (!leaf)
        return err_set(&t->reply.err, ERR_TLS, 0, "'%s' showed no certificate", t->target.where);
    record_leaf(&t->reply, leaf);
    return t->pin[0] ? check_pin(t) : 0;
}
