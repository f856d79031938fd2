#include "tui/resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/clock.h"
#include "core/mem.h"
#include "model/tables.h"

#define NICE     5
#define JOBS_MAX 128 /* owners: one per table and one per head of a tab */

/* ---- rows --------------------------------------------------------------------------------------
 */

/* qsort() promises no stable order, so ties end by identity. */
static int by_identity(const struct rows_item *a, const struct rows_item *b)
{
    int c = strcmp(snapshot_site(a->snapshot), snapshot_site(b->snapshot));

    if (!c)
        c = strcmp(snapshot_endpoint(a->snapshot), snapshot_endpoint(b->snapshot));
    return c ? c : strcmp(a->row->key, b->row->key);
}

static int by_order(const void *a, const void *b, void *arg)
{
    const struct view_table *t = arg;
    int c = t->order(a, b);

    return c ? c : by_identity(a, b);
}

/* judge() may look into other tables, so it is asked once per row. */
struct ranked {
    struct rows_item item;
    int rank;
};

static int by_rank(const void *a, const void *b, void *arg)
{
    const struct ranked *x = a, *y = b;

    return x->rank != y->rank ? y->rank - x->rank : by_order(&x->item, &y->item, arg);
}

static void sort_by_rank(struct rows *r, const struct view_table *t, const struct view_input *in)
{
    struct ranked *all = mem_array(r->n + 1, sizeof(*all));

    for (size_t i = 0; i < r->n; i++)
        all[i] = (struct ranked){r->items[i], (int)t->judge(in, &r->items[i])};
    qsort_r(all, r->n, sizeof(*all), by_rank, (void *)(uintptr_t)t);
    for (size_t i = 0; i < r->n; i++)
        r->items[i] = all[i].item;
    free(all);
}

static void keep_rows(struct rows *r, const struct view_table *t, const struct view_input *in)
{
    size_t n = 0;

    for (size_t i = 0; i < r->n && (in->site || t->keep); i++)
        if (view_in_scope(in, &r->items[i]) && (!t->keep || t->keep(in, &r->items[i])))
            r->items[n++] = r->items[i];
    r->n = r->total = in->site || t->keep ? n : r->n;
}

/* @sort: of the reader; -1: the table's own order. */
static void order_rows(struct rows *r, const struct view_table *t, const struct view_input *in,
                       int sort, bool reverse)
{
    const struct rows_level level = {.column = sort >= 0 ? sort : t->sort, .reverse = reverse};

    if (sort < 0 && t->nlevels)
        rows_sort(r, t->levels, t->nlevels);
    else if (sort < 0 && t->order && t->worst_first)
        sort_by_rank(r, t, in);
    else if (sort < 0 && t->order)
        qsort_r(r->items, r->n, sizeof(*r->items), by_order, (void *)(uintptr_t)t);
    else if (level.column >= 0)
        rows_sort(r, &level, 1);
    else if (reverse)
        rows_reverse(r);
}

void resolve_rows(struct rows *out, struct snapshot **built, const struct view_table *t,
                  const struct view_input *in, struct filter *filter, int sort, bool reverse)
{
    struct snapshot *const *all = built;
    size_t n;

    if (t->build && !*built)
        *built = t->build(in);
    n = *built ? 1 : 0;
    if (!t->build)
        all = estate_table(in->estate, t->schema, &n);
    rows_merge(out, t->schema, all, n);
    keep_rows(out, t, in);
    if (filter)
        rows_filter(out, filter);
    order_rows(out, t, in, sort, reverse);
}

bool resolve_head(struct canvas *out, const struct view *v, const struct view_input *in, int w,
                  int h)
{
    int height = v->head && v->head_height && in->estate ? v->head_height(in, w, h) : 0;
    int most = v->tables && v->tables[0] ? h / 2 : h;

    height = height > most ? most : height;
    canvas_init(out, height > 0 ? w : 1, height);
    out->ascii = in->ascii;
    if (height > 0)
        v->head(in, out, (struct rect){0, 0, w, height});
    return height > 0;
}

bool resolve_is_large(const struct estate *e)
{
    size_t total = 0;

    for (unsigned t = 0; t < tables_count; t++) {
        size_t n;
        struct snapshot *const *all = estate_table(e, tables_all[t], &n);
        for (size_t i = 0; i < n; i++)
            total += snapshot_count(all[i]);
    }
    return total > RESOLVE_AT_ONCE_MAX;
}

/* ---- jobs --------------------------------------------------------------------------------------
 */

static struct resolve *new_job(const struct view_input *in, const char *filter)
{
    struct resolve *job = mem_alloc(sizeof(*job));

    job->in = *in;
    job->in.estate = estate_ref(in->estate);
    job->in.site = mem_strdup(in->site);
    job->in.arena = NULL;
    job->filter = mem_strdup(filter);
    return job;
}

struct resolve *resolve_new_rows(const struct view_table *t, const struct view_input *in,
                                 const char *filter, int sort, bool reverse)
{
    struct resolve *job = new_job(in, filter);

    job->table = t;
    job->sort = sort;
    job->reverse = reverse;
    return job;
}

struct resolve *resolve_new_head(const struct view *v, const struct view_input *in, int w, int h)
{
    struct resolve *job = new_job(in, "");

    job->view = v;
    job->w = w;
    job->h = h;
    return job;
}

struct resolve *resolve_new_buried(struct estate *e, struct rows *rows, struct snapshot *built)
{
    struct resolve *job = mem_alloc(sizeof(*job));

    job->in.estate = e;
    job->built = built;
    if (rows)
        job->rows = *rows;
    job->has_rows = rows != NULL;
    return job;
}

void resolve_detach(struct resolve *job)
{
    job->has_rows = false;
    job->built = NULL;
    job->head = (struct canvas){0};
}

void resolve_free(struct resolve *job)
{
    if (!job)
        return;
    if (job->has_rows)
        rows_release(&job->rows);
    snapshot_unref(job->built);
    canvas_release(&job->head);
    estate_unref(job->in.estate);
    free((char *)(uintptr_t)job->in.site);
    free(job->filter);
    free(job);
}

static void do_job(struct resolve *job)
{
    struct filter *f = NULL;
    int64_t begin = clock_mono_ms();

    job->in.arena = arena_new(0);
    if (job->table && *job->filter)
        f = filter_new(job->table->schema, job->filter, NULL);
    job->has_rows = job->table != NULL;
    if (job->table)
        resolve_rows(&job->rows, &job->built, job->table, &job->in, f, job->sort, job->reverse);
    else
        job->any = resolve_head(&job->head, job->view, &job->in, job->w, job->h);
    arena_free(job->in.arena);
    job->in.arena = NULL;
    filter_free(f);
    job->took_ms = clock_mono_ms() - begin;
}

/* ---- the thread --------------------------------------------------------------------------------
 */

struct slot {
    const void *owner;
    struct resolve *todo, *done;
};

struct resolver {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t posted;
    struct slot slots[JOBS_MAX];
    size_t turn; /* the slot that is looked at first */
    struct resolve *buried;
    const void *running; /* owner; NULL: none, or it has gone meanwhile */
    bool stop;
    int pipe[2];
};

/* One owner after the other: with each estate all of them post, and those that take long must not
 * keep the others from their turn. */
static struct slot *next_todo(struct resolver *r)
{
    for (size_t i = 0; i < JOBS_MAX; i++) {
        struct slot *s = &r->slots[(r->turn + i) % JOBS_MAX];

        if (!s->todo)
            continue;
        r->turn = (size_t)(s - r->slots) + 1;
        return s;
    }
    return NULL;
}

static void deliver(struct resolver *r, struct slot *s, struct resolve *job)
{
    struct resolve *old = job;

    if (r->running) {
        old = s->done;
        s->done = job;
        (void)!write(r->pipe[1], "r", 1); /* a full pipe says so already */
    }
    r->running = NULL;
    pthread_mutex_unlock(&r->lock);
    resolve_free(old);
    pthread_mutex_lock(&r->lock);
}

static void free_all(struct resolve *job)
{
    while (job) {
        struct resolve *next = job->next;
        resolve_free(job);
        job = next;
    }
}

/* Before it waits: what was buried. True: there was something, look again. */
static bool dig(struct resolver *r)
{
    struct resolve *job = r->buried;

    if (!job)
        return false;
    r->buried = NULL;
    pthread_mutex_unlock(&r->lock);
    free_all(job);
    pthread_mutex_lock(&r->lock);
    return true;
}

static void *run(void *arg)
{
    struct resolver *r = arg;
    sigset_t all;

    /* Signals are for the terminal's thread. */
    sigfillset(&all);
    (void)pthread_sigmask(SIG_BLOCK, &all, NULL);
    /* Where processors are few, keys come first. */
    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), NICE);
    pthread_mutex_lock(&r->lock);
    while (!r->stop) {
        struct slot *s = next_todo(r);
        struct resolve *job;
        if (!s) {
            if (!dig(r))
                pthread_cond_wait(&r->posted, &r->lock);
            continue;
        }
        job = s->todo;
        s->todo = NULL;
        r->running = s->owner;
        pthread_mutex_unlock(&r->lock);
        do_job(job);
        pthread_mutex_lock(&r->lock);
        deliver(r, s, job);
    }
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

struct resolver *resolver_new(void)
{
    struct resolver *r = mem_alloc(sizeof(*r));

    if (pipe2(r->pipe, O_CLOEXEC | O_NONBLOCK))
        mem_die("unable to make a pipe");
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->posted, NULL);
    if (pthread_create(&r->thread, NULL, run, r))
        mem_die("unable to start a thread");
    return r;
}

void resolver_free(struct resolver *r)
{
    if (!r)
        return;
    pthread_mutex_lock(&r->lock);
    r->stop = true;
    pthread_cond_signal(&r->posted);
    pthread_mutex_unlock(&r->lock);
    pthread_join(r->thread, NULL);
    for (size_t i = 0; i < JOBS_MAX; i++) {
        resolve_free(r->slots[i].todo);
        resolve_free(r->slots[i].done);
    }
    free_all(r->buried);
    close(r->pipe[0]);
    close(r->pipe[1]);
    pthread_cond_destroy(&r->posted);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

int resolver_fd(const struct resolver *r)
{
    return r->pipe[0];
}

static struct slot *slot_of(struct resolver *r, const void *owner)
{
    struct slot *empty = NULL;

    for (size_t i = 0; i < JOBS_MAX; i++) {
        if (r->slots[i].owner == owner)
            return &r->slots[i];
        if (!r->slots[i].owner && !empty)
            empty = &r->slots[i];
    }
    if (!empty)
        mem_die("more tables than there are places for");
    empty->owner = owner;
    return empty;
}

void resolver_post(struct resolver *r, const void *owner, struct resolve *job)
{
    struct slot *s;
    struct resolve *old;

    pthread_mutex_lock(&r->lock);
    s = slot_of(r, owner);
    old = s->todo;
    s->todo = job;
    pthread_cond_signal(&r->posted);
    pthread_mutex_unlock(&r->lock);
    resolve_free(old);
}

void resolver_bury(struct resolver *r, struct resolve *job)
{
    pthread_mutex_lock(&r->lock);
    job->next = r->buried;
    r->buried = job;
    pthread_cond_signal(&r->posted);
    pthread_mutex_unlock(&r->lock);
}

struct resolve *resolver_take(struct resolver *r, const void *owner)
{
    struct resolve *job;
    struct slot *s;

    pthread_mutex_lock(&r->lock);
    s = slot_of(r, owner);
    job = s->done;
    s->done = NULL;
    pthread_mutex_unlock(&r->lock);
    return job;
}

void resolver_forget(struct resolver *r, const void *owner)
{
    struct slot gone;
    struct slot *s;

    pthread_mutex_lock(&r->lock);
    s = slot_of(r, owner);
    gone = *s;
    *s = (struct slot){0};
    if (r->running == owner)
        r->running = NULL;
    pthread_mutex_unlock(&r->lock);
    resolve_free(gone.todo);
    resolve_free(gone.done);
}
