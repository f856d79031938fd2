/*
 * The stack holds pointers to names that libxml2 keeps in its dictionary for as long as the parser
 * lives, so pushing an element is one store. The text buffer is emptied at every tag and keeps its
 * memory. A big buffer is handed on in slices: libxml2 copies what it is given, and moves what it
 * has not used yet.
 */
#include "core/xml.h"

#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/strbuf.h"

#define SLICE (32u << 10)

struct xml_reader {
    const struct xml_handler *handler;
    void *arg;
    xmlParserCtxtPtr parser;
    const char *names[XML_DEPTH_MAX];
    unsigned depth, depth_max;
    struct strbuf text;
    size_t text_max;
    const xmlChar **attributes; /* of the element that starts: five pointers each */
    int nattributes;
    bool content; /* more than blanks came */
    bool any, failed, finished;
    struct err err;
};

static pthread_once_t initialised = PTHREAD_ONCE_INIT;

static void stop(struct xml_reader *x)
{
    x->failed = true;
    xmlStopParser(x->parser);
}

static void fail(struct xml_reader *x, enum err_kind kind, const char *what, const char *name)
{
    if (x->failed)
        return;
    err_set(&x->err, kind, 0, "%s '%.64s'", what, name);
    stop(x);
}

/* ---- SAX ---------------------------------------------------------------------------------------
 */

static void on_start(void *arg, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri,
                     int nnamespaces, const xmlChar **namespaces, int nattributes, int ndefaulted,
                     const xmlChar **attributes)
{
    struct xml_reader *x = arg;
    const char *name = (const char *)local;

    (void)prefix, (void)uri, (void)nnamespaces, (void)namespaces, (void)ndefaulted;
    if (x->failed)
        return;
    if (x->depth >= x->depth_max) {
        err_set(&x->err, ERR_LIMIT, 0, "XML is nested more than %u levels deep", x->depth_max);
        stop(x);
        return;
    }
    if (strnlen(name, XML_NAME_MAX + 1) > XML_NAME_MAX) {
        fail(x, ERR_LIMIT, "XML has an overlong name", name);
        return;
    }
    x->names[x->depth++] = name;
    x->any = true;
    strbuf_reset(&x->text);
    x->attributes = attributes;
    x->nattributes = nattributes;
    if (x->handler->start)
        x->handler->start(x->arg, x);
    x->nattributes = 0;
}

static void on_end(void *arg, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri)
{
    struct xml_reader *x = arg;

    (void)local, (void)prefix, (void)uri;
    if (x->failed || x->depth == 0)
        return;
    if (x->handler->end)
        x->handler->end(x->arg, x, x->text.buf, x->text.len);
    strbuf_reset(&x->text);
    x->depth--;
}

static void on_text(void *arg, const xmlChar *text, int len)
{
    struct xml_reader *x = arg;

    if (x->failed || len <= 0)
        return;
    if (x->text.len + (size_t)len > x->text_max) {
        err_set(&x->err, ERR_LIMIT, 0, "XML element '%.64s' has more than %zu bytes of text",
                xml_name(x), x->text_max);
        stop(x);
        return;
    }
    strbuf_add(&x->text, text, (size_t)len);
}

static void on_doctype(void *arg, const xmlChar *name, const xmlChar *external,
                       const xmlChar *system_id)
{
    (void)external, (void)system_id;
    fail(arg, ERR_PROTO, "XML with a DOCTYPE is refused:", name ? (const char *)name : "");
}

/* libxml2's first complaint is the cause; its sentences end in a newline. */
static void on_error(void *arg, xmlErrorPtr error)
{
    struct xml_reader *x = arg;
    const char *what = error->message ? error->message : "not well-formed";

    if (x->failed || error->level < XML_ERR_ERROR || error->domain == XML_FROM_NAMESPACE)
        return;
    if (x->finished && !x->content)
        err_set(&x->err, ERR_PROTO, error->code, "an empty document instead of XML");
    else if (x->finished && x->depth > 0)
        err_set(&x->err, ERR_PROTO, error->code, "XML is cut off within '%.64s'", xml_name(x));
    else
        err_set(&x->err, ERR_PROTO, error->code, "not XML: line %d: %.*s", error->line,
                (int)strcspn(what, "\n"), what);
    stop(x);
}

/* ---- reader ------------------------------------------------------------------------------------
 */

static xmlSAXHandler sax = {
    .initialized = XML_SAX2_MAGIC,
    .internalSubset = on_doctype,
    .startElementNs = on_start,
    .endElementNs = on_end,
    .characters = on_text,
    .cdataBlock = on_text,
    .ignorableWhitespace = on_text,
    .serror = on_error,
};

struct xml_reader *xml_reader_new(const struct xml_handler *handler, void *arg)
{
    struct xml_reader *x = mem_alloc(sizeof(*x));

    pthread_once(&initialised, xmlInitParser);
    x->handler = handler;
    x->arg = arg;
    x->text_max = handler->text_max ? handler->text_max : XML_TEXT_MAX;
    x->depth_max = handler->depth_max && handler->depth_max < XML_DEPTH_MAX ? handler->depth_max
                                                                            : XML_DEPTH_MAX;
    strbuf_init(&x->text, 0);
    x->parser = xmlCreatePushParserCtxt(&sax, x, NULL, 0, NULL);
    if (!x->parser)
        mem_die("no memory for an XML parser");
    xmlCtxtUseOptions(x->parser, XML_PARSE_NONET);
    return x;
}

void xml_reader_free(struct xml_reader *x)
{
    if (!x)
        return;
    xmlFreeParserCtxt(x->parser);
    strbuf_release(&x->text);
    free(x);
}

static int result(struct xml_reader *x, struct err *err)
{
    if (!x->failed)
        return 0;
    if (err)
        *err = x->err;
    return -1;
}

/* libxml2 said no without naming an error: that must not pass for success. */
static void check(struct xml_reader *x, int code)
{
    if (code != XML_ERR_OK && !x->parser->wellFormed && !x->failed) {
        err_set(&x->err, ERR_PROTO, code, "not XML");
        x->failed = true;
    }
}

int xml_feed(struct xml_reader *x, const char *data, size_t len, struct err *err)
{
    for (size_t i = 0; !x->content && i < len; i++)
        x->content = !strchr(" \t\r\n", data[i]) || !data[i];
    while (len > 0 && !x->failed) {
        size_t n = len < SLICE ? len : SLICE;

        check(x, xmlParseChunk(x->parser, data, (int)n, 0));
        data += n;
        len -= n;
    }
    return result(x, err);
}

int xml_finish(struct xml_reader *x, struct err *err)
{
    if (!x->failed && !x->finished) {
        x->finished = true;
        check(x, xmlParseChunk(x->parser, NULL, 0, 1));
        if (!x->failed && (!x->any || x->depth > 0))
            x->failed = err_set(&x->err, ERR_PROTO, 0, "XML ends before its end") < 0;
    }
    return result(x, err);
}

int xml_parse(const struct xml_handler *handler, void *arg, const char *data, size_t len,
              struct err *err)
{
    struct xml_reader *x = xml_reader_new(handler, arg);
    int rc = xml_feed(x, data, len, err);

    if (rc == 0)
        rc = xml_finish(x, err);
    xml_reader_free(x);
    return rc;
}

void xml_stop(struct xml_reader *x, const struct err *err)
{
    if (x->failed)
        return;
    x->err = *err;
    stop(x);
}

const char *xml_name(const struct xml_reader *x)
{
    return xml_name_at(x, x->depth);
}

unsigned xml_depth(const struct xml_reader *x)
{
    return x->depth;
}

const char *xml_name_at(const struct xml_reader *x, unsigned depth)
{
    return depth >= 1 && depth <= x->depth ? x->names[depth - 1] : "";
}

/* The hot spot of every decoder: names are compared as they are walked, without looking at their
 * lengths first, because most differ in their first letters. */
bool xml_path_is(const struct xml_reader *x, unsigned depth, const char *path)
{
    for (; depth <= x->depth; depth++) {
        const char *name = x->names[depth - 1];

        while (*name && *name == *path) {
            name++;
            path++;
        }
        if (*name)
            return false;
        if (*path != '/')
            return *path == '\0' && depth == x->depth;
        path++;
    }
    return false;
}

const char *xml_attribute_of(const struct xml_reader *x, const char *uri, const char *name,
                             size_t *len)
{
    for (int i = 0; i < x->nattributes; i++) {
        const xmlChar **a = x->attributes + 5 * (size_t)i;
        const char *own = a[2] ? (const char *)a[2] : "";

        if (strcmp((const char *)a[0], name) == 0 && strcmp(own, uri) == 0) {
            *len = (size_t)(a[4] - a[3]);
            return (const char *)a[3];
        }
    }
    return NULL;
}

const char *xml_attribute(const struct xml_reader *x, const char *name, size_t *len)
{
    for (int i = 0; i < x->nattributes; i++) {
        const xmlChar **a = x->attributes + 5 * (size_t)i;

        if (strcmp((const char *)a[0], name) == 0) {
            *len = (size_t)(a[4] - a[3]);
            return (const char *)a[3];
        }
    }
    return NULL;
}
