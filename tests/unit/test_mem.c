#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/wait.h>
#include <unistd.h>

#include "core/mem.h"

static void test_zeroed(void **state)
{
    (void)state;
    char *p = mem_alloc(100);
    int *a = mem_array(10, sizeof(int));
    char *none = mem_array(0, 8);

    for (int i = 0; i < 100; i++)
        assert_int_equal(p[i], 0);
    for (int i = 0; i < 10; i++)
        assert_int_equal(a[i], 0);
    assert_non_null(none);
    free(p);
    free(a);
    free(none);
}

static void test_strings(void **state)
{
    (void)state;
    char *a = mem_strdup("abc"), *b = mem_strndup("abcdef", 3), *c = mem_strndup("ab", 10);
    char *d = mem_printf("%s-%d", "x", 7);

    assert_string_equal(a, "abc");
    assert_string_equal(b, "abc");
    assert_string_equal(c, "ab");
    assert_string_equal(d, "x-7");
    assert_null(mem_strdup(NULL));
    assert_null(mem_strndup(NULL, 4));
    free(a);
    free(b);
    free(c);
    free(d);
}

static void test_grow(void **state)
{
    (void)state;
    int *v = NULL;
    size_t cap = 0;

    for (size_t n = 0; n < 1000; n++) {
        size_t before = cap;
        v = mem_grow(v, n, &cap, sizeof(*v));
        assert_true(cap > n);
        for (size_t i = before; i < cap; i++)
            assert_int_equal(v[i], 0);
        v[n] = (int)n;
    }
    for (int i = 0; i < 1000; i++)
        assert_int_equal(v[i], i);
    v = mem_grow(v, 5000, &cap, sizeof(*v));
    assert_int_equal(v[999], 999);
    assert_int_equal(v[5000], 0);
    free(v);
}

static void restore(void)
{
    ssize_t n = write(STDERR_FILENO, "restored\n", 9);
    (void)n;
}

/* Run @fn in a child with stderr in @out; returns its wait status. */
static int run_child(void (*fn)(void), char *out, size_t size)
{
    int fds[2], status;
    size_t len = 0;
    ssize_t n;

    assert_int_equal(pipe(fds), 0);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(fds[1], STDERR_FILENO);
        close(fds[0]);
        close(fds[1]);
        mem_on_abort(restore);
        fn();
        _exit(0);
    }
    close(fds[1]);
    while ((n = read(fds[0], out + len, size - 1 - len)) > 0)
        len += (size_t)n;
    out[len] = '\0';
    close(fds[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void overflow_array(void)
{
    volatile size_t n = SIZE_MAX / 4;
    free(mem_array(n, 8));
}

static void test_overflow_aborts_after_restoring(void **state)
{
    (void)state;
    char out[512];
    int status = run_child(overflow_array, out, sizeof(out));

    assert_true(WIFSIGNALED(status));
    assert_int_equal(strncmp(out, "restored\nfatal: out of memory", 28), 0);
}

static void die(void)
{
    mem_die("told to");
}

static void test_die(void **state)
{
    (void)state;
    char out[512];
    int status = run_child(die, out, sizeof(out));

    assert_true(WIFSIGNALED(status));
    assert_non_null(strstr(out, "restored\nfatal: told to\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_zeroed), cmocka_unit_test(test_strings),
        cmocka_unit_test(test_grow),   cmocka_unit_test(test_overflow_aborts_after_restoring),
        cmocka_unit_test(test_die),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
