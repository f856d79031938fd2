/*
 * Tables whose keys are long and begin alike, sorted by what the builder noted of them, against a
 * stable sort of the keys themselves: names of every length, in order and not, more than once,
 * groups that come back, blocks that are thrown away or kept from the last time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/mem.h"
#include "core/snapshot_priv.h"

#define TABLES   400
#define ROWS_MAX 2400
#define HOSTS    5

enum { C_SITE, C_ENDPOINT, C_HOST, C_NAME, C_SERIAL, C_N };

static const struct column columns[] = {
    {.name = "site", .type = CELL_STR},
    {.name = "endpoint", .type = CELL_STR},
    {.name = "host", .type = CELL_STR, .flags = COL_KEY},
    {.name = "name", .type = CELL_STR, .flags = COL_KEY},
    {.name = "serial", .type = CELL_INT},
};
static const struct schema things = {"things", "things", columns, C_N};
static const char *const hosts[HOSTS] = {"esx-10", "esx-2", "esx", "esx-10.example", "esx-3"};

struct item {
    const char *host;
    char name[40];
    unsigned block; /* rows of one key stand in the order of these, and then as they came */
    int64_t serial;
};

struct table {
    struct item rows[ROWS_MAX];
    size_t n;
};

static uint64_t seed = 0x9e3779b97f4a7c15;

static unsigned dice(unsigned below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)((seed >> 11) % below);
}

static void think_name(char *out, size_t size, unsigned kind, unsigned i)
{
    switch (kind) {
    case 0: /* positions, as text */
        (void)snprintf(out, size, "%u", i + 1);
        break;
    case 1: /* in order */
        (void)snprintf(out, size, "558a796d%08x", i);
        break;
    case 2: /* 16 bytes */
        (void)snprintf(out, size, "558a796d%08x", i * 2654435761u);
        break;
    case 3: /* longer than what is noted, and the same up to there */
        (void)snprintf(out, size, "0123456789abcdef%u", dice(50));
        break;
    case 4: /* few names */
        (void)snprintf(out, size, "%.*s", (int)dice(20), "aaaaaaaaaaaaaaaaaaaa");
        break;
    default:
        (void)snprintf(out, size, "\xc3\xa9%u\x7f", dice(300));
        break;
    }
}

/* Rows of one host and of one kind of names. */
static void add_rows(struct table_builder *b, struct table *t, unsigned block, unsigned n)
{
    const char *host = hosts[dice(HOSTS)];
    unsigned kind = dice(6);

    for (unsigned i = 0; i < n && t->n < ROWS_MAX; i++) {
        struct item *r = &t->rows[t->n];
        struct cell *c;

        *r = (struct item){.host = host, .block = block, .serial = (int64_t)t->n};
        think_name(r->name, sizeof(r->name), kind, i);
        builder_row(b);
        c = builder_cells(b);
        c[C_HOST] = (struct cell){.type = CELL_STR, .u.s = host};
        c[C_NAME].type = CELL_STR;
        c[C_NAME].u.s = arena_strdup(builder_arena(b), r->name);
        builder_int(b, C_SERIAL, r->serial);
        if (dice(100) == 0)
            builder_drop(b);
        else
            t->n++;
    }
}

static void think_table(struct table_builder *b, struct table *t)
{
    unsigned blocks = 1 + dice(4), groups = 1 + dice(dice(4) ? 6 : 60);

    t->n = 0;
    for (unsigned block = 0; block < blocks; block++) {
        size_t before = t->n;

        builder_block(b, 0);
        for (unsigned g = 0; g < groups; g++)
            add_rows(b, t, block, 1 + dice(groups > 6 ? 30 : 300));
        if (dice(6) == 0) {
            builder_block_drop(b);
            t->n = before;
        }
    }
}

static int compare(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    char keys[2][80];

    (void)snprintf(keys[0], sizeof(keys[0]), "%s%c%s", x->host, ROW_KEY_SEPARATOR, x->name);
    (void)snprintf(keys[1], sizeof(keys[1]), "%s%c%s", y->host, ROW_KEY_SEPARATOR, y->name);
    int d = strcmp(keys[0], keys[1]);
    return d ? d : (x->serial > y->serial) - (x->serial < y->serial);
}

static void check(const struct snapshot *s, struct table *t)
{
    unsigned duplicates = 0;

    qsort(t->rows, t->n, sizeof(*t->rows), compare);
    assert_int_equal(snapshot_count(s), t->n);
    for (size_t i = 0; i < t->n; i++) {
        const struct row *row = snapshot_row(s, i);
        int64_t serial = -1;

        assert_true(row_int(row, C_SERIAL, &serial));
        assert_int_equal(serial, t->rows[i].serial);
        duplicates += i && strcmp(snapshot_row(s, i - 1)->key, row->key) == 0;
    }
    assert_int_equal(snapshot_duplicates(s), duplicates);
}

/* Bytes that are no text are made visible in keys: 0x7f is. What is compared is what is printed. */
static void make_visible(struct table *t)
{
    for (size_t i = 0; i < t->n; i++) {
        size_t n = strlen(t->rows[i].name);
        if (n && t->rows[i].name[n - 1] == '\x7f')
            (void)snprintf(t->rows[i].name + n - 1, sizeof(t->rows[i].name) - n, "\\x7f");
    }
}

static void test_same_as_the_keys(void **state)
{
    static struct table t;
    unsigned many = 0;

    (void)state;
    for (int i = 0; i < TABLES; i++) {
        struct table_builder *b = builder_new(&things, "site", "esx", NULL);
        struct snapshot *s;

        think_table(b, &t);
        s = builder_finish(b, 1, FRESH_OK, NULL);
        make_visible(&t);
        check(s, &t);
        many += snapshot_duplicates(s) > 0;
        snapshot_unref(s);
    }
    assert_in_range(many, TABLES / 10, TABLES - TABLES / 50);
}

/* A group that begins with the key that another one of its host ends with. */
static void test_groups_that_touch(void **state)
{
    struct table_builder *b = builder_new(&things, "site", "esx", NULL);
    struct snapshot *s;

    (void)state;
    builder_block(b, 0);
    for (int i = 0; i < 90; i++) {
        char name[8];
        struct cell *c;

        (void)snprintf(name, sizeof(name), "%02d", i % 30 + (i >= 60 ? 29 : 0));
        builder_row(b);
        c = builder_cells(b);
        c[C_HOST] = (struct cell){.type = CELL_STR, .u.s = hosts[i / 30 == 1]};
        c[C_NAME] = (struct cell){.type = CELL_STR, .u.s = arena_strdup(builder_arena(b), name)};
        builder_int(b, C_SERIAL, i);
    }
    s = builder_finish(b, 1, FRESH_OK, NULL);
    assert_int_equal(snapshot_duplicates(s), 1);
    for (size_t i = 0, twice = 0; i + 1 < snapshot_count(s); i++) {
        int64_t one = -1, two = -1;

        if (strcmp(snapshot_row(s, i)->key, snapshot_row(s, i + 1)->key) != 0)
            continue;
        assert_int_equal(++twice, 1);
        assert_true(row_int(snapshot_row(s, i), C_SERIAL, &one) &&
                    row_int(snapshot_row(s, i + 1), C_SERIAL, &two));
        assert_int_equal(one, 29);
        assert_int_equal(two, 60);
    }
    snapshot_unref(s);
}

/* Texts that are not shared: each row is a group, and more of them than are noted. */
static void test_no_groups(void **state)
{
    struct table_builder *b = builder_new(&things, "site", "esx", NULL);
    struct snapshot *s;

    (void)state;
    for (unsigned i = 0; i < 9000; i++) {
        char name[16];

        (void)snprintf(name, sizeof(name), "%u", i * 2654435761u % 8000);
        builder_row(b);
        builder_str(b, C_HOST, hosts[i % HOSTS]);
        builder_str(b, C_NAME, name);
        builder_int(b, C_SERIAL, i);
    }
    s = builder_finish(b, 1, FRESH_OK, NULL);
    assert_int_equal(snapshot_count(s), 9000);
    for (size_t i = 1; i < 9000; i++) {
        const struct row *x = snapshot_row(s, i - 1), *y = snapshot_row(s, i);
        int64_t one = -1, two = -1;
        int d = strcmp(x->key, y->key);

        assert_true(row_int(x, C_SERIAL, &one) && row_int(y, C_SERIAL, &two));
        assert_true(d < 0 || (d == 0 && one < two));
    }
    snapshot_unref(s);
}

/* A block that was kept has its rows sorted already; those of new blocks come between them. */
static void test_with_kept_blocks(void **state)
{
    static struct table t;
    struct snapshot *old = NULL;

    (void)state;
    for (int round = 0; round < 30; round++) {
        struct table_builder *b = builder_new(&things, "site", "esx", old);
        struct snapshot *s;
        size_t kept = t.n;

        if (old && builder_block(b, 7)) {
            assert_int_equal(builder_count(b), kept);
        } else {
            t.n = 0;
            assert_null(old);
            builder_block(b, 7);
            for (int g = 0; g < 4; g++)
                add_rows(b, &t, 0, 200);
            kept = t.n;
        }
        builder_block(b, 0);
        for (int g = 0; g < 3; g++)
            add_rows(b, &t, 1, 1 + dice(200));
        s = builder_finish(b, 1, FRESH_OK, NULL);
        make_visible(&t);
        check(s, &t);
        snapshot_unref(old);
        old = s;
        /* The rows of the first block, as they came. */
        size_t n = 0;
        for (size_t i = 0; i < t.n; i++) {
            if (t.rows[i].block == 0)
                t.rows[n++] = t.rows[i];
        }
        t.n = n;
        assert_int_equal(n, kept);
    }
    snapshot_unref(old);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_as_the_keys),
        cmocka_unit_test(test_with_kept_blocks),
        cmocka_unit_test(test_groups_that_touch),
        cmocka_unit_test(test_no_groups),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
