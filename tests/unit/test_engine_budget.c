/* Requests per minute: a bucket that consoles share through a file. Every time is the test's own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "collectors/engine_priv.h"
#include "core/mem.h"
#include "tests/support/fakeapi.h"

#define NOW   100000000
#define BURST 10   /* at once, with 20 a minute */
#define EACH  3000 /* ms until the next */

struct consoles {
    char *dir;
    struct fakeapi_run runs[2];
    struct budget *b[2];
};

/* Two consoles that have not started to poll. */
static void open_consoles(struct consoles *c, bool shared)
{
    struct err err = {0};

    c->dir = mem_printf("/tmp/hycon-test-budget-%d", (int)getpid());
    for (int i = 0; i < 2; i++) {
        char *text = fakeapi_config("http", 1, ", requests_per_min: 20");

        fakeapi_run_init(&c->runs[i], text);
        free(text);
        c->runs[i].o.runtime_dir = shared ? c->dir : NULL;
        c->runs[i].engine = engine_new(&c->runs[i].o, &err);
        assert_non_null(c->runs[i].engine);
        c->b[i] = c->runs[i].engine->endpoints[0].budget;
    }
}

static void close_consoles(struct consoles *c)
{
    DIR *d;

    for (int i = 0; i < 2; i++)
        fakeapi_run_stop(&c->runs[i]);
    d = opendir(c->dir);
    for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d))
        (void)unlinkat(dirfd(d), e->d_name, 0);
    if (d)
        closedir(d);
    (void)rmdir(c->dir);
    free(c->dir);
}

/* How many requests it may send at @now. */
static unsigned drain(struct budget *b, int64_t now)
{
    unsigned n = 0;

    while (n <= 2 * BURST && engine_budget_take(b, now) == 0)
        n++;
    return n;
}

static void fills_with_time(void **state)
{
    struct consoles c;

    (void)state;
    open_consoles(&c, false);
    assert_int_equal(drain(c.b[0], NOW), BURST);
    assert_in_range(engine_budget_take(c.b[0], NOW), EACH, EACH + 1);
    assert_in_range(engine_budget_take(c.b[0], NOW + EACH - 1), 1, 2);
    assert_int_equal(drain(c.b[0], NOW + EACH), 1);
    assert_int_equal(drain(c.b[0], NOW + 3 * EACH), 2);
    assert_int_equal(drain(c.b[0], NOW + 1000 * EACH), BURST);
    /* Each for itself. */
    assert_int_equal(drain(c.b[1], NOW), BURST);
    close_consoles(&c);
}

static void is_shared(void **state)
{
    struct consoles c;

    (void)state;
    open_consoles(&c, true);
    for (int i = 0; i < BURST; i++)
        assert_int_equal(engine_budget_take(c.b[i % 2], NOW), 0);
    for (int i = 0; i < 2; i++)
        assert_in_range(engine_budget_take(c.b[i], NOW), EACH, EACH + 1);
    assert_int_equal(drain(c.b[0], NOW + 2 * EACH), 2);
    assert_int_equal(drain(c.b[1], NOW + 2 * EACH), 0);
    /* The other looked at the clock before we did. */
    assert_int_equal(drain(c.b[1], NOW + EACH), 0);
    close_consoles(&c);
}

/* Nobody waits for the lock, and what was taken meanwhile is entered afterwards. */
static void what_was_taken_alone_is_owed(void **state)
{
    struct consoles c;

    (void)state;
    open_consoles(&c, true);
    assert_int_equal(engine_budget_take(c.b[0], NOW), 0);
    assert_int_equal(engine_budget_take(c.b[1], NOW), 0);
    assert_int_equal(flock(c.b[0]->fd, LOCK_EX), 0);
    for (int i = 0; i < 5; i++)
        assert_int_equal(engine_budget_take(c.b[1], NOW), 0);
    assert_int_equal(flock(c.b[0]->fd, LOCK_UN), 0);
    assert_int_equal(engine_budget_take(c.b[1], NOW), 0);
    assert_int_equal(drain(c.b[0], NOW), BURST - 8);
    close_consoles(&c);
}

/* Both spent all that there was while neither could enter it: what is missing has to come first. */
static void more_may_be_owed_than_there_is(void **state)
{
    struct consoles c;

    (void)state;
    open_consoles(&c, true);
    assert_int_equal(engine_budget_take(c.b[1], NOW), 0);
    assert_int_equal(flock(c.b[0]->fd, LOCK_EX), 0);
    assert_int_equal(drain(c.b[1], NOW), BURST - 1);
    assert_int_equal(flock(c.b[0]->fd, LOCK_UN), 0);
    assert_int_equal(drain(c.b[0], NOW), BURST - 1);
    assert_in_range(engine_budget_take(c.b[1], NOW), BURST * EACH - EACH, BURST * EACH + 1);
    assert_in_range(engine_budget_take(c.b[0], NOW), BURST * EACH - EACH, BURST * EACH + 1);
    close_consoles(&c);
}

static void write_file(const struct consoles *c, const char *text)
{
    assert_int_equal(pwrite(c->b[0]->fd, text, strlen(text), 0), strlen(text));
    assert_int_equal(ftruncate(c->b[0]->fd, (off_t)strlen(text)), 0);
}

static void strange_files(void **state)
{
    static const char *const empty_bucket[] = {"0 100000000\n", "-60000 100000000\n"};
    static const char *const strange[] = {"",
                                          "x y\n",
                                          "0\n",
                                          "0 100000000",
                                          "99999999999999999999 1\n",
                                          "\n",
                                          " \n",
                                          "9223372036854775807 100000000\n",
                                          "0 9223372036854775807\n" /* before the last boot */};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(strange); i++) {
        struct consoles c;

        open_consoles(&c, true);
        write_file(&c, strange[i]);
        assert_int_equal(drain(c.b[0], NOW), BURST);
        assert_int_equal(drain(c.b[1], NOW), 0);
        close_consoles(&c);
    }
    for (size_t i = 0; i < ARRAY_SIZE(empty_bucket); i++) {
        struct consoles c;

        open_consoles(&c, true);
        write_file(&c, empty_bucket[i]);
        assert_int_equal(drain(c.b[0], NOW), 0);
        close_consoles(&c);
    }
}

/* Where the file cannot be made the console counts alone. */
static void no_directory(void **state)
{
    struct consoles c;
    int fd;

    (void)state;
    c.dir = mem_printf("/tmp/hycon-test-budget-%d", (int)getpid());
    fd = open(c.dir, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    close(fd);
    char *file = c.dir;
    open_consoles(&c, true);
    assert_int_equal(c.b[0]->fd, -1);
    assert_int_equal(drain(c.b[0], NOW), BURST);
    assert_int_equal(drain(c.b[1], NOW), BURST);
    close_consoles(&c);
    assert_int_equal(unlink(file), 0);
    free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills_with_time),
        cmocka_unit_test(is_shared),
        cmocka_unit_test(what_was_taken_alone_is_owed),
        cmocka_unit_test(more_may_be_owed_than_there_is),
        cmocka_unit_test(strange_files),
        cmocka_unit_test(no_directory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
