/*
 * Start tags, attributes, end tags. An attribute's value is where it stands in the window, unless
 * it has references or line breaks in it. Which namespace a prefix stands for is kept with the
 * prefix; what an element changes about that is put back at its end.
 */
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/xml_scan_fast.h"

#define URI_XML   "http://www.w3.org/XML/1998/namespace"
#define URI_XMLNS "http://www.w3.org/2000/xmlns/"

static const char *skip_blanks(const struct xml_scan *s, const char *p)
{
    while (p < s->end && xml_is_blank(*p))
        p++;
    return p;
}

/* ---- values ------------------------------------------------------------------------------------
 */

/* Room for @len bytes more; the values that are there already move along. */
static void make_room(struct xml_scan *s, size_t len)
{
    const char *old = s->values.buf, *end = old + s->values.len;

    strbuf_grow(&s->values, len);
    for (size_t i = 0; i < s->nattrs; i++) {
        struct xml_attr *a = &s->attrs[i];

        if (a->value >= old && a->value < end)
            a->value = s->values.buf + (a->value - old);
    }
}

/* "&" is given as "&#38;", as libxml2 does: a handler sees no difference. */
static const char *value_reference(struct xml_scan *s, const char *p)
{
    char c[4];
    size_t len = 0;
    const char *q = xml_reference(s, p, c, &len);

    if (!q || q == p)
        return NULL;
    if (len == 1 && *c == '&')
        strbuf_addstr(&s->values, "&#38;");
    else
        strbuf_add(&s->values, c, len);
    return q;
}

static const char *value_char(struct xml_scan *s, const char *p)
{
    uint32_t c;
    int n = xml_char_len(p, s->end, &c);

    if (*p == '<' || n == 0) {
        xml_scan_fail(s, p,
                      *p == '<' ? "'<' in the value of an attribute"
                                : "a character that is not allowed in the value of an "
                                  "attribute");
        return NULL;
    }
    if (n < 0 || (*p == '\r' && p + 1 == s->end))
        return NULL;
    if (!xml_is_blank(*p))
        strbuf_add(&s->values, p, (size_t)n);
    else
        strbuf_addch(&s->values, ' ');
    return p + (*p == '\r' && p[1] == '\n' ? 2 : n);
}

/* One that is not as it is written. No output is longer than what it is made of. */
XML_RARE static const char *value_copied(struct xml_scan *s, const char *p, char quote,
                                         struct xml_attr *a)
{
    const char *q = memchr(p, quote, (size_t)(s->end - p));
    size_t from;

    make_room(s, (size_t)((q ? q : s->end) - p) + 1);
    from = s->values.len;
    while (p && p < s->end && *p != quote)
        p = *p == '&' ? value_reference(s, p) : value_char(s, p);
    if (!p || p == s->end)
        return NULL;
    a->value = s->values.buf + from;
    a->len = s->values.len - from;
    return p + 1;
}

/* @p: behind the quote. */
static const char *value(struct xml_scan *s, const char *p, char quote, struct xml_attr *a)
{
    const char *q = p;
    unsigned stops;

    while (!(stops = xml_value_stops(q, quote)) && q < s->end)
        q += XML_STEP;
    q += stops ? xml_first(stops) : 0;
    if (q >= s->end)
        return NULL;
    if (*q != quote)
        return value_copied(s, p, quote, a);
    a->value = p;
    a->len = (size_t)(q - p);
    return q + 1;
}

/* ---- namespaces --------------------------------------------------------------------------------
 */

void xml_undo_grow(struct xml_scan *s)
{
    s->undo = mem_grow(s->undo, s->nundo, &s->undo_cap, sizeof(*s->undo));
}

static bool is_uri(const struct xml_attr *a, const char *uri)
{
    return strlen(uri) == a->len && memcmp(uri, a->value, a->len) == 0;
}

/* Declarations that libxml2 reads over: of names that are not to be declared, and of nothing. */
static bool is_declaration(const struct xml_known *name, const struct xml_attr *a)
{
    if (name->kind == XML_NS_PREFIX && (!name->declares || a->len == 0))
        return false;
    return !is_uri(a, URI_XML) && !is_uri(a, URI_XMLNS);
}

static bool declare(struct xml_scan *s, const char *p, struct xml_known *name,
                    const struct xml_attr *a)
{
    struct xml_known *uri = name->last_uri;

    if (uri && uri->len == a->len && memcmp(uri->text, a->value, a->len) == 0)
        ;
    else if (!is_declaration(name, a))
        return true;
    else
        uri = NULL;
    if (name->seen == s->tag) {
        xml_scan_fail(s, p, "attribute '%.64s' is there twice", name->text);
        return false;
    }
    name->seen = s->tag;
    if (name->kind == XML_NS_DEFAULT)
        return true;
    if (!uri)
        uri = xml_names_get(&s->names, a->value, a->len);
    if (!uri) {
        xml_scan_limit(s, "XML has more than %d different names", XML_NAMES_MAX);
        return false;
    }
    name->last_uri = uri;
    xml_bind(s, name->declares, uri->text);
    return true;
}

/* ---- attributes --------------------------------------------------------------------------------
 */

static const char *attribute(struct xml_scan *s, const char *p)
{
    struct xml_known *name;
    struct xml_attr a;

    p = xml_name_read(s, p, &name);
    if (!p)
        return NULL;
    if (*p != '=')
        p = skip_blanks(s, p);
    if (p == s->end)
        return NULL;
    if (*p != '=') {
        xml_scan_fail(s, p, "attribute '%.64s' has no value", name->text);
        return NULL;
    }
    p = skip_blanks(s, p + 1);
    if (p == s->end)
        return NULL;
    if (*p != '"' && *p != '\'') {
        xml_scan_fail(s, p, "the value of attribute '%.64s' has no quotes", name->text);
        return NULL;
    }
    p = value(s, p + 1, *p, &a);
    if (!p)
        return NULL;
    if (name->kind != XML_PLAIN)
        return declare(s, p, name, &a) ? p : NULL;
    if (name->seen == s->tag)
        s->twice = name;
    name->seen = s->tag;
    if (s->nattrs == s->attrs_cap)
        s->attrs = mem_grow(s->attrs, s->nattrs, &s->attrs_cap, sizeof(*s->attrs));
    a.name = name->local;
    a.uri = (const char *)name->prefix; /* until all declarations are read */
    s->attrs[s->nattrs++] = a;
    return p;
}

/* Behind the name of the element. Returns the '>', or the '/' before it. */
static const char *attributes(struct xml_scan *s, const char *p)
{
    for (;;) {
        const char *q = skip_blanks(s, p);

        if (q == s->end || (*q == '/' && q + 1 == s->end))
            return NULL;
        if (*q == '>' || (*q == '/' && q[1] == '>'))
            return q;
        if (q == p) {
            xml_scan_fail(s, p, "no blank before an attribute");
            return NULL;
        }
        p = attribute(s, q);
        if (!p)
            return NULL;
    }
}

/* ---- tags --------------------------------------------------------------------------------------
 */

const char *xml_start_anew(struct xml_scan *s, const char *p)
{
    size_t undo = s->nundo;
    const struct xml_again *kept;
    struct xml_known *name;
    const char *q = xml_name_read(s, p + 1, &name);
    bool empty;

    s->nattrs = 0;
    s->twice = NULL;
    s->tag++;
    if (q && *q != '>') {
        s->values.len = 0;
        q = attributes(s, q);
        if (q && s->twice)
            xml_scan_fail(s, q, "attribute '%.64s' is there twice", s->twice->text);
        if (!q || s->twice) {
            xml_unbind(s, undo);
            return p;
        }
    }
    if (!q)
        return p;
    empty = *q == '/';
    q += empty ? 2 : 1;
    if (q - p > XML_TAG_MAX) {
        xml_scan_limit(s, "XML has a tag of more than %d bytes", XML_TAG_MAX);
        return p;
    }
    kept = xml_again_keep(s, p, q, name, undo);
    xml_tags_follow(&s->tags, kept ? kept->number : 0);
    xml_resolve(s);
    xml_begin(s, name, undo);
    return xml_started(s, q, empty);
}

const char *xml_end_slowly(struct xml_scan *s, const char *p)
{
    const struct xml_known *open = s->open[s->x->at.depth - 1].name;
    ptrdiff_t len = xml_name_len(p + 2, s->end);
    const char *q;

    if (len < 0)
        return p;
    q = skip_blanks(s, p + 2 + len);
    if (q == s->end)
        return p;
    if (*q != '>' || len == 0) {
        xml_scan_fail(s, q, "an end tag that is none, within '%.64s'", open->text);
        return p;
    }
    if ((size_t)len != open->len || memcmp(p + 2, open->text, open->len) != 0) {
        xml_scan_fail(s, q, "'%.*s' ends where '%.64s' is open", (int)(len < 64 ? len : 64), p + 2,
                      open->text);
        return p;
    }
    xml_end(s);
    return q + 1;
}
