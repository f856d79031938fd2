/* Sessions of ESXi hosts: SSH. The engine owns the connection (core/ssh.h); here is what the first
 * command on it means. */
#ifndef HYCON_COLLECTORS_ESXI_SESSION_H
#define HYCON_COLLECTORS_ESXI_SESSION_H

#include "collectors/session.h"

extern const struct session_ops session_esxi_ops;

#endif
