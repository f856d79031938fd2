/* http_url: which URLs may be asked. Credentials belong in headers that are wiped, never in a URL
 * that is shown, logged and recorded. */
#include "core/http_priv.h"

#include "core/text.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static bool host_is_loopback(const char *host)
{
    struct in6_addr v6;
    struct in_addr v4;

    if (strcmp(host, "localhost") == 0)
        return true;
    if (inet_pton(AF_INET, host, &v4) == 1)
        return ntohl(v4.s_addr) >> 24 == 127;
    return inet_pton(AF_INET6, host, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

static bool host_is_link_local(const char *host)
{
    struct in_addr v4;

    return inet_pton(AF_INET, host, &v4) == 1 && ntohl(v4.s_addr) >> 16 == 0xa9fe;
}

static bool has_part(CURLU *u, CURLUPart part)
{
    char *value = NULL;
    bool there = curl_url_get(u, part, &value, 0) == CURLUE_OK;

    curl_free(value);
    return there;
}

static int fill_host(const char *host, const char *port, struct http_target *out)
{
    size_t n = strlen(host);
    bool v6 = host[0] == '[';

    if (v6) {
        host++;
        n -= 2;
    }
    if (n == 0 || n >= sizeof(out->host))
        return -1;
    for (size_t i = 0; i < n; i++)
        out->host[i] = (char)(host[i] >= 'A' && host[i] <= 'Z' ? host[i] + 'a' - 'A' : host[i]);
    out->host[n] = '\0';
    snprintf(out->where, sizeof(out->where), v6 ? "[%s]:%s" : "%s:%s", out->host, port);
    out->loopback = host_is_loopback(out->host);
    out->link_local = host_is_link_local(out->host);
    return 0;
}

static int parse_parts(CURLU *u, const char *url, struct http_target *out, struct err *err)
{
    char *scheme = NULL, *host = NULL, *port = NULL;
    int rc = -1;

    if (curl_url_set(u, CURLUPART_URL, url, CURLU_PATH_AS_IS) ||
        curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) ||
        curl_url_get(u, CURLUPART_HOST, &host, 0) ||
        curl_url_get(u, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) || fill_host(host, port, out))
        err_set(err, ERR_CONFIG, 0, "'%.200s' is not a URL such as https://host.example/", url);
    else if (has_part(u, CURLUPART_USER) || has_part(u, CURLUPART_PASSWORD))
        err_set(err, ERR_CONFIG, 0, "the URL of '%s' must not hold a user name or password",
                out->where);
    else if (!text_equal_nocase(scheme, "https") && !text_equal_nocase(scheme, "http"))
        err_set(err, ERR_CONFIG, 0, "the URL of '%s' must begin with https://", out->where);
    else
        rc = 0;
    out->tls = rc == 0 && text_equal_nocase(scheme, "https");
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    return rc;
}

int http_url_parse(const char *url, struct http_target *out, struct err *err)
{
    CURLU *u;
    int rc;

    memset(out, 0, sizeof(*out));
    if (!url || !text_is_clean(url))
        return err_set(err, ERR_CONFIG, 0, "%s", url ? "a URL holds control characters" : "no URL");
    http_curl_load();
    u = curl_url();
    rc = parse_parts(u, url, out, err);
    curl_url_cleanup(u);
    return rc;
}

bool http_url_where(const char *url, char *out, size_t size)
{
    struct http_target target;
    struct err err = {0};

    if (http_url_parse(url, &target, &err))
        return false;
    (void)snprintf(out, size, "%s", target.where);
    return true;
}

int http_url_check(const char *url, struct err *err)
{
    struct http_target target;

    if (http_url_parse(url, &target, err))
        return -1;
    if (!target.tls && !target.loopback)
        return err_set(
            err, ERR_CONFIG, 0,
            "the URL of '%s' must begin with https:// (http:// is for loopback addresses)",
            target.where);
    return 0;
}
