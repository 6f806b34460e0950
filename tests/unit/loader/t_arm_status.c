/* SPDX-License-Identifier: MIT */
/*
 * What status finds on a machine that was armed.
 */
#include "tests/unit/fake/armmachine.h"

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
