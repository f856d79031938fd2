/*
 * i18n: the console's own words in the reader's language (gettext, domain "hycon"). Names of tables
 * and columns, JSON and CSV, error sentences of managers and the log stay English in every locale:
 * they are the contract, and what is searched for. A sentence that is data and is shown, too, is
 * made in both (core/retell.h, COL_LOCAL in core/table.h).
 */
#ifndef HYCON_CORE_I18N_H
#define HYCON_CORE_I18N_H

#include <libintl.h>
#include <stdbool.h>

#define _(s)        gettext(s)
#define N_(s)       (s) /* marks a string in a table; the user of the table translates it */
#define Q_(n, s, p) ngettext(s, p, n)

/* Set the locale of the environment. A UTF-8 terminal whose locale was never generated on this
 * machine (usual on jump hosts) gets C.UTF-8 with the language of the environment. @beside: folder
 * searched for LANG/LC_MESSAGES/hycon.mo first (a build tree); NULL: none. @installed: the usual
 * one. */
void i18n_init(const char *beside, const char *installed);
bool i18n_is_utf8(void);       /* may lines and bars be drawn with more than ASCII? */
bool i18n_is_translated(void); /* are there words in another language than English? */
bool i18n_is_japanese(void);   /* the language of the console */

#endif
