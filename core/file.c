#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/mem.h"
#include "core/strbuf.h"

static int fail(struct err *err, const char *what, const char *path)
{
    int code = errno;
    char why[128];

    return err_set(err, ERR_IO, code, "unable to %s '%s': %s", what, path,
                   strerror_r(code, why, sizeof(why)));
}

static int read_all(int fd, const char *path, size_t max, struct strbuf *out, struct err *err)
{
    char buf[65536];
    size_t total = 0;

    for (;;) {
        ssize_t n = read(fd, buf, sizeof(buf));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail(err, "read", path);
        if (n == 0)
            return 0;
        total += (size_t)n;
        if (total > max)
            return err_set(err, ERR_LIMIT, 0, "'%s' is larger than the limit of %zu bytes", path,
                           max);
        strbuf_add(out, buf, (size_t)n);
    }
}

int file_read(const char *path, size_t max, struct strbuf *out, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int rc;

    if (fd < 0)
        return fail(err, "open", path);
    rc = read_all(fd, path, max, out, err);
    close(fd);
    return rc;
}

/* Everything to the disk, or -1 and errno. */
static int write_all(int fd, const void *data, size_t len)
{
    const char *p = data;

    while (len) {
        ssize_t n = write(fd, p, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        p += n;
        len -= (size_t)n;
    }
    return fsync(fd);
}

int file_write_new(const char *path, const void *data, size_t len, mode_t mode, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);

    if (fd < 0)
        return fail(err, "create", path);
    if (write_all(fd, data, len) || fchmod(fd, mode)) {
        fail(err, "write", path);
        close(fd);
        unlink(path);
        return -1;
    }
    return close(fd) ? fail(err, "write", path) : 0;
}

int file_write_atomic(const char *path, const void *data, size_t len, mode_t mode, struct err *err)
{
    char *temporary = mem_printf("%s.XXXXXX", path);
    int fd = mkostemp(temporary, O_CLOEXEC), rc = 0;

    if (fd < 0) {
        rc = fail(err, "create", temporary);
    } else {
        bool bad = write_all(fd, data, len) || fchmod(fd, mode);
        bad = close(fd) || bad;
        if (bad || rename(temporary, path)) {
            rc = fail(err, "write", path);
            unlink(temporary);
        }
    }
    free(temporary);
    return rc;
}

int file_make_parents(const char *path, mode_t mode, struct err *err)
{
    char *copy = mem_strdup(path);
    int rc = 0;

    for (char *slash = strchr(copy + 1, '/'); slash && !rc; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(copy, mode) && errno != EEXIST)
            rc = fail(err, "create directory", copy);
        *slash = '/';
    }
    free(copy);
    return rc;
}

char *file_home(void)
{
    const char *home = getenv("HOME");
    struct passwd user, *found = NULL;
    char text[4096];

    if (home && home[0] == '/')
        return mem_strdup(home);
    if (getpwuid_r(getuid(), &user, text, sizeof(text), &found) || !found || user.pw_dir[0] != '/')
        return NULL;
    return mem_strdup(user.pw_dir);
}

#define TREE_FDS 8

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

int file_remove_tree(const char *path)
{
    return nftw(path, remove_entry, TREE_FDS, FTW_DEPTH | FTW_PHYS);
}
