/*
 * Start tags that came before. A document of records has few different ones, attributes and all,
 * and they come in the same order again and again. So which one comes next is guessed from those
 * before it, and one comparison of its bytes replaces reading names, values and namespaces. Where
 * the guess is wrong the tag is looked up by its length and its last bytes.
 *
 * What came once is not kept, only its hash: a document whose tags are all different (a number in
 * an attribute) must not fill the table. A tag with '>' in a value is read each time.
 */
#include <string.h>

#include "core/arena.h"
#include "core/xml_scan_priv.h"

static uint64_t load(const char *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof(v));
    return v;
}

/* Tags differ at their end, if not in the first bytes of their names. */
static uint64_t hash_of(const char *p, size_t len, uint64_t seed)
{
    uint64_t a = load(p), b = len;

    if (len < 8)
        a <<= 8 * (8 - len);
    if (len >= 16)
        a ^= load(p + len - 16) * 0xa0761d6478bd642fu;
    if (len > 8)
        b ^= load(p + len - 8);
    a = (a ^ seed ^ b * 0xe7037ed1a0b428dbu) * 0x9e3779b97f4a7c15u;
    return a ^ a >> 32;
}

/* Length of the tag at @p; 0: too long, or its end is not in the window. */
static size_t tag_len(const struct xml_scan *s, const char *p)
{
    const char *q = p;

    while (q < s->end && q - p < XML_AGAIN_LEN) {
        unsigned ends = xml_equal(q, '>');

        if (ends) {
            q += xml_first(ends) + 1;
            return q <= s->end ? (size_t)(q - p) : 0;
        }
        q += XML_STEP;
    }
    return 0;
}

static size_t place_of(const struct xml_tags *t, const char *p, size_t len, uint64_t hash)
{
    size_t at = (size_t)hash & (XML_AGAIN_SLOTS - 1);

    for (; t->slots[at]; at = (at + 1) & (XML_AGAIN_SLOTS - 1)) {
        if (t->slots[at]->len == len && xml_again_is(t->slots[at], p))
            break;
    }
    return at;
}

const struct xml_again *xml_again_find(struct xml_scan *s, const char *p)
{
    struct xml_tags *t = &s->tags;
    size_t len = tag_len(s, p);
    const struct xml_again *k;

    if (!len)
        return NULL;
    k = t->slots[place_of(t, p, len, hash_of(p, len, s->names.seed))];
    if (k)
        *xml_guess(t) = k->number;
    return k;
}

/* ---- keeping one -------------------------------------------------------------------------------
 */

static const struct xml_attr *keep_attrs(struct xml_scan *s, const char *p, const char *end,
                                         const char *text)
{
    struct arena *arena = s->names.arena;
    struct xml_attr *attrs;

    if (!s->nattrs)
        return NULL;
    attrs = arena_alloc(arena, s->nattrs * sizeof(*attrs));
    for (size_t i = 0; i < s->nattrs; i++) {
        attrs[i] = s->attrs[i];
        if (attrs[i].value >= p && attrs[i].value < end)
            attrs[i].value = text + (attrs[i].value - p);
        else
            attrs[i].value =
                memcpy(arena_alloc(arena, attrs[i].len + 1), attrs[i].value, attrs[i].len);
    }
    return attrs;
}

static const struct xml_undo *keep_namespaces(struct xml_scan *s, size_t from)
{
    size_t n = s->nundo - from;
    struct xml_undo *kept;

    if (!n)
        return NULL;
    kept = arena_alloc(s->names.arena, n * sizeof(*kept));
    for (size_t i = 0; i < n; i++)
        kept[i] = (struct xml_undo){s->undo[from + i].prefix, s->undo[from + i].prefix->uri};
    return kept;
}

static bool came_once(struct xml_tags *t, uint64_t hash)
{
    uint32_t *place = &t->once[hash >> 32 & (XML_ONCE - 1)], old = *place;

    *place = (uint32_t)hash;
    return old == (uint32_t)hash;
}

const struct xml_again *xml_again_keep(struct xml_scan *s, const char *p, const char *end,
                                       const struct xml_known *name, size_t undo)
{
    struct xml_tags *t = &s->tags;
    size_t len = (size_t)(end - p);
    struct xml_again *k;
    uint64_t hash;
    char *text;

    if (len > XML_AGAIN_LEN || t->n == XML_AGAIN_MAX || memchr(p, '>', len) != end - 1)
        return NULL;
    hash = hash_of(p, len, s->names.seed);
    if (!came_once(t, hash))
        return NULL;
    k = arena_alloc(s->names.arena, sizeof(*k));
    text = arena_alloc(s->names.arena, len + XML_SLACK);
    memcpy(text, p, len);
    memcpy(k->head, p, len < XML_HEAD ? len : XML_HEAD);
    k->mask = len < XML_HEAD ? (1u << len) - 1 : UINT32_MAX;
    k->len = (uint32_t)len;
    k->hash = hash;
    k->text = text;
    k->name = name;
    k->attrs = keep_attrs(s, p, end, text);
    k->nattrs = (uint16_t)s->nattrs;
    k->namespaces = keep_namespaces(s, undo);
    k->nnamespaces = (uint16_t)(s->nundo - undo);
    k->empty = end[-2] == '/';
    k->number = (uint8_t)++t->n;
    t->kept[k->number] = t->slots[place_of(t, p, len, hash)] = k;
    *xml_guess(t) = k->number;
    return k;
}
