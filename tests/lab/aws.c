#include "tests/lab/aws.h"

#include "core/mem.h"
#include "tests/lab/errors.h"
#include "tests/lab/lab.h"
#include "tests/lab/sigv4_verify.h"

#include <stdlib.h>
#include <string.h>

#define SESSION_S 3600

static struct lab_key *add_key(struct lab *lab, struct lab_aws_state *s, const char *prefix)
{
    struct arena *a = lab->arena;
    struct lab_key *k = arena_alloc(a, sizeof(*k));
    char *access = arena_printf(a, "%s%s", prefix, lab_random_word(lab, 16));

    for (char *c = access; *c; c++) {
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 32);
        if (*c == '-' || *c == '_')
            *c = '7';
    }
    k->access = access;
    k->secret = arena_printf(a, "%s/+%s", lab_random_word(lab, 19), lab_random_word(lab, 19));
    lab_list_add(&s->keys, k);
    return k;
}

struct lab_key *lab_key_issue(struct lab *lab, struct lab_aws_state *s, const char *session,
                              int64_t seconds)
{
    struct arena *a = lab->arena;
    struct lab_key *k = add_key(lab, s, "ASIA");

    k->token = arena_printf(a, "IQoJb3JpZ2luX2Vj%s//+%s==", lab_random_word(lab, 200),
                            lab_random_word(lab, 60));
    k->arn = arena_printf(a, "arn:aws:sts::%s:assumed-role/hycon-ro/%s", s->aws->account, session);
    k->user_id = arena_printf(a, "AROAEXAMPLEHYCONRO001:%s", session);
    k->expires_at = lab_session_ms(lab) + seconds * 1000;
    return k;
}

struct lab_aws_state *lab_aws_state_new(struct lab *lab, struct lab_aws *aws)
{
    struct lab_aws_state *s = mem_alloc(sizeof(*s));

    s->aws = aws;
    s->imds_role = "hycon-ro";
    if (lab->params.session_keys) {
        s->main = lab_key_issue(lab, s, "ops", 12 * (int64_t)SESSION_S);
        return s;
    }
    s->main = add_key(lab, s, "AKIA");
    s->main->arn = arena_printf(lab->arena, "arn:aws:iam::%s:user/hycon", aws->account);
    s->main->user_id = "AIDAEXAMPLEHYCON00001";
    return s;
}

void lab_aws_state_free(struct lab_aws_state *s)
{
    if (!s)
        return;
    free(s->keys.at);
    free(s);
}

void lab_aws_expire(struct lab *lab, struct lab_aws_state *s)
{
    for (size_t i = 0; i < s->keys.n; i++) {
        struct lab_key *k = s->keys.at[i];

        if (k->token)
            k->expires_at = lab_session_ms(lab);
        else
            k->revoked = true;
    }
}

void lab_aws_revive(struct lab *lab, struct lab_aws_state *s)
{
    s->main->revoked = false;
    if (s->main->token)
        s->main->expires_at = lab_session_ms(lab) + 12 * (int64_t)SESSION_S * 1000;
}

static const struct lab_key *find_key(const struct lab_aws_state *s, const char *access)
{
    for (size_t i = 0; i < s->keys.n; i++) {
        const struct lab_key *k = s->keys.at[i];

        if (strcmp(k->access, access) == 0)
            return k;
    }
    return NULL;
}

static void refuse(struct lab_reply *reply, const struct lab_request *req, int status,
                   const char *code, const char *message)
{
    lab_error_aws(reply, req, status, code, message);
    reply->counted_bad = true;
}

static bool is_sts(const struct sigv4_auth *auth)
{
    return strcmp(auth->service, "sts") == 0;
}

static void refuse_signature(struct lab_reply *reply, const struct lab_request *req,
                             enum sigv4_verdict verdict, const char *why)
{
    switch (verdict) {
    case SIGV4_TOO_OLD:
        refuse(reply, req, 400, "RequestExpired", "Request has expired.");
        break;
    case SIGV4_TOO_EARLY:
        refuse(reply, req, 400, "InvalidSignatureException",
               arena_printf(req->arena, "Signature not yet current: %s", why));
        break;
    case SIGV4_UNSIGNED:
        refuse(reply, req, 403, "SignatureDoesNotMatch",
               arena_printf(req->arena, "'%s' must be a signed header.", why));
        break;
    case SIGV4_NO_DATE:
        refuse(reply, req, 400, "IncompleteSignature", "A valid X-Amz-Date header is needed.");
        break;
    default:
        refuse(reply, req, 403, "SignatureDoesNotMatch",
               why ? arena_printf(req->arena, "The signed header '%s' was not sent.", why)
                   : "The request signature we calculated does not match the signature you "
                     "provided. Check your AWS Secret Access Key and signing method. Consult the "
                     "service documentation for details.");
    }
}

static bool check_token(struct lab *lab, const struct lab_request *req,
                        const struct sigv4_auth *auth, const struct lab_key *key,
                        struct lab_reply *reply)
{
    const char *token = lab_header(req, "x-amz-security-token");

    if (!!token != !!key->token || (token && strcmp(token, key->token) != 0) || key->revoked) {
        if (is_sts(auth))
            refuse(reply, req, 403, "InvalidClientTokenId",
                   "The security token included in the request is invalid.");
        else
            refuse(reply, req, 401, NULL, NULL);
        return false;
    }
    if (!key->expires_at || lab_session_ms(lab) < key->expires_at)
        return true;
    if (is_sts(auth))
        refuse(reply, req, 403, "ExpiredToken",
               "The security token included in the request is expired");
    else
        refuse(reply, req, 400, "RequestExpired", "Request has expired.");
    return false;
}

static const struct lab_key *authenticate(struct lab *lab, struct lab_server *server,
                                          const struct lab_request *req, struct sigv4_auth *auth,
                                          struct lab_reply *reply)
{
    struct lab_aws_state *s = server->data;
    const char *header = lab_header(req, "authorization"), *why = NULL;
    const struct lab_key *key;
    enum sigv4_verdict verdict;

    if (!header || sigv4_parse(req->arena, header, auth) < 0) {
        refuse(reply, req, 403, "MissingAuthenticationToken",
               "Request is missing Authentication Token");
        return NULL;
    }
    key = find_key(s, auth->access_key);
    if (!key) {
        if (is_sts(auth))
            refuse(reply, req, 403, "InvalidClientTokenId",
                   "The security token included in the request is invalid.");
        else
            refuse(reply, req, 401, NULL, NULL);
        return NULL;
    }
    verdict = sigv4_verify(req, auth, key->secret, lab_wall_ms() + server->skew_ms, &why);
    if (verdict != SIGV4_OK) {
        refuse_signature(reply, req, verdict, why);
        return NULL;
    }
    return check_token(lab, req, auth, key, reply) ? key : NULL;
}

void lab_aws_handle(struct lab *lab, struct lab_server *server, const struct lab_request *req,
                    struct lab_reply *reply)
{
    struct lab_aws_state *s = server->data;
    struct sigv4_auth auth;
    const struct lab_key *key = authenticate(lab, server, req, &auth, reply);
    bool sts;

    if (!key)
        return;
    sts = is_sts(&auth);
    if (strcmp(auth.region, s->aws->region) != 0 || (!sts && strcmp(auth.service, "ec2") != 0)) {
        refuse(reply, req, 403, "SignatureDoesNotMatch",
               arena_printf(req->arena, "Credential should be scoped to region '%s'.",
                            s->aws->region));
        return;
    }
    reply->content_type = "text/xml;charset=UTF-8";
    if (!req->action)
        lab_error_aws(reply, req, 400, "MissingAction", "The request has no Action.");
    else if (!(sts ? lab_sts_answer(lab, server, req, key, reply)
                   : lab_ec2_answer(lab, server, req, reply)))
        lab_error_aws(reply, req, 400, "InvalidAction",
                      arena_printf(req->arena, "The action %s is not valid for this web service.",
                                   req->action));
}
