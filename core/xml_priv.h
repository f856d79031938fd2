/*
 * xml_priv: what core/xml.c and the readers below it share. A backend reads bytes and reports
 * elements; struct xml_reader is where the handlers' questions are answered from, whichever backend
 * reads.
 */
#ifndef HYCON_CORE_XML_PRIV_H
#define HYCON_CORE_XML_PRIV_H

#include "core/strbuf.h"
#include "core/xml.h"

/* How much of a document is waited for before it must be clear whose it is. */
#define XML_FIRST 256

struct xml_attr {
    const char *name;
    const char *uri; /* NULL: of no namespace */
    const char *value;
    size_t len;
};

/* After an error (x->failed, x->err) neither feed nor finish is called again. */
struct xml_backend {
    void *(*open)(struct xml_reader *x);
    void (*feed)(void *state, const char *data, size_t len);
    void (*finish)(void *state);
    void (*close)(void *state);
};

struct xml_reader {
    struct xml_place at; /* the backend keeps the names */
    const struct xml_handler *handler;
    void *arg;
    const struct xml_backend *backend; /* NULL: not chosen yet */
    void *state;                       /* the backend's */
    char first[XML_FIRST];             /* what came until it is */
    size_t nfirst;
    unsigned depth_max;
    struct strbuf text;
    size_t text_max;
    const struct xml_attr *attrs; /* of the element that starts */
    size_t nattrs;
    bool content; /* more than blanks came */
    bool any, failed, finished;
    struct err err;
};

enum xml_takes { XML_TAKES_IT, XML_TAKES_NOT, XML_TAKES_MORE };

extern const struct xml_backend xml_libxml2, xml_scanner;

/* Is a document that begins with @data one for the scanner? */
enum xml_takes xml_scan_takes(const char *data, size_t len);
/* For tests: @x is read by @backend, whatever comes. */
void xml_reader_use(struct xml_reader *x, const struct xml_backend *backend);

/* ---- what a backend reports; nothing happens once the reader has failed ------------------------
 */

/* Deeper than the limit, or a name beyond it. */
void xml_report_excess(struct xml_reader *x, const char *name);

/* @attrs are valid until the handler returns. */
static inline void xml_report_start(struct xml_reader *x, const char *name, size_t len,
                                    const struct xml_attr *attrs, size_t nattrs)
{
    if (x->failed)
        return;
    if (x->at.depth >= x->depth_max || len > XML_NAME_MAX) {
        xml_report_excess(x, name);
        return;
    }
    x->at.names[x->at.depth++] = name;
    x->any = true;
    x->text.len = 0;
    x->attrs = attrs;
    x->nattrs = nattrs;
    if (x->at.depth <= x->at.starts)
        x->handler->start(x->arg, x);
    x->nattrs = 0;
}

static inline void xml_report_end(struct xml_reader *x)
{
    if (x->failed || x->at.depth == 0)
        return;
    x->text.buf[x->text.len] = '\0';
    if (x->handler->end)
        x->handler->end(x->arg, x, x->text.buf, x->text.len);
    x->text.len = 0;
    x->at.depth--;
}

void xml_report_text(struct xml_reader *x, const char *text, size_t len);
void xml_report_doctype(struct xml_reader *x, const char *name);
/* Not well-formed at @line: @what is one sentence. */
void xml_report_error(struct xml_reader *x, int code, int line, const char *what);

#endif
