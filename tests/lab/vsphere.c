#include "tests/lab/vsphere.h"

#include "core/map.h"
#include "core/mem.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *base;
    bool entity;
} types[MO_TYPES] = {
    [MO_FOLDER] = {"Folder", NULL, true},
    [MO_DATACENTER] = {"Datacenter", NULL, true},
    [MO_CLUSTER] = {"ClusterComputeResource", "ComputeResource", true},
    [MO_POOL] = {"ResourcePool", NULL, true},
    [MO_HOST] = {"HostSystem", NULL, true},
    [MO_VM] = {"VirtualMachine", NULL, true},
    [MO_DATASTORE] = {"Datastore", NULL, true},
    [MO_PORTGROUP] = {"DistributedVirtualPortgroup", "Network", true},
    [MO_OPAQUE] = {"OpaqueNetwork", "Network", true},
    [MO_TASK] = {"Task", NULL, false},
    [MO_ALARM] = {"Alarm", NULL, false},
    [MO_SERVICE] = {"", NULL, false},
    [MO_CONTAINER_VIEW] = {"ContainerView", "View", false},
    [MO_LIST_VIEW] = {"ListView", "View", false},
    [MO_COLLECTOR] = {"PropertyCollector", NULL, false},
    [MO_EVENT_COLLECTOR] = {"EventHistoryCollector", "HistoryCollector", false},
};

const char *lab_mo_type_name(enum mo_type type)
{
    return types[type].name;
}

bool lab_mo_is(const struct lab_mo *mo, const char *type)
{
    if (mo->type == MO_SERVICE)
        return strcmp(mo->name, type) == 0;
    if (strcmp(types[mo->type].name, type) == 0)
        return true;
    if (types[mo->type].base && strcmp(types[mo->type].base, type) == 0)
        return true;
    return types[mo->type].entity && strcmp(type, "ManagedEntity") == 0;
}

struct lab_vc *lab_find_vcenter(const struct lab_estate *e, const char *site)
{
    for (size_t i = 0; i < e->vcenters.n; i++)
        if (strcmp(((struct lab_vc *)e->vcenters.at[i])->site, site) == 0)
            return e->vcenters.at[i];
    return NULL;
}

struct lab_mo *lab_vc_object(const struct lab_vc *vc, const char *moid)
{
    return map_get(vc->by_id, moid);
}

struct lab_vm *lab_vc_vm(const struct lab_vc *vc, const char *name)
{
    for (size_t i = 0; i < vc->vms.n; i++)
        if (strcmp(((struct lab_vm *)vc->vms.at[i])->mo.name, name) == 0)
            return vc->vms.at[i];
    return NULL;
}

struct lab_vhost *lab_vc_host(const struct lab_vc *vc, const struct lab_host *host)
{
    for (size_t i = 0; i < vc->hosts.n; i++)
        if (((struct lab_vhost *)vc->hosts.at[i])->host == host)
            return vc->hosts.at[i];
    return NULL;
}

struct lab_vhost *lab_vm_host(const struct lab_vc *vc, const struct lab_vm *vm)
{
    return vm->edge ? lab_vc_host(vc, vm->edge->host) : vm->host;
}

void lab_vc_touch(struct lab_vc *vc, struct lab_mo *mo)
{
    mo->stamp = ++vc->serial;
}

struct lab_vevent *lab_vc_event(struct lab_vc *vc, int64_t at, const char *type,
                                const char *severity, const char *user, const char *message)
{
    struct lab_vevent *ev = arena_alloc(vc->arena, sizeof(*ev));
    bool id = strchr(type, '.') != NULL;

    ev->key = ev->chain = (int64_t)vc->events.n + 1;
    ev->at = at;
    ev->type = id ? "EventEx" : type;
    ev->id = id ? type : NULL;
    ev->severity = severity;
    ev->user = user;
    ev->message = message;
    lab_list_add(&vc->events, ev);
    vc->evented = ++vc->serial;
    return ev;
}

static struct lab_valarm *find_alarm(const struct lab_vc *vc, const char *system_name)
{
    for (size_t i = 0; i < vc->alarms.n; i++) {
        struct lab_valarm *a = vc->alarms.at[i];

        if (strcmp(a->system_name, system_name) == 0)
            return a;
    }
    mem_die("lab: no such alarm");
}

void lab_vc_alarm(struct lab_vc *vc, const char *system_name, struct lab_mo *entity,
                  const char *status, int64_t at)
{
    struct lab_valarm *alarm = find_alarm(vc, system_name);
    struct lab_valarm_state *s = NULL;

    for (size_t i = 0; i < vc->states.n && !s; i++) {
        struct lab_valarm_state *have = vc->states.at[i];

        if (have->alarm == alarm && have->entity == entity)
            s = have;
    }
    if (!s) {
        s = arena_alloc(vc->arena, sizeof(*s));
        s->alarm = alarm;
        s->entity = entity;
        lab_list_add(&vc->states, s);
    }
    lab_vc_event(vc, at, "AlarmStatusChangedEvent", "info", "",
                 arena_printf(vc->arena, "Alarm '%s' on %s changed from %s to %s", alarm->mo.name,
                              entity->name, s->on ? s->status : "Green", status));
    s->status = status;
    s->on = strcmp(status, "green") != 0;
    s->at = at;
    s->acknowledged = false;
}

struct lab_vtask *lab_vc_task(struct lab_vc *vc, const char *description, const char *method,
                              struct lab_mo *entity, const char *user, int64_t at)
{
    struct lab_vtask *t = arena_alloc(vc->arena, sizeof(*t));

    t->mo = (struct lab_mo){.type = MO_TASK, .name = description};
    t->mo.id = arena_printf(vc->arena, "task-%u", ++vc->next_task);
    t->method = method;
    t->entity = entity;
    t->user = user;
    t->state = "running";
    t->queued_at = t->started_at = at;
    lab_list_add(&vc->tasks, t);
    map_put(vc->by_id, t->mo.id, &t->mo);
    lab_vc_touch(vc, &t->mo);
    return t;
}

static void free_list(struct lab_list *l)
{
    free(l->at);
    *l = (struct lab_list){NULL, 0, 0};
}

void lab_vcenter_free(struct lab_vc *vc)
{
    struct lab_list *lists[] = {&vc->inventory, &vc->clusters, &vc->hosts,     &vc->vms,
                                &vc->stores,    &vc->nets,     &vc->tasks,     &vc->alarms,
                                &vc->states,    &vc->events,   &vc->libraries, &vc->replications};

    for (size_t i = 0; i < vc->clusters.n; i++)
        free_list(&((struct lab_vcluster *)vc->clusters.at[i])->hosts);
    for (size_t i = 0; i < vc->libraries.n; i++)
        free_list(&((struct lab_library *)vc->libraries.at[i])->items);
    for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
        free_list(lists[i]);
    map_free(vc->by_id, NULL);
}
