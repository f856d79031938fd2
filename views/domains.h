/*
 * domains: the parts of a site that Overview has a line for. A finding belongs to the domain of the
 * first table that its check reads, so a new check needs no line here.
 */
#ifndef HYCON_VIEWS_DOMAINS_H
#define HYCON_VIEWS_DOMAINS_H

#include "views/look.h"
#include "views/view.h"

struct domain {
    const char *name;                   /* stable, English */
    const char *title;                  /* N_() */
    const struct schema *const *tables; /* read for it; the first is its own. NULL-terminated */
    const char *view, *table;           /* where to look closer; table NULL: the first */
    /* Append its state in a few words, the worst first. How bad the words are: what is said must
     * not stand beside an "ok" only because no check is about it. */
    enum severity (*say)(struct strbuf *out, const struct view_input *in, const char *site);
};

extern const struct domain domains_all[]; /* ends with a name of NULL */

/* The domain of a check by its name; NULL: none of these. */
const struct domain *domains_of_check(const char *check);
/* How old and how good the data of a domain is. */
struct look_source domains_source(const struct view_input *in, const struct domain *d,
                                  const char *site);

#endif
