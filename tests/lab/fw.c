#include "tests/lab/fw.h"

#include "core/mem.h"

#include <stdlib.h>
#include <string.h>

struct builder {
    struct lab_estate *e;
    struct arena *a;
    struct lab_nsx *nsx;
    struct lab_fw *fw;
    int next; /* rule_id */
};

static struct fw_group *add_group(struct builder *b, const char *domain, const char *id, int every,
                                  int from)
{
    struct fw_group *g = arena_alloc(b->a, sizeof(*g));

    g->id = id;
    g->domain = domain;
    g->path = arena_printf(b->a, "/infra/domains/%s/groups/%s", domain, id);
    g->uuid = lab_uuid(b->e, "group", arena_printf(b->a, "%s%s", b->nsx->site, g->path));
    g->every = every;
    g->from = from;
    lab_list_add(&b->fw->groups, g);
    return g;
}

static struct fw_group *add_ips(struct builder *b, const char *domain, const char *id,
                                const char *one, const char *two)
{
    struct fw_group *g = add_group(b, domain, id, 0, 0);

    lab_list_add(&g->ips, (void *)(uintptr_t)one);
    if (two)
        lab_list_add(&g->ips, (void *)(uintptr_t)two);
    return g;
}

static struct fw_service *add_service(struct builder *b, const char *id, const char *protocol,
                                      const char *one, const char *two)
{
    struct fw_service *s = arena_alloc(b->a, sizeof(*s));

    s->id = id;
    s->path = arena_printf(b->a, "/infra/services/%s", id);
    s->protocol = protocol;
    if (one)
        s->ports[s->nports++] = one;
    if (two)
        s->ports[s->nports++] = two;
    lab_list_add(&b->fw->services, s);
    return s;
}

static struct fw_policy *add_policy(struct builder *b, const char *domain, const char *id,
                                    enum fw_layer layer, const char *category, int sequence)
{
    struct fw_policy *p = arena_alloc(b->a, sizeof(*p));

    p->id = id;
    p->domain = domain;
    p->path = arena_printf(b->a, "/infra/domains/%s/%s/%s", domain,
                           layer == FW_DFW ? "security-policies" : "gateway-policies", id);
    p->layer = layer;
    p->category = category;
    p->sequence = sequence;
    lab_list_add(&b->fw->policies, p);
    return p;
}

static struct fw_rule *add_rule(struct builder *b, struct fw_policy *p, const char *id,
                                const char *action, struct fw_group *from, struct fw_group *to,
                                struct fw_service *service)
{
    struct fw_rule *r = arena_alloc(b->a, sizeof(*r));

    r->id = id;
    r->policy = p;
    r->path = arena_printf(b->a, "%s/rules/%s", p->path, id);
    r->action = action;
    r->direction = "IN_OUT";
    r->source = from;
    r->destination = to;
    if (service)
        lab_list_add(&r->services, service);
    r->sequence = ((int)p->rules.n + 1) * 10;
    r->number = b->next++;
    lab_list_add(&p->rules, r);
    lab_list_add(&b->fw->rules, r);
    return r;
}

/* ---- a data centre -------------------------------------------------------------------------- */

struct known {
    struct fw_group *web, *app, *db, *servers, *admins, *quarantine;
    struct fw_service *http, *https, *ssh, *dns, *ntp, *tier, *mysql, *ping;
};

/* By tags of machines; where there is no vCenter to have machines, by their addresses. */
static void add_servers(struct builder *b, const struct lab_params *p, struct known *k)
{
    if (p->vcenter) {
        k->web = add_group(b, "default", "grp-web", 3, 1);
        k->app = add_group(b, "default", "grp-app", 3, 2);
        k->db = add_group(b, "default", "grp-db", 3, 0);
        k->servers = add_group(b, "default", "grp-servers", 1, 0);
        return;
    }
    k->web = add_ips(b, "default", "grp-web", "172.16.1.10", "172.16.1.11");
    k->app = add_ips(b, "default", "grp-app", "172.16.2.10", "172.16.2.11");
    k->db = add_ips(b, "default", "grp-db", "172.16.4.10", "172.16.4.11");
    k->servers = add_ips(b, "default", "grp-servers", "172.16.1.0/24", "172.16.2.0/23");
}

static void add_known(struct builder *b, const struct lab_params *p, struct known *k)
{
    add_servers(b, p, k);
    k->admins = add_ips(b, "default", "grp-admins", "10.20.8.0/24", "10.20.9.17");
    k->quarantine = add_ips(b, "default", "grp-quarantine", "203.0.113.66", NULL);
    k->quarantine->more = (unsigned)p->addrset;
    k->http = add_service(b, "HTTP", "TCP", "80", NULL);
    k->https = add_service(b, "HTTPS", "TCP", "443", NULL);
    k->ssh = add_service(b, "SSH", "TCP", "22", NULL);
    k->dns = add_service(b, "DNS-UDP", "UDP", "53", NULL);
    k->ntp = add_service(b, "NTP", "UDP", "123", NULL);
    k->tier = add_service(b, "app-8443", "TCP", "8443", "9000-9010");
    k->mysql = add_service(b, "MySQL", "TCP", "3306", NULL);
    k->ping = add_service(b, "ICMP Echo Request", "ICMPv4", NULL, NULL);
    k->ping->path = "/infra/services/ICMP_Echo_Request";
}

static void add_dfw(struct builder *b, const struct known *k)
{
    struct fw_policy *p = add_policy(b, "default", "quarantine", FW_DFW, "Emergency", 0);
    struct fw_rule *r = add_rule(b, p, "q-out", "DROP", k->quarantine, NULL, NULL);

    r->logged = true;
    r->tag = "QUAR";
    r = add_rule(b, p, "q-in", "DROP", NULL, k->quarantine, NULL);
    r->logged = true;
    r->tag = "QUAR";
    p = add_policy(b, "default", "shared-services", FW_DFW, "Infrastructure", 10);
    add_rule(b, p, "dns", "ALLOW", k->servers, NULL, k->dns);
    add_rule(b, p, "ntp", "ALLOW", k->servers, NULL, k->ntp);
    r = add_rule(b, p, "admin-ssh", "ALLOW", k->admins, k->servers, k->ssh);
    r->logged = true;
    r->tag = "ADMIN";
    p = add_policy(b, "default", "three-tier", FW_DFW, "Application", 100);
    r = add_rule(b, p, "web-in", "ALLOW", NULL, k->web, k->http);
    lab_list_add(&r->services, k->https);
    r->direction = "IN";
    r->applied = k->web;
    add_rule(b, p, "web-app", "ALLOW", k->web, k->app, k->tier);
    add_rule(b, p, "app-db", "ALLOW", k->app, k->db, k->mysql);
    add_rule(b, p, "ping", "ALLOW", k->servers, k->servers, k->ping);
}

/* Rules without number: @count of them, twenty in each policy. */
static void add_bulk(struct builder *b, const struct known *k, unsigned count)
{
    struct fw_policy *p = NULL;

    for (unsigned i = 0; i < count; i++) {
        struct fw_rule *r;

        if (i % 20 == 0)
            p = add_policy(b, "default", arena_printf(b->a, "policy-%04u", i / 20), FW_DFW,
                           "Application", 200 + (int)i / 20);
        r = add_rule(b, p, arena_printf(b->a, "rule-%06u", i), i % 20 == 19 ? "DROP" : "ALLOW",
                     i % 2 ? k->admins : k->quarantine, k->servers, i % 3 ? k->https : k->ssh);
        r->logged = i % 7 == 0;
    }
}

static void add_default(struct builder *b)
{
    struct fw_policy *p =
        add_policy(b, "default", "default-layer3-section", FW_DFW, "Application", 2147483646);
    struct fw_rule *r = add_rule(b, p, "default-layer3-rule", "DROP", NULL, NULL, NULL);

    p->is_default = r->is_default = true;
    r->number = 2;
    r->logged = true;
}

static void add_dc_gateways(struct builder *b, const struct known *k)
{
    struct fw_policy *p =
        add_policy(b, "default", "gw-t1-tenant-a", FW_GATEWAY, "LocalGatewayRules", 10);
    struct fw_rule *r;

    b->next = 2021;
    r = add_rule(b, p, "allow-web", "ALLOW", NULL, k->web, k->https);
    r->scope = "/infra/tier-1s/t1-tenant-a";
    r = add_rule(b, p, "allow-out", "ALLOW", k->servers, NULL, NULL);
    r->scope = "/infra/tier-1s/t1-tenant-a";
    p = add_policy(b, "default", "gw-t0-dc", FW_GATEWAY, "LocalGatewayRules", 20);
    r = add_rule(b, p, "allow-north", "ALLOW", k->servers, NULL, NULL);
    r->scope = "/infra/tier-0s/t0-dc";
    r = add_rule(b, p, "allow-south", "ALLOW", NULL, k->servers, NULL);
    r->scope = "/infra/tier-0s/t0-dc";
}

/* ---- an SDDC -------------------------------------------------------------------------------- */

static void add_cgw(struct builder *b, const struct lab_aws *aws)
{
    struct fw_group *vpc = add_ips(b, "cgw", "connected_vpc", aws->vpc_cidr, NULL);
    struct fw_group *dx = add_ips(b, "cgw", "directConnect_prefixes", "172.16.0.0/12", NULL);
    struct fw_policy *p = add_policy(b, "cgw", "default", FW_GATEWAY, "LocalGatewayRules", 10);
    struct fw_rule *r;

    b->next = 4001;
    r = add_rule(b, p, "from-vpc", "ALLOW", vpc, NULL, NULL);
    r->scope = "/infra/labels/cgw-cross-vpc";
    r = add_rule(b, p, "to-vpc", "ALLOW", NULL, vpc, NULL);
    r->scope = "/infra/labels/cgw-cross-vpc";
    r = add_rule(b, p, "onprem", "ALLOW", dx, NULL, NULL);
    r->scope = "/infra/labels/cgw-direct-connect";
    r = add_rule(b, p, "to-onprem", "ALLOW", NULL, dx, NULL);
    r->scope = "/infra/labels/cgw-direct-connect";
    r = add_rule(b, p, "default-vti-rule", "DROP", NULL, NULL, NULL);
    r->scope = "/infra/labels/cgw-vpn";
    r = add_rule(b, p, "Default-Uplink-Rule", "DROP", NULL, NULL, NULL);
    r->scope = "/infra/labels/cgw-all";
    r->is_default = true;
}

static void add_mgw(struct builder *b, const struct lab_sddc *s)
{
    struct fw_group *vc = add_ips(b, "mgw", "VCENTER", s->vcenter_ip, NULL);
    struct fw_group *esx = add_ips(b, "mgw", "ESXI", s->mgmt_cidr, NULL);
    struct fw_group *nsx = add_ips(b, "mgw", "NSX-MANAGER", s->nsx_ip, NULL);
    struct fw_group *admins = add_ips(b, "mgw", "onprem-admins", "172.16.8.0/24", NULL);
    struct fw_service *https = b->fw->services.at[0];
    struct fw_policy *p = add_policy(b, "mgw", "default", FW_GATEWAY, "LocalGatewayRules", 10);
    struct fw_rule *r;

    b->next = 5001;
    add_rule(b, p, "vcenter-in", "ALLOW", admins, vc, https);
    add_rule(b, p, "nsx-in", "ALLOW", admins, nsx, https);
    add_rule(b, p, "esxi-out", "ALLOW", esx, NULL, NULL);
    add_rule(b, p, "vcenter-out", "ALLOW", vc, NULL, NULL);
    r = add_rule(b, p, "default-deny-all", "DROP", NULL, NULL, NULL);
    r->is_default = true;
    for (size_t i = 0; i < p->rules.n; i++)
        ((struct fw_rule *)p->rules.at[i])->scope = "/infra/labels/mgw";
}

struct lab_fw *lab_build_fw(struct lab_estate *e, const struct lab_params *p, struct lab_nsx *nsx)
{
    const struct lab_sddc *s = nsx->vmc ? lab_find_sddc(e, nsx->site) : NULL;
    struct builder b = {.e = e, .a = e->arena, .nsx = nsx, .next = 1012};
    struct known k;

    b.fw = arena_alloc(e->arena, sizeof(*b.fw));
    b.fw->published_at = e->built_at - 7200000;
    b.fw->flows = (unsigned)p->flows;
    if (s) {
        add_service(&b, "HTTPS", "TCP", "443", NULL);
        add_cgw(&b, s->aws);
        add_mgw(&b, s);
        return b.fw;
    }
    add_known(&b, p, &k);
    add_dfw(&b, &k);
    add_bulk(&b, &k, (unsigned)p->rules);
    add_default(&b);
    add_dc_gateways(&b, &k);
    return b.fw;
}

void lab_fw_free(struct lab_fw *fw)
{
    if (!fw)
        return;
    for (size_t i = 0; i < fw->groups.n; i++) {
        free(((struct fw_group *)fw->groups.at[i])->ips.at);
        free(((struct fw_group *)fw->groups.at[i])->gone.at);
    }
    for (size_t i = 0; i < fw->rules.n; i++) {
        free(((struct fw_rule *)fw->rules.at[i])->services.at);
        free(((struct fw_rule *)fw->rules.at[i])->missing.at);
    }
    for (size_t i = 0; i < fw->policies.n; i++)
        free(((struct fw_policy *)fw->policies.at[i])->rules.at);
    free(fw->groups.at);
    free(fw->services.at);
    free(fw->policies.at);
    free(fw->rules.at);
}

/* ---- asking --------------------------------------------------------------------------------- */

struct fw_group *lab_fw_group(const struct lab_fw *fw, const char *id)
{
    for (size_t i = 0; i < fw->groups.n; i++)
        if (strcmp(((struct fw_group *)fw->groups.at[i])->id, id) == 0)
            return fw->groups.at[i];
    return NULL;
}

struct fw_rule *lab_fw_rule(const struct lab_fw *fw, int number)
{
    for (size_t i = 0; i < fw->rules.n; i++)
        if (((struct fw_rule *)fw->rules.at[i])->number == number)
            return fw->rules.at[i];
    return NULL;
}

bool lab_fw_has_vm(const struct fw_group *g, const struct lab_vm *vm)
{
    return g->every > 0 && !vm->edge && (int)vm->number % g->every == g->from;
}

bool lab_fw_applies(const struct fw_rule *r, const struct lab_vm *vm)
{
    return r->policy->layer == FW_DFW && (!r->applied || lab_fw_has_vm(r->applied, vm));
}

const char *lab_fw_more(struct arena *a, unsigned i)
{
    return arena_printf(a, "198.%u.%u.%u", 18 + (i >> 16), (i >> 8) & 0xff, i & 0xff);
}

unsigned lab_fw_world(const struct lab_vm *vm)
{
    return 1000000 + vm->number * 64 + vm->moves % 64;
}

const char *lab_fw_filter(struct arena *a, const struct lab_vm *vm)
{
    return arena_printf(a, "nic-%u-eth0-vmware-sfw.2", lab_fw_world(vm));
}
