#include "tests/support/fake_env.h"

#include <errno.h>
#include <string.h>

#include "core/secret.h"

static const char *const only_home[] = {"HOME=/home/op", NULL};

static const char *get(void *arg, const char *name)
{
    const struct fake_env *f = arg;
    const char *const *v = f->variables ? f->variables : only_home;
    size_t len = strlen(name);

    for (; *v; v++) {
        if (strncmp(*v, name, len) == 0 && (*v)[len] == '=')
            return *v + len + 1;
    }
    return strcmp(name, "HOME") == 0 ? "/home/op" : NULL;
}

/* The end of the list is where a path would be. */
static struct secret *read_file(void *arg, const char *path, struct err *err)
{
    const struct fake_env *f = arg;

    for (const char *const *p = f->files; p && *p; p += 2) {
        if (strcmp(*p, path) != 0)
            continue;
        if (p[1])
            return secret_new_str(p[1]);
        err_set(err, ERR_IO, EACCES, "unable to read '%s': permission denied", path);
        return NULL;
    }
    return NULL;
}

struct aws_env fake_env(const struct fake_env *f)
{
    return (struct aws_env){get, read_file, (void *)f};
}
