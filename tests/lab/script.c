#include "tests/lab/script.h"

#include "core/err.h"
#include "tests/lab/actions.h"
#include "tests/lab/jsonb.h"
#include "tests/lab/topology.h"

#include <stdio.h>

static int run_actions(struct lab *lab, const struct lab_list *actions, struct err *err)
{
    for (size_t i = 0; i < actions->n; i++)
        if (lab_action_run(lab, actions->at[i], err) < 0)
            return -1;
    return 0;
}

int lab_script_begin(struct lab *lab, struct err *err)
{
    return run_actions(lab, &lab->script->scenario->start, err);
}

static void announce(const struct lab_step *step, size_t number, unsigned round)
{
    struct json_object *o = json_object_new_object(), *caption;

    jset_int(o, "step", (int64_t)number);
    jset_int(o, "round", round);
    jset_int(o, "at_ms", step->at_ms);
    if (step->caption_en || step->caption_ja) {
        caption = jset_object(o, "caption");
        jset_str(caption, "en", step->caption_en);
        jset_str(caption, "ja", step->caption_ja);
    }
    printf("%s\n", json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN |
                                                         JSON_C_TO_STRING_NOSLASHESCAPE));
    fflush(stdout);
    json_object_put(o);
}

static void play_step(struct lab *lab, const struct lab_step *step)
{
    struct err err;

    if (run_actions(lab, &step->actions, &err) < 0) {
        fprintf(stderr, "hycon-lab: step %zu: %s\n", lab->script->next + 1, err.msg);
        lab->script->failures++;
    }
    pthread_mutex_lock(&lab->lock);
    if (step->caption_en || step->caption_ja) {
        lab->caption_en = step->caption_en;
        lab->caption_ja = step->caption_ja;
    }
    lab->script->next++;
    pthread_mutex_unlock(&lab->lock);
    announce(step, lab->script->next, lab->script->rounds);
}

/* A new estate with the same ids: clients see everything as it was at the beginning. */
static void begin_again(struct lab *lab)
{
    struct lab_script *script = lab->script;
    struct lab_estate *old;
    struct err err;

    pthread_mutex_lock(&lab->lock);
    old = lab->estate;
    lab->estate = lab_estate_new(&lab->params, lab->seed, lab_wall_ms());
    lab_topology_repoint(lab);
    lab_estate_free(old);
    lab->caption_en = lab->caption_ja = NULL;
    script->next = 0;
    script->rounds++;
    pthread_mutex_unlock(&lab->lock);
    if (lab_script_begin(lab, &err) < 0)
        fprintf(stderr, "hycon-lab: start: %s\n", err.msg);
}

/* When the next thing happens, on the scenario's clock; -1: never. */
static int64_t next_at(const struct lab_script *s)
{
    int64_t base = s->rounds * s->scenario->length_ms;

    if (s->next < s->scenario->steps.n)
        return base + ((struct lab_step *)s->scenario->steps.at[s->next])->at_ms;
    return s->loop && s->scenario->length_ms > 0 ? base + s->scenario->length_ms : -1;
}

/* Scenario ms until then; INT64_MAX: never. */
static int64_t time_left(struct lab *lab)
{
    int64_t at, left;

    pthread_mutex_lock(&lab->lock);
    at = next_at(lab->script);
    left = at < 0 ? INT64_MAX : at - lab_scenario_ms(lab);
    pthread_mutex_unlock(&lab->lock);
    return left;
}

int64_t lab_script_play(struct lab *lab, int64_t max)
{
    struct lab_script *s = lab->script;
    int64_t left;

    pthread_mutex_lock(&s->lock);
    while ((left = time_left(lab)) <= 0) {
        if (s->next == s->scenario->steps.n)
            begin_again(lab);
        else
            play_step(lab, s->scenario->steps.at[s->next]);
    }
    pthread_mutex_unlock(&s->lock);
    if (left == INT64_MAX || lab->clock.manual)
        return max;
    left = (int64_t)((double)left / lab->clock.speed) + 1;
    return left < max ? left : max;
}
