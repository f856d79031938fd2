/* Scenarios played to their end, and the sessions of the managers: every server in one process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/err.h"
#include "core/mem.h"
#include "core/text.h"
#include "tests/lab/actions.h"
#include "tests/lab/csp.h"
#include "tests/lab/fault.h"
#include "tests/lab/nsx.h"
#include "tests/lab/script.h"
#include "tests/lab/topology.h"
#include "tests/lab/vmc.h"

static struct lab lab;
static struct lab_script script;
static struct lab_scenario *scenario;

static void begin(const char *name)
{
    struct err err;

    lab_init(&lab, 1);
    script = (struct lab_script){.loop = false};
    scenario = lab_scenario_load(name, &err);
    assert_non_null(scenario);
    pthread_mutex_init(&script.lock, NULL);
    script.scenario = scenario;
    lab.script = &script;
    lab.scenario = scenario->name;
    for (size_t i = 0; i < scenario->estate.n; i++)
        assert_int_equal(lab_params_set(&lab.params, scenario->estate.at[i].name,
                                        scenario->estate.at[i].value, &err),
                         0);
    assert_int_equal(lab_params_check(&lab.params, &err), 0);
    lab.estate = lab_estate_new(&lab.params, 1, lab_wall_ms());
    lab.ca = lab_ca_new();
    assert_int_equal(lab_topology_start(&lab, 0, &err), 0);
    assert_int_equal(lab_script_begin(&lab, &err), 0);
}

static void end(void)
{
    lab_topology_stop(&lab);
    lab_release(&lab);
    lab_scenario_free(scenario);
    pthread_mutex_destroy(&script.lock);
}

static void until(int64_t ms)
{
    lab.clock.advanced = ms;
    lab_script_play(&lab, 0);
    assert_int_equal(script.failures, 0);
}

static void test_every_scenario(void **state)
{
    static const char *const names[] = {"steady",        "failover",
                                        "prefix-list",   "multi-edge",
                                        "overlap",       "missing-segment",
                                        "throttled",     "flaky",
                                        "expired-token", "demo",
                                        "host-lost",     "rule-missing-on-host",
                                        "empty-addrset", "fail-open",
                                        "vsfwd-down",    "vmotion-drops-flows",
                                        "vsan-filling",  "rpo-creep",
                                        "full-sync",     "vmotion"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        begin(names[i]);
        assert_string_equal(scenario->name, names[i]);
        until(scenario->length_ms);
        assert_int_equal(script.next, scenario->steps.n);
        end();
    }
}

/* How many routes of a table point to the active ENI, and how many to another one. */
static void routes(const char *table, unsigned *right, unsigned *wrong)
{
    const struct lab_table *t = lab_find_table(lab_find_sddc(lab.estate, "tokyo")->aws, table);

    *right = *wrong = 0;
    for (size_t i = 0; i < t->routes.n; i++) {
        const struct lab_route *r = t->routes.at[i];

        if (!r->group)
            continue;
        if (strcmp(r->target, r->group->eni->id) == 0)
            ++*right;
        else
            ++*wrong;
    }
}

static const char *active(int tier, const char *gateway)
{
    const struct lab_gateway *g =
        lab_find_gateway(lab_find_nsx(lab.estate, "tokyo"), tier, gateway);
    const char *name = NULL;

    for (size_t i = 0; i < g->roles.n; i++) {
        const struct lab_role *r = g->roles.at[i];

        if (strcmp(r->status, "ACTIVE") != 0)
            continue;
        assert_null(name);
        name = r->edge->name;
    }
    return name ? name : "";
}

static void test_failover_story(void **state)
{
    const struct lab_sddc *s;
    const struct lab_traffic_group *g;
    unsigned right, wrong;

    (void)state;
    begin("failover");
    s = lab_find_sddc(lab.estate, "tokyo");
    g = s->groups.at[0];
    assert_ptr_equal(g->eni, ((struct lab_host *)s->hosts.at[1])->eni);
    until(5000);
    assert_string_equal(lab_find_host(lab.estate, "tokyo", "esx-1")->state, "FAILED");
    assert_string_equal(active(0, "vmc"), "NSX-Edge-0");
    until(8000);
    assert_string_equal(active(0, "vmc"), "NSX-Edge-1");
    assert_string_equal(active(1, "cgw"), "NSX-Edge-1");
    assert_ptr_equal(g->eni, ((struct lab_host *)s->hosts.at[1])->eni);
    until(12000);
    assert_ptr_equal(g->eni, ((struct lab_host *)s->hosts.at[3])->eni);
    routes("main", &right, &wrong);
    assert_int_equal(right, 0);
    assert_int_equal(wrong, 4);
    until(17000);
    routes("main", &right, &wrong);
    assert_int_equal(right, 2);
    until(60000);
    routes("main", &right, &wrong);
    assert_int_equal(wrong, 0);
    routes("custom-app", &right, &wrong);
    assert_int_equal(wrong, 0);
    routes("custom-02", &right, &wrong);
    assert_int_equal(right, 0);
    end();
}

static void test_loop_begins_again(void **state)
{
    unsigned right, wrong;

    (void)state;
    begin("demo");
    script.loop = true;
    until(70000);
    assert_string_equal(active(0, "vmc"), "NSX-Edge-1");
    assert_non_null(lab.caption_en);
    until(scenario->length_ms + 1000);
    assert_int_equal(script.rounds, 1);
    assert_int_equal(script.next, 1);
    assert_string_equal(active(0, "vmc"), "NSX-Edge-0");
    routes("custom-app", &right, &wrong);
    assert_int_equal(wrong, 0);
    end();
}

/* ---- managers ------------------------------------------------------------------------------- */

struct call {
    struct lab_request req;
    struct lab_reply reply;
    struct lab_pair headers[4];
};

static struct call *call(const char *server, const char *method, const char *target,
                         const char *form, const struct lab_pair *headers, size_t n)
{
    struct lab_server *s = lab_server_find(&lab, server);
    struct call *c = mem_alloc(sizeof(*c));
    const char *question = strchr(target, '?');

    c->req = (struct lab_request){.method = method, .target = target, .arena = arena_new(0)};
    c->req.path = arena_strndup(c->req.arena, target, strcspn(target, "?"));
    if (question)
        c->req.query = lab_pairs_parse(c->req.arena, question + 1, strlen(question + 1));
    c->req.form = lab_pairs_parse(c->req.arena, form, strlen(form));
    for (size_t i = 0; i < n; i++)
        c->headers[i] = headers[i];
    c->req.headers = (struct lab_pairs){c->headers, n};
    c->reply = (struct lab_reply){.status = 200, .body = STRBUF_INIT};
    s->handle(&lab, s, &c->req, &c->reply);
    return c;
}

static int finish(struct call *c)
{
    int status = c->reply.status;

    strbuf_release(&c->reply.body);
    arena_free(c->req.arena);
    free(c);
    return status;
}

static const char *reply_header(const struct call *c, const char *name)
{
    for (size_t i = 0; i < c->reply.nheaders; i++)
        if (strcmp(c->reply.headers[i].name, name) == 0)
            return c->reply.headers[i].value;
    return NULL;
}

static struct call *login(const char *password)
{
    struct strbuf form = STRBUF_INIT;
    struct call *c;

    strbuf_addstr(&form, "j_username=audit&j_password=");
    text_percent_encode(&form, password, strlen(password), NULL);
    c = call("nsx-dc1", "POST", "/api/session/create", form.buf, NULL, 0);
    strbuf_release(&form);
    return c;
}

static const char *right_password(void)
{
    return ((struct lab_nsx_state *)lab_server_find(&lab, "nsx-dc1")->data)->user->password;
}

static int get(const struct lab_pair *headers, size_t n)
{
    return finish(call("nsx-dc1", "GET", "/api/v1/node/version", "", headers, n));
}

static void test_nsx_session(void **state)
{
    struct lab_pair headers[2] = {{"cookie", NULL}, {"x-xsrf-token", NULL}};
    const struct lab_server *s;
    struct call *c;

    (void)state;
    begin("steady");
    s = lab_server_find(&lab, "nsx-dc1");
    assert_int_equal(get(NULL, 0), 403);
    c = login(right_password());
    assert_int_equal(c->reply.status, 200);
    headers[0].value = reply_header(c, "Set-Cookie");
    headers[1].value = reply_header(c, "X-XSRF-TOKEN");
    finish(c);
    assert_int_equal(get(headers, 2), 200);
    assert_int_equal(get(headers, 1), 403); /* without the XSRF token */
    lab.clock.advanced += 1799 * 1000;
    assert_int_equal(get(headers, 2), 200);
    lab.clock.advanced += 1801 * 1000;
    assert_int_equal(get(headers, 2), 403); /* idle for too long */
    assert_int_equal(lab_nsx_open_sessions(&lab, s->data), 0);
    c = login(right_password());
    headers[0].value = reply_header(c, "Set-Cookie");
    headers[1].value = reply_header(c, "X-XSRF-TOKEN");
    finish(c);
    assert_int_equal(lab_nsx_open_sessions(&lab, s->data), 1);
    assert_int_equal(finish(call("nsx-dc1", "POST", "/api/session/destroy", "", headers, 2)), 200);
    assert_int_equal(lab_nsx_open_sessions(&lab, s->data), 0);
    assert_int_equal(get(headers, 2), 403);
    assert_int_equal(s->counts.logins, 2);
    assert_int_equal(s->counts.logouts, 1);
    end();
}

static void test_nsx_lockout(void **state)
{
    const struct lab_server *s;
    struct call *c;

    (void)state;
    begin("steady");
    s = lab_server_find(&lab, "nsx-dc1");
    for (int i = 0; i < 4; i++)
        assert_int_equal(finish(login("wrong")), 403);
    assert_int_equal(finish(login(right_password())), 200); /* forgets the failures */
    for (int i = 0; i < 5; i++) {
        c = login("wrong");
        assert_non_null(strstr(c->reply.body.buf, "\"error_code\":403"));
        finish(c);
    }
    assert_int_equal(s->counts.lockouts, 1);
    assert_int_equal(finish(login(right_password())), 403);
    lab.clock.advanced += 15 * 60 * 1000;
    assert_int_equal(finish(login(right_password())), 200);
    assert_int_equal(s->counts.failed_logins, 10);
    end();
}

static const char *access_token(const struct call *c)
{
    struct json_object *o = json_tokener_parse(c->reply.body.buf), *v;
    const char *text;

    assert_true(json_object_object_get_ex(o, "access_token", &v));
    text = arena_strdup(lab.arena, json_object_get_string(v));
    json_object_put(o);
    return text;
}

static void test_csp_tokens(void **state)
{
    const char *path = "/csp/gateway/am/api/auth/api-tokens/authorize";
    const struct csp_token *api;
    struct lab_pair header = {"csp-auth-token", NULL};
    struct call *c;
    char *form;

    (void)state;
    begin("steady");
    assert_int_equal(finish(call("csp", "POST", path, "api_token=wrong", NULL, 0)), 400);
    api = lab.csp->tokens.at[0];
    form = mem_printf("api_token=%s", api->value);
    c = call("csp", "POST", path, form, NULL, 0);
    assert_int_equal(c->reply.status, 200);
    header.value = access_token(c);
    finish(c);
    assert_int_equal(finish(call("vmc", "GET", "/vmc/api/orgs", "", NULL, 0)), 401);
    assert_int_equal(finish(call("vmc", "GET", "/vmc/api/orgs", "", &header, 1)), 200);
    lab.clock.advanced += 1799 * 1000;
    assert_int_equal(finish(call("vmc", "GET", "/vmc/api/orgs", "", &header, 1)), 401);
    lab_csp_revoke(&lab, "tokyo");
    assert_int_equal(finish(call("csp", "POST", path, form, NULL, 0)), 400);
    free(form);
    end();
}

/* ---- faults --------------------------------------------------------------------------------- */

static bool hit(struct lab_server *s, const char *path)
{
    struct lab_request req = {.path = path};
    struct lab_fault f;

    return lab_fault_take(s, &req, &f);
}

static void add_fault(struct lab_server *s, const char *spec)
{
    struct arena *a = arena_new(0);
    struct lab_pairs p = lab_pairs_parse(a, spec, strlen(spec));
    struct err err;
    unsigned id;

    assert_int_equal(lab_fault_add(s, &p, &id, &err), 0);
    arena_free(a);
}

static void test_which_requests_fail(void **state)
{
    struct lab_server *s;

    (void)state;
    begin("steady");
    s = lab_server_find(&lab, "nsx-dc1");
    add_fault(s, "fault=status&path=/policy&skip=1&count=2");
    assert_false(hit(s, "/api/v1/node"));
    assert_false(hit(s, "/policy/a"));
    assert_true(hit(s, "/policy/b"));
    assert_true(hit(s, "/policy/c"));
    assert_false(hit(s, "/policy/d"));
    lab_fault_clear(s, 0);
    add_fault(s, "fault=flap&every=2&path=*/state");
    assert_false(hit(s, "/a/state"));
    assert_false(hit(s, "/b/state"));
    assert_false(hit(s, "/b/other"));
    assert_true(hit(s, "/c/state"));
    assert_true(hit(s, "/d/state"));
    assert_false(hit(s, "/e/state"));
    assert_int_equal(s->counts.faults, 4);
    end();
}

static void test_actions_explain_themselves(void **state)
{
    static const struct {
        const char *spec, *message;
    } bad[] = {
        {"do=dance", "unknown action 'dance'"},
        {"site=tokyo", "the action needs the key 'do'"},
        {"do=fail-host&site=tokyo", "fail-host: the action needs the key 'host'"},
        {"do=fail-host&site=tokyo&host=esx-9", "fail-host: there is no host 'esx-9' in 'tokyo'"},
        {"do=move-edge&site=kyoto", "move-edge: there is no site 'kyoto'"},
        {"do=rewrite-route&site=tokyo&table=none", "rewrite-route: there is no route table 'none'"},
        {"do=fault&endpoint=vmc&fault=melt", "fault: unknown fault 'melt'"},
        {"do=certificate&endpoint=aws-tokyo",
         "certificate: 'aws-tokyo' takes no certificate of kind 'new'"},
    };

    (void)state;
    begin("steady");
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        struct arena *a = arena_new(0);
        struct lab_pairs p = lab_pairs_parse(a, bad[i].spec, strlen(bad[i].spec));
        struct err err;

        assert_int_equal(lab_action_run(&lab, &p, &err), -1);
        assert_string_equal(err.msg, bad[i].message);
        arena_free(a);
    }
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_scenario),
        cmocka_unit_test(test_failover_story),
        cmocka_unit_test(test_loop_begins_again),
        cmocka_unit_test(test_nsx_session),
        cmocka_unit_test(test_nsx_lockout),
        cmocka_unit_test(test_csp_tokens),
        cmocka_unit_test(test_which_requests_fail),
        cmocka_unit_test(test_actions_explain_themselves),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
