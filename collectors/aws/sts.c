#include "collectors/aws/sts.h"

#include <stdio.h>
#include <string.h>

#include "core/fmt.h"
#include "core/secret.h"
#include "core/text.h"
#include "core/xml.h"

#define SESSION_NAME "hycon"

static void add_parameter(struct strbuf *out, const char *name, const char *value)
{
    if (!value)
        return;
    strbuf_addf(out, "&%s=", name);
    text_percent_encode(out, value, strlen(value), NULL);
}

void sts_assume_role(struct strbuf *out, const struct aws_role *role)
{
    strbuf_addstr(out, "Action=AssumeRole&Version=2011-06-15");
    add_parameter(out, "RoleArn", role->arn);
    add_parameter(out, "RoleSessionName", role->session_name ? role->session_name : SESSION_NAME);
    add_parameter(out, "ExternalId", role->external_id);
    if (role->duration_s)
        strbuf_addf(out, "&DurationSeconds=%lld", (long long)role->duration_s);
}

struct key_reader {
    struct aws_key *key;
    bool bad_time;
};

static void take(struct secret **out, const char *text, size_t len)
{
    if (!*out && len > 0)
        *out = secret_new(text, len);
}

static void on_key(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    struct key_reader *r = arg;

    if (xml_path_is(x, 2, "AssumeRoleResult/Credentials/AccessKeyId"))
        take(&r->key->access, text, len);
    else if (xml_path_is(x, 2, "AssumeRoleResult/Credentials/SecretAccessKey"))
        take(&r->key->secret, text, len);
    else if (xml_path_is(x, 2, "AssumeRoleResult/Credentials/SessionToken"))
        take(&r->key->token, text, len);
    else if (xml_path_is(x, 2, "AssumeRoleResult/Credentials/Expiration"))
        r->bad_time = fmt_parse_time(text, &r->key->expires_at) < 0;
}

int sts_read_key(const char *body, size_t len, struct aws_key *out, struct err *err)
{
    const struct xml_handler handler = {.end = on_key, .text_max = 16384};
    struct key_reader r = {.key = out};
    int rc = xml_parse(&handler, &r, body, len, err);

    if (rc == 0 && (!out->access || !out->secret || !out->token || r.bad_time))
        rc = err_set(err, ERR_PROTO, 0, "the reply of AssumeRole has no complete key");
    if (rc < 0)
        aws_key_release(out);
    return rc;
}

static void on_identity(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    struct sts_identity *id = arg;

    if (xml_path_is(x, 2, "GetCallerIdentityResult/Account") && len < sizeof(id->account))
        snprintf(id->account, sizeof(id->account), "%s", text);
    else if (xml_path_is(x, 2, "GetCallerIdentityResult/Arn") && len < sizeof(id->arn))
        snprintf(id->arn, sizeof(id->arn), "%s", text);
}

int sts_read_identity(const char *body, size_t len, struct sts_identity *out, struct err *err)
{
    const struct xml_handler handler = {.end = on_identity};

    *out = (struct sts_identity){"", ""};
    if (xml_parse(&handler, out, body, len, err) < 0)
        return -1;
    if (!out->account[0])
        return err_set(err, ERR_PROTO, 0, "the reply of GetCallerIdentity names no account");
    return 0;
}
