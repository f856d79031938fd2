/*
 * Names of a document are few and come again and again, so each is kept once: in a table by its
 * bytes as they are written, prefix and all. Finding one takes two multiplications and a comparison
 * of its first 32 bytes; what was found before is known to be a name, so its characters are looked
 * at once in its life.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/arena.h"
#include "core/hash.h"
#include "core/mem.h"
#include "core/xml_scan_priv.h"

#define SLOTS_FIRST 256
#define LONGEST     50000 /* of an attribute, as much as libxml2 takes */

static const char xml_uri[] = "http://www.w3.org/XML/1998/namespace";

/* ---- the table ---------------------------------------------------------------------------------
 */

static uint64_t load(const char *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof(v));
    return v;
}

static uint64_t hash_of(const char *text, size_t len, uint64_t seed)
{
    uint64_t a = load(text), b = 0;

    if (len > 32)
        return hash_fast(text, len, seed);
    if (len > 16)
        a = (a ^ load(text + 8) * 0xa0761d6478bd642fu) * 0xe7037ed1a0b428dbu ^
            load(text + len - 16);
    if (len > 8)
        b = load(text + len - 8);
    else if (len < 8)
        a = len ? a << (64 - 8 * len) : 0;
    a = (a ^ seed) * 0x9e3779b97f4a7c15u;
    a = (a ^ a >> 32 ^ b ^ len) * 0xd6e8feb86659fd93u;
    return a ^ a >> 32;
}

void xml_names_init(struct xml_names *t)
{
    struct xml_known *k;
    char xml[XML_SLACK + 4] = "xml";

    t->nslots = SLOTS_FIRST;
    t->slots = mem_array(t->nslots, sizeof(struct xml_known *));
    t->arena = arena_new(16384);
    t->seed = (uint64_t)(uintptr_t)t->slots * 0x9e3779b97f4a7c15u;
    k = xml_names_get(t, xml, 3);
    k->uri = xml_uri;
    t->last = k;
}

void xml_names_release(struct xml_names *t)
{
    free(t->slots);
    arena_free(t->arena);
}

static void grow(struct xml_names *t)
{
    size_t n = 2 * t->nslots;
    struct xml_known **slots = mem_array(n, sizeof(struct xml_known *));

    for (size_t i = 0; i < t->nslots; i++) {
        struct xml_known *k = t->slots[i];
        size_t at = k ? (size_t)k->hash & (n - 1) : 0;

        if (!k)
            continue;
        while (slots[at])
            at = (at + 1) & (n - 1);
        slots[at] = k;
    }
    free(t->slots);
    t->slots = slots;
    t->nslots = n;
}

static struct xml_known *add(struct xml_names *t, const char *text, size_t len, uint64_t hash)
{
    struct xml_known *k = arena_alloc(t->arena, sizeof(*k));
    char *copy;

    k->len = (uint32_t)len;
    k->hash = hash;
    k->mask = len < XML_HEAD ? (1u << len) - 1 : UINT32_MAX;
    memcpy(k->head, text, len < XML_HEAD ? len : XML_HEAD);
    copy = arena_alloc(t->arena, len + 1 + XML_SLACK);
    memcpy(copy, text, len);
    k->text = copy;
    t->n++;
    return k;
}

/* Where it is, or the free place where it would be. */
static size_t place_of(const struct xml_names *t, const char *text, size_t len, uint64_t hash)
{
    size_t at = (size_t)hash & (t->nslots - 1);

    for (; t->slots[at]; at = (at + 1) & (t->nslots - 1)) {
        if (t->slots[at]->len == len && xml_known_is(t->slots[at], text))
            break;
    }
    return at;
}

struct xml_known *xml_names_get(struct xml_names *t, const char *text, size_t len)
{
    uint64_t hash = hash_of(text, len, t->seed);
    size_t at = place_of(t, text, len, hash);

    if (t->slots[at] || t->n >= XML_NAMES_MAX)
        return t->slots[at];
    if (2 * t->n >= t->nslots) {
        grow(t);
        at = place_of(t, text, len, hash);
    }
    return t->slots[at] = add(t, text, len, hash);
}

/* ---- what is a name ----------------------------------------------------------------------------
 */

/* XML 1.0, fifth edition, [4]: above ASCII. */
static const struct {
    uint32_t from, to;
} start_ranges[] = {
    {0xc0, 0xd6},     {0xd8, 0xf6},     {0xf8, 0x2ff},    {0x370, 0x37d},
    {0x37f, 0x1fff},  {0x200c, 0x200d}, {0x2070, 0x218f}, {0x2c00, 0x2fef},
    {0x3001, 0xd7ff}, {0xf900, 0xfdcf}, {0xfdf0, 0xfffd}, {0x10000, 0xeffff},
};

static bool is_start(uint32_t c)
{
    if (c < 0x80)
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
    for (size_t i = 0; i < ARRAY_SIZE(start_ranges); i++) {
        if (c >= start_ranges[i].from && c <= start_ranges[i].to)
            return true;
    }
    return false;
}

static bool is_within(uint32_t c)
{
    return is_start(c) || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == 0xb7 ||
           (c >= 0x300 && c <= 0x36f) || c == 0x203f || c == 0x2040;
}

ptrdiff_t xml_name_len(const char *p, const char *end)
{
    const char *q = p;
    uint32_t c;

    while (q < end) {
        int n = xml_char_len(q, end, &c);

        if (n < 0)
            return -1;
        if (n == 0 || !(q == p ? is_start(c) : is_within(c)))
            return q - p;
        q += n;
    }
    return -1;
}

/* ---- prefixes ----------------------------------------------------------------------------------
 *
 * Which part of a name with colons is its prefix is libxml2's way of seeing it: where a prefix or
 * what follows it would be no name, there is no prefix, and of further colons the first divides.
 */

static bool begins_name(const char *p, const char *end, bool colon)
{
    uint32_t c;

    return p < end && (colon || *p != ':') && xml_char_len(p, end, &c) > 0 && is_start(c);
}

/* "a:b:" with something behind it that does not begin a name: libxml2 stops reading there. */
static bool is_broken(const char *local, const char *end)
{
    const char *colon = memchr(local, ':', (size_t)(end - local));

    return colon && colon + 1 < end && !begins_name(colon + 1, end, true);
}

/* What is asked of @k once in its life. False: not a name that libxml2 reads to its end. */
static bool divide(struct xml_names *t, struct xml_known *k)
{
    const char *end = k->text + k->len, *colon = memchr(k->text, ':', k->len);
    struct xml_known *local, *prefix;
    if (!colon || colon == k->text || !begins_name(colon + 1, end, false)) {
        k->local = k->text;
        k->local_len = k->len;
        k->kind = k->len == 5 && memcmp(k->text, "xmlns", 5) == 0 ? XML_NS_DEFAULT : XML_PLAIN;
        return true;
    }
    if (is_broken(colon + 1, end))
        return false;
    prefix = xml_names_get(t, k->text, (size_t)(colon - k->text));
    local = xml_names_get(t, colon + 1, (size_t)(end - colon - 1));
    if (!prefix || !local)
        return false;
    k->local = local->text;
    k->local_len = local->len;
    k->prefix = prefix;
    if (prefix->len == 5 && memcmp(prefix->text, "xmlns", 5) == 0) {
        k->kind = XML_NS_PREFIX;
        if (strcmp(local->text, "xml") != 0 && strcmp(local->text, "xmlns") != 0)
            k->declares = local;
    }
    return true;
}

/* ---- reading one -------------------------------------------------------------------------------
 */

XML_RARE static struct xml_known *learn(struct xml_scan *s, const char *p, size_t len)
{
    struct xml_known *k;

    if (len > LONGEST) {
        xml_scan_limit(s, "XML has an overlong name '%.64s'", p);
        return NULL;
    }
    k = xml_names_get(&s->names, p, len);
    if (!k) {
        xml_scan_limit(s, "XML has more than %u different names", XML_NAMES_MAX);
        return NULL;
    }
    if (!k->local && !divide(&s->names, k)) {
        xml_scan_fail(s, p, "'%.64s' is not a name", k->text);
        return NULL;
    }
    return k;
}

/* Is @p behind a name? What else may be there is looked at by those who know more. */
static bool is_end(const char *p)
{
    return *p == '>' || *p == '=' || *p == ' ' || *p == '/';
}

/* By its bytes. NULL: not met before, or too close to the window's end. */
XML_RARE static struct xml_known *find(const struct xml_scan *s, const char *p)
{
    const struct xml_names *t = &s->names;
    struct xml_known *k;
    const char *q = p;
    unsigned stops;
    size_t n;

    while (!(stops = xml_name_stops(q)) && q < s->end)
        q += XML_STEP;
    q += stops ? xml_first(stops) : 0;
    if (q >= s->end || (unsigned char)*q >= 0x80)
        return NULL;
    n = (size_t)(q - p);
    k = t->slots[place_of(t, p, n, hash_of(p, n, t->seed))];
    return k && k->local ? k : NULL;
}

/* Documents are made of records, so the next name is most often the one that followed the last
 * time: to see that it is takes one comparison. */
const char *xml_name_read(struct xml_scan *s, const char *p, struct xml_known **name)
{
    struct xml_known *last = s->names.last, *k = last->next;
    ptrdiff_t len;

    if (!k || p + k->len >= s->end || !is_end(p + k->len) || !xml_known_is(k, p)) {
        k = find(s, p);
        if (!k) {
            len = xml_name_len(p, s->end);
            if (len == 0)
                xml_scan_fail(s, p, "there is no name where one must be");
            k = len > 0 ? learn(s, p, (size_t)len) : NULL;
        }
        if (!k)
            return NULL;
        last->next = k;
    }
    s->names.last = k;
    *name = k;
    return p + k->len;
}
