/* SPDX-License-Identifier: MIT */
/*
 * A machine made of files that arms and is looked at. The kernel is played by the functions of
 * loader/kexec/kexec.h below: like the real one it drops the loaded image before it looks at the new
 * one. For one test program each.
 */
#ifndef TESTS_UNIT_FAKE_ARMMACHINE_H
#define TESTS_UNIT_FAKE_ARMMACHINE_H

#include <signal.h>

#include "loader/arm.h"
#include "loader/kexec/kexec_load.h"
#include "loader/status.h"
#include "tests/unit/fake/logfile.h"
#include "tests/unit/fake/machine.h"
#include "tests/unit/test.h"

static struct {
	struct machine machine;
	int log;
	int refuse_mark;  /* kernels whose last byte is this one… */
	int refuse_errno; /* …are refused with this; before the drop if EPERM */
	int calls;
	int signal; /* that comes when the loaded image has been dropped */
	bool no_file_call;
	const char *unprepared; /* why kexec_load is not tried */
	enum kexec_call asked;
	unsigned char loaded_mark;
	char loaded_initrd[64], loaded_cmdline[CMDLINE_BYTES];
} m;

int kexec_try_crash(const struct kexec_request *q, struct layout *l)
{
	return kexec_load_prepare(q, true, l);
}

int kexec_load_crash(const struct kexec_request *q, struct kexec_done *done)
{
	unsigned char mark;

	m.calls++;
	m.asked = q->call;
	*done = (struct kexec_done){ .call = q->call == KEXEC_SEGMENTS || m.no_file_call
						     ? KEXEC_SEGMENTS
						     : KEXEC_FILE,
				     .prepared = !m.unprepared };
	if (m.unprepared) {
		snprintf(done->why, sizeof(done->why), "%s", m.unprepared);
		return -EADDRNOTAVAIL;
	}
	if (pread(q->kernel_fd, &mark, 1, MACHINE_KERNEL_BYTES - 1) != 1)
		abort();
	if (mark == m.refuse_mark && m.refuse_errno == EPERM)
		return -EPERM;
	machine_put(&m.machine, "sys/kernel/kexec_crash_loaded", "0\n");
	if (m.signal)
		raise(m.signal);
	m.signal = 0;
	if (mark == m.refuse_mark)
		return -m.refuse_errno;
	memset(m.loaded_initrd, 0, sizeof(m.loaded_initrd));
	/* its payload's end */
	if (pread(q->initrd_fd, m.loaded_initrd, 11, lseek(q->initrd_fd, 0, SEEK_END) - 11) != 11)
		abort();
	m.loaded_mark = mark;
	snprintf(m.loaded_cmdline, sizeof(m.loaded_cmdline), "%s", q->cmdline);
	machine_put(&m.machine, "sys/kernel/kexec_crash_loaded", "1\n");
	return 0;
}

int kexec_unload_crash(int root, unsigned max_calls)
{
	(void)root;
	(void)max_calls;
	m.calls++;
	machine_put(&m.machine, "sys/kernel/kexec_crash_loaded", "0\n");
	return 0;
}

static void begin(void)
{
	memset(&m, 0, sizeof(m));
	m.refuse_mark = -1;
	m.machine = machine_make();
	m.log = logfile_open(m.machine.fd);
}

static void end(void)
{
	logfile_close(m.log);
	machine_remove(&m.machine);
}

static bool logged(const char *words)
{
	return logfile_has(m.log, words);
}

static int load(const char *kernel, const char *initrd)
{
	struct load_options o = { .kernel = kernel, .initrd = initrd };

	return arm_load(m.machine.fd, &o);
}

static bool status_has(const char *words)
{
	static char text[STATUS_BYTES];
	struct status s;

	CHECK_EQ(status_read(m.machine.fd, &s), 0);
	CHECK_EQ(status_text(&s, text, sizeof(text)), 0);
	if (strstr(text, words))
		return true;
	printf("status has no \"%s\":\n%s", words, text);
	return false;
}

#endif
