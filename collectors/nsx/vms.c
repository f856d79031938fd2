/*
 * nsx_vms: the virtual machines that NSX knows, with the transport node each runs on: how the host
 * of an edge VM is found. A page is about 0.8 MB; the manager renews a time stamp in it whenever it
 * syncs with a host, so pages do change.
 */
#include "collectors/nsx/list.h"
#include "collectors/nsx/nsx.h"
#include "core/arena.h"
#include "core/text.h"

#include <string.h>

struct vms_state {
    struct nsx_memo *memo;
};

static void release_state(void *state)
{
    nsx_memo_free(((struct vms_state *)state)->memo);
}

/* compute_ids[]: "instanceUuid:...", "biosUuid:...", "moIdOnHost:...". */
static const char *compute_id(struct json_object *o, const char *prefix)
{
    for (size_t i = 0; i < jsonq_len(o, "compute_ids"); i++) {
        const char *id = jsonq_text(jsonq_at(o, "compute_ids", i));

        if (id && text_has_prefix(id, prefix) && id[strlen(prefix)])
            return id + strlen(prefix);
    }
    return NULL;
}

static void add_vm(void *arg, struct table_builder *b, struct json_object *o)
{
    const char *id = jsonq_str(o, "external_id");

    (void)arg;
    if (!id)
        return;
    builder_row(b);
    builder_str(b, NSX_VMS_EXTERNAL_ID, id);
    builder_str(b, NSX_VMS_VM, jsonq_str(o, "display_name"));
    builder_str(b, NSX_VMS_TYPE, jsonq_str(o, "type"));
    builder_str(b, NSX_VMS_POWER_STATE, jsonq_str(o, "power_state"));
    builder_str(b, NSX_VMS_HOST_ID, jsonq_str(o, "host_id"));
    builder_str(b, NSX_VMS_INSTANCE_UUID, compute_id(o, "instanceUuid:"));
}

static enum step on_page(struct run *run, struct nsx_list *l, const struct reply *reply)
{
    struct vms_state *s = run->state;

    return nsx_list_page(run, l, &s->memo, run_table(run, &table_nsx_vms), 0, reply, add_vm, NULL);
}

static enum step step(struct run *run, const struct reply *reply)
{
    if (run->scratch && reply)
        return on_page(run, run->scratch, reply);
    run->scratch = arena_alloc(run->arena, sizeof(struct nsx_list));
    return nsx_list_first(run, run->scratch, "virtual machines",
                          NSX_POLICY "/infra/realized-state/virtual-machines");
}

static const struct schema *const tables[] = {&table_nsx_vms, NULL};

const struct collector collector_nsx_vms = {
    .name = "nsx_vms",
    .kinds = KIND_NSX | KIND_VMC,
    .tables = tables,
    .interval_ms = 60000,
    .timeout_ms = 300000,
    .state_size = sizeof(struct vms_state),
    .state_release = release_state,
    .step = step,
};
