/*
 * jsonq: reading JSON replies with json-c, leniently and bounded. Every getter accepts NULL objects
 * and missing, null or wrongly typed members, so decoders read like tables. 64-bit integers
 * everywhere.
 */
#ifndef HYCON_CORE_JSONQ_H
#define HYCON_CORE_JSONQ_H

#include "core/err.h"

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSONQ_DEPTH_MAX 32

/* Strict parse of the whole text (UTF-8, no comments, no trailing garbage, no NaN, at most
 * JSONQ_DEPTH_MAX levels; a lone null is refused too, because nothing can be read from it). A
 * NUL in a string becomes the four characters \x00, so that no text is cut. NULL and ERR_PROTO. The
 * caller puts the object (json_object_put). */
struct json_object *jsonq_parse(const char *text, size_t len, struct err *err);

/* The same for an object with one long array @name: @fn gets each element, in order, while
 * there is only that one in memory (NULL for a null); the array of the result is empty. When there
 * is no such array the result is as of jsonq_parse(). NULL and ERR_PROTO: then elements may have
 * been given already.
 */
typedef void (*jsonq_item_fn)(void *arg, struct json_object *item);
struct json_object *jsonq_parse_list(const char *text, size_t len, const char *name,
                                     jsonq_item_fn fn, void *arg, struct err *err);

struct json_object *jsonq_get(struct json_object *o, const char *name); /* NULL: absent or null */
/* Dotted path: "tier1_status.per_node_status"; one name of it has less than 128 bytes. */
struct json_object *jsonq_path(struct json_object *o, const char *path);
const char *jsonq_str(struct json_object *o, const char *name); /* strings; numbers as their text */
/* The next three leave *out alone and return false when there is no such value. Integers may also
 * come as digits in a string or as 5.0; what does not fit into 64 bits is absent, not clamped.
 * Doubles are finite. Booleans may also come as the words "true" and "false". */
bool jsonq_int(struct json_object *o, const char *name, int64_t *out);
bool jsonq_double(struct json_object *o, const char *name, double *out);
bool jsonq_bool(struct json_object *o, const char *name, bool *out);
/* The same of a value itself, which may be NULL. */
const char *jsonq_text(struct json_object *v);
bool jsonq_number(struct json_object *v, int64_t *out);
/* Many members in one pass: out[i] is what jsonq_get() gives for names[i]. Half the cost of as many
 * look-ups, less when the names stand in the order in which the server writes them. */
void jsonq_pick(struct json_object *o, const char *const *names, size_t n,
                struct json_object **out);
/* Array member: its length (0 when absent or not an array). */
size_t jsonq_len(struct json_object *o, const char *name);
struct json_object *jsonq_at(struct json_object *o, const char *name, size_t i);
/* Is @o itself an array; its elements. */
size_t jsonq_count(struct json_object *array);
struct json_object *jsonq_item(struct json_object *array, size_t i);

#endif
