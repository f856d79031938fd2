/*
 * tasks: what the service says happened in the past day: its tasks, those that still run included.
 * The call has no paging and gives all of the organisation's tasks; what is not about this SDDC is
 * left out here.
 *
 * Which tasks are of the past day changes with time even if the reply does not. So the rows of an
 * unchanged reply are kept until the oldest of them is a day old.
 */
#include "collectors/vmc/vmc.h"

#include <string.h>

#include "core/fmt.h"
#include "core/hash.h"

#define DAY_MS 86400000

struct tasks_state {
    uint64_t epoch;   /* part of the block's name */
    int64_t stale_at; /* when a row becomes too old; 0: none does */
};

static bool read_time(struct json_object *task, const char *name, int64_t *ms)
{
    const char *text = jsonq_str(task, name);

    return text && fmt_parse_time(text, ms) == 0;
}

static bool is_running(struct json_object *task)
{
    const char *status = jsonq_str(task, "status");

    return status && (strcmp(status, "STARTED") == 0 || strcmp(status, "CANCELING") == 0);
}

/* When it was last heard of; false: it does not say. */
static bool last_time(struct json_object *task, int64_t *ms)
{
    return read_time(task, "end_time", ms) || read_time(task, "start_time", ms) ||
           read_time(task, "created", ms);
}

static bool is_of_another(struct run *run, struct json_object *task)
{
    const char *type = jsonq_str(task, "resource_type"), *id = jsonq_str(task, "resource_id");
    const char *sddc = vmc_sddc_id(run);

    return sddc && type && id && strcmp(type, "sddc") == 0 && strcmp(id, sddc) != 0;
}

/* The status is the manager's only word about how bad it is. */
static const char *severity(const char *status)
{
    if (!status)
        return NULL;
    if (strcmp(status, "FAILED") == 0)
        return "warning";
    return strcmp(status, "FINISHED") == 0 ? "ok" : "info";
}

static const char *message(struct json_object *task)
{
    static const char *const names[] = {"customer_error_message", "localized_error_message",
                                        "error_message", "sub_status"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *text = jsonq_str(task, names[i]);

        if (text && *text)
            return text;
    }
    return NULL;
}

static void add_row(struct run *run, struct json_object *task)
{
    struct table_builder *b = run_table(run, &table_reports);
    const char *resource = jsonq_str(task, "resource_id"), *status = jsonq_str(task, "status");
    const char *sddc = run->facts->sddc;
    int64_t ms;

    builder_row(b);
    builder_str(b, REPORTS_REPORT, jsonq_str(task, "id"));
    if (read_time(task, "start_time", &ms) || read_time(task, "created", &ms))
        builder_int(b, REPORTS_AT, ms);
    builder_str(b, REPORTS_KIND, jsonq_str(task, "task_type"));
    if (resource && sddc && strcmp(resource, sddc) == 0 && run->facts->sddc_name)
        builder_str(b, REPORTS_SUBJECT, run->facts->sddc_name);
    else
        builder_str(b, REPORTS_SUBJECT, resource);
    builder_str(b, REPORTS_STATUS, status);
    builder_str(b, REPORTS_USER, jsonq_str(task, "user_name"));
    builder_str(b, REPORTS_MESSAGE, message(task));
    if (read_time(task, "end_time", &ms))
        builder_int(b, REPORTS_ENDED_AT, ms);
    builder_state(b, REPORTS_SEVERITY, severity(status));
}

static void read_task(struct run *run, struct json_object *task)
{
    struct tasks_state *state = run->state;
    int64_t at = 0;
    bool dated = last_time(task, &at), running = is_running(task);

    if (!json_object_is_type(task, json_type_object))
        builder_malformed(run_table(run, &table_reports));
    if (!json_object_is_type(task, json_type_object) || is_of_another(run, task))
        return;
    if (dated && !running) {
        if (at < run->now - DAY_MS)
            return;
        if (!state->stale_at || at + DAY_MS < state->stale_at)
            state->stale_at = at + DAY_MS;
    }
    add_row(run, task);
}

static uint64_t block_name(struct run *run, const struct reply *reply)
{
    struct tasks_state *state = run->state;
    const char *name = run->facts->sddc_name ? run->facts->sddc_name : "";
    uint64_t parts[2];

    if (state->stale_at && run->now > state->stale_at)
        state->epoch++;
    parts[0] = reply->hash;
    parts[1] = state->epoch;
    return hash_fast(parts, sizeof(parts), hash_fast(name, strlen(name), 0)) | 1;
}

static enum step step(struct run *run, const struct reply *reply)
{
    struct tasks_state *state = run->state;
    struct json_object *o;
    struct err err;

    if (!reply)
        return vmc_get(run, "tasks", "/tasks", NULL);
    if (reply->err)
        return run_fail(run, reply->err);
    if (builder_block(run_table(run, &table_reports), block_name(run, reply)))
        return STEP_DONE;
    o = vmc_parse(reply, "tasks", &err);
    if (o && !json_object_is_type(o, json_type_array)) {
        json_object_put(o);
        return run_fail_proto(run, "the reply about the tasks is not a list");
    }
    if (!o)
        return run_fail(run, &err);
    state->stale_at = 0;
    for (size_t i = 0; i < jsonq_count(o); i++)
        read_task(run, jsonq_item(o, i));
    json_object_put(o);
    return STEP_DONE;
}

static const struct schema *const tables[] = {&table_reports, NULL};

const struct collector collector_vmc_tasks = {
    .name = "vmc_tasks",
    .kinds = KIND_VMC,
    .tables = tables,
    .interval_ms = 60000,
    .timeout_ms = 60000,
    .state_size = sizeof(struct tasks_state),
    .step = step,
};
