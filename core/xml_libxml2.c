/*
 * The reader on libxml2's SAX push parser: every call of libxml2 is in this file, which loads it
 * when there is something to read (core/library.h says why). Names live in
 * libxml2's dictionary for as long as the parser does. A big buffer is handed on in slices: libxml2
 * copies what it is given, and moves what it has not used yet.
 */
#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/library.h"
#include "core/mem.h"
#include "core/xml_priv.h"

#define SLICE (32u << 10)

struct parser {
    struct xml_reader *x;
    xmlParserCtxtPtr ctxt;
    struct xml_attr *attrs; /* of the element that starts */
    size_t cap;
};

#define LIBXML2_FUNCTIONS(X)   \
    X(xmlCreatePushParserCtxt) \
    X(xmlCtxtUseOptions)       \
    X(xmlFreeParserCtxt)       \
    X(xmlInitParser)           \
    X(xmlParseChunk)           \
    X(xmlStopParser)

static struct {
    LIBXML2_FUNCTIONS(LIBRARY_POINTER)
} lib;

static pthread_once_t loaded = PTHREAD_ONCE_INIT;

static void load(void)
{
#define SYMBOL(name) {#name, offsetof(__typeof__(lib), name##_)},
    static const struct library_symbol symbols[] = {LIBXML2_FUNCTIONS(SYMBOL)};
#undef SYMBOL

    library_load("libxml2.so.2", symbols, ARRAY_SIZE(symbols), &lib);
    lib.xmlInitParser_();
}

/* The reader has had enough, or a handler has. */
static void stop_if_failed(struct parser *p)
{
    if (p->x->failed)
        lib.xmlStopParser_(p->ctxt);
}

static void on_start(void *arg, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri,
                     int nnamespaces, const xmlChar **namespaces, int nattributes, int ndefaulted,
                     const xmlChar **attributes)
{
    struct parser *p = arg;

    (void)prefix, (void)uri, (void)nnamespaces, (void)namespaces, (void)ndefaulted;
    for (size_t i = 0; i < (size_t)nattributes; i++) {
        const xmlChar **a = attributes + 5 * i;

        p->attrs = mem_grow(p->attrs, i, &p->cap, sizeof(*p->attrs));
        p->attrs[i] = (struct xml_attr){
            (const char *)a[0],
            (const char *)a[2],
            (const char *)a[3],
            (size_t)(a[4] - a[3]),
        };
    }
    xml_report_start(p->x, (const char *)local, strnlen((const char *)local, XML_NAME_MAX + 1),
                     p->attrs, (size_t)nattributes);
    stop_if_failed(p);
}

static void on_end(void *arg, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri)
{
    struct parser *p = arg;

    (void)local, (void)prefix, (void)uri;
    xml_report_end(p->x);
    stop_if_failed(p);
}

static void on_text(void *arg, const xmlChar *text, int len)
{
    struct parser *p = arg;

    xml_report_text(p->x, (const char *)text, len > 0 ? (size_t)len : 0);
    stop_if_failed(p);
}

static void on_doctype(void *arg, const xmlChar *name, const xmlChar *external,
                       const xmlChar *system_id)
{
    struct parser *p = arg;

    (void)external, (void)system_id;
    xml_report_doctype(p->x, name ? (const char *)name : "");
    stop_if_failed(p);
}

/* libxml2's first complaint is the cause; its sentences end in a newline. */
static void on_error(void *arg, xmlErrorPtr error)
{
    struct parser *p = arg;
    char what[256];

    if (p->x->failed || error->level < XML_ERR_ERROR || error->domain == XML_FROM_NAMESPACE)
        return;
    (void)snprintf(what, sizeof(what), "%s", error->message ? error->message : "not well-formed");
    what[strcspn(what, "\n")] = '\0';
    xml_report_error(p->x, error->code, error->line, what);
    stop_if_failed(p);
}

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

static void *open_parser(struct xml_reader *x)
{
    struct parser *p = mem_alloc(sizeof(*p));

    pthread_once(&loaded, load);
    p->x = x;
    p->ctxt = lib.xmlCreatePushParserCtxt_(&sax, p, NULL, 0, NULL);
    if (!p->ctxt)
        mem_die("no memory for an XML parser");
    lib.xmlCtxtUseOptions_(p->ctxt, XML_PARSE_NONET);
    return p;
}

static void close_parser(void *state)
{
    struct parser *p = state;

    lib.xmlFreeParserCtxt_(p->ctxt);
    free(p->attrs);
    free(p);
}

/* libxml2 said no without naming an error: that must not pass for success. */
static void check(struct parser *p, int code)
{
    if (code != XML_ERR_OK && !p->ctxt->wellFormed && !p->x->failed) {
        err_set(&p->x->err, ERR_PROTO, code, "not XML");
        p->x->failed = true;
    }
}

static void feed(void *state, const char *data, size_t len)
{
    struct parser *p = state;

    while (len > 0 && !p->x->failed) {
        size_t n = len < SLICE ? len : SLICE;

        check(p, lib.xmlParseChunk_(p->ctxt, data, (int)n, 0));
        data += n;
        len -= n;
    }
}

static void finish(void *state)
{
    struct parser *p = state;

    check(p, lib.xmlParseChunk_(p->ctxt, NULL, 0, 1));
}

const struct xml_backend xml_libxml2 = {
    .open = open_parser,
    .feed = feed,
    .finish = finish,
    .close = close_parser,
};
