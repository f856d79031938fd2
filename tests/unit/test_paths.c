/* Where files of the user are, whatever the environment lacks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pwd.h>
#include <unistd.h>

#include "cli/paths.h"
#include "core/file.h"
#include "core/mem.h"

static int set_up(void **state)
{
    (void)state;
    (void)unsetenv("XDG_CONFIG_HOME");
    (void)unsetenv("XDG_STATE_HOME");
    (void)unsetenv("XDG_RUNTIME_DIR");
    (void)unsetenv("HYCON_CONFIG");
    (void)setenv("HOME", "/home/op", 1);
    return 0;
}

static void expect(char *path, const char *want)
{
    assert_string_equal(path, want);
    free(path);
}

static void test_home(void **state)
{
    (void)state;
    expect(file_home(), "/home/op");
    expect(paths_config(NULL), "/home/op/.config/hycon/hycon.yaml");
    expect(paths_trust(), "/home/op/.config/hycon/trust");
    expect(paths_state("history.jsonl"), "/home/op/.local/state/hycon/history.jsonl");
    assert_null(paths_runtime());
}

static void test_xdg(void **state)
{
    (void)state;
    (void)setenv("XDG_CONFIG_HOME", "/c", 1);
    (void)setenv("XDG_STATE_HOME", "/s", 1);
    (void)setenv("XDG_RUNTIME_DIR", "/r", 1);
    expect(paths_config(NULL), "/c/hycon/hycon.yaml");
    expect(paths_state("x"), "/s/hycon/x");
    expect(paths_runtime(), "/r/hycon");
    (void)setenv("HYCON_CONFIG", "mine.yaml", 1);
    expect(paths_config(NULL), "mine.yaml");
    expect(paths_config("other.yaml"), "other.yaml");
    /* The specification says to ignore what is not absolute. */
    (void)setenv("XDG_STATE_HOME", "s", 1);
    (void)setenv("XDG_RUNTIME_DIR", "", 1);
    expect(paths_state("x"), "/home/op/.local/state/hycon/x");
    assert_null(paths_runtime());
}

/* Under systemd and cron HOME is not always set: nothing may be written to the root directory. */
static void test_no_home(void **state)
{
    static const char *const homes[] = {NULL, "", "relative"};
    const struct passwd *user = getpwuid(getuid());

    (void)state;
    if (!user || user->pw_dir[0] != '/')
        skip();
    for (size_t i = 0; i < ARRAY_SIZE(homes); i++) {
        char *want = mem_printf("%s/.local/state/hycon/x", user->pw_dir);

        if (homes[i])
            (void)setenv("HOME", homes[i], 1);
        else
            (void)unsetenv("HOME");
        expect(file_home(), user->pw_dir);
        expect(paths_state("x"), want);
        free(want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_home, set_up),
        cmocka_unit_test_setup(test_xdg, set_up),
        cmocka_unit_test_setup(test_no_home, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
