/* findings: their order, and what an operator does with one. Overview and :findings show them. */
#ifndef HYCON_VIEWS_FINDINGS_H
#define HYCON_VIEWS_FINDINGS_H

#include "views/view.h"

enum finding_class { FINDING_OPEN, FINDING_QUIET, FINDING_CLEARED }; /* quiet: acked or snoozed */

enum finding_class finding_class(const struct rows_item *row);
enum severity finding_severity(const struct row *row);
/* Its summary, remedy or evidence as people read it, in their language; "" or NULL: none. */
const char *finding_text(const struct row *row, unsigned col);
const struct cell_list *finding_texts(const struct row *row, unsigned col);
/* The row of the finding that this one is a symptom of; NULL: it stands for itself. */
const struct row *finding_cause(const struct rows_item *row);
extern const struct view_table view_table_findings; /* what Overview shows */

#endif
