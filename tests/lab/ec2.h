/* ec2: the read actions of EC2's Query API as one table: where items come from, which filters they
 * know, how one is written. Filtering, id lists and paging are the same for all (ec2.c). */
#ifndef HYCON_TESTS_LAB_EC2_H
#define HYCON_TESTS_LAB_EC2_H

#include "tests/lab/estate.h"
#include "tests/lab/server.h"
#include "tests/lab/xml.h"

struct ec2_resource {
    const char *action, *set; /* "DescribeSubnets", "subnetSet" */
    const char *id_param;     /* "SubnetId": SubnetId.N; NULL: no id list */
    const char *id_filter;    /* the filter that matches ids */
    const char *not_found;    /* "InvalidSubnetID.NotFound" */
    unsigned max_results;     /* 0: this action has no paging */
    bool ids_exclude_paging;  /* MaxResults together with ids is refused */
    /* All items; false: refused, @reply is filled. */
    bool (*items)(const struct lab_aws *aws, const struct lab_request *req, struct lab_reply *reply,
                  struct lab_list *out);
    /* Values of filter @name of @item; false: no such filter. */
    bool (*values)(const struct lab_aws *aws, const void *item, const char *name,
                   struct lab_list *out);
    void (*write)(const struct lab_aws *aws, const void *item, struct xml *x);
};

extern const struct ec2_resource ec2_enis, ec2_route_tables, ec2_subnets, ec2_vpcs, ec2_zones,
    ec2_endpoints, ec2_prefix_lists, ec2_prefix_entries, ec2_groups, ec2_acls;

void ec2_write_tags(struct xml *x, const char *name);

#endif
