/*
 * The scanner: a reader of the plain kind of XML that products send, UTF-8 without a DOCTYPE. It
 * works in the bytes that it is fed. What a piece ends within is kept (the "carry") and read
 * together with the beginning of the next piece; so the same code reads whole tokens only, and the
 * last XML_SLACK bytes of every piece pass through the carry, too, which has as much room behind
 * it as the code may read.
 *
 * It refuses what libxml2 refuses and tells the same events; docs/xml.md says how that is
 * watched. What it was not made for, xml_scan_takes() leaves to libxml2 before the first event.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/mem.h"
#include "core/xml_scan_fast.h"

#define BOM     "\xef\xbb\xbf"
#define PORTION 64 /* taken to the carry at a time, when no tag is cut */

/* ---- errors ------------------------------------------------------------------------------------
 */

void xml_scan_fail(struct xml_scan *s, const char *p, const char *fmt, ...)
{
    size_t line = s->lines + xml_newlines(s->base, (size_t)(p - s->base)) + 1;
    char what[256];
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(what, sizeof(what), fmt, ap);
    va_end(ap);
    xml_report_error(s->x, 0, (int)line, s->x->finished ? "it ends too early" : what);
}

void xml_scan_limit(struct xml_scan *s, const char *fmt, ...)
{
    char what[256];
    va_list ap;

    if (s->x->failed)
        return;
    va_start(ap, fmt);
    (void)vsnprintf(what, sizeof(what), fmt, ap);
    va_end(ap);
    err_set(&s->x->err, ERR_LIMIT, 0, "%s", what);
    s->x->failed = true;
}

/* ---- tokens ------------------------------------------------------------------------------------
 */

/* 1: @p begins with @what; 0: not; -1: the window ends within it. */
static int begins_with(const struct xml_scan *s, const char *p, const char *what)
{
    size_t len = strlen(what), left = (size_t)(s->end - p);

    if (memcmp(p, what, len < left ? len : left) != 0)
        return 0;
    return len <= left ? 1 : -1;
}

static const char *enter(struct xml_scan *s, enum xml_within what, const char *p)
{
    s->around = s->within;
    s->within = what;
    return p;
}

static const char *doctype(struct xml_scan *s, const char *p)
{
    const char *name = p + strlen("<!DOCTYPE");
    char text[65];
    ptrdiff_t len;

    while (name < s->end && xml_is_blank(*name))
        name++;
    len = xml_name_len(name, s->end);
    if (len > 0) {
        (void)snprintf(text, sizeof(text), "%.*s", (int)len, name);
        xml_report_doctype(s->x, text);
    } else if (len == 0) {
        xml_scan_fail(s, name, "a DOCTYPE without a name");
    }
    return p;
}

/* "<!" at @p. */
XML_RARE static const char *declaration(struct xml_scan *s, const char *p)
{
    bool inside = s->within == XML_CONTENT;
    int comment = begins_with(s, p, "<!--"), cdata = begins_with(s, p, "<![CDATA["),
        type = begins_with(s, p, "<!DOCTYPE");

    if (comment > 0)
        return enter(s, XML_IN_COMMENT, p + strlen("<!--"));
    if (inside && cdata > 0)
        return enter(s, XML_IN_CDATA, p + strlen("<![CDATA["));
    if (!s->x->any && type > 0)
        return doctype(s, p);
    if (!comment && !(inside && cdata) && !(!s->x->any && type))
        xml_scan_fail(s, p, "'<!' begins nothing that is allowed here");
    return p;
}

/* '<' at @p. */
static inline const char *markup(struct xml_scan *s, const char *p)
{
    if (p + 1 == s->end)
        return p;
    if (p[1] == '/')
        return xml_end_tag(s, p);
    if (p[1] == '!')
        return declaration(s, p);
    if (p[1] == '?')
        return xml_pi_begin(s, p);
    return xml_start_tag(s, p);
}

XML_RARE static const char *markup_outside(struct xml_scan *s, const char *p)
{
    return p + 1 == s->end ? p
           : p[1] == '!'   ? declaration(s, p)
           : p[1] == '?'   ? xml_pi_begin(s, p)
                           : xml_start_anew(s, p);
}

XML_RARE static const char *outside(struct xml_scan *s, const char *p)
{
    while (p < s->end && xml_is_blank(*p))
        p++;
    if (p == s->end)
        return p;
    if (*p != '<')
        xml_scan_fail(s, p, s->x->any ? "text behind the end" : "text before the first element");
    else if (p + 1 < s->end && p[1] == '/')
        xml_scan_fail(s, p, "the end of an element where none is open");
    else if (p + 1 < s->end && p[1] != '!' && p[1] != '?' && s->x->any)
        xml_scan_fail(s, p, "more than one element at the top");
    else
        return markup_outside(s, p);
    return p;
}

static inline const char *content(struct xml_scan *s, const char *p)
{
    if (*p != '<') {
        const char *q = xml_text(s, p);

        /* NULL: too long. What follows text is markup, mostly. */
        if (!q || q == p || q == s->end || *q != '<' || s->x->failed)
            return q ? q : p;
        p = q;
    }
    return markup(s, p);
}

XML_RARE static const char *elsewhere(struct xml_scan *s, const char *p)
{
    switch (s->within) {
    case XML_OUTSIDE:
        return outside(s, p);
    case XML_IN_CDATA:
        return xml_cdata(s, p);
    case XML_IN_COMMENT:
        return xml_comment(s, p);
    case XML_IN_PI:
        return xml_pi(s, p);
    case XML_CONTENT:
        break;
    }
    return p;
}

/* ---- what it takes -----------------------------------------------------------------------------
 */

static size_t bom_len(const char *data)
{
    return memcmp(data, BOM, strlen(BOM)) == 0 ? strlen(BOM) : 0;
}

static bool is_declared(const char *data)
{
    return memcmp(data, "<?xml", 5) == 0 && xml_is_blank(data[5]);
}

static bool next_is(const char **p, const char *word)
{
    size_t len = strlen(word);

    if (strncmp(*p, word, len) != 0)
        return false;
    *p += len;
    return true;
}

static bool blanks(const char **p)
{
    const char *from = *p;

    while (xml_is_blank(**p))
        ++*p;
    return *p > from;
}

/* = and one of @values in quotes. */
static bool quoted(const char **p, const char *const *values)
{
    char quote[2] = "\"";

    blanks(p);
    if (!next_is(p, "="))
        return false;
    blanks(p);
    if (**p == '\'')
        *quote = '\'';
    if (!next_is(p, quote))
        return false;
    while (*values && !next_is(p, *values))
        values++;
    return *values && next_is(p, quote);
}

/* @p: an XML declaration, NUL-terminated behind its "?>". Only what there is no doubt about. */
static bool is_plain(const char *p)
{
    static const char *const versions[] = {"1.0", NULL}, *const answers[] = {"yes", "no", NULL},
                             *const utf8[] = {"UTF-8", "utf-8", "UTF8", "utf8", NULL};
    bool blank;

    if (!next_is(&p, "<?xml") || !blanks(&p) || !next_is(&p, "version") || !quoted(&p, versions))
        return false;
    blank = blanks(&p);
    if (blank && next_is(&p, "encoding")) {
        if (!quoted(&p, utf8))
            return false;
        blank = blanks(&p);
    }
    if (blank && next_is(&p, "standalone")) {
        if (!quoted(&p, answers))
            return false;
        blanks(&p);
    }
    return strcmp(p, "?>") == 0;
}

enum xml_takes xml_scan_takes(const char *data, size_t len)
{
    char declaration[XML_FIRST + 1] = "";
    const char *end;
    size_t bom;

    if (len < strlen(BOM "<?xml "))
        return XML_TAKES_MORE;
    bom = bom_len(data);
    data += bom;
    len -= bom;
    if ((*data != '<' && !xml_is_blank(*data)) || !data[1])
        return XML_TAKES_NOT;
    if (!is_declared(data))
        return XML_TAKES_IT;
    end = memmem(data, len, "?>", 2);
    if (!end)
        return XML_TAKES_MORE;
    if (end + 2 - data > XML_FIRST)
        return XML_TAKES_NOT;
    memcpy(declaration, data, (size_t)(end + 2 - data));
    return is_plain(declaration) ? XML_TAKES_IT : XML_TAKES_NOT;
}
/* ---- the window --------------------------------------------------------------------------------
 */

/* Reads whole tokens; returns where the one begins that is not. */
static const char *run(struct xml_scan *s, const char *p, const char *end)
{
    s->base = p;
    s->end = end;
    while (p < end && !s->x->failed) {
        const char *next = s->within == XML_CONTENT ? content(s, p) : elsewhere(s, p);

        if (next == p)
            break;
        p = next;
    }
    s->lines += xml_newlines(s->base, (size_t)(p - s->base));
    return p;
}

static void carry_add(struct xml_scan *s, const char *data, size_t len)
{
    strbuf_grow(&s->carry, len + XML_SLACK);
    strbuf_add(&s->carry, data, len);
    memset(s->carry.buf + s->carry.len, 0, XML_SLACK);
}

/* Reads what is carried; returns how much of it. */
static size_t carry_run(struct xml_scan *s)
{
    return (size_t)(run(s, s->carry.buf, s->carry.buf + s->carry.len) - s->carry.buf);
}

static void carry_drop(struct xml_scan *s, size_t n)
{
    memmove(s->carry.buf, s->carry.buf + n, s->carry.len - n + XML_SLACK);
    s->carry.len -= n;
    s->looked = 0;
    s->quote = '\0';
}

static bool carries_tag(const struct xml_scan *s)
{
    return s->carry.len > 1 && s->carry.buf[0] == '<' && s->carry.buf[1] != '!' &&
           s->carry.buf[1] != '?' && (s->within == XML_CONTENT || s->within == XML_OUTSIDE);
}

/* Bytes of @data up to the end of the tag that is carried, with it; all when it is not there. What
 * was looked at is not looked at again, however small the pieces are. */
static size_t tag_rest(struct xml_scan *s, const char *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (s->quote)
            s->quote = data[i] == s->quote ? '\0' : s->quote;
        else if (data[i] == '"' || data[i] == '\'')
            s->quote = data[i];
        else if (data[i] == '>')
            return i + 1;
    }
    return len;
}

/* How many bytes to take before it is worth a try; @ready says whether it will be. */
static size_t wanted(struct xml_scan *s, const char *data, size_t len, bool *ready)
{
    size_t n;

    *ready = true;
    if (!carries_tag(s)) {
        n = s->carry.len < PORTION ? PORTION : s->carry.len;
        return n < len ? n : len;
    }
    if (!s->looked) {
        (void)tag_rest(s, s->carry.buf, s->carry.len);
        s->looked = s->carry.len;
    }
    n = tag_rest(s, data, len);
    s->looked += n;
    *ready = n > 0 && data[n - 1] == '>' && !s->quote;
    return n;
}

static void limit_carry(struct xml_scan *s)
{
    if (s->carry.len > XML_TAG_MAX)
        xml_scan_limit(s, "XML has a tag of more than %d bytes", XML_TAG_MAX);
}

/* Goes on with what is carried; returns the bytes of @data that are read with it. */
static size_t join(struct xml_scan *s, const char *data, size_t len)
{
    size_t held = s->carry.len, used = 0;

    while (held && used < len && !s->x->failed) {
        bool ready;
        size_t n = wanted(s, data + used, len - used, &ready), done;

        carry_add(s, data + used, n);
        used += n;
        limit_carry(s);
        if (!ready || s->x->failed)
            continue;
        done = carry_run(s);
        if (done >= held) {
            used -= s->carry.len - done;
            carry_drop(s, s->carry.len);
            return used;
        }
        held -= done;
        if (done)
            carry_drop(s, done);
    }
    return used;
}

/* What xml_scan_takes() has seen comes first, and at once: the BOM and the declaration are read
 * already. */
static size_t begin(struct xml_scan *s, const char *data, size_t len)
{
    size_t skip = bom_len(data);

    s->begun = true;
    if (is_declared(data + skip))
        skip = (size_t)((const char *)memmem(data, len, "?>", 2) + 2 - data);
    s->lines = xml_newlines(data, skip);
    return skip;
}

static void feed(void *state, const char *data, size_t len)
{
    struct xml_scan *s = state;
    size_t used = s->begun ? join(s, data, len) : begin(s, data, len);
    const char *p = data + used, *end = data + len;

    if (s->x->failed || p == end)
        return;
    if (end - p > XML_SLACK)
        p = run(s, p, end - XML_SLACK);
    if (s->x->failed)
        return;
    carry_add(s, p, (size_t)(end - p));
    carry_drop(s, carry_run(s));
    if (carries_tag(s))
        limit_carry(s);
}

/* A NUL is wrong wherever it stands: whatever is cut off is read up to it. */
static void finish(void *state)
{
    struct xml_scan *s = state;

    if (!s->carry.len && s->within == XML_OUTSIDE && s->x->any)
        return;
    carry_add(s, "", 1);
    s->base = s->carry.buf + carry_run(s);
    xml_scan_fail(s, s->base, "cut off");
}

/* ---- life --------------------------------------------------------------------------------------
 */

static void *open_scan(struct xml_reader *x)
{
    struct xml_scan *s = mem_alloc(sizeof(*s));

    s->x = x;
    xml_names_init(&s->names);
    strbuf_init(&s->carry, 0);
    strbuf_init(&s->values, 0);
    return s;
}

static void close_scan(void *state)
{
    struct xml_scan *s = state;

    xml_names_release(&s->names);
    strbuf_release(&s->carry);
    strbuf_release(&s->values);
    free(s->attrs);
    free(s->undo);
    free(s);
}

const struct xml_backend xml_scanner = {
    .open = open_scan,
    .feed = feed,
    .finish = finish,
    .close = close_scan,
};
