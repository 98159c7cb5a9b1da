#!/bin/sh
# Brings the pinned cargo-deny, unless it is there: the verdict on a dependency must not change with the tool.
set -eu
version=0.20.2
if [ "$(cargo-deny --version 2>/dev/null)" != "cargo-deny $version" ]; then
    "${CARGO:-cargo}" install cargo-deny --locked --version "$version"
fi
