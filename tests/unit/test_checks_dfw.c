/* The checks of the distributed firewall, as tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/mem.h"
#include "tests/support/check_case.h"

#define POLICIES "table policies dc1/nsx\npath layer policy applied_to\n/p/app dfw App DFW\n"
#define RULES                                                                     \
    "table rules dc1/nsx\npath layer policy policy_path rule_id rule applied_to " \
    "enabled evaluation\n"                                                        \
    "/r/1 dfw App /p/app 1006 \"ssh to db\" DFW yes 4-0001-0001\n"                \
    "/r/2 dfw App /p/app 1005 web DFW yes 4-0001-0002\n"                          \
    "/r/9 dfw App /p/app 1002 default DFW yes 4-9999-0001\n"                      \
    "/r/a cgw Edge /p/cgw 2001 out \"All Uplinks\" yes 1-0001\n"
#define HOST_RULES(n)                                                                  \
    "table host_rules dc1/esx/esx-" n "\nhost filter ruleset position rule_id source " \
    "destination\n"
#define LINE(n, card, position, id) \
    "esx-" n " nic-" card "-eth0-vmware-sfw.2 d " position " " id " any any\n"
#define GOOD(n, card) \
    LINE(n, card, "1", "1006") LINE(n, card, "2", "1005") LINE(n, card, "3", "1002")

/* Rule 1 is for the group web, rule 2 for all; web-1 has two cards. */
#define FOR_WEB                                                                              \
    POLICIES "table rules dc1/nsx\npath layer rule_id applied_to applied_to_paths enabled\n" \
             "/r/1 dfw 1 web /g/web yes\n/r/2 dfw 2 DFW - yes\n"
#define WEB(vms, n) \
    "table groups dc1/nsx\npath group vm_members vm_count\n/g/web web \"" vms "\" " n "\n"
#define CARDS                                                     \
    "table filters dc1/esx/esx-1\nhost filter vm vm_uuid agent\n" \
    "esx-1 nic-1-eth0-vmware-sfw.2 web-1 50aa vmware-sfw\n"       \
    "esx-1 nic-2-eth0-vmware-sfw.2 web-1 50aa vmware-sfw\n"       \
    "esx-1 nic-3-eth0-vmware-sfw.2 app-1 50cc vmware-sfw\n"

#define AGENTS "table firewall_hosts nara/nsxv\nhost_id host lags firewall_agent\n"

static const struct check_case rules[] = {
    {"as meant", "dfw-missing-on-host", POLICIES RULES HOST_RULES("1") GOOD("1", "1"), NULL, "",
     NULL},
    {"enforced nowhere", "dfw-missing-on-host",
     POLICIES RULES HOST_RULES("1") LINE("1", "1", "1", "1006") LINE("1", "1", "2", "1002"), NULL,
     "warning all hosts|1\n", "1 rules of the manager are enforced nowhere"},
    {"missing on one host", "dfw-missing-on-host",
     POLICIES RULES HOST_RULES("1") GOOD("1", "1") HOST_RULES("2") LINE("2", "2", "1", "1006")
         LINE("2", "2", "2", "1002"),
     NULL, "warning esx-2|1\n", "1 network cards on esx-2 lack rules"},
    {"two cards of one host are one finding", "dfw-missing-on-host",
     POLICIES RULES HOST_RULES("1") GOOD("1", "1") HOST_RULES("2") LINE("2", "2", "1", "1002")
         LINE("2", "3", "1", "1002"),
     NULL, "warning esx-2|2\n", NULL},
    {"a rule that is off", "dfw-missing-on-host",
     POLICIES "table rules dc1/nsx\npath layer rule_id applied_to enabled\n/r/1 dfw 1 DFW no\n"
              "/r/2 dfw 2 DFW yes\n" HOST_RULES("1") LINE("1", "1", "1", "2"),
     NULL, "", NULL},
    {"a rule for groups that nobody knows", "dfw-missing-on-host",
     FOR_WEB HOST_RULES("1") LINE("1", "1", "1", "2"), NULL, "unknown members of groups|0\n",
     "1 rules apply to groups whose machines are not known"},
    {"a rule for a group, on one card of each machine in it", "dfw-missing-on-host",
     FOR_WEB WEB("web-1", "1") CARDS HOST_RULES("1") LINE("1", "1", "1", "2")
         LINE("1", "2", "1", "1") LINE("1", "2", "2", "2") LINE("1", "3", "1", "2"),
     NULL, "", NULL},
    {"a rule for a group, on no card of a machine in it", "dfw-missing-on-host",
     FOR_WEB WEB("web-1", "1") CARDS HOST_RULES("1") LINE("1", "1", "1", "2")
         LINE("1", "2", "1", "2") LINE("1", "3", "1", "1") LINE("1", "3", "2", "2"),
     NULL, "warning groups|1\n", "1 times a rule that applies to a group"},
    {"a group whose path is an id, as of NSX-V", "dfw-missing-on-host",
     POLICIES "table rules dc1/nsx\npath layer rule_id applied_to applied_to_paths enabled\n"
              "/r/1 dfw 1 web securitygroup-10 yes\n/r/2 dfw 2 DFW - yes\n"
              "table groups dc1/nsx\npath group vm_members vm_count\n"
              "securitygroup-10 web web-1 1\n" CARDS HOST_RULES("1") LINE("1", "1", "1", "2")
                  LINE("1", "2", "1", "2"),
     NULL, "warning groups|1\n", "1 times a rule that applies to a group"},
    {"machines on hosts that were not read", "dfw-missing-on-host",
     FOR_WEB WEB("web-1,elsewhere", "2") CARDS HOST_RULES("1") LINE("1", "1", "1", "1")
         LINE("1", "1", "2", "2"),
     NULL, "", NULL},
    {"a group of more machines than are kept", "dfw-missing-on-host",
     FOR_WEB WEB("web-1", "5001") CARDS HOST_RULES("1") LINE("1", "1", "1", "2"), NULL,
     "unknown members of groups|0\n", NULL},
    {"two machines of one name", "dfw-missing-on-host",
     FOR_WEB WEB("app-1", "1") CARDS
     "esx-1 nic-4-eth0-vmware-sfw.2 app-1 50dd vmware-sfw\n" HOST_RULES("1")
         LINE("1", "3", "1", "2") LINE("1", "4", "1", "2"),
     NULL, "", NULL},
    {"a policy for groups", "dfw-missing-on-host",
     "table policies dc1/nsx\npath layer applied_to\n/p/web dfw web\n"
     "table rules dc1/nsx\npath layer rule_id applied_to enabled policy_path\n"
     "/r/1 dfw 1 DFW yes /p/web\n/r/2 dfw 2 DFW yes /p/app\n" HOST_RULES("1")
         LINE("1", "1", "1", "2"),
     NULL, "unknown members of groups|0\n", NULL},
    {"a policy for groups overrides where its rule applies", "dfw-missing-on-host",
     "table policies dc1/nsx\npath layer applied_to\n/p/web dfw web\n"
     "table rules dc1/nsx\npath layer rule_id applied_to applied_to_paths enabled policy_path\n"
     "/r/1 dfw 1 app /g/app yes /p/web\n/r/2 dfw 2 DFW - yes /p/app\n"
     "table groups dc1/nsx\npath group vm_members vm_count\n/g/web web web-1 1\n"
     "/g/app app app-1 1\n" CARDS HOST_RULES("1") LINE("1", "1", "1", "2") LINE("1", "2", "1", "1")
         LINE("1", "2", "2", "2") LINE("1", "3", "1", "2"),
     NULL, "", NULL},
    {"nobody looked at rules of hosts", "dfw-missing-on-host", POLICIES RULES, NULL, "", NULL},
    {"nobody looked at this host", "dfw-missing-on-host",
     POLICIES RULES HOST_RULES("1") GOOD("1", "1") "table host_rules dc1/esx/esx-2 never\nhost\n",
     NULL, "", NULL},
    {"a few filters of this host were looked at", "dfw-missing-on-host",
     POLICIES RULES HOST_RULES("1")
         GOOD("1", "1") "table host_rules dc1/esx/esx-2 partial 1s\n"
                        "host filter ruleset position rule_id source destination\n" LINE(
                            "2", "2", "1", "1002"),
     NULL, "", NULL},
    {"one host could not be read", "dfw-missing-on-host",
     POLICIES RULES HOST_RULES("1")
         GOOD("1", "1") "table host_rules dc1/esx/esx-2 failed 1m \"timed out\"\nhost\n",
     NULL, "unknown esx|0|<- dc1/endpoint-health/esx\n", NULL},
    {"rules of the manager were not read", "dfw-missing-on-host",
     "table policies dc1/nsx failed 1m \"timed out\"\npath\n"
     "table rules dc1/nsx failed 1m \"timed out\"\npath\n" HOST_RULES("1") GOOD("1", "1"),
     NULL, "unknown nsx|0|<- dc1/endpoint-health/nsx\n", NULL},

    {"nothing more than meant", "dfw-extra-on-host", POLICIES RULES HOST_RULES("1") GOOD("1", "1"),
     NULL, "", NULL},
    {"a rule that the manager does not have", "dfw-extra-on-host",
     POLICIES RULES HOST_RULES("1") GOOD("1", "1") LINE("1", "1", "4", "4711"), NULL,
     "warning esx-1|1\n", "1 network cards on esx-1 enforce rules"},
    {"a rule that is off, enforced", "dfw-extra-on-host",
     POLICIES "table rules dc1/nsx\npath layer rule_id enabled\n/r/1 dfw 1 no\n" HOST_RULES("1")
         LINE("1", "1", "1", "1"),
     NULL, "warning esx-1|1\n", NULL},
    {"lines of an application gateway", "dfw-extra-on-host",
     POLICIES RULES "table host_rules dc1/esx/esx-1\nhost filter ruleset position rule_id "
                    "internal\nesx-1 nic-1 d 1 4711 yes\n",
     NULL, "", NULL},
    {"the rules of two managers cannot be told apart", "dfw-extra-on-host",
     POLICIES RULES "table rules dc1/nsx2\npath layer rule_id\n/r/1 dfw 7\n" HOST_RULES("1")
         LINE("1", "1", "1", "4711"),
     NULL, "", NULL},

    {"the default rule of layer 2 is not listed by every manager", "dfw-extra-on-host",
     POLICIES RULES "table host_rules dc1/esx/esx-1\n"
                    "host filter ruleset position rule_id protocol\n"
                    "esx-1 nic-1-eth0-vmware-sfw.2 mainrs 1 1006 tcp\n"
                    "esx-1 nic-1-eth0-vmware-sfw.2 mainrs_L2 1 1 ethertype_any_stateless\n",
     NULL, "", NULL},
    {"in order", "dfw-order", POLICIES RULES HOST_RULES("1") GOOD("1", "1"), NULL, "", NULL},
    {"not in order", "dfw-order",
     POLICIES RULES HOST_RULES("1") LINE("1", "1", "1", "1005") LINE("1", "1", "2", "1006")
         LINE("1", "1", "3", "1002"),
     NULL, "warning esx-1|1\n", "another order"},
    {"ten lines, by number and not by text", "dfw-order",
     POLICIES RULES HOST_RULES("1") LINE("1", "1", "2", "1006") LINE("1", "1", "10", "1005")
         LINE("1", "1", "11", "1002"),
     NULL, "", NULL},
    {"one rule is many lines", "dfw-order",
     POLICIES RULES HOST_RULES("1") LINE("1", "1", "1", "1006") LINE("1", "1", "2", "1006")
         LINE("1", "1", "3", "1002"),
     NULL, "", NULL},
    {"another ruleset begins anew", "dfw-order",
     POLICIES RULES HOST_RULES("1")
         LINE("1", "1", "1", "1002") "esx-1 nic-1-eth0-vmware-sfw.2 d_L2 1 1006 any any\n",
     NULL, "", NULL},

    {"one generation", "dfw-generation-lag",
     "table host_rules dc1/esx/esx-1\nhost filter ruleset position generation\n"
     "esx-1 a d 1 1594621799418\nesx-1 b d 1 1594621799418\n",
     NULL, "", NULL},
    {"an older generation on one host", "dfw-generation-lag",
     "table host_rules dc1/esx/esx-1\nhost filter ruleset position generation\n"
     "esx-1 a d 1 1594621799418\n"
     "table host_rules dc1/esx/esx-2\nhost filter ruleset position generation\n"
     "esx-2 b d 1 1594621700000\nesx-2 c d 1 1594621700000\n",
     NULL, "warning esx-2|2\n", "older publish"},
    {"other clusters have generations of their own", "dfw-generation-lag",
     "table host_rules dc1/esx/esx-1\nhost filter ruleset position generation\n"
     "esx-1 a d 1 1594621799418\nesx-1 b e 1 1594621700000\n",
     NULL, "", NULL},
    {"NSX-T says 0", "dfw-generation-lag",
     "table host_rules dc1/esx/esx-1\nhost filter ruleset position generation\n"
     "esx-1 a mainrs 1 0\nesx-1 b mainrs 1 0\n",
     NULL, "", NULL},
    {"the manager is newer", "dfw-generation-lag",
     "table policies dc1/nsx\npath layer generation\n/p dfw 1594621799418\n"
     "table host_rules dc1/esx/esx-1\nhost filter ruleset position generation\n"
     "esx-1 a d 1 1594621700000\n",
     NULL, "warning esx-1|1\n", NULL},
    {"the manager says that a host is behind", "dfw-publish-lag",
     "table firewall_hosts nara/nsxv\nhost_id host state generation generation_wanted lags\n"
     "host-22 esx-01a published 1795165200000 1795165200000 no\n"
     "host-23 esx-02a inprogress 1795078800000 1795165200000 yes\n"
     "host-24 esx-03a - - - -\n",
     NULL, "warning esx-02a|1\n", "GENERATION_LAG"},
    {"the manager does not reach an agent", "dfw-publish-lag",
     AGENTS "host-22 esx-01a no UP\nhost-23 esx-02a no DOWN\nhost-24 esx-03a - NOT_AVAILABLE\n",
     NULL, "warning esx-02a|1\n", "does not reach the firewall agent of esx-02a"},
    {"an agent that is not reached and a host that is behind are one finding", "dfw-publish-lag",
     AGENTS "host-23 esx-02a yes DOWN\n", NULL, "warning esx-02a|1\n",
     "older publish, says the manager (GENERATION_LAG): it does not reach its agent"},
    {"a host that said itself what it is connected to", "dfw-publish-lag",
     AGENTS "host-22 ESX-01a no DOWN\nhost-23 esx-02a no DOWN\n"
            "table connections nara/esx/esx-01a\nhost local foreign state purpose\n"
            "esx-01a 10.0.0.1:4 10.0.0.2:5671 SYN_SENT rule\n",
     NULL, "warning esx-02a|1\n", NULL},
};

#define SETS(n) "table addrsets dc1/esx/esx-" n "\nhost filter set member_count members\n"
#define USE(set)                                                                                \
    "table host_rules dc1/esx/esx-1\nhost filter ruleset position rule_id source destination\n" \
    "esx-1 f d 1 1006 \"" set "\" any\n"
#define VM "table vms dc1/vc\nvm_id vm power_state ips\nvm-33 web-1 poweredOn 10.0.0.1,fe80::1\n"

static const struct check_case sets[] = {
    {"sets with members", "dfw-addrset-empty", SETS("1") "esx-1 f web 1 10.0.0.1\n",
     USE("addrset web"), "", NULL},
    {"an empty set that a rule names", "dfw-addrset-empty", SETS("1") "esx-1 f web 0 []\n",
     USE("addrset web"), "warning address sets|1\n", "1 address sets that rules name are empty"},
    {"an empty set that no rule names", "dfw-addrset-empty", SETS("1") "esx-1 f web 0 []\n",
     USE("addrset other"), "", NULL},
    {"everything but an empty set", "dfw-addrset-empty", SETS("1") "esx-1 f web 0 []\n",
     USE("not addrset web"), "", NULL},
    {"with a source port", "dfw-addrset-empty", SETS("1") "esx-1 f web 0 []\n",
     USE("addrset web port 1024-65535"), "warning address sets|1\n", NULL},
    {"empty on another card", "dfw-addrset-empty", SETS("1") "esx-1 g web 0 []\n",
     USE("addrset web"), "", NULL},
    {"sets were not read", "dfw-addrset-empty", USE("addrset web"), NULL, "", NULL},

    {"the machine's address is in its set", "dfw-addrset-stale",
     VM SETS("1") "esx-1 f ip-vm-33 1 10.0.0.1\n", NULL, "", NULL},
    {"the machine's address is not in its set", "dfw-addrset-stale",
     VM SETS("1") "esx-1 f ip-vm-33 1 10.0.0.9\n", NULL, "warning machines|1\n",
     "addresses that their address sets do not hold"},
    {"a machine that is off", "dfw-addrset-stale",
     "table vms dc1/vc\nvm_id vm power_state ips\nvm-33 web-1 poweredOff 10.0.0.1\n" SETS(
         "1") "esx-1 f ip-vm-33 0 []\n",
     NULL, "", NULL},
    {"two vCenters use the same ids", "dfw-addrset-stale",
     VM "table vms dc1/vc2\nvm_id vm power_state ips\nvm-33 db-1 poweredOn 10.0.0.2\n" SETS(
         "1") "esx-1 f ip-vm-33 1 10.0.0.9\n",
     NULL, "", NULL},
    {"one set, the same on two hosts in another order", "dfw-addrset-stale",
     SETS("1") "esx-1 f web 2 10.0.0.1,10.0.0.2\n" SETS("2") "esx-2 g web 2 10.0.0.2,10.0.0.1\n",
     NULL, "", NULL},
    {"one set, other members", "dfw-addrset-stale",
     SETS("1") "esx-1 f web 2 10.0.0.1,10.0.0.2\n" SETS("2") "esx-2 g web 2 10.0.0.2,10.0.0.3\n",
     NULL, "warning address sets|1\n", "differ between network cards"},
};

#define FILTERS(n) \
    "table filters dc1/esx/esx-" n "\nhost filter vm vm_uuid vnic agent state fail_policy\n"
#define SFW(n, vm, card)                                               \
    "esx-" n " nic-" vm "-" card "-vmware-sfw.2 " vm " u-" vm " " card \
    " vmware-sfw \"IOChain Attached\" failClosed\n"
#define SWSEC(n, vm, card)                                        \
    "esx-" n " nic-" vm "-" card "-swsec.1 " vm " u-" vm " " card \
    " dvfilter-generic-vmware-swsec \"IOChain Attached\" failClosed\n"
#define RUNNING(vm, host) "vm-" vm " " vm " U-" vm " poweredOn " host " 00:50:56:00:00:01\n"
#define VMS               "table vms dc1/vc\nvm_id vm instance_uuid power_state host macs\n"
#define LINKS(n)          "table connections dc1/esx/esx-" n "\nhost local foreign state purpose\n"

static const struct check_case filters[] = {
    {"every card has one", "dfw-no-filter",
     FILTERS("1") SFW("1", "web", "eth0") SWSEC("1", "web", "eth0"), VMS RUNNING("web", "esx-1"),
     "", NULL},
    {"a card without", "dfw-no-filter",
     FILTERS("1") SFW("1", "web", "eth0") SWSEC("1", "web", "eth1"), NULL, "warning machines|1\n",
     "nothing is filtered there"},
    {"a running machine without any filter", "dfw-no-filter", FILTERS("1") SFW("1", "web", "eth0"),
     VMS RUNNING("web", "esx-1") RUNNING("db", "ESX-1"), "warning machines|1\n", NULL},
    {"a machine on a host that is not read", "dfw-no-filter", FILTERS("1") SFW("1", "web", "eth0"),
     VMS RUNNING("db", "esx-9"), "", NULL},
    {"a machine that is off", "dfw-no-filter", FILTERS("1") SFW("1", "web", "eth0"),
     VMS "vm-2 db u-db poweredOff esx-1 00:50:56:00:00:01\n", "", NULL},
    {"a machine without network cards", "dfw-no-filter", FILTERS("1") SFW("1", "web", "eth0"),
     VMS "vm-2 db u-db poweredOn esx-1 []\n", "", NULL},
    {"a host that is not prepared: one line", "dfw-no-filter",
     FILTERS("1") SFW("1", "web", "eth0") FILTERS("2") SWSEC("2", "db", "eth0")
         SWSEC("2", "app", "eth0"),
     VMS RUNNING("db", "esx-2"), "warning esx-2|1\n", "it is not prepared"},
    {"a host that vCenter calls otherwise", "dfw-no-filter", FILTERS("1") SFW("1", "web", "eth0"),
     VMS RUNNING("web", "esx-1.example") RUNNING("db", "esx-1.example"), "warning machines|1\n",
     NULL},
    {"a name of a host that machines do not agree about", "dfw-no-filter",
     FILTERS("1") SFW("1", "web", "eth0") FILTERS("2") SFW("2", "app", "eth0"),
     VMS RUNNING("app", "esx-1.example") RUNNING("web", "esx-1.example")
         RUNNING("db", "esx-1.example"),
     "", NULL},
    {"edges of NSX have none", "dfw-no-filter",
     FILTERS("1") SFW("1", "web", "eth0") SWSEC("1", "edge", "eth0"),
     VMS RUNNING("edge", "esx-1") "table nsx_vms dc1/nsx\nexternal_id vm type instance_uuid\n"
                                  "x-1 edge EDGE U-EDGE\n",
     "", NULL},
    {"ports of the host itself", "dfw-no-filter",
     FILTERS("1")
         SFW("1", "web", "eth0") "esx-1 nic-0-vmk0-ESXi-Firewall.0 - - - ESXi-Firewall - -\n",
     NULL, "", NULL},
    {"a site without a distributed firewall", "dfw-no-filter",
     FILTERS("1") SWSEC("1", "web", "eth0"), VMS RUNNING("web", "esx-1"), "", NULL},
    {"filters were not read", "dfw-no-filter",
     "table filters dc1/esx/esx-1 failed 1m \"timed out\"\nhost\n", NULL,
     "unknown esx|0|<- dc1/endpoint-health/esx\n", NULL},

    {"closed and attached", "dfw-fail-open", FILTERS("1") SFW("1", "web", "eth0"), NULL, "", NULL},
    {"open", "dfw-fail-open",
     FILTERS("1") "esx-1 nic-1-eth0-vmware-sfw.2 web u eth0 vmware-sfw - failOpen\n", NULL,
     "warning filters|1\n", "do not hold when it fails"},
    {"detached", "dfw-fail-open",
     FILTERS("1") "esx-1 nic-1-eth0-vmware-sfw.2 web u eth0 vmware-sfw \"IOChain Detached\" -\n",
     NULL, "warning filters|1\n", NULL},
    {"other agents may be open", "dfw-fail-open",
     FILTERS("1") "esx-1 nic-0 - - - ESXi-Firewall - failOpen\n", NULL, "", NULL},

    {"connected", "dfw-control-connection", FILTERS("1") SFW("1", "web", "eth0"),
     LINKS("1") "esx-1 a 192.0.2.1:5671 ESTABLISHED nsx_v_control\n", "", NULL},
    {"vsfwd is not connected", "dfw-control-connection", FILTERS("1") SFW("1", "web", "eth0"),
     LINKS("1") "esx-1 a 192.0.2.1:5671 SYN_SENT nsx_v_control\nesx-1 b 192.0.2.2:443 ESTABLISHED "
                "-\n",
     "warning hosts|1\n", "1 hosts have no control connection"},
    {"nothing of NSX at all", "dfw-control-connection",
     FILTERS("1") SFW("1", "web", "eth0") FILTERS("2") SFW("2", "db", "eth0"),
     LINKS("1") "esx-1 b 192.0.2.2:443 ESTABLISHED -\n" LINKS(
         "2") "esx-2 b 192.0.2.2:443 ESTABLISHED -\n",
     "warning hosts|2\n", NULL},
    {"a host that does not filter", "dfw-control-connection",
     FILTERS("1") SWSEC("1", "web", "eth0"), LINKS("1") "esx-1 b 192.0.2.2:443 ESTABLISHED -\n", "",
     NULL},
    {"connections were not read", "dfw-control-connection", FILTERS("1") SFW("1", "web", "eth0"),
     "table connections dc1/esx/esx-1 failed 1m \"timed out\"\nhost\n",
     "unknown esx|0|<- dc1/endpoint-health/esx\n", NULL},
};

static void run_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
        check_case_run(&rules[i]);
}

static void run_sets(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(sets); i++)
        check_case_run(&sets[i]);
}

static void run_filters(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(filters); i++)
        check_case_run(&filters[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run_rules),
        cmocka_unit_test(run_sets),
        cmocka_unit_test(run_filters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
