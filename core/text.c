/*
 * Widths come from the C library's wcwidth in the locale C.UTF-8, because that is what curses lays
 * out with: a table of our own would disagree with the screen after the next update of Unicode.
 * They are cached in pages of 256 characters that are filled at first use, so neither the locale of
 * the process nor the cost of changing it per call matters. Pages are published atomically and
 * never freed; two threads that meet fill the same page with the same values.
 */
#include "core/text.h"

#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "core/mem.h"
#include "core/strbuf.h"

#define REPLACEMENT 0xfffd
#define ZWJ         0x200d
#define CP_MAX      0x10ffff
#define PAGE        256

struct range {
    uint32_t first, last;
};

static bool in_ranges(uint32_t cp, const struct range *r, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (cp >= r[i].first && cp <= r[i].last)
            return true;
    }
    return false;
}

/* Sequence length by lead byte; 0: no character begins like this. */
static size_t lead_length(unsigned char c)
{
    if (c < 0x80)
        return 1;
    if (c >= 0xc2 && c <= 0xdf)
        return 2;
    if (c >= 0xe0 && c <= 0xef)
        return 3;
    return c >= 0xf0 && c <= 0xf4 ? 4 : 0;
}

size_t text_decode(const char *s, size_t len, uint32_t *cp)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *p = (const unsigned char *)s;

    *cp = 0;
    if (!len)
        return 0;
    size_t n = lead_length(p[0]);
    uint32_t v = n == 1 ? p[0] : p[0] & (0x7fu >> n);

    *cp = REPLACEMENT;
    if (!n || n > len)
        return 1;
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 1;
        v = v << 6 | (p[i] & 0x3f);
    }
    if (v < smallest[n] || v > CP_MAX || (v >= 0xd800 && v <= 0xdfff))
        return 1;
    *cp = v;
    return n;
}

void text_encode(struct strbuf *out, uint32_t cp)
{
    char b[4];
    size_t n = 0;

    if (cp > CP_MAX || (cp >= 0xd800 && cp <= 0xdfff))
        cp = REPLACEMENT;
    if (cp < 0x80) {
        b[n++] = (char)cp;
    } else if (cp < 0x800) {
        b[n++] = (char)(0xc0 | cp >> 6);
        b[n++] = (char)(0x80 | (cp & 0x3f));
    } else if (cp < 0x10000) {
        b[n++] = (char)(0xe0 | cp >> 12);
        b[n++] = (char)(0x80 | (cp >> 6 & 0x3f));
        b[n++] = (char)(0x80 | (cp & 0x3f));
    } else {
        b[n++] = (char)(0xf0 | cp >> 18);
        b[n++] = (char)(0x80 | (cp >> 12 & 0x3f));
        b[n++] = (char)(0x80 | (cp >> 6 & 0x3f));
        b[n++] = (char)(0x80 | (cp & 0x3f));
    }
    strbuf_add(out, b, n);
}

size_t text_boundary(const char *s, size_t len, size_t max)
{
    uint32_t cp;

    if (len <= max)
        return len;
    /* A character has four bytes at most, so the boundary is within the three bytes before. */
    for (size_t back = 0; back < 4 && back <= max; back++) {
        size_t at = max - back;

        if (((unsigned char)s[at] & 0xc0) != 0x80)
            return back < text_decode(s + at, len - at, &cp) ? at : max;
    }
    return max;
}

void text_keep(char *out, size_t size, const char *s, size_t len)
{
    struct strbuf clean = STRBUF_INIT;

    text_sanitize(&clean, s, len, 0);
    while (clean.len > 0 && strchr(". ", clean.buf[clean.len - 1]))
        strbuf_setlen(&clean, clean.len - 1);
    len = text_boundary(clean.buf, clean.len, size - 1);
    memcpy(out, clean.buf, len);
    out[len] = '\0';
    strbuf_release(&clean);
}

/* --- making text visible ------------------------------------------------------------------- */

/* Characters that have no picture of their own and change how others are shown or compared. */
static bool is_invisible(uint32_t cp)
{
    static const struct range ranges[] = {
        {0x061c, 0x061c}, {0x180e, 0x180e}, {0x200b, 0x200f}, {0x2028, 0x202e},   {0x2060, 0x206f},
        {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xfffe, 0xffff}, {0xe0000, 0xe007f},
    };

    return cp >= 0x061c && in_ranges(cp, ranges, ARRAY_SIZE(ranges));
}

/* What may stand beside a joiner inside an emoji: pictures, skin tones, variation selector 16. */
static bool is_emoji_part(uint32_t cp)
{
    static const struct range ranges[] = {
        {0x2190, 0x21ff}, {0x2300, 0x23ff}, {0x2600, 0x27bf},
        {0x2b00, 0x2bff}, {0xfe0f, 0xfe0f}, {0x1f000, 0x1faff},
    };

    return in_ranges(cp, ranges, ARRAY_SIZE(ranges));
}

static bool is_control(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7f && cp < 0xa0);
}

/* Length of the run at @s that is plain ASCII: nearly all of nearly every text. */
static size_t ascii_run(const char *s, size_t len)
{
    size_t n = 0;

    while (n < len && (unsigned char)s[n] >= 0x20 && (unsigned char)s[n] < 0x7f)
        n++;
    return n;
}

struct glyph {
    uint32_t cp;
    size_t used;
    bool valid;
};

static struct glyph next_glyph(const char *s, size_t len)
{
    struct glyph g;

    g.used = text_decode(s, len, &g.cp);
    g.valid = g.cp != REPLACEMENT || g.used == 3;
    return g;
}

/* May @g, between @prev and the text at @rest, be shown as it is? */
static bool is_visible(struct glyph g, uint32_t prev, const char *rest, size_t len, unsigned flags)
{
    uint32_t next;

    if (is_control(g.cp))
        return (flags & TEXT_KEEP_LINES) && (g.cp == '\n' || g.cp == '\t');
    if (g.cp == ZWJ && is_emoji_part(prev)) {
        text_decode(rest, len, &next);
        return is_emoji_part(next);
    }
    return g.valid && !is_invisible(g.cp);
}

static void add_visible(struct strbuf *out, struct glyph g)
{
    if (is_control(g.cp))
        strbuf_addf(out, "\\x%02x", (unsigned)g.cp);
    else if (g.valid)
        strbuf_addf(out, "\\u{%04x}", (unsigned)g.cp);
    else
        text_encode(out, REPLACEMENT);
}

void text_sanitize(struct strbuf *out, const char *s, size_t len, unsigned flags)
{
    uint32_t prev = 0;

    for (size_t i = 0; i < len;) {
        size_t run = ascii_run(s + i, len - i);

        if (run) {
            strbuf_add(out, s + i, run);
            prev = 0;
            i += run;
            continue;
        }
        struct glyph g = next_glyph(s + i, len - i);
        if (is_visible(g, prev, s + i + g.used, len - i - g.used, flags))
            strbuf_add(out, s + i, g.used);
        else
            add_visible(out, g);
        prev = g.cp;
        i += g.used;
    }
}

bool text_is_clean(const char *s)
{
    size_t len = strlen(s);
    uint32_t prev = 0;

    for (size_t i = ascii_run(s, len); i < len;) {
        struct glyph g = next_glyph(s + i, len - i);

        i += g.used;
        if (!is_visible(g, prev, s + i, len - i, 0))
            return false;
        prev = g.cp;
    }
    return true;
}

/* --- cells --------------------------------------------------------------------------------- */

static _Atomic(uint8_t *) width_pages[(CP_MAX + 1) / PAGE];
static locale_t utf8_locale;
static pthread_once_t utf8_once = PTHREAD_ONCE_INIT;

static void make_utf8_locale(void)
{
    utf8_locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

/* For a system without C.UTF-8: the blocks that matter. */
static int plain_width(uint32_t cp)
{
    static const struct range none[] = {
        {0x0300, 0x036f}, {0x200b, 0x200f}, {0x20d0, 0x20ff},
        {0x3099, 0x309a}, {0xfe00, 0xfe0f}, {0xe0100, 0xe01ef},
    };
    static const struct range two[] = {
        {0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},   {0xac00, 0xd7a3},
        {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff01, 0xff60},   {0xffe0, 0xffe6},
        {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
    };

    if (in_ranges(cp, none, ARRAY_SIZE(none)))
        return 0;
    return in_ranges(cp, two, ARRAY_SIZE(two)) ? 2 : 1;
}

static uint8_t *fill_page(uint32_t page)
{
    uint8_t *widths = mem_alloc(PAGE), *other = NULL;
    locale_t before = (locale_t)0;

    pthread_once(&utf8_once, make_utf8_locale);
    if (utf8_locale)
        before = uselocale(utf8_locale);
    for (uint32_t i = 0; i < PAGE; i++) {
        uint32_t cp = page * PAGE + i;
        int w = utf8_locale ? wcwidth((wchar_t)cp) : plain_width(cp);

        /* The library calls controls and unassigned characters "not printable". */
        widths[i] = (uint8_t)(w >= 0 ? w : !is_control(cp));
    }
    if (utf8_locale)
        uselocale(before);
    if (!atomic_compare_exchange_strong(&width_pages[page], &other, widths)) {
        free(widths);
        return other;
    }
    return widths;
}

int text_char_width(uint32_t cp)
{
    if (cp >= 0x20 && cp < 0x7f)
        return 1;
    if (cp > CP_MAX)
        return 1;
    uint8_t *page = atomic_load_explicit(&width_pages[cp / PAGE], memory_order_acquire);
    if (!page)
        page = fill_page(cp / PAGE);
    return page[cp % PAGE];
}

size_t text_width(const char *s)
{
    size_t used;

    text_cut(s, SIZE_MAX, &used);
    return used;
}

size_t text_cut(const char *s, size_t cells, size_t *used)
{
    size_t len = strlen(s), i = 0, width = 0;
    uint32_t cp;

    while (i < len) {
        size_t n = text_decode(s + i, len - i, &cp);
        size_t w = (size_t)text_char_width(cp);

        if (w > cells - width)
            break;
        width += w;
        i += n;
    }
    if (used)
        *used = width;
    return i;
}

/* Japanese lines do not begin or end with these (kinsoku). */
static bool is_one_of(uint32_t cp, const char *set)
{
    uint32_t one;

    for (size_t i = 0, len = strlen(set); i < len;) {
        i += text_decode(set + i, len - i, &one);
        if (one == cp)
            return true;
    }
    return false;
}

static bool may_break(uint32_t before, uint32_t after)
{
    if (before == ' ')
        return after != ' ';
    if (after == ' ' || (text_char_width(before) < 2 && text_char_width(after) < 2))
        return false;
    return text_char_width(after) > 0 &&
           !is_one_of(after,
                      "、。，．・：；！？ー々）」』】〕〉》ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
                      ",.:;!?)]}>%…") &&
           !is_one_of(before, "（「『【〔〈《([{<");
}

size_t text_cut_line(const char *s, size_t cells)
{
    size_t n = text_cut(s, cells, NULL), best = n, len, step;
    uint32_t before = 0, cp;

    if (!s[n])
        return n;
    len = n + strlen(s + n);
    for (size_t i = 0; i <= n + (s[n] == ' '); i += step) {
        step = text_decode(s + i, len + 1 - i, &cp);
        if (i > n / 2 && may_break(before, cp))
            best = i;
        before = cp;
    }
    return best;
}

void text_fit(struct strbuf *out, const char *s, size_t cells, bool pad, bool ascii)
{
    size_t width, n = text_cut(s, cells, &width);

    if (s[n] && cells) {
        n = text_cut(s, cells - 1, &width);
        strbuf_add(out, s, n);
        strbuf_addstr(out, ascii ? "~" : "…");
        width++;
    } else {
        strbuf_add(out, s, n);
    }
    if (pad)
        strbuf_addchars(out, ' ', cells - width);
}

/* --- comparing ----------------------------------------------------------------------------- */

uint32_t text_fold_fullwidth(uint32_t cp)
{
    if (cp >= 0xff01 && cp <= 0xff5e)
        return cp - 0xff01 + '!';
    return cp == 0x3000 ? ' ' : cp;
}

static unsigned char ascii_lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

bool text_equal_nocase(const char *a, const char *b)
{
    if (!a || !b)
        return a == b;
    while (*a && ascii_lower(*a) == ascii_lower(*b)) {
        a++;
        b++;
    }
    return *a == *b;
}

bool text_has_prefix(const char *s, const char *prefix)
{
    return s && !strncmp(s, prefix, strlen(prefix));
}

bool text_has_suffix(const char *s, const char *suffix)
{
    size_t n = s ? strlen(s) : 0, m = strlen(suffix);

    return s && n >= m && !memcmp(s + n - m, suffix, m);
}

const char *text_first_line(const char *s, size_t *len)
{
    s += strspn(s, " \t\r\n");
    *len = strcspn(s, "\n");
    while (*len > 0 && strchr(" \t\r", s[*len - 1]))
        --*len;
    return s;
}

bool text_has_prefix_nocase(const char *s, const char *prefix)
{
    if (!s)
        return false;
    while (*prefix && ascii_lower(*s) == ascii_lower(*prefix)) {
        s++;
        prefix++;
    }
    return !*prefix;
}

/* Match one pattern element at @p (not a star) with one character of @s. Returns the bytes of @s
 * used, 0 when they differ; *plen gets the bytes of the element. */
static size_t glob_one(const char *p, const char *s, size_t *plen)
{
    uint32_t cp;

    if (*p == '?') {
        *plen = 1;
        return text_decode(s, strlen(s), &cp);
    }
    *plen = *p == '\\' && p[1] ? 2 : 1;
    return *s && p[*plen - 1] == *s ? 1 : 0;
}

bool text_glob(const char *pattern, const char *s)
{
    const char *star = NULL, *retry = NULL;
    size_t plen, n;

    /* Only the last star needs to be tried again: an earlier one could not match more usefully. */
    while (*s) {
        if (*pattern == '*') {
            star = ++pattern;
            retry = s;
        } else if (*pattern && (n = glob_one(pattern, s, &plen)) > 0) {
            pattern += plen;
            s += n;
        } else if (star) {
            pattern = star;
            s = ++retry;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return !*pattern;
}

/* --- numbers ------------------------------------------------------------------------------- */

int text_to_i64(const char *s, int64_t min, int64_t max, int64_t *out)
{
    int64_t v = 0;
    bool negative;

    if (!s)
        return -1;
    negative = *s == '-';
    s += negative;
    if (!*s)
        return -1;
    for (; *s; s++) {
        if (*s < '0' || *s > '9')
            return -1;
        int digit = negative ? '0' - *s : *s - '0';
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, digit, &v))
            return -1;
    }
    if (v < min || v > max)
        return -1;
    *out = v;
    return 0;
}

static const char *skip_digits(const char *s)
{
    while (*s >= '0' && *s <= '9')
        s++;
    return s;
}

/* The grammar of a JSON number, leading zeros allowed: strtod takes too much (nan, 0x1p3, blanks).
 */
static bool is_decimal(const char *s)
{
    const char *start;

    s += *s == '-';
    start = s;
    s = skip_digits(s);
    if (s == start)
        return false;
    if (*s == '.') {
        start = ++s;
        s = skip_digits(s);
        if (s == start)
            return false;
    }
    if (*s == 'e' || *s == 'E') {
        s++;
        s += *s == '+' || *s == '-';
        start = s;
        s = skip_digits(s);
        if (s == start)
            return false;
    }
    return !*s;
}

static locale_t c_locale;
static pthread_once_t c_once = PTHREAD_ONCE_INIT;

static void make_c_locale(void)
{
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

int text_to_double(const char *s, double *out)
{
    if (!s || !is_decimal(s))
        return -1;
    pthread_once(&c_once, make_c_locale);
    double d = strtod_l(s, NULL, c_locale);
    if (!isfinite(d))
        return -1;
    *out = d;
    return 0;
}

/* --- percent encoding ---------------------------------------------------------------------- */

static bool is_unreserved(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           (c && strchr("-_.~", c));
}

void text_percent_encode(struct strbuf *out, const char *s, size_t len, const char *keep)
{
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)s[i];

        if (is_unreserved(s[i]) || (keep && c && strchr(keep, c))) {
            strbuf_addch(out, s[i]);
        } else {
            char hex[3] = {'%', digits[c >> 4], digits[c & 15]};
            strbuf_add(out, hex, 3);
        }
    }
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int text_percent_decode(struct strbuf *out, const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (s[i] != '%') {
            strbuf_addch(out, s[i]);
            continue;
        }
        int high = i + 2 < len ? hex_value(s[i + 1]) : -1;
        int low = i + 2 < len ? hex_value(s[i + 2]) : -1;
        if (high < 0 || low < 0)
            return -1;
        strbuf_addch(out, (char)(high << 4 | low));
        i += 2;
    }
    return 0;
}
