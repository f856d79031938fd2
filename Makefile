# hycon: every verb a person or CI needs.
#   make            optimised ./hycon and ./hycon-lab        make check   install, build, test (<= 10 min, 2 cores)
#   make demo       install, build, run the demo             make test    unit and end-to-end tests alone
#   make lint       layers, functions, format, banned names  make install clean deps man fuzz tsan
# Sources are found by folder (one module = one .c + one .h), so a new module edits no list here.

PREFIX ?= /usr/local
BUILD ?= opt
ifeq ($(origin CC),default)
CC := gcc
endif
PKGS := json-c libuv yaml-0.1
# Loaded when they are first needed (core/library.h), so they are compiled against and not linked.
PKGS_LOADED := ncursesw libcurl libxml-2.0 libssh2 libssl libcrypto
LAB_PKGS := libmicrohttpd gnutls json-c libxml-2.0 yaml-0.1 libcrypto
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

WARN := -Wall -Wextra -Wpedantic -Werror -Wmissing-prototypes -Wstrict-prototypes \
	-Wold-style-definition -Wvla -Wformat-security -Wformat=2 -Wpointer-arith -Wwrite-strings -Wunused \
	-Wshadow -Wundef -fno-common
BASE := -std=c11 -D_GNU_SOURCE -I. -g
# Only where it is named, so that a commit does not make every object a new one.
NAMED_VERSION := -DHYCON_VERSION='"$(VERSION)"' -DHYCON_PREFIX='"$(PREFIX)"'
FLAGS_opt := -O2 -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
FLAGS_asan := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
FLAGS_tsan := -O1 -fno-omit-frame-pointer -fsanitize=thread
LINK_opt := -pie -Wl,-z,relro,-z,now,-z,pack-relative-relocs,--export-dynamic-symbol=_gnutls_global_init_skip
LINK_asan := -fsanitize=address,undefined
LINK_tsan := -fsanitize=thread

# Debian 12. What "make deps" installs: to build, to test, to check the sources.
DEPS := gcc libc6-dev make pkg-config git ca-certificates gettext libcurl4-openssl-dev libjson-c-dev libxml2-dev \
	libuv1-dev libyaml-dev libssl-dev libssh2-1-dev libncurses-dev libmicrohttpd-dev libgnutls28-dev libssh-dev
DEPS_TEST := openssh-client openssh-server libcmocka-dev libvterm-dev awscli golang-go \
	golang-github-vmware-govmomi-dev clang libclang-rt-dev clang-format groff-base

# Asked once, and without a complaint on a machine where "make deps" has yet to run.
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) $(PKGS_LOADED) 2>/dev/null)
PKG_LIBS := $(shell pkg-config --libs $(PKGS) 2>/dev/null)
LAB_PKG_CFLAGS := $(shell pkg-config --cflags $(LAB_PKGS) 2>/dev/null)
CFLAGS_ALL = $(BASE) $(WARN) $(FLAGS_$(BUILD)) $(PKG_CFLAGS) $(CFLAGS)
LIBS = $(PKG_LIBS) -lpthread
# An SSH server for tests, and an HTTP client beside ours.
TEST_LIBS := -lssh -lcurl -lcrypto
# The lab has libssh before our archive: core/ssh.h has names that libssh has, too.
LAB_SSH := $(shell pkg-config --libs libssh 2>/dev/null)
LAB_LIBS := $(shell pkg-config --libs $(LAB_PKGS) 2>/dev/null) -lpthread -lm

B := build/$(BUILD)
LIB_SRC := $(wildcard core/*.c model/*.c model/*/*.c collectors/*.c collectors/*/*.c views/*.c \
	support-bundle/*.c tui/*.c) $(filter-out cli/main.c,$(wildcard cli/*.c))
LIB_OBJ := $(LIB_SRC:%.c=$(B)/%.o)
LAB_SRC := $(wildcard tests/lab/*.c)
LAB_OBJ := $(LAB_SRC:%.c=$(B)/%.o)
UNIT_SRC := $(wildcard tests/unit/test_*.c)
UNIT_BIN := $(UNIT_SRC:tests/unit/%.c=$(B)/unit/%)
SUPPORT_SRC := $(wildcard tests/support/*.c)
SUPPORT_OBJ := $(SUPPORT_SRC:%.c=$(B)/%.o)
FUZZ_SRC := $(wildcard tests/fuzz/fuzz_*.c)
E2E_SRC := $(wildcard tests/e2e/test_*.c)
MO := $(patsubst po/%.po,build/po/%/LC_MESSAGES/hycon.mo,$(wildcard po/*.po))
E2E_BIN := $(E2E_SRC:tests/e2e/%.c=$(B)/e2e/%)

.PHONY: all po man objects programs tsan tsan-run tsan-programs tsan-list deps deps-build deps-bench test check lint fuzz fuzz-programs fuzz-run fuzz-replay \
	fuzz-replay-run demo install clean soak soak-run unit unit-run e2e e2e-run lint-clang
.DELETE_ON_ERROR:
.SECONDARY:

all: hycon hycon-lab $(MO)

# Translations; a program in the build tree finds them in build/po beside it.
build/po/%/LC_MESSAGES/hycon.mo: po/%.po
	@mkdir -p $(dir $@)
	msgfmt --check -o $@ $<
# make po: strings that are new in the sources are added to every catalogue
PO_SRC := $(sort $(wildcard core/*.c model/*.c model/checks/*.c views/*.[ch] tui/*.c cli/*.c support-bundle/*.c))
# What checks say: the format is the msgid.
PO_SAYS := -kcheck_word:2 $(foreach f,finding_summary finding_evidence finding_remedy check_text,-k$f:2 --flag=$f:2:c-format)
po:
	@mkdir -p build
	xgettext --from-code=UTF-8 -k_ -kN_ -kQ_:2,3 $(PO_SAYS) --add-location=file --package-name=hycon -o build/hycon.pot $(PO_SRC)
	sed -i '/^"POT-Creation-Date/d' build/hycon.pot
	for p in po/*.po; do msgmerge -q --update --backup=none --no-fuzzy-matching $$p build/hycon.pot || exit 1; done

hycon: build/opt/hycon
	@cp -f $< $@
hycon-lab: build/opt/hycon-lab
	@cp -f $< $@

ifneq ($(BUILD),opt)
build/opt/%:
	$(MAKE) BUILD=opt $@
endif

$(B)/libhycon.a: $(LIB_OBJ)
	@rm -f $@; ar crs $@ $^

$(B)/hycon: $(B)/cli/main.o $(B)/libhycon.a
	$(CC) $(LINK_$(BUILD)) -o $@ $^ $(LIBS)

# The lab shares core/ (strings, hashes, addresses) with the product but none of its collectors.
$(B)/hycon-lab: $(LAB_OBJ) $(B)/libhycon.a
	$(CC) $(LINK_$(BUILD)) -o $@ $(LAB_OBJ) $(LAB_SSH) $(B)/libhycon.a $(LAB_LIBS) $(LIBS)

NAMING := $(B)/cli/version.o $(B)/cli/run.o $(B)/core/http_easy.o $(B)/tests/lab/scenario.o
$(NAMING): CFLAGS_ALL += $(NAMED_VERSION)
# The program that is installed tells its own version and prefix, not those of the build before.
# Test programs may be behind: each commit would link all of them anew.
ifeq ($(BUILD),opt)
$(NAMING): $(B)/named
$(B)/named: always
	@mkdir -p $(@D); echo '$(VERSION) $(PREFIX)' | cmp -s - $@ || echo '$(VERSION) $(PREFIX)' >$@
always:
.PHONY: always
endif
$(B)/%.o: %.c
	@mkdir -p $(dir $@)
	$(CC) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# An archive, so that a test is linked with the support it uses.
$(B)/libsupport.a: $(SUPPORT_OBJ)
	@rm -f $@; ar crs $@ $^

$(B)/unit/%: $(B)/tests/unit/%.o $(B)/libsupport.a $(B)/libhycon.a
	@mkdir -p $(dir $@)
	$(CC) $(LINK_$(BUILD)) -o $@ $^ -lcmocka -lvterm -lutil $(TEST_LIBS) $(LAB_LIBS) $(LIBS)

# Screens are of the real model, not of the estate that stands in for it: its library comes first.
$(B)/unit/test_screen_%: $(B)/tests/unit/test_screen_%.o $(B)/libhycon.a $(B)/libsupport.a $(MO)
	@mkdir -p $(dir $@)
	$(CC) $(LINK_$(BUILD)) -Wl,-u,model_update -o $@ $< $(B)/libhycon.a $(B)/libsupport.a $(B)/libhycon.a \
		-lcmocka -lvterm -lutil $(TEST_LIBS) $(LAB_LIBS) $(LIBS)

# Tests of the lab link its modules, too.
$(B)/unit/test_lab_%: $(B)/tests/unit/test_lab_%.o $(filter-out $(B)/tests/lab/main.o,$(LAB_OBJ)) \
		$(B)/libsupport.a $(B)/libhycon.a
	@mkdir -p $(dir $@)
	$(CC) $(LINK_$(BUILD)) -o $@ $(filter %.o,$^) $(LAB_SSH) $(filter %.a,$^) -lcmocka -lvterm -lutil $(LAB_LIBS) $(LIBS)

# End-to-end tests run ./hycon and ./hycon-lab of the same build.
$(B)/e2e/%: $(B)/tests/e2e/%.o $(B)/libsupport.a $(B)/libhycon.a $(B)/hycon $(B)/hycon-lab
	@mkdir -p $(dir $@)
	$(CC) $(LINK_$(BUILD)) -o $@ $(filter %.o,$^) $(filter %.a,$^) -lcmocka -lvterm -lutil $(TEST_LIBS) $(LAB_LIBS) $(LIBS)

# Signatures are verified by who did not make them.
$(B)/e2e/test_credentials: $(B)/tests/lab/sigv4_verify.o $(B)/tests/lab/request.o

# An independent vCenter for the collectors to read, from Debian's library; its test is skipped where there is no go.
GOVMOMI := /usr/share/gocode/src/github.com/vmware/govmomi
build/vcsim: tests/vcsim/main.go
	@mkdir -p build
	GOPATH=/usr/share/gocode GO111MODULE=off GOFLAGS=-p=2 CGO_ENABLED=0 GOCACHE=$(CURDIR)/build/go go build -o $@ ./tests/vcsim
build/bench-govmomi: tests/bench/govmomi/main.go
	@mkdir -p build
	GOPATH=/usr/share/gocode GO111MODULE=off GOFLAGS=-p=2 CGO_ENABLED=0 GOCACHE=$(CURDIR)/build/go go build -o $@ ./tests/bench/govmomi
ifneq ($(and $(shell command -v go),$(wildcard $(GOVMOMI))),)
$(B)/e2e/test_vcsim: | build/vcsim
BENCH_PEERS := build/vcsim build/bench-govmomi
endif

# make man: the manual pages and bash completion, generated from the tables that the program works by.
MAN := $(addprefix build/man/,hycon.1 hycon.conf.5 hycon-tables.7 hycon-checks.7)
man: $(MAN) build/completion/hycon
build/docs/%: $(B)/docs/gen/%.o $(B)/libhycon.a
	@mkdir -p $(dir $@)
	$(CC) $(LINK_$(BUILD)) -o $@ $^ $(LIBS)
build/man/%: build/docs/man
	@mkdir -p $(dir $@)
	./$< $* >$@
build/completion/hycon: build/docs/completion
	@mkdir -p $(dir $@)
	./$< >$@

# Everything compiled, nothing linked: the quickest answer to "does it still build?".
objects: $(B)/libhycon.a $(B)/cli/main.o $(LAB_OBJ) $(SUPPORT_OBJ) $(UNIT_SRC:%.c=$(B)/%.o) $(FUZZ_SRC:%.c=$(B)/%.o) \
	$(E2E_SRC:%.c=$(B)/%.o)

# make check: install, build, and run every rung of the tests (at most 10 minutes on two cores). make test: the unit
# and end-to-end tests alone. Both end with a line "N passed, N failed"; tests/check/run.sh says more.
deps:
	@sh tests/check/deps.sh $(DEPS) $(DEPS_TEST)
# What `make bench T="ssh vcenter"` compares with; without it the sections name what is missing.
deps-bench:
	@sh tests/check/deps.sh pssh clustershell ansible-core python3-pyvmomi golang-go golang-github-vmware-govmomi-dev
deps-build:
	@sh tests/check/deps.sh $(DEPS)
check: deps
	@MAKE='$(MAKE)' sh tests/check/run.sh
test:
	@MAKE='$(MAKE)' sh tests/check/run.sh build unit e2e
programs: $(UNIT_BIN) $(E2E_BIN) $(FUZZ_SRC:tests/fuzz/%.c=$(B)/fuzz/%)

# make demo: install, build, and open the console on a simulated estate.
demo: deps-build
	@$(MAKE) -s --no-print-directory -j $$(nproc) all
	@./hycon demo

# make e2e [T="test_get test_check"]: the program against the lab, both under ASan+UBSan
e2e:
	$(MAKE) BUILD=asan e2e-run T='$(T)'
e2e-run: $(if $(T),$(T:%=$(B)/e2e/%),$(E2E_BIN))
	@set -e; for t in $^; do echo "== $$t"; $$t; done

# make unit [T="test_strbuf test_map"]: the unit tests under ASan+UBSan
unit:
	$(MAKE) BUILD=asan unit-run T='$(T)'
unit-run: $(if $(T),$(T:%=$(B)/unit/%),$(UNIT_BIN)) | $(MO)
	@set -e; for t in $^; do echo "== $$t"; $$t; done

# make tsan: the tests with threads under ThreadSanitizer.
TSAN_TESTS := test_store test_screen_large test_log test_loop test_engine test_engine_stream test_engine_credentials test_engine_cycles \
	test_engine_demand test_engine_live test_engine_once test_engine_ssh test_engine_trust
tsan:
	$(MAKE) BUILD=tsan tsan-run
tsan-programs: $(TSAN_TESTS:%=$(B)/unit/%)
tsan-list:
	@echo $(TSAN_TESTS)
tsan-run: $(TSAN_TESTS:%=$(B)/unit/%)
	@set -e; for t in $^; do echo "== $$t"; TSAN_OPTIONS=halt_on_error=1 $$t; done

# make fuzz [T=fuzz_xml] [FUZZ_RUNS=20000] [FUZZ_SECONDS=5]: every decoder on mutated input, by libFuzzer;
# the corpus is the fixtures (tests/fuzz/corpus.sh names them). make fuzz-replay runs the corpus alone, by gcc.
FUZZ_RUNS ?= 20000
FUZZ_SECONDS ?= 5
FLAGS_fuzz := -O1 -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
LINK_fuzz := -fsanitize=fuzzer,address,undefined
FUZZ_BIN := $(FUZZ_SRC:tests/fuzz/%.c=$(B)/fuzz/%)
$(B)/fuzz/%: $(B)/tests/fuzz/%.o $(if $(filter-out fuzz,$(BUILD)),$(B)/tests/fuzz/main.o) \
		$(B)/libsupport.a $(B)/libhycon.a
	@mkdir -p $(dir $@)
	$(CC) $(LINK_$(BUILD)) -o $@ $^ -lcmocka $(LIBS)
fuzz:
	$(MAKE) BUILD=fuzz CC=clang fuzz-run T='$(T)'
fuzz-programs: $(FUZZ_BIN)
fuzz-run: $(if $(T),$(B)/fuzz/$(T),$(FUZZ_BIN))
	@set -e; for t in $^; do sh tests/fuzz/run.sh $$t $(FUZZ_RUNS) $(FUZZ_SECONDS); done
fuzz-replay:
	$(MAKE) BUILD=asan fuzz-replay-run T='$(T)'
fuzz-replay-run: $(if $(T),$(B)/fuzz/$(T),$(FUZZ_BIN))
	@set -e; for t in $^; do sh tests/fuzz/run.sh $$t; done

# make lint: one line per violation; tests/check/lint.sh says what is checked. Sources and headers (each on
# its own) are compiled by a second compiler, for its warnings.
CHECKED := $(shell find core model collectors views support-bundle tui cli docs tests -name '*.[ch]' 2>/dev/null)
lint:
	@MAKE='$(MAKE)' sh tests/check/lint.sh
lint-clang: $(CHECKED:%=build/clang/%.ok)
CLANG = clang $(BASE) $(NAMED_VERSION) $(WARN) $(PKG_CFLAGS) $(LAB_PKG_CFLAGS) -x c -fsyntax-only \
	-fno-caret-diagnostics -MMD -MP -MF $(@:.ok=.d) -MT $@
build/clang/%.c.ok: %.c
	@mkdir -p $(dir $@)
	$(CLANG) $<
	@touch $@
build/clang/%.h.ok: %.h
	@mkdir -p $(dir $@)
	echo '#include "$<"' | $(CLANG) -
	@touch $@
build/check/functions: tests/check/functions.c
	@mkdir -p $(dir $@)
	$(CC) $(BASE) $(WARN) -O1 -o $@ $<

# make install [DESTDIR=] [PREFIX=/usr/local]
install: all man
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/hycon/scenarios
	install -m 755 hycon hycon-lab $(DESTDIR)$(PREFIX)/bin
	install -m 644 tests/lab/scenarios/*.yaml $(DESTDIR)$(PREFIX)/share/hycon/scenarios
	install -D -m 644 build/completion/hycon $(DESTDIR)$(PREFIX)/share/bash-completion/completions/hycon
	for p in $(MO); do install -D -m 644 $$p $(DESTDIR)$(PREFIX)/share/locale/$${p#build/po/} || exit 1; done
	for p in $(MAN); do install -D -m 644 $$p $(DESTDIR)$(PREFIX)/share/man/man$${p##*.}/$${p##*/} || exit 1; done

# make soak [SOAK_SECONDS=600] [SOAK_SEED=1]: the console on the lab with keys pressed at random and servers that fail,
# under ASan+UBSan; tests/soak/soak.c says what must hold.
soak:
	$(MAKE) BUILD=asan soak-run
soak-run: $(B)/soak/soak
	LSAN_OPTIONS="suppressions=$(CURDIR)/tests/check/lsan.supp:print_suppressions=0" $<
$(B)/soak/%: $(B)/tests/soak/%.o $(B)/libsupport.a $(B)/libhycon.a $(B)/hycon $(B)/hycon-lab $(MO)
	@mkdir -p $(dir $@)
	$(CC) $(LINK_$(BUILD)) -o $@ $(filter %.o %.a,$^) -lcmocka -lvterm -lutil $(TEST_LIBS) $(LAB_LIBS) $(LIBS)

# make bench [T="aws keys"] [BENCH_ROUNDS=11]: speed and size as ratios against peers of the same run.
BENCH_SRC := $(filter-out tests/bench/bare.c tests/bench/fan.c,$(wildcard tests/bench/*.c))
build/opt/bench: $(BENCH_SRC:%.c=build/opt/%.o) build/opt/libsupport.a build/opt/libhycon.a
	$(CC) $(LINK_opt) -o $@ $^ -lvterm -lutil $(LAB_LIBS) $(LIBS)
build/opt/bench-bare: build/opt/tests/bench/bare.o
	$(CC) $(LINK_opt) -o $@ $^ -lncursesw -ltinfo
build/opt/bench-fan: build/opt/tests/bench/fan.o build/opt/libhycon.a
	$(CC) $(LINK_opt) -o $@ $^ -lssh2 $(LIBS)
bench: hycon hycon-lab build/opt/bench build/opt/bench-bare build/opt/bench-fan $(BENCH_PEERS)
	build/opt/bench $(if $(BENCH_ROUNDS),--rounds $(BENCH_ROUNDS)) $(T)

clean:
	rm -rf build hycon hycon-lab

# Of the build that is made alone: each has hundreds.
-include $(shell find $(B) $(filter build/clang,$(MAKECMDGOALS:lint-%=build/%)) -name '*.d' 2>/dev/null)
