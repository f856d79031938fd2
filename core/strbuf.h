/*
 * strbuf: a growing, always NUL-terminated byte string. buf is never NULL, so it can be read as a
 * C string at any time. A limit may be set: reaching it marks the buffer (overflow) and drops the
 * rest, never silently, because strbuf_ok() must be asked before use of bounded buffers.
 * Out of memory aborts (after the terminal is restored, see core/mem.h): inputs are bounded.
 */
#ifndef HYCON_CORE_STRBUF_H
#define HYCON_CORE_STRBUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct strbuf {
    char *buf;
    size_t len, alloc;
    size_t limit; /* 0: none */
    bool overflow;
};

extern char strbuf_empty[];
#define STRBUF_INIT                  \
    {                                \
        strbuf_empty, 0, 0, 0, false \
    }

void strbuf_init(struct strbuf *sb, size_t limit);
void strbuf_release(struct strbuf *sb); /* frees the contents; sb is usable again */
void strbuf_reset(struct strbuf *sb);   /* length 0, memory kept */
void strbuf_grow(struct strbuf *sb, size_t extra);
void strbuf_add(struct strbuf *sb, const void *data, size_t len);
void strbuf_addstr(struct strbuf *sb, const char *s); /* NULL adds nothing */
void strbuf_addch(struct strbuf *sb, char c);
void strbuf_addchars(struct strbuf *sb, char c, size_t n);
void strbuf_addi(struct strbuf *sb, int64_t v); /* decimal; much faster than strbuf_addf() */
void strbuf_addf(struct strbuf *sb, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void strbuf_vaddf(struct strbuf *sb, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));
void strbuf_setlen(struct strbuf *sb, size_t len);
/* The only way out: the caller frees the result; sb is empty afterwards. */
char *strbuf_detach(struct strbuf *sb);
bool strbuf_ok(const struct strbuf *sb); /* false once the limit was hit */

#endif
