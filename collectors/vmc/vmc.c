#include "collectors/vmc/vmc.h"

#include <ctype.h>
#include <string.h>

#include "core/arena.h"
#include "core/strbuf.h"
#include "core/text.h"

enum step vmc_get(struct run *run, const char *label, const char *path, const char *sddc)
{
    const char *org = config_str(run->endpoint, "org");
    struct strbuf text = STRBUF_INIT;
    enum step step;

    strbuf_addstr(&text, "/vmc/api/orgs/");
    text_percent_encode(&text, org, strlen(org), NULL);
    strbuf_addstr(&text, path);
    if (sddc)
        text_percent_encode(&text, sddc, strlen(sddc), NULL);
    step = run_get(run, SERVICE_VMC, label, "%s", text.buf);
    strbuf_release(&text);
    return step;
}

const char *vmc_sddc_id(const struct run *run)
{
    const char *configured = config_str(run->endpoint, "sddc");

    return configured ? configured : run->facts->sddc;
}

const char *vmc_lower(struct run *run, const char *word)
{
    char *copy = arena_strdup(run->arena, word);

    for (char *p = copy; p && *p; p++)
        *p = (char)tolower((unsigned char)*p);
    return copy;
}

void vmc_state(struct run *run, struct table_builder *b, unsigned column, const char *word)
{
    if (word && *word)
        builder_state(b, column, vmc_lower(run, word));
}

struct json_object *vmc_parse(const struct reply *reply, const char *label, struct err *err)
{
    struct json_object *o = jsonq_parse(reply->body, reply->len, err);

    if (!o) {
        err_prefix(err, "reply about the %s", label);
        return NULL;
    }
    if (json_object_is_type(o, json_type_object) || json_object_is_type(o, json_type_array))
        return o;
    json_object_put(o);
    err_set(err, ERR_PROTO, 0, "the reply about the %s is neither an object nor a list", label);
    return NULL;
}

void vmc_list(struct table_builder *b, unsigned column, struct json_object *o, const char *name)
{
    if (!json_object_is_type(jsonq_get(o, name), json_type_array))
        return;
    if (builder_peek(b, column)->type == CELL_ABSENT)
        builder_list_empty(b, column);
    for (size_t i = 0; i < jsonq_len(o, name); i++) {
        struct json_object *item = jsonq_at(o, name, i);

        if (json_object_is_type(item, json_type_string))
            builder_list_add(b, column, json_object_get_string(item));
    }
}
