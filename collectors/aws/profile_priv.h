/* profile_priv: what profile.c (files and sources) and profile_chain.c (the order) share. */
#ifndef HYCON_COLLECTORS_AWS_PROFILE_PRIV_H
#define HYCON_COLLECTORS_AWS_PROFILE_PRIV_H

#include "collectors/aws/profile.h"

struct reading {
    const struct aws_env *env;
    const struct aws_options *o;
    struct arena *arena;
    struct aws_plan *plan;
    struct err *err;
    struct ini *config, *credentials; /* NULL: no such file */
    const char *config_path, *credentials_path;
    const char *visited[AWS_ROLES_MAX]; /* profiles that source_profile led through */
    size_t nvisited;
};

const char *profile_env(struct reading *r, const char *name); /* NULL: not set or empty */
bool profile_exists(const struct reading *r, const char *profile);
const char *profile_value(const struct reading *r, const char *profile, const char *key);
const char *profile_copy(struct reading *r, const char *profile, const char *key);

/* Each fills the plan's source: 0, or -1 and r->err. */
int profile_from_environment(struct reading *r);
int profile_from_keys(struct reading *r, const char *profile);
int profile_from_process(struct reading *r, const char *profile);
int profile_from_sso(struct reading *r, const char *profile);
int profile_from_container(struct reading *r);
int profile_from_instance(struct reading *r);

int profile_resolve(struct reading *r);
void profile_settings(struct reading *r);

#endif
