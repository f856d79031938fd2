/*
 * A failover through the whole model: raw tables in, derived columns, findings out. What an
 * operator is told at each step, and in how many lines.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "core/strbuf.h"
#include "model/estate.h"
#include "model/tables.h"
#include "tests/support/check_case.h"

#define SECOND 1000LL
#define MINUTE (60 * SECOND)

/* What each product has noticed so far. */
struct scene {
    const char *host, *edge;      /* state of esx-1; of the edge on it */
    const char *ha_0, *ha_1;      /* what the edges are for the gateways */
    const char *active;           /* by NSX */
    const char *main_1, *main_2;  /* targets of the main table's routes */
    const char *custom, *missing; /* target of the custom table's; a segment without a route */
    unsigned lost;                /* the ENI of this number does not exist */
};

static const struct scene steady = {"ready", "up",    "active", "standby", "eni-1",
                                    "eni-1", "eni-1", "eni-1",  NULL,      99};

static void add_sddc(struct strbuf *out, const struct scene *s)
{
    strbuf_addf(out,
                "table endpoints tokyo/vmc\nendpoint freshness\nvmc ok\n"
                "table endpoints tokyo/linked\nendpoint freshness\nlinked ok\n"
                "table sddcs tokyo/vmc\nsddc name az management_cidr cluster_1 account_link\n"
                "s sddc-tokyo apne1-az4 10.2.0.0/16 Cluster-1 linked\n"
                "table hosts tokyo/vmc\nhost_id host cluster state management_ip eni\n"
                "h0 esx-0 Cluster-1 ready 10.2.32.10 eni-0\n"
                "h1 esx-1 Cluster-1 %s 10.2.32.11 eni-1\n"
                "h2 esx-2 Cluster-1 ready 10.2.32.12 eni-2\n"
                "h3 esx-3 Cluster-1 ready 10.2.32.13 eni-3\n"
                "table linked_vpcs tokyo/vmc\n"
                "vpc mode active_enis traffic_groups route_tables subnets sddc\n"
                "vpc-1 cidr %s Default=%s rtb-main subnet-1 s\n",
                s->host, s->active, s->active);
}

static void add_nsx(struct strbuf *out, const struct scene *s)
{
    strbuf_addstr(out, "table segments tokyo/vmc\npath segment type cidr connectivity realized\n"
                       "/infra/tier-1s/cgw/segments/a web routed 192.168.1.0/24 /infra/tier-1s/cgw "
                       "success\n");
    if (s->missing)
        strbuf_addf(out,
                    "/infra/tier-1s/cgw/segments/b %s routed 192.168.9.0/24 /infra/tier-1s/cgw "
                    "success\n",
                    s->missing);
    strbuf_addf(out,
                "table edges tokyo/vmc\nedge_id edge vm_uuid status\n"
                "e-0 NSX-Edge-0 u-0 %s\ne-1 NSX-Edge-1 u-1 up\n"
                "table gateways tokyo/vmc\ngateway tier ha_mode edge edge_id ha_status\n"
                "vmc 0 active_standby NSX-Edge-0 e-0 %s\nvmc 0 active_standby NSX-Edge-1 e-1 %s\n"
                "table nsx_vms tokyo/vmc\nexternal_id type host_id instance_uuid\n"
                "u-0 EDGE n-1 u-0\nu-1 EDGE n-3 u-1\n"
                "table nsx_nodes tokyo/vmc\nnode_id node ip\n"
                "n-0 esx-0 10.2.32.10\nn-1 esx-1 10.2.32.11\n"
                "n-2 esx-2 10.2.32.12\nn-3 esx-3 10.2.32.13\n",
                s->edge, s->ha_0, s->ha_1);
}

static void add_aws(struct strbuf *out, const struct scene *s)
{
    strbuf_addstr(out, "table enis tokyo/linked\n"
                       "eni vpc subnet az_id status description source_dest_check\n");
    for (unsigned i = 0; i < 17; i++) {
        if (i != s->lost)
            strbuf_addf(out, "eni-%u vpc-1 subnet-1 apne1-az4 %s \"VMware VMC Interface\" no\n", i,
                        i < 4 ? "in-use" : "available");
    }
    strbuf_addf(out,
                "table vpcs tokyo/linked\nvpc cidr\nvpc-1 10.0.0.0/16\n"
                "table subnets tokyo/linked\nsubnet vpc cidr az_id available_ips\n"
                "subnet-1 vpc-1 10.0.165.0/26 apne1-az4 38\n"
                "subnet-2 vpc-1 10.0.10.0/24 apne1-az4 240\n"
                "table vpc_endpoints tokyo/linked\nvpc_endpoint vpc type state subnets\n"
                "vpce-1 vpc-1 Interface available subnet-2\n"
                "table prefix_lists tokyo/linked\nprefix_list\n"
                "table routes tokyo/linked\n"
                "vpc route_table route_table_name main subnets destination target target_type "
                "state\n"
                "vpc-1 rtb-main main yes [] 10.0.0.0/16 local local active\n"
                "vpc-1 rtb-main main yes [] 10.2.0.0/16 %s eni active\n"
                "vpc-1 rtb-main main yes [] 192.168.1.0/24 %s eni active\n"
                "vpc-1 rtb-app custom-app no subnet-2 192.168.1.0/24 %s eni active\n",
                s->main_1, s->main_2, s->custom);
}

struct story {
    struct config *config;
    struct model *model;
    int64_t now;
};

static struct story begin(bool one_sample)
{
    struct config *c = check_case_load(check_case_config);
    const struct model_options o = {
        .config = c, .checks = true, .one_sample = one_sample, .user = "saito"};

    return (struct story){c, model_new(&o), ESTATE_TEXT_NOW};
}

static void end(struct story *s)
{
    model_free(s->model);
    config_free(s->config);
}

/* The open findings of tokyo at @scene must be these. */
static void tell(struct story *story, const struct scene *scene, int64_t later, const char *want)
{
    struct strbuf text = STRBUF_INIT;
    struct strbuf open = STRBUF_INIT;
    struct estate_text raw = {0};

    story->now += later;
    add_sddc(&text, scene);
    add_nsx(&text, scene);
    add_aws(&text, scene);
    estate_text_add(&raw, text.buf, story->now);
    struct estate *e = model_update(story->model, raw.snapshots, raw.n, story->now);
    const struct snapshot *s = estate_snapshot(e, &table_findings, "tokyo", ESTATE_OWN_ENDPOINT);
    assert_non_null(s);
    for (size_t i = 0; i < snapshot_count(s); i++) {
        const struct row *r = snapshot_row(s, i);
        const char *cause = row_str(r, FINDINGS_CAUSED_BY);

        if (strcmp(row_str(r, FINDINGS_STATE), "open") != 0)
            continue;
        strbuf_addf(&open, "%s%s %s\n", cause ? "  " : "", row_str(r, FINDINGS_SEVERITY),
                    row_str(r, FINDINGS_FINDING) + strlen("tokyo/"));
    }
    assert_string_equal(open.buf, want);
    estate_unref(e);
    estate_text_release(&raw);
    strbuf_release(&open);
    strbuf_release(&text);
}

static void step_by_step(void **state)
{
    struct story story = begin(false);
    struct scene s = steady;
    (void)state;

    tell(&story, &s, 0, "");
    tell(&story, &s, 20 * SECOND, "");
    s.host = "failed";
    s.edge = "down";
    s.ha_0 = "down";
    s.ha_1 = "active";
    tell(&story, &s, 10 * SECOND,
         "  critical edge-health/NSX-Edge-0\n"
         "warning eni-on-active-host/eni-1\n"
         "  warning gateway-active/vmc\n"
         "critical host-health/Cluster-1\n");
    s.active = "eni-3";
    tell(&story, &s, 5 * SECOND,
         "  critical edge-health/NSX-Edge-0\n"
         "  warning gateway-active/vmc\n"
         "critical host-health/Cluster-1\n"
         "  warning one-active-eni/vpc-1\n"
         "  warning routes-follow/rtb-app\n"
         "warning routes-main/rtb-main\n");
    s.main_1 = "eni-3";
    tell(&story, &s, 5 * SECOND,
         "  critical edge-health/NSX-Edge-0\n"
         "  warning gateway-active/vmc\n"
         "critical host-health/Cluster-1\n"
         "  warning one-active-eni/vpc-1\n"
         "  warning routes-follow/rtb-app\n"
         "warning routes-main/rtb-main\n");
    s.main_2 = "eni-3";
    s.host = "ready";
    s.edge = "up";
    s.ha_0 = "standby";
    tell(&story, &s, 5 * SECOND, "warning routes-follow/rtb-app\n");
    tell(&story, &s, 3 * MINUTE, "critical routes-follow/rtb-app\n");
    s.custom = "eni-3";
    tell(&story, &s, MINUTE, "");
    end(&story);
}

/* Who opens hycon, or runs hycon check, after the switch is told at once. */
static void seen_afterwards(void **state)
{
    struct scene s = steady;
    (void)state;

    s.ha_0 = "standby";
    s.ha_1 = "active";
    s.active = s.main_1 = s.main_2 = "eni-3";
    for (int one_sample = 0; one_sample < 2; one_sample++) {
        struct story story = begin(one_sample);

        tell(&story, &s, 0, "critical routes-follow/rtb-app\n");
        end(&story);
    }
}

/* One cause, one line: fewer ENIs, a host without one and no active one are the same loss. */
static void an_eni_that_is_deleted(void **state)
{
    struct story story = begin(false);
    struct scene s = steady;
    (void)state;

    tell(&story, &s, 0, "");
    s.lost = 2;
    tell(&story, &s, 20 * SECOND,
         "  warning eni-count/sddc-tokyo\n"
         "warning eni-count/sddc-tokyo: total\n");
    s.lost = 1;
    tell(&story, &s, 20 * SECOND,
         "  warning eni-count/sddc-tokyo\n"
         "  warning eni-count/sddc-tokyo: total\n"
         "warning one-active-eni/vpc-1\n");
    tell(&story, &s, 3 * MINUTE,
         "  warning eni-count/sddc-tokyo\n"
         "  warning eni-count/sddc-tokyo: total\n"
         "critical one-active-eni/vpc-1\n");
    s.lost = 99;
    tell(&story, &s, 20 * SECOND, "");
    end(&story);
}

static void a_segment_that_never_arrives(void **state)
{
    struct story story = begin(false);
    struct scene s = steady;
    (void)state;

    tell(&story, &s, 0, "");
    s.missing = "batch";
    tell(&story, &s, 20 * SECOND, "warning routes-main/rtb-main\n");
    tell(&story, &s, 4 * MINUTE, "critical routes-main/rtb-main\n");
    s.missing = NULL;
    tell(&story, &s, 20 * SECOND, "");
    end(&story);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(step_by_step),
        cmocka_unit_test(seen_afterwards),
        cmocka_unit_test(an_eni_that_is_deleted),
        cmocka_unit_test(a_segment_that_never_arrives),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
