#include "tests/lab/xml.h"

void xml_escape(struct strbuf *out, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '<':
            strbuf_addstr(out, "&lt;");
            break;
        case '>':
            strbuf_addstr(out, "&gt;");
            break;
        case '&':
            strbuf_addstr(out, "&amp;");
            break;
        default:
            strbuf_addch(out, *text);
        }
    }
}

static void indent(struct xml *x)
{
    strbuf_addchars(x->out, ' ', (size_t)x->depth * 4);
}

void xml_open(struct xml *x, const char *tag)
{
    indent(x);
    strbuf_addf(x->out, "<%s>\n", tag);
    x->depth++;
}

void xml_open_ns(struct xml *x, const char *tag, const char *ns)
{
    indent(x);
    strbuf_addf(x->out, "<%s xmlns=\"%s\">\n", tag, ns);
    x->depth++;
}

void xml_close(struct xml *x, const char *tag)
{
    x->depth--;
    indent(x);
    strbuf_addf(x->out, "</%s>\n", tag);
}

void xml_text(struct xml *x, const char *tag, const char *text)
{
    if (!text)
        return;
    if (!*text) {
        xml_empty(x, tag);
        return;
    }
    indent(x);
    strbuf_addf(x->out, "<%s>", tag);
    xml_escape(x->out, text);
    strbuf_addf(x->out, "</%s>\n", tag);
}

void xml_num(struct xml *x, const char *tag, long long n)
{
    indent(x);
    strbuf_addf(x->out, "<%s>%lld</%s>\n", tag, n, tag);
}

void xml_bool(struct xml *x, const char *tag, bool value)
{
    xml_text(x, tag, value ? "true" : "false");
}

void xml_empty(struct xml *x, const char *tag)
{
    indent(x);
    strbuf_addf(x->out, "<%s/>\n", tag);
}
