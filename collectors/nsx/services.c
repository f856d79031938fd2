/*
 * services: what protocols and ports the services mean that firewall rules name by their path. A
 * manager has more than 400 of its own (0.8 MB), which change with the product alone; pages that
 * did not change are not decoded again.
 */
#include "collectors/nsx/list.h"
#include "collectors/nsx/nsx.h"
#include "collectors/nsx/service_text.h"
#include "core/arena.h"

struct services_state {
    struct nsx_memo *memo;
};

static void release_state(void *state)
{
    nsx_memo_free(((struct services_state *)state)->memo);
}

static void add_service(void *arg, struct table_builder *b, struct json_object *o)
{
    const char *path = jsonq_str(o, "path"), *name = jsonq_str(o, "display_name");
    bool is_default;

    (void)arg;
    if (!path)
        return;
    builder_row(b);
    builder_str(b, SERVICES_PATH, path);
    builder_str(b, SERVICES_SERVICE, name ? name : nsx_path_id(path));
    nsx_service_entries_add(b, SERVICES_ENTRIES, jsonq_get(o, "service_entries"));
    if (jsonq_bool(o, "is_default", &is_default))
        builder_bool(b, SERVICES_IS_DEFAULT, is_default);
}

static enum step on_page(struct run *run, struct nsx_list *l, const struct reply *reply)
{
    struct services_state *s = run->state;

    return nsx_list_page(run, l, &s->memo, run_table(run, &table_services), 0, reply, add_service,
                         NULL);
}

static enum step step(struct run *run, const struct reply *reply)
{
    if (run->scratch && reply)
        return on_page(run, run->scratch, reply);
    run->scratch = arena_alloc(run->arena, sizeof(struct nsx_list));
    return nsx_list_first(run, run->scratch, "services", NSX_POLICY "/infra/services");
}

static const struct schema *const tables[] = {&table_services, NULL};

const struct collector collector_nsx_services = {
    .name = "services",
    .kinds = KIND_NSX | KIND_VMC,
    .tables = tables,
    .interval_ms = 3600000,
    .timeout_ms = 120000,
    .state_size = sizeof(struct services_state),
    .state_release = release_state,
    .step = step,
};
