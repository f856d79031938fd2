/*
 * fault: what AWS says when it says no. The error document comes in two shapes (EC2's
 * Response/Errors, the Query services' ErrorResponse), with and without a namespace; a proxy's page
 * is neither. The codes and what to do about them are a table.
 */
#ifndef HYCON_COLLECTORS_AWS_FAULT_H
#define HYCON_COLLECTORS_AWS_FAULT_H

#include "core/err.h"

#include <stdint.h>

struct reply;

enum fault_class {
    FAULT_OTHER,
    FAULT_REJECTED, /* the key is wrong or unknown */
    FAULT_EXPIRED,  /* the session token is over */
    FAULT_SKEW,     /* the time of the signature is not the server's */
    FAULT_THROTTLED,
    FAULT_PASSING,     /* an internal error: again later */
    FAULT_DENIED,      /* this call is not allowed */
    FAULT_CONFIG,      /* what was asked for does not exist or is not valid */
    FAULT_UNSUPPORTED, /* the service does not know the call */
};

struct fault {
    enum fault_class class;
    char code[96];       /* "" when the body is no error document */
    char message[320];   /* without a full stop at its end */
    char request_id[80]; /* "" when there is none */
};

/* Read a reply that is not 2xx. */
void fault_read(const struct reply *reply, struct fault *out);

/* One sentence of what happened, with the request id. @who names the credentials ("profile 'ops'");
 * @action the call ("ec2:DescribeVpcs"). */
void fault_describe(const struct fault *f, int status, const char *who, const char *action,
                    struct err *err);

/* The server's clock minus @now, from the reply's Date. 0: it does not say. */
int64_t fault_clock_offset(const struct reply *reply, int64_t now);

#endif
