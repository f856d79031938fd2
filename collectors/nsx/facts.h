/*
 * facts: what a manager says about itself and about the login, read once after the first login:
 * version, role, and where its policy tree has the enforcement point. Each of them may be refused;
 * then it is not known, and nothing else fails for it.
 */
#ifndef HYCON_COLLECTORS_NSX_FACTS_H
#define HYCON_COLLECTORS_NSX_FACTS_H

#include <stdbool.h>
#include <stddef.h>

struct reply;
struct session;

#define NSX_VERSION_PATH   "/api/v1/node/version"
#define NSX_FACTS_BODY_MAX (1u << 20)

struct nsx_facts {
    unsigned at;     /* which fact is being read */
    unsigned silent; /* replies that never came */
};

/* Begin anew: the first step then takes a NULL reply. */
void nsx_facts_start(struct nsx_facts *f);
/* @reply: to the last path, or NULL. Fills @s->facts. The next path to GET, or NULL at the end. */
const char *nsx_facts_step(struct nsx_facts *f, struct session *s, const struct reply *reply);
/* False: some reply never came, so it is worth asking again. */
bool nsx_facts_complete(const struct nsx_facts *f);

#endif
