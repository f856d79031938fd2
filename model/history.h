/*
 * history: what hycon must know again after a restart, as JSON lines. Every line is an object with
 * "v" (the format's version, HISTORY_VERSION), "type" and, for what belongs to a site, "site":
 *
 *   timeline  one entry of the timeline
 *   since     one record: kind, key, state, at (0: before hycon watched), seen
 *   sample    one figure of a series (model/samples.h): kind, key, at, value
 *   seen      hycon was watching at "at": how old the records may be when it starts again
 *   finding   written and read by model/findings.c
 *
 * A later line about the same thing wins, so the file is only ever appended to. Lines that are not
 * understood (damaged, of a newer version, of a type this version does not know) are counted and
 * skipped. No line holds a secret: only names, states and times that the tables show.
 */
#ifndef HYCON_MODEL_HISTORY_H
#define HYCON_MODEL_HISTORY_H

#include <json-c/json.h>
#include <stdint.h>

#define HISTORY_VERSION  1
#define HISTORY_LINE_MAX (64 * 1024)
/* Lines that wait to be taken. Whoever takes them does so after each update; a headless run that
 * never does keeps these and no more. */
#define HISTORY_PENDING_MAX (8u << 20)
#define HISTORY_SEEN_MS     (10 * 60 * 1000) /* between two lines of the type seen */

struct strbuf;

/* A line begins; @site NULL: none. */
void history_line(struct strbuf *out, const char *type, const char *site);
/* Members whose value is NULL are left out. Text is made valid UTF-8. */
void history_add_str(struct strbuf *out, const char *name, const char *value);
void history_add_int(struct strbuf *out, const char *name, int64_t value);
void history_end_line(struct strbuf *out);

#endif
