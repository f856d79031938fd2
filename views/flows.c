/*
 * Flows: the live connections that hosts see, the largest first, with what they moved since the
 * reading before. The head says who moves most, and plainly when there is nothing to be had: Flow
 * Monitoring off, or counters in a form that is not known. The line as printed is in the details.
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
#include "views/firewall_parts.h"
#include "views/heavy.h"
#include "views/jump.h"
#include "views/look.h"
#include "views/lost_flows.h"

#define TALKERS_MAX 3
#define ENDED_MAX   1000

/* ---- rows ---------------------------------------------------------------------------------------
 */

/* -1: the counters are not known. */
static double moved(const struct row *r)
{
    double a = 0, b = 0;
    bool any = bar_number(r, FLOWS_BYTES_1, &a);

    any = bar_number(r, FLOWS_BYTES_2, &b) || any;
    return any ? a + b : -1;
}

static double moved_by(const struct rows_item *row)
{
    return moved(row->row);
}

static const struct rows_level largest_first[] = {{.number = moved_by, .reverse = true}};

/* Half a million rows are walked for one head: where the walk is, is kept. */
struct walk {
    struct snapshot *const *all;
    size_t n, at, row;
};

static struct walk walk_flows(const struct view_input *in)
{
    struct walk w = {0};

    w.all = estate_table(in->estate, &table_flows, &w.n);
    return w;
}

static const struct row *next_flow(const struct view_input *in, struct walk *w)
{
    for (; w->at < w->n; w->at++, w->row = 0) {
        const struct rows_item probe = {NULL, w->all[w->at]};

        if (w->row < snapshot_count(probe.snapshot) && (w->row || view_in_scope(in, &probe)))
            return snapshot_row(probe.snapshot, w->row++);
    }
    return NULL;
}

/* A reading before that does not have it makes it new; without one nothing can be said. */
static bool is_new(const struct view_input *in, const struct rows_item *row)
{
    const struct snapshot *before = estate_previous_snapshot(in->estate, row->snapshot);

    return before && !snapshot_find(before, row->row->key);
}

static void format_mark(struct strbuf *out, const struct view_input *in,
                        const struct rows_item *row, const char *arg)
{
    (void)arg;
    strbuf_addstr(out, is_new(in, row) ? "new" : "");
}

static enum style mark_style(const struct view_input *in, const struct rows_item *row,
                             const char *arg)
{
    (void)in;
    (void)row;
    (void)arg;
    return STYLE_CHANGED;
}

static void format_source(struct strbuf *out, const struct view_input *in,
                          const struct rows_item *row, const char *arg)
{
    (void)arg;
    look_add_end(out, in, &table_flows, row->row, FLOWS_SOURCE_IP, FLOWS_SOURCE_PORT);
}

static void format_destination(struct strbuf *out, const struct view_input *in,
                               const struct rows_item *row, const char *arg)
{
    (void)arg;
    look_add_end(out, in, &table_flows, row->row, FLOWS_DESTINATION_IP, FLOWS_DESTINATION_PORT);
}

/* Which counter is which direction is not known, so they are added. */
static void format_moved(struct strbuf *out, const struct view_input *in,
                         const struct rows_item *row, const char *arg)
{
    double bytes = moved(row->row);

    (void)in;
    (void)arg;
    if (bytes < 0)
        strbuf_addch(out, '?');
    else
        fmt_bytes(out, (int64_t)bytes);
}

static void format_rate(struct strbuf *out, const struct view_input *in,
                        const struct rows_item *row, const char *arg)
{
    double a = 0, b = 0;
    bool any = firewall_rate(in, row, FLOWS_BYTES_1, &a);

    (void)arg;
    any = firewall_rate(in, row, FLOWS_BYTES_2, &b) || any;
    if (!any) {
        strbuf_addch(out, '-');
        return;
    }
    fmt_bytes(out, (int64_t)(a + b + 0.5));
    strbuf_addstr(out, "/s");
}

/* ---- where it leads -----------------------------------------------------------------------------
 */

static bool enter(const struct view_input *in, const struct rows_item *row, struct view_target *out)
{
    const char *site = snapshot_site(row->snapshot);

    return firewall_jump_host_rules(in, out, site, row->row, FLOWS_RULE_ID) ||
           firewall_jump_rule(in, out, site, row->row, FLOWS_RULE_ID);
}

/* What to look at of the flows: those of this row's machine, host or rule, and no others. */
static size_t pick(const struct view_input *in, const struct row *r, struct view_target *out)
{
    const char *vm = row_str(r, FLOWS_VM), *host = row_str(r, FLOWS_HOST);
    size_t n = 0;
    int64_t id;

    if (vm)
        jump_rows(in, &out[n++], "flows", &table_flows, FLOWS_VM, vm,
                  view_printf(in, _("flows of VM %s alone"), vm));
    if (host)
        jump_rows(in, &out[n++], "flows", &table_flows, FLOWS_HOST, host,
                  view_printf(in, _("flows on host %s alone"), host));
    if (row_int(r, FLOWS_RULE_ID, &id)) {
        out[n] = (struct view_target){.view = "flows", .table = table_flows.name};
        out[n].filter = view_printf(in, "rule_id = %lld", (long long)id);
        out[n++].label = view_printf(in, _("flows of rule %lld alone"), (long long)id);
    }
    return n;
}

static size_t related(const struct view_input *in, const struct rows_item *row,
                      struct view_target *out)
{
    const char *site = snapshot_site(row->snapshot), *vm = row_str(row->row, FLOWS_VM);
    const char *host = row_str(row->row, FLOWS_HOST), *filter = row_str(row->row, FLOWS_FILTER);
    size_t n = firewall_jump_host_rules(in, out, site, row->row, FLOWS_RULE_ID);

    n += firewall_jump_rule(in, &out[n], site, row->row, FLOWS_RULE_ID);
    n += pick(in, row->row, &out[n]);
    n += jump_find(in, &out[n], "filters", &table_filters, site, FILTERS_FILTER, filter,
                   view_printf(in, _("filter %s"), filter ? filter : ""));
    n += jump_find(in, &out[n], "vms", &table_vms, site, VMS_VM, vm,
                   view_printf(in, _("VM %s"), vm ? vm : ""));
    n += jump_find(in, &out[n], "hosts", &table_hosts, site, HOSTS_HOST, host,
                   view_printf(in, _("host %s"), host ? host : ""));
    return n;
}

static void ends(const struct view_input *in, const struct rows_item *row, const char **source,
                 const char **destination)
{
    const char *protocol = row_str(row->row, FLOWS_PROTOCOL);

    *source = look_end(in, &table_flows, row->row, FLOWS_SOURCE_IP, FLOWS_SOURCE_PORT);
    *destination =
        look_end(in, &table_flows, row->row, FLOWS_DESTINATION_IP, FLOWS_DESTINATION_PORT);
    if (protocol && row_present(row->row, FLOWS_DESTINATION_PORT))
        *destination = view_printf(in, "%s/%s", *destination, protocol);
}

static void details(struct strbuf *out, const struct view_input *in, const struct rows_item *row)
{
    if (moved(row->row) < 0)
        strbuf_addstr(out, _("the counters of this line are in a form that is not known\n"));
    else
        strbuf_addstr(out, _("bytes are those of both counters; which of them is which direction "
                             "is not known\n"));
    strbuf_addf(out, "%s\n", look_cell(in, &table_flows, row->row, FLOWS_RAW));
}

#define COLUMN_VM                                              \
    {                                                          \
        .column = FLOWS_VM, .min = 10, .max = 32, .weight = 92 \
    }
#define COLUMN_PROTOCOL                                                              \
    {                                                                                \
        .column = FLOWS_PROTOCOL, .title = "proto", .min = 5, .max = 6, .weight = 85 \
    }
#define COLUMN_SOURCE                                                                      \
    {                                                                                      \
        .column = FLOWS_SOURCE_IP, .title = "source", .min = 16, .max = 46, .weight = 100, \
        .format = format_source                                                            \
    }
#define COLUMN_DESTINATION                                                            \
    {                                                                                 \
        .column = FLOWS_DESTINATION_IP, .title = "destination", .min = 16, .max = 46, \
        .weight = 99, .format = format_destination                                    \
    }
#define COLUMN_RULE                                                                 \
    {                                                                               \
        .column = FLOWS_RULE_ID, .title = "rule", .min = 5, .max = 12, .weight = 90 \
    }
#define COLUMN_TCP                                                                   \
    {                                                                                \
        .column = FLOWS_TCP_STATE, .title = "tcp", .min = 4, .max = 14, .weight = 70 \
    }
#define COLUMN_BYTES                                                                  \
    {                                                                                 \
        .column = FLOWS_BYTES_1, .title = "bytes", .min = 9, .max = 10, .weight = 80, \
        .flags = VIEW_RIGHT, .format = format_moved                                   \
    }

static const struct view_column columns[] = {
    {.column = FLOWS_SITE, .min = 5, .max = 12, .weight = 40},
    COLUMN_VM,
    COLUMN_PROTOCOL,
    {.column = FLOWS_DIRECTION, .title = "dir", .min = 3, .max = 4, .weight = 75},
    COLUMN_SOURCE,
    COLUMN_DESTINATION,
    COLUMN_RULE,
    COLUMN_TCP,
    COLUMN_BYTES,
    {.column = -1,
     .title = "rate",
     .min = 9,
     .max = 12,
     .weight = 82,
     .flags = VIEW_RIGHT,
     .format = format_rate},
    {.column = -1,
     .title = "",
     .min = 3,
     .max = 3,
     .weight = 93,
     .format = format_mark,
     .style = mark_style},
    {.column = FLOWS_HOST, .min = 10, .max = 28, .weight = 50},
    {.column = FLOWS_FLOW_CLASS, .max = 14, .flags = VIEW_WIDE},
    {.column = FLOWS_FILTER, .max = 52, .flags = VIEW_WIDE},
    {.column = FLOWS_RAW, .max = 120, .flags = VIEW_WIDE},
};

/* What both tables do with a row of flows. */
#define TABLE_OF_FLOWS                                           \
    .schema = &table_flows, .sort = -1, .levels = largest_first, \
    .nlevels = ARRAY_SIZE(largest_first), .details = details

static const struct view_table flows = {
    TABLE_OF_FLOWS,
    .title = N_("Live flows, the largest first"),
    .columns = columns,
    .ncolumns = ARRAY_SIZE(columns),
    .enter = enter,
    .related = related,
    .look = heavy_flows,
    .ends = ends,
    .empty = N_("The hosts list no flow: nothing passes, or Flow Monitoring is off."),
    .share = 3,
};

/* ---- what has ended -----------------------------------------------------------------------------
 */

/* The same connection on another host is the same connection: a vMotion moves it, and what did not
 * move with it has ended. */
static const char *connection_of(const struct view_input *in, const struct row *r)
{
    struct strbuf text = STRBUF_INIT;
    const char *copy;

    strbuf_addf(&text, "%s %s ", look_text(r, FLOWS_VM), look_text(r, FLOWS_PROTOCOL));
    look_add_end(&text, in, &table_flows, r, FLOWS_SOURCE_IP, FLOWS_SOURCE_PORT);
    strbuf_addch(&text, ' ');
    look_add_end(&text, in, &table_flows, r, FLOWS_DESTINATION_IP, FLOWS_DESTINATION_PORT);
    copy = view_printf(in, "%s", text.buf);
    strbuf_release(&text);
    return copy;
}

/* Rows that did not change are the same ones in both readings. */
static int compare_keys(const struct row *a, const struct row *b)
{
    return a == b ? 0 : strcmp(a->key, b->key);
}

/* Rows of the reading before whose key is gone, ENDED_MAX at most; *more counts the others. Both
 * readings are in the order of keys. */
static size_t gone_from(const struct view_input *in, const struct snapshot *now,
                        struct rows_item *out, size_t n, size_t *more)
{
    const struct snapshot *before = estate_previous_snapshot(in->estate, now);
    size_t k = 0, count = snapshot_count(now);

    /* What was not read now has not ended. */
    if (!before || view_is_dim(snapshot_freshness(now)) || snapshot_freshness(now) == FRESH_PARTIAL)
        return n;
    for (size_t i = 0; i < snapshot_count(before); i++) {
        const struct row *r = snapshot_row(before, i);
        int c = 1;

        while (k < count && (c = compare_keys(snapshot_row(now, k), r)) < 0)
            k++;
        if (k < count && c == 0)
            continue;
        if (n < ENDED_MAX)
            out[n++] = (struct rows_item){r, now};
        else
            (*more)++;
    }
    return n;
}

/* A connection is looked up by its text when its ports are those of one that is gone: making the
 * text of every flow would take a second. */
#define PORTS 65536

static unsigned ports_of(const struct row *r)
{
    int64_t source = 0, destination = 0;

    (void)row_int(r, FLOWS_SOURCE_PORT, &source);
    (void)row_int(r, FLOWS_DESTINATION_PORT, &destination);
    return (unsigned)((uint64_t)source * 31 + (uint64_t)destination) % PORTS;
}

/* Connections of @gone that no flow has now. */
static struct map *connections_gone(const struct view_input *in, const struct rows_item *gone,
                                    size_t n)
{
    bool *ports = mem_array(PORTS, sizeof(*ports));
    struct walk w = walk_flows(in);
    struct map *m = map_new();
    const struct row *r;

    for (size_t i = 0; i < n; i++) {
        map_put(m, connection_of(in, gone[i].row), (void *)(uintptr_t)gone[i].row);
        ports[ports_of(gone[i].row)] = true;
    }
    while ((r = next_flow(in, &w))) {
        if (ports[ports_of(r)])
            map_remove(m, connection_of(in, r));
    }
    free(ports);
    return m;
}

static void add_ended(struct table_builder *b, const struct view_input *in,
                      const struct rows_item *gone, size_t n)
{
    struct map *ended = n ? connections_gone(in, gone, n) : NULL;

    for (size_t i = 0; i < n; i++) {
        if (!map_has(ended, connection_of(in, gone[i].row)))
            continue;
        builder_row(b);
        for (unsigned c = SCHEMA_ENDPOINT + 1; c < table_flows.ncolumns; c++)
            builder_cell(b, c, &gone[i].row->cells[c]);
    }
    map_free(ended, NULL);
}

static struct snapshot *build_ended(const struct view_input *in)
{
    struct table_builder *b =
        builder_new(&table_flows, in->site ? in->site : "", ESTATE_OWN_ENDPOINT, NULL);
    struct rows_item *gone = mem_array(ENDED_MAX, sizeof(*gone));
    size_t n = 0, nsnapshots, more = 0;
    struct snapshot *const *all = estate_table(in->estate, &table_flows, &nsnapshots);

    builder_block(b, 0);
    for (size_t i = 0; i < nsnapshots; i++) {
        const struct rows_item probe = {NULL, all[i]};
        if (view_in_scope(in, &probe))
            n = gone_from(in, all[i], gone, n, &more);
    }
    add_ended(b, in, gone, n);
    if (more)
        builder_note(b, "%zu more", more);
    free(gone);
    return builder_finish(b, in->now, FRESH_OK, NULL);
}

static const struct view_column ended_columns[] = {
    COLUMN_VM,     COLUMN_PROTOCOL,
    COLUMN_SOURCE, COLUMN_DESTINATION,
    COLUMN_RULE,   COLUMN_TCP,
    COLUMN_BYTES,  {.column = FLOWS_HOST, .min = 10, .max = 28, .weight = 88},
};

static const struct view_table ended = {
    TABLE_OF_FLOWS,
    .title = N_("Ended between the last two readings"),
    .columns = ended_columns,
    .ncolumns = ARRAY_SIZE(ended_columns),
    .build = build_ended,
    .empty = N_("No flow has ended, or there is no reading before to compare with."),
    .share = 1,
};

/* ---- the head -----------------------------------------------------------------------------------
 */

struct talker {
    const char *name;
    double bytes;
    size_t flows;
};

static struct talker *talker_of(struct map *talkers, const char *name)
{
    struct talker *t = map_get(talkers, name);

    if (!t) {
        t = mem_alloc(sizeof(*t));
        t->name = name;
        map_put(talkers, name, t);
    }
    return t;
}

/* Flows of one VM stand together and share its name. */
static struct map *count_talkers(const struct view_input *in)
{
    struct map *talkers = map_new();
    struct walk w = walk_flows(in);
    struct talker *t = NULL;
    const struct row *r;

    while ((r = next_flow(in, &w))) {
        const char *vm = look_text(r, FLOWS_VM), *name = *vm ? vm : look_text(r, FLOWS_FILTER);
        double bytes = moved(r);

        if (!t || t->name != name)
            t = talker_of(talkers, name);
        t->name = name;
        t->bytes += bytes > 0 ? bytes : 0;
        t->flows++;
    }
    return talkers;
}

static int most_first(const void *a, const void *b)
{
    const struct talker *x = *(struct talker *const *)a, *y = *(struct talker *const *)b;

    if (x->bytes != y->bytes)
        return x->bytes > y->bytes ? -1 : 1;
    return x->flows != y->flows ? (x->flows > y->flows ? -1 : 1) : strcmp(x->name, y->name);
}

/* The top of the VMs by what their flows have moved, in @out. Returns how many VMs there are. */
static size_t top_talkers(struct map *talkers, struct talker **out)
{
    size_t n = map_count(talkers), i = 0, k = 0;
    struct talker **all = mem_array(n ? n : 1, sizeof(struct talker *));
    const char *key;
    void *value;

    while (map_at(talkers, &i, &key, &value))
        all[k++] = value;
    qsort(all, n, sizeof(struct talker *), most_first);
    memcpy(out, all, (n < TALKERS_MAX ? n : TALKERS_MAX) * sizeof(struct talker *));
    free(all);
    return n;
}

/* An empty list is one thing, one that nobody has read another. */
static const char *nothing_listed(const struct view_input *in)
{
    size_t n;
    struct snapshot *const *all = estate_table(in->estate, &table_flows, &n);

    for (size_t i = 0; i < n; i++) {
        const struct rows_item probe = {NULL, all[i]};
        if (view_in_scope(in, &probe) && snapshot_freshness(all[i]) == FRESH_NEVER)
            return _("flows were not read yet");
    }
    return _("no flow is listed");
}

static void put_talkers(const struct view_input *in, struct canvas *c, struct rect r)
{
    struct look_pen pen = {c, r.x + 1, r.y, r.x + r.w};
    struct map *talkers = count_talkers(in);
    struct talker *top[TALKERS_MAX];
    size_t n;

    n = top_talkers(talkers, top);
    look_put(&pen, STYLE_STRONG, "%s", n ? _("most moved: ") : nothing_listed(in));
    for (size_t k = 0; k < n && k < TALKERS_MAX; k++) {
        struct strbuf bytes = STRBUF_INIT;
        fmt_bytes(&bytes, (int64_t)top[k]->bytes);
        look_put(&pen, STYLE_NORMAL, _("%s%s %s in %zu flows"), k ? ", " : "", top[k]->name,
                 bytes.buf, top[k]->flows);
        strbuf_release(&bytes);
    }
    map_free(talkers, free);
}

/* What a host said about its flows besides the rows; NULL at the end. */
static const char *next_note(const struct view_input *in, size_t *i, const char **endpoint)
{
    size_t n;
    struct snapshot *const *all = estate_table(in->estate, &table_flows, &n);

    while (*i < n) {
        const struct snapshot *s = all[(*i)++];
        const struct rows_item probe = {NULL, s};
        *endpoint = snapshot_endpoint(s);
        if (view_in_scope(in, &probe) && *snapshot_note(s))
            return snapshot_note(s);
    }
    return NULL;
}

static int head_height(const struct view_input *in, int w, int h)
{
    const char *endpoint;
    struct rows_item lost;
    size_t i = 0, n;

    (void)w;
    (void)h;
    return 1 + (next_note(in, &i, &endpoint) != NULL) + lost_flows_last(in, &lost, &n);
}

static void put_lost(const struct view_input *in, struct canvas *c, struct rect r,
                     const struct rows_item *lost, size_t n)
{
    struct strbuf ago = STRBUF_INIT;
    int64_t at = 0;

    (void)row_int(lost->row, LOST_FLOWS_MOVED_AT, &at);
    view_ago(&ago, in, at);
    canvas_fit(c, r.x, r.y, r.w, STYLE_WARNING,
               view_printf(in,
                           Q_(n, "%zu flow of %s did not survive its vMotion %s: :lost_flows",
                              "%zu flows of %s did not survive its vMotion %s: :lost_flows"),
                           n, look_text(lost->row, LOST_FLOWS_VM), ago.buf),
               false);
    strbuf_release(&ago);
}

static void head(const struct view_input *in, struct canvas *c, struct rect r)
{
    const char *endpoint = "", *note;
    struct rows_item lost;
    size_t i = 0, n;

    put_talkers(in, c, r);
    r = (struct rect){r.x + 1, r.y + 1, r.w - 1, r.h - 1};
    if (r.h > 0 && lost_flows_last(in, &lost, &n)) {
        put_lost(in, c, r, &lost, n);
        r.y++;
        r.h--;
    }
    note = next_note(in, &i, &endpoint);
    if (note && r.h > 0)
        canvas_fit(c, r.x, r.y, r.w, STYLE_WARNING, view_printf(in, "%s: %s", endpoint, note),
                   false);
}

static bool exists(const struct view_input *in)
{
    return look_offered(in, &table_flows);
}

static const struct view_table *const tables[] = {&flows, &ended, NULL};
static const struct schema *const focus[] = {&table_flows, &table_filters, NULL};

const struct view view_flows = {
    .name = "flows",
    .title = N_("Flows"),
    .digit = '6',
    .about = N_("live connections on hosts: how much they move, by which rule, what has ended"),
    .exists = exists,
    .focus = focus,
    .head_height = head_height,
    .head = head,
    .tables = tables,
};
