/*
 * A child is over when it has exited and both of its pipes have ended. Two things get in the way of
 * that:
 *
 * - It does not end in time, or prints too much. It leads a session and process group of its own,
 * so the whole group is told to end (SIGTERM), made to end (SIGKILL) and in the worst case, a
 * process stuck in the kernel, given up. `stage` is where on that road it is; one timer drives it.
 * - It ends but leaves a daemon behind that keeps the pipes open, as `ssh` with ControlPersist and
 * some password managers do. After the exit what is in the pipes is read for DRAIN_MS and no
 * longer.
 *
 * What a child prints is often a password: buffers that held it are wiped before they are freed.
 */
#include "core/loop_priv.h"

#include "core/mem.h"
#include "core/secret.h"
#include "core/strbuf.h"
#include "core/text.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define TERM_GRACE_MS 500
#define KILL_GRACE_MS 2000
#define DRAIN_MS      250
#define ERROUT_MAX    4096
#define CHUNK         8192

enum stage { STAGE_RUNNING, STAGE_TERM, STAGE_KILL, STAGE_DRAIN, STAGE_OVER };

struct output {
    uv_pipe_t pipe;
    char *buf; /* NUL-terminated */
    size_t len, alloc, max;
    bool ended, too_much;
};

struct process {
    struct loop_owned owned;
    uv_process_t child;
    uv_timer_t timer;
    struct output out, errout;
    char chunk[CHUNK]; /* both pipes read into it, one after the other */
    unsigned handles;  /* not closed yet */
    enum stage stage;
    bool exited;
    char *name; /* argv[0] */
    int64_t timeout_ms;
    struct loop_process_result result;
    void (*done)(void *arg, struct loop_process_result *r);
    void *arg;
};

extern char **environ;

/* ---- output ---------------------------------------------------------------------------------- */

static void output_grow(struct output *o, size_t need)
{
    size_t alloc = o->alloc ? o->alloc : CHUNK;
    char *buf;

    if (need <= o->alloc)
        return;
    while (alloc < need)
        alloc *= 2;
    /* Not realloc(): it would leave an unwiped copy behind. */
    buf = mem_alloc(alloc);
    if (o->buf) {
        memcpy(buf, o->buf, o->len);
        secret_wipe(o->buf, o->alloc);
        free(o->buf);
    }
    o->buf = buf;
    o->alloc = alloc;
}

static void output_add(struct output *o, const char *data, size_t len)
{
    if (len > o->max - o->len) {
        len = o->max - o->len;
        o->too_much = true;
    }
    output_grow(o, o->len + len + 1);
    memcpy(o->buf + o->len, data, len);
    o->len += len;
    o->buf[o->len] = '\0';
}

static void output_release(struct output *o)
{
    if (o->buf)
        secret_wipe(o->buf, o->alloc);
    free(o->buf);
}

/* ---- the end --------------------------------------------------------------------------------- */

static void handle_closed(uv_handle_t *h)
{
    struct process *p = h->data;

    if (--p->handles)
        return;
    output_release(&p->out);
    output_release(&p->errout);
    free(p->result.errout);
    free(p->name);
    free(p);
}

static void close_handle(uv_handle_t *h)
{
    if (!uv_is_closing(h))
        uv_close(h, handle_closed);
}

static void close_all(struct process *p)
{
    p->stage = STAGE_OVER;
    loop_disown(&p->owned);
    close_handle((uv_handle_t *)&p->child);
    close_handle((uv_handle_t *)&p->timer);
    close_handle((uv_handle_t *)&p->out.pipe);
    close_handle((uv_handle_t *)&p->errout.pipe);
}

static char *clean_errout(const struct output *o)
{
    struct strbuf sb = STRBUF_INIT;
    size_t n;

    text_sanitize(&sb, o->buf, o->len, TEXT_KEEP_LINES);
    n = sb.len > ERROUT_MAX ? ERROUT_MAX : sb.len;
    while (n && n < sb.len && ((unsigned char)sb.buf[n] & 0xc0) == 0x80)
        n--;
    strbuf_setlen(&sb, n);
    return strbuf_detach(&sb);
}

static void finish(struct process *p)
{
    struct loop_process_result *r = &p->result;

    if (p->stage == STAGE_OVER)
        return;
    close_all(p);
    output_add(&p->out, "", 0);
    output_add(&p->errout, "", 0);
    r->out = p->out.buf;
    r->out_len = p->out.len;
    r->errout = clean_errout(&p->errout);
    if (p->done)
        p->done(p->arg, r);
    /* Handles close only when the loop turns; a password need not wait for that. */
    secret_wipe(p->chunk, sizeof(p->chunk));
    secret_wipe(p->out.buf, p->out.alloc);
    secret_wipe(p->errout.buf, p->errout.alloc);
}

static void finish_when_over(struct process *p)
{
    if (p->exited && p->out.ended && p->errout.ended)
        finish(p);
}

/* The group exists as long as its leader was not reaped, so the number cannot be another's. */
static void signal_group(struct process *p, int signum)
{
    if (!p->exited && p->child.pid > 0)
        uv_kill(-p->child.pid, signum);
}

static void on_timer(uv_timer_t *t);

static void move_on(struct process *p, enum stage stage, uint64_t ms)
{
    p->stage = stage;
    uv_update_time(p->timer.loop);
    uv_timer_start(&p->timer, on_timer, ms, 0);
}

static void on_timer(uv_timer_t *t)
{
    struct process *p = t->data;

    switch (p->stage) {
    case STAGE_RUNNING:
        err_set(&p->result.err, ERR_LIMIT, 0, "'%s' did not finish within %.10g s", p->name,
                (double)p->timeout_ms / 1000);
        signal_group(p, SIGTERM);
        move_on(p, STAGE_TERM, TERM_GRACE_MS);
        break;
    case STAGE_TERM:
        signal_group(p, SIGKILL);
        move_on(p, STAGE_KILL, KILL_GRACE_MS);
        break;
    case STAGE_KILL:
    case STAGE_DRAIN:
        finish(p);
        break;
    case STAGE_OVER:
        break;
    }
}

/* ---- events of a running child --------------------------------------------------------------- */

static void on_exit_status(uv_process_t *child, int64_t status, int signum)
{
    struct process *p = child->data;

    /* Descendants that ignored the SIGTERM must not survive their leader. The group number is still
     * taken if there are any; if there are none this fails. */
    if (p->stage == STAGE_TERM || p->stage == STAGE_KILL)
        uv_kill(-child->pid, SIGKILL);
    p->exited = true;
    p->result.exit_status = (int)status;
    if (signum && p->result.err.kind == ERR_NONE)
        err_set(&p->result.err, ERR_IO, signum, "'%s' was ended by signal %d (%s)", p->name, signum,
                sigdescr_np(signum) ? sigdescr_np(signum) : "unknown");
    if (!p->done)
        finish(p);
    if (p->stage != STAGE_OVER)
        move_on(p, STAGE_DRAIN, DRAIN_MS);
    finish_when_over(p);
}

static void give_chunk(uv_handle_t *h, size_t suggested, uv_buf_t *buf)
{
    struct process *p = h->data;

    (void)suggested;
    *buf = uv_buf_init(p->chunk, sizeof(p->chunk));
}

static void on_output(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct process *p = stream->data;
    struct output *o = stream == (uv_stream_t *)&p->out.pipe ? &p->out : &p->errout;

    if (n == 0)
        return;
    if (n < 0) {
        uv_read_stop(stream);
        o->ended = true;
        finish_when_over(p);
        return;
    }
    output_add(o, buf->base, (size_t)n);
    if (p->out.too_much && p->result.err.kind == ERR_NONE) {
        err_set(&p->result.err, ERR_LIMIT, 0, "'%s' printed more than %d bytes", p->name,
                LOOP_PROCESS_OUTPUT_MAX);
        signal_group(p, SIGKILL);
        if (!p->exited)
            move_on(p, STAGE_KILL, KILL_GRACE_MS);
    }
}

/* ---- start ----------------------------------------------------------------------------------- */

static bool same_variable(const char *a, const char *b)
{
    size_t n = strcspn(a, "=");

    return n == strcspn(b, "=") && memcmp(a, b, n) == 0;
}

static bool is_replaced(const char *variable, const char *const *extra)
{
    for (; extra && *extra; extra++)
        if (same_variable(variable, *extra))
            return true;
    return false;
}

/* Our environment with @extra on top; the caller frees the array, not what it points to. */
static char **child_environment(const char *const *extra)
{
    size_t n = 0, max = 1;
    char **env;

    for (char **e = environ; e && *e; e++)
        max++;
    for (const char *const *e = extra; e && *e; e++)
        max++;
    env = mem_array(max, sizeof(*env));
    for (char **e = environ; e && *e; e++)
        if (!is_replaced(*e, extra))
            env[n++] = *e;
    for (; extra && *extra; extra++)
        env[n++] = (char *)(uintptr_t)*extra;
    return env;
}

static int spawn(uv_loop_t *uv, struct process *p, const char *const *argv,
                 const char *const *extra_env)
{
    uv_stdio_container_t stdio[3] = {
        {.flags = UV_IGNORE},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&p->out.pipe},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&p->errout.pipe},
    };
    uv_process_options_t options = {
        .exit_cb = on_exit_status,
        .file = argv[0],
        .args = (char **)(uintptr_t)argv,
        .env = child_environment(extra_env),
        .flags = UV_PROCESS_DETACHED,
        .stdio_count = ARRAY_SIZE(stdio),
        .stdio = stdio,
    };
    int rc = uv_spawn(uv, &p->child, &options);

    free(options.env);
    return rc;
}

static void process_abandon(struct loop_owned *o)
{
    struct process *p = (struct process *)o;

    p->done = NULL;
    if (p->exited) {
        finish(p);
        return;
    }
    /* The loop turns until it has ended, so that no zombie is left. */
    signal_group(p, SIGKILL);
    move_on(p, STAGE_KILL, KILL_GRACE_MS);
}

static struct process *process_new(struct loop *l, const char *name)
{
    struct process *p = mem_alloc(sizeof(*p));
    uv_loop_t *uv = loop_uv(l);

    p->name = mem_strdup(name);
    p->out.max = LOOP_PROCESS_OUTPUT_MAX;
    p->errout.max = ERROUT_MAX;
    uv_timer_init(uv, &p->timer);
    uv_pipe_init(uv, &p->out.pipe, 0);
    uv_pipe_init(uv, &p->errout.pipe, 0);
    p->timer.data = p->out.pipe.data = p->errout.pipe.data = p->child.data = p;
    p->handles = 4;
    loop_own(l, &p->owned, process_abandon);
    return p;
}

void loop_process(struct loop *l, const char *const *argv, const char *const *extra_env,
                  int64_t timeout_ms, void (*done)(void *arg, struct loop_process_result *r),
                  void *arg)
{
    struct process *p = process_new(l, argv[0]);
    int rc = spawn(loop_uv(l), p, argv, extra_env);

    p->done = done;
    p->arg = arg;
    p->timeout_ms = timeout_ms;
    if (rc) {
        /* The result comes from the loop, never from inside this call. */
        err_set(&p->result.err, ERR_IO, -rc, "unable to run '%s': %s", p->name,
                strerrordesc_np(-rc) ? strerrordesc_np(-rc) : "unknown error");
        p->exited = true;
        move_on(p, STAGE_DRAIN, 0);
        return;
    }
    uv_read_start((uv_stream_t *)&p->out.pipe, give_chunk, on_output);
    uv_read_start((uv_stream_t *)&p->errout.pipe, give_chunk, on_output);
    move_on(p, STAGE_RUNNING, timeout_ms > 0 ? (uint64_t)timeout_ms : 0);
}
