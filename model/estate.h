/*
 * estate: everything that is known at one moment, final and immutable: the collectors' tables with
 * duplicates merged and derived columns filled, and the tables made here (findings, timeline).
 *
 * Data flows one way: raw snapshots -> model_update() -> estate -> views, checks, command line.
 * Deriving is pure (model/derive/); what must be remembered between updates (since when, first
 * seen, acknowledged, what happened) is in struct model, which one thread at a time updates. An
 * estate is refcounted and may be read from any thread.
 */
#ifndef HYCON_MODEL_ESTATE_H
#define HYCON_MODEL_ESTATE_H

#include "core/snapshot.h"
#include "model/config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct estate;
struct model;
struct strbuf;

/* The endpoint of rows that hycon itself makes: findings and timeline, one snapshot per site. */
#define ESTATE_OWN_ENDPOINT "hycon"

struct estate *estate_ref(const struct estate *e);
void estate_unref(const struct estate *e);

int64_t estate_now(const struct estate *e); /* when it was made */
uint64_t estate_generation(const struct estate *e);
const struct config *estate_config(const struct estate *e);
/* All snapshots of @schema (one per endpoint), valid while the estate is referenced. */
struct snapshot *const *estate_table(const struct estate *e, const struct schema *schema,
                                     size_t *n);
/* The snapshot of one site and endpoint, or NULL. */
const struct snapshot *estate_snapshot(const struct estate *e, const struct schema *schema,
                                       const char *site, const char *endpoint);
/* Worst freshness of @schema's snapshots in @site (NULL: all sites), unsupported ones not counted;
 * FRESH_UNSUPPORTED when there is none that could serve it. */
enum freshness estate_freshness(const struct estate *e, const struct schema *schema,
                                const char *site);
/* The table as it was at the reading before (taken_at tells when), or NULL: rates, what has gone.
 * Valid while the estate is referenced. */
const struct snapshot *estate_previous_snapshot(const struct estate *e, const struct snapshot *s);
/* When cell @col of a row last changed (0: not since hycon has watched). */
int64_t estate_changed_at(const struct estate *e, const struct snapshot *s, const struct row *r,
                          unsigned col);
/* First polls not finished yet: "collecting done/total". */
bool estate_collecting(const struct estate *e, unsigned *done, unsigned *total);

/* ---- the model ----------------------------------------------------------------------------------
 */

struct model_options {
    const struct config *config;
    bool one_sample;  /* headless: what needs persistence is a warning that says so */
    bool checks;      /* run the checks */
    bool forgets;     /* nobody takes its history */
    bool unobserved;  /* headless: one estate, of which nobody reads the timeline or findings */
    bool local;       /* for screens: findings also in the language of the console */
    const char *user; /* who acknowledges */
};

struct model *model_new(const struct model_options *o);
void model_free(struct model *m);
/* How far the first polls are, for the next estates: what is read on demand alone is not among
 * them. Never called: every snapshot is waited for. By the caller of model_update(). */
void model_progress(struct model *m, unsigned done, unsigned total);
/* Make the next estate from the raw snapshots. One caller at a time. The caller owns one reference.
 */
struct estate *model_update(struct model *m, struct snapshot *const *raw, size_t n, int64_t now);

/* Thread-safe; take effect with the next update. @finding is the stable id. */
void model_acknowledge(struct model *m, const char *finding, const char *note);
void model_unacknowledge(struct model *m, const char *finding);
void model_snooze(struct model *m, const char *finding, int64_t until_ms, const char *note);

/* ---- memory across restarts (model/history.c)
 * ------------------------------------------------------ */

/* New lines of the history since the last call (JSON lines, versioned; no secrets), appended to
 * @out: the caller writes them to $XDG_STATE_HOME/hycon/. Thread-safe. */
void model_history_take(struct model *m, struct strbuf *out);
/* Are there any? Thread-safe. */
bool model_history_waits(struct model *m);
/* The file was begun anew, or lines were taken and could not be written: the next update puts
 * everything that is known among the new lines. Thread-safe. */
void model_history_renew(struct model *m);
/* Read a history back before the first update; lines that are not understood are counted, not
 * fatal. */
unsigned model_history_load(struct model *m, const char *text, size_t len, int64_t now);

#endif
