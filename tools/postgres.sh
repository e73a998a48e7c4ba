#!/usr/bin/env bash
# A throw-away PostgreSQL for tests and benchmarks: reached by a socket only, fast because it may lose everything.
#
#   tools/postgres.sh start     starts it unless it runs, and prints its address
#   tools/postgres.sh url [DB]  prints the address (of the database DB, else of `postgres`)
#   tools/postgres.sh psql ...  runs psql on it
#   tools/postgres.sh running   succeeds when it runs
#   tools/postgres.sh stop      stops it and removes all of it
#
# For tests by hand: export AUTOPOST_TEST_DATABASE_URL=$(tools/postgres.sh start)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source tools/lib.sh

# Says where the cluster is: it is not always in the target folder.
NOTE=$TARGET/test-postgres.folder

# The longest path of a socket is 107 bytes, of which PostgreSQL's own name takes 14.
LONGEST_FOLDER=80

# PostgreSQL refuses to run as root: another user then does it.
if ((EUID == 0)); then
  PG_USER=postgres
  id "$PG_USER" >/dev/null 2>&1 || PG_USER=nobody
  as_pg_user() { setpriv --reuid="$PG_USER" --regid="$(id -g "$PG_USER")" --init-groups "$@"; }
else
  PG_USER=$(id -un)
  as_pg_user() { "$@"; }
fi

cluster_folder() { cat "$NOTE" 2>/dev/null || true; }

running() {
  local folder
  folder=$(cluster_folder)
  [[ -n $folder && -d $folder/data ]] && as_pg_user "$BIN/pg_ctl" --pgdata "$folder/data" status >/dev/null 2>&1
}

url() { echo "postgresql://postgres@/${1:-postgres}?host=$(cluster_folder)"; }

start() {
  running && return
  remove
  local folder=$TARGET/test-postgres
  mkdir -p "$folder"
  chown "$PG_USER" "$folder"
  # A working copy below a folder of root's alone is out of reach for another user.
  if ((${#folder} > LONGEST_FOLDER)) || ! as_pg_user test -w "$folder" 2>/dev/null; then
    rm -rf "$folder"
    folder=$(mktemp -d "${TMPDIR:-/tmp}/autopost-postgres.XXXXXX")
    chown "$PG_USER" "$folder"
  fi
  chmod 755 "$folder"
  echo "$folder" >"$NOTE"
  # From inside the folder, because the other user may not enter the current one.
  (
    cd "$folder"
    as_pg_user "$BIN/initdb" --pgdata "$folder/data" --username postgres --auth trust \
      --encoding UTF8 --locale C.UTF-8 --no-sync >"$folder/initdb.log" 2>&1 || fail "$folder/initdb.log"
    cat >>"$folder/data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$folder'
max_connections = 200
fsync = off
full_page_writes = off
synchronous_commit = off
CONF
    as_pg_user "$BIN/pg_ctl" --pgdata "$folder/data" --log "$folder/server.log" --wait --silent start >&2 \
      || fail "$folder/server.log"
  )
}

fail() {
  tail -n 20 "$1" >&2
  die "PostgreSQL did not start."
}

remove() {
  local folder
  folder=$(cluster_folder)
  if [[ -n $folder && -d $folder ]]; then rm -rf "$folder"; fi
  rm -f "$NOTE"
}

need postgres
BIN=$(postgres_bin)

case "${1:-}" in
  start)
    start
    url
    ;;
  stop)
    if running; then
      as_pg_user "$BIN/pg_ctl" --pgdata "$(cluster_folder)/data" --mode immediate --silent stop
    fi
    remove
    ;;
  running) running ;;
  url) url "${2:-}" ;;
  psql)
    shift
    "$BIN/psql" --host "$(cluster_folder)" --username postgres "$@"
    ;;
  *) die "usage: tools/postgres.sh start|url|psql|running|stop" ;;
esac
