/* Shared by core/jsonq*.c. */
#ifndef HYCON_CORE_JSONQ_PRIV_H
#define HYCON_CORE_JSONQ_PRIV_H

#include "core/jsonq.h"

/* A strict tokener for at most @depth levels; the caller frees it. NULL and ERR_PROTO. */
struct json_tokener *jsonq_tokener(int depth, struct err *err);
/* jsonq_parse() by a tokener that is used again and again. @plain: outside of strings there is no
 * 'N', no 'I' and no apostrophe, without which nothing that json-c takes too easily can be. */
struct json_object *jsonq_parse_with(struct json_tokener *tok, const char *text, size_t len,
                                     bool plain, struct err *err);

#endif
