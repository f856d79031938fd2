/* What a configured address may look like; libcurl parses it again, more strictly, before it is
 * used. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "core/ip.h"
#include "core/text.h"
#include "model/config_impl.h"

#define HOST_MAX  255
#define JUMP_PORT 22

struct parts {
    char scheme[16], host[HOST_MAX + 1];
    bool userinfo;
};

static const char *copy_host(struct parts *out, const char *s, size_t n)
{
    if (n == 0)
        return "has no host name";
    if (n > HOST_MAX)
        return "has a host name that is too long";
    memcpy(out->host, s, n);
    out->host[n] = '\0';
    return NULL;
}

static const char *check_port(const char *s, size_t n)
{
    char digits[8] = "";
    int64_t port;

    if (n == 0)
        return NULL;
    if (s[0] != ':' || n > 6)
        return "has a port that is not 1 to 65535";
    memcpy(digits, s + 1, n - 1);
    return text_to_i64(digits, 1, 65535, &port) ? "has a port that is not 1 to 65535" : NULL;
}

static const char *split_authority(const char *s, size_t n, struct parts *out)
{
    const char *at = memrchr(s, '@', n);
    const char *end, *why;

    if (at) {
        out->userinfo = true;
        n -= (size_t)(at + 1 - s);
        s = at + 1;
    }
    if (n && s[0] == '[') {
        end = memchr(s, ']', n);
        if (!end)
            return "has a '[' without ']'";
        why = copy_host(out, s + 1, (size_t)(end - s - 1));
        end++;
    } else {
        end = memchr(s, ':', n);
        end = end ? end : s + n;
        why = copy_host(out, s, (size_t)(end - s));
    }
    return why ? why : check_port(end, n - (size_t)(end - s));
}

static const char *split_url(const char *url, struct parts *out)
{
    const char *rest = strstr(url, "://");

    memset(out, 0, sizeof(*out));
    for (const char *s = url; *s; s++) {
        if ((unsigned char)*s <= ' ' || *s == 0x7f)
            return "has blanks or control characters in it";
    }
    if (!rest || rest == url || (size_t)(rest - url) >= sizeof(out->scheme))
        return "must begin with https://";
    for (size_t i = 0; url + i < rest; i++)
        out->scheme[i] = (char)tolower((unsigned char)url[i]);
    rest += 3;
    return split_authority(rest, strcspn(rest, "/?#"), out);
}

static bool is_loopback(const char *host)
{
    struct ip ip;

    if (text_equal_nocase(host, "localhost"))
        return true;
    if (ip_parse(host, &ip) || strchr(host, '/'))
        return false;
    if (ip.family == 4)
        return ip.bytes[0] == 127;
    for (int i = 0; i < 15; i++) {
        if (ip.bytes[i])
            return false;
    }
    return ip.bytes[15] == 1;
}

const char *config_url_problem(const char *url)
{
    struct parts u;
    const char *why = split_url(url, &u);

    if (why)
        return why;
    if (u.userinfo)
        return "has a user or password in it; use the keys for them";
    if (strcmp(u.scheme, "https") == 0)
        return NULL;
    if (strcmp(u.scheme, "http") != 0)
        return "must begin with https://";
    return is_loopback(u.host)
               ? NULL
               : "is plain http://, which is accepted for loopback addresses alone; use https://";
}

const char *config_proxy_problem(const char *url)
{
    static const char *const schemes[] = {"http", "https", "socks5", "socks5h"};
    struct parts u;
    const char *why = split_url(url, &u);

    if (why && strstr(url, "://"))
        return why;
    if (!why && u.userinfo)
        return "has a user or password in it";
    for (size_t i = 0; !why && i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        if (strcmp(u.scheme, schemes[i]) == 0)
            return NULL;
    }
    return "must begin with http://, https://, socks5:// or socks5h://, or be none";
}

bool config_jump(const struct config_endpoint *e, struct config_jump *out)
{
    const char *text = config_str(e, "jump"), *at, *colon;

    memset(out, 0, sizeof(*out));
    if (!text || !*text)
        return false;
    at = strchr(text, '@');
    colon = strchr(at, ':');
    out->text = text;
    (void)snprintf(out->user, sizeof(out->user), "%.*s", (int)(at - text), text);
    (void)snprintf(out->host, sizeof(out->host), "%.*s",
                   colon ? (int)(colon - at - 1) : (int)strlen(at + 1), at + 1);
    for (const char *p = colon ? colon + 1 : ""; *p; p++)
        out->port = out->port * 10 + (*p - '0');
    if (!colon)
        out->port = JUMP_PORT;
    return true;
}

/* ssh gets it as part of a command line, so nothing but names may be in it. */
const char *config_jump_problem(const char *jump)
{
    static const char names[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+";
    size_t user = strspn(jump, names), host, digits;
    const char *p = jump + user;

    if (!user || *p != '@' || *jump == '-')
        return "must be user@host or user@host:port, or be none";
    p++;
    host = strspn(p, names);
    if (!host || *p == '-')
        return "names no host after the @";
    p += host;
    if (!*p)
        return NULL;
    digits = strspn(p + 1, "0123456789");
    return *p == ':' && digits && digits <= 5 && !p[1 + digits]
               ? NULL
               : "must be user@host or user@host:port, or be none";
}
