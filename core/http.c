/*
 * libcurl's multi handle on the loop. libcurl says which sockets and which one timer it waits for;
 * libuv watches them and wakes libcurl up; what has finished is collected afterwards, outside of
 * every libcurl call, so that callbacks may send and cancel as they like.
 *
 * A struct http_transfer is in exactly one of three rings: `active` while libcurl has it, `held`
 * while the way to the server is being made, `failed` when it could not even start. The last kind
 * is reported by a timer of zero milliseconds, because http_send() never calls back.
 *
 * libuv handles live until the loop has turned once more: watched sockets and the timer are freed
 * by their close callbacks, and struct http with the timer it holds.
 */
#include "core/http_priv.h"

#include "core/loop.h"
#include "core/mem.h"

#include <stdlib.h>
#include <uv.h>

#define CONNECTIONS_KEPT 64L
#define CONNECTIONS_MAX  2048L /* open sessions, design limit */

struct http {
    struct loop *loop;
    CURLM *multi; /* NULL: nothing was asked yet */
    uv_timer_t timer;
    struct http_transfer active, held, failed; /* heads of rings */
    struct loop_timer *report;                 /* pending report of `failed` */
    uint64_t last_id;
};

struct watched {
    uv_poll_t poll;
    struct http *http;
    curl_socket_t fd;
};

/* ---- rings ------------------------------------------------------------------------------------
 */

static void ring_init(struct http_transfer *head)
{
    head->prev = head->next = head;
}

static void ring_append(struct http_transfer *head, struct http_transfer *t)
{
    t->prev = head->prev;
    t->next = head;
    t->prev->next = t;
    head->prev = t;
}

static void ring_remove(struct http_transfer *t)
{
    t->prev->next = t->next;
    t->next->prev = t->prev;
}

static struct http_transfer *ring_first(struct http_transfer *head)
{
    return head->next == head ? NULL : head->next;
}

/* ---- the end of a transfer --------------------------------------------------------------------
 */

static void finish(struct http_transfer *t)
{
    ring_remove(t);
    if (t->added)
        curl_multi_remove_handle(t->http->multi, t->easy);
    http_easy_close(t);
    t->done(t->arg, &t->reply);
    http_reply_release(&t->reply);
    free(t);
}

static void finish_cancelled(struct http_transfer *t)
{
    err_set(&t->reply.err, ERR_CANCEL, 0, "cancelled");
    finish(t);
}

static void collect_finished(struct http *h)
{
    CURLMsg *msg;
    int left;

    while ((msg = curl_multi_info_read(h->multi, &left))) {
        struct http_transfer *t = NULL;
        CURLcode code = msg->data.result;

        if (msg->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &t);
        http_error_set(t, code);
        finish(t);
    }
}

static void report_failed(void *arg)
{
    struct http *h = arg;
    struct http_transfer *last = h->failed.prev, *t;
    bool more = true;

    h->report = NULL;
    /* Not those that a callback adds meanwhile. */
    while (more && (t = ring_first(&h->failed))) {
        more = t != last;
        finish(t);
    }
}

/* ---- libcurl's view of the loop ---------------------------------------------------------------
 */

static void on_timer(uv_timer_t *timer)
{
    struct http *h = timer->data;
    int running;

    curl_multi_socket_action(h->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    collect_finished(h);
}

static int set_timer(CURLM *multi, long ms, void *arg)
{
    struct http *h = arg;

    (void)multi;
    if (ms < 0) {
        uv_timer_stop(&h->timer);
        return 0;
    }
    uv_update_time(loop_uv(h->loop));
    uv_timer_start(&h->timer, on_timer, (uint64_t)ms, 0);
    return 0;
}

static void on_socket(uv_poll_t *poll, int status, int events)
{
    struct watched *w = poll->data;
    struct http *h = w->http;
    int running, flags = 0;

    if (status < 0)
        flags |= CURL_CSELECT_ERR;
    if (events & UV_READABLE)
        flags |= CURL_CSELECT_IN;
    if (events & UV_WRITABLE)
        flags |= CURL_CSELECT_OUT;
    /* @w may be gone after this. */
    curl_multi_socket_action(h->multi, w->fd, flags, &running);
    collect_finished(h);
}

static void watched_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static struct watched *watch(struct http *h, curl_socket_t fd)
{
    struct watched *w = mem_alloc(sizeof(*w));

    if (uv_poll_init_socket(loop_uv(h->loop), &w->poll, fd)) {
        free(w);
        return NULL;
    }
    w->poll.data = w;
    w->http = h;
    w->fd = fd;
    return w;
}

static int set_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *watched)
{
    struct http *h = arg;
    struct watched *w = watched;
    int events = 0;

    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (w) {
            curl_multi_assign(h->multi, fd, NULL);
            uv_close((uv_handle_t *)&w->poll, watched_closed);
        }
        return 0;
    }
    if (!w) {
        w = watch(h, fd);
        if (!w)
            return -1;
        curl_multi_assign(h->multi, fd, w);
    }
    if (what & CURL_POLL_IN)
        events |= UV_READABLE;
    if (what & CURL_POLL_OUT)
        events |= UV_WRITABLE;
    uv_poll_start(&w->poll, events, on_socket);
    return 0;
}

static void start_multi(struct http *h)
{
    http_curl_load();
    h->multi = curl_multi_init();
    if (!h->multi)
        mem_die("out of memory");
    curl_multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, set_socket);
    curl_multi_setopt(h->multi, CURLMOPT_SOCKETDATA, h);
    curl_multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(h->multi, CURLMOPT_TIMERDATA, h);
    curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, CONNECTIONS_KEPT);
    curl_multi_setopt(h->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, CONNECTIONS_MAX);
}

/* ---- public -----------------------------------------------------------------------------------
 */

struct http *http_new(struct loop *l)
{
    struct http *h = mem_alloc(sizeof(*h));

    h->loop = l;
    ring_init(&h->active);
    ring_init(&h->held);
    ring_init(&h->failed);
    uv_timer_init(loop_uv(l), &h->timer);
    h->timer.data = h;
    return h;
}

static void http_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void http_free(struct http *h)
{
    struct http_transfer *t;

    if (!h)
        return;
    while ((t = ring_first(&h->active)) || (t = ring_first(&h->held)) ||
           (t = ring_first(&h->failed)))
        finish_cancelled(t);
    loop_timer_cancel(h->report);
    if (h->multi)
        curl_multi_cleanup(h->multi);
    uv_close((uv_handle_t *)&h->timer, http_closed);
}

static void send_failed(struct http *h, struct http_transfer *t)
{
    ring_append(&h->failed, t);
    if (!h->report)
        h->report = loop_timer(h->loop, 0, report_failed, h);
}

static void start(struct http *h, struct http_transfer *t)
{
    ring_append(&h->active, t);
    t->added = true;
    curl_multi_add_handle(h->multi, t->easy);
}

uint64_t http_send(struct http *h, const struct http_request *req, http_done_fn done, void *arg)
{
    struct http_transfer *t = mem_alloc(sizeof(*t));
    uint64_t id = ++h->last_id;

    if (!h->multi)
        start_multi(h);
    t->http = h;
    t->id = id;
    t->done = done;
    t->on_body = req->on_body;
    t->arg = arg;
    if (http_easy_open(t, req)) {
        send_failed(h, t);
        return id;
    }
    if (req->held)
        ring_append(&h->held, t);
    else
        start(h, t);
    return id;
}

static struct http_transfer *find(struct http_transfer *head, uint64_t id)
{
    for (struct http_transfer *t = head->next; t != head; t = t->next) {
        if (t->id == id)
            return t;
    }
    return NULL;
}

static struct http_transfer *find_any(struct http *h, uint64_t id)
{
    struct http_transfer *t = find(&h->active, id);

    if (!t)
        t = find(&h->held, id);
    return t ? t : find(&h->failed, id);
}

void http_go(struct http *h, uint64_t id, const char *unix_socket)
{
    struct http_transfer *t = find(&h->held, id);

    if (!t)
        return;
    ring_remove(t);
    curl_easy_setopt(t->easy, CURLOPT_UNIX_SOCKET_PATH, unix_socket);
    start(h, t);
}

void http_fail(struct http *h, uint64_t id, const struct err *err)
{
    struct http_transfer *t = find_any(h, id);

    if (!t)
        return;
    t->reply.err = *err;
    finish(t);
}

void http_cancel(struct http *h, uint64_t id)
{
    struct http_transfer *t = find_any(h, id);

    if (t)
        finish_cancelled(t);
}
