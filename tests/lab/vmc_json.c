/* vmc_json: the objects of the VMC service, in the shape of its SDK and samples. */
#include "core/text.h"
#include "tests/lab/jsonb.h"
#include "tests/lab/lab.h"
#include "tests/lab/server.h"
#include "tests/lab/vmc.h"

#include <string.h>

#define YEAR_MS (365LL * 86400000)

static void common(const struct lab *lab, struct json_object *o, const char *id, int64_t created)
{
    jset_str(o, "id", id);
    jset_int(o, "version", 12);
    jset_iso(o, "created", created ? created : lab->estate->built_at - YEAR_MS / 2);
    jset_iso(o, "updated", lab->estate->built_at - 3600000);
    jset_str(o, "user_id", "39c68607-b785-5e6e-9f5e-df29a6df4bf6");
    jset_str(o, "user_name", "ops@example.jp");
    jset_str(o, "updated_by_user_id", "39c68607-b785-5e6e-9f5e-df29a6df4bf6");
    jset_str(o, "updated_by_user_name", "ops@example.jp");
}

struct json_object *vmc_org(const struct lab *lab)
{
    struct json_object *o = json_object_new_object();

    common(lab, o, lab->estate->org, 0);
    jset_str(o, "name", "example-jp");
    jset_str(o, "display_name", lab->estate->org_name);
    jset_str(o, "org_type", "CUSTOMER");
    jset_str(o, "project_state", "CREATED");
    return o;
}

const char *vmc_proxy_path(const struct lab_sddc *s, struct arena *a)
{
    return arena_printf(a, "/vmc/reverse-proxy/api/orgs/%s/sddcs/%s/sks-nsxt-manager", s->org,
                        s->id);
}

static struct json_object *host_eni(const struct lab_host *h, const char *id, int index)
{
    struct json_object *o = json_object_new_object();

    jset_str(o, "id", id);
    jset_int(o, "device_index", index);
    jset_str(o, "private_ip", h->ip);
    jset_str(o, "mac_address", h->mac);
    jset_str(o, "instance_id", h->instance_id);
    jset_bool(o, "source_dest_check_false", true);
    return o;
}

static struct json_object *host(const struct lab_sddc *s, const struct lab_host *h)
{
    struct json_object *o = json_object_new_object(), *list, *xeni;

    jset_str(o, "esx_id", h->id);
    jset_str(o, "name", h->name);
    jset_str(o, "hostname", h->fqdn);
    jset_str(o, "esx_state", h->state);
    jset_str(o, "availability_zone", s->zone_id);
    jset_str(o, "instance_type", "i3en.metal");
    jset_str(o, "mac_address", h->mac);
    jset_str(o, "provider", "AWS");
    jset_str(o, "durable_host_name", h->name);
    jset_object(o, "custom_properties");
    list = jset_array(o, "eni_list");
    jadd(list, host_eni(h, h->esx_eni, 0));
    jadd(list, host_eni(h, h->trunk_eni, 1));
    if (!h->eni)
        return o;
    xeni = jset_object(o, "xeni_info");
    jset_str(xeni, "x_eni_id", h->eni->id);
    jset_str(xeni, "trunk_eni_id", h->trunk_eni);
    jset_str(xeni, "association_id", h->association);
    return o;
}

struct json_object *vmc_cluster(const struct lab_sddc *s, bool second)
{
    const struct lab_list *hosts = second ? &s->hosts2 : &s->hosts;
    struct json_object *o = json_object_new_object(), *list;

    jset_str(o, "cluster_id", second ? s->cluster2_id : s->cluster_id);
    jset_str(o, "cluster_name", second ? "Cluster-2" : "Cluster-1");
    jset_str(o, "cluster_state", "READY");
    jadd_str(jset_array(o, "availability_zones"), s->zone_id);
    jset_str(o, "availability_type", "SINGLE_AZ");
    jset_str(o, "vsan_version", "8.0");
    if (!second)
        jset_str(o, "mgmt_rp_name", "Mgmt-ResourcePool");
    jset_str(o, "compute_rp_name", "Compute-ResourcePool");
    jset_bool(o, "hyper_threading_enabled", true);
    jset_int(o, "host_cpu_cores_count", 96);
    list = jset_array(o, "esx_host_list");
    for (size_t i = 0; i < hosts->n; i++)
        jadd(list, host(s, hosts->at[i]));
    return o;
}

static const char *region_word(const struct lab_sddc *s, struct arena *a)
{
    char *word = arena_strdup(a, s->aws->region);

    for (char *c = word; *c; c++) {
        if (*c == '-')
            *c = '_';
        else if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 32);
    }
    return word;
}

static void set_urls(const struct lab *lab, const struct lab_sddc *s, struct json_object *o,
                     struct arena *a)
{
    const struct lab_server *proxy = lab_server_find(lab, arena_printf(a, "proxy-%s", s->site));

    jset_str(o, "vc_url", arena_printf(a, "https://vcenter.sddc-%s.vmwarevmc.com/", s->site));
    jset_str(o, "vc_management_ip", s->vcenter_ip);
    jset_str(o, "cloud_username", "cloudadmin@vmc.local");
    jset_str(o, "cloud_password", "lab-secret-that-must-never-be-shown");
    jset_str(o, "nsx_mgr_url",
             arena_printf(a, "https://nsxManager.sddc-%s.vmwarevmc.com", s->site));
    jset_str(o, "nsx_mgr_management_ip", s->nsx_ip);
    if (proxy)
        jset_str(o, "nsx_api_public_endpoint_url",
                 arena_printf(a, "https://127.0.0.1:%d%s", proxy->port, vmc_proxy_path(s, a)));
    jset_str(o, "nsx_cloud_admin", "cloud_admin");
    jset_str(o, "nsx_cloud_admin_password", "lab-secret-that-must-never-be-shown");
    jset_str(o, "nsx_cloud_audit", "cloud_audit");
    jset_str(o, "nsx_cloud_audit_password", "lab-secret-that-must-never-be-shown");
}

static void set_resources(const struct lab *lab, const struct lab_sddc *s, struct json_object *o,
                          struct arena *a)
{
    struct json_object *clusters, *hosts, *link, *manifest, *vpc;

    jset_str(o, "provider", "AWS");
    jset_str(o, "region", region_word(s, a));
    jset_str(o, "deployment_type", "SINGLE_AZ");
    jadd_str(jset_array(o, "availability_zones"), s->zone_id);
    jset_str(o, "sddc_id", s->id);
    jset_bool(o, "nsxt", true);
    set_urls(lab, s, o, a);
    jset_str(o, "esx_cluster_id", s->cluster_id);
    jadd_str(jset_array(o, "sddc_networks"), "sddc-cgw-network-1");
    jset_str(o, "mgw_id", "mgw");
    jadd_str(jset_array(o, "cgws"), "cgw");
    vpc = jset_object(o, "vpc_info");
    jset_str(vpc, "id", "vpc-0e5c000000000001");
    jset_str(vpc, "vpc_cidr", s->mgmt_cidr);
    jset_str(vpc, "provider", "AWS");
    jset_str(vpc, "network_type", "NSXT");
    link = json_object_new_object();
    jadd(jset_array(o, "account_link_sddc_config"), link);
    jset_str(link, "connected_account_id", "4f78a7dd-fb4c-5ce1-b901-8951f1f8fb92");
    jadd_str(jset_array(link, "customer_subnet_ids"), s->aws->link->id);
    manifest = jset_object(o, "sddc_manifest");
    jset_str(manifest, "vmc_version", "1.24v5");
    jset_str(manifest, "vmc_internal_version", "1.24.5.0");
    clusters = jset_array(o, "clusters");
    jadd(clusters, vmc_cluster(s, false));
    if (s->hosts2.n)
        jadd(clusters, vmc_cluster(s, true));
    hosts = jset_array(o, "esx_hosts");
    for (size_t i = 0; i < s->hosts.n; i++)
        jadd(hosts, host(s, s->hosts.at[i]));
    for (size_t i = 0; i < s->hosts2.n; i++)
        jadd(hosts, host(s, s->hosts2.at[i]));
}

struct json_object *vmc_sddc(const struct lab *lab, const struct lab_sddc *s, struct arena *a)
{
    struct json_object *o = json_object_new_object();

    common(lab, o, s->id, 0);
    jset_str(o, "name", s->name);
    jset_str(o, "org_id", s->org);
    jset_str(o, "provider", "AWS");
    jset_str(o, "sddc_type", "DEFAULT");
    jset_str(o, "sddc_state", "READY");
    jset_str(o, "account_link_state", "LINKED");
    jset_str(o, "sddc_access_state", "ENABLED");
    set_resources(lab, s, jset_object(o, "resource_config"), a);
    return o;
}

struct json_object *vmc_task(const struct lab *lab, const struct lab_sddc *s,
                             const struct lab_task *t)
{
    struct json_object *o = json_object_new_object();

    common(lab, o, t->id, t->started_at);
    jset_str(o, "status", t->status);
    jset_str(o, "task_type", t->type);
    jset_str(o, "task_version", "1");
    jset_str(o, "org_id", s->org);
    jset_str(o, "org_type", "CUSTOMER");
    jset_str(o, "resource_id", s->id);
    jset_str(o, "resource_type", "sddc");
    jset_int(o, "progress_percent", t->progress);
    jset_int(o, "estimated_remaining_minutes", t->ended_at ? 0 : 12);
    jset_iso(o, "start_time", t->started_at);
    jset_int(o, "start_resource_entity_version", 10);
    jset_str(o, "sub_status", t->sub_status);
    jset_str(o, "phase_in_progress", t->phase);
    jset_str(o, "error_message", t->error);
    jset_str(o, "customer_error_message", t->error);
    if (t->ended_at)
        jset_iso(o, "end_time", t->ended_at);
    return o;
}

static struct json_object *connection_eni(const struct lab_eni *e)
{
    struct json_object *o = json_object_new_object(), *more;

    jset_str(o, "eni_id", e->id);
    jset_str(o, "primary_ip_address", e->ip);
    more = jset_array(o, "secondary_ip_addresses");
    if (e->secondary_ip)
        jadd_str(more, e->secondary_ip);
    return o;
}

struct json_object *vmc_connection(const struct lab *lab, const struct lab_sddc *s, struct arena *a)
{
    struct json_object *o = json_object_new_object(), *list;
    const struct lab_aws *aws = s->aws;

    common(lab, o, lab_uuid_in(a, lab->estate, "connection", s->site), 0);
    jset_str(o, "org_id", s->org);
    jset_str(o, "sddc_id", s->id);
    jset_str(o, "connected_account_id", "4f78a7dd-fb4c-5ce1-b901-8951f1f8fb92");
    jset_str(o, "state", s->connection_state);
    jset_str(o, "vpc_id", aws->vpc);
    jset_str(o, "cidr_block_vpc", aws->vpc_cidr);
    jset_str(o, "subnet_id", aws->link->id);
    jset_str(o, "cidr_block_subnet", aws->link->cidr);
    jset_str(o, "subnet_availability_zone", aws->link->az);
    jset_str(o, "default_route_table", ((struct lab_table *)aws->tables.at[0])->id);
    jset_bool(o, "cgw_present", true);
    jset_int(o, "connection_order", 0);
    jset_str(o, "eni_group", "");
    list = jset_array(o, "customer_eni_infos");
    for (size_t i = 0; i < aws->link_enis; i++)
        jadd(list, connection_eni(aws->enis.at[i]));
    return o;
}
