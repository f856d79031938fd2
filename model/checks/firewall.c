#include "model/checks/firewall.h"

#include <inttypes.h>
#include <string.h>

#include "model/checks/lookup.h"

#define EVIDENCE_MAX 5

bool rule_list_is_any(const struct row *r, unsigned col)
{
    const struct cell_list *l = row_list(r, col);

    return !l || l->n == 0 ||
           (l->n == 1 && (strcmp(l->items[0], "ANY") == 0 || strcmp(l->items[0], "DFW") == 0));
}

bool rule_is_on(const struct row *r)
{
    bool on = true;

    row_bool(r, RULES_ENABLED, &on);
    return on;
}

bool rule_flag(const struct row *r, unsigned col)
{
    bool on = false;

    row_bool(r, col, &on);
    return on;
}

const char *rule_label(const struct check_input *in, const struct row *r)
{
    int64_t id;

    if (!row_int(r, RULES_RULE_ID, &id))
        return check_text(in, "%s / %s", row_text(r, RULES_POLICY), row_text(r, RULES_RULE));
    return check_text(in, "%s / %s (%" PRId64 ")", row_text(r, RULES_POLICY),
                      row_text(r, RULES_RULE), id);
}

const char *rule_subject(const struct check_input *in, const struct row *r)
{
    const char *layer = row_str(r, RULES_LAYER);

    return check_text(in, "%s %s", row_text(r, SCHEMA_ENDPOINT), layer ? layer : "gateway");
}

static unsigned find(struct rule_findings *f, const char *subject)
{
    unsigned i = 0;

    while (i < f->n && strcmp(f->items[i].subject, subject) != 0)
        i++;
    return i;
}

struct finding *rule_findings_add(struct rule_findings *f, const struct check_input *in,
                                  enum severity severity, unsigned flags, const char *subject,
                                  const char *label, const char *why)
{
    unsigned i = find(f, subject);

    if (i == RULE_FINDINGS_MAX)
        return NULL;
    if (i == f->n) {
        f->items[i].subject = subject;
        f->items[i].finding = finding_add(in, severity, flags, subject);
        f->n++;
    }
    finding_affected(f->items[i].finding, label);
    if (f->items[i].n++ < EVIDENCE_MAX)
        finding_evidence(f->items[i].finding, "%s: %s", label, why);
    return f->items[i].finding;
}
