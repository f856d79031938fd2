/*
 * samples: figures that a judgement needs more of than one poll gives: the durations of the last
 * transfers of a replication, the used space of a vSAN datastore over days. A series is told by
 * (site, kind, key) and survives a restart through the history.
 *
 * A kind says how many samples it keeps. When a series of a kind that looks far back is full,
 * every second sample is dropped and new ones are taken half as often, so that a series of fixed
 * size covers hours with minutes between its samples, and days with hours between them. A kind
 * that wants the newest ones drops the oldest instead.
 */
#ifndef HYCON_MODEL_SAMPLES_H
#define HYCON_MODEL_SAMPLES_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct samples;
struct strbuf;

enum sample_kind {
    SAMPLE_TRANSFER,  /* replications: ms; at the instance's time */
    SAMPLE_VSAN_USED, /* vsan: bytes */
    SAMPLE_KINDS,
};

#define SAMPLES_TRANSFER_MAX 15  /* as many as the product's own scheduler looks at */
#define SAMPLES_VSAN_MAX     240 /* an hour at least (a minute apart), a week at most */
#define SAMPLES_VSAN_MS      (60 * 1000)
#define SAMPLES_VSAN_BACK_MS (7LL * 24 * 60 * 60 * 1000)
#define SAMPLES_SERIES_MAX   50000 /* beyond it no new series is begun; counted */

struct sample {
    int64_t at, value;
};

struct sample_series {
    const struct sample *at; /* oldest first */
    size_t n;
};

struct samples *samples_new(void);
void samples_free(struct samples *s); /* NULL is fine */
/* Take a sample. False: negative, not newer than the newest, too soon after it, or no room for a
 * series. */
bool samples_add(struct samples *s, const char *site, enum sample_kind kind, const char *key,
                 int64_t at, int64_t value);
/* n is 0 when nothing is known. Valid until the next samples_add(). */
struct sample_series samples_find(const struct samples *s, const char *site, enum sample_kind kind,
                                  const char *key);
unsigned samples_overflow(const struct samples *s);

/* New samples since the last call, as JSON lines of this type. */
#define SAMPLES_LINE "sample"
void samples_history_take(struct samples *s, struct strbuf *out);
/* Every sample counts as new for the next call. */
void samples_history_renew(struct samples *s);
/* False: not understood. */
bool samples_history_load(struct samples *s, struct json_object *line);

#endif
