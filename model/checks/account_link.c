/* account-link: VMC can still act in the customer's account. Without it no route follows. */
#include "core/i18n.h"
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

static void run(const struct check_input *in)
{
    const struct snapshot *s;
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_linked_vpcs, &i, &s)) != NULL) {
        if (!row_is(r, LINKED_VPCS_LINK_STATE, "broken"))
            continue;
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
