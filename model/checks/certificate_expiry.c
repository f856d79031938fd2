/* certificate-expiry: no manager's certificate expires unnoticed. */
#include "core/i18n.h"
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

static void run(const struct check_input *in)
{
    const struct row *r;
    size_t i = 0;
    int64_t at;

    while ((r = check_next(in, &table_endpoints, &i, NULL)) != NULL) {
        const char *name = row_text(r, SCHEMA_ENDPOINT);

        if (!row_int(r, ENDPOINTS_CERT_EXPIRES_AT, &at))
            continue;
        double left = (double)(at - in->now);
        bool critical = left < check_endpoint_threshold(in, name, "cert_critical");
        if (!critical && left >= check_endpoint_threshold(in, name, "cert_warning"))
            continue;
        struct finding *f = finding_add(in, critical ? SEV_CRITICAL : SEV_WARNING, 0, name);
        finding_affected(f, name);
        finding_evidence(f, "%s: valid until %s, sha256 %s",
                         check_cell(in, &table_endpoints, r, ENDPOINTS_TARGET),
                         check_cell(in, &table_endpoints, r, ENDPOINTS_CERT_EXPIRES_AT),
                         check_cell(in, &table_endpoints, r, ENDPOINTS_CERT_SHA256));
        if (left < 0)
            finding_summary(f, "The certificate of %s expired %s ago.", name,
                            check_duration(in, in->now - at));
        else
            finding_summary(f, "The certificate of %s expires in %s.", name,
                            check_duration(in, at - in->now));
    }
}

const struct check check_certificate_expiry = {
    .name = "certificate-expiry",
    .title = N_("the certificates of all managers are valid for a while"),
    .remedy =
        N_("Renew the certificate in the manager (NSX: System > Certificates; vCenter: "
           "certificate management). A pinned certificate has to be accepted again with hycon "
           "trust."),
    .kinds = CHECKS_ANY_KIND,
    .run = run,
};
