/*
 * tasklist: tasks as the long poll of the inventory tells them. A ListView holds the tasks that
 * TaskManager.recentTask names, and two more filters of the same property collector select their
 * `info` and that list: a session has one WaitForUpdatesEx at a time (reference: vSphere Web
 * Services API, "it is strongly recommended that it not make concurrent calls ... in the same
 * session").
 *
 * The progress of a task is told as it changes. That the list has changed a server need not tell
 * (reference: TaskManager.recentTask, "might not generate property collector update
 * notifications"): it is read now and then as well, references alone. Whichever way it came, the
 * view is reset to it.
 *
 * Where there are no list views, or they fail again and again, the information of all of them is
 * read now and then. Nothing of this harms the inventory: what goes wrong is the verdict on the
 * table of tasks.
 */
#ifndef HYCON_COLLECTORS_VCENTER_TASKLIST_H
#define HYCON_COLLECTORS_VCENTER_TASKLIST_H

#include "collectors/collector.h"

struct objects;

enum tasklist_stage {
    TASKLIST_VIEW,
    TASKLIST_INFOS,  /* the filter of information */
    TASKLIST_RECENT, /* that of the list */
    TASKLIST_LIST,   /* the list, polled */
    TASKLIST_RESET,
    TASKLIST_ALL, /* without a view: everything, polled */
};

struct vcenter_tasklist {
    enum tasklist_stage asked;
    char *view; /* NULL: to be made */
    bool has_infos, has_recent;
    uint64_t holds;    /* hash of the list that the view was reset to; 0: none yet */
    bool told;         /* what the view holds came, too */
    bool refused;      /* no list views in this session */
    unsigned failures; /* since something went well */
    int64_t polled_at; /* 0: never */
    int64_t retry_at;  /* not before; 0: at once */
    char *token;       /* a poll of everything goes on there */
    unsigned pages;
    struct err err; /* of the last attempt; ERR_NONE: it went well */
};

/* Another session: what lives in the server is gone. */
void vcenter_tasklist_reset(struct vcenter_tasklist *t);
void vcenter_tasklist_release(struct vcenter_tasklist *t);
/* A refresh: everything is wanted now. */
void vcenter_tasklist_hurry(struct vcenter_tasklist *t);
/* Is there something to ask now? */
bool vcenter_tasklist_wanted(const struct vcenter_tasklist *t, const struct run *run,
                             const struct objects *objects);
/* When there will be, as far as the clock decides it; INT64_MAX: never. */
int64_t vcenter_tasklist_due(const struct vcenter_tasklist *t, const struct run *run);
/* @collector: id of the property collector of the inventory. */
enum step vcenter_tasklist_send(struct vcenter_tasklist *t, struct run *run,
                                struct objects *objects, const char *collector);
/* Returns whether something has changed. @expired: it says that the session is over. */
bool vcenter_tasklist_take(struct vcenter_tasklist *t, struct run *run, struct objects *objects,
                           const struct reply *reply, bool *expired);
/* An update set was applied whole. Returns whether that is news. */
bool vcenter_tasklist_updated(struct vcenter_tasklist *t);
/* Fill the table, or keep it under a verdict of its own. */
void vcenter_tasklist_rows(const struct vcenter_tasklist *t, struct run *run,
                           const struct objects *objects);

#endif
