/* Whatever comes instead of an answer of vCenter about vSAN. */
#include <stdlib.h>
#include <string.h>

#include "collectors/collector.h"
#include "collectors/vsan/answers.h"
#include "core/arena.h"
#include "core/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_all(struct arena *arena, const struct reply *reply)
{
    struct vsan_clusters clusters = {
        .at = arena_alloc(arena, VSAN_CLUSTERS_MAX * sizeof(struct vsan_cluster))};
    struct vsan_space *space = arena_alloc(arena, sizeof(*space));
    struct vsan_health *health = arena_alloc(arena, sizeof(*health));
    struct vsan_resync resync;
    struct err err;
    int encrypted;

    if (vsan_read_clusters(arena, reply, &clusters, &err) == 0 && clusters.n > VSAN_CLUSTERS_MAX)
        abort();
    if (vsan_read_space(arena, reply, space, &err) == 0 &&
        (space->free < 0 || space->free > space->capacity || space->ntypes > VSAN_TYPES_MAX))
        abort();
    if (vsan_read_health(arena, reply, health, &err) == 0 &&
        (health->ngroups > VSAN_GROUPS_MAX || health->ntests > VSAN_GROUPS_MAX))
        abort();
    if (vsan_read_resync(reply, &resync, &err) == 0 && resync.bytes < -1)
        abort();
    (void)vsan_read_config(reply, &encrypted, &err);
    (void)vsan_read_version(arena, reply);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *copy = mem_strndup((const char *)data, size);
    struct arena *arena = arena_new(0);
    const struct reply reply = {.status = 200, .body = copy, .len = strlen(copy)};

    read_all(arena, &reply);
    arena_free(arena);
    free(copy);
    return 0;
}
