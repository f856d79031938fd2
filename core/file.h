/* file: whole files, bounded and atomic. Library code prints nothing; errors are sentences. */
#ifndef HYCON_CORE_FILE_H
#define HYCON_CORE_FILE_H

#include "core/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct strbuf;

/* Append the contents of @path. -1 and ERR_IO (code: errno; ENOENT when it is not there), or
 * ERR_LIMIT when it is larger than @max. */
int file_read(const char *path, size_t max, struct strbuf *out, struct err *err);
/* Write a new file beside @path with @mode, sync it and rename it over @path: a reader sees the old
 * or the new contents, never a part. */
int file_write_atomic(const char *path, const void *data, size_t len, mode_t mode, struct err *err);
/* Create @path with @mode; fails with EEXIST when it is there. */
int file_write_new(const char *path, const void *data, size_t len, mode_t mode, struct err *err);
/* The home directory: $HOME, or what the user database says where that is not set (as under systemd
 * and cron) or is no absolute path. NULL: there is none. The caller frees it. */
char *file_home(void);
/* Make the directories above @path that are missing, each with @mode. */
int file_make_parents(const char *path, mode_t mode, struct err *err);
/* Remove the directory @path and all that is in it, not following links. -1 and errno when
 * something of it was left. */
int file_remove_tree(const char *path);

#endif
