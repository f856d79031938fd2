/*
 * clock-offset: clocks of managers agree with this machine's. Signatures and tokens fail when they
 * do not, and log lines of two products cannot be laid side by side.
 */
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
        struct finding *f = finding_add(in, critical ? SEV_CRITICAL : SEV_WARNING, 0, name);
        finding_affected(f, name);
        finding_evidence(f, "%s: clock is %s %s this machine's",
                         check_cell(in, &table_endpoints, r, ENDPOINTS_TARGET),
                         check_duration(in, (int64_t)off), ms < 0 ? "behind" : "ahead of");
        finding_summary(f, "The clock of %s is %s %s this machine's%s.", name,
                        check_duration(in, (int64_t)off), ms < 0 ? "behind" : "ahead of",
                        critical ? ": logins and signatures may fail" : "");
    }
}

const struct check check_clock_offset = {
    .name = "clock-offset",
    .title = "the clocks of all managers agree with this machine's",
    .remedy = "Check NTP here (chronyc tracking, timedatectl) and on the manager; when all "
              "managers are off alike, this machine is the one that is wrong.",
    .kinds = CHECKS_ANY_KIND,
    .run = run,
};
