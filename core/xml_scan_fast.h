/*
 * xml_scan_fast: what is done for nearly every tag and text, to be inlined into the loop over them
 * (xml_scan.c). Each of them either does the whole of the usual case or changes nothing; what is
 * unusual has a function of its own that begins anew at the same place.
 */
#ifndef HYCON_CORE_XML_SCAN_FAST_H
#define HYCON_CORE_XML_SCAN_FAST_H

#include "core/xml_scan_priv.h"

/* Even where the compiler thinks that it is too much. */
#define XML_FAST static inline __attribute__((always_inline))

/* ---- namespaces --------------------------------------------------------------------------------
 */

static inline void xml_bind(struct xml_scan *s, struct xml_known *prefix, const char *uri)
{
    if (s->nundo == s->undo_cap)
        xml_undo_grow(s);
    s->undo[s->nundo++] = (struct xml_undo){prefix, prefix->uri};
    prefix->uri = uri;
}

static inline void xml_unbind(struct xml_scan *s, size_t to)
{
    while (s->nundo > to) {
        struct xml_undo *u = &s->undo[--s->nundo];

        u->prefix->uri = u->uri;
    }
}

/* All declarations of the tag are known. */
static inline void xml_resolve(struct xml_scan *s)
{
    for (size_t i = 0; i < s->nattrs; i++) {
        struct xml_attr *a = &s->attrs[i];
        const struct xml_known *prefix = (const struct xml_known *)(const void *)a->uri;

        a->uri = prefix ? prefix->uri : NULL;
    }
}

/* ---- tags --------------------------------------------------------------------------------------
 */

XML_FAST void xml_begin(struct xml_scan *s, const struct xml_known *name, size_t undo)
{
    struct xml_reader *x = s->x;

    if (x->at.depth < XML_DEPTH_MAX)
        s->open[x->at.depth] = (struct xml_open){name, undo};
    xml_report_start(x, name->local, name->local_len, s->attrs, s->nattrs);
}

static inline void xml_end(struct xml_scan *s)
{
    struct xml_reader *x = s->x;

    if (x->failed)
        return;
    xml_unbind(s, s->open[x->at.depth - 1].undo);
    xml_report_end(x);
    s->within = x->at.depth ? XML_CONTENT : XML_OUTSIDE;
}

/* @q is behind the tag at hand. */
static inline const char *xml_started(struct xml_scan *s, const char *q, bool empty)
{
    s->within = XML_CONTENT;
    if (empty)
        xml_end(s);
    return q;
}

XML_FAST const char *xml_start_again(struct xml_scan *s, const char *p, const struct xml_again *k)
{
    size_t undo = s->nundo;

    for (size_t i = 0; i < k->nnamespaces; i++)
        xml_bind(s, k->namespaces[i].prefix, k->namespaces[i].uri);
    /* There is room: it was read before. */
    for (size_t i = 0; i < k->nattrs; i++)
        s->attrs[i] = k->attrs[i];
    s->nattrs = k->nattrs;
    xml_resolve(s);
    xml_tags_follow(&s->tags, k->number);
    xml_begin(s, k->name, undo);
    return xml_started(s, p + k->len, k->empty);
}

XML_FAST const char *xml_start_tag(struct xml_scan *s, const char *p)
{
    const struct xml_again *k = s->tags.next;

    if (!k || k->len > s->end - p || !xml_again_is(k, p))
        k = xml_again_find(s, p);
    return k ? xml_start_again(s, p, k) : xml_start_anew(s, p);
}

XML_FAST const char *xml_end_tag(struct xml_scan *s, const char *p)
{
    const struct xml_known *open = s->open[s->x->at.depth - 1].name;
    const char *q = p + 2 + open->len;

    if (q >= s->end || *q != '>' || !xml_known_is(open, p + 2))
        return xml_end_slowly(s, p);
    xml_end(s);
    return q + 1;
}

/* ---- text --------------------------------------------------------------------------------------
 */

#define XML_TEXT_SHORT 64

/* A short text of nothing but plain characters: copied while it is looked at. Returns its '<'. */
XML_FAST const char *xml_text(struct xml_scan *s, const char *p)
{
    struct strbuf *t = &s->x->text;
    const char *q = p;

    if (t->alloc < t->len + XML_TEXT_SHORT + 1)
        return xml_text_slowly(s, p);
    for (char *to = t->buf + t->len; q < s->end && q < p + XML_TEXT_SHORT; to += XML_STEP) {
        unsigned stops = xml_text_stops(q);

        memcpy(to, q, XML_STEP);
        if (stops) {
            q += xml_first(stops);
            if (q >= s->end || *q != '<' || t->len + (size_t)(q - p) > s->x->text_max)
                break;
            t->len += (size_t)(q - p);
            return q;
        }
        q += XML_STEP;
    }
    return xml_text_slowly(s, p);
}

#endif
