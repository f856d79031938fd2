/*
 * vSAN: how full each cluster is and whether it gets fuller, then what its own health checks say.
 * A trend is that of real samples, with how many they are; too few are said to be too few.
 */
#include "views/views.h"

#include <string.h>

#include "core/fmt.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "model/derive/vsan_trend.h"
#include "model/tables.h"
#include "views/bar.h"
#include "views/jump.h"
#include "views/look.h"

#define BAR_CELLS   12
#define SPARK_CELLS 16

/* ---- clusters -----------------------------------------------------------------------------------
 */

static enum severity of_cells(const struct row *r)
{
    static const unsigned cols[] = {VSAN_HEALTH, VSAN_KMS};
    enum severity worst = SEV_NONE;

    for (size_t i = 0; i < ARRAY_SIZE(cols); i++) {
        enum severity s = cell_severity(&table_vsan.columns[cols[i]], &r->cells[cols[i]]);
        worst = s > worst ? s : worst;
    }
    return worst;
}

/* The worst of the findings about the cluster; @space: of those about its space alone. */
static enum severity of_findings(const struct view_input *in, const struct rows_item *row,
                                 bool space)
{
    enum severity worst = SEV_NONE;
    struct rows_item f;
    size_t i = 0;

    while (look_next(in, &table_findings, snapshot_site(row->snapshot), &i, &f)) {
        const char *check = look_text(f.row, FINDINGS_CHECK);
        enum severity s = cell_severity(&table_findings.columns[FINDINGS_SEVERITY],
                                        &f.row->cells[FINDINGS_SEVERITY]);
        if (look_is(f.row, FINDINGS_STATE, "cleared") || strncmp(check, "vsan-", 5) != 0 ||
            (space && strcmp(check, "vsan-health") == 0) ||
            !look_is(f.row, FINDINGS_SUBJECT, look_text(row->row, VSAN_CLUSTER)))
            continue;
        worst = s > worst ? s : worst;
    }
    return worst;
}

/* Also what is not in its own words: what is too full is a threshold, and checks know those. */
static enum severity judge(const struct view_input *in, const struct rows_item *row)
{
    enum severity own = of_cells(row->row), found = of_findings(in, row, false);

    return found > SEV_OK && found > own ? found : own;
}

static double used_of(const struct row *r)
{
    double v = -1;

    (void)bar_number(r, VSAN_USED_PERCENT, &v);
    return v;
}

static int worst_first(const struct rows_item *a, const struct rows_item *b)
{
    int c = (int)of_cells(b->row) - (int)of_cells(a->row);
    double x = used_of(a->row), y = used_of(b->row);

    return c ? c : x > y ? -1 : x < y;
}

static void format_used(struct strbuf *out, const struct view_input *in,
                        const struct rows_item *row, const char *arg)
{
    double percent = used_of(row->row);

    (void)arg;
    if (percent < 0) {
        strbuf_addch(out, '-');
        return;
    }
    strbuf_addf(out, "%3.0f%% ", percent);
    bar_add(out, in, percent / 100, BAR_CELLS);
}

static enum style used_style(const struct view_input *in, const struct rows_item *row,
                             const char *arg)
{
    enum severity worst = of_findings(in, row, true);

    (void)arg;
    if (row_present(row->row, VSAN_SPACE_AT))
        return STYLE_DIM;
    return worst > SEV_OK ? view_severity_style(worst) : STYLE_NORMAL;
}

/* The model's words are English everywhere; what a reader must not miss is in his own. */
static void add_trend(struct strbuf *out, const struct row *r)
{
    const char *trend = look_text(r, VSAN_TREND), *span = strstr(trend, " samples, ");
    int64_t n = 0;

    (void)row_int(r, VSAN_TREND_SAMPLES, &n);
    if (text_has_prefix(trend, "too few samples"))
        strbuf_addf(out, _("too few samples: %lld of %d"), (long long)n, VSAN_TREND_MIN);
    else if (text_has_prefix(trend, "not growing") && span)
        strbuf_addf(out, _("not growing (%lld samples, %s"), (long long)n,
                    span + strlen(" samples, "));
    else
        strbuf_addstr(out, *trend ? trend : "-");
}

static void format_trend(struct strbuf *out, const struct view_input *in,
                         const struct rows_item *row, const char *arg)
{
    struct strbuf ago = STRBUF_INIT;
    int64_t at;

    (void)arg;
    if (row_int(row->row, VSAN_SPACE_AT, &at)) {
        view_ago(&ago, in, at);
        strbuf_addf(out, _("space read %s; "), ago.buf);
    }
    strbuf_release(&ago);
    add_trend(out, row->row);
}

static void format_history(struct strbuf *out, const struct view_input *in,
                           const struct rows_item *row, const char *arg)
{
    (void)arg;
    bar_spark(out, in, row_list(row->row, VSAN_USED_HISTORY), SPARK_CELLS);
}

static void format_full(struct strbuf *out, const struct view_input *in,
                        const struct rows_item *row, const char *arg)
{
    int64_t at;

    (void)arg;
    if (row_int(row->row, VSAN_FULL_AT, &at))
        view_ago(out, in, at);
    else
        strbuf_addch(out, '-');
}

static void format_resync(struct strbuf *out, const struct view_input *in,
                          const struct rows_item *row, const char *arg)
{
    int64_t bytes = 0, eta = 0;

    (void)arg;
    if (!row_int(row->row, VSAN_RESYNC_BYTES, &bytes)) {
        strbuf_addch(out, '-');
        return;
    }
    strbuf_addstr(out, bytes ? look_cell(in, &table_vsan, row->row, VSAN_RESYNC_BYTES) : _("none"));
    if (!bytes || !row_int(row->row, VSAN_RESYNC_ETA_S, &eta))
        return;
    strbuf_addch(out, ' ');
    fmt_age(out, 0, eta);
}

static size_t jump_cluster(const struct view_input *in, const struct rows_item *row,
                           struct view_target *out)
{
    const char *cluster = look_text(row->row, VSAN_CLUSTER);

    if (!jump_any(in, &table_hosts, snapshot_site(row->snapshot), HOSTS_CLUSTER, cluster))
        return 0;
    jump_rows(in, out, "hosts", &table_hosts, HOSTS_CLUSTER, cluster,
              view_printf(in, _("hosts of %s"), cluster));
    return 1;
}

static bool enter(const struct view_input *in, const struct rows_item *row, struct view_target *out)
{
    return jump_cluster(in, row, out) > 0;
}

static size_t related(const struct view_input *in, const struct rows_item *row,
                      struct view_target *out)
{
    const char *site = snapshot_site(row->snapshot);
    const char *cluster = look_text(row->row, VSAN_CLUSTER);
    size_t n = jump_cluster(in, row, out);

    n += jump_find(in, &out[n], "clusters", &table_clusters, site, CLUSTERS_CLUSTER, cluster,
                   view_printf(in, _("cluster %s"), cluster));
    n += jump_find(in, &out[n], "datastores", &table_datastores, site, DATASTORES_TYPE, "vsan",
                   _("datastores of vSAN"));
    if (jump_any(in, &table_vms, site, VMS_CLUSTER, cluster))
        jump_rows(in, &out[n++], "vms", &table_vms, VMS_CLUSTER, cluster,
                  view_printf(in, _("VMs of %s"), cluster));
    return n;
}

static void add_list(struct strbuf *out, const char *title, const struct cell_list *l)
{
    for (size_t i = 0; l && i < l->n; i++)
        strbuf_addf(out, "%s%s\n", i ? "  " : title, l->items[i]);
}

/* "Gold=6597069766656": with a unit. */
static void add_shares(struct strbuf *out, const char *title, const struct cell_list *l)
{
    for (size_t i = 0; l && i < l->n; i++) {
        const char *is = strrchr(l->items[i], '=');
        int64_t bytes;

        strbuf_addstr(out, i ? "  " : title);
        if (!is || text_to_i64(is + 1, 0, INT64_MAX, &bytes) != 0) {
            strbuf_addf(out, "%s\n", l->items[i]);
            continue;
        }
        fmt_bytes(out, bytes);
        strbuf_addf(out, "  %.*s\n", (int)(is - l->items[i]), l->items[i]);
    }
}

static void details(struct strbuf *out, const struct view_input *in, const struct rows_item *row)
{
    const struct cell_list *past = row_list(row->row, VSAN_USED_HISTORY);

    format_used(out, in, row, NULL);
    strbuf_addstr(out, "  ");
    format_trend(out, in, row, NULL);
    strbuf_addch(out, '\n');
    if (row_present(row->row, VSAN_SPACE_AT))
        strbuf_addstr(out, _("  Its vCenter does not answer: hosts tell the health, by esxcli; "
                             "name and space are what vCenter told last.\n"));
    if (past && past->n > 1) {
        bar_spark(out, in, past, 48);
        strbuf_addf(out, _("  %s%% to %s%%, %zu figures\n"), past->items[0],
                    past->items[past->n - 1], past->n);
    }
    add_list(out, _("health groups that are not green:\n  "),
             row_list(row->row, VSAN_HEALTH_GROUPS));
    add_shares(out, _("space by storage policy of the VMs:\n  "),
               row_list(row->row, VSAN_POLICIES));
    add_shares(out, _("space by type of object:\n  "), row_list(row->row, VSAN_USED_BY_TYPE));
}

static const struct view_column columns[] = {
    {.column = VSAN_SITE, .min = 5, .max = 12, .weight = 60},
    {.column = VSAN_CLUSTER, .min = 9, .max = 28, .weight = 100},
    {.column = VSAN_HEALTH, .min = 7, .max = 8, .weight = 95},
    {.column = VSAN_USED_PERCENT,
     .title = "used",
     .min = BAR_CELLS + 5,
     .max = BAR_CELLS + 5,
     .weight = 99,
     .format = format_used,
     .style = used_style},
    {.column = VSAN_CAPACITY_BYTES, .title = "of", .min = 8, .max = 10, .weight = 70},
    {.column = VSAN_FREE_BYTES, .title = "free", .min = 8, .max = 10, .weight = 75},
    {.column = VSAN_RESYNC_BYTES,
     .title = "resync",
     .min = 8,
     .max = 22,
     .weight = 85,
     .format = format_resync},
    {.column = VSAN_FULL_AT,
     .title = "full",
     .min = 6,
     .max = 10,
     .weight = 80,
     .format = format_full},
    {.column = VSAN_TREND, .min = 24, .max = 44, .weight = 90, .format = format_trend},
    {.column = VSAN_USED_HISTORY,
     .title = "past",
     .min = SPARK_CELLS,
     .max = SPARK_CELLS,
     .weight = 50,
     .format = format_history},
    {.column = VSAN_ENCRYPTION, .min = 10, .max = 10, .weight = 40},
    {.column = VSAN_KMS, .title = "keys", .min = 6, .max = 8, .weight = 41},
    {.column = VSAN_SLACK_BYTES, .title = "slack", .max = 10, .flags = VIEW_WIDE},
    {.column = VSAN_DEDUP_RATIO, .title = "dedup", .max = 8, .flags = VIEW_WIDE},
    {.column = VSAN_HEALTH_GROUPS, .max = 60, .flags = VIEW_WIDE},
};

static const struct view_table clusters = {
    .schema = &table_vsan,
    .title = N_("vSAN clusters"),
    .columns = columns,
    .ncolumns = ARRAY_SIZE(columns),
    .sort = -1,
    .order = worst_first,
    .judge = judge,
    .enter = enter,
    .related = related,
    .details = details,
    .empty = N_("No cluster has vSAN."),
};

/* ---- health groups ------------------------------------------------------------------------------
 */

enum { HG_SITE, HG_ENDPOINT, HG_OF, HG_CLUSTER, HG_GROUP, HG_N };

static const struct column group_schema_columns[HG_N] = {
    [HG_SITE] = {"scope", CELL_STR, UNIT_NONE, COL_KEY, "site in scope", NULL, NULL},
    [HG_ENDPOINT] = {"endpoint", CELL_STR, UNIT_NONE, 0, "made by hycon", NULL, NULL},
    [HG_OF] = {"site", CELL_STR, UNIT_NONE, COL_KEY, "site", NULL, NULL},
    [HG_CLUSTER] = {"cluster", CELL_STR, UNIT_NONE, COL_KEY, "cluster", NULL, NULL},
    [HG_GROUP] = {"group", CELL_STR, UNIT_NONE, COL_KEY, "health group that is not green", NULL,
                  NULL},
};

static const struct schema group_schema = {
    .name = "vsan_groups",
    .meaning = "health groups of vSAN that are not green",
    .columns = group_schema_columns,
    .ncolumns = HG_N,
};

static struct snapshot *build_groups(const struct view_input *in)
{
    struct table_builder *b =
        builder_new(&group_schema, in->site ? in->site : "", ESTATE_OWN_ENDPOINT, NULL);
    struct rows_item row;
    size_t i = 0;

    builder_block(b, 0);
    while (view_walk(in, &table_vsan, &i, &row)) {
        const struct cell_list *l = row_list(row.row, VSAN_HEALTH_GROUPS);
        for (size_t k = 0; l && k < l->n; k++) {
            builder_row(b);
            builder_str(b, HG_OF, snapshot_site(row.snapshot));
            builder_str(b, HG_CLUSTER, look_text(row.row, VSAN_CLUSTER));
            builder_str(b, HG_GROUP, l->items[k]);
        }
    }
    return builder_finish(b, in->now, FRESH_OK, NULL);
}

static bool enter_group(const struct view_input *in, const struct rows_item *row,
                        struct view_target *out)
{
    return jump_find(in, out, "vsan", &table_vsan, look_text(row->row, HG_OF), VSAN_CLUSTER,
                     look_text(row->row, HG_CLUSTER), look_text(row->row, HG_CLUSTER)) > 0;
}

static const struct view_column group_columns[] = {
    {.column = HG_OF, .min = 5, .max = 12, .weight = 60},
    {.column = HG_CLUSTER, .min = 9, .max = 28, .weight = 90},
    {.column = HG_GROUP, .min = 30, .max = 0, .weight = 100},
};

static const struct view_table groups = {
    .schema = &group_schema,
    .title = N_("Health groups that are not green"),
    .columns = group_columns,
    .ncolumns = ARRAY_SIZE(group_columns),
    .sort = -1,
    .build = build_groups,
    .enter = enter_group,
    .empty = N_("No cluster names a health group that is not green."),
};

static bool exists(const struct view_input *in)
{
    return look_offered(in, &table_vsan);
}

static const struct view_table *const tables[] = {&clusters, &groups, NULL};
static const struct schema *const focus[] = {&table_vsan, NULL};

const struct view view_vsan = {
    .name = "vsan",
    .title = N_("vSAN"),
    .digit = '9',
    .about = N_("vSAN: how full, how fast it fills, what is being rebuilt, what is not well"),
    .exists = exists,
    .focus = focus,
    .tables = tables,
};
