# hycon: every verb a person or CI needs.
#   make            optimised ./hycon and ./hycon-lab        make check   install, build, test (<= 10 min, 2 cores)
#   make demo       install, build, run the demo             make lint    layers, functions, format, banned names
#   make bench fuzz soak install clean deps
# Sources are found by folder (one module = one .c + one .h), so a new module edits no list here.

PREFIX ?= /usr/local
BUILD ?= opt
ifeq ($(origin CC),default)
CC := gcc
endif
PKGS := libcurl json-c libxml-2.0 libuv yaml-0.1 libssl libcrypto ncursesw
LAB_PKGS := libmicrohttpd gnutls json-c yaml-0.1 libcrypto
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
LINK_opt := -pie -Wl,-z,relro,-z,now
LINK_asan := -fsanitize=address,undefined
LINK_tsan := -fsanitize=thread

CFLAGS_ALL = $(BASE) $(WARN) $(FLAGS_$(BUILD)) $(shell pkg-config --cflags $(PKGS)) $(CFLAGS)
LIBS = $(shell pkg-config --libs $(PKGS)) -lpthread -lm
LAB_LIBS = $(shell pkg-config --libs $(LAB_PKGS)) -lpthread -lm

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

.PHONY: all objects tsan tsan-run deps test check lint bench fuzz fuzz-run fuzz-replay fuzz-replay-run soak demo install clean unit lint-clang
.DELETE_ON_ERROR:
.SECONDARY:

all: hycon hycon-lab

hycon: build/opt/hycon
	@cp $< $@
hycon-lab: build/opt/hycon-lab
	@cp $< $@

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
	$(CC) $(LINK_$(BUILD)) -o $@ $^ $(LAB_LIBS) $(LIBS)

$(B)/cli/version.o $(B)/core/http_easy.o $(B)/tests/lab/scenario.o: CFLAGS_ALL += $(NAMED_VERSION)
$(B)/%.o: %.c
	@mkdir -p $(dir $@)
	$(CC) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# An archive, so that a test is linked with the support it uses.
$(B)/libsupport.a: $(SUPPORT_OBJ)
	@rm -f $@; ar crs $@ $^

$(B)/unit/%: $(B)/tests/unit/%.o $(B)/libsupport.a $(B)/libhycon.a
	@mkdir -p $(dir $@)
	$(CC) $(LINK_$(BUILD)) -o $@ $^ -lcmocka -lvterm -lutil $(LAB_LIBS) $(LIBS)

# Tests of the lab link its modules, too.
$(B)/unit/test_lab_%: $(B)/tests/unit/test_lab_%.o $(filter-out $(B)/tests/lab/main.o,$(LAB_OBJ)) \
		$(B)/libsupport.a $(B)/libhycon.a
	@mkdir -p $(dir $@)
	$(CC) $(LINK_$(BUILD)) -o $@ $^ -lcmocka -lvterm -lutil $(LAB_LIBS) $(LIBS)

# Everything compiled, nothing linked: the quickest answer to "does it still build?".
objects: $(B)/libhycon.a $(LAB_OBJ) $(SUPPORT_OBJ) $(UNIT_SRC:%.c=$(B)/%.o) $(FUZZ_SRC:%.c=$(B)/%.o)

# make unit [T=test_strbuf]: the unit tests under ASan+UBSan
unit:
	$(MAKE) BUILD=asan unit-run T='$(T)'
unit-run: $(if $(T),$(B)/unit/$(T),$(UNIT_BIN))
	@set -e; for t in $^; do echo "== $$t"; $$t; done

# make tsan: the tests with threads under ThreadSanitizer.
TSAN_TESTS := test_store
tsan:
	$(MAKE) BUILD=tsan tsan-run
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
fuzz-run: $(if $(T),$(B)/fuzz/$(T),$(FUZZ_BIN))
	@set -e; for t in $^; do sh tests/fuzz/run.sh $$t $(FUZZ_RUNS) $(FUZZ_SECONDS); done
fuzz-replay:
	$(MAKE) BUILD=asan fuzz-replay-run T='$(T)'
fuzz-replay-run: $(if $(T),$(B)/fuzz/$(T),$(FUZZ_BIN))
	@set -e; for t in $^; do sh tests/fuzz/run.sh $$t; done

# make lint: one line per violation; tests/check/lint.sh says what is checked. Sources and headers (each on
# its own) are compiled by a second compiler, for its warnings.
CHECKED := $(shell find core model collectors views support-bundle tui cli tests -name '*.[ch]' 2>/dev/null)
lint:
	@MAKE='$(MAKE)' sh tests/check/lint.sh
lint-clang: $(CHECKED:%=build/clang/%.ok)
CLANG = clang $(BASE) $(NAMED_VERSION) $(WARN) $(shell pkg-config --cflags $(PKGS) $(LAB_PKGS)) -x c -fsyntax-only \
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

clean:
	rm -rf build hycon hycon-lab

-include $(shell find build -name '*.d' 2>/dev/null)
