/*
 * profile: what the environment and the shared AWS files say, without asking anybody on the
 * network: where the first key comes from, which roles are assumed with it, and the settings of the
 * profile. The order is that of the AWS tools: a profile named in our configuration, else the keys
 * of the environment, else the profile AWS_PROFILE names (or default), else the container's
 * credentials, else the instance's.
 */
#ifndef HYCON_COLLECTORS_AWS_PROFILE_H
#define HYCON_COLLECTORS_AWS_PROFILE_H

#include "core/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct secret;

/* The outside world, for tests replaceable. */
struct aws_env {
    /* NULL or "": not set. */
    const char *(*get)(void *arg, const char *name);
    /* The whole file as a secret. NULL with ERR_NONE: it is not there; else NULL and ERR_IO. */
    struct secret *(*read)(void *arg, const char *path, struct err *err);
    void *arg;
};

extern const struct aws_env aws_env_process; /* this process */

struct aws_options {
    const char *profile;                        /* NULL: as the environment says */
    const char *config_file, *credentials_file; /* NULL: the usual ones */
    const char *role_arn, *external_id;         /* role of our configuration; NULL: none */
};

enum aws_source {
    AWS_SOURCE_STATIC,
    AWS_SOURCE_PROCESS,
    AWS_SOURCE_SSO,
    AWS_SOURCE_CONTAINER,
    AWS_SOURCE_INSTANCE,
};

#define AWS_ROLES_MAX 8
#define AWS_ARGV_MAX  64

struct aws_role {
    const char *arn, *external_id, *session_name;
    int64_t duration_s; /* 0: STS decides */
};

/* Where credentials come from. Text lives in the arena given to aws_profile_read(). */
struct aws_plan {
    enum aws_source source;
    const char *where; /* for people: "profile 'ops'", "the environment", "the instance" */
    const char *profile;
    /* STATIC */
    struct secret *access_key, *secret_key, *token;
    int64_t expires_at; /* 0: never */
    /* PROCESS */
    const char *argv[AWS_ARGV_MAX + 1];
    /* SSO */
    const char *sso_cache, *sso_region, *sso_account, *sso_role;
    /* CONTAINER */
    const char *container_url;
    struct secret *container_token;
    /* INSTANCE */
    const char *instance_url; /* without a slash at the end */
    int64_t instance_timeout_ms;
    /* Assumed one after the other. */
    struct aws_role roles[AWS_ROLES_MAX];
    size_t nroles;
    /* Settings of the profile and the environment; NULL: not set. */
    const char *region, *ca_bundle, *endpoint_ec2, *endpoint_sts, *endpoint_sso;
};

/* Fill @plan. 0, or -1 and ERR_CONFIG (wrong or incomplete settings) or ERR_IO (a file that cannot
 * be read): one sentence that names the file, profile or variable. */
int aws_profile_read(const struct aws_env *env, const struct aws_options *o, struct arena *arena,
                     struct aws_plan *plan, struct err *err);
void aws_plan_release(struct aws_plan *plan); /* the secrets; the rest is the arena's */

/* Split a command line like a POSIX shell does, with quotes and backslashes, without expansion. The
 * number of words, or -1: an open quote or more than @max words. */
int aws_split_command(struct arena *arena, const char *text, const char **argv, size_t max);

#endif
