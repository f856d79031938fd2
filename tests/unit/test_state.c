/* The history on disk: private, capped, shared by two consoles, and read back after a crash. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/state.h"
#include "core/file.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "tests/support/model_case.h"

#define UP   "table edges dc1/nsx ok 0s\nedge_id edge status\ne1 edge-01 up\n"
#define DOWN "table edges dc1/nsx ok 0s\nedge_id edge status\ne1 edge-01 down\n"

struct place {
    char dir[32];
    char *path, *before;
};

static void place_init(struct place *p)
{
    static const char pattern[] = "/tmp/hycon-state-XXXXXX";

    memcpy(p->dir, pattern, sizeof(pattern));
    assert_non_null(mkdtemp(p->dir));
    p->path = mem_printf("%s/state/hycon/history.jsonl", p->dir);
    p->before = mem_printf("%s.1", p->path);
}

static void place_release(struct place *p)
{
    unlink(p->path);
    unlink(p->before);
    *strrchr(p->path, '/') = '\0';
    rmdir(p->path);
    *strrchr(p->path, '/') = '\0';
    rmdir(p->path);
    rmdir(p->dir);
    free(p->path);
    free(p->before);
}

static void append(const struct place *p, struct model_case *c)
{
    struct err err = {0};

    if (state_append(p->path, c->model, &err))
        fail_msg("%s", err.msg);
}

/* A place whose file has the first history of @c. */
static void begin(struct place *p, struct model_case *c)
{
    place_init(p);
    model_case_init(c, NULL);
    model_case_feed(c, UP);
    append(p, c);
}

static size_t size_of(const char *path)
{
    struct stat st;

    return stat(path, &st) ? 0 : (size_t)st.st_size;
}

static void test_round_trip(void **state)
{
    struct err err = {0};
    struct model_case a, b;
    struct stat st;
    struct place p;
    unsigned bad = 7;
    size_t size;

    (void)state;
    place_init(&p);
    model_case_init(&a, NULL);
    assert_int_equal(state_load(p.path, a.model, a.now, &bad, &err), 0);
    assert_int_equal(bad, 0);
    model_case_feed(&a, UP);
    append(&p, &a);
    a.now += 5000;
    model_case_feed(&a, DOWN);
    append(&p, &a);
    assert_int_equal(stat(p.path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    size = size_of(p.path);
    append(&p, &a); /* nothing new */
    assert_int_equal(size_of(p.path), size);
    model_case_init(&b, NULL);
    assert_int_equal(state_load(p.path, b.model, a.now, &bad, &err), 0);
    assert_int_equal(bad, 0);
    b.now = a.now + 60000;
    model_case_feed(&b, DOWN);
    model_case_expect(b.estate, "back", "edges", "since_at", "2026-11-20T09:00:05Z\n");
    model_case_release(&a);
    model_case_release(&b);
    place_release(&p);
}

/* Cut in the middle of a line: the next line is whole again, and one is counted as bad. */
static void test_cut_line(void **state)
{
    struct model_case a, b;
    struct err err = {0};
    struct place p;
    unsigned bad;

    (void)state;
    begin(&p, &a);
    assert_int_equal(truncate(p.path, (off_t)size_of(p.path) - 5), 0);
    a.now += 5000;
    model_case_feed(&a, DOWN);
    append(&p, &a);
    model_case_init(&b, NULL);
    assert_int_equal(state_load(p.path, b.model, a.now, &bad, &err), 0);
    assert_int_equal(bad, 1);
    model_case_feed(&b, DOWN);
    model_case_expect(b.estate, "back", "edges", "since_at", "2026-11-20T09:00:05Z\n");
    model_case_release(&a);
    model_case_release(&b);
    place_release(&p);
}

/* Grown beyond the limit, the file is begun anew; a model that reads only the new one knows all. */
static void test_rotation(void **state)
{
    struct strbuf filler = STRBUF_INIT;
    struct model_case a, b;
    struct err err = {0};
    struct place p;
    unsigned bad;

    (void)state;
    begin(&p, &a);
    while (filler.len < STATE_FILE_MAX)
        strbuf_addstr(&filler, "{\"v\":1,\"type\":\"seen\",\"at\":1}\n");
    assert_int_equal(file_write_atomic(p.path, filler.buf, filler.len, 0644, &err), 0);
    a.now += 5000;
    model_case_feed(&a, DOWN);
    append(&p, &a);
    assert_int_equal(size_of(p.path), 0);
    assert_true(size_of(p.before) > STATE_FILE_MAX);
    a.now += 5000;
    model_case_feed(&a, DOWN);
    append(&p, &a);
    assert_true(size_of(p.path) > 0);
    unlink(p.before);
    model_case_init(&b, NULL);
    assert_int_equal(state_load(p.path, b.model, a.now, &bad, &err), 0);
    model_case_feed(&b, DOWN);
    model_case_expect(b.estate, "new file", "edges", "since_at", "2026-11-20T09:00:05Z\n");
    model_case_expect(b.estate, "new file", "timeline", "kind from to", "edge_status up down\n");
    strbuf_release(&filler);
    model_case_release(&a);
    model_case_release(&b);
    place_release(&p);
}

/* A link in its place, or a directory that cannot be made: one sentence, and life goes on. */
static void test_refused(void **state)
{
    struct model_case c;
    struct err err = {0};
    struct place p;

    (void)state;
    begin(&p, &c);
    unlink(p.path);
    assert_int_equal(symlink("/tmp/elsewhere", p.path), 0);
    c.now += 5000;
    model_case_feed(&c, DOWN);
    assert_int_equal(state_append(p.path, c.model, &err), -1);
    assert_non_null(strstr(err.msg, "unable to open"));
    unlink(p.path);
    model_case_release(&c);
    place_release(&p);
}

/* What edge-01 is since the second update, and that it was up before, as a new console reads it. */
static void expect_whole(const struct place *p, int64_t now, unsigned cut)
{
    struct model_case b;
    struct err err = {0};
    unsigned bad;

    model_case_init(&b, NULL);
    assert_int_equal(state_load(p->path, b.model, now, &bad, &err), 0);
    assert_int_equal(bad, cut);
    model_case_feed(&b, DOWN);
    model_case_expect(b.estate, "back", "edges", "since_at", "2026-11-20T09:00:05Z\n");
    model_case_expect(b.estate, "back", "timeline", "kind from to", "edge_status up down\n");
    model_case_release(&b);
}

/* Another console has the file, perhaps for ever: nobody waits, and the lines are written later. */
static void test_busy(void **state)
{
    struct model_case a;
    struct place p;
    size_t size;
    int fd;

    (void)state;
    begin(&p, &a);
    fd = open(p.path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    size = size_of(p.path);
    a.now += 5000;
    model_case_feed(&a, DOWN);
    append(&p, &a);
    assert_int_equal(size_of(p.path), size);
    close(fd);
    append(&p, &a);
    expect_whole(&p, a.now, 0);
    model_case_release(&a);
    place_release(&p);
}

/* The disk is full in the middle of a line, and is not any more. */
static void test_full_disk(void **state)
{
    struct rlimit whole, little;
    struct model_case a;
    struct err err = {0};
    struct place p;

    (void)state;
    begin(&p, &a);
    a.now += 5000;
    model_case_feed(&a, DOWN);
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &whole), 0);
    little = (struct rlimit){.rlim_cur = size_of(p.path) + 10, .rlim_max = whole.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
    assert_int_equal(state_append(p.path, a.model, &err), -1);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &whole), 0);
    assert_non_null(strstr(err.msg, "unable to write"));
    assert_int_equal(size_of(p.path), little.rlim_cur);
    a.now += 5000;
    model_case_feed(&a, DOWN);
    append(&p, &a);
    expect_whole(&p, a.now, 1);
    model_case_release(&a);
    place_release(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_cut_line),
        cmocka_unit_test(test_rotation),   cmocka_unit_test(test_refused),
        cmocka_unit_test(test_busy),       cmocka_unit_test(test_full_disk),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
