/* history_file: the model's memory on disk: appended to, private, and of limited size. */
#ifndef HYCON_CLI_HISTORY_FILE_H
#define HYCON_CLI_HISTORY_FILE_H

#include "core/err.h"

#include <stddef.h>

struct model;

/* Beyond this the older half is dropped; the newer half is kept whole. */
#define HISTORY_FILE_MAX (32u << 20)

/* A file that is not there is an empty one. Returns -1 and @err when it cannot be read. */
int history_file_load(const char *path, struct model *m, struct err *err);
/* Append what the model has to remember since the last call. */
int history_file_save(const char *path, struct model *m, struct err *err);

#endif
