#include "cli/run.h"
#include "core/ssh.h"

int main(int argc, char **argv)
{
    /* `ssh` starts this program again to ask for a password or a host key. */
    int helper = ssh_helper_main(argc, argv);

    return helper >= 0 ? helper : cli_run(argc, argv);
}
