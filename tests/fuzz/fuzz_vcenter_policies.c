/* Whatever comes instead of an answer of the storage policy service, or about restarts. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/collector.h"
#include "collectors/vcenter/objects.h"
#include "collectors/vcenter/policies.h"
#include "core/arena.h"
#include "core/map.h"
#include "core/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int rc, const struct err *err)
{
    if (rc < 0 && (err->kind == ERR_NONE || !text_is_clean(err->msg))) {
        (void)fprintf(stderr, "fuzz_vcenter_policies: a failure has a clean reason\n");
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(0);
    struct objects *o = objects_new();
    struct map *names = map_new();
    struct reply reply = {.status = 200, .len = size};
    struct policy_ids ids;
    struct err err = {0};
    const char *id;
    int64_t newest = 0;
    size_t n = 0;

    reply.body = memcpy(arena_alloc(a, size + 1), data, size); /* NUL bytes, too */
    (void)objects_enter(o, OBJECT_VM, "vm-1");
    check(policies_read_manager(a, &reply, &id, &err), &err);
    check(policies_read_ids(a, &reply, &ids, &err), &err);
    check(policies_read_names(names, &reply, &err), &err);
    check(policies_read_profiles(o, names, &reply, &err), &err);
    check(policies_read_restarts(o, &reply, &newest, &n, &err), &err);
    map_free(names, free);
    objects_free(o);
    arena_free(a);
    return 0;
}
