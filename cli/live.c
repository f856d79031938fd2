#include "cli/live.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/lab_child.h"
#include "cli/state.h"
#include "collectors/engine.h"
#include "core/clock.h"
#include "core/i18n.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/store.h"
#include "core/strbuf.h"
#include "core/trust.h"
#include "model/tables.h"

#define LOGOUT_GRACE_MS 5000
#define GAP_MS          100  /* between two estates: a burst of replies makes one */
#define IDLE_MS         5000 /* an estate now and then: things persist, expire and age */
#define PROMPTS_MAX     32
#define TRUSTS_MAX      16
#define NICE            5
/* bytes: read before the first screen, within a few milliseconds */
#define HISTORY_AT_ONCE_MAX (256 << 10)
#define HISTORY_RETRY_MS    60000
#define WORK_DIRTY          'd'
#define WORK_STOP           's'

struct trust_act {
    char *site, *endpoint, *sha256;
};

struct live {
    struct live_options o;
    struct tui_host host;
    struct store *store;
    struct engine *engine;
    struct model *model;
    int wake[2], work[2]; /* pipes to the console and to the worker */
    pthread_t worker;
    bool working, history_read;
    int64_t history_at;   /* of the worker: not written before, because it failed */
    pthread_mutex_t lock; /* of all below; never held while something is computed */
    struct estate *newest;
    struct tui_prompt prompts[PROMPTS_MAX];
    size_t nprompts;
    struct trust_act trusts[TRUSTS_MAX];
    size_t ntrusts;
    char *history, *trust, *runtime;
};

/* ---- waking ------------------------------------------------------------------------------------
 */

static void wake_console(struct live *l)
{
    /* A full pipe already says that there is news. */
    (void)!write(l->wake[1], "w", 1);
}

static void mark_dirty(struct live *l)
{
    (void)!write(l->work[1], &(char){WORK_DIRTY}, 1);
}

static void on_change(void *arg)
{
    mark_dirty(arg);
}

static void on_prompt(void *arg, const char *credential, const char *question)
{
    struct live *l = arg;

    pthread_mutex_lock(&l->lock);
    if (l->nprompts < PROMPTS_MAX)
        l->prompts[l->nprompts++] =
            (struct tui_prompt){mem_strdup(credential), mem_strdup(question)};
    else
        log_add(LOG_ERROR, "too many questions at once: '%s' was not asked", credential);
    pthread_mutex_unlock(&l->lock);
    wake_console(l);
}

/* ---- the worker: estates and files -------------------------------------------------------------
 */

/* Wait for news, for the gap after the last estate, or until one is due anyway. False: stop. */
static bool wait_news(struct live *l, int64_t last, int64_t gap)
{
    bool dirty = false, stop = false;
    char buf[64];

    for (;;) {
        struct pollfd fd = {.fd = l->work[0], .events = POLLIN};
        int64_t left = (dirty ? gap : IDLE_MS) - (clock_mono_ms() - last);
        ssize_t n;
        if (stop || left <= 0)
            return !stop;
        (void)poll(&fd, 1, (int)left);
        while ((n = read(l->work[0], buf, sizeof(buf))) > 0) {
            dirty = true;
            stop = stop || memchr(buf, WORK_STOP, (size_t)n);
        }
    }
}

static void accept_trust(struct live *l, const struct trust_act *t)
{
    char *name = mem_printf("%s/%s", t->site, t->endpoint);
    struct err err = {0};

    if (trust_accept(l->o.trust, name, NULL, t->sha256, &err))
        log_add(LOG_ERROR, "%s", err.msg);
    else
        log_add(LOG_INFO, "the certificate of '%s' was accepted: sha256 %s", name, t->sha256);
    engine_trust(l->engine, name, t->sha256);
    free(name);
}

static void take_trusts(struct live *l)
{
    struct trust_act acts[TRUSTS_MAX];
    size_t n;

    pthread_mutex_lock(&l->lock);
    n = l->ntrusts;
    memcpy(acts, l->trusts, n * sizeof(*acts));
    l->ntrusts = 0;
    pthread_mutex_unlock(&l->lock);
    for (size_t i = 0; i < n; i++) {
        accept_trust(l, &acts[i]);
        free(acts[i].site);
        free(acts[i].endpoint);
        free(acts[i].sha256);
    }
}

static void make_estate(struct live *l)
{
    size_t n;
    struct snapshot **raw = store_all(l->store, &n);
    struct estate *next, *old;
    unsigned done, total;

    engine_progress(l->engine, &done, &total);
    model_progress(l->model, done, total);
    next = model_update(l->model, raw, n, clock_now_ms());

    for (size_t i = 0; i < n; i++)
        snapshot_unref(raw[i]);
    free(raw);
    pthread_mutex_lock(&l->lock);
    old = l->newest;
    l->newest = next;
    pthread_mutex_unlock(&l->lock);
    estate_unref(old);
    wake_console(l);
}

static void read_history(struct live *l)
{
    struct err err = {0};

    if (state_load(l->o.history, l->model, clock_now_ms(), NULL, &err))
        log_add(LOG_ERROR, "%s", err.msg);
    l->history_read = true;
}

static void save_history(struct live *l)
{
    struct err err = {0};
    int64_t now = clock_mono_ms();

    if (now < l->history_at || state_append(l->o.history, l->model, &err) == 0)
        return;
    l->history_at = now + HISTORY_RETRY_MS;
    log_add(LOG_ERROR, "%s", err.msg);
}

/* Bytes of both files. */
static int64_t history_size(const struct live *l)
{
    char *before = mem_printf("%s.1", l->o.history);
    int64_t size = 0;
    struct stat st;

    if (stat(l->o.history, &st) == 0)
        size += st.st_size;
    if (stat(before, &st) == 0)
        size += st.st_size;
    free(before);
    return size;
}

static void *work(void *arg)
{
    struct live *l = arg;
    int64_t begin, gap;

    /* Where processors are few, keys come first. */
    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), NICE);
    if (!l->history_read)
        read_history(l);
    do {
        begin = clock_mono_ms();
        take_trusts(l);
        make_estate(l);
        save_history(l);
        /* A large estate takes long: this thread rests as long as it worked. */
        gap = 2 * (clock_mono_ms() - begin);
    } while (wait_news(l, begin, gap > GAP_MS ? gap : GAP_MS));
    return NULL;
}

/* ---- the host: on the terminal's thread --------------------------------------------------------
 */

/* The first estate knows what is configured and what the history tells. A long history is left to
 * the worker: then the first screen says "not read yet" for a moment. */
static int prepare(void *arg, struct err *err)
{
    struct live *l = arg;
    struct engine_options eo = {
        .config = l->o.config,
        .store = l->store,
        .trust_file = l->o.trust,
        .runtime_dir = l->o.runtime,
        .on_prompt = on_prompt,
        .on_change = on_change,
        .arg = l,
    };

    l->engine = engine_new(&eo, err);
    if (!l->engine)
        return -1;
    if (history_size(l) <= HISTORY_AT_ONCE_MAX) {
        read_history(l);
        make_estate(l);
    }
    return 0;
}

static void crashed(void *arg)
{
    engine_crash(((struct live *)arg)->engine);
}

static int started(void *arg, struct err *err)
{
    struct live *l = arg;

    if (engine_run(l->engine, err))
        return -1;
    if (pthread_create(&l->worker, NULL, work, l))
        return err_set(err, ERR_IO, 0, "unable to start a thread");
    l->working = true;
    return 0;
}

static struct estate *take_estate(void *arg)
{
    struct live *l = arg;
    struct estate *e;

    pthread_mutex_lock(&l->lock);
    e = l->newest;
    l->newest = NULL;
    pthread_mutex_unlock(&l->lock);
    return e;
}

static bool take_prompt(void *arg, struct tui_prompt *out)
{
    struct live *l = arg;
    bool any;

    pthread_mutex_lock(&l->lock);
    any = l->nprompts > 0;
    if (any) {
        *out = l->prompts[0];
        memmove(l->prompts, l->prompts + 1, --l->nprompts * sizeof(*l->prompts));
    }
    pthread_mutex_unlock(&l->lock);
    return any;
}

static void queue_trust(struct live *l, const struct tui_request *r)
{
    pthread_mutex_lock(&l->lock);
    if (l->ntrusts < TRUSTS_MAX)
        l->trusts[l->ntrusts++] =
            (struct trust_act){mem_strdup(r->site), mem_strdup(r->endpoint), mem_strdup(r->text)};
    pthread_mutex_unlock(&l->lock);
    mark_dirty(l);
}

/* Who comes to look at something narrows it before it is read; who leaves lets it sleep before all
 * of it would be read. */
static void focus(struct live *l, const struct tui_request *r)
{
    const struct engine_look look = {.endpoints = r->endpoints,
                                     .filters = r->filters,
                                     .nendpoints = r->nendpoints,
                                     .nfilters = r->nfilters};
    bool narrow = look.nendpoints || look.nfilters;

    if (narrow)
        engine_look(l->engine, &look);
    engine_focus(l->engine, r->tables, r->ntables);
    if (!narrow)
        engine_look(l->engine, &look);
}

static void ask_engine(struct live *l, const struct tui_request *r)
{
    switch (r->kind) {
    case TUI_REFRESH:
        engine_refresh(l->engine, r->table);
        break;
    case TUI_FOCUS:
        focus(l, r);
        break;
    case TUI_LOGIN:
        engine_login_again(l->engine, r->credential);
        break;
    case TUI_ANSWER:
        engine_answer_prompt(l->engine, r->credential, r->answer);
        break;
    default:
        break;
    }
}

static void request(void *arg, const struct tui_request *r)
{
    struct live *l = arg;

    switch (r->kind) {
    case TUI_TRUST:
        queue_trust(l, r);
        return;
    case TUI_ACKNOWLEDGE:
        model_acknowledge(l->model, r->finding, r->text);
        break;
    case TUI_UNACKNOWLEDGE:
        model_unacknowledge(l->model, r->finding);
        break;
    case TUI_SNOOZE:
        model_snooze(l->model, r->finding, r->until, r->text);
        break;
    default:
        if (l->engine)
            ask_engine(l, r);
        return;
    }
    mark_dirty(l);
}

static bool raw_reply(void *arg, const char *site, const char *endpoint, const char *table,
                      char **asked, char **body, int64_t *at)
{
    struct live *l = arg;
    char *name = mem_printf("%s/%s", site, endpoint);
    bool any = l->engine && engine_raw_reply(l->engine, name, table, asked, body, at);

    free(name);
    return any;
}

static bool accepted(void *arg, const char *site, const char *endpoint, char sha256[65])
{
    struct live *l = arg;
    char *name = mem_printf("%s/%s", site, endpoint);
    struct trust *t = trust_load(l->o.trust, NULL);
    const char *hex = t ? trust_sha256(t, name, NULL) : NULL;

    if (hex)
        (void)snprintf(sha256, 65, "%s", hex);
    trust_free(t);
    free(name);
    return hex != NULL;
}

static bool caption(void *arg, struct strbuf *out)
{
    struct live *l = arg;

    return l->o.lab && lab_child_caption(l->o.lab, i18n_is_japanese(), out);
}

static void progress(void *arg, unsigned *done, unsigned *total)
{
    struct live *l = arg;

    if (l->engine)
        engine_progress(l->engine, done, total);
}

/* ---- life --------------------------------------------------------------------------------------
 */

struct live *live_new(const struct live_options *o)
{
    struct live *l = mem_alloc(sizeof(*l));
    struct model_options mo = {
        .local = true, .config = o->config, .checks = true, .user = cli_user()};

    l->o = *o;
    l->o.history = l->history = mem_strdup(o->history);
    l->o.trust = l->trust = mem_strdup(o->trust);
    l->o.runtime = l->runtime = mem_strdup(o->runtime);
    if (pipe2(l->wake, O_CLOEXEC | O_NONBLOCK) || pipe2(l->work, O_CLOEXEC | O_NONBLOCK))
        mem_die("unable to make a pipe");
    pthread_mutex_init(&l->lock, NULL);
    l->store = store_new();
    l->model = model_new(&mo);
    l->host = (struct tui_host){
        .arg = l,
        .wake_fd = l->wake[0],
        .prepare = prepare,
        .started = started,
        .estate = take_estate,
        .request = request,
        .prompt = take_prompt,
        .caption = caption,
        .raw_reply = raw_reply,
        .accepted = accepted,
        .progress = progress,
        .crashed = crashed,
    };
    return l;
}

static void stop_worker(struct live *l)
{
    if (!l->working)
        return;
    /* A full pipe would lose the word: then there is something to read, and it is tried again. */
    while (write(l->work[1], &(char){WORK_STOP}, 1) < 0 && errno == EAGAIN)
        (void)sched_yield();
    pthread_join(l->worker, NULL);
}

void live_free(struct live *l)
{
    struct tui_prompt p;

    if (!l)
        return;
    stop_worker(l); /* it talks to the engine */
    engine_stop(l->engine, LOGOUT_GRACE_MS);
    while (take_prompt(l, &p)) {
        free(p.credential);
        free(p.question);
    }
    estate_unref(l->newest);
    model_free(l->model);
    store_free(l->store);
    close(l->wake[0]);
    close(l->wake[1]);
    close(l->work[0]);
    close(l->work[1]);
    pthread_mutex_destroy(&l->lock);
    free(l->history);
    free(l->trust);
    free(l->runtime);
    free(l);
}

const struct tui_host *live_host(struct live *l)
{
    return &l->host;
}
