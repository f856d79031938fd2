/* jsonb: short names for building JSON with json-c. */
#ifndef HYCON_TESTS_LAB_JSONB_H
#define HYCON_TESTS_LAB_JSONB_H

#include "tests/lab/server.h"

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

void jset_str(struct json_object *o, const char *key, const char *value); /* NULL: left out */
void jset_int(struct json_object *o, const char *key, int64_t value);
void jset_real(struct json_object *o, const char *key, double value);
void jset_bool(struct json_object *o, const char *key, bool value);
void jset_null(struct json_object *o, const char *key);
void jset(struct json_object *o, const char *key, struct json_object *value);
/* Milliseconds since the epoch as VMC writes them: 2026-11-20T09:00:00.000Z. */
void jset_iso(struct json_object *o, const char *key, int64_t ms);
struct json_object *jset_object(struct json_object *o, const char *key);
struct json_object *jset_array(struct json_object *o, const char *key);
void jadd(struct json_object *array, struct json_object *value);
void jadd_str(struct json_object *array, const char *value);
/* The body of @reply becomes @o, which is freed. */
void jsend(struct lab_reply *reply, struct json_object *o);

#endif
