#include "model/derive/replication.h"

#include "core/arena.h"
#include "core/fmt.h"
#include "core/map.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "model/derive/derive.h"

#include <string.h>

#define MINUTE       60000LL
#define TRANSFER_MAX (366LL * 1440 * MINUTE) /* longer ones count as this */
/* What happened within this time before may be why a full synchronisation runs. */
#define CAUSE_MS (24 * 60 * MINUTE)

/* ---- the rule -----------------------------------------------------------------------------------
 */

static bool has_word(const char *text, const char *word)
{
    return strcasestr(text, word) != NULL;
}

struct replication_state replication_state(const char *word)
{
    struct replication_state s = {.known = false};

    if (!word || !*word || text_equal_nocase(word, "unknown"))
        return s;
    s.known = true;
    s.violated = has_word(word, "rpo_violation");
    s.full_sync = has_word(word, "full_sync") || has_word(word, "full sync");
    s.initial = s.full_sync && has_word(word, "initial");
    s.paused = has_word(word, "paused");
    s.failed = has_word(word, "error") || has_word(word, "not_active");
    s.over = text_equal_nocase(word, "recovered") || text_equal_nocase(word, "recovering");
    return s;
}

int64_t replication_estimate(const struct sample_series *t)
{
    size_t n = t->n < REPLICATION_SAMPLES ? t->n : REPLICATION_SAMPLES;
    double sum = 0;

    if (!n)
        return -1;
    for (size_t i = t->n - n; i < t->n; i++)
        sum += (double)(t->at[i].value < TRANSFER_MAX ? t->at[i].value : TRANSFER_MAX);
    return (int64_t)(1.2 * sum / (double)n + 0.5);
}

static int64_t smallest_rpo(int64_t estimate)
{
    int64_t rpo;

    if (estimate < 0)
        return -1;
    rpo = (2 * estimate + MINUTE - 1) / MINUTE * MINUTE;
    if (rpo < MINUTE)
        rpo = MINUTE;
    return rpo < REPLICATION_RPO_MAX ? rpo : REPLICATION_RPO_MAX;
}

/* The manager is believed when it says that the RPO is missed: it knows when a transfer began. */
static int64_t late_by(const struct replication_seen *s, int64_t lag)
{
    int64_t late = s->rpo_ms && lag > s->rpo_ms ? lag - s->rpo_ms : -1;

    if (s->violation_ms > 0 && s->violation_ms > late)
        late = s->violation_ms;
    return late;
}

static const char *verdict_of(const struct replication_seen *s, const struct replication_verdict *v)
{
    bool late = v->late_ms > 0 || s->state.violated;

    if (s->state.over)
        return NULL;
    if (s->state.paused)
        return "paused";
    if (s->state.full_sync)
        return "full_sync";
    if (late)
        return "late";
    if (!s->rpo_ms || (v->lag_ms < 0 && !s->state.known && !s->holds))
        return "unknown";
    if (s->state.failed || (s->estimate_ms >= 0 && 2 * s->estimate_ms > s->rpo_ms))
        return "at_risk";
    return v->lag_ms < 0 && !s->holds ? "unknown" : "ok";
}

struct replication_verdict replication_judge(const struct replication_seen *s)
{
    struct replication_verdict v = {.lag_ms = -1, .late_ms = -1};

    if (s->last_instance_at > 0)
        v.lag_ms = s->now > s->last_instance_at ? s->now - s->last_instance_at : 0;
    v.late_ms = late_by(s, v.lag_ms);
    v.smallest_rpo_ms = smallest_rpo(s->estimate_ms);
    v.verdict = verdict_of(s, &v);
    if (v.lag_ms >= 0 && s->rpo_ms && v.lag_ms <= s->rpo_ms)
        v.due_at = s->last_instance_at + s->rpo_ms + 1;
    return v;
}

/* ---- why a full synchronisation runs ------------------------------------------------------------
 */

struct cause {
    int64_t at;
    const char *what;
};

/* Where a replication is told best: by the appliance, which knows its instances; then by vCenter,
 * which knows its configuration; then by a host, which knows its progress. */
enum rank { RANK_HOST, RANK_VCENTER, RANK_APPLIANCE };

struct causes {
    struct derive *derive;
    struct map *ranks;      /* by mark_of() -> the best rank plus one */
    struct map *hcx;        /* links to interconnect appliances of HCX */
    struct map *by_id;      /* "ID NAME" -> row of vms, or the causes themselves for several */
    struct map *vms;        /* instance UUID -> row of vms */
    struct map *by_entity;  /* "ENDPOINT/ID" of a VM -> struct cause */
    struct map *said;       /* "ENDPOINT/ID" of a VM -> struct said; NULL: not read */
    struct cause *anywhere; /* the link itself; NULL: nothing */
};

/* Events that can leave the state file of a VM inconsistent, or add what must be compared. */
static const char *cause_of(const char *type)
{
    static const struct {
        const char *type, *what;
    } known[] = {
        {"com.vmware.vcHms.hbrDisconnectedEvent", "the connection to the replication server broke"},
        {"com.vmware.vcHms.remoteSiteDownEvent", "the remote site was not reached"},
        {"com.vmware.vcHms.handledVmDiskAddEvent", "a disk was added"},
        {"com.vmware.vcHms.vmReplicationConfigurationEvent", "the replication was configured anew"},
        {"HostConnectionLostEvent", "the connection to a host was lost"},
    };

    for (size_t i = 0; type && i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcmp(known[i].type, type) == 0)
            return known[i].what;
    }
    return NULL;
}

static void read_event(struct derive *d, struct causes *c, const struct row *r)
{
    const char *type = row_str(r, EVENTS_TYPE), *what = cause_of(type);
    const char *id = row_str(r, EVENTS_ENTITY_ID);
    struct cause *cause, *before;
    int64_t at;

    if (!what || !row_int(r, EVENTS_AT, &at) || d->view->now - at > CAUSE_MS)
        return;
    cause = arena_alloc(d->arena, sizeof(*cause));
    *cause = (struct cause){at, what};
    if (!id || strncmp(id, "vm-", 3) != 0) {
        if (!c->anywhere || c->anywhere->at < at)
            c->anywhere = cause;
        return;
    }
    id = arena_printf(d->arena, "%s/%s", row_str(r, SCHEMA_ENDPOINT), id);
    before = map_get(c->by_entity, id);
    if (!before || before->at < at)
        map_put(c->by_entity, id, cause);
}

/* Made when the first full synchronisation is met: on most days there is none. */
static void read_causes(struct derive *d, struct causes *c)
{
    struct view_cursor at = {0};
    const struct row *r;

    c->vms = map_new();
    c->by_entity = map_new();
    while ((r = derive_next(d, &table_vms, &at))) {
        if (row_str(r, VMS_INSTANCE_UUID))
            map_put(c->vms, row_str(r, VMS_INSTANCE_UUID), (void *)r);
    }
    at = (struct view_cursor){0};
    while ((r = derive_next(d, &table_events, &at)))
        read_event(d, c, r);
}

static const char *cause_text(struct derive *d, const struct cause *c)
{
    struct strbuf sb = STRBUF_INIT;
    const char *text;

    strbuf_addf(&sb, "%s (", c->what);
    fmt_time_iso(&sb, c->at);
    strbuf_addch(&sb, ')');
    text = arena_strdup(d->arena, sb.buf);
    strbuf_release(&sb);
    return text;
}

/* The newest of what is known; NULL: nothing. */
static const char *find_cause(struct derive *d, struct causes *c, const char *uuid)
{
    const struct cause *best;
    const struct row *vm;
    int64_t restarted;

    if (!c->vms)
        read_causes(d, c);
    best = c->anywhere;
    vm = uuid ? map_get(c->vms, uuid) : NULL;
    if (vm) {
        const char *id =
            arena_printf(d->arena, "%s/%s", row_str(vm, SCHEMA_ENDPOINT), row_str(vm, VMS_VM_ID));
        const struct cause *own = map_get(c->by_entity, id);
        best = own && (!best || own->at > best->at) ? own : best;
    }
    if (vm && row_int(vm, VMS_HA_RESTARTED_AT, &restarted) && d->view->now - restarted < CAUSE_MS &&
        (!best || restarted > best->at)) {
        struct cause ha = {restarted, "vSphere HA restarted the VM after its host failed"};
        return cause_text(d, &ha);
    }
    return best ? cause_text(d, best) : NULL;
}

/* ---- what vCenter's events say of an RPO --------------------------------------------------------
 */

struct said {
    int64_t at;
    bool violated;
};

static void read_said(struct derive *d, struct causes *c, const struct row *r)
{
    const char *type = row_str(r, EVENTS_TYPE), *id = row_str(r, EVENTS_ENTITY_ID);
    bool violated = view_same_text(type, "com.vmware.vcHms.rpoViolatedEvent");
    struct said *said;
    int64_t at;

    if (!id || !row_int(r, EVENTS_AT, &at) ||
        (!violated && !view_same_text(type, "com.vmware.vcHms.rpoRestoredEvent")))
        return;
    id = arena_printf(d->arena, "%s/%s", row_str(r, SCHEMA_ENDPOINT), id);
    said = map_get(c->said, id);
    if (said && said->at > at)
        return;
    said = arena_alloc(d->arena, sizeof(*said));
    *said = (struct said){at, violated};
    map_put(c->said, id, said);
}

/* For rows of vCenter itself, which tell no instance. Until then it was violated, or held again. */
static void look_at_events(struct derive *d, struct causes *c, const struct row *r,
                           struct replication_seen *s)
{
    const char *id = row_str(r, REPLICATIONS_VM_ID);
    struct view_cursor at = {0};
    const struct said *said;
    const struct row *e;

    if (s->last_instance_at || s->state.known || !id)
        return;
    if (!c->said) {
        c->said = map_new();
        while ((e = derive_next(d, &table_events, &at)))
            read_said(d, c, e);
    }
    said = map_get(c->said, arena_printf(d->arena, "%s/%s", row_str(r, SCHEMA_ENDPOINT), id));
    if (!said)
        return;
    s->state.violated = said->violated;
    s->holds = !said->violated;
    if (said->violated && s->now > said->at)
        s->violation_ms = s->now - said->at;
}

/* ---- the join -----------------------------------------------------------------------------------
 */

static const char *series_key(struct derive *d, const struct row *r)
{
    return arena_printf(d->arena, "%s/%s", row_str(r, SCHEMA_ENDPOINT), r->key);
}

static enum rank rank_of(const struct derive *d, const struct row *r)
{
    const struct config_site *site = d->view->site;
    const char *endpoint = row_str(r, SCHEMA_ENDPOINT);

    for (size_t i = 0; site && i < site->nendpoints; i++) {
        if (strcmp(site->endpoints[i]->name, endpoint) != 0)
            continue;
        return site->endpoints[i]->kind == KIND_ESXI      ? RANK_HOST
               : site->endpoints[i]->kind == KIND_VCENTER ? RANK_VCENTER
                                                          : RANK_APPLIANCE;
    }
    return RANK_APPLIANCE;
}

/* What a replication can be recognised by; NULL: not by this. A host knows no more of a VM than its
 * name, which others may have, too. */
enum mark { MARK_ID, MARK_UUID, MARK_VM, MARK_NAME, MARKS };

static const char *mark_of(struct derive *d, const struct row *r, enum mark mark)
{
    const char *id = row_str(r, REPLICATIONS_REPLICATION_ID), *vm = row_str(r, REPLICATIONS_VM);
    const char *uuid = row_str(r, REPLICATIONS_VM_UUID), *vm_id = row_str(r, REPLICATIONS_VM_ID);

    switch (mark) {
    case MARK_ID:
        return id ? arena_printf(d->arena, "id %s", id) : NULL;
    case MARK_UUID:
        return uuid ? arena_printf(d->arena, "uuid %s", uuid) : NULL;
    case MARK_VM:
        return vm && vm_id ? arena_printf(d->arena, "vm %s %s", vm_id, vm) : NULL;
    case MARK_NAME:
        return vm ? arena_printf(d->arena, "name %s", vm) : NULL;
    case MARKS:
        break;
    }
    return NULL;
}

static void read_rank(struct derive *d, struct causes *c, const struct row *r)
{
    uintptr_t rank = (uintptr_t)rank_of(d, r) + 1;

    for (enum mark i = MARK_ID; i < MARKS; i++) {
        const char *mark = mark_of(d, r, i);
        if (mark && (uintptr_t)map_get(c->ranks, mark) < rank)
            map_put(c->ranks, mark, (void *)rank);
    }
}

/* Rows of a failed poll count, too: they are shown, dimmed, and still tell more. */
static void read_ranks(struct derive *d, struct causes *c)
{
    const struct view_set *set = view_table(d->view, &table_replications);

    c->ranks = map_new();
    for (size_t i = 0; i < set->n; i++)
        for (size_t k = 0; k < snapshot_count(set->at[i]); k++)
            read_rank(d, c, snapshot_row(set->at[i], k));
}

/* Is the same replication told better by another endpoint of the site? */
static bool is_told_better(void *facts, const struct snapshot *from, const struct row *r)
{
    const struct causes *c = facts;
    struct derive *d = c->derive;
    enum rank own = rank_of(d, r);
    enum mark end = own == RANK_HOST ? MARKS : MARK_NAME;
    const char *mark;

    (void)from;
    for (enum mark i = MARK_ID; own < RANK_APPLIANCE && i < end; i++) {
        mark = mark_of(d, r, i);
        if (mark && (uintptr_t)map_get(c->ranks, mark) > (uintptr_t)own + 1)
            return true;
    }
    return false;
}

/* HCX replicates to its interconnect appliance, a VM of this vCenter that it calls MESH-IX-I1 or
 * the like. That is its habit, not a documented name. */
static void read_interconnect(struct derive *d, struct causes *c, const struct row *vm)
{
    const char *name = row_str(vm, VMS_VM);
    const struct cell_list *ips = row_list(vm, VMS_IPS);

    if (!name || (!text_glob("*-IX-I*", name) && !text_glob("*-IX-R*", name)))
        return;
    for (size_t i = 0; ips && i < ips->n; i++)
        map_put(c->hcx, arena_printf(d->arena, "to %s", ips->items[i]), c);
}

/* The appliance tells the id of a VM, which several vCenters may have, and its name. */
static void *prepare(struct derive *d)
{
    struct causes *c = arena_alloc(d->arena, sizeof(*c));
    struct view_cursor at = {0};
    const struct row *r;

    c->derive = d;
    read_ranks(d, c);
    c->by_id = map_new();
    c->hcx = map_new();
    while ((r = derive_next(d, &table_vms, &at))) {
        const char *id = row_str(r, VMS_VM_ID), *vm = row_str(r, VMS_VM);
        if (id && vm && map_put(c->by_id, arena_printf(d->arena, "%s %s", id, vm), (void *)r))
            map_put(c->by_id, arena_printf(d->arena, "%s %s", id, vm), c);
        read_interconnect(d, c, r);
    }
    return c;
}

/* NULL: not known, or not the only one. */
static const char *find_uuid(struct derive *d, const struct causes *c, const struct row *r)
{
    const char *id = row_str(r, REPLICATIONS_VM_ID), *vm = row_str(r, REPLICATIONS_VM);
    const char *uuid = row_str(r, REPLICATIONS_VM_UUID);
    const void *found;

    if (uuid || !id || !vm)
        return uuid;
    found = map_get(c->by_id, arena_printf(d->arena, "%s %s", id, vm));
    return found && found != c ? row_str(found, VMS_INSTANCE_UUID) : NULL;
}

static void release(void *facts)
{
    struct causes *c = facts;

    map_free(c->ranks, NULL);
    map_free(c->hcx, NULL);
    map_free(c->said, NULL);
    map_free(c->by_id, NULL);
    map_free(c->vms, NULL);
    map_free(c->by_entity, NULL);
}

static struct replication_seen look(const struct derive *d, const struct row *r)
{
    struct replication_seen s = {.now = d->view->now, .violation_ms = -1, .estimate_ms = -1};

    (void)row_int(r, REPLICATIONS_RPO_S, &s.rpo_ms);
    (void)row_int(r, REPLICATIONS_LAST_INSTANCE_AT, &s.last_instance_at);
    (void)row_int(r, REPLICATIONS_VIOLATION_S, &s.violation_ms);
    s.state = replication_state(row_str(r, REPLICATIONS_STATE));
    return s;
}

static void set(struct table_builder *b, unsigned col, int64_t value)
{
    if (value >= 0)
        builder_int(b, col, value);
}

static void set_transfers(struct derive *d, struct table_builder *b,
                          const struct sample_series *series)
{
    builder_int(b, REPLICATIONS_SAMPLES, (int64_t)series->n);
    for (size_t i = 0; i < series->n; i++)
        builder_list_add(b, REPLICATIONS_TRANSFERS,
                         arena_printf(d->arena, "%lld", (long long)(series->at[i].value / 1000)));
}

/* By the speed since the synchronisation was first seen. */
static void set_eta(struct derive *d, struct table_builder *b, const struct row *r)
{
    const char *key = arena_printf(d->arena, "sync %s", series_key(d, r));
    struct watch_entry *w = watch_get(d->watch, key);
    int64_t left, before, passed;

    if (!row_int(r, REPLICATIONS_SYNC_REMAINING_BYTES, &left) || left <= 0) {
        watch_drop(d->watch, key);
        return;
    }
    if (!w || !w->text || text_to_i64(w->text, 0, INT64_MAX, &before) != 0 || before < left) {
        watch_drop(d->watch, key);
        w = watch_keep(d->watch, key, d->view->now, d->view->now);
        watch_set_text(w, arena_printf(d->arena, "%lld", (long long)left));
        return;
    }
    passed = d->view->now - w->since;
    (void)watch_keep(d->watch, key, w->since, d->view->now);
    if (passed > 0 && before > left)
        builder_int(b, REPLICATIONS_SYNC_ETA_S,
                    (int64_t)((double)left * (double)passed / (double)(before - left)));
}

static void set_verdict(struct derive *d, struct causes *c, struct table_builder *b,
                        const struct row *r, const struct replication_seen *s)
{
    struct replication_verdict v = replication_judge(s);
    const char *kind = row_str(r, REPLICATIONS_KIND), *uuid = find_uuid(d, c, r);
    const char *link = row_str(r, REPLICATIONS_LINK);

    builder_str(b, REPLICATIONS_VM_UUID, uuid);
    set(b, REPLICATIONS_LAG_S, v.lag_ms);
    set(b, REPLICATIONS_SMALLEST_RPO_S, v.smallest_rpo_ms);
    if (link && map_has(c->hcx, link)) {
        kind = "hcx";
        builder_state(b, REPLICATIONS_KIND, kind);
    }
    if (kind && strcmp(kind, "hcx") == 0)
        return;
    if (v.verdict)
        builder_state(b, REPLICATIONS_VERDICT, v.verdict);
    set(b, REPLICATIONS_LATE_S, v.late_ms);
    derive_due(d, v.due_at);
    if (s->state.initial)
        builder_str(b, REPLICATIONS_SYNC_CAUSE, "first synchronisation");
    else if (s->state.full_sync)
        builder_str(b, REPLICATIONS_SYNC_CAUSE, find_cause(d, c, uuid));
}

static void row(struct derive *d, void *facts, struct table_builder *b, const struct row *r)
{
    struct replication_seen s = look(d, r);
    struct sample_series series =
        samples_find(d->samples, d->view->site->name, SAMPLE_TRANSFER, series_key(d, r));
    struct sample only;

    if (!series.n && row_int(r, REPLICATIONS_LAST_TRANSFER_S, &only.value)) {
        only.at = s.last_instance_at;
        series = (struct sample_series){&only, 1};
    }
    s.estimate_ms = replication_estimate(&series);
    look_at_events(d, facts, r, &s);
    set_transfers(d, b, &series);
    set(b, REPLICATIONS_ESTIMATE_S, s.estimate_ms);
    set_eta(d, b, r);
    set_verdict(d, facts, b, r, &s);
}

/* Silence for longer than the RPO: nobody knows what is at the other side. */
static void remembered(struct derive *d, void *facts, struct table_builder *b, const struct row *r,
                       const struct snapshot *from)
{
    int64_t rpo, taken_at = snapshot_taken_at(from);

    (void)facts;
    if (!row_int(r, REPLICATIONS_RPO_S, &rpo) || !taken_at ||
        builder_peek(b, REPLICATIONS_VERDICT)->type == CELL_ABSENT)
        return; /* nor was there one before */
    if (d->view->now - taken_at > rpo)
        builder_state(b, REPLICATIONS_VERDICT, "unknown");
    else
        derive_due(d, taken_at + rpo + 1);
}

static const struct schema *const inputs[] = {&table_vms, &table_events, NULL};

const struct derive_table derive_replications_table = {.schema = &table_replications,
                                                       .inputs = inputs,
                                                       .prepare = prepare,
                                                       .hidden = is_told_better,
                                                       .row = row,
                                                       .remembered = remembered,
                                                       .release = release};
