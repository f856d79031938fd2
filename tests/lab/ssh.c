#include "tests/lab/ssh.h"

#include "core/mem.h"
#include "tests/lab/edge_cli.h"
#include "tests/lab/esx.h"
#include "tests/lab/fault.h"
#include "tests/lab/user.h"

#include <fcntl.h>
#include <libssh/libssh.h>
#include <libssh/server.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONNS_MAX  64
#define TICK_MS    50
#define PATIENCE_S 86400
#define BLOCK      32768

struct lab_esx {
    struct lab *lab;
    const char *site, *host;
    bool edge; /* host is the name of an edge node */
    struct nsx_user *user;
    ssh_key key;
    pthread_t thread; /* accepts */
    bool running;
    pthread_mutex_t lock; /* conns */
    int fds[CONNS_MAX];   /* -1: free */
    unsigned live;
};

struct conn {
    struct lab_server *server;
    int fd;
    bool admitted;
    char user[64]; /* who was asked; the answer itself does not say */
};

/* ---- keys ----------------------------------------------------------------------------------- */

static ssh_key new_key(void)
{
    ssh_key key = NULL;

    if (ssh_pki_generate(SSH_KEYTYPE_ECDSA_P256, 256, &key) != SSH_OK)
        mem_die("lab: unable to make a key for SSH");
    return key;
}

struct lab_esx *lab_esx_new(struct lab *lab, const char *site, const char *host, bool edge,
                            struct nsx_user *user)
{
    struct lab_esx *x = mem_alloc(sizeof(*x));

    x->lab = lab;
    x->site = site;
    x->host = host;
    x->edge = edge;
    x->user = user;
    x->key = new_key();
    for (int i = 0; i < CONNS_MAX; i++)
        x->fds[i] = -1;
    pthread_mutex_init(&x->lock, NULL);
    return x;
}

void lab_esx_free(struct lab_esx *x)
{
    if (!x)
        return;
    ssh_key_free(x->key);
    pthread_mutex_destroy(&x->lock);
    free(x);
}

bool lab_esx_is_edge(const struct lab_esx *x)
{
    return x->edge;
}

struct nsx_user *lab_esx_user(const struct lab_esx *x)
{
    return x->user;
}

void lab_esx_change_key(struct lab_esx *x)
{
    ssh_key key = new_key(), old;

    pthread_mutex_lock(&x->lock);
    old = x->key;
    x->key = key;
    pthread_mutex_unlock(&x->lock);
    ssh_key_free(old);
}

void lab_esx_known_hosts(const struct lab_server *s, struct strbuf *out)
{
    const struct lab_esx *x = s->data;
    char *text = NULL;

    if (ssh_pki_export_pubkey_base64(x->key, &text) != SSH_OK)
        mem_die("lab: unable to write a host key");
    strbuf_addf(out, "[127.0.0.1]:%d %s %s\n", s->port, ssh_key_type_to_char(ssh_key_type(x->key)),
                text);
    ssh_string_free_char(text);
}

int lab_ssh_user_key(struct lab *lab, const char *path)
{
    int rc;

    if (!lab->ssh_user_key)
        lab->ssh_user_key = new_key();
    rc = ssh_pki_export_privkey_file(lab->ssh_user_key, NULL, NULL, NULL, path);
    return rc == SSH_OK && chmod(path, 0600) == 0 ? 0 : -1;
}

void lab_ssh_forget(struct lab *lab)
{
    ssh_key_free(lab->ssh_user_key);
    lab->ssh_user_key = NULL;
}

/* ---- logging in ----------------------------------------------------------------------------- */

static bool password_good(struct conn *c, const char *user, const char *password)
{
    struct lab_esx *x = c->server->data;
    bool good;

    pthread_mutex_lock(&x->lab->lock);
    good = lab_user_check(x->lab, c->server, x->user, user, password);
    if (!good)
        c->server->counts.refused++;
    pthread_mutex_unlock(&x->lab->lock);
    return good;
}

static void keep_user(struct conn *c, const char *user)
{
    size_t len = user ? strlen(user) : 0;

    if (len >= sizeof(c->user))
        len = 0;
    memcpy(c->user, user ? user : "", len);
    c->user[len] = '\0';
}

static void interactive(struct conn *c, ssh_session session, ssh_message m)
{
    const char *prompts[] = {"Password: "};
    const char *answer;
    char echo[] = {0};

    if (!ssh_message_auth_kbdint_is_response(m)) {
        keep_user(c, ssh_message_auth_user(m));
        ssh_message_auth_interactive_request(m, "", "", 1, prompts, echo);
        return;
    }
    answer = ssh_userauth_kbdint_getnanswers(session) == 1
                 ? ssh_userauth_kbdint_getanswer(session, 0)
                 : NULL;
    c->admitted = password_good(c, c->user, answer);
    if (c->admitted)
        ssh_message_auth_reply_success(m, 0);
    else
        ssh_message_reply_default(m);
}

/* libssh has no callback for keyboard-interactive, and a session with callbacks queues no messages:
 * so the key, too, is asked of the message, by functions that it calls deprecated. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
static void public_key(struct conn *c, ssh_message m)
{
    struct lab_esx *x = c->server->data;
    ssh_key want = x->lab->ssh_user_key, key = ssh_message_auth_pubkey(m);
    enum ssh_publickey_state_e state = ssh_message_auth_publickey_state(m);
    const char *user = ssh_message_auth_user(m);
    bool ours = want && key && user && strcmp(user, x->user->name) == 0 &&
                ssh_key_cmp(want, key, SSH_KEY_CMP_PUBLIC) == 0;

    if (ours && state == SSH_PUBLICKEY_STATE_NONE) {
        ssh_message_auth_reply_pk_ok_simple(m);
    } else if (ours && state == SSH_PUBLICKEY_STATE_VALID) {
        c->admitted = true;
        pthread_mutex_lock(&x->lab->lock);
        c->server->counts.logins++;
        pthread_mutex_unlock(&x->lab->lock);
        ssh_message_auth_reply_success(m, 0);
    } else {
        ssh_message_reply_default(m);
    }
}
#pragma GCC diagnostic pop

static void authenticate(struct conn *c, ssh_session session, ssh_message m)
{
    if (ssh_message_subtype(m) == SSH_AUTH_METHOD_INTERACTIVE)
        interactive(c, session, m);
    else if (ssh_message_subtype(m) == SSH_AUTH_METHOD_PUBLICKEY)
        public_key(c, m);
    else
        ssh_message_reply_default(m);
}

/* ---- commands ------------------------------------------------------------------------------- */

/* Wait, but not longer than the peer or this listener lives. False: stop. */
static bool pause_for(struct conn *c, int64_t ms)
{
    struct pollfd pfd = {.fd = c->fd, .events = POLLRDHUP};

    while (ms != 0 && !__atomic_load_n(&c->server->stopping, __ATOMIC_ACQUIRE)) {
        int step = ms < 0 || ms > TICK_MS ? TICK_MS : (int)ms;

        if (poll(&pfd, 1, step) > 0)
            return false;
        if (ms > 0)
            ms -= step;
    }
    return ms == 0;
}

static void send_all(ssh_channel ch, const struct strbuf *out, size_t len, bool is_err)
{
    for (size_t at = 0; at < len;) {
        uint32_t n = len - at < BLOCK ? (uint32_t)(len - at) : BLOCK;
        int rc = is_err ? ssh_channel_write_stderr(ch, out->buf + at, n)
                        : ssh_channel_write(ch, out->buf + at, n);

        if (rc <= 0 || ssh_channel_is_closed(ch))
            return;
        at += (size_t)rc;
    }
}

struct outcome {
    struct strbuf out, err;
    int rc;
    int64_t delay_ms;
    size_t cut;              /* 0: not */
    bool drop, hang, silent; /* silent: after what is sent */
    bool untold;             /* the channel is closed without an exit status */
};

static void apply_fault(struct outcome *o, const struct lab_fault *f)
{
    o->delay_ms += f->delay_ms;
    switch (f->kind) {
    case FAULT_STATUS:
        o->rc = f->status < 256 ? f->status : 1;
        strbuf_reset(&o->out);
        strbuf_addstr(&o->err, "sh: error\n");
        break;
    case FAULT_HALF:
        o->silent = true;
        o->cut = o->out.len / 2 + 1;
        break;
    case FAULT_TRUNCATED:
        o->untold = true;
        o->cut = o->out.len / 2 + 1;
        break;
    case FAULT_MALFORMED:
        strbuf_setlen(&o->out, o->out.len / 2);
        strbuf_addstr(&o->out, "\001\033[31m\xff}}} ruleset { rule at ;\n");
        break;
    case FAULT_OVERSIZED:
        strbuf_addchars(&o->out, ' ', (size_t)(f->bytes < 1 << 28 ? f->bytes : 1 << 28));
        break;
    case FAULT_HANG:
        o->hang = true;
        break;
    case FAULT_CLOSE:
    case FAULT_FLAP:
        o->drop = true;
        break;
    case FAULT_SLOW:
        break;
    }
}

static struct lab_vhost *host_of(const struct lab_esx *x, struct lab_vc **vc)
{
    struct lab_host *h = lab_find_host(x->lab->estate, x->site, x->host);

    *vc = lab_find_vcenter(x->lab->estate, x->site);
    return h && *vc ? lab_vc_host(*vc, h) : NULL;
}

static void count_command(struct lab_server *s, const char *line)
{
    char label[64];
    size_t n = strcspn(line, "-'");

    n = n < sizeof(label) - 1 ? n : sizeof(label) - 1;
    memcpy(label, line, n);
    while (n && label[n - 1] == ' ')
        n--;
    label[n] = '\0';
    lab_server_count(s, label);
}

static void run_on_host(struct lab_esx *x, const char *line, struct outcome *o)
{
    struct lab_vhost *host;
    struct lab_vc *vc;

    host = host_of(x, &vc);
    if (!host || !host->host->up) {
        o->drop = true;
        return;
    }
    o->rc = lab_esx_run(x->lab, vc, host, line, &o->out, &o->err);
    lab_esx_spoil(host, &o->out);
    o->delay_ms = host->slow_ms;
    if (host->cut > 0 && o->out.len > (size_t)host->cut)
        o->cut = (size_t)host->cut;
}

static void run_on_edge(struct lab_esx *x, const char *line, struct outcome *o)
{
    const struct lab_nsx *nsx = lab_find_nsx(x->lab->estate, x->site);
    const struct lab_edge *edge = nsx ? lab_find_edge(nsx, x->host) : NULL;

    if (!edge || !edge->up)
        o->drop = true;
    else
        o->rc = lab_edge_run(x->lab, nsx, edge, line, &o->out);
}

/* Everything that touches the model, under its lock. */
static void prepare(struct conn *c, const char *line, struct outcome *o)
{
    struct lab_esx *x = c->server->data;
    struct lab_request req = {.method = "EXEC", .path = "/", .action = line};
    struct lab_fault fault;

    pthread_mutex_lock(&x->lab->lock);
    count_command(c->server, line);
    if (x->edge)
        run_on_edge(x, line, o);
    else
        run_on_host(x, line, o);
    if (lab_fault_take(c->server, &req, &fault))
        apply_fault(o, &fault);
    c->server->counts.bytes += o->out.len;
    pthread_mutex_unlock(&x->lab->lock);
}

/* False: the connection ends. */
static bool run_command(struct conn *c, ssh_channel ch, const char *line)
{
    struct outcome o = {.out = STRBUF_INIT, .err = STRBUF_INIT};
    bool go_on;

    prepare(c, line, &o);
    go_on =
        !o.drop && (!o.hang || pause_for(c, -1)) && (o.delay_ms <= 0 || pause_for(c, o.delay_ms));
    if (go_on) {
        send_all(ch, &o.out, o.cut ? o.cut : o.out.len, false);
        send_all(ch, &o.err, o.err.len, true);
        go_on = !o.silent || pause_for(c, -1);
    }
    if (go_on) {
        if (!o.untold)
            ssh_channel_request_send_exit_status(ch, o.rc);
        ssh_channel_send_eof(ch);
        ssh_channel_close(ch);
    }
    strbuf_release(&o.out);
    strbuf_release(&o.err);
    pthread_mutex_lock(&c->server->lab->lock);
    c->server->counts.concurrent--;
    pthread_mutex_unlock(&c->server->lab->lock);
    return go_on;
}

static bool on_channel(struct conn *c, ssh_message m)
{
    ssh_channel ch = ssh_message_channel_request_channel(m);
    const char *line;
    bool go_on;
    char *copy;

    if (ssh_message_subtype(m) != SSH_CHANNEL_REQUEST_EXEC) {
        ssh_message_reply_default(m);
        return true;
    }
    line = ssh_message_channel_request_command(m);
    copy = mem_strdup(line ? line : "");
    ssh_message_channel_request_reply_success(m);
    go_on = run_command(c, ch, copy);
    free(copy);
    return go_on;
}

static bool on_message(struct conn *c, ssh_session session, ssh_message m)
{
    switch (ssh_message_type(m)) {
    case SSH_REQUEST_AUTH:
        authenticate(c, session, m);
        return true;
    case SSH_REQUEST_CHANNEL_OPEN:
        if (!c->admitted || ssh_message_subtype(m) != SSH_CHANNEL_SESSION ||
            !ssh_message_channel_request_open_reply_accept(m))
            ssh_message_reply_default(m);
        return true;
    case SSH_REQUEST_CHANNEL:
        return c->admitted && on_channel(c, m);
    default:
        ssh_message_reply_default(m);
        return true;
    }
}

/* ---- connections ---------------------------------------------------------------------------- */

static void talk(struct conn *c, ssh_session session)
{
    long patience = PATIENCE_S;
    ssh_message m;
    bool go_on = true;

    /* Without it libssh hangs up on a client that says nothing for ten seconds. */
    (void)ssh_options_set(session, SSH_OPTIONS_TIMEOUT, &patience);
    ssh_set_auth_methods(session, SSH_AUTH_METHOD_INTERACTIVE | SSH_AUTH_METHOD_PUBLICKEY);
    if (ssh_handle_key_exchange(session) != SSH_OK)
        return;
    while (go_on && !__atomic_load_n(&c->server->stopping, __ATOMIC_ACQUIRE) &&
           (m = ssh_message_get(session)) != NULL) {
        go_on = on_message(c, session, m);
        ssh_message_free(m);
    }
}

static void *serve_conn(void *arg)
{
    struct conn *c = arg;
    struct lab_esx *x = c->server->data;
    ssh_session session = ssh_new();
    ssh_bind binding = ssh_bind_new();
    ssh_key key = NULL;

    pthread_mutex_lock(&x->lock);
    key = ssh_key_dup(x->key);
    pthread_mutex_unlock(&x->lock);
    ssh_bind_options_set(binding, SSH_BIND_OPTIONS_IMPORT_KEY, key);
    if (ssh_bind_accept_fd(binding, session, c->fd) == SSH_OK)
        talk(c, session);
    ssh_disconnect(session);
    pthread_mutex_lock(&x->lock);
    for (int i = 0; i < CONNS_MAX; i++)
        if (x->fds[i] == c->fd)
            x->fds[i] = -1;
    pthread_mutex_unlock(&x->lock);
    ssh_free(session); /* closes the descriptor */
    ssh_bind_free(binding);
    free(c);
    __atomic_sub_fetch(&x->live, 1, __ATOMIC_RELEASE);
    return NULL;
}

static void begin_conn(struct lab_server *s, int fd)
{
    struct lab_esx *x = s->data;
    struct conn *c = mem_alloc(sizeof(*c));
    pthread_attr_t attr;
    pthread_t thread;
    int slot = -1;

    c->server = s;
    c->fd = fd;
    pthread_mutex_lock(&x->lock);
    for (int i = 0; i < CONNS_MAX && slot < 0; i++)
        if (x->fds[i] < 0)
            slot = i;
    if (slot >= 0)
        x->fds[slot] = fd;
    pthread_mutex_unlock(&x->lock);
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    __atomic_add_fetch(&x->live, 1, __ATOMIC_RELEASE);
    if (slot < 0 || pthread_create(&thread, &attr, serve_conn, c) != 0) {
        __atomic_sub_fetch(&x->live, 1, __ATOMIC_RELEASE);
        if (slot >= 0)
            x->fds[slot] = -1;
        close(fd);
        free(c);
    }
    pthread_attr_destroy(&attr);
}

static void *accept_all(void *arg)
{
    struct lab_server *s = arg;
    struct pollfd pfd = {.fd = s->listen_fd, .events = POLLIN};

    while (!__atomic_load_n(&s->stopping, __ATOMIC_ACQUIRE)) {
        int fd;

        if (poll(&pfd, 1, TICK_MS) <= 0)
            continue;
        fd = accept4(s->listen_fd, NULL, NULL, SOCK_CLOEXEC);
        if (fd >= 0)
            begin_conn(s, fd);
    }
    return NULL;
}

void lab_ssh_start(struct lab_server *s)
{
    struct lab_esx *x = s->data;

    __atomic_store_n(&s->stopping, false, __ATOMIC_RELEASE);
    if (pthread_create(&x->thread, NULL, accept_all, s) != 0)
        mem_die("lab: unable to start a thread");
    x->running = true;
}

void lab_ssh_stop(struct lab_server *s)
{
    struct lab_esx *x = s->data;
    struct timespec tick = {.tv_nsec = 5000000};

    if (!x || !x->running)
        return;
    __atomic_store_n(&s->stopping, true, __ATOMIC_RELEASE);
    pthread_join(x->thread, NULL);
    pthread_mutex_lock(&x->lock);
    for (int i = 0; i < CONNS_MAX; i++)
        if (x->fds[i] >= 0)
            shutdown(x->fds[i], SHUT_RDWR);
    pthread_mutex_unlock(&x->lock);
    while (__atomic_load_n(&x->live, __ATOMIC_ACQUIRE) > 0)
        nanosleep(&tick, NULL);
    x->running = false;
}
