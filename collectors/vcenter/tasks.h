/* tasks: rows of the table, from whichever way a task was told. */
#ifndef HYCON_COLLECTORS_VCENTER_TASKS_H
#define HYCON_COLLECTORS_VCENTER_TASKS_H

#include <stdbool.h>
#include <stdint.h>

struct map;
struct run;
struct table_builder;

/* TaskInfo, as far as it is shown; texts may be NULL. */
struct vcenter_task {
    const char *id, *name, *description, *entity, *entity_id, *state, *user, *error, *reason;
    int64_t started, ended, queued; /* 0: not told */
    double progress;
    bool has_progress;
};

void vcenter_task_row(struct table_builder *b, const struct vcenter_task *t);
/* Rows of the previous snapshot for tasks that ended within a day and are not in @seen. */
void vcenter_tasks_keep(const struct run *run, struct table_builder *b, const struct map *seen);

#endif
