#include "tests/lab/path.h"

#include <string.h>

struct lab_path lab_path_split(struct arena *a, const char *path)
{
    struct lab_path p = {.n = 0};

    while (*path) {
        size_t len;

        path += strspn(path, "/");
        len = strcspn(path, "/");
        if (len && p.n == PATH_PARTS_MAX)
            return (struct lab_path){.n = 0};
        if (len)
            p.part[p.n++] = arena_strndup(a, path, len);
        path += len;
    }
    return p;
}

bool lab_path_is(const struct lab_path *p, unsigned from, const char *pattern)
{
    for (; *pattern; from++) {
        size_t len = strcspn(pattern, "/");

        if (from >= p->n)
            return false;
        if (!(len == 1 && *pattern == '*') &&
            (strlen(p->part[from]) != len || strncmp(p->part[from], pattern, len) != 0))
            return false;
        pattern += len;
        pattern += *pattern == '/';
    }
    return from == p->n;
}
