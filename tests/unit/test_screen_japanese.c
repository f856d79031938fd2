/* The console in Japanese: the words, and that every line fits in its cells. */
#include "tests/support/screen.h"
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_widths),
        cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
