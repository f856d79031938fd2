/*
 * tasks: from where to where a VM moves. A task does not say that; the events of its beginning and
 * end do. They are joined by vCenter, VM and time: an event of the move that comes after the task
 * was started and before the next move of that VM. The clocks are one: vCenter's.
 */
#include "model/derive/derive.h"

#include "core/arena.h"

#include <string.h>

/* The event of the beginning is written when the task has waited for its turn. */
#define QUEUED_MS (10 * 60 * 1000)
#define EARLY_MS  2000

struct move {
    const char *endpoint, *vm, *from, *to;
    int64_t at;
};

struct moves {
    struct move *at;
    size_t n;
};

static void *prepare(struct derive *d)
{
    struct moves *m = arena_alloc(d->arena, sizeof(*m));
    const struct view_set *set = view_table(d->view, &table_events);
    struct view_cursor at = {0};
    const struct row *r;
    size_t total = 0;

    for (size_t i = 0; i < set->n; i++)
        total += snapshot_count(set->at[i]);
    m->at = arena_alloc(d->arena, (total + 1) * sizeof(*m->at));
    while ((r = view_next(d->view, &table_events, &at))) {
        struct move *move = &m->at[m->n];

        *move = (struct move){row_str(r, SCHEMA_ENDPOINT), row_str(r, EVENTS_ENTITY_ID),
                              row_str(r, EVENTS_MOVED_FROM), row_str(r, EVENTS_MOVED_TO), 0};
        m->n += move->vm && move->from && move->to && row_int(r, EVENTS_AT, &move->at);
    }
    return m;
}

static bool is_move(const struct row *task)
{
    static const char *const kinds[] = {"vmotion", "relocate", "storage-vmotion"};

    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        if (view_same_text(row_str(task, TASKS_KIND), kinds[i]))
            return true;
    }
    return false;
}

/* The first one since @from_ms. */
static const struct move *find(const struct moves *m, const struct row *task, int64_t from_ms,
                               int64_t to_ms)
{
    const struct move *best = NULL;

    for (size_t i = 0; i < m->n; i++) {
        const struct move *move = &m->at[i];

        if (move->at >= from_ms && move->at <= to_ms && (!best || move->at < best->at) &&
            view_same_text(move->vm, row_str(task, TASKS_ENTITY_ID)) &&
            view_same_text(move->endpoint, row_str(task, SCHEMA_ENDPOINT)))
            best = move;
    }
    return best;
}

static void row(struct derive *d, void *facts, struct table_builder *b, const struct row *raw)
{
    const struct move *move;
    int64_t started, ended;

    (void)d;
    if (!is_move(raw) || !row_int(raw, TASKS_STARTED_AT, &started))
        return;
    if (!row_int(raw, TASKS_ENDED_AT, &ended))
        ended = started + QUEUED_MS;
    move = find(facts, raw, started - EARLY_MS, ended + EARLY_MS);
    if (!move)
        return;
    builder_str(b, TASKS_MOVED_FROM, move->from);
    builder_str(b, TASKS_MOVED_TO, move->to);
}

static const struct schema *const inputs[] = {&table_events, NULL};

const struct derive_table derive_tasks_table = {
    .schema = &table_tasks, .inputs = inputs, .prepare = prepare, .row = row};
