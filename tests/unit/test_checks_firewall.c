/* The lint of firewall policy, as tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/mem.h"
#include "tests/support/check_case.h"

#define POLICIES                                                             \
    "table policies dc1/nsx\npath applied_to schedule\np1 DFW -\np2 DFW -\n" \
    "p3 grp-x -\np4 DFW /infra/firewall-schedulers/night\n"
#define RULES                                                                                      \
    "table rules dc1/nsx\npath layer category policy_path policy rule rule_id evaluation sources " \
    "destinations services action enabled applied_to direction ip_protocol negate_sources "        \
    "profiles "                                                                                    \
    "service_entries is_default\n"
/* place, policy, name, id; then what it matches. */
#define R(place, policy, name, id, src, dst, svc, action)                                        \
    name " dfw Application " policy " " policy " " name " " id " " place " " src " " dst " " svc \
         " " action
#define ON " yes DFW IN_OUT IPV4_IPV6 no - - no\n"

static const struct check_case shadowed[] = {
    {"nothing in common", "rule-shadowed",
     POLICIES RULES R("1", "p1", "a", "1", "g1", "g2", "HTTPS", "ALLOW")
         ON R("2", "p1", "b", "2", "g1", "g3", "HTTPS", "DROP") ON,
     NULL, "", NULL},
    {"behind any-any, another action", "rule-shadowed",
     POLICIES RULES R("1", "p1", "a", "1", "ANY", "ANY", "ANY", "ALLOW")
         ON R("2", "p2", "b", "2", "g1", "g3", "HTTPS", "DROP") ON,
     NULL, "warning nsx dfw|1\n", "1 rule of nsx dfw never decides"},
    {"the order is that of evaluation, not of paths", "rule-shadowed",
     POLICIES RULES R("2", "p1", "a", "1", "ANY", "ANY", "ANY", "ALLOW")
         ON R("1", "p2", "b", "2", "g1", "g3", "HTTPS", "DROP") ON,
     NULL, "", NULL},
    {"the same again", "rule-shadowed",
     POLICIES RULES R("1", "p1", "a", "1", "g1,g2", "g3", "HTTPS", "ALLOW")
         ON R("2", "p1", "b", "2", "g2,g1", "g3", "HTTPS", "ALLOW") ON,
     NULL, "ok nsx dfw, same action|1\n", "with the same action"},
    {"one entry of a list", "rule-shadowed",
     POLICIES RULES R("1", "p1", "a", "1", "g1,g2", "g3,g4", "HTTPS,SSH", "ALLOW")
         ON R("2", "p1", "b", "2", "g2", "g3", "SSH", "DROP") ON,
     NULL, "warning nsx dfw|1\n", NULL},
    {"a list is not covered by one of its entries", "rule-shadowed",
     POLICIES RULES R("1", "p1", "a", "1", "g1", "g3", "HTTPS", "ALLOW")
         ON R("2", "p1", "b", "2", "g1,g2", "g3", "HTTPS", "DROP") ON,
     NULL, "", NULL},
    {"off, negated, application, raw services, jump", "rule-shadowed",
     POLICIES RULES R(
         "1", "p1", "a", "1", "ANY", "ANY", "ANY",
         "ALLOW") " no DFW IN_OUT IPV4_IPV6 no - - "
                  "no\n" R("2", "p1", "b", "2", "ANY", "ANY", "ANY",
                           "ALLOW") " yes DFW IN_OUT IPV4_IPV6 yes - - "
                                    "no\n" R("3", "p1", "c", "3", "ANY", "ANY", "ANY",
                                             "ALLOW") " yes DFW IN_OUT "
                                                      "IPV4_IPV6 no SSL - "
                                                      "no\n" R("4", "p1", "d", "4", "ANY", "ANY",
                                                               "ANY",
                                                               "ALLOW") " yes "
                                                                        "DFW "
                                                                        "IN_"
                                                                        "OUT "
                                                                        "IPV4_"
                                                                        "IPV6 "
                                                                        "no - "
                                                                        "\"TCP"
                                                                        " dst="
                                                                        "1\" "
                                                                        "no"
                                                                        "\n" R("5", "p1", "e", "5",
                                                                               "ANY", "ANY", "ANY",
                                                                               "JUMP_"
                                                                               "TO_"
                                                                               "APPLI"
                                                                               "CATIO"
                                                                               "N")
                                                                            ON R("6", "p1", "f",
                                                                                 "6", "g1", "g3",
                                                                                 "HTT"
                                                                                 "PS",
                                                                                 "DRO"
                                                                                 "P") ON,
     NULL, "", NULL},
    {"an action that is not known may not decide", "rule-shadowed",
     POLICIES RULES R("1", "p1", "a", "1", "ANY", "ANY", "ANY", "NEW_ACTION")
         ON R("2", "p2", "b", "2", "g1", "g3", "HTTPS", "DROP") ON,
     NULL, "", NULL},
    {"at night only", "rule-shadowed",
     POLICIES RULES R("1", "p4", "a", "1", "ANY", "ANY", "ANY", "ALLOW")
         ON R("2", "p1", "b", "2", "g1", "g3", "HTTPS", "DROP") ON,
     NULL, "", NULL},
    {"a policy that applies to a group", "rule-shadowed",
     POLICIES RULES R("1", "p3", "a", "1", "ANY", "ANY", "ANY", "ALLOW")
         ON R("2", "p1", "b", "2", "g1", "g3", "HTTPS", "DROP") ON,
     NULL, "", NULL},
    {"within that policy", "rule-shadowed",
     POLICIES RULES R("1", "p3", "a", "1", "ANY", "ANY", "ANY", "ALLOW")
         ON R("2", "p3", "b", "2", "g1", "g3", "HTTPS", "DROP") ON,
     NULL, "warning nsx dfw|1\n", NULL},
    {"inbound and IPv4 alone", "rule-shadowed",
     POLICIES RULES
         R("1", "p1", "a", "1", "ANY", "ANY", "ANY", "ALLOW") " yes DFW IN IPV4_IPV6 no - - no\n" R(
             "2", "p1", "b", "2", "ANY", "ANY", "ANY",
             "ALLOW") " yes DFW IN_OUT IPV4 no - - no\n" R("3", "p1", "c", "3", "g1", "g3", "HTTPS",
                                                           "DROP")
             ON R("4", "p1", "d", "4", "g1", "g4", "HTTPS",
                  "DROP") " yes DFW IN IPV6 no - - no\n" R("5", "p1", "e", "5", "g1", "g4", "HTTPS",
                                                           "DROP") " yes DFW OUT IPV4 no - - no\n",
     NULL, "warning nsx dfw|2\n", NULL},
    {"negated behind its own list; raw services behind the named one", "rule-shadowed",
     POLICIES RULES R("1", "p1", "a", "1", "g1", "g3", "HTTPS", "ALLOW") ON R(
         "2", "p1", "b", "2", "g1", "g3", "HTTPS",
         "DROP") " yes DFW IN_OUT IPV4_IPV6 yes - - no\n" R("3", "p1", "c", "3", "g1", "g3",
                                                            "HTTPS",
                                                            "DROP") " yes DFW IN_OUT IPV4_IPV6 no "
                                                                    "- \"TCP dst=22\" no\n",
     NULL, "", NULL},
    {"the default rule is meant to be last", "rule-shadowed",
     POLICIES RULES R("1", "p1", "a", "1", "ANY", "ANY", "ANY", "DROP")
         ON R("2", "p2", "b", "2", "ANY", "ANY", "ANY",
              "ALLOW") " yes DFW IN_OUT IPV4_IPV6 no - - yes\n",
     NULL, "", NULL},
    {"another gateway", "rule-shadowed",
     POLICIES
     "table rules dc1/nsx\npath layer category policy_path evaluation sources destinations "
     "services action applied_to\n"
     "a t1 Default p1 1 ANY ANY ANY ALLOW /infra/tier-1s/a\n"
     "b t1 Default p1 2 ANY ANY ANY DROP /infra/tier-1s/b\n"
     "c t1 Default p1 3 g1 ANY ANY DROP /infra/tier-1s/a\n",
     NULL, "warning nsx t1|1\n", NULL},
    {"frames and packets do not meet", "rule-shadowed",
     POLICIES
     "table rules dc1/nsx\npath layer category policy_path evaluation sources destinations "
     "services action applied_to\n"
     "a dfw Ethernet p1 1 ANY ANY ANY ALLOW DFW\n"
     "b dfw Application p1 2 ANY ANY ANY DROP DFW\n",
     NULL, "", NULL},
};

#define PLAIN                                                                                     \
    "table rules tokyo/vmc\npath layer policy rule rule_id sources destinations services action " \
    "applied_to enabled profiles modified_at hits hits_at is_default\n"

static const struct check_case others[] = {
    {"all may pass to the Internet", "rule-any-any",
     PLAIN "r1 cgw default out 4001 ANY ANY ANY ALLOW \"Internet Interface\" yes - - - - no\n"
           "r2 cgw default vpc 4002 ANY ANY ANY ALLOW \"VPC Interface\" yes - - - - no\n"
           "r3 dfw default any 2 ANY ANY ANY ALLOW DFW yes - - - - yes\n",
     NULL, "ok vmc cgw|1\nwarning vmc cgw Internet|1\nok vmc dfw|1\n", "1 rule of vmc cgw let"},
    {"the scope of the policy beats that of the rule", "rule-any-any",
     POLICIES RULES R("1", "p3", "a", "1", "ANY", "ANY", "ANY", "ALLOW") ON, NULL, "ok nsx dfw|1\n",
     "applied to grp-x ("},
    {"a policy that is everywhere leaves it to its rules", "rule-any-any",
     POLICIES RULES R("1", "p1", "a", "1", "ANY", "ANY", "ANY",
                      "ALLOW") " yes grp-y IN_OUT IPV4_IPV6 no - - no\n",
     NULL, "ok nsx dfw|1\n", "applied to grp-y ("},
    {"narrowed, off, or not ALLOW", "rule-any-any",
     PLAIN "r1 cgw default a 1 g1 ANY ANY ALLOW \"All Uplinks\" yes - - - - no\n"
           "r2 cgw default b 2 ANY ANY ANY ALLOW \"All Uplinks\" no - - - - no\n"
           "r3 cgw default c 3 ANY ANY ANY DROP \"All Uplinks\" yes - - - - no\n"
           "r4 cgw default d 4 ANY ANY ANY ALLOW \"All Uplinks\" yes SSL - - - no\n"
           "r5 cgw default e 5 - ANY ANY ALLOW \"All Uplinks\" yes - - - - no\n",
     NULL, "", NULL},
    {"never hit", "rule-never-hit",
     PLAIN "r1 dfw p a 1 g1 ANY ANY ALLOW DFW yes - -40d 0 -1m no\n"
           "r2 dfw p b 2 g1 ANY ANY ALLOW DFW yes - -2d 0 -1m no\n"
           "r3 dfw p c 3 g1 ANY ANY ALLOW DFW yes - -40d 1 -1m no\n"
           "r4 dfw p d 4 g1 ANY ANY ALLOW DFW yes - -40d - - no\n"
           "r5 dfw p e 5 g1 ANY ANY ALLOW DFW no - -40d 0 -1m no\n"
           "r6 dfw p f 6 ANY ANY ANY DROP DFW yes - -40d 0 -1m yes\n",
     NULL, "ok vmc dfw|1\n", "1 rule of vmc dfw was never hit"},
    {"empty groups", "group-empty",
     "table groups dc1/nsx\npath group used member_count vm_count\n/g/a a yes 0 0\n/g/b b yes 0 2\n"
     "/g/c c no 0 0\n/g/d d yes - -\n/g/e e yes 3 0\n/g/f f yes 0 -\n"
     "table rules dc1/nsx\npath rule sources source_paths negate_sources enabled\nr r a /g/a no "
     "yes\n",
     NULL, "ok nsx|2\n", "2 groups that firewall rules of nsx name are empty"},
    {"everything but nothing", "group-empty",
     "table groups dc1/nsx\npath group used member_count vm_count\n/g/a a yes 0 0\n"
     "table rules dc1/nsx\npath rule sources source_paths negate_sources enabled\n"
     "r r a /g/a yes yes\n",
     NULL, "warning /g/a (a)|1\n", "everything but it"},
};

static void run_all(const struct check_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++)
        check_case_run(&cases[i]);
}

static void test_shadowed(void **state)
{
    (void)state;
    run_all(shadowed, ARRAY_SIZE(shadowed));
}

static void test_others(void **state)
{
    (void)state;
    run_all(others, ARRAY_SIZE(others));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shadowed),
        cmocka_unit_test(test_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
