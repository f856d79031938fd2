#include "model/derive/vsan_trend.h"

#include "core/arena.h"
#include "core/fmt.h"
#include "core/strbuf.h"
#include "model/derive/derive.h"

#define DAY_MS        86400000.0
#define HISTORY_SHOWN 48 /* figures of the past in one cell */

/* Bytes per ms. Times and values are taken from their means, so that doubles keep the digits. */
static double slope(const struct sample_series *s)
{
    double mean_t = 0, mean_v = 0, tt = 0, tv = 0;

    for (size_t i = 0; i < s->n; i++) {
        mean_t += (double)(s->at[i].at - s->at[0].at) / (double)s->n;
        mean_v += (double)(s->at[i].value - s->at[0].value) / (double)s->n;
    }
    for (size_t i = 0; i < s->n; i++) {
        double t = (double)(s->at[i].at - s->at[0].at) - mean_t;
        double v = (double)(s->at[i].value - s->at[0].value) - mean_v;
        tt += t * t;
        tv += t * v;
    }
    return tt > 0 ? tv / tt : 0;
}

static int64_t full_at(const struct vsan_trend *t, int64_t free_bytes, int64_t now)
{
    double ms = (double)free_bytes / (t->per_day / DAY_MS);

    if (free_bytes <= 0)
        return now;
    return ms <= (double)t->span_ms * VSAN_TREND_AHEAD ? now + (int64_t)ms : 0;
}

struct vsan_trend vsan_trend(const struct sample_series *s, int64_t used, int64_t capacity,
                             int64_t now)
{
    struct vsan_trend t = {.kind = VSAN_TREND_TOO_FEW, .n = s->n};

    if (s->n)
        t.span_ms = s->at[s->n - 1].at - s->at[0].at;
    if (s->n < VSAN_TREND_MIN || t.span_ms <= 0)
        return t;
    t.per_day = slope(s) * DAY_MS;
    t.kind = VSAN_TREND_STEADY;
    if (t.per_day / DAY_MS * (double)t.span_ms <= (double)capacity / 1000)
        return t;
    t.kind = VSAN_TREND_GROWING;
    if (capacity > 0)
        t.full_at = full_at(&t, capacity - used, now);
    return t;
}

static void add_text(struct strbuf *sb, const struct vsan_trend *t)
{
    double grown = t->per_day < 0 ? -t->per_day : t->per_day;

    if (t->kind == VSAN_TREND_TOO_FEW) {
        strbuf_addf(sb, "too few samples: %zu of %d", t->n, VSAN_TREND_MIN);
        return;
    }
    if (t->kind == VSAN_TREND_STEADY)
        strbuf_addstr(sb, "not growing");
    else {
        strbuf_addch(sb, '+');
        fmt_bytes(sb, grown < 9e18 ? (int64_t)grown : INT64_MAX);
        strbuf_addstr(sb, "/day");
    }
    strbuf_addf(sb, " (%zu samples, ", t->n);
    fmt_duration(sb, t->span_ms);
    strbuf_addch(sb, ')');
}

static void set_history(struct derive *d, struct table_builder *b, const struct sample_series *s,
                        int64_t capacity)
{
    size_t step = (s->n + HISTORY_SHOWN - 1) / HISTORY_SHOWN;

    if (capacity <= 0 || !s->n)
        return;
    for (size_t i = (s->n - 1) % step; i < s->n; i += step)
        builder_list_add(
            b, VSAN_USED_HISTORY,
            arena_printf(d->arena, "%.1f", 100.0 * (double)s->at[i].value / (double)capacity));
}

void vsan_trend_row(struct derive *d, struct table_builder *b, const struct row *r)
{
    const char *key = arena_printf(d->arena, "%s/%s", row_str(r, SCHEMA_ENDPOINT), r->key);
    struct sample_series s = samples_find(d->samples, d->view->site->name, SAMPLE_VSAN_USED, key);
    int64_t used, capacity = 0;
    struct strbuf text = STRBUF_INIT;
    struct vsan_trend t;

    if (!row_int(r, VSAN_USED_BYTES, &used))
        return;
    (void)row_int(r, VSAN_CAPACITY_BYTES, &capacity);
    t = vsan_trend(&s, used, capacity, d->view->now);
    builder_int(b, VSAN_TREND_SAMPLES, (int64_t)t.n);
    if (t.full_at)
        builder_int(b, VSAN_FULL_AT, t.full_at);
    add_text(&text, &t);
    builder_str(b, VSAN_TREND, text.buf);
    strbuf_release(&text);
    set_history(d, b, &s, capacity);
}
