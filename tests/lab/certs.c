/* certs: every failure here is one of the set-up, so it ends the program. */
#include "tests/lab/certs.h"

#include "core/mem.h"

#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define DAY_S   86400L
#define CA_NAME "hycon-lab authority"

struct lab_ca {
    X509 *cert;
    EVP_PKEY *key;
    char *pem;
};

static void need(bool ok, const char *what)
{
    if (!ok)
        mem_die(what);
}

static char *bio_text(BIO *bio)
{
    char *data = NULL, *text;
    long len = BIO_get_mem_data(bio, &data);

    text = mem_strndup(data, (size_t)len);
    BIO_free(bio);
    return text;
}

static char *cert_pem(X509 *cert)
{
    BIO *bio = BIO_new(BIO_s_mem());

    need(bio && PEM_write_bio_X509(bio, cert), "lab: PEM of a certificate");
    return bio_text(bio);
}

static char *key_pem(EVP_PKEY *key)
{
    BIO *bio = BIO_new(BIO_s_mem());

    need(bio && PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL), "lab: PEM of a key");
    return bio_text(bio);
}

static void extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509_EXTENSION *ext;

    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    need(ext && X509_add_ext(cert, ext, -1), "lab: certificate extension");
    X509_EXTENSION_free(ext);
}

static X509 *certificate(EVP_PKEY *key, const char *cn, X509 *issuer, long from_s, long until_s)
{
    X509 *cert = X509_new();
    X509_NAME *name = X509_get_subject_name(cert);
    uint64_t serial = 0;

    need(RAND_bytes((unsigned char *)&serial, sizeof(serial)) == 1, "lab: serial number");
    X509_set_version(cert, X509_VERSION_3);
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert), serial >> 1);
    X509_gmtime_adj(X509_getm_notBefore(cert), from_s);
    X509_gmtime_adj(X509_getm_notAfter(cert), until_s);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)cn, -1, -1, 0);
    X509_set_issuer_name(cert, issuer ? X509_get_subject_name(issuer) : name);
    X509_set_pubkey(cert, key);
    return cert;
}

struct lab_ca *lab_ca_new(void)
{
    struct lab_ca *ca = mem_alloc(sizeof(*ca));

    ca->key = EVP_EC_gen("P-256");
    need(ca->key, "lab: key of the authority");
    ca->cert = certificate(ca->key, CA_NAME, NULL, -DAY_S, 30 * DAY_S);
    extension(ca->cert, ca->cert, NID_basic_constraints, "critical,CA:TRUE");
    extension(ca->cert, ca->cert, NID_key_usage, "critical,keyCertSign,cRLSign");
    extension(ca->cert, ca->cert, NID_subject_key_identifier, "hash");
    need(X509_sign(ca->cert, ca->key, EVP_sha256()) > 0, "lab: signature of the authority");
    ca->pem = cert_pem(ca->cert);
    return ca;
}

void lab_ca_free(struct lab_ca *ca)
{
    if (!ca)
        return;
    X509_free(ca->cert);
    EVP_PKEY_free(ca->key);
    free(ca->pem);
    free(ca);
}

const char *lab_ca_pem(const struct lab_ca *ca)
{
    return ca->pem;
}

static void fingerprint(X509 *cert, char out[SHA256_HEX])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;

    need(X509_digest(cert, EVP_sha256(), digest, &len) && len == SHA256_BYTES, "lab: digest");
    hash_hex(digest, SHA256_BYTES, out);
}

struct lab_leaf lab_ca_issue(struct lab_ca *ca, const char *common_name, enum lab_leaf_kind kind)
{
    struct lab_leaf leaf = {NULL, NULL, ""};
    EVP_PKEY *key = EVP_EC_gen("P-256");
    bool self = kind == LEAF_SELF_SIGNED, expired = kind == LEAF_EXPIRED;
    X509 *cert;

    need(key, "lab: key of a leaf");
    cert =
        certificate(key, common_name, self ? NULL : ca->cert, -DAY_S, expired ? -3600 : 29 * DAY_S);
    extension(cert, self ? cert : ca->cert, NID_basic_constraints, "critical,CA:FALSE");
    extension(cert, self ? cert : ca->cert, NID_ext_key_usage, "serverAuth");
    extension(cert, self ? cert : ca->cert, NID_subject_alt_name,
              kind == LEAF_WRONG_NAME ? "DNS:elsewhere.example.jp" : "DNS:localhost,IP:127.0.0.1");
    need(X509_sign(cert, self ? key : ca->key, EVP_sha256()) > 0, "lab: signature of a leaf");
    leaf.cert = cert_pem(cert);
    leaf.key = key_pem(key);
    fingerprint(cert, leaf.sha256);
    X509_free(cert);
    EVP_PKEY_free(key);
    return leaf;
}

void lab_leaf_release(struct lab_leaf *leaf)
{
    free(leaf->cert);
    free(leaf->key);
    *leaf = (struct lab_leaf){NULL, NULL, ""};
}

int lab_leaf_kind_find(const char *word)
{
    static const char *const words[] = {"new", "expired", "wrong-name", "self-signed"};

    for (size_t i = 0; i < ARRAY_SIZE(words); i++)
        if (strcmp(words[i], word) == 0)
            return (int)i;
    return -1;
}
