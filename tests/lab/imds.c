/* imds: version 2 of the instance metadata service, for the credential chain. */
#include "tests/lab/aws.h"

#include "core/text.h"
#include "tests/lab/jsonb.h"
#include "tests/lab/lab.h"

#include <string.h>

#define TOKEN_PATH "/latest/api/token"
#define ROLE_PATH  "/latest/meta-data/iam/security-credentials/"
#define ZONE_PATH  "/latest/meta-data/placement/availability-zone"

/* Tokens of the metadata service: their expiry is in the name so that none needs to be kept. */
static const char *make_token(struct lab *lab, const struct lab_request *req, int64_t seconds)
{
    return arena_printf(req->arena, "LAB%llx.%lld==", (unsigned long long)lab->seed,
                        (long long)(lab_session_ms(lab) / 1000 + seconds));
}

static bool token_ok(struct lab *lab, const struct lab_request *req)
{
    const char *token = lab_header(req, "x-aws-ec2-metadata-token");
    char *prefix = arena_printf(req->arena, "LAB%llx.", (unsigned long long)lab->seed);
    int64_t until;

    if (!token || !text_has_prefix(token, prefix) || !text_has_suffix(token, "=="))
        return false;
    token = arena_strndup(req->arena, token + strlen(prefix), strlen(token) - strlen(prefix) - 2);
    return text_to_i64(token, 0, INT64_MAX, &until) == 0 && lab_session_ms(lab) / 1000 < until;
}

static void plain(struct lab_reply *reply, int status, const char *text)
{
    reply->status = status;
    reply->content_type = "text/plain";
    strbuf_addstr(&reply->body, text);
}

static void give_token(struct lab *lab, const struct lab_request *req, struct lab_reply *reply)
{
    const char *ttl = lab_header(req, "x-aws-ec2-metadata-token-ttl-seconds");
    int64_t seconds;

    if (strcmp(req->method, "PUT") != 0) {
        plain(reply, 405, "");
        return;
    }
    if (!ttl || text_to_i64(ttl, 1, 21600, &seconds) < 0) {
        plain(reply, 400, "");
        return;
    }
    lab_reply_header(reply, "X-aws-ec2-metadata-token-ttl-seconds", ttl);
    plain(reply, 200, make_token(lab, req, seconds));
}

static void give_key(struct lab *lab, struct lab_aws_state *s, struct lab_reply *reply)
{
    struct lab_key *k = lab_key_issue(lab, s, "imds", 6 * 3600);
    struct json_object *o = json_object_new_object();

    jset_str(o, "Code", "Success");
    jset_iso(o, "LastUpdated", lab_wall_ms());
    jset_str(o, "Type", "AWS-HMAC");
    jset_str(o, "AccessKeyId", k->access);
    jset_str(o, "SecretAccessKey", k->secret);
    jset_str(o, "Token", k->token);
    jset_iso(o, "Expiration", k->expires_at);
    jsend(reply, o);
}

void lab_imds_handle(struct lab *lab, struct lab_server *server, const struct lab_request *req,
                     struct lab_reply *reply)
{
    struct lab_aws_state *s = server->data;

    if (strcmp(req->path, TOKEN_PATH) == 0) {
        give_token(lab, req, reply);
        return;
    }
    if (!token_ok(lab, req)) {
        plain(reply, 401, "");
        reply->counted_bad = true;
        return;
    }
    if (strcmp(req->path, ROLE_PATH) == 0)
        plain(reply, 200, s->imds_role);
    else if (text_has_prefix(req->path, ROLE_PATH) &&
             strcmp(req->path + strlen(ROLE_PATH), s->imds_role) == 0)
        give_key(lab, s, reply);
    else if (text_has_prefix(req->path, ZONE_PATH))
        plain(reply, 200, s->aws->zones[0]);
    else
        plain(reply, 404, "");
}
