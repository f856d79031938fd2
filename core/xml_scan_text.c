/*
 * What is not a tag: text, references, CDATA, comments, processing instructions. Text is copied
 * while it is looked at, sixteen bytes a step, because handlers get it with a NUL behind it.
 */
#include <string.h>
#include <strings.h>

#include "core/xml_scan_priv.h"

#define REFERENCE_MAX 256 /* bytes up to the ';' */

/* ---- characters --------------------------------------------------------------------------------
 */

static bool is_char(uint32_t c)
{
    return c >= 0x20
               ? c <= 0xd7ff || (c >= 0xe000 && c <= 0xfffd) || (c >= 0x10000 && c <= 0x10ffff)
               : c == '\t' || c == '\n' || c == '\r';
}

int xml_char_len(const char *p, const char *end, uint32_t *cp)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char c = (unsigned char)*p;
    int n = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    uint32_t v;

    if (c < 0x80) {
        *cp = c;
        return is_char(c);
    }
    if (c < 0xc2 || c > 0xf4)
        return 0;
    v = c & (0x7fu >> n);
    for (int i = 1; i < n; i++) {
        if (p + i >= end)
            return -1;
        if (((unsigned char)p[i] & 0xc0) != 0x80)
            return 0;
        v = v << 6 | ((unsigned char)p[i] & 0x3f);
    }
    *cp = v;
    return v >= least[n] && is_char(v) ? n : 0;
}

static size_t encode(uint32_t c, char out[4])
{
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

    for (size_t i = n; i-- > 1; c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)(n == 1 ? c : (0xf00u >> n & 0xf0) | c);
    return n;
}

static void bad_char(struct xml_scan *s, const char *p)
{
    if ((unsigned char)*p < 0x80)
        xml_scan_fail(s, p, "character 0x%02x is not allowed", (unsigned char)*p);
    else
        xml_scan_fail(s, p, "byte 0x%02x does not begin a character of UTF-8 that is allowed",
                      (unsigned char)*p);
}

/* ---- references --------------------------------------------------------------------------------
 */

static int digit_of(char c, unsigned base)
{
    int d = c >= '0' && c <= '9'   ? c - '0'
            : c >= 'a' && c <= 'f' ? c - 'a' + 10
            : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                   : 16;

    return d < (int)base ? d : -1;
}

/* "&#" at @p, ';' at @semicolon. */
static bool character(const char *p, const char *semicolon, uint32_t *c)
{
    unsigned base = p[2] == 'x' ? 16 : 10;

    *c = 0;
    for (p += base == 16 ? 3 : 2; p < semicolon; p++) {
        int d = digit_of(*p, base);

        if (d < 0)
            return false;
        *c = *c < 0x110000 ? *c * base + (unsigned)d : *c;
    }
    return is_char(*c);
}

static bool entity(const char *name, size_t len, uint32_t *c)
{
    static const struct {
        const char *name;
        char c;
    } known[] = {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strlen(known[i].name) == len && memcmp(known[i].name, name, len) == 0) {
            *c = (unsigned char)known[i].c;
            return true;
        }
    }
    return false;
}

/* The ';', or the first byte that cannot be before one, or the end of the window. */
static const char *reference_end(struct xml_scan *s, const char *p)
{
    ptrdiff_t len;

    if (p + 1 >= s->end)
        return s->end;
    if (p[1] == '#') {
        for (p += 2; p < s->end && (digit_of(*p, 16) >= 0 || *p == 'x'); p++)
            ;
        return p;
    }
    len = xml_name_len(p + 1, s->end);
    return len < 0 ? s->end : p + 1 + len;
}

const char *xml_reference(struct xml_scan *s, const char *p, char out[4], size_t *len)
{
    const char *semicolon = reference_end(s, p);
    uint32_t c;
    bool known;

    if (semicolon == s->end && semicolon - p < REFERENCE_MAX)
        return p;
    if (*semicolon != ';' || semicolon - p >= REFERENCE_MAX || semicolon == p + 1) {
        xml_scan_fail(s, semicolon, "'&' begins no reference here");
        return NULL;
    }
    known =
        p[1] == '#' ? character(p, semicolon, &c) : entity(p + 1, (size_t)(semicolon - p - 1), &c);
    if (!known) {
        xml_scan_fail(s, p, "'%.*s' stands for nothing",
                      (int)(semicolon - p < 64 ? semicolon + 1 - p : 64), p);
        return NULL;
    }
    *len = encode(c, out);
    return semicolon + 1;
}

/* ---- text --------------------------------------------------------------------------------------
 */

static bool is_too_long(struct xml_scan *s)
{
    if (s->x->text.len <= s->x->text_max)
        return false;
    xml_scan_limit(s, "XML element '%.64s' has more than %zu bytes of text", xml_name(s->x),
                   s->x->text_max);
    return true;
}

static const char *add_reference(struct xml_scan *s, const char *p)
{
    char c[4];
    size_t len = 0;
    const char *q = xml_reference(s, p, c, &len);

    strbuf_add(&s->x->text, c, len);
    return q;
}

static const char *add_wide(struct xml_scan *s, const char *p)
{
    const char *q = p;
    uint32_t c;
    int n = 0;

    while (q < s->end && (unsigned char)*q >= 0x80 && (n = xml_char_len(q, s->end, &c)) > 0)
        q += n;
    strbuf_add(&s->x->text, p, (size_t)(q - p));
    return q > p || n < 0 ? q : NULL;
}

/* One of the bytes that text stops at, but no '<'. */
XML_RARE static const char *add_special(struct xml_scan *s, const char *p)
{
    ptrdiff_t left = s->end - p;

    switch (*p) {
    case '&':
        return add_reference(s, p);
    case ']':
        if (left < 3 && (left < 2 || p[1] == ']'))
            return p;
        if (p[1] == ']' && p[2] == '>')
            return NULL;
        strbuf_addch(&s->x->text, ']');
        return p + 1;
    case '\r':
        if (left < 2)
            return p;
        strbuf_addch(&s->x->text, '\n');
        return p + (p[1] == '\n' ? 2 : 1);
    default:
        return (unsigned char)*p >= 0x80 ? add_wide(s, p) : NULL;
    }
}

/* Copies up to the next byte that needs a closer look. NULL: too long. */
static const char *copy_plain(struct xml_scan *s, const char *p)
{
    struct strbuf *t = &s->x->text;
    unsigned stops = 0;

    while (!stops && p < s->end) {
        size_t left = (size_t)(s->end - p), n;

        if (t->alloc < t->len + XML_STEP + 1) {
            if (is_too_long(s))
                return NULL;
            strbuf_grow(t, t->len + 256);
        }
        stops = xml_text_stops(p);
        memcpy(t->buf + t->len, p, XML_STEP);
        n = stops ? xml_first(stops) : XML_STEP;
        n = n < left ? n : left;
        t->len += n;
        p += n;
    }
    return p;
}

const char *xml_text_slowly(struct xml_scan *s, const char *p)
{
    while ((p = copy_plain(s, p)) && p < s->end && *p != '<') {
        const char *q;

        if (*p != ']' && is_too_long(s))
            return p;
        q = add_special(s, p);
        if (q == p)
            break;
        if (!q) {
            if (*p == ']')
                xml_scan_fail(s, p, "']]>' in text");
            else if (*p != '&')
                bad_char(s, p);
            return p;
        }
        p = q;
    }
    if (p)
        (void)is_too_long(s);
    return p;
}

/* ---- what ends in a sequence of its own --------------------------------------------------------
 */

/* The next @stop; or where the window ends, or a character that it cuts. NULL: not a character. */
static const char *skip_to(struct xml_scan *s, const char *p, char stop)
{
    uint32_t c;
    int n = 1;

    while (p < s->end && *p != stop && (n = xml_char_len(p, s->end, &c)) > 0)
        p += n;
    if (n == 0)
        bad_char(s, p);
    return n == 0 ? NULL : p;
}

const char *xml_cdata(struct xml_scan *s, const char *p)
{
    for (;;) {
        const char *q = skip_to(s, p, ']');

        if (!q)
            return p;
        strbuf_add(&s->x->text, p, (size_t)(q - p));
        if (is_too_long(s) || s->end - q < 3 || *q != ']')
            return q;
        if (q[1] == ']' && q[2] == '>') {
            s->within = s->around;
            return q + 3;
        }
        strbuf_addch(&s->x->text, ']');
        p = q + 1;
    }
}

const char *xml_comment(struct xml_scan *s, const char *p)
{
    for (;;) {
        const char *q = skip_to(s, p, '-');

        if (!q)
            return p;
        if (s->end - q < 3 || *q != '-')
            return q;
        if (q[1] == '-' && q[2] == '>') {
            s->within = s->around;
            return q + 3;
        }
        if (q[1] == '-') {
            xml_scan_fail(s, q, "'--' in a comment");
            return p;
        }
        p = q + 1;
    }
}

const char *xml_pi(struct xml_scan *s, const char *p)
{
    for (;;) {
        const char *q = skip_to(s, p, '?');

        if (!q)
            return p;
        if (s->end - q < 2 || *q != '?')
            return q;
        if (q[1] == '>') {
            s->within = s->around;
            return q + 2;
        }
        p = q + 1;
    }
}

const char *xml_pi_begin(struct xml_scan *s, const char *p)
{
    ptrdiff_t len = xml_name_len(p + 2, s->end);
    const char *q = p + 2 + len;

    if (len < 0 || (*q == '?' && s->end - q < 2))
        return p;
    if (len == 0) {
        xml_scan_fail(s, p, "a processing instruction without a name");
    } else if (len == 3 && strncasecmp(p + 2, "xml", 3) == 0) {
        xml_scan_fail(s, p, "an XML declaration that is not at the beginning");
    } else if (*q == '?' && q[1] == '>') {
        return q + 2;
    } else if (!xml_is_blank(*q)) {
        xml_scan_fail(s, q, "no blank behind the name of a processing instruction");
    } else {
        s->around = s->within;
        s->within = XML_IN_PI;
        return q;
    }
    return p;
}
