/* findings_rows: entries as rows of the table findings. */
#include "model/findings_priv.h"

#include <string.h>

#include "core/arena.h"
#include "core/fmt.h"
#include "core/i18n.h"
#include "core/map.h"
#include "core/strbuf.h"

static const char *state_of(const struct finding_entry *e)
{
    if (e->cleared_at)
        return "cleared";
    return e->acknowledged ? "acknowledged" : "open";
}

static void add_list(struct table_builder *b, unsigned col, char *const *items, size_t n)
{
    for (size_t i = 0; i < n; i++)
        builder_list_add(b, col, items[i]);
}

static const char *shown(const struct said *s)
{
    return s->local ? s->local : s->english;
}

static bool is_local(const struct finding_entry *e)
{
    for (size_t i = 0; i < e->nevidence; i++) {
        if (e->evidence[i].local)
            return true;
    }
    return false;
}

/* Evidence is as old as the sight it came from; say so when nobody could look since. */
static void add_unjudged(struct table_builder *b, const struct finding_entry *e, bool local)
{
    struct strbuf at = STRBUF_INIT, sb = STRBUF_INIT;

    fmt_time_iso(&at, e->last_seen);
    strbuf_addf(&sb, "as of %s; not judged since, for lack of data", at.buf);
    builder_list_add(b, FINDINGS_EVIDENCE, sb.buf);
    strbuf_reset(&sb);
    strbuf_addf(&sb, _("as of %s; not judged since, for lack of data"), at.buf);
    if (local)
        builder_list_add(b, FINDINGS_EVIDENCE_LOCAL, sb.buf);
    strbuf_release(&at);
    strbuf_release(&sb);
}

static void add_evidence(struct table_builder *b, const struct finding_entry *e, bool local)
{
    bool unjudged = !e->cleared_at && !e->judged;

    local = local && (unjudged || is_local(e));
    for (size_t i = 0; i < e->nevidence; i++)
        builder_list_add(b, FINDINGS_EVIDENCE, e->evidence[i].english);
    for (size_t i = 0; local && i < e->nevidence; i++)
        builder_list_add(b, FINDINGS_EVIDENCE_LOCAL, shown(&e->evidence[i]));
    if (unjudged)
        add_unjudged(b, e, local);
}

static void add_affected(struct table_builder *b, const struct finding_entry *e)
{
    if (e->affected_count)
        builder_int(b, FINDINGS_AFFECTED_COUNT, (int64_t)e->affected_count);
    add_list(b, FINDINGS_AFFECTED, e->affected, e->naffected);
    if (e->naffected && e->affected_count > e->naffected) {
        struct strbuf sb = STRBUF_INIT;
        strbuf_addf(&sb, "and %zu more", e->affected_count - e->naffected);
        builder_list_add(b, FINDINGS_AFFECTED, sb.buf);
        strbuf_release(&sb);
    }
}

static void add_row(struct table_builder *b, const struct finding_entry *e, bool local)
{
    builder_row(b);
    builder_str(b, FINDINGS_FINDING, e->id);
    builder_str(b, FINDINGS_CHECK, e->check);
    builder_state(b, FINDINGS_STATE, state_of(e));
    builder_state(b, FINDINGS_SEVERITY, severity_name(e->severity));
    builder_str(b, FINDINGS_SUBJECT, e->subject);
    add_affected(b, e);
    builder_str(b, FINDINGS_SUMMARY, e->summary.english);
    builder_str(b, FINDINGS_SUMMARY_LOCAL, e->summary.local);
    add_evidence(b, e, local);
    builder_str(b, FINDINGS_REMEDY, e->remedy.english);
    builder_str(b, FINDINGS_REMEDY_LOCAL, e->remedy.local);
    builder_str(b, FINDINGS_CAUSED_BY, e->cause);
    builder_int(b, FINDINGS_FIRST_SEEN_AT, e->first_seen);
    builder_int(b, FINDINGS_LAST_SEEN_AT, e->last_seen);
    if (e->cleared_at)
        builder_int(b, FINDINGS_CLEARED_AT, e->cleared_at);
    if (e->acknowledged)
        builder_str(b, FINDINGS_ACKNOWLEDGED_BY, e->user);
    builder_str(b, FINDINGS_NOTE, e->note);
    if (e->snoozed_until)
        builder_int(b, FINDINGS_SNOOZED_UNTIL_AT, e->snoozed_until);
}

static bool same_rows(const struct snapshot *a, const struct snapshot *b)
{
    if (snapshot_count(a) != snapshot_count(b))
        return false;
    for (size_t i = 0; i < snapshot_count(a); i++) {
        const struct row *x = snapshot_row(a, i), *y = snapshot_row(b, i);

        for (unsigned c = 0; c < FINDINGS_N; c++) {
            if (!cell_equal(&x->cells[c], &y->cells[c]))
                return false;
        }
    }
    return true;
}

/* A loaded finding is history until its check has had its say: it would be an alarm at start about
 * something that may be long over. */
static bool visible(const struct finding_entry *e, const char *site)
{
    return e->known && (e->confirmed || e->cleared_at) && strcmp(e->site, site) == 0;
}

struct snapshot *findings_rows(struct findings *f, struct finding_site *site, int64_t now)
{
    const char *name = site->site->name;
    struct table_builder *b = builder_new(&table_findings, name, ESTATE_OWN_ENDPOINT, NULL);
    struct snapshot *s;
    size_t i = 0;
    void *value;

    while (map_at(f->entries, &i, NULL, &value)) {
        if (visible(value, name))
            add_row(b, value, f->local);
    }
    s = builder_finish(b, now, FRESH_OK, NULL);
    if (site->last && same_rows(site->last, s)) {
        snapshot_unref(s);
        return snapshot_ref(site->last);
    }
    snapshot_unref(site->last);
    site->last = s;
    return snapshot_ref(s);
}
