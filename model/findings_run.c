/* findings_run: one check over one site, and what checks call to report. */
#include "model/findings_priv.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/fmt.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "model/checks/cause.h"

/* ---- reporting ----------------------------------------------------------------------------------
 */

const char *findings_id(struct arena *a, const char *site, const char *check, const char *subject)
{
    const char *people = strstr(subject, " (");
    size_t len = people ? (size_t)(people - subject) : strlen(subject);

    return arena_printf(a, "%s/%s/%.*s", site, check, (int)len, subject);
}

/* Lists double in the arena: what they leave behind is at most as long as they are. */
static void add_text(struct arena *a, struct text_list *l, const char *text)
{
    if (l->n == l->cap) {
        size_t cap = l->cap ? 2 * l->cap : 8;
        const char **items = arena_alloc(a, cap * sizeof(*items));

        if (l->n)
            memcpy(items, l->items, l->n * sizeof(*items));
        l->items = items;
        l->cap = cap;
    }
    l->items[l->n++] = text;
}

struct finding *finding_add(const struct check_input *in, enum severity severity, unsigned flags,
                            const char *subject)
{
    struct check_run *r = in->run;
    struct finding *f = arena_alloc(r->arena, sizeof(*f));

    f->arena = r->arena;
    f->words = &r->words;
    f->check = r->check;
    f->site = in->site->name;
    f->subject = arena_strdup(r->arena, subject && *subject ? subject : "-");
    f->id = findings_id(r->arena, f->site, f->check->name, f->subject);
    f->severity = flags & CHECK_INFO ? SEV_OK : severity;
    f->flags = flags;
    f->remedy = words_constant(f->words, f->check->remedy);
    f->summary = words_constant(f->words, f->check->title);
    r->items = mem_grow(r->items, r->n, &r->cap, sizeof(*r->items));
    r->items[r->n++] = f;
    return f;
}

void finding_summary(struct finding *f, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    f->summary = words_format(f->words, fmt, ap);
    va_end(ap);
}

void finding_evidence(struct finding *f, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    add_text(f->arena, &f->evidence, words_format(f->words, fmt, ap));
    va_end(ap);
}

void finding_affected(struct finding *f, const char *what)
{
    if (f->naffected++ < FINDINGS_AFFECTED_MAX)
        add_text(f->arena, &f->affected, arena_strdup(f->arena, what));
}

size_t finding_affected_count(const struct finding *f)
{
    return f->naffected;
}

void finding_remedy(struct finding *f, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    f->remedy = words_format(f->words, fmt, ap);
    va_end(ap);
}

void finding_caused_by(struct finding *f, const char *check, const char *subject)
{
    f->cause = findings_id(f->arena, f->site, check, subject);
}

/* ---- reading ------------------------------------------------------------------------------------
 */

static bool lists(const struct schema *const *tables, const struct schema *schema)
{
    for (size_t i = 0; tables && tables[i]; i++) {
        if (tables[i] == schema)
            return true;
    }
    return false;
}

/* A check that reads a table it does not declare would not be run when that table changes. */
static bool is_declared(const struct check *c, const struct schema *schema)
{
    return schema == &table_endpoints || lists(c->tables, schema) || lists(c->optional, schema) ||
           lists(c->heavy, schema);
}

/* *i counts rows of the site's snapshots, one after the other. */
const struct row *check_next(const struct check_input *in, const struct schema *schema, size_t *i,
                             const struct snapshot **source)
{
    size_t n, skip = *i;
    struct snapshot *const *s = estate_table(in->estate, schema, &n);

    assert(is_declared(in->run->check, schema));
    for (size_t k = 0; k < n; k++) {
        if (strcmp(snapshot_site(s[k]), in->site->name) != 0)
            continue;
        if (schema != &table_endpoints && snapshot_freshness(s[k]) != FRESH_OK)
            continue;
        if (skip < snapshot_count(s[k])) {
            ++*i;
            if (source)
                *source = s[k];
            return snapshot_row(s[k], skip);
        }
        skip -= snapshot_count(s[k]);
    }
    return NULL;
}

static double default_threshold(const char *name)
{
    const struct key_spec *k = kinds_key(kinds_threshold_keys, name);
    int64_t ms = 0;
    double v = 0;

    if (k && k->type == KEY_DURATION && fmt_parse_duration(k->fallback, &ms) == 0)
        return (double)ms;
    if (k && k->fallback)
        text_to_double(k->fallback, &v);
    return v;
}

double check_threshold(const struct check_input *in, const char *name)
{
    return config_threshold(in->config, in->site->name, name, default_threshold(name));
}

double check_endpoint_threshold(const struct check_input *in, const char *endpoint,
                                const char *name)
{
    for (size_t i = 0; i < in->site->nendpoints; i++) {
        const struct config_endpoint *e = in->site->endpoints[i];

        if (strcmp(e->name, endpoint) == 0)
            return config_endpoint_threshold(e, name, default_threshold(name));
    }
    return check_threshold(in, name);
}

const char *check_age(const struct check_input *in, const struct snapshot *s)
{
    struct strbuf sb = STRBUF_INIT;
    const char *text;

    fmt_age(&sb, snapshot_taken_at(s), in->now);
    text = check_text(in, "%s, %s ago", snapshot_endpoint(s), sb.buf);
    strbuf_release(&sb);
    return text;
}

const char *check_duration(const struct check_input *in, int64_t ms)
{
    struct strbuf sb = STRBUF_INIT;
    const char *text;

    fmt_duration(&sb, ms);
    text = arena_strdup(in->run->arena, sb.buf);
    strbuf_release(&sb);
    return text;
}

bool check_collecting(const struct check_input *in)
{
    return in->run->collecting;
}

int64_t check_first_seen(const struct check_input *in, const char *what, int64_t now_value)
{
    const char *key =
        arena_printf(in->run->arena, "%s/%s/%s", in->site->name, in->run->check->name, what);

    return findings_first_seen(in->run->memory, key, now_value);
}

const char *check_text(const struct check_input *in, const char *fmt, ...)
{
    const char *text;
    va_list ap;

    va_start(ap, fmt);
    text = words_format(&in->run->words, fmt, ap);
    va_end(ap);
    return text;
}

const char *check_word(const struct check_input *in, const char *word)
{
    /* A copy, because a constant may share its address with a word of a table. */
    return words_constant(&in->run->words, word ? arena_strdup(in->run->arena, word) : NULL);
}

/* ---- running ------------------------------------------------------------------------------------
 */

static bool has_kind(const struct config_site *site, unsigned kinds)
{
    for (size_t i = 0; i < site->nendpoints; i++) {
        if (site->endpoints[i]->kind & kinds)
            return true;
    }
    return false;
}

/* Why this snapshot is no base for a judgement, as a line of evidence. */
static void add_gap(struct finding *f, const struct check_input *in, const struct snapshot *s)
{
    const struct err *e = snapshot_err(s);
    const char *why = e && e->kind != ERR_NONE ? e->msg : check_word(in, "no reason given");

    if (snapshot_taken_at(s) <= 0)
        finding_evidence(f, "%s of %s: never read; %s", snapshot_schema(s)->name,
                         snapshot_endpoint(s), why);
    else
        finding_evidence(f, "%s: %s, last read %s; %s", snapshot_schema(s)->name,
                         freshness_name(snapshot_freshness(s)), check_age(in, s), why);
}

/* The state of a check's inputs: worst verdict over its tables. */
static enum check_verdict inputs_verdict(const struct check_input *in,
                                         const struct schema *const *tables, bool required,
                                         enum check_verdict worst)
{
    for (size_t i = 0; tables && tables[i]; i++) {
        enum freshness f = estate_freshness(in->estate, tables[i], in->site->name);

        if (f == FRESH_UNSUPPORTED && required)
            return CHECK_NOT_APPLICABLE;
        if (f == FRESH_OK || f == FRESH_UNSUPPORTED || tables[i] == &table_endpoints)
            continue;
        if (f == FRESH_NEVER && in->run->collecting)
            worst = CHECK_HELD;
        else if (worst != CHECK_HELD)
            worst = CHECK_UNKNOWN;
    }
    return worst;
}

static bool never_tried(const struct snapshot *s)
{
    return snapshot_freshness(s) == FRESH_NEVER && snapshot_err(s)->kind == ERR_NONE;
}

/* What nobody looks at any more grows old; what is partial without an error is what somebody looked
 * at, and no more was asked for. */
static bool is_of_another_look(const struct snapshot *s)
{
    enum freshness f = snapshot_freshness(s);

    return f == FRESH_STALE || (f == FRESH_PARTIAL && snapshot_err(s)->kind == ERR_NONE);
}

/* Heavy tables are not read unless somebody looks: nothing was read, nothing to judge. Rows of
 * another look neither fire nor clear anything. */
static enum check_verdict heavy_verdict(const struct check_input *in,
                                        const struct schema *const *tables,
                                        enum check_verdict worst)
{
    for (size_t i = 0; tables && tables[i]; i++) {
        struct snapshot *const *s;
        size_t n, read = 0;

        s = estate_table(in->estate, tables[i], &n);
        for (size_t k = 0; k < n; k++) {
            enum freshness f = snapshot_freshness(s[k]);
            if (strcmp(snapshot_site(s[k]), in->site->name) != 0 || f == FRESH_UNSUPPORTED ||
                never_tried(s[k]))
                continue;
            read++;
            if (is_of_another_look(s[k]))
                worst = CHECK_HELD;
            else if (f != FRESH_OK && worst != CHECK_HELD)
                worst = CHECK_UNKNOWN;
        }
        if (!read)
            return CHECK_NOT_APPLICABLE;
    }
    return worst;
}

static bool usable(const struct snapshot *s)
{
    return snapshot_freshness(s) == FRESH_OK || snapshot_freshness(s) == FRESH_UNSUPPORTED;
}

static void add_gaps(struct finding *f, const struct check_input *in,
                     const struct schema *const *tables, bool heavy, const struct snapshot **first)
{
    for (size_t i = 0; tables && tables[i]; i++) {
        size_t n;
        struct snapshot *const *s = estate_table(in->estate, tables[i], &n);

        for (size_t k = 0; k < n; k++) {
            if (strcmp(snapshot_site(s[k]), in->site->name) != 0 || usable(s[k]) ||
                tables[i] == &table_endpoints || (heavy && never_tried(s[k])))
                continue;
            add_gap(f, in, s[k]);
            if (!*first)
                *first = s[k];
        }
    }
}

/* One finding that says: this check cannot be judged, because of that endpoint. */
static void add_unknown(const struct check_input *in, const struct check *c)
{
    const struct snapshot *first = NULL;
    struct finding *f = finding_add(in, SEV_UNKNOWN, 0, "data");

    f->no_data = true;
    add_gaps(f, in, c->tables, false, &first);
    add_gaps(f, in, c->optional, false, &first);
    add_gaps(f, in, c->heavy, true, &first);
    if (!first)
        return;
    const char *cause = cause_of_endpoint(in, snapshot_endpoint(first));
    f->subject = cause;
    f->id = findings_id(f->arena, f->site, c->name, cause);
    finding_summary(f, "Not judged, because %s of %s is %s: %s.", snapshot_schema(first)->name,
                    snapshot_endpoint(first), freshness_name(snapshot_freshness(first)), c->title);
    finding_remedy(f, "Mend %s first; this is judged again as soon as its data is there.", cause);
    finding_caused_by(f, "endpoint-health", cause);
}

/* ---- what need not be looked at again
 * -------------------------------------------------------------- */

void findings_forget_inputs(struct check_memory *m)
{
    for (size_t i = 0; i < m->n; i++)
        snapshot_unref(m->inputs[i]);
    free(m->inputs);
    m->inputs = NULL;
    m->n = 0;
}

/* Compare the snapshots of @tables with those remembered from @at on, or remember them. */
static bool walk_inputs(const struct check_input *in, const struct schema *const *tables,
                        struct check_memory *m, size_t *at, size_t *cap)
{
    for (size_t i = 0; tables && tables[i]; i++) {
        size_t n;
        struct snapshot *const *s = estate_table(in->estate, tables[i], &n);

        for (size_t k = 0; k < n; k++) {
            if (strcmp(snapshot_site(s[k]), in->site->name) != 0)
                continue;
            if (cap) {
                m->inputs = mem_grow(m->inputs, m->n, cap, sizeof(struct snapshot *));
                m->inputs[m->n++] = snapshot_ref(s[k]);
            } else if (*at >= m->n || m->inputs[*at] != s[k])
                return false;
            ++*at;
        }
    }
    return true;
}

/* Only what the tables alone decide: the table endpoints and the clock are none of them. */
static bool is_unchanged(const struct check_input *in, const struct check *c,
                         struct check_memory *m)
{
    size_t at = 0;

    return m->clean && walk_inputs(in, c->tables, m, &at, NULL) &&
           walk_inputs(in, c->optional, m, &at, NULL) && walk_inputs(in, c->heavy, m, &at, NULL) &&
           at == m->n;
}

static void remember(const struct check_input *in, const struct check *c, struct check_memory *m,
                     bool clean)
{
    size_t at = 0, cap = 0;

    findings_forget_inputs(m);
    m->clean = clean && (c->tables || c->optional);
    if (!m->clean)
        return;
    walk_inputs(in, c->tables, m, &at, &cap);
    walk_inputs(in, c->optional, m, &at, &cap);
    walk_inputs(in, c->heavy, m, &at, &cap);
}

enum check_verdict findings_run_check(const struct check_input *in, const struct check *c,
                                      struct check_memory *m)
{
    size_t before = in->run->n;
    enum check_verdict v;

    if (!has_kind(in->site, c->kinds))
        return CHECK_NOT_APPLICABLE;
    in->run->check = c;
    if (is_unchanged(in, c, m))
        return CHECK_JUDGED;
    v = inputs_verdict(in, c->tables, true, CHECK_JUDGED);
    if (v != CHECK_NOT_APPLICABLE)
        v = inputs_verdict(in, c->optional, false, v);
    if (v != CHECK_NOT_APPLICABLE)
        v = heavy_verdict(in, c->heavy, v);
    if (v == CHECK_UNKNOWN)
        add_unknown(in, c);
    if (v == CHECK_JUDGED || (v == CHECK_UNKNOWN && c->lenient))
        c->run(in);
    remember(in, c, m, v == CHECK_JUDGED && in->run->n == before);
    return v;
}
