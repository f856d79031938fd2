/*
 * xml_priv: what core/xml.c and the readers below it share. A backend reads bytes and reports
 * elements; struct xml_reader is where the handlers' questions are answered from, whichever backend
 * reads.
 */
#ifndef HYCON_CORE_XML_PRIV_H
#define HYCON_CORE_XML_PRIV_H

#include "core/strbuf.h"
#include "core/xml.h"

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
    const struct xml_handler *handler;
    void *arg;
    const struct xml_backend *backend; /* NULL: nothing came yet */
    void *state;                       /* the backend's */
    const char *names[XML_DEPTH_MAX];  /* of the open elements; the backend keeps them */
    unsigned depth, depth_max;
    struct strbuf text;
    size_t text_max;
    const struct xml_attr *attrs; /* of the element that starts */
    size_t nattrs;
    bool content; /* more than blanks came */
    bool any, failed, finished;
    struct err err;
};

extern const struct xml_backend xml_libxml2;

/* ---- what a backend reports; nothing happens once the reader has failed ------------------------
 */

/* @attrs are valid until the handler returns. */
void xml_report_start(struct xml_reader *x, const char *name, const struct xml_attr *attrs,
                      size_t nattrs);
void xml_report_text(struct xml_reader *x, const char *text, size_t len);
void xml_report_end(struct xml_reader *x);
void xml_report_doctype(struct xml_reader *x, const char *name);
/* Not well-formed at @line: @what is one sentence. */
void xml_report_error(struct xml_reader *x, int code, int line, const char *what);

#endif
