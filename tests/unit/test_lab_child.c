/* lab_child: a stand-in for hycon-lab that is found through PATH serves, speaks and ends with its
 * input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/lab_child.h"
#include "core/file.h"
#include "core/mem.h"
#include "core/strbuf.h"

static char dir[] = "/tmp/hycon-test-lab-XXXXXX";
static char *script;

static int set_up(void **state)
{
    (void)state;
    if (!mkdtemp(dir))
        return -1;
    script = mem_printf("%s/hycon-lab", dir);
    char *path = mem_printf("%s:%s", dir, getenv("PATH"));
    setenv("PATH", path, 1);
    setenv("XDG_RUNTIME_DIR", dir, 1);
    free(path);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(script);
    free(script);
    /* not empty when a directory of the lab was left behind */
    return rmdir(dir);
}

static void become(const char *text)
{
    struct err err = {0};

    assert_int_equal(file_write_atomic(script, text, strlen(text), 0700, &err), 0);
}

static void serves_speaks_and_ends(void **state)
{
    struct lab_options o = {.scenario = "failover", .speed = 2.5, .loop = true};
    struct strbuf caption = STRBUF_INIT, args = STRBUF_INIT;
    struct err err = {0};
    struct stat st;
    (void)state;

    become("#!/bin/sh\n"
           "echo \"$@\" > \"$2/args\"; mkdir \"$2/sub\"; : > \"$2/sub/file\"\n"
           "echo '{\"ready\":true,\"config\":\"'$2'/hycon.yaml\"}'\n"
           "read go\n");
    struct lab_child *l = lab_child_start(&o, &err);
    if (!l)
        fail_msg("%s", err.msg);
    char *kept = mem_strdup(lab_child_dir(l)), *file = mem_printf("%s/args", kept);
    assert_int_equal(stat(kept, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    char *config = mem_printf("%s/hycon.yaml", kept);
    assert_string_equal(lab_child_config(l), config);
    assert_int_equal(file_read(file, 1000, &args, &err), 0);
    char *expected =
        mem_printf("--dir %s --remove-dir --scenario failover --speed 2.5 --loop\n", kept);
    assert_string_equal(args.buf, expected);
    assert_false(lab_child_caption(l, false, &caption));
    lab_child_stop(l);
    assert_int_equal(stat(kept, &st), -1);
    strbuf_release(&caption);
    strbuf_release(&args);
    free(kept);
    free(file);
    free(config);
    free(expected);
}

static void captions_have_a_language(void **state)
{
    struct strbuf caption = STRBUF_INIT;
    struct lab_options o = {0};
    struct err err = {0};
    (void)state;

    become("#!/bin/sh\n"
           "echo '{\"config\":\"c\"}'\n"
           "echo 'no json'\n"
           "echo '{\"caption\":{\"en\":\"one\",\"ja\":\"一\"}}'\n"
           "echo '{\"step\":1}'\n");
    struct lab_child *l = lab_child_start(&o, &err);
    assert_non_null(l);
    bool any = false;
    while (lab_child_fd(l) >= 0) {
        struct pollfd fd = {.fd = lab_child_fd(l), .events = POLLIN};
        assert_int_equal(poll(&fd, 1, 10000), 1);
        any = lab_child_caption(l, true, &caption) || any;
    }
    assert_true(any);
    assert_string_equal(caption.buf, "一");
    lab_child_stop(l);
    strbuf_release(&caption);
}

static void failure_is_a_sentence(void **state)
{
    struct lab_options o = {0};
    struct err err = {0};
    (void)state;

    become("#!/bin/sh\nexit 65\n");
    assert_null(lab_child_start(&o, &err));
    assert_string_equal(err.msg, "hycon-lab ended before it served");
    become("#!/bin/sh\necho 'hycon-lab: no scenario' >&2\necho more >&2\nexit 65\n");
    assert_null(lab_child_start(&o, &err));
    assert_string_equal(err.msg, "hycon-lab: no scenario");
    unlink(script);
    setenv("PATH", "/nonexistent", 1);
    assert_null(lab_child_start(&o, &err));
    assert_string_equal(err.msg, "unable to start hycon-lab: No such file or directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(serves_speaks_and_ends),
        cmocka_unit_test(captions_have_a_language),
        cmocka_unit_test(failure_is_a_sentence),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
