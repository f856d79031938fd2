/* entity: the row that a manager's event, task or alarm is about. */
#ifndef HYCON_VIEWS_ENTITY_H
#define HYCON_VIEWS_ENTITY_H

#include "views/view.h"

/* By the id that the manager at @endpoint gives it (vm-48, host-12, domain-c8, datastore-3), else
 * by its name among everything of the site. Either may be NULL. Returns how many were filled: 0 or
 * 1. */
size_t entity_jump(const struct view_input *in, struct view_target *out, const char *site,
                   const char *endpoint, const char *id, const char *name);

#endif
