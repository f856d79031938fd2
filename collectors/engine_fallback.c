/*
 * A fallback reads a table where what knows it better does not answer: `esxcli vsan` on the hosts
 * while vCenter is away. It stands by until then, and stands by again when the other has been read
 * again. While it stands by it is nobody's source: it was never published, or says what reads the
 * table now, without rows.
 *
 * Endpoints of one kind cover the table together (two vCenters of a site each know their own
 * clusters), kinds stand for each other (vSphere Replication, vCenter): it is needed when of each
 * kind one does not answer. Hosts that a vCenter has listed (hosts_from) look at that one alone.
 */
#include "collectors/engine_priv.h"

#include <stdio.h>
#include <string.h>

#include "core/clock.h"

/* once: what has not answered in this part of the time gets no more of it to itself. */
#define ONCE_PATIENCE 3

enum answer { ANSWER_NONE, ANSWER_OPEN, ANSWER_GOOD };

/* ---- does the other answer? --------------------------------------------------------------------
 */

static bool is_asked(const struct job *job, const struct endpoint *other)
{
    const struct config_endpoint *c = other->config;
    const char *from = config_str(job->ep->config, "hosts_from.vcenter");

    if (!(job->collector->fallback_for & (unsigned)c->kind) ||
        strcmp(c->site, job->ep->config->site) != 0)
        return false;
    return !from || c->kind != KIND_VCENTER || strcmp(from, c->name) == 0;
}

static enum answer answer_of(const struct job *better, size_t table)
{
    const struct endpoint *ep = better->ep;

    if (better->disabled[table] || ep->state == ENDPOINT_STOPPED || ep->err.kind != ERR_NONE)
        return ANSWER_NONE;
    switch (snapshot_freshness(better->current[table])) {
    case FRESH_OK:
    case FRESH_PARTIAL:
    case FRESH_UNSUPPORTED:
        return ANSWER_GOOD;
    case FRESH_NEVER:
        return better->state == JOB_OVER ? ANSWER_NONE : ANSWER_OPEN;
    default:
        return ANSWER_NONE;
    }
}

static bool reads(const struct job *better, const struct schema *schema, size_t *table)
{
    for (*table = 0; *table < better->ntables; ++*table) {
        if (better->collector->tables[*table] == schema)
            return true;
    }
    return false;
}

/* The worst of what @other says of the job's table; *@serves: it has it. */
static enum answer endpoint_answer(const struct job *job, const struct endpoint *other,
                                   bool *serves)
{
    enum answer worst = ANSWER_GOOD;
    size_t table;

    for (size_t k = 0; k < other->njobs; k++) {
        enum answer a;

        if (!reads(&other->jobs[k], job->collector->tables[0], &table))
            continue;
        a = answer_of(&other->jobs[k], table);
        worst = a < worst ? a : worst;
        *serves = true;
    }
    return worst;
}

/* The best of the kinds, each as good as the worst of its endpoints. */
static enum answer ask_others(const struct job *job, const struct endpoint **who)
{
    const struct engine *e = job->ep->engine;
    enum answer best = ANSWER_NONE;

    for (unsigned kind = 1; kind && kind <= job->collector->fallback_for; kind <<= 1) {
        enum answer worst = ANSWER_GOOD;
        const struct endpoint *one = NULL;

        for (size_t i = 0; i < e->nendpoints; i++) {
            const struct endpoint *other = &e->endpoints[i];
            bool serves = false;
            enum answer a;

            if ((unsigned)other->config->kind != kind || !is_asked(job, other))
                continue;
            a = endpoint_answer(job, other, &serves);
            one = serves ? other : one;
            worst = serves && a < worst ? a : worst;
        }
        if (one && worst > best) {
            best = worst;
            *who = one;
        }
    }
    return best;
}

static bool has_better(const struct job *job)
{
    const struct engine *e = job->ep->engine;
    size_t table;

    for (size_t i = 0; i < e->nendpoints; i++) {
        const struct endpoint *other = &e->endpoints[i];

        for (size_t k = 0; is_asked(job, other) && k < other->njobs; k++) {
            if (reads(&other->jobs[k], job->collector->tables[0], &table))
                return true;
        }
    }
    return false;
}

/* ---- standing by -------------------------------------------------------------------------------
 */

static int64_t patience_ends(const struct job *job)
{
    const struct engine_options *o = &job->ep->engine->o;

    if (!o->once || job->once_deadline == ENGINE_NEVER)
        return ENGINE_NEVER;
    return job->once_deadline - o->timeout_ms + o->timeout_ms / ONCE_PATIENCE;
}

static void stand_in(struct job *job, int64_t now)
{
    job->standby = false;
    job->due_at = now;
    job->ep->changed = true;
    if (engine_job_sleeps(job))
        engine_publish_idle(job, "read while somebody looks at it");
    else
        engine_publish_never(job);
    if (job->ep->state == ENDPOINT_STOPPED) {
        struct err why = job->ep->err;

        engine_job_abort(job, &why);
    }
}

static void stand_by(struct job *job, const struct endpoint *who)
{
    char why[128];

    if (engine_job_is_active(job))
        engine_job_suspend(job);
    job->standby = true;
    job->ok_at = 0;
    job->failures = 0;
    job->forced = false;
    job->ep->changed = true;
    (void)snprintf(why, sizeof(why), "read from '%s', which answers", who->config->name);
    engine_publish_idle(job, why);
}

void engine_fallback_end(struct job *job)
{
    for (unsigned i = 0; i <= job->rounds; i++)
        engine_count_done(job->ep->engine);
    job->rounds = 0;
    job->first_done = true;
    job->state = JOB_OVER;
}

void engine_fallback_init(struct job *job)
{
    job->fallback = job->collector->fallback_for && has_better(job);
    job->standby = job->fallback;
}

void engine_fallback_advance(struct job *job, int64_t now)
{
    const struct endpoint *who = NULL;
    enum answer answer;

    if (!job->fallback || job->state == JOB_OVER)
        return;
    answer = ask_others(job, &who);
    if (job->standby) {
        if (answer == ANSWER_NONE || (answer == ANSWER_OPEN && now >= patience_ends(job)))
            stand_in(job, now);
        else if (answer == ANSWER_GOOD && job->ep->engine->o.once)
            engine_fallback_end(job);
    } else if (answer == ANSWER_GOOD && !job->ep->engine->o.once && job->state != JOB_DECODING) {
        stand_by(job, who);
    }
}

int64_t engine_fallback_wake_at(const struct job *job)
{
    int64_t at = patience_ends(job);

    return job->state == JOB_OVER || clock_mono_ms() >= at ? ENGINE_NEVER : at;
}

static uint64_t answers(const struct endpoint *ep)
{
    uint64_t seen = 1 + (ep->state == ENDPOINT_STOPPED) + 2 * (uint64_t)(ep->err.kind != ERR_NONE);

    for (size_t k = 0; k < ep->njobs; k++) {
        const struct job *job = &ep->jobs[k];

        seen = seen * 31 + (job->state == JOB_OVER);
        for (size_t t = 0; !job->fallback && t < job->ntables; t++)
            seen = seen * 31 + (uint64_t)snapshot_freshness(job->current[t]);
    }
    return seen;
}

void engine_fallback_tell(struct endpoint *better)
{
    struct engine *e = better->engine;
    uint64_t seen = answers(better);

    if (seen == better->told)
        return;
    better->told = seen;
    for (size_t i = 0; i < e->nendpoints; i++) {
        struct endpoint *ep = &e->endpoints[i];
        bool concerned = false;

        for (size_t k = 0; k < ep->njobs && !concerned; k++)
            concerned = ep->jobs[k].fallback && is_asked(&ep->jobs[k], better);
        if (concerned)
            engine_poke(e, ep);
    }
}
