/* The live connections of every filter of a host. */
#include "collectors/esxi/collectors.h"
#include "collectors/esxi/flows.h"
#include "collectors/esxi/host.h"

struct state {
    struct walk walk; /* first */
    struct flows flows;
    size_t silent; /* filters that count flows and list none */
    uint64_t tails;
};

static void begin(struct run *run, struct walk *w, const struct walk_filter *f, unsigned part)
{
    struct state *st = (struct state *)w;

    (void)part;
    flows_init(&st->flows, run_table(run, &table_flows), host_name(run->endpoint), f->filter,
               f->vm);
}

static void feed(struct walk *w, unsigned part, const char *data, size_t len)
{
    (void)part;
    flows_feed(&((struct state *)w)->flows, data, len);
}

static bool end(struct run *run, struct walk *w, unsigned part, bool whole)
{
    struct state *st = (struct state *)w;
    const struct flows *f = &st->flows;
    bool closed = flows_end(&st->flows, whole);

    (void)run;
    (void)part;
    walk_count(w, &f->lines.health);
    st->tails += f->tails;
    st->silent += f->active > 0 && f->lines.health.parsed < 2;
    return closed;
}

static void release(struct walk *w)
{
    flows_release(&((struct state *)w)->flows);
}

static const struct walk_ops ops = {
    .schema = &table_flows,
    .commands = {ESXI_FLOWS},
    .ncommands = 1,
    .begin = begin,
    .feed = feed,
    .end = end,
    .release = release,
};

static enum step step(struct run *run, const struct reply *reply)
{
    struct state *st = run->state;
    enum step next;

    if (!reply)
        st->silent = st->tails = 0;
    next = walk_step(run, &st->walk, &ops, reply);
    if (next != STEP_DONE)
        return next;
    if (st->silent)
        builder_note(run_table(run, &table_flows),
                     "%zu filters count flows but list none: is Flow Monitoring on?", st->silent);
    if (st->tails)
        builder_note(run_table(run, &table_flows),
                     "the counters of %llu flows are in a form that is not known",
                     (unsigned long long)st->tails);
    return next;
}

static const struct schema *const tables[] = {&table_flows, NULL};

const struct collector collector_esxi_flows = {
    .name = "flows",
    .kinds = KIND_ESXI,
    .tables = tables,
    .interval_ms = 15000,
    .timeout_ms = 120000,
    .on_demand = true,
    .state_size = sizeof(struct state),
    .state_release = walk_release,
    .step = step,
};
