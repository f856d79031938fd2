/* Snapshots: building, sharing, finding; what is not there; what is too much. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "core/snapshot_priv.h"

enum {
    C_SITE,
    C_ENDPOINT,
    C_ID,
    C_INT,
    C_REAL,
    C_BYTES,
    C_S,
    C_AT,
    C_BOOL,
    C_STATE,
    C_IP,
    C_CIDR,
    C_LIST,
    C_N
};

static const struct state_word words[] = {{"up", SEV_OK}, {"down", SEV_CRITICAL}, {NULL, SEV_NONE}};

static const struct column columns[] = {
    {.name = "site", .type = CELL_STR},
    {.name = "endpoint", .type = CELL_STR},
    {.name = "id", .type = CELL_STR, .flags = COL_KEY},
    {.name = "int", .type = CELL_INT},
    {.name = "real", .type = CELL_REAL},
    {.name = "x_bytes", .type = CELL_BYTES},
    {.name = "x_s", .type = CELL_DURATION, .unit = UNIT_S},
    {.name = "x_at", .type = CELL_TIME},
    {.name = "bool", .type = CELL_BOOL},
    {.name = "state", .type = CELL_STATE, .states = words},
    {.name = "ip", .type = CELL_IP},
    {.name = "cidr", .type = CELL_CIDR},
    {.name = "list", .type = CELL_LIST},
};
static const struct schema things = {"things", "things", columns, C_N};

static const struct column pair_columns[] = {
    {.name = "site", .type = CELL_STR},
    {.name = "endpoint", .type = CELL_STR},
    {.name = "table", .type = CELL_STR, .flags = COL_KEY},
    {.name = "net", .type = CELL_CIDR, .flags = COL_KEY},
};
static const struct schema pairs = {"pairs", "pairs", pair_columns, 4};

static struct table_builder *begin(const struct snapshot *prev)
{
    return builder_new(&things, "tokyo", "nsx", prev);
}

static struct snapshot *finish(struct table_builder *b)
{
    return builder_finish(b, 5000, FRESH_OK, NULL);
}

static void add(struct table_builder *b, const char *id, int64_t v)
{
    builder_row(b);
    builder_str(b, C_ID, id);
    builder_int(b, C_INT, v);
}

static const char *id_at(const struct snapshot *s, size_t i)
{
    return row_str(snapshot_row(s, i), C_ID);
}

static int64_t int_at(const struct snapshot *s, size_t i)
{
    int64_t v = -1;

    assert_true(row_int(snapshot_row(s, i), C_INT, &v));
    return v;
}

/* ---- building ----------------------------------------------------------------------------- */

static void test_empty(void **state)
{
    struct snapshot *s = finish(begin(NULL));

    (void)state;
    assert_int_equal(snapshot_count(s), 0);
    assert_int_equal(snapshot_blocks(s), 0);
    assert_null(snapshot_row(s, 0));
    assert_null(snapshot_find(s, "a"));
    assert_string_equal(snapshot_site(s), "tokyo");
    assert_string_equal(snapshot_endpoint(s), "nsx");
    assert_string_equal(snapshot_note(s), "");
    assert_int_equal(snapshot_err(s)->kind, ERR_NONE);
    assert_int_equal(snapshot_taken_at(s), 5000);
    snapshot_unref(s);
    snapshot_unref(NULL);
    builder_free(NULL);
}

static void test_sorted_by_key(void **state)
{
    struct table_builder *b = begin(NULL);
    struct snapshot *s;

    (void)state;
    add(b, "c", 3);
    add(b, "a", 1);
    assert_int_equal(builder_count(b), 2);
    builder_block(b, 0);
    add(b, "d", 4);
    add(b, "b", 2);
    s = finish(b);
    assert_int_equal(snapshot_count(s), 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(int_at(s, i), i + 1);
    assert_string_equal(snapshot_find(s, "c")->key, "c");
    assert_null(snapshot_find(s, "bb"));
    assert_null(snapshot_find(s, ""));
    assert_null(snapshot_find(s, "z"));
    assert_string_equal(row_str(snapshot_row(s, 0), C_SITE), "tokyo");
    assert_string_equal(row_str(snapshot_row(s, 0), C_ENDPOINT), "nsx");
    snapshot_unref(s);
}

static void test_key_of_two_columns(void **state)
{
    struct table_builder *b = builder_new(&pairs, "tokyo", "aws", NULL);
    struct snapshot *s;

    (void)state;
    builder_row(b);
    builder_str(b, 2, "rtb-1");
    builder_str(b, 3, "10.0.0.0/8");
    builder_row(b);
    builder_str(b, 2,
                "rtb-1\x1f"
                "x");
    s = finish(b);
    /* A separator inside a value is made visible, so it separates nothing. */
    assert_non_null(snapshot_find(s, "rtb-1\x1f"
                                     "10.0.0.0/8"));
    assert_non_null(snapshot_find(s, "rtb-1\\x1fx\x1f"));
    snapshot_unref(s);
}

static void test_cells_by_type(void **state)
{
    struct table_builder *b = begin(NULL);
    const struct cell *c;
    struct snapshot *s;
    bool yes;

    (void)state;
    builder_row(b);
    for (unsigned i = C_ID; i < C_N; i++)
        assert_int_equal(builder_peek(b, i)->type, CELL_ABSENT);
    builder_strn(b, C_ID, "id-1-and-more", 4);
    builder_int(b, C_BYTES, 7);
    builder_int(b, C_S, 1500);
    builder_int(b, C_AT, 0);
    builder_int(b, C_REAL, 3);
    builder_bool(b, C_BOOL, false);
    builder_state(b, C_STATE, "DOWN");
    builder_ip(b, C_IP, "10.0.0.1");
    builder_str(b, C_CIDR, "10.0.0.0/8");
    s = finish(b);
    c = snapshot_row(s, 0)->cells;
    assert_string_equal(c[C_ID].u.s, "id-1");
    assert_int_equal(c[C_BYTES].type, CELL_BYTES);
    assert_int_equal(c[C_S].type, CELL_DURATION);
    /* Zero is a value. */
    assert_int_equal(c[C_AT].type, CELL_TIME);
    assert_true(row_present(snapshot_row(s, 0), C_AT));
    assert_int_equal(c[C_REAL].type, CELL_REAL);
    assert_true(row_bool(snapshot_row(s, 0), C_BOOL, &yes) && !yes);
    assert_string_equal(row_str(snapshot_row(s, 0), C_STATE), "down");
    assert_int_equal(row_ip(snapshot_row(s, 0), C_IP)->prefix, 32);
    assert_int_equal(row_ip(snapshot_row(s, 0), C_CIDR)->prefix, 8);
    assert_false(row_present(snapshot_row(s, 0), C_INT));
    snapshot_unref(s);
}

static void test_missing_input_is_absent(void **state)
{
    struct table_builder *b = begin(NULL);

    (void)state;
    builder_row(b);
    builder_str(b, C_ID, NULL);
    builder_strn(b, C_ID, NULL, 3);
    builder_state(b, C_STATE, NULL);
    builder_ip(b, C_IP, NULL);
    builder_real(b, C_REAL, NAN);
    builder_real(b, C_REAL, INFINITY);
    builder_list_add(b, C_LIST, NULL);
    builder_list(b, C_LIST, NULL, 2);
    builder_cell(b, C_INT, &(struct cell){.type = CELL_ABSENT});
    for (unsigned i = C_ID; i < C_N; i++)
        assert_int_equal(builder_peek(b, i)->type, CELL_ABSENT);
    builder_free(b);
}

/* What does not fit the column is kept as it came. */
static void test_misfits_are_text(void **state)
{
    struct table_builder *b = begin(NULL);

    (void)state;
    builder_row(b);
    builder_str(b, C_STATE, "frobnicating");
    assert_int_equal(builder_peek(b, C_STATE)->type, CELL_STR);
    assert_string_equal(builder_peek(b, C_STATE)->u.s, "frobnicating");
    builder_ip(b, C_IP, "10.0.0.1 (leased)");
    assert_string_equal(builder_peek(b, C_IP)->u.s, "10.0.0.1 (leased)");
    builder_str(b, C_CIDR, "pl-0123");
    assert_string_equal(builder_peek(b, C_CIDR)->u.s, "pl-0123");
    builder_str(b, C_INT, "many");
    assert_string_equal(builder_peek(b, C_INT)->u.s, "many");
    /* A block where an address is expected keeps its prefix. */
    builder_ip(b, C_IP, "10.0.0.1/24");
    assert_int_equal(builder_peek(b, C_IP)->type, CELL_CIDR);
    builder_strn(b, C_ID, "a\0b", 3);
    assert_string_equal(builder_peek(b, C_ID)->u.s, "a\\x00b");
    builder_real(b, C_INT, 1.5);
    assert_int_equal(builder_peek(b, C_INT)->type, CELL_REAL);
    builder_real(b, C_INT, 5.0);
    assert_int_equal(builder_peek(b, C_INT)->type, CELL_INT);
    builder_real(b, C_BYTES, 1e300);
    assert_int_equal(builder_peek(b, C_BYTES)->type, CELL_REAL);
    builder_int(b, C_ID, 42);
    assert_string_equal(builder_peek(b, C_ID)->u.s, "42");
    builder_free(b);
}

static void test_lists(void **state)
{
    static const char *const three[] = {"a", "b", "c"};
    struct table_builder *b = begin(NULL);
    const struct cell_list *l;
    char item[8];

    (void)state;
    builder_row(b);
    builder_list_empty(b, C_LIST);
    assert_int_equal(builder_peek(b, C_LIST)->u.list->n, 0);
    builder_list(b, C_LIST, three, 3);
    for (unsigned i = 0; i < 30; i++) {
        snprintf(item, sizeof(item), "%u", i);
        builder_list_add(b, C_LIST, item);
    }
    l = builder_peek(b, C_LIST)->u.list;
    assert_int_equal(l->n, 33);
    assert_string_equal(l->items[2], "c");
    assert_string_equal(l->items[3], "0");
    assert_string_equal(l->items[32], "29");
    builder_row(b);
    builder_list_add(b, C_LIST, "only");
    assert_int_equal(builder_peek(b, C_LIST)->u.list->n, 1);
    builder_str(b, C_LIST, "instead");
    assert_string_equal(builder_peek(b, C_LIST)->u.list->items[0], "instead");
    builder_free(b);
}

static void test_drop(void **state)
{
    struct table_builder *b = begin(NULL);
    struct snapshot *s;

    (void)state;
    builder_drop(b);
    add(b, "a", 1);
    add(b, "dropped", 2);
    builder_drop(b);
    builder_int(b, C_INT, 9); /* there is no row to set it in */
    assert_int_equal(builder_peek(b, C_INT)->type, CELL_ABSENT);
    builder_row(b);
    assert_int_equal(builder_peek(b, C_INT)->type, CELL_ABSENT);
    builder_str(b, C_ID, "b");
    s = finish(b);
    assert_int_equal(snapshot_count(s), 2);
    assert_string_equal(id_at(s, 1), "b");
    snapshot_unref(s);
}

static void add_text(struct table_builder *b, const char *id, const char *text)
{
    builder_row(b);
    builder_str(b, C_ID, id);
    builder_str(b, C_STATE, text);
}

/* Text of the row above is there once; of a row that was dropped, or of another block, it is not
 * taken. */
static void test_text_of_the_row_above(void **state)
{
    struct table_builder *b = begin(NULL);
    const char *text[5];
    struct snapshot *s;

    (void)state;
    add_text(b, "a", "odd");
    add_text(b, "b", "odd");
    add_text(b, "c", "odder");
    builder_drop(b);
    add_text(b, "d", "odd");
    add_text(b, "e", "odder");
    builder_block(b, 7);
    add_text(b, "f", "odder");
    s = finish(b);
    assert_int_equal(snapshot_count(s), 5);
    for (size_t i = 0; i < 5; i++)
        text[i] = row_str(snapshot_row(s, i), C_STATE);
    assert_string_equal(text[0], "odd");
    assert_ptr_equal(text[1], text[0]);
    assert_ptr_equal(text[2], text[0]);
    assert_string_equal(text[3], "odder");
    assert_string_equal(text[4], "odder");
    assert_ptr_not_equal(text[4], text[3]);
    snapshot_unref(s);
}

/* Cells copied from another snapshot outlive it. */
static void test_cells_are_copied_whole(void **state)
{
    struct table_builder *b = begin(NULL);
    struct snapshot *from, *to;

    (void)state;
    add(b, "a", 1);
    builder_state(b, C_STATE, "up");
    builder_ip(b, C_IP, "10.0.0.1");
    builder_list_add(b, C_LIST, "x");
    from = finish(b);
    b = begin(NULL);
    builder_row(b);
    for (unsigned i = 0; i < C_N; i++)
        builder_cell(b, i, &snapshot_row(from, 0)->cells[i]);
    builder_list_add(b, C_LIST, "y");
    assert_int_equal(row_list(snapshot_row(from, 0), C_LIST)->n, 1);
    snapshot_unref(from);
    to = finish(b);
    assert_string_equal(id_at(to, 0), "a");
    assert_int_equal(snapshot_row(to, 0)->cells[C_STATE].type, CELL_STATE);
    assert_int_equal(row_ip(snapshot_row(to, 0), C_IP)->bytes[0], 10);
    assert_string_equal(row_list(snapshot_row(to, 0), C_LIST)->items[1], "y");
    snapshot_unref(to);
}

/* Many short runs of keys that begin alike, some of them twice: in the order of strcmp(), equal
 * ones as they came. */
static void test_many_runs(void **state)
{
    static const char *const prefixes[] = {"nic-1000001-eth0-vmware-sfw.2/domain-c26/",
                                           "nic-1000001-",
                                           "nic-1000002-eth0-vmware-sfw.2/domain-c26/", ""};
    unsigned seed = 5, twice = 0;

    (void)state;
    for (int round = 0; round < 5; round++) {
        struct table_builder *b = begin(NULL);
        struct snapshot *s;

        for (int i = 0; i < 3000; i++) {
            char name[80];

            if (i % 1000 == 0)
                builder_block(b, 0);
            snprintf(name, sizeof(name), "%s%d", prefixes[rand_r(&seed) % 4],
                     rand_r(&seed) % (round < 2 ? 90 : 90000));
            add(b, name, i);
        }
        s = finish(b);
        twice = 0;
        for (size_t i = 1; i < snapshot_count(s); i++) {
            const struct row *x = snapshot_row(s, i - 1), *y = snapshot_row(s, i);
            int c = strcmp(x->key, y->key);

            assert_true(c < 0 || (c == 0 && int_at(s, i - 1) < int_at(s, i)));
            twice += c == 0;
        }
        assert_int_equal(snapshot_duplicates(s), twice);
        snapshot_unref(s);
    }
}

static void test_duplicates_are_kept_and_counted(void **state)
{
    struct table_builder *b = begin(NULL);
    struct snapshot *s;

    (void)state;
    add(b, "b", 1);
    add(b, "a", 2);
    add(b, "b", 3);
    builder_block(b, 0);
    add(b, "b", 4);
    s = finish(b);
    assert_int_equal(snapshot_count(s), 4);
    assert_int_equal(snapshot_duplicates(s), 2);
    /* In the order in which they came. */
    assert_int_equal(int_at(s, 1), 1);
    assert_int_equal(int_at(s, 2), 3);
    assert_int_equal(int_at(s, 3), 4);
    assert_ptr_equal(snapshot_find(s, "b"), snapshot_row(s, 1));
    snapshot_unref(s);
}

static void test_note(void **state)
{
    struct table_builder *b = begin(NULL);
    struct snapshot *s, *t;

    (void)state;
    builder_note(b, "no statistics: %d", 403);
    builder_note(b, "no names");
    s = finish(b);
    assert_string_equal(snapshot_note(s), "no statistics: 403; no names");
    assert_int_equal(snapshot_freshness(s), FRESH_OK);
    t = snapshot_with_freshness(s, &things, "tokyo", "nsx", FRESH_STALE, NULL);
    assert_string_equal(snapshot_note(t), "no statistics: 403; no names");
    snapshot_unref(s);
    snapshot_unref(t);
}

/* ---- sharing ------------------------------------------------------------------------------ */

static void test_unchanged_shares_everything(void **state)
{
    struct table_builder *b = begin(NULL);
    struct snapshot *s, *t;

    (void)state;
    assert_false(builder_block(b, 11));
    add(b, "a", 1);
    assert_false(builder_block(b, 22));
    s = finish(b);
    b = begin(s);
    assert_ptr_equal(builder_prev(b), s);
    assert_true(builder_block(b, 11));
    /* An empty page is a page, too. */
    assert_true(builder_block(b, 22));
    t = builder_finish(b, 6000, FRESH_OK, NULL);
    assert_ptr_equal(s->body, t->body);
    snapshot_unref(s);
    assert_string_equal(id_at(t, 0), "a");
    assert_int_equal(snapshot_taken_at(t), 6000);
    snapshot_unref(t);
}

static void test_changed_block_alone_is_new(void **state)
{
    struct table_builder *b = begin(NULL);
    struct snapshot *s, *t;
    const struct row *kept;

    (void)state;
    builder_block(b, 11);
    add(b, "a", 1);
    builder_block(b, 22);
    add(b, "b", 2);
    builder_block(b, 33);
    add(b, "c", 3);
    s = finish(b);
    kept = snapshot_find(s, "c");
    b = begin(s);
    assert_true(builder_block(b, 11));
    assert_false(builder_block(b, 44));
    add(b, "b", 20);
    assert_true(builder_block(b, 33));
    assert_int_equal(builder_count(b), 3);
    t = finish(b);
    snapshot_unref(s);
    assert_int_equal(snapshot_blocks(t), 3);
    assert_int_equal(snapshot_block_hash(t, 1), 44);
    assert_int_equal(int_at(t, 1), 20);
    assert_ptr_equal(snapshot_find(t, "c"), kept);
    snapshot_unref(t);
}

/* An anonymous block, and one of another table or endpoint, is never taken over. */
static void test_what_is_not_shared(void **state)
{
    struct table_builder *b = begin(NULL);
    struct snapshot *s;

    (void)state;
    builder_block(b, 0);
    add(b, "a", 1);
    builder_block(b, 11);
    add(b, "b", 2);
    s = finish(b);
    b = begin(s);
    assert_false(builder_block(b, 0));
    assert_false(builder_block(b, 12));
    builder_free(b);
    b = builder_new(&things, "tokyo", "other", s);
    assert_false(builder_block(b, 11));
    builder_free(b);
    b = builder_new(&pairs, "tokyo", "nsx", s);
    assert_false(builder_block(b, 11));
    builder_free(b);
    snapshot_unref(s);
}

/* The same page twice in one reply: its rows are there twice, however the blocks were shared. */
static void test_same_page_twice(void **state)
{
    struct table_builder *b = begin(NULL);
    struct snapshot *s, *t;

    (void)state;
    builder_block(b, 11);
    add(b, "a", 1);
    s = finish(b);
    b = begin(s);
    assert_true(builder_block(b, 11));
    assert_true(builder_block(b, 11));
    t = finish(b);
    assert_int_equal(snapshot_count(t), 2);
    assert_int_equal(snapshot_duplicates(t), 1);
    snapshot_unref(s);
    snapshot_unref(t);
}

/* A block that turned out to be broken leaves no row, and nothing of its hash to be taken over. */
static void test_dropped_block(void **state)
{
    struct table_builder *b = begin(NULL);
    struct snapshot *first, *second;

    (void)state;
    builder_block_drop(b); /* none yet */
    builder_block(b, 1);
    add(b, "a", 1);
    builder_block(b, 2);
    add(b, "b", 2);
    add(b, "half", 3);
    builder_block_drop(b);
    assert_int_equal(builder_count(b), 1);
    first = finish(b);
    assert_int_equal(snapshot_count(first), 1);
    assert_int_equal(snapshot_blocks(first), 1);
    b = begin(first);
    assert_true(builder_block(b, 1));
    assert_false(builder_block(b, 2));
    builder_block_drop(b);
    add(b, "c", 4); /* goes to a block without a name */
    second = finish(b);
    assert_int_equal(snapshot_count(second), 2);
    assert_string_equal(id_at(second, 1), "c");
    snapshot_unref(first);
    snapshot_unref(second);
}

/* A text that the row above has in the same place is kept once, within a block alone. */
static void test_items_of_the_row_above(void **state)
{
    static const char *const items[][2] = {{"web", "db"}, {"web", "dns"}, {"we", "db"}};
    struct table_builder *b = begin(NULL);
    const struct cell_list *lists[4];
    const char *states[4];
    struct snapshot *s;

    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        if (i == 3)
            builder_block(b, 0);
        builder_row(b);
        builder_int(b, C_INT, i);
        builder_strn(b, C_ID, "abcd", i + 1);
        builder_state(b, C_STATE, i == 1 ? "odd" : "odder");
        builder_list(b, C_LIST, items[i % 3], 1);
        builder_list_add(b, C_LIST, items[i % 3][1]);
    }
    s = finish(b);
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(strlen(id_at(s, i)), i + 1);
        states[i] = row_str(snapshot_row(s, i), C_STATE);
        lists[i] = row_list(snapshot_row(s, i), C_LIST);
        assert_string_equal(states[i], i == 1 ? "odd" : "odder");
        assert_string_equal(lists[i]->items[0], items[i % 3][0]);
        assert_string_equal(lists[i]->items[1], items[i % 3][1]);
    }
    assert_ptr_equal(lists[0]->items[0], lists[1]->items[0]);
    assert_ptr_not_equal(lists[0]->items[1], lists[2]->items[1]);
    assert_ptr_not_equal(states[2], states[3]); /* of another block */
    snapshot_unref(s);
}

static void test_memory(void **state)
{
    struct table_builder *b = begin(NULL);
    struct snapshot *one, *many;
    size_t text = 0;
    char id[200];

    (void)state;
    add(b, "a", 1);
    one = finish(b);
    b = begin(NULL);
    memset(id, 'x', sizeof(id));
    for (unsigned i = 0; i < 1000; i++) {
        snprintf(id + 100, sizeof(id) - 100, "%06u", i);
        add(b, id, i);
        text += strlen(id) + 1;
    }
    many = finish(b);
    assert_true(snapshot_memory(one) < 4096);
    assert_true(snapshot_memory(many) > 1000 * C_N * sizeof(struct cell) + text);
    assert_true(snapshot_memory(many) < 2 * (1000 * (C_N + 3) * sizeof(struct cell) + text));
    snapshot_unref(one);
    snapshot_unref(many);
}

/* ---- freshness ---------------------------------------------------------------------------- */

static void test_failed_poll_keeps_rows(void **state)
{
    struct table_builder *b = begin(NULL);
    struct snapshot *s, *t;
    struct err err;

    (void)state;
    add(b, "a", 1);
    s = finish(b);
    err_set(&err, ERR_NET, 7, "no route");
    t = snapshot_with_freshness(s, &things, "tokyo", "nsx", FRESH_FAILED, &err);
    assert_int_equal(snapshot_freshness(s), FRESH_OK);
    snapshot_unref(s);
    assert_int_equal(snapshot_count(t), 1);
    assert_string_equal(id_at(t, 0), "a");
    assert_int_equal(snapshot_taken_at(t), 5000);
    assert_int_equal(snapshot_freshness(t), FRESH_FAILED);
    assert_string_equal(snapshot_err(t)->msg, "no route");
    snapshot_unref(t);
}

static void test_never_read(void **state)
{
    struct snapshot *s = snapshot_with_freshness(NULL, &things, "tokyo", "nsx", FRESH_NEVER, NULL);

    (void)state;
    assert_int_equal(snapshot_count(s), 0);
    assert_int_equal(snapshot_taken_at(s), 0);
    assert_ptr_equal(snapshot_schema(s), &things);
    assert_string_equal(freshness_name(snapshot_freshness(s)), "never");
    assert_string_equal(freshness_name(FRESH_UNSUPPORTED), "unsupported");
    snapshot_unref(s);
}

/* ---- the limit ---------------------------------------------------------------------------- */

static void test_rows_beyond_the_limit(void **state)
{
    struct table_builder *b = begin(NULL);
    struct snapshot *s;

    (void)state;
    builder_limit_rows(b, 2);
    add(b, "a", 1);
    add(b, "b", 2);
    add(b, "c", 3);
    assert_int_equal(builder_peek(b, C_ID)->type, CELL_ABSENT);
    add(b, "d", 4);
    add(b, "dropped", 5);
    builder_drop(b);
    s = finish(b);
    assert_int_equal(snapshot_count(s), 2);
    assert_int_equal(snapshot_freshness(s), FRESH_PARTIAL);
    assert_int_equal(snapshot_err(s)->kind, ERR_LIMIT);
    assert_string_equal(snapshot_err(s)->msg, "2 rows beyond the limit of 2 rows were not kept");
    snapshot_unref(s);
}

static void test_shared_block_beyond_the_limit(void **state)
{
    struct table_builder *b = begin(NULL);
    struct snapshot *s, *t;
    struct err err;

    (void)state;
    builder_block(b, 11);
    add(b, "a", 1);
    builder_block(b, 22);
    add(b, "b", 2);
    add(b, "c", 3);
    s = finish(b);
    b = begin(s);
    builder_limit_rows(b, 2);
    assert_true(builder_block(b, 11));
    assert_true(builder_block(b, 22));
    err_set(&err, ERR_HTTP, 500, "page 3 is missing");
    t = builder_finish(b, 6000, FRESH_PARTIAL, &err);
    assert_int_equal(snapshot_count(t), 1);
    assert_string_equal(snapshot_err(t)->msg,
                        "2 rows beyond the limit of 2 rows were not kept: page 3 is missing");
    snapshot_unref(s);
    snapshot_unref(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_sorted_by_key),
        cmocka_unit_test(test_key_of_two_columns),
        cmocka_unit_test(test_cells_by_type),
        cmocka_unit_test(test_missing_input_is_absent),
        cmocka_unit_test(test_misfits_are_text),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_drop),
        cmocka_unit_test(test_text_of_the_row_above),
        cmocka_unit_test(test_cells_are_copied_whole),
        cmocka_unit_test(test_duplicates_are_kept_and_counted),
        cmocka_unit_test(test_many_runs),
        cmocka_unit_test(test_note),
        cmocka_unit_test(test_unchanged_shares_everything),
        cmocka_unit_test(test_changed_block_alone_is_new),
        cmocka_unit_test(test_what_is_not_shared),
        cmocka_unit_test(test_same_page_twice),
        cmocka_unit_test(test_dropped_block),
        cmocka_unit_test(test_items_of_the_row_above),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_failed_poll_keeps_rows),
        cmocka_unit_test(test_never_read),
        cmocka_unit_test(test_rows_beyond_the_limit),
        cmocka_unit_test(test_shared_block_beyond_the_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
