/* account-link: VMC can still act in the customer's account. Without it no route follows. */
#include "core/i18n.h"
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

static void report_broken(const struct check_input *in, const struct row *r,
                          const struct snapshot *s)
{
    struct finding *f = finding_add(in, SEV_CRITICAL, 0, row_text(r, LINKED_VPCS_VPC));

    finding_affected(f, row_text(r, LINKED_VPCS_VPC));
    finding_evidence(f, "link of %s to account %s: %s (%s)", row_text(r, LINKED_VPCS_VPC),
                     check_cell(in, &table_linked_vpcs, r, LINKED_VPCS_ACCOUNT),
                     row_text(r, LINKED_VPCS_LINK_STATE), check_age(in, s));
    finding_summary(f,
                    "The link between the SDDC and AWS account %s is broken: the next "
                    "failover or new segment will not reach the route tables of %s.",
                    check_cell(in, &table_linked_vpcs, r, LINKED_VPCS_ACCOUNT),
                    row_text(r, LINKED_VPCS_VPC));
}

/* The other checks keep silent about this VPC meanwhile, which must not look like all is well. */
static void report_pending(const struct check_input *in, const struct row *r,
                           const struct snapshot *s)
{
    const char *vpc = row_text(r, LINKED_VPCS_VPC);
    struct finding *f = finding_add(in, SEV_UNKNOWN, 0, vpc);

    finding_affected(f, vpc);
    finding_evidence(f, "link of %s: mode %s (%s)", vpc, row_text(r, LINKED_VPCS_MODE),
                     check_age(in, s));
    finding_summary(f,
                    "VMC is switching %s to or from managed prefix list mode: its ENIs and routes "
                    "are not judged until that is done.",
                    vpc);
    finding_remedy(f, "Wait some minutes. If it lasts: accept VMC's share (AWS console: Resource "
                      "Access Manager > Shared with me), and look at VMC console: Networking & "
                      "Security > Connected VPC.");
}

static void run(const struct check_input *in)
{
    const struct snapshot *s;
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_linked_vpcs, &i, &s)) != NULL) {
        if (row_is(r, LINKED_VPCS_LINK_STATE, "broken"))
            report_broken(in, r, s);
        else if (row_is(r, LINKED_VPCS_MODE, "pending"))
            report_pending(in, r, s);
    }
}

static const struct schema *const tables[] = {&table_linked_vpcs, NULL};

const struct check check_account_link = {
    .name = "account-link",
    .title = N_("the SDDC's link to the AWS account works"),
    .remedy =
        N_("VMC console: SDDC > Networking & Security > Connected VPC shows which IAM role is "
           "gone. Run the CloudFormation template of the account link again in that account."),
    .kinds = KIND_VMC,
    .tables = tables,
    .run = run,
};
