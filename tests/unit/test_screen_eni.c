/* The ENI tab on golden screens: the path, who has followed, what happened. */
#include "tests/support/screen_case.h"

static void play(struct screen *s, const struct view_scene *const *story, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i)
            screen_pass(s, 10 * SECOND);
        screen_tokyo(s, story[i]);
    }
}

static const struct view_scene *const story[] = {&view_steady, &view_failing, &view_half,
                                                 &view_outage};

/* The edge and NSX's ENI have moved; every route still leads to the dead host. */
static void test_under_way(void **state)
{
    struct screen *s = screen_begin(view_config_tokyo, "eni", true, 0, 0, NULL);

    (void)state;
    play(s, story, 2);
    SCREEN(s, "under way",
           " hycon  tokyo PRODUCTION  東京SDDC                   09:00:10 UTC  18:00:10 JST\n"
           " CRIT 1 WARN 1  Host esx-1 of Cluster-1: failed.                   vmc+ linked+\n"
           " 1 Overview [2 ENI] 3 Edges  4 Segments  7 Hosts  Endpoints\n"
           " tokyo  vpc-1  one route per network  last failover 12s ago\n"
           " │  segments   1 routed, 1 disconnected                                     12s\n"
           " │  edge       NSX-Edge-1 ACTIVE for 12s (gateway vmc), NSX-Edge-0 down     12s\n"
           " │  host       esx-2 ready                                                  12s\n"
           " │  ENI        eni-0aaaaaaaaaaaa0002 ACTIVE in-use, by NSX, NOT by routes   12s\n"
           " ├─ main       converging 2/2 -> eni-0aaaaaaaaaaaa0001 (rtb-main)           12s\n"
           " └─ custom     業務用 converging 1/1 -> eni-0aaaaaaaaaaaa0001 (rtb-app)     12s\n"
           " ENIs 6   +5 columns > ─────────────────────────────────────────────────────────\n"
           "  role     eni                   status    host   edge       active by  routes\n"
           "> changing eni-0aaaaaaaaaaaa0001 in-use    esx-1  -          routes          3\n"
           "  changing eni-0aaaaaaaaaaaa0002 in-use    esx-2  NSX-Edge-1 NSX             0\n"
           "  host     eni-0aaaaaaaaaaaa0000 in-use    esx-0  -                          0\n"
           "  spare    eni-0aaaaaaaaaaaa0003 available -      -                          0\n"
           "  spare    eni-0aaaaaaaaaaaa0004 available -      -                          0\n"
           "  spare    eni-0aaaaaaaaaaaa0005 available -      -                          0\n"
           "\n"
           "\n"
           " Route tables 2   +3 columns > ────────────────────────────────────J: next table\n"
           " Failover timeline 3 ──────────────────────────────────────────────J: next table\n"
           "\n"
           " Enter open  d details  / filter  : command  Tab tabs  z hold  ? help  q quit\n");
    screen_free(s);
}

/* One route of two has followed: the main table is mixed, and what changed is marked. */
static void test_half(void **state)
{
    struct screen *s = screen_begin(view_config_tokyo, "eni", true, 0, 0, NULL);
    const char *styles;

    (void)state;
    play(s, story, 3);
    SCREEN(s, "half",
           " hycon  tokyo PRODUCTION  東京SDDC                   09:00:20 UTC  18:00:20 JST\n"
           " CRIT 1 WARN 1  Host esx-1 of Cluster-1: failed.                   vmc+ linked+\n"
           " 1 Overview [2 ENI] 3 Edges  4 Segments  7 Hosts  Endpoints\n"
           " tokyo  vpc-1  one route per network  last failover 22s ago\n"
           " │  segments   1 routed, 1 disconnected                                     12s\n"
           " │  edge       NSX-Edge-1 ACTIVE for 22s (gateway vmc), NSX-Edge-0 down     12s\n"
           " │  host       esx-2 ready                                                  12s\n"
           " │  ENI        eni-0aaaaaaaaaaaa0002 ACTIVE in-use, by NSX and routes       12s\n"
           " ├─ main       converging 1/2 -> eni-0aaaaaaaaaaaa0002 eni-0aaaaaaaaaaaa00… 12s\n"
           " └─ custom     業務用 converging 1/1 -> eni-0aaaaaaaaaaaa0001 (rtb-app)     12s\n"
           " ENIs 6   +5 columns > ─────────────────────────────────────────────────────────\n"
           "  role     eni                   status    host   edge       active by  routes\n"
           "> changing eni-0aaaaaaaaaaaa0001 in-use    esx-1  -          routes          2\n"
           "  changing eni-0aaaaaaaaaaaa0002 in-use    esx-2  NSX-Edge-1 NSX+routes      1\n"
           "  host     eni-0aaaaaaaaaaaa0000 in-use    esx-0  -                          0\n"
           "  spare    eni-0aaaaaaaaaaaa0003 available -      -                          0\n"
           "  spare    eni-0aaaaaaaaaaaa0004 available -      -                          0\n"
           "  spare    eni-0aaaaaaaaaaaa0005 available -      -                          0\n"
           "\n"
           "\n"
           " Route tables 2   +3 columns > ────────────────────────────────────J: next table\n"
           " Failover timeline 4 ──────────────────────────────────────────────J: next table\n"
           "\n"
           " Enter open  d details  / filter  : command  Tab tabs  z hold  ? help  q quit\n");
    styles = screen_styles(s);
    assert_non_null(strstr(styles, "xxxxxxxxxxxxxx"));
    screen_pass(s, MINUTE);
    assert_null(strstr(screen_styles(s), "xxxxxxxxxxxxxx"));
    screen_free(s);
}

static struct screen *outage(void)
{
    struct screen *s = screen_begin(view_config_tokyo, "eni", true, 0, 0, NULL);

    play(s, story, 4);
    screen_pass(s, 3 * MINUTE);
    screen_tokyo(s, &view_outage);
    return s;
}

/* The main table is done, and one custom table never followed. */
static void test_outage(void **state)
{
    struct screen *s = outage();

    (void)state;
    SCREEN(s, "outage",
           " hycon  tokyo PRODUCTION  東京SDDC                   09:03:30 UTC  18:03:30 JST\n"
           " CRIT 2  Route table rtb-app (業務用) sends 1 SDDC network to en…  vmc+ linked+\n"
           " 1 Overview [2 ENI] 3 Edges  4 Segments  7 Hosts  Endpoints\n"
           " tokyo  vpc-1  one route per network  last failover 3m ago\n"
           " │  segments   1 routed, 1 disconnected                                     12s\n"
           " │  edge       NSX-Edge-1 ACTIVE for 3m (gateway vmc), NSX-Edge-0 down      12s\n"
           " │  host       esx-2 ready                                                  12s\n"
           " │  ENI        eni-0aaaaaaaaaaaa0002 ACTIVE in-use, by NSX and routes       12s\n"
           " ├─ main       ok 2/2 (rtb-main)                                            12s\n"
           " └─ custom     業務用 STALE 1/1 -> eni-0aaaaaaaaaaaa0001 (rtb-app)          12s\n"
           " ENIs 6   +5 columns > ─────────────────────────────────────────────────────────\n"
           "  role     eni                   status    host   edge       active by  routes\n"
           "  ACTIVE   eni-0aaaaaaaaaaaa0002 in-use    esx-2  NSX-Edge-1 NSX+routes      2\n"
           "  host     eni-0aaaaaaaaaaaa0000 in-use    esx-0  -                          0\n"
           "> host     eni-0aaaaaaaaaaaa0001 in-use    esx-1  -                          1\n"
           "  spare    eni-0aaaaaaaaaaaa0003 available -      -                          0\n"
           "  spare    eni-0aaaaaaaaaaaa0004 available -      -                          0\n"
           "  spare    eni-0aaaaaaaaaaaa0005 available -      -                          0\n"
           "\n"
           "\n"
           " Route tables 2   +3 columns > ────────────────────────────────────J: next table\n"
           " Failover timeline 6 ──────────────────────────────────────────────J: next table\n"
           "\n"
           " Enter open  d details  / filter  : command  Tab tabs  z hold  ? help  q quit\n");
    screen_free(s);
}

/* On a low screen the table with the cursor has the room, the others are their titles. */
static void test_room(void **state)
{
    struct screen *s = outage();

    (void)state;
    screen_keys(s, "J");
    SCREEN(s, "the route tables have the room",
           " hycon  tokyo PRODUCTION  東京SDDC                   09:03:30 UTC  18:03:30 JST\n"
           " CRIT 2  Route table rtb-app (業務用) sends 1 SDDC network to en…  vmc+ linked+\n"
           " 1 Overview [2 ENI] 3 Edges  4 Segments  7 Hosts  Endpoints\n"
           " tokyo  vpc-1  one route per network  last failover 3m ago\n"
           " │  segments   1 routed, 1 disconnected                                     12s\n"
           " │  edge       NSX-Edge-1 ACTIVE for 3m (gateway vmc), NSX-Edge-0 down      12s\n"
           " │  host       esx-2 ready                                                  12s\n"
           " │  ENI        eni-0aaaaaaaaaaaa0002 ACTIVE in-use, by NSX and routes       12s\n"
           " ├─ main       ok 2/2 (rtb-main)                                            12s\n"
           " └─ custom     業務用 STALE 1/1 -> eni-0aaaaaaaaaaaa0001 (rtb-app)          12s\n"
           " ENIs 6   +5 columns > ────────────────────────────────────────────J: next table\n"
           " Route tables 2   +3 columns > ─────────────────────────────────────────────────\n"
           "       state        name     kind        subnets leads to              data\n"
           "> CRIT STALE 1/1    業務用   custom            1 eni-0aaaaaaaaaaaa0001  12s\n"
           "  ok   ok 2/2       main     main              0 eni-0aaaaaaaaaaaa0002  12s\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           " Failover timeline 6 ──────────────────────────────────────────────J: next table\n"
           "\n"
           " Enter open  d details  / filter  : command  Tab tabs  z hold  ? help  q quit\n");
    screen_free(s);
}

static void test_timeline(void **state)
{
    struct screen *s = outage();

    (void)state;
    screen_keys(s, "JJ");
    SCREEN(s, "the timeline has the room",
           " hycon  tokyo PRODUCTION  東京SDDC                   09:03:30 UTC  18:03:30 JST\n"
           " CRIT 2  Route table rtb-app (業務用) sends 1 SDDC network to en…  vmc+ linked+\n"
           " 1 Overview [2 ENI] 3 Edges  4 Segments  7 Hosts  Endpoints\n"
           " tokyo  vpc-1  one route per network  last failover 3m ago\n"
           " │  segments   1 routed, 1 disconnected                                     12s\n"
           " │  edge       NSX-Edge-1 ACTIVE for 3m (gateway vmc), NSX-Edge-0 down      12s\n"
           " │  host       esx-2 ready                                                  12s\n"
           " │  ENI        eni-0aaaaaaaaaaaa0002 ACTIVE in-use, by NSX and routes       12s\n"
           " ├─ main       ok 2/2 (rtb-main)                                            12s\n"
           " └─ custom     業務用 STALE 1/1 -> eni-0aaaaaaaaaaaa0001 (rtb-app)          12s\n"
           " ENIs 6   +5 columns > ────────────────────────────────────────────J: next table\n"
           " Route tables 2   +3 columns > ────────────────────────────────────J: next table\n"
           " Failover timeline 6 ───────────────────────────────────────────────────────────\n"
           "  time       after     +- what           subject     change\n"
           "> 09:03:30  +3m32s        table LATE     rtb-app (…  eni-…aa0001 -> eni-…aa0002…\n"
           "  09:00:18    +20s  +-10s table followed rtb-main (… eni-…aa0001 -> eni-…aa0002…\n"
           "  09:00:08    +10s  +-10s table begins   rtb-main (… eni-…aa0001 -> eni-…aa0001…\n"
           "  08:59:58     +0s  +-10s active ENI     vpc-1, tra… eni-…aa0001 -> eni-…aa0002…\n"
           "  08:59:58     +0s  +-10s active edge    vmc         NSX-Edge-0 -> NSX-Edge-1 (…\n"
           "  08:59:58          +-10s host state     esx-1       ready -> failed\n"
           "\n"
           "\n"
           "\n"
           " Enter open  d details  / filter  : command  Tab tabs  z hold  ? help  q quit\n");
    screen_free(s);
}

static void test_wide(void **state)
{
    struct screen *s = screen_begin(view_config_tokyo, "eni", true, 160, 40, "ja");

    (void)state;
    play(s, story, 4);
    /* clang-format off */
    SCREEN(s, "outage, wide, Japanese",
           " hycon  tokyo 本番  東京SDDC                                                                                                         09:00:30 UTC  18:00:30 JST\n"
           " CRIT 1 WARN 1  Cluster-1 のホスト esx-1 は failed です。                                                                                          vmc+ linked+\n"
           " 1 Overview [2 ENI] 3 Edges  4 Segments  7 Hosts  Endpoints\n"
           " tokyo  vpc-1  ネットワークごとに 1 経路  直近のフェイルオーバー 32s 前\n"
           " │  セグメント 1 routed, 1 disconnected                                                                                                                 vmc 12s\n"
           " │  エッジ     NSX-Edge-1 ACTIVE 32s の間 (ゲートウェイ vmc), NSX-Edge-0 down                                                                           vmc 12s\n"
           " │  ホスト     esx-2 ready                                                                                                                              vmc 12s\n"
           " │  ENI        eni-0aaaaaaaaaaaa0002 ACTIVE in-use、NSX とルートの両方が指す                                                                         linked 12s\n"
           " ├─ メイン     ok 2/2 (rtb-main)                                                                                                                     linked 12s\n"
           " └─ カスタム   業務用 converging 1/1 -> eni-0aaaaaaaaaaaa0001 (rtb-app)                                                                              linked 12s\n"
           " ENI 6 ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────\n"
           "  role      eni                    status     host    edge        active by   routes  blackhole  private_ip  subnet           az_id      traffic_group\n"
           "  ACTIVE    eni-0aaaaaaaaaaaa0002  in-use     esx-2   NSX-Edge-1  NSX+routes       2          0  10.0.165.6  subnet-1         apne1-az4  Default\n"
           "  host      eni-0aaaaaaaaaaaa0000  in-use     esx-0   -                            0          0  10.0.165.4  subnet-1         apne1-az4  -\n"
           "> host      eni-0aaaaaaaaaaaa0001  in-use     esx-1   -                            1          0  10.0.165.5  subnet-1         apne1-az4  -\n"
           "  spare     eni-0aaaaaaaaaaaa0003  available  -       -                            0          0  10.0.165.7  subnet-1         apne1-az4  -\n"
           "  spare     eni-0aaaaaaaaaaaa0004  available  -       -                            0          0  10.0.165.8  subnet-1         apne1-az4  -\n"
           "  spare     eni-0aaaaaaaaaaaa0005  available  -       -                            0          0  10.0.165.9  subnet-1         apne1-az4  -\n"
           " ルートテーブル 2 ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────\n"
           "       state           name      kind         route_table   subnets  leads to               expected               unmanaged  data\n"
           "  WARN converging 1/1  業務用    custom       rtb-app             1  eni-0aaaaaaaaaaaa0001  eni-0aaaaaaaaaaaa0002          0   12s\n"
           "  ok   ok 2/2          main      main         rtb-main            0  eni-0aaaaaaaaaaaa0002  eni-0aaaaaaaaaaaa0002          0   12s\n"
           " フェイルオーバーの経過 5 ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────\n"
           "  time        after      +-  what              subject                       change\n"
           "  09:00:18     +20s   +-10s  追従完了          rtb-main (main)               eni-…aa0001 -> eni-…aa0002 (main table, 2 routes)\n"
           "  09:00:08     +10s   +-10s  追従開始          rtb-main (main)               eni-…aa0001 -> eni-…aa0001 eni-…aa0002 (main table, 2 routes)\n"
           "  08:59:58      +0s   +-10s  アクティブ ENI    vpc-1, traffic group Default  eni-…aa0001 -> eni-…aa0002 (esx-1 -> esx-2)\n"
           "  08:59:58      +0s   +-10s  アクティブエッジ  vmc                           NSX-Edge-0 -> NSX-Edge-1 (tier-0, traffic group Default)\n"
           "  08:59:58            +-10s  ホスト状態        esx-1                         ready -> failed\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           " Enter 開く  r 関連  d 詳細  / 絞込  : コマンド  Tab タブ  > 並替  w 全幅  x 列  z 停止  R 更新  U UTC/現地  y コピー  L ログイン  e 理由  ? ヘルプ  q 終了\n");
    /* clang-format on */
    screen_free(s);
}

/* The reverse proxy of an SDDC need not tell the state of tier-0 gateways, nor names of edges: the
 * tier-1 gateways on the same edges stand in, and nothing is called down that was not read. */
static void test_tier1_alone(void **state)
{
    struct screen *s = screen_begin(view_config_tokyo, "eni", true, 0, 0, NULL);

    (void)state;
    screen_tokyo(s, &view_steady);
    screen_change(s, "vmc 0 active_standby NSX-Edge-0 e-0 active 4711\n",
                  "vmc 0 - - - - -\ncgw 1 - - e-0 active 4711\n");
    screen_change(s, "vmc 0 active_standby NSX-Edge-1 e-1 standby 4711\n",
                  "cgw 1 - - e-1 standby 4711\n");
    SCREEN_HAS(s, "e-0 ACTIVE (gateway cgw), e-1 standby");
    SCREEN_LACKS(s, "NO active edge");
    screen_keys(s, "1");
    SCREEN_HAS(s, "e-0 ACTIVE for cgw");
    SCREEN_LACKS(s, "NO active edge");
    screen_keys(s, "3");
    SCREEN_HAS(s, "e-0        ACTIVE");
    screen_free(s);
}

/* A route for each traffic group: both ENIs are where the table should lead, and two ids that do
 * not fit are not cut into one. */
static void test_two_targets(void **state)
{
    struct screen *s = screen_begin(view_config_tokyo, "eni", true, 160, 34, NULL);

    (void)state;
    screen_tables(s, view_multi_edge);
    screen_change(s, "vpc-1 rtb-main main yes [] pl-1 pl-1",
                  "vpc-1 rtb-main main yes [] 192.168.1.0/24 - eni-0aaaaaaaaaaaa0001 eni active\n"
                  "vpc-1 rtb-main main yes [] pl-1 pl-1");
    SCREEN_HAS(s, "eni-…aa0001 eni-…aa0000  eni-…aa0001 eni-…aa0000");
    screen_resize(s, 80, 24);
    SCREEN_HAS(s, "eni-…aa0001 eni-…aa0");
    SCREEN_LACKS(s, "eni-0…ni-0aaaaaaaaaaaa");
    screen_free(s);
}

/* Two traffic groups in prefix list mode: two active ENIs, each with its edge; nothing is wrong. */
static void test_multi_edge(void **state)
{
    struct screen *s = screen_begin(view_config_tokyo, "eni", true, 100, 34, NULL);

    (void)state;
    screen_tables(s, view_multi_edge);
    /* clang-format off */
    /* clang-format off */
    SCREEN(s, "multi-edge",
           " hycon  tokyo PRODUCTION  東京SDDC                                       09:00:00 UTC  18:00:00 JST\n"
           " ok: no finding is open                                                                vmc+ linked+\n"
           " 1 Overview [2 ENI] 3 Edges  4 Segments  7 Hosts  Endpoints\n"
           " tokyo  vpc-1  managed prefix list  2 traffic groups\n"
           " │  segments   1 routed                                                                     vmc 12s\n"
           " │  edge       Default: NSX-Edge-0 ACTIVE (gateway vmc), NSX-Edge-1 standby                 vmc 12s\n"
           " │  host       esx-0 ready                                                                  vmc 12s\n"
           " │  ENI        Default: eni-0aaaaaaaaaaaa0000 ACTIVE in-use, by NSX and routes           linked 12s\n"
           " │  edge       backup: NSX-Edge-b0 ACTIVE (gateway vmc), NSX-Edge-b1 standby                vmc 12s\n"
           " │  host       esx-1 ready                                                                  vmc 12s\n"
           " │  ENI        backup: eni-0aaaaaaaaaaaa0001 ACTIVE in-use, by NSX                       linked 12s\n"
           " ├─ main       ok 1/1 (rtb-main)                                                         linked 12s\n"
           " └─ pfx list   custom-app ok 1/1 (rtb-app)                                               linked 12s\n"
           " ENIs 2   +3 columns > ─────────────────────────────────────────────────────────────────────────────\n"
           "  role     eni                   status    host   edge        active by  routes blackhole private_ip\n"
           "> ACTIVE   eni-0aaaaaaaaaaaa0000 in-use    esx-0  NSX-Edge-0  NSX+routes      2         0 -\n"
           "  ACTIVE   eni-0aaaaaaaaaaaa0001 in-use    esx-1  NSX-Edge-b0 NSX             0         0 -\n"
           " Route tables 2   +2 columns > ─────────────────────────────────────────────────────────────────────\n"
           "       state        name       kind        route_table  subnets leads to              data\n"
           "  ok   ok 1/1       main       main        rtb-main           0 eni-0aaaaaaaaaaaa0000  12s\n"
           "  ok   ok 1/1       custom-app prefix list rtb-app            1 eni-0aaaaaaaaaaaa0000  12s\n"
           " Failover timeline 0 ───────────────────────────────────────────────────────────────────────────────\n"
           "  time       after     +- what           subject     change\n"
           "  No failover was seen.\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           " Enter open  r related  d details  / filter  : command  Tab tabs  > sort  z hold  ? help  q quit\n");
    /* clang-format on */
    /* clang-format on */
    SCREEN_LACKS(s, "CRIT");
    SCREEN_LACKS(s, "WARN");
    screen_free(s);
}

/* Three links and nine lines: what is wrong is drawn whole, the others are one line each. */
static void test_two_links(void **state)
{
    struct screen *s = screen_begin(view_config, "eni", true, 0, 0, NULL);
    char *tokyo = view_estate(&view_outage), *all;

    (void)state;
    all = mem_printf("%s%s%s", tokyo, view_osaka, view_dc1);
    screen_tables(s, all);
    SCREEN(s, "two links",
           " hycon  tokyo PRODUCTION osaka dc1                   09:00:00 UTC  18:00:00 JST\n"
           " CRIT 3  Route table rtb-app (業務用) sends 1 SDDC network to eni-0aaaaa…  4 ok\n"
           " 1 Overview [2 ENI] 3 Edges  4 Segments  7 Hosts  Endpoints\n"
           " tokyo  vpc-1  one route per network\n"
           " │  segments   1 routed, 1 disconnected                                     12s\n"
           " │  edge       NSX-Edge-1 ACTIVE (gateway vmc), NSX-Edge-0 down             12s\n"
           " │  host       esx-2 ready                                                  12s\n"
           " │  ENI        eni-0aaaaaaaaaaaa0002 ACTIVE in-use, by NSX and routes       12s\n"
           " ├─ main       ok 2/2 (rtb-main)                                            12s\n"
           " └─ custom     業務用 STALE 1/1 -> eni-0aaaaaaaaaaaa0001 (rtb-app)          12s\n"
           " osaka  eni-0bbbbbbbbbbbb0001 > tables ok 1/1                                9s\n"
           " ENIs 8   +6 columns > ─────────────────────────────────────────────────────────\n"
           "  role     eni                   status    host   edge       active by  routes\n"
           "> ACTIVE   eni-0bbbbbbbbbbbb0001 in-use    -      -          routes          1\n"
           "  ACTIVE   eni-0aaaaaaaaaaaa0002 in-use    esx-2  NSX-Edge-1 NSX+routes      2\n"
           "  host     eni-0aaaaaaaaaaaa0000 in-use    esx-0  -                          0\n"
           "  host     eni-0aaaaaaaaaaaa0001 in-use    esx-1  -                          1\n"
           "  spare    eni-0bbbbbbbbbbbb0002 available -      -                          0\n"
           "  spare    eni-0aaaaaaaaaaaa0003 available -      -                          0\n"
           "  spare    eni-0aaaaaaaaaaaa0004 available -      -                          0\n"
           " Route tables 3   +4 columns > ────────────────────────────────────J: next table\n"
           " Failover timeline 0 ──────────────────────────────────────────────J: next table\n"
           "\n"
           " Enter open  d details  / filter  : command  Tab tabs  z hold  ? help  q quit\n");
    free(all);
    free(tokyo);
    screen_free(s);
}

/* Of a site with an aws endpoint alone: what is not known is said so. */
static void test_aws_alone(void **state)
{
    struct screen *s = screen_begin(view_config, "eni", true, 0, 0, NULL);

    (void)state;
    screen_tables(s, view_osaka);
    screen_keys(s, ":eni @osaka<Enter>");
    SCREEN(s, "AWS alone",
           " hycon  osaka                                        09:00:00 UTC  18:00:00 JST\n"
           " ok: no finding is open                                                    far+\n"
           " 1 Overview [2 ENI] Endpoints\n"
           " osaka  vpc-9  only AWS is known here\n"
           " │  segments   not known: no endpoint here says it\n"
           " │  edge       not known: no endpoint here says it\n"
           " │  host       not known: no endpoint here says it\n"
           " │  ENI        eni-0bbbbbbbbbbbb0001 ACTIVE in-use, by routes                9s\n"
           " └─ main       rtb-9 ok 1/1                                                  9s\n"
           " ENIs 2   +5 columns > ─────────────────────────────────────────────────────────\n"
           "  role     eni                   status    host   edge       active by  routes\n"
           "> ACTIVE   eni-0bbbbbbbbbbbb0001 in-use    -      -          routes          1\n"
           "  spare    eni-0bbbbbbbbbbbb0002 available -      -                          0\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           " Route tables 1   +3 columns > ────────────────────────────────────J: next table\n"
           " Failover timeline 0 ──────────────────────────────────────────────J: next table\n"
           "\n"
           " Enter open  d details  / filter  : command  Tab tabs  z hold  ? help  q quit\n");
    screen_free(s);
}

/* NSX and VMC are denied: what they said is old, and the path says so. */
static void test_nsx_denied(void **state)
{
    struct screen *s = screen_begin(view_config_tokyo, "eni", true, 0, 0, NULL);

    (void)state;
    screen_tokyo(s, &view_steady);
    screen_change(s, "table linked_vpcs tokyo/vmc",
                  "table linked_vpcs tokyo/vmc denied 10m \"the token has expired\"");
    screen_change(s, "table gateways tokyo/vmc",
                  "table gateways tokyo/vmc denied 10m \"the token has expired\"");
    screen_change(s, "table segments tokyo/vmc",
                  "table segments tokyo/vmc failed 10m \"no answer\"");
    SCREEN(s, "NSX denied",
           " hycon  tokyo PRODUCTION  東京SDDC                   09:00:00 UTC  18:00:00 JST\n"
           " ? 1  3 of 6 tables of vmc cannot be read; what needs them is no…  vmc+ linked+\n"
           " 1 Overview [2 ENI] 3 Edges  4 Segments  7 Hosts  Endpoints\n"
           " tokyo  vpc-1  one route per network\n"
           " │  segments   1 routed, 1 disconnected                              failed 10m\n"
           " │  edge       NSX-Edge-0 ACTIVE (gateway vmc), NSX-Edge-1 standby   denied 10m\n"
           " │  host       esx-1 ready                                                  12s\n"
           " │  ENI        eni-0aaaaaaaaaaaa0001 ACTIVE in-use, by routes        denied 10m\n"
           " └─ routes     not judged: vmc is denied                                    12s\n"
           " ENIs 6   +5 columns > ─────────────────────────────────────────────────────────\n"
           "  role     eni                   status    host   edge       active by  routes\n"
           "> ACTIVE   eni-0aaaaaaaaaaaa0001 in-use    esx-1  -          routes          3\n"
           "  host     eni-0aaaaaaaaaaaa0000 in-use    esx-0  -                          0\n"
           "  host     eni-0aaaaaaaaaaaa0002 in-use    esx-2  -                          0\n"
           "  spare    eni-0aaaaaaaaaaaa0003 available -      -                          0\n"
           "  spare    eni-0aaaaaaaaaaaa0004 available -      -                          0\n"
           "  spare    eni-0aaaaaaaaaaaa0005 available -      -                          0\n"
           "\n"
           "\n"
           "\n"
           " Route tables 2   +3 columns > ────────────────────────────────────J: next table\n"
           " Failover timeline 0 ──────────────────────────────────────────────J: next table\n"
           "\n"
           " Enter open  d details  / filter  : command  Tab tabs  z hold  ? help  q quit\n");
    screen_free(s);
}

/* Without ENIs and links there is no path, and the table says why it is empty. */
static void test_nothing(void **state)
{
    struct screen *s = screen_begin(view_config_tokyo, "eni", true, 0, 0, NULL);

    (void)state;
    screen_tables(s, "table endpoints tokyo/linked\nendpoint kind freshness\nlinked aws ok\n"
                     "table enis tokyo/linked\neni\n"
                     "table routes tokyo/linked failed 5m \"no answer\"\nroute_table\n");
    SCREEN_HAS(s, "AWS lists no network interface of the SDDC.");
    SCREEN_LACKS(s, "ACTIVE");
    screen_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_under_way),   cmocka_unit_test(test_half),
        cmocka_unit_test(test_outage),      cmocka_unit_test(test_wide),
        cmocka_unit_test(test_two_targets), cmocka_unit_test(test_tier1_alone),
        cmocka_unit_test(test_multi_edge),  cmocka_unit_test(test_two_links),
        cmocka_unit_test(test_room),        cmocka_unit_test(test_timeline),
        cmocka_unit_test(test_aws_alone),   cmocka_unit_test(test_nsx_denied),
        cmocka_unit_test(test_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
