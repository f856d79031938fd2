/* A program on a pseudo-terminal. */
#include "tests/bench/bench.h"

#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/strbuf.h"

bool bench_pty_start(struct bench_pty *p, const char *const *argv, int cols, int rows)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};

    p->cols = cols;
    p->rows = rows;
    p->started = bench_now();
    p->pid = forkpty(&p->fd, NULL, NULL, &size);
    if (p->pid == 0) {
        (void)setenv("TERM", "xterm-256color", 1);
        (void)setenv("LC_ALL", "C.UTF-8", 1);
        execv(argv[0], (char *const *)(const void *)argv);
        _exit(127);
    }
    if (p->pid < 0) {
        bench_failed("unable to start '%s' on a terminal", argv[0]);
        return false;
    }
    return true;
}

struct bench_burst bench_pty_read(struct bench_pty *p, double since, int quiet_ms, int limit_ms,
                                  struct strbuf *keep)
{
    struct bench_burst b = {-1, -1, 0};
    double end = bench_now() + limit_ms / 1e3;
    char buf[65536];

    for (;;) {
        struct pollfd fd = {.fd = p->fd, .events = POLLIN};
        double left = (end - bench_now()) * 1e3;
        int wait = b.bytes && left > quiet_ms ? quiet_ms : (int)left;
        ssize_t n;

        if (left <= 0 || poll(&fd, 1, wait) <= 0)
            break;
        n = read(p->fd, buf, sizeof(buf));
        if (n <= 0)
            break;
        b.last = bench_now() - since;
        if (!b.bytes)
            b.first = b.last;
        b.bytes += (size_t)n;
        if (keep)
            strbuf_add(keep, buf, (size_t)n);
    }
    return b;
}

void bench_pty_write(struct bench_pty *p, const char *keys)
{
    size_t n = strlen(keys);

    if (write(p->fd, keys, n) != (ssize_t)n)
        bench_failed("unable to type: %s", strerrordesc_np(errno));
}

long bench_rss_kb(pid_t pid)
{
    char path[64], line[256];
    long kb = -1;
    FILE *f;

    (void)snprintf(path, sizeof(path), "/proc/%ld/status", (long)pid);
    f = fopen(path, "r");
    while (f && fgets(line, sizeof(line), f)) {
        if (strncmp(line, "VmRSS:", 6) == 0)
            kb = strtol(line + 6, NULL, 10);
    }
    if (f)
        (void)fclose(f);
    return kb;
}

void bench_pty_stop(struct bench_pty *p)
{
    int status;
    double end = bench_now() + 5;

    (void)kill(p->pid, SIGTERM);
    while (waitpid(p->pid, &status, WNOHANG) == 0) {
        /* What it still writes must be read, or it blocks. */
        (void)bench_pty_read(p, bench_now(), 5, 20, NULL);
        if (bench_now() > end) {
            (void)kill(p->pid, SIGKILL);
            (void)waitpid(p->pid, &status, 0);
            break;
        }
    }
    (void)close(p->fd);
}
