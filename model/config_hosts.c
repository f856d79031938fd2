/*
 * Host ranges. "[01-16]" keeps the width of its first number; several ranges in one pattern
 * multiply. A bracket with a colon in it is an IPv6 address, not a range.
 */
#include <stdio.h>
#include <string.h>

#include "core/ip.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "model/config_impl.h"

#define RANGES_MAX 4
#define TOO_MANY   "expands to more than the limit of 4,096 hosts"

struct range {
    size_t start, end; /* offsets of '[' and behind ']' */
    int64_t first, last;
    int width;
};

static int parse_number(const char *s, size_t n, int64_t *out)
{
    char digits[10] = "";

    if (n == 0 || n >= sizeof(digits) || strspn(s, "0123456789") < n)
        return -1;
    memcpy(digits, s, n);
    return text_to_i64(digits, 0, 999999999, out);
}

static const char *parse_range(const char *s, size_t at, struct range *r)
{
    const char *open = s + at, *close = strchr(open, ']'), *dash = strchr(open, '-');

    if (!close)
        return "has a '[' without ']'";
    if (!dash || dash > close || parse_number(open + 1, (size_t)(dash - open - 1), &r->first) ||
        parse_number(dash + 1, (size_t)(close - dash - 1), &r->last))
        return "has a range that is not like [01-16]";
    if (r->last < r->first)
        return "has a range that runs backwards";
    r->start = at;
    r->end = (size_t)(close + 1 - s);
    r->width = (int)(dash - open - 1);
    return NULL;
}

static const char *find_ranges(const char *s, struct range *ranges, size_t *n)
{
    size_t total = 1;

    *n = 0;
    for (size_t at = 0; s[at];) {
        if (s[at] != '[') {
            at++;
            continue;
        }
        if (*n == RANGES_MAX)
            return "has more than 4 ranges";
        const char *why = parse_range(s, at, &ranges[*n]);
        if (why)
            return why;
        int64_t count = ranges[*n].last - ranges[*n].first + 1;
        if (count > CONFIG_HOSTS_MAX)
            return TOO_MANY;
        total *= (size_t)count;
        if (total > CONFIG_HOSTS_MAX)
            return TOO_MANY;
        at = ranges[(*n)++].end;
    }
    return NULL;
}

static const char *add_host(struct arena *arena, struct config_hosts *out, const char *name)
{
    const char *host, *why;
    int64_t port;

    if (out->n == CONFIG_HOSTS_MAX)
        return TOO_MANY;
    why = config_host_split(arena, name, &host, &port);
    if (why)
        return why;
    out->names = mem_grow(out->names, out->n, &out->cap, sizeof(*out->names));
    out->names[out->n++] = arena_strdup(arena, name);
    return NULL;
}

/* The @number-th combination, the last range counting fastest. */
static void write_host(struct strbuf *sb, const char *s, const struct range *ranges, size_t n,
                       size_t number)
{
    int64_t value[RANGES_MAX];
    size_t at = 0;

    for (size_t i = n; i-- > 0;) {
        size_t count = (size_t)(ranges[i].last - ranges[i].first + 1);
        value[i] = ranges[i].first + (int64_t)(number % count);
        number /= count;
    }
    strbuf_reset(sb);
    for (size_t i = 0; i < n; i++) {
        strbuf_add(sb, s + at, ranges[i].start - at);
        strbuf_addf(sb, "%0*lld", ranges[i].width, (long long)value[i]);
        at = ranges[i].end;
    }
    strbuf_addstr(sb, s + at);
}

const char *config_hosts_expand(struct arena *arena, const char *pattern, struct config_hosts *out)
{
    struct range ranges[RANGES_MAX];
    struct strbuf sb = STRBUF_INIT;
    const char *why;
    size_t n, total = 1;

    if (pattern[0] == '[' && strchr(pattern, ':') && strchr(pattern, ':') < strchr(pattern, ']'))
        return add_host(arena, out, pattern);
    why = find_ranges(pattern, ranges, &n);
    for (size_t i = 0; !why && i < n; i++)
        total *= (size_t)(ranges[i].last - ranges[i].first + 1);
    for (size_t i = 0; !why && i < total; i++) {
        write_host(&sb, pattern, ranges, n, i);
        why = add_host(arena, out, sb.buf);
    }
    strbuf_release(&sb);
    return why;
}

static bool host_is_clean(const char *s)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789.-_:";

    return *s && s[0] != '-' && s[strspn(s, allowed)] == '\0' && strlen(s) <= 255;
}

const char *config_host_split(struct arena *arena, const char *text, const char **host,
                              int64_t *port)
{
    const char *end, *colon;

    *port = 22;
    if (text[0] == '[') {
        end = strchr(text, ']');
        if (!end || (end[1] && end[1] != ':'))
            return "is not HOST or HOST:PORT";
        *host = arena_strndup(arena, text + 1, (size_t)(end - text - 1));
        colon = end[1] ? end + 1 : NULL;
    } else {
        colon = strchr(text, ':');
        if (colon && strchr(colon + 1, ':'))
            colon = NULL; /* a bare IPv6 address */
        *host = arena_strndup(arena, text, colon ? (size_t)(colon - text) : strlen(text));
    }
    if (!host_is_clean(*host))
        return "is not a host name or address";
    if (strchr(*host, ':')) {
        struct ip ip;
        if (ip_parse(*host, &ip))
            return "is not a host name or address";
    }
    if (colon && text_to_i64(colon + 1, 1, 65535, port))
        return "has a port that is not 1 to 65535";
    return NULL;
}
