/* SPDX-License-Identifier: MIT */
#include "loader/arch/x86/efi.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/io.h"

#define FOLDER "sys/firmware/efi"

enum { RANGES_MAX = 4096 };

static_assert(sizeof(struct efi_memory) == 40, "fixed by the firmware's specification");

/* The number in a file; 0: none. */
static uint64_t number(int root, const char *path)
{
	char text[64];

	return io_read_file(root, path, text, sizeof(text), NULL) ? 0 : strtoull(text, NULL, 0);
}

static uint64_t runtime_word(int root, unsigned i, const char *word)
{
	char path[96];

	snprintf(path, sizeof(path), FOLDER "/runtime-map/%u/%s", i, word);
	return number(root, path);
}

/* A range without pages ends the list. */
static int add_range(int root, unsigned i, struct efi_state *ret)
{
	struct efi_memory m = { .pages = runtime_word(root, i, "num_pages") };
	struct efi_memory *grown;

	if (!m.pages)
		return -ENOENT;
	m.type = (uint32_t)runtime_word(root, i, "type");
	m.physical = runtime_word(root, i, "phys_addr");
	m.virtual = runtime_word(root, i, "virt_addr");
	m.attributes = runtime_word(root, i, "attribute");
	grown = realloc(ret->map, (ret->n + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	ret->map = grown;
	ret->map[ret->n++] = m;
	return 0;
}

/* "ACPI20=0x7fb7e014" and so on, one a line. */
static uint64_t table(const char *systab, const char *name)
{
	size_t n = strlen(name);

	for (const char *s = systab; *s; s += strcspn(s, "\n"), s += *s == '\n') {
		if (!strncmp(s, name, n) && s[n] == '=')
			return strtoull(s + n + 1, NULL, 16);
	}
	return 0;
}

int efi_read(int root, struct efi_state *ret)
{
	char systab[1024] = "";
	int r = 0;

	*ret = (struct efi_state){ .fw_vendor = number(root, FOLDER "/fw_vendor"),
				   .tables = number(root, FOLDER "/config_table") };
	if (!io_read_file(root, FOLDER "/systab", systab, sizeof(systab), NULL)) {
		ret->rsdp = table(systab, "ACPI20");
		if (!ret->rsdp)
			ret->rsdp = table(systab, "ACPI");
		ret->smbios = table(systab, "SMBIOS");
	}
	for (unsigned i = 0; !r && i < RANGES_MAX; i++)
		r = add_range(root, i, ret);
	return r == -ENOMEM ? r : 0;
}

void efi_free(struct efi_state *e)
{
	free(e->map);
	*e = (struct efi_state){ 0 };
}
