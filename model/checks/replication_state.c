/* replication-state: no replication is paused, has failed, or compares everything again. */
#include "core/i18n.h"
#include "model/checks/checks.h"
#include "model/checks/lookup.h"
#include "model/checks/replications.h"
#include "model/derive/replication.h"

#define SHOWN 5

static struct replication_state state_of(const struct row *r)
{
    return replication_state(row_str(r, REPLICATIONS_STATE));
}

static bool is_paused(const struct row *r)
{
    return row_is(r, REPLICATIONS_VERDICT, "paused");
}

static bool is_failed(const struct row *r)
{
    return state_of(r).failed;
}

static bool is_full(const struct row *r)
{
    return row_is(r, REPLICATIONS_VERDICT, "full_sync") && !state_of(r).initial;
}

static bool is_initial(const struct row *r)
{
    return row_is(r, REPLICATIONS_VERDICT, "full_sync") && state_of(r).initial;
}

static const struct trouble {
    const char *word, *what, *remedy;
    bool (*is)(const struct row *r);
    enum severity severity;
    unsigned flags;
} troubles[] = {
    {"paused", N_("paused: changes are not sent"),
     N_("Resume it when the reason is gone (vSphere Client: Site Recovery > Replications)."),
     is_paused, SEV_WARNING, 0},
    {"failed", N_("in error"),
     N_("Read the error in the vSphere Client (Site Recovery > Replications > Issues); check the "
        "replication appliance and server, and the target datastore."),
     is_failed, SEV_CRITICAL, 0},
    {"full sync", N_("compared whole again"),
     N_("It is over by itself; only blocks that differ are sent. It is due after a network cut or "
        "a "
        "host crash that left the state file (PSF) inconsistent, not after vMotion or a restart of "
        "the VM."),
     is_full, SEV_WARNING, 0},
    {"first sync", N_("being copied for the first time"),
     N_("Nothing to do: the VM can be recovered when it has ended."), is_initial, SEV_OK,
     CHECK_INFO},
};

static void report(const struct check_input *in, const struct link_group *g,
                   const struct trouble *t)
{
    struct finding *f =
        finding_add(in, t->severity, t->flags, check_text(in, "%s: %s", g->link, t->word));

    for (size_t i = 0; i < g->n; i++) {
        finding_affected(f, replication_vm(g->rows[i]));
        if (i < SHOWN)
            finding_evidence(f, "%s (%s)", replication_facts(in, g->rows[i]),
                             check_age(in, g->source));
    }
    finding_remedy(f, "%s", check_word(in, t->remedy));
    if (g->n == 1)
        finding_summary(f, "Replication of %s is %s.", replication_vm(g->rows[0]),
                        check_word(in, t->what));
    else
        finding_summary(f, "%zu of %zu replications over %s are %s.", g->n, g->all, g->link,
                        check_word(in, t->what));
}

static void run(const struct check_input *in)
{
    struct link_groups groups;

    for (size_t k = 0; k < sizeof(troubles) / sizeof(troubles[0]); k++) {
        link_groups_init(&groups, in, troubles[k].is);
        for (size_t i = 0; i < groups.n; i++)
            report(in, groups.at[i], &troubles[k]);
        link_groups_release(&groups);
    }
}

static const struct schema *const tables[] = {&table_replications, NULL};

const struct check check_replication_state = {
    .name = "replication-state",
    .title = N_("no replication is paused, has failed or is synchronised from scratch"),
    .remedy = N_("Look at it in the vSphere Client: Site Recovery > Replications."),
    .kinds = KIND_VCENTER | KIND_REPLICATION,
    .tables = tables,
    .lenient = true,
    .run = run,
};
