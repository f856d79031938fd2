#include "cli/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/file.h"
#include "core/mem.h"
#include "core/strbuf.h"

/* A console of another version may have had a larger limit. */
#define READ_MAX (64u << 20)

static int fail(struct err *err, const char *what, const char *path)
{
    int code = errno;
    char why[128];

    return err_set(err, ERR_IO, code, "unable to %s '%s': %s", what, path,
                   strerror_r(code, why, sizeof(why)));
}

/* ---- reading ----------------------------------------------------------------------------------
 */

static int load_file(const char *path, struct model *m, int64_t now, unsigned *bad, struct err *err)
{
    struct strbuf text = STRBUF_INIT;
    struct err why = {0};
    int rc = file_read(path, READ_MAX, &text, &why);

    if (rc && (why.code == ENOENT || why.code == ENOTDIR))
        rc = 0;
    else if (rc && err)
        *err = why;
    *bad += model_history_load(m, text.buf, text.len, now);
    strbuf_release(&text);
    return rc;
}

int state_load(const char *path, struct model *m, int64_t now, unsigned *bad, struct err *err)
{
    char *before = mem_printf("%s.1", path);
    unsigned count = 0;
    int rc = load_file(before, m, now, &count, err);

    rc = load_file(path, m, now, &count, err) || rc ? -1 : 0;
    if (bad)
        *bad = count;
    free(before);
    return rc;
}

/* ---- writing ----------------------------------------------------------------------------------
 */

/* One write, so that lines of two consoles never mix; a short one is made up under the lock. */
static int write_all(int fd, const char *data, size_t len)
{
    while (len) {
        ssize_t n = write(fd, data, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        data += n;
        len -= (size_t)n;
    }
    return 0;
}

/* A line that was cut by a full disk or a crash must not swallow the next one. */
static int end_last_line(int fd, off_t size)
{
    char last;

    if (size == 0 || (pread(fd, &last, 1, size - 1) == 1 && last == '\n'))
        return 0;
    return write_all(fd, "\n", 1);
}

static int append(int fd, const struct strbuf *lines, off_t *size)
{
    struct stat st;

    if (fstat(fd, &st))
        return -1;
    if ((st.st_mode & 077) && fchmod(fd, 0600))
        return -1;
    *size = st.st_size + (off_t)lines->len;
    return end_last_line(fd, st.st_size) || write_all(fd, lines->buf, lines->len) ? -1 : 0;
}

/* Another console may have renamed the file while this one waited for the lock. */
static bool is_still(int fd, const char *path)
{
    struct stat mine, there;

    return !fstat(fd, &mine) && !stat(path, &there) && mine.st_ino == there.st_ino &&
           mine.st_dev == there.st_dev;
}

/* Open and lock the file that has the name now; -1 and errno (EWOULDBLOCK: somebody has it). */
static int open_locked(const char *path)
{
    for (;;) {
        int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd < 0)
            return -1;
        if (flock(fd, LOCK_EX | LOCK_NB)) {
            int code = errno;
            close(fd);
            errno = code;
            return -1;
        }
        if (is_still(fd, path))
            return fd;
        close(fd);
    }
}

static int rotate(const char *path, struct model *m, struct err *err)
{
    char *before = mem_printf("%s.1", path);
    int rc = rename(path, before) ? fail(err, "rename", path) : 0;

    free(before);
    if (!rc)
        model_history_renew(m);
    return rc;
}

static int append_lines(int fd, const char *path, struct model *m, struct err *err)
{
    struct strbuf lines = STRBUF_INIT;
    off_t size = 0;
    int rc = 0;

    model_history_take(m, &lines);
    if (append(fd, &lines, &size)) {
        rc = fail(err, "write", path);
        model_history_renew(m);
    } else if (size > STATE_FILE_MAX) {
        rc = rotate(path, m, err);
    }
    strbuf_release(&lines);
    return rc;
}

int state_append(const char *path, struct model *m, struct err *err)
{
    int fd, rc;

    if (!model_history_waits(m))
        return 0;
    if (file_make_parents(path, 0700, err))
        return -1;
    fd = open_locked(path);
    if (fd < 0)
        return errno == EWOULDBLOCK ? 0 : fail(err, "open", path);
    rc = append_lines(fd, path, m, err);
    close(fd);
    return rc;
}
