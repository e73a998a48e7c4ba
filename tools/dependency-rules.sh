#!/usr/bin/env bash
# Proves with `cargo tree` that dependencies point one way:
#
#   domain <- {db, connectors} <- services <- app(ssr) <- server,   frontend -> app(hydrate) -> domain
#
# and that diesel stays in the database crates, and server code out of the browser.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# In CI the lock file has to be the right one already.
locked=${CI:+--locked}

broken=0
complain() {
  echo "    $*" >&2
  broken=1
}

# direct CRATE [CARGO TREE ARGUMENTS]: the names of what a crate depends on by itself.
direct() {
  local crate=$1
  shift
  cargo tree --quiet $locked --package "$crate" --edges normal --depth 1 --prefix none --format '{p}' "$@" \
    | tail -n +2 | cut -d ' ' -f 1 | sort -u
}

# everything CRATE [CARGO TREE ARGUMENTS]: the names of all that gets compiled for it, but for build scripts and tests.
everything() {
  local crate=$1
  shift
  cargo tree --quiet $locked --package "$crate" --edges normal,no-proc-macro --prefix none --no-dedupe --format '{p}' "$@" \
    | cut -d ' ' -f 1 | sort -u
}

ours=$(cargo tree --quiet $locked --workspace --depth 0 --prefix none --format '{p}' | cut -d ' ' -f 1 | sort -u | sed '/^$/d')

# may_use "CRATE [FLAGS]" CRATE...: of our own crates, it depends on none but these.
may_use() {
  local crate other found
  read -ra crate <<<"$1"
  shift
  found=$(direct "${crate[@]}")
  for other in $(grep -Fx -f <(echo "$ours") <<<"$found" || true); do
    [[ " $* " == *" $other "* ]] || complain "${crate[*]} depends on $other; of our crates it may use only: ${*:-none}"
  done
  known="$known ${crate[0]}"
}

known=""
may_use domain
may_use db domain
may_use connectors domain
may_use services domain db connectors
may_use "app --features ssr" domain services
may_use "app --features hydrate --target wasm32-unknown-unknown" domain
may_use server app services connectors db domain
may_use "frontend --target wasm32-unknown-unknown" app
may_use emulator
may_use testing connectors db domain emulator services
may_use simulation connectors db domain emulator services testing
may_use bindgen

for crate in $ours; do
  [[ " $known " == *" $crate "* ]] || complain "$crate is new: say in tools/dependency-rules.sh what it may depend on"
done

# Only the database crates know diesel.
for crate in $ours; do
  case "$crate" in
    db | testing | frontend) continue ;;
  esac
  found=$(direct "$crate" --all-features)
  for other in $(grep -E '^diesel' <<<"$found" || true); do
    complain "$crate depends on $other; only db (and testing) may"
  done
done

# Nothing of the server gets into the browser.
found=$(everything frontend --target wasm32-unknown-unknown)
for other in $(grep -Ex 'tokio|reqwest|diesel.*|axum.*|hyper|rustls|chrono-tz|services|db|connectors|server' <<<"$found" || true); do
  complain "frontend carries $other into the browser"
done

# Nothing that needs a C library of the system.
found=$(everything server)
for other in $(grep -Ex 'openssl|openssl-sys|native-tls|pq-sys' <<<"$found" || true); do
  complain "server links $other; TLS is rustls and PostgreSQL is spoken without libpq"
done

exit "$broken"
