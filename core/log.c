/*
 * The ring holds pointers to lines of their own length, so an idle console pays for the lines it
 * has and not for two thousand of the longest. One mutex guards the ring and the file; lines are
 * made before it is taken, and a line is one write, so that several consoles may append to one
 * file.
 */
#include "core/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/fmt.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"

struct line {
    int64_t at_ms;
    enum log_level level;
    char *text;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct line ring[LOG_RING_LINES];
static size_t oldest, count;
static uint64_t dropped_lines, error_lines;
static int file = -1;

static const char *level_name(enum log_level level)
{
    static const char *const names[] = {"error", "warn", "info", "debug"};

    return (size_t)level < ARRAY_SIZE(names) ? names[level] : "info";
}

int log_open_file(const char *path)
{
    int fd = -1, old;
    struct stat st;

    if (path) {
        fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
        if (fd < 0)
            return -1;
        /* The file may be older than this rule; a device keeps its mode. */
        if (fstat(fd, &st) || (S_ISREG(st.st_mode) && fchmod(fd, 0600))) {
            int saved = errno;
            close(fd);
            errno = saved;
            return -1;
        }
    }
    pthread_mutex_lock(&lock);
    old = file;
    file = fd;
    pthread_mutex_unlock(&lock);
    if (old >= 0)
        close(old);
    return 0;
}

/* Called with the lock held; owns @text. */
static void ring_put(int64_t at_ms, enum log_level level, char *text)
{
    struct line *l = &ring[(oldest + count) % LOG_RING_LINES];

    error_lines += level == LOG_ERROR;
    if (count == LOG_RING_LINES) {
        free(l->text);
        oldest = (oldest + 1) % LOG_RING_LINES;
        dropped_lines++;
    } else {
        count++;
    }
    *l = (struct line){at_ms, level, text};
}

static int write_whole(int fd, const char *p, size_t len)
{
    while (len) {
        ssize_t n = write(fd, p, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return -1;
        p += n;
        len -= (size_t)n;
    }
    return 0;
}

/* Called with the lock held. A file that cannot be written is given up, and the ring says so. */
static void file_put(int64_t at_ms, const struct strbuf *record)
{
    if (file < 0 || !write_whole(file, record->buf, record->len))
        return;
    ring_put(at_ms, LOG_ERROR,
             mem_printf("unable to write the log file: %s", strerrordesc_np(errno)));
    close(file);
    file = -1;
}

void log_add(enum log_level level, const char *fmt, ...)
{
    struct strbuf raw = STRBUF_INIT, text = STRBUF_INIT, record = STRBUF_INIT;
    int64_t now = clock_now_ms();
    va_list ap;

    va_start(ap, fmt);
    strbuf_vaddf(&raw, fmt, ap);
    va_end(ap);
    text_sanitize(&text, raw.buf, raw.len, 0);
    strbuf_setlen(&text, text_boundary(text.buf, text.len, LOG_LINE_MAX - 1));
    fmt_time_iso(&record, now);
    strbuf_addf(&record, " %s %s\n", level_name(level), text.buf);

    pthread_mutex_lock(&lock);
    ring_put(now, level, strbuf_detach(&text));
    file_put(now, &record);
    pthread_mutex_unlock(&lock);
    strbuf_release(&raw);
    strbuf_release(&record);
}

size_t log_count(uint64_t *dropped)
{
    pthread_mutex_lock(&lock);
    size_t n = count;
    if (dropped)
        *dropped = dropped_lines;
    pthread_mutex_unlock(&lock);
    return n;
}

uint64_t log_errors(void)
{
    uint64_t n;

    pthread_mutex_lock(&lock);
    n = error_lines;
    pthread_mutex_unlock(&lock);
    return n;
}

int log_get(size_t i, struct log_line *out)
{
    int rc = -1;

    pthread_mutex_lock(&lock);
    if (i < count) {
        const struct line *l = &ring[(oldest + i) % LOG_RING_LINES];

        out->at_ms = l->at_ms;
        out->level = l->level;
        memcpy(out->text, l->text, strlen(l->text) + 1);
        rc = 0;
    }
    pthread_mutex_unlock(&lock);
    return rc;
}
