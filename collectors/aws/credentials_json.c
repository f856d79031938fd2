#include "collectors/aws/credentials_json.h"

#include <string.h>

#include "core/fmt.h"
#include "core/jsonq.h"
#include "core/secret.h"

static const struct form {
    const char *access, *secret, *token, *expires;
    bool milliseconds;
} forms[] = {
    [CREDENTIALS_PROCESS] = {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration", false},
    [CREDENTIALS_CONTAINER] = {"AccessKeyId", "SecretAccessKey", "Token", "Expiration", false},
    [CREDENTIALS_INSTANCE] = {"AccessKeyId", "SecretAccessKey", "Token", "Expiration", false},
    [CREDENTIALS_SSO] = {"accessKeyId", "secretAccessKey", "sessionToken", "expiration", true},
};

/* A header cannot carry a line break, and no key has one. */
static struct secret *take(struct json_object *o, const char *name)
{
    struct json_object *value = jsonq_get(o, name);
    const char *s;

    if (!json_object_is_type(value, json_type_string))
        return NULL;
    s = json_object_get_string(value);
    for (const char *p = s; *p; p++) {
        if ((unsigned char)*p <= ' ' || (unsigned char)*p >= 0x7f)
            return NULL;
    }
    return *s ? secret_new_str(s) : NULL;
}

static int take_expiry(struct json_object *o, const struct form *f, int64_t *out)
{
    const char *iso = jsonq_str(o, f->expires);

    *out = 0;
    if (!iso || !*iso)
        return 0;
    if (f->milliseconds)
        return jsonq_int(o, f->expires, out) ? 0 : -1;
    return fmt_parse_time(iso, out);
}

static int check_head(struct json_object *o, enum credentials_form form, struct err *err)
{
    const char *code = jsonq_str(o, "Code"), *message = jsonq_str(o, "Message");
    int64_t version = 0;

    if (form == CREDENTIALS_PROCESS && (!jsonq_int(o, "Version", &version) || version != 1))
        return err_set(err, ERR_PROTO, 0, "its output is not of version 1");
    if (form == CREDENTIALS_INSTANCE && code && strcmp(code, "Success") != 0)
        return err_set(err, ERR_AUTH, 0, "it says %.64s: %.200s", code, message ? message : "");
    return 0;
}

static int read_key(struct json_object *o, enum credentials_form form, struct aws_key *out,
                    struct err *err)
{
    const struct form *f = &forms[form];

    if (check_head(o, form, err) < 0)
        return -1;
    out->access = take(o, f->access);
    out->secret = take(o, f->secret);
    out->token = take(o, f->token);
    if (!out->access || !out->secret)
        return err_set(err, ERR_PROTO, 0, "it gives no usable %s",
                       out->access ? f->secret : f->access);
    if (jsonq_str(o, f->token) && *jsonq_str(o, f->token) && !out->token)
        return err_set(err, ERR_PROTO, 0, "it gives no usable %s", f->token);
    if (take_expiry(o, f, &out->expires_at) < 0)
        return err_set(err, ERR_PROTO, 0, "its %s is not a time", f->expires);
    return 0;
}

int credentials_from_json(const char *text, size_t len, enum credentials_form form,
                          struct aws_key *out, struct err *err)
{
    struct json_object *o = jsonq_parse(text, len, err), *inner = o;
    int rc;

    *out = (struct aws_key){0};
    if (!o) /* the parser's sentence may quote what it read */
        return err_set(err, ERR_PROTO, 0, "it is not JSON");
    if (form == CREDENTIALS_SSO)
        inner = jsonq_get(o, "roleCredentials");
    rc = read_key(inner, form, out, err);
    if (rc < 0)
        aws_key_release(out);
    json_object_put(o);
    return rc;
}

struct secret *credentials_sso_token(const char *text, size_t len, int64_t now, const char *profile,
                                     struct err *err)
{
    struct json_object *o = jsonq_parse(text, len, NULL);
    const char *expires = jsonq_str(o, "expiresAt");
    struct secret *token = take(o, "accessToken");
    int64_t at = 0;

    if (!token || !expires || fmt_parse_time(expires, &at) < 0)
        err_set(err, ERR_PROTO, 0,
                "the login cached for profile '%s' cannot be read: run aws sso login --profile %s",
                profile, profile);
    else if (at <= now)
        err_set(err, ERR_AUTH, 0,
                "the login of profile '%s' has ended: run aws sso login --profile %s", profile,
                profile);
    if (token && (!expires || at <= now)) {
        secret_unref(token);
        token = NULL;
    }
    json_object_put(o);
    return token;
}
