/* The head of a tab: drawn on a canvas of its own, on another thread when the estate is large. */
#include <string.h>

#include "core/clock.h"
#include "tui/app.h"

#define AGES_MS 1000
#define REST    4 /* a head that takes long is drawn for at most a fifth of the time */

static void adopt(struct head *h, struct canvas *canvas, bool any)
{
    canvas_release(&h->canvas);
    h->canvas = *canvas;
    h->any = any;
}

static void take_finished(struct app *a, struct tab *t)
{
    struct resolve *job = a->resolver ? resolver_take(a->resolver, t) : NULL;

    if (!job)
        return;
    adopt(&t->head, &job->head, job->any);
    resolve_detach(job);
    t->head.took_ms = job->took_ms;
    t->head.pending = false;
    resolve_free(job);
}

static bool is_old(const struct app *a, const struct head *h, const struct view_input *in, int w,
                   int height)
{
    int64_t since = clock_mono_ms() - h->at;
    bool other = h->w != w || h->h != height || h->wide != in->wide || h->local != in->local ||
                 h->ascii != in->ascii;

    if (!h->estate || other)
        return true;
    if (since < h->took_ms * REST)
        return false;
    return h->estate != a->estate || since >= AGES_MS || since < 0;
}

int head_refresh(struct app *a, struct tab *t, int w, int h)
{
    struct view_input in = app_input(a);
    struct head *head = &t->head;
    struct canvas canvas;
    bool any;

    if (!t->view->head || !in.estate)
        return 0;
    take_finished(a, t);
    if (!head->pending && is_old(a, head, &in, w, h)) {
        head->estate = a->estate;
        head->w = w;
        head->h = h;
        head->wide = in.wide;
        head->local = in.local;
        head->ascii = in.ascii;
        head->at = clock_mono_ms();
        if (a->resolver && a->large) {
            head->pending = true;
            resolver_post(a->resolver, t, resolve_new_head(t->view, &in, w, h));
        } else {
            any = resolve_head(&canvas, t->view, &in, w, h);
            adopt(head, &canvas, any);
            head->took_ms = 0;
        }
    }
    return head->any ? head->canvas.h < h ? head->canvas.h : h : 0;
}

void head_draw(const struct tab *t, struct canvas *c, struct rect r)
{
    const struct canvas *from = &t->head.canvas;
    int w = from->w < r.w ? from->w : r.w;

    for (int y = 0; y < r.h && y < from->h; y++)
        memcpy(&c->cells[(size_t)(r.y + y) * (size_t)c->w + (size_t)r.x],
               &from->cells[(size_t)y * (size_t)from->w], (size_t)w * sizeof(*c->cells));
}

void head_release(struct app *a, struct tab *t)
{
    if (a->resolver)
        resolver_forget(a->resolver, t);
    canvas_release(&t->head.canvas);
}
