#include "tests/lab/lab.h"

#include "core/arena.h"
#include "core/mem.h"
#include "tests/lab/certs.h"
#include "tests/lab/estate.h"
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

void lab_init(struct lab *lab, uint64_t seed)
{
    *lab = (struct lab){.seed = seed, .clock = {.speed = 1, .manual = true}};
    pthread_mutex_init(&lab->lock, NULL);
    pthread_mutex_init(&lab->listeners, NULL);
    lab->arena = arena_new(0);
    lab_params_init(&lab->params);
}

void lab_release(struct lab *lab)
{
    lab_ca_free(lab->ca);
    lab_estate_free(lab->estate);
    arena_free(lab->arena);
    pthread_mutex_destroy(&lab->listeners);
    pthread_mutex_destroy(&lab->lock);
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
