#include "core/retell.h"

#include <string.h>

#include "core/strbuf.h"

#define NO_PRECISION   (-1)
#define STAR_PRECISION (-2) /* an argument of its own */
#define DIGITS_MAX     3

struct directive {
    unsigned position, star_position; /* from 1; 0: the next one */
    int precision;
    unsigned length; /* bytes of a whole number */
    char letter;
};

/* ---- reading a format ---------------------------------------------------------------------------
 */

/* At most DIGITS_MAX digits at *@s; false: none. */
static bool take_number(const char **s, unsigned *out)
{
    size_t n = strspn(*s, "0123456789");

    if (!n || n > DIGITS_MAX)
        return false;
    for (*out = 0; n; n--, ++*s)
        *out = *out * 10 + (unsigned)(**s - '0');
    return true;
}

/* "2$" at *@s, else nothing. */
static unsigned take_position(const char **s)
{
    const char *at = *s;
    unsigned position = 0;

    if (!take_number(&at, &position) || *at != '$' || !position)
        return 0;
    *s = at + 1;
    return position;
}

static bool take_precision(const char **s, struct directive *d)
{
    unsigned n = 0;

    d->precision = NO_PRECISION;
    if (**s != '.')
        return true;
    ++*s;
    if (**s == '*') {
        ++*s;
        d->precision = STAR_PRECISION;
        d->star_position = take_position(s);
        return true;
    }
    if (!take_number(s, &n))
        return false;
    d->precision = (int)n;
    return true;
}

static void take_length(const char **s, struct directive *d)
{
    static const struct {
        const char *text;
        unsigned size;
    } lengths[] = {
        {"ll", sizeof(long long)}, {"l", sizeof(long)},      {"z", sizeof(size_t)},
        {"j", sizeof(intmax_t)},   {"t", sizeof(ptrdiff_t)}, {"hh", sizeof(int)},
        {"h", sizeof(int)},
    };

    d->length = sizeof(int);
    for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
        size_t n = strlen(lengths[i].text);
        if (strncmp(*s, lengths[i].text, n) != 0)
            continue;
        d->length = lengths[i].size;
        *s += n;
        return;
    }
}

/* What follows the '%' at *@s. */
static bool take_directive(const char **s, struct directive *d)
{
    memset(d, 0, sizeof(*d));
    d->position = take_position(s);
    if (!take_precision(s, d))
        return false;
    take_length(s, d);
    d->letter = **s;
    if (!d->letter || !strchr("sdiucf", d->letter))
        return false;
    ++*s;
    return true;
}

static enum retell_kind kind_of(char letter)
{
    switch (letter) {
    case 's':
        return RETELL_TEXT;
    case 'u':
        return RETELL_UINT;
    case 'f':
        return RETELL_REAL;
    default:
        return RETELL_INT;
    }
}

/* ---- taking -------------------------------------------------------------------------------------
 */

static bool add(struct retell *r, struct retell_arg arg)
{
    if (r->n == RETELL_MAX)
        return false;
    r->args[r->n++] = arg;
    return true;
}

static bool take_star(struct retell *r, va_list ap)
{
    return add(r, (struct retell_arg){.kind = RETELL_INT, .v.i = va_arg(ap, int)});
}

/* Types of the same size are passed alike; sizes are those of the machine's. */
static bool take_arg(struct retell *r, const struct directive *d, va_list ap)
{
    bool is_long = d->length == sizeof(long long);
    struct retell_arg arg = {.kind = kind_of(d->letter)};

    switch (arg.kind) {
    case RETELL_TEXT:
        arg.v.s = va_arg(ap, const char *);
        break;
    case RETELL_UINT:
        arg.v.u = is_long ? va_arg(ap, unsigned long long) : va_arg(ap, unsigned);
        break;
    case RETELL_REAL:
        arg.v.d = va_arg(ap, double);
        break;
    case RETELL_INT:
        arg.v.i = is_long ? va_arg(ap, long long) : va_arg(ap, int);
        break;
    }
    return add(r, arg);
}

bool retell_take(struct retell *r, const char *fmt, va_list ap)
{
    struct directive d;

    r->n = 0;
    while ((fmt = strchr(fmt, '%'))) {
        fmt++;
        if (*fmt == '%') {
            fmt++;
            continue;
        }
        if (!take_directive(&fmt, &d) || d.position || d.star_position)
            return false;
        if (d.precision == STAR_PRECISION && !take_star(r, ap))
            return false;
        if (!take_arg(r, &d, ap))
            return false;
    }
    return true;
}

/* ---- telling ------------------------------------------------------------------------------------
 */

struct teller {
    struct strbuf *out;
    const struct retell *r;
    retell_twin_fn *twin;
    void *arg;
    size_t next; /* the argument that a directive without a position means */
};

static const struct retell_arg *pick(struct teller *t, unsigned position, enum retell_kind kind)
{
    size_t at = position ? position - 1 : t->next++;

    return at < t->r->n && t->r->args[at].kind == kind ? &t->r->args[at] : NULL;
}

static void tell_text(struct teller *t, const char *s, int64_t precision)
{
    if (!s)
        s = "(null)";
    if (precision >= 0)
        strbuf_add(t->out, s, strnlen(s, (size_t)precision));
    else
        strbuf_addstr(t->out, t->twin ? t->twin(t->arg, s) : s);
}

static void tell_arg(struct teller *t, const struct directive *d, const struct retell_arg *a,
                     int64_t precision)
{
    switch (a->kind) {
    case RETELL_TEXT:
        tell_text(t, a->v.s, precision);
        return;
    case RETELL_UINT:
        strbuf_addf(t->out, "%llu", (unsigned long long)a->v.u);
        return;
    case RETELL_REAL:
        strbuf_addf(t->out, "%.*f", precision < 0 ? 6 : (int)precision, a->v.d);
        return;
    case RETELL_INT:
        if (d->letter == 'c')
            strbuf_addch(t->out, (char)a->v.i);
        else
            strbuf_addi(t->out, a->v.i);
    }
}

static bool tell_directive(struct teller *t, const struct directive *d)
{
    int64_t precision = d->precision;
    const struct retell_arg *a;

    if (precision == STAR_PRECISION) {
        a = pick(t, d->star_position, RETELL_INT);
        if (!a)
            return false;
        precision = a->v.i;
    }
    a = pick(t, d->position, kind_of(d->letter));
    if (a)
        tell_arg(t, d, a, precision);
    return a != NULL;
}

bool retell_print(struct strbuf *out, const struct retell *r, const char *fmt, retell_twin_fn *twin,
                  void *arg)
{
    struct teller t = {out, r, twin, arg, 0};
    struct directive d;

    while (*fmt) {
        size_t n = strcspn(fmt, "%");
        strbuf_add(out, fmt, n);
        fmt += n;
        if (!*fmt)
            break;
        fmt++;
        if (*fmt == '%') {
            strbuf_addch(out, '%');
            fmt++;
        } else if (!take_directive(&fmt, &d) || !tell_directive(&t, &d))
            return false;
    }
    return true;
}
