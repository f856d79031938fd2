/* Edges, Segments, Hosts, Changes and the plain tables on golden screens. */
#include "tests/support/screen_case.h"

static void test_edges(void **state)
{
    struct screen *s = screen_begin(view_config, "edges", true, 0, 0, NULL);

    (void)state;
    screen_scene(s, &view_steady);
    screen_pass(s, 10 * SECOND);
    screen_scene(s, &view_failing);
    SCREEN(s, "edges",
           " hycon  tokyo PRODUCTION osaka dc1                   09:00:10 UTC  18:00:10 JST\n"
           " CRIT 1 WARN 1  Host esx-1 of Cluster-1: failed.                           4 ok\n"
           " 1 Overview  2 ENI [3 Edges] 4 Segments  7 Hosts  Endpoints\n"
           " Edges 4   +5 columns > ────────────────────────────────────────────────────────\n"
           "       site  edge       status   since roles          host     tunnels  cpu\n"
           "  CRIT tokyo NSX-Edge-0 -            - down vmc       -            -/-    -\n"
           "> ok   dc1   edge-01    up           - ACTIVE t0-dc   -            5/0  31%\n"
           "  ok   tokyo NSX-Edge-1 -            - ACTIVE vmc     esx-2        -/-    -\n"
           "  ok   dc1   edge-02    up           - standby t0-dc  -            5/0  12%\n"
           " Gateways 4   +2 columns > ─────────────────────────────────────────────────────\n"
           "       site  gateway  tier edge       is       since traffic_group NSX knew\n"
           "  ok   dc1   t0-dc       0 edge-01    ACTIVE       - -                   8s\n"
           "  ok   dc1   t0-dc       0 edge-02    standby      - -                   8s\n"
           "  ok   tokyo vmc         0 NSX-Edge-1 ACTIVE     12s Default              -\n"
           "  CRIT tokyo vmc         0 NSX-Edge-0 down       12s Default              -\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           " Enter open  d details  / filter  : command  Tab tabs  z hold  ? help  q quit\n");
    screen_keys(s, "G<Enter>");
    SCREEN_HAS(s, "> CRIT tokyo NSX-Edge-0");
    screen_free(s);
}

static void test_segments(void **state)
{
    struct screen *s = screen_begin(view_config, "segments", true, 0, 0, NULL);

    (void)state;
    screen_scene(s, &view_outage);
    SCREEN(s, "segments",
           " hycon  tokyo PRODUCTION osaka dc1                   09:00:00 UTC  18:00:00 JST\n"
           " CRIT 3  Route table rtb-app (業務用) sends 1 SDDC network to eni-0aaaaa…  4 ok\n"
           " 1 Overview  2 ENI  3 Edges [4 Segments] 7 Hosts  Endpoints\n"
           " Segments and route tables 3   +4 columns > ────────────────────────────────────\n"
           "       site  segment            type       cidr            main       業務用\n"
           "> CRIT tokyo web                routed     192.168.1.0/24  ok         STALE\n"
           "  ok   dc1   開発               routed     172.16.2.0/24\n"
           "  ok   tokyo 業務系データベース disconnec… 192.168.2.0/24  none       none\n"
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
           "\n"
           "\n"
           "\n"
           "\n"
           " Enter open  d details  / filter  : command  Tab tabs  z hold  ? help  q quit\n");
    screen_change(s, "vpc-1 rtb-main main yes [] 192.168.1.0/24 eni-0aaaaaaaaaaaa0002 eni active\n",
                  "");
    SCREEN_HAS(s, " CRIT tokyo web ");
    screen_pass(s, 3 * 60 * SECOND);
    screen_change(s, "web", "web");
    SCREEN_HAS(s, "MISSING");
    screen_keys(s, "g<Enter>");
    SCREEN_HAS(s, "/destination = 192.168.1.0/24");
    screen_free(s);
}

static void test_segments_japanese(void **state)
{
    struct screen *s = screen_begin(view_config, "segments", true, 120, 16, "ja");

    (void)state;
    screen_scene(s, &view_outage);
    SCREEN(s, "segments, Japanese",
           " hycon  tokyo 本番 osaka dc1                                                           "
           "      09:00:00 UTC  18:00:00 JST\n"
           " CRIT 3  rtb-app (業務用): SDDC ルート 1 個が eni-0aaaaaaaaaaaa0001 宛てで…   tokyo: "
           "vmc+ linked+ osaka: far+ dc1: nsx+\n"
           " 1 Overview  2 ENI  3 Edges [4 Segments] 7 Hosts  Endpoints\n"
           " セグメントとルートテーブル 3 "
           "───────────────────────────────────────────────────────────────────────────────────────"
           "───\n"
           "       site   segment             type          cidr             realized  gateway  "
           "vlan   admin  main        業務用\n"
           "> CRIT tokyo  web                 routed        192.168.1.0/24   success   cgw      -  "
           "    -      ok          STALE\n"
           "  ok   dc1    開発                routed        172.16.2.0/24    success   -        -  "
           "    -\n"
           "  ok   tokyo  業務系データベース  disconnected  192.168.2.0/24   success   -        -  "
           "    -      none        none\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           " Enter 開く  d 詳細  / 絞込  : コマンド  Tab タブ  > 並替  w 全幅  z 停止  R 更新  y "
           "コピー  e 理由  ? ヘルプ  q 終了\n");
    screen_free(s);
}

/* A prefix list stands for every network in it; old routes say that they are old. */
static void test_segments_by_list(void **state)
{
    struct screen *s = screen_begin(view_config, "segments", true, 0, 0, NULL);

    (void)state;
    screen_tables(s, view_multi_edge);
    SCREEN_HAS(s, "192.168.1.0/24  ok         ok");
    screen_change(s, "table routes tokyo/linked", "table routes tokyo/linked stale 9m");
    SCREEN_HAS(s, "192.168.1.0/24  ok~        ok~");
    screen_free(s);
}

static void test_hosts(void **state)
{
    struct screen *s = screen_begin(view_config, "hosts", true, 0, 0, NULL);

    (void)state;
    screen_scene(s, &view_failing);
    SCREEN(s, "hosts",
           " hycon  tokyo PRODUCTION osaka dc1                   09:00:00 UTC  18:00:00 JST\n"
           " CRIT 2 WARN 1  Edge NSX-Edge-0 is down for all its gateways (vmc=down).   4 ok\n"
           " 1 Overview  2 ENI  3 Edges  4 Segments [7 Hosts] Endpoints\n"
           " Hosts 3   +5 columns > ────────────────────────────────────────────────────────\n"
           "       site  host     state      edges       cluster    cpu  mem  VMs ENI is\n"
           "> CRIT tokyo esx-1    failed                 Cluster-1    -    -    - changing\n"
           "  ok   tokyo esx-0    ready                  Cluster-1    -    -    - host\n"
           "  ok   tokyo esx-2    ready      NSX-Edge-1  Cluster-1    -    -    - changing\n"
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
           "\n"
           "\n"
           "\n"
           "\n"
           " Enter open  d details  / filter  : command  Tab tabs  z hold  ? help  q quit\n");
    screen_keys(s, "<Enter>");
    SCREEN_HAS(s, "[2 ENI]");
    SCREEN_HAS(s, "> changing eni-0aaaaaaaaaaaa0001");
    screen_free(s);
}

static void test_changes(void **state)
{
    struct screen *s = screen_begin(view_config, "changes", true, 120, 24, NULL);

    (void)state;
    screen_scene(s, &view_steady);
    screen_pass(s, 10 * SECOND);
    screen_scene(s, &view_failing);
    screen_pass(s, 10 * SECOND);
    screen_scene(s, &view_outage);
    SCREEN(s, "changes",
           " hycon  tokyo PRODUCTION osaka dc1                                                     "
           "      09:00:20 UTC  18:00:20 JST\n"
           " CRIT 1 WARN 1  Host esx-1 of Cluster-1: failed.                              tokyo: "
           "vmc+ linked+ osaka: far+ dc1: nsx+\n"
           " 1 Overview  2 ENI  3 Edges  4 Segments  7 Hosts  Endpoints [Changes]\n"
           " Changes 4 "
           "───────────────────────────────────────────────────────────────────────────────────────"
           "──────────────────────\n"
           "  time      site     after  what            subject      change                        "
           "          who    origin        +-\n"
           "  09:00:08  tokyo     +10s  table followed  rtb-main (…  eni-…aa0001 -> eni-…aa0002 "
           "(main tabl…  -      observed   +-10s\n"
           "> 08:59:58  tokyo      +0s  active ENI      vpc-1, tra…  eni-…aa0001 -> eni-…aa0002 "
           "(esx-1 -> …  -      observed   +-10s\n"
           "  08:59:58  tokyo      +0s  active edge     vmc          NSX-Edge-0 -> NSX-Edge-1 "
           "(tier-0, tra…  -      observed   +-10s\n"
           "  08:59:58  tokyo           host state      esx-1        ready -> failed               "
           "          -      observed   +-10s\n"
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
           "\n"
           "\n"
           "\n"
           " Enter open  d details  / filter  : command  Tab tabs  > sort  z hold  R refresh  y "
           "copy  e explain  ? help  q quit\n");
    screen_free(s);
}

/* Every view can be shown over every estate here, at any size, and never draws outside. */
static void test_all_views(void **state)
{
    static const int sizes[][2] = {{20, 8}, {40, 10}, {80, 24}, {200, 60}};

    (void)state;
    for (size_t i = 0; views_all[i]; i++)
        for (size_t k = 0; k < ARRAY_SIZE(sizes); k++) {
            struct screen *s =
                screen_begin(view_config, views_all[i]->name, true, sizes[k][0], sizes[k][1], NULL);
            (void)screen_text(s);
            screen_scene(s, &view_failing);
            (void)screen_text(s);
            screen_keys(s, "wd<Esc>r<Esc>");
            (void)screen_text(s);
            screen_tables(s, view_multi_edge);
            (void)screen_text(s);
            screen_free(s);
        }
}

/* Digits are the same for ever, names and digits are nobody else's. */
static void test_registry(void **state)
{
    (void)state;
    for (size_t i = 0; views_all[i]; i++) {
        const struct view *v = views_all[i];
        assert_ptr_equal(views_find(v->name), v);
        assert_true(v->about && v->title);
        assert_true(!v->hidden || !v->digit);
        for (size_t k = 0; k < i; k++)
            assert_true(!v->digit || views_all[k]->digit != v->digit);
        for (size_t a = 0; v->aliases && v->aliases[a]; a++)
            assert_ptr_equal(views_find(v->aliases[a]), v);
    }
    assert_int_equal(views_find("overview")->digit, '1');
    assert_int_equal(views_find("eni")->digit, '2');
    assert_int_equal(views_find("edges")->digit, '3');
    assert_int_equal(views_find("segments")->digit, '4');
    assert_int_equal(views_find("hosts")->digit, '7');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_segments),
        cmocka_unit_test(test_segments_japanese),
        cmocka_unit_test(test_segments_by_list),
        cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_changes),
        cmocka_unit_test(test_all_views),
        cmocka_unit_test(test_registry),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
