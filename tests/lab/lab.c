#include "tests/lab/lab.h"

#include "core/mem.h"
#include "tests/lab/server.h"

#include <openssl/rand.h>
#include <string.h>
#include <time.h>

static int64_t clock_ms(clockid_t id)
{
    struct timespec ts;

    clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t lab_wall_ms(void)
{
    return clock_ms(CLOCK_REALTIME);
}

int64_t lab_session_ms(const struct lab *lab)
{
    return lab_wall_ms() + lab->clock.advanced;
}

int64_t lab_scenario_ms(const struct lab *lab)
{
    const struct lab_clock *c = &lab->clock;

    if (c->manual)
        return c->advanced;
    return (int64_t)((double)(clock_ms(CLOCK_MONOTONIC) - c->started) * c->speed) + c->advanced;
}

struct lab_server *lab_server_find(const struct lab *lab, const char *name)
{
    for (size_t i = 0; i < lab->servers.n; i++)
        if (strcmp(((struct lab_server *)lab->servers.at[i])->name, name) == 0)
            return lab->servers.at[i];
    return NULL;
}

const char *lab_random_word(struct lab *lab, unsigned len)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    unsigned char bytes[256];
    char *word = arena_alloc(lab->arena, len + 1);

    if (len > sizeof(bytes) || RAND_bytes(bytes, (int)len) != 1)
        mem_die("lab: random bytes");
    for (unsigned i = 0; i < len; i++)
        word[i] = letters[bytes[i] & 63];
    return word;
}
