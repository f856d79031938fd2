#include "tests/support/model_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "core/strbuf.h"
#include "model/tables.h"

#define COLUMNS_MAX 32

static const char plain_config[] =
    "thresholds: {converge: 3m}\n"
    "sites:\n"
    "  - name: tokyo\n"
    "    endpoints:\n"
    "      - {name: vmc, kind: vmc, url: \"https://vmc.example/\", org: o, sddc: s, token: {env: "
    "T}}\n"
    "      - {name: nsx, kind: nsx, url: \"https://nsx.example/\", user: a, password: {env: P}}\n"
    "      - {name: linked, kind: aws, region: ap-northeast-1}\n"
    "      - {name: linked2, kind: aws, region: ap-northeast-1, profile: two}\n"
    "  - name: dc1\n"
    "    endpoints:\n"
    "      - {name: nsx, kind: nsx, url: \"https://nsx.dc1.example/\", user: a, password: {env: "
    "P}}\n"
    "  - name: osaka\n"
    "    endpoints:\n"
    "      - {name: far, kind: aws, region: ap-northeast-3}\n";

void model_case_init(struct model_case *c, const char *yaml)
{
    struct strbuf all = STRBUF_INIT;
    struct err err = {0};

    yaml = yaml ? yaml : plain_config;
    *c = (struct model_case){.now = MODEL_CASE_NOW};
    c->config = config_parse(yaml, strlen(yaml), "hycon.yaml", &err, &all);
    if (!c->config)
        fail_msg("%s", all.buf);
    strbuf_release(&all);
    c->model = model_new(&(struct model_options){.config = c->config, .user = "tester"});
}

void model_case_release(struct model_case *c)
{
    estate_unref(c->estate);
    model_free(c->model);
    config_free(c->config);
}

const struct estate *model_case_feed(struct model_case *c, const char *text)
{
    struct estate_text t = {0};

    estate_text_add(&t, text, c->now);
    estate_unref(c->estate);
    c->estate = model_update(c->model, t.snapshots, t.n, c->now);
    estate_text_release(&t);
    return c->estate;
}

static size_t find_columns(const struct schema *s, const char *names, unsigned *out)
{
    char *copy = mem_strdup(names), *save = NULL;
    size_t n = 0;

    for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
        int col = schema_column(s, w);
        if (col < 0 || n == COLUMNS_MAX)
            fail_msg("%s has no column '%s'", s->name, w);
        out[n++] = (unsigned)col;
    }
    free(copy);
    return n;
}

static void dump_row(struct strbuf *out, const struct schema *s, const struct row *r,
                     const unsigned *columns, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct cell *c = &r->cells[columns[i]];
        if (i)
            strbuf_addch(out, ' ');
        if (c->type == CELL_ABSENT)
            strbuf_addch(out, '-');
        else
            cell_plain(out, &s->columns[columns[i]], c);
    }
    strbuf_addch(out, '\n');
}

char *model_case_dump(const struct estate *e, const char *table, const char *site,
                      const char *columns)
{
    const struct schema *s = tables_find(table);
    struct strbuf out = STRBUF_INIT;
    struct snapshot *const *list;
    unsigned at[COLUMNS_MAX];
    size_t n, ncolumns = find_columns(s, columns, at);

    list = estate_table(e, s, &n);
    for (size_t i = 0; i < n; i++) {
        if (site && strcmp(snapshot_site(list[i]), site) != 0)
            continue;
        for (size_t k = 0; k < snapshot_count(list[i]); k++)
            dump_row(&out, s, snapshot_row(list[i], k), at, ncolumns);
    }
    return strbuf_detach(&out);
}

void model_case_expect(const struct estate *e, const char *what, const char *table,
                       const char *columns, const char *want)
{
    char *got = model_case_dump(e, table, NULL, columns);

    if (strcmp(got, want) != 0)
        fail_msg("%s: %s (%s)\n--- want\n%s--- got\n%s", what, table, columns, want, got);
    free(got);
}
