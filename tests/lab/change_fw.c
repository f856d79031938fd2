/* change_fw: hosts that do not enforce what the policy says, odd shells, flows that a vMotion
 * loses. */
#include "core/err.h"
#include "core/text.h"
#include "tests/lab/actions.h"
#include "tests/lab/fw.h"
#include "tests/lab/ssh.h"

#include <string.h>

static struct lab_vc *vc_of(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    const char *site = lab_action_word(a, "site", err);
    struct lab_vc *vc = site ? lab_find_vcenter(lab->estate, site) : NULL;

    if (site && (!vc || !vc->nsx->fw)) {
        err_set(err, ERR_CONFIG, 0, "there is no firewall with hosts in '%s'", site);
        return NULL;
    }
    return vc;
}

static struct lab_vhost *host_of(struct lab *lab, const struct lab_vc *vc,
                                 const struct lab_pairs *a, struct err *err)
{
    const char *name = lab_action_word(a, "host", err);
    struct lab_host *h = name ? lab_find_host(lab->estate, vc->site, name) : NULL;

    if (name && !h)
        err_set(err, ERR_CONFIG, 0, "there is no host '%s' in '%s'", name, vc->site);
    return h ? lab_vc_host(vc, h) : NULL;
}

static int number(const struct lab_pairs *a, const char *name, int64_t *out, struct err *err)
{
    const char *text = lab_pairs_get(a, name);

    if (text && text_to_i64(text, 0, INT32_MAX, out) < 0)
        return err_set(err, ERR_CONFIG, 0, "'%s' must be a number", name);
    return 0;
}

static void set_member(struct lab_list *l, void *item, bool in)
{
    lab_list_remove(l, item);
    if (in)
        lab_list_add(l, item);
}

/* restore: 1 undoes it. */
static bool undo(const struct lab_pairs *a)
{
    const char *word = lab_pairs_get(a, "restore");

    return word && strcmp(word, "1") == 0;
}

int lab_change_drop_rule(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_vc *vc = vc_of(lab, a, err);
    struct lab_vhost *h = vc ? host_of(lab, vc, a, err) : NULL;
    struct fw_rule *r;
    int64_t id = 0;

    if (!h || number(a, "rule", &id, err) < 0)
        return -1;
    r = lab_fw_rule(vc->nsx->fw, (int)id);
    if (!r)
        return err_set(err, ERR_CONFIG, 0, "there is no rule %lld", (long long)id);
    set_member(&r->missing, h, !undo(a));
    return 0;
}

int lab_change_empty_addrset(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_vc *vc = vc_of(lab, a, err);
    struct lab_vhost *h = vc ? host_of(lab, vc, a, err) : NULL;
    const char *id = h ? lab_action_word(a, "group", err) : NULL;
    struct fw_group *g = id ? lab_fw_group(vc->nsx->fw, id) : NULL;

    if (!g)
        return id ? err_set(err, ERR_CONFIG, 0, "there is no group '%s'", id) : -1;
    set_member(&g->gone, h, !undo(a));
    return 0;
}

int lab_change_set_filter(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_vc *vc = vc_of(lab, a, err);
    const char *name = vc ? lab_action_word(a, "vm", err) : NULL;
    struct lab_vm *vm = name ? lab_vc_vm(vc, name) : NULL;
    int64_t fail_open = 0, removed = 0, lost = 0;

    if (!vm)
        return name ? err_set(err, ERR_CONFIG, 0, "there is no VM '%s'", name) : -1;
    fail_open = vm->fail_open;
    removed = vm->no_filter;
    lost = vm->lost_flows;
    if (number(a, "fail_open", &fail_open, err) < 0 || number(a, "removed", &removed, err) < 0 ||
        number(a, "lost_flows", &lost, err) < 0)
        return -1;
    vm->fail_open = fail_open != 0;
    vm->no_filter = removed != 0;
    vm->lost_flows = (unsigned)lost;
    return 0;
}

int lab_change_set_shell(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_vc *vc = vc_of(lab, a, err);
    struct lab_vhost *h = vc ? host_of(lab, vc, a, err) : NULL;
    const char *banner = lab_pairs_get(a, "banner");
    int64_t crlf, no_timeout, control, stale = 0;

    if (!h)
        return -1;
    crlf = h->crlf;
    no_timeout = h->no_timeout;
    control = h->control_down;
    if (number(a, "crlf", &crlf, err) < 0 || number(a, "no_timeout", &no_timeout, err) < 0 ||
        number(a, "control_down", &control, err) < 0 || number(a, "stale_s", &stale, err) < 0 ||
        number(a, "slow_ms", &h->slow_ms, err) < 0 || number(a, "cut", &h->cut, err) < 0)
        return -1;
    h->crlf = crlf != 0;
    h->no_timeout = no_timeout != 0;
    h->control_down = control != 0;
    if (lab_pairs_get(a, "stale_s"))
        h->stale_at = stale ? vc->nsx->fw->published_at - stale * 1000 : 0;
    if (banner)
        h->banner = *banner ? arena_strdup(vc->arena, banner) : NULL;
    return 0;
}

int lab_change_host_key(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    const char *name = lab_action_word(a, "endpoint", err);
    struct lab_server *s = name ? lab_server_find(lab, name) : NULL;

    if (!s || s->family != FAMILY_SSH)
        return name ? err_set(err, ERR_CONFIG, 0, "'%s' is no host with a shell", name) : -1;
    lab_esx_change_key(s->data);
    return 0;
}
