/*
 * check_case: one row of a table of tests: these tables in, these findings out.
 *
 * `want` has one line per finding of the check, in the order of their ids:
 *   "SEVERITY SUBJECT|AFFECTED_COUNT", with "|<- CAUSE" behind a symptom.
 */
#ifndef HYCON_TESTS_SUPPORT_CHECK_CASE_H
#define HYCON_TESTS_SUPPORT_CHECK_CASE_H

#include "core/snapshot.h"
#include "tests/support/estate_fixed.h"

/* Sites: tokyo (vmc, aws linked, on premises 172.16.0.0/12), dc1 (nsx), osaka (aws alone), kyoto
 * (vcenter vc).
 */
extern const char check_case_config[];

struct check_case {
    const char *name, *check;
    const char *text, *more; /* tables; more may be NULL */
    const char *want;        /* "": nothing is reported */
    const char *says;        /* in the first finding's summary or evidence; NULL: not looked at */
};

void check_case_run(const struct check_case *c);
/* The remedy of the first finding of @check; NULL: none. The caller frees. */
char *check_case_remedy(const char *text, const char *check);
struct config *check_case_load(const char *yaml);
/* The findings of @check in @s, one line each as above. The caller frees. */
char *check_case_dump(const struct snapshot *s, const char *check);

#endif
