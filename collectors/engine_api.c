/*
 * What the console asks for travels to the engine's thread as a posted call that owns copies of its
 * arguments. Nothing here waits but engine_wait().
 */
#include "collectors/engine_priv.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/table.h"

struct message {
    struct engine *engine;
    char *name, *value; /* table, credential or endpoint; fingerprint */
    char **names;
    size_t n;
    struct secret *answer;
};

static struct message *message_new(struct engine *e, const char *name)
{
    struct message *m = mem_alloc(sizeof(*m));

    m->engine = e;
    m->name = mem_strdup(name);
    return m;
}

static void message_free(struct message *m)
{
    for (size_t i = 0; i < m->n; i++)
        free(m->names[i]);
    free(m->names);
    free(m->name);
    free(m->value);
    secret_unref(m->answer);
    free(m);
}

/* ---- waiting -----------------------------------------------------------------------------------
 */

bool engine_wait(struct engine *e, int interrupt_fd)
{
    struct pollfd fds[2] = {{.fd = e->over_fd, .events = POLLIN},
                            {.fd = interrupt_fd, .events = POLLIN}};

    while (poll(fds, 2, -1) < 0 && errno == EINTR) {
    }
    return fds[0].revents != 0;
}

void engine_progress(const struct engine *e, unsigned *done, unsigned *total)
{
    *total = atomic_load(&e->total);
    *done = atomic_load(&e->done);
}

/* ---- refresh and focus ------------------------------------------------------------------------
 */

static bool serves(const struct job *job, const char *table)
{
    for (size_t i = 0; table && i < job->ntables; i++) {
        if (strcmp(job->collector->tables[i]->name, table) == 0)
            return true;
    }
    return !table;
}

static void refresh(struct endpoint *ep, const char *table, int64_t now)
{
    for (size_t k = 0; k < ep->njobs; k++) {
        struct job *job = &ep->jobs[k];

        /* What nobody looks at is not read because of a request for everything. */
        if (!serves(job, table) || (engine_job_sleeps(job) && (!table || job->aside)))
            continue;
        if (engine_job_is_polling(job))
            engine_job_suspend(job);
        /* A live one that is busy reads again before it waits. */
        job->forced |= job->collector->live && job->state != JOB_OVER;
        if (job->state != JOB_IDLE)
            continue;
        job->due_at = now;
        job->forced = true;
        ep->wake_at = ep->retry_at = 0;
    }
}

static void on_refresh(void *arg)
{
    struct message *m = arg;

    engine_hops_retry(m->engine);
    for (size_t i = 0; i < m->engine->nendpoints && !m->engine->stopping; i++)
        refresh(&m->engine->endpoints[i], m->name, clock_mono_ms());
    engine_arm(m->engine, 0);
    message_free(m);
}

void engine_refresh(struct engine *e, const char *table)
{
    loop_post(e->loop, on_refresh, message_new(e, table));
}

static bool is_visible(const struct message *m, const struct job *job)
{
    for (size_t i = 0; i < m->n; i++) {
        if (serves(job, m->names[i]))
            return true;
    }
    return false;
}

static void focus(struct job *job, bool visible)
{
    int64_t due;

    if (job->focused == visible)
        return;
    job->focused = visible;
    if (visible && job->collector->on_demand && !job->started_at)
        job->due_at = clock_mono_ms();
    due = job->started_at + engine_job_interval(job);
    if (visible && job->state == JOB_IDLE && job->started_at && !job->failures && due < job->due_at)
        job->due_at = due;
}

static void on_focus(void *arg)
{
    struct message *m = arg;

    for (size_t i = 0; i < m->engine->nendpoints; i++) {
        struct endpoint *ep = &m->engine->endpoints[i];

        for (size_t k = 0; k < ep->njobs; k++)
            focus(&ep->jobs[k], is_visible(m, &ep->jobs[k]));
    }
    engine_poke(m->engine, NULL);
    message_free(m);
}

void engine_focus(struct engine *e, const char *const *tables, size_t n)
{
    struct message *m = message_new(e, NULL);

    m->names = mem_array(n + 1, sizeof(*m->names));
    for (m->n = 0; m->n < n; m->n++)
        m->names[m->n] = mem_strdup(tables[m->n]);
    loop_post(e->loop, on_focus, m);
}

/* ---- people act --------------------------------------------------------------------------------
 */

static void on_login_again(void *arg)
{
    struct message *m = arg;
    struct engine *e = m->engine;

    engine_hops_retry(e);
    for (size_t i = 0; i < e->ncredentials; i++) {
        struct credential *c = e->credentials[i];

        if (m->name ? strcmp(m->name, c->name) == 0 : c->state == CREDENTIAL_REJECTED)
            engine_credential_reset(c);
    }
    for (size_t i = 0; i < e->nendpoints && !e->stopping; i++) {
        struct endpoint *ep = &e->endpoints[i];

        if (ep->state == ENDPOINT_STOPPED && !ep->tls_denied && ep->session &&
            (!m->name || strcmp(m->name, ep->credential->name) == 0))
            engine_endpoint_restart(ep);
    }
    message_free(m);
}

void engine_login_again(struct engine *e, const char *credential)
{
    loop_post(e->loop, on_login_again, message_new(e, credential));
}

static void on_answer(void *arg)
{
    struct message *m = arg;

    for (size_t i = 0; i < m->engine->ncredentials && !m->engine->stopping; i++) {
        struct credential *c = m->engine->credentials[i];

        if (strcmp(c->name, m->name) == 0 && c->spec.source == SECRET_PROMPT)
            engine_credential_answer(c, m->answer);
    }
    message_free(m);
}

void engine_answer_prompt(struct engine *e, const char *credential, struct secret *answer)
{
    struct message *m = message_new(e, credential);

    m->answer = answer;
    loop_post(e->loop, on_answer, m);
}

static bool is_same_scope(const struct job *job, const char *scope)
{
    return job->scope && scope ? strcmp(job->scope, scope) == 0 : !job->scope && !scope;
}

static bool is_named(const struct endpoint *ep, const struct message *m)
{
    for (size_t i = 0; i < m->n; i++) {
        if (config_endpoint_has_name(ep->config, m->names[i]))
            return true;
    }
    return false;
}

static void look(struct job *job, const struct message *m)
{
    bool aside = m->n && !is_named(job->ep, m);

    if (!job->collector->on_demand || (job->aside == aside && is_same_scope(job, m->value)))
        return;
    job->aside = aside;
    free(job->scope);
    job->scope = mem_strdup(aside ? NULL : m->value);
    job->outdated = !aside && engine_job_is_active(job);
    if (job->state == JOB_IDLE)
        job->due_at = clock_mono_ms();
    else if (job->state != JOB_DECODING && engine_job_looks_away(job))
        engine_job_suspend(job); /* what it reads is not asked for any more */
}

static void on_look(void *arg)
{
    struct message *m = arg;

    for (size_t i = 0; i < m->engine->nendpoints; i++) {
        struct endpoint *ep = &m->engine->endpoints[i];

        for (size_t k = 0; k < ep->njobs; k++)
            look(&ep->jobs[k], m);
    }
    engine_poke(m->engine, NULL);
    message_free(m);
}

/* Names of filters have no blanks: those that have are in no command either. */
static char *join(const char *const *names, size_t n)
{
    struct strbuf out = STRBUF_INIT;

    for (size_t i = 0; i < n; i++)
        strbuf_addf(&out, "%s%s", i ? " " : "", names[i]);
    return n ? strbuf_detach(&out) : NULL;
}

void engine_look(struct engine *e, const struct engine_look *l)
{
    struct message *m = message_new(e, NULL);

    m->names = mem_array(l->nendpoints + 1, sizeof(*m->names));
    for (m->n = 0; m->n < l->nendpoints; m->n++)
        m->names[m->n] = mem_strdup(l->endpoints[m->n]);
    m->value = join(l->filters, l->nfilters);
    loop_post(e->loop, on_look, m);
}

/* A name that two sites use means the one that was refused. */
static struct endpoint *find_distrusted(struct engine *e, const char *name)
{
    struct endpoint *found = NULL;

    for (size_t i = 0; i < e->nendpoints; i++) {
        struct endpoint *ep = &e->endpoints[i];

        if (config_endpoint_has_name(ep->config, name) &&
            (!found || (ep->tls_denied && !found->tls_denied)))
            found = ep;
    }
    return found;
}

/* One small file, when a person asks for it: not worth a pool thread. */
static int accept_trust(struct engine *e, struct endpoint *ep, const char *sha256, struct err *err)
{
    /* One address: the line holds for the endpoint, also when it is written in another way. */
    bool several = engine_endpoint_nodes(ep) > 1 || ep->config->kind == KIND_VMC;
    char *name = mem_printf("%s/%s", ep->config->site, ep->config->name);
    struct trust *trust = NULL;

    if (!trust_accept(e->o.trust_file, name, several && ep->tls_where[0] ? ep->tls_where : NULL,
                      sha256, err))
        trust = trust_load(e->o.trust_file, err);
    free(name);
    if (!trust)
        return -1;
    trust_free(e->trust);
    e->trust = trust;
    return 0;
}

static void on_trust(void *arg)
{
    struct message *m = arg;
    struct engine *e = m->engine;
    struct endpoint *ep = find_distrusted(e, m->name);
    struct err err = {0};

    if (!ep)
        err_set(&err, ERR_CONFIG, 0, "no endpoint '%s' to trust", m->name);
    else if (!e->o.trust_file)
        err_set(&err, ERR_CONFIG, 0, "there is no file to keep accepted fingerprints in");
    else if (!e->stopping && accept_trust(e, ep, m->value, &err) == 0)
        engine_endpoint_restart(ep);
    if (err.kind != ERR_NONE)
        log_add(LOG_ERROR, "%s", err.msg);
    message_free(m);
}

void engine_trust(struct engine *e, const char *endpoint, const char *sha256)
{
    struct message *m = message_new(e, endpoint);

    m->value = mem_strdup(sha256);
    loop_post(e->loop, on_trust, m);
}
