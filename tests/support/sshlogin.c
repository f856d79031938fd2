#include "tests/support/sshlogin.h"

#include <arpa/inet.h>
#include <libssh/libssh.h>
#include <libssh/server.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/mem.h"

#define SESSIONS_MAX 64
#define TIMEOUT_S    60

struct sshlogin {
    struct sshlogin_options o;
    char *key_file, *fingerprint;
    int listener, port;
    pthread_t acceptor, sessions[SESSIONS_MAX];
    unsigned nsessions;
    atomic_uint wrong, good;
};

struct connection {
    struct sshlogin *server;
    int fd;
};

static void die(const char *what)
{
    (void)fprintf(stderr, "sshlogin: %s\n", what);
    abort();
}

/* ---- one session -------------------------------------------------------------------------------
 */

static void ask(const struct sshlogin *s, ssh_message m)
{
    const char *prompts[] = {"Domain: ", "Password: "};
    char echo[] = {1, 0};
    unsigned from = s->o.prompts == 1;

    (void)ssh_message_auth_interactive_request(m, "", "who are you", s->o.prompts,
                                               s->o.prompts ? prompts + from : NULL,
                                               s->o.prompts ? echo + from : NULL);
}

/* The last answer is the password; with no prompt there is none to give. */
static bool is_right(const struct sshlogin *s, ssh_session session)
{
    int n = ssh_userauth_kbdint_getnanswers(session);
    const char *answer;

    if (s->o.prompts == 0)
        return n == 0;
    if (n != (int)s->o.prompts)
        return false;
    answer = ssh_userauth_kbdint_getanswer(session, (unsigned)n - 1);
    return answer && strcmp(answer, s->o.password) == 0;
}

/* true: logged in. */
static bool on_auth(struct sshlogin *s, ssh_session session, ssh_message m)
{
    if (ssh_message_subtype(m) != SSH_AUTH_METHOD_INTERACTIVE) {
        (void)ssh_message_auth_set_methods(m, SSH_AUTH_METHOD_INTERACTIVE);
        (void)ssh_message_reply_default(m);
        return false;
    }
    if (!ssh_message_auth_kbdint_is_response(m)) {
        ask(s, m);
        return false;
    }
    if (is_right(s, session)) {
        s->good++;
        (void)ssh_message_auth_reply_success(m, 0);
        return true;
    }
    s->wrong++;
    (void)ssh_message_auth_set_methods(m, SSH_AUTH_METHOD_INTERACTIVE);
    (void)ssh_message_reply_default(m);
    return false;
}

static bool log_in(struct sshlogin *s, ssh_session session)
{
    bool in = false;
    ssh_message m;

    while (!in && (m = ssh_message_get(session))) {
        if (ssh_message_type(m) == SSH_REQUEST_AUTH)
            in = on_auth(s, session, m);
        else
            (void)ssh_message_reply_default(m);
        ssh_message_free(m);
    }
    return in;
}

static void answer(struct sshlogin *s, ssh_channel channel)
{
    (void)ssh_channel_write(channel, s->o.output, (uint32_t)strlen(s->o.output));
    (void)ssh_channel_request_send_exit_status(channel, 0);
    (void)ssh_channel_send_eof(channel);
    (void)ssh_channel_close(channel);
}

/* Until the client goes away. */
static void serve_commands(struct sshlogin *s, ssh_session session)
{
    ssh_message m;

    while ((m = ssh_message_get(session))) {
        int type = ssh_message_type(m), subtype = ssh_message_subtype(m);

        if (type == SSH_REQUEST_CHANNEL_OPEN && subtype == SSH_CHANNEL_SESSION) {
            (void)ssh_message_channel_request_open_reply_accept(m);
        } else if (type == SSH_REQUEST_CHANNEL && subtype == SSH_CHANNEL_REQUEST_EXEC) {
            ssh_channel channel = ssh_message_channel_request_channel(m);

            (void)ssh_message_channel_request_reply_success(m);
            answer(s, channel);
        } else {
            (void)ssh_message_reply_default(m);
        }
        ssh_message_free(m);
    }
}

static void *serve(void *arg)
{
    struct connection c = *(struct connection *)arg;
    struct sshlogin *s = c.server;
    ssh_bind bind = ssh_bind_new();
    ssh_session session = ssh_new();
    long timeout = TIMEOUT_S;

    free(arg);
    if (!bind || !session)
        die("out of memory");
    (void)ssh_bind_options_set(bind, SSH_BIND_OPTIONS_HOSTKEY, s->key_file);
    (void)ssh_options_set(session, SSH_OPTIONS_TIMEOUT, &timeout);
    if (ssh_bind_accept_fd(bind, session, c.fd) == SSH_OK) {
        ssh_set_auth_methods(session, SSH_AUTH_METHOD_INTERACTIVE);
        if (ssh_handle_key_exchange(session) == SSH_OK && log_in(s, session))
            serve_commands(s, session);
    }
    ssh_disconnect(session);
    ssh_free(session);
    ssh_bind_free(bind);
    return NULL;
}

/* ---- the server --------------------------------------------------------------------------------
 */

static void *accept_all(void *arg)
{
    struct sshlogin *s = arg;

    while (s->nsessions < SESSIONS_MAX) {
        int fd = accept(s->listener, NULL, NULL);
        struct connection *c;

        if (fd < 0)
            return NULL;
        c = mem_alloc(sizeof(*c));
        *c = (struct connection){s, fd};
        if (pthread_create(&s->sessions[s->nsessions++], NULL, serve, c) != 0)
            die("no thread");
    }
    return NULL;
}

static void make_key(struct sshlogin *s)
{
    unsigned char *hash = NULL;
    size_t len = 0;
    char *text;
    ssh_key key = NULL;
    int fd;

    s->key_file = mem_strdup("/tmp/hycon-sshlogin-XXXXXX");
    fd = mkstemp(s->key_file);
    if (fd < 0 || ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &key) != SSH_OK ||
        ssh_pki_export_privkey_file(key, NULL, NULL, NULL, s->key_file) != SSH_OK ||
        ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &len) != SSH_OK)
        die("no key");
    text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, len);
    s->fingerprint = mem_strdup(text);
    ssh_string_free_char(text);
    ssh_clean_pubkey_hash(&hash);
    ssh_key_free(key);
    (void)close(fd);
}

struct sshlogin *sshlogin_start(const struct sshlogin_options *o)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct sshlogin *s = mem_alloc(sizeof(*s));
    socklen_t len = sizeof(at);

    s->o = *o;
    (void)ssh_init();
    make_key(s);
    s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s->listener < 0 || bind(s->listener, (struct sockaddr *)&at, len) < 0 ||
        listen(s->listener, SESSIONS_MAX) < 0 ||
        getsockname(s->listener, (struct sockaddr *)&at, &len) < 0)
        die("no socket");
    s->port = ntohs(at.sin_port);
    if (pthread_create(&s->acceptor, NULL, accept_all, s) != 0)
        die("no thread");
    return s;
}

void sshlogin_stop(struct sshlogin *s)
{
    (void)shutdown(s->listener, SHUT_RDWR);
    (void)pthread_join(s->acceptor, NULL);
    (void)close(s->listener);
    for (unsigned i = 0; i < s->nsessions; i++)
        (void)pthread_join(s->sessions[i], NULL);
    (void)unlink(s->key_file);
    free(s->key_file);
    free(s->fingerprint);
    free(s);
}

int sshlogin_port(const struct sshlogin *s)
{
    return s->port;
}

const char *sshlogin_fingerprint(const struct sshlogin *s)
{
    return s->fingerprint;
}

unsigned sshlogin_wrong(const struct sshlogin *s)
{
    return s->wrong;
}

unsigned sshlogin_good(const struct sshlogin *s)
{
    return s->good;
}
