/* vim_host_props: properties of HostSystem. */
#include "tests/lab/vim.h"

#include "core/ip.h"
#include "tests/lab/lab.h"

#include <stdlib.h>
#include <string.h>

#define CORES     36
#define CPU_MHZ   2300
#define MEMORY_MB 524288LL

static const struct lab_vhost *host_of(const struct lab_mo *mo)
{
    return (const struct lab_vhost *)(const void *)mo;
}

static bool answers(const struct lab_mo *mo)
{
    return strcmp(host_of(mo)->connection, "connected") == 0;
}

static unsigned vms_on(const struct lab_vc *vc, const struct lab_mo *mo)
{
    struct lab_list list = {NULL, 0, 0};
    unsigned n;

    vim_refs(vc, NULL, mo, "vm", &list);
    n = (unsigned)list.n;
    free(list.at);
    return n;
}

#define TEXT(fn, value)                                        \
    static void fn(struct vim_val *v, const struct lab_mo *mo) \
    {                                                          \
        const struct lab_vhost *h = host_of(mo);               \
                                                               \
        (void)h;                                               \
        vim_put(v, value);                                     \
    }
#define NUMBER(fn, value)                                      \
    static void fn(struct vim_val *v, const struct lab_mo *mo) \
    {                                                          \
        const struct lab_vhost *h = host_of(mo);               \
                                                               \
        (void)h;                                               \
        vim_put_number(v, value);                              \
    }

TEXT(connection, h->connection)
TEXT(power, answers(mo) ? "poweredOn" : "unknown")
TEXT(standby, "none")
TEXT(maintenance, h->maintenance ? "true" : "false")
TEXT(no, "false")
TEXT(yes, "true")
TEXT(vendor, v->vc->sddc ? "Amazon EC2" : "Dell Inc.")
TEXT(model, v->vc->sddc ? "i3.metal-512GiB" : "PowerEdge R750")
TEXT(cpu_model, "Intel(R) Xeon(R) Gold 6354 CPU @ 3.00GHz")
TEXT(uuid, h->host->id)
TEXT(fqdn, h->host->fqdn)
TEXT(short_name, h->host->name)
TEXT(domain_name, strchr(h->host->fqdn, '.') ? strchr(h->host->fqdn, '.') + 1 : "")
TEXT(product, "VMware ESXi")
TEXT(product_full, "VMware ESXi 8.0.3 build-24280767")
TEXT(maker, "VMware, Inc.")
TEXT(version, "8.0.3")
TEXT(build, "24280767")
TEXT(api_type, "HostAgent")
TEXT(server_ip, v->vc->sddc ? v->vc->sddc->vcenter_ip : "10.20.0.21")
NUMBER(port, 902)
NUMBER(memory, MEMORY_MB * 1024 * 1024)
NUMBER(mhz, CPU_MHZ)
NUMBER(packages, 2)
NUMBER(cores, CORES)
NUMBER(threads, 2 * CORES)
NUMBER(nics, 2)
NUMBER(cpu_usage, 2000 + 1450 * (int64_t)(vms_on(v->vc, mo) % 40))
NUMBER(memory_usage, 24000 + 8192 * (int64_t)(vms_on(v->vc, mo) % 40))
NUMBER(uptime, (lab_wall_ms() - h->booted_at) / 1000)

static void boot_time(struct vim_val *v, const struct lab_mo *mo)
{
    vim_put_time(v, host_of(mo)->booted_at);
}

static void self(struct vim_val *v, const struct lab_mo *mo)
{
    vim_put_ref(v, mo);
}

/* The first host of a cluster is HA's master; the next one that answers, when it does not. */
static void das_state(struct vim_val *v, const struct lab_mo *mo)
{
    const struct lab_vhost *h = host_of(mo);
    const struct lab_vhost *master = NULL;

    for (size_t i = 0; i < h->cluster->hosts.n && !master; i++)
        if (answers(&((struct lab_vhost *)h->cluster->hosts.at[i])->mo))
            master = h->cluster->hosts.at[i];
    vim_put(v, !answers(mo) ? "hostDown" : h == master ? "master" : "connectedToMaster");
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
REFS(vms, "vm")
REFS(datastores, "datastore")
REFS(networks, "network")

static void pnics(struct vim_val *v, const struct lab_mo *mo)
{
    const struct lab_vhost *h = host_of(mo);

    for (unsigned i = 0; i < 2; i++)
        strbuf_addf(v->out,
                    "<%s><key>key-vim.host.PhysicalNic-vmnic%u</key><device>vmnic%u</device>"
                    "<pci>0000:4b:00.%u</pci><driver>i40en</driver>"
                    "<linkSpeed><speedMb>25000</speedMb><duplex>true</duplex></linkSpeed>"
                    "<spec/><wakeOnLanSupported>false</wakeOnLanSupported>"
                    "<mac>0c:42:a1:%02x:%02x:%02x</mac></%s>",
                    v->tag, i, i, i, h->host->number >> 8, h->host->number & 0xff, i, v->tag);
    v->set = true;
}

/* vmk0 management; a data centre's vmk1 is for vMotion. */
static void vnics(struct vim_val *v, const struct lab_mo *mo)
{
    const struct lab_vhost *h = host_of(mo);

    for (unsigned i = 0; i < (v->vc->sddc ? 1u : 2u); i++) {
        struct ip ip;
        char text[IP_TEXT_MAX];

        if (ip_parse(h->host->ip, &ip) < 0)
            continue;
        ip.bytes[1] = (uint8_t)(ip.bytes[1] + i);
        strbuf_addf(v->out,
                    "<%s><device>vmk%u</device><key>key-vim.host.VirtualNic-vmk%u</key>"
                    "<portgroup/><spec><ip><dhcp>false</dhcp><ipAddress>%s</ipAddress>"
                    "<subnetMask>255.255.0.0</subnetMask></ip><mac>00:50:56:6%u:%02x:%02x</mac>"
                    "<mtu>%u</mtu><netStackInstanceKey>%s</netStackInstanceKey></spec></%s>",
                    v->tag, i, i, ip_format_address(&ip, text), i, h->host->number >> 8,
                    h->host->number & 0xff, i ? 9000 : 1500, i ? "vmotion" : "defaultTcpipStack",
                    v->tag);
    }
    v->set = true;
}

#define PRODUCT(prefix)                                                         \
    {MO_HOST, prefix ".name", "xsd:string", NULL, product, false},              \
        {MO_HOST, prefix ".fullName", "xsd:string", NULL, product_full, false}, \
        {MO_HOST, prefix ".vendor", "xsd:string", NULL, maker, false},          \
        {MO_HOST, prefix ".version", "xsd:string", NULL, version, false},       \
        {MO_HOST, prefix ".patchLevel", "xsd:string", NULL, NULL, false},       \
        {MO_HOST, prefix ".build", "xsd:string", NULL, build, false},           \
        {MO_HOST, prefix ".apiType", "xsd:string", NULL, api_type, false},      \
    {                                                                           \
        MO_HOST, prefix ".apiVersion", "xsd:string", NULL, version, false       \
    }

#define REF_ARRAY "ArrayOfManagedObjectReference", "ManagedObjectReference"

const struct vim_leaf vim_host_leaves[] = {
    {MO_HOST, "summary.host", NULL, NULL, self, false},
    {MO_HOST, "summary.hardware.vendor", "xsd:string", NULL, vendor, false},
    {MO_HOST, "summary.hardware.model", "xsd:string", NULL, model, false},
    {MO_HOST, "summary.hardware.uuid", "xsd:string", NULL, uuid, false},
    {MO_HOST, "summary.hardware.memorySize", "xsd:long", NULL, memory, false},
    {MO_HOST, "summary.hardware.cpuModel", "xsd:string", NULL, cpu_model, false},
    {MO_HOST, "summary.hardware.cpuMhz", "xsd:int", NULL, mhz, false},
    {MO_HOST, "summary.hardware.numCpuPkgs", "xsd:short", NULL, packages, false},
    {MO_HOST, "summary.hardware.numCpuCores", "xsd:short", NULL, cores, false},
    {MO_HOST, "summary.hardware.numCpuThreads", "xsd:short", NULL, threads, false},
    {MO_HOST, "summary.hardware.numNics", "xsd:int", NULL, nics, false},
    {MO_HOST, "summary.runtime.connectionState", "HostSystemConnectionState", NULL, connection,
     false},
    {MO_HOST, "summary.runtime.powerState", "HostSystemPowerState", NULL, power, false},
    {MO_HOST, "summary.config.name", "xsd:string", NULL, fqdn, false},
    {MO_HOST, "summary.config.port", "xsd:int", NULL, port, false},
    PRODUCT("summary.config.product"),
    {MO_HOST, "summary.config.vmotionEnabled", "xsd:boolean", NULL, yes, false},
    {MO_HOST, "summary.quickStats.overallCpuUsage", "xsd:int", NULL, cpu_usage, true},
    {MO_HOST, "summary.quickStats.overallMemoryUsage", "xsd:int", NULL, memory_usage, true},
    {MO_HOST, "summary.quickStats.uptime", "xsd:int", NULL, uptime, true},
    {MO_HOST, "summary.overallStatus", "ManagedEntityStatus", NULL, NULL, true},
    {MO_HOST, "summary.rebootRequired", "xsd:boolean", NULL, no, false},
    {MO_HOST, "summary.managementServerIp", "xsd:string", NULL, server_ip, false},
    {MO_HOST, "runtime.connectionState", "HostSystemConnectionState", NULL, connection, false},
    {MO_HOST, "runtime.powerState", "HostSystemPowerState", NULL, power, false},
    {MO_HOST, "runtime.standbyMode", "xsd:string", NULL, standby, false},
    {MO_HOST, "runtime.inMaintenanceMode", "xsd:boolean", NULL, maintenance, false},
    {MO_HOST, "runtime.inQuarantineMode", "xsd:boolean", NULL, no, false},
    {MO_HOST, "runtime.bootTime", "xsd:dateTime", NULL, boot_time, false},
    {MO_HOST, "runtime.healthSystemRuntime", "HealthSystemRuntime", NULL, NULL, false},
    {MO_HOST, "runtime.dasHostState.state", "xsd:string", NULL, das_state, false},
    {MO_HOST, "runtime.partialMaintenanceMode", "ArrayOfHostPartialMaintenanceModeRuntimeInfo",
     "HostPartialMaintenanceModeRuntimeInfo", NULL, false},
    {MO_HOST, "hardware.systemInfo.vendor", "xsd:string", NULL, vendor, false},
    {MO_HOST, "hardware.systemInfo.model", "xsd:string", NULL, model, false},
    {MO_HOST, "hardware.systemInfo.uuid", "xsd:string", NULL, uuid, false},
    {MO_HOST, "hardware.systemInfo.serialNumber", "xsd:string", NULL, NULL, false},
    {MO_HOST, "hardware.cpuInfo.numCpuPackages", "xsd:short", NULL, packages, false},
    {MO_HOST, "hardware.cpuInfo.numCpuCores", "xsd:short", NULL, cores, false},
    {MO_HOST, "hardware.cpuInfo.numCpuThreads", "xsd:short", NULL, threads, false},
    {MO_HOST, "hardware.memorySize", "xsd:long", NULL, memory, false},
    {MO_HOST, "config.host", NULL, NULL, self, false},
    PRODUCT("config.product"),
    {MO_HOST, "config.network.dnsConfig.dhcp", "xsd:boolean", NULL, no, false},
    {MO_HOST, "config.network.dnsConfig.hostName", "xsd:string", NULL, short_name, false},
    {MO_HOST, "config.network.dnsConfig.domainName", "xsd:string", NULL, domain_name, false},
    {MO_HOST, "config.network.pnic", "ArrayOfPhysicalNic", "PhysicalNic", pnics, false},
    {MO_HOST, "config.network.vnic", "ArrayOfHostVirtualNic", "HostVirtualNic", vnics, false},
    {MO_HOST, "config.vsanHostConfig", "VsanHostConfigInfo", NULL, NULL, false},
    {MO_HOST, "configManager.vsanSystem", NULL, NULL, NULL, true},
    {MO_HOST, "vm", REF_ARRAY, vms, false},
    {MO_HOST, "datastore", REF_ARRAY, datastores, false},
    {MO_HOST, "network", REF_ARRAY, networks, false},
    {0, NULL, NULL, NULL, NULL, false},
};
