/*
 * Replication: does every VM hold its RPO? The lag is a bar against the RPO: full is the RPO. Above
 * the VMs stand the links they go through, because many late VMs behind one link have one cause.
 */
#include "views/views.h"

#include <stdlib.h>
#include <string.h>

#include "core/fmt.h"
#include "core/i18n.h"
#include "core/map.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "model/tables.h"
#include "views/bar.h"
#include "views/jump.h"
#include "views/look.h"

#define BAR_CELLS 8

/* ---- replications -------------------------------------------------------------------------------
 */

static enum severity severity_of(const struct row *r)
{
    return cell_severity(&table_replications.columns[REPLICATIONS_VERDICT],
                         &r->cells[REPLICATIONS_VERDICT]);
}

static enum severity judge(const struct view_input *in, const struct rows_item *row)
{
    (void)in;
    return severity_of(row->row);
}

static int64_t figure(const struct row *r, unsigned col)
{
    int64_t v = -1;

    (void)row_int(r, col, &v);
    return v;
}

/* Late for no other reason: one that a person has paused is old, but nobody waits for it. */
static bool is_late(const struct row *r)
{
    return look_is(r, REPLICATIONS_VERDICT, "late") ||
           (look_is(r, REPLICATIONS_VERDICT, "full_sync") && figure(r, REPLICATIONS_LATE_S) > 0);
}

/* -1: not known. */
static int64_t lag_percent(const struct row *r)
{
    int64_t lag = figure(r, REPLICATIONS_LAG_S), rpo = figure(r, REPLICATIONS_RPO_S);

    return lag < 0 || rpo <= 0 ? -1 : lag * 100 / rpo;
}

/* Worst first; of equals the latest; of those that are not late, the one nearest to its RPO. */
static int worst_first(const struct rows_item *a, const struct rows_item *b)
{
    int c = (int)severity_of(b->row) - (int)severity_of(a->row);
    int64_t x = figure(a->row, REPLICATIONS_LATE_S), y = figure(b->row, REPLICATIONS_LATE_S);

    if (c)
        return c;
    if (x != y)
        return x > y ? -1 : 1;
    x = lag_percent(a->row);
    y = lag_percent(b->row);
    if (x != y)
        return x > y ? -1 : 1;
    return strcmp(look_text(a->row, REPLICATIONS_VM), look_text(b->row, REPLICATIONS_VM));
}

static enum style plain(const struct view_input *in, const struct rows_item *row, const char *arg)
{
    (void)in;
    (void)arg;
    return look_is(row->row, REPLICATIONS_KIND, "hcx") ? STYLE_DIM : STYLE_NORMAL;
}

static void format_lag(struct strbuf *out, const struct view_input *in, const struct rows_item *row,
                       const char *arg)
{
    int64_t percent = lag_percent(row->row);

    (void)arg;
    if (percent < 0) {
        strbuf_addch(out, '-');
        return;
    }
    bar_add(out, in,
            (double)figure(row->row, REPLICATIONS_LAG_S) /
                (double)figure(row->row, REPLICATIONS_RPO_S),
            BAR_CELLS);
    strbuf_addf(out, " %lld%%", (long long)percent);
}

static enum style lag_style(const struct view_input *in, const struct rows_item *row,
                            const char *arg)
{
    enum severity s = severity_of(row->row);

    return s == SEV_NONE ? plain(in, row, arg) : view_severity_style(s);
}

static void format_verdict(struct strbuf *out, const struct view_input *in,
                           const struct rows_item *row, const char *arg)
{
    double progress;

    (void)in;
    (void)arg;
    if (!row_present(row->row, REPLICATIONS_VERDICT))
        strbuf_addstr(out, look_is(row->row, REPLICATIONS_KIND, "hcx") ? "hcx" : "-");
    else
        strbuf_addstr(out, look_text(row->row, REPLICATIONS_VERDICT));
    if (look_is(row->row, REPLICATIONS_VERDICT, "full_sync") &&
        bar_number(row->row, REPLICATIONS_SYNC_PROGRESS_PERCENT, &progress))
        strbuf_addf(out, " %.0f%%", progress);
}

/* "4m of 15" says nothing without how many transfers it is from. */
static void format_estimate(struct strbuf *out, const struct view_input *in,
                            const struct rows_item *row, const char *arg)
{
    int64_t n = figure(row->row, REPLICATIONS_SAMPLES);

    (void)arg;
    if (!row_present(row->row, REPLICATIONS_ESTIMATE_S)) {
        strbuf_addch(out, '-');
        return;
    }
    strbuf_addf(out, "%s n=%lld",
                look_cell(in, &table_replications, row->row, REPLICATIONS_ESTIMATE_S),
                (long long)(n < 0 ? 0 : n));
}

static size_t jump_vm(const struct view_input *in, const struct rows_item *row,
                      struct view_target *out)
{
    const char *site = snapshot_site(row->snapshot), *vm = look_text(row->row, REPLICATIONS_VM);
    const char *uuid = row_str(row->row, REPLICATIONS_VM_UUID);

    return jump_find(in, out, "vms", &table_vms, site, VMS_INSTANCE_UUID, uuid,
                     view_printf(in, _("VM %s"), vm));
}

static bool enter(const struct view_input *in, const struct rows_item *row, struct view_target *out)
{
    return jump_vm(in, row, out) > 0;
}

static size_t related(const struct view_input *in, const struct rows_item *row,
                      struct view_target *out)
{
    const char *link = row_str(row->row, REPLICATIONS_LINK);
    size_t n = jump_vm(in, row, out);

    if (link)
        jump_rows(in, &out[n++], "replication", &table_replications, REPLICATIONS_LINK, link,
                  view_printf(in, _("replications over %s"), link));
    return n;
}

static void add_pair(struct strbuf *out, const struct view_input *in, const struct row *r,
                     unsigned col, const char *words)
{
    if (row_present(r, col))
        strbuf_addf(out, "%s %s\n", words, look_cell(in, &table_replications, r, col));
}

static void details(struct strbuf *out, const struct view_input *in, const struct rows_item *row)
{
    const struct row *r = row->row;
    const struct cell_list *past = row_list(r, REPLICATIONS_TRANSFERS);
    int64_t n = figure(r, REPLICATIONS_SAMPLES);

    format_lag(out, in, row, NULL);
    strbuf_addch(out, '\n');
    add_pair(out, in, r, REPLICATIONS_LATE_S, _("late by"));
    if (row_present(r, REPLICATIONS_ESTIMATE_S))
        strbuf_addf(out, _("the next transfer takes about %s, by the last %lld\n"),
                    look_cell(in, &table_replications, r, REPLICATIONS_ESTIMATE_S),
                    (long long)(n < 0 ? 0 : n));
    else
        strbuf_addstr(out, _("no transfer was seen yet: nothing can be estimated\n"));
    add_pair(out, in, r, REPLICATIONS_SMALLEST_RPO_S, _("the smallest RPO that holds is"));
    if (row_present(r, REPLICATIONS_SYNC_CAUSE))
        strbuf_addf(out, _("full synchronisation, because:\n  %s\n"),
                    look_text(r, REPLICATIONS_SYNC_CAUSE));
    if (past && past->n > 1) {
        strbuf_addstr(out, _("last transfers, oldest first: "));
        bar_spark(out, in, past, 15);
        for (size_t i = 0; i < past->n; i++)
            strbuf_addf(out, " %s", past->items[i]);
        strbuf_addstr(out, " s\n");
    }
}

static const struct view_column columns[] = {
    {.column = REPLICATIONS_SITE, .min = 5, .max = 12, .weight = 60, .style = plain},
    {.column = REPLICATIONS_VM, .min = 12, .max = 36, .weight = 100, .style = plain},
    {.column = REPLICATIONS_VERDICT,
     .min = 9,
     .max = 14,
     .weight = 99,
     .format = format_verdict,
     .style = lag_style},
    {.column = REPLICATIONS_LAG_S,
     .title = "lag of its RPO",
     .min = BAR_CELLS + 6,
     .max = BAR_CELLS + 7,
     .weight = 95,
     .format = format_lag,
     .style = lag_style},
    {.column = REPLICATIONS_LATE_S, .title = "late by", .min = 7, .max = 8, .weight = 96},
    {.column = REPLICATIONS_RPO_S, .title = "RPO", .min = 5, .max = 7, .weight = 90},
    {.column = REPLICATIONS_ESTIMATE_S,
     .title = "estimate",
     .min = 10,
     .max = 13,
     .weight = 85,
     .format = format_estimate},
    {.column = REPLICATIONS_SMALLEST_RPO_S,
     .title = "RPO that holds",
     .min = 14,
     .max = 14,
     .weight = 70},
    {.column = REPLICATIONS_STATE, .min = 10, .max = 24, .weight = 50, .style = plain},
    {.column = REPLICATIONS_TARGET_SITE,
     .title = "to",
     .min = 8,
     .max = 20,
     .weight = 55,
     .style = plain},
    {.column = REPLICATIONS_LINK, .min = 14, .max = 36, .weight = 45, .style = plain},
    {.column = REPLICATIONS_LAST_INSTANCE_AT, .title = "newest", .max = 23, .flags = VIEW_WIDE},
    {.column = REPLICATIONS_LAST_TRANSFER_S, .title = "transfer", .max = 10, .flags = VIEW_WIDE},
    {.column = REPLICATIONS_LAST_TRANSFER_BYTES, .title = "size", .max = 10, .flags = VIEW_WIDE},
    {.column = REPLICATIONS_QUIESCE, .max = 8, .flags = VIEW_WIDE},
    {.column = REPLICATIONS_SYNC_CAUSE, .max = 60, .flags = VIEW_WIDE},
};

static const struct view_table replications = {
    .schema = &table_replications,
    .title = N_("Replications"),
    .columns = columns,
    .ncolumns = ARRAY_SIZE(columns),
    .sort = -1,
    .order = worst_first,
    .judge = judge,
    .enter = enter,
    .related = related,
    .details = details,
    .empty = N_("No virtual machine is replicated."),
    .share = 3,
};

/* ---- links --------------------------------------------------------------------------------------
 */

enum {
    LK_SCOPE,
    LK_ENDPOINT,
    LK_SITE,
    LK_LINK,
    LK_IS,
    LK_COUNT,
    LK_LATE,
    LK_AT_RISK,
    LK_OTHER,
    LK_WORST,
    LK_WORST_VM,
    LK_N
};

static const struct state_word is_words[] = {
    {"critical", SEV_CRITICAL}, {"warning", SEV_WARNING}, {"unknown", SEV_UNKNOWN}, {"ok", SEV_OK},
    {NULL, SEV_NONE},
};

static const struct column link_schema_columns[LK_N] = {
    [LK_SCOPE] = {"scope", CELL_STR, UNIT_NONE, COL_KEY, "site in scope", NULL, NULL},
    [LK_ENDPOINT] = {"endpoint", CELL_STR, UNIT_NONE, 0, "made by hycon", NULL, NULL},
    [LK_SITE] = {"site", CELL_STR, UNIT_NONE, COL_KEY, "site", NULL, NULL},
    [LK_LINK] = {"link", CELL_STR, UNIT_NONE, COL_KEY, "what they go through", NULL, NULL},
    [LK_IS] = {"is", CELL_STATE, UNIT_NONE, 0, "the worst of them", is_words, NULL},
    [LK_COUNT] = {"replications", CELL_INT, UNIT_COUNT, 0, "replications over it", NULL, NULL},
    [LK_LATE] = {"late", CELL_INT, UNIT_COUNT, 0, "that miss their RPO", NULL, NULL},
    [LK_AT_RISK] = {"at_risk", CELL_INT, UNIT_COUNT, 0, "that will miss it", NULL, NULL},
    [LK_OTHER] = {"other", CELL_INT, UNIT_COUNT, 0, "full sync, paused, unknown", NULL, NULL},
    [LK_WORST] = {"latest", CELL_DURATION, UNIT_S, 0, "by how much the latest is late", NULL, NULL},
    [LK_WORST_VM] = {"vm", CELL_STR, UNIT_NONE, 0, "the latest of them", NULL, NULL},
};

static const struct schema link_schema = {
    .name = "replication_links",
    .meaning = "replications counted by what they go through",
    .columns = link_schema_columns,
    .ncolumns = LK_N,
};

struct link {
    const char *site, *name, *vm;
    int64_t n, late, at_risk, other, latest;
    enum severity worst;
};

static void count(struct link *l, const struct row *r)
{
    const char *verdict = look_text(r, REPLICATIONS_VERDICT);
    int64_t late = figure(r, REPLICATIONS_LATE_S);
    enum severity s = severity_of(r);

    l->n++;
    l->worst = s > l->worst ? s : l->worst;
    if (is_late(r))
        l->late++;
    else if (strcmp(verdict, "at_risk") == 0)
        l->at_risk++;
    else if (*verdict && strcmp(verdict, "ok") != 0)
        l->other++;
    if (is_late(r) && late > l->latest) {
        l->latest = late;
        l->vm = look_text(r, REPLICATIONS_VM);
    }
}

/* The name of what a replication goes through; of one that does not say so, where it goes. */
static const char *link_of(const struct row *r)
{
    const char *link = look_text(r, REPLICATIONS_LINK);

    return *link ? link : look_text(r, REPLICATIONS_TARGET_SITE);
}

static struct map *count_links(const struct view_input *in)
{
    struct map *links = map_new();
    struct rows_item row;
    size_t i = 0;

    while (view_walk(in, &table_replications, &i, &row)) {
        const char *site = snapshot_site(row.snapshot), *name = link_of(row.row);
        char *key = view_printf(in, "%s%c%s", site, ROW_KEY_SEPARATOR, name);
        struct link *l = map_get(links, key);
        if (look_is(row.row, REPLICATIONS_KIND, "hcx"))
            continue; /* to migrate, not to recover: it has no RPO to miss */
        if (!l) {
            l = mem_alloc(sizeof(*l));
            *l = (struct link){.site = site, .name = name};
            map_put(links, key, l);
        }
        count(l, row.row);
    }
    return links;
}

static void add_link(struct table_builder *b, const struct link *l)
{
    builder_row(b);
    builder_str(b, LK_SITE, l->site);
    builder_str(b, LK_LINK, *l->name ? l->name : "-");
    if (l->worst > SEV_NONE)
        builder_state(b, LK_IS, severity_name(l->worst));
    builder_int(b, LK_COUNT, l->n);
    builder_int(b, LK_LATE, l->late);
    builder_int(b, LK_AT_RISK, l->at_risk);
    builder_int(b, LK_OTHER, l->other);
    if (l->vm) {
        builder_int(b, LK_WORST, l->latest);
        builder_str(b, LK_WORST_VM, l->vm);
    }
}

static struct snapshot *build_links(const struct view_input *in)
{
    struct table_builder *b =
        builder_new(&link_schema, in->site ? in->site : "", ESTATE_OWN_ENDPOINT, NULL);
    struct map *links = count_links(in);
    const char *key;
    void *value;
    size_t i = 0;

    builder_block(b, 0);
    while (map_at(links, &i, &key, &value))
        add_link(b, value);
    map_free(links, free);
    return builder_finish(b, in->now, FRESH_OK, NULL);
}

static enum severity judge_link(const struct view_input *in, const struct rows_item *row)
{
    (void)in;
    return cell_severity(&link_schema_columns[LK_IS], &row->row->cells[LK_IS]);
}

static int latest_first(const struct rows_item *a, const struct rows_item *b)
{
    int c = (int)judge_link(NULL, b) - (int)judge_link(NULL, a);
    int64_t x = figure(a->row, LK_WORST), y = figure(b->row, LK_WORST);

    return c ? c : x > y ? -1 : x < y;
}

static bool enter_link(const struct view_input *in, const struct rows_item *row,
                       struct view_target *out)
{
    const char *link = look_text(row->row, LK_LINK), *site = look_text(row->row, LK_SITE);
    unsigned col = jump_any(in, &table_replications, site, REPLICATIONS_LINK, link)
                       ? REPLICATIONS_LINK
                       : REPLICATIONS_TARGET_SITE;

    if (strcmp(link, "-") == 0)
        return false;
    jump_rows(in, out, "replication", &table_replications, col, link, link);
    return true;
}

static const struct view_column link_columns[] = {
    {.column = LK_SITE, .min = 5, .max = 12, .weight = 60},
    {.column = LK_LINK, .min = 20, .max = 44, .weight = 100},
    {.column = LK_COUNT, .title = "VMs", .min = 4, .max = 6, .weight = 80},
    {.column = LK_LATE, .min = 4, .max = 6, .weight = 95},
    {.column = LK_AT_RISK, .title = "at risk", .min = 7, .max = 7, .weight = 90},
    {.column = LK_OTHER, .min = 5, .max = 6, .weight = 70},
    {.column = LK_WORST, .title = "latest by", .min = 9, .max = 9, .weight = 85},
    {.column = LK_WORST_VM, .min = 12, .max = 32, .weight = 75},
};

static const struct view_table links = {
    .schema = &link_schema,
    .title = N_("Links"),
    .columns = link_columns,
    .ncolumns = ARRAY_SIZE(link_columns),
    .sort = -1,
    .order = latest_first,
    .build = build_links,
    .judge = judge_link,
    .enter = enter_link,
    .empty = N_("No replication was read."),
    .share = 1,
};

static bool exists(const struct view_input *in)
{
    return look_offered(in, &table_replications);
}

static const struct view_table *const tables[] = {&links, &replications, NULL};
static const struct schema *const focus[] = {&table_replications, NULL};
static const char *const aliases[] = {"repl", "rpo", NULL};

const struct view view_replication = {
    .name = "replication",
    .aliases = aliases,
    .title = N_("Replication"),
    .digit = '0',
    .about = N_("does every replicated VM hold its RPO, and what would hold"),
    .exists = exists,
    .focus = focus,
    .tables = tables,
};
