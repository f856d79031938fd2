/*
 * The part of the reader that does not read: the stack of open elements, the text of the one at
 * hand, the limits, and what handlers ask. Names are pointers that the backend keeps for as long as
 * it lives, so pushing an element is one store. The text buffer is emptied at every tag and keeps
 * its memory.
 */
#include "core/xml.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/strbuf.h"
#include "core/xml_priv.h"

/* ---- reports of the backend --------------------------------------------------------------------
 */

void xml_report_excess(struct xml_reader *x, const char *name)
{
    if (x->at.depth >= x->depth_max)
        err_set(&x->err, ERR_LIMIT, 0, "XML is nested more than %u levels deep", x->depth_max);
    else
        err_set(&x->err, ERR_LIMIT, 0, "XML has an overlong name '%.64s'", name);
    x->failed = true;
}

void xml_report_text(struct xml_reader *x, const char *text, size_t len)
{
    if (x->failed || !len)
        return;
    if (x->text.len + len > x->text_max) {
        err_set(&x->err, ERR_LIMIT, 0, "XML element '%.64s' has more than %zu bytes of text",
                xml_name(x), x->text_max);
        x->failed = true;
        return;
    }
    strbuf_add(&x->text, text, len);
}

void xml_report_doctype(struct xml_reader *x, const char *name)
{
    if (x->failed)
        return;
    err_set(&x->err, ERR_PROTO, 0, "XML with a DOCTYPE is refused: '%.64s'", name);
    x->failed = true;
}

void xml_report_error(struct xml_reader *x, int code, int line, const char *what)
{
    if (x->failed)
        return;
    if (x->finished && !x->content)
        err_set(&x->err, ERR_PROTO, code, "an empty document instead of XML");
    else if (x->finished && x->at.depth > 0)
        err_set(&x->err, ERR_PROTO, code, "XML is cut off within '%.64s'", xml_name(x));
    else
        err_set(&x->err, ERR_PROTO, code, "not XML: line %d: %s", line, what);
    x->failed = true;
}

/* ---- reader ------------------------------------------------------------------------------------
 */

struct xml_reader *xml_reader_new(const struct xml_handler *handler, void *arg)
{
    struct xml_reader *x = mem_alloc(sizeof(*x));

    x->handler = handler;
    x->arg = arg;
    x->at.starts = handler->start ? XML_DEPTH_MAX : 0;
    x->text_max = handler->text_max ? handler->text_max : XML_TEXT_MAX;
    x->depth_max = handler->depth_max && handler->depth_max < XML_DEPTH_MAX ? handler->depth_max
                                                                            : XML_DEPTH_MAX;
    strbuf_init(&x->text, 0);
    strbuf_grow(&x->text, 255); /* always its own, so that a NUL can be written */
    return x;
}

void xml_reader_free(struct xml_reader *x)
{
    if (!x)
        return;
    if (x->backend)
        x->backend->close(x->state);
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

void xml_reader_use(struct xml_reader *x, const struct xml_backend *backend)
{
    x->backend = backend;
    x->state = backend->open(x);
}

/* The first bytes are kept until it is clear who reads the document; the others are @data from the
 * byte returned on. */
static size_t choose(struct xml_reader *x, const char *data, size_t len, bool last)
{
    size_t n = len < XML_FIRST - x->nfirst ? len : XML_FIRST - x->nfirst;
    enum xml_takes takes;

    if (n)
        memcpy(x->first + x->nfirst, data, n);
    x->nfirst += n;
    takes = xml_scan_takes(x->first, x->nfirst);
    if (takes == XML_TAKES_MORE && !last && x->nfirst < XML_FIRST)
        return n;
    xml_reader_use(x, takes == XML_TAKES_IT ? &xml_scanner : &xml_libxml2);
    if (x->nfirst)
        x->backend->feed(x->state, x->first, x->nfirst);
    return n;
}

int xml_feed(struct xml_reader *x, const char *data, size_t len, struct err *err)
{
    for (size_t i = 0; !x->content && i < len; i++)
        x->content = !strchr(" \t\r\n", data[i]) || !data[i];
    if (!x->backend && len) {
        size_t n = choose(x, data, len, false);

        data += n;
        len -= n;
    }
    if (len > 0 && !x->failed)
        x->backend->feed(x->state, data, len);
    return result(x, err);
}

int xml_finish(struct xml_reader *x, struct err *err)
{
    if (!x->backend)
        (void)choose(x, NULL, 0, true);
    if (!x->failed && !x->finished) {
        x->finished = true;
        x->backend->finish(x->state);
        if (!x->failed && (!x->any || x->at.depth > 0))
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
    x->failed = true;
}

/* The hot spot of every decoder: names are compared as they are walked, without looking at their
 * lengths first, because most differ in their first letters. */
bool xml_path_is(const struct xml_reader *x, unsigned depth, const char *path)
{
    for (; depth <= x->at.depth; depth++) {
        const char *name = x->at.names[depth - 1];

        while (*name && *name == *path) {
            name++;
            path++;
        }
        if (*name)
            return false;
        if (*path != '/')
            return *path == '\0' && depth == x->at.depth;
        path++;
    }
    return false;
}

void xml_starts_to(struct xml_reader *x, unsigned depth)
{
    x->at.starts = x->handler->start ? depth : 0;
}

const char *xml_attribute_of(const struct xml_reader *x, const char *uri, const char *name,
                             size_t *len)
{
    for (size_t i = 0; i < x->nattrs; i++) {
        const struct xml_attr *a = &x->attrs[i];

        if (strcmp(a->name, name) == 0 && strcmp(a->uri ? a->uri : "", uri) == 0) {
            *len = a->len;
            return a->value;
        }
    }
    return NULL;
}

const char *xml_attribute(const struct xml_reader *x, const char *name, size_t *len)
{
    for (size_t i = 0; i < x->nattrs; i++) {
        const struct xml_attr *a = &x->attrs[i];

        if (strcmp(a->name, name) == 0) {
            *len = a->len;
            return a->value;
        }
    }
    return NULL;
}
