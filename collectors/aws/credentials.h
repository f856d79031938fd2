/*
 * credentials: gets a key to sign with. What the files say is known at once
 * (collectors/aws/profile.h); the rest is asked for step by step in the manner of a session: a
 * process, the portal of IAM Identity Center, the container's agent, the instance's metadata
 * service (version 2 alone), and then the roles to assume with what was got.
 */
#ifndef HYCON_COLLECTORS_AWS_CREDENTIALS_H
#define HYCON_COLLECTORS_AWS_CREDENTIALS_H

#include "collectors/aws/profile.h"
#include "collectors/aws/wire.h"
#include "collectors/session.h"

#define AWS_REFRESH_MS (15 * 60000) /* so long before its end a key is renewed */

struct aws_chain;

/* @env and the text of @o must outlive the chain. */
struct aws_chain *aws_chain_new(const struct aws_env *env, const struct aws_options *o,
                                const char *region, const char *endpoint_url);
void aws_chain_free(struct aws_chain *c); /* NULL is fine */

/* Like session_ops.login: NULL starts anew. Uses the session's arena, clock, TLS and proxy; what it
 * sends and runs is in s->call, why it failed in s->err. READY: the key is there. */
enum session_step aws_chain_step(struct aws_chain *c, struct session *s, const struct reply *reply);

/* After READY. */
const struct aws_key *aws_chain_key(const struct aws_chain *c);
const struct aws_plan *aws_chain_plan(const struct aws_chain *c);
const char *aws_chain_region(const struct aws_chain *c);
/* "profile 'ops'" or "role 'arn:...' by profile 'ops'"; never NULL once started. */
const char *aws_chain_where(const struct aws_chain *c);
/* When to renew @key; 0: never. */
int64_t aws_key_renew_at(const struct aws_key *key, int64_t now);

#endif
