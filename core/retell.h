/*
 * retell: the arguments of one printf call, kept to be told by a second format: a sentence in the
 * reader's language beside the English one, with what stands in it in another order where the
 * language wants that ("%2$s").
 *
 * A translation is a file that came from elsewhere, so no format of it ever reaches printf(): what
 * asks for an argument that is not there, or for one as something else, is refused, and the
 * caller keeps the English sentence. Directives: %s %.*s %d %i %u %c %f with a precision, of the
 * usual lengths (h l ll z j t), and %%. No flags and widths: these are sentences, not columns.
 */
#ifndef HYCON_CORE_RETELL_H
#define HYCON_CORE_RETELL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct strbuf;

#define RETELL_MAX 16 /* arguments of one sentence */

enum retell_kind { RETELL_TEXT, RETELL_INT, RETELL_UINT, RETELL_REAL };

struct retell_arg {
    enum retell_kind kind;
    union {
        const char *s;
        int64_t i;
        uint64_t u;
        double d;
    } v;
};

struct retell {
    size_t n;
    struct retell_arg args[RETELL_MAX];
};

/* Another text for an argument, or @text itself. Not asked for what is cut by a precision. */
typedef const char *retell_twin_fn(void *arg, const char *text);

/* Take what @fmt, which has no positions, takes from @ap. False: it has more or other directives
 * than the above. */
bool retell_take(struct retell *r, const char *fmt, va_list ap);
/* Append the arguments as @fmt tells them; @twin may be NULL. False: @fmt asks for what is not
 * there, and @out holds half of it. */
bool retell_print(struct strbuf *out, const struct retell *r, const char *fmt, retell_twin_fn *twin,
                  void *arg);

#endif
