/* The packet filters of a host: summarize-dvfilter, with what vsipioctl getfilters knows besides
 * about those of the distributed firewall. Light: read on a timer. */
#include "collectors/esxi/collectors.h"
#include "collectors/esxi/getfilters.h"
#include "collectors/esxi/host.h"

#include "core/arena.h"

struct state {
    bool open;    /* the decoders are in use */
    bool listing; /* summarize-dvfilter is being read */
    struct arena *arena;
    struct getfilters known;
    struct dvfilter dvfilter;
    struct table_builder *b;
    const char *host;
};

static void on_filter(void *arg, const struct dvfilter_entry *e)
{
    struct state *st = arg;
    struct table_builder *b = st->b;
    const struct getfilters_entry *more = getfilters_find(&st->known, e->name);

    builder_row(b);
    builder_str(b, FILTERS_HOST, st->host);
    builder_str(b, FILTERS_FILTER, e->name);
    builder_str(b, FILTERS_VM, e->vm);
    builder_str(b, FILTERS_VM_UUID, e->vm_uuid);
    builder_str(b, FILTERS_VNIC, e->vnic);
    if (e->slot >= 0)
        builder_int(b, FILTERS_SLOT, e->slot);
    builder_str(b, FILTERS_AGENT, e->agent);
    builder_str(b, FILTERS_STATE, e->state);
    builder_str(b, FILTERS_VM_STATE, e->vm_state);
    builder_str(b, FILTERS_SLOW_PATH, e->slow_path);
    builder_str(b, FILTERS_FAIL_POLICY, e->fail_policy);
    builder_str(b, FILTERS_FILTER_SOURCE, e->source);
    builder_str(b, FILTERS_PORT, e->port);
    if (!more)
        return;
    builder_str(b, FILTERS_VIF, more->vif);
    builder_str(b, FILTERS_FILTER_HASH, more->hash);
    builder_str(b, FILTERS_RULE_CONFIG, more->config);
}

static void drop(struct state *st)
{
    if (!st->open)
        return;
    getfilters_release(&st->known);
    dvfilter_release(&st->dvfilter);
    arena_free(st->arena);
    st->open = false;
}

static enum step start(struct run *run, struct state *st)
{
    drop(st);
    st->open = true;
    st->listing = false;
    st->arena = arena_new(0);
    st->b = run_table(run, &table_filters);
    st->host = host_name(run->endpoint);
    getfilters_init(&st->known, st->arena);
    dvfilter_init(&st->dvfilter, on_filter, st);
    return esxi_command_send(run, ESXI_GETFILTERS, NULL);
}

/* A host without NSX has no vsipioctl, which is nothing to speak of. */
static enum step known(struct run *run, struct state *st, const struct reply *reply)
{
    getfilters_end(&st->known, !reply->err);
    if (reply->err && reply->err->kind != ERR_UNSUPPORTED)
        builder_note(st->b, "%s", reply->err->msg);
    host_note_health(run, &table_filters, "vsipioctl getfilters", &st->known.lines.health);
    st->listing = true;
    return esxi_command_send(run, ESXI_DVFILTER, NULL);
}

static enum step listed(struct run *run, struct state *st, const struct reply *reply)
{
    const struct parse_health *h = &st->dvfilter.lines.health;
    enum step step;

    if (reply->err)
        return run_fail(run, reply->err);
    if (!dvfilter_end(&st->dvfilter, true)) {
        run->freshness = FRESH_PARTIAL;
        err_set(&run->err, ERR_PROTO, 0, HOST_LIST_CUT);
    }
    if (host_fail_listing(run, h, &step))
        return step;
    host_note_health(run, &table_filters, "summarize-dvfilter", h);
    return STEP_DONE;
}

static enum step step(struct run *run, const struct reply *reply)
{
    struct state *st = run->state;
    enum step next;

    if (!reply)
        return start(run, st);
    if (reply->more) {
        if (st->listing)
            dvfilter_feed(&st->dvfilter, reply->body, reply->len);
        else
            getfilters_feed(&st->known, reply->body, reply->len);
        return STEP_MORE;
    }
    if (!st->listing)
        return known(run, st, reply);
    next = listed(run, st, reply);
    drop(st);
    return next;
}

static void release_state(void *state)
{
    drop(state);
}

static const struct schema *const tables[] = {&table_filters, NULL};

const struct collector collector_esxi_filters = {
    .name = "filters",
    .kinds = KIND_ESXI,
    .tables = tables,
    .interval_ms = 30000,
    .timeout_ms = 60000,
    .state_size = sizeof(struct state),
    .state_release = release_state,
    .step = step,
};
