/* timeline_table: what happened, newest first; below the ENI table, and as :changes. */
#ifndef HYCON_VIEWS_TIMELINE_TABLE_H
#define HYCON_VIEWS_TIMELINE_TABLE_H

#include "views/view.h"

extern const struct view_table view_table_failover; /* edges, ENIs, hosts, route tables */
extern const struct view_table view_table_changes;  /* everything, with who */

#endif
