/* rows: the tables hosts, clusters, vms and datastores, made from objects. */
#ifndef HYCON_COLLECTORS_VCENTER_ROWS_H
#define HYCON_COLLECTORS_VCENTER_ROWS_H

#include "collectors/vcenter/objects.h"

struct run;

/* Fill the builders of @run. Blocks whose objects did not change are taken over as they are. */
void vcenter_rows(struct run *run, struct objects *objects);

#endif
