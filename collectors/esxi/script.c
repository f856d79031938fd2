#include "collectors/esxi/script.h"

#include "core/strbuf.h"

void script_release(void *state)
{
    struct script *s = state;

    if (s->open)
        s->parts[s->part].release(s);
    s->open = false;
}

static enum step begin(struct run *run, struct script *s)
{
    const struct script_part *p = &s->parts[s->part];

    p->begin(run, s);
    s->open = true;
    return esxi_command_send(run, p->command, NULL);
}

/* true: the run goes on. */
static bool is_good(struct run *run, const struct script_part *p, const struct reply *reply,
                    const struct parse_health *h)
{
    const struct schema *schema = run->collector->tables[0];
    const char *line = esxi_command_line(p->command);

    if (reply->err && (p->needed || reply->err->kind == ERR_NET)) {
        run->err = *reply->err;
        return false;
    }
    if (p->needed && host_is_garbage(h)) {
        (void)host_fail_garbage(run, line, h);
        return false;
    }
    if (reply->err && reply->err->kind != ERR_UNSUPPORTED)
        builder_note(run_table(run, schema), "%s", reply->err->msg);
    host_note_health(run, schema, line, h);
    return true;
}

static enum step over(struct run *run, struct script *s, const struct reply *reply,
                      enum step (*finish)(struct run *run, struct script *s))
{
    const struct script_part *p = &s->parts[s->part];
    bool good = is_good(run, p, reply, p->end(run, s, !reply->err));

    script_release(s);
    if (!good)
        return STEP_FAIL;
    if (++s->part < s->nparts)
        return begin(run, s);
    return finish ? finish(run, s) : STEP_DONE;
}

enum step script_step(struct run *run, struct script *s, const struct script_part *parts,
                      unsigned nparts, const struct reply *reply,
                      enum step (*finish)(struct run *run, struct script *s))
{
    if (!reply) {
        script_release(s);
        s->parts = parts;
        s->nparts = nparts;
        s->part = 0;
        return begin(run, s);
    }
    if (reply->more) {
        parts[s->part].feed(s, reply->body, reply->len);
        return STEP_MORE;
    }
    return over(run, s, reply, finish);
}
