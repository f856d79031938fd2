/*
 * lost_flows: connections that did not survive a vMotion. Of one site, fed by every update.
 *
 * When the filter of a network card is no longer among the flows of a host, its flows of the
 * reading before are kept. When the card turns up on another host, they are compared with the first
 * reading of that host which knows of the card: those that are not there are lost, and stay so
 * until a later reading has them. A connection that was closing by itself is not lost. Flows are a
 * heavy table: what nobody looked at is not known, and nothing is said about it.
 *
 * Limits: flows wait LOST_FLOWS_WAIT_MS for their card to turn up, and are told for
 * LOST_FLOWS_KEEP_MS after it moved; LOST_FLOWS_MAX in all, the oldest go first, and for as long
 * the table is partial and says how many went. A last sight of more than LOST_FLOWS_SIGHT_MS before
 * the move says nothing about it.
 */
#ifndef HYCON_MODEL_LOST_FLOWS_H
#define HYCON_MODEL_LOST_FLOWS_H

#include "core/snapshot.h"

#include <stdint.h>

#define LOST_FLOWS_MAX      20000
#define LOST_FLOWS_WAIT_MS  (10 * 60 * 1000)
#define LOST_FLOWS_KEEP_MS  (30 * 60 * 1000)
#define LOST_FLOWS_SIGHT_MS (2 * 60 * 1000)

struct lost_flows;

struct lost_flows *lost_flows_new(const char *site); /* copied */
void lost_flows_free(struct lost_flows *l);          /* NULL is fine */
/* The site's present tables filters and flows. */
void lost_flows_update(struct lost_flows *l, struct snapshot *const *filters, size_t nfilters,
                       struct snapshot *const *flows, size_t nflows, int64_t now);
/* The table lost_flows: a new reference; the same one while nothing changes. */
struct snapshot *lost_flows_snapshot(struct lost_flows *l, int64_t now);

#endif
