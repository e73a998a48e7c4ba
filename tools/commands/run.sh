# ./dev run: everything on this machine, with a demo agency, until Ctrl-C.

PORT=${PORT:-3000}
EMULATOR_PORT=${EMULATOR_PORT:-4100}
ADDRESS=http://127.0.0.1:$PORT
EMULATOR_ADDRESS=http://127.0.0.1:$EMULATOR_PORT
EMULATOR_CLIENT_KEY=demo-client-key
EMULATOR_CLIENT_SECRET=demo-client-secret

port_must_be_free "$PORT" "the server" PORT
port_must_be_free "$EMULATOR_PORT" "the emulator" EMULATOR_PORT

need cc curl ffmpeg node
need npm
[[ -n ${DATABASE_URL:-} ]] || need postgres
build_all dev

mkdir -p data
emulator_pid="" server_pid=""

stop_everything() {
  trap - EXIT INT TERM
  say "Stopping"
  stop_processes $server_pid $emulator_pid
  say "Stopped. The demo agency stays in data/; ./dev run goes on with it."
}
trap stop_everything EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

started=$EPOCHREALTIME
say "Start the emulator (its log: data/emulator.log)"
"$TARGET/debug/emulator" --addr "127.0.0.1:$EMULATOR_PORT" --data-dir data/emulator \
  --client-key "$EMULATOR_CLIENT_KEY" --client-secret "$EMULATOR_CLIENT_SECRET" \
  --redirect-uri "$ADDRESS/oauth/tiktok/callback" >data/emulator.log 2>&1 &
emulator_pid=$!

say "Start the server"
AUTOPOST_ADDR=127.0.0.1:$PORT \
  AUTOPOST_PUBLIC_URL=$ADDRESS \
  AUTOPOST_DATA_DIR=$PWD/data \
  AUTOPOST_SITE_ROOT=$TARGET/site \
  AUTOPOST_TIKTOK_AUTHORIZE_URL=$EMULATOR_ADDRESS/tiktok/v2/auth/authorize/ \
  AUTOPOST_TIKTOK_API_URL=$EMULATOR_ADDRESS/tiktok \
  AUTOPOST_TIKTOK_CLIENT_KEY=$EMULATOR_CLIENT_KEY \
  AUTOPOST_TIKTOK_CLIENT_SECRET=$EMULATOR_CLIENT_SECRET \
  "$TARGET/debug/autopost" serve --demo &
server_pid=$!

wait_for_address "$ADDRESS/health" 60 "$server_pid" || die "The server did not come up; what it said is above."
kill -0 "$emulator_pid" 2>/dev/null || die "The emulator ended: $(tail -n 3 data/emulator.log)"
say "Up in $(elapsed_since "$started")"
cat <<TEXT

    AutoPost         $ADDRESS
    Sign in          demo@autopost.example
    Password         publish-on-time
    Emulated feeds   $EMULATOR_ADDRESS

    Ctrl-C ends all of it.

TEXT

wait -n "$server_pid" "$emulator_pid" || true
die "The server or the emulator ended by itself; what it said is above, or in data/emulator.log."
