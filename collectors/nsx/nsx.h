/* The collectors of NSX, for the registry. Kinds nsx and vmc (through the reverse proxy). */
#ifndef HYCON_COLLECTORS_NSX_NSX_H
#define HYCON_COLLECTORS_NSX_NSX_H

#include "collectors/collector.h"

extern const struct collector collector_nsx_alarms, collector_nsx_edges, collector_nsx_gateways,
    collector_nsx_groups, collector_nsx_nodes, collector_nsx_rules, collector_nsx_segments,
    collector_nsx_services, collector_nsx_vms;

#endif
