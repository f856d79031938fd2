/* The collector of vSAN, for the registry. */
#ifndef HYCON_COLLECTORS_VSAN_VSAN_H
#define HYCON_COLLECTORS_VSAN_VSAN_H

#include "collectors/collector.h"

extern const struct collector collector_vsan;

#endif
