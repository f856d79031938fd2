/* wire: AWS addresses and signed requests. */
#ifndef HYCON_COLLECTORS_AWS_WIRE_H
#define HYCON_COLLECTORS_AWS_WIRE_H

#include "collectors/wire.h"

#include <stdint.h>

struct arena;
struct secret;

#define AWS_FORM "application/x-www-form-urlencoded; charset=utf-8"

struct aws_key {
    struct secret *access, *secret, *token; /* token NULL: a key of long life */
    int64_t expires_at;                     /* 0: never */
};

void aws_key_release(struct aws_key *k); /* wipes; k is empty afterwards */

struct aws_target {
    const char *url; /* base address; a slash at its end does not matter */
    const char *region, *service;
};

struct aws_call {
    const char *method;
    const char *path; /* "/", with a query if there is one */
    const char *body; /* NULL: none */
    size_t body_len;
    const char *content_type; /* NULL: none */
    int64_t now;              /* the server's clock, ms */
};

/* Make @http the signed request. Only what belongs to the request is set: time-outs, TLS and proxy
 * are the caller's. */
void wire_sign(struct wire *w, const struct aws_target *t, const struct aws_key *key,
               const struct aws_call *call, struct http_request *http);

/* Where @service ("ec2", "sts") of @region is: @configured (of our configuration) wins over
 * @override (environment, shared files), which wins over AWS's own name. An address of the one that
 * names another service in its host (an interface endpoint of EC2) is not used. 0, or -1 and
 * ERR_CONFIG. */
int aws_endpoint(struct arena *arena, const char *service, const char *region,
                 const char *configured, const char *override, const char **url, struct err *err);

#endif
