/* Does the user's own SSH configuration send a host through a proxy? `ssh -G` knows, but it is a
 * process per host; so it is asked only when a configuration file has a word that could matter. */
#include <stdlib.h>
#include <string.h>

#include <glob.h>

#include "core/file.h"
#include "core/hash.h"
#include "core/mem.h"
#include "core/secret.h"
#include "core/ssh_library.h"
#include "core/ssh_priv.h"
#include "core/text.h"

#define CONFIG_BYTES_MAX (1u << 20)

static const char *skip_blanks(const char *s)
{
    return s + strspn(s, " \t");
}

/* Keywords that can name a proxy, directly or in a file that is not read here. */
static bool line_matters(const char *line)
{
    static const char system_include[] = "/etc/ssh/ssh_config.d/*.conf";

    if (text_has_prefix_nocase(line, "proxyjump") || text_has_prefix_nocase(line, "proxycommand"))
        return true;
    if (!text_has_prefix_nocase(line, "include"))
        return false;
    line = skip_blanks(line + strlen("include"));
    line += *line == '=';
    return !text_has_prefix(skip_blanks(line), system_include);
}

static bool file_matters(const char *path)
{
    struct strbuf text = STRBUF_INIT;
    struct err err = {0};
    bool found = false;

    /* A file that cannot be read matters: ssh itself will say why. */
    if (file_read(path, CONFIG_BYTES_MAX, &text, &err) < 0)
        found = err.kind == ERR_LIMIT;
    for (const char *p = text.buf; *p && !found; p += *p == '\n') {
        found = line_matters(skip_blanks(p));
        p += strcspn(p, "\n");
    }
    strbuf_release(&text);
    return found;
}

bool ssh_config_may_proxy(void)
{
    char *home = file_home(), *own = home ? mem_printf("%s/.ssh/config", home) : NULL;
    bool found = (own && file_matters(own)) || file_matters("/etc/ssh/ssh_config");
    glob_t files = {0};

    free(own);
    free(home);
    if (!found && glob("/etc/ssh/ssh_config.d/*.conf", 0, NULL, &files) == 0) {
        for (size_t i = 0; i < files.gl_pathc && !found; i++)
            found = file_matters(files.gl_pathv[i]);
    }
    globfree(&files);
    return found;
}

const char *ssh_config_proxy_line(const char *output)
{
    for (const char *p = output; *p; p += *p == '\n') {
        if ((text_has_prefix_nocase(p, "proxyjump ") && !text_has_prefix_nocase(p + 10, "none")) ||
            (text_has_prefix_nocase(p, "proxycommand ") && !text_has_prefix_nocase(p + 13, "none")))
            return p;
        p += strcspn(p, "\n");
    }
    return NULL;
}

/* "BEGIN RSA PRIVATE KEY" (PEM), or OpenSSH's own form, whose unencrypted public part begins with
 * the type: "ssh-rsa" as a string of seven bytes, in base64. */
static bool holds_rsa_key(const char *text)
{
    static const char head[] = "-----BEGIN OPENSSH PRIVATE KEY-----";
    const char *p = strstr(text, head);
    struct strbuf body = STRBUF_INIT, blob = STRBUF_INIT;
    bool found;

    if (!p)
        return strstr(text, "BEGIN RSA PRIVATE KEY");
    for (p += sizeof(head) - 1; *p && *p != '-' && body.len < 1024; p++) {
        if (*p != '\n' && *p != '\r')
            strbuf_addch(&body, *p);
    }
    strbuf_setlen(&body, body.len / 4 * 4);
    strbuf_addchars(&blob, 0, body.len);
    (void)hash_base64_decode(body.buf, body.len, (uint8_t *)blob.buf);
    found = memmem(blob.buf, blob.len, "\0\0\0\7ssh-rsa", 11);
    strbuf_release(&body);
    strbuf_release(&blob);
    return found;
}

bool ssh_config_is_rsa_key(const char *path)
{
    struct strbuf text = STRBUF_INIT;
    struct err err = {0};
    bool found = false;

    ssh_library_load();
    if (!path || libssh2_version(0x010b00)) /* rsa-sha2 came with 1.11 */
        return false;
    if (file_read(path, CONFIG_BYTES_MAX, &text, &err) == 0)
        found = holds_rsa_key(text.buf);
    secret_wipe(text.buf, text.len);
    strbuf_release(&text);
    return found;
}
