/* The console in Japanese: the words, and that every line fits in its cells. */
#include "tests/support/screen_case.h"
#include "tests/support/screen_estate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/i18n.h"
#include "core/text.h"

static struct screen *open_japanese(void)
{
    struct screen *s = screen_new(&(struct screen_options){
        .config = screen_config, .view = "endpoints", .language = "ja", .h = 16});

    screen_tables(s, screen_endpoints);
    return s;
}

static void test_words(void **state)
{
    struct screen *s = open_japanese();

    (void)state;
    assert_true(i18n_is_japanese());
    screen_keys(s, ":endpoints @tokyo<Enter>U");
    SCREEN(s, "endpoints in Japanese",
           " hycon  tokyo 本番  東京SDDC                         09:00:00 UTC  18:00:00 JST\n"
           " ok: 未解決の検出事項はありません                             nsx+ linked~stale\n"
           " 1 Overview [Endpoints]\n"
           " Endpoints 2   +4 列 > ─────────────────────────────────────────────────────────\n"
           "       endpoint kind  state    age latency retry error  message\n"
           "> WARN linked   aws   stale     4m       -     - net    no answer from ec2.exam…\n"
           "  ok   nsx      nsx   ok       12s    35ms     - -      -\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           " 時刻はローカル時刻です。\n"
           " Enter 開く  d 詳細  / 絞込  : コマンド  Tab タブ  z 停止  ? ヘルプ  q 終了\n");
    screen_keys(s, "/なし<Enter>");
    SCREEN(s, "nothing matches in Japanese",
           " hycon  tokyo 本番  東京SDDC                         09:00:00 UTC  18:00:00 JST\n"
           " ok: 未解決の検出事項はありません                             nsx+ linked~stale\n"
           " 1 Overview [Endpoints]\n"
           " Endpoints 0/2 /なし  +4 列 > ──────────────────────────────────────────────────\n"
           "       endpoint kind  state    age latency retry error  message\n"
           "  'なし' に一致する行はありません (全 2 行)。Esc で絞り込みを解除します。\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           " 時刻はローカル時刻です。\n"
           " Enter 開く  d 詳細  / 絞込  : コマンド  Tab タブ  z 停止  ? ヘルプ  q 終了\n");
    screen_free(s);
}

static void check_lines(struct screen *s, int w)
{
    for (const char *p = screen_text(s); *p; p += strcspn(p, "\n") + 1) {
        char *line = strndup(p, strcspn(p, "\n"));
        assert_true(text_width(line) <= (size_t)w);
        free(line);
    }
}

/* Kanji take two cells: no line is longer than the screen, at no width. */
static void test_widths(void **state)
{
    static const char *const panes[] = {"",       "?",      "<Esc>d",
                                        "<Esc>x", "<Esc>:", "<Esc>:trust linked<Enter>"};
    struct screen *s = open_japanese();

    (void)state;
    for (size_t i = 0; i < sizeof(panes) / sizeof(panes[0]); i++) {
        screen_resize(s, 80, 24);
        screen_keys(s, panes[i]);
        for (int w = 20; w < 130; w++) {
            screen_resize(s, w, 24);
            check_lines(s, w);
        }
    }
    screen_free(s);
}

/* A server's Japanese is cut between characters and padded by cells. */
static void test_names(void **state)
{
    struct screen *s = open_japanese();

    (void)state;
    screen_change(s, "no answer from ec2.example",
                  "ホスト ec2.example から応答がありません、再試行します");
    screen_resize(s, 81, 16);
    check_lines(s, 81);
    SCREEN_HAS(s, "ホスト");
    screen_free(s);
}

/* ---- findings -----------------------------------------------------------------------------------
 */

/* Tokyo after a failover that its custom table did not follow. */
static struct screen *open_findings(int w, int h)
{
    struct screen *s = screen_begin(view_config, "findings", true, w, h, "ja");

    screen_scene(s, &view_steady);
    screen_pass(s, 10 * SECOND);
    screen_scene(s, &view_outage);
    screen_pass(s, 4 * MINUTE);
    screen_scene(s, &view_outage);
    return s;
}

static void test_findings(void **state)
{
    struct screen *s = open_findings(0, 0);

    (void)state;
    SCREEN(s, "findings in Japanese",
           " hycon  tokyo 本番 osaka dc1                         09:04:10 UTC  18:04:10 JST\n"
           " CRIT 2  rtb-app (業務用): SDDC ルート 1 個が eni-0aaaaaaaaaaaa0001 宛…  正常 4\n"
           " 1 Overview  2 ENI  3 Edges  4 Segments  7 Hosts  Endpoints [検出事項]\n"
           " 検出事項 4   +2 列 > ──────────────────────────────────────────────────────────\n"
           "  is   site   age summary                                                affects\n"
           "  CRIT tokyo   4m rtb-app (業務用): SDDC ルート 1 個が eni-0aaaaaaaaaaa…       1\n"
           "> CRIT tokyo   4m Cluster-1 のホスト esx-1 は failed です。                    1\n"
           "  CRIT tokyo   4m └ エッジ NSX-Edge-0 は全ゲートウェイで down です (vmc…       1\n"
           "  WARN tokyo   4m └ ゲートウェイ vmc にスタンバイのエッジがありません。…       2\n"
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
           " Enter 開く  r 関連  d 詳細  / 絞込  : コマンド  Tab タブ  ? ヘルプ  q 終了\n");
    screen_keys(s, "/スタンバイ<Enter>");
    SCREEN(s, "findings by a Japanese word",
           " hycon  tokyo 本番 osaka dc1                         09:04:10 UTC  18:04:10 JST\n"
           " CRIT 2  rtb-app (業務用): SDDC ルート 1 個が eni-0aaaaaaaaaaaa0001 宛…  正常 4\n"
           " 1 Overview  2 ENI  3 Edges  4 Segments  7 Hosts  Endpoints [検出事項]\n"
           " 検出事項 1/4 /スタンバイ  +2 列 > ─────────────────────────────────────────────\n"
           "  is   site   age summary                                                affects\n"
           "> WARN tokyo   4m └ ゲートウェイ vmc にスタンバイのエッジがありません。…       2\n"
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
           "\n"
           "\n"
           " Enter 開く  r 関連  d 詳細  / 絞込  : コマンド  Tab タブ  ? ヘルプ  q 終了\n");
    screen_keys(s, "<Esc>/has no standby<Enter>");
    SCREEN_HAS(s, "スタンバイのエッジがありません");
    screen_free(s);
}

static void test_finding(void **state)
{
    struct screen *s = open_findings(100, 40);

    (void)state;
    screen_keys(s, "d");
    SCREEN(s, "a finding in Japanese",
           " hycon  tokyo 本番 osaka dc1                                             09:04:10 UTC  "
           "18:04:10 JST\n"
           " CRIT 2  rtb-app (業務用): SDDC ルート 1 個が eni-0aaaa…  tokyo: vmc+ linked+ osaka: "
           "far+ dc1: nsx+\n"
           " 1 Overview  2 ENI  3 Edges  4 Segments  7 Hosts  Endpoints [検出事項]\n"
           " findings  tokyo/host-health/Cluster-1 "
           "──────────────────────────────────────────────────── 1-34/41\n"
           "CRIT  open、初検出 09:00:10 (4m 前)\n"
           "\n"
           "Cluster-1 のホスト esx-1 は failed です。\n"
           "\n"
           "対処\n"
           "  VMC では故障したホストは自動で交換されます。タスク (:changes 60m) "
           "とそこで動いていたものを見守りま\n"
           "  す。オンプレミスではホストの管理ボードを確認し、vCenter で再接続します。\n"
           "\n"
           "影響\n"
           "  - esx-1\n"
           "\n"
           "根拠\n"
           "  - esx-1: failed, ENI eni-0aaaaaaaaaaaa0001 (vmc, 12s 前)\n"
           "\n"
           "site                    tokyo   [変化 4m 前]\n"
           "endpoint                hycon   [変化 4m 前]\n"
           "finding                 tokyo/host-health/Cluster-1   [変化 4m 前]\n"
           "check                   host-health   [変化 4m 前]\n"
           "state                   open   [変化 4m 前]\n"
           "severity                critical   [変化 4m 前]\n"
           "subject                 Cluster-1   [変化 4m 前]\n"
           "affected_count          1   [変化 4m 前]\n"
           "affected                esx-1   [変化 4m 前]\n"
           "summary                 Cluster-1 のホスト esx-1 は failed です。   [変化 4m 前]\n"
           "evidence                esx-1: failed, ENI eni-0aaaaaaaaaaaa0001 (vmc, 12s 前)   [変化 "
           "4m 前]\n"
           "remedy                  VMC では故障したホストは自動で交換されます。タスク (:changes "
           "60m) とそこで動\n"
           "                        "
           "いていたものを見守ります。オンプレミスではホストの管理ボードを確認し、\n"
           "                        vCenter で再接続します。   [変化 4m 前]\n"
           "caused_by               -   [変化 4m 前]\n"
           "first_seen_at           09:00:10 (4m 前)   [変化 4m 前]\n"
           "last_seen_at            09:04:10 (0s 前)   [変化 0s 前]\n"
           "cleared_at              -   [変化 4m 前]\n"
           "acknowledged_by         -   [変化 4m 前]\n"
           "note                    -   [変化 4m 前]\n"
           "\n"
           " / 絞込  : コマンド  w 全幅  y コピー  ? ヘルプ  q 閉じる\n");
    screen_free(s);
}

/* At every width what is cut is cut between characters. */
static void test_finding_widths(void **state)
{
    static const char *const panes[] = {"", "d", "<Esc>r", "<Esc>:overview<Enter>", "w"};
    struct screen *s = open_findings(0, 0);

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(panes); i++) {
        screen_resize(s, 80, 24);
        screen_keys(s, panes[i]);
        for (int w = 20; w < 130; w++) {
            screen_resize(s, w, 24);
            check_lines(s, w);
        }
    }
    screen_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),   cmocka_unit_test(test_widths),
        cmocka_unit_test(test_names),   cmocka_unit_test(test_findings),
        cmocka_unit_test(test_finding), cmocka_unit_test(test_finding_widths),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
