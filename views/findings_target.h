/* findings_target: where Enter and `r` lead from a finding, and what its details say first. */
#ifndef HYCON_VIEWS_FINDINGS_TARGET_H
#define HYCON_VIEWS_FINDINGS_TARGET_H

#include "views/view.h"

/* The tab that has what is affected, the rows filtered when there are several. */
bool findings_enter(const struct view_input *in, const struct rows_item *row,
                    struct view_target *out);
/* The subject, what is affected, the cause, the symptoms. */
size_t findings_related(const struct view_input *in, const struct rows_item *row,
                        struct view_target *out);
void findings_details(struct strbuf *out, const struct view_input *in, const struct rows_item *row);

#endif
