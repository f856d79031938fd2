/* nsx_page: lists in pages with an opaque cursor. */
#include "core/hash.h"
#include "core/text.h"
#include "tests/lab/errors.h"
#include "tests/lab/jsonb.h"
#include "tests/lab/nsx.h"

#include <string.h>

#define PAGE_MAX 1000

/* It says where the next page begins, belongs to its list, and needs percent-encoding. */
static const char *make_cursor(const struct lab_request *req, size_t first)
{
    const char *query = lab_query(req, "query");
    uint64_t h = hash_fast(req->path, strlen(req->path), 0);

    if (query)
        h = hash_fast(query, strlen(query), h);
    return arena_printf(req->arena, "0036%zx+%08llx/=", first,
                        (unsigned long long)(h & 0xffffffff));
}

static bool read_cursor(const struct lab_request *req, const char *cursor, size_t total,
                        size_t *first)
{
    size_t n = 0;
    const char *c = cursor;

    if (!text_has_prefix(cursor, "0036"))
        return false;
    for (c += 4; *c && *c != '+' && n <= total; c++) {
        static const char digits[] = "0123456789abcdef";
        const char *digit = strchr(digits, *c);

        if (!digit)
            return false;
        n = n * 16 + (size_t)(digit - digits);
    }
    *first = n;
    return n <= total && strcmp(cursor, make_cursor(req, n)) == 0;
}

static bool page_size(const struct lab_request *req, struct lab_reply *reply, size_t *size)
{
    const char *text = lab_query(req, "page_size");
    int64_t n = PAGE_MAX;

    if (text && text_to_i64(text, 0, PAGE_MAX, &n) < 0) {
        lab_error_nsx(reply, 400, "255",
                      "Field level validation errors: {page_size is not from 0 to 1000}");
        return false;
    }
    *size = n > 0 ? (size_t)n : PAGE_MAX;
    return true;
}

/* Search alone honours included_fields. */
static struct json_object *only(struct json_object *o, const char *fields)
{
    struct json_object *kept = json_object_new_object(), *value;

    while (*fields) {
        size_t len = strcspn(fields, ",");
        struct strbuf name = STRBUF_INIT;

        strbuf_add(&name, fields, len);
        if (json_object_object_get_ex(o, name.buf, &value))
            json_object_object_add(kept, name.buf, json_object_get(value));
        strbuf_release(&name);
        fields += len;
        fields += *fields == ',';
    }
    json_object_put(o);
    return kept;
}

void nsx_send_page(const struct lab_request *req, struct lab_reply *reply, size_t total,
                   nsx_make make, const struct nsx_context *c)
{
    const char *cursor = lab_query(req, "cursor");
    const char *fields = strstr(req->path, "/search") ? lab_query(req, "included_fields") : NULL;
    size_t size, first = 0, end;
    struct json_object *o, *results;

    if (!page_size(req, reply, &size))
        return;
    if (cursor && *cursor && !read_cursor(req, cursor, total, &first)) {
        lab_error_nsx(reply, 400, "258", "Invalid cursor.");
        return;
    }
    end = total - first < size ? total : first + size;
    o = json_object_new_object();
    results = jset_array(o, "results");
    for (size_t i = first; i < end; i++) {
        struct json_object *item = make(c, i);

        jadd(results, fields ? only(item, fields) : item);
    }
    if (first == 0)
        jset_int(o, "result_count", (int64_t)total);
    if (end < total)
        jset_str(o, "cursor", make_cursor(req, end));
    jset_str(o, "sort_by", "display_name");
    jset_bool(o, "sort_ascending", true);
    jsend(reply, o);
}
