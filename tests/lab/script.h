/* script: plays a scenario's steps when the scenario's clock has reached them. */
#ifndef HYCON_TESTS_LAB_SCRIPT_H
#define HYCON_TESTS_LAB_SCRIPT_H

#include "tests/lab/lab.h"
#include "tests/lab/scenario.h"

struct err;

struct lab_script {
    const struct lab_scenario *scenario;
    pthread_mutex_t lock; /* one thread plays at a time: the main loop or POST /advance */
    size_t next;          /* step */
    unsigned rounds;      /* how often it began again */
    unsigned failures;    /* steps with an action that could not be done */
    bool loop;
};

/* The `start` actions. 0, or -1 and @err. */
int lab_script_begin(struct lab *lab, struct err *err);
/* Play what is due; each step is one JSON line on stdout. Returns ms until the next step, at most
 * @max. An action that fails is reported on stderr. */
int64_t lab_script_play(struct lab *lab, int64_t max);

#endif
