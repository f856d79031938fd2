/* sts: GetCallerIdentity and AssumeRole. */
#include "tests/lab/aws.h"

#include "core/fmt.h"
#include "core/text.h"
#include "tests/lab/errors.h"
#include "tests/lab/lab.h"
#include "tests/lab/xml.h"

#include <string.h>

#define ROLE        "hycon-ro"
#define ROLE_EXT    "hycon-ext"
#define EXTERNAL_ID "hycon-lab"

static void identity(const struct lab_aws_state *s, const struct lab_key *key, struct xml *x)
{
    xml_open(x, "GetCallerIdentityResult");
    xml_text(x, "Arn", key->arn);
    xml_text(x, "UserId", key->user_id);
    xml_text(x, "Account", s->aws->account);
    xml_close(x, "GetCallerIdentityResult");
}

static void write_assumed(const struct lab_key *key, struct xml *x)
{
    struct strbuf at = STRBUF_INIT;

    fmt_time_iso(&at, key->expires_at / 1000 * 1000);
    xml_open(x, "AssumeRoleResult");
    xml_open(x, "AssumedRoleUser");
    xml_text(x, "AssumedRoleId", key->user_id);
    xml_text(x, "Arn", key->arn);
    xml_close(x, "AssumedRoleUser");
    xml_open(x, "Credentials");
    xml_text(x, "AccessKeyId", key->access);
    xml_text(x, "SecretAccessKey", key->secret);
    xml_text(x, "SessionToken", key->token);
    xml_text(x, "Expiration", at.buf);
    xml_close(x, "Credentials");
    xml_close(x, "AssumeRoleResult");
    strbuf_release(&at);
}

static bool may_assume(const struct lab_aws_state *s, const struct lab_request *req)
{
    const char *arn = lab_form(req, "RoleArn"), *external = lab_form(req, "ExternalId");
    const char *prefix = arena_printf(req->arena, "arn:aws:iam::%s:role/", s->aws->account);

    if (!arn || !text_has_prefix(arn, prefix))
        return false;
    arn += strlen(prefix);
    if (strcmp(arn, ROLE_EXT) == 0)
        return external && strcmp(external, EXTERNAL_ID) == 0;
    return strcmp(arn, ROLE) == 0;
}

static bool assume(struct lab *lab, struct lab_server *server, const struct lab_request *req,
                   struct lab_reply *reply, struct xml *x)
{
    const char *session = lab_form(req, "RoleSessionName");
    const char *duration = lab_form(req, "DurationSeconds");
    int64_t seconds = 3600;

    if (!session || !*session || (duration && text_to_i64(duration, 900, 43200, &seconds) < 0)) {
        lab_error_aws(reply, req, 400, "ValidationError",
                      "RoleSessionName or DurationSeconds is not valid.");
        return false;
    }
    if (!may_assume(server->data, req)) {
        lab_error_aws(reply, req, 403, "AccessDenied",
                      "User is not authorized to perform: sts:AssumeRole on this resource");
        return false;
    }
    write_assumed(lab_key_issue(lab, server->data, session, seconds), x);
    return true;
}

bool lab_sts_answer(struct lab *lab, struct lab_server *server, const struct lab_request *req,
                    const struct lab_key *key, struct lab_reply *reply)
{
    struct xml x = {&reply->body, 0};
    const char *root = arena_printf(req->arena, "%sResponse", req->action);
    bool assume_role = strcmp(req->action, "AssumeRole") == 0;

    if (!assume_role && strcmp(req->action, "GetCallerIdentity") != 0)
        return false;
    xml_open_ns(&x, root, XML_STS_NS);
    if (!assume_role)
        identity(server->data, key, &x);
    else if (!assume(lab, server, req, reply, &x))
        return true;
    xml_open(&x, "ResponseMetadata");
    xml_text(&x, "RequestId", lab_uuid_in(req->arena, lab->estate, "request", req->action));
    xml_close(&x, "ResponseMetadata");
    xml_close(&x, root);
    return true;
}
