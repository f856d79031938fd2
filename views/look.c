#include "views/look.h"

#include <stdarg.h>
#include <string.h>

#include "core/arena.h"
#include "core/fmt.h"
#include "core/i18n.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "model/tables.h"

const char *look_text(const struct row *r, unsigned col)
{
    const char *text = row_str(r, col);

    return text ? text : "";
}

bool look_same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

bool look_is(const struct row *r, unsigned col, const char *word)
{
    return look_same(row_str(r, col), word);
}

const char *look_cell(const struct view_input *in, const struct schema *schema, const struct row *r,
                      unsigned col)
{
    struct strbuf sb = STRBUF_INIT;
    char *text;

    view_cell(&sb, in, &schema->columns[col], row_shown(schema, r, col), 0);
    text = arena_strndup(in->arena, sb.buf, sb.len);
    strbuf_release(&sb);
    return text;
}

void look_add_end(struct strbuf *out, const struct view_input *in, const struct schema *schema,
                  const struct row *r, unsigned ip, unsigned port)
{
    const char *address = look_cell(in, schema, r, ip);

    strbuf_addf(out, strchr(address, ':') ? "[%s]" : "%s", address);
    if (row_present(r, port))
        strbuf_addf(out, ":%s", look_cell(in, schema, r, port));
}

const char *look_end(const struct view_input *in, const struct schema *schema, const struct row *r,
                     unsigned ip, unsigned port)
{
    struct strbuf text = STRBUF_INIT;
    const char *copy;

    look_add_end(&text, in, schema, r, ip, port);
    copy = arena_strndup(in->arena, text.buf, text.len);
    strbuf_release(&text);
    return copy;
}

bool look_list_has(const struct cell_list *l, const char *item)
{
    for (size_t i = 0; l && i < l->n; i++)
        if (look_same(l->items[i], item))
            return true;
    return false;
}

const char *look_site_next(const struct view_input *in, size_t *i)
{
    const struct config *c = estate_config(in->estate);

    while (*i < config_site_count(c)) {
        const char *name = config_site(c, (*i)++)->name;
        if (!in->site || strcmp(in->site, name) == 0)
            return name;
    }
    return NULL;
}

bool look_next(const struct view_input *in, const struct schema *schema, const char *site,
               size_t *i, struct rows_item *out)
{
    struct view_input mine = *in;

    mine.site = site;
    return view_walk(&mine, schema, i, out);
}

bool look_find(const struct view_input *in, const struct schema *schema, const char *site,
               unsigned col, const char *text, struct rows_item *out)
{
    size_t i = 0;

    while (text && look_next(in, schema, site, &i, out))
        if (look_is(out->row, col, text))
            return true;
    return false;
}

/* ---- sources ------------------------------------------------------------------------------------
 */

static int badness(enum freshness f)
{
    static const int order[] = {
        [FRESH_UNSUPPORTED] = 0, [FRESH_OK] = 1,     [FRESH_PARTIAL] = 2, [FRESH_STALE] = 3,
        [FRESH_FAILED] = 4,      [FRESH_DENIED] = 5, [FRESH_NEVER] = 6,
    };

    return order[f];
}

struct look_source look_source_of(const struct snapshot *s)
{
    return (struct look_source){snapshot_freshness(s), snapshot_taken_at(s), snapshot_endpoint(s)};
}

struct look_source look_worse(struct look_source a, struct look_source b)
{
    struct look_source worse = badness(b.worst) > badness(a.worst) ? b : a;

    if (a.worst == FRESH_UNSUPPORTED || b.worst == FRESH_UNSUPPORTED)
        return worse;
    if (a.worst == b.worst && b.taken_at < a.taken_at)
        worse = b;
    worse.taken_at = a.taken_at < b.taken_at ? a.taken_at : b.taken_at;
    return worse;
}

struct look_source look_source(const struct view_input *in, const struct schema *schema,
                               const char *site)
{
    struct look_source all = {FRESH_UNSUPPORTED, 0, ""};
    size_t n;
    struct snapshot *const *s = estate_table(in->estate, schema, &n);

    for (size_t i = 0; i < n; i++)
        if (strcmp(snapshot_site(s[i]), site) == 0)
            all = look_worse(all, look_source_of(s[i]));
    return all;
}

void look_data(struct strbuf *out, const struct view_input *in, enum freshness f, int64_t taken_at)
{
    if (f == FRESH_NEVER || f == FRESH_UNSUPPORTED || taken_at <= 0) {
        strbuf_addstr(out, view_freshness_word(f));
        return;
    }
    if (f != FRESH_OK)
        strbuf_addf(out, "%s ", view_freshness_word(f));
    fmt_age(out, taken_at, in->now);
}

enum style look_data_style(enum freshness f)
{
    return f == FRESH_OK ? STYLE_NORMAL : view_freshness_style(f);
}

bool look_offered(const struct view_input *in, const struct schema *schema)
{
    size_t i = 0;
    const char *site;

    while ((site = look_site_next(in, &i)))
        if (look_source(in, schema, site).worst != FRESH_UNSUPPORTED)
            return true;
    return view_has_rows(in, schema);
}

/* Items are ID=NAME; a name may hold '=', an id does not. */
const char *look_group(const struct view_input *in, const char *site, const char *id)
{
    struct rows_item row;
    size_t i = 0, n = id ? strlen(id) : 0;

    while (n && look_next(in, &table_linked_vpcs, site, &i, &row)) {
        const struct cell_list *l = row_list(row.row, LINKED_VPCS_TRAFFIC_GROUP_IDS);
        for (size_t k = 0; l && k < l->n; k++)
            if (strncmp(l->items[k], id, n) == 0 && l->items[k][n] == '=')
                return l->items[k] + n + 1;
    }
    return id;
}

const char *look_gateway_edge(const struct row *gateway)
{
    return look_text(gateway,
                     row_present(gateway, GATEWAYS_EDGE) ? GATEWAYS_EDGE : GATEWAYS_EDGE_ID);
}

int64_t look_edge_tier(const struct view_input *in, const char *site)
{
    struct rows_item row;
    bool below = false;
    size_t i = 0;
    int64_t tier;

    while (look_next(in, &table_gateways, site, &i, &row)) {
        if (!row_int(row.row, GATEWAYS_TIER, &tier) || !row_present(row.row, GATEWAYS_HA_STATUS))
            continue;
        if (tier == 0)
            return 0;
        below = true;
    }
    return below;
}

bool look_changed(const struct view_input *in, const struct rows_item *row, unsigned col)
{
    int64_t at = estate_changed_at(in->estate, row->snapshot, row->row, col);

    return at > 0 && in->now - at < LOOK_MARK_MS;
}

unsigned look_host_state(const struct row *host)
{
    enum severity vmc, vcenter;

    if (!row_present(host, HOSTS_STATE))
        return HOSTS_CONNECTION_STATE;
    vmc = cell_severity(&table_hosts.columns[HOSTS_STATE], &host->cells[HOSTS_STATE]);
    vcenter = cell_severity(&table_hosts.columns[HOSTS_CONNECTION_STATE],
                            &host->cells[HOSTS_CONNECTION_STATE]);
    return vcenter > vmc && vcenter > SEV_OK ? HOSTS_CONNECTION_STATE : HOSTS_STATE;
}

/* The first word of a host's full name; the whole of what is none, as an address. */
static void add_place(struct strbuf *out, const char *name)
{
    size_t n = strcspn(name, ".");
    bool whole = strspn(name, "0123456789.:") == strlen(name) || strchr(name, ' ');

    strbuf_addf(out, "%.*s", whole ? (int)strlen(name) : (int)n, name);
}

void look_move_to(struct strbuf *out, const struct view_input *in, const struct row *task)
{
    const char *to = look_text(task, TASKS_MOVED_TO);

    if (!*to)
        return;
    strbuf_addstr(out, in->ascii ? " -> " : " → ");
    add_place(out, to);
}

void look_move(struct strbuf *out, const struct view_input *in, const struct row *task)
{
    const char *from = look_text(task, TASKS_MOVED_FROM);

    if (!*from)
        strbuf_addch(out, '-');
    else
        add_place(out, from);
    look_move_to(out, in, task);
}

/* ---- drawing ------------------------------------------------------------------------------------
 */

#define ID_DIGITS 17 /* of an id in hexadecimal, after the dash */
#define ID_SHOWN  6

/* The length of an AWS id at @s ("eni-0f38bb6ddacab0004"), its prefix in *prefix; 0: none. */
static size_t id_length(const char *s, size_t *prefix)
{
    size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz");

    if (!n || s[n] != '-' || strspn(s + n + 1, "0123456789abcdef") != ID_DIGITS)
        return 0;
    *prefix = n + 1;
    return n + 1 + ID_DIGITS;
}

void look_short_ids(struct strbuf *out, const struct view_input *in, const char *text)
{
    bool begins = true;

    while (*text) {
        size_t prefix, n = begins && !in->wide ? id_length(text, &prefix) : 0;
        if (n) {
            strbuf_add(out, text, prefix);
            strbuf_addstr(out, in->ascii ? ".." : "…");
            strbuf_add(out, text + n - ID_SHOWN, ID_SHOWN);
            text += n;
            continue;
        }
        begins = *text == ' ' || *text == '(';
        strbuf_addch(out, *text++);
    }
}

void look_put(struct look_pen *p, uint8_t style, const char *fmt, ...)
{
    struct strbuf sb = STRBUF_INIT;
    int room = p->end - p->x, width;
    va_list ap;

    va_start(ap, fmt);
    strbuf_vaddf(&sb, fmt, ap);
    va_end(ap);
    width = (int)text_width(sb.buf);
    if (!p->canvas)
        p->x += width < room ? width : room > 0 ? room : 0;
    else if (room > 0 && width > room)
        p->x += canvas_fit(p->canvas, p->x, p->y, room, style, sb.buf, false);
    else if (room > 0)
        p->x += canvas_text(p->canvas, p->x, p->y, room, style, sb.buf);
    strbuf_release(&sb);
}

int look_wrap(struct canvas *c, struct rect r, uint8_t style, const char *text)
{
    struct strbuf line = STRBUF_INIT;
    int y = 0;

    while (*text && y < r.h && r.w > 1) {
        size_t n = text_cut_line(text, (size_t)r.w);
        if (!n)
            break;
        strbuf_reset(&line);
        if (y == r.h - 1) /* the last line gets the rest, and says that it is cut */
            strbuf_addstr(&line, text);
        else
            strbuf_add(&line, text, n - (text[n - 1] == ' '));
        if (c)
            canvas_fit(c, r.x, r.y + y, r.w, style, line.buf, false);
        y++;
        text += n;
        text += strspn(text, " ");
    }
    strbuf_release(&line);
    return y;
}
