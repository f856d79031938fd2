/*
 * observe: the raw side. Kinds of timeline entries made here:
 *
 *  active_edge  a gateway (of a traffic group) is served by another edge
 *  active_eni   NSX names another active ENI; without NSX's word: the main table leads to another
 *  edge_status  an edge went up or down
 *  host_state   a host failed or came back, as VMC or vCenter says
 */
#include "model/observe.h"

#include "core/arena.h"
#include "core/map.h"
#include "core/mem.h"
#include "model/derive/facts.h"
#include "model/derive/hosts.h"

#include <string.h>

struct observer {
    struct derive *d;
    struct since *since;
    struct timeline *timeline;
    const char *site;
};

/* See @state now; on a change write an entry like @e, whose from and to are made here. */
static void see(const struct observer *o, const char *kind, const char *key, const char *state,
                int64_t at, const struct timeline_entry *like)
{
    struct since_record before;
    struct timeline_entry e;

    if (!state || !since_see(o->since, o->site, kind, key, state, at, &before) || !like)
        return;
    e = *like;
    e.at = at;
    e.from = before.state;
    e.to = state;
    e.delay_ms = -1;
    e.error_bar_ms = before.seen && at > before.seen ? at - before.seen : -1;
    timeline_observe(o->timeline, &e);
}

/* ---- gateways -----------------------------------------------------------------------------------
 */

/* The edges that are active for one gateway and traffic group. */
struct served {
    const struct row *gateway;
    const char *manager; /* " of vmc2", or "" */
    const char *edges;
    int64_t at;
    bool any;
};

static struct served *served_by(const struct observer *o, struct map *all, const struct row *r,
                                int64_t at)
{
    const char *gateway = row_str(r, GATEWAYS_GATEWAY), *group = row_str(r, GATEWAYS_TRAFFIC_GROUP);
    const char *path = row_str(r, GATEWAYS_PATH), *name = path ? path : gateway;
    const char *manager =
        derive_of_manager(o->d, identity_manager(o->d->managers, row_str(r, SCHEMA_ENDPOINT)));
    const char *key =
        arena_printf(o->d->arena, "%s %s%s", name ? name : "", group ? group : "", manager);
    struct served *s = map_get(all, key);

    if (s)
        return s;
    s = arena_alloc(o->d->arena, sizeof(*s));
    s->gateway = r;
    s->manager = manager;
    s->at = at;
    map_put(all, key, s);
    return s;
}

static void read_gateway(const struct observer *o, struct map *all, const struct row *r, int64_t at)
{
    const char *status = row_str(r, GATEWAYS_HA_STATUS), *edge = row_str(r, GATEWAYS_EDGE);
    struct served *s = served_by(o, all, r, at);

    see(o, "gateway", r->key, status, at, NULL);
    if (!edge)
        edge = row_str(r, GATEWAYS_EDGE_ID);
    if (status && strcmp(status, "unknown") != 0)
        s->any = true;
    if (status && edge && strcmp(status, "active") == 0)
        s->edges = s->edges ? arena_printf(o->d->arena, "%s, %s", s->edges, edge) : edge;
}

/* By its name, when a link knows the id. */
static const char *group_name(const struct observer *o, const struct row *gateway)
{
    const struct link_facts *f = derive_links(o->d);
    const char *id = row_str(gateway, GATEWAYS_TRAFFIC_GROUP), *name = id;

    for (size_t i = 0; id && name == id && i < f->n; i++)
        name = link_group_name(&f->links[i], id);
    return name;
}

static void see_served(const struct observer *o, const char *key, const struct served *s)
{
    const char *gateway = row_str(s->gateway, GATEWAYS_GATEWAY);
    const char *group = group_name(o, s->gateway);
    int64_t tier = -1;
    struct timeline_entry e = {.kind = "active_edge", .opens = true};

    if (!s->any)
        return; /* NSX does not know: no news */
    (void)row_int(s->gateway, GATEWAYS_TIER, &tier);
    e.subject = gateway;
    if (tier >= 0)
        e.detail = arena_printf(o->d->arena, "tier-%d%s%s%s", (int)tier,
                                group ? ", traffic group " : "", group ? group : "", s->manager);
    see(o, "active_edge", key, s->edges ? s->edges : "none", s->at, &e);
}

static void observe_gateways(const struct observer *o)
{
    struct view_cursor at = {0};
    struct map *all = map_new();
    const struct row *r;
    const char *key;
    void *value;

    while ((r = derive_next(o->d, &table_gateways, &at)))
        read_gateway(o, all, r, snapshot_taken_at(at.snapshot));
    for (size_t i = 0; map_at(all, &i, &key, &value);)
        see_served(o, key, value);
    map_free(all, NULL);
}

/* ---- edges, hosts -------------------------------------------------------------------------------
 */

static void observe_edges(const struct observer *o)
{
    struct view_cursor at = {0};
    const struct row *r;

    while ((r = derive_next(o->d, &table_edges, &at))) {
        const char *name = row_str(r, EDGES_EDGE), *status = row_str(r, EDGES_STATUS);
        struct timeline_entry e = {.kind = "edge_status",
                                   .subject = name ? name : row_str(r, EDGES_EDGE_ID),
                                   .opens = status && strcmp(status, "down") == 0};
        see(o, "edge", r->key, status, snapshot_taken_at(at.snapshot), &e);
    }
}

/* A word for the state of a host, of VMC or of vCenter. */
struct host_word {
    const char *text;
    enum severity severity;
};

static const unsigned host_columns[] = {HOSTS_STATE, HOSTS_CONNECTION_STATE};

/* How bad a word is in the vocabulary of the column; SEV_UNKNOWN: not one of it. */
static enum severity severity_of(unsigned col, const char *word)
{
    const struct state_word *w = table_hosts.columns[col].states;

    while (w->word && strcmp(w->word, word) != 0)
        w++;
    return w->word ? w->severity : SEV_UNKNOWN;
}

static void consider(struct host_word *worst, const struct row *r)
{
    for (size_t i = 0; r && i < ARRAY_SIZE(host_columns); i++) {
        const char *text = row_str(r, host_columns[i]);
        enum severity s =
            text ? cell_severity(&table_hosts.columns[host_columns[i]], &r->cells[host_columns[i]])
                 : SEV_NONE;

        if (text && (!worst->text || s > worst->severity))
            *worst = (struct host_word){text, s};
    }
}

static bool says(const struct row *r, const char *word)
{
    return r && (view_same_text(row_str(r, HOSTS_STATE), word) ||
                 view_same_text(row_str(r, HOSTS_CONNECTION_STATE), word));
}

/* Two managers tell of one host, each in its words and in its own time. What was seen holds for as
 * long as one of them still says it, or the other one says as much: "failed" after "notResponding"
 * is no news. */
static const char *same_word(const struct observer *o, const char *key, const struct host_word *now,
                             const struct row *r, const struct row *twin)
{
    struct since_record before;
    enum severity a, b;

    if (!now->text || !since_find(o->since, o->site, "host", key, &before))
        return now->text;
    a = severity_of(HOSTS_STATE, before.state);
    b = severity_of(HOSTS_CONNECTION_STATE, before.state);
    if (a != now->severity && b != now->severity)
        return now->text;
    if (says(r, before.state) || says(twin, before.state))
        return before.state;
    return severity_of(a == now->severity ? HOSTS_CONNECTION_STATE : HOSTS_STATE, now->text) ==
                   now->severity
               ? before.state
               : now->text;
}

static const char *told_by(const struct observer *o, const struct row *r, const struct row *twin)
{
    return twin ? arena_printf(o->d->arena, "via %s and %s", row_str(r, SCHEMA_ENDPOINT),
                               row_str(twin, SCHEMA_ENDPOINT))
                : NULL;
}

static const char *host_name(const struct observer *o, const struct row *r)
{
    const char *name = hosts_full_name(o->d->arena, r);

    return name ? name : r->key;
}

/* The same whichever of the two is met. */
static const char *host_key(const struct observer *o, const struct row *r, const struct row *twin)
{
    const char *a = host_name(o, r), *b = twin ? host_name(o, twin) : a;

    return strcmp(a, b) <= 0 ? a : b;
}

static void observe_hosts(const struct observer *o)
{
    struct hosts_join *join = hosts_join_new(o->d);
    struct map *done = map_new();
    struct view_cursor at = {0};
    const struct row *r;

    while ((r = derive_next(o->d, &table_hosts, &at))) {
        const struct row *twin = hosts_join_twin(join, at.snapshot, r);
        struct timeline_entry e = {.kind = "host_state", .subject = row_str(r, HOSTS_HOST)};
        struct host_word now = {NULL, SEV_NONE};
        const char *key = host_key(o, r, twin);

        if (map_has(done, key))
            continue;
        map_put(done, key, (void *)r);
        consider(&now, r);
        consider(&now, twin);
        e.opens = now.severity == SEV_CRITICAL;
        e.detail = told_by(o, r, twin);
        see(o, "host", key, same_word(o, key, &now, r, twin), snapshot_taken_at(at.snapshot), &e);
    }
    map_free(done, NULL);
    hosts_join_release(join);
}

/* ---- links --------------------------------------------------------------------------------------
 */

static const char *host_of(const struct observer *o, const char *eni)
{
    struct identity_match m = identity_eni_host(derive_hosts(o->d), eni);

    return m.host ? m.host : eni;
}

/* The ENIs are what must be copied; their hosts are what a person knows. */
static void see_active(const struct observer *o, const struct link *l, const char *group,
                       const char *eni, int64_t at)
{
    const char *key = link_since_key(o->d, l, group);
    struct timeline_entry e = {.kind = "active_eni", .opens = true};
    struct since_record before;

    e.subject = group ? arena_printf(o->d->arena, "%s, traffic group %s", l->vpc, group) : l->vpc;
    if (since_find(o->since, o->site, "link", key, &before))
        e.detail = arena_printf(o->d->arena, "%s -> %s%s", host_of(o, before.state),
                                host_of(o, eni), derive_of_manager(o->d, l->manager));
    see(o, "link", key, eni, at, &e);
}

static void observe_links(const struct observer *o)
{
    const struct link_facts *f = derive_links(o->d);
    struct view_cursor at = {0};

    for (size_t i = 0; i < f->n && derive_next(o->d, &table_linked_vpcs, &at); i++) {
        const struct link *l = &f->links[i];
        for (size_t k = 0; l->vpc && l->active && k < l->active->n; k++)
            see_active(o, l, link_group_of(o->d, l, l->active->items[k]), l->active->items[k],
                       snapshot_taken_at(at.snapshot));
    }
}

void observe_raw(struct site *s, struct since *since, struct timeline *t)
{
    const struct observer o = {site_join(s), since, t, site_config(s)->name};

    if (site_read_anew(s, &table_hosts))
        observe_hosts(&o);
    if (site_read_anew(s, &table_edges))
        observe_edges(&o);
    if (site_read_anew(s, &table_gateways))
        observe_gateways(&o);
    if (site_read_anew(s, &table_linked_vpcs))
        observe_links(&o);
}
