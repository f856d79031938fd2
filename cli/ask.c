#include "cli/ask.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "core/secret.h"
#include "core/strbuf.h"
#include "core/text.h"

#define SECRET_MAX 4096

static bool interrupted;

bool ask_is_possible(void)
{
    return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

bool ask_was_interrupted(void)
{
    return interrupted;
}

static void show(const char *question)
{
    struct strbuf clean = STRBUF_INIT;

    text_sanitize(&clean, question, strlen(question), 0);
    strbuf_addch(&clean, ' ');
    (void)fwrite(clean.buf, 1, clean.len, stderr);
    (void)fflush(stderr);
    strbuf_release(&clean);
}

/* A line by single reads: stdio would keep what was typed in a buffer of its own. The rest of a
 * longer line is dropped and the answer refused. */
static bool read_line(char *buf, size_t size)
{
    size_t n = 0;
    bool fits = true;
    char c;

    interrupted = false;
    for (;;) {
        ssize_t got = read(STDIN_FILENO, &c, 1);
        interrupted = got < 0 && errno == EINTR;
        if (got <= 0)
            return false;
        if (c == '\n')
            break;
        fits = fits && n < size - 1;
        if (fits)
            buf[n++] = c;
    }
    buf[n] = '\0';
    return fits;
}

bool ask_line(const char *question, const char *fallback, char *buf, unsigned size)
{
    show(question);
    if (!read_line(buf, size))
        return false;
    if (!*buf && fallback)
        (void)snprintf(buf, size, "%s", fallback);
    return true;
}

bool ask_yes(const char *question)
{
    char answer[16];

    if (!ask_line(question, NULL, answer, sizeof(answer)))
        return false;
    return text_equal_nocase(answer, "y") || text_equal_nocase(answer, "yes");
}

struct secret *ask_secret(const char *question)
{
    struct termios shown, hidden;
    struct secret *s = NULL;
    char buf[SECRET_MAX];

    show(question);
    if (tcgetattr(STDIN_FILENO, &shown))
        return NULL;
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    if (read_line(buf, sizeof(buf)))
        s = secret_new_str(buf);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    (void)fputc('\n', stderr);
    secret_wipe(buf, sizeof(buf));
    return s;
}
