#include "core/ip.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "core/text.h"

static int address_bits(const struct ip *ip)
{
    return ip->family == 6 ? 128 : 32;
}

/* Decimal without sign or leading zeros. */
static int parse_prefix(const char *s, int bits, uint8_t *out)
{
    int64_t n;

    if ((s[0] == '0' && s[1]) || text_to_i64(s, 0, bits, &n) || s[0] == '-')
        return -1;
    *out = (uint8_t)n;
    return 0;
}

static inline unsigned digit(char c)
{
    return (unsigned)(unsigned char)c - '0';
}

/* 0..255 without leading zeros; returns what follows, or NULL. */
static inline const char *octet(const char *s, uint32_t *v)
{
    unsigned a = digit(s[0]), b, c;

    if (a > 9)
        return NULL;
    *v = a;
    if ((b = digit(s[1])) > 9)
        return s + 1;
    *v = a * 10 + b;
    if ((c = digit(s[2])) > 9)
        return a ? s + 2 : NULL;
    *v = *v * 10 + c;
    return a && *v <= 255 ? s + 3 : NULL;
}

/* Address sets have them by the hundred thousand, and inet_pton() takes its time. Returns what
 * follows, or NULL. */
static inline const char *quad(const char *s, uint32_t *out)
{
    uint32_t a, b, c, d;

    if (!(s = octet(s, &a)) || *s != '.' || !(s = octet(s + 1, &b)) || *s != '.' ||
        !(s = octet(s + 1, &c)) || *s != '.' || !(s = octet(s + 1, &d)))
        return NULL;
    *out = a << 24 | b << 16 | c << 8 | d;
    return s;
}

bool ip_parse_quad(const char *s, uint32_t *out)
{
    const char *rest = quad(s, out);

    return rest && !*rest;
}

static void put_quad(uint32_t v, uint8_t *bytes)
{
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(v >> (24 - 8 * i));
}

static int parse_any(const char *s, struct ip *ip)
{
    char address[INET6_ADDRSTRLEN];
    size_t len = strcspn(s, "/");

    if (len >= sizeof(address))
        return -1;
    memcpy(address, s, len);
    address[len] = '\0';
    ip->family = memchr(address, ':', len) ? 6 : 4;
    if (inet_pton(ip->family == 6 ? AF_INET6 : AF_INET, address, ip->bytes) != 1)
        return -1;
    ip->prefix = (uint8_t)address_bits(ip);
    return s[len] == '/' ? parse_prefix(s + len + 1, ip->prefix, &ip->prefix) : 0;
}

int ip_parse(const char *s, struct ip *out)
{
    const char *rest = NULL;
    struct ip ip = {0};
    uint32_t v;

    if (!s)
        return -1;
    rest = quad(s, &v);
    if (rest && (*rest == '\0' || *rest == '/')) {
        put_quad(v, ip.bytes);
        ip.family = 4;
        ip.prefix = 32;
        if (*rest == '/' && parse_prefix(rest + 1, 32, &ip.prefix))
            return -1;
    } else if (parse_any(s, &ip)) {
        return -1;
    }
    *out = ip;
    return 0;
}

/* @n below 1000 in decimal; returns the end. */
static char *put_small(char *p, unsigned n)
{
    if (n >= 100)
        *p++ = (char)('0' + n / 100);
    if (n >= 10)
        *p++ = (char)('0' + n / 10 % 10);
    *p++ = (char)('0' + n % 10);
    return p;
}

/* Every row of a route table is keyed and printed by an address: inet_ntop() goes through printf
 * for each IPv4 one. */
static char *put_ipv4(char *p, const uint8_t *bytes)
{
    for (int i = 0; i < 4; i++) {
        if (i)
            *p++ = '.';
        p = put_small(p, bytes[i]);
    }
    return p;
}

/* Returns the end, where the NUL is. */
static char *put_address(char *buf, const struct ip *ip)
{
    if (ip->family != 6) {
        char *end = put_ipv4(buf, ip->bytes);

        *end = '\0';
        return end;
    }
    if (!inet_ntop(AF_INET6, ip->bytes, buf, IP_TEXT_MAX))
        buf[0] = '\0';
    return buf + strlen(buf);
}

const char *ip_format_address(const struct ip *ip, char *buf)
{
    (void)put_address(buf, ip);
    return buf;
}

const char *ip_format_cidr(const struct ip *ip, char *buf)
{
    char *end = put_address(buf, ip);

    *end++ = '/';
    *put_small(end, ip->prefix) = '\0';
    return buf;
}

static int address_compare(const struct ip *a, const struct ip *b)
{
    return memcmp(a->bytes, b->bytes, (size_t)address_bits(a) / 8);
}

int ip_compare(const struct ip *a, const struct ip *b)
{
    int c;

    if (a->family != b->family)
        return a->family < b->family ? -1 : 1;
    c = address_compare(a, b);
    if (!c)
        c = (a->prefix > b->prefix) - (a->prefix < b->prefix);
    return c;
}

bool ip_equal(const struct ip *a, const struct ip *b)
{
    return ip_compare(a, b) == 0;
}

/* Both addresses agree in their first @prefix bits. */
static bool same_network(const struct ip *a, const struct ip *b, unsigned prefix)
{
    unsigned whole = prefix / 8, rest = prefix % 8;

    if (a->family != b->family || memcmp(a->bytes, b->bytes, whole) != 0)
        return false;
    return !rest || ((a->bytes[whole] ^ b->bytes[whole]) >> (8 - rest)) == 0;
}

bool ip_contains(const struct ip *outer, const struct ip *inner)
{
    return outer->prefix <= inner->prefix && same_network(outer, inner, outer->prefix);
}

bool ip_overlaps(const struct ip *a, const struct ip *b)
{
    return same_network(a, b, a->prefix < b->prefix ? a->prefix : b->prefix);
}

struct ip ip_network(const struct ip *ip)
{
    struct ip net = *ip;
    unsigned whole = ip->prefix / 8, rest = ip->prefix % 8;

    if (rest) {
        net.bytes[whole] &= (uint8_t)(0xff << (8 - rest));
        whole++;
    }
    memset(net.bytes + whole, 0, sizeof(net.bytes) - whole);
    return net;
}
