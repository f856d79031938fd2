#include "tests/lab/params.h"

#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct param {
    const char *name;
    size_t offset;
    int64_t min, max, fallback;
    const char *meaning;
};

#define PARAM(field, lo, hi, dflt, text)                                                        \
    {                                                                                           \
        .name = #field, .offset = offsetof(struct lab_params, field), .min = (lo), .max = (hi), \
        .fallback = (dflt), .meaning = (text)                                                   \
    }

static const struct param params[] = {
    PARAM(sddcs, 0, 16, 1, "SDDCs (tokyo, osaka, site03 ...), each with its AWS account"),
    PARAM(datacenters, 0, 64, 1, "data centres with an NSX Manager (dc1, dc2 ...)"),
    PARAM(hosts, 2, 1024, 4, "hosts of Cluster-1 of each SDDC, and of each data centre"),
    PARAM(hosts2, 0, 256, 0, "hosts of Cluster-2 of each SDDC, without ENIs"),
    PARAM(enis, 2, 4000, 17, "ENIs of each SDDC in the linked subnet"),
    PARAM(branch, 0, 1, 0, "1: ENIs in branch form, without attachment"),
    PARAM(segments, 1, 10000, 10, "segments of each NSX Manager"),
    PARAM(tables, 1, 200, 2, "route tables of each linked VPC, the main one included"),
    PARAM(routes, 0, 1000, 0, "more customer routes in each route table"),
    PARAM(edges, 4, 320, 4, "edge nodes of each data centre, two of them bare metal"),
    PARAM(prefix_list, 0, 1, 0, "1: managed prefix list mode"),
    PARAM(multi_edge, 0, 1, 0, "1: a second traffic group with edges of its own"),
    PARAM(secondary, 0, 1, 0, "1: the VPC has a secondary CIDR"),
    PARAM(tier0_state, 0, 1, 1, "1: tier-0s/vmc/state answers, 0: 404"),
    PARAM(short_cloud, 0, 1, 0, "1: cloud-service answers only without /sks-nsxt-manager"),
    PARAM(old_linked_vpcs, 0, 1, 0, "1: active_eni instead of traffic_group_eni_mappings"),
    PARAM(custom_tier1, 0, 1, 0, "1: a customer-made tier-1 in each SDDC"),
    PARAM(nsx_nodes, 1, 3, 1, "manager nodes of each data centre, a listener and sessions each"),
    PARAM(vms, 0, 100000, 0,
          "virtual machines in realized-state of each data centre, and of each vCenter"),
    PARAM(vcenter, 0, 1, 0, "1: a vCenter Server in each data centre and SDDC"),
    PARAM(soft_auth, 0, 1, 0,
          "1: a vCenter reads without a session, and says so for each property"),
    PARAM(replication, 0, 10000, 0, "replicated VMs of each data centre; needs vcenter"),
    PARAM(firewall, 0, 1, 0, "1: policies, groups and services of the firewalls"),
    PARAM(esxi, 0, 512, 0,
          "hosts of each data centre with a shell over SSH; implies firewall, vcenter"),
    PARAM(edges_ssh, 0, 64, 0, "edge nodes of each data centre with their command line over SSH"),
    PARAM(addrset, 0, 400000, 0, "more addresses in a group of each data centre"),
    PARAM(flows, 0, 200000, 0, "flows of each filter; 0: a few"),
    PARAM(rules, 0, 100000, 0, "firewall rules found by search"),
    PARAM(expires_in, 1, 86400, 1799, "seconds a CSP access token lives"),
    PARAM(session_timeout, 1, 86400, 1800, "seconds an idle session of NSX or vCenter lives"),
    PARAM(session_keys, 0, 1, 0, "1: AWS credentials with a session token"),
};

static int64_t *field(struct lab_params *p, const struct param *spec)
{
    return (int64_t *)(void *)((char *)p + spec->offset);
}

void lab_params_init(struct lab_params *p)
{
    for (size_t i = 0; i < ARRAY_SIZE(params); i++)
        *field(p, &params[i]) = params[i].fallback;
}

int lab_params_set(struct lab_params *p, const char *name, const char *value, struct err *err)
{
    for (size_t i = 0; i < ARRAY_SIZE(params); i++) {
        if (strcmp(params[i].name, name) != 0)
            continue;
        if (text_to_i64(value, params[i].min, params[i].max, field(p, &params[i])) == 0)
            return 0;
        return err_set(err, ERR_CONFIG, 0, "'%s' must be a number from %lld to %lld, not '%s'",
                       name, (long long)params[i].min, (long long)params[i].max, value);
    }
    return err_set(err, ERR_CONFIG, 0, "unknown parameter '%s'", name);
}

int lab_params_parse(struct lab_params *p, const char *list, struct err *err)
{
    while (*list) {
        size_t len = strcspn(list, ",");
        char *item = mem_strndup(list, len);
        char *eq = strchr(item, '=');
        int rc;

        if (eq)
            *eq = '\0';
        rc = eq ? lab_params_set(p, item, eq + 1, err)
                : err_set(err, ERR_CONFIG, 0, "'%s' is not NAME=NUMBER", item);
        free(item);
        if (rc < 0)
            return -1;
        list += len;
        list += *list == ',';
    }
    return 0;
}

int lab_params_check(struct lab_params *p, struct err *err)
{
    if (p->sddcs + p->datacenters == 0)
        return err_set(err, ERR_CONFIG, 0, "an estate needs an SDDC or a data centre");
    if (p->enis <= p->hosts)
        p->enis = p->hosts + 1;
    if (p->multi_edge && p->hosts < 4)
        return err_set(err, ERR_CONFIG, 0, "'multi_edge' needs at least four hosts");
    if (p->esxi)
        p->firewall = p->vcenter = 1;
    if (p->replication)
        p->vcenter = 1;
    if (p->sddcs * p->segments > 16000)
        return err_set(err, ERR_CONFIG, 0, "at most 16000 segments in all SDDCs");
    return 0;
}

void lab_params_help(struct strbuf *out)
{
    for (size_t i = 0; i < ARRAY_SIZE(params); i++)
        strbuf_addf(out, "  %-16s %s (%lld..%lld, default %lld)\n", params[i].name,
                    params[i].meaning, (long long)params[i].min, (long long)params[i].max,
                    (long long)params[i].fallback);
}
