/* cloud: the VMC AWS integration of an SDDC's NSX: linked VPCs, traffic groups, accounts. */
#include "tests/lab/jsonb.h"
#include "tests/lab/lab.h"
#include "tests/lab/path.h"
#include "tests/lab/vmc.h"

#include <string.h>

static struct lab_traffic_group *default_group(const struct lab_sddc *s)
{
    return s->groups.at[0];
}

static void set_managed(const struct lab_sddc *s, struct json_object *info)
{
    const struct lab_prefix_list *pl = s->aws->managed;
    struct json_object *list, *o, *programming, *array;

    jset_str(info, "managed_prefix_list_mode", pl ? "ENABLED" : "DISABLED");
    if (!pl)
        return;
    list = jset_array(info, "managed_prefix_lists");
    o = json_object_new_object();
    jadd(list, o);
    jset_str(o, "id", pl->id);
    jset_str(o, "name", pl->name);
    jset_bool(o, "in_use", true);
    jset_str(o, "address_family", "IPv4");
    programming = jset_object(o, "programming_info");
    jset_str(programming, "active_eni", default_group(s)->eni->id);
    array = jset_array(programming, "route_table_ids");
    for (size_t i = 0; i < s->aws->tables.n; i++)
        jadd_str(array, ((struct lab_table *)s->aws->tables.at[i])->id);
    array = jset_array(programming, "expected_entries");
    for (size_t i = 0; i < pl->entries.n; i++)
        jadd_str(array, pl->entries.at[i]);
}

static void set_active(const struct lab_sddc *s, struct json_object *o)
{
    struct json_object *list;

    if (s->old_style) {
        jset_str(o, "active_eni", default_group(s)->eni->id);
        return;
    }
    list = jset_array(o, "traffic_group_eni_mappings");
    for (size_t i = 0; i < s->groups.n; i++) {
        const struct lab_traffic_group *g = s->groups.at[i];
        struct json_object *m = json_object_new_object();

        jset_str(m, "traffic_group_id", g->id);
        jset_str(m, "traffic_group_name", g->name);
        jset_str(m, "eni", g->eni->id);
        jadd(list, m);
    }
}

static struct json_object *linked_vpc(struct lab *lab, const struct lab_sddc *s, struct arena *a)
{
    const struct lab_aws *aws = s->aws;
    struct json_object *o = json_object_new_object(), *list, *subnet;

    jset_str(o, "resource_type", "LinkedVpcInfo");
    jset_str(o, "id", aws->vpc);
    jset_str(o, "display_name", aws->vpc);
    jset_str(o, "linked_account", aws->account);
    jset_str(o, "linked_vpc_id", aws->vpc);
    list = jset_array(o, "linked_vpc_addresses");
    jadd_str(list, aws->vpc_cidr);
    if (aws->secondary_cidr)
        jadd_str(list, aws->secondary_cidr);
    subnet = json_object_new_object();
    jadd(jset_array(o, "linked_vpc_subnets"), subnet);
    jset_str(subnet, "id", aws->link->id);
    jset_str(subnet, "cidr", aws->link->cidr);
    jset_str(subnet, "availability_zone", aws->link->az);
    jset_str(subnet, "availability_zone_id", aws->link->az_id);
    jadd_str(jset_array(o, "route_table_ids"), ((struct lab_table *)aws->tables.at[0])->id);
    jset_str(o, "arn_role",
             arena_printf(a, "arn:aws:iam::%s:role/vmware-sddc-formation-RemoteRole-EXAMPLE",
                          aws->account));
    jset_str(o, "external_id", lab_uuid_in(a, lab->estate, "external-id", s->site));
    jset_array(o, "linked_vpc_nat_ips");
    set_active(s, o);
    set_managed(s, jset_object(o, "linked_vpc_managed_prefix_list_info"));
    return o;
}

static struct json_object *traffic_group(const struct lab_traffic_group *g, size_t index)
{
    struct json_object *o = json_object_new_object(), *map;

    jset_str(o, "resource_type", "TrafficGroup");
    jset_str(o, "id", g->id);
    jset_str(o, "display_name", g->name);
    jset_str(o, "state", "SUCCESS");
    jset_str(o, "type", "STATIC_HIGHAVAILABILITY");
    jset_int(o, "resource_id", (int64_t)index + 1);
    map = json_object_new_object();
    jadd(jset_array(o, "association_maps"), map);
    jset_str(map, "resource_type", "TrafficGroupAssociationMap");
    jset_str(map, "id", "map-1");
    jset_str(map, "display_name", "map-1");
    jadd_str(jset_array(map, "prefix_lists"), "/infra/tier-0s/vmc/prefix-lists/backup");
    jset_str(map, "scope", "/infra/tier-1s/cgw");
    jset_str(map, "state", "SUCCESS");
    return o;
}

static void send_list(struct json_object *list, struct lab_reply *reply)
{
    struct json_object *o = json_object_new_object();
    int64_t n = (int64_t)json_object_array_length(list);

    jset(o, "results", list);
    jset_int(o, "result_count", n);
    jsend(reply, o);
}

/* Only groups made by the customer are listed; the default one appears in linked-vpcs alone. */
static void send_groups(const struct lab_sddc *s, struct lab_reply *reply)
{
    struct json_object *list = json_object_new_array();

    for (size_t i = 1; i < s->groups.n; i++)
        jadd(list, traffic_group(s->groups.at[i], i));
    send_list(list, reply);
}

static void send_accounts(const struct lab_sddc *s, struct lab_reply *reply)
{
    struct json_object *o = json_object_new_object();

    jset_str(o, "linked_vpc_account", s->aws->account);
    jset_str(o, "shadow_account", s->aws->shadow_account);
    jsend(reply, o);
}

bool cloud_answer(struct lab *lab, const struct lab_sddc *s, const struct lab_request *req,
                  const char *path, struct lab_reply *reply)
{
    struct lab_path p = lab_path_split(req->arena, path);

    if (lab_path_is(&p, 0, "infra/linked-vpcs")) {
        struct json_object *list = json_object_new_array();

        jadd(list, linked_vpc(lab, s, req->arena));
        send_list(list, reply);
    } else if (lab_path_is(&p, 0, "infra/linked-vpcs/*") && strcmp(p.part[2], s->aws->vpc) == 0) {
        jsend(reply, linked_vpc(lab, s, req->arena));
    } else if (lab_path_is(&p, 0, "infra/traffic-groups")) {
        send_groups(s, reply);
    } else if (lab_path_is(&p, 0, "infra/accounts")) {
        send_accounts(s, reply);
    } else {
        return false;
    }
    return true;
}
