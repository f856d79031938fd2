/* esx_filters: summarize-dvfilter and vsipioctl getfilters. */
#include "tests/lab/esx.h"

#include "core/hash.h"

#include <string.h>

/* '50 26 c7 cd b6 f3 f4 bc-e5 33 4d 3b 25 5c 62 77' */
static void add_uuid(struct strbuf *out, const char *uuid)
{
    unsigned bytes = 0;

    for (; *uuid; uuid++) {
        if (*uuid == '-')
            continue;
        strbuf_addch(out, *uuid);
        if (++bytes == 32)
            return;
        if (bytes % 2 == 0)
            strbuf_addch(out, bytes == 16 ? '-' : ' ');
    }
}

static void add_slot(struct strbuf *out, unsigned slot, const char *name, const char *agent,
                     const char *policy, const char *source)
{
    strbuf_addf(out,
                "  vNic slot %u\n   name: %s\n   agentName: %s\n   state: IOChain Attached\n"
                "   vmState: Detached\n   failurePolicy: %s\n   slowPathID: none\n"
                "   filter source: %s\n",
                slot, name, agent, policy, source);
}

static void add_vm(struct esx_call *c, const struct lab_vm *vm)
{
    unsigned world = lab_fw_world(vm);

    strbuf_addf(c->out, "world %u vmm0:%s vcUuid:'", world, vm->mo.name);
    add_uuid(c->out, vm->instance_uuid);
    strbuf_addf(c->out, "'\n port %u %s.eth0\n", 50331648 + vm->number, vm->mo.name);
    if (!vm->no_filter)
        add_slot(c->out, 2, lab_fw_filter(c->a, vm), "vmware-sfw",
                 vm->fail_open ? "failOpen" : "failClosed", "Dynamic Filter Creation");
    add_slot(c->out, 1, arena_printf(c->a, "nic-%u-eth0-dvfilter-generic-vmware-swsec.1", world),
             "dvfilter-generic-vmware-swsec", "failClosed", "Alternate Opaque Channel");
}

static bool here(const struct esx_call *c, const struct lab_vm *vm)
{
    return lab_vm_host(c->vc, vm) == c->host && strcmp(vm->power, "poweredOn") == 0;
}

/* Worlds with filters alone; edges are excluded from the firewall and have none. */
int esx_dvfilter(struct esx_call *c)
{
    strbuf_addstr(
        c->out,
        "Fastpaths:\n"
        "agent: dvfilter-faulter, refCount: 1, rev: 0x1010000, apiRev: 0x1010000, module: "
        "dvfilter\n"
        "agent: ESXi-Firewall, refCount: 3, rev: 0x1010000, apiRev: 0x1010000, module: esxfw\n"
        "agent: dvfilter-generic-vmware-swsec, refCount: 6, rev: 0x1010000, apiRev: 0x1010000, "
        "module: nsxt-switch-security\n"
        "agent: vmware-sfw, refCount: 9, rev: 0x1010000, apiRev: 0x1010000, module: nsxt-vsip\n"
        "\nSlowpaths:\n\nFilters:\nworld 0 <no world>\n port 67108868 vmk0\n");
    add_slot(c->out, 0, "nic-0-eth4294967295-ESXi-Firewall.0", "ESXi-Firewall", "failOpen",
             "Invalid");
    for (size_t i = 0; i < c->vc->vms.n; i++)
        if (here(c, c->vc->vms.at[i]) && !((const struct lab_vm *)c->vc->vms.at[i])->edge)
            add_vm(c, c->vc->vms.at[i]);
    return 0;
}

int esx_getfilters(struct esx_call *c)
{
    for (size_t i = 0; i < c->vc->vms.n; i++) {
        const struct lab_vm *vm = c->vc->vms.at[i];
        const char *name = lab_fw_filter(c->a, vm);

        if (!here(c, vm) || vm->edge || vm->no_filter)
            continue;
        strbuf_addf(c->out, "Filter Name              : %s\nVM UUID                  : ", name);
        add_uuid(c->out, vm->instance_uuid);
        strbuf_addf(c->out,
                    "\nVNIC Index               : 0\nVNIC UUID                : %s.000\n"
                    "VIF ID                   : %s\nLSP ID                   : %s\n"
                    "Service Profile          : --NOT SET--\n"
                    "Filter Rule Config       : configured\n"
                    "Filter Hash              : %u\n\n",
                    vm->instance_uuid, lab_uuid_in(c->a, c->lab->estate, "vif", vm->instance_uuid),
                    lab_uuid_in(c->a, c->lab->estate, "lsp", vm->instance_uuid),
                    (unsigned)(hash_fast(name, strlen(name), 0) & 0xffff));
    }
    return 0;
}
