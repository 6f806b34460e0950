/* SPDX-License-Identifier: MIT */
/*
 * The way back from both ends, on machines made of files: what is recorded when one is armed, and
 * what its capture makes of that. kexec is played below.
 */
#include <sys/stat.h>

#include "lib/cleanup.h"
#include "lib/io.h"
#include "loader/back/back_load.h"
#include "loader/back/back_make.h"
#include "loader/back/back_record.h"
#include "loader/back/back_token.h"
#include "loader/kexec/kexec.h"
#include "tests/unit/fake/logfile.h"
#include "tests/unit/fake/machine.h"
#include "tests/unit/test.h"

#define UUID MACHINE_BOOT_UUID
#define CONFIG                                                                                     \
	"path /crash\next4 UUID=" UUID "\nfinal_action kexec\nkexec_disk ext4 UUID=" UUID "\n"
#define INITRD "boot/initrd.img-" MACHINE_RELEASE
#define LINE   "root=/dev/vda1 ro console=ttyS0 quiet crashkernel=256M"
#define RECORD "etc/kdump-return"
#define MIB    (1ull << 20)

static struct {
	struct machine machine, capture;
	int log;
	struct host host;
	struct image image;
	struct back back;
	struct findings f;
	int err, loads;
	bool initrd, apart;
	uint64_t ram_bytes;
	char cmdline[CMDLINE_BYTES];
} m;

int kexec_load_normal(const struct kexec_request *q, struct kexec_done *done)
{
	m.loads++;
	m.initrd = q->initrd_fd >= 0;
	m.apart = q->apart && q->call == KEXEC_SEGMENTS;
	m.ram_bytes = iomem_bytes(q->memory, IOMEM_BIT(IOMEM_RAM));
	snprintf(m.cmdline, sizeof(m.cmdline), "%s", q->cmdline);
	*done = (struct kexec_done){ .call = KEXEC_SEGMENTS, .prepared = true };
	return m.err;
}

static void begin(void)
{
	memset(&m, 0, sizeof(m));
	m.image.fd = -1;
	m.machine = machine_make();
	m.capture = machine_make();
	machine_put_boot_disk(&m.machine);
	machine_put(&m.machine, INITRD, "070701 production");
	tree_dir(&m.machine.tree, "/sys/devices/system/cpu/cpu0");
	tree_dir(&m.machine.tree, "/sys/devices/system/cpu/cpu1");
	m.log = logfile_open(m.machine.fd);
}

static void end(void)
{
	logfile_close(m.log);
	image_close(&m.image);
	free(m.back.text);
	machine_remove(&m.machine);
	machine_remove(&m.capture);
}

static bool logged(const char *words)
{
	return logfile_has(m.log, words);
}

/* Arms with an image of this config; is a way back recorded? */
static bool make(const char *config, uint64_t left_bytes)
{
	static struct conf_findings found;
	static struct conf conf;
	static char text[1024];

	snprintf(text, sizeof(text), "%s", config);
	CHECK_EQ(conf_parse(text, strlen(text), &conf, &found), 0);
	machine_put_image(&m.machine, MACHINE_INITRD,
			  &(struct fakeimage){ .release = MACHINE_RELEASE,
					       .payload = "the payload",
					       .config = config,
					       .n_modules = 3 });
	image_close(&m.image);
	CHECK_EQ(image_open(m.machine.fd, MACHINE_INITRD, &m.image), 0);
	CHECK_EQ(host_read(m.machine.fd, &m.host), 0);
	m.f = (struct findings){ 0 };
	free(m.back.text);
	back_make(m.machine.fd, &m.host, &conf, left_bytes, &m.back, &m.f);
	return m.back.text != NULL;
}

static bool refused(const char *config, uint64_t left_bytes, const char *words)
{
	if (make(config, left_bytes) || m.f.n != 1 || m.f.fatal ||
	    m.f.item[0].level != FINDING_WARNING || !strstr(m.f.item[0].text, words)) {
		printf("%u findings: %s\n", m.f.n, m.f.n ? m.f.item[0].text : m.back.text);
		return false;
	}
	return true;
}

static struct back_record parsed(void)
{
	_free_ char *copy = strdup(m.back.text ? m.back.text : "");
	struct back_record b;

	CHECK_EQ(back_record_parse(copy, &b), 0);
	return b;
}

/* ---------------------------------------------------------------- when armed */

TEST(only_who_asks_for_it)
{
	begin();
	CHECK(!make("path /crash\next4 UUID=" UUID "\n", 0));
	CHECK_EQ(m.f.n, 0);
	CHECK_EQ(back_attach(&m.image, &m.back), -ENOENT);
	end();
}

TEST(what_is_recorded)
{
	struct back_record b;

	begin();
	CHECK(make(CONFIG "kexec_min_uptime 77\n", 200 * MIB));
	CHECK_EQ(m.f.n, 0);
	b = parsed();
	/* within the file system, not as the machine has it */
	CHECK_STR(b.kernel.path, "/vmlinuz-" MACHINE_RELEASE);
	CHECK_STR(b.initrd.path, "/initrd.img-" MACHINE_RELEASE);
	CHECK_EQ(b.kernel.bytes, MACHINE_KERNEL_BYTES);
	CHECK_STR(b.release, MACHINE_RELEASE);
	CHECK_STR(b.cmdline, LINE " kdump_init.returned=1");
	CHECK_EQ(b.first_cpu, 4);
	CHECK_EQ(b.cpus, 2);
	CHECK_EQ(b.returned, 1);
	CHECK_EQ(b.min_uptime_s, 77);
	/* all of it, the reservation too */
	CHECK_EQ(iomem_bytes(&b.memory, IOMEM_BIT(IOMEM_RAM)), 0x3fee0000);
	CHECK_EQ(iomem_bytes(&b.memory, IOMEM_BIT(IOMEM_RESERVED)), 0x1000);
	CHECK_EQ(iomem_bytes(&b.memory, IOMEM_BIT(IOMEM_CRASH)), 0);
	back_record_free(&b);
	end();
}

/* A kernel that was returned to. */
TEST(the_mark_is_counted)
{
	struct back_record b;

	begin();
	machine_put(&m.machine, "proc/cmdline", "BOOT_IMAGE=/v " LINE " kdump_init.returned=3\n");
	CHECK(make(CONFIG "kexec_initrd none\n", 0));
	b = parsed();
	CHECK_EQ(b.returned, 4);
	CHECK_STR(b.cmdline, LINE " kdump_init.returned=4");
	CHECK_STR(b.initrd.path, "");
	back_record_free(&b);
	/* one that somebody wants stays */
	machine_put(&m.machine, "proc/cmdline", "disable_cpu_apicid=9 " LINE "\n");
	CHECK(make(CONFIG, 0));
	b = parsed();
	CHECK_STR(b.cmdline, "disable_cpu_apicid=9 " LINE " kdump_init.returned=1");
	back_record_free(&b);
	end();
}

TEST(refusals_when_armed)
{
	begin();
	CHECK(refused("path /crash\next4 UUID=1\nfinal_action kexec\n", 0,
		      "does not say where the kernel is: run kdump-mkinitrd"));
	CHECK(refused(CONFIG "kexec_initrd /boot/none\n", 0, "initrd /boot/none: No such file"));
	CHECK(refused(CONFIG "kexec_kernel /boot/initrd.img-" MACHINE_RELEASE "\n", 0,
		      "the production kernel /boot/initrd"));
	/* another disk than the image's */
	machine_put(&m.machine, "proc/self/mountinfo", "28 1 0:40 / / rw - tmpfs tmpfs rw\n");
	CHECK(refused(CONFIG, 0, "and the image was made for UUID=" UUID));
	machine_mount_boot(&m.machine);
	CHECK_EQ(unlinkat(m.machine.fd, INITRD, 0), 0);
	CHECK(refused(CONFIG, 0, "name it with kexec_initrd"));
	machine_put(&m.machine, INITRD, "");
	machine_put(&m.machine, "sys/kernel/security/lockdown", "none [integrity]\n");
	CHECK(refused(CONFIG, 0, "locked down"));
	machine_put(&m.machine, "sys/kernel/security/lockdown", "[none] integrity\n");
	machine_put(&m.machine, "boot/config-" MACHINE_RELEASE, "\nCONFIG_KEXEC_FILE=y\n");
	CHECK(refused(CONFIG, 0, "without kexec_load"));
	machine_put(&m.machine, "boot/config-" MACHINE_RELEASE, "\nCONFIG_KEXEC=y\n");
	machine_put(&m.machine, "proc/sys/kernel/osrelease", "9.9\n");
	CHECK(refused(CONFIG "kexec_kernel /" MACHINE_KERNEL "\n", 0, "and 9.9 runs"));
	/* its kernel jumps by a map of the memory that it was told of */
	machine_put(&m.machine, "proc/sys/kernel/arch", "aarch64\n");
	CHECK(refused(CONFIG, 0, "a kernel of aarch64 cannot be left"));
	end();
}

/* Half of what is left beside the kernel, and all that is free. */
TEST(room)
{
	_close_ int fd = -1;

	begin();
	fd = openat(m.machine.fd, INITRD, O_WRONLY | O_CLOEXEC);
	CHECK_EQ(ftruncate(fd, 110 * MIB), 0);
	CHECK(make(CONFIG, 0));
	CHECK(make(CONFIG, 119 * MIB));
	CHECK(refused(CONFIG, 117 * MIB, "takes crashkernel=272M"));
	CHECK_EQ(ftruncate(fd, 112 * MIB), 0);
	CHECK(refused(CONFIG, 0, "initrd are 113 MiB"));
	CHECK(refused(CONFIG, 0, "takes crashkernel=272M"));
	end();
}

/* The kernel unpacks three archives, one behind the other. */
TEST(attached)
{
	static char all[65536];
	_close_ int fd = -1;
	struct stat st;
	size_t at;

	begin();
	CHECK(make(CONFIG, 0));
	fd = back_attach(&m.image, &m.back);
	CHECK(fd >= 0 && !fstat(fd, &st) && st.st_size < (off_t)sizeof(all));
	CHECK_EQ(io_pread(fd, all, (size_t)st.st_size, 0), 0);
	at = (m.image.id.bytes + 511) / 512 * 512;
	CHECK(!memcmp(all + m.image.id.bytes - 11, "the payload", 11));
	CHECK(!memcmp(all + at, "070701", 6));
	CHECK_STR(all + at + 110, RECORD);
	CHECK(memmem(all + at, sizeof(all) - at, m.back.text, m.back.len) != NULL);
	CHECK(memmem(all + at, sizeof(all) - at, "TRAILER!!!", 10) != NULL);
	CHECK_EQ(st.st_size % 512, 0);
	end();
}

TEST(damaged_records)
{
	static const char *const texts[] = {
		"",
		"kdump-return 2\n",
		"kdump-return 1\nmemory\n",
		("kdump-return 1\nkernel 1 x /a\ncmdline x\nrelease 1\nmemory\n1000-1fff : System "
		 "RAM\n"),
		"kdump-return 1\nkernel\n",
		"kdump-return 1\ncmdline x\nrelease 1\n",
	};
	struct back_record b;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		_free_ char *copy = strdup(texts[i]);

		CHECK_EQ(back_record_parse(copy, &b), -EBADMSG);
		back_record_free(&b);
	}
}

/* ---------------------------------------------------------------- in the capture */

/* The capture of the machine as it was armed: its disk is mounted at the machine's /boot. */
static int come_back(uint64_t uptime_s)
{
	return back_load(m.capture.fd, machine_path(&m.machine, "boot"), uptime_s);
}

static void arm_capture(const char *config)
{
	CHECK(make(config, 0));
	machine_put(&m.capture, RECORD, m.back.text ? m.back.text : "");
}

TEST(loaded)
{
	begin();
	arm_capture(CONFIG);
	CHECK_EQ(come_back(1), 0);
	CHECK_EQ(m.loads, 1);
	CHECK(m.initrd && m.apart);
	CHECK_EQ(m.ram_bytes, 0x3fee0000);
	/* the crash was on the first processor */
	CHECK_STR(m.cmdline, LINE " kdump_init.returned=1");
	CHECK(logged("loaded: kernel /vmlinuz-" MACHINE_RELEASE));
	m.err = -EINVAL;
	CHECK_EQ(come_back(1), -1);
	CHECK(logged("the production kernel cannot be loaded"));
	end();
}

/* The first one is halted in memory that production would write over. */
TEST(on_another_processor)
{
	begin();
	arm_capture(CONFIG);
	machine_put(&m.capture, "proc/cpuinfo", "processor\t: 0\ninitial apicid\t: 9\n");
	CHECK_EQ(come_back(0), -1);
	CHECK_EQ(m.loads, 0);
	CHECK(logged("the crash was not on the CPU that the firmware booted"));
	end();
}

TEST(crashed_at_once)
{
	begin();
	machine_put(&m.machine, "proc/cmdline", LINE " kdump_init.returned=1\n");
	arm_capture(CONFIG "kexec_min_uptime 300\n");
	CHECK_EQ(come_back(299), -1);
	CHECK(logged("(1 times since the firmware) and ran for 299 s, less than kexec_min_uptime"));
	CHECK_EQ(m.loads, 0);
	CHECK_EQ(come_back(300), 0);
	/* no stamps in its log */
	CHECK_EQ(come_back(0), 0);
	/* the firmware booted it: it may crash when it likes */
	machine_put(&m.machine, "proc/cmdline", LINE "\n");
	arm_capture(CONFIG "kexec_min_uptime 300\n");
	CHECK_EQ(come_back(2), 0);
	end();
}

TEST(not_what_it_was)
{
	begin();
	CHECK_EQ(come_back(1), -1);
	CHECK(logged("no production kernel was recorded"));
	machine_put(&m.capture, RECORD, "nonsense");
	CHECK_EQ(come_back(1), -1);
	CHECK(logged("/etc/kdump-return: "));
	arm_capture(CONFIG);
	machine_put(&m.machine, INITRD, "070701 Production");
	CHECK_EQ(come_back(1), -1);
	CHECK(logged("initrd /initrd.img-" MACHINE_RELEASE " is not what it was"));
	machine_put_kernel(&m.machine, MACHINE_KERNEL, 2);
	CHECK_EQ(come_back(1), -1);
	CHECK(logged("kernel /vmlinuz-" MACHINE_RELEASE " is not what it was"));
	CHECK_EQ(unlinkat(m.machine.fd, MACHINE_KERNEL, 0), 0);
	CHECK_EQ(come_back(1), -1);
	CHECK(logged("No such file"));
	CHECK_EQ(m.loads, 0);
	end();
}

TEST(no_room_in_the_capture)
{
	begin();
	arm_capture(CONFIG);
	machine_put(&m.capture, "proc/meminfo", "MemTotal: 90000 kB\nMemAvailable: 8000 kB\n");
	CHECK_EQ(come_back(1), -1);
	CHECK(logged("and 7 MiB are free: make crashkernel= larger"));
	CHECK_EQ(m.loads, 0);
	end();
}
