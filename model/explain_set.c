#include "model/explain_set.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"

#define KEY 17 /* family, then the address */

struct interval {
    uint8_t lo[KEY], hi[KEY], reach[KEY]; /* reach: the highest end up to here */
    uint32_t member;
};

struct explain_set {
    const struct cell_list *members;
    struct interval *at;
    size_t n, odd, macs;
};

static void key_of(const struct ip *ip, uint8_t *out)
{
    out[0] = ip->family;
    memset(out + 1, 0, KEY - 1);
    memcpy(out + 1, ip->bytes, ip->family == 6 ? 16 : 4);
}

static void end_of(const struct ip *ip, uint8_t *out)
{
    unsigned bits = ip->family == 6 ? 128 : 32;

    key_of(ip, out);
    for (unsigned b = ip->prefix; b < bits; b++)
        out[1 + b / 8] |= (uint8_t)(0x80 >> b % 8);
}

/* "198.51.100.10-198.51.100.20" */
static bool parse_range(const char *text, struct interval *out)
{
    const char *dash = strchr(text, '-');
    char first[IP_TEXT_MAX];
    struct ip a, b;

    if (!dash || (size_t)(dash - text) >= sizeof(first))
        return false;
    memcpy(first, text, (size_t)(dash - text));
    first[dash - text] = '\0';
    if (ip_parse(first, &a) || ip_parse(dash + 1, &b) || a.family != b.family)
        return false;
    key_of(&a, out->lo);
    key_of(&b, out->hi);
    return memcmp(out->lo, out->hi, KEY) <= 0;
}

static bool parse_member(const char *text, struct interval *out)
{
    struct ip ip, net;

    if (ip_parse(text, &ip))
        return parse_range(text, out);
    net = ip_network(&ip);
    key_of(&net, out->lo);
    end_of(&ip, out->hi);
    return true;
}

static bool is_mac(const char *s)
{
    size_t n = strlen(s);

    return n == 17 && strspn(s, "0123456789abcdefABCDEF:-") == n && (s[2] == ':' || s[2] == '-');
}

static int compare(const void *a, const void *b)
{
    const struct interval *x = a, *y = b;
    int c = memcmp(x->lo, y->lo, KEY);

    return c ? c : (x->member > y->member) - (x->member < y->member);
}

struct explain_set *explain_set_new(const struct cell_list *members)
{
    struct explain_set *s = mem_alloc(sizeof(*s));
    bool sorted = true;

    s->members = members;
    s->at = mem_array(members->n + 1, sizeof(*s->at));
    for (size_t i = 0; i < members->n; i++) {
        struct interval *v = &s->at[s->n];
        if (parse_member(members->items[i], v)) {
            v->member = (uint32_t)i;
            sorted = sorted && (!s->n || memcmp(s->at[s->n - 1].lo, v->lo, KEY) <= 0);
            s->n++;
        } else if (is_mac(members->items[i])) {
            s->macs++;
        } else {
            s->odd++;
        }
    }
    if (!sorted)
        qsort(s->at, s->n, sizeof(*s->at), compare);
    for (size_t i = 0; i < s->n; i++) {
        const uint8_t *before = i ? s->at[i - 1].reach : s->at[i].hi;
        memcpy(s->at[i].reach, memcmp(before, s->at[i].hi, KEY) > 0 ? before : s->at[i].hi, KEY);
    }
    return s;
}

void explain_set_free(struct explain_set *s)
{
    if (!s)
        return;
    free(s->at);
    free(s);
}

const char *explain_set_ip(const struct explain_set *s, const struct ip *ip)
{
    uint8_t key[KEY];
    size_t lo = 0, hi = s->n;

    key_of(ip, key);
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (memcmp(s->at[mid].lo, key, KEY) <= 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    while (lo-- && memcmp(s->at[lo].reach, key, KEY) >= 0) {
        if (memcmp(s->at[lo].hi, key, KEY) >= 0)
            return s->members->items[s->at[lo].member];
    }
    return NULL;
}

static uint32_t quad_of(const struct ip *ip)
{
    const uint8_t *b = ip->bytes;

    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* Most members are single addresses: those are compared, nothing is made of them. Of several that
 * hold it, explain_set_ip() finds the one that begins last. */
const char *explain_set_look(const struct cell_list *members, const struct ip *ip, size_t *odd)
{
    struct interval best = {0}, v;
    const char *found = NULL;
    uint32_t asked = quad_of(ip), quad;
    uint8_t key[KEY];

    key_of(ip, key);
    *odd = 0;
    for (size_t i = 0; i < members->n; i++) {
        const char *text = members->items[i];

        if (ip_parse_quad(text, &quad) && (ip->family != 4 || quad != asked))
            continue;
        if (!parse_member(text, &v)) {
            *odd += !is_mac(text);
            continue;
        }
        if (memcmp(v.lo, key, KEY) > 0 || memcmp(v.hi, key, KEY) < 0 ||
            (found && memcmp(v.lo, best.lo, KEY) < 0))
            continue;
        best = v;
        found = text;
    }
    return found;
}

static bool same_mac(const char *a, const char *b)
{
    for (; *a && *b; a++, b++) {
        char x = *a == '-' ? ':' : *a, y = *b == '-' ? ':' : *b;
        if (x != y && (x | 0x20) != (y | 0x20))
            return false;
    }
    return *a == *b;
}

const char *explain_set_mac(const struct explain_set *s, const char *mac)
{
    for (size_t i = 0; s->macs && i < s->members->n; i++) {
        if (same_mac(s->members->items[i], mac))
            return s->members->items[i];
    }
    return NULL;
}

size_t explain_set_odd(const struct explain_set *s)
{
    return s->odd;
}
