/*
 * explain_set: the members of an address set or a group, for one question: is this address in it,
 * and which member says so?
 *
 * Members are texts: addresses, prefixes, ranges "a-b", MAC addresses. They become intervals sorted
 * by their start, with the highest end seen so far beside each, so that an address is found in
 * O(log n) and overlapping members need no merging: walking back from the last interval that begins
 * at or before the address stops as soon as no earlier one reaches it. A set may hold 250,000
 * members, and most sets of a filter are never asked: they are compiled by the first question.
 */
#ifndef HYCON_MODEL_EXPLAIN_SET_H
#define HYCON_MODEL_EXPLAIN_SET_H

#include "core/ip.h"
#include "core/table.h"

#include <stdbool.h>
#include <stddef.h>

struct explain_set;

/* @members is borrowed and outlives the set. */
struct explain_set *explain_set_new(const struct cell_list *members);
void explain_set_free(struct explain_set *s); /* NULL is fine */
/* The member that holds @ip, or NULL. */
const char *explain_set_ip(const struct explain_set *s, const struct ip *ip);
/* The same answer for one question, without a set; *odd as below. */
const char *explain_set_look(const struct cell_list *members, const struct ip *ip, size_t *odd);
const char *explain_set_mac(const struct explain_set *s, const char *mac);
/* Members that are neither of the above: what they hold is not known. */
size_t explain_set_odd(const struct explain_set *s);

#endif
