#include "tests/support/rawserver.h"

#include "core/mem.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define REQUEST_MAX   8192
#define HUNG_MAX      64
#define TLS_HANDSHAKE 0x16

struct rawserver {
    int listener, stop[2], port;
    int hung[HUNG_MAX];
    size_t nhung;
    const void *reply;
    size_t len;
    bool hang;
    char request[REQUEST_MAX];
    pthread_t thread;
};

static int listen_on_loopback(int *port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(a);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&a, len) || listen(fd, 64) ||
        getsockname(fd, (struct sockaddr *)&a, &len))
        mem_die("rawserver: no socket");
    *port = ntohs(a.sin_port);
    return fd;
}

/* Until the blank line, the end of the connection or the end of the server. */
static void read_request(struct rawserver *s, int fd)
{
    size_t n = 0;

    while (n < REQUEST_MAX - 1) {
        struct pollfd p[2] = {{.fd = fd, .events = POLLIN}, {.fd = s->stop[0], .events = POLLIN}};
        ssize_t got;

        if (poll(p, 2, -1) < 0 || p[1].revents)
            return;
        got = read(fd, s->request + n, REQUEST_MAX - 1 - n);
        if (got <= 0)
            return;
        n += (size_t)got;
        s->request[n] = '\0';
        if (strstr(s->request, "\r\n\r\n") || s->request[0] == TLS_HANDSHAKE)
            return;
    }
}

static void serve(struct rawserver *s, int fd)
{
    size_t sent = 0;

    read_request(s, fd);
    while (sent < s->len) {
        ssize_t n = send(fd, (const char *)s->reply + sent, s->len - sent, MSG_NOSIGNAL);

        if (n <= 0)
            break;
        sent += (size_t)n;
    }
    if (s->hang && s->nhung < HUNG_MAX)
        s->hung[s->nhung++] = fd;
    else
        close(fd);
}

static void *run(void *arg)
{
    struct rawserver *s = arg;

    for (;;) {
        struct pollfd p[2] = {{.fd = s->listener, .events = POLLIN},
                              {.fd = s->stop[0], .events = POLLIN}};
        int fd;

        if (poll(p, 2, -1) < 0 || p[1].revents)
            return NULL;
        fd = accept(s->listener, NULL, NULL);
        if (fd >= 0)
            serve(s, fd);
    }
}

struct rawserver *rawserver_start(const void *reply, size_t len, bool hang)
{
    struct rawserver *s = mem_alloc(sizeof(*s));

    s->reply = reply;
    s->len = len;
    s->hang = hang;
    s->listener = listen_on_loopback(&s->port);
    if (pipe(s->stop) || pthread_create(&s->thread, NULL, run, s))
        mem_die("rawserver: no thread");
    return s;
}

int rawserver_port(const struct rawserver *s)
{
    return s->port;
}

char *rawserver_stop(struct rawserver *s)
{
    char *request;

    close(s->stop[1]);
    pthread_join(s->thread, NULL);
    for (size_t i = 0; i < s->nhung; i++)
        close(s->hung[i]);
    close(s->stop[0]);
    close(s->listener);
    request = mem_strdup(s->request);
    free(s);
    return request;
}

int rawserver_unused_port(void)
{
    int port;

    close(listen_on_loopback(&port));
    return port;
}
