#include "collectors/esxi/lines.h"

#include <stdio.h>
#include <string.h>

#include "core/text.h"

void parse_health_skip(struct parse_health *h, const char *line, size_t len)
{
    struct strbuf clean = STRBUF_INIT;
    size_t n;

    h->skipped++;
    if (h->nfirst == HEALTH_FIRST)
        return;
    text_sanitize(&clean, line, len < HEALTH_TEXT ? len : HEALTH_TEXT, 0);
    n = text_boundary(clean.buf, clean.len, HEALTH_TEXT - 1);
    (void)snprintf(h->first[h->nfirst++], HEALTH_TEXT, "%.*s", (int)n, clean.buf);
    strbuf_release(&clean);
}

void parse_health_tell(const struct parse_health *h, struct strbuf *out)
{
    if (h->skipped)
        strbuf_addf(out, "%llu of %llu lines were not understood, the first: '%s'",
                    (unsigned long long)h->skipped, (unsigned long long)h->lines, h->first[0]);
    if (h->cut)
        strbuf_addf(out, "%s%llu lines were cut off", h->skipped ? "; " : "",
                    (unsigned long long)h->cut);
}

void lines_init(struct lines *l, void (*line)(void *arg, const char *s, size_t len), void *arg)
{
    memset(l, 0, sizeof(*l));
    l->line = line;
    l->arg = arg;
    strbuf_init(&l->carry, 0);
}

void lines_release(struct lines *l)
{
    strbuf_release(&l->carry);
}

static void emit(struct lines *l, const char *s, size_t len)
{
    while (len && s[len - 1] == '\r')
        len--;
    l->health.lines++;
    l->line(l->arg, s, len);
}

/* Part of a line whose end is elsewhere. */
static void keep(struct lines *l, const char *s, size_t len)
{
    size_t room = LINES_MAX - l->carry.len;

    if (l->over)
        return;
    if (len > room) {
        l->over = true;
        l->health.cut++;
        len = room;
    }
    strbuf_add(&l->carry, s, len);
}

static void emit_carry(struct lines *l)
{
    emit(l, l->carry.buf, l->carry.len);
    strbuf_reset(&l->carry);
    l->over = false;
}

void lines_feed(struct lines *l, const char *data, size_t len)
{
    const char *end = data + len, *nl;

    if (len && memchr(data, '\0', len))
        l->nul = true;
    while (data < end && (nl = memchr(data, '\n', (size_t)(end - data)))) {
        size_t n = (size_t)(nl - data);

        if (!l->carry.len && n <= LINES_MAX) {
            emit(l, data, n);
        } else {
            keep(l, data, n);
            emit_carry(l);
        }
        data = nl + 1;
    }
    if (data < end)
        keep(l, data, (size_t)(end - data));
}

bool lines_end(struct lines *l, bool whole)
{
    if (!l->carry.len)
        return true;
    if (whole) {
        emit_carry(l);
        return false;
    }
    l->health.lines++;
    l->health.cut++;
    strbuf_reset(&l->carry);
    l->over = false;
    return false;
}
