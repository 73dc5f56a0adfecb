# `make help` lists the targets.

PREFIX ?= /usr/local
DESTDIR ?=
SOLVE_DATA ?= ../shared/data
export SOLVE_DATA := $(abspath $(SOLVE_DATA))

.DEFAULT_GOAL := build
.NOTPARALLEL:

SOLVE := .build/release/solve
SOURCES := $(shell find Sources -type f) Package.swift

# A single binary that starts fast; Apple's systems bring the Swift libraries themselves.
BUILD := swift build -c release --product solve
ifeq ($(shell uname), Linux)
BUILD += --static-swift-stdlib
endif

# Tests see internal declarations, which is another build: it has its own place, so that neither undoes the other.
TEST := swift test -c release -Xswiftc -enable-testing

.PHONY: demo test test-without-glpk bench build install uninstall setup clean help

demo: setup build ## install the libraries, build, and solve an example
	$(SOLVE) Examples/bakery.json

test: setup ## run every test in release mode, with and without GLPK; SOLVE_DATA=DIR names the instances
	$(TEST) --scratch-path .build-test
	$(MAKE) test-without-glpk

test-without-glpk: ## build and test without the GPL-licensed part
	$(TEST) --scratch-path .build-noglpk --disable-default-traits

bench: setup build ## a quick comparison with other solvers; Benchmarks/compare --help for a long one
	scripts/setup bench
	Benchmarks/compare --quick --solve-binary $(SOLVE)

build: ## build the command `solve`
	$(BUILD)

$(SOLVE): $(SOURCES)
	$(BUILD)
	touch $@

install: $(SOLVE) ## install the command, its man page and shell completions below PREFIX (/usr/local)
	scripts/install $(SOLVE) "$(DESTDIR)$(PREFIX)"

uninstall: ## remove what `make install` put below PREFIX
	scripts/install --remove "$(DESTDIR)$(PREFIX)"

setup: ## install the system's libraries that are missing
	scripts/setup

clean: ## remove everything built
	rm -rf .build .build-test .build-noglpk

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "  make %-18s %s\n", $$1, $$2 }'
