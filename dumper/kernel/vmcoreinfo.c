/* SPDX-License-Identifier: MIT */
/*
 * From the notes to the names: finds the VMCOREINFO note and answers questions by key.
 */
#include "dumper/kernel/vmcoreinfo.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/bytes.h"

#define MAX_TEXT     (1u << 20)
#define MAX_NOTES    (1u << 20) /* 8192 CPUs and device dumps fit many times */
#define MAX_LAYOUT   (1u << 20) /* no structure of the kernel is larger */
#define MAX_LENGTH   (1u << 24) /* of an array: mem_section of riscv64 has 4,194,304 */
#define NT_PRSTATUS_ 1

/* A hundred questions about two hundred lines: each line is looked for once. */
static int index_keys(struct vmcoreinfo *vi)
{
	const char *end = vi->text + vi->len;
	size_t lines = 1;

	for (const char *p = vi->text; (p = memchr(p, '\n', (size_t)(end - p))); p++)
		lines++;
	vi->key = malloc(lines * sizeof(*vi->key));
	if (!vi->key)
		return -ENOMEM;
	for (const char *line = vi->text, *nl; line < end; line = nl + 1) {
		const char *eq;

		nl = memchr(line, '\n', (size_t)(end - line));
		nl = nl ? nl : end;
		eq = memchr(line, '=', (size_t)(nl - line));
		if (eq)
			vi->key[vi->n_keys++] =
				(struct vmcoreinfo_key){ (uint32_t)(line - vi->text),
							 (uint32_t)(eq - line) };
	}
	return 0;
}

static int load_text(const struct vmcore *v, uint64_t off, uint32_t len, struct vmcoreinfo *vi)
{
	int r;

	if (len > MAX_TEXT)
		return -EBADMSG;
	vi->text = malloc(len + 1ul);
	if (!vi->text)
		return -ENOMEM;
	vi->text[len] = '\0';
	vi->len = len;
	vi->desc_off = off;
	r = vmcore_notes_read(v, off, vi->text, len);
	return r ? r : index_keys(vi);
}

static int walk_notes(const struct vmcore *v, struct vmcoreinfo *vi)
{
	uint64_t off = 0;

	for (unsigned i = 0; i < MAX_NOTES; i++) {
		uint64_t name_off = off + sizeof(Elf64_Nhdr), desc_off, end;
		Elf64_Nhdr nh;
		char name[12] = "";
		int r;

		if (!bytes_inside(off, sizeof(nh), v->note_len))
			break;
		r = vmcore_notes_read(v, off, &nh, sizeof(nh));
		if (r)
			return r;
		if (!nh.n_namesz && !nh.n_descsz && !nh.n_type)
			break; /* the kernel's zero-filled tail */
		desc_off = name_off + bytes_round_up(nh.n_namesz, 4);
		end = desc_off + bytes_round_up(nh.n_descsz, 4);
		if (!bytes_inside(desc_off, nh.n_descsz, v->note_len))
			return vi->text ? 0 : -EBADMSG;
		if (nh.n_namesz < sizeof(name))
			r = vmcore_notes_read(v, name_off, name, nh.n_namesz);
		if (!r && !strcmp(name, "CORE") && nh.n_type == NT_PRSTATUS_)
			vi->prstatus++;
		if (!r && !strcmp(name, "VMCOREINFO") && !nh.n_type && !vi->text)
			r = load_text(v, desc_off, nh.n_descsz, vi);
		if (r)
			return r;
		off = end < v->note_len ? end : v->note_len;
		vi->notes_end = off;
	}
	return vi->text ? 0 : -ENODATA;
}

int vmcoreinfo_read(const struct vmcore *v, struct vmcoreinfo *ret)
{
	int r;

	*ret = (struct vmcoreinfo){ 0 };
	r = walk_notes(v, ret);
	if (r)
		vmcoreinfo_free(ret);
	return r;
}

int vmcoreinfo_from_text(const char *text, size_t len, struct vmcoreinfo *ret)
{
	*ret = (struct vmcoreinfo){ .text = malloc(len + 1), .len = len };
	if (!ret->text)
		return -ENOMEM;
	memcpy(ret->text, text, len);
	ret->text[len] = '\0';
	if (index_keys(ret)) {
		vmcoreinfo_free(ret);
		return -ENOMEM;
	}
	return 0;
}

/* All but what it says about the notes. */
void vmcoreinfo_free(struct vmcoreinfo *vi)
{
	free(vi->text);
	free(vi->key);
	*vi = (struct vmcoreinfo){ .prstatus = vi->prstatus, .notes_end = vi->notes_end };
}

/* The value behind "kind(name)=" or, without a kind, "name="; *ret_len up to the line's end. */
static const char *find_value(const struct vmcoreinfo *vi, const char *kind, const char *name,
			      size_t *ret_len)
{
	size_t kind_len = kind ? strlen(kind) : 0, name_len = strlen(name);
	size_t before = kind ? kind_len + 1 : 0, len = before + name_len + (kind ? 1 : 0);

	for (size_t i = 0; i < vi->n_keys; i++) {
		const char *key = vi->text + vi->key[i].at, *value, *nl;

		if (vi->key[i].len != len || memcmp(key + before, name, name_len))
			continue;
		if (kind &&
		    (memcmp(key, kind, kind_len) || key[kind_len] != '(' || key[len - 1] != ')'))
			continue;
		value = key + len + 1;
		nl = memchr(value, '\n', (size_t)(vi->text + vi->len - value));
		*ret_len = (size_t)((nl ? nl : vi->text + vi->len) - value);
		return value;
	}
	return NULL;
}

/* A number that fills its whole line. */
static bool number(const char *value, size_t len, int base, bool is_signed, uint64_t *ret)
{
	char text[32], *end;
	uint64_t n;

	if (!value || !len || len >= sizeof(text))
		return false;
	memcpy(text, value, len);
	text[len] = '\0';
	if (text[0] != '-' && (text[0] < '0' || text[0] > '9') && base == 10)
		return false;
	if (text[0] == '-' && !is_signed)
		return false;
	if (base == 10 && text[0] == '0' && text[1] == 'x')
		base = 16;
	errno = 0;
	n = text[0] == '-' ? (uint64_t)strtoll(text, &end, base) : strtoull(text, &end, base);
	if (errno || end != text + len)
		return false;
	*ret = n;
	return true;
}

bool vmcoreinfo_string(const struct vmcoreinfo *vi, const char *key, char *buf, size_t size)
{
	size_t len;
	const char *value = find_value(vi, NULL, key, &len);

	if (!value)
		return false;
	snprintf(buf, size, "%.*s", (int)(len < size ? len : size), value);
	return true;
}

bool vmcoreinfo_symbol(const struct vmcoreinfo *vi, const char *name, uint64_t *ret)
{
	size_t len = 0;
	const char *value = find_value(vi, "SYMBOL", name, &len);
	uint64_t v;

	if (!number(value, len, 16, false, &v) || !v)
		return false;
	*ret = v;
	return true;
}

uint64_t vmcoreinfo_last_symbol(const struct vmcoreinfo *vi, uint64_t from, uint64_t to)
{
	static const char kind[] = "SYMBOL(";
	uint64_t last = 0, v;

	for (size_t i = 0; i < vi->n_keys; i++) {
		const char *key = vi->text + vi->key[i].at, *value = key + vi->key[i].len + 1, *nl;

		if (vi->key[i].len < sizeof(kind) || memcmp(key, kind, sizeof(kind) - 1))
			continue;
		nl = memchr(value, '\n', (size_t)(vi->text + vi->len - value));
		nl = nl ? nl : vi->text + vi->len;
		if (number(value, (size_t)(nl - value), 16, false, &v) && v >= from && v < to &&
		    v > last)
			last = v;
	}
	return last;
}

bool vmcoreinfo_number(const struct vmcoreinfo *vi, const char *name, int64_t *ret)
{
	size_t len = 0;
	const char *value = find_value(vi, "NUMBER", name, &len);
	uint64_t v;

	if (!number(value, len, 10, true, &v))
		return false;
	*ret = (int64_t)v;
	return true;
}

static bool layout(const struct vmcoreinfo *vi, const char *kind, const char *name, uint64_t max,
		   uint32_t *ret)
{
	size_t len = 0;
	const char *value = find_value(vi, kind, name, &len);
	uint64_t v;

	if (!number(value, len, 10, false, &v) || v > max)
		return false;
	*ret = (uint32_t)v;
	return true;
}

bool vmcoreinfo_offset(const struct vmcoreinfo *vi, const char *name, uint32_t *ret)
{
	return layout(vi, "OFFSET", name, MAX_LAYOUT, ret);
}

bool vmcoreinfo_size(const struct vmcoreinfo *vi, const char *name, uint32_t *ret)
{
	return layout(vi, "SIZE", name, MAX_LAYOUT, ret);
}

bool vmcoreinfo_length(const struct vmcoreinfo *vi, const char *name, uint32_t *ret)
{
	return layout(vi, "LENGTH", name, MAX_LENGTH, ret);
}

bool vmcoreinfo_plain(const struct vmcoreinfo *vi, const char *key, uint64_t *ret)
{
	size_t len = 0;
	const char *value = find_value(vi, NULL, key, &len);

	return number(value, len, 10, false, ret);
}

unsigned vmcoreinfo_page_shift(const struct vmcoreinfo *vi, unsigned shift)
{
	uint64_t bytes;

	if (!vmcoreinfo_plain(vi, "PAGESIZE", &bytes))
		return shift;
	for (unsigned i = 12; i <= 16; i++) {
		if (bytes == 1ull << i)
			return i;
	}
	return shift;
}
