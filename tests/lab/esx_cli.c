/* esx_cli: esxcli tables and vim-cmd. */
#include "tests/lab/esx.h"

#include "core/fmt.h"
#include "core/mem.h"
#include "core/text.h"
#include "tests/lab/replication.h"

#include <string.h>

/* ---- esxcli --------------------------------------------------------------------------------- */

static void connection(struct strbuf *out, const char *local, const char *foreign,
                       const char *state, unsigned world, const char *name)
{
    strbuf_addf(out, "%-5s %7d  %6d  %-20s  %-21s  %-11s  %8u  %-7s  %s\n", "tcp", 0, 0, local,
                foreign, state, world, *state ? "newreno" : "", name);
}

static int connections(struct esx_call *c)
{
    const char *ip = c->host->host->ip;
    struct arena *a = c->a;

    strbuf_addstr(c->out,
                  "Proto  Recv Q  Send Q  Local Address         Foreign Address        State      "
                  "  World ID  CC Algo  World Name\n"
                  "-----  ------  ------  --------------------  ---------------------  -----------"
                  "  --------  -------  ----------\n");
    connection(c->out, arena_printf(a, "%s:443", ip), "10.20.0.21:51514", "ESTABLISHED", 2099311,
               "envoy");
    connection(c->out, arena_printf(a, "%s:902", ip), "0.0.0.0:0", "LISTEN", 2098102, "busybox");
    connection(c->out, arena_printf(a, "%s:23251", ip), "10.20.0.31:1234",
               c->host->control_down ? "SYN_SENT" : "ESTABLISHED", 2099841, "nsx-proxy");
    connection(c->out, arena_printf(a, "%s:23260", ip), "10.20.0.31:1235",
               c->host->control_down ? "SYN_SENT" : "ESTABLISHED", 2099841, "nsx-proxy");
    return 0;
}

static int version(struct esx_call *c)
{
    strbuf_addstr(c->out, "   Product: VMware ESXi\n   Version: 8.0.3\n   Build: "
                          "Releasebuild-24280767\n   Update: 3\n   Patch: 35\n");
    return 0;
}

static int vibs(struct esx_call *c)
{
    strbuf_addstr(c->out,
                  "Name                 Version                  Vendor  Acceptance Level  Install "
                  "Date  Platforms\n"
                  "-------------------  -----------------------  ------  ----------------  "
                  "------------  ---------\n"
                  "nsx-esx-datapath     4.2.1.0.0-8.0.24304125   VMware  VMwareCertified   "
                  "2026-01-05    host\n"
                  "nsx-vsip             4.2.1.0.0-8.0.24304125   VMware  VMwareCertified   "
                  "2026-01-05    host\n");
    return 0;
}

static const char *node_uuid(struct esx_call *c, const struct lab_vhost *h)
{
    return lab_uuid_in(c->a, c->lab->estate, "vsan-node", h->mo.name);
}

static int vsan_cluster(struct esx_call *c)
{
    const struct lab_list *hosts = &c->host->cluster->hosts;
    bool master = hosts->at[0] == c->host;

    strbuf_addstr(c->out, "Cluster Information\n   Enabled: true\n   Current Local Time: ");
    fmt_time_iso(c->out, lab_wall_ms() / 1000 * 1000);
    strbuf_addf(c->out,
                "\n   Local Node UUID: %s\n   Local Node Type: NORMAL\n"
                "   Local Node State: %s\n   Local Node Health State: HEALTHY\n"
                "   Sub-Cluster Master UUID: %s\n   Sub-Cluster Backup UUID: %s\n"
                "   Sub-Cluster UUID: %s\n   Sub-Cluster Membership Entry Revision: 7\n"
                "   Sub-Cluster Member Count: %zu\n   Sub-Cluster Member UUIDs: ",
                node_uuid(c, c->host), master ? "MASTER" : "AGENT", node_uuid(c, hosts->at[0]),
                node_uuid(c, hosts->at[hosts->n > 1 ? 1 : 0]),
                lab_vsan_uuid(c->a, c->vc, c->host->cluster), hosts->n);
    for (size_t i = 0; i < hosts->n; i++)
        strbuf_addf(c->out, "%s%s", i ? ", " : "", node_uuid(c, hosts->at[i]));
    strbuf_addstr(c->out, "\n   Sub-Cluster Member HostNames: ");
    for (size_t i = 0; i < hosts->n; i++)
        strbuf_addf(c->out, "%s%s", i ? ", " : "", ((struct lab_vhost *)hosts->at[i])->mo.name);
    strbuf_addstr(c->out, "\n   Maintenance Mode State: OFF\n   Mode: REGULAR\n");
    return 0;
}

static int vsan_health(struct esx_call *c)
{
    bool rebuilds = c->host->cluster->resync_bytes != 0;
    const char *data = rebuilds ? "yellow" : "green";

    strbuf_addf(c->out,
                "Health Test Name                                    Status\n"
                "--------------------------------------------------  ------\n"
                "Overall health                                      %s\n"
                "Cluster                                             green\n"
                "  Advanced vSAN configuration in sync               green\n"
                "  vSAN daemon liveness                              green\n"
                "Network                                             green\n"
                "  Hosts with connectivity issues                    green\n"
                "  vSAN cluster partition                            green\n"
                "Data                                                %s\n"
                "  vSAN object health                                %s\n",
                rebuilds ? "yellow (Cluster health issue)" : "green (OK)", data, data);
    return 0;
}

static int vsan_objects(struct esx_call *c)
{
    unsigned bad = c->host->cluster->resync_bytes ? 1 : 0;

    strbuf_addf(c->out,
                "Health Status                                     Number Of Objects\n"
                "------------------------------------------------  -----------------\n"
                "reduced-availability-with-no-rebuild-delay-timer                  0\n"
                "healthy                                           %17zu\n"
                "reduced-availability-with-no-rebuild                              0\n"
                "data-move                                                         0\n"
                "nonavailability-related-incompliance                              0\n"
                "nonavailability-related-reconfig                                  0\n"
                "inaccessible                                                      0\n"
                "reduced-availability-with-active-rebuild          %17u\n",
                3 * c->vc->vms.n - bad, bad);
    return 0;
}

static int vsan_resync(struct esx_call *c)
{
    long long bytes = (long long)c->host->cluster->resync_bytes;

    strbuf_addf(c->out,
                "   Total Number Of Resyncing Objects: %d\n   Total Bytes Left To Resync: %lld\n"
                "   Total GB Left To Resync: %.2f\n",
                bytes ? 1 : 0, bytes, (double)bytes / 1073741824.0);
    return 0;
}

int esx_esxcli(struct esx_call *c)
{
    static const struct {
        const char *words;
        int (*run)(struct esx_call *c);
    } known[] = {
        {"network ip connection list", connections},
        {"system version get", version},
        {"software vib list", vibs},
        {"vsan cluster get", vsan_cluster},
        {"vsan health cluster list", vsan_health},
        {"vsan debug object health summary get", vsan_objects},
        {"vsan debug resync summary get", vsan_resync},
    };
    struct strbuf words = STRBUF_INIT;
    int rc = 1;

    for (unsigned i = 1; i < c->n; i++)
        strbuf_addf(&words, "%s%s", i > 1 ? " " : "", c->word[i]);
    for (size_t i = 0; i < ARRAY_SIZE(known) && rc; i++)
        if (strcmp(known[i].words, words.buf) == 0)
            rc = known[i].run(c);
    if (rc)
        strbuf_addf(c->err, "Error: Unknown command or namespace %s\n", words.buf);
    strbuf_release(&words);
    return rc;
}

/* ---- vim-cmd -------------------------------------------------------------------------------- */

static int all_vms(struct esx_call *c)
{
    strbuf_addf(c->out, "%-6s %-12s %-45s %-16s %-7s %s\n", "Vmid", "Name", "File", "Guest OS",
                "Version", "Annotation");
    for (size_t i = 0; i < c->vc->vms.n; i++) {
        const struct lab_vm *vm = c->vc->vms.at[i];
        const char *name = vm->mo.name;

        if (lab_vm_host(c->vc, vm) == c->host)
            strbuf_addf(c->out, "%-6u %-12s %-45s %-16s %-7s\n", vm->number, name,
                        arena_printf(c->a, "[%s] %s/%s.vmx", vm->store->mo.name, name, name),
                        vm->guest, "vmx-20");
    }
    return 0;
}

static const struct lab_vm *numbered(struct esx_call *c)
{
    int64_t n = -1;

    if (c->n < 3 || text_to_i64(c->word[2], 0, INT32_MAX, &n) < 0)
        return NULL;
    for (size_t i = 0; i < c->vc->vms.n; i++) {
        const struct lab_vm *vm = c->vc->vms.at[i];

        if (vm->number == n && lab_vm_host(c->vc, vm) == c->host)
            return vm;
    }
    return NULL;
}

static void size(struct strbuf *out, int64_t bytes)
{
    strbuf_addf(out, "%.1f GB", (double)bytes / 1073741824.0);
}

static void state_line(struct strbuf *out, const struct lab_replication *r)
{
    if (r->total_bytes == 0) {
        strbuf_addstr(out, "inactive\n");
        return;
    }
    strbuf_addf(out, "full sync (%lld%% done: checksummed ", (long long)r->progress);
    size(out, r->checked_bytes);
    strbuf_addstr(out, " of ");
    size(out, r->total_bytes);
    strbuf_addstr(out, ", transferred ");
    size(out, r->done_bytes);
    strbuf_addstr(out, " of ");
    size(out, r->done_bytes);
    strbuf_addstr(out, ")\n");
}

static int replica_state(struct esx_call *c)
{
    const struct lab_vm *vm = numbered(c);
    const struct lab_replication *r = vm ? vm->replication : NULL;

    strbuf_addstr(c->out, "Retrieve VM running replication state:\n");
    if (!r) {
        strbuf_addstr(c->err,
                      "(vim.fault.ReplicationVmFault) {\n   faultCause = (vmodl.MethodFault)"
                      " null,\n   reason = \"notConfigured\",\n}\n");
        return 1;
    }
    strbuf_addf(c->out,
                "The VM is configured for replication. Current replication state: Group: %s "
                "(generation=4)\nGroup State: ",
                r->gid);
    state_line(c->out, r);
    return 0;
}

int esx_vim_cmd(struct esx_call *c)
{
    if (c->n > 1 && strcmp(c->word[1], "vmsvc/getallvms") == 0)
        return all_vms(c);
    if (c->n > 1 && strcmp(c->word[1], "hbrsvc/vmreplica.getState") == 0)
        return replica_state(c);
    strbuf_addstr(c->err, "Invalid command.\n");
    return 1;
}
