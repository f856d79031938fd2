/* send: put a reply on the wire, whole or spoilt by a fault. */
#ifndef HYCON_TESTS_LAB_SEND_H
#define HYCON_TESTS_LAB_SEND_H

#include "tests/lab/fault.h"

#include <microhttpd.h>

/* @fault may be NULL. Takes nothing over. @s lives as long as its connections. */
enum MHD_Result lab_send(const struct lab_server *s, struct MHD_Connection *c,
                         struct lab_reply *reply, const struct lab_fault *fault);

/* Wait @ms (negative: for ever), but not longer than the peer or this listener lives. True: the
 * time is over. */
bool lab_wait(const struct lab_server *s, struct MHD_Connection *c, int64_t ms);

#endif
