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

int ip_parse(const char *s, struct ip *out)
{
    char address[INET6_ADDRSTRLEN];
    struct ip ip = {0};

    if (!s)
        return -1;
    size_t len = strcspn(s, "/");
    if (len >= sizeof(address))
        return -1;
    memcpy(address, s, len);
    address[len] = '\0';
    ip.family = memchr(address, ':', len) ? 6 : 4;
    if (inet_pton(ip.family == 6 ? AF_INET6 : AF_INET, address, ip.bytes) != 1)
        return -1;
    ip.prefix = (uint8_t)address_bits(&ip);
    if (s[len] == '/' && parse_prefix(s + len + 1, ip.prefix, &ip.prefix))
        return -1;
    *out = ip;
    return 0;
}

const char *ip_format_address(const struct ip *ip, char *buf)
{
    if (!inet_ntop(ip->family == 6 ? AF_INET6 : AF_INET, ip->bytes, buf, IP_TEXT_MAX))
        buf[0] = '\0';
    return buf;
}

const char *ip_format_cidr(const struct ip *ip, char *buf)
{
    ip_format_address(ip, buf);
    size_t n = strlen(buf);
    snprintf(buf + n, IP_TEXT_MAX - n, "/%u", (unsigned)ip->prefix);
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
