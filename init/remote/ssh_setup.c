/* SPDX-License-Identifier: MIT */
#include "init/remote/ssh_setup.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "init/system/limits.h"
#include "lib/cleanup.h"
#include "lib/conf/target/conf_ssh.h"

/* Lives until the child ends, as the helper uses it. */
struct setup {
	struct conf_ssh parts;
	char home[CONF_SSH_HOME_BYTES];
	struct ssh_server server;
	struct ssh ssh;
};

int ssh_setup_connect(struct target *t, struct child *self)
{
	_free_ struct setup *s = calloc(1, sizeof(*s));
	int r = s ? conf_ssh_split(t->spec->where, &s->parts) : -ENOMEM;

	if (r)
		return r;
	conf_ssh_home(&s->parts.at, s->home);
	s->server = (struct ssh_server){ .user = s->parts.user,
					 .at = s->parts.at,
					 .client = CONF_SSH_CLIENT,
					 .home = s->home,
					 .key = CONF_SSH_KEY,
					 .connect_timeout_s = LIMIT_CONNECT_S };
	r = ssh_start(&s->server, &s->ssh);
	if (r) {
		child_why(self, "ssh: %s", strerror(-r));
		return r;
	}
	t->connection = &keep_ptr(s)->ssh;
	return 0;
}
