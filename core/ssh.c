/*
 * Hosts and their commands, whatever the transport. A host is idle until a command comes; then it
 * waits for one of the handshakes that may be in flight, connects, runs up to four commands at
 * once and keeps the session. When a session is lost what ran has failed; what had not started yet
 * connects anew. Every command has a deadline of its own, connecting has one, and nothing here
 * waits for either.
 */
#include "core/ssh.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/file.h"
#include "core/fmt.h"
#include "core/known_hosts.h"
#include "core/mem.h"
#include "core/secret.h"
#include "core/ssh_priv.h"
#include "core/text.h"

#define CONNECT_TIMEOUT_MS 20000
#define COMMAND_TIMEOUT_MS 60000
#define FORWARD_TIMEOUT_MS 10000
#define CONFIG_TIMEOUT_MS  5000

static void kick(struct ssh_host *h);

/* ---- jobs -------------------------------------------------------------------------------------
 */

static void job_unlink(struct ssh_job *job)
{
    struct ssh_job **p = &job->host->jobs;

    while (*p != job)
        p = &(*p)->next;
    *p = job->next;
    job->host->njobs--;
}

static void job_finish(struct ssh_job *job, int exit_status)
{
    struct ssh_result r = {.err = job->err, .exit_status = exit_status};

    loop_timer_cancel(job->timer);
    if (job->started_ms)
        r.elapsed_ms = clock_mono_ms() - job->started_ms;
    r.out = job->out.buf;
    r.out_len = job->out.len;
    r.errout = job->errout.buf;
    job->done(job->arg, &r);
    strbuf_release(&job->out);
    strbuf_release(&job->errout);
    free(job->line);
    free(job);
}

void ssh_job_done(struct ssh_job *job, int exit_status, const struct err *err)
{
    struct ssh_host *h = job->host;

    if (err && job->err.kind == ERR_NONE)
        job->err = *err;
    job_unlink(job);
    kick(h);
    job_finish(job, job->err.kind == ERR_NONE ? exit_status : -1);
}

static void job_abort(struct ssh_job *job, const struct err *err)
{
    struct ssh_host *h = job->host;

    if (job->impl)
        h->backend->stop(h->conn, job);
    ssh_job_done(job, -1, err);
}

int ssh_job_output(struct ssh_job *job, const char *data, size_t len)
{
    const struct ssh_target *t = &job->host->target;

    if (len > job->max_output - job->taken) {
        struct strbuf limit = STRBUF_INIT;

        fmt_bytes(&limit, (int64_t)job->max_output);
        err_set(&job->err, ERR_LIMIT, 0, "a command on '%s:%d' printed more than %s", t->host,
                t->port, limit.buf);
        strbuf_release(&limit);
        return -1;
    }
    job->taken += len;
    if (!job->on_output)
        strbuf_add(&job->out, data, len);
    else if (job->on_output(job->arg, data, len))
        return err_set(&job->err, ERR_CANCEL, 0, "the output of '%s:%d' was not wanted any more",
                       t->host, t->port);
    return 0;
}

void ssh_job_errout(struct ssh_job *job, const char *data, size_t len)
{
    size_t room = job->errout.len < SSH_ERROUT_MAX ? SSH_ERROUT_MAX - job->errout.len : 0;

    text_sanitize(&job->errout, data, text_boundary(data, len, room), TEXT_KEEP_LINES);
}

static void on_job_timeout(void *arg)
{
    struct ssh_job *job = arg;
    struct strbuf limit = STRBUF_INIT;
    struct err err = {0};

    job->timer = NULL;
    fmt_duration(&limit, job->timeout_ms);
    err_set(&err, ERR_LIMIT, 0, "a command on '%s:%d' did not end within %s",
            job->host->target.host, job->host->target.port, limit.buf);
    strbuf_release(&limit);
    job_abort(job, &err);
}

static void on_refused(void *arg)
{
    struct ssh_job *job = arg;

    job->timer = NULL;
    ssh_job_done(job, -1, NULL);
}

/* Its end, with job->err, comes from the loop. */
static void job_refuse(struct ssh_job *job)
{
    job->running = true; /* so that no pump starts it */
    job->timer = loop_timer(job->host->ssh->loop, 0, on_refused, job);
}

static void job_start(struct ssh_job *job)
{
    struct ssh_host *h = job->host;

    if (job->forward && !h->backend->forwards) {
        err_set(&job->err, ERR_UNSUPPORTED, 0, "%s makes no forwards; transport: openssh does",
                h->backend->name);
        job_refuse(job);
        return;
    }
    job->running = true;
    job->started_ms = clock_mono_ms();
    job->timer = loop_timer(h->ssh->loop, job->timeout_ms, on_job_timeout, job);
    h->backend->start(h->conn, job);
}

/* ---- which transport --------------------------------------------------------------------------
 */

static void choose(struct ssh_host *h, const struct ssh_backend *b, const char *why)
{
    h->backend = b;
    h->facts.transport = b->name;
    h->facts.why = why; /* constant, or h->why */
}

/* True when a transport was chosen; else `ssh -G` must be asked first. */
static bool choose_transport(struct ssh_host *h)
{
    const struct ssh_target *t = &h->target;

    if (t->transport == SSH_LIBSSH2)
        choose(h, &ssh_libssh2, "as configured");
    else if (t->transport == SSH_OPENSSH)
        choose(h, &ssh_openssh, "as configured");
    else if (h->fell_back)
        choose(h, &ssh_openssh, h->why);
    else if (t->jump)
        choose(h, &ssh_openssh, "a jump host is configured");
    else if (!t->password && !t->key_file)
        choose(h, &ssh_openssh, "the agent is asked by ssh alone");
    else if (ssh_config_is_rsa_key(t->key_file))
        choose(h, &ssh_openssh, "this libssh2 cannot sign with RSA keys");
    else if (h->proxied)
        choose(h, &ssh_openssh, "the SSH configuration names a proxy for this host");
    else if (h->asked || !ssh_config_may_proxy())
        choose(h, &ssh_libssh2, "the usual one");
    else
        return false;
    return true;
}

struct question {
    struct ssh *ssh;
    const struct ssh_host *host; /* looked up before use: it may be gone */
    unsigned asking;
};

static void connect_now(struct ssh_host *h);

static void on_config(void *arg, struct loop_process_result *r)
{
    struct question *q = arg;
    struct ssh_host *h = q->ssh->hosts;

    while (h && h != q->host)
        h = h->next;
    if (h && h->asking == q->asking && h->state == SSH_STATE_CONNECTING && !h->conn) {
        h->asked = true;
        h->proxied = r->err.kind == ERR_NONE && ssh_config_proxy_line(r->out);
        connect_now(h);
    }
    free(q);
}

static void ask_config(struct ssh_host *h)
{
    static unsigned serial;
    struct question *q = mem_alloc(sizeof(*q));
    char port[16];
    const char *const argv[] = {"ssh",          "-G", "-p",           port, "-l",
                                h->target.user, "--", h->target.host, NULL};

    (void)snprintf(port, sizeof(port), "%d", h->target.port);
    *q = (struct question){h->ssh, h, ++serial};
    h->asking = serial;
    loop_process(h->ssh->loop, argv, NULL, CONFIG_TIMEOUT_MS, on_config, q);
}

/* ---- connecting -------------------------------------------------------------------------------
 */

static void wake_waiting(struct ssh *s)
{
    for (struct ssh_host *h = s->hosts; h; h = h->next) {
        if (h->state == SSH_STATE_WAITING)
            kick(h);
    }
}

/* Leave whatever state: no connection, no handshake. */
static void become_idle(struct ssh_host *h)
{
    if (h->state == SSH_STATE_CONNECTING) {
        h->ssh->handshakes--;
        wake_waiting(h->ssh);
    }
    loop_timer_cancel(h->deadline);
    h->deadline = NULL;
    h->asking = 0;
    if (h->conn)
        h->backend->close(h->conn);
    h->conn = NULL;
    h->state = SSH_STATE_IDLE;
    h->facts.connected = false;
}

/* What ran when the connection went, or everything when there never was one, has failed. */
static void fail_jobs(struct ssh_host *h, bool all, const struct err *err)
{
    struct ssh_job *failed = NULL, **tail = &failed, **p = &h->jobs;

    while (*p) {
        struct ssh_job *job = *p;

        if (!all && !job->running) {
            p = &job->next;
            continue;
        }
        *p = job->next;
        h->njobs--;
        job->next = NULL;
        *tail = job;
        tail = &job->next;
    }
    while (failed) {
        struct ssh_job *job = failed;

        failed = job->next;
        if (job->err.kind == ERR_NONE)
            job->err = *err;
        job_finish(job, -1);
    }
}

void ssh_host_lost(struct ssh_host *h, const struct err *err, enum ssh_loss loss, const char *why)
{
    bool was_connecting = h->state == SSH_STATE_CONNECTING;
    bool other = was_connecting && loss == SSH_LOSS_FALLBACK && h->target.transport == SSH_AUTO &&
                 h->backend == &ssh_libssh2;
    struct err copy = *err;

    become_idle(h);
    if (other) {
        h->fell_back = true;
        (void)snprintf(h->why, sizeof(h->why), "%s", why);
        kick(h);
        return;
    }
    kick(h);
    fail_jobs(h, was_connecting, &copy);
}

static void on_deadline(void *arg)
{
    struct ssh_host *h = arg;
    struct strbuf limit = STRBUF_INIT;
    struct err err = {0};

    h->deadline = NULL;
    fmt_duration(&limit, h->target.connect_timeout_ms);
    err_set(&err, ERR_NET, 0, "no SSH session with '%s:%d' within %s", h->target.host,
            h->target.port, limit.buf);
    strbuf_release(&limit);
    ssh_host_lost(h, &err, SSH_LOSS_FINAL, NULL);
}

void ssh_host_connected(struct ssh_host *h)
{
    loop_timer_cancel(h->deadline);
    h->deadline = NULL;
    h->ssh->handshakes--;
    h->state = SSH_STATE_READY;
    h->facts.connected = true;
    h->facts.sessions++;
    wake_waiting(h->ssh);
    kick(h);
}

static void connect_now(struct ssh_host *h)
{
    if (choose_transport(h))
        h->conn = h->backend->open(h);
    else
        ask_config(h);
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Does the way to both begin at the same server? */
static bool same_way(const struct ssh_target *a, const struct ssh_target *b)
{
    if (a->jump || b->jump)
        return same_text(a->jump, b->jump);
    return a->port == b->port && same_text(a->host, b->host);
}

/* A server refuses at random when many log in at once (MaxStartups of sshd is 10), and a jump host
 * is one server for all that are behind it. */
static bool may_connect(const struct ssh_host *h)
{
    unsigned n = 0;

    if (h->ssh->handshakes >= SSH_HANDSHAKES_MAX)
        return false;
    for (const struct ssh_host *o = h->ssh->hosts; o; o = o->next)
        n += o->state == SSH_STATE_CONNECTING && same_way(&o->target, &h->target);
    return n < SSH_NEW_MAX;
}

static void pump(struct ssh_host *h)
{
    unsigned running = 0;

    if (h->state == SSH_STATE_IDLE && h->jobs)
        h->state = SSH_STATE_WAITING;
    if (h->state == SSH_STATE_WAITING && may_connect(h)) {
        h->ssh->handshakes++;
        h->state = SSH_STATE_CONNECTING;
        h->deadline = loop_timer(h->ssh->loop, h->target.connect_timeout_ms, on_deadline, h);
        connect_now(h);
    }
    if (h->state != SSH_STATE_READY)
        return;
    for (struct ssh_job *j = h->jobs; j; j = j->next)
        running += j->running;
    for (struct ssh_job *j = h->jobs; j && running < SSH_COMMANDS_MAX; j = j->next) {
        if (!j->running) {
            running++;
            job_start(j);
        }
    }
}

static void on_kick(void *arg)
{
    struct ssh_host *h = arg;

    h->kick = NULL;
    pump(h);
}

static void kick(struct ssh_host *h)
{
    if (!h->kick)
        h->kick = loop_timer(h->ssh->loop, 0, on_kick, h);
}

/* ---- whose key is this? -----------------------------------------------------------------------
 */

int ssh_host_read_known(const struct ssh_host *h, struct strbuf *out, struct err *err)
{
    struct err why = {0};

    if (!h->target.known_hosts ||
        file_read(h->target.known_hosts, KNOWN_HOSTS_BYTES_MAX, out, &why) == 0)
        return 0;
    if (why.code == ENOENT)
        return 0; /* nobody is known */
    *err = why;
    return -1;
}

static int refuse(struct ssh_host *h, const struct known_hosts_answer *a, struct err *err)
{
    const struct ssh_target *t = &h->target;
    const char *type = h->facts.key_type, *print = h->facts.fingerprint;

    switch (a->verdict) {
    case KNOWN_HOST_CHANGED:
        return err_set(err, ERR_DENIED, 0,
                       "the host key of '%s:%d' has changed: it shows %s %s, known is %s", t->host,
                       t->port, type, print, a->stored);
    case KNOWN_HOST_REVOKED:
        return err_set(err, ERR_DENIED, 0, "the host key of '%s:%d' is revoked: %s %s", t->host,
                       t->port, type, print);
    case KNOWN_HOST_OTHER:
        return err_set(err, ERR_DENIED, 0,
                       "the host key of '%s:%d' is not known: it shows %s %s, known is %s %s",
                       t->host, t->port, type, print, a->stored_type, a->stored);
    default:
        return err_set(err, ERR_DENIED, 0, "the host key of '%s:%d' is not known: it shows %s %s",
                       t->host, t->port, type, print);
    }
}

int ssh_host_judge_key(struct ssh_host *h, const char *type, const uint8_t *blob, size_t len,
                       struct err *err)
{
    struct known_hosts_answer a;
    struct strbuf text = STRBUF_INIT;
    int rc;

    (void)snprintf(h->facts.key_type, sizeof(h->facts.key_type), "%s", type);
    known_hosts_fingerprint(blob, len, h->facts.fingerprint);
    if (h->target.host_key) {
        if (strcmp(h->target.host_key, h->facts.fingerprint) == 0)
            return 0;
        return err_set(err, ERR_DENIED, 0,
                       "the host key of '%s:%d' is not the pinned one: it shows %s %s, pinned is "
                       "%s",
                       h->target.host, h->target.port, type, h->facts.fingerprint,
                       h->target.host_key);
    }
    if (ssh_host_read_known(h, &text, err) < 0) {
        strbuf_release(&text);
        return -1;
    }
    known_hosts_check(text.buf, text.len, h->target.host, h->target.port, type, blob, len, &a);
    strbuf_release(&text);
    h->facts.malformed_known_hosts = a.malformed;
    rc = a.verdict == KNOWN_HOST_MATCH ? 0 : refuse(h, &a, err);
    return rc;
}

/* ---- public -----------------------------------------------------------------------------------
 */

/* Packets of 35 KB come and go by the thousand, and with each the end of the heap would go back to
 * the kernel and be asked for again: a twelfth of the processor time of a large reply. Who sets the
 * one threshold must set the other, since both no longer follow what is allocated. */
static void keep_memory_of_packets(void)
{
    (void)mallopt(M_TRIM_THRESHOLD, 4 << 20);
    (void)mallopt(M_MMAP_THRESHOLD, 1 << 20);
}

struct ssh *ssh_pool_new(struct loop *l)
{
    struct ssh *s = mem_alloc(sizeof(*s));

    keep_memory_of_packets();
    s->loop = l;
    return s;
}

void ssh_pool_free(struct ssh *s)
{
    free(s);
}

struct ssh_host *ssh_host_new(struct ssh *s, const struct ssh_target *t)
{
    struct ssh_host *h = mem_alloc(sizeof(*h));

    h->ssh = s;
    h->target = *t;
    h->target.host = mem_strdup(t->host);
    h->target.user = mem_strdup(t->user);
    h->target.key_file = mem_strdup(t->key_file);
    h->target.known_hosts = mem_strdup(t->known_hosts);
    h->target.host_key = mem_strdup(t->host_key);
    h->target.jump = mem_strdup(t->jump);
    h->target.jump_key_file = mem_strdup(t->jump_key_file);
    h->target.jump_known_hosts = mem_strdup(t->jump_known_hosts);
    h->target.jump_host_key = mem_strdup(t->jump_host_key);
    h->target.password = t->password ? secret_ref(t->password) : NULL;
    h->target.port = t->port ? t->port : 22;
    h->target.connect_timeout_ms =
        t->connect_timeout_ms > 0 ? t->connect_timeout_ms : CONNECT_TIMEOUT_MS;
    h->facts.transport = "";
    h->facts.why = "";
    h->next = s->hosts;
    s->hosts = h;
    return h;
}

static void unlink_host(struct ssh_host *h)
{
    struct ssh_host **p = &h->ssh->hosts;

    while (*p != h)
        p = &(*p)->next;
    *p = h->next;
}

void ssh_host_disconnect(struct ssh_host *h)
{
    struct err err = {0};

    err_set(&err, ERR_CANCEL, 0, "the session with '%s:%d' was closed", h->target.host,
            h->target.port);
    become_idle(h);
    fail_jobs(h, true, &err);
}

void ssh_host_free(struct ssh_host *h)
{
    if (!h)
        return;
    ssh_host_disconnect(h);
    loop_timer_cancel(h->kick);
    unlink_host(h);
    secret_unref(h->target.password);
    free((char *)h->target.host);
    free((char *)h->target.user);
    free((char *)h->target.key_file);
    free((char *)h->target.known_hosts);
    free((char *)h->target.host_key);
    free((char *)h->target.jump);
    free((char *)h->target.jump_key_file);
    free((char *)h->target.jump_known_hosts);
    free((char *)h->target.jump_host_key);
    free(h);
}

const struct ssh_facts *ssh_host_facts(const struct ssh_host *h)
{
    return &h->facts;
}

static uint64_t enqueue(struct ssh_host *h, struct ssh_job *job, ssh_done_fn done, void *arg)
{
    struct ssh_job **tail = &h->jobs;

    job->host = h;
    job->id = ++h->ssh->last_id;
    job->done = done;
    job->arg = arg;
    strbuf_init(&job->out, 0);
    strbuf_init(&job->errout, 0);
    while (*tail)
        tail = &(*tail)->next;
    *tail = job;
    if (h->njobs++ < SSH_QUEUE_MAX) {
        kick(h);
        return job->id;
    }
    err_set(&job->err, ERR_LIMIT, 0, "more than %d commands wait for '%s:%d'", SSH_QUEUE_MAX,
            h->target.host, h->target.port);
    job_refuse(job);
    return job->id;
}

uint64_t ssh_exec(struct ssh_host *h, const struct ssh_command *c, ssh_done_fn done, void *arg)
{
    struct ssh_job *job = mem_alloc(sizeof(*job));

    job->line = mem_strdup(c->line);
    job->timeout_ms = c->timeout_ms > 0 ? c->timeout_ms : COMMAND_TIMEOUT_MS;
    job->max_output = c->max_output ? c->max_output : SSH_OUTPUT_MAX;
    job->on_output = c->on_output;
    return enqueue(h, job, done, arg);
}

uint64_t ssh_forward(struct ssh_host *h, const char *where, ssh_done_fn done, void *arg)
{
    struct ssh_job *job = mem_alloc(sizeof(*job));

    job->line = mem_strdup(where);
    job->forward = true;
    job->timeout_ms = FORWARD_TIMEOUT_MS;
    job->max_output = SSH_ERROUT_MAX;
    return enqueue(h, job, done, arg);
}

void ssh_cancel(struct ssh_host *h, uint64_t id)
{
    struct err err = {0};

    for (struct ssh_job *job = h->jobs; job; job = job->next) {
        if (job->id != id)
            continue;
        err_set(&err, ERR_CANCEL, 0, "a command on '%s:%d' was cancelled", h->target.host,
                h->target.port);
        job_abort(job, &err);
        return;
    }
}

void ssh_quote(struct strbuf *out, const char *s)
{
    strbuf_addch(out, '\'');
    for (; *s; s++) {
        if (*s == '\'')
            strbuf_addstr(out, "'\\''");
        else
            strbuf_addch(out, *s);
    }
    strbuf_addch(out, '\'');
}
