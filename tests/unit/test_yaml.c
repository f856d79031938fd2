/* yaml: trees with places, and everything that is refused, with the place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/yaml.h"

static const struct yaml_node *read_text(struct arena *a, const char *s, struct err *err)
{
    return yaml_read(a, s, strlen(s), "f.yaml", err);
}

static void tree_has_places(void **state)
{
    struct arena *a = arena_new(0);
    struct err err = {0};
    (void)state;

    const struct yaml_node *root =
        read_text(a, "a: 1\nb:\n  - x\n  - {c: \"true\", d: ~}\n日本: y\n", &err);
    assert_non_null(root);
    assert_int_equal(root->kind, YAML_MAP);
    assert_int_equal(root->n, 3);
    assert_string_equal(yaml_get(root, "a")->text, "1");
    assert_true(yaml_get(root, "a")->plain);
    const struct yaml_node *b = yaml_get(root, "b");
    assert_int_equal(b->kind, YAML_LIST);
    assert_int_equal(b->n, 2);
    const struct yaml_node *c = yaml_get(b->items[1], "c");
    assert_false(c->plain);
    assert_int_equal(c->line, 4);
    assert_int_equal(c->column, 9);
    assert_true(yaml_is_null(yaml_get(b->items[1], "d")));
    assert_false(yaml_is_null(c));
    assert_null(yaml_get(root, "z"));
    assert_null(yaml_get(b, "z"));
    /* columns count characters, not bytes */
    assert_int_equal(yaml_get(root, "日本")->column, 5);
    arena_free(a);
}

static void refusals_name_the_place(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", "f.yaml:1:1: the file is empty"},
        {"# only a comment\n", "f.yaml:1:1: the file is empty"},
        {"a: 1\na: 2\n", "f.yaml:2:1: duplicate key 'a', first in line 1"},
        {"a: &x 1\nb: *x\n",
         "f.yaml:1:4: an alias of this value is used; aliases are not supported"},
        {"a: &x [*x]\n", "f.yaml:1:4: an alias of this value is used; aliases are not supported"},
        {"a: !!binary aGk=\n", "f.yaml:1:4: a tag (!name) is not supported"},
        {"a: !mine 1\n", "f.yaml:1:4: a tag (!name) is not supported"},
        {"? [1]\n: 2\n", "f.yaml:1:3: a key must be text"},
        {"a: \"x\\0y\"\n", "f.yaml:1:4: a NUL character is not allowed here"},
        {"a: 1\n---\nb: 2\n", "f.yaml:2:1: a second document is not supported"},
        {"a: [1\n", "f.yaml:2:1: did not find expected ',' or ']' while parsing a flow sequence"},
        {"a: 1\n\tb: 2\n", "f.yaml:2:1: found a tab character that violates indentation while "
                           "scanning a plain scalar"},
        {"a: \xff\n", "f.yaml:1:4: invalid leading UTF-8 octet"},
        {"a: 1\n\xe6\x9d\xb1: \xff\n", "f.yaml:2:4: invalid leading UTF-8 octet"},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct arena *a = arena_new(0);
        struct err err = {0};
        assert_null(read_text(a, cases[i].text, &err));
        assert_int_equal(err.kind, ERR_CONFIG);
        assert_string_equal(err.msg, cases[i].message);
        arena_free(a);
    }
}

static void limits_are_kept(void **state)
{
    struct arena *a = arena_new(0);
    struct strbuf sb = STRBUF_INIT;
    struct err err = {0};
    (void)state;

    strbuf_addchars(&sb, '[', YAML_DEPTH_MAX);
    strbuf_addchars(&sb, ']', YAML_DEPTH_MAX);
    assert_non_null(yaml_read(a, sb.buf, sb.len, "f", &err));
    strbuf_reset(&sb);
    strbuf_addchars(&sb, '[', YAML_DEPTH_MAX + 1);
    strbuf_addchars(&sb, ']', YAML_DEPTH_MAX + 1);
    assert_null(yaml_read(a, sb.buf, sb.len, "f", &err));
    assert_string_equal(err.msg, "f:1:33: nested deeper than the limit of 32 levels");

    strbuf_reset(&sb);
    strbuf_addchars(&sb, '[', 1);
    for (unsigned i = 0; i <= YAML_NODES_MAX; i++)
        strbuf_addstr(&sb, "1,\n");
    strbuf_addchars(&sb, ']', 1);
    assert_null(yaml_read(a, sb.buf, sb.len, "f", &err));
    assert_non_null(strstr(err.msg, "more than the limit of 200,000 values"));

    strbuf_reset(&sb);
    strbuf_addchars(&sb, '#', YAML_BYTES_MAX + 1);
    assert_null(yaml_read(a, sb.buf, sb.len, "f", &err));
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_string_equal(err.msg, "f:1:1: larger than the limit of 4 MiB");
    strbuf_release(&sb);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tree_has_places),
        cmocka_unit_test(refusals_name_the_place),
        cmocka_unit_test(limits_are_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
