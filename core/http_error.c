/* http_error: what went wrong on the way, in a sentence with the host, the port and the limit. */
#include "core/http_priv.h"

#include "core/fmt.h"
#include "core/strbuf.h"

#include <ctype.h>
#include <string.h>

static bool has_address(const struct http_transfer *t)
{
    curl_off_t us = 0;

    curl_easy_getinfo(t->easy, CURLINFO_NAMELOOKUP_TIME_T, &us);
    return us > 0;
}

static bool ran_out(const struct http_transfer *t)
{
    curl_off_t us = 0;

    curl_easy_getinfo(t->easy, CURLINFO_TOTAL_TIME_T, &us);
    return us / 1000 + 1 >= t->timeout_ms;
}

static void set_timeout(struct http_transfer *t)
{
    int64_t limit = t->timeout_ms;
    struct strbuf text = STRBUF_INIT;
    struct err *e = &t->reply.err;

    if (!t->connected && t->connect_timeout_ms < limit)
        limit = t->connect_timeout_ms;
    if (t->connected && !ran_out(t))
        limit = HTTP_STALL_SECONDS * 1000;
    fmt_duration(&text, limit);
    if (!t->connected && !has_address(t))
        err_set(e, ERR_NET, 0, "no address found for '%s'%s within %s", t->target.where, t->via,
                text.buf);
    else if (!t->connected && !t->handshaking)
        err_set(e, ERR_NET, 0, "unable to connect to '%s'%s within %s", t->target.where, t->via,
                text.buf);
    else if (!t->connected)
        err_set(e, ERR_NET, 0, "TLS handshake with '%s'%s did not finish within %s",
                t->target.where, t->via, text.buf);
    else if (!t->reply.nheaders)
        err_set(e, ERR_NET, 0, "no reply from '%s'%s within %s", t->target.where, t->via, text.buf);
    else if (ran_out(t))
        err_set(e, ERR_NET, 0, "the reply of '%s'%s was not complete within %s", t->target.where,
                t->via, text.buf);
    else
        err_set(e, ERR_NET, 0, "the reply of '%s'%s stood still for %s", t->target.where, t->via,
                text.buf);
    strbuf_release(&text);
}

static void set_unreachable(struct http_transfer *t)
{
    long os = 0;
    const char *why;
    char reason[100];

    curl_easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &os);
    why = os ? strerrordesc_np((int)os) : NULL;
    err_set(&t->reply.err, ERR_NET, (int)os, "unable to connect to '%s'%s", t->target.where,
            t->via);
    if (!why || strlen(why) >= sizeof(reason))
        return;
    memcpy(reason, why, strlen(why) + 1);
    reason[0] = (char)tolower((unsigned char)reason[0]);
    err_set(&t->reply.err, ERR_NET, (int)os, "unable to connect to '%s'%s: %s", t->target.where,
            t->via, reason);
}

/* "error:0A00010B:SSL routines::wrong version number" to its last part. */
static const char *tls_reason(const struct http_transfer *t)
{
    const char *colon = strrchr(t->errbuf, ':');

    if (strstr(t->errbuf, "SSL routines") && colon)
        return colon + 1;
    return NULL;
}

static void set_broken(struct http_transfer *t)
{
    const char *reason = tls_reason(t);
    struct err *e = &t->reply.err;

    if (reason && strstr(reason, "alert"))
        err_set(e, ERR_TLS, 0, "'%s' ended TLS: %s", t->target.where, reason);
    else if (t->reply.nheaders)
        err_set(e, ERR_NET, 0, "the reply ended early: '%s'%s broke the connection",
                t->target.where, t->via);
    else
        err_set(e, ERR_NET, 0, "'%s'%s broke the connection before it replied", t->target.where,
                t->via);
}

static void set_handshake(struct http_transfer *t)
{
    const char *reason = tls_reason(t);

    if (reason)
        err_set(&t->reply.err, ERR_TLS, 0, "TLS handshake with '%s' failed: %s", t->target.where,
                reason);
    else
        err_set(&t->reply.err, ERR_NET, 0, "'%s'%s broke the connection in the TLS handshake",
                t->target.where, t->via);
}

static enum err_kind kind_of_other(CURLcode code)
{
    switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
        return ERR_TLS;
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return ERR_PROTO;
    default:
        return ERR_NET;
    }
}

static void set_other(struct http_transfer *t, CURLcode code)
{
    err_set(&t->reply.err, kind_of_other(code), (int)code, "request to '%s'%s failed: %s",
            t->target.where, t->via, t->errbuf[0] ? t->errbuf : curl_easy_strerror(code));
}

static const char *proxy_reason(const struct http_transfer *t, long status)
{
    if (status == 407)
        return t->proxy_login ? "it did not accept the user name and password of its URL"
                              : "it wants a user name and password";
    return status >= 500 ? "it could not reach it" : "by its own rules";
}

/* A login that the proxy refused is one like any: whoever repeats it locks the account. */
static bool set_proxy_refusal(struct http_transfer *t)
{
    long status = 0;

    curl_easy_getinfo(t->easy, CURLINFO_HTTP_CONNECTCODE, &status);
    if (t->connected || status < 300)
        return false;
    err_set(&t->reply.err, status == 407 && t->proxy_login ? ERR_AUTH : ERR_NET, (int)status,
            "the proxy refused to connect to '%s'%s: %ld %s", t->target.where, t->via, status,
            proxy_reason(t, status));
    return true;
}

static void set_by_code(struct http_transfer *t, CURLcode code)
{
    struct err *e = &t->reply.err;

    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
        err_set(e, ERR_NET, 0, "no address found for '%s'", t->target.where);
        break;
    case CURLE_COULDNT_RESOLVE_PROXY:
        err_set(e, ERR_NET, 0, "no address found for the proxy of '%s'%s", t->target.where, t->via);
        break;
    case CURLE_COULDNT_CONNECT:
        set_unreachable(t);
        break;
    case CURLE_OPERATION_TIMEDOUT:
        set_timeout(t);
        break;
    case CURLE_SSL_CONNECT_ERROR:
        set_handshake(t);
        break;
    case CURLE_PARTIAL_FILE:
        if (t->reply.nheaders)
            err_set(e, ERR_NET, 0, "the reply ended early: '%s'%s sent less than it had announced",
                    t->target.where, t->via);
        else
            set_broken(t);
        break;
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_HTTP2_STREAM:
        set_broken(t);
        break;
    default:
        set_other(t, code);
    }
}

void http_error_set(struct http_transfer *t, CURLcode code)
{
    if (t->reply.err.kind != ERR_NONE || code == CURLE_OK)
        return;
    if (code == CURLE_SSL_CACERT_BADFILE)
        err_set(&t->reply.err, ERR_CONFIG, 0,
                "the CA file '%s' for '%s' has no certificate that can be read (PEM)", t->ca_file,
                t->target.where);
    else if (code == CURLE_SSL_CERTPROBLEM)
        err_set(&t->reply.err, ERR_CONFIG, 0, "unable to use the client certificate for '%s'",
                t->target.where);
    else if (!set_proxy_refusal(t))
        set_by_code(t, code);
}
