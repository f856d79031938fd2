/* The collectors of the VMC service, for the registry, and what they share. */
#ifndef HYCON_COLLECTORS_VMC_VMC_H
#define HYCON_COLLECTORS_VMC_VMC_H

#include "collectors/collector.h"
#include "core/jsonq.h"

extern const struct collector collector_linked_vpcs, collector_sddcs, collector_vmc_tasks;

/* GET of /vmc/api/orgs/{org} and @path ("/tasks"); @sddc: append it, escaped, as the value of the
 * query that @path ends with. Returns STEP_SEND. */
enum step vmc_get(struct run *run, const char *label, const char *path, const char *sddc);
/* The SDDC that the endpoint is about: the configured one, or the only one; NULL: all. */
const char *vmc_sddc_id(const struct run *run);
/* A word of the service in lower case ("READY" is "ready"), in the run's arena; NULL stays NULL. */
const char *vmc_lower(struct run *run, const char *word);
/* Set a state cell to a word of the service, in lower case. */
void vmc_state(struct run *run, struct table_builder *b, unsigned column, const char *word);
/* Parse a reply that must be an object or an array. NULL and an error that names @label. */
struct json_object *vmc_parse(const struct reply *reply, const char *label, struct err *err);
/* Strings of the array @name of @o to a list cell; stays ABSENT when there is no array. */
void vmc_list(struct table_builder *b, unsigned column, struct json_object *o, const char *name);

#endif
