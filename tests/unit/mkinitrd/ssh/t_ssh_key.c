/* SPDX-License-Identifier: MIT */
/*
 * Keys of ssh-keygen in all its forms, against what dropbearconvert makes of them.
 */
#include "mkinitrd/ssh/ssh_key.h"

#include <fcntl.h>
#include <stdarg.h>
#include <sys/wait.h>

#include "lib/cleanup.h"
#include "lib/io.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

static int run(const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	return WEXITSTATUS(system(line));
}

static const char *convert_file(struct tree *t, const char *name, uint8_t *key, size_t *len)
{
	char *text = NULL;
	const char *wrong;
	size_t n = 0;

	CHECK_EQ(io_load_file(AT_FDCWD, tree_path(t, name), 1 << 16, &text, &n), 0);
	wrong = ssh_key_convert(text, n, key, len);
	free(text);
	return wrong;
}

static const char *const kinds[] = {
	"ed25519", "rsa -b 2048", "rsa -b 4096", "ecdsa -b 256", "ecdsa -b 384", "ecdsa -b 521",
};

TEST(keys_in_each_form)
{
	static const char *const forms[] = { "", "-m PEM", "-m PKCS8" };
	_cleanup_(tree_remove) struct tree t = tree_make();
	uint8_t key[SSH_KEY_BYTES];
	size_t len, n;
	char *want;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		CHECK_EQ(run("cd %s && rm -f k* && ssh-keygen -q -N '' -t %s -f k && "
			     "dropbearconvert openssh dropbear k want 2>/dev/null",
			     t.root, kinds[i]),
			 0);
		CHECK_EQ(io_load_file(AT_FDCWD, tree_path(&t, "/want"), 1 << 16, &want, &n), 0);
		for (size_t f = 0; f < ARRAY_LEN(forms); f++) {
			const char *wrong;

			/* openssl's forms have no ed25519 from ssh-keygen */
			if (f && !i)
				continue;
			CHECK_EQ(run("cd %s && ssh-keygen -q -p -P '' -N '' %s -f k >/dev/null",
				     t.root, forms[f]),
				 0);
			wrong = convert_file(&t, "/k", key, &len);
			if (wrong)
				printf("%s %s %s\n", kinds[i], forms[f], wrong);
			CHECK(!wrong);
			CHECK(len == n && !memcmp(key, want, n));
		}
		/* dropbear's own form stays as it is */
		CHECK(!convert_file(&t, "/want", key, &len));
		CHECK(len == n && !memcmp(key, want, n));
		free(want);
	}
}

static void check_wrong(struct tree *t, const char *name, const char *words)
{
	uint8_t key[SSH_KEY_BYTES];
	size_t len = 1;
	const char *wrong = convert_file(t, name, key, &len);

	CHECK(wrong && strstr(wrong, words));
	if (wrong && !strstr(wrong, words))
		printf("%s: %s\n", name, wrong);
	CHECK_EQ(len, 0);
}

TEST(what_cannot_be_used)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	CHECK_EQ(run("cd %s && ssh-keygen -q -N secret -t ed25519 -f a && ssh-keygen -q -N secret "
		     "-m "
		     "PEM -t rsa -f b && ssh-keygen -q -N secret -m PKCS8 -t ecdsa -f c",
		     t.root),
		 0);
	check_wrong(&t, "/a", "has a passphrase");
	check_wrong(&t, "/b", "has a passphrase");
	check_wrong(&t, "/c", "has a passphrase");
	check_wrong(&t, "/a.pub", "is a public key");
	tree_text(&t, "/d", "PuTTY-User-Key-File-3: ssh-ed25519\n");
	check_wrong(&t, "/d", "puttygen");
	tree_text(&t, "/e",
		  "-----BEGIN DSA PRIVATE KEY-----\nAAAA\n-----END DSA PRIVATE KEY-----\n");
	check_wrong(&t, "/e", "DSA");
	tree_text(&t, "/f", "hello\n");
	check_wrong(&t, "/f", "no private key");
	tree_text(&t, "/g", "");
	check_wrong(&t, "/g", "no private key");
	tree_text(&t, "/h", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
	check_wrong(&t, "/h", "no private key");
}

/* Each cut and many flips: an error or a key, and never a byte beyond what is there. */
TEST(broken_keys)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	uint8_t key[SSH_KEY_BYTES];
	size_t len, n, wrong = 0;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i += 3) {
		char *text, *copy;

		CHECK_EQ(run("cd %s && rm -f k* && ssh-keygen -q -N '' -t %s -f k", t.root,
			     kinds[i]),
			 0);
		CHECK_EQ(io_load_file(AT_FDCWD, tree_path(&t, "/k"), 1 << 16, &text, &n), 0);
		for (size_t cut = 0; cut + 30 < n; cut++) {
			copy = malloc(cut + 1);
			memcpy(copy, text, cut);
			wrong += ssh_key_convert(copy, cut, key, &len) != NULL;
			free(copy);
		}
		CHECK_EQ(wrong, n - 30);
		wrong = 0;
		for (size_t at = 0; at < n; at++) {
			text[at] ^= 1;
			ssh_key_convert(text, n, key, &len);
			CHECK(len <= sizeof(key));
			text[at] ^= 1;
		}
		free(text);
	}
}
