/* hosts: the join of hosts that the VMC service and a vCenter both list; the essay is in hosts.c.
 */
#ifndef HYCON_MODEL_DERIVE_HOSTS_H
#define HYCON_MODEL_DERIVE_HOSTS_H

struct arena;
struct derive;
struct hosts_join;
struct row;
struct snapshot;

/* Of the rows that @d->view has now; lives in @d->arena, its maps are freed by _release. */
struct hosts_join *hosts_join_new(const struct derive *d);
void hosts_join_release(struct hosts_join *j);
/* What the other manager says of the same host, read as well as @row was; NULL: nothing. */
const struct row *hosts_join_twin(const struct hosts_join *j, const struct snapshot *from,
                                  const struct row *row);
/* The full name in lower case, in @a; NULL: not known. */
const char *hosts_full_name(struct arena *a, const struct row *r);

#endif
