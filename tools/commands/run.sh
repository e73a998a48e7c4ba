# ./dev run: everything on this machine, with a demo agency, until Ctrl-C.

PORT=${PORT:-3000}
EMULATOR_PORT=${EMULATOR_PORT:-4100}
MAIL_PORT=${MAIL_PORT:-4180}
SMTP_PORT=${SMTP_PORT:-4125}
ADDRESS=http://127.0.0.1:$PORT
EMULATOR_ADDRESS=http://127.0.0.1:$EMULATOR_PORT
MAIL_ADDRESS=http://127.0.0.1:$MAIL_PORT
EMULATOR_CLIENT_KEY=demo-client-key
EMULATOR_CLIENT_SECRET=demo-client-secret

port_must_be_free "$PORT" "the server" PORT
port_must_be_free "$EMULATOR_PORT" "the emulator" EMULATOR_PORT
port_must_be_free "$MAIL_PORT" "the mail sink" MAIL_PORT
port_must_be_free "$SMTP_PORT" "the mail sink" SMTP_PORT

need cc curl ffmpeg
need_new_node
[[ -n ${DATABASE_URL:-} ]] || need postgres
build_all dev
npm_packages tools/mail

mkdir -p data
emulator_pid="" server_pid="" mail_pid=""

stop_everything() {
  trap - EXIT INT TERM
  say "Stopping"
  stop_processes $server_pid $emulator_pid $mail_pid
  say "Stopped. The demo agency stays in data/; ./dev run goes on with it."
}
trap stop_everything EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

started=$EPOCHREALTIME
say "Start the emulator (its log: data/emulator.log)"
"$TARGET/debug/emulator" --addr "127.0.0.1:$EMULATOR_PORT" --data-dir data/emulator \
  --client-key "$EMULATOR_CLIENT_KEY" --client-secret "$EMULATOR_CLIENT_SECRET" \
  --redirect-uri "$ADDRESS/oauth/tiktok/callback" \
  --webhook-url "$ADDRESS/webhooks/tiktok" \
  --allow-http-pull --verified "$ADDRESS/media/public/" >data/emulator.log 2>&1 &
emulator_pid=$!

say "Start the mail sink (its log: data/mail.log)"
node tools/mail/node_modules/maildev/dist/bin/maildev.js --ip 127.0.0.1 --smtp "$SMTP_PORT" --web-ip 127.0.0.1 --web "$MAIL_PORT" \
  --mail-directory data/mail --silent >data/mail.log 2>&1 &
mail_pid=$!

export AUTOPOST_ADDR=127.0.0.1:$PORT
export AUTOPOST_PUBLIC_URL=$ADDRESS
export AUTOPOST_DATA_DIR=$PWD/data
export AUTOPOST_SITE_ROOT=$TARGET/site
export AUTOPOST_TIKTOK_AUTHORIZE_URL=$EMULATOR_ADDRESS/tiktok/v2/auth/authorize/
export AUTOPOST_TIKTOK_API_URL=$EMULATOR_ADDRESS/tiktok
export AUTOPOST_TIKTOK_CLIENT_KEY=$EMULATOR_CLIENT_KEY
export AUTOPOST_TIKTOK_CLIENT_SECRET=$EMULATOR_CLIENT_SECRET
export AUTOPOST_BLUESKY_RESOLVER_URL=$EMULATOR_ADDRESS
export AUTOPOST_BLUESKY_DIRECTORY_URL=$EMULATOR_ADDRESS/plc
export AUTOPOST_BLUESKY_APP_VIEW_URL=$EMULATOR_ADDRESS
export AUTOPOST_BLUESKY_VIDEO_URL=$EMULATOR_ADDRESS
export AUTOPOST_BLUESKY_SITE_URL=$EMULATOR_ADDRESS/bluesky
export AUTOPOST_BLUESKY_DEVELOPMENT_HOSTS=127.0.0.1:$EMULATOR_PORT
export AUTOPOST_SMTP_URL=smtp://127.0.0.1:$SMTP_PORT
export AUTOPOST_MAIL_FROM="AutoPost <desk@autopost.example>"
export AUTOPOST_MAIL_DIGEST_SECONDS=${AUTOPOST_MAIL_DIGEST_SECONDS:-20}
DEMO_EMAIL=demo@autopost.example
DEMO_PASSWORD=publish-on-time
DEMO_APPROVER=tessa@northbank.example

say "Start the server"
"$TARGET/debug/autopost" serve &
server_pid=$!

wait_for_address "$ADDRESS/health" 60 "$server_pid" || die "The server did not come up; what it said is above."
kill -0 "$emulator_pid" 2>/dev/null || die "The emulator ended: $(tail -n 3 data/emulator.log)"
wait_for_address "$MAIL_ADDRESS/api/healthz" 20 "$mail_pid" || die "The mail sink did not come up: $(tail -n 3 data/mail.log)"
if [[ ! -e data/demo/.user ]]; then
  mkdir -p data/demo
  # Somebody else's database may hold the demo user already; then signing in below says whether it is ours.
  printf '%s' "$DEMO_PASSWORD" | "$TARGET/debug/autopost" user add --email "$DEMO_EMAIL" --name "Imogen Hale" --role owner --password-stdin \
    && touch data/demo/.user || true
fi
step "Prepare the demo agency" env ADDRESS="$ADDRESS" MAIL_ADDRESS="$MAIL_ADDRESS" DEMO_EMAIL="$DEMO_EMAIL" \
  DEMO_PASSWORD="$DEMO_PASSWORD" DEMO_APPROVER="$DEMO_APPROVER" DEMO_FOLDER=data/demo node tools/demo.mjs || die "The demo agency could not be prepared; what went wrong is above."
say "Up in $(elapsed_since "$started")"
cat <<TEXT

    AutoPost         $ADDRESS
    Sign in          $DEMO_EMAIL
    Password         $DEMO_PASSWORD

    Client portal    $ADDRESS/portal, in another browser or a private window
    Sign in          $DEMO_APPROVER, with the same password

    Emulated feeds   $EMULATOR_ADDRESS
    Mail             $MAIL_ADDRESS: all that AutoPost sends lands there, with links into the portal

    Ctrl-C ends all of it.

TEXT

wait -n "$server_pid" "$emulator_pid" "$mail_pid" || true
die "The server, the emulator or the mail sink ended by itself; what it said is above, or in data/emulator.log or data/mail.log."
