#include "tests/support/xml_twin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/xml.h"
#include "core/xml_priv.h"

#define END '\v' /* of an event: no document has one */

/* ---- telling -----------------------------------------------------------------------------------
 */

static void on_start(void *arg, struct xml_reader *x)
{
    struct xml_told *told = arg;

    strbuf_addf(&told->events, "+%u %s", xml_depth(x), xml_name(x));
    for (size_t i = 0; i < x->nattrs; i++) {
        const struct xml_attr *a = &x->attrs[i];

        strbuf_addf(&told->events, " {%s}%s='", a->uri ? a->uri : "", a->name);
        strbuf_add(&told->events, a->value, a->len);
        strbuf_addch(&told->events, '\'');
    }
    strbuf_addch(&told->events, END);
}

static void on_end(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    struct xml_told *told = arg;

    if (strlen(text) != len)
        abort();
    strbuf_addf(&told->events, "-%u %s ", xml_depth(x), xml_name(x));
    strbuf_add(&told->events, text, len);
    strbuf_addch(&told->events, END);
}

void xml_tell(struct xml_told *told, const struct xml_backend *backend, const char *data,
              size_t len, size_t (*piece)(void *arg, size_t left), void *arg)
{
    static const struct xml_handler handler = {
        .start = on_start, .end = on_end, .text_max = XML_TWIN_TEXT_MAX};
    struct xml_reader *x = xml_reader_new(&handler, told);

    memset(told, 0, sizeof(*told));
    strbuf_init(&told->events, 0);
    if (backend)
        xml_reader_use(x, backend);
    while (len && told->rc == 0) {
        size_t n = piece ? piece(arg, len) : len;
        /* A block of its own, so that a byte too far is seen. */
        char *copy = malloc(n);

        if (!copy)
            abort();
        memcpy(copy, data, n);
        told->rc = xml_feed(x, copy, n, &told->err);
        free(copy);
        data += n;
        len -= n;
    }
    if (told->rc == 0) {
        told->over = true;
        told->rc = xml_finish(x, &told->err);
    }
    xml_reader_free(x);
}

void xml_told_release(struct xml_told *told)
{
    strbuf_release(&told->events);
}

/* ---- comparing ---------------------------------------------------------------------------------
 */

static const char *differ(const char *what, const struct xml_told *a, const struct xml_told *b)
{
    static char sentence[2048];

    (void)snprintf(sentence, sizeof(sentence),
                   "%s: scanner %d '%.300s', libxml2 %d '%.300s'; events of %zu and %zu bytes",
                   what, a->rc, a->err.msg, b->rc, b->err.msg, a->events.len, b->events.len);
    return sentence;
}

/* -1: the sentence has no line. */
static long line_of(const struct xml_told *told)
{
    static const char head[] = "not XML: line ";

    if (strncmp(told->err.msg, head, sizeof(head) - 1) != 0)
        return -1;
    return strtol(told->err.msg + sizeof(head) - 1, NULL, 10);
}

static size_t events_in(const char *text)
{
    size_t n = 0;

    for (; *text; text++)
        n += *text == END;
    return n;
}

/* Is one the beginning of the other, with at most one event less? Of a tag that is broken or cut
 * off, libxml2 sometimes tells the element. */
static bool is_beginning(const struct strbuf *a, const struct strbuf *b)
{
    const struct strbuf *shorter = a->len < b->len ? a : b, *longer = a->len < b->len ? b : a;

    return memcmp(shorter->buf, longer->buf, shorter->len) == 0 &&
           events_in(longer->buf + shorter->len) <= 1;
}

/* Two things are wrong, and each names one: libxml2 waited for the end of what was too long for the
 * scanner, or it told an element with too long a name of a tag that is broken behind it. */
static bool are_both_true(const struct xml_told *scanned, const struct xml_told *oracle)
{
    return (scanned->err.kind == ERR_LIMIT && oracle->over) || oracle->err.kind == ERR_LIMIT;
}

/* libxml2 does not count the lines of a CDATA section before it has all of it. */
static bool lines_differ(const struct xml_told *scanned, const struct xml_told *oracle,
                         const char *data, size_t len)
{
    long a = line_of(scanned), b = line_of(oracle);

    if (a < 0 || b < 0 || a == b)
        return false;
    return a < b || !memmem(data, len, "<![CDATA[", 9);
}

const char *xml_twin_check(const struct xml_told *scanned, const struct xml_told *oracle,
                           const char *data, size_t len)
{
    if (scanned->rc != oracle->rc)
        return differ("one refuses", scanned, oracle);
    if (scanned->rc == 0) {
        if (scanned->events.len != oracle->events.len ||
            memcmp(scanned->events.buf, oracle->events.buf, scanned->events.len) != 0)
            return differ("events", scanned, oracle);
        return NULL;
    }
    if (scanned->err.kind != oracle->err.kind && !are_both_true(scanned, oracle))
        return differ("kind of error", scanned, oracle);
    if (!is_beginning(&scanned->events, &oracle->events))
        return differ("events before the error", scanned, oracle);
    if (lines_differ(scanned, oracle, data, len))
        return differ("line", scanned, oracle);
    return NULL;
}
