/* vim_other_props: properties of tasks, alarms, the service's managers, views and histories. */
#include "tests/lab/vim.h"

#include "tests/lab/lab.h"
#include "tests/lab/xml.h"

#include <stdlib.h>
#include <string.h>

static const struct lab_vtask *task_of(const struct lab_mo *mo)
{
    return (const struct lab_vtask *)(const void *)mo;
}

static const struct lab_valarm *alarm_of(const struct lab_mo *mo)
{
    return (const struct lab_valarm *)(const void *)mo;
}

#define TASK_TEXT(fn, value)                                   \
    static void fn(struct vim_val *v, const struct lab_mo *mo) \
    {                                                          \
        const struct lab_vtask *t = task_of(mo);               \
                                                               \
        vim_put(v, value);                                     \
    }
#define TASK_TIME(fn, field)                                   \
    static void fn(struct vim_val *v, const struct lab_mo *mo) \
    {                                                          \
        vim_put_time(v, task_of(mo)->field);                   \
    }

TASK_TEXT(task_key, t->mo.id)
TASK_TEXT(task_method, t->method)
TASK_TEXT(task_description, t->mo.name)
TASK_TEXT(task_entity_name, t->entity ? t->entity->name : NULL)
TASK_TEXT(task_state, t->state)
TASK_TEXT(task_cancelable, strcmp(t->state, "running") == 0 ? "true" : "false")
TASK_TIME(task_queued, queued_at)
TASK_TIME(task_started, started_at)
TASK_TIME(task_ended, ended_at)

static void task_self(struct vim_val *v, const struct lab_mo *mo)
{
    vim_put_ref(v, mo);
}

static void task_entity(struct vim_val *v, const struct lab_mo *mo)
{
    vim_put_ref(v, task_of(mo)->entity);
}

static void no(struct vim_val *v, const struct lab_mo *mo)
{
    (void)mo;
    vim_put(v, "false");
}

static void yes(struct vim_val *v, const struct lab_mo *mo)
{
    (void)mo;
    vim_put(v, "true");
}

static void task_error(struct vim_val *v, const struct lab_mo *mo)
{
    const struct lab_vtask *t = task_of(mo);

    if (!t->error)
        return;
    v->set = true;
    strbuf_addf(v->out, "<fault xsi:type=\"%s\"/>", t->fault ? t->fault : "GenericVmConfigFault");
    vim_element(v->out, "localizedMessage", t->error);
}

static void task_progress(struct vim_val *v, const struct lab_mo *mo)
{
    if (strcmp(task_of(mo)->state, "running") == 0)
        vim_put_number(v, task_of(mo)->progress);
}

static void task_reason(struct vim_val *v, const struct lab_mo *mo)
{
    v->set = true;
    vim_element(v->out, "userName", task_of(mo)->user);
}

static void task_chain(struct vim_val *v, const struct lab_mo *mo)
{
    (void)mo;
    vim_put_number(v, 0);
}

static void alarm_name(struct vim_val *v, const struct lab_mo *mo)
{
    vim_put(v, mo->name);
}

static void alarm_system_name(struct vim_val *v, const struct lab_mo *mo)
{
    vim_put(v, alarm_of(mo)->system_name);
}

static void alarm_description(struct vim_val *v, const struct lab_mo *mo)
{
    vim_put(v, alarm_of(mo)->description);
}

static void alarm_key(struct vim_val *v, const struct lab_mo *mo)
{
    vim_put(v, mo->id);
}

static void alarm_self(struct vim_val *v, const struct lab_mo *mo)
{
    vim_put_ref(v, mo);
}

static void alarm_entity(struct vim_val *v, const struct lab_mo *mo)
{
    (void)mo;
    vim_put_ref(v, v->vc->root);
}

/* ---- managers ------------------------------------------------------------------------------- */

static void current_session(struct vim_val *v, const struct lab_mo *mo)
{
    (void)mo;
    if (!v->session)
        return;
    v->set = true;
    vim_user_session(v->session, v->out);
}

static void content(struct vim_val *v, const struct lab_mo *mo)
{
    (void)mo;
    v->set = true;
    vim_service_content(v->vc, v->out);
}

static void server_clock(struct vim_val *v, const struct lab_mo *mo)
{
    (void)mo;
    vim_put_time(v, lab_wall_ms());
}

static void refs(struct vim_val *v, const struct lab_mo *mo, const char *path)
{
    struct lab_list list = {NULL, 0, 0};

    vim_refs(v->vc, v->session, mo, path, &list);
    for (size_t i = 0; i < list.n; i++)
        vim_ref(v->out, v->tag, list.at[i]);
    free(list.at);
    v->set = true;
}

static void recent_tasks(struct vim_val *v, const struct lab_mo *mo)
{
    refs(v, mo, "recentTask");
}

static void members(struct vim_val *v, const struct lab_mo *mo)
{
    refs(v, mo, "view");
}

static void max_collector(struct vim_val *v, const struct lab_mo *mo)
{
    (void)mo;
    vim_put_number(v, 32);
}

static void latest_event(struct vim_val *v, const struct lab_mo *mo)
{
    struct strbuf text = STRBUF_INIT;
    const char *inner;

    (void)mo;
    if (v->vc->events.n == 0)
        return;
    vim_event(v->vc, v->vc->events.at[v->vc->events.n - 1], "e", &text);
    inner = strchr(text.buf, '>') + 1;
    strbuf_add(v->out, inner, strlen(inner) - strlen("</e>"));
    strbuf_release(&text);
    v->set = true;
}

static void view_container(struct vim_val *v, const struct lab_mo *mo)
{
    vim_put_ref(v, ((const struct vim_view *)(const void *)mo)->container);
}

static void latest_page(struct vim_val *v, const struct lab_mo *mo)
{
    v->set = true;
    vim_history_latest(v->vc, (const struct vim_history *)(const void *)mo, v->tag, v->out);
}

/* descriptionId -> label: those that the lab's tasks use. */
static void method_info(struct vim_val *v, const struct lab_mo *mo)
{
    static const char *const known[][2] = {
        {"VirtualMachine.relocate", "Relocate virtual machine"},
        {"VirtualMachine.migrate", "Migrate virtual machine"},
        {"Drm.ExecuteVMotionLRO", "Migrate virtual machine"},
        {"HostSystem.enterMaintenanceMode", "Enter maintenance mode"},
    };

    (void)mo;
    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
        strbuf_addf(v->out,
                    "<%s xsi:type=\"ElementDescription\"><label>%s</label><summary>%s</summary>"
                    "<key>%s</key></%s>",
                    v->tag, known[i][1], known[i][1], known[i][0], v->tag);
    v->set = true;
}

#define REF_ARRAY "ArrayOfManagedObjectReference", "ManagedObjectReference"

const struct vim_leaf vim_other_leaves[] = {
    {MO_TASK, "info.key", "xsd:string", NULL, task_key, false},
    {MO_TASK, "info.task", NULL, NULL, task_self, false},
    {MO_TASK, "info.description", "LocalizableMessage", NULL, NULL, false},
    {MO_TASK, "info.name", "xsd:string", NULL, task_method, false},
    {MO_TASK, "info.descriptionId", "xsd:string", NULL, task_description, false},
    {MO_TASK, "info.entity", NULL, NULL, task_entity, false},
    {MO_TASK, "info.entityName", "xsd:string", NULL, task_entity_name, false},
    {MO_TASK, "info.state", "TaskInfoState", NULL, task_state, false},
    {MO_TASK, "info.cancelled", "xsd:boolean", NULL, no, false},
    {MO_TASK, "info.cancelable", "xsd:boolean", NULL, task_cancelable, false},
    {MO_TASK, "info.error", "LocalizedMethodFault", NULL, task_error, false},
    {MO_TASK, "info.result", "xsd:anyType", NULL, NULL, false},
    {MO_TASK, "info.progress", "xsd:int", NULL, task_progress, false},
    {MO_TASK, "info.reason", "TaskReasonUser", NULL, task_reason, false},
    {MO_TASK, "info.queueTime", "xsd:dateTime", NULL, task_queued, false},
    {MO_TASK, "info.startTime", "xsd:dateTime", NULL, task_started, false},
    {MO_TASK, "info.completeTime", "xsd:dateTime", NULL, task_ended, false},
    {MO_TASK, "info.eventChainId", "xsd:int", NULL, task_chain, false},
    {MO_ALARM, "info.name", "xsd:string", NULL, alarm_name, false},
    {MO_ALARM, "info.systemName", "xsd:string", NULL, alarm_system_name, false},
    {MO_ALARM, "info.description", "xsd:string", NULL, alarm_description, false},
    {MO_ALARM, "info.enabled", "xsd:boolean", NULL, yes, false},
    {MO_ALARM, "info.key", "xsd:string", NULL, alarm_key, false},
    {MO_ALARM, "info.alarm", NULL, NULL, alarm_self, false},
    {MO_ALARM, "info.entity", NULL, NULL, alarm_entity, false},
    {MO_SERVICE, "ServiceInstance/content", "ServiceContent", NULL, content, false},
    {MO_SERVICE, "ServiceInstance/serverClock", "xsd:dateTime", NULL, server_clock, true},
    {MO_SERVICE, "SessionManager/currentSession", "UserSession", NULL, current_session, false},
    {MO_SERVICE, "SessionManager/message", "xsd:string", NULL, NULL, false},
    {MO_SERVICE, "TaskManager/recentTask", REF_ARRAY, recent_tasks, true},
    {MO_SERVICE, "TaskManager/maxCollector", "xsd:int", NULL, max_collector, false},
    {MO_SERVICE, "TaskManager/description.methodInfo", "ArrayOfElementDescription",
     "ElementDescription", method_info, false},
    {MO_SERVICE, "EventManager/latestEvent", "Event", NULL, latest_event, false},
    {MO_SERVICE, "EventManager/maxCollector", "xsd:int", NULL, max_collector, false},
    {MO_CONTAINER_VIEW, "container", NULL, NULL, view_container, false},
    {MO_CONTAINER_VIEW, "view", REF_ARRAY, members, false},
    {MO_LIST_VIEW, "view", REF_ARRAY, members, false},
    {MO_EVENT_COLLECTOR, "latestPage", "ArrayOfEvent", "Event", latest_page, false},
    {0, NULL, NULL, NULL, NULL, false},
};
