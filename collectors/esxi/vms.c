#include "collectors/esxi/vms.h"

/* "NAME/NAME.vmx" in front of @end, which is behind ".vmx": where the path begins. */
static const char *path_without_datastore(struct slice text)
{
    const char *slash = memrchr(text.p, '/', text.len);
    size_t n = slash ? (size_t)(text.p + text.len - 4 - slash - 1) : 0;

    /* The directory is called like the file in the usual case. */
    if (!slash || !n || n > (size_t)(slash - text.p) || memcmp(slash - n, slash + 1, n) != 0)
        return NULL;
    return slash - n;
}

/* The end of the last ".vmx" that a blank or the end of the line follows. */
static const char *find_vmx(struct slice text)
{
    const char *at = NULL, *found;

    for (struct slice rest = text; (found = slice_find(rest, ".vmx"));) {
        const char *end = found + 4;

        if (end == text.p + text.len || is_blank(*end))
            at = end;
        rest = (struct slice){end, (size_t)(text.p + text.len - end)};
    }
    return at;
}

static bool parse(struct slice line, struct vms_entry *e)
{
    struct scan s = {line.p, line.p + line.len};
    struct slice text;
    const char *end, *from;

    if (!scan_int(&s, &e->id))
        return false;
    text = scan_rest(&s);
    end = find_vmx(text);
    if (!end)
        return false;
    text.len = (size_t)(end - text.p);
    from = slice_find_last(text, " [");
    from = from ? from + 1 : text.p[0] == '[' ? text.p : path_without_datastore(text);
    if (!from)
        return false;
    e->name = slice_trim((struct slice){text.p, (size_t)(from - text.p)});
    e->file = (struct slice){from, (size_t)(end - from)};
    s.p = end;
    e->guest = scan_word(&s);
    e->version = scan_word(&s);
    return true;
}

static void on_line(void *arg, const char *s, size_t len)
{
    struct vms *v = arg;
    struct slice line = slice_trim((struct slice){s, len});
    struct vms_entry e = {0};

    if (!line.len)
        return;
    if (parse(line, &e)) {
        v->rows++;
        v->on_vm(v->arg, &e);
    } else if (!SLICE_STARTS(line, "Vmid")) {
        parse_health_skip(&v->lines.health, s, len);
        return;
    }
    v->lines.health.parsed++;
}

void vms_init(struct vms *v, void (*on_vm)(void *arg, const struct vms_entry *e), void *arg)
{
    memset(v, 0, sizeof(*v));
    lines_init(&v->lines, on_line, v);
    v->on_vm = on_vm;
    v->arg = arg;
}

void vms_feed(struct vms *v, const char *data, size_t len)
{
    lines_feed(&v->lines, data, len);
}

void vms_end(struct vms *v, bool whole)
{
    lines_end(&v->lines, whole);
}

void vms_release(struct vms *v)
{
    lines_release(&v->lines);
}
