/*
 * sigv4_verify: checks an AWS Signature Version 4 as a server does: from what arrived on the wire.
 * Written from the published algorithm, apart from the product's signer, so that one proves the
 * other.
 */
#ifndef HYCON_TESTS_LAB_SIGV4_VERIFY_H
#define HYCON_TESTS_LAB_SIGV4_VERIFY_H

#include "core/hash.h"
#include "tests/lab/server.h"

struct sigv4_auth {
    const char *access_key, *date, *region, *service, *signed_headers, *signature;
};

/* Take an Authorization header apart; memory in @a. 0, or -1: not of this algorithm or malformed.
 */
int sigv4_parse(struct arena *a, const char *header, struct sigv4_auth *out);

/* The canonical request of what was sent; memory in @a. @missing gets a header that was signed but
 * not sent (NULL: none). */
const char *sigv4_canonical(struct arena *a, const struct lab_request *req,
                            const char *signed_headers, const char **missing);

enum sigv4_verdict {
    SIGV4_OK,
    SIGV4_MISMATCH,  /* another signature than the one that belongs to it */
    SIGV4_UNSIGNED,  /* host, x-amz-date or a sent x-amz-* header is not signed */
    SIGV4_NO_DATE,   /* no X-Amz-Date, or not the day of the scope */
    SIGV4_TOO_OLD,   /* more than 15 minutes */
    SIGV4_TOO_EARLY, /* more than 15 minutes */
};

/* @now: the server's clock in ms. @why gets a word for people, in @req's arena. */
enum sigv4_verdict sigv4_verify(const struct lab_request *req, const struct sigv4_auth *auth,
                                const char *secret, int64_t now, const char **why);

#endif
