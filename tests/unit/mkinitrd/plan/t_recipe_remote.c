/* SPDX-License-Identifier: MIT */
/*
 * What the image gets for ssh, sftp, s3 and sealed dumps: keys, host keys, lists.
 */
#include <errno.h>
#include <stdarg.h>
#include <sys/wait.h>

#include "lib/cleanup.h"
#include "lib/conf/target/conf_s3.h"
#include "lib/conf/target/conf_ssh.h"
#include "mkinitrd/plan/recipe_files.h"
#include "mkinitrd/plan/recipe_keys.h"
#include "mkinitrd/plan/recipe_net.h"
#include "mkinitrd/plan/recipe_ssh.h"
#include "tests/unit/fake/ageopen.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

static struct recipe p;
static struct fault fault;
static char text[2048];

static void begin(const struct tree *t, const char *config)
{
	struct conf_findings found;

	memset(&p, 0, sizeof(p));
	memset(&fault, 0, sizeof(fault));
	snprintf(text, sizeof(text), "%s", config);
	CHECK_EQ(conf_parse(text, strlen(text), &p.conf, &found), 0);
	p.root = t->root;
}

static int run(const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	return WEXITSTATUS(system(line));
}

/* root's key and known_hosts with a host key of "[dumps]:2222" and of "dumps", hashed or not. */
static void make_keys(const struct tree *t, bool hashed)
{
	tree_dir(t, "/root/.ssh");
	CHECK_EQ(run("cd %s/root/.ssh && ssh-keygen -q -N '' -t ed25519 -f kdump_id_rsa && "
		     "ssh-keygen -q -N '' -t ecdsa -f host && "
		     "(printf '[dumps]:2222,dumps '; cut -d' ' -f1,2 host.pub) >known_hosts",
		     t->root),
		 0);
	if (hashed)
		CHECK_EQ(run("cd %s/root/.ssh && ssh-keygen -q -H -f known_hosts >/dev/null 2>&1",
			     t->root),
			 0);
}

static void check_ssh(bool hashed)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	const struct recipe_file *key, *known;

	make_keys(&t, hashed);
	begin(&t, "sftp a@dumps:2222\nssh b@dumps\n");
	CHECK_EQ(recipe_ssh(&p, NULL, 0, &fault), 0);
	CHECK_EQ(recipe_ssh(&p, NULL, 1, &fault), 0);
	if (fault.text[0])
		printf("%s\n", fault.text);
	CHECK_STR(p.conf.ssh_key, CONF_SSH_KEY);
	CHECK_STR(p.ssh_key, "/root/.ssh/kdump_id_rsa");
	key = recipe_files_find(&p, CONF_SSH_KEY);
	CHECK(key && key->mode == 0600 && key->len == 4 + 11 + 4 + 64);
	known = recipe_files_find(&p, "/etc/ssh/dumps_2222/.ssh/known_hosts");
	CHECK(known && !strncmp(known->data, "dumps ecdsa-sha2-nistp256 AAAA", 30));
	CHECK(recipe_files_find(&p, "/etc/ssh/dumps_22/.ssh/known_hosts") != NULL);
	recipe_files_free(&p);
}

TEST(keys_and_host_keys)
{
	check_ssh(false);
}

TEST(hashed_host_keys)
{
	check_ssh(true);
}

/* ssh-keygen has more to say than is read: nobody waits for its end then. */
TEST(more_host_keys_than_are_read)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	make_keys(&t, false);
	CHECK_EQ(run("cd %s/root/.ssh && k=$(cat known_hosts) && "
		     "ssh-keygen -q -H -f known_hosts >/dev/null 2>&1 && "
		     "for i in $(seq 1500); do echo \"$k\"; done >>known_hosts",
		     t.root),
		 0);
	begin(&t, "ssh b@dumps\n");
	alarm(30);
	CHECK_EQ(recipe_ssh(&p, NULL, 0, &fault), 0);
	alarm(0);
	recipe_files_free(&p);
}

static void refused(const struct tree *t, const char *config, const char *words)
{
	begin(t, config);
	CHECK(recipe_ssh(&p, NULL, 0, &fault) < 0);
	CHECK(strstr(fault.text, words));
	if (!strstr(fault.text, words))
		printf("%s\n", fault.text);
	recipe_files_free(&p);
}

TEST(what_ssh_lacks)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	refused(&t, "ssh a@b\n", "/root/.ssh/kdump_id_ed25519, or name a private key with sshkey");
	refused(&t, "ssh a@b\nsshkey /gone\n", "/gone: No such file");
	make_keys(&t, false);
	refused(&t, "ssh a@other\n", "no host key of other; connect once: ssh -p 22 a@other");
	refused(&t, "ssh a@dumps\nsshkey /root/.ssh/host.pub\n", "host.pub is a public key");
}

TEST(lists_of_recipients)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	uint8_t secret[32] = { 0, 1 }, public[32];
	char key[2][63], list[512];

	ageopen_public(secret, public, key[0]);
	secret[1] = 2;
	ageopen_public(secret, public, key[1]);
	snprintf(list, sizeof(list), "# ours\n\n  %s  \n%s\r\n", key[0], key[1]);
	tree_text(&t, "/keys", list);
	snprintf(list, sizeof(list), "encrypt %s /keys\n", key[0]);
	begin(&t, list);
	CHECK_EQ(recipe_keys_read(&p, p.root, &fault), 0);
	CHECK_EQ(p.conf.encrypt.n_keys, 2);
	CHECK_STR(p.conf.encrypt.keys[1], key[1]);
	tree_text(&t, "/keys", "\nage1bad\n");
	begin(&t, "encrypt /keys\n");
	CHECK_EQ(recipe_keys_read(&p, p.root, &fault), -EINVAL);
	CHECK(strstr(fault.text, "encrypt /keys: line 2: age1bad is no public key"));
	tree_text(&t, "/keys", "AGE-SECRET-KEY-1EGTZ\n");
	begin(&t, "encrypt /keys\n");
	CHECK_EQ(recipe_keys_read(&p, p.root, &fault), -EINVAL);
	CHECK(strstr(fault.text, "this is a secret key") && !strstr(fault.text, "EGTZ"));
	tree_text(&t, "/keys", "# none\n");
	begin(&t, "encrypt /keys\n");
	CHECK_EQ(recipe_keys_read(&p, p.root, &fault), -EINVAL);
	begin(&t, "encrypt /gone\n");
	CHECK_EQ(recipe_keys_read(&p, p.root, &fault), -ENOENT);
}

TEST(keys_of_buckets_and_certificates)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	tree_text(&t, "/ca", "-----BEGIN CERTIFICATE-----\n");
	tree_text(&t, "/s3", "aws_access_key_id=a\naws_secret_access_key=b\n");
	begin(&t, "s3 s3://dumps\ns3_credentials /s3\nhttps_ca /ca\n");
	CHECK_EQ(recipe_net_s3(&p, NULL, 0, &fault), 0);
	CHECK_STR(p.conf.s3.keys_file, CONF_S3_KEYS);
	CHECK_EQ(recipe_files_find(&p, CONF_S3_KEYS)->mode, 0600);
	recipe_files_free(&p);
	begin(&t, "s3 s3://dumps\nhttps_ca /ca\n");
	CHECK(recipe_net_s3(&p, NULL, 0, &fault) < 0);
	CHECK(strstr(fault.text, "no keys to sign with"));
	recipe_files_free(&p);
	begin(&t, "s3 s3://dumps\nhttps_ca /ca\ns3_credentials instance\n");
	CHECK_EQ(recipe_net_s3(&p, NULL, 0, &fault), 0);
	CHECK(!recipe_files_find(&p, CONF_S3_KEYS));
	recipe_files_free(&p);
	tree_text(&t, "/key", "-----BEGIN PRIVATE KEY-----\n");
	begin(&t, "https https://h/\nhttps_ca /ca\nhttps_cert /ca\nhttps_key /key\n");
	CHECK_EQ(recipe_net_https(&p, NULL, 0, &fault), 0);
	CHECK_STR(p.conf.https.key, CONF_CERT_KEY);
	CHECK_EQ(recipe_files_find(&p, CONF_CERT_KEY)->mode, 0600);
	recipe_files_free(&p);
	begin(&t, "https https://h/\nhttps_ca /ca\nhttps_cert /ca\n");
	CHECK(recipe_net_https(&p, NULL, 0, &fault) < 0);
	CHECK(strstr(fault.text, "https_key is missing"));
	recipe_files_free(&p);
}
