/* change_vsphere: what a vCenter sees: hosts that stop answering, VMs that move, start again, come
 * and go. */
#include "core/err.h"
#include "core/map.h"
#include "core/text.h"
#include "tests/lab/actions.h"
#include "tests/lab/vsphere.h"

#include <string.h>

static struct lab_vm *vm_of(const struct lab_vc *vc, const struct lab_pairs *a, struct err *err)
{
    const char *name = lab_action_word(a, "vm", err);
    struct lab_vm *vm = name ? lab_vc_vm(vc, name) : NULL;

    if (name && !vm)
        err_set(err, ERR_CONFIG, 0, "there is no VM '%s'", name);
    return vm;
}

static struct lab_vhost *host_of(struct lab *lab, const struct lab_vc *vc,
                                 const struct lab_pairs *a, struct err *err)
{
    const char *name = lab_action_word(a, "host", err);
    struct lab_host *h = name ? lab_find_host(lab->estate, vc->site, name) : NULL;
    struct lab_vhost *host = h ? lab_vc_host(vc, h) : NULL;

    if (name && !host)
        err_set(err, ERR_CONFIG, 0, "there is no host '%s' in '%s'", name, vc->site);
    return host;
}

static struct lab_vevent *vm_event(struct lab_vc *vc, const struct lab_vm *vm, const char *type,
                                   const char *severity, const char *user, const char *message)
{
    struct lab_vevent *ev = lab_vc_event(vc, lab_wall_ms(), type, severity, user, message);

    ev->vm = lab_vc_vm(vc, vm->mo.name);
    ev->host = lab_vm_host(vc, vm);
    return ev;
}

/* Before the move: from where the VM is, to @host and @store. */
static void moves_to(struct lab_vevent *ev, const struct lab_vhost *host,
                     const struct lab_vstore *store)
{
    ev->store = ev->vm->store;
    ev->dest_host = &host->mo;
    ev->dest_store = &store->mo;
}

/* After it. */
static void moved_from(struct lab_vevent *ev, const struct lab_vhost *host,
                       const struct lab_vstore *store)
{
    ev->store = ev->vm->store;
    ev->source_host = &host->mo;
    ev->source_store = &store->mo;
}

static bool is_on(const struct lab_vc *vc, const struct lab_vm *vm, const struct lab_vhost *h)
{
    return lab_vm_host(vc, vm) == h;
}

/* ---- hosts ---------------------------------------------------------------------------------- */

void lab_vc_host_changed(struct lab *lab, const char *site, struct lab_host *host)
{
    struct lab_vc *vc = lab_find_vcenter(lab->estate, site);
    struct lab_vhost *h = vc ? lab_vc_host(vc, host) : NULL;
    struct lab_vevent *ev;

    if (!h || strcmp(h->connection, host->up ? "connected" : "notResponding") == 0)
        return;
    h->connection = host->up ? "connected" : "notResponding";
    if (host->up)
        h->booted_at = lab_wall_ms();
    ev = lab_vc_event(
        vc, lab_wall_ms(), host->up ? "HostConnectedEvent" : "HostConnectionLostEvent",
        host->up ? "info" : "error", "",
        arena_printf(vc->arena,
                     host->up ? "Connected to %s in %s" : "Host %s in %s is not responding",
                     h->mo.name, vc->dc->name));
    ev->host = h;
    lab_vc_alarm(vc, "alarm.HostConnectivityAlarm", &h->mo, host->up ? "green" : "red",
                 lab_wall_ms());
    for (size_t i = 0; i < vc->vms.n; i++)
        if (is_on(vc, vc->vms.at[i], h))
            lab_vc_touch(vc, vc->vms.at[i]);
    for (size_t i = 0; i < h->cluster->hosts.n; i++)
        lab_vc_touch(vc, h->cluster->hosts.at[i]);
    lab_vc_touch(vc, &h->cluster->mo);
}

static struct lab_vhost *next_host(const struct lab_vhost *dead, unsigned n)
{
    const struct lab_list *hosts = &dead->cluster->hosts;

    for (size_t i = 0; i < hosts->n; i++) {
        struct lab_vhost *h = hosts->at[(n + i) % hosts->n];

        if (h != dead && h->host->up && !h->maintenance)
            return h;
    }
    return NULL;
}

static void place(struct lab_vc *vc, struct lab_vm *vm, struct lab_vhost *to)
{
    struct lab_vhost *from = lab_vm_host(vc, vm);

    if (vm->edge)
        lab_change_place_edge(vc->nsx, vm->edge, to->host);
    else
        vm->host = to;
    vm->moves++;
    lab_vc_touch(vc, &vm->mo);
    if (from)
        lab_vc_touch(vc, &from->mo);
    lab_vc_touch(vc, &to->mo);
}

void lab_vc_edge_moved(struct lab *lab, const char *site, const struct lab_edge *edge)
{
    struct lab_vc *vc = lab_find_vcenter(lab->estate, site);

    for (size_t i = 0; vc && i < vc->vms.n; i++) {
        struct lab_vm *vm = vc->vms.at[i];

        if (vm->edge != edge)
            continue;
        vm->booted_at = lab_wall_ms();
        lab_vc_touch(vc, &vm->mo);
        lab_vc_touch(vc, &lab_vc_host(vc, edge->host)->mo);
    }
}

/* vSphere HA starts the VMs of a host that is gone on the others. */
int lab_change_ha_restart(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_vc *vc = lab_action_vcenter(lab, a, err);
    struct lab_vhost *dead = vc ? host_of(lab, vc, a, err) : NULL;

    if (!dead)
        return -1;
    for (unsigned i = 0; i < vc->vms.n; i++) {
        struct lab_vm *vm = vc->vms.at[i];
        struct lab_vhost *to = is_on(vc, vm, dead) ? next_host(dead, i) : NULL;

        if (!to)
            continue;
        place(vc, vm, to);
        vm->booted_at = lab_wall_ms();
        vm_event(vc, vm, "com.vmware.vc.ha.VmRestartedByHAEvent", "warning", "",
                 arena_printf(vc->arena,
                              "vSphere HA restarted virtual machine %s on host %s in cluster %s",
                              vm->mo.name, to->mo.name, to->cluster->mo.name));
    }
    return 0;
}

/* ---- moves ---------------------------------------------------------------------------------- */

static struct lab_vtask *running(const struct lab_vc *vc, const struct lab_vm *vm, struct err *err)
{
    for (size_t i = vc->tasks.n; i > 0; i--) {
        struct lab_vtask *t = vc->tasks.at[i - 1];

        if (t->entity == &vm->mo && strcmp(t->state, "running") == 0)
            return t;
    }
    err_set(err, ERR_CONFIG, 0, "no task is running on '%s'", vm->mo.name);
    return NULL;
}

int lab_change_vmotion(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_vc *vc = lab_action_vcenter(lab, a, err);
    struct lab_vm *vm = vc ? vm_of(vc, a, err) : NULL;
    struct lab_vhost *to = vm ? host_of(lab, vc, a, err) : NULL;
    const char *user = lab_pairs_get(a, "user");
    struct lab_vtask *t;

    if (!to)
        return -1;
    user = arena_strdup(vc->arena, user ? user : vc->user);
    t = lab_vc_task(vc, "VirtualMachine.migrate", "MigrateVM_Task", &vm->mo, user, lab_wall_ms());
    t->to = to;
    moves_to(vm_event(vc, vm, "VmBeingHotMigratedEvent", "info", user,
                      arena_printf(vc->arena, "Migrating %s off host %s in %s", vm->mo.name,
                                   lab_vm_host(vc, vm)->mo.name, vc->dc->name)),
             to, vm->store);
    lab_vc_touch(vc, &vm->mo);
    return 0;
}

int lab_change_relocate(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_vc *vc = lab_action_vcenter(lab, a, err);
    struct lab_vm *vm = vc ? vm_of(vc, a, err) : NULL;
    const char *name = vm ? lab_action_word(a, "datastore", err) : NULL;
    struct lab_vstore *to = NULL;

    for (size_t i = 0; name && i < vc->stores.n; i++)
        if (strcmp(((struct lab_vstore *)vc->stores.at[i])->mo.name, name) == 0)
            to = vc->stores.at[i];
    if (name && !to)
        err_set(err, ERR_CONFIG, 0, "there is no datastore '%s'", name);
    if (!to)
        return -1;
    lab_vc_task(vc, "VirtualMachine.relocate", "RelocateVM_Task", &vm->mo, vc->user, lab_wall_ms())
        ->store = to;
    moves_to(vm_event(vc, vm, "VmBeingRelocatedEvent", "info", vc->user,
                      arena_printf(vc->arena, "Relocating %s from %s to %s", vm->mo.name,
                                   vm->store->mo.name, to->mo.name)),
             lab_vm_host(vc, vm), to);
    return 0;
}

int lab_change_progress(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_vc *vc = lab_action_vcenter(lab, a, err);
    struct lab_vm *vm = vc ? vm_of(vc, a, err) : NULL;
    const char *text = vm ? lab_action_word(a, "percent", err) : NULL;
    struct lab_vtask *t = text ? running(vc, vm, err) : NULL;
    int64_t n;

    if (!t)
        return -1;
    if (text_to_i64(text, 0, 100, &n) < 0)
        return err_set(err, ERR_CONFIG, 0, "'percent' must be a number from 0 to 100");
    t->progress = (int)n;
    lab_vc_touch(vc, &t->mo);
    return 0;
}

static void fail_move(struct lab_vc *vc, struct lab_vm *vm, struct lab_vtask *t, const char *error)
{
    t->state = "error";
    t->error = arena_strdup(vc->arena, error);
    vm_event(vc, vm, t->to ? "VmFailedMigrateEvent" : "VmRelocateFailedEvent", "error", t->user,
             arena_printf(vc->arena, "Cannot migrate %s: %s", vm->mo.name, error));
}

static void finish_move(struct lab_vc *vc, struct lab_vm *vm, struct lab_vtask *t)
{
    const struct lab_vhost *from = lab_vm_host(vc, vm);
    const struct lab_vstore *store = vm->store;

    t->state = "success";
    t->progress = 100;
    if (t->store) {
        vm->store = t->store;
        lab_vc_touch(vc, &vm->mo);
        moved_from(vm_event(vc, vm, "VmRelocatedEvent", "info", t->user,
                            arena_printf(vc->arena, "Completed the relocation of %s to %s",
                                         vm->mo.name, t->store->mo.name)),
                   from, store);
        return;
    }
    place(vc, vm, t->to);
    moved_from(vm_event(vc, vm, "VmMigratedEvent", "info", t->user,
                        arena_printf(vc->arena, "Migration of %s from %s to %s completed",
                                     vm->mo.name, from->mo.name, t->to->mo.name)),
               from, store);
}

int lab_change_end_move(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_vc *vc = lab_action_vcenter(lab, a, err);
    struct lab_vm *vm = vc ? vm_of(vc, a, err) : NULL;
    struct lab_vtask *t = vm ? running(vc, vm, err) : NULL;
    const char *error = lab_pairs_get(a, "error");

    if (!t)
        return -1;
    if (error)
        fail_move(vc, vm, t, error);
    else
        finish_move(vc, vm, t);
    t->ended_at = lab_wall_ms();
    lab_vc_touch(vc, &t->mo);
    return 0;
}

/* ---- VMs, datastores, events ---------------------------------------------------------------- */

int lab_change_set_vm(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_vc *vc = lab_action_vcenter(lab, a, err);
    struct lab_vm *vm = vc ? vm_of(vc, a, err) : NULL;
    const char *power = lab_pairs_get(a, "power"), *name = lab_pairs_get(a, "name");
    const char *snapshot = lab_pairs_get(a, "snapshot"), *days = lab_pairs_get(a, "days");
    const char *consolidate = lab_pairs_get(a, "consolidate");
    int64_t n = 0;

    if (!vm || (days && text_to_i64(days, 0, 3650, &n) < 0))
        return vm ? err_set(err, ERR_CONFIG, 0, "'days' must be a number") : -1;
    if (power) {
        vm->power = arena_strdup(vc->arena, power);
        vm_event(vc, vm, strcmp(power, "poweredOn") == 0 ? "VmPoweredOnEvent" : "VmPoweredOffEvent",
                 "info", vc->user,
                 arena_printf(vc->arena, "%s in %s is now %s", vm->mo.name, vc->dc->name, power));
    }
    if (name)
        vm->mo.name = arena_strdup(vc->arena, name);
    if (snapshot) {
        vm->snapshot = *snapshot ? arena_strdup(vc->arena, snapshot) : NULL;
        vm->snapshot_at = lab_wall_ms() - n * 86400000;
    }
    if (consolidate)
        vm->consolidate = strcmp(consolidate, "1") == 0;
    lab_vc_touch(vc, &vm->mo);
    return 0;
}

int lab_change_remove_vm(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_vc *vc = lab_action_vcenter(lab, a, err);
    struct lab_vm *vm = vc ? vm_of(vc, a, err) : NULL;
    struct lab_vhost *h = vm ? lab_vm_host(vc, vm) : NULL;

    if (!vm)
        return -1;
    vm_event(vc, vm, "VmRemovedEvent", "info", vc->user,
             arena_printf(vc->arena, "Removed %s from %s", vm->mo.name, vc->dc->name));
    lab_list_remove(&vc->vms, vm);
    lab_list_remove(&vc->inventory, &vm->mo);
    map_remove(vc->by_id, vm->mo.id);
    if (h)
        lab_vc_touch(vc, &h->mo);
    vc->structure = ++vc->serial;
    return 0;
}

int lab_change_set_datastore(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_vc *vc = lab_action_vcenter(lab, a, err);
    const char *name = vc ? lab_action_word(a, "datastore", err) : NULL;
    const char *used = name ? lab_action_word(a, "used_percent", err) : NULL;
    int64_t n;

    if (!used)
        return -1;
    if (text_to_i64(used, 0, 100, &n) < 0)
        return err_set(err, ERR_CONFIG, 0, "'used_percent' must be a number from 0 to 100");
    for (size_t i = 0; i < vc->stores.n; i++) {
        struct lab_vstore *s = vc->stores.at[i];

        if (strcmp(s->mo.name, name) != 0)
            continue;
        s->free = s->capacity - s->capacity / 100 * n;
        lab_vc_touch(vc, &s->mo);
        if (n >= 85)
            lab_vc_alarm(vc, "alarm.DatastoreDiskUsageAlarm", &s->mo, n >= 95 ? "red" : "yellow",
                         lab_wall_ms());
        return 0;
    }
    return err_set(err, ERR_CONFIG, 0, "there is no datastore '%s'", name);
}

int lab_change_add_event(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_vc *vc = lab_action_vcenter(lab, a, err);
    const char *type = vc ? lab_action_word(a, "type", err) : NULL;
    const char *message = type ? lab_action_word(a, "message", err) : NULL;
    const char *user = lab_pairs_get(a, "user"), *severity = lab_pairs_get(a, "severity");
    const char *vm = lab_pairs_get(a, "vm");
    struct lab_vevent *ev;

    if (!message)
        return -1;
    ev = lab_vc_event(vc, lab_wall_ms(), arena_strdup(vc->arena, type),
                      arena_strdup(vc->arena, severity ? severity : "info"),
                      arena_strdup(vc->arena, user ? user : ""), arena_strdup(vc->arena, message));
    ev->vm = vm ? lab_vc_vm(vc, vm) : NULL;
    ev->host = ev->vm ? lab_vm_host(vc, ev->vm) : NULL;
    return 0;
}
