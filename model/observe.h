/*
 * observe: compares what was read with what was known, brings since up to date and writes the
 * timeline. It looks only at tables that were read anew.
 */
#ifndef HYCON_MODEL_OBSERVE_H
#define HYCON_MODEL_OBSERVE_H

#include "model/samples.h"
#include "model/since.h"
#include "model/site.h"
#include "model/timeline.h"

/* Between site_begin() and site_derive(): gateways, edges, links, hosts. */
void observe_raw(struct site *s, struct since *since, struct timeline *t);
/* The same: figures of replications and vSAN clusters. */
void observe_samples(struct site *s, struct samples *samples);
/* Between site_derive() and site_end(): route tables, segments, reports. */
void observe_derived(struct site *s, struct since *since, struct timeline *t);

#endif
