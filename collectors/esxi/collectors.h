/* Collectors of ESXi hosts, over SSH. */
#ifndef HYCON_COLLECTORS_ESXI_COLLECTORS_H
#define HYCON_COLLECTORS_ESXI_COLLECTORS_H

#include "collectors/collector.h"

extern const struct collector collector_esxi_addrsets, collector_esxi_connections,
    collector_esxi_filters, collector_esxi_filter_stats, collector_esxi_flows,
    collector_esxi_replications, collector_esxi_rules, collector_esxi_vibs, collector_esxi_vsan;

#endif
