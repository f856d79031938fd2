/* dfw_groups: which machines a firewall rule belongs to that applies to groups alone. */
#ifndef HYCON_MODEL_CHECKS_DFW_GROUPS_H
#define HYCON_MODEL_CHECKS_DFW_GROUPS_H

#include "model/checks/check.h"

struct dfw_groups;

struct dfw_groups *dfw_groups_new(const struct check_input *in);
void dfw_groups_free(struct dfw_groups *g); /* NULL is fine */
/* Calls @each with the name of every machine in @scope, which are paths or names of groups. False,
 * and no call: it is not known which they are (a group is not there, its members were not read or
 * not all, two groups have that name). */
bool dfw_groups_members(const struct dfw_groups *g, const struct cell_list *scope,
                        void (*each)(void *arg, const char *vm), void *arg);

#endif
