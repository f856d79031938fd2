/* credentials_json: the JSON documents that carry keys; each has its own names and form of time. */
#ifndef HYCON_COLLECTORS_AWS_CREDENTIALS_JSON_H
#define HYCON_COLLECTORS_AWS_CREDENTIALS_JSON_H

#include "collectors/aws/wire.h"

enum credentials_form {
    CREDENTIALS_PROCESS,   /* Version 1, SessionToken, ISO 8601 */
    CREDENTIALS_CONTAINER, /* Token, ISO 8601 */
    CREDENTIALS_INSTANCE,  /* the same, and Code must be Success */
    CREDENTIALS_SSO,       /* roleCredentials, epoch in milliseconds */
};

/* 0, or -1 and ERR_PROTO; no part of a key is ever in the sentence. */
int credentials_from_json(const char *text, size_t len, enum credentials_form form,
                          struct aws_key *out, struct err *err);

/* The access token of a cache file of IAM Identity Center. NULL and ERR_PROTO or, when it is over
 * at
 * @now, ERR_AUTH with what to run for @profile. The caller owns a reference. */
struct secret *credentials_sso_token(const char *text, size_t len, int64_t now, const char *profile,
                                     struct err *err);

#endif
