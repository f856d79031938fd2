/*
 * xml_scan_simd: sixteen bytes at a time. Each function returns a mask with a bit for every byte
 * at which a run ends, bit 0 for the first. All read sixteen bytes, whatever is in them: who calls
 * makes sure that they are there.
 */
#ifndef HYCON_CORE_XML_SCAN_SIMD_H
#define HYCON_CORE_XML_SCAN_SIMD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define XML_STEP 16

#ifdef __SSE2__
#include <emmintrin.h>

static inline __m128i xml_load(const char *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

/* Of text: '<', '&', ']', control characters but tab and newline, and all that is not ASCII. */
static inline unsigned xml_text_stops(const char *p)
{
    __m128i v = xml_load(p);
    __m128i low = _mm_cmplt_epi8(v, _mm_set1_epi8(' ')); /* signed: 0x80 and above, too */
    __m128i blank = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\n')),
                                 _mm_cmpeq_epi8(v, _mm_set1_epi8('\t')));
    __m128i markup =
        _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('<')), _mm_cmpeq_epi8(v, _mm_set1_epi8('&')));

    markup = _mm_or_si128(markup, _mm_cmpeq_epi8(v, _mm_set1_epi8(']')));
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(markup, _mm_andnot_si128(blank, low)));
}

/* Of an attribute's value: its quote, '<', '&', control characters, and all that is not ASCII. */
static inline unsigned xml_value_stops(const char *p, char quote)
{
    __m128i v = xml_load(p);
    __m128i low = _mm_cmplt_epi8(v, _mm_set1_epi8(' '));
    __m128i markup =
        _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('<')), _mm_cmpeq_epi8(v, _mm_set1_epi8('&')));

    markup = _mm_or_si128(markup, _mm_cmpeq_epi8(v, _mm_set1_epi8(quote)));
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(markup, low));
}

/* Of a name: all up to ',', '/', and from ';' to '?', and all that is not ASCII. Not every other
 * byte may be in a name; a name that is known has none of these. */
static inline unsigned xml_name_stops(const char *p)
{
    __m128i v = xml_load(p);
    __m128i low = _mm_cmplt_epi8(v, _mm_set1_epi8('-'));
    __m128i slash = _mm_cmpeq_epi8(v, _mm_set1_epi8('/'));
    __m128i signs =
        _mm_and_si128(_mm_cmpgt_epi8(v, _mm_set1_epi8(':')), _mm_cmplt_epi8(v, _mm_set1_epi8('@')));

    return (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(low, slash), signs));
}

static inline unsigned xml_same(const char *a, const char *b)
{
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(xml_load(a), xml_load(b)));
}

static inline unsigned xml_equal(const char *p, char c)
{
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(xml_load(p), _mm_set1_epi8(c)));
}

/* 64 bytes: a count of newlines for each of sixteen columns. */
static inline __m128i xml_newline_columns(const char *p)
{
    const __m128i newline = _mm_set1_epi8('\n');
    __m128i a = _mm_add_epi8(_mm_cmpeq_epi8(xml_load(p), newline),
                             _mm_cmpeq_epi8(xml_load(p + XML_STEP), newline));
    __m128i b = _mm_add_epi8(_mm_cmpeq_epi8(xml_load(p + 2 * XML_STEP), newline),
                             _mm_cmpeq_epi8(xml_load(p + 3 * XML_STEP), newline));

    return _mm_sub_epi8(_mm_setzero_si128(), _mm_add_epi8(a, b));
}

static inline size_t xml_newlines(const char *p, size_t len)
{
    const size_t portion = 4 * XML_STEP;
    size_t n = 0, i = 0;

    while (len - i >= portion) {
        size_t steps = (len - i) / portion < 63 ? (len - i) / portion : 63;
        __m128i sum = _mm_setzero_si128(), both;

        for (; steps; steps--, i += portion)
            sum = _mm_add_epi8(sum, xml_newline_columns(p + i));
        both = _mm_sad_epu8(sum, _mm_setzero_si128());
        n += (size_t)_mm_cvtsi128_si32(both) + (size_t)_mm_extract_epi16(both, 4);
    }
    for (; i < len; i++)
        n += p[i] == '\n';
    return n;
}

#else

static inline bool xml_is_low(char c)
{
    return (unsigned char)c < ' ' || (unsigned char)c >= 0x80;
}

static inline unsigned xml_text_stops(const char *p)
{
    unsigned mask = 0;

    for (unsigned i = 0; i < XML_STEP; i++) {
        bool stop = p[i] == '<' || p[i] == '&' || p[i] == ']' ||
                    (xml_is_low(p[i]) && p[i] != '\n' && p[i] != '\t');

        mask |= (unsigned)stop << i;
    }
    return mask;
}

static inline unsigned xml_value_stops(const char *p, char quote)
{
    unsigned mask = 0;

    for (unsigned i = 0; i < XML_STEP; i++) {
        bool stop = p[i] == '<' || p[i] == '&' || p[i] == quote || xml_is_low(p[i]);

        mask |= (unsigned)stop << i;
    }
    return mask;
}

static inline unsigned xml_name_stops(const char *p)
{
    unsigned mask = 0;

    for (unsigned i = 0; i < XML_STEP; i++) {
        unsigned char c = (unsigned char)p[i];
        bool stop = c < '-' || c >= 0x80 || c == '/' || (c > ':' && c < '@');

        mask |= (unsigned)stop << i;
    }
    return mask;
}

static inline unsigned xml_same(const char *a, const char *b)
{
    unsigned mask = 0;

    for (unsigned i = 0; i < XML_STEP; i++)
        mask |= (unsigned)(a[i] == b[i]) << i;
    return mask;
}

static inline unsigned xml_equal(const char *p, char c)
{
    unsigned mask = 0;

    for (unsigned i = 0; i < XML_STEP; i++)
        mask |= (unsigned)(p[i] == c) << i;
    return mask;
}

static inline size_t xml_newlines(const char *p, size_t len)
{
    size_t n = 0;

    for (size_t i = 0; i < len; i++)
        n += p[i] == '\n';
    return n;
}

#endif

static inline unsigned xml_first(unsigned mask)
{
    return (unsigned)__builtin_ctz(mask);
}

#endif
