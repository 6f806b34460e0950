/* SPDX-License-Identifier: MIT */
#include "mkinitrd/plan/recipe_ssh.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/conf/target/conf_ssh.h"
#include "lib/io.h"
#include "lib/log.h"
#include "mkinitrd/plan/recipe_files.h"
#include "mkinitrd/ssh/ssh_hosts.h"
#include "mkinitrd/ssh/ssh_key.h"

#define KEY_FILE_BYTES	 (64u << 10)
#define HOSTS_FILE_BYTES (4u << 20)

/* ---------------------------------------------------------------- the key */

/* kdump-utils', then what `kdump-loader propagate` makes. */
static const char *const usual_keys[] = { "/root/.ssh/kdump_id_rsa",
					  "/root/.ssh/kdump_id_ed25519" };

static const char *find_key(const struct recipe *p)
{
	char path[PATH_MAX];

	if (p->conf.ssh_key)
		return p->conf.ssh_key;
	for (size_t i = 0; i < ARRAY_LEN(usual_keys); i++) {
		if ((size_t)snprintf(path, sizeof(path), "%s%s", p->root, usual_keys[i]) <
			    sizeof(path) &&
		    !access(path, F_OK))
			return usual_keys[i];
	}
	return NULL;
}

static int pack_key(struct recipe *p, unsigned line, struct fault *f)
{
	const char *file = find_key(p), *wrong;
	_free_ char *text = NULL;
	char path[PATH_MAX];
	char *key;
	size_t len;
	int r;

	if (recipe_files_find(p, CONF_SSH_KEY))
		return 0;
	snprintf(path, sizeof(path), "%s/root/.ssh/kdump_id_ed25519", p->root);
	if (!file)
		return fault_at(f, line, -ENOENT,
				"ssh: no key: %s%s, or name a private key with sshkey",
				p->root[0] ? "put one at " : "run `kdump-loader propagate`",
				p->root[0] ? path : "");
	snprintf(path, sizeof(path), "%s%s", p->root, file);
	r = io_load_file(AT_FDCWD, path, KEY_FILE_BYTES, &text, &len);
	if (r)
		return fault_set(f, r, "sshkey %s: %s", path, strerror(-r));
	key = malloc(SSH_KEY_BYTES);
	if (!key)
		return -ENOMEM;
	wrong = ssh_key_convert(text, len, (uint8_t *)key, &len);
	explicit_bzero(text, strlen(text));
	if (wrong) {
		free(key);
		return fault_set(f, -EINVAL, "sshkey %s %s", path, wrong);
	}
	p->ssh_key = file;
	p->conf.ssh_key = CONF_SSH_KEY;
	return recipe_files_pack_data(p, "key", CONF_SSH_KEY, 0600, key, len, f);
}

/* ---------------------------------------------------------------- host keys */

/* root's own, then the machine's. */
static const char *const hosts_files[] = { "/root/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts",
					   "/root/.ssh/known_hosts2", "/etc/ssh/ssh_known_hosts2" };

/* The lines of a file for a name, hashed ones too, as ssh-keygen finds them: a pipe, or -errno. */
static int run_keygen(const char *name, const char *path)
{
	int out[2];
	pid_t pid;

	if (pipe2(out, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (!pid) {
		dup2(out[1], STDOUT_FILENO);
		execlp("ssh-keygen", "ssh-keygen", "-F", name, "-f", path, (char *)NULL);
		_exit(127);
	}
	close(out[1]);
	if (pid < 0)
		close(out[0]);
	return pid < 0 ? -errno : out[0];
}

/* Hashes of names are SHA-1, which OpenSSH's own program knows. */
static int add_hashed(struct ssh_hosts *h, const char *name, const char *path)
{
	_close_ int fd = run_keygen(name, path);
	_free_ char *text = malloc(SSH_HOSTS_BYTES);
	size_t len = 0;
	ssize_t n = 1;
	int status;

	if (fd < 0 || !text)
		return fd < 0 ? fd : -ENOMEM;
	while (n > 0 && len < SSH_HOSTS_BYTES) {
		n = read(fd, text + len, SSH_HOSTS_BYTES - len);
		len += n > 0 ? (size_t)n : 0;
	}
	/* it may have more to say, and waits to be rid of it */
	close(keep_fd(&fd));
	/* 1: it found nothing */
	if (wait(&status) < 0 || (WIFEXITED(status) && WEXITSTATUS(status) == 127))
		return -ENOENT;
	ssh_hosts_add(h, text, len, name, true);
	return 0;
}

static void add_file(const char *path, const char *name, struct ssh_hosts *h)
{
	_free_ char *text = NULL;
	size_t len;

	if (io_load_file(AT_FDCWD, path, HOSTS_FILE_BYTES, &text, &len))
		return;
	h->hashed = false;
	ssh_hosts_add(h, text, len, name, false);
	if (h->hashed && add_hashed(h, name, path))
		log_warn("%s has hashed names, which ssh-keygen would find: install OpenSSH's "
			 "client",
			 path);
}

/* As known_hosts calls it. */
static void host_name(const struct conf_place *at, char *ret, size_t size)
{
	if (at->port == CONF_SSH_PORT)
		snprintf(ret, size, "%s", at->host);
	else
		snprintf(ret, size, "[%s]:%u", at->host, at->port);
}

static int pack_hosts(struct recipe *p, const struct conf_ssh *s, unsigned i, struct fault *f)
{
	_free_ struct ssh_hosts *h = calloc(1, sizeof(*h));
	_free_ char *lines = malloc(SSH_HOSTS_BYTES);
	char name[CONF_HOST_BYTES + 16], home[CONF_SSH_HOME_BYTES], path[PATH_MAX];
	size_t len;

	if (!h || !lines)
		return -ENOMEM;
	host_name(&s->at, name, sizeof(name));
	for (size_t k = 0; k < ARRAY_LEN(hosts_files); k++) {
		if ((size_t)snprintf(path, sizeof(path), "%s%s", p->root, hosts_files[k]) <
		    sizeof(path))
			add_file(path, name, h);
	}
	if (!ssh_hosts_lines(h, s->at.host, lines))
		return fault_at(
			f, p->conf.targets[i].line, -ENOENT,
			"%s: %s/root/.ssh/known_hosts has no host key of %s%s; connect once: ssh "
			"-p %u %s@%s",
			p->conf.targets[i].type, p->root, name,
			h->authorities ? " (@cert-authority is not supported)" : "", s->at.port,
			s->user, s->at.host);
	conf_ssh_home(&s->at, home);
	snprintf(p->ssh_hosts[i], sizeof(p->ssh_hosts[i]), "%s/.ssh/known_hosts", home);
	len = strlen(lines);
	return recipe_files_find(p, p->ssh_hosts[i])
		       ? 0
		       : recipe_files_pack_data(p, "known_hosts", p->ssh_hosts[i], 0600,
						keep_ptr(lines), len, f);
}

int recipe_ssh(struct recipe *p, const struct machine *m, unsigned i, struct fault *f)
{
	const struct conf_target *t = &p->conf.targets[i];
	struct conf_ssh s;
	int r;

	(void)m;
	if (conf_ssh_split(t->where, &s))
		return fault_at(f, t->line, -EINVAL, "%s: no user at a host", t->where);
	r = pack_key(p, t->line, f);
	return r ? r : pack_hosts(p, &s, i, f);
}
