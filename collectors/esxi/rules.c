#include "collectors/esxi/rules.h"

#include <stdlib.h>

#include "core/arena.h"
#include "core/mem.h"
#include "core/snapshot.h"
#include "model/tables.h"

_Static_assert(HOST_RULES_N <= RULES_COLUMNS, "room for what each column said last");

/* ---- one line ----------------------------------------------------------------------------------
 */

/* What a line says; slices of it. */
struct rule {
    int64_t id, position; /* position -1: not printed */
    bool internal, logged;
    const char *direction, *family, *action;
    struct slice protocol, source, destination, ports, attribute, alg, tag;
};

static const char *take_one_of(struct scan *s, const char *const *words)
{
    struct scan was = *s;
    struct slice w = scan_word(s);

    for (; *words; words++) {
        if (strlen(*words) == w.len && memcmp(*words, w.p, w.len) == 0)
            return *words;
    }
    *s = was;
    return NULL;
}

/* "22", "1024-65535", "{22, 135-139}" */
static struct slice take_ports(struct scan *s)
{
    const char *from, *close;

    scan_blanks(s);
    from = s->p;
    if (from == s->end || *from != '{')
        return scan_word(s);
    close = memchr(from, '}', (size_t)(s->end - from));
    s->p = close ? close + 1 : s->end;
    return (struct slice){from, (size_t)(s->p - from)};
}

/* "any", "not addrset NAME", "ip ADDRESS", each with "port PORTS" perhaps. */
static struct slice take_end(struct scan *s, struct slice *ports)
{
    struct slice w;
    const char *from;

    scan_blanks(s);
    from = s->p;
    w = scan_word(s);
    if (SLICE_IS(w, "not"))
        w = scan_word(s);
    if (SLICE_IS(w, "addrset") || SLICE_IS(w, "ip"))
        w = scan_word(s);
    w = (struct slice){from, (size_t)(w.p + w.len - from)};
    *ports = SCAN_TAKE(s, "port") ? take_ports(s) : (struct slice){0};
    return w;
}

/* From "protocol" or "ethertype" to "from". The word "ethertype" stays: an L2 rule says so. */
static bool take_match(struct scan *s, struct rule *r)
{
    const char *from;
    struct slice w;

    scan_blanks(s);
    from = s->p;
    if (SCAN_TAKE(s, "protocol")) {
        scan_blanks(s);
        from = s->p;
    } else if (!SCAN_TAKE(s, "ethertype")) {
        return false;
    }
    r->protocol.p = from;
    while ((w = scan_word(s)).len && !SLICE_IS(w, "from"))
        r->protocol.len = (size_t)(w.p + w.len - from);
    return w.len && r->protocol.len;
}

static bool take_fixed(struct scan *s, struct rule *r)
{
    static const char *const directions[] = {"inout", "in", "out", NULL};
    static const char *const families[] = {"inet", "inet6", NULL};
    struct slice source_ports;

    r->direction = take_one_of(s, directions);
    if (!r->direction)
        return false;
    r->family = take_one_of(s, families);
    if (!take_match(s, r))
        return false;
    r->source = take_end(s, &source_ports);
    if (source_ports.len)
        r->source.len = (size_t)(source_ports.p + source_ports.len - r->source.p);
    if (!SCAN_TAKE(s, "to"))
        return false;
    r->destination = take_end(s, &r->ports);
    return r->source.len && r->destination.len;
}

/* "tag 'any text'": up to the last quote of the line. */
static void take_tag(struct scan *s, struct rule *r)
{
    const char *from, *last;

    scan_blanks(s);
    from = s->p;
    if (from == s->end || *from != '\'') {
        r->tag = scan_word(s);
        return;
    }
    last = memrchr(from, '\'', (size_t)(s->end - from));
    s->p = last > from ? last + 1 : s->end;
    r->tag = (struct slice){from + 1, (size_t)((last > from ? last : s->end) - from - 1)};
}

static void take_with(struct scan *s, struct rule *r)
{
    const char *from;
    struct slice w;

    if (SCAN_TAKE(s, "log")) {
        r->logged = true;
    } else if (SCAN_TAKE(s, "attribute")) {
        scan_blanks(s);
        from = s->p;
        scan_word(s);
        w = scan_word(s);
        r->attribute = (struct slice){from, (size_t)(w.p + w.len - from)};
    }
}

/* Everything behind the destination, in any order. */
static bool take_rest(struct scan *s, struct rule *r)
{
    static const char *const actions[] = {"accept", "drop", "reject", "punt", NULL};
    const char *action;

    for (scan_blanks(s); s->p < s->end; scan_blanks(s)) {
        if (!r->action && (action = take_one_of(s, actions)))
            r->action = action;
        else if (SCAN_TAKE(s, "with"))
            take_with(s, r);
        else if (SCAN_TAKE(s, "as"))
            r->alg = scan_word(s);
        else if (SCAN_TAKE(s, "tag"))
            take_tag(s, r);
        else
            scan_word(s);
    }
    return r->action != NULL;
}

/* ---- rows --------------------------------------------------------------------------------------
 */

static struct cell text_cell(const char *s)
{
    return s ? (struct cell){.type = CELL_STR, .u.s = s} : cell_absent();
}

/* Many lines come from one rule of the manager, so a line often says the same as the last one. */
static struct cell name_cell(struct rules *rs, unsigned col, struct slice s)
{
    return s.len ? text_cell(interns_again(rs->names, &rs->last[col], s)) : cell_absent();
}

static struct cell number_cell(enum cell_type type, int64_t v)
{
    return (struct cell){.type = type, .u.i = v};
}

static void fill_parts(struct rules *rs, struct cell *c, const struct rule *r)
{
    c[HOST_RULES_DIRECTION] = text_cell(r->direction);
    c[HOST_RULES_FAMILY] = text_cell(r->family);
    c[HOST_RULES_PROTOCOL] = name_cell(rs, HOST_RULES_PROTOCOL, r->protocol);
    c[HOST_RULES_SOURCE] = name_cell(rs, HOST_RULES_SOURCE, r->source);
    c[HOST_RULES_DESTINATION] = name_cell(rs, HOST_RULES_DESTINATION, r->destination);
    c[HOST_RULES_PORTS] = name_cell(rs, HOST_RULES_PORTS, r->ports);
    c[HOST_RULES_ACTION] = (struct cell){.type = CELL_STATE, .u.s = r->action};
    c[HOST_RULES_LOGGED] = (struct cell){.type = CELL_BOOL, .u.b = r->logged};
    c[HOST_RULES_ATTRIBUTE] = name_cell(rs, HOST_RULES_ATTRIBUTE, r->attribute);
    c[HOST_RULES_ALG] = name_cell(rs, HOST_RULES_ALG, r->alg);
    c[HOST_RULES_TAG] = name_cell(rs, HOST_RULES_TAG, r->tag);
}

static void fill_counts(struct rules *rs, struct cell *c, const struct rule *r)
{
    const struct rule_count *n;

    if (!rs->counts || rs->counts_differ)
        return;
    n = rs->next_count < rs->counts->n ? &rs->counts->items[rs->next_count] : NULL;
    if (!n || n->rule_id != r->id) {
        rs->counts_differ = true;
        return;
    }
    rs->next_count++;
    c[HOST_RULES_EVALS] = number_cell(CELL_INT, n->evals);
    c[HOST_RULES_PACKETS] = number_cell(CELL_INT, n->packets);
    c[HOST_RULES_BYTES] = number_cell(CELL_BYTES, n->bytes);
}

static const char *keep_raw(struct rules *rs, struct slice raw)
{
    return rs->lines.nul ? interns_text(rs->names, raw)
                         : arena_text(builder_arena(rs->b), raw.p, raw.len);
}

static void add_rule(struct rules *rs, const struct rule *r, bool understood, struct slice raw)
{
    struct cell *c;

    rs->ordinal++;
    builder_row(rs->b);
    c = builder_cells(rs->b);
    if (!c)
        return;
    c[HOST_RULES_HOST] = text_cell(rs->host);
    c[HOST_RULES_FILTER] = text_cell(rs->filter);
    c[HOST_RULES_RULESET] = text_cell(rs->ruleset);
    c[HOST_RULES_POSITION] = number_cell(CELL_INT, r->position < 0 ? rs->ordinal : r->position);
    c[HOST_RULES_RULE_ID] = number_cell(CELL_INT, r->id);
    c[HOST_RULES_INTERNAL] = (struct cell){.type = CELL_BOOL, .u.b = r->internal};
    c[HOST_RULES_RAW] = text_cell(keep_raw(rs, raw));
    if (rs->generation >= 0)
        c[HOST_RULES_GENERATION] = number_cell(CELL_INT, rs->generation);
    fill_counts(rs, c, r);
    if (understood)
        fill_parts(rs, c, r);
}

/* @s is behind the word "rule". */
static bool on_rule(struct rules *rs, struct scan *s, bool internal, struct slice raw)
{
    struct rule r = {.position = -1, .internal = internal};
    bool understood;

    if (!scan_int(s, &r.id))
        return false;
    if (SCAN_TAKE(s, "at") && !scan_int(s, &r.position))
        return false;
    if (s->p < s->end && s->end[-1] == ';')
        s->end--;
    understood = take_fixed(s, &r) && take_rest(s, &r);
    add_rule(rs, &r, understood, raw);
    return understood;
}

/* ---- the rest of the output --------------------------------------------------------------------
 */

static void open_ruleset(struct rules *rs, struct slice name)
{
    rs->ruleset = interns_text(rs->names, name);
    rs->rulesets++;
    rs->ordinal = 0;
    rs->generation = -1;
}

/* "ruleset domain-c25 {" */
static bool on_ruleset(struct rules *rs, struct scan *s)
{
    struct slice name = scan_rest(s);

    if (name.len < 2 || name.p[name.len - 1] != '{')
        return false;
    name.len--;
    name = slice_trim(name);
    if (!name.len)
        return false;
    open_ruleset(rs, name);
    rs->open = true;
    return true;
}

/* "# generation number: 1594621799418"; everything else behind a # is a heading. */
static bool on_comment(struct rules *rs, struct scan *s, struct slice raw)
{
    struct slice key, value;
    int64_t v;

    if (SCAN_TAKE(s, "internal") && SCAN_TAKE(s, "#") && SCAN_TAKE(s, "rule"))
        return on_rule(rs, s, true, raw);
    if (slice_pair(scan_rest(s), &key, &value) && SLICE_IS(key, "generation number") &&
        slice_int(value, &v))
        rs->generation = v;
    return true;
}

/* Headings of nsxcli: "Ruleset UUID : 3d04fa69-..." */
static bool on_heading(struct rules *rs, struct slice line)
{
    struct slice key, value;

    if (line.p[0] == '-')
        return true;
    if (!slice_pair(line, &key, &value))
        return false;
    if (SLICE_IS(key, "Ruleset UUID") && value.len) {
        open_ruleset(rs, value);
        return true;
    }
    return SLICE_IS(key, "VIF UUID") || SLICE_IS(key, "Rule count");
}

static bool on_text(struct rules *rs, struct slice line)
{
    struct scan s = {line.p, line.p + line.len};

    if (SCAN_TAKE(&s, "rule"))
        return on_rule(rs, &s, false, line);
    if (SCAN_TAKE(&s, "#"))
        return on_comment(rs, &s, line);
    if (SCAN_TAKE(&s, "ruleset"))
        return on_ruleset(rs, &s);
    if (SCAN_TAKE(&s, "}")) {
        rs->open = false;
        return true;
    }
    return on_heading(rs, line);
}

static void on_line(void *arg, const char *s, size_t len)
{
    struct rules *rs = arg;
    struct slice line = slice_trim((struct slice){s, len});

    if (!line.len)
        return;
    if (on_text(rs, line))
        rs->lines.health.parsed++;
    else
        parse_health_skip(&rs->lines.health, s, len);
}

void rules_init(struct rules *r, struct table_builder *b, const char *host, const char *filter,
                const struct rule_counts *counts)
{
    struct arena *a = builder_arena(b);

    memset(r, 0, sizeof(*r));
    lines_init(&r->lines, on_line, r);
    r->b = b;
    r->host = arena_strdup(a, host);
    r->filter = arena_strdup(a, filter);
    r->counts = counts && counts->n ? counts : NULL;
    r->generation = -1;
    r->names = interns_new(a);
}

void rules_feed(struct rules *r, const char *data, size_t len)
{
    lines_feed(&r->lines, data, len);
}

bool rules_end(struct rules *r, bool whole)
{
    return lines_end(&r->lines, whole) && !r->open;
}

void rules_release(struct rules *r)
{
    lines_release(&r->lines);
    interns_free(r->names);
}

/* ---- counters ----------------------------------------------------------------------------------
 */

/* "in 2959418 out 3212647 pkts,": their sum. */
static bool take_sum(struct scan *s, const char *unit, int64_t *sum)
{
    int64_t in, out;
    struct slice w;

    if (!SCAN_TAKE(s, "in") || !scan_int(s, &in) || !SCAN_TAKE(s, "out") || !scan_int(s, &out))
        return false;
    w = scan_word(s);
    if (w.len && w.p[w.len - 1] == ',')
        w.len--;
    *sum = in + out;
    return w.len == strlen(unit) && memcmp(w.p, unit, w.len) == 0;
}

/* "rule  1002: 317802 evals, in 2959418 out 3212647 pkts, in 648188117 out 719943929 bytes" */
static bool parse_count(struct slice line, struct rule_count *n)
{
    struct scan s = {line.p, line.p + line.len};
    struct slice id;

    if (!SCAN_TAKE(&s, "rule"))
        return false;
    id = scan_word(&s);
    if (!id.len || id.p[id.len - 1] != ':')
        return false;
    id.len--;
    return slice_int(id, &n->rule_id) && scan_int(&s, &n->evals) && SCAN_TAKE(&s, "evals,") &&
           take_sum(&s, "pkts", &n->packets) && take_sum(&s, "bytes", &n->bytes);
}

static void on_count(void *arg, const char *s, size_t len)
{
    struct rule_counts *c = arg;
    struct slice line = slice_trim((struct slice){s, len});
    struct rule_count n;

    if (!line.len)
        return;
    if (!parse_count(line, &n)) {
        parse_health_skip(&c->lines.health, s, len);
        return;
    }
    c->lines.health.parsed++;
    c->items = mem_grow(c->items, c->n, &c->cap, sizeof(*c->items));
    c->items[c->n++] = n;
}

void rule_counts_init(struct rule_counts *c)
{
    memset(c, 0, sizeof(*c));
    lines_init(&c->lines, on_count, c);
}

void rule_counts_feed(struct rule_counts *c, const char *data, size_t len)
{
    lines_feed(&c->lines, data, len);
}

void rule_counts_end(struct rule_counts *c, bool whole)
{
    lines_end(&c->lines, whole);
}

void rule_counts_release(struct rule_counts *c)
{
    lines_release(&c->lines);
    free(c->items);
}
