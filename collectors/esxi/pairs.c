#include "collectors/esxi/pairs.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/mem.h"
#include "core/text.h"

/* "Wed Feb 08 2023 UTC 19:50:57.747" */
static bool is_stamp(struct slice line)
{
    static const char shape[] = "Aaa Aaa 0";

    for (size_t i = 0; i < sizeof(shape) - 1; i++) {
        unsigned char c = i < line.len ? (unsigned char)line.p[i] : 0;

        if ((shape[i] == 'A' && !isupper(c)) || (shape[i] == 'a' && !islower(c)) ||
            (shape[i] == '0' && !isdigit(c)) || (shape[i] == ' ' && c != ' '))
            return false;
    }
    return true;
}

bool nsxcli_is_error(struct slice line)
{
    struct slice word;
    struct scan s = {line.p, line.p + line.len};
    int64_t code;

    if (SLICE_STARTS(line, "% "))
        return true;
    if (!SCAN_TAKE(&s, "Error"))
        return false;
    word = scan_word(&s);
    if (!word.len || word.p[word.len - 1] != ':')
        return false;
    word.len--;
    return slice_int(word, &code);
}

void nsxcli_keep_error(char *to, struct slice line)
{
    struct strbuf clean = STRBUF_INIT;
    size_t n;

    if (to[0])
        return;
    text_sanitize(&clean, line.p, line.len < PAIRS_ERROR ? line.len : PAIRS_ERROR, 0);
    n = text_boundary(clean.buf, clean.len, PAIRS_ERROR - 1);
    (void)snprintf(to, PAIRS_ERROR, "%.*s", (int)n, clean.buf);
    strbuf_release(&clean);
}

/* What wipes "--More--" out again: returns to the line's beginning, or backspaces, or ESC [ K. */
struct slice nsxcli_without_pager(struct slice line)
{
    const char *p = line.p, *end = line.p + line.len, *back;

    if (!SLICE_STARTS(line, "--More--"))
        return line;
    p += strlen("--More--");
    back = end - p > 1 ? memrchr(p, '\r', (size_t)(end - p - 1)) : NULL;
    if (back)
        return (struct slice){back + 1, (size_t)(end - back - 1)};
    while (p < end && (*p == '\b' || (*p == '\033' && end - p > 2)))
        p += *p == '\b' ? 1 : 3;
    return (struct slice){p, (size_t)(end - p)};
}

static void leave(struct pairs *p, size_t indent)
{
    while (p->depth && p->levels[p->depth - 1].indent >= indent)
        free(p->levels[--p->depth].name);
}

static void enter(struct pairs *p, size_t indent, struct slice name)
{
    leave(p, indent);
    if (p->depth < PAIRS_DEPTH)
        p->levels[p->depth++] = (struct pairs_level){indent, mem_strndup(name.p, name.len)};
}

static bool is_rule(struct slice line)
{
    for (size_t i = 0; i < line.len; i++) {
        if (line.p[i] != '-' && line.p[i] != '=' && line.p[i] != ' ')
            return false;
    }
    return true;
}

static void on_line(void *arg, const char *s, size_t len)
{
    struct pairs *p = arg;
    struct slice all = nsxcli_without_pager((struct slice){s, len});
    struct slice line = slice_trim(all), key, value;
    size_t indent = (size_t)(line.p - all.p);

    if (!line.len || is_rule(line))
        return;
    if (nsxcli_is_error(line)) {
        nsxcli_keep_error(p->error, line);
        parse_health_skip(&p->lines.health, s, len);
        return;
    }
    p->lines.health.parsed++;
    if (!indent && is_stamp(line))
        return;
    if (!slice_pair(line, &key, &value)) {
        enter(p, indent, line);
        return;
    }
    leave(p, indent);
    p->pairs++;
    p->on_pair(p->arg, p->depth ? p->levels[p->depth - 1].name : "", key, value);
    if (!value.len)
        enter(p, indent, key);
}

void pairs_init(struct pairs *p,
                void (*on_pair)(void *arg, const char *heading, struct slice key,
                                struct slice value),
                void *arg)
{
    memset(p, 0, sizeof(*p));
    lines_init(&p->lines, on_line, p);
    p->on_pair = on_pair;
    p->arg = arg;
}

void pairs_feed(struct pairs *p, const char *data, size_t len)
{
    lines_feed(&p->lines, data, len);
}

void pairs_end(struct pairs *p, bool whole)
{
    lines_end(&p->lines, whole);
}

void pairs_release(struct pairs *p)
{
    lines_release(&p->lines);
    leave(p, 0);
}
