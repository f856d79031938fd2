/* The collectors of an AWS account, one file each; collectors/registry.c lists them. */
#ifndef HYCON_COLLECTORS_AWS_COLLECTORS_H
#define HYCON_COLLECTORS_AWS_COLLECTORS_H

#include "collectors/collector.h"

extern const struct collector collector_enis, collector_interfaces, collector_network_acls,
    collector_prefix_lists, collector_routes, collector_security_groups, collector_subnets,
    collector_vpc_endpoints, collector_vpcs;

#endif
