/*
 * lab: what one process of the lab holds. Every listener runs on threads of libmicrohttpd; whatever
 * a request reads or changes (estate, sessions, faults, counters, script) is guarded by the one
 * lock, which is never held while a reply is delayed, sent, or a listener is stopped.
 */
#ifndef HYCON_TESTS_LAB_LAB_H
#define HYCON_TESTS_LAB_LAB_H

#include "tests/lab/certs.h"
#include "tests/lab/estate.h"
#include "tests/lab/params.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct lab_csp;
struct lab_script;
struct lab_server;

struct lab_clock {
    double speed;
    bool manual;
    int64_t started;  /* monotonic ms */
    int64_t advanced; /* ms added by the control API */
};

struct lab {
    pthread_mutex_t lock;
    pthread_mutex_t listeners; /* one thread at a time stops and starts them; taken before lock */
    struct arena *arena;       /* names, tokens and keys: lives longer than an estate */
    struct lab_params params;
    struct lab_estate *estate; /* replaced when a scenario begins again */
    struct lab_ca *ca;
    struct lab_clock clock;
    struct lab_list servers; /* struct lab_server */
    struct lab_csp *csp;
    struct lab_script *script;
    const char *caption_en, *caption_ja; /* in the script's arena; NULL: none */
    const char *dir, *scenario;
    uint64_t seed;
    struct ssh_key_struct *ssh_user_key; /* who holds it may log in to hosts; NULL: nobody */
    unsigned serial;                     /* of request ids, cookies and tokens */
};

/* Wall clock: what is written into replies. */
/* Zeroes @lab: locks, an arena, the default parameters, and a clock that stands still. The estate,
 * the authority and what listens are the caller's to make; the first two are freed with it. */
void lab_init(struct lab *lab, uint64_t seed);
void lab_release(struct lab *lab);

int64_t lab_wall_ms(void);
/* Wall clock plus what the control API added: sessions and tokens die by it. */
int64_t lab_session_ms(const struct lab *lab);
/* Position in the scenario, from 0: real time x speed, or only what was advanced. */
int64_t lab_scenario_ms(const struct lab *lab);

struct lab_server *lab_server_find(const struct lab *lab, const char *name);
/* A secret of @len characters that nobody can guess, in the lab's arena. */
const char *lab_random_word(struct lab *lab, unsigned len);

#endif
