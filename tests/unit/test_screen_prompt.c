/* What is typed: the filter, the palette, full-width keys, pasted text, copying. */
#include "tests/support/screen.h"
#include "tests/support/screen_estate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "core/strbuf.h"
#include "tui/copy.h"

static struct screen *open_endpoints(void)
{
    struct screen *s =
        screen_new(&(struct screen_options){.config = screen_config, .view = "endpoints", .h = 16});

    screen_tables(s, screen_endpoints);
    (void)screen_requests(s);
    return s;
}

static void test_filter(void **state)
{
    struct screen *s = open_endpoints();

    (void)state;
    screen_keys(s, "/linked");
    SCREEN(s, "filter while it is typed",
           " hycon  tokyo PRODUCTION dc1                         09:00:00 UTC  18:00:00 JST\n"
           " ok: no finding is open                 tokyo: linked~stale dc1: nsx!denied 1 ok\n"
           " 1 Overview [Endpoints]\n"
           " Endpoints 1/3 /linked  +5 columns > ───────────────────────────────────────────\n"
           "       site  endpoint kind  state    age latency retry message\n"
           "> WARN tokyo linked   aws   stale     4m       -     - no answer from ec2.examp…\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "/linked\n"
           " Enter ok  Esc cancel  Tab complete, next field  Up history\n");
    screen_keys(s, "<Enter>");
    SCREEN_HAS(s, "Endpoints 1/3 /linked");
    screen_change(s, "35ms", "36ms");
    SCREEN_HAS(s, "Endpoints 1/3 /linked");
    screen_keys(s, "<Esc>");
    SCREEN_HAS(s, "Endpoints 3");
    screen_free(s);
}

static void test_filter_is_put_back(void **state)
{
    struct screen *s = open_endpoints();

    (void)state;
    screen_keys(s, "/dc1<Enter>/linked");
    SCREEN_HAS(s, "linked   aws");
    screen_keys(s, "<Esc>");
    SCREEN_HAS(s, "/dc1");
    SCREEN_LACKS(s, "linked   aws");
    screen_keys(s, "/<Up><Up><Enter>");
    screen_free(s);
}

/* The row that was selected is selected again when a filter no longer hides it. */
static void test_filter_keeps_selection(void **state)
{
    struct screen *s = open_endpoints();

    (void)state;
    screen_keys(s, "j");
    SCREEN_HAS(s, "> WARN tokyo linked");
    screen_keys(s, "/dc1<Enter><Esc>");
    SCREEN_HAS(s, "> WARN tokyo linked");
    screen_free(s);
}

static void test_filter_error(void **state)
{
    struct screen *s = open_endpoints();

    (void)state;
    screen_keys(s, "/freshnes=ok");
    SCREEN_HAS(s, "freshnes");
    SCREEN_HAS(s, "Endpoints 3");
    screen_keys(s, "<Enter>"); /* stays open, what was typed is there */
    screen_keys(s, "<Home><Right><Right><Right><Right><Right><Right><Right><Right>s<Enter>");
    SCREEN_HAS(s, "Endpoints 1/3 /freshness=ok");
    screen_keys(s, "/(<Enter>");
    SCREEN_HAS(s, "Endpoints 1/3 /freshness=ok");
    screen_free(s);
}

static void test_next_match(void **state)
{
    struct screen *s = open_endpoints();

    (void)state;
    screen_keys(s, "n");
    SCREEN_HAS(s, "Nothing was searched yet");
    screen_keys(s, "/tokyo<Enter><Esc>gn");
    SCREEN_HAS(s, "> WARN tokyo linked");
    screen_keys(s, "n");
    SCREEN_HAS(s, "> ok   tokyo nsx");
    screen_keys(s, "n");
    SCREEN_HAS(s, "> WARN tokyo linked");
    screen_keys(s, "N");
    SCREEN_HAS(s, "> ok   tokyo nsx");
    screen_free(s);
}

/* Typed with the input method on: the same commands; in a text field it is text. */
static void test_full_width(void **state)
{
    struct screen *s = open_endpoints();

    (void)state;
    screen_keys(s, "ｊ");
    SCREEN_HAS(s, "> WARN tokyo linked");
    screen_keys(s, "／ｔｏｋｙｏ");
    SCREEN_HAS(s, "/ｔｏｋｙｏ");
    screen_keys(s, "<Esc>：ｕｔｃ");
    SCREEN_HAS(s, ":ｕｔｃ");
    screen_keys(s, "<Enter>Ｕ");
    SCREEN_HAS(s, "Times are local.");
    screen_keys(s, "　"); /* a full-width blank marks */
    SCREEN_HAS(s, " *WARN tokyo linked");
    screen_free(s);
}

static void test_palette(void **state)
{
    struct screen *s = open_endpoints();

    (void)state;
    screen_keys(s, ":l");
    SCREEN(s, "palette with candidates",
           " hycon  tokyo PRODUCTION dc1                         09:00:00 UTC  18:00:00 JST\n"
           " ok: no finding is open                 tokyo: linked~stale dc1: nsx!denied 1 ok\n"
           " 1 Overview [Endpoints]\n"
           " Endpoints 3   +5 columns > ────────────────────────────────────────────────────\n"
           "       site  endpoint kind  state    age latency retry message\n"
           "> CRIT dc1   nsx      nsx   denied     -       -     L 403 the credentials were…\n"
           "  WARN tokyo linked   aws   stale     4m       -     - no answer from ec2.examp…\n"
           "  ok   tokyo nsx      nsx   ok       12s    35ms     - -\n"
           " local\n"
           " log\n"
           " login\n"
           " links\n"
           " libraries\n"
           " lost_flows\n"
           ":l\n"
           " Enter ok  Esc cancel  Tab complete, next field  Up history\n");
    screen_keys(s, "<Tab>");
    SCREEN_HAS(s, ":local");
    screen_keys(s, "<Tab>");
    SCREEN_HAS(s, ":log");
    screen_keys(s, "<Esc>:endpints<Enter>");
    SCREEN_HAS(s, "There is no command 'endpints'. Did you mean 'endpoints'?");
    screen_keys(s, ":refresh endpoints<Enter>");
    assert_string_equal(screen_requests(s), "refresh table=endpoints\n");
    screen_keys(s, ":refresh enpoints<Enter>");
    SCREEN_HAS(s, "Did you mean 'endpoints'?");
    screen_keys(s, ":login ts/x<Enter>");
    assert_string_equal(screen_requests(s), "");
    screen_free(s);
}

static void test_palette_scope(void **state)
{
    struct screen *s = open_endpoints();

    (void)state;
    screen_keys(s, ":endpoints @tokyo state=x<Enter>");
    SCREEN_HAS(s, "state");
    screen_keys(s, ":endpoints @tokyo freshness=ok<Enter>");
    SCREEN_HAS(s, "東京SDDC");
    SCREEN_HAS(s, "Endpoints 1/2 /freshness=ok");
    screen_keys(s, "<Esc>:site all<Enter>");
    SCREEN_HAS(s, "Endpoints 3");
    screen_keys(s, ":site tokio<Enter>");
    SCREEN_HAS(s, "There is no site 'tokio'. Did you mean 'tokyo'?");
    screen_free(s);
}

static void test_changes(void **state)
{
    struct screen *s = open_endpoints();

    (void)state;
    screen_keys(s, ":changes 90m<Enter>");
    SCREEN_HAS(s, "/at >= 2026-11-20T07:30:00Z");
    screen_keys(s, "<Esc><Esc>");
    SCREEN_HAS(s, "Endpoints 3");
    screen_keys(s, ":changes soon<Enter>");
    SCREEN_HAS(s, "'soon' is not a duration");
    screen_free(s);
}

static void test_paste(void **state)
{
    struct screen *s = open_endpoints();

    (void)state;
    screen_keys(s, "<Paste>q:quit\nd<PasteEnd>");
    SCREEN_HAS(s, "Pasted text was not used");
    assert_false(screen_app(s)->quit);
    screen_keys(s, "/<Paste>lin\nked<PasteEnd>");
    SCREEN_HAS(s, "/lin ked");
    screen_keys(s, "<Esc>");
    screen_free(s);
}

static void test_copy(void **state)
{
    struct screen *s = open_endpoints();

    (void)state;
    screen_keys(s, "jy");
    assert_string_equal(screen_emitted(s), "\033]52;c;bGlua2Vk\a"); /* linked */
    SCREEN_HAS(s, "Copied: linked");
    screen_keys(s, "g<Space><Space>y");
    assert_string_equal(screen_emitted(s), "\033]52;c;bnN4CmxpbmtlZA==\a"); /* nsx, linked */
    SCREEN_HAS(s, "Copied: 2 ids");
    SCREEN_HAS(s, "2 marked");
    screen_app(s)->in_tmux = true;
    screen_keys(s, "y");
    assert_string_equal(screen_emitted(s), "\033]52;c;bnN4CmxpbmtlZA==\a"
                                           "\033Ptmux;\033\033]52;c;bnN4CmxpbmtlZA==\a\033\\");
    screen_free(s);
}

/* "never": a copied id cut short. */
static void test_copy_limit(void **state)
{
    struct screen *s = open_endpoints();
    struct strbuf out = STRBUF_INIT;
    char *big = mem_alloc(60001);

    (void)state;
    memset(big, 'x', 60000);
    assert_false(copy_sequence(&out, big, 60000, false, false));
    assert_int_equal(out.len, 0);
    copy_text(screen_app(s), big, "the pane");
    SCREEN_HAS(s, "Not copied: the pane has 60000 bytes");
    assert_string_equal(screen_emitted(s), "");
    assert_true(copy_sequence(&out, big, 56000, false, true));
    strbuf_release(&out);
    free(big);
    screen_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_filter),
        cmocka_unit_test(test_filter_is_put_back),
        cmocka_unit_test(test_filter_keeps_selection),
        cmocka_unit_test(test_filter_error),
        cmocka_unit_test(test_next_match),
        cmocka_unit_test(test_full_width),
        cmocka_unit_test(test_palette),
        cmocka_unit_test(test_palette_scope),
        cmocka_unit_test(test_changes),
        cmocka_unit_test(test_paste),
        cmocka_unit_test(test_copy),
        cmocka_unit_test(test_copy_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
