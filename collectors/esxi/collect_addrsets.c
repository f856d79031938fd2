/* The address sets of every filter of a host. One decoder reads them all, so that what all cards
 * hold is kept once. */
#include "collectors/esxi/addrsets.h"
#include "collectors/esxi/collectors.h"
#include "collectors/esxi/host.h"

struct state {
    struct walk walk; /* first */
    struct addrsets sets;
    bool reading; /* sets is in use */
};

static void begin(struct run *run, struct walk *w, const struct walk_filter *f, unsigned part)
{
    struct state *st = (struct state *)w;

    (void)part;
    if (!st->reading)
        addrsets_init(&st->sets, run_table(run, &table_addrsets), host_name(run->endpoint));
    st->reading = true;
    addrsets_begin(&st->sets, f->filter);
}

static void feed(struct walk *w, unsigned part, const char *data, size_t len)
{
    (void)part;
    addrsets_feed(&((struct state *)w)->sets, data, len);
}

static bool end(struct run *run, struct walk *w, unsigned part, bool whole)
{
    struct state *st = (struct state *)w;
    bool closed = addrsets_end(&st->sets, whole);

    (void)run;
    (void)part;
    walk_count(w, &st->sets.lines.health);
    memset(&st->sets.lines.health, 0, sizeof(st->sets.lines.health));
    return closed;
}

/* The decoder stays for the next filter. */
static void release(struct walk *w)
{
    (void)w;
}

static void drop(struct state *st)
{
    if (st->reading)
        addrsets_release(&st->sets);
    st->reading = false;
}

/* Not never_silent: a filter whose rules are for any address or for literal ones has no sets, and
 * no sample shows that a line would say so. */
static const struct walk_ops ops = {
    .schema = &table_addrsets,
    .commands = {ESXI_ADDRSETS},
    .ncommands = 1,
    .begin = begin,
    .feed = feed,
    .end = end,
    .release = release,
    .headed = true,
};

static enum step step(struct run *run, const struct reply *reply)
{
    struct state *st = run->state;
    enum step next;

    if (!reply)
        drop(st);
    next = walk_step(run, &st->walk, &ops, reply);
    if (next == STEP_DONE || next == STEP_FAIL)
        drop(st);
    return next;
}

static void release_state(void *state)
{
    drop(state);
    walk_release(state);
}

static const struct schema *const tables[] = {&table_addrsets, NULL};

const struct collector collector_esxi_addrsets = {
    .name = "addrsets",
    .kinds = KIND_ESXI,
    .tables = tables,
    .interval_ms = 60000,
    .timeout_ms = 300000,
    .on_demand = true,
    .state_size = sizeof(struct state),
    .state_release = release_state,
    .step = step,
};
