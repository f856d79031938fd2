/* The inventory of 1,000 hosts and 10,000 VMs against curl that discards the same bytes; and 1,000
 * updates of a WaitForUpdatesEx, decoded in this process. The replies have the shape that vcsim
 * gives them: one page, and a namespace declared at each value. */
#include "tests/bench/bench.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "collectors/vcenter/decode.h"
#include "collectors/vcenter/facts.h"
#include "collectors/vcenter/vcenter.h"
#include "core/mem.h"
#include "core/snapshot.h"
#include "core/strbuf.h"
#include "model/config.h"
#include "tests/bench/vcenter.h"
#include "tests/support/collector_run.h"

#define HOSTS   VCENTER_HOSTS
#define VMS     VCENTER_VMS
#define UPDATES VCENTER_UPDATES
#define PIECE   16384
#define OPEN                                                         \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<soapenv:Envelope " \
    "xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" "   \
    "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><soapenv:Body>"
#define CLOSE "</soapenv:Body></soapenv:Envelope>"
#define XSI                                                                   \
    "xmlns:XMLSchema-instance=\"http://www.w3.org/2001/XMLSchema-instance\" " \
    "XMLSchema-instance:type="

#define ENDPOINT                                                                           \
    "sites: [{name: b, endpoints: [{name: vc, kind: vcenter, url: 'https://vc.example/', " \
    "user: u, password: {env: P}}]}]\n"

struct server {
    struct MHD_Daemon *daemon;
    unsigned port;
    struct strbuf inventory, usage;
};

/* ---- replies -----------------------------------------------------------------------------------
 */

static void change(struct strbuf *out, const char *name, const char *type, const char *value)
{
    strbuf_addf(out,
                "<changeSet><name>%s</name><op>assign</op><val " XSI "\"%s\">%s</val></changeSet>",
                name, type, value);
}

static void reference(struct strbuf *out, const char *name, const char *type, unsigned id)
{
    strbuf_addf(out,
                "<changeSet><name>%s</name><op>assign</op><val " XSI
                "\"ManagedObjectReference\" type=\"%s\">%s-%u</val></changeSet>",
                name, type, *type == 'H' ? "host" : "domain-c", id);
}

/* @head, a number, and nothing behind it. */
static void number(struct strbuf *out, const char *name, const char *type, const char *head,
                   unsigned n)
{
    char *value = mem_printf("%s%05u", head, n);

    change(out, name, type, value);
    free(value);
}

static void vm(struct strbuf *out, unsigned i)
{
    strbuf_addf(out, "<objectSet><kind>enter</kind><obj type=\"VirtualMachine\">vm-%u</obj>", i);
    number(out, "name", "xsd:string", i % 10 ? "app-" : "業務-", i);
    number(out, "config.uuid", "xsd:string", "4210f7c3-71d6-5003-a598-0000000", i);
    number(out, "config.instanceUuid", "xsd:string", "50321322-3156-6921-bc3b-0000000", i);
    change(out, "config.guestFullName", "xsd:string", "Red Hat Enterprise Linux 8 (64-bit)");
    change(out, "runtime.connectionState", "VirtualMachineConnectionState", "connected");
    change(out, "runtime.powerState", "VirtualMachinePowerState", "poweredOn");
    reference(out, "runtime.host", "HostSystem", i % HOSTS);
    change(out, "runtime.consolidationNeeded", "xsd:boolean", "false");
    change(out, "guest.guestFullName", "xsd:string", "Red Hat Enterprise Linux 8 (64-bit)");
    change(out, "guest.toolsRunningStatus", "xsd:string", "guestToolsRunning");
    number(out, "guest.ipAddress", "xsd:string", "2001:db8::", i);
    strbuf_addf(out,
                "<changeSet><name>guest.net</name><op>assign</op><val " XSI
                "\"ArrayOfGuestNicInfo\"><GuestNicInfo><network>net</network><ipAddress>"
                "192.168.160.%u</ipAddress><ipAddress>fe80::250:56ff:fe84:%x</ipAddress>"
                "<macAddress>00:50:56:84:%02x:%02x</macAddress><connected>true</connected>"
                "<deviceConfigId>4000</deviceConfigId></GuestNicInfo></val></changeSet>",
                i & 255, i, i >> 8 & 255, i & 255);
    strbuf_addf(out,
                "<changeSet><name>datastore</name><op>assign</op><val " XSI
                "\"ArrayOfManagedObjectReference\"><ManagedObjectReference type=\"Datastore\">"
                "datastore-%u</ManagedObjectReference></val></changeSet>"
                "<changeSet><name>network</name><op>assign</op><val " XSI
                "\"ArrayOfManagedObjectReference\"><ManagedObjectReference type=\"Network\">"
                "network-%u</ManagedObjectReference></val></changeSet></objectSet>",
                i % 20, i % 50);
}

static void host(struct strbuf *out, unsigned i)
{
    strbuf_addf(out, "<objectSet><kind>enter</kind><obj type=\"HostSystem\">host-%u</obj>", i);
    number(out, "name", "xsd:string", "esx.example.jp-", i);
    reference(out, "parent", "ClusterComputeResource", i / 10);
    change(out, "runtime.connectionState", "HostSystemConnectionState", "connected");
    change(out, "runtime.powerState", "HostSystemPowerState", "poweredOn");
    change(out, "runtime.inMaintenanceMode", "xsd:boolean", "false");
    change(out, "summary.config.product.version", "xsd:string", "8.0.3");
    change(out, "summary.config.product.build", "xsd:string", "24280767");
    change(out, "summary.hardware.model", "xsd:string", "PowerEdge R750");
    change(out, "summary.hardware.cpuMhz", "xsd:int", "2300");
    change(out, "summary.hardware.numCpuCores", "xsd:short", "64");
    change(out, "summary.hardware.memorySize", "xsd:long", "1099511627776");
    for (unsigned k = 0; k < 3; k++)
        strbuf_addf(out,
                    "%s<HostVirtualNic><device>vmk%u</device><key>key-%u</key><portgroup/><spec>"
                    "<ip><dhcp>false</dhcp><ipAddress>10.%u.%u.%u</ipAddress><subnetMask>"
                    "255.255.255.0</subnetMask></ip><mac>00:50:56:60:%02x:%02x</mac><mtu>9000</mtu>"
                    "</spec></HostVirtualNic>%s",
                    k ? ""
                      : "<changeSet><name>config.network.vnic</name><op>assign</op><val " XSI
                        "\"ArrayOfHostVirtualNic\">",
                    k, k, k, i >> 8, i & 255, i >> 8, i & 255, k < 2 ? "" : "</val></changeSet>");
    strbuf_addstr(out, "</objectSet>");
}

static void build(struct server *s)
{
    strbuf_init(&s->inventory, 0);
    strbuf_init(&s->usage, 0);
    strbuf_addstr(&s->inventory,
                  OPEN "<WaitForUpdatesExResponse xmlns=\"urn:vim25\"><returnval>"
                       "<version>1</version><filterSet><filter type=\"PropertyFilter\">f</filter>");
    for (unsigned i = 0; i < VMS; i++)
        vm(&s->inventory, i);
    for (unsigned i = 0; i < HOSTS; i++)
        host(&s->inventory, i);
    strbuf_addstr(&s->inventory, "</filterSet></returnval></WaitForUpdatesExResponse>" CLOSE);
    strbuf_addstr(&s->usage, OPEN "<RetrievePropertiesExResponse xmlns=\"urn:vim25\"><returnval>");
    for (unsigned i = 0; i < HOSTS; i++)
        strbuf_addf(&s->usage,
                    "<objects><obj type=\"HostSystem\">host-%u</obj><propSet><name>"
                    "summary.quickStats</name><val " XSI "\"HostListSummaryQuickStats\">"
                    "<overallCpuUsage>25000</overallCpuUsage><overallMemoryUsage>262144"
                    "</overallMemoryUsage><distributedCpuFairness>0</distributedCpuFairness>"
                    "<uptime>86400</uptime></val></propSet></objects>",
                    i);
    strbuf_addstr(&s->usage, "</returnval></RetrievePropertiesExResponse>" CLOSE);
    bench_keep_from_children(&s->inventory);
    bench_keep_from_children(&s->usage);
}

/* ---- the server --------------------------------------------------------------------------------
 */

#define ONE OPEN "<R><returnval>one</returnval></R>" CLOSE

static struct MHD_Response *fixed(const char *text)
{
    return MHD_create_response_from_buffer(strlen(text), (void *)(uintptr_t)text,
                                           MHD_RESPMEM_PERSISTENT);
}

static struct MHD_Response *choose(struct server *s, const char *body)
{
    const struct strbuf *theirs;
    struct MHD_Response *r;

    if (strstr(body, "<WaitForUpdatesEx ") && !strstr(body, ">updates</version>"))
        return MHD_create_response_from_buffer(s->inventory.len, s->inventory.buf,
                                               MHD_RESPMEM_PERSISTENT);
    if (strstr(body, "<RetrievePropertiesEx "))
        return MHD_create_response_from_buffer(s->usage.len, s->usage.buf, MHD_RESPMEM_PERSISTENT);
    theirs = vcenter_peers_reply(body);
    r = theirs ? MHD_create_response_from_buffer(theirs->len, theirs->buf, MHD_RESPMEM_PERSISTENT)
               : fixed(ONE);
    if (strstr(body, "<Login "))
        MHD_add_response_header(r, "Set-Cookie", "vmware_soap_session=one; Path=/");
    return r;
}

static enum MHD_Result answer(void *arg, struct MHD_Connection *c, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *len, void **state)
{
    struct strbuf *body = *state;
    struct MHD_Response *r;
    enum MHD_Result rc;

    (void)version, (void)method;
    if (!body) {
        *state = body = mem_alloc(sizeof(*body));
        strbuf_init(body, 0);
        return MHD_YES;
    }
    if (*len) {
        strbuf_add(body, data, *len);
        *len = 0;
        return MHD_YES;
    }
    r = choose(arg, strcmp(url, "/sdk") == 0 ? body->buf : "");
    rc = MHD_queue_response(c, MHD_HTTP_OK, r);
    MHD_destroy_response(r);
    return rc;
}

static void forget(void *arg, struct MHD_Connection *c, void **state,
                   enum MHD_RequestTerminationCode why)
{
    (void)arg, (void)c, (void)why;
    if (*state) {
        strbuf_release(*state);
        free(*state);
    }
}

static bool start(struct server *s)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    build(s);
    s->daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION, 0,
                                 NULL, NULL, answer, s, MHD_OPTION_SOCK_ADDR, &a,
                                 MHD_OPTION_NOTIFY_COMPLETED, forget, NULL, MHD_OPTION_END);
    if (!s->daemon) {
        bench_failed("vcenter: no server");
        return false;
    }
    s->port = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
    return true;
}

static void stop(struct server *s)
{
    if (s->daemon)
        MHD_stop_daemon(s->daemon);
    strbuf_release(&s->inventory);
    strbuf_release(&s->usage);
}

/* ---- memory ------------------------------------------------------------------------------------
 */

#define VIM(name, reply)                                                          \
    {                                                                             \
        .match = "<" name " ", .body = reply.buf, .len = reply.len, .status = 200 \
    }

/* What the finished rows of hosts and VMs take, by the same collector from the same replies. */
static double rows_mb(const struct server *s)
{
    struct strbuf one = {.buf = (char *)(uintptr_t)ONE, .len = sizeof(ONE) - 1};
    struct vsphere_facts vsphere = {.api_version = "8.0",
                                    .root_folder = "d",
                                    .property_collector = "pc",
                                    .view_manager = "vm",
                                    .login = 1};
    struct session_facts facts = {.vsphere = &vsphere};
    struct config *config = config_parse(ENDPOINT, sizeof(ENDPOINT) - 1, "bench", NULL, NULL);
    const struct canned_reply replies[] = {
        VIM("WaitForUpdatesEx", s->inventory), VIM("RetrievePropertiesEx", s->usage),
        VIM("CreateContainerView", one), VIM("CreatePropertyCollector", one),
        VIM("CreateFilter", one)};
    struct collector_run run = {.collector = &collector_vcenter_inventory,
                                .endpoint = config_endpoint(config, 0),
                                .facts = &facts,
                                .replies = replies,
                                .nreplies = ARRAY_SIZE(replies),
                                .piece = PIECE};
    size_t bytes = 0;

    collector_run(&run);
    for (size_t i = 0; i < COLLECTOR_RUN_TABLES; i++)
        bytes += run.tables[i] ? snapshot_memory(run.tables[i]) : 0;
    collector_run_release(&run);
    config_free(config);
    return (double)bytes / 1e6;
}

/* Program, libraries, what is kept of the objects between updates, and all buffers. */
static void compare_memory(const struct server *s, double peak)
{
    double rows = rows_mb(s);

    if (rows < 1) {
        bench_failed("vcenter: no rows to measure");
        return;
    }
    printf("\npeak of `get hosts,vms`: %.1f MB, of which the finished rows are %.1f MB\n", peak,
           rows);
    bench_goal(peak - rows, 30, "inventory of 10,000 VMs: MB of memory above the finished rows");
}

/* ---- whole commands ----------------------------------------------------------------------------
 */

static void compare(struct server *s)
{
    char *text = mem_printf("sites:\n  - name: bench\n    endpoints:\n"
                            "      - {name: vc, kind: vcenter, url: \"http://127.0.0.1:%u\", "
                            "user: u, password: {env: BENCH_PASSWORD}}\n",
                            s->port);
    const char *path = bench_file("vcenter.yaml", text);
    char *hycon = mem_printf("BENCH_PASSWORD=p exec %s --config %s get clusters,datastores -o json",
                             bench_hycon, path);
    char *rows =
        mem_printf("BENCH_PASSWORD=p exec %s --config %s get hosts,vms -o json", bench_hycon, path);
    char *curl = mem_printf("U=http://127.0.0.1:%u/sdk; exec curl -sf -o /dev/null -d "
                            "'<WaitForUpdatesEx />' $U --next -sf -o /dev/null -d "
                            "'<RetrievePropertiesEx />' $U",
                            s->port);
    const struct bench_command commands[] = {
        {"hycon, all read", hycon}, {"hycon get hosts,vms -o json", rows}, {"curl", curl}};
    struct bench_result r[3];

    (void)setenv("BENCH_PASSWORD", "p", 1);
    printf("\n%.1f MB of inventory, %.1f MB of usage\n", (double)s->inventory.len / 1e6,
           (double)s->usage.len / 1e6);
    bench_compare("1,000 hosts, 10,000 VMs", commands, 3, r);
    bench_goal(r[2].wall_ratio, 3, "inventory of 10,000 VMs: wall / curl discarding the bytes");
    compare_memory(s, r[1].rss_mb);
    free(text);
    free(hycon);
    free(rows);
    free(curl);
}

/* ---- in this process ---------------------------------------------------------------------------
 */

static void feed(struct objects *o, const struct strbuf *text)
{
    struct decode *d = decode_new(DECODE_UPDATES, o);
    struct err err = {0};

    for (size_t at = 0; at < text->len; at += PIECE) {
        size_t n = text->len - at < PIECE ? text->len - at : PIECE;

        if (decode_feed(d, text->buf + at, n, &err) < 0)
            break;
    }
    if (decode_finish(d, &err) < 0)
        bench_failed("vcenter: %s", err.msg);
    decode_free(d);
}

static void update_text(struct strbuf *out, unsigned round)
{
    strbuf_addstr(out,
                  OPEN "<WaitForUpdatesExResponse xmlns=\"urn:vim25\"><returnval>"
                       "<version>2</version><filterSet><filter type=\"PropertyFilter\">f</filter>");
    for (unsigned i = 0; i < UPDATES; i++) {
        strbuf_addf(out, "<objectSet><kind>modify</kind><obj type=\"VirtualMachine\">vm-%u</obj>",
                    i * (VMS / UPDATES));
        change(out, "runtime.powerState", "VirtualMachinePowerState",
               round & 1 ? "poweredOn" : "poweredOff");
        change(out, "guest.toolsRunningStatus", "xsd:string",
               round & 1 ? "guestToolsRunning" : "guestToolsNotRunning");
        number(out, "guest.ipAddress", "xsd:string", "2001:db8::", round);
        strbuf_addstr(out, "</objectSet>");
    }
    strbuf_addstr(out, "</filterSet></returnval></WaitForUpdatesExResponse>" CLOSE);
}

/* Milliseconds. */
static double measure_updates(const struct server *s)
{
    double cpu[BENCH_ROUNDS_MAX];
    struct objects *o = objects_new();
    size_t bytes = 0;

    feed(o, &s->inventory);
    for (unsigned i = 0; i < bench_rounds; i++) {
        struct strbuf text = STRBUF_INIT;
        double start_at;

        update_text(&text, i);
        bytes = text.len;
        start_at = bench_cpu_self();
        feed(o, &text);
        cpu[i] = (bench_cpu_self() - start_at) * 1e3;
        strbuf_release(&text);
    }
    printf("\n%u updates of three properties, %.2f MB: %.2f ms of CPU (%.2f to %.2f)\n", UPDATES,
           (double)bytes / 1e6, bench_median(cpu, bench_rounds),
           bench_percentile(cpu, bench_rounds, 0), bench_percentile(cpu, bench_rounds, 1));
    bench_goal(bench_median(cpu, bench_rounds), 6, "1,000 updates of VMs decoded: ms of CPU");
    objects_free(o);
    return bench_median(cpu, bench_rounds);
}

static void run(void)
{
    struct server s = {0};
    struct strbuf updates = STRBUF_INIT;

    if (start(&s)) {
        update_text(&updates, 0);
        vcenter_peers_init(&s.inventory, &updates);
        compare(&s);
        vcenter_peers_run(s.port, measure_updates(&s));
    }
    stop(&s);
    vcenter_peers_release();
    strbuf_release(&updates);
}

const struct bench_section bench_vcenter = {"vcenter", "inventory of a vCenter, and its updates",
                                            run};
