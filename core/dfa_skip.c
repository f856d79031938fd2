/*
 * Most of a text is nothing that a match could begin with. What the first bytes of a match can be
 * (up to three places, each a set of bytes) follows from the program; a text is looked through for
 * such a beginning, 32 bytes at a time where the processor can (AVX2), and only from there on the
 * table has to be walked.
 *
 * A set is looked up by halves of a byte: the low half gives eight bits, one for each value of the
 * high half of an ASCII character, so the answer is exact; bytes beyond ASCII are taken together.
 * Odd bytes are control characters and those beyond ASCII: what they are shown as may be longer, or
 * another case.
 * Whole aligned blocks are read, which may begin before and end behind the text but never on
 * another page; what is there changes nothing.
 */
#include <string.h>

#include "core/dfa_priv.h"

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define HAVE_AVX2 1
#include <immintrin.h>
#endif

enum { FLAG_END = 0x80, FLAG_ODD = 0x40 };

/* An odd byte may be shown as anything, and then more than it is in its place. */
static bool may_go_on(const struct dfa_skip *k, const unsigned char *p)
{
    if (k->length < 2 || k->flags[p[1]] & FLAG_ODD)
        return true;
    if (!(k->flags[p[1]] & 2))
        return false;
    return k->length < 3 || k->flags[p[2]] & (4 | FLAG_ODD);
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

#define BLOCK 32
#define FAR   __attribute__((target("avx2"), no_sanitize("address", "thread")))

FAR static inline uint32_t bits_of(__m256i v)
{
    return (uint32_t)_mm256_movemask_epi8(v);
}

/* Which bytes of @v are in set @i; @high: one bit for the high half of each. */
FAR static inline uint32_t members(const struct dfa_skip *k, unsigned i, __m256i v, __m256i high)
{
    __m256i low = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)k->low[i]));
    __m256i both = _mm256_and_si256(_mm256_shuffle_epi8(low, v), high);
    uint32_t in = ~bits_of(_mm256_cmpeq_epi8(both, _mm256_setzero_si256()));

    return k->beyond[i] ? in | bits_of(v) : in;
}

/* What the blocks before leave: beginnings that are not finished, and whether the last byte was
 * odd.
 */
struct carry {
    uint32_t at[2], odd;
};

/* Bits where a beginning ends. An odd byte may be shown as anything, and then more than it is in
 * its place. */
FAR static inline uint32_t endings(const struct dfa_skip *k, __m256i v, uint32_t valid,
                                   uint32_t odd, struct carry *c)
{
    const __m256i powers = _mm256_setr_epi8(1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0, 1,
                                            2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0);
    __m256i half = _mm256_and_si256(_mm256_srli_epi16(v, 4), _mm256_set1_epi8(15));
    __m256i high = _mm256_shuffle_epi8(powers, half);
    uint32_t at = members(k, 0, v, high) & valid, any = odd;

    for (unsigned i = 1; i < k->length; i++) {
        uint32_t next = (at << 1 | c->at[i - 1]) & (members(k, i, v, high) | any);

        c->at[i - 1] = at >> 31;
        at = next;
        any |= odd << 1 | c->odd;
    }
    c->odd = odd >> 31;
    return at;
}

FAR static const char *skip_blocks(const struct dfa_skip *k, const char *s)
{
    const __m256i blank = _mm256_set1_epi8(0x21), one = _mm256_set1_epi8(1);
    size_t before = (uintptr_t)s & (BLOCK - 1);
    const char *block = s - before;
    uint32_t valid = UINT32_MAX << before;
    struct carry carry = {{0, 0}, 0};

    for (;; block += BLOCK, valid = UINT32_MAX) {
        __m256i v = _mm256_load_si256((const __m256i *)(const void *)block);
        uint32_t at, end, odd;

        end = bits_of(_mm256_cmpeq_epi8(v, _mm256_setzero_si256())) & valid;
        odd = bits_of(_mm256_cmpgt_epi8(blank, _mm256_add_epi8(v, one))) & valid;
        at = endings(k, v, valid, odd, &carry);
        if (!k->stops)
            odd = end;
        if (!(at | odd))
            continue;
        /* The lowest bit is what comes first. */
        if (at && (!odd || (at & -at) < (odd & -odd)))
            return block + __builtin_ctz(at) - (k->length - 1);
        return (odd & -odd) == (end & -end) ? NULL : s;
    }
}

#endif

const char *dfa_skip(const struct dfa_skip *k, const char *s)
{
#ifdef HAVE_AVX2
    if (k->wide)
        return skip_blocks(k, s);
#endif
    return skip_bytes(k, s);
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

void dfa_skip_init(struct dfa_skip *k, uint64_t sets[DFA_SKIP_MAX][4], unsigned length)
{
    *k = (struct dfa_skip){.length = length};
    if (!length)
        return;
    k->stops = begins_odd(sets[0]);
    k->flags[0] = FLAG_END;
    for (unsigned c = 1; c < 256; c++)
        k->flags[c] = c < 0x20 || c >= 0x7f ? FLAG_ODD : 0;
    for (unsigned i = 0; i < length; i++) {
        for (unsigned c = 1; c < 256; c++) {
            if (!has(sets[i], c))
                continue;
            k->flags[c] |= (uint8_t)(1u << i);
            if (c < 0x80)
                k->low[i][c & 15] |= (uint8_t)(1u << (c >> 4));
            else
                k->beyond[i] = true;
        }
    }
#ifdef HAVE_AVX2
    k->wide = __builtin_cpu_supports("avx2");
#endif
}
