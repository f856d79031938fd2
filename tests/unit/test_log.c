#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/log.h"
#include "core/text.h"

static struct log_line last(void)
{
    struct log_line line;
    size_t n = log_count(NULL);

    assert_true(n > 0);
    assert_int_equal(log_get(n - 1, &line), 0);
    return line;
}

static void test_add(void **state)
{
    (void)state;

    assert_int_equal(log_get(0, &(struct log_line){0}), -1);
    clock_freeze(1000);
    log_add(LOG_WARN, "endpoint '%s' is %s", "nsx", "slow");
    struct log_line line = last();
    clock_freeze(-1);
    assert_int_equal(line.at_ms, 1000);
    assert_int_equal(line.level, LOG_WARN);
    assert_string_equal(line.text, "endpoint 'nsx' is slow");
    assert_int_equal(log_get(log_count(NULL), &line), -1);
}

static void test_sanitised_and_cut(void **state)
{
    (void)state;
    char kanji[3001];

    log_add(LOG_INFO, "a\033[2J\nb");
    assert_string_equal(last().text, "a\\x1b[2J\\x0ab");
    for (size_t i = 0; i < 3000; i += 3)
        memcpy(kanji + i, "漢", 3);
    kanji[3000] = '\0';
    log_add(LOG_INFO, "%s", kanji);
    struct log_line line = last();
    assert_int_equal(strlen(line.text), 1023); /* 341 whole characters */
    assert_true(text_is_clean(line.text));
}

static void test_file(void **state)
{
    (void)state;
    char path[] = "/tmp/test_log.XXXXXX", got[512];
    struct stat st;
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    fchmod(fd, 0644);
    assert_int_equal(log_open_file(path), 0);
    clock_freeze(1500);
    log_add(LOG_ERROR, "one");
    log_add(LOG_DEBUG, "two\n");
    clock_freeze(-1);
    assert_int_equal(log_open_file(NULL), 0);
    log_add(LOG_INFO, "not in the file");
    ssize_t n = read(fd, got, sizeof(got) - 1);
    assert_true(n > 0);
    got[n] = '\0';
    assert_string_equal(got, "1970-01-01T00:00:01.500Z error one\n"
                             "1970-01-01T00:00:01.500Z debug two\\x0a\n");
    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    close(fd);
    unlink(path);
    assert_int_equal(log_open_file("/nonexistent/hycon.log"), -1);
}

static void test_full_disk_is_told(void **state)
{
    (void)state;

    if (log_open_file("/dev/full"))
        skip();
    log_add(LOG_INFO, "does not fit");
    assert_string_equal(last().text, "unable to write the log file: No space left on device");
    log_add(LOG_INFO, "goes on");
    assert_string_equal(last().text, "goes on");
    log_open_file(NULL);
}

static void *add_many(void *arg)
{
    for (int i = 0; i < 3000; i++)
        log_add(LOG_DEBUG, "%s %d", (const char *)arg, i);
    return NULL;
}

static void test_ring_counts_what_it_drops(void **state)
{
    (void)state;
    uint64_t before, dropped;
    size_t had = log_count(&before);
    char other[] = "other", mine[] = "mine", want[32];
    struct log_line line;
    pthread_t t;

    assert_int_equal(pthread_create(&t, NULL, add_many, other), 0);
    add_many(mine);
    pthread_join(t, NULL);
    assert_int_equal(log_count(&dropped), LOG_RING_LINES);
    assert_int_equal(dropped, before + had + 6000 - LOG_RING_LINES);
    for (int i = 0; i < LOG_RING_LINES; i++)
        log_add(LOG_INFO, "line %d", i);
    for (size_t i = 0; i < LOG_RING_LINES; i += 37) {
        assert_int_equal(log_get(i, &line), 0);
        snprintf(want, sizeof(want), "line %zu", i);
        assert_string_equal(line.text, want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_add),
        cmocka_unit_test(test_sanitised_and_cut),
        cmocka_unit_test(test_file),
        cmocka_unit_test(test_full_disk_is_told),
        cmocka_unit_test(test_ring_counts_what_it_drops),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
