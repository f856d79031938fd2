/* session of kind vmc: an API token exchanged for an access token that is renewed ahead of its end;
 * the VMC service, and the NSX of the SDDC through its reverse proxy. */
#ifndef HYCON_COLLECTORS_VMC_SESSION_H
#define HYCON_COLLECTORS_VMC_SESSION_H

#include "collectors/session.h"

extern const struct session_ops session_vmc_ops;

/* An access token is renewed so long before its end, at most half of its life. */
#define VMC_RENEW_AHEAD_MS 120000

#endif
