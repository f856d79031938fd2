/* path: a request path in parts, for routing. */
#ifndef HYCON_TESTS_LAB_PATH_H
#define HYCON_TESTS_LAB_PATH_H

#include "core/arena.h"

#include <stdbool.h>

#define PATH_PARTS_MAX 20

struct lab_path {
    const char *part[PATH_PARTS_MAX];
    unsigned n;
};

/* Empty parts are dropped; more than PATH_PARTS_MAX: n is 0. */
struct lab_path lab_path_split(struct arena *a, const char *path);
/* Whether the parts from @from on are those of @pattern, where * is any one part. */
bool lab_path_is(const struct lab_path *p, unsigned from, const char *pattern);

#endif
