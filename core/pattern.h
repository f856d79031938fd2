/*
 * pattern: what a person types to search: a POSIX extended regular expression that ignores case.
 *
 * It means the same in every locale: UTF-8 is always understood. A text without special characters
 * is searched as a plain string. Back references are refused (matching them takes exponential
 * time), and so are repeats that expand beyond PATTERN_COST_MAX (glibc copies what is repeated, so
 * "((a{9999}){9999})" or "((((a+)+)+)+)+..." would take all memory).
 */
#ifndef HYCON_CORE_PATTERN_H
#define HYCON_CORE_PATTERN_H

#include "core/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PATTERN_COST_MAX  20000
#define PATTERN_DEPTH_MAX 64

struct dfa;
struct pattern;

/* NULL and @err filled when the expression is wrong or refused. */
struct pattern *pattern_new(const char *text, struct err *err);
void pattern_free(struct pattern *p); /* NULL is fine */
/* Not thread-safe per pattern (it learns while it works). */
bool pattern_match(const struct pattern *p, const char *s);
/* The pattern in lower case when it is plain ASCII text, else NULL. */
const char *pattern_literal(const struct pattern *p);
/* Its table for texts in pieces; NULL: it has none (core/dfa.h). */
struct dfa *pattern_dfa(const struct pattern *p);
/* Whether @cp is its own large and small letter. */
bool pattern_has_one_case(uint32_t cp);

#endif
