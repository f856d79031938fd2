/*
 * model_case: a model fed with tables written as text (estate_text.h), for tests of joins,
 * timeline and history. What an update made is read back as text too, so a test is two texts.
 */
#ifndef HYCON_TESTS_SUPPORT_MODEL_CASE_H
#define HYCON_TESTS_SUPPORT_MODEL_CASE_H

#include "model/estate.h"
#include "tests/support/estate_text.h"

#define MODEL_CASE_NOW ESTATE_TEXT_NOW

struct model_case {
    struct config *config;
    struct model *model;
    struct estate *estate; /* of the last feed; NULL: none yet */
    int64_t now;
};

/* @yaml NULL: one site `tokyo` with vmc, nsx (the same SDDC's, direct) and two aws endpoints
 * (linked, linked2); site `dc1` with an nsx endpoint; site `osaka` with an aws endpoint (far)
 * alone. */
void model_case_init(struct model_case *c, const char *yaml);
void model_case_release(struct model_case *c);
/* Update with the tables of @text as read at @c->now minus their age. */
const struct estate *model_case_feed(struct model_case *c, const char *text);
/* Columns (separated by blanks) of every row of @table in @site (NULL: all), one line each, cells
 * as plain text separated by one blank, ABSENT as "-", rows in order of endpoint and key. The
 * caller frees. */
char *model_case_dump(const struct estate *e, const char *table, const char *site,
                      const char *columns);
/* The same, compared. @what names the case in the failure. */
void model_case_expect(const struct estate *e, const char *what, const char *table,
                       const char *columns, const char *want);

#endif
