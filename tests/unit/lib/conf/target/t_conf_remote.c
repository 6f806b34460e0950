/* SPDX-License-Identifier: MIT */
/*
 * ssh, sftp, s3, https with all that goes along, beacons: what is taken, what is refused, and what
 * no message shows.
 */
#include "lib/conf/target/conf_kind.h"
#include "lib/conf/target/conf_s3.h"
#include "lib/conf/target/conf_ssh.h"
#include "tests/unit/fake/confparse.h"

static struct conf_ssh ssh;

static int split(const char *where)
{
	return conf_ssh_split(where, &ssh);
}

TEST(users_at_hosts)
{
	char home[CONF_SSH_HOME_BYTES];

	CHECK_EQ(split("kdump@dumps.example"), 0);
	CHECK(!strcmp(ssh.user, "kdump") && !strcmp(ssh.at.host, "dumps.example"));
	CHECK_EQ(ssh.at.port, 22);
	CHECK_EQ(split("a@b@dumps:2222"), 0);
	CHECK(!strcmp(ssh.user, "a@b") && ssh.at.port == 2222);
	CHECK_EQ(split("a@[2001:db8::1]:22"), 0);
	CHECK_STR(ssh.at.host, "2001:db8::1");
	CHECK_EQ(split("a@2001:db8::1"), 0);
	CHECK_STR(ssh.at.host, "2001:db8::1");
	CHECK_EQ(split("a@fe80::1%eth0"), 0);
	conf_ssh_home(&ssh.at, home);
	CHECK_STR(home, "/etc/ssh/fe80::1%eth0_22");
	CHECK_EQ(split("dumps"), -EINVAL);
	CHECK_EQ(split("@dumps"), -EINVAL);
	CHECK_EQ(split("a@"), -EINVAL);
	CHECK_EQ(split("a@b:0"), -EINVAL);
	CHECK_EQ(split("a@b:x"), -EINVAL);
	CHECK_EQ(split("a@b/c"), -EINVAL);
	CHECK_EQ(split("-oProxyCommand=x@b"), -EINVAL);
	CHECK_EQ(split("a@-b"), -EINVAL);
	CHECK_EQ(split("a;b@c"), -EINVAL);
}

TEST(lines_of_ssh_and_sftp)
{
	struct conf_place at;

	CHECK_EQ(parse("ssh a@b\nsftp c@d:2222\nsshkey /k\n"), 0);
	CHECK_EQ(conf.targets[0].kind, CONF_TARGET_SSH);
	CHECK_EQ(conf.targets[1].kind, CONF_TARGET_SFTP);
	CHECK_STR(conf.ssh_key, "/k");
	CHECK_EQ(conf_kind(&conf.targets[1])->place(&conf.targets[1], &at), 0);
	CHECK(!strcmp(at.host, "d") && at.port == 2222);
	check_refused("sftp sftp://u@h/p\n", 1, "takes no URL");
	check_refused("ssh host\n", 1, "no user at a host");
	check_refused("ssh a@b c@d\n", 1, "one value");
}

static struct conf_s3_place s3;

static int bucket(const char *file)
{
	return parse(file) ?: conf_s3_split(&conf.targets[0], &s3);
}

TEST(buckets)
{
	struct conf_place at;

	CHECK_EQ(bucket("s3 s3://dumps/a/b/\n"), 0);
	CHECK(!strcmp(s3.bucket, "dumps") && !strcmp(s3.prefix, "a/b"));
	CHECK_STR(s3.endpoint, "https://s3.us-east-1.amazonaws.com");
	CHECK(s3.host_style);
	CHECK_EQ(bucket("s3 s3://a.b.c\ns3_region eu-central-1\n"), 0);
	CHECK_STR(s3.endpoint, "https://s3.eu-central-1.amazonaws.com");
	CHECK(!s3.host_style && !s3.prefix[0]);
	CHECK_EQ(bucket("s3_endpoint https://store:9000\ns3 s3://dumps\n"), 0);
	CHECK(!s3.host_style);
	CHECK_EQ(conf_kind(&conf.targets[0])->place(&conf.targets[0], &at), 0);
	CHECK(!strcmp(at.host, "store") && at.port == 9000);
	CHECK_EQ(bucket("s3 s3://dumps\ns3_endpoint https://store\ns3_style host\n"), 0);
	CHECK(s3.host_style);
	CHECK_EQ(parse("s3 s3://dumps\ns3_credentials instance\n"), 0);
	CHECK(conf.s3.instance);
	check_refused("s3 dumps\n", 1, "no bucket");
	check_refused("s3 s3://Dumps\n", 1, "no bucket");
	check_refused("s3 s3://ab\n", 1, "no bucket");
	check_refused("s3_endpoint http://store\n", 1, "no https URL");
	check_refused("s3_endpoint https://store/path\n", 1, "a server alone");
	check_refused("s3_endpoint https://store/?x\n", 1, "a server alone");
	check_refused("s3_region eu central\n", 1, "no region");
	check_refused("s3_style both\n", 1, "write path or host");
}

TEST(secrets_of_https_are_kept_apart)
{
	char said[CONF_SAY_BYTES];

	CHECK_EQ(parse("https https://h/in?sig=SECRET\nhttps_method POST\n"
		       "https_header Authorization: Bearer SECRET\nhttps_header X-A: b c\n"),
		 0);
	CHECK_STR(conf.targets[0].where, "https://h/in");
	CHECK_STR(conf.targets[0].query, "sig=SECRET");
	CHECK(conf.https.post);
	CHECK_EQ(conf.https.n_headers, 2);
	CHECK_STR(conf.https.headers[1], "X-A: b c");
	check_refused("https http://h/?sig=SECRET\n", 1, "no https URL");
	conf_say(&found.at[0], said);
	CHECK(!strstr(said, "SECRET"));
	check_refused("https_header Bad Name: SECRET\n", 1, "a header has a name and a value");
	conf_say(&found.at[0], said);
	CHECK(!strstr(said, "SECRET"));
	check_refused("https_header X-A:\n", 1, "a header has a name and a value");
	check_refused("https_method GET\n", 1, "write PUT or POST");
}

TEST(beacons)
{
	CHECK_EQ(parse("beacon udp://loghost\nbeacon udp://[::1]:5514\nbeacon https://h/x?y\n"), 0);
	CHECK_EQ(conf.n_beacons, 3);
	check_refused("beacon tcp://loghost\n", 1, "beacon takes udp://HOST");
	check_refused("beacon https://u:p@h/\n", 1, "beacon takes");
	check_refused("beacon udp://h:99999\n", 1, "beacon takes");
	check_refused(
		"beacon udp://a\nbeacon udp://b\nbeacon udp://c\nbeacon udp://d\nbeacon udp://e\n",
		5, "more than 4");
}
