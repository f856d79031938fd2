/*
 * group_members: the effective addresses and virtual machines of groups. Two calls for each group
 * (one page mostly), so a run reads GROUP_MEMBERS_MAX groups at most, in turn; each answer is kept
 * with its time until the next one. Of a group GROUP_LIST_MAX addresses and machines are kept and
 * all are counted, as far as GROUP_PAGES_MAX pages go (reference: NSX API 5.2; 5,000 effective
 * members are recommended at most).
 */
#ifndef HYCON_COLLECTORS_NSX_GROUP_MEMBERS_H
#define HYCON_COLLECTORS_NSX_GROUP_MEMBERS_H

#include "collectors/nsx/list.h"

#define GROUP_MEMBERS_MAX 64
#define GROUP_LIST_MAX    5000
#define GROUP_PAGES_MAX   10
#define GROUP_FAILURES    4 /* in a row: no more are asked for in this run */

struct nsx_members; /* of all groups, in the state of a collector; NULL: nothing known */

struct nsx_member_list {
    const char **items;
    size_t n, alloc;
    int64_t count; /* -1: not known */
};

struct nsx_group_members {
    struct nsx_member_list ips, vms;
    int64_t at;
};

void nsx_members_free(struct nsx_members *m); /* NULL is fine */
/* Starts to read those of some of the groups at @paths, which must live as long as the run; fills
 * run->request. Others than these are forgotten. STEP_SEND, or STEP_DONE when there are none. */
enum step nsx_members_start(struct run *run, struct nsx_members **m, const char *const *paths,
                            size_t n);
/* Like a collector's step: STEP_SEND, or STEP_DONE. */
enum step nsx_members_step(struct run *run, struct nsx_members *m, const struct reply *reply);
/* NULL: not read. */
const struct nsx_group_members *nsx_members_get(const struct nsx_members *m, const char *path);
/* What is missing, after a run; nothing is added when nothing is. */
void nsx_members_note(const struct nsx_members *m, struct table_builder *b);

#endif
