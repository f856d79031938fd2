/* csp: the Cloud Services Platform: exchanges API tokens for access tokens that expire. */
#ifndef HYCON_TESTS_LAB_CSP_H
#define HYCON_TESTS_LAB_CSP_H

#include "tests/lab/server.h"

struct csp_token {
    const char *value, *name; /* name: the site it was made for */
    int64_t expires_at;       /* session clock */
    bool api, revoked;        /* api: long-lived, to be exchanged */
};

struct lab_csp {
    struct lab_list tokens;
};

struct lab_csp *lab_csp_new(void);
void lab_csp_free(struct lab_csp *csp);
/* A new API token for @site. */
const struct csp_token *lab_csp_issue(struct lab *lab, const char *site);
/* The API token of @site and every access token made from it die. */
void lab_csp_revoke(struct lab *lab, const char *site);
/* Access tokens of @site (NULL: all) die; API tokens stay good. */
void lab_csp_expire(struct lab *lab, const char *site);
/* API tokens that were revoked are good again. */
void lab_csp_revive(struct lab *lab);
/* Whether @req carries an access token that lives; fills @reply with 401 otherwise. */
bool lab_csp_check(struct lab *lab, const struct lab_request *req, struct lab_reply *reply);

void lab_csp_handle(struct lab *lab, struct lab_server *server, const struct lab_request *req,
                    struct lab_reply *reply);

#endif
