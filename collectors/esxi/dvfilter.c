#include "collectors/esxi/dvfilter.h"

#include <ctype.h>

#include "core/arena.h"

bool dvfilter_uuid(struct slice s, char *out)
{
    size_t digits = 0, n = 0;

    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (c == ' ' || c == '-')
            continue;
        if (!isxdigit(c) || digits == 32)
            return false;
        if (digits == 8 || digits == 12 || digits == 16 || digits == 20)
            out[n++] = '-';
        out[n++] = (char)tolower(c);
        digits++;
    }
    out[n] = '\0';
    return digits == 32;
}

static const char *keep(struct dvfilter *d, struct slice s)
{
    return s.len ? arena_strndup(d->arena, s.p, s.len) : NULL;
}

/* Hand on what is complete, and begin anew at @level: 0 world, 1 port, 2 slot. */
static void next(struct dvfilter *d, int level)
{
    struct dvfilter_entry was = d->now;

    if (d->in_slot && was.name) {
        d->filters++;
        d->on_filter(d->arg, &was);
    }
    d->in_slot = false;
    d->now = (struct dvfilter_entry){.slot = -1};
    if (level >= 1) {
        d->now.vm = was.vm;
        d->now.vm_uuid = was.vm_uuid;
    }
    if (level >= 2) {
        d->now.port = was.port;
        d->now.client = was.client;
        d->now.vnic = was.vnic;
    }
    if (level == 0)
        arena_reset(d->arena);
}

static bool on_world(struct dvfilter *d, struct scan *s)
{
    struct slice world = scan_word(s), rest = scan_rest(s), name, uuid;
    const char *colon, *last;
    char text[DVFILTER_UUID];

    next(d, 0);
    if (SLICE_IS(rest, "<no world>"))
        return true;
    if (!world.len || !SLICE_STARTS(rest, "vmm"))
        return false;
    colon = memchr(rest.p, ':', rest.len);
    last = slice_find_last(rest, " vcUuid:'");
    if (!colon || !last || last < colon)
        return false;
    name = (struct slice){colon + 1, (size_t)(last - colon - 1)};
    uuid = (struct slice){last + 9, (size_t)(rest.p + rest.len - last - 9)};
    if (uuid.len && uuid.p[uuid.len - 1] == '\'')
        uuid.len--;
    d->now.vm = keep(d, name);
    d->now.vm_uuid = dvfilter_uuid(uuid, text) ? arena_strdup(d->arena, text) : keep(d, uuid);
    d->vms++;
    return true;
}

/* "web-sv-01a.eth0" is eth0 of a machine; "vmk1" is a card of the host. */
static struct slice vnic_of(struct slice client)
{
    const char *dot = memrchr(client.p, '.', client.len);

    if (!dot || (size_t)(client.p + client.len - dot) < 5 || memcmp(dot, ".eth", 4) != 0)
        return client;
    return (struct slice){dot + 1, (size_t)(client.p + client.len - dot) - 1};
}

static bool on_port(struct dvfilter *d, struct scan *s)
{
    struct slice port = scan_word(s), client = scan_rest(s);

    next(d, 1);
    if (!port.len)
        return false;
    d->ports++;
    d->now.port = keep(d, port);
    d->now.client = keep(d, client);
    if (client.len)
        d->now.vnic = keep(d, vnic_of(client));
    return true;
}

static bool on_slot(struct dvfilter *d, struct scan *s, const char *kind)
{
    next(d, 2);
    d->in_slot = true;
    d->now.slot_kind = kind;
    return scan_int(s, &d->now.slot);
}

static bool on_key(struct dvfilter *d, struct slice line)
{
    const struct {
        const char *key;
        const char **to;
    } keys[] = {
        {"name", &d->now.name},
        {"agentName", &d->now.agent},
        {"state", &d->now.state},
        {"vmState", &d->now.vm_state},
        {"slowPathID", &d->now.slow_path},
        {"failurePolicy", &d->now.fail_policy},
        {"filter source", &d->now.source},
    };
    struct slice key, value;

    if (!d->in_slot || !slice_pair(line, &key, &value))
        return false;
    for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
        if (strlen(keys[i].key) == key.len && memcmp(keys[i].key, key.p, key.len) == 0) {
            *keys[i].to = keep(d, value);
            return true;
        }
    }
    return false;
}

static bool on_list(struct dvfilter *d, struct slice line)
{
    if (SLICE_STARTS(line, "agent: ")) {
        d->agents++;
        return true;
    }
    if (SLICE_STARTS(line, "slowPath: ")) {
        d->slow_paths++;
        return true;
    }
    return SLICE_IS(line, "Fastpaths:") || SLICE_IS(line, "Slowpaths:") ||
           SLICE_IS(line, "Filters:") || SLICE_IS(line, "--");
}

static bool on_text(struct dvfilter *d, struct slice line)
{
    struct scan s = {line.p, line.p + line.len};

    if (SCAN_TAKE(&s, "world"))
        return on_world(d, &s);
    if (SCAN_TAKE(&s, "port"))
        return on_port(d, &s);
    if (SCAN_TAKE(&s, "vNic") && SCAN_TAKE(&s, "slot"))
        return on_slot(d, &s, "vNic");
    if (SCAN_TAKE(&s, "dvPort") && SCAN_TAKE(&s, "slot"))
        return on_slot(d, &s, "dvPort");
    return on_key(d, line) || on_list(d, line);
}

static void on_line(void *arg, const char *s, size_t len)
{
    struct dvfilter *d = arg;
    struct slice line = slice_trim((struct slice){s, len});

    if (!line.len)
        return;
    if (on_text(d, line))
        d->lines.health.parsed++;
    else
        parse_health_skip(&d->lines.health, s, len);
}

void dvfilter_init(struct dvfilter *d, void (*on_filter)(void *arg, const struct dvfilter_entry *e),
                   void *arg)
{
    memset(d, 0, sizeof(*d));
    lines_init(&d->lines, on_line, d);
    d->on_filter = on_filter;
    d->arg = arg;
    d->arena = arena_new(0);
    d->now.slot = -1;
}

void dvfilter_feed(struct dvfilter *d, const char *data, size_t len)
{
    lines_feed(&d->lines, data, len);
}

bool dvfilter_end(struct dvfilter *d, bool whole)
{
    bool closed = lines_end(&d->lines, whole);

    next(d, 0);
    return closed;
}

void dvfilter_release(struct dvfilter *d)
{
    lines_release(&d->lines);
    arena_free(d->arena);
}
