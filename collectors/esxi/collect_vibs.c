/* The software packages of a host: which NSX it has. */
#include "collectors/esxi/collectors.h"
#include "collectors/esxi/columns.h"
#include "collectors/esxi/script.h"

struct state {
    struct script script; /* first */
    struct columns decoder;
    struct table_builder *b;
    const char *host;
};

static void add_cell(struct state *st, const struct columns_row *row, unsigned col,
                     const char *title)
{
    struct slice s = columns_cell(&st->decoder, row, title);

    if (s.len)
        builder_strn(st->b, col, s.p, s.len);
}

static void add(void *arg, const struct columns_row *row)
{
    struct state *st = arg;

    builder_row(st->b);
    builder_str(st->b, VIBS_HOST, st->host);
    add_cell(st, row, VIBS_VIB, "Name");
    add_cell(st, row, VIBS_VERSION, "Version");
    add_cell(st, row, VIBS_VENDOR, "Vendor");
    add_cell(st, row, VIBS_ACCEPTANCE, "Acceptance Level");
    add_cell(st, row, VIBS_INSTALLED, "Install Date");
}

static void begin(struct run *run, struct script *s)
{
    struct state *st = (struct state *)s;

    st->b = run_table(run, &table_vibs);
    st->host = host_name(run->endpoint);
    columns_init(&st->decoder, NULL, add, st);
}

static void feed(struct script *s, const char *data, size_t len)
{
    columns_feed(&((struct state *)s)->decoder, data, len);
}

static const struct parse_health *end(struct run *run, struct script *s, bool whole)
{
    struct state *st = (struct state *)s;

    (void)run;
    columns_end(&st->decoder, whole);
    return &st->decoder.lines.health;
}

static void release(struct script *s)
{
    columns_release(&((struct state *)s)->decoder);
}

static const struct script_part parts[] = {{ESXI_VIBS, true, begin, feed, end, release}};

static enum step step(struct run *run, const struct reply *reply)
{
    struct state *st = run->state;

    return script_step(run, &st->script, parts, 1, reply, NULL);
}

static const struct schema *const tables[] = {&table_vibs, NULL};

const struct collector collector_esxi_vibs = {
    .name = "vibs",
    .kinds = KIND_ESXI,
    .tables = tables,
    .interval_ms = 3600000,
    .timeout_ms = 60000,
    .on_demand = true,
    .state_size = sizeof(struct state),
    .state_release = script_release,
    .step = step,
};
