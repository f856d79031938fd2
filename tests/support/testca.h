/* testca: a certificate authority for tests. Keys are P-256, made anew in each run; nothing is
 * kept. */
#ifndef HYCON_TESTS_SUPPORT_TESTCA_H
#define HYCON_TESTS_SUPPORT_TESTCA_H

#include "core/hash.h"

#include <stdint.h>

struct testca;

struct testca_leaf {
    char *cert, *key;         /* PEM */
    char sha256[SHA256_HEX];  /* of the DER certificate, lower case */
    int64_t starts_s, ends_s; /* seconds since the epoch */
};

struct testca *testca_new(const char *common_name);
void testca_free(struct testca *ca);
const char *testca_pem(const struct testca *ca);
/* A leaf for @names ("DNS:localhost,IP:127.0.0.1"), valid from @from_s to @until_s seconds after
 * now (negative: before now). The caller releases it. */
struct testca_leaf testca_issue(struct testca *ca, const char *names, int64_t from_s,
                                int64_t until_s);
void testca_leaf_release(struct testca_leaf *leaf);
/* @pem in a new private file under $TMPDIR or /tmp; the caller unlinks and frees the path. */
char *testca_write(const char *pem);

#endif
