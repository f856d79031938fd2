#include "collectors/esxi/filterstat.h"

#include <ctype.h>

static bool is_dashes(struct slice line)
{
    for (size_t i = 0; i < line.len; i++) {
        if (line.p[i] != '-' && !is_blank(line.p[i]))
            return false;
    }
    return true;
}

/* "PACKETS             IN               OUT" is the section "packets". */
static void keep_heading(struct filterstat *f, struct slice line)
{
    size_t n = 0;

    while (n < line.len && n < FILTERSTAT_SECTION - 1 &&
           !(is_blank(line.p[n]) && (n + 1 == line.len || is_blank(line.p[n + 1])))) {
        f->heading[n] = (char)tolower((unsigned char)line.p[n]);
        n++;
    }
    f->heading[n] = '\0';
}

static void on_counter(struct filterstat *f, struct slice key, struct slice value)
{
    struct filterstat_entry e = {.section = f->section, .name = key, .value = value};
    struct scan s = {value.p, value.p + value.len};

    e.counted = scan_int(&s, &e.in);
    e.both = e.counted && scan_int(&s, &e.out);
    if (scan_rest(&s).len)
        e.counted = e.both = false;
    f->on_entry(f->arg, &e);
}

static void on_line(void *arg, const char *s, size_t len)
{
    struct filterstat *f = arg;
    struct slice line = slice_trim((struct slice){s, len}), key, value;

    if (!line.len)
        return;
    if (slice_pair(line, &key, &value)) {
        on_counter(f, key, value);
    } else if (is_dashes(line) && f->heading[0]) {
        memcpy(f->section, f->heading, sizeof(f->section));
        f->heading[0] = '\0';
    } else if (!f->heading[0]) {
        keep_heading(f, line);
    } else {
        /* Two lines without a colon: the first was no heading. */
        parse_health_skip(&f->lines.health, s, len);
        keep_heading(f, line);
        return;
    }
    f->lines.health.parsed++;
}

void filterstat_init(struct filterstat *f,
                     void (*on_entry)(void *arg, const struct filterstat_entry *e), void *arg)
{
    memset(f, 0, sizeof(*f));
    lines_init(&f->lines, on_line, f);
    f->on_entry = on_entry;
    f->arg = arg;
}

void filterstat_feed(struct filterstat *f, const char *data, size_t len)
{
    lines_feed(&f->lines, data, len);
}

void filterstat_end(struct filterstat *f, bool whole)
{
    lines_end(&f->lines, whole);
}

void filterstat_release(struct filterstat *f)
{
    lines_release(&f->lines);
}
