/* The one list of collectors and session kinds, alphabetical. */
#ifndef HYCON_COLLECTORS_REGISTRY_H
#define HYCON_COLLECTORS_REGISTRY_H

#include "collectors/collector.h"

extern const struct collector *const registry_collectors[]; /* NULL-terminated */
/* Collectors of an endpoint kind that serve @schema (NULL: any): *i from 0; NULL at the end. */
const struct collector *registry_next(enum endpoint_kind kind, const struct schema *schema,
                                      size_t *i);

#endif
