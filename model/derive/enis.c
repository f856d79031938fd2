/*
 * enis: what each network interface does for the SDDC.
 *
 *  foreign   no description of VMC's, and named neither by VMC nor by NSX
 *  active    the main route table leads to it, or NSX names it active, whatever its status is
 *  changing  the same, while the two (or the routes among themselves) disagree and a failover may
 *            still be under way; else, AWS is attaching it to a host or detaching it
 *  host      in use: a host has it (where AWS gives no status, VMC's word for it)
 *  spare     the rest: waiting for a host that does not exist yet; no orphan
 *
 * Whether an interface without VMC's description is foreign can only be said when what VMC and NSX
 * name was read; until then its role is ABSENT.
 */
#include "model/derive/facts.h"

#include "core/arena.h"
#include "core/map.h"

#include <string.h>

struct enis_join {
    struct eni_facts *enis;
    struct route_facts *routes;
    struct map *edges; /* host -> row of edges, the active one first */
    bool named_read;   /* VMC and NSX have said all the names they know */
};

static bool edge_is_active(const struct row *edge)
{
    const struct cell_list *roles = row_list(edge, EDGES_ROLES);

    for (size_t i = 0; roles && i < roles->n; i++) {
        const char *eq = strrchr(roles->items[i], '=');
        if (eq && strcmp(eq, "=active") == 0)
            return true;
    }
    return false;
}

static void index_edges(struct derive *d, struct enis_join *j)
{
    struct view_cursor at = {0};
    const struct row *r;

    while ((r = derive_next(d, &table_edges, &at))) {
        const char *host = row_str(r, EDGES_HOST);
        if (host && (!map_has(j->edges, host) || edge_is_active(r)))
            map_put(j->edges, host, (void *)r);
    }
}

static bool hosts_will_come(const struct derive *d)
{
    enum view_state s = view_state(d->view, &table_hosts);

    return s == VIEW_BAD || s == VIEW_PART;
}

static void *prepare(struct derive *d)
{
    struct enis_join *j = arena_alloc(d->arena, sizeof(*j));
    const struct link_facts *links = derive_links(d);

    j->enis = derive_enis(d);
    j->routes = derive_routes(d);
    j->edges = map_new();
    j->named_read = (!links->asked || links->complete) && !hosts_will_come(d);
    index_edges(d, j);
    return j;
}

static void release(void *facts)
{
    map_free(((struct enis_join *)facts)->edges, NULL);
}

/* ---- the cells ---------------------------------------------------------------------------------
 */

enum answer { NO, YES, UNKNOWN };

static enum answer active_by_routes(const struct enis_join *j, const struct vpc_facts *v,
                                    const struct eni_info *e)
{
    if (!j->routes->read || !v || !v->main_table)
        return UNKNOWN;
    return e->main_routes > 0 ? YES : NO;
}

static enum answer active_by_nsx(const struct vpc_facts *v, const struct eni_info *e)
{
    if (e->active)
        return YES;
    if (!v || !v->by_nsx)
        return UNKNOWN;
    for (size_t i = 0; i < v->nlinks; i++) {
        if (!v->links[i]->active)
            return UNKNOWN;
    }
    return NO;
}

static const char *role(const struct enis_join *j, const struct vpc_facts *v,
                        const struct eni_info *e, enum answer routes, enum answer nsx)
{
    if (!eni_is_sddc(e))
        return j->named_read ? "foreign" : NULL;
    if (routes == YES || nsx == YES)
        return v && !v->settled && v->switching ? "changing" : "active";
    if (view_same_text(e->status, "attaching") || view_same_text(e->status, "detaching"))
        return "changing";
    if (e->status ? strcmp(e->status, "in-use") == 0 : e->host != NULL)
        return "host";
    return "spare";
}

static void set_answer(struct table_builder *b, unsigned col, enum answer a)
{
    if (a != UNKNOWN)
        builder_bool(b, col, a == YES);
}

static void set_host(struct derive *d, const struct enis_join *j, struct table_builder *b,
                     const struct eni_info *e)
{
    const struct row *edge = e->host_name ? map_get(j->edges, e->host_name) : NULL;

    (void)d;
    builder_str(b, ENIS_HOST, e->host_name);
    if (edge)
        builder_str(b, ENIS_EDGE, row_str(edge, EDGES_EDGE));
}

static void row(struct derive *d, void *facts, struct table_builder *b, const struct row *r)
{
    struct enis_join *j = facts;
    const struct eni_info *e = eni_find(j->enis, row_str(r, ENIS_ENI));
    const struct vpc_facts *v = vpc_find(j->routes, row_str(r, ENIS_VPC));
    enum answer routes, nsx;

    if (!e)
        return;
    routes = active_by_routes(j, v, e);
    nsx = active_by_nsx(v, e);
    if (eni_is_sddc(e) || j->named_read) {
        set_answer(b, ENIS_ACTIVE_BY_ROUTES, routes);
        set_answer(b, ENIS_ACTIVE_BY_NSX, nsx);
    }
    builder_state(b, ENIS_ROLE, role(j, v, e, routes, nsx));
    if (e->link)
        builder_str(b, ENIS_SDDC, e->link->sddc);
    set_host(d, j, b, e);
    builder_str(b, ENIS_TRAFFIC_GROUP, link_group_of(d, e->link, e->eni));
    if (j->routes->read) {
        builder_int(b, ENIS_ROUTE_COUNT, e->routes);
        builder_int(b, ENIS_BLACKHOLE_COUNT, e->blackholes);
    }
}

static const struct schema *const inputs[] = {&table_routes, &table_linked_vpcs, &table_segments,
                                              &table_sddcs,  &table_hosts,       &table_edges,
                                              NULL};

const struct derive_table derive_enis_table = {
    .schema = &table_enis, .inputs = inputs, .prepare = prepare, .row = row, .release = release};
