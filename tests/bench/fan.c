/*
 * One command on many hosts at once, and nothing else: what `make bench T=ssh` compares.
 *
 *   bench-fan core|bare KEY KNOWN_HOSTS PORT HOSTS ROUNDS FILE COMMAND
 *
 * Hosts are 127.0.0.1 and on. Every output must be FILE, byte for byte, or the program fails; hosts
 * of the last HOSTS_HANG (environment) may fail: they are asked at PORT_HANG. For each round a
 * line: wall seconds to the last host that does not hang, CPU seconds of all. "core" is core/ssh.h
 * as the console uses it. "bare" is the least that libssh2 can do: one loop, no host key check, no
 * limits, no second transport.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <libssh2.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/loop.h"
#include "core/mem.h"
#include "core/ssh.h"
#include "core/text.h"

#define WINDOW    (16u << 20)
#define HOSTS_MAX 1000

struct job {
    const char *key, *known_hosts, *command;
    int port, hang_port;
    unsigned hosts, rounds, hanging; /* the last @hanging ones may fail */
    const char *want;                /* what each host must say */
    size_t len;
};

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static double now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* This process and those that ended. */
static double cpu(void)
{
    struct rusage self, children;

    (void)getrusage(RUSAGE_SELF, &self);
    (void)getrusage(RUSAGE_CHILDREN, &children);
    return seconds(self.ru_utime) + seconds(self.ru_stime) + seconds(children.ru_utime) +
           seconds(children.ru_stime);
}

static void die(const char *what, const char *why)
{
    (void)fprintf(stderr, "bench-fan: %s: %s\n", what, why);
    exit(1);
}

static void address(char *out, size_t size, unsigned i)
{
    (void)snprintf(out, size, "127.0.%u.%u", (i + 1) / 256, (i + 1) % 256);
}

/* ---- core --------------------------------------------------------------------------------------
 */

struct core_host {
    const struct job *job;
    struct ssh_host *host;
    struct loop *loop;
    unsigned *waiting;
    double *last; /* when the last one that may not fail was done */
    size_t got;
    bool wrong, may_fail;
};

static int core_output(void *arg, const char *data, size_t len)
{
    struct core_host *h = arg;

    if (h->got + len > h->job->len || memcmp(h->job->want + h->got, data, len) != 0)
        h->wrong = true;
    h->got += len;
    return 0;
}

static void core_done(void *arg, struct ssh_result *r)
{
    struct core_host *h = arg;

    if (!h->may_fail &&
        (r->err.kind != ERR_NONE || r->exit_status || h->wrong || h->got != h->job->len))
        die("a host said something else", r->err.msg);
    if (!h->may_fail)
        *h->last = now();
    if (--*h->waiting == 0)
        loop_stop(h->loop);
}

static void core_round(struct core_host *hosts, const struct job *job, struct loop *loop,
                       unsigned *waiting)
{
    double wall = now(), used = cpu();

    for (unsigned i = 0; i < job->hosts; i++) {
        struct ssh_command c = {
            .line = job->command, .timeout_ms = 60000, .on_output = core_output};

        hosts[i].got = 0;
        ++*waiting;
        ssh_exec(hosts[i].host, &c, core_done, &hosts[i]);
    }
    /* The loop has nothing to wait for once all are done. */
    loop_run(loop);
    printf("%.6f %.6f\n", *hosts[0].last - wall, cpu() - used);
}

static void run_core(const struct job *job)
{
    struct core_host *hosts = mem_array(job->hosts, sizeof(*hosts));
    struct loop *loop = loop_new();
    struct ssh *ssh = ssh_pool_new(loop);
    unsigned waiting = 0;
    double last = 0;

    for (unsigned i = 0; i < job->hosts; i++) {
        char host[32];

        address(host, sizeof(host), i);
        hosts[i] = (struct core_host){.job = job,
                                      .loop = loop,
                                      .waiting = &waiting,
                                      .last = &last,
                                      .may_fail = i + job->hanging >= job->hosts};
        hosts[i].host = ssh_host_new(
            ssh, &(struct ssh_target){.host = host,
                                      .port = hosts[i].may_fail ? job->hang_port : job->port,
                                      .user = "root",
                                      .key_file = job->key,
                                      .known_hosts = job->known_hosts,
                                      .connect_timeout_ms = 3000,
                                      .transport = SSH_LIBSSH2});
    }
    for (unsigned r = 0; r < job->rounds; r++)
        core_round(hosts, job, loop, &waiting);
    for (unsigned i = 0; i < job->hosts; i++)
        ssh_host_free(hosts[i].host);
    ssh_pool_free(ssh);
    loop_free(loop);
    free(hosts);
}

/* ---- bare --------------------------------------------------------------------------------------
 */

enum bare_state {
    BARE_HANDSHAKE,
    BARE_AUTH,
    BARE_OPEN,
    BARE_EXEC,
    BARE_READ,
    BARE_CLOSE,
    BARE_OVER
};

struct bare_host {
    int fd;
    enum bare_state state;
    LIBSSH2_SESSION *session;
    LIBSSH2_CHANNEL *channel;
    size_t got;
};

static void bare_connect(struct bare_host *h, const struct job *job, unsigned i, int poller)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)job->port)};
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = h};

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK + i);
    h->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (h->fd < 0 || connect(h->fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
        fcntl(h->fd, F_SETFL, O_NONBLOCK) < 0 ||
        epoll_ctl(poller, EPOLL_CTL_ADD, h->fd, &event) < 0)
        die("bare", "no connection");
    h->session = libssh2_session_init();
    libssh2_session_set_blocking(h->session, 0);
    h->state = BARE_HANDSHAKE;
}

static int bare_read(struct bare_host *h, const struct job *job)
{
    static char piece[1u << 18];
    ssize_t n;

    while ((n = libssh2_channel_read(h->channel, piece, sizeof(piece))) > 0) {
        if (h->got + (size_t)n > job->len || memcmp(job->want + h->got, piece, (size_t)n) != 0)
            die("bare", "a host said something else");
        h->got += (size_t)n;
    }
    if (n < 0)
        return (int)n;
    return libssh2_channel_eof(h->channel) ? 0 : LIBSSH2_ERROR_EAGAIN;
}

/* One step: 0, LIBSSH2_ERROR_EAGAIN or an error. */
static int bare_step(struct bare_host *h, const struct job *job)
{
    switch (h->state) {
    case BARE_HANDSHAKE:
        return libssh2_session_handshake(h->session, h->fd);
    case BARE_AUTH:
        return libssh2_userauth_publickey_fromfile(h->session, "root", NULL, job->key, NULL);
    case BARE_OPEN:
        h->channel = libssh2_channel_open_ex(h->session, "session", 7, WINDOW,
                                             LIBSSH2_CHANNEL_PACKET_DEFAULT, NULL, 0);
        return h->channel ? 0 : libssh2_session_last_errno(h->session);
    case BARE_EXEC:
        return libssh2_channel_exec(h->channel, job->command);
    case BARE_READ:
        return bare_read(h, job);
    case BARE_CLOSE:
        return libssh2_channel_free(h->channel);
    default:
        return LIBSSH2_ERROR_EAGAIN;
    }
}

/* true: this round is over for it. */
static bool bare_advance(struct bare_host *h, const struct job *job)
{
    int one = 1, rc;

    while (h->state != BARE_OVER && (rc = bare_step(h, job)) != LIBSSH2_ERROR_EAGAIN) {
        if (rc < 0)
            die("bare", "libssh2 failed");
        h->state++;
    }
    (void)setsockopt(h->fd, IPPROTO_TCP, TCP_QUICKACK, &one, sizeof(one));
    return h->state == BARE_OVER;
}

static void bare_round(struct bare_host *hosts, const struct job *job, int poller)
{
    double wall = now(), used = cpu();
    unsigned left = job->hosts;

    for (unsigned i = 0; i < job->hosts; i++) {
        hosts[i].got = 0;
        if (!hosts[i].session)
            bare_connect(&hosts[i], job, i, poller);
        else
            hosts[i].state = BARE_OPEN;
        left -= bare_advance(&hosts[i], job);
    }
    while (left) {
        struct epoll_event events[64];
        int n = epoll_wait(poller, events, 64, 60000);

        if (n <= 0)
            die("bare", "nothing comes");
        for (int i = 0; i < n; i++) {
            struct bare_host *h = events[i].data.ptr;

            if (h->state != BARE_OVER)
                left -= bare_advance(h, job);
        }
    }
    for (unsigned i = 0; i < job->hosts; i++) {
        if (hosts[i].got != job->len)
            die("bare", "an output is not whole");
    }
    printf("%.6f %.6f\n", now() - wall, cpu() - used);
}

static void run_bare(const struct job *job)
{
    struct bare_host *hosts = mem_array(job->hosts, sizeof(*hosts));
    int poller = epoll_create1(EPOLL_CLOEXEC);

    (void)libssh2_init(0);
    for (unsigned r = 0; r < job->rounds; r++)
        bare_round(hosts, job, poller);
    for (unsigned i = 0; i < job->hosts; i++) {
        libssh2_session_free(hosts[i].session);
        (void)close(hosts[i].fd);
    }
    (void)close(poller);
    free(hosts);
}

/* ---- both --------------------------------------------------------------------------------------
 */

static int64_t number(const char *text, int64_t max)
{
    int64_t v;

    if (text_to_i64(text, 0, max, &v) < 0)
        die("no number", text);
    return v;
}

int main(int argc, char **argv)
{
    const char *hanging = getenv("HOSTS_HANG"), *hang_port = getenv("PORT_HANG");
    struct stat st;
    struct job job;
    int fd;

    if (argc != 9)
        die("usage", "core|bare KEY KNOWN_HOSTS PORT HOSTS ROUNDS FILE COMMAND");
    fd = open(argv[7], O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0)
        die("cannot read", argv[7]);
    job = (struct job){.key = argv[2],
                       .known_hosts = argv[3],
                       .port = (int)number(argv[4], 65535),
                       .hosts = (unsigned)number(argv[5], HOSTS_MAX),
                       .rounds = (unsigned)number(argv[6], 1000),
                       .hanging = hanging ? (unsigned)number(hanging, HOSTS_MAX) : 0,
                       .hang_port = hang_port ? (int)number(hang_port, 65535) : 0,
                       .command = argv[8],
                       .len = (size_t)st.st_size};
    job.want = job.len ? mmap(NULL, job.len, PROT_READ, MAP_PRIVATE, fd, 0) : "";
    if (job.want == MAP_FAILED)
        die("cannot read", argv[7]);
    if (strcmp(argv[1], "core") == 0)
        run_core(&job);
    else
        run_bare(&job);
    return 0;
}
