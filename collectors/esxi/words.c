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

bool slice_int(struct slice s, int64_t *out)
{
    int64_t v = 0;

    /* 18 digits always fit. */
    if (!s.len || s.len > 18)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        unsigned digit = (unsigned)(unsigned char)s.p[i] - '0';

        if (digit > 9)
            return false;
        v = v * 10 + digit;
    }
    *out = v;
    return true;
}

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

struct slot {
    const char *text;
    const struct ip *ip; /* of text that is an address; made when asked for */
    uint32_t len;
    bool asked;
};

struct interns {
    struct arena *arena;
    struct slot slots[SLOTS];
};

struct interns *interns_new(struct arena *arena)
{
    struct interns *t = mem_alloc(sizeof(*t));

    t->arena = arena;
    return t;
}

void interns_free(struct interns *t)
{
    free(t);
}

static uint64_t load(const char *p, size_t len)
{
    uint64_t v = 0;

    memcpy(&v, p, len < sizeof(v) ? len : sizeof(v));
    return v;
}

/* Names differ at their ends; both ends and the length are enough for a cache. */
static size_t slot_of(struct slice s)
{
    size_t tail = s.len < 8 ? s.len : 8;
    uint64_t h = load(s.p, s.len) * 0x9e3779b97f4a7c15u;

    h ^= load(s.p + s.len - tail, tail) * 0xc2b2ae3d27d4eb4fu + s.len;
    h *= 0x9e3779b97f4a7c15u;
    return (size_t)(h >> (64 - SLOT_BITS));
}

static char *keep(struct interns *t, struct slice s)
{
    char *text;

    if (!memchr(s.p, '\0', s.len))
        return arena_strndup(t->arena, s.p, s.len);
    /* Never found again, which does no harm. */
    text = arena_alloc(t->arena, s.len + 1);
    for (size_t k = 0; k < s.len; k++)
        text[k] = s.p[k] ? s.p[k] : ' ';
    return text;
}

static struct slot *find(struct interns *t, struct slice s)
{
    struct slot *slot = &t->slots[slot_of(s)];

    if (!slot->text || slot->len != s.len || memcmp(slot->text, s.p, s.len) != 0)
        *slot = (struct slot){.text = keep(t, s), .len = (uint32_t)s.len};
    return slot;
}

const char *interns_text(struct interns *t, struct slice s)
{
    return s.len ? find(t, s)->text : "";
}

const struct ip *interns_ip(struct interns *t, struct slice s, const char **text)
{
    struct slot *slot;
    struct ip ip;

    *text = "";
    if (!s.len)
        return NULL;
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
