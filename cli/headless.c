#include "cli/headless.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/ask.h"
#include "cli/paths.h"
#include "cli/state.h"
#include "collectors/engine.h"
#include "core/chunks.h"
#include "core/clock.h"
#include "core/hash.h"
#include "core/mem.h"
#include "core/secret.h"
#include "core/store.h"
#include "core/strbuf.h"
#include "model/tables.h"

#define LOGOUT_GRACE_MS  5000
#define PROMPTS_MAX      32
#define NEWS_INTERRUPTED 'i'
#define NEWS_CHANGE      'c'
#define NEWS_PROMPT      'p'

struct prompt {
    char *credential, *question;
};

struct headless {
    struct headless_options o;
    struct store *store;
    struct engine *engine;
    struct model *model;
    struct estate *estate;
    uint64_t seen; /* generation of the store in the estate */
    bool interrupted;
    pthread_mutex_t lock;
    struct prompt prompts[PROMPTS_MAX];
    size_t nprompts;
    bool asks; /* a terminal is there */
    char *trust, *runtime;
};

static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
static struct sigaction before[ARRAY_SIZE(signals)];
/* Written by the handler and by the engine's thread; -1: none. */
static int news[2] = {-1, -1};

/* ---- news
 * ------------------------------------------------------------------------------------------ */

static void tell(char what)
{
    int code = errno;

    /* A full pipe already says that there is news; an interrupt empties nothing it needs. */
    (void)!write(news[1], &what, 1);
    errno = code;
}

static void on_signal(int number)
{
    (void)number;
    tell(NEWS_INTERRUPTED);
}

/* A signal makes the pipe readable, until release_signals() restores what was before. */
static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};

    if (pipe2(news, O_CLOEXEC | O_NONBLOCK))
        mem_die("unable to make a pipe");
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
        sigaction(signals[i], &action, &before[i]);
}

static void release_signals(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
        sigaction(signals[i], &before[i], NULL);
    close(news[0]);
    close(news[1]);
    news[0] = news[1] = -1;
}

static void on_change(void *arg)
{
    (void)arg;
    tell(NEWS_CHANGE);
}

static void on_prompt(void *arg, const char *credential, const char *question)
{
    struct headless *h = arg;

    pthread_mutex_lock(&h->lock);
    if (h->nprompts < PROMPTS_MAX)
        h->prompts[h->nprompts++] = (struct prompt){mem_strdup(credential), mem_strdup(question)};
    pthread_mutex_unlock(&h->lock);
    tell(NEWS_PROMPT);
}

static bool take_prompt(struct headless *h, struct prompt *out)
{
    bool any;

    pthread_mutex_lock(&h->lock);
    any = h->nprompts > 0;
    if (any) {
        *out = h->prompts[0];
        memmove(h->prompts, h->prompts + 1, --h->nprompts * sizeof(*h->prompts));
    }
    pthread_mutex_unlock(&h->lock);
    return any;
}

static void answer_prompts(struct headless *h)
{
    struct prompt p;

    while (take_prompt(h, &p)) {
        struct secret *answer = h->interrupted ? NULL : ask_secret(p.question);
        if (!answer)
            h->interrupted = h->interrupted || ask_was_interrupted();
        engine_answer_prompt(h->engine, p.credential, answer);
        free(p.credential);
        free(p.question);
    }
}

/* Empty the pipe and act on what was in it. */
static void take_news(struct headless *h)
{
    char buf[256];
    ssize_t n;

    while ((n = read(news[0], buf, sizeof(buf))) > 0) {
        if (memchr(buf, NEWS_INTERRUPTED, (size_t)n))
            h->interrupted = true;
    }
    answer_prompts(h);
}

/* ---- the run
 * --------------------------------------------------------------------------------------- */

/* What was known before: since when, acknowledgements, the timeline. Headless runs read it, the
 * console writes it. */
static void load_history(struct headless *h)
{
    char *path = paths_state("history.jsonl");
    struct err err = {0};

    if (state_load(path, h->model, clock_now_ms(), NULL, &err))
        cli_say("%s", err.msg);
    free(path);
}

static int start_engine(struct headless *h)
{
    const struct headless_options *o = &h->o;
    struct engine_options eo = {
        .config = o->config,
        .store = h->store,
        .once = !o->watch,
        .tables = o->tables,
        .named = o->named,
        .site = o->site,
        .endpoint = o->endpoint,
        .timeout_ms = o->timeout_ms,
        .samples = o->samples,
        .trust_file = h->trust,
        .runtime_dir = h->runtime,
        .on_prompt = h->asks ? on_prompt : NULL,
        .on_change = o->watch || o->samples ? on_change : NULL,
        .arg = h,
    };
    struct err err = {0};

    h->engine = engine_start(&eo, &err);
    if (h->engine)
        return 0;
    cli_say("%s", err.msg);
    return -1;
}

struct headless *headless_start(const struct headless_options *o)
{
    struct headless *h = mem_alloc(sizeof(*h));
    bool one_sample = !o->watch && !o->samples;
    struct model_options mo = {.config = o->config,
                               .one_sample = one_sample,
                               .checks = o->checks,
                               .forgets = true,
                               .unobserved = one_sample && !o->checks && o->tables,
                               .user = cli_user()};

    h->o = *o;
    if (!o->watch)
        chunks_hurry();
    pthread_mutex_init(&h->lock, NULL);
    h->asks = ask_is_possible();
    h->trust = paths_trust();
    h->runtime = paths_runtime();
    h->store = store_new();
    h->model = model_new(&mo);
    load_history(h);
    catch_signals();
    if (start_engine(h)) {
        headless_stop(h);
        return NULL;
    }
    hash_prepare(); /* the engine waits for libcurl meanwhile, and needs both */
    return h;
}

static void update(struct headless *h)
{
    uint64_t generation = store_generation(h->store);
    struct snapshot **raw;
    size_t n;

    if (h->estate && generation == h->seen && !h->o.watch)
        return;
    raw = store_all(h->store, &n);
    estate_unref(h->estate);
    h->estate = model_update(h->model, raw, n, clock_now_ms());
    h->seen = generation;
    for (size_t i = 0; i < n; i++)
        snapshot_unref(raw[i]);
    free(raw);
}

bool headless_wait(struct headless *h)
{
    while (!h->interrupted && !engine_wait(h->engine, news[0])) {
        take_news(h);
        if (h->o.samples)
            update(h);
    }
    /* Meanwhile the rows are joined and printed. */
    if (!h->interrupted)
        engine_leave(h->engine, LOGOUT_GRACE_MS);
    return !h->interrupted;
}

bool headless_wait_change(struct headless *h, int64_t limit_ms)
{
    struct pollfd fd = {.fd = news[0], .events = POLLIN};

    (void)poll(&fd, 1, (int)limit_ms);
    take_news(h);
    return !h->interrupted;
}

bool headless_is_collecting(const struct headless *h)
{
    unsigned done, total;

    engine_progress(h->engine, &done, &total);
    return done < total;
}

const struct estate *headless_estate(struct headless *h)
{
    update(h);
    return h->estate;
}

void headless_stop(struct headless *h)
{
    struct prompt p;

    if (!h)
        return;
    engine_stop(h->engine, LOGOUT_GRACE_MS);
    release_signals();
    while (take_prompt(h, &p)) {
        free(p.credential);
        free(p.question);
    }
    estate_unref(h->estate);
    model_free(h->model);
    store_free(h->store);
    pthread_mutex_destroy(&h->lock);
    free(h->trust);
    free(h->runtime);
    free(h);
}
