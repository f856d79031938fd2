/* hycon-lab as a child: it ends when its standard input does. */
#include "tests/bench/bench.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/mem.h"

#define START_MS 20000

struct bench_lab_child {
    pid_t pid;
    int in, out;
    char *dir;
};

static void child(const int in[2], const int out[2], const char *dir, const char *scenario,
                  const char *scale)
{
    const char *argv[] = {bench_lab, "--scenario", scenario, "--dir", dir, scale ? "--scale" : NULL,
                          scale,     NULL};
    int null = open("/dev/null", O_WRONLY);

    if (dup2(in[0], 0) < 0 || dup2(out[1], 1) < 0 || dup2(null, 2) < 0)
        _exit(126);
    (void)close(in[1]);
    (void)close(out[0]);
    execv(bench_lab, (char *const *)(const void *)argv);
    _exit(127);
}

struct bench_lab_child *bench_lab_start(const char *name, const char *scenario, const char *scale)
{
    struct bench_lab_child *l = mem_alloc(sizeof(*l));
    int in[2], out[2];
    struct pollfd ready;

    l->dir = mem_printf("%s/%s", bench_dir, name);
    if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0) {
        free(l->dir);
        free(l);
        bench_failed("no pipe for the lab");
        return NULL;
    }
    l->pid = fork();
    if (l->pid == 0)
        child(in, out, l->dir, scenario, scale);
    (void)close(in[0]);
    (void)close(out[1]);
    l->in = in[1];
    l->out = out[0];
    ready = (struct pollfd){.fd = l->out, .events = POLLIN};
    if (poll(&ready, 1, START_MS) <= 0 || !(ready.revents & POLLIN)) {
        bench_failed("the lab (%s) did not start", scenario);
        bench_lab_stop(l);
        return NULL;
    }
    return l;
}

const char *bench_lab_dir(const struct bench_lab_child *l)
{
    return l->dir;
}

void bench_lab_stop(struct bench_lab_child *l)
{
    if (!l)
        return;
    (void)close(l->in);
    (void)close(l->out);
    (void)waitpid(l->pid, NULL, 0);
    free(l->dir);
    free(l);
}
