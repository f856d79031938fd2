/* The session of kind vcenter: a vCenter Server or a standalone ESXi host. */
#ifndef HYCON_COLLECTORS_VCENTER_SESSION_H
#define HYCON_COLLECTORS_VCENTER_SESSION_H

#include "collectors/session.h"

/* What is asked of a server that does not say which versions it speaks; all of them know it. */
#define VCENTER_API_FALLBACK "6.7"

extern const struct session_ops session_vcenter_ops;

#endif
