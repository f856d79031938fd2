#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/mem.h"
#include "core/secret.h"

/* This test's own munmap, found before the C library's: it looks at what is given back. */
static void *watched;
static size_t watched_len;
static bool saw_unmap, saw_zeros;

int munmap(void *p, size_t len)
{
    if (watched && p <= watched && (char *)watched < (char *)p + len) {
        saw_unmap = saw_zeros = true;
        for (size_t i = 0; i < watched_len; i++)
            saw_zeros = saw_zeros && ((const volatile char *)watched)[i] == 0;
        watched = NULL;
    }
    return (int)syscall(SYS_munmap, p, len);
}

static void test_wiped_by_the_last_release(void **state)
{
    (void)state;
    struct secret *s = secret_new_str("hunter2");

    assert_ptr_equal(secret_ref(s), s);
    watched = (void *)(uintptr_t)secret_reveal(s);
    watched_len = secret_len(s);
    secret_unref(s);
    assert_false(saw_unmap);
    assert_string_equal(secret_reveal(s), "hunter2");
    secret_unref(s);
    assert_true(saw_unmap);
    assert_true(saw_zeros);
    secret_unref(NULL);
    assert_null(secret_ref(NULL));
}

static void test_contents(void **state)
{
    (void)state;
    struct secret *empty = secret_new(NULL, 0), *binary = secret_new("a\0b", 3);
    char *large = mem_alloc(100000);

    memset(large, 'k', 100000);
    struct secret *big = secret_new(large, 100000);
    assert_int_equal(secret_len(empty), 0);
    assert_string_equal(secret_reveal(empty), "");
    assert_int_equal(secret_len(binary), 3);
    assert_memory_equal(secret_reveal(binary), "a\0b", 4);
    assert_int_equal(secret_len(big), 100000);
    assert_memory_equal(secret_reveal(big), large, 100000);
    assert_int_equal(secret_reveal(big)[100000], 0);
    secret_unref(empty);
    secret_unref(binary);
    secret_unref(big);
    free(large);
}

/* The terminating NUL must be inside the mapping at every length around a page. */
static void test_page_boundaries(void **state)
{
    (void)state;
    char data[8300];

    memset(data, 'x', sizeof(data));
    for (size_t len = 4000; len < sizeof(data); len++) {
        struct secret *s = secret_new(data, len);
        assert_int_equal(strlen(secret_reveal(s)), len);
        secret_unref(s);
    }
}

static void test_equal(void **state)
{
    (void)state;
    struct secret *a = secret_new_str("token"), *b = secret_new_str("token");
    struct secret *c = secret_new_str("tokem"), *d = secret_new_str("token2");

    assert_true(secret_equal(a, b));
    assert_true(secret_equal(a, a));
    assert_false(secret_equal(a, c));
    assert_false(secret_equal(a, d));
    assert_false(secret_equal(a, NULL));
    assert_true(secret_equal(NULL, NULL));
    secret_unref(a);
    secret_unref(b);
    secret_unref(c);
    secret_unref(d);
}

static void test_wipe(void **state)
{
    (void)state;
    char buf[] = "password";

    secret_wipe(buf, 4);
    assert_memory_equal(buf, "\0\0\0\0word", 8);
    secret_wipe(NULL, 0);
}

static void test_protect_process(void **state)
{
    (void)state;
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        struct rlimit limit;
        struct sigaction sa;
        int bad = 0;

        secret_protect_process();
        bad |= getrlimit(RLIMIT_CORE, &limit) || limit.rlim_cur || limit.rlim_max;
        bad |= prctl(PR_GET_DUMPABLE) ? 2 : 0;
        bad |= sigaction(SIGPIPE, NULL, &sa) || sa.sa_handler != SIG_IGN ? 4 : 0;
        _exit(bad);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_sensitive_names(void **state)
{
    (void)state;
    static const char *const yes[] = {
        "password",
        "Password",
        "db_password_2",
        "refresh_token",
        "X-XSRF-TOKEN",
        "csp-auth-token",
        "Authorization",
        "Set-Cookie",
        "aws_secret_access_key",
        "psk",
        "peer_code",
        "preSharedKey",
        "privateKey",
        "api_token",
        "X-Amz-Security-Token",
        "passphrase",
        "vmware-api-session-id",
    };
    static const char *const no[] = {"",      "name",   "spine",       "key",     "credential",
                                     "state", "serial", "description", "session", "author"};

    for (size_t i = 0; i < ARRAY_SIZE(yes); i++) {
        if (!secret_is_sensitive_name(yes[i]))
            fail_msg("'%s' would be shown", yes[i]);
    }
    for (size_t i = 0; i < ARRAY_SIZE(no); i++)
        assert_false(secret_is_sensitive_name(no[i]));
    assert_false(secret_is_sensitive_name(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wiped_by_the_last_release),
        cmocka_unit_test(test_contents),
        cmocka_unit_test(test_page_boundaries),
        cmocka_unit_test(test_equal),
        cmocka_unit_test(test_wipe),
        cmocka_unit_test(test_protect_process),
        cmocka_unit_test(test_sensitive_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
