/* What model.c and history.c share. */
#ifndef HYCON_MODEL_MODEL_PRIV_H
#define HYCON_MODEL_MODEL_PRIV_H

#include "core/strbuf.h"
#include "model/estate_priv.h"
#include "model/findings.h"
#include "model/lost_flows.h"
#include "model/samples.h"
#include "model/since.h"
#include "model/site.h"
#include "model/timeline.h"

#include <pthread.h>

/* Acts of other threads that wait for the next update. Beyond it the oldest is dropped: nobody
 * presses a key that often between two updates. */
#define MODEL_ACTS_MAX 256

enum act_kind { ACT_ACKNOWLEDGE, ACT_UNACKNOWLEDGE, ACT_SNOOZE };

struct act {
    enum act_kind kind;
    char *finding, *note;
    int64_t until;
};

struct model_site {
    struct site *site;
    struct timeline *timeline;
    struct lost_flows *lost_flows;
    struct map *places; /* endpoint -> its place in the site, plus one */
    struct view raw;
};

struct model {
    struct model_options o;
    struct findings *findings; /* NULL: checks are off */
    struct since *since;
    struct samples *samples;
    struct model_site *sites;
    size_t nsites;
    struct estate *last;
    uint64_t generation;
    unsigned done, total; /* first polls; total 0: counted from the snapshots */
    int64_t seen_at;      /* of the last line "seen" */
    pthread_mutex_t lock;
    struct act acts[MODEL_ACTS_MAX]; /* below: under lock */
    size_t nacts;
    struct strbuf history; /* lines that nobody has taken yet */
    bool renew;            /* write everything, not only what is new */
    bool crowded;          /* there was no room for some of them */
};

struct model_site *model_site(struct model *m, const char *name); /* NULL: no such site */
/* At the end of an update: put what is new into m->history. */
void model_history_collect(struct model *m, int64_t now);

#endif
