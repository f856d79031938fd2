/* The checks of route tables, as tables: what was derived in, findings out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "tests/support/check_case.h"

/* One SDDC in cidr mode; eni-2 is active since a while. */
static const char sddc[] = "table linked_vpcs tokyo/vmc\n"
                           "vpc   mode active_enis traffic_groups route_tables\n"
                           "vpc-1 cidr eni-2       Default=eni-2  rtb-main\n"
                           "table sddcs tokyo/vmc\n"
                           "sddc name       management_cidr account_link\n"
                           "s    sddc-tokyo 10.2.0.0/16     linked\n"
                           "table segments tokyo/vmc\n"
                           "path  segment type   cidr           in_main_table\n"
                           "/s/a  web     routed 192.168.1.0/24 yes\n"
                           "/s/b  db      routed 192.168.2.0/24 yes\n"
                           "table prefix_lists tokyo/linked\n"
                           "prefix_list entries\n"
                           "table enis tokyo/linked\n"
                           "eni   vpc   status    role   active_by_routes active_by_nsx\n"
                           "eni-1 vpc-1 in-use    host   no               no\n"
                           "eni-2 vpc-1 in-use    active yes              yes\n"
                           "eni-3 vpc-1 available spare  no               no\n"
                           "eni-9 vpc-1 in-use    foreign no              no\n";

#define ROUTES                                                                                  \
    "table routes tokyo/linked\n"                                                               \
    "vpc route_table route_table_name main subnets destination segment target expected_target " \
    "state verdict\n"
#define MAIN(dst, segment, target, expected, state, verdict) \
    "vpc-1 rtb-main main yes - " dst " " segment " " target " " expected " " state " " verdict "\n"
#define APP(dst, segment, target, expected, state, verdict)                                  \
    "vpc-1 rtb-app custom-app no subnet-a,subnet-b " dst " " segment " " target " " expected \
    " " state " " verdict "\n"
#define OTHER(n) "vpc-1 rtb-" n " - no - 192.168.1.0/24 web eni-1 eni-2 active stale\n"
#define MAIN_OK                                                     \
    MAIN("10.2.0.0/16", "-", "eni-2", "eni-2", "active", "ok")      \
    MAIN("192.168.1.0/24", "web", "eni-2", "eni-2", "active", "ok") \
    MAIN("192.168.2.0/24", "db", "eni-2", "eni-2", "active", "ok")  \
    MAIN("10.0.0.0/16", "-", "local", "-", "active", "other")

static const struct check_case cases[] = {
    {"all follow", "routes-follow", sddc,
     ROUTES MAIN_OK APP("192.168.1.0/24", "web", "eni-2", "eni-2", "active", "ok"), "", NULL},
    {"the classic outage", "routes-follow", sddc,
     ROUTES MAIN_OK APP("192.168.1.0/24", "web", "eni-1", "eni-2", "active", "stale")
         APP("192.168.2.0/24", "db", "eni-1", "eni-2", "active", "stale"),
     "critical rtb-app (custom-app)|2\n",
     "sends 2 SDDC networks to eni-1, but the active ENI is eni-2"},
    {"a table that no subnet uses cuts nobody off", "routes-follow", sddc,
     ROUTES MAIN_OK "vpc-1 rtb-app custom-app no [] 192.168.1.0/24 web eni-1 eni-2 active stale\n",
     "warning rtb-app (custom-app)|1\n", "no subnet uses it now"},
    {"one is late, one has its time: the late one is told", "routes-follow", sddc,
     ROUTES MAIN_OK APP("192.168.1.0/24", "web", "eni-1", "eni-2", "active", "converging")
         APP("192.168.2.0/24", "db", "eni-3", "eni-2", "active", "stale"),
     "critical rtb-app (custom-app)|2\n", "SDDC networks to eni-3, but the active ENI is eni-2"},
    {"to none of several active ENIs", "routes-follow", sddc,
     ROUTES MAIN_OK APP("192.168.1.0/24", "web", "eni-3", "-", "active", "stale"),
     "critical rtb-app (custom-app)|1\n", "to eni-3, which is no active ENI: its subnets cannot"},
    {"nobody says which is active yet", "routes-follow", sddc,
     ROUTES MAIN("192.168.1.0/24", "web", "eni-1", "-", "active", "converging")
         MAIN("192.168.2.0/24", "db", "eni-2", "-", "active", "converging")
             APP("192.168.1.0/24", "web", "eni-1", "-", "active", "converging"),
     "warning rtb-app (custom-app)|1|<- tokyo/routes-main/rtb-main\n",
     "which is active is not known yet"},
    {"the main table leads to two", "routes-main", sddc,
     ROUTES MAIN("192.168.1.0/24", "web", "eni-1", "-", "active", "converging")
         MAIN("192.168.2.0/24", "db", "eni-2", "-", "active", "converging"),
     "warning rtb-main (main)|2\n", "its 2 SDDC networks lead to more than one ENI"},
    {"one traffic group's routes lead to its former ENI", "routes-main", sddc,
     ROUTES MAIN("192.168.1.0/24", "web", "eni-1", "-", "active", "converging")
         MAIN("192.168.2.0/24", "db", "eni-2", "eni-2", "active", "ok"),
     "warning rtb-main (main)|1\n", "1 of 2 SDDC networks lead to no active ENI"},
    {"converging needs persistence", "routes-follow", sddc,
     ROUTES MAIN("192.168.1.0/24", "web", "eni-1", "eni-2", "active", "converging")
         APP("192.168.1.0/24", "web", "eni-1", "eni-2", "active", "converging"),
     "warning rtb-app (custom-app)|1|<- tokyo/routes-main/rtb-main\n", "Converging: "},
    {"dead, and the main table has followed", "routes-follow", sddc,
     ROUTES MAIN_OK APP("192.168.1.0/24", "web", "eni-1", "eni-2", "blackhole", "blackhole"),
     "critical rtb-app (custom-app)|1\n", NULL},
    {"dead, and the main table has not followed", "routes-follow", sddc,
     ROUTES MAIN("192.168.1.0/24", "web", "eni-1", "eni-2", "active", "converging")
         APP("192.168.1.0/24", "web", "eni-1", "eni-2", "blackhole", "blackhole"),
     "warning rtb-app (custom-app)|1|<- tokyo/routes-main/rtb-main\n", "Converging: "},
    {"the main table is not its business", "routes-follow", sddc,
     ROUTES MAIN("192.168.1.0/24", "web", "eni-1", "eni-2", "active", "stale"), "", NULL},
    {"others' routes do not matter", "routes-follow", sddc,
     ROUTES MAIN_OK APP("0.0.0.0/0", "-", "igw-1", "-", "blackhole", "other"), "", NULL},
    {"a prefix list that did not follow", "routes-follow", sddc,
     ROUTES MAIN("pl-1", "-", "eni-2", "eni-2", "active", "ok")
         APP("pl-1", "-", "eni-1", "eni-2", "active", "stale"),
     "critical rtb-app (custom-app)|1\n", NULL},
    {"denied routes are unknown", "routes-follow", sddc,
     "table routes tokyo/linked denied 5m \"token has expired\"\nroute_table\n",
     "unknown linked|0|<- tokyo/endpoint-health/linked\n", "Not judged"},
    {"failed NSX: its word is old", "routes-follow",
     "table linked_vpcs tokyo/vmc failed 5m\nvpc\nvpc-1\n"
     "table enis tokyo/linked\neni\n",
     ROUTES APP("192.168.1.0/24", "web", "eni-1", "eni-2", "active", "stale"),
     "unknown vmc|0|<- tokyo/endpoint-health/vmc\n", NULL},
    {"many tables are one line", "routes-follow", sddc,
     ROUTES MAIN_OK OTHER("1") OTHER("2") OTHER("3") OTHER("4"),
     "critical custom route tables|4\n"
     "critical rtb-1|1|<- tokyo/routes-follow/custom route tables\n"
     "critical rtb-2|1|<- tokyo/routes-follow/custom route tables\n"
     "critical rtb-3|1|<- tokyo/routes-follow/custom route tables\n"
     "critical rtb-4|1|<- tokyo/routes-follow/custom route tables\n",
     "4 custom route tables do not lead to the active ENI"},
    {"aws alone", "routes-follow", "table enis osaka/far\neni vpc role\neni-2 vpc-1 active\n",
     "table routes osaka/far\n"
     "vpc route_table main destination target expected_target verdict\n"
     "vpc-1 rtb-main yes 10.3.0.0/16 eni-2 eni-2 ok\n"
     "vpc-1 rtb-app  no  10.3.0.0/16 eni-1 eni-2 stale\n",
     "critical rtb-app|1\n", NULL},

    {"main is right", "routes-main", sddc, ROUTES MAIN_OK, "", NULL},
    {"a segment is missing", "routes-main", sddc,
     ROUTES MAIN_OK MAIN("192.168.3.0/24", "new", "-", "eni-2", "-", "missing"),
     "critical rtb-main (main)|1\n", "1 of 4 SDDC networks"},
    {"a segment inside the VPC's own block: AWS takes no such route", "routes-main", sddc,
     ROUTES MAIN_OK MAIN("10.0.7.0/24", "new", "-", "eni-2", "-",
                         "missing") "table vpcs tokyo/linked\nvpc cidr\nvpc-1 10.0.0.0/16\n"
                                    "table segments tokyo/vmc\npath segment type cidr\n/s/c new "
                                    "routed 10.0.7.0/24\n",
     "critical rtb-main (main)|1|<- tokyo/cidr-overlap/10.0.0.0/16\n", "1 of 4 SDDC networks"},
    {"and another one besides", "routes-main", sddc,
     ROUTES MAIN_OK MAIN("10.0.7.0/24", "new", "-", "eni-2", "-", "missing")
         MAIN("192.168.3.0/24", "more", "-", "eni-2", "-",
              "missing") "table vpcs tokyo/linked\nvpc cidr\nvpc-1 10.0.0.0/16\n"
                         "table segments tokyo/vmc\npath segment type cidr\n/s/c new routed "
                         "10.0.7.0/24\n",
     "critical rtb-main (main)|2\n", NULL},
    {"a missing segment may still come", "routes-main", sddc,
     ROUTES MAIN_OK MAIN("192.168.3.0/24", "new", "-", "eni-2", "-", "converging"),
     "warning rtb-main (main)|1\n", "1 missing, 0 to another target"},
    {"mixed while it converges", "routes-main", sddc,
     ROUTES MAIN("10.2.0.0/16", "-", "eni-2", "eni-2", "active", "ok")
         MAIN("192.168.1.0/24", "web", "eni-1", "eni-2", "active", "converging"),
     "warning rtb-main (main)|1\n", "Converging: "},
    {"a custom table is not its business", "routes-main", sddc,
     ROUTES MAIN_OK APP("192.168.1.0/24", "web", "eni-1", "eni-2", "active", "stale"), "", NULL},
    {"a link that waits for its account", "routes-main",
     "table sddcs tokyo/vmc\nsddc account_link\ns delayed\n"
     "table enis tokyo/linked\neni\n",
     ROUTES MAIN("192.168.1.0/24", "web", "-", "-", "-", "missing"), "", NULL},
    {"a link whose mode is being changed", "routes-main",
     "table linked_vpcs tokyo/vmc\nvpc mode\nvpc-1 pending\n"
     "table enis tokyo/linked\neni\n",
     ROUTES MAIN("192.168.1.0/24", "web", "eni-1", "eni-2", "active", "converging"), "", NULL},

    {"a link of another VPC whose mode is being changed", "routes-main",
     "table linked_vpcs tokyo/vmc\nvpc mode\nvpc-1 cidr\nvpc-2 pending\n"
     "table enis tokyo/linked\neni\n",
     ROUTES MAIN("192.168.1.0/24", "web", "eni-1", "eni-2", "active",
                 "stale") "vpc-2 rtb-two - yes - 10.3.0.0/16 - eni-8 eni-9 active converging\n",
     "critical rtb-main (main)|1\n", NULL},

    {"no blackhole", "routes-blackhole", sddc, ROUTES MAIN_OK, "", NULL},
    {"a blackhole must persist", "routes-blackhole", sddc,
     ROUTES MAIN_OK APP("192.168.1.0/24", "web", "eni-2", "eni-2", "blackhole", "blackhole"),
     "warning rtb-app (custom-app)|1\n", "Converging: "},
    {"a stale blackhole has a cause", "routes-blackhole", sddc,
     ROUTES MAIN_OK APP("192.168.1.0/24", "web", "eni-1", "eni-2", "blackhole", "blackhole"),
     "warning rtb-app (custom-app)|1|<- tokyo/routes-follow/rtb-app\n", NULL},
    {"the active ENI itself is gone: one line", "routes-blackhole",
     "table linked_vpcs tokyo/vmc\nvpc mode active_enis\nvpc-1 cidr eni-0\n"
     "table enis tokyo/linked\neni vpc role\neni-1 vpc-1 host\n",
     ROUTES MAIN("192.168.1.0/24", "web", "eni-0", "eni-0", "blackhole", "blackhole"),
     "warning rtb-main (main)|1|<- tokyo/one-active-eni/vpc-1\n", NULL},
    {"routes to another one do not help either", "routes-main",
     "table linked_vpcs tokyo/vmc\nvpc mode active_enis\nvpc-1 cidr eni-0\n"
     "table enis tokyo/linked\neni vpc role\neni-1 vpc-1 host\n",
     ROUTES MAIN("192.168.1.0/24", "web", "eni-1", "eni-0", "active", "stale"),
     "critical rtb-main (main)|1|<- tokyo/one-active-eni/vpc-1\n", NULL},
    {"a blackhole of others", "routes-blackhole", sddc,
     ROUTES MAIN_OK APP("0.0.0.0/0", "-", "nat-1", "-", "blackhole", "other"), "", NULL},

    {"nothing left over", "routes-leftover", sddc, ROUTES MAIN_OK, "", NULL},
    {"a segment is gone, its route is not", "routes-leftover", sddc,
     ROUTES MAIN_OK MAIN("192.168.77.0/24", "-", "eni-2", "-", "active", "unmanaged"),
     "warning rtb-main (main)|1\n", "that no segment has"},
    {"an aggregate of segments is wanted", "routes-leftover", sddc,
     ROUTES APP("192.168.0.0/16", "-", "eni-2", "-", "active", "unmanaged"), "", NULL},
    {"a network on premises behind the SDDC", "routes-leftover", sddc,
     ROUTES APP("172.20.0.0/16", "-", "eni-2", "-", "active", "unmanaged"), "", NULL},
    {"a route to another's ENI", "routes-leftover", sddc,
     ROUTES APP("192.168.77.0/24", "-", "eni-9", "-", "active", "other"), "", NULL},
    {"without NSX nobody knows the segments", "routes-leftover",
     "table enis osaka/far\neni vpc role\neni-2 vpc-1 active\n",
     "table routes osaka/far\nroute_table destination target\nrtb-1 10.9.0.0/16 eni-2\n", "", NULL},
    {"segments that were not read", "routes-leftover",
     "table segments tokyo/vmc failed 1m \"no answer\"\npath\n"
     "table enis tokyo/linked\neni\n",
     ROUTES MAIN_OK, "unknown vmc|0|<- tokyo/endpoint-health/vmc\n", NULL},
};

static void routes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        check_case_run(&cases[i]);
}

/* ---- prefix lists and quotas --------------------------------------------------------------------
 */

#define LISTED(entries)                                                       \
    "table linked_vpcs tokyo/vmc\n"                                           \
    "vpc   mode        active_enis prefix_lists expected_entries\n"           \
    "vpc-1 prefix_list eni-2       pl-1         10.2.0.0/16,192.168.1.0/24\n" \
    "table prefix_lists tokyo/linked\n"                                       \
    "prefix_list entries max_entries\n"                                       \
    "pl-1 " entries " 40\n"                                                   \
    "pl-s3 52.219.0.0/20 -\n"
#define TO_LIST                                                                     \
    "table routes tokyo/linked\n"                                                   \
    "vpc route_table main destination prefix_list target expected_target verdict\n" \
    "vpc-1 rtb-main yes pl-1 pl-1 eni-2 eni-2 ok\n"                                 \
    "vpc-1 rtb-main yes pl-s3 pl-s3 vpce-1 - other\n"

static const struct check_case list_cases[] = {
    {"the list is whole", "prefix-list-entries", LISTED("10.2.0.0/16,192.168.1.0/24"), TO_LIST, "",
     NULL},
    {"an aggregate stands for its parts", "prefix-list-entries",
     LISTED("10.2.0.0/16,192.168.0.0/16"), TO_LIST, "", NULL},
    {"an entry is missing", "prefix-list-entries", LISTED("10.2.0.0/16"), TO_LIST,
     "warning vpc-1|1\n", "1 SDDC network is not in the prefix list"},
    {"a segment that nothing leads to", "prefix-list-entries", LISTED("10.2.0.0/16,192.168.1.0/24"),
     TO_LIST "table segments tokyo/vmc\npath segment type cidr in_main_table\n"
             "/s/c new routed 192.168.9.0/24 no\n/s/d ext extended - no\n",
     "warning vpc-1|1\n", NULL},
    {"a segment that nothing leads to, because the main table has no route for the list",
     "prefix-list-entries", LISTED("10.2.0.0/16,192.168.1.0/24"),
     "table routes tokyo/linked\n"
     "vpc route_table main destination prefix_list target expected_target verdict\n"
     "vpc-1 rtb-main yes pl-1 pl-1 - eni-2 missing\n"
     "table segments tokyo/vmc\npath segment type cidr in_main_table\n"
     "/s/c new routed 192.168.9.0/24 no\n",
     "", NULL},
    {"a list whose entries nobody could read", "prefix-list-entries", LISTED("-"), TO_LIST,
     "unknown vpc-1|1\n", "The entries of prefix list pl-1"},
    {"a list that the account does not show", "prefix-list-entries",
     "table linked_vpcs tokyo/vmc\nvpc mode prefix_lists expected_entries\n"
     "vpc-1 prefix_list pl-7 10.2.0.0/16\n"
     "table prefix_lists tokyo/linked\nprefix_list entries\npl-s3 52.219.0.0/20\n",
     TO_LIST, "unknown vpc-1|1\n", "is not among those that the AWS account shows"},
    {"how full the list is", "prefix-list-entries", LISTED("10.2.0.0/16"), TO_LIST,
     "warning vpc-1|1\n", "pl-1: 1 entries of at most 40 (linked, 12s ago)"},
    {"cidr mode has no list", "prefix-list-entries",
     "table linked_vpcs tokyo/vmc\nvpc mode\nvpc-1 cidr\n"
     "table prefix_lists tokyo/linked\nprefix_list\n",
     NULL, "", NULL},
    {"prefix list mode raises no other alarm", "routes-main", LISTED("10.2.0.0/16"),
     TO_LIST "table enis tokyo/linked\neni\n", "", NULL},
    {"a list counts with all it may hold", "route-quota", LISTED("10.2.0.0/16"), TO_LIST, "", NULL},
    {"a list near the quota", "route-quota",
     "table prefix_lists tokyo/linked\nprefix_list max_entries\npl-1 410\n", TO_LIST,
     "warning rtb-main|1\n", "uses 411 of 500 routes"},
    {"a list that fills the table", "route-quota",
     "table prefix_lists tokyo/linked\nprefix_list max_entries\npl-1 499\n", TO_LIST,
     "critical rtb-main|1\n", NULL},
    {"more than the quota: the number is wrong", "route-quota",
     "table prefix_lists tokyo/linked\nprefix_list max_entries\npl-1 900\n", TO_LIST,
     "ok route_quota|1\n", "set the account's real quota"},
    {"lists that were not read", "route-quota",
     "table prefix_lists tokyo/linked failed 1m \"timed out\"\nprefix_list\n", TO_LIST,
     "unknown linked|0|<- tokyo/endpoint-health/linked\n", NULL},
};

static void lists(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(list_cases); i++)
        check_case_run(&list_cases[i]);
}

/* A remedy is made to be copied into a shell, and ids come from a server. */
static void commands_are_safe_to_copy(void **state)
{
    static const char text[] =
        "table enis osaka/far\neni vpc role\neni-2 vpc-1 active\n"
        "table routes osaka/far\n"
        "vpc route_table main destination target expected_target verdict\n"
        "vpc-1 \"rtb-1;reboot\" no 10.3.0.0/16 eni-1 \"eni-2'$(id)\" stale\n";
    char *remedy = check_case_remedy(text, "routes-follow");
    (void)state;

    assert_non_null(strstr(remedy, "--route-table-id 'rtb-1;reboot' --destination-cidr-block "
                                   "10.3.0.0/16 --network-interface-id 'eni-2'\\''$(id)'. "));
    free(remedy);
}

/* The AWS CLI takes an IPv6 network by an option of its own. */
static void commands_name_ipv6_networks(void **state)
{
    static const char *const routes[][2] = {
        {"routes-follow", "vpc-1 rtb-1 no 2001:db8::/56 eni-1 eni-2 stale\n"},
        {"routes-leftover", "vpc-1 rtb-1 no 2001:db8::/56 eni-2 - unmanaged\n"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(routes); i++) {
        char *text = mem_printf("table enis osaka/far\neni vpc role\neni-2 vpc-1 active\n"
                                "table segments osaka/far\npath segment\n/s web\n"
                                "table routes osaka/far\nvpc route_table main destination target "
                                "expected_target verdict\n%s",
                                routes[i][1]);
        char *remedy = check_case_remedy(text, routes[i][0]);

        if (!strstr(remedy, "--route-table-id rtb-1 --destination-ipv6-cidr-block 2001:db8::/56"))
            fail_msg("%s", remedy);
        free(remedy);
        free(text);
    }
}

static void must_advise(const char *routes, const char *what, bool is_there)
{
    char *text = mem_printf("%s%s", sddc, routes);
    char *remedy = check_case_remedy(text, "routes-follow");

    if ((strstr(remedy, what) != NULL) != is_there)
        fail_msg("'%s' in '%s'", what, remedy);
    free(remedy);
    free(text);
}

/* What is copied must be right for every route that it is said of. */
static void the_remedy_fits(void **state)
{
    (void)state;
    must_advise(ROUTES APP("192.168.1.0/24", "web", "eni-1", "eni-2", "active", "stale"),
                "--network-interface-id eni-2", true);
    must_advise(ROUTES APP("192.168.1.0/24", "web", "eni-1", "eni-2", "active", "stale")
                    APP("192.168.2.0/24", "db", "eni-1", "eni-3", "active", "stale"),
                "--network-interface-id", false);
    must_advise("table routes tokyo/linked\n"
                "vpc route_table main destination prefix_list target expected_target verdict\n"
                "vpc-1 rtb-app no pl-1 pl-1 eni-1 eni-2 stale\n",
                "VMC rewrites a route to its prefix list itself", true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(routes),
        cmocka_unit_test(lists),
        cmocka_unit_test(commands_are_safe_to_copy),
        cmocka_unit_test(commands_name_ipv6_networks),
        cmocka_unit_test(the_remedy_fits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
