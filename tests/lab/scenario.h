/*
 * scenario: a YAML file as data: what the estate is built from, what hycon.yaml shall say, and
 * steps on a time line.
 *
 *   name: failover
 *   about: one line
 *   estate: {hosts: 4, tables: 2}
 *   config: {intervals: {enis: 2s}, thresholds: {converge: 15s}}
 *   start:                                     actions before the first request
 *     - {do: remove-route, site: tokyo, table: main, destination: 192.168.161.0/24}
 *   steps:
 *     - at: 5s
 *       caption: {en: "A host fails.", ja: "..."}
 *       do:
 *         - {do: fail-host, site: tokyo, host: esx-1}
 *   length: 60s                                where --loop starts again
 *
 * Actions are pairs of words; actions.c knows what they mean.
 */
#ifndef HYCON_TESTS_LAB_SCENARIO_H
#define HYCON_TESTS_LAB_SCENARIO_H

#include "core/arena.h"
#include "tests/lab/estate.h"
#include "tests/lab/server.h"

struct err;

struct lab_step {
    int64_t at_ms;
    const char *caption_en, *caption_ja; /* NULL: the caption stays */
    struct lab_list actions;             /* struct lab_pairs */
};

struct lab_scenario {
    struct arena *arena;
    const char *name, *about;
    struct lab_pairs estate, intervals, thresholds;
    struct lab_list start; /* struct lab_pairs */
    struct lab_list steps; /* struct lab_step, in order of time */
    int64_t length_ms;     /* at least the last step's */
};

/* Errors name @file, line and column. NULL and @err on failure. */
struct lab_scenario *lab_scenario_parse(const char *text, size_t len, const char *file,
                                        struct err *err);
/* By path when @name has a slash or ends in .yaml, else in the folders of scenarios. */
struct lab_scenario *lab_scenario_load(const char *name, struct err *err);
void lab_scenario_free(struct lab_scenario *s);

#endif
