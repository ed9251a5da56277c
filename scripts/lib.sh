# Sourced by the other scripts: where things are, and how to say things. Paths can be moved by
# the environment: KVARTEN_CACHE (tools and, unless CARGO_TARGET_DIR says otherwise, builds).
# Builds live outside the checkout, so that a new clone starts warm.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

export KVARTEN_CACHE="${KVARTEN_CACHE:-$HOME/.cache/kvarten}"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$KVARTEN_CACHE/target}"
tools="$KVARTEN_CACHE/tools"
export PATH="$tools/bin:$root/node_modules/.bin:$HOME/.cargo/bin:$PATH"

# Installing a Rust tool at its own release profile takes many times longer than it ever saves.
quick_install=(env CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
  CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_TARGET_DIR="$KVARTEN_CACHE/tools-build"
  cargo install --root "$tools" --force --quiet)

have() { command -v "$1" >/dev/null 2>&1; }
note() { printf '%s\n' "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# Prints the folder of PostgreSQL's server programs, newest version first; fails without one.
postgres_bin() {
  local folder
  if have initdb && have pg_ctl; then
    dirname "$(readlink -f "$(command -v initdb)")"
    return
  fi
  for folder in $(printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin | sort -rV); do
    [ -x "$folder/initdb" ] && { printf '%s\n' "$folder"; return; }
  done
  return 1
}

# The built server, run from the checkout's root so that it finds Leptos.toml.
kvarten() {
  LEPTOS_ENV="${LEPTOS_ENV:-PROD}" LEPTOS_SITE_ROOT="${LEPTOS_SITE_ROOT:-$CARGO_TARGET_DIR/site}" \
    KVARTEN_DATA="${KVARTEN_DATA:-data}" "$CARGO_TARGET_DIR/release/kvarten" "$@"
}
