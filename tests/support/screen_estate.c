#include "tests/support/screen_estate.h"

const char screen_config[] =
    "sites:\n"
    "  - name: tokyo\n"
    "    label: 東京SDDC\n"
    "    production: true\n"
    "    endpoints:\n"
    "      - {name: nsx, kind: nsx, url: \"https://nsx.example/\", user: a, password: {env: P}}\n"
    "      - {name: linked, kind: aws, region: ap-northeast-1}\n"
    "  - name: dc1\n"
    "    endpoints:\n"
    "      - {name: nsx, kind: nsx, url: \"https://b.example/\", user: a, password: {env: P}}\n";

const char screen_endpoints[] =
    "table endpoints tokyo/nsx\n"
    "  endpoint kind freshness taken_at latency_ms requests_per_min version\n"
    "  nsx      nsx  ok        -12s     35ms       24               4.1.2\n"
    "table endpoints tokyo/linked\n"
    "  endpoint kind freshness taken_at error_kind message cert_sha256 url\n"
    "  linked   aws  stale     -4m      net        \"no answer from ec2.example\" " SCREEN_SHA_NOW
    " https://ec2.example/\n"
    "table endpoints dc1/nsx\n"
    "  endpoint kind freshness taken_at error_kind message\n"
    "  nsx      nsx  denied    -        auth       \"403 the credentials were incorrect\"\n";
