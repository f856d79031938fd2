/*
 * Random sequences of polls, each compared with a slow and obvious reference: the rows of all its
 * pages in one array, sorted by insertion, with no sharing of anything.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "core/snapshot_priv.h"

#define PAGES_MAX 12
#define ROWS_MAX  9
#define POLLS     60
#define SEQUENCES 150

enum { C_SITE, C_ENDPOINT, C_ID, C_SERIAL, C_N };

static const struct column columns[] = {
    {.name = "site", .type = CELL_STR},
    {.name = "endpoint", .type = CELL_STR},
    {.name = "id", .type = CELL_STR, .flags = COL_KEY},
    {.name = "serial", .type = CELL_INT},
};
static const struct schema things = {"things", "things", columns, C_N};

/* A row as the server has it: @serial tells rows with the same key apart. */
struct item {
    char id[8];
    int64_t serial;
};

/* A page is named by @hash (0: it has none); its rows change only together with it. */
struct page {
    uint64_t hash;
    unsigned n;
    struct item rows[ROWS_MAX];
};

struct server {
    uint64_t random;
    int64_t serial;
    unsigned npages;
    struct page pages[PAGES_MAX];
};

/* xorshift: the same sequence on every machine, so that a failure can be repeated. */
static unsigned pick(struct server *s, unsigned below)
{
    s->random ^= s->random << 13;
    s->random ^= s->random >> 7;
    s->random ^= s->random << 17;
    return (unsigned)((s->random >> 11) % below);
}

static void new_page(struct server *s, struct page *p)
{
    bool sorted = pick(s, 2);

    p->hash = pick(s, 8) ? (uint64_t)++s->serial : 0;
    p->n = pick(s, ROWS_MAX + 1);
    for (unsigned i = 0; i < p->n; i++) {
        /* Few ids, so that duplicates are common within and across pages. */
        snprintf(p->rows[i].id, sizeof(p->rows[i].id), "%03u", sorted ? i * 7 : pick(s, 60));
        p->rows[i].serial = ++s->serial;
    }
}

/* What happens between two polls: mostly nothing, else pages change, come, go, swap or repeat. */
static void change(struct server *s)
{
    unsigned at = pick(s, s->npages ? s->npages : 1), to = pick(s, s->npages ? s->npages : 1);
    struct page swap;

    switch (pick(s, 9)) {
    case 0:
    case 1:
        new_page(s, &s->pages[at]);
        break;
    case 2:
        if (s->npages < PAGES_MAX)
            new_page(s, &s->pages[s->npages++]);
        break;
    case 3:
        if (s->npages) {
            s->npages--;
            memmove(&s->pages[at], &s->pages[at + 1], (s->npages - at) * sizeof(s->pages[0]));
        }
        break;
    case 4:
        swap = s->pages[at];
        s->pages[at] = s->pages[to];
        s->pages[to] = swap;
        break;
    case 5:
        s->pages[at] = s->pages[to];
        break;
    default:
        break;
    }
}

/* Asks for the page as a collector does; counts the blocks that were not decoded. */
static unsigned poll_page(struct table_builder *b, const struct page *p)
{
    if (builder_block(b, p->hash))
        return 1;
    for (unsigned i = 0; i < p->n; i++) {
        builder_row(b);
        builder_str(b, C_ID, p->rows[i].id);
        builder_int(b, C_SERIAL, p->rows[i].serial);
    }
    return 0;
}

static size_t reference(const struct server *s, struct item *rows)
{
    size_t n = 0;

    for (unsigned p = 0; p < s->npages; p++) {
        for (unsigned i = 0; i < s->pages[p].n; i++) {
            size_t at = n++;

            for (; at && strcmp(rows[at - 1].id, s->pages[p].rows[i].id) > 0; at--)
                rows[at] = rows[at - 1];
            rows[at] = s->pages[p].rows[i];
        }
    }
    return n;
}

static void assert_same(const struct snapshot *got, const struct item *rows, size_t n)
{
    unsigned duplicates = 0;
    int64_t serial = 0;

    assert_int_equal(snapshot_count(got), n);
    for (size_t i = 0; i < n; i++) {
        const struct row *r = snapshot_row(got, i);

        assert_string_equal(r->key, rows[i].id);
        assert_string_equal(row_str(r, C_ID), rows[i].id);
        assert_true(row_int(r, C_SERIAL, &serial));
        assert_int_equal(serial, rows[i].serial);
        assert_string_equal(row_str(r, C_ENDPOINT), "nsx");
        duplicates += i && strcmp(rows[i - 1].id, rows[i].id) == 0;
        const struct row *found = snapshot_find(got, rows[i].id);
        assert_non_null(found);
        assert_string_equal(found->key, rows[i].id);
    }
    assert_int_equal(snapshot_duplicates(got), duplicates);
}

/* Is there a page of this hash among the @n pages the last poll saw? */
static bool seen(const struct page *pages, unsigned n, uint64_t hash)
{
    for (unsigned i = 0; i < n && hash; i++) {
        if (pages[i].hash == hash)
            return true;
    }
    return false;
}

/* One poll; returns the new snapshot and drops @prev. */
static struct snapshot *poll_server(const struct server *now, const struct server *before,
                                    struct snapshot *prev)
{
    struct table_builder *b = builder_new(&things, "tokyo", "nsx", prev);
    struct item rows[PAGES_MAX * ROWS_MAX];
    unsigned shared = 0, expected = 0;
    struct snapshot *next;

    for (unsigned i = 0; i < now->npages; i++) {
        shared += poll_page(b, &now->pages[i]);
        expected += prev && seen(before->pages, before->npages, now->pages[i].hash);
    }
    assert_int_equal(shared, expected);
    next = builder_finish(b, 1, FRESH_OK, NULL);
    if (prev && expected == now->npages && before->npages == now->npages &&
        memcmp(now->pages, before->pages, now->npages * sizeof(now->pages[0])) == 0)
        assert_ptr_equal(next->body, prev->body);
    snapshot_unref(prev);
    assert_same(next, rows, reference(now, rows));
    return next;
}

static void test_random_polls(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= SEQUENCES; seed++) {
        struct server now = {.random = seed * UINT64_C(0x9e3779b97f4a7c15)}, before = now;
        struct snapshot *s = NULL;

        for (unsigned i = 0; i < 4; i++)
            new_page(&now, &now.pages[now.npages++]);
        for (unsigned i = 0; i < POLLS; i++) {
            s = poll_server(&now, &before, s);
            before = now;
            for (unsigned k = pick(&now, 4); k; k--)
                change(&now);
        }
        snapshot_unref(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_polls),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
