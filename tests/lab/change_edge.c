/* change_edge: actions on what edge nodes say of themselves over SSH. */
#include "core/err.h"
#include "tests/lab/actions.h"

#include <string.h>

static struct lab_edge *edge_of(struct lab *lab, const struct lab_pairs *a, struct lab_nsx **nsx,
                                struct err *err)
{
    const char *site = lab_action_word(a, "site", err);
    const char *name = site ? lab_action_word(a, "edge", err) : NULL;
    struct lab_edge *e = NULL;

    *nsx = name ? lab_find_nsx(lab->estate, site) : NULL;
    if (*nsx)
        e = lab_find_edge(*nsx, name);
    if (name && !e)
        err_set(err, ERR_CONFIG, 0, "there is no edge '%s' in '%s'", name, site);
    return e;
}

/* "Active", "Standby" ...; "model": what NSX Manager says. */
static const char *words(struct lab *lab, const char *state)
{
    return strcmp(state, "model") == 0 ? NULL : arena_strdup(lab->estate->arena, state);
}

static unsigned say(struct lab *lab, const struct lab_nsx *nsx, const struct lab_edge *e,
                    const char *gateway, const char *state)
{
    unsigned n = 0;

    for (size_t i = 0; i < nsx->gateways.n; i++) {
        struct lab_gateway *g = nsx->gateways.at[i];

        for (size_t k = 0; k < g->roles.n; k++) {
            struct lab_role *r = g->roles.at[k];

            if (r->edge != e || (gateway && strcmp(g->name, gateway) != 0))
                continue;
            r->said = words(lab, state);
            n++;
        }
    }
    return n;
}

int lab_change_edge_says(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_nsx *nsx;
    struct lab_edge *e = edge_of(lab, a, &nsx, err);
    const char *state = e ? lab_action_word(a, "state", err) : NULL;
    const char *gateway = lab_pairs_get(a, "gateway"), *bridges = lab_pairs_get(a, "bridges");

    if (!state)
        return -1;
    if (bridges && strcmp(bridges, "1") == 0)
        e->bridge_said = words(lab, state);
    else if (!say(lab, nsx, e, gateway, state))
        return err_set(err, ERR_CONFIG, 0, "edge '%s' has no gateway '%s'", e->name,
                       gateway ? gateway : "");
    return 0;
}

static void set_flag(const struct lab_pairs *a, const char *key, bool *flag)
{
    const char *word = lab_pairs_get(a, key);

    if (word)
        *flag = strcmp(word, "1") == 0;
}

int lab_change_edge_shell(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_nsx *nsx;
    struct lab_edge *e = edge_of(lab, a, &nsx, err);
    const char *banner = lab_pairs_get(a, "banner");

    if (!e)
        return -1;
    set_flag(a, "crlf", &e->crlf);
    set_flag(a, "pager", &e->pager);
    set_flag(a, "old", &e->old_cli);
    if (banner)
        e->banner = *banner ? arena_strdup(lab->estate->arena, banner) : NULL;
    return 0;
}
