/* change_security: actions on security groups and network ACLs. */
#include "core/err.h"
#include "core/text.h"
#include "tests/lab/actions.h"
#include "tests/lab/security.h"

#include <string.h>

static struct lab_aws *aws_of(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_sddc *s = lab_action_sddc(lab, a, err);

    return s ? s->aws : NULL;
}

static int number(const struct lab_pairs *a, const char *key, int max, int fallback)
{
    const char *word = lab_pairs_get(a, key);
    int64_t n;

    return word && text_to_i64(word, 0, max, &n) == 0 ? (int)n : fallback;
}

static bool is_out(const struct lab_pairs *a)
{
    const char *word = lab_pairs_get(a, "direction");

    return word && strcmp(word, "out") == 0;
}

static const char *keep(struct lab *lab, const struct lab_pairs *a, const char *key,
                        const char *fallback)
{
    const char *word = lab_pairs_get(a, key);

    return word ? arena_strdup(lab->estate->arena, word) : fallback;
}

int lab_change_acl_entry(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_aws *aws = aws_of(lab, a, err);
    const char *name = aws ? lab_action_word(a, "acl", err) : NULL;
    struct lab_acl *acl = name ? lab_find_acl(aws, name) : NULL;
    const char *action = acl ? lab_action_word(a, "action", err) : NULL;

    if (!action)
        return name && !acl ? err_set(err, ERR_CONFIG, 0, "there is no ACL '%s'", name) : -1;
    lab_acl_entry_add(lab->estate, acl,
                      &(struct lab_acl_entry){.protocol = keep(lab, a, "protocol", "-1"),
                                              .cidr = keep(lab, a, "cidr", "0.0.0.0/0"),
                                              .number = number(a, "number", 32766, 90),
                                              .from = number(a, "from", 65535, -1),
                                              .to = number(a, "to", 65535, -1),
                                              .out = is_out(a),
                                              .deny = strcmp(action, "deny") == 0});
    return 0;
}

int lab_change_group_rule(struct lab *lab, const struct lab_pairs *a, struct err *err)
{
    struct lab_aws *aws = aws_of(lab, a, err);
    const char *name = aws ? lab_action_word(a, "group", err) : NULL;
    struct lab_group *g = name ? lab_find_group(aws, name) : NULL;
    const char *peer = g ? lab_action_word(a, "peer", err) : NULL;

    if (!peer)
        return name && !g ? err_set(err, ERR_CONFIG, 0, "there is no group '%s'", name) : -1;
    lab_group_rule_add(lab->estate, g,
                       &(struct lab_group_rule){.protocol = keep(lab, a, "protocol", "-1"),
                                                .peer = keep(lab, a, "peer", NULL),
                                                .description = keep(lab, a, "description", NULL),
                                                .from = number(a, "from", 65535, -1),
                                                .to = number(a, "to", 65535, -1),
                                                .out = is_out(a)});
    return 0;
}
