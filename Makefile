# SPDX-License-Identifier: GPL-2.0
#
# SPIN inside Linux: `make help` lists the targets.
#
# All output is under $(O). The kernel's build system wants its sources beside
# its output, so the module's sources are linked into $(O) and built there.

VERSION := 0.1

O       ?= build
KDIR    ?= /lib/modules/$(shell uname -r)/build
DESTDIR ?=
PREFIX  ?= /usr/local
CLANG   ?= clang
V       ?= 0

# Neither make nor the kernel's makefiles can name a file in such a folder.
ifneq ($(words x$(CURDIR)x x$(O)x x$(KDIR)x x$(DESTDIR)x x$(PREFIX)x),5)
$(error A folder's name has a blank in it ('$(CURDIR)', O='$(O)', KDIR='$(KDIR)', \
	DESTDIR='$(DESTDIR)' or PREFIX='$(PREFIX)'): use one without)
endif

# The kernel built for, as the kernel itself writes it.
KREL = $(shell cat $(KDIR)/include/config/kernel.release 2>/dev/null)
KO   = $(O)/$(KREL)

# A kernel that clang built has options that gcc does not know.
KCONFIG = $(KDIR)/include/config/auto.conf
LLVM   ?= $(if $(shell grep -sx CONFIG_CC_IS_CLANG=y $(KCONFIG)),1)

# As many jobs as processors, unless told otherwise.
ifeq ($(MAKELEVEL),0)
ifeq ($(filter -j% --jobserver%,$(MAKEFLAGS)),)
MAKEFLAGS += -j$(shell nproc)
endif
endif

ifeq ($(V),0)
quiet = @printf '  %-7s %s\n' $(1) $(2);
endif

# The kernel's makefiles have an O= of their own: keep ours from them.
MAKEOVERRIDES := $(filter-out O=%,$(MAKEOVERRIDES))

.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS += -rR --no-print-directory

.PHONY: all
all: module userspace ext

# --- tools -----------------------------------------------------------------
#
# Each check names the Debian package to install, in one line.

have_tool = @command -v $(1) >/dev/null || \
	{ echo "error: '$(1)' is missing: install the package $(2)" >&2; exit 1; }
have_lib = @pkg-config --exists '$(1)' || \
	{ echo "error: library '$(1)' is missing: install the package $(2)" >&2; exit 1; }

.PHONY: check-kernel check-user check-ext
check-kernel:
	@test -e $(KDIR)/Makefile || { echo "error: no kernel headers at" \
		"$(KDIR): install the package linux-headers-$(or $(KREL),$(shell uname -r))," \
		"or name others with KDIR=" >&2; exit 1; }
	@! test -e $(KCONFIG) || grep -qx CONFIG_DEBUG_INFO_BTF_MODULES=y $(KCONFIG) || \
		{ echo "error: kernel $(KREL) was built without type information for" \
		"modules (CONFIG_DEBUG_INFO_BTF_MODULES), which SPIN cannot do" \
		"without: use another kernel" >&2; exit 1; }
	@test -e $(KDIR)/vmlinux || { echo "error: $(KDIR)/vmlinux is missing, and" \
		"with it the kernel's types (BTF): if $(KREL) is the running kernel," \
		"cp /sys/kernel/btf/vmlinux $(KDIR)/vmlinux; else take the headers" \
		"from a package that has it, as Debian's do" >&2; exit 1; }
	$(call have_tool,pahole,pahole)
ifeq ($(LLVM),)
	$(call have_tool,gcc,gcc)
else
	$(call have_tool,clang,clang: kernel $(KREL) was built by it)
	$(call have_tool,ld.lld,lld: kernel $(KREL) was linked by it)
endif

check-user:
	$(call have_tool,gcc,gcc)
	$(call have_tool,pkg-config,pkgconf)
	$(call have_lib,libbpf >= 1.4,libbpf-dev (Debian 13 or newer))
	$(call have_lib,json-c,libjson-c-dev)
	$(call have_lib,libdrm,libdrm-dev)
	$(call have_lib,libelf,libelf-dev)
	$(call have_lib,zlib,zlib1g-dev)

check-ext:
	$(call have_tool,$(CLANG),clang)
	$(call have_lib,libbpf >= 1.4,libbpf-dev (Debian 13 or newer))

# --- the kernel module -----------------------------------------------------

# The two empty variables, for 6.12 and for later kernels, keep .BTF.base out:
# with it the kernel would relocate its own copy of the type ids and the ids
# compiled into the module would name other types than they say. MO, for kernels
# from 6.13 on, says where the output goes: where the headers are a copy whose
# makefile names the original, it would go into the headers.
kbuild = $(MAKE) -C $(KDIR) M=$(abspath $(1)) MO=$(abspath $(1)) \
	SPIN_INC=$(CURDIR)/include SPIN_VERSION=$(VERSION) V=$(V) \
	$(if $(LLVM),LLVM=$(LLVM)) MODULE_PAHOLE_FLAGS= RESOLVE_BTFIDS_FLAGS= \
	$(2) modules

# Links for all sources of $(1) in $(2), and none to files that are gone.
link_sources = @mkdir -p $(2) && cp -rsf $(CURDIR)/$(1)/. $(abspath $(2)) && \
	find $(2) -xtype l -delete

.PHONY: module
module: check-kernel
	$(call link_sources,kmod,$(KO)/kmod)
	+@$(call kbuild,$(KO)/kmod)
	@rm -f $(KO)/spin.ko
	@readelf -SW $(KO)/kmod/spin.ko | grep -q ' \.BTF ' || \
		{ echo "error: spin.ko has no BTF (.BTF section): is pahole too old?" >&2; exit 1; }
	@! readelf -SW $(KO)/kmod/spin.ko | grep -q ' \.BTF\.base ' || \
		{ echo "error: spin.ko has a .BTF.base section: its type ids would be wrong" >&2; exit 1; }
	@# what debuggers want stays in kmod/spin.ko: it is 25 of 27 MB
	@strip --strip-debug -o $(KO)/spin.ko $(KO)/kmod/spin.ko

# Modules that only the tests load.
.PHONY: test-modules
test-modules: module
ifneq ($(wildcard tests/kmod/Kbuild),)
	$(call link_sources,tests/kmod,$(KO)/tests-kmod)
	@# kbuild does not look whether the versions of spin.ko's symbols changed
	@cmp -s $(KO)/kmod/Module.symvers $(KO)/tests-kmod/symvers || \
		rm -f $(KO)/tests-kmod/Module.symvers
	+@$(call kbuild,$(KO)/tests-kmod,KBUILD_EXTRA_SYMBOLS=$(abspath $(KO))/kmod/Module.symvers)
	@cp $(KO)/kmod/Module.symvers $(KO)/tests-kmod/symvers
	@mkdir -p $(KO)/tests && cp $(KO)/tests-kmod/*.ko $(KO)/tests/
endif

# --- user programs ---------------------------------------------------------

CFLAGS  ?= -O2 -g
WARN    := -Wall -Wextra
INCLUDE := -Iinclude -Iinclude/uapi -Iuserspace/libspin
DEFINE  := -D_GNU_SOURCE -DSPIN_VERSION='"$(VERSION)"'
# Asked for late (=), so that `make module` does without these libraries.
LIBS     = $(shell pkg-config --libs libbpf json-c libdrm libelf zlib) -lm -pthread
LIBINC   = $(shell pkg-config --cflags json-c libdrm)

# $(call objects,SOURCES): the object files of C sources
objects = $(patsubst %.c,$(O)/obj/%.o,$(1))
# $(call sources,FOLDER): its C sources, but for the extensions
sources  = $(filter-out %.bpf.c,$(wildcard $(1)/*.c))
# $(call programs,SOURCES,OUTPUT): one program for each of them
programs = $(foreach source,$(1),$(2)/$(basename $(notdir $(source))))

# $(eval $(call program_rule,SOURCE,OUTPUT)): how it is linked
define program_rule
$(call programs,$(1),$(2)): $(call objects,$(1)) $(O)/lib/libspin.a
	$$(link)
endef
# $(call same_names,SOURCES): those that would be the same program
same_names = $(strip $(foreach name,$(sort $(notdir $(1))), \
	$(if $(word 2,$(filter %/$(name),$(1))),$(filter %/$(name),$(1)))))
# $(call program_rules,SOURCES,OUTPUT): of all of them
program_rules = $(if $(call same_names,$(1)), \
	$(error Two programs have the same name: $(call same_names,$(1)))) \
	$(foreach source,$(1),$(eval $(call program_rule,$(source),$(2))))

LIBSPIN := $(call objects,$(wildcard userspace/libspin/*.c))
SPINCTL := $(call objects,$(wildcard userspace/spinctl/*.c))
APPSRC  := $(call sources,ext-examples/*)
APPS    := $(call programs,$(APPSRC),$(O)/bin)
# All folders of tests/ but those of the benchmarks and of the modules
TESTSRC := $(filter-out tests/bench/% tests/kmod/%,$(call sources,tests/*))
SUITE   := $(call programs,$(TESTSRC),$(O)/tests/bin) $(O)/tests/bin/application-shared
BENCH   := $(call programs,$(call sources,tests/bench),$(O)/bench)
MAN     := $(patsubst Documentation/man/%.rst,$(O)/man/%,$(wildcard Documentation/man/*.[1-9].rst))

$(O)/obj/%.o: %.c | check-user
	$(call quiet,CC,$<) mkdir -p $(@D) && gcc $(CFLAGS) $(WARN) $(DEFINE) \
		$(INCLUDE) $(LIBINC) -fPIC -MMD -MP -c -o $@ $<

$(O)/lib/libspin.a: $(LIBSPIN)
	$(call quiet,AR,$@) mkdir -p $(@D) && rm -f $@ && ar rcs $@ $^

$(O)/lib/libspin.so: $(LIBSPIN)
	$(call quiet,LD,$@) mkdir -p $(@D) && gcc $(CFLAGS) -shared \
		-Wl,-soname,libspin.so.0 -o $@ $^ $(LIBS) && ln -sf libspin.so $@.0

link = $(call quiet,LD,$@) mkdir -p $(@D) && gcc $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(O)/bin/spinctl: $(SPINCTL) $(if $(LIBSPIN),$(O)/lib/libspin.a)
	$(link)
$(call program_rules,$(APPSRC),$(O)/bin)
$(call program_rules,$(TESTSRC),$(O)/tests/bin)
# what the tests share
$(O)/obj/tests/%.o: INCLUDE += -Itests/run
# one of the servers that the demo compares sends by io_uring
$(O)/bench/video-peers: LIBS += $(shell pkg-config --libs liburing)
# As an application is linked that is not of this tree.
$(O)/tests/bin/application-shared: $(O)/obj/tests/libspin/application.o $(O)/lib/libspin.so
	$(call quiet,LD,$@) mkdir -p $(@D) && gcc $(CFLAGS) $(LDFLAGS) -o $@ $< -L$(O)/lib -lspin
$(O)/bench/%: $(O)/obj/tests/bench/%.o $(if $(LIBSPIN),$(O)/lib/libspin.a)
	$(link)

$(O)/man/%: Documentation/man/%.rst
	$(call quiet,MAN,$@) mkdir -p $(@D) && rst2man $< $@

.PHONY: userspace man
userspace: $(if $(LIBSPIN),$(O)/lib/libspin.a $(O)/lib/libspin.so)
userspace: $(if $(SPINCTL),$(O)/bin/spinctl) $(APPS)
man: $(MAN)

# --- extensions ------------------------------------------------------------

MULTIARCH = $(shell gcc -print-multiarch)
BPF_FLAGS = -g -O2 -target bpf -mcpu=v3 -Wall -Werror \
	-Iinclude -Iinclude/uapi -I/usr/include/$(MULTIARCH)

EXT     := $(wildcard ext-examples/*/*.bpf.c)
TESTEXT := $(wildcard tests/*/*.bpf.c tests/*/*/*.bpf.c)

# $(call bpf_object,SOURCE): ext-examples/NAME/NAME.bpf.c gives ext/NAME.bpf.o,
# tests/SUBJECT/use/NAME.bpf.c gives tests/SUBJECT/use/NAME.bpf.o
bpf_object = $(O)/$(if $(filter ext-examples/%,$(1)),ext/$(notdir $(1:.c=.o)),$(1:.c=.o))

define bpf_rule
$(call bpf_object,$(1)): $(1) | check-ext
	$$(call quiet,BPF,$(1)) mkdir -p $$(@D) && $$(CLANG) $$(BPF_FLAGS) \
		-MMD -MP -MF $$@.d -c -o $$@ $$<
endef
$(foreach source,$(EXT) $(TESTEXT),$(eval $(call bpf_rule,$(source))))
$(O)/tests/%.bpf.o: BPF_FLAGS += -Itests/run

.PHONY: ext
ext: $(foreach source,$(EXT),$(call bpf_object,$(source)))

# --- tests -----------------------------------------------------------------

# What the tests need beyond `all`; built for a guest by tests/vm/build.
.PHONY: tests check-tests
check-tests: check-user
	$(call have_lib,liburing,liburing-dev)
$(BENCH:$(O)/bench/%=$(O)/obj/tests/bench/%.o): | check-tests
# The extensions that the tutorial shows whole, as it shows them.
TUTORIAL := Documentation/writing-an-extension.rst
$(O)/quoted/made: $(TUTORIAL) tests/quotes/quotes.py | check-ext
	$(call quiet,BPF,$(TUTORIAL)) rm -rf $(@D) && mkdir -p $(@D) && \
		tests/quotes/quotes.py sources $(TUTORIAL) $(@D) && \
		for source in $(@D)/*.bpf.c; do \
			$(CLANG) $(BPF_FLAGS) -c -o $${source%.c}.o $$source || exit; \
		done && touch $@
tests: test-modules $(SUITE) $(BENCH) $(O)/quoted/made
TESTOBJ = $(foreach source,$(TESTEXT),$(call bpf_object,$(source)))
tests: $(TESTOBJ)
	@# what has no source any more would go on being run
	@rm -f $(filter-out $(SUITE) $(TESTOBJ),$(wildcard \
		$(O)/tests/bin/* $(O)/tests/*/*.bpf.o $(O)/tests/*/*/*.bpf.o))

# What the benchmarks need, and no more; built for a guest by tests/bench/run.
.PHONY: benchmarks
benchmarks: test-modules $(BENCH)
benchmarks: $(foreach source,$(filter tests/bench/%,$(TESTEXT)),$(call bpf_object,$(source)))

# The gates: tests/check/gates lists them.
.PHONY: check
check:
	@tests/check/run $(GATES)

# One of the gates: sparse on all sources of the module. Its warnings are errors.
.PHONY: sparse
sparse: check-kernel
	$(call have_tool,sparse,sparse)
	$(call link_sources,kmod,$(KO)/kmod)
	+@$(call kbuild,$(KO)/kmod,C=2 CF=-Wsparse-error)

.PHONY: test test-debug test-soak bench bench-compare demo shell
test:
	@tests/vm/run-suite $(KERNEL)
test-debug:
	@PART='$(PART)' tests/vm/run-suite debug
test-soak:
	@tests/vm/run-soak $(KERNEL)
bench:
	@KERNEL='$(KERNEL)' ONLY='$(ONLY)' QUICK='$(QUICK)' tests/bench/run
bench-compare:
	@test -n '$(OLD)' || { echo "error: name the results to compare with:" \
		"make bench-compare OLD=file, a copy of build/bench/results.tsv" >&2; exit 1; }
	@tests/bench/results.py compare '$(OLD)' \
		build/bench/results$(if $(filter bpo,$(KERNEL)),-bpo).tsv
demo:
	@tests/vm/build $(or $(KERNEL),stock)
	@tests/demo/run
shell:
	@tests/vm/shell $(KERNEL)

# --- install ---------------------------------------------------------------

# A stage (DESTDIR) is for a package: all goes below it, and what belongs to the
# machine, depmod and ldconfig, is done when the package is installed.
STAGE   = $(if $(DESTDIR),$(abspath $(DESTDIR)))
DEST    = $(STAGE)$(PREFIX)
install_files = $(if $(1),install -m $(2) $(1) $(3))
# Users often have no sbin in their path.
SBIN    = PATH="$$PATH:/usr/sbin:/sbin"

.PHONY: install install-module install-user
install: install-module install-user
install-module: module
	+$(MAKE) -C $(KDIR) M=$(abspath $(KO)/kmod) MO=$(abspath $(KO)/kmod) \
		INSTALL_MOD_PATH=$(STAGE) INSTALL_MOD_DIR=extra \
		CONFIG_MODULE_SIG_ALL= DEPMOD=true modules_install
	$(if $(STAGE),@echo '  staged: run depmod where it is installed',$(SBIN) depmod $(KREL))

SONAME := libspin.so.0
REALNAME := libspin.so.$(VERSION)
$(O)/libspin.pc: userspace/libspin/libspin.pc.in Makefile
	$(call quiet,GEN,$@) mkdir -p $(@D) && \
		sed 's,@PREFIX@,$(PREFIX),; s,@VERSION@,$(VERSION),' $< >$@

install-user: userspace man $(O)/libspin.pc
	install -d $(DEST)/sbin $(DEST)/bin $(DEST)/lib/pkgconfig \
		$(DEST)/include/spin $(DEST)/include/linux $(DEST)/share/man/man1 \
		$(DEST)/share/man/man8 \
		$(DEST)/share/bash-completion/completions
	$(call install_files,$(wildcard $(O)/bin/spinctl),755,$(DEST)/sbin)
	$(call install_files,$(APPS),755,$(DEST)/bin)
	install -m 644 $(O)/lib/libspin.a $(DEST)/lib
	install -m 644 $(O)/lib/libspin.so $(DEST)/lib/$(REALNAME)
	ln -sf $(REALNAME) $(DEST)/lib/$(SONAME)
	ln -sf $(SONAME) $(DEST)/lib/libspin.so
	install -m 644 $(O)/libspin.pc $(DEST)/lib/pkgconfig
	cp -r include/spin/. $(DEST)/include/spin/
	cp -r include/uapi/linux/. $(DEST)/include/linux/
	$(call install_files,$(filter %.1,$(MAN)),644,$(DEST)/share/man/man1)
	$(call install_files,$(filter %.8,$(MAN)),644,$(DEST)/share/man/man8)
	$(call install_files,$(wildcard userspace/spinctl/spinctl.bash),644,$(DEST)/share/bash-completion/completions/spinctl)
	$(if $(STAGE),@echo '  staged: run ldconfig where it is installed',$(SBIN) ldconfig || \
		echo 'libspin.so is found after "ldconfig" by root, or with LD_LIBRARY_PATH=$(DEST)/lib')

# --- the rest --------------------------------------------------------------

.PHONY: clean help
clean:
	rm -rf $(O)

help:
	@echo 'make              the module, spinctl, libspin and the example extensions'
	@echo 'make module       spin.ko, for the running kernel or KDIR=<its headers>'
	@echo 'make userspace    spinctl, libspin and the programs of the demo'
	@echo 'make ext          the example extensions'
	@echo 'make man          the manual pages'
	@echo 'make install      install them (DESTDIR=, PREFIX=/usr/local)'
	@echo 'make check        style, spelling, layers, sparse; GATES=name for one of them'
	@echo 'make demo         the video demo, in virtual machines'
	@echo 'make test         the test suite, in virtual machines; KERNEL=stock or bpo for one'
	@echo 'make test-debug   the suite on a kernel full of checks (built once); PART=1 to 4'
	@echo 'make test-soak    storms, fuzzing and kills; SOAK_SECONDS= says how long'
	@echo 'make bench        the micro-benchmarks, in instructions; ONLY=name for one of them'
	@echo 'make bench-compare  OLD=results.tsv: what became dearer since'
	@echo 'make shell        a shell in a virtual machine with the module loaded'
	@echo 'make clean        remove $(O)'

-include $(patsubst %.o,%.d,$(LIBSPIN) $(SPINCTL))
-include $(wildcard $(O)/obj/*/*/*.d $(O)/ext/*.d $(O)/tests/*/*.d $(O)/tests/*/*/*.d)
