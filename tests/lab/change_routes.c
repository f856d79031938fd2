/* change_routes: actions on route tables, prefix lists and segments. */
#include "core/err.h"
#include "core/ip.h"
#include "core/text.h"
#include "tests/lab/actions.h"

#include <string.h>

static struct lab_table *table_of(const struct lab_sddc *s, const struct lab_pairs *a,
                                  struct err *err)
{
    const char *name = lab_action_word(a, "table", err);
    struct lab_table *t = name ? lab_find_table(s->aws, name) : NULL;

    if (name && !t)
        err_set(err, ERR_CONFIG, 0, "there is no route table '%s'", name);
    return t;
}

static struct lab_route *route_of(const struct lab_table *t, const struct lab_pairs *a,
                                  struct err *err)
{
    const char *destination = lab_action_word(a, "destination", err);

    for (size_t i = 0; destination && i < t->routes.n; i++) {
        struct lab_route *r = t->routes.at[i];

        if (strcmp(r->destination, destination) == 0)
            return r;
    }
    if (destination)
        err_set(err, ERR_CONFIG, 0, "there is no route to '%s'", destination);
    return NULL;
}

static bool stale(const struct lab_route *r)
{
    return r->group &&
           (strcmp(r->target, r->group->eni->id) != 0 || strcmp(r->state, "active") != 0);
}

static void rewrite(struct lab_route *r)
{
    r->target = r->group->eni->id;
    r->state = "active";
}

/* One stale route, or all of them. */
static void rewrite_stale(struct lab_table *t, bool one)
{
    for (size_t i = 0; i < t->routes.n; i++) {
        if (!stale(t->routes.at[i]))
            continue;
        rewrite(t->routes.at[i]);
        if (one)
            return;
    }
}

int lab_change_rewrite_route(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_sddc *s = lab_action_sddc(lab, a, err);
    struct lab_table *t = s ? table_of(s, a, err) : NULL;
    const char *destination = lab_pairs_get(a, "destination");
    struct lab_route *r;

    if (!t)
        return -1;
    if (!destination || strcmp(destination, "next") == 0) {
        rewrite_stale(t, destination != NULL);
        return 0;
    }
    r = route_of(t, a, err);
    if (!r)
        return -1;
    if (!r->group)
        return err_set(err, ERR_CONFIG, 0, "'%s' is not a route of the SDDC", destination);
    rewrite(r);
    return 0;
}

int lab_change_add_route(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_sddc *s = lab_action_sddc(lab, a, err);
    struct lab_table *t = s ? table_of(s, a, err) : NULL;
    const char *destination = t ? lab_action_word(a, "destination", err) : NULL;
    const char *target = lab_pairs_get(a, "target");
    struct arena *arena = lab->estate->arena;
    struct lab_route *r;

    if (!destination)
        return -1;
    r = lab_route_add(lab->estate, t, arena_strdup(arena, destination),
                      !target || text_has_prefix(target, "eni-") ? TARGET_ENI : TARGET_GATEWAY,
                      arena_strdup(arena, target));
    if (!target) {
        r->group = s->groups.at[0];
        rewrite(r);
    }
    return 0;
}

int lab_change_remove_route(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_sddc *s = lab_action_sddc(lab, a, err);
    struct lab_table *t = s ? table_of(s, a, err) : NULL;
    struct lab_route *r = t ? route_of(t, a, err) : NULL;

    if (!r)
        return -1;
    lab_list_remove(&t->routes, r);
    return 0;
}

int lab_change_set_route(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_sddc *s = lab_action_sddc(lab, a, err);
    struct lab_table *t = s ? table_of(s, a, err) : NULL;
    struct lab_route *r = t ? route_of(t, a, err) : NULL;
    const char *state = lab_pairs_get(a, "state"), *target = lab_pairs_get(a, "target");

    if (!r)
        return -1;
    if (state)
        r->state = arena_strdup(lab->estate->arena, state);
    if (target)
        r->target = arena_strdup(lab->estate->arena, target);
    return 0;
}

/* What VMC does for a new routed segment: the main table, or the managed prefix list. */
static void publish(struct lab *lab, struct lab_sddc *s, const char *cidr)
{
    struct lab_route *r;

    if (s->aws->managed) {
        lab_list_add(&s->aws->managed->entries, arena_strdup(lab->estate->arena, cidr));
        s->aws->managed->version++;
        return;
    }
    r = lab_route_add(lab->estate, s->aws->tables.at[0], cidr, TARGET_ENI, NULL);
    r->group = s->groups.at[0];
    rewrite(r);
}

static bool is_ipv4(const char *cidr)
{
    struct ip ip;

    return ip_parse(cidr, &ip) == 0 && ip.family == 4;
}

static void add_segment(struct lab *lab, struct lab_nsx *nsx, const struct lab_pairs *a)
{
    const char *type = lab_pairs_get(a, "type"), *name = lab_pairs_get(a, "name");
    const char *left_alone = lab_pairs_get(a, "routed");
    struct arena *arena = lab->estate->arena;
    const char *cidr = arena_strdup(arena, lab_pairs_get(a, "cidr"));
    bool routed = !type || strcmp(type, "ROUTED") == 0;
    struct lab_segment *s = lab_segment_add(
        lab->estate, nsx, nsx->vmc ? "/infra/tier-1s/cgw" : "/infra", lab_pairs_get(a, "id"),
        routed ? "ROUTED" : arena_strdup(arena, type), cidr);

    if (name)
        s->name = arena_strdup(arena, name);
    if (!routed)
        return;
    if (!nsx->vmc)
        s->connectivity = "/infra/tier-1s/t1-tenant-a";
    else if (cidr && (!left_alone || *left_alone != '0'))
        publish(lab, lab_find_sddc(lab->estate, nsx->site), cidr);
}

int lab_change_add_segment(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    const char *site = lab_action_word(a, "site", err);
    const char *id = site ? lab_action_word(a, "id", err) : NULL;
    struct lab_nsx *nsx = id ? lab_find_nsx(lab->estate, site) : NULL;
    const char *cidr = lab_pairs_get(a, "cidr");

    if (!id)
        return -1;
    if (!nsx)
        return err_set(err, ERR_CONFIG, 0, "there is no site '%s'", site);
    if (cidr && !is_ipv4(cidr))
        return err_set(err, ERR_CONFIG, 0, "'%s' is not an IPv4 block", cidr);
    add_segment(lab, nsx, a);
    return 0;
}

static struct lab_segment *segment_of(struct lab *lab, const struct lab_pairs *a,
                                      struct lab_nsx **nsx, struct err *err)
{
    const char *site = lab_action_word(a, "site", err);
    const char *id = site ? lab_action_word(a, "id", err) : NULL;
    struct lab_segment *s;

    *nsx = id ? lab_find_nsx(lab->estate, site) : NULL;
    s = *nsx ? lab_find_segment(*nsx, id) : NULL;
    if (id && !s)
        err_set(err, ERR_CONFIG, 0, "there is no segment '%s' in '%s'", id, site);
    return s;
}

int lab_change_remove_segment(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_nsx *nsx;
    struct lab_segment *s = segment_of(lab, a, &nsx, err);

    if (!s)
        return -1;
    lab_list_remove(&nsx->segments, s);
    return 0;
}

int lab_change_set_segment(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_nsx *nsx;
    struct lab_segment *s = segment_of(lab, a, &nsx, err);
    const char *state = lab_pairs_get(a, "state"), *failure = lab_pairs_get(a, "failure");
    const char *admin = lab_pairs_get(a, "admin");

    if (!s)
        return -1;
    if (state)
        s->state = arena_strdup(lab->estate->arena, state);
    if (failure)
        s->failure = arena_strdup(lab->estate->arena, failure);
    if (admin)
        s->admin_up = strcmp(admin, "UP") == 0;
    return 0;
}
