/* Other clients of a vCenter: small ones on govmomi and pyvmomi, which ask as their users' programs
 * do (a container view, RetrieveProperties of hosts and of VMs) and read the same properties of the
 * same objects from the same server; and curl, which sends the requests of hycon to a live vcsim
 * and throws the answers away. A peer that is not installed is named, and nothing is compared. */
#include "tests/bench/vcenter.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collectors/vcenter/paths.h"
#include "core/file.h"
#include "core/mem.h"
#include "core/soap.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "tests/bench/bench.h"

#define GOVMOMI "build/bench-govmomi"
#define VCSIM   "build/vcsim"
#define PYVMOMI "/usr/bin/python3 tests/bench/pyvmomi_client.py"
#define OPEN                                                         \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<soapenv:Envelope " \
    "xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" "   \
    "xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" xmlns:xsi=\"" SOAP_XSI "\"><soapenv:Body>"
#define CLOSE "</soapenv:Body></soapenv:Envelope>"
#define REPLY(method, inside) \
    OPEN "<" method "Response xmlns=\"urn:vim25\">" inside "</" method "Response>" CLOSE
#define MANAGER(name, type) "<" name " type=\"" type "\">" type "</" name ">"
#define NOW                 "2026-11-20T09:00:00Z"

/* ---- replies -----------------------------------------------------------------------------------
 */

static struct strbuf hosts, vms, updates, content, login, view;

/* Of an update set as of RetrieveProperties: the same properties in other elements. */
static void as_contents(struct strbuf *out, const char *from, const char *to)
{
    static const char *const words[][2] = {
        {"<objectSet><kind>enter</kind>", "<returnval>"},
        {"</objectSet>", "</returnval>"},
        {"<changeSet>", "<propSet>"},
        {"</changeSet>", "</propSet>"},
        {"<op>assign</op>", ""},
    };

    strbuf_addstr(out, OPEN "<RetrievePropertiesResponse xmlns=\"urn:vim25\">");
    while (from < to) {
        size_t i = 0, n = 1;

        while (i < ARRAY_SIZE(words) && !text_has_prefix(from, words[i][0]))
            i++;
        if (*from == '<' && i < ARRAY_SIZE(words)) {
            strbuf_addstr(out, words[i][1]);
            from += strlen(words[i][0]);
            continue;
        }
        while (from + n < to && from[n] != '<')
            n++;
        strbuf_add(out, from, n);
        from += n;
    }
    strbuf_addstr(out, "</RetrievePropertiesResponse>" CLOSE);
}

static void init(struct strbuf *out, const char *text)
{
    strbuf_init(out, 0);
    strbuf_addstr(out, text);
}

void vcenter_peers_init(const struct strbuf *inventory, const struct strbuf *changes)
{
    const char *first = strstr(inventory->buf, "<objectSet>");
    const char *host =
        strstr(inventory->buf, "<objectSet><kind>enter</kind><obj type=\"HostSystem");
    const char *end = strstr(inventory->buf, "</filterSet>"), *body = strstr(changes->buf, "<Wait");

    init(&hosts, "");
    init(&vms, "");
    init(&updates, OPEN);
    as_contents(&vms, first, host);
    as_contents(&hosts, host, end);
    strbuf_addstr(&updates, body);
    bench_keep_from_children(&vms);
    bench_keep_from_children(&hosts);
    init(&content,
         REPLY("RetrieveServiceContent",
               "<returnval>" MANAGER("rootFolder", "Folder")
                   MANAGER("propertyCollector", "PropertyCollector") MANAGER(
                       "viewManager",
                       "ViewManager") "<about><name>VMware vCenter "
                                      "Server</name><fullName>replay</fullName>"
                                      "<vendor>VMware, "
                                      "Inc.</vendor><version>8.0.3</version><build>1</build>"
                                      "<osType>linux-x64</osType><productLineId>vpx</productLineId>"
                                      "<apiType>VirtualCenter</apiType><apiVersion>8.0</"
                                      "apiVersion></about>" MANAGER(
                                          "sessionManager", "SessionManager") "</returnval>"));
    init(&login, REPLY("Login", "<returnval><key>k</key><userName>u</userName><fullName>u"
                                "</fullName><loginTime>" NOW "</loginTime><lastActiveTime>" NOW
                                "</lastActiveTime><locale>en</locale><messageLocale>en"
                                "</messageLocale></returnval>"));
    init(&view, REPLY("CreateContainerView", "<returnval type=\"ContainerView\">v</returnval>"));
}

void vcenter_peers_release(void)
{
    struct strbuf *const all[] = {&hosts, &vms, &updates, &content, &login, &view};

    for (size_t i = 0; i < ARRAY_SIZE(all); i++)
        strbuf_release(all[i]);
}

const struct strbuf *vcenter_peers_reply(const char *body)
{
    if (strstr(body, "<RetrieveServiceContent "))
        return &content;
    if (strstr(body, "<Login "))
        return &login;
    if (strstr(body, "<CreateContainerView "))
        return &view;
    if (strstr(body, ">updates</version>"))
        return &updates;
    if (!strstr(body, "<RetrieveProperties "))
        return NULL;
    return strstr(body, "HostSystem") ? &hosts : &vms;
}

/* ---- the same server ---------------------------------------------------------------------------
 */

/* Does it end well? */
static bool shell(const char *line)
{
    pid_t pid = fork();
    int status;

    if (pid == 0) {
        (void)execl("/bin/sh", "sh", "-c", line, (char *)NULL);
        _exit(127);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static bool can(const char *program, const char *test, const char *package)
{
    if (shell(test))
        return true;
    printf("%s: not measured (%s is not installed: make deps-bench)\n", program, package);
    return false;
}

static bool have_govmomi(void)
{
    return can("govmomi", "test -x " GOVMOMI,
               "golang-github-vmware-govmomi-dev with a Go compiler");
}

static bool have_pyvmomi(void)
{
    return can("pyvmomi", "/usr/bin/python3 -c 'import pyVmomi' 2>/dev/null", "python3-pyvmomi");
}

/* The paths of hosts or VMs that the replies have, joined by commas. */
static void add_paths(struct strbuf *out, enum object_type type, const struct strbuf *reply)
{
    for (unsigned i = 0; i < vcenter_paths_count; i++) {
        char *name = mem_printf("<name>%s</name>", vcenter_paths[i].name);

        if (vcenter_paths[i].type == type && strstr(reply->buf, name))
            strbuf_addf(out, "%s%s", out->len ? "," : "", vcenter_paths[i].name);
        free(name);
    }
}

static void compare(unsigned port, bool govmomi, bool pyvmomi)
{
    struct strbuf h = STRBUF_INIT, v = STRBUF_INIT;
    char *own = mem_printf("BENCH_PASSWORD=p exec %s --config %s/vcenter.yaml get "
                           "clusters,datastores -o json",
                           bench_hycon, bench_dir);
    char *go, *py;
    struct bench_command commands[3] = {{"hycon, all read", own}};
    struct bench_result r[3];
    size_t n = 1, at_go = 0, at_py = 0;

    add_paths(&h, OBJECT_HOST, &hosts);
    add_paths(&v, OBJECT_VM, &vms);
    go = mem_printf("exec " GOVMOMI " http://u:p@127.0.0.1:%u/sdk %s %s", port, h.buf, v.buf);
    py = mem_printf("exec " PYVMOMI " http://127.0.0.1:%u/sdk %s %s", port, h.buf, v.buf);
    if (govmomi)
        commands[at_go = n++] = (struct bench_command){"govmomi", go};
    if (pyvmomi)
        commands[at_py = n++] = (struct bench_command){"pyvmomi", py};
    bench_compare("1,000 hosts, 10,000 VMs, other clients", commands, n, r);
    if (at_go)
        bench_goal(r[at_go].wall_ratio, 1.0 / 8, "inventory of 10,000 VMs: wall / govmomi");
    if (at_py)
        bench_goal(r[at_py].wall_ratio, 1.0 / 15, "inventory of 10,000 VMs: wall / pyvmomi");
    strbuf_release(&h);
    strbuf_release(&v);
    free(own);
    free(go);
    free(py);
}

/* Milliseconds that the client prints; < 0: none. */
static double ask_ms(const char *client)
{
    char *path = mem_printf("%s/updates", bench_dir), *line = mem_printf("%s >%s", client, path);
    struct strbuf text = STRBUF_INIT;
    double ms = -1;

    if (!shell(line) || file_read(path, 64, &text, NULL) < 0)
        strbuf_reset(&text);
    if (text.len > 0 && text.buf[text.len - 1] == '\n')
        strbuf_setlen(&text, text.len - 1);
    if (text_to_double(text.buf, &ms) != 0)
        ms = -1;
    strbuf_release(&text);
    free(path);
    free(line);
    return ms;
}

static void compare_updates(const char *name, const char *client, double own)
{
    double ms = ask_ms(client);

    if (ms < 0)
        bench_failed("updates by %s", name);
    else
        printf("1,000 updates by %s: %.1f ms of CPU, %.1f times as much as hycon's decoder\n", name,
               ms, own > 0 ? ms / own : 0);
}

/* ---- a live vcsim ------------------------------------------------------------------------------
 */

struct live {
    pid_t pid;
    FILE *to, *from;
    char url[128], sha256[80];
    char *tmp;
};

static void child(int in, int out)
{
    (void)dup2(in, 0);
    (void)dup2(out, 1);
    if (!freopen("/dev/null", "w", stderr))
        _exit(126);
    (void)execl(VCSIM, VCSIM, "-clusters", "100", "-hosts", "10", "-vms", "100", "-datastores", "2",
                (char *)NULL);
    _exit(127);
}

static bool start(struct live *l)
{
    int in[2], out[2];
    char line[256] = "", *space;

    if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0)
        return false;
    l->tmp = mem_printf("%s/vcsim", bench_dir);
    (void)mkdir(l->tmp, 0700);
    l->pid = fork();
    if (l->pid == 0) {
        (void)setenv("TMPDIR", l->tmp, 1); /* it leaves a directory behind for each host */
        child(in[0], out[1]);
    }
    (void)close(in[0]);
    (void)close(out[1]);
    l->to = fdopen(in[1], "w");
    l->from = fdopen(out[0], "r");
    if (!l->to || !l->from || !fgets(line, sizeof(line), l->from))
        return false;
    line[strcspn(line, "\n")] = '\0';
    space = strchr(line, ' ');
    if (!space)
        return false;
    (void)snprintf(l->url, sizeof(l->url), "%.*s", (int)(space - line), line);
    (void)snprintf(l->sha256, sizeof(l->sha256), "%.64s", space + 1);
    return true;
}

static void stop(struct live *l)
{
    if (l->to)
        (void)fclose(l->to);
    if (l->from)
        (void)fclose(l->from);
    if (l->pid > 0)
        (void)waitpid(l->pid, NULL, 0);
    free(l->tmp);
}

/* The paths of every type, as hycon asks for them. */
static void add_spec(struct strbuf *out, bool polled)
{
    for (unsigned t = 0; object_type_is_inventory((enum object_type)t); t++) {
        bool open = false;

        for (unsigned i = 0; i < vcenter_paths_count; i++) {
            if (vcenter_paths[i].type != t || vcenter_paths[i].polled != polled)
                continue;
            if (!open)
                strbuf_addf(out, "<propSet><type>%s</type>", object_type_name((enum object_type)t));
            open = true;
            soap_leaf(out, "pathSet", vcenter_paths[i].name);
        }
        strbuf_addstr(out, open ? "</propSet>" : "");
    }
    strbuf_addstr(out, "<objectSet><obj type=\"ContainerView\">VIEW</obj><skip>true</skip>"
                       "<selectSet xsi:type=\"TraversalSpec\"><name>view</name><type>ContainerView"
                       "</type><path>view</path><skip>false</skip></selectSet></objectSet>");
}

static const char *request(const char *name, const char *method, const char *this, bool spec,
                           const char *rest)
{
    struct strbuf out = STRBUF_INIT;
    const char *path, *type = strchr(this, ' ') ? strchr(this, ' ') + 1 : this;
    bool filter = strcmp(method, "CreateFilter") == 0;

    soap_begin(&out, method, "urn:vim25");
    strbuf_addf(&out, "<_this type=\"%s\">%.*s</_this>", type, (int)strcspn(this, " "), this);
    if (spec) {
        strbuf_addf(&out, "<%s>", filter ? "spec" : "specSet");
        add_spec(&out, !filter);
        strbuf_addf(&out, "</%s>", filter ? "spec" : "specSet");
    }
    strbuf_addstr(&out, rest);
    soap_end(&out, method);
    path = bench_file(name, out.buf);
    strbuf_release(&out);
    return path;
}

/* The conversation of hycon with curl: ids are cut out of small answers, big ones thrown away. */
static char *curl_script(const struct live *l)
{
    request("c1", "RetrieveServiceContent", "ServiceInstance", false, "");
    request("c2", "Login", "SessionManager", false,
            "<userName>tester</userName><password>s&lt;e&gt;cret&amp;</password>");
    request("c3", "CreateContainerView", "ViewManager", false,
            "<container type=\"Folder\">group-d1</container><type>HostSystem</type>"
            "<type>ClusterComputeResource</type><type>VirtualMachine</type><type>Datastore</type>"
            "<type>Network</type><recursive>true</recursive>");
    request("c4", "CreatePropertyCollector", "propertyCollector PropertyCollector", false, "");
    request("c5", "CreateFilter", "COLLECTOR PropertyCollector", true,
            "<partialUpdates>false</partialUpdates>");
    request("c6", "WaitForUpdatesEx", "COLLECTOR PropertyCollector", false,
            "<version></version><options><maxWaitSeconds>1</maxWaitSeconds></options>");
    request("c7", "RetrievePropertiesEx", "propertyCollector PropertyCollector", true,
            "<options/>");
    request("c8", "Logout", "SessionManager", false, "");
    return mem_printf(
        "cd %s && j=$(mktemp ./jar.XXXXXX) && "
        "post() { sed \"s/VIEW/$v/; s/COLLECTOR/$c/\" $1 | curl -sf -k -b $j -c $j -d @- "
        "-H 'Content-Type: text/xml' -H 'SOAPAction: urn:vim25/6.7' %ssdk; } && "
        "id() { sed -n 's/.*<returnval[^>]*>\\([^<]*\\)<.*/\\1/p'; } && "
        "post c1 >/dev/null && post c2 >/dev/null && v=$(post c3 | id) && c=$(post c4 | id) && "
        "test -n \"$v\" -a -n \"$c\" && post c5 >/dev/null && post c6 | wc -c >&2 && post c7 "
        ">/dev/null && "
        "post c8 >/dev/null && rm $j",
        bench_dir, l->url);
}

static void compare_live(void)
{
    struct live l = {0};
    char *text, *own, *curl;
    struct bench_result r[2];

    if (!can("vcsim", "test -x " VCSIM, "golang-github-vmware-govmomi-dev with a Go compiler"))
        return;
    if (!start(&l)) {
        bench_failed("vcsim does not start");
        stop(&l);
        return;
    }
    text = mem_printf("sites:\n  - name: bench\n    endpoints:\n"
                      "      - {name: vc, kind: vcenter, url: \"%s\", user: tester, "
                      "password: {env: BENCH_PASSWORD}, tls: {sha256: \"%s\"}}\n",
                      l.url, l.sha256);
    own =
        mem_printf("BENCH_PASSWORD='s<e>cret&' exec %s --config %s get clusters,datastores -o json",
                   bench_hycon, bench_file("live.yaml", text));
    curl = curl_script(&l);
    const struct bench_command commands[] = {{"hycon, all read", own}, {"curl", curl}};
    bench_compare("1,000 hosts, 10,000 VMs of a live vcsim", commands, 2, r);
    bench_goal(r[1].wall_ratio, 1.8,
               "inventory of a live vcsim: wall / curl with the same requests");
    stop(&l);
    free(text);
    free(own);
    free(curl);
}

void vcenter_peers_run(unsigned port, double updates_ms)
{
    bool govmomi = have_govmomi(), pyvmomi = have_pyvmomi();
    char *go = mem_printf(GOVMOMI " -updates 11 http://u:p@127.0.0.1:%u/sdk", port);
    char *py = mem_printf(PYVMOMI " http://127.0.0.1:%u/sdk --updates 11", port);

    if (govmomi || pyvmomi)
        compare(port, govmomi, pyvmomi);
    if (govmomi)
        compare_updates("govmomi", go, updates_ms);
    if (pyvmomi)
        compare_updates("pyvmomi", py, updates_ms);
    compare_live();
    free(go);
    free(py);
}
