# SPDX-License-Identifier: MIT
# Compiler and libraries for the four programs.
#   DEPS=private  musl and the libraries are built from Debian's source packages into $(DEPS_DIR) (deps/README.md)
#   DEPS=system   the compiler is taken as it is (a musl distribution's) and pkg-config names the libraries

CROSS_COMPILE ?= $(addsuffix -linux-gnu-,$(CROSS))
ifeq ($(origin CC),default)
CC	:= $(CROSS_COMPILE)gcc
endif
CLANG	:= $(findstring clang,$(notdir $(firstword $(CC))))

ifeq ($(DEPS),private)
# one for each set of libraries
DEPS_READY := $(DEPS_DIR)/.ready$(if $(filter 1,$(LZO)),-lzo)$(if $(filter 0,$(NET)),-local)
DEPS_ROOT  := $(abspath $(DEPS_DIR)/root)
ifeq ($(CLANG),clang)
DEPS_CC	:= $(CC) --target=$(ARCH)-linux-musl --sysroot=$(DEPS_ROOT)
LINK	+= -static-pie -fuse-ld=lld -Wl,--pack-dyn-relocs=relr
else
DEPS_CC	:= REALGCC="$(CC)" $(DEPS_ROOT)/bin/musl-gcc
# GNU ld packs relocations for x86_64 alone; not packed, those of the tables of pointers take 65 KB of kdump-init.
PIE	?= $(if $(filter x86_64,$(ARCH)),1,0)
ifeq ($(PIE),1)
# musl-gcc's specs do not know -static-pie: what it would mean, word by word
LINK	+= -static -nostartfiles -Wl,-pie,--no-dynamic-linker,-z,text,-z,pack-relative-relocs
CRT	:= $(addprefix $(DEPS_ROOT)/lib/,rcrt1.o crti.o crtn.o)
else
LINK	+= -static
endif
endif
LIBS_PAGES	    := -lzstd_fast -lz $(if $(filter 1,$(LZO)),-llzo2)
LIBS_kdump-init	    := $(LIBS_PAGES) $(if $(filter 0,$(NET)),,-lcurl -lmbedtls -lmbedx509 -lmbedcrypto)
# where a device tree is made, and kernels are packed
LIBS_kdump-loader   := $(if $(filter x86_64,$(ARCH)),,-lfdt -lzstd_fast -lz)
LIBS_kdump-verify   := $(LIBS_kdump-loader)
LIBS_kdump-dumper   := $(LIBS_PAGES)
LIBS_kdump-mkinitrd := -larchive -lzstd -llzma -lz

# dropbear's client is a program of its own
DBCLIENT ?= $(DEPS_ROOT)/libexec/dbclient

$(DEPS_READY): deps/lock deps/fetch deps/build $(wildcard deps/*.h deps/*.c deps/patches/*)
	$(call say,DEPS,$(DEPS_DIR))
	$(Q)NET=$(NET) LZO=$(LZO) CROSS_COMPILE=$(CROSS_COMPILE) deps/build $(ARCH) $(DEPS_DIR)
	$(Q)touch $@
else
DEPS_READY :=
# a system's is linked dynamically, and an image has no libraries: without a static one there are no ssh and sftp targets
DBCLIENT ?=
DEPS_CC	:= $(CC)
LINK	+= -static-pie
PAGES	:= libzstd zlib $(if $(filter 1,$(LZO)),lzo2)
DEPS_CFLAGS := $(shell pkg-config --cflags $(PAGES) libxxhash libarchive $(if $(filter 0,$(NET)),,libcurl))
# mbedtls has no file for pkg-config everywhere; what seals and signs is in its third library alone
LIBS_kdump-init	    := $(shell pkg-config --static --libs $(PAGES) $(if $(filter 0,$(NET)),,libcurl)) $(if $(filter 0,$(NET)),,-lmbedcrypto)
LIBS_kdump-loader   := $(if $(filter x86_64,$(ARCH)),,-lfdt $(shell pkg-config --static --libs libzstd zlib))
LIBS_kdump-dumper   := $(shell pkg-config --static --libs $(PAGES))
LIBS_kdump-mkinitrd := $(shell pkg-config --static --libs libarchive libzstd)
endif
