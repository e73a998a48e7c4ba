//! `./dev bench publisher`: how late posts leave when many are due in the same second, how many go out in
//! a minute, what a tick costs, and how much memory the process needs; one JSON object a line.
//!
//! The publisher is the release binary in a process of its own; the emulated platform is in this one.

#![expect(
    clippy::expect_used,
    reason = "a measurement that cannot be set up has failed"
)]
#![expect(
    clippy::cast_precision_loss,
    reason = "figures are printed with four digits"
)]

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use clap::Parser;
use connectors::Registry;
use connectors::http::HttpClient;
use connectors::tiktok::{PkceMode, TikTok, TikTokConfig};
use emulator::Emulator;
use emulator::tiktok::User;
use secrecy::{ExposeSecret, SecretString};
use services::publishing::Publisher;
use services::{Clock, MediaStore, Services, Settings, SystemClock, Vault};
use tempfile::TempDir;
use testing::{Load, LoadAccount, TestDatabase};
use tokio::process::{Child, Command};
use url::Url;

/// Accounts, spread over [`CLIENTS`].
const ACCOUNTS: usize = 1_000;
const CLIENTS: usize = 20;
/// Posts on each account when throughput is measured.
const EACH: usize = 4;
/// The emulated platform's latency.
const LATENCY: Duration = Duration::from_millis(20);
/// How often a tick is measured on each database.
const TICKS: usize = 7;

/// Load tests of the publisher. Needs AUTOPOST_TEST_DATABASE_URL, which ./dev bench sets.
#[derive(Parser)]
struct Options {
    /// The release binary.
    #[arg(long)]
    binary: PathBuf,
    /// Deliveries stored in the large database.
    #[arg(long, default_value_t = 1_000_000)]
    stored: usize,
    /// What to measure; all of it unless said otherwise.
    #[arg(long, value_enum)]
    only: Option<Figure>,
}

/// What is measured.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Figure {
    /// How late the first call is.
    Lag,
    /// How many go out in a minute, and the memory that takes.
    Throughput,
    /// What a tick costs.
    Ticks,
}

/// A platform, a database and files for one measurement.
struct Bench {
    emulator: Emulator,
    database: TestDatabase,
    folder: TempDir,
    keys: SecretString,
    load: Load,
}

impl Bench {
    async fn start() -> Self {
        let mut config = emulator::Config::default();
        config.tiktok.probe_media = false;
        config.tiktok.latency = LATENCY;
        config.tiktok.active_user_cap = 10 * ACCOUNTS;
        config.tiktok.access_ttl = Duration::from_secs(86_400);
        let emulator = Emulator::start(config).await.expect("the emulator");
        let database = TestDatabase::new().await;
        let folder = tempfile::tempdir().expect("a folder");
        let media = MediaStore::open(folder.path().join("media"))
            .await
            .expect("a media folder");
        let keys = services::vault::generate_key();
        let vault = Vault::parse(&keys).expect("a key");
        let accounts: Vec<LoadAccount> = (0..ACCOUNTS)
            .map(|number| {
                let handle = format!("load{number}");
                let user = User::new(&handle, &handle);
                let platform_user_id = user.open_id.clone();
                emulator.tiktok().add_user(user);
                let scopes = ["user.info.basic", "user.info.profile", "video.publish"];
                let tokens = emulator
                    .tiktok()
                    .issue_tokens(&handle, &scopes)
                    .expect("tokens");
                LoadAccount {
                    platform_user_id,
                    handle,
                    access_token: SecretString::from(tokens.access_token),
                }
            })
            .collect();
        let now = SystemClock.now();
        let load = Load::prepare(&database, &vault, &media, CLIENTS, &accounts, now).await;
        Self {
            emulator,
            database,
            folder,
            keys,
            load,
        }
    }

    fn process(&self, binary: &PathBuf) -> Child {
        Command::new(binary)
            .arg("publish")
            .env("DATABASE_URL", self.database.url())
            .env("AUTOPOST_DATA_DIR", self.folder.path())
            .env("AUTOPOST_KEYS", self.keys.expose_secret())
            .env("AUTOPOST_LOG", "warn")
            .env("AUTOPOST_TIKTOK_API_URL", self.emulator.tiktok().api_base())
            .env(
                "AUTOPOST_TIKTOK_CLIENT_KEY",
                self.emulator.tiktok().config().client_key,
            )
            .env(
                "AUTOPOST_TIKTOK_CLIENT_SECRET",
                self.emulator.tiktok().config().client_secret,
            )
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("the publisher")
    }

    /// The first call to the platform about each delivery is this one, and made once.
    fn first_calls(&self) -> Vec<DateTime<Utc>> {
        self.emulator
            .requests()
            .into_iter()
            .filter(|request| request.endpoint == "creator_info/query")
            .map(|request| request.received_at)
            .collect()
    }

    async fn wait_for(&self, count: usize, patience: Duration) -> DateTime<Utc> {
        let started = Instant::now();
        loop {
            let (published, last) = Load::published(&self.database).await;
            if published >= i64::try_from(count).expect("a count") {
                return last.expect("a last one");
            }
            assert!(
                started.elapsed() < patience,
                "only {published} of {count} were published in time"
            );
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}

#[tokio::main(flavor = "multi_thread")]
async fn main() {
    let options = Options::parse();
    // The platform's end of a thousand connections is in this process.
    rlimit::increase_nofile_limit(8_192).expect("the limit of open files");
    // What is measured has to be on disk before the next step, as in real use.
    TestDatabase::set_durable(true).await;
    let wanted = |figure| options.only.is_none_or(|only| only == figure);
    if wanted(Figure::Lag) {
        lag(&options).await;
    }
    if wanted(Figure::Throughput) {
        throughput(&options).await;
    }
    if wanted(Figure::Ticks) {
        ticks(&options).await;
    }
    TestDatabase::set_durable(false).await;
}

/// A thousand posts on a thousand accounts, due at the same instant.
async fn lag(options: &Options) {
    let bench = Bench::start().await;
    let due = SystemClock.now() + chrono::Duration::seconds(6);
    bench.load.schedule(&bench.database, 1, due).await;
    let mut process = bench.process(&options.binary);
    bench.wait_for(ACCOUNTS, Duration::from_secs(120)).await;
    let mut late: Vec<f64> = bench
        .first_calls()
        .into_iter()
        .map(|at| (at - due).num_microseconds().unwrap_or(i64::MAX) as f64 / 1000.0)
        .collect();
    late.sort_by(f64::total_cmp);
    assert_eq!(late.len(), ACCOUNTS, "one first call each");
    assert!(late[0] >= 0.0, "nothing leaves before its minute");
    eprintln!(
        "first {:.0} ms, last {:.0} ms after the minute",
        late[0],
        late[ACCOUNTS - 1]
    );
    report("publisher.lag_ms.p50", late[ACCOUNTS / 2], "ms");
    report("publisher.lag_ms.p99", late[ACCOUNTS * 99 / 100], "ms");
    stop(&mut process).await;
    bench.database.remove().await;
}

/// Four posts on each of a thousand accounts, all due.
async fn throughput(options: &Options) {
    let bench = Bench::start().await;
    let due = SystemClock.now() + chrono::Duration::seconds(6);
    bench.load.schedule(&bench.database, EACH, due).await;
    let mut process = bench.process(&options.binary);
    let count = ACCOUNTS * EACH;
    let last = bench.wait_for(count, Duration::from_secs(600)).await;
    let minutes = (last - due).num_milliseconds() as f64 / 60_000.0;
    report(
        "publisher.deliveries_per_min",
        count as f64 / minutes,
        "1/min",
    );
    report("publisher.peak_rss_mb", peak_mb(&process), "MB");
    stop(&mut process).await;
    bench.database.remove().await;
}

/// One tick with a thousand due: among nothing else, and among very many.
async fn ticks(options: &Options) {
    let small = Bench::start().await;
    let large = Bench::start().await;
    let now = SystemClock.now();
    let each = (options.stored / ACCOUNTS).saturating_sub(1);
    eprintln!("stores {} deliveries", each * ACCOUNTS);
    large
        .load
        .schedule(&large.database, each, now + chrono::Duration::days(30))
        .await;
    small.load.schedule(&small.database, 1, now).await;
    large.load.schedule(&large.database, 1, now).await;
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..=TICKS {
        for (bench, times) in [&small, &large].into_iter().zip(&mut times) {
            let services = services_of(bench).await;
            let worker = Publisher::new(services, "bench", ACCOUNTS);
            // The pool's first connection is not part of a tick.
            worker.time_to_next().await.expect("the queue");
            // Nor is what it starts.
            worker.kill();
            let started = Instant::now();
            let claimed = worker.tick().await.expect("a tick");
            times.push(started.elapsed().as_secs_f64() * 1000.0);
            worker.settle().await;
            assert_eq!(claimed, ACCOUNTS);
            Load::unclaim(&bench.database).await;
        }
    }
    let [small_ms, large_ms] = times.map(|mut times| {
        // The first of each warms up.
        times.remove(0);
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    });
    eprintln!(
        "a tick: {small_ms:.1} ms among {ACCOUNTS}, {large_ms:.1} ms among {}",
        options.stored
    );
    report("publisher.tick_ratio", large_ms / small_ms, "ratio");
    small.database.remove().await;
    large.database.remove().await;
}

async fn services_of(bench: &Bench) -> Services {
    let tiktok = bench.emulator.tiktok();
    let config = TikTokConfig {
        client_key: tiktok.config().client_key,
        client_secret: SecretString::from(tiktok.config().client_secret),
        authorize_url: Url::parse(&tiktok.authorize_url()).expect("an address"),
        api_url: Url::parse(&tiktok.api_base()).expect("an address"),
        pkce: PkceMode::None,
    };
    let connector = Arc::new(TikTok::new(config, HttpClient::new().expect("a client")));
    Services::new(
        db::pool(&bench.database.application_url(), 16).expect("a pool"),
        Vault::parse(&bench.keys).expect("a key"),
        MediaStore::open(bench.folder.path().join("media"))
            .await
            .expect("a media folder"),
        Arc::new(SystemClock),
        Registry::new([connector as _]),
        Settings {
            public_url: Url::parse("https://desk.autopost.test/").expect("an address"),
            media_retention_days: 30,
            max_upload_bytes: 50_000_000,
            digest_seconds: 60,
        },
    )
}

async fn stop(process: &mut Child) {
    process.start_kill().expect("ended");
    process.wait().await.expect("ended");
}

/// The most memory that the process ever had.
fn peak_mb(process: &Child) -> f64 {
    let id = process.id().expect("a running process");
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("its status");
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .expect("its peak");
    let kilobytes: f64 = line
        .trim()
        .trim_end_matches("kB")
        .trim()
        .parse()
        .expect("a number");
    kilobytes / 1000.0
}

fn report(name: &str, value: f64, unit: &str) {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the order of magnitude of a figure"
    )]
    let digits = 3 - value.abs().max(1e-9).log10().floor() as i32;
    let scale = 10_f64.powi(digits);
    let value = (value * scale).round() / scale;
    println!(
        "{}",
        serde_json::json!({ "name": name, "value": value, "unit": unit })
    );
}
