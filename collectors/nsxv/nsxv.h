/* The collectors and the session of NSX-V (NSX for vSphere 6), for the registry. Kind nsxv. */
#ifndef HYCON_COLLECTORS_NSXV_NSXV_H
#define HYCON_COLLECTORS_NSXV_NSXV_H

#include "collectors/collector.h"
#include "collectors/session.h"

#define NSXV_STATUS_PATH      "/api/4.0/firewall/globalroot-0/status"
#define NSXV_CONNECTIONS_PATH "/api/2.0/vdn/inventory/hosts/connection/status"

extern const struct collector collector_nsxv_groups, collector_nsxv_hosts, collector_nsxv_rules;
extern const struct session_ops session_nsxv_ops;

#endif
