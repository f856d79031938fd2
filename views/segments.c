/*
 * Segments: a matrix of segment and route table. A cell says what the table does with the segment's
 * network: ok, converging, stale, MISSING, blackhole as the route was judged; "none": the table has
 * no route to it, and nobody said it must; "?": the table was not read.
 */
#include "views/views.h"

#include <string.h>

#include "core/i18n.h"
#include "core/ip.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "model/tables.h"
#include "views/look.h"
#include "views/route_tables.h"

/* ---- one route table ----------------------------------------------------------------------------
 *
 * A column is a route table of every site: the main ones, and those of one name. Its arg has a line
 * "SITE ID" for each. Rows of routes are sorted by table and destination, so a cell is one search
 * in an index; only what has no route of its own is looked for in larger blocks and prefix lists,
 * table row by table row.
 */

struct cell_route {
    const struct snapshot *source; /* NULL: the column has no table of this segment's site */
    const struct row *row;         /* NULL: none */
};

/* The id of the column's table in @site, or NULL. */
static const char *id_of(const struct view_input *in, const char *arg, const char *site)
{
    size_t n = strlen(site);

    for (const char *line = arg; line && *line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, site, n) == 0 && line[n] == ' ')
            return view_printf(in, "%.*s", (int)strcspn(line + n + 1, "\n"), line + n + 1);
    }
    return NULL;
}

/* The first row of @s whose key is not below @key. */
static size_t lower_bound(const struct snapshot *s, const char *key)
{
    size_t low = 0, high = snapshot_count(s);

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (strcmp(snapshot_row(s, mid)->key, key) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static const struct snapshot *source_of(const struct view_input *in, const char *site,
                                        const char *id, size_t *first)
{
    size_t n;
    struct snapshot *const *all = estate_table(in->estate, &table_routes, &n);
    const char *key = view_printf(in, "%s%c", id, ROW_KEY_SEPARATOR);

    for (size_t i = 0; i < n; i++) {
        if (strcmp(snapshot_site(all[i]), site) != 0)
            continue;
        *first = lower_bound(all[i], key);
        if (*first < snapshot_count(all[i]) &&
            strcmp(look_text(snapshot_row(all[i], *first), ROUTES_ROUTE_TABLE), id) == 0)
            return all[i];
    }
    return NULL;
}

/* Does a prefix list of this site have an entry that covers @net? */
static bool list_covers(const struct view_input *in, const char *site, const char *list,
                        const struct ip *net)
{
    struct rows_item row;
    const struct cell_list *l;
    struct ip entry;

    if (!look_find(in, &table_prefix_lists, site, PREFIX_LISTS_PREFIX_LIST, list, &row))
        return false;
    l = row_list(row.row, PREFIX_LISTS_ENTRIES);
    for (size_t i = 0; l && i < l->n; i++)
        if (ip_parse(l->items[i], &entry) == 0 && ip_contains(&entry, net))
            return true;
    return false;
}

static bool covers(const struct view_input *in, const char *site, const struct row *route,
                   const struct ip *net)
{
    const struct ip *dest = row_ip(route, ROUTES_DESTINATION);
    const char *list = row_str(route, ROUTES_PREFIX_LIST);

    if (look_is(route, ROUTES_VERDICT, "other"))
        return false;
    if (dest)
        return ip_contains(dest, net);
    return list_covers(in, site, list ? list : look_text(route, ROUTES_DESTINATION), net);
}

static const struct row *find_route(const struct view_input *in, const struct snapshot *s,
                                    size_t first, const char *id, const struct ip *net)
{
    char text[IP_TEXT_MAX];
    const struct row *exact;

    ip_format_cidr(net, text);
    exact = snapshot_find(s, view_printf(in, "%s%c%s", id, ROW_KEY_SEPARATOR, text));
    if (exact)
        return exact;
    for (size_t i = first; i < snapshot_count(s); i++) {
        const struct row *r = snapshot_row(s, i);
        if (strcmp(look_text(r, ROUTES_ROUTE_TABLE), id) != 0)
            break;
        if (covers(in, snapshot_site(s), r, net))
            return r;
    }
    return NULL;
}

static struct cell_route route_for(const struct view_input *in, const struct rows_item *segment,
                                   const char *arg)
{
    const struct ip *cidr = row_ip(segment->row, SEGMENTS_CIDR);
    const char *site = snapshot_site(segment->snapshot);
    const char *id = id_of(in, arg, site);
    struct cell_route out = {NULL, NULL};
    size_t first = 0;
    struct ip net;

    out.source = id ? source_of(in, site, id, &first) : NULL;
    if (!out.source || !cidr)
        return out;
    net = ip_network(cidr);
    out.row = find_route(in, out.source, first, id, &net);
    return out;
}

static bool is_routed(const struct row *segment)
{
    return look_is(segment, SEGMENTS_TYPE, "routed");
}

static void format_route(struct strbuf *out, const struct view_input *in,
                         const struct rows_item *row, const char *arg)
{
    struct cell_route c = route_for(in, row, arg);
    const char *verdict = c.row ? look_text(c.row, ROUTES_VERDICT) : "";

    if (!c.source || (!c.row && !row_ip(row->row, SEGMENTS_CIDR)))
        return;
    if (!c.row)
        strbuf_addstr(out, view_is_dim(snapshot_freshness(c.source)) ? "?" : "none");
    else if (strcmp(verdict, "missing") == 0)
        strbuf_addstr(out, "MISSING");
    else if (strcmp(verdict, "stale") == 0)
        strbuf_addstr(out, "STALE");
    else if (strcmp(verdict, "blackhole") == 0)
        strbuf_addstr(out, "BLACKHOLE");
    else
        strbuf_addstr(out, *verdict ? verdict : "?");
    if (c.row && view_is_dim(snapshot_freshness(c.source)))
        strbuf_addch(out, '~');
}

static enum style route_style(const struct view_input *in, const struct rows_item *row,
                              const char *arg)
{
    struct cell_route c = route_for(in, row, arg);
    struct rows_item item = {c.row, c.source};
    enum severity s;

    if (!c.row || view_is_dim(snapshot_freshness(c.source)))
        return STYLE_DIM;
    if (look_changed(in, &item, ROUTES_VERDICT) || look_changed(in, &item, ROUTES_TARGET))
        return STYLE_CHANGED;
    s = cell_severity(&table_routes.columns[ROUTES_VERDICT], &c.row->cells[ROUTES_VERDICT]);
    return s == SEV_NONE ? STYLE_DIM : view_severity_style(s);
}

/* ---- columns made at run time -------------------------------------------------------------------
 */

static const char *title_of(const struct route_table *t)
{
    return t->main ? "main" : route_table_label(t);
}

static struct view_column *find_column(struct view_column *cols, size_t n, const char *title)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(cols[i].title, title) == 0)
            return &cols[i];
    return NULL;
}

static size_t add_table(const struct view_input *in, const struct route_table *t,
                        struct view_column *out, size_t n, size_t max)
{
    struct view_column *known = find_column(out, n, title_of(t));
    size_t width = text_width(title_of(t));

    if (known) {
        known->arg = view_printf(in, "%s\n%s %s", known->arg, t->site, t->id);
        return n;
    }
    if (n == max)
        return n;
    out[n] = (struct view_column){.column = -1,
                                  .title = title_of(t),
                                  .min = 10,
                                  .max = (uint8_t)(width > 24   ? 24
                                                   : width < 10 ? 10
                                                                : width),
                                  .weight = t->main ? 92 : 70,
                                  .format = format_route,
                                  .style = route_style};
    out[n].arg = view_printf(in, "%s %s", t->site, t->id);
    return n + 1;
}

/* The main tables first; then those that hold networks of the SDDC. */
static size_t route_columns(const struct view_input *in, struct view_column *out, size_t max)
{
    size_t n = 0;

    for (int main = 1; main >= 0; main--) {
        const char *site;
        size_t i = 0;
        while ((site = look_site_next(in, &i))) {
            struct route_tables_walk w = {0, 0};
            struct route_table t;
            while (route_tables_next(in, site, &w, &t))
                if (t.main == (main != 0) && (t.judged || t.main))
                    n = add_table(in, &t, out, n, max);
        }
    }
    return n;
}

/* ---- rows ---------------------------------------------------------------------------------------
 */

static enum severity judge(const struct view_input *in, const struct rows_item *row)
{
    enum severity s = cell_severity(&table_segments.columns[SEGMENTS_REALIZED],
                                    &row->row->cells[SEGMENTS_REALIZED]);
    bool there = true;

    (void)in;
    if (is_routed(row->row) && row_bool(row->row, SEGMENTS_IN_MAIN_TABLE, &there) && !there &&
        s < SEV_WARNING)
        s = SEV_WARNING;
    return s;
}

/* The first row behind those of the route table at @i: rows are sorted by table. */
static size_t next_table(const struct view_input *in, const struct snapshot *s, size_t i)
{
    const char *id = look_text(snapshot_row(s, i), ROUTES_ROUTE_TABLE);
    size_t next = lower_bound(s, view_printf(in, "%s%c", id, ROW_KEY_SEPARATOR + 1));

    return next > i ? next : i + 1;
}

/* The worst that a route table of @s does with the network's own route. */
static enum severity worst_in(const struct view_input *in, const struct snapshot *s,
                              const char *net)
{
    enum severity worst = SEV_NONE;

    for (size_t i = 0; i < snapshot_count(s); i = next_table(in, s, i)) {
        const char *id = look_text(snapshot_row(s, i), ROUTES_ROUTE_TABLE);
        const struct row *r =
            snapshot_find(s, view_printf(in, "%s%c%s", id, ROW_KEY_SEPARATOR, net));
        enum severity v =
            r ? cell_severity(&table_routes.columns[ROUTES_VERDICT], &r->cells[ROUTES_VERDICT])
              : SEV_NONE;
        worst = v > worst ? v : worst;
    }
    return worst;
}

static enum severity judge_routes(const struct view_input *in, const struct rows_item *segment)
{
    const struct ip *cidr = row_ip(segment->row, SEGMENTS_CIDR);
    enum severity worst = SEV_NONE;
    char text[IP_TEXT_MAX];
    struct ip net;
    size_t n;
    struct snapshot *const *all = estate_table(in->estate, &table_routes, &n);

    if (!cidr)
        return worst;
    net = ip_network(cidr);
    ip_format_cidr(&net, text);
    for (size_t i = 0; i < n; i++) {
        enum severity s = SEV_NONE;
        if (strcmp(snapshot_site(all[i]), snapshot_site(segment->snapshot)) == 0)
            s = worst_in(in, all[i], text);
        worst = s > worst ? s : worst;
    }
    return worst;
}

static enum severity judge_all(const struct view_input *in, const struct rows_item *row)
{
    enum severity own = judge(in, row), routes = judge_routes(in, row);

    return own > routes ? own : routes;
}

static int by_name(const struct rows_item *a, const struct rows_item *b)
{
    int c = (int)is_routed(b->row) - (int)is_routed(a->row);

    if (!c)
        c = strcmp(snapshot_site(a->snapshot), snapshot_site(b->snapshot));
    return c ? c : strcmp(look_text(a->row, SEGMENTS_SEGMENT), look_text(b->row, SEGMENTS_SEGMENT));
}

static enum style plain(const struct view_input *in, const struct rows_item *row, const char *arg)
{
    (void)in;
    (void)arg;
    return look_is(row->row, SEGMENTS_ADMIN_STATE, "down") ? STYLE_DIM : STYLE_NORMAL;
}

/* "CGW" for "/infra/tier-1s/cgw": the path is in the details. */
static void format_connectivity(struct strbuf *out, const struct view_input *in,
                                const struct rows_item *row, const char *arg)
{
    const char *path = look_text(row->row, SEGMENTS_CONNECTIVITY), *slash = strrchr(path, '/');

    (void)in;
    (void)arg;
    strbuf_addstr(out, !*path ? "-" : slash && slash[1] ? slash + 1 : path);
}

static bool enter(const struct view_input *in, const struct rows_item *row, struct view_target *out)
{
    const struct ip *cidr = row_ip(row->row, SEGMENTS_CIDR);
    char text[IP_TEXT_MAX];
    struct ip net;

    if (!cidr || !look_offered(in, &table_routes))
        return false;
    net = ip_network(cidr);
    *out = (struct view_target){.view = "routes"};
    out->filter = view_printf(in, "destination = %s", ip_format_cidr(&net, text));
    out->label = view_printf(in, _("routes to %s"), text);
    return true;
}

static void details(struct strbuf *out, const struct view_input *in, const struct rows_item *row)
{
    const char *site = snapshot_site(row->snapshot);
    struct route_tables_walk w = {0, 0};
    struct route_table t;

    while (route_tables_next(in, site, &w, &t)) {
        const char *arg = view_printf(in, "%s %s", site, t.id);
        struct cell_route c = route_for(in, row, arg);
        strbuf_addf(out, "%s %s: ", route_table_kind(&t), t.id);
        if (t.name)
            strbuf_addf(out, "(%s) ", t.name);
        format_route(out, in, row, arg);
        if (c.row)
            strbuf_addf(out, "  %s -> %s", look_cell(in, &table_routes, c.row, ROUTES_DESTINATION),
                        look_cell(in, &table_routes, c.row, ROUTES_TARGET));
        strbuf_addstr(out, "  ");
        view_ago(out, in, snapshot_taken_at(t.source));
        strbuf_addch(out, '\n');
    }
}

static const struct view_column columns[] = {
    {.column = SEGMENTS_SITE, .min = 5, .max = 12, .weight = 60, .style = plain},
    {.column = SEGMENTS_SEGMENT, .min = 14, .max = 36, .weight = 100, .style = plain},
    {.column = SEGMENTS_TYPE, .min = 8, .max = 12, .weight = 90, .style = plain},
    {.column = SEGMENTS_CIDR, .min = 15, .max = 18, .weight = 95, .style = plain},
    {.column = SEGMENTS_REALIZED, .min = 8, .max = 15, .weight = 55},
    {.column = SEGMENTS_CONNECTIVITY,
     .title = "gateway",
     .min = 7,
     .max = 16,
     .weight = 45,
     .format = format_connectivity,
     .style = plain},
    {.column = SEGMENTS_VLAN, .min = 5, .max = 14, .weight = 35, .style = plain},
    {.column = SEGMENTS_ADMIN_STATE, .title = "admin", .min = 5, .max = 6, .weight = 20},
    {.column = SEGMENTS_GATEWAY, .title = "gateway ip", .max = 20, .flags = VIEW_WIDE},
    {.column = SEGMENTS_BRIDGE, .max = 30, .flags = VIEW_WIDE},
    {.column = SEGMENTS_BRIDGE_EDGES, .title = "bridged by", .max = 40, .flags = VIEW_WIDE},
    {.column = SEGMENTS_CIDRS, .max = 40, .flags = VIEW_WIDE},
    {.column = SEGMENTS_MODIFIED_BY, .max = 24, .flags = VIEW_WIDE},
    {.column = SEGMENTS_MODIFIED_AT, .max = 24, .flags = VIEW_WIDE},
};

static const struct view_table table = {
    .schema = &table_segments,
    .title = N_("Segments and route tables"),
    .columns = columns,
    .ncolumns = ARRAY_SIZE(columns),
    .more_columns = route_columns,
    .sort = -1,
    .order = by_name,
    .worst_first = true,
    .judge = judge_all,
    .enter = enter,
    .details = details,
    .empty = N_("NSX has no segments."),
};

static bool exists(const struct view_input *in)
{
    return look_offered(in, &table_segments);
}

static const struct view_table *const tables[] = {&table, NULL};
static const struct schema *const focus[] = {&table_segments, &table_routes, &table_prefix_lists,
                                             NULL};
static const char *const aliases[] = {"seg", "networks", NULL};

const struct view view_segments = {
    .name = "segments",
    .aliases = aliases,
    .title = N_("Segments"),
    .digit = '4',
    .about = N_("every segment, and what each route table does with its network"),
    .exists = exists,
    .focus = focus,
    .tables = tables,
};
