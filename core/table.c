/*
 * One cell has four readers: a person (cell_format), a file (cell_plain), a program (cell_json) and
 * the sort (cell_compare). Text that came from a server leaves the first two sanitised; JSON has
 * escapes of its own, so there the text stays whole and what would change a terminal is escaped.
 */
#include "core/table.h"

#include <math.h>
#include <string.h>

#include "core/fmt.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"

int schema_column(const struct schema *s, const char *name)
{
    for (unsigned i = 0; name && i < schema_public(s); i++) {
        if (strcmp(s->columns[i].name, name) == 0)
            return (int)i;
    }
    return -1;
}

unsigned schema_public(const struct schema *s)
{
    unsigned n = s->ncolumns;

    while (n && s->columns[n - 1].flags & COL_LOCAL)
        n--;
    return n;
}

int schema_local(const struct schema *s, unsigned col)
{
    for (unsigned i = s->ncolumns; i && s->columns[i - 1].flags & COL_LOCAL; i--) {
        if (strcmp(s->columns[i - 1].name, s->columns[col].name) == 0)
            return (int)i - 1;
    }
    return -1;
}

const struct state_word *column_state(const struct column *col, const char *word)
{
    for (const struct state_word *w = col->states; word && w && w->word; w++) {
        if (w->word == word)
            return w;
    }
    for (const struct state_word *w = col->states; word && w && w->word; w++) {
        if (strcmp(w->word, word) == 0)
            return w;
    }
    for (const struct state_word *w = col->states; word && w && w->word; w++) {
        if (text_equal_nocase(w->word, word))
            return w;
    }
    return NULL;
}

enum severity cell_severity(const struct column *col, const struct cell *c)
{
    if (col->type != CELL_STATE || c->type == CELL_ABSENT)
        return SEV_NONE;
    if (c->type != CELL_STATE && c->type != CELL_STR)
        return SEV_UNKNOWN;
    const struct state_word *w = column_state(col, c->u.s);
    return w ? w->severity : SEV_UNKNOWN;
}

const char *severity_name(enum severity s)
{
    static const char *const names[] = {
        [SEV_NONE] = "",
        [SEV_OK] = "ok",
        [SEV_UNKNOWN] = "unknown",
        [SEV_WARNING] = "warning",
        [SEV_CRITICAL] = "critical",
    };

    return (unsigned)s < ARRAY_SIZE(names) ? names[s] : "";
}

/* ---- order -------------------------------------------------------------------------------- */

static int compare_i64(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_lists(const struct cell_list *a, const struct cell_list *b)
{
    size_t n = a->n < b->n ? a->n : b->n;

    for (size_t i = 0; i < n; i++) {
        int d = strcmp(a->items[i], b->items[i]);
        if (d)
            return d;
    }
    return (a->n > b->n) - (a->n < b->n);
}

static int compare_values(const struct cell *a, const struct cell *b)
{
    switch (a->type) {
    case CELL_ABSENT:
        return 0;
    case CELL_STR:
    case CELL_STATE:
        return strcmp(a->u.s, b->u.s);
    case CELL_INT:
    case CELL_BYTES:
    case CELL_DURATION:
    case CELL_TIME:
        return compare_i64(a->u.i, b->u.i);
    case CELL_REAL:
        return (a->u.d > b->u.d) - (a->u.d < b->u.d);
    case CELL_BOOL:
        return (int)a->u.b - (int)b->u.b;
    case CELL_IP:
    case CELL_CIDR:
        return ip_compare(a->u.ip, b->u.ip);
    case CELL_LIST:
        return compare_lists(a->u.list, b->u.list);
    }
    return 0;
}

int cell_compare(const struct cell *a, const struct cell *b)
{
    if (a->type == b->type)
        return compare_values(a, b);
    if (a->type == CELL_ABSENT || b->type == CELL_ABSENT)
        return a->type == CELL_ABSENT ? 1 : -1;
    return a->type < b->type ? -1 : 1;
}

bool cell_equal(const struct cell *a, const struct cell *b)
{
    return cell_compare(a, b) == 0;
}

/* ---- for people --------------------------------------------------------------------------- */

static void add_clean(struct strbuf *out, const char *s)
{
    text_sanitize(out, s, strlen(s), 0);
}

static void add_list(struct strbuf *out, const struct cell_list *l)
{
    for (size_t i = 0; i < l->n; i++) {
        if (i)
            strbuf_addch(out, ' ');
        add_clean(out, l->items[i]);
    }
}

static void add_ip(struct strbuf *out, const struct cell *c)
{
    char buf[IP_TEXT_MAX];

    strbuf_addstr(out, c->type == CELL_IP ? ip_format_address(c->u.ip, buf)
                                          : ip_format_cidr(c->u.ip, buf));
}

static void format_number(struct strbuf *out, const struct column *col, const struct cell *c)
{
    if (c->type == CELL_REAL)
        fmt_real(out, fmt_round(c->u.d * 10) / 10);
    else if (col->unit == UNIT_COUNT)
        fmt_count(out, c->u.i);
    else
        strbuf_addf(out, "%lld", (long long)c->u.i);
    if (col->unit == UNIT_PERCENT)
        strbuf_addch(out, '%');
}

void cell_format(struct strbuf *out, const struct column *col, const struct cell *c)
{
    switch (c->type) {
    case CELL_ABSENT:
        strbuf_addch(out, '-');
        return;
    case CELL_INT:
    case CELL_REAL:
        format_number(out, col, c);
        return;
    case CELL_BYTES:
        fmt_bytes(out, c->u.i);
        return;
    case CELL_DURATION:
        fmt_duration(out, c->u.i);
        return;
    case CELL_BOOL:
        strbuf_addstr(out, c->u.b ? "yes" : "no");
        return;
    case CELL_STR:
    case CELL_STATE:
    case CELL_TIME:
    case CELL_IP:
    case CELL_CIDR:
    case CELL_LIST:
        cell_plain(out, col, c);
        return;
    }
}

/* ---- for files and programs --------------------------------------------------------------- */

/* A duration is a number in the unit that its column's name ends with. */
static void add_duration(struct strbuf *out, const struct column *col, int64_t ms)
{
    uint64_t v = ms < 0 ? 0 - (uint64_t)ms : (uint64_t)ms;

    if (col->unit != UNIT_S) {
        strbuf_addi(out, ms);
        return;
    }
    strbuf_addf(out, "%s%llu", ms < 0 ? "-" : "", (unsigned long long)(v / 1000));
    if (v % 1000) {
        strbuf_addf(out, ".%03u", (unsigned)(v % 1000));
        while (out->buf[out->len - 1] == '0')
            strbuf_setlen(out, out->len - 1);
    }
}

void cell_plain(struct strbuf *out, const struct column *col, const struct cell *c)
{
    switch (c->type) {
    case CELL_ABSENT:
        return;
    case CELL_STR:
    case CELL_STATE:
        add_clean(out, c->u.s);
        return;
    case CELL_INT:
    case CELL_BYTES:
        strbuf_addi(out, c->u.i);
        return;
    case CELL_DURATION:
        add_duration(out, col, c->u.i);
        return;
    case CELL_REAL:
        fmt_real(out, c->u.d);
        return;
    case CELL_BOOL:
        strbuf_addstr(out, c->u.b ? "true" : "false");
        return;
    case CELL_TIME:
        fmt_time_iso(out, c->u.i);
        return;
    case CELL_IP:
    case CELL_CIDR:
        add_ip(out, c);
        return;
    case CELL_LIST:
        add_list(out, c->u.list);
        return;
    }
}

static void add_json_unit(struct strbuf *out, unsigned unit)
{
    strbuf_addf(out, "\\u%04x", unit);
}

/* One character that is not plain: what could act on a terminal is escaped, not replaced, so the
 * reader of the JSON still gets what the server sent. */
static void add_json_char(struct strbuf *out, const char *s, size_t len, uint32_t cp)
{
    char one[8] = {0};

    memcpy(one, s, len < sizeof(one) ? len : sizeof(one) - 1);
    if (cp == 0xfffd && len == 1)
        text_encode(out, cp);
    else if (text_is_clean(one))
        strbuf_add(out, s, len);
    else if (cp < 0x10000)
        add_json_unit(out, cp);
    else {
        add_json_unit(out, 0xd800 + ((cp - 0x10000) >> 10));
        add_json_unit(out, 0xdc00 + ((cp - 0x10000) & 0x3ff));
    }
}

static bool is_json_plain(unsigned char ch)
{
    return ch >= 0x20 && ch < 0x7f && ch != '"' && ch != '\\';
}

static void add_json_special(struct strbuf *out, const char *s, size_t len)
{
    size_t step;
    uint32_t cp;

    for (; len; s += step, len -= step) {
        step = 1;
        if (is_json_plain((unsigned char)*s)) {
            strbuf_addch(out, *s);
            continue;
        }
        if (*s == '"' || *s == '\\') {
            strbuf_addch(out, '\\');
            strbuf_addch(out, *s);
            continue;
        }
        step = text_decode(s, len, &cp);
        add_json_char(out, s, step, cp);
    }
}

/* Is none of eight bytes special? Each sum leaves the high bit of a byte that is: of one below
 * 0x20, of 0x7f and above, of '"' and of '\\'; a carry can only make more of them. */
static bool are_json_plain(const char *s)
{
    const uint64_t ones = 0x0101010101010101, high = ones << 7;
    uint64_t v, quote, backslash;

    memcpy(&v, s, sizeof(v));
    quote = v ^ ones * '"';
    backslash = v ^ ones * '\\';
    return !(((v - ones * 0x20) | (v + ones) | v | (quote - ones) | (backslash - ones)) & high);
}

/* Bytes of @s that stand for themselves. The last eight overlap those before them, so no text is
 * looked at byte by byte but one of less than eight. */
static size_t plain_bytes(const char *s, size_t len)
{
    size_t plain = 0;

    while (len - plain >= 8 && are_json_plain(s + plain))
        plain += 8;
    if (len >= 8 && len - plain < 8 && are_json_plain(s + len - 8))
        return len;
    while (is_json_plain((unsigned char)s[plain]))
        plain++;
    return plain;
}

void json_text(struct strbuf *out, const char *s)
{
    size_t len = strlen(s), plain = plain_bytes(s, len);
    char *to;

    if (plain < len || out->limit) {
        strbuf_addch(out, '"');
        strbuf_add(out, s, plain);
        add_json_special(out, s + plain, len - plain);
        strbuf_addch(out, '"');
        return;
    }
    strbuf_grow(out, len + 2);
    to = out->buf + out->len;
    to[0] = '"';
    memcpy(to + 1, s, len);
    memcpy(to + 1 + len, "\"", 2);
    out->len += len + 2;
}

static void add_json_list(struct strbuf *out, const struct cell_list *l)
{
    strbuf_addch(out, '[');
    for (size_t i = 0; i < l->n; i++) {
        if (i)
            strbuf_addch(out, ',');
        json_text(out, l->items[i]);
    }
    strbuf_addch(out, ']');
}

void cell_json(struct strbuf *out, const struct column *col, const struct cell *c)
{
    switch (c->type) {
    case CELL_ABSENT:
        strbuf_addstr(out, "null");
        return;
    case CELL_STR:
    case CELL_STATE:
        json_text(out, c->u.s);
        return;
    case CELL_LIST:
        add_json_list(out, c->u.list);
        return;
    case CELL_TIME:
    case CELL_IP:
    case CELL_CIDR:
        strbuf_addch(out, '"');
        cell_plain(out, col, c);
        strbuf_addch(out, '"');
        return;
    case CELL_INT:
    case CELL_REAL:
    case CELL_BYTES:
    case CELL_DURATION:
    case CELL_BOOL:
        cell_plain(out, col, c);
        return;
    }
}
