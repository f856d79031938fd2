/* Paths that are recognised by pointers are those that are recognised letter by letter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "core/strbuf.h"
#include "core/xml_paths.h"

static const char *const paths[] = {"a", "b/a", "a/b/c", "b", "b/b/b", "n1", "a/n2", "n2/n3/n4"};

struct walk {
    struct xml_paths *paths;
    unsigned depth, elements, found;
};

static int by_letters(const struct walk *w, struct xml_reader *x)
{
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        if (xml_path_is(x, w->depth, paths[i]))
            return (int)i;
    }
    return -1;
}

static void on_end(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    struct walk *w = arg;
    int want = by_letters(w, x);

    (void)text, (void)len;
    assert_int_equal(xml_paths_at(w->paths, x), want);
    w->elements++;
    w->found += want >= 0;
}

/* An element and what is in it. */
static void add_element(struct strbuf *out, unsigned *seed, unsigned depth, unsigned names)
{
    unsigned n = (unsigned)rand_r(seed) % names;
    char name[16] = "a";

    if (n < 2)
        name[0] = "ab"[n];
    else
        (void)snprintf(name, sizeof(name), "n%u", n);
    strbuf_addf(out, "<%s>", name);
    for (unsigned i = (unsigned)rand_r(seed) % 4; depth < 6 && i > 0; i--)
        add_element(out, seed, depth + 1, names);
    strbuf_addf(out, "</%s>", name);
}

static unsigned compare(const char *doc, size_t len, unsigned depth)
{
    const struct xml_handler handler = {.end = on_end};
    struct walk w = {.paths = xml_paths_new(paths, sizeof(paths) / sizeof(paths[0]), depth),
                     .depth = depth};
    struct err err;

    assert_int_equal(xml_parse(&handler, &w, doc, len, &err), 0);
    assert_true(w.elements > 0);
    xml_paths_free(w.paths);
    return w.found;
}

/* Few names, and more paths than are remembered. */
static void test_as_by_letters(void **state)
{
    static const unsigned names[] = {2, 5, 200};
    unsigned seed = 7, found = 0;

    (void)state;
    for (size_t k = 0; k < 3; k++) {
        struct strbuf doc = STRBUF_INIT;

        strbuf_addstr(&doc, "<root>");
        for (unsigned i = 0; i < 3000; i++)
            add_element(&doc, &seed, 0, names[k]);
        strbuf_addstr(&doc, "</root>");
        for (unsigned depth = 1; depth < 4; depth++)
            found += compare(doc.buf, doc.len, depth);
        strbuf_release(&doc);
    }
    assert_true(found > 1000);
    xml_paths_free(NULL);
}

/* Prefixes do not matter, and the other reader keeps names, too. */
static void test_prefixes(void **state)
{
    static const char doc[] = "<r xmlns:p='u'><p:b><a/><p:a/></p:b><b><a/></b></r>";
    static const char latin[] =
        "<?xml version='1.0' encoding='ISO-8859-1'?><r><b><a>\xe9</a></b><b><a/></b></r>";

    (void)state;
    assert_int_equal(compare(doc, sizeof(doc) - 1, 2), 5);
    assert_int_equal(compare(latin, sizeof(latin) - 1, 2), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_by_letters),
        cmocka_unit_test(test_prefixes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
