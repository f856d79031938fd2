/* The whole way of a flow: ends, filters, gateways; golden text and JSON; what is unknown when data
 * are missing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "model/explain_text.h"
#include "tests/support/check_case.h"
#include "tests/support/estate_fixed.h"

static const char config[] =
    "sites:\n"
    "  - name: tokyo\n"
    "    endpoints:\n"
    "      - {name: vmc, kind: vmc, url: \"https://vmc.example/\", org: o, sddc: s, token: {env: "
    "T}}\n"
    "      - {name: linked, kind: aws, region: ap-northeast-1}\n"
    "  - name: dc1\n"
    "    endpoints:\n"
    "      - {name: vc, kind: vcenter, url: \"https://vc.example/\", user: a, password: {env: P}}\n"
    "      - {name: nsx, kind: nsx, url: \"https://nsx.example/\", user: a, password: {env: P}}\n"
    "      - {name: esx, kind: esxi, hosts: [esx-1, esx-2], user: root, password: {env: P}}\n";

#define F1 "nic-1-eth0-vmware-sfw.2"
#define F2 "nic-2-eth0-vmware-sfw.2"
#define VMS                                                                           \
    "table vms dc1/vc\nvm_id vm instance_uuid power_state host ips macs\n"            \
    "vm-1 web-1 5026c7cd-0000-0000-0000-000000000001 poweredOn esx-1 "                \
    "172.16.10.12,fe80::1 00:50:56:00:00:01\n"                                        \
    "vm-2 db-1 5026c7cd-0000-0000-0000-000000000002 poweredOn esx-2 "                 \
    "172.16.10.11 00:50:56:00:00:02\n"                                                \
    "vm-3 two 5026c7cd-0000-0000-0000-000000000003 poweredOn esx-1 "                  \
    "172.16.98.1,172.16.99.1 -\n"                                                     \
    "vm-4 off 5026c7cd-0000-0000-0000-000000000004 poweredOff esx-1 172.16.10.14 -\n" \
    "vm-5 bare 5026c7cd-0000-0000-0000-000000000005 poweredOn esx-1 172.16.10.15 -\n" \
    "vm-6 far 5026c7cd-0000-0000-0000-000000000006 poweredOn esx-9 172.16.10.16 -\n"  \
    "vm-7 same 5026c7cd-0000-0000-0000-000000000007 poweredOn esx-1 172.16.99.1 -\n"
#define FILTERS1                                                          \
    "table filters dc1/esx/esx-1\nhost filter vm vm_uuid agent state\n"   \
    "esx-1 " F1 " web-1 5026C7CD-0000-0000-0000-000000000001 vmware-sfw " \
    "\"IOChain Attached\"\n"                                              \
    "esx-1 nic-1-eth0-dvfilter-generic-vmware-swsec.1 web-1 "             \
    "5026c7cd-0000-0000-0000-000000000001 dvfilter-generic-vmware-swsec " \
    "\"IOChain Attached\"\n"
#define FILTERS2                                                         \
    "table filters dc1/esx/esx-2\nhost filter vm vm_uuid agent state\n"  \
    "esx-2 " F2 " db-1 5026c7cd-0000-0000-0000-000000000002 vmware-sfw " \
    "\"IOChain Attached\"\n"
#define RULES1                                                                                   \
    "table host_rules dc1/esx/esx-1\nhost filter ruleset position rule_id direction protocol "   \
    "source destination ports action packets raw\n"                                              \
    "esx-1 " F1 " domain-c25 1 1006 inout tcp \"addrset ip-vm-33\" \"addrset ip-vm-36\" 22 "     \
    "accept 1200 \"rule 1006 at 1 inout protocol tcp from addrset ip-vm-33 to addrset ip-vm-36 " \
    "port 22 accept with log;\"\n"                                                               \
    "esx-1 " F1 " domain-c25 2 1002 inout any any any - reject 7 \"rule 1002 at 2 inout "        \
    "protocol any from any to any reject with log;\"\n"
#define RULES2                                                                                 \
    "table host_rules dc1/esx/esx-2\nhost filter ruleset position rule_id direction protocol " \
    "source destination ports action packets raw\n"                                            \
    "esx-2 " F2 " domain-c25 1 1006 inout tcp \"addrset ip-vm-33\" \"addrset ip-vm-36\" 22 "   \
    "accept - -\n"                                                                             \
    "esx-2 " F2 " domain-c25 2 1002 inout any any any - drop - -\n"
#define SETS1                                                                   \
    "table addrsets dc1/esx/esx-1\nhost filter set kind member_count members\n" \
    "esx-1 " F1 " ip-vm-33 ip 1 172.16.10.12\n"                                 \
    "esx-1 " F1 " ip-vm-36 ip 1 172.16.10.11\n"
#define SETS2                                                                   \
    "table addrsets dc1/esx/esx-2\nhost filter set kind member_count members\n" \
    "esx-2 " F2 " ip-vm-33 ip 1 172.16.10.12\n"                                 \
    "esx-2 " F2 " ip-vm-36 ip 1 172.16.10.11\n"
#define FLOWS2                                                                           \
    "table flows dc1/esx/esx-2\nhost filter flow flow_class protocol rule_id source_ip " \
    "source_port destination_ip destination_port tcp_state bytes_1 bytes_2\n"            \
    "esx-2 " F2 " f1 Active tcp 1006 172.16.10.12 44194 172.16.10.11 22 EST 3017 2957\n" \
    "esx-2 " F2 " f0 Inactive tcp 1006 172.16.10.12 44190 172.16.10.11 22 FIN 1 1\n"
#define POLICY                                                     \
    "table rules dc1/nsx\npath layer policy rule_id rule action\n" \
    "/infra/sp/app/rules/ssh dfw App 1006 \"ssh to db\" ALLOW\n"   \
    "/infra/sp/app/rules/end dfw App 1002 default REJECT\n"
#define DC1 VMS FILTERS1 FILTERS2 RULES1 RULES2 SETS1 SETS2 FLOWS2 POLICY

/* Names of machines without addresses; groups know both. */
#define NSX_ALONE                                                                            \
    "table nsx_vms dc1/nsx\nexternal_id vm\nu-1 app-1\nu-2 app-2\n"                          \
    "table groups dc1/nsx\npath group ip_members vm_members\n/g/apps apps 10.1.0.0/24 "      \
    "app-1,app-2\n"                                                                          \
    "table services dc1/nsx\npath service entries\n/svc/https HTTPS \"TCP dst=443\"\n"       \
    "table rules dc1/nsx\npath layer policy rule_id rule sources source_paths destinations " \
    "destination_paths services service_paths action applied_to evaluation\n"                \
    "/r/1 dfw P 11 web apps /g/apps apps /g/apps HTTPS /svc/https ALLOW DFW 1.1\n"           \
    "/r/2 dfw P 12 rest ANY - ANY - ANY - DROP DFW 1.2\n"

struct question {
    const char *name, *tables, *from, *to;
    const char *want; /* verdict, then " WHERE=VERDICT" of every hop */
    const char *says; /* somewhere in the text */
    bool incomplete;
};

static const struct question questions[] = {
    {"both ends let it pass", DC1, "web-1", "db-1:22",
     "allow source-filter=allow destination-filter=allow",
     "source 172.16.10.12 in addrset ip-vm-33 (member 172.16.10.12)", false},
    {"ends as addresses", DC1, "172.16.10.12", "172.16.10.11:22",
     "allow source-filter=allow destination-filter=allow", "172.16.10.11 (db-1)", false},
    {"rejected at once", DC1, "web-1", "db-1:23",
     "reject source-filter=reject destination-filter=drop", "Rejected at source-filter", false},
    {"the other way", DC1, "db-1", "web-1:22", "drop source-filter=drop destination-filter=reject",
     NULL, false},
    {"port not said", DC1, "web-1", "db-1",
     "depends source-filter=depends destination-filter=depends", "depends on the protocol", false},
    {"rules of one host were not read",
     VMS FILTERS1 FILTERS2 RULES1 SETS1 SETS2
     "table host_rules dc1/esx/esx-2 failed 5m \"connection refused\"\nhost\n",
     "web-1", "db-1:22", "unknown source-filter=allow destination-filter=unknown",
     "host_rules of esx/esx-2 not read: failed: connection refused", true},
    {"dropped, whatever the other host does",
     VMS FILTERS1 FILTERS2 RULES1 SETS1 SETS2
     "table host_rules dc1/esx/esx-2 failed 5m \"connection refused\"\nhost\n",
     "web-1", "db-1:23", "reject source-filter=reject destination-filter=unknown", NULL, true},
    {"sets were not read", VMS FILTERS1 FILTERS2 RULES1 RULES2 SETS2, "web-1", "db-1:22",
     "unknown source-filter=unknown destination-filter=allow",
     "address set ip-vm-33 of esx-1 was not read", true},
    {"a machine without a filter", DC1, "bare", "db-1:22",
     "drop source-filter=allow destination-filter=drop",
     "no filter of the distributed firewall on host esx-1", false},
    {"a machine that is off", DC1, "off", "db-1:22",
     "drop source-filter=unknown destination-filter=drop", "off is powered off", false},
    {"a machine on a host that is not configured", DC1, "far", "db-1:23",
     "drop source-filter=unknown destination-filter=drop", "its host esx-9 is not among", false},
    {"a machine without a filter on a host that vCenter calls otherwise",
     "table vms dc1/vc\nvm_id vm instance_uuid power_state host ips\n"
     "vm-1 web-1 5026c7cd-0000-0000-0000-000000000001 poweredOn esx-1.example 172.16.10.12\n"
     "vm-5 bare u-5 poweredOn esx-1.example 172.16.10.15\n" FILTERS1 RULES1 SETS1,
     "bare", "web-1:23", "reject source-filter=allow destination-filter=reject",
     "no filter of the distributed firewall on host esx-1.example", false},
    {"nobody is called so", DC1, "nobody", "db-1:22", "unknown source-filter=unknown",
     "no machine is called nobody", false},
    {"nobody is called so, but machines were not read",
     "table vms dc1/vc denied 1m \"wrong password\"\nvm_id\n" FILTERS1, "nobody", "web-1:22",
     "unknown source-filter=unknown", "wrong password", true},
    {"two machines with one address", DC1, "web-1", "172.16.99.1:22",
     "unknown destination-filter=unknown", "two machines have the address 172.16.99.1", false},
    {"NSX alone: what is meant, by the members of groups", NSX_ALONE, "app-1", "app-2:443",
     "unknown source-filter=unknown destination-filter=unknown",
     "no endpoint reads filters; by the rules of NSX Manager the answer is allow: 'P / web'",
     false},
    {"NSX alone: another port", NSX_ALONE, "app-1", "app-2:22",
     "unknown source-filter=unknown destination-filter=unknown",
     "by the rules of NSX Manager the answer is drop: 'P / rest'", false},
    {"NSX alone: an address of a segment",
     NSX_ALONE "table segments dc1/nsx\npath segment cidr\n/s/a a 10.1.0.0/24\n", "10.1.0.7",
     "app-2:443", "unknown source-filter=unknown destination-filter=unknown",
     "which machine has 10.1.0.7 is not known: no endpoint reads vms; by the rules of NSX Manager "
     "the answer is allow: 'P / web'",
     false},
    {"two managers: nobody knows whose rules count",
     NSX_ALONE "table rules dc1/nsx2\npath layer policy rule_id rule sources destinations services "
               "action applied_to evaluation\n/r/9 dfw Q 9 other ANY ANY ANY DROP DFW 1.1\n",
     "app-1", "app-2:443", "unknown source-filter=unknown destination-filter=unknown",
     "no endpoint reads filters\n", false},
    {"two machines of one name, in two sites",
     "table vms tokyo/vmc\nvm_id vm ips\nvm-1 web-1 192.168.1.1\n" VMS, "10.1.1.1", "web-1:22",
     "unknown destination-filter=unknown",
     "are called web-1, in tokyo/vmc and in dc1/vc; name the site that is meant", false},
    {"two machines of one name, in one site",
     "table vms dc1/vc\nvm_id vm ips\nvm-1 web-1 192.168.1.1\nvm-2 web-1 192.168.1.2\n", "10.1.1.1",
     "web-1:22", "unknown destination-filter=unknown", "are called web-1, in dc1/vc and in dc1/vc",
     false},
    {"without a vCenter the hosts know names", FILTERS1 FILTERS2 RULES1 RULES2 SETS1 SETS2, "web-1",
     "172.16.10.11:22", "unknown source-filter=unknown destination-filter=unknown",
     "address not known", false},
    {"nor is an address needed for a rule about any", FILTERS1 FILTERS2 RULES1 RULES2 SETS1 SETS2,
     "web-1", "172.16.10.11:23", "reject source-filter=reject destination-filter=unknown",
     "no endpoint reads vms", false},
    {"an address outside", DC1, "web-1", "203.0.113.9:443", "reject source-filter=reject",
     "203.0.113.9 is no address of a known machine", false},
    {"a segment knows the address, no machine has it",
     DC1 "table segments dc1/nsx\npath segment cidr\n/infra/segments/web web 172.16.10.0/24\n",
     "web-1", "172.16.10.77:22", "reject source-filter=reject destination-filter=unknown",
     "172.16.10.77 is in segment web, but no known machine has it", false},
    {"on VMC",
     "table sddcs tokyo/vmc\nsddc\ns-1\n"
     "table filters tokyo/vmc unsupported\nhost\n"
     "table nsx_vms tokyo/vmc\nexternal_id vm\nu-1 app-1\nu-2 app-2\n",
     "app-1", "app-2:22", "unknown source-filter=unknown destination-filter=unknown",
     "host rules not readable on VMC", false},
    {"a detached filter",
     VMS FILTERS2 RULES1 RULES2 SETS1 SETS2
     "table filters dc1/esx/esx-1\nhost filter vm agent state\n"
     "esx-1 " F1 " web-1 vmware-sfw \"IOChain Detached\"\n",
     "web-1", "db-1:22", "unknown source-filter=unknown destination-filter=allow",
     "IOChain Detached", false},
    {"one family alone", VMS FILTERS1 FILTERS2 RULES1 RULES2 SETS1 SETS2, "2001:db8::1", "db-1:22",
     "unknown destination-filter=unknown", "no addresses of one family", false},
};

#define VMC                                                                              \
    "table sddcs tokyo/vmc\nsddc management_cidr\ns-1 10.2.0.0/16\n"                     \
    "table filters tokyo/vmc unsupported\nhost\n"                                        \
    "table vms tokyo/vc\nvm_id vm power_state ips\nvm-1 app poweredOn 192.168.1.10\n"    \
    "vm-2 app2 poweredOn 192.168.2.10\n"                                                 \
    "table segments tokyo/vmc\npath segment cidr tier1\n/s/web web 192.168.1.0/24 cgw\n" \
    "/s/db db 192.168.2.0/24 cgw\n"                                                      \
    "table groups tokyo/vmc\npath group ip_members vm_members\n"                         \
    "/g/apps apps 192.168.1.0/24 -\n/g/vc vcenter 10.2.0.10 -\n/g/odd odd - -\n"         \
    "table services tokyo/vmc\npath service entries\n/svc/https HTTPS \"TCP dst=443\"\n" \
    "/svc/ftp FTP \"other ALGTypeServiceEntry\"\n/svc/ping Ping \"ICMPv4 type=8\"\n"
#define GATEWAY(lines)                                                                         \
    "table rules tokyo/vmc\npath layer policy rule_id rule sources source_paths destinations " \
    "destination_paths services service_paths action applied_to_paths evaluation\n" lines
#define ANY "ANY -"
#define LAST                                                        \
    "/r/cgw-end cgw Default 1099 \"default\" " ANY " " ANY " " ANY  \
    " DROP /infra/labels/cgw-all 9.2\n"                             \
    "/r/mgw-end mgw Default 1098 \"deny all\" " ANY " " ANY " " ANY \
    " DROP /infra/labels/mgw 9.1\n"
#define LINKED                                                                        \
    "table vpcs tokyo/linked\nvpc cidr\nvpc-1 10.0.0.0/16\n"                          \
    "table enis tokyo/linked\neni vpc subnet private_ip role source_dest_check host " \
    "security_groups\n"                                                               \
    "eni-a vpc-1 subnet-1 10.0.1.5 active no esx-1 -\n"                               \
    "eni-x vpc-1 subnet-2 10.0.2.9 foreign yes - sg-1,sg-2\n"                         \
    "table subnets tokyo/linked\nsubnet vpc route_table\nsubnet-2 vpc-1 rtb-2\n"
#define ROUTE(destination, target, state)                                        \
    "table routes tokyo/linked\nvpc route_table main destination target state\n" \
    "vpc-1 rtb-2 no 0.0.0.0/0 igw-1 active\n"                                    \
    "vpc-1 rtb-2 no " destination " " target " " state "\n"

static const struct question gateways[] = {
    {"out by the compute gateway",
     VMC GATEWAY("/r/1 cgw Default 1001 out apps /g/apps " ANY " HTTPS /svc/https ALLOW "
                 "/infra/labels/cgw-all 1.1\n" LAST),
     "app", "203.0.113.9:443", "unknown source-filter=unknown gateway=allow",
     "'Default / out' is the first rule that matches: ALLOW", false},
    {"a group whose path is an id",
     VMC "table groups tokyo/vmc\npath group ip_members vm_members\n"
         "securitygroup-1 apps 192.168.1.0/24 -\n" GATEWAY(
             "/r/1 cgw Default 1001 out apps securitygroup-1 " ANY " HTTPS /svc/https ALLOW "
             "/infra/labels/cgw-all 1.1\n" LAST),
     "app", "203.0.113.9:443", "unknown source-filter=unknown gateway=allow",
     "'Default / out' is the first rule that matches: ALLOW", false},
    {"an id of a group that was not read",
     VMC GATEWAY("/r/1 cgw Default 1001 out apps securitygroup-1 " ANY " HTTPS /svc/https ALLOW "
                 "/infra/labels/cgw-all 1.1\n" LAST),
     "app", "203.0.113.9:443", "unknown source-filter=unknown gateway=unknown", NULL, false},
    {"another service",
     VMC GATEWAY("/r/1 cgw Default 1001 out apps /g/apps " ANY " HTTPS "
                 "/svc/https ALLOW /infra/labels/cgw-all 1.1\n" LAST),
     "app", "203.0.113.9:22", "drop source-filter=unknown gateway=drop", "Default / default",
     false},
    {"a group that was not read",
     VMC GATEWAY("/r/1 cgw Default 1001 out odd /g/odd " ANY " HTTPS /svc/https ALLOW "
                 "/infra/labels/cgw-all 1.1\n" LAST),
     "app", "203.0.113.9:443", "unknown source-filter=unknown gateway=unknown",
     "may match: sources not read", false},
    {"a group that was not read, and it does not matter",
     VMC GATEWAY("/r/1 cgw Default 1001 out odd /g/odd " ANY " HTTPS /svc/https DROP "
                 "/infra/labels/cgw-all 1.1\n" LAST),
     "app", "203.0.113.9:443", "drop source-filter=unknown gateway=drop", NULL, false},
    {"a service that is not understood",
     VMC GATEWAY("/r/1 cgw Default 1001 out " ANY " " ANY " FTP /svc/ftp ALLOW "
                 "/infra/labels/cgw-all 1.1\n" LAST),
     "app", "203.0.113.9:21", "unknown source-filter=unknown gateway=unknown", "services not read",
     false},
    {"on an interface that the flow may take",
     VMC LINKED GATEWAY("/r/1 cgw Default 1001 out " ANY " " ANY " HTTPS /svc/https ALLOW "
                        "/infra/labels/cgw-public 1.1\n" LAST),
     "app", "203.0.113.9:443", "unknown source-filter=unknown gateway=depends",
     "applied to not asked about", false},
    {"not on the interface of the VPC",
     VMC LINKED GATEWAY("/r/1 cgw Default 1001 out " ANY " " ANY " HTTPS /svc/https ALLOW "
                        "/infra/labels/cgw-cross-vpc 1.1\n" LAST),
     "app", "203.0.113.9:443", "drop source-filter=unknown gateway=drop", NULL, false},
    {"ping",
     VMC GATEWAY("/r/1 cgw Default 1001 out " ANY " " ANY " Ping /svc/ping ALLOW "
                 "/infra/labels/cgw-all 1.1\n" LAST),
     "app", "203.0.113.9/ping", "unknown source-filter=unknown gateway=allow", NULL, false},
    {"to the management network",
     VMC GATEWAY("/r/1 mgw Default 1001 \"to vc\" apps /g/apps vcenter /g/vc HTTPS /svc/https "
                 "ALLOW /infra/labels/mgw 1.1\n" LAST),
     "app", "10.2.0.10:443", "unknown source-filter=unknown gateway=allow", "to vc", false},
    {"between segments", VMC GATEWAY(LAST), "app", "app2:443",
     "unknown source-filter=unknown destination-filter=unknown", NULL, false},
    {"what NSX Manager means, on VMC",
     VMC GATEWAY("/r/7 dfw App 1007 web " ANY " " ANY " HTTPS /svc/https ALLOW - 4.1\n" LAST),
     "app", "app2:443", "unknown source-filter=unknown destination-filter=unknown",
     "by the rules of NSX Manager the answer is allow: 'App / web'", false},
    {"an address of a segment on VMC, no machine known", VMC GATEWAY(LAST), "192.168.1.77",
     "203.0.113.9:443", "drop source-filter=unknown gateway=drop", "host rules not readable on VMC",
     false},
    {"rules were not read", VMC "table rules tokyo/vmc failed 1m \"timed out\"\npath\n", "app",
     "203.0.113.9:443", "unknown source-filter=unknown gateway=unknown", "timed out", true},
    {"to an instance",
     VMC LINKED GATEWAY("/r/1 cgw Default 1001 out " ANY " " ANY " HTTPS /svc/https ALLOW "
                        "/infra/labels/cgw-cross-vpc 1.1\n" LAST)
         ROUTE("192.168.1.0/24", "eni-a", "active"),
     "app", "10.0.2.9:443",
     "unknown source-filter=unknown gateway=allow eni=allow security-group=unknown "
     "network-acl=unknown route-table=allow network-acl=unknown security-group=unknown",
     "192.168.1.0/24 -> eni-a", false},
    {"from an instance, a route is a blackhole",
     VMC LINKED GATEWAY("/r/1 cgw Default 1001 in " ANY " " ANY " HTTPS /svc/https ALLOW "
                        "/infra/labels/cgw-cross-vpc 1.1\n" LAST)
         ROUTE("192.168.1.0/24", "eni-a", "blackhole"),
     "10.0.2.9", "app:443",
     "drop security-group=unknown network-acl=unknown route-table=drop network-acl=unknown "
     "security-group=unknown eni=allow gateway=allow destination-filter=unknown",
     "blackhole", false},
    {"the route leads elsewhere", VMC LINKED GATEWAY(LAST) ROUTE("10.9.0.0/16", "eni-a", "active"),
     "10.0.2.9", "app:443",
     "drop security-group=unknown network-acl=unknown route-table=unknown network-acl=unknown "
     "security-group=unknown eni=allow gateway=drop destination-filter=unknown",
     "leads to igw-1", false},
};

static const char onprem[] =
    "table vms dc1/vc\nvm_id vm instance_uuid power_state host ips\n"
    "vm-1 a u-a poweredOn esx-1 10.1.0.1\nvm-2 b u-b poweredOn esx-1 10.2.0.1\n"
    "vm-3 c u-c poweredOn esx-1 10.1.0.3\n"
    "table filters dc1/esx/esx-1\nhost filter vm agent\nesx-1 x other swsec\n"
    "table segments dc1/nsx\npath segment cidr tier1\n/s/a a 10.1.0.0/24 t1-a\n"
    "/s/b b 10.2.0.0/24 t1-b\n"
    "table gateways dc1/nsx\ngateway edge_id tier path tier0\n"
    "t1-a e-1 1 /infra/tier-1s/t1-a /infra/tier-0s/t0\n"
    "table rules dc1/nsx\npath layer policy rule_id rule sources destinations services action "
    "applied_to_paths evaluation direction\n"
    "/r/1 t1 P 1 leave ANY ANY ANY ALLOW /infra/tier-1s/t1-a 1.1 OUT\n"
    "/r/2 t1 P 2 enter ANY ANY ANY DROP /infra/tier-1s/t1-b 1.1 IN\n"
    "/r/3 t0 P 3 edge 10.1.0.0/24 ANY ANY REJECT /infra/tier-0s/t0 1.1 IN_OUT\n";

static const struct question tiers[] = {
    {"behind two tier-1 gateways", onprem, "a", "b:22",
     "drop source-filter=allow gateway=allow gateway=drop destination-filter=allow", "P / enter",
     false},
    {"behind one", onprem, "a", "c:22", "allow source-filter=allow destination-filter=allow", NULL,
     false},
    {"out by the tier-0 gateway", onprem, "a", "203.0.113.9:22",
     "reject source-filter=allow gateway=allow gateway=reject", "P / edge", false},
};

static void ask(const char *tables, const char *from, const char *to, bool skipped,
                struct explain_result *r, struct config **c, struct estate **e)
{
    struct arena *arena = arena_new(0);
    struct explain_query q = {.skipped = skipped};
    struct explain *x;
    struct err err = {0};

    *c = check_case_load(config);
    *e = estate_fixed(*c, tables, ESTATE_TEXT_NOW, false);
    if (explain_parse(&q, arena, from, to, &err))
        fail_msg("%s", err.msg);
    x = explain_new(*e);
    explain_run(x, &q, r);
    explain_free(x);
    arena_free(arena);
}

static void answer_release(struct explain_result *r, struct config *c, struct estate *e)
{
    explain_result_release(r);
    estate_unref(e);
    config_free(c);
}

static void run_question(const struct question *q)
{
    struct strbuf got = STRBUF_INIT, text = STRBUF_INIT;
    struct explain_result r;
    struct config *c;
    struct estate *e;

    ask(q->tables, q->from, q->to, false, &r, &c, &e);
    strbuf_addstr(&got, explain_verdict_name(r.verdict));
    for (size_t i = 0; i < r.nhops; i++)
        strbuf_addf(&got, " %s=%s", r.hops[i].where, explain_verdict_name(r.hops[i].verdict));
    explain_print_text(&text, &r);
    if (strcmp(got.buf, q->want) != 0 || (q->says && !strstr(text.buf, q->says)) ||
        r.incomplete != q->incomplete)
        fail_msg("%s: %s (incomplete %d) instead of %s\n%s", q->name, got.buf, r.incomplete,
                 q->want, text.buf);
    strbuf_release(&got);
    strbuf_release(&text);
    answer_release(&r, c, e);
}

static void test_questions(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(questions); i++)
        run_question(&questions[i]);
}

static void test_gateways(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(gateways); i++)
        run_question(&gateways[i]);
    for (size_t i = 0; i < ARRAY_SIZE(tiers); i++)
        run_question(&tiers[i]);
}

static void test_golden(void **state)
{
    static const char text[] =
        "web-1 (172.16.10.12) -> db-1 (172.16.10.11), tcp port 22\n"
        "allow: Passes: every hop lets it through.\n"
        "\n"
        "1. source-filter " F1 " (dc1/esx/esx-1): allow\n"
        "  why:      rule 1006 at 1 of domain-c25 is the first that matches: accept\n"
        "  rule:     rule 1006 at 1 inout protocol tcp from addrset ip-vm-33 to addrset ip-vm-36 "
        "port 22 accept with log;\n"
        "  matched:  source 172.16.10.12 in addrset ip-vm-33 (member 172.16.10.12), destination "
        "172.16.10.11 in addrset ip-vm-36 (member 172.16.10.11), tcp port 22\n"
        "  policy:   App / ssh to db (/infra/sp/app/rules/ssh)\n"
        "  hits:     1,200\n"
        "\n"
        "2. destination-filter " F2 " (dc1/esx/esx-2): allow\n"
        "  why:      rule 1006 at 1 of domain-c25 is the first that matches: accept\n"
        "  rule:     inout tcp addrset ip-vm-33 addrset ip-vm-36 port 22 accept\n"
        "  matched:  source 172.16.10.12 in addrset ip-vm-33 (member 172.16.10.12), destination "
        "172.16.10.11 in addrset ip-vm-36 (member 172.16.10.11), tcp port 22\n"
        "  policy:   App / ssh to db (/infra/sp/app/rules/ssh)\n"
        "  flow:     tcp_state EST, rule_id 1006, source_port 44194, bytes_1 2.9 KiB, bytes_2 "
        "2.9 KiB, flow_class Active; 1 more\n";
    struct strbuf got = STRBUF_INIT;
    struct explain_result r;
    struct config *c;
    struct estate *e;

    (void)state;
    ask(DC1, "web-1", "db-1:22", false, &r, &c, &e);
    explain_print_text(&got, &r);
    assert_string_equal(got.buf, text);
    strbuf_release(&got);
    answer_release(&r, c, e);
}

static void test_json(void **state)
{
    static const char json[] =
        "{\"schema_version\":1,\"verdict\":\"reject\",\"hops\":[{\"where\":\"source-filter\","
        "\"endpoint\":\"dc1/esx/esx-1\",\"filter\":\"" F1 "\",\"verdict\":\"reject\","
        "\"rule_id\":1002,\"position\":2,\"rule\":\"rule 1002 at 2 inout protocol any from any to "
        "any reject with log;\",\"matched\":\"source any, destination any, any\",\"reason\":\"rule "
        "1002 at 2 of domain-c25 is the first that matches: reject\",\"policy_rule\":"
        "\"/infra/sp/app/rules/end\",\"hits\":7,\"flow\":null},{\"where\":\"destination-filter\","
        "\"endpoint\":\"dc1/esx/esx-2\",\"filter\":\"" F2 "\",\"verdict\":\"drop\","
        "\"rule_id\":1002,\"position\":2,\"rule\":\"inout any any any drop\",\"matched\":\"source "
        "any, destination any, any\",\"reason\":\"rule 1002 at 2 of domain-c25 is the first that "
        "matches: drop\",\"policy_rule\":\"/infra/sp/app/rules/end\",\"hits\":null,\"flow\":null}"
        "]}\n";
    struct strbuf got = STRBUF_INIT;
    struct explain_result r;
    struct config *c;
    struct estate *e;

    (void)state;
    ask(DC1, "web-1", "db-1:23", false, &r, &c, &e);
    explain_print_json(&got, &r);
    assert_string_equal(got.buf, json);
    strbuf_release(&got);
    answer_release(&r, c, e);
}

static void test_skipped(void **state)
{
    struct strbuf got = STRBUF_INIT;
    struct explain_result r;
    struct config *c;
    struct estate *e;

    (void)state;
    ask(DC1, "web-1", "db-1:23", true, &r, &c, &e);
    explain_print_text(&got, &r);
    assert_non_null(strstr(got.buf, "  passed:   rule 1006 at 1: port 23 is not 22\n"));
    strbuf_release(&got);
    answer_release(&r, c, e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_questions), cmocka_unit_test(test_gateways),
        cmocka_unit_test(test_golden),    cmocka_unit_test(test_json),
        cmocka_unit_test(test_skipped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
