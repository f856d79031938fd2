/* session of kind aws: a key from the chain, who it belongs to, signed requests. */
#ifndef HYCON_COLLECTORS_AWS_SESSION_H
#define HYCON_COLLECTORS_AWS_SESSION_H

#include "collectors/aws/profile.h"
#include "collectors/session.h"

extern const struct session_ops session_aws_ops;

/* Tests: read this environment instead of the process's; before the first login. */
void session_aws_use_env(struct session *s, const struct aws_env *env);

#endif
