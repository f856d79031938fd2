#include "collectors/registry.h"

#include "collectors/aws/collectors.h"
#include "collectors/aws/session.h"
#include "collectors/edge/edge.h"
#include "collectors/esxi/collectors.h"
#include "collectors/esxi/session.h"
#include "collectors/nsx/nsx.h"
#include "collectors/nsx/session.h"
#include "collectors/nsxv/nsxv.h"
#include "collectors/replication/replication.h"
#include "collectors/replication/session.h"
#include "collectors/session.h"
#include "collectors/vcenter/session.h"
#include "collectors/vcenter/vcenter.h"
#include "collectors/vmc/session.h"
#include "collectors/vmc/vmc.h"
#include "collectors/vsan/vsan.h"

/* Alphabetical by kind, then by name; but what takes longest to read is asked for first. */
/* clang-format off */
const struct collector *const registry_collectors[] = {
    &collector_routes,
    &collector_enis,
    &collector_interfaces,
    &collector_network_acls,
    &collector_prefix_lists,
    &collector_security_groups,
    &collector_subnets,
    &collector_vpc_endpoints,
    &collector_vpcs,
    &collector_edge_bridges,
    &collector_edge_gateways,
    &collector_edge_status,
    &collector_esxi_addrsets,
    &collector_esxi_connections,
    &collector_esxi_filters,
    &collector_esxi_filter_stats,
    &collector_esxi_flows,
    &collector_esxi_replications,
    &collector_esxi_rules,
    &collector_esxi_vibs,
    &collector_esxi_vsan,
    &collector_nsx_alarms,
    &collector_nsx_edges,
    &collector_nsx_gateways,
    &collector_nsx_groups,
    &collector_nsx_nodes,
    &collector_nsx_rules,
    &collector_nsx_segments,
    &collector_nsx_services,
    &collector_nsx_vms,
    &collector_nsxv_groups,
    &collector_nsxv_hosts,
    &collector_nsxv_rules,
    &collector_replications,
    &collector_vcenter_alarms,
    &collector_vcenter_events,
    &collector_vcenter_inventory,
    &collector_vcenter_libraries,
    &collector_vcenter_replications,
    &collector_vcenter_tasks,
    &collector_vsan,
    &collector_linked_vpcs,
    &collector_sddcs,
    &collector_vmc_tasks,
    NULL,
};
/* clang-format on */

static const struct session_ops *const sessions[] = {
    &session_aws_ops,     &session_edge_ops, &session_esxi_ops,
    &session_nsx_ops,     &session_nsxv_ops, &session_replication_ops,
    &session_vcenter_ops, &session_vmc_ops,  NULL,
};

static bool serves(const struct collector *c, enum endpoint_kind kind, const struct schema *schema)
{
    if (!(c->kinds & (unsigned)kind))
        return false;
    for (size_t i = 0; schema && c->tables[i]; i++) {
        if (c->tables[i] == schema)
            return true;
    }
    return !schema;
}

const struct collector *registry_next(enum endpoint_kind kind, const struct schema *schema,
                                      size_t *i)
{
    while (registry_collectors[*i]) {
        const struct collector *c = registry_collectors[(*i)++];

        if (serves(c, kind, schema))
            return c;
    }
    return NULL;
}

const struct session_ops *session_ops_for(enum endpoint_kind kind)
{
    for (size_t i = 0; sessions[i]; i++) {
        if (sessions[i]->kind == kind)
            return sessions[i];
    }
    return NULL;
}
