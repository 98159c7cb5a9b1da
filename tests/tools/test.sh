#!/bin/sh
# The whole suite. Steps go on after one failed, so that one run shows everything; the exit code is the result of what ran.
# STRICT=1: a peer that is missing fails the run. CARGO: which cargo.
set -u
cd "$(dirname "$0")/../.." || exit 1
cargo=${CARGO:-cargo}
failed=''

# What a step could not run is gathered from what it said.
said=$(mktemp) || exit 1
trap 'rm -f "$said"' EXIT

step() {
    name=$1
    shift
    printf '== %s\n' "$name"
    # The step's own exit code has to come through the pipe.
    { { "$@" 2>&1; echo $? >&3; } | tee -a "$said" >&4; } 3>"$said.code" 4>&1
    read -r code <"$said.code"
    rm -f "$said.code"
    [ "$code" -eq 0 ] || failed="$failed $name"
}

# A peer is missing: said here, listed at the end, and a failure where the run is strict.
not_run() {
    echo "not run: $1 (wants $2)"
    [ "${STRICT:-}" != 1 ]
}

# The two tools that a minimal toolchain leaves out.
format() {
    if "$cargo" fmt --version >/dev/null 2>&1; then "$cargo" fmt --check; else not_run format rustfmt; fi
}

lint() {
    if "$cargo" clippy --version >/dev/null 2>&1; then
        "$cargo" clippy --locked --all-targets -- -D warnings
    else
        not_run lint clippy
    fi
}

# Licences, bans and sources of what we build on.
dependencies() {
    if [ "${STRICT:-}" = 1 ]; then
        tests/tools/cargo-deny.sh || return 1
    fi
    if ! command -v cargo-deny >/dev/null; then
        not_run dependencies cargo-deny
        return
    fi
    cargo-deny --all-features --locked check licenses bans sources
}

documentation() {
    RUSTDOCFLAGS='-D warnings' "$cargo" doc --locked --no-deps --document-private-items
}

step peers tests/tools/peers.sh
step format format
step lint lint
step documentation documentation
# As users build it: the tests' own libraries switch on features that the binary may lack.
step binary "$cargo" check --locked
step tests "$cargo" test --locked --no-fail-fast
step dependencies dependencies
# Suites in other languages begin here: each prints `not run: NAME (wants PACKAGE)` where its peer is missing, and fails under STRICT=1.

not_run=$(grep -o 'not run: .*' "$said" | sort -u)
[ -z "$not_run" ] || printf '== not run\n%s\n' "$not_run"
if [ -n "$failed" ]; then
    printf '== failed:%s\n' "$failed"
    exit 1
fi
echo '== passed'
