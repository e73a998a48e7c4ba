# ./dev test: all that CI does. The last line is the summary: `N passed, N failed`.

passed=0 failed=0 failures=()
log=$TARGET/test-log.txt
report=end2end/results/report.json
we_started_postgres="" we_started_pds=""

clean_up() {
  trap - EXIT
  if [[ -n $we_started_pds ]]; then
    bash tools/pds.sh stop
  fi
  if [[ -n $we_started_postgres ]]; then
    bash tools/postgres.sh stop
  fi
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# check TITLE COMMAND...: goes on after a failure, which counts as one failed test.
check() {
  if ! step "$@"; then
    failures+=("$1")
    failed=$((failed + 1))
    return 1
  fi
}

# Adds cargo's counts (`test result: ok. 12 passed; 0 failed; ...`) to the totals.
count_cargo_tests() {
  local counts
  counts=$(awk '/^test result: / { for (i = 2; i <= NF; i++) { if ($i ~ /^passed;/) p += $(i-1); if ($i ~ /^failed;/) f += $(i-1) } } END { print p + 0, f + 0 }' "$log")
  passed=$((passed + ${counts% *})) failed=$((failed + ${counts#* }))
  # A test that does not compile or a crashed harness fails without a count.
  if [[ $1 != 0 && ${counts#* } == 0 ]]; then failed=$((failed + 1)); fi
}

# Adds Playwright's counts to the totals.
count_browser_tests() {
  local counts="0 0"
  if [[ -f $report ]]; then
    counts=$(node -e 'const { stats } = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8")); console.log(stats.expected + stats.flaky, stats.unexpected)' "$report")
  fi
  passed=$((passed + ${counts% *})) failed=$((failed + ${counts#* }))
  if [[ $1 != 0 && ${counts#* } == 0 ]]; then failed=$((failed + 1)); fi
}

run_cargo_tests() { cargo test "${NATIVE[@]}" --no-fail-fast </dev/null 2>&1 | tee "$log"; }

# What the publisher logs on the way is what it was made to suffer: only seeds that failed are worth reading.
simulate() {
  "$TARGET/debug/simulation" --seeds 250 2>"$TARGET/simulation-log.txt" && return
  grep -A 3 -e "^seed" -e panicked "$TARGET/simulation-log.txt" >&2
  return 1
}

summarise() {
  if ((${#failures[@]} > 0)); then
    printf '==> Failed: %s\n' "${failures[@]}" >&2
  fi
  clean_up
  printf '%d passed, %d failed\n' "$passed" "$failed"
  ((failed == 0)) && exit 0
  exit 1
}

started=$EPOCHREALTIME
need cc curl ffmpeg chromium postgres
need_new_node
need_rust lints
mkdir -p "$TARGET"
rm -f "$report"

check "Format" cargo fmt --all --check || true
check "Dependency rules" bash tools/dependency-rules.sh || true
check "Compile everything for this machine" build_native || summarise
check "Lints (server)" cargo clippy "${NATIVE[@]}" --all-targets -- --deny warnings || true

if ! bash tools/postgres.sh running; then
  we_started_postgres=yes
  check "Start a throw-away PostgreSQL" bash tools/postgres.sh start || summarise
fi
AUTOPOST_TEST_DATABASE_URL=$(bash tools/postgres.sh url)
export AUTOPOST_TEST_DATABASE_URL
if ! bash tools/pds.sh running; then
  we_started_pds=yes
  check "Start Bluesky's server" bash tools/pds.sh start >/dev/null || true
fi
# Without it the tests that need it fail and say so.
if bash tools/pds.sh running; then
  eval "$(bash tools/pds.sh url)"
fi
code=0
step "Tests" run_cargo_tests || { code=$? failures+=("Tests"); }
count_cargo_tests "$code"
# The publisher through crashes, stalls, faults and races; more of them: ./dev sim --seeds 10000.
check "Simulation" simulate || true

check "Lints (browser)" cargo clippy "${BROWSER[@]}" --profile wasm-dev -- --deny warnings || true
if check "Build the browser's half (dev)" build_site dev && check "npm packages" npm_packages end2end; then
  code=0
  step "End-to-end tests" run_browser_tests dev || { code=$? failures+=("End-to-end tests"); }
  count_browser_tests "$code"
fi

if command -v cargo-deny >/dev/null; then
  check "Licences and advisories" cargo deny --workspace --all-features check || true
fi

say "All of it took $(elapsed_since "$started")"
summarise
