/* nsx_fw: the firewall side of the policy API: policies, rules, statistics, groups and their
 * members, services. */
#include "tests/lab/fw.h"
#include "tests/lab/jsonb.h"
#include "tests/lab/lab.h"
#include "tests/lab/nsx.h"
#include "tests/lab/path.h"

#include <stdlib.h>
#include <string.h>

static void one(struct json_object *o, const char *key, const char *path)
{
    jadd_str(jset_array(o, key), path ? path : "ANY");
}

static struct json_object *rule(const struct nsx_context *c, const struct fw_rule *r)
{
    struct json_object *o = json_object_new_object(), *services;

    jset_str(o, "action", r->action);
    one(o, "source_groups", r->source ? r->source->path : NULL);
    one(o, "destination_groups", r->destination ? r->destination->path : NULL);
    services = jset_array(o, "services");
    for (size_t i = 0; i < r->services.n; i++)
        jadd_str(services, ((const struct fw_service *)r->services.at[i])->path);
    if (r->services.n == 0)
        jadd_str(services, "ANY");
    one(o, "profiles", NULL);
    one(o, "scope", r->scope ? r->scope : r->applied ? r->applied->path : NULL);
    jset_str(o, "direction", r->direction);
    jset_str(o, "ip_protocol", "IPV4_IPV6");
    jset_bool(o, "disabled", false);
    jset_bool(o, "logged", r->logged);
    jset_bool(o, "sources_excluded", false);
    jset_bool(o, "destinations_excluded", false);
    jset_int(o, "sequence_number", r->sequence);
    jset_int(o, "rule_id", r->number);
    jset_bool(o, "is_default", r->is_default);
    jset_str(o, "tag", r->tag);
    nsx_common(c, o, "Rule", r->id, r->id, r->path, r->policy->path);
    return o;
}

static struct json_object *policy(const struct nsx_context *c, const struct fw_policy *p,
                                  bool with_rules)
{
    struct json_object *o = json_object_new_object(), *rules;
    bool dfw = p->layer == FW_DFW;

    jset_str(o, "category", p->category);
    jset_int(o, "sequence_number", p->sequence);
    jset_int(o, "internal_sequence_number",
             (int64_t)p->sequence + (dfw ? strcmp(p->category, "Emergency") == 0        ? 1000
                                           : strcmp(p->category, "Infrastructure") == 0 ? 2000
                                                                                        : 4000
                                         : 23000000));
    jset_bool(o, "stateful", true);
    jset_bool(o, "tcp_strict", !dfw);
    jset_bool(o, "locked", false);
    if (dfw)
        one(o, "scope", NULL);
    jset_bool(o, "is_default", p->is_default);
    jset_int(o, "rule_count", (int64_t)p->rules.n);
    nsx_common(c, o, dfw ? "SecurityPolicy" : "GatewayPolicy", p->id, p->id, p->path,
               arena_printf(c->a, "/infra/domains/%s", p->domain));
    if (!with_rules)
        return o;
    rules = jset_array(o, "rules");
    for (size_t i = 0; i < p->rules.n; i++)
        jadd(rules, rule(c, p->rules.at[i]));
    return o;
}

static void add_condition(const struct nsx_context *c, const struct fw_group *g,
                          struct json_object *list)
{
    struct json_object *o = json_object_new_object();

    if (g->every) {
        jset_str(o, "member_type", "VirtualMachine");
        jset_str(o, "key", "Tag");
        jset_str(o, "operator", "EQUALS");
        jset_str(o, "value", arena_printf(c->a, "tier|%s", g->id));
        jset_str(o, "resource_type", "Condition");
    } else {
        struct json_object *ips = jset_array(o, "ip_addresses");

        for (size_t i = 0; i < g->ips.n; i++)
            jadd_str(ips, g->ips.at[i]);
        jset_str(o, "resource_type", "IPAddressExpression");
    }
    jset_str(o, "id", lab_uuid_in(c->a, c->lab->estate, "expression", g->path));
    jset_bool(o, "marked_for_delete", false);
    jadd(list, o);
}

static struct json_object *group(const struct nsx_context *c, const struct fw_group *g)
{
    struct json_object *o = json_object_new_object();

    add_condition(c, g, jset_array(o, "expression"));
    jset_array(o, "extended_expression");
    jset_bool(o, "reference", false);
    jset_array(o, "group_type");
    jset_str(o, "state", "SUCCESS");
    nsx_common(c, o, "Group", g->id, g->id, g->path,
               arena_printf(c->a, "/infra/domains/%s", g->domain));
    return o;
}

static struct json_object *service(const struct nsx_context *c, const struct fw_service *s)
{
    struct json_object *o = json_object_new_object(), *entry = json_object_new_object(), *ports;
    bool icmp = strcmp(s->protocol, "ICMPv4") == 0;

    jset_str(o, "service_type", "NON_ETHER");
    jset_bool(o, "is_default", strchr(s->id, '-') == NULL);
    if (icmp) {
        jset_str(entry, "protocol", "ICMPv4");
        jset_int(entry, "icmp_type", 8);
    } else {
        jset_str(entry, "l4_protocol", s->protocol);
        ports = jset_array(entry, "destination_ports");
        for (unsigned i = 0; i < s->nports; i++)
            jadd_str(ports, s->ports[i]);
        jset_array(entry, "source_ports");
    }
    nsx_common(c, entry, icmp ? "ICMPTypeServiceEntry" : "L4PortSetServiceEntry", s->id, s->id,
               arena_printf(c->a, "%s/service-entries/%s", s->path, s->id), s->path);
    jadd(jset_array(o, "service_entries"), entry);
    nsx_common(c, o, "Service", strrchr(s->path, '/') + 1, s->id, s->path, "/infra");
    return o;
}

/* ---- lists ---------------------------------------------------------------------------------- */

static struct json_object *make_rule(const struct nsx_context *c, size_t i)
{
    return rule(c, ((const struct lab_list *)c->data)->at[i]);
}

static struct json_object *make_policy(const struct nsx_context *c, size_t i)
{
    return policy(c, ((const struct lab_list *)c->data)->at[i], false);
}

static struct json_object *make_group(const struct nsx_context *c, size_t i)
{
    return group(c, ((const struct lab_list *)c->data)->at[i]);
}

static struct json_object *make_service(const struct nsx_context *c, size_t i)
{
    return service(c, ((const struct lab_list *)c->data)->at[i]);
}

static void send_chosen(struct nsx_context *c, const struct lab_request *req, nsx_make make,
                        struct lab_list *chosen, struct lab_reply *reply)
{
    c->data = chosen;
    nsx_send_page(req, reply, chosen->n, make, c);
    free(chosen->at);
}

/* Those of @domain; NULL: of all. */
static struct lab_list policies_of(const struct lab_fw *fw, const char *domain, enum fw_layer layer)
{
    struct lab_list out = {NULL, 0, 0};

    for (size_t i = 0; i < fw->policies.n; i++) {
        struct fw_policy *p = fw->policies.at[i];

        if (p->layer == layer && (!domain || strcmp(p->domain, domain) == 0))
            lab_list_add(&out, p);
    }
    return out;
}

static struct lab_list groups_of(const struct lab_fw *fw, const char *domain)
{
    struct lab_list out = {NULL, 0, 0};

    for (size_t i = 0; i < fw->groups.n; i++)
        if (!domain || strcmp(((struct fw_group *)fw->groups.at[i])->domain, domain) == 0)
            lab_list_add(&out, fw->groups.at[i]);
    return out;
}

/* ---- members, statistics -------------------------------------------------------------------- */

struct members {
    const struct lab_vc *vc;
    const struct fw_group *g;
    struct lab_list vms;
};

static struct json_object *make_ip(const struct nsx_context *c, size_t i)
{
    const struct members *m = c->data;

    if (i < m->vms.n)
        return json_object_new_string(((const struct lab_vm *)m->vms.at[i])->ip);
    i -= m->vms.n;
    if (i < m->g->ips.n)
        return json_object_new_string(m->g->ips.at[i]);
    return json_object_new_string(lab_fw_more(c->a, (unsigned)(i - m->g->ips.n)));
}

static struct json_object *make_member(const struct nsx_context *c, size_t i)
{
    const struct members *m = c->data;
    const struct lab_vm *vm = m->vms.at[i];
    struct json_object *o = json_object_new_object();

    jset_str(o, "resource_type", "RealizedVirtualMachine");
    jset_str(o, "id", vm->instance_uuid);
    jset_str(o, "display_name", vm->mo.name);
    jset_str(o, "power_state", "VM_RUNNING");
    jadd_str(jset_array(o, "compute_ids"),
             arena_printf(c->a, "instanceUuid:%s", vm->instance_uuid));
    return o;
}

static bool send_members(struct nsx_context *c, const struct lab_request *req,
                         const struct fw_group *g, const char *kind, struct lab_reply *reply)
{
    struct members m = {.g = g, .vc = lab_find_vcenter(c->lab->estate, c->nsx->site)};
    bool ips = strcmp(kind, "ip-addresses") == 0;

    if (!ips && strcmp(kind, "virtual-machines") != 0)
        return false;
    for (size_t i = 0; m.vc && i < m.vc->vms.n; i++) {
        const struct lab_vm *vm = m.vc->vms.at[i];

        if (lab_fw_has_vm(g, vm) && (!ips || (vm->ip && strcmp(vm->power, "poweredOn") == 0)))
            lab_list_add(&m.vms, m.vc->vms.at[i]);
    }
    c->data = &m;
    nsx_send_page(req, reply, m.vms.n + (ips ? g->ips.n + g->more : 0), ips ? make_ip : make_member,
                  c);
    free(m.vms.at);
    return true;
}

/* The same growth as the hosts' counters, over all hosts. */
static struct json_object *statistics(const struct nsx_context *c, const struct fw_rule *r)
{
    struct json_object *o = json_object_new_object();
    int64_t age = (lab_session_ms(c->lab) - c->nsx->fw->published_at) / 1000;
    int64_t hits = r->is_default ? age / 60 + 1 : age * (3 + r->number % 11);

    jset_str(o, "rule", r->path);
    jset_str(o, "internal_rule_id", arena_printf(c->a, "%d", r->number));
    jset_int(o, "packet_count", hits * 12);
    jset_int(o, "byte_count", hits * 9000);
    jset_int(o, "hit_count", hits);
    jset_int(o, "session_count", hits);
    jset_int(o, "popularity_index", hits / 1000);
    jset_int(o, "max_popularity_index", hits);
    jset_int(o, "max_session_count", hits);
    jset_int(o, "total_session_count", hits * 4);
    jset_int(o, "l7_accept_count", 0);
    jset_int(o, "l7_reject_count", 0);
    jset_int(o, "l7_reject_with_response_count", 0);
    return o;
}

static void send_statistics(const struct nsx_context *c, const struct fw_policy *p,
                            struct lab_reply *reply)
{
    struct json_object *o = json_object_new_object(), *point = json_object_new_object(), *s, *list;

    jset_str(point, "enforcement_point", c->nsx->ep_path);
    s = jset_object(point, "statistics");
    jset_str(s, "internal_section_id", lab_uuid_in(c->a, c->lab->estate, "section", p->path));
    list = jset_array(s, "results");
    for (size_t i = 0; i < p->rules.n; i++)
        jadd(list, statistics(c, p->rules.at[i]));
    jset_int(s, "result_count", (int64_t)p->rules.n);
    jadd(jset_array(o, "results"), point);
    jset_int(o, "result_count", 1);
    jsend(reply, o);
}

/* ---- routes --------------------------------------------------------------------------------- */

static struct fw_policy *find_policy(const struct lab_fw *fw, const struct lab_path *p)
{
    for (size_t i = 0; i < fw->policies.n; i++) {
        struct fw_policy *have = fw->policies.at[i];
        bool dfw = have->layer == FW_DFW;

        if (strcmp(have->domain, p->part[2]) == 0 && strcmp(have->id, p->part[4]) == 0 &&
            strcmp(p->part[3], dfw ? "security-policies" : "gateway-policies") == 0)
            return have;
    }
    return NULL;
}

static bool answer_policies(struct nsx_context *c, const struct lab_request *req,
                            const struct lab_path *p, struct lab_reply *reply)
{
    enum fw_layer layer = strcmp(p->part[3], "security-policies") == 0 ? FW_DFW : FW_GATEWAY;
    struct fw_policy *one_policy = p->n > 4 ? find_policy(c->nsx->fw, p) : NULL;
    struct lab_list chosen;

    if (p->n == 4) {
        chosen = policies_of(c->nsx->fw, p->part[2], layer);
        send_chosen(c, req, make_policy, &chosen, reply);
    } else if (!one_policy) {
        return false;
    } else if (p->n == 5) {
        jsend(reply, policy(c, one_policy, true));
    } else if (lab_path_is(p, 5, "rules")) {
        c->data = &one_policy->rules;
        nsx_send_page(req, reply, one_policy->rules.n, make_rule, c);
    } else if (lab_path_is(p, 5, "statistics")) {
        send_statistics(c, one_policy, reply);
    } else {
        return false;
    }
    return true;
}

static bool answer_groups(struct nsx_context *c, const struct lab_request *req,
                          const struct lab_path *p, struct lab_reply *reply)
{
    struct lab_list chosen = groups_of(c->nsx->fw, p->part[2]);
    const struct fw_group *g = NULL;

    if (p->n == 4) {
        send_chosen(c, req, make_group, &chosen, reply);
        return true;
    }
    for (size_t i = 0; i < chosen.n && !g; i++)
        if (strcmp(((struct fw_group *)chosen.at[i])->id, p->part[4]) == 0)
            g = chosen.at[i];
    free(chosen.at);
    if (g && p->n == 5)
        jsend(reply, group(c, g));
    return g && (p->n == 5 || (p->n == 7 && strcmp(p->part[5], "members") == 0 &&
                               send_members(c, req, g, p->part[6], reply)));
}

static void send_domains(const struct nsx_context *c, struct lab_reply *reply)
{
    static const char *const vmc[] = {"cgw", "mgw"}, *const dc[] = {"default"};
    struct json_object *o = json_object_new_object(), *list = jset_array(o, "results");
    size_t n = c->nsx->vmc ? 2 : 1;

    for (size_t i = 0; i < n; i++) {
        const char *id = c->nsx->vmc ? vmc[i] : dc[i];
        struct json_object *d = json_object_new_object();

        nsx_common(c, d, "Domain", id, id, arena_printf(c->a, "/infra/domains/%s", id), "/infra");
        jadd(list, d);
    }
    jset_int(o, "result_count", (int64_t)n);
    jsend(reply, o);
}

/* Policies of one gateway, with their rules inside. */
static void send_gateway_firewall(const struct nsx_context *c, const char *gateway,
                                  struct lab_reply *reply)
{
    struct json_object *o = json_object_new_object(), *list = jset_array(o, "results");
    int64_t n = 0;

    for (size_t i = 0; i < c->nsx->fw->policies.n; i++) {
        const struct fw_policy *p = c->nsx->fw->policies.at[i];
        const struct fw_rule *first = p->rules.n ? p->rules.at[0] : NULL;

        if (p->layer != FW_GATEWAY || !first || !first->scope || strcmp(first->scope, gateway) != 0)
            continue;
        jadd(list, policy(c, p, true));
        n++;
    }
    jset_int(o, "result_count", n);
    jsend(reply, o);
}

bool nsx_fw_answer(struct nsx_context *c, const struct lab_request *req, const struct lab_path *p,
                   struct lab_reply *reply)
{
    if (!c->nsx->fw || p->n < 2)
        return false;
    if (lab_path_is(p, 1, "domains")) {
        send_domains(c, reply);
        return true;
    }
    if (lab_path_is(p, 1, "services")) {
        c->data = &c->nsx->fw->services;
        nsx_send_page(req, reply, c->nsx->fw->services.n, make_service, c);
        return true;
    }
    if (p->n == 4 && strcmp(p->part[3], "gateway-firewall") == 0) {
        send_gateway_firewall(c, arena_printf(c->a, "/infra/%s/%s", p->part[1], p->part[2]), reply);
        return true;
    }
    if (p->n < 4 || strcmp(p->part[1], "domains") != 0)
        return false;
    if (strcmp(p->part[3], "groups") == 0)
        return answer_groups(c, req, p, reply);
    if (strcmp(p->part[3], "security-policies") == 0 || strcmp(p->part[3], "gateway-policies") == 0)
        return answer_policies(c, req, p, reply);
    return false;
}

bool nsx_fw_search(struct nsx_context *c, const struct lab_request *req, const char *type,
                   struct lab_reply *reply)
{
    struct lab_fw *fw = c->nsx->fw;
    struct lab_list chosen;

    if (!fw)
        return false;
    if (strcmp(type, "Rule") == 0) {
        c->data = &fw->rules;
        nsx_send_page(req, reply, fw->rules.n, make_rule, c);
    } else if (strcmp(type, "Service") == 0) {
        c->data = &fw->services;
        nsx_send_page(req, reply, fw->services.n, make_service, c);
    } else if (strcmp(type, "Group") == 0) {
        chosen = groups_of(fw, NULL);
        send_chosen(c, req, make_group, &chosen, reply);
    } else if (strcmp(type, "SecurityPolicy") == 0 || strcmp(type, "GatewayPolicy") == 0) {
        chosen = policies_of(fw, NULL, *type == 'S' ? FW_DFW : FW_GATEWAY);
        send_chosen(c, req, make_policy, &chosen, reply);
    } else {
        return false;
    }
    return true;
}
