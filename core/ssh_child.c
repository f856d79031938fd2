#include "core/ssh_child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <uv.h>

#include "core/mem.h"

#define CHUNK    65536
#define DRAIN_MS 250 /* after the exit: a grandchild may keep the pipes open */

extern char **environ;

struct ssh_child {
    uv_process_t process;
    uv_pipe_t out, errout;
    uv_timer_t drain;
    const struct ssh_child_ops *ops; /* NULL: nobody listens any more */
    void *arg;
    unsigned handles; /* open */
    bool exited, out_ended, errout_ended, over;
    int status;
    char chunk[CHUNK];
};

static void handle_closed(uv_handle_t *h)
{
    struct ssh_child *c = h->data;

    if (--c->handles == 0)
        free(c);
}

static void close_handle(uv_handle_t *h)
{
    if (!uv_is_closing(h))
        uv_close(h, handle_closed);
}

static void finish(struct ssh_child *c)
{
    const struct ssh_child_ops *ops = c->ops;

    if (c->over)
        return;
    c->over = true;
    c->ops = NULL;
    close_handle((uv_handle_t *)&c->process);
    close_handle((uv_handle_t *)&c->out);
    close_handle((uv_handle_t *)&c->errout);
    close_handle((uv_handle_t *)&c->drain);
    if (ops)
        ops->on_end(c->arg, c->status);
}

static void on_drained(uv_timer_t *timer)
{
    finish(timer->data);
}

static void maybe_finish(struct ssh_child *c)
{
    if (!c->exited)
        return;
    if (c->out_ended && c->errout_ended)
        finish(c);
    else if (!c->over)
        (void)uv_timer_start(&c->drain, on_drained, DRAIN_MS, 0);
}

static void on_exit_(uv_process_t *process, int64_t status, int signal)
{
    struct ssh_child *c = process->data;

    c->exited = true;
    c->status = signal ? -1 : (int)status;
    maybe_finish(c);
}

static void give_chunk(uv_handle_t *h, size_t suggested, uv_buf_t *buf)
{
    struct ssh_child *c = h->data;

    (void)suggested;
    *buf = uv_buf_init(c->chunk, sizeof(c->chunk));
}

static void kill_child(struct ssh_child *c)
{
    if (!c->exited)
        (void)uv_process_kill(&c->process, SIGTERM);
}

static void on_out(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct ssh_child *c = stream->data;

    if (n < 0) {
        c->out_ended = true;
        maybe_finish(c);
    } else if (n > 0 && c->ops && c->ops->on_out(c->arg, buf->base, (size_t)n) < 0) {
        (void)uv_read_stop(stream);
        c->out_ended = true;
        kill_child(c);
    }
}

static void on_errout(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct ssh_child *c = stream->data;

    if (n < 0) {
        c->errout_ended = true;
        maybe_finish(c);
    } else if (n > 0 && c->ops) {
        c->ops->on_errout(c->arg, buf->base, (size_t)n);
    }
}

/* Ours with @extra in front, so that it wins. */
static char **make_env(const char *const *extra)
{
    size_t n = 0, m = 0;
    char **env;

    while (environ[n])
        n++;
    while (extra && extra[m])
        m++;
    env = mem_array(n + m + 1, sizeof(*env));
    for (size_t i = 0; i < m; i++)
        env[i] = (char *)(uintptr_t)extra[i];
    memcpy(env + m, environ, n * sizeof(*env));
    return env;
}

static void init_handles(struct ssh_child *c, uv_loop_t *uv)
{
    (void)uv_pipe_init(uv, &c->out, 0);
    (void)uv_pipe_init(uv, &c->errout, 0);
    (void)uv_timer_init(uv, &c->drain);
    c->process.data = c->out.data = c->errout.data = c->drain.data = c;
    c->handles = 4;
}

struct ssh_child *ssh_child_start(struct loop *l, const char *const *argv,
                                  const char *const *extra_env, int input,
                                  const struct ssh_child_ops *ops, void *arg, struct err *err)
{
    struct ssh_child *c = mem_alloc(sizeof(*c));
    char **env = make_env(extra_env);
    uv_stdio_container_t io[3] = {
        {.flags = input < 0 ? UV_IGNORE : UV_INHERIT_FD, .data.fd = input},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&c->out},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&c->errout},
    };
    uv_process_options_t o = {.exit_cb = on_exit_,
                              .file = argv[0],
                              .args = (char **)(uintptr_t)argv,
                              .env = env,
                              .flags = UV_PROCESS_DETACHED,
                              .stdio = io,
                              .stdio_count = 3};
    int rc;

    c->ops = ops;
    c->arg = arg;
    init_handles(c, loop_uv(l));
    rc = uv_spawn(loop_uv(l), &c->process, &o);
    free(env);
    if (input >= 0)
        (void)close(input);
    if (rc) {
        c->ops = NULL;
        c->exited = true;
        finish(c);
        err_set(err, ERR_IO, rc, "unable to start '%s': %s", argv[0], uv_strerror(rc));
        return NULL;
    }
    (void)uv_read_start((uv_stream_t *)&c->out, give_chunk, on_out);
    (void)uv_read_start((uv_stream_t *)&c->errout, give_chunk, on_errout);
    return c;
}

void ssh_child_stop(struct ssh_child *c)
{
    c->ops = NULL;
    kill_child(c);
}
