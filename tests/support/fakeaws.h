/*
 * fakeaws: an instance's metadata service (version 2), STS and EC2 in one loopback server, for the
 * credential chain from end to end. It is not the lab: it is strict about the order in which keys
 * are got, and counts. Signatures are verified by the lab's verifier, which is not the product's
 * signer.
 *
 *   PUT /latest/api/token     the TTL header, and nothing forwarded
 *   GET /latest/meta-data/... the token of the PUT
 *   POST / Action=...         signed with the newest key that was handed out, session token
 * included
 */
#ifndef HYCON_TESTS_SUPPORT_FAKEAWS_H
#define HYCON_TESTS_SUPPORT_FAKEAWS_H

#include "core/strbuf.h"

#include <pthread.h>
#include <stdbool.h>

#define FAKEAWS_REGION "ap-northeast-1"
#define FAKEAWS_ENI    "eni-0fa4eaf5000000001"

struct MHD_Daemon;

struct fakeaws {
    struct MHD_Daemon *daemon;
    int port;
    /* What it does; set before it is asked. */
    bool no_role;      /* the instance has none */
    bool no_version_2; /* it gives no tokens */
    bool may_not;      /* the role may not be assumed */
    /* Under the lock. */
    pthread_mutex_t lock;
    unsigned tokens, roles, keys, assumed, identities, lists;
    unsigned generation; /* of the key that is good now; 0: none was handed out */
    struct strbuf wrong; /* what was asked otherwise than it should be, one line each */
    struct strbuf role;  /* the body of the last AssumeRole */
};

void fakeaws_start(struct fakeaws *f);
void fakeaws_stop(struct fakeaws *f);
/* Nothing was asked yet. */
void fakeaws_reset(struct fakeaws *f);

#endif
