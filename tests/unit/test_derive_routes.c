/* The verdict on every route, as tables: what was read in, verdicts out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/mem.h"
#include "tests/support/model_case.h"

#define LINK_AS(mode, active, groups, lists)                                       \
    "table linked_vpcs tokyo/vmc\n"                                                \
    "vpc mode active_enis traffic_groups route_tables prefix_lists subnets sddc\n" \
    "vpc-1 " mode " " active " " groups " rtb-1main " lists " subnet-link sddc-1\n"
#define LINK(active) LINK_AS("cidr", active, "Default=" active, "-")
#define SDDCS                     \
    "table sddcs tokyo/vmc\n"     \
    "sddc name management_cidr\n" \
    "sddc-1 tokyo 10.2.0.0/16\n"
#define SEGMENTS                                                            \
    "table segments tokyo/vmc\n"                                            \
    "path segment type cidr tier1\n"                                        \
    "/infra/tier-1s/cgw/segments/web web routed 192.168.1.0/24 cgw\n"       \
    "/infra/tier-1s/cgw/segments/old old disconnected 192.168.7.0/24 cgw\n" \
    "/infra/tier-1s/dev/segments/dev dev routed 192.168.9.0/24 dev\n"
#define ENIS                                                       \
    "table enis tokyo/linked\n"                                    \
    "eni vpc subnet status description\n"                          \
    "eni-1 vpc-1 subnet-link in-use \"VMware VMC Interface\"\n"    \
    "eni-2 vpc-1 subnet-link in-use \"VMware VMC Interface\"\n"    \
    "eni-3 vpc-1 subnet-link available \"VMware VMC Interface\"\n" \
    "eni-9 vpc-1 subnet-app in-use web-01\n"
#define HOSTS             "table hosts tokyo/vmc\nhost_id host eni\nh1 esx-1 eni-1\nh2 esx-2 eni-2\n"
#define REST              SDDCS SEGMENTS ENIS HOSTS
#define ROUTES            "table routes tokyo/linked\nvpc route_table main destination target state\n"
#define MAIN(dst, target) "vpc-1 rtb-1main yes " dst " " target " active\n"
#define APP(dst, target)  "vpc-1 rtb-2app no " dst " " target " active\n"
#define MAIN_OK           MAIN("10.2.0.0/16", "eni-1") MAIN("192.168.1.0/24", "eni-1")
#define V(table, dst, target, want, verdict) \
    "rtb-" table " " dst " " target " " want " " verdict "\n"
#define V_MAIN_OK                                     \
    V("1main", "10.2.0.0/16", "eni-1", "eni-1", "ok") \
    V("1main", "192.168.1.0/24", "eni-1", "eni-1", "ok")

#define VERDICTS "route_table destination target expected_target verdict"

struct route_case {
    const char *name, *text, *want;
};

static const struct route_case first_look[] = {
    {"all is well", LINK("eni-1") REST ROUTES MAIN_OK MAIN("10.0.0.0/16", "local"),
     V("1main", "10.0.0.0/16", "local", "-", "other") V_MAIN_OK},
    {"a custom table that never followed",
     LINK("eni-1") REST ROUTES MAIN_OK APP("192.168.1.0/24", "eni-2"),
     V_MAIN_OK V("2app", "192.168.1.0/24", "eni-2", "eni-1", "stale")},
    {"the main table is being rewritten",
     LINK("eni-2") REST ROUTES MAIN("10.2.0.0/16", "eni-2") MAIN("192.168.1.0/24", "eni-1")
         APP("192.168.1.0/24", "eni-1"),
     V("1main", "10.2.0.0/16", "eni-2", "eni-2", "ok")
         V("1main", "192.168.1.0/24", "eni-1", "eni-2", "converging")
             V("2app", "192.168.1.0/24", "eni-1", "eni-2", "converging")},
    {"a segment without a route", LINK("eni-1") REST ROUTES MAIN("10.2.0.0/16", "eni-1"),
     V("1main", "10.2.0.0/16", "eni-1", "eni-1", "ok")
         V("1main", "192.168.1.0/24", "-", "eni-1", "missing")},
    {"a larger block stands for the segments in it",
     LINK("eni-1") REST ROUTES MAIN("10.2.0.0/16", "eni-1") MAIN("192.168.0.0/16", "eni-1"),
     V("1main", "10.2.0.0/16", "eni-1", "eni-1", "ok")
         V("1main", "192.168.0.0/16", "eni-1", "eni-1", "ok")},
    {"blackhole wins",
     LINK("eni-1") REST ROUTES MAIN_OK "vpc-1 rtb-2app no 192.168.1.0/24 eni-1 blackhole\n"
                                       "vpc-1 rtb-2app no 172.31.0.0/16 tgw-1 blackhole\n",
     V_MAIN_OK V("2app", "172.31.0.0/16", "tgw-1", "-", "other")
         V("2app", "192.168.1.0/24", "eni-1", "eni-1", "blackhole")},
    {"an ENI that is gone", LINK("eni-1") REST ROUTES MAIN_OK APP("192.168.1.0/24", "eni-0"),
     V_MAIN_OK V("2app", "192.168.1.0/24", "eni-0", "eni-1", "stale")},
    {"no such segment any more", LINK("eni-1") REST ROUTES MAIN_OK MAIN("192.168.8.0/24", "eni-1"),
     V_MAIN_OK V("1main", "192.168.8.0/24", "eni-1", "-", "unmanaged")},
    {"a disconnected segment and one below another tier-1 are known, not missed",
     LINK("eni-1") REST ROUTES MAIN_OK APP("192.168.9.0/24", "eni-1")
         APP("192.168.7.0/24", "eni-1"),
     V_MAIN_OK V("2app", "192.168.7.0/24", "eni-1", "eni-1", "ok")
         V("2app", "192.168.9.0/24", "eni-1", "eni-1", "ok")},
    {"a customer's own way is not judged",
     LINK("eni-1") REST ROUTES MAIN_OK APP("192.168.1.0/24", "tgw-1") APP("10.2.0.0/16", "eni-9"),
     V_MAIN_OK V("2app", "10.2.0.0/16", "eni-9", "-", "other")
         V("2app", "192.168.1.0/24", "tgw-1", "-", "other")},
    {"a customer's own way that is a hole drops the SDDC's traffic",
     LINK("eni-1") REST ROUTES MAIN_OK "vpc-1 rtb-2app no 192.168.1.0/24 tgw-1 blackhole\n"
                                       "vpc-1 rtb-2app no 192.168.0.0/16 tgw-1 blackhole\n",
     V_MAIN_OK V("2app", "192.168.0.0/16", "tgw-1", "-", "other")
         V("2app", "192.168.1.0/24", "tgw-1", "eni-1", "blackhole")},
    {"somebody took over a route of the main table",
     LINK("eni-1") REST ROUTES MAIN("10.2.0.0/16", "eni-1") MAIN("192.168.1.0/24", "tgw-1"),
     V("1main", "10.2.0.0/16", "eni-1", "eni-1", "ok")
         V("1main", "192.168.1.0/24", "tgw-1", "eni-1", "stale")},
    {"one route for VMC's prefix list, which others do not have",
     LINK_AS("prefix_list", "eni-1", "Default=eni-1", "pl-1") REST ROUTES MAIN("pl-1", "eni-1")
         MAIN("pl-s3", "vpce-1") APP("pl-1", "eni-2"),
     V("1main", "pl-1", "eni-1", "eni-1", "ok") V("1main", "pl-s3", "vpce-1", "-", "other")
         V("2app", "pl-1", "eni-2", "eni-1", "stale")},
    {"the prefix list is missing",
     LINK_AS("prefix_list", "eni-1", "Default=eni-1", "pl-1")
         REST ROUTES MAIN("10.0.0.0/16", "local"),
     V("1main", "10.0.0.0/16", "local", "-", "other") V("1main", "pl-1", "-", "eni-1", "missing")},
    {"a link that is changing its mode",
     LINK_AS("pending", "eni-1", "Default=eni-1", "pl-1") REST ROUTES MAIN("10.2.0.0/16", "eni-1")
         APP("192.168.1.0/24", "eni-2"),
     V("1main", "10.2.0.0/16", "eni-1", "eni-1", "ok")
         V("2app", "192.168.1.0/24", "eni-2", "eni-1", "converging")},
    {"each traffic group has its ENI",
     LINK_AS("cidr", "eni-1,eni-2", "Default=eni-1,tg-backup=eni-2", "-") REST ROUTES MAIN(
         "10.2.0.0/16", "eni-1") MAIN("192.168.1.0/24", "eni-2") APP("192.168.1.0/24", "eni-3"),
     V("1main", "10.2.0.0/16", "eni-1", "eni-1", "ok")
         V("1main", "192.168.1.0/24", "eni-2", "eni-2", "ok")
             V("2app", "192.168.1.0/24", "eni-3", "eni-2", "stale")},
    {"the ENI of another traffic group is the wrong one",
     LINK_AS("cidr", "eni-1,eni-2", "Default=eni-1,tg-backup=eni-2", "-")
         REST ROUTES MAIN("10.2.0.0/16", "eni-1") MAIN("192.168.1.0/24", "eni-2")
             APP("192.168.1.0/24", "eni-1") APP("192.168.1.64/26", "eni-1"),
     V("1main", "10.2.0.0/16", "eni-1", "eni-1", "ok")
         V("1main", "192.168.1.0/24", "eni-2", "eni-2", "ok")
             V("2app", "192.168.1.0/24", "eni-1", "eni-2", "stale")
                 V("2app", "192.168.1.64/26", "eni-1", "eni-1", "ok")},
    {"a prefix list carries the default group",
     LINK_AS("prefix_list", "eni-1,eni-2", "Default=eni-1,tg-backup=eni-2", "pl-1")
         REST ROUTES MAIN("pl-1", "eni-2") MAIN("192.168.1.0/24", "eni-2"),
     V("1main", "192.168.1.0/24", "eni-2", "eni-2", "ok")
         V("1main", "pl-1", "eni-2", "eni-1", "stale")},
    {"NSX was not read: AWS alone proves nothing",
     "table linked_vpcs tokyo/vmc failed 0s \"503\"\nvpc\n" REST ROUTES MAIN_OK
     "vpc-1 rtb-2app no 192.168.1.0/24 eni-2 blackhole\n",
     V("1main", "10.2.0.0/16", "eni-1", "-", "-") V("1main", "192.168.1.0/24", "eni-1", "-", "-")
         V("2app", "192.168.1.0/24", "eni-2", "-", "blackhole")},
    {"segments were not read: nothing is missing, nothing is left over",
     LINK("eni-1") SDDCS ENIS HOSTS
     "table segments tokyo/vmc failed 0s \"503\"\npath\n" ROUTES MAIN("192.168.8.0/24", "eni-1"),
     V("1main", "192.168.8.0/24", "eni-1", "eni-1", "ok")},
    {"half of the routes were read: none is missing",
     LINK("eni-1") REST
     "table routes tokyo/linked partial\n"
     "vpc route_table main destination target state\n" MAIN("10.2.0.0/16", "eni-1"),
     V("1main", "10.2.0.0/16", "eni-1", "eni-1", "ok")},
    {"another VPC of the account is none of ours",
     LINK("eni-1") REST ROUTES MAIN_OK "vpc-2 rtb-3 yes 192.168.1.0/24 eni-9 active\n",
     V_MAIN_OK V("3", "192.168.1.0/24", "eni-9", "-", "other")},
};

static void test_first_look(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(first_look); i++) {
        struct model_case c;
        model_case_init(&c, NULL);
        model_case_feed(&c, first_look[i].text);
        model_case_expect(c.estate, first_look[i].name, "routes", VERDICTS, first_look[i].want);
        model_case_release(&c);
    }
}

/* ---- what time changes
 * ------------------------------------------------------------------------- */

#define STEADY  LINK("eni-1") REST ROUTES MAIN_OK APP("192.168.1.0/24", "eni-1")
#define MOVED   LINK("eni-2") REST ROUTES MAIN_OK APP("192.168.1.0/24", "eni-1")
#define MAIN_2  MAIN("10.2.0.0/16", "eni-2") MAIN("192.168.1.0/24", "eni-2")
#define LEFT    LINK("eni-2") REST ROUTES MAIN_2 APP("192.168.1.0/24", "eni-1")
#define APP_NOW "route_table verdict"

struct step {
    int64_t wait_ms;
    const char *text, *verdicts; /* of rtb-1main twice, then rtb-2app */
};

static const struct step failover[] = {
    {0, STEADY, "rtb-1main ok\nrtb-1main ok\nrtb-2app ok\n"},
    {10000, MOVED, "rtb-1main converging\nrtb-1main converging\nrtb-2app converging\n"},
    {10000, LEFT, "rtb-1main ok\nrtb-1main ok\nrtb-2app converging\n"},
    {169000, LEFT, "rtb-1main ok\nrtb-1main ok\nrtb-2app converging\n"},
    {1000, LEFT, "rtb-1main ok\nrtb-1main ok\nrtb-2app stale\n"},
    /* the edge moves back: what was stale is right again, the rest has its time */
    {10000, LINK("eni-1") REST ROUTES MAIN_2 APP("192.168.1.0/24", "eni-1"),
     "rtb-1main converging\nrtb-1main converging\nrtb-2app ok\n"},
    {10000, STEADY, "rtb-1main ok\nrtb-1main ok\nrtb-2app ok\n"},
};

/* An edge that moves to and fro is no excuse for a table that follows none of its moves. */
#define HERE  LINK("eni-1") REST ROUTES MAIN_OK APP("192.168.1.0/24", "eni-3")
#define THERE LINK("eni-2") REST ROUTES MAIN_2 APP("192.168.1.0/24", "eni-3")
static const struct step flapping[] = {
    {0, STEADY, "rtb-1main ok\nrtb-1main ok\nrtb-2app ok\n"},
    {120000, THERE, "rtb-1main ok\nrtb-1main ok\nrtb-2app converging\n"},
    {120000, HERE, "rtb-1main ok\nrtb-1main ok\nrtb-2app converging\n"},
    {120000, THERE, "rtb-1main ok\nrtb-1main ok\nrtb-2app stale\n"},
    {120000, HERE, "rtb-1main ok\nrtb-1main ok\nrtb-2app stale\n"},
    {120000, THERE, "rtb-1main ok\nrtb-1main ok\nrtb-2app stale\n"},
};

/* It was late before hycon looked: the next failover does not make it less so. */
static const struct step late_already[] = {
    {0, HERE, "rtb-1main ok\nrtb-1main ok\nrtb-2app stale\n"},
    {60000, THERE, "rtb-1main ok\nrtb-1main ok\nrtb-2app stale\n"},
};

/* AWS was asked a moment before NSX: the routes are ahead, and that is no fault either. */
static const struct step aws_first[] = {
    {0, STEADY, "rtb-1main ok\nrtb-1main ok\nrtb-2app ok\n"},
    {5000, LINK("eni-1") REST ROUTES MAIN_2 APP("192.168.1.0/24", "eni-1"),
     "rtb-1main converging\nrtb-1main converging\nrtb-2app ok\n"},
    {5000, LINK("eni-2") REST ROUTES MAIN_2 APP("192.168.1.0/24", "eni-2"),
     "rtb-1main ok\nrtb-1main ok\nrtb-2app ok\n"},
};

/* A route that VMC takes away for good, and one that comes back. */
static const struct step missing[] = {
    {0, STEADY, "rtb-1main ok\nrtb-1main ok\nrtb-2app ok\n"},
    {5000, LINK("eni-1") REST ROUTES MAIN("10.2.0.0/16", "eni-1") APP("192.168.1.0/24", "eni-1"),
     "rtb-1main ok\nrtb-1main converging\nrtb-2app ok\n"},
    {179000, STEADY, "rtb-1main ok\nrtb-1main ok\nrtb-2app ok\n"},
    {5000, LINK("eni-1") REST ROUTES MAIN("10.2.0.0/16", "eni-1") APP("192.168.1.0/24", "eni-1"),
     "rtb-1main ok\nrtb-1main converging\nrtb-2app ok\n"},
    {180000, LINK("eni-1") REST ROUTES MAIN("10.2.0.0/16", "eni-1") APP("192.168.1.0/24", "eni-1"),
     "rtb-1main ok\nrtb-1main missing\nrtb-2app ok\n"},
};

/* While hycon starts AWS answers before VMC does: what is off then has not begun before its eyes.
 */
#define GAP   ROUTES MAIN("10.2.0.0/16", "eni-1") APP("192.168.1.0/24", "eni-2")
#define NEVER " never 0s\n"
static const struct step starting[] = {
    {0,
     ENIS GAP "table linked_vpcs tokyo/vmc" NEVER "vpc\n"
              "table segments tokyo/vmc" NEVER "path\ntable sddcs tokyo/vmc" NEVER "sddc\n",
     "rtb-1main -\nrtb-2app -\n"},
    {50, LINK("eni-1") SDDCS ENIS HOSTS GAP "table segments tokyo/vmc" NEVER "path\n",
     "rtb-1main ok\nrtb-2app stale\n"},
    {50, LINK("eni-1") REST GAP, "rtb-1main ok\nrtb-1main missing\nrtb-2app stale\n"},
};

static void play(const char *name, const struct step *steps, size_t n)
{
    struct model_case c;

    model_case_init(&c, NULL);
    for (size_t i = 0; i < n; i++) {
        c.now += steps[i].wait_ms;
        model_case_feed(&c, steps[i].text);
        print_message("%s, step %zu\n", name, i);
        model_case_expect(c.estate, name, "routes", APP_NOW, steps[i].verdicts);
    }
    model_case_release(&c);
}

static void test_time(void **state)
{
    (void)state;
    play("failover", failover, ARRAY_SIZE(failover));
    play("flapping", flapping, ARRAY_SIZE(flapping));
    play("late already", late_already, ARRAY_SIZE(late_already));
    play("AWS was asked first", aws_first, ARRAY_SIZE(aws_first));
    play("missing", missing, ARRAY_SIZE(missing));
    play("starting", starting, ARRAY_SIZE(starting));
}

/* No reply comes any more, only the clock goes on: the verdict changes all the same. */
static void test_time_alone(void **state)
{
    struct estate_text t = {0};
    struct model_case c;

    (void)state;
    model_case_init(&c, NULL);
    model_case_feed(&c, STEADY);
    c.now += 10000;
    estate_text_add(&t, LEFT, c.now);
    estate_unref(model_update(c.model, t.snapshots, t.n, c.now));
    c.now += 179000;
    estate_unref(c.estate);
    c.estate = model_update(c.model, t.snapshots, t.n, c.now);
    model_case_expect(c.estate, "before", "routes", APP_NOW,
                      "rtb-1main ok\nrtb-1main ok\nrtb-2app converging\n");
    c.now += 1000;
    estate_unref(c.estate);
    c.estate = model_update(c.model, t.snapshots, t.n, c.now);
    model_case_expect(c.estate, "after", "routes", APP_NOW,
                      "rtb-1main ok\nrtb-1main ok\nrtb-2app stale\n");
    estate_text_release(&t);
    model_case_release(&c);
}

/* A failed poll keeps rows and verdicts, made ones too; it neither fires nor clears. */
static void test_failed_poll(void **state)
{
    struct estate_text t = {0};
    struct model_case c;
    struct snapshot *failed;
    struct err err = {.kind = ERR_AUTH, .msg = "credentials expired"};
    size_t routes;

    (void)state;
    model_case_init(&c, NULL);
    estate_text_add(
        &t, LINK("eni-1") REST ROUTES MAIN("10.2.0.0/16", "eni-1") APP("192.168.1.0/24", "eni-2"),
        c.now);
    c.estate = model_update(c.model, t.snapshots, t.n, c.now);
    routes = t.n - 1;
    failed = snapshot_with_freshness(t.snapshots[routes], snapshot_schema(t.snapshots[routes]),
                                     "tokyo", "linked", FRESH_DENIED, &err);
    snapshot_unref(t.snapshots[routes]);
    t.snapshots[routes] = failed;
    c.now += 600000;
    estate_unref(c.estate);
    c.estate = model_update(c.model, t.snapshots, t.n, c.now);
    model_case_expect(c.estate, "failed", "routes", VERDICTS,
                      V("1main", "10.2.0.0/16", "eni-1", "eni-1", "ok")
                          V("1main", "192.168.1.0/24", "-", "eni-1", "missing")
                              V("2app", "192.168.1.0/24", "eni-2", "eni-1", "stale"));
    model_case_expect(c.estate, "failed", "enis", "eni role route_count",
                      "eni-1 active -\neni-2 host -\neni-3 spare -\neni-9 foreign -\n");
    estate_text_release(&t);
    model_case_release(&c);
}

/* ---- AWS alone
 * --------------------------------------------------------------------------------- */

#define FAR_ENIS                                                 \
    "table enis osaka/far\n"                                     \
    "eni vpc subnet status description\n"                        \
    "eni-1 vpc-1 s in-use \"vmware vmc interface\"\n"            \
    "eni-2 vpc-1 s in-use \"VMware VMC Interface DO NOT USE\"\n" \
    "eni-9 vpc-1 s in-use web\n"
#define FAR "table routes osaka/far\nvpc route_table main destination target state\n"

static const struct step alone[] = {
    {0, FAR_ENIS FAR MAIN_OK APP("192.168.1.0/24", "eni-1"),
     "rtb-1main ok\nrtb-1main ok\nrtb-2app ok\n"},
    {5000,
     FAR_ENIS FAR MAIN("10.2.0.0/16", "eni-2") MAIN("192.168.1.0/24", "eni-1")
         APP("192.168.1.0/24", "eni-1"),
     "rtb-1main ok\nrtb-1main converging\nrtb-2app converging\n"},
    {5000, FAR_ENIS FAR MAIN_2 APP("192.168.1.0/24", "eni-1"),
     "rtb-1main ok\nrtb-1main ok\nrtb-2app converging\n"},
    {180000, FAR_ENIS FAR MAIN_2 APP("192.168.1.0/24", "eni-1"),
     "rtb-1main ok\nrtb-1main ok\nrtb-2app stale\n"},
};

/* Two SDDCs of one VPC, each with a subnet of its own; then a stretched one that moves. */
#define TWO_SUBNETS                                    \
    "table enis osaka/far\n"                           \
    "eni vpc subnet status description\n"              \
    "eni-1 vpc-1 s1 in-use \"VMware VMC Interface\"\n" \
    "eni-2 vpc-1 s1 in-use \"VMware VMC Interface\"\n" \
    "eni-3 vpc-1 s2 in-use \"VMware VMC Interface\"\n"
#define TWO_TARGETS MAIN("10.2.0.0/16", "eni-1") MAIN("10.3.0.0/16", "eni-3")
static const struct step two_subnets[] = {
    {0, TWO_SUBNETS FAR TWO_TARGETS APP("10.3.0.0/16", "eni-3"),
     "rtb-1main ok\nrtb-1main ok\nrtb-2app ok\n"},
    {180000, TWO_SUBNETS FAR TWO_TARGETS APP("10.3.0.0/16", "eni-1"),
     "rtb-1main ok\nrtb-1main ok\nrtb-2app converging\n"},
    {180000, TWO_SUBNETS FAR TWO_TARGETS APP("10.3.0.0/16", "eni-1"),
     "rtb-1main ok\nrtb-1main ok\nrtb-2app stale\n"},
};
/* One of them moves; the other has nothing to do with it. */
static const struct step one_of_two[] = {
    {0, TWO_SUBNETS FAR TWO_TARGETS MAIN("192.168.1.0/24", "eni-1"),
     "rtb-1main ok\nrtb-1main ok\nrtb-1main ok\n"},
    {5000, TWO_SUBNETS FAR TWO_TARGETS MAIN("192.168.1.0/24", "eni-2") APP("10.3.0.0/16", "eni-1"),
     "rtb-1main converging\nrtb-1main ok\nrtb-1main converging\nrtb-2app converging\n"},
    {5000,
     TWO_SUBNETS FAR MAIN("10.2.0.0/16", "eni-2") MAIN("10.3.0.0/16", "eni-3")
         MAIN("192.168.1.0/24", "eni-2"),
     "rtb-1main ok\nrtb-1main ok\nrtb-1main ok\n"},
};
static const struct step stretched[] = {
    {0, TWO_SUBNETS FAR MAIN("10.2.0.0/16", "eni-1") MAIN("10.3.0.0/16", "eni-1"),
     "rtb-1main ok\nrtb-1main ok\n"},
    {5000, TWO_SUBNETS FAR TWO_TARGETS, "rtb-1main converging\nrtb-1main ok\n"},
    {180000, TWO_SUBNETS FAR TWO_TARGETS, "rtb-1main stale\nrtb-1main ok\n"},
    {5000, TWO_SUBNETS FAR MAIN("10.2.0.0/16", "eni-3") MAIN("10.3.0.0/16", "eni-3"),
     "rtb-1main ok\nrtb-1main ok\n"},
};

static const struct route_case alone_first[] = {
    {"the custom table disagrees with the main one",
     FAR_ENIS FAR MAIN_OK APP("192.168.1.0/24", "eni-2") APP("172.16.0.0/12", "eni-9"),
     V_MAIN_OK V("2app", "172.16.0.0/12", "eni-9", "-", "other")
         V("2app", "192.168.1.0/24", "eni-2", "eni-1", "stale")},
    {"into a hole where an interface was",
     FAR_ENIS FAR MAIN_OK "vpc-1 rtb-1main yes 192.168.8.0/24 eni-gone blackhole\n"
                          "vpc-1 rtb-2app no 10.77.0.0/16 pcx-1 blackhole\n"
                          "vpc-1 rtb-2app no 172.16.0.0/12 eni-9 blackhole\n",
     V_MAIN_OK V("1main", "192.168.8.0/24", "eni-gone", "eni-1", "blackhole")
         V("2app", "10.77.0.0/16", "pcx-1", "-", "other")
             V("2app", "172.16.0.0/12", "eni-9", "-", "other")},
    {"the main table leads nowhere: nobody says what is right",
     FAR_ENIS FAR APP("192.168.1.0/24", "eni-2"), V("2app", "192.168.1.0/24", "eni-2", "-", "-")},
};

static void test_aws_alone(void **state)
{
    (void)state;
    play("AWS alone", alone, ARRAY_SIZE(alone));
    play("two SDDCs", two_subnets, ARRAY_SIZE(two_subnets));
    play("one of two SDDCs", one_of_two, ARRAY_SIZE(one_of_two));
    play("a stretched SDDC", stretched, ARRAY_SIZE(stretched));
    for (size_t i = 0; i < ARRAY_SIZE(alone_first); i++) {
        struct model_case c;
        model_case_init(&c, NULL);
        model_case_feed(&c, alone_first[i].text);
        model_case_expect(c.estate, alone_first[i].name, "routes", VERDICTS, alone_first[i].want);
        model_case_release(&c);
    }
}

static void test_columns(void **state)
{
    struct model_case c;

    (void)state;
    model_case_init(&c, NULL);
    model_case_feed(&c, LINK("eni-1") REST ROUTES MAIN_OK APP("192.168.1.0/24", "eni-1")
                            MAIN("0.0.0.0/0", "igw-1") MAIN("192.168.0.0/16", "eni-1"));
    model_case_expect(c.estate, "who keeps it, for which segment", "routes",
                      "destination managed segment",
                      "0.0.0.0/0 customer -\n10.2.0.0/16 vmc_main -\n"
                      "192.168.0.0/16 vmc_main -\n"
                      "192.168.1.0/24 vmc_main web\n192.168.1.0/24 customer web\n");
    model_case_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_look), cmocka_unit_test(test_time),
        cmocka_unit_test(test_time_alone), cmocka_unit_test(test_failed_poll),
        cmocka_unit_test(test_aws_alone),  cmocka_unit_test(test_columns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
