/* aws: the Query endpoint of one account and region: EC2 and STS on one port, every request signed.
 */
#ifndef HYCON_TESTS_LAB_AWS_H
#define HYCON_TESTS_LAB_AWS_H

#include "tests/lab/server.h"

struct lab_key {
    const char *access, *secret, *token; /* token: NULL for keys that never expire */
    const char *arn, *user_id;
    int64_t expires_at; /* session clock; 0: never */
    bool revoked;
};

struct lab_aws_state {
    struct lab_aws *aws;
    struct lab_list keys; /* struct lab_key */
    struct lab_key *main; /* the one in the credentials file */
    const char *imds_role;
};

struct lab_aws_state *lab_aws_state_new(struct lab *lab, struct lab_aws *aws);
void lab_aws_state_free(struct lab_aws_state *s);
/* A temporary key as STS and IMDS give out; it lives @seconds. */
struct lab_key *lab_key_issue(struct lab *lab, struct lab_aws_state *s, const char *session,
                              int64_t seconds);
/* Every key that is known now expires or, without a token, is refused. */
void lab_aws_expire(struct lab *lab, struct lab_aws_state *s);

/* The key of the credentials file is good again. */
void lab_aws_revive(struct lab *lab, struct lab_aws_state *s);

void lab_aws_handle(struct lab *lab, struct lab_server *server, const struct lab_request *req,
                    struct lab_reply *reply);
void lab_imds_handle(struct lab *lab, struct lab_server *server, const struct lab_request *req,
                     struct lab_reply *reply);

/* ec2.c and sts.c; false: not an action of theirs. */
bool lab_ec2_answer(struct lab *lab, struct lab_server *server, const struct lab_request *req,
                    struct lab_reply *reply);
bool lab_sts_answer(struct lab *lab, struct lab_server *server, const struct lab_request *req,
                    const struct lab_key *key, struct lab_reply *reply);

#endif
