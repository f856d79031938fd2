#include "collectors/esxi/hbr.h"

#include <stdio.h>

#include "core/text.h"

static void keep(char *to, struct slice s)
{
    struct strbuf clean = STRBUF_INIT;
    size_t n;

    text_sanitize(&clean, s.p, s.len < HBR_TEXT ? s.len : HBR_TEXT, 0);
    n = text_boundary(clean.buf, clean.len, HBR_TEXT - 1);
    (void)snprintf(to, HBR_TEXT, "%.*s", (int)n, clean.buf);
    strbuf_release(&clean);
}

static double unit_of(struct slice s)
{
    static const struct {
        const char *name;
        double bytes;
    } units[] = {{"bytes", 1},      {"byte", 1},        {"KB", 1024.0},
                 {"MB", 1048576.0}, {"GB", 1073741824}, {"TB", 1099511627776.0}};

    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
        if (strlen(units[i].name) == s.len && memcmp(units[i].name, s.p, s.len) == 0)
            return units[i].bytes;
    }
    return 0;
}

/* "1.1 GB" */
static bool take_size(struct scan *s, int64_t *bytes)
{
    struct slice number = scan_word(s), unit = scan_word(s);
    char text[32];
    double v;

    while (unit.len && (unit.p[unit.len - 1] == ',' || unit.p[unit.len - 1] == ')'))
        unit.len--;
    if (!number.len || number.len >= sizeof(text) || !unit_of(unit))
        return false;
    (void)snprintf(text, sizeof(text), "%.*s", (int)number.len, number.p);
    if (text_to_double(text, &v) || v < 0 || v * unit_of(unit) > 9e18)
        return false;
    *bytes = (int64_t)(v * unit_of(unit));
    return true;
}

/* "checksummed 1.1 GB of 10 GB": both numbers, or -1. */
static void take_progress(struct slice line, const char *word, int64_t *done, int64_t *total)
{
    const char *at = slice_find(line, word);
    struct scan s;

    if (!at)
        return;
    s = (struct scan){at + strlen(word), line.p + line.len};
    if (!take_size(&s, done) || !SCAN_TAKE(&s, "of") || !take_size(&s, total))
        *done = *total = -1;
}

/* "checksum: 0/17179869184;" */
static void take_ratio(struct slice line, const char *word, int64_t *done, int64_t *total)
{
    const char *at = slice_find(line, word), *slash;
    struct slice pair;
    struct scan s;

    if (!at)
        return;
    s = (struct scan){at + strlen(word), line.p + line.len};
    pair = scan_word(&s);
    while (pair.len && (pair.p[pair.len - 1] == ';' || pair.p[pair.len - 1] == ')'))
        pair.len--;
    slash = memchr(pair.p, '/', pair.len);
    if (!slash || !slice_int((struct slice){pair.p, (size_t)(slash - pair.p)}, done) ||
        !slice_int((struct slice){slash + 1, (size_t)(pair.p + pair.len - slash) - 1}, total))
        *done = *total = -1;
}

/* The number in front of the first "%". */
static void take_percent(struct hbr *h, struct slice line)
{
    const char *at = memchr(line.p, '%', line.len), *from = at;

    while (from && from > line.p && from[-1] >= '0' && from[-1] <= '9')
        from--;
    if (!at || !slice_int((struct slice){from, (size_t)(at - from)}, &h->percent))
        return;
}

static struct slice before_bracket(struct slice s)
{
    const char *open = memchr(s.p, '(', s.len);

    return slice_trim(open ? (struct slice){s.p, (size_t)(open - s.p)} : s);
}

static void on_group_state(struct hbr *h, struct slice value)
{
    keep(h->state, before_bracket(value));
    take_percent(h, value);
    take_progress(value, "checksummed", &h->checksum_done, &h->checksum_total);
    take_progress(value, "transferred", &h->transfer_done, &h->transfer_total);
}

static void on_progress(struct hbr *h, struct slice value)
{
    take_percent(h, value);
    take_ratio(value, "checksum:", &h->checksum_done, &h->checksum_total);
    take_ratio(value, "transfer:", &h->transfer_done, &h->transfer_total);
}

static bool on_group(struct hbr *h, struct slice line)
{
    const char *group = slice_find(line, "Group: ");

    if (!group)
        return false;
    h->configured = true;
    group += 7;
    keep(h->group, before_bracket((struct slice){group, (size_t)(line.p + line.len - group)}));
    return true;
}

static bool is_heading(struct slice line)
{
    return SLICE_STARTS(line, "Retrieve VM running replication state") ||
           SLICE_STARTS(line, "Querying VM running replication state") ||
           SLICE_STARTS(line, "Current replication state") || SLICE_STARTS(line, "(vim.fault.") ||
           SLICE_IS(line, "}");
}

static bool on_text(struct hbr *h, struct slice line)
{
    struct slice key, value;

    if (slice_find(line, "notConfigured")) {
        h->not_configured = true;
        return true;
    }
    if (SLICE_STARTS(line, "DiskID ")) {
        h->disks++;
        return true;
    }
    if (slice_pair(line, &key, &value)) {
        if (SLICE_IS(key, "Group State")) {
            h->configured = true;
            on_group_state(h, value);
            return true;
        }
        if (SLICE_IS(key, "State")) {
            h->configured = true;
            keep(h->state, value);
            return true;
        }
        if (SLICE_IS(key, "Progress")) {
            on_progress(h, value);
            return true;
        }
    }
    return on_group(h, line) || is_heading(line);
}

static void on_line(void *arg, const char *s, size_t len)
{
    struct hbr *h = arg;
    struct slice line = slice_trim((struct slice){s, len});

    if (!line.len)
        return;
    if (on_text(h, line))
        h->lines.health.parsed++;
    else
        parse_health_skip(&h->lines.health, s, len);
}

void hbr_init(struct hbr *h)
{
    memset(h, 0, sizeof(*h));
    lines_init(&h->lines, on_line, h);
    h->percent = -1;
    h->checksum_done = h->checksum_total = h->transfer_done = h->transfer_total = -1;
}

void hbr_feed(struct hbr *h, const char *data, size_t len)
{
    lines_feed(&h->lines, data, len);
}

void hbr_end(struct hbr *h, bool whole)
{
    lines_end(&h->lines, whole);
}

void hbr_release(struct hbr *h)
{
    lines_release(&h->lines);
}
