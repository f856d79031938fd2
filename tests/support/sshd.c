#include "tests/support/sshd.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/err.h"
#include "core/file.h"
#include "core/known_hosts.h"
#include "core/mem.h"
#include "core/strbuf.h"

#define SSHD         "/usr/sbin/sshd"
#define SESSIONS_MAX 256

extern char **environ;

struct sshd {
    char *dir, *config, *known_hosts, *fingerprint, *keys[2];
    int listener, port;
    pthread_t thread;
    pthread_mutex_t lock;
    pid_t sessions[SESSIONS_MAX];
    unsigned nsessions;
    atomic_uint connections;
};

bool sshd_is_there(void)
{
    return geteuid() == 0 && access(SSHD, X_OK) == 0;
}

static void run(const char *const *argv)
{
    pid_t pid;
    int status;

    if (posix_spawnp(&pid, argv[0], NULL, NULL, (char **)(uintptr_t)argv, environ) != 0 ||
        waitpid(pid, &status, 0) < 0 || status != 0) {
        (void)fprintf(stderr, "%s failed\n", argv[0]);
        abort();
    }
}

static char *make_key(const struct sshd *s, const char *name, const char *type)
{
    char *path = mem_printf("%s/%s", s->dir, name);
    const char *const argv[] = {"ssh-keygen", "-q",   "-t", type, "-N", "",
                                "-C",         "test", "-f", path, NULL};

    run(argv);
    return path;
}

static void write_file(const char *path, const char *text)
{
    struct err err = {0};

    if (file_write_atomic(path, text, strlen(text), 0600, &err) < 0) {
        (void)fprintf(stderr, "%s\n", err.msg);
        abort();
    }
}

static char *read_file(const char *path)
{
    struct strbuf text = STRBUF_INIT;
    struct err err = {0};

    if (file_read(path, 1 << 20, &text, &err) < 0)
        abort();
    return strbuf_detach(&text);
}

/* "TYPE BASE64 COMMENT" */
static char *read_fingerprint(const char *pub)
{
    const char *key = strchr(pub, ' ') + 1;
    size_t n = strcspn(key, " ");
    uint8_t blob[4096];
    char print[64];
    int len;

    assert(n < sizeof(blob));
    len = EVP_DecodeBlock(blob, (const unsigned char *)key, (int)n);
    while (n && key[n - 1] == '=') {
        n--;
        len--;
    }
    known_hosts_fingerprint(blob, (size_t)len, print);
    return mem_strdup(print);
}

static void let_in(struct sshd *s, const char *key)
{
    char *path = mem_printf("%s.pub", key), *pub = read_file(path), *all, *old;

    free(path);
    path = mem_printf("%s/authorized", s->dir);
    old = access(path, R_OK) == 0 ? read_file(path) : mem_strdup("");
    all = mem_printf("%s%s", old, pub);
    write_file(path, all);
    free(path);
    free(old);
    free(all);
    free(pub);
}

static void make_files(struct sshd *s, const struct sshd_options *o)
{
    char *host = make_key(s, "host", o->host_key ? o->host_key : "ed25519"), *pub, *path, *text;

    s->keys[0] = make_key(s, "user", "ed25519");
    let_in(s, s->keys[0]);
    /* SHLVL: a bash that is not the first one reads no ~/.bashrc of the machine. */
    text = mem_printf("HostKey %s\nAuthorizedKeysFile %s/authorized\nStrictModes no\nUsePAM no\n"
                      "PermitRootLogin yes\nPasswordAuthentication no\n"
                      "KbdInteractiveAuthentication no\nMaxSessions 20\nSetEnv SHLVL=5\n%s\n",
                      host, s->dir, o->config ? o->config : "");
    s->config = mem_printf("%s/config", s->dir);
    write_file(s->config, text);
    free(text);
    path = mem_printf("%s.pub", host);
    pub = read_file(path);
    s->fingerprint = read_fingerprint(pub);
    s->known_hosts = mem_printf("%s/known_hosts", s->dir);
    text = mem_printf("not a line\n[127.0.0.1]:%d %s", s->port, pub);
    write_file(s->known_hosts, text);
    free(text);
    free(pub);
    free(path);
    free(host);
}

static void serve(struct sshd *s, int fd)
{
    const char *const argv[] = {SSHD, "-i", "-e", "-f", s->config, NULL};
    posix_spawn_file_actions_t files;
    pid_t pid;

    (void)posix_spawn_file_actions_init(&files);
    (void)posix_spawn_file_actions_adddup2(&files, fd, 0);
    (void)posix_spawn_file_actions_adddup2(&files, fd, 1);
    (void)posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
    (void)pthread_mutex_lock(&s->lock);
    if (s->nsessions < SESSIONS_MAX &&
        posix_spawn(&pid, SSHD, &files, NULL, (char **)(uintptr_t)argv, environ) == 0)
        s->sessions[s->nsessions++] = pid;
    (void)pthread_mutex_unlock(&s->lock);
    (void)posix_spawn_file_actions_destroy(&files);
    (void)close(fd);
}

static void *accept_all(void *arg)
{
    struct sshd *s = arg;

    for (;;) {
        int fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC);

        if (fd < 0 && errno != ECONNABORTED)
            return NULL;
        s->connections++;
        serve(s, fd);
    }
}

struct sshd *sshd_start(const struct sshd_options *o)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    static const struct sshd_options none;
    struct sshd *s = mem_alloc(sizeof(*s));
    socklen_t len = sizeof(at);

    (void)mkdir("/run/sshd", 0755); /* sshd refuses to start without it */
    s->dir = mem_strdup("/tmp/hycon-sshd-XXXXXX");
    s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (!mkdtemp(s->dir) || s->listener < 0 || bind(s->listener, (struct sockaddr *)&at, len) < 0 ||
        listen(s->listener, 256) < 0 || getsockname(s->listener, (struct sockaddr *)&at, &len) < 0)
        abort();
    s->port = ntohs(at.sin_port);
    (void)pthread_mutex_init(&s->lock, NULL);
    make_files(s, o ? o : &none);
    if (pthread_create(&s->thread, NULL, accept_all, s) != 0)
        abort();
    return s;
}

/* A signal that comes just before sshd waits is noticed with the next thing that happens: it is
 * sent until somebody is gone. */
static void end_session(pid_t pid)
{
    const struct timespec pause = {.tv_nsec = 20000000};

    for (int i = 0; waitpid(pid, NULL, WNOHANG) == 0; i++) {
        (void)kill(pid, i < 50 ? SIGTERM : SIGKILL);
        (void)nanosleep(&pause, NULL);
    }
}

/* sshd's own children, which hold the session, end with their connection; killing the first
 * process closes it. */
void sshd_drop_sessions(struct sshd *s)
{
    (void)pthread_mutex_lock(&s->lock);
    for (unsigned i = 0; i < s->nsessions; i++)
        end_session(s->sessions[i]);
    s->nsessions = 0;
    (void)pthread_mutex_unlock(&s->lock);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

void sshd_stop(struct sshd *s)
{
    (void)shutdown(s->listener, SHUT_RDWR);
    (void)pthread_join(s->thread, NULL);
    (void)close(s->listener);
    sshd_drop_sessions(s);
    (void)nftw(s->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(s->dir);
    free(s->config);
    free(s->known_hosts);
    free(s->fingerprint);
    free(s->keys[0]);
    free(s->keys[1]);
    free(s);
}

int sshd_port(const struct sshd *s)
{
    return s->port;
}

unsigned sshd_connections(const struct sshd *s)
{
    return s->connections;
}

const char *sshd_known_hosts(const struct sshd *s)
{
    return s->known_hosts;
}

const char *sshd_fingerprint(const struct sshd *s)
{
    return s->fingerprint;
}

const char *sshd_user_key(struct sshd *s, const char *type)
{
    if (strcmp(type, "rsa") != 0)
        return s->keys[0];
    if (!s->keys[1]) { /* made when it is asked for: it takes a second */
        s->keys[1] = make_key(s, "user-rsa", "rsa");
        let_in(s, s->keys[1]);
    }
    return s->keys[1];
}
