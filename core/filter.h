/*
 * filter: one grammar everywhere (CLI --filter, `/`, palette).
 *
 *   expr       := "!" expr | regex | comparison { "and" comparison }
 *   comparison := COLUMN op VALUE     op: = != < > <= >= ~ !~
 *
 * A text that begins like a comparison (a word of a-z, 0-9 and _, then an operator) is one, and an
 * unknown column in it is an error: a script must not take a misspelt column for "no rows". To
 * search for such a text, hide the operator: "name[=]x". Anything else is a POSIX extended regular
 * expression over the row's plain cells joined by blanks, ignoring case (core/pattern.h). "!"
 * inverts.
 *
 * VALUE is a word, or 'quoted', or "quoted". By the column's type:
 *   numbers      "90", "1.5"; percentages also "80%"
 *   bytes        "2GiB", "4096"
 *   durations    "10m", "1h30m"; a bare number is in the unit of the column's name (lag_s > 90,
 *                latency_ms > 200)
 *   times        ISO 8601 ("2026-11-20T09:00:00Z"), or a date: its first moment in UTC
 *   ip, cidr     "= 10.0.0.0/8" lies within; "= 10.1.2.3" is this address or a block that has it;
 *                "= 0.0.0.0/0" is the default route alone. "~" is the same (0.0.0.0/0 is any IPv4
 *                address), and other texts after it are regular expressions
 *   lists        match when any element does ("!=" and "!~": when none does): "=" is exact, "~" a
 *                regular expression, and elements that are addresses follow the line above after it
 *   text, state  "=" is exact, "~" a regular expression, "<" compares bytes
 *   -, null      ABSENT, with "=" and "!=" alone; quoted they are texts
 *
 * A comparison with a cell that is ABSENT, or that cannot be compared (raw text in a column of
 * numbers, after "<"), is false; "!=" and "!~" are always the opposite of "=" and "~". Secret
 * columns can be neither compared nor found.
 */
#ifndef HYCON_CORE_FILTER_H
#define HYCON_CORE_FILTER_H

#include "core/err.h"
#include "core/snapshot.h"

struct filter;

#define FILTER_TEXT_MAX 1024

/* NULL and @err filled when the text is wrong (unknown column before an operator, bad value, bad
 * regex). An empty text matches everything. */
struct filter *filter_new(const struct schema *schema, const char *text, struct err *err);
void filter_free(struct filter *f);
/* Not thread-safe per filter (it reuses a buffer). */
bool filter_match(struct filter *f, const struct row *r);
/* Could a row match of which only the cells of @cols are known? Comparisons with other columns, and
 * a search over the row, are taken to be true. */
bool filter_may_match(struct filter *f, const struct row *r, const unsigned *cols, size_t ncols);
/* The same for @n rows at once, which is several times faster. */
void filter_match_many(struct filter *f, const struct row *const *rows, size_t n, bool *hits);

#endif
