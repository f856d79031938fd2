#include "collectors/esxi/commands.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "core/arena.h"
#include "core/ssh.h"
#include "core/strbuf.h"

#define NAME_MAX_LEN 200
#define UUID_LEN     36

/* "nic-1000012-eth0-vmware-sfw.2": nic-NUMBER-ethNUMBER-WORD.NUMBER, as a shell may see it. */
static size_t digits(const char *s)
{
    return strspn(s, "0123456789");
}

static bool is_filter(const char *s)
{
    const char *dot = strrchr(s, '.'), *rest;

    if (strncmp(s, "nic-", 4) != 0 || !digits(s + 4))
        return false;
    rest = s + 4 + digits(s + 4);
    if (strncmp(rest, "-eth", 4) != 0 || !digits(rest + 4))
        return false;
    rest += 4 + digits(rest + 4);
    if (*rest++ != '-' || !dot || dot <= rest || !digits(dot + 1) || dot[1 + digits(dot + 1)])
        return false;
    for (; rest < dot; rest++) {
        if (!isalnum((unsigned char)*rest) && !strchr("._-", *rest))
            return false;
    }
    return true;
}

/* Nothing in it means anything to a shell or to nsxcli, which knows no quotes. */
static bool is_uuid(const char *s)
{
    for (size_t i = 0; i < UUID_LEN; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;

        if (dash ? s[i] != '-' : !isxdigit((unsigned char)s[i]))
            return false;
    }
    return !s[UUID_LEN];
}

static bool is_number(const char *s)
{
    return digits(s) && digits(s) <= 9 && !s[digits(s)];
}

static const struct {
    const char *line;               /* "%" stands for the name */
    bool (*accepts)(const char *s); /* NULL: takes no name */
    const char *label, *what;       /* what the name is */
} commands[ESXI_COMMANDS] = {
    [ESXI_VERSION] = {"vmware -v", NULL, "version", NULL},
    [ESXI_DVFILTER] = {"summarize-dvfilter", NULL, "filters", NULL},
    [ESXI_GETFILTERS] = {"vsipioctl getfilters", NULL, "firewall filters", NULL},
    [ESXI_GETRULES] = {"vsipioctl getrules -f %", is_filter, "rules", "filter"},
    [ESXI_RULE_COUNTS] = {"vsipioctl getrules -f % -s", is_filter, "rule counters", "filter"},
    [ESXI_ADDRSETS] = {"vsipioctl getaddrsets -f %", is_filter, "address sets", "filter"},
    [ESXI_FLOWS] = {"vsipioctl getflows -f %", is_filter, "flows", "filter"},
    [ESXI_FILTERSTAT] = {"vsipioctl getfilterstat -f %", is_filter, "filter counters", "filter"},
    [ESXI_CONNECTIONS] = {"esxcli network ip connection list", NULL, "connections", NULL},
    [ESXI_VIBS] = {"esxcli software vib list", NULL, "VIBs", NULL},
    [ESXI_VSAN_CLUSTER] = {"esxcli vsan cluster get", NULL, "vSAN cluster", NULL},
    [ESXI_VSAN_HEALTH] = {"esxcli vsan health cluster list", NULL, "vSAN health", NULL},
    [ESXI_VSAN_OBJECTS] = {"esxcli vsan debug object health summary get", NULL, "vSAN objects",
                           NULL},
    [ESXI_GETALLVMS] = {"vim-cmd vmsvc/getallvms", NULL, "virtual machines", NULL},
    [ESXI_HBR_STATE] = {"vim-cmd hbrsvc/vmreplica.getState %", is_number, "replication state",
                        "virtual machine number"},
    [EDGE_VERSION] = {"get version", NULL, "version", NULL},
    [EDGE_STATUS_COMMAND] = {"get edge-cluster status", NULL, "edge cluster", NULL},
    [EDGE_ROUTERS] = {"get logical-routers", NULL, "routers", NULL},
    [EDGE_GATEWAY_HA] = {"get gateway % high-availability status", is_uuid, "high availability",
                         "service router"},
    [EDGE_HA] = {"get high-availability status", NULL, "high availability", NULL},
    [EDGE_BRIDGES] = {"get bridge", NULL, "bridges", NULL},
};

const char *esxi_command_line(enum esxi_command c)
{
    assert(!commands[c].accepts);
    return commands[c].line;
}

const char *esxi_command_pattern(enum esxi_command c)
{
    return commands[c].line;
}

bool esxi_command_takes(enum esxi_command c, const char *name)
{
    if (!commands[c].accepts)
        return true;
    return name && strlen(name) <= NAME_MAX_LEN && commands[c].accepts(name);
}

static const char *make_line(struct arena *arena, enum esxi_command c, const char *name)
{
    const char *at = strchr(commands[c].line, '%');
    struct strbuf line = STRBUF_INIT;
    const char *kept;

    if (!at)
        return commands[c].line;
    strbuf_add(&line, commands[c].line, (size_t)(at - commands[c].line));
    if (commands[c].accepts == is_uuid)
        strbuf_addstr(&line, name);
    else
        ssh_quote(&line, name);
    strbuf_addstr(&line, at + 1);
    kept = arena_strndup(arena, line.buf, line.len);
    strbuf_release(&line);
    return kept;
}

enum step esxi_command_send(struct run *run, enum esxi_command c, const char *name)
{
    if (!esxi_command_takes(c, name))
        return run_fail_proto(run, "'%s' is no name of a %s: it is not put into a command",
                              name ? name : "", commands[c].what);
    run->request = (struct request){.command = true,
                                    .method = "SSH",
                                    .path = make_line(run->arena, c, name),
                                    .label = commands[c].label,
                                    .stream = true};
    return STEP_SEND;
}
