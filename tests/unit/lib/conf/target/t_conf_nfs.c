/* SPDX-License-Identifier: MIT */
#include "lib/conf/target/conf_nfs.h"

#include "lib/cleanup.h"
#include "lib/conf/target/conf_kind.h"
#include "tests/unit/fake/confparse.h"
#include "tests/unit/test.h"

static const struct conf_target *taken(const char *file)
{
	CHECK_EQ(parse(file), 0);
	CHECK_EQ(conf.n_targets, 1);
	CHECK_EQ(conf.targets[0].kind, CONF_TARGET_NFS);
	return &conf.targets[0];
}

TEST(exports)
{
	static const struct {
		const char *where, *host;
		unsigned port;
	} good[] = {
		{ "srv:/export", "srv", 2049 },
		{ "192.0.2.7:/", "192.0.2.7", 2049 },
		{ "[2001:db8::1:2]:/a:/b", "2001:db8::1:2", 2049 },
		{ "[fe80::1%eth0]:/x", "fe80::1%eth0", 2049 },
		{ "srv:/x port=2050", "srv", 2050 },
	};
	static const char *const bad[] = { "srv",     "/export", ":/x",	  "srv:x", "2001:db8::1:/x",
					   "[::1:/x", "[]:/x",	 "a/b:/x" };
	struct conf_place p;
	char file[128];

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		const struct conf_target *t;

		snprintf(file, sizeof(file), "nfs %s\n", good[i].where);
		t = taken(file);
		CHECK_EQ(conf_kind(t)->place(t, &p), 0);
		CHECK_STR(p.host, good[i].host);
		CHECK_EQ(p.port, good[i].port);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		snprintf(file, sizeof(file), "nfs %s\n", bad[i]);
		check_refused(file, 1, "is no export; write nfs SERVER:/PATH");
	}
}

TEST(versions)
{
	CHECK_EQ(conf_nfs_version(taken("nfs a:/x\n")), CONF_NFS_ANY);
	CHECK_EQ(conf_nfs_version(taken("nfs4 a:/x\n")), CONF_NFS_4);
	CHECK_EQ(conf_nfs_version(taken("nfs4 a:/x vers=4.1\n")), CONF_NFS_41);
	CHECK_EQ(conf_nfs_version(taken("nfs a:/x proto=tcp,vers=3\n")), CONF_NFS_3);
	CHECK_EQ(conf_nfs_version(taken("nfs a:/x nfsvers=4.0\n")), CONF_NFS_40);
	CHECK_EQ(conf_nfs_version(taken("nfs a:/x -o vers=4.2\n")), CONF_NFS_42);
	check_refused("nfs a:/x vers=2\n", 1, "vers=2 is unknown; write 3, 4,");
	check_refused("nfs a:/x vers\n", 1, "vers= is unknown");
}

TEST(options_that_count_go_on)
{
	CHECK_STR(taken("nfs a:/x "
			"defaults,vers=3,_netdev,nolock,noatime,sec=sys,x-systemd.automount\n")
			  ->options,
		  "vers=3,nolock,sec=sys");
	CHECK_STR(taken("nfs a:/x rsize=65536\n")->options, "rsize=65536");
	CHECK_STR(taken("nfs a:/x ,,port=1,,\n")->options, "port=1");
	CHECK(!taken("nfs a:/x defaults,rw\n")->options);
	check_noted("nfs a:/x hard,timeo=600,vers=3\n", 1,
		    "hard has no effect: stall_timeout bounds each wait; timeo has no effect");
	CHECK_STR(conf.targets[0].options, "vers=3");
}

TEST(options_that_a_capture_cannot_do)
{
	check_refused("nfs a:/x sec=krb5p\n", 1,
		      "sec=krb5p is not supported: the crash kernel has no Kerberos ticket");
	check_refused("nfs a:/x proto=rdma\n", 1, "proto=rdma is not supported");
	check_refused("nfs a:/x ro\n", 1, "a dump has to be written");
	check_refused("nfs a:/x colour=blue\n", 1, "option 'colour' is unknown");
	check_refused("nfs a:/x nolock=1\n", 1, "nolock takes no value");
	check_refused("nfs a:/x rsize=x\n", 1, "rsize needs a number");
	check_refused("nfs a:/x vers=3 nolock\n", 1, "with commas between");
	CHECK_EQ(parse("nfs a:/x\nnfs a:/x\n"), -EINVAL);
}

TEST(what_is_mounted_now_is_not_judged)
{
	char now[] = "rw,vers=4.2,hard,colour=blue,local_lock=none";
	struct conf_error err = { .note = "" };

	CHECK_EQ(conf_nfs_clean(now, false, &err), 0);
	CHECK_STR(now, "vers=4.2");
	CHECK_STR(err.note, "");
}

TEST(the_name_of_rhel_6)
{
	check_noted("net srv:/export/tmp\n", 1, "taken as nfs srv:/export/tmp");
	CHECK_EQ(conf.targets[0].kind, CONF_TARGET_NFS);
	CHECK_STR(conf.targets[0].type, "nfs");
}
