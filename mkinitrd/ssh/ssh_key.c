/* SPDX-License-Identifier: MIT */
/*
 * Base64 → numbers → dropbear's order. OpenSSH's form: PROTOCOL.key of its sources.
 */
#include "mkinitrd/ssh/ssh_key.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/keys/base64.h"

#define PASSPHRASE "has a passphrase, which nobody types in a crash; make a key without one"
#define BROKEN	   "is a broken private key"
#define NO_KEY	   "is no private key that SSH takes"

/* A piece of memory nobody vouches for. */
struct span {
	const uint8_t *at;
	size_t n;
};

/* What is left of one, and whether more was wanted than there was. */
struct rest {
	struct span s;
	bool bad;
};

struct out {
	uint8_t *to;
	size_t len;
	bool full;
};

static struct span take_bytes(struct rest *r, size_t n)
{
	struct span got = { r->s.at, n };

	if (r->bad || n > r->s.n) {
		r->bad = true;
		return (struct span){ (const uint8_t *)"", 0 };
	}
	r->s.at += n;
	r->s.n -= n;
	return got;
}

static uint32_t take_u32(struct rest *r)
{
	struct span b = take_bytes(r, 4);

	return b.n ? (uint32_t)b.at[0] << 24 | (uint32_t)b.at[1] << 16 | (uint32_t)b.at[2] << 8 |
			       b.at[3]
		   : 0;
}

/* As SSH has it: its length, its bytes. */
static struct span take_string(struct rest *r)
{
	return take_bytes(r, take_u32(r));
}

static bool is_text(struct span s, const char *text)
{
	return s.n == strlen(text) && !memcmp(s.at, text, s.n);
}

/* ---------------------------------------------------------------- dropbear's form */

static void put_bytes(struct out *o, const void *bytes, size_t n)
{
	if (n > SSH_KEY_BYTES - o->len) {
		o->full = true;
		return;
	}
	memcpy(o->to + o->len, bytes, n);
	o->len += n;
}

static void put_u32(struct out *o, size_t v)
{
	uint8_t b[4] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v };

	put_bytes(o, b, sizeof(b));
}

static void put_string(struct out *o, struct span s)
{
	put_u32(o, s.n);
	put_bytes(o, s.at, s.n);
}

static void put_text(struct out *o, const char *text)
{
	put_string(o, (struct span){ (const uint8_t *)text, strlen(text) });
}

/* Without zeros in front, but for one where the number would be taken for a negative one. */
static void put_number(struct out *o, struct span s)
{
	while (s.n && !*s.at) {
		s.at++;
		s.n--;
	}
	put_u32(o, s.n + (s.n && *s.at & 0x80));
	if (s.n && *s.at & 0x80)
		put_bytes(o, "", 1);
	put_bytes(o, s.at, s.n);
}

static void put_rsa(struct out *o, const struct span number[5])
{
	put_text(o, "ssh-rsa");
	/* e, n, d, p, q */
	for (int i = 0; i < 5; i++)
		put_number(o, number[i]);
}

static const struct curve {
	const char *name, *key;
	const char *oid; /* DER */
	size_t oid_bytes;
	size_t bytes; /* of a coordinate */
} curves[] = {
	{ "nistp256", "ecdsa-sha2-nistp256", "\x2a\x86\x48\xce\x3d\x03\x01\x07", 8, 32 },
	{ "nistp384", "ecdsa-sha2-nistp384", "\x2b\x81\x04\x00\x22", 5, 48 },
	{ "nistp521", "ecdsa-sha2-nistp521", "\x2b\x81\x04\x00\x23", 5, 66 },
};

static const char *put_ecdsa(struct out *o, const struct curve *c, struct span point,
			     struct span secret)
{
	/* uncompressed: 4, x, y */
	if (point.n != 1 + 2 * c->bytes || point.at[0] != 4)
		return "has its public half compressed or not at all; write it anew: ssh-keygen -p "
		       "-f FILE";
	put_text(o, c->key);
	put_text(o, c->name);
	put_string(o, point);
	put_number(o, secret);
	return NULL;
}

/* ---------------------------------------------------------------- OpenSSH's form */

static const char *read_openssh_rsa(struct rest *r, struct out *o)
{
	struct span n = take_string(r), e = take_string(r), d = take_string(r);
	struct span inverse = take_string(r), p = take_string(r), q = take_string(r);
	const struct span order[5] = { e, n, d, p, q };

	(void)inverse;
	put_rsa(o, order);
	return NULL;
}

static const char *read_openssh_ecdsa(struct rest *r, const struct curve *c, struct out *o)
{
	struct span name = take_string(r), point = take_string(r), secret = take_string(r);

	return is_text(name, c->name) ? put_ecdsa(o, c, point, secret) : BROKEN;
}

static const char *read_openssh_ed25519(struct rest *r, struct out *o)
{
	struct span public = take_string(r), both = take_string(r);

	if (public.n != 32 || both.n != 64)
		return BROKEN;
	put_text(o, "ssh-ed25519");
	put_string(o, both);
	return NULL;
}

static const char *read_openssh_key(struct rest *r, struct out *o)
{
	struct span kind = take_string(r);

	if (is_text(kind, "ssh-rsa"))
		return read_openssh_rsa(r, o);
	if (is_text(kind, "ssh-ed25519"))
		return read_openssh_ed25519(r, o);
	for (size_t i = 0; i < ARRAY_LEN(curves); i++) {
		if (is_text(kind, curves[i].key))
			return read_openssh_ecdsa(r, &curves[i], o);
	}
	if (kind.n > 3 && !memcmp(kind.at, "sk-", 3))
		return "lies on a security key, which nobody touches in a crash; make another one";
	return r->bad ? BROKEN : "is of a kind that is not supported; make an ed25519 key";
}

static const char *read_openssh(struct span all, struct out *o)
{
	static const char magic[] = "openssh-key-v1"; /* with its NUL */
	struct rest r = { .s = all }, in = { .bad = false };
	struct span cipher;
	const char *wrong;

	if (memcmp(take_bytes(&r, sizeof(magic)).at, magic, r.bad ? 0 : sizeof(magic)) || r.bad)
		return BROKEN;
	cipher = take_string(&r);
	take_string(&r); /* how the passphrase is used */
	take_string(&r);
	if (!r.bad && !is_text(cipher, "none"))
		return PASSPHRASE;
	if (take_u32(&r) != 1)
		return BROKEN;
	take_string(&r); /* the public half */
	in.s = take_string(&r);
	if (r.bad || take_u32(&in) != take_u32(&in))
		return BROKEN;
	wrong = read_openssh_key(&in, o);
	return wrong ? wrong : in.bad ? BROKEN : NULL;
}

/* ---------------------------------------------------------------- DER */

/* The contents of the next element, which must have this tag. */
static struct span take_der(struct rest *r, uint8_t tag)
{
	struct span head = take_bytes(r, 2);
	size_t n = head.n ? head.at[1] : 0;

	if (head.n && n & 0x80) {
		struct span more = take_bytes(r, n & 0x7f);

		r->bad |= more.n > 4 || !more.n;
		n = 0;
		for (size_t i = 0; i < more.n && !r->bad; i++)
			n = n << 8 | more.at[i];
	}
	r->bad |= !head.n || head.at[0] != tag;
	return take_bytes(r, n);
}

enum { INTEGER = 2, BITS = 3, OCTETS = 4, OID = 6, SEQUENCE = 0x30, CONTEXT = 0xa0 };

static const char *read_pkcs1(struct span all, struct out *o)
{
	struct rest outer = { .s = all }, r = { .s = take_der(&outer, SEQUENCE) };
	struct span n, e, d, p, q;

	take_der(&r, INTEGER); /* the version */
	n = take_der(&r, INTEGER);
	e = take_der(&r, INTEGER);
	d = take_der(&r, INTEGER);
	p = take_der(&r, INTEGER);
	q = take_der(&r, INTEGER);
	if (outer.bad || r.bad)
		return BROKEN;
	put_rsa(o, (const struct span[5]){ e, n, d, p, q });
	return NULL;
}

static const struct curve *find_curve(struct span oid)
{
	for (size_t i = 0; i < ARRAY_LEN(curves); i++) {
		if (oid.n == curves[i].oid_bytes && !memcmp(oid.at, curves[i].oid, oid.n))
			return &curves[i];
	}
	return NULL;
}

/* c: known already, NULL: it is said there. */
static const char *read_sec1(struct span all, const struct curve *c, struct out *o)
{
	struct rest outer = { .s = all }, r = { .s = take_der(&outer, SEQUENCE) };
	struct span secret, point = { NULL, 0 };

	take_der(&r, INTEGER);
	secret = take_der(&r, OCTETS);
	while (r.s.n && !r.bad) {
		uint8_t tag = r.s.at[0];
		struct rest in = { .s = take_der(&r, tag) };

		if (tag == CONTEXT)
			c = find_curve(take_der(&in, OID));
		else if (tag == CONTEXT + 1)
			point = take_der(&in, BITS);
		r.bad |= in.bad;
	}
	if (outer.bad || r.bad)
		return BROKEN;
	if (!c)
		return "is of a curve that SSH does not have; make an ed25519 key";
	/* in front of bits stands how many of the last byte do not count */
	if (point.n) {
		point.at++;
		point.n--;
	}
	return put_ecdsa(o, c, point, secret);
}

static const char *read_pkcs8(struct span all, struct out *o)
{
	struct rest outer = { .s = all }, r = { .s = take_der(&outer, SEQUENCE) };
	struct rest kind = { .bad = false };
	struct span oid, key;

	take_der(&r, INTEGER);
	kind.s = take_der(&r, SEQUENCE);
	oid = take_der(&kind, OID);
	key = take_der(&r, OCTETS);
	if (outer.bad || r.bad || kind.bad)
		return BROKEN;
	if (oid.n == 9 && !memcmp(oid.at, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01", 9))
		return read_pkcs1(key, o);
	if (oid.n == 7 && !memcmp(oid.at, "\x2a\x86\x48\xce\x3d\x02\x01", 7))
		return read_sec1(key, find_curve(take_der(&kind, OID)), o);
	return "is of a kind that is not supported in PKCS#8; make one with ssh-keygen";
}

/* ---------------------------------------------------------------- text */

static const char *read_ec(struct span all, struct out *o)
{
	return read_sec1(all, NULL, o);
}

static const struct form {
	const char *name; /* in the line that begins the key */
	const char *wrong;
	const char *(*read)(struct span all, struct out *o);
} forms[] = {
	{ "OPENSSH PRIVATE KEY", NULL, read_openssh },
	{ "RSA PRIVATE KEY", NULL, read_pkcs1 },
	{ "EC PRIVATE KEY", NULL, read_ec },
	{ "PRIVATE KEY", NULL, read_pkcs8 },
	{ "ENCRYPTED PRIVATE KEY", PASSPHRASE, NULL },
	{ "DSA PRIVATE KEY", "is a DSA key, which servers refuse; make an ed25519 key", NULL },
	{ "PUBLIC KEY", "is a public key; name the private one beside it", NULL },
};

static const struct form *find_form(const char *name, size_t n)
{
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		if (n == strlen(forms[i].name) && !memcmp(name, forms[i].name, n))
			return &forms[i];
	}
	return NULL;
}

/* Letters without line breaks and blanks; how many. */
static size_t squeeze(const char *from, size_t n, char *to)
{
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		if (!strchr(" \t\r\n", from[i]))
			to[len++] = from[i];
	}
	return len;
}

/* The text between the lines that begin and end the key. */
static const char *read_pem(const char *begin, size_t n, struct out *o)
{
	static const char dashes[] = "-----", end[] = "-----END ";
	const char *name = begin + 11, *line = memmem(name, n - 11, dashes, 5), *last;
	const struct form *f = line ? find_form(name, (size_t)(line - name)) : NULL;
	_free_ uint8_t *bytes = malloc(n);
	_free_ char *letters = malloc(n);
	const char *wrong;
	long len;

	if (!f)
		return NO_KEY;
	if (f->wrong)
		return f->wrong;
	line += 5;
	last = memmem(line, n - (size_t)(line - begin), end, sizeof(end) - 1);
	if (!last || !bytes || !letters)
		return BROKEN;
	if (memmem(line, (size_t)(last - line), "ENCRYPTED", 9))
		return PASSPHRASE;
	len = base64_decode(letters, squeeze(line, (size_t)(last - line), letters), bytes, n);
	wrong = len < 0 ? BROKEN : f->read((struct span){ bytes, (size_t)len }, o);
	explicit_bzero(letters, n);
	explicit_bzero(bytes, n);
	return wrong;
}

/* What dropbearkey writes has no text around it. */
static bool is_dropbear(struct span all)
{
	struct rest r = { .s = all };
	struct span kind = take_string(&r);

	return !r.bad && r.s.n && kind.n > 4 && kind.n < 32 &&
	       (!memcmp(kind.at, "ssh-", 4) || !memcmp(kind.at, "ecdsa-", 6));
}

const char *ssh_key_convert(const char *text, size_t len, uint8_t ret[SSH_KEY_BYTES],
			    size_t *ret_len)
{
	struct span all = { (const uint8_t *)text, len };
	const char *begin = memmem(text, len, "-----BEGIN ", 11), *wrong;
	struct out o = { .to = ret };

	if (is_dropbear(all)) {
		put_bytes(&o, text, len);
		wrong = NULL;
	} else if (begin) {
		wrong = read_pem(begin, len - (size_t)(begin - text), &o);
	} else if (len > 20 && !memcmp(text, "PuTTY-User-Key-File", 19)) {
		wrong = "is a key of PuTTY; write it in OpenSSH's form (puttygen -O "
			"private-openssh)";
	} else {
		wrong = len > 4 && (!memcmp(text, "ssh-", 4) || !memcmp(text, "ecds", 4))
				? "is a public key; name the private one beside it"
				: NO_KEY;
	}
	if (!wrong && o.full)
		wrong = "is larger than any SSH key";
	*ret_len = wrong ? 0 : o.len;
	return wrong;
}
