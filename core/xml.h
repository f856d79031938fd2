/*
 * xml: a streaming reader of replies on libxml2's push parser. Bytes go in as they arrive, element
 * events come out; there is no tree, and no allocation per element. Names are local names: the same
 * reply comes with different prefixes and namespaces from different versions of a product.
 *
 * What it refuses, because replies are untrusted: a DOCTYPE (and with it entities of its own),
 * elements nested deeper or text longer than the limits, names longer than XML_NAME_MAX bytes, and
 * a document that is cut off. It never opens a file or a connection.
 *
 * An element's text is what stands between its last child (or its start) and its end, so leaves
 * have their text, and the white space between children is all that is lost.
 */
#ifndef HYCON_CORE_XML_H
#define HYCON_CORE_XML_H

#include "core/err.h"

#include <stdbool.h>
#include <stddef.h>

struct xml_reader;

#define XML_DEPTH_MAX 64
#define XML_TEXT_MAX  (1u << 20)
#define XML_NAME_MAX  256
#define XML_TAG_MAX   (1 << 20) /* of a tag with its attributes */

struct xml_handler {
    /* The element xml_name() begins; its attributes can be asked for. NULL: not wanted. */
    void (*start)(void *arg, struct xml_reader *x);
    /* The element xml_name() ends. @text is NUL-terminated (@len bytes) and valid during the call.
     */
    void (*end)(void *arg, struct xml_reader *x, const char *text, size_t len);
    size_t text_max;    /* 0: XML_TEXT_MAX */
    unsigned depth_max; /* 0: XML_DEPTH_MAX; not more than that */
};

/* @handler must outlive the reader. */
struct xml_reader *xml_reader_new(const struct xml_handler *handler, void *arg);
void xml_reader_free(struct xml_reader *x); /* NULL is fine */

/* 0, or -1 and ERR_PROTO (not XML, with the line) or ERR_LIMIT. After an error nothing more is
 * read; later calls give the same error. */
int xml_feed(struct xml_reader *x, const char *data, size_t len, struct err *err);
/* The end of the document: -1 and ERR_PROTO when it is not complete. */
int xml_finish(struct xml_reader *x, struct err *err);
/* All at once. */
int xml_parse(const struct xml_handler *handler, void *arg, const char *data, size_t len,
              struct err *err);

/* start() is called for elements down to @depth alone, from now on: at first for all of them. For
 * handlers that look at a few elements near the root, of a large document. */
void xml_starts_to(struct xml_reader *x, unsigned depth);
/* From within a handler: stop reading; xml_feed() returns @err. */
void xml_stop(struct xml_reader *x, const struct err *err);

/* ---- where the reader is, from within a handler ------------------------------------------------
 */

/* What a reader begins with: handlers ask for it at every element. */
struct xml_place {
    unsigned depth;
    unsigned starts;                  /* xml_starts_to() */
    const char *names[XML_DEPTH_MAX]; /* of the open elements */
};

static inline unsigned xml_depth(const struct xml_reader *x) /* 1: the root */
{
    return ((const struct xml_place *)(const void *)x)->depth;
}

/* Name of the open element at @depth (1: the root, xml_depth(): this one); "" beyond. In a document
 * the same name is the same pointer, as long as the reader lives. */
static inline const char *xml_name_at(const struct xml_reader *x, unsigned depth)
{
    const struct xml_place *at = (const struct xml_place *)(const void *)x;

    return depth >= 1 && depth <= at->depth ? at->names[depth - 1] : "";
}

static inline const char *xml_name(const struct xml_reader *x)
{
    return xml_name_at(x, xml_depth(x));
}

/* Do the names from @depth on down to this element make up @path ("attachment/status")? */
bool xml_path_is(const struct xml_reader *x, unsigned depth, const char *path);
/* Attribute of the element that starts, by local name; not NUL-terminated. NULL: not there. */
const char *xml_attribute(const struct xml_reader *x, const char *name, size_t *len);
/* The same of the namespace @uri, whatever its prefix is here; "": of none. For elements that have
 * xsi:type beside a type of their own. */
const char *xml_attribute_of(const struct xml_reader *x, const char *uri, const char *name,
                             size_t *len);

#endif
