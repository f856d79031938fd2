#include "tests/support/child.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/clock.h"

#define GRACE_MS 2000

struct child {
    const struct child_options *o;
    struct child_result *r;
    pid_t pid;
    int in, out, err; /* our ends; -1: closed */
    size_t written;
    bool signalled;
};

static void set_environment(const char *const *env)
{
    for (; env && *env; env++) {
        const char *equals = strchr(*env, '=');
        if (equals)
            putenv((char *)(uintptr_t)*env);
        else
            unsetenv(*env);
    }
}

/* In the child: never returns. */
static void become(const struct child_options *o, const int in[2], const int out[2],
                   const int err[2])
{
    dup2(in[0], STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    dup2(err[1], STDERR_FILENO);
    set_environment(o->env);
    execvp(o->argv[0], (char *const *)(uintptr_t)o->argv);
    _exit(127);
}

static void start(struct child *c)
{
    int in[2], out[2], err[2];

    assert_int_equal(pipe2(in, O_CLOEXEC), 0);
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    assert_int_equal(pipe2(err, O_CLOEXEC), 0);
    c->pid = fork();
    assert_true(c->pid >= 0);
    if (c->pid == 0)
        become(c->o, in, out, err);
    close(in[0]);
    close(out[1]);
    close(err[1]);
    c->in = in[1];
    c->out = out[0];
    c->err = err[0];
    (void)fcntl(c->in, F_SETFL, O_NONBLOCK);
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void take(int *fd, struct strbuf *to)
{
    char buf[65536];
    ssize_t n = read(*fd, buf, sizeof(buf));

    if (n > 0)
        strbuf_add(to, buf, (size_t)n);
    else if (n == 0 || errno != EINTR)
        close_fd(fd);
}

static void give(struct child *c)
{
    const char *input = c->o->input ? c->o->input : "";
    size_t left = strlen(input) - c->written;
    ssize_t n = left ? write(c->in, input + c->written, left) : 0;

    if (n > 0)
        c->written += (size_t)n;
    if (left == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        close_fd(&c->in);
}

static void maybe_signal(struct child *c)
{
    if (c->signalled || !c->o->signal_after || !strstr(c->r->out.buf, c->o->signal_after))
        return;
    c->signalled = true;
    kill(c->pid, c->o->signal);
}

/* Until it closed its output. False: the time is up. */
static bool talk(struct child *c, int64_t end)
{
    while (c->out >= 0 || c->err >= 0) {
        struct pollfd fds[] = {
            {.fd = c->out, .events = POLLIN},
            {.fd = c->err, .events = POLLIN},
            {.fd = c->in, .events = POLLOUT},
        };
        int64_t left = end - clock_mono_ms();
        if (left <= 0 || (poll(fds, 3, (int)left) < 0 && errno != EINTR))
            return false;
        if (fds[0].revents)
            take(&c->out, &c->r->out);
        if (fds[1].revents)
            take(&c->err, &c->r->err);
        if (fds[2].revents)
            give(c);
        maybe_signal(c);
    }
    return true;
}

/* It has closed its output, so its end is near; or it is killed. */
static int reap(const struct child *c, int64_t end)
{
    int status = 0;

    while (waitpid(c->pid, &status, WNOHANG) == 0) {
        if (clock_mono_ms() >= end) {
            kill(c->pid, SIGKILL);
            waitpid(c->pid, &status, 0);
            return CHILD_TIMED_OUT;
        }
        (void)poll(NULL, 0, 2);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void child_run(struct child_result *r, const struct child_options *o)
{
    struct child c = {.o = o, .r = r};
    int64_t begin = clock_mono_ms(), end = begin + o->timeout_ms;

    strbuf_init(&r->out, 0);
    strbuf_init(&r->err, 0);
    (void)signal(SIGPIPE, SIG_IGN);
    start(&c);
    if (talk(&c, end))
        end += GRACE_MS;
    r->status = reap(&c, end);
    r->ms = clock_mono_ms() - begin;
    close_fd(&c.in);
    close_fd(&c.out);
    close_fd(&c.err);
}

void child_release(struct child_result *r)
{
    strbuf_release(&r->out);
    strbuf_release(&r->err);
}

void child_says(const struct strbuf *where, const char *what)
{
    if (!strstr(where->buf, what))
        fail_msg("'%s' is not in:\n%s", what, where->buf);
}

void child_lacks(const struct strbuf *where, const char *what)
{
    if (strstr(where->buf, what))
        fail_msg("'%s' is in:\n%s", what, where->buf);
}
