/* lost_flows: what the Flows tab says of flows that did not survive a vMotion. */
#ifndef HYCON_VIEWS_LOST_FLOWS_H
#define HYCON_VIEWS_LOST_FLOWS_H

#include "views/view.h"

/* Of the machine that moved last: a row, and how many there are. False: none. */
bool lost_flows_last(const struct view_input *in, struct rows_item *out, size_t *n);

#endif
