#include "views/route_tables.h"

#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "model/tables.h"
#include "views/look.h"

static const char *const words[] = {
    [ROUTE_OK] = "ok",           [ROUTE_CONVERGING] = "converging", [ROUTE_STALE] = "stale",
    [ROUTE_MISSING] = "missing", [ROUTE_BLACKHOLE] = "blackhole",   [ROUTE_UNMANAGED] = "unmanaged",
    [ROUTE_NOT_OURS] = "other",
};

/* ---- folding ------------------------------------------------------------------------------------
 */

static enum route_verdict verdict_of(const struct row *r)
{
    for (unsigned v = 0; v < ROUTE_VERDICTS; v++)
        if (look_is(r, ROUTES_VERDICT, words[v]))
            return (enum route_verdict)v;
    return ROUTE_NOT_OURS;
}

static bool has(const char *const *list, size_t n, const char *target)
{
    for (size_t i = 0; i < n; i++)
        if (look_same(list[i], target))
            return true;
    return false;
}

static void add_target(const char **list, size_t *n, const char *target)
{
    if (target && *n < ROUTE_TARGETS_MAX && !has(list, *n, target))
        list[(*n)++] = target;
}

bool route_table_expects(const struct route_table *t, const char *target)
{
    return has(t->expected, t->nexpected, target);
}

static void note_change(const struct view_input *in, struct route_table *t, const struct row *r)
{
    static const unsigned cols[] = {ROUTES_TARGET, ROUTES_VERDICT};

    for (size_t i = 0; i < ARRAY_SIZE(cols); i++) {
        int64_t at = estate_changed_at(in->estate, t->source, r, cols[i]);
        if (at > t->changed_at)
            t->changed_at = at;
    }
}

static void fold(const struct view_input *in, struct route_table *t, const struct row *r)
{
    enum route_verdict v = verdict_of(r);

    t->n++;
    t->counts[v]++;
    if (!t->name)
        t->name = row_str(r, ROUTES_ROUTE_TABLE_NAME);
    if (!t->subnets)
        t->subnets = row_list(r, ROUTES_SUBNETS);
    if (v == ROUTE_NOT_OURS)
        return;
    note_change(in, t, r);
    t->prefix_list = t->prefix_list || look_is(r, ROUTES_MANAGED, "vmc_prefix_list");
    if (v == ROUTE_UNMANAGED)
        return;
    t->judged++;
    if (v > t->worst)
        t->worst = v;
    add_target(t->targets, &t->ntargets, row_str(r, ROUTES_TARGET));
    add_target(t->expected, &t->nexpected, row_str(r, ROUTES_EXPECTED_TARGET));
}

bool route_tables_unjudged(const struct view_input *in, const char *site, struct look_source *why)
{
    static const struct schema *const read[] = {&table_linked_vpcs, &table_segments, &table_sddcs};

    for (size_t i = 0; i < ARRAY_SIZE(read); i++) {
        *why = look_source(in, read[i], site);
        if (why->worst != FRESH_UNSUPPORTED && why->worst != FRESH_OK)
            return true;
    }
    return false;
}

bool route_tables_next(const struct view_input *in, const char *site, struct route_tables_walk *w,
                       struct route_table *out)
{
    size_t n;
    struct snapshot *const *all = estate_table(in->estate, &table_routes, &n);

    for (; w->source < n; w->source++, w->row = 0) {
        const struct snapshot *s = all[w->source];
        if (strcmp(snapshot_site(s), site) != 0 || w->row >= snapshot_count(s))
            continue;
        const struct row *r = snapshot_row(s, w->row);
        *out = (struct route_table){.source = s, .first = w->row, .site = snapshot_site(s)};
        out->id = look_text(r, ROUTES_ROUTE_TABLE);
        out->vpc = row_str(r, ROUTES_VPC);
        (void)row_bool(r, ROUTES_MAIN, &out->main);
        while (w->row < snapshot_count(s) &&
               strcmp(look_text(snapshot_row(s, w->row), ROUTES_ROUTE_TABLE), out->id) == 0)
            fold(in, out, snapshot_row(s, w->row++));
        struct look_source why;
        out->unjudged = !out->judged && route_tables_unjudged(in, site, &why);
        return true;
    }
    return false;
}

/* ---- words --------------------------------------------------------------------------------------
 */

static size_t bad_count(const struct route_table *t)
{
    return t->judged - t->counts[ROUTE_OK];
}

void route_table_say(struct strbuf *out, const struct route_table *t)
{
    static const char *const loud[] = {
        [ROUTE_OK] = "ok",           [ROUTE_CONVERGING] = "converging", [ROUTE_STALE] = "STALE",
        [ROUTE_MISSING] = "MISSING", [ROUTE_BLACKHOLE] = "BLACKHOLE",
    };

    if (!t->judged)
        strbuf_addstr(out, t->unjudged ? "?" : "none");
    else if (!bad_count(t))
        strbuf_addf(out, "ok %zu/%zu", t->judged, t->judged);
    else
        strbuf_addf(out, "%s %zu/%zu", loud[t->worst], bad_count(t), t->judged);
}

enum style route_table_style(const struct view_input *in, const struct route_table *t)
{
    if (view_is_dim(snapshot_freshness(t->source)))
        return STYLE_DIM;
    if (t->changed_at > 0 && in->now - t->changed_at < LOOK_MARK_MS)
        return STYLE_CHANGED;
    if (!t->judged)
        return STYLE_DIM;
    return t->worst == ROUTE_OK           ? STYLE_OK
           : t->worst == ROUTE_CONVERGING ? STYLE_WARNING
                                          : STYLE_CRITICAL;
}

const char *route_table_kind(const struct route_table *t)
{
    return t->main ? "main" : t->prefix_list ? "prefix list" : "custom";
}

const char *route_table_label(const struct route_table *t)
{
    return t->name ? t->name : t->id;
}

/* ---- the table ----------------------------------------------------------------------------------
 */

enum {
    RT_SITE,
    RT_ENDPOINT,
    RT_TABLE,
    RT_NAME,
    RT_KIND,
    RT_VPC,
    RT_SUBNETS,
    RT_VERDICT,
    RT_NETWORKS,
    RT_OK,
    RT_CONVERGING,
    RT_STALE,
    RT_MISSING,
    RT_BLACKHOLE,
    RT_UNMANAGED,
    RT_TARGETS,
    RT_EXPECTED,
    RT_SAY,
    RT_CHANGED_AT,
    RT_READ_AT,
    RT_DATA,
    RT_N
};

static const struct state_word verdict_words[] = {
    {"ok", SEV_OK},
    {"converging", SEV_WARNING},
    {"stale", SEV_CRITICAL},
    {"missing", SEV_CRITICAL},
    {"blackhole", SEV_CRITICAL},
    {"none", SEV_NONE},
    {"unknown", SEV_UNKNOWN},
    {NULL, SEV_NONE},
};

static const struct state_word data_words[] = {
    {"never", SEV_UNKNOWN},    {"ok", SEV_OK},           {"partial", SEV_WARNING},
    {"stale", SEV_WARNING},    {"failed", SEV_CRITICAL}, {"denied", SEV_CRITICAL},
    {"unsupported", SEV_NONE}, {NULL, SEV_NONE},
};

#define COUNT(name, meaning)                               \
    {                                                      \
        name, CELL_INT, UNIT_COUNT, 0, meaning, NULL, NULL \
    }

static const struct column schema_columns[RT_N] = {
    [RT_SITE] = {"site", CELL_STR, UNIT_NONE, COL_KEY, "site", NULL, NULL},
    [RT_ENDPOINT] = {"endpoint", CELL_STR, UNIT_NONE, 0, "endpoint it was read from", NULL, NULL},
    [RT_TABLE] = {"route_table", CELL_STR, UNIT_NONE, COL_KEY, "id of the route table", NULL, NULL},
    [RT_NAME] = {"name", CELL_STR, UNIT_NONE, 0, "its Name tag", NULL, NULL},
    [RT_KIND] = {"kind", CELL_STR, UNIT_NONE, 0, "who keeps it", NULL, NULL},
    [RT_VPC] = {"vpc", CELL_STR, UNIT_NONE, 0, "its VPC", NULL, NULL},
    [RT_SUBNETS] = {"subnets", CELL_LIST, UNIT_NONE, 0, "subnets that use it", NULL, NULL},
    [RT_VERDICT] = {"verdict", CELL_STATE, UNIT_NONE, 0, "worst verdict of its SDDC routes",
                    verdict_words, NULL},
    [RT_NETWORKS] = COUNT("networks", "networks of the SDDC that it holds or should hold"),
    [RT_OK] = COUNT("ok", "that lead to the active ENI"),
    [RT_CONVERGING] = COUNT("converging", "that may still follow"),
    [RT_STALE] = COUNT("stale", "that lead to another ENI"),
    [RT_MISSING] = COUNT("missing", "that should be there and are not"),
    [RT_BLACKHOLE] = COUNT("blackhole", "whose target is gone"),
    [RT_UNMANAGED] = COUNT("unmanaged", "that no segment stands for"),
    [RT_TARGETS] = {"targets", CELL_LIST, UNIT_NONE, 0, "where its SDDC routes lead", NULL, NULL},
    [RT_EXPECTED] = {"expected", CELL_LIST, UNIT_NONE, 0, "where they should lead", NULL, NULL},
    [RT_SAY] = {"state", CELL_STR, UNIT_NONE, 0, "how many do not lead where they should", NULL,
                NULL},
    [RT_CHANGED_AT] = {"changed_at", CELL_TIME, UNIT_NONE, 0, "a target or verdict changed", NULL,
                       NULL},
    [RT_READ_AT] = {"read_at", CELL_TIME, UNIT_NONE, 0, "when it was read", NULL, NULL},
    [RT_DATA] = {"data", CELL_STATE, UNIT_NONE, 0, "state of its source", data_words, NULL},
};

static const struct schema schema = {
    .name = "route_tables",
    .meaning = "route tables, and how far each has followed the active ENI",
    .columns = schema_columns,
    .ncolumns = RT_N,
};

static void add_row(const struct view_input *in, struct table_builder *b,
                    const struct route_table *t)
{
    struct strbuf say = STRBUF_INIT;

    (void)in;
    builder_row(b);
    builder_str(b, RT_SITE, t->site);
    builder_str(b, RT_ENDPOINT, snapshot_endpoint(t->source));
    builder_str(b, RT_TABLE, t->id);
    builder_str(b, RT_NAME, t->name);
    builder_str(b, RT_KIND, route_table_kind(t));
    builder_str(b, RT_VPC, t->vpc);
    if (t->subnets)
        builder_list(b, RT_SUBNETS, t->subnets->items, t->subnets->n);
    builder_state(b, RT_VERDICT, t->judged ? words[t->worst] : t->unjudged ? "unknown" : "none");
    builder_int(b, RT_NETWORKS, (int64_t)t->judged);
    for (unsigned v = ROUTE_OK; v <= ROUTE_UNMANAGED; v++)
        builder_int(b, RT_OK + v, (int64_t)t->counts[v]);
    if (t->ntargets)
        builder_list(b, RT_TARGETS, t->targets, t->ntargets);
    if (t->nexpected)
        builder_list(b, RT_EXPECTED, t->expected, t->nexpected);
    route_table_say(&say, t);
    builder_str(b, RT_SAY, say.buf);
    strbuf_release(&say);
    if (t->changed_at > 0)
        builder_int(b, RT_CHANGED_AT, t->changed_at);
    if (snapshot_taken_at(t->source) > 0)
        builder_int(b, RT_READ_AT, snapshot_taken_at(t->source));
    builder_state(b, RT_DATA, freshness_name(snapshot_freshness(t->source)));
}

/* One snapshot over all sites in scope: its site is the scope, the rows' site is a column. */
static struct snapshot *build(const struct view_input *in)
{
    struct table_builder *b =
        builder_new(&schema, in->site ? in->site : "", ESTATE_OWN_ENDPOINT, NULL);
    const char *site;
    size_t i = 0;

    builder_block(b, 0);
    while ((site = look_site_next(in, &i))) {
        struct route_tables_walk w = {0, 0};
        struct route_table t;
        while (route_tables_next(in, site, &w, &t))
            add_row(in, b, &t);
    }
    return builder_finish(b, in->now, FRESH_OK, NULL);
}

/* ---- looks --------------------------------------------------------------------------------------
 */

static bool is_dim(const struct rows_item *row)
{
    const char *word = row_str(row->row, RT_DATA);

    return word && strcmp(word, "ok") != 0 && strcmp(word, "partial") != 0;
}

static enum style plain(const struct view_input *in, const struct rows_item *row, const char *arg)
{
    (void)in;
    (void)arg;
    return is_dim(row) || look_is(row->row, RT_VERDICT, "none") ? STYLE_DIM : STYLE_NORMAL;
}

static enum style verdict_style(const struct view_input *in, const struct rows_item *row,
                                const char *arg)
{
    int64_t at = 0;

    (void)arg;
    if (is_dim(row))
        return STYLE_DIM;
    if (row_int(row->row, RT_CHANGED_AT, &at) && in->now - at < LOOK_MARK_MS)
        return STYLE_CHANGED;
    return view_severity_style(
        cell_severity(&schema_columns[RT_VERDICT], &row->row->cells[RT_VERDICT]));
}

static enum severity severity_of(const struct rows_item *row)
{
    return cell_severity(&schema_columns[RT_VERDICT], &row->row->cells[RT_VERDICT]);
}

static enum severity judge(const struct view_input *in, const struct rows_item *row)
{
    (void)in;
    return is_dim(row) ? SEV_UNKNOWN : severity_of(row);
}

static void format_subnets(struct strbuf *out, const struct view_input *in,
                           const struct rows_item *row, const char *arg)
{
    const struct cell_list *l = row_list(row->row, RT_SUBNETS);

    (void)in;
    (void)arg;
    if (l)
        strbuf_addi(out, (int64_t)l->n);
    else
        strbuf_addch(out, '-');
}

/* One id is whole; of several the ends are shown: cut in the middle they would read as one. */
static void put_ids(struct strbuf *out, const struct view_input *in, const struct cell_list *l)
{
    if (!l || !l->n)
        strbuf_addch(out, '-');
    else if (l->n == 1)
        strbuf_addstr(out, l->items[0]);
    for (size_t i = 0; l && l->n > 1 && i < l->n; i++) {
        strbuf_addstr(out, i ? " " : "");
        look_short_ids(out, in, l->items[i]);
    }
}

static void format_targets(struct strbuf *out, const struct view_input *in,
                           const struct rows_item *row, const char *arg)
{
    (void)arg;
    put_ids(out, in, row_list(row->row, RT_TARGETS));
}

static void format_expected(struct strbuf *out, const struct view_input *in,
                            const struct rows_item *row, const char *arg)
{
    (void)arg;
    put_ids(out, in, row_list(row->row, RT_EXPECTED));
}

static void format_data(struct strbuf *out, const struct view_input *in,
                        const struct rows_item *row, const char *arg)
{
    int64_t at = 0;

    (void)arg;
    (void)row_int(row->row, RT_READ_AT, &at);
    for (int f = FRESH_NEVER; f <= FRESH_UNSUPPORTED; f++)
        if (look_is(row->row, RT_DATA, freshness_name((enum freshness)f)))
            look_data(out, in, (enum freshness)f, at);
}

static enum style data_style(const struct view_input *in, const struct rows_item *row,
                             const char *arg)
{
    (void)in;
    (void)arg;
    return is_dim(row) ? STYLE_WARNING : STYLE_NORMAL;
}

static int worst_first(const struct rows_item *a, const struct rows_item *b)
{
    int c = (int)severity_of(b) - (int)severity_of(a);
    bool main_a = look_is(a->row, RT_KIND, "main"), main_b = look_is(b->row, RT_KIND, "main");

    if (!c)
        c = (int)main_b - (int)main_a;
    return c;
}

/* ---- where it leads -----------------------------------------------------------------------------
 */

static bool enter(const struct view_input *in, const struct rows_item *row, struct view_target *out)
{
    const char *id = look_text(row->row, RT_TABLE);

    *out = (struct view_target){.view = "routes"};
    out->filter = view_printf(in, "route_table = %s and verdict != other", id);
    out->label = view_printf(in, _("routes of %s"), id);
    return true;
}

void route_tables_target(const struct view_input *in, const char *site, const char *id,
                         struct view_target *out)
{
    *out = (struct view_target){.view = "eni", .table = schema.name};
    out->label = view_printf(in, _("route table %s"), id);
    out->site = in->site ? in->site : "";
    out->endpoint = ESTATE_OWN_ENDPOINT;
    out->key = view_printf(in, "%s%c%s", site, ROW_KEY_SEPARATOR, id);
}

static size_t related(const struct view_input *in, const struct rows_item *row,
                      struct view_target *out)
{
    const struct cell_list *l = row_list(row->row, RT_TARGETS);
    const char *site = look_text(row->row, RT_SITE);
    struct rows_item eni;
    size_t n = 0;

    (void)enter(in, row, &out[n++]);
    for (size_t i = 0; l && i < l->n; i++) {
        if (!look_find(in, &table_enis, site, ENIS_ENI, l->items[i], &eni))
            continue;
        out[n] = (struct view_target){.view = "eni", .table = table_enis.name};
        out[n].label =
            view_printf(in, _("ENI %s (%s)"), l->items[i], look_text(eni.row, ENIS_ROLE));
        out[n].site = snapshot_site(eni.snapshot);
        out[n].endpoint = snapshot_endpoint(eni.snapshot);
        out[n++].key = eni.row->key;
    }
    return n;
}

static const struct view_column columns[] = {
    {.column = RT_SITE, .min = 5, .max = 12, .weight = 60, .style = plain},
    {.column = RT_SAY, .min = 12, .max = 15, .weight = 100, .style = verdict_style},
    {.column = RT_NAME, .min = 8, .max = 24, .weight = 95, .style = plain},
    {.column = RT_KIND, .min = 11, .max = 11, .weight = 85, .style = plain},
    {.column = RT_TABLE, .min = 12, .max = 22, .weight = 45, .style = plain, .flags = VIEW_ID},
    {.column = RT_SUBNETS,
     .min = 7,
     .max = 7,
     .weight = 50,
     .flags = VIEW_RIGHT,
     .format = format_subnets,
     .style = plain},
    {.column = RT_TARGETS,
     .title = "leads to",
     .min = 21,
     .max = 44,
     .weight = 88,
     .format = format_targets,
     .style = plain,
     .flags = VIEW_ID},
    {.column = RT_EXPECTED,
     .min = 12,
     .max = 23,
     .weight = 40,
     .format = format_expected,
     .style = plain,
     .flags = VIEW_ID},
    {.column = RT_UNMANAGED, .title = "unmanaged", .weight = 20, .style = plain},
    {.column = RT_READ_AT,
     .title = "data",
     .min = 4,
     .max = 12,
     .weight = 90,
     .flags = VIEW_RIGHT,
     .format = format_data,
     .style = data_style},
};

const struct view_table view_table_route_tables = {
    .schema = &schema,
    .title = N_("Route tables"),
    .columns = columns,
    .ncolumns = ARRAY_SIZE(columns),
    .sort = -1,
    .order = worst_first,
    .build = build,
    .judge = judge,
    .enter = enter,
    .related = related,
    .empty = N_("No route table was read."),
    .share = 2,
};
