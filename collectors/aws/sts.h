/* sts: the two calls of AWS's Security Token Service that hycon makes: their bodies and replies. */
#ifndef HYCON_COLLECTORS_AWS_STS_H
#define HYCON_COLLECTORS_AWS_STS_H

#include "collectors/aws/profile.h"
#include "collectors/aws/wire.h"

#define STS_CALLER_IDENTITY "Action=GetCallerIdentity&Version=2011-06-15"

struct sts_identity {
    char account[32], arn[256]; /* "": not said */
};

/* Append the body of AssumeRole. */
void sts_assume_role(struct strbuf *out, const struct aws_role *role);
/* Take the key of its reply. 0, or -1 and ERR_PROTO. */
int sts_read_key(const char *body, size_t len, struct aws_key *out, struct err *err);
int sts_read_identity(const char *body, size_t len, struct sts_identity *out, struct err *err);

#endif
