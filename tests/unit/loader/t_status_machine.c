/* SPDX-License-Identifier: MIT */
/*
 * What status says of machines that cannot be armed, and load of kernels that are another machine's.
 */
#include "loader/status.h"

#include "loader/plan.h"
#include "tests/unit/fake/machine.h"
#include "tests/unit/test.h"

static struct machine t;
static struct status s;

/* Is this id among what status finds, and fatal? NULL: nothing that is fatal. */
static bool finds(const char *id)
{
	bool found = !id;

	CHECK_EQ(status_read(t.fd, &s), 0);
	for (unsigned i = 0; i < s.findings.n; i++)
		found = found || !strcmp(s.findings.item[i].id, id);
	return found && s.findings.fatal == (id != NULL);
}

/* Debian's arm64 under Secure Boot, and a kernel without any support. */
TEST(a_machine_that_cannot_be_armed)
{
	static char text[STATUS_BYTES];

	t = machine_make();
	CHECK(finds(NULL));
	machine_put(&t, "boot/config-" MACHINE_RELEASE,
		    "\nCONFIG_KEXEC=y\n# CONFIG_KEXEC_FILE is not set\n");
	machine_put(&t, "sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
	CHECK(finds("call-locked-down"));
	CHECK_EQ(status_text(&s, text, sizeof(text)), 0);
	CHECK(strstr(text, "and was built without kexec_file_load (CONFIG_KEXEC_FILE): it cannot "
			   "be armed"));
	CHECK(!strncmp(text, "not armed\n", 10));
	machine_put(&t, "sys/kernel/security/lockdown", "[none] integrity confidentiality\n");
	CHECK(finds(NULL));
	unlinkat(t.fd, "sys/kernel/kexec_crash_loaded", 0);
	CHECK(finds("no-crash-support"));
	machine_remove(&t);
}

static bool refused(const char *machine, const char *words)
{
	static struct plan p;
	struct load_options o = { .kernel = NULL };
	bool found = false;

	machine_put(&t, "proc/sys/kernel/arch", machine);
	plan_make(t.fd, &o, &p);
	for (unsigned i = 0; i < p.findings.n; i++)
		found |= strstr(p.findings.item[i].text, words) != NULL;
	image_pair_close(&p.pair);
	return found && p.findings.fatal;
}

TEST(a_kernel_of_another_machine)
{
	t = machine_make();
	CHECK(refused("s390x\n", "built for another machine than the running kernel's, s390x"));
	CHECK(refused("aarch64\n", "is an x86 bzImage: this machine needs an Image"));
	CHECK(refused("riscv64\n", "is an x86 bzImage"));
	machine_remove(&t);
}
