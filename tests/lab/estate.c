#include "tests/lab/estate.h"

#include "core/hash.h"
#include "core/ip.h"
#include "core/mem.h"
#include "tests/lab/fw.h"
#include "tests/lab/security.h"
#include "tests/lab/vsphere.h"

#include <stdlib.h>
#include <string.h>

/* With this seed the ids are those of the recorded samples. */
#define SAMPLE_SEED 1

void lab_list_add(struct lab_list *l, void *item)
{
    l->at = mem_grow(l->at, l->n, &l->cap, sizeof(*l->at));
    l->at[l->n++] = item;
}

void lab_list_remove(struct lab_list *l, const void *item)
{
    size_t kept = 0;

    for (size_t i = 0; i < l->n; i++) {
        if (l->at[i] != item)
            l->at[kept++] = l->at[i];
    }
    l->n = kept;
}

const char *lab_uuid(struct lab_estate *e, const char *what, const char *name)
{
    return lab_uuid_in(e->arena, e, what, name);
}

const char *lab_uuid_in(struct arena *a, const struct lab_estate *e, const char *what,
                        const char *name)
{
    char *text = arena_printf(a, "%llu/%s/%s", (unsigned long long)e->seed, what, name);
    uint8_t digest[SHA256_BYTES];
    char hex[SHA256_HEX];

    hash_sha256(text, strlen(text), digest);
    digest[6] = (uint8_t)(0x50 | (digest[6] & 0x0f));
    digest[8] = (uint8_t)(0x80 | (digest[8] & 0x3f));
    hash_hex(digest, 16, hex);
    return arena_printf(a, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

const char *lab_hex_id(struct lab_estate *e, const char *prefix, uint64_t base)
{
    if (e->seed != SAMPLE_SEED)
        base ^= hash_fast(&e->seed, sizeof(e->seed), 0) & 0x00ffffffff000000ULL;
    return arena_printf(e->arena, "%s%017llx", prefix, (unsigned long long)base);
}

const char *lab_address(struct lab_estate *e, const char *cidr, unsigned offset)
{
    struct ip ip;
    char text[IP_TEXT_MAX];
    uint32_t n;

    if (ip_parse(cidr, &ip) < 0)
        mem_die("lab: address plan");
    n = (uint32_t)ip.bytes[0] << 24 | (uint32_t)ip.bytes[1] << 16 | (uint32_t)ip.bytes[2] << 8 |
        ip.bytes[3];
    n += offset;
    ip.bytes[0] = (uint8_t)(n >> 24);
    ip.bytes[1] = (uint8_t)(n >> 16);
    ip.bytes[2] = (uint8_t)(n >> 8);
    ip.bytes[3] = (uint8_t)n;
    return arena_strdup(e->arena, ip_format_address(&ip, text));
}

static void build_vcenters(struct lab_estate *e, const struct lab_params *params)
{
    for (size_t i = 0; i < e->dcs.n; i++)
        lab_build_vcenter(e, params, ((struct lab_dc *)e->dcs.at[i])->nsx, NULL);
    for (size_t i = 0; i < e->sddcs.n; i++)
        lab_build_vcenter(e, params, ((struct lab_sddc *)e->sddcs.at[i])->nsx, e->sddcs.at[i]);
}

static void build_firewalls(struct lab_estate *e, const struct lab_params *params)
{
    for (size_t i = 0; i < e->dcs.n; i++) {
        struct lab_dc *dc = e->dcs.at[i];

        dc->nsx->fw = lab_build_fw(e, params, dc->nsx);
    }
    for (size_t i = 0; i < e->sddcs.n; i++) {
        struct lab_sddc *s = e->sddcs.at[i];

        s->nsx->fw = lab_build_fw(e, params, s->nsx);
    }
}

struct lab_estate *lab_estate_new(const struct lab_params *params, uint64_t seed, int64_t now)
{
    struct lab_estate *e = mem_alloc(sizeof(*e));

    e->arena = arena_new(0);
    e->seed = seed;
    e->built_at = now;
    e->org = lab_uuid(e, "org", "example-jp");
    e->org_name = "Example JP";
    for (unsigned i = 0; i < params->sddcs; i++)
        lab_build_sddc(e, params, i);
    for (unsigned i = 0; i < params->datacenters; i++)
        lab_build_dc(e, params, i);
    if (params->vcenter)
        build_vcenters(e, params);
    if (params->firewall)
        build_firewalls(e, params);
    return e;
}

static void free_items(struct lab_list *l)
{
    free(l->at);
    *l = (struct lab_list){NULL, 0, 0};
}

static void free_nsx(struct lab_nsx *nsx)
{
    lab_fw_free(nsx->fw);
    for (size_t i = 0; i < nsx->gateways.n; i++)
        free_items(&((struct lab_gateway *)nsx->gateways.at[i])->roles);
    for (size_t i = 0; i < nsx->clusters.n; i++)
        free_items(&((struct lab_edge_cluster *)nsx->clusters.at[i])->edges);
    free_items(&nsx->segments);
    free_items(&nsx->gateways);
    free_items(&nsx->clusters);
    free_items(&nsx->edges);
    free_items(&nsx->hosts);
    free_items(&nsx->alarms);
}

static void free_security(struct lab_aws *aws)
{
    for (size_t i = 0; i < aws->groups.n; i++)
        free_items(&((struct lab_group *)aws->groups.at[i])->rules);
    for (size_t i = 0; i < aws->acls.n; i++) {
        free_items(&((struct lab_acl *)aws->acls.at[i])->entries);
        free_items(&((struct lab_acl *)aws->acls.at[i])->subnets);
    }
    free_items(&aws->groups);
    free_items(&aws->acls);
}

static void free_aws(struct lab_aws *aws)
{
    free_security(aws);
    for (size_t i = 0; i < aws->tables.n; i++) {
        free_items(&((struct lab_table *)aws->tables.at[i])->subnets);
        free_items(&((struct lab_table *)aws->tables.at[i])->routes);
    }
    for (size_t i = 0; i < aws->prefix_lists.n; i++)
        free_items(&((struct lab_prefix_list *)aws->prefix_lists.at[i])->entries);
    free_items(&aws->subnets);
    free_items(&aws->tables);
    free_items(&aws->enis);
    free_items(&aws->endpoints);
    free_items(&aws->prefix_lists);
    lab_free_security(aws);
}

static void free_sddc(struct lab_sddc *s)
{
    free_nsx(s->nsx);
    free_aws(s->aws);
    for (size_t i = 0; i < s->groups.n; i++) {
        free_items(&((struct lab_traffic_group *)s->groups.at[i])->edges);
        free_items(&((struct lab_traffic_group *)s->groups.at[i])->cidrs);
    }
    free_items(&s->hosts);
    free_items(&s->hosts2);
    free_items(&s->groups);
    free_items(&s->tasks);
}

void lab_estate_free(struct lab_estate *e)
{
    if (!e)
        return;
    for (size_t i = 0; i < e->sddcs.n; i++)
        free_sddc(e->sddcs.at[i]);
    for (size_t i = 0; i < e->dcs.n; i++)
        free_nsx(((struct lab_dc *)e->dcs.at[i])->nsx);
    for (size_t i = 0; i < e->vcenters.n; i++)
        lab_vcenter_free(e->vcenters.at[i]);
    free_items(&e->sddcs);
    free_items(&e->dcs);
    free_items(&e->vcenters);
    arena_free(e->arena);
    free(e);
}

struct lab_sddc *lab_find_sddc(const struct lab_estate *e, const char *site)
{
    for (size_t i = 0; i < e->sddcs.n; i++) {
        struct lab_sddc *s = e->sddcs.at[i];

        if (strcmp(s->site, site) == 0 || strcmp(s->id, site) == 0)
            return s;
    }
    return NULL;
}

static struct lab_dc *find_dc(const struct lab_estate *e, const char *site)
{
    for (size_t i = 0; i < e->dcs.n; i++)
        if (strcmp(((struct lab_dc *)e->dcs.at[i])->site, site) == 0)
            return e->dcs.at[i];
    return NULL;
}

struct lab_nsx *lab_find_nsx(const struct lab_estate *e, const char *site)
{
    struct lab_sddc *s = lab_find_sddc(e, site);
    struct lab_dc *dc = find_dc(e, site);

    return s ? s->nsx : dc ? dc->nsx : NULL;
}

static struct lab_host *host_in(const struct lab_list *hosts, const char *name)
{
    for (size_t i = 0; i < hosts->n; i++)
        if (strcmp(((struct lab_host *)hosts->at[i])->name, name) == 0)
            return hosts->at[i];
    return NULL;
}

struct lab_host *lab_find_host(const struct lab_estate *e, const char *site, const char *name)
{
    struct lab_sddc *s = lab_find_sddc(e, site);
    struct lab_dc *dc = find_dc(e, site);
    struct lab_host *h = NULL;

    if (s) {
        h = host_in(&s->hosts, name);
        return h ? h : host_in(&s->hosts2, name);
    }
    return dc ? host_in(&dc->nsx->hosts, name) : NULL;
}

struct lab_edge *lab_find_edge(const struct lab_nsx *nsx, const char *name)
{
    for (size_t i = 0; i < nsx->edges.n; i++) {
        struct lab_edge *edge = nsx->edges.at[i];

        if (strcmp(edge->name, name) == 0 || strcmp(edge->id, name) == 0)
            return edge;
    }
    return NULL;
}

struct lab_gateway *lab_find_gateway(const struct lab_nsx *nsx, int tier, const char *id)
{
    for (size_t i = 0; i < nsx->gateways.n; i++) {
        struct lab_gateway *g = nsx->gateways.at[i];

        if (g->tier == tier && strcmp(g->id, id) == 0)
            return g;
    }
    return NULL;
}

struct lab_segment *lab_find_segment(const struct lab_nsx *nsx, const char *path_or_id)
{
    for (size_t i = 0; i < nsx->segments.n; i++) {
        struct lab_segment *s = nsx->segments.at[i];

        if (strcmp(s->id, path_or_id) == 0 || strcmp(s->path, path_or_id) == 0)
            return s;
    }
    return NULL;
}

struct lab_table *lab_find_table(const struct lab_aws *aws, const char *id_or_name)
{
    for (size_t i = 0; i < aws->tables.n; i++) {
        struct lab_table *t = aws->tables.at[i];

        if (strcmp(t->id, id_or_name) == 0 || strcmp(t->name, id_or_name) == 0)
            return t;
    }
    return NULL;
}
