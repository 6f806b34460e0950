/* SPDX-License-Identifier: MIT */
/*
 * installed kernels -> images that are outdated -> kdump-mkinitrd -> reload.
 */
#include "loader/update/update.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/log.h"
#include "loader/arm.h"
#include "loader/check/kernels.h"
#include "loader/record.h"
#include "loader/update/outdated.h"

enum { IMAGE_BYTES = sizeof(KERNELS_IMAGE) + KERNELS_RELEASE + 8 };

/* In the child. What it lists is of no interest; what is wrong it says on standard error. */
static void run_mkinitrd(const char *program, const char *release, const char *image)
{
	int null = open("/dev/null", O_RDWR);

	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
	}
	execl(program, "kdump-mkinitrd", "-k", release, "-o", image, (char *)NULL);
	log_err("error: %s: %s", program, strerror(errno));
	_exit(EXIT_FAILURE);
}

static int make_image(const char *program, const char *release, const char *image)
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid)
		run_mkinitrd(program, release, image);
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return status ? -ECHILD : 0;
}

/* 1: it is a new one; 0: it stays; -1: it could not be made, which is told. */
static int update_image(int root, const struct host *h, const struct update_options *o,
			const char *release)
{
	char image[IMAGE_BYTES], why[400];
	enum outdated is;
	int r;

	snprintf(image, sizeof(image), KERNELS_IMAGE "%s.img", release);
	is = outdated_judge(root, h, image, why, sizeof(why));
	if (is == OUTDATED_FOREIGN)
		log_info("%s stays as it is: %s", image, why);
	if (is != OUTDATED_YES)
		return 0;
	r = make_image(o->mkinitrd, release, image);
	if (r) {
		log_err("error: %s could not be made (%s): %s", image, why,
			r == -ECHILD ? "kdump-mkinitrd has said why" : strerror(-r));
		return -1;
	}
	log_info("%s was made: %s", image, why);
	return 1;
}

/*
 * One at a time, so that a kernel's hook and the boot do not make the same image twice. A read-only /run
 * must not keep an image from being made: *ret_turn is -1 then.
 */
static void take_turn(int root, int *ret_turn)
{
	_close_ int folder = record_folder(root, true);

	if (folder < 0)
		return;
	*ret_turn = openat(folder, "update", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	while (*ret_turn >= 0 && flock(*ret_turn, LOCK_EX) < 0 && errno == EINTR)
		;
}

/* A reservation comes with the next boot at the earliest; until then there is nothing to load into. */
static int load_again(int root, const struct host *h)
{
	if (!h->crash_bytes) {
		log_info("no memory is reserved, so nothing is loaded: kdump-loader estimate "
			 "--apply, and a "
			 "reboot");
		return 0;
	}
	return arm_load(root, &(struct load_options){ .call = KEXEC_AUTO, .reload = true });
}

/* What is to be looked at: the one that is named, or all. -1: it is not there, which is told. */
static int find_kernels(int root, const char *release, struct kernels *ret)
{
	if (!release) {
		kernels_find(root, ret);
		return 0;
	}
	if (!kernels_has(root, release)) {
		log_err("error: no kernel %s is installed: it has no modules in /lib/modules, or "
			"no file there or in /boot",
			release);
		return -1;
	}
	strcpy(ret->item[0].release, release);
	ret->n = 1;
	return 0;
}

int update_run(int root, const struct update_options *o)
{
	_close_ int turn = -1;
	bool failed = false, changed = false;
	struct kernels k;
	struct host h;
	int r;

	take_turn(root, &turn);
	r = host_read(root, &h);
	if (r) {
		log_err("error: /proc cannot be read: %s", strerror(-r));
		return -1;
	}
	if (find_kernels(root, o->release, &k))
		return -1;
	for (unsigned i = 0; i < k.n; i++) {
		r = update_image(root, &h, o, k.item[i].release);
		failed |= r < 0;
		changed |= r > 0 && !strcmp(k.item[i].release, h.release);
	}
	if (changed || (!o->release && h.armed != 1))
		failed |= load_again(root, &h) != 0;
	return failed ? -1 : 0;
}
