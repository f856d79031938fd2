/* Whatever rows have in common, they read as if each were written alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/rows_json.h"
#include "core/strbuf.h"
#include "core/table.h"
#include "model/tables.h"

#define ROWS 400

/* Texts that are one pointer, the same text twice, texts to be escaped; ABSENT; no text at all. */
static const char *const texts[] = {"ap-northeast-1", "ap-northeast-1", "a\"b\\c", "\x1b[2J", "",
                                    "\xe6\x9d\xb1",   "eni-0",          "eightbyt"};

static struct cell random_cell(unsigned *seed, const struct cell_list *list)
{
    unsigned n = (unsigned)rand_r(seed) % 12;

    if (n == 0)
        return (struct cell){.type = CELL_INT, .u.i = rand_r(seed) % 3};
    if (n == 1)
        return (struct cell){.type = CELL_LIST, .u.list = list};
    if (n == 2)
        return (struct cell){.type = CELL_BOOL, .u.b = rand_r(seed) % 2 != 0};
    if (n == 3)
        return (struct cell){.type = CELL_ABSENT};
    return (struct cell){.type = CELL_STR, .u.s = texts[n - 4]};
}

static void add_plainly(struct strbuf *out, const struct cell *cells, const unsigned *at,
                        unsigned n, const char *begin)
{
    strbuf_addstr(out, begin);
    for (unsigned i = 0; i < n; i++) {
        strbuf_addf(out, "%s\"%s\":", i ? "," : "", table_routes.columns[at[i]].name);
        cell_json(out, &table_routes.columns[at[i]], &cells[at[i]]);
    }
    strbuf_addch(out, '}');
}

static void compare(const unsigned *at, unsigned n, const char *begin, unsigned seed)
{
    struct rows_json *j = rows_json_new(&table_routes, at, n, begin);
    const struct cell_list list = {.items = texts, .n = 3};
    struct strbuf got = STRBUF_INIT, want = STRBUF_INIT;
    static struct cell cells[ROWS][64];

    for (unsigned i = 0; i < ROWS; i++) {
        struct row row = {.cells = cells[i], .key = ""};

        if (i)
            memcpy(cells[i], cells[i - 1], sizeof(cells[i]));
        for (unsigned k = (unsigned)rand_r(&seed) % 6; k > 0 || !i; k--) {
            cells[i][(unsigned)rand_r(&seed) % table_routes.ncolumns] = random_cell(&seed, &list);
            if (!k)
                break;
        }
        strbuf_addstr(&got, ",");
        rows_json_add(j, &got, &row);
        strbuf_addstr(&want, ",");
        add_plainly(&want, cells[i], at, n, begin);
        assert_string_equal(got.buf, want.buf);
        if (rand_r(&seed) % 20 == 0) {
            strbuf_reset(&got);
            strbuf_reset(&want);
            rows_json_drained(j);
        }
    }
    rows_json_free(j);
    strbuf_release(&got);
    strbuf_release(&want);
}

static void test_as_if_alone(void **state)
{
    unsigned all[64], some[] = {7, 3, 3, 0};

    (void)state;
    for (unsigned i = 0; i < table_routes.ncolumns; i++)
        all[i] = i;
    for (unsigned seed = 1; seed < 20; seed++) {
        compare(all, table_routes.ncolumns, "{", seed);
        compare(some, 4, "{\"table\":\"routes\",", seed);
        compare(some, 0, "{", seed);
    }
}

/* What a limit cuts off is not copied from. */
static void test_limited(void **state)
{
    const unsigned at[] = {0, 1};
    struct cell cells[64] = {{.type = CELL_STR, .u.s = "tokyo"}, {.type = CELL_STR, .u.s = "aws"}};
    struct rows_json *j = rows_json_new(&table_routes, at, 2, "{");
    const struct row row = {.cells = cells, .key = ""};
    struct strbuf out;

    (void)state;
    strbuf_init(&out, 40);
    for (int i = 0; i < 5; i++)
        rows_json_add(j, &out, &row);
    assert_false(strbuf_ok(&out));
    assert_string_equal(out.buf, "{\"site\":\"tokyo\",\"endpoint\":\"aws\"}{\"site\"");
    strbuf_release(&out);
    rows_json_free(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_if_alone),
        cmocka_unit_test(test_limited),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
