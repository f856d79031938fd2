/*
 * vsan_trend: when is a vSAN datastore full, if it goes on as it does?
 *
 * A straight line through the samples of the last days (least squares). It says nothing with fewer
 * than VSAN_TREND_MIN samples, calls a growth that is lost in the capacity's last thousandth
 * steady, and does not look further ahead than VSAN_TREND_AHEAD times the time it looked back:
 * a line through one hour is no forecast for a month.
 */
#ifndef HYCON_MODEL_DERIVE_VSAN_TREND_H
#define HYCON_MODEL_DERIVE_VSAN_TREND_H

#include "model/samples.h"

#include <stdbool.h>

#define VSAN_TREND_MIN   12
#define VSAN_TREND_AHEAD 20

enum vsan_trend_kind {
    VSAN_TREND_TOO_FEW,
    VSAN_TREND_STEADY, /* or shrinking */
    VSAN_TREND_GROWING,
};

struct vsan_trend {
    enum vsan_trend_kind kind;
    size_t n;
    int64_t span_ms; /* between the first and the last sample */
    double per_day;  /* bytes; TOO_FEW: 0 */
    int64_t full_at; /* ms; 0: not within what can be foreseen */
};

struct derive;
struct row;
struct table_builder;

/* Fill the derived cells about the trend of the builder's current row, which has @r's cells. */
void vsan_trend_row(struct derive *d, struct table_builder *b, const struct row *r);

/* @used now, of @capacity (0: not known). */
struct vsan_trend vsan_trend(const struct sample_series *s, int64_t used, int64_t capacity,
                             int64_t now);

#endif
