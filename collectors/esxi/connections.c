#include "collectors/esxi/connections.h"

#include <ctype.h>

static bool is_protocol(struct slice s)
{
    return SLICE_IS(s, "tcp") || SLICE_IS(s, "udp") || SLICE_IS(s, "tcp6") || SLICE_IS(s, "udp6") ||
           SLICE_IS(s, "ip") || SLICE_IS(s, "raw");
}

/* "ESTABLISHED", "SYN_SENT" */
static bool is_state(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (!isupper(c) && !isdigit(c) && c != '_')
            return false;
    }
    return s.len > 0 && isupper((unsigned char)*s.p);
}

static bool is_algorithm(struct slice s)
{
    return SLICE_IS(s, "newreno") || SLICE_IS(s, "cubic");
}

static bool parse(struct slice line, struct connection *c)
{
    struct scan s = {line.p, line.p + line.len}, before;

    *c = (struct connection){.world_id = -1, .recv_q = -1, .send_q = -1};
    c->protocol = scan_word(&s);
    if (!is_protocol(c->protocol))
        return false;
    if (scan_int(&s, &c->recv_q) && !scan_int(&s, &c->send_q))
        return false;
    c->local = scan_word(&s);
    c->foreign = scan_word(&s);
    if (!memchr(c->local.p, ':', c->local.len) || !memchr(c->foreign.p, ':', c->foreign.len))
        return false;
    before = s;
    c->state = scan_word(&s);
    if (!is_state(c->state)) {
        c->state.len = 0;
        s = before;
    }
    if (!scan_int(&s, &c->world_id))
        c->world_id = -1;
    before = s;
    c->algorithm = scan_word(&s);
    if (!is_algorithm(c->algorithm)) {
        c->algorithm.len = 0;
        s = before;
    }
    c->world = scan_rest(&s);
    return true;
}

static bool is_heading(struct slice line)
{
    return SLICE_STARTS(line, "Proto") || SLICE_STARTS(line, "-----");
}

static void on_line(void *arg, const char *s, size_t len)
{
    struct connections *cs = arg;
    struct slice line = slice_trim((struct slice){s, len});
    struct connection c;

    if (!line.len)
        return;
    if (parse(line, &c)) {
        cs->on_connection(cs->arg, &c);
    } else if (!is_heading(line)) {
        parse_health_skip(&cs->lines.health, s, len);
        return;
    }
    cs->lines.health.parsed++;
}

void connections_init(struct connections *c,
                      void (*on_connection)(void *arg, const struct connection *c), void *arg)
{
    memset(c, 0, sizeof(*c));
    lines_init(&c->lines, on_line, c);
    c->on_connection = on_connection;
    c->arg = arg;
}

void connections_feed(struct connections *c, const char *data, size_t len)
{
    lines_feed(&c->lines, data, len);
}

bool connections_end(struct connections *c, bool whole)
{
    return lines_end(&c->lines, whole);
}

void connections_release(struct connections *c)
{
    lines_release(&c->lines);
}
