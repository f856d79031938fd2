/*
 * A large reply that is decoded as it arrives is decoded by a thread of its own, beside the one
 * that receives: the inventory of 10,000 VMs takes as long to decode as to receive, and the loop
 * has other endpoints to serve. What is small is decoded where it arrives, because a hand-over
 * costs more.
 *
 * What came and was not read yet waits in a queue of chunks. When it is full the loop waits, as
 * long as it would have decoded itself: memory stays bounded, and the peer is slowed down by its
 * window. Between a piece and engine_stream_end() the run belongs to the thread, which also does
 * what is to be done when all is decoded (engine_stream_finish()).
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/engine_priv.h"
#include "core/chunks.h"
#include "core/clock.h"
#include "core/mem.h"

#define FROM    (128u << 10) /* a reply of more bytes counts as large */
#define PORTION (64u << 10)  /* what an idle thread is woken for */
#define AT_ONCE (128u << 10) /* bytes per step */
#define QUEUE   4            /* chunks that wait, at most */

struct portion {
    struct portion *next;
    size_t room, len;
    char data[];
};

struct stream {
    struct job *job;
    pthread_t thread;
    struct portion *filling; /* the loop's; NULL: none */
    pthread_mutex_t lock;    /* of what follows */
    pthread_cond_t turn;     /* never do both sides wait */
    struct portion *first, **last;
    size_t queued;
    bool idle, over;
    enum step result;          /* of the portion read last */
    void (*finish)(void *job); /* by the thread, at the end; NULL: nothing */
    void (*done)(void *job);   /* then, by the loop */
};

static enum step decode(struct job *job, const char *data, size_t len)
{
    struct reply piece = {
        .status = 200, .body = data, .len = len, .more = true, .header = engine_no_header};

    piece.taken_at = job->run.now = clock_now_ms();
    return job->collector->step(&job->run, &piece);
}

/* ---- portions ----------------------------------------------------------------------------------
 */

static struct portion *portion_new(void)
{
    size_t size;
    struct portion *p = chunks_take(&size);

    *p = (struct portion){.room = size - sizeof(*p)};
    return p;
}

static enum step portion_decode(struct job *job, const struct portion *p)
{
    enum step result = STEP_MORE;

    for (size_t at = 0; at < p->len && result == STEP_MORE; at += AT_ONCE)
        result = decode(job, p->data + at, p->len - at < AT_ONCE ? p->len - at : AT_ONCE);
    return result;
}

/* ---- the queue; under its lock -----------------------------------------------------------------
 */

static struct portion *queue_take(struct stream *s)
{
    struct portion *p = s->first;

    if (!p)
        return NULL;
    s->first = p->next;
    if (!s->first)
        s->last = &s->first;
    s->queued--;
    return p;
}

static void queue_drop(struct stream *s)
{
    struct portion *p;

    while ((p = queue_take(s)))
        chunks_give(p);
}

static void queue_add(struct stream *s, struct portion *p)
{
    p->next = NULL;
    *s->last = p;
    s->last = &p->next;
    s->queued++;
    pthread_cond_signal(&s->turn);
}

/* ---- the thread --------------------------------------------------------------------------------
 */

static struct portion *next_portion(struct stream *s)
{
    struct portion *p;

    s->idle = true;
    while (!(p = queue_take(s)) && !s->over)
        pthread_cond_wait(&s->turn, &s->lock);
    s->idle = false;
    pthread_cond_signal(&s->turn);
    return p;
}

static void *read_portions(void *arg)
{
    struct stream *s = arg;
    struct portion *p;

    pthread_mutex_lock(&s->lock);
    while ((p = next_portion(s))) {
        enum step result = s->result;

        pthread_mutex_unlock(&s->lock);
        if (result == STEP_MORE)
            result = portion_decode(s->job, p);
        chunks_give(p);
        pthread_mutex_lock(&s->lock);
        s->result = result;
    }
    pthread_mutex_unlock(&s->lock);
    if (s->finish) {
        s->job->result = s->result;
        s->finish(s->job);
        loop_post(s->job->ep->engine->loop, s->done, s->job);
    }
    return NULL;
}

static void stream_free(struct stream *s)
{
    if (s->filling)
        chunks_give(s->filling);
    queue_drop(s);
    pthread_cond_destroy(&s->turn);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

/* NULL: there is no thread to be had, so the loop goes on by itself. */
static struct stream *stream_new(struct job *job)
{
    struct stream *s = mem_alloc(sizeof(*s));

    s->job = job;
    s->result = STEP_MORE;
    s->last = &s->first;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->turn, NULL);
    if (pthread_create(&s->thread, NULL, read_portions, s) == 0)
        return s;
    stream_free(s);
    return NULL;
}

/* ---- the loop's side ---------------------------------------------------------------------------
 */

/* What is filled, when it is full or the thread has nothing else to do. */
static enum step hand_over(struct stream *s)
{
    enum step result;

    pthread_mutex_lock(&s->lock);
    if (s->filling->len == s->filling->room || (s->idle && s->filling->len >= PORTION)) {
        while (s->queued == QUEUE && s->result == STEP_MORE)
            pthread_cond_wait(&s->turn, &s->lock);
        queue_add(s, s->filling);
        s->filling = NULL;
    }
    result = s->result;
    pthread_mutex_unlock(&s->lock);
    return result;
}

static enum step put(struct stream *s, const char *data, size_t len)
{
    enum step result = STEP_MORE;

    while (len && result == STEP_MORE) {
        struct portion *p = s->filling ? s->filling : (s->filling = portion_new());
        size_t n = p->room - p->len < len ? p->room - p->len : len;

        memcpy(p->data + p->len, data, n);
        p->len += n;
        data += n;
        len -= n;
        result = hand_over(s);
    }
    return result;
}

enum step engine_stream_piece(struct job *job, const char *data, size_t len)
{
    job->stream_bytes += len;
    if (!job->stream && job->stream_bytes > FROM && !job->run.request.command)
        job->stream = stream_new(job);
    return job->stream ? put(job->stream, data, len) : decode(job, data, len);
}

/* What is filled goes the way of the rest; under the lock. */
static void flush(struct stream *s)
{
    if (s->filling)
        queue_add(s, s->filling);
    s->filling = NULL;
}

/* The thread ends with what is queued; under the lock. */
static void stop(struct stream *s)
{
    s->over = true;
    pthread_cond_signal(&s->turn);
}

void engine_stream_close(struct job *job)
{
    struct stream *s = job->stream;

    job->stream_bytes = 0;
    if (!s)
        return;
    pthread_mutex_lock(&s->lock);
    flush(s);
    pthread_mutex_unlock(&s->lock);
}

void engine_stream_finish(struct job *job, void (*finish)(void *job), void (*done)(void *job))
{
    struct stream *s = job->stream;

    pthread_mutex_lock(&s->lock);
    flush(s);
    s->finish = finish;
    s->done = done;
    stop(s);
    pthread_mutex_unlock(&s->lock);
}

void engine_stream_end(struct job *job, bool wanted)
{
    struct stream *s = job->stream;

    job->stream_bytes = 0;
    if (!s)
        return;
    job->stream = NULL;
    pthread_mutex_lock(&s->lock);
    if (wanted)
        flush(s);
    else
        queue_drop(s);
    stop(s);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
    if (wanted)
        job->result = s->result;
    stream_free(s);
}
