/*
 * estate_text: tables written down as text, for tests of joins, checks and screens.
 *
 *   table enis tokyo/linked              a table of one endpoint: ok, read 12 s before `now`
 *     eni    role    active_by_routes    names of columns; the rest is ABSENT
 *     eni-1  active  yes
 *     eni-2  spare   -                   - is ABSENT
 *   table routes tokyo/linked failed 5m "503 too many requests"     freshness, age, error
 *   table flows dc1/esx ok 5m "" "1 filter is silent"               and a note beside it
 *
 * Values are separated by blanks; "..." keeps them. A list is a,b,c ("[]" is empty), a time is ISO
 * 8601 or relative to now (-5m), a duration 10m, a bool yes or no. # begins a comment. A mistake in
 * the text fails the test and names the line.
 */
#ifndef HYCON_TESTS_SUPPORT_ESTATE_TEXT_H
#define HYCON_TESTS_SUPPORT_ESTATE_TEXT_H

#include "core/snapshot.h"

#define ESTATE_TEXT_NOW 1795165200000 /* 2026-11-20T09:00:00Z */

struct estate_text {
    struct snapshot **snapshots;
    size_t n, cap;
};

/* Append the tables of @text as they are at @now. */
void estate_text_add(struct estate_text *t, const char *text, int64_t now);
void estate_text_release(struct estate_text *t);

#endif
