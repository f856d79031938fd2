#include "views/bar.h"

#include "core/strbuf.h"
#include "core/text.h"

#define BLOCK_FULL  0x2588
#define BLOCK_LIGHT 0x2591
#define BLOCK_LOW   0x2581 /* an eighth; the next seven are higher */
#define SPARK_STEPS 8
#define SPARK_MAX   64

/* Full only at 1, never empty above 0: the ends mean something. */
static unsigned steps_of(double fraction, unsigned steps)
{
    unsigned n;

    if (!(fraction > 0))
        return 0;
    if (fraction >= 1)
        return steps;
    n = (unsigned)(fraction * steps + 0.5);
    return n == 0 ? 1 : n >= steps ? steps - 1 : n;
}

void bar_add(struct strbuf *out, const struct view_input *in, double fraction, unsigned cells)
{
    unsigned parts = in->ascii ? 1 : 8, n = steps_of(fraction, cells * parts);
    unsigned used = n / parts;

    for (unsigned i = 0; i < used; i++)
        text_encode(out, in->ascii ? '#' : BLOCK_FULL);
    if (n % parts) { /* U+2589 is seven eighths, U+258F one */
        text_encode(out, 0x2590u - n % parts);
        used++;
    }
    for (; used < cells; used++)
        text_encode(out, in->ascii ? '.' : BLOCK_LIGHT);
}

void bar_spark(struct strbuf *out, const struct view_input *in, const struct cell_list *figures,
               unsigned cells)
{
    static const char low_to_high[SPARK_STEPS + 1] = "_.-~=+*#";
    double v[SPARK_MAX], least = 0, most = 0;
    size_t n = figures ? figures->n : 0, first;

    cells = cells < SPARK_MAX ? cells : SPARK_MAX;
    if (n < 2)
        return;
    first = n > cells ? n - cells : 0;
    for (size_t i = first; i < n; i++) {
        double x = 0;
        (void)text_to_double(figures->items[i], &x);
        v[i - first] = x;
        least = i == first || x < least ? x : least;
        most = i == first || x > most ? x : most;
    }
    for (size_t i = 0; i < n - first; i++) {
        double part = most > least ? (v[i] - least) / (most - least) : 0;
        unsigned step = (unsigned)(part * (SPARK_STEPS - 1) + 0.5);
        text_encode(out, in->ascii ? (uint32_t)low_to_high[step] : BLOCK_LOW + step);
    }
}

bool bar_number(const struct row *r, unsigned col, double *out)
{
    const struct cell *c = &r->cells[col];

    switch (c->type) {
    case CELL_REAL:
        *out = c->u.d;
        return true;
    case CELL_INT:
    case CELL_BYTES:
    case CELL_DURATION:
    case CELL_TIME:
        *out = (double)c->u.i;
        return true;
    case CELL_ABSENT:
    case CELL_STR:
    case CELL_BOOL:
    case CELL_STATE:
    case CELL_IP:
    case CELL_CIDR:
    case CELL_LIST:
        break;
    }
    return false;
}

void bar_percent(struct strbuf *out, const struct row *r, unsigned col)
{
    double v;

    if (bar_number(r, col, &v))
        strbuf_addf(out, "%.0f%%", v);
    else
        strbuf_addch(out, '-');
}
