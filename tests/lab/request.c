/* request: names and values of a request, and headers of a reply. */
#include "core/mem.h"
#include "core/text.h"
#include "tests/lab/server.h"

#include <string.h>

static const char *decode(struct arena *a, const char *s, size_t len)
{
    struct strbuf spaced = STRBUF_INIT, out = STRBUF_INIT;
    const char *text;

    strbuf_add(&spaced, s, len);
    for (size_t i = 0; i < spaced.len; i++)
        if (spaced.buf[i] == '+')
            spaced.buf[i] = ' ';
    if (text_percent_decode(&out, spaced.buf, spaced.len) < 0)
        strbuf_reset(&out);
    text = arena_strndup(a, out.buf, out.len);
    strbuf_release(&spaced);
    strbuf_release(&out);
    return text;
}

struct lab_pairs lab_pairs_parse(struct arena *a, const char *text, size_t len)
{
    struct lab_pairs p = {arena_alloc(a, LAB_PAIRS_MAX * sizeof(struct lab_pair)), 0};
    const char *end = text + len;

    while (text < end && p.n < LAB_PAIRS_MAX) {
        const char *amp = memchr(text, '&', (size_t)(end - text));
        const char *stop = amp ? amp : end;
        const char *eq = memchr(text, '=', (size_t)(stop - text));
        const char *name_end = eq ? eq : stop;

        if (name_end > text) {
            p.at[p.n].name = decode(a, text, (size_t)(name_end - text));
            p.at[p.n].value = eq ? decode(a, eq + 1, (size_t)(stop - eq - 1)) : "";
            p.n++;
        }
        text = stop + 1;
    }
    return p;
}

const char *lab_pairs_get(const struct lab_pairs *p, const char *name)
{
    for (size_t i = 0; i < p->n; i++)
        if (strcmp(p->at[i].name, name) == 0)
            return p->at[i].value;
    return NULL;
}

const char *lab_soap_method(struct arena *a, const char *body)
{
    const char *at = strstr(body, "Body"), *colon;
    size_t len;

    at = at ? strchr(at, '<') : NULL;
    if (!at || at[1] == '/')
        return NULL;
    len = strcspn(++at, " \t\r\n/>");
    colon = memchr(at, ':', len);
    if (colon) {
        len -= (size_t)(colon + 1 - at);
        at = colon + 1;
    }
    return arena_strndup(a, at, len);
}

const char *lab_header(const struct lab_request *req, const char *name)
{
    for (size_t i = 0; i < req->headers.n; i++)
        if (text_equal_nocase(req->headers.at[i].name, name))
            return req->headers.at[i].value;
    return NULL;
}

const char *lab_query(const struct lab_request *req, const char *name)
{
    return lab_pairs_get(&req->query, name);
}

const char *lab_form(const struct lab_request *req, const char *name)
{
    return lab_pairs_get(&req->form, name);
}

void lab_reply_header(struct lab_reply *r, const char *name, const char *value)
{
    if (r->nheaders == ARRAY_SIZE(r->headers))
        mem_die("lab: too many reply headers");
    r->headers[r->nheaders++] = (struct lab_pair){name, value};
}
