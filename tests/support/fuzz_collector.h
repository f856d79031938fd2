/*
 * fuzz_collector: what every fuzz target of a collector does. Whatever bytes a server sends end in
 * rows or in one clean sentence, within the limits; a second poll with the same bytes gives the
 * same tables.
 *
 *   int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
 *   {
 *       return fuzz_collector(&collector_vpcs, "{name: a, kind: aws, region: r}", data, size);
 *   }
 */
#ifndef HYCON_TESTS_SUPPORT_FUZZ_COLLECTOR_H
#define HYCON_TESTS_SUPPORT_FUZZ_COLLECTOR_H

#include "tests/support/collector_run.h"

#include <stdint.h>

/* Every request is answered with @data. @endpoint is its YAML, on one line. Returns 0; aborts when
 * a promise is broken. */
int fuzz_collector(const struct collector *collector, const char *endpoint, const uint8_t *data,
                   size_t size);
/* The same, but requests that match one of @good (ends with body NULL) are answered with that: for
 * what is asked later in a run. */
int fuzz_collector_after(const struct collector *collector, const char *endpoint,
                         const struct canned_reply *good, const uint8_t *data, size_t size);

/* The same for a collector that needs what its session has learned. */
int fuzz_collector_knowing(const struct collector *collector, const char *endpoint,
                           const struct session_facts *facts, const uint8_t *data, size_t size);

#endif
