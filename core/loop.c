/*
 * The queue of posted calls is the only thing other threads touch, so it is the only thing under
 * the lock. A stop is an entry of that queue: what was posted before it still runs, what comes
 * after is dropped.
 *
 * libuv frees nothing by itself and closes handles only while the loop turns. So loop_free() asks
 * all that is still alive to close (struct loop_owned), then turns the loop until the last handle
 * is gone. Work that a pool thread has begun cannot be cancelled: loop_free() waits for it, and
 * drops its completion.
 */
#include "core/loop.h"
#include "core/loop_priv.h"

#include "core/mem.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct posted {
    struct posted *next;
    void (*fn)(void *arg); /* NULL: stop */
    void *arg;
};

struct loop {
    uv_loop_t uv;
    uv_async_t wake;
    struct loop_owned owned; /* head of a ring */
    pthread_mutex_t lock;    /* guards the three below */
    struct posted *first, **last;
    size_t nposted;
    atomic_bool alarm;
    void (*on_alarm)(void *arg);
    void *alarm_arg;
};

struct loop_timer {
    struct loop_owned owned;
    uv_timer_t uv;
    void (*fn)(void *arg);
    void *arg;
};

struct work {
    struct loop_owned owned;
    uv_work_t uv;
    void (*work)(void *arg);
    void (*done)(void *arg); /* NULL: abandoned */
    void *arg;
};

void loop_own(struct loop *l, struct loop_owned *o, void (*abandon)(struct loop_owned *o))
{
    o->abandon = abandon;
    o->prev = &l->owned;
    o->next = l->owned.next;
    o->next->prev = o;
    l->owned.next = o;
}

void loop_disown(struct loop_owned *o)
{
    if (!o->next)
        return;
    o->prev->next = o->next;
    o->next->prev = o->prev;
    o->prev = o->next = NULL;
}

/* ---- posted calls ---------------------------------------------------------------------------- */

static struct posted *take_posted(struct loop *l)
{
    struct posted *p;

    pthread_mutex_lock(&l->lock);
    p = l->first;
    if (p) {
        l->first = p->next;
        if (!l->first)
            l->last = &l->first;
        l->nposted--;
    }
    pthread_mutex_unlock(&l->lock);
    return p;
}

static size_t count_posted(struct loop *l)
{
    size_t n;

    pthread_mutex_lock(&l->lock);
    n = l->nposted;
    pthread_mutex_unlock(&l->lock);
    return n;
}

/* Only what was there at the start: calls that post again must not starve sockets and timers. */
static void run_posted(uv_async_t *wake)
{
    struct loop *l = wake->data;

    if (atomic_exchange(&l->alarm, false) && l->on_alarm)
        l->on_alarm(l->alarm_arg);
    for (size_t n = count_posted(l); n; n--) {
        struct posted p, *taken = take_posted(l);

        p = *taken;
        free(taken);
        if (!p.fn) {
            uv_stop(&l->uv);
            break;
        }
        p.fn(p.arg);
    }
    if (count_posted(l))
        uv_async_send(&l->wake);
}

void loop_post(struct loop *l, void (*fn)(void *arg), void *arg)
{
    struct posted *p = mem_alloc(sizeof(*p));

    p->fn = fn;
    p->arg = arg;
    pthread_mutex_lock(&l->lock);
    *l->last = p;
    l->last = &p->next;
    l->nposted++;
    uv_async_send(&l->wake);
    pthread_mutex_unlock(&l->lock);
}

void loop_on_alarm(struct loop *l, void (*fn)(void *arg), void *arg)
{
    l->on_alarm = fn;
    l->alarm_arg = arg;
}

void loop_alarm(struct loop *l)
{
    atomic_store(&l->alarm, true);
    uv_async_send(&l->wake); /* the one call of libuv that a handler may make */
}

void loop_stop(struct loop *l)
{
    loop_post(l, NULL, NULL);
}

/* ---- life ------------------------------------------------------------------------------------ */

struct loop *loop_new(void)
{
    struct loop *l = mem_alloc(sizeof(*l));

    l->owned.prev = l->owned.next = &l->owned;
    l->last = &l->first;
    pthread_mutex_init(&l->lock, NULL);
    if (uv_loop_init(&l->uv) || uv_async_init(&l->uv, &l->wake, run_posted))
        mem_die("unable to create an event loop (out of file descriptors?)");
    l->wake.data = l;
    return l;
}

void loop_run(struct loop *l)
{
    uv_run(&l->uv, UV_RUN_DEFAULT);
}

void loop_free(struct loop *l)
{
    struct posted *p;
    int rc;

    if (!l)
        return;
    while (l->owned.next != &l->owned) {
        struct loop_owned *o = l->owned.next;

        o->abandon(o);
        loop_disown(o);
    }
    uv_close((uv_handle_t *)&l->wake, NULL);
    uv_run(&l->uv, UV_RUN_DEFAULT);
    rc = uv_loop_close(&l->uv);
    assert(rc == 0); /* someone above left a handle open */
    (void)rc;
    while ((p = take_posted(l)))
        free(p);
    pthread_mutex_destroy(&l->lock);
    free(l);
}

void *loop_uv(struct loop *l)
{
    return &l->uv;
}

/* ---- timers ---------------------------------------------------------------------------------- */

static void timer_closed(uv_handle_t *h)
{
    free(h->data);
}

static void timer_close(struct loop_timer *t)
{
    loop_disown(&t->owned);
    uv_close((uv_handle_t *)&t->uv, timer_closed);
}

static void timer_abandon(struct loop_owned *o)
{
    timer_close((struct loop_timer *)o);
}

static void timer_fire(uv_timer_t *uv)
{
    struct loop_timer *t = uv->data;

    timer_close(t);
    t->fn(t->arg);
}

struct loop_timer *loop_timer(struct loop *l, int64_t delay_ms, void (*fn)(void *arg), void *arg)
{
    struct loop_timer *t = mem_alloc(sizeof(*t));

    t->fn = fn;
    t->arg = arg;
    uv_timer_init(&l->uv, &t->uv);
    t->uv.data = t;
    loop_own(l, &t->owned, timer_abandon);
    /* libuv counts from the start of this turn, which may have been long. */
    uv_update_time(&l->uv);
    uv_timer_start(&t->uv, timer_fire, delay_ms > 0 ? (uint64_t)delay_ms : 0, 0);
    return t;
}

void loop_timer_cancel(struct loop_timer *t)
{
    if (t && !uv_is_closing((uv_handle_t *)&t->uv))
        timer_close(t);
}

/* ---- work ------------------------------------------------------------------------------------ */

static void work_run(uv_work_t *uv)
{
    struct work *w = uv->data;

    w->work(w->arg);
}

static void work_done(uv_work_t *uv, int status)
{
    struct work *w = uv->data;
    void (*done)(void *arg) = w->done;
    void *arg = w->arg;

    (void)status;
    loop_disown(&w->owned);
    free(w);
    if (done)
        done(arg);
}

static void work_abandon(struct loop_owned *o)
{
    struct work *w = (struct work *)o;

    w->done = NULL;
    uv_cancel((uv_req_t *)&w->uv);
}

void loop_work(struct loop *l, void (*work)(void *arg), void (*done)(void *arg), void *arg)
{
    struct work *w = mem_alloc(sizeof(*w));

    w->work = work;
    w->done = done;
    w->arg = arg;
    w->uv.data = w;
    loop_own(l, &w->owned, work_abandon);
    uv_queue_work(&l->uv, &w->uv, work_run, work_done);
}
