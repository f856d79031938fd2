#include "views/eni_path.h"

#include <string.h>

#include "core/fmt.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "model/tables.h"
#include "views/domains.h"
#include "views/eni_links.h"
#include "views/route_tables.h"

#define LABEL 14 /* cells of "+- custom    " */
#define WIDE  100

enum detail { ONE_LINE, SHORT, FULL };

/* Where the next line goes; with a NULL canvas lines are only counted. */
struct page {
    const struct view_input *in;
    struct canvas *canvas;
    struct rect r;
    int y;
};

/* ---- lines --------------------------------------------------------------------------------------
 */

/* Source and age at the right edge; the pen gets what is left. */
static struct look_pen begin_line(struct page *p, const char *mark, const char *label,
                                  const struct look_source *data)
{
    struct look_pen pen = {p->y < p->r.h ? p->canvas : NULL, p->r.x + 1, p->r.y + p->y,
                           p->r.x + p->r.w - 1};
    struct strbuf text = STRBUF_INIT;
    int width;

    p->y++;
    if (data && data->worst != FRESH_UNSUPPORTED) {
        if (p->r.w >= WIDE)
            strbuf_addf(&text, "%s ", data->endpoint);
        look_data(&text, p->in, data->worst, data->taken_at);
        width = (int)text_width(text.buf);
        pen.end -= width + 1;
        if (pen.canvas)
            canvas_text(pen.canvas, pen.end + 1, pen.y, width,
                        view_is_dim(data->worst) ? STYLE_WARNING : STYLE_DIM, text.buf);
    }
    if (mark) {
        look_put(&pen, STYLE_LINE, "%s", mark);
        look_put(&pen, STYLE_HEADER, "%s", label);
        pen.x = p->r.x + 1 + LABEL;
    }
    strbuf_release(&text);
    return pen;
}

static const char *mark_of(const struct page *p, bool branch, bool last)
{
    if (p->in->ascii)
        return !branch ? "|  " : last ? "`- " : "|- ";
    return !branch ? "│  " : last ? "└─ " : "├─ ";
}

/* The style of a value: what is old is dim before it is anything else. */
static uint8_t value_style(const struct page *p, const struct rows_item *row, unsigned col,
                           enum style fine)
{
    if (view_is_dim(snapshot_freshness(row->snapshot)))
        return STYLE_DIM;
    return look_changed(p->in, row, col) ? STYLE_CHANGED : (uint8_t)fine;
}

static uint8_t state_style(const struct page *p, const struct schema *s,
                           const struct rows_item *row, unsigned col)
{
    return value_style(p, row, col,
                       view_severity_style(cell_severity(&s->columns[col], &row->row->cells[col])));
}

static void put_since(struct look_pen *pen, const struct page *p, const struct row *r, unsigned col)
{
    struct strbuf age = STRBUF_INIT;
    int64_t at;

    if (!row_int(r, col, &at))
        return;
    fmt_age(&age, at, p->in->now);
    look_put(pen, STYLE_DIM, _(" for %s"), age.buf);
    strbuf_release(&age);
}

/* ---- stations -----------------------------------------------------------------------------------
 */

static void not_known(struct page *p, struct look_pen *pen, const struct schema *s,
                      const char *site, const char *missing)
{
    struct look_source data = look_source(p->in, s, site);

    if (data.worst == FRESH_UNSUPPORTED)
        look_put(pen, STYLE_DIM, _("not known: no endpoint here says it"));
    else if (data.worst != FRESH_OK && data.worst != FRESH_PARTIAL)
        look_put(pen, STYLE_UNKNOWN, _("not known: %s is %s"), data.endpoint,
                 view_freshness_word(data.worst));
    else
        look_put(pen, STYLE_CRITICAL, "%s", missing);
}

static void put_segments(struct page *p, const struct link *l)
{
    struct look_source data = look_source(p->in, &table_segments, l->site);
    struct look_pen pen = begin_line(p, mark_of(p, false, false), _("segments"), &data);
    struct strbuf text = STRBUF_INIT;

    for (const struct domain *d = domains_all; d->name; d++)
        if (d->tables[0] == &table_segments)
            d->say(&text, p->in, l->site);
    if (text.len)
        look_put(&pen, view_is_dim(data.worst) ? STYLE_DIM : STYLE_NORMAL, "%s", text.buf);
    else
        not_known(p, &pen, &table_segments, l->site, _("there are none"));
    strbuf_release(&text);
}

/* The other edges of the same gateway: who would take over, or has failed. */
static void put_other_edges(struct page *p, struct look_pen *pen, const struct link *l,
                            const struct link_group *g)
{
    struct rows_item row;
    size_t i = 0;

    while (look_next(p->in, &table_gateways, l->site, &i, &row)) {
        const char *status = look_text(row.row, GATEWAYS_HA_STATUS);
        if (row.row == g->gateway.row || strcmp(status, "active") == 0 ||
            strcmp(look_text(row.row, GATEWAYS_GATEWAY),
                   look_text(g->gateway.row, GATEWAYS_GATEWAY)) != 0)
            continue;
        if (!link_serves(p->in, g, &row))
            continue;
        look_put(pen, STYLE_DIM, ", %s ", look_gateway_edge(row.row));
        look_put(pen, state_style(p, &table_gateways, &row, GATEWAYS_HA_STATUS), "%s", status);
    }
}

static void put_group(struct look_pen *pen, const struct link_group *g)
{
    if (g->name)
        look_put(pen, STYLE_TITLE, "%s: ", g->name);
}

static void put_edge_name(struct page *p, struct look_pen *pen, const struct link_group *g)
{
    look_put(pen, value_style(p, &g->gateway, GATEWAYS_HA_STATUS, STYLE_STRONG), "%s ",
             look_gateway_edge(g->gateway.row));
    look_put(pen, state_style(p, &table_gateways, &g->gateway, GATEWAYS_HA_STATUS), "ACTIVE");
}

static void put_edge(struct page *p, const struct link *l, const struct link_group *g)
{
    struct look_source data = look_source(p->in, &table_gateways, l->site);
    struct look_pen pen = begin_line(p, mark_of(p, false, false), _("edge"), &data);

    put_group(&pen, g);
    if (!g->gateway.row) {
        not_known(p, &pen, &table_gateways, l->site, _("NO active edge"));
        return;
    }
    put_edge_name(p, &pen, g);
    put_since(&pen, p, g->gateway.row, GATEWAYS_SINCE_AT);
    look_put(&pen, STYLE_DIM, _(" (gateway %s)"), look_text(g->gateway.row, GATEWAYS_GATEWAY));
    put_other_edges(p, &pen, l, g);
}

static void put_host_state(struct page *p, struct look_pen *pen, const struct link_group *g)
{
    if (g->host.row && row_present(g->host.row, HOSTS_STATE)) {
        look_put(pen, STYLE_NORMAL, " ");
        look_put(pen, state_style(p, &table_hosts, &g->host, HOSTS_STATE), "%s",
                 look_text(g->host.row, HOSTS_STATE));
    }
}

static void put_host(struct page *p, const struct link *l, const struct link_group *g)
{
    struct look_source data = look_source(p->in, &table_hosts, l->site);
    struct look_pen pen = begin_line(p, mark_of(p, false, false), _("host"), &data);
    const char *edge = g->edge.row ? row_str(g->edge.row, EDGES_HOST) : NULL;
    const char *eni = g->eni.row ? row_str(g->eni.row, ENIS_HOST) : NULL;

    if (!edge && !eni) {
        not_known(p, &pen, &table_hosts, l->site, _("not known which one"));
        return;
    }
    if (link_hosts_differ(g)) {
        look_put(&pen, STYLE_WARNING, _("edge runs on %s, but the ENI is of %s"), edge, eni);
        put_host_state(p, &pen, g);
        return;
    }
    if (eni)
        look_put(&pen, value_style(p, &g->eni, ENIS_HOST, STYLE_STRONG), "%s", eni);
    else
        look_put(&pen, value_style(p, &g->edge, EDGES_HOST, STYLE_STRONG), "%s", edge);
    put_host_state(p, &pen, g);
    if (!eni && g->eni.row)
        look_put(&pen, STYLE_DIM, _(" (of the edge; of the ENI it is not known)"));
}

/* Who says that this ENI is the active one. With several traffic groups the routes name one of
 * them, and that is right. */
static void put_who_says(struct look_pen *pen, const struct link *l, const struct row *eni)
{
    bool nsx = false, routes = false;
    bool knows_nsx = row_bool(eni, ENIS_ACTIVE_BY_NSX, &nsx);
    bool knows_routes = row_bool(eni, ENIS_ACTIVE_BY_ROUTES, &routes);

    if (nsx && routes)
        look_put(pen, STYLE_NORMAL, _(", by NSX and routes"));
    else if (nsx && knows_routes && l->ngroups == 1)
        look_put(pen, STYLE_WARNING, _(", by NSX, NOT by routes"));
    else if (routes && knows_nsx && l->ngroups == 1)
        look_put(pen, STYLE_WARNING, _(", by routes, NOT by NSX"));
    else if (nsx)
        look_put(pen, STYLE_NORMAL, _(", by NSX"));
    else if (routes)
        look_put(pen, STYLE_NORMAL, _(", by routes"));
}

static void put_eni(struct page *p, const struct link *l, const struct link_group *g)
{
    struct look_source data = look_worse(look_source(p->in, &table_enis, l->site),
                                         look_source(p->in, &table_linked_vpcs, l->site));
    struct look_pen pen = begin_line(p, mark_of(p, false, false), "ENI", &data);

    put_group(&pen, g);
    if (!g->eni_id) {
        not_known(p, &pen, &table_enis, l->site, _("NO active ENI"));
        return;
    }
    if (!g->eni.row) {
        look_put(&pen, STYLE_UNKNOWN, "%s ", g->eni_id);
        not_known(p, &pen, &table_enis, l->site, _("AWS does not list it"));
        return;
    }
    look_put(&pen, value_style(p, &g->eni, ENIS_ROLE, STYLE_STRONG), "%s ", g->eni_id);
    look_put(&pen, value_style(p, &g->eni, ENIS_ROLE, STYLE_OK), "ACTIVE ");
    look_put(&pen, state_style(p, &table_enis, &g->eni, ENIS_STATUS), "%s",
             look_text(g->eni.row, ENIS_STATUS));
    put_who_says(&pen, l, g->eni.row);
}

/* ---- route tables -------------------------------------------------------------------------------
 */

static void put_targets(struct look_pen *pen, const struct route_table *t)
{
    if (t->worst == ROUTE_OK || !t->ntargets)
        return;
    look_put(pen, STYLE_NORMAL, " ->");
    for (size_t i = 0; i < t->ntargets; i++)
        look_put(pen, route_table_expects(t, t->targets[i]) ? STYLE_OK : STYLE_CRITICAL, " %s",
                 t->targets[i]);
}

static void put_table(struct page *p, const struct route_table *t, bool last)
{
    struct look_source data = look_source_of(t->source);
    const char *kind = t->main ? _("main") : t->prefix_list ? _("pfx list") : _("custom");
    struct look_pen pen = begin_line(p, mark_of(p, true, last), kind, &data);
    struct strbuf text = STRBUF_INIT;

    /* "main main" says it twice. */
    if (!t->main || !look_same(t->name, "main"))
        look_put(&pen, view_is_dim(data.worst) ? STYLE_DIM : STYLE_STRONG, "%s ",
                 route_table_label(t));
    route_table_say(&text, t);
    look_put(&pen, (uint8_t)route_table_style(p->in, t), "%s", text.buf);
    put_targets(&pen, t);
    if (t->name)
        look_put(&pen, STYLE_DIM, " (%s)", t->id);
    strbuf_release(&text);
}

/* Does this table have a line of its own? In short form only those that are not right. */
static bool has_line(const struct route_table *t, enum detail d)
{
    return d == FULL || t->worst != ROUTE_OK;
}

/* No table has a line: because none was read, none could be judged, or none has a route. */
static void put_no_table(struct page *p, const struct link *l, const struct look_source *data)
{
    struct look_pen pen = begin_line(p, mark_of(p, true, true), _("routes"), data);
    struct look_source why;

    if (route_tables_unjudged(p->in, l->site, &why))
        look_put(&pen, STYLE_UNKNOWN, _("not judged: %s is %s"), why.endpoint,
                 view_freshness_word(why.worst));
    else
        not_known(p, &pen, &table_routes, l->site, _("no route table holds a network of the SDDC"));
}

static void put_tables(struct page *p, const struct link *l, enum detail d)
{
    struct look_source data = look_source(p->in, &table_routes, l->site);
    size_t n = d == FULL ? l->ntables : l->nbad, good = l->ntables - n;

    for (size_t i = 0; i < l->ntables; i++)
        if (has_line(&l->tables[i], d))
            put_table(p, &l->tables[i], --n == 0 && !good);
    if (good) {
        struct look_pen pen = begin_line(p, mark_of(p, true, true), _("tables"), &data);
        look_put(&pen, view_is_dim(data.worst) ? STYLE_DIM : STYLE_OK, _("%zu ok"), good);
    } else if (!l->ntables) {
        put_no_table(p, l, &data);
    }
}

/* ---- a link -------------------------------------------------------------------------------------
 */

/* How long ago the edge or the ENI moved, when it was lately. */
static void put_moved(struct page *p, struct look_pen *pen, const char *site)
{
    struct strbuf age = STRBUF_INIT;
    struct rows_item row;
    int64_t at, last = 0;
    size_t i = 0;

    while (look_next(p->in, &table_timeline, site, &i, &row))
        if ((look_is(row.row, TIMELINE_KIND, "active_edge") ||
             look_is(row.row, TIMELINE_KIND, "active_eni")) &&
            row_int(row.row, TIMELINE_AT, &at) && at > last)
            last = at;
    if (last > 0) {
        view_ago(&age, p->in, last);
        look_put(pen, STYLE_NORMAL, _("  last failover %s"), age.buf);
    }
    strbuf_release(&age);
}

static void put_title(struct page *p, const struct link *l)
{
    struct look_pen pen = begin_line(p, NULL, NULL, NULL);

    look_put(&pen, STYLE_TITLE, "%s", l->site);
    look_put(&pen, STYLE_NORMAL, "  %s", l->vpc ? l->vpc : "-");
    if (!l->mode)
        look_put(&pen, STYLE_DIM, _("  only AWS is known here"));
    else if (strcmp(l->mode, "cidr") == 0)
        look_put(&pen, STYLE_NORMAL, _("  one route per network"));
    else if (strcmp(l->mode, "prefix_list") == 0)
        look_put(&pen, STYLE_NORMAL, _("  managed prefix list"));
    else
        look_put(&pen, STYLE_WARNING, "  %s", l->mode);
    if (l->ngroups > 1)
        look_put(&pen, STYLE_NORMAL, _("  %zu traffic groups"), l->ngroups);
    put_moved(p, &pen, l->site);
}

/* "edge > host > ENI" */
static void put_stations(struct page *p, struct look_pen *pen, const struct link *l,
                         const struct link_group *g)
{
    const char *host = g->eni.row ? row_str(g->eni.row, ENIS_HOST) : NULL;
    bool knows_edges = look_source(p->in, &table_gateways, l->site).worst != FRESH_UNSUPPORTED;

    /* With AWS alone there is nobody who could name edge and host. */
    if (g->gateway.row)
        put_edge_name(p, pen, g);
    else if (knows_edges)
        look_put(pen, STYLE_UNKNOWN, "?");
    if (g->gateway.row || knows_edges)
        look_put(pen, STYLE_LINE, " > ");
    if (!host && !knows_edges) {
        look_put(pen, STYLE_STRONG, "%s", g->eni_id ? g->eni_id : "?");
        return;
    }
    if (link_hosts_differ(g))
        look_put(pen, STYLE_WARNING, "%s != %s", look_text(g->edge.row, EDGES_HOST), host);
    else if (host)
        look_put(pen, value_style(p, &g->eni, ENIS_HOST, STYLE_STRONG), "%s", host);
    else
        look_put(pen, STYLE_UNKNOWN, "?");
    look_put(pen, STYLE_LINE, " > ");
    if (g->eni.row)
        look_put(pen, value_style(p, &g->eni, ENIS_ROLE, STYLE_STRONG), "%s", g->eni_id);
    else
        look_put(pen, STYLE_UNKNOWN, "%s", g->eni_id ? g->eni_id : "?");
}

static struct look_source link_source(struct page *p, const struct link *l)
{
    static const struct schema *const read[] = {&table_enis, &table_routes, &table_linked_vpcs,
                                                &table_gateways};
    struct look_source all = {FRESH_UNSUPPORTED, 0, ""};

    for (size_t i = 0; i < ARRAY_SIZE(read); i++)
        all = look_worse(all, look_source(p->in, read[i], l->site));
    return all;
}

static void put_one_line(struct page *p, const struct link *l)
{
    struct look_source data = link_source(p, l);
    struct look_pen pen = begin_line(p, NULL, NULL, &data);

    look_put(&pen, STYLE_TITLE, "%s ", l->site);
    for (size_t i = 0; i < l->ngroups; i++) {
        look_put(&pen, STYLE_LINE, i ? " | " : " ");
        put_stations(p, &pen, l, &l->groups[i]);
    }
    look_put(&pen,
             view_is_dim(data.worst) ? STYLE_DIM
             : l->nbad               ? STYLE_CRITICAL
                                     : STYLE_OK,
             _(" > tables ok %zu/%zu"), l->ntables - l->nbad, l->ntables);
}

static void put_link(struct page *p, const struct link *l, enum detail d)
{
    if (d == ONE_LINE) {
        put_one_line(p, l);
        return;
    }
    put_title(p, l);
    if (d == FULL)
        put_segments(p, l);
    for (size_t i = 0; i < l->ngroups; i++) {
        const struct link_group *g = &l->groups[i];
        if (d == FULL) {
            put_edge(p, l, g);
            put_host(p, l, g);
            put_eni(p, l, g);
            continue;
        }
        struct look_source data = link_source(p, l);
        struct look_pen pen =
            begin_line(p, mark_of(p, false, false), g->name ? g->name : _("active"), &data);
        put_stations(p, &pen, l, g);
    }
    put_tables(p, l, d);
}

/* ---- all of them --------------------------------------------------------------------------------
 */

static int measure(const struct view_input *in, const struct link *links, size_t n, int w,
                   const enum detail *detail)
{
    struct page p = {in, NULL, {0, 0, w, 0}, 0};

    for (size_t i = 0; i < n; i++)
        put_link(&p, &links[i], detail[i]);
    return p.y;
}

/* The link whose detail may go first: the one in the best state, of these the last. */
static size_t least(const struct link *links, size_t n, const enum detail *detail)
{
    size_t at = n;

    for (size_t i = 0; i < n; i++)
        if (detail[i] != ONE_LINE && (at == n || links[i].worst <= links[at].worst))
            at = i;
    return at;
}

/* As much detail as fits in @h lines. Returns the lines. */
static int choose(const struct view_input *in, const struct link *links, size_t n, int w, int h,
                  enum detail *detail)
{
    int lines;

    for (size_t i = 0; i < n; i++)
        detail[i] = FULL;
    while ((lines = measure(in, links, n, w, detail)) > h) {
        size_t at = least(links, n, detail);
        if (at == n)
            break;
        detail[at] = (enum detail)(detail[at] - 1);
    }
    return lines;
}

int eni_path_height(const struct view_input *in, int w, int h)
{
    struct link links[LINKS_MAX];
    enum detail detail[LINKS_MAX];
    size_t n = eni_links(in, links, LINKS_MAX);

    return n ? choose(in, links, n, w, h / 2, detail) : 0;
}

void eni_path_draw(const struct view_input *in, struct canvas *c, struct rect r)
{
    struct link links[LINKS_MAX];
    enum detail detail[LINKS_MAX];
    size_t n = eni_links(in, links, LINKS_MAX);
    struct page p = {in, c, r, 0};

    (void)choose(in, links, n, r.w, r.h, detail);
    for (size_t i = 0; i < n; i++)
        put_link(&p, &links[i], detail[i]);
}
