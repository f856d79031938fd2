/* observe_samples: the figures that forecasts are made of, taken when their tables are read. */
#include "model/observe.h"

#include "core/arena.h"

/* A clock of a manager that runs ahead must not close a series to what comes after. */
#define AHEAD_MS (10 * 60 * 1000)

static const char *key_of(const struct derive *d, const struct row *r)
{
    return arena_printf(d->arena, "%s/%s", row_str(r, SCHEMA_ENDPOINT), r->key);
}

/* An instance is one transfer, however often it is read. */
static void observe_transfers(const struct derive *d, struct samples *samples)
{
    struct view_cursor at = {0};
    const struct row *r;
    int64_t taken, ms;

    while ((r = derive_next(d, &table_replications, &at))) {
        if (row_int(r, REPLICATIONS_LAST_INSTANCE_AT, &taken) && taken > 0 &&
            taken <= d->view->now + AHEAD_MS && row_int(r, REPLICATIONS_LAST_TRANSFER_S, &ms) &&
            ms >= 0)
            (void)samples_add(samples, d->view->site->name, SAMPLE_TRANSFER, key_of(d, r), taken,
                              ms);
    }
}

static void observe_vsan(const struct derive *d, struct samples *samples)
{
    struct view_cursor at = {0};
    const struct row *r;
    int64_t used;

    while ((r = derive_next(d, &table_vsan, &at))) {
        if (row_int(r, VSAN_USED_BYTES, &used) && used >= 0)
            (void)samples_add(samples, d->view->site->name, SAMPLE_VSAN_USED, key_of(d, r),
                              snapshot_taken_at(at.snapshot), used);
    }
}

void observe_samples(struct site *s, struct samples *samples)
{
    const struct derive *d = site_join(s);

    if (site_read_anew(s, &table_replications))
        observe_transfers(d, samples);
    if (site_read_anew(s, &table_vsan))
        observe_vsan(d, samples);
}
