/* SPDX-License-Identifier: MIT */
#include "loader/verify/guest.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/io.h"
#include "loader/check/explain.h"
#include "loader/host.h"
#include "loader/kexec/image.h"
#include "loader/kexec/kexec.h"
#include "loader/verify/verdict.h"

/* PID 1 must not return: the kernel would panic for a reason of its own. */
static _Noreturn void stop(void)
{
	sync();
	reboot(RB_POWER_OFF);
	reboot(RB_HALT_SYSTEM);
	for (;;)
		pause();
}

static _Noreturn void __attribute__((format(printf, 1, 2))) fail(const char *fmt, ...)
{
	va_list ap;

	fputs(VERDICT_SAYS VERDICT_FAILED, stdout);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
	stop();
}

/* The first line into the pair; the second names the call. */
static enum kexec_call read_settings(int root, struct image_pair *pair)
{
	char text[CMDLINE_BYTES + 32], *second;
	int r = io_read_file(root, GUEST_SETTINGS, text, sizeof(text), NULL);

	if (r)
		fail("the settings cannot be read: %s", strerror(-r));
	second = text + strcspn(text, "\n");
	snprintf(pair->cmdline, sizeof(pair->cmdline), "%.*s", (int)(second - text), text);
	return strstr(second, "segments") ? KEXEC_SEGMENTS : KEXEC_AUTO;
}

static void load(int root)
{
	static struct image_pair pair;
	static struct host h;
	enum kexec_call call = read_settings(root, &pair);
	struct kexec_request q = { .root = root, .cmdline = pair.cmdline, .call = call };
	struct kexec_done done;
	char text[512];
	int r;

	if (image_open(root, GUEST_KERNEL, &pair.kernel) ||
	    image_open(root, GUEST_IMAGE, &pair.initrd))
		fail("the pair is not in the initramfs");
	if (host_read(root, &h))
		fail("/proc is not mounted");
	if (!h.crash_bytes)
		fail("no memory is reserved in the virtual machine (%s)", h.cmdline);
	q.arch = h.arch;
	q.kernel_fd = pair.kernel.fd;
	q.initrd_fd = pair.initrd.fd;
	q.release = h.release;
	q.elfcorehdr_bytes = h.elfcorehdr_bytes;
	r = kexec_load_crash(&q, &done);
	if (r && !done.prepared)
		fail("the crash kernel cannot be loaded: %s", done.why);
	if (r)
		fail("the kernel refuses the crash kernel: %s",
		     explain_errno(root, &h, done.call, r, text, sizeof(text)));
	printf(VERDICT_SAYS VERDICT_ARMED ": %s\n", pair.cmdline);
	fflush(stdout);
	/* a panic does not wait for what the serial line has not sent yet */
	tcdrain(STDOUT_FILENO);
}

_Noreturn void guest_run(void)
{
	static const char trigger[] = "/proc/sysrq-trigger";
	_close_ int root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char release[80] = "?";
	int fd;

	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	io_read_file(root, "proc/sys/kernel/osrelease", release, sizeof(release), NULL);
	release[strcspn(release, "\n")] = '\0';
	printf(VERDICT_SAYS VERDICT_UP "%s\n", release);
	fflush(stdout);
	load(root);
	fd = open(trigger, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "c", 1) != 1)
		fail("%s: %m: the kernel is not crashed", trigger);
	/* the panic is on its way */
	sleep(30);
	fail("the crash did not happen");
}
