/* The collectors of vSphere Replication, for the registry. */
#ifndef HYCON_COLLECTORS_REPLICATION_REPLICATION_H
#define HYCON_COLLECTORS_REPLICATION_REPLICATION_H

#include "collectors/collector.h"

extern const struct collector collector_replications;

#endif
