#include <stdio.h>
#include <unistd.h>

#include "cli/run.h"
#include "core/ssh.h"

/*
 * All that is ours was ended and written by now. What is left is the libraries' own clearing up,
 * thirty of them and OpenSSL's tables, which takes longer than reading a small reply; the kernel
 * does it better. Not where it is the sanitizers' turn to look.
 */
static int leave(int status)
{
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    (void)fflush(NULL);
    _exit(status);
#endif
    return status;
}

int main(int argc, char **argv)
{
    /* `ssh` starts this program again to ask for a password or a host key. */
    int helper = ssh_helper_main(argc, argv);

    return helper >= 0 ? helper : leave(cli_run(argc, argv));
}
