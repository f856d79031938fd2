/*
 * What `ssh` asks our own binary while it logs in for the OpenSSH transport:
 *
 *   SSH_ASKPASS        PROGRAM PROMPT: the password, from standard input, but only for the prompt
 * of the user and host it belongs to. Never "yes" to a question about a key. KnownHostsCommand
 * PROGRAM FINGERPRINT TYPE KEY NAME: a known_hosts line when the fingerprint is the pinned one.
 * Always says on standard error what was shown. With "jump" behind the NAME it is the key of the
 * jump host, whose own pin, if it has one, follows.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/secret.h"
#include "core/ssh_priv.h"
#include "core/text.h"

#define PASSWORD_MAX 1024

static int answer_prompt(const char *who, const char *prompt)
{
    char line[PASSWORD_MAX];
    int rc = 1;

    /* "(user@host) Password:", "user@host's password:"; a jump host's prompt names another. */
    if (!strstr(prompt, who) || strstr(prompt, "yes/no"))
        return 1;
    if (fgets(line, (int)sizeof(line), stdin)) {
        (void)fputs(line, stdout);
        rc = fflush(stdout) == 0 ? 0 : 1;
    }
    secret_wipe(line, sizeof(line));
    return rc;
}

static int answer_key(const char *mark, const char *pin, char **argv)
{
    const char *print = argv[1], *type = argv[2], *key = argv[3], *name = argv[4];

    /* It is also called to order algorithms, before any key was shown. */
    if (!text_has_prefix(print, "SHA256:"))
        return 0;
    (void)fprintf(stderr, "%s %s %s\n", mark, type, print);
    if (*pin && strcmp(pin, print) == 0)
        (void)printf("%s %s %s\n", name, type, key);
    return 0;
}

int ssh_helper_main(int argc, char **argv)
{
    const char *who = getenv(SSH_HELPER_WHO), *pin = getenv(SSH_HELPER_PIN);

    if (!who || !pin)
        return -1;
    if (argc == 2)
        return answer_prompt(who, argv[1]);
    if (argc == 5)
        return answer_key(SSH_HELPER_MARK, pin, argv);
    if (argc == 6 || argc == 7)
        return answer_key(SSH_HELPER_JUMP, argc == 7 ? argv[6] : "", argv);
    return -1;
}
