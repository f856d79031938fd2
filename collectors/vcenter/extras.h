/*
 * extras: what the inventory does not tell of its VMs and other services do: their storage policy
 * (SPBM, at /pbm/sdk) and when vSphere HA restarted them (QueryEvents for the two types that say
 * so, over the past 30 days; the table of events begins a day back). Enrichments of the inventory:
 * a vCenter that has no such service, refuses or does not answer leaves the cells empty and a note.
 *
 * Between two waits of the inventory it is asked what is due; one request at a time.
 */
#ifndef HYCON_COLLECTORS_VCENTER_EXTRAS_H
#define HYCON_COLLECTORS_VCENTER_EXTRAS_H

#include "collectors/collector.h"

struct map;
struct objects;

enum extra {
    EXTRA_NONE,
    EXTRA_RESTARTS,
    EXTRA_SERVICE,
    EXTRA_IDS,
    EXTRA_NAMES,
    EXTRA_PROFILES,
};

struct vcenter_extras {
    enum extra next, asked;
    bool old_path;         /* "/pbm", for those that do not have /pbm/sdk */
    char *manager;         /* NULL: not asked yet */
    struct map *names;     /* id of a policy -> name */
    char **ids;            /* of the policies, until their names are known */
    size_t nids, vm;       /* vm: place of the first that was not asked about yet */
    int64_t policies_at;   /* when they were asked for last; 0: never */
    int64_t restarts_from; /* newest event that is known; 0: none */
    struct err policies_err, restarts_err;
};

/* Another session, or everything is wanted anew. */
void vcenter_extras_reset(struct vcenter_extras *e);
void vcenter_extras_release(struct vcenter_extras *e);
/* The poll of what does not notify is over: begin anew with what is due. */
void vcenter_extras_begin(struct vcenter_extras *e, const struct run *run);
/* Is there something to ask? */
bool vcenter_extras_wanted(const struct vcenter_extras *e);
enum step vcenter_extras_send(struct vcenter_extras *e, struct run *run,
                              const struct objects *objects);
/* What came instead is kept for the notes. Returns whether something has changed. */
bool vcenter_extras_take(struct vcenter_extras *e, struct run *run, struct objects *objects,
                         const struct reply *reply);
void vcenter_extras_note(const struct vcenter_extras *e, struct table_builder *b);

#endif
