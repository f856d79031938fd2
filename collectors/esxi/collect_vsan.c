/*
 * vSAN as a host of the cluster sees it, where no vCenter is asked: its cluster, the health groups
 * and the objects that are not well. Capacity is not known here. Each host tells its own view,
 * which differ when the cluster is partitioned.
 */
#include "collectors/esxi/collectors.h"
#include "collectors/esxi/columns.h"
#include "collectors/esxi/pairs.h"
#include "collectors/esxi/script.h"

#include <stdio.h>

#define UUID_MAX 64

struct state {
    struct script script; /* first */
    struct pairs cluster;
    struct columns decoder;
    struct table_builder *b;
    char uuid[UUID_MAX];
    bool disabled;
};

/* ---- esxcli vsan cluster get -------------------------------------------------------------------
 */

static void on_pair(void *arg, const char *heading, struct slice key, struct slice value)
{
    struct state *st = arg;

    (void)heading;
    if (SLICE_IS(key, "Sub-Cluster UUID"))
        (void)snprintf(st->uuid, sizeof(st->uuid), "%.*s", (int)value.len, value.p);
    if (SLICE_IS(key, "Enabled") && SLICE_IS(value, "false"))
        st->disabled = true;
}

static void begin_cluster(struct run *run, struct script *s)
{
    struct state *st = (struct state *)s;

    st->b = run_table(run, &table_vsan);
    st->uuid[0] = '\0';
    st->disabled = false;
    pairs_init(&st->cluster, on_pair, st);
}

static void feed_cluster(struct script *s, const char *data, size_t len)
{
    pairs_feed(&((struct state *)s)->cluster, data, len);
}

static const struct parse_health *end_cluster(struct run *run, struct script *s, bool whole)
{
    struct state *st = (struct state *)s;

    (void)run;
    pairs_end(&st->cluster, whole);
    if (st->uuid[0]) {
        builder_row(st->b);
        builder_str(st->b, VSAN_CLUSTER_ID, st->uuid);
        builder_str(st->b, VSAN_VSAN_UUID, st->uuid);
    }
    return &st->cluster.lines.health;
}

static void release_cluster(struct script *s)
{
    pairs_release(&((struct state *)s)->cluster);
}

/* ---- its tables --------------------------------------------------------------------------------
 */

/* "yellow (Cluster health issue)": the first word. */
static void add_health(void *arg, const struct columns_row *row)
{
    struct state *st = arg;
    struct slice name = row->cells[0], status = columns_cell(&st->decoder, row, "Status");
    struct scan scan = {status.p, status.p + status.len};
    struct slice word = scan_word(&scan);
    char text[160];

    if (!st->uuid[0] || !word.len || row->indent)
        return;
    if (SLICE_IS(name, "Overall health")) {
        (void)snprintf(text, sizeof(text), "%.*s", (int)word.len, word.p);
        builder_str(st->b, VSAN_HEALTH, text);
    } else if (!SLICE_IS(word, "green")) {
        (void)snprintf(text, sizeof(text), "%.*s: %.*s", (int)name.len, name.p, (int)status.len,
                       status.p);
        builder_list_add(st->b, VSAN_HEALTH_GROUPS, text);
    }
}

/* States of objects besides healthy that some are in. */
static void add_objects(void *arg, const struct columns_row *row)
{
    struct state *st = arg;
    struct slice name = row->cells[0];
    char text[160];
    int64_t n;

    if (!st->uuid[0] || row->n < 2 || !slice_int(row->cells[1], &n) || !n ||
        SLICE_IS(name, "healthy"))
        return;
    (void)snprintf(text, sizeof(text), "objects %.*s: %lld", (int)name.len, name.p, (long long)n);
    builder_list_add(st->b, VSAN_HEALTH_GROUPS, text);
}

static void begin_health(struct run *run, struct script *s)
{
    (void)run;
    columns_init(&((struct state *)s)->decoder, NULL, add_health, s);
}

static void begin_objects(struct run *run, struct script *s)
{
    (void)run;
    columns_init(&((struct state *)s)->decoder, NULL, add_objects, s);
}

static void feed_table(struct script *s, const char *data, size_t len)
{
    columns_feed(&((struct state *)s)->decoder, data, len);
}

static const struct parse_health *end_table(struct run *run, struct script *s, bool whole)
{
    struct state *st = (struct state *)s;

    (void)run;
    columns_end(&st->decoder, whole);
    return &st->decoder.lines.health;
}

static void release_table(struct script *s)
{
    columns_release(&((struct state *)s)->decoder);
}

static const struct script_part parts[] = {
    {ESXI_VSAN_CLUSTER, true, begin_cluster, feed_cluster, end_cluster, release_cluster},
    {ESXI_VSAN_HEALTH, false, begin_health, feed_table, end_table, release_table},
    {ESXI_VSAN_OBJECTS, false, begin_objects, feed_table, end_table, release_table},
};

static enum step finish(struct run *run, struct script *s)
{
    struct state *st = (struct state *)s;
    struct err err = {0};

    if (st->uuid[0] || !st->disabled)
        return STEP_DONE;
    err_set(&err, ERR_UNSUPPORTED, 0, "vSAN is not enabled on this host");
    return run_fail(run, &err);
}

static enum step step(struct run *run, const struct reply *reply)
{
    struct state *st = run->state;

    return script_step(run, &st->script, parts, 3, reply, finish);
}

static const struct schema *const tables[] = {&table_vsan, NULL};

const struct collector collector_esxi_vsan = {
    .name = "host_vsan",
    .kinds = KIND_ESXI,
    .fallback_for = KIND_VCENTER,
    .tables = tables,
    .interval_ms = 300000,
    .timeout_ms = 180000,
    .on_demand = true,
    .state_size = sizeof(struct state),
    .state_release = script_release,
    .step = step,
};
