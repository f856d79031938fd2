/* Whatever comes instead of an answer of the PropertyCollector, in pieces of any size, in both
 * shapes; what is kept of it must hold together. And the same as a fault. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/vcenter/decode.h"
#include "core/soap.h"
#include "core/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void broken(const char *promise)
{
    (void)fprintf(stderr, "fuzz_vcenter_inventory: %s\n", promise);
    abort();
}

static void check_places(const struct objects *o)
{
    for (unsigned t = 0; t < OBJECT_TYPES; t++) {
        const struct object_list *l = &o->lists[t];
        size_t n = 0;

        for (size_t i = 0; i < l->n; i++) {
            const struct object *object = l->items[i];

            n += object != NULL;
            if (object &&
                (object->place != i || objects_find(o, object->type, object->id) != object))
                broken("an object is found where it is");
        }
        if (n != l->count)
            broken("objects are counted");
    }
}

static void read_as(struct objects *o, enum decode_shape shape, const uint8_t *data, size_t size)
{
    struct decode *d = decode_new(shape, o);
    size_t piece = size ? data[0] % 61 + 1 : 1;
    struct err err = {0};
    int rc = 0;

    for (size_t at = 0; at < size && rc == 0; at += piece)
        rc = decode_feed(d, (const char *)data + at, size - at < piece ? size - at : piece, &err);
    if (rc == 0)
        rc = decode_finish(d, &err);
    if (rc < 0 && (err.kind == ERR_NONE || !text_is_clean(err.msg)))
        broken("a failure has a clean reason");
    if (!text_is_clean(decode_missing(d)))
        broken("what is missing is clean");
    decode_free(d);
    objects_count(o);
    check_places(o);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct objects *o = objects_new();
    struct soap_fault fault;

    objects_restart(o);
    read_as(o, DECODE_UPDATES, data, size);
    read_as(o, DECODE_RETRIEVED, data, size);
    read_as(o, DECODE_LISTED, data, size);
    objects_restart(o);
    read_as(o, DECODE_UPDATES, data, size);
    objects_settle(o);
    check_places(o);
    objects_free(o);
    (void)soap_fault_read((const char *)data, size, &fault);
    if (!text_is_clean(fault.text) || !text_is_clean(fault.type) || !text_is_clean(fault.name))
        broken("a fault is clean");
    return 0;
}
