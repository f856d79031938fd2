/*
 * The tables are the truth of hycon.yaml: a key that is not here does not exist, and its line of
 * meaning is what help, the sample file and the manual page print.
 */
#include "model/kinds.h"

#include <stddef.h>
#include <string.h>

#include "core/mem.h"

#define END          \
    {                \
        .name = NULL \
    }

static const struct key_spec tls_keys[] = {
    {.name = "ca_file", .type = KEY_PATH, .meaning = "trust the authorities in this PEM file"},
    {.name = "sha256",
     .type = KEY_SHA256,
     .meaning = "trust exactly this leaf certificate; replaces chain and name checks"},
    END,
};

#define TLS_KEY                                           \
    {                                                     \
        .name = "tls", .type = KEY_MAP, .keys = tls_keys, \
        .meaning = "which certificate to trust; "         \
                   "default: the system's store"          \
    }
#define URL_KEYS(what)                                                                     \
    {.name = "url", .type = KEY_URL, .stands_for = "urls", .meaning = "address of " what}, \
    {                                                                                      \
        .name = "urls", .type = KEY_URLS, .required = true,                                \
        .meaning = "addresses of its nodes, tried in this order"                           \
    }

#define PASSWORD_KEY                                                              \
    {                                                                             \
        .name = "password", .type = KEY_SECRET, .required = true, .secret = true, \
        .meaning = "where the password comes from"                                \
    }

static const struct key_spec vcenter_keys[] = {
    URL_KEYS("the vCenter Server"),
    {.name = "user", .type = KEY_STR, .required = true, .meaning = "user@domain to log in as"},
    PASSWORD_KEY,
    TLS_KEY,
    END,
};

static const struct key_spec replication_keys[] = {
    URL_KEYS("the vSphere Replication appliance"),
    {.name = "user", .type = KEY_STR, .required = true, .meaning = "user@domain of SSO"},
    PASSWORD_KEY,
    {.name = "transfer_unit",
     .type = KEY_ENUM,
     .values = "ms s",
     .fallback = "ms",
     .meaning = "unit of the durations that it reports (not documented): when estimates are off a "
                "thousandfold, the other one"},
    TLS_KEY,
    END,
};

static const struct key_spec nsx_keys[] = {
    URL_KEYS("the NSX Manager"),
    {.name = "auth",
     .type = KEY_ENUM,
     .values = "local vidm certificate",
     .fallback = "local",
     .meaning = "how to log in: local or LDAP user, VMware Identity Manager, client certificate"},
    {.name = "user", .type = KEY_STR, .meaning = "user to log in as (auth local and vidm)"},
    {.name = "password",
     .type = KEY_SECRET,
     .secret = true,
     .meaning = "where the password comes from (auth local and vidm)"},
    {.name = "client_cert",
     .type = KEY_PATH,
     .meaning = "PEM file of the principal identity (auth certificate)"},
    {.name = "client_key", .type = KEY_PATH, .meaning = "PEM file of its private key"},
    TLS_KEY,
    END,
};

/* One manager, no cluster of them, no session: a user and a password with every request. */
static const struct key_spec nsxv_keys[] = {
    URL_KEYS("the NSX-V Manager"),
    {.name = "user", .type = KEY_STR, .required = true, .meaning = "user to log in as"},
    PASSWORD_KEY,
    TLS_KEY,
    END,
};

static const struct key_spec vmc_keys[] = {
    {.name = "url",
     .type = KEY_URL,
     .stands_for = "urls",
     .fallback = "https://vmc.vmware.com/",
     .meaning = "address of the VMC service"},
    {.name = "csp_url",
     .type = KEY_URL,
     .fallback = "https://console.cloud.vmware.com/",
     .meaning = "address of the Cloud Services Platform that exchanges the token"},
    {.name = "org", .type = KEY_STR, .required = true, .meaning = "id of the organisation"},
    {.name = "sddc",
     .type = KEY_STR,
     .meaning = "id of the SDDC; default: all of the organisation, without the NSX of several"},
    {.name = "token",
     .type = KEY_SECRET,
     .required = true,
     .secret = true,
     .meaning = "where the CSP API token (refresh token) comes from"},
    TLS_KEY,
    END,
};

static const struct key_spec assume_role_keys[] = {
    {.name = "role_arn", .type = KEY_STR, .required = true, .meaning = "ARN of the role"},
    {.name = "external_id", .type = KEY_STR, .meaning = "external id the role's policy asks for"},
    {.name = "session_name",
     .type = KEY_STR,
     .fallback = "hycon",
     .meaning = "name of the session in CloudTrail"},
    END,
};

static const struct key_spec aws_keys[] = {
    {.name = "region", .type = KEY_STR, .required = true, .meaning = "such as ap-northeast-1"},
    {.name = "account",
     .type = KEY_STR,
     .meaning = "account number this must be; compared with what STS says"},
    {.name = "profile", .type = KEY_STR, .meaning = "profile of the shared AWS files"},
    {.name = "assume_role",
     .type = KEY_MAP,
     .keys = assume_role_keys,
     .meaning = "role to assume with the credentials of the chain"},
    {.name = "credentials_file",
     .type = KEY_PATH,
     .meaning = "shared credentials file instead of the usual one"},
    {.name = "config_file",
     .type = KEY_PATH,
     .meaning = "shared configuration file instead of the usual one"},
    {.name = "vpc", .type = KEY_STR, .stands_for = "vpcs", .meaning = "the one VPC to show"},
    {.name = "vpcs", .type = KEY_LIST, .meaning = "VPCs to show; default: discovered or all"},
    {.name = "subnet",
     .type = KEY_STR,
     .stands_for = "subnets",
     .meaning = "the one subnet with the SDDC's interfaces"},
    {.name = "subnets",
     .type = KEY_LIST,
     .meaning = "subnets with the SDDC's interfaces; default: discovered or all"},
    {.name = "eni_description",
     .type = KEY_STR,
     .fallback = "VMware VMC Interface",
     .meaning = "how the descriptions of the SDDC's interfaces begin, whatever the case"},
    {.name = "endpoint_url",
     .type = KEY_URL,
     .meaning = "address of the AWS API instead of the region's"},
    TLS_KEY,
    END,
};

static const struct key_spec hosts_from_keys[] = {
    {.name = "vcenter",
     .type = KEY_STR,
     .required = true,
     .meaning = "name of the vcenter endpoint of this site that lists the hosts"},
    {.name = "cluster", .type = KEY_STR, .fallback = "*", .meaning = "clusters to take (* and ?)"},
    END,
};

#define SSH_HOSTS_KEY(example)                                                             \
    {                                                                                      \
        .name = "hosts", .type = KEY_LIST, .meaning = "HOST[:PORT], with ranges: " example \
    }
#define SSH_KEYS                                                                             \
    {.name = "exclude", .type = KEY_LIST, .meaning = "hosts to leave out (* and ?)"},        \
        {.name = "user", .type = KEY_STR, .required = true, .meaning = "user to log in as"}, \
        {.name = "password",                                                                 \
         .type = KEY_SECRET,                                                                 \
         .secret = true,                                                                     \
         .meaning = "where the password comes from; default: keys and the SSH agent"},       \
        {.name = "key_file", .type = KEY_PATH, .meaning = "private key to log in with"},     \
        {.name = "known_hosts",                                                              \
         .type = KEY_PATH,                                                                   \
         .fallback = "~/.ssh/known_hosts",                                                   \
         .meaning = "file of trusted host keys"},                                            \
        {.name = "host_key",                                                                 \
         .type = KEY_STR,                                                                    \
         .meaning = "SHA256:... of the one host key to trust"},                              \
    {                                                                                        \
        .name = "transport", .type = KEY_ENUM, .values = "auto libssh2 openssh",             \
        .fallback = "auto", .meaning = "which SSH implementation to use"                     \
    }

static const struct key_spec esxi_keys[] = {
    SSH_HOSTS_KEY("esx-[01-16].example is sixteen endpoints"),
    {.name = "hosts_from",
     .type = KEY_MAP,
     .keys = hosts_from_keys,
     .meaning = "take the hosts from a vCenter, which lists them once, at the start"},
    SSH_KEYS,
    END,
};

static const struct key_spec edge_keys[] = {
    SSH_HOSTS_KEY("edge-[01-04].example is four endpoints"),
    SSH_KEYS,
    END,
};

const struct key_spec kinds_common_keys[] = {
    {.name = "name",
     .type = KEY_STR,
     .required = true,
     .meaning = "name of the endpoint, unique in its site"},
    {.name = "kind",
     .type = KEY_ENUM,
     .required = true,
     .values = "vcenter nsx nsxv vmc aws esxi edge replication",
     .meaning = "what it is"},
    {.name = "credential", .type = KEY_STR, .meaning = "name below credentials: user and secret"},
    END,
};

const struct key_spec kinds_scope_keys[] = {
    {.name = "proxy",
     .type = KEY_PROXY,
     .meaning = "proxy to use, or none; default: the usual variables and NO_PROXY"},
    {.name = "jump",
     .type = KEY_JUMP,
     .meaning = "SSH host to go through, with port 22 if none is given; no proxy is used then"},
    {.name = "jump_key_file",
     .type = KEY_PATH,
     .meaning = "private key for the jump host; default: as ssh finds it, or the agent"},
    {.name = "jump_known_hosts",
     .type = KEY_PATH,
     .meaning = "known_hosts with the key of the jump host; default: that of ssh"},
    {.name = "intervals",
     .type = KEY_DURATIONS,
     .meaning = "TABLE: how often it is read (30s, 5m)"},
    {.name = "thresholds",
     .type = KEY_NUMBERS,
     .keys = kinds_threshold_keys,
     .meaning = "NAME: what the checks compare with"},
    {.name = "requests_per_min", .type = KEY_INT, .meaning = "budget of requests per manager"},
    {.name = "disable", .type = KEY_TABLES, .meaning = "tables that are not read"},
    {.name = "time_zone",
     .type = KEY_ZONE,
     .meaning = "of the local times that are shown, such as Asia/Tokyo: one for all; default: "
                "TZ"},
    END,
};

const struct key_spec kinds_site_keys[] = {
    {.name = "name", .type = KEY_STR, .required = true, .meaning = "name of the site, unique"},
    {.name = "label", .type = KEY_STR, .meaning = "what people call it; default: the name"},
    {.name = "production",
     .type = KEY_BOOL,
     .fallback = "false",
     .meaning = "the header marks it by a word"},
    {.name = "networks", .type = KEY_CIDRS, .meaning = "on-premises ranges, for overlap checks"},
    {.name = "endpoints", .type = KEY_ENDPOINTS, .required = true, .meaning = "what is read"},
    END,
};

static const struct key_spec contact_keys[] = {
    {.name = "company", .type = KEY_STR, .meaning = "company, for support requests"},
    {.name = "name", .type = KEY_STR, .meaning = "person to ask"},
    {.name = "email", .type = KEY_STR, .meaning = "mail address"},
    {.name = "phone", .type = KEY_STR, .meaning = "telephone number"},
    {.name = "language", .type = KEY_STR, .meaning = "language to answer in"},
    {.name = "time_zone", .type = KEY_STR, .meaning = "time zone of that person"},
    {.name = "hours", .type = KEY_STR, .meaning = "when that person can be reached"},
    {.name = "customer_number", .type = KEY_STR, .meaning = "customer or contract number"},
    END,
};

const struct key_spec kinds_global_keys[] = {
    {.name = "contact",
     .type = KEY_MAP,
     .keys = contact_keys,
     .meaning = "who is asked about a support request"},
    {.name = "sites", .type = KEY_SITES, .required = true, .meaning = "the estate"},
    {.name = "credentials",
     .type = KEY_CREDENTIALS,
     .meaning = "NAME: user and secret, used by credential: NAME"},
    END,
};

const struct key_spec kinds_credential_keys[] = {
    {.name = "user", .type = KEY_STR, .meaning = "user to log in as"},
    {.name = "password",
     .type = KEY_SECRET,
     .secret = true,
     .meaning = "where the password comes from"},
    {.name = "token",
     .type = KEY_SECRET,
     .secret = true,
     .meaning = "where the API token comes from"},
    {.name = "key_file", .type = KEY_PATH, .meaning = "private SSH key"},
    {.name = "client_cert", .type = KEY_PATH, .meaning = "PEM file of a client certificate"},
    {.name = "client_key", .type = KEY_PATH, .meaning = "PEM file of its private key"},
    {.name = "profile", .type = KEY_STR, .meaning = "profile of the shared AWS files"},
    {.name = "assume_role", .type = KEY_MAP, .keys = assume_role_keys, .meaning = "AWS role"},
    END,
};

const struct key_spec kinds_threshold_keys[] = {
    {.name = "converge",
     .type = KEY_DURATION,
     .fallback = "3m",
     .meaning = "how long routes may disagree after a failover before it is a fault"},
    {.name = "cert_warning",
     .type = KEY_DURATION,
     .fallback = "14d",
     .meaning = "a certificate that expires within this time is a warning"},
    {.name = "cert_critical",
     .type = KEY_DURATION,
     .fallback = "3d",
     .meaning = "a certificate that expires within this time is critical"},
    {.name = "clock_warning",
     .type = KEY_DURATION,
     .fallback = "30s",
     .meaning = "a manager's clock that is off by more than this is a warning"},
    {.name = "clock_critical",
     .type = KEY_DURATION,
     .fallback = "5m",
     .meaning = "a manager's clock that is off by more than this is critical: logins and "
                "signatures fail"},
    {.name = "route_quota",
     .type = KEY_INT,
     .fallback = "500",
     .meaning = "routes one AWS route table may hold (accounts older than 2025: often 50)"},
    {.name = "route_quota_percent",
     .type = KEY_INT,
     .fallback = "80",
     .meaning = "share of the route quota from which on it is a warning"},
    {.name = "subnet_free_ips",
     .type = KEY_INT,
     .fallback = "5",
     .meaning = "fewer free addresses in the subnet of the interfaces are a warning"},
    {.name = "never_hit",
     .type = KEY_DURATION,
     .fallback = "30d",
     .meaning =
         "a firewall rule without a hit is worth a look when it was not changed for so long"},
    {.name = "rpo_late_critical",
     .type = KEY_DURATION,
     .fallback = "10m",
     .meaning = "a replication that is late by more than this, or by a whole cycle, is critical"},
    {.name = "vsan_used_warning",
     .type = KEY_INT,
     .fallback = "70",
     .meaning = "used percent of vSAN from which on it is a warning: rebuilds need the rest"},
    {.name = "vsan_used_critical",
     .type = KEY_INT,
     .fallback = "80",
     .meaning = "used percent of vSAN from which on it is critical"},
    {.name = "vsan_full_warning",
     .type = KEY_DURATION,
     .fallback = "30d",
     .meaning = "vSAN that is full within this time at the present trend is a warning"},
    {.name = "vsan_full_critical",
     .type = KEY_DURATION,
     .fallback = "7d",
     .meaning = "vSAN that is full within this time at the present trend is critical"},
    {.name = "vsan_resync",
     .type = KEY_DURATION,
     .fallback = "6h",
     .meaning = "a resynchronisation of vSAN that takes longer than this is a warning"},
    {.name = "datastore_used_warning",
     .type = KEY_INT,
     .fallback = "85",
     .meaning = "used percent of a datastore from which on it is a warning"},
    {.name = "datastore_used_critical",
     .type = KEY_INT,
     .fallback = "95",
     .meaning = "used percent of a datastore from which on it is critical"},
    {.name = "snapshot_age",
     .type = KEY_DURATION,
     .fallback = "3d",
     .meaning = "a snapshot of a VM that is older than this is a warning"},
    END,
};

static const struct kind_spec vcenter = {KIND_VCENTER, "vcenter", "vCenter Server",
                                         "hosts, clusters, VMs, events of a vSphere estate",
                                         vcenter_keys};
static const struct kind_spec nsx = {KIND_NSX, "nsx", "NSX Manager",
                                     "segments, gateways, edges of an NSX Manager", nsx_keys};
static const struct kind_spec nsxv = {KIND_NSXV, "nsxv", "NSX-V Manager",
                                      "firewall rules of an NSX for vSphere 6 Manager", nsxv_keys};
static const struct kind_spec vmc = {KIND_VMC, "vmc", "VMware Cloud on AWS",
                                     "an SDDC, its hosts, its linked VPC and its NSX", vmc_keys};
static const struct kind_spec aws = {KIND_AWS, "aws", "AWS account",
                                     "interfaces, route tables, VPCs, subnets of EC2", aws_keys};
static const struct kind_spec esxi = {KIND_ESXI, "esxi", "ESXi host", "hosts on premises, over SSH",
                                      esxi_keys};
static const struct kind_spec edge = {KIND_EDGE, "edge", "NSX edge node",
                                      "what edge nodes say of themselves, over SSH", edge_keys};
static const struct kind_spec replication = {KIND_REPLICATION, "replication", "vSphere Replication",
                                             "replications of VMs, as their appliance sees them",
                                             replication_keys};

const struct kind_spec *const kinds_all[] = {&vcenter, &nsx,  &nsxv,        &vmc, &aws,
                                             &esxi,    &edge, &replication, NULL};

const struct kind_spec *kinds_find(const char *name)
{
    for (size_t i = 0; kinds_all[i]; i++) {
        if (strcmp(kinds_all[i]->name, name) == 0)
            return kinds_all[i];
    }
    return NULL;
}

const char *kinds_name(enum endpoint_kind kind)
{
    for (size_t i = 0; kinds_all[i]; i++) {
        if (kinds_all[i]->kind == kind)
            return kinds_all[i]->name;
    }
    return NULL;
}

const struct key_spec *kinds_key(const struct key_spec *keys, const char *name)
{
    for (; keys && keys->name; keys++) {
        if (strcmp(keys->name, name) == 0)
            return keys;
    }
    return NULL;
}

const struct key_spec *kinds_endpoint_key(const struct kind_spec *k, const char *name)
{
    const struct key_spec *key = kinds_key(k->keys, name);

    if (!key)
        key = kinds_key(kinds_common_keys, name);
    return key ? key : kinds_key(kinds_scope_keys, name);
}

const char *kinds_type_name(enum key_type type)
{
    static const char *const names[] = {
        [KEY_STR] = "text",
        [KEY_INT] = "a number",
        [KEY_BOOL] = "true or false",
        [KEY_DURATION] = "a duration (30s, 10m)",
        [KEY_URL] = "a URL",
        [KEY_PATH] = "a path",
        [KEY_LIST] = "a list of text",
        [KEY_CIDRS] = "a list of networks (10.0.0.0/8)",
        [KEY_SECRET] = "one of {command: ...}, {env: ...}, {file: ...}, {prompt: true}",
        [KEY_ENUM] = "a word",
        [KEY_MAP] = "a mapping",
        [KEY_DURATIONS] = "a mapping of tables to durations",
        [KEY_NUMBERS] = "a mapping of names to numbers",
        [KEY_URLS] = "a list of URLs",
        [KEY_JUMP] = "user@host[:port], or none",
        [KEY_PROXY] = "a proxy URL, or none",
        [KEY_SHA256] = "64 hex digits",
        [KEY_TABLES] = "a list of tables",
        [KEY_ZONE] = "a time zone",
        [KEY_SITES] = "a list of sites",
        [KEY_ENDPOINTS] = "a list of endpoints",
        [KEY_CREDENTIALS] = "a mapping of names to credentials",
    };

    return names[type];
}
