/* send: put a reply on the wire, whole or spoilt by a fault. */
#ifndef HYCON_TESTS_LAB_SEND_H
#define HYCON_TESTS_LAB_SEND_H

#include "tests/lab/fault.h"

#include <microhttpd.h>

/* @fault may be NULL. Takes nothing over. */
enum MHD_Result lab_send(struct MHD_Connection *c, struct lab_reply *reply,
                         const struct lab_fault *fault);

#endif
