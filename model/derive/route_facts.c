/*
 * route_facts: what the main route tables say, and what NSX says they should. aws.md 3.6: T is the
 * set of the SDDC's ENIs that the main table's routes lead to, A the set that NSX names active.
 * T inside of A is settled (a multi-edge SDDC has an active ENI per traffic group); anything else
 * is a failover under way, or a fault once it has lasted longer than one may take.
 */
#include "model/derive/facts.h"

#include "core/arena.h"
#include "core/map.h"
#include "core/mem.h"
#include "core/text.h"

#include <limits.h>
#include <string.h>

struct vpc_facts *vpc_find(struct route_facts *f, const char *vpc)
{
    struct vpc_facts *v;

    if (!vpc || vpc == f->asked)
        return vpc ? f->last : NULL;
    v = f->last && view_same_text(f->last->vpc, vpc) ? f->last : map_get(f->vpcs, vpc);
    if (v) {
        f->last = v;
        f->asked = vpc;
    }
    return v;
}

static bool has(const char *const *list, size_t n, const char *item)
{
    for (size_t i = 0; i < n; i++) {
        if (view_same_text(list[i], item))
            return true;
    }
    return false;
}

bool vpc_is_active(const struct vpc_facts *v, const char *eni)
{
    return has(v->active, v->nactive, eni);
}

bool vpc_keeps_table(const struct vpc_facts *v, const char *table)
{
    if (view_same_text(v->main_table, table))
        return true;
    for (size_t i = 0; i < v->nlinks; i++) {
        if (view_list_has(v->links[i]->tables, table))
            return true;
    }
    return false;
}

static struct vpc_facts *know(struct derive *d, struct route_facts *f, const char *vpc)
{
    const struct link_facts *links = derive_links(d);
    struct vpc_facts *v = vpc_find(f, vpc);

    if (v || !vpc)
        return v;
    v = arena_alloc(d->arena, sizeof(*v));
    v->vpc = vpc;
    v->links = arena_alloc(d->arena, (links->n + 1) * sizeof(*v->links));
    for (size_t i = 0; i < links->n; i++) {
        if (view_same_text(links->links[i].vpc, vpc))
            v->links[v->nlinks++] = &links->links[i];
    }
    v->silent = links->asked && !links->complete && !v->nlinks;
    map_put(f->vpcs, vpc, v);
    return v;
}

/* ---- which routes are the SDDC's ---------------------------------------------------------------
 */

static bool is_prefix_list_of(const struct vpc_facts *v, const char *list)
{
    for (size_t i = 0; i < v->nlinks; i++) {
        if (view_list_has(v->links[i]->prefix_lists, list))
            return true;
    }
    return false;
}

static enum net_match match(struct derive *d, const struct vpc_facts *v, const struct ip *dest,
                            size_t *net)
{
    const struct sddc_nets *nets = derive_nets(d);
    enum net_match m = NET_NONE;

    for (size_t i = 0; i < v->nlinks && m == NET_NONE; i++)
        m = nets_match(nets, dest, v->links[i]->manager, net);
    return m;
}

/* Does the route lead to an interface that may have been the SDDC's: one, or an id that is gone? */
static bool leads_to_sddc(struct derive *d, const char *target)
{
    struct eni_facts *enis = derive_enis(d);
    const struct eni_info *e = eni_find(enis, target);

    if (e)
        return eni_is_sddc(e);
    return target && text_has_prefix(target, "eni-");
}

static bool is_blackhole(const struct row *r)
{
    return view_same_text(row_str(r, ROUTES_STATE), "blackhole");
}

/* Into a hole where an interface was that is not there any more. With nobody to say which networks
 * are the SDDC's it may have been one of theirs, and nothing else is left to tell. */
static bool leads_nowhere(struct derive *d, const struct vpc_facts *v, const struct row *r)
{
    const char *target = row_str(r, ROUTES_TARGET);

    return is_blackhole(r) && !v->nlinks && !derive_nets(d)->complete && derive_enis(d)->complete &&
           target && text_has_prefix(target, "eni-") && !eni_find(derive_enis(d), target);
}

/* A customer may send the SDDC's networks elsewhere in a table of his own (a transit gateway, an
 * appliance), as long as there is something: only the main table is VMC's to fill. */
static enum route_kind kind_of_cidr(struct derive *d, const struct vpc_facts *v,
                                    const struct row *r, size_t *net)
{
    const char *target = row_str(r, ROUTES_TARGET);
    const struct ip *dest = row_ip(r, ROUTES_DESTINATION);
    enum net_match m = dest ? match(d, v, dest, net) : NET_NONE;
    bool to_sddc = eni_is_sddc(eni_find(derive_enis(d), target));

    if (to_sddc && m == NET_NONE && v->nlinks && derive_nets(d)->complete)
        return ROUTE_UNKNOWN_NET;
    if (to_sddc)
        return ROUTE_SDDC;
    if (m == NET_EXACT && v->main_table &&
        view_same_text(v->main_table, row_str(r, ROUTES_ROUTE_TABLE)))
        return ROUTE_SDDC;
    if ((m == NET_EXACT || m == NET_INSIDE) && (leads_to_sddc(d, target) || is_blackhole(r)))
        return ROUTE_SDDC;
    return leads_nowhere(d, v, r) ? ROUTE_SDDC : ROUTE_OTHER;
}

enum route_kind route_kind(struct derive *d, const struct vpc_facts *v, const struct row *r,
                           size_t *net)
{
    const char *list = row_str(r, ROUTES_PREFIX_LIST);

    *net = SIZE_MAX;
    if (!list)
        list = row_str(r, ROUTES_DESTINATION);
    if (list && text_has_prefix(list, "pl-"))
        return is_prefix_list_of(v, list) ||
                       (!v->nlinks &&
                        eni_is_sddc(eni_find(derive_enis(d), row_str(r, ROUTES_TARGET))))
                   ? ROUTE_PREFIX_LIST
                   : ROUTE_OTHER;
    return kind_of_cidr(d, v, r, net);
}

/* ---- the main tables
 * ---------------------------------------------------------------------------- */

static void add_target(struct vpc_facts *v, const char *target)
{
    size_t i = 0;

    while (i < v->ntargets && strcmp(v->targets[i], target) != 0)
        i++;
    if (i == VPC_TARGETS_MAX) {
        v->too_many = true;
        return;
    }
    if (i == v->ntargets)
        v->targets[v->ntargets++] = target;
    v->counts[i]++;
}

static void count_route(struct derive *d, struct vpc_facts *v, const struct row *r, bool main)
{
    const char *target = row_str(r, ROUTES_TARGET);
    struct eni_info *e = eni_find(derive_enis(d), target);
    enum route_kind kind;
    size_t net;

    if (e) {
        e->routes++;
        e->blackholes += is_blackhole(r);
    }
    if (!main || !v || !target)
        return;
    kind = route_kind(d, v, r, &net);
    if (kind == ROUTE_OTHER || !leads_to_sddc(d, target) || leads_nowhere(d, v, r))
        return;
    add_target(v, target);
    if (e)
        e->main_routes++;
}

static bool is_main(const struct row *r)
{
    bool main = false;

    return row_bool(r, ROUTES_MAIN, &main) && main;
}

static void find_tables(struct derive *d, struct route_facts *f)
{
    struct view_cursor at = {0};
    const char *last = NULL;
    const struct row *r;

    while ((r = derive_next(d, &table_routes, &at))) {
        const char *table = row_str(r, ROUTES_ROUTE_TABLE);
        struct vpc_facts *v;
        if (view_same_text(table, last))
            continue;
        last = table;
        v = know(d, f, row_str(r, ROUTES_VPC));
        if (!v || !table)
            continue;
        map_put(f->tables, table, v);
        if (is_main(r))
            v->main_table = table;
    }
}

static void read_routes(struct derive *d, struct route_facts *f)
{
    struct view_cursor at = {0};
    const char *last = NULL;
    struct vpc_facts *v = NULL;
    const struct row *r;

    while ((r = derive_next(d, &table_routes, &at))) {
        const char *vpc = row_str(r, ROUTES_VPC);
        if (!view_same_text(vpc, last))
            v = vpc_find(f, vpc);
        last = vpc;
        count_route(d, v, r, is_main(r));
    }
}

/* Each SDDC that is linked to the VPC has a subnet of its own, and one active ENI in it. */
static bool are_apart(struct derive *d, const struct vpc_facts *v)
{
    for (size_t i = 0; i < v->ntargets; i++) {
        const struct eni_info *e = eni_find(derive_enis(d), v->targets[i]);
        const char *subnet = e ? e->subnet : NULL;

        for (size_t k = 0; k < i; k++) {
            const struct eni_info *other = eni_find(derive_enis(d), v->targets[k]);
            if (!subnet || !other || !other->subnet || strcmp(subnet, other->subnet) == 0)
                return false;
        }
    }
    return true;
}

static bool is_word_of(const char *text, const char *word)
{
    size_t n = strlen(word);

    for (const char *p = text; p && *p; p += strcspn(p, " "), p += *p == ' ') {
        if (strcspn(p, " ") == n && memcmp(p, word, n) == 0)
            return true;
    }
    return false;
}

bool vpc_stays_active(struct derive *d, const struct vpc_facts *v, const char *eni)
{
    const struct eni_info *e = eni_find(derive_enis(d), eni);
    const char *subnet = e ? e->subnet : NULL;

    if (!subnet || !is_word_of(v->before, eni) || !vpc_is_active(v, eni))
        return false;
    for (size_t i = 0; i < v->ntargets; i++) {
        const struct eni_info *other = eni_find(derive_enis(d), v->targets[i]);

        if (strcmp(v->targets[i], eni) != 0 &&
            (!other || !other->subnet || strcmp(other->subnet, subnet) == 0))
            return false;
    }
    return true;
}

/* ---- active, settled, switching ------------------------------------------------------------- */

/* Kept in order, so that a list which comes in another order is no change. */
static void add_active(struct vpc_facts *v, const char *eni)
{
    size_t i = v->nactive;

    if (vpc_is_active(v, eni) || v->nactive == VPC_TARGETS_MAX)
        return;
    for (; i > 0 && strcmp(v->active[i - 1], eni) > 0; i--)
        v->active[i] = v->active[i - 1];
    v->active[i] = eni;
    v->nactive++;
}

static void find_active(struct vpc_facts *v)
{
    for (size_t i = 0; i < v->nlinks; i++) {
        const struct cell_list *list = v->links[i]->active;
        for (size_t k = 0; list && k < list->n; k++)
            add_active(v, list->items[k]);
    }
    v->by_nsx = v->nlinks > 0;
    for (size_t i = 0; !v->by_nsx && !v->silent && i < v->ntargets; i++)
        add_active(v, v->targets[i]);
}

/* What is active in the VPC is remembered by it. */
static const char *active_key(const struct derive *d, const struct vpc_facts *v)
{
    return arena_printf(d->arena, "active %s", v->vpc);
}

/* Without NSX's word ENIs in several subnets are those of several SDDCs, unless the main table was
 * seen to lead to one alone: then a stretched SDDC moves to its other zone. */
static bool is_settled(struct derive *d, const struct vpc_facts *v)
{
    const struct watch_entry *before;

    if (v->too_many)
        return false;
    if (v->by_nsx && !v->nactive)
        return v->ntargets <= 1;
    if (!v->by_nsx) {
        before = watch_get(d->watch, active_key(d, v));
        return v->ntargets <= 1 ||
               (are_apart(d, v) && (!before || !before->text || strchr(before->text, ' ')));
    }
    for (size_t i = 0; i < v->ntargets; i++) {
        if (!vpc_is_active(v, v->targets[i]))
            return false;
    }
    return true;
}

static char *active_text(const struct derive *d, const struct vpc_facts *v)
{
    char *text = NULL;

    for (size_t i = 0; i < v->nactive; i++)
        text = arena_printf(d->arena, "%s%s%s", text ? text : "", text ? " " : "", v->active[i]);
    return text;
}

/* Without links the main table is the measure. While it leads to two ENIs, the one it led to
 * before is the old one. */
static void prefer_new(struct vpc_facts *v, const char *before)
{
    if (v->by_nsx || v->settled || v->nactive != 2 || !before || !vpc_is_active(v, before))
        return;
    if (strcmp(v->active[0], before) == 0)
        v->active[0] = v->active[1];
    v->nactive = 1;
}

static void watch_active(struct derive *d, struct vpc_facts *v)
{
    int64_t now = d->view->now;
    const char *text = v->by_nsx || v->settled ? active_text(d, v) : NULL;
    struct watch_entry *e = watch_keep(d->watch, active_key(d, v), 0, now);

    if (text && e->text && strcmp(e->text, text) != 0)
        e->since = now;
    if (text)
        watch_set_text(e, text);
    v->changed_at = e->since;
    v->before = e->text ? arena_strdup(d->arena, e->text) : NULL;
    prefer_new(v, e->text);
}

static void watch_settled(struct derive *d, struct vpc_facts *v)
{
    const char *key = arena_printf(d->arena, "unsettled %s", v->vpc);

    if (!v->main_table)
        return;
    if (v->settled)
        watch_drop(d->watch, key);
    else
        v->unsettled_at = watch_keep(d->watch, key, d->view->now, d->view->now)->since;
}

static void judge(struct derive *d, struct vpc_facts *v)
{
    int64_t start;

    find_active(v);
    v->settled = is_settled(d, v);
    watch_active(d, v);
    watch_settled(d, v);
    start = v->changed_at > v->unsettled_at ? v->changed_at : v->unsettled_at;
    v->switching = derive_in_window(d, start);
}

struct route_facts *derive_routes(struct derive *d)
{
    struct route_facts *f = d->routes;
    const struct link_facts *links = derive_links(d);
    void *value;

    if (f)
        return f;
    f = d->routes = arena_alloc(d->arena, sizeof(*f));
    f->vpcs = map_new();
    f->tables = map_new();
    f->read = view_was_read(d->view, &table_routes);
    find_tables(d, f);
    read_routes(d, f);
    for (size_t i = 0; i < links->n; i++)
        know(d, f, links->links[i].vpc);
    for (size_t i = 0; map_at(f->vpcs, &i, NULL, &value);)
        judge(d, value);
    return f;
}
