/* How far the replications of a host's virtual machines are, where neither a vCenter nor a
 * replication appliance is asked: one command per machine. */
#include "collectors/esxi/collectors.h"
#include "collectors/esxi/hbr.h"
#include "collectors/esxi/host.h"
#include "collectors/esxi/vms.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/arena.h"
#include "core/mem.h"

struct machine {
    char id[24];
    const char *name;
};

struct state {
    struct vms vms;
    struct hbr hbr;
    bool listing, reading; /* decoders that are in use */
    struct arena *arena;
    struct machine *machines;
    size_t n, cap, next;
};

static void add_machine(void *arg, const struct vms_entry *e)
{
    struct state *st = arg;
    struct machine *m;

    st->machines = mem_grow(st->machines, st->n, &st->cap, sizeof(*st->machines));
    m = &st->machines[st->n++];
    (void)snprintf(m->id, sizeof(m->id), "%lld", (long long)e->id);
    m->name = arena_strndup(st->arena, e->name.p, e->name.len);
}

static void drop(struct state *st)
{
    if (st->listing)
        vms_release(&st->vms);
    if (st->reading)
        hbr_release(&st->hbr);
    arena_free(st->arena);
    free(st->machines);
    memset(st, 0, sizeof(*st));
}

static enum step next(struct run *run, struct state *st)
{
    if (st->next == st->n)
        return STEP_DONE;
    hbr_init(&st->hbr);
    st->reading = true;
    return esxi_command_send(run, ESXI_HBR_STATE, st->machines[st->next].id);
}

/* A machine that is not replicated is no row; nor is one whose host says something else. */
static void add_row(struct run *run, const struct machine *m, const struct hbr *h)
{
    struct table_builder *b = run_table(run, &table_replications);

    if (!h->configured)
        return;
    builder_row(b);
    builder_str(b, REPLICATIONS_REPLICATION_ID, h->group[0] ? h->group : m->id);
    builder_str(b, REPLICATIONS_VM, m->name);
    builder_str(b, REPLICATIONS_DIRECTION, "outgoing");
    builder_str(b, REPLICATIONS_KIND, "vr");
    if (h->state[0])
        builder_str(b, REPLICATIONS_STATE, h->state);
    if (h->percent >= 0)
        builder_real(b, REPLICATIONS_SYNC_PROGRESS_PERCENT, (double)h->percent);
    /* Nothing to transfer is known before checksums have been compared. */
    if (h->transfer_total > 0 && h->transfer_total >= h->transfer_done)
        builder_int(b, REPLICATIONS_SYNC_REMAINING_BYTES, h->transfer_total - h->transfer_done);
}

static enum step listed(struct run *run, struct state *st, const struct reply *reply)
{
    const struct parse_health *h = &st->vms.lines.health;

    if (reply->err)
        return run_fail(run, reply->err);
    vms_end(&st->vms, true);
    if (host_is_garbage(h))
        return host_fail_garbage(run, "vim-cmd vmsvc/getallvms", h);
    host_note_health(run, &table_replications, "vim-cmd vmsvc/getallvms", h);
    vms_release(&st->vms);
    st->listing = false;
    return next(run, st);
}

/* A command that failed because nothing is configured says so on its output. */
static enum step read_one(struct run *run, struct state *st, const struct reply *reply)
{
    if (reply->err && (reply->err->kind == ERR_NET || reply->err->kind == ERR_LIMIT))
        return run_fail(run, reply->err);
    hbr_end(&st->hbr, !reply->err);
    if (!reply->err)
        add_row(run, &st->machines[st->next], &st->hbr);
    hbr_release(&st->hbr);
    st->reading = false;
    st->next++;
    return next(run, st);
}

static enum step step(struct run *run, const struct reply *reply)
{
    struct state *st = run->state;

    if (!reply) {
        drop(st);
        st->arena = arena_new(0);
        st->listing = true;
        vms_init(&st->vms, add_machine, st);
        return esxi_command_send(run, ESXI_GETALLVMS, NULL);
    }
    if (reply->more) {
        if (st->listing)
            vms_feed(&st->vms, reply->body, reply->len);
        else
            hbr_feed(&st->hbr, reply->body, reply->len);
        return STEP_MORE;
    }
    return st->listing ? listed(run, st, reply) : read_one(run, st, reply);
}

static void release_state(void *state)
{
    drop(state);
}

static const struct schema *const tables[] = {&table_replications, NULL};

const struct collector collector_esxi_replications = {
    .name = "host_replications",
    .kinds = KIND_ESXI,
    .fallback_for = KIND_VCENTER | KIND_REPLICATION,
    .tables = tables,
    .interval_ms = 120000,
    .timeout_ms = 180000,
    .on_demand = true,
    .state_size = sizeof(struct state),
    .state_release = release_state,
    .step = step,
};
