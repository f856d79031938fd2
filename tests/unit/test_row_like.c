/* Rows that share the cells of another snapshot's: nothing is copied, nothing dangles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/snapshot.h"
#include "model/tables.h"

static struct snapshot *lender(void)
{
    struct table_builder *b = builder_new(&table_edges, "tokyo", "vmc", NULL);

    builder_row(b);
    builder_str(b, EDGES_EDGE_ID, "e1");
    builder_str(b, EDGES_EDGE, "edge-01");
    builder_list_add(b, EDGES_ROLES, "old");
    return builder_finish(b, 1, FRESH_OK, NULL);
}

static struct snapshot *borrower(const struct snapshot *from)
{
    struct table_builder *b = builder_new(&table_edges, "tokyo", "nsx", NULL);

    builder_row_like(b, from, snapshot_row(from, 0));
    builder_list_add(b, EDGES_ROLES, "new");
    builder_str(b, EDGES_HOST, "esx-1");
    builder_row(b);
    builder_str(b, EDGES_EDGE_ID, "e2");
    return builder_finish(b, 2, FRESH_OK, NULL);
}

static void test_shares(void **state)
{
    struct snapshot *a = lender(), *b = borrower(a);
    const struct row *mine = snapshot_find(b, "e1"), *theirs = snapshot_row(a, 0);

    (void)state;
    assert_non_null(mine);
    assert_ptr_equal(mine->key, theirs->key);
    assert_ptr_equal(row_str(mine, EDGES_EDGE), row_str(theirs, EDGES_EDGE));
    assert_string_equal(row_str(mine, SCHEMA_ENDPOINT), "nsx");
    assert_string_equal(row_str(theirs, SCHEMA_ENDPOINT), "vmc");
    assert_string_equal(row_str(mine, EDGES_HOST), "esx-1");
    assert_int_equal(row_list(mine, EDGES_ROLES)->n, 1);
    assert_string_equal(row_list(mine, EDGES_ROLES)->items[0], "new");
    assert_string_equal(row_list(theirs, EDGES_ROLES)->items[0], "old");
    assert_non_null(snapshot_find(b, "e2"));
    snapshot_unref(a);
    snapshot_unref(b);
}

/* The lender's snapshot may go first, and a later one may take over the borrower's block. */
static void test_lifetime(void **state)
{
    struct snapshot *a = lender(), *b, *c;
    struct table_builder *next;

    (void)state;
    next = builder_new(&table_edges, "tokyo", "nsx", NULL);
    assert_false(builder_block(next, 7));
    builder_row_like(next, a, snapshot_row(a, 0));
    b = builder_finish(next, 2, FRESH_OK, NULL);
    snapshot_unref(a);
    assert_string_equal(row_str(snapshot_row(b, 0), EDGES_EDGE), "edge-01");
    next = builder_new(&table_edges, "tokyo", "nsx", b);
    assert_true(builder_block(next, 7));
    c = builder_finish(next, 3, FRESH_OK, NULL);
    snapshot_unref(b);
    assert_string_equal(row_str(snapshot_row(c, 0), EDGES_EDGE), "edge-01");
    snapshot_unref(c);
}

static void test_dropped(void **state)
{
    struct snapshot *a = lender(), *b;
    struct table_builder *next = builder_new(&table_edges, "tokyo", "nsx", NULL);

    (void)state;
    builder_row_like(next, a, snapshot_row(a, 0));
    builder_drop(next);
    builder_row(next);
    builder_str(next, EDGES_EDGE_ID, "e9");
    b = builder_finish(next, 2, FRESH_OK, NULL);
    assert_int_equal(snapshot_count(b), 1);
    assert_string_equal(snapshot_row(b, 0)->key, "e9");
    assert_null(row_str(snapshot_row(b, 0), EDGES_EDGE));
    snapshot_unref(a);
    snapshot_unref(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shares),
        cmocka_unit_test(test_lifetime),
        cmocka_unit_test(test_dropped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
