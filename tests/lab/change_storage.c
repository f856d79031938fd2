/* change_storage: actions on vSAN and on replications. */
#include "core/err.h"
#include "core/mem.h"
#include "core/text.h"
#include "tests/lab/actions.h"
#include "tests/lab/replication.h"

#include <string.h>

/* An optional number; -1 and @err when it is none. */
static int number(const struct lab_pairs *a, const char *name, int64_t *out, struct err *err)
{
    const char *text = lab_pairs_get(a, name);

    if (text && text_to_i64(text, 0, INT64_MAX / 4, out) < 0)
        return err_set(err, ERR_CONFIG, 0, "'%s' must be a number", name);
    return 0;
}

static struct lab_vcluster *cluster_of(const struct lab_vc *vc, const struct lab_pairs *a,
                                       struct err *err)
{
    const char *name = lab_pairs_get(a, "cluster");

    for (size_t i = 0; i < vc->clusters.n; i++) {
        struct lab_vcluster *c = vc->clusters.at[i];

        if (!name || strcmp(c->mo.name, name) == 0)
            return c;
    }
    err_set(err, ERR_CONFIG, 0, "there is no cluster '%s'", name);
    return NULL;
}

static void fill(struct lab_vc *vc, const struct lab_vcluster *c, int64_t tenths)
{
    for (size_t i = 0; i < vc->stores.n; i++) {
        struct lab_vstore *s = vc->stores.at[i];

        if (s->cluster != c)
            continue;
        s->free = s->capacity - s->capacity / 1000 * tenths;
        lab_vc_touch(vc, &s->mo);
    }
}

int lab_change_set_vsan(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_vc *vc = lab_action_vcenter(lab, a, err);
    struct lab_vcluster *c = vc ? cluster_of(vc, a, err) : NULL;
    const char *health = lab_pairs_get(a, "health"), *encrypted = lab_pairs_get(a, "encrypted");
    int64_t tenths = -1;

    if (!c || number(a, "used_tenths", &tenths, err) < 0 ||
        number(a, "resync_bytes", &c->resync_bytes, err) < 0 ||
        number(a, "resync_eta_s", &c->resync_eta_s, err) < 0)
        return -1;
    if (tenths > 1000)
        return err_set(err, ERR_CONFIG, 0, "'used_tenths' is at most 1000");
    if (tenths >= 0)
        fill(vc, c, tenths);
    if (health)
        c->data_health = arena_strdup(vc->arena, health);
    if (encrypted)
        c->encrypted = strcmp(encrypted, "1") == 0;
    return 0;
}

static void set_words(struct lab *lab, struct lab_vc *vc, struct lab_replication *r,
                      const struct lab_pairs *a)
{
    const char *status = lab_pairs_get(a, "status"), *stopped = lab_pairs_get(a, "stopped");
    const char *quiesce = lab_pairs_get(a, "quiesce"), *error = lab_pairs_get(a, "error");

    if (status)
        r->status = arena_strdup(vc->arena, status);
    if (error)
        r->error = *error ? arena_strdup(vc->arena, error) : NULL;
    if (quiesce)
        r->quiesce = strcmp(quiesce, "1") == 0;
    if (stopped)
        r->stopped_at =
            strcmp(stopped, "1") == 0 ? lab_replication_last(r, lab_session_ms(lab)) : 0;
    lab_vc_touch(vc, &r->vm->mo);
}

/* What vCenter's extension for replication (vcHms) writes of it. */
static void add_event(struct lab_vc *vc, const struct lab_replication *r, const struct lab_pairs *a)
{
    const char *type = lab_pairs_get(a, "event");
    struct lab_vevent *ev;

    if (!type)
        return;
    ev = lab_vc_event(vc, lab_wall_ms(), arena_printf(vc->arena, "com.vmware.vcHms.%s", type),
                      "warning", "",
                      arena_printf(vc->arena, "vSphere Replication: %s on virtual machine %s", type,
                                   r->vm->mo.name));
    ev->vm = r->vm;
    ev->host = lab_vm_host(vc, r->vm);
}

static int set_numbers(struct lab_replication *r, const struct lab_pairs *a, struct err *err)
{
    const struct {
        const char *name;
        int64_t *to;
    } numbers[] = {
        {"rpo_min", &r->rpo_min},
        {"cycle_s", &r->cycle_s},
        {"transfer_s", &r->transfer_s},
        {"transfer_bytes", &r->transfer_bytes},
        {"checked_bytes", &r->checked_bytes},
        {"done_bytes", &r->done_bytes},
        {"total_bytes", &r->total_bytes},
        {"progress", &r->progress},
    };

    for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
        if (number(a, numbers[i].name, numbers[i].to, err) < 0)
            return -1;
    if (r->cycle_s < 1 || r->progress > 100)
        return err_set(err, ERR_CONFIG, 0, "'cycle_s' is at least 1, 'progress' at most 100");
    return 0;
}

int lab_change_set_replication(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_vc *vc = lab_action_vcenter(lab, a, err);
    const char *vm = vc ? lab_action_word(a, "vm", err) : NULL;
    struct lab_replication *r = vm ? lab_find_replication(vc, vm) : NULL, changed;
    int64_t age_s = -1;

    if (!r)
        return vm ? err_set(err, ERR_CONFIG, 0, "'%s' is not replicated", vm) : -1;
    changed = *r;
    if (set_numbers(&changed, a, err) < 0 || number(a, "age_s", &age_s, err) < 0)
        return -1;
    *r = changed;
    set_words(lab, vc, r, a);
    add_event(vc, r, a);
    if (age_s >= 0)
        r->stopped_at = lab_session_ms(lab) - age_s * 1000;
    return 0;
}
