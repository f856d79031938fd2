/* The order of sources, roles, and the settings that come with a profile. */
#include <string.h>

#include "collectors/aws/ini.h"
#include "collectors/aws/profile_priv.h"
#include "core/arena.h"
#include "core/strbuf.h"
#include "core/text.h"

/* ---- command lines -----------------------------------------------------------------------------
 */

/* Copy one word from *text; -1: a quote stays open. */
static int take_word(struct strbuf *out, const char **text)
{
    const char *s = *text;
    char quote = '\0';

    for (; *s && (quote || !strchr(" \t\n", *s)); s++) {
        if (quote ? *s == quote : (*s == '"' || *s == '\'')) {
            quote = quote ? '\0' : *s;
        } else if (*s == '\\' && quote != '\'' && s[1]) {
            if (quote == '"' && !strchr("\"\\$`", s[1]))
                strbuf_addch(out, *s);
            strbuf_addch(out, *++s);
        } else {
            strbuf_addch(out, *s);
        }
    }
    *text = s;
    return quote ? -1 : 0;
}

int aws_split_command(struct arena *arena, const char *text, const char **argv, size_t max)
{
    struct strbuf word = STRBUF_INIT;
    size_t n = 0;
    int rc = 0;

    for (;;) {
        text += strspn(text, " \t\n");
        if (!*text)
            break;
        strbuf_reset(&word);
        rc = n < max ? take_word(&word, &text) : -1;
        if (rc < 0)
            break;
        argv[n++] = arena_strndup(arena, word.buf, word.len);
    }
    argv[n < max ? n : max] = NULL;
    strbuf_release(&word);
    return rc < 0 ? -1 : (int)n;
}

/* ---- roles -------------------------------------------------------------------------------------
 */

static int from_profile(struct reading *r, const char *profile);

/* Roles are found from the outside in, and assumed from the inside out. */
static int add_role(struct reading *r, struct aws_role role)
{
    struct aws_plan *p = r->plan;

    if (p->nroles == AWS_ROLES_MAX)
        return err_set(r->err, ERR_CONFIG, 0, "more than %d roles to assume one after the other",
                       AWS_ROLES_MAX);
    if (!text_has_prefix(role.arn, "arn:"))
        return err_set(r->err, ERR_CONFIG, 0, "role_arn '%s' is not an ARN", role.arn);
    memmove(p->roles + 1, p->roles, p->nroles * sizeof(*p->roles));
    p->roles[0] = role;
    p->nroles++;
    return 0;
}

static int role_of_profile(struct reading *r, const char *profile)
{
    const char *duration = profile_value(r, profile, "duration_seconds");
    struct aws_role role = {.arn = profile_copy(r, profile, "role_arn"),
                            .external_id = profile_copy(r, profile, "external_id"),
                            .session_name = profile_copy(r, profile, "role_session_name")};

    if (profile_value(r, profile, "mfa_serial"))
        return err_set(r->err, ERR_CONFIG, 0,
                       "profile '%s' wants a code (mfa_serial): use credential_process = aws "
                       "configure export-credentials --profile %s --format process",
                       profile, profile);
    if (duration && text_to_i64(duration, 900, 43200, &role.duration_s) < 0)
        return err_set(r->err, ERR_CONFIG, 0,
                       "duration_seconds of profile '%s' is not between 900 and 43200", profile);
    return add_role(r, role);
}

static int from_credential_source(struct reading *r, const char *profile, const char *source)
{
    if (text_equal_nocase(source, "Environment"))
        return profile_from_environment(r);
    if (text_equal_nocase(source, "Ec2InstanceMetadata"))
        return profile_from_instance(r);
    if (text_equal_nocase(source, "EcsContainer"))
        return profile_from_container(r);
    return err_set(r->err, ERR_CONFIG, 0, "credential_source of profile '%s' is not known: '%s'",
                   profile, source);
}

static int from_role(struct reading *r, const char *profile)
{
    const char *source = profile_value(r, profile, "source_profile");
    const char *other = profile_value(r, profile, "credential_source");

    if (profile_value(r, profile, "web_identity_token_file"))
        return err_set(r->err, ERR_CONFIG, 0,
                       "profile '%s' uses web_identity_token_file, which hycon does not: use "
                       "credential_process",
                       profile);
    if (role_of_profile(r, profile) < 0)
        return -1;
    if (!source == !other)
        return err_set(r->err, ERR_CONFIG, 0,
                       "profile '%s' has role_arn and %s source_profile %s credential_source",
                       profile, source ? "both" : "neither", source ? "and" : "nor");
    if (other)
        return from_credential_source(r, profile, other);
    /* A profile may assume its role with its own keys. */
    if (strcmp(source, profile) == 0)
        return profile_from_keys(r, profile);
    return from_profile(r, source);
}

static int enter(struct reading *r, const char *profile)
{
    if (!profile_exists(r, profile))
        return err_set(r->err, ERR_CONFIG, 0, "there is no profile '%s' in '%s' and '%s'", profile,
                       r->config_path, r->credentials_path);
    for (size_t i = 0; i < r->nvisited; i++) {
        if (strcmp(r->visited[i], profile) == 0)
            return err_set(r->err, ERR_CONFIG, 0, "source_profile of '%s' leads back to itself",
                           profile);
    }
    if (r->nvisited == AWS_ROLES_MAX)
        return err_set(r->err, ERR_CONFIG, 0, "more than %d profiles lead to each other",
                       AWS_ROLES_MAX);
    r->visited[r->nvisited++] = profile;
    return 0;
}

static bool has_keys(const struct reading *r, const char *profile)
{
    return profile_value(r, profile, "aws_access_key_id") ||
           profile_value(r, profile, "aws_secret_access_key");
}

static bool has_any(const struct reading *r, const char *profile)
{
    return has_keys(r, profile) || profile_value(r, profile, "role_arn") ||
           profile_value(r, profile, "sso_session") || profile_value(r, profile, "sso_start_url") ||
           profile_value(r, profile, "credential_process");
}

static int from_profile(struct reading *r, const char *profile)
{
    if (enter(r, profile) < 0)
        return -1;
    if (profile_value(r, profile, "role_arn"))
        return from_role(r, profile);
    if (profile_value(r, profile, "sso_session") || profile_value(r, profile, "sso_start_url"))
        return profile_from_sso(r, profile);
    /* Keys of the credentials file go before a process, those of the configuration file behind it.
     */
    if (ini_get(r->credentials, "", profile, "aws_access_key_id"))
        return profile_from_keys(r, profile);
    if (profile_value(r, profile, "credential_process"))
        return profile_from_process(r, profile);
    if (has_keys(r, profile))
        return profile_from_keys(r, profile);
    return err_set(r->err, ERR_CONFIG, 0, "profile '%s' has no credentials", profile);
}

/* ---- the order ---------------------------------------------------------------------------------
 */

static bool is_true(const char *s)
{
    return s && text_equal_nocase(s, "true");
}

static int from_chain(struct reading *r)
{
    const char *named = profile_env(r, "AWS_PROFILE");

    if (!named)
        named = profile_env(r, "AWS_DEFAULT_PROFILE");
    r->plan->profile = named ? arena_strdup(r->arena, named) : "default";
    if (profile_env(r, "AWS_ACCESS_KEY_ID") || profile_env(r, "AWS_SECRET_ACCESS_KEY"))
        return profile_from_environment(r);
    if (named || has_any(r, "default"))
        return from_profile(r, r->plan->profile);
    if (profile_env(r, "AWS_WEB_IDENTITY_TOKEN_FILE"))
        return err_set(
            r->err, ERR_CONFIG, 0,
            "AWS_WEB_IDENTITY_TOKEN_FILE is set, which hycon does not use: use a profile "
            "with credential_process");
    if (profile_env(r, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") ||
        profile_env(r, "AWS_CONTAINER_CREDENTIALS_FULL_URI"))
        return profile_from_container(r);
    if (!is_true(profile_env(r, "AWS_EC2_METADATA_DISABLED")))
        return profile_from_instance(r);
    return err_set(
        r->err, ERR_CONFIG, 0,
        "no AWS credentials: not in the environment, '%s' or '%s', and the instance's are "
        "disabled",
        r->config_path, r->credentials_path);
}

int profile_resolve(struct reading *r)
{
    int rc;

    if (r->o->profile) {
        r->plan->profile = arena_strdup(r->arena, r->o->profile);
        rc = from_profile(r, r->plan->profile);
    } else {
        rc = from_chain(r);
    }
    if (rc == 0 && r->o->role_arn) {
        struct aws_role role = {.arn = arena_strdup(r->arena, r->o->role_arn),
                                .external_id = arena_strdup(r->arena, r->o->external_id)};
        size_t inner = r->plan->nroles;

        rc = add_role(r, role);
        /* The role of our configuration is the last one. */
        if (rc == 0) {
            memmove(r->plan->roles, r->plan->roles + 1, inner * sizeof(*r->plan->roles));
            r->plan->roles[inner] = role;
        }
    }
    return rc;
}

/* ---- settings ----------------------------------------------------------------------------------
 */

static const char *endpoint(struct reading *r, const char *variable, const char *service)
{
    const char *profile = r->plan->profile;
    const char *url = profile_env(r, variable);
    const char *services;

    if (is_true(profile_env(r, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")))
        return NULL;
    if (!url)
        url = profile_env(r, "AWS_ENDPOINT_URL");
    services = profile_value(r, profile, "services");
    if (!url && services)
        url = ini_get_nested(r->config, "services", services, service, "endpoint_url");
    if (!url)
        url = profile_value(r, profile, "endpoint_url");
    return arena_strdup(r->arena, url);
}

void profile_settings(struct reading *r)
{
    struct aws_plan *p = r->plan;
    const char *region = profile_env(r, "AWS_REGION");
    const char *ca = profile_env(r, "AWS_CA_BUNDLE");

    if (!region)
        region = profile_env(r, "AWS_DEFAULT_REGION");
    if (!region)
        region = profile_value(r, p->profile, "region");
    if (!ca)
        ca = profile_value(r, p->profile, "ca_bundle");
    p->region = arena_strdup(r->arena, region);
    p->ca_bundle = arena_strdup(r->arena, ca);
    p->endpoint_ec2 = endpoint(r, "AWS_ENDPOINT_URL_EC2", "ec2");
    p->endpoint_sts = endpoint(r, "AWS_ENDPOINT_URL_STS", "sts");
    p->endpoint_sso = endpoint(r, "AWS_ENDPOINT_URL_SSO", "sso");
}
