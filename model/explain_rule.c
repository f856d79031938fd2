#include "model/explain_rule.h"

#include <string.h>

#include "core/arena.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "model/explain_set.h"
#include "model/tables.h"

#define ANSWER(m, p) ((struct explain_answer){m, p})

/* ---- compiling ----------------------------------------------------------------------------------
 */

/* The next word of *s, cut at blanks and braces, into @out of 64 bytes; false at the end. */
static bool next_word(const char **s, char *out)
{
    size_t n;

    *s += strspn(*s, " ,{}");
    n = strcspn(*s, " ,{}");
    if (!n)
        return false;
    if (n > 63)
        n = 63;
    memcpy(out, *s, n);
    out[n] = '\0';
    *s += strcspn(*s, " ,{}");
    return true;
}

/* What the text of a protocol says of a rule. */
struct protocol {
    int number;
    int16_t icmp_type, icmp_code;
    bool l2, stateless, odd;
};

static void compile_icmp(struct protocol *out, const char *word, const char **s)
{
    char value[64], *colon;
    int64_t type, code = -1;

    if (!next_word(s, value)) {
        out->odd = true;
        return;
    }
    colon = strcmp(word, "typecode") == 0 ? strchr(value, ':') : NULL;
    if (colon)
        *colon = '\0';
    if (text_to_i64(value, 0, 255, &type) || (colon && text_to_i64(colon + 1, 0, 255, &code))) {
        out->odd = true;
        return;
    }
    out->icmp_type = (int16_t)type;
    out->icmp_code = (int16_t)code;
}

static void compile_protocol(struct protocol *out, const char *text)
{
    char word[64];

    *out = (struct protocol){.icmp_type = -1, .icmp_code = -1};
    if (!next_word(&text, word)) {
        out->odd = true;
        return;
    }
    if (strcmp(word, "ethertype") == 0) {
        out->l2 = true;
        out->number = next_word(&text, word) ? explain_ethertype(word) : EXPLAIN_PROTOCOL_ODD;
    } else {
        out->number = explain_protocol(word);
    }
    while (next_word(&text, word)) {
        if (strcmp(word, "stateless") == 0)
            out->stateless = true;
        else if (strcmp(word, "icmptype") == 0 || strcmp(word, "typecode") == 0)
            compile_icmp(out, word, &text);
        else if (strcmp(word, "strict") != 0 && strcmp(word, "with") != 0)
            out->odd = true;
    }
}

static bool skip_word(const char **s, const char *word)
{
    size_t n = strlen(word);

    if (strncmp(*s, word, n) != 0 || ((*s)[n] && (*s)[n] != ' '))
        return false;
    *s += n;
    *s += strspn(*s, " ");
    return true;
}

/* "not addrset NAME port 22" */
static void compile_end(struct explain_end *e, const char *s, const struct explain_maker *m)
{
    struct arena *arena = m->arena;
    size_t n;

    *e = (struct explain_end){.kind = EXPLAIN_END_ODD};
    if (!s)
        return;
    e->negated = skip_word(&s, "not");
    bool set = skip_word(&s, "addrset"), ip = !set && skip_word(&s, "ip");
    n = strcspn(s, " ");
    if (set && n) {
        e->kind = EXPLAIN_END_SET;
        e->set = m->find_set(m->arg, s[n] ? arena_strndup(arena, s, n) : s);
    } else if (ip && n) {
        const char *text = s[n] ? arena_strndup(arena, s, n) : s;
        e->kind = ip_parse(text, &e->ip) ? EXPLAIN_END_ODD : EXPLAIN_END_IP;
    } else if (n == 3 && memcmp(s, "any", 3) == 0 && !e->negated) {
        e->kind = EXPLAIN_END_ANY;
    }
    s += n;
    s += strspn(s, " ");
    if (skip_word(&s, "port"))
        e->ports = explain_ports_parse(arena, s, strlen(s));
}

static enum explain_action action_of(const char *word)
{
    static const char *const words[] = {"accept", "drop", "reject", "punt"};

    for (int i = 0; word && i < EXPLAIN_OTHER; i++) {
        if (strcmp(words[i], word) == 0)
            return (enum explain_action)i;
    }
    return EXPLAIN_OTHER;
}

static void compile_head(struct explain_head *h)
{
    h->way_in = h->direction && strcmp(h->direction, "out") != 0;
    h->way_out = h->direction && strcmp(h->direction, "in") != 0;
    h->what = action_of(h->action);
    h->ip = !h->family ? 0 : strcmp(h->family, "inet6") == 0 ? 6 : 4;
}

/* ---- what was compiled before -------------------------------------------------------------------
 */

#define PROTOCOL_BITS 6
#define PORTS_BITS    9
#define END_BITS_MAX  14

/* There are fewer ends than rules. */
static unsigned end_bits(size_t rules)
{
    unsigned bits = 6;

    while (bits < END_BITS_MAX && (size_t)1 << bits < rules)
        bits++;
    return bits;
}

static size_t memo_size(unsigned bits)
{
    return sizeof(struct explain_memo) << bits;
}

size_t explain_maker_size(size_t rules)
{
    return memo_size(PROTOCOL_BITS) + memo_size(PORTS_BITS) + memo_size(end_bits(rules));
}

void explain_maker_init(struct explain_maker *m, struct arena *arena, size_t rules,
                        const struct explain_named *(*find_set)(void *arg, const char *name),
                        void *arg)
{
    *m = (struct explain_maker){
        .arena = arena, .find_set = find_set, .arg = arg, .end_bits = end_bits(rules)};
    compile_head(&m->head);
    m->protocols = arena_alloc(arena, memo_size(PROTOCOL_BITS));
    m->ports = arena_alloc(arena, memo_size(PORTS_BITS));
    m->ends = arena_alloc(arena, memo_size(m->end_bits));
}

/* Where @text is remembered; another may be there, which is forgotten then. */
static inline struct explain_memo *memo_of(struct explain_memo *table, unsigned bits,
                                           const char *text)
{
    return &table[(uint64_t)(uintptr_t)text * UINT64_C(0x9e3779b97f4a7c15) >> (64 - bits)];
}

static const struct protocol *protocol_of(struct explain_maker *m, const char *text)
{
    struct explain_memo *memo = memo_of(m->protocols, PROTOCOL_BITS, text);

    if (memo->text != text) {
        struct protocol *p = arena_alloc(m->arena, sizeof(*p));
        compile_protocol(p, text);
        *memo = (struct explain_memo){text, p};
    }
    return memo->made;
}

static const struct explain_ports *ports_of(struct explain_maker *m, const char *text)
{
    struct explain_memo *memo = memo_of(m->ports, PORTS_BITS, text);

    if (memo->text != text) {
        struct explain_ports *p = arena_alloc(m->arena, sizeof(*p));
        *p = explain_ports_parse(m->arena, text, strlen(text));
        *memo = (struct explain_memo){text, p};
    }
    return memo->made;
}

static const struct explain_end *end_of(struct explain_maker *m, const char *text)
{
    static const struct explain_end odd = {.kind = EXPLAIN_END_ODD};
    struct explain_memo *memo;

    if (!text)
        return &odd;
    memo = memo_of(m->ends, m->end_bits, text);
    if (memo->text != text) {
        struct explain_end *e = arena_alloc(m->arena, sizeof(*e));
        compile_end(e, text, m);
        *memo = (struct explain_memo){text, e};
    }
    return memo->made;
}

static inline const struct explain_end *source_of(const struct explain_rule *r)
{
    if (!r->source)
        ((struct explain_rule *)r)->source = end_of(r->maker, row_str(r->row, HOST_RULES_SOURCE));
    return r->source;
}

static inline const struct explain_end *destination_of(const struct explain_rule *r)
{
    if (!r->destination)
        ((struct explain_rule *)r)->destination =
            end_of(r->maker, row_str(r->row, HOST_RULES_DESTINATION));
    return r->destination;
}

/* ---- a rule -------------------------------------------------------------------------------------
 */

/* Most rules begin and end like the one before. */
static void take_head(struct explain_rule *r)
{
    struct explain_head *h = &r->maker->head;
    const char *direction = row_str(r->row, HOST_RULES_DIRECTION);
    const char *family = row_str(r->row, HOST_RULES_FAMILY);
    const char *action = row_str(r->row, HOST_RULES_ACTION);

    if (direction != h->direction || family != h->family || action != h->action) {
        *h = (struct explain_head){.direction = direction, .family = family, .action = action};
        compile_head(h);
    }
    (void)row_int(r->row, HOST_RULES_POSITION, &r->position);
    r->in = h->way_in;
    r->out = h->way_out;
    r->family = h->ip;
    r->action = h->what;
    r->odd = !direction || h->what == EXPLAIN_OTHER;
}

static void take_protocol(struct explain_rule *r, const char *text)
{
    const struct protocol *p;

    if (!text) {
        r->odd = true;
        return;
    }
    p = protocol_of(r->maker, text);
    r->protocol = p->number;
    r->icmp_type = p->icmp_type;
    r->icmp_code = p->icmp_code;
    r->l2 = p->l2;
    r->stateless = p->stateless;
    r->odd = r->odd || p->odd;
}

/* Ports are asked before the address is: those that stand behind it are looked for now. */
static void take_ports(struct explain_rule *r)
{
    static const struct explain_ports any;
    const char *ports = row_str(r->row, HOST_RULES_PORTS);
    const char *end = row_str(r->row, HOST_RULES_DESTINATION);

    r->ports = &any;
    if (ports)
        r->ports = ports_of(r->maker, ports);
    else if (end && strstr(end, " port"))
        r->ports = &destination_of(r)->ports;
}

void explain_rule_compile(struct explain_rule *out, const struct row *row,
                          struct explain_maker *maker)
{
    *out = (struct explain_rule){
        .row = row, .maker = maker, .position = -1, .icmp_type = -1, .icmp_code = -1};
    take_head(out);
    take_protocol(out, row_str(row, HOST_RULES_PROTOCOL));
    take_ports(out);
    out->application = row_present(row, HOST_RULES_ATTRIBUTE);
}

/* ---- matching -----------------------------------------------------------------------------------
 */

/* The member that holds @ip; the set and what was asked last are kept in it. */
static const char *ask_set(const struct explain_named *named, const struct ip *ip, unsigned slot)
{
    struct explain_named *n = (struct explain_named *)named;
    struct explain_asked *a = &n->asked[slot];

    if (a->ip.family != ip->family || memcmp(a->ip.bytes, ip->bytes, sizeof(ip->bytes)) != 0) {
        a->ip = *ip;
        if (!n->set && !n->looked) {
            n->looked = true;
            a->member = explain_set_look(n->members, ip, &n->odd);
            return a->member;
        }
        if (!n->set)
            n->set = explain_set_new(n->members);
        a->member = explain_set_ip(n->set, ip);
    }
    return a->member;
}

static enum explain_match match_set(const struct explain_end *e, const struct ip *ip, bool source)
{
    bool is_in;

    if (!e->set->members)
        return EXPLAIN_UNKNOWN;
    if (!e->set->members->n) /* nothing is in an empty set, whoever asks */
        return e->negated ? EXPLAIN_YES : EXPLAIN_NO;
    if (!ip)
        return EXPLAIN_UNKNOWN;
    is_in = ask_set(e->set, ip, source) != NULL;
    if (!is_in && (e->set->set ? explain_set_odd(e->set->set) : e->set->odd))
        return EXPLAIN_UNKNOWN;
    return is_in != e->negated ? EXPLAIN_YES : EXPLAIN_NO;
}

static enum explain_match match_end(const struct explain_end *e, const struct ip *ip, bool source)
{
    switch (e->kind) {
    case EXPLAIN_END_ANY:
        return EXPLAIN_YES;
    case EXPLAIN_END_IP:
        if (!ip)
            return EXPLAIN_UNKNOWN;
        return ip_contains(&e->ip, ip) != e->negated ? EXPLAIN_YES : EXPLAIN_NO;
    case EXPLAIN_END_SET:
        return match_set(e, ip, source);
    case EXPLAIN_END_ODD:
        break;
    }
    return EXPLAIN_UNKNOWN;
}

static enum explain_match match_mac(const struct explain_end *e, const char *mac)
{
    struct explain_named *n = (struct explain_named *)e->set;
    bool is_in;

    if (e->kind == EXPLAIN_END_ANY)
        return EXPLAIN_YES;
    if (e->kind != EXPLAIN_END_SET || !n->members)
        return EXPLAIN_UNKNOWN;
    if (!n->members->n)
        return e->negated ? EXPLAIN_YES : EXPLAIN_NO;
    if (!mac)
        return EXPLAIN_UNKNOWN;
    if (!n->set)
        n->set = explain_set_new(n->members);
    is_in = explain_set_mac(n->set, mac) != NULL;
    if (!is_in && explain_set_odd(n->set))
        return EXPLAIN_UNKNOWN;
    return is_in != e->negated ? EXPLAIN_YES : EXPLAIN_NO;
}

static enum explain_match match_protocol(const struct explain_rule *r,
                                         const struct explain_packet *p)
{
    if (r->protocol == EXPLAIN_PROTOCOL_ANY)
        return EXPLAIN_YES;
    if (r->protocol == EXPLAIN_PROTOCOL_ODD)
        return EXPLAIN_UNKNOWN;
    if (p->protocol < 0)
        return EXPLAIN_DEPENDS;
    return r->protocol == p->protocol ? EXPLAIN_YES : EXPLAIN_NO;
}

static enum explain_match match_icmp(const struct explain_rule *r, const struct explain_packet *p)
{
    if (r->icmp_type < 0)
        return EXPLAIN_YES;
    if (p->icmp_type < 0)
        return EXPLAIN_DEPENDS;
    if (r->icmp_type != p->icmp_type)
        return EXPLAIN_NO;
    if (r->icmp_code < 0)
        return EXPLAIN_YES;
    if (p->icmp_code < 0)
        return EXPLAIN_DEPENDS;
    return r->icmp_code == p->icmp_code ? EXPLAIN_YES : EXPLAIN_NO;
}

/* A rule with ports never matches a protocol that has none. */
static enum explain_match match_ports(const struct explain_ports *ports, int protocol, int port)
{
    if ((ports->n || ports->odd) && protocol >= 0 && !explain_protocol_has_ports(protocol))
        return EXPLAIN_NO;
    return explain_ports_match(ports, port);
}

static enum explain_match match_family(const struct explain_rule *r, const struct explain_packet *p)
{
    if (!r->family || r->family == p->family)
        return EXPLAIN_YES;
    return p->family ? EXPLAIN_NO : EXPLAIN_DEPENDS;
}

/* Keep the worst answer of the criteria so far; true: it is no, nothing else counts. */
static bool weigh(struct explain_answer *a, enum explain_match m, enum explain_part part)
{
    if (m > a->match)
        *a = ANSWER(m, part);
    return a->match == EXPLAIN_NO;
}

static struct explain_answer match_l2(const struct explain_rule *r, const struct explain_packet *p)
{
    struct explain_answer a = {EXPLAIN_YES, EXPLAIN_PART_NONE};
    enum explain_match m = EXPLAIN_YES;

    if (r->protocol == EXPLAIN_PROTOCOL_ODD)
        m = EXPLAIN_UNKNOWN;
    else if (r->protocol != EXPLAIN_PROTOCOL_ANY && !p->family)
        m = EXPLAIN_DEPENDS;
    else if (r->protocol != EXPLAIN_PROTOCOL_ANY &&
             r->protocol != (p->family == 6 ? 0x86dd : 0x0800))
        m = EXPLAIN_NO;
    if (weigh(&a, m, EXPLAIN_PART_PROTOCOL) ||
        weigh(&a, match_mac(source_of(r), p->source_mac), EXPLAIN_PART_SOURCE))
        return a;
    (void)weigh(&a, match_mac(destination_of(r), p->destination_mac), EXPLAIN_PART_DESTINATION);
    return a;
}

struct explain_answer explain_rule_match(const struct explain_rule *r,
                                         const struct explain_packet *p)
{
    struct explain_answer a = {EXPLAIN_YES, EXPLAIN_PART_NONE};

    if (r->odd)
        return ANSWER(EXPLAIN_UNKNOWN, EXPLAIN_PART_RULE);
    if (p->out ? !r->out : !r->in)
        return ANSWER(EXPLAIN_NO, EXPLAIN_PART_DIRECTION);
    if (r->l2)
        return match_l2(r, p);
    /* Cheap criteria first: address sets are asked only by rules that are left. */
    if (weigh(&a, match_protocol(r, p), EXPLAIN_PART_PROTOCOL) ||
        weigh(&a, match_ports(r->ports, p->protocol, p->port), EXPLAIN_PART_PORT) ||
        weigh(&a, match_family(r, p), EXPLAIN_PART_FAMILY) ||
        weigh(&a, match_icmp(r, p), EXPLAIN_PART_ICMP) ||
        weigh(&a, match_ports(&source_of(r)->ports, p->protocol, p->source_port),
              EXPLAIN_PART_SOURCE_PORT) ||
        weigh(&a, match_end(source_of(r), p->source, true), EXPLAIN_PART_SOURCE) ||
        weigh(&a, match_end(destination_of(r), p->destination, false), EXPLAIN_PART_DESTINATION))
        return a;
    if (r->application)
        (void)weigh(&a, EXPLAIN_DEPENDS, EXPLAIN_PART_APPLICATION);
    return a;
}

/* ---- in words -----------------------------------------------------------------------------------
 */

static const char *cell(const struct explain_rule *r, unsigned col)
{
    const char *s = row_str(r->row, col);

    return s ? s : "-";
}

static void add_address(struct strbuf *out, const struct ip *ip, const char *mac)
{
    char buf[IP_TEXT_MAX];

    strbuf_addstr(out, ip ? ip_format_address(ip, buf) : mac ? mac : "(address not known)");
}

static void end_reason(struct strbuf *out, const char *what, const struct explain_end *e,
                       const struct ip *ip, const char *mac, const char *printed, bool no)
{
    strbuf_addf(out, "%s ", what);
    add_address(out, ip, mac);
    if (no && e->kind == EXPLAIN_END_SET && !e->set->members->n)
        strbuf_addf(out, ": addrset %s is empty", e->set->name);
    else if (no)
        strbuf_addf(out, " does not match '%s'", printed);
    else if (e->kind == EXPLAIN_END_SET && !e->set->members)
        strbuf_addf(out, ": %s", e->set->missing);
    else
        strbuf_addf(out, ": cannot be compared with '%s'", printed);
}

static void protocol_reason(struct strbuf *out, const struct explain_rule *r,
                            const struct explain_packet *p, struct explain_answer a)
{
    if (a.match == EXPLAIN_DEPENDS) {
        strbuf_addf(out, "depends on the protocol: %s", cell(r, HOST_RULES_PROTOCOL));
    } else if (a.match == EXPLAIN_UNKNOWN) {
        strbuf_addf(out, "protocol '%s' is not understood", cell(r, HOST_RULES_PROTOCOL));
    } else if (r->l2) {
        strbuf_addf(out, "'%s' is not IPv%u", cell(r, HOST_RULES_PROTOCOL), p->family);
    } else {
        explain_protocol_name(out, p->protocol);
        strbuf_addf(out, " is not %s", cell(r, HOST_RULES_PROTOCOL));
    }
}

static void port_reason(struct strbuf *out, const char *what, int port, const char *printed,
                        struct explain_answer a)
{
    if (a.match == EXPLAIN_DEPENDS)
        strbuf_addf(out, "depends on the %s: %s", what, printed);
    else if (a.match == EXPLAIN_UNKNOWN)
        strbuf_addf(out, "%s '%s' are not understood", what, printed);
    else if (port < 0)
        strbuf_addf(out, "the protocol has no %s, the rule names %s", what, printed);
    else
        strbuf_addf(out, "%s %d is not %s", what, port, printed);
}

static void icmp_reason(struct strbuf *out, const struct explain_rule *r,
                        const struct explain_packet *p, struct explain_answer a)
{
    if (a.match == EXPLAIN_DEPENDS)
        strbuf_addf(out, "depends on the ICMP type: %s", cell(r, HOST_RULES_PROTOCOL));
    else
        strbuf_addf(out, "ICMP type %d is not of '%s'", p->icmp_type, cell(r, HOST_RULES_PROTOCOL));
}

static void family_reason(struct strbuf *out, const struct explain_rule *r,
                          const struct explain_packet *p)
{
    if (p->family)
        strbuf_addf(out, "IPv%u is not %s", p->family, cell(r, HOST_RULES_FAMILY));
    else
        strbuf_addf(out, "depends on the family of the addresses: %s", cell(r, HOST_RULES_FAMILY));
}

void explain_rule_reason(struct strbuf *out, const struct explain_rule *r,
                         const struct explain_packet *p, struct explain_answer a)
{
    bool no = a.match == EXPLAIN_NO;

    switch (a.part) {
    case EXPLAIN_PART_NONE:
        break;
    case EXPLAIN_PART_RULE:
        strbuf_addf(out, "the rule is not understood");
        break;
    case EXPLAIN_PART_DIRECTION:
        strbuf_addf(out, "direction %s, the packet goes %s", cell(r, HOST_RULES_DIRECTION),
                    p->out ? "out" : "in");
        break;
    case EXPLAIN_PART_FAMILY:
        family_reason(out, r, p);
        break;
    case EXPLAIN_PART_PROTOCOL:
        protocol_reason(out, r, p, a);
        break;
    case EXPLAIN_PART_ICMP:
        icmp_reason(out, r, p, a);
        break;
    case EXPLAIN_PART_SOURCE:
        end_reason(out, "source", source_of(r), r->l2 ? NULL : p->source, p->source_mac,
                   cell(r, HOST_RULES_SOURCE), no);
        break;
    case EXPLAIN_PART_DESTINATION:
        end_reason(out, "destination", destination_of(r), r->l2 ? NULL : p->destination,
                   p->destination_mac, cell(r, HOST_RULES_DESTINATION), no);
        break;
    case EXPLAIN_PART_SOURCE_PORT:
        port_reason(out, "source port", p->source_port, cell(r, HOST_RULES_SOURCE), a);
        break;
    case EXPLAIN_PART_PORT:
        port_reason(out, "port", p->port, cell(r, HOST_RULES_PORTS), a);
        break;
    case EXPLAIN_PART_APPLICATION:
        strbuf_addf(out, "depends on the application (%s)", cell(r, HOST_RULES_ATTRIBUTE));
        break;
    }
}

static void end_matched(struct strbuf *out, const char *what, const struct explain_end *e,
                        const struct ip *ip, const char *mac, bool source)
{
    char buf[IP_TEXT_MAX];
    const char *member = NULL;

    strbuf_addf(out, "%s ", what);
    if (e->kind == EXPLAIN_END_ANY) {
        strbuf_addstr(out, "any");
        return;
    }
    add_address(out, ip, mac);
    strbuf_addstr(out, e->negated ? " not in " : " in ");
    if (e->kind == EXPLAIN_END_IP) {
        strbuf_addstr(out, ip_format_cidr(&e->ip, buf));
        return;
    }
    strbuf_addf(out, "addrset %s", e->set->name);
    if (ip && e->set->members && e->set->members->n)
        member = ask_set(e->set, ip, source);
    if (member)
        strbuf_addf(out, " (member %s)", member);
}

void explain_rule_matched(struct strbuf *out, const struct explain_rule *r,
                          const struct explain_packet *p)
{
    const char *ports = row_str(r->row, HOST_RULES_PORTS);

    end_matched(out, "source", source_of(r), r->l2 ? NULL : p->source, p->source_mac, true);
    strbuf_addstr(out, ", ");
    end_matched(out, "destination", destination_of(r), r->l2 ? NULL : p->destination,
                p->destination_mac, false);
    strbuf_addf(out, ", %s", cell(r, HOST_RULES_PROTOCOL));
    if (ports)
        strbuf_addf(out, " port %s", ports);
}
