/* SPDX-License-Identifier: MIT */
/*
 * Each cause for which a machine is not armed, or armed in vain: provoked on a machine made of
 * files, and gone once it is mended.
 */
#include "loader/status.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include "loader/proof/verified.h"
#include "loader/record.h"
#include "tests/unit/fake/machine.h"
#include "tests/unit/test.h"

#define UUID "aa000000-0000-0000-0000-000000000000"

static struct machine m;
static struct status s;

/* A machine whose disk vda1 has the file system UUID. */
static void begin(void)
{
	unsigned char disk[8192] = { 0 };

	m = machine_make();
	memcpy(disk + 1024 + 56, "\x53\xef", 2);
	disk[1024 + 104] = 0xaa;
	machine_put_bytes(&m, "dev/vda1", disk, sizeof(disk));
	tree_dir(&m.tree, "/sys/class/block/vda1");
	machine_put(&m, "sys/class/net/lo/address", "00:00:00:00:00:00\n");
	machine_put(&m, "sys/class/net/eth0/address", "52:54:00:12:34:56\n");
}

static void end(void)
{
	machine_remove(&m);
}

/* Makes the image with this config, and the record of a load of it. */
static void arm_with(const char *config)
{
	struct record rec = { .call = KEXEC_FILE };
	int folder = record_folder(m.fd, true);

	machine_put_image(&m, MACHINE_INITRD,
			  &(struct fakeimage){ .release = MACHINE_RELEASE,
					       .payload = "an image",
					       .config = config,
					       .n_modules = 3,
					       .unpacked_bytes = 1 << 20 });
	if (image_open(AT_FDCWD, machine_path(&m, MACHINE_KERNEL), &rec.pair.kernel) ||
	    image_open(AT_FDCWD, machine_path(&m, MACHINE_INITRD), &rec.pair.initrd) ||
	    record_save(folder, &rec, 1u << 30))
		abort();
	image_pair_close(&rec.pair);
	close(folder);
	machine_put(&m, "sys/kernel/kexec_crash_loaded", "1\n");
}

static const struct finding *find(const char *id)
{
	CHECK_EQ(status_read(m.fd, &s), 0);
	for (unsigned i = 0; i < s.findings.n; i++) {
		if (!strcmp(s.findings.item[i].id, id))
			return &s.findings.item[i];
	}
	return NULL;
}

/* Is it told, at this level, with these words? */
static bool told(const char *id, enum finding_level level, const char *words)
{
	const struct finding *f = find(id);

	if (f && f->level == level && strstr(f->text, words))
		return true;
	printf("no %s \"%s\" among:\n", id, words);
	for (unsigned i = 0; i < s.findings.n; i++)
		printf("  %s %s: %s\n", findings_level_name(s.findings.item[i].level),
		       s.findings.item[i].id, s.findings.item[i].text);
	return false;
}

/* Causes for which nothing is loaded: what to write, and what mends it. */
static const struct cause {
	const char *path, *broken, *whole;
	const char *id, *words;
} causes[] = {
	{ "sys/kernel/kexec_crash_size", "0\n", "268435456\n", "no-reservation",
	  "although crashkernel=256M was asked for" },
	{ "proc/sys/kernel/kexec_load_disabled", "1\n", "0\n", "load-disabled",
	  "until the next reboot" },
	{ "proc/sys/kernel/kexec_load_limit_panic", "0\n", "-1\n", "load-limit",
	  "no further load or unload until the next reboot" },
	{ "sys/kernel/security/lockdown", "none [integrity] confidentiality\n",
	  "[none] integrity confidentiality\n", "kernel-unsigned",
	  "is not signed, and the running kernel is locked down (Secure Boot?): sign it" },
	{ MACHINE_INITRD, "no image", NULL, "initrd-kind", "initrd " },
	{ MACHINE_KERNEL, "no kernel", NULL, "kernel-unusable", "is too short to be a bzImage" },
};

TEST(why_nothing_is_loaded)
{
	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
		const struct cause *c = &causes[i];

		begin();
		machine_put(&m, c->path, c->broken);
		if (!strcmp(c->id, "no-reservation"))
			machine_put(&m, "proc/iomem", "");
		CHECK(told(c->id, FINDING_ERROR, c->words));
		CHECK(!find("not-loaded"));
		if (c->whole)
			machine_put(&m, c->path, c->whole);
		else if (!strcmp(c->path, MACHINE_INITRD))
			machine_put_initrd(&m, c->path, "an image");
		else
			machine_put_kernel(&m, c->path, 1);
		CHECK(!find(c->id));
		CHECK(told("not-loaded", FINDING_WARNING, "run kdump-loader load"));
		end();
	}
}

TEST(who_asks_may_be_anybody)
{
	begin();
	machine_put(&m, "proc/self/status", "CapEff:\t0000000000000000\n");
	CHECK(!find("not-permitted"));
	CHECK(told("not-loaded", FINDING_WARNING, "run kdump-loader load"));
	end();
}

TEST(a_disk_that_is_gone)
{
	begin();
	arm_with("path /crash\next4 UUID=" UUID "\n");
	CHECK(!find("target-gone") && !s.findings.fatal && !s.findings.stale);
	CHECK_EQ(unlinkat(m.fd, "sys/class/block/vda1", AT_REMOVEDIR), 0);
	CHECK(told("target-gone", FINDING_ERROR,
		   "the target ext4 UUID=" UUID " is on no disk of this machine, and there is no "
		   "other target: run kdump-mkinitrd -o "));
	/* another one is left */
	tree_dir(&m.tree, "/sys/class/block/vda1");
	arm_with("path /crash\nxfs UUID=11111111-0000-0000-0000-000000000000\next4 UUID=" UUID
		 "\n");
	CHECK(told("target-gone", FINDING_STALE, "the target xfs UUID=11111111-"));
	CHECK(!s.findings.fatal);
	end();
}

TEST(a_stack_whose_part_is_gone)
{
	static const char config[] = "path /crash\ndm vg-dumps 0 2048 linear {UUID=" UUID "} 384\n"
				     "ext4 UUID=22222222-0000-0000-0000-000000000000\n";

	begin();
	arm_with(config);
	/* the volume is not active here, and the capture makes it */
	CHECK(!find("target-gone"));
	CHECK_EQ(unlinkat(m.fd, "sys/class/block/vda1", AT_REMOVEDIR), 0);
	CHECK(told("target-gone", FINDING_ERROR, "stands on UUID=" UUID ", and no disk"));
	end();
}

/* Through mtdblock the capture writes; this system need not have it. */
TEST(flash_that_is_gone)
{
	begin();
	arm_with("path /crash\nmtd crash_dumps\n");
	CHECK(told("target-gone", FINDING_ERROR, "MTD=crash_dumps is on no disk"));
	machine_put(&m, "sys/class/mtd/mtd0/name", "u-boot\n");
	CHECK(told("target-gone", FINDING_ERROR, "MTD=crash_dumps is on no disk"));
	machine_put(&m, "sys/class/mtd/mtd1/name", "crash dumps\n");
	CHECK(!find("target-gone") && !s.findings.fatal && !s.findings.stale);
	end();
}

TEST(a_volume_of_flash_that_is_gone)
{
	begin();
	arm_with("path /crash\nubifs MTD=board:dumps\n");
	CHECK(told("target-gone", FINDING_ERROR, "ubifs MTD=board:dumps is on no flash"));
	/* nobody has attached it here: the capture will */
	machine_put(&m, "sys/class/mtd/mtd1/name", "board\n");
	CHECK(!find("target-gone") && !s.findings.fatal && !s.findings.stale);
	machine_put(&m, "sys/class/ubi/ubi0/mtd_num", "1\n");
	machine_put(&m, "sys/class/ubi/ubi0_0/name", "rootfs\n");
	CHECK(told("target-gone", FINDING_ERROR, "ubifs MTD=board:dumps is on no flash"));
	machine_put(&m, "sys/class/ubi/ubi0_1/name", "dumps\n");
	CHECK(!find("target-gone") && !s.findings.fatal && !s.findings.stale);
	machine_put(&m, "sys/class/mtd/mtd3/name", "board\n");
	CHECK(told("target-gone", FINDING_ERROR, "MTD=board:dumps has a name that stands twice"));
	end();
}

TEST(a_share_that_is_gone)
{
	begin();
	arm_with("path /crash\n9p dumps\n");
	CHECK(!find("target-gone"));
	machine_put(&m, "sys/bus/virtio/drivers/9pnet_virtio/virtio3/mount_tag", "other\n");
	CHECK(told("target-gone", FINDING_ERROR, "shares nothing of that name"));
	machine_put(&m, "sys/bus/virtio/drivers/9pnet_virtio/virtio4/mount_tag", "dumps\n");
	CHECK(!find("target-gone"));
	end();
}

TEST(an_image_for_another_nic)
{
	begin();
	arm_with("path /crash\next4 UUID=" UUID "\nhttps https://127.0.0.1:1/in\n"
		 "net 52:54:00:AA:bb:cc dhcp\n");
	CHECK(told("image-nic", FINDING_STALE,
		   "made for the network interface 52:54:00:AA:bb:cc, which this machine does not "
		   "have (it has eth0 52:54:00:12:34:56): run kdump-mkinitrd"));
	CHECK(!s.findings.fatal);
	machine_put(&m, "sys/class/net/eth1/address", "52:54:00:aa:bb:cc\n");
	CHECK(!find("image-nic"));
	/* for fence_kdump alone */
	arm_with("path /crash\next4 UUID=" UUID
		 "\nfence_kdump_nodes n2\nnet 52:54:00:0:0:1 dhcp\n");
	CHECK(told("image-nic", FINDING_STALE, "52:54:00:0:0:1"));
	end();
}

TEST(a_server_that_cannot_be_reached)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(at);
	char config[160];

	CHECK(!bind(fd, (struct sockaddr *)&at, len) &&
	      !getsockname(fd, (struct sockaddr *)&at, &len));
	begin();
	snprintf(config, sizeof(config),
		 "path /crash\nhttps https://127.0.0.1:%u/in\nnet 52:54:00:12:34:56 dhcp\n",
		 ntohs(at.sin_port));
	arm_with(config);
	CHECK(told("target-unreachable", FINDING_ERROR,
		   "cannot be reached now: Connection refused, and there is no other target"));
	CHECK(!listen(fd, 4));
	CHECK(!find("target-unreachable") && !s.findings.fatal);
	close(fd);
	strcat(config, "ext4 UUID=" UUID "\n");
	arm_with(config);
	CHECK(told("target-unreachable", FINDING_WARNING, "see whether the server runs"));
	CHECK(!s.findings.fatal && !s.findings.stale);
	end();
}

TEST(what_cannot_be_loaded_again)
{
	begin();
	arm_with(NULL);
	machine_put(&m, "proc/sys/kernel/kexec_load_limit_panic", "0\n");
	machine_put(&m, "sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
	CHECK(told("load-limit", FINDING_WARNING, "until the next reboot"));
	CHECK(told("kernel-unsigned", FINDING_WARNING, "locked down by now"));
	machine_put(&m, "proc/sys/kernel/kexec_load_limit_panic", "7\n");
	machine_put(&m, "sys/kernel/security/lockdown", "[none] integrity confidentiality\n");
	CHECK(!find("load-limit") && !find("kernel-unsigned"));
	end();
}

TEST(what_a_verification_said)
{
	static char text[STATUS_BYTES];
	struct verified v = { .good = true, .time_s = 1764489600, .used_bytes = 61ull << 20 };
	int folder;

	begin();
	arm_with(NULL);
	CHECK(!find("verified-no") && !s.was_verified);
	folder = record_folder(m.fd, false);
	v.initrd = s.record.pair.initrd.id;
	CHECK_EQ(verified_save(folder, &v), 0);
	CHECK(!find("verified-no") && s.was_verified && !s.findings.stale);
	CHECK_EQ(status_text(&s, text, sizeof(text)), 0);
	CHECK(strstr(text,
		     "verified      2025-11-30T08:00:00Z: it would capture, with 61 MiB of memory "
		     "at most\n"));
	CHECK_EQ(status_json(&s, text, sizeof(text)), 0);
	CHECK(strstr(text, "\"peak_bytes\": 63963136"));
	v.good = false;
	strcpy(v.why, "no disk\nand more");
	CHECK_EQ(verified_save(folder, &v), 0);
	CHECK(told("verified-no", FINDING_STALE, "(no disk): when that is mended"));
	/* of another image */
	v.initrd.bytes++;
	CHECK_EQ(verified_save(folder, &v), 0);
	CHECK(!find("verified-no") && !s.was_verified);
	machine_put(&m, "run/kdump-init/verified", "1 2 3\n");
	CHECK_EQ(verified_read(folder, &v), -EBADMSG);
	close(folder);
	end();
}

TEST(how_a_crash_on_purpose_went)
{
	static char text[STATUS_BYTES];
	struct drill d;

	begin();
	machine_put(&m, "var/lib/keep", "");
	machine_put(&m, "proc/sys/kernel/random/boot_id", "11111111-aaaa\n");
	arm_with("path /crash\next4 UUID=" UUID "\n");
	CHECK(!find("test-lost") && !s.was_drilled);
	CHECK_EQ(drill_mark(m.fd), 0);
	CHECK_EQ(drill_read(m.fd, &d), 0);
	CHECK_STR(d.boot_id, "11111111-aaaa");
	CHECK(d.time_s > 1700000000);
	CHECK(told("test-not-crashed", FINDING_WARNING, "did not crash this system"));
	/* rebooted, with an older dump at most */
	machine_put(&m, "proc/sys/kernel/random/boot_id", "22222222-bbbb\n");
	machine_put(&m, "proc/self/mountinfo", "28 1 0:9 / / rw - ext4 /dev/vda1 rw\n");
	machine_put(&m, "crash/h-20201123T142005Z-00000001/kdump.json",
		    "{\"state\": \"complete\"}");
	CHECK(told("test-lost", FINDING_WARNING, "no dump of the test of 20"));
	CHECK(!s.findings.stale && !s.findings.fatal);
	/* the dump's name has the time of the crash */
	machine_put(&m, "var/lib/kdump-init/test", "1606141200 11111111-aaaa\n");
	CHECK(!find("test-lost") && s.drill_end == DRILL_CAPTURED);
	CHECK_EQ(status_text(&s, text, sizeof(text)), 0);
	CHECK(strstr(text, "tested        2020-11-23T14:20:00Z: captured, complete\n"));
	CHECK(strstr(text, "\n  in          /crash/h-20201123T142005Z-00000001\n"));
	CHECK(!strstr(text, "\n  of "));
	machine_put(&m, "crash/h-20201123T142005Z-00000001/kdump.json",
		    "{\"state\": \"complete\", \"host\": \"web1\", \"kernel\": {\"release\": "
		    "\"6.1\"}}");
	CHECK(!find("test-lost"));
	CHECK_EQ(status_text(&s, text, sizeof(text)), 0);
	CHECK(strstr(text, "complete\n  of          web1, 6.1\n  in "));
	CHECK_EQ(status_json(&s, text, sizeof(text)), 0);
	CHECK(strstr(text, "\"end\": \"captured\""));
	/* a real crash months later */
	machine_put(&m, "crash/h-20210223T142005Z-00000002/kdump.json",
		    "{\"state\": \"complete\"}");
	CHECK(!find("test-lost") && !s.was_drilled);
	CHECK_EQ(status_json(&s, text, sizeof(text)), 0);
	CHECK(strstr(text, "\"test\": null"));
	machine_put(&m, "var/lib/kdump-init/test", "no mark");
	CHECK(!find("test-lost") && !s.was_drilled);
	end();
}

TEST(what_is_left_and_kernels_without_an_image)
{
	static char text[STATUS_BYTES];
	char line[64];

	begin();
	arm_with("path /crash\next4 UUID=" UUID "\n");
	machine_put(&m, "lib/modules/6.10/modules.dep", "");
	machine_put(&m, "lib/modules/6.10/vmlinuz", "kernel");
	machine_put(&m, "lib/modules/6.9/modules.dep", "");
	machine_put(&m, "boot/vmlinuz-6.9", "kernel");
	/* Alpine's, and a kernel that was removed */
	machine_put(&m, "lib/modules/6.7.1-0-lts/modules.dep", "");
	machine_put(&m, "boot/vmlinuz-lts", "kernel");
	machine_put(&m, "lib/modules/6.8/modules.dep", "");
	CHECK_EQ(status_read(m.fd, &s), 0);
	CHECK(s.left_bytes > 64 << 20 && s.left_bytes < 256 << 20);
	CHECK_EQ(status_text(&s, text, sizeof(text)), 0);
	snprintf(line, sizeof(line), "\n  left        about %llu MiB for the capture system\n",
		 (unsigned long long)s.left_bytes >> 20);
	CHECK(strstr(text, line));
	CHECK(strstr(text, "\nno image for  6.10 6.7.1-0-lts 6.9\n"));
	CHECK_EQ(status_json(&s, text, sizeof(text)), 0);
	CHECK(strstr(text, "\"left_bytes\": "));
	machine_put(&m, "boot/kdump-init-6.9.img", "");
	CHECK_EQ(status_read(m.fd, &s), 0);
	CHECK_EQ(kernels_bare(&s.kernels), 2);
	end();
}

TEST(a_crash_that_fails)
{
	begin();
	machine_put(&m, "trigger", "");
	CHECK_EQ(drill_crash(machine_path(&m, "nowhere")), -ENOENT);
	/* a file takes the letter, and nothing happens */
	CHECK_EQ(drill_crash(machine_path(&m, "trigger")), -EIO);
	end();
}
