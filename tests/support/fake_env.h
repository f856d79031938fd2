/* fake_env: an environment and a few files for the credential chain, without touching real ones. */
#ifndef HYCON_TESTS_SUPPORT_FAKE_ENV_H
#define HYCON_TESTS_SUPPORT_FAKE_ENV_H

#include "collectors/aws/profile.h"

struct fake_env {
    const char *const *variables; /* "NAME=value", NULL-terminated; NULL: HOME=/home/op alone */
    const char *const *files;     /* path, text, path, text, ..., NULL; text NULL: unreadable */
};

struct aws_env fake_env(const struct fake_env *f);

#endif
