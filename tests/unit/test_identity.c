/* Who is who: hosts of edges, and rows that two endpoints report. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "model/tables.h"
#include "tests/support/model_case.h"

#define U1 "11111111-1111-4111-8111-111111111111"
#define U2 "22222222-2222-4222-8222-222222222222"

#define EDGES(at) "table edges " at "\nedge_id edge node_kind vm_uuid status\n"
#define EDGE      EDGES("dc1/nsx") "e1 edge-01 vm uuid-1 up\n"
#define VMS       "table nsx_vms dc1/nsx\nexternal_id vm host_id instance_uuid\n"
#define NODES     "table nsx_nodes dc1/nsx\nnode_id node ip fqdn discovered_node_id\n"
#define HOSTS     "table hosts dc1/nsx\nhost_id host management_ip fqdn\n"
#define BY        "vm_uuid, nsx_vms.host_id, "
#define VC_VMS    "table vms dc1/vc\nvm_id instance_uuid host_id host\n"
#define VC_HOSTS  "table hosts dc1/vc\nhost_id host\nhost-7 esx-7\nhost-8 esx-8\n"

struct host_case {
    const char *name, *text, *want; /* host, then join */
};

static const struct host_case cases[] = {
    {"by the node's id in vCenter",
     EDGE VMS "uuid-1 x n1 -\n" NODES "n1 node-1 10.0.0.1 - vc:host-7\n" HOSTS
              "vc:host-7 esx-7 10.0.0.9 -\nvc:host-8 esx-8 10.0.0.1 -\n",
     "esx-7 " BY "discovered_node_id\n"},
    {"by the id that its vCenter gave it",
     EDGE VMS "uuid-1 x n1 -\n" NODES "n1 node-1 10.0.0.1 - " U1 ":host-7\n"
              "table hosts dc1/vc\nhost_id host management_ip fqdn vcenter_uuid\n"
              "host-7 esx-7 10.0.0.9 - " U1 "\nhost-8 esx-8 10.0.0.1 - " U1 "\n",
     "esx-7 " BY "discovered_node_id\n"},
    {"not by that of another vCenter",
     EDGE VMS "uuid-1 x n1 -\n" NODES "n1 node-1 - - " U2 ":host-7\n"
              "table hosts dc1/vc\nhost_id host management_ip fqdn vcenter_uuid\n"
              "host-7 esx-7 10.0.0.9 - " U1 "\n",
     "node-1 vm_uuid, nsx_vms.host_id (node of NSX)\n"},
    {"by its address",
     EDGE VMS "uuid-1 x n1 -\n" NODES "n1 node-1 10.0.0.1 - -\n" HOSTS
              "h7 esx-7 10.0.0.1 -\nh8 esx-8 10.0.0.2 -\n",
     "esx-7 " BY "management_ip\n"},
    {"by its full name, whatever the case",
     EDGE VMS "uuid-1 x n1 -\n" NODES "n1 node-1 - ESX-7.Example.JP -\n" HOSTS
              "h7 esx-7 10.0.0.1 esx-7.example.jp\n",
     "esx-7 " BY "fqdn\n"},
    {"never by the short name",
     EDGE VMS "uuid-1 x n1 -\n" NODES "n1 esx-7 - esx-7 -\n" HOSTS
              "h7 esx-7 10.0.0.1 esx-7.example.jp\n",
     "esx-7 vm_uuid, nsx_vms.host_id (node of NSX)\n"},
    {"two hosts have the address: the node's own name is what is known",
     EDGE VMS "uuid-1 x n1 -\n" NODES "n1 node-1 10.0.0.1 - -\n" HOSTS
              "h7 esx-7 10.0.0.1 a\nh8 esx-8 10.0.0.1 b\n",
     "node-1 vm_uuid, nsx_vms.host_id (node of NSX)\n"},
    {"by the hypervisor's UUID of the VM", EDGE VMS "other x n1 uuid-1\n" NODES "n1 node-1 - - -\n",
     "node-1 vm_uuid, nsx_vms.host_id (node of NSX)\n"},
    {"two VMs have the UUID",
     EDGE VMS "uuid-1 x n1 -\nother x n2 uuid-1\n" NODES "n1 node-1 - - -\nn2 node-2 - - -\n",
     "- unknown: two VMs have the edge's vm_uuid\n"},
    {"its VM is not listed", EDGE VMS "uuid-2 x n1 -\n",
     "- unknown: NSX does not list the edge's VM\n"},
    {"by the host that vCenter runs it on",
     EDGE VC_VMS "vm-1 uuid-1 host-7 esx-7\nvm-2 uuid-2 host-8 esx-8\n" VC_HOSTS,
     "esx-7 vm_uuid, vms.instance_uuid, vms.host_id\n"},
    {"vCenter knows it before NSX does",
     EDGE VC_VMS "vm-1 uuid-1 host-8 esx-8\n" VC_HOSTS VMS "uuid-1 x n1 -\n" NODES
                 "n1 esx-7 - - -\n",
     "esx-8 vm_uuid, vms.instance_uuid, vms.host_id\n"},
    {"two vCenters have the VM: NSX decides",
     EDGE VC_VMS "vm-1 uuid-1 host-7 esx-7\nvm-9 uuid-1 host-8 esx-8\n" VC_HOSTS VMS
                 "uuid-1 x n1 -\n" NODES "n1 node-1 - - -\n",
     "node-1 vm_uuid, nsx_vms.host_id (node of NSX)\n"},
    {"vCenter does not say where it runs: NSX does",
     EDGE VC_VMS "vm-1 uuid-1 - -\n" VMS "uuid-1 x n1 -\n" NODES "n1 node-1 - - -\n",
     "node-1 vm_uuid, nsx_vms.host_id (node of NSX)\n"},
    {"VMs were not read", EDGE "table nsx_vms dc1/nsx failed 0s \"503\"\nvm\n",
     "- unknown: the VMs of NSX were not read\n"},
    {"the node is not known", EDGE VMS "uuid-1 x n1 -\n",
     "- unknown: NSX names no node for the edge's VM\n"},
    {"bare metal", EDGES("dc1/nsx") "e1 edge-01 bare_metal - up\n", "- bare metal: no host\n"},
    {"no VM named", EDGES("dc1/nsx") "e1 edge-01 vm - up\n",
     "- unknown: NSX names no VM of the edge\n"},
};

static void test_edge_host(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct model_case c;
        model_case_init(&c, NULL);
        model_case_feed(&c, cases[i].text);
        model_case_expect(c.estate, cases[i].name, "edges", "host host_join", cases[i].want);
        model_case_release(&c);
    }
}

/* NSX of an SDDC lists no edge VMs: the link says which host the active edge is on, but not in the
 * moment between an edge that took over and the ENI that follows. */
#define SDDC(eni, a, b) SDDC_READ("", eni, a, b)
#define SDDC_READ(age, eni, a, b)                                                               \
    "table linked_vpcs tokyo/vmc\nvpc active_enis traffic_groups\n"                             \
    "vpc-1 " eni " Default=" eni "\n"                                                           \
    "table hosts tokyo/vmc\nhost_id host eni\nh1 esx-1 eni-1\nh3 esx-3 eni-3\n"                 \
    "table gateways tokyo/vmc" age "\ngateway tier edge edge_id ha_status traffic_group path\n" \
    "vmc 0 NSX-Edge-0 e0 " a " Default /infra/tier-0s/vmc\n"                                    \
    "vmc 0 NSX-Edge-1 e1 " b " Default /infra/tier-0s/vmc\n"                                    \
    "table nsx_vms tokyo/vmc\nexternal_id\nother\n" EDGES(                                      \
        "tokyo/vmc") "e0 NSX-Edge-0 vm u0 up\ne1 NSX-Edge-1 vm u1 up\n"

static void test_host_by_eni(void **state)
{
    struct model_case c;

    (void)state;
    model_case_init(&c, NULL);
    model_case_feed(&c, SDDC("eni-1", "active", "standby"));
    model_case_expect(c.estate, "steady", "edges", "edge host roles",
                      "NSX-Edge-0 esx-1 vmc=active\nNSX-Edge-1 - vmc=standby\n");
    c.now += 5000;
    model_case_feed(&c, SDDC("eni-1", "down", "active"));
    model_case_expect(c.estate, "the edge moved", "edges", "edge host last_host",
                      "NSX-Edge-0 - esx-1\nNSX-Edge-1 - -\n");
    c.now += 5000;
    model_case_feed(&c, SDDC("eni-3", "down", "active"));
    model_case_expect(c.estate, "the ENI followed", "edges", "edge host",
                      "NSX-Edge-0 -\nNSX-Edge-1 esx-3\n");
    model_case_release(&c);
}

/* The link is read before the gateways are: what was active then is not on the new ENI's host, and
 * is not remembered there. With the gateways read, too, it is one and the same failover. */
static void test_host_by_eni_read_first(void **state)
{
    struct model_case c;

    (void)state;
    model_case_init(&c, NULL);
    model_case_feed(&c, SDDC("eni-1", "active", "standby"));
    c.now += 5000;
    model_case_feed(&c, SDDC_READ(" ok 17s", "eni-3", "active", "standby"));
    model_case_expect(c.estate, "the ENI is newer", "edges", "edge host last_host",
                      "NSX-Edge-0 - esx-1\nNSX-Edge-1 - -\n");
    c.now += 2000;
    model_case_feed(&c, SDDC("eni-3", "down", "active"));
    model_case_expect(c.estate, "the gateways, too", "edges", "edge host last_host",
                      "NSX-Edge-0 - esx-1\nNSX-Edge-1 esx-3 esx-3\n");
    c.now += 60000;
    model_case_feed(&c, SDDC("eni-3", "down", "active"));
    c.now += 5000;
    model_case_feed(&c, SDDC("eni-3", "active", "standby"));
    model_case_expect(c.estate, "the next one", "edges", "edge host last_host",
                      "NSX-Edge-0 - esx-1\nNSX-Edge-1 - esx-3\n");
    model_case_release(&c);
}

/* Gateways name traffic groups by ids, links by names; each group has its own active edge. */
static void test_host_by_group(void **state)
{
    struct model_case c;

    (void)state;
    model_case_init(&c, NULL);
    model_case_feed(&c,
                    "table linked_vpcs tokyo/vmc\n"
                    "vpc active_enis traffic_groups traffic_group_ids\n"
                    "vpc-1 eni-1,eni-3 Default=eni-1,tg-2=eni-3,moving= id-1=Default,id-2=tg-2\n"
                    "table hosts tokyo/vmc\nhost_id host eni\nh1 esx-1 eni-1\nh3 esx-3 eni-3\n"
                    "table gateways tokyo/vmc\n"
                    "gateway tier edge edge_id ha_status traffic_group path\n"
                    "vmc 0 a e0 active id-1 /t0\nvmc 0 b e1 active id-2 /t0\n"
                    "vmc 0 c e2 active moving /t0\n" EDGES(
                        "tokyo/vmc") "e0 a vm u0 up\ne1 b vm u1 up\ne2 c vm u2 up\n");
    model_case_expect(c.estate, "two groups", "edges", "edge host", "a esx-1\nb esx-3\nc -\n");
    model_case_release(&c);
}

/* ---- managers -----------------------------------------------------------------------------------
 */

#define SEGMENT(at, name)                                                               \
    "table segments " at "\npath segment type cidr\n/infra/segments/a " name " routed " \
    "10.1.0.0/24\n"
#define EDGE_OF(at, id, name) EDGES(at) id " " name " vm - up\n"

static void expect_segments(const char *what, const char *text, const char *want)
{
    struct model_case c;

    model_case_init(&c, NULL);
    model_case_feed(&c, text);
    model_case_expect(c.estate, what, "segments", "endpoint segment via", want);
    model_case_release(&c);
}

static void test_managers(void **state)
{
    (void)state;
    expect_segments("the same node",
                    EDGE_OF("tokyo/vmc", U1, "a") EDGE_OF("tokyo/nsx", U1, "a")
                        SEGMENT("tokyo/vmc", "web") SEGMENT("tokyo/nsx", "web"),
                    "vmc web vmc nsx\n");
    expect_segments("two managers with the same paths",
                    EDGE_OF("tokyo/vmc", U1, "a") EDGE_OF("tokyo/nsx", U2, "b")
                        SEGMENT("tokyo/vmc", "web") SEGMENT("tokyo/nsx", "db"),
                    "vmc web -\nnsx db -\n");
    expect_segments("nobody knows", SEGMENT("tokyo/vmc", "web") SEGMENT("tokyo/nsx", "db"),
                    "vmc web -\nnsx db -\n");
    expect_segments("by the address that VMC names",
                    "table sddcs tokyo/vmc\nsddc nsx_url\ns https://NSX.example\n" SEGMENT(
                        "tokyo/vmc", "web") SEGMENT("tokyo/nsx", "web"),
                    "vmc web vmc nsx\n");
    expect_segments("other sites are other estates",
                    EDGE_OF("tokyo/vmc", U1, "a") EDGE_OF("dc1/nsx", U1, "a")
                        SEGMENT("tokyo/vmc", "web") SEGMENT("dc1/nsx", "web"),
                    "vmc web -\nnsx web -\n");
}

/* What was once seen holds when the evidence is not read for a while. */
static void test_managers_are_remembered(void **state)
{
    struct model_case c;

    (void)state;
    model_case_init(&c, NULL);
    model_case_feed(&c, EDGE_OF("tokyo/vmc", U1, "a") EDGE_OF("tokyo/nsx", U1, "a"));
    model_case_feed(&c, "table edges tokyo/nsx failed 0s \"503\"\nedge\n" SEGMENT(
                            "tokyo/vmc", "web") SEGMENT("tokyo/nsx", "web"));
    model_case_expect(c.estate, "later", "segments", "endpoint segment via", "vmc web vmc nsx\n");
    model_case_release(&c);
}

/* ---- merging: a property over many small estates
 * ------------------------------------------------- */

static const char *const freshness[] = {"ok", "partial", "failed", "denied", "never"};

struct random {
    uint32_t seed;
};

static uint32_t next(struct random *r, uint32_t n)
{
    r->seed = r->seed * 1664525u + 1013904223u;
    return (r->seed >> 8) % n;
}

struct source {
    uint32_t freshness, age, rows; /* rows: a mask of eni-0 .. eni-7 */
};

static void write_source(char *text, size_t size, const char *name, const struct source *s)
{
    size_t n = strlen(text);

    n += (size_t)snprintf(text + n, size - n, "table enis tokyo/%s %s %us\neni mac status\n", name,
                          freshness[s->freshness], s->age);
    for (unsigned i = 0; i < 8 && s->freshness < 4; i++) {
        if (s->rows & (1u << i))
            n += (size_t)snprintf(text + n, size - n, "eni-%u %s-%u in-use\n", i, name, i);
    }
}

static bool has(const struct source *s, unsigned i)
{
    return s->freshness < 4 && (s->rows & (1u << i));
}

static bool good(const struct source *s)
{
    return s->freshness < 2;
}

struct expected {
    unsigned home, from;
    bool nowhere, both;
};

/* What must become of row @i, written down without the code under test. */
static struct expected expect_row(const struct source s[2], unsigned i)
{
    bool any_good = (has(&s[0], i) && good(&s[0])) || (has(&s[1], i) && good(&s[1]));
    bool first = has(&s[0], i) && good(&s[0]) == any_good;
    bool second = has(&s[1], i) && good(&s[1]) == any_good;
    struct expected e = {first ? 0 : 1, first ? 0 : 1, !first && !second, first && second};

    if (e.both && s[1].age < s[0].age)
        e.from = 1;
    return e;
}

static void expect_merge(char *want, size_t size, const struct source s[2])
{
    static const char *const names[] = {"linked", "linked2"};
    size_t n = 0;

    want[0] = '\0';
    for (unsigned i = 0; i < 16; i++) {
        struct expected e = expect_row(s, i % 8);
        if (!e.nowhere && e.home == i / 8)
            n += (size_t)snprintf(want + n, size - n, "%s eni-%u %s-%u %s\n", names[e.home], i % 8,
                                  names[e.from], i % 8, e.both ? "linked linked2" : "-");
    }
}

static void test_merging(void **state)
{
    struct random r = {7};
    char text[2048], want[2048];

    (void)state;
    for (unsigned round = 0; round < 500; round++) {
        struct source s[2];
        struct model_case c;
        for (unsigned k = 0; k < 2; k++)
            s[k] = (struct source){next(&r, 5), 1 + next(&r, 100), next(&r, 256)};
        text[0] = '\0';
        write_source(text, sizeof(text), "linked2", &s[1]);
        write_source(text, sizeof(text), "linked", &s[0]);
        expect_merge(want, sizeof(want), s);
        model_case_init(&c, NULL);
        model_case_feed(&c, text);
        model_case_expect(c.estate, text, "enis", "endpoint eni mac via", want);
        model_case_release(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edge_host),
        cmocka_unit_test(test_host_by_eni),
        cmocka_unit_test(test_host_by_eni_read_first),
        cmocka_unit_test(test_host_by_group),
        cmocka_unit_test(test_managers),
        cmocka_unit_test(test_managers_are_remembered),
        cmocka_unit_test(test_merging),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
