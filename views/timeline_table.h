/* timeline_table: what happened to edges, newest first; below the ENI table. In changes.c, which
 * shows everything. */
#ifndef HYCON_VIEWS_TIMELINE_TABLE_H
#define HYCON_VIEWS_TIMELINE_TABLE_H

#include "views/view.h"

extern const struct view_table view_table_failover; /* edges, ENIs, hosts, route tables */

#endif
