#include "collectors/wire.h"

#include <assert.h>
#include <string.h>

#include "core/hash.h"

void wire_init(struct wire *w)
{
    *w = (struct wire){0};
    for (size_t i = 0; i < WIRE_HEADERS_MAX; i++)
        strbuf_init(&w->lines[i], 0);
    strbuf_init(&w->url, 0);
    strbuf_init(&w->body, 0);
}

static void wipe(struct strbuf *sb)
{
    if (sb->len > 0)
        secret_wipe(sb->buf, sb->len);
    strbuf_release(sb);
}

void wire_release(struct wire *w)
{
    for (size_t i = 0; i < WIRE_HEADERS_MAX; i++)
        wipe(&w->lines[i]);
    wipe(&w->url);
    wipe(&w->body);
    w->n = 0;
}

void wire_reset(struct wire *w)
{
    wire_release(w);
}

void wire_header(struct wire *w, const char *name, const char *value)
{
    struct strbuf *line = &w->lines[w->n];

    assert(w->n < WIRE_HEADERS_MAX);
    strbuf_grow(line, strlen(name) + strlen(value) + 2);
    strbuf_addf(line, "%s: ", name);
    strbuf_addstr(line, value);
    w->headers[w->n++] = line->buf;
}

/* Room first: growing would leave copies of the password behind. */
void wire_authorization(struct wire *w, const char *scheme, const char *user,
                        const struct secret *password)
{
    struct strbuf pair = STRBUF_INIT, value = STRBUF_INIT;
    size_t most = strlen(user ? user : "") + secret_len(password) + 1;

    strbuf_grow(&pair, most);
    strbuf_addf(&pair, "%s:", user ? user : "");
    strbuf_add(&pair, secret_reveal(password), secret_len(password));
    strbuf_grow(&value, strlen(scheme) + 2 * most + 8);
    strbuf_addf(&value, "%s ", scheme);
    hash_base64(&value, pair.buf, pair.len);
    wire_header(w, "Authorization", value.buf);
    wipe(&pair);
    wipe(&value);
}

bool wire_is_plain(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (s[i] <= ' ' || s[i] > '~')
            return false;
    }
    return len > 0;
}

void wire_fill(struct wire *w, const char *method, struct http_request *http)
{
    http->method = method;
    http->url = w->url.buf;
    http->headers = w->headers;
    http->nheaders = w->n;
    http->body = w->body.len > 0 ? w->body.buf : NULL;
    http->body_len = w->body.len;
}

void wire_url(struct wire *w, const char *base, const char *path)
{
    strbuf_addstr(&w->url, base);
    while (w->url.len > 0 && w->url.buf[w->url.len - 1] == '/')
        strbuf_setlen(&w->url, w->url.len - 1);
    strbuf_addstr(&w->url, path);
}
