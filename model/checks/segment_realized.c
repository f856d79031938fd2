/* segment-realized: what was configured in NSX is in place on its hosts and edges. */
#include "core/i18n.h"
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

/* Still at work (pending, in_progress) is no fault, and unknown is said by NSX itself. */
static enum severity severity_of(const struct row *r)
{
    if (row_is(r, SEGMENTS_REALIZED, "failed") || row_is(r, SEGMENTS_REALIZED, "error"))
        return SEV_CRITICAL;
    if (row_is(r, SEGMENTS_REALIZED, "partial_success") || row_is(r, SEGMENTS_REALIZED, "orphaned"))
        return SEV_WARNING;
    return SEV_NONE;
}

static void run(const struct check_input *in)
{
    enum severity worst = SEV_NONE;
    struct finding *f;
    const struct snapshot *s;
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_segments, &i, NULL)) != NULL) {
        if (severity_of(r) > worst)
            worst = severity_of(r);
    }
    if (worst == SEV_NONE)
        return;
    f = finding_add(in, worst, 0, "segments");
    for (i = 0; (r = check_next(in, &table_segments, &i, &s)) != NULL;) {
        if (severity_of(r) == SEV_NONE)
            continue;
        finding_affected(f, row_text(r, SEGMENTS_SEGMENT));
        if (finding_affected_count(f) <= 5)
            finding_evidence(f, "%s: %s (%s)", row_text(r, SEGMENTS_PATH),
                             row_text(r, SEGMENTS_REALIZED), check_age(in, s));
    }
    finding_summary(f, "%zu segment%s not realised: virtual machines on %s may have no network.",
                    finding_affected_count(f), finding_affected_count(f) == 1 ? " is" : "s are",
                    finding_affected_count(f) == 1 ? "it" : "them");
}

static const struct schema *const tables[] = {&table_segments, NULL};

const struct check check_segment_realized = {
    .name = "segment-realized",
    .title = N_("every segment is in place"),
    .remedy = N_("NSX: Networking > Segments > Status of the segment shows the alarm and the node. "
                 "Check the transport nodes it names."),
    .kinds = KIND_NSX | KIND_VMC,
    .tables = tables,
    .run = run,
};
