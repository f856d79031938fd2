/* vim_props: properties by path. A leaf has a writer; a longer name of nothing but leaves below it
 * ("summary") is composed of them, so both forms of a request get the same values. */
#include "tests/lab/vim.h"

#include "core/fmt.h"
#include "core/mem.h"
#include "tests/lab/xml.h"

#include <string.h>

static const struct vim_leaf *const tables[] = {vim_entity_leaves, vim_host_leaves, vim_vm_leaves,
                                                vim_other_leaves};

/* What a composed value is called. */
static const struct {
    enum mo_type type;
    const char *path, *xsi;
} composed[] = {
    {MO_CLUSTER, "summary", "ClusterComputeResourceSummary"},
    {MO_CLUSTER, "configurationEx", "ClusterConfigInfoEx"},
    {MO_CLUSTER, "configurationEx.dasConfig", "ClusterDasConfigInfo"},
    {MO_CLUSTER, "configurationEx.drsConfig", "ClusterDrsConfigInfo"},
    {MO_CLUSTER, "configurationEx.vsanConfigInfo", "VsanClusterConfigInfo"},
    {MO_CLUSTER, "configurationEx.vsanConfigInfo.defaultConfig",
     "VsanClusterConfigInfoHostDefaultInfo"},
    {MO_CLUSTER, "configuration", "ClusterConfigInfo"},
    {MO_CLUSTER, "configuration.dasConfig", "ClusterDasConfigInfo"},
    {MO_CLUSTER, "configuration.drsConfig", "ClusterDrsConfigInfo"},
    {MO_HOST, "runtime", "HostRuntimeInfo"},
    {MO_HOST, "runtime.dasHostState", "ClusterDasFdmHostState"},
    {MO_HOST, "summary", "HostListSummary"},
    {MO_HOST, "summary.hardware", "HostHardwareSummary"},
    {MO_HOST, "summary.config", "HostConfigSummary"},
    {MO_HOST, "summary.config.product", "AboutInfo"},
    {MO_HOST, "summary.quickStats", "HostListSummaryQuickStats"},
    {MO_HOST, "hardware", "HostHardwareInfo"},
    {MO_HOST, "hardware.systemInfo", "HostSystemInfo"},
    {MO_HOST, "config", "HostConfigInfo"},
    {MO_HOST, "config.product", "AboutInfo"},
    {MO_HOST, "config.network", "HostNetworkInfo"},
    {MO_HOST, "config.network.dnsConfig", "HostDnsConfig"},
    {MO_VM, "runtime", "VirtualMachineRuntimeInfo"},
    {MO_VM, "guest", "GuestInfo"},
    {MO_VM, "config", "VirtualMachineConfigInfo"},
    {MO_VM, "config.hardware", "VirtualHardware"},
    {MO_VM, "config.repConfig", "ReplicationConfigSpec"},
    {MO_VM, "summary", "VirtualMachineSummary"},
    {MO_VM, "summary.config", "VirtualMachineConfigSummary"},
    {MO_VM, "summary.quickStats", "VirtualMachineQuickStats"},
    {MO_VM, "summary.storage", "VirtualMachineStorageSummary"},
    {MO_DATASTORE, "summary", "DatastoreSummary"},
    {MO_OPAQUE, "summary", "OpaqueNetworkSummary"},
    {MO_PORTGROUP, "summary", "NetworkSummary"},
    {MO_PORTGROUP, "config", "DVPortgroupConfigInfo"},
    {MO_TASK, "info", "TaskInfo"},
    {MO_ALARM, "info", "AlarmInfo"},
};

/* ---- for writers ---------------------------------------------------------------------------- */

void vim_put(struct vim_val *v, const char *text)
{
    v->set = text != NULL;
    if (text)
        xml_escape(v->out, text);
}

void vim_put_number(struct vim_val *v, int64_t n)
{
    v->set = true;
    strbuf_addi(v->out, n);
}

void vim_put_bool(struct vim_val *v, bool b)
{
    vim_put(v, b ? "true" : "false");
}

void vim_time(struct strbuf *out, int64_t ms)
{
    fmt_time_iso(out, ms);
}

void vim_put_time(struct vim_val *v, int64_t ms)
{
    v->set = ms != 0;
    if (ms)
        vim_time(v->out, ms);
}

void vim_put_ref(struct vim_val *v, const struct lab_mo *mo)
{
    v->ref = mo;
    vim_put(v, mo ? mo->id : NULL);
}

void vim_element(struct strbuf *out, const char *tag, const char *text)
{
    if (!text)
        return;
    strbuf_addf(out, "<%s>", tag);
    xml_escape(out, text);
    strbuf_addf(out, "</%s>", tag);
}

static const char *type_of(const struct lab_mo *mo)
{
    return mo->type == MO_SERVICE ? mo->name : lab_mo_type_name(mo->type);
}

void vim_ref(struct strbuf *out, const char *tag, const struct lab_mo *mo)
{
    if (mo)
        strbuf_addf(out, "<%s type=\"%s\">%s</%s>", tag, type_of(mo), mo->id, tag);
}

/* ---- finding -------------------------------------------------------------------------------- */

/* A leaf of every entity stands in the tables under MO_TYPES. Services share one type: their
 * leaves' paths begin with the service's name and a slash. */
static const char *leaf_path(const struct lab_mo *mo, const struct vim_leaf *l)
{
    size_t len;

    if (l->type == MO_TYPES)
        return lab_mo_is(mo, "ManagedEntity") ? l->path : NULL;
    if (l->type != mo->type)
        return NULL;
    if (mo->type != MO_SERVICE)
        return l->path;
    len = strlen(mo->name);
    return strncmp(l->path, mo->name, len) == 0 && l->path[len] == '/' ? l->path + len + 1 : NULL;
}

static bool below(const char *path, const char *prefix)
{
    size_t len = strlen(prefix);

    return strncmp(path, prefix, len) == 0 && path[len] == '.';
}

/* The leaves of a type, in order. */
#define EACH_LEAF(leaf)                                \
    for (size_t t_ = 0; t_ < ARRAY_SIZE(tables); t_++) \
        for (const struct vim_leaf *leaf = tables[t_]; leaf->path; leaf++)

bool vim_pick(const struct lab_mo *mo, const char *path, struct vim_picked *out)
{
    bool found = false;

    EACH_LEAF(l)
    {
        const char *have = leaf_path(mo, l);

        if (!have)
            continue;
        if (strcmp(have, path) == 0) {
            *out = (struct vim_picked){path, l};
            return true;
        }
        found |= below(have, path);
    }
    *out = (struct vim_picked){path, NULL};
    return found;
}

bool vim_path_known(const char *type, const char *path)
{
    struct vim_picked p;
    bool any = false;

    for (int t = 0; t < MO_TYPES; t++) {
        struct lab_mo mo = {.type = (enum mo_type)t, .name = type};

        if (!lab_mo_is(&mo, type))
            continue;
        any = true;
        if (vim_pick(&mo, path, &p))
            return true;
    }
    return !any;
}

void vim_all_paths(const struct lab_mo *mo, struct lab_list *out)
{
    EACH_LEAF(l)
    {
        const char *have = leaf_path(mo, l);
        bool known = !have || strchr(have, '.');

        for (size_t i = 0; !known && i < out->n; i++)
            known = strcmp(out->at[i], have) == 0;
        if (!known)
            lab_list_add(out, (void *)(uintptr_t)have);
    }
}

/* ---- writing -------------------------------------------------------------------------------- */

static const char *composed_type(const struct lab_mo *mo, const char *path)
{
    for (size_t i = 0; i < ARRAY_SIZE(composed); i++)
        if (composed[i].type == mo->type && strcmp(composed[i].path, path) == 0)
            return composed[i].xsi;
    return "DynamicData";
}

static bool write_leaf(const struct vim_leaf *l, struct vim_val *v, const struct lab_mo *mo)
{
    struct strbuf inner = STRBUF_INIT;
    struct vim_val value = {.out = &inner, .vc = v->vc, .session = v->session, .tag = l->item};

    if (l->write)
        l->write(&value, mo);
    if (value.set) {
        if (value.ref)
            strbuf_addf(v->out, "<val type=\"%s\" xsi:type=\"ManagedObjectReference\">",
                        type_of(value.ref));
        else
            strbuf_addf(v->out, "<val xsi:type=\"%s\">", l->xsi);
        strbuf_add(v->out, inner.buf, inner.len);
        strbuf_addstr(v->out, "</val>");
    }
    strbuf_release(&inner);
    return value.set;
}

/* One leaf inside a composed value: an element, or one for each item. */
static void write_nested(const struct vim_leaf *l, const char *name, struct strbuf *out,
                         const struct vim_val *value, const struct strbuf *inner)
{
    if (l->item)
        strbuf_add(out, inner->buf, inner->len);
    else if (value->ref)
        vim_ref(out, name, value->ref);
    else if (strncmp(l->xsi, "xsd:", 4) == 0)
        strbuf_addf(out, "<%s>%s</%s>", name, inner->buf, name);
    else
        strbuf_addf(out, "<%s xsi:type=\"%s\">%s</%s>", name, l->xsi, inner->buf, name);
}

/* How much of @a and @b is the same, in whole components. */
static size_t common(const char *a, const char *b)
{
    size_t same = 0, i = 0;

    for (;; i++) {
        bool a_ends = a[i] == '.' || a[i] == '\0', b_ends = b[i] == '.' || b[i] == '\0';

        if (a_ends && b_ends)
            same = i;
        if (a[i] != b[i] || a[i] == '\0')
            return same;
    }
}

/* From inside element @open ("config.product") to inside @to. */
static void move_to(struct strbuf *out, struct strbuf *open, const char *to)
{
    size_t same = common(open->buf, to);

    while (open->len > same) {
        const char *dot = strrchr(open->buf, '.');
        const char *name = dot ? dot + 1 : open->buf;

        strbuf_addf(out, "</%s>", name);
        strbuf_setlen(open, dot ? (size_t)(dot - open->buf) : 0);
    }
    to += same;
    while (*to) {
        size_t len;

        to += *to == '.';
        len = strcspn(to, ".");
        strbuf_addf(out, "<%.*s>", (int)len, to);
        strbuf_addf(open, "%s%.*s", open->len ? "." : "", (int)len, to);
        to += len;
    }
}

static void write_one_below(const struct vim_leaf *l, const char *rest, struct vim_val *v,
                            const struct lab_mo *mo, struct strbuf *open)
{
    const char *dot = strrchr(rest, '.'), *name = dot ? dot + 1 : rest;
    struct strbuf inner = STRBUF_INIT, folder = STRBUF_INIT;
    struct vim_val value = {.out = &inner, .vc = v->vc, .session = v->session, .tag = name};

    if (l->write)
        l->write(&value, mo);
    if (value.set) {
        strbuf_add(&folder, rest, dot ? (size_t)(dot - rest) : 0);
        move_to(v->out, open, folder.buf);
        write_nested(l, name, v->out, &value, &inner);
        v->set = true;
    }
    strbuf_release(&inner);
    strbuf_release(&folder);
}

static bool write_below(struct vim_val *v, const struct lab_mo *mo, const char *prefix)
{
    struct strbuf open = STRBUF_INIT;
    size_t start = v->out->len, skip = strlen(prefix) + 1;

    strbuf_addf(v->out, "<val xsi:type=\"%s\">", composed_type(mo, prefix));
    EACH_LEAF(l)
    {
        const char *have = leaf_path(mo, l);

        if (have && below(have, prefix))
            write_one_below(l, have + skip, v, mo, &open);
    }
    move_to(v->out, &open, "");
    strbuf_release(&open);
    strbuf_addstr(v->out, "</val>");
    if (!v->set)
        strbuf_setlen(v->out, start);
    return v->set;
}

bool vim_write(const struct vim_picked *p, const struct lab_vc *vc, const struct vim_session *s,
               const struct lab_mo *mo, struct strbuf *out)
{
    struct vim_val v = {.out = out, .vc = vc, .session = s};

    return p->leaf ? write_leaf(p->leaf, &v, mo) : write_below(&v, mo, p->path);
}
