/* xml: a writer of indented XML as EC2 sends it. */
#ifndef HYCON_TESTS_LAB_XML_H
#define HYCON_TESTS_LAB_XML_H

#include "core/strbuf.h"

#include <stdbool.h>

#define XML_EC2_NS "http://ec2.amazonaws.com/doc/2016-11-15/"
#define XML_STS_NS "https://sts.amazonaws.com/doc/2011-06-15/"

struct xml {
    struct strbuf *out;
    unsigned depth;
};

void xml_escape(struct strbuf *out, const char *text);
void xml_open(struct xml *x, const char *tag);
void xml_open_ns(struct xml *x, const char *tag, const char *ns);
void xml_close(struct xml *x, const char *tag);
void xml_text(struct xml *x, const char *tag, const char *text); /* NULL: left out; "": <tag/> */
void xml_num(struct xml *x, const char *tag, long long n);
void xml_bool(struct xml *x, const char *tag, bool value);
void xml_empty(struct xml *x, const char *tag);

#endif
