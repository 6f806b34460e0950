/* SPDX-License-Identifier: MIT */
/*
 * Load, failure, rollback, unload and status on a machine made of files. The kernel is played
 * by the functions of loader/kexec/kexec.h below: like the real one it drops the loaded image
 * before it looks at the new one.
 */
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "lib/cleanup.h"
#include "loader/arm.h"
#include "loader/kexec/kexec_load.h"
#include "loader/lock.h"
#include "loader/record.h"
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

TEST(load_and_unload)
{
	begin();
	CHECK(status_has("not armed\n"));
	CHECK_EQ(load(NULL, NULL), 0);
	CHECK(logged("armed: kernel /"));
	CHECK_EQ(m.loaded_mark, 1);
	CHECK(!strncmp(m.loaded_cmdline, "console=ttyS0 irqpoll", 21));
	CHECK(strstr(m.loaded_cmdline, "disable_cpu_apicid=4"));
	CHECK(status_has(MACHINE_KERNEL "\n"));
	CHECK_EQ(arm_unload(m.machine.fd), 0);
	CHECK(logged("no longer armed"));
	CHECK(status_has("not armed\n"));
	CHECK_EQ(m.calls, 2);
	/* nothing is loaded: no call, which would cost one of kexec_load_limit_panic */
	CHECK_EQ(arm_unload(m.machine.fd), 0);
	CHECK(logged("no crash kernel is loaded"));
	CHECK_EQ(m.calls, 2);
	end();
}

TEST(by_the_call_that_is_there)
{
	struct load_options o = { .call = KEXEC_SEGMENTS };

	begin();
	m.no_file_call = true;
	CHECK_EQ(load(NULL, NULL), 0);
	CHECK_EQ(m.asked, KEXEC_AUTO);
	CHECK(logged(", by kexec_load, about"));
	CHECK(status_has("Z by kexec_load\n"));
	machine_put_kernel(&m.machine, "boot/other", 2);
	m.refuse_mark = 2;
	m.refuse_errno = EINVAL;
	/* the pair before is loaded again by the call that took it */
	CHECK_EQ(load(machine_path(&m.machine, "boot/other"), NULL), -1);
	CHECK_EQ(m.asked, KEXEC_SEGMENTS);
	CHECK(logged("was loaded again: the machine is armed"));
	m.no_file_call = false;
	CHECK_EQ(load(NULL, NULL), 0);
	CHECK(logged(MACHINE_INITRD ", about"));
	CHECK_EQ(load(machine_path(&m.machine, "boot/other"), NULL), -1);
	CHECK_EQ(m.asked, KEXEC_FILE);
	CHECK_EQ(arm_load(m.machine.fd, &o), 0);
	CHECK_EQ(m.asked, KEXEC_SEGMENTS);
	end();
}

TEST(what_cannot_be_placed_is_not_tried)
{
	begin();
	CHECK_EQ(load(NULL, NULL), 0);
	CHECK(logged("armed:"));
	m.unprepared = "no room for the initrd";
	CHECK_EQ(load(NULL, NULL), -1);
	CHECK_EQ(m.calls, 2);
	CHECK(logged("cannot be loaded: no room for the initrd"));
	CHECK_EQ(host_armed(m.machine.fd), 1);
	end();
}

TEST(command_lines)
{
	struct load_options o = { .append = "nr_cpus=2 x" };

	begin();
	CHECK_EQ(arm_load(m.machine.fd, &o), 0);
	CHECK(strstr(m.loaded_cmdline, " nr_cpus=2 x"));
	o = (struct load_options){ .reuse_cmdline = true };
	CHECK_EQ(arm_load(m.machine.fd, &o), 0);
	CHECK_STR(m.loaded_cmdline, "root=/dev/vda1 ro console=ttyS0 quiet");
	o = (struct load_options){ .command_line = "only this" };
	CHECK_EQ(arm_load(m.machine.fd, &o), 0);
	CHECK_STR(m.loaded_cmdline, "only this");
	end();
}

TEST(second_place_of_the_kernel)
{
	begin();
	CHECK_EQ(unlinkat(m.machine.fd, MACHINE_KERNEL, 0), 0);
	CHECK_EQ(load(NULL, NULL), -1);
	CHECK(logged("no kernel found, neither /" MACHINE_KERNEL));
	machine_put_kernel(&m.machine, "lib/modules/" MACHINE_RELEASE "/vmlinuz", 2);
	CHECK_EQ(load(NULL, NULL), 0);
	CHECK_EQ(m.loaded_mark, 2);
	end();
}

TEST(no_image_names_the_maker)
{
	begin();
	CHECK_EQ(unlinkat(m.machine.fd, MACHINE_INITRD, 0), 0);
	CHECK_EQ(load(NULL, NULL), -1);
	CHECK(logged("make it with kdump-mkinitrd"));
	CHECK_EQ(m.calls, 0);
	end();
}

TEST(a_finding_keeps_the_call_away)
{
	begin();
	CHECK_EQ(load(NULL, NULL), 0);
	CHECK(logged("armed:"));
	machine_put(&m.machine, "boot/bad", "#!/bin/sh");
	CHECK_EQ(load(NULL, machine_path(&m.machine, "boot/bad")), -1);
	CHECK_EQ(m.calls, 1);
	CHECK(logged("nothing was loaded: the machine is armed, as before"));
	end();
}

TEST(dry_run_changes_nothing)
{
	struct load_options o = { .dry_run = true };

	begin();
	freopen("/dev/null", "w", stdout) ? (void)0 : abort();
	CHECK_EQ(arm_load(m.machine.fd, &o), 0);
	freopen("/dev/stderr", "w", stdout) ? (void)0 : abort();
	CHECK_EQ(m.calls, 0);
	CHECK_EQ(faccessat(m.machine.fd, "run/kdump-init", F_OK, 0), -1);
	end();
}

TEST(a_refusal_before_the_drop)
{
	begin();
	CHECK_EQ(load(NULL, NULL), 0);
	machine_put_kernel(&m.machine, "boot/other", 2);
	m.refuse_mark = 2;
	m.refuse_errno = EPERM;
	CHECK_EQ(load(machine_path(&m.machine, "boot/other"), NULL), -1);
	CHECK_EQ(m.calls, 2);
	CHECK(logged("is still loaded: the machine is armed"));
	end();
}

/* A process that loads and is ended by a signal in the middle of the call. */
static void load_and_end(int number, const char *kernel)
{
	int status = 0;
	pid_t pid;

	m.signal = number;
	pid = fork();
	if (!pid) {
		/* a shell's background jobs ignore two of them */
		signal(number, SIG_DFL);
		setrlimit(RLIMIT_CORE, &(struct rlimit){ 0 });
		load(kernel, NULL);
		_exit(0);
	}
	m.signal = 0;
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == number);
}

/* A terminal that is closed, a service that is stopped, `2>&1 | head -n 1`. */
TEST(an_end_in_the_middle)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE };
	const char *other;

	for (size_t i = 0; i < ARRAY_LEN(signals); i++) {
		begin();
		CHECK_EQ(load(NULL, NULL), 0);
		CHECK(logged("armed:"));
		machine_put_kernel(&m.machine, "boot/other", 2);
		other = machine_path(&m.machine, "boot/other");
		m.refuse_mark = 2;
		m.refuse_errno = EKEYREJECTED;
		load_and_end(signals[i], other);
		CHECK_EQ(host_armed(m.machine.fd), 1);
		CHECK(logged("was loaded again: the machine is armed"));
		m.refuse_mark = -1;
		load_and_end(signals[i], other);
		CHECK_EQ(host_armed(m.machine.fd), 1);
		/* the record is of what is loaded */
		CHECK(status_has("boot/other\n"));
		end();
	}
}

TEST(rollback_from_the_files)
{
	begin();
	CHECK_EQ(load(NULL, NULL), 0);
	machine_put_kernel(&m.machine, "boot/other", 2);
	m.refuse_mark = 2;
	m.refuse_errno = EKEYREJECTED;
	CHECK_EQ(load(machine_path(&m.machine, "boot/other"), NULL), -1);
	CHECK(logged("was loaded again: the machine is armed"));
	CHECK_EQ(m.loaded_mark, 1);
	CHECK(strstr(m.loaded_cmdline, "irqpoll"));
	CHECK(status_has(MACHINE_KERNEL "\n"));
	end();
}

TEST(rollback_from_the_copies)
{
	begin();
	CHECK_EQ(load(NULL, NULL), 0);
	/* an upgrade replaces both in place */
	machine_put_kernel(&m.machine, MACHINE_KERNEL, 2);
	machine_put_initrd(&m.machine, MACHINE_INITRD, "other image");
	CHECK(status_has("has changed since it was loaded"));
	m.refuse_mark = 2;
	m.refuse_errno = EBADMSG;
	CHECK_EQ(load(NULL, NULL), -1);
	CHECK(logged("was loaded again: the machine is armed"));
	CHECK_EQ(m.loaded_mark, 1);
	CHECK_STR(m.loaded_initrd, "first image");
	/* and once more, from the same copies */
	m.loaded_mark = 0;
	CHECK_EQ(load(NULL, NULL), -1);
	CHECK_EQ(m.loaded_mark, 1);
	end();
}

TEST(no_copies_on_a_small_machine)
{
	begin();
	machine_put(&m.machine, "proc/meminfo", "MemTotal: 150 kB\n");
	CHECK_EQ(load(NULL, NULL), 0);
	CHECK_EQ(faccessat(m.machine.fd, "run/kdump-init/kernel", F_OK, 0), -1);
	CHECK_EQ(faccessat(m.machine.fd, "run/kdump-init/initrd", F_OK, 0), 0);
	machine_put_kernel(&m.machine, MACHINE_KERNEL, 2);
	m.refuse_mark = 2;
	m.refuse_errno = ENOEXEC;
	CHECK_EQ(load(NULL, NULL), -1);
	CHECK_EQ(m.calls, 2);
	CHECK(logged("was replaced and no copy was kept"));
	end();
}

TEST(rollback_fails_too)
{
	begin();
	CHECK_EQ(load(NULL, NULL), 0);
	m.refuse_mark = 1;
	m.refuse_errno = ENOMEM;
	CHECK_EQ(load(NULL, NULL), -1);
	CHECK_EQ(m.calls, 3);
	CHECK(logged("the machine is NOT ARMED"));
	/* when the reason is gone the pair is still known: a later failure returns to it */
	machine_put_kernel(&m.machine, "boot/other", 2);
	m.refuse_mark = 2;
	CHECK_EQ(load(machine_path(&m.machine, "boot/other"), NULL), -1);
	CHECK(logged("was loaded again: the machine is armed"));
	end();
}

TEST(somebody_elses_kernel_is_lost)
{
	begin();
	machine_put(&m.machine, "sys/kernel/kexec_crash_loaded", "1\n");
	CHECK(status_has("by another program"));
	m.refuse_mark = 1;
	m.refuse_errno = ENOEXEC;
	CHECK_EQ(load(NULL, NULL), -1);
	CHECK(logged("was not loaded by kdump-loader"));
	end();
}

TEST(without_run)
{
	begin();
	CHECK_EQ(unlinkat(m.machine.fd, "run/keep", 0), 0);
	CHECK_EQ(unlinkat(m.machine.fd, "run", AT_REMOVEDIR), 0);
	CHECK_EQ(load(NULL, NULL), 0);
	CHECK(logged("no record of what is loaded"));
	CHECK(status_has("armed\n"));
	end();
}

TEST(damaged_record)
{
	static const char *const texts[] = {
		"",
		"kernel\n",
		"kernel /a",
		"kernel /a\ninitrd /b\n",
		"kernel_id 1 2 3\n",
		"kernel_id 1 2 3 x\n",
		"kernel /a\ninitrd /b\nkernel_id 1 2 3 4 5\nloaded_s 7\n",
		"\n",
	};
	struct record rec;
	int folder;

	begin();
	CHECK_EQ(load(NULL, NULL), 0);
	folder = record_folder(m.machine.fd, false);
	CHECK(folder >= 0);
	CHECK_EQ(record_read(folder, &rec), 0);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		machine_put(&m.machine, "run/kdump-init/armed", texts[i]);
		CHECK_EQ(record_read(folder, &rec), -EBADMSG);
	}
	CHECK(status_has("the record was lost"));
	/* a key of a later version is passed over */
	machine_put(&m.machine, "run/kdump-init/armed",
		    "kernel /a\ninitrd /b\ncmdline x  y\nfuture 1\nback 1\nloaded_s 7\n");
	CHECK_EQ(record_read(folder, &rec), 0);
	CHECK_STR(rec.pair.cmdline, "x  y");
	CHECK_STR(rec.back, "1");
	close(folder);
	end();
}

TEST(only_one_at_a_time)
{
	char words[80];
	int folder, lock;

	begin();
	folder = record_folder(m.machine.fd, true);
	lock = lock_take(folder, "unload", 0, NULL);
	CHECK(lock >= 0);
	CHECK_EQ(load(NULL, NULL), -1);
	snprintf(words, sizeof(words), "at work (unload, process %d, for 10 s)", (int)getpid());
	CHECK(logged(words));
	CHECK_EQ(m.calls, 0);
	close(lock);
	CHECK_EQ(load(NULL, NULL), 0);
	close(folder);
	end();
}

/* What status says of the machine now: its exit's reasons, and this id among them. */
static bool finds(const char *id, bool stale, bool fatal)
{
	static struct status s;
	bool found = !id;

	CHECK_EQ(status_read(m.machine.fd, &s), 0);
	for (unsigned i = 0; i < s.findings.n; i++)
		found = found || !strcmp(s.findings.item[i].id, id);
	if (found && s.findings.stale == stale && s.findings.fatal == fatal)
		return true;
	printf("not found: %s\n", id ? id : "nothing");
	for (unsigned i = 0; i < s.findings.n; i++)
		printf("  %d %s: %s\n", s.findings.item[i].level, s.findings.item[i].id,
		       s.findings.item[i].text);
	return false;
}

/* Settings of another program's file, of which none has an effect here, and a reason not to load. */
TEST(a_reason_behind_many_settings)
{
	char text[8192] = "";
	size_t n = 0;

	begin();
	for (unsigned i = 0; i < 40; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "KDUMP_SAVEDIR=/%u\n", i);
	machine_put(&m.machine, "etc/sysconfig/kdump", text);
	CHECK(finds("settings-no-effect", false, false));
	machine_put(&m.machine, "sys/kernel/kexec_crash_size", "0\n");
	machine_put(&m.machine, "proc/iomem", "00100000-3ffdffff : System RAM\n");
	CHECK(finds("no-reservation", false, true));
	CHECK_EQ(load(NULL, NULL), -1);
	CHECK(logged("no memory is reserved"));
	end();
}

TEST(status_json)
{
	static char text[STATUS_BYTES];
	struct status s;

	begin();
	CHECK_EQ(status_read(m.machine.fd, &s), 0);
	CHECK_EQ(status_json(&s, text, sizeof(text)), 0);
	CHECK(strstr(text, "\"armed\": false") && strstr(text, "\"loaded\": null"));
	CHECK_EQ(load(NULL, NULL), 0);
	machine_put_initrd(&m.machine, MACHINE_INITRD, "another image");
	machine_put(&m.machine, "proc/sys/kernel/panic_on_oops", "0\n");
	CHECK_EQ(status_read(m.machine.fd, &s), 0);
	CHECK_EQ(status_json(&s, text, sizeof(text)), 0);
	CHECK(strstr(text, "\"armed\": true") && strstr(text, "\"stale\": true"));
	CHECK(strstr(text, "\"reserved_bytes\": 268435456") &&
	      strstr(text, "kernel.panic_on_oops is 0"));
	CHECK(strstr(text, "\"state\": \"armed, but stale\"") &&
	      strstr(text, "\"id\": \"initrd-replaced\""));
	CHECK_EQ(status_json(&s, text, 200), -ENOSPC);
	CHECK_EQ(status_text(&s, text, 50), -ENOSPC);
	end();
}

/* A file that the image was made from, of the text that it had then. */
static struct image_input input(const char *kind, const char *path, const char *text, char *sum)
{
	fakeimage_sum(text, strlen(text), sum);
	return (struct image_input){ kind, path, strlen(text), sum };
}

TEST(stale_inputs_are_told)
{
	static const struct {
		const char *kind, *path, *id;
	} files[] = {
		{ "conf", "/etc/kdump.conf", "config-changed" },
		{ "hook", "/opt/pre", "hook-changed" },
		{ "key", "/etc/key", "key-changed" },
		{ "ca", "/etc/ca", "ca-changed" },
		{ "program", "/usr/lib/kdump-init/kdump-init", "program-changed" },
		{ "module", "/lib/modules/x/a.ko", "module-changed" },
	};
	char sum[SHA256_TEXT];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct fakeimage f = { .release = MACHINE_RELEASE, .payload = "an image..." };
		const char *path = files[i].path;

		begin();
		f.input[f.n_inputs++] = input(files[i].kind, path, "as it was", sum);
		machine_put(&m.machine, path + 1, "as it was");
		machine_put_image(&m.machine, MACHINE_INITRD, &f);
		CHECK_EQ(load(NULL, NULL), 0);
		CHECK(finds(NULL, false, false));
		CHECK(status_has("armed\n"));
		/* of the same length */
		machine_put(&m.machine, path + 1, "as it is.");
		CHECK(finds(files[i].id, true, false));
		CHECK(status_has("armed, but stale\n"));
		CHECK(status_has(path) &&
		      status_has("since the image was made: run kdump-mkinitrd"));
		/* a load tells as well, and arms */
		logged("");
		CHECK_EQ(load(NULL, NULL), 0);
		CHECK(logged("has changed since the image was made"));
		CHECK_EQ(unlinkat(m.machine.fd, path + 1, 0), 0);
		CHECK(finds(files[i].id, true, false));
		/* an image for another root may be used where the file never was */
		f.other_root = true;
		machine_put_image(&m.machine, MACHINE_INITRD, &f);
		CHECK_EQ(load(NULL, NULL), 0);
		CHECK(finds(NULL, false, false));
		end();
	}
}

TEST(config_that_came_later)
{
	struct fakeimage f = { .release = MACHINE_RELEASE, .payload = "an image..." };
	char sum[SHA256_TEXT];

	begin();
	f.input[f.n_inputs++] = input("conf", "/etc/kdump.conf", "", sum);
	machine_put_image(&m.machine, MACHINE_INITRD, &f);
	CHECK_EQ(load(NULL, NULL), 0);
	CHECK(finds(NULL, false, false));
	machine_put(&m.machine, "etc/kdump.conf", "path /x\n");
	CHECK(finds("config-changed", true, false));
	end();
}

TEST(another_version_is_installed)
{
	struct fakeimage f = { .release = MACHINE_RELEASE,
			       .payload = "an image...",
			       .version = "0.0.1" };

	begin();
	machine_put_image(&m.machine, MACHINE_INITRD, &f);
	CHECK_EQ(load(NULL, NULL), 0);
	CHECK(finds("version-differs", true, false));
	end();
}

TEST(kernels_without_an_image)
{
	begin();
	CHECK_EQ(load(NULL, NULL), 0);
	machine_put(&m.machine, "lib/modules/6.9/modules.dep", "");
	/* modules that a removed kernel left */
	CHECK(finds(NULL, false, false));
	CHECK_EQ(m.calls, 1);
	machine_put(&m.machine, "boot/vmlinuz-6.9", "kernel");
	CHECK(finds("kernel-without-image", false, false));
	CHECK(status_has("no capture image for the installed kernel 6.9: run kdump-mkinitrd -k 6.9 "
			 "-o /boot/kdump-init-6.9.img"));
	CHECK(status_has("armed\n"));
	machine_put(&m.machine, "boot/kdump-init-6.9.img", "");
	CHECK(finds(NULL, false, false) && !status_has("6.9"));
	end();
}

TEST(loaded_and_would_fail)
{
	struct fakeimage f = { .release = MACHINE_RELEASE,
			       .payload = "an image...",
			       .unpacked_bytes = 1 << 20 };

	begin();
	CHECK_EQ(load(NULL, NULL), 0);
	/* loaded by an older version, which did not look */
	machine_put(&m.machine, "sys/kernel/kexec_crash_size", "59000000\n");
	machine_put(&m.machine, "proc/iomem", "");
	CHECK(finds("reservation-too-small", false, true));
	CHECK(status_has("armed, but a capture would fail\n"));
	end();
	begin();
	f.n_modules = 1;
	f.release = "6.9";
	machine_put_image(&m.machine, MACHINE_INITRD, &f);
	CHECK_EQ(load(NULL, NULL), -1);
	CHECK(logged("was made for kernel 6.9, and the crash kernel is " MACHINE_RELEASE));
	CHECK_EQ(m.calls, 0);
	end();
}

TEST(foreign_initrd)
{
	struct load_options o = { .foreign_initrd = true };

	begin();
	machine_put(&m.machine, MACHINE_INITRD, "\x28\xb5\x2f\xfd another program's");
	CHECK_EQ(load(NULL, NULL), -1);
	CHECK(logged("to load it all the same: --foreign-initrd"));
	CHECK_EQ(m.calls, 0);
	CHECK_EQ(arm_load(m.machine.fd, &o), 0);
	CHECK(logged("whether a capture with it works is not known"));
	/* status remembers that it is meant */
	CHECK(finds("initrd-foreign", false, false));
	end();
}
