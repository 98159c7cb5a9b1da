# `make test` is the whole suite; nothing but the Rust toolchain is needed for it to run, and what else was missing is listed at its end.

CARGO ?= cargo
export CARGO

DIST := target/dist
# What lies beside the binary: licences, settings to begin with, words for the operator.
SHIPPED := $(wildcard config LICENSE-MIT LICENSE-APACHE README.md README.zh-CN.md CHANGELOG.md)

.PHONY: test soak bench dist fmt lint audit tools

test:
	tests/tools/test.sh

# Promises repeated many times over: kill loops, long runs. Not part of `make test`.
soak:
	$(CARGO) test --locked --release --test it -- --ignored

# Each measurement prints its ratio against a peer in the same run; `make bench SETS=FOLDER` scores labelled pages too.
bench:
	$(if $(SETS),SETS=$(abspath $(SETS))) $(CARGO) bench --locked --benches

# A folder to copy to a server, or into an image: the binary, what lies beside it, and the empty folder of its data.
dist:
	$(CARGO) build --locked --release
	rm -rf $(DIST)
	mkdir -p $(DIST)/data
	cp target/release/postrider $(DIST)/
	cp -R $(SHIPPED) $(DIST)/

fmt:
	$(CARGO) fmt

lint:
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets -- -D warnings

# Known weaknesses of what we build on. Asks the network, so it is no part of the suite.
audit: tools
	cargo-deny check advisories

# The programs that a strict run needs and that no package manager brings, at pinned versions. Takes minutes the first time.
tools:
	tests/tools/cargo-deny.sh
