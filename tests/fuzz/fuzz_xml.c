/* Whatever bytes come instead of XML, in whatever pieces: the same events or the same sentence. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/hash.h"
#include "core/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
    uint64_t events;
    unsigned depth;
};

static void on_start(void *arg, struct xml_reader *x)
{
    struct seen *s = arg;
    size_t len = 0;
    const char *value = xml_attribute(x, "type", &len);

    if (xml_depth(x) != ++s->depth || s->depth > XML_DEPTH_MAX)
        abort();
    s->events = hash_fast(xml_name(x), strlen(xml_name(x)), s->events);
    if (value)
        s->events = hash_fast(value, len, s->events);
}

static void on_end(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    struct seen *s = arg;

    if (xml_depth(x) != s->depth-- || strlen(text) != len)
        abort();
    s->events = hash_fast(text, len, s->events);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct xml_handler handler = {.start = on_start, .end = on_end, .text_max = 4096};
    struct seen whole = {0}, pieces = {0};
    struct err err = {0};
    int rc = xml_parse(&handler, &whole, (const char *)data, size, &err), rc2 = 0;
    struct xml_reader *x = xml_reader_new(&handler, &pieces);

    if ((rc < 0) != (err.kind != ERR_NONE) || (rc < 0) != (err.msg[0] != '\0'))
        abort();
    for (size_t i = 0; i < size && rc2 == 0; i += 7)
        rc2 = xml_feed(x, (const char *)data + i, size - i < 7 ? size - i : 7, NULL);
    if (rc2 == 0)
        rc2 = xml_finish(x, NULL);
    if (rc == 0 && (rc2 != 0 || whole.events != pieces.events || whole.depth != 0))
        abort();
    xml_reader_free(x);
    return 0;
}
