#include "core/strbuf.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"

/* Shared by all empty buffers and all threads, so it is read only: alloc == 0 marks it. */
char strbuf_empty[1];

void strbuf_init(struct strbuf *sb, size_t limit)
{
    *sb = (struct strbuf){strbuf_empty, 0, 0, limit, false};
}

void strbuf_release(struct strbuf *sb)
{
    if (sb->alloc)
        free(sb->buf);
    strbuf_init(sb, sb->limit);
}

void strbuf_reset(struct strbuf *sb)
{
    strbuf_setlen(sb, 0);
    sb->overflow = false;
}

void strbuf_grow(struct strbuf *sb, size_t extra)
{
    size_t need, want;

    if (__builtin_add_overflow(sb->len, extra, &need) || need > SIZE_MAX / 2)
        mem_die("out of memory: string too large");
    need++;
    if (need <= sb->alloc)
        return;
    want = sb->alloc + sb->alloc / 2;
    if (want < need)
        want = need;
    if (want < 64)
        want = 64;
    sb->buf = mem_realloc(sb->alloc ? sb->buf : NULL, want);
    sb->alloc = want;
    sb->buf[sb->len] = '\0';
}

/* How many of @len bytes may still be added; fewer than @len mark the overflow. After an overflow
 * nothing is added any more: a later, shorter piece would make a text that nobody wrote. */
static size_t room(struct strbuf *sb, size_t len)
{
    size_t left;

    if (!sb->limit)
        return len;
    if (sb->overflow)
        return 0;
    left = sb->limit > sb->len ? sb->limit - sb->len : 0;
    if (len <= left)
        return len;
    sb->overflow = true;
    return left;
}

void strbuf_add(struct strbuf *sb, const void *data, size_t len)
{
    /* An empty buffer has no room, so what is shared is not written to. */
    if (sb->limit || len >= sb->alloc - sb->len) {
        len = room(sb, len);
        if (!len)
            return;
        strbuf_grow(sb, len);
    }
    if (!len)
        return;
    memcpy(sb->buf + sb->len, data, len);
    sb->len += len;
    sb->buf[sb->len] = '\0';
}

void strbuf_addstr(struct strbuf *sb, const char *s)
{
    if (s)
        strbuf_add(sb, s, strlen(s));
}

void strbuf_addch(struct strbuf *sb, char c)
{
    if (sb->limit || sb->alloc - sb->len < 2) {
        strbuf_add(sb, &c, 1);
        return;
    }
    sb->buf[sb->len++] = c;
    sb->buf[sb->len] = '\0';
}

void strbuf_addchars(struct strbuf *sb, char c, size_t n)
{
    n = room(sb, n);
    if (!n)
        return;
    strbuf_grow(sb, n);
    memset(sb->buf + sb->len, c, n);
    sb->len += n;
    sb->buf[sb->len] = '\0';
}

void strbuf_addi(struct strbuf *sb, int64_t v)
{
    char digits[20];
    size_t at = sizeof(digits);
    uint64_t rest = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (v < 0)
        digits[--at] = '-';
    strbuf_add(sb, digits + at, sizeof(digits) - at);
}

void strbuf_addf(struct strbuf *sb, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    strbuf_vaddf(sb, fmt, ap);
    va_end(ap);
}

void strbuf_vaddf(struct strbuf *sb, const char *fmt, va_list ap)
{
    char small[256];
    va_list again;

    va_copy(again, ap);
    int n = vsnprintf(small, sizeof(small), fmt, ap);
    if (n < 0)
        mem_die("a format string that cannot be printed");
    if ((size_t)n < sizeof(small)) {
        strbuf_add(sb, small, (size_t)n);
    } else {
        char *large = mem_realloc(NULL, (size_t)n + 1);
        vsnprintf(large, (size_t)n + 1, fmt, again);
        strbuf_add(sb, large, (size_t)n);
        free(large);
    }
    va_end(again);
}

void strbuf_setlen(struct strbuf *sb, size_t len)
{
    assert(len == 0 || len < sb->alloc);
    sb->len = len;
    if (sb->alloc)
        sb->buf[len] = '\0';
}

char *strbuf_detach(struct strbuf *sb)
{
    char *out;

    strbuf_grow(sb, 0);
    out = sb->buf;
    strbuf_init(sb, sb->limit);
    return out;
}

bool strbuf_ok(const struct strbuf *sb)
{
    return !sb->overflow;
}
