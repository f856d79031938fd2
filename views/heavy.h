/* heavy: what has to be read of tables that are read while somebody looks at them alone. The filter
 * of the reader says it: rows that it hides are not looked at. */
#ifndef HYCON_VIEWS_HEAVY_H
#define HYCON_VIEWS_HEAVY_H

#include "views/view.h"

#define HEAVY_FILTERS_MAX 256 /* more than so many are read host by host */

void heavy_host_rules(const struct view_input *in, struct filter *filter, struct view_look *out);
void heavy_addrsets(const struct view_input *in, struct filter *filter, struct view_look *out);
void heavy_flows(const struct view_input *in, struct filter *filter, struct view_look *out);

#endif
