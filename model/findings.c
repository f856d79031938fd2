/*
 * findings: what was found, remembered from update to update.
 *
 * An entry lives under the finding's id and outlives single updates. Each update the checks report
 * what is wrong now; merge() brings that into the entries, sweep() looks at those that were not
 * reported. Only a check that could judge clears: without ok data an entry stays as it is.
 */
#include "model/findings.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/i18n.h"
#include "core/map.h"
#include "core/mem.h"
#include "model/findings_priv.h"

/* ---- entries ------------------------------------------------------------------------------------
 */

void findings_set_text(char **field, const char *text)
{
    if (*field && text && strcmp(*field, text) == 0)
        return;
    free(*field);
    *field = mem_strdup(text);
}

static void free_texts(char **items, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(items[i]);
    free(items);
}

static void said_release(struct said *s)
{
    free(s->english);
    free(s->local);
}

static void free_evidence(struct finding_entry *e)
{
    for (size_t i = 0; i < e->nevidence; i++)
        said_release(&e->evidence[i]);
    free(e->evidence);
}

void findings_entry_free(struct finding_entry *e)
{
    if (!e)
        return;
    free_texts(e->affected, e->naffected);
    free_evidence(e);
    free(e->id);
    free(e->site);
    free(e->check);
    free(e->subject);
    said_release(&e->summary);
    said_release(&e->remedy);
    free(e->cause);
    free(e->user);
    free(e->note);
    free(e);
}

static void free_entry(void *e)
{
    findings_entry_free(e);
}

/* "SITE/CHECK/SUBJECT": what an id says by itself, until a check says it better. */
static void split_id(struct finding_entry *e, const char *id)
{
    const char *check = strchr(id, '/');
    const char *subject = check ? strchr(check + 1, '/') : NULL;

    if (!subject) {
        e->site = mem_strdup("");
        e->check = mem_strdup("");
        e->subject = mem_strdup(id);
        return;
    }
    e->site = mem_strndup(id, (size_t)(check - id));
    e->check = mem_strndup(check + 1, (size_t)(subject - check) - 1);
    e->subject = mem_strdup(subject + 1);
}

struct finding_entry *findings_entry(struct findings *f, const char *id)
{
    struct finding_entry *e = map_get(f->entries, id);

    if (e)
        return e;
    e = mem_alloc(sizeof(*e));
    e->id = mem_strdup(id);
    split_id(e, id);
    map_put(f->entries, id, e);
    return e;
}

int64_t findings_first_seen(struct findings *f, const char *key, int64_t now_value)
{
    struct finding_memo *m = map_get(f->first_seen, key);

    if (!m) {
        m = mem_alloc(sizeof(*m));
        m->value = now_value;
        m->dirty = true;
        map_put(f->first_seen, key, m);
    }
    return m->value;
}

static size_t count_checks(void)
{
    size_t n = 0;

    while (checks_all[n])
        n++;
    return n;
}

/* Its place in checks_all; the end: there is no such check any more. */
static size_t place_of(const char *check)
{
    size_t i = 0;

    while (checks_all[i] && strcmp(checks_all[i]->name, check) != 0)
        i++;
    return i;
}

static void clear_entry(struct finding_entry *e, int64_t now)
{
    e->cleared_at = now;
    e->confirmed = e->judged = true;
    e->dirty = true;
}

static bool outlived(const struct finding_entry *e, int64_t now)
{
    if (!e->known)
        return now - e->answered_at > FINDINGS_CLEARED_MS && e->snoozed_until <= now;
    return e->cleared_at && now - e->cleared_at > FINDINGS_CLEARED_MS;
}

struct findings *findings_new(const struct findings_options *o)
{
    struct findings *f = mem_alloc(sizeof(*f));

    f->config = o->config;
    f->one_sample = o->one_sample;
    f->local = o->local && i18n_is_translated();
    f->user = mem_strdup(o->user ? o->user : "");
    f->entries = map_new();
    f->first_seen = map_new();
    f->arena = arena_new(0);
    f->nsites = config_site_count(o->config);
    f->sites = mem_array(f->nsites + 1, sizeof(*f->sites));
    for (size_t i = 0; i < f->nsites; i++) {
        f->sites[i].site = config_site(o->config, i);
        f->sites[i].checks = mem_array(count_checks() + 1, sizeof(struct check_memory));
    }
    return f;
}

void findings_free(struct findings *f)
{
    if (!f)
        return;
    for (size_t i = 0; i < f->nsites; i++) {
        snapshot_unref(f->sites[i].last);
        for (size_t k = 0; checks_all[k]; k++)
            findings_forget_inputs(&f->sites[i].checks[k]);
        free(f->sites[i].checks);
    }
    free(f->sites);
    map_free(f->entries, free_entry);
    map_free(f->first_seen, free);
    arena_free(f->arena);
    free(f->user);
    free(f);
}

/* ---- answers of people --------------------------------------------------------------------------
 */

static struct finding_entry *answer(struct findings *f, const char *id, const char *note,
                                    int64_t now)
{
    struct finding_entry *e = findings_entry(f, id);

    findings_set_text(&e->user, f->user);
    findings_set_text(&e->note, note && *note ? note : NULL);
    e->answered_at = now;
    e->answered_severity = e->known ? e->severity : SEV_NONE;
    e->answered_affected = e->affected_count;
    e->dirty = true;
    return e;
}

static void forget_answer(struct finding_entry *e)
{
    if (!e->acknowledged && !e->snoozed_until)
        return;
    e->acknowledged = false;
    e->snoozed_until = 0;
    findings_set_text(&e->user, NULL);
    findings_set_text(&e->note, NULL);
    e->dirty = true;
}

void findings_acknowledge(struct findings *f, const char *id, const char *note, int64_t now)
{
    answer(f, id, note, now)->acknowledged = true;
}

void findings_unacknowledge(struct findings *f, const char *id, int64_t now)
{
    struct finding_entry *e = map_get(f->entries, id);

    (void)now;
    if (e)
        forget_answer(e);
}

void findings_snooze(struct findings *f, const char *id, int64_t until_ms, const char *note,
                     int64_t now)
{
    if (until_ms <= now) {
        findings_unacknowledge(f, id, now);
        return;
    }
    answer(f, id, note, now)->snoozed_until = until_ms;
}

/* Worse than when it was acknowledged or snoozed: a person must look again. */
static void reopen_if_worse(struct finding_entry *e)
{
    if (!e->acknowledged && !e->snoozed_until)
        return;
    if (e->answered_severity == SEV_NONE) {
        e->answered_severity = e->severity;
        e->answered_affected = e->affected_count;
    }
    if (e->severity > e->answered_severity || e->affected_count > e->answered_affected)
        forget_answer(e);
}

/* ---- one update ---------------------------------------------------------------------------------
 */

static void set_texts(char ***field, size_t *n, const struct text_list *from)
{
    free_texts(*field, *n);
    *field = from->n ? mem_array(from->n, sizeof(**field)) : NULL;
    *n = from->n;
    for (size_t i = 0; i < from->n; i++)
        (*field)[i] = mem_strdup(from->items[i]);
}

static double converge_ms(const struct check_input *in)
{
    return check_threshold(in, "converge");
}

static void set_said(struct said *to, const struct words *w, const char *english)
{
    findings_set_text(&to->english, english);
    findings_set_text(&to->local, words_local(w, english));
}

static void set_evidence(struct finding_entry *e, const struct words *w,
                         const struct text_list *from)
{
    free_evidence(e);
    e->evidence = from->n ? mem_array(from->n, sizeof(*e->evidence)) : NULL;
    e->nevidence = from->n;
    for (size_t i = 0; i < from->n; i++)
        set_said(&e->evidence[i], w, from->items[i]);
}

/* What the report amounts to now. */
static enum severity judge(const struct findings *f, const struct check_input *in,
                           const struct finding *r, const struct finding_entry *e)
{
    bool persisted = !f->one_sample && (double)(in->now - e->since) >= converge_ms(in);

    if (!(r->flags & CHECK_TRANSIENT) || r->severity <= SEV_WARNING || persisted)
        return r->severity;
    return r->flags & CHECK_SETTLED && e->at_start ? r->severity : SEV_WARNING;
}

/* A change that may still end by itself says so, in words. */
static void set_summary(struct findings *f, const struct check_input *in, struct finding_entry *e,
                        struct finding *r)
{
    if (!(r->flags & CHECK_TRANSIENT) || e->severity != SEV_WARNING) {
        set_said(&e->summary, r->words, r->summary);
        return;
    }
    set_said(&e->summary, r->words,
             f->one_sample ? check_text(in, "Needs persistence, seen in one sample: %s", r->summary)
                           : check_text(in, "Converging: %s", r->summary));
    finding_evidence(r, "needs persistence: critical if it lasts %s",
                     check_duration(in, (int64_t)converge_ms(in)));
}

static void open_entry(struct finding_entry *e, int64_t now, bool judged_before)
{
    if (!e->known || e->cleared_at) {
        e->first_seen = e->since = now;
        e->cleared_at = 0;
        e->at_start = !judged_before;
        e->dirty = true;
    } else if (now - e->last_seen > FINDINGS_GAP_MS)
        e->since = now;
    e->known = e->confirmed = e->seen = e->judged = true;
    e->last_seen = now;
}

/* An uncertain word about what is known to be worse changes nothing. */
static bool says_less(const struct finding_entry *e, const struct finding *r)
{
    return r->severity == SEV_UNKNOWN && !r->no_data && e->known && !e->cleared_at &&
           e->severity > SEV_UNKNOWN;
}

static void merge(struct findings *f, const struct check_input *in, struct finding *r,
                  bool judged_before)
{
    struct finding_entry *e = findings_entry(f, r->id);
    enum severity before = e->severity;

    if (says_less(e, r)) {
        e->seen = e->confirmed = true;
        return;
    }
    open_entry(e, in->now, judged_before);
    e->severity = judge(f, in, r, e);
    e->flags = r->flags;
    e->no_data = r->no_data;
    e->affected_count = r->naffected;
    findings_set_text(&e->subject, r->subject);
    set_said(&e->remedy, r->words, r->remedy);
    findings_set_text(&e->cause, r->cause);
    set_summary(f, in, e, r);
    set_texts(&e->affected, &e->naffected, &r->affected);
    set_evidence(e, r->words, &r->evidence);
    if (e->severity != before)
        e->dirty = true;
    reopen_if_worse(e);
}

/* Two reports of one id in one update are two findings: nothing is lost. */
static void number_duplicates(struct check_run *r)
{
    struct map *seen = map_new();

    for (size_t i = 0; i < r->n; i++) {
        struct finding *f = r->items[i];

        for (unsigned k = 2; map_put(seen, f->id, f) != NULL; k++)
            f->id = arena_printf(r->arena, "%s#%u",
                                 findings_id(r->arena, f->site, f->check->name, f->subject), k);
    }
    map_free(seen, NULL);
}

static struct finding *find_report(const struct check_run *r, const char *id)
{
    for (size_t i = 0; id && i < r->n; i++) {
        if (strcmp(r->items[i]->id, id) == 0)
            return r->items[i];
    }
    return NULL;
}

/* Symptoms hang below the root of their chain, and only below one that is really there. */
static void resolve_causes(struct check_run *r)
{
    for (size_t i = 0; i < r->n; i++) {
        struct finding *f = r->items[i], *cause = find_report(r, f->cause);

        for (unsigned depth = 0; cause && cause->cause && depth < 8; depth++) {
            struct finding *next = find_report(r, cause->cause);

            if (!next || next == f)
                break;
            cause = next;
        }
        f->cause = cause && cause != f ? cause->id : NULL;
    }
}

/* Entries that no check reported: cleared by a check that could judge, kept by one that could not,
 * forgotten an hour later. */
static void sweep(struct findings *f, const struct check_input *in,
                  const enum check_verdict *verdicts)
{
    size_t i = 0;
    void *value;

    while (map_at(f->entries, &i, NULL, &value)) {
        struct finding_entry *e = value;
        enum check_verdict v = verdicts[place_of(e->check)];

        if (strcmp(e->site, in->site->name) != 0 || e->seen)
            continue;
        if (v == CHECK_NOT_APPLICABLE && in->run->collecting)
            v = CHECK_HELD;
        e->confirmed |= v != CHECK_HELD;
        if (e->known && !e->cleared_at && (v == CHECK_JUDGED || v == CHECK_NOT_APPLICABLE))
            clear_entry(e, in->now);
        if (e->no_data || outlived(e, in->now))
            findings_entry_free(map_remove(f->entries, e->id));
    }
}

static void wake_snoozed(struct findings *f, int64_t now)
{
    size_t i = 0;
    void *value;

    while (map_at(f->entries, &i, NULL, &value)) {
        struct finding_entry *e = value;

        e->seen = e->judged = false;
        if (e->snoozed_until && e->snoozed_until <= now && !e->acknowledged)
            forget_answer(e);
    }
}

static bool still_collecting(const struct findings *f, const struct estate *e, int64_t now)
{
    int64_t since = now - f->started_at;
    unsigned done, total;

    if (f->one_sample || since >= FINDINGS_COLLECT_MS)
        return false;
    return since < FINDINGS_START_MS || estate_collecting(e, &done, &total);
}

static void update_site(struct findings *f, const struct estate *e, struct finding_site *site,
                        enum check_verdict *verdicts)
{
    int64_t now = estate_now(e);
    struct check_run run = {
        .arena = f->arena, .memory = f, .collecting = still_collecting(f, e, now)};
    struct check_input in = {
        .estate = e, .config = f->config, .site = site->site, .now = now, .run = &run};

    words_begin(&run.words, f->arena, f->local);
    for (size_t i = 0; checks_all[i]; i++)
        verdicts[i] = findings_run_check(&in, checks_all[i], &site->checks[i]);
    verdicts[place_of("")] = CHECK_NOT_APPLICABLE;
    number_duplicates(&run);
    resolve_causes(&run);
    for (size_t i = 0; i < run.n; i++)
        merge(f, &in, run.items[i], site->checks[place_of(run.items[i]->check->name)].judged);
    for (size_t i = 0; checks_all[i]; i++)
        site->checks[i].judged |= verdicts[i] == CHECK_JUDGED;
    sweep(f, &in, verdicts);
    words_release(&run.words);
    free(run.items);
}

void findings_update(struct findings *f, const struct estate *e, struct snapshot **out)
{
    int64_t now = estate_now(e);
    enum check_verdict *verdicts = mem_array(count_checks() + 1, sizeof(*verdicts));

    if (!f->started_at)
        f->started_at = now;
    wake_snoozed(f, now);
    for (size_t i = 0; i < f->nsites; i++) {
        update_site(f, e, &f->sites[i], verdicts);
        out[i] = findings_rows(f, &f->sites[i], now);
        arena_reset(f->arena);
    }
    free(verdicts);
}
