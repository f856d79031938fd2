/* session of kind nsx: a session cookie and its XSRF token, or a client certificate. */
#ifndef HYCON_COLLECTORS_NSX_SESSION_H
#define HYCON_COLLECTORS_NSX_SESSION_H

#include "collectors/session.h"

extern const struct session_ops session_nsx_ops;

/* Limits of what a manager may set as cookies. */
#define NSX_COOKIES_MAX      8
#define NSX_COOKIE_BYTES_MAX 4096

#endif
