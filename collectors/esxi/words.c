#include "collectors/esxi/words.h"

#include <stdlib.h>

#include "core/arena.h"
#include "core/mem.h"

struct slice slice_trim(struct slice s)
{
    while (s.len && is_blank(*s.p)) {
        s.p++;
        s.len--;
    }
    while (s.len && is_blank(s.p[s.len - 1]))
        s.len--;
    return s;
}

struct slice scan_rest(const struct scan *s)
{
    return slice_trim((struct slice){s->p, (size_t)(s->end - s->p)});
}

/* ---- words of a line ---------------------------------------------------------------------------
 *
 * Where a word ends is nothing that a processor can guess, byte by byte; of 64 bytes at once it is
 * a number, whose bits are the blanks.
 */

#define STEP   16
#define WINDOW 64

#ifdef __SSE2__
#include <emmintrin.h>

static inline uint64_t blanks_of_step(const char *p)
{
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i blank =
        _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(' ')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\t')));

    return (uint64_t)(unsigned)_mm_movemask_epi8(blank);
}
#else
static inline uint64_t blanks_of_step(const char *p)
{
    uint64_t blank = 0;

    for (unsigned i = 0; i < STEP; i++)
        blank |= (uint64_t)is_blank(p[i]) << i;
    return blank;
}
#endif

/* A bit for each blank of @len bytes, at most 64; all bits behind them are set. */
static uint64_t blanks_of(const char *p, size_t len)
{
    uint64_t blank = 0;
    char rest[STEP];
    size_t i = 0;

    for (; i + STEP <= len; i += STEP)
        blank |= blanks_of_step(p + i) << i;
    if (i == WINDOW)
        return blank;
    memset(rest, ' ', sizeof(rest));
    memcpy(rest, p + i, len - i);
    blank |= blanks_of_step(rest) << i;
    return i + STEP < WINDOW ? blank | UINT64_MAX << (i + STEP) : blank;
}

size_t slice_words(struct slice line, struct slice *out, size_t max)
{
    const char *from = NULL; /* NULL: between words */
    uint64_t before = 1;
    size_t n = 0;

    for (size_t at = 0; at < line.len; at += WINDOW) {
        uint64_t blank = blanks_of(line.p + at, line.len - at < WINDOW ? line.len - at : WINDOW);
        uint64_t edges = blank ^ (blank << 1 | before);

        before = blank >> (WINDOW - 1);
        for (; edges; edges &= edges - 1) {
            const char *edge = line.p + at + __builtin_ctzll(edges);

            if (!from) {
                from = edge;
                continue;
            }
            if (n == max)
                return n;
            out[n++] = (struct slice){from, (size_t)(edge - from)};
            from = NULL;
        }
    }
    if (from && n < max)
        out[n++] = (struct slice){from, (size_t)(line.p + line.len - from)};
    return n;
}

static inline const char *octet(const char *p, const char *end, uint32_t *v)
{
    const char *from = p;
    unsigned d;

    for (*v = 0; p < end && p < from + 3 && (d = (unsigned)(unsigned char)*p - '0') <= 9; p++)
        *v = *v * 10 + d;
    return p == from || *v > 255 || (*from == '0' && p > from + 1) ? NULL : p;
}

size_t slice_quad(struct slice s, uint32_t *out)
{
    const char *p = s.p, *end = s.p + s.len;
    uint32_t quad = 0, v;

    for (unsigned i = 0; i < 4; i++) {
        if (i && (p == end || *p++ != '.'))
            return 0;
        p = octet(p, end, &v);
        if (!p)
            return 0;
        quad = quad << 8 | v;
    }
    if (p < end && *p >= '0' && *p <= '9')
        return 0;
    *out = quad;
    return (size_t)(p - s.p);
}

/* ---- pieces ------------------------------------------------------------------------------------
 */

bool scan_int(struct scan *s, int64_t *out)
{
    struct scan was = *s;

    if (slice_int(scan_word(s), out))
        return true;
    *s = was;
    return false;
}

bool slice_pair(struct slice line, struct slice *key, struct slice *value)
{
    for (size_t i = 0; i < line.len; i++) {
        if (line.p[i] != ':' || (i + 1 < line.len && !is_blank(line.p[i + 1])))
            continue;
        *key = slice_trim((struct slice){line.p, i});
        *value = slice_trim((struct slice){line.p + i + 1, line.len - i - 1});
        return key->len > 0;
    }
    return false;
}

const char *slice_find(struct slice s, const char *literal)
{
    return s.len ? memmem(s.p, s.len, literal, strlen(literal)) : NULL;
}

const char *slice_find_last(struct slice s, const char *literal)
{
    const char *last = NULL, *found;

    while ((found = slice_find(s, literal))) {
        last = found;
        s.len -= (size_t)(found + 1 - s.p);
        s.p = found + 1;
    }
    return last;
}

/* ---- interns -----------------------------------------------------------------------------------
 */

#define SLOT_BITS 12
#define SLOTS     (1u << SLOT_BITS)
#define MIX       UINT64_C(0x9e3779b97f4a7c15)

struct slot {
    uint64_t hash; /* looked at first: the text is elsewhere, and mostly another */
    const char *text;
    const struct ip *ip; /* of text that is an address; made when asked for */
    uint32_t len;
    bool asked;
};

struct quad {
    uint32_t quad;
    const struct ip *ip;
};

struct interns {
    struct arena *arena;
    struct slot slots[SLOTS];
    struct quad *quads; /* SLOTS of them, when there is one */
};

struct interns *interns_new(struct arena *arena)
{
    struct interns *t = mem_alloc(sizeof(*t));

    t->arena = arena;
    return t;
}

void interns_free(struct interns *t)
{
    if (t)
        free(t->quads);
    free(t);
}

static uint64_t load(const char *p, size_t len)
{
    uint64_t v = 0;

    memcpy(&v, p, len < sizeof(v) ? len : sizeof(v));
    return v;
}

/* Names differ at their ends; both ends and the length are enough for a cache. */
static uint64_t hash_of(struct slice s)
{
    uint64_t h;

    if (s.len >= 8) {
        uint64_t head, tail;

        memcpy(&head, s.p, 8);
        memcpy(&tail, s.p + s.len - 8, 8);
        h = head * MIX ^ (tail * UINT64_C(0xc2b2ae3d27d4eb4f) + s.len);
    } else {
        h = load(s.p, s.len) * MIX ^ s.len;
    }
    return h * MIX;
}

static char *keep(struct interns *t, struct slice s)
{
    char *text;

    if (!memchr(s.p, '\0', s.len))
        return arena_text(t->arena, s.p, s.len);
    /* Never found again, which does no harm. */
    text = arena_alloc(t->arena, s.len + 1);
    for (size_t k = 0; k < s.len; k++)
        text[k] = s.p[k] ? s.p[k] : ' ';
    return text;
}

static struct slot *find(struct interns *t, struct slice s)
{
    uint64_t hash = hash_of(s);
    struct slot *slot = &t->slots[hash >> (64 - SLOT_BITS)];

    if (!slot->text || slot->hash != hash || slot->len != s.len ||
        memcmp(slot->text, s.p, s.len) != 0)
        *slot = (struct slot){.hash = hash, .text = keep(t, s), .len = (uint32_t)s.len};
    return slot;
}

const char *interns_text(struct interns *t, struct slice s)
{
    return s.len ? find(t, s)->text : "";
}

const struct ip *interns_quad(struct interns *t, uint32_t quad)
{
    struct quad *q;
    struct ip *ip;

    if (!t->quads)
        t->quads = mem_array(SLOTS, sizeof(*t->quads));
    q = &t->quads[quad * MIX >> (64 - SLOT_BITS)];
    if (q->ip && q->quad == quad)
        return q->ip;
    ip = arena_alloc(t->arena, sizeof(*ip));
    *ip = (struct ip){.family = 4, .prefix = 32};
    for (unsigned i = 0; i < 4; i++)
        ip->bytes[i] = (uint8_t)(quad >> (24 - 8 * i));
    *q = (struct quad){quad, ip};
    return ip;
}

const struct ip *interns_ip(struct interns *t, struct slice s, const char **text)
{
    struct slot *slot;
    uint32_t quad;
    struct ip ip;

    *text = "";
    if (!s.len)
        return NULL;
    if (slice_quad(s, &quad) == s.len)
        return interns_quad(t, quad);
    slot = find(t, s);
    *text = slot->text;
    if (!slot->asked) {
        slot->asked = true;
        if (ip_parse(slot->text, &ip) == 0) {
            struct ip *copy = arena_alloc(t->arena, sizeof(*copy));

            *copy = ip;
            slot->ip = copy;
        }
    }
    return slot->ip;
}
