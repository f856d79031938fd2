#include "collectors/esxi/flows.h"

#include <ctype.h>

#include "core/arena.h"
#include "core/snapshot.h"
#include "model/tables.h"

_Static_assert(FLOWS_N <= FLOWS_COLUMNS, "room for what each column said last");

#define FIXED    10
#define TAIL_MAX 8 /* more words than any tail that is known */

/* What a line says; slices of it. */
struct flow {
    struct slice words[FIXED + TAIL_MAX]; /* as they come */
    size_t n;
    int64_t rule_id;
    struct slice state; /* of the tail */
    int64_t counts[4];
    bool counted;
};

enum { ID, CLASS, PROTOCOL, ETHERTYPE, DIRECTION, RULE, UNKNOWN_7, UNKNOWN_8, SOURCE, DESTINATION };

static bool take_fixed(struct flow *f, struct slice line)
{
    f->n = slice_words(line, f->words, FIXED + TAIL_MAX);
    return f->n >= FIXED && f->words[ID].len >= 8 && slice_is_hex(f->words[ID]) &&
           slice_is_hex(f->words[ETHERTYPE]) && slice_int(f->words[RULE], &f->rule_id);
}

/* [NUMBER [STATE]] or [STATE], then four numbers. false: something else. */
static bool take_tail(struct flow *f)
{
    const struct slice *words = f->words + FIXED;
    size_t n = f->n - FIXED, first;
    int64_t unknown;

    f->state = (struct slice){0};
    f->counted = false;
    if (n < 4 || n > 6)
        return n == 0;
    first = n - 4;
    for (size_t i = 0; i < 4; i++) {
        if (!slice_int(words[first + i], &f->counts[i]))
            return false;
    }
    if (first && !slice_int(words[first - 1], &unknown))
        f->state = words[first - 1];
    if (first == 2 && (!slice_int(words[0], &unknown) || !f->state.len))
        return false;
    f->counted = true;
    return true;
}

static struct cell text_cell(const char *s)
{
    return s && *s ? (struct cell){.type = CELL_STR, .u.s = s} : cell_absent();
}

/* A line mostly says the same as the one before. */
static struct cell name_cell(struct flows *fs, unsigned col, struct slice s)
{
    return s.len
               ? (struct cell){.type = CELL_STR, .u.s = interns_again(fs->names, &fs->last[col], s)}
               : cell_absent();
}

static struct cell number_cell(enum cell_type type, int64_t v)
{
    return (struct cell){.type = type, .u.i = v};
}

static void fill_address(struct flows *fs, struct slice s, struct cell *c)
{
    const char *text;
    const struct ip *ip = interns_ip(fs->names, s, &text);

    *c = ip ? (struct cell){.type = CELL_IP, .u.ip = ip} : text_cell(text);
}

/* "172.16.10.11:ssh(22)" as nearly all ends are. false: another one. */
static bool fill_quad(struct flows *fs, struct slice end, struct cell *address, struct cell *port)
{
    const char *last = end.p + end.len - 1, *digits = last;
    int64_t number;
    uint32_t quad;
    size_t n = slice_quad(end, &quad);

    if (!n || n == end.len || end.p[n] != ':' || *last != ')')
        return false;
    while (digits[-1] >= '0' && digits[-1] <= '9')
        digits--;
    if (digits[-1] != '(' || memchr(end.p + n + 1, ':', (size_t)(digits - end.p) - n - 1) ||
        !slice_int((struct slice){digits, (size_t)(last - digits)}, &number))
        return false;
    *address = (struct cell){.type = CELL_IP, .u.ip = interns_quad(fs->names, quad)};
    *port = number_cell(CELL_INT, number);
    return true;
}

/* The port is in the brackets, and what is in front of the last colon before them is the address,
 * be it IPv4 or IPv6. Without brackets it is an address alone. */
static void fill_end(struct flows *fs, struct slice end, struct cell *address, struct cell *port)
{
    const char *open, *colon = NULL;
    int64_t number;

    if (fill_quad(fs, end, address, port))
        return;
    open = end.p[end.len - 1] == ')' ? memrchr(end.p, '(', end.len) : NULL;
    if (open)
        colon = memrchr(end.p, ':', (size_t)(open - end.p));
    if (!colon ||
        !slice_int((struct slice){open + 1, (size_t)(end.p + end.len - open) - 2}, &number)) {
        fill_address(fs, end, address);
        return;
    }
    fill_address(fs, (struct slice){end.p, (size_t)(colon - end.p)}, address);
    *port = number_cell(CELL_INT, number);
}

static const char *direction_of(struct slice s)
{
    if (SLICE_IS(s, "1"))
        return "in";
    return SLICE_IS(s, "2") ? "out" : NULL;
}

static void fill_counts(struct flows *fs, struct cell *c, const struct flow *f)
{
    c[FLOWS_TCP_STATE] = name_cell(fs, FLOWS_TCP_STATE, f->state);
    if (!f->counted)
        return;
    c[FLOWS_BYTES_1] = number_cell(CELL_BYTES, f->counts[0]);
    c[FLOWS_BYTES_2] = number_cell(CELL_BYTES, f->counts[1]);
    c[FLOWS_PACKETS_1] = number_cell(CELL_INT, f->counts[2]);
    c[FLOWS_PACKETS_2] = number_cell(CELL_INT, f->counts[3]);
}

static const char *keep(struct flows *fs, struct slice s)
{
    return fs->lines.nul ? interns_text(fs->names, s)
                         : arena_text(builder_arena(fs->b), s.p, s.len);
}

static void add_flow(struct flows *fs, const struct flow *f, struct slice raw)
{
    const struct slice *w = f->words;
    const char *direction = direction_of(w[DIRECTION]);
    struct cell *c;

    builder_row(fs->b);
    c = builder_cells(fs->b);
    if (!c)
        return;
    c[FLOWS_HOST] = text_cell(fs->host);
    c[FLOWS_FILTER] = text_cell(fs->filter);
    c[FLOWS_VM] = text_cell(fs->vm);
    c[FLOWS_FLOW] = text_cell(keep(fs, w[ID]));
    c[FLOWS_FLOW_CLASS] = name_cell(fs, FLOWS_FLOW_CLASS, w[CLASS]);
    c[FLOWS_PROTOCOL] = name_cell(fs, FLOWS_PROTOCOL, w[PROTOCOL]);
    c[FLOWS_DIRECTION] =
        direction ? text_cell(direction) : name_cell(fs, FLOWS_DIRECTION, w[DIRECTION]);
    c[FLOWS_RULE_ID] = number_cell(CELL_INT, f->rule_id);
    fill_end(fs, w[SOURCE], &c[FLOWS_SOURCE_IP], &c[FLOWS_SOURCE_PORT]);
    fill_end(fs, w[DESTINATION], &c[FLOWS_DESTINATION_IP], &c[FLOWS_DESTINATION_PORT]);
    fill_counts(fs, c, f);
    c[FLOWS_RAW] = text_cell(keep(fs, raw));
}

/* The number behind "NAME=". */
static int64_t count_of(struct slice line, const char *name)
{
    const char *at = slice_find(line, name);
    struct slice digits = {0};
    int64_t v = 0;

    if (!at)
        return 0;
    digits.p = at + strlen(name);
    while (digits.p + digits.len < line.p + line.len &&
           isdigit((unsigned char)digits.p[digits.len]))
        digits.len++;
    return slice_int(digits, &v) ? v : 0;
}

static bool on_counts(struct flows *f, struct slice line)
{
    if (!SLICE_STARTS(line, "Count retrieved from kernel "))
        return false;
    f->counted = true;
    f->active = count_of(line, "active(L3,L4)=");
    f->inactive = count_of(line, "active(L2)+inactive(L3,L4)=");
    f->dropped = count_of(line, "drop(L2,L3,L4)=");
    return true;
}

static void on_line(void *arg, const char *s, size_t len)
{
    struct flows *fs = arg;
    struct slice line = slice_trim((struct slice){s, len});
    struct flow f;

    if (!line.len)
        return;
    if (take_fixed(&f, line)) {
        if (!take_tail(&f))
            fs->tails++;
        add_flow(fs, &f, line);
    } else if (!on_counts(fs, line)) {
        parse_health_skip(&fs->lines.health, s, len);
        return;
    }
    fs->lines.health.parsed++;
}

void flows_init(struct flows *f, struct table_builder *b, const char *host, const char *filter,
                const char *vm)
{
    struct arena *a = builder_arena(b);

    memset(f, 0, sizeof(*f));
    lines_init(&f->lines, on_line, f);
    f->b = b;
    f->host = arena_strdup(a, host);
    f->filter = arena_strdup(a, filter);
    f->vm = arena_strdup(a, vm);
    f->names = interns_new(a);
}

void flows_feed(struct flows *f, const char *data, size_t len)
{
    lines_feed(&f->lines, data, len);
}

bool flows_end(struct flows *f, bool whole)
{
    return lines_end(&f->lines, whole);
}

void flows_release(struct flows *f)
{
    lines_release(&f->lines);
    interns_free(f->names);
}
