/*
 * Most of a text is nothing that a match could begin with. What the first bytes of a match can be
 * (each a set of bytes) follows from the program; a text is looked through for three of them, as
 * far apart as possible up to seven places, because many texts begin alike, 32 bytes at a time
 * where the processor can (AVX2). Only from there on the table has to be walked.
 *
 * A set is looked up by halves of a byte: the low half gives eight bits, one for each value of the
 * high half of an ASCII character, so the answer is exact; bytes beyond ASCII are taken together.
 * Odd bytes are control characters and those beyond ASCII: what they are shown as may be longer, or
 * another case.
 * Whole blocks are read, which may end behind the text but never on another page; what is there
 * changes nothing.
 */
#include <string.h>

#include "core/dfa_priv.h"

/* Asked of the C library, which knows already: the compiler's builtin asks the processor at each
 * start of the program, and every question of a virtual one is answered by its hypervisor. */
#if defined(__x86_64__) && __has_include(<sys/platform/x86.h>)
#define HAVE_AVX2 1
#include <immintrin.h>
#include <sys/platform/x86.h>
#endif

enum { FLAG_END = 0x80, FLAG_ODD = 0x40 };

/* An odd byte may be shown as anything, and then more than it is in its place. */
static bool may_go_on(const struct dfa_skip *k, const unsigned char *p)
{
    for (unsigned i = 1, far = 1; i < k->length; i++) {
        for (; far <= i * k->step; far++) {
            if (k->flags[p[far]] & FLAG_ODD)
                return true;
            if (k->flags[p[far]] & FLAG_END)
                return false;
        }
        if (!(k->flags[p[far - 1]] & 1u << i))
            return false;
    }
    return true;
}

static const char *skip_bytes(const struct dfa_skip *k, const char *s)
{
    for (const unsigned char *p = (const unsigned char *)s;; p++) {
        uint8_t f = k->flags[*p];

        if (!f)
            continue;
        if (f & FLAG_END)
            return NULL;
        if (f & FLAG_ODD && k->stops)
            return s;
        if (f & 1 && may_go_on(k, p))
            return (const char *)p;
    }
}

#ifdef HAVE_AVX2

#define BLOCK  32
#define PAGE   4096
#define FAR    __attribute__((target("avx2"), no_sanitize("address", "thread")))
#define WITHIN FAR static inline __attribute__((always_inline))

/* What stays the same from block to block. */
struct wide {
    __m256i low[DFA_SKIP_MAX], powers;
    uint32_t beyond[DFA_SKIP_MAX], stops; /* all bits or none */
};

WITHIN struct wide widen(const struct dfa_skip *k)
{
    struct wide w = {.stops = k->stops ? UINT32_MAX : 0};

    w.powers = _mm256_setr_epi8(1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 8,
                                16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0);
    for (unsigned i = 0; i < DFA_SKIP_MAX; i++) {
        w.low[i] =
            _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)k->low[i]));
        w.beyond[i] = k->beyond[i] ? UINT32_MAX : 0;
    }
    return w;
}

WITHIN uint32_t bits_of(__m256i v)
{
    return (uint32_t)_mm256_movemask_epi8(v);
}

/* Which bytes of @v are in set @i; @high: one bit for the high half of each. */
WITHIN uint32_t members(const struct wide *w, unsigned i, __m256i v, __m256i high)
{
    __m256i both = _mm256_and_si256(_mm256_shuffle_epi8(w->low[i], v), high);

    return ~bits_of(_mm256_cmpeq_epi8(both, _mm256_setzero_si256())) | (bits_of(v) & w->beyond[i]);
}

/* The bytes up to @n behind an odd one, and itself. */
WITHIN uint32_t smear(uint32_t odd, unsigned n)
{
    for (unsigned i = 1; i <= n; i++)
        odd |= odd << 1;
    return odd;
}

/* Bits where what a match can begin with begins: @length sets, @step bytes apart. What follows an
 * odd byte is not known. */
WITHIN uint32_t beginnings(const struct wide *w, unsigned length, unsigned step, __m256i v,
                           uint32_t odd)
{
    __m256i half = _mm256_and_si256(_mm256_srli_epi16(v, 4), _mm256_set1_epi8(15));
    __m256i high = _mm256_shuffle_epi8(w->powers, half);
    uint32_t at = members(w, 0, v, high);

    if (length > 1)
        at &= (members(w, 1, v, high) | smear(odd, step - 1)) >> step;
    if (length > 2)
        at &= (members(w, 2, v, high) | smear(odd, 2 * step - 1)) >> 2 * step;
    return at;
}

/* Blocks overlap, so that no beginning lies across two: the one that does is in the next. */
WITHIN const char *skip_blocks(const struct dfa_skip *k, const struct wide *w, unsigned length,
                               unsigned step, const char *s)
{
    const __m256i blank = _mm256_set1_epi8(0x21), one = _mm256_set1_epi8(1);

    for (;; s += BLOCK - (length - 1) * step) {
        uint32_t at, end, odd;
        __m256i v;

        if (((uintptr_t)s & (PAGE - 1)) > PAGE - BLOCK)
            return skip_bytes(k, s); /* the next page may not be there */
        v = _mm256_loadu_si256((const __m256i *)(const void *)s);
        end = bits_of(_mm256_cmpeq_epi8(v, _mm256_setzero_si256()));
        odd = bits_of(_mm256_cmpgt_epi8(blank, _mm256_add_epi8(v, one))) & ~end;
        at = beginnings(w, length, step, v, odd);
        odd &= w->stops;
        at |= odd;
        if (end)
            at &= (end & -end) - 1;
        if (at)
            return odd & at & -at ? s : s + __builtin_ctz(at);
        if (end)
            return NULL;
    }
}

/* The first of @texts that cannot be skipped; *@to: where in it. */
WITHIN size_t skip_all(const struct dfa_skip *k, unsigned length, unsigned step,
                       const char *const *texts, size_t n, const char **to)
{
    const struct wide w = widen(k);

    for (size_t i = 0; i < n; i++) {
        *to = skip_blocks(k, &w, length, step, texts[i]);
        if (*to)
            return i;
    }
    return n;
}

FAR static size_t skip_wide(const struct dfa_skip *k, const char *const *texts, size_t n,
                            const char **to)
{
    if (k->length == 1)
        return skip_all(k, 1, 1, texts, n, to);
    if (k->length == 2)
        return skip_all(k, 2, 1, texts, n, to);
    switch (k->step) {
    case 1:
        return skip_all(k, 3, 1, texts, n, to);
    case 2:
        return skip_all(k, 3, 2, texts, n, to);
    default:
        return skip_all(k, 3, 3, texts, n, to);
    }
}

#endif

static size_t skip_texts(const struct dfa_skip *k, const char *const *texts, size_t n,
                         const char **to)
{
#ifdef HAVE_AVX2
    if (k->wide)
        return skip_wide(k, texts, n, to);
#endif
    for (size_t i = 0; i < n; i++) {
        *to = skip_bytes(k, texts[i]);
        if (*to)
            return i;
    }
    return n;
}

size_t dfa_skip_texts(const struct dfa *d, const char *const *texts, size_t n, const char **from)
{
    if (d->skip.length)
        return skip_texts(&d->skip, texts, n, from);
    *from = texts[0];
    return 0;
}

const char *dfa_skip(const struct dfa_skip *k, const char *s)
{
    const char *to = NULL;

    (void)skip_texts(k, &s, 1, &to);
    return to;
}

static bool has(const uint64_t bits[4], unsigned byte)
{
    return bits[byte >> 6] >> (byte & 63) & 1;
}

/* Could what an odd byte is shown as (\x1b, \u{202e}, U+FFFD), or one of the letters that are a
 * case of I, S or K, begin a match? */
static bool begins_odd(const uint64_t bits[4])
{
    for (const char *c = "\\xuXU{}0123456789abcdefABCDEF\xefISK"; *c; c++) {
        if (has(bits, (unsigned char)*c))
            return true;
    }
    return false;
}

void dfa_skip_init(struct dfa_skip *k, uint64_t sets[DFA_SKIP_FAR][4], unsigned length)
{
    unsigned step = length < DFA_SKIP_MAX ? 1 : (length - 1) / (DFA_SKIP_MAX - 1);

    *k = (struct dfa_skip){.length = length < DFA_SKIP_MAX ? length : DFA_SKIP_MAX, .step = step};
    if (!length)
        return;
    k->stops = begins_odd(sets[0]);
    k->flags[0] = FLAG_END;
    for (unsigned c = 1; c < 256; c++)
        k->flags[c] = c < 0x20 || c >= 0x7f ? FLAG_ODD : 0;
    for (unsigned i = 0; i < k->length; i++) {
        for (unsigned c = 1; c < 256; c++) {
            if (!has(sets[i * step], c))
                continue;
            k->flags[c] |= (uint8_t)(1u << i);
            if (c < 0x80)
                k->low[i][c & 15] |= (uint8_t)(1u << (c >> 4));
            else
                k->beyond[i] = true;
        }
    }
#ifdef HAVE_AVX2
    k->wide = CPU_FEATURE_ACTIVE(AVX2);
#endif
}
