/*
 * findings: runs every check of model/checks/ over one estate and remembers what it found: since
 * when, whether a violation has persisted, who acknowledged it, until when it is snoozed, and what
 * was cleared within the last hour. It makes the rows of table_findings.
 *
 * struct model owns one of these and is its only caller, so nothing here locks: acknowledgements
 * of other threads wait in the model's queue and arrive before an update. What must survive a
 * restart goes through the history (model/history.c) as JSON lines of the type FINDINGS_LINE.
 */
#ifndef HYCON_MODEL_FINDINGS_H
#define HYCON_MODEL_FINDINGS_H

#include "core/snapshot.h"
#include "model/config.h"

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

struct estate;
struct findings;
struct strbuf;

#define FINDINGS_CLEARED_MS (60 * 60 * 1000) /* cleared findings stay visible for an hour */

struct findings_options {
    const struct config *config; /* outlives the findings */
    bool one_sample;             /* what needs persistence is a warning that says so */
    const char *user;            /* who acknowledges; copied; NULL: "" */
    bool local;                  /* for screens: also in the language of the console */
};

struct findings *findings_new(const struct findings_options *o);
void findings_free(struct findings *f); /* NULL is fine */

/* Judge @e (final but for its findings) at estate_now(@e). @out has one place per site of the
 * configuration, in its order, and gets one snapshot of table_findings each (endpoint
 * ESTATE_OWN_ENDPOINT, freshness ok), with a reference that the caller owns. When nothing a row
 * shows has changed since the previous update, that is the previous snapshot again, so whoever
 * compares pointers sees that there is nothing to do. */
void findings_update(struct findings *f, const struct estate *e, struct snapshot **out);

/* @id: the column finding. Unknown ids are kept: the finding may come back (history). */
void findings_acknowledge(struct findings *f, const char *id, const char *note, int64_t now);
void findings_unacknowledge(struct findings *f, const char *id, int64_t now);
void findings_snooze(struct findings *f, const char *id, int64_t until_ms, const char *note,
                     int64_t now);

/* Append what changed since the last call as JSON lines, one object and '\n' each, with the members
 * "v":1 and "type":FINDINGS_LINE besides its own. No secrets. */
#define FINDINGS_LINE "finding"
void findings_history_take(struct findings *f, struct strbuf *out);
/* Write everything that is known with the next call, changed or not: the file was begun anew. */
void findings_history_renew(struct findings *f);
/* Take back one such object, before the first update. False: not understood (counted by the
 * caller). A later line about the same finding wins. */
bool findings_history_load(struct findings *f, struct json_object *line, int64_t now);

#endif
