/* change: actions on hosts, edges and ENIs. The products notice one by one: each is an action of
 * its own. */
#include "core/err.h"
#include "tests/lab/actions.h"

#include <string.h>

static struct lab_nsx *nsx_of(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    const char *site = lab_action_word(a, "site", err);
    struct lab_nsx *nsx = site ? lab_find_nsx(lab->estate, site) : NULL;

    if (site && !nsx)
        err_set(err, ERR_CONFIG, 0, "there is no site '%s'", site);
    return nsx;
}

static struct lab_host *host_of(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    const char *site = lab_action_word(a, "site", err);
    const char *name = site ? lab_action_word(a, "host", err) : NULL;
    struct lab_host *h = name ? lab_find_host(lab->estate, site, name) : NULL;

    if (name && !h)
        err_set(err, ERR_CONFIG, 0, "there is no host '%s' in '%s'", name, site);
    return h;
}

static struct lab_edge *edge_of(const struct lab_nsx *nsx, const struct lab_pairs *a,
                                struct err *err)
{
    const char *name = lab_action_word(a, "edge", err);
    struct lab_edge *e = name ? lab_find_edge(nsx, name) : NULL;

    if (name && !e)
        err_set(err, ERR_CONFIG, 0, "there is no edge '%s'", name);
    return e;
}

int lab_change_fail_host(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_host *h = host_of(lab, a, err);
    struct lab_nsx *nsx = h ? nsx_of(lab, a, err) : NULL;

    if (!nsx)
        return -1;
    h->up = false;
    h->state = "FAILED";
    for (size_t i = 0; i < nsx->edges.n; i++) {
        struct lab_edge *e = nsx->edges.at[i];

        if (e->host != h)
            continue;
        e->up = false;
        e->changed_at = lab_wall_ms();
    }
    lab_vc_host_changed(lab, nsx->site, h);
    return 0;
}

int lab_change_recover_host(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_host *h = host_of(lab, a, err);

    if (!h)
        return -1;
    h->up = true;
    h->state = "READY";
    lab_vc_host_changed(lab, lab_pairs_get(a, "site"), h);
    return 0;
}

static struct lab_role *find_role(const struct lab_gateway *g, const struct lab_edge *e,
                                  const char *status)
{
    for (size_t i = 0; i < g->roles.n; i++) {
        struct lab_role *r = g->roles.at[i];

        if ((!e || r->edge == e) && strcmp(r->status, status) == 0)
            return r;
    }
    return NULL;
}

static struct lab_role *find_standby(const struct lab_gateway *g, const struct lab_role *active)
{
    for (size_t i = 0; i < g->roles.n; i++) {
        struct lab_role *r = g->roles.at[i];

        if (r != active && r->group == active->group && r->edge->up &&
            strcmp(r->status, "STANDBY") == 0)
            return r;
    }
    return NULL;
}

static void failover_alarm(struct lab *lab, struct lab_nsx *nsx, const struct lab_gateway *g,
                           const struct lab_edge *to)
{
    struct lab_alarm *alarm = arena_alloc(lab->estate->arena, sizeof(*alarm));
    struct arena *a = lab->estate->arena;

    alarm->id = lab_uuid(lab->estate, "alarm", arena_printf(a, "%u", ++lab->serial));
    alarm->feature = "high_availability";
    alarm->event = g->tier ? "tier1_gateway_failover" : "tier0_gateway_failover";
    alarm->title = g->tier ? "Tier1 Gateway Failover" : "Tier0 Gateway Failover";
    alarm->summary = arena_printf(a, "A tier%d gateway has failed over.", g->tier);
    alarm->description = arena_printf(a, "The tier%d gateway %s failed over to Edge node %s.",
                                      g->tier, g->name, to->name);
    alarm->action = "Determine the service that is down on the other Edge node and restart it.";
    alarm->severity = "HIGH";
    alarm->status = "OPEN";
    alarm->node_id = to->id;
    alarm->node_name = to->name;
    alarm->at = lab_wall_ms();
    lab_list_add(&nsx->alarms, alarm);
}

static bool move_gateway(struct lab *lab, struct lab_nsx *nsx, struct lab_gateway *g,
                         const struct lab_edge *from)
{
    struct lab_role *active = find_role(g, from, "ACTIVE");
    struct lab_role *standby = active ? find_standby(g, active) : NULL;

    if (!standby)
        return false;
    active->status = active->edge->up ? "STANDBY" : "DOWN";
    standby->status = "ACTIVE";
    g->changed_at = lab_wall_ms();
    if (!nsx->vmc)
        failover_alarm(lab, nsx, g, standby->edge);
    return true;
}

int lab_change_move_edge(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_nsx *nsx = nsx_of(lab, a, err);
    struct lab_edge *from = NULL;
    bool moved = false;

    if (!nsx || (lab_pairs_get(a, "edge") && !(from = edge_of(nsx, a, err))))
        return -1;
    if (!from) {
        struct lab_role *r = find_role(nsx->gateways.at[0], NULL, "ACTIVE");

        from = r ? r->edge : NULL;
    }
    for (size_t i = 0; from && i < nsx->gateways.n; i++)
        moved |= move_gateway(lab, nsx, nsx->gateways.at[i], from);
    if (!moved)
        return err_set(err, ERR_CONFIG, 0, "no gateway has an active edge that can move");
    return 0;
}

void lab_change_place_edge(const struct lab_nsx *nsx, struct lab_edge *edge, struct lab_host *host)
{
    edge->host = host;
    edge->up = host->up;
    edge->changed_at = lab_wall_ms();
    for (size_t i = 0; edge->up && i < nsx->gateways.n; i++) {
        struct lab_role *r = find_role(nsx->gateways.at[i], edge, "DOWN");

        if (r)
            r->status = "STANDBY";
    }
}

int lab_change_restart_edge(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_nsx *nsx = nsx_of(lab, a, err);
    struct lab_edge *e = nsx ? edge_of(nsx, a, err) : NULL;
    struct lab_host *h = e ? host_of(lab, a, err) : NULL;

    if (!h)
        return -1;
    lab_change_place_edge(nsx, e, h);
    lab_vc_edge_moved(lab, nsx->site, e);
    return 0;
}

static struct lab_edge *active_edge(const struct lab_sddc *s, const struct lab_traffic_group *g)
{
    const struct lab_gateway *t0 = s->nsx->gateways.at[0];

    for (size_t i = 0; i < t0->roles.n; i++) {
        struct lab_role *r = t0->roles.at[i];

        if (r->group == g && strcmp(r->status, "ACTIVE") == 0)
            return r->edge;
    }
    return NULL;
}

int lab_change_follow_eni(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_sddc *s = lab_action_sddc(lab, a, err);
    const char *name = lab_pairs_get(a, "group");

    for (size_t i = 0; s && i < s->groups.n; i++) {
        struct lab_traffic_group *g = s->groups.at[i];
        struct lab_edge *e = active_edge(s, g);

        if (name && strcmp(g->name, name) != 0)
            continue;
        if (e && e->host && e->host->eni)
            g->eni = e->host->eni;
    }
    return s ? 0 : -1;
}

int lab_change_set_eni(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_sddc *s = lab_action_sddc(lab, a, err);
    const char *id = s ? lab_action_word(a, "eni", err) : NULL;
    const char *status = id ? lab_action_word(a, "status", err) : NULL;

    if (!status)
        return -1;
    for (size_t i = 0; i < s->aws->enis.n; i++) {
        struct lab_eni *e = s->aws->enis.at[i];

        if (strcmp(e->id, id) == 0) {
            e->status = arena_strdup(lab->estate->arena, status);
            return 0;
        }
    }
    return err_set(err, ERR_CONFIG, 0, "there is no ENI '%s'", id);
}

int lab_change_add_task(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_sddc *s = lab_action_sddc(lab, a, err);
    const char *id = s ? lab_action_word(a, "id", err) : NULL;
    const char *type = id ? lab_action_word(a, "type", err) : NULL;
    struct arena *arena = lab->estate->arena;
    struct lab_task *t;

    if (!type)
        return -1;
    t = arena_alloc(arena, sizeof(*t));
    t->id = lab_uuid(lab->estate, "task", id);
    t->type = arena_strdup(arena, type);
    t->status = arena_strdup(arena, lab_pairs_get(a, "status"));
    t->status = t->status ? t->status : "STARTED";
    t->sub_status = arena_strdup(arena, lab_pairs_get(a, "sub_status"));
    t->phase = arena_strdup(arena, lab_pairs_get(a, "phase"));
    t->started_at = lab_wall_ms();
    t->progress = 10;
    lab_list_add(&s->tasks, t);
    return 0;
}

int lab_change_end_task(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_sddc *s = lab_action_sddc(lab, a, err);
    const char *id = s ? lab_action_word(a, "id", err) : NULL;
    const char *status = lab_pairs_get(a, "status");

    if (!id)
        return -1;
    for (size_t i = 0; i < s->tasks.n; i++) {
        struct lab_task *t = s->tasks.at[i];

        if (strcmp(t->id, lab_uuid(lab->estate, "task", id)) != 0)
            continue;
        t->status = status ? arena_strdup(lab->estate->arena, status) : "FINISHED";
        t->sub_status = t->status;
        t->phase = NULL;
        t->progress = 100;
        t->ended_at = lab_wall_ms();
        return 0;
    }
    return err_set(err, ERR_CONFIG, 0, "there is no task '%s'", id);
}

int lab_change_add_alarm(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_nsx *nsx = nsx_of(lab, a, err);
    struct lab_edge *e = nsx ? edge_of(nsx, a, err) : NULL;
    const char *id = e ? lab_action_word(a, "id", err) : NULL;
    const char *event = id ? lab_action_word(a, "event", err) : NULL;
    const char *severity = lab_pairs_get(a, "severity"), *summary = lab_pairs_get(a, "summary");
    struct arena *arena = lab->estate->arena;
    struct lab_alarm *alarm;

    if (!event)
        return -1;
    alarm = arena_alloc(arena, sizeof(*alarm));
    alarm->id = lab_uuid(lab->estate, "alarm", id);
    alarm->feature = "edge_health";
    alarm->event = arena_strdup(arena, event);
    alarm->title = alarm->event;
    alarm->summary = summary ? arena_strdup(arena, summary) : alarm->event;
    alarm->description = alarm->summary;
    alarm->action = "See the summary.";
    alarm->severity = severity ? arena_strdup(arena, severity) : "HIGH";
    alarm->status = "OPEN";
    alarm->node_id = e->id;
    alarm->node_name = e->name;
    alarm->at = lab_wall_ms();
    lab_list_add(&nsx->alarms, alarm);
    return 0;
}

int lab_change_resolve_alarms(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_nsx *nsx = nsx_of(lab, a, err);

    for (size_t i = 0; nsx && i < nsx->alarms.n; i++) {
        struct lab_alarm *alarm = nsx->alarms.at[i];

        if (strcmp(alarm->status, "OPEN") != 0)
            continue;
        alarm->status = "RESOLVED";
        alarm->resolved_at = lab_wall_ms();
    }
    return nsx ? 0 : -1;
}
