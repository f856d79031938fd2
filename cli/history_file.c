#include "cli/history_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/file.h"
#include "core/strbuf.h"
#include "model/estate.h"

#define READ_MAX (2 * (size_t)HISTORY_FILE_MAX)

int history_file_load(const char *path, struct model *m, struct err *err)
{
    struct strbuf text = STRBUF_INIT;
    int rc = file_read(path, READ_MAX, &text, err);

    if (rc == 0)
        (void)model_history_load(m, text.buf, text.len, clock_now_ms());
    else if (err->code == ENOENT || err->code == ENOTDIR)
        rc = 0;
    strbuf_release(&text);
    return rc;
}

/* The newer half, from the beginning of a line. Another console may append meanwhile; what it adds
 * between reading and renaming is lost to this file, not to that console. */
static int drop_older_half(const char *path, struct err *err)
{
    struct strbuf text = STRBUF_INIT;
    int rc = file_read(path, READ_MAX, &text, err);

    if (rc == 0) {
        const char *half = text.buf + text.len / 2;
        const char *line = strchr(half, '\n');
        line = line ? line + 1 : text.buf + text.len;
        rc = file_write_atomic(path, line, (size_t)(text.buf + text.len - line), 0600, err);
    }
    strbuf_release(&text);
    return rc;
}

/* One write() of whole lines to a file opened for appending: two consoles do not mix lines. */
static int append(const char *path, const struct strbuf *text, off_t *size, struct err *err)
{
    struct stat st;
    ssize_t n;
    int fd;

    if (file_make_parents(path, 0700, err))
        return -1;
    fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set(err, ERR_IO, errno, "unable to write '%s': %s", path,
                       strerrordesc_np(errno));
    n = write(fd, text->buf, text->len);
    if (n != (ssize_t)text->len)
        (void)err_set(err, ERR_IO, errno, "unable to write '%s': %s", path,
                      n < 0 ? strerrordesc_np(errno) : "no space left");
    *size = fstat(fd, &st) == 0 ? st.st_size : 0;
    close(fd);
    return n == (ssize_t)text->len ? 0 : -1;
}

int history_file_save(const char *path, struct model *m, struct err *err)
{
    struct strbuf text = STRBUF_INIT;
    off_t size = 0;
    int rc = 0;

    model_history_take(m, &text);
    if (text.len)
        rc = append(path, &text, &size, err);
    if (rc == 0 && size > (off_t)HISTORY_FILE_MAX)
        rc = drop_older_half(path, err);
    strbuf_release(&text);
    return rc;
}
