/* ip: IPv4 and IPv6 addresses and CIDR blocks as numbers: parse, print, compare, contain, overlap.
 */
#ifndef HYCON_CORE_IP_H
#define HYCON_CORE_IP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ip {
    uint8_t family;    /* 4 or 6 */
    uint8_t prefix;    /* 0..32 / 0..128; the full length for a single address */
    uint8_t bytes[16]; /* network order; IPv4 uses the first four */
};

#define IP_TEXT_MAX 64

/* "10.0.0.1", "10.0.0.0/16", "2001:db8::/32". Host bits below the prefix are kept. Leading and
 * trailing garbage, leading zeros ("010") and scope ids are refused. Returns 0 or -1. */
int ip_parse(const char *s, struct ip *out);
/* "10.0.0.1" alone, of ip_parse() the usual case: the address as a number. */
bool ip_parse_quad(const char *s, uint32_t *out);
/* Address without prefix. @buf holds IP_TEXT_MAX. Returns buf. */
const char *ip_format_address(const struct ip *ip, char *buf);
const char *ip_format_cidr(const struct ip *ip, char *buf);
int ip_compare(const struct ip *a, const struct ip *b); /* family, address, prefix */
bool ip_equal(const struct ip *a, const struct ip *b);
bool ip_contains(const struct ip *outer, const struct ip *inner); /* both families equal */
bool ip_overlaps(const struct ip *a, const struct ip *b);
struct ip ip_network(const struct ip *ip); /* host bits cleared */

#endif
