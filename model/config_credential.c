/*
 * Who is refused together. One mistyped directory password tried on forty hosts locks the account,
 * so endpoints whose login would send the same user and the same secret are one credential. What is
 * not known to be the same (a prompt is answered per endpoint as configured) is not.
 */
#include <string.h>

#include "model/config_impl.h"

static const char *text_of(const struct config_values *v, const char *key)
{
    const struct config_value *found = config_values_find(v, key);

    return found && found->nitems ? found->items[0] : NULL;
}

static const char *aws_identity(struct config_parse *p, const struct config_values *v)
{
    const char *profile = text_of(v, "profile"), *role = text_of(v, "assume_role.role_arn");
    const char *file = text_of(v, "credentials_file"), *config = text_of(v, "config_file");

    return arena_printf(p->arena, "aws %s%s%s%s%s%s%s%s", profile ? "profile " : "default chain",
                        profile ? profile : "", role ? " role " : "", role ? role : "",
                        file ? " from " : "", file ? file : "", config ? " with " : "",
                        config ? config : "");
}

static const char *secret_identity(struct config_parse *p, const char *kind, const char *user,
                                   const struct secret_spec *s)
{
    static const char *const words[] = {"", "command", "env", "file", "prompt"};

    return arena_printf(p->arena, "%s %s%s%s:%s", kind, user ? user : "", user ? " " : "",
                        words[s->source], s->arg);
}

const char *config_credential_identity(struct config_parse *p, const struct config_values *v,
                                       const char *site, const char *name)
{
    static const char *const secrets[] = {"password", "token"};
    const char *named = text_of(v, "credential"), *user = text_of(v, "user");
    const char *kind = v->kind->name, *file;

    if (named)
        return named;
    if (v->kind->kind == KIND_AWS)
        return aws_identity(p, v);
    for (size_t i = 0; i < 2; i++) {
        const struct config_value *s = config_values_find(v, secrets[i]);
        if (s && s->secret.source != SECRET_NONE && s->secret.source != SECRET_PROMPT)
            return secret_identity(p, kind, user, &s->secret);
        if (s && s->secret.source == SECRET_PROMPT)
            return arena_printf(p->arena, "%s/%s", site, name);
    }
    file = text_of(v, "client_cert");
    if (!file)
        file = text_of(v, "key_file");
    if (file)
        return secret_identity(p, kind, user, &(struct secret_spec){SECRET_FILE, file});
    return user ? arena_printf(p->arena, "%s %s agent", kind, user)
                : arena_printf(p->arena, "%s/%s", site, name);
}
