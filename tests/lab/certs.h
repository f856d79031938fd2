/* certs: the lab's certificate authority and the leaf certificates of its listeners. Keys are P-256
 * and new in every run. */
#ifndef HYCON_TESTS_LAB_CERTS_H
#define HYCON_TESTS_LAB_CERTS_H

#include "core/hash.h"

struct lab_ca;

enum lab_leaf_kind {
    LEAF_GOOD,
    LEAF_EXPIRED,     /* ended an hour ago */
    LEAF_WRONG_NAME,  /* for a host that this is not */
    LEAF_SELF_SIGNED, /* not issued by the authority */
};

struct lab_leaf {
    char *cert, *key;        /* PEM */
    char sha256[SHA256_HEX]; /* of the DER certificate, lower case */
};

struct lab_ca *lab_ca_new(void);
void lab_ca_free(struct lab_ca *ca);
const char *lab_ca_pem(const struct lab_ca *ca);
/* A leaf for 127.0.0.1 and localhost. The caller releases it. */
struct lab_leaf lab_ca_issue(struct lab_ca *ca, const char *common_name, enum lab_leaf_kind kind);
void lab_leaf_release(struct lab_leaf *leaf);
/* "new", "expired", "wrong-name", "self-signed"; -1 for other words. */
int lab_leaf_kind_find(const char *word);

#endif
