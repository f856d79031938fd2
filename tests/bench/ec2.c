/* EC2's Query API with canned replies (reference: the samples of DescribeNetworkInterfaces and
 * DescribeRouteTables in tests/fixtures/aws). Everything else answers with an empty reply of its
 * name, so that any caller gets along. */
#include "tests/bench/bench.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "core/mem.h"
#include "core/strbuf.h"

#define NS      "http://ec2.amazonaws.com/doc/2016-11-15/"
#define ACCOUNT "111122223333"

struct bench_ec2 {
    struct MHD_Daemon *daemon;
    struct strbuf enis, routes;
};

static void head(struct strbuf *out, const char *action)
{
    strbuf_addf(out,
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<%sResponse xmlns=\"" NS
                "\">\n    <requestId>5c9d3a10-0000-4000-8000-000000000001</requestId>\n",
                action);
}

static void one_eni(struct strbuf *out, unsigned i)
{
    strbuf_addf(out,
                "<item><networkInterfaceId>eni-0f38bb6dda%07u</networkInterfaceId>"
                "<subnetId>subnet-0a1657ea5ddc00001</subnetId><vpcId>vpc-0c0ffee1234567890</vpcId>"
                "<availabilityZone>ap-northeast-1a</availabilityZone>"
                "<availabilityZoneId>apne1-az4</availabilityZoneId>"
                "<description>VMware VMC Interface</description><ownerId>" ACCOUNT "</ownerId>"
                "<requesterId>AROAEXAMPLEVMCROLE001:VMC</requesterId>"
                "<requesterManaged>false</requesterManaged><status>%s</status>",
                i, i < 4 ? "in-use" : "available");
    strbuf_addf(out,
                "<macAddress>06:5d:dc:00:%02x:%02x</macAddress>"
                "<privateIpAddress>10.0.%u.%u</privateIpAddress>"
                "<sourceDestCheck>false</sourceDestCheck>"
                "<groupSet><item><groupId>sg-0defa017000000001</groupId>"
                "<groupName>default</groupName></item></groupSet>"
                "<attachment><attachmentId>eni-attach-0a77ac4e%07u</attachmentId>"
                "<instanceOwnerId>444455556666</instanceOwnerId><deviceIndex>1</deviceIndex>"
                "<status>attached</status></attachment><tagSet/>",
                i >> 8 & 255, i & 255, 160 + (i >> 8 & 63), i & 255, i);
    strbuf_addf(out,
                "<privateIpAddressesSet><item><privateIpAddress>10.0.%u.%u</privateIpAddress>"
                "<primary>true</primary></item></privateIpAddressesSet><ipv6AddressesSet/>"
                "<interfaceType>interface</interfaceType></item>\n",
                160 + (i >> 8 & 63), i & 255);
}

static void one_table(struct strbuf *out, unsigned t)
{
    strbuf_addf(out,
                "<item><routeTableId>rtb-0aa11ce0fa%07u</routeTableId>"
                "<vpcId>vpc-0c0ffee1234567890</vpcId><ownerId>" ACCOUNT "</ownerId><routeSet>"
                "<item><destinationCidrBlock>10.0.0.0/16</destinationCidrBlock>"
                "<gatewayId>local</gatewayId><state>active</state>"
                "<origin>CreateRouteTable</origin></item>\n",
                t);
    for (unsigned r = 0; r < 50; r++)
        strbuf_addf(out,
                    "<item><destinationCidrBlock>192.168.%u.0/24</destinationCidrBlock>"
                    "<networkInterfaceId>eni-0f38bb6dda0000001</networkInterfaceId>"
                    "<state>active</state><origin>CreateRoute</origin></item>\n",
                    r);
    strbuf_addf(out,
                "</routeSet><associationSet><item>"
                "<routeTableAssociationId>rtbassoc-0aa11ce0%07u</routeTableAssociationId>"
                "<main>%s</main><associationState><state>associated</state></associationState>"
                "</item></associationSet><propagatingVgwSet/><tagSet/></item>\n",
                t, t ? "false" : "true");
}

static void build(struct bench_ec2 *s, unsigned enis, unsigned tables)
{
    strbuf_init(&s->enis, 0);
    strbuf_init(&s->routes, 0);
    head(&s->enis, "DescribeNetworkInterfaces");
    strbuf_addstr(&s->enis, "<networkInterfaceSet>\n");
    for (unsigned i = 0; i < enis; i++)
        one_eni(&s->enis, i);
    strbuf_addstr(&s->enis, "</networkInterfaceSet></DescribeNetworkInterfacesResponse>\n");
    head(&s->routes, "DescribeRouteTables");
    strbuf_addstr(&s->routes, "<routeTableSet>\n");
    for (unsigned t = 0; t < tables; t++)
        one_table(&s->routes, t);
    strbuf_addstr(&s->routes, "</routeTableSet></DescribeRouteTablesResponse>\n");
}

static struct MHD_Response *other(const char *body)
{
    struct strbuf out = STRBUF_INIT;
    size_t n = strcspn(body, "&");

    if (strncmp(body, "Action=GetCallerIdentity", 24) == 0) {
        strbuf_addstr(&out,
                      "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/"
                      "\"><GetCallerIdentityResult><Arn>arn:aws:iam::" ACCOUNT
                      ":user/bench</Arn><UserId>AIDAEXAMPLE</UserId><Account>" ACCOUNT
                      "</Account></GetCallerIdentityResult></GetCallerIdentityResponse>");
    } else if (strncmp(body, "Action=", 7) == 0) {
        char *action = mem_strndup(body + 7, n - 7);

        head(&out, action);
        strbuf_addf(&out, "</%sResponse>", action);
        free(action);
    }
    n = out.len;
    return MHD_create_response_from_buffer(n, strbuf_detach(&out), MHD_RESPMEM_MUST_FREE);
}

static enum MHD_Result answer(void *cls, struct MHD_Connection *c, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *size, void **con)
{
    struct bench_ec2 *s = cls;
    struct strbuf *body = *con;
    struct MHD_Response *r;
    enum MHD_Result rc;

    (void)url;
    (void)method;
    (void)version;
    if (!body) {
        body = mem_alloc(sizeof(*body));
        strbuf_init(body, 65536);
        *con = body;
        return MHD_YES;
    }
    if (*size) {
        strbuf_add(body, data, *size);
        *size = 0;
        return MHD_YES;
    }
    if (strncmp(body->buf, "Action=DescribeNetworkInterfaces&", 33) == 0)
        r = MHD_create_response_from_buffer(s->enis.len, s->enis.buf, MHD_RESPMEM_PERSISTENT);
    else if (strncmp(body->buf, "Action=DescribeRouteTables&", 27) == 0)
        r = MHD_create_response_from_buffer(s->routes.len, s->routes.buf, MHD_RESPMEM_PERSISTENT);
    else
        r = other(body->buf);
    (void)MHD_add_response_header(r, "Content-Type", "text/xml;charset=UTF-8");
    rc = MHD_queue_response(c, MHD_HTTP_OK, r);
    MHD_destroy_response(r);
    return rc;
}

static void completed(void *cls, struct MHD_Connection *c, void **con,
                      enum MHD_RequestTerminationCode code)
{
    struct strbuf *body = *con;

    (void)cls;
    (void)c;
    (void)code;
    if (body) {
        strbuf_release(body);
        free(body);
        *con = NULL;
    }
}

struct bench_ec2 *bench_ec2_start(unsigned enis, unsigned tables)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct bench_ec2 *s = mem_alloc(sizeof(*s));

    build(s, enis, tables);
    s->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, answer, s,
                                 MHD_OPTION_SOCK_ADDR, &at, MHD_OPTION_NOTIFY_COMPLETED, completed,
                                 NULL, MHD_OPTION_END);
    if (!s->daemon)
        bench_failed("unable to start the canned EC2 server");
    return s;
}

unsigned bench_ec2_port(const struct bench_ec2 *s)
{
    const union MHD_DaemonInfo *info =
        s->daemon ? MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT) : NULL;

    return info ? info->port : 0;
}

void bench_ec2_stop(struct bench_ec2 *s)
{
    if (s->daemon)
        MHD_stop_daemon(s->daemon);
    strbuf_release(&s->enis);
    strbuf_release(&s->routes);
    free(s);
}

int bench_silent(unsigned *port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t len = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&at, len) < 0 || listen(fd, 64) < 0 ||
        getsockname(fd, (struct sockaddr *)&at, &len) < 0)
        return -1;
    *port = ntohs(at.sin_port);
    return fd;
}
