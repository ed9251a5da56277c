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

# PostgreSQL refuses to run as root.
as_postgres() {
  if [ "$(id -u)" = 0 ]; then
    (cd "$postgres_folder" && runuser -u "$postgres_user" -- "$@")
  else
    "$@"
  fi
}

# start_postgres LOG [SETTING=VALUE ...]: a throw-away PostgreSQL with an empty database, whose
# address is then in $postgres_url. Whoever starts one stops it.
postgres_folder=""
start_postgres() {
  local log=$1 port setting options
  shift
  postgres_bin=$(postgres_bin) || { note "PostgreSQL is not installed"; return 1; }
  postgres_user=$(id -un)
  postgres_folder=$(mktemp -d "${TMPDIR:-/tmp}/kvarten-postgres-XXXXXX")
  if [ "$(id -u)" = 0 ]; then
    postgres_user=postgres
    id postgres >/dev/null 2>&1 || postgres_user=nobody
    chown "$postgres_user" "$postgres_folder"
  fi
  port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
  options="-h 127.0.0.1 -p $port -k '$postgres_folder'"
  for setting in "$@"; do options+=" -c $setting"; done
  as_postgres "$postgres_bin/initdb" --pgdata "$postgres_folder/data" --username postgres --auth trust \
    --encoding UTF8 --locale C.UTF-8 --no-sync >"$log" 2>&1 &&
    as_postgres "$postgres_bin/pg_ctl" --pgdata "$postgres_folder/data" --log "$postgres_folder/log" \
      --silent --wait --options "$options" start >>"$log" 2>&1 || {
    cat "$log" "$postgres_folder/log" 2>/dev/null
    return 1
  }
  # shellcheck disable=SC2034
  postgres_url="postgres://postgres@127.0.0.1:$port/postgres"
}

stop_postgres() {
  [ -n "$postgres_folder" ] || return 0
  as_postgres "$postgres_bin/pg_ctl" --pgdata "$postgres_folder/data" --mode immediate --silent stop || true
  rm -rf "$postgres_folder"
  postgres_folder=""
}

# The built server, run from the checkout's root so that it finds Leptos.toml.
kvarten() {
  LEPTOS_ENV="${LEPTOS_ENV:-PROD}" LEPTOS_SITE_ROOT="${LEPTOS_SITE_ROOT:-$CARGO_TARGET_DIR/site}" \
    KVARTEN_DATA="${KVARTEN_DATA:-data}" "$CARGO_TARGET_DIR/release/kvarten" "$@"
}
