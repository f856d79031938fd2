#include "views/entity.h"

#include "core/mem.h"
#include "model/tables.h"
#include "views/jump.h"

/* Names are tried in this order: what is nearest to people first. */
static const struct {
    const struct schema *schema;
    unsigned name;
    const char *view;
    bool by_id; /* its key is the id alone */
} kinds[] = {
    {&table_vms, VMS_VM, "vms", true},
    {&table_hosts, HOSTS_HOST, "hosts", true},
    {&table_hosts, HOSTS_FQDN, "hosts", false},
    {&table_datastores, DATASTORES_DATASTORE, "datastores", true},
    {&table_clusters, CLUSTERS_CLUSTER, "clusters", true},
    {&table_edges, EDGES_EDGE, "edges", false},
    {&table_enis, ENIS_ENI, "eni", false},
    {&table_segments, SEGMENTS_SEGMENT, "segments", false},
    {&table_replications, REPLICATIONS_VM, "replication", false},
    {&table_endpoints, ENDPOINTS_ENDPOINT, "endpoints", false},
};

size_t entity_jump(const struct view_input *in, struct view_target *out, const char *site,
                   const char *endpoint, const char *id, const char *name)
{
    for (size_t i = 0; id && i < ARRAY_SIZE(kinds); i++)
        if (kinds[i].by_id &&
            jump_key(in, out, kinds[i].view, kinds[i].schema, site, endpoint, id, name ? name : id))
            return 1;
    for (size_t i = 0; name && i < ARRAY_SIZE(kinds); i++)
        if (jump_find(in, out, kinds[i].view, kinds[i].schema, site, kinds[i].name, name, name))
            return 1;
    return 0;
}
