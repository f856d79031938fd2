/*
 * The shape of the file: sites hold endpoints, endpoints may use a named credential, a host range
 * is one endpoint per host. Problems are collected, not thrown: a person who edits a long file
 * wants all of them.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/map.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/suggest.h"
#include "core/text.h"
#include "model/config_impl.h"

/* An endpoint on its way from the file to the configuration. */
struct reading_endpoint {
    struct config_parse *p;
    struct config_site *site;
    const struct yaml_node *node;
    struct config_values *values;
    const struct kind_spec *kind;
    const char *name, *what; /* what: for messages */
    struct map *names;       /* of the site's endpoints so far -> node */
};

void config_problem(struct config_parse *p, const struct yaml_node *at, const char *fmt, ...)
{
    struct strbuf raw = STRBUF_INIT, clean = STRBUF_INIT;
    va_list ap;

    va_start(ap, fmt);
    strbuf_vaddf(&raw, fmt, ap);
    va_end(ap);
    text_sanitize(&clean, raw.buf, raw.len, 0);
    p->problems = mem_grow(p->problems, p->nproblems, &p->problems_cap, sizeof(*p->problems));
    p->problems[p->nproblems++] = (struct config_problem){
        at->line, at->column, arena_strndup(p->arena, clean.buf, clean.len)};
    strbuf_release(&raw);
    strbuf_release(&clean);
}

static struct config_values *new_values(struct config_parse *p, const struct config_values *outer)
{
    struct config_values *v = arena_alloc(p->arena, sizeof(*v));

    v->outer = outer;
    v->config = p->c;
    v->next = p->c->all;
    p->c->all = v;
    return v;
}

/* The text of @key in @map if it is a usable name; NULL otherwise (the readers of values complain).
 */
static const char *peek_name(const struct yaml_node *map, const char *key)
{
    const struct yaml_node *n = yaml_get(map, key);

    return n && n->kind == YAML_TEXT && !yaml_is_null(n) && *n->text ? n->text : NULL;
}

/* Refuse a name that is malformed or taken; @what is "site" or "endpoint". */
static void check_name(struct config_parse *p, const struct yaml_node *map, const char *what,
                       struct map *names)
{
    const char *name = peek_name(map, "name");
    const struct yaml_node *at = yaml_get(map, "name"), *before;

    if (!name)
        return;
    const char *why = config_name_problem(name);
    if (why) {
        config_problem(p, at, "name of %s '%s' %s", what, name, why);
        return;
    }
    before = map_get(names, name);
    if (before)
        config_problem(p, at, "duplicate %s '%s', first in line %u", what, name, before->line);
    else
        map_put(names, name, (void *)at);
}

/* ---- credentials
 * --------------------------------------------------------------------------------- */

static void read_credentials(struct config_parse *p, const struct yaml_node *map)
{
    const struct key_spec *const tables[] = {kinds_credential_keys, NULL};

    if (!map)
        return;
    if (map->kind != YAML_MAP) {
        config_problem(p, map, "'credentials' must be a mapping, not %s",
                       yaml_kind_name(map->kind));
        return;
    }
    for (size_t i = 0; i < map->n; i++) {
        const struct yaml_pair *pair = &map->pairs[i];
        const char *why = config_name_problem(pair->key->text);
        const char *what = arena_printf(p->arena, "credential '%s'", pair->key->text);
        struct config_values *v = new_values(p, NULL);
        if (why)
            config_problem(p, pair->key, "name of %s %s", what, why);
        map_put(p->credentials, pair->key->text, v);
        if (pair->value->kind == YAML_MAP)
            config_read_map(p, v, tables, pair->value, what);
        else
            config_problem(p, pair->value, "%s must be a mapping, not %s", what,
                           yaml_kind_name(pair->value->kind));
    }
}

static void unknown_credential(struct config_parse *p, const struct yaml_node *at, const char *name)
{
    struct suggest s;
    const char *known;
    void *unused;

    suggest_init(&s, name);
    for (size_t i = 0; map_at(p->credentials, &i, &known, &unused);)
        suggest_try(&s, known);
    if (s.best)
        config_problem(p, at, "no credential '%s'; did you mean '%s'?", name, s.best);
    else
        config_problem(p, at, "no credential '%s' below 'credentials'", name);
}

/* Give the endpoint what its named credential has. */
static void use_credential(struct reading_endpoint *e)
{
    const struct yaml_node *at = yaml_get(e->node, "credential");
    const char *name = peek_name(e->node, "credential");
    const struct config_values *from = name ? map_get(e->p->credentials, name) : NULL;

    if (name && !from)
        unknown_credential(e->p, at, name);
    for (size_t i = 0; from && i < from->n; i++) {
        const struct config_value *v = &from->v[i];
        const char *top = arena_strndup(e->p->arena, v->key, strcspn(v->key, "."));
        if (!kinds_key(e->kind->keys, top)) {
            config_problem(e->p, at, "credential '%s' has '%s', which kind %s does not take", name,
                           top, e->kind->name);
        } else if (yaml_get(e->node, top)) {
            config_problem(e->p, at, "credential '%s' has '%s', which is given here too", name,
                           top);
        } else {
            struct config_values *to = e->values;
            to->v = mem_grow(to->v, to->n, &to->cap, sizeof(*to->v));
            to->v[to->n++] = *v;
        }
    }
}

/* ---- endpoints
 * ------------------------------------------------------------------------------------- */

static const char *text_of(const struct reading_endpoint *e, const char *key)
{
    const struct config_value *v = config_values_own(e->values, key);

    return v && v->nitems ? v->items[0] : NULL;
}

static bool given(const struct reading_endpoint *e, const char *key)
{
    return config_values_own(e->values, key) || yaml_get(e->node, key);
}

/* A credential that is named and does not exist is one problem, not also what it would have had. */
static bool is_of_missing_credential(const struct reading_endpoint *e, const char *key)
{
    const char *name = peek_name(e->node, "credential");
    const struct key_spec *k = kinds_credential_keys;

    if (!name || map_has(e->p->credentials, name))
        return false;
    while (k->name && strcmp(k->name, key) != 0)
        k++;
    return k->name;
}

static void require(const struct reading_endpoint *e, const char *key, const char *when)
{
    if (!given(e, key) && !is_of_missing_credential(e, key))
        config_problem(e->p, e->node, "missing key '%s' in %s%s", key, e->what, when);
}

static void check_nsx(const struct reading_endpoint *e)
{
    const char *auth = text_of(e, "auth");

    if (auth && strcmp(auth, "certificate") == 0) {
        require(e, "client_cert", " (auth certificate)");
        require(e, "client_key", " (auth certificate)");
    } else if (auth) {
        require(e, "user", "");
        require(e, "password", "");
    }
}

static void check_ssh(const struct reading_endpoint *e)
{
    const char *key = text_of(e, "host_key");

    if (!given(e, "hosts") && !given(e, "hosts_from"))
        config_problem(e->p, e->node, "missing key 'hosts'%s in %s",
                       e->kind->kind == KIND_ESXI ? " (or 'hosts_from')" : "", e->what);
    if (key && (!text_has_prefix(key, "SHA256:") || strlen(key) != 7 + 43))
        config_problem(e->p, yaml_get(e->node, "host_key"),
                       "'host_key' must be SHA256: and 43 characters, as ssh-keygen -l prints it");
}

static const char *account_problem(const char *account)
{
    return strlen(account) == 12 && strspn(account, "0123456789") == 12
               ? NULL
               : "'account' must be the 12 digits of an AWS account";
}

/* AWS answers a wrong id with an empty list, as if there were nothing to show. */
static void check_ids(const struct reading_endpoint *e, const char *one, const char *many,
                      const char *prefix, const char *what)
{
    const struct config_value *v = config_values_own(e->values, many);
    const struct yaml_node *node = yaml_get(e->node, one);

    for (size_t i = 0; v && i < v->nitems; i++) {
        const char *id = v->items[i];

        if (!text_has_prefix(id, prefix) || !id[strlen(prefix)])
            config_problem(e->p, node ? node : yaml_get(e->node, many),
                           "'%s' is not the id of a %s, such as %s1a2b3c4d", id, what, prefix);
    }
}

/* What is sent to AWS in a host name. */
static bool region_is_plausible(const char *region)
{
    size_t n = strlen(region);

    return n > 0 && n <= 32 && strspn(region, "abcdefghijklmnopqrstuvwxyz0123456789-") == n;
}

static void check_aws(const struct reading_endpoint *e)
{
    const char *account = text_of(e, "account"), *region = text_of(e, "region");
    const char *why = account ? account_problem(account) : NULL;

    if (why)
        config_problem(e->p, yaml_get(e->node, "account"), "%s", why);
    if (region && !region_is_plausible(region))
        config_problem(e->p, yaml_get(e->node, "region"),
                       "'%s' is not a region, such as ap-northeast-1", region);
    check_ids(e, "vpc", "vpcs", "vpc-", "VPC");
    check_ids(e, "subnet", "subnets", "subnet-", "subnet");
}

static void add_endpoint(struct reading_endpoint *e, const char *name,
                         const struct config_values *values)
{
    struct config *c = e->p->c;
    struct config_endpoint *ep = arena_alloc(e->p->arena, sizeof(*ep));
    const struct config_endpoint **all = NULL;

    if (!e->name)
        return;
    ep->site = e->site->name;
    ep->name = name;
    ep->group = e->name;
    ep->kind = e->kind->kind;
    ep->values = values;
    ep->index = (unsigned)c->nendpoints;
    ep->credential = config_credential_identity(e->p, e->values, e->site->name, e->name);
    /* The arena cannot shrink or grow a block: double when a power of two is full. */
    if ((c->nendpoints & (c->nendpoints - 1)) == 0) {
        all = arena_alloc(e->p->arena, (c->nendpoints ? 2 * c->nendpoints : 1) * sizeof(*all));
        if (c->nendpoints)
            memcpy(all, c->endpoints, c->nendpoints * sizeof(*all));
        c->endpoints = all;
    }
    c->endpoints[c->nendpoints++] = ep;
}

static bool is_excluded(const struct reading_endpoint *e, const char *name, const char *host)
{
    const struct config_value *v = config_values_own(e->values, "exclude");

    for (size_t i = 0; v && i < v->nitems; i++) {
        if (text_glob(v->items[i], name) || text_glob(v->items[i], host))
            return true;
    }
    return false;
}

static void add_host(struct reading_endpoint *e, const char *text, struct map *seen)
{
    static const struct key_spec host_key = {.name = "host", .type = KEY_STR};
    static const struct key_spec port_key = {.name = "port", .type = KEY_INT};
    const struct yaml_node *hosts = yaml_get(e->node, "hosts");
    const struct yaml_node *at = hosts ? hosts : yaml_get(e->node, "hosts_from");
    struct config_values *v = new_values(e->p, e->values);
    const char *host, **items;
    int64_t port;

    if (config_host_split(e->p->arena, text, &host, &port) || is_excluded(e, text, host))
        return;
    if (map_put(seen, text, v)) {
        config_problem(e->p, at, "'hosts' has '%s' twice", text);
        return;
    }
    v->kind = e->kind;
    items = arena_alloc(e->p->arena, 2 * sizeof(*items));
    items[0] = host;
    items[1] = arena_printf(e->p->arena, "%lld", (long long)port);
    struct config_value *value = config_values_add(e->p, v, "host", &host_key, at);
    value->items = &items[0];
    value->nitems = 1;
    value = config_values_add(e->p, v, "port", &port_key, at);
    value->items = &items[1];
    value->nitems = 1;
    value->number = port;
    add_endpoint(e, arena_printf(e->p->arena, "%s/%s", e->name ? e->name : "", text), v);
}

/* Names come from a vCenter: one that cannot be a host is passed over. */
static void add_found(struct reading_endpoint *e)
{
    const struct config_found *f = e->p->found;
    struct map *seen;
    size_t i = 0;

    while (i < e->p->nfound && (strcmp(f[i].site, e->site->name) != 0 || !e->name ||
                                strcmp(f[i].endpoint, e->name) != 0))
        i++;
    if (i == e->p->nfound || !f[i].n) {
        add_endpoint(e, e->name, e->values);
        return;
    }
    seen = map_new();
    for (size_t k = 0; k < f[i].n && k < CONFIG_HOSTS_MAX; k++) {
        if (!map_get(seen, f[i].hosts[k]))
            add_host(e, arena_strdup(e->p->arena, f[i].hosts[k]), seen);
    }
    map_free(seen, NULL);
}

/* One endpoint per host of 'hosts', or that hosts_from has found; the endpoint itself until then.
 */
static void add_hosts(struct reading_endpoint *e)
{
    const struct config_value *v = config_values_own(e->values, "hosts");
    struct config_hosts hosts = {0};
    struct map *seen;

    if (!v) {
        if (given(e, "hosts_from"))
            add_found(e);
        return;
    }
    for (size_t i = 0; i < v->nitems; i++) {
        const char *why = config_hosts_expand(e->p->arena, v->items[i], &hosts);
        if (why)
            config_problem(e->p, yaml_get(e->node, "hosts"), "'hosts': '%s' %s", v->items[i], why);
    }
    seen = map_new();
    for (size_t i = 0; i < hosts.n; i++)
        add_host(e, hosts.names[i], seen);
    map_free(seen, NULL);
    free(hosts.names);
}

static const struct kind_spec *read_kind(struct reading_endpoint *e)
{
    const char *name = peek_name(e->node, "kind");
    const struct kind_spec *kind = name ? kinds_find(name) : NULL;
    const struct yaml_node *at = yaml_get(e->node, "kind");

    if (kind)
        return kind;
    if (!at)
        config_problem(e->p, e->node, "missing key 'kind' in %s", e->what);
    else if (!name)
        config_problem(e->p, at, "'kind' must be a word");
    else
        config_problem(e->p, at, "'kind' is '%s', which is none of: %s", name,
                       kinds_key(kinds_common_keys, "kind")->values);
    return NULL;
}

static void read_endpoint(struct reading_endpoint *e)
{
    const char *name = peek_name(e->node, "name");

    e->name = name && !config_name_problem(name) ? arena_strdup(e->p->arena, name) : NULL;
    e->what = name ? arena_printf(e->p->arena, "endpoint '%s'", name) : "an endpoint";
    check_name(e->p, e->node, "endpoint", e->names);
    e->kind = read_kind(e);
    if (!e->kind)
        return;
    const struct key_spec *const tables[] = {e->kind->keys, kinds_common_keys, kinds_scope_keys,
                                             NULL};
    e->values->kind = e->kind;
    config_read_map(e->p, e->values, tables, e->node, e->what);
    use_credential(e);
    config_complete_map(e->p, e->values, tables, e->node, e->what);
    if (e->kind->kind == KIND_NSX)
        check_nsx(e);
    if (e->kind->kind == KIND_AWS)
        check_aws(e);
    if (e->kind->kind & KINDS_SSH) {
        check_ssh(e);
        add_hosts(e);
    } else {
        add_endpoint(e, e->name, e->values);
    }
}

/* hosts_from names a vcenter endpoint of the same site. */
static void check_hosts_from(struct config_parse *p, const struct yaml_node *list)
{
    for (size_t i = 0; i < list->n; i++) {
        const struct yaml_node *from = yaml_get(list->items[i], "hosts_from");
        const char *wanted = from ? peek_name(from, "vcenter") : NULL;
        bool found = false;
        for (size_t j = 0; wanted && j < list->n; j++) {
            const char *name = peek_name(list->items[j], "name");
            const char *kind = peek_name(list->items[j], "kind");
            if (name && kind && strcmp(name, wanted) == 0 && strcmp(kind, "vcenter") == 0)
                found = true;
        }
        if (wanted && !found)
            config_problem(p, yaml_get(from, "vcenter"), "no vcenter endpoint '%s' in this site",
                           wanted);
    }
}

static void read_endpoints(struct config_parse *p, struct config_site *site,
                           const struct config_values *outer, const struct yaml_node *list)
{
    struct map *names;

    if (list->kind != YAML_LIST || list->n == 0) {
        config_problem(p, list, "'endpoints' must be a list of endpoints%s%s",
                       list->kind == YAML_LIST ? "" : ", not ",
                       list->kind == YAML_LIST ? "" : yaml_kind_name(list->kind));
        return;
    }
    names = map_new();
    size_t first = p->c->nendpoints;
    for (size_t i = 0; i < list->n; i++) {
        struct reading_endpoint e = {.p = p, .site = site, .node = list->items[i], .names = names};
        e.values = new_values(p, outer);
        if (e.node->kind != YAML_MAP)
            config_problem(p, e.node, "an endpoint must be a mapping, not %s",
                           yaml_kind_name(e.node->kind));
        else
            read_endpoint(&e);
    }
    map_free(names, NULL);
    check_hosts_from(p, list);
    site->nendpoints = p->c->nendpoints - first;
}

/* ---- sites
 * ----------------------------------------------------------------------------------------- */

static void fill_site(struct config_parse *p, struct config_site *site,
                      const struct config_values *v)
{
    const struct config_value *label = config_values_own(v, "label");
    const struct config_value *production = config_values_own(v, "production");
    const struct config_value *networks = config_values_own(v, "networks");

    site->label = label ? label->items[0] : site->name;
    site->production = production && production->flag;
    if (!networks)
        return;
    struct ip *ips = arena_alloc(p->arena, networks->nitems * sizeof(*ips));
    for (size_t i = 0; i < networks->nitems; i++)
        ip_parse(networks->items[i], &ips[i]);
    site->networks = ips;
    site->nnetworks = networks->nitems;
}

static void read_site(struct config_parse *p, const struct yaml_node *node, struct map *names)
{
    static const struct key_spec *const tables[] = {kinds_site_keys, kinds_scope_keys, NULL};
    struct config *c = p->c;
    struct config_site *site = arena_alloc(p->arena, sizeof(*site));
    struct config_values *v = new_values(p, &c->global);
    const char *name = peek_name(node, "name");
    const struct yaml_node *endpoints = yaml_get(node, "endpoints");
    const char *what = name ? arena_printf(p->arena, "site '%s'", name) : "a site";

    if (node->kind != YAML_MAP) {
        config_problem(p, node, "a site must be a mapping, not %s", yaml_kind_name(node->kind));
        return;
    }
    site->name = name ? arena_strdup(p->arena, name) : "";
    check_name(p, node, "site", names);
    c->site_values[c->nsites] = v;
    c->sites[c->nsites++] = site;
    config_read_map(p, v, tables, node, what);
    config_complete_map(p, v, tables, node, what);
    fill_site(p, site, v);
    if (endpoints)
        read_endpoints(p, site, v, endpoints);
}

static void read_sites(struct config_parse *p, const struct yaml_node *list)
{
    struct config *c = p->c;
    struct map *names;

    if (!list)
        return; /* "missing key" was said */
    if (list->kind != YAML_LIST || list->n == 0) {
        config_problem(p, list, "'sites' must be a list of sites%s%s",
                       list->kind == YAML_LIST ? "" : ", not ",
                       list->kind == YAML_LIST ? "" : yaml_kind_name(list->kind));
        return;
    }
    c->sites = arena_alloc(p->arena, list->n * sizeof(*c->sites));
    c->site_values = arena_alloc(p->arena, list->n * sizeof(*c->site_values));
    names = map_new();
    for (size_t i = 0; i < list->n; i++)
        read_site(p, list->items[i], names);
    map_free(names, NULL);
}

/* ---- the time zone
 * ---------------------------------------------------------------------------------------------- */

/* Where the zone of all times stands: at the top, or at every site alike. */
struct zone {
    const char *name; /* NULL: nowhere */
    bool everywhere;  /* it holds for all that is configured */
};

static struct zone find_zone(const struct yaml_node *root, const struct yaml_node *sites)
{
    struct zone zone = {.name = peek_name(root, "time_zone"), .everywhere = true};
    bool top = zone.name != NULL;

    for (size_t i = 0; !top && i < sites->n; i++) {
        const char *name = peek_name(sites->items[i], "time_zone");

        zone.name = zone.name ? zone.name : name;
        zone.everywhere = zone.everywhere && name;
    }
    return zone;
}

/* A screen shows times of several sites, in one zone: another one would have no effect. */
static void check_zone(struct config_parse *p, const struct zone *zone, const struct yaml_node *map,
                       const char *what)
{
    const struct yaml_node *at = yaml_get(map, "time_zone");
    const char *name = peek_name(map, "time_zone");

    if (!name)
        return;
    if (!zone->name || !zone->everywhere)
        config_problem(p, at,
                       "'time_zone' of %s alone: times are shown in one zone, so it belongs to "
                       "the top of the file",
                       what);
    else if (strcmp(name, zone->name) != 0)
        config_problem(p, at,
                       "'time_zone' of %s is '%s': times are shown in one zone, which is '%s'",
                       what, name, zone->name);
}

static void check_zones(struct config_parse *p, const struct yaml_node *root)
{
    const struct yaml_node *sites = yaml_get(root, "sites");
    struct zone zone;

    if (!sites || sites->kind != YAML_LIST)
        return;
    zone = find_zone(root, sites);
    for (size_t i = 0; i < sites->n; i++) {
        const struct yaml_node *list = yaml_get(sites->items[i], "endpoints");

        check_zone(p, &zone, sites->items[i], "one site");
        for (size_t k = 0; list && list->kind == YAML_LIST && k < list->n; k++)
            check_zone(p, &zone, list->items[k], "one endpoint");
    }
}

/* Endpoints of a site are neighbours in the list of all. */
static void link_sites(struct config *c)
{
    size_t next = 0;

    for (size_t i = 0; i < c->nsites; i++) {
        c->sites[i]->endpoints = c->endpoints ? c->endpoints + next : NULL;
        next += c->sites[i]->nendpoints;
    }
}

void config_read_file(struct config_parse *p, const struct yaml_node *root)
{
    static const struct key_spec *const tables[] = {kinds_global_keys, kinds_scope_keys, NULL};

    if (root->kind != YAML_MAP) {
        config_problem(p, root, "the file must be a mapping with the key 'sites', not %s",
                       yaml_kind_name(root->kind));
        return;
    }
    config_read_map(p, &p->c->global, tables, root, "the file");
    config_complete_map(p, &p->c->global, tables, root, "the file");
    read_credentials(p, yaml_get(root, "credentials"));
    read_sites(p, yaml_get(root, "sites"));
    if (!p->nproblems)
        check_zones(p, root);
    link_sites(p->c);
}
