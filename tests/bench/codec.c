/* SPDX-License-Identifier: MIT */
/*
 * codec ELF: compresses the pages of an ELF dump from memory, one after the other with one thread,
 * as kdump-dumper -z does by itself, and throws the result away. Prints "codec SECONDS BYTES PAGES":
 * what the dump of these pages costs at least. Pages of zeros, which no dump at level 31 stores, are
 * passed over.
 */
#include <elf.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "dumper/compress/compress.h"

#define PAGE_BYTES 4096

struct pages {
	const unsigned char **at; /* of each page, in the file's order */
	size_t count, room;
	const unsigned char *file;
	size_t file_bytes;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int map_file(struct pages *p, const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) || st.st_size < (off_t)sizeof(Elf64_Ehdr))
		return -1;
	p->file_bytes = (size_t)st.st_size;
	/* populated: reading the file is no part of what is measured */
	p->file = mmap(NULL, p->file_bytes, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
	close(fd);
	return p->file == MAP_FAILED ? -1 : 0;
}

static int add_page(struct pages *p, const unsigned char *page)
{
	static const unsigned char zeros[PAGE_BYTES];

	if (!memcmp(page, zeros, PAGE_BYTES))
		return 0;
	if (p->count == p->room) {
		p->room = p->room ? 2 * p->room : 1 << 16;
		p->at = realloc(p->at, p->room * sizeof(*p->at));
		if (!p->at)
			return -1;
	}
	p->at[p->count++] = page;
	return 0;
}

static int add_segments(struct pages *p)
{
	const Elf64_Ehdr *e = (const void *)p->file;
	const Elf64_Phdr *ph = (const void *)(p->file + e->e_phoff);

	for (unsigned i = 0; i < e->e_phnum; i++) {
		if (ph[i].p_type != PT_LOAD)
			continue;
		if (ph[i].p_offset + ph[i].p_filesz > p->file_bytes)
			return -1;
		for (uint64_t at = 0; at + PAGE_BYTES <= ph[i].p_filesz; at += PAGE_BYTES) {
			if (add_page(p, p->file + ph[i].p_offset + at))
				return -1;
		}
	}
	return 0;
}

static int compress_all(const struct pages *p)
{
	unsigned char packed[PAGE_BYTES];
	struct compressor c;
	uint64_t bytes = 0;
	double begin;

	if (compress_open(&c, DUMP_ZSTD, 0, PAGE_BYTES))
		return -1;
	begin = now();
	for (size_t i = 0; i < p->count; i++) {
		size_t n = compress_page(&c, p->at[i], packed);

		bytes += n ? n : PAGE_BYTES;
	}
	printf("codec %.6f %llu %zu\n", now() - begin, (unsigned long long)bytes, p->count);
	compress_close(&c);
	return 0;
}

int main(int argc, char **argv)
{
	struct pages p = { 0 };

	if (argc != 2) {
		fprintf(stderr, "usage: codec ELF\n");
		return 2;
	}
	if (map_file(&p, argv[1]) || add_segments(&p) || compress_all(&p)) {
		fprintf(stderr, "codec: %s is no ELF dump that can be read\n", argv[1]);
		return 1;
	}
	return 0;
}
