/*
 * clock-offset: clocks of managers agree with this machine's. Signatures and tokens fail when they
 * do not, and log lines of two products cannot be laid side by side.
 */
#include "core/i18n.h"
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

static void run(const struct check_input *in)
{
    const struct row *r;
    size_t i = 0;
    int64_t ms;

    while ((r = check_next(in, &table_endpoints, &i, NULL)) != NULL) {
        const char *name = row_text(r, SCHEMA_ENDPOINT);

        if (!row_int(r, ENDPOINTS_CLOCK_OFFSET_MS, &ms))
            continue;
        double off = ms < 0 ? -(double)ms : (double)ms;
        bool critical = off > check_endpoint_threshold(in, name, "clock_critical");
        if (!critical && off <= check_endpoint_threshold(in, name, "clock_warning"))
            continue;
        const char *side = ms < 0 ? check_word(in, "behind") : check_word(in, "ahead of");
        struct finding *f = finding_add(in, critical ? SEV_CRITICAL : SEV_WARNING, 0, name);
        finding_affected(f, name);
        finding_evidence(f, "%s: clock is %s %s this machine's",
                         check_cell(in, &table_endpoints, r, ENDPOINTS_TARGET),
                         check_duration(in, (int64_t)off), side);
        finding_summary(f, "The clock of %s is %s %s this machine's%s.", name,
                        check_duration(in, (int64_t)off), side,
                        critical ? check_word(in, ": logins and signatures may fail") : "");
    }
}

const struct check check_clock_offset = {
    .name = "clock-offset",
    .title = N_("the clocks of all managers agree with this machine's"),
    .remedy = N_("Check NTP here (chronyc tracking, timedatectl) and on the manager; when all "
                 "managers are off alike, this machine is the one that is wrong."),
    .kinds = CHECKS_ANY_KIND,
    .run = run,
};
