/* views: the descriptors, for views/registry.c. */
#ifndef HYCON_VIEWS_VIEWS_H
#define HYCON_VIEWS_VIEWS_H

#include "views/view.h"

extern const struct view view_overview, view_eni, view_edges, view_segments, view_firewall,
    view_flows, view_hosts, view_vms, view_vsan, view_replication, view_events, view_edge_cli,
    view_endpoints;
/* Not on the tab bar: opened by name, by Enter or by `r`. */
extern const struct view view_findings, view_changes, view_routes, view_links, view_vpcs,
    view_subnets, view_vpc_endpoints, view_prefix_lists, view_security_groups, view_network_acls,
    view_interfaces, view_sddcs, view_reports, view_clusters, view_datastores, view_tasks,
    view_alarms, view_libraries, view_policies, view_groups, view_services, view_filters,
    view_host_rules, view_addrsets, view_lost_flows, view_firewall_hosts;

#endif
