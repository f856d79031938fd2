#include "tests/lab/topology.h"

#include "core/err.h"
#include "core/mem.h"
#include "core/text.h"
#include "tests/lab/aws.h"
#include "tests/lab/control.h"
#include "tests/lab/csp.h"
#include "tests/lab/fault.h"
#include "tests/lab/nsx.h"
#include "tests/lab/replication.h"
#include "tests/lab/ssh.h"
#include "tests/lab/vim.h"
#include "tests/lab/vmc.h"

#include <stdlib.h>
#include <string.h>

static struct lab_server *add_server(struct lab *lab, enum lab_family family, const char *name,
                                     const char *site, lab_handler handle, void *data, bool tls)
{
    struct lab_server *s = mem_alloc(sizeof(*s));

    s->lab = lab;
    s->family = family;
    s->name = name;
    s->site = site;
    s->handle = handle;
    s->data = data;
    s->tls = tls;
    s->listen_fd = -1;
    if (tls)
        s->leaf = lab_ca_issue(lab->ca, name, LEAF_GOOD);
    lab_list_add(&lab->servers, s);
    return s;
}

static void add_sddcs(struct lab *lab)
{
    struct arena *a = lab->arena;

    if (lab->estate->sddcs.n == 0)
        return;
    add_server(lab, FAMILY_CSP, "csp", NULL, lab_csp_handle, NULL, true);
    add_server(lab, FAMILY_VMC, "vmc", NULL, lab_vmc_handle, NULL, true);
    for (size_t i = 0; i < lab->estate->sddcs.n; i++) {
        struct lab_sddc *s = lab->estate->sddcs.at[i];
        struct lab_aws_state *aws = lab_aws_state_new(lab, s->aws);
        const char *site = arena_strdup(a, s->site);

        add_server(lab, FAMILY_PROXY, arena_printf(a, "proxy-%s", site), site, lab_proxy_handle, s,
                   true);
        add_server(lab, FAMILY_AWS, arena_printf(a, "aws-%s", site), site, lab_aws_handle, aws,
                   false);
        if (i == 0)
            add_server(lab, FAMILY_IMDS, "imds", site, lab_imds_handle, aws, false);
        lab_csp_issue(lab, site);
    }
}

static void add_dcs(struct lab *lab)
{
    struct arena *a = lab->arena;

    for (size_t i = 0; i < lab->estate->dcs.n; i++) {
        struct lab_dc *dc = lab->estate->dcs.at[i];
        struct nsx_user *user = arena_alloc(a, sizeof(*user));
        const char *site = arena_strdup(a, dc->site);

        user->name = "audit";
        user->first_password = user->password =
            arena_printf(a, "Lab&%s=%%+", lab_random_word(lab, 16));
        for (unsigned k = 1; k <= lab->params.nsx_nodes; k++)
            add_server(lab, FAMILY_NSX,
                       k == 1 ? arena_printf(a, "nsx-%s", site)
                              : arena_printf(a, "nsx-%s-%u", site, k),
                       site, lab_nsx_handle, lab_nsx_state_new(dc->nsx, user), true);
    }
}

static void add_vcenters(struct lab *lab)
{
    struct arena *a = lab->arena;

    for (size_t i = 0; i < lab->estate->vcenters.n; i++) {
        struct lab_vc *vc = lab->estate->vcenters.at[i];
        struct nsx_user *user = arena_alloc(a, sizeof(*user));
        const char *site = arena_strdup(a, vc->site);

        user->name = arena_strdup(a, vc->user);
        user->first_password = user->password =
            arena_printf(a, "Lab<%s>&%%", lab_random_word(lab, 16));
        add_server(lab, FAMILY_VCENTER, arena_printf(a, "vcenter-%s", site), site, lab_vim_handle,
                   lab_vim_new(vc, user), true);
        if (vc->replications.n)
            add_server(lab, FAMILY_REPLICATION, arena_printf(a, "replication-%s", site), site,
                       lab_vr_handle, lab_vr_new(vc, user), true);
    }
}

static struct nsx_user *shell_user(struct lab *lab, const char *name)
{
    struct nsx_user *user = arena_alloc(lab->arena, sizeof(*user));

    user->name = name;
    user->first_password = user->password =
        arena_printf(lab->arena, "Lab '%s\"$", lab_random_word(lab, 16));
    return user;
}

static void add_shell(struct lab *lab, const char *site, const char *host, bool edge,
                      struct nsx_user *user)
{
    const char *name = arena_printf(lab->arena, "%s-%s-%s", edge ? "edge" : "esxi", site, host);

    add_server(lab, FAMILY_SSH, name, site, NULL,
               lab_esx_new(lab, site, arena_strdup(lab->arena, host), edge, user), false);
}

/* Hosts and edges of data centres alone: those of an SDDC cannot be logged in to. */
static void add_shells(struct lab *lab)
{
    for (size_t i = 0; i < lab->estate->dcs.n; i++) {
        const struct lab_dc *dc = lab->estate->dcs.at[i];
        const struct lab_list *hosts = &dc->nsx->hosts, *edges = &dc->nsx->edges;
        const char *site = arena_strdup(lab->arena, dc->site);
        struct nsx_user *root = shell_user(lab, "root"), *admin = shell_user(lab, "admin");

        for (size_t k = 0; k < hosts->n && (int64_t)k < lab->params.esxi; k++)
            add_shell(lab, site, ((const struct lab_host *)hosts->at[k])->name, false, root);
        for (size_t k = 0; k < edges->n && (int64_t)k < lab->params.edges_ssh; k++)
            add_shell(lab, site, ((const struct lab_edge *)edges->at[k])->name, true, admin);
    }
}

int lab_topology_start(struct lab *lab, int port_base, struct err *err)
{
    lab->csp = lab_csp_new();
    add_server(lab, FAMILY_CONTROL, "control", NULL, lab_control_handle, NULL, false);
    add_sddcs(lab);
    add_dcs(lab);
    add_vcenters(lab);
    add_shells(lab);
    for (size_t i = 0; i < lab->servers.n; i++) {
        struct lab_server *s = lab->servers.at[i];

        if (lab_server_start(s, port_base ? port_base + (int)i : 0, err) < 0)
            return -1;
        s->url = arena_printf(lab->arena, "%s://127.0.0.1:%d",
                              s->tls                    ? "https"
                              : s->family == FAMILY_SSH ? "ssh"
                                                        : "http",
                              s->port);
    }
    return 0;
}

void lab_topology_stop(struct lab *lab)
{
    for (size_t i = 0; i < lab->servers.n; i++)
        lab_server_stop(lab->servers.at[i], true);
    for (size_t i = 0; i < lab->servers.n; i++) {
        struct lab_server *s = lab->servers.at[i];

        if (s->family == FAMILY_AWS)
            lab_aws_state_free(s->data);
        else if (s->family == FAMILY_NSX)
            lab_nsx_state_free(s->data);
        else if (s->family == FAMILY_VCENTER)
            lab_vim_free(s->data);
        else if (s->family == FAMILY_REPLICATION)
            lab_vr_free(s->data);
        else if (s->family == FAMILY_SSH)
            s->data = (lab_esx_free(s->data), NULL);
        lab_server_free(s);
    }
    free(lab->servers.at);
    lab_ssh_forget(lab);
    lab_csp_free(lab->csp);
}

static void change_password(struct lab *lab, struct lab_nsx_state *s)
{
    s->user->password = lab_random_word(lab, 24);
    for (size_t i = 0; i < lab->servers.n; i++) {
        struct lab_server *other = lab->servers.at[i];

        if (other->family == FAMILY_NSX && ((struct lab_nsx_state *)other->data)->user == s->user)
            lab_nsx_expire(other->data);
    }
}

void lab_topology_repoint(struct lab *lab)
{
    for (size_t i = 0; i < lab->servers.n; i++) {
        struct lab_server *s = lab->servers.at[i];

        if (s->family == FAMILY_PROXY) {
            s->data = lab_find_sddc(lab->estate, s->site);
        } else if (s->family == FAMILY_AWS) {
            ((struct lab_aws_state *)s->data)->aws = lab_find_sddc(lab->estate, s->site)->aws;
            lab_aws_revive(lab, s->data);
        } else if (s->family == FAMILY_NSX) {
            struct lab_nsx_state *state = s->data;

            state->nsx = lab_find_nsx(lab->estate, s->site);
            state->user->password = state->user->first_password;
        } else if (s->family == FAMILY_SSH) {
            lab_esx_user(s->data)->password = lab_esx_user(s->data)->first_password;
        } else if (s->family == FAMILY_REPLICATION) {
            lab_vr_repoint(s->data, lab_find_vcenter(lab->estate, s->site));
        } else if (s->family == FAMILY_VCENTER) {
            struct lab_vim *vim = s->data;

            lab_vim_repoint(vim, lab_find_vcenter(lab->estate, s->site));
            vim->user->password = vim->user->first_password;
        }
        lab_fault_clear(s, 0);
    }
    lab_csp_revive(lab);
}

int lab_credentials_expire(struct lab *lab, const char *endpoint)
{
    struct lab_server *s = lab_server_find(lab, endpoint);

    if (s && s->family == FAMILY_AWS) {
        lab_aws_expire(lab, s->data);
    } else if (s && s->family == FAMILY_NSX) {
        change_password(lab, s->data);
    } else if (s && s->family == FAMILY_SSH) {
        lab_esx_user(s->data)->password = lab_random_word(lab, 24);
    } else if (s && s->family == FAMILY_VCENTER) {
        ((struct lab_vim *)s->data)->user->password = lab_random_word(lab, 24);
        lab_vim_expire(s->data);
    } else if (text_has_prefix(endpoint, "vmc-") &&
               lab_find_sddc(lab->estate, endpoint + strlen("vmc-"))) {
        lab_csp_revoke(lab, endpoint + strlen("vmc-"));
    } else {
        return -1;
    }
    return 0;
}
