/*
 * decode: answers of the PropertyCollector into objects, while the bytes arrive. Two shapes, one
 * content: an UpdateSet (WaitForUpdatesEx) and a RetrieveResult (RetrievePropertiesEx).
 *
 * Changes are applied in the order they stand in: the same object may occur several times. An
 * assign without a value, remove and indirectRemove unset. What is applied before a reply breaks
 * off is no harm: the same version, asked for again, tells it again.
 */
#ifndef HYCON_COLLECTORS_VCENTER_DECODE_H
#define HYCON_COLLECTORS_VCENTER_DECODE_H

#include "collectors/vcenter/objects.h"
#include "core/err.h"

enum decode_shape {
    DECODE_UPDATES,
    DECODE_RETRIEVED, /* sets properties of objects that are known; others are passed over */
    DECODE_LISTED,    /* the same shape; an object that is not known becomes so */
};

struct decode;

struct decode *decode_new(enum decode_shape shape, struct objects *objects);
void decode_free(struct decode *d); /* NULL is fine */
/* 0, or -1 and @err. */
int decode_feed(struct decode *d, const char *data, size_t len, struct err *err);
int decode_finish(struct decode *d, struct err *err);

/* ---- after decode_finish() (decode_is_expired() at any time) */

/* A property could not be read because the session is over (said with status 200). */
bool decode_is_expired(const struct decode *d);
/* Version of the update set; NULL: the answer was empty, nothing has changed. */
const char *decode_version(const struct decode *d);
bool decode_is_truncated(const struct decode *d); /* the rest waits at that version */
const char *decode_token(const struct decode *d); /* NULL: that was all */
/* What could not be read, and why ("config.repConfig: NoPermission"); "": nothing. */
const char *decode_missing(const struct decode *d);

#endif
