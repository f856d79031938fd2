#include "collectors/vcenter/decode.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/vcenter/paths.h"
#include "core/fmt.h"
#include "core/mem.h"
#include "core/soap.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "core/xml.h"

#define SET_DEPTH     4 /* Envelope/Body/...Response/returnval */
#define UPDATES_DEPTH 6 /* .../returnval/filterSet/objectSet */
#define OBJECTS_DEPTH 5 /* .../returnval/objects */
#define VERSION_MAX   1024

enum change { CHANGE_ENTER, CHANGE_MODIFY, CHANGE_LEAVE };

/* What one pick has found in the value at hand. */
struct found {
    struct strbuf text;
    bool any;
    int64_t number;
};

struct decode {
    enum decode_shape shape;
    struct objects *objects;
    struct xml_reader *x;
    unsigned depth; /* of the element of an object */
    /* the object at hand */
    enum change change;
    enum object_type type;
    struct object *object; /* NULL: not one to fill */
    uint32_t given;        /* slots that were set */
    /* the property at hand */
    const struct path *path;
    unsigned hint; /* where the next one stands, most likely */
    struct found found[PICKS_MAX];
    /* results */
    char version[VERSION_MAX], token[VERSION_MAX], missing[160];
    bool has_version, truncated, expired;
    bool too_long;
};

_Static_assert(OBJECT_SLOTS_MAX <= 32, "slots fit a mask");

static inline bool is(const char *a, const char *b)
{
    return *a == *b && strcmp(a, b) == 0;
}

/* ---- a value -----------------------------------------------------------------------------------
 */

static bool list_has(const struct strbuf *list, const char *text, size_t len)
{
    for (const char *p = list->buf; *p; p += *p == '\n') {
        size_t n = strcspn(p, "\n");

        if (n == len && memcmp(p, text, len) == 0)
            return true;
        p += n;
    }
    return false;
}

static void note_time(struct found *f, const char *text)
{
    int64_t at;

    if (fmt_parse_time(text, &at) < 0)
        return;
    if (!f->any || at < f->number)
        f->number = at;
    f->any = true;
}

static void take(struct found *f, const struct pick *pick, const char *text, size_t len)
{
    switch (pick->how) {
    case PICK_TEXT:
        if (!f->any)
            strbuf_add(&f->text, text, len);
        f->any = true;
        break;
    case PICK_LIST:
        if (!len || list_has(&f->text, text, len))
            break;
        if (f->text.len)
            strbuf_addch(&f->text, '\n');
        strbuf_add(&f->text, text, len);
        f->any = true;
        break;
    case PICK_COUNT:
        f->number++;
        f->any = true;
        break;
    case PICK_EARLIEST:
        note_time(f, text);
        break;
    }
}

/* The element that ends is within the value, or is the value. */
static void pick(struct decode *d, const char *text, size_t len)
{
    unsigned depth = d->depth + 3;

    for (size_t i = 0; i < PICKS_MAX && d->path->picks[i].inside; i++) {
        const struct pick *p = &d->path->picks[i];
        bool it;

        if (xml_depth(d->x) < depth)
            it = !*p->inside;
        else if (p->deep)
            it = is(xml_name(d->x), p->inside);
        else
            it = *p->inside && xml_path_is(d->x, depth, p->inside);
        if (it)
            take(&d->found[i], p, text, len);
    }
}

static void commit(struct decode *d, const struct pick *p, struct found *f)
{
    char number[24];

    d->given |= 1u << p->slot;
    if (!f->any) {
        objects_set(d->objects, d->object, p->slot, NULL, 0);
    } else if (p->how == PICK_COUNT || p->how == PICK_EARLIEST) {
        int n = snprintf(number, sizeof(number), "%" PRId64, f->number);

        objects_set(d->objects, d->object, p->slot, number, (size_t)n);
    } else {
        objects_set(d->objects, d->object, p->slot, f->text.buf, f->text.len);
    }
    strbuf_reset(&f->text);
    f->any = false;
    f->number = 0;
}

static void end_property(struct decode *d)
{
    for (size_t i = 0; d->path && i < PICKS_MAX && d->path->picks[i].inside; i++)
        commit(d, &d->path->picks[i], &d->found[i]);
    d->path = NULL;
}

/* ---- an object ---------------------------------------------------------------------------------
 */

static void begin_object(struct decode *d)
{
    d->object = NULL;
    d->path = NULL;
    d->type = OBJECT_TYPES;
    d->change = CHANGE_MODIFY;
    d->given = 0;
}

static void name_object(struct decode *d, const char *id, size_t len)
{
    if (d->type == OBJECT_TYPES || len >= OBJECT_ID_MAX)
        return;
    if (d->shape == DECODE_RETRIEVED) {
        d->object = objects_find(d->objects, d->type, id);
        return;
    }
    if (d->change == CHANGE_LEAVE) {
        objects_leave(d->objects, d->type, id);
        return;
    }
    d->object = objects_enter(d->objects, d->type, id);
    d->object->round = d->objects->round;
}

/* An object that enters is told whole: what is not told is unset. */
static void end_object(struct decode *d)
{
    for (unsigned i = 0; d->object && d->change == CHANGE_ENTER && i < vcenter_paths_count; i++) {
        const struct path *p = &vcenter_paths[i];

        for (size_t k = 0; p->type == d->type && !p->polled && k < PICKS_MAX && p->picks[k].inside;
             k++) {
            if (!(d->given & (1u << p->picks[k].slot)))
                objects_set(d->objects, d->object, p->picks[k].slot, NULL, 0);
        }
    }
    d->object = NULL;
}

static enum change change_of(const char *kind)
{
    if (is(kind, "enter"))
        return CHANGE_ENTER;
    return is(kind, "leave") ? CHANGE_LEAVE : CHANGE_MODIFY;
}

/* ---- faults within -----------------------------------------------------------------------------
 */

/* missingSet{path, fault{fault xsi:type}}, of an object or of a filter; values have faults, too. */
static bool is_missing(const struct decode *d)
{
    return is(xml_name_at(d->x, d->depth + 1), "missingSet") ||
           is(xml_name_at(d->x, d->depth), "missingSet");
}

static void note_fault(struct decode *d)
{
    size_t len;
    const char *type = soap_type(d->x, &len);

    if (!type || !is_missing(d))
        return;
    if (len == strlen("NotAuthenticated") && memcmp(type, "NotAuthenticated", len) == 0)
        d->expired = true;
    else if (d->missing[0] && !strchr(d->missing, ':'))
        (void)snprintf(d->missing + strlen(d->missing), sizeof(d->missing) - strlen(d->missing),
                       ": %.*s", (int)(len < 64 ? len : 64), type);
}

static void note_missing(struct decode *d, const char *path, size_t len)
{
    struct strbuf clean = STRBUF_INIT;

    if (d->missing[0])
        return;
    text_sanitize(&clean, path, len, 0);
    (void)snprintf(d->missing, sizeof(d->missing), "%.*s",
                   (int)text_boundary(clean.buf, clean.len, 80), clean.buf);
    strbuf_release(&clean);
}

/* ---- elements ----------------------------------------------------------------------------------
 */

static const char *parent(const struct decode *d)
{
    return xml_name_at(d->x, xml_depth(d->x) - 1);
}

static void on_start(void *arg, struct xml_reader *x)
{
    struct decode *d = arg;
    unsigned depth = xml_depth(x);
    const char *type;
    size_t len;

    if (depth == d->depth) {
        begin_object(d);
    } else if (depth == d->depth + 1 && is(xml_name(x), "obj")) {
        type = xml_attribute_of(x, "", "type", &len);
        d->type = type ? object_type_of(type, len) : OBJECT_TYPES;
    } else if (!d->path && depth > SET_DEPTH && is(xml_name(x), "fault")) {
        note_fault(d);
    }
}

static void end_result(struct decode *d, const char *text, size_t len)
{
    const char *name = xml_name(d->x);
    bool updates = d->shape == DECODE_UPDATES;

    if (len >= VERSION_MAX && (is(name, "version") || is(name, "token"))) {
        d->too_long = true;
    } else if (updates && is(name, "version")) {
        memcpy(d->version, text, len + 1);
        d->has_version = true;
    } else if (updates && is(name, "truncated")) {
        d->truncated = is(text, "true") || is(text, "1");
    } else if (!updates && is(name, "token")) {
        memcpy(d->token, text, len + 1);
    }
}

/* Children of an object: kind, obj, and at the end of a property all of it. */
static void end_of_object(struct decode *d, const char *text, size_t len)
{
    const char *name = xml_name(d->x);

    if (is(name, "kind"))
        d->change = change_of(text);
    else if (is(name, "obj"))
        name_object(d, text, len);
    else
        end_property(d);
}

static void end_of_property(struct decode *d, const char *text, size_t len)
{
    const char *name = xml_name(d->x);

    if (is(parent(d), "missingSet")) {
        if (is(name, "path"))
            note_missing(d, text, len);
        return;
    }
    if (!d->object)
        return;
    if (is(name, "name")) {
        d->path = vcenter_path_find(d->type, text, d->hint);
        d->hint = d->path ? (unsigned)(d->path - vcenter_paths) + 1 : d->hint;
    } else if (d->path && is(name, "val")) {
        pick(d, text, len);
    }
}

static void on_end(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    struct decode *d = arg;
    unsigned depth = xml_depth(x);

    if (depth > d->depth + 2) {
        if (d->path)
            pick(d, text, len);
    } else if (depth == d->depth + 2) {
        end_of_property(d, text, len);
    } else if (depth == d->depth + 1) {
        end_of_object(d, text, len);
    } else if (depth == d->depth) {
        end_object(d);
    } else if (depth == SET_DEPTH + 1) {
        end_result(d, text, len);
    }
    /* Results of a RetrieveResult stand beside its objects. */
    if (depth == d->depth && d->depth == SET_DEPTH + 1)
        end_result(d, text, len);
}

/* ---- life --------------------------------------------------------------------------------------
 */

struct decode *decode_new(enum decode_shape shape, struct objects *objects)
{
    static const struct xml_handler handler = {.start = on_start, .end = on_end};
    struct decode *d = mem_alloc(sizeof(*d));

    d->shape = shape;
    d->objects = objects;
    d->depth = shape == DECODE_UPDATES ? UPDATES_DEPTH : OBJECTS_DEPTH;
    for (size_t i = 0; i < PICKS_MAX; i++)
        strbuf_init(&d->found[i].text, 0);
    d->x = xml_reader_new(&handler, d);
    return d;
}

void decode_free(struct decode *d)
{
    if (!d)
        return;
    for (size_t i = 0; i < PICKS_MAX; i++)
        strbuf_release(&d->found[i].text);
    xml_reader_free(d->x);
    free(d);
}

int decode_feed(struct decode *d, const char *data, size_t len, struct err *err)
{
    return xml_feed(d->x, data, len, err);
}

int decode_finish(struct decode *d, struct err *err)
{
    if (xml_finish(d->x, err) < 0)
        return -1;
    if (d->too_long)
        return err_set(err, ERR_LIMIT, 0, "a version or token of more than %d bytes", VERSION_MAX);
    return 0;
}

bool decode_is_expired(const struct decode *d)
{
    return d->expired;
}

const char *decode_version(const struct decode *d)
{
    return d->has_version ? d->version : NULL;
}

bool decode_is_truncated(const struct decode *d)
{
    return d->truncated;
}

const char *decode_token(const struct decode *d)
{
    return d->token[0] ? d->token : NULL;
}

const char *decode_missing(const struct decode *d)
{
    return d->missing;
}
