//! The stand-in platforms as a program, for people to click through.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use clap::{ArgAction, Parser};
use emulator::{Config, Emulator, bluesky, tiktok};
use tokio::signal::unix::{SignalKind, signal};

/// Stand-in social platforms over real HTTP.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Where to listen.
    #[arg(long, env = "EMULATOR_ADDR", default_value = "127.0.0.1:4100")]
    addr: SocketAddr,

    /// The address that browsers use, when it is not the one listened on.
    #[arg(long, env = "EMULATOR_PUBLIC_URL")]
    public_url: Option<String>,

    /// Where received media is kept; a temporary folder by default.
    #[arg(long, env = "EMULATOR_DATA_DIR")]
    data_dir: Option<PathBuf>,

    /// The TikTok app's client key.
    #[arg(long, env = "EMULATOR_CLIENT_KEY", default_value = "emu_client_key")]
    client_key: String,

    /// The TikTok app's client secret.
    #[arg(
        long,
        env = "EMULATOR_CLIENT_SECRET",
        default_value = "emulator-secret"
    )]
    client_secret: String,

    /// A registered redirect address; may be given up to ten times.
    #[arg(
        long = "redirect-uri",
        env = "EMULATOR_REDIRECT_URIS",
        value_delimiter = ',',
        default_values = [
            "http://127.0.0.1:3000/oauth/tiktok/callback",
            "http://localhost:3000/oauth/tiktok/callback",
        ]
    )]
    redirect_uris: Vec<String>,

    /// Allows http redirect addresses, as local development needs.
    #[arg(
        long,
        env = "EMULATOR_ALLOW_HTTP_REDIRECT",
        default_value_t = true,
        action = ArgAction::Set
    )]
    allow_http_redirect: bool,

    /// Whether the app passed TikTok's audit. An unaudited app can post only
    /// to private accounts.
    #[arg(
        long,
        env = "EMULATOR_AUDITED",
        default_value_t = true,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        action = ArgAction::Set
    )]
    audited: bool,

    /// A domain, or an address prefix ending in `/`, that media may be pulled
    /// from; may be repeated.
    #[arg(long = "verified", env = "EMULATOR_VERIFIED", value_delimiter = ',')]
    verified: Vec<String>,

    /// Allows pulling media over http and from IP addresses.
    #[arg(long, env = "EMULATOR_ALLOW_HTTP_PULL")]
    allow_http_pull: bool,

    /// Where the app is told what happened, such as
    /// http://127.0.0.1:3000/webhooks/tiktok; nobody by default.
    #[arg(long, env = "EMULATOR_WEBHOOK_URL")]
    webhook_url: Option<url::Url>,

    /// Milliseconds after which it is told.
    #[arg(long, env = "EMULATOR_WEBHOOK_LAG_MS", default_value_t = 300)]
    webhook_lag_ms: u64,

    /// Milliseconds that a received post is processed.
    #[arg(long, env = "EMULATOR_PROCESSING_MS", default_value_t = 2000)]
    processing_ms: u64,

    /// Milliseconds that a public post is moderated before its id is told.
    #[arg(long, env = "EMULATOR_MODERATION_MS", default_value_t = 5000)]
    moderation_ms: u64,

    /// Milliseconds after init in which the status endpoint does not know the
    /// new id.
    #[arg(long, env = "EMULATOR_STATUS_LAG_MS", default_value_t = 1000)]
    status_lag_ms: u64,

    /// Seconds that an access token lives.
    #[arg(long, env = "EMULATOR_ACCESS_TTL", default_value_t = 7200)]
    access_ttl: u64,

    /// Seconds that a refresh token lives.
    #[arg(long, env = "EMULATOR_REFRESH_TTL", default_value_t = 15_552_000)]
    refresh_ttl: u64,

    /// Keeps refresh tokens good after use.
    #[arg(long, env = "EMULATOR_LAX_ROTATION")]
    lax_rotation: bool,

    /// Does not look into received videos with ffprobe.
    #[arg(long, env = "EMULATOR_NO_PROBE")]
    no_probe: bool,
}

impl Arguments {
    fn into_config(self) -> Config {
        Config {
            addr: self.addr,
            public_url: self.public_url,
            data_dir: self.data_dir,
            tiktok: tiktok::Config {
                client_key: self.client_key,
                client_secret: self.client_secret,
                redirect_uris: self.redirect_uris,
                allow_http_redirect: self.allow_http_redirect,
                audited: self.audited,
                verified: self.verified,
                allow_http_pull: self.allow_http_pull,
                processing: Duration::from_millis(self.processing_ms),
                moderation: Some(Duration::from_millis(self.moderation_ms)),
                status_lag: Duration::from_millis(self.status_lag_ms),
                access_ttl: Duration::from_secs(self.access_ttl),
                refresh_ttl: Duration::from_secs(self.refresh_ttl),
                rotation: if self.lax_rotation {
                    tiktok::Rotation::Lax
                } else {
                    tiktok::Rotation::Strict
                },
                webhook_url: self.webhook_url,
                webhook_lag: Duration::from_millis(self.webhook_lag_ms),
                probe_media: !self.no_probe,
                ..tiktok::Config::default()
            },
            bluesky: bluesky::Config {
                processing: Duration::from_millis(self.processing_ms),
                ..bluesky::Config::default()
            },
            ..Config::default()
        }
    }
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info")),
        )
        .with_writer(std::io::stderr)
        .init();
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;

    let emulator = Emulator::start(Arguments::parse().into_config()).await?;
    println!("{}", emulator.url());

    let telling = tokio::spawn({
        let tiktok = emulator.tiktok().clone();
        async move {
            loop {
                tiktok.send_webhooks().await;
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    });
    tokio::select! {
        _ = interrupted.recv() => {}
        _ = terminated.recv() => {}
    }
    telling.abort();
    emulator.stop().await;
    Ok(())
}
