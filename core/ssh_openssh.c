/*
 * A session by the system's ssh: one master per host (-M -N), which logs in and keeps the
 * connection; one client per command through its socket. The master is ready when its socket is
 * there; what it prints before that says why it is not.
 *
 * A password travels through the master's standard input, which ssh leaves alone with -N and which
 * the askpass program, our own binary, inherits: ssh closes every other descriptor when it starts.
 * It is in no argument, variable or file. A pin is checked by a KnownHostsCommand, again our own
 * binary; that command also tells the fingerprint of what the host showed, which ssh does not
 * print.
 *
 * A forward is asked of the master through its socket, too; the Unix sockets that lead there are
 * beside it, in a folder that only this user can enter, and go with the session.
 *
 * Clients may not log in by themselves when the master is gone: their ProxyCommand is `false`.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/mem.h"
#include "core/secret.h"
#include "core/ssh_child.h"
#include "core/text.h"

#define READY_POLL_MS 20
#define ARGS_MAX      48
#define SAID_MAX      8192

struct arguments {
    const char *argv[ARGS_MAX + 1];
    char *owned[ARGS_MAX];
    size_t n, nowned;
};

struct master {
    struct ssh_host *host;
    struct ssh_child *child; /* NULL: ended */
    struct loop_timer *timer;
    char *dir, *socket;
    struct strbuf said; /* standard error until the session is there */
    bool by_password;   /* the second try: the server offers `password`, not prompts */
    bool ready;
    unsigned forwards; /* sockets "f1", "f2", ... were asked for */
    struct client *clients;
};

struct client {
    struct client *next;
    struct master *master;
    struct ssh_job *job;
    struct ssh_child *child;  /* NULL: did not start */
    struct loop_timer *timer; /* which says so */
    char *path;               /* of a forward; NULL: a command */
};

static void begin_master(struct master *m);

/* ---- command lines ----------------------------------------------------------------------------
 */

static void add(struct arguments *a, const char *arg)
{
    if (a->n < ARGS_MAX)
        a->argv[a->n++] = arg;
}

static void add_own(struct arguments *a, char *arg)
{
    a->owned[a->nowned++] = arg;
    add(a, arg);
}

static void add_option(struct arguments *a, const char *name, const char *value)
{
    add(a, "-o");
    add_own(a, mem_printf("%s=%s", name, value));
}

static void arguments_release(struct arguments *a)
{
    for (size_t i = 0; i < a->nowned; i++)
        free(a->owned[i]);
}

static void add_target(struct arguments *a, const struct ssh_target *t)
{
    add(a, "-p");
    add_own(a, mem_printf("%d", t->port));
    add(a, "-l");
    add(a, t->user);
    add(a, "--");
    add(a, t->host);
}

static void add_trust(struct arguments *a, const struct ssh_target *t, const char *self)
{
    add_option(a, "StrictHostKeyChecking", "yes");
    if (t->host_key) {
        add_option(a, "UserKnownHostsFile", "/dev/null");
        add_option(a, "GlobalKnownHostsFile", "/dev/null");
    } else if (t->known_hosts) {
        add(a, "-o");
        add_own(a, mem_printf("UserKnownHostsFile=\"%s\"", t->known_hosts));
    }
    add(a, "-o");
    add_own(a, mem_printf("KnownHostsCommand=\"%s\" %%f %%t %%K %%H", self));
}

/* For the shell that ssh gives a ProxyCommand to, after ssh has expanded its own %. */
static void add_quoted(struct strbuf *out, const char *option, const char *before, const char *path,
                       const char *after)
{
    struct strbuf word = STRBUF_INIT;

    strbuf_addstr(&word, before);
    for (; *path; path++)
        strbuf_addf(&word, "%s%c", *path == '%' ? "%" : "", *path);
    strbuf_addstr(&word, after);
    strbuf_addstr(out, option);
    ssh_quote(out, word.buf);
    strbuf_addch(out, ' ');
    strbuf_release(&word);
}

/* The jump host is held to the same rules: its key must be known, nobody is asked. */
static void add_jump(struct arguments *a, const struct ssh_target *t, const char *self)
{
    const char *jump = t->jump, *colon = strrchr(jump, ':');
    bool port = colon && colon[1] && strspn(colon + 1, "0123456789") == strlen(colon + 1);
    int n = port ? (int)(colon - jump) : (int)strlen(jump);
    char *helper = mem_printf("\" %%%%f %%%%t %%%%K %%%%H jump%s%s", t->jump_host_key ? " " : "",
                              t->jump_host_key ? t->jump_host_key : "");
    struct strbuf line = STRBUF_INIT;

    strbuf_addstr(&line, "ProxyCommand=ssh -o BatchMode=yes -o StrictHostKeyChecking=yes ");
    if (t->jump_host_key)
        strbuf_addstr(&line, "-o UserKnownHostsFile=/dev/null -o GlobalKnownHostsFile=/dev/null ");
    else if (t->jump_known_hosts)
        add_quoted(&line, "-o ", "UserKnownHostsFile=\"", t->jump_known_hosts, "\"");
    if (t->jump_key_file) {
        strbuf_addstr(&line, "-o IdentitiesOnly=yes ");
        add_quoted(&line, "-i ", "", t->jump_key_file, "");
    }
    add_quoted(&line, "-o ", "KnownHostsCommand=\"", self, helper);
    free(helper);
    strbuf_addf(&line, "-p %s -W [%%h]:%%p -- %.*s", port ? colon + 1 : "22", n, jump);
    add(a, "-o");
    add_own(a, strbuf_detach(&line));
}

static void add_login(struct arguments *a, const struct master *m)
{
    const struct ssh_target *t = &m->host->target;

    if (t->key_file) {
        add(a, "-i");
        add(a, t->key_file);
        add_option(a, "IdentitiesOnly", "yes");
    }
    if (!t->password) {
        add_option(a, "BatchMode", "yes");
        return;
    }
    add_option(a, "NumberOfPasswordPrompts", "1");
    add_option(a, "PreferredAuthentications",
               m->by_password ? "publickey,password" : "publickey,keyboard-interactive");
    if (!t->key_file) /* the agent's keys would count as failed attempts */
        add_option(a, "PubkeyAuthentication", "no");
}

static void master_arguments(struct arguments *a, const struct master *m, const char *self)
{
    const struct ssh_target *t = &m->host->target;

    /* A master must not outlive us, whatever happens to us. */
    add(a, "setpriv");
    add(a, "--pdeathsig");
    add(a, "TERM");
    add(a, "--");
    add(a, "ssh");
    add(a, "-M");
    add(a, "-N");
    add(a, "-S");
    add(a, m->socket);
    add_option(a, "ControlPersist", "no");
    add_option(a, "ServerAliveInterval", "15");
    add_option(a, "LogLevel", "INFO");
    add_trust(a, t, self);
    add_login(a, m);
    if (t->jump)
        add_jump(a, t, self);
    add_target(a, t);
}

/* ---- why it failed ----------------------------------------------------------------------------
 */

/* The helper's line about the key that was shown: "hycon-host-key TYPE FINGERPRINT". */
static bool find_key(const struct master *m, const char *mark, char type[64], char print[64])
{
    const char *p = strstr(m->said.buf, mark);
    size_t n, k;

    if (!p)
        return false;
    p += strlen(mark);
    n = strcspn(p, " \n");
    (void)snprintf(type, 64, "%.*s", (int)(n < 63 ? n : 63), p);
    p += n;
    p += *p == ' ';
    k = strcspn(p, "\r\n");
    (void)snprintf(print, 64, "%.*s", (int)(k < 63 ? k : 63), p);
    return true;
}

static void take_fingerprint(struct master *m)
{
    struct ssh_facts *f = &m->host->facts;

    (void)find_key(m, SSH_HELPER_MARK " ", f->key_type, f->fingerprint);
}

/* The last line that ssh printed, without its carriage return. */
static void last_line(const struct strbuf *said, struct strbuf *out)
{
    const char *end = said->buf + said->len, *p;

    while (end > said->buf && (end[-1] == '\n' || end[-1] == '\r'))
        end--;
    p = end;
    while (p > said->buf && p[-1] != '\n')
        p--;
    text_sanitize(out, p, (size_t)(end - p), 0);
}

static void describe_denied(struct master *m, struct err *err)
{
    const struct ssh_target *t = &m->host->target;
    const struct ssh_facts *f = &m->host->facts;
    bool revoked = strstr(m->said.buf, "revoked"), changed = strstr(m->said.buf, "HAS CHANGED");

    if (t->host_key)
        err_set(err, ERR_DENIED, 0,
                "the host key of '%s:%d' is not the pinned one: it shows %s %s, pinned is %s",
                t->host, t->port, f->key_type, f->fingerprint, t->host_key);
    else
        err_set(err, ERR_DENIED, 0, "the host key of '%s:%d' %s: it shows %s %s", t->host, t->port,
                revoked   ? "is revoked"
                : changed ? "has changed"
                          : "is not known",
                f->key_type, f->fingerprint);
}

/* The line of what was said that begins with @start, without it; NULL: none. */
static const char *find_said(const struct master *m, const char *start, struct strbuf *out)
{
    const char *p = strstr(m->said.buf, start);

    if (!p)
        return NULL;
    p += strlen(start);
    text_sanitize(out, p, strcspn(p, "\r\n"), 0);
    return out->buf;
}

static void describe_jump_denied(const struct master *m, struct err *err)
{
    const struct ssh_target *t = &m->host->target;
    struct ssh_facts *f = &m->host->facts;

    (void)find_key(m, SSH_HELPER_JUMP " ", f->jump_key_type, f->jump_fingerprint);
    if (t->jump_host_key)
        err_set(err, ERR_DENIED, 0,
                "the host key of jump host '%s' is not the accepted one: it shows %s %s, accepted "
                "is %s",
                t->jump, f->jump_key_type, f->jump_fingerprint, t->jump_host_key);
    else
        err_set(err, ERR_DENIED, 0, "the host key of jump host '%s' %s: it shows %s %s", t->jump,
                strstr(m->said.buf, "HAS CHANGED") ? "has changed" : "is not known",
                f->jump_key_type, f->jump_fingerprint);
}

/* The host itself has shown no key, so it was the jump host. Its refusal is none of the credential
 * that is for the host. */
static bool describe_jump(const struct master *m, struct err *err)
{
    const struct ssh_target *t = &m->host->target;
    const char *said = m->said.buf, *why;
    struct strbuf line = STRBUF_INIT;

    if (!t->jump || strstr(said, SSH_HELPER_MARK " "))
        return false;
    if (strstr(said, "Host key verification failed") || strstr(said, "host key is known for"))
        describe_jump_denied(m, err);
    else if ((why = find_said(m, "open failed: ", &line)))
        err_set(err, ERR_NET, 0, "jump host '%s' was unable to reach '%s:%d': %s", t->jump, t->host,
                t->port, why);
    else if ((why = find_said(m, "Permission denied", &line)))
        err_set(err, ERR_DENIED, 0, "jump host '%s' refused the login%s", t->jump, why);
    else if ((why = find_said(m, "ssh: ", &line)))
        err_set(err, ERR_NET, 0, "jump host '%s': %s", t->jump, why);
    strbuf_release(&line);
    return err->kind != ERR_NONE;
}

static void describe(struct master *m, struct err *err)
{
    const struct ssh_target *t = &m->host->target;
    struct strbuf line = STRBUF_INIT;
    const char *said = m->said.buf;

    if (describe_jump(m, err))
        return;
    last_line(&m->said, &line);
    if (strstr(said, "Host key verification failed") || strstr(said, "host key is known for"))
        describe_denied(m, err);
    else if (strstr(said, "Permission denied") || strstr(said, "Too many authentication failures"))
        err_set(err, ERR_AUTH, 0, "'%s:%d' refused '%s': %s", t->host, t->port, t->user, line.buf);
    else
        err_set(err, ERR_NET, 0, "no SSH session with '%s:%d': %s", t->host, t->port,
                line.len ? line.buf : "ssh ended without a word");
    strbuf_release(&line);
}

/* "Permission denied (publickey,password)." to our offer of prompts: nothing was tried, and the
 * other way is open. */
static bool wants_password_method(const struct master *m)
{
    const char *list = strstr(m->said.buf, "Permission denied (");

    return list && m->host->target.password && !m->by_password && strstr(list, "password") &&
           !strstr(list, "keyboard-interactive");
}

/* ---- the master -------------------------------------------------------------------------------
 */

static void on_ready_poll(void *arg)
{
    struct master *m = arg;

    m->timer = NULL;
    if (access(m->socket, F_OK) != 0) {
        m->timer = loop_timer(m->host->ssh->loop, READY_POLL_MS, on_ready_poll, m);
        return;
    }
    take_fingerprint(m);
    m->ready = true;
    m->host->facts.said[0] = '\0';
    ssh_host_connected(m->host);
}

static int on_master_out(void *arg, const char *data, size_t len)
{
    (void)arg;
    (void)data;
    (void)len;
    return 0;
}

/* What it says of channels that could not be opened, which whoever waits for them is not told. */
static void note_said(struct master *m)
{
    struct ssh_facts *f = &m->host->facts;
    struct strbuf line = STRBUF_INIT;

    last_line(&m->said, &line);
    (void)snprintf(f->said, sizeof(f->said), "%s", line.buf);
    f->said_ms = clock_mono_ms();
    strbuf_release(&line);
}

static void on_master_errout(void *arg, const char *data, size_t len)
{
    struct master *m = arg;

    if (m->ready && m->said.len >= SAID_MAX / 2)
        strbuf_reset(&m->said);
    if (m->said.len < SAID_MAX)
        strbuf_add(&m->said, data, len);
    if (m->ready)
        note_said(m);
}

static void on_master_end(void *arg, int status)
{
    struct master *m = arg;
    struct err err = {0};

    (void)status;
    m->child = NULL;
    loop_timer_cancel(m->timer);
    m->timer = NULL;
    if (!m->ready && wants_password_method(m)) {
        m->by_password = true;
        strbuf_reset(&m->said);
        begin_master(m);
        return;
    }
    take_fingerprint(m);
    describe(m, &err);
    ssh_host_lost(m->host, &err, SSH_LOSS_FINAL, NULL);
}

static const struct ssh_child_ops master_ops = {on_master_out, on_master_errout, on_master_end};

/* The read end of a pipe that holds the password and a line end, or -1. */
static int password_pipe(const struct secret *s)
{
    int fd[2];
    ssize_t n;

    if (!s || pipe2(fd, O_CLOEXEC) < 0)
        return -1;
    n = write(fd[1], secret_reveal(s), secret_len(s));
    n += write(fd[1], "\n", 1);
    (void)close(fd[1]);
    if (n == (ssize_t)secret_len(s) + 1)
        return fd[0];
    (void)close(fd[0]);
    return -1;
}

static void on_spawn_failed(void *arg)
{
    struct master *m = arg;
    struct err err = {0};

    m->timer = NULL;
    err_set(&err, ERR_IO, 0, "%s", m->said.buf);
    ssh_host_lost(m->host, &err, SSH_LOSS_FINAL, NULL);
}

static void spawn_failed(struct master *m, const char *why)
{
    strbuf_reset(&m->said);
    strbuf_addstr(&m->said, why);
    m->timer = loop_timer(m->host->ssh->loop, 0, on_spawn_failed, m);
}

static void begin_master(struct master *m)
{
    const struct ssh_target *t = &m->host->target;
    char self[4096], *askpass, *who, *pin;
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    struct arguments a = {0};
    struct err err = {0};

    if (n <= 0) {
        spawn_failed(m, "unable to find the running program for ssh to ask");
        return;
    }
    self[n] = '\0';
    askpass = mem_printf("SSH_ASKPASS=%s", self);
    who = mem_printf(SSH_HELPER_WHO "=%s@%s", t->user, t->host);
    pin = mem_printf(SSH_HELPER_PIN "=%s", t->host_key ? t->host_key : "");
    const char *const env[] = {askpass, who, pin, "SSH_ASKPASS_REQUIRE=force", "LC_ALL=C", NULL};
    master_arguments(&a, m, self);
    m->child = ssh_child_start(m->host->ssh->loop, a.argv, env, password_pipe(t->password),
                               &master_ops, m, &err);
    arguments_release(&a);
    free(askpass);
    free(who);
    free(pin);
    if (m->child)
        m->timer = loop_timer(m->host->ssh->loop, READY_POLL_MS, on_ready_poll, m);
    else
        spawn_failed(m, err.msg);
}

static void *open_master(struct ssh_host *h)
{
    struct master *m = mem_alloc(sizeof(*m));
    const char *runtime = getenv("XDG_RUNTIME_DIR");

    m->host = h;
    strbuf_init(&m->said, 0);
    m->dir = mem_printf("%s/hycon-ssh-XXXXXX", runtime && *runtime ? runtime : "/tmp");
    if (!mkdtemp(m->dir)) {
        free(m->dir);
        m->dir = NULL;
        spawn_failed(m, "unable to make a private directory for ssh's socket");
        return m;
    }
    m->socket = mem_printf("%s/s", m->dir);
    begin_master(m);
    return m;
}

static char *forward_path(const struct master *m, unsigned i)
{
    return mem_printf("%s/f%u", m->dir, i);
}

static void remove_sockets(struct master *m)
{
    for (unsigned i = 1; i <= m->forwards; i++) {
        char *path = forward_path(m, i);

        (void)unlink(path);
        free(path);
    }
    if (m->socket)
        (void)unlink(m->socket);
    (void)rmdir(m->dir);
}

static void client_stop(struct client *c)
{
    loop_timer_cancel(c->timer);
    if (c->child)
        ssh_child_stop(c->child);
}

static void close_master(void *conn)
{
    struct master *m = conn;

    loop_timer_cancel(m->timer);
    while (m->clients) {
        struct client *c = m->clients;

        m->clients = c->next;
        client_stop(c);
        c->job->impl = NULL;
        free(c->path);
        free(c);
    }
    if (m->child)
        ssh_child_stop(m->child);
    if (m->dir)
        remove_sockets(m);
    strbuf_release(&m->said);
    free(m->socket);
    free(m->dir);
    free(m);
}

/* ---- clients ----------------------------------------------------------------------------------
 */

static void client_free(struct client *c)
{
    struct client **p = &c->master->clients;

    while (*p != c)
        p = &(*p)->next;
    *p = c->next;
    free(c->path);
    free(c);
}

static int on_client_out(void *arg, const char *data, size_t len)
{
    struct client *c = arg;
    struct ssh_job *job = c->job;

    if (ssh_job_output(job, data, len) == 0)
        return 0;
    ssh_child_stop(c->child);
    client_free(c);
    job->impl = NULL;
    ssh_job_done(job, -1, NULL);
    return 0; /* stopped already */
}

static void on_client_errout(void *arg, const char *data, size_t len)
{
    struct client *c = arg;

    ssh_job_errout(c->job, data, len);
}

/* A forward is there, or the reason why not. */
static void end_forward(const struct client *c, int status, struct err *err)
{
    const struct ssh_target *t = &c->master->host->target;

    if (status == 0)
        (void)ssh_job_output(c->job, c->path, strlen(c->path));
    else
        err_set(err, ERR_NET, status, "'%s:%d' makes no forward to '%s': %s", t->host, t->port,
                c->job->line, c->job->errout.len ? c->job->errout.buf : "ssh ended without a word");
}

static void on_client_end(void *arg, int status)
{
    struct client *c = arg;
    struct ssh_job *job = c->job;
    struct master *m = c->master;
    const struct ssh_target *t = &m->host->target;
    struct err err = {0};

    if (c->path)
        end_forward(c, status, &err);
    client_free(c);
    job->impl = NULL;
    /* 255 is also what ssh says of itself. */
    if (status == 255 && access(m->socket, F_OK) != 0)
        err_set(&err, ERR_NET, 0, "the SSH session with '%s:%d' broke", t->host, t->port);
    ssh_job_done(job, status, err.kind ? &err : NULL);
}

static const struct ssh_child_ops client_ops = {on_client_out, on_client_errout, on_client_end};

static void on_unstarted(void *arg)
{
    struct client *c = arg;
    struct ssh_job *job = c->job;

    client_free(c);
    job->impl = NULL;
    ssh_job_done(job, -1, NULL);
}

static void client_arguments(struct arguments *a, struct client *c)
{
    struct master *m = c->master;

    add(a, "ssh");
    add(a, "-T");
    add(a, "-S");
    add(a, m->socket);
    add_option(a, "ControlMaster", "no");
    add_option(a, "BatchMode", "yes");
    add_option(a, "ProxyCommand", "false");
    add_option(a, "LogLevel", "ERROR");
    if (c->job->forward) {
        c->path = forward_path(m, ++m->forwards);
        add(a, "-O");
        add(a, "forward");
        add(a, "-L");
        add_own(a, mem_printf("%s:%s", c->path, c->job->line));
    }
    add_target(a, &m->host->target);
    if (!c->job->forward)
        add(a, c->job->line);
}

static void start(void *conn, struct ssh_job *job)
{
    struct master *m = conn;
    struct client *c = mem_alloc(sizeof(*c));
    struct arguments a = {0};
    struct err err = {0};

    c->master = m;
    c->job = job;
    c->next = m->clients;
    m->clients = c;
    job->impl = c;
    client_arguments(&a, c);
    c->child = ssh_child_start(m->host->ssh->loop, a.argv, NULL, -1, &client_ops, c, &err);
    arguments_release(&a);
    if (!c->child) {
        job->err = err;
        c->timer = loop_timer(m->host->ssh->loop, 0, on_unstarted, c);
    }
}

static void stop(void *conn, struct ssh_job *job)
{
    struct client *c = job->impl;

    (void)conn;
    client_stop(c);
    client_free(c);
    job->impl = NULL;
}

const struct ssh_backend ssh_openssh = {"openssh", open_master, close_master, start, stop, true};
