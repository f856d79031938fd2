/* A list parsed element by element says the same as the whole parsed at once. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/jsonq.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void collect(void *arg, struct json_object *item)
{
    json_object_array_add(arg, json_object_get(item));
}

static struct json_object *elements(struct json_object *o)
{
    struct json_object *list = jsonq_get(o, "results"), *out = json_object_new_array();

    for (size_t i = 0; i < jsonq_count(list); i++)
        collect(out, jsonq_item(list, i));
    return out;
}

static void compare(struct json_object *whole, struct json_object *rest, struct json_object *got)
{
    struct json_object *want = elements(whole);

    if (strcmp(json_object_to_json_string(want), json_object_to_json_string(got)) != 0)
        abort();
    if (json_object_is_type(jsonq_get(whole, "results"), json_type_array)) {
        if (jsonq_count(jsonq_get(rest, "results")) != 0)
            abort();
        json_object_object_add(whole, "results", json_object_new_array());
    }
    if (!json_object_equal(whole, rest))
        abort();
    json_object_put(want);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = size ? (const char *)data : "";
    struct err err = {0};
    struct json_object *whole = jsonq_parse(text, size, NULL);
    struct json_object *got = json_object_new_array();
    struct json_object *rest = jsonq_parse_list(text, size, "results", collect, got, &err);

    if ((rest == NULL) != (err.kind != ERR_NONE))
        abort();
    if (!whole != !rest && !strstr(err.msg, "two members"))
        abort();
    if (whole && rest)
        compare(whole, rest, got);
    json_object_put(whole);
    json_object_put(rest);
    json_object_put(got);
    return 0;
}
