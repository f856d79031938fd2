/* The way to a session on libssh2: name, address, key exchange, whose key is this, who are we. */
#include <errno.h>
#include <malloc.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/known_hosts.h"
#include "core/mem.h"
#include "core/secret.h"
#include "core/ssh_libssh2.h"
#include "core/text.h"

#define BANNER "SSH-2.0-hycon"

static enum ssh_went lost(struct ssh_conn *c, const struct err *err)
{
    ssh_host_lost(c->host, err, SSH_LOSS_FINAL, NULL);
    return WENT_GONE;
}

static const char *last_error(struct ssh_conn *c)
{
    char *why = NULL;

    (void)libssh2_session_last_error(c->session, &why, NULL, 0);
    return why && *why ? why : "no reason given";
}

/* ---- address ----------------------------------------------------------------------------------
 */

static void fail_resolving(struct ssh_conn *c, int code)
{
    struct err err = {0};

    err_set(&err, ERR_NET, code, "unable to resolve '%s': %s", c->host->target.host,
            uv_strerror(code));
    (void)lost(c, &err);
}

static void on_resolved(uv_getaddrinfo_t *req, int status, struct addrinfo *addresses)
{
    struct ssh_conn *c = req->data;

    c->resolving = false;
    c->addresses = addresses;
    if (c->host && status) {
        fail_resolving(c, status);
    } else if (c->host) {
        c->address = addresses;
        c->state = CONN_CONNECTING;
        ssh_conn_run(c);
    }
    ssh_conn_unref(c);
}

void ssh_conn_resolve(struct ssh_conn *c)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    char port[16];
    int rc;

    (void)snprintf(port, sizeof(port), "%d", c->host->target.port);
    c->resolver.data = c;
    c->resolving = true;
    c->refs++;
    rc = uv_getaddrinfo(loop_uv(c->host->ssh->loop), &c->resolver, on_resolved,
                        c->host->target.host, port, &hints);
    if (rc) { /* out of memory, or a name that is too long: the deadline of connecting says so */
        c->resolving = false;
        c->refs--;
    }
}

/* ---- connection -------------------------------------------------------------------------------
 */

static int watch_socket(struct ssh_conn *c)
{
    c->poll = mem_alloc(sizeof(*c->poll));
    if (uv_poll_init_socket(loop_uv(c->host->ssh->loop), c->poll, c->fd)) {
        free(c->poll);
        c->poll = NULL;
        return -1;
    }
    c->poll->data = c;
    c->events = 0;
    c->refs++;
    return 0;
}

static int begin_connect(struct ssh_conn *c)
{
    const struct addrinfo *a = c->address;
    int one = 1;

    c->fd = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || watch_socket(c) < 0)
        return errno ? errno : EMFILE;
    (void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    (void)setsockopt(c->fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one));
    if (connect(c->fd, a->ai_addr, a->ai_addrlen) == 0 || errno == EINPROGRESS)
        return 0;
    return errno;
}

/* 0: connected; EINPROGRESS: not yet. */
static int connect_outcome(const struct ssh_conn *c)
{
    struct sockaddr_storage peer;
    socklen_t len = sizeof(peer);
    int code = 0;
    socklen_t code_len = sizeof(code);

    if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &code, &code_len) < 0)
        return errno;
    if (code)
        return code;
    return getpeername(c->fd, (struct sockaddr *)&peer, &len) == 0 ? 0 : EINPROGRESS;
}

static enum ssh_went step_connect(struct ssh_conn *c)
{
    int code;

    if (!c->address)
        return lost(c, &c->connect_err);
    code = c->fd < 0 ? begin_connect(c) : 0;
    if (code == 0)
        code = connect_outcome(c); /* asked once: asking takes an error away */
    if (code == 0) {
        c->state = CONN_HANDSHAKE;
        return WENT_ON;
    }
    if (code == EINPROGRESS)
        return WENT_BLOCKED;
    err_set(&c->connect_err, ERR_NET, code, "unable to connect to '%s:%d': %s",
            c->host->target.host, c->host->target.port, strerrordesc_np(code));
    ssh_conn_close_socket(c);
    c->address = c->address->ai_next;
    return WENT_ON;
}

/* ---- key exchange -----------------------------------------------------------------------------
 */

/* Ask for a kind of key that is stored: a server that shows another one would only look new. */
static int prefer_known_types(struct ssh_conn *c, struct err *err)
{
    const struct ssh_target *t = &c->host->target;
    char types[KNOWN_HOSTS_TYPES_MAX][64];
    struct strbuf text = STRBUF_INIT, list = STRBUF_INIT;
    size_t n;

    if (t->host_key)
        return 0;
    if (ssh_host_read_known(c->host, &text, err) < 0) {
        strbuf_release(&text);
        return -1;
    }
    n = known_hosts_types(text.buf, text.len, t->host, t->port, types);
    for (size_t i = 0; i < n; i++)
        strbuf_addf(&list, "%s%s", i ? "," : "", types[i]);
    /* Refused when libssh2 knows none of them: then the usual list is offered, and judged. */
    if (n)
        (void)libssh2_session_method_pref(c->session, LIBSSH2_METHOD_HOSTKEY, list.buf);
    strbuf_release(&text);
    strbuf_release(&list);
    return 0;
}

/* While somebody logs in what is freed may have held the password; afterwards wiping would only
 * cost time. */
static void free_wiped(void *p, void **abstract)
{
    struct ssh_conn *c = *abstract;

    if (p && c->state != CONN_READY)
        secret_wipe(p, malloc_usable_size(p));
    else if (p)
        ssh_conn_see_packet(c, p, malloc_usable_size(p));
    free(p);
}

static void *plain_alloc(size_t n, void **abstract)
{
    (void)abstract;
    return malloc(n);
}

static void *plain_realloc(void *p, size_t n, void **abstract)
{
    (void)abstract;
    return realloc(p, n);
}

/* What the library does by itself, and it is seen that something comes late. */
static LIBSSH2_RECV_FUNC(receive)
{
    struct ssh_conn *c = *abstract;
    ssize_t n = recv(socket, buffer, length, flags);

    if (n >= 0) {
        c->came_late = c->came_late || c->told_nothing;
        return n;
    }
    if (errno != EAGAIN && errno != EINTR)
        return -errno;
    c->told_nothing = true;
    return -EAGAIN;
}

static void receive_by_ours(struct ssh_conn *c)
{
    LIBSSH2_RECV_FUNC((*function)) = receive;
    void *pointer;

    /* ISO C has no conversion between pointers to objects and to functions. */
    memcpy(&pointer, &function, sizeof(pointer));
    (void)libssh2_session_callback_set(c->session, LIBSSH2_CALLBACK_RECV, pointer);
}

static int new_session(struct ssh_conn *c, struct err *err)
{
    c->session = libssh2_session_init_ex(plain_alloc, free_wiped, plain_realloc, c);
    if (!c->session)
        mem_die("out of memory");
    libssh2_session_set_blocking(c->session, 0);
    receive_by_ours(c);
    (void)libssh2_session_banner_set(c->session, BANNER);
    return prefer_known_types(c, err);
}

static bool has_nothing_in_common(int rc)
{
    return rc == LIBSSH2_ERROR_KEX_FAILURE || rc == LIBSSH2_ERROR_KEY_EXCHANGE_FAILURE ||
           rc == LIBSSH2_ERROR_METHOD_NONE || rc == LIBSSH2_ERROR_METHOD_NOT_SUPPORTED ||
           rc == LIBSSH2_ERROR_HOSTKEY_INIT || rc == LIBSSH2_ERROR_HOSTKEY_SIGN;
}

static enum ssh_went handshake_failed(struct ssh_conn *c, int rc)
{
    struct err err = {0};
    bool other = has_nothing_in_common(rc);

    err_set(&err, other ? ERR_PROTO : ERR_NET, rc, "no SSH session with '%s:%d': %s",
            c->host->target.host, c->host->target.port, last_error(c));
    ssh_host_lost(c->host, &err, other ? SSH_LOSS_FALLBACK : SSH_LOSS_FINAL,
                  "libssh2 and the server have no algorithm in common");
    return WENT_GONE;
}

/* The type is the first string of a key in wire form (RFC 4253, section 6.6). */
static void key_type(const char *blob, size_t len, char *out, size_t size)
{
    size_t n = len > 4 ? (size_t)((unsigned char)blob[2] << 8 | (unsigned char)blob[3]) : 0;

    if (len <= 4 || n > len - 4 || n >= size)
        n = 0;
    (void)snprintf(out, size, "%.*s", (int)n, blob + (n ? 4 : 0));
}

static enum ssh_went step_handshake(struct ssh_conn *c)
{
    struct err err = {0};
    const char *blob;
    char type[64];
    size_t len = 0;
    int rc, kind;

    if (!c->session && new_session(c, &err) < 0)
        return lost(c, &err);
    rc = libssh2_session_handshake(c->session, c->fd);
    if (rc == LIBSSH2_ERROR_EAGAIN)
        return WENT_BLOCKED;
    if (rc)
        return handshake_failed(c, rc);
    blob = libssh2_session_hostkey(c->session, &len, &kind);
    if (!blob || !len)
        return handshake_failed(c, LIBSSH2_ERROR_HOSTKEY_INIT);
    key_type(blob, len, type, sizeof(type));
    if (ssh_host_judge_key(c->host, type, (const uint8_t *)blob, len, &err) < 0)
        return lost(c, &err);
    c->state = CONN_METHODS;
    return WENT_ON;
}

/* ---- logging in -------------------------------------------------------------------------------
 */

static bool is_offered(const struct ssh_conn *c, const char *method)
{
    size_t n = strlen(method);

    for (const char *p = c->offered; *p; p += strcspn(p, ","), p += *p == ',') {
        if (strncmp(p, method, n) == 0 && (p[n] == ',' || !p[n]))
            return true;
    }
    return false;
}

/* A password goes one way only: tried as `password` and by prompts it would count as two. */
static void plan_login(struct ssh_conn *c)
{
    const struct ssh_target *t = &c->host->target;

    if (t->key_file && is_offered(c, "publickey"))
        c->ways[c->nways++] = WAY_KEY;
    if (t->password && is_offered(c, "password"))
        c->ways[c->nways++] = WAY_PASSWORD;
    else if (t->password && is_offered(c, "keyboard-interactive"))
        c->ways[c->nways++] = WAY_PROMPTS;
}

static enum ssh_went step_methods(struct ssh_conn *c)
{
    const char *user = c->host->target.user;
    const char *list = libssh2_userauth_list(c->session, user, (unsigned)strlen(user));
    int rc;

    if (list) {
        (void)snprintf(c->offered, sizeof(c->offered), "%s", list);
        plan_login(c);
        c->state = CONN_LOGIN;
        return WENT_ON;
    }
    if (libssh2_userauth_authenticated(c->session)) { /* nothing was asked */
        ssh_conn_logged_in(c);
        return WENT_ON;
    }
    rc = libssh2_session_last_errno(c->session);
    return rc == LIBSSH2_ERROR_EAGAIN ? WENT_BLOCKED : handshake_failed(c, rc);
}

/* The first hidden prompt is the password; whatever else is asked gets an empty answer, so that a
 * second factor fails plainly instead of taking the password for a code. */
static void answer_prompts(const char *name, int name_len, const char *text, int text_len, int n,
                           const LIBSSH2_USERAUTH_KBDINT_PROMPT *prompts,
                           LIBSSH2_USERAUTH_KBDINT_RESPONSE *answers, void **abstract)
{
    struct ssh_conn *c = *abstract;

    (void)name;
    (void)name_len;
    (void)text;
    (void)text_len;
    for (int i = 0; i < n; i++) {
        const struct secret *s = c->host->target.password;
        bool give = !prompts[i].echo && !c->prompted;

        answers[i].text = strdup(give ? secret_reveal(s) : "");
        answers[i].length = answers[i].text ? (unsigned)strlen(answers[i].text) : 0;
        c->prompted |= give;
    }
}

static int try_way(struct ssh_conn *c)
{
    const struct ssh_target *t = &c->host->target;
    unsigned len = (unsigned)strlen(t->user);

    switch (c->ways[c->way]) {
    case WAY_KEY:
        return libssh2_userauth_publickey_fromfile_ex(c->session, t->user, len, NULL, t->key_file,
                                                      "");
    case WAY_PASSWORD:
        return libssh2_userauth_password_ex(c->session, t->user, len, secret_reveal(t->password),
                                            (unsigned)secret_len(t->password), NULL);
    default:
        return libssh2_userauth_keyboard_interactive_ex(c->session, t->user, len, answer_prompts);
    }
}

static enum ssh_went refused(struct ssh_conn *c)
{
    const struct ssh_target *t = &c->host->target;
    struct err err = {0};

    if (!c->nways)
        err_set(&err, ERR_AUTH, 0,
                "'%s:%d' lets '%s' log in by %s, for which nothing is configured", t->host, t->port,
                t->user, c->offered);
    else
        err_set(&err, ERR_AUTH, 0, "'%s:%d' refused the %s of '%s' (it offers %s)", t->host,
                t->port, c->ways[c->nways - 1] == WAY_KEY ? "key" : "password", t->user,
                c->offered);
    return lost(c, &err);
}

static enum ssh_went step_login(struct ssh_conn *c)
{
    struct err err = {0};
    int rc;

    if (c->way == c->nways)
        return refused(c);
    rc = try_way(c);
    if (rc == LIBSSH2_ERROR_EAGAIN)
        return WENT_BLOCKED;
    if (rc == 0) {
        ssh_conn_logged_in(c);
        return WENT_ON;
    }
    if (rc == LIBSSH2_ERROR_FILE) {
        err_set(&err, ERR_AUTH, 0, "unable to use the key file '%s': %s", c->host->target.key_file,
                last_error(c));
        return lost(c, &err);
    }
    if (rc != LIBSSH2_ERROR_AUTHENTICATION_FAILED && rc != LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED &&
        rc != LIBSSH2_ERROR_METHOD_NOT_SUPPORTED)
        return handshake_failed(c, rc);
    c->way++;
    return WENT_ON;
}

enum ssh_went ssh_conn_login_step(struct ssh_conn *c)
{
    switch (c->state) {
    case CONN_CONNECTING:
        return step_connect(c);
    case CONN_HANDSHAKE:
        return step_handshake(c);
    case CONN_METHODS:
        return step_methods(c);
    case CONN_LOGIN:
        return step_login(c);
    default:
        return WENT_BLOCKED;
    }
}
