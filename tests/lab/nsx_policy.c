/* nsx_policy: routes of the policy API, on premises and behind an SDDC's proxy. */
#include "tests/lab/jsonb.h"
#include "tests/lab/lab.h"
#include "tests/lab/nsx.h"
#include "tests/lab/path.h"
#include "tests/lab/vsphere.h"

#include "core/text.h"

#include <stdlib.h>
#include <string.h>

static struct json_object *make_segment(const struct nsx_context *c, size_t i)
{
    return nsx_segment(c, ((const struct lab_list *)c->data)->at[i]);
}

static struct json_object *make_state(const struct nsx_context *c, size_t i)
{
    return nsx_segment_state(((const struct lab_list *)c->data)->at[i]);
}

static struct json_object *make_gateway(const struct nsx_context *c, size_t i)
{
    return nsx_gateway(c, ((const struct lab_list *)c->data)->at[i]);
}

static struct json_object *make_locale(const struct nsx_context *c, size_t i)
{
    (void)i;
    return nsx_locale_services(c, c->data);
}

static struct json_object *make_cluster(const struct nsx_context *c, size_t i)
{
    return nsx_edge_cluster(c, ((const struct lab_list *)c->data)->at[i]);
}

static struct json_object *make_edge(const struct nsx_context *c, size_t i)
{
    const struct lab_edge_cluster *ec = c->data;

    return nsx_edge_node(c, ec, ec->edges.at[i]);
}

/* Segments fixed to a tier-1 are listed below it alone. */
static void send_segments(struct nsx_context *c, const struct lab_request *req, const char *parent,
                          struct lab_reply *reply)
{
    struct lab_list chosen = {NULL, 0, 0};

    for (size_t i = 0; i < c->nsx->segments.n; i++) {
        const struct lab_segment *s = c->nsx->segments.at[i];

        if (strcmp(s->parent, parent) == 0)
            lab_list_add(&chosen, c->nsx->segments.at[i]);
    }
    c->data = &chosen;
    nsx_send_page(req, reply, chosen.n, make_segment, c);
    free(chosen.at);
}

static void send_states(struct nsx_context *c, const struct lab_request *req,
                        struct lab_reply *reply)
{
    const char *wanted = lab_query(req, "configuration_state");
    struct lab_list chosen = {NULL, 0, 0};

    for (size_t i = 0; i < c->nsx->segments.n; i++) {
        const struct lab_segment *s = c->nsx->segments.at[i];

        if (!wanted || strcmp(s->state, wanted) == 0)
            lab_list_add(&chosen, c->nsx->segments.at[i]);
    }
    c->data = &chosen;
    nsx_send_page(req, reply, chosen.n, make_state, c);
    free(chosen.at);
}

static bool answer_segments(struct nsx_context *c, const struct lab_request *req,
                            const struct lab_path *p, struct lab_reply *reply)
{
    bool fixed = p->n > 3 && strcmp(p->part[1], "tier-1s") == 0;
    unsigned at = fixed ? 3 : 1;
    const char *parent = fixed ? arena_printf(c->a, "/infra/tier-1s/%s", p->part[2]) : "/infra";
    const struct lab_segment *s;

    if (lab_path_is(p, at, "segments")) {
        send_segments(c, req, parent, reply);
        return true;
    }
    if (!fixed && lab_path_is(p, at, "segments/state")) {
        send_states(c, req, reply);
        return true;
    }
    if (p->n <= at + 1 || strcmp(p->part[at], "segments") != 0)
        return false;
    s = lab_find_segment(c->nsx, arena_printf(c->a, "%s/segments/%s", parent, p->part[at + 1]));
    if (s && lab_path_is(p, at, "segments/*"))
        jsend(reply, nsx_segment(c, s));
    else if (s && lab_path_is(p, at, "segments/*/state"))
        jsend(reply, nsx_segment_state(s));
    else
        return false;
    return true;
}

void nsx_send_gateways(struct nsx_context *c, const struct lab_request *req, int tier,
                       struct lab_reply *reply)
{
    struct lab_list chosen = {NULL, 0, 0};

    for (size_t i = 0; i < c->nsx->gateways.n; i++)
        if (((struct lab_gateway *)c->nsx->gateways.at[i])->tier == tier)
            lab_list_add(&chosen, c->nsx->gateways.at[i]);
    c->data = &chosen;
    nsx_send_page(req, reply, chosen.n, make_gateway, c);
    free(chosen.at);
}

static bool answer_gateways(struct nsx_context *c, const struct lab_sddc *sddc,
                            const struct lab_request *req, const struct lab_path *p,
                            struct lab_reply *reply)
{
    int tier = strcmp(p->part[1], "tier-0s") == 0 ? 0 : 1;
    const struct lab_gateway *g;

    if (p->n == 2) {
        nsx_send_gateways(c, req, tier, reply);
        return true;
    }
    g = lab_find_gateway(c->nsx, tier, p->part[2]);
    if (!g)
        return false;
    if (p->n == 3) {
        jsend(reply, nsx_gateway(c, g));
    } else if (lab_path_is(p, 3, "locale-services")) {
        c->data = g;
        nsx_send_page(req, reply, g->cluster ? 1 : 0, make_locale, c);
    } else if (lab_path_is(p, 3, "state")) {
        if (sddc && tier == 0 && !sddc->tier0_state)
            return false;
        jsend(reply, nsx_gateway_state(c, g));
    } else {
        return answer_segments(c, req, p, reply);
    }
    return true;
}

static void send_site(const struct nsx_context *c, bool point, struct lab_reply *reply)
{
    struct json_object *o = json_object_new_object(), *item = json_object_new_object();
    const char *id = strrchr(c->nsx->ep_path, '/') + 1;

    jadd(jset_array(o, "results"), item);
    if (point)
        nsx_common(c, item, "EnforcementPoint", id, id, c->nsx->ep_path, "/infra/sites/default");
    else
        nsx_common(c, item, "Site", "default", "default", "/infra/sites/default", "/infra");
    jset_int(o, "result_count", 1);
    jsend(reply, o);
}

static const struct lab_edge_cluster *find_cluster(const struct nsx_context *c, const char *id)
{
    for (size_t i = 0; i < c->nsx->clusters.n; i++) {
        const struct lab_edge_cluster *ec = c->nsx->clusters.at[i];

        if (strcmp(ec->id, id) == 0)
            return ec;
    }
    return NULL;
}

static bool answer_sites(struct nsx_context *c, const struct lab_request *req,
                         const struct lab_path *p, struct lab_reply *reply)
{
    const struct lab_edge_cluster *ec;

    if (p->n == 2 || lab_path_is(p, 2, "default/enforcement-points")) {
        send_site(c, p->n > 2, reply);
        return true;
    }
    if (p->n < 6 || strcmp(p->part[4], strrchr(c->nsx->ep_path, '/') + 1) != 0)
        return false;
    if (lab_path_is(p, 5, "edge-clusters")) {
        c->data = &c->nsx->clusters;
        nsx_send_page(req, reply, c->nsx->clusters.n, make_cluster, c);
        return true;
    }
    ec = p->n > 6 ? find_cluster(c, p->part[6]) : NULL;
    if (!ec || !lab_path_is(p, 5, "edge-clusters/*/edge-nodes"))
        return false;
    c->data = ec;
    nsx_send_page(req, reply, ec->edges.n, make_edge, c);
    return true;
}

/* What NSX knows of a VM, wherever it was looked up. */
struct seen_vm {
    const char *name, *id;
    const struct lab_host *host;
    const struct lab_edge *edge; /* NULL: a workload */
    bool runs;
};

static struct json_object *vm_json(const struct nsx_context *c, const struct seen_vm *vm, size_t i)
{
    struct json_object *o = json_object_new_object(), *ids, *source;

    jset_str(o, "resource_type", "VirtualMachine");
    jset_str(o, "display_name", vm->name);
    jset_str(o, "external_id", vm->id);
    jset_str(o, "host_id", vm->host->id);
    jset_str(o, "local_id_on_host", arena_printf(c->a, "%zu", i + 8));
    jset_str(o, "type", vm->edge ? "EDGE" : "REGULAR");
    jset_str(o, "power_state", !vm->host->up ? "UNKNOWN" : vm->runs ? "VM_RUNNING" : "VM_STOPPED");
    ids = jset_array(o, "compute_ids");
    jadd_str(ids, arena_printf(c->a, "externalId:%s", vm->id));
    if (vm->edge)
        jadd_str(ids, arena_printf(c->a, "instanceUuid:%s", vm->edge->vm_uuid));
    source = jset_object(o, "source");
    jset_str(source, "target_id", vm->host->id);
    jset_str(source, "target_display_name", vm->host->fqdn);
    jset_str(source, "target_type", "HostNode");
    jset_bool(source, "is_valid", true);
    jset_int(o, "_last_sync_time", lab_wall_ms() - 30000);
    return o;
}

/* Edges first, then as many others as the scale asks for. */
static struct json_object *make_vm(const struct nsx_context *c, size_t i)
{
    const struct lab_list *edges = c->data;
    struct seen_vm vm = {.edge = i < edges->n ? edges->at[i] : NULL, .runs = true};

    if (vm.edge) {
        vm.name = vm.edge->name;
        vm.id = vm.edge->vm_uuid;
        vm.host = vm.edge->host;
    } else {
        vm.name = arena_printf(c->a, "vm-%05zu", i - edges->n + 1);
        vm.id = lab_uuid_in(c->a, c->lab->estate, "vm",
                            arena_printf(c->a, "%s/%s", c->nsx->site, vm.name));
        vm.host = c->nsx->hosts.at[i % c->nsx->hosts.n];
    }
    return vm_json(c, &vm, i);
}

/* Where there is a vCenter its VMs are those that NSX has discovered. */
static struct json_object *make_discovered(const struct nsx_context *c, size_t i)
{
    const struct lab_vc *vc = c->data;
    const struct lab_vm *have = vc->vms.at[i];
    struct seen_vm vm = {.name = have->mo.name,
                         .id = have->edge ? have->edge->vm_uuid : have->instance_uuid,
                         .host = lab_vm_host(vc, have)->host,
                         .edge = have->edge,
                         .runs = strcmp(have->power, "poweredOn") == 0};

    return vm_json(c, &vm, i);
}

static void send_vms(struct nsx_context *c, const struct lab_request *req, struct lab_reply *reply)
{
    const struct lab_vc *vc = lab_find_vcenter(c->lab->estate, c->nsx->site);
    struct lab_list edges = {NULL, 0, 0};

    if (vc && !c->nsx->vmc) {
        c->data = vc;
        nsx_send_page(req, reply, vc->vms.n, make_discovered, c);
        return;
    }
    for (size_t i = 0; i < c->nsx->edges.n; i++)
        if (((struct lab_edge *)c->nsx->edges.at[i])->host && !c->nsx->vmc)
            lab_list_add(&edges, c->nsx->edges.at[i]);
    c->data = &edges;
    nsx_send_page(req, reply, edges.n + c->nsx->vms, make_vm, c);
    free(edges.at);
}

static bool send_realized(const struct nsx_context *c, const struct lab_request *req,
                          struct lab_reply *reply)
{
    const char *path = lab_query(req, "intent_path");
    const struct lab_segment *s = path ? lab_find_segment(c->nsx, path) : NULL;
    struct json_object *o;
    bool ok;

    if (!s)
        return false;
    ok = strcmp(s->state, "success") == 0 || strcmp(s->state, "in_sync") == 0;
    o = json_object_new_object();
    jset_str(o, "intent_path", path);
    jset_str(o, "publish_status", ok ? "REALIZED" : "ERROR");
    jset_str(jset_object(o, "consolidated_status"), "consolidated_status",
             ok ? "SUCCESS" : "ERROR");
    jset_int(o, "publish_time", c->lab->estate->built_at - 86400000);
    jset_int(o, "time_taken_for_realization", 1200);
    jsend(reply, o);
    return true;
}

static void send_bridge_profile(const struct nsx_context *c, struct lab_reply *reply)
{
    struct json_object *o = json_object_new_object(), *item = json_object_new_object();
    struct json_object *edges = jset_array(item, "edge_paths");
    const struct lab_edge_cluster *ec = c->nsx->clusters.at[0];

    for (size_t i = 0; i < ec->edges.n; i++)
        jadd_str(edges, ((struct lab_edge *)ec->edges.at[i])->path);
    jset_str(item, "failover_mode", "NON_PREEMPTIVE");
    jset_str(item, "ha_mode", "ACTIVE_STANDBY");
    nsx_common(c, item, "L2BridgeEndpointProfile", "bp-dc-connector", "bp-dc-connector",
               c->nsx->bridge_profile, c->nsx->ep_path);
    jadd(jset_array(o, "results"), item);
    jset_int(o, "result_count", 1);
    jsend(reply, o);
}

bool nsx_policy_answer(struct lab *lab, const struct lab_nsx *nsx, const struct lab_sddc *sddc,
                       const struct lab_request *req, const char *path, struct lab_reply *reply)
{
    struct nsx_context c = {lab, nsx, req->arena, NULL};
    struct lab_path p = lab_path_split(req->arena, path);

    if (lab_path_is(&p, 0, "search/query") || lab_path_is(&p, 0, "search")) {
        nsx_search(lab, nsx, req, reply);
        return true;
    }
    if (p.n < 2 || strcmp(p.part[0], "infra") != 0)
        return false;
    if (nsx_fw_answer(&c, req, &p, reply))
        return true;
    if (strcmp(p.part[1], "segments") == 0)
        return answer_segments(&c, req, &p, reply);
    if (strcmp(p.part[1], "tier-0s") == 0 || strcmp(p.part[1], "tier-1s") == 0)
        return answer_gateways(&c, sddc, req, &p, reply);
    if (nsx->bridge_profile && p.n == 6 && strcmp(p.part[5], "edge-bridge-profiles") == 0) {
        send_bridge_profile(&c, reply);
        return true;
    }
    if (strcmp(p.part[1], "sites") == 0)
        return answer_sites(&c, req, &p, reply);
    if (lab_path_is(&p, 1, "realized-state/status"))
        return send_realized(&c, req, reply);
    if (lab_path_is(&p, 1, "realized-state/virtual-machines")) {
        send_vms(&c, req, reply);
        return true;
    }
    return false;
}
