# ./dev sim [--seeds N] [--from S] [--seed S]: seeded runs of the publisher, built with optimisation.

need cc ffmpeg postgres
need_rust
step "Compile the simulation (release)" build_release
we_started_postgres=""
stop_postgres() {
  trap - EXIT
  [[ -z $we_started_postgres ]] || bash tools/postgres.sh stop
}
trap stop_postgres EXIT
if ! bash tools/postgres.sh running; then
  we_started_postgres=yes
  step "Start a throw-away PostgreSQL" bash tools/postgres.sh start
fi
AUTOPOST_TEST_DATABASE_URL=$(bash tools/postgres.sh url)
export AUTOPOST_TEST_DATABASE_URL
# What it tells is on its last line; what the publisher logs on the way is what it was made to suffer.
"$TARGET/release/simulation" "$@"
