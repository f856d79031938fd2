/* The rules of every filter of a host, with their counters. */
#include "collectors/esxi/collectors.h"
#include "collectors/esxi/host.h"
#include "collectors/esxi/rules.h"

struct state {
    struct walk walk; /* first */
    struct rule_counts counts;
    struct rules rules;
    bool reading; /* rules is in use */
    size_t differ;
};

enum { PART_COUNTS, PART_RULES };

static void begin(struct run *run, struct walk *w, const struct walk_filter *f, unsigned part)
{
    struct state *st = (struct state *)w;

    if (part == PART_COUNTS) {
        rule_counts_init(&st->counts);
        return;
    }
    rules_init(&st->rules, run_table(run, &table_host_rules), host_name(run->endpoint), f->filter,
               &st->counts);
    st->reading = true;
}

static void feed(struct walk *w, unsigned part, const char *data, size_t len)
{
    struct state *st = (struct state *)w;

    if (part == PART_COUNTS)
        rule_counts_feed(&st->counts, data, len);
    else
        rules_feed(&st->rules, data, len);
}

static bool end(struct run *run, struct walk *w, unsigned part, bool whole)
{
    struct state *st = (struct state *)w;
    bool closed;

    (void)run;
    if (part == PART_COUNTS) {
        rule_counts_end(&st->counts, whole);
        return true;
    }
    closed = rules_end(&st->rules, whole);
    walk_count(w, &st->rules.lines.health);
    st->differ += st->rules.counts_differ;
    return closed;
}

static void release(struct walk *w)
{
    struct state *st = (struct state *)w;

    rule_counts_release(&st->counts);
    if (st->reading)
        rules_release(&st->rules);
    st->reading = false;
}

static const struct walk_ops ops = {
    .schema = &table_host_rules,
    .commands = {ESXI_RULE_COUNTS, ESXI_GETRULES},
    .ncommands = 2,
    .begin = begin,
    .feed = feed,
    .end = end,
    .release = release,
    .never_silent = true,
    .headed = true,
};

static enum step step(struct run *run, const struct reply *reply)
{
    struct state *st = run->state;
    enum step next;

    if (!reply)
        st->differ = 0;
    next = walk_step(run, &st->walk, &ops, reply);
    if (next == STEP_DONE && st->differ)
        builder_note(run_table(run, &table_host_rules),
                     "counters of %zu filters do not fit their rules, which changed in between",
                     st->differ);
    return next;
}

static const struct schema *const tables[] = {&table_host_rules, NULL};

const struct collector collector_esxi_rules = {
    .name = "host_rules",
    .kinds = KIND_ESXI,
    .tables = tables,
    .interval_ms = 60000,
    .timeout_ms = 300000,
    .on_demand = true,
    .state_size = sizeof(struct state),
    .state_release = walk_release,
    .step = step,
};
