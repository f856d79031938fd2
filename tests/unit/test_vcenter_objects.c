/* Objects between the updates and the rows: where their texts are kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/vcenter/objects.h"
#include "core/mem.h"
#include "core/strbuf.h"

static void set(struct objects *o, struct object *object, unsigned slot, const char *text)
{
    objects_set(o, object, slot, text, text ? strlen(text) : 0);
}

/* All slots are what they were set to last, however long the texts are and became. */
static void test_texts(void **state)
{
    struct objects *o = objects_new();
    struct object *vm = objects_enter(o, OBJECT_VM, "vm-1");
    struct strbuf want[VM_SLOTS];
    uint32_t dice = 1;

    (void)state;
    for (unsigned i = 0; i < VM_SLOTS; i++)
        strbuf_init(&want[i], 0);
    for (unsigned round = 0; round < 3000; round++) {
        unsigned slot = (dice = dice * 1664525u + 1013904223u) >> 16;
        size_t len = (dice >> 8) % (round % 100 == 0 ? 2000 : 40);
        struct strbuf *w = &want[slot %= VM_SLOTS];

        strbuf_reset(w);
        strbuf_addchars(w, (char)('a' + round % 26), len);
        set(o, vm, slot, w->buf);
        for (unsigned i = 0; i < VM_SLOTS; i++) {
            if (vm->slot[i])
                assert_string_equal(vm->slot[i], want[i].buf);
            else
                assert_int_equal(want[i].len, 0);
        }
    }
    assert_string_equal(vm->id, "vm-1");
    for (unsigned i = 0; i < VM_SLOTS; i++)
        strbuf_release(&want[i]);
    objects_free(o);
}

static void test_versions(void **state)
{
    struct objects *o = objects_new();
    struct object *vm = objects_enter(o, OBJECT_VM, "vm-1");
    uint64_t before;

    (void)state;
    set(o, vm, VM_POWER, "poweredOff");
    before = vm->version;
    set(o, vm, VM_POWER, "poweredOff");
    assert_true(vm->version == before);
    set(o, vm, VM_POWER, "poweredOn");
    assert_true(vm->version > before);
    assert_string_equal(vm->slot[VM_POWER], "poweredOn");
    before = vm->version;
    set(o, vm, VM_POWER, NULL);
    assert_true(vm->version > before);
    assert_null(vm->slot[VM_POWER]);
    set(o, vm, VM_NAME, "a%2fb%5Cc%25");
    assert_string_equal(vm->slot[VM_NAME], "a/b\\c%");
    objects_free(o);
}

/* Who leaves lends its memory to who comes, and none of its texts. */
static void test_come_and_go(void **state)
{
    struct objects *o = objects_new();
    struct object *first = objects_enter(o, OBJECT_NETWORK, "network-1"), *second;
    char long_id[OBJECT_ID_MAX];

    (void)state;
    set(o, first, NETWORK_NAME, "a network with a name that is longer than most of them are");
    objects_leave(o, OBJECT_NETWORK, "network-1");
    assert_null(objects_find(o, OBJECT_NETWORK, "network-1"));
    memset(long_id, 'n', sizeof(long_id) - 1);
    long_id[sizeof(long_id) - 1] = '\0';
    second = objects_enter(o, OBJECT_NETWORK, long_id);
    assert_ptr_equal(second, first);
    assert_null(second->slot[NETWORK_NAME]);
    assert_string_equal(second->id, long_id);
    set(o, second, NETWORK_NAME, "other");
    assert_string_equal(second->slot[NETWORK_NAME], "other");
    objects_leave(o, OBJECT_NETWORK, long_id);
    for (unsigned i = 0; i < 1000; i++) {
        char id[32];

        (void)snprintf(id, sizeof(id), "network-%u", i);
        set(o, objects_enter(o, OBJECT_NETWORK, id), NETWORK_NAME, id);
    }
    assert_int_equal(o->lists[OBJECT_NETWORK].count, 1000);
    assert_string_equal(objects_find(o, OBJECT_NETWORK, "network-999")->slot[NETWORK_NAME],
                        "network-999");
    objects_free(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_versions),
        cmocka_unit_test(test_come_and_go),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
