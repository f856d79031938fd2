/*
 * soap: envelopes out, faults in. Replies are read by the caller with core/xml, because each has a
 * shape of its own; what all share is how a server says no.
 *
 * Names come under whatever prefix a server likes, so elements are told apart by their local names
 * and xsi:type by its namespace. The value of xsi:type may have a prefix itself.
 */
#ifndef HYCON_CORE_SOAP_H
#define HYCON_CORE_SOAP_H

#include <stdbool.h>
#include <stddef.h>

struct strbuf;
struct xml_reader;

#define SOAP_CONTENT_TYPE "text/xml; charset=utf-8"
#define SOAP_XSI          "http://www.w3.org/2001/XMLSchema-instance"

/* ---- requests ---------------------------------------------------------------------------------
 */

/* Open an envelope and in its body the element @method of @ns. */
void soap_begin(struct strbuf *out, const char *method, const char *ns);
void soap_end(struct strbuf *out, const char *method);
/* @envelope, made by soap_begin() and soap_end(), with <name>text</name> as its header. */
void soap_add_header(struct strbuf *out, const char *envelope, size_t len, const char *name,
                     const char *text);
/* Append @s as text of an element; what XML cannot hold becomes U+FFFD. */
void soap_text(struct strbuf *out, const char *s);
/* <name>text</name>. */
void soap_leaf(struct strbuf *out, const char *name, const char *text);
/* <name type="type">id</name>. */
void soap_ref(struct strbuf *out, const char *name, const char *type, const char *id);

/* ---- replies ----------------------------------------------------------------------------------
 */

/* xsi:type of the element that starts, without a prefix; not NUL-terminated. NULL: none. */
const char *soap_type(const struct xml_reader *x, size_t *len);

/* Texts are sanitised and cut to their fields. */
struct soap_fault {
    char type[96];  /* "NotAuthenticated": of the detail; "": the fault has none */
    char text[400]; /* faultstring */
    char name[256]; /* a field `name` of the detail: the property that is unknown */
};

/* Is this document a fault? Cut off and malformed ones are not. */
bool soap_fault_read(const char *body, size_t len, struct soap_fault *out);

#endif
