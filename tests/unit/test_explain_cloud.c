/* Between a machine of the SDDC and an instance of the linked VPC: security groups and network ACLs
 * of both ends, as a table; what decides is quoted. */
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
    "      - {name: vc, kind: vcenter, url: \"https://vc.example/\", user: a, password: {env: P}}\n"
    "      - {name: linked, kind: aws, region: ap-northeast-1}\n";

/* app is behind the active ENI eni-a (sg-sddc, subnet-1); eni-x (sg-x) is an instance's in
 * subnet-2, eni-s one's in the subnet of the SDDC, eni-6 has an IPv6 address. */
#define BASE                                                                                    \
    "table sddcs tokyo/vmc\nsddc management_cidr\ns-1 10.2.0.0/16\n"                            \
    "table filters tokyo/vmc unsupported\nhost\n"                                               \
    "table vms tokyo/vc\nvm_id vm power_state ips\nvm-1 app poweredOn "                         \
    "192.168.1.10,2001:db8:1::10\n"                                                             \
    "table segments tokyo/vmc\npath segment cidr tier1\n/s/web web 192.168.1.0/24 cgw\n"        \
    "/s/six six 2001:db8:1::/64 cgw\n"                                                          \
    "table vpcs tokyo/linked\nvpc cidr\nvpc-1 10.0.0.0/16\n"                                    \
    "table subnets tokyo/linked\nsubnet vpc cidr route_table\n"                                 \
    "subnet-1 vpc-1 10.0.1.0/24 rtb-2\nsubnet-2 vpc-1 10.0.2.0/24 rtb-2\n"                      \
    "table routes tokyo/linked\nvpc route_table main destination target state\n"                \
    "vpc-1 rtb-2 no 192.168.1.0/24 eni-a active\nvpc-1 rtb-2 no 2001:db8:1::/64 eni-a active\n" \
    "table prefix_lists tokyo/linked\nprefix_list name owner entries\n"                         \
    "pl-sddc sddc 1111 192.168.0.0/16\npl-aws s3 AWS -\n"
#define ENIS(groups_a, groups_x)                                             \
    "table enis tokyo/linked\neni vpc subnet private_ip secondary_ips role " \
    "source_dest_check host security_groups\n"                               \
    "eni-a vpc-1 subnet-1 10.0.1.5 - active no esx-1 " groups_a "\n"         \
    "eni-x vpc-1 subnet-2 10.0.2.9 - foreign yes - " groups_x "\n"           \
    "eni-s vpc-1 subnet-1 10.0.1.77 - foreign yes - " groups_x "\n"          \
    "eni-6 vpc-1 subnet-2 10.0.2.6 2001:db8:2::6 foreign yes - " groups_x "\n"
#define GROUPS(lines)                                                                       \
    "table security_groups tokyo/linked\ngroup position name direction protocol from_port " \
    "to_port peer_kind peer description\nsg-sddc 0 default - - - - - - -\n"                 \
    "sg-x 0 web - - - - - - -\n" lines
#define OUT_ALL(group) group " 9 - out any - - cidr 0.0.0.0/0 -\n"
#define SELF           "sg-sddc 1 default in any - - group sg-sddc -\n"
#define ACLS(lines)                                                                    \
    "table network_acls tokyo/linked\nacl direction rule_number action protocol cidr " \
    "from_port to_port icmp_type icmp_code subnets\n" lines
#define DENY(acl, subnet)                                       \
    acl " in 32767 deny any 0.0.0.0/0 - - - - " subnet "\n" acl \
        " out 32767 deny any 0.0.0.0/0 - - - - " subnet "\n"
#define OPEN(acl, subnet)                                      \
    acl " in 100 allow any 0.0.0.0/0 - - - - " subnet "\n" acl \
        " out 100 allow any 0.0.0.0/0 - - - - " subnet "\n" DENY(acl, subnet)
#define OPEN_ALL ACLS(OPEN("acl-1", "subnet-1") OPEN("acl-2", "subnet-2"))
/* An incoming line of sg-x, everything else open. */
#define TO_X(line) \
    BASE ENIS("sg-sddc", "sg-x") GROUPS(OUT_ALL("sg-sddc") "sg-x 1 web in " line "\n") OPEN_ALL
/* Entries of the ACL of subnet-2, everything else open. */
#define ACL_2(lines)                                                          \
    BASE ENIS("sg-sddc", "sg-x")                                              \
        GROUPS(OUT_ALL("sg-sddc") "sg-x 1 web in any - - cidr 0.0.0.0/0 -\n") \
            ACLS(OPEN("acl-1", "subnet-1") lines DENY("acl-2", "subnet-2"))

/* From app to an instance: eni, group and ACL at the SDDC, route, ACL and group of the instance. */
#define WAY(verdict, sg1, acl1, acl2, sg2)                                         \
    verdict " source-filter=unknown gateway=unknown eni=allow security-group=" sg1 \
            " network-acl=" acl1 " route-table=allow network-acl=" acl2 " security-group=" sg2
#define BACK(verdict, sg2, acl2, acl1, sg1)                                                    \
    verdict " security-group=" sg2 " network-acl=" acl2 " route-table=allow network-acl=" acl1 \
            " security-group=" sg1 " eni=allow gateway=unknown destination-filter=unknown"

static const struct question {
    const char *name, *tables, *from, *to, *want, *says;
    bool incomplete;
} questions[] = {
    {"a group lets it pass", TO_X("tcp 443 443 cidr 192.168.1.0/24 \"web from the SDDC\""), "app",
     "10.0.2.9:443", WAY("unknown", "allow", "allow", "allow", "allow"),
     "line 1 of sg-x lets it pass (in tcp 443 from 192.168.1.0/24 (web from the SDDC)), and "
     "replies",
     false},
    {"no line does", TO_X("tcp 443 443 cidr 192.168.1.0/24 -"), "app", "10.0.2.9:22",
     WAY("drop", "allow", "allow", "allow", "drop"),
     "none of the 1 incoming lines of its security groups lets it pass", false},
    {"another block", TO_X("tcp 443 443 cidr 10.0.0.0/8 -"), "app", "10.0.2.9:443",
     WAY("drop", "allow", "allow", "allow", "drop"), NULL, false},
    {"a range of ports", TO_X("tcp 400 500 cidr 192.168.1.10/32 -"), "app", "10.0.2.9:443",
     WAY("unknown", "allow", "allow", "allow", "allow"), "in tcp 400-500 from 192.168.1.10/32",
     false},
    {"the port is not said", TO_X("tcp 443 443 cidr 0.0.0.0/0 -"), "app", "10.0.2.9/tcp",
     WAY("unknown", "allow", "allow", "allow", "depends"), "lets some of it pass", false},
    {"no port is said, and all of them pass", TO_X("tcp 0 65535 cidr 0.0.0.0/0 -"), "app",
     "10.0.2.9/tcp", WAY("unknown", "allow", "allow", "allow", "allow"), NULL, false},
    {"a ping", TO_X("icmp 8 -1 cidr 0.0.0.0/0 -"), "app", "10.0.2.9/ping",
     WAY("unknown", "allow", "allow", "allow", "allow"), NULL, false},
    {"another type of ICMP", TO_X("icmp 3 4 cidr 0.0.0.0/0 -"), "app", "10.0.2.9/ping",
     WAY("drop", "allow", "allow", "allow", "drop"), NULL, false},
    {"a protocol that is not understood", TO_X("wat 8 8 cidr 0.0.0.0/0 -"), "app", "10.0.2.9:443",
     WAY("drop", "allow", "allow", "allow", "drop"), NULL, false},

    {"a group that is referenced: that of the SDDC's interface",
     TO_X("tcp 443 443 group sg-sddc -"), "app", "10.0.2.9:443",
     WAY("unknown", "allow", "allow", "allow", "allow"),
     "the SDDC counts as one instance with the groups of its interface", false},
    {"a group that is referenced: nobody's here", TO_X("tcp 443 443 group sg-other -"), "app",
     "10.0.2.9:443", WAY("drop", "allow", "allow", "allow", "drop"), NULL, false},
    {"a prefix list", TO_X("tcp 443 443 prefix_list pl-sddc -"), "app", "10.0.2.9:443",
     WAY("unknown", "allow", "allow", "allow", "allow"), "in tcp 443 from pl-sddc", false},
    {"a prefix list without entries", TO_X("tcp 443 443 prefix_list pl-aws -"), "app",
     "10.0.2.9:443", WAY("unknown", "allow", "allow", "allow", "unknown"),
     "whether line 1 of sg-x is about this flow is not known (in tcp 443 from pl-aws)", false},
    {"a prefix list that was not read", TO_X("tcp 443 443 prefix_list pl-9 -"), "app",
     "10.0.2.9:443", WAY("unknown", "allow", "allow", "allow", "unknown"), NULL, false},
    {"a group of the interface that was not read",
     BASE ENIS("sg-sddc", "sg-x,sg-gone") GROUPS(OUT_ALL("sg-sddc")) OPEN_ALL, "app",
     "10.0.2.9:443", WAY("unknown", "allow", "allow", "allow", "unknown"),
     "security group sg-gone was not read", false},
    {"another group lets it pass",
     BASE ENIS("sg-sddc", "sg-x,sg-gone")
         GROUPS(OUT_ALL("sg-sddc") "sg-x 1 web in tcp 443 443 cidr 0.0.0.0/0 -\n") OPEN_ALL,
     "app", "10.0.2.9:443", WAY("unknown", "allow", "allow", "allow", "allow"), NULL, false},
    {"IPv6",
     BASE ENIS("sg-sddc", "sg-x") GROUPS("sg-sddc 9 - out any - - cidr ::/0 -\n"
                                         "sg-x 1 web in tcp 443 443 cidr 2001:db8:1::/64 -\n")
         ACLS("acl-1 out 101 allow any ::/0 - - - - subnet-1\n"
              "acl-1 in 101 allow any ::/0 - - - - subnet-1\n"
              "acl-2 in 101 allow any ::/0 - - - - subnet-2\n"
              "acl-2 out 101 allow any ::/0 - - - - subnet-2\n"),
     "2001:db8:1::10", "[2001:db8:2::6]:443", WAY("unknown", "allow", "allow", "allow", "allow"),
     "in tcp 443 from 2001:db8:1::/64", false},

    {"what the SDDC's group lets out",
     BASE ENIS("sg-sddc", "sg-x") GROUPS("sg-sddc 2 - out tcp 80 80 cidr 0.0.0.0/0 -\n"
                                         "sg-x 1 web in any - - cidr 0.0.0.0/0 -\n") OPEN_ALL,
     "app", "10.0.2.9:443", WAY("drop", "drop", "allow", "allow", "allow"),
     "none of the 1 outgoing lines", false},

    {"from an instance, the default group knows itself alone",
     BASE ENIS("sg-sddc", "sg-x") GROUPS(SELF OUT_ALL("sg-x")) OPEN_ALL, "10.0.2.9", "app:443",
     BACK("drop", "allow", "allow", "allow", "drop"), "none of the 1 incoming lines", false},
    {"from an instance of the same group",
     BASE ENIS("sg-sddc", "sg-sddc") GROUPS(SELF OUT_ALL("sg-sddc")) OPEN_ALL, "10.0.2.9",
     "app:443", BACK("unknown", "allow", "allow", "allow", "allow"),
     "line 1 of sg-sddc lets it pass (in any from sg-sddc), and replies", false},

    {"an ACL denies before it allows",
     ACL_2("acl-2 in 90 deny 6 192.168.1.0/24 443 443 - - subnet-2\n"
           "acl-2 in 100 allow any 0.0.0.0/0 - - - - subnet-2\n"
           "acl-2 out 100 allow any 0.0.0.0/0 - - - - subnet-2\n"),
     "app", "10.0.2.9:443", WAY("drop", "allow", "allow", "drop", "allow"),
     "entry 90 is the first that matches: deny", false},
    {"an ACL allows before it denies",
     ACL_2("acl-2 in 80 allow 6 192.168.1.0/24 443 443 - - subnet-2\n"
           "acl-2 in 90 deny any 192.168.1.0/24 - - - - subnet-2\n"
           "acl-2 out 100 allow any 0.0.0.0/0 - - - - subnet-2\n"),
     "app", "10.0.2.9:443", WAY("unknown", "allow", "allow", "allow", "allow"),
     "80 in allow tcp port 443 from 192.168.1.0/24", false},
    {"entries decide by number, whatever their order",
     ACL_2("acl-2 in 100 allow any 0.0.0.0/0 - - - - subnet-2\n"
           "acl-2 in 20 deny any 192.168.1.10/32 - - - - subnet-2\n"
           "acl-2 out 100 allow any 0.0.0.0/0 - - - - subnet-2\n"),
     "app", "10.0.2.9:443", WAY("drop", "allow", "allow", "drop", "allow"), "entry 20", false},
    {"replies do not come back",
     ACL_2("acl-2 in 100 allow any 0.0.0.0/0 - - - - subnet-2\n"
           "acl-2 out 100 allow 6 0.0.0.0/0 443 443 - - subnet-2\n"),
     "app", "10.0.2.9:443", WAY("drop", "allow", "allow", "drop", "allow"),
     "for replies entry 32767 is the first that matches: deny", false},
    {"replies to some of the ports that a source may have chosen",
     ACL_2("acl-2 in 100 allow any 0.0.0.0/0 - - - - subnet-2\n"
           "acl-2 out 100 allow 6 0.0.0.0/0 32768 60999 - - subnet-2\n"),
     "app", "10.0.2.9:443", WAY("unknown", "allow", "allow", "depends", "allow"),
     "a matter of protocol and port", false},
    {"the source port is said",
     ACL_2("acl-2 in 100 allow any 0.0.0.0/0 - - - - subnet-2\n"
           "acl-2 out 100 allow 6 0.0.0.0/0 32768 60999 - - subnet-2\n"),
     "app:40000", "10.0.2.9:443", WAY("unknown", "allow", "allow", "allow", "allow"), NULL, false},
    {"UDP may do without replies", ACL_2("acl-2 in 100 allow any 0.0.0.0/0 - - - - subnet-2\n"),
     "app", "10.0.2.9:53/udp", WAY("unknown", "allow", "allow", "depends", "allow"),
     "for replies entry 32767", false},
    {"no ACL of the subnet",
     BASE ENIS("sg-sddc", "sg-x")
         GROUPS(OUT_ALL("sg-sddc") "sg-x 1 web in any - - cidr 0.0.0.0/0 -\n")
             ACLS(OPEN("acl-1", "subnet-1")),
     "app", "10.0.2.9:443", WAY("unknown", "allow", "allow", "unknown", "allow"),
     "no network ACL of subnet subnet-2 was read", false},
    {"within one subnet no ACL is passed", TO_X("any - - cidr 0.0.0.0/0 -"), "app", "10.0.1.77:443",
     "unknown source-filter=unknown gateway=unknown eni=allow security-group=allow "
     "route-table=allow "
     "security-group=allow",
     "both interfaces are in subnet subnet-1", false},

    {"an instance that is known by its address alone",
     BASE ENIS("sg-sddc", "sg-sddc")
         GROUPS(OUT_ALL("sg-sddc") "sg-x 1 web in tcp 443 443 cidr 192.168.0.0/16 -\n") OPEN_ALL
     "table interfaces tokyo/linked\neni vpc subnet private_ip ips security_groups\n"
     "eni-i vpc-1 subnet-2 10.0.2.50 10.0.2.50,10.0.2.51 sg-x\n",
     "app", "10.0.2.51:443", WAY("unknown", "allow", "allow", "allow", "allow"),
     "security-group sg-x (tokyo/linked): allow", false},
    {"an address that no known interface has", TO_X("tcp 443 443 cidr 192.168.1.0/24 -"), "app",
     "10.0.2.200:443", WAY("unknown", "allow", "allow", "allow", "unknown"),
     "no interface that was read has the address 10.0.2.200 of subnet subnet-2: which security "
     "groups it has is not known",
     false},
    {"and a network ACL that drops it",
     ACL_2("acl-2 in 100 deny tcp 192.168.1.0/24 443 443 - - subnet-2\n"), "app", "10.0.2.200:443",
     WAY("drop", "allow", "allow", "drop", "unknown"), NULL, false},
    {"an address of the VPC in none of its subnets", TO_X("tcp 443 443 cidr 192.168.1.0/24 -"),
     "app", "10.0.77.1:443", "unknown source-filter=unknown gateway=unknown", NULL, false},
    {"from an address that no known interface has", TO_X("any - - cidr 0.0.0.0/0 -"), "10.0.2.200",
     "app:443", BACK("drop", "unknown", "allow", "allow", "drop"), NULL, false},
    {"an entry that is not understood",
     ACL_2("acl-2 - 10 deny any 192.168.1.10/32 - - - - subnet-2\n"
           "acl-2 in 100 allow any 0.0.0.0/0 - - - - subnet-2\n"
           "acl-2 out 100 allow any 0.0.0.0/0 - - - - subnet-2\n"),
     "app", "10.0.2.9:443", WAY("unknown", "allow", "allow", "unknown", "allow"),
     "may match, it is not known", false},
    {"the role may not read them",
     BASE ENIS("sg-sddc", "sg-x") "table security_groups tokyo/linked unsupported 1m \"security "
                                  "groups may not be read: no\"\n"
                                  "group\n"
                                  "table network_acls tokyo/linked unsupported 1m \"network ACLs "
                                  "may not be read: no\"\nacl\n",
     "app", "10.0.2.9:443", WAY("unknown", "unknown", "unknown", "unknown", "unknown"),
     "tokyo/linked: security groups may not be read: no", false},
    {"they were not read",
     BASE ENIS("sg-sddc", "sg-x") "table security_groups tokyo/linked failed 1m \"timed out\"\n"
                                  "group\n" OPEN_ALL,
     "app", "10.0.2.9:443", WAY("unknown", "unknown", "allow", "allow", "unknown"), "timed out",
     true},
};

static void run_question(const struct question *q)
{
    struct strbuf got = STRBUF_INIT, text = STRBUF_INIT;
    struct explain_query query = {0};
    struct arena *arena = arena_new(0);
    struct config *c = check_case_load(config);
    struct estate *e = estate_fixed(c, q->tables, ESTATE_TEXT_NOW, false);
    struct explain *x = explain_new(e);
    struct explain_result r;
    struct err err = {0};

    if (explain_parse(&query, arena, q->from, q->to, &err))
        fail_msg("%s: %s", q->name, err.msg);
    explain_run(x, &query, &r);
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
    explain_result_release(&r);
    explain_free(x);
    estate_unref(e);
    config_free(c);
    arena_free(arena);
}

static void test_questions(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(questions); i++)
        run_question(&questions[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_questions)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
