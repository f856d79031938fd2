/*
 * A session on libssh2, driven by one poll handle. Login is a chain of steps, each of which is
 * called again until it no longer says EAGAIN. Commands are channels; three rules of the library
 * shape how they run:
 *
 * - Reading one channel takes packets of all channels off the socket, so after every wake-up all
 *   channels are asked until none makes progress: the socket would not call again for them. What
 *   comes between two of these questions is taken by the later one, and may answer the earlier one
 *   (`came_late`): then all are asked once more. So it is with the two streams of one channel.
 * - Only one channel can be in the middle of being opened or of starting its command: whoever waits
 *   for an answer takes that of another channel for a failure.
 * - A packet that was sent in part must be finished by the call that began it. The channel whose
 *   call it was is `stuck`, and nobody else sends until it went on.
 *
 * A channel whose command was given up is closed like any other, without a job; a peer that does
 * not answer the close loses the connection after a while.
 *
 * A session without commands must be read as well: the peer asks whether we are there, and says
 * when it goes. The library reads the socket only for a channel, so the last one that was closed is
 * kept to be read. Where there is none, the socket is watched for its end alone.
 */
#include <errno.h>
#include <netinet/tcp.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <uv.h>

#include "core/clock.h"
#include "core/known_hosts.h"
#include "core/mem.h"
#include "core/secret.h"
#include "core/ssh_libssh2.h"

#define WINDOW         (16u << 20) /* the default of 2 MiB is a third of the speed at 20 ms */
#define PACKET         32768
#define READ_MAX       (1u << 20) /* per wake-up, so that a flood leaves others their turn */
#define KEEPALIVE_MS   30000
#define CLOSE_GRACE_MS 5000
#define FREE_TRIES     1000

/* ---- the end ----------------------------------------------------------------------------------
 */

static void release_handle(uv_handle_t *handle)
{
    ssh_conn_unref(handle->data);
}

void ssh_conn_unref(struct ssh_conn *c)
{
    if (--c->refs)
        return;
    if (c->addresses)
        uv_freeaddrinfo(c->addresses);
    free(c);
}

static void channel_free(struct ssh_channel *ch)
{
    free(ch->line);
    free(ch);
}

static void free_channels(struct ssh_conn *c)
{
    c->opening = NULL;
    while (c->channels) {
        struct ssh_channel *ch = c->channels;

        c->channels = ch->next;
        if (ch->job)
            ch->job->impl = NULL;
        channel_free(ch);
    }
}

/* One try to say goodbye: the peer may not be there to hear it. The channels go with the session;
 * it would wait for each to be closed by the peer, if the socket still led anywhere. */
static void free_session(struct ssh_conn *c)
{
    if (c->state == CONN_READY && !c->stuck)
        (void)libssh2_session_disconnect(c->session, "bye");
    (void)shutdown(c->fd, SHUT_RDWR);
    for (int i = 0; i < FREE_TRIES; i++) {
        if (libssh2_session_free(c->session) != LIBSSH2_ERROR_EAGAIN)
            break;
    }
    c->session = NULL;
}

static void close_conn(void *impl)
{
    struct ssh_conn *c = impl;

    c->host = NULL;
    loop_timer_cancel(c->again);
    loop_timer_cancel(c->keepalive);
    c->again = c->keepalive = NULL;
    free_channels(c);
    if (c->session)
        free_session(c);
    ssh_conn_close_socket(c);
    if (c->resolving)
        (void)uv_cancel((uv_req_t *)&c->resolver);
    ssh_conn_unref(c);
}

static void poll_closed(uv_handle_t *handle)
{
    release_handle(handle);
    free(handle);
}

void ssh_conn_close_socket(struct ssh_conn *c)
{
    if (c->poll) {
        uv_close((uv_handle_t *)c->poll, poll_closed);
        c->poll = NULL;
    }
    if (c->fd >= 0)
        (void)close(c->fd);
    c->fd = -1;
}

/* ---- channels ---------------------------------------------------------------------------------
 */

static bool is_sending(const struct ssh_conn *c)
{
    return libssh2_session_block_directions(c->session) & LIBSSH2_SESSION_BLOCK_OUTBOUND;
}

static void channel_unlink(struct ssh_conn *c, struct ssh_channel *ch)
{
    struct ssh_channel **p = &c->channels;

    while (*p != ch)
        p = &(*p)->next;
    *p = ch->next;
    if (c->opening == ch)
        c->opening = NULL;
}

/* The channel has nobody to report to any more: close it, or forget it when there is none. */
static void channel_give_up(struct ssh_channel *ch)
{
    ch->job = NULL;
    ch->given_up_ms = clock_mono_ms();
    /* Not freed here: somebody may be walking over the channels. */
    if (ch->state == CHANNEL_WAITING)
        ch->state = CHANNEL_OVER;
    else if (ch->state > CHANNEL_OPENING && !ch->asked)
        ch->state = CHANNEL_CLOSING;
}

static enum ssh_went channel_failed(struct ssh_conn *c, int rc)
{
    struct err err = {0};
    char *why = NULL;

    (void)libssh2_session_last_error(c->session, &why, NULL, 0);
    err_set(&err, ERR_NET, rc, "the SSH session with '%s:%d' broke: %s", c->host->target.host,
            c->host->target.port, why && *why ? why : "no reason given");
    ssh_host_lost(c->host, &err, SSH_LOSS_FINAL, NULL);
    return WENT_GONE;
}

/* The command is not run, but the session is fine. */
static enum ssh_went channel_refused(struct ssh_conn *c, struct ssh_channel *ch, const char *what)
{
    struct ssh_job *job = ch->job;
    struct err err = {0};

    if (ch->state > CHANNEL_OPENING) {
        channel_give_up(ch);
    } else {
        channel_unlink(c, ch);
        channel_free(ch);
    }
    if (!job)
        return WENT_ON;
    job->impl = NULL;
    err_set(&err, ERR_DENIED, 0, "'%s:%d' refused to %s", c->host->target.host,
            c->host->target.port, what);
    ssh_job_done(job, -1, &err);
    return WENT_ON;
}

static bool is_fatal(int rc)
{
    return rc != LIBSSH2_ERROR_CHANNEL_FAILURE && rc != LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED;
}

static enum ssh_went channel_open(struct ssh_conn *c, struct ssh_channel *ch)
{
    int rc;

    if (c->opening && c->opening != ch)
        return WENT_BLOCKED;
    c->opening = ch;
    ch->state = CHANNEL_OPENING;
    ch->channel = libssh2_channel_open_ex(c->session, "session", sizeof("session") - 1, WINDOW,
                                          PACKET, NULL, 0);
    if (ch->channel) {
        ch->state = CHANNEL_EXEC;
        return WENT_ON;
    }
    rc = libssh2_session_last_errno(c->session);
    if (rc == LIBSSH2_ERROR_EAGAIN)
        return WENT_BLOCKED;
    return is_fatal(rc) ? channel_failed(c, rc) : channel_refused(c, ch, "open a channel");
}

static enum ssh_went channel_exec(struct ssh_conn *c, struct ssh_channel *ch)
{
    int rc;

    ch->asked = true;
    rc = libssh2_channel_process_startup(ch->channel, "exec", 4, ch->line,
                                         (unsigned)strlen(ch->line));
    if (rc == LIBSSH2_ERROR_EAGAIN)
        return WENT_BLOCKED;
    ch->asked = false;
    c->opening = NULL;
    if (rc)
        return is_fatal(rc) ? channel_failed(c, rc) : channel_refused(c, ch, "run a command");
    ch->state = ch->job ? CHANNEL_READING : CHANNEL_CLOSING;
    return WENT_ON;
}

/* One of the two streams. */
static enum ssh_went read_stream(struct ssh_conn *c, struct ssh_channel *ch, int stream)
{
    char buf[65536];
    ssize_t n = libssh2_channel_read_ex(ch->channel, stream, buf, sizeof(buf));

    if (n == LIBSSH2_ERROR_EAGAIN || n == 0)
        return WENT_BLOCKED;
    if (n < 0)
        return channel_failed(c, (int)n);
    c->taken += (size_t)n;
    if (stream) {
        ssh_job_errout(ch->job, buf, (size_t)n);
    } else if (ssh_job_output(ch->job, buf, (size_t)n) < 0) {
        struct ssh_job *job = ch->job;

        channel_give_up(ch);
        job->impl = NULL;
        ssh_job_done(job, -1, NULL);
    }
    return WENT_ON;
}

static enum ssh_went channel_read(struct ssh_conn *c, struct ssh_channel *ch)
{
    enum ssh_went out = read_stream(c, ch, 0), err;

    if (out == WENT_GONE || !ch->job || is_sending(c))
        return out;
    err = read_stream(c, ch, SSH_EXTENDED_DATA_STDERR);
    if (err != WENT_BLOCKED)
        return err;
    if (out == WENT_BLOCKED && libssh2_channel_eof(ch->channel)) {
        ch->state = CHANNEL_CLOSING;
        return WENT_ON;
    }
    return out;
}

/* Where the window has become narrow, reading would widen it: of a channel that the peer has
 * forgotten. */
static bool is_good_to_listen(LIBSSH2_CHANNEL *channel)
{
    return libssh2_channel_window_read_ex(channel, NULL, NULL) > WINDOW / 4 * 3;
}

/* @channel is closed; it is freed now, or as the one to be read when there is nothing to do. */
static int release_channel(struct ssh_conn *c, LIBSSH2_CHANNEL *channel)
{
    int rc;

    if (!is_good_to_listen(channel))
        return libssh2_channel_free(channel);
    rc = c->listening ? libssh2_channel_free(c->listening) : 0;
    if (rc != LIBSSH2_ERROR_EAGAIN)
        c->listening = channel;
    return rc;
}

/* Nobody reads the socket for a command. */
static enum ssh_went listen_to_peer(struct ssh_conn *c)
{
    char byte;
    ssize_t rc = libssh2_channel_read_ex(c->listening, 0, &byte, 1);

    return rc < 0 && rc != LIBSSH2_ERROR_EAGAIN ? channel_failed(c, (int)rc) : WENT_BLOCKED;
}

/* ---- how a command ended ----------------------------------------------------------------------
 *
 * libssh2 gives 0 for a command that ended well, and for one of which the peer never said how it
 * ended, because the session died under it: half of an answer would count as all of it. It has no
 * way to ask, but it frees each packet, by our function: there packets that say it are seen
 * (RFC 4254, 6.10), and those that open a channel, which have its number (5.1). Should a version of
 * the library free something else, nothing is ever seen, and status 0 stands.
 */

static atomic_bool packets_are_seen;

static uint32_t number_at(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* A string in a packet. */
static bool is_text(const unsigned char *p, const char *text)
{
    size_t len = strlen(text);

    return number_at(p) == len && memcmp(p + 4, text, len) == 0;
}

void ssh_conn_see_packet(struct ssh_conn *c, const void *packet, size_t size)
{
    enum { CHANNEL_OPEN = 90, CHANNEL_REQUEST = 98, ENOUGH = 20 };
    const unsigned char *p = packet;

    if (size < ENOUGH)
        return;
    if (p[0] == CHANNEL_OPEN && c->opening && is_text(p + 1, "session")) {
        c->opening->numbered = true;
        c->opening->number = number_at(p + 12);
    }
    if (p[0] != CHANNEL_REQUEST ||
        (!is_text(p + 5, "exit-status") && !is_text(p + 5, "exit-signal")))
        return;
    atomic_store(&packets_are_seen, true);
    for (struct ssh_channel *ch = c->channels; ch; ch = ch->next)
        ch->answered = ch->answered || (ch->numbered && ch->number == number_at(p + 1));
}

static int exit_status(const struct ssh_channel *ch)
{
    char *name = NULL;
    size_t len = 0;
    int status = libssh2_channel_get_exit_status(ch->channel);

    (void)libssh2_channel_get_exit_signal(ch->channel, &name, &len, NULL, NULL, NULL, NULL);
    free(name);
    if (ch->numbered && !ch->answered && atomic_load(&packets_are_seen))
        return -1;
    return len ? -1 : status;
}

static enum ssh_went channel_close(struct ssh_conn *c, struct ssh_channel *ch)
{
    struct ssh_job *job = ch->job;
    int rc, status;

    /* The end of the output may come before the status: who closes now is told none. */
    if (job && libssh2_channel_eof(ch->channel) &&
        libssh2_channel_wait_closed(ch->channel) == LIBSSH2_ERROR_EAGAIN)
        return WENT_BLOCKED;
    rc = libssh2_channel_close(ch->channel);
    if (rc == LIBSSH2_ERROR_EAGAIN)
        return WENT_BLOCKED;
    status = exit_status(ch);
    if (release_channel(c, ch->channel) == LIBSSH2_ERROR_EAGAIN)
        return WENT_BLOCKED;
    channel_unlink(c, ch);
    channel_free(ch);
    if (job) {
        job->impl = NULL;
        ssh_job_done(job, status, NULL);
    }
    return WENT_ON;
}

static enum ssh_went channel_step(struct ssh_conn *c, struct ssh_channel *ch)
{
    switch (ch->state) {
    case CHANNEL_WAITING:
    case CHANNEL_OPENING:
        return channel_open(c, ch);
    case CHANNEL_EXEC:
        if (!ch->job && !ch->asked) {
            c->opening = NULL;
            ch->state = CHANNEL_CLOSING;
            return WENT_ON;
        }
        return channel_exec(c, ch);
    case CHANNEL_READING:
        return channel_read(c, ch);
    case CHANNEL_CLOSING:
        return channel_close(c, ch);
    case CHANNEL_OVER:
        channel_unlink(c, ch);
        channel_free(ch);
        return WENT_ON;
    }
    return WENT_BLOCKED;
}

/* All channels once. WENT_ON: ask again. */
static enum ssh_went channels_step(struct ssh_conn *c)
{
    enum ssh_went went = WENT_BLOCKED;
    struct ssh_channel *ch = c->stuck ? c->stuck : c->channels;

    while (ch) {
        struct ssh_channel *next = ch->next, *was = ch;
        bool stuck = c->stuck == ch;
        enum ssh_went one;

        c->stuck = NULL;
        one = channel_step(c, ch);
        if (one == WENT_GONE)
            return WENT_GONE;
        if (one == WENT_ON)
            went = WENT_ON;
        if (one == WENT_BLOCKED && is_sending(c)) {
            c->stuck = was;
            return WENT_BLOCKED;
        }
        ch = stuck ? c->channels : next;
    }
    return went;
}

/* A peer that does not answer a close keeps a dead channel; it is not worth keeping. */
static bool has_dead_channel(const struct ssh_conn *c)
{
    int64_t now = clock_mono_ms();

    for (const struct ssh_channel *ch = c->channels; ch; ch = ch->next) {
        if (!ch->job && now - ch->given_up_ms > CLOSE_GRACE_MS)
            return true;
    }
    return false;
}

/* ---- driving ----------------------------------------------------------------------------------
 */

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct ssh_conn *c = poll->data;

    if (status < 0) /* it has stopped watching */
        c->events = 0;
    if ((events & UV_DISCONNECT) && !c->channels && !c->listening)
        (void)channel_failed(c, 0);
    else
        ssh_conn_run(c);
}

static void on_again(void *arg)
{
    struct ssh_conn *c = arg;

    c->again = NULL;
    ssh_conn_run(c);
}

static void run_again(struct ssh_conn *c)
{
    if (!c->again)
        c->again = loop_timer(c->host->ssh->loop, 0, on_again, c);
}

/* Without this the server's small writes wait for our delayed acknowledgement: 40 ms a command. */
static void acknowledge_at_once(const struct ssh_conn *c)
{
    int one = 1;

    (void)setsockopt(c->fd, IPPROTO_TCP, TCP_QUICKACK, &one, sizeof(one));
}

static void wait_for_socket(struct ssh_conn *c)
{
    int events = UV_READABLE;

    if (c->state == CONN_CONNECTING)
        events = UV_WRITABLE;
    else if (c->state == CONN_READY && !c->channels && !c->listening)
        events = UV_DISCONNECT;
    else if (is_sending(c))
        events |= UV_WRITABLE;
    if (c->state != CONN_CONNECTING)
        acknowledge_at_once(c);
    /* Beginning to watch anew what is watched already costs two system calls a packet. */
    if (events != c->events)
        (void)uv_poll_start(c->poll, events, on_poll);
    c->events = events;
}

static enum ssh_went ask_all(struct ssh_conn *c)
{
    enum ssh_went went;

    c->told_nothing = c->came_late = false;
    went = c->state == CONN_READY ? channels_step(c) : ssh_conn_login_step(c);
    return went == WENT_BLOCKED && c->came_late ? WENT_ON : went;
}

void ssh_conn_run(struct ssh_conn *c)
{
    enum ssh_went went;

    c->taken = 0;
    do {
        went = ask_all(c);
    } while (went == WENT_ON && c->taken < READ_MAX);
    if (went == WENT_BLOCKED && c->state == CONN_READY && !c->channels && c->listening)
        went = listen_to_peer(c);
    if (went == WENT_GONE)
        return;
    if (went == WENT_ON)
        run_again(c);
    if (c->poll)
        wait_for_socket(c);
}

static void on_keepalive(void *arg)
{
    struct ssh_conn *c = arg;
    int next = 0;

    c->keepalive = NULL;
    if (has_dead_channel(c)) {
        (void)channel_failed(c, 0);
        return;
    }
    if (!c->stuck && clock_mono_ms() - c->alive_ms >= KEEPALIVE_MS) {
        c->alive_ms = clock_mono_ms();
        (void)libssh2_keepalive_send(c->session, &next);
    }
    c->keepalive = loop_timer(c->host->ssh->loop, CLOSE_GRACE_MS, on_keepalive, c);
}

void ssh_conn_logged_in(struct ssh_conn *c)
{
    c->state = CONN_READY;
    c->alive_ms = clock_mono_ms();
    /* No answer is wanted: the library would keep each of them until the session ends. */
    libssh2_keepalive_config(c->session, 0, KEEPALIVE_MS / 1000);
    c->keepalive = loop_timer(c->host->ssh->loop, CLOSE_GRACE_MS, on_keepalive, c);
    ssh_host_connected(c->host);
}

/* ---- the transport ----------------------------------------------------------------------------
 */

static void *open_conn(struct ssh_host *h)
{
    struct ssh_conn *c = mem_alloc(sizeof(*c));

    ssh_library_load();
    c->host = h;
    c->fd = -1;
    c->refs = 1;
    ssh_conn_resolve(c);
    return c;
}

static void start(void *impl, struct ssh_job *job)
{
    struct ssh_conn *c = impl;
    struct ssh_channel *ch = mem_alloc(sizeof(*ch)), **tail = &c->channels;

    ch->job = job;
    ch->line = mem_strdup(job->line);
    job->impl = ch;
    while (*tail)
        tail = &(*tail)->next;
    *tail = ch;
    run_again(c);
}

static void stop(void *impl, struct ssh_job *job)
{
    struct ssh_conn *c = impl;

    channel_give_up(job->impl);
    job->impl = NULL;
    run_again(c);
}

const struct ssh_backend ssh_libssh2 = {"libssh2", open_conn, close_conn, start, stop, false};
