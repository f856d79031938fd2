#include "core/soap.h"

#include <stdio.h>
#include <string.h>

#include "core/strbuf.h"
#include "core/text.h"
#include "core/xml.h"

#define FAULT_DEPTH  3 /* Envelope/Body/Fault */
#define DETAIL_DEPTH 5 /* .../detail/XFault */
#define BODY         "<soapenv:Body>"

/* ---- requests ---------------------------------------------------------------------------------
 */

void soap_begin(struct strbuf *out, const char *method, const char *ns)
{
    strbuf_addstr(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                       "<soapenv:Envelope "
                       "xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" "
                       "xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" "
                       "xmlns:xsi=\"" SOAP_XSI "\">" BODY);
    strbuf_addf(out, "<%s xmlns=\"%s\">", method, ns);
}

void soap_end(struct strbuf *out, const char *method)
{
    strbuf_addf(out, "</%s></soapenv:Body></soapenv:Envelope>\n", method);
}

void soap_add_header(struct strbuf *out, const char *envelope, size_t len, const char *name,
                     const char *text)
{
    const char *body = memmem(envelope, len, BODY, strlen(BODY));
    size_t before = body ? (size_t)(body - envelope) : 0;

    strbuf_add(out, envelope, before);
    if (body) {
        strbuf_addstr(out, "<soapenv:Header>");
        soap_leaf(out, name, text);
        strbuf_addstr(out, "</soapenv:Header>");
    }
    strbuf_add(out, envelope + before, len - before);
}

static const char *escape_of(unsigned char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\r':
        return "&#13;";
    default:
        return c < ' ' && c != '\t' && c != '\n' ? "\xef\xbf\xbd" : NULL;
    }
}

void soap_text(struct strbuf *out, const char *s)
{
    for (const char *p = s; p && *p; p++) {
        const char *escape = escape_of((unsigned char)*p);

        if (escape)
            strbuf_addstr(out, escape);
        else
            strbuf_addch(out, *p);
    }
}

void soap_leaf(struct strbuf *out, const char *name, const char *text)
{
    strbuf_addf(out, "<%s>", name);
    soap_text(out, text);
    strbuf_addf(out, "</%s>", name);
}

void soap_ref(struct strbuf *out, const char *name, const char *type, const char *id)
{
    strbuf_addf(out, "<%s type=\"", name);
    soap_text(out, type);
    strbuf_addstr(out, "\">");
    soap_text(out, id);
    strbuf_addf(out, "</%s>", name);
}

/* ---- replies ----------------------------------------------------------------------------------
 */

const char *soap_type(const struct xml_reader *x, size_t *len)
{
    const char *type = xml_attribute_of(x, SOAP_XSI, "type", len);
    const char *colon = type ? memchr(type, ':', *len) : NULL;

    if (!colon)
        return type;
    *len -= (size_t)(colon + 1 - type);
    return colon + 1;
}

struct reading {
    struct soap_fault *out;
    bool found;
};

static void keep(char *out, size_t size, const char *text, size_t len)
{
    struct strbuf clean = STRBUF_INIT;

    text_sanitize(&clean, text, len, 0);
    (void)snprintf(out, size, "%.*s", (int)text_boundary(clean.buf, clean.len, size - 1),
                   clean.buf);
    strbuf_release(&clean);
}

static void on_start(void *arg, struct xml_reader *x)
{
    struct reading *r = arg;
    const char *type, *name = xml_name(x);
    size_t len;

    if (xml_depth(x) == FAULT_DEPTH && strcmp(name, "Fault") == 0)
        r->found = true;
    if (!r->found || xml_depth(x) != DETAIL_DEPTH || r->out->type[0] ||
        strcmp(xml_name_at(x, DETAIL_DEPTH - 1), "detail") != 0)
        return;
    type = soap_type(x, &len);
    if (!type) {
        type = name;
        len = strlen(name) - (text_has_suffix(name, "Fault") ? strlen("Fault") : 0);
    }
    keep(r->out->type, sizeof(r->out->type), type, len);
}

static void on_end(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    struct reading *r = arg;

    if (!r->found)
        return;
    if (xml_path_is(x, FAULT_DEPTH, "Fault/faultstring"))
        keep(r->out->text, sizeof(r->out->text), text, len);
    if (xml_depth(x) == DETAIL_DEPTH + 1 && strcmp(xml_name(x), "name") == 0)
        keep(r->out->name, sizeof(r->out->name), text, len);
}

bool soap_fault_read(const char *body, size_t len, struct soap_fault *out)
{
    static const struct xml_handler handler = {.start = on_start, .end = on_end};
    struct reading r = {.out = out};

    memset(out, 0, sizeof(*out));
    return xml_parse(&handler, &r, body, len, NULL) == 0 && r.found;
}
