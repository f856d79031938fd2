#include "tests/support/check_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "core/strbuf.h"
#include "model/checks/check.h"
#include "model/findings.h"
#include "model/tables.h"
#include "tests/support/language.h"

const char check_case_config[] =
    "sites:\n"
    "  - name: tokyo\n"
    "    networks: [172.16.0.0/12]\n"
    "    endpoints:\n"
    "      - {name: vmc, kind: vmc, url: \"https://vmc.example/\", org: o, sddc: s, token: {env: "
    "T}}\n"
    "      - {name: linked, kind: aws, region: ap-northeast-1}\n"
    "  - name: dc1\n"
    "    endpoints:\n"
    "      - {name: nsx, kind: nsx, url: \"https://nsx.example/\", user: admin, password: {env: "
    "P}}\n"
    "      - {name: esx, kind: esxi, hosts: [esx-1, esx-2], user: root, password: {env: P}}\n"
    "      - {name: edge, kind: edge, hosts: [e-1, e-2], user: admin, password: {env: P}}\n"
    "  - name: osaka\n"
    "    endpoints:\n"
    "      - {name: far, kind: aws, region: ap-northeast-3}\n"
    "  - name: kyoto\n"
    "    endpoints:\n"
    "      - {name: vc, kind: vcenter, url: \"https://vc.example/\", user: ops, password: {env: "
    "P}}\n"
    "  - name: nara\n"
    "    endpoints:\n"
    "      - {name: nsxv, kind: nsxv, url: \"https://nsxv.example/\", user: ops, password: {env: "
    "P}}\n"
    "      - {name: esx, kind: esxi, hosts: [esx-01a], user: root, key_file: key}\n";

struct config *check_case_load(const char *yaml)
{
    struct strbuf all = STRBUF_INIT;
    struct err err = {0};
    struct config *c = config_parse(yaml, strlen(yaml), "hycon.yaml", &err, &all);

    if (!c)
        fail_msg("%s", all.buf);
    strbuf_release(&all);
    return c;
}

static void dump_row(struct strbuf *out, const struct row *r)
{
    int64_t affected = 0;

    row_int(r, FINDINGS_AFFECTED_COUNT, &affected);
    strbuf_addf(out, "%s %s|%d", row_str(r, FINDINGS_SEVERITY), row_str(r, FINDINGS_SUBJECT),
                (int)affected);
    if (row_str(r, FINDINGS_CAUSED_BY))
        strbuf_addf(out, "|<- %s", row_str(r, FINDINGS_CAUSED_BY));
    strbuf_addch(out, '\n');
}

char *check_case_dump(const struct snapshot *s, const char *check)
{
    struct strbuf out = STRBUF_INIT;

    for (size_t i = 0; i < snapshot_count(s); i++) {
        const struct row *r = snapshot_row(s, i);

        if (!check || strcmp(row_str(r, FINDINGS_CHECK), check) == 0)
            dump_row(&out, r);
    }
    return strbuf_detach(&out);
}

/* A finding of a tired operator: who, what, why and what next are all there. */
static void must_be_whole(const struct check_case *c, const struct row *r)
{
    const struct cell_list *evidence = row_list(r, FINDINGS_EVIDENCE);
    const char *summary = row_str(r, FINDINGS_SUMMARY), *remedy = row_str(r, FINDINGS_REMEDY);

    if (!summary || !*summary || strchr(summary, '\n'))
        fail_msg("%s: a summary of one line is missing", c->name);
    if (!remedy || !*remedy)
        fail_msg("%s: no remedy", c->name);
    if (!evidence || !evidence->n)
        fail_msg("%s: no evidence", c->name);
}

static bool says(const struct row *r, const char *text)
{
    const struct cell_list *evidence = row_list(r, FINDINGS_EVIDENCE);

    for (size_t i = 0; evidence && i < evidence->n; i++)
        if (strstr(evidence->items[i], text))
            return true;
    return strstr(row_str(r, FINDINGS_SUMMARY), text) != NULL;
}

static void look(const struct check_case *c, const struct snapshot *s, struct strbuf *got)
{
    bool first = got->len == 0;

    for (size_t i = 0; i < snapshot_count(s); i++) {
        const struct row *r = snapshot_row(s, i);

        if (strcmp(row_str(r, FINDINGS_CHECK), c->check) != 0)
            continue;
        must_be_whole(c, r);
        if (first && c->says && !says(r, c->says))
            fail_msg("%s: '%s' does not say '%s'", c->name, row_str(r, FINDINGS_SUMMARY), c->says);
        first = false;
    }
    char *lines = check_case_dump(s, c->check);
    strbuf_addstr(got, lines);
    free(lines);
}

/* One update of a new memory. */
struct judged {
    struct config *config;
    struct findings *findings;
    struct estate *estate;
    struct snapshot **out;
    size_t n;
};

static void judge(struct judged *j, const char *text)
{
    j->config = check_case_load(check_case_config);
    j->findings = findings_new(&(struct findings_options){.config = j->config, .local = true});
    j->n = config_site_count(j->config);
    j->out = mem_array(j->n, sizeof(*j->out));
    j->estate = estate_fixed(j->config, text, ESTATE_TEXT_NOW, false);
    findings_update(j->findings, j->estate, j->out);
}

static void judged_release(struct judged *j)
{
    for (size_t i = 0; i < j->n; i++)
        snapshot_unref(j->out[i]);
    estate_unref(j->estate);
    findings_free(j->findings);
    free(j->out);
    config_free(j->config);
}

/* The same in Japanese: people read it, and whoever reads the output of a verb sees no
 * difference. */
static void judge_in_japanese(const struct check_case *c, const char *text,
                              const struct judged *english)
{
    struct judged j;

    language_set("ja");
    judge(&j, text);
    for (size_t i = 0; i < j.n; i++) {
        char *want = language_output(english->out[i]), *got = language_output(j.out[i]);

        language_must_be_told(j.out[i], c->name);
        if (strcmp(want, got) != 0)
            fail_msg("%s:\n--- in English\n%s--- in Japanese\n%s", c->name, want, got);
        free(want);
        free(got);
    }
    judged_release(&j);
    language_set(NULL);
}

void check_case_run(const struct check_case *c)
{
    struct strbuf text = STRBUF_INIT, got = STRBUF_INIT;
    struct judged j;

    strbuf_addf(&text, "%s\n%s", c->text, c->more ? c->more : "");
    language_set(NULL);
    judge(&j, text.buf);
    judge_in_japanese(c, text.buf, &j);
    for (size_t i = 0; i < j.n; i++)
        look(c, j.out[i], &got);
    if (strcmp(got.buf, c->want) != 0)
        fail_msg("%s:\n--- want\n%s--- got\n%s", c->name, c->want, got.buf);
    judged_release(&j);
    strbuf_release(&got);
    strbuf_release(&text);
}

char *check_case_remedy(const char *text, const char *check)
{
    char *remedy = NULL;
    struct judged j;

    judge(&j, text);
    for (size_t i = 0; i < j.n; i++) {
        for (size_t k = 0; k < snapshot_count(j.out[i]) && !remedy; k++) {
            const struct row *r = snapshot_row(j.out[i], k);

            if (strcmp(row_str(r, FINDINGS_CHECK), check) == 0)
                remedy = mem_strdup(row_str(r, FINDINGS_REMEDY));
        }
    }
    judged_release(&j);
    return remedy;
}
