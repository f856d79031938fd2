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

/* Kept out of what is called for every element, which needs few registers then. */
#define RARE __attribute__((noinline))

enum change { CHANGE_ENTER, CHANGE_MODIFY, CHANGE_LEAVE };

/* Names that are looked for at nearly every element. The reader has one pointer for each name, so
 * they are compared as text until they came once. */
enum role { ROLE_OBJECT, ROLE_KIND, ROLE_NAME, ROLE_VALUE, ROLE_FAULT, ROLE_MISSING, ROLES };

static const char *const role_names[ROLES] = {
    [ROLE_OBJECT] = "obj", [ROLE_KIND] = "kind",   [ROLE_NAME] = "name",
    [ROLE_VALUE] = "val",  [ROLE_FAULT] = "fault", [ROLE_MISSING] = "missingSet",
};

/* What one pick has found in the value at hand. */
struct found {
    struct strbuf text; /* of a list */
    bool any;
    int64_t number;
};

/* Where a pick was found, once it was: names within the value, from its children down. Another
 * place is passed over at its last name. */
#define SPOT_MAX 4

struct spot {
    unsigned n; /* 0: not found yet, or too deep to be kept */
    const char *names[SPOT_MAX];
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
    unsigned last;                    /* its index, or that of the one before; PATHS_MAX: none */
    uint8_t followers[PATHS_MAX + 1]; /* of each: the one that came next the last time */
    struct found found[PICKS_MAX];
    struct spot spots[PATHS_MAX][PICKS_MAX];
    const char *roles[ROLES];    /* NULL: did not come yet */
    uint32_t told[OBJECT_TYPES]; /* slots that an object that enters has, or are unset */
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

static inline bool has_role(struct decode *d, enum role role, const char *name)
{
    if (d->roles[role])
        return name == d->roles[role];
    if (!is(name, role_names[role]))
        return false;
    d->roles[role] = name;
    return true;
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

static void add_to_list(struct found *f, const char *text, size_t len)
{
    if (!len || list_has(&f->text, text, len))
        return;
    if (f->text.len)
        strbuf_addch(&f->text, '\n');
    strbuf_add(&f->text, text, len);
    f->any = true;
}

static void take(struct decode *d, struct found *f, const struct pick *pick, const char *text,
                 size_t len)
{
    switch (pick->how) {
    case PICK_TEXT:
        if (!f->any)
            objects_set(d->objects, d->object, pick->slot, text, len);
        f->any = true;
        break;
    case PICK_LIST:
        add_to_list(f, text, len);
        break;
    case PICK_COUNT:
        f->number++;
        f->any = true;
        break;
    case PICK_EARLIEST:
        note_time(f, text);
        break;
    case PICK_TYPE: /* taken where it begins */
        f->any = true;
        break;
    }
}

static void keep_spot(struct decode *d, struct spot *spot, unsigned n)
{
    if (n > SPOT_MAX)
        return;
    for (unsigned i = 0; i < n; i++)
        spot->names[i] = xml_name_at(d->x, d->depth + 3 + i);
    spot->n = n;
}

/* The element that ends is within the value: is it the one that @p means? */
static bool is_spot(struct decode *d, const struct pick *p, struct spot *spot)
{
    unsigned n = xml_depth(d->x) - (d->depth + 2), i = spot->n;

    if (p->deep)
        return is(xml_name(d->x), p->inside);
    if (spot->n) {
        while (i && n == spot->n && xml_name_at(d->x, d->depth + 2 + i) == spot->names[i - 1])
            i--;
        return i == 0;
    }
    if (!*p->inside || !xml_path_is(d->x, d->depth + 3, p->inside))
        return false;
    keep_spot(d, spot, n);
    return true;
}

RARE static void pick_within(struct decode *d, const char *text, size_t len)
{
    struct spot *spots = d->spots[d->last];

    for (size_t i = 0; i < PICKS_MAX && d->path->picks[i].inside; i++) {
        if (is_spot(d, &d->path->picks[i], &spots[i]))
            take(d, &d->found[i], &d->path->picks[i], text, len);
    }
}

/* The value itself ends. */
static void pick_value(struct decode *d, const char *text, size_t len)
{
    for (size_t i = 0; i < PICKS_MAX && d->path->picks[i].inside; i++) {
        if (!*d->path->picks[i].inside)
            take(d, &d->found[i], &d->path->picks[i], text, len);
    }
}

static void commit(struct decode *d, const struct pick *p, struct found *f)
{
    char number[24];

    d->given |= 1u << p->slot;
    if (!f->any) {
        objects_set(d->objects, d->object, p->slot, NULL, 0);
        return;
    }
    if (p->how == PICK_LIST) {
        objects_set(d->objects, d->object, p->slot, f->text.buf, f->text.len);
        strbuf_reset(&f->text);
    } else if (p->how == PICK_COUNT || p->how == PICK_EARLIEST) {
        int n = snprintf(number, sizeof(number), "%" PRId64, f->number);

        objects_set(d->objects, d->object, p->slot, number, (size_t)n);
    }
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

RARE static void begin_object(struct decode *d)
{
    d->object = NULL;
    d->path = NULL;
    d->type = OBJECT_TYPES;
    d->change = CHANGE_MODIFY;
    d->given = 0;
    d->last = PATHS_MAX;
    xml_starts_to(d->x, d->depth + 1);
}

RARE static void name_object(struct decode *d, const char *id, size_t len)
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
RARE static void end_object(struct decode *d)
{
    uint32_t untold = d->object && d->change == CHANGE_ENTER ? d->told[d->type] & ~d->given : 0;

    for (; untold; untold &= untold - 1)
        objects_set(d->objects, d->object, (unsigned)__builtin_ctz(untold), NULL, 0);
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
static bool is_missing(struct decode *d)
{
    return has_role(d, ROLE_MISSING, xml_name_at(d->x, d->depth + 1)) ||
           has_role(d, ROLE_MISSING, xml_name_at(d->x, d->depth));
}

RARE static void note_fault(struct decode *d)
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

RARE static void note_missing(struct decode *d, const char *path, size_t len)
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

RARE static void type_object(struct decode *d)
{
    size_t len;
    const char *type = xml_attribute_of(d->x, "", "type", &len);

    d->type = type ? object_type_of(type, len) : OBJECT_TYPES;
    if (d->type == OBJECT_TASK)
        xml_starts_to(d->x, XML_DEPTH_MAX);
}

/* Who started a task is told by a type, and by a name where it was a person. */
RARE static void note_reason(struct decode *d)
{
    size_t len = 0;
    const char *type;

    if (!d->object || !xml_path_is(d->x, d->depth + 2, "val/reason"))
        return;
    type = soap_type(d->x, &len);
    objects_set(d->objects, d->object, TASK_REASON, type, len);
}

/* Within a property nothing has to be known at its start; what is missing has a type there. */
static void on_start(void *arg, struct xml_reader *x)
{
    struct decode *d = arg;
    unsigned depth = xml_depth(x);
    const char *name = xml_name(x);

    if (depth == d->depth)
        begin_object(d);
    if (depth == d->depth + 1 && has_role(d, ROLE_OBJECT, name))
        type_object(d);
    else if (depth >= d->depth && depth <= d->depth + 1 && has_role(d, ROLE_MISSING, name))
        xml_starts_to(x, XML_DEPTH_MAX);
    else if (!d->path && depth > SET_DEPTH && has_role(d, ROLE_FAULT, name))
        note_fault(d);
    else if (d->path && d->type == OBJECT_TASK)
        note_reason(d);
}

RARE static void end_result(struct decode *d, const char *text, size_t len)
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

    if (has_role(d, ROLE_KIND, name))
        d->change = change_of(text);
    else if (has_role(d, ROLE_OBJECT, name))
        name_object(d, text, len);
    else
        end_property(d);
}

/* Objects of a type have their properties in the same order, mostly. */
static void name_property(struct decode *d, const char *name)
{
    unsigned before = d->last;

    d->path = vcenter_path_find(d->type, name, d->followers[before]);
    if (d->path)
        d->last = d->followers[before] = (uint8_t)(d->path - vcenter_paths);
}

static void end_of_property(struct decode *d, const char *text, size_t len)
{
    const char *name = xml_name(d->x);

    if (has_role(d, ROLE_MISSING, xml_name_at(d->x, xml_depth(d->x) - 1))) {
        if (is(name, "path"))
            note_missing(d, text, len);
        return;
    }
    if (!d->object)
        return;
    if (has_role(d, ROLE_NAME, name))
        name_property(d, text);
    else if (d->path && has_role(d, ROLE_VALUE, name))
        pick_value(d, text, len);
}

/* Of what is above the properties. */
RARE static void end_above(struct decode *d, unsigned depth, const char *text, size_t len)
{
    if (depth == d->depth)
        end_object(d);
    /* Results of a RetrieveResult stand beside its objects. */
    if (depth == SET_DEPTH + 1)
        end_result(d, text, len);
}

static void on_end(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    struct decode *d = arg;
    unsigned depth = xml_depth(x);

    if (depth == d->depth + 2) {
        end_of_property(d, text, len);
    } else if (depth == d->depth + 1) {
        end_of_object(d, text, len);
    } else if (depth > d->depth + 2) {
        if (d->path)
            pick_within(d, text, len);
    } else {
        end_above(d, depth, text, len);
    }
}

/* ---- life --------------------------------------------------------------------------------------
 */

static void know_slots(struct decode *d)
{
    for (unsigned i = 0; i < vcenter_paths_count; i++) {
        const struct path *p = &vcenter_paths[i];

        for (size_t k = 0; !p->polled && k < PICKS_MAX && p->picks[k].inside; k++)
            d->told[p->type] |= 1u << p->picks[k].slot;
    }
}

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
    know_slots(d);
    begin_object(d);
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
