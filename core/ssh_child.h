/* ssh_child: a child process whose output streams into the loop: what the OpenSSH transport is made
 * of. (core/loop.h's loop_process() collects the whole output, at most 1 MiB.) */
#ifndef HYCON_CORE_SSH_CHILD_H
#define HYCON_CORE_SSH_CHILD_H

#include "core/ssh_priv.h"

struct ssh_child;

struct ssh_child_ops {
    /* 0, or -1: not wanted any more; the child is ended and nothing is reported but the end. */
    int (*on_out)(void *arg, const char *data, size_t len);
    void (*on_errout)(void *arg, const char *data, size_t len);
    /* Exited and both pipes at their end; the child is freed afterwards. @status: exit status, or
     * -1 after a signal. */
    void (*on_end)(void *arg, int status);
};

/* argv[0] through PATH; standard input is @input (closed here), -1: none. NULL and @err. */
struct ssh_child *ssh_child_start(struct loop *l, const char *const *argv,
                                  const char *const *extra_env, int input,
                                  const struct ssh_child_ops *ops, void *arg, struct err *err);
/* End it; nothing is reported any more. */
void ssh_child_stop(struct ssh_child *c);

#endif
