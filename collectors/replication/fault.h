/*
 * fault: what a vSphere Replication appliance says when it says no: {error_code, message} (REST API
 * reference, "Bad request"); older ones nest it in `_meta.errors`. A proxy's page is neither.
 */
#ifndef HYCON_COLLECTORS_REPLICATION_FAULT_H
#define HYCON_COLLECTORS_REPLICATION_FAULT_H

#include "core/err.h"

struct reply;

/* One sentence about a reply that is not 2xx; @what is being read ("replications"). */
void replication_fault_describe(const struct reply *reply, const char *what, struct err *err);

#endif
