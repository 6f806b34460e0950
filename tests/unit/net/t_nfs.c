/* SPDX-License-Identifier: MIT */
#include "net/nfs.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "net/deadline.h"
#include "tests/unit/test.h"

static struct conf_target target(const char *type, const char *options)
{
	return (struct conf_target){
		.kind = CONF_TARGET_NFS, .type = type, .where = "127.0.0.1:/x", .options = options
	};
}

static void check_ladder(const char *type, const char *options, const char *expected)
{
	struct conf_target t = target(type, options);
	enum conf_nfs_version v;
	char said[64] = "";

	for (unsigned n = 0; (v = nfs_version(&t, n)) != CONF_NFS_ANY; n++) {
		strcat(said, n ? " " : "");
		strcat(said, nfs_version_text(v));
	}
	CHECK_STR(said, expected);
}

TEST(the_newest_version_first)
{
	check_ladder("nfs", NULL, "4.2 4.1 4.0 3");
	check_ladder("nfs", "nolock", "4.2 4.1 4.0 3");
	check_ladder("nfs4", NULL, "4.2 4.1 4.0");
	check_ladder("nfs", "vers=4", "4.2 4.1 4.0");
	check_ladder("nfs", "vers=3", "3");
	check_ladder("nfs", "proto=tcp,vers=4.1", "4.1");
}

TEST(which_errors_are_the_versions)
{
	CHECK(nfs_try_next(CONF_NFS_42, -EPROTONOSUPPORT));
	CHECK(nfs_try_next(CONF_NFS_42, -EINVAL));
	CHECK(nfs_try_next(CONF_NFS_40, -ENOENT));
	CHECK(!nfs_try_next(CONF_NFS_3, -ENOENT));
	CHECK(!nfs_try_next(CONF_NFS_42, -ETIMEDOUT));
	CHECK(!nfs_try_next(CONF_NFS_42, -ECONNREFUSED));
}

static struct peer here(unsigned port)
{
	struct peer p = { .len = sizeof(struct sockaddr_in) };
	struct sockaddr_in *in = (struct sockaddr_in *)&p.address;

	in->sin_family = AF_INET;
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	in->sin_port = htons((uint16_t)port);
	return p;
}

TEST(what_the_kernel_is_told)
{
	struct conf_target t = target("nfs", "vers=3,proto=tcp,nolock,wsize=65536,port=2050");
	struct peer p = here(2049);
	char data[NFS_DATA_BYTES], longer[NFS_DATA_BYTES + 8];

	CHECK_EQ(nfs_data(&t, CONF_NFS_3, &p, 90, data), 0);
	CHECK_STR(data, "vers=3,addr=127.0.0.1,sec=sys,soft,timeo=50,retrans=17,nolock,wsize=65536,"
			"port=2050");
	t.options = NULL;
	CHECK_EQ(nfs_data(&t, CONF_NFS_42, &p, 3, data), 0);
	CHECK_STR(data, "vers=4.2,addr=127.0.0.1,sec=sys,soft,timeo=50,retrans=1");
	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	t.options = longer;
	CHECK_EQ(nfs_data(&t, CONF_NFS_42, &p, 3, data), -ENAMETOOLONG);
}

static int listener(unsigned *ret_port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(at);

	CHECK_EQ(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	CHECK_EQ(listen(fd, 4), 0);
	CHECK_EQ(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	*ret_port = ntohs(at.sin_port);
	return fd;
}

TEST(the_server_is_found)
{
	char options[32], why[PEER_WHY_BYTES], text[PEER_TEXT_BYTES];
	struct conf_target t = target("nfs", options);
	struct peer p;
	unsigned port;
	int fd = listener(&port);

	snprintf(options, sizeof(options), "port=%u", port);
	CHECK_EQ(nfs_find(&t, deadline_in_ms(2000), &p, why), 0);
	peer_text(&p, text);
	CHECK_STR(text, "127.0.0.1");
	close(fd);
	CHECK_EQ(nfs_find(&t, deadline_in_ms(500), &p, why), -ECONNREFUSED);
	CHECK(strstr(why, "127.0.0.1, port") && strstr(why, "refused"));
}
