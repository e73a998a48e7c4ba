# ./dev bench NAME: measures the release build; one JSON object a line on stdout, everything else on stderr.

name=${1:-}
case "$name" in
  server | start | pages | calendar | upload | publisher) ;;
  *) die "usage: ./dev bench server|start|pages|calendar|upload|publisher" ;;
esac

we_started_postgres=""
clean_up() {
  trap - EXIT
  if [[ -n $we_started_postgres ]]; then bash tools/postgres.sh stop; fi
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

if [[ $name == publisher ]]; then
  need cc ffmpeg postgres
  need_rust
  step "Compile the publisher and its load test (release)" build_release >&2
  if ! bash tools/postgres.sh running; then
    we_started_postgres=yes
    step "Start a throw-away PostgreSQL" bash tools/postgres.sh start >&2
  fi
  AUTOPOST_TEST_DATABASE_URL=$(bash tools/postgres.sh url)
  export AUTOPOST_TEST_DATABASE_URL
  step "Measure publisher" "$TARGET/release/load" --binary "$TARGET/release/autopost"
  exit
fi

need curl ffmpeg chromium postgres
need_new_node
build_all release >&2
npm_packages end2end
case "$name" in
  # Lighthouse, which nothing else needs.
  server | pages) npm_packages tools/bench ;;
esac
if ! bash tools/postgres.sh running; then
  we_started_postgres=yes
  step "Start a throw-away PostgreSQL" bash tools/postgres.sh start >&2
fi
AUTOPOST_BINARY=$TARGET/release/autopost AUTOPOST_SITE_ROOT=$TARGET/site-release \
  DATABASE_URL=$(bash tools/postgres.sh url autopost_bench) BENCH_FOLDER=$TARGET/bench \
  step "Measure $name" node tools/bench/main.mjs "$name"
