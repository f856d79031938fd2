#include "collectors/esxi/columns.h"

#include <stdlib.h>

#include "core/mem.h"

/* Bytes before character @at of @line. */
static size_t offset(struct slice line, size_t at)
{
    size_t i = 0;

    for (; i < line.len; i++) {
        if (((unsigned char)line.p[i] & 0xc0) == 0x80)
            continue;
        if (!at--)
            break;
    }
    return i;
}

static void forget(struct columns *c)
{
    for (size_t i = 0; i < c->n; i++) {
        free(c->titles[i]);
        c->titles[i] = NULL;
    }
    c->n = 0;
}

static struct slice cut(struct slice line, const struct columns *c, size_t i)
{
    size_t from = offset(line, c->starts[i]);
    size_t to = i + 1 < c->n ? offset(line, c->starts[i + 1]) : line.len;

    return slice_trim((struct slice){line.p + from, to > from ? to - from : 0});
}

static void take_titles(struct columns *c, struct slice header)
{
    for (size_t i = 0; i < c->n; i++) {
        struct slice title = cut(header, c, i);

        c->titles[i] = mem_strndup(title.p, title.len);
    }
}

/* "-----  ---": where its runs begin. */
static bool take_dashes(struct columns *c, struct slice line)
{
    size_t n = 0;

    for (size_t i = 0; i < line.len; i++) {
        if (line.p[i] != '-' && line.p[i] != ' ')
            return false;
        if (line.p[i] != '-' || (i && line.p[i - 1] == '-'))
            continue;
        if (n == COLUMNS_MAX)
            return false;
        c->starts[n++] = i;
    }
    /* Two blanks divide columns and one dash alone is none. */
    if (!n || line.len < 2)
        return false;
    c->n = n;
    take_titles(c, (struct slice){c->header ? c->header : "", c->header ? strlen(c->header) : 0});
    return true;
}

static bool take_names(struct columns *c, struct slice line)
{
    struct slice rest = line;
    size_t n = 0;

    for (; c->names[n] && n < COLUMNS_MAX; n++) {
        const char *at = slice_find(rest, c->names[n]);

        if (!at || (!n && at != line.p))
            return false;
        c->starts[n] = (size_t)(at - line.p);
        rest.p = at + strlen(c->names[n]);
        rest.len = (size_t)(line.p + line.len - rest.p);
    }
    c->n = n;
    take_titles(c, line);
    return true;
}

static void add_row(struct columns *c, struct slice line)
{
    struct columns_row row = {.n = c->n};

    for (size_t i = 0; i < c->n; i++)
        row.cells[i] = cut(line, c, i);
    while (row.indent < line.len && line.p[row.indent] == ' ')
        row.indent++;
    c->rows++;
    c->on_row(c->arg, &row);
}

static bool is_empty(struct slice line)
{
    return !slice_trim(line).len;
}

static void on_line(void *arg, const char *s, size_t len)
{
    struct columns *c = arg;
    struct slice line = {s, len};

    if (is_empty(line)) {
        forget(c);
        return;
    }
    c->lines.health.parsed++;
    if (c->n) {
        add_row(c, line);
        return;
    }
    if (c->names ? take_names(c, line) : take_dashes(c, line)) {
        free(c->header);
        c->header = NULL;
        return;
    }
    /* It may be a header; the one before it was none. */
    if (c->header || c->names) {
        c->lines.health.parsed--;
        parse_health_skip(&c->lines.health, s, len);
    }
    free(c->header);
    c->header = mem_strndup(s, len);
}

void columns_init(struct columns *c, const char *const *names,
                  void (*on_row)(void *arg, const struct columns_row *row), void *arg)
{
    memset(c, 0, sizeof(*c));
    lines_init(&c->lines, on_line, c);
    c->names = names;
    c->on_row = on_row;
    c->arg = arg;
}

void columns_feed(struct columns *c, const char *data, size_t len)
{
    lines_feed(&c->lines, data, len);
}

void columns_end(struct columns *c, bool whole)
{
    lines_end(&c->lines, whole);
    if (!c->header || c->names)
        return;
    /* A header that nothing followed. */
    c->lines.health.parsed--;
    parse_health_skip(&c->lines.health, c->header, strlen(c->header));
}

void columns_release(struct columns *c)
{
    forget(c);
    free(c->header);
    lines_release(&c->lines);
}

struct slice columns_cell(const struct columns *c, const struct columns_row *row, const char *title)
{
    for (size_t i = 0; i < c->n && i < row->n; i++) {
        if (c->titles[i] && strcmp(c->titles[i], title) == 0)
            return row->cells[i];
    }
    return (struct slice){0};
}
