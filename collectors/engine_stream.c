/*
 * A large reply that is decoded as it arrives is decoded by a thread of its own, beside the one
 * that receives: the inventory of 10,000 VMs takes as long to decode as to receive, and the loop
 * has other endpoints to serve. What is small is decoded where it arrives, because a hand-over
 * costs more.
 *
 * There are two buffers, one that is filled and one that is read. When the full one cannot be
 * handed over yet, the loop waits, as long as it would have decoded itself: memory stays bounded,
 * and the peer is slowed down by its window. Between a piece and engine_stream_end() the run
 * belongs to the thread.
 */
#include <pthread.h>
#include <stdlib.h>

#include "collectors/engine_priv.h"
#include "core/clock.h"
#include "core/mem.h"
#include "core/strbuf.h"

#define FROM    (1u << 20) /* bytes of a reply that are decoded before it counts as large */
#define PORTION (128u << 10)

struct stream {
    struct job *job;
    struct strbuf filled, read;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t turn;
    bool busy, over;
    enum step result; /* of the portion read last */
};

static enum step decode(struct job *job, const char *data, size_t len)
{
    struct reply piece = {
        .status = 200, .body = data, .len = len, .more = true, .header = engine_no_header};

    piece.taken_at = job->run.now = clock_now_ms();
    return job->collector->step(&job->run, &piece);
}

static void *read_portions(void *arg)
{
    struct stream *s = arg;

    pthread_mutex_lock(&s->lock);
    for (;;) {
        enum step result;

        while (!s->busy && !s->over)
            pthread_cond_wait(&s->turn, &s->lock);
        if (!s->busy)
            break;
        pthread_mutex_unlock(&s->lock);
        result = decode(s->job, s->read.buf, s->read.len);
        pthread_mutex_lock(&s->lock);
        s->result = result;
        s->busy = false;
        pthread_cond_signal(&s->turn);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

static void stream_free(struct stream *s)
{
    strbuf_release(&s->filled);
    strbuf_release(&s->read);
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
    strbuf_init(&s->filled, 0);
    strbuf_init(&s->read, 0);
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->turn, NULL);
    if (pthread_create(&s->thread, NULL, read_portions, s) == 0)
        return s;
    stream_free(s);
    return NULL;
}

/* The other side is done with its portion; gives it the next one unless that one failed. */
static enum step hand_over(struct stream *s)
{
    enum step result;

    pthread_mutex_lock(&s->lock);
    while (s->busy)
        pthread_cond_wait(&s->turn, &s->lock);
    result = s->result;
    if (result == STEP_MORE) {
        struct strbuf empty = s->read;

        s->read = s->filled;
        s->filled = empty;
        s->busy = true;
        pthread_cond_signal(&s->turn);
    }
    pthread_mutex_unlock(&s->lock);
    strbuf_reset(&s->filled);
    return result;
}

enum step engine_stream_piece(struct job *job, const char *data, size_t len)
{
    job->stream_bytes += len;
    if (!job->stream && job->stream_bytes >= FROM && !job->run.request.command)
        job->stream = stream_new(job);
    if (!job->stream)
        return decode(job, data, len);
    strbuf_add(&job->stream->filled, data, len);
    return job->stream->filled.len < PORTION ? STEP_MORE : hand_over(job->stream);
}

void engine_stream_end(struct job *job, bool wanted)
{
    struct stream *s = job->stream;

    job->stream_bytes = 0;
    if (!s)
        return;
    job->stream = NULL;
    pthread_mutex_lock(&s->lock);
    s->over = true;
    pthread_cond_signal(&s->turn);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
    if (wanted) {
        job->result = s->result;
        if (job->result == STEP_MORE && s->filled.len)
            job->result = decode(job, s->filled.buf, s->filled.len);
    }
    stream_free(s);
}
