#include "tests/support/view_estate.h"

#include "core/strbuf.h"

#define TOKYO                                                            \
    "  - name: tokyo\n"                                                  \
    "    label: 東京SDDC\n"                                            \
    "    production: true\n"                                             \
    "    endpoints:\n"                                                   \
    "      - {name: vmc, kind: vmc, org: o, sddc: s, token: {env: T}}\n" \
    "      - {name: linked, kind: aws, region: ap-northeast-1}\n"

const char view_config_tokyo[] = "sites:\n" TOKYO;
const char view_config[] =
    "sites:\n" TOKYO "  - name: osaka\n"
    "    endpoints:\n"
    "      - {name: far, kind: aws, region: ap-northeast-3}\n"
    "  - name: dc1\n"
    "    endpoints:\n"
    "      - {name: nsx, kind: nsx, url: \"https://b.example/\", user: a, password: {env: P}}\n";

#define ENI_0 "eni-0aaaaaaaaaaaa0000"
#define ENI_1 "eni-0aaaaaaaaaaaa0001"
#define ENI_2 "eni-0aaaaaaaaaaaa0002"

const struct view_scene view_steady = {"ready", "active", "standby", ENI_1,
                                       ENI_1,   ENI_1,    ENI_1,     "ok"};
const struct view_scene view_failing = {"failed", "down", "active", ENI_2,
                                        ENI_1,    ENI_1,  ENI_1,    "ok"};
const struct view_scene view_half = {"failed", "down", "active", ENI_2, ENI_2, ENI_1, ENI_1, "ok"};
const struct view_scene view_outage = {"failed", "down", "active", ENI_2,
                                       ENI_2,    ENI_2,  ENI_1,    "ok"};

static void add_vmc(struct strbuf *out, const struct view_scene *s)
{
    strbuf_addf(out,
                "table endpoints tokyo/vmc\nendpoint kind freshness taken_at\nvmc vmc ok -3s\n"
                "table sddcs tokyo/vmc\nsddc name state az management_cidr cluster_1 account_link\n"
                "s sddc-tokyo ready apne1-az4 10.2.0.0/16 Cluster-1 linked\n"
                "table hosts tokyo/vmc\nhost_id host cluster state management_ip eni\n"
                "h0 esx-0 Cluster-1 ready 10.2.32.10 " ENI_0 "\n"
                "h1 esx-1 Cluster-1 %s 10.2.32.11 " ENI_1 "\n"
                "h2 esx-2 Cluster-1 ready 10.2.32.12 " ENI_2 "\n"
                "table linked_vpcs tokyo/vmc\n"
                "vpc mode active_enis traffic_groups route_tables subnets sddc traffic_group_ids\n"
                "vpc-1 cidr %s Default=%s rtb-main subnet-1 s 4711=Default\n",
                s->host, s->active, s->active);
    strbuf_addf(out,
                "table segments tokyo/vmc\npath segment type cidr connectivity realized\n"
                "/infra/tier-1s/cgw/segments/a web routed 192.168.1.0/24 /infra/tier-1s/cgw "
                "success\n"
                "/infra/tier-1s/cgw/segments/b \"業務系データベース\" disconnected 192.168.2.0/24 "
                "- success\n"
                "table edges tokyo/vmc\nedge_id edge\n"
                "e-0 NSX-Edge-0\ne-1 NSX-Edge-1\n"
                "table gateways tokyo/vmc\n"
                "gateway tier ha_mode edge edge_id ha_status traffic_group\n"
                "vmc 0 active_standby NSX-Edge-0 e-0 %s 4711\n"
                "vmc 0 active_standby NSX-Edge-1 e-1 %s 4711\n",
                s->ha_0, s->ha_1);
}

static void add_aws(struct strbuf *out, const struct view_scene *s)
{
    strbuf_addf(out, "table endpoints tokyo/linked\nendpoint kind freshness taken_at\n");
    strbuf_addf(out, "linked aws %.*s -12s\n", s->aws[0] == 'o' ? 2 : 6, s->aws);
    strbuf_addf(out,
                "table enis tokyo/linked %s\n"
                "eni vpc subnet az_id status private_ip description source_dest_check\n",
                s->aws);
    for (unsigned i = 0; i < 6; i++)
        strbuf_addf(out,
                    "eni-0aaaaaaaaaaaa000%u vpc-1 subnet-1 apne1-az4 %s 10.0.165.%u \"VMware VMC "
                    "Interface\" no\n",
                    i, i < 3 ? "in-use" : "available", 4 + i);
    strbuf_addf(out,
                "table vpcs tokyo/linked\nvpc cidr\nvpc-1 10.0.0.0/16\n"
                "table subnets tokyo/linked\nsubnet vpc cidr az_id available_ips\n"
                "subnet-1 vpc-1 10.0.165.0/26 apne1-az4 38\n"
                "subnet-2 vpc-1 10.0.10.0/24 apne1-az4 240\n"
                "table vpc_endpoints tokyo/linked\nvpc_endpoint\n"
                "table prefix_lists tokyo/linked\nprefix_list\n"
                "table routes tokyo/linked %s\n"
                "vpc route_table route_table_name main subnets destination target target_type "
                "state\n"
                "vpc-1 rtb-main main yes [] 10.0.0.0/16 local local active\n"
                "vpc-1 rtb-main main yes [] 10.2.0.0/16 %s eni active\n"
                "vpc-1 rtb-main main yes [] 192.168.1.0/24 %s eni active\n"
                "vpc-1 rtb-app 業務用 no subnet-2 192.168.1.0/24 %s eni active\n",
                s->aws, s->main_1, s->main_2, s->custom);
}

char *view_estate(const struct view_scene *s)
{
    struct strbuf out = STRBUF_INIT;

    add_vmc(&out, s);
    add_aws(&out, s);
    return strbuf_detach(&out);
}

const char view_osaka[] =
    "table endpoints osaka/far\nendpoint kind freshness taken_at\nfar aws ok -9s\n"
    "table enis osaka/far ok 9s\neni vpc subnet status description source_dest_check\n"
    "eni-0bbbbbbbbbbbb0001 vpc-9 subnet-9 in-use \"VMware VMC Interface\" no\n"
    "eni-0bbbbbbbbbbbb0002 vpc-9 subnet-9 available \"VMware VMC Interface\" no\n"
    "table vpcs osaka/far ok 9s\nvpc cidr\nvpc-9 10.9.0.0/16\n"
    "table subnets osaka/far ok 9s\nsubnet vpc cidr available_ips\n"
    "subnet-9 vpc-9 10.9.1.0/26 50\n"
    "table vpc_endpoints osaka/far ok 9s\nvpc_endpoint\n"
    "table prefix_lists osaka/far ok 9s\nprefix_list\n"
    "table routes osaka/far ok 9s\n"
    "vpc route_table main destination target target_type state\n"
    "vpc-9 rtb-9 yes 10.12.0.0/16 eni-0bbbbbbbbbbbb0001 eni active\n";

const char view_dc1[] =
    "table endpoints dc1/nsx\nendpoint kind freshness taken_at\nnsx nsx ok -7s\n"
    "table edges dc1/nsx ok 7s\n"
    "edge_id edge edge_cluster node_kind status tunnels_up tunnels_down datapath_cpu_percent "
    "memory_percent mgmt_connection control_connection\n"
    "d-1 edge-01 ec-01 vm up 5 0 31.4 75.2 up up\n"
    "d-2 edge-02 ec-01 vm up 5 0 12.0 70.0 up up\n"
    "table gateways dc1/nsx ok 7s\n"
    "gateway tier ha_mode edge edge_id ha_status reported_at\n"
    "t0-dc 0 active_standby edge-01 d-1 active -8s\n"
    "t0-dc 0 active_standby edge-02 d-2 standby -8s\n"
    "table segments dc1/nsx ok 7s\npath segment type cidr realized\n"
    "/infra/segments/x 開発 routed 172.16.2.0/24 success\n";

const char view_multi_edge[] =
    "table endpoints tokyo/vmc\nendpoint kind freshness taken_at\nvmc vmc ok -3s\n"
    "table endpoints tokyo/linked\nendpoint kind freshness taken_at\nlinked aws ok -3s\n"
    "table sddcs tokyo/vmc\nsddc name state az management_cidr cluster_1 account_link\n"
    "s sddc-tokyo ready apne1-az4 10.2.0.0/16 Cluster-1 linked\n"
    "table hosts tokyo/vmc\nhost_id host cluster state management_ip eni\n"
    "h0 esx-0 Cluster-1 ready 10.2.32.10 " ENI_0 "\n"
    "h1 esx-1 Cluster-1 ready 10.2.32.11 " ENI_1 "\n"
    "table linked_vpcs tokyo/vmc\n"
    "vpc mode active_enis traffic_groups route_tables prefix_lists expected_entries subnets sddc "
    "traffic_group_ids\n"
    "vpc-1 prefix_list " ENI_0 "," ENI_1 " Default=" ENI_0 ",backup=" ENI_1
    " rtb-main pl-1 10.2.0.0/16,192.168.1.0/24 subnet-1 s 47=Default,48=backup\n"
    "table segments tokyo/vmc\npath segment type cidr connectivity realized\n"
    "/infra/tier-1s/cgw/segments/a web routed 192.168.1.0/24 /infra/tier-1s/cgw success\n"
    "table edges tokyo/vmc\nedge_id edge\ne-0 NSX-Edge-0\ne-1 NSX-Edge-1\n"
    "e-2 NSX-Edge-b0\ne-3 NSX-Edge-b1\n"
    "table gateways tokyo/vmc\ngateway tier ha_mode edge edge_id ha_status traffic_group\n"
    "vmc 0 active_standby NSX-Edge-0 e-0 active 47\n"
    "vmc 0 active_standby NSX-Edge-1 e-1 standby 47\n"
    "vmc 0 active_standby NSX-Edge-b0 e-2 active 48\n"
    "vmc 0 active_standby NSX-Edge-b1 e-3 standby 48\n"
    "table enis tokyo/linked\neni vpc subnet az_id status description source_dest_check\n" ENI_0
    " vpc-1 subnet-1 apne1-az4 in-use \"VMware VMC Interface\" no\n" ENI_1
    " vpc-1 subnet-1 apne1-az4 in-use \"VMware VMC Interface\" no\n"
    "table vpcs tokyo/linked\nvpc cidr\nvpc-1 10.0.0.0/16\n"
    "table subnets tokyo/linked\nsubnet vpc cidr az_id available_ips\n"
    "subnet-1 vpc-1 10.0.165.0/26 apne1-az4 38\n"
    "table vpc_endpoints tokyo/linked\nvpc_endpoint\n"
    "table prefix_lists tokyo/linked\nprefix_list name entries max_entries\n"
    "pl-1 vmc 10.2.0.0/16,192.168.1.0/24 20\n"
    "table routes tokyo/linked\n"
    "vpc route_table route_table_name main subnets destination prefix_list target target_type "
    "state\n"
    "vpc-1 rtb-main main yes [] pl-1 pl-1 " ENI_0 " eni active\n"
    "vpc-1 rtb-app custom-app no subnet-2 pl-1 pl-1 " ENI_0 " eni active\n";
