/* config: the example of the design, every kind of mistake with its exact message, and torn files.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "core/strbuf.h"
#include "model/config.h"

#define NAME "/etc/hycon/h.yaml"

static const char example[] =
    "contact: {company: Example K.K., name: Saito}\n"
    "intervals: {enis: 20s, routes: 1m}\n"
    "thresholds: {converge: 5m}\n"
    "credentials:\n"
    "  ad-ops: {user: 'EXAMPLE\\ops', password: {env: OPS_PASSWORD}}\n"
    "sites:\n"
    "  - name: tokyo\n"
    "    label: Tokyo SDDC (production)\n"
    "    production: true\n"
    "    networks: [10.0.0.0/8]\n"
    "    intervals: {routes: 30s}\n"
    "    thresholds: {converge: 2m}\n"
    "    disable: [reports]\n"
    "    endpoints:\n"
    "      - {name: vc, kind: vcenter, url: \"https://vc.example/\", user: cloudadmin@vmc.local, "
    "password: {command: \"pass show vc\"}}\n"
    "      - {name: nsx, kind: nsx, urls: [\"https://nsx1.example/\", \"https://nsx2.example/\"], "
    "user: admin, password: {env: NSX_PASSWORD}, tls: {ca_file: ca.pem}, intervals: {edges: 5s}}\n"
    "      - {name: vmc, kind: vmc, url: \"https://vmc.vmware.com/\", csp_url: "
    "\"https://console.cloud.vmware.com/\", org: ORG, sddc: SDDC, token: {file: token.txt}, proxy: "
    "\"http://proxy.example:3128\"}\n"
    "      - {name: linked, kind: aws, region: ap-northeast-1, profile: ops, vpc: vpc-1, subnet: "
    "subnet-1, endpoint_url: \"http://127.0.0.1:4566\", disable: [subnets]}\n"
    "  - name: dc1\n"
    "    proxy: \"http://p.example:8080\"\n"
    "    endpoints:\n"
    "      - {name: esx, kind: esxi, hosts: [\"esx-[01-16].example\", \"192.0.2.7:2222\"], user: "
    "root, key_file: ~/.ssh/id_ecdsa, known_hosts: known_hosts, transport: auto, exclude: "
    "[esx-03.*], proxy: none}\n"
    "      - {name: nsx, kind: nsx, url: \"https://[::1]:8443/\", credential: ad-ops, tls: "
    "{sha256: "
    "\"AA:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99:AA:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:"
    "88:99\"}}\n"
    "      - {name: nsx-b, kind: nsx, url: \"https://b.example/\", credential: ad-ops}\n";

static struct config *parse(const char *text, size_t len, struct strbuf *all)
{
    struct err err = {0};
    struct config *c = config_parse(text, len, NAME, &err, all);

    assert_int_equal(c == NULL, err.kind != ERR_NONE);
    return c;
}

static const struct config_endpoint *find(const struct config *c, const char *site,
                                          const char *name)
{
    for (size_t i = 0; i < config_endpoint_count(c); i++) {
        const struct config_endpoint *e = config_endpoint(c, i);
        if (strcmp(e->site, site) == 0 && strcmp(e->name, name) == 0)
            return e;
    }
    fail_msg("no endpoint %s/%s", site, name);
    return NULL;
}

static void example_is_read(void **state)
{
    struct strbuf all = STRBUF_INIT;
    struct config *c = parse(example, sizeof(example) - 1, &all);
    (void)state;

    if (!c)
        fail_msg("%s", all.buf);
    assert_string_equal(all.buf, "");
    assert_string_equal(config_path(c), NAME);
    assert_string_equal(config_contact(c, "name"), "Saito");
    assert_null(config_contact(c, "phone"));
    assert_int_equal(config_site_count(c), 2);
    const struct config_site *tokyo = config_find_site(c, "tokyo");
    assert_string_equal(tokyo->label, "Tokyo SDDC (production)");
    assert_true(tokyo->production);
    assert_int_equal(tokyo->nnetworks, 1);
    assert_int_equal(tokyo->networks[0].prefix, 8);
    assert_int_equal(tokyo->nendpoints, 4);
    assert_string_equal(tokyo->endpoints[3]->name, "linked");
    assert_null(config_find_site(c, "osaka"));
    const struct config_site *dc1 = config_site(c, 1);
    assert_string_equal(dc1->label, "dc1");
    assert_false(dc1->production);
    assert_int_equal(dc1->nendpoints, 16 - 1 + 1 + 2);
    assert_int_equal(config_endpoint_count(c), 4 + 18);
    for (size_t i = 0; i < config_endpoint_count(c); i++)
        assert_int_equal(config_endpoint(c, i)->index, i);
    config_free(c);
    strbuf_release(&all);
}

static void getters_resolve(void **state)
{
    struct config *c = parse(example, sizeof(example) - 1, NULL);
    const char *const *items;
    (void)state;

    const struct config_endpoint *nsx = find(c, "tokyo", "nsx");
    assert_int_equal(nsx->kind, KIND_NSX);
    assert_int_equal(config_list(nsx, "urls", &items), 2);
    assert_string_equal(items[1], "https://nsx2.example/");
    assert_string_equal(config_str(nsx, "url"), "https://nsx1.example/");
    assert_string_equal(config_str(nsx, "auth"), "local");
    assert_string_equal(config_str(nsx, "tls.ca_file"), "/etc/hycon/ca.pem");
    assert_null(config_str(nsx, "tls.sha256"));
    assert_int_equal(config_secret(nsx, "password").source, SECRET_ENV);
    assert_string_equal(config_secret(nsx, "password").arg, "NSX_PASSWORD");
    assert_int_equal(config_secret(nsx, "token").source, SECRET_NONE);
    const struct config_endpoint *vmc = find(c, "tokyo", "vmc");
    assert_string_equal(config_secret(vmc, "token").arg, "/etc/hycon/token.txt");
    assert_string_equal(config_str(vmc, "proxy"), "http://proxy.example:3128");
    const struct config_endpoint *aws = find(c, "tokyo", "linked");
    assert_int_equal(config_list(aws, "vpcs", &items), 1);
    assert_string_equal(items[0], "vpc-1");
    assert_int_equal(config_list(aws, "account", &items), 0);
    assert_null(items);
    const struct config_endpoint *pinned = find(c, "dc1", "nsx");
    assert_string_equal(config_str(pinned, "tls.sha256"),
                        "aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899");
    assert_string_equal(config_str(pinned, "user"), "EXAMPLE\\ops");
    assert_string_equal(config_str(pinned, "proxy"), "http://p.example:8080");
    config_free(c);
}

static void intervals_and_thresholds_inherit(void **state)
{
    struct config *c = parse(example, sizeof(example) - 1, NULL);
    const struct config_endpoint *nsx = find(c, "tokyo", "nsx"), *far = find(c, "dc1", "nsx");
    (void)state;

    assert_int_equal(config_interval(nsx, "edges", 1), 5000);
    assert_int_equal(config_interval(nsx, "routes", 1), 30000);
    assert_int_equal(config_interval(nsx, "enis", 1), 20000);
    assert_int_equal(config_interval(nsx, "hosts", 77), 77);
    assert_int_equal(config_interval(far, "routes", 1), 60000);
    assert_true(config_threshold(c, "tokyo", "converge", 1) == 120000);
    assert_true(config_threshold(c, "dc1", "converge", 1) == 300000);
    assert_true(config_threshold(c, NULL, "converge", 1) == 300000);
    assert_true(config_threshold(c, "dc1", "other", 3) == 3);
    assert_true(config_endpoint_threshold(nsx, "converge", 1) == 120000);
    assert_true(config_table_disabled(nsx, "reports"));
    const struct config_endpoint *aws = find(c, "tokyo", "linked");
    assert_true(config_table_disabled(aws, "reports"));
    assert_true(config_table_disabled(aws, "subnets"));
    assert_false(config_table_disabled(far, "reports"));
    config_free(c);
}

/* What stands at the top of the file holds, or what all sites say. */
static void time_zone_is_one(void **state)
{
    static const struct {
        const char *text, *zone;
    } cases[] = {
        {"time_zone: Asia/Tokyo\nsites:\n- name: s\n  time_zone: Asia/Tokyo\n  endpoints: "
         "[{name: a, kind: aws, region: r, time_zone: Asia/Tokyo}]\n",
         "Asia/Tokyo"},
        {"sites:\n- name: s\n  time_zone: JST-9\n  endpoints: [{name: a, kind: aws, region: r}]\n",
         "JST-9"},
        {"sites:\n- name: s\n  time_zone: JST-9\n  endpoints: [{name: a, kind: aws, region: r}]\n"
         "- name: t\n  time_zone: JST-9\n  endpoints: [{name: a, kind: aws, region: r}]\n",
         "JST-9"},
        {"sites:\n- name: s\n  endpoints: [{name: a, kind: aws, region: r}]\n", NULL},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct config *c = parse(cases[i].text, strlen(cases[i].text), NULL);
        const char *zone = config_time_zone(c);

        assert_true(zone && cases[i].zone ? strcmp(zone, cases[i].zone) == 0
                                          : !zone && !cases[i].zone);
        config_free(c);
    }
}

static void jump_hosts_have_parts(void **state)
{
    static const char text[] =
        "jump: ops@bastion.example\n"
        "sites: [{name: s, endpoints: [\n"
        "  {name: a, kind: nsx, url: \"https://n/\", user: u, password: {env: P}},\n"
        "  {name: b, kind: nsx, url: \"https://n/\", user: u, password: {env: P}, "
        "jump: 'j+k@10.0.0.9:2222'},\n"
        "  {name: c, kind: nsx, url: \"https://n/\", user: u, password: {env: P}, jump: none}]}]\n";
    struct config *c = parse(text, sizeof(text) - 1, NULL);
    struct config_jump j;
    struct strbuf shown = STRBUF_INIT;

    (void)state;
    assert_true(config_jump(config_endpoint(c, 0), &j));
    assert_string_equal(j.user, "ops");
    assert_string_equal(j.host, "bastion.example");
    assert_int_equal(j.port, 22);
    assert_true(config_jump(config_endpoint(c, 1), &j));
    assert_string_equal(j.user, "j+k");
    assert_string_equal(j.host, "10.0.0.9");
    assert_int_equal(j.port, 2222);
    assert_false(config_jump(config_endpoint(c, 2), &j));
    config_show(c, &shown);
    assert_non_null(strstr(shown.buf, "jump = none"));
    strbuf_release(&shown);
    config_free(c);
}

static void host_ranges_are_endpoints(void **state)
{
    struct config *c = parse(example, sizeof(example) - 1, NULL);
    const struct config_site *dc1 = config_find_site(c, "dc1");
    (void)state;

    assert_string_equal(dc1->endpoints[0]->name, "esx/esx-01.example");
    assert_string_equal(dc1->endpoints[2]->name, "esx/esx-04.example"); /* 03 is excluded */
    const struct config_endpoint *last = dc1->endpoints[15];
    assert_string_equal(last->name, "esx/192.0.2.7:2222");
    assert_string_equal(last->group, "esx");
    assert_string_equal(config_str(last, "host"), "192.0.2.7");
    assert_int_equal(config_int(last, "port", 0), 2222);
    assert_string_equal(config_str(last, "user"), "root");
    assert_string_equal(config_str(last, "known_hosts"), "/etc/hycon/known_hosts");
    assert_string_equal(config_str(last, "proxy"), "");
    assert_int_equal(config_int(dc1->endpoints[0], "port", 0), 22);
    assert_string_equal(dc1->endpoints[0]->credential, last->credential);
    config_free(c);
}

static void names_are_with_or_without_site(void **state)
{
    struct config *c = parse(example, sizeof(example) - 1, NULL);
    const struct config_endpoint *e = config_find_site(c, "dc1")->endpoints[0];
    (void)state;

    assert_true(config_endpoint_has_name(e, "esx/esx-01.example"));
    assert_true(config_endpoint_has_name(e, "dc1/esx/esx-01.example"));
    assert_false(config_endpoint_has_name(e, "dc/esx/esx-01.example"));
    assert_false(config_endpoint_has_name(e, "esx"));
    assert_true(config_endpoint_in_scope(e, NULL, NULL));
    assert_true(config_endpoint_in_scope(e, "dc1", "esx"));
    assert_true(config_endpoint_in_scope(e, "dc1", "dc1/esx"));
    assert_true(config_endpoint_in_scope(e, NULL, "dc1/esx/esx-01.example"));
    assert_false(config_endpoint_in_scope(e, "tokyo", "esx"));
    assert_false(config_endpoint_in_scope(e, NULL, "dc1/"));
    assert_false(config_endpoint_in_scope(e, NULL, "dc1"));
    config_free(c);
}

static void credentials_are_shared(void **state)
{
    static const char text[] =
        "sites:\n- name: s\n  endpoints:\n"
        "  - {name: a, kind: nsx, url: https://a/, user: u, password: {env: P}}\n"
        "  - {name: b, kind: nsx, url: https://b/, user: u, password: {env: P}}\n"
        "  - {name: c, kind: nsx, url: https://c/, user: v, password: {env: P}}\n"
        "  - {name: d, kind: nsx, url: https://d/, user: u, password: {prompt: true}}\n"
        "  - {name: e, kind: nsx, url: https://e/, user: u, password: {prompt: true}}\n"
        "  - {name: f, kind: aws, region: r, profile: p}\n"
        "  - {name: g, kind: aws, region: s, profile: p}\n"
        "  - {name: h, kind: aws, region: s, profile: p, assume_role: {role_arn: x}}\n"
        "  - {name: i, kind: aws, region: s}\n";
    struct config *c = parse(text, sizeof(text) - 1, NULL);
    const char *id[9];
    (void)state;

    assert_non_null(c);
    for (size_t i = 0; i < 9; i++)
        id[i] = config_endpoint(c, i)->credential;
    assert_string_equal(id[0], "nsx u env:P");
    assert_string_equal(id[0], id[1]);
    assert_string_not_equal(id[0], id[2]);
    assert_string_equal(id[3], "s/d");
    assert_string_equal(id[4], "s/e");
    assert_string_equal(id[5], "aws profile p");
    assert_string_equal(id[5], id[6]);
    assert_string_equal(id[7], "aws profile p role x");
    assert_string_equal(id[8], "aws default chain");
    assert_string_equal(config_str(config_endpoint(c, 7), "assume_role.session_name"), "hycon");
    config_free(c);
    c = parse(example, sizeof(example) - 1, NULL);
    assert_string_equal(find(c, "dc1", "nsx-b")->credential, "ad-ops");
    config_free(c);
}

#define SITE(endpoint) "sites:\n- name: s\n  endpoints:\n  - " endpoint "\n"
#define NSX            "{name: n, kind: nsx, url: https://n/, user: u, password: {env: P}"
#define AWS            "{name: a, kind: aws, region: r"

static const struct {
    const char *text, *messages; /* without the name of the file; several: one per line */
} mistakes[] = {
    {"- 1\n", "1:1: the file must be a mapping with the key 'sites', not a list"},
    {"contact: {name: x}\n", "1:1: missing key 'sites' in the file"},
    {"sites: []\n", "1:8: 'sites' must be a list of sites"},
    {"sites: 1\n", "1:8: 'sites' must be a list of sites, not text"},
    {"sites: [1]\n", "1:9: a site must be a mapping, not text"},
    {"sites: [{}]\n", "1:9: missing key 'name' in a site\n1:9: missing key 'endpoints' in a site"},
    {"sites: [{name: a b, endpoints: [" AWS "}]}]\n",
     "1:16: name of site 'a b' has one of blank / @ , : * ? ' \" in it"},
    {SITE(AWS "}") "- name: s\n  endpoints: [" AWS "}]\n",
     "5:9: duplicate site 's', first in line 2"},
    {SITE("{name: x}"), "4:5: missing key 'kind' in endpoint 'x'"},
    {SITE("{name: x, kind: nxs}"),
     "4:21: 'kind' is 'nxs', which is none of: vcenter nsx nsxv vmc aws esxi edge "
     "replication"},
    {SITE("7"), "4:5: an endpoint must be a mapping, not text"},
    {SITE("{kind: aws, region: r}"), "4:5: missing key 'name' in an endpoint"},
    {SITE(NSX ", urll: x}"), "4:72: unknown key 'urll' in endpoint 'n'; did you mean 'url'?"},
    {SITE(NSX ", sddc: x}"), "4:72: unknown key 'sddc' in endpoint 'n'; it belongs to kind vmc"},
    {SITE(NSX ", zzzzzzzz: x}"), "4:72: unknown key 'zzzzzzzz' in endpoint 'n'"},
    {SITE(NSX ", tls: {ca: x}}"), "4:78: unknown key 'ca' in 'tls'"},
    {SITE(NSX ", tls: x}"), "4:77: 'tls' must be a mapping, not text"},
    {SITE(NSX ", tls: {sha256: abc}}"), "4:86: 'sha256' must be the 64 hex digits of a SHA-256"},
    {SITE(NSX ", auth: ldap}"), "4:78: 'auth' is 'ldap', which is none of: local vidm certificate"},
    {SITE("{name: n, kind: nsx, url: https://n/, auth: certificate}"),
     "4:5: missing key 'client_cert' in endpoint 'n' (auth certificate)\n"
     "4:5: missing key 'client_key' in endpoint 'n' (auth certificate)"},
    {SITE("{name: n, kind: nsx, urls: https://n/, url: https://n/, user: u, password: {env: P}}"),
     "4:44: 'url' is one entry of 'urls', which is given too; keep one"},
    {SITE("{name: n, kind: nsx, user: u, password: {env: P}}"),
     "4:5: missing key 'url' in endpoint 'n'"},
    {SITE("{name: n, kind: nsx, url: http://n/, user: u, password: {env: P}}"),
     "4:31: 'url' is plain http://, which is accepted for loopback addresses alone; use https://"},
    {SITE("{name: n, kind: nsx, url: ftp://n/, user: u, password: {env: P}}"),
     "4:31: 'url' must begin with https://"},
    {SITE("{name: n, kind: nsx, url: 'https://', user: u, password: {env: P}}"),
     "4:31: 'url' has no host name"},
    {SITE("{name: n, kind: nsx, url: 'https://n:70000', user: u, password: {env: P}}"),
     "4:31: 'url' has a port that is not 1 to 65535"},
    {SITE("{name: n, kind: nsx, url: 'https://u:hunter2@n/', user: u, password: {env: P}}"),
     "4:31: 'url' has a user or password in it; use the keys for them"},
    {SITE("{name: n, kind: nsx, url: [1], user: u, password: {env: P}}"),
     "4:31: 'url' must be a URL, not a list"},
    {SITE("{name: n, kind: nsx, url: https://n/, user: '', password: {env: P}}"),
     "4:49: 'user' must not be empty"},
    {SITE("{name: n, kind: nsx, url: https://n/, user: \"a\\eb\", password: {env: P}}"),
     "4:49: 'user' has control characters in it"},
    {SITE("{name: n, kind: nsx, url: https://n/, user: u, password: hunter2}"),
     "4:62: 'password': a secret is never written here; use {command}, {env}, {file} or {prompt: "
     "true}"},
    {SITE("{name: n, kind: nsx, url: https://n/, user: u, password: {text: hunter2}}"),
     "4:62: 'password' must be exactly one of {command: ...}, {env: ...}, {file: ...}, {prompt: "
     "true}"},
    {SITE("{name: n, kind: nsx, url: https://n/, user: u, password: {env: P, file: f}}"),
     "4:62: 'password' must be exactly one of {command: ...}, {env: ...}, {file: ...}, {prompt: "
     "true}"},
    {SITE("{name: n, kind: nsx, url: https://n/, user: u, password: {prompt: hunter2}}"),
     "4:71: 'password': prompt takes true and nothing else"},
    {SITE("{name: n, kind: nsx, url: https://n/, user: u, password: {env: 1-a}}"),
     "4:68: 'password': env takes the name of an environment variable"},
    {SITE(NSX ", requests_per_min: 0}"),
     "4:90: 'requests_per_min' must be a number from 1 to 1,000,000, not '0'"},
    {SITE(NSX ", jump: bastion}"), "4:78: 'jump' must be user@host or user@host:port, or be none"},
    {SITE(NSX ", jump: '-oProxyCommand=x@h'}"),
     "4:78: 'jump' must be user@host or user@host:port, or be none"},
    {SITE(NSX ", jump: 'ops@h;reboot'}"),
     "4:78: 'jump' must be user@host or user@host:port, or be none"},
    {SITE(NSX ", jump: 'ops@h:'}"), "4:78: 'jump' must be user@host or user@host:port, or be none"},
    {SITE(NSX ", jump: 'ops@'}"), "4:78: 'jump' names no host after the @"},
    {SITE(NSX ", intervals: {edges: 5}, proxy: 'x:1'}"),
     "4:102: 'proxy' must begin with http://, https://, socks5:// or socks5h://, or be none"},
    {SITE(NSX ", intervals: {edges: fast}}"),
     "4:91: 'intervals.edges' must be a duration from 100ms to 24h such as 30s or 5m, not 'fast'"},
    {SITE(NSX ", intervals: {edge: 5s}}"),
     "4:84: 'intervals': no table 'edge'; did you mean 'edges'?"},
    {SITE(NSX ", disable: [edges, qqqqqq]}"),
     "4:89: 'disable': 'qqqqqq' is no table; 'hycon tables' lists them"},
    {SITE(NSX ", time_zone: UTC}"), "4:83: 'time_zone' of one endpoint alone: times are shown in "
                                    "one zone, so it belongs to the top of the file"},
    {"time_zone: Asia/Tokyo\nsites:\n- name: s\n  time_zone: UTC\n  endpoints: [{name: a, kind: "
     "aws, region: r}]\n",
     "4:14: 'time_zone' of one site is 'UTC': times are shown in one zone, which is 'Asia/Tokyo'"},
    {"sites:\n- name: s\n  time_zone: JST-9\n  endpoints: [{name: a, kind: aws, region: r}]\n"
     "- name: t\n  endpoints: [{name: a, kind: aws, region: r}]\n",
     "3:14: 'time_zone' of one site alone: times are shown in one zone, so it belongs to the top "
     "of the file"},
    {"sites:\n- name: s\n  time_zone: JST-9\n  endpoints: [{name: a, kind: aws, region: r}]\n"
     "- name: t\n  time_zone: UTC\n  endpoints: [{name: a, kind: aws, region: r}]\n",
     "6:14: 'time_zone' of one site is 'UTC': times are shown in one zone, which is 'JST-9'"},
    {SITE(NSX ", time_zone: Mars/Olympus}"),
     "4:83: 'time_zone': no time zone 'Mars/Olympus' in /usr/share/zoneinfo"},
    {SITE(NSX ", time_zone: ../../etc/passwd}"),
     "4:83: 'time_zone': no time zone '../../etc/passwd' in /usr/share/zoneinfo"},
    {SITE(NSX ", urls: [https://m/]}"),
     "4:72: 'url' is one entry of 'urls', which is given too; keep one"},
    {SITE(NSX ", thresholds: {convergee: 5m}}"),
     "4:85: unknown threshold 'convergee'; did you mean 'converge'?"},
    {SITE(NSX ", credential: ops}"), "4:84: no credential 'ops' below 'credentials'"},
    {SITE("{name: n, kind: nsx, url: https://n/, credential: ops}"),
     "4:55: no credential 'ops' below 'credentials'"},
    {SITE("{name: a, kind: aws, region: 'Tokyo 1'}"),
     "4:34: 'Tokyo 1' is not a region, such as ap-northeast-1"},
    {"credentials: {ops: {user: u, token: {env: T}}}\n" SITE(
         "{name: n, kind: nsx, url: https://n/, credential: ops, password: {env: P}}"),
     "5:55: credential 'ops' has 'token', which kind nsx does not take"},
    {"credentials: {ops: {user: u}}\n" SITE(NSX ", credential: ops}"),
     "5:84: credential 'ops' has 'user', which is given here too"},
    {"credentials: {ops: {password: hunter2}}\n" SITE(AWS "}"),
     "1:31: 'password': a secret is never written here; use {command}, {env}, {file} or {prompt: "
     "true}"},
    {SITE(AWS "}\n  - " AWS "}"), "5:12: duplicate endpoint 'a', first in line 4"},
    {SITE("{name: a, kind: aws}"), "4:5: missing key 'region' in endpoint 'a'"},
    {SITE(AWS ", account: 12}"), "4:46: 'account' must be the 12 digits of an AWS account"},
    {SITE(AWS ", assume_role: {external_id: x}}"), "4:50: missing key 'role_arn' in 'assume_role'"},
    {SITE(AWS ", vpc: subnet-1}"), "4:42: 'subnet-1' is not the id of a VPC, such as vpc-1a2b3c4d"},
    {SITE(AWS ", vpcs: [vpc-1, 5]}"), "4:43: '5' is not the id of a VPC, such as vpc-1a2b3c4d"},
    {SITE(AWS ", subnets: [vpc-1]}"),
     "4:46: 'vpc-1' is not the id of a subnet, such as subnet-1a2b3c4d"},
    {SITE(AWS ", vpcs: []}"), "4:43: 'vpcs' must not be empty"},
    {"sites:\n- name: s\n  production: maybe\n  networks: [10.0.0.0/33]\n  endpoints: [" AWS "}]\n",
     "3:15: 'production' must be true or false, not 'maybe'\n"
     "4:14: 'networks': '10.0.0.0/33' is not a network such as 10.0.0.0/8"},
    {SITE("{name: e, kind: esxi, user: root}"),
     "4:5: missing key 'hosts' (or 'hosts_from') in endpoint 'e'"},
    {SITE("{name: e, kind: edge, user: admin}"), "4:5: missing key 'hosts' in endpoint 'e'"},
    {SITE("{name: e, kind: edge, user: admin, hosts: [a], host_key: abc}"),
     "4:62: 'host_key' must be SHA256: and 43 characters, as ssh-keygen -l prints it"},
    {SITE("{name: e, kind: edge, user: admin, hosts: [a], hosts_from: {vcenter: v}}"),
     "4:52: unknown key 'hosts_from' in endpoint 'e'; it belongs to kind esxi\n"
     "4:74: no vcenter endpoint 'v' in this site"},
    {SITE("{name: e, kind: esxi, user: root, hosts: ['h-[9-1]']}"),
     "4:46: 'hosts': 'h-[9-1]' has a range that runs backwards"},
    {SITE("{name: e, kind: esxi, user: root, hosts: ['h-[1-99][1-99]']}"),
     "4:46: 'hosts': 'h-[1-99][1-99]' expands to more than the limit of 4,096 hosts"},
    {SITE("{name: e, kind: esxi, user: root, hosts: ['h-[a-b]']}"),
     "4:46: 'hosts': 'h-[a-b]' has a range that is not like [01-16]"},
    {SITE("{name: e, kind: esxi, user: root, hosts: ['-oProxyCommand=x']}"),
     "4:46: 'hosts': '-oProxyCommand=x' is not a host name or address"},
    {SITE("{name: e, kind: esxi, user: root, hosts: [a, a]}"), "4:46: 'hosts' has 'a' twice"},
    {SITE("{name: e, kind: esxi, user: root, hosts: [a], host_key: abc}"),
     "4:61: 'host_key' must be SHA256: and 43 characters, as ssh-keygen -l prints it"},
    {SITE("{name: e, kind: esxi, user: root, hosts_from: {vcenter: v}}"),
     "4:61: no vcenter endpoint 'v' in this site"},
};

static void add_expected(struct strbuf *out, const char *messages)
{
    while (*messages) {
        size_t n = strcspn(messages, "\n");
        strbuf_addstr(out, NAME ":");
        strbuf_add(out, messages, n);
        strbuf_addch(out, '\n');
        messages += n + (messages[n] == '\n');
    }
}

static void mistakes_are_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(mistakes); i++) {
        struct strbuf all = STRBUF_INIT, expected = STRBUF_INIT;
        struct config *c = parse(mistakes[i].text, strlen(mistakes[i].text), &all);
        if (c)
            fail_msg("accepted: %s", mistakes[i].text);
        add_expected(&expected, mistakes[i].messages);
        assert_string_equal(all.buf, expected.buf);
        assert_null(strstr(all.buf, "hunter2"));
        strbuf_release(&all);
        strbuf_release(&expected);
    }
}

static void many_mistakes_are_bounded(void **state)
{
    struct strbuf text = STRBUF_INIT, all = STRBUF_INIT;
    struct err err = {0};
    size_t lines = 0;
    (void)state;

    strbuf_addstr(&text, SITE(AWS "}"));
    for (int i = 0; i < 60; i++)
        strbuf_addf(&text, "junk%02d: 1\n", i);
    assert_null(config_parse(text.buf, text.len, "h", &err, &all));
    assert_string_equal(err.msg, "h:5:1: unknown key 'junk00' in the file (and 59 more problems)");
    for (const char *s = all.buf; *s; s++)
        lines += *s == '\n';
    assert_int_equal(lines, CONFIG_ERRORS_MAX + 1);
    assert_non_null(strstr(all.buf, "\nh: 10 more problems are not shown\n"));
    strbuf_release(&text);
    strbuf_release(&all);
}

static void torn_files_do_no_harm(void **state)
{
    size_t good = 0;
    (void)state;

    for (size_t len = 0; len < sizeof(example) - 1; len++) {
        /* of exactly this size, so that reading behind the end is seen */
        char *torn = mem_alloc(len + 1);
        memcpy(torn, example, len);
        torn = mem_realloc(torn, len ? len : 1);
        struct config *c = parse(torn, len, NULL);
        good += c != NULL;
        config_free(c);
        free(torn);
    }
    assert_true(good > 0); /* where an endpoint ends, the file is good */
}

static void unreadable_file_says_why(void **state)
{
    struct err err = {0};
    (void)state;

    assert_null(config_load("/nonexistent/h.yaml", &err, NULL));
    assert_int_equal(err.kind, ERR_CONFIG);
    assert_string_equal(err.msg, "unable to read configuration '/nonexistent/h.yaml': No such file "
                                 "or directory");
}

static void show_names_origins(void **state)
{
    struct config *c = parse(example, sizeof(example) - 1, NULL);
    struct strbuf out = STRBUF_INIT;
    (void)state;

    config_show(c, &out);
    static const char *const lines[] = {
        "\ncontact.company = Example K.K.  (" NAME ":1:20)\n",
        "\ntokyo.label = Tokyo SDDC (production)  (" NAME ":8:12)\n",
        "\ntokyo/vc.password = {command: pass show vc}  (" NAME ":15:101)\n",
        "\ntokyo/nsx.auth = local  (default)\n",
        "\ntokyo/nsx.intervals.routes = 30s  (" NAME ":11:25)\n",
        "\ntokyo/nsx.intervals.enis = 20s  (" NAME ":2:19)\n",
        "\ndc1/esx/esx-01.example.proxy = none  (" NAME ":22:193)\n",
        "\ndc1/nsx.password = {env: OPS_PASSWORD}  (" NAME ":5:43)\n",
        "\ndc1/nsx uses the credential 'ad-ops'\n",
    };
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        const char *from = i == 0 && strncmp(out.buf, lines[0] + 1, strlen(lines[0] + 1)) == 0
                               ? out.buf
                               : strstr(out.buf, lines[i]);
        if (!from)
            fail_msg("no line '%s' in:\n%s", lines[i], out.buf);
    }
    assert_null(strstr(out.buf, "tokyo/nsx.intervals.routes = 1m"));
    strbuf_reset(&out);
    config_origin(find(c, "tokyo", "nsx"), "url", &out);
    assert_string_equal(out.buf, NAME ":16:38");
    strbuf_release(&out);
    config_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(example_is_read),
        cmocka_unit_test(getters_resolve),
        cmocka_unit_test(intervals_and_thresholds_inherit),
        cmocka_unit_test(time_zone_is_one),
        cmocka_unit_test(host_ranges_are_endpoints),
        cmocka_unit_test(names_are_with_or_without_site),
        cmocka_unit_test(jump_hosts_have_parts),
        cmocka_unit_test(credentials_are_shared),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(many_mistakes_are_bounded),
        cmocka_unit_test(torn_files_do_no_harm),
        cmocka_unit_test(unreadable_file_says_why),
        cmocka_unit_test(show_names_origins),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
