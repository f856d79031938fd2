/* The session of a vSphere Replication appliance. */
#ifndef HYCON_COLLECTORS_REPLICATION_SESSION_H
#define HYCON_COLLECTORS_REPLICATION_SESSION_H

#include "collectors/session.h"

extern const struct session_ops session_replication_ops;

#endif
