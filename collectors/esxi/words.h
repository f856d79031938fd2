/*
 * words: a line of text read from the left, without copies: slices of it, word by word. A blank is
 * a space or a tab. Numbers are decimal and fit an int64_t, or they are none.
 *
 * interns keeps texts that come again and again (names of address sets, protocols) once in an
 * arena, and IPv4 addresses, as what they are. It is a cache of fixed size: what falls out of it is
 * merely stored a second time.
 */
#ifndef HYCON_COLLECTORS_ESXI_WORDS_H
#define HYCON_COLLECTORS_ESXI_WORDS_H

#include "core/ip.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct arena;

struct slice {
    const char *p;
    size_t len;
};

struct scan {
    const char *p, *end;
};

static inline bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static inline void scan_blanks(struct scan *s)
{
    while (s->p < s->end && is_blank(*s->p))
        s->p++;
}

/* The next word; length 0 at the end of the line. */
static inline struct slice scan_word(struct scan *s)
{
    const char *from;

    scan_blanks(s);
    from = s->p;
    while (s->p < s->end && !is_blank(*s->p))
        s->p++;
    return (struct slice){from, (size_t)(s->p - from)};
}

#define SLICE_IS(s, literal) \
    ((s).len == sizeof(literal) - 1 && memcmp((s).p, literal, sizeof(literal) - 1) == 0)
#define SLICE_STARTS(s, literal) \
    ((s).len >= sizeof(literal) - 1 && memcmp((s).p, literal, sizeof(literal) - 1) == 0)

/* If the next word is @literal take it. */
#define SCAN_TAKE(s, literal) scan_take(s, literal, sizeof(literal) - 1)
static inline bool scan_take(struct scan *s, const char *literal, size_t len)
{
    const char *p = s->p;

    while (p < s->end && is_blank(*p))
        p++;
    if ((size_t)(s->end - p) < len || memcmp(p, literal, len) != 0 ||
        (p + len < s->end && !is_blank(p[len])))
        return false;
    s->p = p + len;
    return true;
}

/* What is left, without blanks around it. */
struct slice scan_rest(const struct scan *s);
struct slice slice_trim(struct slice s);
/* The words of @line, at most @max; returns their number. */
size_t slice_words(struct slice line, struct slice *out, size_t max);

/* The whole slice as a number. */
static inline bool slice_int(struct slice s, int64_t *out)
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

static inline bool slice_is_hex(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned c = (unsigned char)s.p[i];

        if (c - '0' > 9 && (c | 0x20) - 'a' > 5)
            return false;
    }
    return s.len > 0;
}

bool scan_int(struct scan *s, int64_t *out);
/* "key : value" with any blanks; false when there is no colon. The key ends at the first colon that
 * a blank or the end of the line follows. */
bool slice_pair(struct slice line, struct slice *key, struct slice *value);
/* Position of @literal in @s, or NULL; the last one with slice_find_last. */
const char *slice_find(struct slice s, const char *literal);
const char *slice_find_last(struct slice s, const char *literal);

struct interns;

struct interns *interns_new(struct arena *arena);
void interns_free(struct interns *t); /* NULL is fine; the texts stay */
/* @s in the arena, NUL-terminated. Bytes of NUL become blanks. */
const char *interns_text(struct interns *t, struct slice s);
/* The same when @s is @last mostly, which is what it was the last time; zero to begin with. */
static inline const char *interns_again(struct interns *t, struct slice *last, struct slice s)
{
    if (last->len != s.len || !s.len || memcmp(last->p, s.p, s.len) != 0)
        *last = (struct slice){interns_text(t, s), s.len};
    return last->p;
}

/* The address that @s is, or NULL; *text gets what is none as text. */
const struct ip *interns_ip(struct interns *t, struct slice s, const char **text);
/* "10.0.0.1" at the beginning of @s: its length, or 0. What follows is anything but a digit. */
size_t slice_quad(struct slice s, uint32_t *out);
const struct ip *interns_quad(struct interns *t, uint32_t quad);

#endif
