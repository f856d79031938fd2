/* model: from raw snapshots to the next estate. The essay is in estate.h. */
#include "model/estate.h"

#include "core/map.h"
#include "core/mem.h"
#include "model/model_priv.h"
#include "model/observe.h"
#include "model/samples.h"
#include "model/since.h"

#include <stdlib.h>
#include <string.h>

static void init_site(struct model_site *s, const struct config *c,
                      const struct config_site *config)
{
    s->site = site_new(c, config);
    s->timeline = timeline_new(config->name);
    s->lost_flows = lost_flows_new(config->name);
    s->places = map_new();
    for (size_t i = 0; i < config->nendpoints; i++)
        map_put(s->places, config->endpoints[i]->name, (void *)(uintptr_t)(i + 1));
}

struct model *model_new(const struct model_options *o)
{
    struct model *m = mem_alloc(sizeof(*m));
    const struct findings_options fo = {o->config, o->one_sample, o->user, o->local};

    m->o = *o;
    m->o.user = mem_strdup(o->user);
    m->findings = o->checks ? findings_new(&fo) : NULL;
    m->since = since_new();
    m->samples = samples_new();
    m->nsites = config_site_count(o->config);
    m->sites = mem_array(m->nsites + 1, sizeof(*m->sites));
    for (size_t i = 0; i < m->nsites; i++)
        init_site(&m->sites[i], o->config, config_site(o->config, i));
    pthread_mutex_init(&m->lock, NULL);
    strbuf_init(&m->history, 0);
    return m;
}

static void act_release(struct act *a)
{
    free(a->finding);
    free(a->note);
}

void model_free(struct model *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->nsites; i++) {
        site_free(m->sites[i].site);
        timeline_free(m->sites[i].timeline);
        lost_flows_free(m->sites[i].lost_flows);
        map_free(m->sites[i].places, NULL);
    }
    for (size_t i = 0; i < m->nacts; i++)
        act_release(&m->acts[i]);
    free(m->sites);
    findings_free(m->findings);
    since_free(m->since);
    samples_free(m->samples);
    estate_unref(m->last);
    strbuf_release(&m->history);
    pthread_mutex_destroy(&m->lock);
    free((char *)m->o.user);
    free(m);
}

struct model_site *model_site(struct model *m, const char *name)
{
    for (size_t i = 0; name && i < m->nsites; i++) {
        if (strcmp(site_config(m->sites[i].site)->name, name) == 0)
            return &m->sites[i];
    }
    return NULL;
}

/* ---- acts of other threads ----------------------------------------------------------------------
 */

static void push(struct model *m, enum act_kind kind, const char *finding, const char *note,
                 int64_t until)
{
    pthread_mutex_lock(&m->lock);
    if (m->nacts == MODEL_ACTS_MAX) {
        act_release(&m->acts[0]);
        memmove(m->acts, m->acts + 1, --m->nacts * sizeof(*m->acts));
    }
    m->acts[m->nacts++] = (struct act){kind, mem_strdup(finding), mem_strdup(note), until};
    pthread_mutex_unlock(&m->lock);
}

void model_acknowledge(struct model *m, const char *finding, const char *note)
{
    push(m, ACT_ACKNOWLEDGE, finding, note, 0);
}

void model_unacknowledge(struct model *m, const char *finding)
{
    push(m, ACT_UNACKNOWLEDGE, finding, NULL, 0);
}

void model_snooze(struct model *m, const char *finding, int64_t until_ms, const char *note)
{
    push(m, ACT_SNOOZE, finding, note, until_ms);
}

static void apply(struct model *m, const struct act *a, int64_t now)
{
    if (!m->findings)
        return;
    switch (a->kind) {
    case ACT_ACKNOWLEDGE:
        findings_acknowledge(m->findings, a->finding, a->note, now);
        break;
    case ACT_UNACKNOWLEDGE:
        findings_unacknowledge(m->findings, a->finding, now);
        break;
    case ACT_SNOOZE:
        findings_snooze(m->findings, a->finding, a->until, a->note, now);
        break;
    }
}

static void apply_acts(struct model *m, int64_t now)
{
    struct act acts[MODEL_ACTS_MAX];
    size_t n;

    pthread_mutex_lock(&m->lock);
    n = m->nacts;
    memcpy(acts, m->acts, n * sizeof(*acts));
    m->nacts = 0;
    pthread_mutex_unlock(&m->lock);
    for (size_t i = 0; i < n; i++) {
        apply(m, &acts[i], now);
        act_release(&acts[i]);
    }
}

/* ---- update -------------------------------------------------------------------------------------
 */

/* Endpoints that are not configured come last. */
static size_t place_of(const struct model_site *s, const struct snapshot *snapshot)
{
    size_t place = (uintptr_t)map_get(s->places, snapshot_endpoint(snapshot));

    return place ? place : SIZE_MAX;
}

/* Sets in the order of the configuration: the order in which endpoints are asked for a row. They
 * nearly always come in it. */
static void add_in_order(struct model_site *site, unsigned table, const struct snapshot *s)
{
    struct view_set *set = &site->raw.sets[table];
    size_t place = place_of(site, s), at;

    view_set_add(set, s);
    for (at = set->n - 1; at > 0 && place_of(site, set->at[at - 1]) > place; at--)
        set->at[at] = set->at[at - 1];
    set->at[at] = s;
}

static void sort_out(struct model *m, struct snapshot *const *raw, size_t n)
{
    struct model_site *site = NULL;

    for (size_t i = 0; i < n; i++) {
        unsigned place = view_place(snapshot_schema(raw[i]));
        if (!site || strcmp(site_config(site->site)->name, snapshot_site(raw[i])) != 0)
            site = model_site(m, snapshot_site(raw[i]));
        if (site && place < VIEW_TABLES_MAX)
            add_in_order(site, place, raw[i]);
    }
}

void model_progress(struct model *m, unsigned done, unsigned total)
{
    m->done = done;
    m->total = total;
}

static void count_polls(const struct model *m, struct estate *e, struct snapshot *const *raw,
                        size_t n)
{
    e->done = m->done;
    e->total = m->total;
    for (size_t i = 0; i < n && !m->total; i++) {
        enum freshness f = snapshot_freshness(raw[i]);
        if (f == FRESH_UNSUPPORTED)
            continue;
        e->total++;
        e->done += f != FRESH_NEVER || snapshot_err(raw[i])->kind != ERR_NONE;
    }
}

static void add_tables(struct estate *e, const struct site *s, const struct estate *last)
{
    for (unsigned place = 0; place < tables_count; place++) {
        size_t n;
        struct snapshot *const *list = site_table(s, place, &n);
        for (size_t i = 0; i < n; i++)
            estate_add(e, place, snapshot_ref(list[i]), last);
    }
}

static void update_lost_flows(struct model_site *s, int64_t now)
{
    size_t nfilters, nflows;
    struct snapshot *const *filters = site_table(s->site, view_place(&table_filters), &nfilters);
    struct snapshot *const *flows = site_table(s->site, view_place(&table_flows), &nflows);

    lost_flows_update(s->lost_flows, filters, nfilters, flows, nflows, now);
}

/* What is not remembered is not followed: said where its changes would be. NULL: there is room. */
static const char *memory_is_full(const struct model *m)
{
    static const char states[] = "the states of more than 50,000 things are not remembered: "
                                 "changes of the others are missing, and since when they are so";
    static const char series[] = "samples of more than 50,000 things are not remembered: "
                                 "estimates and forecasts of the others are missing";
    _Static_assert(SINCE_MAX == 50000 && SAMPLES_SERIES_MAX == 50000, "as the sentences say");

    if (since_overflow(m->since))
        return states;
    return samples_overflow(m->samples) ? series : NULL;
}

static void update_site(struct model *m, struct model_site *s, struct estate *e)
{
    site_begin(s->site, &s->raw, m->since, m->samples, e->now);
    observe_raw(s->site, m->since, s->timeline);
    observe_samples(s->site, m->samples);
    site_derive(s->site);
    if (!m->o.unobserved)
        observe_derived(s->site, m->since, s->timeline);
    site_end(s->site);
    view_release(&s->raw);
    update_lost_flows(s, e->now);
    add_tables(e, s->site, m->last);
    estate_add(e, view_place(&table_lost_flows), lost_flows_snapshot(s->lost_flows, e->now),
               m->last);
    estate_add(e, view_place(&table_timeline),
               timeline_snapshot(s->timeline, e->now, memory_is_full(m)), m->last);
}

static void add_findings(struct model *m, struct estate *e)
{
    struct snapshot **out = mem_array(m->nsites + 1, sizeof(struct snapshot *));

    findings_update(m->findings, e, out);
    for (size_t i = 0; i < m->nsites; i++)
        estate_add(e, view_place(&table_findings), out[i], m->last);
    free(out);
}

struct estate *model_update(struct model *m, struct snapshot *const *raw, size_t n, int64_t now)
{
    struct estate *e = estate_new(m->o.config, ++m->generation, now);

    apply_acts(m, now);
    sort_out(m, raw, n);
    count_polls(m, e, raw, n);
    for (size_t i = 0; i < m->nsites; i++)
        update_site(m, &m->sites[i], e);
    if (m->findings)
        add_findings(m, e);
    model_history_collect(m, now);
    estate_unref(m->last);
    m->last = estate_ref(e);
    return e;
}
