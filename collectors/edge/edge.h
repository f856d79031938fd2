/* Session and collectors of NSX edge nodes, over SSH. */
#ifndef HYCON_COLLECTORS_EDGE_EDGE_H
#define HYCON_COLLECTORS_EDGE_EDGE_H

#include "collectors/session.h"

extern const struct session_ops session_edge_ops;

extern const struct collector collector_edge_bridges, collector_edge_gateways,
    collector_edge_status;

#endif
