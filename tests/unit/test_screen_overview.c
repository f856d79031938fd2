/* Overview on golden screens: what is wrong, how old it is, and where to press. */
#include "tests/support/screen_case.h"

/* Tokyo after a failover that the custom table never followed. */
static struct screen *outage(int w, int h, const char *language)
{
    struct screen *s = screen_begin(view_config, NULL, true, w, h, language);
    static const struct view_scene *const story[] = {&view_steady, &view_failing, &view_half,
                                                     &view_outage, &view_outage};

    for (size_t i = 0; i < ARRAY_SIZE(story); i++) {
        screen_scene(s, story[i]);
        screen_pass(s, i < 3 ? 10 * SECOND : 3 * MINUTE);
    }
    screen_scene(s, &view_outage);
    return s;
}

static void test_calm(void **state)
{
    struct screen *s = screen_begin(view_config, NULL, true, 0, 0, NULL);

    (void)state;
    screen_scene(s, &view_steady);
    SCREEN(s, "calm",
           " hycon  tokyo PRODUCTION osaka dc1                   09:00:00 UTC  18:00:00 JST\n"
           " ok: no finding is open                                                    4 ok\n"
           "[1 Overview] 2 ENI  3 Edges  4 Segments  7 Hosts  Endpoints\n"
           " No finding is open. The data column says how old this is.\n"
           " Domains 12 ────────────────────────────────────────────────────────────────────\n"
           "  is   site  domain    state                                          open  data\n"
           "> ok   tokyo Routes    main ok 2/2; 1 more ok                            0   12s\n"
           "  ok   tokyo ENI       eni-0aaaaaaaaaaaa0001 ACTIVE on esx-1; 2 host…    0   12s\n"
           "  ok   tokyo Edges     NSX-Edge-0 ACTIVE for vmc; 1 active, 1 standby    0   12s\n"
           "  ok   tokyo Hosts     3 ready                                           0   12s\n"
           "  ok   tokyo Segments  1 routed, 1 disconnected                          0   12s\n"
           "  ok   tokyo Endpoints 2 ok                                              0   12s\n"
           "  ok   osaka Routes    rtb-9 ok 1/1                                      0    9s\n"
           "  ok   osaka ENI       eni-0bbbbbbbbbbbb0001 ACTIVE; 1 active, 1 spa…    0    9s\n"
           "  ok   osaka Endpoints 1 ok                                              0    9s\n"
           "  ok   dc1   Edges     edge-01 ACTIVE for t0-dc; 2 up                    0    7s\n"
           "  ok   dc1   Segments  1 routed                                          0    7s\n"
           "  ok   dc1   Endpoints 1 ok                                              0    7s\n"
           " Findings 0   +2 columns > ─────────────────────────────────────────────────────\n"
           "  is   site   age summary                                                affects\n"
           "  No finding.\n"
           "\n"
           "\n"
           " Enter open  d details  / filter  : command  Tab tabs  z hold  ? help  q quit\n");
    screen_free(s);
}

static void test_outage(void **state)
{
    struct screen *s = outage(0, 0, NULL);

    (void)state;
    SCREEN(s, "outage",
           " hycon  tokyo PRODUCTION osaka dc1                   09:06:30 UTC  18:06:30 JST\n"
           " CRIT 2  Route table rtb-app (業務用) sends 1 SDDC network to eni-0aaaaa…  4 ok\n"
           "[1 Overview] 2 ENI  3 Edges  4 Segments  7 Hosts  Endpoints\n"
           " CRIT  tokyo: Route table rtb-app (業務用) sends 1 SDDC network to\n"
           "       eni-0aaaaaaaaaaaa0001, but the active ENI is eni-0aaaaaaaaaaaa0002: its…\n"
           " do:   Point the table's SDDC routes to the active ENI. AWS console: VPC >\n"
           "       Route tables > rtb-app > Routes > Edit. Or for each destination: aws ec…\n"
           " Domains 12 ────────────────────────────────────────────────────────────────────\n"
           "  is   site  domain    state                                          open  data\n"
           "> CRIT tokyo Routes    業務用 STALE 1/1; main ok 2/2                     1   12s\n"
           "  CRIT tokyo Edges     NSX-Edge-0 down; NSX-Edge-1 ACTIVE for vmc; 1…    2   12s\n"
           "  CRIT tokyo Hosts     esx-1 failed; 2 ready, 1 failed                   1   12s\n"
           "  ok   tokyo ENI       eni-0aaaaaaaaaaaa0002 ACTIVE on esx-2; 2 host…    0   12s\n"
           "  ok   tokyo Segments  1 routed, 1 disconnected                          0   12s\n"
           "  ok   tokyo Endpoints 2 ok                                              0   12s\n"
           " Findings 6   +2 columns > ─────────────────────────────────────────────────────\n"
           "  is   site   age summary                                                affects\n"
           "  CRIT tokyo   6m Route table rtb-app (業務用) sends 1 SDDC network to …       1\n"
           "  CRIT tokyo   6m Host esx-1 of Cluster-1: failed.                             1\n"
           "  CRIT tokyo   6m └ Edge NSX-Edge-0 is down for all its gateways (vmc=d…       1\n"
           "  WARN tokyo   6m └ Gateway vmc has no standby edge: the next failure s…       2\n"
           "  gone tokyo   6m Converging: Main route table rtb-main (main): 1 of 2 …       1\n"
           "\n"
           " Enter open  d details  / filter  : command  Tab tabs  z hold  ? help  q quit\n");
    screen_free(s);
}

static void test_outage_wide(void **state)
{
    struct screen *s = outage(160, 36, NULL);

    (void)state;
    /* clang-format off */
    SCREEN(s, "outage, wide",
           " hycon  tokyo PRODUCTION osaka dc1                                                                                                   09:06:30 UTC  18:06:30 JST\n"
           " CRIT 2  Route table rtb-app (業務用) sends 1 SDDC network to eni-0aaaaaaaaaaaa0001, but the active ENI is eni-0aaa…  tokyo: vmc+ linked+ osaka: far+ dc1: nsx+\n"
           "[1 Overview] 2 ENI  3 Edges  4 Segments  7 Hosts  Endpoints\n"
           " CRIT  tokyo: Route table rtb-app (業務用) sends 1 SDDC network to eni-0aaaaaaaaaaaa0001, but the active ENI is eni-0aaaaaaaaaaaa0002: its subnets cannot reach\n"
           "       the SDDC.\n"
           " do:   Point the table's SDDC routes to the active ENI. AWS console: VPC > Route tables > rtb-app > Routes > Edit. Or for each destination: aws ec2\n"
           "       replace-route --route-table-id rtb-app --destination-cidr-block 192.168.1.0/24 --network-interface-id eni-0aaaaaaaaaaaa0002. Lasting: use the main\n"
           "       table, or managed prefix list mode.\n"
           " Domains 12 ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────\n"
           "  is    site   domain     state                                                             open   data\n"
           "> CRIT  tokyo  Routes     業務用 STALE 1/1; main ok 2/2                                        1    12s\n"
           "  CRIT  tokyo  Edges      NSX-Edge-0 down; NSX-Edge-1 ACTIVE for vmc; 1 active, 1 down         2    12s\n"
           "  CRIT  tokyo  Hosts      esx-1 failed; 2 ready, 1 failed                                      1    12s\n"
           "  ok    tokyo  ENI        eni-0aaaaaaaaaaaa0002 ACTIVE on esx-2; 2 host, 1 active, 3 spare     0    12s\n"
           "  ok    tokyo  Segments   1 routed, 1 disconnected                                             0    12s\n"
           "  ok    tokyo  Endpoints  2 ok                                                                 0    12s\n"
           "  ok    osaka  Routes     rtb-9 ok 1/1                                                         0     9s\n"
           "  ok    osaka  ENI        eni-0bbbbbbbbbbbb0001 ACTIVE; 1 active, 1 spare                      0     9s\n"
           "  ok    osaka  Endpoints  1 ok                                                                 0     9s\n"
           "  ok    dc1    Edges      edge-01 ACTIVE for t0-dc; 2 up                                       0     7s\n"
           "  ok    dc1    Segments   1 routed                                                             0     7s\n"
           "  ok    dc1    Endpoints  1 ok                                                                 0     7s\n"
           " Findings 6 ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────\n"
           "  is    site    age  subject               summary                                                                                             affects  ack by\n"
           "  CRIT  tokyo    6m  rtb-app (業務用)      Route table rtb-app (業務用) sends 1 SDDC network to eni-0aaaaaaaaaaaa0001, but the active ENI is…        1  -\n"
           "  CRIT  tokyo    6m  Cluster-1             Host esx-1 of Cluster-1: failed.                                                                          1  -\n"
           "  CRIT  tokyo    6m  NSX-Edge-0            └ Edge NSX-Edge-0 is down for all its gateways (vmc=down).                                                1  -\n"
           "  WARN  tokyo    6m  vmc                   └ Gateway vmc has no standby edge: the next failure stops it.                                             2  -\n"
           "  gone  tokyo    6m  rtb-main (main)       Converging: Main route table rtb-main (main): 1 of 2 SDDC networks do not lead to the active ENI …        1  -\n"
           "  gone  tokyo    6m  vpc-1                 Converging: NSX and the main route table of vpc-1 disagree on the active ENI: a failover has not …        2  -\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           " Enter open  d details  / filter  : command  Tab tabs  > sort  w wide  x columns  z hold  R refresh  U UTC/local  y copy  L login  e explain  ? help  q quit\n");
    /* clang-format on */
    screen_free(s);
}

static void test_outage_japanese(void **state)
{
    struct screen *s = outage(0, 0, "ja");

    (void)state;
    SCREEN(s, "outage, Japanese",
           " hycon  tokyo 本番 osaka dc1                         09:06:30 UTC  18:06:30 JST\n"
           " CRIT 2  rtb-app (業務用): SDDC ルート 1 個が eni-0aaaaaaaaaaaa0001 宛…  正常 4\n"
           "[1 Overview] 2 ENI  3 Edges  4 Segments  7 Hosts  Endpoints\n"
           " CRIT  tokyo: rtb-app (業務用): SDDC ルート 1 個が eni-0aaaaaaaaaaaa0001 宛てで\n"
           "       す。アクティブ ENI は eni-0aaaaaaaaaaaa0002 で、サブネットから SDDC に…\n"
           " 対処: このテーブルの SDDC ルートをアクティブ ENI に向けます。AWS コンソール:\n"
           "       VPC > Route tables > rtb-app > Routes > Edit。または宛先ごとに: aws ec2…\n"
           " 領域 12 ───────────────────────────────────────────────────────────────────────\n"
           "  is   site  domain    state                                          open  data\n"
           "> CRIT tokyo ルート    業務用 STALE 1/1; main ok 2/2                     1   12s\n"
           "  CRIT tokyo Edges     NSX-Edge-0 down; NSX-Edge-1 がアクティブ (vmc…    2   12s\n"
           "  CRIT tokyo Hosts     esx-1 failed; 2 ready, 1 failed                   1   12s\n"
           "  ok   tokyo ENI       eni-0aaaaaaaaaaaa0002 がアクティブ (esx-2 上)…    0   12s\n"
           "  ok   tokyo Segments  1 routed, 1 disconnected                          0   12s\n"
           "  ok   tokyo Endpoints 2 ok                                              0   12s\n"
           " 検出事項 6   +2 列 > ──────────────────────────────────────────────────────────\n"
           "  is   site   age summary                                                affects\n"
           "  CRIT tokyo   6m rtb-app (業務用): SDDC ルート 1 個が eni-0aaaaaaaaaaa…       1\n"
           "  CRIT tokyo   6m Cluster-1 のホスト esx-1 は failed です。                    1\n"
           "  CRIT tokyo   6m └ エッジ NSX-Edge-0 は全ゲートウェイで down です (vmc…       1\n"
           "  WARN tokyo   6m └ ゲートウェイ vmc にスタンバイのエッジがありません。…       2\n"
           "  gone tokyo   6m 収束中: メインテーブル rtb-main (main): SDDC ルート 2…       1\n"
           "\n"
           " Enter 開く  d 詳細  / 絞込  : コマンド  Tab タブ  z 停止  ? ヘルプ  q 終了\n");
    screen_free(s);
}

/* Enter on the worst finding: the route table that it is about, on the ENI tab. */
/* The cursor begins on a domain: what answers a finding says where they are. */
static void test_acknowledge_a_domain(void **state)
{
    struct screen *s = outage(0, 0, NULL);

    (void)state;
    screen_keys(s, "a");
    SCREEN_HAS(s, "This row is no finding; on Overview J goes to the table of findings.");
    screen_keys(s, "Ja");
    SCREEN_HAS(s, "snooze for");
    screen_free(s);
}

static void test_enter(void **state)
{
    struct screen *s = outage(0, 0, NULL);

    (void)state;
    screen_keys(s, "J<Enter>");
    SCREEN(s, "where the finding leads",
           " hycon  tokyo PRODUCTION osaka dc1                   09:06:30 UTC  18:06:30 JST\n"
           " CRIT 2  Route table rtb-app (業務用) sends 1 SDDC network to eni-0aaaaa…  4 ok\n"
           " 1 Overview [2 ENI] 3 Edges  4 Segments  7 Hosts  Endpoints\n"
           " tokyo  vpc-1  one route per network  last failover 6m ago\n"
           " │  segments   1 routed, 1 disconnected                                     12s\n"
           " │  edge       NSX-Edge-1 ACTIVE for 6m (gateway vmc), NSX-Edge-0 down      12s\n"
           " │  host       esx-2 ready                                                  12s\n"
           " │  ENI        eni-0aaaaaaaaaaaa0002 ACTIVE in-use, by NSX and routes       12s\n"
           " ├─ main       ok 2/2 (rtb-main)                                            12s\n"
           " └─ custom     業務用 STALE 1/1 -> eni-0aaaaaaaaaaaa0001 (rtb-app)          12s\n"
           " osaka  eni-0bbbbbbbbbbbb0001 > tables ok 1/1                                9s\n"
           " ENIs 8   +6 columns > ────────────────────────────────────────────J: next table\n"
           " Route tables 3   +4 columns > ─────────────────────────────────────────────────\n"
           "       site  state        name     kind        leads to              data\n"
           "> CRIT tokyo STALE 1/1    業務用   custom      eni-0aaaaaaaaaaaa0001  12s\n"
           "  ok   osaka ok 1/1       -        main        eni-0bbbbbbbbbbbb0001   9s\n"
           "  ok   tokyo ok 2/2       main     main        eni-0aaaaaaaaaaaa0002  12s\n"
           "\n"
           "\n"
           "\n"
           "\n"
           " Failover timeline 6 ──────────────────────────────────────────────J: next table\n"
           "\n"
           " Enter open  d details  / filter  : command  Tab tabs  z hold  ? help  q quit\n");
    screen_keys(s, "<Enter>");
    SCREEN_HAS(s, "/route_table = rtb-app and verdict != other");
    SCREEN_HAS(s, "eni-…aa0001 should be eni-…aa0002");
    screen_free(s);
}

static void test_details(void **state)
{
    struct screen *s = outage(0, 0, NULL);

    (void)state;
    screen_keys(s, "Jd");
    SCREEN(s, "details of a finding",
           " hycon  tokyo PRODUCTION osaka dc1                   09:06:30 UTC  18:06:30 JST\n"
           " CRIT 2  Route table rtb-app (業務用) sends 1 SDDC network to eni-0aaaaa…  4 ok\n"
           "[1 Overview] 2 ENI  3 Edges  4 Segments  7 Hosts  Endpoints\n"
           " findings  tokyo/routes-follow/rtb-app ──────────────────────────────── 1-18/57\n"
           "CRIT  open, first seen 09:00:10 (6m ago)\n"
           "\n"
           "Route table rtb-app (業務用) sends 1 SDDC network to eni-0aaaaaaaaaaaa0001, but\n"
           "the active ENI is eni-0aaaaaaaaaaaa0002: its subnets cannot reach the SDDC.\n"
           "\n"
           "what to do\n"
           "  Point the table's SDDC routes to the active ENI. AWS console: VPC > Route\n"
           "  tables > rtb-app > Routes > Edit. Or for each destination: aws ec2\n"
           "  replace-route --route-table-id rtb-app --destination-cidr-block 192.168.1.0/24\n"
           "  --network-interface-id eni-0aaaaaaaaaaaa0002. Lasting: use the main table, or\n"
           "  managed prefix list mode.\n"
           "\n"
           "affected\n"
           "  - 192.168.1.0/24 (web)\n"
           "\n"
           "evidence\n"
           "  - rtb-app: 192.168.1.0/24 -> eni-0aaaaaaaaaaaa0001, stale; expected\n"
           "  eni-0aaaaaaaaaaaa0002 (linked, 12s ago)\n"
           "\n"
           " / filter  : command  w wide  y copy  ? help  q close\n");
    screen_free(s);
}

/* The data of AWS is five minutes old. */
static struct screen *denied(void)
{
    struct screen *s = screen_begin(view_config_tokyo, NULL, true, 0, 0, NULL);
    struct view_scene scene = view_steady;
    char *text = view_estate(&scene);

    screen_tables(s, text);
    free(text);
    scene.aws = "denied 5m \"the session is over\"";
    text = view_estate(&scene);
    screen_tables(s, text);
    free(text);
    return s;
}

/* Nothing that needs it is called ok. */
static void test_denied(void **state)
{
    struct screen *s = denied();

    (void)state;
    SCREEN(s, "AWS denied",
           " hycon  tokyo PRODUCTION  東京SDDC                   09:00:00 UTC  18:00:00 JST\n"
           " ? 1  2 of 6 tables of linked cannot be read; what needs t…  vmc+ linked!denied\n"
           "[1 Overview] 2 ENI  3 Edges  4 Segments  7 Hosts  Endpoints\n"
           " ?     tokyo: 2 of 6 tables of linked cannot be read; what needs them is not\n"
           "       judged: the session is over\n"
           " do:   Renew the credential (token, password or AWS login); then press L on the\n"
           "       Endpoints tab. Nothing is tried again before that, to keep the account …\n"
           " Domains 6 ─────────────────────────────────────────────────────────────────────\n"
           "  is   domain    state                                           open       data\n"
           "> ?    Routes    main ok 2/2; 1 more ok                             6  denied 5m\n"
           "  ?    ENI       eni-0aaaaaaaaaaaa0001 ACTIVE on esx-1; 2 host,…    8  denied 5m\n"
           "  ?    Endpoints linked denied; 1 ok, 1 denied                      1 denied 12s\n"
           "  ok   Edges     NSX-Edge-0 ACTIVE for vmc; 1 active, 1 standby     0        12s\n"
           "  ok   Hosts     3 ready                                            0        12s\n"
           "  ok   Segments  1 routed, 1 disconnected                           0        12s\n"
           " Findings 1   +2 columns > ─────────────────────────────────────────────────────\n"
           "  is    age summary                                                      affects\n"
           "  ?      0s [14 checks wait] 2 of 6 tables of linked cannot be read; wh…       1\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           " Enter open  d details  / filter  : command  Tab tabs  z hold  ? help  q quit\n");
    screen_free(s);
}

/* On the ENI tab every old line says so, and the rows are dim. */
static void test_denied_eni(void **state)
{
    struct screen *s = denied();

    (void)state;
    screen_keys(s, ":eni<Enter>");
    SCREEN(s, "AWS denied, ENI",
           " hycon  tokyo PRODUCTION  東京SDDC                   09:00:00 UTC  18:00:00 JST\n"
           " ? 1  2 of 6 tables of linked cannot be read; what needs t…  vmc+ linked!denied\n"
           " 1 Overview [2 ENI] 3 Edges  4 Segments  7 Hosts  Endpoints\n"
           " tokyo  vpc-1  one route per network\n"
           " │  segments   1 routed, 1 disconnected                                     12s\n"
           " │  edge       NSX-Edge-0 ACTIVE (gateway vmc), NSX-Edge-1 standby          12s\n"
           " │  host       esx-1 ready                                                  12s\n"
           " │  ENI        eni-0aaaaaaaaaaaa0001 ACTIVE in-use, by NSX and routes denied 5m\n"
           " ├─ main       ok 2/2 (rtb-main)                                      denied 5m\n"
           " └─ custom     業務用 ok 1/1 (rtb-app)                                denied 5m\n"
           " ENIs 6   +5 columns > ─────────────────────────────~ tokyo/linked denied 5m ago\n"
           "  role     eni                   status    host   edge       active by  routes\n"
           ">~ACTIVE   eni-0aaaaaaaaaaaa0001 in-use    esx-1  NSX-Edge-0 NSX+routes      3\n"
           " ~host     eni-0aaaaaaaaaaaa0000 in-use    esx-0  -                          0\n"
           " ~host     eni-0aaaaaaaaaaaa0002 in-use    esx-2  -                          0\n"
           " ~spare    eni-0aaaaaaaaaaaa0003 available -      -                          0\n"
           " ~spare    eni-0aaaaaaaaaaaa0004 available -      -                          0\n"
           " ~spare    eni-0aaaaaaaaaaaa0005 available -      -                          0\n"
           "\n"
           "\n"
           " Route tables 2   +3 columns > ────────────────────────────────────J: next table\n"
           " Failover timeline 0 ──────────────────────────────────────────────J: next table\n"
           "\n"
           " Enter open  d details  / filter  : command  Tab tabs  z hold  ? help  q quit\n");
    screen_free(s);
}

/* Before the first polls nothing is judged, and nothing is "ok". */
static void test_empty(void **state)
{
    struct screen *s = screen_begin(view_config_tokyo, NULL, true, 0, 0, NULL);

    (void)state;
    screen_tables(s, "table endpoints tokyo/vmc\nendpoint kind freshness\nvmc vmc never\n"
                     "table enis tokyo/linked never\neni\n"
                     "table routes tokyo/linked never\nroute_table\n");
    SCREEN(s, "nothing read yet",
           " hycon  tokyo PRODUCTION  東京SDDC                   09:00:00 UTC  18:00:00 JST\n"
           " collecting 1/3                                                    vmc. linked.\n"
           "[1 Overview] 2 ENI  Endpoints\n"
           " Reading for the first time: 1 of 3 done. Nothing is judged before it was read.\n"
           " Domains 3 ─────────────────────────────────────────────────────────────────────\n"
           "  is   domain    state                                 open  data\n"
           "> ...  Routes    linked: not read yet                     0 never\n"
           "  ...  ENI       linked: not read yet                     0 never\n"
           "  ...  Endpoints vmc: not read yet; vmc never; 1 never    0 never\n"
           " Findings 0   +2 columns > ─────────────────────────────────────────────────────\n"
           "  is    age summary                                                affects\n"
           "  No finding.\n"
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
           "\n"
           " Enter open  d details  / filter  : command  Tab tabs  z hold  ? help  q quit\n");
    SCREEN_LACKS(s, " ok ");
    screen_free(s);
}

/* What somebody has answered is quiet; what is over says so for an hour. */
static void test_answered(void **state)
{
    struct screen *s = outage(0, 0, NULL);

    (void)state;
    model_acknowledge(screen_model(s), "tokyo/routes-follow/rtb-app", "calling the AWS team");
    screen_scene(s, &view_outage);
    SCREEN(s, "acknowledged",
           " hycon  tokyo PRODUCTION osaka dc1                   09:06:30 UTC  18:06:30 JST\n"
           " CRIT 1  Host esx-1 of Cluster-1: failed.                                  4 ok\n"
           "[1 Overview] 2 ENI  3 Edges  4 Segments  7 Hosts  Endpoints\n"
           " CRIT  tokyo: Host esx-1 of Cluster-1: failed.\n"
           " do:   On VMC a failed host is replaced by itself: watch the task (:changes\n"
           "       60m) and what ran on it. On premises: look at the host's management car…\n"
           " Domains 12 ────────────────────────────────────────────────────────────────────\n"
           "  is   site  domain    state                                          open  data\n"
           "> CRIT tokyo Edges     NSX-Edge-0 down; NSX-Edge-1 ACTIVE for vmc; 1…    2   12s\n"
           "  CRIT tokyo Hosts     esx-1 failed; 2 ready, 1 failed                   1   12s\n"
           "  ok   tokyo ENI       eni-0aaaaaaaaaaaa0002 ACTIVE on esx-2; 2 host…    0   12s\n"
           "  ok   tokyo Segments  1 routed, 1 disconnected                          0   12s\n"
           "  ok   tokyo Endpoints 2 ok                                              0   12s\n"
           "  ok   osaka Routes    rtb-9 ok 1/1                                      0    9s\n"
           " Findings 6   +2 columns > ─────────────────────────────────────────────────────\n"
           "  is   site   age summary                                                affects\n"
           "  CRIT tokyo   6m Host esx-1 of Cluster-1: failed.                             1\n"
           "  CRIT tokyo   6m └ Edge NSX-Edge-0 is down for all its gateways (vmc=d…       1\n"
           "  WARN tokyo   6m └ Gateway vmc has no standby edge: the next failure s…       2\n"
           "  ack  tokyo   6m Route table rtb-app (業務用) sends 1 SDDC network to …       1\n"
           "  gone tokyo   6m Converging: Main route table rtb-main (main): 1 of 2 …       1\n"
           "  gone tokyo   6m Converging: NSX and the main route table of vpc-1 dis…       2\n"
           "\n"
           " Enter open  d details  / filter  : command  Tab tabs  z hold  ? help  q quit\n");
    screen_scene(s, &view_steady);
    SCREEN_HAS(s, " gone ");
    screen_pass(s, 61 * MINUTE);
    screen_scene(s, &view_steady);
    SCREEN_LACKS(s, " gone ");
    screen_free(s);
}

/* A filter says how many of how many, also of lines that the tab makes itself. */
static void test_filtered_domains(void **state)
{
    struct screen *s = screen_begin(view_config, NULL, true, 0, 0, NULL);

    (void)state;
    screen_scene(s, &view_steady);
    screen_keys(s, "/tokyo<Enter>");
    SCREEN_HAS(s, " Domains 6/12 /tokyo ─");
    screen_keys(s, "/xyzzy<Enter>");
    SCREEN_HAS(s, " Domains 0/12 /xyzzy ─");
    screen_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calm),
        cmocka_unit_test(test_outage),
        cmocka_unit_test(test_outage_wide),
        cmocka_unit_test(test_outage_japanese),
        cmocka_unit_test(test_acknowledge_a_domain),
        cmocka_unit_test(test_enter),
        cmocka_unit_test(test_details),
        cmocka_unit_test(test_denied),
        cmocka_unit_test(test_denied_eni),
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_answered),
        cmocka_unit_test(test_filtered_domains),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
