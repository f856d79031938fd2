/* What the filters of a host have passed and dropped, and why. */
#include "collectors/esxi/collectors.h"
#include "collectors/esxi/filterstat.h"
#include "collectors/esxi/host.h"

struct state {
    struct walk walk; /* first */
    struct filterstat decoder;
    struct table_builder *b;
    const char *host, *filter;
};

static void add(void *arg, const struct filterstat_entry *e)
{
    struct state *st = arg;
    struct table_builder *b = st->b;

    builder_row(b);
    builder_str(b, FILTER_STATS_HOST, st->host);
    builder_str(b, FILTER_STATS_FILTER, st->filter);
    builder_str(b, FILTER_STATS_SECTION, e->section);
    builder_strn(b, FILTER_STATS_COUNTER, e->name.p, e->name.len);
    if (e->both) {
        builder_int(b, FILTER_STATS_IN, e->in);
        builder_int(b, FILTER_STATS_OUT, e->out);
    } else if (e->value.len) {
        builder_strn(b, FILTER_STATS_VALUE, e->value.p, e->value.len);
    }
}

static void begin(struct run *run, struct walk *w, const struct walk_filter *f, unsigned part)
{
    struct state *st = (struct state *)w;

    (void)part;
    st->b = run_table(run, &table_filter_stats);
    st->host = host_name(run->endpoint);
    st->filter = f->filter;
    filterstat_init(&st->decoder, add, st);
}

static void feed(struct walk *w, unsigned part, const char *data, size_t len)
{
    (void)part;
    filterstat_feed(&((struct state *)w)->decoder, data, len);
}

static bool end(struct run *run, struct walk *w, unsigned part, bool whole)
{
    struct state *st = (struct state *)w;

    (void)run;
    (void)part;
    filterstat_end(&st->decoder, whole);
    walk_count(w, &st->decoder.lines.health);
    return true;
}

static void release(struct walk *w)
{
    filterstat_release(&((struct state *)w)->decoder);
}

static const struct walk_ops ops = {
    .schema = &table_filter_stats,
    .commands = {ESXI_FILTERSTAT},
    .ncommands = 1,
    .begin = begin,
    .feed = feed,
    .end = end,
    .release = release,
};

static enum step step(struct run *run, const struct reply *reply)
{
    struct state *st = run->state;

    return walk_step(run, &st->walk, &ops, reply);
}

static const struct schema *const tables[] = {&table_filter_stats, NULL};

const struct collector collector_esxi_filter_stats = {
    .name = "filter_stats",
    .kinds = KIND_ESXI,
    .tables = tables,
    .interval_ms = 60000,
    .timeout_ms = 120000,
    .on_demand = true,
    .state_size = sizeof(struct state),
    .state_release = walk_release,
    .step = step,
};
