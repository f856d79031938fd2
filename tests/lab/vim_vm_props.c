/* vim_vm_props: properties of VirtualMachine. */
#include "tests/lab/replication.h"
#include "tests/lab/vim.h"

#include <stdlib.h>
#include <string.h>

#define GB (1024LL * 1024 * 1024)

static const struct lab_vm *vm_of(const struct lab_mo *mo)
{
    return (const struct lab_vm *)(const void *)mo;
}

static bool runs(const struct lab_vm *vm)
{
    return strcmp(vm->power, "poweredOn") == 0;
}

static const char *connection_of(const struct lab_vc *vc, const struct lab_vm *vm)
{
    const struct lab_vhost *h = lab_vm_host(vc, vm);

    return h && strcmp(h->connection, "connected") == 0 ? "connected" : "disconnected";
}

#define TEXT(fn, value)                                        \
    static void fn(struct vim_val *v, const struct lab_mo *mo) \
    {                                                          \
        const struct lab_vm *vm = vm_of(mo);                   \
                                                               \
        (void)vm;                                              \
        vim_put(v, value);                                     \
    }
#define NUMBER(fn, value)                                      \
    static void fn(struct vim_val *v, const struct lab_mo *mo) \
    {                                                          \
        const struct lab_vm *vm = vm_of(mo);                   \
                                                               \
        (void)vm;                                              \
        vim_put_number(v, value);                              \
    }

TEXT(name, vm->mo.name)
TEXT(connection, connection_of(v->vc, vm))
TEXT(power, vm->power)
TEXT(no, "false")
TEXT(consolidate, vm->consolidate ? "true" : "false")
TEXT(tools_running, runs(vm) ? "guestToolsRunning" : "guestToolsNotRunning")
TEXT(tools_status, runs(vm) ? "toolsOk" : "toolsNotRunning")
TEXT(tools_version, "guestToolsCurrent")
TEXT(guest_id, vm->guest)
TEXT(guest_name, strcmp(vm->guest, "ubuntu64Guest") == 0 ? "Ubuntu Linux (64-bit)"
                                                         : "Red Hat Enterprise Linux 8 (64-bit)")
TEXT(guest_family, "linuxGuest")
TEXT(guest_state, runs(vm) ? "running" : "notRunning")
TEXT(host_name, runs(vm) ? vm->mo.name : NULL)
TEXT(ip, runs(vm) ? vm->ip : NULL)
TEXT(uuid, vm->uuid)
TEXT(instance_uuid, vm->instance_uuid)
TEXT(hardware_version, "vmx-20")
NUMBER(cpus, vm->edge ? 8 : 2)
NUMBER(memory_mb, vm->edge ? 32768 : 8192)
NUMBER(cpu_usage, runs(vm) ? 100 + (int64_t)(vm->number * 37 % 900) : 0)
NUMBER(memory_usage, runs(vm) ? 1024 + (int64_t)(vm->number * 53 % 4096) : 0)
NUMBER(committed, 40 * GB)
NUMBER(uncommitted, 60 * GB)

#define REP(fn, put, value)                                       \
    static void fn(struct vim_val *v, const struct lab_mo *mo)    \
    {                                                             \
        const struct lab_replication *r = vm_of(mo)->replication; \
                                                                  \
        if (r)                                                    \
            put(v, value);                                        \
    }
REP(rep_generation, vim_put_number, 4)
REP(rep_gid, vim_put, r->gid)
REP(rep_destination, vim_put, "10.2.192.30")
REP(rep_port, vim_put_number, 31031)
REP(rep_rpo, vim_put_number, r->rpo_min)
REP(rep_quiesce, vim_put_bool, r->quiesce)
REP(rep_paused, vim_put_bool, strcmp(r->status, "PAUSED") == 0)
REP(rep_no, vim_put, "false")

static void uptime(struct vim_val *v, const struct lab_mo *mo)
{
    const struct lab_vm *vm = vm_of(mo);

    vim_put_number(v, (v->vc->estate->built_at - vm->booted_at) / 1000);
}

static void boot_time(struct vim_val *v, const struct lab_mo *mo)
{
    vim_put_time(v, runs(vm_of(mo)) ? vm_of(mo)->booted_at : 0);
}

static void host(struct vim_val *v, const struct lab_mo *mo)
{
    const struct lab_vhost *h = lab_vm_host(v->vc, vm_of(mo));

    vim_put_ref(v, h ? &h->mo : NULL);
}

static void self(struct vim_val *v, const struct lab_mo *mo)
{
    vim_put_ref(v, mo);
}

static void pool(struct vim_val *v, const struct lab_mo *mo)
{
    const struct lab_vhost *h = lab_vm_host(v->vc, vm_of(mo));

    vim_put_ref(v, h ? h->cluster->pool : NULL);
}

static void nics(struct vim_val *v, const struct lab_mo *mo)
{
    const struct lab_vm *vm = vm_of(mo);

    if (!runs(vm))
        return;
    strbuf_addf(v->out, "<%s>", v->tag);
    vim_element(v->out, "network", vm->net ? vm->net->mo.name : NULL);
    vim_element(v->out, "ipAddress", vm->ip);
    vim_element(v->out, "macAddress", vm->mac);
    strbuf_addstr(v->out, "<connected>true</connected><deviceConfigId>4000</deviceConfigId>");
    if (vm->ip) {
        strbuf_addstr(v->out, "<ipConfig><ipAddress>");
        vim_element(v->out, "ipAddress", vm->ip);
        strbuf_addstr(v->out, "<prefixLength>24</prefixLength><state>preferred</state>"
                              "</ipAddress></ipConfig>");
    }
    strbuf_addf(v->out, "</%s>", v->tag);
    v->set = true;
}

static void devices(struct vim_val *v, const struct lab_mo *mo)
{
    const struct lab_vm *vm = vm_of(mo);

    strbuf_addf(v->out,
                "<%s xsi:type=\"VirtualDisk\"><key>2000</key><deviceInfo><label>Hard disk 1"
                "</label><summary>41,943,040 KB</summary></deviceInfo>"
                "<controllerKey>1000</controllerKey><unitNumber>0</unitNumber>"
                "<capacityInKB>41943040</capacityInKB></%s>",
                v->tag, v->tag);
    strbuf_addf(v->out,
                "<%s xsi:type=\"VirtualVmxnet3\"><key>4000</key><deviceInfo><label>Network "
                "adapter 1</label><summary>%s</summary></deviceInfo>",
                v->tag, vm->net ? vm->net->mo.name : "none");
    if (vm->net && vm->net->mo.type == MO_PORTGROUP)
        strbuf_addf(v->out,
                    "<backing xsi:type=\"VirtualEthernetCardDistributedVirtualPortBackingInfo\">"
                    "<port><switchUuid>50 0a 11 22 33 44 55 66-77 88 99 aa bb cc dd ee"
                    "</switchUuid><portgroupKey>%s</portgroupKey></port></backing>",
                    vm->net->mo.id);
    strbuf_addf(v->out,
                "<controllerKey>100</controllerKey><unitNumber>7</unitNumber>"
                "<addressType>assigned</addressType><macAddress>%s</macAddress></%s>",
                vm->mac, v->tag);
    v->set = true;
}

static void snapshot(struct vim_val *v, const struct lab_mo *mo)
{
    const struct lab_vm *vm = vm_of(mo);

    if (!vm->snapshot)
        return;
    strbuf_addf(v->out,
                "<currentSnapshot type=\"VirtualMachineSnapshot\">snapshot-%u</currentSnapshot>"
                "<rootSnapshotList><snapshot type=\"VirtualMachineSnapshot\">snapshot-%u"
                "</snapshot>",
                vm->number, vm->number);
    vim_ref(v->out, "vm", mo);
    vim_element(v->out, "name", vm->snapshot);
    strbuf_addf(v->out, "<description/><id>%u</id><createTime>", vm->number);
    vim_time(v->out, vm->snapshot_at);
    strbuf_addstr(v->out, "</createTime><state>poweredOn</state><quiesced>false</quiesced>"
                          "<replaySupported>false</replaySupported></rootSnapshotList>");
    v->set = true;
}

#define REFS(fn, path)                                         \
    static void fn(struct vim_val *v, const struct lab_mo *mo) \
    {                                                          \
        struct lab_list list = {NULL, 0, 0};                   \
                                                               \
        vim_refs(v->vc, v->session, mo, path, &list);          \
        for (size_t i = 0; i < list.n; i++)                    \
            vim_ref(v->out, v->tag, list.at[i]);               \
        free(list.at);                                         \
        v->set = true;                                         \
    }
REFS(datastores, "datastore")
REFS(networks, "network")

#define REF_ARRAY "ArrayOfManagedObjectReference", "ManagedObjectReference"

const struct vim_leaf vim_vm_leaves[] = {
    {MO_VM, "summary.vm", NULL, NULL, self, false},
    {MO_VM, "summary.runtime.host", NULL, NULL, host, false},
    {MO_VM, "summary.runtime.connectionState", "VirtualMachineConnectionState", NULL, connection,
     false},
    {MO_VM, "summary.runtime.powerState", "VirtualMachinePowerState", NULL, power, false},
    {MO_VM, "summary.config.name", "xsd:string", NULL, name, false},
    {MO_VM, "summary.config.template", "xsd:boolean", NULL, no, false},
    {MO_VM, "summary.config.numCpu", "xsd:int", NULL, cpus, false},
    {MO_VM, "summary.config.memorySizeMB", "xsd:int", NULL, memory_mb, false},
    {MO_VM, "summary.config.uuid", "xsd:string", NULL, uuid, false},
    {MO_VM, "summary.config.instanceUuid", "xsd:string", NULL, instance_uuid, false},
    {MO_VM, "summary.config.guestId", "xsd:string", NULL, guest_id, false},
    {MO_VM, "summary.config.guestFullName", "xsd:string", NULL, guest_name, false},
    {MO_VM, "summary.storage.committed", "xsd:long", NULL, committed, true},
    {MO_VM, "summary.storage.uncommitted", "xsd:long", NULL, uncommitted, true},
    {MO_VM, "summary.quickStats.overallCpuUsage", "xsd:int", NULL, cpu_usage, true},
    {MO_VM, "summary.quickStats.guestMemoryUsage", "xsd:int", NULL, memory_usage, true},
    {MO_VM, "summary.quickStats.uptimeSeconds", "xsd:int", NULL, uptime, true},
    {MO_VM, "summary.overallStatus", "ManagedEntityStatus", NULL, NULL, true},
    {MO_VM, "runtime.host", NULL, NULL, host, false},
    {MO_VM, "runtime.connectionState", "VirtualMachineConnectionState", NULL, connection, false},
    {MO_VM, "runtime.powerState", "VirtualMachinePowerState", NULL, power, false},
    {MO_VM, "runtime.question", "VirtualMachineQuestionInfo", NULL, NULL, false},
    {MO_VM, "runtime.bootTime", "xsd:dateTime", NULL, boot_time, false},
    {MO_VM, "runtime.consolidationNeeded", "xsd:boolean", NULL, consolidate, false},
    {MO_VM, "guest.toolsStatus", "VirtualMachineToolsStatus", NULL, tools_status, false},
    {MO_VM, "guest.toolsVersionStatus", "xsd:string", NULL, tools_version, false},
    {MO_VM, "guest.toolsVersionStatus2", "xsd:string", NULL, tools_version, false},
    {MO_VM, "guest.toolsRunningStatus", "xsd:string", NULL, tools_running, false},
    {MO_VM, "guest.toolsVersion", "xsd:string", NULL, NULL, false},
    {MO_VM, "guest.guestId", "xsd:string", NULL, guest_id, false},
    {MO_VM, "guest.guestFamily", "xsd:string", NULL, guest_family, false},
    {MO_VM, "guest.guestFullName", "xsd:string", NULL, guest_name, false},
    {MO_VM, "guest.hostName", "xsd:string", NULL, host_name, false},
    {MO_VM, "guest.ipAddress", "xsd:string", NULL, ip, false},
    {MO_VM, "guest.net", "ArrayOfGuestNicInfo", "GuestNicInfo", nics, false},
    {MO_VM, "guest.guestState", "xsd:string", NULL, guest_state, false},
    {MO_VM, "config.name", "xsd:string", NULL, name, false},
    {MO_VM, "config.guestFullName", "xsd:string", NULL, guest_name, false},
    {MO_VM, "config.version", "xsd:string", NULL, hardware_version, false},
    {MO_VM, "config.uuid", "xsd:string", NULL, uuid, false},
    {MO_VM, "config.instanceUuid", "xsd:string", NULL, instance_uuid, false},
    {MO_VM, "config.template", "xsd:boolean", NULL, no, false},
    {MO_VM, "config.guestId", "xsd:string", NULL, guest_id, false},
    {MO_VM, "config.annotation", "xsd:string", NULL, NULL, false},
    {MO_VM, "config.hardware.numCPU", "xsd:int", NULL, cpus, false},
    {MO_VM, "config.hardware.memoryMB", "xsd:int", NULL, memory_mb, false},
    {MO_VM, "config.hardware.device", "ArrayOfVirtualDevice", "VirtualDevice", devices, false},
    {MO_VM, "config.repConfig.generation", "xsd:long", NULL, rep_generation, false},
    {MO_VM, "config.repConfig.vmReplicationId", "xsd:string", NULL, rep_gid, false},
    {MO_VM, "config.repConfig.destination", "xsd:string", NULL, rep_destination, false},
    {MO_VM, "config.repConfig.port", "xsd:int", NULL, rep_port, false},
    {MO_VM, "config.repConfig.rpo", "xsd:long", NULL, rep_rpo, false},
    {MO_VM, "config.repConfig.quiesceGuestEnabled", "xsd:boolean", NULL, rep_quiesce, false},
    {MO_VM, "config.repConfig.paused", "xsd:boolean", NULL, rep_paused, false},
    {MO_VM, "config.repConfig.oppUpdatesEnabled", "xsd:boolean", NULL, rep_no, false},
    {MO_VM, "config.managedBy", "ManagedByInfo", NULL, NULL, false},
    {MO_VM, "config.extraConfig", "ArrayOfOptionValue", "OptionValue", NULL, false},
    {MO_VM, "layoutEx", "VirtualMachineFileLayoutEx", NULL, NULL, true},
    {MO_VM, "storage", "VirtualMachineStorageInfo", NULL, NULL, true},
    {MO_VM, "resourcePool", NULL, NULL, pool, false},
    {MO_VM, "datastore", REF_ARRAY, datastores, false},
    {MO_VM, "network", REF_ARRAY, networks, false},
    {MO_VM, "snapshot", "VirtualMachineSnapshotInfo", NULL, snapshot, false},
    {0, NULL, NULL, NULL, NULL, false},
};
