/*
 * sddcs: the SDDC (or all of the organisation) and its hosts, from one document. It also holds
 * passwords in clear: nothing is taken from it but what is named here.
 *
 * Hosts stand in two places: below their cluster, and in one flat list. Below the cluster their
 * cluster is known, so those come first; the flat list adds what is in none. A host's interface in
 * the customer's VPC is xeni_info.x_eni_id (schema of the service; that every SDDC shows it is not
 * proven: then the cell stays ABSENT).
 */
#include "collectors/vmc/vmc.h"

#include <stdlib.h>
#include <string.h>

#include "core/map.h"

struct reading {
    struct run *run;
    struct table_builder *sddcs, *hosts; /* NULL: the rows of the last time are kept */
    struct map *seen;                    /* ids of hosts of this SDDC's clusters */
    const char *id;                      /* of this SDDC */
    int64_t count;                       /* its hosts */
};

/* ---- hosts -------------------------------------------------------------------------------- */

/* The first interface carries the management network (device 0, as EC2 counts; that this is vmk0's
 * address is what the samples show, not what the schema says). */
static const char *management_ip(struct json_object *host)
{
    for (size_t i = 0; i < jsonq_len(host, "eni_list"); i++) {
        struct json_object *eni = jsonq_at(host, "eni_list", i);
        int64_t device;

        if (jsonq_int(eni, "device_index", &device) && device == 0)
            return jsonq_str(eni, "private_ip");
    }
    return NULL;
}

/* @cluster: NULL in the flat list. */
static void add_host(struct reading *r, struct json_object *host, const char *cluster)
{
    struct table_builder *b = r->hosts;
    const char *id = jsonq_str(host, "esx_id"), *name = jsonq_str(host, "name");

    if (!json_object_is_type(host, json_type_object)) {
        if (b)
            builder_malformed(b);
        return;
    }
    if (id && !cluster && map_has(r->seen, id))
        return;
    if (id && cluster)
        map_put(r->seen, id, r);
    r->count++;
    if (!b)
        return;
    builder_row(b);
    builder_str(b, HOSTS_HOST_ID, id);
    builder_str(b, HOSTS_HOST, name ? name : jsonq_str(host, "hostname"));
    builder_str(b, HOSTS_CLUSTER, cluster && *cluster ? cluster : NULL);
    builder_str(b, HOSTS_INSTANCE_TYPE, jsonq_str(host, "instance_type"));
    builder_str(b, HOSTS_AZ, jsonq_str(host, "availability_zone"));
    builder_ip(b, HOSTS_MANAGEMENT_IP, management_ip(host));
    builder_str(b, HOSTS_ENI, jsonq_str(jsonq_get(host, "xeni_info"), "x_eni_id"));
    vmc_state(r->run, b, HOSTS_STATE, jsonq_str(host, "esx_state"));
    builder_str(b, HOSTS_FQDN, jsonq_str(host, "hostname"));
    builder_str(b, HOSTS_SDDC, r->id);
}

static void add_hosts(struct reading *r, struct json_object *config)
{
    for (size_t i = 0; i < jsonq_len(config, "clusters"); i++) {
        struct json_object *cluster = jsonq_at(config, "clusters", i);
        const char *name = jsonq_str(cluster, "cluster_name");

        name = name ? name : "";
        for (size_t k = 0; k < jsonq_len(cluster, "esx_host_list"); k++)
            add_host(r, jsonq_at(cluster, "esx_host_list", k), name);
    }
    for (size_t i = 0; i < jsonq_len(config, "esx_hosts"); i++)
        add_host(r, jsonq_at(config, "esx_hosts", i), NULL);
}

/* ---- the SDDC ----------------------------------------------------------------------------- */

/* The cluster whose hosts have interfaces in the linked VPC: the first one made. */
static const char *first_cluster(struct json_object *config)
{
    const char *id = jsonq_str(config, "esx_cluster_id");

    for (size_t i = 0; id && i < jsonq_len(config, "clusters"); i++) {
        struct json_object *cluster = jsonq_at(config, "clusters", i);
        const char *this_id = jsonq_str(cluster, "cluster_id");

        if (this_id && strcmp(this_id, id) == 0)
            return jsonq_str(cluster, "cluster_name");
    }
    return jsonq_str(jsonq_at(config, "clusters", 0), "cluster_name");
}

/* AP_NORTHEAST_1 is ap-northeast-1 everywhere else. */
static const char *region(struct run *run, struct json_object *config)
{
    char *word = (char *)vmc_lower(run, jsonq_str(config, "region"));

    for (char *p = word; p && *p; p++) {
        if (*p == '_')
            *p = '-';
    }
    return word;
}

static void add_sddc(struct reading *r, struct json_object *sddc, struct json_object *config)
{
    struct table_builder *b = r->sddcs;

    builder_row(b);
    builder_str(b, SDDCS_SDDC, jsonq_str(sddc, "id"));
    builder_str(b, SDDCS_NAME, jsonq_str(sddc, "name"));
    vmc_state(r->run, b, SDDCS_STATE, jsonq_str(sddc, "sddc_state"));
    builder_str(b, SDDCS_ACCOUNT_LINK, vmc_lower(r->run, jsonq_str(sddc, "account_link_state")));
    if (!config)
        return;
    builder_str(b, SDDCS_VERSION, jsonq_str(jsonq_get(config, "sddc_manifest"), "vmc_version"));
    builder_str(b, SDDCS_REGION, region(r->run, config));
    vmc_list(b, SDDCS_AZ, config, "availability_zones");
    if (jsonq_get(config, "clusters") || jsonq_get(config, "esx_hosts"))
        builder_int(b, SDDCS_HOST_COUNT, r->count);
    builder_str(b, SDDCS_NSX_URL, jsonq_str(config, "nsx_api_public_endpoint_url"));
    builder_str(b, SDDCS_VCENTER_URL, jsonq_str(config, "vc_url"));
    builder_ip(b, SDDCS_MANAGEMENT_CIDR, jsonq_str(jsonq_get(config, "vpc_info"), "vpc_cidr"));
    builder_str(b, SDDCS_CLUSTER_1, first_cluster(config));
    builder_str(b, SDDCS_DEPLOYMENT_TYPE, vmc_lower(r->run, jsonq_str(config, "deployment_type")));
}

static void read_sddc(struct reading *r, struct json_object *sddc)
{
    struct json_object *config = jsonq_get(sddc, "resource_config");

    if (!json_object_is_type(sddc, json_type_object)) {
        if (r->sddcs)
            builder_malformed(r->sddcs);
        return;
    }
    r->seen = map_new();
    r->id = jsonq_str(sddc, "id");
    r->count = 0;
    add_hosts(r, config);
    if (r->sddcs)
        add_sddc(r, sddc, config);
    map_free(r->seen, NULL);
}

static enum step read_reply(struct run *run, const struct reply *reply)
{
    struct table_builder *sddcs = run_table(run, &table_sddcs);
    struct table_builder *hosts = run_table(run, &table_hosts);
    struct reading r = {.run = run};
    struct json_object *o;
    struct err err;

    if (!builder_block(sddcs, reply->hash))
        r.sddcs = sddcs;
    if (!builder_block(hosts, reply->hash))
        r.hosts = hosts;
    if (!r.sddcs && !r.hosts)
        return STEP_DONE;
    o = vmc_parse(reply, "SDDC", &err);
    if (!o)
        return run_fail(run, &err);
    if (json_object_is_type(o, json_type_array)) {
        for (size_t i = 0; i < jsonq_count(o); i++)
            read_sddc(&r, jsonq_item(o, i));
    } else {
        read_sddc(&r, o);
    }
    json_object_put(o);
    return STEP_DONE;
}

static enum step step(struct run *run, const struct reply *reply)
{
    const char *sddc = config_str(run->endpoint, "sddc");

    if (!reply)
        return vmc_get(run, "SDDC", sddc ? "/sddcs/" : "/sddcs", sddc);
    return reply->err ? run_fail(run, reply->err) : read_reply(run, reply);
}

static const struct schema *const tables[] = {&table_sddcs, &table_hosts, NULL};

const struct collector collector_sddcs = {
    .name = "sddcs",
    .kinds = KIND_VMC,
    .tables = tables,
    .interval_ms = 60000,
    .timeout_ms = 60000,
    .step = step,
};
