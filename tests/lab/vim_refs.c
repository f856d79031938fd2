/* vim_refs: which objects hang on which: for traversals and for properties that hold references. */
#include "tests/lab/vim.h"

#include "core/mem.h"

#include <string.h>

typedef void (*collect)(const struct lab_vc *vc, const struct lab_mo *mo, struct lab_list *out);

static void children(const struct lab_vc *vc, const struct lab_mo *mo, struct lab_list *out)
{
    for (size_t i = 0; i < vc->inventory.n; i++)
        if (((struct lab_mo *)vc->inventory.at[i])->parent == mo)
            lab_list_add(out, vc->inventory.at[i]);
}

static void cluster_hosts(const struct lab_vc *vc, const struct lab_mo *mo, struct lab_list *out)
{
    const struct lab_vcluster *c = (const struct lab_vcluster *)(const void *)mo;

    (void)vc;
    for (size_t i = 0; i < c->hosts.n; i++)
        lab_list_add(out, c->hosts.at[i]);
}

static void stores_of(const struct lab_vc *vc, const struct lab_vcluster *c, struct lab_list *out)
{
    for (size_t i = 0; i < vc->stores.n; i++)
        if (((struct lab_vstore *)vc->stores.at[i])->cluster == c)
            lab_list_add(out, vc->stores.at[i]);
}

static void cluster_stores(const struct lab_vc *vc, const struct lab_mo *mo, struct lab_list *out)
{
    stores_of(vc, (const struct lab_vcluster *)(const void *)mo, out);
}

static void host_stores(const struct lab_vc *vc, const struct lab_mo *mo, struct lab_list *out)
{
    stores_of(vc, ((const struct lab_vhost *)(const void *)mo)->cluster, out);
}

static void all_nets(const struct lab_vc *vc, const struct lab_mo *mo, struct lab_list *out)
{
    (void)mo;
    for (size_t i = 0; i < vc->nets.n; i++)
        lab_list_add(out, vc->nets.at[i]);
}

static void all_stores(const struct lab_vc *vc, const struct lab_mo *mo, struct lab_list *out)
{
    (void)mo;
    for (size_t i = 0; i < vc->stores.n; i++)
        lab_list_add(out, vc->stores.at[i]);
}

static void cluster_pool(const struct lab_vc *vc, const struct lab_mo *mo, struct lab_list *out)
{
    (void)vc;
    lab_list_add(out, ((const struct lab_vcluster *)(const void *)mo)->pool);
}

static void host_vms(const struct lab_vc *vc, const struct lab_mo *mo, struct lab_list *out)
{
    const struct lab_vhost *h = (const struct lab_vhost *)(const void *)mo;

    for (size_t i = 0; i < vc->vms.n; i++) {
        struct lab_vm *vm = vc->vms.at[i];

        if (vm->edge ? vm->edge->host == h->host : vm->host == h)
            lab_list_add(out, vm);
    }
}

static void vm_host(const struct lab_vc *vc, const struct lab_mo *mo, struct lab_list *out)
{
    struct lab_vhost *h = lab_vm_host(vc, (const struct lab_vm *)(const void *)mo);

    if (h)
        lab_list_add(out, h);
}

static void vm_stores(const struct lab_vc *vc, const struct lab_mo *mo, struct lab_list *out)
{
    (void)vc;
    lab_list_add(out, ((const struct lab_vm *)(const void *)mo)->store);
}

static void vm_nets(const struct lab_vc *vc, const struct lab_mo *mo, struct lab_list *out)
{
    const struct lab_vm *vm = (const struct lab_vm *)(const void *)mo;

    (void)vc;
    if (vm->net)
        lab_list_add(out, vm->net);
}

static void store_vms(const struct lab_vc *vc, const struct lab_mo *mo, struct lab_list *out)
{
    for (size_t i = 0; i < vc->vms.n; i++)
        if (&((struct lab_vm *)vc->vms.at[i])->store->mo == mo)
            lab_list_add(out, vc->vms.at[i]);
}

static void net_vms(const struct lab_vc *vc, const struct lab_mo *mo, struct lab_list *out)
{
    for (size_t i = 0; i < vc->vms.n; i++) {
        struct lab_vm *vm = vc->vms.at[i];

        if (vm->net && &vm->net->mo == mo)
            lab_list_add(out, vm);
    }
}

static void parent(const struct lab_vc *vc, const struct lab_mo *mo, struct lab_list *out)
{
    (void)vc;
    if (mo->parent)
        lab_list_add(out, mo->parent);
}

#define FOLDER_OF(field)                                                                           \
    static void field##_of(const struct lab_vc *vc, const struct lab_mo *mo, struct lab_list *out) \
    {                                                                                              \
        (void)mo;                                                                                  \
        lab_list_add(out, vc->field);                                                              \
    }
FOLDER_OF(vm_folder)
FOLDER_OF(host_folder)
FOLDER_OF(store_folder)
FOLDER_OF(net_folder)

/* Queued and running ones, and what ended in the last ten minutes; at most 200. */
static void recent_tasks(const struct lab_vc *vc, const struct lab_mo *mo, struct lab_list *out)
{
    size_t first = vc->tasks.n > 200 ? vc->tasks.n - 200 : 0;

    (void)mo;
    for (size_t i = first; i < vc->tasks.n; i++)
        lab_list_add(out, vc->tasks.at[i]);
}

static void entity_tasks(const struct lab_vc *vc, const struct lab_mo *mo, struct lab_list *out)
{
    for (size_t i = 0; i < vc->tasks.n; i++)
        if (((struct lab_vtask *)vc->tasks.at[i])->entity == mo)
            lab_list_add(out, vc->tasks.at[i]);
}

static const struct {
    const char *type, *path;
    collect run;
} refs[] = {
    {"Folder", "childEntity", children},
    {"Datacenter", "vmFolder", vm_folder_of},
    {"Datacenter", "hostFolder", host_folder_of},
    {"Datacenter", "datastoreFolder", store_folder_of},
    {"Datacenter", "networkFolder", net_folder_of},
    {"Datacenter", "datastore", all_stores},
    {"Datacenter", "network", all_nets},
    {"ComputeResource", "host", cluster_hosts},
    {"ComputeResource", "datastore", cluster_stores},
    {"ComputeResource", "network", all_nets},
    {"ComputeResource", "resourcePool", cluster_pool},
    {"HostSystem", "vm", host_vms},
    {"HostSystem", "datastore", host_stores},
    {"HostSystem", "network", all_nets},
    {"VirtualMachine", "runtime.host", vm_host},
    {"VirtualMachine", "datastore", vm_stores},
    {"VirtualMachine", "network", vm_nets},
    {"Datastore", "vm", store_vms},
    {"Network", "vm", net_vms},
    {"TaskManager", "recentTask", recent_tasks},
    {"ManagedEntity", "recentTask", entity_tasks},
    {"ManagedEntity", "parent", parent},
};

static bool inside(const struct lab_mo *mo, const struct vim_view *view)
{
    const struct lab_mo *p = mo->parent;

    if (!view->recursive)
        return p == view->container;
    while (p && p != view->container)
        p = p->parent;
    return p != NULL;
}

static void container_members(const struct lab_vc *vc, const struct vim_view *view,
                              struct lab_list *out)
{
    for (size_t i = 0; i < vc->inventory.n; i++) {
        struct lab_mo *mo = vc->inventory.at[i];
        bool wanted = view->types.n == 0;

        for (size_t k = 0; k < view->types.n && !wanted; k++)
            wanted = lab_mo_is(mo, view->types.at[k]);
        if (wanted && inside(mo, view))
            lab_list_add(out, mo);
    }
}

bool vim_refs(const struct lab_vc *vc, const struct vim_session *s, const struct lab_mo *mo,
              const char *path, struct lab_list *out)
{
    const struct vim_view *view = (const struct vim_view *)(const void *)mo;

    (void)s;
    if (lab_mo_is(mo, "View") && strcmp(path, "view") == 0) {
        if (mo->type == MO_CONTAINER_VIEW)
            container_members(vc, view, out);
        for (size_t i = 0; mo->type == MO_LIST_VIEW && i < view->members.n; i++)
            lab_list_add(out, view->members.at[i]);
        return true;
    }
    for (size_t i = 0; i < ARRAY_SIZE(refs); i++) {
        if (strcmp(refs[i].path, path) != 0 || !lab_mo_is(mo, refs[i].type))
            continue;
        refs[i].run(vc, mo, out);
        return true;
    }
    return false;
}
