# What the commands of ./dev share: messages, missing programs, builds, ports, processes.
# Sourced by ./dev with the repository root as the working directory.

TARGET=${CARGO_TARGET_DIR:-target}
[[ $TARGET == /* ]] || TARGET=$PWD/$TARGET

# CI starts from nothing and builds once: incremental artefacts would only cost time and disk.
if [[ -n ${CI:-} ]]; then
  export CARGO_INCREMENTAL=${CARGO_INCREMENTAL:-0}
fi

# The oldest Node that the end-to-end tests and the mail sink run on, and what is fetched from npm when there is only an older one.
NODE_MAJOR=20
NODE_FALLBACK_VERSION=22.23.3

# ---------------------------------------------------------------------------------------------------------------------
# Messages

say() { printf '==> %s\n' "$*" >&2; }
die() {
  printf '==> ERROR: %s\n' "$*" >&2
  exit 1
}

elapsed_since() { LC_ALL=C awk -v from="$1" -v to="$EPOCHREALTIME" 'BEGIN { printf "%.1f s", to - from }'; }

# step TITLE COMMAND...: says what is done, does it, and says how long it took.
step() {
  local title=$1 from=$EPOCHREALTIME
  shift
  say "$title"
  if "$@"; then
    say "$title: done in $(elapsed_since "$from")"
  else
    local code=$?
    say "$title: FAILED after $(elapsed_since "$from")"
    return "$code"
  fi
}

# ---------------------------------------------------------------------------------------------------------------------
# Missing programs

# need THING...: makes sure that each is there, by apt where it can.
# Things: cc, curl, ffmpeg, chromium, node, npm, postgres, and whatever is a program and a package of the same name.
need() {
  local thing missing=() packages=()
  for thing in "$@"; do
    is_there "$thing" || missing+=("$thing")
  done
  ((${#missing[@]} > 0)) || return 0
  for thing in "${missing[@]}"; do
    read -ra names <<<"$(debian_package "$thing")"
    packages+=("${names[@]}")
  done
  step "Install ${packages[*]} (missing: ${missing[*]})" apt_install "${packages[@]}"
  for thing in "${missing[@]}"; do
    is_there "$thing" || die "$thing is still missing after installing ${packages[*]}."
  done
}

is_there() {
  case "$1" in
    postgres) [[ -n $(postgres_bin) ]] ;;
    ffmpeg) command -v ffmpeg >/dev/null && command -v ffprobe >/dev/null ;;
    chromium) [[ -x ${CHROMIUM:-/usr/bin/chromium} ]] ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

debian_package() {
  case "$1" in
    cc) echo "gcc libc6-dev" ;;
    node) echo nodejs ;;
    postgres) echo postgresql ;;
    *) echo "$1" ;;
  esac
}

# The folder with initdb, pg_ctl and postgres of the newest PostgreSQL that is installed; empty when there is none.
postgres_bin() {
  local folder
  for folder in ${PG_BIN:+"$PG_BIN"} $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV) "$(dirname "$(command -v initdb || echo /none/initdb)")"; do
    if [[ -x $folder/initdb && -x $folder/pg_ctl ]]; then
      echo "$folder"
      return
    fi
  done
}

# apt_install PACKAGE...: as root or with sudo; says what to do where neither is possible.
apt_install() {
  command -v apt-get >/dev/null || die "This is not a Debian system. Install these and run the command again: $*"
  local as_root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null || die "Not root and no sudo. Run this as root, then the command again: apt-get install $*"
    as_root=(sudo)
  fi
  if [[ " $* " == *" postgresql "* ]]; then
    keep_debian_from_starting_a_cluster "${as_root[@]}"
  fi
  local install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1 apt-get install
    --yes -qq --no-install-recommends --option Dpkg::Options::=--force-confold "$@")
  # The package lists of a fresh machine are empty or old: fetch them only when the first attempt fails.
  "${install[@]}" </dev/null || { "${as_root[@]}" apt-get update -qq </dev/null && "${install[@]}" </dev/null; }
}

# Debian's package makes and starts a database cluster of its own; we only want the programs.
keep_debian_from_starting_a_cluster() {
  local file=/etc/postgresql-common/createcluster.conf
  [[ -e $file ]] && return
  "$@" mkdir -p "$(dirname "$file")"
  echo "create_main_cluster = false" | "$@" tee "$file" >/dev/null
}

# The Rust toolchain that rust-toolchain.toml names, with what `need_rust PART...` asks for: wasm, lints.
need_rust() {
  local version part
  version=$(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)
  if ! command -v cargo >/dev/null && [[ -x $HOME/.cargo/bin/cargo ]]; then
    PATH=$HOME/.cargo/bin:$PATH
  fi
  command -v cargo >/dev/null || die "Rust is missing. Install rustup (on Debian: apt-get install rustup, or from rustup.rs), then run this again."
  if ! rustc --version >/dev/null 2>&1; then
    command -v rustup >/dev/null || die "rustc does not start, and there is no rustup to mend it. Rust $version is needed."
    step "Install Rust $version (rust-toolchain.toml asks for it, and it is missing)" \
      rustup toolchain install "$version" --profile minimal --no-self-update \
      || die "Rust $version could not be installed. Install it by hand: rustup toolchain install $version"
  fi
  for part in wasm "$@"; do
    case "$part" in
      wasm)
        [[ -d $(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown/lib ]] \
          || rustup_adds "target wasm32-unknown-unknown" target add wasm32-unknown-unknown
        ;;
      lints)
        cargo clippy --version >/dev/null 2>&1 || rustup_adds "clippy" component add clippy
        cargo fmt --version >/dev/null 2>&1 || rustup_adds "rustfmt" component add rustfmt
        ;;
    esac
  done
}

rustup_adds() {
  local what=$1
  shift
  command -v rustup >/dev/null || die "The Rust $what is missing, and there is no rustup to add it."
  step "Add the Rust $what" rustup "$@"
}

# Node for the browser tests and the mail sink: the one that is installed when new enough, else one from npm into the target folder.
need_new_node() {
  need node
  need npm
  local major
  major=$(node --version | sed 's/^v\([0-9]*\).*/\1/')
  ((major < NODE_MAJOR)) || return 0
  local arch package
  case "$(uname -m)" in
    x86_64) arch=x64 ;;
    aarch64) arch=arm64 ;;
    *) die "Node $NODE_MAJOR or newer is needed; this one is $(node --version)." ;;
  esac
  package=node-linux-$arch
  if [[ ! -x $TARGET/node/node_modules/$package/bin/node ]]; then
    step "Fetch Node $NODE_FALLBACK_VERSION from npm (the one installed is $(node --version))" \
      npm install --prefix "$TARGET/node" --no-audit --no-fund --loglevel=error "$package@$NODE_FALLBACK_VERSION"
  fi
  PATH=$TARGET/node/node_modules/$package/bin:$PATH
}

# npm_packages FOLDER [all|runtime]: what FOLDER/package-lock.json names, unless it is there already.
npm_packages() {
  local folder=$1 scope=${2:-all} wanted found
  wanted=$(sha256sum <"$folder/package-lock.json")
  found=$(cat "$folder/node_modules/.installed" 2>/dev/null || true)
  [[ $found == "$wanted all" || $found == "$wanted $scope" ]] && return
  local omit=()
  [[ $scope == runtime ]] && omit=(--omit=dev)
  step "Install the npm packages of $folder/" install_npm_packages "$folder" "${omit[@]}"
  echo "$wanted $scope" >"$folder/node_modules/.installed"
}

install_npm_packages() (
  cd "$1" || exit
  shift
  PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error "$@" </dev/null >&2
)

# ---------------------------------------------------------------------------------------------------------------------
# Builds

# All that is compiled for this machine is selected the same way everywhere, so that cargo resolves the same features
# and no crate is compiled twice. The crate frontend is only ever compiled for the browser.
NATIVE=(--workspace --exclude frontend)
BROWSER=(--package frontend --target wasm32-unknown-unknown)

build_native() { cargo build "${NATIVE[@]}" --all-targets; }
build_binaries() { cargo build "${NATIVE[@]}" --bins; }
build_release() { cargo build --release "${NATIVE[@]}" --bins; }

# build_site dev|release: the browser's half, into target/site or target/site-release.
build_site() {
  case "$1" in
    dev)
      npm_packages tools runtime &&
        cargo build "${BROWSER[@]}" --profile wasm-dev &&
        node tools/site.mjs --wasm "$TARGET/wasm32-unknown-unknown/wasm-dev/frontend.wasm" \
          --bindgen "$TARGET/debug/bindgen" --out "$TARGET/site"
      ;;
    release)
      npm_packages tools all &&
        cargo build "${BROWSER[@]}" --profile wasm-release &&
        node tools/site.mjs --wasm "$TARGET/wasm32-unknown-unknown/wasm-release/frontend.wasm" \
          --bindgen "$TARGET/release/bindgen" --out "$TARGET/site-release" --release
      ;;
  esac
}

# build_all dev|release: the binaries and the site.
build_all() {
  need cc node
  need npm
  need_rust
  if [[ $1 == release ]]; then
    step "Compile the server (release)" build_release
  else
    step "Compile the server and the emulator" build_binaries
  fi
  step "Build the browser's half ($1)" build_site "$1"
}

# ---------------------------------------------------------------------------------------------------------------------
# Ports and processes

# port_must_be_free PORT WHAT VARIABLE: a clear sentence when something listens there already.
port_must_be_free() {
  local port=$1 what=$2 variable=$3 owner=""
  (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || return 0
  if command -v ss >/dev/null; then
    owner=$(ss -Hltnp "sport = :$port" 2>/dev/null | sed -n 's/.*users:(("\([^"]*\)",pid=\([0-9]*\).*/ by \1 (process \2)/p' | head -n 1)
  fi
  die "Port $port, which $what needs, is taken$owner. End that, or choose another port: $variable=$((port + 10)) ./dev run"
}

# wait_for_address ADDRESS SECONDS PID: until it answers 200; gives up when the process ends or the time is over.
wait_for_address() {
  local address=$1 seconds=$2 pid=$3 tries
  for ((tries = seconds * 10; tries > 0; tries--)); do
    curl --silent --fail --output /dev/null --max-time 2 "$address" && return 0
    kill -0 "$pid" 2>/dev/null || return 1
    sleep 0.1
  done
  return 1
}

# stop_processes PID...: asks each to end, waits for up to ten seconds, then insists.
stop_processes() {
  local pid tries
  for pid in "$@"; do
    kill -TERM "$pid" 2>/dev/null || true
  done
  for pid in "$@"; do
    for ((tries = 100; tries > 0; tries--)); do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.1
    done
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
}

# ---------------------------------------------------------------------------------------------------------------------
# End-to-end tests

# run_browser_tests dev|release [PLAYWRIGHT ARGUMENTS]: with binaries and a site that are built already.
run_browser_tests() {
  local binaries=$TARGET/debug site=$TARGET/site
  if [[ $1 == release ]]; then
    binaries=$TARGET/release site=$TARGET/site-release
  fi
  shift
  npm_packages tools/mail || return
  (
    cd end2end || exit
    AUTOPOST_BINARIES=$binaries AUTOPOST_SITE_ROOT=$site AUTOPOST_VIDEOS=$TARGET/e2e-videos \
      node node_modules/@playwright/test/cli.js test "$@" </dev/null
  )
}
