#include "core/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/strbuf.h"
#include "core/text.h"

static const char *const kind_names[] = {
    [ERR_NET] = "net",       [ERR_TLS] = "tls",       [ERR_AUTH] = "auth",
    [ERR_DENIED] = "denied", [ERR_HTTP] = "http",     [ERR_PROTO] = "proto",
    [ERR_LIMIT] = "limit",   [ERR_CONFIG] = "config", [ERR_UNSUPPORTED] = "unsupported",
    [ERR_CANCEL] = "cancel", [ERR_IO] = "io",
};

/* Copy @text to the message, visible and cut between characters. */
static void set_message(struct err *e, const struct strbuf *text)
{
    struct strbuf clean = STRBUF_INIT;

    text_sanitize(&clean, text->buf, text->len, 0);
    size_t n = text_boundary(clean.buf, clean.len, sizeof(e->msg) - 1);
    memcpy(e->msg, clean.buf, n);
    e->msg[n] = '\0';
    strbuf_release(&clean);
}

int err_set(struct err *e, enum err_kind kind, int code, const char *fmt, ...)
{
    struct strbuf text = STRBUF_INIT;
    va_list ap;

    if (!e)
        return -1;
    va_start(ap, fmt);
    strbuf_vaddf(&text, fmt, ap);
    va_end(ap);
    e->kind = kind;
    e->code = code;
    set_message(e, &text);
    strbuf_release(&text);
    return -1;
}

int err_prefix(struct err *e, const char *fmt, ...)
{
    struct strbuf text = STRBUF_INIT;
    va_list ap;

    if (!e)
        return -1;
    va_start(ap, fmt);
    strbuf_vaddf(&text, fmt, ap);
    va_end(ap);
    strbuf_addstr(&text, ": ");
    strbuf_addstr(&text, e->msg);
    set_message(e, &text);
    strbuf_release(&text);
    return -1;
}

void err_clear(struct err *e)
{
    if (!e)
        return;
    e->kind = ERR_NONE;
    e->code = 0;
    e->msg[0] = '\0';
}

const char *err_kind_name(enum err_kind kind)
{
    if ((size_t)kind >= sizeof(kind_names) / sizeof(kind_names[0]))
        return NULL;
    return kind_names[kind];
}
