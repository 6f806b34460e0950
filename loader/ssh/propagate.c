/* SPDX-License-Identifier: MIT */
#include "loader/ssh/propagate.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/conf/conf.h"
#include "lib/conf/target/conf_ssh.h"
#include "lib/io.h"
#include "lib/log.h"

#define CONF_MAX_BYTES (1u << 20)
#define NEW_KEY	       "/root/.ssh/kdump_id_ed25519"

static const char *const usual_keys[] = { "/root/.ssh/kdump_id_rsa", NEW_KEY };

/* A program to its end, on this terminal. 0 or -errno: -EREMOTEIO: it failed and has said why. */
static int run_program(const char *const *words)
{
	int status = 0;
	pid_t pid = fork();

	if (!pid) {
		execvp(words[0], (char **)words);
		dprintf(STDERR_FILENO, "kdump-loader: %s: %s; it is part of OpenSSH's client\n",
			words[0], strerror(errno));
		_exit(127);
	}
	if (pid < 0)
		return -errno;
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -EREMOTEIO;
}

/* Below root; the one that kdump-mkinitrd would take, or the one to be made. */
static int find_key(const char *root, const struct conf *c, char ret[PATH_MAX])
{
	if (c->ssh_key)
		return (size_t)snprintf(ret, PATH_MAX, "%s%s", root, c->ssh_key) < PATH_MAX
			       ? 0
			       : -ENAMETOOLONG;
	for (size_t i = 0; i < ARRAY_LEN(usual_keys); i++) {
		if ((size_t)snprintf(ret, PATH_MAX, "%s%s", root, usual_keys[i]) >= PATH_MAX)
			return -ENAMETOOLONG;
		if (!access(ret, F_OK))
			return 0;
	}
	return 0;
}

static int make_key(const char *key)
{
	char host[65] = "", comment[80];
	const char *const words[] = { "ssh-keygen", "-q",    "-t", "ed25519", "-N", "",
				      "-C",	    comment, "-f", key,	      NULL };
	int r;

	if (!access(key, F_OK)) {
		log_info("ssh: %s is there", key);
		return 0;
	}
	gethostname(host, sizeof(host) - 1);
	snprintf(comment, sizeof(comment), "kdump@%s", host);
	r = run_program(words);
	if (r)
		log_err("error: %s: no key was made", key);
	else
		log_info("ssh: %s: made", key);
	return r;
}

/* A server that has SFTP alone takes the key that way, too. */
static int install_key(const struct conf_target *t, const char *key, const char *port,
		       const char *server)
{
	bool sftp = t->kind == CONF_TARGET_SFTP;
	const char *const words[] = { "ssh-copy-id", "-i", key, "-p", port, server, NULL };
	const char *const by_sftp[] = { "ssh-copy-id", "-s", "-i", key, "-p", port, server, NULL };
	int r = run_program(words);

	return r && sftp ? run_program(by_sftp) : r;
}

/* With nobody to be asked for anything, as in a capture. */
static int try_key(const struct conf_target *t, const char *key, const char *port,
		   const char *server)
{
	char identity[PATH_MAX + 16];
	const char *const command[] = {
		"ssh",	"-i",	key, "-p", port, "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes",
		server, "true", NULL
	};
	const char *const copy[] = { "sftp", "-q", "-b", "/dev/null",	       "-o",   identity,
				     "-P",   port, "-o", "IdentitiesOnly=yes", server, NULL };

	snprintf(identity, sizeof(identity), "IdentityFile=%s", key);
	return run_program(t->kind == CONF_TARGET_SFTP ? copy : command);
}

static int serve_target(const struct conf_target *t, const char *key)
{
	char port[8], server[CONF_HOST_BYTES + 80];
	struct conf_ssh parts;
	int r = conf_ssh_split(t->where, &parts);

	if (r)
		return r;
	snprintf(port, sizeof(port), "%u", parts.at.port);
	snprintf(server, sizeof(server), "%s@%s", parts.user, parts.at.host);
	r = try_key(t, key, port, server);
	if (!r) {
		log_info("ssh: %s takes the key", t->where);
		return 0;
	}
	r = install_key(t, key, port, server);
	r = r ? r : try_key(t, key, port, server);
	if (r)
		log_err("error: %s: it does not take the key %s", t->where, key);
	else
		log_info("ssh: %s takes the key now", t->where);
	return r;
}

static int serve_all(const struct conf *c, const char *key)
{
	unsigned n = 0;
	int r = 0;

	for (unsigned i = 0; i < c->n_targets; i++) {
		const struct conf_target *t = &c->targets[i];

		if (t->kind != CONF_TARGET_SSH && t->kind != CONF_TARGET_SFTP)
			continue;
		if (!n++)
			r = make_key(key);
		if (r && n == 1)
			return r;
		r = serve_target(t, key) ? -EREMOTEIO : r;
	}
	if (!n)
		log_err("error: %s has no ssh or sftp target", CONF_IMAGE_FILE);
	else if (!r)
		log_info("ssh: run kdump-mkinitrd, then kdump-loader reload: the key is packed "
			 "then");
	return n ? r : -ENOENT;
}

int propagate_run(const char *root)
{
	_free_ struct conf_findings *found = calloc(1, sizeof(*found));
	_free_ struct conf *c = calloc(1, sizeof(*c));
	char path[PATH_MAX], key[PATH_MAX];
	_free_ char *text = NULL;
	size_t len;
	int r;

	if (!c || !found)
		return -ENOMEM;
	snprintf(path, sizeof(path), "%.1000s%s", root, CONF_IMAGE_FILE);
	r = io_load_file(AT_FDCWD, path, CONF_MAX_BYTES, &text, &len);
	if (r) {
		log_err("error: %s: %s", path, strerror(-r));
		return r;
	}
	/* what is wrong with other lines kdump-mkinitrd says */
	conf_parse(text, len, c, found);
	r = find_key(root, c, key);
	return r ? r : serve_all(c, key);
}
