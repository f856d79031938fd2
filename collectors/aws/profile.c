#include "collectors/aws/profile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/aws/ini.h"
#include "collectors/aws/profile_priv.h"
#include "core/arena.h"
#include "core/file.h"
#include "core/fmt.h"
#include "core/hash.h"
#include "core/secret.h"
#include "core/strbuf.h"
#include "core/text.h"

#define INSTANCE_URL  "http://169.254.169.254"
#define CONTAINER_URL "http://169.254.170.2"

/* ---- the process -------------------------------------------------------------------------------
 */

static const char *process_get(void *arg, const char *name)
{
    (void)arg;
    return getenv(name);
}

static struct secret *process_read(void *arg, const char *path, struct err *err)
{
    struct strbuf text = STRBUF_INIT;
    struct secret *s = NULL;

    (void)arg;
    strbuf_grow(&text, INI_BYTES_MAX + 1); /* so that no copy is left behind by growing */
    if (file_read(path, INI_BYTES_MAX, &text, err) == 0)
        s = secret_new(text.buf, text.len);
    else if (err->code == ENOENT || err->code == ENOTDIR)
        err_clear(err);
    secret_wipe(text.buf, text.len);
    strbuf_release(&text);
    return s;
}

const struct aws_env aws_env_process = {process_get, process_read, NULL};

/* ---- files -------------------------------------------------------------------------------------
 */

const char *profile_env(struct reading *r, const char *name)
{
    const char *value = r->env->get(r->env->arg, name);

    return value && *value ? value : NULL;
}

/* @path with ~ as the home directory. */
static const char *expand(struct reading *r, const char *path)
{
    const char *home = profile_env(r, "HOME");

    if (path[0] != '~' || (path[1] != '/' && path[1] != '\0') || !home)
        return arena_strdup(r->arena, path);
    return arena_printf(r->arena, "%s%s", home, path + 1);
}

static int load(struct reading *r, const char *path, struct ini **out)
{
    struct secret *text = r->env->read(r->env->arg, path, r->err);

    if (!text)
        return r->err->kind == ERR_NONE ? 0 : -1;
    *out = ini_parse(secret_reveal(text), secret_len(text), r->err);
    secret_unref(text);
    return *out ? 0 : err_prefix(r->err, "%s", path);
}

static int load_files(struct reading *r)
{
    const char *config = r->o->config_file, *credentials = r->o->credentials_file;

    if (!config)
        config = profile_env(r, "AWS_CONFIG_FILE");
    if (!credentials)
        credentials = profile_env(r, "AWS_SHARED_CREDENTIALS_FILE");
    r->config_path = expand(r, config ? config : "~/.aws/config");
    r->credentials_path = expand(r, credentials ? credentials : "~/.aws/credentials");
    if (load(r, r->config_path, &r->config) < 0)
        return -1;
    return load(r, r->credentials_path, &r->credentials);
}

/* ---- values of a profile -----------------------------------------------------------------------
 */

static const char *kind_of(const char *profile)
{
    return strcmp(profile, "default") == 0 ? "" : "profile";
}

static bool in_config(const struct reading *r, const char *profile)
{
    return ini_has(r->config, kind_of(profile), profile) || ini_has(r->config, "profile", profile);
}

bool profile_exists(const struct reading *r, const char *profile)
{
    return in_config(r, profile) || ini_has(r->credentials, "", profile);
}

/* The credentials file wins over the configuration file. */
const char *profile_value(const struct reading *r, const char *profile, const char *key)
{
    const char *v = ini_get(r->credentials, "", profile, key);

    if (!v)
        v = ini_get(r->config, "profile", profile, key);
    return v ? v : ini_get(r->config, kind_of(profile), profile, key);
}

const char *profile_copy(struct reading *r, const char *profile, const char *key)
{
    return arena_strdup(r->arena, profile_value(r, profile, key));
}

/* ---- sources -----------------------------------------------------------------------------------
 */

static bool is_key_text(const char *s)
{
    for (; *s; s++) {
        if ((unsigned char)*s <= ' ' || (unsigned char)*s >= 0x7f)
            return false;
    }
    return true;
}

/* A key pair as it stands somewhere; @where names it for people. */
static int take_static(struct reading *r, const char *where, const char *access, const char *secret,
                       const char *token)
{
    struct aws_plan *p = r->plan;

    if (!access || !secret)
        return err_set(r->err, ERR_CONFIG, 0, "%s has %s but no %s", where,
                       access ? "an access key id" : "a secret access key",
                       access ? "secret access key" : "access key id");
    if (!is_key_text(access) || !is_key_text(secret) || (token && !is_key_text(token)))
        return err_set(r->err, ERR_CONFIG, 0,
                       "%s has a key with a blank, a line break or a comment in it", where);
    p->source = AWS_SOURCE_STATIC;
    p->where = arena_strdup(r->arena, where);
    p->access_key = secret_new_str(access);
    p->secret_key = secret_new_str(secret);
    p->token = token ? secret_new_str(token) : NULL;
    return 0;
}

int profile_from_environment(struct reading *r)
{
    const char *token = profile_env(r, "AWS_SESSION_TOKEN");
    const char *expiry = profile_env(r, "AWS_CREDENTIAL_EXPIRATION");

    if (!token)
        token = profile_env(r, "AWS_SECURITY_TOKEN");
    if (expiry && fmt_parse_time(expiry, &r->plan->expires_at) < 0)
        return err_set(r->err, ERR_CONFIG, 0, "AWS_CREDENTIAL_EXPIRATION is not a time: '%s'",
                       expiry);
    return take_static(r, "the environment", profile_env(r, "AWS_ACCESS_KEY_ID"),
                       profile_env(r, "AWS_SECRET_ACCESS_KEY"), token);
}

int profile_from_keys(struct reading *r, const char *profile)
{
    const char *where = arena_printf(r->arena, "profile '%s'", profile);
    const char *token = profile_value(r, profile, "aws_session_token");

    if (!token)
        token = profile_value(r, profile, "aws_security_token");
    return take_static(r, where, profile_value(r, profile, "aws_access_key_id"),
                       profile_value(r, profile, "aws_secret_access_key"), token);
}

int profile_from_process(struct reading *r, const char *profile)
{
    const char *command = profile_value(r, profile, "credential_process");

    if (aws_split_command(r->arena, command, r->plan->argv, AWS_ARGV_MAX) < 1)
        return err_set(r->err, ERR_CONFIG, 0, "credential_process of profile '%s' is not a command",
                       profile);
    r->plan->source = AWS_SOURCE_PROCESS;
    r->plan->where = arena_printf(r->arena, "credential_process of profile '%s'", profile);
    return 0;
}

int profile_from_sso(struct reading *r, const char *profile)
{
    const char *session = profile_value(r, profile, "sso_session");
    const char *url = profile_value(r, profile, "sso_start_url");
    struct aws_plan *p = r->plan;
    const char *region;
    char name[41];

    if (session && !ini_has(r->config, "sso-session", session))
        return err_set(r->err, ERR_CONFIG, 0,
                       "profile '%s' names sso_session '%s', which '%s' has not", profile, session,
                       r->config_path);
    region = session ? ini_get(r->config, "sso-session", session, "sso_region")
                     : profile_value(r, profile, "sso_region");
    p->sso_account = profile_copy(r, profile, "sso_account_id");
    p->sso_role = profile_copy(r, profile, "sso_role_name");
    if (!region || !p->sso_account || !p->sso_role)
        return err_set(r->err, ERR_CONFIG, 0, "profile '%s' lacks %s", profile,
                       !region           ? "sso_region"
                       : !p->sso_account ? "sso_account_id"
                                         : "sso_role_name");
    hash_sha1_hex(session ? session : url, strlen(session ? session : url), name);
    p->source = AWS_SOURCE_SSO;
    p->sso_region = arena_strdup(r->arena, region);
    p->sso_cache = expand(r, arena_printf(r->arena, "~/.aws/sso/cache/%s.json", name));
    p->where = arena_printf(r->arena, "profile '%s' (IAM Identity Center)", profile);
    return 0;
}

/* Plain http goes to this machine and to the addresses of container agents alone. */
static bool container_url_ok(const char *url)
{
    static const char *const hosts[] = {"169.254.170.2", "169.254.170.23", "localhost",
                                        "127.0.0.1",     "[::1]",          "[fd00:ec2::23]"};

    if (text_has_prefix(url, "https://"))
        return true;
    if (!text_has_prefix(url, "http://"))
        return false;
    url += strlen("http://");
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
        size_t len = strlen(hosts[i]);

        if (strncmp(url, hosts[i], len) == 0 && strchr("/:?", url[len]))
            return true;
    }
    return false;
}

static int container_token(struct reading *r)
{
    const char *token = profile_env(r, "AWS_CONTAINER_AUTHORIZATION_TOKEN");
    const char *file = profile_env(r, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    struct secret *s;

    if (file) {
        s = r->env->read(r->env->arg, file, r->err);
        if (!s && r->err->kind == ERR_NONE)
            return err_set(r->err, ERR_CONFIG, 0, "there is no '%s' (container token)", file);
        if (!s)
            return -1;
    } else {
        s = token ? secret_new_str(token) : NULL;
    }
    r->plan->container_token = s;
    if (s && (strlen(secret_reveal(s)) != secret_len(s) || strpbrk(secret_reveal(s), "\r\n")))
        return err_set(r->err, ERR_CONFIG, 0,
                       "the container's authorization token has a line break");
    return 0;
}

int profile_from_container(struct reading *r)
{
    const char *relative = profile_env(r, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    const char *full = profile_env(r, "AWS_CONTAINER_CREDENTIALS_FULL_URI");

    if (!relative && !full)
        return err_set(r->err, ERR_CONFIG, 0,
                       "credential_source is EcsContainer, but this is no container");
    if (relative && *relative != '/')
        return err_set(r->err, ERR_CONFIG, 0,
                       "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI does not begin with '/'");
    if (!relative && !container_url_ok(full))
        return err_set(r->err, ERR_CONFIG, 0,
                       "AWS_CONTAINER_CREDENTIALS_FULL_URI '%s' is neither https nor on this host",
                       full);
    r->plan->source = AWS_SOURCE_CONTAINER;
    r->plan->where = "the container";
    r->plan->container_url = relative ? arena_printf(r->arena, CONTAINER_URL "%s", relative)
                                      : arena_strdup(r->arena, full);
    return container_token(r);
}

int profile_from_instance(struct reading *r)
{
    const char *url = profile_env(r, "AWS_EC2_METADATA_SERVICE_ENDPOINT");
    const char *mode = profile_env(r, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");
    const char *timeout = profile_env(r, "AWS_METADATA_SERVICE_TIMEOUT");
    int64_t seconds = 1;
    size_t len;

    if (!url)
        url = text_equal_nocase(mode ? mode : "", "ipv6") ? "http://[fd00:ec2::254]" : INSTANCE_URL;
    if (timeout && text_to_i64(timeout, 1, 60, &seconds) < 0)
        return err_set(r->err, ERR_CONFIG, 0,
                       "AWS_METADATA_SERVICE_TIMEOUT is not between 1 and 60 seconds");
    len = strlen(url);
    while (len > 0 && url[len - 1] == '/')
        len--;
    r->plan->source = AWS_SOURCE_INSTANCE;
    r->plan->where = "the instance's role";
    r->plan->instance_url = arena_strndup(r->arena, url, len);
    r->plan->instance_timeout_ms = seconds * 1000;
    return 0;
}

/* ---- whole -------------------------------------------------------------------------------------
 */

int aws_profile_read(const struct aws_env *env, const struct aws_options *o, struct arena *arena,
                     struct aws_plan *plan, struct err *err)
{
    struct reading r = {.env = env, .o = o, .arena = arena, .plan = plan, .err = err};
    int rc;

    *plan = (struct aws_plan){0};
    err_clear(err);
    rc = load_files(&r);
    if (rc == 0)
        rc = profile_resolve(&r);
    if (rc == 0)
        profile_settings(&r);
    else
        aws_plan_release(plan);
    ini_free(r.config);
    ini_free(r.credentials);
    return rc;
}

void aws_plan_release(struct aws_plan *plan)
{
    secret_unref(plan->access_key);
    secret_unref(plan->secret_key);
    secret_unref(plan->token);
    secret_unref(plan->container_token);
    plan->access_key = plan->secret_key = plan->token = plan->container_token = NULL;
}
