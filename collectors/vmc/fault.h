/*
 * fault: what the Cloud Services Platform (CSP) and the VMC service say when they say no. CSP:
 * {statusCode, message, cspErrorCode, requestId}; VMC: ErrorResponse {status, error_code,
 * error_messages[], retryable}. A proxy's page is neither. What NSX says through the reverse proxy
 * of an SDDC is read by collectors/nsx/fault.
 */
#ifndef HYCON_COLLECTORS_VMC_FAULT_H
#define HYCON_COLLECTORS_VMC_FAULT_H

#include "core/err.h"

#include <stdbool.h>

struct reply;

enum vmc_fault_class {
    VMC_FAULT_OTHER,
    VMC_FAULT_TOKEN,  /* the access token is over or unknown */
    VMC_FAULT_DENIED, /* the roles of the token do not allow it */
    VMC_FAULT_MISSING,
    VMC_FAULT_THROTTLED, /* 429, 503 */
    VMC_FAULT_PASSING,   /* another 5xx, or the document says that it is worth trying again */
    VMC_FAULT_REDIRECT,
};

struct vmc_fault {
    enum vmc_fault_class class;
    bool is_document;    /* the body is one of the two */
    char code[96];       /* "NotFoundException", "csp.common.invalid_grant"; "" */
    char message[320];   /* without a full stop at its end; may repeat what was sent */
    char request_id[80]; /* "" */
};

/* Read a reply that is not 2xx. */
void vmc_fault_read(const struct reply *reply, struct vmc_fault *out);
/* One sentence; @what is being read ("SDDC"). */
void vmc_fault_describe(const struct vmc_fault *f, int status, const char *what, struct err *err);

#endif
