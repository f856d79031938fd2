/* cause: which finding stands for an endpoint that cannot be read. */
#ifndef HYCON_MODEL_CHECKS_CAUSE_H
#define HYCON_MODEL_CHECKS_CAUSE_H

#include "model/checks/check.h"

/* The subject of the finding endpoint-health that is the cause of what @endpoint lacks: the
 * credential when a rejected one stopped several endpoints, the range of hosts it belongs to, or
 * the endpoint itself. */
const char *cause_of_endpoint(const struct check_input *in, const char *endpoint);

/* The row of the table endpoints, or NULL. */
const struct row *cause_endpoint_row(const struct check_input *in, const char *endpoint);

#endif
