# SPDX-License-Identifier: MIT
# kdump-init: `make` builds five static programs in build/; `make help` lists the targets.

MAKEFLAGS += --no-builtin-rules --no-print-directory
# a make below another takes part in its jobs
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc)
endif
.SUFFIXES:
.DELETE_ON_ERROR:

# of the programs; for another machine than this one they come into a folder of their own
HOST_ARCH := $(shell uname -m)
ARCH	?= $(HOST_ARCH)
# the kernel's words for them, which the environment of a kernel's build may have
ifneq ($(filter arm64 riscv x86 amd64,$(ARCH)),)
$(error ARCH=$(ARCH): say aarch64, riscv64 or x86_64, as uname -m does)
endif
CROSS	:= $(filter-out $(HOST_ARCH),$(ARCH))
B	?= build$(addprefix /,$(CROSS))
DEPS	?= private
DEPS_DIR ?= $(B)/deps/$(ARCH)
NET	?= 1
LZO	?= 0
V	?= 0
Q	:= $(if $(filter 1,$(V)),,@)
say	= $(if $(filter 1,$(V)),,@printf '  %-8s %s\n' "$(1)" "$(2)")

PREFIX	?= /usr/local
SBINDIR	?= $(PREFIX)/sbin
# kdump-mkinitrd looks for it beside the folder that it lies in
LIBDIR	:= $(PREFIX)/lib/kdump-init
DESTDIR	?=

PROGRAMS := kdump-init kdump-loader kdump-dumper kdump-mkinitrd kdump-verify
OUT	:= $(addprefix $(B)/,$(PROGRAMS))

all: $(OUT) man completion

include deps/deps.mk

# kdump-mkinitrd packs it where a target is an SSH server
SSH_CLIENT := $(if $(filter 0,$(NET)),,$(if $(DBCLIENT),$(B)/dbclient))
all: $(SSH_CLIENT)

# ---------------------------------------------------------------- sources
# A program is its folders, those it may include (tests/tools/layers), and lib/. Every main.c belongs to one program alone.
src	= $(filter-out %/main.c,$(sort $(foreach d,$(1),$(wildcard $(d)/*.c))))
# what there is once for each architecture: $(call own,FILE_) is FILE_$(ARCH).c, or FILE_none.c
own	= $(firstword $(wildcard $(1)$(ARCH).c) $(1)none.c)
SHA	:= $(call own,lib/sha256_cpu_)
LIB	:= $(filter-out $(filter-out $(SHA),$(wildcard lib/sha256_cpu_*.c)),$(call src,lib lib/keys lib/conf lib/conf/target lib/block lib/dumps lib/net))
DUMPER_DIRS := dumper $(addprefix dumper/,format sink compress read kernel kernel/arch filter write pipeline)
# what of dumper/ exists twice: with lzo and without
ELF_ONLY := dumper/read/readers_elf_only.c dumper/kernel/vmcoreinfo_search_none.c dumper/filter/live_none.c dumper/kernel/arch/archs_own.c
DUMPER	:= $(filter-out dumper/compress/compress_$(if $(filter 1,$(LZO)),nolzo,lzo).c $(ELF_ONLY),$(call src,$(DUMPER_DIRS)))
CMD	:= $(call src,dumper/cmd dumper/cmd/list)
NETSRC	:= $(call src,net net/link net/ssh net/s3)
# on the TLS library's primitives
SEAL	:= $(if $(filter 0,$(NET)),seal/sealing_none.c,$(filter-out %_none.c,$(call src,seal)))
# what kexec_load needs to know of an architecture: the folder, and the name in loader/kexec/arch.h
LOADER_x86_64 := x86
LOADER_aarch64 := tree
LOADER_riscv64 := tree
LOADER_ARCH := loader/arch/$(or $(LOADER_$(ARCH)),other)
LOADER	:= $(filter-out loader/arch/archs.c $(filter-out %_$(ARCH).c,$(wildcard loader/arch/tree/arch_*.c)),\
	   $(call src,loader loader/ssh loader/back loader/check loader/line loader/proof loader/report loader/news loader/update loader/kexec loader/arch $(LOADER_ARCH)))
MKINITRD := $(call src,mkinitrd $(addprefix mkinitrd/,convert plan host kernel ssh image))
INIT_DIRS := init $(addprefix init/,back capture target remote device system)
# what of init/ exists twice: with the network and without
INIT	:= $(filter-out $(if $(filter 0,$(NET)),$(filter-out %_local.c,$(call src,init/remote)),%_local.c),$(call src,$(INIT_DIRS)))

# kdump-init reads /proc/vmcore alone, of its own machine
CAPTURE	:= $(filter-out $(addprefix dumper/,sink/sink_stream.c read/read_kdump.c read/source_flat.c read/source_zst.c read/foreign.c \
		kernel/vmcoreinfo_search.c filter/live.c kernel/arch/archs.c) $(wildcard dumper/kernel/arch/arch_*.c),$(DUMPER)) \
		$(ELF_ONLY) $(wildcard dumper/kernel/arch/arch_$(ARCH).c)

SRC_kdump-init	 := init/main.c $(INIT) $(CAPTURE) $(if $(filter 0,$(NET)),,$(NETSRC)) $(SEAL) $(LIB)
SRC_kdump-loader := loader/main.c $(LOADER) $(LIB)
SRC_kdump-verify := loader/verify/main.c $(call src,loader/verify) $(LOADER) $(LIB)
SRC_kdump-dumper := dumper/cmd/main.c $(CMD) $(DUMPER) $(LIB)
SRC_kdump-mkinitrd := mkinitrd/main.c $(MKINITRD) $(LIB)

# ---------------------------------------------------------------- flags
VERSION	:= 0.1
WARN	:= -Wall -Wextra -Werror -Wmissing-prototypes -Wstrict-prototypes -Wshadow -Wvla -Wpointer-arith \
	   -Wwrite-strings -Wundef -Wformat=2 -Wno-format-nonliteral
COMMON	:= -std=gnu11 -I. -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DKDUMP_VERSION='"$(VERSION)"' $(WARN)
CFLAGS	?= -Os
# speed matters where pages flow
OBJ	:= obj$(if $(filter 0,$(NET)),-local)
HOT	:= $(patsubst %,$(B)/$(OBJ)/%.o,$(addprefix dumper/,pipeline/pipeline pipeline/pipeline_work pipeline/pipeline_threads pipeline/encode write/page_share \
	   write/kdump_index write/kdump_tail format/kdump_tokens filter/filter filter/page_class compress/compress compress/compress_zstd \
	   compress/unpack_lzo compress/unpack_snappy read/vmcore read/read_elf) lib/hash lib/sha256 lib/sha256_blocks)
$(B)/$(OBJ)/dumper/kernel/arch/archs_own.o: DEFINES += $(if $(wildcard dumper/kernel/arch/arch_$(ARCH).c),-DOWN_ARCH=arch_$(ARCH))
$(B)/$(OBJ)/loader/arch/archs_own.o: DEFINES += -DOWN_ARCH=kexec_arch_$(if $(LOADER_$(ARCH)),$(ARCH),other)
MAP	:= -ffile-prefix-map=$(CURDIR)=.
PROD	:= $(COMMON) $(MAP) -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables -fno-unwind-tables -fPIE $(DEPS_CFLAGS)
# for all but what each page goes through; docs/BUILD.md has what it costs
PROTECT	:= -fstack-protector-strong
PAGES_GO := $(addprefix $(B)/$(OBJ)/,$(addprefix dumper/,$(addsuffix /%.o,compress filter format pipeline sink write)) \
	   init/target/sink_hash.o init/target/sink_watch.o)
# its end lies at a boundary of segments, which of 64 KiB costs up to as much of each file
RELRO	:= $(if $(filter aarch64,$(ARCH)),norelro,relro)
LINK	+= -Wl,--gc-sections -Wl,-z,noseparate-code -Wl,--build-id=none -Wl,-s -Wl,-z,$(RELRO),-z,now,-z,noexecstack,--hash-style=gnu

objs	= $(patsubst %.c,$(B)/$(OBJ)/%.o,$(SRC_$(1)))

# the Makefile: a source may have moved into HOT, or out of it
$(B)/$(OBJ)/%.o: %.c Makefile | $(DEPS_READY)
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(DEPS_CC) $(PROD) $(CFLAGS) $(DEFINES) $(if $(filter $@,$(HOT)),-O2) \
		$(if $(filter $(HOT) $(PAGES_GO),$@),-fno-stack-protector,$(PROTECT)) -MMD -MP -c -o $@ $<

# what runs between two kernels (loader/arch/x86/purgatory.h): of no library, at any address
PURGATORY_SRC := $(wildcard loader/arch/x86/purgatory/*.S loader/arch/x86/purgatory/*.c) lib/sha256_blocks.c lib/sha256_k.c
PURGATORY_FLAGS := -O2 -ffreestanding -fpie -mno-red-zone -mgeneral-regs-only -fcf-protection=none -fno-stack-protector \
	-fno-asynchronous-unwind-tables -nostdlib -static -Wl,--build-id=none \
	-Wl,-T,loader/arch/x86/purgatory/purgatory.lds -Wl,--oformat=binary
define purgatory
$(1)/purgatory.bin: $$(PURGATORY_SRC) loader/arch/x86/purgatory.h loader/arch/x86/purgatory/purgatory.lds Makefile | $(3)
	$$(call say,LINK,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$($(2)) $$(COMMON) $$(PURGATORY_FLAGS) -o $$@ $$(PURGATORY_SRC)
$(1)/$(4)/loader/arch/x86/purgatory_program.o: $(1)/purgatory.bin
$(1)/$(4)/loader/arch/x86/purgatory_program.o: DEFINES := -DPURGATORY_BIN='"$(1)/purgatory.bin"'
endef
$(eval $(call purgatory,$(B),DEPS_CC,$(DEPS_READY),$(OBJ)))

define program
$(B)/$(1): $$(call objs,$(1)) $(B)/$(OBJ)/sources-$(1)
	$$(call say,LINK,$$@)
	$$(Q)$$(DEPS_CC) $$(LINK) $$(LDFLAGS) -Wl,-Map=$$@.map -o $$@ $$(CRT) $$(call objs,$(1)) $$(LIBS_$(1))
# relinks when the list of sources changes
$(B)/$(OBJ)/sources-$(1): FORCE
	@mkdir -p $$(@D); echo '$$(SRC_$(1))' | cmp -s - $$@ || echo '$$(SRC_$(1))' > $$@
endef
$(foreach p,$(PROGRAMS),$(eval $(call program,$(p))))
-include $(shell [ -d $(B)/$(OBJ) ] && find $(B)/$(OBJ) -name '*.d')
FORCE:

$(B)/dbclient: | $(DEPS_READY)
	@[ -x "$(DBCLIENT)" ] || { echo "$(DBCLIENT): no SSH client of dropbear: build the libraries again (deps/build), or set DBCLIENT=" >&2; exit 1; }
	$(Q)cp "$(DBCLIENT)" $@
$(B)/dbclient: $(wildcard $(DBCLIENT))

# ---------------------------------------------------------------- unit tests: the host's compiler and libc, ASan + UBSan
# Those of another machine: its own compiler and libraries, without sanitizers, run by QEMU (TEST_RUN)
ifneq ($(CROSS),)
TEST_CC	= $(DEPS_CC)
SAN	:=
TEST_FLAGS = $(COMMON) -g -O1 -DTESTS $(DEPS_CFLAGS)
TEST_LIBS = -static -larchive $(if $(filter 0,$(NET)),,-lcurl -lmbedtls -lmbedx509 -lmbedcrypto) -lzstd -llzma -lz -lfdt -lpthread
TEST_RUN ?= tests/qemu/tools/run qemu-$(ARCH)
else
TEST_CC	?= gcc
# a variable of the stack that nobody has set holds a pattern, not the zeros of a fresh stack
SAN	:= -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -ftrivial-auto-var-init=pattern
TEST_PKGS := $(shell for p in libzstd libxxhash libarchive libcurl zlib liblzma $(if $(filter 1,$(LZO)),lzo2); do pkg-config --exists $$p 2>/dev/null && echo $$p; done)
TEST_FLAGS = $(COMMON) -g -O1 $(SAN) -DTESTS $(shell pkg-config --cflags $(TEST_PKGS))
# Debian's mbedtls and libfdt have no file for pkg-config
TEST_LIBS = $(shell pkg-config --libs $(TEST_PKGS)) -lmbedcrypto -lfdt -lpthread
endif
# Not elsewhere: tests of what only x86_64 has, those that start programs, and those that pack by xz, of which the programs'
# library has no encoder
NOT_CROSS := $(filter-out %/t_bzimage,$(patsubst %.c,%,$(wildcard tests/unit/loader/arch/x86/t_*.c))) $(addprefix tests/unit/,loader/kexec/t_kexec_load \
	dumper/cmd/t_command dumper/cmd/t_command_recover mkinitrd/t_main mkinitrd/kernel/t_kconfig mkinitrd/kernel/t_kfile)
# without the network and its libraries
NOT_LOCAL := $(addprefix tests/unit/,net/% seal/% init/remote/% lib/conf/t_conf_encrypt.c lib/keys/t_age_key.c mkinitrd/plan/t_recipe_remote.c init/capture/t_job_files.c)
# tests/unit/FOLDER/t_MODULE.c tests FOLDER/MODULE.c
TESTS	:= $(patsubst tests/unit/%.c,$(B)/test/%,$(filter-out $(if $(CROSS),$(addsuffix .c,$(NOT_CROSS))) $(if $(filter 0,$(NET)),$(NOT_LOCAL)),\
	$(sort $(shell find tests/unit -name 't_*.c'))))
# what tests share: fake kernels, readers of what was written
TEST_HELP := $(filter-out $(if $(filter 0,$(NET)),%/ageopen.c),$(wildcard tests/unit/fake/*.c))
# all architectures of kexec_load but those whose purgatory is for another compiler
TEST_LOADER := $(filter-out loader/arch/archs_own.c,$(sort loader/arch/archs.c $(LOADER) $(call src,loader/arch/tree) \
	$(if $(filter x86_64,$(ARCH)),,loader/arch/x86/bzimage.c tests/unit/fake/elsewhere/arch_x86_64.c)))
TEST_SRC := $(LIB) $(DUMPER) $(CMD) $(if $(filter 0,$(NET)),,$(NETSRC)) $(SEAL) $(INIT) $(TEST_LOADER) $(call src,loader/verify) $(MKINITRD) \
	    $(TEST_HELP)
TEST_OBJ := $(patsubst %.c,$(B)/test/obj/%.o,$(TEST_SRC))

$(B)/test/obj/%.o: %.c | $(if $(CROSS),$(DEPS_READY))
	$(call say,CC-TEST,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(TEST_CC) $(TEST_FLAGS) $(DEFINES) -MMD -MP -c -o $@ $<

$(B)/test/lib.a: $(TEST_OBJ)
	$(Q)rm -f $@; ar rcsD $@ $^

$(B)/test/%: tests/unit/%.c tests/unit/test.h $(B)/test/lib.a
	$(call say,TEST,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(TEST_CC) $(TEST_FLAGS) -MMD -MP -o $@ $< $(B)/test/lib.a $(TEST_LIBS)
-include $(shell [ -d $(B)/test ] && find $(B)/test -type f -name '*.d')

$(eval $(call purgatory,$(B)/test,TEST_CC,$(if $(CROSS),$(DEPS_READY)),obj))

# the command as t_command and t_command_recover run it
$(B)/test/dumper/cmd/kdump-dumper: $(B)/test/obj/dumper/cmd/main.o $(B)/test/lib.a
	$(call say,TEST,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(TEST_CC) $(TEST_FLAGS) -o $@ $^ $(TEST_LIBS)
$(addprefix $(B)/test/dumper/cmd/,t_command t_command_recover list/t_cmd_list): | $(B)/test/dumper/cmd/kdump-dumper

# and the one that mkinitrd/t_main runs
$(B)/test/mkinitrd/kdump-mkinitrd: $(B)/test/obj/mkinitrd/main.o $(B)/test/lib.a
	$(call say,TEST,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(TEST_CC) $(TEST_FLAGS) -o $@ $^ $(TEST_LIBS)
$(B)/test/mkinitrd/t_main: | $(B)/test/mkinitrd/kdump-mkinitrd

# TEST=NAMES: those whose names have one of them, as TEST="dumper/filter t_conf"
check: $(if $(TEST),$(foreach t,$(TEST),$(foreach p,$(TESTS),$(if $(findstring $(t),$(p)),$(p)))),$(TESTS))
	@RUN="$(TEST_RUN)" tests/unit/run $^

# the unit tests in which threads run, with gcc's thread sanitizer in place of the two
TSAN_TESTS := $(addprefix $(B)/tsan/dumper/,t_dump pipeline/t_pipeline filter/t_live cmd/t_command cmd/t_command_recover)
TSAN_FLAGS = $(filter-out $(SAN),$(TEST_FLAGS)) -fsanitize=thread
$(B)/tsan/obj/%.o: %.c
	$(call say,CC-TSAN,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(TEST_CC) $(TSAN_FLAGS) -MMD -MP -c -o $@ $<

$(B)/tsan/lib.a: $(patsubst %.c,$(B)/tsan/obj/%.o,$(LIB) $(DUMPER) $(CMD) $(TEST_HELP))
	$(Q)rm -f $@; ar rcsD $@ $^

$(TSAN_TESTS): $(B)/tsan/%: $(B)/tsan/obj/tests/unit/%.o $(B)/tsan/lib.a
	$(call say,TEST,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(TEST_CC) $(TSAN_FLAGS) -o $@ $^ $(TEST_LIBS)
$(B)/tsan/dumper/cmd/kdump-dumper: $(B)/tsan/obj/dumper/cmd/main.o $(B)/tsan/lib.a
	$(call say,TEST,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(TEST_CC) $(TSAN_FLAGS) -o $@ $^ $(TEST_LIBS)
$(addprefix $(B)/tsan/dumper/cmd/,t_command t_command_recover): | $(B)/tsan/dumper/cmd/kdump-dumper
-include $(shell [ -d $(B)/tsan ] && find $(B)/tsan -name '*.d')

tsan: $(TSAN_TESTS)
	@tests/unit/run $(TSAN_TESTS)

# ---------------------------------------------------------------- fuzzers: clang's libFuzzer over the same sources
FUZZ_CC	?= clang
# more flags: -O2 -fno-sanitize-coverage=trace-cmp runs twice as fast, once a corpus was found without
FUZZ_FLAGS ?=
FUZZ_RUNS ?= 20000
FUZZERS	:= $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(sort $(wildcard tests/fuzz/f_*.c)))
$(B)/fuzz/obj/%.o: %.c
	$(call say,CC-FUZZ,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(FUZZ_CC) $(TEST_FLAGS) -fsanitize=fuzzer-no-link $(FUZZ_FLAGS) -DFUZZING -MMD -MP -c -o $@ $<

$(B)/fuzz/lib.a: $(patsubst %.c,$(B)/fuzz/obj/%.o,$(LIB) $(DUMPER) $(NETSRC) mkinitrd/ssh/ssh_hosts.c mkinitrd/ssh/ssh_key.c dumper/cmd/verify.c dumper/cmd/unflatten.c mkinitrd/image/elf_needs.c \
		loader/kexec/iomem.c loader/kexec/kernel_head.c loader/kexec/layout.c loader/arch/x86/bzimage.c \
		$(wildcard loader/arch/tree/*.c) $(TEST_HELP) tests/fuzz/file.c)
	$(Q)rm -f $@; ar rcsD $@ $^

$(B)/fuzz/f_%: $(B)/fuzz/obj/tests/fuzz/f_%.o $(B)/fuzz/lib.a
	$(call say,FUZZ,$@)
	$(Q)$(FUZZ_CC) $(SAN) -fsanitize=fuzzer -Wl,--wrap=pread64 -o $@ $^ $(TEST_LIBS)
-include $(shell [ -d $(B)/fuzz ] && find $(B)/fuzz -name '*.d')

fuzz: $(FUZZERS)
	@tests/fuzz/run $(FUZZ_RUNS) $(FUZZERS)

# ---------------------------------------------------------------- net/ from the command line, for tests/net
NET_DRIVER := tests/net/driver.c $(NETSRC) $(LIB)
# its clock can be set wrong
$(B)/$(OBJ)/tests/net/driver.o: DEFINES += -DWRAP_TIME
$(B)/net-driver: $(patsubst %.c,$(B)/$(OBJ)/%.o,$(NET_DRIVER))
	$(call say,LINK,$@)
	$(Q)$(DEPS_CC) $(LINK) $(LDFLAGS) -Wl,--wrap=time -o $@ $(CRT) $^ $(LIBS_kdump-init)

$(B)/test/net-driver: $(patsubst %.c,$(B)/test/obj/%.o,$(NET_DRIVER))
	$(call say,TEST,$@)
	$(Q)$(TEST_CC) $(TEST_FLAGS) -o $@ $^ $(TEST_LIBS)

net-drivers: $(B)/net-driver $(B)/test/net-driver

net-check: net-drivers
	@tests/net/run

# ---------------------------------------------------------------- our pages against makedumpfile's
# without sanitizers: it reads dumps of gigabytes
COMPARE	:= $(patsubst %.c,$(B)/compare/%.o,$(wildcard tests/compare/*.c) $(DUMPER) $(LIB))
$(B)/compare/%.o: %.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(TEST_CC) $(filter-out $(SAN),$(TEST_FLAGS)) -O2 -MMD -MP -c -o $@ $<

$(B)/kdump-compare: $(COMPARE)
	$(call say,LINK,$@)
	$(Q)$(TEST_CC) -o $@ $^ $(TEST_LIBS)
-include $(shell [ -d $(B)/compare ] && find $(B)/compare -name '*.d')

# ---------------------------------------------------------------- the benchmark
$(B)/bench/%: tests/bench/%.c | $(DEPS_READY)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(DEPS_CC) $(COMMON) -O2 -static -o $@ $(filter %.c,$^)
$(B)/bench/guest: $(wildcard tests/bench/guest*)
$(B)/bench/bare-init: init/system/modules.c init/system/modparams.c init/system/child.c lib/io.c lib/log.c
# the codec of the programs, from the same objects
$(B)/bench/codec: tests/bench/codec.c $(patsubst %,$(B)/$(OBJ)/dumper/compress/%.o,compress compress_zstd compress_zlib compress_$(if $(filter 1,$(LZO)),,no)lzo unpack_lzo unpack_snappy) | $(DEPS_READY)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(DEPS_CC) $(COMMON) $(DEPS_CFLAGS) -O2 -static -o $@ $^ $(LIBS_kdump-dumper)
# what sealing costs, beside age
$(B)/bench/seal: tests/bench/seal.c $(patsubst %,$(B)/$(OBJ)/%.o,seal/age seal/sink_age lib/keys/age_key lib/keys/base64) | $(DEPS_READY)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(DEPS_CC) $(COMMON) $(DEPS_CFLAGS) -O2 -static -o $@ $^ -lmbedcrypto
BENCH_PROGRAMS := $(addprefix $(B)/bench/,guest measure codec bare-init $(if $(filter 0,$(NET)),,seal))

# the programs of another architecture, of which one mode is
BENCH_ARCH := aarch64
bench-arch:
	@tests/tools/setup build $(BENCH_ARCH)
	@$(MAKE) ARCH=$(BENCH_ARCH) B=$(B)/$(BENCH_ARCH) DEPS_DIR=$(or $(DEPS_DIR_$(BENCH_ARCH)),$(B)/$(BENCH_ARCH)/deps/$(BENCH_ARCH)) \
		stage $(B)/$(BENCH_ARCH)/bench/guest

bench: all $(BENCH_PROGRAMS) $(B)/net-driver $(if $(filter arch%,$(BENCH)),bench-arch)
	@BUILD=$(B) tests/bench/run $(BENCH)
	@BUILD=$(B) tests/bench/remote

# ---------------------------------------------------------------- a kernel that does nothing but capture
# FRAGMENTS: files of configs/crash-kernel; KERNEL_SRC: its source, by default Debian's linux-source package
FRAGMENTS ?= base $(ARCH) virtio ext4
crash-kernel:
	@configs/crash-kernel/build -a $(ARCH) $(if $(KERNEL_SRC),-s "$(KERNEL_SRC)") -o $(B)/crash-kernel $(FRAGMENTS)

# ---------------------------------------------------------------- the documents' drawings
DOT	?= dot
docs/%.svg: docs/%.dot
	$(call say,DOT,$@)
	$(Q)$(DOT) -Tsvg -o $@ $<
docs: $(patsubst %.dot,%.svg,$(wildcard docs/*.dot))

# ---------------------------------------------------------------- manual pages: docs/man/*.in and the rows of the programs' tables
# a program that runs here makes them; HOSTCC is needed where the compiler makes programs for another machine
HOSTCC	?= $(if $(CROSS_COMPILE),gcc,$(DEPS_CC))
MAN_SRC	:= $(wildcard docs/man/*.c) $(call src,lib/conf lib/conf/target) lib/keys/age_key.c lib/ubi_name.c loader/options.c loader/replaced.c loader/kexec/params.c mkinitrd/options.c
PAGES	:= $(patsubst docs/man/%.in,%,$(wildcard docs/man/*.in))
$(B)/man/obj/%.o: %.c Makefile | $(if $(CROSS_COMPILE),,$(DEPS_READY))
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(HOSTCC) $(COMMON) -DMANUAL -O1 -MMD -MP -c -o $@ $<

$(B)/man/pages: $(patsubst %.c,$(B)/man/obj/%.o,$(MAN_SRC))
	$(call say,LINK,$@)
	$(Q)$(HOSTCC) $(if $(CROSS_COMPILE),,$(LINK)) -o $@ $(if $(CROSS_COMPILE),,$(CRT)) $^
-include $(shell [ -d $(B)/man ] && find $(B)/man -name '*.d')

$(addprefix $(B)/man/,$(PAGES)): $(B)/man/%: docs/man/%.in $(B)/man/pages
	$(call say,MAN,$@)
	$(Q)$(B)/man/pages $< >$@

# ---------------------------------------------------------------- what shells complete, from the same tables
COMPLETED := kdump-loader kdump-dumper kdump-mkinitrd
COMPLETION := $(foreach s,bash zsh fish,$(addprefix $(B)/completion/$(s)/,$(COMPLETED)))
$(B)/man/completion: $(patsubst %.c,$(B)/man/obj/%.o,docs/completion/completion.c $(filter-out docs/man/%,$(MAN_SRC)))
	$(call say,LINK,$@)
	$(Q)$(HOSTCC) $(if $(CROSS_COMPILE),,$(LINK)) -o $@ $(if $(CROSS_COMPILE),,$(CRT)) $^
$(COMPLETION): $(B)/completion/%: $(B)/man/completion
	$(Q)mkdir -p $(@D)
	$(Q)$(B)/man/completion $(subst /, ,$*) >$@
completion: $(COMPLETION)

man: $(addprefix $(B)/man/,$(PAGES))

# ---------------------------------------------------------------- checks of the tree
layers: all
	@tests/tools/layers $(B)/$(OBJ)

# Tables whose rows are long lines say "clang-format off". Version 14, Debian 12's.
format:
	@git ls-files '*.c' '*.h' | grep -v '^deps/' | xargs clang-format -i

# clang-tidy (.clang-tidy) and gcc's analyzer over every source, with the flags of the unit tests; then the scripts.
LINT_CC	?= gcc
CLANG_TIDY ?= clang-tidy
LINTED	:= $(filter-out $(if $(filter 1,$(LZO)),,%/compress_lzo.c) %/purgatory_program.c $(foreach a,$(filter-out $(ARCH),aarch64 riscv64 x86_64),lib/%_$(a).c), \
		$(sort $(shell find docs/man dumper init lib loader mkinitrd net seal tests -name '*.c' ! -path 'tests/qemu/*')))
LINT_FLAGS = $(filter-out $(SAN),$(TEST_FLAGS))
ANALYZER := -fanalyzer
$(B)/lint/loader/arch/archs_own.o: LINT_FLAGS += -DOWN_ARCH=kexec_arch_$(if $(LOADER_$(ARCH)),$(ARCH),other)
$(B)/lint/%.o: %.c .clang-tidy tests/.clang-tidy Makefile
	$(call say,LINT,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG_TIDY) --quiet $< -- $(LINT_FLAGS) 2>$(@:.o=.log) || { cat $(@:.o=.log); exit 1; }
	$(Q)$(LINT_CC) $(LINT_FLAGS) $(ANALYZER) -MMD -MP -c -o $@ $<
-include $(shell [ -d $(B)/lint ] && find $(B)/lint -name '*.d')

# tests do not look at what malloc() returns
$(B)/lint/tests/%.o: ANALYZER :=
$(B)/lint/docs/man/%.o: LINT_FLAGS += -DMANUAL
# it loses sight of what hangs on src->state, and of keep_ptr()'s NULL, which is optimised away
$(B)/lint/dumper/read/source_zst.o: ANALYZER += -Wno-analyzer-malloc-leak
$(B)/lint/mkinitrd/kernel/kfile.o: ANALYZER += -Wno-analyzer-use-of-uninitialized-value -Wno-analyzer-null-argument
# nor that what a 0 of place_kernel() comes with is there
$(B)/lint/loader/arch/x86/place.o: ANALYZER += -Wno-analyzer-null-dereference

lint: setup-lint
	@$(MAKE) lint-sources
	@tests/tools/scripts
lint-sources: $(LINTED:%.c=$(B)/lint/%.o)
	@echo "lint: clean ($(words $(LINTED)) sources)"

# For editors and clang's tools: the flags of the unit tests, with which the host's headers are found.
compile_commands.json: FORCE
	$(call say,GEN,$@)
	$(Q)tests/tools/compile_commands $(lastword $(TEST_CC)) $(TEST_FLAGS) -- $(LINTED) >$@

# The unit tests once more with gcov; lines that ran, by folder.
coverage:
	@! [ -d $(B)/coverage ] || find $(B)/coverage -name '*.gcda' -delete
	@$(MAKE) check B=$(B)/coverage SAN='--coverage -fprofile-update=atomic'
	@tests/tools/coverage $(B)/coverage/test/obj

# Budgets in bytes: what a program may weigh at most. aarch64 has segments of 64 KiB, for kernels with such pages. Where there is
# a device tree, kdump-loader has libfdt, and zlib and zstd to unpack kernels.
SIZES_aarch64 := kdump-init:$(if $(filter 0,$(NET)),560000,1000000) kdump-loader:390000 kdump-dumper:545000 kdump-mkinitrd:900000 kdump-verify:376000
SIZES_riscv64 := kdump-init:$(if $(filter 0,$(NET)),460000,1000000) kdump-loader:360000 kdump-dumper:540000 kdump-mkinitrd:1000000 kdump-verify:340000
SIZES	:= $(or $(SIZES_$(ARCH)),kdump-init:$(if $(filter 0,$(NET)),485000,1000000) kdump-loader:300000 kdump-dumper:540000 kdump-mkinitrd:1000000 kdump-verify:300000)
size: all
	@bad=0; for s in $(SIZES); do \
		f=$(B)/$${s%:*}; max=$${s#*:}; n=$$(wc -c <$$f); \
		printf '  %-16s %8d bytes of %8d\n' $${s%:*} $$n $$max; \
		[ $$n -le $$max ] || { echo "size: $$f is over its budget"; bad=1; }; \
	done; exit $$bad

print-%:
	@echo '$($*)'

# ---------------------------------------------------------------- the two commands, and the rest
setup-build:
	@tests/tools/setup build $(CROSS)
setup-test:
	@tests/tools/setup build test net
setup-lint:
	@tests/tools/setup build test lint

# The scenarios of tests/qemu; SCENARIOS="circle bad-sectors" for some.
qemu-check: stage $(B)/kdump-compare $(BENCH_PROGRAMS)
	@tests/qemu/run.py -j $$(($$(nproc) + 1)) $(SCENARIOS)

# A crash of a Debian kernel from arming to what the dump says.
demo: setup-build
	@$(MAKE) stage
	@tests/qemu/crashtest --demo $(addprefix --arch ,$(CROSS))

# Everything; the last line is "N passed, N failed".
test:
	@mkdir -p $(B); date +%s >$(B)/began
	@$(MAKE) setup-test
	@$(MAKE) all
	@BEGAN=$$(cat $(B)/began) tests/all

MANDIR	?= $(PREFIX)/share/man
UNITDIR	?= $(PREFIX)/lib/systemd/system
RULESDIR ?= $(PREFIX)/lib/udev/rules.d
SHAREDIR ?= $(PREFIX)/share/kdump-init
BASHDIR	?= $(PREFIX)/share/bash-completion/completions
ZSHDIR	?= $(PREFIX)/share/zsh/site-functions
FISHDIR	?= $(PREFIX)/share/fish/vendor_completions.d
EXAMPLES := configs/kdump.conf configs/kdump.schema.json configs/nginx-kdump.conf configs/sysctl/90-kdump.conf
UNITS	:= $(addprefix configs/systemd/kdump-,loader.service recover.service update.service update.path update.timer)
CATALOGDIR ?= $(PREFIX)/lib/systemd/catalog
OPENRC	:= kdump-loader kdump-recover kdump-update
# services of other init systems; @LIBDIR@ is where kdump-boot lies, which all of them run
SERVICES := sysvinit/kdump runit/kdump/run runit/kdump/check runit/kdump/control/h s6-rc/kdump/type s6-rc/kdump/up inittab/busybox inittab/sysvinit
# what belongs into /etc/kernel and its like: there by a package, or by an administrator
HOOKS	:= kernel-postinst kernel-postrm 60-kdump-init.install motd
install: all
	install -d $(addprefix $(DESTDIR),$(SBINDIR) $(LIBDIR) $(UNITDIR) $(RULESDIR) $(CATALOGDIR) $(SHAREDIR)/hooks $(MANDIR)/man5 $(MANDIR)/man8)
	install -m 0755 $(B)/kdump-loader $(B)/kdump-mkinitrd $(B)/kdump-dumper $(DESTDIR)$(SBINDIR)
	install -m 0755 $(B)/kdump-init $(B)/kdump-verify $(SSH_CLIENT) $(DESTDIR)$(LIBDIR)
	install -m 0644 $(UNITS) $(DESTDIR)$(UNITDIR)
	install -m 0644 configs/systemd/kdump-init.catalog $(DESTDIR)$(CATALOGDIR)
	install -m 0644 $(EXAMPLES) $(DESTDIR)$(SHAREDIR)
	install -m 0755 configs/kernel/postinst $(DESTDIR)$(SHAREDIR)/hooks/kernel-postinst
	install -m 0755 configs/kernel/postrm $(DESTDIR)$(SHAREDIR)/hooks/kernel-postrm
	install -m 0755 configs/kernel/60-kdump-init.install $(DESTDIR)$(SHAREDIR)/hooks
	install -m 0755 configs/motd/60-kdump-init $(DESTDIR)$(SHAREDIR)/hooks/motd
	sed 's#/usr/sbin/#$(SBINDIR)/#' configs/udev/98-kdump.rules >$(DESTDIR)$(RULESDIR)/98-kdump.rules
	sed 's#/usr/sbin/#$(SBINDIR)/#' configs/mdev/kdump.conf >$(DESTDIR)$(SHAREDIR)/mdev-kdump.conf
	chmod 0644 $(DESTDIR)$(RULESDIR)/98-kdump.rules $(DESTDIR)$(SHAREDIR)/mdev-kdump.conf
	for p in $(PAGES); do install -m 0644 $(B)/man/$$p $(DESTDIR)$(MANDIR)/man$${p##*.}; done
	for s in $(OPENRC); do install -m 0755 configs/openrc/$$s $(DESTDIR)$(SHAREDIR)/openrc-$$s; done

	install -m 0755 configs/boot/kdump-boot $(DESTDIR)$(LIBDIR)
	install -d $(addprefix $(DESTDIR),$(BASHDIR) $(ZSHDIR) $(FISHDIR))
	for p in $(COMPLETED); do \
		install -m 0644 $(B)/completion/bash/$$p $(DESTDIR)$(BASHDIR)/$$p && \
		install -m 0644 $(B)/completion/zsh/$$p $(DESTDIR)$(ZSHDIR)/_$$p && \
		install -m 0644 $(B)/completion/fish/$$p $(DESTDIR)$(FISHDIR)/$$p.fish || exit 1; \
	done
	for s in $(SERVICES); do \
		install -D -m 0$$([ -x configs/$$s ] && echo 755 || echo 644) configs/$$s $(DESTDIR)$(SHAREDIR)/services/$$s && \
		sed -i 's#@LIBDIR@#$(LIBDIR)#' $(DESTDIR)$(SHAREDIR)/services/$$s || exit 1; \
	done

# programs of the scenarios' guests
$(B)/guest/%: tests/qemu/guest/%.c | $(DEPS_READY)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(DEPS_CC) $(COMMON) -O2 -static -o $@ $<

# What is installed, below the build folder: the scenarios run this and nothing else.
stage: all $(addprefix $(B)/guest/,without-file-call ubi-make btrfs-limit)
	@rm -rf $(B)/stage
	@$(MAKE) install DESTDIR=$(abspath $(B)/stage) PREFIX=/usr SBINDIR=/usr/sbin UNITDIR=/usr/lib/systemd/system CATALOGDIR=/usr/lib/systemd/catalog RULESDIR=/usr/lib/udev/rules.d \
		SHAREDIR=/usr/share/kdump-init >/dev/null

uninstall:
	rm -f $(addprefix $(DESTDIR)$(SBINDIR)/,kdump-loader kdump-mkinitrd kdump-dumper)
	rm -f $(addprefix $(DESTDIR)$(LIBDIR)/,kdump-init kdump-verify kdump-boot dbclient) $(addprefix $(DESTDIR)$(UNITDIR)/,$(notdir $(UNITS)))
	rm -f $(addprefix $(DESTDIR)$(SHAREDIR)/,$(notdir $(EXAMPLES)) $(addprefix openrc-,$(OPENRC)) mdev-kdump.conf)
	rm -f $(DESTDIR)$(RULESDIR)/98-kdump.rules $(DESTDIR)$(CATALOGDIR)/kdump-init.catalog $(addprefix $(DESTDIR)$(SHAREDIR)/hooks/,$(HOOKS))
	for p in $(PAGES); do rm -f $(DESTDIR)$(MANDIR)/man$${p##*.}/$$p; done
	rm -rf $(DESTDIR)$(SHAREDIR)/services
	for p in $(COMPLETED); do rm -f $(DESTDIR)$(BASHDIR)/$$p $(DESTDIR)$(ZSHDIR)/_$$p $(DESTDIR)$(FISHDIR)/$$p.fish; done
	-rmdir $(DESTDIR)$(LIBDIR) $(DESTDIR)$(SHAREDIR)/hooks $(DESTDIR)$(SHAREDIR)

clean:
	rm -rf $(B)

help:
	@echo 'all man stage check coverage tsan fuzz net-check qemu-check test demo bench crash-kernel layers size lint format docs'
	@echo 'compile_commands.json install uninstall clean'
	@echo 'ARCH=x86_64|aarch64|riscv64  B=folder  CC=gcc|clang  CROSS_COMPILE=  NET=0|1  LZO=0|1  DEPS=private|system  PREFIX=  DESTDIR=  V=1'

.PHONY: all man completion stage docs bench crash-kernel check coverage tsan fuzz layers size lint lint-sources format setup-build \
	bench-arch setup-test setup-lint demo test install uninstall clean help net-check net-drivers qemu-check FORCE
