/*
 * One transfer as libcurl sees it. Options are set once, here; what is not set is off: no
 * redirects, no cookies, no netrc, no other protocol than the one of the URL.
 *
 * libcurl hands out a kept connection when host, port, proxy and its own TLS settings are equal. It
 * does not know our pin. So a pinned request gets a CA path that names the pin and cannot exist:
 * libcurl compares it, OpenSSL looks for nothing there, and connections of different pins never
 * mix.
 *
 * The system store is given as OpenSSL's hashed directory where there is one: it is read
 * certificate by certificate when needed, while the bundle costs 10 ms for each process. A pin
 * reads neither.
 */
#include "core/http_priv.h"

#include "core/fmt.h"
#include "core/mem.h"
#include "core/secret.h"
#include "core/strbuf.h"
#include "core/text.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONNECT_TIMEOUT_MS 10000
#define BUFFER_BYTES       (64L << 10)
#define TIMEOUT_MS         60000
#define STALL_BYTES_PER_S  1L
#define KEEPALIVE_SECONDS  30L
#define CA_CACHE_SECONDS   60L
#define BODY_FIRST         16384
#define BODY_FIRST_MAX     (8u << 20)
#define WIPE_REPLY_MAX     65536

static const char *system_cafile, *system_capath;
static pthread_once_t system_once = PTHREAD_ONCE_INIT;

/* ---- callbacks --------------------------------------------------------------------------------
 */

static bool has_content_length_of_body(const struct http_transfer *t, curl_off_t *len)
{
    if (http_reply_header(&t->reply, "Content-Encoding"))
        return false;
    return curl_easy_getinfo(t->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, len) == CURLE_OK &&
           *len > 0;
}

static size_t first_alloc(const struct http_transfer *t)
{
    curl_off_t len = 0;

    if (!has_content_length_of_body(t, &len))
        return BODY_FIRST;
    return len < (curl_off_t)BODY_FIRST_MAX ? (size_t)len + 1 : BODY_FIRST_MAX;
}

static bool is_within_limit(struct http_transfer *t, size_t n)
{
    struct strbuf limit = STRBUF_INIT;

    if (n <= t->max_body - t->taken)
        return true;
    fmt_bytes(&limit, (int64_t)t->max_body);
    err_set(&t->reply.err, ERR_LIMIT, 0, "the reply of '%s' is larger than %s", t->target.where,
            limit.buf);
    strbuf_release(&limit);
    return false;
}

static void keep_body(struct http_transfer *t, const char *data, size_t n)
{
    struct http_reply *r = &t->reply;

    if (r->len + n + 1 > t->body_alloc) {
        if (!t->body_alloc)
            t->body_alloc = first_alloc(t);
        while (r->len + n + 1 > t->body_alloc)
            t->body_alloc *= 2;
        r->body = mem_realloc(r->body, t->body_alloc);
    }
    memcpy(r->body + r->len, data, n);
    r->len += n;
    r->body[r->len] = '\0';
}

static int hand_on(struct http_transfer *t, const char *data, size_t n)
{
    if (t->on_body(t->arg, data, n))
        return err_set(&t->reply.err, ERR_CANCEL, 0, "the reply of '%s' was not wanted any more",
                       t->target.where);
    return 0;
}

static bool is_success(const struct http_transfer *t)
{
    long status = 0;

    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    return status >= 200 && status < 300;
}

static size_t take_body(char *data, size_t one, size_t n, void *arg)
{
    struct http_transfer *t = arg;

    (void)one;
    if (!is_within_limit(t, n))
        return 0;
    /* A server may think as long as the time-out allows; once it talks it must not fall silent. */
    if (!t->taken)
        curl_easy_setopt(t->easy, CURLOPT_LOW_SPEED_TIME, (long)HTTP_STALL_SECONDS);
    t->taken += n;
    if (!t->on_body || !is_success(t))
        keep_body(t, data, n);
    else if (hand_on(t, data, n))
        return 0;
    return n;
}

static void headers_release(struct http_reply *r)
{
    for (size_t i = 0; i < r->nheaders; i++) {
        free(r->headers[i].name);
        /* Session cookies and tokens come in headers. */
        secret_wipe(r->headers[i].value, strlen(r->headers[i].value));
        free(r->headers[i].value);
    }
    r->nheaders = 0;
}

static void add_header(struct http_transfer *t, const char *line, size_t len)
{
    struct http_reply *r = &t->reply;
    const char *colon = memchr(line, ':', len);
    size_t name_len = colon ? (size_t)(colon - line) : 0;
    const char *value = colon ? colon + 1 : line;
    size_t n = len - (size_t)(value - line);

    if (!name_len)
        return;
    while (n && (*value == ' ' || *value == '\t')) {
        value++;
        n--;
    }
    while (n && strchr(" \t\r\n", value[n - 1]))
        n--;
    r->headers = mem_grow(r->headers, r->nheaders, &t->headers_alloc, sizeof(*r->headers));
    r->headers[r->nheaders].name = mem_strndup(line, name_len);
    r->headers[r->nheaders].value = mem_strndup(value, n);
    r->nheaders++;
}

static size_t take_header(char *line, size_t one, size_t n, void *arg)
{
    struct http_transfer *t = arg;

    (void)one;
    /* A new status line after an interim one (100, 103). */
    if (n >= 5 && memcmp(line, "HTTP/", 5) == 0)
        headers_release(&t->reply);
    t->header_bytes += n;
    if (t->reply.nheaders >= HTTP_HEADERS_MAX || t->header_bytes > HTTP_HEADER_BYTES_MAX) {
        err_set(&t->reply.err, ERR_LIMIT, 0,
                "the reply of '%s' has more than %d headers or %u KiB of them", t->target.where,
                HTTP_HEADERS_MAX, HTTP_HEADER_BYTES_MAX >> 10);
        return 0;
    }
    add_header(t, line, n);
    return n;
}

static CURLcode on_ssl_ctx(CURL *easy, void *ctx, void *arg)
{
    struct http_transfer *t = arg;

    (void)easy;
    t->handshaking = true;
    http_tls_setup(ctx, t);
    return CURLE_OK;
}

/* Between having a connection, new or kept, and the first byte of the request. */
static int on_connected(void *arg, char *ip, char *local_ip, int port, int local_port)
{
    struct http_transfer *t = arg;
    struct curl_tlssessioninfo *info = NULL;

    (void)ip;
    (void)local_ip;
    (void)port;
    (void)local_port;
    if (t->target.tls) {
        curl_easy_getinfo(t->easy, CURLINFO_TLS_SSL_PTR, &info);
        if (!info || !info->internals) {
            err_set(&t->reply.err, ERR_TLS, 0, "no TLS with '%s'", t->target.where);
            return CURL_PREREQFUNC_ABORT;
        }
        if (http_tls_connected(t, info->internals))
            return CURL_PREREQFUNC_ABORT;
    }
    t->connected = true;
    return CURL_PREREQFUNC_OK;
}

/* Children of {command} secrets must not inherit connections. */
static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
    (void)arg;
    (void)purpose;
    return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

/* ---- options ----------------------------------------------------------------------------------
 */

static bool is_hash_link(const char *name)
{
    return strlen(name) == 10 && strspn(name, "0123456789abcdef") == 8 &&
           strcmp(name + 8, ".0") == 0;
}

static void find_system_store(void)
{
    const curl_version_info_data *v = curl_version_info(CURLVERSION_NOW);
    DIR *dir = v->capath ? opendir(v->capath) : NULL;

    system_cafile = v->cainfo;
    if (!dir)
        return;
    for (struct dirent *e = readdir(dir); e; e = readdir(dir)) {
        if (is_hash_link(e->d_name)) {
            system_capath = v->capath;
            system_cafile = NULL;
            break;
        }
    }
    closedir(dir);
}

static int set_trust(struct http_transfer *t, const struct http_tls *tls)
{
    char capath[sizeof("/dev/null/pin/") + SHA256_HEX];
    const char *file = NULL, *path = NULL;

    if (t->pin[0]) {
        snprintf(capath, sizeof(capath), "/dev/null/pin/%s", t->pin);
        path = capath;
    } else if (tls->ca_file) {
        file = tls->ca_file;
        snprintf(t->ca_file, sizeof(t->ca_file), "%s", file);
        if (access(file, R_OK))
            return err_set(&t->reply.err, ERR_CONFIG, errno, "unable to read the CA file '%s': %s",
                           file, strerrordesc_np(errno));
    } else {
        pthread_once(&system_once, find_system_store);
        file = system_cafile;
        path = system_capath;
    }
    curl_easy_setopt(t->easy, CURLOPT_CAINFO, file);
    curl_easy_setopt(t->easy, CURLOPT_CAPATH, path);
    curl_easy_setopt(t->easy, CURLOPT_CA_CACHE_TIMEOUT, CA_CACHE_SECONDS);
    curl_easy_setopt(t->easy, CURLOPT_SSL_VERIFYPEER, 1L);
    /* The name that curl would check is replaced by the pin. */
    curl_easy_setopt(t->easy, CURLOPT_SSL_VERIFYHOST, t->pin[0] ? 0L : 2L);
    curl_easy_setopt(t->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(t->easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
    curl_easy_setopt(t->easy, CURLOPT_SSL_CTX_FUNCTION, on_ssl_ctx);
    curl_easy_setopt(t->easy, CURLOPT_SSL_CTX_DATA, t);
    if (tls->client_cert)
        curl_easy_setopt(t->easy, CURLOPT_SSLCERT, tls->client_cert);
    if (tls->client_key)
        curl_easy_setopt(t->easy, CURLOPT_SSLKEY, tls->client_key);
    return 0;
}

static int set_pin(struct http_transfer *t, const char *pin)
{
    if (!pin)
        return 0;
    if (strlen(pin) != SHA256_HEX - 1 || strspn(pin, "0123456789abcdefABCDEF") != SHA256_HEX - 1)
        return err_set(&t->reply.err, ERR_CONFIG, 0,
                       "the sha256 of '%s' must be 64 hexadecimal digits", t->target.where);
    for (size_t i = 0; pin[i]; i++)
        t->pin[i] = (char)(pin[i] >= 'A' && pin[i] <= 'F' ? pin[i] + 'a' - 'A' : pin[i]);
    return 0;
}

static void name_proxy(struct http_transfer *t, CURLU *u)
{
    char *host = NULL, *port = NULL;

    if (curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
        curl_url_get(u, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK)
        snprintf(t->via, sizeof(t->via), " through proxy '%.250s:%.5s'", host, port);
    else
        snprintf(t->via, sizeof(t->via), " through proxy '%.250s'", host ? host : "?");
    curl_free(host);
    curl_free(port);
}

static int set_given_proxy(struct http_transfer *t, const char *proxy)
{
    CURLU *u = curl_url();
    char *scheme = NULL;
    int rc = 0;

    if (curl_url_set(u, CURLUPART_URL, proxy, CURLU_DEFAULT_SCHEME | CURLU_NON_SUPPORT_SCHEME) ||
        curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) ||
        (!strstr(proxy, "://") ? false
                               : strcmp(scheme, "http") != 0 && strcmp(scheme, "socks5h") != 0))
        rc = err_set(&t->reply.err, ERR_CONFIG, 0,
                     "the proxy of '%s' must be http://host:port or socks5h://host:port",
                     t->target.where);
    else
        name_proxy(t, u);
    curl_free(scheme);
    curl_url_cleanup(u);
    curl_easy_setopt(t->easy, CURLOPT_PROXY, proxy);
    t->proxy_login = strchr(proxy, '@');
    /* Named for this endpoint, so it is meant: NO_PROXY of the environment does not overrule it. */
    curl_easy_setopt(t->easy, CURLOPT_NOPROXY, "");
    return rc;
}

/* The first one set is the one that libcurl takes. */
static const char *proxy_of_environment(void)
{
    static const char *const names[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        const char *value = getenv(names[i]);

        if (value && *value)
            return value;
    }
    return NULL;
}

static void set_way(struct http_transfer *t, const struct http_request *req)
{
    if (req->via)
        (void)snprintf(t->via, sizeof(t->via), " through %s", req->via);
    if (req->unix_socket)
        curl_easy_setopt(t->easy, CURLOPT_UNIX_SOCKET_PATH, req->unix_socket);
    curl_easy_setopt(t->easy, CURLOPT_PROXY, "");
}

static int set_proxy(struct http_transfer *t, const struct http_request *req)
{
    const char *proxy = req->proxy;

    curl_easy_setopt(t->easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    if (req->held || req->unix_socket) {
        set_way(t, req);
        return 0;
    }
    if (proxy && *proxy)
        return set_given_proxy(t, proxy);
    /* Plain HTTP is for this machine and its link alone; no proxy can reach that. */
    if (proxy || t->target.loopback || !t->target.tls) {
        curl_easy_setopt(t->easy, CURLOPT_PROXY, "");
        return 0;
    }
    proxy = proxy_of_environment();
    if (!proxy)
        return 0;
    snprintf(t->via, sizeof(t->via), " (proxy variables are set)");
    t->proxy_login = strchr(proxy, '@');
    return 0;
}

static bool has_header(const struct http_request *req, const char *name)
{
    for (size_t i = 0; i < req->nheaders; i++)
        if (text_has_prefix_nocase(req->headers[i], name))
            return true;
    return false;
}

static void append_header(struct http_transfer *t, const char *line)
{
    struct curl_slist *list = curl_slist_append(t->sent_headers, line);

    if (!list)
        mem_die("out of memory");
    t->sent_headers = list;
}

static int set_headers(struct http_transfer *t, const struct http_request *req)
{
    for (size_t i = 0; i < req->nheaders; i++) {
        const char *line = req->headers[i];
        size_t len = strlen(line);

        if (strpbrk(line, "\r\n") || !strchr(line, ':'))
            return err_set(&t->reply.err, ERR_CONFIG, 0, "header '%.*s' of a request is malformed",
                           (int)strcspn(line, ":\r\n"), line);
        while (len && line[len - 1] == ' ')
            len--;
        append_header(t, line);
        /* To libcurl "Name:" means "do not send it" and "Name;" means "send it empty". */
        if (len && line[len - 1] == ':') {
            struct curl_slist *last = t->sent_headers;

            while (last->next)
                last = last->next;
            last->data[len - 1] = ';';
            last->data[len] = '\0';
        }
    }
    if (!has_header(req, "expect:"))
        append_header(t, "Expect:");
    /* libcurl would call every body a form. */
    if (!has_header(req, "content-type:"))
        append_header(t, "Content-Type:");
    curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->sent_headers);
    return 0;
}

static void set_method(struct http_transfer *t, const struct http_request *req)
{
    bool get = strcmp(req->method, "GET") == 0 || strcmp(req->method, "DELETE") == 0;

    if (strcmp(req->method, "HEAD") == 0) {
        curl_easy_setopt(t->easy, CURLOPT_NOBODY, 1L);
        return;
    }
    if (strcmp(req->method, "GET") != 0 || req->body)
        curl_easy_setopt(t->easy, CURLOPT_CUSTOMREQUEST, req->method);
    if (get && !req->body)
        return;
    t->sent_body_len = req->body ? req->body_len : 0;
    t->sent_body = mem_alloc(t->sent_body_len + 1);
    if (t->sent_body_len)
        memcpy(t->sent_body, req->body, t->sent_body_len);
    curl_easy_setopt(t->easy, CURLOPT_POST, 1L);
    curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)t->sent_body_len);
    curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, t->sent_body);
}

static void set_limits(struct http_transfer *t, const struct http_request *req)
{
    t->timeout_ms = req->timeout_ms > 0 ? req->timeout_ms : TIMEOUT_MS;
    t->connect_timeout_ms =
        req->connect_timeout_ms > 0 ? req->connect_timeout_ms : CONNECT_TIMEOUT_MS;
    t->max_body = req->max_body ? req->max_body : HTTP_BODY_MAX;
    curl_easy_setopt(t->easy, CURLOPT_TIMEOUT_MS, (long)t->timeout_ms);
    curl_easy_setopt(t->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)t->connect_timeout_ms);
    curl_easy_setopt(t->easy, CURLOPT_LOW_SPEED_LIMIT, STALL_BYTES_PER_S);
    curl_easy_setopt(t->easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(t->easy, CURLOPT_TCP_KEEPIDLE, KEEPALIVE_SECONDS);
    curl_easy_setopt(t->easy, CURLOPT_TCP_KEEPINTVL, KEEPALIVE_SECONDS);
    curl_easy_setopt(t->easy, CURLOPT_NOSIGNAL, 1L);
    /* A name server that does not answer must not hold up the loop when a look-up is given up:
     * without this libcurl waits for the thread that looks up. */
    curl_easy_setopt(t->easy, CURLOPT_QUICK_EXIT, 1L);
}

static void set_basics(struct http_transfer *t, const struct http_request *req)
{
    curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
    curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->errbuf);
    curl_easy_setopt(t->easy, CURLOPT_URL, req->url);
    curl_easy_setopt(t->easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, t->target.tls ? "https" : "http");
    curl_easy_setopt(t->easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(t->easy, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(t->easy, CURLOPT_USERAGENT, "hycon/" HYCON_VERSION);
    curl_easy_setopt(t->easy, CURLOPT_BUFFERSIZE, BUFFER_BYTES);
    curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(t->easy, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(t->easy, CURLOPT_PREREQFUNCTION, on_connected);
    curl_easy_setopt(t->easy, CURLOPT_PREREQDATA, t);
    curl_easy_setopt(t->easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
}

static int check_url(struct http_transfer *t, const struct http_request *req)
{
    if (http_url_parse(req->url, &t->target, &t->reply.err))
        return -1;
    if (req->allow_link_local && t->target.link_local)
        return 0;
    return http_url_check(req->url, &t->reply.err);
}

int http_easy_open(struct http_transfer *t, const struct http_request *req)
{
    if (check_url(t, req) || set_pin(t, req->tls.sha256))
        return -1;
    t->easy = curl_easy_init();
    if (!t->easy)
        mem_die("out of memory");
    set_basics(t, req);
    set_limits(t, req);
    set_method(t, req);
    if (set_proxy(t, req) || set_headers(t, req))
        return -1;
    return t->target.tls ? set_trust(t, &req->tls) : 0;
}

/* ---- the end ----------------------------------------------------------------------------------
 */

static int64_t info_ms(CURL *easy, CURLINFO which)
{
    curl_off_t us = 0;

    curl_easy_getinfo(easy, which, &us);
    return us / 1000;
}

static void fill_reply(struct http_transfer *t)
{
    struct http_reply *r = &t->reply;
    const char *date = http_reply_header(r, "Date");
    long status = 0, header_bytes = 0;
    curl_off_t bytes = 0;

    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(t->easy, CURLINFO_HEADER_SIZE, &header_bytes);
    curl_easy_getinfo(t->easy, CURLINFO_SIZE_DOWNLOAD_T, &bytes);
    r->status = (int)status;
    r->connected = t->connected;
    r->wire_bytes = (size_t)bytes + (size_t)header_bytes;
    r->elapsed_ms = info_ms(t->easy, CURLINFO_TOTAL_TIME_T);
    r->connect_ms =
        info_ms(t->easy, t->target.tls ? CURLINFO_APPCONNECT_TIME_T : CURLINFO_CONNECT_TIME_T);
    if (date && fmt_parse_http_date(date, &r->date_ms))
        r->date_ms = 0;
}

/* Half a reply is no reply: nobody may decode it by mistake. */
static void drop_partial_body(struct http_transfer *t)
{
    if (t->reply.err.kind != ERR_NONE && t->reply.body) {
        t->reply.len = 0;
        t->reply.body[0] = '\0';
    }
    if (!t->reply.body)
        t->reply.body = mem_alloc(1);
}

void http_easy_close(struct http_transfer *t)
{
    if (t->easy) {
        fill_reply(t);
        curl_easy_cleanup(t->easy);
        t->easy = NULL;
    }
    drop_partial_body(t);
    for (struct curl_slist *s = t->sent_headers; s; s = s->next)
        secret_wipe(s->data, strlen(s->data));
    curl_slist_free_all(t->sent_headers);
    t->sent_headers = NULL;
    if (t->sent_body)
        secret_wipe(t->sent_body, t->sent_body_len);
    free(t->sent_body);
    t->sent_body = NULL;
}

void http_reply_release(struct http_reply *r)
{
    headers_release(r);
    free(r->headers);
    r->headers = NULL;
    /* Tokens come in small bodies; wiping a page of rules would only cost time. */
    if (r->len <= WIPE_REPLY_MAX)
        secret_wipe(r->body, r->len);
    free(r->body);
    r->body = NULL;
    r->len = 0;
}

void http_reply_take(struct http_reply *to, struct http_reply *r)
{
    *to = *r;
    r->headers = NULL;
    r->nheaders = 0;
    r->body = NULL;
    r->len = 0;
}

const char *http_reply_header(const struct http_reply *r, const char *name)
{
    size_t i = 0;

    return http_reply_next(r, name, &i);
}

const char *http_reply_next(const struct http_reply *r, const char *name, size_t *i)
{
    while (*i < r->nheaders) {
        const struct http_header *h = &r->headers[(*i)++];

        if (text_equal_nocase(h->name, name))
            return h->value;
    }
    return NULL;
}

const char *http_library_version(void)
{
    http_curl_load();
    return curl_version();
}
