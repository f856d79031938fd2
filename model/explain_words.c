/* Words of rules, of hosts and of managers: protocols, ethertypes, ports. */
#include <string.h>

#include "core/arena.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "model/explain_rule.h"

#define PORTS_MAX 64

/* ---- words --------------------------------------------------------------------------------------
 */

static const struct {
    const char *word;
    int number;
} protocols[] = {
    {"any", EXPLAIN_PROTOCOL_ANY},
    {"tcp", 6},
    {"udp", 17},
    {"icmp", 1},
    {"ipv6-icmp", 58},
    {"icmpv4", 1},
    {"icmpv6", 58},
    {"icmp6", 58},
    {"igmp", 2},
    {"gre", 47},
    {"sctp", 132},
    {"esp", 50},
    {"ah", 51},
    {"pim", 103},
    {"vrrp", 112},
    {"ipv6-crypt", 50},
    {"ipv6-auth", 51},
    {"ipv6-opts", 60},
    {"ipv6-nonxt", 59},
    {"ipv6-frag", 44},
    {"ipv6-route", 43},
    {NULL, 0},
};

static const struct {
    const char *word;
    int number;
} ethertypes[] = {
    {"any", EXPLAIN_PROTOCOL_ANY},
    {"arp", 0x0806},
    {"ipv4", 0x0800},
    {"ip", 0x0800},
    {"ipv6", 0x86dd},
    {"rarp", 0x8035},
    {"lldp", 0x88cc},
    {NULL, 0},
};

int explain_protocol(const char *word)
{
    int64_t n;

    for (size_t i = 0; protocols[i].word; i++) {
        if (text_equal_nocase(protocols[i].word, word))
            return protocols[i].number;
    }
    return text_to_i64(word, 0, 255, &n) ? EXPLAIN_PROTOCOL_ODD : (int)n;
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c ? strchr(digits, c | 0x20) : NULL;

    return at ? (int)(at - digits) : -1;
}

int explain_ethertype(const char *word)
{
    int n = 0;

    for (size_t i = 0; ethertypes[i].word; i++) {
        if (text_equal_nocase(ethertypes[i].word, word))
            return ethertypes[i].number;
    }
    if (!text_has_prefix_nocase(word, "0x") || !word[2] || strlen(word) > 6)
        return EXPLAIN_PROTOCOL_ODD;
    for (const char *p = word + 2; *p; p++) {
        if (hex_digit(*p) < 0)
            return EXPLAIN_PROTOCOL_ODD;
        n = n * 16 + hex_digit(*p);
    }
    return n;
}

void explain_protocol_name(struct strbuf *out, int protocol)
{
    if (protocol == EXPLAIN_PROTOCOL_ANY) {
        strbuf_addstr(out, "any protocol");
        return;
    }
    for (size_t i = 0; protocols[i].word; i++) {
        if (protocols[i].number == protocol) {
            strbuf_addstr(out, protocols[i].word);
            return;
        }
    }
    strbuf_addf(out, "protocol %d", protocol);
}

bool explain_protocol_has_ports(int protocol)
{
    return protocol == 6 || protocol == 17 || protocol == 132;
}

bool explain_protocol_is_icmp(int protocol)
{
    return protocol == 1 || protocol == 58;
}

/* ---- ports --------------------------------------------------------------------------------------
 */

static bool parse_port(const char *s, size_t len, int64_t *out)
{
    char word[8];

    if (!len || len >= sizeof(word))
        return false;
    memcpy(word, s, len);
    word[len] = '\0';
    return text_to_i64(word, 0, 65535, out) == 0;
}

/* "22" or "135-139" */
static bool parse_range(const char *s, size_t len, struct explain_port_range *out)
{
    const char *dash = memchr(s, '-', len);
    size_t first = dash ? (size_t)(dash - s) : len;
    int64_t from, to;

    if (!parse_port(s, first, &from))
        return false;
    to = from;
    if (dash && (!parse_port(dash + 1, len - first - 1, &to) || to < from))
        return false;
    *out = (struct explain_port_range){(uint16_t)from, (uint16_t)to};
    return true;
}

struct explain_ports explain_ports_parse(struct arena *arena, const char *text, size_t len)
{
    struct explain_port_range at[PORTS_MAX], *kept;
    struct explain_ports out = {0};
    const char *end = text + len;

    for (const char *p = text; p < end;) {
        size_t n = 0;
        while (p < end && strchr("{}, ", *p))
            p++;
        while (p + n < end && !strchr("{}, ", p[n]))
            n++;
        if (!n)
            break;
        if (out.n == PORTS_MAX || !parse_range(p, n, &at[out.n]))
            out.odd = true;
        else
            out.n++;
        p += n;
    }
    out.odd = out.odd || (len && !out.n);
    if (!out.n)
        return out;
    kept = arena_alloc(arena, out.n * sizeof(*kept));
    memcpy(kept, at, out.n * sizeof(*kept));
    out.at = kept;
    return out;
}

enum explain_match explain_ports_match(const struct explain_ports *ports, int port)
{
    if (!ports->n && !ports->odd)
        return EXPLAIN_YES;
    if (port < 0)
        return ports->odd ? EXPLAIN_UNKNOWN : EXPLAIN_DEPENDS;
    for (unsigned i = 0; i < ports->n; i++) {
        if (port >= ports->at[i].from && port <= ports->at[i].to)
            return EXPLAIN_YES;
    }
    return ports->odd ? EXPLAIN_UNKNOWN : EXPLAIN_NO;
}
