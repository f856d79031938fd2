/* files: what a client needs to know about the lab, written for hycon and for the aws command line.
 */
#include "core/err.h"
#include "core/strbuf.h"
#include "tests/lab/aws.h"
#include "tests/lab/csp.h"
#include "tests/lab/nsx.h"
#include "tests/lab/scenario.h"
#include "tests/lab/ssh.h"
#include "tests/lab/topology.h"
#include "tests/lab/vim.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int write_file(const struct lab *lab, const char *name, const char *text, size_t len,
                      struct err *err)
{
    const char *path = arena_printf(lab->arena, "%s/%s", lab->dir, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    ssize_t n;

    if (fd < 0)
        return err_set(err, ERR_IO, errno, "unable to create '%s'", path);
    fchmod(fd, 0600);
    n = write(fd, text, len);
    if (close(fd) < 0 || n != (ssize_t)len)
        return err_set(err, ERR_IO, errno, "unable to write '%s'", path);
    return 0;
}

static int write_text(const struct lab *lab, const char *name, struct strbuf *text, struct err *err)
{
    int rc = write_file(lab, name, text->buf, text->len, err);

    strbuf_release(text);
    return rc;
}

static const char *url_of(const struct lab *lab, const char *name)
{
    return lab_server_find(lab, name)->url;
}

static const struct csp_token *api_token(const struct lab *lab, const char *site)
{
    for (size_t i = 0; i < lab->csp->tokens.n; i++) {
        const struct csp_token *t = lab->csp->tokens.at[i];

        if (t->api && strcmp(t->name, site) == 0)
            return t;
    }
    return NULL;
}

static void add_map(struct strbuf *out, const char *name, const struct lab_pairs *map)
{
    if (map->n == 0)
        return;
    strbuf_addf(out, "%s:\n", name);
    for (size_t i = 0; i < map->n; i++)
        strbuf_addf(out, "  %s: %s\n", map->at[i].name, map->at[i].value);
}

static void add_vcenter(const struct lab *lab, struct strbuf *out, const char *site)
{
    const struct lab_server *s = lab_server_find(lab, arena_printf(lab->arena, "vcenter-%s", site));

    if (!s)
        return;
    strbuf_addf(out, "      - {name: vcenter-%s, kind: vcenter, url: \"%s/\", user: %s,\n", site,
                s->url, ((struct lab_vim *)s->data)->user->name);
    strbuf_addf(
        out, "         password: {file: password-vcenter-%s.txt}, tls: {ca_file: ca.pem}}\n", site);
}

static void add_replication(const struct lab *lab, struct strbuf *out, const char *site)
{
    const struct lab_server *s =
        lab_server_find(lab, arena_printf(lab->arena, "replication-%s", site));
    const struct lab_server *vc =
        lab_server_find(lab, arena_printf(lab->arena, "vcenter-%s", site));

    if (!s)
        return;
    strbuf_addf(out,
                "      - {name: replication-%s, kind: replication, url: \"%s/\", user: %s,\n"
                "         password: {file: password-vcenter-%s.txt}, tls: {ca_file: ca.pem}}\n",
                site, s->url, ((struct lab_vim *)vc->data)->user->name, site);
}

static void add_sddc(const struct lab *lab, struct strbuf *out, const struct lab_sddc *s,
                     bool production)
{
    const struct lab_aws *aws = s->aws;
    const char *aws_name = arena_printf(lab->arena, "aws-%s", s->site);

    strbuf_addf(out, "  - name: %s\n    label: \"%s\"\n    production: %s\n", s->site, s->label,
                production ? "true" : "false");
    strbuf_addstr(out, "    networks: [172.16.0.0/12]\n    endpoints:\n");
    strbuf_addf(out, "      - {name: vmc-%s, kind: vmc, url: \"%s/\", csp_url: \"%s/\",\n", s->site,
                url_of(lab, "vmc"), url_of(lab, "csp"));
    strbuf_addf(out, "         org: %s, sddc: %s,\n", s->org, s->id);
    strbuf_addf(out, "         token: {file: token-%s.txt}, tls: {ca_file: ca.pem}}\n", s->site);
    strbuf_addf(out, "      - {name: %s, kind: aws, region: %s, account: \"%s\",\n", aws_name,
                aws->region, aws->account);
    strbuf_addf(out, "         vpc: %s, subnet: %s,\n", aws->vpc, aws->link->id);
    strbuf_addf(out, "         profile: %s, credentials_file: credentials, config_file: config,\n",
                s->site);
    strbuf_addf(out, "         endpoint_url: \"%s\"}\n", url_of(lab, aws_name));
    add_vcenter(lab, out, s->site);
}

static void add_shells(const struct lab *lab, struct strbuf *out, const char *site, bool edge)
{
    const char *kind = edge ? "edge" : "esxi";
    unsigned n = 0;

    for (size_t i = 0; i < lab->servers.n; i++) {
        const struct lab_server *s = lab->servers.at[i];

        if (s->family != FAMILY_SSH || strcmp(s->site, site) != 0 ||
            lab_esx_is_edge(s->data) != edge)
            continue;
        if (n++ == 0)
            strbuf_addf(out, "      - {name: %s-%s, kind: %s, hosts: [", kind, site, kind);
        else
            strbuf_addstr(out, ", ");
        strbuf_addf(out, "\"127.0.0.1:%d\"", s->port);
    }
    if (n)
        strbuf_addf(out,
                    "],\n         user: %s, password: {file: password-%s-%s.txt},"
                    " known_hosts: known_hosts}\n",
                    edge ? "admin" : "root", kind, site);
}

static void add_dc(const struct lab *lab, struct strbuf *out, const struct lab_dc *dc)
{
    struct arena *a = lab->arena;

    strbuf_addf(out, "  - name: %s\n    label: \"%s\"\n    endpoints:\n", dc->site, dc->label);
    strbuf_addf(out, "      - {name: nsx-%s, kind: nsx, urls: [\"%s/\"", dc->site,
                url_of(lab, arena_printf(a, "nsx-%s", dc->site)));
    for (unsigned i = 2; i <= lab->params.nsx_nodes; i++)
        strbuf_addf(out, ", \"%s/\"", url_of(lab, arena_printf(a, "nsx-%s-%u", dc->site, i)));
    strbuf_addf(out,
                "],\n         user: audit, password: {file: password-%s.txt},"
                " tls: {ca_file: ca.pem}}\n",
                dc->site);
    add_vcenter(lab, out, dc->site);
    add_replication(lab, out, dc->site);
    add_shells(lab, out, dc->site, false);
    add_shells(lab, out, dc->site, true);
}

static int write_yaml(const struct lab *lab, const struct lab_scenario *scenario, struct err *err)
{
    struct strbuf out = STRBUF_INIT;

    strbuf_addf(&out, "# written by hycon-lab: scenario %s, seed %llu\n", lab->scenario,
                (unsigned long long)lab->seed);
    strbuf_addstr(&out, "contact: {company: Example K.K., name: Saito}\n");
    add_map(&out, "intervals", &scenario->intervals);
    add_map(&out, "thresholds", &scenario->thresholds);
    strbuf_addstr(&out, "sites:\n");
    for (size_t i = 0; i < lab->estate->sddcs.n; i++)
        add_sddc(lab, &out, lab->estate->sddcs.at[i], i == 0);
    for (size_t i = 0; i < lab->estate->dcs.n; i++)
        add_dc(lab, &out, lab->estate->dcs.at[i]);
    return write_text(lab, "hycon.yaml", &out, err);
}

static int write_process(const struct lab *lab, const struct lab_key *k, const char *site,
                         struct err *err)
{
    struct strbuf out = STRBUF_INIT;

    strbuf_addf(&out, "{\"Version\":1,\"AccessKeyId\":\"%s\",\"SecretAccessKey\":\"%s\"", k->access,
                k->secret);
    if (k->token)
        strbuf_addf(&out, ",\"SessionToken\":\"%s\"", k->token);
    strbuf_addstr(&out, "}\n");
    return write_text(lab, arena_printf(lab->arena, "process-%s.json", site), &out, err);
}

/* Profiles: SITE, SITE-role and SITE-ext (assume-role), SITE-process (credential_process). */
static int write_aws(const struct lab *lab, struct err *err)
{
    struct strbuf keys = STRBUF_INIT, config = STRBUF_INIT;

    for (size_t i = 0; i < lab->servers.n; i++) {
        const struct lab_server *s = lab->servers.at[i];
        const struct lab_aws_state *state = s->data;

        if (s->family != FAMILY_AWS)
            continue;
        strbuf_addf(&keys, "[%s]\naws_access_key_id = %s\naws_secret_access_key = %s\n", s->site,
                    state->main->access, state->main->secret);
        if (state->main->token)
            strbuf_addf(&keys, "aws_session_token = %s\n", state->main->token);
        strbuf_addf(&config, "[profile %s]\nregion = %s\n", s->site, state->aws->region);
        strbuf_addf(&config,
                    "[profile %s-role]\nregion = %s\nsource_profile = %s\n"
                    "role_arn = arn:aws:iam::%s:role/hycon-ro\n",
                    s->site, state->aws->region, s->site, state->aws->account);
        strbuf_addf(&config,
                    "[profile %s-ext]\nregion = %s\nsource_profile = %s\n"
                    "role_arn = arn:aws:iam::%s:role/hycon-ext\nexternal_id = hycon-lab\n",
                    s->site, state->aws->region, s->site, state->aws->account);
        strbuf_addf(&config,
                    "[profile %s-process]\nregion = %s\n"
                    "credential_process = /bin/cat \"%s/process-%s.json\"\n",
                    s->site, state->aws->region, lab->dir, s->site);
        if (write_process(lab, state->main, s->site, err) < 0) {
            strbuf_release(&keys);
            strbuf_release(&config);
            return -1;
        }
    }
    if (write_text(lab, "credentials", &keys, err) < 0) {
        strbuf_release(&config);
        return -1;
    }
    return write_text(lab, "config", &config, err);
}

/* For the shells: their keys, the password, and a key that is let in as well. */
static int write_ssh(struct lab *lab, struct err *err)
{
    struct strbuf known = STRBUF_INIT;

    for (size_t i = 0; i < lab->servers.n; i++) {
        const struct lab_server *s = lab->servers.at[i];
        const char *password;

        if (s->family != FAMILY_SSH)
            continue;
        lab_esx_known_hosts(s, &known);
        password = lab_esx_user(s->data)->password;
        if (write_file(lab,
                       arena_printf(lab->arena, "password-%s-%s.txt",
                                    lab_esx_is_edge(s->data) ? "edge" : "esxi", s->site),
                       password, strlen(password), err) < 0) {
            strbuf_release(&known);
            return -1;
        }
    }
    if (known.len == 0)
        return 0;
    if (lab_ssh_user_key(lab, arena_printf(lab->arena, "%s/id_ecdsa", lab->dir)) < 0) {
        strbuf_release(&known);
        return err_set(err, ERR_IO, 0, "unable to write '%s/id_ecdsa'", lab->dir);
    }
    return write_text(lab, "known_hosts", &known, err);
}

static int write_secrets(const struct lab *lab, struct err *err)
{
    struct arena *a = lab->arena;

    for (size_t i = 0; i < lab->estate->sddcs.n; i++) {
        const struct lab_sddc *s = lab->estate->sddcs.at[i];
        const struct csp_token *t = api_token(lab, s->site);

        if (write_file(lab, arena_printf(a, "token-%s.txt", s->site), t->value, strlen(t->value),
                       err) < 0)
            return -1;
    }
    for (size_t i = 0; i < lab->servers.n; i++) {
        const struct lab_server *s = lab->servers.at[i];
        const struct lab_nsx_state *state = s->data;

        const struct lab_vim *vim = s->data;

        if (s->family == FAMILY_VCENTER &&
            write_file(lab, arena_printf(a, "password-%s.txt", s->name), vim->user->password,
                       strlen(vim->user->password), err) < 0)
            return -1;
        if (s->family == FAMILY_NSX &&
            write_file(lab, arena_printf(a, "password-%s.txt", s->site), state->user->password,
                       strlen(state->user->password), err) < 0)
            return -1;
    }
    return write_aws(lab, err);
}

/* Variables for programs that know nothing of hycon.yaml: ". DIR/env; aws --endpoint-url ...". */
static int write_env(const struct lab *lab, struct err *err)
{
    struct strbuf out = STRBUF_INIT;

    strbuf_addf(&out, "export HYCON_CONFIG='%s/hycon.yaml'\n", lab->dir);
    strbuf_addf(&out, "export AWS_SHARED_CREDENTIALS_FILE='%s/credentials'\n", lab->dir);
    strbuf_addf(&out, "export AWS_CONFIG_FILE='%s/config'\n", lab->dir);
    for (size_t i = 0; i < lab->servers.n; i++) {
        const struct lab_server *s = lab->servers.at[i];

        if (s->family == FAMILY_IMDS)
            strbuf_addf(&out, "export AWS_EC2_METADATA_SERVICE_ENDPOINT='%s/'\n", s->url);
    }
    strbuf_addf(&out, "export HYCON_LAB_CONTROL='%s'\n", url_of(lab, "control"));
    return write_text(lab, "env", &out, err);
}

int lab_files_write(struct lab *lab, const struct lab_scenario *scenario, struct err *err)
{
    const char *ca = lab_ca_pem(lab->ca), *control = url_of(lab, "control");

    if (mkdir(lab->dir, 0700) < 0 && errno != EEXIST)
        return err_set(err, ERR_IO, errno, "unable to create the directory '%s'", lab->dir);
    if (write_file(lab, "ca.pem", ca, strlen(ca), err) < 0 || write_secrets(lab, err) < 0 ||
        write_ssh(lab, err) < 0 || write_env(lab, err) < 0 ||
        write_file(lab, "control.url", control, strlen(control), err) < 0)
        return -1;
    return write_yaml(lab, scenario, err);
}
