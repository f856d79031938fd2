#include "tests/support/language.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/i18n.h"
#include "core/rows.h"
#include "core/snapshot.h"
#include "core/strbuf.h"
#include "model/tables.h"

extern int _nl_msg_cat_cntr; /* gettext's: a new LANGUAGE counts after it has changed */

void language_set(const char *language)
{
    (void)setenv("LC_ALL", "C.UTF-8", 1);
    (void)setenv("LANGUAGE", language ? language : "en", 1);
    _nl_msg_cat_cntr++;
    i18n_init("build/po", "/nonexistent");
}

char *language_output(struct snapshot *s)
{
    struct strbuf out = STRBUF_INIT;
    struct rows rows;

    rows_init(&rows, snapshot_schema(s), &s, 1, NULL, -1, false);
    for (int f = ROWS_TABLE; f <= ROWS_CSV; f++) {
        const struct rows_output o = {.format = (enum rows_format)f, .now = snapshot_taken_at(s)};
        rows_print(&out, &rows, &o);
    }
    rows_release(&rows);
    return strbuf_detach(&out);
}

static void must_differ(const struct row *r, unsigned col, const char *what)
{
    const char *shown = row_str_shown(&table_findings, r, col);

    if (shown && strcmp(shown, row_str(r, col)) == 0)
        fail_msg("%s: '%s' is not told in the reader's language", what, shown);
}

void language_must_be_told(const struct snapshot *findings, const char *what)
{
    for (size_t i = 0; i < snapshot_count(findings); i++) {
        must_differ(snapshot_row(findings, i), FINDINGS_SUMMARY, what);
        must_differ(snapshot_row(findings, i), FINDINGS_REMEDY, what);
    }
}
